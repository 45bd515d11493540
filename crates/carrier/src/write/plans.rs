//! Plans and usage, in the order of Plans.xsd.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements the order of children of [XML-132]…[XML-148].

use super::{Attributes, Written, optional};
use crate::document::{BillingCycle, Plan, PlanContent, PlanDescription, PlanUsage};
use crate::xml::{Namespace, Writer};

const PLANS: Namespace = Namespace::Plans;

pub(super) fn plan(w: &mut Writer, plan: &Plan) -> Written {
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
            ("InboundBandwidthInKbps", d.inbound_bandwidth.map(|n| n.0.to_string())),
            ("OutboundBandwidthInKbps", d.outbound_bandwidth.map(|n| n.0.to_string())),
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
