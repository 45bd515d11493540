//! `broadgate cert check`: one report on a signing certificate [SIG X6, cli.md §1].
//!
//! Reports everything it finds instead of stopping at the first. Not here: printing, the
//! exit code's number, the judgement itself (`carrier::chain::examine`), revocation, and
//! Windows' root programme, which decides in the end whether a certificate is EV.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::files::{
    examined, leaf_of, public_key, read_chain, read_key, read_pair, readable_by_others,
};
use super::problem::{KeyError, Problem};
use super::tls::server_config;
use crate::config::Certificates;

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
    /// The policies of the leaf that mean EV.
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
    let chain = read_chain(chain_pem)?;
    let roots = roots_pem.map(read_chain).transpose()?;
    let (public_key, of_key) = match key_pem {
        Some(file) => {
            let (public_key, mut problems) =
                public_key(&leaf_of(chain_pem, &chain)?, &read_key(file)?);
            problems.extend(readable_by_others(file)?);
            (public_key, problems)
        }
        None => (None, Vec::new()),
    };
    let found = examined(chain_pem, &chain, public_key.as_deref(), roots.as_deref(), at)?;
    let leaf = found.leaf;
    Ok(CertReport {
        subject: leaf.subject,
        issuer: leaf.issuer,
        not_before: leaf.not_before.to_string(),
        not_after: leaf.not_after.to_string(),
        days_left: found.days_left,
        ev: !leaf.ev_policies.is_empty(),
        ev_policies: leaf.ev_policies,
        key: leaf.key.to_string(),
        chain_ok: found.chain_ok == Some(true),
        problems: found.problems.into_iter().map(Problem::from).chain(of_key).collect(),
        is_chain_judged: found.chain_ok.is_some(),
    })
}

/// Lists what is wrong with a certificate of the configuration at `now`: what `serve` would not
/// sign or serve with [SIG-23].
#[must_use]
pub fn judge(certificates: Certificates<'_>, now: Timestamp) -> Vec<String> {
    let (place, can_wait) = match certificates {
        Certificates::Signing { place, can_wait } => (place, can_wait),
        Certificates::Tls(files) => {
            let served = server_config(&files.certificate, &files.key);
            return Vec::from_iter(served.err().map(|error| error.to_string()));
        }
    };
    let pair = match read_pair(place, now) {
        Ok(pair) => pair,
        Err(error) => return vec![error.to_string()],
    };
    let refusals = pair.problems.iter().filter(|problem| problem.is_refusal());
    let refusals = refusals.filter(|problem| !(can_wait && problem.is_of_time()));
    refusals.map(ToString::to_string).collect()
}
