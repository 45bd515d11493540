//! `broadgate provision`, as an operator types it: build, sign, verify, lint.
//!
//! Not here: the grammar and the signature themselves (`crates/carrier`).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A brand with every part that a document can have.
const BRAND: &str = r#"
id = "fjell"
name = "Fjell Mobil"
carrier_id = "{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}"
network = "gsm"
currency = "EUR"

[activation]
directive = "reconnect"
delay_s = 20
retries = 4
retry_interval_s = 120

[[cosa]]
purpose = "internet"
access_string = "data.fjell.example"
user_name = "line-4711"
password_file = "apn.secret"
auth_protocol = "CHAP"

[[messages]]
rule_id = "usage"
senders = ["4799000001"]
ussd = true
pattern = 'USED (\d+) (MB) AT (\S+)'
units = { M = ["MB"] }
[messages.fields]
usage = { group = 1, unit_group = 2 }
usage_timestamp = { group = 3, format = "%d.%m.%Y" }

[branding]
name = "Fjell"

[[hotspots]]
name = "Fjell Spots"
uses_plan = true
ssids = ["Fjell-Kafe"]
ssid_prefixes = ["FjellFerge-"]
security = "open"
[hotspots.log_on]
user_name = "4711@fjell.example"
password_file = "wifi.secret"
trusted_domains = ["login.fjell.example"]

[[hotspots]]
name = "Fjell Secure"
ssids = ["FjellSecure"]
security = "wpa2-eap-sim"

[[trusted_certificates]]
subject = "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO"
issuer = "CN=Example EV CA 3, O=Example Trust, C=NO"

[refresh]
delay_days = 14
url = "https://provision.fjell.example/refresh/4711"

[network_settings]
ipv4_link_mtu = 1430

[[contexts]]
name = "Fjell TV"
access_string = "tv.fjell.example"
app_ids = ["FjellMobil.TV_8ab0cdefghjkm"]

[sharing]
max_devices = 5

[portal]
account_experience_url = "https://portal.fjell.example/"

[[plans]]
id = "Fjell20"
name = "20 GB"
price_minor = 1990
type = "Fixed"
data_limit_mb = 20000
duration = "P1M"
"#;

/// A catalogue, an order and a chain in a folder of their own.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let desk = Self { folder };
        std::fs::create_dir(desk.path("catalog")).expect("folder");
        desk.write("catalog/fjell.toml", BRAND);
        desk.write("catalog/apn.secret", "s3cret-Demo\n");
        desk.write("catalog/wifi.secret", "wifi-Demo-1\n");
        let now = domain::Timestamp::now();
        server::keys::DemoChain::load_or_make(desk.folder.path(), now).expect("a chain");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Runs `broadgate provision` in the folder.
    fn provision(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_broadgate"))
            .arg("provision")
            .args(words)
            .current_dir(self.folder.path())
            .output()
            .expect("the binary runs")
    }

    fn build(&self, order: &Value, out: &str) -> Output {
        self.write("order.json", &order.to_string());
        let words = ["build", "--catalog", "catalog", "--order", "order.json", "--out", out];
        self.provision(&words)
    }

    fn signed(&self, out: &str) {
        let built = self.build(&order(), "plain.xml");
        assert_eq!(built.status.code(), Some(0), "{}", text(&built.stderr));
        let key = ["--cert", "chain.pem", "--key", "leaf.key.pem", "--out", out];
        let signed = self.provision(&[&["sign", "--in", "plain.xml"][..], &key].concat());
        assert_eq!(signed.status.code(), Some(0), "{}", text(&signed.stderr));
    }

    fn verdict(&self, file: &str, more: &[&str]) -> (Option<i32>, Value) {
        let words = ["verify", "--in", file, "--roots", "root.pem"];
        let output = self.provision(&[&words[..], more].concat());
        let said = text(&output.stderr);
        (output.status.code(), serde_json::from_slice(&output.stdout).expect(&said))
    }
}

fn order() -> Value {
    json!({
        "brand": "fjell", "plan": "Fjell20", "subscriber_id": "001019876543210",
        "device_id": "004999010640000", "activated_at": "2030-03-01T00:00:00Z", "usage_mb": 0,
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(path: &Path) -> carrier::document::Document {
    let bytes = std::fs::read(path).expect("read");
    carrier::read::read(&bytes).expect("a document")
}

#[test]
fn a_document_holds_every_part_of_its_brand() {
    let desk = Desk::new();
    let built = desk.build(&order(), "full.xml");
    assert_eq!(built.status.code(), Some(0), "{}", text(&built.stderr));
    let document = read(&desk.path("full.xml"));
    let mbn = document.mbn_profiles().expect("profiles");
    assert_eq!(mbn.messages.len(), 1);
    assert!(mbn.default_profile.is_some() && mbn.branding.is_some());
    assert_eq!(document.wlan_profiles().map(|p| p.0.len()), Some(2));
    assert_eq!(document.plans().len(), 1);
    let provisioning = document.provisioning().expect("provisioning");
    assert!(provisioning.refresh.is_some() && provisioning.trusted_certificates.is_some());
    let extensions = document.extensions().and_then(|e| e.v2.as_ref()).expect("extensions");
    assert!(extensions.network.is_some() && extensions.additional_contexts.is_some());
    assert!(document.activation().is_some());
    // The same bytes on every call, to standard output as to a file.
    let words = ["build", "--catalog", "catalog", "--order", "order.json"];
    assert_eq!(text(&desk.provision(&words).stdout), desk.read("full.xml"));
}

#[test]
fn parts_can_be_chosen() {
    let desk = Desk::new();
    for (parts, elements, absent) in [
        (json!(["plans"]), vec!["<Plans>"], vec!["<MBNProfiles>", "<WLANProfiles>", "AssociatedP"]),
        (json!(["profiles"]), vec!["<DefaultProfile "], vec!["<Plans>", "AssociatedPlan"]),
        (json!(["wlan"]), vec!["<WLANProfile "], vec!["<MBNProfiles>", "AssociatedPlan"]),
        (json!(["wlan", "plans"]), vec!["<AssociatedPlan>"], vec!["<MBNProfiles>"]),
        (json!(["messages"]), vec!["<Messages "], vec!["<DefaultProfile ", "<Branding "]),
        (json!(["branding"]), vec!["<Branding "], vec!["<Messages "]),
        (json!(["trust"]), vec!["<TrustedCertificates>"], vec!["<RefreshParameters>"]),
        (json!(["refresh"]), vec!["<RefreshParameters>"], vec!["<TrustedCertificates>"]),
        (json!(["activation"]), vec!["<ReconnectToNetwork "], vec!["<Plans>"]),
        (json!(["extensions"]), vec!["<Extensions_v2 "], vec!["<Plans>"]),
        (json!([]), vec!["<Global>"], vec!["<Plans>", "<Extensions>"]),
    ] {
        let mut order = order();
        order["parts"] = parts.clone();
        let built = desk.build(&order, "part.xml");
        assert_eq!(built.status.code(), Some(0), "{parts}: {}", text(&built.stderr));
        let written = desk.read("part.xml");
        read(&desk.path("part.xml"));
        for element in elements {
            assert!(written.contains(element), "{parts} has {element}: {written}");
        }
        for element in absent {
            assert!(!written.contains(element), "{parts} lacks {element}: {written}");
        }
    }
}

#[test]
fn an_order_that_cannot_be_is_refused_with_its_key() {
    let desk = Desk::new();
    for (key, value, said) in [
        ("brand", json!("nobody"), "no brand \"nobody\""),
        ("plan", json!("nothing"), "no plan \"nothing\""),
        ("subscriber_id", json!("a-b"), "subscriber_id"),
        ("subscriber_id", json!(""), "subscriber_id"),
        ("device_id", json!("12345678901"), "device_id"), // ESN, NV-5
        ("activated_at", json!("yesterday"), "activated_at"),
        ("parts", json!(["soup"]), "no part \"soup\""),
        ("colour", json!("red"), "colour"),
    ] {
        let mut order = order();
        order[key] = value;
        let built = desk.build(&order, "refused.xml");
        assert_eq!(built.status.code(), Some(1), "{key}");
        assert!(text(&built.stderr).contains(said), "{key}: {}", text(&built.stderr));
        assert!(!desk.path("refused.xml").exists(), "{key}");
    }
    let mut by_iccid = order();
    by_iccid["subscriber_id"] = json!("");
    by_iccid["device_id"] = json!("");
    by_iccid["iccid"] = json!("89990112000000000042");
    assert_eq!(desk.build(&by_iccid, "iccid.xml").status.code(), Some(0)); // [XML-25]
    assert!(desk.read("iccid.xml").contains("<SubscriberId>89990112000000000042<"));
}

#[test]
fn what_is_signed_verifies_and_what_is_changed_does_not() {
    let desk = Desk::new();
    desk.signed("signed.xml");
    let (code, verdict) = desk.verdict("signed.xml", &[]);
    assert_eq!(code, Some(0), "{verdict}");
    assert_eq!(verdict["result"], 0);
    assert_eq!(verdict["result_name"], "success");
    assert_eq!(verdict["stage"], Value::Null);
    let thumbprint = verdict["signer"]["thumbprint"].as_str().expect("a thumbprint").to_owned();
    assert_eq!(thumbprint.len(), 40);
    let signed = desk.read("signed.xml");
    let changes: [(&str, String, i32, &str); 5] = [
        ("digest", signed.replace("001019876543210", "001019876543211"), 4, "82170005"),
        ("schema", signed.replacen("<Global>", "<Local>", 1), 2, "82170001"),
        (
            "schema",
            signed.replace("<Global>", "<Local>").replace("</Global>", "</Local>"),
            2,
            "82170002",
        ),
        ("signature", desk.read("plain.xml"), 3, "8217000e"),
        ("chain", signed.clone(), 4, "82170004"),
    ];
    for (stage, text, result, hresult) in changes {
        desk.write("changed.xml", &text);
        // Long before the chain was made.
        let at: &[&str] = if stage == "chain" { &["--at", "2000-01-01T00:00:00Z"] } else { &[] };
        let (code, verdict) = desk.verdict("changed.xml", at);
        assert_eq!(code, Some(1), "{verdict}");
        assert_eq!(verdict["stage"], stage, "{verdict}");
        assert_eq!(verdict["result"], result, "{verdict}");
        assert_eq!(verdict["hresult"], hresult, "{verdict}");
        assert!(verdict["message"].is_string(), "{verdict}");
    }
}

/// SV-15, SV-16, SIG-24
#[test]
fn a_known_signer_needs_no_consent() {
    let desk = Desk::new();
    desk.signed("signed.xml");
    let (code, verdict) = desk.verdict("signed.xml", &["--no-consent"]);
    assert_eq!(
        (code, &verdict["result"], &verdict["stage"]),
        (Some(1), &json!(5), &json!("trust"))
    );
    let signer = |key: &str| verdict["signer"][key].as_str().expect("a signer").to_owned();
    let thumbprint = signer("thumbprint");
    let (code, _) = desk.verdict("signed.xml", &["--no-consent", "--known", &thumbprint]);
    assert_eq!(code, Some(0));
    let name = format!("{}|{}", signer("subject"), signer("issuer"));
    let (code, _) = desk.verdict("signed.xml", &["--no-consent", "--known-name", &name]);
    assert_eq!(code, Some(0));
    let (code, _) = desk.verdict("signed.xml", &["--no-consent", "--known-name", "CN=a|b|CN=c"]);
    assert_eq!(code, Some(1), "another name, with a bar of its own");
    for wrong in [["--known", "zz"], ["--known-name", "nobody"]] {
        let words = ["verify", "--in", "signed.xml", "--roots", "root.pem"];
        let output = desk.provision(&[&words[..], &wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?} is wrong usage");
    }
}

#[test]
fn signing_wants_one_key_and_an_unsigned_document() {
    let desk = Desk::new();
    desk.signed("signed.xml");
    let sign = |words: &[&str]| desk.provision(&[&["sign", "--cert", "chain.pem"], words].concat());
    assert_eq!(sign(&["--in", "plain.xml"]).status.code(), Some(2), "no key");
    let both = ["--in", "plain.xml", "--key", "leaf.key.pem", "--pkcs11", "pkcs11:token=a"];
    assert_eq!(sign(&both).status.code(), Some(2), "two keys");
    for (file, said) in [("signed.xml", "signed already"), ("order.json", "not acceptable xml")] {
        let refused = sign(&["--in", file, "--key", "leaf.key.pem"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains(said), "{}", text(&refused.stderr));
    }
    let pin = ["--in", "plain.xml", "--pkcs11", "pkcs11:token=a;object=b?pin-value=1234"];
    let refused = sign(&pin);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("pin-source"), "a PIN is never on the command line");
    // [SIG-17]
    let signed = sign(&["--in", "plain.xml", "--key", "leaf.key.pem"]);
    let said = text(&signed.stderr);
    assert!(said.contains("document signed") && said.contains("subscriber_sha256"), "{said}");
    assert!(!said.contains("001019876543210"), "{said}");
}

#[test]
fn lint_lists_everything_with_code_and_path() {
    let desk = Desk::new();
    desk.signed("signed.xml");
    let lint = |file: &str| {
        let output = desk.provision(&["lint", "--in", file]);
        let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), findings)
    };
    assert_eq!(lint("signed.xml"), (Some(0), json!({"errors": [], "warnings": []})));
    let wrong = desk
        .read("plain.xml")
        .replace("001019876543210", "a_b") // NV-3
        .replace("PT2M", "PT59S") // NV-8
        .replace("https://provision", "http://provision"); // NV-11
    desk.write("wrong.xml", &wrong);
    let (code, findings) = lint("wrong.xml");
    assert_eq!(code, Some(1));
    let errors = findings["errors"].as_array().expect("errors");
    let paths: Vec<&str> = errors.iter().filter_map(|e| e["path"].as_str()).collect();
    for path in ["SubscriberId", "ReconnectToNetwork", "RefreshURL"] {
        assert!(paths.iter().any(|found| found.ends_with(path)), "{path} in {findings}");
    }
    assert!(errors.iter().all(|e| e["code"].is_string() && e["message"].is_string()));
}

/// [XML-200]…[XML-209]
#[test]
fn apply_prints_the_results_document() {
    let desk = Desk::new();
    desk.signed("signed.xml");
    let apply = |file: &str, more: &[&str]| {
        let output =
            desk.provision(&[&["apply", "--in", file, "--roots", "root.pem"], more].concat());
        let results = carrier::results::read(output.stdout.trim_ascii()).expect("results");
        (output.status.code(), text(&output.stdout), results)
    };
    let (code, printed, results) = apply("signed.xml", &["--agent", "simulated"]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(results.all_elements_provisioned(), "{printed}");
    assert!(printed.contains("<Thumbprint>"), "{printed}");
    let (code, printed, _) = apply("plain.xml", &[]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("8217000e"), "unsigned from a web site: {printed}");
    assert!(printed.contains("CarrierControlResults/v2"), "XML-208: {printed}");
    let own = "{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}";
    let (code, printed, _) = apply("plain.xml", &["--operator-app", own]);
    assert_eq!(code, Some(0), "SV-17: {printed}");
    let other = "{00000000-0b7e-4c39-9a51-2f0c8be41d77}";
    let (code, printed, _) = apply("plain.xml", &["--operator-app", other]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("80070005"), "XML-27: {printed}");
    let dangling = desk.read("plain.xml").replace("Name=\"Fjell20\"", "Name=\"Other\"");
    desk.write("dangling.xml", &dangling);
    let (code, printed, results) = apply("dangling.xml", &["--operator-app", own]);
    assert_eq!(code, Some(1), "XML-182: {printed}");
    assert!(printed.contains("80070490") && !results.all_elements_provisioned(), "{printed}");
}

/// What a document would refuse is an error of the brand's file, with its line and key.
#[test]
fn parts_that_no_document_can_hold_are_errors_of_the_file() {
    let desk = Desk::new();
    for (from, to, key) in [
        ("retries = 4", "retries = 11", "activation.retries"), // [XML-32]
        ("delay_s = 20", "delay_s = 3600", "activation.delay_s"), // [XML-31]
        ("senders = [\"4799000001\"]", "senders = [\"+47 99\"]", "messages[0].senders[0]"), // [XML-66]
        ("ussd = true", "ussd = false\nsms = false", "messages[0].sms"), // [XML-63]
        ("unit_group = 2", "unit_group = 0", "messages[0].fields.usage.unit_group"), // [XML-74]
        ("name = \"Fjell\"\n", "name = \"A name of twenty-one c\"\n", "branding.name"), // [XML-90]
        ("ssids = [\"Fjell-Kafe\"]", "ssids = []", "hotspots[0].ssids"), // [XML-119]
        ("\"FjellFerge-\"", "\"Fje\"", "hotspots[0].ssid_prefixes[0]"),  // [XML-102]
        ("security = \"open\"", "security = \"wpa2-eap-aka\"", "hotspots[0].log_on"), // [XML-124]
        ("[\"login.fjell.example\"]", "[]", "hotspots[0].log_on.trusted_domains"), // [XML-124]
        ("\"wpa2-eap-sim\"", "\"wpa2-psk\"", "hotspots[1].passphrase_file"), // [XML-121]
        ("delay_days = 14", "delay_days = 731", "refresh.delay_days"),   // [XML-155]
        ("url = \"https://provision", "url = \"http://provision", "refresh.url"), // [XML-156]
        ("ipv4_link_mtu = 1430", "ipv4_link_mtu = 1501", "network_settings.ipv4_link_mtu"), // [XML-162]
        ("max_devices = 5", "max_devices = 2", "sharing.max_devices"), // [XML-173]
        ("issuer = ", "isuer = ", "trusted_certificates[0].isuer"),
    ] {
        assert_eq!(BRAND.matches(from).count(), 1, "{from} occurs once");
        desk.write("catalog/fjell.toml", &BRAND.replace(from, to));
        let refused = desk.build(&order(), "refused.xml");
        assert_eq!(refused.status.code(), Some(1), "{to}");
        let said = text(&refused.stderr);
        assert!(said.contains(&format!(" {key}: ")), "{to}: {key} is not in {said}");
    }
}

/// However large the input is, the answer is JSON.
#[test]
fn too_large_a_document_is_judged_too() {
    let desk = Desk::new();
    desk.write("large.xml", &"<a>".repeat(3_000_000));
    let (code, verdict) = desk.verdict("large.xml", &[]);
    assert_eq!((code, &verdict["hresult"]), (Some(1), &json!("82170001")));
    let lint = desk.provision(&["lint", "--in", "large.xml"]);
    let findings: Value = serde_json::from_slice(&lint.stdout).expect("JSON");
    assert_eq!(findings["errors"][0]["code"], "too-large");
}
