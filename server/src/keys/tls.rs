//! The TLS certificate of the listeners: loaded, reloaded while running, or made for the demo.
//!
//! Shares no key with the signing chain; reloaded without a restart [SIG X7]. TLS 1.2 and 1.3
//! by ring, named at every use, so that no process-wide default is installed. The demo's CA may
//! vouch for this machine only (name constraints), so trusting it in a browser does little harm.
//! Not here: sockets, HTTP, client certificates, OCSP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::server::ParsedCertificate;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

use super::disk::{self, Access};
use super::files::{KeyFiles, read_chain, read_key, read_leaf};
use super::issue::{
    BACKDATED, DemoError, RENEW_BEFORE, days_after, leaf_end, named, write, x509_time,
};
use super::problem::KeyError;
use super::watch::Watched;
use crate::clock::Clock;

/// Protocols offered, the preferred one first.
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Life of the demo's CA.
const CA_DAYS: i64 = 10 * 365;

/// The TLS certificate of a demo, on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsCertificate {
    /// The CA's certificate: what a client has to trust.
    pub roots_pem: PathBuf,
    /// The certificate for localhost, 127.0.0.1 and ::1, and its key.
    pub files: KeyFiles,
}

impl TlsCertificate {
    /// Loads the certificate of this folder, or makes what is missing or about to end.
    ///
    /// A CA that is damaged or ends soon is replaced: clients have to trust the new one.
    ///
    /// # Errors
    /// [`DemoError`].
    pub fn load_or_make_demo(dir: &Path, now: Timestamp) -> Result<Self, DemoError> {
        disk::make_private_folder(dir)
            .map_err(|source| DemoError::Write { file: dir.to_owned(), source })?;
        let ca = KeyFiles { chain: dir.join("tls-root.pem"), key: dir.join("tls-root.key.pem") };
        let made = Self {
            roots_pem: ca.chain.clone(),
            files: KeyFiles { chain: dir.join("tls.pem"), key: dir.join("tls.key.pem") },
        };
        if !made.is_good(now) {
            let issuer = match load_ca(&ca, now) {
                Some(issuer) => issuer,
                None => make_ca(&ca, now)?,
            };
            made.make_leaf(&issuer, now)?;
        }
        Ok(made)
    }

    /// Tells whether it serves today and in a week.
    fn is_good(&self, now: Timestamp) -> bool {
        let soon = now.checked_add(RENEW_BEFORE).unwrap_or(Timestamp::MAX);
        let Ok(roots) = read_chain(&self.roots_pem) else {
            return false;
        };
        let Ok(chain) = read_chain(&self.files.chain) else {
            return false;
        };
        server_config(&self.files.chain, &self.files.key).is_ok()
            && [now, soon].into_iter().all(|at| holds(&chain, &roots, at).is_ok())
    }

    fn make_leaf(&self, ca: &Issuer<'_, KeyPair>, now: Timestamp) -> Result<(), DemoError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = named("localhost");
        params.not_before = x509_time(now.checked_sub(BACKDATED).unwrap_or(now));
        params.not_after = x509_time(leaf_end(now));
        params.is_ca = IsCa::ExplicitNoCa;
        params.subject_alt_names = vec![
            SanType::DnsName("localhost".try_into()?),
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let pem = params.signed_by(&key, ca)?.pem();
        write(&self.files.key, &key.serialize_pem(), Access::Owner)?;
        write(&self.files.chain, &pem, Access::Everyone)
    }
}

/// Builds the TLS configuration of a listener from PEM files; any kind of key that ring signs
/// with.
///
/// # Errors
/// [`KeyError`]: a file cannot be read or parsed, or key and certificate do not belong
/// together. An ended certificate is no error: serving it says more than not starting.
pub fn server_config(cert_pem: &Path, key_pem: &Path) -> Result<Arc<ServerConfig>, KeyError> {
    let chain = read_chain(cert_pem)?.iter().map(of_rustls).collect();
    let key = read_key(key_pem)?;
    let tls_error = |source| KeyError::Tls { file: cert_pem.to_owned(), source };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(tls_error)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(tls_error)?;
    config.alpn_protocols = ALPN.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Arc::new(config))
}

/// Looks at the files every `interval` for ever and serves what changed; a pair that is wrong
/// or ended is logged once and leaves the old one in use [SIG X7].
///
/// The first look comes at once. Runs until its task is dropped.
pub async fn reload_on_change(
    config: RustlsConfig,
    files: KeyFiles,
    interval: Duration,
    clock: Arc<dyn Clock>,
) {
    let mut reloader = TlsReloader::new(config, files);
    // tokio refuses an interval of nothing.
    let mut ticks = tokio::time::interval(interval.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = clock.now();
        let looked = tokio::task::spawn_blocking(move || {
            let news = reloader.reload_if_changed(now);
            (reloader, news)
        });
        match looked.await {
            Ok((back, news)) => {
                reloader = back;
                log(news);
            }
            Err(error) => {
                error!(%error, "reloading the TLS certificate stopped");
                return;
            }
        }
    }
}

fn log(news: Option<Result<Timestamp, KeyError>>) {
    match news {
        Some(Ok(not_after)) => info!(%not_after, "TLS certificate loaded, ends {not_after}"),
        Some(Err(error)) => warn!(
            reason = %error,
            "TLS certificate not reloaded, the old one stays in use: {error}"
        ),
        None => {}
    }
}

/// One listener's files and what it serves.
pub struct TlsReloader {
    config: RustlsConfig,
    watched: Watched,
    files: KeyFiles,
}

impl TlsReloader {
    /// Watches files for a listener; the first look loads them.
    #[must_use]
    pub fn new(config: RustlsConfig, files: KeyFiles) -> Self {
        Self { config, watched: Watched::new(vec![files.chain.clone(), files.key.clone()]), files }
    }

    /// Serves the files if they changed: the end of validity of the new certificate, or why
    /// the old one stays in use, told once; `None` when there is no news.
    pub fn reload_if_changed(&mut self, now: Timestamp) -> Option<Result<Timestamp, KeyError>> {
        let files = &self.files;
        let loaded = self.watched.load_if_changed(|| valid_config(files, now))?;
        Some(loaded.map(|(config, not_after)| {
            self.config.reload_from_config(config);
            not_after
        }))
    }
}

fn valid_config(
    files: &KeyFiles,
    now: Timestamp,
) -> Result<(Arc<ServerConfig>, Timestamp), KeyError> {
    let config = server_config(&files.chain, &files.key)?;
    let leaf = read_leaf(&files.chain)?;
    if let Some(problem) = leaf.time_problem(now) {
        let problems = vec![problem.into()];
        return Err(KeyError::Refused { file: files.chain.clone(), problems });
    }
    Ok((config, leaf.not_after))
}

pub(super) fn of_rustls(der: &carrier::chain::CertificateDer) -> CertificateDer<'static> {
    CertificateDer::from(der.as_bytes().to_vec())
}

/// Passes when a client that trusts the roots would take the chain at `at`, host name aside.
///
/// Judged by rustls, whose clients these are: name constraints, which the demo's CA has, are
/// its matter, and not one of signing certificates.
fn holds(
    chain: &[carrier::chain::CertificateDer],
    roots: &[carrier::chain::CertificateDer],
    at: Timestamp,
) -> Result<(), rustls::Error> {
    let chain: Vec<_> = chain.iter().map(of_rustls).collect();
    let (leaf, intermediates) =
        chain.split_first().ok_or(rustls::Error::NoCertificatesPresented)?;
    let mut anchors = RootCertStore::empty();
    for root in roots {
        anchors.add(of_rustls(root))?;
    }
    // Before 1970 nothing is valid.
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    verify_server_cert_signed_by_trust_anchor(
        &ParsedCertificate::try_from(leaf)?,
        &anchors,
        intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        rustls::crypto::ring::default_provider().signature_verification_algorithms.all,
    )
}

fn load_ca(ca: &KeyFiles, now: Timestamp) -> Option<Issuer<'static, KeyPair>> {
    let certificates = read_chain(&ca.chain).ok()?;
    let key = KeyPair::try_from(&read_key(&ca.key).ok()?).ok()?;
    let facts = read_leaf(&ca.chain).ok()?;
    let is_usable = rcgen::PublicKeyData::der_bytes(&key) == facts.public_key
        && facts.time_problem(now).is_none()
        && facts.time_problem(leaf_end(now)).is_none();
    if !is_usable {
        return None;
    }
    Issuer::from_ca_cert_der(&of_rustls(certificates.first()?), key).ok()
}

fn make_ca(ca: &KeyFiles, now: Timestamp) -> Result<Issuer<'static, KeyPair>, DemoError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params: CertificateParams = named("Broadgate Demo TLS CA");
    params.not_before = x509_time(now.checked_sub(BACKDATED).unwrap_or(now));
    params.not_after = x509_time(days_after(now, CA_DAYS));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(Ipv4Addr::LOCALHOST.octets(), 32)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(
                Ipv6Addr::LOCALHOST.octets(),
                128,
            )),
        ],
        excluded_subtrees: Vec::new(),
    });
    let pem = params.self_signed(&key)?.pem();
    write(&ca.key, &key.serialize_pem(), Access::Owner)?;
    write(&ca.chain, &pem, Access::Everyone)?;
    Ok(Issuer::new(params, key))
}
