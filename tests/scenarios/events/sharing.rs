//! Sharing checks over the machine interface: asked, answered, too late.

use domain::SignedDuration;
use serde_json::json;

use super::bench::{Bench, connected, registered, wish};

async fn answer(bench: &Bench, code: &str, check: u64) -> (u16, String) {
    let path = format!("/api/subscriptions/{code}/checks/{check}");
    bench.operator.bearer(&path, &bench.token).await.expect("an answer")
}

/// [EVT-13], [EVT-14], [EVT-15]
#[tokio::test]
async fn a_check_is_raised_and_answered_or_times_out() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    let always = json!({ "kind": "sharing_requested", "permission": "always" });
    let taken = bench.report(&code, always).await;
    assert_eq!(taken.sharing.expect("an answer").outcome, "allowed", "[EVT-13]");
    assert_eq!(bench.log(&code).await.len(), 0, "[EVT-13]");
    let ask = || json!({ "kind": "sharing_requested" });
    for check in 1..=3_u64 {
        let taken = bench.report(&code, ask()).await;
        assert_eq!((taken.check, taken.outcome.as_str()), (Some(check), "accepted"), "EV-6");
    }
    let events = bench.log(&code).await;
    let checks: Vec<_> =
        events.iter().map(|logged| (logged.event.message_type, logged.event.check)).collect();
    assert_eq!(checks, [(Some(10), Some(1)), (Some(10), Some(2)), (Some(10), Some(3))], "EV-6");
    let waiting = (200, "{\"outcome\":\"waiting\"}".to_owned());
    assert_eq!(answer(&bench, &code, 1).await, waiting);
    let no =
        json!({ "kind": "sharing_answered", "check": 1, "allow": false, "reason": "Not yours" });
    bench.accepted(&code, no).await;
    let denied = "{\"outcome\":\"denied\",\"status\":5,\"reason\":\"Not yours\"}";
    assert_eq!(answer(&bench, &code, 1).await, (200, denied.to_owned()), "[EVT-14] [EVT-15]");
    let yes = |check: u64| json!({ "kind": "sharing_answered", "check": check, "allow": true });
    bench.accepted(&code, yes(2)).await;
    let allowed = "{\"outcome\":\"allowed\",\"status\":0}";
    assert_eq!(answer(&bench, &code, 2).await, (200, allowed.to_owned()), "[EVT-14]");
    bench.advance(SignedDuration::from_secs(30));
    let late = bench.report(&code, yes(3)).await;
    let timed_out = "{\"outcome\":\"timed_out\",\"status\":4}";
    assert!(["accepted", "ignored"].contains(&late.outcome.as_str()), "{late:?}");
    assert_eq!(answer(&bench, &code, 3).await, (200, timed_out.to_owned()), "[EVT-15]");
    assert_eq!(answer(&bench, &code, 4).await.0, 404);
    let long = "x".repeat(256);
    let no = json!({ "kind": "sharing_answered", "check": 3, "allow": false, "reason": long });
    assert_eq!(bench.report(&code, no).await.outcome, "refused");
    bench.server.stop().await;
}

/// [EVT-14], [EVT-17]: whoever did not get the answer asks again and learns which check is its own.
#[tokio::test]
async fn a_wish_to_share_that_is_sent_again_is_answered_again() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    let asked = |id: &str, permission: &str| {
        let event = json!({ "id": id, "subscription": code, "kind": "sharing_requested",
            "permission": permission });
        json!({ "source": "device", "events": [event] })
    };
    let (first, check) = (asked("1", "entitlement_check_required"), Some(1));
    for outcome in ["accepted", "repeated"] {
        let taken = bench.send(&first).await.remove(0);
        let sharing = taken.sharing.map(|sharing| sharing.outcome);
        let found = (taken.outcome.as_str(), taken.check, sharing.as_deref());
        assert_eq!(found, (outcome, check, Some("waiting")));
    }
    let yes = json!({ "kind": "sharing_answered", "check": 1, "allow": true });
    bench.accepted(&code, yes).await;
    let taken = bench.send(&first).await.remove(0);
    assert_eq!(
        (taken.check, taken.sharing.expect("an answer").outcome.as_str()),
        (check, "allowed")
    );
    for (id, permission, expected) in [("2", "always", "allowed"), ("3", "never", "disabled")] {
        for _ in 0..2 {
            let taken = bench.send(&asked(id, permission)).await.remove(0);
            let sharing = taken.sharing.map(|sharing| sharing.outcome);
            assert_eq!((taken.check, sharing.as_deref()), (None, Some(expected)), "{permission}");
        }
    }
    bench.server.stop().await;
}

/// [EVT-15]: nobody answers, and the device learns it all the same.
#[tokio::test]
async fn a_check_that_nobody_answers_times_out_by_itself() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    bench.accepted(&code, json!({ "kind": "sharing_requested" })).await;
    bench.advance(SignedDuration::from_secs(30));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let timed_out = (200, "{\"outcome\":\"timed_out\",\"status\":4}".to_owned());
    while answer(&bench, &code, 1).await != timed_out {
        assert!(std::time::Instant::now() < end, "it still waits");
        tokio::task::yield_now().await;
    }
    bench.server.stop().await;
}

/// [EVT-17]: reports that come at once are taken one after the other, none lost.
#[tokio::test]
async fn reports_at_once_all_count() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    let send = |number: u32| {
        let events =
            json!([{ "id": number.to_string(), "subscription": code, "kind": "connected" }]);
        let body = json!({ "source": "many", "events": events });
        let bench = &bench;
        async move { bench.send(&body).await.remove(0).outcome }
    };
    let outcomes = tokio::join!(send(1), send(2), send(3), send(4), send(5), send(6));
    let (a, b, c, d, e, f) = outcomes;
    assert_eq!([a, b, c, d, e, f], ["accepted"; 6].map(str::to_owned));
    let sequences: Vec<u64> =
        bench.log(&code).await.iter().map(|logged| logged.event.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5, 6], "[EVT-17]");
    bench.accepted(&code, connected()).await;
    bench.server.stop().await;
}

/// [EVT-07]: at once, whatever was reported before.
#[tokio::test]
async fn a_handler_that_registers_is_told_what_is_so() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    bench.accepted(&code, registered("home")).await;
    bench.accepted(&code, connected()).await;
    bench.accepted(&code, json!({ "kind": "handler_registered" })).await;
    let events = bench.log(&code).await;
    let numbers: Vec<_> = events.iter().map(|logged| logged.event.message_type).collect();
    assert_eq!(numbers, [Some(9), Some(6), Some(9), Some(6)], "EV-3");
    bench.server.stop().await;
}
