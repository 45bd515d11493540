//! The demo's signing chain, made at run time: root, issuing CA, leaf with the EV policy.
//!
//! The equivalent of the Windows SDK's test certificate [SIG-19]: what it signs is accepted
//! where its root is trusted as EV, which is nowhere but in tests and demos. The private
//! keys of the CAs stay in the folder so that a leaf can be renewed under the same root.
//! Not here: the TLS certificate ([`super::tls`]), revocation, production keys, and locking:
//! the caller holds the data folder's lock.
//!
//! The RSA keys are made by the `rsa` crate because ring makes none (ADR 0002).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use carrier::chain::examine;
use carrier::sign::{Algorithm, Signer};
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rustls_pki_types::PrivatePkcs8KeyDer;

use super::disk::{self, Access};
use super::files::{KeyFiles, load_signer, read_chain, read_leaf, read_pair};
use super::issue::{
    BACKDATED, DemoError, RENEW_BEFORE, days_after, leaf_end, named, write, x509_time,
};
use super::problem::{KeyError, Problem};
use super::tls::of_rustls;

/// Length of every key of the chain [SIG-12].
const KEY_BITS: usize = 2048;

/// Life of the CAs; they are never renewed.
const CA_DAYS: i64 = 20 * 365;

/// `certificatePolicies` (RFC 5280, section 4.2.1.4).
const POLICIES_OID: &[u64] = &[2, 5, 29, 32];

/// DER of policies with the one policy 2.23.140.1.1: what makes the leaf EV [SIG X6].
///
/// Equals [`carrier::chain::EV_POLICY`]; a test compares them.
const EV_POLICIES_DER: &[u8] = &[0x30, 0x09, 0x30, 0x07, 0x06, 0x05, 0x67, 0x81, 0x0c, 0x01, 0x01];

/// DER of policies with the one policy anyPolicy, 2.5.29.32.0.
const ANY_POLICIES_DER: &[u8] = &[0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1d, 0x20, 0x00];

/// What [`DemoChain::load_or_make`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoState {
    /// Made root, issuing CA and leaf.
    Made,
    /// Found a chain that is good for a week or more.
    Loaded,
    /// Made a leaf under the CAs that were there.
    LeafRenewed,
}

/// The demo's signing chain on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoChain {
    /// The root's certificate: what an agent under test has to trust.
    pub roots_pem: PathBuf,
    /// The chain (leaf, issuing CA) and the leaf's key.
    pub files: KeyFiles,
    /// How it came to be there.
    pub state: DemoState,
}

impl DemoChain {
    /// Loads the chain of this folder, or makes it, or renews its leaf.
    ///
    /// Blocks: making takes the time of three RSA keys, about a second each where optimised,
    /// in parallel.
    ///
    /// # Errors
    /// [`DemoError`]; kept CAs are never overwritten.
    pub fn load_or_make(dir: &Path, now: Timestamp) -> Result<Self, DemoError> {
        let paths = Paths::new(dir);
        disk::make_private_folder(dir)
            .map_err(|source| DemoError::Write { file: dir.to_owned(), source })?;
        // Written last of the CAs: its presence says that they are complete.
        let has_cas = paths
            .root
            .try_exists()
            .map_err(|source| DemoError::Write { file: paths.root.clone(), source })?;
        let state = if !has_cas {
            paths.make_all(now)?;
            DemoState::Made
        } else if paths.is_leaf_good(now)? {
            DemoState::Loaded
        } else {
            let (issuing, issuing_pem) = paths.load_issuing(now)?;
            paths.make_leaf(&issuing, &issuing_pem, &make_rsa_key()?, now)?;
            DemoState::LeafRenewed
        };
        Ok(Self { roots_pem: paths.root, files: paths.leaf, state })
    }

    /// Loads the signer.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn signer(&self, now: Timestamp) -> Result<Arc<dyn Signer>, KeyError> {
        load_signer(&self.files.place(), Algorithm::RsaSha256, now)
    }
}

/// The files of a folder.
struct Paths {
    root: PathBuf,
    root_key: PathBuf,
    issuing: KeyFiles,
    leaf: KeyFiles,
}

impl Paths {
    fn new(dir: &Path) -> Self {
        Self {
            root: dir.join("root.pem"),
            root_key: dir.join("root.key.pem"),
            issuing: KeyFiles { chain: dir.join("issuing.pem"), key: dir.join("issuing.key.pem") },
            leaf: KeyFiles { chain: dir.join("chain.pem"), key: dir.join("leaf.key.pem") },
        }
    }

    fn make_all(&self, now: Timestamp) -> Result<(), DemoError> {
        let [root_key, issuing_key, leaf_key] = make_rsa_keys()?;
        let mut root = ca_params("Broadgate Demo Root", ANY_POLICIES_DER, now);
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        let root_pem = root.self_signed(&root_key)?.pem();
        let mut issuing = ca_params("Broadgate Demo EV Issuing CA", EV_POLICIES_DER, now);
        issuing.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let issuing_pem =
            issuing.signed_by(&issuing_key, &Issuer::from_params(&root, &root_key))?.pem();
        write(&self.root_key, &root_key.serialize_pem(), Access::Owner)?;
        write(&self.issuing.key, &issuing_key.serialize_pem(), Access::Owner)?;
        write(&self.issuing.chain, &issuing_pem, Access::Everyone)?;
        self.make_leaf(&Issuer::new(issuing, issuing_key), &issuing_pem, &leaf_key, now)?;
        write(&self.root, &root_pem, Access::Everyone)
    }

    fn make_leaf(
        &self,
        issuing: &Issuer<'_, KeyPair>,
        issuing_pem: &str,
        key: &KeyPair,
        now: Timestamp,
    ) -> Result<(), DemoError> {
        let leaf_pem = leaf_params(now).signed_by(key, issuing)?.pem();
        write(&self.leaf.key, &key.serialize_pem(), Access::Owner)?;
        write(&self.leaf.chain, &format!("{leaf_pem}{issuing_pem}"), Access::Everyone)
    }

    /// Tells whether the leaf signs today and in a week; false when it has to be remade.
    fn is_leaf_good(&self, now: Timestamp) -> Result<bool, DemoError> {
        let soon = now.checked_add(RENEW_BEFORE).unwrap_or(Timestamp::MAX);
        let roots = read_chain(&self.root).map_err(|error| damaged(&self.root, error))?;
        let read = read_pair(&self.leaf.place(), soon);
        let pair = match read {
            Ok(pair) => pair,
            // The system's refusal is not mended by writing over it.
            Err(KeyError::Read { file, kind }) if kind != io::ErrorKind::NotFound => {
                return Err(DemoError::Write { file, source: kind.into() });
            }
            Err(_) => return Ok(false),
        };
        Ok(!pair.problems.iter().any(Problem::is_refusal)
            && pair.leaf.time_problem(now).is_none()
            && examine(&pair.chain, None, Some(&roots), soon)
                .is_ok_and(|found| found.chain_ok == Some(true)))
    }

    fn load_issuing(
        &self,
        now: Timestamp,
    ) -> Result<(Issuer<'static, KeyPair>, String), DemoError> {
        let KeyFiles { chain, key } = &self.issuing;
        let certificates = read_chain(chain).map_err(|error| damaged(chain, error))?;
        let facts = read_leaf(chain).map_err(|error| damaged(chain, error))?;
        let pem = disk::read(chain).map_err(|error| damaged(chain, error))?;
        let pkcs8 = super::files::read_key(key).map_err(|error| damaged(key, error))?;
        let pair = KeyPair::try_from(&pkcs8)
            .map_err(|_| DemoError::Damaged { file: key.clone(), source: None })?;
        let Some(certificate) = certificates.first() else {
            return Err(DemoError::Damaged { file: chain.clone(), source: None });
        };
        if rcgen::PublicKeyData::der_bytes(&pair) != facts.public_key {
            return Err(DemoError::Damaged { file: key.clone(), source: None });
        }
        if let Some(problem) = facts.time_problem(leaf_end(now)) {
            let problems = vec![problem.into()];
            let source = Some(KeyError::Refused { file: chain.clone(), problems });
            return Err(DemoError::Damaged { file: chain.clone(), source });
        }
        let issuer = Issuer::from_ca_cert_der(&of_rustls(certificate), pair)?;
        Ok((issuer, String::from_utf8_lossy(&pem).into_owned()))
    }
}

/// Describes the leaf that is made at `now`.
pub(super) fn leaf_params(now: Timestamp) -> CertificateParams {
    let mut params = named("Broadgate Demo Provisioning");
    params.not_before = x509_time(now.checked_sub(BACKDATED).unwrap_or(now));
    params.not_after = x509_time(leaf_end(now));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.custom_extensions = vec![policies(EV_POLICIES_DER)];
    params.use_authority_key_identifier_extension = true;
    params
}

fn ca_params(name: &str, policies_der: &[u8], now: Timestamp) -> CertificateParams {
    let mut params = named(name);
    params.not_before = x509_time(now.checked_sub(BACKDATED).unwrap_or(now));
    params.not_after = x509_time(days_after(now, CA_DAYS));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.custom_extensions = vec![policies(policies_der)];
    params.use_authority_key_identifier_extension = true;
    params
}

fn policies(der: &[u8]) -> CustomExtension {
    CustomExtension::from_oid_content(POLICIES_OID, der.to_vec())
}

fn make_rsa_keys() -> Result<[KeyPair; 3], DemoError> {
    thread::scope(|scope| {
        let others = [scope.spawn(make_rsa_key), scope.spawn(make_rsa_key)];
        let first = make_rsa_key()?;
        let [second, third] = others
            .map(|thread| thread.join().unwrap_or(Err(DemoError::MakeKey(rsa::Error::Internal))));
        Ok([first, second?, third?])
    })
}

fn make_rsa_key() -> Result<KeyPair, DemoError> {
    let key =
        RsaPrivateKey::new(&mut rsa::rand_core::OsRng, KEY_BITS).map_err(DemoError::MakeKey)?;
    let document =
        key.to_pkcs8_der().map_err(|error| DemoError::MakeKey(rsa::Error::Pkcs8(error)))?;
    let pkcs8 = PrivatePkcs8KeyDer::from(document.as_bytes());
    Ok(KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, &PKCS_RSA_SHA256)?)
}

fn damaged(file: &Path, error: KeyError) -> DemoError {
    DemoError::Damaged { file: file.to_owned(), source: Some(error) }
}
