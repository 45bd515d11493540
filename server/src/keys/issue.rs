//! What the demo's two worlds share when they issue certificates: names, times, errors.
//!
//! Not here: keys and extensions ([`super::demo_chain`], [`super::tls`]), and any issuing for
//! production.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use carrier::chain::life_days_max;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DistinguishedName, DnType};
use time::OffsetDateTime;

use super::disk::{self, Access};
use super::problem::KeyError;

/// A leaf that ends within this time is remade.
pub(super) const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far validity reaches back, for clocks that are slow.
pub(super) const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// Why there is no demo chain.
#[derive(Debug)]
pub enum DemoError {
    /// The folder or a file cannot be written.
    Write {
        /// Which.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The random generator or the key maker failed.
    MakeKey(rsa::Error),
    /// A certificate could not be made.
    MakeCertificate(rcgen::Error),
    /// A kept CA is damaged or has ended: the folder has to be removed.
    Damaged {
        /// Which file.
        file: PathBuf,
        /// Why it cannot be used; `None` when key and certificate disagree.
        source: Option<KeyError>,
    },
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write { file, .. } => {
                write!(f, "{} cannot be written: check the data folder", file.display())
            }
            Self::MakeKey(_) => f.write_str("no RSA key could be made"),
            Self::MakeCertificate(_) => f.write_str("no certificate could be made"),
            Self::Damaged { file, .. } => write!(
                f,
                "{} cannot be used: remove its folder, a new demo chain is made then",
                file.display()
            ),
        }
    }
}

impl std::error::Error for DemoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write { source, .. } => Some(source),
            Self::MakeKey(source) => Some(source),
            Self::MakeCertificate(source) => Some(source),
            Self::Damaged { source, .. } => {
                source.as_ref().map(|error| error as &(dyn std::error::Error + 'static))
            }
        }
    }
}

impl From<rcgen::Error> for DemoError {
    fn from(error: rcgen::Error) -> Self {
        Self::MakeCertificate(error)
    }
}

/// Returns the last second of a leaf made at `now`: a day under what CAs may issue [SIG X7].
pub(super) fn leaf_end(now: Timestamp) -> Timestamp {
    days_after(now, life_days_max(now).saturating_sub(1))
}

/// Returns the instant a number of days later, at most the end of time.
pub(super) fn days_after(now: Timestamp, days: i64) -> Timestamp {
    let span = SignedDuration::from_secs(days.saturating_mul(86_400));
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Starts a certificate of the demo's organisation.
pub(super) fn named(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Broadgate Demo");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

/// Converts an instant to whole seconds of X.509.
pub(super) fn x509_time(at: Timestamp) -> OffsetDateTime {
    // Both types end with the year 9999.
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Writes a PEM file.
///
/// # Errors
/// [`DemoError::Write`].
pub(super) fn write(file: &Path, pem: &str, access: Access) -> Result<(), DemoError> {
    disk::write(file, pem.as_bytes(), access)
        .map_err(|source| DemoError::Write { file: file.to_owned(), source })
}
