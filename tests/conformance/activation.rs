//! What every network promises of activations: the simulated one, and the operator's system over
//! HTTP against one that keeps a book of its own.
//!
//! Not here: what follows for an order (the scenarios).

use std::sync::Arc;

use domain::activation::{Activation, Refusal};
use domain::customer::CustomerData;
use domain::order::{Asked, Change};
use domain::{SignedDuration, Timestamp};
use e2e::bss::{Bss, Fault};
use e2e::visitor::install_tls;
use server::activation::http::HttpActivation;
use server::activation::{
    Accepted, ActivationError, ActivationPort, ActivationStatus, SimulatedActivation, Wanted,
};
use server::clock::SettableClock;
use server::store::Order;

use super::store::{an_order, now};

const DELAY: SignedDuration = SignedDuration::from_secs(120);

/// An order whose activation is asked for the first time.
fn asked_for() -> Order {
    let mut record = an_order("s", "activation");
    record.order.apply(&Change::ActivationAsked(Asked { number: 1, at: now() }));
    record
}

/// Asks for it with its key.
async fn ask(port: &dyn ActivationPort, record: &Order) -> Result<Accepted, ActivationError> {
    let key = format!("{}/activate", record.order.id);
    port.request(Wanted { key: &key, order: record, customer: None }, now()).await
}

/// The suite; `settle` lets the network do what it does, and says when it has.
async fn conforms(port: &dyn ActivationPort, settle: &dyn Fn(&Order, &str) -> Timestamp) {
    let mut record = asked_for();
    let first = ask(port, &record).await.expect("taken");
    let again = ask(port, &record).await.expect("taken again");
    assert_eq!(first, again, "the same key, the same answer");
    assert_eq!((first.status, first.estimate), (ActivationStatus::Pending, Some(DELAY)));
    let begun = Activation { requested_at: now(), estimate: Some(DELAY), margin: first.margin };
    record.order.apply(&Change::ActivationBegan(begun));
    assert_eq!(port.status(&record, now()).await, Ok(ActivationStatus::Pending));
    let later = settle(&record, "active");
    assert_eq!(port.status(&record, later).await, Ok(ActivationStatus::Active));
    let end = format!("{}/deactivate/1", record.order.id);
    assert_eq!(port.deactivate(&end, &record).await, Ok(()));
    assert_eq!(port.deactivate(&end, &record).await, Ok(()), "twice is once");
    let other = asked_for();
    assert_eq!(port.deactivate("x/deactivate/1", &other).await, Ok(()), "never asked for");
}

#[tokio::test]
async fn the_simulated_network_conforms() {
    let margin = SignedDuration::ZERO;
    let network = SimulatedActivation { delay: DELAY, margin, fails: false };
    conforms(&network, &|_, _| now() + DELAY).await;
    let refusing = SimulatedActivation { fails: true, ..network };
    let mut record = asked_for();
    let begun = Activation { requested_at: now(), estimate: Some(DELAY), margin };
    record.order.apply(&Change::ActivationBegan(begun));
    let failed = Ok(ActivationStatus::Failed(None));
    assert_eq!(refusing.status(&record, now() + DELAY).await, failed);
}

struct Bench {
    bss: Bss,
    port: HttpActivation,
    clock: Arc<SettableClock>,
}

async fn bench() -> Bench {
    install_tls();
    let bss = Bss::start().await.expect("a system");
    let clock = Arc::new(SettableClock::new(now()));
    let port = HttpActivation::new(&bss.config(), SignedDuration::ZERO, Arc::clone(&clock) as _);
    Bench { bss, port: port.expect("set up"), clock }
}

#[tokio::test]
async fn a_system_over_http_conforms() {
    let Bench { bss, port, .. } = bench().await;
    let settle = |record: &Order, status: &str| {
        bss.settle(record.order.code.as_str(), status, None);
        now()
    };
    conforms(&port, &settle).await;
}

/// What an answer comes to: settled, or to be tried again with the same key, and then it is one
/// activation whatever was done before [PORT-39].
#[tokio::test]
async fn each_way_of_failing_is_refused_or_tried_again() {
    let refusal = |code| ActivationStatus::Failed(Refusal::parse(code));
    let rows = [
        (Fault::Refuse("unknown_sim"), Some(refusal("unknown_sim")), None),
        (Fault::LoseAnswer, None, None),
        (Fault::Silence, None, None),
        (Fault::Babble, None, None),
        (Fault::Status(302, None), None, None),
        (Fault::Status(401, None), None, None),
        (Fault::Status(404, None), None, None),
        (Fault::Status(409, Some(2)), None, Some(2)),
        (Fault::Status(422, None), None, None),
        (Fault::Status(429, Some(7)), None, Some(7)),
        (Fault::Status(503, Some(30)), None, Some(30)),
    ];
    for (fault, settled, pause_s) in rows {
        let Bench { bss, port, .. } = bench().await;
        let record = asked_for();
        bss.fault(std::slice::from_ref(&fault));
        let answer = ask(&port, &record).await;
        let pause = answer.as_ref().err().and_then(|error| error.pause);
        assert_eq!(pause, pause_s.map(SignedDuration::from_secs), "{fault:?}");
        assert_eq!(answer.ok().map(|accepted| accepted.status), settled, "{fault:?}");
        let again = ask(&port, &record).await.expect("an answer");
        assert_eq!(again.status, settled.unwrap_or(ActivationStatus::Pending), "{fault:?}");
        let entry = bss.entry(record.order.code.as_str()).expect("an entry");
        assert!(entry.begun <= 1, "{fault:?}: the same key is one activation");
    }
}

/// A system that fails is spared, and asked again by itself.
#[tokio::test]
async fn a_system_that_fails_is_spared() {
    let Bench { bss, port, clock } = bench().await;
    let record = asked_for();
    bss.fault(&[const { Fault::Status(500, None) }; 5]);
    for _ in 0..8 {
        ask(&port, &record).await.expect_err("it fails");
    }
    assert_eq!(bss.requests(), 5, "the last three did not leave");
    clock.advance(SignedDuration::from_secs(11));
    ask(&port, &record).await.expect("it works again");
}

/// A system is told the numbers of a SIM in the body alone, and what is bought.
#[tokio::test]
async fn a_request_says_what_for_whom() {
    let Bench { bss, port, .. } = bench().await;
    let record = asked_for();
    ask(&port, &record).await.expect("taken");
    let code = record.order.code.as_str();
    let expected = serde_json::json!({
        "order": code, "attempt": 1, "brand": "fjell", "plan": "day",
        "imsi": "001012345678901", "imei": "004999010640000", "iccid": "89990112345678901234",
    });
    assert_eq!(bss.entry(code).map(|entry| entry.request), Some(expected));
    let said = CustomerData(vec![("name".to_owned(), "Kari".to_owned())]);
    let other = asked_for();
    let wanted = Wanted { key: "other", order: &other, customer: Some(&said) };
    port.request(wanted, now()).await.expect("taken");
    let entry = bss.entry(other.order.code.as_str()).expect("an entry");
    assert_eq!(entry.request["customer"], serde_json::json!({ "name": "Kari" }));
    // The failure of the try before is not that of this one.
    let mut retried = record.clone();
    retried.order.apply(&Change::ActivationAsked(Asked { number: 2, at: now() }));
    bss.settle(code, "failed", Some("busy"));
    assert_eq!(port.status(&retried, now()).await, Ok(ActivationStatus::Pending));
    let failed = Ok(ActivationStatus::Failed(Refusal::parse("busy")));
    assert_eq!(port.status(&record, now()).await, failed);
}
