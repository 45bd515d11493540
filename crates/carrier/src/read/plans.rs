//! Plans and usage, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]).
//! Implements the reading side of [XML-132]…[XML-150].

use super::{ReadError, attribute, beyond, boolean, map, needed, number, one_of, text, token};
use crate::document::{
    BillingCycle, DurationError, DurationLexical, Kbps, MegabyteLimit, Megabytes, Plan,
    PlanContent, PlanDescription, PlanName, PlanType, PlanUsage, UtcTime, XmlDuration,
};
use crate::xml::{Element, Namespace};

const PLANS: Namespace = Namespace::Plans;

pub(super) fn plan(e: &Element<'_>) -> Result<Plan, ReadError> {
    let name = attribute(e, "Name", PlanName::parse)?.ok_or_else(|| beyond(e, "Name"))?;
    let described = map(e.child(PLANS, "Description"), description)?;
    let content = match described {
        Some(described) => {
            PlanContent::Description(described, map(e.child(PLANS, "Usage"), usage)?)
        }
        None => PlanContent::Usage(usage(needed(e, PLANS, "Usage")?)?),
    };
    Ok(Plan { name, content })
}

fn description(e: &Element<'_>) -> Result<PlanDescription, ReadError> {
    Ok(PlanDescription {
        plan_type: attribute(e, "PlanType", one_of(&PlanType::ALL, PlanType::as_str))?
            .ok_or_else(|| beyond(e, "PlanType"))?,
        billing_cycle: map(e.child(PLANS, "BillingCycle"), billing_cycle)?,
        data_limit: text(e, PLANS, "DataLimitInMegabytes", number(MegabyteLimit::new))?,
        inbound_bandwidth: text(e, PLANS, "InboundBandwidthInKbps", number(kbps))?,
        outbound_bandwidth: text(e, PLANS, "OutboundBandwidthInKbps", number(kbps))?,
        max_transfer_size: text(
            e,
            PLANS,
            "MaxTransferSizeInMegabytes",
            number(MegabyteLimit::new),
        )?,
        security_updates_exempt: text(e, PLANS, "SecurityUpdatesExempt", flag(false))?,
        data_usage_notifications: text(
            e,
            PLANS,
            "DataUsageInMobileOperatorNotificationEnabled",
            flag(false),
        )?,
        user_sms: text(e, PLANS, "UserSMSEnabled", flag(true))?,
    })
}

fn billing_cycle(e: &Element<'_>) -> Result<BillingCycle, ReadError> {
    let start = attribute(e, "StartDate", token(UtcTime::parse))?;
    let duration = attribute(e, "Duration", token(cycle))?;
    let resets = attribute(e, "Resets", boolean)?;
    let (Some(start), Some(duration)) = (start, duration) else {
        return Err(beyond(e, "BillingCycle"));
    };
    BillingCycle::new(start, duration, resets).map_err(|_| beyond(e, "BillingCycle"))
}

/// Reads the length of a cycle; a fraction makes a second, since no cycle is shorter.
fn cycle(text: &str) -> Result<XmlDuration, DurationError> {
    let DurationLexical { whole, has_fraction, .. } = DurationLexical::parse(text)?;
    let seconds = whole.seconds.saturating_add(u64::from(has_fraction));
    Ok(XmlDuration { seconds, ..whole })
}

fn usage(e: &Element<'_>) -> Result<PlanUsage, ReadError> {
    let current = attribute(e, "CurrentUsage", number(|n| Ok::<_, ()>(Megabytes(n))))?;
    Ok(PlanUsage {
        over_limit: attribute(e, "OverLimit", boolean)?,
        congested: attribute(e, "Congested", boolean)?,
        current: current.ok_or_else(|| beyond(e, "CurrentUsage"))?,
        at: attribute(e, "UsageTimestamp", token(UtcTime::parse))?
            .ok_or_else(|| beyond(e, "UsageTimestamp"))?,
    })
}

/// Reads an element that has its default when it is empty [XML-142]…[XML-144].
fn flag(default: bool) -> impl FnOnce(&str) -> Result<bool, ()> {
    move |text| if text.is_empty() { Ok(default) } else { boolean(text) }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that `number` takes")]
const fn kbps(number: u32) -> Result<Kbps, ()> {
    Ok(Kbps(number))
}
