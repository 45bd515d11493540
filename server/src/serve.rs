//! `broadgate serve`: everything put together, started, and stopped in order.
//!
//! Not here: what the parts do.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use carrier::chain::{CertificateDer, DAYS_LEFT_WARNED};
use carrier::sign::Algorithm;
use domain::voucher::PROVIDER;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::activation::http::HttpActivation;
use crate::activation::{ActivationPort, SimulatedActivation};
use crate::admin::people::{Attempts, Bootstrap};
use crate::admin::{self, Admin};
use crate::app::{App, Serving};
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::config::{
    ActivationConfig, ActivationKind, Config, ListenConfig, PaymentConfig, SubscribersConfig,
};
use crate::data_folder::DataFolder;
use crate::documents::Documents;
use crate::engine::dispatch::{self, Describe, Described, Dispatcher};
use crate::engine::ledger::Ledger;
use crate::engine::privacy::Forgetter;
use crate::engine::{auto_renewals, janitor, timers};
use crate::events::Events;
use crate::events::webhooks::Worker;
use crate::http::metadata::{AFFILIATIONS_OF_ALL, AFFILIATIONS_OF_CLIENT};
use crate::http::resume::Tries;
use crate::http::{self, Listener, PortalSettings};
use crate::keys::{
    DemoChain, KeyFiles, KeyStore, SigningSource, TlsCertificate, reload_on_change, server_config,
};
use crate::messages::take::Messages;
use crate::metadata::limits::RateLimit;
use crate::metrics::Metrics;
use crate::pages::Paper;
use crate::payment::hosted::Hosted;
use crate::payment::operator_account::OperatorAccount;
use crate::payment::sandbox::Sandbox;
use crate::payment::voucher::VoucherPayments;
use crate::payment::{PaymentProvider, Payments};
use crate::refresh::Gate;
use crate::reload::{self, Reloader};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use crate::subscriber::csv::CsvSubscribers;
use crate::subscriber::demo::DemoSubscribers;
use crate::subscriber::http::HttpSubscribers;
use crate::subscriber::{SubscriberPort, Subscribers};
use crate::texts::Languages;
use crate::usage::billing::Billing;
use crate::usage::files::Files;
use crate::usage::{self, Usage};
use crate::vouchers::Vouchers;
use crate::vouchers::key::Key;

/// How long open requests may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often certificates are looked at.
const RELOAD_EVERY: Duration = Duration::from_secs(30);
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// The signer of brands that name none.
const DEMO_SIGNER: &str = "demo";

/// A server that runs.
pub struct Running {
    /// Where the portal listens over HTTPS.
    pub https: SocketAddr,
    /// Where the portal listens over plain HTTP on loopback.
    pub http: Option<SocketAddr>,
    /// Where the operator area listens.
    pub admin: SocketAddr,
    /// The bootstrap secret, where there is no account yet.
    pub bootstrap: Option<String>,
    /// The roots of the demo's signing chain.
    pub signing_roots: PathBuf,
    /// The root of the demo's TLS certificate.
    pub tls_roots: Option<PathBuf>,
    listeners: Vec<(Handle<SocketAddr>, JoinHandle<()>)>,
    outbox: JoinHandle<()>,
    timers: JoinHandle<()>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    sandbox: Arc<Sandbox>,
    events: Arc<Events>,
    _folder: DataFolder,
}

impl Running {
    /// Returns when the outbox or the timers end, which they do not by themselves: whoever runs
    /// the server must stop it then.
    pub async fn broken(&mut self) {
        tokio::select! {
            ended = &mut self.outbox => tracing::error!(?ended, "the outbox stopped"),
            ended = &mut self.timers => tracing::error!(?ended, "the timers stopped"),
        }
    }

    /// Lets open requests end, then effects, then everything.
    pub async fn stop(self) {
        self.events.streams.close();
        for (handle, _) in &self.listeners {
            handle.graceful_shutdown(Some(GRACE));
        }
        for (_, task) in self.listeners {
            let _ = task.await;
        }
        self.stop.send_replace(true);
        for task in self.tasks.into_iter().chain([self.outbox, self.timers]) {
            if !task.is_finished() {
                let _ = task.await;
            }
        }
        self.sandbox.deliver_to(None);
    }
}

/// Starts everything that a configuration asks for.
///
/// # Errors
/// What could not be read, made or bound, and what to do.
pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Running> {
    let (store, folder) = open_store(DataFolder::claim(&config.data)?).await?;
    let ready = load(&config, &clock).await?;
    let sandbox = Arc::new(Sandbox::new(Arc::clone(&store), Arc::clone(&clock)));
    let serving = reload::prepare(ready.catalog, store.as_ref(), clock.now()).await?;
    let (subscribers, prepared) = subscribers(&config, &clock).await?;
    let (documents, vouchers) = (ready.documents, ready.vouchers);
    let parts = Parts { serving, documents, subscribers, vouchers };
    let app = Arc::new(make_app(&config, &clock, &store, &sandbox, parts)?);
    catch_up(&app).await?;
    let (secret, bootstrap) = Bootstrap::make(clock.now());
    let secret = (store.account_count().await? == 0).then_some(secret);
    let admin = Arc::new(Admin { app: Arc::clone(&app), bootstrap, attempts: Attempts::default() });
    let admin_routes = admin::router(&admin);
    sandbox.deliver_to(Some(admin_routes.clone()));

    let hang_up = signal(SignalKind::hangup()).context("cannot wait for SIGHUP")?;
    // Bound before anything runs, so that an address in use leaves nothing behind.
    let https_routes = http::router(&app, Listener::Https);
    let https = tls_listener(config.listen.https, &ready.tls, &clock, https_routes)?;
    let defaults = ListenConfig::default();
    let admin_at = give_way(&config, config.listen.admin, defaults.admin);
    let admin = tls_listener(admin_at, &ready.tls, &clock, admin_routes)?;
    let http = match config.listen.http {
        Some(at) => {
            let at = give_way(&config, at, defaults.http.unwrap_or(at));
            Some(plain_listener(at, http::router(&app, Listener::Http))?)
        }
        None => None,
    };
    let origin = refresh_origin(config.public_url.as_ref(), https.address);
    let (stop, stopped) = watch::channel(false);
    let dispatcher = Arc::new(dispatcher(&config, &app)?);
    let mut tasks = usage_tasks(&config, &app, &stopped)?;
    tasks.extend(prepared.map(|prepared| watch_sims(prepared, &config, &app, &stopped)));
    let workers = workers(&config, &app).await?;
    let forgetter = forgetter(&config, &app);
    let reloader = Arc::new(Reloader::new(config, Arc::clone(&app), ready.seen));
    tasks.push(spawn_until(watch_keys(ready.keys, Arc::clone(&app)), stopped.clone()));
    tasks.push(spawn_until(reloader.run(hang_up), stopped.clone()));
    tasks.extend(workers.into_iter().map(|worker| tokio::spawn(worker.run(stopped.clone()))));
    tasks.push(tokio::spawn(Arc::clone(&app.events).run(stopped.clone())));
    tasks.push(spawn_until(forgetter.run(), stopped.clone()));
    tasks.push(spawn_until(janitor::run(Arc::clone(&dispatcher)), stopped.clone()));
    tasks.push(spawn_until(auto_renewals::run(Arc::clone(&app)), stopped.clone()));
    if let Some(origin) = origin {
        // Nobody else sets it.
        let _ = app.documents.origin.set(origin);
    }
    let addresses = (https.address, http.as_ref().map(|http| http.address), admin.address);
    let mut listeners = Vec::new();
    for started in [Some(https), Some(admin), http].into_iter().flatten() {
        listeners.push((started.handle, started.task));
        tasks.extend(started.reload.map(|reload| spawn_until(reload, stopped.clone())));
    }
    Ok(Running {
        https: addresses.0,
        http: addresses.1,
        admin: addresses.2,
        bootstrap: secret,
        signing_roots: ready.signing_roots,
        tls_roots: ready.tls_roots,
        outbox: tokio::spawn(dispatch::run(Arc::clone(&dispatcher), stopped.clone())),
        timers: tokio::spawn(timers::run(dispatcher, stopped)),
        listeners,
        stop,
        tasks,
        sandbox,
        events: Arc::clone(&app.events),
        _folder: folder,
    })
}

/// What an application is made of, besides its configuration.
struct Parts {
    serving: Serving,
    documents: Documents,
    subscribers: Subscribers,
    vouchers: Vouchers,
}

/// Does what an older program left undone: metering, receipts.
async fn catch_up(app: &App) -> Result<()> {
    app.ledger.books.know(app.catalog());
    app.ledger.meter_missing().await?;
    app.ledger.books.issue_missing(app.clock.now()).await?;
    Ok(())
}

fn forgetter(config: &Config, app: &App) -> Forgetter {
    Forgetter {
        ledger: Arc::clone(&app.ledger),
        store: Arc::clone(&app.store),
        clock: Arc::clone(&app.clock),
        privacy: config.privacy,
    }
}

fn make_app(
    config: &Config,
    clock: &Arc<dyn Clock>,
    store: &Arc<dyn Store>,
    sandbox: &Arc<Sandbox>,
    parts: Parts,
) -> Result<App> {
    let Parts { serving, documents, subscribers, vouchers } = parts;
    let metrics = Metrics::default();
    let settings =
        usage::Settings { has_billing: config.billing.is_some(), events: config.events.settings };
    let counted = metrics.usage.clone();
    let usage = Usage::new(Arc::clone(store), Arc::clone(clock), counted, settings);
    let given_back = VoucherPayments::new(Arc::clone(store), Arc::clone(clock));
    Ok(App {
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        ledger: Arc::new(Ledger::new(Arc::clone(store), Arc::clone(clock))),
        payments: Arc::new(payments(config, clock, sandbox, given_back)?),
        sandbox: Some(Arc::clone(sandbox)),
        serving: RwLock::new(Arc::new(serving)),
        affiliations: RateLimit::new(AFFILIATIONS_OF_CLIENT, AFFILIATIONS_OF_ALL),
        refresh: Gate::default(),
        subscribers,
        documents,
        languages: Languages::load().map_err(|error| anyhow!(error))?,
        usage: Arc::new(usage),
        messages: Messages::new(metrics.patterns(), config.patterns_program.clone()),
        metrics: Arc::new(metrics),
        events: Arc::new(Events::new(Arc::clone(store), Arc::clone(clock), config.events.settings)),
        vouchers,
        tries: Tries::default(),
        public_url: config.public_url.clone(),
        portal: PortalSettings {
            session_lifetime: config.session_lifetime,
            payment_window: config.payment_window,
            is_demo: config.demo,
        },
    })
}

/// Makes a worker for each webhook.
async fn workers(config: &Config, app: &Arc<App>) -> Result<Vec<Arc<Worker>>> {
    let (webhooks, app) = (config.events.webhooks.clone(), Arc::clone(app));
    let made = tokio::task::spawn_blocking(move || {
        let make = |webhook| {
            let (store, clock) = (Arc::clone(&app.store), Arc::clone(&app.clock));
            Worker::new(webhook, store, clock, Arc::clone(&app.metrics)).map(Arc::new)
        };
        webhooks.into_iter().map(make).collect::<Result<Vec<_>, String>>()
    });
    made.await?.map_err(|error| anyhow!(error))
}

/// Makes the payment providers; the sandbox is always one, and so are vouchers.
fn payments(
    config: &Config,
    clock: &Arc<dyn Clock>,
    sandbox: &Arc<Sandbox>,
    vouchers: VoucherPayments,
) -> Result<Payments> {
    let portal = config.public_url.as_deref().unwrap_or_default();
    let mut providers: BTreeMap<String, Arc<dyn PaymentProvider>> = BTreeMap::new();
    providers.insert(Payments::DEFAULT.to_owned(), Arc::clone(sandbox) as _);
    for (name, kind) in &config.payment {
        let provider: Arc<dyn PaymentProvider> = match kind {
            PaymentConfig::Sandbox => Arc::clone(sandbox) as _,
            PaymentConfig::Hosted(hosted) => {
                let hosted = Hosted::new(name, hosted, portal);
                Arc::new(hosted.map_err(|error| anyhow!("payment.{name}: {error}"))?)
            }
            PaymentConfig::OperatorAccount(account) => {
                let account = OperatorAccount::new(name, account, Arc::clone(clock));
                Arc::new(account.map_err(|error| anyhow!("payment.{name}: {error}"))?)
            }
        };
        providers.insert(name.clone(), provider);
    }
    providers.insert(PROVIDER.to_owned(), Arc::new(vouchers));
    Ok(Payments::new(providers))
}

fn dispatcher(config: &Config, app: &Arc<App>) -> Result<Dispatcher> {
    Ok(Dispatcher {
        ledger: Arc::clone(&app.ledger),
        store: Arc::clone(&app.store),
        clock: Arc::clone(&app.clock),
        payments: Arc::clone(&app.payments),
        activation: activation(&config.activation, &app.clock)?,
        usage: Arc::clone(&app.usage),
        describe: describe_order(app, config.public_url.clone()),
        metrics: Arc::clone(&app.metrics),
    })
}

/// Makes the port by which plans become active.
fn activation(
    config: &ActivationConfig,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn ActivationPort>> {
    let ActivationConfig { delay, margin, fails, .. } = *config;
    Ok(match &config.kind {
        ActivationKind::Simulated => Arc::new(SimulatedActivation { delay, margin, fails }),
        ActivationKind::Http(system) => {
            let port = HttpActivation::new(system, margin, Arc::clone(clock));
            Arc::new(port.map_err(|error| anyhow!("activation: {error}"))?)
        }
    })
}

/// Makes the port by which SIMs are known, and the file behind it, where it is one.
async fn subscribers(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<(Subscribers, Option<Arc<CsvSubscribers>>)> {
    let is_demo = config.demo;
    let (port, prepared): (Option<Arc<dyn SubscriberPort>>, _) = match config.subscribers.clone() {
        None => (is_demo.then(|| Arc::new(DemoSubscribers) as _), None),
        Some(SubscribersConfig::Http(system)) => {
            let port = HttpSubscribers::new(&system, Arc::clone(clock));
            (Some(Arc::new(port.map_err(|error| anyhow!("subscribers: {error}"))?)), None)
        }
        Some(SubscribersConfig::Csv(file)) => {
            let loaded = tokio::task::spawn_blocking(move || CsvSubscribers::load(&file)).await?;
            let loaded = Arc::new(loaded.map_err(|findings| anyhow!("{findings:#?}"))?);
            (Some(Arc::clone(&loaded) as _), Some(loaded))
        }
    };
    Ok((Subscribers { port, is_demo }, prepared))
}

/// Reads the file of prepared SIMs again when it changes.
fn watch_sims(
    prepared: Arc<CsvSubscribers>,
    config: &Config,
    app: &Arc<App>,
    stopped: &watch::Receiver<bool>,
) -> JoinHandle<()> {
    let look_every = config.catalog_look_every.unsigned_abs();
    let metrics = Arc::clone(&app.metrics);
    let told = move |is_taken| metrics.subscriber_file(is_taken);
    spawn_until(prepared.run(look_every, told), stopped.clone())
}

/// Starts what keeps usage up to date: the clock, files, questions to billing.
fn usage_tasks(
    config: &Config,
    app: &Arc<App>,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>> {
    let usage = &app.usage;
    let mut tasks = vec![spawn_until(usage::timers::run(Arc::clone(usage)), stopped.clone())];
    if let Some(folder) = &config.usage.files {
        let files = Files::new(Arc::clone(usage), folder);
        let files = files.with_context(|| format!("cannot use the folder {}", folder.display()))?;
        tasks.push(spawn_until(files.run(), stopped.clone()));
    }
    if let Some(billing) = &config.billing {
        let billing = Billing::new(billing, Arc::clone(usage));
        let billing = billing.map_err(|error| anyhow!("billing: {error}"))?;
        tasks.push(spawn_until(Arc::new(billing).run(), stopped.clone()));
    }
    Ok(tasks)
}

/// Runs something that never ends until the server stops.
fn spawn_until(
    endless: impl Future<Output = ()> + Send + 'static,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! { () = endless => {}, _ = stopped.wait_for(|stop| *stop) => {} }
    })
}

/// Reads signing keys again when their files change.
async fn watch_keys(keys: Arc<KeyStore>, app: Arc<App>) {
    let mut alarmed = None;
    loop {
        let now = app.clock.now();
        let expiries = keys.expiries();
        app.metrics.signing_expiries(&expiries);
        // Once a day is enough for what takes days to mend [SIG X7].
        let today = now.as_second().div_euclid(DAY_S);
        if alarmed.replace(today) != Some(today) {
            alarm(&expiries, now);
        }
        tokio::time::sleep(RELOAD_EVERY).await;
        let (keys, now) = (Arc::clone(&keys), app.clock.now());
        let reloads = tokio::task::spawn_blocking(move || keys.reload_if_changed(now)).await;
        for reload in reloads.unwrap_or_default() {
            match reload.outcome {
                Ok(not_after) => {
                    tracing::info!(signer = reload.name, %not_after, "signing key loaded");
                }
                Err(error) => tracing::error!(
                    signer = reload.name,
                    %error,
                    "signing key not reloaded, the old one stays in use"
                ),
            }
        }
    }
}

/// Warns of signing certificates that end soon.
fn alarm(expiries: &[(String, domain::Timestamp)], now: domain::Timestamp) {
    for (signer, not_after) in expiries {
        let days_left = not_after.as_second().saturating_sub(now.as_second()).div_euclid(DAY_S);
        if days_left < DAYS_LEFT_WARNED {
            tracing::warn!(signer, %not_after, days_left, "signing certificate ends soon");
        }
    }
}

/// Opens the database, which is looked through before if the last process was cut off.
async fn open_store(mut folder: DataFolder) -> Result<(Arc<dyn Store>, DataFolder)> {
    let opened = tokio::task::spawn_blocking(move || {
        folder.check_after_cut()?;
        let store = SqliteStore::open(&folder.database()).context("cannot open the database")?;
        folder.mark()?;
        anyhow::Ok((store, folder))
    });
    let (store, folder) = opened.await??;
    Ok((Arc::new(store), folder))
}

/// What is loaded from files before anything starts.
struct Ready {
    catalog: Catalog,
    seen: reload::Stamps,
    documents: Documents,
    keys: Arc<KeyStore>,
    tls: KeyFiles,
    signing_roots: PathBuf,
    tls_roots: Option<PathBuf>,
    vouchers: Vouchers,
}

async fn load(config: &Config, clock: &Arc<dyn Clock>) -> Result<Ready> {
    let (config, now) = (config.clone(), clock.now());
    tokio::task::spawn_blocking(move || load_blocking(&config, now)).await?
}

fn load_blocking(config: &Config, now: domain::Timestamp) -> Result<Ready> {
    let certs = config.data.join("certs");
    let seen = reload::look(config);
    let catalog = reload::read(config)?;
    let demo = DemoChain::load_or_make(&certs, now)?;
    let mut sources = config.signing.clone();
    sources.entry(DEMO_SIGNER.to_owned()).or_insert_with(|| SigningSource {
        current: demo.files.place(),
        next: None,
        algorithm: Algorithm::RsaSha256,
    });
    let keys = KeyStore::open(sources, now).map_err(|errors| {
        let list: Vec<_> = errors.iter().map(ToString::to_string).collect();
        anyhow!("signing keys: {}", list.join("; "))
    })?;
    let keys = Arc::new(keys);
    let source = Arc::clone(&keys);
    let documents = Documents {
        signers: Box::new(move |name, now| {
            source.signer(name, now).map_err(|error| error.to_string())
        }),
        default_signer: DEMO_SIGNER.to_owned(),
        roots: read_roots(&demo.roots_pem)?,
        origin: OnceLock::new(),
    };
    let (tls, tls_roots) = match &config.tls {
        Some(tls) => (KeyFiles { chain: tls.certificate.clone(), key: tls.key.clone() }, None),
        None => {
            let made = TlsCertificate::load_or_make_demo(&certs, now)?;
            (made.files, Some(made.roots_pem))
        }
    };
    let vouchers = Vouchers::new(Key::load_or_make(&config.data)?);
    let signing_roots = demo.roots_pem;
    Ok(Ready { catalog, seen, documents, keys, tls, signing_roots, tls_roots, vouchers })
}

fn read_roots(path: &Path) -> Result<Vec<CertificateDer>> {
    use rustls_pki_types::pem::PemObject as _;
    let read = rustls_pki_types::CertificateDer::pem_file_iter(path);
    let read = read.with_context(|| format!("cannot read {}", path.display()))?;
    read.map(|der| Ok(CertificateDer::new(der.context("not a PEM certificate")?.to_vec())))
        .collect()
}

/// Returns the origin that devices reach the portal by: the configured one, else that of the
/// listener, where its address is one.
fn refresh_origin(public_url: Option<&String>, https: SocketAddr) -> Option<String> {
    if let Some(configured) = public_url {
        return Some(configured.trim_end_matches('/').to_owned());
    }
    if https.ip().is_unspecified() {
        tracing::warn!("documents say no address to be refreshed at: set `public_url`");
        return None;
    }
    let host = match https.ip().is_loopback() {
        true => format!("localhost:{}", https.port()),
        false => https.to_string(),
    };
    Some(format!("https://{host}"))
}

/// What the payment provider is told of an order, and where it sends the customer back.
fn describe_order(app: &Arc<App>, public_url: Option<String>) -> Describe {
    let app = Arc::clone(app);
    let origin = public_url.unwrap_or_default();
    Box::new(move |record| {
        let terms = &record.order.terms;
        let brand = app.brand(&terms.brand);
        let plan = brand.as_ref().and_then(|brand| brand.plan(&terms.plan));
        let what = match (&brand, plan) {
            (Some(brand), Some(plan)) => format!("{}: {}", brand.name, plan.name),
            _ => terms.plan.to_string(),
        };
        // The language of an order is not kept; the same order must say the same at each try.
        let paper = Paper { texts: app.languages.choose(None), brand: None, token: "" };
        let tax = terms.tax.as_ref().map(|tax| paper.tax(tax));
        let back = api::paths::order::back(record.order.code.as_str());
        Described { what, tax, return_url: format!("{origin}{back}") }
    })
}

struct Started {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<()>,
    reload: Option<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// Returns the address to listen on: in the demo, a lesser listener that was left at its default
/// takes any free port when another program, such as a second demo, has that one.
fn give_way(config: &Config, at: SocketAddr, default: SocketAddr) -> SocketAddr {
    let is_taken = || {
        let bound = TcpListener::bind(at);
        bound.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
    };
    if config.demo && at == default && is_taken() {
        tracing::warn!(%at, "the address is in use: taking any free port instead");
        return SocketAddr::new(at.ip(), 0);
    }
    at
}

fn bind(at: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(at)
        .with_context(|| format!("cannot listen on {at}: choose another address"))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn tls_listener(
    at: SocketAddr,
    files: &KeyFiles,
    clock: &Arc<dyn Clock>,
    routes: Router,
) -> Result<Started> {
    let (listener, address) = bind(at)?;
    let config = RustlsConfig::from_config(server_config(&files.chain, &files.key)?);
    let handle = Handle::new();
    let server = axum_server::from_tcp_rustls(listener, config.clone())?.handle(handle.clone());
    let task = tokio::spawn(async move {
        if let Err(error) =
            server.serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await
        {
            tracing::error!(%error, "the listener stopped");
        }
    });
    let reload = reload_on_change(config, files.clone(), RELOAD_EVERY, Arc::clone(clock));
    Ok(Started { address, handle, task, reload: Some(Box::pin(reload)) })
}

fn plain_listener(at: SocketAddr, routes: Router) -> Result<Started> {
    let (listener, address) = bind(at)?;
    let handle = Handle::new();
    let server = axum_server::from_tcp(listener)?.handle(handle.clone());
    let task = tokio::spawn(async move {
        if let Err(error) =
            server.serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await
        {
            tracing::error!(%error, "the listener stopped");
        }
    });
    Ok(Started { address, handle, task, reload: None })
}
