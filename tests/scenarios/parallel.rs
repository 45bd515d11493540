//! One key, one order: the same form many times at once, again later, with something else in it,
//! and while its payment is being opened.
//!
//! Not here: several forms of one customer ([`super::bad_input`]).

use std::sync::Arc;

use e2e::server_under_test::ServerUnderTest;
use e2e::visitor::{Seen, Visitor, urlencoded};
use server::demo_sims::DEMO_SIMS;
use server::store::sqlite::SqliteStore;
use server::store::{Order, SandboxStatus, Store};

use super::purchase::{after_wait, first_plan, pay_with, ticked};

/// How many submits there are at once.
const AT_ONCE: usize = 100;

/// What a program is answered.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    retry_after: Option<String>,
    body: String,
}

/// Sends the first form of a page as a program does, with other values of these fields.
async fn submit(visitor: &Visitor, seen: &Seen, other: &[(&str, &str)]) -> Told {
    let form = &seen.page.as_ref().expect("a page of ours").forms[0];
    // The first of each name counts.
    let mut fields = other.to_vec();
    fields.extend(form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields.extend(ticked(seen));
    let request = visitor.request("POST", &form.action).header("accept", "application/json");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    told(request.body(urlencoded(&fields))).await
}

async fn told(request: reqwest::RequestBuilder) -> Told {
    let response = request.send().await.expect("an answer");
    let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
    Told {
        status: response.status().as_u16(),
        retry_after: retry_after.map(str::to_owned),
        body: response.text().await.expect("a body"),
    }
}

async fn review(visitor: &Visitor) -> Seen {
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review")
}

fn book(server: &ServerUnderTest) -> SqliteStore {
    SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store")
}

/// The only order that there is.
async fn the_order(book: &SqliteStore) -> Order {
    let mut orders = book.latest_orders(1000).await.expect("read");
    assert_eq!(orders.len(), 1, "one order");
    orders.remove(0)
}

/// A hundred submits with one key: one order, one session and one charge in the provider's own
/// book, one hundred equal answers, and again the same after it is paid [PORT-82].
#[tokio::test]
async fn a_hundred_submits_are_one_order_and_one_charge() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = Arc::new(server.visitor().expect("visitor"));
    let review = Arc::new(review(&visitor).await);
    let mut submits = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (visitor, review) = (Arc::clone(&visitor), Arc::clone(&review));
        submits.spawn(async move { submit(&visitor, &review, &[]).await });
    }
    let answers = submits.join_all().await;
    assert_eq!(answers.len(), AT_ONCE);
    let first = &answers[0];
    assert_eq!(first.status, 200, "{first:?}");
    assert!(answers.iter().all(|answer| answer == first), "{answers:?}");
    let book = book(&server);
    let order = the_order(&book).await;
    let code = order.order.code.as_str().to_owned();
    assert_eq!(first.body, format!(r#"{{"leave":{{"location":"/orders/{code}/pay"}}}}"#));
    assert_eq!(order.order.attempt.as_ref().map(|attempt| attempt.number), Some(1));
    let journal = book.journal(order.order.id).await.expect("read");
    let events: Vec<_> = journal.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["placed", "pay_requested", "payment_opened"]);
    // A person who clicks comes to the one payment page, and many clicks there are one charge.
    let payment = visitor.press(&review, "Pay", &ticked(&review)).await.expect("payment");
    let mut clicks = tokio::task::JoinSet::new();
    let payment = Arc::new(payment);
    for _ in 0..20 {
        let (visitor, payment) = (Arc::clone(&visitor), Arc::clone(&payment));
        clicks.spawn(async move { pay_with(&visitor, &payment, "4242424242424242").await.path });
    }
    let paths = clicks.join_all().await;
    assert!(paths.iter().all(|path| *path == format!("/orders/{code}")), "{paths:?}");
    let back = visitor.open(&paths[0]).await.expect("the order");
    assert_eq!(after_wait(&visitor, back).await.heading(), "Your plan is active");
    let order = the_order(&book).await;
    assert_eq!(order.order.refunds, Vec::new(), "nothing was paid twice");
    let session = order.order.attempt.and_then(|attempt| attempt.session).expect("a session");
    let charged = book.sandbox_session(session.id).await.expect("read").expect("the session");
    assert_eq!((charged.status, charged.is_refunded), (SandboxStatus::Paid, false));
    assert_eq!(&submit(&visitor, &review, &[]).await, first, "paid or not");
    let again = visitor.press(&review, "Pay", &ticked(&review)).await.expect("the order");
    assert_eq!(again.path, format!("/orders/{code}"));
    server.stop().await;
}

/// A key asks for one thing: with another plan, another box, or one field more, it is refused.
#[tokio::test]
async fn a_key_asks_for_one_thing_only() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let review = review(&visitor).await;
    let plans = visitor.open("/plans").await.expect("plans");
    let page = plans.page.as_ref().expect("a page of ours");
    let plans = &page.forms[0].plans.as_ref().expect("plans").plans;
    let other = plans[1].id.clone();
    // What was shown is what is ordered: terms that the form does not say are shown anew.
    let changed = submit(&visitor, &review, &[("offer", "of yesterday")]).await;
    assert!(changed.status == 200 && changed.body.contains("The offer has changed"), "{changed:?}");
    let first = submit(&visitor, &review, &[]).await;
    assert_eq!(first.status, 200, "{first:?}");
    for differently in [("plan", other.as_str()), ("offer", "x"), ("more", "yes")] {
        let refused = submit(&visitor, &review, &[differently]).await;
        assert_eq!(refused.status, 422, "{differently:?}");
        assert!(refused.body.contains("sent before with something else"), "{refused:?}");
    }
    let seen = visitor
        .press(&review, "Pay", &[ticked(&review), vec![("more", "yes")]].concat())
        .await
        .expect("a page");
    assert_eq!(seen.status.as_u16(), 422);
    assert_eq!(submit(&visitor, &review, &[]).await, first, "nothing came of the others");
    the_order(&book(&server)).await;
    server.stop().await;
}

/// While the provider has not answered, a program is told to ask again and a person sees a page
/// that goes on by itself; afterwards both come to the payment.
#[tokio::test]
async fn a_payment_that_is_being_opened_is_waited_for() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let review = review(&visitor).await;
    let first = submit(&visitor, &review, &[]).await;
    let book = book(&server);
    let opened = the_order(&book).await;
    // As the ledger is between its commit and the provider's answer.
    let mut opening = opened.clone();
    opening.version += 1;
    opening.order.attempt.as_mut().expect("an attempt").session = None;
    let update = |record: &Order| server::store::Command::UpdateOrder(Box::new(record.clone()));
    book.commit(vec![update(&opening)]).await.expect("written");
    let way = format!("/orders/{}/pay", opened.order.code.as_str());
    let ask = || told(visitor.request("GET", &way).header("accept", "application/json"));
    for answer in [submit(&visitor, &review, &[]).await, ask().await] {
        assert_eq!((answer.status, answer.retry_after.as_deref()), (409, Some("2")), "{answer:?}");
    }
    let seen = visitor.press(&review, "Pay", &ticked(&review)).await.expect("a page");
    assert_eq!((seen.status.as_u16(), seen.path.as_str()), (200, way.as_str()));
    assert_eq!(seen.heading(), "The payment page is being opened");
    assert!(seen.html.contains("http-equiv=\"refresh\" content=\"2\""), "{}", seen.html);
    let answered = Order { version: opening.version + 1, ..opened };
    book.commit(vec![update(&answered)]).await.expect("written");
    let payment = visitor.open(&way).await.expect("refreshed");
    assert!(payment.heading().starts_with("Pay "), "{}", payment.html);
    assert_eq!(submit(&visitor, &review, &[]).await, first);
    server.stop().await;
}

/// Forms that ask for the next try count once: a second click is not one more.
#[tokio::test]
async fn a_second_click_is_not_another_try() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let review = review(&visitor).await;
    let payment = visitor.press(&review, "Pay", &ticked(&review)).await.expect("payment");
    let declined = pay_with(&visitor, &payment, "4000000000000002").await;
    let second = visitor.press(&declined, "Try another card", &[]).await.expect("payment");
    assert_ne!(second.path, payment.path, "another session");
    let twice = visitor.press(&declined, "Try another card", &[]).await.expect("payment");
    assert_eq!(twice.path, second.path);
    let again = pay_with(&visitor, &second, "4000000000000002").await;
    // The form of the page before was answered by the second attempt.
    let late = visitor.press(&declined, "Try another card", &[]).await.expect("the order");
    assert_eq!(late.path, again.path);
    assert_eq!(the_order(&book(&server)).await.order.attempt.map(|a| a.number), Some(2));
    let third = visitor.press(&late, "Try another card", &[]).await.expect("payment");
    assert!(third.heading().starts_with("Pay "), "{}", third.html);
    server.stop().await;
}

/// What Windows returned for a delivery is said once; another number for it is refused.
#[tokio::test]
async fn a_result_is_recorded_once() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let active = super::purchase::buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let handover = active.page.as_ref().and_then(|page| page.handover.clone()).expect("hand-over");
    let document = visitor.open(&handover.document).await.expect("the document");
    let document: api::browser::Document =
        serde_json::from_str(&document.html).expect("a document");
    for (number, expected) in [("5", 200), ("5", 200), ("0", 422), ("5", 200)] {
        let fields = [
            ("token", handover.token.as_str()),
            ("delivery", document.delivery.as_str()),
            ("result", number),
        ];
        let seen = visitor.post(&handover.report, &fields).await.expect("an answer");
        assert_eq!(seen.status.as_u16(), expected, "{number}");
    }
    let seen = visitor.open(&active.path).await.expect("the order");
    assert!(seen.alert().contains("You cancelled the set-up"), "{}", seen.alert());
    server.stop().await;
}
