//! The report of `cert check` on good and broken certificates.

use carrier::chain::{Curve, EV_POLICY, KeyFacts, Problem as Judged};

use super::*;
use crate::config::Certificates;
use crate::keys::check::{CertReport, cert_check, judge};
use crate::keys::problem::Problem;

fn check(files: &KeyFiles) -> CertReport {
    cert_check(&files.chain, Some(&files.key), Some(&demo().roots_pem), now()).expect("a report")
}

#[test]
fn demo_chain_is_reported_without_problems() {
    let expected = concat!(
        r#"{"subject":"CN=Broadgate Demo Provisioning, O=Broadgate Demo","#,
        r#""issuer":"CN=Broadgate Demo EV Issuing CA, O=Broadgate Demo","#,
        r#""not_before":"2026-11-21T11:00:00Z","not_after":"2027-06-08T12:00:00Z","#,
        r#""days_left":199,"ev":true,"ev_policies":["2.23.140.1.1"],"key":"rsa-2048","#,
        r#""chain_ok":true,"problems":[]}"#,
    );
    let report = check(&demo().files);
    assert_eq!(serde_json::to_string(&report).expect("JSON"), expected);
    assert!(!report.is_refused());
    assert_eq!(report.ev_policies, [EV_POLICY]);
}

#[test]
fn without_roots_the_chain_is_not_judged() {
    let report = cert_check(&demo().files.chain, None, None, now()).expect("a report");
    let judged = (report.chain_ok, report.is_chain_judged, report.is_refused());
    assert_eq!(judged, (false, false, false));
}

#[test]
fn broken_leaves_are_refused_with_all_findings() {
    let report = check(&Folder::with_leaf(Flaw::NoEvPolicy).files);
    assert_eq!((report.ev, report.chain_ok, report.is_refused()), (false, true, true));
    assert_eq!(report.ev_policies, Vec::<String>::new());

    let report = check(&Folder::with_leaf(Flaw::Expired).files);
    assert_eq!((report.days_left, report.chain_ok), (-1, false));
    let [Problem::Certificate(Judged::Expired { .. }), Problem::Certificate(Judged::NoPath(_))] =
        &report.problems[..]
    else {
        panic!("{:?}", report.problems)
    };

    let folder = Folder::new();
    folder.put_leaf_of(&KeyPair::generate().expect("a P-256 key"), Flaw::None);
    let report = check(&folder.files);
    assert_eq!((report.key.as_str(), report.chain_ok), ("ec-p256", true));
    assert_eq!(
        report.problems,
        vec![Problem::from(Judged::NotRsa { key: KeyFacts::EllipticCurve(Curve::P256) })]
    );
}

#[test]
fn leaf_of_another_root_has_no_path() {
    let other = tempfile::tempdir().expect("a folder");
    let tls = crate::keys::tls::TlsCertificate::load_or_make_demo(other.path(), now());
    let roots = tls.expect("a CA").roots_pem;
    let report = cert_check(&demo().files.chain, None, Some(&roots), now()).expect("a report");
    assert!(!report.chain_ok && report.is_refused());
    assert!(
        matches!(&report.problems[..], [Problem::Certificate(Judged::NoPath(_))]),
        "{:?}",
        report.problems
    );
}

#[test]
fn self_signed_leaf_has_no_path() {
    let folder = Folder::new();
    let key = KeyPair::try_from(&read_key(&demo().files.key).expect("a key")).expect("RSA");
    put(&folder.files.chain, &leaf_params(now()).self_signed(&key).expect("a leaf").pem());
    put(&folder.files.key, &key.serialize_pem());
    let report = check(&folder.files);
    assert!(!report.chain_ok && report.is_refused(), "{:?}", report.problems);
}

#[test]
fn names_are_written_most_specific_first_with_quotes() {
    let folder = Folder::new();
    let key = KeyPair::try_from(&read_key(&demo().files.key).expect("a key")).expect("RSA");
    let mut params = leaf_params(now());
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CountryName, "FI");
    params.distinguished_name.push(rcgen::DnType::OrganizationName, r#"Aurora "Net", Oy"#);
    params.distinguished_name.push(rcgen::DnType::CommonName, "portal.aurora.example");
    put(&folder.files.chain, &params.self_signed(&key).expect("a leaf").pem());
    let report = cert_check(&folder.files.chain, None, None, now()).expect("a report");
    assert_eq!(report.subject, r#"CN=portal.aurora.example, O="Aurora ""Net"", Oy", C=FI"#);
}

/// What `config check` says. [SIG-23]
#[test]
fn the_configuration_is_refused_what_would_not_sign() {
    let found = |flaw, can_wait| {
        let place = Folder::with_leaf(flaw);
        let certificates = Certificates::Signing { place: &place.files.place(), can_wait };
        let said = judge(certificates, now());
        let starts = ["no Extended", "keyUsage", "expired", "not valid"];
        let start = |said: &String| starts.into_iter().find(|start| said.starts_with(start));
        said.iter().map(|said| start(said).unwrap_or("other")).collect::<Vec<_>>()
    };
    for (flaw, alone, with_another) in [
        (Flaw::None, vec![], vec![]),
        (Flaw::NoServerAuth, vec![], vec![]),
        (Flaw::NoEvPolicy, vec!["no Extended"], vec!["no Extended"]),
        (Flaw::NoDigitalSignature, vec!["keyUsage"], vec!["keyUsage"]),
        (Flaw::Expired, vec!["expired"], vec![]),
        (Flaw::NotYetValid, vec!["not valid"], vec![]),
    ] {
        assert_eq!((found(flaw, false), found(flaw, true)), (alone, with_another));
    }
}
