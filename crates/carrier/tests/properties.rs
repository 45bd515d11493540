//! Round trips, and that nothing panics whatever the bytes.

mod support;

use carrier::chain::inspect;
use carrier::document::{
    AccessString, Activation, Attempts, AuthProtocol, BillingCycle, Compression, Context, Delay,
    Description, DeviceId, Document, Global, Guid, Kbps, MbnProfiles, MegabyteLimit, Megabytes,
    Parts, Password, Plan, PlanContent, PlanDescription, PlanName, PlanType, PlanUsage, Priority,
    Profile, ProfileName, RetryCount, RetryInterval, SubscriberId, UserLogon, UserName, UtcTime,
    XmlDuration,
};
use carrier::read::read;
use carrier::schema::validate;
use carrier::verify::{Consent, Trust, verify};
use carrier::write::write;
use carrier::xml::{Method, canonical, parse};
use proptest::option::of;
use proptest::prelude::*;

/// Text with everything that needs escaping, and beyond ASCII.
const TEXT: &str = "[a-zA-Z<>&\"' .ø€]]{1,60}";

fn text<T: std::fmt::Debug, E>(parse: fn(&str) -> Result<T, E>) -> impl Strategy<Value = T> {
    TEXT.prop_filter_map("illegal text", move |text| parse(&text).ok())
}

fn global() -> impl Strategy<Value = Global> {
    let device = prop_oneof!["[0-9]{15,16}", "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"];
    let guid = "\\{[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\}";
    (guid, "[A-Za-z0-9]{1,20}", of(device)).prop_map(|(guid, subscriber, device)| Global {
        carrier_id: Guid::parse(&guid).expect("a GUID"),
        subscriber_id: SubscriberId::parse(&subscriber).expect("an id"),
        device_id: device.map(|id| DeviceId::parse(&id).expect("an id")),
    })
}

fn activation() -> impl Strategy<Value = Activation> {
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

fn profile(plans: Vec<PlanName>) -> impl Strategy<Value = Profile> {
    let plan = prop_oneof![Just(None), proptest::sample::select(plans).prop_map(Some)];
    let logon = (text(UserName::parse), of(text(Password::parse)))
        .prop_map(|(user_name, password)| UserLogon { user_name, password });
    let context = (
        text(AccessString::parse),
        of(logon),
        of(proptest::sample::select(Compression::ALL.to_vec())),
        of(proptest::sample::select(AuthProtocol::ALL.to_vec())),
    )
        .prop_map(|(access_string, user_logon, compression, auth_protocol)| Context {
            access_string,
            user_logon,
            compression,
            auth_protocol,
        });
    let head = (of(0_u32..10), text(ProfileName::parse), of(text(Description::parse)));
    (head, plan, context).prop_map(|((priority, name, description), associated_plan, context)| {
        Profile {
            priority: priority.map(|n| Priority::new(n).expect("a priority")),
            name,
            description,
            associated_plan,
            context,
        }
    })
}

fn time() -> impl Strategy<Value = UtcTime> {
    // The years 1 to 9999.
    (-62_135_596_800_i64..=253_402_207_200).prop_map(|second| {
        let at = carrier::Timestamp::from_second(second).expect("in range");
        UtcTime::new(at).expect("in range")
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
    let kbps = || of((0_u32..=2_000_000).prop_map(|n| Kbps::new(n).expect("a bandwidth")));
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

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let content = prop_oneof![
        (description(), of(usage())).prop_map(|(d, u)| PlanContent::Description(d, u)),
        usage().prop_map(PlanContent::Usage),
    ];
    proptest::collection::vec((text(PlanName::parse), content), 0..4).prop_map(|plans| {
        let mut named: Vec<Plan> = Vec::new();
        for (name, content) in plans {
            if !named.iter().any(|plan| plan.name == name) {
                named.push(Plan { name, content });
            }
        }
        named
    })
}

fn document() -> impl Strategy<Value = Document> {
    (global(), of(activation()), plans()).prop_flat_map(|(global, activation, plans)| {
        let mut names: Vec<PlanName> = plans.iter().map(|plan| plan.name.clone()).collect();
        let has_plans = !names.is_empty();
        names.push(PlanName::parse("none").expect("a name"));
        let clean = move |profile: Option<Profile>| {
            profile.map(|p| {
                match has_plans && p.associated_plan.as_ref().is_some_and(|n| n.as_str() != "none")
                {
                    true => p,
                    false => Profile { associated_plan: None, ..p },
                }
            })
        };
        let profiles = of((of(profile(names.clone())), of(profile(names))));
        profiles.prop_map(move |profiles| {
            let mbn_profiles = profiles.map(|(default, purchase)| MbnProfiles {
                default_profile: clean(default),
                purchase_profile: clean(purchase),
            });
            let parts = Parts { activation, mbn_profiles, plans: plans.clone() };
            Document::new(global.clone(), parts).expect("parts that fit")
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_canonical_valid_and_read_back(document in document()) {
        let written = write(&document).expect("legal values");
        let root = parse(written.as_bytes()).expect("well-formed");
        prop_assert_eq!(canonical(&root, &[], Method::Inclusive, None), written.as_str());
        prop_assert_eq!(validate(&root), Ok(()));
        prop_assert_eq!(read(written.as_bytes()), Ok(document));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let trust = Trust::of_web_site(&[], support::now(), Consent::Given);
        prop_assert!(read(&bytes).is_err());
        prop_assert!(verify(&bytes, &trust).is_err());
        prop_assert!(inspect(&bytes).is_err());
    }

    #[test]
    fn a_changed_octet_never_verifies_nor_panics(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let roots = support::certificates(&["root"]);
        let trust = Trust::of_web_site(&roots, support::now(), Consent::Given);
        let mut bytes = support::signed_e1(&["leaf", "issuing"], str::to_owned).into_bytes();
        let index = at.index(bytes.len());
        bytes[index] ^= 1 << bit;
        // Some octets do not matter: the kind of white space in a start tag, and the like.
        if let Ok(verified) = verify(&bytes, &trust) {
            prop_assert_eq!(verified.document(), Ok(support::e1()));
        }
        let mut der = support::certificate("leaf").as_bytes().to_vec();
        let index = at.index(der.len());
        der[index] ^= 1 << bit;
        let _ = inspect(&der);
    }
}
