//! The signature vectors SV of 03-signature.md §5 and what else must not be believed.

mod support;

use carrier::chain::{ChainError, Curve, EV_POLICY, KeyFacts, inspect};
use carrier::schema::SchemaFault;
use carrier::sign::{Algorithm, RsaSigner, RsaSignerError, SignError, Signer, SignerError, sign};
use carrier::verify::{Consent, Refusal, SignatureFault, Trust, UsageFault, verify};
use carrier::write::{CanonicalError, canonical_form, write};
use support::{
    E1, END, certificate, certificates, key_der, moment, now, replace_once, signed_e1, signer,
};

const CHAIN: [&str; 2] = ["leaf", "issuing"];

/// Verifies against the test root, with consent given.
fn judged(document: &str) -> Result<(), Refusal> {
    let roots = certificates(&["root"]);
    let trust = Trust::of_web_site(&roots, now(), Consent::Given);
    verify(document.as_bytes(), &trust).map(|_| ())
}

#[track_caller]
fn check(id: &str, document: &str, expected: Result<(), (Refusal, &str, u8)>) {
    let found = judged(document).map_err(|refusal| {
        let (hresult, result) = (refusal.hresult().to_string(), refusal.result());
        (refusal, hresult, result)
    });
    let expected = expected.map_err(|(refusal, hresult, n)| (refusal, hresult.to_owned(), n));
    assert_eq!(found, expected, "{id}");
}

/// The schema refuses; where and why matters, the offset does not.
#[track_caller]
fn check_schema(id: &str, document: &str, element: &str, fault: SchemaFault) {
    let refusal = judged(document).expect_err(id);
    let found = match &refusal {
        Refusal::Invalid(error) => error.path.last().map(|name| (*name, error.fault)),
        _ => None,
    };
    assert_eq!(found, Some((element, fault)), "{id}: {refusal:?}");
    assert_eq!(refusal.hresult().to_string(), "82170002", "{id}");
    assert_eq!(refusal.result(), 2, "{id}");
}

fn e1() -> String {
    signed_e1(&CHAIN, str::to_owned)
}

/// Puts other markup between two tags, both kept.
#[track_caller]
fn between(document: &str, from: &str, to: &str, inside: &str) -> String {
    let (before, rest) = document.split_once(from).expect("the first tag");
    let (_, after) = rest.split_once(to).expect("the second tag");
    format!("{before}{from}{inside}{to}{after}")
}

const VALUE: (Refusal, &str, u8) = (Refusal::Signature(SignatureFault::Value), "82170003", 4);
const DIGEST: (Refusal, &str, u8) = (Refusal::Digest, "82170005", 4);
const NO_LEAF: (Refusal, &str, u8) = (Refusal::NoLeaf, "82170007", 3);
const KEY: (Refusal, &str, u8) = (Refusal::Signature(SignatureFault::Key), "82170003", 4);
const ALGORITHM: (Refusal, &str, u8) =
    (Refusal::Signature(SignatureFault::Algorithm), "82170003", 4);

/// [SIG-04], [SIG-06], [SIG-13]
#[test]
fn signed_examples_verify() {
    check("signed e1", &e1(), Ok(()));
    check("rsa-sha1", include_str!("vectors/e1-rsa-sha1.xml"), Ok(()));
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    check("SIG-04", &signed_e1(&CHAIN, |i| replace_once(i, inclusive, exclusive)), Ok(()));
    let comments = format!("{inclusive}#WithComments");
    check("SIG-04", &signed_e1(&CHAIN, |i| replace_once(i, inclusive, &comments)), Ok(()));
    check("SIG-06", &signed_e1(&CHAIN, |i| replace_once(i, " URI=\"\"", "")), Ok(()));
}

/// [SIG-13], [SIG-16], [XML-194]
#[test]
fn sv_6_to_sv_8_changes_of_the_document() {
    check("SV-6", &replace_once(&e1(), "001019876543210", "001019876543211"), Err(DIGEST));
    check("SV-7", &replace_once(&e1(), "</Global>", "</Global> "), Err(DIGEST));
    check("SV-8", &e1().replace('\n', "\r\n"), Ok(()));
    check("SIG-16", &format!("<?xml version=\"1.0\"?>\n{}\n", e1()), Ok(()));
}

/// [SIG-01], [SIG-02], [SIG-03], [SIG-04], [SIG-06], [SIG-07], [SIG-09], [XML-191], [XML-196]
#[test]
fn sv_9_to_sv_12_the_profile_of_the_signature() {
    let transform = "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>";
    let second = "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>";
    let sv_9 = signed_e1(&CHAIN, |i| replace_once(i, transform, &format!("{transform}{second}")));
    check_schema("SV-9", &sv_9, "Transforms", SchemaFault::UnexpectedChild);
    let only_c14n = signed_e1(&CHAIN, |i| replace_once(i, transform, second));
    check_schema("SIG-07", &only_c14n, "Transform", SchemaFault::AttributeValue("Algorithm"));
    let sv_10 = signed_e1(&CHAIN, |i| replace_once(i, "URI=\"\"", "URI=\"#x\""));
    check_schema("SV-10", &sv_10, "Reference", SchemaFault::AttributeValue("URI"));
    let sv_10 = signed_e1(&CHAIN, |i| {
        let (start, rest) = i.split_once("<Reference").expect("a reference");
        let (reference, _) = rest.split_once("</SignedInfo>").expect("its end");
        format!("{start}<Reference{reference}<Reference{reference}</SignedInfo>")
    });
    check_schema("SV-10", &sv_10, "SignedInfo", SchemaFault::UnexpectedChild);
    let key_info = e1().split_once("<KeyInfo>").map(|(before, _)| before.to_owned());
    let sv_11 = format!("{}</Signature>{END}", key_info.expect("a KeyInfo"));
    check("SV-11", &sv_11, Err(NO_LEAF));
    let name = "<X509Data><X509SubjectName>CN=a</X509SubjectName>";
    let sv_12 = replace_once(&e1(), "<X509Data>", name);
    check_schema("SV-12", &sv_12, "X509Data", SchemaFault::UnexpectedChild);
    let c14n_1_1 = signed_e1(&CHAIN, |i| {
        replace_once(
            i,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "http://www.w3.org/2006/12/xml-c14n11",
        )
    });
    let fault = SchemaFault::AttributeValue("Algorithm");
    check_schema("SIG-04", &c14n_1_1, "CanonicalizationMethod", fault);
    let data =
        between(&e1(), "</X509Data>", "</KeyInfo>", "<X509Data><X509Certificate/></X509Data>");
    check_schema("SIG-09", &data, "KeyInfo", SchemaFault::SecondX509Data);
    let twice = e1().replace(END, &e1()[e1().find("<Signature").expect("a signature")..]);
    check_schema("SIG-01", &twice, "CarrierProvisioning", SchemaFault::UnexpectedChild);
}

/// [SIG-05], [SIG-08], [SIG-10], [SIG-12], [SIG-27], [XML-192]
#[test]
fn bare_keys_and_foreign_algorithms_are_refused() {
    let rsa = "<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>";
    check("SIG-27", &between(&e1(), "<KeyInfo>", "</KeyInfo>", rsa), Err(NO_LEAF));
    let rsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    for (id, method) in [
        ("SV-19", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        ("SIG-27", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        ("SIG-12", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        ("SIG-12", "urn:x"),
    ] {
        let document = signed_e1(&CHAIN, |i| replace_once(i, rsa_sha256, method));
        check(id, &document, Err(ALGORITHM));
    }
    let md5 = "http://www.w3.org/2001/04/xmldsig-more#md5";
    let sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    check("SIG-12", &signed_e1(&CHAIN, |i| replace_once(i, sha256, md5)), Err(ALGORITHM));
}

/// [SIG-12], [SIG-26], [XML-192]
#[test]
fn signature_values_fit_signed_info_and_key() {
    let info = "<SignedInfo>";
    check("changed SignedInfo", &replace_once(&e1(), info, "<SignedInfo> "), Err(VALUE));
    check("no value", &between(&e1(), "<SignatureValue>", "</SignatureValue>", ""), Err(VALUE));
    check("X2", &signed_e1(&["ec", "issuing"], str::to_owned), Err(KEY));
    check("SIG-12", &signed_e1(&["small", "issuing"], str::to_owned), Err(KEY));
    let no_der =
        replace_once(&e1(), "<X509Data>", "<X509Data><X509Certificate>AAAA</X509Certificate>");
    check("no certificate", &no_der, Err(KEY));
    check("another leaf", &signed_e1(&["issuing", "leaf"], str::to_owned), Err(VALUE));
}

/// [SIG-19], [SIG-26], [XML-193]
#[test]
fn chains_end_at_a_trusted_root() {
    let chain = |chain: &[&str]| signed_e1(chain, str::to_owned);
    let untrusted = |reason| Err((Refusal::Chain(reason), "82170004", 4));
    let end = moment("2025-01-01T00:00:00Z");
    check("X5", &chain(&["leaf"]), untrusted(ChainError::NoIssuer));
    check("root included", &chain(&["leaf", "issuing", "root"]), Ok(()));
    check("order of issuers", &chain(&["leaf", "root", "issuing"]), Ok(()));
    check("SIG-19", &chain(&["expired", "issuing"]), untrusted(ChainError::Expired(end)));
    check("SIG-19", &chain(&["self_signed"]), untrusted(ChainError::NoIssuer));
    let below = chain(&["below_leaf", "leaf", "issuing"]);
    check("basicConstraints", &below, untrusted(ChainError::NotACa));
    let stranger = chain(&["leaf", "issuing", "stranger"]);
    check("a root that is not ours", &stranger, Ok(()));
}

#[test]
fn roots_and_time_are_what_the_caller_says() {
    let judge = |roots: &[&str], at| {
        let roots = certificates(roots);
        let trust = Trust::of_web_site(&roots, at, Consent::Given);
        verify(e1().as_bytes(), &trust).map(|v| v.signer().map(|s| s.subject.clone()))
    };
    let subject = "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO";
    assert_eq!(judge(&["root"], now()), Ok(Some(subject.to_owned())));
    assert_eq!(judge(&["issuing"], now()), Ok(Some(subject.to_owned())), "any CA may be an anchor");
    assert_eq!(judge(&["stranger", "root"], now()), Ok(Some(subject.to_owned())));
    let no = |reason| Err(Refusal::Chain(reason));
    assert_eq!(judge(&[], now()), no(ChainError::NoIssuer));
    assert_eq!(judge(&["stranger"], now()), no(ChainError::Signature));
    let (start, end) = (moment("2024-01-01T00:00:00Z"), moment("2124-01-01T00:00:00Z"));
    assert!(judge(&["root"], start).is_ok());
    assert_eq!(
        judge(&["root"], moment("2023-12-31T23:59:59Z")),
        no(ChainError::NotYetValid(start))
    );
    assert!(judge(&["root"], end).is_ok());
    assert_eq!(judge(&["root"], moment("2124-01-01T00:00:01Z")), no(ChainError::Expired(end)));
}

/// [SIG-11], [SIG-14], [SIG-15], [SIG-16]
#[test]
fn what_is_signed_here_verifies_here() {
    let document = write(&support::e2()).expect("legal values");
    let signed = sign(&document, &signer(&CHAIN), Algorithm::RsaSha256, now()).expect("signed");
    check("14.2", signed.as_str(), Ok(()));
    let start = document.as_str().strip_suffix(END).expect("an end tag");
    let signature = signed.as_str().strip_prefix(start).expect("SIG-14");
    assert!(
        signature
            .starts_with("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>")
    );
    assert!(signature.ends_with("</X509Data></KeyInfo></Signature></CarrierProvisioning>"));
    assert!(!signature.contains('\n'), "SIG-16: base64 on one line");
    let with_root = signer(&["leaf", "issuing", "root"]);
    let again = sign(&document, &with_root, Algorithm::RsaSha256, now()).expect("signed");
    assert_eq!(again, signed, "SIG-11: the root is left out, and nothing is random");
    assert_eq!(signed.sha256_hex().len(), 64);
    let roots = certificates(&["root"]);
    let trust = Trust::of_web_site(&roots, now(), Consent::Given);
    let verified = verify(signed.as_bytes(), &trust).expect("verified");
    assert_eq!(verified.document(), Ok(support::e2()));
}

/// [SIG-12], [SIG-15], [SIG-23]
#[test]
fn nothing_is_released_that_would_be_refused() {
    let document = write(&support::e1()).expect("legal values");
    let attempt =
        |chain: &[&str], algorithm, at| sign(&document, &signer(chain), algorithm, at).map(|_| ());
    let sha256 = Algorithm::RsaSha256;
    let refused = |refusal| Err(SignError::SelfCheck(refusal));
    assert_eq!(attempt(&CHAIN, sha256, now()), Ok(()));
    assert_eq!(attempt(&["leaf"], sha256, now()), Err(SignError::IncompleteChain));
    let usage = refused(Refusal::Usage(UsageFault::NotEv));
    assert_eq!(attempt(&["no_ev", "issuing"], sha256, now()), usage, "SIG-23");
    let end = moment("2025-01-01T00:00:00Z");
    let expired = refused(Refusal::Chain(ChainError::Expired(end)));
    assert_eq!(attempt(&["expired", "issuing"], sha256, now()), expired, "X7");
    assert_eq!(attempt(&["expired", "issuing"], sha256, end), Ok(()));
    let wrong_order = refused(Refusal::Chain(ChainError::NoIssuer));
    assert_eq!(attempt(&["leaf", "root"], sha256, now()), wrong_order);
    let sha1 = Algorithm::RsaSha1;
    let unsupported = Err(SignError::Signer(SignerError::Unsupported(sha1)));
    assert_eq!(attempt(&CHAIN, sha1, now()), unsupported, "SIG-12");
}

#[test]
fn key_and_certificates_belong_together() {
    let make = |key: &[u8], chain: &[&str]| {
        RsaSigner::from_pkcs8_der(key, certificates(chain)).map(|s| s.chain().len())
    };
    let key = key_der("leaf");
    assert_eq!(make(&key, &CHAIN), Ok(2));
    assert_eq!(make(&key, &["issuing", "leaf"]), Err(RsaSignerError::Mismatch));
    assert_eq!(make(&key, &[]), Err(RsaSignerError::NoCertificate));
    assert_eq!(make(&key_der("ec"), &["ec", "issuing"]), Err(RsaSignerError::Key), "X2");
    let pkcs1 = |key: &[u8], chain: &[&str]| {
        RsaSigner::from_pkcs1_der(key, certificates(chain))
            .map(|s| s.sign(Algorithm::RsaSha256, b"a"))
    };
    // What PKCS#8 wraps: the header of an RSA-2048 key has 26 octets.
    let inner = key.get(26..).expect("a PKCS#8 key");
    assert_eq!(pkcs1(inner, &CHAIN), Ok(signer(&CHAIN).sign(Algorithm::RsaSha256, b"a")));
    assert_eq!(pkcs1(&key, &CHAIN), Err(RsaSignerError::Key), "PKCS#8");
    assert_eq!(make(inner, &CHAIN), Err(RsaSignerError::Key), "PKCS#1");
    let printed = format!("{:?}", signer(&CHAIN));
    assert!(printed.starts_with("RsaSigner { chain: [CertificateDer("), "{printed}");
}

#[test]
fn certificates_tell_their_facts() {
    let facts = |name: &str| inspect(certificate(name).as_bytes()).expect("a certificate");
    let leaf = facts("leaf");
    assert_eq!(leaf.subject, "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO");
    assert_eq!(leaf.issuer, "CN=Example EV CA 3, O=Example Trust, C=NO");
    assert_eq!(leaf.not_before, moment("2024-01-01T00:00:00Z"));
    assert_eq!(leaf.not_after, moment("2124-01-01T00:00:00Z"));
    assert_eq!(leaf.thumbprint, certificate("leaf").thumbprint());
    for (name, bits, is_ev, digital_signature, server_auth, is_ca) in [
        ("leaf", 2048, true, true, true, false),
        ("no_ev", 2048, false, true, false, false),
        ("no_digital_signature", 2048, true, false, false, false),
        ("small", 1024, true, true, true, false),
        ("issuing", 2048, true, false, false, true),
        ("root", 3072, true, false, false, true),
    ] {
        let found = facts(name);
        assert_eq!(found.key, KeyFacts::Rsa { bits }, "{name}");
        let policies: &[&str] = if is_ev { &[EV_POLICY] } else { &[] };
        assert_eq!(found.ev_policies, policies, "{name}");
        assert_eq!(found.digital_signature, digital_signature, "{name}");
        assert_eq!(found.server_auth, server_auth, "{name}");
        assert_eq!(found.is_ca, is_ca, "{name}");
    }
    assert_eq!(facts("ec").key, KeyFacts::EllipticCurve(Curve::P256));
}

/// Files that others laid out are signed as they are, their white space and prefixes kept
/// [SIG-14], [SIG-15].
#[test]
fn documents_of_others_are_signed_in_their_own_layout() {
    let prefixed = E1
        .replace(
            "<CarrierProvisioning xmlns=",
            "<cc:CarrierProvisioning xmlns:z=\"urn:z\" xmlns:cc=",
        )
        .replace("</CarrierP", "</cc:CarrierP")
        .replace("<Global", "<cc:Global")
        .replace("</Global", "</cc:Global")
        .replace("<CarrierId", "<cc:CarrierId")
        .replace("</CarrierId", "</cc:CarrierId")
        .replace("<SubscriberId", "<cc:SubscriberId")
        .replace("</SubscriberId", "</cc:SubscriberId");
    for text in [E1.to_owned(), E1.replace('\n', "\r\n"), prefixed] {
        let document = canonical_form(text.as_bytes()).expect("a document");
        let signed = sign(&document, &signer(&CHAIN), Algorithm::RsaSha256, now()).expect("signed");
        assert!(signed.as_str().contains("\n  <"), "layout is kept");
        check("SIG-14", signed.as_str(), Ok(()));
        let again = canonical_form(signed.as_bytes());
        assert_eq!(again, Err(CanonicalError::Signed));
    }
    let comment = replace_once(E1, "<Global>", "<Global><!-- x -->");
    let at = comment.find("<!--").expect("a comment");
    let refused = canonical_form(comment.as_bytes());
    assert_eq!(refused, Err(CanonicalError::Unsignable(at)), "SIG-15");
    let invalid = replace_once(E1, "<Global>", "<Local>").replace("</Global>", "</Local>");
    assert!(matches!(canonical_form(invalid.as_bytes()), Err(CanonicalError::Schema(_))));
    assert!(matches!(canonical_form(b"<a"), Err(CanonicalError::Xml(_))));
}
