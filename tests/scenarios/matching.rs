//! Matching as it is served: packages by identity, affiliation, settings, a new catalogue.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use api::matching::{AffiliationAnswer, MetadataPackage, SettingsAnswer};
use api::paths::{AFFILIATION, METADATA, SETTINGS};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Sent, Visitor};
use serde_json::{Value, json};
use server::http::metadata::{AFFILIATION_TAKES, AFFILIATIONS_OF_CLIENT};

use super::admin::operator;

const AURORA_ICCID: &str = "89990132000000000002";
const AURORA_BLOCK: &str = "899901320000000000";
const FJELL_BLOCK: &str = "0010122000000";

fn iccid_block(block: &str) -> Value {
    json!({ "identities": [{ "kind": "gsm-iccid", "block": block }] })
}

async fn package(visitor: &Visitor, asked: &Value) -> Option<MetadataPackage> {
    let sent = visitor.send(METADATA, asked, None).await.expect("an answer");
    match sent.status {
        204 => None,
        _ => Some(serde_json::from_str(&sent.text).expect("a package")),
    }
}

/// [MATCH-12], [MATCH-17], [MATCH-18], [MATCH-57], [MATCH-80], [MATCH-108]
#[tokio::test]
async fn a_client_gets_the_package_of_what_it_truncated_itself() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let imsi = json!({ "kind": "gsm-imsi", "block": FJELL_BLOCK });
    let iccid = json!({ "kind": "gsm-iccid", "block": AURORA_BLOCK });
    let name = json!({ "kind": "gsm-hpn", "value": "Fjell Mobil\u{0}" });
    for (identities, expected) in [
        (vec![&imsi, &iccid], Some(("aurora", "iccid"))),
        (vec![&imsi, &iccid, &name], Some(("fjell", "home_provider_name"))),
        (vec![&imsi], Some(("fjell", "imsi"))),
        (vec![&json!({ "kind": "cdma-sid", "value": "4101" })], Some(("fjell", "sid"))),
        (vec![&json!({ "kind": "cdma-name", "value": "fjellcdma" })], None),
        (vec![&json!({ "kind": "gsm-imsi", "block": "9990122000000" })], None),
    ] {
        let found = package(&visitor, &json!({ "identities": identities })).await;
        let found = found.as_ref().map(|p| (p.brand.as_str(), p.matched_by.as_str()));
        assert_eq!(found, expected, "{identities:?}");
    }
    let found = package(&visitor, &iccid_block(AURORA_BLOCK)).await.expect("aurora's");
    assert_eq!(found.file_name, format!("{}.devicemetadata-ms", found.guid));
    let paths: Vec<&str> = found.files.iter().flatten().map(|file| file.path.as_str()).collect();
    for path in ["PackageInfo.xml", "ServiceInformation/ServiceInfo.xml"] {
        assert!(paths.contains(&path), "{paths:?}");
    }
    let again = json!({
        "identities": [{ "kind": "gsm-iccid", "block": AURORA_BLOCK }], "known": found.guid,
    });
    let again = package(&visitor, &again).await.expect("aurora's");
    assert_eq!((again.guid, again.files), (found.guid, None), "the client has these files");
    server.stop().await;
}

/// [MATCH-12], [MATCH-17]
#[tokio::test]
async fn a_question_that_says_too_much_is_refused_and_nothing_of_any_is_kept() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let many = |count: usize| vec![json!({ "kind": "gsm-iccid", "block": AURORA_BLOCK }); count];
    let hwid = format!("MBAE:0:{}", "A".repeat(43));
    for (asked, status) in [
        (iccid_block(AURORA_BLOCK), 200),
        (iccid_block(AURORA_ICCID), 400),
        (json!({ "identities": [{ "kind": "gsm-iccid", "value": AURORA_ICCID }] }), 400),
        (json!({ "identities": [{ "kind": "gsm-hpn", "block": "Aurora" }] }), 400),
        (json!({ "identities": [{ "kind": "imei", "value": "1" }] }), 400),
        (json!({ "identities": many(16) }), 200),
        (json!({ "identities": many(17) }), 400),
        (json!({ "hwids": vec![&hwid; 64] }), 204),
        (json!({ "hwids": vec![&hwid; 65] }), 400),
        (json!({ "hwids": ["MBAE:0:short"] }), 400),
        (json!({ "identities": many(1), "hwids": [&hwid] }), 400),
        (json!({}), 400),
        (json!({ "imsi": "001012200000000" }), 400),
        (json!({ "known": "x".repeat(17_000) }), 413),
        (json!({ "known": "x".repeat(70_000) }), 413),
    ] {
        let sent = visitor.send(METADATA, &asked, None).await.expect("an answer");
        assert_eq!(sent.status, status, "{}", sent.text);
        assert!(!sent.text.contains(AURORA_BLOCK) && !sent.text.contains("Aurora\""));
        if status >= 400 {
            let envelope: Result<api::machine::ErrorBody, _> = serde_json::from_str(&sent.text);
            assert!(envelope.is_ok(), "{}", sent.text);
        }
    }
    let data = server.stop().await;
    for file in std::fs::read_dir(data.path()).expect("a folder").flatten() {
        let Ok(bytes) = std::fs::read(file.path()) else { continue };
        let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!has(AURORA_BLOCK) && !has(&hwid), "{}", file.path().display());
    }
}

async fn affiliation(visitor: &Visitor, iccid: &str, imsi: &str) -> (Sent, Duration) {
    let began = Instant::now();
    let asked = json!({ "iccid": iccid, "imsi": imsi, "home_provider": "" });
    let sent = visitor.send(AFFILIATION, &asked, None).await.expect("an answer");
    (sent, began.elapsed())
}

/// [MATCH-54], [MATCH-56]
#[tokio::test]
async fn affiliation_answers_known_and_unknown_sims_alike_and_not_too_often() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let mut shapes = Vec::new();
    for (iccid, imsi, brand) in [
        (AURORA_ICCID, "001012200000000", "aurora"),
        ("89990199000000000002", "001012200000000", "fjell"),
        ("89990199000000000002", "999992200000000", "fjell"),
    ] {
        let (sent, took) = affiliation(&visitor, iccid, imsi).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert!(took >= AFFILIATION_TAKES, "{took:?} tells that the SIM is known or is not");
        let answer: AffiliationAnswer = serde_json::from_str(&sent.text).expect("an answer");
        assert_eq!(answer.brand, brand);
        // What differs is the brand: elements and keys are the same.
        let elements: Vec<String> = answer
            .provisioning_file
            .split('<')
            .filter_map(|part| part.split(['>', ' ']).next().map(str::to_owned))
            .collect();
        let object: Value = serde_json::from_str(&sent.text).expect("json");
        let keys: Vec<String> = object.as_object().expect("an object").keys().cloned().collect();
        shapes.push((keys, elements, sent.headers));
    }
    assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]), "{shapes:?}");
    let (bad, took) = affiliation(&visitor, "1", "2").await;
    assert_eq!(bad.status, 400);
    assert!(took >= AFFILIATION_TAKES, "{took:?}");
    let left = AFFILIATIONS_OF_CLIENT - 4;
    for _ in 0..left {
        assert_eq!(affiliation(&visitor, "1", "2").await.0.status, 400);
    }
    let (refused, _) = affiliation(&visitor, AURORA_ICCID, "001012200000000").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    let wait_s: i64 = refused.retry_after.expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&wait_s));
    let clock = server.clock.as_ref().expect("settable");
    clock.advance(domain::SignedDuration::from_secs(wait_s));
    let (again, _) = affiliation(&visitor, AURORA_ICCID, "001012200000000").await;
    assert_eq!(again.status, 200);
    server.stop().await;
}

/// [MATCH-04], [MATCH-05], [MATCH-06]; CO-1, CO-2
#[tokio::test]
async fn settings_name_their_sources_to_a_token_of_their_scope_and_to_people() {
    let server = ServerUnderTest::start().await.expect("server");
    let (visitor, _) = operator(&server).await.expect("signed in");
    let page = visitor.open("/tokens").await.expect("tokens");
    let fields = [("name", "integrator"), ("scopes", "matching:read")];
    let made = visitor.press(&page, "Make a token", &fields).await.expect("token");
    let at = made.html.find("bgt_").expect("a token");
    let is_of_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let token: String = made.html[at..].chars().take_while(is_of_token).collect();
    let asked = |host: &str, provisioned: bool| {
        json!({ "iccid": AURORA_ICCID, "imsi": "001012200000000", "host": host,
                "provisioned": provisioned })
    };
    for (host, provisioned, name, internet) in [
        ("win8_1", false, "service_metadata", "cosa_base"),
        ("win10_1803", false, "cosa_base", "cosa_base"),
        ("win10_1803", true, "cosa_base", "provisioning"),
    ] {
        let sent = visitor.send(SETTINGS, &asked(host, provisioned), Some(&token)).await;
        let sent = sent.expect("an answer");
        let answer: SettingsAnswer = serde_json::from_str(&sent.text).expect("settings");
        let source = |name: &str| {
            let setting = answer.settings.iter().find(|setting| setting.name == name);
            setting.and_then(|setting| setting.source.clone()).unwrap_or_default()
        };
        assert_eq!((source("name").as_str(), source("internet").as_str()), (name, internet));
        assert_eq!(answer.brand.as_deref(), Some("aurora"));
        assert!(!sent.text.contains(AURORA_ICCID), "{}", sent.text);
    }
    for (body, token, status) in [
        (asked("win7", false), Some(token.as_str()), 400),
        (json!({ "imei": "1" }), Some(&token), 400),
        (asked("", false), Some("bgt_wrong"), 401),
        (asked("", false), None, 401),
    ] {
        let sent = visitor.send(SETTINGS, &body, token).await.expect("an answer");
        assert_eq!(sent.status, status, "{}", sent.text);
    }
    let page = visitor.open("/matching").await.expect("page");
    assert_eq!(page.heading(), "Whose SIM is this?");
    let typed = [("iccid", AURORA_ICCID), ("imsi", "001012200000000"), ("host", "win8_1")];
    let shown = visitor.press(&page, "Find the brand", &typed).await.expect("answer").html;
    if let Ok(file) = std::env::var("BROADGATE_KEEP_PAGE") {
        std::fs::write(file, &shown).expect("written");
    }
    for text in ["The SIM is", "899901…02", "fjell", "<svg", "service metadata", "IMSI is"] {
        assert!(shown.contains(text), "{text} is not in {shown}");
    }
    let (ended, links) = (shown.find("</section>"), shown.find(" class=\"links\""));
    assert!(ended.is_some() && ended < links, "where to go next stands last: {shown}");
    // What is typed comes back as text; of a hidden SIM nothing is looked up [MATCH-09].
    let typed = [("home_provider", "\"><i>Fjell Mobil"), ("iccid", AURORA_ICCID), ("imsi", "x")];
    let shown = visitor.press(&page, "Find the brand", &typed).await.expect("answer").html;
    assert!(shown.contains("&quot;&gt;&lt;i&gt;Fjell") && !shown.contains("<i>"), "{shown}");
    assert!(shown.contains("needs 6 to 15 digits") && !shown.contains("<table"), "{shown}");
    let typed = [("iccid", AURORA_ICCID), ("pin_locked", "1")];
    let shown = visitor.press(&page, "Find the brand", &typed).await.expect("answer").html;
    assert!(shown.contains("until the PIN is entered") && !shown.contains("<svg"), "{shown}");
    server.stop().await;
}

/// [PORT-19] to [PORT-23]
#[tokio::test]
async fn a_launch_url_is_pasted_and_read_as_the_portal_reads_it() {
    let server = ServerUnderTest::start().await.expect("server");
    let (visitor, _) = operator(&server).await.expect("signed in");
    let page = visitor.open("/matching").await.expect("page");
    let (imsi, imei) = ("001012200000000", "004999010640000");
    let read = async |url: &str| {
        let seen = visitor.press(&page, "Read the URL", &[("url", url)]).await.expect("an answer");
        assert_eq!((seen.status.as_u16(), seen.path.as_str()), (200, "/matching/launch"), "{url}");
        assert!(!seen.html.contains(imei), "the device comes back masked");
        seen.html
    };
    let own = "https://portal.aurora.example/";
    let whole = format!("{own}?SubId={imsi}&DevId={imei}&IccId={AURORA_ICCID}");
    let html = read(&whole).await;
    if let Ok(file) = std::env::var("BROADGATE_KEEP_PAGE") {
        std::fs::write(file, &html).expect("written");
    }
    for text in ["The SIM is", "IMSI 001012…00", "IMEI 004999…00", "ICCID 899901…02", "<svg"]
    {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    assert!(!html.contains("class=\"odd\""), "nothing is odd about it: {html}");
    let filled = format!("value=\"{AURORA_ICCID}\"");
    assert!(html.contains(&filled) && html.contains("decides"), "{html}");
    let double = format!("{own}?SubId={imsi}&SubId=1&DevId=&IccId=12&other={imei}#there");
    for (url, expected) in [
        (double.as_str(), "came more than once; the first counts"),
        (&double, "came without a value"),
        (&double, "was dropped: 2 characters where 19 to 20 are needed"),
        (&double, "Properties that Windows does not send: 1"),
        (&double, "There is a fragment"),
        (&whole.replace("https://portal.aurora", "http://shop.aurora"), "not begin with https://"),
        (&whole.replace("portal.aurora", "shop.aurora"), "is not the account_experience_url of"),
        (&format!("SubId={imsi}"), "no address before the query"),
        (&format!("{own}?IccId={AURORA_ICCID}F"), "tolerated form"),
        (&format!("{own}?SubId=1234567890&DevId=12345678901"), "of a CDMA device"),
        (&format!("{own}?{}&SubId={imsi}", "x=1&".repeat(1500)), "longer than anything"),
        (own, "There is no query"),
        ("", "There is no query"),
        ("\"><script>", "There is no query"),
    ] {
        let html = read(url).await;
        assert!(html.contains(expected), "{url}: {expected} is not in {html}");
        assert!(!html.contains("\"><script>"), "{html}");
    }
    let signed_out = server.visitor().expect("visitor");
    let tried = signed_out.post("/matching/launch", &[("url", &whole)]).await.expect("an answer");
    assert!(!tried.html.contains("aurora"), "not on the portal's listener: {}", tried.html);
    let metrics = visitor.open("/metrics").await.expect("metrics").html;
    assert!(!metrics.contains(imsi) && !metrics.contains(AURORA_BLOCK), "{metrics}");
    server.stop().await;
}

/// Writes the demo's brands into a folder; Aurora under this name.
fn write_catalog(folder: &Path, aurora: &str) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/demo/catalog");
    for file in ["aurora.toml", "bris.toml", "fjell.toml"] {
        let text = std::fs::read_to_string(demo.join(file)).expect("a demo file");
        let text = text.replace("name = \"Aurora Mobile\"", &format!("name = {aurora}"));
        std::fs::write(folder.join(file), text).expect("written");
    }
}

/// Sends SIGHUP to this process, which the server takes, and waits until a line of its metrics
/// counts.
async fn hang_up_until(admin: &Visitor, counted: &str) {
    let own = std::process::id().to_string();
    let sent = std::process::Command::new("kill").args(["-HUP", &own]).status();
    assert!(sent.expect("kill runs").success());
    wait_until(admin, counted).await;
}

/// Waits until a line of the server's metrics counts.
async fn wait_until(admin: &Visitor, counted: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !admin.open("/metrics").await.expect("metrics").html.contains(counted) {
        assert!(Instant::now() < deadline, "no line {counted}");
        tokio::task::yield_now().await;
    }
}

/// SIGHUP reaches every server of this process, so a test that counts what a server reads holds
/// this.
static SIGNALS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// [MATCH-83]
#[tokio::test]
async fn a_new_catalogue_is_served_without_a_restart_and_a_wrong_one_is_not() {
    let _alone = SIGNALS.lock().await;
    let folder = tempfile::tempdir().expect("a folder");
    write_catalog(folder.path(), "\"Aurora Mobile\"");
    let wish = || Wish { catalog: Some(folder.path().to_owned()), ..Wish::default() };
    let server = ServerUnderTest::start_with(wish()).await.expect("server");
    let roots = server.running.tls_roots.clone();
    let admin = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
    let visitor = server.visitor().expect("visitor");
    let (of_aurora, of_bris) = (
        iccid_block(AURORA_BLOCK),
        json!({ "identities": [{ "kind": "gsm-hpn", "value": "Bris" }] }),
    );
    let ask = || package(&visitor, &of_aurora);
    let first = ask().await.expect("aurora's");

    write_catalog(folder.path(), "42");
    let refused = "broadgate_catalog_reloads_total{result=\"refused\"} 1\n";
    hang_up_until(&admin, refused).await;
    assert_eq!(ask().await.as_ref(), Some(&first), "the old one stays");

    write_catalog(folder.path(), "\"Aurora Nova\"");
    hang_up_until(&admin, "broadgate_catalog_reloads_total{result=\"taken\"} 1\n").await;
    let second = ask().await.expect("aurora's");
    assert_ne!(second.guid, first.guid);
    let time = |package: &MetadataPackage| -> domain::Timestamp {
        package.last_modified.parse().expect("a time")
    };
    assert!(time(&second) > time(&first), "{} {}", second.last_modified, first.last_modified);
    let bris = package(&visitor, &of_bris).await.map(|package| package.guid);

    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, wish()).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let third = package(&visitor, &of_aurora).await;
    assert_eq!(third, Some(second), "a restart keeps the GUID");
    assert_eq!(package(&visitor, &of_bris).await.map(|package| package.guid), bris);
    server.stop().await;
}

/// [MATCH-83]
#[tokio::test]
async fn a_changed_file_is_found_without_a_signal() {
    let _alone = SIGNALS.lock().await;
    let (folder, aside) = (tempfile::tempdir().expect(""), tempfile::tempdir().expect(""));
    write_catalog(folder.path(), "\"Aurora Mobile\"");
    let wish = Wish {
        catalog: Some(folder.path().to_owned()),
        catalog_look_every: Some(domain::SignedDuration::from_millis(20)),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let roots = server.running.tls_roots.clone();
    let admin = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
    let visitor = server.visitor().expect("visitor");
    let of_aurora = iccid_block(AURORA_BLOCK);
    let first = package(&visitor, &of_aurora).await.expect("aurora's");
    // In one step, as half a file would be one more that is refused.
    let change = |name: &str| {
        write_catalog(aside.path(), name);
        let (from, to) = (aside.path().join("aurora.toml"), folder.path().join("aurora.toml"));
        std::fs::rename(from, to).expect("moved");
    };
    let metrics = admin.open("/metrics").await.expect("metrics").html;
    assert!(!metrics.contains("broadgate_catalog_reloads_total{"), "nothing changed: {metrics}");

    change("42");
    let refused = "broadgate_catalog_reloads_total{result=\"refused\"} 1\n";
    wait_until(&admin, refused).await;
    assert_eq!(package(&visitor, &of_aurora).await.as_ref(), Some(&first), "the old one stays");

    change("\"Aurora Nova\"");
    wait_until(&admin, "broadgate_catalog_reloads_total{result=\"taken\"} 1\n").await;
    let second = package(&visitor, &of_aurora).await.expect("aurora's");
    assert_ne!(second.guid, first.guid);
    let metrics = admin.open("/metrics").await.expect("metrics").html;
    assert!(metrics.contains(refused), "what did not change is not read again: {metrics}");
    server.stop().await;
}

/// [MATCH-83]: questions are answered while a large catalogue is read, by the one before it.
#[tokio::test]
async fn nobody_waits_for_a_catalogue_that_is_being_read() {
    let _alone = SIGNALS.lock().await;
    let (folder, aside) = (tempfile::tempdir().expect(""), tempfile::tempdir().expect(""));
    write_catalog(folder.path(), "\"Aurora Mobile\"");
    // Nothing names the ranges yet.
    let range = |n: u32| format!("imsi,99970{n:08}00,99970{n:08}99\n");
    let ranges: String = (0..10_000).map(|n| range(n * 7)).collect();
    std::fs::write(folder.path().join("large.csv"), ranges).expect("written");
    let wish = Wish {
        catalog: Some(folder.path().to_owned()),
        catalog_look_every: Some(domain::SignedDuration::from_millis(20)),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let roots = server.running.tls_roots.clone();
    let admin = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
    let visitor = server.visitor().expect("visitor");
    let of_aurora = iccid_block(AURORA_BLOCK);
    let first = package(&visitor, &of_aurora).await.expect("aurora's");
    let bris = std::fs::read_to_string(folder.path().join("bris.toml")).expect("a demo file");
    let large = bris.replace("[match]\n", "[match]\nranges_file = \"large.csv\"\n");
    std::fs::write(aside.path().join("bris.toml"), large).expect("written");
    let (from, to) = (aside.path().join("bris.toml"), folder.path().join("bris.toml"));
    std::fs::rename(from, to).expect("moved");

    let taken = "broadgate_catalog_reloads_total{result=\"taken\"} 1\n";
    let mut answers = 0;
    while !admin.open("/metrics").await.expect("metrics").html.contains(taken) {
        assert_eq!(package(&visitor, &of_aurora).await.as_ref(), Some(&first));
        answers += 1;
        assert!(answers < 3_000, "{}", admin.open("/metrics").await.expect("metrics").html);
    }
    assert!(answers > 5, "{answers} answers while 10,000 ranges were read");
    server.stop().await;
}
