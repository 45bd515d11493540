//! The COSA/APN database: which profile a SIM gets and how it connects, [MATCH-96] to
//! [MATCH-105].

mod database;
mod laws;

use database::{a_profile, a_target, connection, iccids, imsis, ordered, plmn, sim};
use domain::cosa::{
    Connection, Form, Next, Origin, Profile, ProfileFault, PurposeGroup, SETTINGS, Selection,
    Setting, SimFacts, Target, TargetFault, next, select, trial_order,
};
use domain::effective::HostProfile;

/// Compares what is chosen: the name of the brand, `none`, or the list that a person sees.
#[track_caller]
fn check(id: &str, profiles: &[Profile], sim: &SimFacts, expected: &str) {
    let name = |profile: &Profile| profile.brand.to_string();
    let chosen = match select(profiles, sim) {
        Selection::Nothing => "none".to_owned(),
        Selection::One(candidate) => name(candidate.profile),
        Selection::Ask(list) => {
            let names: Vec<String> = list.iter().map(|c| name(c.profile)).collect();
            format!("ask: {}", names.join(", "))
        }
    };
    assert_eq!(chosen, expected, "{id}");
    // The order of the database does not matter where one is chosen.
    if !expected.starts_with("ask") {
        let reversed: Vec<Profile> = profiles.iter().rev().cloned().collect();
        let is_same = match select(&reversed, sim) {
            Selection::Nothing => expected == "none",
            Selection::One(candidate) => name(candidate.profile) == expected,
            Selection::Ask(_) => false,
        };
        assert!(is_same, "{id} in reverse");
    }
}

#[test]
fn the_most_identifiers_win_and_all_of_a_target_must_match() {
    let network = || a_profile("network", a_target("00101"));
    let spn = || a_profile("spn", Target { spn: Some("Aurora".to_owned()), ..a_target("00101") });
    let both = [network(), spn()];
    check("[MATCH-98] CO-3", &both, &sim(), "spn");
    let other = SimFacts { spn: Some("Bris".to_owned()), ..sim() };
    check("[MATCH-99] CO-3", &both, &other, "network");
    check("[MATCH-99]", &[spn()], &other, "none");
    check("[MATCH-99]", &both, &SimFacts { spn: Some("aurora".to_owned()), ..sim() }, "network");
    // The example that contradicts the rule: one identifier does not beat three.
    let iccid = Target { iccid: Some(iccids("89990100", "89990199")), ..Target::default() };
    let one = a_profile("one", iccid);
    check("[MATCH-99] C4", &[one.clone(), spn()], &sim(), "spn");
    check("[MATCH-99] C4", &[one, a_profile("other", a_target("00102"))], &sim(), "one");
    // The best target of a profile counts, not the sum of them.
    let mut many = network();
    many.targets.push(a_target("00101"));
    many.targets.push(a_target("00102"));
    check("[MATCH-96]", &[many, spn()], &sim(), "spn");
    let gid1 = Target {
        gid1: Some("0a1F".to_owned()),
        pnn: Some("Fjell".to_owned()),
        ..a_target("00101")
    };
    let with_gid1 =
        SimFacts { gid1: Some("0A1f".to_owned()), pnn: Some("Fjell".to_owned()), ..sim() };
    check("[MATCH-10]", &[spn(), a_profile("gid1", gid1)], &with_gid1, "gid1");
}

#[test]
fn a_tie_goes_to_oem_then_narrow_then_late_then_a_person() {
    let range = |id: &str, low: &str, high: &str| {
        a_profile(id, Target { imsi: Some(imsis(low, high)), ..a_target("00101") })
    };
    let wide = || range("wide", "0000000000", "9999999999");
    let narrow = || range("narrow", "2000000000", "2999999999");
    check("[MATCH-99]", &[wide(), narrow()], &sim(), "narrow");
    let oem = Profile { origin: Origin::Oem, ..wide() };
    check("[MATCH-99] [MATCH-03]", &[oem, narrow()], &sim(), "wide");
    // An OEM's profile with fewer identifiers does not win.
    let oem_network = Profile { origin: Origin::Oem, ..a_profile("oem", a_target("00101")) };
    check("[MATCH-99]", &[oem_network, narrow()], &sim(), "narrow");
    let late = Profile { added: 2, ..range("late", "2000000000", "2999999999") };
    check("[MATCH-99]", &[late, narrow()], &sim(), "late");
    // Narrower counts before later.
    let late_wide = Profile { added: 9, ..wide() };
    check("[MATCH-99]", &[late_wide, narrow()], &sim(), "narrow");

    let listed = |id: &str, ui_name: Option<&str>, ui_order| {
        let mut profile = a_profile(id, a_target("00101"));
        profile.settings.ui_name = ui_name.map(str::to_owned);
        profile.settings.ui_order = Some(ui_order);
        profile
    };
    let tied = [
        listed("c", None, 0),
        listed("b", Some("B"), 2),
        listed("a", Some("Z"), 1),
        listed("d", Some("A"), 2),
    ];
    check("[MATCH-99]", &tied, &sim(), "ask: a, d, b, c");
}

#[test]
fn a_profile_without_targets_is_for_every_sim_of_its_brand() {
    let mut own = a_profile("aurora", a_target("00101"));
    own.targets.clear();
    check("[MATCH-97]", &[own.clone()], &sim(), "none");
    let branded = SimFacts { brand: Some(own.brand.clone()), ..sim() };
    check("[MATCH-97]", &[own.clone()], &branded, "aurora");
    check("[MATCH-98]", &[own, a_profile("network", a_target("00101"))], &branded, "network");
}

#[test]
fn the_length_of_the_mnc_is_told_by_the_device_or_not_at_all() {
    let profiles = [a_profile("two", a_target("00101")), a_profile("three", a_target("001012"))];
    let told = |home: &str| SimFacts { home_plmn: Some(plmn(home)), ..sim() };
    check("[MATCH-100]", &profiles, &told("00101"), "two");
    check("[MATCH-100]", &profiles, &told("001012"), "three");
    check("[MATCH-100]", &profiles, &told("00102"), "none");
    // The IMSI alone begins with both.
    check("[MATCH-99]", &profiles, &sim(), "ask: two, three");
    check("[MATCH-10]", &profiles, &SimFacts::default(), "none");
}

#[test]
fn a_target_has_exactly_one_of_four_forms() {
    let with_spn = |target: Target| Target { spn: Some("Aurora".to_owned()), ..target };
    let imsi = || Some(imsis("0000000000", "0999999999"));
    let iccid = || Some(iccids("89990100", "89990112"));
    let network = || a_target("00101");
    for (target, expected) in [
        (network(), Ok(Form::Network)),
        (Target { imsi: imsi(), ..network() }, Ok(Form::ImsiRange)),
        (Target { iccid: iccid(), ..network() }, Ok(Form::IccidRange)),
        (with_spn(network()), Ok(Form::ProviderName)),
        (Target { pnn: Some("Fjell".to_owned()), ..network() }, Ok(Form::ProviderName)),
        (Target { gid1: Some("0a".to_owned()), imsi: imsi(), ..network() }, Ok(Form::ImsiRange)),
        (Target { iccid: iccid(), ..Target::default() }, Ok(Form::IccidRange)),
        (Target::default(), Err(TargetFault::NoNetwork)),
        (with_spn(Target::default()), Err(TargetFault::NoNetwork)),
        (Target { imsi: imsi(), ..Target::default() }, Err(TargetFault::NoNetwork)),
        (Target { imsi: imsi(), iccid: iccid(), ..network() }, Err(TargetFault::TwoRanges)),
        (with_spn(Target { imsi: imsi(), ..network() }), Err(TargetFault::NameAndRange)),
        (with_spn(Target { iccid: iccid(), ..network() }), Err(TargetFault::NameAndRange)),
        (Target { imsi: imsi(), ..a_target("00102") }, Err(TargetFault::ImsiRange)),
        (Target { imsi: iccid(), ..a_target("89990") }, Err(TargetFault::ImsiRange)),
        (Target { iccid: imsi(), ..network() }, Err(TargetFault::IccidRange)),
    ] {
        assert_eq!(target.form(), expected, "[MATCH-97] {target:?}");
        let mut profile = a_profile("a", target);
        profile.connections.push(connection("internet"));
        let fault = expected.err().map(|fault| ProfileFault::Target { at: 0, fault });
        assert_eq!(profile.faults(), Vec::from_iter(fault), "[MATCH-97]");
    }
    for bad in ["0010", "0010123", "0010x", ""] {
        assert!(domain::cosa::Plmn::parse(bad).is_none(), "[MATCH-100] {bad}");
    }
}

#[test]
fn connections_are_numbered_from_one_and_named_once() {
    let faults = |connections: Vec<Connection>| {
        let mut profile = a_profile("a", a_target("00101"));
        profile.connections = connections;
        profile.faults()
    };
    let numbers = |orders: &[u16]| -> Vec<Connection> {
        orders.iter().map(|order| ordered(&format!("c{order}"), *order)).collect()
    };
    assert_eq!(faults(numbers(&[3, 1, 2, 4])), [], "[MATCH-102]");
    let found = vec![2, 3];
    let fault = ProfileFault::AutoConnectOrder { found };
    assert_eq!(faults(numbers(&[3, 2])), [fault], "[MATCH-102]");
    let twice = vec![ordered("a", 1), ordered("b", 1)];
    let fault = ProfileFault::AutoConnectOrder { found: vec![1, 1] };
    assert_eq!(faults(twice), [fault], "[MATCH-102]");
    // Not all need one.
    assert_eq!(faults(vec![ordered("a", 1), connection("b")]), [], "[MATCH-102]");
    let name = "a".to_owned();
    let fault = ProfileFault::RepeatedName { name };
    assert_eq!(faults(vec![connection("a"), connection("a")]), [fault], "[MATCH-96]");
    assert_eq!(faults(Vec::new()), [ProfileFault::NoConnections], "[MATCH-96]");
}

#[test]
fn a_hotspot_of_its_own_has_a_connection_that_is_not_always_on() {
    let with = |connection: Connection| {
        let mut profile = a_profile("a", a_target("00101"));
        profile.settings.dedicated_hotspot = Some("hotspot".to_owned());
        profile.connections = vec![connection];
        profile.faults()
    };
    let apt = Connection { always_on: false, ..connection("hotspot") };
    assert_eq!(with(apt.clone()), [], "[MATCH-105]");
    let fault = [ProfileFault::DedicatedHotspot { name: "hotspot".to_owned() }];
    assert_eq!(with(Connection { always_on: true, ..apt.clone() }), fault, "[MATCH-105]");
    assert_eq!(with(Connection { name: "other".to_owned(), ..apt.clone() }), fault, "[MATCH-105]");
    let mms = [PurposeGroup::Mms].into();
    assert_eq!(with(Connection { purposes: mms, ..apt }), fault, "[MATCH-105]");
}

fn names<'c>(order: &[&'c Connection]) -> Vec<&'c str> {
    order.iter().map(|connection| connection.name.as_str()).collect()
}

#[test]
fn connections_are_tried_in_order_or_in_turn() {
    let numbered = [ordered("c", 3), ordered("a", 1), ordered("b", 2)];
    let order = |connections, last| names(&trial_order(connections, PurposeGroup::Internet, last));
    assert_eq!(order(&numbered, None), ["a", "b", "c"], "[MATCH-103]");
    assert_eq!(order(&numbered, Some("a")), ["a", "b", "c"], "[MATCH-103]");
    let mixed = [ordered("c", 3), connection("a"), ordered("b", 2)];
    assert_eq!(order(&mixed, None), ["c", "a", "b"], "[MATCH-103]");
    assert_eq!(order(&mixed, Some("c")), ["a", "b", "c"], "[MATCH-103]");
    assert_eq!(order(&mixed, Some("b")), ["c", "a", "b"], "[MATCH-103]");
    assert_eq!(order(&mixed, Some("gone")), ["c", "a", "b"], "[MATCH-103]");
    // Another purpose's connections and those that people start are not tried.
    let purchase = Connection { purposes: [PurposeGroup::Purchase].into(), ..connection("p") };
    let by_hand = Connection { always_on: false, ..connection("h") };
    let all = [purchase, connection("a"), by_hand];
    assert_eq!(order(&all, None), ["a"], "[MATCH-102] [MATCH-104]");
    assert_eq!(names(&trial_order(&all, PurposeGroup::Purchase, None)), ["p"], "[MATCH-104]");
    assert!(trial_order(&[], PurposeGroup::Internet, None).is_empty(), "[MATCH-102]");
}

#[test]
fn when_all_failed_a_person_picks_by_friendly_name() {
    let mut first = ordered("a", 1);
    first.friendly_name = Some("Aurora Internet".to_owned());
    let connections = [first, ordered("b", 2)];
    let order = trial_order(&connections, PurposeGroup::Internet, None);
    assert_eq!(next(&order, 0), Next::Try(&connections[0]), "[MATCH-102]");
    assert_eq!(next(&order, 1), Next::Try(&connections[1]), "[MATCH-102]");
    assert_eq!(next(&order, 2), Next::Ask(vec!["Aurora Internet", "b"]), "[MATCH-102]");
    assert_eq!(next(&[], 0), Next::Ask(Vec::new()), "[MATCH-102]");
}

#[test]
fn purposes_are_read_by_name_and_by_guid() {
    for (name, guid) in [
        ("internet", Some("3E5545D2-1137-4DC8-A198-33F1C657515F")),
        ("mms", Some("53E2C5D3-D13C-4068-AA38-9C48FF2E55A8")),
        ("ims", Some("474D66ED-0E4B-476B-A455-19BB1239ED13")),
        ("supl", Some("6D42669F-52A9-408E-9493-1071DCC437BD")),
        ("esim-provisioning", Some("a36e171f-2377-4965-88fe-1f53eb4b47c0")),
        ("purchase", None),
        ("administrative", None),
        ("application", None),
        ("lte-attach", None),
    ] {
        let purpose = PurposeGroup::parse(name).expect("a purpose");
        let found = purpose.guid().map(str::to_ascii_lowercase);
        assert_eq!(found, guid.map(str::to_ascii_lowercase), "[MATCH-101] {name}");
        if let Some(guid) = guid {
            assert_eq!(PurposeGroup::parse_guid(guid), Some(purpose), "[MATCH-101]");
            let braced = format!("{{{}}}", guid.to_lowercase());
            assert_eq!(PurposeGroup::parse_guid(&braced), Some(purpose), "[MATCH-101]");
        }
    }
    assert_eq!(PurposeGroup::parse("Internet"), None, "[MATCH-101]");
    let unknown = "3E5545D2-1137-4DC8-A198-33F1C6575150";
    assert_eq!(PurposeGroup::parse_guid(unknown), None, "[MATCH-101]");
    assert_eq!(PurposeGroup::parse_guid(""), None, "[MATCH-101]");
}

#[test]
fn each_windows_reads_the_settings_of_its_time() {
    use HostProfile::{Win8, Win8_1, Win10Pre1703, Win10V1703, Win10V1709, Win10V1803, Win11};
    for (name, default, oldest, newest) in [
        ("AccessString", "", Win10V1703, Win11),
        ("AlwaysOn", "true", Win10V1703, Win11),
        ("PurposeGroups", "Internet", Win10V1703, Win11),
        ("IPType", "IPv4", Win10V1703, Win11),
        ("BrandingName", "", Win10V1709, Win11),
        ("UseBrandingNameOnRoaming", "0", Win10V1709, Win11),
        ("Roaming", "1", Win10V1709, Win11),
        ("AppID", "", Win10V1803, Win11),
        ("Hotspot", "Always", Win10V1803, Win11),
        ("AuthProtocol", "", Win8_1, Win10Pre1703),
        ("Compression", "", Win8_1, Win10Pre1703),
        ("EnableAutoSlotSwitch", "false", Win11, Win11),
    ] {
        let setting = Setting::named(name).expect(name);
        assert_eq!(setting.default, default, "[MATCH-100] {name}");
        let read: Vec<_> =
            HostProfile::ALL.into_iter().filter(|h| setting.is_read_by(*h)).collect();
        assert_eq!(read.first(), Some(&oldest), "[MATCH-100] {name}");
        assert_eq!(read.last(), Some(&newest), "[MATCH-100] {name}");
        assert!(!read.contains(&Win8), "[MATCH-100] {name}");
    }
    let required = SETTINGS.iter().filter(|setting| setting.is_required).map(|s| s.name);
    let expected =
        ["UpdateType", "Country/Region", "Operator", "AccessString", "AlwaysOn", "PurposeGroups"];
    assert!(required.eq(expected), "[MATCH-100]");
    assert!(Setting::named("accessstring").is_none(), "[MATCH-100]");
}
