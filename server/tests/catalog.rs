//! `broadgate catalog`: what its commands find, write and refuse.
//!
//! Not here: whose SIM it is (`tests/matching.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A brand that lacks nothing.
const WHOLE: &str = r#"id = "a"
name = "Aurora"
carrier_id = "{00000000-0000-4000-8000-00000000000a}"
network = "both"
currency = "EUR"
[match]
home_provider_names = ["Aurora"]
imsi_ranges = [["001010000000000", "001010000000099"]]
[[cosa]]
purpose = "internet"
access_string = "internet.a.example"
[[cosa]]
purpose = "purchase"
access_string = "buy.a.example"
[portal]
account_experience_url = "https://portal.a.example/"
[[plans]]
id = "day"
name = "A day"
price_minor = 490
type = "Fixed"
data_limit_mb = 1000
duration = "P1D"
"#;

fn broadgate(words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output();
    output.expect("the binary runs")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn json_of(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).expect(&said)
}

fn catalogue(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Brand and code of each error and warning, sorted.
fn lint(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let folder = catalogue(files);
    let output = broadgate(&["catalog", "lint", path(folder.path())]);
    let findings = json_of(&output);
    let list = |key: &str| {
        let found = findings[key].as_array().expect("a list").iter().map(|finding| {
            let file = finding["file"].as_str().expect("a file");
            assert!(Path::new(file).starts_with(folder.path()), "{finding}");
            assert!(finding["message"].as_str().is_some_and(|m| !m.is_empty()), "{finding}");
            let brand = finding["brand"].as_str().unwrap_or("?");
            format!("{brand} {}", finding["code"].as_str().expect("a code"))
        });
        let mut found: Vec<_> = found.collect();
        found.sort();
        found
    };
    let (errors, warnings) = (list("errors"), list("warnings"));
    assert_eq!(output.status.code(), Some(i32::from(!errors.is_empty())), "{findings:#}");
    (errors, warnings)
}

/// A brand that says no more than whose SIMs are its own.
fn only_match(id: &str, network: &str, lists: &str) -> String {
    format!("id = {id:?}\nnetwork = {network:?}\n[match]\n{lists}\n")
}

#[test]
fn a_brand_that_lacks_nothing_has_no_findings() {
    assert_eq!(lint(&[("a.toml", WHOLE)]), (vec![], vec![]));
}

#[test]
fn conflicts_of_targets_are_errors() {
    let imsis = |start: &str, end: &str| format!("imsi_ranges = [[{start:?}, {end:?}]]");
    let bris = only_match("bris", "gsm", "home_provider_names = ['Bris']");
    for (row, lists, network, code) in [
        ("[MATCH-72]", imsis("001010000000001", "001010000000099"), "gsm", "granularity"),
        ("[MATCH-73]", imsis("001010000000000", "001010000000098"), "gsm", "granularity"),
        ("[MATCH-74]", "home_provider_names = ['Bris']".to_owned(), "gsm", "duplicate"),
        ("[MATCH-24]", imsis("001010000000100", "001010000000099"), "gsm", "range"),
        ("[MATCH-24]", imsis("00101000000000", "00101000000099"), "gsm", "range"),
        ("[MATCH-24]", "imsi_ranges = [['00101000000000x', '1']]".to_owned(), "gsm", "value"),
    ] {
        let text = only_match("a", network, &lists);
        let (errors, _) = lint(&[("0.toml", &bris), ("a.toml", &text)]);
        assert_eq!(errors, [format!("a {code}")], "{row} {lists}");
    }
    // [MATCH-23]: each kind of target, and the nearest that is no overlap.
    for (first, second, network, expected) in [
        (
            imsis("001010000000000", "001010000000199"),
            imsis("001010000000100", "001010000000299"),
            "gsm",
            Some("overlap"),
        ),
        (
            imsis("001010000000000", "001010000000099"),
            imsis("001010000000100", "001010000000199"),
            "gsm",
            None,
        ),
        ("sids = [4101]".to_owned(), "sids = [4101]".to_owned(), "cdma", Some("duplicate")),
        (
            "provider_names = ['X']".to_owned(),
            "provider_names = ['X']".to_owned(),
            "cdma",
            Some("duplicate"),
        ),
        ("sids = [4101]".to_owned(), "sids = [4102]".to_owned(), "cdma", None),
    ] {
        let (a, b) = (only_match("a", network, &first), only_match("b", network, &second));
        let (errors, _) = lint(&[("a.toml", &a), ("b.toml", &b)]);
        let expected: Vec<_> = expected.iter().map(|code| format!("b {code}")).collect();
        assert_eq!(errors, expected, "[MATCH-23] {first} {second}");
    }
}

#[test]
fn an_overlap_names_both_brands() {
    let lists = "imsi_ranges = [['001010000000000', '001010000000099']]";
    let (a, b) = (only_match("fjell", "gsm", lists), only_match("bris", "gsm", lists));
    let folder = catalogue(&[("a.toml", &a), ("b.toml", &b)]);
    let findings = json_of(&broadgate(&["catalog", "lint", path(folder.path())]));
    let message = findings["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("fjell") && message.contains("bris"), "[MATCH-23] {message}");
    let refused = broadgate(&["match", "--catalog", path(folder.path())]);
    assert_eq!(refused.status.code(), Some(1), "[MATCH-23] nothing is matched with it");
}

#[test]
fn names_that_differ_by_case_alone_are_a_warning() {
    let a = only_match("a", "gsm", "home_provider_names = ['Bris']");
    let b = only_match("b", "gsm", "home_provider_names = ['bris']");
    let (errors, warnings) = lint(&[("a.toml", &a), ("b.toml", &b)]);
    assert_eq!(errors, Vec::<String>::new(), "[MATCH-75]");
    assert!(warnings.contains(&"b near_names".to_owned()), "[MATCH-75] {warnings:?}");
    let folder = catalogue(&[("a.toml", &a), ("b.toml", &b)]);
    let matched = |name: &str| {
        let words = ["match", "--catalog", path(folder.path()), "--home-provider", name];
        let output = broadgate(&words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("by case only"), "[MATCH-75] {said}");
        json_of(&output)["brand"].clone()
    };
    assert_eq!((matched("Bris"), matched("bris")), (json!("a"), json!("b")), "[MATCH-75]");
}

/// CO-5
#[test]
fn a_brand_known_by_name_behind_the_sids_of_another_is_a_warning() {
    let named = only_match("b", "cdma", "provider_names = ['BrisCDMA']");
    let with_sid = only_match("a", "cdma", "sids = [4103]");
    let is_warned =
        |files: &[(&str, &str)]| lint(files).1.contains(&"b name_behind_sids".to_owned());
    assert!(is_warned(&[("a.toml", &with_sid), ("b.toml", &named)]), "CO-5");
    assert!(!is_warned(&[("b.toml", &named)]), "CO-5: alone it is found");
    let both = only_match("b", "cdma", "provider_names = ['BrisCDMA']\nsids = [4104]");
    assert!(!is_warned(&[("a.toml", &with_sid), ("b.toml", &both)]), "CO-5: it has its own");
}

#[test]
fn what_is_missing_to_sell_is_a_warning_until_something_is_sold() {
    let none = only_match("a", "gsm", "home_provider_names = ['A']");
    let (errors, warnings) = lint(&[("a.toml", &none)]);
    assert_eq!(errors, Vec::<String>::new());
    let expected = [
        "a missing",
        "a missing",
        "a missing",
        "a no_internet_profile",
        "a no_plans",
        "a no_purchase_profile",
    ];
    assert_eq!(warnings, expected);
    let without = |purpose: &str| WHOLE.replace(&format!("{purpose:?}"), "\"mms\"");
    let (errors, _) = lint(&[("a.toml", &without("internet"))]);
    assert_eq!(errors, ["a unreachable_plans"], "no profile reaches the plan");
    let found = lint(&[("a.toml", &without("purchase"))]);
    assert_eq!(found, (vec![], vec!["a no_purchase_profile".to_owned()]));
    let (_, warnings) = lint(&[("a.toml", &WHOLE.replace("[[plans]]", "[[hotspots]]"))]);
    assert!(!warnings.contains(&"a no_internet_profile".to_owned()), "{warnings:?}");
}

/// A catalogue that only matches is refused where something should be sold.
#[test]
fn a_catalogue_without_anything_to_sell_is_not_served() {
    let none = only_match("a", "gsm", "home_provider_names = ['A']");
    let folder = catalogue(&[("a.toml", &none)]);
    let config = folder.path().join("broadgate.conf");
    std::fs::write(&config, "catalog = \".\"\n").expect("written");
    let output = broadgate(&["config", "check", "--config", path(&config)]);
    assert_eq!(output.status.code(), Some(1));
    let findings = json_of(&output);
    let errors = findings["errors"].as_array().expect("errors").iter();
    let mut keys: Vec<_> = errors.filter_map(|error| error["key"].as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["carrier_id", "cosa", "currency", "name", "plans"]);
}

#[test]
fn the_portal_needs_its_url_an_apn_and_no_app() {
    let url = |text: &str| WHOLE.replace("https://portal.a.example/", text);
    for (row, text, errors, warnings) in [
        ("[PORT-17] https", url("http://portal.a.example/"), vec!["a portal_url"], vec![]),
        ("[PORT-17] query", url("https://portal.a.example/?a=1"), vec!["a portal_url"], vec![]),
        ("[PORT-17] fragment", url("https://portal.a.example/#a"), vec!["a portal_url"], vec![]),
        ("[PORT-17] port", url("https://portal.a.example:8443/"), vec!["a portal_url"], vec![]),
        ("[PORT-17] port 443", url("https://portal.a.example:443/"), vec![], vec![]),
        (
            "[PORT-15]",
            WHOLE.replace("[portal]", "[portal]\napp_id = 'Pfn!App'"),
            vec![],
            vec!["a portal_hidden"],
        ),
        (
            "[PORT-14]",
            WHOLE.replace("account_experience_url = \"https://portal.a.example/\"", ""),
            vec![],
            vec!["a no_portal"],
        ),
    ] {
        let (found, warned) = lint(&[("a.toml", &text)]);
        assert_eq!(found, errors, "{row}");
        // A file with an error is judged by that error first.
        assert!(!errors.is_empty() || warned == warnings, "{row} {warned:?}");
    }
    let (head, tail) = WHOLE.split_once("[[cosa]]").expect("rows");
    let (_, tail) = tail.split_once("[portal]").expect("portal");
    let text = format!("{head}[portal]{tail}");
    let (errors, warnings) = lint(&[("a.toml", &text)]);
    assert_eq!(errors, ["a unreachable_plans"]);
    assert!(warnings.contains(&"a no_apn".to_owned()), "[PORT-13] {warnings:?}");
}

#[test]
fn the_certificate_registered_is_the_one_that_signs() {
    let keys = tempfile::tempdir().expect("folder");
    server::keys::DemoChain::load_or_make(keys.path(), domain::Timestamp::now()).expect("a chain");
    let check = broadgate(&["cert", "check", "--cert", path(&keys.path().join("chain.pem"))]);
    let leaf = json_of(&check);
    let folder = keys.path().display();
    let config = format!(
        "catalog = \".\"\n[signing.main]\ncertificate_file = \"{folder}/chain.pem\"\n\
         key_file = \"{folder}/leaf.key.pem\"\n"
    );
    let text = WHOLE.replace("[match]", "signing = \"main\"\n[match]");
    let warnings = |text: &str| {
        let folder = catalogue(&[("a.toml", text), ("broadgate.conf", &config)]);
        let file = folder.path().join("broadgate.conf");
        let words = ["catalog", "lint", path(folder.path()), "--config", path(&file)];
        let findings = json_of(&broadgate(&words));
        let warnings = findings["warnings"].as_array().expect("warnings").clone();
        warnings.iter().map(|w| w["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(warnings(&text), ["certificate_data"], "[PORT-16]");
    let (subject, issuer) = (&leaf["subject"], &leaf["issuer"]);
    let own = format!("{text}[[trusted_certificates]]\nsubject = {subject}\nissuer = {issuer}\n");
    assert_eq!(warnings(&own), Vec::<String>::new(), "[PORT-16]");
    let other = own.replace("subject = \"CN=", "subject = \"CN=x");
    assert_ne!(other, own);
    assert_eq!(warnings(&other), ["certificate_data"], "[PORT-16]");
}

#[test]
fn hashes_have_a_limit_and_say_that_they_are_hashes() {
    let lists = |end: &str| format!("imsi_ranges = [[\"001010000000000\", \"{end}\"]]");
    let text = |end| format!("hash_only = true\n{}", only_match("a", "gsm", &lists(end)));
    let (errors, warnings) = lint(&[("a.toml", &text("001010099999999"))]);
    assert_eq!(errors, Vec::<String>::new(), "[MATCH-17] a million blocks");
    assert!(warnings.contains(&"a hash_only".to_owned()), "{warnings:?}");
    let (errors, _) = lint(&[("a.toml", &text("001010100000099"))]);
    assert_eq!(errors, ["a hash_blocks"], "[MATCH-17] a million and one");
    let opaque = "id = 'a'\nnetwork = 'gsm'\ncarrier_id = '{00000000-0000-4000-8000-00000000000a}'\n\
                  [service_metadata]\nprovider = 'A'\nhwids = ['MBAE:0:abc']\n";
    let (errors, warnings) = lint(&[("a.toml", opaque)]);
    assert_eq!(errors, Vec::<String>::new());
    assert!(warnings.contains(&"a hwid_only".to_owned()), "{warnings:?}");
    assert!(warnings.contains(&"a no_targets".to_owned()), "{warnings:?}");
}

#[test]
fn files_that_cannot_be_used_are_told_with_line_and_key() {
    let folder = catalogue(&[("a.toml", "id = 'a'\nnetwork = 'lte'\nx = 1\n"), ("b.toml", "=")]);
    let output = broadgate(&["catalog", "lint", path(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    let findings = json_of(&output);
    let errors = findings["errors"].as_array().expect("errors");
    let codes: Vec<_> = errors.iter().map(|error| error["code"].as_str()).collect();
    assert_eq!(codes[..3], [Some("value"), Some("unknown_key"), Some("file")]);
    assert!(codes[3..].iter().all(|code| *code == Some("file")), "of the file that is no TOML");
    let message = errors[0]["message"].as_str().expect("a message");
    assert_eq!(message, "line 2, network: needs one of gsm, cdma, both");
    let none = folder.path().join("none");
    let output = broadgate(&["catalog", "lint", path(&none)]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json_of(&output)["errors"][0]["code"], "file");
}

#[test]
fn rows_of_the_database_have_one_of_four_forms_and_one_order() {
    let with = |row: &str| WHOLE.replacen("purpose = \"internet\"", row, 1);
    let target = |target: &str| with(&format!("purpose = \"internet\"\ntargets = [{target}]"));
    for (row, text, errors) in [
        ("network", target("{ plmn = '00101' }"), vec![]),
        ("name", target("{ plmn = '00101', spn = 'Aurora', gid1 = 'A1' }"), vec![]),
        (
            "range of another network",
            target("{ plmn = '00102', imsi = ['001010000000000', '001010000000099'] }"),
            vec!["a cosa_target"],
        ),
        ("no network", target("{ spn = 'Aurora' }"), vec!["a cosa_target"]),
        (
            "name and range",
            target("{ plmn = '00101', spn = 'A', imsi = ['001010000000000', '001010000000099'] }"),
            vec!["a cosa_target"],
        ),
    ] {
        assert_eq!(lint(&[("a.toml", &text)]).0, errors, "[MATCH-97] {row}");
    }
    let order =
        |order: &str| with(&format!("purpose = \"internet\"\nauto_connect_order = {order}"));
    assert_eq!(lint(&[("a.toml", &order("1"))]).1, Vec::<String>::new(), "[MATCH-102]");
    assert_eq!(lint(&[("a.toml", &order("2"))]).1, ["a cosa_profile"], "[MATCH-102]");
}

/// Where the Debian package puts the database.
const PROVIDERS: &str = "/usr/share/mobile-broadband-provider-info/serviceproviders.xml";

#[test]
fn the_whole_public_database_becomes_a_catalogue_without_conflicts() {
    let Ok(text) = std::fs::read_to_string(PROVIDERS) else {
        let promised = std::env::var_os("BROADGATE_TOOLS").is_some();
        assert!(!promised, "{PROVIDERS} is absent although the set-up installs it");
        // Written past the harness, which would keep it from view.
        writeln!(std::io::stdout(), "skipped: {PROVIDERS} is absent").expect("an open output");
        return;
    };
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("catalogue");
    let words = ["catalog", "import", "gnome", PROVIDERS, "--out", path(&out)];
    let output = broadgate(&words);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let summary = json_of(&output);
    let (first, rest) = text.split_once("<!--").expect("a comment");
    let kept = rest.split("<!--").filter_map(|piece| Some(piece.split_once("-->")?.1));
    let text: String = std::iter::once(first).chain(kept).collect();
    let tags = |tag: &str| text.matches(tag).count();
    assert_eq!(summary["countries"], tags("<country "));
    assert_eq!(summary["providers"], tags("<provider>") + tags("<provider "));
    assert_eq!(summary["apns"], tags("<apn "));
    let with_apns = text.split("<provider").skip(1).filter(|p| p.contains("<apn ")).count();
    assert_eq!(summary["brands"], with_apns);
    let files = std::fs::read_dir(&out).expect("a folder").map(|entry| entry.expect("a file"));
    let files: Vec<_> = files.map(|file| file.path()).collect();
    let brands = files.iter().filter(|f| f.extension().is_some_and(|e| e == "toml")).count();
    assert_eq!(brands, with_apns, "a file each");
    // Each access point is a row of some file.
    let read = |file: &std::path::PathBuf| std::fs::read_to_string(file).expect("UTF-8");
    let rows: usize = files.iter().map(|file| read(file).matches("[[cosa]]").count()).sum();
    assert_eq!(rows, tags("<apn "));
    let conflicts = summary["conflicts"].as_array().expect("conflicts");
    assert!(conflicts.iter().all(|c| c["claims"].as_array().is_some_and(|c| c.len() > 1)));
    let mut claims: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (at, provider) in text.split("<provider").enumerate().skip(1) {
        for network in provider.split("<network-id ").skip(1) {
            let mut quoted = network.split('"');
            let plmn = [quoted.nth(1), quoted.nth(1)].map(|code| code.expect("a code"));
            claims.entry(plmn.concat()).or_default().insert(at);
        }
    }
    assert_eq!(summary["networks"], claims.len(), "each once");
    let listed = |plmn: &str| conflicts.iter().any(|conflict| conflict["value"] == plmn);
    for (plmn, _) in claims.iter().filter(|(_, providers)| providers.len() > 1) {
        assert!(listed(plmn), "[MATCH-23] {plmn} is claimed twice");
    }
    let findings = json_of(&broadgate(&["catalog", "lint", path(&out)]));
    assert_eq!(findings["errors"], json!([]), "what is claimed twice is written for nobody");
    assert_eq!(broadgate(&words).status.code(), Some(1), "files are never overwritten");
}

#[test]
fn networks_that_two_providers_claim_are_listed_and_not_written() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("providers.xml");
    let provider = |name: &str, networks: &str, apn: &str| {
        format!("<provider><name>{name}</name><gsm>{networks}{apn}</gsm></provider>")
    };
    let apn = "<apn value=\"web\"><usage type=\"internet\"/><username>u</username>\
               <password>p</password></apn>";
    let id = |mnc: &str| format!("<network-id mcc=\"001\" mnc=\"{mnc}\"/>");
    let providers = [
        provider("Fjell Mobil", &(id("01") + &id("02")), apn),
        provider("Aurora", &id("01"), apn),
        // Its IMSIs begin like those of 001 02.
        provider("Bris", &id("025"), apn),
        provider("Own", &id("03"), apn),
        provider("Own", &id("04"), ""),
    ];
    let text = format!(
        "<serviceproviders format=\"2.0\"><country code=\"no\"><name>Norway</name>{}</country>\
         </serviceproviders>",
        providers.concat()
    );
    std::fs::write(&file, text).expect("written");
    let out = folder.path().join("out");
    let output = broadgate(&["catalog", "import", "gnome", path(&file), "--out", path(&out)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let summary = json_of(&output);
    let conflicts = summary["conflicts"].as_array().expect("conflicts").iter();
    let conflicts: Vec<_> = conflicts
        .map(|conflict| {
            let claims = conflict["claims"].as_array().expect("claims").iter();
            let claims: Vec<_> = claims.map(|c| c["provider"].as_str().expect("a name")).collect();
            (conflict["value"].as_str().expect("a number"), claims)
        })
        .collect();
    let expected = [
        ("00101", vec!["Fjell Mobil", "Aurora"]),
        ("00102", vec!["Fjell Mobil", "Bris"]),
        ("001025", vec!["Fjell Mobil", "Bris"]),
    ];
    assert_eq!(conflicts, expected, "[MATCH-22] [MATCH-23]");
    assert_eq!((&summary["brands"], &summary["without_apns"]), (&json!(4), &json!(1)));
    let matched = |imsi: &str| {
        let output = broadgate(&["match", "--catalog", path(&out), "--imsi", imsi]);
        json_of(&output)["brand"].clone()
    };
    assert_eq!(matched("001039999999999"), json!("no-own"), "[MATCH-22]");
    assert_eq!(matched("001010000000000"), Value::Null, "claimed twice");
}
