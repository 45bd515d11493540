//! Wi-Fi profiles, hotspots and 802.1X.

use carrier::document::{
    AuthEncryption, Authentication, Encryption, ExtensionId, HotspotAuthentication,
    HotspotPassword, HotspotProfile, HotspotSsid, HotspotSsids, HotspotUserName, KeyMaterial,
    KeyType, Msm, PlanName, Priority, ProfileName, Security, SharedKey, SsidAtLeast, SsidConfig,
    Switch, TrustedDomain, TrustedDomains, UserAgent, Within, WlanProfile, WlanProfiles,
};
use carrier::xml::{Foreign, parse};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::{one_of_plans, one_x, text};

/// Up to three profiles of different names.
pub fn wlan_profiles(plans: Vec<PlanName>) -> impl Strategy<Value = WlanProfiles> {
    vec(profile(plans).boxed(), 0..4).prop_map(|profiles| {
        let mut named: Vec<WlanProfile> = Vec::new();
        for profile in profiles {
            if !named.iter().any(|earlier| earlier.name == profile.name) {
                named.push(profile);
            }
        }
        WlanProfiles(named)
    })
}

fn profile(plans: Vec<PlanName>) -> impl Strategy<Value = WlanProfile> {
    let head = (of(0_u32..10), text(ProfileName::parse), one_of_plans(plans));
    let msm = (weighted(0.8, security().boxed()), others())
        .prop_map(|(security, others)| Msm { security, others });
    (head, ssid_config().boxed(), weighted(0.8, msm.boxed())).prop_map(
        |((priority, name, associated_plan), ssid_config, msm)| WlanProfile {
            priority: priority.map(|n| Priority::new(n).expect("a priority")),
            name,
            associated_plan,
            ssid_config,
            msm,
        },
    )
}

/// At most 32 octets or characters, the latter at most 32 octets too.
fn ssid<const MIN: usize>() -> impl Strategy<Value = SsidAtLeast<MIN>> {
    let octets = vec(any::<u8>(), MIN..=32)
        .prop_map(|octets| SsidAtLeast::of_octets(&octets).expect("octets"));
    let name = "[a-zA-Z<>&\"' .ø€]]{1,30}".prop_filter_map("too short or too long", |name| {
        let ssid = SsidAtLeast::parse_name(&name).ok()?;
        (name.len() <= 32).then_some(ssid)
    });
    prop_oneof![octets, name]
}

fn ssid_config() -> impl Strategy<Value = SsidConfig> {
    (vec(ssid(), 1..4), vec(ssid(), 0..3), vec(ssid(), 0..3), others()).prop_map(
        |(ssids, v2_ssids, prefixes, others)| {
            let mut config = SsidConfig::new(ssids).expect("few");
            (config.v2_ssids, config.prefixes, config.others) = (v2_ssids, prefixes, others);
            config
        },
    )
}

/// Elements that the model has no field for.
fn others() -> impl Strategy<Value = Vec<Foreign>> {
    let texts = [
        "<x xmlns='urn:x'/>",
        "<p:x xmlns:p='urn:x' xmlns:q='urn:q' a='&lt;&#9;' q:a='1'>a<y xmlns=''>&#13;</y> b</p:x>",
        "<connectivity xmlns='http://www.microsoft.com/networking/WLAN/profile/v1'>\
         <phyType>n</phyType></connectivity>",
    ];
    let foreign = |text: &str| Foreign::from_element(&parse(text.as_bytes()).expect("XML"));
    vec(select(texts.map(foreign).to_vec()), 0..2)
}

fn security() -> impl Strategy<Value = Security> {
    prop_oneof![open().boxed(), wep().boxed(), psk().boxed(), eap().boxed()]
}

fn open() -> impl Strategy<Value = Security> {
    (of(Just(false)), of(hotspot().boxed()), others()).prop_map(|(use_one_x, hotspot, others)| {
        let mut security = Security::open();
        security.auth_encryption.use_one_x = use_one_x;
        Security { hotspot, others, ..security }
    })
}

fn wep() -> impl Strategy<Value = Security> {
    let key = shared_key(KeyType::NetworkKey, "[ -~]{5}|[ -~]{13}|[0-9a-fA-F]{10}|[0-9a-fA-F]{26}");
    let authentication = select(vec![Authentication::Open, Authentication::Shared]);
    (authentication, key, of(0_u32..=3), others()).prop_map(
        |(authentication, shared_key, index, others)| {
            let mut security = Security::open();
            security.auth_encryption.authentication = authentication;
            security.auth_encryption.encryption = Encryption::Wep;
            security.auth_encryption.others = others;
            Security {
                shared_key: Some(shared_key),
                key_index: index.map(|n| Within::new(n).expect("an index")),
                ..security
            }
        },
    )
}

fn psk() -> impl Strategy<Value = Security> {
    let key = prop_oneof![
        shared_key(KeyType::PassPhrase, "[ -~]{8,63}"),
        shared_key(KeyType::NetworkKey, "[0-9a-fA-F]{64}"),
    ];
    let authentication = select(vec![Authentication::WpaPsk, Authentication::Wpa2Psk]);
    let auth = auth_encryption(authentication, of(Just(false)));
    (auth, key).prop_map(|(auth_encryption, shared_key)| Security {
        auth_encryption,
        shared_key: Some(shared_key),
        ..Security::open()
    })
}

fn eap() -> impl Strategy<Value = Security> {
    let authentication = select(vec![Authentication::Wpa, Authentication::Wpa2]);
    let auth = auth_encryption(authentication, Just(Some(true)));
    (auth.boxed(), one_x::one_x(), one_x::ttls(), key_cache().boxed()).prop_map(
        |(auth_encryption, any_method, ttls, cache)| {
            let is_wpa2 = auth_encryption.authentication == Authentication::Wpa2;
            let takes_sim = is_wpa2 && auth_encryption.encryption == Encryption::Aes;
            Security {
                auth_encryption,
                one_x: Some(if takes_sim { any_method } else { ttls }),
                ..if is_wpa2 { cache } else { Security::open() }
            }
        },
    )
}

/// TKIP or AES, and FIPS where it may be.
fn auth_encryption(
    authentication: impl Strategy<Value = Authentication>,
    use_one_x: impl Strategy<Value = Option<bool>>,
) -> impl Strategy<Value = AuthEncryption> {
    let encryption = select(vec![Encryption::Tkip, Encryption::Aes]);
    (authentication, encryption, use_one_x, of(any::<bool>()), others()).prop_map(
        |(authentication, encryption, use_one_x, fips_mode, others)| {
            let is_wpa2 = matches!(authentication, Authentication::Wpa2 | Authentication::Wpa2Psk);
            let fips_mode = fips_mode.filter(|_| is_wpa2 && encryption == Encryption::Aes);
            AuthEncryption { authentication, encryption, use_one_x, fips_mode, others }
        },
    )
}

fn key_cache() -> impl Strategy<Value = Security> {
    let numbers = (of(5_u32..=1440), of(1_u32..=255), of(1_u32..=16));
    let enabled = of(Just(Switch::Enabled));
    let pre_auth = of(select(Switch::ALL.to_vec()));
    let cached =
        (enabled, numbers, pre_auth).prop_map(|(mode, (ttl, size, throttle), pre_auth)| Security {
            pmk_cache_mode: mode,
            pmk_cache_ttl: ttl.map(|n| Within::new(n).expect("a time")),
            pmk_cache_size: size.map(|n| Within::new(n).expect("a size")),
            pre_auth_mode: pre_auth,
            pre_auth_throttle: throttle.map(|n| Within::new(n).expect("a number")),
            ..Security::open()
        });
    let uncached = Just(Security {
        pmk_cache_mode: Some(Switch::Disabled),
        pre_auth_mode: Some(Switch::Disabled),
        ..Security::open()
    });
    prop_oneof![4 => cached, 1 => uncached]
}

fn shared_key(key_type: KeyType, material: &'static str) -> impl Strategy<Value = SharedKey> {
    (material, others()).prop_map(move |(material, others)| SharedKey {
        key_type,
        is_protected: false,
        key_material: KeyMaterial::parse(&material).expect("a key"),
        others,
    })
}

fn hotspot() -> impl Strategy<Value = HotspotProfile> {
    let domains = || {
        vec(text(TrustedDomain::parse), 1..3)
            .prop_map(|domains| TrustedDomains::new(domains).expect("some"))
    };
    let basic = (text(HotspotUserName::parse), text(HotspotPassword::parse), domains()).prop_map(
        |(user_name, password, trusted_domains)| HotspotAuthentication::Basic {
            user_name,
            password,
            trusted_domains,
        },
    );
    let extension =
        (text(ExtensionId::parse), of(domains())).prop_map(|(extension_id, trusted_domains)| {
            HotspotAuthentication::Extension { extension_id, trusted_domains }
        });
    let ssid =
        prop_oneof![ssid().prop_map(HotspotSsid::Whole), ssid().prop_map(HotspotSsid::Prefix)];
    let ssids = vec(ssid, 1..3).prop_map(|ssids| HotspotSsids::new(ssids).expect("few"));
    let authentication = prop_oneof![basic.boxed(), extension.boxed()];
    (authentication, of(text(UserAgent::parse)), of(ssids), others()).prop_map(
        |(authentication, user_agent, secondary_ssids, others)| HotspotProfile {
            authentication,
            user_agent,
            secondary_ssids,
            others,
        },
    )
}
