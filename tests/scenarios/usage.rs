//! Usage from outside: records in, usage and events out, billing asked and heard.
//!
//! Not here: each rule of the engine and each reason of quarantine (the server's own tests).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use api::usage::{BillingTaken, SubscriptionUsage, UsageHistory, UsageTaken};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Visitor;
use serde_json::{Value, json};
use server::clock::Clock as _;
use server::config::{SystemConfig, UsageConfig};
use server::demo_sims::DEMO_SIMS;
use server::outgoing::IpNetwork;

use super::admin::operator;
use super::purchase::buy;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

struct Bench {
    server: ServerUnderTest,
    machine: Visitor,
    token: String,
    /// The code of the order, which names the subscription too.
    code: String,
}

impl Bench {
    async fn start(wish: Wish) -> Self {
        let wish = Wish { is_clock_set: true, ..wish };
        let server = ServerUnderTest::start_with(wish).await.expect("server");
        let customer = server.visitor().expect("visitor");
        let active = buy(&customer, &DEMO_SIMS[0].launch_path()).await;
        let code = active.path.trim_start_matches("/orders/").to_owned();
        let (machine, _) = operator(&server).await.expect("signed in");
        let token = token(&machine, "bss", "usage:read usage:write billing:write").await;
        Self { server, machine, token, code }
    }

    fn now(&self) -> String {
        self.server.clock.as_ref().expect("a clock").now().to_string()
    }

    fn advance(&self, by: SignedDuration) {
        self.server.clock.as_ref().expect("a clock").advance(by);
    }

    fn record(&self, sequence: u64, session_bytes: u64) -> Value {
        json!({ "sequence": sequence, "at": self.now(), "imsi": DEMO_SIMS[0].imsi,
                "session": "s1", "sent_bytes": 0, "received_bytes": session_bytes })
    }

    async fn send(&self, records: &[Value]) -> UsageTaken {
        let body = json!({ "source": "ggsn", "records": records });
        let sent = self.machine.send("/api/usage", &body, Some(&self.token)).await.expect("answer");
        assert_eq!(sent.status, 200, "{}", sent.text);
        serde_json::from_str(&sent.text).expect("an answer of ours")
    }

    async fn get(&self, rest: &str) -> (u16, String) {
        let path = format!("/api/subscriptions/{}{rest}", self.code);
        self.machine.bearer(&path, &self.token).await.expect("answer")
    }

    async fn usage(&self) -> SubscriptionUsage {
        let (status, text) = self.get("/usage").await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("usage")
    }

    async fn until(&self, is_right: impl Fn(&SubscriptionUsage) -> bool) -> SubscriptionUsage {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let usage = self.usage().await;
            if is_right(&usage) {
                return usage;
            }
            assert!(tokio::time::Instant::now() < end, "in time: {usage:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn bill(&self, body: &Value, tag: Option<&str>) -> (u16, String) {
        let path = format!("/api/subscriptions/{}/billing", self.code);
        self.machine.put(&path, body, &self.token, tag).await.expect("answer")
    }
}

async fn token(operator: &Visitor, name: &str, scopes: &str) -> String {
    let page = operator.open("/tokens").await.expect("tokens");
    let fields = [("name", name), ("scopes", scopes)];
    let made = operator.press(&page, "Make a token", &fields).await.expect("token");
    let at = made.html.find("bgt_").expect("a token");
    let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    made.html[at..].chars().take_while(is_token).collect()
}

/// Records, repetitions, quarantine, history and metrics [USE-01], [USE-03], [USE-07].
#[tokio::test]
async fn records_are_counted_once_and_what_is_not_is_kept() {
    let bench = Bench::start(Wish::default()).await;
    let batch = [
        bench.record(1, 10_000_000),
        bench.record(2, 30_000_000),
        json!({ "sequence": 3, "at": bench.now(), "imsi": "999990000000001", "sent_bytes": 1 }),
        json!({ "sequence": 4, "at": bench.now(), "iccid": DEMO_SIMS[0].iccid, "sent_bytes": -1 }),
        json!({ "sequence": 5, "at": bench.now(), "iccid": DEMO_SIMS[0].iccid, "shared": true,
                "received_bytes": 5 }),
    ];
    let taken = bench.send(&batch).await;
    assert_eq!((taken.accepted, taken.duplicate, taken.quarantined), (3, 0, 2));
    let reasons: Vec<_> = taken.problems.iter().map(|p| (p.index, p.reason.as_str())).collect();
    assert_eq!(reasons, [(2, "unknown_subscriber"), (3, "negative")]);
    assert_eq!(bench.send(&batch).await.duplicate, 5);
    let usage = bench.usage().await;
    assert_eq!((usage.usage_bytes, usage.source.as_str()), (30_000_005, "estimate"));
    assert_eq!((usage.own_bytes, usage.shared_bytes), (30_000_000, 5));
    let (status, text) =
        bench.machine.bearer("/api/usage/quarantine", &bench.token).await.expect("answer");
    assert_eq!(status, 200);
    assert!(text.contains("999990…01") && !text.contains("999990000000001"), "{text}");
    bench.advance(SignedDuration::from_mins(1));
    let start = bench.now().parse::<jiff::Timestamp>().expect("now") - SignedDuration::from_mins(5);
    let to = bench.now();
    let path = format!("/usage/history?from={start}&to={to}&granularity=total&shared=false");
    let (status, text) = bench.get(&path).await;
    assert_eq!(status, 200, "{text}");
    let history: UsageHistory = serde_json::from_str(&text).expect("history");
    assert_eq!(history.spans[0].received_bytes, 30_000_000);
    let metrics = bench.machine.open("/metrics").await.expect("metrics").html;
    for line in [
        "broadgate_usage_records_total{result=\"accepted\"} 3",
        "broadgate_usage_records_total{result=\"duplicate\"} 5",
        "broadgate_usage_records_total{result=\"negative\"} 1",
        "broadgate_usage_records_total{result=\"late\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    bench.server.stop().await;
}

/// What is refused as a whole, and who may not.
#[tokio::test]
async fn bad_batches_and_other_tokens_are_refused() {
    let bench = Bench::start(Wish::default()).await;
    let one = bench.record(1, 1);
    let many: Vec<Value> = (0..10_001).map(|_| one.clone()).collect();
    for (body, status) in [
        (json!({ "source": "GGSN 1", "records": [one] }), 400),
        (json!({ "source": "ggsn", "records": [{ "sequence": 1 }] }), 400),
        (json!({ "source": "ggsn", "records": many }), 400),
        (json!({ "source": "ggsn", "records": [], "more": 1 }), 400),
        (json!({ "source": "ggsn", "records": ["x".repeat(4_000_000)] }), 413),
    ] {
        let sent = bench.machine.send("/api/usage", &body, Some(&bench.token)).await;
        assert_eq!(sent.expect("answer").status, status);
    }
    let reader = token(&bench.machine, "reader", "usage:read").await;
    let body = json!({ "source": "ggsn", "records": [] });
    let sent = bench.machine.send("/api/usage", &body, Some(&reader)).await.expect("answer");
    assert_eq!(sent.status, 403);
    let path = format!("/api/subscriptions/{}/billing", bench.code);
    let put = bench.machine.put(&path, &json!({}), &reader, None).await.expect("answer");
    assert_eq!(put.0, 403);
    for path in ["/api/subscriptions/x/usage", "/api/subscriptions/0000000000/usage"] {
        assert_eq!(bench.machine.bearer(path, &reader).await.expect("answer").0, 404);
    }
    for query in ["", "?from=x&to=y", "?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"] {
        assert_eq!(bench.get(&format!("/usage/history{query}")).await.0, 400, "{query}");
    }
    bench.server.stop().await;
}

/// BF-2, BF-3 and [USE-14] over HTTP; with `If-Match`, nobody overwrites what they have not read.
#[tokio::test]
async fn billing_is_heard_once_and_never_backwards() {
    let bench = Bench::start(Wish::default()).await;
    bench.send(&[bench.record(1, 10_000_000)]).await;
    let tag = format!("\"{}\"", bench.usage().await.version);
    let now = bench.now();
    let (status, text) = bench.bill(&json!({ "usage_mb": 140, "as_of": now }), Some(&tag)).await;
    assert_eq!(status, 200, "{text}");
    let taken: BillingTaken = serde_json::from_str(&text).expect("an answer");
    assert!(taken.applied);
    assert_eq!((taken.usage.usage_bytes, taken.usage.source.as_str()), (140_000_000, "billing"));
    let (status, _) = bench.bill(&json!({ "usage_mb": 150, "as_of": now }), Some(&tag)).await;
    assert_eq!(status, 412, "it was changed since");
    let early = now.parse::<jiff::Timestamp>().expect("now") - SignedDuration::from_mins(3);
    let late = json!({ "used_bytes": 135_000_000, "as_of": early.to_string() });
    let (status, text) = bench.bill(&late, None).await;
    let taken: BillingTaken = serde_json::from_str(&text).expect("an answer");
    assert_eq!((status, taken.applied), (200, false));
    assert_eq!(taken.warning.as_deref(), Some("older_than_stored"));
    assert_eq!(taken.usage.usage_bytes, 140_000_000);
    for bad in [
        json!({ "as_of": now }),
        json!({ "usage_mb": 1, "used_bytes": 1, "as_of": now }),
        json!({ "usage_mb": 1, "as_of": "noon" }),
        json!({ "usage_mb": 1, "as_of": now, "data_limit_mb": 0 }),
        json!({ "usage_mb": 1, "as_of": now, "limit": 1 }),
    ] {
        assert_eq!(bench.bill(&bad, None).await.0, 400, "{bad}");
    }
    let limit = json!({ "usage_mb": 190, "as_of": now, "data_limit_mb": 200 });
    let (_, text) = bench.bill(&limit, None).await;
    let taken: BillingTaken = serde_json::from_str(&text).expect("an answer");
    assert_eq!(taken.usage.limit_bytes, Some(200_000_000));
    assert!(taken.usage.approaching_limit);
    let audit = bench.machine.open("/audit").await.expect("audit").html;
    assert!(audit.contains("token:bss") && audit.contains("billing.said"), "{audit}");
    bench.server.stop().await;
}

/// Records that do not say whose network carried them count by where the device registered last,
/// also when that was reported as an event.
#[tokio::test]
async fn registration_that_is_an_event_counts_for_records() {
    let bench = Bench::start(Wish::default()).await;
    let reporter = token(&bench.machine, "hlr", "events:write").await;
    let report = json!({ "source": "hlr", "events": [
        { "id": "1", "subscription": bench.code, "kind": "registered", "state": "roaming" }] });
    let sent = bench.machine.send("/api/events", &report, Some(&reporter)).await.expect("answer");
    assert!(sent.text.contains("accepted"), "{}", sent.text);
    bench.send(&[bench.record(1, 3_000)]).await;
    let usage = bench.usage().await;
    assert!(usage.roaming, "{usage:?}");
    let roaming: Vec<_> = usage.profiles.iter().map(|profile| profile.roaming).collect();
    assert_eq!(roaming, [true]);
    bench.server.stop().await;
}

/// The loop of [USE-12]: a threshold asks billing, counters bridge while it fails, and its answer
/// counts once it comes.
#[tokio::test]
async fn a_threshold_asks_billing_until_it_answers() {
    let asked = Arc::new(AtomicU32::new(0));
    let (count, seen) = (Arc::clone(&asked), Arc::new(std::sync::Mutex::new(String::new())));
    let kept = Arc::clone(&seen);
    let as_of = Arc::new(std::sync::Mutex::new(String::new()));
    let answer_of = Arc::clone(&as_of);
    let answer = move |headers: HeaderMap| {
        let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
        *kept.lock().expect("a lock") = bearer.unwrap_or_default().to_owned();
        let number = count.fetch_add(1, Ordering::SeqCst);
        let as_of = answer_of.lock().expect("a lock").clone();
        async move {
            let body = json!({ "used_bytes": 77_000_000, "as_of": as_of }).to_string();
            match number {
                0 => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
                1 => (StatusCode::ACCEPTED, String::new()),
                _ => (StatusCode::OK, body),
            }
        }
    };
    let routes = axum::Router::new().route("/usage/{id}", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("token");
    std::fs::write(&secret, "s3cret\n").expect("written");
    let billing = SystemConfig {
        url: format!("http://127.0.0.1:{port}/usage"),
        token: Some(secret),
        timeout: SignedDuration::from_secs(5),
        networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
    };
    let bench = Bench::start(Wish { billing: Some(billing), ..Wish::default() }).await;
    bench.advance(SignedDuration::from_mins(1));
    *as_of.lock().expect("a lock") = bench.now();
    let limit = bench.usage().await.limit_bytes.expect("a limit");
    bench.send(&[bench.record(1, limit / 20)]).await;
    // It failed, then it would say later: what was counted stands.
    let end = tokio::time::Instant::now() + PATIENCE;
    while asked.load(Ordering::SeqCst) < 3 {
        let usage = bench.usage().await;
        assert!(usage.source == "estimate" || asked.load(Ordering::SeqCst) >= 3, "{usage:?}");
        assert!(tokio::time::Instant::now() < end, "billing is asked again");
        // The pause between questions is the server's; its clock is ours.
        bench.advance(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let usage = bench.until(|usage| usage.source == "billing").await;
    assert_eq!(usage.usage_bytes, 77_000_000);
    assert_eq!(*seen.lock().expect("a lock"), "Bearer s3cret");
    let metrics = bench.machine.open("/metrics").await.expect("metrics").html;
    assert!(metrics.contains("broadgate_billing_questions_total{result=\"answered\"} 1"));
    bench.server.stop().await;
}

/// A file counts as the machine interface does; after a restart nothing counts twice.
#[tokio::test]
async fn files_and_restarts() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = || UsageConfig { files: Some(folder.path().to_owned()) };
    let bench = Bench::start(Wish { usage: files(), ..Wish::default() }).await;
    let text = format!("at,imsi,received_bytes\n{},{},5000\n", bench.now(), DEMO_SIMS[0].imsi);
    let hash = server::entropy::fingerprint(&text);
    let manifest = format!(
        "file = 'a.csv'\nsha256 = '{hash}'\nrows = 1\nsource = 'cdr'\nfirst_sequence = 1\n"
    );
    let incoming = folder.path().join("incoming");
    let lay = || {
        std::fs::write(incoming.join("a.csv"), &text).expect("written");
        std::fs::write(incoming.join("a.manifest.toml"), &manifest).expect("written");
    };
    lay();
    bench.until(|usage| usage.usage_bytes == 5_000).await;
    let is_done = || !incoming.join("a.manifest.toml").exists();
    let wait = async |what: &str| {
        let end = tokio::time::Instant::now() + PATIENCE;
        while !is_done() {
            assert!(tokio::time::Instant::now() < end, "{what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    wait("the file is moved").await;
    let Bench { server, machine: _, token, code } = bench;
    let data = server.stop().await;
    let wish = Wish { is_clock_set: true, usage: files(), ..Wish::default() };
    let server = ServerUnderTest::start_in(data, wish).await.expect("server");
    let roots = server.running.tls_roots.clone();
    let machine = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
    let bench = Bench { server, machine, token, code };
    lay();
    wait("the file is moved again").await;
    assert_eq!(bench.usage().await.usage_bytes, 5_000);
    bench.server.stop().await;
}
