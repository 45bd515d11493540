//! The tables of hotspots.
//!
//! Source: HotspotProfile.xsd. Not here: where they stand ([`super::wlan`]).
//! Implements [XML-124]…[XML-129].

use super::wlan::{prefix_hex, prefix_name, ssid_hex, ssid_name};
use super::{Rule, Wildcard};
use super::{foreign, many, maybe, one, parent, place, text, types};
use crate::xml::Namespace;

const HS: Namespace = Namespace::Hotspot;

pub(super) static GLOBALS: &[&Rule] =
    &[&HOTSPOT_PROFILE, &BASIC_AUTH, &EXT_AUTH, &TRUSTED_DOMAINS, &SSID_CONFIG];

static HOTSPOT_PROFILE: Rule = parent(
    "XML-124",
    HS,
    "HotspotProfile",
    &[
        &[
            one(&[&BASIC_AUTH]),
            one(&[&TRUSTED_DOMAINS]),
            maybe(&[&USER_AGENT]),
            maybe(&[&SSID_CONFIG]),
            foreign(Wildcard::Lax),
        ],
        &[
            one(&[&EXT_AUTH]),
            maybe(&[&TRUSTED_DOMAINS]),
            maybe(&[&USER_AGENT]),
            maybe(&[&SSID_CONFIG]),
            foreign(Wildcard::Lax),
        ],
    ],
);
static BASIC_AUTH: Rule =
    parent("XML-125", HS, "BasicAuth", &[&[one(&[&USER_NAME]), one(&[&PASSWORD])]]);
static USER_NAME: Rule = text("XML-125", HS, "UserName", types::any);
static PASSWORD: Rule = text("XML-125", HS, "Password", types::any);
static EXT_AUTH: Rule = parent("XML-126", HS, "ExtAuth", &[&[one(&[&EXTENSION_ID])]]);
static EXTENSION_ID: Rule = text("XML-126", HS, "ExtensionId", types::any);
static TRUSTED_DOMAINS: Rule =
    parent("XML-127", HS, "TrustedDomains", &[&[many(&[&TRUSTED_DOMAIN])]]);
static TRUSTED_DOMAIN: Rule = text("XML-127", HS, "TrustedDomain", types::any);
static USER_AGENT: Rule = text("XML-128", HS, "UserAgent", types::any);
static SSID_CONFIG: Rule = parent("XML-129", HS, "SSIDConfig", &[&[place(&[&SSID], 1, 250)]]);
static SSID: Rule =
    parent("XML-129", HS, "SSID", &[&[one(&[&HEX, &HEX_PREFIX, &NAME, &NAME_PREFIX])]]);
static HEX: Rule = text("XML-129", HS, "hex", ssid_hex);
static HEX_PREFIX: Rule = text("XML-129", HS, "hexPrefix", prefix_hex);
static NAME: Rule = text("XML-129", HS, "name", ssid_name);
static NAME_PREFIX: Rule = text("XML-129", HS, "namePrefix", prefix_name);
