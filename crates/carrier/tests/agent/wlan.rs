//! The Wi-Fi section: what it stores, replaces and deletes.

use carrier::agent::{Host, Stored, Warning, WlanService, ssids_of};
use carrier::document::ProfileName;

use crate::fixture::{
    INVALID, OK, WLAN, after, code, document, fold, host, keys, of, outcomes, planned, wlan,
};

fn names(stored: &Stored) -> Vec<String> {
    of(stored).wlan_profiles.keys().map(ToString::to_string).collect()
}

#[test]
fn the_section_lists_all_profiles() {
    // [XML-93]
    let three = wlan(&[("A", 5, ""), ("B", 5, ""), ("C", 5, "")]);
    let stored = after(&[&three]);
    for (parts, expected, effects) in [
        (String::new(), vec!["A", "B", "C"], 0), // Omitted: unchanged.
        ("<WLANProfiles/>".to_owned(), vec![], 3 + 1), // Example 14.8; all deleted, list ordered.
        (wlan(&[("B", 5, "")]), vec!["B"], 3 + 1),
        (wlan(&[("D", 5, ""), ("A", 9, "")]), vec!["A", "D"], 4 + 1),
        (wlan(&[("a", 5, "")]), vec!["a"], 4 + 1), // Case matters [XML-97].
        (three, vec!["A", "B", "C"], 3 + 1),
    ] {
        let decision = planned(&document(&parts), &host(), &stored);
        assert_eq!(decision.number(), 0, "{parts}");
        let later = fold(&stored, &decision);
        assert_eq!(names(&later), expected, "{parts}");
        assert_eq!(decision.effects.len(), effects, "{parts}: {:?}", keys(&decision));
    }
    let updated = fold(&stored, &planned(&document(&wlan(&[("A", 9, "")])), &host(), &stored));
    let a = ProfileName::parse("A").expect("a name");
    let priority = of(&updated).wlan_profiles.get(&a).and_then(|stored| stored.profile.priority);
    assert_eq!(priority.map(|priority| priority.number()), Some(9), "replaced");
}

#[test]
fn nothing_is_stored_or_deleted_while_the_service_is_stopped() {
    // [XML-199], [XML-205]
    let stored = after(&[&wlan(&[("A", 5, "")])]);
    let b = wlan(&[("B", 5, "")]);
    for (parts, service, number, expected, effects) in [
        ("<WLANProfiles/>", WlanService::Stopped, 1, vec!["A"], 0),
        (&b, WlanService::Stopped, 1, vec!["A"], 0),
        (&b, WlanService::NoAdapter, 6, vec!["A"], 0),
        // Without an adapter no network is left to delete from it.
        ("<WLANProfiles/>", WlanService::NoAdapter, 0, vec![], 1),
    ] {
        let host = Host { wlan: service, ..host() };
        let decision = planned(&document(parts), &host, &stored);
        assert_eq!(decision.number(), number, "{parts}, {service:?}");
        assert_eq!(names(&fold(&stored, &decision)), expected, "{parts}, {service:?}");
        assert_eq!(keys(&decision), vec!["Networks { }"; effects], "{parts}, {service:?}");
    }
}

#[test]
fn at_most_ten_profiles_are_stored() {
    // [XML-95]
    let profiles: Vec<String> = (0..11).map(|n| format!("W{n:02}")).collect();
    let rows: Vec<(&str, u8, &str)> = profiles.iter().map(|name| (name.as_str(), 5, "")).collect();
    let ten = planned(&document(&wlan(&rows[..10])), &host(), &Stored::default());
    assert_eq!(ten.number(), 0);
    let eleven = planned(&document(&wlan(&rows)), &host(), &Stored::default());
    assert_eq!(eleven.number(), 1);
    assert_eq!(code(&eleven, "\"W09\""), Some(OK));
    assert_eq!(code(&eleven, "\"W10\""), Some(INVALID));
    assert_eq!(names(&fold(&Stored::default(), &eleven)), profiles[..10]);
}

fn with_ssids(ssids: &str) -> String {
    format!(
        "<WLANProfiles><WLANProfile {WLAN} \
         xmlns:w2=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v2\"><name>W</name>\
         <SSIDConfig>{ssids}</SSIDConfig></WLANProfile></WLANProfiles>"
    )
}

#[test]
fn prefixes_beyond_the_limit_fail_their_profile() {
    // [XML-119]
    let prefixes = |count: usize| {
        let prefix = |n| format!("<w2:SSIDPrefix><w2:name>Fjell{n}</w2:name></w2:SSIDPrefix>");
        let prefixes: String = (0..count).map(prefix).collect();
        with_ssids(&format!("<SSID><name>Fjell</name></SSID>{prefixes}"))
    };
    for (count, expected) in [(32, OK), (33, INVALID)] {
        let decision = planned(&document(&prefixes(count)), &host(), &Stored::default());
        assert_eq!(code(&decision, "\"W\""), Some(expected), "{count}");
        assert_eq!(decision.changes.is_empty(), !expected.is_success());
    }
}

#[test]
fn ssids_beyond_the_limit_fail_their_profile() {
    // [XML-119]: of both versions together.
    for (count, expected) in [(9_999, OK), (10_000, INVALID)] {
        let ssid = |n| format!("<w2:SSID><w2:name>Fjell{n}</w2:name></w2:SSID>");
        let ssids: String = (0..count).map(ssid).collect();
        let parts = with_ssids(&format!("<SSID><name>Fjell</name></SSID>{ssids}"));
        let decision = planned(&document(&parts), &host(), &Stored::default());
        assert_eq!(code(&decision, "\"W\""), Some(expected), "{count}");
    }
}

#[test]
fn networks_are_compared_by_their_octets() {
    // [XML-99], [XML-118]
    let parts = with_ssids(
        "<SSID><name>Fjell</name></SSID><SSID><hex>466a656C6c</hex></SSID>\
         <SSID><name>fjell</name></SSID><w2:SSID><w2:name>Fjell</w2:name></w2:SSID>\
         <w2:SSID><w2:hex>00ff</w2:hex></w2:SSID>",
    );
    let document = document(&parts);
    let profile = document.wlan_profiles().and_then(|section| section.0.first());
    let expected: [&[u8]; 3] = [b"Fjell", b"fjell", &[0x00, 0xff]];
    assert_eq!(profile.map(ssids_of), Some(expected.to_vec()));
}

#[test]
fn the_last_profile_of_a_name_counts() {
    let parts = wlan(&[("A", 1, ""), ("B", 2, ""), ("A", 3, "")]);
    let decision = planned(&document(&parts), &host(), &Stored::default());
    let name = ProfileName::parse("A").expect("a name");
    assert_eq!(decision.warnings, [Warning::WlanProfileRepeated(name.clone())]);
    assert_eq!(outcomes(&decision).len(), 3, "the section, and each name once");
    let stored = of(&fold(&Stored::default(), &decision));
    let priority = stored.wlan_profiles.get(&name).and_then(|stored| stored.profile.priority);
    assert_eq!(priority.map(|priority| priority.number()), Some(3));
}
