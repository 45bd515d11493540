//! Wi-Fi profiles and hotspots, read from a tree that the schema accepted.
//!
//! In open places the first element of each sort that the model has a field for is taken, the
//! others are kept as they are. Not here: the grammar ([`crate::schema`]), 802.1X
//! ([`super::one_x`]).
//! Implements the reading side of [XML-93]…[XML-129].

use super::{
    ReadError, attribute, beyond, boolean, map, needed, number, one_of, one_x, text, token,
};
use crate::document::{
    AuthEncryption, Authentication, Encryption, ExtensionId, HotspotAuthentication,
    HotspotPassword, HotspotProfile, HotspotSsid, HotspotSsids, HotspotUserName, KeyMaterial,
    KeyType, Msm, PlanName, Priority, ProfileName, Security, SharedKey, SsidAtLeast, SsidConfig,
    Switch, TrustedDomain, TrustedDomains, UserAgent, Within, WlanProfile, WlanProfiles,
};
use crate::xml::{Element, Foreign, Namespace};

const WLAN: Namespace = Namespace::Wlan;
const WLAN_V2: Namespace = Namespace::WlanV2;
const HS: Namespace = Namespace::Hotspot;

pub(super) fn profiles(e: &Element<'_>) -> Result<WlanProfiles, ReadError> {
    e.elements().map(profile).collect::<Result<_, _>>().map(WlanProfiles)
}

fn profile(e: &Element<'_>) -> Result<WlanProfile, ReadError> {
    Ok(WlanProfile {
        priority: attribute(e, "Priority", number(Priority::new))?,
        name: text(e, WLAN, "name", ProfileName::parse)?.ok_or_else(|| beyond(e, "name"))?,
        associated_plan: text(e, WLAN, "AssociatedPlan", PlanName::parse)?,
        ssid_config: ssid_config(needed(e, WLAN, "SSIDConfig")?)?,
        msm: map(e.child(WLAN, "MSM"), msm)?,
    })
}

fn ssid_config(e: &Element<'_>) -> Result<SsidConfig, ReadError> {
    let first = e.elements().filter(|e| e.is(WLAN, "SSID")).map(|e| ssid(e, WLAN));
    let first = first.collect::<Result<_, _>>()?;
    let mut config = SsidConfig::new(first).map_err(|_| beyond(e, "SSIDConfig"))?;
    for e in e.elements().filter(|e| !e.is(WLAN, "SSID")) {
        if e.is(WLAN_V2, "SSID") {
            config.v2_ssids.push(ssid(e, WLAN_V2)?);
        } else if e.is(WLAN_V2, "SSIDPrefix") {
            config.prefixes.push(ssid(e, WLAN_V2)?);
        } else {
            config.others.push(Foreign::from_element(e));
        }
    }
    Ok(config)
}

fn ssid<const MIN: usize>(
    e: &Element<'_>,
    namespace: Namespace,
) -> Result<SsidAtLeast<MIN>, ReadError> {
    spelled(e, namespace, ["hex", "name"])?.ok_or_else(|| beyond(e, "SSID"))
}

/// Reads the child of one of these two names, if there is one.
fn spelled<const MIN: usize>(
    e: &Element<'_>,
    namespace: Namespace,
    [of_octets, of_name]: [&'static str; 2],
) -> Result<Option<SsidAtLeast<MIN>>, ReadError> {
    match text(e, namespace, of_octets, token(SsidAtLeast::parse_hex))? {
        Some(ssid) => Ok(Some(ssid)),
        None => text(e, namespace, of_name, SsidAtLeast::parse_name),
    }
}

fn msm(e: &Element<'_>) -> Result<Msm, ReadError> {
    Ok(Msm { security: map(e.child(WLAN, "security"), security)?, others: others(e, WLAN, &[]) })
}

fn security(e: &Element<'_>) -> Result<Security, ReadError> {
    let hotspot_profile = e.child(HS, "HotspotProfile");
    // The first that has the shape: those before it are kept as they are.
    let mut candidates = e.elements().filter(|e| e.is(Namespace::OneX, "OneX"));
    let one_x = candidates.find_map(|e| one_x::one_x(e).map(|value| (e, value)));
    let taken: Vec<&Element<'_>> =
        hotspot_profile.into_iter().chain(one_x.as_ref().map(|(e, _)| *e)).collect();
    Ok(Security {
        auth_encryption: auth_encryption(needed(e, WLAN, "authEncryption")?)?,
        shared_key: map(e.child(WLAN, "sharedKey"), shared_key)?,
        key_index: text(e, WLAN, "keyIndex", number(Within::new))?,
        pmk_cache_mode: text(e, WLAN, "PMKCacheMode", one_of(&Switch::ALL, Switch::as_str))?,
        pmk_cache_ttl: text(e, WLAN, "PMKCacheTTL", number(Within::new))?,
        pmk_cache_size: text(e, WLAN, "PMKCacheSize", number(Within::new))?,
        pre_auth_mode: text(e, WLAN, "preAuthMode", one_of(&Switch::ALL, Switch::as_str))?,
        pre_auth_throttle: text(e, WLAN, "preAuthThrottle", number(Within::new))?,
        hotspot: map(hotspot_profile, hotspot)?,
        others: others(e, WLAN, &taken),
        one_x: one_x.map(|(_, value)| value),
    })
}

fn auth_encryption(e: &Element<'_>) -> Result<AuthEncryption, ReadError> {
    let authentication = one_of(&Authentication::ALL, Authentication::as_str);
    let encryption = one_of(&Encryption::ALL, Encryption::as_str);
    let taken: Vec<&Element<'_>> = e.child(WLAN_V2, "FIPSMode").into_iter().collect();
    Ok(AuthEncryption {
        authentication: text(e, WLAN, "authentication", authentication)?
            .ok_or_else(|| beyond(e, "authentication"))?,
        encryption: text(e, WLAN, "encryption", encryption)?
            .ok_or_else(|| beyond(e, "encryption"))?,
        use_one_x: text(e, WLAN, "useOneX", boolean)?,
        fips_mode: text(e, WLAN_V2, "FIPSMode", boolean)?,
        others: others(e, WLAN, &taken),
    })
}

fn shared_key(e: &Element<'_>) -> Result<SharedKey, ReadError> {
    Ok(SharedKey {
        key_type: text(e, WLAN, "keyType", one_of(&KeyType::ALL, KeyType::as_str))?
            .ok_or_else(|| beyond(e, "keyType"))?,
        is_protected: text(e, WLAN, "protected", boolean)?.ok_or_else(|| beyond(e, "protected"))?,
        key_material: text(e, WLAN, "keyMaterial", KeyMaterial::parse)?
            .ok_or_else(|| beyond(e, "keyMaterial"))?,
        others: others(e, WLAN, &[]),
    })
}

fn hotspot(e: &Element<'_>) -> Result<HotspotProfile, ReadError> {
    let trusted_domains = map(e.child(HS, "TrustedDomains"), trusted_domains)?;
    let authentication = match e.child(HS, "BasicAuth") {
        Some(basic) => HotspotAuthentication::Basic {
            user_name: text(basic, HS, "UserName", HotspotUserName::parse)?
                .ok_or_else(|| beyond(basic, "UserName"))?,
            password: text(basic, HS, "Password", HotspotPassword::parse)?
                .ok_or_else(|| beyond(basic, "Password"))?,
            trusted_domains: trusted_domains.ok_or_else(|| beyond(e, "TrustedDomains"))?,
        },
        None => {
            let ext = needed(e, HS, "ExtAuth")?;
            let extension_id = text(ext, HS, "ExtensionId", ExtensionId::parse)?
                .ok_or_else(|| beyond(ext, "ExtensionId"))?;
            HotspotAuthentication::Extension { extension_id, trusted_domains }
        }
    };
    Ok(HotspotProfile {
        authentication,
        user_agent: text(e, HS, "UserAgent", UserAgent::parse)?,
        secondary_ssids: map(e.child(HS, "SSIDConfig"), hotspot_ssids)?,
        others: others(e, HS, &[]),
    })
}

fn trusted_domains(e: &Element<'_>) -> Result<TrustedDomains, ReadError> {
    let domain =
        |e: &Element<'_>| TrustedDomain::parse(&e.text()).map_err(|_| beyond(e, "TrustedDomain"));
    let domains = e.elements().map(domain).collect::<Result<_, _>>()?;
    TrustedDomains::new(domains).map_err(|_| beyond(e, "TrustedDomains"))
}

fn hotspot_ssids(e: &Element<'_>) -> Result<HotspotSsids, ReadError> {
    let ssid = |e: &Element<'_>| match spelled(e, HS, ["hex", "name"])? {
        Some(whole) => Ok(HotspotSsid::Whole(whole)),
        None => spelled(e, HS, ["hexPrefix", "namePrefix"])?
            .map(HotspotSsid::Prefix)
            .ok_or_else(|| beyond(e, "SSID")),
    };
    let ssids = e.elements().map(ssid).collect::<Result<_, _>>()?;
    HotspotSsids::new(ssids).map_err(|_| beyond(e, "SSIDConfig"))
}

/// Keeps what stands in an open place and is not taken already.
fn others(e: &Element<'_>, own: Namespace, taken: &[&Element<'_>]) -> Vec<Foreign> {
    let is_own = |e: &Element<'_>| e.namespace.as_deref() == Some(own.uri());
    let is_taken = |e: &Element<'_>| taken.iter().any(|taken| taken.span == e.span);
    let others = e.elements().filter(|e| !is_own(e) && !is_taken(e));
    others.map(Foreign::from_element).collect()
}
