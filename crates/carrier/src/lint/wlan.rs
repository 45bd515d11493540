//! Remarks on Wi-Fi profiles: how many, which networks, hotspots, content of others.
//!
//! Not here: security and keys ([`super::wlan_security`]), plans ([`super::rules`]).
//! Implements [XML-95], [XML-97], [XML-118]…[XML-120], [XML-127], [HOT-53].

use std::collections::BTreeSet;

use super::{Findings, Severity, wlan_security};
use crate::document::{
    Document, HotspotProfile, HotspotSsid, SSID_MAX, Security, SsidAtLeast, SsidConfig, SsidForm,
    TrustedDomain, WlanProfile,
};
use crate::xml::{Foreign, Namespace};

/// Most profiles that Windows takes [XML-95].
const PROFILES_MAX: usize = 10;
/// Most SSIDs of one profile, both versions together [XML-119].
const SSIDS_MAX: usize = 10_000;
/// Most SSID prefixes of one profile [XML-119].
const PREFIXES_MAX: usize = 32;
/// The namespace that a comment of WLAN.xsd gives the second version by mistake [XML-120].
const WRONG_V2: &str = "http://www.microsoft.com/networking/WLAN/profile/v2";

/// Iterates over the Wi-Fi profiles with their paths, counted from 1.
pub(super) fn profiles(document: &Document) -> impl Iterator<Item = (String, &WlanProfile)> {
    let profiles = document.wlan_profiles().into_iter().flat_map(|profiles| &profiles.0);
    (1_usize..).zip(profiles).map(|(n, part)| (format!("WLANProfiles/WLANProfile[{n}]"), part))
}

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let count = profiles(document).count();
    if count > PROFILES_MAX {
        let message = format!("{count} profiles where {PROFILES_MAX} are supported; merge some");
        let rule = ("too-many-wlan-profiles", "XML-95");
        findings.add(Severity::Error, rule, "WLANProfiles", message);
    }
    let mut names = BTreeSet::new();
    for (path, part) in profiles(document) {
        if !names.insert(&part.name) {
            let message = "has the name of an earlier profile; rename it".to_owned();
            let rule = ("duplicate-wlan-profile", "XML-97");
            findings.add(Severity::Error, rule, &format!("{path}/name"), message);
        }
        profile(&path, part, findings);
    }
}

fn profile(path: &str, profile: &WlanProfile, findings: &mut Findings) {
    let config = format!("{path}/SSIDConfig");
    ssids(&config, &profile.ssid_config, findings);
    others(&config, &profile.ssid_config.others, findings);
    let Some(msm) = &profile.msm else {
        return;
    };
    let path = format!("{path}/MSM");
    others(&path, &msm.others, findings);
    if let Some(part) = &msm.security {
        security(&format!("{path}/security"), part, findings);
    }
}

fn ssids(path: &str, config: &SsidConfig, findings: &mut Findings) {
    let mut at_most = |max: usize, found: usize, of: &str| {
        if found > max {
            let message = format!("{found} {of} where {max} are supported; split the profile");
            findings.add(Severity::Error, ("too-many-ssids", "XML-119"), path, message);
        }
    };
    at_most(SSIDS_MAX, config.all_ssids().count(), "SSIDs");
    at_most(PREFIXES_MAX, config.prefixes.len(), "prefixes");
    let mut seen = BTreeSet::new();
    let second = config.all_ssids().filter(|ssid| !seen.insert(ssid.octets())).count();
    if second > 0 {
        let message = format!("{second} SSIDs are listed before already; leave them out");
        findings.add(Severity::Warning, ("duplicate-ssid", "XML-118"), path, message);
    }
    let ssids = config.all_ssids().map(is_too_long);
    names_too_long(path, ssids.chain(config.prefixes.iter().map(is_too_long)), findings);
}

/// A name of at most 32 characters may have more octets than there is room for on the air.
fn is_too_long<const MIN: usize>(ssid: &SsidAtLeast<MIN>) -> bool {
    matches!(ssid.form(), SsidForm::Name(name) if name.len() > SSID_MAX)
}

fn names_too_long(path: &str, are: impl Iterator<Item = bool>, findings: &mut Findings) {
    let count = are.filter(|is_too_long| *is_too_long).count();
    if count > 0 {
        let message = format!("{count} names have more than {SSID_MAX} octets in UTF-8; shorten");
        findings.add(Severity::Limit, ("ssid-too-long", "XML-118"), path, message);
    }
}

fn security(path: &str, security: &Security, findings: &mut Findings) {
    wlan_security::check(path, security, findings);
    others(path, &security.others, findings);
    others(&format!("{path}/authEncryption"), &security.auth_encryption.others, findings);
    if let Some(key) = &security.shared_key {
        others(&format!("{path}/sharedKey"), &key.others, findings);
    }
    if let Some(part) = &security.hotspot {
        hotspot(&format!("{path}/HotspotProfile"), part, findings);
    }
}

fn hotspot(path: &str, profile: &HotspotProfile, findings: &mut Findings) {
    if !profile.authentication.trusted_domains().iter().all(is_domain) {
        let message = "is no host such as wifi.example.org or .example.org; correct it".to_owned();
        let path = format!("{path}/TrustedDomains/TrustedDomain");
        findings.add(Severity::Warning, ("no-domain", "XML-127"), &path, message);
    }
    let secondary = profile.secondary_ssids.iter().flat_map(|ssids| ssids.as_slice());
    let are_too_long = secondary.map(|ssid| match ssid {
        HotspotSsid::Whole(whole) => is_too_long(whole),
        HotspotSsid::Prefix(prefix) => is_too_long(prefix),
    });
    names_too_long(&format!("{path}/SSIDConfig"), are_too_long, findings);
    others(path, &profile.others, findings);
}

/// A full name, or with a leading dot every host below it [XML-127].
fn is_domain(domain: &TrustedDomain) -> bool {
    let name = domain.as_str();
    let (name, labels_min) = match name.strip_prefix('.') {
        Some(name) => (name, 1),
        None => (name, 2),
    };
    let is_label = |label: &str| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(is_word)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').count() >= labels_min && name.split('.').all(is_label)
}

fn others(path: &str, others: &[Foreign], findings: &mut Findings) {
    for other in others {
        let namespace = other.namespace().unwrap_or_default();
        if namespace == WRONG_V2 {
            let uri = Namespace::WlanV2.uri();
            let message = format!("holds an element of {WRONG_V2}; its namespace is {uri}");
            findings.add(Severity::Warning, ("wrong-namespace", "XML-120"), path, message);
        } else if namespace != Namespace::OneX.uri() {
            let message = "holds an element that not every host applies".to_owned();
            findings.add(Severity::Warning, ("foreign-element", "HOT-53"), path, message);
        }
    }
}
