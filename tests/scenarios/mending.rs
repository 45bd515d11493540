//! Orders that went wrong: tried again, paid back, abandoned, found by support.

use std::time::Duration;

use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use server::demo_sims::DEMO_SIMS;
use server::store::sqlite::SqliteStore;
use server::store::{Command, SandboxStatus, Store};

use super::admin::operator;
use super::purchase::{buy, to_payment};

const FAILED: &str = "The network could not activate your plan";
const RETURNED: &str = "Your money was returned";
const ACTIVE: &str = "Your plan is active";

/// Loads a page until it has this heading; before each look, lets `step` pass.
async fn until(visitor: &Visitor, path: &str, heading: &str, step: impl Fn()) -> Seen {
    let mut seen = visitor.open(path).await.expect("the order's page");
    for _ in 0..300 {
        if seen.heading() == heading {
            return seen;
        }
        step();
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = visitor.open(path).await.expect("the order's page");
    }
    assert_eq!(seen.heading(), heading, "{path}");
    seen
}

fn refusing() -> Wish {
    Wish { activation_fails: true, ..Wish::default() }
}

async fn failed(server: &ServerUnderTest) -> (Visitor, Seen) {
    let visitor = server.visitor().expect("visitor");
    let seen = buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let seen = until(&visitor, &seen.path, FAILED, || {}).await;
    (visitor, seen)
}

/// The customer has a failed activation tried again, and the network takes it then.
#[tokio::test]
async fn a_failed_activation_is_tried_again() {
    let server = ServerUnderTest::start_with(refusing()).await.expect("server");
    let (mut visitor, seen) = failed(&server).await;
    // A network that refuses still refuses.
    visitor.press(&seen, "Try again", &[]).await.expect("asked again");
    let seen = until(&visitor, &seen.path, FAILED, || {}).await;
    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, Wish::default()).await.expect("server");
    visitor.origin = server.origin();
    let again = visitor.open(&seen.path).await.expect("the order's page");
    assert_eq!(again.heading(), FAILED, "a restart changes nothing");
    visitor.press(&again, "Try again", &[]).await.expect("asked again");
    let active = until(&visitor, &seen.path, ACTIVE, || {}).await;
    // A form of the page before does not take the plan away.
    let late = visitor.press(&again, "Get your money back", &[]).await.expect("answer");
    assert_eq!(late.path, active.path);
    assert_eq!(visitor.open(&active.path).await.expect("page").heading(), ACTIVE);
    server.stop().await;
}

/// The customer gets the money of a failed activation back, once.
#[tokio::test]
async fn a_failed_activation_is_paid_back() {
    let server = ServerUnderTest::start_with(refusing()).await.expect("server");
    let (visitor, seen) = failed(&server).await;
    visitor.press(&seen, "Get your money back", &[]).await.expect("asked");
    visitor.press(&seen, "Get your money back", &[]).await.expect("clicked twice");
    visitor.press(&seen, "Try again", &[]).await.expect("too late for this");
    let back = until(&visitor, &seen.path, RETURNED, || {}).await;
    assert!(!back.html.contains("Try again"), "nothing is left to try");
    let document = visitor.raw(&format!("{}/document", back.path)).await.expect("answer");
    assert!(!document.status().is_success(), "no plan, no document");
    server.stop().await;
}

/// What the customer leaves alone goes back by itself after a day.
#[tokio::test]
async fn a_failed_activation_is_given_up_after_a_day() {
    let session_lifetime = Some(SignedDuration::from_hours(72));
    let wish = Wish { is_clock_set: true, session_lifetime, ..refusing() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let (visitor, seen) = failed(&server).await;
    clock.advance(SignedDuration::from_hours(25));
    until(&visitor, &seen.path, RETURNED, || {}).await;
    server.stop().await;
}

/// An order that nobody pays expires with its window and is cancelled a day later.
#[tokio::test]
async fn an_abandoned_order_is_cancelled() {
    let session_lifetime = Some(SignedDuration::from_hours(72));
    let wish = Wish { is_clock_set: true, session_lifetime, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let visitor = server.visitor().expect("visitor");
    to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let order = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("the same visit");
    clock.advance(SignedDuration::from_mins(16));
    let expired = until(&visitor, &order.path, "The payment window has closed", || {}).await;
    clock.advance(SignedDuration::from_hours(25));
    until(&visitor, &expired.path, "Your order is cancelled", || {}).await;
    server.stop().await;
}

/// The provider has the money and its event never comes: it is asked, and the plan is active.
#[tokio::test]
async fn a_lost_event_is_found() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let visitor = server.visitor().expect("visitor");
    let payment = to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let order = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("the same visit");
    let id = payment.path.rsplit('/').next().expect("a session").to_owned();
    // Written into the provider's own book: nobody is told.
    let book = SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("its book");
    let (status, reference) = (SandboxStatus::Paid, Some(format!("pay_{id}")));
    let paid = Command::MoveSandboxSession { id, status, reference };
    book.commit(vec![paid]).await.expect("paid");
    until(&visitor, &order.path, ACTIVE, || clock.advance(SignedDuration::from_secs(2))).await;
    server.stop().await;
}

/// Support finds an order by the end of its ICCID and gives the money back: the plan ends, and
/// the audit says who did it.
#[tokio::test]
async fn support_finds_an_order_and_pays_it_back() {
    let server = ServerUnderTest::start().await.expect("server");
    let customer = server.visitor().expect("visitor");
    let sim = DEMO_SIMS.iter().find(|sim| !sim.iccid.is_empty()).expect("one with an ICCID");
    let active = buy(&customer, &sim.launch_path()).await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let (visitor, home) = operator(&server).await.expect("signed in");
    let end = &sim.iccid[sim.iccid.len() - 4..];
    for (query, is_found) in [(end, true), ("9", false), ("no code", false)] {
        let found = visitor.press(&home, "Find", &[("query", query)]).await.expect("a list");
        assert_eq!(found.html.contains(&format!("/orders/{code}")), is_found, "{query}");
        assert!(!found.html.contains(sim.iccid), "masked");
    }
    // Who has no form token does nothing.
    let path = format!("/orders/{code}/refund");
    let refused = visitor.post(&path, &[]).await.expect("answer");
    assert_eq!(refused.status, 403);
    visitor.press(&home, "Find", &[("query", code.as_str())]).await.expect("the order");
    let order = visitor.open(&format!("/orders/{code}")).await.expect("the order");
    visitor.press(&order, "Give the money back", &[]).await.expect("done");
    let order = paid_back(&visitor, &code).await;
    assert!(order.html.contains("refund_requested (ada)"), "{}", order.html);
    let audit = visitor.open("/audit").await.expect("audit");
    assert!(audit.html.contains(&format!("ada: order.refund {code}")), "{}", audit.html);
    until(&customer, &active.path, RETURNED, || {}).await;
    let book = SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store");
    let code = domain::code::OrderCode::parse(&code).expect("a code");
    let record = book.order_by_code(code).await.expect("read").expect("the order");
    let plan = book.subscription(record.order.id).await.expect("read").expect("a row");
    let begun_at = plan.starts_at;
    assert!(plan.ends_at < begun_at + SignedDuration::from_hours(1), "the plan is over");
    // Each transition is on record with the key of its deed.
    let journal = book.journal(record.order.id).await.expect("read");
    let keys: Vec<String> = journal.into_iter().filter_map(|entry| entry.key).collect();
    let paid = record.order.payment.as_ref().map(|payment| &payment.id.reference).expect("paid");
    let expected = [
        format!("placed/{}", record.order.id),
        "pay/1".to_owned(),
        "opened/1".to_owned(),
        format!("confirmed/sandbox/{paid}"),
        "accepted/1".to_owned(),
        "active/1".to_owned(),
        "refund".to_owned(),
        format!("refunded/sandbox/{paid}"),
    ];
    assert_eq!(keys, expected);
    server.stop().await;
}

pub(super) async fn paid_back(visitor: &Visitor, code: &str) -> Seen {
    for _ in 0..200 {
        let order = visitor.open(&format!("/orders/{code}")).await.expect("the order");
        if order.html.contains("Refund done") {
            return order;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    visitor.open(&format!("/orders/{code}")).await.expect("the order")
}
