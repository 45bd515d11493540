//! The tables of the restricted XML-DSig grammar.
//!
//! Source: CarrierControlSignatureSchema.xsd, with the one rule that its text page adds: at most
//! one `X509Data` [SIG-09]. Not here: which algorithms are believed ([`crate::verify`]).
//! Implements [SIG-01]…[SIG-10].

use super::{AttributeRule, Content, Particle, Rule, SchemaError, SchemaFault, Wildcard};
use super::{foreign, many, maybe, one, optional, required, types};
use crate::xml::{Element, Namespace};

const DS: Namespace = Namespace::Signature;
const ID: AttributeRule = optional("SIG-02", "Id", types::id);
const ALGORITHM: AttributeRule = required("SIG-05", "Algorithm", types::any);

/// The enveloped-signature transform, the only one [SIG-07].
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Inclusive Canonical XML 1.0; `#WithComments` may follow [SIG-04].
pub(crate) const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// Exclusive Canonical XML 1.0 ends in `#`; `WithComments` may follow [SIG-04].
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

pub(super) static GLOBALS: &[&Rule] = &[
    &SIGNATURE,
    &SIGNED_INFO,
    &SIGNATURE_VALUE,
    &CANONICALIZATION_METHOD,
    &SIGNATURE_METHOD,
    &REFERENCE,
    &TRANSFORMS,
    &TRANSFORM,
    &DIGEST_METHOD,
    &DIGEST_VALUE,
    &KEY_INFO,
    &KEY_VALUE,
    &X509_DATA,
    &DSA_KEY_VALUE,
    &RSA_KEY_VALUE,
];

pub(super) static SIGNATURE: Rule = Rule {
    id: "SIG-02",
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
    id: "SIG-03",
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
    id: "SIG-02",
    namespace: DS,
    name: "SignatureValue",
    attributes: &[ID],
    content: Content::Text(types::is_base64),
};
static CANONICALIZATION_METHOD: Rule = Rule {
    id: "SIG-04",
    namespace: DS,
    name: "CanonicalizationMethod",
    attributes: &[required("SIG-04", "Algorithm", is_canonicalization)],
    content: Content::Mixed(&[]),
};
static SIGNATURE_METHOD: Rule = Rule {
    id: "SIG-05",
    namespace: DS,
    name: "SignatureMethod",
    attributes: &[ALGORITHM],
    content: Content::Mixed(&[maybe(&[&HMAC_OUTPUT_LENGTH]), foreign(Wildcard::Strict)]),
};
static HMAC_OUTPUT_LENGTH: Rule = text("SIG-05", "HMACOutputLength", types::any_integer);
static REFERENCE: Rule = Rule {
    id: "SIG-06",
    namespace: DS,
    name: "Reference",
    attributes: &[ID, optional("SIG-06", "URI", types::empty)],
    content: Content::Elements(&[&[
        one(&[&TRANSFORMS]),
        one(&[&DIGEST_METHOD]),
        one(&[&DIGEST_VALUE]),
    ]]),
};
static TRANSFORMS: Rule = elements("SIG-07", "Transforms", &[&[one(&[&TRANSFORM])]]);
static TRANSFORM: Rule = Rule {
    id: "SIG-07",
    namespace: DS,
    name: "Transform",
    attributes: &[required("SIG-07", "Algorithm", is_enveloped)],
    content: Content::Mixed(&[]),
};
static DIGEST_METHOD: Rule = Rule {
    id: "SIG-08",
    namespace: DS,
    name: "DigestMethod",
    attributes: &[ALGORITHM],
    content: Content::Mixed(&[foreign(Wildcard::Lax)]),
};
static DIGEST_VALUE: Rule = text("SIG-08", "DigestValue", types::is_base64);

static KEY_INFO: Rule = Rule {
    id: "SIG-09",
    namespace: DS,
    name: "KeyInfo",
    attributes: &[ID],
    content: Content::Mixed(&[Particle {
        rules: &[&X509_DATA, &KEY_VALUE],
        wildcard: Wildcard::Lax,
        min: 1,
        max: usize::MAX,
    }]),
};
static X509_DATA: Rule = elements("SIG-09", "X509Data", &[&[many(&[&X509_CERTIFICATE])]]);
static X509_CERTIFICATE: Rule = text("SIG-09", "X509Certificate", types::is_base64);
static KEY_VALUE: Rule = Rule {
    id: "SIG-10",
    namespace: DS,
    name: "KeyValue",
    attributes: &[],
    content: Content::Mixed(&[Particle {
        rules: &[&DSA_KEY_VALUE, &RSA_KEY_VALUE],
        wildcard: Wildcard::Lax,
        min: 1,
        max: 1,
    }]),
};
static RSA_KEY_VALUE: Rule =
    elements("SIG-10", "RSAKeyValue", &[&[one(&[&MODULUS]), one(&[&EXPONENT])]]);
static MODULUS: Rule = text("SIG-10", "Modulus", types::is_base64);
static EXPONENT: Rule = text("SIG-10", "Exponent", types::is_base64);
static DSA_KEY_VALUE: Rule = elements(
    "SIG-10",
    "DSAKeyValue",
    &[
        &[one(&[&P]), one(&[&Q]), maybe(&[&G]), one(&[&Y]), maybe(&[&J])],
        &[maybe(&[&G]), one(&[&Y]), maybe(&[&J])],
    ],
);
static P: Rule = text("SIG-10", "P", types::is_base64);
static Q: Rule = text("SIG-10", "Q", types::is_base64);
static G: Rule = text("SIG-10", "G", types::is_base64);
static Y: Rule = text("SIG-10", "Y", types::is_base64);
static J: Rule = text("SIG-10", "J", types::is_base64);

const fn text(id: &'static str, name: &'static str, check: fn(&str) -> bool) -> Rule {
    Rule { id, namespace: DS, name, attributes: &[], content: Content::Text(check) }
}

const fn elements(
    id: &'static str,
    name: &'static str,
    sequences: &'static [&'static [Particle]],
) -> Rule {
    Rule { id, namespace: DS, name, attributes: &[], content: Content::Elements(sequences) }
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

/// Finds a second `X509Data`, which the published schema would let pass [SIG-09].
pub(super) fn second_x509_data(root: &Element<'_>) -> Option<SchemaError> {
    let key_info = root.child(DS, "Signature").and_then(|s| s.child(DS, "KeyInfo"));
    let mut data =
        key_info.into_iter().flat_map(Element::elements).filter(|e| e.is(DS, "X509Data"));
    data.nth(1).map(|second| SchemaError {
        at: second.span.start,
        path: vec!["CarrierProvisioning", "Signature", "KeyInfo"],
        fault: SchemaFault::SecondX509Data,
        requirement: "SIG-09",
    })
}
