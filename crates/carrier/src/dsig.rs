//! The restricted XML-DSig profile: what signer and verifier must agree on.
//!
//! SignedInfo is written here and nowhere else; the verifier takes the parts of a signature out
//! of a tree that [`crate::schema`] has accepted. Not here: keys and trust.
//! Implements [SIG-01]…[SIG-09], [SIG-11]…[SIG-13] and [SIG-16] (base64 on one line).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

pub(crate) use crate::schema::ENVELOPED;
use crate::schema::{self, INCLUSIVE};
use crate::xml::{
    Element, Method, Namespace, Tree, WriteError, Writer, canonical, canonical_document,
};

const DS: Namespace = Namespace::Signature;

/// Names a pair of signature and digest algorithm that is believed [SIG-12].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256, digest SHA-256: the default.
    RsaSha256,
    /// RSA PKCS#1 v1.5 with SHA-1, digest SHA-1: for the oldest hosts only.
    RsaSha1,
}

impl Algorithm {
    /// Returns the URI of the SignatureMethod.
    #[must_use]
    pub const fn signature_uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        }
    }

    /// Returns the URI of the DigestMethod.
    #[must_use]
    pub const fn digest_uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        }
    }

    /// Finds the algorithm of a SignatureMethod; none for HMAC and all others [SIG-27].
    pub(crate) fn of_signature(uri: &str) -> Option<Self> {
        [Self::RsaSha256, Self::RsaSha1].into_iter().find(|a| a.signature_uri() == uri)
    }

    /// Finds the algorithm of a DigestMethod.
    pub(crate) fn of_digest(uri: &str) -> Option<Self> {
        [Self::RsaSha256, Self::RsaSha1].into_iter().find(|a| a.digest_uri() == uri)
    }

    /// Returns the digest of some octets.
    #[must_use]
    pub fn digest(self, octets: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::RsaSha256 => &digest::SHA256,
            Self::RsaSha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        };
        digest::digest(algorithm, octets).as_ref().to_vec()
    }
}

/// Returns SignedInfo in canonical form: what is signed [SIG-03]…[SIG-08].
///
/// `root_prefixes` are the declarations that are in scope inside the document (SV-4).
pub(crate) fn signed_info(
    algorithm: Algorithm,
    digest: &[u8],
    root_prefixes: &str,
) -> Result<String, WriteError> {
    let mut w = Writer::new();
    write_signed_info(&mut w, algorithm, digest)?;
    let alone = w.finish();
    Ok(match root_prefixes {
        "" => alone,
        declared => alone.replacen('>', &format!("{declared}>"), 1),
    })
}

/// Returns the whole Signature element, which declares its own namespace [SIG-11].
pub(crate) fn signature(
    algorithm: Algorithm,
    digest: &[u8],
    value: &[u8],
    certificates: &[&[u8]],
) -> Result<String, WriteError> {
    let mut w = Writer::new();
    w.element(DS, "Signature", &[], |w| {
        write_signed_info(w, algorithm, digest)?;
        w.leaf(DS, "SignatureValue", &STANDARD.encode(value))?;
        w.element(DS, "KeyInfo", &[], |w| {
            w.element(DS, "X509Data", &[], |w| {
                certificates
                    .iter()
                    .try_for_each(|der| w.leaf(DS, "X509Certificate", &STANDARD.encode(der)))
            })
        })
    })?;
    Ok(w.finish())
}

fn write_signed_info(
    w: &mut Writer,
    algorithm: Algorithm,
    digest: &[u8],
) -> Result<(), WriteError> {
    let method = |w: &mut Writer, name, uri| w.element(DS, name, &[("Algorithm", uri)], |_| Ok(()));
    w.element(DS, "SignedInfo", &[], |w| {
        method(w, "CanonicalizationMethod", INCLUSIVE)?;
        method(w, "SignatureMethod", algorithm.signature_uri())?;
        w.element(DS, "Reference", &[("URI", "")], |w| {
            w.element(DS, "Transforms", &[], |w| method(w, "Transform", ENVELOPED))?;
            method(w, "DigestMethod", algorithm.digest_uri())?;
            w.leaf(DS, "DigestValue", &STANDARD.encode(digest))
        })
    })
}

/// Holds what a verifier needs of a signature.
pub(crate) struct Parts {
    /// SignedInfo in the canonical form that its CanonicalizationMethod names.
    pub(crate) signed_info: String,
    /// The document without the signature in inclusive canonical form, whatever the
    /// CanonicalizationMethod says [SIG-13].
    pub(crate) content: String,
    /// URI of the SignatureMethod.
    pub(crate) signature_method: String,
    /// URI of the DigestMethod.
    pub(crate) digest_method: String,
    pub(crate) digest: Vec<u8>,
    pub(crate) value: Vec<u8>,
    /// The certificates of X509Data in the order written, in DER.
    pub(crate) certificates: Vec<Vec<u8>>,
}

/// Takes the signature out of a document that the schema has accepted; none if it has none.
pub(crate) fn parts(tree: &Tree<'_>) -> Option<Parts> {
    let root = &tree.root;
    let signature = root.child(DS, "Signature")?;
    let info = signature.child(DS, "SignedInfo")?;
    let reference = info.child(DS, "Reference")?;
    let algorithm =
        |e: &Element<'_>, name| Some(e.child(DS, name)?.attribute("Algorithm")?.to_owned());
    let method = Method::of_uri(&algorithm(info, "CanonicalizationMethod")?)?;
    let data = signature.child(DS, "KeyInfo").and_then(|k| k.child(DS, "X509Data"));
    let certificates = data.into_iter().flat_map(Element::elements);
    Some(Parts {
        signed_info: canonical(info, &[root, signature], method, None),
        content: canonical_document(tree, Method::Inclusive, Some(signature)),
        signature_method: algorithm(info, "SignatureMethod")?,
        digest_method: algorithm(reference, "DigestMethod")?,
        digest: schema::base64(&reference.child(DS, "DigestValue")?.text())?,
        value: schema::base64(&signature.child(DS, "SignatureValue")?.text())?,
        certificates: certificates.map(|c| schema::base64(&c.text())).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse;

    /// Example 14.1 of 02-provisioning-xml.md, line ends LF.
    const E1: &str = include_str!("../tests/vectors/e1.xml");

    /// The SignedInfo text of SV-3.
    const SV_3: &str = include_str!("../tests/vectors/sv3-signed-info.xml");

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[track_caller]
    fn check(id: &str, octets: &str, length: usize, algorithm: Algorithm, expected: &str) {
        assert_eq!(octets.len(), length, "{id}: {octets}");
        assert_eq!(hex(&algorithm.digest(octets.as_bytes())), expected, "{id}: {octets}");
    }

    fn canonical_e1() -> String {
        let root = parse(E1.as_bytes()).expect("well-formed");
        canonical(&root, &[], Method::Inclusive, None)
    }

    #[test]
    fn sv_1_and_sv_2_digests_of_the_document() {
        let e1 = canonical_e1();
        let sha256 = "94cfe94830c3d581853c02eab1b96a4698365247455455b048700937f6e55f4f";
        check("SV-1", &e1, 244, Algorithm::RsaSha256, sha256);
        check("SV-2", &e1, 244, Algorithm::RsaSha1, "5436f56225628437801c132e1deef5087d6ee140");
        let base64 = |a: Algorithm| STANDARD.encode(a.digest(e1.as_bytes()));
        let sv_1 = "lM/pSDDD1YGFPALqsblqRpg2UkdFVFWwSHAJN/blX08=";
        assert_eq!(base64(Algorithm::RsaSha256), sv_1, "SV-1");
        assert_eq!(base64(Algorithm::RsaSha1), "VDb1YiVihDeAHBMuHe71CH1u4UA=", "SV-2");
    }

    #[test]
    fn sv_3_to_sv_5_canonical_forms_of_signed_info() {
        let sha256 = Algorithm::RsaSha256;
        let written = signed_info(sha256, &sha256.digest(canonical_e1().as_bytes()), "");
        assert_eq!(written.as_deref(), Ok(SV_3));
        let sv_3 = "67313498e79b882c6a29d4381d592dcaa41200a76ab5a4545217bf6edb134dab";
        check("SV-3 written", SV_3, 570, sha256, sv_3);

        let bare = SV_3.replacen(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
        let unprefixed = format!("<Signature xmlns=\"{}\">{bare}</Signature>", DS.uri());
        let prefixed =
            bare.replace("</", "</ds:").replace('<', "<ds:").replace("<ds:/ds:", "</ds:");
        let prefixed = format!("<ds:Signature xmlns:ds=\"{}\">{prefixed}</ds:Signature>", DS.uri());
        let sv_4 = "01ab519a8c0b938d26626a6ca668c097db197ad5848dc693abea3828e2ffc3dc";
        let sv_5 = "35d7562a0b617ac2a060387556bbb68f49c2c091b3b6dd8975fbcd74dd87f311";
        for (id, signature, method, length, expected) in [
            ("SV-3 inclusive", &unprefixed, Method::Inclusive, 570, sv_3),
            ("SV-3 exclusive", &unprefixed, Method::Exclusive, 570, sv_3),
            ("SV-4", &prefixed, Method::Inclusive, 683, sv_4),
            ("SV-5", &prefixed, Method::Exclusive, 621, sv_5),
        ] {
            let end = "</CarrierProvisioning>";
            let document = E1.replace(end, &format!("{signature}{end}"));
            let root = parse(document.as_bytes()).expect("well-formed");
            let signature = root.child(DS, "Signature").expect("a signature");
            let info = signature.child(DS, "SignedInfo").expect("its SignedInfo");
            let octets = canonical(info, &[&root, signature], method, None);
            check(id, &octets, length, sha256, expected);
            let without = canonical(&root, &[], Method::Inclusive, Some(signature));
            assert_eq!(without, canonical_e1(), "{id}: the document without its signature");
        }
    }
}
