//! Messages of operators as they are reported: usage first, then the event, once.
//!
//! Not here: what each rule reads (the server's tests of `messages classify`).

use std::fmt::Write as _;

use api::events::{EventPage, LoggedEvent};
use api::messages::MessageTaken;
use api::usage::SubscriptionUsage;
use domain::{SignedDuration, Timestamp};
use e2e::server_under_test::{ServerUnderTest, Wish, binary};
use e2e::visitor::Visitor;
use serde_json::{Value, json};
use server::clock::Clock as _;
use server::demo_sims::DEMO_SIMS;
use tempfile::TempDir;

use super::admin::operator;
use super::events::bench::make_token;
use super::purchase::buy;

/// Rule B of the vectors, one without an id, one for long texts, and one that never ends.
const RULES: &str = r#"
[[messages]]
rule_id = "B"
silent = false
senders = ["4799000002"]
class_zero_only = true
pattern = '[^]*'

[[messages]]
rule_id = "long"
senders = ["4799000003"]
pattern = 'LONG ([0-9]+) MB AT ([0-9.]+ [0-9:]+) [^]*'

[messages.fields]
usage = { group = 1, default_unit = "M" }
usage_timestamp = { group = 2, format = "%d.%m.%Y %H:%M" }

[[messages]]
rule_id = "flags"
senders = ["4799000004"]
pattern = 'CFG (NEW|SAME) ACT (OK|WAIT)'

[messages.fields]
refresh_provisioning = { group = 1, true_tokens = ["NEW"], false_tokens = ["SAME"] }
activation_complete = { group = 2, true_tokens = ["OK"], false_tokens = ["WAIT"] }

[[messages]]
rule_id = "hostile"
sms = true
pattern = '((a+)+)\2?b'

"#;

struct Bench {
    server: ServerUnderTest,
    machine: Visitor,
    token: String,
    code: String,
    catalog: TempDir,
}

fn wish(catalog: &TempDir) -> Wish {
    Wish {
        is_clock_set: true,
        catalog: Some(catalog.path().to_owned()),
        patterns_program: Some(binary()),
        ..Wish::default()
    }
}

impl Bench {
    async fn start() -> Self {
        let catalog = tempfile::tempdir().expect("folder");
        let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/demo/catalog/fjell.toml");
        let text = std::fs::read_to_string(demo).expect("the demo's file");
        let text = text
            .replace("kB|MB|GB", "kB|MB|GB|MiB")
            .replace("units = { K = [\"kB\"],", "units = { Mi = [\"MiB\"], K = [\"kB\"],");
        let text = text.replace("[network_settings]\n", &format!("{RULES}[network_settings]\n"));
        std::fs::write(catalog.path().join("fjell.toml"), text).expect("written");
        let server = ServerUnderTest::start_with(wish(&catalog)).await.expect("server");
        let customer = server.visitor().expect("visitor");
        let active = buy(&customer, &DEMO_SIMS[0].launch_path()).await;
        let code = active.path.trim_start_matches("/orders/").to_owned();
        let (machine, _) = operator(&server).await.expect("signed in");
        let token = make_token(&machine, "agent", "events:read events:write usage:read").await;
        let bench = Self { server, machine, token, code, catalog };
        bench.server.clock.as_ref().expect("a clock").advance(SignedDuration::from_hours(6));
        bench
    }

    /// Stops the server and starts it again on the same data, at the same time of its clock.
    async fn restart(self) -> Self {
        let now = self.server.clock.as_ref().expect("a clock").now();
        let data = self.server.stop().await;
        let server = ServerUnderTest::start_in(data, wish(&self.catalog)).await.expect("server");
        let clock = server.clock.as_ref().expect("a clock");
        clock.advance(now.duration_since(clock.now()));
        let roots = server.running.tls_roots.clone();
        let machine = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
        Self { server, machine, ..self }
    }

    /// Writes the time so many minutes ago as messages say it.
    fn ago(&self, minutes: i64) -> String {
        let now = self.server.clock.as_ref().expect("a clock").now();
        let at = now.checked_sub(SignedDuration::from_mins(minutes)).expect("a time");
        jiff::fmt::strtime::format("%d.%m.%Y %H:%M", &at.to_zoned(jiff::tz::TimeZone::UTC))
            .expect("a time")
    }

    async fn post(&self, body: &Value, token: Option<&str>) -> (u16, String) {
        let sent = self.machine.send("/api/messages", body, token).await.expect("answer");
        (sent.status, sent.text)
    }

    async fn take(&self, id: &str, more: Value) -> MessageTaken<Value> {
        let mut body = json!({ "id": id, "subscription": self.code, "bearer": "sms" });
        let body_keys = body.as_object_mut().expect("an object");
        body_keys.extend(more.as_object().expect("an object").clone());
        let (status, text) = self.post(&body, Some(&self.token)).await;
        assert_eq!(status, 200, "{id}: {text}");
        serde_json::from_str(&text).expect("an answer of ours")
    }

    async fn usage(&self) -> SubscriptionUsage {
        let path = format!("/api/subscriptions/{}/usage", self.code);
        let (status, text) = self.machine.bearer(&path, &self.token).await.expect("answer");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("usage")
    }

    /// Reads the events of messages, and what is told besides.
    async fn log(&self) -> Vec<LoggedEvent> {
        let path = format!("/api/events?subscription={}&limit=1000", self.code);
        let (status, body) = self.machine.bearer(&path, &self.token).await.expect("answer");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<EventPage>(&body).expect("a page").events
    }

    async fn names(&self) -> Vec<String> {
        self.log().await.into_iter().map(|logged| logged.event.name).collect()
    }
}

fn of(sender: &str, text: &str) -> Value {
    json!({ "sender": sender, "text": text })
}

/// MV-1, MV-2, MV-4, MV-7 to MV-10 through the server [MSG-01], [MSG-25], [USE-14],
/// [USE-20], [EVT-05].
#[tokio::test]
async fn a_message_changes_usage_before_its_event_and_only_once() {
    let bench = Bench::start().await;
    let quiet = bench.names().await;
    let first = format!("USED 7.34 GB OF 20 GB AT {}", bench.ago(120));
    let taken = bench.take("mv1", of("+4799000001", &first)).await;
    let report = taken.report.as_ref().expect("a report");
    assert_eq!((taken.outcome.as_str(), report.message_type), ("taken", Some(0)));
    assert!(!report.also_public && !taken.refresh && !taken.connect);
    let usage = bench.usage().await;
    assert_eq!((usage.usage_bytes, usage.limit_bytes), (7_340_000_000, Some(20_000_000_000)));
    // The same report again: the same answer, and nothing else.
    let again = bench.take("mv1", of("+4799000001", "something else")).await;
    assert_eq!(again, taken);

    let second = format!("USED 512 MiB OF 20 GB AT {}", bench.ago(60));
    bench.take("mv2", of("4799000001", &second)).await;
    assert_eq!(bench.usage().await.usage_bytes, 536_870_912);
    // MV-10: older. MV-9: no such day.
    bench.take("mv10", of("4799000001", &first)).await;
    let wrong = bench.take("mv9", of("4799000001", "USED 1 GB OF 20 GB AT 31.02.2030 21:05")).await;
    assert!(!wrong.report.expect("a report").warnings.is_empty());
    assert_eq!(bench.usage().await.usage_bytes, 536_870_912);
    // MV-4: somebody else's message is nobody's event.
    let other = bench.take("mv4", of("4799000009", &first)).await.report.expect("a report");
    assert_eq!((other.matched, other.also_public), (false, true));
    // MV-7, and usage is there before the event: what usage raised stands before type 2.
    let full = format!("USED 19 GB OF 20 GB AT {}", bench.ago(5));
    let ussd = json!({ "bearer": "ussd", "text": full });
    let ussd = bench.take("mv7", ussd).await.report.expect("a report");
    assert_eq!(ussd.message_type, Some(2));
    assert_eq!(bench.usage().await.usage_bytes, 19_000_000_000);

    // MV-8, and MV-7 as the network hands it over.
    let cdma = json!({ "technology": "cdma", "sender": "4799000001", "text": full });
    let cdma = bench.take("mv8", cdma).await.report.expect("a report");
    assert_eq!(cdma.message_type, Some(1));
    let octets = hex(&domain::sms::ussd::pack(&full).expect("the default alphabet"));
    let raw = json!({ "bearer": "ussd", "data": octets, "coding": 0x0F });
    let raw = bench.take("mv7-raw", raw).await.report.expect("a report");
    assert_eq!((raw.message_type, raw.fields), (Some(2), ussd.fields));

    let log = bench.log().await.split_off(quiet.len());
    let types: Vec<_> = log.iter().filter_map(|logged| logged.event.message_type).collect();
    assert_eq!(types, [0, 0, 0, 0, 2, 1, 2]);
    let place = |name: &str| log.iter().position(|logged| logged.event.name == name);
    let (told, raised) = (place("approaching_limit"), place("Ussd"));
    assert!(told.is_some() && told < raised, "{told:?}, {raised:?}");
    let (first_seen, last) = (&log[0].event, &log[log.len() - 1].event);
    assert_eq!(last.message.as_deref(), Some(octets.as_str()));
    let after = u64::try_from(log.len()).expect("a few") - 1;
    assert_eq!(first_seen.sequence + after, last.sequence);
    let event = &log[0].event;
    assert_eq!((event.rule_id.as_deref(), event.encoding_type), (None, Some(0)));
    assert_eq!(event.text.as_deref(), Some(first.as_str()));
    let bytes = domain::sms::septets::pack(
        &domain::sms::alphabet::encode(&first).expect("the default alphabet"),
        0,
    );
    assert_eq!(event.message_data_size, u32::try_from(bytes.len()).ok());
    assert_eq!(event.message.as_deref(), Some(hex(&bytes).as_str()));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").expect("written");
        text
    })
}

/// MV-11 and MV-12 [MSG-08], [MSG-09], [MSG-14], [MSG-26].
#[tokio::test]
async fn what_is_not_silent_is_public_too_and_flags_are_for_the_device() {
    let bench = Bench::start().await;
    let quiet = bench.names().await.len();
    let two_lines = "Hello\nthere";
    let seen = json!({ "sender": "4799000002", "text": two_lines, "class": 0 });
    let seen = bench.take("mv11", seen).await.report.expect("a report");
    assert_eq!((seen.rule_id.as_deref(), seen.also_public), (Some("B"), true));
    let unseen = json!({ "sender": "4799000002", "text": two_lines, "class": 1 });
    let unseen = bench.take("mv12", unseen).await.report.expect("a report");
    assert_eq!((unseen.matched, unseen.also_public), (false, true));
    for (id, text, refresh, connect) in
        [("mv19", "CFG NEW ACT WAIT", true, false), ("mv20", "CFG SAME ACT OK", false, true)]
    {
        let taken = bench.take(id, of("4799000004", text)).await;
        assert_eq!((taken.refresh, taken.connect), (refresh, connect), "{id}");
    }
    let log = bench.log().await.split_off(quiet);
    let names: Vec<_> = log.iter().map(|logged| logged.event.name.as_str()).collect();
    assert_eq!(names, ["GsmSms", "public_sms", "operator_message", "GsmSms", "GsmSms"]);
    assert_eq!(log[0].event.rule_id.as_deref(), Some("B"));
}

/// [MSG-13]: in any order, more than once, across a restart, and matched once.
#[tokio::test]
async fn a_message_of_several_parts_is_matched_once_it_is_whole() {
    let mut bench = Bench::start().await;
    let quiet = bench.names().await.len();
    let filler = "and thank you for staying with us ".repeat(6);
    let text = format!("LONG 300 MB AT {} {filler}", bench.ago(30));
    let parts = domain::sms::segment(&text, 7).expect("parts");
    assert_eq!(parts.len(), 2);
    let part = |at: usize| {
        let part = &parts[at];
        json!({ "sender": "4799000003", "data": hex(&part.octets), "coding": part.scheme,
                "length": part.length, "udh": part.has_header })
    };
    assert_eq!(bench.take("p2", part(1)).await.outcome, "waiting");
    assert_eq!(bench.take("p2", part(1)).await.outcome, "waiting");
    assert_eq!(bench.take("p2-again", part(1)).await.outcome, "repeated");
    bench = bench.restart().await;
    let taken = bench.take("p1", part(0)).await;
    assert_eq!(taken.report.expect("a report").rule_id.as_deref(), Some("long"));
    assert_eq!(bench.take("p1-again", part(0)).await.outcome, "repeated");
    assert_eq!(bench.usage().await.usage_bytes, 300_000_000);
    let log = bench.log().await.split_off(quiet);
    assert_eq!(log.iter().filter(|logged| logged.event.message_type == Some(0)).count(), 1);
    assert_eq!(log[0].event.text.as_deref(), Some(text.as_str()));
    // Half of one, and more than ten minutes later the other half: it never becomes whole.
    let clock = bench.server.clock.as_ref().expect("a clock");
    clock.advance(SignedDuration::from_mins(11));
    assert_eq!(bench.take("late2", part(1)).await.outcome, "waiting");
    clock.advance(SignedDuration::from_mins(11));
    assert_eq!(bench.take("late1", part(0)).await.outcome, "waiting");
}

/// [MSG-11]: a pattern that would never end is stopped, and others are answered.
#[tokio::test]
async fn a_hostile_pattern_does_no_harm() {
    let bench = Bench::start().await;
    let hostile = bench.take("h1", of("4799000009", &"a".repeat(60))).await;
    let report = hostile.report.expect("a report");
    assert!(!report.matched);
    assert!(report.warnings.iter().any(|warning| warning.contains("50 ms")), "{report:?}");
    let text = format!("USED 1 GB OF 20 GB AT {}", bench.ago(10));
    assert!(bench.take("h2", of("4799000001", &text)).await.report.expect("a report").matched);
    let (_, metrics) = bench.machine.bearer("/metrics", &bench.token).await.expect("metrics");
    assert!(metrics.contains("broadgate_pattern_overruns_total 1"), "{metrics}");
}

/// What is refused, and says why.
#[tokio::test]
async fn reports_are_read_strictly() {
    let bench = Bench::start().await;
    let future = Timestamp::MAX.to_string();
    let rows = [
        (json!({ "id": "" }), "id:"),
        (json!({ "id": "x".repeat(129) }), "id:"),
        (json!({ "subscription": "nobody" }), "subscription:"),
        (json!({ "subscription": "018f0000-0000-7000-8000-000000000000" }), "subscription:"),
        (json!({ "bearer": "mms" }), "bearer:"),
        (json!({ "technology": "lte" }), "technology:"),
        (json!({ "sender": "1".repeat(257) }), "sender:"),
        (json!({ "sender_type": "odd" }), "sender_type:"),
        (json!({ "class": 4 }), "class:"),
        (json!({ "received_at": "today" }), "received_at:"),
        (json!({ "timezone": "Nowhere" }), "timezone:"),
        (json!({ "data": "00" }), "text:"),
        (json!({ "text": null }), "text:"),
        (json!({ "coding": 0 }), "coding:"),
        (json!({ "text": null, "data": "0" , "coding": 0 }), "data:"),
        (json!({ "text": null, "data": "00".repeat(141) , "coding": 0 }), "data:"),
        (json!({ "text": null, "data": "00" }), "coding:"),
        (json!({ "text": null, "data": "00", "coding": 0, "technology": "cdma" }), "data:"),
        (json!({ "text": null, "data": "05000307FF01", "coding": 4, "udh": true }), "data:"),
        (json!({ "text": "é".repeat(5_000) }), "text:"),
        (json!({ "more": 1 }), "expected form"),
    ];
    for (keys, expected) in rows {
        let mut body =
            json!({ "id": "r", "subscription": bench.code, "bearer": "sms", "text": "hi" });
        body.as_object_mut().expect("an object").extend(keys.as_object().expect("keys").clone());
        let (status, text) = bench.post(&body, Some(&bench.token)).await;
        assert_eq!(status, 400, "{keys}: {text}");
        assert!(text.contains(expected), "{keys}: {text}");
    }
    let body = json!({ "id": "r", "subscription": bench.code, "bearer": "sms", "text": "hi",
                       "received_at": future });
    assert_eq!(bench.post(&body, None).await.0, 401);
    let reader = make_token(&bench.machine, "reader", "events:read").await;
    assert_eq!(bench.post(&body, Some(&reader)).await.0, 403);
    let long = json!({ "text": "x".repeat(40_000) });
    assert_eq!(bench.post(&long, Some(&bench.token)).await.0, 413);
    assert_eq!(bench.post(&body, Some(&bench.token)).await.0, 200);
}
