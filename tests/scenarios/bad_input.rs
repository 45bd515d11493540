//! Bad input: a clear page, nothing lost, nothing charged twice.

use e2e::server_under_test::ServerUnderTest;
use e2e::visitor::Seen;
use server::demo_sims::DEMO_SIMS;

use super::purchase::{after_wait, buy, first_plan, pay_with, ticked, to_payment};

fn hidden(seen: &Seen, name: &str) -> String {
    let page = seen.page.as_ref().expect("a page of ours");
    let found = page.forms.iter().flat_map(|form| &form.hidden).find(|(n, _)| n == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

#[tokio::test]
async fn an_unknown_plan_shows_the_plans_of_today() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let gone = visitor.press(&plans, "Continue", &[("plan", "no-such")]).await.expect("answer");
    assert!(gone.alert().contains("no longer sold"), "{}", gone.alert());
    assert_eq!(gone.heading(), "Choose a plan");
    let none = visitor.press(&gone, "Continue", &[]).await.expect("answer");
    assert!(none.alert().contains("Select one of the plans"), "{}", none.alert());
    server.stop().await;
}

#[tokio::test]
async fn somebody_elses_order_is_not_shown() {
    let server = ServerUnderTest::start().await.expect("server");
    let owner = server.visitor().expect("visitor");
    let active = buy(&owner, &DEMO_SIMS[0].launch_path()).await;
    // The same SIM in another browser is a claim, not a proof.
    let stranger = server.visitor().expect("visitor");
    stranger.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    for path in [
        active.path.clone(),
        format!("{}/document", active.path),
        format!("{}/provisioning.xml", active.path),
        format!("{}/return", active.path),
        "/orders/0000000000".to_owned(),
    ] {
        let seen = stranger.open(&path).await.expect("answer");
        assert_eq!(seen.status, 404, "{path}");
        assert_eq!(seen.heading(), "This order is not open in this browser", "{path}");
        assert!(!seen.html.contains("CarrierProvisioning"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_tampered_or_foreign_form_does_nothing() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    for token in ["", "wrong", "\u{0}"] {
        let fields = [("token", token), ("plan", plan.as_str())];
        let seen = visitor.post("/plans", &fields).await.expect("answer");
        assert_eq!(seen.status, 403, "{token:?}");
        assert_eq!(seen.heading(), "This form is out of date");
    }
    // The token of another visit is no better.
    let other = server.visitor().expect("visitor");
    let theirs = other.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let token = hidden(&theirs, "token");
    let fields = [("token", token.as_str()), ("plan", plan.as_str())];
    assert_eq!(visitor.post("/plans", &fields).await.expect("answer").status, 403);
    server.stop().await;
}

#[tokio::test]
async fn without_a_session_every_page_says_how_to_start() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    for path in ["/plans", "/review?plan=x", "/orders/0000000000"] {
        let seen = visitor.open(path).await.expect("answer");
        assert_eq!(seen.status, 403, "{path}");
        assert_eq!(seen.heading(), "Your visit has ended", "{path}");
    }
    let missing = visitor.open("/no/such/page").await.expect("answer");
    assert_eq!(
        (missing.status.as_u16(), missing.heading().as_str()),
        (404, "This page does not exist")
    );
    server.stop().await;
}

/// A session ends after its day; nothing of it can be used.
#[tokio::test]
async fn an_expired_session_is_told_and_charges_nothing() {
    let wish = e2e::server_under_test::Wish { is_clock_set: true, ..Default::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    clock.advance(domain::SignedDuration::from_hours(25));
    let plan = first_plan(&plans);
    let ended = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("answer");
    assert_eq!(ended.status, 403);
    assert_eq!(ended.heading(), "Your visit has ended");
    let fresh = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    assert_eq!(fresh.heading(), "Choose a plan");
    server.stop().await;
}

/// The same form sent twice, and again after paying: one order, one payment.
#[tokio::test]
async fn a_repeated_submit_is_one_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let all = ticked(&review);
    let (once, twice) =
        tokio::join!(visitor.press(&review, "Pay", &all), visitor.press(&review, "Pay", &all));
    let (once, twice) = (once.expect("payment"), twice.expect("payment"));
    assert_eq!(once.path, twice.path, "one payment page");
    let back = pay_with(&visitor, &once, "4242424242424242").await;
    let active = after_wait(&visitor, back).await;
    // The back button brings the review form again; sending it shows the order.
    let again = visitor.press(&review, "Pay", &ticked(&review)).await.expect("answer");
    assert_eq!(again.path, active.path);
    assert_eq!(again.heading(), "Your plan is active");
    // The provider's page again: closed, and back to the order.
    let closed = visitor.open(&once.path).await.expect("answer");
    assert_eq!(closed.heading(), "This payment is closed");
    server.stop().await;
}

/// Two tabs with two review forms: the second order waits for the first.
#[tokio::test]
async fn a_second_order_waits_while_money_is_under_way() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let one = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let two = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    visitor.press(&one, "Pay", &ticked(&one)).await.expect("payment");
    let second = visitor.press(&two, "Pay", &ticked(&two)).await.expect("answer");
    assert!(second.html.contains("You have an order already"), "{}", second.html);
    assert_eq!(second.heading(), "Continue to payment");
    let cancelled = visitor.press(&second, "Cancel", &[]).await.expect("answer");
    assert_eq!(cancelled.heading(), "Your order is cancelled");
    server.stop().await;
}

#[tokio::test]
async fn a_paid_order_cannot_be_cancelled() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let payment = to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let plans = visitor.open("/plans").await.expect("plans");
    let token = hidden(&plans, "token");
    let back = pay_with(&visitor, &payment, "4242424242424242").await;
    let active = after_wait(&visitor, back).await;
    let path = format!("{}/cancel", active.path);
    let seen = visitor.post(&path, &[("token", &token)]).await.expect("answer");
    assert_eq!(seen.heading(), "Your plan is active");
    assert!(seen.html.contains("A paid order cannot be cancelled here"));
    server.stop().await;
}

/// The provider is told of a cancel, so that its page takes no card any more.
#[tokio::test]
async fn a_cancelled_order_takes_no_payment() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let payment = to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let order = visitor.open("/").await.expect("launch");
    assert_eq!(order.heading(), "Continue to payment");
    let cancelled = visitor.press(&order, "Cancel", &[]).await.expect("answer");
    assert_eq!(cancelled.heading(), "Your order is cancelled");
    // The provider was asked to close the session, so its page takes no card any more.
    for _ in 0..100 {
        let seen = visitor.open(&payment.path).await.expect("answer");
        if seen.heading() == "This payment is closed" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let late = pay_with(&visitor, &payment, "4242424242424242").await;
    assert_eq!(late.heading(), "Your order is cancelled");
    server.stop().await;
}

#[tokio::test]
async fn a_result_needs_a_delivery_of_this_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let active = buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let handover = active.page.as_ref().and_then(|page| page.handover.clone()).expect("hand-over");
    for (delivery, result) in [("", "0"), ("no-such", "0"), ("x", "-1"), ("x", "")] {
        let fields =
            [("token", handover.token.as_str()), ("delivery", delivery), ("result", result)];
        let seen = visitor.post(&handover.report, &fields).await.expect("answer");
        assert_eq!(seen.status, 400, "{delivery} {result}");
    }
    server.stop().await;
}

/// Two cards at once on one payment page: one payment, one order, one grant.
#[tokio::test]
async fn two_cards_at_once_are_one_payment() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let payment = to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let (one, two) = tokio::join!(
        pay_with(&visitor, &payment, "4242424242424242"),
        pay_with(&visitor, &payment, "4000000000000002")
    );
    assert_eq!(one.path, two.path);
    let end = after_wait(&visitor, one).await;
    let allowed = ["Your plan is active", "The payment was declined"];
    assert!(allowed.contains(&end.heading().as_str()), "{}", end.heading());
    let again = visitor.open(&end.path).await.expect("the order's page");
    assert_eq!(again.heading(), end.heading(), "it stays so");
    // The provider's book and the ledger tell one story.
    let store =
        server::store::sqlite::SqliteStore::open(&server.data.path().join("broadgate.sqlite"));
    let store = store.expect("the ledger");
    let id = payment.path.trim_start_matches("/sandbox/pay/").to_owned();
    let session = server::store::Store::sandbox_session(&store, id).await.expect("the book");
    let is_paid = session.expect("the session").reference.is_some();
    assert_eq!(is_paid, end.heading() == "Your plan is active", "paid if and only if active");
    server.stop().await;
}

/// Two review forms sent at the same moment: one payment window.
#[tokio::test]
async fn two_tabs_at_once_open_one_payment() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let one = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let two = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let (of_one, of_two) = (ticked(&one), ticked(&two));
    let (a, b) =
        tokio::join!(visitor.press(&one, "Pay", &of_one), visitor.press(&two, "Pay", &of_two));
    let headings = [a.expect("answer").heading(), b.expect("answer").heading()];
    let payments = headings.iter().filter(|heading| heading.starts_with("Pay ")).count();
    assert_eq!(payments, 1, "{headings:?}");
    server.stop().await;
}

/// A body that is too long is refused before it is read.
#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let token = hidden(&plans, "token");
    let long = "x".repeat(100_000);
    let fields = [("token", token.as_str()), ("plan", long.as_str())];
    let seen = visitor.post("/plans", &fields).await.expect("answer");
    assert_eq!(seen.status, 413);
    assert_eq!(seen.heading(), "That request could not be read");
    server.stop().await;
}
