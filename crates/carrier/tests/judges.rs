//! Judges from outside: xmlsec1 for the signature, libxml2 with the published schemas.
//!
//! A judge that is absent is skipped aloud; the list of allowed skips is the caller's.

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use carrier::document::Document;
use carrier::sign::{Algorithm, sign};
use carrier::write::write;

fn examples() -> [(&'static str, Document); 5] {
    [
        ("14.1", support::e1()),
        ("14.2", support::e2()),
        ("14.3", support::e3()),
        ("14.4", support::wlan::e4()),
        ("14.8", support::wlan::e8()),
    ]
}

/// Signs an example into a file of its own.
fn signed(id: &str, document: &Document, judge: &str) -> PathBuf {
    let document = write(document).expect("legal values");
    let signer = support::signer(&["leaf", "issuing"]);
    let signed = sign(&document, &signer, Algorithm::RsaSha256, support::now()).expect("signed");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{judge}-{id}.xml"));
    std::fs::write(&path, signed.as_bytes()).expect("a temporary file");
    path
}

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

fn is_present(tool: &str) -> bool {
    let present = Command::new(tool).arg("--version").output().is_ok();
    if !present {
        skipped(&format!("{tool} is not on PATH"));
    }
    present
}

#[track_caller]
fn check(id: &str, command: &mut Command) {
    let output = command.output().expect("the judge runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{id}: {text}");
}

#[test]
fn xmlsec1_verifies_what_is_signed_here() {
    if !is_present("xmlsec1") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/root.pem");
    for (id, document) in examples() {
        let file = signed(id, &document, "xmlsec1");
        let verify = ["--verify", "--enabled-key-data", "x509", "--trusted-pem"];
        check(id, Command::new("xmlsec1").args(verify).arg(&root).arg(&file));
        let text = std::fs::read_to_string(&file).expect("the file");
        std::fs::write(&file, text.replace("001019876543210", "001019876543211")).expect("written");
        let changed = Command::new("xmlsec1").args(verify).arg(&root).arg(&file).output();
        assert!(!changed.expect("the judge runs").status.success(), "{id}: a change is seen");
    }
}

#[test]
fn libxml2_finds_signed_documents_valid() {
    let schema = "../../../shared/reference/xsd/all.xsd";
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema);
    if !schema.exists() {
        skipped("the published schemas are not at ../shared/reference/xsd");
        return;
    }
    if !is_present("xmllint") {
        return;
    }
    for (id, document) in examples() {
        let file = signed(id, &document, "xmllint");
        let validate = ["--nonet", "--noout", "--schema"];
        check(id, Command::new("xmllint").args(validate).arg(&schema).arg(&file));
    }
}
