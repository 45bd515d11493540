//! The commands of the binary, as an operator types them: what they print, how they exit.
//!
//! Not here: what `serve` answers (the scenarios run it).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn broadgate(words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_broadgate")).args(words).output();
    output.expect("the binary runs")
}

fn json(output: &Output) -> serde_json::Value {
    let said = text(&output.stdout) + &text(&output.stderr);
    serde_json::from_slice(&output.stdout).expect(&said)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn the_demo_configuration_is_sound() {
    let output = broadgate(&["config", "check"]);
    assert_eq!(output.status.code(), Some(0));
    let findings = json(&output);
    assert_eq!(findings["errors"], serde_json::json!([]));
}

#[test]
fn every_error_of_a_configuration_is_told_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("bad.toml");
    let bad = "nonsense = 1\npublic_url = \"http://plain\"\n[listen]\nhttp = \"0.0.0.0:80\"\n";
    std::fs::write(&file, bad).expect("file");
    let output = broadgate(&["config", "check", "--config", path(&file)]);
    assert_eq!(output.status.code(), Some(1));
    let findings = json(&output);
    let errors = findings["errors"].as_array().expect("errors");
    let keys: Vec<&str> = errors.iter().filter_map(|error| error["key"].as_str()).collect();
    for key in ["nonsense", "public_url", "listen.http"] {
        assert!(keys.contains(&key), "{key} is not in {keys:?}");
    }
    assert!(errors.iter().all(|error| error["line"].is_u64()), "{errors:?}");
    let served = broadgate(&["serve", "--config", path(&file)]);
    assert_eq!(served.status.code(), Some(1), "serve refuses it too");
}

#[test]
fn wrong_usage_is_exit_2() {
    for words in [&["serve", "--no-such"][..], &["config"], &["cert", "check"], &[]] {
        assert_eq!(broadgate(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn a_certificate_is_described_and_judged() {
    let folder = tempfile::tempdir().expect("folder");
    let now = domain::Timestamp::now();
    server::keys::DemoChain::load_or_make(folder.path(), now).expect("a chain");
    let file = |name: &str| folder.path().join(name);
    let (chain, key, roots) = (file("chain.pem"), file("leaf.key.pem"), file("root.pem"));
    let words = ["cert", "check", "--cert", path(&chain), "--key", path(&key), "--roots"];
    let output = broadgate(&[&words[..], &[path(&roots)]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report = json(&output);
    assert_eq!(report["ev"], true);
    assert_eq!(report["chain_ok"], true);
    assert_eq!(report["key"], "rsa-2048");
    assert_eq!(report["ev_policies"], serde_json::json!(["2.23.140.1.1"]));
    let late = ["cert", "check", "--cert", path(&chain), "--at", "2099-01-01T00:00:00Z"];
    assert_eq!(broadgate(&late).status.code(), Some(1), "it has expired by then");
}

#[test]
fn a_token_is_made_once_with_known_scopes() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path();
    let create = |name: &str, scope: &str| {
        broadgate(&["token", "create", "--name", name, "--scope", scope, "--data", path(data)])
    };
    assert_eq!(create("bss", "orders:read").status.code(), Some(1), "no database yet");
    drop(server::store::sqlite::SqliteStore::open(&data.join("broadgate.sqlite")).expect("db"));
    let made = create("bss", "orders:read|usage:write");
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let made = json(&made);
    assert!(made["token"].as_str().is_some_and(|token| token.starts_with("bgt_")));
    assert_eq!(made["scopes"], serde_json::json!(["orders:read", "usage:write"]));
    assert_eq!(create("bss", "orders:read").status.code(), Some(1), "the name is taken");
    assert_eq!(create("other", "orders:burn").status.code(), Some(1), "an unknown scope");
}

/// A reader such as `head` may be gone before a command has said all.
#[test]
fn a_closed_standard_output_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path();
    drop(server::store::sqlite::SqliteStore::open(&data.join("broadgate.sqlite")).expect("db"));
    server::keys::DemoChain::load_or_make(data, domain::Timestamp::now()).expect("a chain");
    let chain = data.join("chain.pem");
    let catalog = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/catalog");
    let (requests, document) = (data.join("requests"), data.join("document.xml"));
    std::fs::write(&requests, "{\"imsi\": \"001012200000000\"}\n").expect("written");
    std::fs::write(&document, "<CarrierProvisioning/>").expect("written");
    let words: [&[&str]; 9] = [
        &["config", "check"],
        &["cert", "check", "--cert", path(&chain)],
        &["catalog", "lint", path(&catalog)],
        &["catalog", "export", "cosa", path(&catalog), "--brand", "aurora"],
        &["match", "--catalog", path(&catalog), "--imsi", "001012200000000"],
        &["match", "--catalog", path(&catalog), "--batch", path(&requests)],
        &["hwid", "--kind", "gsm-imsi", "001012200000000"],
        &["token", "create", "--name", "n", "--scope", "orders:read", "--data", path(data)],
        &["provision", "lint", "--in", path(&document)],
    ];
    for words in words {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_broadgate"));
        let output = command.args(words).stdout(writer).output().expect("the binary runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words:?} {said}");
        assert!(said.starts_with("broadgate: ") && !said.contains("panicked"), "{words:?} {said}");
    }
}

/// Who started the server may not listen to where it is.
#[test]
fn a_server_serves_where_nobody_reads_its_announcement() {
    let folder = tempfile::tempdir().expect("folder");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let any = "127.0.0.1:0";
    let mut server = Command::new(env!("CARGO_BIN_EXE_broadgate"))
        .args(["serve", "--listen", any, "--listen-http", any, "--admin-listen", any])
        .args(["--data", path(folder.path())])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut said = BufReader::new(server.stderr.take().expect("its log")).lines();
    let is_told = |line: std::io::Result<String>| {
        line.is_ok_and(|line| line.contains("nobody was told where the server is"))
    };
    assert!(said.any(is_told), "it ended: {:?}", server.wait());
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    assert_eq!(server.wait().expect("it ends").code(), Some(0), "{rest:?}");
}
