//! The tables of plans and usage.
//!
//! Source: Plans.xsd. Not here: the elements around them ([`super::document`]).
//! Implements [XML-132]…[XML-148].

use super::{Content, Rule, empty, maybe, one, optional, required, text, types};
use crate::xml::Namespace;

const PLANS: Namespace = Namespace::Plans;

pub(super) static GLOBALS: &[&Rule] = &[&PLAN, &DESCRIPTION, &USAGE];

pub(super) static PLAN: Rule = Rule {
    id: "XML-132",
    namespace: PLANS,
    name: "Plan",
    attributes: &[required("XML-132", "Name", types::any)],
    content: Content::Elements(&[&[one(&[&DESCRIPTION]), maybe(&[&USAGE])], &[one(&[&USAGE])]]),
};
static DESCRIPTION: Rule = Rule {
    id: "XML-133",
    namespace: PLANS,
    name: "Description",
    attributes: &[required("XML-134", "PlanType", types::plan_type)],
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
    "XML-135",
    PLANS,
    "BillingCycle",
    &[
        required("XML-135", "StartDate", types::date_time),
        required("XML-136", "Duration", types::cycle),
        optional("XML-137", "Resets", types::is_boolean),
    ],
);
static DATA_LIMIT: Rule = text("XML-138", PLANS, "DataLimitInMegabytes", types::positive);
static INBOUND: Rule = text("XML-139", PLANS, "InboundBandwidthInKbps", types::non_negative);
static OUTBOUND: Rule = text("XML-140", PLANS, "OutboundBandwidthInKbps", types::non_negative);
static MAX_TRANSFER: Rule = text("XML-141", PLANS, "MaxTransferSizeInMegabytes", types::positive);
static UPDATES_EXEMPT: Rule =
    text("XML-142", PLANS, "SecurityUpdatesExempt", types::defaulted_boolean);
static USAGE_EVENTS: Rule = text(
    "XML-143",
    PLANS,
    "DataUsageInMobileOperatorNotificationEnabled",
    types::defaulted_boolean,
);
static USER_SMS: Rule = text("XML-144", PLANS, "UserSMSEnabled", types::defaulted_boolean);
static USAGE: Rule = empty(
    "XML-133",
    PLANS,
    "Usage",
    &[
        optional("XML-145", "OverLimit", types::is_boolean),
        optional("XML-146", "Congested", types::is_boolean),
        required("XML-147", "CurrentUsage", types::non_negative),
        required("XML-148", "UsageTimestamp", types::date_time),
    ],
);
