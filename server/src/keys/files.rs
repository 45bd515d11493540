//! Loads keys and their certificates into signers of documents.
//!
//! Accepts PKCS#8 and PKCS#1 RSA keys without passphrase, and keys on tokens; refuses what
//! Windows or an agent would refuse later [SIG-11, SIG-12, SIG-17, SIG-23, X2, X5, X6], as
//! `carrier::chain` judges. Not here: the path to a root (an operator's own roots are known to
//! `cert check`, not to the signer), revocation, and wiping memory: the process that signs holds
//! the key anyway.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carrier::chain::{CertificateDer, CertificateFacts, Examination, KeyFacts, examine, inspect};
use carrier::sign::{Algorithm, Signer};
use jiff::Timestamp;
use ring::signature::RsaKeyPair;
use rsa::pkcs1::der::{Decode, Encode};
use rsa::pkcs8::PrivateKeyInfo;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use tracing::warn;

use super::disk;
use super::file_key::FileSigner;
use super::problem::{KeyError, Problem};
use super::source::{KeyPlace, KeySource};
use super::token::TokenSigner;

/// The two files of a key: certificates, leaf first, and the private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFiles {
    /// PEM certificates: the leaf, then each issuer.
    pub chain: PathBuf,
    /// PEM private key.
    pub key: PathBuf,
}

impl KeyFiles {
    /// Returns the files as the place of a signing key.
    #[must_use]
    pub fn place(&self) -> KeyPlace {
        KeyPlace { chain: self.chain.clone(), key: KeySource::File(self.key.clone()) }
    }
}

/// A key and its certificates as read, with the findings; has no Debug for the key's sake.
pub(super) struct Pair {
    /// The certificates as they go into documents: without a root above an issuing CA.
    pub(super) chain: Vec<CertificateDer>,
    /// What the leaf says.
    pub(super) leaf: CertificateFacts,
    /// All findings, advice included.
    pub(super) problems: Vec<Problem>,
    key: PrivateKey,
}

enum PrivateKey {
    /// PKCS#1; empty when it is not RSA, which is among the findings then.
    Memory(Vec<u8>),
    Token(TokenSigner),
}

/// Loads a signer of documents; advice goes to the log as warnings.
///
/// # Errors
/// [`KeyError`]: a file or token cannot be read, or documents must not be signed with this pair
/// at `now`.
pub fn load_signer(
    place: &KeyPlace,
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<Arc<dyn Signer>, KeyError> {
    let pair = read_pair(place, now)?;
    pair.refuse(place)?;
    pair.signer(place, algorithm)
}

impl Pair {
    /// Makes the signer, whatever the findings are; warns of them.
    ///
    /// # Errors
    /// [`KeyError::Signer`].
    pub(super) fn signer(
        self,
        place: &KeyPlace,
        algorithm: Algorithm,
    ) -> Result<Arc<dyn Signer>, KeyError> {
        for problem in &self.problems {
            warn!(file = %place.chain.display(), %problem, "signing certificate: {problem}");
        }
        let pkcs1 = match self.key {
            PrivateKey::Token(signer) => return Ok(Arc::new(signer)),
            PrivateKey::Memory(pkcs1) => pkcs1,
        };
        match FileSigner::new(&pkcs1, self.chain, algorithm) {
            Ok(signer) => Ok(Arc::new(signer)),
            Err(error) => {
                Err(KeyError::Signer { file: place.chain.clone(), reason: error.to_string() })
            }
        }
    }

    /// Passes when documents may be signed with this pair.
    ///
    /// # Errors
    /// [`KeyError::Refused`].
    pub(super) fn refuse(&self, place: &KeyPlace) -> Result<(), KeyError> {
        if self.problems.iter().any(Problem::is_refusal) {
            return Err(KeyError::Refused {
                file: place.chain.clone(),
                problems: self.problems.clone(),
            });
        }
        Ok(())
    }
}

/// Reads a pair and judges it as one that signs documents at `at`.
///
/// # Errors
/// Those of reading and parsing; findings are in the pair.
pub(super) fn read_pair(place: &KeyPlace, at: Timestamp) -> Result<Pair, KeyError> {
    let whole = read_chain(&place.chain)?;
    let leaf = leaf_of(&place.chain, &whole)?;
    let chain = without_root(whole.clone());
    let (key, public_key, of_key) = match &place.key {
        KeySource::File(file) => {
            let key = read_key(file)?;
            let (public_key, mut problems) = public_key(&leaf, &key);
            problems.extend(readable_by_others(file)?);
            let pkcs1 = rsa_key(&key).unwrap_or_default().to_vec();
            (PrivateKey::Memory(pkcs1), public_key, problems)
        }
        KeySource::Token(token) => {
            let failed = |error| KeyError::Token { file: token.module.clone(), error };
            let signer = TokenSigner::open(token.clone(), chain.clone()).map_err(failed)?;
            let public_key = signer.public_key().map_err(failed)?;
            (PrivateKey::Token(signer), Some(public_key), Vec::new())
        }
    };
    let found = examined(&place.chain, &whole, public_key.as_deref(), None, at)?;
    let mut problems: Vec<Problem> = found.problems.into_iter().map(Problem::from).collect();
    problems.extend(of_key);
    Ok(Pair { chain, leaf, problems, key })
}

/// Judges certificates as `carrier` does, which judges them for all.
///
/// # Errors
/// [`KeyError::NoCertificate`], [`KeyError::BadCertificate`].
pub(super) fn examined(
    file: &Path,
    chain: &[CertificateDer],
    public_key: Option<&[u8]>,
    roots: Option<&[CertificateDer]>,
    at: Timestamp,
) -> Result<Examination, KeyError> {
    use carrier::chain::ExamineError::{Certificate, NoCertificate};
    examine(chain, public_key, roots, at).map_err(|error| match error {
        NoCertificate => KeyError::NoCertificate { file: file.to_owned() },
        Certificate { index, .. } => KeyError::BadCertificate { file: file.to_owned(), index },
    })
}

/// Returns the public key to compare with the leaf's, and what is wrong with the private key.
pub(super) fn public_key(
    leaf: &CertificateFacts,
    key: &PrivateKeyDer<'_>,
) -> (Option<Vec<u8>>, Vec<Problem>) {
    let Some(pkcs1) = rsa_key(key) else {
        // With a leaf that is not RSA either, the leaf's own finding says it all; no RSA leaf
        // has an empty key.
        let is_rsa_leaf = matches!(leaf.key, KeyFacts::Rsa { .. });
        return (is_rsa_leaf.then(Vec::new), Vec::new());
    };
    let Ok(parsed) = rsa::pkcs1::RsaPrivateKey::from_der(pkcs1) else {
        return (None, vec![Problem::KeyUnusable]);
    };
    let public = rsa::pkcs1::RsaPublicKey {
        modulus: parsed.modulus,
        public_exponent: parsed.public_exponent,
    };
    let public = public.to_der().unwrap_or_default();
    // ring checks that the parts of the key belong together.
    let is_unusable = public == leaf.public_key && RsaKeyPair::from_der(pkcs1).is_err();
    (Some(public), Vec::from_iter(is_unusable.then_some(Problem::KeyUnusable)))
}

/// Tells when others than its owner may read the file of a key [SIG-17].
///
/// # Errors
/// [`KeyError::Read`].
pub(super) fn readable_by_others(file: &Path) -> Result<Option<Problem>, KeyError> {
    Ok(disk::open_to_others(file)?.map(|mode| Problem::KeyReadableByOthers { mode }))
}

/// Reads a PEM file of certificates, each of which is one.
///
/// # Errors
/// Those of reading and parsing, [`KeyError::NoCertificate`] for an empty list.
pub fn read_chain(file: &Path) -> Result<Vec<CertificateDer>, KeyError> {
    let bytes = disk::read(file)?;
    let chain = rustls_pki_types::CertificateDer::pem_slice_iter(&bytes)
        .map(|read| read.map(|der| CertificateDer::new(der.to_vec())))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| KeyError::BadPem { file: file.to_owned() })?;
    if chain.is_empty() {
        return Err(KeyError::NoCertificate { file: file.to_owned() });
    }
    match chain.iter().position(|der| inspect(der.as_bytes()).is_err()) {
        Some(index) => Err(KeyError::BadCertificate { file: file.to_owned(), index }),
        None => Ok(chain),
    }
}

/// Leaves out a root above an issuing CA, and what stands behind it.
///
/// A root that issued the leaf itself stays: the signer checks its work against it.
fn without_root(mut chain: Vec<CertificateDer>) -> Vec<CertificateDer> {
    let self_issued =
        |der: &CertificateDer| inspect(der.as_bytes()).is_ok_and(|c| c.is_self_issued);
    if let Some(position) = chain.iter().skip(1).position(self_issued) {
        chain.truncate(position.saturating_add(1).max(2));
    }
    chain
}

/// Reads what the first certificate of a PEM file says.
///
/// # Errors
/// Those of [`read_chain`].
pub(super) fn read_leaf(file: &Path) -> Result<CertificateFacts, KeyError> {
    leaf_of(file, &read_chain(file)?)
}

/// Reads what the first of the certificates of a file says.
///
/// # Errors
/// [`KeyError::NoCertificate`], [`KeyError::BadCertificate`].
pub(super) fn leaf_of(file: &Path, chain: &[CertificateDer]) -> Result<CertificateFacts, KeyError> {
    let leaf = chain.first().ok_or_else(|| KeyError::NoCertificate { file: file.to_owned() })?;
    inspect(leaf.as_bytes())
        .map_err(|_| KeyError::BadCertificate { file: file.to_owned(), index: 0 })
}

/// Reads a PEM file of one private key of any kind.
///
/// # Errors
/// Those of reading and parsing; [`KeyError::NoKey`], [`KeyError::ManyKeys`],
/// [`KeyError::EncryptedKey`].
pub(super) fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, KeyError> {
    let bytes = disk::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")
    {
        return Err(KeyError::EncryptedKey { file: file.to_owned() });
    }
    let mut keys = PrivateKeyDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| KeyError::BadPem { file: file.to_owned() })?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok(key),
        (Some(_), false) => Err(KeyError::ManyKeys { file: file.to_owned() }),
        (None, _) => Err(KeyError::NoKey { file: file.to_owned() }),
    }
}

/// Returns the PKCS#1 form of an RSA key, `None` for other keys.
fn rsa_key<'a>(key: &'a PrivateKeyDer<'_>) -> Option<&'a [u8]> {
    match key {
        PrivateKeyDer::Pkcs1(pkcs1) => Some(pkcs1.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(pkcs8) => PrivateKeyInfo::try_from(pkcs8.secret_pkcs8_der())
            .ok()
            .filter(|info| info.algorithm.oid == rsa::pkcs1::ALGORITHM_OID)
            .map(|info| info.private_key),
        // SEC1 holds elliptic curve keys; the type is open to kinds to come.
        _ => None,
    }
}
