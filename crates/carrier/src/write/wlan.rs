//! Wi-Fi profiles and hotspots, in the order of WLAN.xsd and HotspotProfile.xsd.
//!
//! In open places typed elements come first, those of others after them, each in the order of the
//! model. Not here: 802.1X ([`super::one_x`]), what the values mean ([`crate::document`]).
//! Implements [XML-11] for `FIPSMode` and the order of children of [XML-96]…[XML-129].

use super::{Attributes, Extras, Written, one_x, optional};
use crate::document::{
    AuthEncryption, HotspotAuthentication, HotspotProfile, HotspotSsid, Msm, Security, SharedKey,
    SsidAtLeast, SsidConfig, SsidForm, TrustedDomains, WlanProfile, hex,
};
use crate::xml::{Foreign, Namespace, Writer};

const WLAN: Namespace = Namespace::Wlan;
const WLAN_V2: Namespace = Namespace::WlanV2;
const HS: Namespace = Namespace::Hotspot;
/// The prefix of the second version, as worked example 14.4 has it.
const V2_PREFIX: &[(&str, Namespace)] = &[("w2", WLAN_V2)];

pub(super) fn profile(w: &mut Writer, profile: &WlanProfile, extras: Extras) -> Written {
    let attributes = Attributes::default().maybe("Priority", profile.priority.map(|p| p.number()));
    let declared = if has_v2(profile, extras) { V2_PREFIX } else { &[] };
    w.element_declaring(WLAN, "WLANProfile", &attributes.borrowed(), declared, |w| {
        w.leaf(WLAN, "name", profile.name.as_str())?;
        let plan = profile.associated_plan.as_ref().map(|name| name.as_str());
        optional(w, WLAN, "AssociatedPlan", plan)?;
        w.element(WLAN, "SSIDConfig", &[], |w| ssid_config(w, &profile.ssid_config))?;
        match &profile.msm {
            Some(part) => w.element(WLAN, "MSM", &[], |w| msm(w, part, extras)),
            None => Ok(()),
        }
    })
}

fn has_v2(profile: &WlanProfile, extras: Extras) -> bool {
    let config = &profile.ssid_config;
    let security = profile.msm.as_ref().and_then(|msm| msm.security.as_ref());
    let fips_mode = security.and_then(|security| security.auth_encryption.fips_mode);
    !config.v2_ssids.is_empty() || !config.prefixes.is_empty() || extras.keep(fips_mode).is_some()
}

fn ssid_config(w: &mut Writer, config: &SsidConfig) -> Written {
    for part in config.ssids() {
        w.element(WLAN, "SSID", &[], |w| ssid(w, WLAN, ["hex", "name"], part))?;
    }
    for part in &config.v2_ssids {
        w.element(WLAN_V2, "SSID", &[], |w| ssid(w, WLAN_V2, ["hex", "name"], part))?;
    }
    for part in &config.prefixes {
        w.element(WLAN_V2, "SSIDPrefix", &[], |w| ssid(w, WLAN_V2, ["hex", "name"], part))?;
    }
    others(w, &config.others)
}

fn ssid<const MIN: usize>(
    w: &mut Writer,
    namespace: Namespace,
    [of_octets, of_name]: [&'static str; 2],
    ssid: &SsidAtLeast<MIN>,
) -> Written {
    match ssid.form() {
        SsidForm::Hex(octets) => w.leaf(namespace, of_octets, &hex(octets)),
        SsidForm::Name(name) => w.leaf(namespace, of_name, name),
    }
}

fn msm(w: &mut Writer, msm: &Msm, extras: Extras) -> Written {
    if let Some(part) = &msm.security {
        w.element(WLAN, "security", &[], |w| security(w, part, extras))?;
    }
    others(w, &msm.others)
}

fn security(w: &mut Writer, security: &Security, extras: Extras) -> Written {
    let number = |w: &mut Writer, name, number: Option<u32>| {
        optional(w, WLAN, name, number.map(|n| n.to_string()).as_deref())
    };
    let auth = &security.auth_encryption;
    w.element(WLAN, "authEncryption", &[], |w| auth_encryption(w, auth, extras))?;
    if let Some(part) = &security.shared_key {
        w.element(WLAN, "sharedKey", &[], |w| shared_key(w, part))?;
    }
    number(w, "keyIndex", security.key_index.map(|n| n.number()))?;
    optional(w, WLAN, "PMKCacheMode", security.pmk_cache_mode.map(|mode| mode.as_str()))?;
    number(w, "PMKCacheTTL", security.pmk_cache_ttl.map(|n| n.number()))?;
    number(w, "PMKCacheSize", security.pmk_cache_size.map(|n| n.number()))?;
    optional(w, WLAN, "preAuthMode", security.pre_auth_mode.map(|mode| mode.as_str()))?;
    number(w, "preAuthThrottle", security.pre_auth_throttle.map(|n| n.number()))?;
    if let Some(part) = &security.hotspot {
        w.element(HS, "HotspotProfile", &[], |w| hotspot(w, part))?;
    }
    if let Some(part) = &security.one_x {
        one_x::one_x(w, part)?;
    }
    others(w, &security.others)
}

fn auth_encryption(w: &mut Writer, of: &AuthEncryption, extras: Extras) -> Written {
    w.leaf(WLAN, "authentication", of.authentication.as_str())?;
    w.leaf(WLAN, "encryption", of.encryption.as_str())?;
    flag(w, WLAN, "useOneX", of.use_one_x)?;
    flag(w, WLAN_V2, "FIPSMode", extras.keep(of.fips_mode))?;
    others(w, &of.others)
}

fn shared_key(w: &mut Writer, key: &SharedKey) -> Written {
    w.leaf(WLAN, "keyType", key.key_type.as_str())?;
    flag(w, WLAN, "protected", Some(key.is_protected))?;
    w.leaf(WLAN, "keyMaterial", key.key_material.reveal())?;
    others(w, &key.others)
}

fn hotspot(w: &mut Writer, profile: &HotspotProfile) -> Written {
    match &profile.authentication {
        HotspotAuthentication::Basic { user_name, password, trusted_domains: domains } => {
            w.element(HS, "BasicAuth", &[], |w| {
                w.leaf(HS, "UserName", user_name.reveal())?;
                w.leaf(HS, "Password", password.reveal())
            })?;
            trusted_domains(w, domains)?;
        }
        HotspotAuthentication::Extension { extension_id, trusted_domains: domains } => {
            let id = extension_id.as_str();
            w.element(HS, "ExtAuth", &[], |w| w.leaf(HS, "ExtensionId", id))?;
            if let Some(domains) = domains {
                trusted_domains(w, domains)?;
            }
        }
    }
    optional(w, HS, "UserAgent", profile.user_agent.as_ref().map(|agent| agent.as_str()))?;
    if let Some(ssids) = &profile.secondary_ssids {
        w.element(HS, "SSIDConfig", &[], |w| {
            ssids.as_slice().iter().try_for_each(|ssid| hotspot_ssid(w, ssid))
        })?;
    }
    others(w, &profile.others)
}

fn trusted_domains(w: &mut Writer, domains: &TrustedDomains) -> Written {
    w.element(HS, "TrustedDomains", &[], |w| {
        let mut domains = domains.as_slice().iter();
        domains.try_for_each(|domain| w.leaf(HS, "TrustedDomain", domain.as_str()))
    })
}

fn hotspot_ssid(w: &mut Writer, of: &HotspotSsid) -> Written {
    w.element(HS, "SSID", &[], |w| match of {
        HotspotSsid::Whole(whole) => ssid(w, HS, ["hex", "name"], whole),
        HotspotSsid::Prefix(prefix) => ssid(w, HS, ["hexPrefix", "namePrefix"], prefix),
    })
}

/// Writes a boolean, if there is one.
pub(super) fn flag(
    w: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    value: Option<bool>,
) -> Written {
    optional(w, namespace, name, value.map(|value| if value { "true" } else { "false" }))
}

fn others(w: &mut Writer, others: &[Foreign]) -> Written {
    others.iter().try_for_each(|other| w.foreign(other))
}
