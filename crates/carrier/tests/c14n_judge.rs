//! libxml2 as the judge of canonical forms: `xmllint --c14n` and `--exc-c14n`.
//!
//! xmllint writes the forms with comments; the forms without are those of the same document without
//! its comments. A judge that is absent is skipped aloud; the list of allowed skips is the
//! caller's.

#[path = "support/hostile.rs"]
mod hostile;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use carrier::xml::{Method, canonical_document, parse_tree};
use hostile::Hostile;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Generated documents; the same on each run.
const DOCUMENTS: usize = 1_500;

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

/// Returns what xmllint writes for the files, one after the other.
#[track_caller]
fn judge(directory: &Path, option: &str, files: &[String]) -> String {
    let mut command = Command::new("xmllint");
    command.current_dir(directory).args(["--nonet", option]).args(files);
    let output = command.output().expect("the judge runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{option}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn ours(document: &str, method: Method) -> String {
    let tree = parse_tree(document.as_bytes()).expect("well-formed");
    canonical_document(&tree, method, None)
}

/// Holds our forms of `inputs` to the judge's forms of `files`, which are the same documents or the
/// same without comments.
#[track_caller]
fn check(directory: &Path, files: &[String], inputs: &[String], option: &str, method: Method) {
    let forms: Vec<String> = inputs.iter().map(|input| ours(input, method)).collect();
    let together = judge(directory, option, files);
    if together != forms.concat() {
        // One by one, to name the document.
        for ((file, input), form) in files.iter().zip(inputs).zip(&forms) {
            let expected = judge(directory, option, std::slice::from_ref(file));
            assert_eq!(form, &expected, "{file} {method:?}: {input:?}");
        }
    }
    assert_eq!(together, forms.concat(), "{method:?}: together other than one by one");
}

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    directory
}

fn save(directory: &Path, prefix: &str, texts: &[String]) -> Vec<String> {
    let save = |(number, text): (usize, &String)| {
        let name = format!("{prefix}{number}.xml");
        std::fs::write(directory.join(&name), text).expect("a temporary file");
        name
    };
    texts.iter().enumerate().map(save).collect()
}

/// [SIG-04]: all four methods.
#[test]
fn libxml2_canonicalises_hostile_documents_as_we_do() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        skipped("xmllint is not on PATH");
        return;
    }
    let mut runner = TestRunner::deterministic();
    let documents = hostile::hostile();
    let documents: Vec<Hostile> = (0..DOCUMENTS)
        .map(|_| documents.new_tree(&mut runner).expect("a document").current())
        .collect();
    let texts: Vec<String> = documents.iter().map(|d| d.text.clone()).collect();
    let bare: Vec<String> = documents.iter().map(|d| d.without_comments.clone()).collect();
    let directory = directory("c14n-judge");
    let files = save(&directory, "c", &texts);
    let bare_files = save(&directory, "b", &bare);
    check(&directory, &files, &texts, "--c14n", Method::InclusiveWithComments);
    check(&directory, &files, &texts, "--exc-c14n", Method::ExclusiveWithComments);
    check(&directory, &bare_files, &texts, "--c14n", Method::Inclusive);
    check(&directory, &bare_files, &texts, "--exc-c14n", Method::Exclusive);
    std::fs::remove_dir_all(&directory).expect("removed");
}

/// What the generator is for: each feature is in many of its documents.
#[test]
fn hostile_documents_have_what_they_are_for() {
    let mut runner = TestRunner::deterministic();
    let documents = hostile::hostile();
    let texts: Vec<String> = (0..DOCUMENTS)
        .map(|_| documents.new_tree(&mut runner).expect("a document").current().text)
        .collect();
    for feature in
        ["xmlns=''", "xmlns:p='urn:10'", "p:a = ", "xml:b = ", "&#xD;", "<![CDATA[", "<!--"]
    {
        let found = texts.iter().filter(|text| text.contains(feature)).count();
        assert!(found > DOCUMENTS / 20, "{feature}: {found}");
    }
    let twice = |text: &&String| text.matches("xmlns:q=").count() > 1;
    assert!(texts.iter().filter(twice).count() > DOCUMENTS / 10, "shadowed or superfluous");
}
