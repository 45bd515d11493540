//! The tables of Wi-Fi profiles.
//!
//! Source: WLAN.xsd, WLAN_v2.xsd, and the page of `FIPSMode`, which no schema declares [XML-10].
//! The second namespace is that of WLAN_v2.xsd alone; the other one, which a comment of WLAN.xsd
//! names, is foreign [XML-120]. Not here: the hotspot inside ([`super::hotspot`]) and 802.1X,
//! which no published schema covers [XML-131].
//! Implements [XML-10], [XML-96]…[XML-117].

use super::{Content, Particle, Rule, Wildcard};
use super::{foreign, maybe, one, optional, parent, place, text, types};
use crate::document::{Authentication, Encryption, KeyType, Ssid, SsidPrefix, Switch, collapse};
use crate::xml::Namespace;

const WLAN: Namespace = Namespace::Wlan;
const WLAN_V2: Namespace = Namespace::WlanV2;

pub(super) static GLOBALS: &[&Rule] = &[&WLAN_PROFILE, &V2_SSID, &V2_PREFIX, &FIPS_MODE];

pub(super) static WLAN_PROFILE: Rule = Rule {
    id: "XML-93",
    namespace: WLAN,
    name: "WLANProfile",
    attributes: &[optional("XML-96", "Priority", types::priority)],
    content: Content::Elements(&[&[
        one(&[&NAME]),
        maybe(&[&ASSOCIATED_PLAN]),
        one(&[&SSID_CONFIG]),
        maybe(&[&MSM]),
    ]]),
};
static NAME: Rule = text("XML-97", WLAN, "name", types::name);
static ASSOCIATED_PLAN: Rule = text("XML-98", WLAN, "AssociatedPlan", types::any);

static SSID_CONFIG: Rule =
    parent("XML-99", WLAN, "SSIDConfig", &[&[place(&[&SSID], 1, 25), foreign(Wildcard::Lax)]]);
static SSID: Rule = parent("XML-100", WLAN, "SSID", &[&[one(&[&HEX, &SSID_NAME])]]);
static HEX: Rule = text("XML-100", WLAN, "hex", ssid_hex);
static SSID_NAME: Rule = text("XML-100", WLAN, "name", ssid_name);
static V2_SSID: Rule = parent("XML-101", WLAN_V2, "SSID", &[&[one(&[&V2_HEX, &V2_NAME])]]);
static V2_HEX: Rule = text("XML-101", WLAN_V2, "hex", ssid_hex);
static V2_NAME: Rule = text("XML-101", WLAN_V2, "name", ssid_name);
static V2_PREFIX: Rule =
    parent("XML-102", WLAN_V2, "SSIDPrefix", &[&[one(&[&V2_PREFIX_HEX, &V2_PREFIX_NAME])]]);
static V2_PREFIX_HEX: Rule = text("XML-102", WLAN_V2, "hex", prefix_hex);
static V2_PREFIX_NAME: Rule = text("XML-102", WLAN_V2, "name", prefix_name);

static MSM: Rule =
    parent("XML-103", WLAN, "MSM", &[&[maybe(&[&SECURITY]), foreign(Wildcard::Lax)]]);
static SECURITY_PLACES: &[Particle] = &[
    one(&[&AUTH_ENCRYPTION]),
    maybe(&[&SHARED_KEY]),
    maybe(&[&KEY_INDEX]),
    maybe(&[&PMK_CACHE_MODE]),
    maybe(&[&PMK_CACHE_TTL]),
    maybe(&[&PMK_CACHE_SIZE]),
    maybe(&[&PRE_AUTH_MODE]),
    maybe(&[&PRE_AUTH_THROTTLE]),
    foreign(Wildcard::Lax),
];
static SECURITY: Rule = parent("XML-104", WLAN, "security", &[SECURITY_PLACES]);

static AUTH_ENCRYPTION: Rule = parent(
    "XML-104",
    WLAN,
    "authEncryption",
    &[&[
        one(&[&AUTHENTICATION]),
        one(&[&ENCRYPTION]),
        maybe(&[&USE_ONE_X]),
        foreign(Wildcard::Lax),
    ]],
);
static AUTHENTICATION: Rule = text("XML-105", WLAN, "authentication", authentication);
static ENCRYPTION: Rule = text("XML-106", WLAN, "encryption", encryption);
static USE_ONE_X: Rule = text("XML-107", WLAN, "useOneX", types::is_boolean);
static FIPS_MODE: Rule = text("XML-108", WLAN_V2, "FIPSMode", types::is_boolean);

static SHARED_KEY: Rule = parent(
    "XML-109",
    WLAN,
    "sharedKey",
    &[&[one(&[&KEY_TYPE]), one(&[&PROTECTED]), one(&[&KEY_MATERIAL]), foreign(Wildcard::Lax)]],
);
static KEY_TYPE: Rule = text("XML-109", WLAN, "keyType", key_type);
static PROTECTED: Rule = text("XML-110", WLAN, "protected", types::is_boolean);
static KEY_MATERIAL: Rule = text("XML-111", WLAN, "keyMaterial", types::any);

static KEY_INDEX: Rule = text("XML-112", WLAN, "keyIndex", key_index);
static PMK_CACHE_MODE: Rule = text("XML-113", WLAN, "PMKCacheMode", switch);
static PMK_CACHE_TTL: Rule = text("XML-114", WLAN, "PMKCacheTTL", pmk_cache_ttl);
static PMK_CACHE_SIZE: Rule = text("XML-115", WLAN, "PMKCacheSize", pmk_cache_size);
static PRE_AUTH_MODE: Rule = text("XML-116", WLAN, "preAuthMode", switch);
static PRE_AUTH_THROTTLE: Rule = text("XML-117", WLAN, "preAuthThrottle", pre_auth_throttle);

pub(super) fn ssid_hex(text: &str) -> bool {
    Ssid::parse_hex(&collapse(text)).is_ok()
}

pub(super) fn ssid_name(text: &str) -> bool {
    Ssid::parse_name(text).is_ok()
}

pub(super) fn prefix_hex(text: &str) -> bool {
    SsidPrefix::parse_hex(&collapse(text)).is_ok()
}

pub(super) fn prefix_name(text: &str) -> bool {
    SsidPrefix::parse_name(text).is_ok()
}

// These enumerations restrict `xs:string`: blanks around a value count.

fn authentication(text: &str) -> bool {
    Authentication::ALL.iter().any(|value| value.as_str() == text)
}

fn encryption(text: &str) -> bool {
    Encryption::ALL.iter().any(|value| value.as_str() == text)
}

fn key_type(text: &str) -> bool {
    KeyType::ALL.iter().any(|value| value.as_str() == text)
}

fn switch(text: &str) -> bool {
    Switch::ALL.iter().any(|value| value.as_str() == text)
}

fn key_index(text: &str) -> bool {
    types::integer(text).is_some_and(|number| number <= 3)
}

fn pmk_cache_ttl(text: &str) -> bool {
    types::integer(text).is_some_and(|number| (5..=1440).contains(&number))
}

fn pmk_cache_size(text: &str) -> bool {
    types::integer(text).is_some_and(|number| (1..=255).contains(&number))
}

fn pre_auth_throttle(text: &str) -> bool {
    types::integer(text).is_some_and(|number| (1..=16).contains(&number))
}
