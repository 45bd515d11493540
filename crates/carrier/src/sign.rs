//! Canonical bytes → signed document.
//!
//! The Signature goes directly before the end tag, so the digest of the bytes as written is the
//! digest that a verifier computes [SIG-14]. Nothing leaves here that this project's own
//! verifier does not accept [SIG-15]. Not here: keys at rest, PKCS#11, the log of signatures
//! [SIG-17] (the server).
//! Implements [SIG-11]…[SIG-16] and field facts X5 and X7.

use std::fmt;

use jiff::Timestamp;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use crate::chain::{self, CertificateDer, CertificateError, Revocation};
use crate::dsig;
pub use crate::dsig::Algorithm;
use crate::verify::{self, Known, Refusal, Source, Trust};
use crate::write::{CanonicalDocument, WriteError};

/// Says why a signer did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerError {
    /// The signer does not know this algorithm; another attempt fails as well.
    Unsupported(Algorithm),
    /// The key refused; another attempt fails as well.
    Refused,
    /// The signer cannot be reached at the moment; another attempt may succeed.
    Unavailable,
}

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(algorithm) => {
                write!(f, "signer does not support {}", algorithm.signature_uri())
            }
            Self::Refused => f.write_str("signer refused"),
            Self::Unavailable => f.write_str("signer unavailable"),
        }
    }
}

impl std::error::Error for SignerError {}

/// A private key with its certificates, wherever it is kept.
pub trait Signer: Send + Sync {
    /// Signs `message` itself, not its hash, with RSA PKCS#1 v1.5.
    ///
    /// # Errors
    /// See [`SignerError`].
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Returns the leaf, then its issuers in order; a root at the end is not written [SIG-11].
    fn chain(&self) -> &[CertificateDer];
}

/// Says why a document was not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// The signer has no certificate, or the leaf's issuer is missing (X5).
    IncompleteChain,
    /// A certificate of the signer cannot be read.
    Certificate(CertificateError),
    /// The signer did not sign.
    Signer(SignerError),
    /// Our own verifier refuses the result, which is therefore not released [SIG-15].
    SelfCheck(Refusal),
    /// The signature could not be written; no signature of octets can cause it.
    Write,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IncompleteChain => "chain of the signer lacks the leaf or its issuer",
            Self::Certificate(_) => "certificate of the signer cannot be read",
            Self::Signer(_) => "no signature",
            Self::SelfCheck(_) => "signed document is refused by our own verifier",
            Self::Write => "signature cannot be written",
        })
    }
}

impl std::error::Error for SignError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Certificate(source) => Some(source),
            Self::Signer(source) => Some(source),
            Self::SelfCheck(source) => Some(source),
            Self::IncompleteChain | Self::Write => None,
        }
    }
}

impl From<WriteError> for SignError {
    fn from(_: WriteError) -> Self {
        Self::Write
    }
}

/// Holds a signed document; opaque, because any change would break it [SIG-16].
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDocument(String);

impl SignedDocument {
    /// Returns the document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the document's octets, in UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the SHA-256 of the octets in 64 lower-case hexadecimal digits, for the log of
    /// signatures [SIG-17].
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.as_bytes());
        hash.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
    }
}

/// Shows length and hash: the text holds identifiers and passwords.
impl fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedDocument({} bytes, sha256 {})", self.0.len(), self.sha256_hex())
    }
}

/// Signs a document and verifies the result before it is released.
///
/// `at` is the moment of signing: outside the validity of a certificate nothing is released (X7).
/// The last certificate of the signer's chain is what the check trusts.
///
/// # Errors
/// See [`SignError`].
pub fn sign(
    document: &CanonicalDocument,
    signer: &dyn Signer,
    algorithm: Algorithm,
    at: Timestamp,
) -> Result<SignedDocument, SignError> {
    let chain = signer.chain();
    let [leaf, .., anchor] = chain else {
        return Err(SignError::IncompleteChain);
    };
    let digest = algorithm.digest(document.as_bytes());
    let signed_info = dsig::signed_info(algorithm, &digest, document.root_prefixes())?;
    let value = signer.sign(algorithm, signed_info.as_bytes()).map_err(SignError::Signer)?;
    let written = without_root(chain)?;
    let signature = dsig::signature(algorithm, &digest, &value, &written)?;
    let signed = insert(document.as_str(), &signature)?;
    let known = Known { thumbprints: &[leaf.thumbprint()], ..Known::default() };
    let trust = Trust {
        roots: std::slice::from_ref(anchor),
        at,
        source: Source::Refresh { known },
        revocation: Revocation::default(),
    };
    verify::verify(signed.as_bytes(), &trust).map_err(SignError::SelfCheck)?;
    Ok(SignedDocument(signed))
}

/// Puts the signature directly before the end tag of the root [SIG-14].
fn insert(document: &str, signature: &str) -> Result<String, SignError> {
    let end = document.rfind("</").ok_or(SignError::Write)?;
    let (body, end) = document.split_at_checked(end).ok_or(SignError::Write)?;
    Ok(format!("{body}{signature}{end}"))
}

/// Leaves out a root at the end: whoever trusts it has it [SIG-11].
fn without_root(chain: &[CertificateDer]) -> Result<Vec<&[u8]>, SignError> {
    let mut written: Vec<&[u8]> = chain.iter().map(CertificateDer::as_bytes).collect();
    if let [_, .., last] = written.as_slice() {
        let last = chain::decode(last).map_err(SignError::Certificate)?;
        if last.subject().as_raw() == last.issuer().as_raw() {
            written.pop();
        }
    }
    Ok(written)
}

/// Says why key and certificates make no signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaSignerError {
    /// Not an RSA key of 2048 to 4096 bits in the form that was said, or a damaged one.
    Key,
    /// No certificate.
    NoCertificate,
    /// The leaf cannot be read.
    Certificate(CertificateError),
    /// The key is not that of the leaf.
    Mismatch,
}

impl fmt::Display for RsaSignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "not an rsa key of 2048 to 4096 bits",
            Self::NoCertificate => "no certificate",
            Self::Certificate(_) => "leaf certificate cannot be read",
            Self::Mismatch => "key is not that of the leaf certificate",
        })
    }
}

impl std::error::Error for RsaSignerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Certificate(source) => Some(source),
            Self::Key | Self::NoCertificate | Self::Mismatch => None,
        }
    }
}

/// Signs with an RSA key in memory, rsa-sha256 only: ring does not sign SHA-1.
///
/// ring draws random numbers of its own to blind the operation; the signature does not depend
/// on them, so this crate stays deterministic.
pub struct RsaSigner {
    key: RsaKeyPair,
    chain: Vec<CertificateDer>,
}

impl RsaSigner {
    /// Takes a private key in PKCS#8 DER and its certificates, leaf first.
    ///
    /// # Errors
    /// See [`RsaSignerError`].
    pub fn from_pkcs8_der(key: &[u8], chain: Vec<CertificateDer>) -> Result<Self, RsaSignerError> {
        Self::of(RsaKeyPair::from_pkcs8(key).map_err(|_| RsaSignerError::Key)?, chain)
    }

    /// Takes a private key in PKCS#1 DER and its certificates, leaf first.
    ///
    /// # Errors
    /// See [`RsaSignerError`].
    pub fn from_pkcs1_der(key: &[u8], chain: Vec<CertificateDer>) -> Result<Self, RsaSignerError> {
        Self::of(RsaKeyPair::from_der(key).map_err(|_| RsaSignerError::Key)?, chain)
    }

    /// Returns the public key as it stands in a certificate: DER of PKCS#1's RSAPublicKey.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    fn of(key: RsaKeyPair, chain: Vec<CertificateDer>) -> Result<Self, RsaSignerError> {
        let leaf = chain.first().ok_or(RsaSignerError::NoCertificate)?;
        let leaf = chain::decode(leaf.as_bytes()).map_err(RsaSignerError::Certificate)?;
        let of_leaf = leaf.public_key().subject_public_key.data.as_ref();
        if of_leaf != key.public_key().as_ref() {
            return Err(RsaSignerError::Mismatch);
        }
        Ok(Self { key, chain })
    }
}

/// Shows the certificates alone.
impl fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaSigner").field("chain", &self.chain).finish_non_exhaustive()
    }
}

impl Signer for RsaSigner {
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        match algorithm {
            Algorithm::RsaSha256 => {
                let mut value = vec![0; self.key.public().modulus_len()];
                self.key
                    .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut value)
                    .map_err(|_| SignerError::Refused)?;
                Ok(value)
            }
            Algorithm::RsaSha1 => Err(SignerError::Unsupported(algorithm)),
        }
    }

    fn chain(&self) -> &[CertificateDer] {
        &self.chain
    }
}
