//! `broadgate messages classify`, as an operator types it: the vectors MV-1 to MV-27 through the
//! binary, its errors and its limits.
//!
//! Not here: what each field may be (`crates/domain/tests/messages`), and patterns.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// Rule A: the message of example 14.6.
const RULE_A: &str = r#"<Message Silent="true">
  <SMSBearer Sender="4799000001" ClassZeroOnly="false"/>
  <USSDBearer/>
  <Pattern>USED ([0-9]+(?:\.[0-9]+)?) (kB|MB|GB|MiB) OF ([0-9]+) (MB|GB) AT ([0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2})</Pattern>
  <Locale>English_United States.1252</Locale>
  <Units K="kB" M="MB" G="GB" Mi="MiB"/>
  <Fields>
    <Usage Group="1" UnitGroup="2" DefaultUnit="M"/>
    <DataLimit Group="3" UnitGroup="4" DefaultUnit="M"/>
    <UsageTimestamp Group="5" Format="%d.%m.%Y %H:%M"/>
  </Fields>
</Message>"#;
const RULE_B: &str = r#"<Message Silent="false" RuleId="B">
  <SMSBearer Sender="4799000002"/>
  <Pattern>[^]*</Pattern>
</Message>"#;
const RULE_C: &str = r#"<Message>
  <SMSBearer ClassZeroOnly="false"/>
  <Pattern>([0-9]+)% of your ([0-9]+) GB used as of ([0-9]{2}/[0-9]{2})</Pattern>
  <Fields>
    <UsagePercentage Group="1"/>
    <UsageTimestamp Group="3" Format="%d/%m"/>
    <DataLimit Group="2" DefaultUnit="G"/>
  </Fields>
</Message>"#;
const RULE_D: &str = r#"<Message>
  <SMSBearer ClassZeroOnly="false"/>
  <Pattern>OVER by ([0-9]+) MB at ([0-9]{1,2}:[0-9]{2} (?:AM|PM) [0-9]{2}\.[0-9]{2}\.[0-9]{4})</Pattern>
  <Fields>
    <UsageTimestamp Group="2" Format="%#I:%M %p %d.%m.%Y"/>
    <UsageOverage Group="1" DefaultUnit="M"/>
    <OverDataLimit Default="true"/>
  </Fields>
</Message>"#;
const RULE_E: &str = r#"<Message>
  <SMSBearer ClassZeroOnly="false"/>
  <Pattern>PLAN (\w+) LIMIT (on|off) SPEED ([0-9]+)(k|M)bit</Pattern>
  <Units K="k" M="M"/>
  <Fields>
    <OverDataLimit Group="2" TrueToken="on" FalseToken="off"/>
    <InboundBandwidth Group="3" UnitGroup="4"/>
    <PlanType Group="1" FixedTokens="FLEX BASIC" UnrestrictedTokens="FREE" VariableTokens="PAYG" Default="Variable"/>
  </Fields>
</Message>"#;
const RULE_F: &str = r#"<Message>
  <SMSBearer ClassZeroOnly="false"/>
  <Pattern>CFG (NEW|SAME) ACT (OK|WAIT)</Pattern>
  <Fields>
    <RefreshProvisioning Group="1" TrueToken="NEW"/>
    <ActivationComplete Group="2" TrueToken="OK"/>
  </Fields>
</Message>"#;
const SAMPLE_1: &str = r#"<Message RuleId="Sample1">
  <SMSBearer Sender="18005551212" ClassZeroOnly="false"/>
  <Pattern>[^]*</Pattern>
</Message>"#;
const SAMPLE_2: &str = r#"<Message Silent="false" RuleId="Sample2">
  <USSDBearer/>
  <Pattern>(\d+\.\d+)(\w+) of (\d+)(\w+) used as of (\S+ on \d{2} \w{3})</Pattern>
  <Units M="MB" G="GB"/>
  <Fields>
    <Usage Group="1" UnitGroup="2"/>
    <UsageTimestamp Group="5" Format="%I:%M%p on %d %b"/>
    <DataLimit Group="3" UnitGroup="4"/>
  </Fields>
</Message>"#;
/// The fifth group of the printed sample stops at the blank.
const FIFTH: (&str, &str) = (r"(\S+ on \d{2} \w{3})", r"(\S+)");

/// A plan of 20,000 MB that the default profile names.
const PLAN: &str = r#"<Plans>
  <Plan xmlns="http://www.microsoft.com/networking/CarrierControl/Plans/v1" Name="P">
    <Description PlanType="Fixed"><DataLimitInMegabytes>20000</DataLimitInMegabytes></Description>
  </Plan>
</Plans>"#;
const PROFILE: &str = r#"<DefaultProfile xmlns="http://www.microsoft.com/networking/CarrierControl/WWAN/v1">
  <Name>Fjell</Name><AssociatedPlan>P</AssociatedPlan><HomeProviderName>Fjell</HomeProviderName>
  <Context><AccessString>data.fjell.example</AccessString></Context>
</DefaultProfile>"#;

fn document(rules: &str, profile: &str, plans: &str) -> String {
    let messages = match rules {
        "" => String::new(),
        rules => format!(
            "<Messages xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\">\
             {rules}</Messages>"
        ),
    };
    format!(
        r#"<CarrierProvisioning xmlns="http://www.microsoft.com/networking/CarrierControl/v1">
  <Global>
    <CarrierId>{{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}}</CarrierId>
    <SubscriberId>001019876543210</SubscriberId>
  </Global>
  <MBNProfiles>{profile}{messages}</MBNProfiles>{plans}
</CarrierProvisioning>"#
    )
}

/// Runs the command on a document and lines of messages.
fn run(document: &str, lines: &[u8], arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let rules = folder.path().join("rules.xml");
    std::fs::write(&rules, document).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["messages", "classify", "--rules"])
        .arg(&rules)
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // Whoever ends before it has read all closes the pipe.
    let _ = child.stdin.take().expect("a pipe").write_all(lines);
    child.wait_with_output().expect("ended")
}

fn answers(output: &Output) -> Vec<Value> {
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("JSON")).collect()
}

/// A message received at 2030-03-12T08:00:00Z; `more` is put over an SMS of no class.
fn message(text: &str, more: Value) -> Value {
    let mut message = json!({
        "bearer": "sms", "text": text, "received_at": "2030-03-12T08:00:00Z",
    });
    merge(&mut message, more);
    message
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// The answer to a message of the operator.
fn event(message_type: u8, rule_id: Option<&str>, silent: bool, fields: Value) -> Value {
    let mut answer = json!({
        "matched": true, "rule_id": rule_id, "silent": silent, "message_type": message_type,
        "also_public": !silent, "warnings": [],
    });
    answer["fields"] = fields;
    answer
}

/// The answer to a message that no rule matches.
fn public() -> Value {
    json!({
        "matched": false, "rule_id": null, "silent": null, "message_type": null,
        "also_public": true, "fields": {}, "warnings": [],
    })
}

#[track_caller]
fn check(document: &str, rows: Vec<(&str, Value, Value)>) {
    let lines: String = rows.iter().map(|(_, message, _)| format!("{message}\n")).collect();
    let output = run(document, lines.as_bytes(), &[]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    let answers = answers(&output);
    assert_eq!(answers.len(), rows.len());
    for ((id, _, expected), found) in rows.into_iter().zip(answers) {
        assert_eq!(found, expected, "{id}");
    }
}

const OPERATOR: &str = "+4799000001";
const TEXT_1: &str = "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05";

#[test]
fn rule_a_through_the_binary() {
    let by = |more| {
        let mut by = json!({ "sender": OPERATOR });
        merge(&mut by, more);
        by
    };
    let of = |text| message(text, by(json!({})));
    let mv_1 = json!({
        "usage_bytes": 7_340_000_000_u64, "usage_timestamp": "2030-03-11T21:05:00Z",
        "data_limit_bytes": 20_000_000_000_u64,
    });
    let mv_2 = json!({
        "usage_bytes": 536_870_912, "usage_timestamp": "2030-03-12T06:00:00Z",
        "data_limit_bytes": 20_000_000_000_u64,
    });
    let mv_3 = json!({
        "usage_bytes": 900_000, "usage_timestamp": "2030-03-01T00:01:00Z",
        "data_limit_bytes": 500_000_000,
    });
    let mut mv_9 = event(0, None, true, json!({ "data_limit_bytes": 20_000_000_000_u64 }));
    mv_9["warnings"] =
        json!(["UsageTimestamp is no time that exists; the usage is not taken over"]);
    let ussd = json!({ "bearer": "ussd" });
    check(
        &document(RULE_A, "", ""),
        vec![
            ("MV-1 [MSG-01]", of(TEXT_1), event(0, None, true, mv_1.clone())),
            ("MV-2", of("USED 512 MiB OF 20 GB AT 12.03.2030 06:00"), event(0, None, true, mv_2)),
            ("MV-3", of("USED 900 kB OF 500 MB AT 01.03.2030 00:01"), event(0, None, true, mv_3)),
            ("MV-4", message(TEXT_1, json!({ "sender": "4799000009" })), public()),
            ("MV-5", of(&format!("{TEXT_1} ")), public()),
            ("MV-6", of(&TEXT_1.to_lowercase()), public()),
            ("MV-7", message(TEXT_1, ussd), event(2, None, true, mv_1.clone())),
            (
                "MV-8",
                message(TEXT_1, by(json!({ "technology": "cdma" }))),
                event(1, None, true, mv_1.clone()),
            ),
            ("MV-9", of("USED 7.34 GB OF 20 GB AT 31.02.2030 21:05"), mv_9),
            ("MV-10: lines are independent", of(TEXT_1), event(0, None, true, mv_1.clone())),
            ("[MSG-05]", message(TEXT_1, by(json!({ "sender_type": "national" }))), public()),
            ("[MSG-05]", message(TEXT_1, by(json!({ "sender_type": "unknown" }))), public()),
            ("[MSG-05]", message(TEXT_1, json!({ "sender": "99000001" })), public()),
            ("[MSG-05]", message(TEXT_1, json!({ "sender": "004799000001" })), public()),
            (
                "[MSG-05]",
                message(TEXT_1, json!({ "sender": "4799000001" })),
                event(0, None, true, mv_1),
            ),
        ],
    );
}

#[test]
fn rule_b_through_the_binary() {
    let two = "First line\nsecond line";
    let class = |class: Value| message(two, json!({ "sender": "4799000002", "class": class }));
    check(
        &document(RULE_B, PROFILE, PLAN),
        vec![
            ("MV-11 [MSG-09]", class(json!(0)), event(0, Some("B"), false, json!({}))),
            ("MV-12 [MSG-06]", class(json!(1)), public()),
            ("MV-12 [MSG-06]", class(Value::Null), public()),
        ],
    );
}

#[test]
fn rules_c_to_f_through_the_binary() {
    let text = |text| message(text, json!({}));
    let day = |day| {
        json!({
            "usage_bytes": 26_000_000_000_u64, "usage_percentage": 65, "usage_timestamp": day,
            "data_limit_bytes": 40_000_000_000_u64,
        })
    };
    let over = |at| {
        json!({
            "usage_bytes": 20_250_000_000_u64, "usage_timestamp": at, "over_data_limit": true,
        })
    };
    let plan = |is_over: bool, bps: u64| {
        json!({
            "plan_type": "Variable", "over_data_limit": is_over, "inbound_bandwidth_bps": bps,
        })
    };
    let flags = |refresh: bool, active: bool| {
        json!({
            "refresh_provisioning": refresh, "activation_complete": active,
        })
    };
    let rules = [RULE_C, RULE_D, RULE_E, RULE_F].concat();
    check(
        &document(&rules, PROFILE, PLAN),
        vec![
            (
                "MV-13",
                text("65% of your 40 GB used as of 28/12"),
                event(0, None, true, day("2029-12-28T00:00:00Z")),
            ),
            (
                "MV-14",
                text("65% of your 40 GB used as of 12/03"),
                event(0, None, true, day("2030-03-12T00:00:00Z")),
            ),
            (
                "MV-15 [MSG-23]",
                text("OVER by 250 MB at 9:05 PM 03.02.2030"),
                event(0, None, true, over("2030-02-03T21:05:00Z")),
            ),
            (
                "MV-16",
                text("OVER by 250 MB at 12:00 AM 03.02.2030"),
                event(0, None, true, over("2030-02-03T00:00:00Z")),
            ),
            (
                "MV-17",
                text("PLAN PAYG LIMIT on SPEED 384kbit"),
                event(0, None, true, plan(true, 384_000)),
            ),
            (
                "MV-18",
                text("PLAN OTHER LIMIT off SPEED 2Mbit"),
                event(0, None, true, plan(false, 2_000_000)),
            ),
            ("MV-19 [MSG-26]", text("CFG NEW ACT WAIT"), event(0, None, true, flags(true, false))),
            ("MV-20 [MSG-26]", text("CFG SAME ACT OK"), event(0, None, true, flags(false, true))),
        ],
    );
}

#[test]
fn numbers_and_percentages_through_the_binary() {
    let limit = r#"<Message><SMSBearer ClassZeroOnly="false"/><Pattern>L (.*)</Pattern>
      <Locale>LOCALE</Locale><Fields><DataLimit Group="1" DefaultUnit="M"/></Fields></Message>"#;
    let said = message("L 1.234,5", json!({}));
    for locale in ["German_Germany.1252", "de-DE"] {
        let answer = event(0, None, true, json!({ "data_limit_bytes": 1_234_500_000 }));
        let rules = limit.replace("LOCALE", locale);
        check(&document(&rules, "", ""), vec![("MV-21 [MSG-21]", said.clone(), answer)]);
    }
    let overage = |fields: &str| {
        format!(
            r#"<Message><SMSBearer ClassZeroOnly="false"/><Pattern>(\d+) ([\d.]+)% (\S+)</Pattern>
        <Fields>{fields}</Fields></Message>"#
        )
    };
    let both = overage(concat!(
        r#"<UsageTimestamp Group="3" Format="%d.%m.%Y"/><UsageOverage Group="1" DefaultUnit="M"/>"#,
        r#"<UsageOveragePercentage Group="2"/>"#,
    ));
    let of_limit = overage(concat!(
        r#"<UsageTimestamp Group="3" Format="%d.%m.%Y"/><UsageOveragePercentage Group="2"/>"#,
        r#"<DataLimit Group="1" DefaultUnit="M"/>"#,
    ));
    let answer = json!({
        "usage_bytes": 6_000_000_000_u64, "usage_timestamp": "2030-03-12T00:00:00Z",
        "data_limit_bytes": 5_000_000_000_u64,
    });
    let answer = event(0, None, true, answer);
    let row = |id, text| vec![(id, message(text, json!({})), answer.clone())];
    check(&document(&both, "", ""), row("MV-22 [MSG-23]", "1000 20% 12.03.2030"));
    check(&document(&of_limit, "", ""), row("MV-23 [MSG-23]", "5000 20% 12.03.2030"));
    let percent =
        overage(r#"<UsagePercentage Group="2"/><UsageTimestamp Group="3" Format="%d.%m.%Y"/>"#);
    let answer = json!({
        "usage_bytes": 2_500_000_000_u64, "usage_percentage": 12.5,
        "usage_timestamp": "2030-03-12T00:00:00Z",
    });
    let row = ("[MSG-22]", message("1 12.5% 12.03.2030", json!({})), event(0, None, true, answer));
    check(&document(&percent, PROFILE, PLAN), vec![row]);
}

#[test]
fn the_samples_of_the_documentation_through_the_binary() {
    let ussd = |text| message(text, json!({ "bearer": "ussd" }));
    let padded = "1.5GB of 2GB used as of 05:00PM on 07 Jan";
    let printed = SAMPLE_2.replace(FIFTH.0, FIFTH.1);
    let row = ("MV-24", ussd("1.5GB of 2GB used as of 5:00PM on 07 Jan"), public());
    check(&document(&printed, "", ""), vec![row]);
    let fields = json!({
        "usage_bytes": 1_500_000_000, "usage_timestamp": "2030-01-07T17:00:00Z",
        "data_limit_bytes": 2_000_000_000,
    });
    let from =
        |sender, class: Value| message("Two\nlines", json!({ "sender": sender, "class": class }));
    check(
        &document(&[SAMPLE_1, SAMPLE_2].concat(), "", ""),
        vec![
            ("MV-24, MV-27 [MSG-09]", ussd(padded), event(2, Some("Sample2"), false, fields)),
            ("MV-26", from("18005551212", json!(2)), event(0, Some("Sample1"), true, json!({}))),
            ("MV-26", from("8005551212", json!(2)), public()),
        ],
    );
    let rows = vec![("MV-25 [MSG-01]", message(TEXT_1, json!({ "sender": OPERATOR })), public())];
    check(&document("", PROFILE, PLAN), rows);
}

#[test]
fn times_are_of_the_zone_that_is_given() {
    // [MSG-21]
    let line = message(TEXT_1, json!({ "sender": OPERATOR })).to_string();
    for (zone, expected) in [
        ("Europe/Oslo", "2030-03-11T20:05:00Z"),
        ("Asia/Tokyo", "2030-03-11T12:05:00Z"),
        ("UTC", "2030-03-11T21:05:00Z"),
    ] {
        let output = run(&document(RULE_A, "", ""), line.as_bytes(), &["--timezone", zone]);
        assert_eq!(answers(&output)[0]["fields"]["usage_timestamp"], expected, "{zone}");
    }
    let output = run(&document(RULE_A, "", ""), b"", &["--timezone", "Mars/Olympus"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_line_that_cannot_be_read_leaves_the_others_running() {
    let long = "a".repeat(70_000);
    let good = message(TEXT_1, json!({ "sender": OPERATOR, "id": 7 })).to_string();
    let with = |key: &str, value: Value| {
        let mut line = message("a", json!({}));
        merge(&mut line, Value::Object(Map::from_iter([(key.to_owned(), value)])));
        line.to_string()
    };
    let rows = [
        (good.clone(), None),
        ("{".to_owned(), Some("not_json")),
        ("[]".to_owned(), Some("not_json")),
        (String::new(), Some("not_json")),
        (long, Some("line_too_long")),
        (with("colour", json!("red")), Some("unknown_key")),
        (with("bearer", json!("mms")), Some("invalid_value")),
        (with("bearer", Value::Null), Some("invalid_value")),
        (with("technology", json!("tdma")), Some("invalid_value")),
        (with("sender_type", json!("local")), Some("invalid_value")),
        (with("sender", json!(4_799_000_001_u64)), Some("invalid_value")),
        (with("class", json!(4)), Some("invalid_value")),
        (with("class", json!("0")), Some("invalid_value")),
        (with("received_at", json!("yesterday")), Some("invalid_value")),
        (with("received_at", Value::Null), Some("invalid_value")),
        (with("text", Value::Null), Some("invalid_value")),
        (good, None),
    ];
    let lines: Vec<&str> = rows.iter().map(|(line, _)| line.as_str()).collect();
    let output = run(&document(RULE_A, "", ""), lines.join("\n").as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    assert_eq!(answers.len(), rows.len());
    for ((number, (line, code)), found) in (1..).zip(&rows).zip(answers) {
        match code {
            Some(code) => {
                assert_eq!(found["error"]["code"], *code, "{line}");
                assert_eq!(found["line"], number, "{line}");
            }
            None => assert_eq!((&found["matched"], &found["id"]), (&json!(true), &json!(7))),
        }
    }
}

#[test]
fn a_text_that_is_too_long_matches_nothing() {
    // [MSG-11]
    let of = |count| message(&"ß".repeat(count), json!({ "sender": "4799000002", "class": 0 }));
    let lines = format!("{}\n{}\n", of(1600), of(1601));
    let output = run(&document(RULE_B, "", ""), lines.as_bytes(), &[]);
    let answers = answers(&output);
    assert_eq!(answers[0]["matched"], true);
    assert_eq!((&answers[1]["matched"], &answers[1]["also_public"]), (&json!(false), &json!(true)));
    let warning = "the text has more than 1600 characters; no rule was asked";
    assert_eq!(answers[1]["warnings"], json!([warning]));
}

#[test]
fn a_rejected_rule_is_told_and_the_others_hold() {
    // [MSG-12], [MSG-17]
    let rule = |pattern: &str, units: &str| {
        format!(
            "<Message><SMSBearer ClassZeroOnly=\"false\"/><Pattern>{pattern}</Pattern>{units}\
             </Message>"
        )
    };
    let rules = [
        rule("(", ""),
        rule("a+", "<Units K=\"k\" M=\"k\"/>"),
        rule("aa?", ""),
        rule("a{1,3}", ""),
    ];
    let line = message("a", json!({})).to_string();
    let output = run(&document(&rules.concat(), "", ""), line.as_bytes(), &[]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    for told in ["error: rule 1: rejected", "error: rule 2: rejected", "warning: rule 4: rule 3"] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
    let answers = answers(&output);
    assert_eq!(answers[0]["matched"], true);
    let warning = "rule 4 matches as well; rule 3 is first and counts";
    assert_eq!(answers[0]["warnings"], json!([warning]));
}

#[test]
fn a_hostile_pattern_stops_itself_alone() {
    // [MSG-11]: the pattern cannot be translated, so a child process runs it and is stopped.
    let hostile =
        r#"<Message><SMSBearer ClassZeroOnly="false"/><Pattern>(a+)+\1$</Pattern></Message>"#;
    let all = r#"<Message RuleId="all"><SMSBearer ClassZeroOnly="false"/><Pattern>a*b</Pattern>
        </Message>"#;
    let line = message(&("a".repeat(28) + "b"), json!({})).to_string();
    let output = run(&document(&[hostile, all].concat(), "", ""), line.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(0));
    let answers = answers(&output);
    assert_eq!(answers[0]["rule_id"], "all");
    assert!(
        answers[0]["warnings"][0].as_str().is_some_and(|w| w.starts_with("rule 1 does not count"))
    );
}

/// Runs a command on a file and returns what it found, as `code` of errors and of warnings.
fn lint(arguments: &[&str], file: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join(file);
    std::fs::write(&path, text).expect("written");
    let of = if file.ends_with(".toml") { folder.path() } else { &path };
    let output = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(arguments)
        .arg(of)
        .output()
        .expect("started");
    let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes = |key: &str| {
        let found = findings[key].as_array().expect("a list").iter();
        found.filter_map(|found| found["code"].as_str().map(str::to_owned)).collect()
    };
    (codes("errors"), codes("warnings"))
}

#[test]
fn documents_and_catalogues_are_told_of_overlaps_and_wrong_patterns() {
    // [MSG-10], [MSG-12]
    let rule = |pattern: &str| {
        format!(
            "<Message Silent=\"true\"><SMSBearer ClassZeroOnly=\"false\"/>\
             <Pattern>{pattern}</Pattern></Message>"
        )
    };
    let lint_xml = |patterns: &[&str]| {
        let rules: String = patterns.iter().map(|pattern| rule(pattern)).collect();
        lint(&["provision", "lint", "--in"], "rules.xml", &document(&rules, "", ""))
    };
    let brand = |patterns: &[&str]| {
        let rule = |pattern: &&str| format!("[[messages]]\nsms = true\npattern = '{pattern}'\n");
        let rules: String = patterns.iter().map(rule).collect();
        let text = format!("id = \"fjell\"\nnetwork = \"gsm\"\n[match]\n{rules}");
        lint(&["catalog", "lint"], "fjell.toml", &text)
    };
    let has = |codes: &[String], code: &str| codes.iter().any(|found| found == code);
    let (errors, warnings) = lint_xml(&["USED [0-9]+ MB", r"USED (\d+) \w+"]);
    assert_eq!((errors, warnings), (vec![], vec!["overlapping-rules".to_owned()]));
    assert_eq!(lint_xml(&["USED [0-9]+ MB", "LEFT [0-9]+ MB"]), (vec![], vec![]));
    assert_eq!(lint_xml(&["("]), (vec!["pattern".to_owned()], vec![]));
    let (errors, warnings) = brand(&["USED [0-9]+ MB", "[^]*"]);
    assert!(!has(&errors, "pattern") && has(&warnings, "overlapping_rules"), "{warnings:?}");
    let (errors, warnings) = brand(&["USED [0-9]+ MB", "("]);
    assert!(has(&errors, "pattern") && !has(&warnings, "overlapping_rules"), "{errors:?}");
}

#[test]
fn a_document_that_cannot_be_read_is_refused() {
    for text in ["", "<a/>", "not XML"] {
        let output = run(text, b"", &[]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{text}");
    }
}
