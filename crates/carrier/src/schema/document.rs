//! The skeleton of CarrierProvisioning, in the order of its schema.
//!
//! Source: CarrierControlSchema.xsd, Base.xsd. Not here: what is inside the parts (sibling
//! modules, one a schema).
//! Implements [XML-04], [XML-07], [XML-20]…[XML-24], [XML-29], [XML-41], [XML-93], [XML-132].

use super::signature::SIGNATURE;
use super::{Rule, Wildcard, any_number, foreign, many, maybe, one, parent};
use super::{plans, provisioning, text, types, wlan, wwan};
use crate::xml::Namespace;

const CC: Namespace = Namespace::CarrierControl;

pub(super) static GLOBALS: &[&Rule] = &[&CARRIER_PROVISIONING];

pub(super) static CARRIER_PROVISIONING: Rule = parent(
    "XML-04",
    CC,
    "CarrierProvisioning",
    &[&[
        one(&[&GLOBAL]),
        maybe(&[&ACTIVATION]),
        maybe(&[&MBN_PROFILES]),
        maybe(&[&WLAN_PROFILES]),
        maybe(&[&ALL_PLANS]),
        maybe(&[&provisioning::PROVISIONING]),
        maybe(&[&EXTENSIONS]),
        maybe(&[&SIGNATURE]),
    ]],
);

static GLOBAL: Rule = parent(
    "XML-24",
    CC,
    "Global",
    &[&[
        one(&[&CARRIER_ID]),
        one(&[&SUBSCRIBER_ID]),
        maybe(&[&DEVICE_ID]),
        foreign(Wildcard::Strict),
    ]],
);
static CARRIER_ID: Rule = text("XML-20", CC, "CarrierId", types::guid);
static SUBSCRIBER_ID: Rule = text("XML-21", CC, "SubscriberId", types::subscriber);
static DEVICE_ID: Rule = text("XML-22", CC, "DeviceId", types::device);

static ACTIVATION: Rule = parent("XML-29", CC, "Activation", &[&[one(wwan::DIRECTIVES)]]);
static MBN_PROFILES: Rule = parent("XML-41", CC, "MBNProfiles", &[wwan::MBN_PROFILES]);
static WLAN_PROFILES: Rule =
    parent("XML-93", CC, "WLANProfiles", &[&[any_number(&[&wlan::WLAN_PROFILE])]]);
static ALL_PLANS: Rule = parent("XML-132", CC, "Plans", &[&[many(&[&plans::PLAN])]]);
static EXTENSIONS: Rule = parent("XML-160", CC, "Extensions", &[&[foreign(Wildcard::Strict)]]);
