//! Tests of the keys, and what they share: one demo chain, made once, and flawed leaves.
//!
//! All run at one fixed instant; nothing here reads the clock.

mod check;
mod demo_chain;
mod files;
mod signers;
mod store;
mod tls;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;

use super::demo_chain::{DemoChain, leaf_params};
use super::files::{KeyFiles, read_key};
use super::issue::x509_time;

/// The instant at which everything happens.
fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().expect("a constant")
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

/// The demo chain all tests read; none writes.
fn demo() -> &'static DemoChain {
    static DEMO: OnceLock<(TempDir, DemoChain)> = OnceLock::new();
    let (_, chain) = DEMO.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        let chain = DemoChain::load_or_make(dir.path(), now()).expect("a chain");
        (dir, chain)
    });
    chain
}

/// A file of the demo chain's folder.
fn demo_file(name: &str) -> PathBuf {
    demo().roots_pem.with_file_name(name)
}

/// What is wrong with a leaf [SIG-19].
#[derive(Clone, Copy)]
enum Flaw {
    None,
    NoEvPolicy,
    NoDigitalSignature,
    NoServerAuth,
    Expired,
    NotYetValid,
    Ca,
    LivesTooLong,
}

impl Flaw {
    fn apply(self, params: &mut CertificateParams) {
        match self {
            Self::None => {}
            Self::NoEvPolicy => params.custom_extensions.clear(),
            Self::NoDigitalSignature => params.key_usages = vec![KeyUsagePurpose::KeyEncipherment],
            Self::NoServerAuth => params.extended_key_usages.clear(),
            Self::Expired => params.not_after = x509_time(now() - SignedDuration::from_secs(1)),
            Self::NotYetValid => {
                params.not_before = x509_time(now() + SignedDuration::from_secs(1));
            }
            Self::Ca => params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
            Self::LivesTooLong => params.not_after = x509_time(now() + days(300)),
        }
    }
}

/// A folder with a pair of files.
struct Folder {
    dir: TempDir,
    files: KeyFiles,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let files =
            KeyFiles { chain: dir.path().join("chain.pem"), key: dir.path().join("key.pem") };
        Self { dir, files }
    }

    /// A leaf of the demo's issuing CA for the demo's leaf key, flawed.
    fn with_leaf(flaw: Flaw) -> Self {
        let folder = Self::new();
        folder.put_leaf(flaw);
        folder
    }

    fn put_leaf(&self, flaw: Flaw) {
        let key = KeyPair::try_from(&read_key(&demo().files.key).expect("a key")).expect("RSA");
        self.put_leaf_of(&key, flaw);
    }

    fn put_leaf_of(&self, key: &KeyPair, flaw: Flaw) {
        let mut params = leaf_params(now());
        flaw.apply(&mut params);
        let ca_pem = fs::read_to_string(demo_file("issuing.pem")).expect("a CA");
        let ca_key = read_key(&demo_file("issuing.key.pem")).expect("a key");
        let ca_key = KeyPair::try_from(&ca_key).expect("RSA");
        let issuer = Issuer::from_ca_cert_pem(&ca_pem, ca_key).expect("an issuer");
        let leaf = params.signed_by(key, &issuer).expect("a leaf");
        put(&self.files.chain, &format!("{}{ca_pem}", leaf.pem()));
        put(&self.files.key, &key.serialize_pem());
    }
}

/// Writes a file as an operator should: for its owner only, replacing what was there.
fn put(file: &Path, text: &str) {
    let beside = file.with_extension("tmp");
    fs::write(&beside, text).expect("a written file");
    fs::set_permissions(&beside, fs::Permissions::from_mode(0o600)).expect("permissions");
    fs::rename(&beside, file).expect("a renamed file");
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).expect("metadata").permissions().mode() & 0o777
}

/// Runs openssl, the outside judge; `None` where it is not installed.
fn openssl(arguments: &[&str]) -> Option<(bool, String)> {
    let output = match Command::new("openssl").args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("openssl does not start: {error}"),
    };
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
