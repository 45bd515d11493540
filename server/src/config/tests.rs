//! What configuration files may say, what they may not, and what is said about it.

use api::machine::Findings;
use carrier::sign::Algorithm;
use domain::brand::BrandId;
use domain::events::{Network, Settings};

use super::document::Document;
use super::*;
use crate::keys::{KeyPlace, KeySource, PinSource, TokenKey};
use crate::outgoing::IpNetwork;

pub(super) fn load(text: &str) -> Result<(Config, Vec<Finding>), Vec<Finding>> {
    Config::from_document(&Document::of_test("broadgate.toml", text), Path::new("/etc/broadgate"))
}

/// Expects one error, at this line and key, with a message that begins so.
pub(super) fn check_refused(text: &str, line: usize, key: &str, message: &str) {
    let findings = load(text).expect_err(text);
    let [finding] = findings.as_slice() else { panic!("{text}: {findings:#?}") };
    assert_eq!(finding.file, "broadgate.toml");
    assert_eq!((finding.line, finding.key.as_deref()), (Some(line), Some(key)), "{finding:?}");
    assert!(finding.message.starts_with(message), "{finding:?}");
}

#[test]
fn refused_values_have_line_key_and_advice() {
    for (text, line, key, message) in [
        ("\n\nport = 1", 3, "port", "unknown key; here may stand: public_url, data,"),
        ("public_url = 'http://a.example'", 1, "public_url", "must begin with https://"),
        ("public_url = 'https://a.example/x'", 1, "public_url", "must be an origin"),
        ("data = 1", 1, "data", "needs text in quotes, found an integer"),
        ("data = ''", 1, "data", "needs a path"),
        ("catalog = ['a']", 1, "catalog", "needs text in quotes, found an array"),
        ("demo = 'yes'", 1, "demo", "needs true or false, found a string"),
        ("demo = false", 1, "demo", "needs `catalog`"),
        ("payment_window = '5 s'", 1, "payment_window", "needs a duration from 1m to 24h"),
        ("payment_window = 900", 1, "payment_window", "needs a duration in quotes"),
        ("payment_window = 'soon'", 1, "payment_window", "needs a duration such as"),
        ("listen = 'all'", 1, "listen", "needs a table, found a string"),
        ("[listen]\nhttps = 'localhost'", 2, "listen.https", "needs an IP address with a port"),
        ("[listen]\nhttp = '0.0.0.0:80'", 2, "listen.http", "plain HTTP is for loopback only"),
        ("[listen]\nhttp = '127.0.0.1:8443'", 2, "listen.http", "is the address of `https` too"),
        ("[listen]\nadmin = '127.0.0.1:8443'", 2, "listen.admin", "is the address of the portal"),
        ("[listen]\nadmin = '127.0.0.1:8080'", 2, "listen.admin", "is the address of the portal"),
        ("[listen]\nmodem = 1", 2, "listen.modem", "unknown key; here may stand: https, http"),
        ("[tls]\nkey_file = 'k'", 1, "tls.certificate_file", "missing"),
        ("[tls]\ncertificate_file = 'c'", 1, "tls.key_file", "missing"),
        ("[signing.main]\nkey_file = 'k'", 1, "signing.main.certificate_file", "missing"),
        ("[signing.Main]\nkey_file = 'k'", 1, "signing.Main", "no such name: use 1 to 64"),
        ("signing = 'a'", 1, "signing", "needs tables with names, such as [signing.main]"),
        ("signing.main = 'a'", 1, "signing.main", "needs a table, found a string"),
        ("[payment.a]", 1, "payment.a.kind", "missing; it is required here"),
        (
            "[payment.a]\nkind = 'stripe'",
            2,
            "payment.a.kind",
            "\"stripe\" is no payment provider; use",
        ),
        ("[payment.a]\nkind = 'sandbox'\nkey = 'x'", 3, "payment.a.key", "unknown key"),
        ("[activation]\nkind = 'soap'", 2, "activation.kind", "needs one of simulated, http"),
        ("[activation]\nkind = 'http'", 1, "activation.base_url", "missing; it is required"),
        ("[activation]\nbase_url = 'https://a.example'", 2, "activation.base_url", "unknown key"),
        ("[subscribers]", 1, "subscribers.kind", "missing; it is required here"),
        ("[subscribers]\nkind = 'csv'", 1, "subscribers.file", "missing; it is required here"),
        ("[subscribers]\nkind = 'ldap'", 2, "subscribers.kind", "needs one of csv, http"),
        (
            "[subscribers]\nkind = 'http'\nbase_url = 'https://a.example'\ntimeout = '6 s'",
            4,
            "subscribers.timeout",
            "needs a duration from 100ms to 5s",
        ),
        ("[activation]\ndelay = '25 h'", 2, "activation.delay", "needs a duration from 0s to"),
        ("[activation]\nmargin = '-1 s'", 2, "activation.margin", "needs a duration from"),
        ("[activation]\nfailure = 1", 2, "activation.failure", "needs true or false"),
        ("[session]\nlifetime = '31 d'", 2, "session.lifetime", "needs a duration"),
        ("[events]\npartner = 'abroad'", 2, "events.partner", "needs one of home, roaming"),
        ("webhooks = 'a'", 1, "webhooks", "needs [[webhooks]] with two brackets"),
        ("[log]\nformat = 'xml'", 2, "log.format", "needs one of text, json"),
        ("[log]\nlevel = 'all'", 2, "log.level", "needs one of error, warn, info, debug, trace"),
    ] {
        check_refused(text, line, key, message);
    }
}

#[test]
fn all_errors_of_a_file_are_reported_at_once_in_their_order() {
    let text = "port = 1\n[listen]\nhttps = 1\nhttp = 2\n[log]\nlevel = 3\n";
    let findings = load(text).expect_err(text);
    let found: Vec<_> = findings.iter().map(|f| (f.line, f.key.as_deref())).collect();
    let expected = [
        (Some(1), Some("port")),
        (Some(3), Some("listen.https")),
        (Some(4), Some("listen.http")),
        (Some(6), Some("log.level")),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_no_toml_is_reported_with_its_line() {
    let findings = load("data = 'a'\ndata = 'b'\n[log\nlevel = 'info'\n").expect_err("no TOML");
    assert!(findings.iter().all(|finding| finding.message.starts_with("not TOML: ")));
    let lines: Vec<_> = findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [Some(2), Some(3)], "{findings:#?}");
}

#[test]
fn a_file_of_another_format_is_not_reported_line_by_line() {
    let findings = load(&"<p>\n".repeat(5000)).expect_err("no TOML");
    assert_eq!(findings.len(), document::FINDINGS_MAX + 1);
    let last = findings.last().expect("last");
    assert!(last.message.ends_with("more of the kind; mend these first"), "{last:?}");
}

#[test]
fn an_empty_file_is_the_demo() {
    let (config, warnings) = load("").expect("defaults");
    assert_eq!(warnings, []);
    let expected = Config {
        origin: Origin { file: "broadgate.toml".to_owned(), ..Origin::default() },
        ..Config::demo()
    };
    assert_eq!(config, expected);
    assert_eq!(Config::load(None), Ok((Config::demo(), Vec::new())));
}

/// A file with every key.
const EVERY_VALUE: &str = "
        public_url = 'https://portal.example/'
        data = '/var/lib/broadgate'
        catalog = 'brands'
        catalog_look_every = '5 min'
        payment_window = 'PT20M'
        listen = { https = '0.0.0.0:443', http = 'off', admin = '[::1]:9443' }
        tls = { certificate_file = 'tls.pem', key_file = '/keys/tls.key' }
        signing.main.certificate_file = 'ev.pem'
        signing.main.key_file = 'ev.key'
        signing.main.algorithm = 'rsa-sha1'
        signing.main.next.certificate_file = 'next.pem'
        signing.main.next.pkcs11 = 'pkcs11:token=prod;id=%01?pin-source=file:pin'
        signing.main.next.pkcs11_module = '/p11.so'
        payment.card = { kind = 'sandbox' }
        activation = { kind = 'simulated', delay = '0 s', margin = '30 s', failure = true }
        session = { lifetime = '2 h' }
        log = { format = 'json', level = 'debug' }
        events = { partner = 'home', sharing_types = true }
        webhooks = [{ name = 'crm', url = 'http://10.0.0.7/hook', secret_file = 's',
            other_secret_file = '/t', types = [3, 'plan_expired'], brands = ['aurora'],
            allow_networks = ['10.0.0.0/8'], allow_http = true, roots_file = 'r.pem' }]
        usage = { files = '/var/lib/broadgate/usage' }
        subscribers = { kind = 'csv', file = 'sims.csv' }
        [billing]
        url = 'http://127.0.0.1:8000/usage/'
        token_file = 'billing-token'
        timeout = '2 s'
        networks = ['127.0.0.0/8']
    ";

#[test]
fn every_value_arrives() {
    let (config, warnings) = load(EVERY_VALUE).expect("valid");
    assert_eq!(warnings, []);
    let path = |text: &str| PathBuf::from(text);
    let files = |certificate: &str, key: &str| CertificateFiles {
        certificate: path(certificate),
        key: path(key),
    };
    let main = SigningSource {
        current: KeyPlace {
            chain: path("/etc/broadgate/ev.pem"),
            key: KeySource::File(path("/etc/broadgate/ev.key")),
        },
        next: Some(KeyPlace {
            chain: path("/etc/broadgate/next.pem"),
            key: KeySource::Token(TokenKey {
                token: Some("prod".to_owned()),
                serial: None,
                object: None,
                id: Some(vec![1]),
                module: path("/p11.so"),
                pin: PinSource::File(path("/etc/broadgate/pin")),
            }),
        }),
        algorithm: Algorithm::RsaSha1,
    };
    let expected = Config {
        patterns_program: None,
        listen: ListenConfig {
            https: "0.0.0.0:443".parse().expect("address"),
            http: None,
            admin: "[::1]:9443".parse().expect("address"),
        },
        public_url: Some("https://portal.example".to_owned()),
        data: path("/var/lib/broadgate"),
        catalog: Some(path("/etc/broadgate/brands")),
        catalog_look_every: SignedDuration::from_mins(5),
        tls: Some(files("/etc/broadgate/tls.pem", "/keys/tls.key")),
        signing: [("main".to_owned(), main)].into(),
        payment: [("card".to_owned(), PaymentConfig::Sandbox)].into(),
        activation: ActivationConfig {
            kind: ActivationKind::Simulated,
            delay: SignedDuration::ZERO,
            margin: SignedDuration::from_secs(30),
            fails: true,
        },
        subscribers: Some(SubscribersConfig::Csv(path("/etc/broadgate/sims.csv"))),
        payment_window: SignedDuration::from_mins(20),
        session_lifetime: SignedDuration::from_hours(2),
        log: LogConfig { format: LogFormat::Json, level: LogLevel::Debug },
        events: every_event_value(),
        usage: UsageConfig { files: Some(path("/var/lib/broadgate/usage")) },
        billing: Some(SystemConfig {
            url: "http://127.0.0.1:8000/usage".to_owned(),
            token: Some(path("/etc/broadgate/billing-token")),
            timeout: SignedDuration::from_secs(2),
            networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        }),
        demo: false,
        origin: config.origin.clone(),
    };
    assert_eq!(config, expected);
}

fn every_event_value() -> EventsConfig {
    let names = ["DataPlanThresholdReached", "plan_expired"];
    EventsConfig {
        settings: Settings { partner: Network::Home, has_sharing_types: true },
        webhooks: vec![WebhookConfig {
            name: "crm".to_owned(),
            url: "http://10.0.0.7/hook".to_owned(),
            secret_file: PathBuf::from("/etc/broadgate/s"),
            other_secret_file: Some(PathBuf::from("/t")),
            types: names.map(str::to_owned).into(),
            brands: BrandId::parse("aurora").into_iter().collect(),
            networks: IpNetwork::parse("10.0.0.0/8").into_iter().collect(),
            has_plain_http: true,
            roots_file: Some(PathBuf::from("/etc/broadgate/r.pem")),
        }],
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/broadgate.toml")
}

#[test]
fn the_example_file_is_valid_and_says_the_defaults() {
    let (config, warnings) = Config::load(Some(&example())).expect("valid");
    assert_eq!(warnings, []);
    let demo = Config::demo();
    let expected = Config {
        public_url: config.public_url.clone(),
        data: config.data.clone(),
        catalog: config.catalog.clone(),
        payment: config.payment.clone(),
        origin: config.origin.clone(),
        ..demo
    };
    assert_eq!(config, expected);
    assert_eq!(check(&config), Findings { errors: Vec::new(), warnings: Vec::new() });
}

/// Tells a line of the example that is commented out from what is said about it.
fn is_setting(line: &str) -> bool {
    let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let key = line.split_once(" = ").map(|(key, _)| key).filter(|key| is_key(key));
    // A key on a token stands in place of the file above it.
    let is_used = key.is_some_and(|key| !key.starts_with("pkcs")) && !line.ends_with('.');
    line.starts_with('[') || is_used
}

/// What is commented out in the example must be right too, for it is there to be used.
#[test]
fn the_example_file_has_no_key_that_is_unknown() {
    let text = std::fs::read_to_string(example()).expect("example");
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_setting(rest) => rest,
            _ => line,
        })
        .collect();
    let (config, _) = load(&uncommented.join("\n")).expect("valid");
    assert!(config.tls.is_some() && config.signing.contains_key("main"));
    assert_eq!(config.events.webhooks.len(), 1);
    assert!(config.usage.files.is_some() && config.subscribers.is_some());
    assert!(matches!(config.payment.get("card"), Some(PaymentConfig::Hosted(_))));
    assert_eq!(config.billing.map(|billing| billing.timeout), Some(SignedDuration::from_secs(5)));
}

#[test]
fn systems_over_http_have_an_address_a_token_and_a_time_limit() {
    let text = "
        [activation]
        kind = 'http'
        base_url = 'https://bss.example/a/'
        token_file = 'token'
        margin = '1 min'
        [subscribers]
        kind = 'http'
        base_url = 'http://127.0.0.1:8000'
        networks = ['127.0.0.0/8']
    ";
    let (config, _) = load(text).expect("valid");
    let activation = SystemConfig {
        url: "https://bss.example/a".to_owned(),
        token: Some(PathBuf::from("/etc/broadgate/token")),
        timeout: SignedDuration::from_secs(5),
        networks: Vec::new(),
    };
    assert_eq!(config.activation.kind, ActivationKind::Http(activation));
    assert_eq!(config.activation.margin, SignedDuration::from_mins(1));
    let subscribers = SystemConfig {
        url: "http://127.0.0.1:8000".to_owned(),
        token: None,
        timeout: SignedDuration::from_secs(2),
        networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
    };
    assert_eq!(config.subscribers, Some(SubscribersConfig::Http(subscribers)));
}

#[test]
fn unreadable_files_are_findings() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("broadgate.toml");
    let message = |path: &Path| {
        let findings = Config::load(Some(path)).expect_err("unreadable");
        findings.first().map(|f| (f.line, f.message.clone())).expect("one finding")
    };
    assert!(message(&path).1.starts_with("cannot be read: "));
    assert!(message(folder.path()).1.starts_with("cannot be read: "));
    std::fs::write(&path, b"# a\n# \xff\n").expect("written");
    assert_eq!(message(&path), (Some(2), "not UTF-8; save it as UTF-8".to_owned()));
    std::fs::write(&path, " ".repeat(document::FILE_BYTES_MAX)).expect("written");
    assert!(Config::load(Some(&path)).is_ok());
    std::fs::write(&path, " ".repeat(document::FILE_BYTES_MAX + 1)).expect("written");
    assert!(message(&path).1.starts_with("larger than 1 MiB"));
}

/// Writes `text` as a configuration beside `files`, and checks it.
pub(super) fn checked(text: &str, files: &[(&str, &str)]) -> Findings {
    let folder = tempfile::tempdir().expect("folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        std::fs::write(&path, text).expect("written");
    };
    write("broadgate.toml", text);
    for (name, text) in files {
        write(name, text);
    }
    let path = folder.path().join("broadgate.toml");
    let (config, _) = Config::load(Some(&path)).expect("valid");
    let judge = |table: &str, _: Certificates<'_>| vec![format!("judged {table}")];
    let mut findings = check_with(&config, &judge);
    let shown = folder.path().display().to_string();
    for finding in findings.errors.iter_mut().chain(&mut findings.warnings) {
        finding.file = finding.file.replace(&shown, "");
        finding.message = finding.message.replace(&shown, "");
    }
    findings
}

fn brief(findings: &[Finding]) -> Vec<String> {
    let brief = |f: &Finding| {
        let line = f.line.map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line} {}: {}", f.file, f.key.as_deref().unwrap_or(""), f.message)
    };
    findings.iter().map(brief).collect()
}

#[test]
fn check_opens_what_the_file_names() {
    let text = "catalog = 'none'\n[tls]\ncertificate_file = 'tls.pem'\nkey_file = 'folder'\n\
                [signing.main]\ncertificate_file = 'ev.pem'\nkey_file = 'ev.key'\n";
    let files = [("ev.pem", ""), ("ev.key", ""), ("folder/file", "")];
    let findings = checked(text, &files);
    let expected = [
        "/broadgate.toml:3 tls.certificate_file: /tls.pem cannot be read: ",
        "/broadgate.toml:4 tls.key_file: /folder is no file",
        "/broadgate.toml:5 signing.main: judged signing.main",
        "/broadgate.toml:1 catalog: /none is no folder that can be read",
    ];
    let found = brief(&findings.errors);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn check_compares_the_brands_with_the_tables() {
    let bris = include_str!("../../demo/catalog/bris.toml");
    let named = format!("signing = 'ev'\npayment = 'card'\n{bris}");
    let findings = checked("catalog = 'c'", &[("c/bris.toml", &named)]);
    let expected = [
        "/c/bris.toml:1 signing: there is no [signing.ev] in the configuration; add it",
        "/c/bris.toml:2 payment: there is no [payment.card] in the configuration; add it",
    ];
    assert_eq!(brief(&findings.errors), expected);
    assert_eq!(findings.warnings, []);

    let findings = checked("catalog = 'c'", &[("c/bris.toml", bris)]);
    let expected = [
        "/c/bris.toml signing: names no [signing.…] table: a test certificate is used",
        "/c/bris.toml payment: names no [payment.…] table: the sandbox is used",
    ];
    assert_eq!(
        (findings.errors, brief(&findings.warnings)),
        (vec![], expected.map(str::to_owned).into())
    );

    let findings = checked(
        "catalog = 'c'\npayment.card.kind = 'sandbox'\ndemo = true",
        &[("c/bris.toml", &format!("payment = 'card'\n{bris}"))],
    );
    assert_eq!(findings, Findings { errors: Vec::new(), warnings: Vec::new() });
}

#[test]
fn a_webhook_is_refused_with_what_to_write() {
    let message = |keys: &str| {
        let rest = [("name", "'a'"), ("url", "'https://a.example/'"), ("secret_file", "'s'")];
        let rest = rest.iter().filter(|(key, _)| !keys.contains(&format!("{key} =")));
        let rest: String = rest.map(|(key, value)| format!("\n{key} = {value}")).collect();
        let errors = load(&format!("[[webhooks]]\n{keys}{rest}")).map(|_| ()).expect_err(keys);
        brief(&errors).join("; ").replace("broadgate.toml:", "")
    };
    for (keys, expected) in [
        ("url = 'http://a.example/'", "2 webhooks[0].url: must begin with https://, or set"),
        ("url = 'ftp://a.example/'", "2 webhooks[0].url: must begin with https://"),
        ("url = 'https://u:p@a.example/'", "2 webhooks[0].url: must have no user name"),
        ("url = 'a'", "2 webhooks[0].url: needs an address"),
        ("name = 'A b'", "2 webhooks[0].name: needs a name of 1 to 64 characters"),
        ("types = [13]", "2 webhooks[0].types[0]: needs a whole number from 0 to 12"),
        (
            "types = ['all']",
            "2 webhooks[0].types[0]: needs a number from 0 to 12 or one of GsmSms,",
        ),
        ("brands = ['A']", "2 webhooks[0].brands[0]: needs a brand's id"),
        ("allow_networks = ['all']", "2 webhooks[0].allow_networks[0]: needs a network"),
        ("secret = 'whsec_'", "2 webhooks[0].secret: unknown key"),
    ] {
        let found = message(keys);
        assert!(found.starts_with(expected), "{found}");
    }
    let two = "[[webhooks]]\nname = 'a'\nurl = 'https://a.example/'\nsecret_file = 's'\n".repeat(2);
    let errors = load(&two).map(|_| ()).expect_err("two of one name");
    assert_eq!(brief(&errors), ["broadgate.toml:1 webhooks: two have the name \"a\""]);
}

#[test]
fn check_reads_the_secrets_of_webhooks() {
    let hook = |secret: &str| {
        format!(
            "[[webhooks]]\nname = '{secret}'\nurl = 'https://a.example/'\n\
                 secret_file = '{secret}'\n"
        )
    };
    let text = format!("{}{}{}", hook("good"), hook("short"), hook("none"));
    let files = [("good", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), ("short", "whsec_AAAA")];
    let found = brief(&checked(&text, &files).errors);
    let expected = [
        "/broadgate.toml:8 webhooks[1].secret_file: needs a secret such as `whsec_`",
        "/broadgate.toml:12 webhooks[2].secret_file: /none cannot be read",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
}

/// [SIG-17]
#[test]
fn a_signing_key_is_in_one_place() {
    let message = |keys: &str| {
        let text = format!("[signing.main]\ncertificate_file = 'ev.pem'\n{keys}");
        let errors = load(&text).map(|_| ()).expect_err("an error");
        brief(&errors).join("; ").replace("broadgate.toml:", "")
    };
    let uri = "pkcs11 = 'pkcs11:token=a;id=%01'\n";
    let full = format!("{uri}pkcs11_module = '/m.so'\npin_env = 'PIN'\n");
    assert_eq!(
        message(""),
        "1 signing.main.key_file: missing; name the key's file, or with `pkcs11` the key on a token"
    );
    assert_eq!(
        message(&format!("{full}key_file = 'k'")),
        "3 signing.main.pkcs11: stands beside `key_file`; keep the one where the key is"
    );
    assert_eq!(
        message("key_file = 'k'\npin_env = 'PIN'"),
        "4 signing.main.pin_env: goes with `pkcs11` only; remove it"
    );
    assert!(message(uri).starts_with("3 signing.main.pkcs11: needs the module once"));
    let no_pin = message(&format!("{uri}pkcs11_module = '/m.so'"));
    assert!(no_pin.starts_with("3 signing.main.pkcs11: needs the PIN's place once"), "{no_pin}");
    let pin = message("pkcs11 = 'pkcs11:token=a;id=%01?pin-value=1234'");
    assert!(pin.contains("holds the PIN") && !pin.contains("1234"), "{pin}");
    assert!(message(&format!("{full}[signing.main.next]")).contains("signing.main.next.key_file"));
    assert!(message("key_file = 'k'\nalgorithm = 'md5'").contains("one of rsa-sha256, rsa-sha1"));
    assert!(load(&format!("[signing.main]\ncertificate_file = 'ev.pem'\n{full}")).is_ok());
}
