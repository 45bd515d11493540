//! Loads PEM files of a key and its certificates into a signer of documents.
//!
//! Accepts PKCS#8 and PKCS#1 RSA keys without passphrase; refuses what Windows or an agent
//! would refuse later [SIG-11, SIG-12, SIG-17, SIG-23, X2, X5, X6]. Not here: the path to a
//! root (an operator's own roots are known to `cert check`, not to the signer), revocation,
//! PKCS#11, and wiping memory: the process that signs holds the key anyway.

use std::path::{Path, PathBuf};

use carrier::sign::RsaSigner;
use jiff::Timestamp;
use ring::signature::RsaKeyPair;
use rsa::pkcs1::der::{Decode, Encode};
use rsa::pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfo};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tracing::warn;

use super::certificate::{Facts, KeyKind};
use super::disk;
use super::problem::{KeyError, Problem};

/// The two files of a key: certificates, leaf first, and the private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFiles {
    /// PEM certificates: the leaf, then each issuer.
    pub chain: PathBuf,
    /// PEM private key.
    pub key: PathBuf,
}

/// A key and its certificates as read, with the findings; has no Debug for the key's sake.
pub(super) struct Pair {
    /// The certificates as they go into documents: without a root.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// What the leaf says.
    pub(super) leaf: Facts,
    /// All findings, advice included.
    pub(super) problems: Vec<Problem>,
    key_pkcs8: Vec<u8>,
}

/// Loads a signer of documents; advice goes to the log as warnings.
///
/// # Errors
/// [`KeyError`]: a file cannot be read or parsed, or documents must not be signed with this
/// pair at `now`.
pub fn load_signer(
    chain_pem: &Path,
    key_pem: &Path,
    now: Timestamp,
) -> Result<RsaSigner, KeyError> {
    let files = KeyFiles { chain: chain_pem.to_owned(), key: key_pem.to_owned() };
    let pair = read_pair(&files, now)?;
    pair.signer(&files)
}

impl Pair {
    /// Makes the signer.
    ///
    /// # Errors
    /// [`KeyError::Refused`], [`KeyError::Signer`].
    pub(super) fn signer(self, files: &KeyFiles) -> Result<RsaSigner, KeyError> {
        self.refuse(files)?;
        for problem in &self.problems {
            warn!(file = %files.chain.display(), %problem, "signing certificate: {problem}");
        }
        let chain = self
            .chain
            .iter()
            .map(|der| carrier::chain::CertificateDer::new(der.to_vec()))
            .collect();
        RsaSigner::from_pkcs8_der(&self.key_pkcs8, chain).map_err(|error| KeyError::Signer {
            file: files.key.clone(),
            reason: error.to_string(),
        })
    }

    /// Passes when documents may be signed with this pair.
    ///
    /// # Errors
    /// [`KeyError::Refused`].
    pub(super) fn refuse(&self, files: &KeyFiles) -> Result<(), KeyError> {
        if self.problems.iter().any(Problem::is_refusal) {
            return Err(KeyError::Refused {
                file: files.chain.clone(),
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
pub(super) fn read_pair(files: &KeyFiles, at: Timestamp) -> Result<Pair, KeyError> {
    let (mut chain, facts) = read_chain(&files.chain)?;
    let key = read_key(&files.key)?;
    let mut problems = chain_problems(&facts, at);
    let root = facts.iter().skip(1).position(|facts| facts.is_self_issued);
    if let Some(position) = root {
        chain.truncate(position + 1);
    }
    let Some(leaf) = facts.into_iter().next() else {
        return Err(KeyError::NoCertificate { file: files.chain.clone() });
    };
    problems.extend(key_problems(&leaf, &key));
    problems.extend(
        disk::open_to_others(&files.key)?.map(|mode| Problem::KeyReadableByOthers { mode }),
    );
    // Only an RSA key gets a PKCS#8 form; any other is among the findings.
    let key_pkcs8 = rsa_key(&key).and_then(to_pkcs8).unwrap_or_default();
    Ok(Pair { chain, leaf, problems, key_pkcs8 })
}

/// Lists what is wrong with certificates that sign documents at `at`, leaf first.
pub(super) fn chain_problems(chain: &[Facts], at: Timestamp) -> Vec<Problem> {
    let mut problems = chain.first().map_or_else(Vec::new, |leaf| leaf.signing_problems(at));
    if chain.len() == 1 {
        problems.push(Problem::NoIssuingCa);
    }
    for (index, pair) in chain.windows(2).enumerate() {
        if let [subject, issuer] = pair
            && !subject.names_issuer(issuer)
        {
            problems.push(Problem::ChainOrder { index });
        }
    }
    for (index, facts) in chain.iter().enumerate().skip(1) {
        if facts.is_self_issued {
            problems.push(Problem::RootInChain { index });
        }
    }
    problems
}

/// Lists what is wrong with a private key as the key of `leaf`.
pub(super) fn key_problems(leaf: &Facts, key: &PrivateKeyDer<'_>) -> Option<Problem> {
    let is_rsa_leaf = matches!(leaf.key, KeyKind::Rsa { .. });
    let Some(pkcs1) = rsa_key(key) else {
        // With a leaf that is not RSA either, the leaf's own finding says it all.
        return is_rsa_leaf.then_some(Problem::KeyMismatch);
    };
    let Ok(parsed) = rsa::pkcs1::RsaPrivateKey::from_der(pkcs1) else {
        return Some(Problem::KeyUnusable);
    };
    let public = rsa::pkcs1::RsaPublicKey {
        modulus: parsed.modulus,
        public_exponent: parsed.public_exponent,
    };
    if !is_rsa_leaf || public.to_der().ok().as_ref() != Some(&leaf.public_key) {
        return Some(Problem::KeyMismatch);
    }
    // ring checks that the parts of the key belong together.
    RsaKeyPair::from_der(pkcs1).is_err().then_some(Problem::KeyUnusable)
}

/// Reads a PEM file of certificates.
///
/// # Errors
/// Those of reading and parsing, [`KeyError::NoCertificate`] for an empty list.
pub(super) fn read_chain(
    file: &Path,
) -> Result<(Vec<CertificateDer<'static>>, Vec<Facts>), KeyError> {
    let bytes = disk::read(file)?;
    let chain = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| KeyError::BadPem { file: file.to_owned() })?;
    if chain.is_empty() {
        return Err(KeyError::NoCertificate { file: file.to_owned() });
    }
    let mut facts = Vec::with_capacity(chain.len());
    for (index, certificate) in chain.iter().enumerate() {
        let read = Facts::read(certificate);
        facts.push(read.ok_or_else(|| KeyError::BadCertificate { file: file.to_owned(), index })?);
    }
    Ok((chain, facts))
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

fn to_pkcs8(pkcs1: &[u8]) -> Option<Vec<u8>> {
    let algorithm: AlgorithmIdentifierRef<'_> = rsa::pkcs1::ALGORITHM_ID;
    PrivateKeyInfo::new(algorithm, pkcs1).to_der().ok()
}
