//! The trust policy: SV-13…SV-20 of 03-signature.md §5 and the matrix around them.

mod support;

use carrier::chain::{DistinguishedName, Revocation, Thumbprint, TrustedName};
use carrier::verify::{
    Consent, Grounds, Hresult, Known, KnownWithoutEv, Refusal, Source, Stage, Trust, UsageFault,
    verify,
};
use support::{E1, certificate, certificates, now, replace_once, signed_e1};

const SUBJECT: &str = "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO";
const ISSUER: &str = "CN=Example EV CA 3, O=Example Trust, C=NO";

fn with(leaf: &str) -> String {
    signed_e1(&[leaf, "issuing"], str::to_owned)
}

/// What becomes of a document: the grounds without the certificate, or stage, code and number.
#[derive(Debug, PartialEq)]
enum Outcome {
    Unsigned,
    SignedApp,
    Known,
    Consent,
    Refused(Refusal, Stage, String, u8),
}

use Outcome::Refused;

fn judged(document: &str, source: Source<'_>) -> Outcome {
    let roots = certificates(&["root"]);
    let trust = Trust { roots: &roots, at: now(), source, revocation: Revocation::default() };
    match verify(document.as_bytes(), &trust) {
        Ok(verified) => {
            let is_signed = verified.signer().is_some();
            assert_eq!(is_signed, document.contains("<Signature "), "the signer is told");
            assert_eq!(
                verified.needed_consent(),
                matches!(verified.grounds(), Grounds::Consent(_))
            );
            match verified.grounds() {
                Grounds::OperatorApp => Outcome::Unsigned,
                Grounds::SignedOperatorApp(_) => Outcome::SignedApp,
                Grounds::Known(_) => Outcome::Known,
                Grounds::Consent(_) => Outcome::Consent,
            }
        }
        Err(refusal) => {
            let (stage, result) = (refusal.stage(), refusal.result());
            let hresult = refusal.hresult().to_string();
            Refused(refusal, stage, hresult, result)
        }
    }
}

fn not_ev() -> Outcome {
    Refused(Refusal::Usage(UsageFault::NotEv), Stage::Usage, "8217000d".to_owned(), 3)
}

fn no_digital_signature() -> Outcome {
    let fault = UsageFault::NoDigitalSignature;
    Refused(Refusal::Usage(fault), Stage::Usage, "8217000d".to_owned(), 3)
}

fn unsigned() -> Outcome {
    Refused(Refusal::Unsigned, Stage::Signature, "8217000e".to_owned(), 3)
}

fn declined() -> Outcome {
    Refused(Refusal::ConsentRefused, Stage::Trust, "82170006".to_owned(), 5)
}

fn web<'a>(thumbprints: &'a [Thumbprint], consent: Consent) -> Source<'a> {
    Source::WebSite { known: Known { thumbprints, ..Known::default() }, consent }
}

/// SV-13…SV-16, SV-18, SV-20 by a web site. [SIG-20], [SIG-21], [SIG-22], [SIG-23], [SIG-26],
/// [XML-195], [XML-197], [XML-198], [XML-199]
#[test]
fn a_web_site_needs_ev_and_a_known_signer_or_consent() {
    let known = |name: &str| [certificate(name).thumbprint()];
    let (leaf, no_ev, no_use) = (known("leaf"), known("no_ev"), known("no_digital_signature"));
    for (id, document, source, expected) in [
        ("SV-13 T3, not EV", with("no_ev"), web(&[], Consent::Given), not_ev()),
        (
            "SV-13 T3, no digitalSignature",
            with("no_digital_signature"),
            web(&[], Consent::Given),
            no_digital_signature(),
        ),
        ("SV-14 T2, unknown, not EV", with("no_ev"), web(&leaf, Consent::Given), not_ev()),
        ("SV-14 before consent", with("no_ev"), web(&[], Consent::Refused), not_ev()),
        ("SV-15 T2, unknown, EV, no", with("leaf"), web(&[], Consent::Refused), declined()),
        ("SV-15 another is known", with("leaf"), web(&no_ev, Consent::Refused), declined()),
        ("T3, the first time", with("leaf"), web(&[], Consent::Given), Outcome::Consent),
        ("SV-16 the second time", with("leaf"), web(&leaf, Consent::Refused), Outcome::Known),
        ("SV-16 nobody is asked", with("leaf"), web(&leaf, Consent::Given), Outcome::Known),
        ("SV-18", E1.to_owned(), web(&[], Consent::Given), unsigned()),
        ("SV-18 even if known", E1.to_owned(), web(&leaf, Consent::Given), unsigned()),
        ("SV-20 known, not EV", with("no_ev"), web(&no_ev, Consent::Given), not_ev()),
        (
            "SIG-23 known, no digitalSignature",
            with("no_digital_signature"),
            web(&no_use, Consent::Given),
            no_digital_signature(),
        ),
    ] {
        assert_eq!(judged(&document, source), expected, "{id}");
    }
}

/// SV-20's second half. [SIG-23]
#[test]
fn the_relaxation_is_for_known_signers_and_for_ev_alone() {
    let known = ["no_ev", "no_digital_signature"].map(|name| certificate(name).thumbprint());
    let source = |thumbprints, without_ev| Source::WebSite {
        known: Known { thumbprints, names: &[], without_ev },
        consent: Consent::Given,
    };
    let allow = KnownWithoutEv::Allow;
    assert_eq!(judged(&with("no_ev"), source(&known, allow)), Outcome::Known, "SV-20");
    assert_eq!(judged(&with("no_ev"), source(&known, KnownWithoutEv::Refuse)), not_ev(), "SV-20");
    assert_eq!(KnownWithoutEv::default(), KnownWithoutEv::Refuse);
    assert_eq!(judged(&with("no_ev"), source(&[], allow)), not_ev(), "not known");
    let found = judged(&with("no_digital_signature"), source(&known, allow));
    assert_eq!(found, no_digital_signature());
}

/// SV-17, and what a signature from the app must still be. [SIG-20], [SIG-28], [SIG-29]
#[test]
fn the_operators_app_needs_no_signature() {
    let app = Source::OperatorApp;
    assert_eq!(judged(E1, app), Outcome::Unsigned, "SV-17");
    assert_eq!(judged(&with("leaf"), app), Outcome::SignedApp);
    assert_eq!(judged(&with("no_ev"), app), Outcome::SignedApp, "EV is not asked for");
    let changed = replace_once(&with("leaf"), "001019876543210", "001019876543211");
    let digest = Refused(Refusal::Digest, Stage::Digest, "82170005".to_owned(), 4);
    assert_eq!(judged(&changed, app), digest, "a signature that is there must hold");
    let invalid = E1.replace("<Global>", "<Other>").replace("</Global>", "</Other>");
    assert!(
        matches!(judged(&invalid, app), Refused(_, Stage::Schema, code, 2) if code == "82170002")
    );
}

/// [SIG-30], [SIG-31]
#[test]
fn a_refresh_is_accepted_from_known_signers_only() {
    let thumbprints = [certificate("leaf").thumbprint()];
    let names = [TrustedName::parse(SUBJECT, ISSUER).expect("names")];
    let refresh = |known| Source::Refresh { known };
    let by_thumbprint = refresh(Known { thumbprints: &thumbprints, ..Known::default() });
    let by_name = refresh(Known { names: &names, ..Known::default() });
    assert_eq!(judged(&with("leaf"), by_thumbprint), Outcome::Known);
    assert_eq!(judged(&with("leaf"), by_name), Outcome::Known);
    let unknown = Refused(Refusal::UnknownSigner, Stage::Trust, "82170006".to_owned(), 5);
    assert_eq!(judged(&with("leaf"), refresh(Known::default())), unknown);
    assert_eq!(judged(&with("no_ev"), by_name), not_ev(), "a web source needs EV, known or not");
    assert_eq!(judged(E1, by_name), unsigned());
}

/// [SIG-24], [SIG-25]
#[test]
fn signers_are_known_by_both_names() {
    let other_issuer = "CN=Example EV CA 4, O=Example Trust, C=NO";
    for (subject, issuer, expected) in [
        (SUBJECT, ISSUER, Outcome::Known),
        ("C=NO,O=Fjell Mobil AS,CN=FJELL PROVISIONING", ISSUER, Outcome::Known),
        (SUBJECT, "C=no, O=example  trust, CN=example ev ca 3", Outcome::Known),
        (SUBJECT, other_issuer, declined()),
        ("CN=Fjell Provisioning", ISSUER, declined()),
        (ISSUER, SUBJECT, declined()),
    ] {
        let names = [TrustedName::parse(subject, issuer).expect("names")];
        let known = Known { names: &names, ..Known::default() };
        let source = Source::WebSite { known, consent: Consent::Refused };
        assert_eq!(judged(&with("leaf"), source), expected, "{subject} by {issuer}");
    }
    let nothing = TrustedName::parse(SUBJECT, " ");
    assert_eq!(nothing, Err(carrier::chain::NameError::Empty), "both names are mandatory");
}

/// [SIG-24]
#[test]
fn alternative_directory_names_count() {
    let roots = certificates(&["revocation/root"]);
    let named = signed_e1(&["revocation/named", "revocation/issuing"], str::to_owned);
    let plain = signed_e1(&["revocation/leaf", "revocation/issuing"], str::to_owned);
    let is_known = |document: &str, subject: &str, issuer: &str| {
        let names = [TrustedName::parse(subject, issuer).expect("names")];
        let known = Known { names: &names, ..Known::default() };
        let source = Source::Refresh { known };
        let revocation = Revocation::default();
        let trust = Trust { roots: &roots, at: now(), source, revocation };
        verify(document.as_bytes(), &trust).map(|_| ())
    };
    let other_subject = "CN=Fjell Signing, O=\"Fjell, Mobil\", C=NO";
    let other_issuer = "CN=Example EV CA 4, O=Example Trust, C=NO";
    let issuer = "CN=Example EV CA 5, O=Example Trust, C=NO";
    for subject in [SUBJECT, other_subject] {
        for issuer in [issuer, other_issuer] {
            assert_eq!(is_known(&named, subject, issuer), Ok(()), "{subject} by {issuer}");
        }
    }
    let unknown = Err(Refusal::UnknownSigner);
    assert_eq!(is_known(&named, other_issuer, other_subject), unknown, "each in its place");
    assert_eq!(is_known(&plain, SUBJECT, issuer), Ok(()));
    assert_eq!(is_known(&plain, SUBJECT, other_issuer), unknown);
    assert_eq!(is_known(&plain, other_subject, issuer), unknown);
}

/// [SIG-27]
#[test]
fn the_first_failure_wins() {
    let source = web(&[], Consent::Refused);
    let stage = |document: &str| match judged(document, source) {
        Refused(_, stage, _, _) => Some(stage),
        _ => None,
    };
    // Each row has the faults of the rows below it too.
    let not_ev = signed_e1(&["no_ev", "stranger"], str::to_owned);
    let changed = replace_once(&not_ev, "001019876543210", "001019876543211");
    let value = replace_once(&changed, "<SignedInfo>", "<SignedInfo> ");
    let no_leaf = value.replace("<X509Data>", "<KeyName>").replace("</X509Data>", "</KeyName>");
    assert_eq!(stage(&no_leaf), Some(Stage::Schema));
    assert_eq!(stage(&value), Some(Stage::Signature));
    assert_eq!(stage(&changed), Some(Stage::Digest));
    assert_eq!(stage(&not_ev), Some(Stage::Chain));
    assert_eq!(stage(&with("no_ev")), Some(Stage::Usage));
    assert_eq!(stage(&with("leaf")), Some(Stage::Trust));
}

/// [XML-189], [XML-190], [XML-191], [XML-192], [XML-193], [XML-194], [XML-195], [XML-196],
/// [XML-197], [XML-198], [XML-199]
#[test]
fn every_code_of_windows_has_its_number() {
    for (hresult, expected) in [
        (0x8007_0005, 1),
        (0x8217_0001, 2),
        (0x8217_0002, 2),
        (0x8217_0003, 4),
        (0x8217_0004, 4),
        (0x8217_0005, 4),
        (0x8217_0006, 5),
        (0x8217_0007, 3),
        (0x8217_000d, 3),
        (0x8217_000e, 3),
        (0x8217_0008, 1),
        (0x8007_0426, 1),
    ] {
        assert_eq!(Hresult(hresult).result(), expected, "{}", Hresult(hresult));
    }
    assert_eq!(Hresult::ACCESS_DENIED.to_string(), "80070005");
}

#[test]
fn names_are_printed_as_they_are_read() {
    let name = DistinguishedName::parse("cn=a\\, b+serialNumber=7;o=\"x\"\"y\"").expect("a name");
    assert_eq!(name.to_string(), "CN=\"a, b\" + SERIALNUMBER=7, O=\"x\"\"y\"");
    let printed = certificate("leaf").thumbprint().to_string();
    assert_eq!(Thumbprint::parse(&printed), Some(certificate("leaf").thumbprint()));
    let spaced = "AA:bb 00".to_owned() + &"0".repeat(34);
    let expected = format!("aabb{}", "0".repeat(36));
    assert_eq!(Thumbprint::parse(&spaced).map(|t| t.to_string()), Some(expected));
    for text in ["", "aa", &printed[1..], &format!("{printed}0"), &printed.replace('0', "g")] {
        assert_eq!(Thumbprint::parse(text), None, "{text}");
    }
}
