//! `broadgate catalog export` and `import`: packages and rows of the COSA/APN database, there and
//! back.
//!
//! Not here: `catalog lint` and the database of providers (`tests/catalog.rs`).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const GUID: &str = "12345678-9abc-4def-8123-456789abcdef";
const NEXT: &str = "22345678-9abc-4def-8123-456789abcdef";
const AT: &str = "2026-03-01T00:00:00Z";

/// A brand with everything that a package can say.
const BRAND: &str = r#"id = "a"
name = "Aurora"
carrier_id = "{00000000-0000-4000-8000-00000000000a}"
network = "gsm"
[match]
imsi_ranges = [["001010000000000", "001010000000099"]]
[[cosa]]
purpose = "internet"
access_string = "internet.a.example"
[[trusted_certificates]]
subject = "CN=sign.a.example"
issuer = "CN=Issuer"
[service_metadata]
description = "Mobile broadband"
locale = "nb-NO"
icon_file = "a.ico"
hwids = ["MBAE:0:opaque", "DOID:MBAE:0:other"]
tethering = "Never"
app = { package = "Aurora.App", publisher = "CN=Aurora", id = "App", event_asset = "old.js" }
privileged = [{ package = "Aurora.Other", publisher = "CN=Aurora" }]
"#;

fn broadgate(words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output();
    output.expect("the binary runs")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_of(output: &Output) -> Value {
    let said = said(output);
    serde_json::from_slice(&output.stdout).expect(&said)
}

fn catalogue(brand: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("a.toml"), brand).expect("written");
    std::fs::write(folder.path().join("a.ico"), b"icon").expect("written");
    folder
}

fn export(folder: &TempDir, guid: &str, at: &str) -> (Output, PathBuf) {
    let out = folder.path().join("out");
    let output = broadgate(&[
        "catalog",
        "export",
        "service-metadata",
        path(folder.path()),
        "--brand",
        "a",
        "--out",
        path(&out),
        "--guid",
        guid,
        "--at",
        at,
    ]);
    (output, out.join(format!("{guid}.devicemetadata-ms")))
}

fn import(folder: &Path, previous: Option<&Path>) -> Output {
    let mut words = vec!["catalog", "import", "service-metadata", path(folder)];
    words.extend(previous.iter().flat_map(|before| ["--previous", path(before)]));
    broadgate(&words)
}

fn codes(output: &Output) -> Vec<String> {
    let found = json_of(output);
    let findings = found["findings"].as_array().expect("findings").iter();
    findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn a_package_is_written_and_read_back() {
    let folder = catalogue(BRAND);
    let (output, package) = export(&folder, GUID, AT);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let made = json_of(&output);
    assert_eq!(made["guid"], GUID);
    let files = made["files"].as_array().expect("files");
    assert!(files.len() == 5, "[MATCH-108] four parts and the icon: {files:?}");
    let output = import(&package, None);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let read = json_of(&output);
    let expected = [
        ("guid", json!(GUID), "[MATCH-108]"),
        ("hwids", json!(["MBAE:0:opaque", "MBAE:0:other"]), "[MATCH-14]"),
        ("last_modified", json!(AT), "[MATCH-109]"),
        ("service_number", json!("00000000-0000-4000-8000-00000000000a"), "[MATCH-109]"),
        ("provider", json!("Aurora"), "[MATCH-113]"),
        ("description", json!("Mobile broadband"), "[MATCH-109]"),
        ("icon", json!("a.ico"), "[MATCH-109]"),
        ("locale", json!("nb-NO"), "[MATCH-112]"),
        ("tethering", json!("Never"), ""),
        (
            "app",
            json!({ "package": "Aurora.App", "publisher": "CN=Aurora", "id": "App",
                    "event_assets": ["old.js"] }),
            "[MATCH-110]",
        ),
        (
            "privileged",
            json!([{ "package": "Aurora.App", "publisher": "CN=Aurora" },
                   { "package": "Aurora.Other", "publisher": "CN=Aurora" }]),
            "[MATCH-110] [MATCH-111] the app is among them",
        ),
        (
            "trusted_certificates",
            json!([{ "subject": "CN=sign.a.example", "issuer": "CN=Issuer" }]),
            "",
        ),
        ("findings", json!([]), ""),
    ];
    for (key, value, row) in expected {
        assert_eq!(read[key], value, "{key} {row}");
    }
    let icon = std::fs::read(package.join("ServiceInformation/a.ico")).expect("an icon");
    assert_eq!(icon, b"icon");
}

#[test]
fn a_package_is_never_overwritten() {
    let folder = catalogue(BRAND);
    let (output, package) = export(&folder, GUID, AT);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let part = package.join("PackageInfo.xml");
    std::fs::write(&part, "mine").expect("written");
    let (output, _) = export(&folder, GUID, AT);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(&part).expect("still there"), b"mine");
}

#[test]
fn a_package_that_cannot_be_used_is_not_written() {
    let nobody = BRAND.replace("hwids = ", "# ").replace("imsi_ranges = ", "# ");
    let nameless = BRAND.replace("carrier_id = ", "# ");
    let several = (0..9).map(|at| format!("{{ package = 'Other.{at}', publisher = 'CN=A' }}"));
    let several: Vec<_> = several.collect();
    let crowd = BRAND.replace(
        "privileged = [{ package = \"Aurora.Other\", publisher = \"CN=Aurora\" }]",
        &format!("privileged = [{}]", several.join(", ")),
    );
    for (row, text) in [
        ("[MATCH-14] nobody's", nobody),
        ("[MATCH-109] no ServiceNumber", nameless),
        ("[MATCH-111] more than eight", crowd),
    ] {
        assert_ne!(text, BRAND, "{row}");
        let folder = catalogue(&text);
        let (output, package) = export(&folder, GUID, AT);
        assert_eq!(output.status.code(), Some(1), "{row} {}", said(&output));
        assert!(!package.exists(), "{row}");
    }
    let folder = catalogue(BRAND);
    let (output, _) = export(&folder, "{not-a-guid}", AT);
    assert_eq!(output.status.code(), Some(1), "[MATCH-108] {}", said(&output));
}

/// Ids of our own scheme where the operator has none of another [MATCH-15].
#[test]
fn without_opaque_ids_those_of_the_ranges_are_written() {
    let folder = catalogue(&BRAND.replace("hwids = ", "# "));
    let (output, package) = export(&folder, GUID, AT);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let hwids = json_of(&import(&package, None))["hwids"].clone();
    let words = ["hwid", "--kind", "gsm-imsi", "001010000000050"];
    let block = broadgate(&words);
    let own = String::from_utf8_lossy(&block.stdout).into_owned();
    let hwids = hwids.as_array().expect("a list");
    assert_eq!(hwids.len(), 1, "[MATCH-12] [MATCH-13] one block, one id: {hwids:?}");
    assert_eq!(hwids[0], own.trim_end(), "[MATCH-15] [MATCH-16] {}", said(&block));
}

#[test]
fn an_update_has_a_new_guid_a_later_date_and_keeps_its_event_assets() {
    let folder = catalogue(BRAND);
    let (_, before) = export(&folder, GUID, AT);
    let same = import(&before, Some(&before));
    assert_eq!(same.status.code(), Some(1));
    assert_eq!(codes(&same), ["same-package-guid", "not-later"], "[MATCH-83] [MATCH-108]");
    let (output, after) = export(&folder, NEXT, "2026-03-02T00:00:00Z");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let next = import(&after, Some(&before));
    assert_eq!((next.status.code(), codes(&next)), (Some(0), vec![]), "[MATCH-83]");
    let other = catalogue(&BRAND.replace("old.js", "new.js"));
    let (_, changed) = export(&other, NEXT, "2026-03-02T00:00:00Z");
    let output = import(&changed, Some(&before));
    assert_eq!(codes(&output), ["event-asset-dropped"], "[MATCH-110] {}", said(&output));
    assert_eq!(output.status.code(), Some(1), "refused [MATCH-110]");
}

#[test]
fn folders_that_are_no_package_are_refused() {
    let folder = catalogue(BRAND);
    let (_, package) = export(&folder, GUID, AT);
    let renamed = folder.path().join("unpacked");
    std::fs::rename(&package, &renamed).expect("renamed");
    assert_eq!(import(&renamed, None).status.code(), Some(1), "[MATCH-108] no GUID");
    let bare = folder.path().join(GUID);
    std::fs::rename(&renamed, &bare).expect("renamed");
    assert_eq!(import(&bare, None).status.code(), Some(0), "[MATCH-108]");
    std::fs::remove_file(bare.join("SoftwareInformation/SoftwareInfo.xml")).expect("removed");
    let output = import(&bare, None);
    assert_eq!(output.status.code(), Some(1), "[MATCH-111]");
    assert!(said(&output).contains("SoftwareInfo.xml is absent"), "{}", said(&output));
}

/// The header and the lines, each a list of columns.
fn lines_of(output: &Output) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let list = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = list(reader.headers().expect("a header"));
    let lines = reader.records().map(|record| list(&record.expect("a line"))).collect();
    (header, lines)
}

fn export_cosa(brand: &str, more: &[&str]) -> Output {
    let folder = catalogue(brand);
    let words = ["catalog", "export", "cosa", path(folder.path()), "--brand", "a"];
    broadgate(&[&words, more].concat())
}

/// A brand whose rows have each form.
const ROWS: &str = r#"id = "a"
name = "Aurora"
network = "gsm"
[portal]
account_experience_url = "https://portal.a.example/"
[match]
iccid_ranges = [["89990130000000000000", "89990130000000009999"]]
imsi_ranges = [["001010000000000", "001019999999999"], ["001020000000000", "001020000000099"]]
[[cosa]]
purpose = "internet"
access_string = "internet.a.example"
friendly_name = "Aurora, everyday"
auth_protocol = "chap"
ip_type = "IPv4v6"
auto_connect_order = 1
[[cosa]]
purpose = "purchase"
access_string = "buy.a.example"
always_on = false
[[cosa]]
purpose = "mms"
access_string = "mms.a.example"
targets = [{ plmn = "00102", spn = "Aurora Two", gid1 = "A1" }]
[[trusted_certificates]]
subject = "CN=sign.a.example"
issuer = "CN=Issuer"
"#;

#[test]
fn a_submission_has_a_line_for_each_target_and_connection() {
    let output = export_cosa(ROWS, &["--country", "Norway"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(said(&output), "", "[PORT-13] [PORT-14] nothing stands against it");
    let (header, lines) = lines_of(&output);
    assert_eq!((header.len(), lines.len()), (38, 7), "[MATCH-100] {lines:?}");
    let of = |columns: [&str; 7]| -> Vec<Vec<&str>> {
        let at = columns.map(|column| header.iter().position(|h| h == column).expect(column));
        lines.iter().map(|line| at.iter().map(|at| line[*at].as_str()).collect()).collect()
    };
    let found =
        of(["MCC", "MNC", "IMSI Range Start", "ICCID Range End", "SPN", "GID1", "AccessString"]);
    let (internet, buy) = ("internet.a.example", "buy.a.example");
    let iccid = "89990130000000009999";
    assert_eq!(
        found,
        [
            ["", "", "", iccid, "", "", internet],
            ["", "", "", iccid, "", "", buy],
            ["001", "01", "", "", "", "", internet],
            ["001", "01", "", "", "", "", buy],
            ["001", "02", "001020000000000", "", "", "", internet],
            ["001", "02", "001020000000000", "", "", "", buy],
            ["001", "02", "", "", "Aurora Two", "A1", "mms.a.example"],
        ],
        "[MATCH-97] one target a line"
    );
    let found = of([
        "Country/Region",
        "Operator",
        "AlwaysOn",
        "PurposeGroups",
        "AccountExperienceURL",
        "CertificateIssuer",
        "CertificateSubject",
    ]);
    let portal = "https://portal.a.example/";
    let guid = "3E5545D2-1137-4DC8-A198-33F1C657515F";
    let signer = ["CN=Issuer", "CN=sign.a.example"];
    let expected = ["Norway", "Aurora", "true", guid, portal, signer[0], signer[1]];
    assert_eq!(found[0], expected, "[MATCH-100] [PORT-16]");
    let expected = ["Norway", "Aurora", "false", "purchase", portal, signer[0], signer[1]];
    assert_eq!(found[1], expected, "[MATCH-100]");
}

#[test]
fn what_keeps_the_portal_closed_is_said() {
    let portal = "account_experience_url = \"https://portal.a.example/\"";
    let head = ROWS.split("[[cosa]]").next().expect("a head");
    let keys = tempfile::tempdir().expect("folder");
    server::keys::DemoChain::load_or_make(keys.path(), domain::Timestamp::now()).expect("a chain");
    let chain = keys.path().join("chain.pem");
    let signed = ["--country", "Norway", "--cert", path(&chain)];
    let unsigned = ["--country", "Norway"];
    let bare = ROWS.split("[[trusted").next().expect("rows");
    for (row, text, more, code, expected) in [
        ("[PORT-13]", head.to_owned(), &signed[..], 1, "[PORT-13]"),
        ("[PORT-14]", bare.replace(portal, ""), &signed[..], 0, "[PORT-14]"),
        (
            "[PORT-15]",
            bare.replace(portal, &format!("{portal}\napp_id = 'P!A'")),
            &signed[..],
            0,
            "[PORT-15]",
        ),
        ("[PORT-16] none", bare.to_owned(), &unsigned[..], 0, "[PORT-16]"),
        ("[PORT-16] another", ROWS.to_owned(), &signed[..], 1, "[PORT-16]"),
        ("[PORT-16] this one", bare.to_owned(), &signed[..], 0, ""),
        (
            "[PORT-17]",
            ROWS.replace("example/\"", "example/?a=1\""),
            &signed[..],
            1,
            "must have no query",
        ),
        ("[MATCH-97]", bare.replace("plmn = \"00102\", ", ""), &signed[..], 1, "[MATCH-97]"),
    ] {
        let output = export_cosa(&text, more);
        assert_eq!(output.status.code(), Some(code), "{row} {}", said(&output));
        assert!(said(&output).contains(expected), "{row} {}", said(&output));
        assert_eq!(said(&output).is_empty(), expected.is_empty(), "{row} {}", said(&output));
    }
}

fn import_cosa(csv: &str) -> (Output, TempDir) {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("cosa.csv");
    std::fs::write(&file, csv).expect("written");
    let out = folder.path().join("out");
    (broadgate(&["catalog", "import", "cosa", path(&file), "--out", path(&out)]), folder)
}

#[test]
fn a_submission_is_read_back_with_its_ranges_and_access_points() {
    let first = export_cosa(ROWS, &["--country", "Norway"]);
    let csv = String::from_utf8(first.stdout.clone()).expect("UTF-8");
    let (output, folder) = import_cosa(&csv);
    assert_eq!(output.status.code(), Some(0), "{} {}", said(&output), json_of(&output));
    let summary = json_of(&output);
    assert_eq!(summary["files"], json!(["norway-aurora.toml"]));
    assert_eq!((&summary["lines"], &summary["notes"]), (&json!(7), &json!([])));
    let out = folder.path().join("out");
    let lint = json_of(&broadgate(&["catalog", "lint", path(&out)]));
    assert_eq!(lint["errors"], json!([]), "{lint:#}");
    let words = ["catalog", "export", "cosa", path(&out), "--brand", "norway-aurora"];
    let second = broadgate(&[&words[..], &["--country", "Norway"]].concat());
    assert_eq!(second.status.code(), Some(0), "{}", said(&second));
    let sorted = |output: &Output| {
        let (header, mut lines) = lines_of(output);
        lines.sort();
        (header, lines)
    };
    assert_eq!(sorted(&second), sorted(&first), "[MATCH-96] [MATCH-97] [MATCH-100] [MATCH-101]");
    let matched = |key: &str, number: &str| {
        json_of(&broadgate(&["match", "--catalog", path(&out), key, number]))["brand"].clone()
    };
    assert_eq!(matched("--imsi", "001019999999999"), "norway-aurora", "[MATCH-22]");
    assert_eq!(matched("--imsi", "001020000000099"), "norway-aurora");
    assert_eq!(matched("--imsi", "001020000000100"), Value::Null, "the next block");
    assert_eq!(matched("--iccid", "89990130000000009999"), "norway-aurora");
}

const HEADER: &str = "updatetype,Country/Region,OPERATOR,MCC,MNC,IMSI Range Start,IMSI Range End,\
                      AccessString,UserName,Password,PurposeGroups,AccountExperienceURL\n";

/// The errors as `line column message`.
fn errors_of(output: &Output) -> Vec<String> {
    let summary = json_of(output);
    let errors = summary["errors"].as_array().expect("errors").iter();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or("-").to_owned();
    let found =
        errors.map(|e| format!("{} {}: {}", e["line"], text(e, "column"), text(e, "message")));
    found.collect()
}

#[test]
fn a_range_in_the_midst_of_a_block_says_who_would_be_in_it() {
    let rows = |end: &str, start: &str| {
        format!(
            "{HEADER}Add,N,Bris,001,01,001010000000000,{end},a,,,,\n\
             Add,N,Fjell,001,01,{start},001010000000999,b,,,,\n"
        )
    };
    let (output, folder) = import_cosa(&rows("001010000000149", "001010000000150"));
    assert_eq!(output.status.code(), Some(1), "[MATCH-72] [MATCH-73]");
    let errors = errors_of(&output);
    assert_eq!(errors.len(), 2, "{errors:?}");
    let starts = [
        "2 IMSI Range End: the block 0010100000001xx would hold two brands, Bris and Fjell (line 3)",
        "3 IMSI Range Start: the block 0010100000001xx would hold two brands, Fjell and Bris (line 2)",
    ];
    for (error, start) in errors.iter().zip(starts) {
        assert!(error.starts_with(start), "[MATCH-13] {error}");
    }
    assert!(!folder.path().join("out").exists(), "nothing is rounded or written");
    let (output, _) = import_cosa(&rows("001010000000149", "001010000000200"));
    let errors = errors_of(&output);
    assert_eq!(errors.len(), 1, "[MATCH-13] {errors:?}");
    assert!(errors[0].contains("nobody") && errors[0].contains("00101000000019"), "{errors:?}");
    let (output, _) = import_cosa(&rows("001010000000199", "001010000000200"));
    assert_eq!((output.status.code(), errors_of(&output)), (Some(0), vec![]), "[MATCH-13]");
}

#[test]
fn every_wrong_line_is_told_with_its_column() {
    for (row, expected) in [
        ("Add,N,,001,01,,,a,,,,", "2 Operator"),
        ("Add,N,B,001,01,,,,,,,", "2 AccessString"),
        ("Replace,N,B,001,01,,,a,,,,", "2 UpdateType"),
        ("Add,N,B,1,01,,,a,,,,", "2 MCC"),
        ("Add,N,B,001,1,,,a,,,,", "2 MNC"),
        ("Add,N,B,,,,,a,,,,", "2 -: the target has no network"),
        ("Add,N,B,001,01,001010000000000,,a,,,,", "2 IMSI Range End"),
        ("Add,N,B,001,01,1.01E+12,1.01E+12,a,,,,", "2 IMSI Range Start"),
        ("Add,N,B,001,02,001010000000000,001010000000099,a,,,,", "2 -: the target has an IMSI"),
        ("Add,N,B,001,01,,,a,,,nonsense,", "2 PurposeGroups"),
        ("Add,N,B,001,01,,,a,,,,http://x.example/", "2 AccountExperienceURL"),
    ] {
        let (output, _) = import_cosa(&format!("{HEADER}{row}\n"));
        let errors = errors_of(&output);
        assert_eq!((output.status.code(), errors.len()), (Some(1), 1), "{row} {errors:?}");
        assert!(errors[0].starts_with(expected), "[MATCH-100] {row} {errors:?}");
    }
    let (output, _) = import_cosa("Operator\nB\n");
    assert_eq!(errors_of(&output).len(), 2, "columns that are required");
}

#[test]
fn deleted_lines_are_left_out_and_passwords_have_files() {
    let csv = format!(
        "{HEADER}Delete,N,Bris,001,01,,,old,,,,\nKeep,N,Bris,001,01,,,kept,u,p,,\n\
         Change,N,Fjell,001,01,001010000000000,001010000000099,fjell,,,\"Internet,MMS\",\n"
    );
    let (output, folder) = import_cosa(&csv);
    assert_eq!(output.status.code(), Some(0), "{:?}", errors_of(&output));
    let summary = json_of(&output);
    assert_eq!(summary["deleted"], 1);
    let notes = summary["notes"].as_array().expect("notes");
    assert_eq!(notes[0]["line"], 2, "{notes:?}");
    let claim = notes[1]["message"].as_str().expect("a message");
    assert!(claim.contains("Bris") && claim.contains("Fjell"), "[MATCH-23] {claim}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join("out").join(name));
    let bris = read("n-bris.toml").expect("a file");
    assert!(bris.contains("kept") && !bris.contains("old"), "{bris}");
    assert!(bris.contains("imsi_ranges = []"), "[MATCH-23] claimed twice {bris}");
    assert_eq!(read("n-bris-1.password").expect("a file"), "p");
    assert_eq!(read("n-fjell.toml").expect("a file").matches("[[cosa]]").count(), 2);
    let out = folder.path().join("out");
    let lint = json_of(&broadgate(&["catalog", "lint", path(&out)]));
    assert_eq!(lint["errors"], json!([]), "{lint:#}");
}

#[test]
fn ranges_of_one_operator_that_overlap_are_kept_and_told() {
    let row = |start: &str, end: &str| format!("Add,N,B,001,01,{start},{end},a,,,,\n");
    let (inside, across) = ("001010000000100", "001010000000299");
    let csv = |start, end| {
        format!("{HEADER}{}{}", row("001010000000000", "001010000000199"), row(start, end))
    };
    let (output, folder) = import_cosa(&csv(inside, across));
    assert_eq!(output.status.code(), Some(0), "{:?}", errors_of(&output));
    let notes = json_of(&output)["notes"].clone();
    assert_eq!(notes[0]["line"], 3, "[MATCH-23] {notes}");
    let text = std::fs::read_to_string(folder.path().join("out/n-b.toml")).expect("a file");
    assert_eq!(text.matches(across).count(), 2, "in [match] and in targets: {text}");
    let (output, _) = import_cosa(&csv(inside, "001010000000199"));
    assert_eq!(json_of(&output)["notes"], json!([]), "one holds the other");
}

/// Columns of the SIM itself, of which the lines of a target have one value.
const SIM_COLUMNS: [&str; 10] = [
    "BrandingName",
    "BrandingIcon",
    "UseBrandingNameOnRoaming",
    "Hotspot",
    "UIName",
    "UIOrder",
    "Roaming",
    "SupportDataMarketplace",
    "DataMarketplaceRoamingUIEnabled",
    "EnableAutoSlotSwitch",
];

fn sim_csv(lines: &[&str]) -> String {
    let columns = SIM_COLUMNS.join(",");
    let rows = lines.iter().map(|line| format!("Add,N,Bris,001,{line}\n"));
    format!(
        "UpdateType,Country/Region,Operator,MCC,MNC,AccessString,PurposeGroups,{columns}\n{}",
        rows.collect::<String>()
    )
}

#[test]
fn settings_of_a_sim_are_kept_count_and_go_out_again() {
    let whole = "Bris Mobil,bris.ico,1,EntitlementCheckRequired,\"Bris, list\",4,2,true,0,true";
    let csv = sim_csv(&[
        &format!("01,internet,Internet,{whole}"),
        "01,mms,MMS,,,,,,,,,,",
        "02,internet,Internet,,,0,always,,,1,,,",
    ]);
    let (output, folder) = import_cosa(&csv);
    let summary = json_of(&output);
    assert_eq!(output.status.code(), Some(0), "{summary:#}");
    assert_eq!(summary["notes"], json!([]), "[MATCH-100] nothing is left out");
    let out = folder.path().join("out");
    let lint = json_of(&broadgate(&["catalog", "lint", path(&out)]));
    assert_eq!(lint["errors"], json!([]), "{lint:#}");
    assert!(lint.to_string().contains("bris.ico"), "its icon is not there yet: {lint:#}");
    let words = ["catalog", "export", "cosa", path(&out), "--brand", "n-bris", "--country", "N"];
    let (header, lines) = lines_of(&broadgate(&words));
    let of = |line: &Vec<String>| {
        let at = |column: &&str| header.iter().position(|h| h == column).expect("a column");
        SIM_COLUMNS.iter().map(|column| line[at(column)].clone()).collect::<Vec<_>>()
    };
    let first = [
        "Bris Mobil",
        "bris.ico",
        "1",
        "EntitlementCheckRequired",
        "Bris, list",
        "4",
        "2",
        "true",
        "0",
        "true",
    ];
    let other = ["Bris", "", "0", "Always", "", "", "1", "", "", ""];
    let found: Vec<Vec<String>> = lines.iter().map(of).collect();
    // The lines of a target are one profile, which has one block of settings.
    assert_eq!(found, [first, first, other], "[MATCH-96] [MATCH-100]");
}

#[test]
fn wrong_settings_of_a_sim_are_told_with_line_and_column() {
    for (lines, expected) in [
        (&["01,a,,,a.png,,,,,,,,"][..], "2 BrandingIcon: needs a file that ends in .ico"),
        (&["01,a,,,,3,,,,,,,"], "2 UseBrandingNameOnRoaming: needs one of 0, 1, 2"),
        (&["01,a,,,,,Sometimes,,,,,,"], "2 Hotspot: needs one of never, always"),
        (&["01,a,,,,,,,-1,,,,"], "2 UIOrder: needs a number from 0"),
        (&["01,a,,,,,,,,6,,,"], "2 Roaming: needs one of 0, 1, 2, 3, 4, 5"),
        (&["01,a,,,,,,,,,yes,,"], "2 SupportDataMarketplace: needs one of true, false"),
        (&["01,a,,,,,,A  B,,,,,"], "2 UIName: has several blanks"),
        (&["01,a,,,,,,,,1,,,", "01,b,MMS,,,,,,,0,,,"], "3 Roaming: differs from line 2"),
        (&["01,a,,A,,,,,,,,,", "01,b,MMS,a,,,,,,,,,"], "3 BrandingName: differs from line 2"),
    ] {
        let (output, _) = import_cosa(&sim_csv(lines));
        let errors = errors_of(&output);
        assert_eq!((output.status.code(), errors.len()), (Some(1), 1), "{lines:?} {errors:?}");
        assert!(errors[0].starts_with(expected), "[MATCH-96] [MATCH-100] {errors:?}");
    }
    let fine = ["01,a,,,,,,,,1,,,", "02,b,,,,,,,,0,,,", "01,c,MMS,,,,NEVER,,,,,,"];
    let (output, _) = import_cosa(&sim_csv(&fine));
    assert_eq!(output.status.code(), Some(0), "{:?}", errors_of(&output));
}
