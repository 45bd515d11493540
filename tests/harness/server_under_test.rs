//! The server in this process: port 0, a temporary data folder, a clock that tests may set.
//!
//! Not here: the binary as a process ([`crate::process`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use domain::SignedDuration;
use server::clock::{Clock, SettableClock, SystemClock};
use server::config::{
    ActivationConfig, Config, EventsConfig, PaymentConfig, SubscribersConfig, SystemConfig,
    UsageConfig,
};
use server::serve::{Running, start};
use tempfile::TempDir;

use crate::visitor::Visitor;

/// A server that runs for a test.
pub struct ServerUnderTest {
    /// The server.
    pub running: Running,
    /// Its data folder.
    pub data: TempDir,
    /// Its clock, where the test sets it.
    pub clock: Option<Arc<SettableClock>>,
}

/// What a test asks of its server.
pub struct Wish {
    /// How long an activation takes; zero by default.
    pub activation_delay: SignedDuration,
    /// Whether activations fail.
    pub activation_fails: bool,
    /// Whether the test sets the clock.
    pub is_clock_set: bool,
    /// Whether the lesser listeners stay at their default addresses.
    pub has_default_ports: bool,
    /// How long a customer's session lasts; as the demo says if absent.
    pub session_lifetime: Option<SignedDuration>,
    /// The folder of its catalogue; the demo's own if absent.
    pub catalog: Option<PathBuf>,
    /// Where its events are sent, and how registrations count.
    pub events: EventsConfig,
    /// Payment providers, by the name that brands use.
    pub payment: BTreeMap<String, PaymentConfig>,
    /// The origin in links; that of the listener if absent.
    pub public_url: Option<String>,
    /// How often that folder is looked at; as seldom as by default if absent.
    pub catalog_look_every: Option<SignedDuration>,
    /// Where its files with records of use lie.
    pub usage: UsageConfig,
    /// The billing system that it asks.
    pub billing: Option<SystemConfig>,
    /// The network; simulated, as the two wishes above say, if absent.
    pub activation: Option<ActivationConfig>,
    /// Who knows what is prepared for a SIM; the demo if absent.
    pub subscribers: Option<SubscribersConfig>,
    /// The program whose children run patterns of operators.
    pub patterns_program: Option<PathBuf>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            activation_delay: SignedDuration::ZERO,
            activation_fails: false,
            is_clock_set: false,
            has_default_ports: false,
            session_lifetime: None,
            catalog: None,
            events: EventsConfig::default(),
            payment: BTreeMap::new(),
            public_url: None,
            catalog_look_every: None,
            usage: UsageConfig::default(),
            billing: None,
            activation: None,
            subscribers: None,
            patterns_program: None,
        }
    }
}

/// Returns the folder of keys that all tests share, so that RSA keys are made once a day.
fn shared_certificates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/e2e-certs")
}

impl ServerUnderTest {
    /// Starts the demo with instant activation.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(Wish::default()).await
    }

    /// Starts the demo as a test wishes it.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn start_with(wish: Wish) -> Result<Self> {
        let data = tempfile::tempdir()?;
        Self::start_in(data, wish).await
    }

    /// Starts on a data folder that may have been used before.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn start_in(data: TempDir, wish: Wish) -> Result<Self> {
        seed_certificates(data.path()).await?;
        let mut config = Config::demo();
        let any = "127.0.0.1:0".parse()?;
        config.listen.https = any;
        if !wish.has_default_ports {
            config.listen.http = Some(any);
            config.listen.admin = any;
        }
        config.session_lifetime = wish.session_lifetime.unwrap_or(config.session_lifetime);
        config.catalog = wish.catalog;
        config.events = wish.events;
        config.payment = wish.payment;
        config.public_url = wish.public_url;
        config.catalog_look_every = wish.catalog_look_every.unwrap_or(config.catalog_look_every);
        config.usage = wish.usage;
        config.billing = wish.billing;
        config.subscribers = wish.subscribers;
        config.patterns_program = wish.patterns_program;
        config.data = data.path().to_owned();
        config.activation.delay = wish.activation_delay;
        config.activation.fails = wish.activation_fails;
        config.activation = wish.activation.unwrap_or(config.activation);
        let settable = wish.is_clock_set.then(|| Arc::new(SettableClock::new(SystemClock.now())));
        let clock: Arc<dyn Clock> = match &settable {
            Some(clock) => Arc::clone(clock) as _,
            None => Arc::new(SystemClock),
        };
        let running = start(config, clock).await.context("the server does not start")?;
        Ok(Self { running, data, clock: settable })
    }

    /// Returns the origin of the plain-HTTP portal.
    ///
    /// # Panics
    /// Never: the harness always asks for it.
    #[must_use]
    pub fn origin(&self) -> String {
        let port = self.running.http.map_or(0, |address| address.port());
        format!("http://localhost:{port}")
    }

    /// Returns the origin of the HTTPS portal.
    #[must_use]
    pub fn https_origin(&self) -> String {
        format!("https://localhost:{}", self.running.https.port())
    }

    /// Returns the origin of the operator area.
    #[must_use]
    pub fn admin_origin(&self) -> String {
        format!("https://localhost:{}", self.running.admin.port())
    }

    /// Makes a customer who uses no scripts.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn visitor(&self) -> Result<Visitor> {
        Visitor::new(&self.origin())
    }

    /// Stops the server and hands back its data folder.
    pub async fn stop(self) -> TempDir {
        self.running.stop().await;
        self.data
    }
}

/// Copies keys made by an earlier test, or keeps those that this one makes.
pub(crate) async fn seed_certificates(data: &Path) -> Result<()> {
    let (shared, own) = (shared_certificates(), data.join("certs"));
    tokio::task::spawn_blocking(move || {
        if own.exists() {
            return Ok(());
        }
        // One test makes them while the others wait.
        std::fs::create_dir_all(&shared)?;
        let guard = std::fs::File::create(shared.join("lock"))?;
        guard.lock()?;
        let now = SystemClock.now();
        server::keys::DemoChain::load_or_make(&shared, now)?;
        server::keys::TlsCertificate::load_or_make_demo(&shared, now)?;
        drop(guard);
        std::fs::create_dir_all(&own)?;
        for entry in std::fs::read_dir(&shared)? {
            let entry = entry?;
            if entry.file_name() != "lock" {
                std::fs::copy(entry.path(), own.join(entry.file_name()))?;
            }
        }
        Ok(())
    })
    .await?
}

/// Returns the path of the binary `broadgate` of this build.
///
/// Cargo builds it with the workspace's tests, but names it only to tests of its own package.
///
/// # Panics
/// It was not built: run the tests with `--workspace`.
#[must_use]
#[expect(clippy::panic, reason = "a test without the binary would prove nothing")]
pub fn binary() -> PathBuf {
    let mut folder = std::env::current_exe().unwrap_or_default();
    folder.pop();
    folder.pop();
    let binary = folder.join("broadgate");
    if !binary.exists() {
        panic!("{} is not built: run `cargo build -p server` first", binary.display());
    }
    binary
}
