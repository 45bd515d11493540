//! The keys of a brand's file, read into a [`Brand`].
//!
//! Not here: the lists of `[match]`, connections, plans and look, which have files of their own,
//! and what only shows beside other brands ([`super::conflicts`]).

use std::path::Path;

use domain::amount::Currency;
use domain::brand::{Brand, BrandId, Network, PortalSettings};

use crate::config::document::Section;
use crate::config::{values, web_address};

use super::{DocumentParts, connections, look, parts, plans, targets};

/// Longest name of a brand or plan: the name of a profile has 64 characters [XML-56].
pub(super) const NAME_CHARS_MAX: usize = 64;
/// Longest `AppID`, a package family name with an application: generous.
const APP_ID_CHARS_MAX: usize = 255;

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
}

/// Reads a brand's file; password files count from `folder`.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> BrandFile {
    let id_form = "1 to 64 characters of a-z, 0-9 and -";
    let id = section.required("id", values::formed(BrandId::parse, id_form));
    let name = section.required("name", values::line(NAME_CHARS_MAX));
    let guid_form = "a GUID in braces, such as {2c85b76b-f859-47c4-8122-721fe8b6c25f}";
    let carrier_id = section.required("carrier_id", values::formed(guid, guid_form));
    let network = section.required("network", values::one_of(NETWORKS));
    let code_form = "the three capital letters of a currency, such as EUR";
    let currency = section.required("currency", values::formed(Currency::parse, code_form));
    let signing = section.optional("signing", values::service_name);
    let payment = section.optional("payment", values::service_name);
    let reconnects = section.optional("reconnect_after_purchase", values::boolean);
    let reconnects = reconnects.unwrap_or(false);
    let parts = parts::read(section, folder, reconnects);
    let targets = targets::read(section, network);
    let connections = connections::read(section, folder);
    let look = look::read(section);
    let portal = section.table("portal", portal);
    if portal.is_none() {
        warn_without_url(section, "portal");
    }
    let plans = plans::read(section, currency);
    let assemble = || {
        Some(Brand {
            id: id.clone()?,
            name: name?,
            carrier_id: carrier_id.clone()?,
            network: network?,
            currency: currency?,
            targets: targets?,
            connections,
            look,
            portal: portal.unwrap_or_default(),
            plans,
            reconnect_after_purchase: reconnects,
        })
    };
    let brand = assemble();
    BrandFile { id, carrier_id, brand, parts, signing, payment }
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
