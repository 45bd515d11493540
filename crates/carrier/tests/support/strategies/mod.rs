//! Generated documents: everything that the model can say, one module a part.

pub mod messages;
pub mod one_x;
pub mod plans;
pub mod wlan;
pub mod wwan;

use carrier::document::{DeviceId, Document, Global, Guid, Parts, PlanName, SubscriberId, UtcTime};
use proptest::option::of;
use proptest::prelude::*;

/// Text with everything that needs escaping, and beyond ASCII.
pub const TEXT: &str = "[a-zA-Z<>&\"' .ø€\\]]{1,60}";

pub fn text<T: std::fmt::Debug, E>(parse: fn(&str) -> Result<T, E>) -> impl Strategy<Value = T> {
    TEXT.prop_filter_map("illegal text", move |text| parse(&text).ok())
}

pub fn global() -> impl Strategy<Value = Global> {
    let device = prop_oneof!["[0-9]{15,16}", "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"];
    let guid = "\\{[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\}";
    (guid, "[A-Za-z0-9]{1,20}", of(device)).prop_map(|(guid, subscriber, device)| Global {
        carrier_id: Guid::parse(&guid).expect("a GUID"),
        subscriber_id: SubscriberId::parse(&subscriber).expect("an id"),
        device_id: device.map(|id| DeviceId::parse(&id).expect("an id")),
    })
}

pub fn time() -> impl Strategy<Value = UtcTime> {
    // The years 1 to 9999.
    (-62_135_596_800_i64..=253_402_207_200).prop_map(|second| {
        let at = carrier::Timestamp::from_second(second).expect("in range");
        UtcTime::new(at).expect("in range")
    })
}

/// Documents that [`Document::new`] makes: within the schema and the limits of the generator.
pub fn document() -> impl Strategy<Value = Document> {
    plans::plans().prop_flat_map(|plans| {
        let names: Vec<PlanName> = plans.iter().map(|plan| plan.name.clone()).collect();
        let parts = (
            of(wwan::activation()),
            of(wwan::mbn_profiles(names.clone())),
            of(wlan::wlan_profiles(names).boxed()),
        );
        (global(), parts).prop_map(move |(global, (activation, mbn_profiles, wlan_profiles))| {
            let plans = plans.clone();
            let parts = Parts { activation, mbn_profiles, wlan_profiles, plans };
            Document::new(global, parts).expect("parts that fit")
        })
    })
}

/// A plan of these, or none.
pub fn one_of_plans(plans: Vec<PlanName>) -> impl Strategy<Value = Option<PlanName>> {
    any::<Option<prop::sample::Index>>().prop_map(move |index| match index {
        Some(index) if !plans.is_empty() => Some(index.get(&plans).clone()),
        Some(_) | None => None,
    })
}
