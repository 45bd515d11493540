//! What must hold whatever the bytes: one function for each fuzz target.
//!
//! The fuzz targets (`fuzz/fuzz_targets`) look for bytes that break one, the test beside this
//! file replays the bytes that they found interesting. Not here: documents that the model makes
//! (`tests/properties.rs`) and hostile markup made by rule (`tests/support/hostile.rs`).

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carrier::Timestamp;
use carrier::chain::CertificateDer;
use carrier::read;
use carrier::schema::validate;
use carrier::verify::{self, Consent, Refusal, Trust, Verified};
use carrier::write::write;
use carrier::xml::{
    Element, Fault, Method, Namespace, Tree, canonical, canonical_document, parse, parse_tree,
};

/// All that the test key ever signed: the worked examples of 02-provisioning-xml.md.
const SIGNED: [&str; 3] = [
    include_str!("../vectors/e1.xml"),
    include_str!("../vectors/e2.xml"),
    include_str!("../vectors/e3.xml"),
];

static ROOT: LazyLock<CertificateDer> =
    LazyLock::new(|| certificate(include_str!("../keys/root.pem")));
static LEAF: LazyLock<CertificateDer> =
    LazyLock::new(|| certificate(include_str!("../keys/leaf.pem")));
static SIGNED_CONTENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let content = |text: &&str| {
        let tree = parse_tree(text.as_bytes()).expect("a worked example");
        canonical_document(&tree, Method::Inclusive, None)
    };
    SIGNED.iter().map(content).collect()
});

/// Checks that what is read is what the document says: it can be written, what is written is
/// canonical and valid, and reading that gives the same again.
#[track_caller]
pub(crate) fn read(bytes: &[u8]) {
    let document = match read::read(bytes) {
        Ok(document) => document,
        Err(read::ReadError::Xml(error)) => return assert!(error.at <= bytes.len(), "{error}"),
        Err(read::ReadError::Schema(_) | read::ReadError::Beyond { .. }) => return,
    };
    let written = write(&document).expect("what was read holds no character that XML lacks");
    let root = parse(written.as_bytes()).expect("what was written is well-formed");
    assert_eq!(validate(&root), Ok(()), "what was written is valid");
    assert_eq!(canonical(&root, &[], Method::Inclusive, None), written.as_str());
    assert_eq!(read::read(written.as_bytes()), Ok(document), "{}", written.as_str());
}

/// Checks that every canonical form is its own canonical form, and that the smaller forms of a
/// document are those of its larger ones.
#[track_caller]
pub(crate) fn canonicalise(bytes: &[u8]) {
    let tree = match parse_tree(bytes) {
        Ok(tree) => tree,
        Err(error) => return assert!(error.at <= bytes.len(), "{error}"),
    };
    let form = |method| canonical_document(&tree, method, None);
    let of = |larger: Method, smaller: Method| {
        if let Some(again) = within_limits(&form(larger)) {
            let octets = canonical_document(&again, smaller, None);
            assert_eq!(octets, form(smaller), "{smaller:?} of {larger:?}");
        }
    };
    for method in Method::ALL {
        of(method, method);
        of(Method::InclusiveWithComments, method);
        tree.root.elements().for_each(|part| part_is_canonical(part, &tree.root, method));
    }
    of(Method::Inclusive, Method::Exclusive);
    of(Method::ExclusiveWithComments, Method::Exclusive);
}

/// Checks that a part taken out of a document is its own canonical form, as SignedInfo must be.
fn part_is_canonical(part: &Element<'_>, root: &Element<'_>, method: Method) {
    let octets = canonical(part, &[root], method, None);
    if let Some(again) = within_limits(&octets) {
        assert_eq!(canonical(&again.root, &[], method, None), octets, "{method:?} of a part");
    }
}

/// Reads a canonical form; nothing if escapes and repeated declarations made it too large.
fn within_limits(octets: &str) -> Option<Tree<'_>> {
    match parse_tree(octets.as_bytes()) {
        Ok(tree) => Some(tree),
        Err(error) => {
            let is_limit =
                matches!(error.fault, Fault::TooLarge | Fault::Attributes | Fault::Nodes);
            assert!(is_limit, "{error} in a canonical form: {octets}");
            None
        }
    }
}

/// Checks that nothing verifies but what the test key signed, and that without a root, without
/// consent and after the end of validity nothing does.
#[track_caller]
pub(crate) fn verify(bytes: &[u8]) {
    let root = std::slice::from_ref(&*ROOT);
    let stranger = verdict(bytes, &[], NOW, Consent::Given);
    let stranger = stranger.expect_err("nothing chains to no root");
    match verdict(bytes, root, NOW, Consent::Given) {
        Ok(verified) => {
            let tree = parse_tree(bytes).expect("what verifies is well-formed");
            assert_eq!(validate(&tree.root), Ok(()), "what verifies is valid");
            let signature = tree.root.child(Namespace::Signature, "Signature");
            let content = canonical_document(&tree, Method::Inclusive, signature);
            assert!(SIGNED_CONTENTS.contains(&content), "was never signed: {content}");
            assert_eq!(verified.document(), read::read(bytes), "the document that was verified");
            let signer = verified.signer().expect("a signer");
            assert_eq!(signer.thumbprint, LEAF.thumbprint(), "the signer");
            assert!(matches!(stranger, Refusal::Chain(_)), "{stranger:?}");
            let refused = verdict(bytes, root, NOW, Consent::Refused);
            assert_eq!(refused.map(drop), Err(Refusal::ConsentRefused));
            let late = verdict(bytes, root, LATE, Consent::Given);
            assert!(matches!(late, Err(Refusal::Chain(_))), "{late:?}");
        }
        Err(refusal) => {
            assert!(stranger.stage() <= refusal.stage(), "{stranger:?} with no root at all");
            assert!((2..=5).contains(&refusal.result()), "{refusal}");
        }
    }
}

/// Says whether the bytes verify for the test root.
pub(crate) fn verifies(bytes: &[u8]) -> bool {
    verdict(bytes, std::slice::from_ref(&*ROOT), NOW, Consent::Given).is_ok()
}

/// The one place that knows what a verification is given.
fn verdict<'a>(
    bytes: &'a [u8],
    roots: &[CertificateDer],
    at: &str,
    consent: Consent,
) -> Result<Verified<'a>, Refusal> {
    let at: Timestamp = at.parse().expect("a moment");
    verify::verify(bytes, &Trust::of_web_site(roots, at, consent))
}

/// A moment inside the validity of all certificates.
const NOW: &str = "2030-03-01T08:15:00Z";
/// A moment after the end of validity of all certificates.
const LATE: &str = "2999-01-01T00:00:00Z";

fn certificate(pem: &str) -> CertificateDer {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    CertificateDer::new(STANDARD.decode(body).expect("base64"))
}
