//! The account page of a plan: use from feeds and billing as a customer without scripts sees it,
//! what is told once, and the same subscription in the operator area.

use api::browser::Answer;
use domain::SignedDuration;
use e2e::server_under_test::Wish;
use e2e::visitor::{Seen, Visitor};
use serde_json::{Value, json};
use server::demo_sims::DEMO_SIMS;

use crate::events::bench::{Bench, make_token, wish};

/// A SIM whose first plan has 1 GB for a day.
const SIM: usize = 1;

/// A customer with a plan, and the operator's systems.
struct Metered {
    bench: Bench,
    customer: Visitor,
    /// Path of the order's page.
    path: String,
    /// Id of the subscription.
    id: String,
    token: String,
    sequence: u64,
}

impl Metered {
    async fn start() -> Self {
        let session_lifetime = Some(SignedDuration::from_hours(72));
        let bench = Bench::start(Wish { session_lifetime, ..wish(Vec::new()) }).await;
        let (customer, code) = bench.subscriber(SIM).await;
        let scopes = "orders:read usage:write billing:write";
        let token = make_token(&bench.operator, "bss", scopes).await;
        let order = bench.operator.bearer(&format!("/api/orders/{code}"), &token).await;
        let (status, body) = order.expect("an order");
        assert_eq!(status, 200, "{body}");
        let order: api::machine::Order = serde_json::from_str(&body).expect("an order");
        let id = order.subscription.expect("a subscription");
        Self { bench, customer, path: format!("/orders/{code}"), id, token, sequence: 0 }
    }

    fn now(&self) -> String {
        use server::clock::Clock as _;
        self.bench.server.clock.as_ref().expect("a clock that is set").now().to_string()
    }

    /// Sends a record of use.
    async fn record(&mut self, mut record: Value) {
        self.sequence += 1;
        record["sequence"] = json!(self.sequence);
        record["at"] = json!(self.now());
        record["subscription"] = json!(self.id);
        let batch = json!({ "source": "meter", "records": [record] });
        let sent = self.bench.operator.send("/api/usage", &batch, Some(&self.token)).await;
        let sent = sent.expect("an answer");
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert!(sent.text.contains("\"accepted\":1"), "{}", sent.text);
    }

    async fn used(&mut self, mb: u64, roaming: bool, shared: bool) {
        let received = mb * 1_000_000;
        let record = json!({ "sent_bytes": 0, "received_bytes": received, "roaming": roaming,
            "shared": shared });
        self.record(record).await;
    }

    async fn billed(&self, mb: u64) {
        let path = format!("/api/subscriptions/{}/billing", self.id);
        let body = json!({ "usage_mb": mb, "as_of": self.now() }).to_string();
        let request = self.bench.operator.request("PUT", &path).bearer_auth(&self.token);
        let request = request.header("content-type", "application/json").body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
    }

    async fn page(&self) -> Seen {
        let mut seen = self.customer.open(&self.path).await.expect("the order's page");
        assert_eq!(seen.status.as_u16(), 200, "{}", seen.html);
        seen.html = spoken(&seen.html);
        seen
    }

    async fn says(&self, part: &str) {
        let page = self.page().await;
        assert!(page.html.contains(part), "{part} is not in {}", page.html);
    }

    async fn says_not(&self, part: &str) {
        let page = self.page().await;
        assert!(!page.html.contains(part), "{part} is in {}", page.html);
    }
}

/// The body as it is read: without marks between texts, without the data for scripts.
fn spoken(html: &str) -> String {
    let body = html.split("<script type=\"application/json\"").next().unwrap_or_default();
    body.replace("<!>", "").replace('\u{a0}', " ")
}

/// [USE-01], [USE-02]: counters are an estimate, billing is what counts, and neither is hidden.
#[tokio::test]
async fn use_is_shown_with_who_says_so() {
    let mut metered = Metered::start().await;
    metered.says("No use of this plan is known yet.").await;
    metered.says_not("<meter").await;
    metered.used(137, false, false).await;
    metered.used(20, false, true).await;
    metered.used(3, true, false).await;
    for part in [
        "<strong>160 MB of 1 GB used</strong>",
        "840 MB left",
        r#"<meter max="100" value="16" aria-label="Data used" class="far"></meter>"#,
        "This is an estimate from the network’s counters",
        "<dt>This device</dt><dd>137 MB</dd>",
        "<dt>Shared with other devices</dt><dd>20 MB</dd>",
        "<dt>Roaming</dt><dd>3 MB</dd>",
        "<dt>Ends</dt>",
        r#"<svg class="chart""#,
        "<td>137 MB</td><td>20 MB</td><td>3 MB</td><td>160 MB</td>",
    ] {
        metered.says(part).await;
    }
    metered.billed(250).await;
    metered.says("<strong>250 MB of 1 GB used</strong>").await;
    metered.says("by your operator’s billing").await;
    metered.says_not("This is an estimate").await;
    metered.bench.advance(SignedDuration::from_secs(60));
    metered.used(7, false, false).await;
    metered.says("<strong>257 MB of 1 GB used</strong>").await;
    metered.says("This is an estimate: billing counted 250 MB up to").await;
    metered.bench.server.stop().await;
}

/// [EVT-20]: told once, also without scripts, and never again after it was put away.
#[tokio::test]
async fn each_notice_is_told_until_it_is_put_away() {
    let mut metered = Metered::start().await;
    metered.says_not("Got it").await;
    metered.used(820, false, false).await;
    metered.says("Most of your data is used").await;
    metered.says("You are close to your limit: 82 % is used.").await;
    metered.says(r#"class="close""#).await;
    let page = metered.customer.open(&metered.path).await.expect("the page");
    let after = metered.customer.press(&page, "Got it", &[]).await.expect("put away");
    assert_eq!((after.status.as_u16(), after.path.as_str()), (200, metered.path.as_str()));
    assert!(!after.html.contains("Most of your data is used"), "{}", after.html);
    metered.used(30, false, false).await;
    metered.says_not("Most of your data is used").await;
    metered.says("You are close to your limit: 85 % is used.").await;
    // Twice is once; a number that is no notice's, or none at all, changes nothing.
    let again = metered.customer.press(&page, "Got it", &[]).await.expect("again");
    assert_eq!(again.status.as_u16(), 200);
    metered.record(json!({ "kind": "registered", "roaming": true })).await;
    metered.says("You are roaming</p>").await;
    metered.says("this SIM uses another operator’s network.</li>").await;
    let token = page.page.as_ref().and_then(|page| page.handover.clone()).expect("a form").token;
    let told = format!("{}/told", metered.path);
    for (told_seq, expected) in [("99999", 200), ("", 400), ("x", 400)] {
        let fields = [("token", token.as_str()), ("told", told_seq)];
        let answer = metered.customer.post(&told, &fields).await.expect("an answer");
        assert_eq!(answer.status.as_u16(), expected, "{told_seq:?}");
    }
    let forged = metered.customer.post(&told, &[("token", "x"), ("told", "1")]).await;
    assert_ne!(forged.expect("an answer").status.as_u16(), 200, "[PORT-24]");
    metered.says("You are roaming</p>").await;
    metered.record(json!({ "kind": "registered", "roaming": false })).await;
    metered.says("You are back in the home network").await;
    // Who comes home is not told of having been away as if it were so still.
    metered.says_not("another operator’s network.</li>").await;
    metered.bench.server.stop().await;
}

/// [EVT-20], [USE-25]: the end of a plan is told once, and the page says it for good.
#[tokio::test]
async fn the_end_of_a_plan_is_told() {
    let mut metered = Metered::start().await;
    metered.used(100, false, false).await;
    metered.bench.advance(SignedDuration::from_hours(25));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let mut page = metered.page().await;
    while page.heading() != "Your plan has ended" {
        assert!(std::time::Instant::now() < end, "{}", page.html);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        page = metered.page().await;
    }
    for part in
        ["To go online again, choose another plan.</p><form", "<dt>Ended</dt>", "href=\"/plans\""]
    {
        assert!(page.html.contains(part), "{part} is not in {}", page.html);
    }
    for part in ["Set up this PC", "Download the signed settings file", "<dt>Ends</dt>"] {
        assert!(!page.html.contains(part), "{part} is in {}", page.html);
    }
    let page = metered.customer.open(&metered.path).await.expect("the page");
    let after = metered.customer.press(&page, "Got it", &[]).await.expect("put away");
    assert_eq!(after.heading(), "Your plan has ended");
    metered.says_not("Got it").await;
    metered.bench.server.stop().await;
}

/// What WebAssembly is sent says the same, and where to listen from.
#[tokio::test]
async fn scripts_are_told_the_same_and_where_to_listen() {
    let mut metered = Metered::start().await;
    metered.used(120, false, false).await;
    let answer = metered.customer.ask(&metered.path).await.expect("an answer");
    let Answer::Page(page) = answer else { panic!("no page") };
    let account = page.account.expect("an account");
    assert!(spoken(&account.plan).contains("120 MB of 1 GB used"), "{}", account.plan);
    // Two steps of 50 MB were passed before the page was made.
    assert_eq!(account.events, format!("{}/events?after=2", metered.path));
    let stream = metered.customer.request("GET", &account.events);
    let mut stream = stream.send().await.expect("a stream");
    assert_eq!(stream.status().as_u16(), 200);
    metered.used(30, false, false).await;
    let patience = std::time::Duration::from_secs(20);
    let mut text = String::new();
    while !text.contains("\n\n") {
        let chunk = tokio::time::timeout(patience, stream.chunk()).await.expect("in time");
        text.push_str(&String::from_utf8_lossy(&chunk.expect("a chunk").expect("not the end")));
    }
    assert!(text.contains("id: 3") && text.contains("DataPlanThresholdReached"), "{text}");
    drop(stream);
    metered.bench.server.stop().await;
}

/// The operator's staff sees usage, counters, thresholds, quarantine and the timeline, masked.
#[tokio::test]
async fn the_operator_sees_use_and_events_of_a_subscription() {
    let mut metered = Metered::start().await;
    metered.used(110, false, false).await;
    metered.used(5, true, true).await;
    let late = json!({ "source": "meter", "records": [
        { "sequence": 900, "at": "2000-01-01T00:00:00Z", "subscription": metered.id,
          "sent_bytes": 1, "received_bytes": 1 }] });
    let sent = metered.bench.operator.send("/api/usage", &late, Some(&metered.token)).await;
    assert!(sent.expect("an answer").text.contains("\"quarantined\":1"));
    let order = metered.bench.operator.open(&metered.path).await.expect("the order");
    let link = format!("/subscriptions/{}", metered.id);
    assert!(order.html.contains(&format!("href=\"{link}\"")), "{}", order.html);
    let page = metered.bench.operator.open(&link).await.expect("the subscription");
    let html = spoken(&page.html);
    for part in [
        "<strong>115 MB of 1 GB used</strong>",
        "<td>home</td><td>This device</td><td>0 MB</td><td>110 MB</td>",
        "<td>roaming</td><td>Shared with other devices</td><td>0 MB</td><td>5 MB</td>",
        // The steps are 50 MB at home and 5 MB roaming.
        "<td>home</td><td>2</td><td>10 MB</td><td>40 MB</td>",
        "<td>roaming</td><td>1</td><td>0 MB</td><td>5 MB</td>",
        "1 that name this subscription, 1 of all feeds",
        "<td>DataPlanThresholdReached</td><td>home, cycle 0, step 2, 110 MB</td>",
        "<td>nowhere yet</td>",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let sim = DEMO_SIMS[SIM];
    for identifier in [sim.imsi, sim.iccid, sim.imei] {
        assert!(!html.contains(identifier), "an identifier is shown in {html}");
    }
    assert!(html.contains(&domain::identity::masked(sim.imsi)), "{html}");
    // Where an event went is in the timeline.
    let events = format!("{}/events?after=0", metered.path);
    let mut stream = metered.customer.request("GET", &events).send().await.expect("a stream");
    stream.chunk().await.expect("an event");
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !metered.bench.operator.open(&link).await.expect("page").html.contains("portal: streamed")
    {
        assert!(std::time::Instant::now() < end, "the delivery is not in the timeline");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    drop(stream);
    // Who is not signed in sees nothing, and an unknown id is said to be unknown.
    let stranger = Visitor::trusting(
        &metered.bench.server.admin_origin(),
        metered.bench.server.running.tls_roots.as_deref(),
    );
    let seen = stranger.expect("visitor").open(&link).await.expect("an answer");
    assert!(!seen.html.contains("115"), "{}", seen.html);
    let missing = metered.bench.operator.open("/subscriptions/none").await.expect("an answer");
    assert_eq!(missing.status.as_u16(), 404);
    metered.bench.server.stop().await;
}
