//! A certificate as one to sign documents with: everything that is wrong with it, at once.
//!
//! What `cert check` prints, `config check` reports and the loader of signers refuses. Not here:
//! the words for operators and the permissions of files (the server), and whether Windows'
//! root programme takes the root for EV, which decides in the end.
//! Implements [SIG-11], [SIG-12], [SIG-23], and field facts X2, X5, X6 and X7.

use std::fmt;

use jiff::Timestamp;
use x509_parser::prelude::X509Certificate;

use super::{
    CertificateDer, CertificateError, CertificateFacts, ChainError, Ground, KeyFacts,
    RevocationPolicy, decode, facts, hold,
};

/// Fewest bits of an RSA key that signs [SIG-12].
pub const RSA_BITS_MIN: usize = 2048;
/// Most bits of an RSA key that signs: ring's limit.
pub const RSA_BITS_MAX: usize = 4096;
/// Days left from which the end is announced; ours, ballot SC-081v3 leaves 47 in all (X7).
pub const DAYS_LEFT_WARNED: i64 = 30;
/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// Names something wrong with a certificate or its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The validity period has not begun [SIG-26].
    NotYetValid {
        /// When it begins.
        not_before: Timestamp,
    },
    /// The validity period is over [SIG-26].
    Expired {
        /// When it ended.
        not_after: Timestamp,
    },
    /// The validity period ends within [`DAYS_LEFT_WARNED`] days (X7).
    EndsSoon {
        /// Whole days left.
        days_left: i64,
    },
    /// No Extended Validation policy [SIG-23], X6.
    NoEvPolicy,
    /// keyUsage lacks digitalSignature, or is absent [SIG-23].
    NoDigitalSignature,
    /// extendedKeyUsage lacks serverAuth, or is absent (X6).
    NoServerAuth,
    /// The first certificate is a CA's: the leaf has to come first [SIG-11].
    LeafIsCa,
    /// The public key is not RSA (X2).
    NotRsa {
        /// Its kind.
        key: KeyFacts,
    },
    /// The RSA key is shorter than [`RSA_BITS_MIN`] or longer than [`RSA_BITS_MAX`] [SIG-12].
    RsaLength {
        /// Bits of the modulus.
        bits: usize,
    },
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// A certificate is not issued by the one after it [SIG-11].
    ChainOrder {
        /// Which certificate, the leaf being 0.
        index: usize,
    },
    /// The leaf stands alone (X5).
    NoIssuingCa,
    /// A self-issued certificate is in the chain, where it is of no use [SIG-11].
    RootInChain {
        /// Which certificate, the leaf being 0.
        index: usize,
    },
    /// No path to one of the roots [SIG-26].
    NoPath(ChainError),
    /// The certificate lives longer than public CAs may issue TLS certificates for (X7).
    LivesTooLong {
        /// Its life in days, rounded up.
        days: i64,
        /// The limit at the time of issue.
        days_max: i64,
    },
}

impl Problem {
    /// Says whether documents must not be signed with it; the others are advice [SIG-23].
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::NotYetValid { .. }
            | Self::Expired { .. }
            | Self::NoEvPolicy
            | Self::NoDigitalSignature
            | Self::LeafIsCa
            | Self::NotRsa { .. }
            | Self::RsaLength { .. }
            | Self::KeyMismatch
            | Self::ChainOrder { .. }
            | Self::NoIssuingCa
            | Self::NoPath(_) => true,
            Self::EndsSoon { .. }
            | Self::NoServerAuth
            | Self::RootInChain { .. }
            | Self::LivesTooLong { .. } => false,
        }
    }
}

/// Holds what was found out about a certificate with its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// What the leaf says of itself.
    pub leaf: CertificateFacts,
    /// Whole days of validity left; negative once it has ended.
    pub days_left: i64,
    /// Whether the leaf chains to one of the roots at that moment; none without roots.
    pub chain_ok: Option<bool>,
    /// Everything that is wrong, advice included.
    pub problems: Vec<Problem>,
}

impl Examination {
    /// Says whether documents must not be signed with it [SIG-23].
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_refusal)
    }
}

/// Says why there is nothing to examine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExamineError {
    /// No certificate at all.
    NoCertificate,
    /// A certificate that cannot be read.
    Certificate {
        /// Which, the leaf being 0.
        index: usize,
        /// Why.
        error: CertificateError,
    },
}

impl fmt::Display for ExamineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("no certificate"),
            Self::Certificate { index, .. } => write!(f, "certificate {index} cannot be read"),
        }
    }
}

impl std::error::Error for ExamineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Certificate { error, .. } => Some(error),
            Self::NoCertificate => None,
        }
    }
}

/// Examines certificates, leaf first, as those that sign documents at a moment.
///
/// `public_key` is that of the private key if there is one, as it stands in a certificate (DER
/// of PKCS#1's RSAPublicKey for RSA). Without `roots` the path is judged up to the last certificate
/// of the chain, and `chain_ok` is absent. Revocation is not looked at: a signer has no lists.
///
/// # Errors
/// See [`ExamineError`].
pub fn examine(
    chain: &[CertificateDer],
    public_key: Option<&[u8]>,
    roots: Option<&[CertificateDer]>,
    at: Timestamp,
) -> Result<Examination, ExamineError> {
    let mut certificates = Vec::with_capacity(chain.len());
    for (index, der) in chain.iter().enumerate() {
        let unreadable = |error| ExamineError::Certificate { index, error };
        let certificate = decode(der.as_bytes()).map_err(unreadable)?;
        let facts = facts(&certificate).map_err(unreadable)?;
        certificates.push((certificate, facts));
    }
    let ((leaf, facts), issuers) = certificates.split_first().ok_or(ExamineError::NoCertificate)?;
    let days_left = facts.not_after.as_second().saturating_sub(at.as_second()).div_euclid(DAY_S);
    let mut problems = of_leaf(facts, days_left, at);
    if public_key.is_some_and(|key| key != facts.public_key) {
        problems.push(Problem::KeyMismatch);
    }
    problems.extend(of_order(&certificates));
    let issuers: Vec<X509Certificate<'_>> = issuers.iter().map(|(c, _)| c.clone()).collect();
    let judged = roots.map(|roots| path(leaf, &issuers, roots, at));
    let chain_ok = judged.map(|path| path.is_ok());
    // Without roots the last certificate is what a signer trusts, as for its own check. What the
    // leaf's own time or the order of names explains is said already.
    let is_ordered = !problems.iter().any(|p| matches!(p, Problem::ChainOrder { .. }));
    let anchor = chain.get(1..).and_then(<[_]>::last).filter(|_| is_ordered);
    let in_life = at.max(facts.not_before).min(facts.not_after);
    let alone = |anchor| path(leaf, &issuers, std::slice::from_ref(anchor), in_life);
    let judged = judged.or_else(|| anchor.map(alone));
    problems.extend(judged.and_then(Result::err).map(Problem::NoPath));
    Ok(Examination { leaf: facts.clone(), days_left, chain_ok, problems })
}

impl CertificateFacts {
    /// Returns what is wrong with the certificate's time: not begun, or over.
    #[must_use]
    pub fn time_problem(&self, at: Timestamp) -> Option<Problem> {
        if at < self.not_before {
            Some(Problem::NotYetValid { not_before: self.not_before })
        } else if at > self.not_after {
            Some(Problem::Expired { not_after: self.not_after })
        } else {
            None
        }
    }
}

fn of_leaf(leaf: &CertificateFacts, days_left: i64, at: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::from_iter(leaf.time_problem(at));
    if problems.is_empty() && days_left < DAYS_LEFT_WARNED {
        problems.push(Problem::EndsSoon { days_left });
    }
    match leaf.key {
        KeyFacts::Rsa { bits } if (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) => {}
        KeyFacts::Rsa { bits } => problems.push(Problem::RsaLength { bits }),
        key @ (KeyFacts::EllipticCurve(_) | KeyFacts::Other) => {
            problems.push(Problem::NotRsa { key });
        }
    }
    if leaf.is_ca {
        problems.push(Problem::LeafIsCa);
    }
    if leaf.ev_policies.is_empty() {
        problems.push(Problem::NoEvPolicy);
    }
    if !leaf.digital_signature {
        problems.push(Problem::NoDigitalSignature);
    }
    if !leaf.server_auth {
        problems.push(Problem::NoServerAuth);
    }
    let (days, days_max) = (life_days(leaf), life_days_max(leaf.not_before));
    if days > days_max {
        problems.push(Problem::LivesTooLong { days, days_max });
    }
    problems
}

fn of_order(chain: &[(X509Certificate<'_>, CertificateFacts)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if chain.len() == 1 {
        problems.push(Problem::NoIssuingCa);
    }
    let with_issuer = chain.iter().zip(chain.iter().skip(1));
    for (index, ((subject, _), (issuer, _))) in with_issuer.enumerate() {
        if subject.issuer().as_raw() != issuer.subject().as_raw() {
            problems.push(Problem::ChainOrder { index });
        }
    }
    for (index, (_, facts)) in chain.iter().enumerate().skip(1) {
        if facts.is_self_issued {
            problems.push(Problem::RootInChain { index });
        }
    }
    problems
}

fn path(
    leaf: &X509Certificate<'_>,
    issuers: &[X509Certificate<'_>],
    roots: &[CertificateDer],
    at: Timestamp,
) -> Result<(), ChainError> {
    let roots: Result<Vec<_>, _> = roots.iter().map(|root| decode(root.as_bytes())).collect();
    let roots = roots.map_err(|_| ChainError::Malformed)?;
    let ground = Ground { roots: &roots, crls: &[], policy: RevocationPolicy::Soft, at };
    hold(leaf, issuers, &ground)
}

/// Returns the life in days, rounded up; both ends belong to it (RFC 5280, section 4.1.2.5).
fn life_days(facts: &CertificateFacts) -> i64 {
    let (start, end) = (facts.not_before.as_second(), facts.not_after.as_second());
    let seconds = end.saturating_sub(start).saturating_add(1);
    seconds.saturating_add(DAY_S.saturating_sub(1)).div_euclid(DAY_S)
}

/// Returns how many days a TLS certificate issued at `issued` may live.
///
/// CA/Browser Forum ballot SC-081v3 (X7); 398 days before its first step.
#[must_use]
pub fn life_days_max(issued: Timestamp) -> i64 {
    // Unix seconds of 2026-03-15, 2027-03-15 and 2029-03-15, each 00:00 UTC.
    match issued.as_second() {
        ..1_773_532_800 => 398,
        1_773_532_800..1_805_068_800 => 200,
        1_805_068_800..1_868_227_200 => 100,
        1_868_227_200.. => 47,
    }
}
