//! The tables of CarrierProvisioning, WWAN and Plans, in the order of the published schemas.
//!
//! Source: CarrierControlSchema.xsd, WWAN.xsd, Plans.xsd, Base.xsd. Not here: the signature.
//! Implements [XML-04], [XML-20]…[XML-24], [XML-29]…[XML-33], [XML-41]…[XML-55],
//! [XML-132]…[XML-148].

use super::signature::SIGNATURE;
use super::{AttributeRule, Content, Particle, Rule, many, maybe, one, optional, required, types};
use crate::xml::Namespace;

const CC: Namespace = Namespace::CarrierControl;
const WWAN: Namespace = Namespace::Wwan;
const PLANS: Namespace = Namespace::Plans;

pub(super) static CARRIER_PROVISIONING: Rule = parent(
    CC,
    "CarrierProvisioning",
    &[&[
        one(&[&GLOBAL]),
        maybe(&[&ACTIVATION]),
        maybe(&[&MBN_PROFILES]),
        maybe(&[&WLAN_PROFILES]),
        maybe(&[&ALL_PLANS]),
        maybe(&[&PROVISIONING]),
        maybe(&[&EXTENSIONS]),
        maybe(&[&SIGNATURE]),
    ]],
);

static GLOBAL: Rule =
    parent(CC, "Global", &[&[one(&[&CARRIER_ID]), one(&[&SUBSCRIBER_ID]), maybe(&[&DEVICE_ID])]]);
static CARRIER_ID: Rule = text(CC, "CarrierId", types::guid);
static SUBSCRIBER_ID: Rule = text(CC, "SubscriberId", types::subscriber);
static DEVICE_ID: Rule = text(CC, "DeviceId", types::device);

static ACTIVATION: Rule = parent(CC, "Activation", &[&[one(&[&REREGISTER, &RECONNECT])]]);
static REREGISTER: Rule = directive("ReregisterToNetwork");
static RECONNECT: Rule = directive("ReconnectToNetwork");
static ATTEMPTS: [AttributeRule; 3] = [
    optional("Delay", types::delay),
    optional("RetryCount", types::retry_count),
    optional("RetryInterval", types::retry_interval),
];

static WLAN_PROFILES: Rule = parent(CC, "WLANProfiles", &[&[]]);
static PROVISIONING: Rule = parent(CC, "Provisioning", &[&[]]);
static EXTENSIONS: Rule = parent(CC, "Extensions", &[&[]]);

static MBN_PROFILES: Rule =
    parent(CC, "MBNProfiles", &[&[maybe(&[&DEFAULT_PROFILE]), maybe(&[&PURCHASE_PROFILE])]]);
static DEFAULT_PROFILE: Rule = profile("DefaultProfile");
static PURCHASE_PROFILE: Rule = profile("PurchaseProfile");
static PROFILE_ATTRIBUTES: [AttributeRule; 1] = [optional("Priority", types::priority)];
static PROFILE_SEQUENCES: [&[Particle]; 1] = [&[
    one(&[&PROFILE_NAME]),
    maybe(&[&PROFILE_DESCRIPTION]),
    maybe(&[&ASSOCIATED_PLAN]),
    maybe(&[&CONTEXT]),
]];
static PROFILE_NAME: Rule = text(WWAN, "Name", types::name);
static PROFILE_DESCRIPTION: Rule = text(WWAN, "Description", types::name);
static ASSOCIATED_PLAN: Rule = text(WWAN, "AssociatedPlan", types::any);
static CONTEXT: Rule = parent(
    WWAN,
    "Context",
    &[&[
        maybe(&[&ACCESS_STRING]),
        maybe(&[&USER_LOGON]),
        maybe(&[&COMPRESSION]),
        maybe(&[&AUTH_PROTOCOL]),
    ]],
);
static ACCESS_STRING: Rule = text(WWAN, "AccessString", types::access_string);
static USER_LOGON: Rule =
    parent(WWAN, "UserLogonCred", &[&[one(&[&USER_NAME]), maybe(&[&PASSWORD])]]);
static USER_NAME: Rule = text(WWAN, "UserName", types::name);
static PASSWORD: Rule = text(WWAN, "Password", types::any);
static COMPRESSION: Rule = text(WWAN, "Compression", types::compression);
static AUTH_PROTOCOL: Rule = text(WWAN, "AuthProtocol", types::auth_protocol);

static ALL_PLANS: Rule = parent(CC, "Plans", &[&[many(&[&PLAN])]]);
static PLAN: Rule = Rule {
    namespace: PLANS,
    name: "Plan",
    attributes: &[required("Name", types::any)],
    content: Content::Elements(&[&[one(&[&DESCRIPTION]), maybe(&[&USAGE])], &[one(&[&USAGE])]]),
};
static DESCRIPTION: Rule = Rule {
    namespace: PLANS,
    name: "Description",
    attributes: &[required("PlanType", types::plan_type)],
    content: Content::Elements(&[&[
        maybe(&[&BILLING_CYCLE]),
        maybe(&[&DATA_LIMIT]),
        maybe(&[&INBOUND]),
        maybe(&[&OUTBOUND]),
        maybe(&[&MAX_TRANSFER]),
        maybe(&[&UPDATES_EXEMPT]),
        maybe(&[&USAGE_EVENTS]),
        maybe(&[&USER_SMS]),
    ]]),
};
static BILLING_CYCLE: Rule = empty(
    PLANS,
    "BillingCycle",
    &[
        required("StartDate", types::date_time),
        required("Duration", types::cycle),
        optional("Resets", types::is_boolean),
    ],
);
static DATA_LIMIT: Rule = text(PLANS, "DataLimitInMegabytes", types::positive);
static INBOUND: Rule = text(PLANS, "InboundBandwidthInKbps", types::non_negative);
static OUTBOUND: Rule = text(PLANS, "OutboundBandwidthInKbps", types::non_negative);
static MAX_TRANSFER: Rule = text(PLANS, "MaxTransferSizeInMegabytes", types::positive);
static UPDATES_EXEMPT: Rule = text(PLANS, "SecurityUpdatesExempt", types::is_boolean);
static USAGE_EVENTS: Rule =
    text(PLANS, "DataUsageInMobileOperatorNotificationEnabled", types::is_boolean);
static USER_SMS: Rule = text(PLANS, "UserSMSEnabled", types::is_boolean);
static USAGE: Rule = empty(
    PLANS,
    "Usage",
    &[
        optional("OverLimit", types::is_boolean),
        optional("Congested", types::is_boolean),
        required("CurrentUsage", types::non_negative),
        required("UsageTimestamp", types::date_time),
    ],
);

const fn parent(
    namespace: Namespace,
    name: &'static str,
    sequences: &'static [&'static [Particle]],
) -> Rule {
    Rule { namespace, name, attributes: &[], content: Content::Elements(sequences) }
}

const fn text(namespace: Namespace, name: &'static str, check: fn(&str) -> bool) -> Rule {
    Rule { namespace, name, attributes: &[], content: Content::Text(check) }
}

const fn empty(
    namespace: Namespace,
    name: &'static str,
    attributes: &'static [AttributeRule],
) -> Rule {
    Rule { namespace, name, attributes, content: Content::Empty }
}

/// Builds a rule for one of the directives, which differ in name only [XML-29].
const fn directive(name: &'static str) -> Rule {
    empty(WWAN, name, &ATTEMPTS)
}

/// Builds a rule for one of the two profiles, which differ in name only [XML-42].
const fn profile(name: &'static str) -> Rule {
    Rule {
        namespace: WWAN,
        name,
        attributes: &PROFILE_ATTRIBUTES,
        content: Content::Elements(&PROFILE_SEQUENCES),
    }
}
