//! The demo chain is made, kept, renewed, and accepted by openssl.

use super::*;
use crate::keys::demo_chain::DemoState;
use crate::keys::files::read_pair;
use crate::keys::issue::DemoError;
use crate::keys::problem::Problem;

/// Copies the shared chain to a folder that a test may write to.
fn copy() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(demo().roots_pem.parent().expect("a folder")).expect("entries") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), dir.path().join(entry.file_name())).expect("a copy");
    }
    dir
}

#[test]
fn first_run_makes_a_chain_without_findings() {
    assert_eq!(demo().state, DemoState::Made);
    let pair = read_pair(&demo().files.place(), now()).expect("a pair");
    assert_eq!(pair.problems, Vec::<Problem>::new());
    assert_eq!(pair.chain.len(), 2, "leaf and issuing CA, no root");
    assert!(demo().signer(now()).is_ok());
}

#[test]
fn keys_are_for_their_owner_only() {
    assert_eq!(mode(demo().roots_pem.parent().expect("a folder")), 0o700);
    for name in ["root.key.pem", "issuing.key.pem", "leaf.key.pem"] {
        assert_eq!(mode(&demo_file(name)), 0o600, "{name}");
    }
    let names: Vec<_> = fs::read_dir(demo().roots_pem.parent().expect("a folder"))
        .expect("entries")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names.len(), 6, "no temporary file is left: {names:?}");
}

#[test]
fn later_runs_load_the_same_chain() {
    let dir = copy();
    let before = fs::read(dir.path().join("chain.pem")).expect("a chain");
    let loaded = DemoChain::load_or_make(dir.path(), now() + days(190)).expect("a chain");
    assert_eq!(loaded.state, DemoState::Loaded);
    assert_eq!(fs::read(&loaded.files.chain).expect("a chain"), before);
}

#[test]
fn leaf_about_to_end_is_remade_under_the_same_root() {
    let dir = copy();
    let root = fs::read(dir.path().join("root.pem")).expect("a root");
    let later = now() + days(193);
    let renewed = DemoChain::load_or_make(dir.path(), later).expect("a chain");
    assert_eq!(renewed.state, DemoState::LeafRenewed);
    assert_eq!(fs::read(&renewed.roots_pem).expect("a root"), root);
    let pair = read_pair(&renewed.files.place(), later).expect("a pair");
    // Issued after 2027-03-15: the limit of 100 days holds.
    let days_left = (pair.leaf.not_after.as_second() - later.as_second()).div_euclid(86_400);
    assert_eq!((pair.problems, days_left), (Vec::new(), 99));
}

#[test]
fn missing_or_mismatched_leaf_is_remade() {
    let dir = copy();
    fs::remove_file(dir.path().join("chain.pem")).expect("removed");
    fs::copy(demo_file("issuing.key.pem"), dir.path().join("leaf.key.pem")).expect("a copy");
    let renewed = DemoChain::load_or_make(dir.path(), now()).expect("a chain");
    assert_eq!(renewed.state, DemoState::LeafRenewed);
    fs::copy(demo_file("leaf.key.pem"), dir.path().join("leaf.key.pem")).expect("a copy");
    let renewed = DemoChain::load_or_make(dir.path(), now()).expect("a chain");
    assert_eq!(renewed.state, DemoState::LeafRenewed);
}

#[test]
fn damaged_ca_is_told_and_kept() {
    let dir = copy();
    fs::remove_file(dir.path().join("chain.pem")).expect("removed");
    fs::copy(demo_file("leaf.key.pem"), dir.path().join("issuing.key.pem")).expect("a copy");
    let error = DemoChain::load_or_make(dir.path(), now()).expect_err("a damaged CA");
    let DemoError::Damaged { file, source: None } = error else { panic!("{error}") };
    assert_eq!(file, dir.path().join("issuing.key.pem"));
    assert!(!dir.path().join("chain.pem").exists());
}

#[test]
fn openssl_accepts_the_chain_as_ev() {
    let (chain, root) = (text(&demo().files.chain), text(&demo().roots_pem));
    let at = now().as_second().to_string();
    let verify = [
        "verify",
        "-x509_strict",
        "-attime",
        &at,
        "-purpose",
        "sslserver",
        "-policy_check",
        "-explicit_policy",
        "-policy",
        "2.23.140.1.1",
        "-CAfile",
        root,
        "-untrusted",
        chain,
        chain,
    ];
    let Some((is_accepted, said)) = openssl(&verify) else {
        return;
    };
    assert!(is_accepted, "{said}");
    let Some((_, said)) = openssl(&["x509", "-in", chain, "-noout", "-text"]) else {
        return;
    };
    for part in [
        "O = Broadgate Demo, CN = Broadgate Demo Provisioning",
        "Policy: 2.23.140.1.1",
        "CA:FALSE",
        "TLS Web Server Authentication",
        "Public-Key: (2048 bit)",
        "sha256WithRSAEncryption",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    let usage = said.split("X509v3 Key Usage:").nth(1).and_then(|rest| rest.lines().nth(1));
    assert_eq!(usage.map(str::trim), Some("Digital Signature"));
}

#[test]
fn openssl_refuses_a_leaf_without_the_policy() {
    let folder = Folder::with_leaf(Flaw::NoEvPolicy);
    let at = now().as_second().to_string();
    let (chain, root) = (text(&folder.files.chain), text(&demo().roots_pem));
    let verify = [
        "verify",
        "-attime",
        &at,
        "-policy_check",
        "-explicit_policy",
        "-policy",
        "2.23.140.1.1",
        "-CAfile",
        root,
        "-untrusted",
        chain,
        chain,
    ];
    let Some((is_accepted, said)) = openssl(&verify) else {
        return;
    };
    assert!(!is_accepted && said.contains("policy"), "{said}");
}
