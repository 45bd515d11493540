//! `broadgate usage replay`: plans and traces, as an operator tries them.
//!
//! Not here: the engine on its own (domain).

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A plan of 500 MB that tells thresholds; `more` is merged into it.
fn plan(more: &Value) -> Value {
    let mut plan = json!({
        "plan_type": "Fixed", "data_limit_mb": 500, "notifications_enabled": true,
        "billing_cycle": null, "expires_at": null, "delivery": "realtime",
    });
    for (key, value) in more.as_object().expect("an object") {
        plan[key] = value.clone();
    }
    plan
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn replay_text(plan: &str, trace: &[u8]) -> Output {
    let folder: TempDir = tempfile::tempdir().expect("folder");
    let (plan_file, trace_file) =
        (folder.path().join("plan.json"), folder.path().join("trace.jsonl"));
    std::fs::write(&plan_file, plan).expect("written");
    std::fs::write(&trace_file, trace).expect("written");
    let words = ["usage", "replay", "--plan", path(&plan_file), path(&trace_file)];
    Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output().expect("the binary runs")
}

fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Replays what must be accepted.
fn replay(plan: &Value, trace: &[Value]) -> Vec<Value> {
    let text: String = trace.iter().map(|line| format!("{line}\n")).collect();
    let output = replay_text(&plan.to_string(), text.as_bytes());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    events(&output)
}

/// Second `n` of a day: the traces below are of one hour.
fn at(n: u32) -> String {
    format!("2030-01-01T{:02}:{:02}:{:02}Z", n / 3_600, n / 60 % 60, n % 60)
}

fn traffic(n: u32, bytes: u64) -> Value {
    json!({"at": at(n), "kind": "traffic", "sent_bytes": bytes / 5,
           "received_bytes": bytes - bytes / 5, "shared": false})
}

fn line(n: u32, kind: &str) -> Value {
    json!({"at": at(n), "kind": kind})
}

fn registered(n: u32, roaming: bool) -> Value {
    json!({"at": at(n), "kind": "registered", "roaming": roaming})
}

fn billing(n: u32, megabytes: u32, as_of: u32) -> Value {
    json!({"at": at(n), "kind": "billing", "usage_mb": megabytes, "as_of": at(as_of)})
}

/// `second:type:usage` of each event.
fn short(events: &[Value]) -> String {
    let short = events.iter().map(|event| {
        let text = event["at"].as_str().expect("a time");
        format!("{}:{}:{}", &text[11..19], event["message_type"], event["usage_bytes"])
    });
    short.collect::<Vec<_>>().join(" ")
}

#[test]
fn an_event_is_a_line_with_its_payload() {
    let cycle = json!({"start": "2030-01-01T00:00:00Z", "duration": "PT1H", "resets": true});
    let plan = plan(&json!({"billing_cycle": cycle, "expires_at": "2030-01-01T02:00:00Z"}));
    let trace = [
        registered(0, false),
        line(1, "connected"),
        traffic(2, 25_000_000),
        registered(3, true),
        traffic(4, 5_000_000),
        line(3_700, "tick"),
        line(7_300, "tick"),
    ];
    let expected = [
        json!({"at": "2030-01-01T00:00:00Z", "message_type": 9, "name": "RegisteredHome",
               "usage_bytes": 0, "cycle": 0}),
        json!({"at": "2030-01-01T00:00:01Z", "message_type": 6, "name": "ProfileConnected",
               "usage_bytes": 0, "cycle": 0}),
        json!({"at": "2030-01-01T00:00:02Z", "message_type": 3, "name": "DataPlanThresholdReached",
               "usage_bytes": 25_000_000, "cycle": 0, "regime": "home", "step": 1}),
        json!({"at": "2030-01-01T00:00:03Z", "message_type": 8, "name": "RegisteredRoaming",
               "usage_bytes": 25_000_000, "cycle": 0}),
        json!({"at": "2030-01-01T00:00:04Z", "message_type": 3, "name": "DataPlanThresholdReached",
               "usage_bytes": 30_000_000, "cycle": 0, "regime": "roaming", "step": 1}),
        json!({"at": "2030-01-01T01:01:40Z", "message_type": 4, "name": "DataPlanReset",
               "usage_bytes": 0, "cycle": 1, "due": "2030-01-01T01:00:00Z"}),
        json!({"at": "2030-01-01T02:01:40Z", "message_type": 7, "name": "ProfileDisconnected",
               "usage_bytes": 0, "cycle": 1, "due": "2030-01-01T02:00:00Z"}),
        json!({"at": "2030-01-01T02:01:40Z", "message_type": 5, "name": "DataPlanDeleted",
               "usage_bytes": 0, "cycle": 1, "due": "2030-01-01T02:00:00Z"}),
    ];
    assert_eq!(replay(&plan, &trace), expected, "[USE-23] [USE-24] [USE-27] [EVT-02]");
}

/// Id, what is other about the plan, trace, events.
///
/// A trace has a second or an instant, then what happens: traffic in bytes, `home` and `roam` for
/// registrations, billing's megabytes and up to which second they are counted, or a kind.
const VECTORS: &[(&str, &str, &str, &str)] = &[
    ("UV-1", "{}", "1 traffic 24999999, 2 traffic 1, 3 traffic 1000000", "00:00:02:3:25000000"),
    (
        "UV-2",
        "{}",
        "1 traffic 130000000, 2 traffic 19999999, 3 traffic 1",
        "00:00:01:3:130000000 00:00:01:3:130000000 00:00:01:3:130000000 00:00:01:3:130000000 \
         00:00:01:3:130000000 00:00:03:3:150000000",
    ),
    (
        "UV-3",
        r#"{"delivery":"per_minute"}"#,
        "1 traffic 130000000, 60 tick, 61 traffic 19999999, 120 tick, 121 traffic 1, 180 tick",
        "00:01:00:3:130000000 00:03:00:3:150000000",
    ),
    ("UV-4", r#"{"notifications_enabled":false}"#, "1 traffic 500000000", ""),
    (
        "UV-5",
        r#"{"data_limit_mb":null}"#,
        "1 traffic 99999999, 2 traffic 1, 3 traffic 100000000",
        "00:00:02:3:100000000 00:00:03:3:200000000",
    ),
    (
        "UV-6",
        "{}",
        "0 roam, 1 traffic 4999999, 2 traffic 1, 3 traffic 5000000",
        "00:00:00:8:0 00:00:02:3:5000000 00:00:03:3:10000000",
    ),
    (
        "UV-7",
        "{}",
        "1 traffic 20000000, 2 roam, 3 traffic 4000000, 4 home, 5 traffic 5000000",
        "00:00:02:8:20000000 00:00:04:9:24000000 00:00:05:3:29000000",
    ),
    (
        "UV-8",
        "{}",
        "1 traffic 20000000, 2 billing 20 2, 3 traffic 24999999, 4 traffic 1",
        "00:00:04:3:45000000",
    ),
    (
        "UV-9",
        r#"{"delivery":"per_minute"}"#,
        "0 roam, 20 traffic 3000000, 40 traffic 3000000, 60 traffic 3000000, 60 tick, \
         80 traffic 3000000, 100 traffic 3000000, 120 traffic 3000000, 120 tick",
        "00:00:00:8:0 00:01:00:3:9000000 00:02:00:3:18000000",
    ),
    (
        "UV-11",
        "{}",
        "1 traffic 60000000, 2 billing 10 2, 3 traffic 24999999, 4 traffic 1",
        "00:00:01:3:60000000 00:00:01:3:60000000 00:00:04:3:35000000",
    ),
    ("UV-12", r#"{"data_limit_mb":null}"#, "1 traffic 100000000", "00:00:01:3:100000000"),
    ("UV-15", "{}", "1 traffic 15000000, 1 shared 10000000", "00:00:01:3:25000000"),
    (
        "BV-1",
        r#"{"billing_cycle":{"start":"2030-01-31T00:00:00Z","duration":"P1M","resets":true}}"#,
        "2030-02-28T00:00:00Z tick, 2030-03-30T23:59:59Z tick, 2030-03-31T00:00:00Z tick, \
         2030-04-30T00:00:00Z tick",
        "00:00:00:4:0 00:00:00:4:0 00:00:00:4:0",
    ),
    (
        "BV-2",
        r#"{"billing_cycle":{"start":"2030-05-01T12:00:00Z","duration":"P30D","resets":false}}"#,
        "2030-05-31T11:59:59Z tick, 2030-05-31T12:00:00Z tick, 2030-06-30T12:00:00Z tick",
        "12:00:00:5:0",
    ),
    (
        "BV-3",
        r#"{"billing_cycle":{"start":"2030-03-01T00:00:00Z","duration":"PT24H","resets":true}}"#,
        "2030-03-02T00:00:00Z tick, 2030-03-02T23:59:59Z tick, 2030-03-03T00:00:00Z tick",
        "00:00:00:4:0 00:00:00:4:0",
    ),
    (
        "BV-4",
        r#"{"billing_cycle":{"start":"2031-01-01T00:00:00Z","duration":"P1M","resets":true}}"#,
        "2031-01-31T23:59:59Z tick",
        "",
    ),
    (
        "USE-26: three boundaries missed",
        r#"{"billing_cycle":{"start":"2030-01-31T00:00:00Z","duration":"P1M","resets":true}}"#,
        "1 traffic 1000000, 2030-05-01T00:00:00Z tick",
        "00:00:00:4:0",
    ),
    (
        "BF-1, BF-2, BF-3",
        r#"{"notifications_enabled":false}"#,
        "0 traffic 60000000, 60 traffic 70000000, 120 traffic 7000000, 130 billing 130 60, \
         140 connected, 420 billing 140 360, 430 connected, 440 billing 135 180, 450 connected",
        "00:02:20:6:137000000 00:07:10:6:140000000 00:07:30:6:140000000",
    ),
    (
        "at most one in 60 s, and on ticks only",
        r#"{"delivery":"per_minute"}"#,
        "1 traffic 30000000, 10 tick, 11 traffic 30000000, 69 tick, 70 connected, 70 tick",
        "00:00:10:3:30000000 00:01:10:6:60000000 00:01:10:3:60000000",
    ),
];

/// Reads a line of a trace of the vectors.
fn told(text: &str) -> Value {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |place: usize| words[place].parse::<u32>().expect(text);
    let mut line = match words[1] {
        "traffic" => traffic(0, u64::from(number(2))),
        "shared" => json!({"kind": "traffic", "sent_bytes": 0, "received_bytes": number(2),
                           "shared": true}),
        "home" => registered(0, false),
        "roam" => registered(0, true),
        "billing" => billing(0, number(2), number(3)),
        kind => json!({"kind": kind}),
    };
    let instant = words[0].parse().map_or_else(|_| words[0].to_owned(), at);
    line["at"] = json!(instant);
    line
}

#[test]
fn vectors_replay_as_they_say() {
    for (id, more, trace, expected) in VECTORS {
        let more = serde_json::from_str(more).expect(more);
        let trace: Vec<Value> = trace.split(',').map(told).collect();
        assert_eq!(short(&replay(&plan(&more), &trace)), *expected, "{id}");
    }
}

/// Every connect, disconnect and registration is an event; sharing asks where it has to [EVT-10],
/// [EVT-11], [EVT-13].
#[test]
fn the_device_has_its_events() {
    let trace = [
        line(0, "connected"),
        line(1, "disconnected"),
        line(2, "connected"),
        line(3, "disconnected"),
        registered(4, false),
        registered(5, true),
        registered(6, true),
        registered(7, false),
        line(8, "tethering_request"),
        line(9, "tethering_request"),
    ];
    let types = |more: &Value| {
        let events = replay(&plan(more), &trace);
        let types: Vec<u64> =
            events.iter().map(|event| event["message_type"].as_u64().expect("a number")).collect();
        types
    };
    assert_eq!(types(&json!({})), [6, 7, 6, 7, 9, 8, 8, 9, 10, 10], "EV-2, EV-4, EV-6");
    for permission in ["Always", "Never"] {
        let asked = json!({"allow_tethering": permission});
        assert_eq!(types(&asked), [6, 7, 6, 7, 9, 8, 8, 9], "EV-5 {permission}");
    }
    // Twenty within a second are twenty: each is answered.
    let many: Vec<_> = (0..20).map(|_| line(0, "tethering_request")).collect();
    assert_eq!(replay(&plan(&json!({})), &many).len(), 20, "[EVT-13]");
}

/// At expiry what is connected is disconnected first, once; afterwards there is no profile.
#[test]
fn a_plan_ends_once() {
    let plan = plan(&json!({"expires_at": "2030-01-01T00:10:00Z"}));
    let trace = [
        line(0, "connected"),
        traffic(900, 30_000_000),
        line(901, "disconnected"),
        line(902, "connected"),
        traffic(903, 60_000_000),
        line(904, "tick"),
        registered(905, false),
    ];
    let events = replay(&plan, &trace);
    assert_eq!(short(&events), "00:00:00:6:0 00:15:00:7:0 00:15:00:5:0 00:15:05:9:0", "[USE-25]");
    assert!(events[1..3].iter().all(|event| event["due"] == "2030-01-01T00:10:00Z"));
}

/// Plan or trace, what is said, after which events.
#[test]
fn what_is_refused_says_where_and_why() {
    let good = plan(&json!({})).to_string();
    let plans = [
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
        ("{}", "\"plan_type\" is missing"),
        (r#"{"plan_type":"fixed"}"#, "plan_type needs Unrestricted, Fixed or Variable"),
        (r#"{"plan_type":"Fixed","data_limit":5}"#, "\"data_limit\" is unknown; here may stand"),
        (r#"{"plan_type":"Fixed","data_limit_mb":-1}"#, "data_limit_mb needs megabytes"),
        (r#"{"plan_type":"Fixed","data_limit_mb":4294967296}"#, "data_limit_mb needs megabytes"),
        (r#"{"plan_type":"Fixed","delivery":"daily"}"#, "delivery needs realtime or per_minute"),
        (r#"{"plan_type":"Fixed","expires_at":"tomorrow"}"#, "expires_at needs a time such as"),
        (r#"{"plan_type":"Fixed","billing_cycle":[]}"#, "billing_cycle needs an object"),
        (
            r#"{"plan_type":"Fixed","billing_cycle":{"start":"2030-01-01T00:00:00Z"}}"#,
            "\"duration\" is missing",
        ),
        (
            r#"{"plan_type":"Fixed",
                "billing_cycle":{"start":"2030-01-01T00:00:00Z","duration":"P0D"}}"#,
            "duration needs an ISO 8601 duration",
        ),
    ];
    for (plan, message) in plans {
        let output = replay_text(plan, b"");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{plan}: {said}");
        assert!(said.contains("plan.json") && said.contains(message), "{plan}: {said}");
    }
    let lines = [
        ("not json", "not JSON"),
        ("7", "not a JSON object"),
        (r#"{"kind":"tick"}"#, "\"at\" is missing"),
        (r#"{"at":"2030-01-01T00:01:00Z"}"#, "\"kind\" is missing"),
        (r#"{"at":"yesterday","kind":"tick"}"#, "at needs a time such as"),
        (r#"{"at":"2030-01-01T00:01:00Z","kind":"tock"}"#, "kind needs connected, disconnected"),
        (r#"{"at":"2029-12-31T23:59:59Z","kind":"tick"}"#, "sort the trace by time"),
        (r#"{"at":"2030-01-01T00:01:00Z","kind":"registered"}"#, "\"roaming\" is missing"),
        (
            r#"{"at":"2030-01-01T00:01:00Z","kind":"traffic","sent_bytes":1}"#,
            "\"received_bytes\" is missing",
        ),
        (
            r#"{"at":"2030-01-01T00:01:00Z","kind":"traffic","sent_bytes":-1,"received_bytes":0}"#,
            "sent_bytes needs bytes",
        ),
        (
            "{\"at\":\"2030-01-01T00:01:00Z\",\"kind\":\"traffic\",\
             \"sent_bytes\":18446744073709551615,\"received_bytes\":1}",
            "more traffic in total than 64 bits",
        ),
        (
            "{\"at\":\"2030-01-01T00:01:00Z\",\"kind\":\"billing\",\"usage_mb\":1.5,\
             \"as_of\":\"2030-01-01T00:01:00Z\"}",
            "usage_mb needs megabytes",
        ),
    ];
    for (bad, message) in lines {
        let trace = format!("{}\n\n{bad}\n{}\n", line(0, "connected"), line(99, "connected"));
        let output = replay_text(&good, trace.as_bytes());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{bad}: {said}");
        assert!(said.contains("trace.jsonl, line 3: ") && said.contains(message), "{bad}: {said}");
        assert_eq!(short(&events(&output)), "00:00:00:6:0", "{bad}: what came before is told");
    }
    let long = [vec![b' '; 70_000], b"\n".to_vec()].concat();
    let output = replay_text(&good, &long);
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 1: longer than 65536 bytes"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn wrong_usage_is_exit_2_and_missing_files_exit_1() {
    let code = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output();
        output.expect("the binary runs").status.code()
    };
    assert_eq!(code(&["usage"]), Some(2));
    assert_eq!(code(&["usage", "replay", "trace.jsonl"]), Some(2));
    assert_eq!(code(&["usage", "replay", "--plan", "plan.json"]), Some(2));
    assert_eq!(code(&["usage", "replay", "--plan", "/nowhere/plan.json", "-"]), Some(1));
}

/// What is odd is said on standard error and does not stop the replay.
#[test]
fn odd_lines_are_warned_of() {
    let trace = [
        json!({"at": at(0), "kind": "tick", "note": "x"}),
        billing(60, 10, 60),
        billing(61, 20, 30),
        line(62, "connected"),
    ];
    let text: String = trace.iter().map(|line| format!("{line}\n")).collect();
    let output = replay_text(&plan(&json!({})).to_string(), text.as_bytes());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("line 1: the key \"note\" is unknown"), "{said}");
    assert!(said.contains("line 3: billing is older than what is known"), "[USE-14] {said}");
    assert_eq!(short(&events(&output)), "00:01:02:6:10000000");
}

/// Each line is answered before the next is there, so a replay may be fed as things happen.
#[test]
fn a_replay_streams() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan(&json!({})).to_string()).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["usage", "replay", "--plan", path(&file), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("input");
    let mut stdout = BufReader::new(child.stdout.take().expect("output"));
    for n in 1..4 {
        writeln!(stdin, "{}", traffic(n, 25_000_000)).expect("written");
        let mut text = String::new();
        stdout.read_line(&mut text).expect("an event");
        let event: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(event["step"], n);
    }
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// Billing drops what was counted up to its time, also in a long trace.
#[test]
fn a_long_trace_is_exact() {
    let more = json!({"notifications_enabled": false});
    let mut trace: Vec<Value> = (1..=3_000).map(|n| traffic(n, 1_000)).collect();
    trace.push(billing(3_001, 7, 1_234));
    trace.push(line(3_002, "connected"));
    let expected = format!("00:50:02:6:{}", 7_000_000 + 1_000 * (3_000 - 1_234));
    assert_eq!(short(&replay(&plan(&more), &trace)), expected, "[USE-10]");
}
