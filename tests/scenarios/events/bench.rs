//! What the scenarios of events share: a server with a customer, reports, pages of the log.

use api::events::{EventPage, LoggedEvent, ReportTaken, ReportsTaken};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Visitor;
use serde_json::{Value, json};
use server::config::{EventsConfig, WebhookConfig};
use server::demo_sims::DEMO_SIMS;
use tempfile::TempDir;

use crate::admin::operator;
use crate::purchase::buy;

/// A server with machines that may do everything with events.
pub(crate) struct Bench {
    pub(crate) server: ServerUnderTest,
    /// Somebody signed in to the operator area.
    pub(crate) operator: Visitor,
    pub(crate) token: String,
    reports: u32,
}

pub(crate) fn wish(webhooks: Vec<WebhookConfig>) -> Wish {
    let events = EventsConfig { webhooks, ..EventsConfig::default() };
    Wish { is_clock_set: true, events, ..Wish::default() }
}

/// Takes a token out of the page that shows it.
pub(crate) async fn make_token(operator: &Visitor, name: &str, scopes: &str) -> String {
    let page = operator.open("/tokens").await.expect("tokens");
    let fields = [("name", name), ("scopes", scopes)];
    let made = operator.press(&page, "Make a token", &fields).await.expect("token");
    let at = made.html.find("bgt_").expect("a token");
    let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    made.html[at..].chars().take_while(is_token).collect()
}

impl Bench {
    pub(crate) async fn start(wish: Wish) -> Self {
        let server = ServerUnderTest::start_with(wish).await.expect("server");
        let (operator, _) = operator(&server).await.expect("signed in");
        let scopes = "events:read events:write webhooks:replay";
        let token = make_token(&operator, "agent", scopes).await;
        Self { server, operator, token, reports: 0 }
    }

    /// Stops the server and starts it again on the same data.
    pub(crate) async fn restart(self, wish: Wish) -> Self {
        let data: TempDir = self.server.stop().await;
        let server = ServerUnderTest::start_in(data, wish).await.expect("server");
        let roots = server.running.tls_roots.clone();
        let operator =
            Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
        let bench = Self { server, operator, ..self };
        bench.sign_in().await;
        bench
    }

    /// Signs in again: a log-in ends after a day.
    pub(super) async fn sign_in(&self) {
        let login = self.operator.open("/login").await.expect("sign-in page");
        let fields = [("name", "ada"), ("password", "correct horse battery")];
        let home = self.operator.press(&login, "Sign in", &fields).await.expect("answer");
        assert_eq!(home.heading(), "Orders");
    }

    /// Buys a plan; returns the customer and the code of the order.
    pub(crate) async fn subscriber(&self, sim: usize) -> (Visitor, String) {
        let customer = self.server.visitor().expect("visitor");
        let active = buy(&customer, &DEMO_SIMS[sim].launch_path()).await;
        assert_eq!(active.heading(), "Your plan is active");
        (customer, active.path.trim_start_matches("/orders/").to_owned())
    }

    /// Reports something of a subscriber, each time under another id.
    pub(crate) async fn report(&mut self, of: &str, mut report: Value) -> ReportTaken {
        self.reports += 1;
        report["id"] = json!(self.reports.to_string());
        report["subscription"] = json!(of);
        let body = json!({ "source": "agent", "events": [report] });
        self.send(&body).await.remove(0)
    }

    pub(crate) async fn send(&self, body: &Value) -> Vec<ReportTaken> {
        let sent = self.operator.send("/api/events", body, Some(&self.token)).await;
        let sent = sent.expect("an answer");
        assert_eq!(sent.status, 200, "{}", sent.text);
        let taken: ReportsTaken = serde_json::from_str(&sent.text).expect("results");
        taken.results
    }

    pub(crate) async fn accepted(&mut self, of: &str, report: Value) {
        let taken = self.report(of, report).await;
        assert_eq!(taken.outcome, "accepted", "{taken:?}");
    }

    /// Reads the whole log of a subscriber.
    pub(crate) async fn log(&self, of: &str) -> Vec<LoggedEvent> {
        let path = format!("/api/events?subscription={of}&limit=1000");
        let (status, body) = self.operator.bearer(&path, &self.token).await.expect("answer");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<EventPage>(&body).expect("a page").events
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: domain::SignedDuration) {
        self.server.clock.as_ref().expect("a clock that is set").advance(by);
    }
}

pub(crate) fn connected() -> Value {
    json!({ "kind": "connected" })
}

pub(crate) fn disconnected() -> Value {
    json!({ "kind": "disconnected" })
}

pub(crate) fn registered(state: &str) -> Value {
    json!({ "kind": "registered", "state": state })
}
