//! The tables of activation, mobile broadband profiles and branding.
//!
//! Source: WWAN.xsd, Base.xsd. Not here: the elements around them ([`super::document`]), the rules
//! for messages ([`super::messages`]).
//! Implements [XML-29]…[XML-33], [XML-37], [XML-41]…[XML-55], [XML-89]…[XML-91].

use super::messages::MESSAGES;
use super::{AttributeRule, Content, Particle, Rule};
use super::{Wildcard, empty, foreign, many, maybe, one, optional, parent, text, types};
use crate::xml::Namespace;

const WWAN: Namespace = Namespace::Wwan;
/// Where the type of a provider was declared, its children are [XML-08].
const BASE: Namespace = Namespace::Base;

pub(super) static GLOBALS: &[&Rule] =
    &[&DEFAULT_PROFILE, &PURCHASE_PROFILE, &BRANDING, &REREGISTER, &RECONNECT, &SERVICE_ACTIVATION];

/// What `Activation` holds one of.
pub(super) static DIRECTIVES: &[&Rule] = &[&REREGISTER, &RECONNECT, &SERVICE_ACTIVATION];

static REREGISTER: Rule = directive("XML-36", "ReregisterToNetwork");
static RECONNECT: Rule = directive("XML-35", "ReconnectToNetwork");
static SERVICE_ACTIVATION: Rule = Rule {
    id: "XML-37",
    namespace: WWAN,
    name: "ServiceActivation",
    attributes: &ATTEMPTS,
    content: Content::Elements(&[&[one(&[&CARRIER_SPECIFIC_DATA])]]),
};
static CARRIER_SPECIFIC_DATA: Rule = text("XML-37", WWAN, "CarrierSpecificData", types::is_base64);
static ATTEMPTS: [AttributeRule; 3] = [
    optional("XML-31", "Delay", types::delay),
    optional("XML-32", "RetryCount", types::retry_count),
    optional("XML-33", "RetryInterval", types::retry_interval),
];

/// What `MBNProfiles` holds.
pub(super) static MBN_PROFILES: &[Particle] = &[
    maybe(&[&DEFAULT_PROFILE]),
    maybe(&[&PURCHASE_PROFILE]),
    maybe(&[&MESSAGES]),
    maybe(&[&BRANDING]),
];
static DEFAULT_PROFILE: Rule = profile("DefaultProfile");
static PURCHASE_PROFILE: Rule = profile("PurchaseProfile");
static PROFILE_ATTRIBUTES: [AttributeRule; 1] = [optional("XML-44", "Priority", types::priority)];
static PROFILE_SEQUENCES: [&[Particle]; 1] = [&[
    one(&[&PROFILE_NAME]),
    maybe(&[&PROFILE_DESCRIPTION]),
    maybe(&[&ASSOCIATED_PLAN]),
    maybe(&[&HOME_PROVIDER_NAME]),
    maybe(&[&CONTEXT]),
    maybe(&[&DATA_ROAMING_PARTNERS]),
    maybe(&[&EXTENSIONS]),
]];
static PROFILE_NAME: Rule = text("XML-45", WWAN, "Name", types::name);
static PROFILE_DESCRIPTION: Rule = text("XML-46", WWAN, "Description", types::name);
static ASSOCIATED_PLAN: Rule = text("XML-47", WWAN, "AssociatedPlan", types::any);
static HOME_PROVIDER_NAME: Rule = text("XML-48", WWAN, "HomeProviderName", types::provider_name);
static DATA_ROAMING_PARTNERS: Rule =
    parent("XML-50", WWAN, "DataRoamingPartners", &[&[many(&[&PROVIDER])]]);
static PROVIDER: Rule =
    parent("XML-19", WWAN, "Provider", &[&[one(&[&PROVIDER_ID]), one(&[&PROVIDER_NAME])]]);
static PROVIDER_ID: Rule = text("XML-18", BASE, "ProviderID", types::provider_id);
static PROVIDER_NAME: Rule = text("XML-17", BASE, "ProviderName", types::provider_name);
static EXTENSIONS: Rule = parent("XML-51", WWAN, "Extensions", &[&[foreign(Wildcard::Lax)]]);
static CONTEXT: Rule = parent(
    "XML-49",
    WWAN,
    "Context",
    &[&[
        maybe(&[&ACCESS_STRING]),
        maybe(&[&USER_LOGON]),
        maybe(&[&COMPRESSION]),
        maybe(&[&AUTH_PROTOCOL]),
    ]],
);
static ACCESS_STRING: Rule = text("XML-52", WWAN, "AccessString", types::access_string);
static USER_LOGON: Rule =
    parent("XML-53", WWAN, "UserLogonCred", &[&[one(&[&USER_NAME]), maybe(&[&PASSWORD])]]);
static USER_NAME: Rule = text("XML-53", WWAN, "UserName", types::name);
static PASSWORD: Rule = text("XML-53", WWAN, "Password", types::any);
static COMPRESSION: Rule = text("XML-54", WWAN, "Compression", types::compression);
static AUTH_PROTOCOL: Rule = text("XML-55", WWAN, "AuthProtocol", types::auth_protocol);

static BRANDING: Rule = parent(
    "XML-91",
    WWAN,
    "Branding",
    &[&[maybe(&[&LOGO]), maybe(&[&BRANDING_NAME]), foreign(Wildcard::Strict)]],
);
static LOGO: Rule = text("XML-89", WWAN, "Logo", types::is_base64);
static BRANDING_NAME: Rule = text("XML-90", WWAN, "Name", types::branding_name);

/// Builds a rule for one of the directives without content, which differ in name only [XML-29].
const fn directive(id: &'static str, name: &'static str) -> Rule {
    empty(id, WWAN, name, &ATTEMPTS)
}

/// Builds a rule for one of the two profiles, which differ in name only [XML-42].
const fn profile(name: &'static str) -> Rule {
    Rule {
        id: "XML-42",
        namespace: WWAN,
        name,
        attributes: &PROFILE_ATTRIBUTES,
        content: Content::Elements(&PROFILE_SEQUENCES),
    }
}
