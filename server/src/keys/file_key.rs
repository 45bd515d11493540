//! Signs with a key in memory: rsa-sha256 by ring, and rsa-sha1 for the oldest hosts.
//!
//! ring signs no SHA-1, so the fallback goes through the `rsa` crate, blinded, and only where
//! the configuration asks for it [SIG-12, X3]; ADR 0002 says what that costs. Not here: keys on
//! tokens ([`super::token`]).

use carrier::chain::CertificateDer;
use carrier::sign::{Algorithm, RsaSigner, RsaSignerError, Signer, SignerError};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// DER of DigestInfo up to the SHA-1 hash (RFC 8017, section 9.2, note 1).
const SHA1_PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// Length of a SHA-1 hash.
const SHA1_BYTES: usize = 20;

/// A key in memory; has no Debug for its sake.
pub(super) struct FileSigner {
    ring: RsaSigner,
    /// There only for signers of rsa-sha1.
    legacy: Option<RsaPrivateKey>,
}

impl FileSigner {
    /// Takes a private key in PKCS#1 DER and its certificates, leaf first, to sign so.
    ///
    /// # Errors
    /// See [`RsaSignerError`].
    pub(super) fn new(
        pkcs1: &[u8],
        chain: Vec<CertificateDer>,
        algorithm: Algorithm,
    ) -> Result<Self, RsaSignerError> {
        let ring = RsaSigner::from_pkcs1_der(pkcs1, chain)?;
        let legacy = match algorithm {
            Algorithm::RsaSha256 => None,
            Algorithm::RsaSha1 => {
                Some(RsaPrivateKey::from_pkcs1_der(pkcs1).map_err(|_| RsaSignerError::Key)?)
            }
        };
        Ok(Self { ring, legacy })
    }
}

impl Signer for FileSigner {
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        match (algorithm, &self.legacy) {
            (Algorithm::RsaSha256, _) | (Algorithm::RsaSha1, None) => {
                self.ring.sign(algorithm, message)
            }
            (Algorithm::RsaSha1, Some(key)) => {
                let padding =
                    Pkcs1v15Sign { hash_len: Some(SHA1_BYTES), prefix: Box::new(SHA1_PREFIX) };
                let hash = algorithm.digest(message);
                key.sign_with_rng(&mut rsa::rand_core::OsRng, padding, &hash)
                    .map_err(|_| SignerError::Refused)
            }
        }
    }

    fn chain(&self) -> &[CertificateDer] {
        self.ring.chain()
    }
}
