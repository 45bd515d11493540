//! `[[affiliation]]`: what rows may say, what is wrong with and between them, and that nothing of
//! them is published [MATCH-56].

use domain::Timestamp;
use domain::identity::{Iccid, Imsi};
use domain::matching::Sim;

use super::*;
use crate::catalog::{export, export_cosa, lint};
use crate::metadata::Metadata;

const NETWORK: &str = "[match]\nimsi_ranges = [[\"001010000000000\", \"001019999999999\"]]\n[look]";

/// The base as the network, with these rows at its end.
fn network(rows: &str) -> String {
    let (head, tail) = BASE.split_once("[match]").expect("match");
    let (_, tail) = tail.split_once("[look]").expect("look");
    format!("{head}{NETWORK}{tail}{rows}")
}

fn rows(rows: &[&str]) -> String {
    rows.iter().map(|row| format!("[[affiliation]]\n{row}\n")).collect()
}

const GROUP: &str = "plmn = \"00101\"\ngid1 = \"B1\"";
const CARDS: &str = "iccid = [\"89990177000000000000\", \"89990177000000009999\"]";
const NAME: &str = "spn = \"Private Name\"";
const SUBSCRIBERS: &str = "imsi = [\"001017654300000\", \"001017654399999\"]";

#[test]
fn private_rules_decide_and_are_found_in_nothing_that_is_published() {
    let mvno = other("b") + &rows(&[GROUP, CARDS, NAME, SUBSCRIBERS]);
    let catalog = read(&[("a.toml", &network("")), ("b.toml", &mvno)]).expect("no error");
    assert_eq!(catalog.affiliation.len(), 4);
    let at = Timestamp::UNIX_EPOCH;
    let (metadata, _) = Metadata::make(&catalog, &[], at).expect("made");
    let affiliation = metadata.affiliation.as_ref().expect("a network");
    let mut elements = Vec::new();
    for (iccid, imsi, name, gid1, expected) in [
        ("89990111000000000000", "001010000000042", "", "", "a"),
        ("89990111000000000000", "001010000000042", "", "b1", "b"),
        ("89990111000000000000", "001017654321042", "", "", "b"),
        ("89990177000000000042", "001010000000042", "", "", "b"),
        ("89990111000000000000", "001010000000042", "Private Name", "", "b"),
        ("89990111000000000000", "999990000000042", "", "b1", "a"),
        ("89990111000000000000", "999990000000042", "Nobody", "zz", "a"),
    ] {
        let imsi = Imsi::parse(imsi).expect("an IMSI");
        let sim = Sim {
            iccid: Some(Iccid::parse(iccid).expect("an ICCID")),
            imsi: Some(imsi.clone()),
            home_provider_name: Some(name.to_owned()),
            ..Sim::gsm()
        };
        let answer = affiliation.answer(&sim, &imsi, Some(gid1)).expect("an answer");
        assert_eq!(answer.brand, expected, "{iccid} {imsi:?} {name:?} {gid1:?}");
        let text = answer.provisioning_file;
        for secret in ["B1", "8999017700", "Private Name", "0010176543"] {
            let asked = imsi.reveal().contains(secret);
            assert!(asked || !text.contains(secret), "{secret} is in {text}");
        }
        let names = text.split('<').filter_map(|part| part.split(['>', ' ']).next());
        elements.push(names.map(str::to_owned).collect::<Vec<_>>());
    }
    assert!(elements.windows(2).all(|pair| pair[0] == pair[1]), "one shape: {elements:?}");
    let id = BrandId::parse("b").expect("an id");
    let guid = "00000000-0000-4000-8000-000000000001";
    let package = export::service_metadata(&catalog, &id, guid, at).expect("a package");
    let mut published: Vec<Vec<u8>> = package.files.into_iter().map(|file| file.content).collect();
    published.push(export_cosa::cosa(&catalog, &id, "", None).expect("a submission").csv);
    published.push(format!("{catalog:?}").into_bytes());
    for text in published.iter().map(|bytes| String::from_utf8_lossy(bytes)) {
        for secret in ["B1", "8999017700", "Private Name", "0010176543"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[test]
fn every_row_that_says_nothing_or_too_much_is_an_error_at_once() {
    let bad = rows(&[
        "",
        "plmn = \"1\"",
        "plmn = \"00102\"\nimsi = [\"001017654300000\", \"001017654399999\"]",
        "iccid = [\"89990177000000000000\", \"89990177000000009998\"]",
        "pnn = \"x\"\nspn = \"A\"",
        GROUP,
    ]);
    let findings = read(&[("a.toml", &network(&bad))]).expect_err("refused");
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| {
            let key = finding.key.as_deref().unwrap_or_default();
            (key, finding.message.split([';', ',', ':']).next().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("affiliation[0]", "names no SIM"),
            ("affiliation[1].plmn", "needs the 5 or 6 digits of a network"),
            ("affiliation[2]", "has an IMSI range that is not of its network"),
            ("affiliation[3].iccid", "must end with a number that ends in 99"),
            ("affiliation[4].pnn", "unknown key"),
        ],
        "[MATCH-24] {findings:#?}"
    );
    assert!(findings.iter().all(|finding| finding.line.is_some()), "{findings:?}");
}

#[test]
fn overlaps_between_brands_and_rows_that_never_decide_are_told_where_they_are() {
    let mine = network(&rows(&[SUBSCRIBERS, "imsi = [\"001017654300000\", \"001017654300099\"]"]));
    let theirs = other("b") + &rows(&[GROUP, SUBSCRIBERS]);
    let findings = read(&[("a.toml", &mine), ("b.toml", &theirs)]).expect_err("refused");
    let conflict = one(&findings, "an overlap [MATCH-23]");
    assert_eq!(
        (conflict.file.as_str(), conflict.key.as_deref()),
        ("b.toml", Some("affiliation[1]"))
    );
    assert!(conflict.line.is_some(), "{conflict:?}");
    let message = &conflict.message;
    assert!(message.contains("a's by affiliation[0] (a.toml:"), "{message}");
    assert!(!message.contains("0010176543"), "{message}");

    let folder = tempfile::tempdir().expect("folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
        lint::lint(folder.path(), None)
    };
    let codes = |findings: &[api::machine::CatalogFinding]| {
        let of = |found: &&api::machine::CatalogFinding| found.code.starts_with("affiliation");
        let shown = findings
            .iter()
            .filter(of)
            .map(|found| (found.code.clone(), found.brand.clone().unwrap_or_default()));
        shown.collect::<Vec<_>>()
    };
    let is = |code: &str, brand: &str| vec![(code.to_owned(), brand.to_owned())];
    write("a.toml", &mine);
    let found = write("b.toml", &theirs);
    assert_eq!(codes(&found.errors), is("affiliation_overlap", "b"), "{:?}", found.errors);
    assert_eq!(codes(&found.warnings), is("affiliation_idle", "a"), "{:?}", found.warnings);
    let found = write("b.toml", &other("b"));
    assert_eq!(codes(&found.errors), []);
    write("a.toml", BASE);
    let found = write("b.toml", &(other("b") + &rows(&[GROUP])));
    assert_eq!(codes(&found.warnings), is("affiliation_unused", "b"), "{:?}", found.warnings);
}
