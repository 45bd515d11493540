//! The tables of the restricted XML-DSig grammar.
//!
//! Source: CarrierControlSignatureSchema.xsd, with the one rule that its text page adds: at most
//! one `X509Data` [SIG-09]. Not here: which algorithms are believed ([`crate::verify`]).
//! Implements [SIG-01]…[SIG-10].

use super::{AttributeRule, Content, Particle, Rule, SchemaError, SchemaFault};
use super::{many, maybe, one, optional, required, types};
use crate::xml::{Element, Namespace};

const DS: Namespace = Namespace::Signature;
const ID: AttributeRule = optional("Id", types::id);
const ALGORITHM: AttributeRule = required("Algorithm", types::any);

/// The enveloped-signature transform, the only one [SIG-07].
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Inclusive Canonical XML 1.0; `#WithComments` may follow [SIG-04].
pub(crate) const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// Exclusive Canonical XML 1.0 ends in `#`; `WithComments` may follow [SIG-04].
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

pub(super) static SIGNATURE: Rule = Rule {
    namespace: DS,
    name: "Signature",
    attributes: &[ID],
    content: Content::Elements(&[&[
        one(&[&SIGNED_INFO]),
        one(&[&SIGNATURE_VALUE]),
        maybe(&[&KEY_INFO]),
    ]]),
};
static SIGNED_INFO: Rule = Rule {
    namespace: DS,
    name: "SignedInfo",
    attributes: &[ID],
    content: Content::Elements(&[&[
        one(&[&CANONICALIZATION_METHOD]),
        one(&[&SIGNATURE_METHOD]),
        one(&[&REFERENCE]),
    ]]),
};
static SIGNATURE_VALUE: Rule = Rule {
    namespace: DS,
    name: "SignatureValue",
    attributes: &[ID],
    content: Content::Text(types::is_base64),
};
static CANONICALIZATION_METHOD: Rule = Rule {
    namespace: DS,
    name: "CanonicalizationMethod",
    attributes: &[required("Algorithm", is_canonicalization)],
    content: Content::Mixed(&[]),
};
static SIGNATURE_METHOD: Rule = Rule {
    namespace: DS,
    name: "SignatureMethod",
    attributes: &[ALGORITHM],
    content: Content::Mixed(&[maybe(&[&HMAC_OUTPUT_LENGTH])]),
};
static HMAC_OUTPUT_LENGTH: Rule = text("HMACOutputLength", types::any_integer);
static REFERENCE: Rule = Rule {
    namespace: DS,
    name: "Reference",
    attributes: &[ID, optional("URI", types::empty)],
    content: Content::Elements(&[&[
        one(&[&TRANSFORMS]),
        one(&[&DIGEST_METHOD]),
        one(&[&DIGEST_VALUE]),
    ]]),
};
static TRANSFORMS: Rule = elements("Transforms", &[&[one(&[&TRANSFORM])]]);
static TRANSFORM: Rule = Rule {
    namespace: DS,
    name: "Transform",
    attributes: &[required("Algorithm", is_enveloped)],
    content: Content::Mixed(&[]),
};
static DIGEST_METHOD: Rule = Rule {
    namespace: DS,
    name: "DigestMethod",
    attributes: &[ALGORITHM],
    content: Content::Mixed(&[Particle { rules: &[], is_open: true, min: 0, max: usize::MAX }]),
};
static DIGEST_VALUE: Rule = text("DigestValue", types::is_base64);

static KEY_INFO: Rule = Rule {
    namespace: DS,
    name: "KeyInfo",
    attributes: &[ID],
    content: Content::Mixed(&[Particle {
        rules: &[&X509_DATA, &KEY_VALUE],
        is_open: true,
        min: 1,
        max: usize::MAX,
    }]),
};
static X509_DATA: Rule = elements("X509Data", &[&[many(&[&X509_CERTIFICATE])]]);
static X509_CERTIFICATE: Rule = text("X509Certificate", types::is_base64);
static KEY_VALUE: Rule = Rule {
    namespace: DS,
    name: "KeyValue",
    attributes: &[],
    content: Content::Mixed(&[Particle {
        rules: &[&DSA_KEY_VALUE, &RSA_KEY_VALUE],
        is_open: true,
        min: 1,
        max: 1,
    }]),
};
static RSA_KEY_VALUE: Rule = elements("RSAKeyValue", &[&[one(&[&MODULUS]), one(&[&EXPONENT])]]);
static MODULUS: Rule = text("Modulus", types::is_base64);
static EXPONENT: Rule = text("Exponent", types::is_base64);
static DSA_KEY_VALUE: Rule = elements(
    "DSAKeyValue",
    &[
        &[one(&[&P]), one(&[&Q]), maybe(&[&G]), one(&[&Y]), maybe(&[&J])],
        &[maybe(&[&G]), one(&[&Y]), maybe(&[&J])],
    ],
);
static P: Rule = text("P", types::is_base64);
static Q: Rule = text("Q", types::is_base64);
static G: Rule = text("G", types::is_base64);
static Y: Rule = text("Y", types::is_base64);
static J: Rule = text("J", types::is_base64);

const fn text(name: &'static str, check: fn(&str) -> bool) -> Rule {
    Rule { namespace: DS, name, attributes: &[], content: Content::Text(check) }
}

const fn elements(name: &'static str, sequences: &'static [&'static [Particle]]) -> Rule {
    Rule { namespace: DS, name, attributes: &[], content: Content::Elements(sequences) }
}

fn is_canonicalization(uri: &str) -> bool {
    let inclusive = uri.strip_prefix(INCLUSIVE);
    let exclusive = uri.strip_prefix(EXCLUSIVE);
    matches!(inclusive, Some("" | "#WithComments"))
        || matches!(exclusive, Some("" | "WithComments"))
}

fn is_enveloped(uri: &str) -> bool {
    uri == ENVELOPED
}

/// Refuses a second `X509Data`, which the published schema would let pass [SIG-09].
pub(super) fn check_key_info(root: &Element) -> Result<(), SchemaError> {
    let key_info = root.child(DS, "Signature").and_then(|s| s.child(DS, "KeyInfo"));
    let mut data =
        key_info.into_iter().flat_map(Element::elements).filter(|e| e.is(DS, "X509Data"));
    match data.nth(1) {
        None => Ok(()),
        Some(second) => Err(SchemaError {
            at: second.span.start,
            element: "KeyInfo",
            fault: SchemaFault::SecondX509Data,
        }),
    }
}
