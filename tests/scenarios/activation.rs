//! Activation by the operator's system: bought, paid, asked for, called back, refused, given up.
//!
//! Not here: each answer of that system by itself (the conformance of the port).

use std::sync::Arc;
use std::time::Duration;

use domain::SignedDuration;
use e2e::bss::{Bss, Entry, Fault};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use serde_json::{Value, json};
use server::clock::Clock as _;
use server::config::{ActivationConfig, ActivationKind};
use server::demo_sims::DEMO_SIMS;
use server::store::sqlite::SqliteStore;
use server::store::{Order, Store as _};
use tokio::sync::Notify;

use super::admin::operator;
use super::purchase::{pay_with, to_payment};

const ACTIVE: &str = "Your plan is active";
const FAILED: &str = "The network could not activate your plan";
const RETURNED: &str = "Your money was returned";

struct Bench {
    server: ServerUnderTest,
    bss: Bss,
    customer: Visitor,
    machine: Visitor,
    token: String,
}

/// An order under way.
struct Bought {
    path: String,
    code: String,
}

impl Bench {
    async fn start() -> Self {
        let bss = Bss::start().await.expect("a system");
        let kind = ActivationKind::Http(bss.config());
        let wish = Wish {
            activation: Some(ActivationConfig { kind, ..ActivationConfig::default() }),
            is_clock_set: true,
            session_lifetime: Some(SignedDuration::from_hours(72)),
            ..Wish::default()
        };
        let server = ServerUnderTest::start_with(wish).await.expect("server");
        let customer = server.visitor().expect("visitor");
        let (machine, _) = operator(&server).await.expect("signed in");
        let page = machine.open("/tokens").await.expect("tokens");
        let fields = [("name", "bss"), ("scopes", "activation:write orders:read")];
        let made = machine.press(&page, "Make a token", &fields).await.expect("token");
        let at = made.html.find("bgt_").expect("a token");
        let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let token = made.html[at..].chars().take_while(is_token).collect();
        Self { server, bss, customer, machine, token }
    }

    fn advance(&self, by: SignedDuration) {
        self.server.clock.as_ref().expect("a clock").advance(by);
    }

    /// Buys a plan and pays it.
    async fn buy(&self) -> Bought {
        let payment = to_payment(&self.customer, &DEMO_SIMS[0].launch_path()).await;
        let seen = pay_with(&self.customer, &payment, "4242424242424242").await;
        let code = seen.path.trim_start_matches("/orders/").to_owned();
        Bought { path: seen.path, code }
    }

    /// Looks until something is so; before each look, lets this much time pass.
    async fn until<T>(
        &self,
        what: &str,
        by: SignedDuration,
        look: impl AsyncFn() -> Result<T, String>,
    ) -> T {
        let mut last = String::new();
        for _ in 0..400 {
            match look().await {
                Ok(found) => return found,
                Err(seen) => last = seen,
            }
            self.advance(by);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("{what} in time; last: {last}")
    }

    /// Loads the order's page until it has this heading.
    async fn page(&self, bought: &Bought, heading: &str, by: SignedDuration) -> Seen {
        self.until(heading, by, async || {
            let seen = self.customer.open(&bought.path).await.expect("the order's page");
            if seen.heading() == heading { Ok(seen) } else { Err(seen.heading()) }
        })
        .await
    }

    /// Waits until the system's book says so.
    async fn book(&self, bought: &Bought, is_right: impl Fn(&Entry) -> bool) -> Entry {
        self.until("the book", SignedDuration::from_secs(1), async || {
            let entry = self.bss.entry(&bought.code).unwrap_or_default();
            if is_right(&entry) { Ok(entry) } else { Err(format!("{entry:?}")) }
        })
        .await
    }

    async fn call_back(&self, code: &str, body: &Value) -> (u16, Value) {
        let path = format!("/api/activations/{code}");
        let sent = self.machine.send(&path, body, Some(&self.token)).await.expect("answer");
        (sent.status, serde_json::from_str(&sent.text).unwrap_or_default())
    }

    async fn order(&self, code: &str) -> api::machine::Order {
        let path = format!("/api/orders/{code}");
        let (status, text) = self.machine.bearer(&path, &self.token).await.expect("answer");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("an order")
    }

    async fn record(&self, code: &str) -> Order {
        let path = self.server.data.path().join("broadgate.sqlite");
        let store = SqliteStore::open(&path).expect("the store");
        let code = domain::code::OrderCode::parse(code).expect("a code");
        store.order_by_code(code).await.expect("read").expect("an order")
    }
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn active() -> Value {
    json!({ "attempt": 1, "status": "active" })
}

fn failed(attempt: u32) -> Value {
    json!({ "attempt": attempt, "status": "failed", "reason": "no_coverage" })
}

/// [PORT-36], [PORT-39]: the page shows the system's estimate while it works, and the plan when a
/// question finds it active; the system heard once, with what the customer typed nowhere.
#[tokio::test]
async fn a_plan_is_active_when_the_system_says_so() {
    let bench = Bench::start().await;
    let bought = bench.buy().await;
    bench.book(&bought, |entry| entry.begun == 1).await;
    let waiting = bench.until("a wait", SignedDuration::ZERO, async || {
        let seen = bench.customer.open(&bought.path).await.expect("the order's page");
        let estimate = seen.page.as_ref().and_then(|page| page.wait.as_ref()?.estimate_s);
        estimate.filter(|estimate| *estimate == 120).ok_or_else(|| seen.heading())
    });
    waiting.await;
    bench.bss.settle(&bought.code, "active", None);
    bench.page(&bought, ACTIVE, seconds(5)).await;
    let entry = bench.bss.entry(&bought.code).expect("an entry");
    assert_eq!(entry.request["imsi"], DEMO_SIMS[0].imsi);
    assert_eq!(entry.begun, 1);
    bench.server.stop().await;
}

/// A callback makes the plan active at once; again, too late, contradicting, of nobody, by nobody
/// it changes nothing.
#[tokio::test]
async fn callbacks_count_once_and_in_any_order() {
    let bench = Bench::start().await;
    let bought = bench.buy().await;
    let code = bought.code.as_str();
    let record = bench.book(&bought, |entry| entry.begun == 1);
    record.await;
    assert_eq!(bench.call_back(code, &json!({ "attempt": 1, "status": "pending" })).await.0, 200);
    let (status, said) = bench.call_back(code, &active()).await;
    assert_eq!((status, &said), (200, &json!({ "taken": true, "state": "active" })));
    assert_eq!(bench.customer.open(&bought.path).await.expect("page").heading(), ACTIVE);
    let (status, said) = bench.call_back(code, &active()).await;
    assert_eq!((status, &said), (200, &json!({ "taken": false, "state": "active" })));
    let rows = [
        (code, failed(1), 409, "state"),
        ("0000000000", active(), 404, "missing"),
        ("nothing", active(), 400, "code"),
        (code, json!({ "attempt": 1, "status": "perhaps" }), 400, "report"),
        (
            code,
            json!({ "attempt": 1, "status": "failed", "reason": "001012345678901" }),
            400,
            "report",
        ),
        (code, json!({ "status": "active" }), 400, "json"),
    ];
    for (code, body, status, error) in rows {
        let (found, said) = bench.call_back(code, &body).await;
        assert_eq!(found, status, "{code} {body}: {said}");
        assert_eq!(said["error"]["code"], error, "{code} {body}: {said}");
    }
    let path = format!("/api/activations/{code}");
    let unknown = bench.machine.send(&path, &active(), Some("bgt_wrong")).await.expect("answer");
    assert_eq!(unknown.status, 401);
    let order = bench.order(code).await;
    let done = order.events.iter().filter(|event| event.event == "activation_done").count();
    assert_eq!((order.state.as_str(), done), ("active", 1));
    let audit = bench.machine.open("/audit").await.expect("audit").html;
    assert!(audit.contains(&format!("token:bss: activation.said {code}")), "{audit}");
    bench.server.stop().await;
}

/// The callback is faster than the answer to the request.
#[tokio::test]
async fn a_callback_before_the_answer_is_enough() {
    let bench = Bench::start().await;
    let bell = Arc::new(Notify::new());
    bench.bss.fault(&[Fault::Wait(Arc::clone(&bell))]);
    let bought = bench.buy().await;
    bench.book(&bought, |entry| entry.begun == 1).await;
    let (status, said) = bench.call_back(&bought.code, &active()).await;
    assert_eq!((status, &said["taken"]), (200, &json!(true)), "{said}");
    bell.notify_one();
    bench.page(&bought, ACTIVE, SignedDuration::ZERO).await;
    // What comes of the request afterwards takes nothing away.
    bench
        .until("the outbox", seconds(1), async || {
            let path = bench.server.data.path().join("broadgate.sqlite");
            let store = SqliteStore::open(&path).expect("the store");
            let far = bench.server.clock.as_ref().expect("a clock").now() + seconds(3600);
            let due = store.due_effects(far, 10).await.expect("read");
            if due.is_empty() { Ok(()) } else { Err(format!("{due:?}")) }
        })
        .await;
    assert_eq!(bench.order(&bought.code).await.state, "active");
    assert_eq!(bench.bss.entry(&bought.code).expect("an entry").begun, 1);
    bench.server.stop().await;
}

/// Lost answers, silence, errors, "too many": asked again with the same key, and one activation.
#[tokio::test]
async fn what_is_not_answered_is_asked_again_and_done_once() {
    let bench = Bench::start().await;
    bench.bss.activates_at_once();
    bench.bss.fault(&[
        Fault::LoseAnswer,
        Fault::Status(503, None),
        Fault::Status(409, None),
        Fault::Status(429, Some(4)),
        Fault::Babble,
    ]);
    let bought = bench.buy().await;
    bench.page(&bought, ACTIVE, seconds(1)).await;
    assert_eq!(bench.bss.requests(), 6);
    assert_eq!(bench.bss.entry(&bought.code).expect("an entry").begun, 1);
    bench.server.stop().await;
}

/// A refusal is final: the customer is told, support sees why, the customer has it tried again,
/// and what came of the first try does not count for the second.
#[tokio::test]
async fn a_refusal_is_told_and_its_reason_kept() {
    let bench = Bench::start().await;
    bench.bss.fault(&[Fault::Refuse("unknown_sim")]);
    let bought = bench.buy().await;
    let seen = bench.page(&bought, FAILED, SignedDuration::ZERO).await;
    assert!(!seen.html.contains("unknown_sim"), "the customer has no use for it");
    let order = bench.order(&bought.code).await;
    let last = order.events.last().map(|event| event.event.as_str());
    assert_eq!(last, Some("activation_failed: unknown_sim"));
    let support = bench.machine.open(&format!("/orders/{}", bought.code)).await.expect("page");
    assert!(support.html.contains("activation_failed: unknown_sim"), "{}", support.html);
    bench.customer.press(&seen, "Try again", &[]).await.expect("asked again");
    bench.book(&bought, |entry| entry.attempt == 2 && entry.begun == 1).await;
    let (status, said) = bench.call_back(&bought.code, &failed(1)).await;
    assert_eq!((status, &said["taken"]), (200, &json!(false)), "of the first try: {said}");
    assert_eq!(bench.call_back(&bought.code, &failed(3)).await.0, 409, "there is no third");
    assert_eq!(bench.call_back(&bought.code, &active()).await.0, 200);
    bench.page(&bought, ACTIVE, SignedDuration::ZERO).await;
    bench.server.stop().await;
}

/// [PORT-40]: ten minutes without a result have failed; the plan may still come for a day, then
/// the money goes back and the system is told; if it says active even then, it is told again.
#[tokio::test]
async fn what_is_given_up_is_paid_back_and_does_not_become_active() {
    let bench = Bench::start().await;
    let bought = bench.buy().await;
    bench.book(&bought, |entry| entry.begun == 1).await;
    bench
        .until("taken", SignedDuration::ZERO, async || {
            let state = bench.record(&bought.code).await.order.state.name();
            if state == "activating" { Ok(()) } else { Err(state.to_owned()) }
        })
        .await;
    bench.advance(SignedDuration::from_mins(10));
    bench.page(&bought, FAILED, SignedDuration::ZERO).await;
    assert!(!bench.bss.entry(&bought.code).expect("an entry").is_deactivated, "not yet");
    bench.advance(SignedDuration::from_hours(25));
    bench.page(&bought, RETURNED, seconds(1)).await;
    bench.book(&bought, |entry| entry.is_deactivated).await;
    // The system begins it all the same, and says so.
    bench.bss.revive(&bought.code);
    let (status, said) = bench.call_back(&bought.code, &active()).await;
    assert_eq!((status, &said["state"]), (200, &json!("refunded")), "{said}");
    bench.book(&bought, |entry| entry.is_deactivated).await;
    assert_eq!(bench.record(&bought.code).await.order.grant, None, "no plan");
    bench.server.stop().await;
}
