//! Webhooks: signed, in order, at least once, and nobody waits for another.

use std::time::{Duration, Instant};

use domain::SignedDuration;
use e2e::judges::standardwebhooks;
use e2e::receiver::{OTHER_SECRET, Receiver, Reply, SECRET, webhook};
use serde_json::json;

use super::bench::{Bench, connected, disconnected, registered, wish};

const INTERFACE: &str = "{0B13D3C8-6F5B-4C9E-9A70-2D6F1B1F8A11}";
/// Longer than any pause between two tries.
const DAY: SignedDuration = SignedDuration::from_hours(27);

fn numbers(events: &[api::events::Event]) -> Vec<(u64, Option<u8>)> {
    events.iter().map(|event| (event.sequence, event.message_type)).collect()
}

/// Waits until the operator area says this of a webhook.
async fn says(bench: &Bench, path: &str, expected: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let page = bench.operator.open(path).await.expect("a page");
        if page.html.contains(expected) {
            return;
        }
        assert!(Instant::now() < end, "no {expected:?} in {}", page.html);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// [EVT-05], [EVT-08], [EVT-17]: every instance, in order, signed so that others agree.
#[tokio::test]
async fn every_event_reaches_its_receiver_in_order_and_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut receiver = Receiver::start().await.expect("a receiver");
    let mut hook = receiver.webhook("crm", folder.path()).expect("a webhook");
    let other = folder.path().join("other");
    std::fs::write(&other, OTHER_SECRET).expect("written");
    hook.other_secret_file = Some(other);
    let mut bench = Bench::start(wish(vec![hook.clone()])).await;
    let (_, code) = bench.subscriber(0).await;
    let home = json!({ "kind": "registered", "state": "home", "interface": INTERFACE });
    bench.accepted(&code, home).await;
    let mut expected = vec![(1, Some(9))];
    for round in 0..10_u64 {
        bench.accepted(&code, connected()).await;
        bench.accepted(&code, disconnected()).await;
        expected.extend([(2 * round + 2, Some(6)), (2 * round + 3, Some(7))]);
    }
    let mut events = Vec::new();
    for _ in 0..expected.len() {
        let received = receiver.next().await.expect("an event");
        let event = received.event().expect("an event");
        assert_eq!(received.headers["content-type"], "application/json");
        let id = format!("evt-{}-{}", event.subscription, event.sequence);
        assert_eq!(received.headers["webhook-id"], id);
        assert_eq!(event.interface.as_deref(), Some(INTERFACE));
        assert!(event.message.is_none() && event.text.is_none(), "[EVT-05] {}", received.body);
        if event.sequence <= 2 {
            for secret in [SECRET, OTHER_SECRET] {
                standardwebhooks(secret, &received.headers, &received.body).expect("a signature");
            }
            let forged = received.body.replace("home", "away").replace("6", "7");
            let judged = standardwebhooks(SECRET, &received.headers, &forged);
            assert!(judged.is_err(), "a changed body is refused");
        }
        events.push(event);
    }
    assert_eq!(numbers(&events), expected, "[EVT-08] [EVT-17]");
    // Secrets are read again: the old one signs no more.
    std::fs::write(&hook.secret_file, OTHER_SECRET).expect("written");
    bench.accepted(&code, connected()).await;
    let received = receiver.next().await.expect("an event");
    let (headers, body) = (&received.headers, &received.body);
    standardwebhooks(OTHER_SECRET, headers, body).expect("a signature");
    assert!(standardwebhooks(SECRET, headers, body).is_err(), "the old secret is gone");
    bench.server.stop().await;
}

/// [EVT-17]: what a reporter sends again raises nothing again.
#[tokio::test]
async fn a_report_that_is_sent_twice_counts_once() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    let report = |id: &str, kind: &str| json!({ "id": id, "subscription": code, "kind": kind });
    let body = json!({ "source": "net", "events": [
        report("1", "connected"), report("1", "connected"), report("2", "disconnected"),
        report("3", "disconnected"), report("4", "dances"),
        { "id": "5", "subscription": "0000000000", "kind": "connected" },
    ] });
    let outcomes = |taken: Vec<api::events::ReportTaken>| -> Vec<String> {
        taken.into_iter().map(|taken| taken.outcome).collect()
    };
    let first = outcomes(bench.send(&body).await);
    assert_eq!(first, ["accepted", "repeated", "accepted", "ignored", "refused", "refused"]);
    let second = outcomes(bench.send(&body).await);
    assert_eq!(second, ["repeated", "repeated", "repeated", "repeated", "refused", "refused"]);
    let numbers: Vec<_> =
        bench.log(&code).await.iter().map(|logged| logged.event.message_type).collect();
    assert_eq!(numbers, [Some(6), Some(7)]);
    bench.accepted(&code, registered("partner")).await;
    let last = bench.log(&code).await.pop().expect("a notice");
    assert_eq!(last.event.name, "roaming_began", "[EVT-12] [EVT-20]");
    bench.server.stop().await;
}

/// What is answered beside the status is nobody's business.
#[tokio::test]
async fn a_receiver_that_answers_at_length_has_its_event_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut receiver = Receiver::start().await.expect("a receiver");
    receiver.answers(|_| Reply::Chatter);
    let hook = receiver.webhook("crm", folder.path()).expect("a webhook");
    let mut bench = Bench::start(wish(vec![hook])).await;
    let (_, code) = bench.subscriber(0).await;
    for sequence in 1..=2 {
        bench.accepted(&code, connected()).await;
        let event = receiver.next().await.expect("an event").event().expect("an event");
        assert_eq!(event.sequence, sequence);
    }
    says(&bench, "/webhooks", "0 waiting, 0 given up").await;
    assert_eq!(receiver.rest().len(), 0);
    bench.server.stop().await;
}

#[tokio::test]
async fn a_dead_slow_or_redirecting_receiver_delays_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut good = Receiver::start().await.expect("a receiver");
    let mut redirecting = Receiver::start().await.expect("a receiver");
    redirecting.answers(|_| Reply::Redirect);
    let slow = Receiver::start().await.expect("a receiver");
    slow.answers(|_| Reply::Silence);
    let dead = webhook("dead", folder.path(), "http://127.0.0.1:1/").expect("a webhook");
    // Loopback is not among its networks.
    let mut private = good.webhook("private", folder.path()).expect("a webhook");
    private.networks.clear();
    let mut hooks = vec![dead, private];
    for (name, receiver) in [("redirecting", &redirecting), ("slow", &slow), ("good", &good)] {
        hooks.push(receiver.webhook(name, folder.path()).expect("a webhook"));
    }
    let mut bench = Bench::start(wish(hooks)).await;
    let (_, code) = bench.subscriber(0).await;
    let began = Instant::now();
    for _ in 0..5 {
        bench.accepted(&code, connected()).await;
    }
    for sequence in 1..=5 {
        let received = good.next().await.expect("an event");
        assert_eq!(received.event().expect("an event").sequence, sequence);
        assert_eq!(received.path, "/good");
    }
    // The slow one has not even run into its time-out.
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    says(&bench, "/webhooks/dead", "no connection").await;
    says(&bench, "/webhooks/private", "127.0.0.1 is not of the public Internet").await;
    says(&bench, "/webhooks/redirecting", "status 302").await;
    let paths: Vec<_> = redirecting.rest().into_iter().map(|received| received.path).collect();
    assert!(paths.iter().all(|path| path == "/redirecting"), "{paths:?}");
    let metrics = bench.operator.open("/metrics").await.expect("metrics");
    for line in [
        "broadgate_webhook_tries_total{webhook=\"good\",outcome=\"delivered\"} 5\n",
        "broadgate_webhook_backlog{webhook=\"dead\",state=\"open\"} 5\n",
        "broadgate_webhook_backlog{webhook=\"good\",state=\"open\"} 0\n",
    ] {
        assert!(metrics.html.contains(line), "{line} is not in {}", metrics.html);
    }
    bench.server.stop().await;
}

/// [EVT-17]: the first waits for its next try, and what comes later for the same subscriber waits
/// for it; another subscriber does not.
#[tokio::test]
async fn the_order_of_a_subscriber_is_kept_through_failures_and_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut receiver = Receiver::start().await.expect("a receiver");
    let hook = receiver.webhook("crm", folder.path()).expect("a webhook");
    let hooks = || vec![hook.clone()];
    let mut bench = Bench::start(wish(hooks())).await;
    let (_, first) = bench.subscriber(0).await;
    let (_, second) = bench.subscriber(1).await;
    receiver.answers_next(&[Reply::Status(503)]);
    bench.accepted(&first, connected()).await;
    let failed = receiver.next().await.expect("a try").event().expect("an event");
    assert_eq!(failed.sequence, 1);
    bench.accepted(&first, disconnected()).await;
    bench.accepted(&second, connected()).await;
    let other = receiver.next().await.expect("an event").event().expect("an event");
    assert_ne!(other.subscription, failed.subscription, "others go on");
    says(&bench, "/webhooks", "2 waiting, 0 given up").await;
    // The server stops and starts; what was not delivered still is, in its order.
    let mut bench = bench.restart(wish(hooks())).await;
    bench.accepted(&first, connected()).await;
    // Past the first pause and its jitter.
    bench.advance(SignedDuration::from_secs(6));
    for sequence in 1..=3 {
        let event = receiver.next().await.expect("an event").event().expect("an event");
        assert_eq!(
            (event.subscription.as_str(), event.sequence),
            (&*failed.subscription, sequence)
        );
    }
    bench.sign_in().await;
    says(&bench, "/webhooks/crm", "status 204").await;
    bench.server.stop().await;
}

#[tokio::test]
async fn what_is_given_up_is_sent_again_when_somebody_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut receiver = Receiver::start().await.expect("a receiver");
    receiver.answers(|_| Reply::Status(500));
    let mut hook = receiver.webhook("crm", folder.path()).expect("a webhook");
    // The plan ends meanwhile, which is another event.
    hook.types = ["ProfileConnected".to_owned()].into();
    let mut bench = Bench::start(wish(vec![hook])).await;
    let (_, code) = bench.subscriber(0).await;
    bench.accepted(&code, connected()).await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        let received = receiver.next().await.expect("a try");
        ids.push(received.headers["webhook-id"].clone());
        // The try is recorded before the clock may bring the next.
        says(&bench, "/metrics", &tries(ids.len())).await;
        bench.advance(DAY);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "one id for all tries");
    bench.sign_in().await;
    says(&bench, "/webhooks", "0 waiting, 1 given up").await;
    receiver.answers(|_| Reply::Status(200));
    let token = Some(bench.token.as_str());
    let nothing = json!({ "position": 4711 });
    let path = "/api/webhooks/crm/replay";
    let sent = bench.operator.send(path, &nothing, token).await.expect("answer");
    assert_eq!(sent.status, 404, "{}", sent.text);
    let sent = bench.operator.send(path, &json!({}), token).await.expect("answer");
    assert_eq!(sent.status, 200, "{}", sent.text);
    let again = receiver.next().await.expect("an event");
    assert_eq!(again.headers["webhook-id"], ids[0]);
    says(&bench, "/webhooks", "0 waiting, 0 given up").await;
    let audit = bench.operator.open("/audit").await.expect("audit");
    assert!(audit.html.contains("token:agent: webhook.replay crm"), "{}", audit.html);
    bench.server.stop().await;
}

/// The counter of tries after so many failures.
fn tries(count: usize) -> String {
    let name = "broadgate_webhook_tries_total{webhook=\"crm\"";
    match count {
        10 => format!("{name},outcome=\"dead\"}} 1\n"),
        _ => format!("{name},outcome=\"failed\"}} {count}\n"),
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_gets_nothing_until_it_is_wanted_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut receiver = Receiver::start().await.expect("a receiver");
    let hook = receiver.webhook("crm", folder.path()).expect("a webhook");
    let mut bench = Bench::start(wish(vec![hook])).await;
    let (_, code) = bench.subscriber(0).await;
    receiver.answers_next(&[Reply::Status(410)]);
    bench.accepted(&code, connected()).await;
    receiver.next().await.expect("a try");
    says(&bench, "/webhooks/crm", "the receiver answered 410").await;
    bench.accepted(&code, disconnected()).await;
    let page = bench.operator.open("/webhooks/crm").await.expect("a page");
    let page = bench.operator.press(&page, "Send all again", &[]).await.expect("answer");
    assert_eq!(page.heading(), "Webhook crm");
    // What failed comes again, and what happened meanwhile after it.
    for sequence in [1, 2] {
        let event = receiver.next().await.expect("an event").event().expect("an event");
        assert_eq!(event.sequence, sequence);
    }
    says(&bench, "/webhooks", "0 waiting, 0 given up").await;
    assert_eq!(receiver.rest().len(), 0);
    bench.server.stop().await;
}

/// [EVT-07]: an operator's events go to who is named, and to nobody else.
#[tokio::test]
async fn a_webhook_gets_the_types_and_brands_that_it_wants() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut roaming = Receiver::start().await.expect("a receiver");
    let mut none = Receiver::start().await.expect("a receiver");
    let mut wants = roaming.webhook("roaming", folder.path()).expect("a webhook");
    wants.types = ["RegisteredRoaming", "roaming_began"].map(str::to_owned).into();
    let mut foreign = none.webhook("foreign", folder.path()).expect("a webhook");
    foreign.brands = domain::brand::BrandId::parse("somebody-else").into_iter().collect();
    let mut bench = Bench::start(wish(vec![wants, foreign])).await;
    let (_, code) = bench.subscriber(0).await;
    for report in [registered("home"), connected(), registered("roaming"), registered("home")] {
        bench.accepted(&code, report).await;
    }
    for (sequence, name) in [(3, "RegisteredRoaming"), (4, "roaming_began")] {
        let event = roaming.next().await.expect("an event").event().expect("an event");
        assert_eq!((event.sequence, event.name.as_str()), (sequence, name));
    }
    says(&bench, "/webhooks", "roaming – 0 waiting, 0 given up").await;
    assert!(roaming.rest().is_empty() && none.rest().is_empty());
    bench.server.stop().await;
}
