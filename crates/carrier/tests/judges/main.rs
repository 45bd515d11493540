//! Judges from outside: four verifiers of signatures, and libxml2 with the published schemas.
//!
//! A judge that is absent is skipped aloud; under `cargo xtask test`, which installs them all,
//! it fails the test instead. The schemas are not part of this repository and may be absent.

#[path = "../support/mod.rs"]
mod support;

mod bench;
mod mutations;

use std::path::PathBuf;

use bench::{Judge, folder, present_judges, schema, validate};
use carrier::document::Document;
use carrier::sign::{Algorithm, sign};
use carrier::write::write;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRng, TestRunner};

/// Documents of the size that issue and schema judge ask for, the same on every run.
fn generated(count: usize) -> Vec<Document> {
    let rng = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = support::strategies::document();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a document").current()).collect()
}

fn signed(document: &Document) -> String {
    let document = write(document).expect("legal values");
    let signer = support::signer(&["leaf", "issuing"]);
    let signed = sign(&document, &signer, Algorithm::RsaSha256, support::now()).expect("signed");
    signed.as_str().to_owned()
}

fn stored(folder: &std::path::Path, texts: impl Iterator<Item = String>) -> Vec<PathBuf> {
    texts
        .enumerate()
        .map(|(index, text)| {
            let path = folder.join(format!("{index}.xml"));
            std::fs::write(&path, text).expect("a temporary file");
            path
        })
        .collect()
}

#[test]
fn every_judge_verifies_200_generated_documents() {
    let folder = folder("signed");
    let texts: Vec<String> = generated(200).iter().map(signed).collect();
    let files = stored(&folder, texts.into_iter());
    for judge in present_judges() {
        for (file, verdict) in files.iter().zip(judge.verdicts(&files)) {
            assert_eq!(verdict, Ok(()), "{judge:?} on {}", file.display());
        }
    }
}

#[test]
fn every_judge_sees_a_change() {
    let folder = folder("changed");
    let texts = generated(4).into_iter().map(|document| {
        let subscriber = document.global().subscriber_id.reveal().to_owned();
        let old = format!("<SubscriberId>{subscriber}<");
        support::replace_once(&signed(&document), &old, &format!("<SubscriberId>{subscriber}0<"))
    });
    let texts: Vec<String> = texts.collect();
    let files = stored(&folder, texts.into_iter());
    for judge in present_judges() {
        for verdict in judge.verdicts(&files) {
            assert!(verdict.is_err(), "{judge:?}");
        }
    }
}

#[test]
fn libxml2_finds_10_000_generated_documents_valid() {
    let Some(schema) = schema() else {
        return;
    };
    let folder = folder("valid");
    let texts = generated(10_000).into_iter().map(|document| {
        let written = write(&document).expect("legal values");
        written.as_str().to_owned()
    });
    let files = stored(&folder, texts);
    assert_eq!(validate(&schema, &files), Vec::<String>::new());
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn libxml2_finds_signed_documents_valid() {
    let Some(schema) = schema() else {
        return;
    };
    let folder = folder("signed-valid");
    let files = stored(&folder, generated(20).iter().map(signed));
    assert_eq!(validate(&schema, &files), Vec::<String>::new());
}

/// The names by which judges are listed, in divergences and messages.
#[test]
fn judges_have_names_of_their_own() {
    let names: std::collections::BTreeSet<&str> = Judge::ALL.iter().map(|j| j.name()).collect();
    assert_eq!(names.len(), Judge::ALL.len());
}
