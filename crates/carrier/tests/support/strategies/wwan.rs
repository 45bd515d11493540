//! Activation and mobile broadband profiles.

use carrier::document::{
    AccessString, Activation, Attempts, AuthProtocol, Base64Binary, Compression, Context, Delay,
    Description, HomeProviderName, MbnProfiles, Password, PlanName, Priority, Profile, ProfileName,
    Provider, ProviderId, ProviderName, RetryCount, RetryInterval, UserLogon, UserName,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::messages::{any_foreign, branding, messages};
use super::{one_of_plans, text};

pub fn activation() -> impl Strategy<Value = Activation> {
    let data = vec(any::<u8>(), 0..20);
    (0..3_u8, data, of(0_u64..3600), of(0_u32..=10), of(60_u64..=3600)).prop_map(
        |(directive, data, delay, count, interval)| {
            let attempts = Attempts {
                delay: delay.map(|s| Delay::of_seconds(s).expect("a delay")),
                retry_count: count.map(|n| RetryCount::new(n).expect("a count")),
                retry_interval: interval
                    .map(|s| RetryInterval::of_seconds(s).expect("an interval")),
            };
            match directive {
                0 => Activation::ReconnectToNetwork(attempts),
                1 => Activation::ReregisterToNetwork(attempts),
                _ => Activation::ServiceActivation {
                    attempts,
                    carrier_specific_data: Base64Binary::new(data).expect("octets that fit"),
                },
            }
        },
    )
}

pub fn mbn_profiles(plans: Vec<PlanName>) -> impl Strategy<Value = MbnProfiles> {
    (of(profile(plans.clone())), of(profile(plans)), messages(), of(branding())).prop_map(
        |(default, purchase, messages, branding)| MbnProfiles {
            default_profile: default,
            purchase_profile: purchase,
            messages,
            branding,
        },
    )
}

fn profile(plans: Vec<PlanName>) -> BoxedStrategy<Profile> {
    let head = (of(0_u32..10), text(ProfileName::parse), of(text(Description::parse)));
    let partners = vec(provider(), 0..3);
    let home_provider = of("[a-z <&ø]{0,18}[A-Z]");
    let tail = (home_provider, partners, of(vec(any_foreign(), 0..3)));
    (head, one_of_plans(plans), context(), tail)
        .prop_map(|((priority, name, description), associated_plan, context, tail)| Profile {
            priority: priority.map(|n| Priority::new(n).expect("a priority")),
            name,
            description,
            associated_plan,
            home_provider_name: tail.0.map(|t| HomeProviderName::parse(&t).expect("a name")),
            context: Some(context),
            data_roaming_partners: tail.1,
            extensions: tail.2,
        })
        .boxed()
}

fn provider() -> impl Strategy<Value = Provider> {
    ("[0-9]{1,6}", "[a-z <&ø]{0,18}[A-Z]").prop_map(|(id, name)| Provider {
        id: ProviderId::parse(&id).expect("an id"),
        name: ProviderName::parse(&name).expect("a name"),
    })
}

fn context() -> impl Strategy<Value = Context> {
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
