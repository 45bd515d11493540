//! Requirements and tests: every requirement of a finished part is cited by a test.
//!
//! A part is a file of the specification. Those of its requirements that the sources state (M)
//! or the project decides (D) are held to it; what no test can show, or what comes later, is
//! listed with its reason in `uncited-requirements.txt`. Not here: whether the test is good.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The finished parts: prefix of the ids, file of the specification.
const PARTS: [(&str, &str); 7] = [
    ("XML-", "docs/spec/02-provisioning-xml.md"),
    ("SIG-", "docs/spec/03-signature.md"),
    ("MATCH-", "docs/spec/04-matching.md"),
    ("USE-", "docs/spec/05-usage-and-notifications.md"),
    ("EVT-", "docs/spec/05-usage-and-notifications.md"),
    ("MSG-", "docs/spec/05-usage-and-notifications.md"),
    ("RFR-", "docs/spec/05-usage-and-notifications.md"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The numbers after a prefix, wherever it stands in a text.
fn numbers(text: &str, prefix: &str) -> BTreeSet<u32> {
    text.split(prefix)
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

/// The numbers of class M or D that a file of the specification defines.
fn defined(text: &str, prefix: &str) -> BTreeSet<u32> {
    text.split(&format!("**[{prefix}"))
        .skip(1)
        .filter_map(|rest| {
            let (number, class) = rest.split_once("] ")?;
            let is_held = class.starts_with("M**") || class.starts_with("D**");
            number.parse().ok().filter(|_| is_held)
        })
        .collect()
}

/// The tests' text: files of tests, and what follows `#[cfg(test)]` in a source.
fn test_texts() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    let names = String::from_utf8(listed.stdout).expect("names in UTF-8");
    let is_test_file = |name: &str| name.starts_with("tests/") || name.contains("/tests/");
    let itself = "tests/citations.rs";
    names
        .lines()
        .filter(|name| [".rs", ".js", ".py"].iter().any(|end| name.ends_with(end)))
        .filter(|name| *name != itself)
        .filter_map(|name| {
            let text = std::fs::read_to_string(root().join(name)).ok()?;
            if is_test_file(name) {
                return Some(text);
            }
            text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned())
        })
        .collect()
}

/// The requirements that no test cites, with the reason.
fn excused() -> BTreeMap<String, String> {
    let text = include_str!("uncited-requirements.txt");
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (id, reason) = line.split_once(' ').expect("an id, a blank, the reason");
            assert!(reason.len() > 10, "{id} has a reason");
            (id.to_owned(), reason.to_owned())
        })
        .collect()
}

#[test]
fn every_requirement_of_a_finished_part_is_cited_by_a_test() {
    let texts = test_texts();
    let excused = excused();
    let mut wrong = Vec::new();
    for (prefix, file) in PARTS {
        let spec = std::fs::read_to_string(root().join(file)).expect(file);
        let defined = defined(&spec, prefix);
        assert!(defined.len() > 5, "{file} defines requirements");
        let cited: BTreeSet<u32> = texts.iter().flat_map(|text| numbers(text, prefix)).collect();
        for number in &defined {
            let id = format!("{prefix}{number:02}");
            match (cited.contains(number), excused.contains_key(&id)) {
                (false, false) => wrong.push(format!("{id}: no test cites it")),
                (true, true) => wrong.push(format!("{id}: a test cites it; remove the excuse")),
                (true, false) | (false, true) => {}
            }
        }
        for id in excused.keys().filter(|id| id.starts_with(prefix)) {
            let number = id.strip_prefix(prefix).and_then(|digits| digits.parse().ok());
            if !number.is_some_and(|number| defined.contains(&number)) {
                wrong.push(format!("{id}: excused, but not defined"));
            }
        }
    }
    assert!(wrong.is_empty(), "requirements and tests:\n  {}", wrong.join("\n  "));
}
