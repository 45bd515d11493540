//! What support sees of an order, and what each role may do about it.

use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use server::demo_sims::DEMO_SIMS;
use server::store::Store as _;
use server::store::books::BooksStore as _;
use server::store::sqlite::SqliteStore;

use super::admin::{colleague, operator};
use super::purchase::{after_wait, buy, pay_with, to_payment};

const REASON: (&str, &str) = ("reason", "the customer asked");

/// Plays Windows: fetches the document and reports this number; returns the document.
async fn hand_over(customer: &Visitor, order: &Seen, result: &str) -> String {
    let page = order.page.as_ref().expect("a page of ours");
    let offered = page.handover.as_ref().expect("a hand-over");
    let fetched = customer.open(&offered.document).await.expect("the document");
    let document: api::browser::Document = serde_json::from_str(&fetched.html).expect("JSON");
    let fields = [
        ("token", offered.token.as_str()),
        ("delivery", document.delivery.as_str()),
        ("result", result),
    ];
    customer.post(&offered.report, &fields).await.expect("reported");
    document.xml
}

/// From the launch to Windows' result, with every call to the outside; found by its receipt too.
#[tokio::test]
async fn one_timeline_tells_all_of_an_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let sim = &DEMO_SIMS[0];
    let customer = server.visitor().expect("visitor");
    let payment = to_payment(&customer, &sim.launch_path()).await;
    let declined = pay_with(&customer, &payment, "4000 0000 0000 0002").await;
    let again = customer.press(&declined, "Try another card", &[]).await.expect("payment again");
    let back = pay_with(&customer, &again, "4242424242424242").await;
    let active = after_wait(&customer, back).await;
    hand_over(&customer, &active, "5").await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let (support, home) = operator(&server).await.expect("signed in");
    let store = SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store");
    let parsed = domain::code::OrderCode::parse(&code).expect("a code");
    let id = store.order_by_code(parsed).await.expect("read").expect("the order").order.id;
    let number = store.receipts(id).await.expect("read")[0].number.clone();
    let found = support.press(&home, "Find", &[("query", number.as_str())]).await.expect("found");
    assert_eq!(found.path, format!("/orders/{code}"));
    let told = [
        "Launch",
        "SubId 001012…01, DevId 004999…00, IccId 899901…34",
        "terms 2030-01, privacy notice 2030-01",
        "placed (customer)",
        "Call: open/1",
        "payment_declined (provider)",
        "Call: open/2",
        "payment_confirmed",
        &number,
        "activation_done (network)",
        "Settings handed over",
        "→ 5 (cancelled)",
    ];
    let mut rest = found.html.as_str();
    for what in told {
        let at = rest.find(what);
        assert!(at.is_some(), "{what} does not come next in {}", found.html);
        rest = &rest[at.unwrap_or(0)..];
    }
    // Within a millisecond of what it led to.
    assert!(found.html.contains("Call: activate/1"), "{}", found.html);
    for identifier in [sim.imsi, sim.imei, sim.iccid] {
        assert!(!found.html.contains(identifier), "masked");
    }
    server.stop().await;
}

/// Support offers settings again after a success: signed anew, once for each offer.
#[tokio::test]
async fn settings_are_offered_again() {
    let server = ServerUnderTest::start_with(Wish { is_clock_set: true, ..Wish::default() });
    let server = server.await.expect("server");
    let customer = server.visitor().expect("visitor");
    let active = buy(&customer, &DEMO_SIMS[1].launch_path()).await;
    let first = hand_over(&customer, &active, "0").await;
    let done = customer.open(&active.path).await.expect("the order");
    assert_eq!(done.heading(), "Set-up complete");
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let (support, _) = operator(&server).await.expect("signed in");
    server.clock.as_ref().expect("a clock").advance(domain::SignedDuration::from_mins(1));
    let order = support.open(&format!("/orders/{code}")).await.expect("the order");
    let order = support.press(&order, "Offer the settings again", &[]).await.expect("offered");
    assert!(order.html.contains("Settings offered again"), "{}", order.html);
    let again = customer.open(&active.path).await.expect("the order");
    assert_eq!(again.heading(), "Your plan is active");
    let second = hand_over(&customer, &again, "5").await;
    assert_ne!(first, second, "signed anew");
    let root = |document: &str| document.split("<MBNProfiles").count();
    assert_eq!(root(&first), root(&second), "with all that the first one had");
    server.clock.as_ref().expect("a clock").advance(domain::SignedDuration::from_secs(1));
    let again = customer.open(&active.path).await.expect("the order");
    assert_eq!(hand_over(&customer, &again, "0").await, second, "once for each offer");
    let done = customer.open(&active.path).await.expect("the order");
    assert_eq!(done.heading(), "Set-up complete");
    let audit = support.open("/audit").await.expect("audit");
    assert!(audit.html.contains(&format!("ada: order.resend {code}")), "{}", audit.html);
    server.stop().await;
}

/// Numbers are shown in full for a reason, which is on record before they are.
#[tokio::test]
async fn numbers_are_shown_in_full_for_a_reason() {
    let server = ServerUnderTest::start().await.expect("server");
    let sim = &DEMO_SIMS[0];
    let customer = server.visitor().expect("visitor");
    let active = buy(&customer, &sim.launch_path()).await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let (ada, _) = operator(&server).await.expect("signed in");
    let support = colleague(&server, "support").await;
    let order = support.open(&format!("/orders/{code}")).await.expect("the order");
    let refused = support.press(&order, "Show the numbers", &[]).await.expect("answer");
    assert_eq!((refused.status.as_u16(), refused.alert().starts_with("Say why")), (400, true));
    let shown = support.press(&order, "Show the numbers", &[REASON]).await.expect("shown");
    for identifier in [sim.imsi, sim.imei, sim.iccid] {
        assert!(shown.html.contains(identifier), "{}", shown.html);
    }
    let audit = ada.open("/audit").await.expect("audit");
    let entry = format!("a-support: order.reveal {code}: the customer asked");
    assert_eq!(audit.html.matches(&entry).count(), 1, "{}", audit.html);
    server.stop().await;
}

/// An auditor looks at everything and changes nothing.
#[tokio::test]
async fn an_auditor_looks_but_does_not_act() {
    let server = ServerUnderTest::start().await.expect("server");
    let customer = server.visitor().expect("visitor");
    let active = buy(&customer, &DEMO_SIMS[0].launch_path()).await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let _ = operator(&server).await.expect("the first account");
    let auditor = colleague(&server, "auditor").await;
    let order = auditor.open(&format!("/orders/{code}")).await.expect("the order");
    assert!(order.html.contains("activation_done (network)"), "{}", order.html);
    assert_eq!(auditor.open("/audit").await.expect("audit").heading(), "Audit");
    assert!(!order.html.contains("<form"), "no button");
    // With the token of a form that it has, from the list of orders.
    let home = auditor.open("/").await.expect("orders");
    let token = home.html.split("name=\"token\" value=\"").nth(1);
    let token = token.and_then(|rest| rest.split('"').next()).expect("a token");
    for what in ["retry", "refund", "resend", "reveal", "erase"] {
        let path = format!("/orders/{code}/{what}");
        let fields = [("token", token), REASON];
        let refused = auditor.post(&path, &fields).await.expect("answer");
        assert_eq!(refused.status, 403, "{what}");
        assert!(refused.alert().contains("Nothing was done"), "{}", refused.alert());
    }
    let still = customer.open(&active.path).await.expect("the order");
    assert_eq!(still.heading(), "Your plan is active");
    server.stop().await;
}
