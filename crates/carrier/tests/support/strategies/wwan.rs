//! Activation and mobile broadband profiles.

use carrier::document::{
    AccessString, Activation, Attempts, AuthProtocol, Compression, Context, Delay, Description,
    MbnProfiles, Password, PlanName, Priority, Profile, ProfileName, RetryCount, RetryInterval,
    UserLogon, UserName,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{one_of_plans, text};

pub fn activation() -> impl Strategy<Value = Activation> {
    (any::<bool>(), of(0_u64..3600), of(0_u32..=10), of(60_u64..=3600)).prop_map(
        |(reconnects, delay, count, interval)| {
            let attempts = Attempts {
                delay: delay.map(|s| Delay::of_seconds(s).expect("a delay")),
                retry_count: count.map(|n| RetryCount::new(n).expect("a count")),
                retry_interval: interval
                    .map(|s| RetryInterval::of_seconds(s).expect("an interval")),
            };
            if reconnects {
                Activation::ReconnectToNetwork(attempts)
            } else {
                Activation::ReregisterToNetwork(attempts)
            }
        },
    )
}

pub fn mbn_profiles(plans: Vec<PlanName>) -> impl Strategy<Value = MbnProfiles> {
    (of(profile(plans.clone())), of(profile(plans))).prop_map(|(default, purchase)| MbnProfiles {
        default_profile: default,
        purchase_profile: purchase,
    })
}

fn profile(plans: Vec<PlanName>) -> impl Strategy<Value = Profile> {
    let head = (of(0_u32..10), text(ProfileName::parse), of(text(Description::parse)));
    (head, one_of_plans(plans), context()).prop_map(
        |((priority, name, description), associated_plan, context)| Profile {
            priority: priority.map(|n| Priority::new(n).expect("a priority")),
            name,
            description,
            associated_plan,
            context: Some(context),
        },
    )
}

pub fn context() -> impl Strategy<Value = Context> {
    let logon = (text(UserName::parse), of(text(Password::parse)))
        .prop_map(|(user_name, password)| UserLogon { user_name, password });
    let compression = of(select(Compression::ALL.to_vec()));
    let auth_protocol = of(select(AuthProtocol::ALL.to_vec()));
    (text(AccessString::parse), of(logon), compression, auth_protocol).prop_map(
        |(access_string, user_logon, compression, auth_protocol)| Context {
            access_string: Some(access_string),
            user_logon,
            compression,
            auth_protocol,
        },
    )
}
