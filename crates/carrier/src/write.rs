//! Model → canonical bytes.
//!
//! The bytes are inclusive Canonical XML 1.0, the same on every call, without an XML
//! declaration. Not here: the signature ([`crate::sign`]) and any other layout.
//! Implements [XML-01], [XML-04], [XML-05], [XML-210] and the order of children of §3–§5.1 and §7.

use std::fmt;

use crate::document::{
    Activation, Attempts, BillingCycle, Context, Document, Global, MbnProfiles, Plan, PlanContent,
    PlanDescription, PlanUsage, Profile,
};
pub use crate::xml::WriteError;
use crate::xml::{Namespace, Writer};

const CC: Namespace = Namespace::CarrierControl;
const WWAN: Namespace = Namespace::Wwan;
const PLANS: Namespace = Namespace::Plans;

type Written = Result<(), WriteError>;

/// Holds a document in canonical form, not signed yet; only [`write()`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalDocument(String);

impl CanonicalDocument {
    /// Returns the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the canonical octets, in UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Shows the length alone: the text holds identifiers and passwords.
impl fmt::Debug for CanonicalDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CanonicalDocument({} bytes)", self.0.len())
    }
}

/// Writes a document.
///
/// # Errors
/// A text holds a character that XML cannot carry; the types of [`crate::document`] refuse all
/// such texts, so this is a second line.
pub fn write(document: &Document) -> Result<CanonicalDocument, WriteError> {
    let mut w = Writer::new();
    w.element(CC, "CarrierProvisioning", &[], |w| {
        global(w, document.global())?;
        if let Some(part) = document.activation() {
            w.element(CC, "Activation", &[], |w| activation(w, *part))?;
        }
        if let Some(part) = document.mbn_profiles() {
            w.element(CC, "MBNProfiles", &[], |w| mbn_profiles(w, part))?;
        }
        if !document.plans().is_empty() {
            w.element(CC, "Plans", &[], |w| {
                document.plans().iter().try_for_each(|part| plan(w, part))
            })?;
        }
        Ok(())
    })?;
    Ok(CanonicalDocument(w.finish()))
}

fn global(w: &mut Writer, global: &Global) -> Written {
    w.element(CC, "Global", &[], |w| {
        w.leaf(CC, "CarrierId", global.carrier_id.as_str())?;
        w.leaf(CC, "SubscriberId", global.subscriber_id.reveal())?;
        optional(w, CC, "DeviceId", global.device_id.as_ref().map(|id| id.reveal()))
    })
}

fn activation(w: &mut Writer, activation: Activation) -> Written {
    let (name, Attempts { delay, retry_count, retry_interval }) = match activation {
        Activation::ReconnectToNetwork(attempts) => ("ReconnectToNetwork", attempts),
        Activation::ReregisterToNetwork(attempts) => ("ReregisterToNetwork", attempts),
    };
    let attributes = Attributes::default()
        .maybe("Delay", delay.map(|d| d.duration()))
        .maybe("RetryCount", retry_count.map(|n| n.count()))
        .maybe("RetryInterval", retry_interval.map(|d| d.duration()));
    w.element(WWAN, name, &attributes.borrowed(), |_| Ok(()))
}

fn mbn_profiles(w: &mut Writer, profiles: &MbnProfiles) -> Written {
    if let Some(part) = &profiles.default_profile {
        profile(w, "DefaultProfile", part)?;
    }
    if let Some(part) = &profiles.purchase_profile {
        profile(w, "PurchaseProfile", part)?;
    }
    Ok(())
}

fn profile(w: &mut Writer, name: &'static str, profile: &Profile) -> Written {
    let attributes = Attributes::default().maybe("Priority", profile.priority.map(|p| p.number()));
    w.element(WWAN, name, &attributes.borrowed(), |w| {
        w.leaf(WWAN, "Name", profile.name.as_str())?;
        optional(w, WWAN, "Description", profile.description.as_ref().map(|d| d.as_str()))?;
        let plan = profile.associated_plan.as_ref().map(|name| name.as_str());
        optional(w, WWAN, "AssociatedPlan", plan)?;
        w.element(WWAN, "Context", &[], |w| context(w, &profile.context))
    })
}

fn context(w: &mut Writer, context: &Context) -> Written {
    w.leaf(WWAN, "AccessString", context.access_string.as_str())?;
    if let Some(logon) = &context.user_logon {
        w.element(WWAN, "UserLogonCred", &[], |w| {
            w.leaf(WWAN, "UserName", logon.user_name.reveal())?;
            optional(w, WWAN, "Password", logon.password.as_ref().map(|p| p.reveal()))
        })?;
    }
    optional(w, WWAN, "Compression", context.compression.map(|c| c.as_str()))?;
    optional(w, WWAN, "AuthProtocol", context.auth_protocol.map(|a| a.as_str()))
}

fn plan(w: &mut Writer, plan: &Plan) -> Written {
    w.element(PLANS, "Plan", &[("Name", plan.name.as_str())], |w| match &plan.content {
        PlanContent::Description(part, None) => description(w, part),
        PlanContent::Description(part, Some(used)) => {
            description(w, part)?;
            usage(w, used)
        }
        PlanContent::Usage(used) => usage(w, used),
    })
}

fn description(w: &mut Writer, d: &PlanDescription) -> Written {
    w.element(PLANS, "Description", &[("PlanType", d.plan_type.as_str())], |w| {
        if let Some(cycle) = &d.billing_cycle {
            billing_cycle(w, cycle)?;
        }
        let rows = [
            ("DataLimitInMegabytes", d.data_limit.map(|n| n.megabytes().to_string())),
            ("InboundBandwidthInKbps", d.inbound_bandwidth.map(|n| n.number().to_string())),
            ("OutboundBandwidthInKbps", d.outbound_bandwidth.map(|n| n.number().to_string())),
            ("MaxTransferSizeInMegabytes", d.max_transfer_size.map(|n| n.megabytes().to_string())),
            ("SecurityUpdatesExempt", d.security_updates_exempt.map(|b| b.to_string())),
            (
                "DataUsageInMobileOperatorNotificationEnabled",
                d.data_usage_notifications.map(|b| b.to_string()),
            ),
            ("UserSMSEnabled", d.user_sms.map(|b| b.to_string())),
        ];
        rows.iter().try_for_each(|(name, value)| optional(w, PLANS, name, value.as_deref()))
    })
}

fn billing_cycle(w: &mut Writer, cycle: &BillingCycle) -> Written {
    let attributes = Attributes::default()
        .maybe("StartDate", Some(cycle.start()))
        .maybe("Duration", Some(cycle.duration()))
        .maybe("Resets", cycle.resets());
    w.element(PLANS, "BillingCycle", &attributes.borrowed(), |_| Ok(()))
}

fn usage(w: &mut Writer, usage: &PlanUsage) -> Written {
    let attributes = Attributes::default()
        .maybe("OverLimit", usage.over_limit)
        .maybe("Congested", usage.congested)
        .maybe("CurrentUsage", Some(usage.current.0))
        .maybe("UsageTimestamp", Some(usage.at));
    w.element(PLANS, "Usage", &attributes.borrowed(), |_| Ok(()))
}

fn optional(
    w: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    text: Option<&str>,
) -> Written {
    text.map_or(Ok(()), |text| w.leaf(namespace, name, text))
}

/// Collects the attributes that are present.
#[derive(Default)]
struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    fn maybe(mut self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_string())));
        self
    }

    fn borrowed(&self) -> Vec<(&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}
