//! The extensions of Windows 8.1.

use carrier::document::{
    AdditionalPdpContexts, AppId, CarrierNetworkMetadata, DataClass, DataClassFriendlyNames,
    DnsRetryCount, DnsRetryInterval, DnsRetrySettings, Extensions, ExtensionsV2, FriendlyName,
    LinkMtu, MaxDevices, MultiplePdpContextPolicies, NetworkSettings, PdpContextPolicy, PolicyName,
    ProfileName, SupportPhoneNumber, TetheringProfile, TetheringSettings,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::text;
use super::wwan::context;

pub fn extensions() -> impl Strategy<Value = Extensions> {
    let v2 = (of(network()), of(contexts()))
        .prop_map(|(network, additional_contexts)| ExtensionsV2 { network, additional_contexts });
    of(v2).prop_map(|v2| Extensions { v2, others: Vec::new() })
}

fn network() -> impl Strategy<Value = CarrierNetworkMetadata> {
    let mtu = || of((1280_u32..=1500).prop_map(|n| LinkMtu::new(n).expect("an MTU")));
    let retry = (1_u32..=4, 1_u32..=4).prop_map(|(interval, count)| DnsRetrySettings {
        interval: DnsRetryInterval::new(interval).expect("an interval"),
        count: DnsRetryCount::new(count).expect("a count"),
    });
    let settings = (mtu(), mtu(), of(retry)).prop_map(|(ipv4, ipv6, dns_retry)| NetworkSettings {
        ipv4_link_mtu: ipv4,
        ipv6_link_mtu: ipv6,
        dns_retry,
    });
    let name = "[a-zA-Z0-9+<&ø]{1,15}".prop_map(|t| FriendlyName::parse(&t).expect("a name"));
    let names =
        btree_map(select(DataClass::ALL.to_vec()), name, 0..4).prop_map(DataClassFriendlyNames);
    let number = "[+]?[0-9 ]{0,20}".prop_map(|t| SupportPhoneNumber::parse(&t).expect("a number"));
    (of(settings), of(names), of(number)).prop_map(
        |(settings, data_class_names, support_phone_number)| CarrierNetworkMetadata {
            settings,
            data_class_names,
            support_phone_number,
        },
    )
}

fn contexts() -> impl Strategy<Value = AdditionalPdpContexts> {
    let policies = (of(any::<bool>()), vec(policy(), 0..3))
        .prop_map(|(support, policies)| MultiplePdpContextPolicies { support, policies });
    let profile = (text(ProfileName::parse), context())
        .prop_map(|(name, context)| TetheringProfile { name, context });
    let devices = (3_u32..=10).prop_map(|n| MaxDevices::new(n).expect("a number"));
    let tethering = (of(profile), of(devices))
        .prop_map(|(profile, max_devices)| TetheringSettings { profile, max_devices });
    (of(policies), of(tethering))
        .prop_map(|(policies, tethering)| AdditionalPdpContexts { policies, tethering })
}

fn policy() -> impl Strategy<Value = PdpContextPolicy> {
    (text(PolicyName::parse), context(), vec(text(AppId::parse), 0..3))
        .prop_map(|(name, context, app_ids)| PdpContextPolicy { name, context, app_ids })
}
