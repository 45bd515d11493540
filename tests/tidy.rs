//! Tidy: the invariants of `docs/ARCHITECTURE.md` that a look at the tree can guard.
//!
//! Not here: what the compiler, clippy (`crates/domain/.clippy.toml`) and `cargo deny` guard.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest source file, in lines (house style).
const LINES_MAX: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the tracked files, and those that git does not ignore, with these endings.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "git lists the files");
    let names = String::from_utf8(listed.stdout).expect("names in UTF-8");
    names
        .lines()
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .filter_map(|name| {
            Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?))
        })
        .collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// Names the keys of a table of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    read(manifest)
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .filter_map(|line| line.split(['.', ' ', '=']).next().map(str::to_owned))
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// Invariant 1.
#[test]
fn domain_depends_on_its_allow_list_only() {
    let allowed = set(&["jiff", "sha2"]);
    let found = dependencies("crates/domain/Cargo.toml");
    assert!(found.is_subset(&allowed), "domain depends on {found:?}, allowed are {allowed:?}");
}

/// The direction of dependencies between our own crates; a new line is an architecture change.
#[test]
fn our_crates_depend_in_one_direction() {
    let ours = set(&["api", "carrier", "domain", "portal", "server", "e2e", "xtask"]);
    for (manifest, allowed) in [
        ("crates/domain/Cargo.toml", &[][..]),
        ("crates/api/Cargo.toml", &["domain"]),
        ("crates/carrier/Cargo.toml", &["domain"]),
        ("crates/xtask/Cargo.toml", &[]),
        ("Cargo.toml", &["api", "domain"]),
        ("server/Cargo.toml", &["api", "carrier", "domain", "portal"]),
    ] {
        let found: BTreeSet<_> = dependencies(manifest).intersection(&ours).cloned().collect();
        let allowed = set(allowed);
        assert!(found.is_subset(&allowed), "{manifest}: {found:?}, allowed are {allowed:?}");
    }
}

/// Invariant 3.
#[test]
fn only_carrier_knows_xml() {
    for manifest in [
        "Cargo.toml",
        "crates/api/Cargo.toml",
        "crates/domain/Cargo.toml",
        "crates/xtask/Cargo.toml",
        "server/Cargo.toml",
    ] {
        let found = dependencies(manifest);
        assert!(!found.contains("quick-xml"), "{manifest} depends on quick-xml");
    }
}

/// What the browser must not carry.
#[test]
fn portal_closure_has_no_native_crate() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "-p", "portal", "--features", "csr", "-e", "normal"])
        .args(["--target", "wasm32-unknown-unknown", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("utf-8");
    let names: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains("leptos") && names.contains("api"), "the tree is not the portal's");
    for unwanted in ["tokio", "hyper", "axum", "rusqlite", "ring", "quick-xml", "carrier", "server"]
    {
        assert!(!names.contains(unwanted), "the portal's WebAssembly carries {unwanted}");
    }
}

#[test]
fn every_module_says_what_it_is() {
    let found: Vec<String> = files(&[".rs"])
        .into_iter()
        .filter(|(_, text)| !text.trim_start().starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert_none("modules without a //! header", &found);
}

#[test]
fn files_are_short_enough_to_read() {
    let found: Vec<String> = files(&[".rs", ".js", ".css"])
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert_none("files over 800 lines", &found);
}

/// Stubs and silenced tests, and what belongs to a workshop and not to the product.
#[test]
fn no_forbidden_words() {
    let join = |parts: &[&str]| parts.concat();
    let in_code = [
        join(&["todo", "!("]),
        join(&["FIX", "ME"]),
        join(&["#[ig", "nore"]),
        join(&["should_", "panic"]),
    ];
    let anywhere = [
        join(&["registry", ".npmjs"]),
        join(&["index.", "crates.io"]),
        join(&["static.", "crates.io"]),
        join(&["deb.", "debian.org"]),
        join(&["pypi", ".org"]),
        join(&["/wo", "rk/"]),
        join(&["/ro", "ot/"]),
    ];
    let mut found = Vec::new();
    for (name, text) in files(&[".rs", ".md", ".toml", ".js", ".css", ".html", ".ftl", "run"]) {
        if name.starts_with("docs/spec/") {
            continue;
        }
        for word in &anywhere {
            if text.contains(word.as_str()) {
                found.push(format!("{name}: {word}"));
            }
        }
        for word in in_code.iter().filter(|_| name.ends_with(".rs")) {
            if text.contains(word.as_str()) {
                found.push(format!("{name}: {word}"));
            }
        }
    }
    assert_none("forbidden words", &found);
}

/// The host's object is touched by the bridge and by the lab's fake of it, nowhere else.
#[test]
fn only_the_bridge_touches_window_external() {
    let found: Vec<String> = files(&[".rs", ".js"])
        .into_iter()
        .filter(|(name, _)| !matches!(name.as_str(), "static/bridge.js" | "server/demo/host.js"))
        .filter(|(name, _)| !name.starts_with("tests/"))
        .filter(|(_, text)| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.into_iter().any(|line| line.contains("window.external."))
        })
        .map(|(name, _)| name)
        .collect();
    assert_none("window.external outside the bridge", &found);
}

/// No SQL outside the store.
#[test]
fn only_the_store_speaks_sql() {
    let found: Vec<String> = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("server/src/"))
        .filter(|(name, _)| !name.starts_with("server/src/store/sqlite/"))
        .filter(|(_, text)| {
            ["SELECT ", "INSERT INTO", "UPDATE orders", "DELETE FROM"]
                .iter()
                .any(|sql| text.contains(sql))
        })
        .map(|(name, _)| name)
        .collect();
    assert_none("SQL outside the store", &found);
}

/// Invariant 2: the clock and randomness each have one door.
#[test]
fn time_and_randomness_have_one_door() {
    let found: Vec<String> = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("server/src/"))
        .filter(|(name, _)| {
            !matches!(name.as_str(), "server/src/clock.rs" | "server/src/entropy.rs")
        })
        .filter(|(name, text)| {
            let has_clock = text.contains("Timestamp::now()") || text.contains("SystemTime::now()");
            let has_random = text.contains("SystemRandom::new()") && !name.contains("/keys/");
            has_clock || has_random
        })
        .map(|(name, _)| name)
        .collect();
    assert_none("clocks or randomness outside their module", &found);
}

/// `docs/ARCHITECTURE.md` names what exists, and every crate.
#[test]
fn architecture_names_what_exists() {
    let text = read("docs/ARCHITECTURE.md");
    let mut missing = Vec::new();
    for name in text.split('`').skip(1).step_by(2) {
        let is_path = name.contains('/') && !name.contains([' ', '{', '*', '<', '(', '$', '=']);
        let is_address = name.starts_with('/') || name.contains("://");
        if is_path && !is_address && !root().join(name).exists() {
            missing.push(name.to_owned());
        }
    }
    assert_none("docs/ARCHITECTURE.md names what is not there", &missing);
    for krate in ["domain", "api", "carrier", "server", "portal", "e2e", "xtask"] {
        assert!(text.contains(&format!("`{krate}`")), "docs/ARCHITECTURE.md does not name {krate}");
    }
}

/// Ids such as PORT-07 of a text.
fn requirement_ids(text: &str, open: &str) -> BTreeSet<String> {
    let prefixes = [
        "PORT-", "XML-", "SIG-", "MATCH-", "USE-", "EVT-", "MSG-", "RFR-", "HOT-", "COST-", "TET-",
        "PDP-", "WCM-", "MODEM-",
    ];
    let mut found = BTreeSet::new();
    for prefix in prefixes {
        let mark = format!("{open}{prefix}");
        for rest in text.split(&mark).skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if !digits.is_empty() {
                found.insert(format!("{prefix}{digits}"));
            }
        }
    }
    found
}

/// A requirement that is cited exists.
#[test]
fn cited_requirements_exist() {
    let mut known = BTreeSet::new();
    for (name, text) in files(&[".md"]) {
        if name.starts_with("docs/spec/") {
            known.extend(requirement_ids(&text, "**["));
        }
    }
    assert!(known.len() > 500, "the specification is in docs/spec");
    let mut unknown = Vec::new();
    for (name, text) in files(&[".rs", ".js"]) {
        for id in requirement_ids(&text, "[") {
            if !known.contains(&id) {
                unknown.push(format!("{name}: {id}"));
            }
        }
    }
    assert_none("cited requirements that do not exist", &unknown);
}

/// The integrator's page names its messages after rules, outcomes and settings.
fn is_composed(key: &str, code: &str) -> bool {
    let Some(name) = key.strip_prefix("admin-match-") else {
        return false;
    };
    let kinds = ["head-", "setting-", "source-", "why-", "sharing-", "reach-", "roaming-"];
    let name = kinds.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name);
    code.contains(&format!("\"{name}\""))
        || code.contains(&format!("\"{}\"", name.replace('-', "_")))
}

/// Every message is used, and every message that is used exists.
#[test]
fn messages_are_neither_missing_nor_idle() {
    let keys: BTreeSet<String> = read("server/texts/en.ftl")
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    let code: String = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("server/src/"))
        .map(|(_, text)| text)
        .collect();
    let names: String = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| {
            name.starts_with("server/src/") || name.starts_with("crates/domain/src/")
        })
        .map(|(_, text)| text)
        .collect();
    let idle: Vec<String> = keys
        .iter()
        .filter(|key| !code.contains(&format!("\"{key}\"")))
        // The results of a hand-over are named by their number.
        .filter(|key| !key.starts_with("result-"))
        .filter(|key| !is_composed(key, &names))
        .cloned()
        .collect();
    assert_none("messages that nothing uses", &idle);
    for number in 1..=8 {
        for part in ["title", "text"] {
            assert!(keys.contains(&format!("result-{number}-{part}")), "result-{number}-{part}");
        }
    }
    let mut missing = Vec::new();
    for call in ["texts.get(\"", "texts.format(\"", " text(\"", "(text(\""] {
        for rest in code.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            // A key has a hyphen; with a dot it is the name of a file.
            if !keys.contains(key) && key.contains('-') && !key.contains('.') {
                missing.push(key.to_owned());
            }
        }
    }
    assert_none("messages that do not exist", &missing);
}

/// Skips that are allowed are allowed for a reason.
#[test]
fn allowed_skips_have_reasons() {
    for line in read("tests/allowed-skips.txt").lines().filter(|line| !line.starts_with('#')) {
        let reason = line.split_once(' ').map(|(_, reason)| reason.len()).unwrap_or_default();
        assert!(reason > 10, "no reason: {line}");
    }
}
