//! Erasure of personal data: what is gone, from the files too, what stays, and who may ask.

use std::time::Duration;

use domain::SignedDuration;
use domain::code::OrderCode;
use domain::customer::CustomerData;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use jiff::tz::TimeZone;
use serde_json::json;
use server::clock::Clock as _;
use server::config::PrivacyConfig;
use server::demo_sims::{DEMO_SIMS, DemoSim};
use server::store::books::BooksStore as _;
use server::store::details::DetailsCommand;
use server::store::privacy::PrivacyStore as _;
use server::store::sqlite::SqliteStore;
use server::store::{Command, Order, Store as _};

use super::admin::{colleague, operator};
use super::events::bench::make_token;
use super::mending::paid_back;
use super::purchase::{buy, to_payment};

const SIM: &DemoSim = &DEMO_SIMS[1];
const NAME: &str = "Kari Nordmann";
const REASON: (&str, &str) = ("reason", "the customer asked");

fn book(server: &ServerUnderTest) -> SqliteStore {
    SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store")
}

async fn record(server: &ServerUnderTest, code: &str) -> Order {
    let code = OrderCode::parse(code).expect("a code");
    book(server).order_by_code(code).await.expect("read").expect("the order")
}

/// How often the numbers of a SIM, or the customer's name, stand in the files of the database.
fn on_disk(server: &ServerUnderTest, sim: &DemoSim) -> usize {
    let mut found = 0;
    for entry in std::fs::read_dir(server.data.path()).expect("the data folder") {
        let path = entry.expect("an entry").path();
        if !path.to_string_lossy().contains("broadgate.sqlite") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        for text in [sim.imsi, sim.imei, sim.iccid, NAME] {
            let text = text.as_bytes();
            found += bytes.windows(text.len()).filter(|window| *window == text).count();
        }
    }
    found
}

async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_so().await, "{what}");
}

/// Lets time pass to the hour of the night in which the files are cleaned.
async fn scrubbed(server: &ServerUnderTest) {
    let clock = server.clock.as_ref().expect("a clock to set");
    let hour = i64::from(clock.now().to_zoned(TimeZone::UTC).hour());
    let clean_hour = i64::from(PrivacyConfig::default().clean_hour);
    clock.advance(SignedDuration::from_hours((clean_hour - hour).rem_euclid(24)));
    until("the files are not cleaned", || async {
        !book(server).needs_scrub().await.expect("read")
    })
    .await;
}

async fn bought(server: &ServerUnderTest, sim: &DemoSim) -> (Visitor, String) {
    let visitor = server.visitor().expect("visitor");
    let active = buy(&visitor, &sim.launch_path()).await;
    assert_eq!(active.heading(), "Your plan is active");
    let code = active.path.trim_start_matches("/orders/").to_owned();
    (visitor, code)
}

async fn page(operator: &Visitor, code: &str) -> Seen {
    operator.open(&format!("/orders/{code}")).await.expect("the order")
}

/// Has every part of the server write something of this SIM down.
async fn leave_traces(
    server: &ServerUnderTest,
    operator: &Visitor,
    customer: &Visitor,
    code: &str,
) {
    let document = customer.raw(&format!("/orders/{code}/document")).await.expect("answer");
    assert_eq!(document.status(), 403, "a client without the cookie");
    customer.open(&format!("/orders/{code}/document")).await.expect("a signed document");
    let order = record(server, code).await.order.id;
    let data = CustomerData(vec![("name".to_owned(), NAME.to_owned())]);
    let at = server.clock.as_ref().expect("a clock").now();
    let said = Command::Details(DetailsCommand::Keep { order, at, data });
    book(server).commit(vec![said]).await.expect("written");
    let token = make_token(operator, "agent", "events:write usage:write").await;
    let now = server.clock.as_ref().expect("a clock").now();
    let text = format!("Your SIM is {} and your number {}", SIM.iccid, SIM.imsi);
    let message = json!({ "id": SIM.imsi, "subscription": code, "bearer": "sms",
        "sender": "+4799000001", "text": text, "received_at": now.to_string() });
    let sent = operator.send("/api/messages", &message, Some(&token)).await.expect("answer");
    assert_eq!(sent.status, 200, "{}", sent.text);
    let used = json!({ "source": "ggsn-1", "records": [{ "sequence": 1, "at": now.to_string(),
        "imsi": SIM.imsi, "session": SIM.iccid, "sent_bytes": 1, "received_bytes": 2 }] });
    let sent = operator.send("/api/usage", &used, Some(&token)).await.expect("answer");
    assert_eq!(sent.status, 200, "{}", sent.text);
}

/// Nothing of the numbers is left, not in the pages and not in the files; the books stay.
#[tokio::test]
async fn what_is_erased_is_nowhere_and_the_books_stay() {
    let server = ServerUnderTest::start_with(Wish { is_clock_set: true, ..Wish::default() });
    let server = server.await.expect("server");
    let (operator, _) = operator(&server).await.expect("signed in");
    let (customer, code) = bought(&server, SIM).await;
    let (_, other) = bought(&server, &DEMO_SIMS[0]).await;
    leave_traces(&server, &operator, &customer, &code).await;
    let seen = page(&operator, &code).await;
    assert!(!seen.html.contains("Erase the personal data"), "its plan runs");
    operator.press(&seen, "Give the money back", &[]).await.expect("done");
    let seen = paid_back(&operator, &code).await;
    let before = record(&server, &code).await;
    let receipts = book(&server).receipts(before.order.id).await.expect("read");
    assert_eq!(receipts.len(), 2);
    assert!(on_disk(&server, SIM) > 0, "or this test shows nothing");

    // Without a reason nothing happens.
    let refused = operator.press(&seen, "Erase", &[]).await.expect("answer");
    assert_eq!((refused.status.as_u16(), refused.alert().starts_with("Say why")), (400, true));
    let done = operator.press(&seen, "Erase", &[REASON]).await.expect("done");
    assert_eq!(done.status, 200, "{}", done.html);
    assert!(done.html.contains("Erased."), "{}", done.html);
    let again = operator.press(&seen, "Erase", &[REASON]).await.expect("done");
    assert!(again.html.contains("Had been erased before."), "{}", again.html);
    let gone = customer.open(&format!("/orders/{code}")).await.expect("answer");
    assert_eq!(gone.heading(), "Your visit has ended");
    scrubbed(&server).await;
    assert_eq!(on_disk(&server, SIM), 0, "nothing is left in the files");
    assert!(on_disk(&server, &DEMO_SIMS[0]) > 0, "somebody else's stay");

    let after = record(&server, &code).await;
    assert_eq!(
        (after.claims.subscriber, after.claims.device, after.claims.iccid),
        (None, None, None)
    );
    assert_eq!(after.order, before.order, "the ledger stays");
    assert_eq!(book(&server).receipts(before.order.id).await.expect("read"), receipts);
    let seen = page(&operator, &code).await;
    assert!(seen.html.contains("erased (ada)"), "{}", seen.html);
    assert!(!seen.html.contains("Show the numbers"), "there are none");
    let audit = operator.open("/audit").await.expect("audit");
    let entry = format!("ada: order.erase {code}: the customer asked");
    assert_eq!(audit.html.matches(&entry).count(), 1, "{}", audit.html);
    assert!(record(&server, &other).await.claims.iccid.is_some());
    server.stop().await;
}

/// What is not over is kept, and only operators erase.
#[tokio::test]
async fn a_plan_that_runs_is_kept_and_only_operators_erase() {
    let server = ServerUnderTest::start().await.expect("server");
    let (operator, _) = operator(&server).await.expect("signed in");
    let (_, code) = bought(&server, SIM).await;
    // Another order of the same SIM, from another visit, is over before it is paid.
    let customer = server.visitor().expect("visitor");
    to_payment(&customer, &SIM.launch_path()).await;
    let records = book(&server).latest_orders(10).await.expect("orders");
    let open = records.iter().find(|record| record.order.code.as_str() != code).expect("two");
    let open = open.order.code.as_str().to_owned();
    let seen = customer.open(&format!("/orders/{open}")).await.expect("the order");
    customer.press(&seen, "Cancel", &[]).await.expect("cancelled");
    until("the payment is not closed", || async {
        let now = record(&server, &open).await.order.created_at + SignedDuration::from_hours(1);
        book(&server).due_effects(now, 10).await.expect("read").is_empty()
    })
    .await;
    let seen = page(&operator, &open).await;
    let typed = [REASON, ("all", "yes")];
    let outcome = operator.press(&seen, "Erase", &typed).await.expect("answer");
    assert_eq!(outcome.status, 409, "{}", outcome.html);
    for said in ["Erased.", "Kept: the plan runs"] {
        assert!(outcome.html.contains(said), "{said}: {}", outcome.html);
    }
    assert!(record(&server, &code).await.claims.iccid.is_some());
    assert!(record(&server, &open).await.claims.iccid.is_none());
    for role in ["support", "auditor"] {
        let who = colleague(&server, role).await;
        let seen = page(&who, &code).await;
        assert!(!seen.html.contains("Erase the personal data"), "{role}");
        let path = format!("/orders/{code}/erase");
        assert_eq!(who.post(&path, &[REASON]).await.expect("answer").status, 403, "{role}");
    }
    server.stop().await;
}

/// Identifiers that were kept long enough go by themselves, those of others stay.
#[tokio::test]
async fn what_was_kept_long_enough_is_erased_by_itself() {
    let day = SignedDuration::from_hours(24);
    let privacy = PrivacyConfig { keep: Some(day * 30), ..PrivacyConfig::default() };
    let wish = Wish { is_clock_set: true, privacy, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let (_, early) = bought(&server, SIM).await;
    clock.advance(day * 30);
    let (_, late) = bought(&server, &DEMO_SIMS[0]).await;
    // The first plan ran for a day, so that its 30 days are over on the 31st.
    clock.advance(day + SignedDuration::from_hours(1));
    let id = record(&server, &early).await.order.id;
    until("it is not erased", || async { book(&server).erased(id).await.expect("read").is_some() })
        .await;
    let (_, actor) = book(&server).erased(id).await.expect("read").expect("erased");
    assert_eq!(actor, "clock");
    scrubbed(&server).await;
    assert_eq!(on_disk(&server, SIM), 0);
    let late = record(&server, &late).await;
    assert_eq!(book(&server).erased(late.order.id).await, Ok(None));
    assert!(late.claims.iccid.is_some());
    server.stop().await;
}
