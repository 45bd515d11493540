//! The keys of the configuration file and their rules.
//!
//! Not here: files that it names, which loading does not touch.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::SignedDuration;
use toml::de::DeValue;

use super::document::Section;
use super::payment;
use super::signing;
use super::subscribers;
use super::system;
use super::usage;
use super::values::{self, Read};
use super::web_address;
use super::webhooks;
use super::{
    ActivationConfig, ActivationKind, CertificateFiles, Config, ListenConfig, LogConfig, LogFormat,
    LogLevel, PaymentConfig,
};

/// Longest time that the simulated network may take or an operator may add.
const ACTIVATION_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Longest time that the operator's system may take to answer about an activation: less than the
/// engine waits.
const ANSWER_MAX: SignedDuration = SignedDuration::from_secs(9);
/// How long it may take if nobody says.
const ANSWER_DEFAULT: SignedDuration = SignedDuration::from_secs(5);
/// Longest session.
const SESSION_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Longest payment window: providers' hosted pages close after a day.
const PAYMENT_WINDOW_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Longest time between two looks at the catalogue.
const LOOK_EVERY_MAX: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Reads the whole file; absent when something required is, all of which is reported.
pub(super) fn config(section: &mut Section<'_>, folder: &Path) -> Option<Config> {
    let defaults = Config::demo();
    let path = |value: &DeValue<'_>| path(value, folder);
    let public_url = section.optional("public_url", values::parsed(web_address::https_origin));
    let data = section.optional("data", path);
    let catalog = section.optional("catalog", path);
    let every = values::duration(SECOND..=LOOK_EVERY_MAX);
    let catalog_look_every = section.optional("catalog_look_every", every);
    let demo = section.optional("demo", values::boolean);
    let window = values::duration(MINUTE..=PAYMENT_WINDOW_MAX);
    let payment_window = section.optional("payment_window", window);
    let listen = section.table("listen", listen);
    let tls = section.table("tls", |tls| certificate(tls, folder));
    let signing = section.named_tables("signing", |table| signing::source(table, folder));
    let payment = section.named_tables("payment", |table| payment::payment(table, folder));
    let activation = section.table("activation", |table| activation(table, folder));
    let subscribers = section.table("subscribers", |table| subscribers::subscribers(table, folder));
    let session_lifetime = section.table("session", session_lifetime).flatten();
    let events = webhooks::events(section, folder);
    let log = section.table("log", log);
    let usage_feeds = section.table("usage", |table| usage::usage(table, folder));
    let billing = section.table("billing", |table| usage::billing(table, folder));
    if demo == Some(false) && catalog.is_none() {
        section.error("demo", "needs `catalog`, the folder of your brands' files");
    }
    let sends_away = |provider: &PaymentConfig| matches!(provider, PaymentConfig::Hosted(_));
    if public_url.is_none() && !section.has("public_url") && payment.values().any(sends_away) {
        let message = "missing; a payment provider sends customers back to it";
        section.error("public_url", message);
    }
    Some(Config {
        listen: listen.unwrap_or_default(),
        public_url,
        data: data.unwrap_or(defaults.data),
        demo: demo.unwrap_or(catalog.is_none()),
        catalog,
        catalog_look_every: catalog_look_every.unwrap_or(defaults.catalog_look_every),
        tls: tls.flatten(),
        signing,
        payment,
        activation: activation.unwrap_or_default(),
        subscribers: subscribers.flatten(),
        payment_window: payment_window.unwrap_or(defaults.payment_window),
        session_lifetime: session_lifetime.unwrap_or(defaults.session_lifetime),
        events,
        log: log.unwrap_or_default(),
        usage: usage_feeds.unwrap_or_default(),
        billing: billing.flatten(),
        patterns_program: None,
        origin: defaults.origin,
    })
}

pub(crate) fn path(value: &DeValue<'_>, folder: &Path) -> Read<PathBuf> {
    let text = values::text(value)?;
    if text.is_empty() || text.contains('\0') {
        return Err("needs a path".to_owned());
    }
    Ok(folder.join(text))
}

fn listen(section: &mut Section<'_>) -> ListenConfig {
    let defaults = ListenConfig::default();
    let https = section.optional("https", values::address);
    let http = section.optional("http", http_address);
    let admin = section.optional("admin", values::address);
    let listen = ListenConfig {
        https: https.unwrap_or(defaults.https),
        http: http.unwrap_or(defaults.http),
        admin: admin.unwrap_or(defaults.admin),
    };
    let taken =
        |address: SocketAddr| move |other: SocketAddr| address.port() != 0 && address == other;
    if listen.http.is_some_and(taken(listen.https)) {
        section.error("http", "is the address of `https` too; choose another port");
    }
    if taken(listen.admin)(listen.https) || listen.http.is_some_and(taken(listen.admin)) {
        section.error("admin", "is the address of the portal too; choose another port");
    }
    listen
}

/// Reads the address of plain HTTP, which is loopback's: cookies and identifiers pass over it.
fn http_address(value: &DeValue<'_>) -> Read<Option<SocketAddr>> {
    if values::text(value)? == "off" {
        return Ok(None);
    }
    let address = values::address(value)?;
    if address.ip().is_loopback() {
        Ok(Some(address))
    } else {
        Err("plain HTTP is for loopback only: use 127.0.0.1, [::1] or \"off\"".to_owned())
    }
}

fn certificate(section: &mut Section<'_>, folder: &Path) -> Option<CertificateFiles> {
    let certificate = section.required("certificate_file", |value| path(value, folder));
    let key = section.required("key_file", |value| path(value, folder));
    Some(CertificateFiles { certificate: certificate?, key: key? })
}

fn activation(section: &mut Section<'_>, folder: &Path) -> ActivationConfig {
    let defaults = ActivationConfig::default();
    let range = || values::duration(SignedDuration::ZERO..=ACTIVATION_MAX);
    let kinds = values::one_of(&[("simulated", false), ("http", true)]);
    let is_http = section.optional("kind", kinds).unwrap_or(false);
    let margin = section.optional("margin", range()).unwrap_or(defaults.margin);
    if is_http {
        let (timeouts, timeout) = (SECOND..=ANSWER_MAX, ANSWER_DEFAULT);
        let form = system::Form { url: "base_url", timeouts, timeout };
        let kind = system::system(section, folder, form).map(ActivationKind::Http);
        return ActivationConfig { kind: kind.unwrap_or(defaults.kind), margin, ..defaults };
    }
    ActivationConfig {
        kind: ActivationKind::Simulated,
        delay: section.optional("delay", range()).unwrap_or(defaults.delay),
        margin,
        fails: section.optional("failure", values::boolean).unwrap_or(defaults.fails),
    }
}

fn session_lifetime(section: &mut Section<'_>) -> Option<SignedDuration> {
    section.optional("lifetime", values::duration(MINUTE..=SESSION_MAX))
}

fn log(section: &mut Section<'_>) -> LogConfig {
    const FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
    const LEVELS: &[(&str, LogLevel)] = &[
        ("error", LogLevel::Error),
        ("warn", LogLevel::Warn),
        ("info", LogLevel::Info),
        ("debug", LogLevel::Debug),
        ("trace", LogLevel::Trace),
    ];
    let defaults = LogConfig::default();
    let format = section.optional("format", values::one_of(FORMATS));
    let level = section.optional("level", values::one_of(LEVELS));
    LogConfig { format: format.unwrap_or(defaults.format), level: level.unwrap_or(defaults.level) }
}
