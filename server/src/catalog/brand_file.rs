//! The keys of a brand's file, read into a [`Brand`].
//!
//! Not here: the lists of `[match]`, connections, plans and look, which have files of their own,
//! and what only shows beside other brands ([`super::conflicts`]).

use std::path::Path;

use domain::amount::Currency;
use domain::brand::{Brand, BrandId, Network, PortalSettings};
use domain::cosa::Profile;
use domain::customer::CustomerField;
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::Read;
use crate::config::{values, web_address};

use super::legal::{self, Legal, Numbering};
use super::service_metadata::{self, ServiceMetadata};
use super::{
    DocumentParts, affiliation, connections, cosa, customer_fields, look, parts, plans, targets,
};

/// Longest name of a brand or plan: the name of a profile has 64 characters [XML-56].
pub(super) const NAME_CHARS_MAX: usize = 64;
/// Longest `AppID`, a package family name with an application: generous.
const APP_ID_CHARS_MAX: usize = 255;

/// The code for no currency [ISO 4217]; of brands that sell nothing.
const NO_CURRENCY: &str = "XXX";

const NETWORKS: &[(&str, Network)] =
    &[("gsm", Network::Gsm), ("cdma", Network::Cdma), ("both", Network::Both)];

/// What was read of a brand's file.
pub(super) struct BrandFile {
    /// Its id, even when the rest is unusable.
    pub(super) id: Option<BrandId>,
    /// Its GUID, even when the rest is unusable.
    pub(super) carrier_id: Option<String>,
    /// The brand, when all that it needs could be read.
    pub(super) brand: Option<Brand>,
    /// What its documents say beside profile and plan.
    pub(super) parts: DocumentParts,
    /// The `[signing.NAME]` that it names.
    pub(super) signing: Option<String>,
    /// The `[payment.NAME]` that it names.
    pub(super) payment: Option<String>,
    /// Its profiles of the COSA database.
    pub(super) cosa: Vec<Profile>,
    /// Whether devices are recognised by hardware ids too [MATCH-17].
    pub(super) hash_only: bool,
    /// What it tells customers who may not share the connection.
    pub(super) denials: Option<parts::denials::Denials>,
    /// Who sells, and what customers agree to.
    pub(super) legal: Option<Legal>,
    /// How it numbers what it issues.
    pub(super) numbering: Numbering,
    /// What it must know of a customer.
    pub(super) customer_fields: Vec<CustomerField>,
    /// Rules about its SIMs that it publishes nowhere [MATCH-56].
    pub(super) affiliation: Vec<affiliation::Row>,
    /// Its service metadata package.
    pub(super) service_metadata: Option<ServiceMetadata>,
    /// Keys without which nothing can be sold, though SIMs can be recognised.
    pub(super) unsellable: Vec<(&'static str, &'static str)>,
}

/// Keys of a brand without which SIMs can be recognised but nothing sold.
#[derive(Default)]
struct ToSell(Vec<(&'static str, &'static str)>);

impl ToSell {
    /// Reads such a key; where it is absent, the stand-in holds.
    fn or_stand_in<T>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        stand_in: Option<T>,
        read: impl FnOnce(&DeValue<'_>) -> Read<T>,
    ) -> Option<T> {
        if section.has(key) {
            return section.optional(key, read);
        }
        section.optional(key, read);
        self.0.push((key, "missing; it is required here"));
        stand_in
    }
}

/// Reads a brand's file; password files count from `folder`.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> BrandFile {
    let mut to_sell = ToSell::default();
    let id_form = "1 to 64 characters of a-z, 0-9 and -";
    let id = section.required("id", values::formed(BrandId::parse, id_form));
    let stand_in = id.as_ref().map(|id| id.as_str().to_owned());
    let name = to_sell.or_stand_in(section, "name", stand_in, values::line(NAME_CHARS_MAX));
    let form = "a GUID in braces, such as {2c85b76b-f859-47c4-8122-721fe8b6c25f}";
    let has_carrier_id = section.has("carrier_id");
    let guid = values::formed(guid, form);
    let carrier_id = to_sell.or_stand_in(section, "carrier_id", Some(String::new()), guid);
    let network = section.required("network", values::one_of(NETWORKS));
    let form = "the three capital letters of a currency, such as EUR";
    let code = values::formed(Currency::parse, form);
    let currency = to_sell.or_stand_in(section, "currency", Currency::parse(NO_CURRENCY), code);
    let signing = section.optional("signing", values::service_name);
    let payment = section.optional("payment", values::service_name);
    let key = "reconnect_after_purchase";
    let reconnects = section.optional(key, values::boolean).unwrap_or(false);
    let hash_only = section.optional("hash_only", values::boolean).unwrap_or(false);
    let parts = parts::read(section, folder, reconnects);
    let targets = targets::read(section, network, folder);
    let affiliation = affiliation::read(section, id.as_ref());
    let rows = connections::read(section, folder);
    if rows.lacks_internet {
        to_sell.0.push(("cosa", "needs a [[cosa]] row with purpose = \"internet\""));
    }
    let look = look::read(section);
    let portal = portal(section);
    let plans = plans::read(section, currency);
    if plans.is_empty {
        to_sell.0.push(("plans", "needs a [[plans]] row: there is nothing to sell"));
    }
    let service_metadata = service_metadata::read(
        section,
        &service_metadata::Defaults {
            carrier_id: carrier_id.as_deref().unwrap_or_default(),
            name: name.as_deref().unwrap_or_default(),
            folder,
        },
    );
    let assemble = || {
        Some(Brand {
            id: id.clone()?,
            name: name?,
            carrier_id: carrier_id.clone()?,
            network: network?,
            currency: currency?,
            targets: targets?,
            connections: rows.rows.iter().map(|row| row.access.clone()).collect(),
            look,
            portal,
            plans: plans.plans,
            reconnect_after_purchase: reconnects,
        })
    };
    let brand = assemble();
    let cosa = brand.as_ref().map(|brand| cosa::profiles(brand, rows.rows)).unwrap_or_default();
    BrandFile {
        id,
        carrier_id: carrier_id.filter(|_| has_carrier_id),
        brand,
        parts,
        signing,
        payment,
        cosa,
        hash_only,
        denials: parts::denials::read(section),
        legal: legal::read(section, folder),
        numbering: legal::numbering(section),
        customer_fields: customer_fields::read(section),
        affiliation,
        service_metadata,
        unsellable: to_sell.0,
    }
}

/// Reads a GUID in braces [XML-20].
fn guid(text: &str) -> Option<String> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let groups: Vec<&str> = inner.split('-').collect();
    let is_hex = |group: &&str| group.bytes().all(|b| b.is_ascii_hexdigit());
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    (lengths == [8, 4, 4, 4, 12] && groups.iter().all(is_hex)).then(|| text.to_owned())
}

fn portal(section: &mut Section<'_>) -> PortalSettings {
    let read = section.table("portal", portal_settings);
    if read.is_none() {
        warn_without_url(section, "portal");
    }
    read.unwrap_or_default()
}

fn portal_settings(section: &mut Section<'_>) -> PortalSettings {
    let key = "account_experience_url";
    let url = section.optional(key, values::parsed(web_address::account_experience_url));
    let app_id = section.optional("app_id", |value| match values::text(value)? {
        "" => Ok(None),
        _ => values::line(APP_ID_CHARS_MAX)(value).map(Some),
    });
    let app_id = app_id.flatten();
    let allowed_origins =
        section.list("allowed_origins", values::parsed(web_address::https_origin));
    if url.is_none() && app_id.is_none() {
        warn_without_url(section, key);
    }
    if app_id.is_some() {
        // [PORT-15]
        section.warn("app_id", "hides the portal: Windows then opens the app and never the URL");
    }
    PortalSettings {
        account_experience_url: url,
        app_id,
        allowed_origins: allowed_origins.unwrap_or_default(),
    }
}

/// Without the URL Windows has no page to open [PORT-14].
fn warn_without_url(section: &Section<'_>, key: &str) {
    section.warn(key, "without `account_experience_url` Windows cannot open the portal");
}
