//! `[[hotspots]]`: Wi-Fi profiles, with credentials for a log-on page or an EAP method.
//!
//! Not here: credentials of a single customer, which an order would bring.
//! Implements the catalogue's side of [XML-96]…[XML-131].

use std::path::Path;

use carrier::document::{
    EapAkaPrime, EapMethod, EapSim, ExtensionId, HotspotAuthentication, HotspotPassword,
    HotspotProfile, HotspotSsid, HotspotSsids, HotspotUserName, Msm, OneX, Priority, ProfileName,
    Security, SimIdentity, Ssid, SsidConfig, SsidPrefix, TrustedDomain, TrustedDomains, UserAgent,
    WlanProfile,
};

use super::{Hotspot, number, small};
use crate::catalog::connections::password;
use crate::config::document::Section;
use crate::config::values;

/// Most SSIDs of the first list: those that every host takes [XML-100].
const V1_SSIDS_MAX: usize = 25;

/// How a network is protected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protection {
    Open,
    Psk,
    Sim,
    Aka,
    AkaPrime,
}

const PROTECTIONS: &[(&str, Protection)] = &[
    ("open", Protection::Open),
    ("wpa2-psk", Protection::Psk),
    ("wpa2-eap-sim", Protection::Sim),
    ("wpa2-eap-aka", Protection::Aka),
    ("wpa2-eap-aka-prime", Protection::AkaPrime),
];

/// Reads the profiles, in their order.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Vec<Hotspot> {
    section.tables("hotspots", |row| hotspot(row, folder)).unwrap_or_default()
}

fn hotspot(row: &mut Section<'_>, folder: &Path) -> Option<Hotspot> {
    let name = row.required("name", values::parsed(ProfileName::parse));
    let priority = row.optional("priority", number(|n| Priority::new(small(n))));
    let uses_plan = row.optional("uses_plan", values::boolean).unwrap_or(false);
    let ssid_config = ssids(row);
    let security = security(row, folder);
    Some(Hotspot {
        profile: WlanProfile {
            priority,
            name: name?,
            associated_plan: None,
            ssid_config: ssid_config?,
            msm: Some(Msm::secured(security?)),
        },
        uses_plan,
    })
}

/// The first 25 SSIDs go where every host reads them, the others where Windows 8.1 does.
fn ssids(row: &mut Section<'_>) -> Option<SsidConfig> {
    let mut ssids = row.list("ssids", values::parsed(Ssid::parse_name))?;
    ssids.extend(row.list("ssids_hex", values::parsed(Ssid::parse_hex))?);
    let mut prefixes = row.list("ssid_prefixes", values::parsed(SsidPrefix::parse_name))?;
    prefixes.extend(row.list("ssid_prefixes_hex", values::parsed(SsidPrefix::parse_hex))?);
    if ssids.is_empty() {
        row.error("ssids", "needs one name at least [XML-119]");
        return None;
    }
    let v2_ssids = ssids.split_off(ssids.len().min(V1_SSIDS_MAX));
    let mut config = SsidConfig::new(ssids).ok()?;
    config.v2_ssids = v2_ssids;
    config.prefixes = prefixes;
    Some(config)
}

fn security(row: &mut Section<'_>, folder: &Path) -> Option<Security> {
    let protection = row.required("security", values::one_of(PROTECTIONS));
    let passphrase = row.optional("passphrase_file", |value| {
        let text = password(value, folder)?;
        Security::wpa2_psk(&text).map_err(|error| error.to_string())
    });
    let log_on = row.table("log_on", |table| log_on(table, folder));
    let protection = protection?;
    if (protection == Protection::Psk) != row.has("passphrase_file") {
        row.error("passphrase_file", "belongs to security = \"wpa2-psk\", and only to it");
        return None;
    }
    if row.has("log_on") && protection != Protection::Open {
        row.error("log_on", "is for open networks only [XML-124]");
        return None;
    }
    match protection {
        Protection::Open => match log_on {
            None => Some(Security::open()),
            Some(log_on) => log_on.map(Security::open_hotspot),
        },
        Protection::Psk => passphrase,
        Protection::Sim | Protection::Aka | Protection::AkaPrime => {
            Some(Security::wpa2_eap(OneX(eap(protection))))
        }
    }
}

fn eap(protection: Protection) -> EapMethod {
    let identity = SimIdentity::derived();
    match protection {
        Protection::Aka => EapMethod::Aka(identity),
        Protection::AkaPrime => EapMethod::AkaPrime(EapAkaPrime {
            ignore_network_name_mismatch: None,
            enable_fast_reauth: None,
            identity,
        }),
        Protection::Open | Protection::Psk | Protection::Sim => {
            EapMethod::Sim(EapSim { use_strong_cipher_keys: None, identity })
        }
    }
}

/// How a host answers the log-on page of an open network [XML-124]…[XML-129].
fn log_on(table: &mut Section<'_>, folder: &Path) -> Option<HotspotProfile> {
    let user_name = table.optional("user_name", values::parsed(HotspotUserName::parse));
    let secret = table.optional("password_file", |value| {
        HotspotPassword::parse(&password(value, folder)?).map_err(|error| error.to_string())
    });
    let extension_id = table.optional("extension_id", values::parsed(ExtensionId::parse));
    let domains = table.list("trusted_domains", values::parsed(TrustedDomain::parse));
    let trusted = domains.and_then(|domains| TrustedDomains::new(domains).ok());
    let user_agent = table.optional("user_agent", values::parsed(UserAgent::parse));
    let secondary = secondary_ssids(table);
    let authentication = match (user_name, secret, extension_id) {
        (Some(user_name), Some(password), None) => {
            let Some(trusted_domains) = trusted else {
                table.error("trusted_domains", "needs the hosts that may see the password");
                return None;
            };
            HotspotAuthentication::Basic { user_name, password, trusted_domains }
        }
        (None, None, Some(extension_id)) => {
            HotspotAuthentication::Extension { extension_id, trusted_domains: trusted }
        }
        _ => {
            let message = "needs user_name with password_file, or extension_id alone";
            table.error("", message);
            return None;
        }
    };
    Some(HotspotProfile {
        user_agent,
        secondary_ssids: secondary,
        ..HotspotProfile::new(authentication)
    })
}

/// Networks that a host joins only after the user did once [XML-129].
fn secondary_ssids(table: &mut Section<'_>) -> Option<HotspotSsids> {
    let whole = table.list("secondary_ssids", values::parsed(Ssid::parse_name))?;
    let prefixes = table.list("secondary_prefixes", values::parsed(SsidPrefix::parse_name))?;
    let ssids: Vec<HotspotSsid> = whole
        .into_iter()
        .map(HotspotSsid::Whole)
        .chain(prefixes.into_iter().map(HotspotSsid::Prefix))
        .collect();
    if ssids.is_empty() {
        return None;
    }
    let ssids = HotspotSsids::new(ssids);
    if let Err(error) = &ssids {
        table.error("secondary_ssids", error.to_string());
    }
    ssids.ok()
}
