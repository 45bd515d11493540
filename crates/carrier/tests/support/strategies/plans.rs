//! Plans and usage.

use carrier::document::{
    BillingCycle, Kbps, MegabyteLimit, Megabytes, Plan, PlanContent, PlanDescription, PlanName,
    PlanType, PlanUsage, XmlDuration,
};
use proptest::option::of;
use proptest::prelude::*;

use super::{text, time};

/// Up to three plans of different names.
pub fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let content = prop_oneof![
        (description(), of(usage())).prop_map(|(d, u)| PlanContent::Description(d, u)),
        usage().prop_map(PlanContent::Usage),
    ];
    prop::collection::vec((text(PlanName::parse), content), 0..4).prop_map(|plans| {
        let mut named: Vec<Plan> = Vec::new();
        for (name, content) in plans {
            if !named.iter().any(|plan| plan.name == name) {
                named.push(Plan { name, content });
            }
        }
        named
    })
}

fn cycle() -> impl Strategy<Value = BillingCycle> {
    (time(), any::<u32>(), 1_u64..u64::MAX, of(any::<bool>())).prop_map(
        |(start, months, seconds, resets)| {
            let duration = XmlDuration { months, seconds };
            BillingCycle::new(start, duration, resets).expect("not zero")
        },
    )
}

fn description() -> impl Strategy<Value = PlanDescription> {
    let limit = || of((1_u32..).prop_map(|n| MegabyteLimit::new(n).expect("a limit")));
    let kbps = || of((0_u32..=2_000_000).prop_map(Kbps));
    let flags = (of(any::<bool>()), of(any::<bool>()), of(any::<bool>()));
    let plan_type = proptest::sample::select(PlanType::ALL.to_vec());
    (plan_type, of(cycle()), limit(), kbps(), kbps(), limit(), flags).prop_map(
        |(plan_type, billing_cycle, data_limit, inbound, outbound, max_transfer_size, flags)| {
            PlanDescription {
                plan_type,
                billing_cycle,
                data_limit,
                inbound_bandwidth: inbound,
                outbound_bandwidth: outbound,
                max_transfer_size,
                security_updates_exempt: flags.0,
                data_usage_notifications: flags.1,
                user_sms: flags.2,
            }
        },
    )
}

fn usage() -> impl Strategy<Value = PlanUsage> {
    (of(any::<bool>()), of(any::<bool>()), any::<u32>(), time()).prop_map(
        |(over_limit, congested, current, at)| PlanUsage {
            over_limit,
            congested,
            current: Megabytes(current),
            at,
        },
    )
}
