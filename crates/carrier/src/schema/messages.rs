//! The tables of the rules for operator messages.
//!
//! Source: WWAN.xsd, and the element pages for what it lacks [XML-10]. Not here: rules between the
//! parts of a message ([`crate::lint`]).
//! Implements [XML-10], [XML-63]…[XML-86].

use super::{AttributeRule, Content, Rule};
use super::{empty, many, maybe, one, optional, parent, required, text, types};
use crate::xml::Namespace;

const WWAN: Namespace = Namespace::Wwan;

pub(super) static GLOBALS: &[&Rule] = &[&MESSAGES, &SMS_BEARER, &USSD_BEARER];

pub(super) static MESSAGES: Rule = parent("XML-63", WWAN, "Messages", &[&[many(&[&MESSAGE])]]);
static MESSAGE: Rule = Rule {
    id: "XML-63",
    namespace: WWAN,
    name: "Message",
    attributes: &[
        optional("XML-64", "Silent", types::is_boolean),
        optional("XML-65", "RuleId", types::any),
    ],
    content: Content::Elements(&[
        &[
            many(&[&SMS_BEARER]),
            maybe(&[&USSD_BEARER]),
            one(&[&PATTERN]),
            maybe(&[&LOCALE]),
            maybe(&[&UNITS]),
            maybe(&[&FIELDS]),
        ],
        &[
            one(&[&USSD_BEARER]),
            one(&[&PATTERN]),
            maybe(&[&LOCALE]),
            maybe(&[&UNITS]),
            maybe(&[&FIELDS]),
        ],
    ]),
};

static SMS_BEARER: Rule = empty(
    "XML-66",
    WWAN,
    "SMSBearer",
    &[
        optional("XML-66", "Sender", types::any),
        optional("XML-67", "ClassZeroOnly", types::is_boolean),
    ],
);
static USSD_BEARER: Rule = Rule {
    id: "XML-68",
    namespace: WWAN,
    name: "USSDBearer",
    attributes: &[],
    content: Content::Anything,
};
static PATTERN: Rule = text("XML-69", WWAN, "Pattern", types::any);
pub(super) static LOCALE: Rule = text("XML-70", WWAN, "Locale", types::locale);
static UNITS: Rule = empty(
    "XML-71",
    WWAN,
    "Units",
    &[
        optional("XML-71", "K", types::any),
        optional("XML-71", "M", types::any),
        optional("XML-71", "G", types::any),
        optional("XML-71", "T", types::any),
        optional("XML-72", "Ki", types::any),
        optional("XML-72", "Mi", types::any),
        optional("XML-72", "Gi", types::any),
        optional("XML-72", "Ti", types::any),
    ],
);

static FIELDS: Rule = Rule {
    id: "XML-73",
    namespace: WWAN,
    name: "Fields",
    attributes: &[],
    content: Content::All(&[
        &USAGE,
        &USAGE_PERCENTAGE,
        &USAGE_TIMESTAMP,
        &USAGE_OVERAGE,
        &USAGE_OVERAGE_PERCENTAGE,
        &DATA_LIMIT,
        &OVER_DATA_LIMIT,
        &CONGESTED,
        &INBOUND_BANDWIDTH,
        &OUTBOUND_BANDWIDTH,
        &PLAN_TYPE,
        &REFRESH_PROVISIONING,
        &ACTIVATION_COMPLETE,
    ]),
};
static USAGE: Rule = empty("XML-74", WWAN, "Usage", &NUMBER);
static USAGE_PERCENTAGE: Rule = empty("XML-75", WWAN, "UsagePercentage", &PERCENT);
static USAGE_TIMESTAMP: Rule = empty(
    "XML-76",
    WWAN,
    "UsageTimestamp",
    &[
        required("XML-76", "Format", types::any),
        required("XML-76", "Group", types::positive),
        optional("XML-10", "AmToken", types::any),
        optional("XML-10", "PmToken", types::any),
    ],
);
static USAGE_OVERAGE: Rule = empty("XML-77", WWAN, "UsageOverage", &NUMBER);
static USAGE_OVERAGE_PERCENTAGE: Rule = empty("XML-78", WWAN, "UsageOveragePercentage", &PERCENT);
static DATA_LIMIT: Rule = empty("XML-79", WWAN, "DataLimit", &NUMBER);
static OVER_DATA_LIMIT: Rule = empty("XML-80", WWAN, "OverDataLimit", &BOOLEAN);
static CONGESTED: Rule = empty("XML-81", WWAN, "Congested", &BOOLEAN);
static INBOUND_BANDWIDTH: Rule = empty("XML-82", WWAN, "InboundBandwidth", &NUMBER);
static OUTBOUND_BANDWIDTH: Rule = empty("XML-83", WWAN, "OutboundBandwidth", &NUMBER);
static PLAN_TYPE: Rule = empty(
    "XML-84",
    WWAN,
    "PlanType",
    &[
        optional("XML-84", "Group", types::positive),
        optional("XML-84", "Default", types::plan_type),
        optional("XML-84", "UnrestrictedTokens", types::any),
        optional("XML-84", "FixedTokens", types::any),
        optional("XML-84", "VariableTokens", types::any),
    ],
);
static REFRESH_PROVISIONING: Rule = empty("XML-85", WWAN, "RefreshProvisioning", &BOOLEAN);
static ACTIVATION_COMPLETE: Rule = empty("XML-86", WWAN, "ActivationComplete", &BOOLEAN);

static NUMBER: [AttributeRule; 3] = [
    required("XML-74", "Group", types::positive),
    optional("XML-74", "UnitGroup", types::positive),
    optional("XML-74", "DefaultUnit", types::unit),
];
static PERCENT: [AttributeRule; 1] = [required("XML-75", "Group", types::positive)];
static BOOLEAN: [AttributeRule; 4] = [
    optional("XML-80", "TrueToken", types::any),
    optional("XML-80", "FalseToken", types::any),
    optional("XML-80", "Default", types::is_boolean),
    optional("XML-80", "Group", types::positive),
];
