//! What can be wrong with a certificate, its key or their files, and what to do about it.
//!
//! One list for the loader, the reloader and `cert check`, so that what one reports the
//! others refuse [SIG-23, X2, X5, X6, X7]. Not here: how each is found (`certificate`,
//! `files`, `check`).

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A finding about a certificate or its key.
#[derive(Clone, Debug, PartialEq)]
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
    /// No Extended Validation policy [SIG-23, X6].
    NoEvPolicy,
    /// keyUsage lacks digitalSignature, or is absent [SIG-23].
    NoDigitalSignature,
    /// extendedKeyUsage lacks serverAuth, or is absent [SIG X6].
    NoServerAuth,
    /// The first certificate is a CA's: the leaf has to come first [SIG-11].
    LeafIsCa,
    /// The public key is not RSA [SIG X2].
    NotRsa {
        /// The key's kind as `cert check` names it.
        key: String,
    },
    /// The RSA key has a length that is not signed with [SIG-12].
    RsaLength {
        /// Length of the modulus.
        bits: usize,
    },
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// The private key is damaged.
    KeyUnusable,
    /// The private key's file is readable by others than its owner [SIG-17].
    KeyReadableByOthers {
        /// Permission bits of the file.
        mode: u32,
    },
    /// A certificate is not issued by the one after it [SIG-11].
    ChainOrder {
        /// Which certificate, the leaf being 0.
        index: usize,
    },
    /// The leaf stands alone [SIG X5].
    NoIssuingCa,
    /// A self-issued certificate is in the chain [SIG-11].
    RootInChain {
        /// Which certificate, the leaf being 0.
        index: usize,
    },
    /// No path to one of the roots [SIG-26].
    NoPath(rustls::Error),
    /// The certificate lives longer than CAs may issue TLS certificates for [SIG X7].
    LivesTooLong {
        /// Its life in days, rounded up.
        days: i64,
        /// The limit at the time of issue.
        days_max: i64,
    },
}

impl Problem {
    /// Tells whether documents must not be signed with this; the others are advice.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::NotYetValid { .. }
            | Self::Expired { .. }
            | Self::NoEvPolicy
            | Self::NoDigitalSignature
            | Self::LeafIsCa
            | Self::NotRsa { .. }
            | Self::RsaLength { .. }
            | Self::KeyMismatch
            | Self::KeyUnusable
            | Self::ChainOrder { .. }
            | Self::NoPath(_) => true,
            Self::NoServerAuth
            | Self::KeyReadableByOthers { .. }
            | Self::NoIssuingCa
            | Self::RootInChain { .. }
            | Self::LivesTooLong { .. } => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYetValid { not_before } => {
                write!(f, "not valid before {not_before}: check the clock, or wait")
            }
            Self::Expired { not_after } => {
                write!(f, "expired at {not_after}: install the renewed certificate and key")
            }
            Self::NoEvPolicy => f.write_str(
                "no Extended Validation policy (2.23.140.1.1): Windows refuses documents from a \
                 web site without it; order an EV TLS certificate",
            ),
            Self::NoDigitalSignature => {
                f.write_str("keyUsage lacks digitalSignature: order a certificate with it")
            }
            Self::NoServerAuth => {
                f.write_str("extendedKeyUsage lacks serverAuth: order an EV TLS certificate")
            }
            Self::LeafIsCa => {
                f.write_str("the first certificate is a CA's: put the signing certificate first")
            }
            Self::NotRsa { key } => write!(
                f,
                "the key is {key}: Windows is reported to refuse documents signed with anything \
                 but RSA; order a certificate for an RSA key of 2048 bits or more",
            ),
            Self::RsaLength { bits } => {
                write!(f, "the RSA key has {bits} bits: use one of 2048 to 4096 bits")
            }
            Self::KeyMismatch => {
                f.write_str("the private key belongs to another certificate: give the right pair")
            }
            Self::KeyUnusable => {
                f.write_str("the private key is damaged or inconsistent: restore it from a backup")
            }
            Self::KeyReadableByOthers { mode } => write!(
                f,
                "the private key is open to users other than its owner (mode {mode:03o}): \
                 chmod 600",
            ),
            Self::ChainOrder { index } => write!(
                f,
                "certificate {index} is not issued by the one after it: order the file leaf \
                 first, then each issuer",
            ),
            Self::NoIssuingCa => {
                f.write_str("the leaf stands alone: append the issuing CA for strict verifiers")
            }
            Self::RootInChain { index } => write!(
                f,
                "certificate {index} is self-issued: remove the root from the file, it is left \
                 out of documents",
            ),
            Self::NoPath(error) => write!(
                f,
                "no path to a trusted root ({error}): check that the issuing CAs are in the file \
                 and the root is among the roots",
            ),
            Self::LivesTooLong { days, days_max } => write!(
                f,
                "valid for {days} days where public CAs may issue {days_max}: plan for a renewal \
                 that often",
            ),
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why files give no key and certificate that can be used.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyError {
    /// The file cannot be read.
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The file is too big to be a key or a chain.
    TooBig {
        /// The file.
        file: PathBuf,
    },
    /// The PEM text is damaged.
    BadPem {
        /// The file.
        file: PathBuf,
    },
    /// No `CERTIFICATE` in the file.
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// A certificate is not valid DER.
    BadCertificate {
        /// The file.
        file: PathBuf,
        /// Which certificate of the file, from 0.
        index: usize,
    },
    /// No private key in the file.
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// More than one private key in the file.
    ManyKeys {
        /// The file.
        file: PathBuf,
    },
    /// The private key is protected by a passphrase.
    EncryptedKey {
        /// The file.
        file: PathBuf,
    },
    /// Documents must not be signed with this pair; at least one finding refuses.
    Refused {
        /// The certificate's file.
        file: PathBuf,
        /// All findings, advice included.
        problems: Vec<Problem>,
    },
    /// The signer does not take the key.
    Signer {
        /// The key's file.
        file: PathBuf,
        /// Its reason.
        reason: String,
    },
    /// The TLS library does not take the pair.
    Tls {
        /// The certificate's file.
        file: PathBuf,
        /// Its reason.
        source: rustls::Error,
    },
}

impl KeyError {
    /// Returns the file that has to be looked at.
    #[must_use]
    pub fn file(&self) -> &Path {
        match self {
            Self::Read { file, .. }
            | Self::TooBig { file }
            | Self::BadPem { file }
            | Self::NoCertificate { file }
            | Self::BadCertificate { file, .. }
            | Self::NoKey { file }
            | Self::ManyKeys { file }
            | Self::EncryptedKey { file }
            | Self::Refused { file, .. }
            | Self::Signer { file, .. }
            | Self::Tls { file, .. } => file,
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file().display())?;
        match self {
            Self::Read { kind, .. } => {
                write!(f, "cannot be read ({kind}): check the path and its permissions")
            }
            Self::TooBig { .. } => f.write_str("too big: give a PEM file of a key or a chain"),
            Self::BadPem { .. } => f.write_str("damaged PEM text: export the file again"),
            Self::NoCertificate { .. } => f.write_str(
                "holds no certificate: give a PEM file with BEGIN CERTIFICATE, leaf first",
            ),
            Self::BadCertificate { index, .. } => {
                write!(f, "certificate {index} is not valid X.509: export the file again")
            }
            Self::NoKey { .. } => f.write_str(
                "holds no private key: give a PEM file with BEGIN PRIVATE KEY (PKCS#8) or BEGIN \
                 RSA PRIVATE KEY (PKCS#1)",
            ),
            Self::ManyKeys { .. } => {
                f.write_str("holds more than one private key: leave the one of the certificate")
            }
            Self::EncryptedKey { .. } => f.write_str(
                "the private key has a passphrase: decrypt it with `openssl pkey -in OLD -out \
                 NEW` into a file of mode 0600",
            ),
            Self::Refused { problems, .. } => {
                let mut separator = "";
                for problem in problems.iter().filter(|problem| problem.is_refusal()) {
                    write!(f, "{separator}{problem}")?;
                    separator = "; ";
                }
                Ok(())
            }
            Self::Signer { reason, .. } => write!(f, "the key cannot sign ({reason})"),
            Self::Tls { .. } => f.write_str("the certificate and its key cannot serve TLS"),
        }
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Tls { source, .. } => Some(source),
            Self::Read { .. }
            | Self::TooBig { .. }
            | Self::BadPem { .. }
            | Self::NoCertificate { .. }
            | Self::BadCertificate { .. }
            | Self::NoKey { .. }
            | Self::ManyKeys { .. }
            | Self::EncryptedKey { .. }
            | Self::Refused { .. }
            | Self::Signer { .. } => None,
        }
    }
}
