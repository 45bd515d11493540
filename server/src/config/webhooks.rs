//! The keys of `[events]` and `[[webhooks]]`: what is raised, and where it is sent.
//!
//! Not here: sending ([`crate::events::webhooks`]).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::brand::BrandId;
use domain::events::{Cause, MessageType, Network, Settings};
use toml::de::DeValue;

use super::document::Section;
use super::reader::path;
use super::values::{self, Read};
use super::{Config, Secret};
use crate::events::signing::Key;
use crate::outgoing::IpNetwork;

/// Most webhooks: each has a worker of its own.
const WEBHOOKS_MAX: usize = 64;

const NETWORKS: &[(&str, Network)] = &[("home", Network::Home), ("roaming", Network::Roaming)];

/// What is raised, and where it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsConfig {
    /// How registrations count.
    pub settings: Settings,
    /// Where events are sent.
    pub webhooks: Vec<WebhookConfig>,
}

/// A receiver of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookConfig {
    /// Its name, in addresses, logs and metrics.
    pub name: String,
    /// Where to send.
    pub url: String,
    /// The file of its secret.
    pub secret_file: PathBuf,
    /// The file of another secret that signs too, while the receiver changes over.
    pub other_secret_file: Option<PathBuf>,
    /// Names of the events that it gets; empty = all.
    pub types: BTreeSet<String>,
    /// Brands whose events it gets; empty = all.
    pub brands: BTreeSet<BrandId>,
    /// Networks beside the public Internet in which it may be.
    pub networks: Vec<IpNetwork>,
    /// Whether it may be called by plain HTTP.
    pub has_plain_http: bool,
    /// PEM file of certificates that it may be signed by, beside the system's.
    pub roots_file: Option<PathBuf>,
}

/// Reads `[events]` and `[[webhooks]]`.
pub(super) fn events(section: &mut Section<'_>, folder: &Path) -> EventsConfig {
    let settings = section.table("events", settings).unwrap_or_default();
    let webhooks = section.tables("webhooks", |table| webhook(table, folder)).unwrap_or_default();
    let mut names = BTreeSet::new();
    for webhook in &webhooks {
        if !names.insert(webhook.name.as_str()) {
            section.error("webhooks", format!("two have the name {:?}", webhook.name));
        }
    }
    if webhooks.len() > WEBHOOKS_MAX {
        section.error("webhooks", format!("there may be {WEBHOOKS_MAX} of them"));
    }
    EventsConfig { settings, webhooks }
}

fn settings(section: &mut Section<'_>) -> Settings {
    let defaults = Settings::default();
    let partner = section.optional("partner", values::one_of(NETWORKS));
    let sharing = section.optional("sharing_types", values::boolean);
    Settings {
        partner: partner.unwrap_or(defaults.partner),
        has_sharing_types: sharing.unwrap_or(defaults.has_sharing_types),
    }
}

fn webhook(section: &mut Section<'_>, folder: &Path) -> Option<WebhookConfig> {
    let file = |value: &DeValue<'_>| path(value, folder);
    let name = section.required("name", values::service_name);
    let has_plain_http = section.optional("allow_http", values::boolean).unwrap_or(false);
    let url = section.required("url", |value| url(value, has_plain_http));
    let secret_file = section.required("secret_file", file);
    let other_secret_file = section.optional("other_secret_file", file);
    let types = section.list("types", event_name);
    let wanted = "a brand's id, such as \"aurora\"";
    let brands = section.list("brands", values::formed(BrandId::parse, wanted));
    let wanted = "a network, such as \"10.1.0.0/16\"";
    let networks = section.list("allow_networks", values::formed(IpNetwork::parse, wanted));
    let roots_file = section.optional("roots_file", file);
    Some(WebhookConfig {
        name: name?,
        url: url?,
        secret_file: secret_file?,
        other_secret_file,
        types: types?.into_iter().collect(),
        brands: brands?.into_iter().collect(),
        networks: networks?,
        has_plain_http,
        roots_file,
    })
}

fn url(value: &DeValue<'_>, has_plain_http: bool) -> Read<String> {
    let text = values::text(value)?;
    let url = reqwest::Url::parse(text).map_err(|_| "needs an address".to_owned())?;
    match url.scheme() {
        "https" => {}
        "http" if has_plain_http => {}
        "http" => return Err("must begin with https://, or set `allow_http = true`".to_owned()),
        _ => return Err("must begin with https://".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user name in it; the signature proves who sends".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads a name of an event, or the number of a message type.
fn event_name(value: &DeValue<'_>) -> Read<String> {
    if value.is_integer() {
        let number = values::integer(0..=12)(value)?;
        let known = u8::try_from(number).ok().and_then(MessageType::from_number);
        return known.map(|known| known.name().to_owned()).ok_or_else(|| "no type".to_owned());
    }
    let text = values::text(value)?;
    let names = Cause::names();
    if names.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("needs a number from 0 to 12 or one of {}", names.join(", ")))
    }
}

/// Finds what is wrong with the files that webhooks name.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, webhook) in config.events.webhooks.iter().enumerate() {
        let mut fault = |key: &str, message: String| {
            findings.push(config.finding(&format!("webhooks[{at}].{key}"), message));
        };
        let secrets = [
            ("secret_file", Some(&webhook.secret_file)),
            ("other_secret_file", webhook.other_secret_file.as_ref()),
        ];
        for (key, file) in secrets {
            let Some(file) = file else { continue };
            let read = Secret::read_file(file).and_then(|secret| Key::parse(&secret).map(drop));
            if let Err(message) = read {
                fault(key, message);
            }
        }
        if let Some(file) = &webhook.roots_file
            && let Err(error) = std::fs::read(file)
        {
            fault("roots_file", format!("{} cannot be read: {error}", file.display()));
        }
    }
    findings
}
