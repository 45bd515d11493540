//! Remarks on the security of Wi-Fi profiles: what goes together, and what keys look like.
//!
//! Not here: networks and hotspots ([`super::wlan`]).
//! Implements [XML-106]…[XML-117], [XML-121], [XML-122], [XML-124], [XML-130].

use super::{Findings, Severity};
use crate::document::{Authentication, Encryption, KeyType, OneX, Security, SharedKey, Switch};
use crate::xml::Namespace;

pub(super) fn check(path: &str, security: &Security, findings: &mut Findings) {
    combination(path, security, findings);
    shared_key(path, security, findings);
    key_cache(path, security, findings);
    let auth = &security.auth_encryption;
    if auth.fips_mode.is_some()
        && !(is_wpa2(auth.authentication) && auth.encryption == Encryption::Aes)
    {
        let message = "only goes with WPA2 or WPA2PSK and AES; leave it out".to_owned();
        let path = format!("{path}/authEncryption/FIPSMode");
        findings.add(Severity::Error, ("fips-mode", "XML-108"), &path, message);
    }
    if security.hotspot.is_some() && auth.authentication != Authentication::Open {
        let message = "only goes with open authentication; leave it out".to_owned();
        let path = format!("{path}/HotspotProfile");
        findings.add(Severity::Error, ("hotspot-not-open", "XML-124"), &path, message);
    }
    one_x(path, security, findings);
}

const fn is_wpa2(authentication: Authentication) -> bool {
    matches!(authentication, Authentication::Wpa2 | Authentication::Wpa2Psk)
}

/// Says whether the security is one of those that the generator makes, its key aside [XML-121].
fn is_permitted(security: &Security) -> bool {
    use Authentication::{Open, Shared, Wpa, Wpa2, Wpa2Psk, WpaPsk};
    use Encryption::{Aes, None, Tkip, Wep};
    let auth = &security.auth_encryption;
    let uses_one_x = auth.use_one_x == Some(true);
    match (auth.authentication, auth.encryption) {
        (Open, None | Wep) | (Shared, Wep) | (WpaPsk | Wpa2Psk, Tkip | Aes) => !uses_one_x,
        (Wpa | Wpa2, Tkip | Aes) => uses_one_x,
        (Open, Tkip | Aes)
        | (Shared, None | Tkip | Aes)
        | (Wpa | Wpa2 | WpaPsk | Wpa2Psk, None | Wep) => false,
    }
}

fn needs_key(security: &Security) -> bool {
    use Authentication::{Wpa2Psk, WpaPsk};
    let auth = &security.auth_encryption;
    auth.encryption == Encryption::Wep || matches!(auth.authentication, WpaPsk | Wpa2Psk)
}

fn combination(path: &str, security: &Security, findings: &mut Findings) {
    if !is_permitted(security) {
        let message = "use open with none or WEP, shared with WEP, WPA or WPA2 with 802.1X, or \
                       WPAPSK or WPA2PSK without, these four with TKIP or AES";
        let path = format!("{path}/authEncryption");
        findings.add(Severity::Limit, ("combination", "XML-121"), &path, message.to_owned());
    }
    match (needs_key(security), &security.shared_key) {
        (true, None) => {
            let message = "lacks sharedKey, which WEP and the PSK methods need".to_owned();
            findings.add(Severity::Error, ("no-shared-key", "XML-121"), path, message);
        }
        (false, Some(_)) => {
            let message = "only goes with WEP and the PSK methods; leave it out".to_owned();
            let path = format!("{path}/sharedKey");
            findings.add(Severity::Limit, ("unused-shared-key", "XML-121"), &path, message);
        }
        (true, Some(_)) | (false, None) => {}
    }
}

fn shared_key(path: &str, security: &Security, findings: &mut Findings) {
    let key = security.shared_key.as_ref();
    let is_network_key = key.is_some_and(|key| key.key_type == KeyType::NetworkKey);
    if security.key_index.is_some() && !is_network_key {
        let message = "only goes with a networkKey; leave it out".to_owned();
        let path = format!("{path}/keyIndex");
        findings.add(Severity::Error, ("key-index", "XML-112"), &path, message);
    }
    let Some(key) = key else {
        return;
    };
    let is_wep = security.auth_encryption.encryption == Encryption::Wep;
    if is_wep && !is_network_key {
        let message = "WEP needs a networkKey; derive it".to_owned();
        let path = format!("{path}/sharedKey/keyType");
        findings.add(Severity::Error, ("wep-key-type", "XML-106"), &path, message);
    } else {
        key_material(&format!("{path}/sharedKey"), key, is_wep, findings);
    }
}

fn key_material(path: &str, key: &SharedKey, is_wep: bool, findings: &mut Findings) {
    let material = key.key_material.reveal();
    let length = material.chars().count();
    let is_hex = material.bytes().all(|b| b.is_ascii_hexdigit());
    if key.is_protected {
        let message = "only the host that encrypted the key can read it; give it in clear";
        let path = format!("{path}/protected");
        findings.add(Severity::Limit, ("protected-key", "XML-110"), &path, message.to_owned());
    }
    let (is_right, needed) = match (key.is_protected, is_wep, key.key_type) {
        (true, _, _) => (is_hex, "hexadecimal digits, since it is protected"),
        (false, true, _) => (
            matches!(length, 5 | 13) || is_hex && matches!(length, 10 | 26),
            "5 or 13 characters or 10 or 26 hexadecimal digits",
        ),
        (false, false, KeyType::NetworkKey) => (is_hex && length == 64, "64 hexadecimal digits"),
        (false, false, KeyType::PassPhrase) => (
            (8..=63).contains(&length) && material.chars().all(|c| matches!(c, ' '..='~')),
            "8 to 63 characters of ASCII",
        ),
    };
    if !is_right {
        let rule = ("key-material", if key.is_protected { "XML-110" } else { "XML-111" });
        let message = format!("{length} characters where it takes {needed}");
        findings.add(Severity::Error, rule, &format!("{path}/keyMaterial"), message);
    }
}

/// Keys are cached, and roaming prepared, with WPA2 only; the latter three say how.
fn key_cache(path: &str, security: &Security, findings: &mut Findings) {
    let is_cached = security.auth_encryption.authentication == Authentication::Wpa2;
    let is_enabled = security.pmk_cache_mode != Some(Switch::Disabled);
    let has_cache = is_cached && is_enabled;
    let pre_auth = security.pre_auth_mode == Some(Switch::Enabled);
    for (name, requirement, is_wrong) in [
        ("PMKCacheMode", "XML-113", security.pmk_cache_mode == Some(Switch::Enabled) && !is_cached),
        ("PMKCacheTTL", "XML-114", security.pmk_cache_ttl.is_some() && !has_cache),
        ("PMKCacheSize", "XML-115", security.pmk_cache_size.is_some() && !has_cache),
        ("preAuthMode", "XML-116", pre_auth && !has_cache),
        ("preAuthThrottle", "XML-117", security.pre_auth_throttle.is_some() && !has_cache),
    ] {
        if is_wrong {
            let message = "only goes with WPA2 that keeps keys; leave it out".to_owned();
            let path = format!("{path}/{name}");
            findings.add(Severity::Error, ("key-cache", requirement), &path, message);
        }
    }
}

fn one_x(path: &str, security: &Security, findings: &mut Findings) {
    let auth = &security.auth_encryption;
    let uses_one_x = auth.use_one_x == Some(true);
    let Some(OneX(method)) = &security.one_x else {
        // One that the model does not know is not missing.
        let is_there = security.others.iter().any(|other| {
            other.local() == "OneX" && other.namespace() == Some(Namespace::OneX.uri())
        });
        if uses_one_x && !is_there {
            let message = "says useOneX and lacks OneX; add it".to_owned();
            findings.add(Severity::Limit, ("no-one-x", "XML-130"), path, message);
        }
        return;
    };
    let path = format!("{path}/OneX");
    let is_wpa2_aes =
        (auth.authentication, auth.encryption) == (Authentication::Wpa2, Encryption::Aes);
    if method.uses_sim() && !(is_wpa2_aes && uses_one_x) {
        let message = "a SIM authenticates with WPA2, AES and useOneX only; say so".to_owned();
        findings.add(Severity::Error, ("sim-not-wpa2", "XML-130"), &path, message);
    } else if !uses_one_x {
        let message = "useOneX does not say so; leave it out, or say true".to_owned();
        findings.add(Severity::Limit, ("unused-one-x", "XML-107"), &path, message);
    }
}
