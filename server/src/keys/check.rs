//! `broadgate cert check`: one report on a signing certificate [SIG X6, cli.md §1].
//!
//! Reports everything it finds instead of stopping at the first. Not here: printing, the
//! exit code's number, revocation, and Windows' root programme, which decides in the end
//! whether a certificate is EV.

use std::path::Path;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::server::ParsedCertificate;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde::Serialize;

use super::disk;
use super::files::{chain_problems, key_problems, read_chain, read_key};
use super::problem::{KeyError, Problem};

/// What `cert check` prints; the serialized fields are fixed by cli.md §1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CertReport {
    /// Subject of the leaf, most specific part first.
    pub subject: String,
    /// Issuer of the leaf.
    pub issuer: String,
    /// First instant of validity, RFC 3339.
    pub not_before: String,
    /// Last instant of validity, RFC 3339.
    pub not_after: String,
    /// Whole days of validity left; negative once it has ended.
    pub days_left: i64,
    /// Whether the EV policy is there.
    pub ev: bool,
    /// All certificate policies of the leaf.
    pub ev_policies: Vec<String>,
    /// Kind of the public key: `rsa-2048`, `ec-p256`…
    pub key: String,
    /// Whether the leaf chains to one of the roots at that time; false without roots.
    pub chain_ok: bool,
    /// Everything that was found, advice included.
    pub problems: Vec<Problem>,
    /// Whether roots were given; without them `chain_ok` says nothing.
    #[serde(skip)]
    pub is_chain_judged: bool,
}

impl CertReport {
    /// Tells whether documents must not be signed with it: the exit code is 1.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_refusal)
    }
}

/// Reports on a signing certificate as it stands at `at`, with its key and roots if given.
///
/// # Errors
/// [`KeyError`] when a file cannot be read or parsed.
pub fn cert_check(
    chain_pem: &Path,
    key_pem: Option<&Path>,
    roots_pem: Option<&Path>,
    at: Timestamp,
) -> Result<CertReport, KeyError> {
    let (chain, facts) = read_chain(chain_pem)?;
    let Some(leaf) = facts.first() else {
        return Err(KeyError::NoCertificate { file: chain_pem.to_owned() });
    };
    let mut problems = chain_problems(&facts, at);
    if let Some(key_pem) = key_pem {
        problems.extend(key_problems(leaf, &read_key(key_pem)?));
        problems.extend(
            disk::open_to_others(key_pem)?.map(|mode| Problem::KeyReadableByOthers { mode }),
        );
    }
    let path = match roots_pem {
        Some(roots_pem) => Some(path_to_root(&chain, &read_chain(roots_pem)?.0, at)),
        None => None,
    };
    let chain_ok = matches!(path, Some(Ok(())));
    let is_chain_judged = path.is_some();
    problems.extend(path.and_then(Result::err));
    Ok(CertReport {
        subject: leaf.subject.clone(),
        issuer: leaf.issuer.clone(),
        not_before: leaf.not_before.to_string(),
        not_after: leaf.not_after.to_string(),
        days_left: leaf.days_left(at),
        ev: leaf.is_ev(),
        ev_policies: leaf.policies.clone(),
        key: leaf.key.to_string(),
        chain_ok,
        problems,
        is_chain_judged,
    })
}

/// Passes when the first certificate chains to one of the roots at `at`.
///
/// Signatures, validity, basicConstraints, name constraints and path lengths are judged by
/// rustls' verifier; the leaf may carry extendedKeyUsage only with serverAuth [SIG X6].
///
/// # Errors
/// [`Problem::NoPath`].
pub(super) fn path_to_root(
    chain: &[CertificateDer<'_>],
    roots: &[CertificateDer<'_>],
    at: Timestamp,
) -> Result<(), Problem> {
    let Some((leaf, intermediates)) = chain.split_first() else {
        return Err(Problem::NoPath(rustls::Error::NoCertificatesPresented));
    };
    let mut anchors = RootCertStore::empty();
    for root in roots {
        anchors.add(root.clone().into_owned()).map_err(Problem::NoPath)?;
    }
    let leaf = ParsedCertificate::try_from(leaf).map_err(Problem::NoPath)?;
    // Before 1970 nothing is valid.
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    verify_server_cert_signed_by_trust_anchor(
        &leaf,
        &anchors,
        intermediates,
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)),
        rustls::crypto::ring::default_provider().signature_verification_algorithms.all,
    )
    .map_err(Problem::NoPath)
}
