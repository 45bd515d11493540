//! The tables of what Windows 8.1 added.
//!
//! Source: CarrierControlSchema_v2.xsd. The context is that of profiles in another namespace
//! [XML-174]. Not here: the elements around them ([`super::document`]).
//! Implements [XML-160]…[XML-175].

use super::{AttributeRule, Content, Particle, Rule};
use super::{any_number, maybe, one, optional, parent, text, types};
use crate::xml::Namespace;

const CC2: Namespace = Namespace::CarrierControlV2;

pub(super) static GLOBALS: &[&Rule] = &[&EXTENSIONS_V2];

static EXTENSIONS_V2: Rule =
    parent("XML-160", CC2, "Extensions_v2", &[&[maybe(&[&NETWORK]), maybe(&[&CONTEXTS])]]);

static NETWORK: Rule = parent(
    "XML-161",
    CC2,
    "CarrierNetworkMetadata",
    &[&[maybe(&[&SETTINGS]), maybe(&[&DATA_CLASSES]), maybe(&[&PHONE_NUMBER])]],
);
static SETTINGS: Rule = parent(
    "XML-161",
    CC2,
    "NetworkSettings",
    &[&[maybe(&[&IPV4_MTU]), maybe(&[&IPV6_MTU]), maybe(&[&DNS_RETRY])]],
);
static IPV4_MTU: Rule = text("XML-162", CC2, "IPv4LinkMTU", types::link_mtu);
static IPV6_MTU: Rule = text("XML-163", CC2, "IPv6LinkMTU", types::link_mtu);
static DNS_RETRY: Rule =
    parent("XML-164", CC2, "DNSRetrySettings", &[&[one(&[&DNS_INTERVAL]), one(&[&DNS_COUNT])]]);
static DNS_INTERVAL: Rule = text("XML-164", CC2, "DNSRetryIntervalInSeconds", types::dns_retry);
static DNS_COUNT: Rule = text("XML-164", CC2, "DNSRetryCount", types::dns_retry);
static PHONE_NUMBER: Rule = text("XML-166", CC2, "CustomerSupportPhoneNumber", types::phone_number);

static DATA_CLASSES: Rule = parent("XML-165", CC2, "DataClassFriendlyNames", &[&DATA_CLASS_PLACES]);
static DATA_CLASS_PLACES: [Particle; 15] = [
    maybe(&[&NONE]),
    maybe(&[&GPRS]),
    maybe(&[&EDGE]),
    maybe(&[&UMTS]),
    maybe(&[&HSDPA]),
    maybe(&[&HSUPA]),
    maybe(&[&LTE]),
    maybe(&[&ONEXRTT]),
    maybe(&[&ONEXEVDO]),
    maybe(&[&ONEXEVDO_REVA]),
    maybe(&[&ONEXEVDV]),
    maybe(&[&THREEXRTT]),
    maybe(&[&ONEXEVDO_REVB]),
    maybe(&[&UMB]),
    maybe(&[&CUSTOM]),
];
static NONE: Rule = data_class("NONE");
static GPRS: Rule = data_class("GPRS");
static EDGE: Rule = data_class("EDGE");
static UMTS: Rule = data_class("UMTS");
static HSDPA: Rule = data_class("HSDPA");
static HSUPA: Rule = data_class("HSUPA");
static LTE: Rule = data_class("LTE");
static ONEXRTT: Rule = data_class("ONEXRTT");
static ONEXEVDO: Rule = data_class("ONEXEVDO");
static ONEXEVDO_REVA: Rule = data_class("ONEXEVDO_REVA");
static ONEXEVDV: Rule = data_class("ONEXEVDV");
static THREEXRTT: Rule = data_class("THREEXRTT");
static ONEXEVDO_REVB: Rule = data_class("ONEXEVDO_REVB");
static UMB: Rule = data_class("UMB");
static CUSTOM: Rule = data_class("CUSTOM");

static CONTEXTS: Rule = parent(
    "XML-167",
    CC2,
    "AdditionalPDPContexts",
    &[&[maybe(&[&POLICIES]), maybe(&[&TETHERING])]],
);
static POLICIES: Rule = Rule {
    id: "XML-168",
    namespace: CC2,
    name: "MultiplePDPContextPolicies",
    attributes: &SUPPORT,
    content: Content::Elements(&[&[any_number(&[&POLICY])]]),
};
static SUPPORT: [AttributeRule; 1] =
    [optional("XML-168", "MultiplePDPContextSupport", types::is_boolean)];
static POLICY: Rule = parent(
    "XML-169",
    CC2,
    "PDPContextPolicy",
    &[&[one(&[&POLICY_NAME]), one(&[&CONTEXT]), one(&[&APP_IDS])]],
);
static POLICY_NAME: Rule = text("XML-169", CC2, "Name", types::name);
static APP_IDS: Rule = parent("XML-170", CC2, "AppIDList", &[&[any_number(&[&APP_ID])]]);
static APP_ID: Rule = text("XML-170", CC2, "AppID", types::any);

static TETHERING: Rule = parent(
    "XML-171",
    CC2,
    "TetheringSettings",
    &[&[maybe(&[&TETHERING_PROFILE]), maybe(&[&MAX_DEVICES])]],
);
static TETHERING_PROFILE: Rule =
    parent("XML-172", CC2, "TetheringProfile", &[&[one(&[&PROFILE_NAME]), one(&[&CONTEXT])]]);
static PROFILE_NAME: Rule = text("XML-172", CC2, "Name", types::name);
static MAX_DEVICES: Rule = text("XML-173", CC2, "MaxNumberOfDevices", types::max_devices);

static CONTEXT: Rule = parent(
    "XML-174",
    CC2,
    "Context",
    &[&[
        maybe(&[&ACCESS_STRING]),
        maybe(&[&USER_LOGON]),
        maybe(&[&COMPRESSION]),
        maybe(&[&AUTH_PROTOCOL]),
    ]],
);
static ACCESS_STRING: Rule = text("XML-174", CC2, "AccessString", types::access_string);
static USER_LOGON: Rule =
    parent("XML-174", CC2, "UserLogonCred", &[&[one(&[&USER_NAME]), maybe(&[&PASSWORD])]]);
static USER_NAME: Rule = text("XML-174", CC2, "UserName", types::name);
static PASSWORD: Rule = text("XML-174", CC2, "Password", types::any);
static COMPRESSION: Rule = text("XML-174", CC2, "Compression", types::compression);
static AUTH_PROTOCOL: Rule = text("XML-174", CC2, "AuthProtocol", types::auth_protocol);

/// Builds a rule for the name of one data class [XML-165].
const fn data_class(name: &'static str) -> Rule {
    text("XML-165", CC2, name, types::friendly_name)
}
