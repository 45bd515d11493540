//! Comments and processing instructions in signed documents, judged by us and by xmlsec1.
//!
//! We never sign such documents [SIG-15]; others may. A judge that is absent is skipped aloud; the
//! list of allowed skips is the caller's.

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carrier::dsig::Algorithm;
use carrier::verify::{Consent, Refusal, SignatureFault, Trust, verify};
use carrier::xml::{Method, canonical_document, parse_tree};
use support::{E1, certificates, now, replace_once, signed_e1};

const CHAIN: [&str; 2] = ["leaf", "issuing"];

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

#[track_caller]
fn check(id: &str, document: &str, expected: &Result<(), Refusal>) {
    let roots = certificates(&["root"]);
    let trust = Trust::of_web_site(&roots, now(), Consent::Given);
    assert_eq!(&verify(document.as_bytes(), &trust).map(|_| ()), expected, "{id}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xml-signature-{id}.xml"));
    std::fs::write(&file, document).expect("a temporary file");
    let mut judge = Command::new("xmlsec1");
    judge.args(["--verify", "--enabled-key-data", "x509", "--trusted-pem"]);
    judge.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/root.pem")).arg(&file);
    let Ok(output) = judge.output() else {
        skipped("xmlsec1 is not on PATH");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), expected.is_ok(), "{id}, xmlsec1: {errors}");
}

/// [SIG-13]: the digest knows no comments, but every processing instruction.
#[test]
fn comments_are_not_part_of_the_digest_but_instructions_are() {
    let signed = signed_e1(&CHAIN, str::to_owned);
    let with = |from: &str, to: &str| replace_once(&signed, from, to);
    check("before", &format!("<!-- x -->{signed}<!-- y -->"), &Ok(()));
    check("inside", &with("<Global>", "<Global><!-- x -->"), &Ok(()));
    check("in-text", &with("001019876543210", "00101<!-- x -->9876543210"), &Ok(()));
    check("pi-inside", &with("<Global>", "<Global><?x?>"), &Err(Refusal::Digest));
    check("pi-in-text", &with("001019876543210", "00101<?x?>9876543210"), &Err(Refusal::Digest));
    check("pi-before", &format!("<?x?>{signed}"), &Err(Refusal::Digest));
    check("pi-after", &format!("{signed}<?x?>"), &Err(Refusal::Digest));
}

#[test]
fn instructions_that_were_signed_verify() {
    let document = format!("<?x  y?>\n<!-- z -->{E1}<?z?>");
    let tree = parse_tree(document.as_bytes()).expect("well-formed");
    let octets = canonical_document(&tree, Method::Inclusive, None);
    let digest = STANDARD.encode(Algorithm::RsaSha256.digest(octets.as_bytes()));
    // DigestValue of SV-1.
    let sv_1 = "lM/pSDDD1YGFPALqsblqRpg2UkdFVFWwSHAJN/blX08=";
    let signed = signed_e1(&CHAIN, |info| replace_once(info, sv_1, &digest));
    check("pi-signed", &format!("<?x  y?>\n<!-- z -->{signed}<?z?>"), &Ok(()));
    check("pi-lost", &format!("<?x  y?>\n<!-- z -->{signed}"), &Err(Refusal::Digest));
}

/// [SIG-04]: CanonicalizationMethod says whether comments of SignedInfo are signed.
#[test]
fn comments_in_signed_info_count_with_comments_alone() {
    let changed = Err(Refusal::Signature(SignatureFault::Value));
    let inclusive = Method::Inclusive.uri();
    for (id, method, comments_count) in [
        ("c14n", Method::Inclusive, false),
        ("c14n-comments", Method::InclusiveWithComments, true),
        ("exc-c14n", Method::Exclusive, false),
        ("exc-c14n-comments", Method::ExclusiveWithComments, true),
    ] {
        let signed = signed_e1(&CHAIN, |info| replace_once(info, inclusive, method.uri()));
        let added = replace_once(&signed, "<Reference", "<!-- x --><Reference");
        let expected = if comments_count { changed.clone() } else { Ok(()) };
        check(&format!("{id}-added"), &added, &expected);
        let instruction = replace_once(&signed, "<Reference", "<?x?><Reference");
        check(&format!("{id}-pi"), &instruction, &changed);
    }
    let method = Method::InclusiveWithComments.uri();
    let signed = signed_e1(&CHAIN, |info| {
        let info = replace_once(info, inclusive, method);
        replace_once(&info, "<Reference", "<!-- x --><Reference")
    });
    check("comment-signed", &signed, &Ok(()));
    check("comment-lost", &replace_once(&signed, "<!-- x -->", ""), &changed);
}
