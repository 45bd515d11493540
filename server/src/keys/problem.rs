//! What can be wrong with a certificate, its key or their files, and what to do about it.
//!
//! One list for the loader, the reloader and `cert check`, so that what one reports the
//! others refuse [SIG-23, X2, X5, X6, X7]. Not here: how each is found (`carrier::chain` for
//! certificates, `files` for the rest).

use std::fmt;
use std::path::{Path, PathBuf};

use carrier::chain::{Problem as Judged, RSA_BITS_MAX, RSA_BITS_MIN};
use serde::{Serialize, Serializer};

use super::token::TokenError;

/// A finding about a certificate or its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// What `carrier`, the one judge of certificates, found.
    Certificate(Judged),
    /// The private key is damaged.
    KeyUnusable,
    /// The private key's file is readable by others than its owner [SIG-17].
    KeyReadableByOthers {
        /// Permission bits of the file.
        mode: u32,
    },
}

impl From<Judged> for Problem {
    fn from(problem: Judged) -> Self {
        Self::Certificate(problem)
    }
}

impl Problem {
    /// Tells whether documents must not be signed with this; the others are advice.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Certificate(problem) => problem.is_refusal(),
            Self::KeyUnusable => true,
            Self::KeyReadableByOthers { .. } => false,
        }
    }

    /// Tells whether time alone will mend or has caused this.
    pub(super) fn is_of_time(&self) -> bool {
        matches!(self, Self::Certificate(Judged::NotYetValid { .. } | Judged::Expired { .. }))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(problem) => write_judged(*problem, f),
            Self::KeyUnusable => {
                f.write_str("the private key is damaged or inconsistent: restore it from a backup")
            }
            Self::KeyReadableByOthers { mode } => write!(
                f,
                "the private key is open to users other than its owner (mode {mode:03o}): \
                 chmod 600",
            ),
        }
    }
}

/// Says what to do about a finding of `carrier`.
fn write_judged(problem: Judged, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match problem {
        Judged::NotYetValid { not_before } => {
            return write!(f, "not valid before {not_before}: check the clock, or wait");
        }
        Judged::Expired { not_after } => {
            return write!(f, "expired at {not_after}: install the renewed certificate and key");
        }
        Judged::EndsSoon { days_left } => {
            return write!(f, "ends in {days_left} days: renew it and lay it ready as `next`");
        }
        Judged::NoEvPolicy => {
            "no Extended Validation policy (2.23.140.1.1): Windows refuses documents from a web \
             site without it; order an EV TLS certificate"
        }
        Judged::NoDigitalSignature => {
            "keyUsage lacks digitalSignature: order a certificate with it"
        }
        Judged::NoServerAuth => "extendedKeyUsage lacks serverAuth: order an EV TLS certificate",
        Judged::LeafIsCa => "the first certificate is a CA's: put the signing certificate first",
        Judged::NotRsa { key } => {
            return write!(
                f,
                "the key is {key}: Windows is reported to refuse documents signed with anything \
                 but RSA; order a certificate for an RSA key of 2048 bits or more",
            );
        }
        Judged::RsaLength { bits } => {
            return write!(
                f,
                "the RSA key has {bits} bits: use one of {RSA_BITS_MIN} to {RSA_BITS_MAX} bits"
            );
        }
        Judged::KeyMismatch => {
            "the private key belongs to another certificate: give the right pair"
        }
        Judged::ChainOrder { index } => {
            return write!(
                f,
                "certificate {index} is not issued by the one after it: order the file leaf \
                 first, then each issuer",
            );
        }
        Judged::NoIssuingCa => {
            "the leaf stands alone: append the issuing CA, without which strict verifiers refuse"
        }
        Judged::RootInChain { index } => {
            return write!(
                f,
                "certificate {index} is self-issued: remove the root from the file, it is left \
                 out of documents",
            );
        }
        Judged::NoPath(error) => {
            return write!(
                f,
                "no path to a trusted root ({error}): check that the issuing CAs are in the file \
                 and the root is among the roots",
            );
        }
        Judged::LivesTooLong { days, days_max } => {
            return write!(
                f,
                "valid for {days} days where public CAs may issue {days_max}: plan for a renewal \
                 that often",
            );
        }
    })
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
    /// The token does not sign.
    Token {
        /// The token's module.
        file: PathBuf,
        /// Why.
        error: TokenError,
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
    /// Tells whether the same attempt must not be made again: tokens lock after a few wrong PINs.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Token { error: TokenError::PinRefused, .. })
    }

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
            | Self::Token { file, .. }
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
            Self::Token { error, .. } => error.fmt(f),
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
            | Self::Token { .. }
            | Self::Signer { .. } => None,
        }
    }
}
