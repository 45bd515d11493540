//! From the leaf to a trusted root.
//!
//! A search with a budget, because the certificates in between come from the document. Checked
//! on the way: validity at the given time, names, signatures, and of every CA basicConstraints,
//! path length and keyUsage, and revocation ([`super::revocation`]). An unknown critical
//! extension refuses its certificate. *Not* checked: name constraints (critical ones refuse),
//! extendedKeyUsage, policies above the leaf; why, is in `docs/adr/0003-checks-not-made.md`.
//! Implements the chain part of [SIG-26] and [XML-193].

use std::fmt;

use jiff::Timestamp;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_NIST_EC_P384, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA,
    OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, Oid,
};
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::AlgorithmIdentifier;

use super::revocation::{Crl, RevocationPolicy};

/// Most certificates of a chain, leaf and root included; ours, real EV chains have 3 or 4.
pub const DEPTH_MAX: usize = 5;

/// Most signatures of certificates that one verification checks; ours, so that a document
/// cannot buy work with certificates that all have one name.
const SIGNATURES_MAX: u32 = 16;

/// Says why no chain to a trusted root holds.
///
/// Where several chains were tried, the reason is that of the one tried last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainError {
    /// A certificate of the document or of the roots cannot be read.
    Malformed,
    /// A certificate is not valid yet; carries its start.
    NotYetValid(Timestamp),
    /// A certificate is not valid any more; carries its end.
    Expired(Timestamp),
    /// No root and no certificate of the document issued the last one of the chain.
    NoIssuer,
    /// The issuer is no CA, or must not sign certificates.
    NotACa,
    /// More CAs below one than its basicConstraints allow.
    PathLength,
    /// A signature of a certificate does not hold, or its algorithm is not accepted.
    Signature,
    /// A certificate has a critical extension that is not understood here.
    CriticalExtension,
    /// The issuer revoked a certificate.
    Revoked,
    /// Nothing says whether a certificate is revoked, and the policy wants to know.
    RevocationUnknown,
    /// More certificates than [`DEPTH_MAX`].
    TooDeep,
    /// More signatures to check than the budget allows.
    Budget,
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("a certificate of the chain cannot be read"),
            Self::NotYetValid(from) => write!(f, "a certificate is valid from {from} only"),
            Self::Expired(until) => write!(f, "a certificate was valid until {until} only"),
            Self::NoIssuer => f.write_str("no issuer up to a trusted root"),
            Self::NotACa => f.write_str("an issuer must not issue certificates"),
            Self::PathLength => f.write_str("more authorities than one of them allows"),
            Self::Signature => f.write_str("a signature in the chain does not hold"),
            Self::CriticalExtension => f.write_str("a critical extension is unknown"),
            Self::Revoked => f.write_str("a certificate is revoked"),
            Self::RevocationUnknown => {
                f.write_str("no usable revocation list covers a certificate")
            }
            Self::TooDeep => write!(f, "more than {DEPTH_MAX} certificates in the chain"),
            Self::Budget => f.write_str("too many certificates to check"),
        }
    }
}

impl std::error::Error for ChainError {}

/// Checks that a chain from `leaf` over some of `others` to one of `roots` holds at a moment.
///
/// # Errors
/// See [`ChainError`].
pub(crate) fn hold(
    leaf: &X509Certificate<'_>,
    others: &[X509Certificate<'_>],
    ground: &Ground<'_, '_>,
) -> Result<(), ChainError> {
    check_itself(leaf, ground.at)?;
    let mut search = Search { others, ground, signatures_left: SIGNATURES_MAX };
    search.climb(leaf, 1)
}

/// What a chain is held against.
pub(crate) struct Ground<'a, 'c> {
    pub(crate) roots: &'a [X509Certificate<'c>],
    pub(crate) crls: &'a [Crl<'c>],
    pub(crate) policy: RevocationPolicy,
    pub(crate) at: Timestamp,
}

struct Search<'a, 'c> {
    others: &'a [X509Certificate<'c>],
    ground: &'a Ground<'a, 'c>,
    signatures_left: u32,
}

impl Search<'_, '_> {
    /// `depth` certificates are below the issuer that is looked for, all but one of them CAs.
    fn climb(&mut self, subject: &X509Certificate<'_>, depth: usize) -> Result<(), ChainError> {
        if depth >= DEPTH_MAX {
            return Err(ChainError::TooDeep);
        }
        let mut reason = ChainError::NoIssuer;
        let roots = self.ground.roots.iter().map(|root| (root, true));
        for (issuer, is_root) in roots.chain(self.others.iter().map(|other| (other, false))) {
            if issuer.subject().as_raw() != subject.issuer().as_raw() {
                continue;
            }
            let step = self.issued(issuer, subject, depth).and_then(|()| match is_root {
                true => Ok(()),
                false => self.climb(issuer, depth.saturating_add(1)),
            });
            match step {
                Ok(()) => return Ok(()),
                Err(ChainError::Budget) => return Err(ChainError::Budget),
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    fn issued(
        &mut self,
        issuer: &X509Certificate<'_>,
        subject: &X509Certificate<'_>,
        depth: usize,
    ) -> Result<(), ChainError> {
        let Ground { crls, policy, at, .. } = *self.ground;
        check_itself(issuer, at)?;
        check_ca(issuer, depth)?;
        self.signatures_left = self.signatures_left.checked_sub(1).ok_or(ChainError::Budget)?;
        check_signature(issuer, subject)?;
        super::revocation::check(issuer, subject, crls, policy, at)
    }
}

/// Checks what does not depend on the place in the chain.
fn check_itself(certificate: &X509Certificate<'_>, at: Timestamp) -> Result<(), ChainError> {
    let bounds = certificate.validity();
    let bound = |seconds| Timestamp::from_second(seconds).map_err(|_| ChainError::Malformed);
    let not_before = bound(bounds.not_before.timestamp())?;
    let not_after = bound(bounds.not_after.timestamp())?;
    if at < not_before {
        return Err(ChainError::NotYetValid(not_before));
    }
    if at > not_after {
        return Err(ChainError::Expired(not_after));
    }
    let unknown = certificate.extensions().iter().any(|extension| {
        let is_known = matches!(
            extension.parsed_extension(),
            ParsedExtension::BasicConstraints(_)
                | ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::CertificatePolicies(_)
                | ParsedExtension::SubjectAlternativeName(_)
        );
        extension.critical && !is_known
    });
    if unknown { Err(ChainError::CriticalExtension) } else { Ok(()) }
}

/// Checks that a certificate may issue others with `depth` certificates below it.
fn check_ca(issuer: &X509Certificate<'_>, depth: usize) -> Result<(), ChainError> {
    let Ok(Some(constraints)) = issuer.basic_constraints() else {
        return Err(ChainError::NotACa);
    };
    let may_sign = match issuer.key_usage() {
        Ok(Some(usage)) => usage.value.key_cert_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    if !constraints.value.ca || !may_sign {
        return Err(ChainError::NotACa);
    }
    let authorities_below = u32::try_from(depth.saturating_sub(1)).unwrap_or(u32::MAX);
    match constraints.value.path_len_constraint {
        Some(most) if authorities_below > most => Err(ChainError::PathLength),
        Some(_) | None => Ok(()),
    }
}

fn check_signature(
    issuer: &X509Certificate<'_>,
    subject: &X509Certificate<'_>,
) -> Result<(), ChainError> {
    let holds = signed_by(
        issuer,
        &Signed {
            octets: subject.tbs_certificate.as_ref(),
            stated: [&subject.signature_algorithm, &subject.tbs_certificate.signature],
            value: &subject.signature_value.data,
        },
    );
    if holds { Ok(()) } else { Err(ChainError::Signature) }
}

/// Something that an authority signed.
pub(super) struct Signed<'a> {
    pub(super) octets: &'a [u8],
    /// The algorithm as stated outside and inside of what is signed.
    pub(super) stated: [&'a AlgorithmIdentifier<'a>; 2],
    pub(super) value: &'a [u8],
}

/// Says whether the key of `issuer` signed it, by an algorithm that is accepted.
pub(super) fn signed_by(issuer: &X509Certificate<'_>, signed: &Signed<'_>) -> bool {
    let [outside, inside] = signed.stated;
    if outside != inside {
        return false;
    }
    let key = issuer.public_key().subject_public_key.data.as_ref();
    algorithm(issuer, &outside.algorithm).is_some_and(|algorithm| {
        UnparsedPublicKey::new(algorithm, key).verify(signed.octets, signed.value).is_ok()
    })
}

/// Picks the algorithm; SHA-1 and RSA below 2048 bits are refused in certificates and lists.
fn algorithm(
    issuer: &X509Certificate<'_>,
    stated: &Oid<'_>,
) -> Option<&'static dyn VerificationAlgorithm> {
    let key = issuer.public_key();
    if let Ok(PublicKey::RSA(_)) = key.parsed() {
        let rsa: [(_, &'static dyn VerificationAlgorithm); 3] = [
            (OID_PKCS1_SHA256WITHRSA, &signature::RSA_PKCS1_2048_8192_SHA256),
            (OID_PKCS1_SHA384WITHRSA, &signature::RSA_PKCS1_2048_8192_SHA384),
            (OID_PKCS1_SHA512WITHRSA, &signature::RSA_PKCS1_2048_8192_SHA512),
        ];
        return rsa.into_iter().find(|(oid, _)| oid == stated).map(|(_, algorithm)| algorithm);
    }
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let ecdsa: [(_, _, &'static dyn VerificationAlgorithm); 4] = [
        (OID_EC_P256, OID_SIG_ECDSA_WITH_SHA256, &signature::ECDSA_P256_SHA256_ASN1),
        (OID_EC_P256, OID_SIG_ECDSA_WITH_SHA384, &signature::ECDSA_P256_SHA384_ASN1),
        (OID_NIST_EC_P384, OID_SIG_ECDSA_WITH_SHA256, &signature::ECDSA_P384_SHA256_ASN1),
        (OID_NIST_EC_P384, OID_SIG_ECDSA_WITH_SHA384, &signature::ECDSA_P384_SHA384_ASN1),
    ];
    ecdsa
        .into_iter()
        .find(|(of_curve, oid, _)| *of_curve == curve && oid == stated)
        .map(|(_, _, algorithm)| algorithm)
}
