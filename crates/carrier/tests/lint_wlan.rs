//! The remarks on Wi-Fi profiles: each row refuses beside its nearest neighbour.

mod support;

use carrier::document::{
    Authentication, EapMethod, EapTtls, Encryption, KeyIndex, KeyMaterial, KeyType, OneX, PlanName,
    PmkCacheSize, PmkCacheTtl, PreAuthThrottle, Security, SharedKey, SsidPrefix, Switch,
    WlanProfile, WlanProfiles,
};
use carrier::lint::{Finding, Severity, check as lint};
use carrier::xml::{Foreign, parse};
use support::wlan::{eap_sim, hotspot, profile, ssid, with};
use support::{E4, replace_once};

use Severity::{Error, Limit, Warning};

/// Severity, code, requirement, and the last element of the path.
type Row = (Severity, &'static str, &'static str, &'static str);

#[track_caller]
fn check_findings(id: &str, findings: &[Finding], expected: &[Row]) {
    let last = |f: &Finding| f.path.rsplit('/').next().unwrap_or_default().to_owned();
    let found: Vec<(Severity, &str, &str, String)> =
        findings.iter().map(|f| (f.severity, f.code, f.requirement, last(f))).collect();
    let expected: Vec<(Severity, &str, &str, String)> = expected
        .iter()
        .map(|(severity, code, requirement, last)| (*severity, *code, *requirement, (*last).into()))
        .collect();
    assert_eq!(found, expected, "{id}: {findings:?}");
}

/// What stands against a document of these profiles, errors and limits.
#[track_caller]
fn check_profiles(id: &str, profiles: Vec<WlanProfile>, expected: &[Row]) {
    let findings = match with(profiles) {
        Ok(document) => lint(&document),
        Err(refused) => refused.findings().to_vec(),
    };
    check_findings(id, &findings, expected);
}

#[track_caller]
fn check(id: &str, security: Security, expected: &[Row]) {
    check_profiles(id, vec![profile("Fjell", security)], expected);
}

fn named(count: usize) -> Vec<WlanProfile> {
    (0..count).map(|n| profile(&format!("Fjell {n}"), Security::open())).collect()
}

#[test]
fn what_is_made_of_constructors_is_free_of_remarks() {
    let ttls = OneX(EapMethod::Ttls(EapTtls::default()));
    for security in [
        Security::open(),
        Security::open_hotspot(hotspot()),
        Security::wpa2_psk("correct horse").expect("a passphrase"),
        Security::wpa2_eap(eap_sim()), // [HOT-48]
        Security::wpa2_eap(ttls),
    ] {
        check("[XML-121]", security, &[]);
    }
    check_findings("14.4", &lint(&support::wlan::e4()), &[]);
    check_findings("14.8", &lint(&support::wlan::e8()), &[]);
}

#[test]
fn ten_profiles_of_different_names_are_supported() {
    check_profiles("[XML-95]", named(10), &[]);
    let rule = (Error, "too-many-wlan-profiles", "XML-95", "WLANProfiles");
    check_profiles("[XML-95]", named(11), &[rule]);
    let mut profiles = named(2);
    profiles.push(profile("fjell 1", Security::open()));
    check_profiles("[XML-97]", profiles.clone(), &[]); // case matters
    profiles.push(profile("Fjell 1", Security::open()));
    let rule = (Error, "duplicate-wlan-profile", "XML-97", "name");
    check_profiles("[XML-97]", profiles, &[rule]);
}

#[test]
fn plans_of_wifi_profiles_are_in_the_document() {
    let mut named = profile("Fjell", Security::open());
    named.associated_plan = PlanName::parse("FjellWifi").ok();
    let rule = (Error, "dangling-plan", "XML-178", "AssociatedPlan");
    check_profiles("[XML-98]", vec![named.clone()], &[rule]);
    let plan = support::wlan::e4().plans().first().expect("a plan").clone();
    let lint_with_plan = |profiles: Vec<WlanProfile>| {
        let parts = carrier::document::Parts {
            wlan_profiles: Some(WlanProfiles(profiles)),
            plans: vec![plan.clone()],
            ..Default::default()
        };
        let document = carrier::document::Document::new(support::global(None), parts);
        lint(&document.expect("no more than warnings"))
    };
    check_findings("[XML-98]", &lint_with_plan(vec![named]), &[]);
    check_findings("[XML-179]", &lint_with_plan(Vec::new()), &[]);
    let rule = (Warning, "unused-plan", "XML-178", "Plan");
    let unnamed = vec![profile("Fjell", Security::open())];
    check_findings("[XML-178]", &lint_with_plan(unnamed), &[rule]);
}

#[test]
fn networks_are_counted_and_compared() {
    let with_ssids = |count: usize| {
        let mut profile = profile("Fjell", Security::open());
        profile.ssid_config.v2_ssids = (1..count).map(|n| ssid(&n.to_string())).collect();
        vec![profile]
    };
    check_profiles("[XML-119]", with_ssids(10_000), &[]);
    let rule = (Error, "too-many-ssids", "XML-119", "SSIDConfig");
    check_profiles("[XML-119]", with_ssids(10_001), &[rule]);
    let with_prefixes = |count: usize| {
        let mut profile = profile("Fjell", Security::open());
        let bris = SsidPrefix::parse_name("Bris").expect("a prefix");
        profile.ssid_config.prefixes = vec![bris; count];
        vec![profile]
    };
    check_profiles("[XML-119]", with_prefixes(32), &[]);
    check_profiles("[XML-119]", with_prefixes(33), &[rule]);
    let with_second = |second: &str| {
        let mut profile = profile("Fjell", Security::open());
        profile.ssid_config.v2_ssids =
            vec![carrier::document::Ssid::parse_hex(second).expect("an SSID")];
        vec![profile]
    };
    check_profiles("[XML-118]", with_second("666A656C6C"), &[]);
    let rule = (Warning, "duplicate-ssid", "XML-118", "SSIDConfig");
    check_profiles("[XML-118]", with_second("466A656C6C"), &[rule]);
    let with_name = |name: String| {
        let mut profile = profile("Fjell", Security::open());
        profile.ssid_config.v2_ssids = vec![ssid(&name)];
        vec![profile]
    };
    check_profiles("[XML-118]", with_name("ø".repeat(16)), &[]);
    let rule = (Limit, "ssid-too-long", "XML-118", "SSIDConfig");
    check_profiles("[XML-118]", with_name("ø".repeat(17)), &[rule]);
}

fn of(authentication: Authentication, encryption: Encryption, use_one_x: bool) -> Security {
    let mut security = Security::open();
    security.auth_encryption.authentication = authentication;
    security.auth_encryption.encryption = encryption;
    security.auth_encryption.use_one_x = Some(use_one_x);
    security
}

fn key(key_type: KeyType, material: &str) -> Option<SharedKey> {
    Some(SharedKey {
        key_type,
        is_protected: false,
        key_material: KeyMaterial::parse(material).expect("a key"),
        others: Vec::new(),
    })
}

/// A security with a key that suits it, and with EAP-TTLS where it uses 802.1X.
fn complete(security: Security) -> Security {
    let auth = &security.auth_encryption;
    let shared_key = match (auth.encryption, auth.authentication) {
        (Encryption::Wep, _) => key(KeyType::NetworkKey, "12345"),
        (_, Authentication::WpaPsk | Authentication::Wpa2Psk) => {
            key(KeyType::PassPhrase, "correct horse")
        }
        (_, _) => None,
    };
    let one_x = (auth.use_one_x == Some(true)).then(|| OneX(EapMethod::Ttls(EapTtls::default())));
    Security { shared_key, one_x, ..security }
}

#[test]
fn the_permitted_combinations_are_those_of_the_list() {
    use Authentication::{Open, Shared, Wpa, Wpa2, Wpa2Psk, WpaPsk};
    use Encryption::{Aes, None, Tkip, Wep};
    let permitted = [
        (Open, None, false),
        (Open, Wep, false),
        (Shared, Wep, false),
        (Wpa, Tkip, true),
        (Wpa, Aes, true),
        (Wpa2, Tkip, true),
        (Wpa2, Aes, true),
        (WpaPsk, Tkip, false),
        (WpaPsk, Aes, false),
        (Wpa2Psk, Tkip, false),
        (Wpa2Psk, Aes, false),
    ];
    let rule = (Limit, "combination", "XML-121", "authEncryption");
    for authentication in Authentication::ALL {
        for encryption in Encryption::ALL {
            for use_one_x in [false, true] {
                let combination = (authentication, encryption, use_one_x);
                let security = complete(of(authentication, encryption, use_one_x));
                let expected: &[Row] = if permitted.contains(&combination) { &[] } else { &[rule] };
                check(&format!("[XML-121] {combination:?}"), security, expected);
            }
        }
    }
}

#[test]
fn keys_are_there_where_they_are_needed() {
    use Authentication::{Open, Wpa2Psk};
    let rule = (Error, "no-shared-key", "XML-121", "security");
    check("[XML-121]", of(Open, Encryption::Wep, false), &[rule]);
    check("[XML-121]", of(Wpa2Psk, Encryption::Aes, false), &[rule]);
    let unused =
        Security { shared_key: key(KeyType::NetworkKey, &"0".repeat(64)), ..Security::open() };
    check("[XML-121]", unused, &[(Limit, "unused-shared-key", "XML-121", "sharedKey")]);
    let wep = |shared_key, key_index: Option<u32>| Security {
        shared_key,
        key_index: key_index.map(|n| KeyIndex::new(n).expect("an index")),
        ..of(Open, Encryption::Wep, false)
    };
    let rule = (Error, "wep-key-type", "XML-106", "keyType");
    check("[XML-106]", wep(key(KeyType::PassPhrase, "12345678"), None), &[rule]);
    check("[XML-112]", wep(key(KeyType::NetworkKey, "12345"), Some(3)), &[]);
    let mut psk = Security::wpa2_psk("correct horse").expect("a passphrase");
    psk.key_index = KeyIndex::new(0).ok();
    check("[XML-112]", psk, &[(Error, "key-index", "XML-112", "keyIndex")]);
}

#[test]
fn keys_have_the_form_that_their_use_needs() {
    let (wep, psk) = (
        of(Authentication::Shared, Encryption::Wep, false),
        of(Authentication::WpaPsk, Encryption::Tkip, false),
    );
    let rule = (Error, "key-material", "XML-111", "keyMaterial");
    for (security, key_type, material, is_right) in [
        (&wep, KeyType::NetworkKey, "12345", true),
        (&wep, KeyType::NetworkKey, "1234567890abc", true),
        (&wep, KeyType::NetworkKey, "0123456789", true),
        (&wep, KeyType::NetworkKey, "0123456789abcdefABCDEF0123", true),
        (&wep, KeyType::NetworkKey, "1234", false),
        (&wep, KeyType::NetworkKey, "012345678g", false),
        (&wep, KeyType::NetworkKey, "12345678901234", false),
        (&psk, KeyType::PassPhrase, "12345678", true),
        (&psk, KeyType::PassPhrase, "1234567", false),
        (&psk, KeyType::PassPhrase, &"x".repeat(63), true),
        (&psk, KeyType::PassPhrase, &"x".repeat(64), false),
        (&psk, KeyType::PassPhrase, "1234567ø", false),
        (&psk, KeyType::NetworkKey, &"aF".repeat(32), true),
        (&psk, KeyType::NetworkKey, &"aF".repeat(31), false),
        (&psk, KeyType::NetworkKey, &"ag".repeat(32), false),
    ] {
        let security = Security { shared_key: key(key_type, material), ..security.clone() };
        let expected: &[Row] = if is_right { &[] } else { &[rule] };
        check("[XML-111]", security, expected);
    }
    let protected = |material: &str| {
        let key = key(KeyType::PassPhrase, material).expect("a key");
        Security { shared_key: Some(SharedKey { is_protected: true, ..key }), ..psk.clone() }
    };
    let limit = (Limit, "protected-key", "XML-110", "protected");
    check("[XML-110]", protected("01AB"), &[limit]);
    let rule = (Error, "key-material", "XML-110", "keyMaterial");
    check("[XML-110]", protected("correct horse"), &[limit, rule]);
}

#[test]
fn fips_hotspots_and_key_caches_go_with_some_securities_only() {
    let fips = |mut security: Security| {
        security.auth_encryption.fips_mode = Some(true);
        security
    };
    let psk = |security| complete(fips(security));
    let rule = (Error, "fips-mode", "XML-108", "FIPSMode");
    check("[XML-108]", psk(of(Authentication::Wpa2Psk, Encryption::Aes, false)), &[]);
    check("[XML-108]", psk(of(Authentication::Wpa2Psk, Encryption::Tkip, false)), &[rule]);
    check("[XML-108]", psk(of(Authentication::WpaPsk, Encryption::Aes, false)), &[rule]);
    check("[XML-108]", fips(Security::wpa2_eap(eap_sim())), &[]);
    let rule = (Error, "hotspot-not-open", "XML-124", "HotspotProfile");
    let wpa2 = Security::wpa2_eap(eap_sim());
    check("[XML-124]", Security { hotspot: Some(hotspot()), ..wpa2.clone() }, &[rule]);
    let psk = Security::wpa2_psk("correct horse").expect("a passphrase");
    let off = Some(Switch::Disabled);
    for (id, name, change) in [
        ("XML-114", "PMKCacheTTL", 0),     // [XML-114]
        ("XML-115", "PMKCacheSize", 1),    // [XML-115]
        ("XML-116", "preAuthMode", 2),     // [XML-116], [XML-122]
        ("XML-117", "preAuthThrottle", 3), // [XML-117]
    ] {
        let changed = |security: &Security| {
            let mut security = security.clone();
            match change {
                0 => security.pmk_cache_ttl = PmkCacheTtl::new(5).ok(),
                1 => security.pmk_cache_size = PmkCacheSize::new(1).ok(),
                2 => security.pre_auth_mode = Some(Switch::Enabled),
                _ => security.pre_auth_throttle = PreAuthThrottle::new(1).ok(),
            }
            security
        };
        let rule = (Error, "key-cache", id, name);
        check(id, changed(&wpa2), &[]);
        check(id, changed(&Security { pmk_cache_mode: off, ..wpa2.clone() }), &[rule]);
        check(id, changed(&psk), &[rule]);
    }
    let rule = (Error, "key-cache", "XML-113", "PMKCacheMode");
    let on = Some(Switch::Enabled);
    check("[XML-113]", Security { pmk_cache_mode: on, ..psk.clone() }, &[rule]);
    check("[XML-113]", Security { pmk_cache_mode: off, ..psk.clone() }, &[]);
    check("[XML-113]", Security { pmk_cache_mode: on, ..wpa2 }, &[]);
    check("[XML-122]", Security { pre_auth_mode: off, ..psk }, &[]);
}

#[test]
fn a_sim_authenticates_with_wpa2_and_aes() {
    let sim = |security| Security { one_x: Some(eap_sim()), ..security };
    let rule = (Error, "sim-not-wpa2", "XML-130", "OneX");
    check("[XML-130]", sim(of(Authentication::Wpa2, Encryption::Tkip, true)), &[rule]);
    check("[XML-130]", sim(of(Authentication::Wpa, Encryption::Aes, true)), &[rule]);
    check("[XML-130]", sim(of(Authentication::Wpa2, Encryption::Aes, true)), &[]);
    let bare = of(Authentication::Wpa2, Encryption::Aes, true);
    check("[XML-130]", bare.clone(), &[(Limit, "no-one-x", "XML-130", "security")]);
    let other = parse(b"<OneX xmlns='http://www.microsoft.com/networking/OneX/v1'/>");
    let others = vec![Foreign::from_element(&other.expect("XML"))];
    check("[HOT-54]", Security { others, ..bare }, &[]);
    let ttls = Some(OneX(EapMethod::Ttls(EapTtls::default())));
    let rule = (Limit, "unused-one-x", "XML-107", "OneX");
    check("[XML-107]", Security { one_x: ttls, ..Security::open() }, &[rule]);
}

#[test]
fn trusted_domains_are_hosts() {
    let domain = ".spots.fjell.example</TrustedDomain>";
    for (name, is_host) in [
        ("a.example", true),
        (".example", true),
        ("example", false),
        ("*.example", false),
        ("https://a.example", false),
        ("a..example", false),
        ("", false),
    ] {
        let text = replace_once(E4, domain, &format!("{name}</TrustedDomain>"));
        let document = carrier::read::read(text.as_bytes()).expect("a document");
        let rule = (Warning, "no-domain", "XML-127", "TrustedDomain");
        let expected: &[Row] = if is_host { &[] } else { &[rule] };
        check_findings("[XML-127]", &lint(&document), expected);
    }
}

#[test]
fn content_of_others_is_remarked() {
    let foreign = |text: &str| {
        let element = parse(text.as_bytes()).expect("XML");
        let mut profile = profile("Fjell", Security::open());
        profile.ssid_config.others = vec![Foreign::from_element(&element)];
        vec![profile]
    };
    let rule = (Warning, "foreign-element", "HOT-53", "SSIDConfig");
    check_profiles("[HOT-53]", foreign("<Hotspot2 xmlns='urn:x'/>"), &[rule]);
    let rule = (Warning, "wrong-namespace", "XML-120", "SSIDConfig");
    let alias = "<SSID xmlns='http://www.microsoft.com/networking/WLAN/profile/v2'/>";
    check_profiles("[XML-120]", foreign(alias), &[rule]);
}
