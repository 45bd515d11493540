//! `broadgate match` and `broadgate hwid` on the fixtures F1 to F9 of 04-matching §4.1, written
//! as catalogues.
//!
//! Not here: findings about catalogues (`tests/catalog.rs`), and the engine on its own (domain).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The lists of a brand: home provider names, ICCID buckets, IMSI ranges behind 00101, SIDs,
/// provider names.
#[derive(Clone, Default)]
struct Lists {
    hpns: Vec<&'static str>,
    iccids: Vec<(u8, u8)>,
    imsis: Vec<(&'static str, &'static str)>,
    sids: Vec<u16>,
    names: Vec<&'static str>,
}

type Fixture = BTreeMap<&'static str, Lists>;

fn of_imsis(imsis: &[(&'static str, &'static str)]) -> Lists {
    Lists { imsis: imsis.to_vec(), ..Lists::default() }
}

fn of_iccids(iccids: &[(u8, u8)]) -> Lists {
    Lists { iccids: iccids.to_vec(), ..Lists::default() }
}

fn of_hpn(name: &'static str) -> Lists {
    Lists { hpns: vec![name], ..Lists::default() }
}

fn of_sid(sid: u16) -> Lists {
    Lists { sids: vec![sid], ..Lists::default() }
}

fn of_name(name: &'static str) -> Lists {
    Lists { names: vec![name], ..Lists::default() }
}

const WHOLE: &[(&str, &str)] = &[("0000000000", "9999999999")];

fn fixture(name: &str) -> Fixture {
    let f3_iccids = || {
        [
            ("mvno-a", of_iccids(&[(0, 12), (58, 63), (94, 99)])),
            ("mvno-b", of_iccids(&[(30, 42), (68, 89)])),
        ]
    };
    let brands = match name {
        "F1" => vec![
            (
                "mno",
                of_imsis(&[
                    ("0000000000", "1999999999"),
                    ("4000000000", "7199999999"),
                    ("7800000000", "8799999999"),
                ]),
            ),
            ("mvno-a", of_imsis(&[("2600000000", "3199999999"), ("7200000000", "7799999999")])),
            ("mvno-b", of_imsis(&[("2000000000", "2599999999"), ("3200000000", "3999999999")])),
        ],
        "F2" => vec![
            ("mno", of_iccids(&[(0, 13), (27, 40), (47, 60), (74, 87)])),
            ("mvno-b", of_iccids(&[(14, 26)])),
            ("mvno-a", of_iccids(&[(41, 46), (61, 73)])),
        ],
        "F3" => f3_iccids().into_iter().chain([("mno", of_imsis(WHOLE))]).collect(),
        "F4" => {
            let mno = [("0000000000", "4299999999"), ("5800000000", "9999999999")];
            let mvno_c = [("4300000000", "5799999999")];
            let more = [("mno", of_imsis(&mno)), ("mvno-c", of_imsis(&mvno_c))];
            f3_iccids().into_iter().chain(more).collect()
        }
        "F5" => vec![
            ("mno", of_hpn("Fjell Mobil")),
            ("mvno-a", of_hpn("Aurora")),
            ("mvno-b", of_hpn("Bris")),
        ],
        "F6" => {
            vec![("mvno-a", of_hpn("Aurora")), ("mvno-b", of_hpn("Bris")), ("mno", of_imsis(WHOLE))]
        }
        "F8" => vec![
            ("mno", of_sid(4101)),
            ("mvno-a", of_sid(4102)),
            ("mvno-b", of_sid(4103)),
            ("other", Lists { names: vec!["OtherTel"], ..of_sid(5200) }),
        ],
        "F9" => vec![
            ("mno", of_name("FjellCDMA")),
            ("mvno-a", of_name("AuroraCDMA")),
            ("mvno-b", of_name("BrisCDMA")),
            ("other", Lists { names: vec!["OtherTel"], ..of_sid(5200) }),
        ],
        // A catalogue of no file is refused.
        _ => Vec::new(),
    };
    brands.into_iter().collect()
}

/// Unites two fixtures by brand.
fn merged(one: &str, other: &str) -> Fixture {
    let mut brands = fixture(one);
    for (id, lists) in fixture(other) {
        let brand = brands.entry(id).or_default();
        brand.hpns.extend(lists.hpns);
        brand.iccids.extend(lists.iccids);
        brand.imsis.extend(lists.imsis);
        brand.sids.extend(lists.sids);
        brand.names.extend(lists.names);
    }
    brands
}

/// Writes brands that say no more than whose SIMs are theirs.
fn catalogue(brands: &Fixture) -> TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (id, lists) in brands {
        let is_cdma = !(lists.sids.is_empty() && lists.names.is_empty());
        let network = if is_cdma { "cdma" } else { "gsm" };
        let iccids = lists.iccids.iter().map(|(from, to)| {
            [format!("899901{from:02}000000000000"), format!("899901{to:02}999999999999")]
        });
        let imsis = lists.imsis.iter();
        let imsis = imsis.map(|(from, to)| [format!("00101{from}"), format!("00101{to}")]);
        let mut text = format!("id = {id:?}\nnetwork = {network:?}\n[match]\n");
        writeln!(text, "home_provider_names = {:?}", lists.hpns).expect("written");
        writeln!(text, "iccid_ranges = {:?}", iccids.collect::<Vec<_>>()).expect("written");
        writeln!(text, "imsi_ranges = {:?}", imsis.collect::<Vec<_>>()).expect("written");
        writeln!(text, "sids = {:?}", lists.sids).expect("written");
        writeln!(text, "provider_names = {:?}", lists.names).expect("written");
        std::fs::write(folder.path().join(format!("{id}.toml")), text).expect("written");
    }
    folder
}

fn broadgate(words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output();
    output.expect("the binary runs")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Runs `match` and returns its JSON; anything but exit 0 fails the test.
fn matched(folder: &Path, flags: &[&str]) -> Value {
    let output = broadgate(&[&["match", "--catalog", path(folder)], flags].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{flags:?}: {said}");
    serde_json::from_slice(&output.stdout).expect(&said)
}

/// Fixture, id of the row, flags, brand and rule.
type Row =
    (&'static str, &'static str, &'static [&'static str], Option<&'static str>, &'static str);

fn check(rows: &[Row]) {
    let mut folders: BTreeMap<&str, TempDir> = BTreeMap::new();
    for (name, id, flags, brand, rule) in rows {
        let folder = folders.entry(name).or_insert_with(|| match name.split_once('+') {
            Some((one, other)) => catalogue(&merged(one, other)),
            None => catalogue(&fixture(name)),
        });
        let found = matched(folder.path(), flags);
        let expected = (json!(brand), brand.map_or(Value::Null, |_| json!(rule)));
        assert_eq!((found["brand"].clone(), found["matched_by"].clone()), expected, "{id} {found}");
    }
}

const A: Option<&str> = Some("mvno-a");
const B: Option<&str> = Some("mvno-b");
const MNO: Option<&str> = Some("mno");

#[rustfmt::skip]
const GSM: &[Row] = &[
    ("F1", "[MATCH-25]", &["--iccid", "89990150000000000001", "--imsi", "001011200000042"], MNO, "imsi"),
    ("F1", "[MATCH-26]", &["--iccid", "89990150000000000002", "--imsi", "001019500000000"], None, ""),
    ("F1", "[MATCH-27]", &["--iccid", "89990150000000000003", "--imsi", "001017250000017"], A, "imsi"),
    ("F2", "[MATCH-28]", &["--iccid", "89990112000000000042", "--imsi", "001010000000001"], MNO, "iccid"),
    ("F2", "[MATCH-29]", &["--iccid", "89990193000000000000", "--imsi", "001010000000002"], None, ""),
    ("F2", "[MATCH-30]", &["--iccid", "89990163500000000017", "--imsi", "001010000000003"], A, "iccid"),
    ("F3", "[MATCH-31]", &["--iccid", "89990120000000000001", "--imsi", "001010000000777"], MNO, "imsi"),
    ("F3", "[MATCH-32]", &["--iccid", "89990132000000000002", "--imsi", "001012200000000"], B, "iccid"),
    ("F3", "[MATCH-33]", &["--iccid", "89990195000000000003", "--imsi", "001019300000000"], A, "iccid"),
    ("F3", "[MATCH-34]", &["--iccid", "89990165000000000004", "--imsi", "001016600000000"], MNO, "imsi"),
    ("F4", "[MATCH-35]", &["--iccid", "89990120000000000001", "--imsi", "001011000000000"], MNO, "imsi"),
    ("F4", "[MATCH-36]", &["--iccid", "89990132000000000002", "--imsi", "001012200000000"], B, "iccid"),
    ("F4", "[MATCH-37]", &["--iccid", "89990195000000000003", "--imsi", "001019300000000"], A, "iccid"),
    ("F4", "[MATCH-38]", &["--iccid", "89990165000000000004", "--imsi", "001016600000000"], MNO, "imsi"),
    ("F4", "[MATCH-39]", &["--iccid", "89990150000000000005", "--imsi", "001015500000000"], Some("mvno-c"), "imsi"),
    ("F5", "[MATCH-40]", &["--home-provider", "Fjell Mobil", "--imsi", "001012200000000"], MNO, "home_provider_name"),
    ("F5", "[MATCH-41]", &["--home-provider", "Ukjent", "--imsi", "001012200000000"], None, ""),
    ("F5", "[MATCH-42]", &["--home-provider", "Aurora", "--iccid", "89990132000000000002"], A, "home_provider_name"),
    ("F5", "[MATCH-43]", &["--home-provider", "Bris"], B, "home_provider_name"),
    ("F6", "[MATCH-44]", &["--home-provider", "Aurora", "--imsi", "001011111111100"], A, "home_provider_name"),
    ("F6", "[MATCH-45]", &["--home-provider", "Fjell Mobil", "--imsi", "001012222222200"], MNO, "imsi"),
    ("F6", "[MATCH-46]", &["--home-provider", "Bris", "--imsi", "001013333333300"], B, "home_provider_name"),
    ("F6", "[MATCH-47]", &["--home-provider", "Ukjent", "--imsi", "001014444444400"], MNO, "imsi"),
    ("F6+F3", "[MATCH-68]", &["--home-provider", "Aurora", "--iccid", "89990132000000000002", "--imsi", "001011111111100"], A, "home_provider_name"),
    ("F3", "[MATCH-69]", &["--imsi", "001010000000500", "--iccid", "89990142999999999999"], B, "iccid"),
    ("F3", "[MATCH-69]", &["--imsi", "001010000000500", "--iccid", "89990143000000000000"], MNO, "imsi"),
    ("F1", "[MATCH-76]", &["--pin-locked"], None, ""),
    ("F1", "[MATCH-76] unlocked", &["--imsi", "001011200000042"], MNO, "imsi"),
    ("F1", "[MATCH-76] readable", &["--pin-locked", "--imsi", "001011200000042"], MNO, "imsi"),
    ("F3", "[MATCH-77]", &["--pin-locked", "--iccid", "89990132000000000002"], None, ""),
    ("F2", "[MATCH-78]", &["--imsi", "001010000000001"], None, ""),
    ("F1", "[MATCH-79]", &["--imsi", "00101120000004"], None, ""),
];

#[rustfmt::skip]
const CDMA: &[Row] = &[
    ("F8", "[MATCH-60]", &["--mode", "cdma", "--sid", "4101"], MNO, "sid"),
    ("F8", "[MATCH-61]", &["--mode", "cdma", "--sid", "9999", "--provider-name", "Ukjent"], None, ""),
    ("F8", "[MATCH-62]", &["--mode", "cdma", "--sid", "5200"], Some("other"), "sid"),
    ("F8", "[MATCH-63]", &["--mode", "cdma", "--sid", "4103"], B, "sid"),
    ("F9", "[MATCH-64]", &["--mode", "cdma", "--sid", "4101", "--provider-name", "FjellCDMA"], MNO, "provider_name"),
    ("F9", "[MATCH-65]", &["--mode", "cdma", "--sid", "9999", "--provider-name", "Ukjent"], None, ""),
    ("F9", "[MATCH-66]", &["--mode", "cdma", "--sid", "5200", "--provider-name", "OtherTel"], Some("other"), "sid"),
    ("F9", "[MATCH-67]", &["--mode", "cdma", "--sid", "4103", "--provider-name", "BrisCDMA"], B, "provider_name"),
    ("F9", "[MATCH-70]", &["--mode", "cdma", "--provider-name", "bRiSCDMA"], None, ""),
    ("F8+F9", "[MATCH-71]", &["--mode", "cdma", "--sid", "4102", "--provider-name", "BrisCDMA"], A, "sid"),
    // Absent mode is gsm, and only the lists of the mode count.
    ("F8", "no mode", &["--sid", "4101"], None, ""),
    ("F3", "cdma of a GSM SIM", &["--mode", "cdma", "--imsi", "001010000000777"], None, ""),
];

#[test]
fn every_numbered_gsm_computer_finds_its_brand() {
    check(GSM);
}

#[test]
fn every_numbered_cdma_computer_finds_its_brand() {
    check(CDMA);
}

#[test]
fn an_answer_has_the_shape_of_the_contract_and_no_identifier_in_full() {
    let folder = catalogue(&merged("F6", "F3"));
    let flags = ["--iccid", "89990132000000000042", "--imsi", "001010000000777"];
    let found = matched(folder.path(), &[&flags[..], &["--home-provider", ""]].concat());
    let expected = json!({
        "brand": "mvno-b",
        "matched_by": "iccid",
        "target": ["89990130000000000000", "89990142999999999999"],
        "trace": [
            {"rule": "home_provider_name", "value": null, "outcome": "absent"},
            {"rule": "iccid", "value": "899901…42", "outcome": "matched", "brand": "mvno-b"},
            {"rule": "imsi", "value": "001010…77", "outcome": "shadowed", "brand": "mno"},
        ],
        "warnings": [],
    });
    assert_eq!(found, expected);
    let found = matched(folder.path(), &["--home-provider", "Aurora  "]);
    assert_eq!(found["target"], "Aurora", "padding of SIM files does not count");
    let folder = catalogue(&fixture("F8"));
    let found = matched(folder.path(), &["--mode", "cdma", "--sid", "4102"]);
    assert_eq!(found["target"], 4102);
    let found = matched(folder.path(), &["--mode", "cdma"]);
    let absent = |rule| json!({"rule": rule, "value": null, "outcome": "absent"});
    assert_eq!(found["target"], Value::Null);
    assert_eq!(found["trace"], json!([absent("sid"), absent("provider_name")]));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let folder = catalogue(&fixture("F1"));
    let found = matched(folder.path(), &["--imsi", "00101120000004"]);
    assert_eq!(found["trace"][2]["outcome"], "invalid", "[MATCH-79]");
    assert_eq!(found["warnings"], json!(["the IMSI has 14 digits, ranges are of 15"]));
    let found = matched(folder.path(), &["--pin-locked", "--home-provider", "Aurora"]);
    for line in found["trace"].as_array().expect("a trace") {
        assert_eq!(line["outcome"], "skipped_pin", "[MATCH-09]");
    }
    let flags = ["match", "--catalog", path(folder.path()), "--imsi", "00101x"];
    let output = broadgate(&flags);
    assert_eq!(output.status.code(), Some(1));
    let refused: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(refused["error"]["message"], "imsi needs 6 to 15 digits");
}

/// Feeds a batch through standard input.
fn batch(folder: &Path, input: &[u8]) -> (Vec<Value>, Option<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["match", "--catalog", path(folder), "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("input");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("a thread").expect("all was read");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    (lines, output.status.code())
}

#[test]
fn a_batch_answers_line_for_line_and_puts_errors_in_their_places() {
    let folder = catalogue(&fixture("F3"));
    let mut input = br#"{"id":7,"iccid":"89990132000000000002","imsi":""}
{"id":"second","imsi":"00101abc0000000"}
not json
[]
{"iccid":"89990195000000000003","mode":"gsm","pin_locked":false,"home_provider":null}
{"msisdn":"4790000000"}
{"pin_locked":true,"iccid":"89990132000000000002"}

"#
    .to_vec();
    // Longer than any request, and without a valid beginning.
    input.extend(vec![b' '; 200_000]);
    input.extend(b"\n{\"id\":null,\"sid\":4101,\"mode\":\"cdma\"}\n\xff\n");
    input.extend(br#"{"imsi":"001010000000777"}"#);
    let (lines, code) = batch(folder.path(), &input);
    assert_eq!(code, Some(1), "there were bad lines");
    let brand = |at: usize| lines[at]["brand"].clone();
    assert_eq!((brand(0), lines[0]["id"].clone()), (json!("mvno-b"), json!(7)));
    let wrong = json!({
        "error": {"code": "invalid_value", "message": "imsi needs 6 to 15 digits"},
        "line": 2, "id": "second",
    });
    assert_eq!(lines[1], wrong);
    let codes: Vec<_> = lines.iter().map(|line| line["error"]["code"].as_str()).collect();
    let expected = [
        None,
        Some("invalid_value"),
        Some("not_json"),
        Some("not_json"),
        None,
        Some("unknown_key"),
        None,
        Some("not_json"),
        Some("line_too_long"),
        None,
        Some("not_json"),
        None,
    ];
    assert_eq!(codes, expected);
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line["error"].is_object()) {
        assert_eq!(line["line"], at + 1);
        assert!(line.get("id").is_none() || at == 1, "{line}");
    }
    assert_eq!((brand(4), brand(6), brand(11)), (json!("mvno-a"), Value::Null, json!("mno")));
    let (lines, code) = batch(folder.path(), b"{\"imsi\":\"001010000000777\"}\n");
    assert_eq!((lines.len(), code), (1, Some(0)), "nothing was wrong");
}

#[test]
fn a_batch_is_answered_before_its_next_line_is_there() {
    let folder = catalogue(&fixture("F3"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["match", "--catalog", path(folder.path()), "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("input");
    let mut stdout = BufReader::new(child.stdout.take().expect("output"));
    for id in 0..3 {
        writeln!(stdin, "{{\"id\":{id},\"imsi\":\"001010000000777\"}}").expect("written");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("an answer");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!((answer["id"].clone(), answer["brand"].clone()), (json!(id), json!("mno")));
    }
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// The peak of a process' memory in kB, as Linux counts it.
#[cfg(target_os = "linux")]
fn memory_peak_kb(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// 50,000 requests, 2 MB of them, need no more memory than the first thousand.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_a_batch() {
    let folder = catalogue(&fixture("F3"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["match", "--catalog", path(folder.path()), "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let process = child.id();
    let mut requests = child.stdin.take().expect("standard input");
    let mut answers = BufReader::new(child.stdout.take().expect("standard output"));
    let mut answer = String::new();
    let mut ask = |count: u32| {
        for n in 0..count {
            writeln!(requests, "{{\"id\":{n},\"iccid\":\"8999010000{n:010}\"}}").expect("taken");
            answer.clear();
            answers.read_line(&mut answer).expect("answered");
        }
        memory_peak_kb(process)
    };
    let (first, last) = (ask(1_000), ask(50_000));
    assert!(last < first + 1_024, "{first} kB after a thousand, {last} kB at the end");
    drop(requests);
    assert!(child.wait().expect("ends").success());
}

#[test]
fn a_batch_cannot_stand_beside_flags_of_one_sim() {
    let folder = catalogue(&fixture("F3"));
    let words = ["match", "--catalog", path(folder.path()), "--batch", "-", "--sid", "1"];
    assert_eq!(broadgate(&words).status.code(), Some(2));
    assert_eq!(broadgate(&["match", "--imsi", "001010000000777"]).status.code(), Some(2));
    let file = folder.path().join("batch.jsonl");
    std::fs::write(&file, "{\"imsi\":\"001010000000777\"}\n").expect("written");
    let words = ["match", "--catalog", path(folder.path()), "--batch", path(&file)];
    assert_eq!(broadgate(&words).status.code(), Some(0), "a file does as well");
}

#[test]
fn a_hardware_id_hides_a_hundred_numbers() {
    let hwid = |kind: &str, value: &str, more: &[&str]| {
        let output = broadgate(&[&["hwid", "--kind", kind, value], more].concat());
        assert_eq!(output.status.code(), Some(0), "{kind} {value}");
        String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
    };
    let imsi = |value| hwid("gsm-imsi", value, &[]);
    let id = imsi("001011234567800");
    assert!(id.starts_with("MBAE:0:") && id.len() == 7 + 43, "[MATCH-15] {id}");
    assert_eq!(id, imsi("001011234567899"), "[MATCH-16]");
    assert_ne!(id, imsi("001011234567900"), "[MATCH-16]");
    let (short, long) = ("8999011234567890123", "89990112345678901230");
    assert_ne!(hwid("gsm-iccid", short, &[]), hwid("gsm-iccid", long, &[]), "[MATCH-16]");
    for (kind, value, text) in [
        ("gsm-imsi", "001011234567842", "gsm-imsi:0010112345678"),
        ("gsm-iccid", long, "gsm-iccid:899901123456789012"),
        ("gsm-hpn", "Aurora", "gsm-hpn:Aurora"),
        ("cdma-sid", "4102", "cdma-sid:4102"),
        ("cdma-name", "AuroraCDMA", "cdma-name:AuroraCDMA"),
    ] {
        assert_eq!(hwid(kind, value, &["--test"]), text, "[MATCH-15]");
    }
    for (words, code) in [
        (["hwid", "--kind", "gsm-imsi", "12x"], 1),
        (["hwid", "--kind", "cdma-sid", "70000"], 1),
        (["hwid", "--kind", "gsm-name", "x"], 2),
    ] {
        assert_eq!(broadgate(&words).status.code(), Some(code), "{words:?}");
    }
}

#[test]
fn ranges_may_stand_in_a_file_of_their_own() {
    let folder = tempfile::tempdir().expect("folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    write("a.toml", "id = 'a'\nnetwork = 'gsm'\n[match]\nranges_file = 'ranges.csv'\n");
    write(
        "ranges.csv",
        "imsi,001010000000000,001010000000099\r\niccid,8999010000000000000,8999010000000000099",
    );
    let brand = |flags: &[&str]| matched(folder.path(), flags)["brand"].clone();
    assert_eq!(brand(&["--imsi", "001010000000042"]), "a");
    assert_eq!(brand(&["--imsi", "001010000000142"]), Value::Null);
    assert_eq!(brand(&["--iccid", "8999010000000000042"]), "a");
    for (line, message) in [
        ("imsi,1", "ranges.csv, line 2: needs imsi,START,END"),
        ("sid,1,2", "ranges.csv, line 2: needs imsi,START,END"),
        ("imsi,00101x,2", "ranges.csv, line 2: its start is no such number"),
        ("imsi,001010000000001,001010000000099", "must start with a number that ends in 00"),
    ] {
        write("ranges.csv", &format!("imsi,001020000000000,001020000000099\n{line}\n"));
        let output = broadgate(&["match", "--catalog", path(folder.path())]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{line}");
        assert!(said.contains(message), "{line}: {said}");
    }
}
