//! The configuration: one typed struct per concern, every error of the file at once.
//!
//! Loading reads the named file and does nothing else; [`check`] also opens what it names. Not
//! here: command-line options (the binary lays them over a [`Config`]), the catalogue
//! ([`crate::catalog`]), and what is in certificates and keys.

pub(crate) mod document;
pub(crate) mod reader;
pub(crate) mod values;
pub(crate) mod web_address;

mod check;
mod payment;
mod secret;
mod subscribers;
mod signing;
mod system;
mod webhooks;
#[cfg(test)]
mod tests;
mod usage;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::SignedDuration;

use crate::keys::SigningSource;

pub use check::{Certificates, check, check_with};
pub use payment::{HostedConfig, PaymentConfig};
pub use secret::Secret;
pub use subscribers::SubscribersConfig;
pub use system::SystemConfig;
pub use usage::UsageConfig;
pub(crate) use values::is_service_name;
pub use webhooks::{EventsConfig, WebhookConfig};

/// Where the configuration came from, for findings about what it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Origin {
    file: String,
    lines: BTreeMap<String, usize>,
}

/// Everything that `serve` can be told by a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub listen: ListenConfig,
    /// The `https` origin in links; absent = that of the listener.
    pub public_url: Option<String>,
    /// The data folder.
    pub data: PathBuf,
    /// The catalogue folder; absent = the demo catalogue of the binary.
    pub catalog: Option<PathBuf>,
    /// How often the catalogue's files are looked at for changes.
    pub catalog_look_every: SignedDuration,
    /// The portal's certificate; absent = one that the server makes.
    pub tls: Option<CertificateFiles>,
    /// What signs documents, by the name that brands use.
    pub signing: BTreeMap<String, SigningSource>,
    /// Payment providers, by the name that brands use.
    pub payment: BTreeMap<String, PaymentConfig>,
    /// The operator's network.
    pub activation: ActivationConfig,
    /// Who knows what is prepared for a SIM; absent = the demo's SIMs in the demo, else nobody.
    pub subscribers: Option<SubscribersConfig>,
    /// How long a customer may take to pay.
    pub payment_window: SignedDuration,
    /// How long a customer's session lasts.
    pub session_lifetime: SignedDuration,
    /// What is raised, and where it is sent.
    pub events: EventsConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Where records of use come from.
    pub usage: UsageConfig,
    /// The operator's billing system; absent = it is not asked.
    pub billing: Option<SystemConfig>,
    /// The program whose children run patterns of operators; absent = the one that runs.
    pub patterns_program: Option<PathBuf>,
    /// Whether demo SIMs, test certificates and the sandbox stand in for what is not configured.
    pub demo: bool,
    origin: Origin,
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// The portal, over HTTPS.
    pub https: SocketAddr,
    /// The portal over plain HTTP, on loopback only; absent = not at all.
    pub http: Option<SocketAddr>,
    /// The operator area, metrics and machine interfaces, over HTTPS.
    pub admin: SocketAddr,
}

/// A certificate with its chain and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM file of the certificate, followed by its chain.
    pub certificate: PathBuf,
    /// PEM file of the private key.
    pub key: PathBuf,
}

/// How plans become active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivationKind {
    /// A network that needs a fixed time.
    Simulated,
    /// The operator's system, over HTTP.
    Http(SystemConfig),
}

/// The operator's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationConfig {
    /// How plans become active.
    pub kind: ActivationKind,
    /// How long the simulated network takes.
    pub delay: SignedDuration,
    /// What the operator adds to the ten minutes [PORT-40].
    pub margin: SignedDuration,
    /// Whether the simulated network refuses in the end.
    pub fails: bool,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The least important thing that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What needs somebody now.
    Error,
    /// What needs somebody soon.
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
    /// Every step of it.
    Trace,
}

impl LogLevel {
    /// Returns the name used in the file and by the log filter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The form.
    pub format: LogFormat,
    /// The least important thing.
    pub level: LogLevel,
}

impl Default for ListenConfig {
    fn default() -> Self {
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        Self { https: local(8443), http: Some(local(8080)), admin: local(9443) }
    }
}

impl Default for ActivationConfig {
    fn default() -> Self {
        Self {
            kind: ActivationKind::Simulated,
            delay: SignedDuration::from_secs(8),
            margin: SignedDuration::ZERO,
            fails: false,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: LogLevel::Info }
    }
}

impl Config {
    /// Returns what holds without a configuration: demo operators and defaults everywhere.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            listen: ListenConfig::default(),
            public_url: None,
            data: PathBuf::from("./.broadgate"),
            catalog: None,
            catalog_look_every: SignedDuration::from_secs(30),
            tls: None,
            signing: BTreeMap::new(),
            payment: BTreeMap::new(),
            activation: ActivationConfig::default(),
            subscribers: None,
            payment_window: SignedDuration::from_mins(15),
            session_lifetime: SignedDuration::from_hours(24),
            events: EventsConfig::default(),
            log: LogConfig::default(),
            usage: UsageConfig::default(),
            billing: None,
            patterns_program: None,
            demo: true,
            origin: Origin::default(),
        }
    }

    /// Reads a configuration file, or returns [`Config::demo`] when there is none; the second
    /// value is its warnings. Relative paths count from the file's folder.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn load(path: Option<&Path>) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let Some(path) = path else {
            return Ok((Self::demo(), Vec::new()));
        };
        let document = document::Document::open(path).map_err(|finding| vec![finding])?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::from_document(&document, folder)
    }

    fn from_document(
        document: &document::Document,
        folder: &Path,
    ) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let reading = document.read(|section| reader::config(section, folder));
        match reading.value.flatten() {
            Some(mut config) if reading.errors.is_empty() => {
                config.origin = Origin { file: document.file().to_owned(), lines: reading.lines };
                Ok((config, reading.warnings))
            }
            _ => Err(reading.errors),
        }
    }

    /// Describes something about what a key of the file names.
    fn finding(&self, key: &str, message: String) -> Finding {
        Finding {
            file: self.origin.file.clone(),
            line: self.origin.lines.get(key).copied(),
            key: Some(key.to_owned()),
            message,
        }
    }
}
