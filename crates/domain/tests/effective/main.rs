//! Which source of a setting counts, by version of Windows: [MATCH-01] to [MATCH-07],
//! [MATCH-106], [MATCH-107], CO-1 and CO-2.

use domain::Timestamp;
use domain::brand::{BrandId, Connection, Purpose};
use domain::cosa::{
    self, IpType, NameReach, Origin, Place, PurposeGroup, Roaming, SimSettings, Tethering,
};
use domain::effective::{
    Effective, HostProfile, Layer, Settings, Shadowed, Source, Sources, TrustedCertificate, Why,
    needs_app_lookup, resolve,
};
use proptest::prelude::*;

fn apn(text: &str) -> Connection {
    Connection {
        purpose: Purpose::Internet,
        access_string: text.to_owned(),
        user_name: None,
        password: None,
        auth_protocol: None,
        compression: None,
    }
}

fn with_apn(text: &str) -> Layer {
    Layer { internet: Some(apn(text)), ..Layer::default() }
}

fn named(text: &str) -> Layer {
    Layer { name: Some(text.to_owned()), icon: Some(format!("{text}.ico")), ..Layer::default() }
}

/// What counts, as `value from source`.
fn text<T>(effective: &Effective<T>, show: impl Fn(&T) -> String) -> String {
    let shown = effective.value.as_ref().map(|(source, v)| format!("{} from {source:?}", show(v)));
    shown.unwrap_or_else(|| "none".to_owned())
}

fn internet(settings: &Settings) -> String {
    text(&settings.internet, |c| c.access_string.clone())
}

fn name(settings: &Settings) -> String {
    text(&settings.name, Clone::clone)
}

fn why<T>(effective: &Effective<T>) -> Vec<(Source, Why)> {
    effective.shadowed.iter().map(|shadowed| (shadowed.source, shadowed.why)).collect()
}

const ALL: [HostProfile; 7] = HostProfile::ALL;

#[test]
fn provisioning_beats_service_metadata_beats_cosa_setting_by_setting() {
    let mut sources = Sources {
        provisioning: with_apn("c"),
        service_metadata: with_apn("b"),
        manual: Some(apn("typed")),
        cosa_oem: with_apn("oem"),
        cosa_base: with_apn("a"),
        ..Sources::default()
    };
    let expected = |sources: &Sources, expected: &str| {
        for host in ALL {
            let settings = resolve(sources, host);
            let ids = "[MATCH-01] [MATCH-02] [MATCH-04] CO-1";
            assert_eq!(internet(&settings), expected, "{ids} {host:?}");
        }
    };
    expected(&sources, "c from Provisioning");
    let settings = resolve(&sources, HostProfile::Win8_1);
    let outranked = [Source::ServiceMetadata, Source::Manual, Source::CosaOem, Source::CosaBase];
    let outranked = outranked.map(|source| (source, Why::Outranked));
    assert_eq!(why(&settings.internet), outranked, "[MATCH-04]");
    let first = &settings.internet.shadowed[0];
    let (source, why) = (Source::ServiceMetadata, Why::Outranked);
    assert_eq!(*first, Shadowed { source, value: apn("b"), why }, "[MATCH-04]");
    sources.provisioning = Layer::default();
    expected(&sources, "b from ServiceMetadata");
    sources.service_metadata = Layer::default();
    expected(&sources, "typed from Manual");
    sources.manual = None;
    expected(&sources, "oem from CosaOem");
    sources.cosa_oem = Layer::default();
    expected(&sources, "a from CosaBase");
    sources.cosa_base = Layer::default();
    expected(&sources, "none");
}

/// What a person typed is no profile of the database: it stays when those are made anew.
#[test]
fn what_a_person_typed_beats_the_database_only() {
    let typed = Sources { manual: Some(apn("typed")), ..Sources::default() };
    let cosa = Sources { cosa_oem: with_apn("oem"), ..typed.clone() };
    let package = Sources { service_metadata: with_apn("b"), ..typed.clone() };
    for (sources, expected) in [
        (typed, "typed from Manual"),
        (cosa, "typed from Manual"),
        (package, "b from ServiceMetadata"),
    ] {
        let settings = resolve(&sources, HostProfile::Win10V1803);
        assert_eq!(internet(&settings), expected, "[MATCH-03]");
        assert_eq!(settings.purchase.value, None, "[MATCH-03]");
    }
}

#[test]
fn a_package_without_profiles_leaves_connecting_to_cosa() {
    let sources = Sources {
        service_metadata: named("Aurora"),
        cosa_base: Layer { purchase: Some(apn("buy")), ..with_apn("a") },
        ..Sources::default()
    };
    for host in ALL {
        let settings = resolve(&sources, host);
        assert_eq!(internet(&settings), "a from CosaBase", "[MATCH-106] CO-2");
        let purchase = text(&settings.purchase, |c| c.access_string.clone());
        assert_eq!(purchase, "buy from CosaBase", "[MATCH-106]");
        let is_old = host < HostProfile::Win10V1709;
        let expected = if is_old { "Aurora from ServiceMetadata" } else { "none" };
        assert_eq!(name(&settings), expected, "[MATCH-05] CO-2 {host:?}");
    }
    // One profile of the package does not hide the other one of COSA.
    let sources = Sources { service_metadata: with_apn("b"), ..sources };
    let settings = resolve(&sources, HostProfile::Win8_1);
    assert_eq!(internet(&settings), "b from ServiceMetadata", "[MATCH-106]");
    assert_eq!(settings.purchase.source(), Some(Source::CosaBase), "[MATCH-106]");
}

#[test]
fn from_1709_on_name_and_icon_are_cosas_alone() {
    let all = Sources {
        provisioning: named("p"),
        service_metadata: named("s"),
        cosa_oem: named("o"),
        cosa_base: named("b"),
        ..Sources::default()
    };
    use Source::{CosaBase, CosaOem, Provisioning, ServiceMetadata};
    for host in ALL {
        let settings = resolve(&all, host);
        let (expected, shadowed) = if host < HostProfile::Win10V1709 {
            let shadowed =
                [(ServiceMetadata, Why::Outranked), (CosaOem, Why::Host), (CosaBase, Why::Host)];
            ("p from Provisioning", shadowed)
        } else {
            let shadowed = [
                (Provisioning, Why::Host),
                (ServiceMetadata, Why::Host),
                (CosaBase, Why::Outranked),
            ];
            ("o from CosaOem", shadowed)
        };
        assert_eq!(name(&settings), expected, "[MATCH-05] {host:?}");
        assert_eq!(why(&settings.name), shadowed, "[MATCH-05] {host:?}");
        assert_eq!(settings.icon.source(), settings.name.source(), "[MATCH-05] {host:?}");
    }
}

#[test]
fn from_1803_on_the_app_is_cosas_where_it_names_one() {
    let app = |text: &str| Layer { app: Some(text.to_owned()), ..Layer::default() };
    let (old, new) = (HostProfile::Win10V1709, HostProfile::Win10V1803);
    let both = Sources { service_metadata: app("s"), cosa_base: app("c"), ..Sources::default() };
    let empty = Sources { cosa_base: app(""), ..both.clone() };
    let none = Sources { cosa_base: Layer::default(), ..both.clone() };
    let wrong = Sources { provisioning: app("p"), ..none.clone() };
    for (sources, host, expected, is_looked_up) in [
        (&both, new, "c from CosaBase", false),
        (&both, HostProfile::Win11, "c from CosaBase", false),
        (&both, old, "s from ServiceMetadata", true),
        (&empty, new, "s from ServiceMetadata", true),
        (&none, new, "s from ServiceMetadata", true),
        (&wrong, new, "s from ServiceMetadata", true),
        (&wrong, old, "s from ServiceMetadata", true),
    ] {
        let settings = resolve(sources, host);
        assert_eq!(text(&settings.app, Clone::clone), expected, "[MATCH-05] {host:?}");
        assert_eq!(needs_app_lookup(sources, host), is_looked_up, "[MATCH-05] {host:?}");
    }
    assert_eq!(why(&resolve(&both, old).app), [(Source::CosaBase, Why::Host)], "[MATCH-05]");
    let shadowed = [(Source::ServiceMetadata, Why::Outranked)];
    assert_eq!(why(&resolve(&both, new).app), shadowed, "[MATCH-05]");
}

#[test]
fn an_app_id_that_is_read_hides_the_portal() {
    let portal = |app: Option<&str>| Sources {
        cosa_base: Layer {
            portal_url: Some("https://portal.example/".to_owned()),
            app: app.map(str::to_owned),
            ..Layer::default()
        },
        service_metadata: Layer { app: Some("s".to_owned()), ..Layer::default() },
        ..Sources::default()
    };
    for (app, host, is_open) in [
        (None, HostProfile::Win10V1803, true),
        (Some(""), HostProfile::Win10V1803, true),
        (Some("Contoso!App"), HostProfile::Win10V1709, true),
        (Some("Contoso!App"), HostProfile::Win10V1803, false),
        (Some("Contoso!App"), HostProfile::Win11, false),
    ] {
        let settings = resolve(&portal(app), host);
        assert_eq!(settings.portal_url.get().is_some(), is_open, "[PORT-15] {app:?} {host:?}");
        let shadowed = [(Source::CosaBase, Why::AppSet)];
        let expected = if is_open { &[][..] } else { &shadowed };
        assert_eq!(why(&settings.portal_url), expected, "[PORT-15]");
    }
}

#[test]
fn from_1803_on_sharing_is_cosas_to_allow() {
    let says = |tethering| Layer { tethering: Some(tethering), ..Layer::default() };
    let both = Sources {
        service_metadata: says(Tethering::Never),
        cosa_base: says(Tethering::EntitlementCheckRequired),
        ..Sources::default()
    };
    let package = Sources { cosa_base: Layer::default(), ..both.clone() };
    let (old, new) = (HostProfile::Win10V1709, HostProfile::Win10V1803);
    for (sources, host, expected) in [
        (&both, old, "Never from ServiceMetadata"),
        (&both, new, "EntitlementCheckRequired from CosaBase"),
        (&package, old, "Never from ServiceMetadata"),
        (&package, new, "Always from BuiltIn"),
        (&Sources::default(), old, "Always from BuiltIn"),
        (&Sources::default(), new, "Always from BuiltIn"),
    ] {
        let settings = resolve(sources, host);
        let found = text(&settings.tethering, |tethering| format!("{tethering:?}"));
        assert_eq!(found, expected, "[MATCH-05] {host:?}");
    }
}

#[test]
fn from_1709_on_roaming_and_where_the_name_shows_are_the_databases() {
    let says = |roaming, name_reach, ui_name: Option<&str>| Layer {
        roaming,
        name_reach,
        ui_name: ui_name.map(str::to_owned),
        name: Some("Aurora".to_owned()),
        ..Layer::default()
    };
    let oem = says(Some(Roaming::Home), None, Some("Aurora (OEM)"));
    let base = says(Some(Roaming::AnyRoaming), Some(NameReach::Domestic), Some("Aurora"));
    let both = Sources { cosa_oem: oem, cosa_base: base.clone(), ..Sources::default() };
    let one = Sources { cosa_base: base, ..Sources::default() };
    let (old, new) = (HostProfile::Win10V1703, HostProfile::Win10V1709);
    for (sources, host, roaming, reach, ui_name) in [
        (&one, old, "All from BuiltIn", "Home from BuiltIn", "none"),
        (&one, new, "AnyRoaming from CosaBase", "Domestic from CosaBase", "Aurora from CosaBase"),
        (&both, new, "Home from CosaOem", "Domestic from CosaBase", "Aurora (OEM) from CosaOem"),
        (&Sources::default(), new, "All from BuiltIn", "Home from BuiltIn", "none"),
    ] {
        let settings = resolve(sources, host);
        let ids = "[MATCH-04] [MATCH-100]";
        assert_eq!(text(&settings.roaming, |v| format!("{v:?}")), roaming, "{ids} {host:?}");
        assert_eq!(text(&settings.name_reach, |v| format!("{v:?}")), reach, "{ids} {host:?}");
        assert_eq!(text(&settings.ui_name, Clone::clone), ui_name, "{ids} {host:?}");
    }
    let unread = [(Source::CosaBase, Why::Host), (Source::BuiltIn, Why::Outranked)];
    assert_eq!(why(&resolve(&one, old).roaming)[..1], unread[..1], "[MATCH-100]");
    assert_eq!(why(&resolve(&one, new).roaming)[..], unread[1..], "[MATCH-100]");
}

#[test]
fn abroad_the_networks_own_name_is_shown_unless_the_database_says_otherwise() {
    let shown = |reach, place| {
        let layer = Layer { name_reach: reach, ..named("Aurora") };
        let sources = Sources { cosa_base: layer, ..Sources::default() };
        resolve(&sources, HostProfile::Win11).name_shown(place).is_some()
    };
    use Place::{Abroad, Domestic, Home};
    for (reach, expected) in [
        (None, [true, false, false]),
        (Some(NameReach::Home), [true, false, false]),
        (Some(NameReach::Domestic), [true, true, false]),
        (Some(NameReach::International), [true, true, true]),
    ] {
        let found = [Home, Domestic, Abroad].map(|place| shown(reach, place));
        assert_eq!(found, expected, "[MATCH-113] [MATCH-100] {reach:?}");
    }
    for (roaming, expected) in [
        (Roaming::Home, [true, false, false]),
        (Roaming::All, [true, true, true]),
        (Roaming::HomeAndDomestic, [true, true, false]),
        (Roaming::DomesticRoaming, [false, true, false]),
        (Roaming::InternationalRoaming, [false, false, true]),
        (Roaming::AnyRoaming, [false, true, true]),
    ] {
        let found = [Home, Domestic, Abroad].map(|place| roaming.allows(place));
        assert_eq!(found, expected, "[MATCH-100] {roaming:?}");
    }
}

/// Nobody tells the app: what it applied is gone until it applies it again.
#[test]
fn an_update_of_the_package_overwrites_branding_that_was_applied_before() {
    let at = |second| Timestamp::from_second(second).ok();
    let sources = |applied, installed| Sources {
        provisioning: named("p"),
        service_metadata: named("s"),
        branding_applied_at: applied,
        package_installed_at: installed,
        ..Sources::default()
    };
    for (sources, expected) in [
        (sources(at(10), at(5)), "p from Provisioning"),
        (sources(at(10), at(10)), "p from Provisioning"),
        (sources(at(10), at(11)), "s from ServiceMetadata"),
        (sources(at(12), at(11)), "p from Provisioning"),
        (sources(at(10), None), "p from Provisioning"),
        (sources(None, at(11)), "p from Provisioning"),
        // A package without a name overwrites none.
        (
            Sources { service_metadata: Layer::default(), ..sources(at(10), at(11)) },
            "p from Provisioning",
        ),
    ] {
        assert_eq!(name(&resolve(&sources, HostProfile::Win8_1)), expected, "[MATCH-07]");
    }
    let settings = resolve(&sources(at(10), at(11)), HostProfile::Win8_1);
    assert_eq!(why(&settings.name), [(Source::Provisioning, Why::Overwritten)], "[MATCH-07]");
}

#[test]
fn certificates_of_cosa_and_of_the_package_add_up() {
    let signer = |subject: &str| TrustedCertificate {
        subject: subject.to_owned(),
        issuer: "CN=CA".to_owned(),
    };
    let trusts = |subjects: &[&str]| Layer {
        certificates: subjects.iter().map(|subject| signer(subject)).collect(),
        ..Layer::default()
    };
    let sources = Sources {
        provisioning: trusts(&["itself"]),
        service_metadata: trusts(&["a", "b"]),
        cosa_oem: trusts(&["b", "c"]),
        cosa_base: trusts(&["c"]),
        ..Sources::default()
    };
    let expected = [
        (Source::ServiceMetadata, signer("a")),
        (Source::ServiceMetadata, signer("b")),
        (Source::CosaOem, signer("c")),
    ];
    let settings = resolve(&sources, HostProfile::default());
    assert_eq!(settings.certificates, expected, "[MATCH-107] [PORT-16]");
}

#[test]
fn hosts_have_the_names_of_the_specification() {
    let names =
        ["win8", "win8_1", "win10_pre1703", "win10_1703", "win10_1709", "win10_1803", "win11"];
    assert_eq!(ALL.map(HostProfile::name), names, "[MATCH-06]");
    for (host, name) in ALL.into_iter().zip(names) {
        assert_eq!(HostProfile::parse(name), Some(host), "[MATCH-06]");
    }
    assert_eq!(HostProfile::parse("win10"), None, "[MATCH-06]");
    assert_eq!(HostProfile::default(), HostProfile::Win10V1803, "[MATCH-06]");
}

#[test]
fn a_profile_of_the_database_is_a_source() {
    let connection = |name: &str, purpose| cosa::Connection {
        name: name.to_owned(),
        friendly_name: None,
        purposes: [purpose].into(),
        access: apn(name),
        ip_type: IpType::default(),
        always_on: true,
        auto_connect_order: None,
    };
    let profile = cosa::Profile {
        brand: BrandId::parse("aurora").expect("an id"),
        origin: Origin::Oem,
        added: 1,
        targets: Vec::new(),
        settings: SimSettings {
            branding_name: Some("Aurora".to_owned()),
            account_experience_url: Some("https://portal.example/".to_owned()),
            hotspot: Some(Tethering::Never),
            name_reach: Some(NameReach::Domestic),
            ui_name: Some("Aurora list".to_owned()),
            roaming: Some(Roaming::Home),
            ..SimSettings::default()
        },
        connections: vec![
            connection("mms", PurposeGroup::Mms),
            connection("internet", PurposeGroup::Internet),
            connection("buy", PurposeGroup::Purchase),
        ],
    };
    let expected = Layer {
        name: Some("Aurora".to_owned()),
        portal_url: Some("https://portal.example/".to_owned()),
        name_reach: Some(NameReach::Domestic),
        ui_name: Some("Aurora list".to_owned()),
        tethering: Some(Tethering::Never),
        roaming: Some(Roaming::Home),
        internet: Some(apn("internet")),
        purchase: Some(apn("buy")),
        ..Layer::default()
    };
    assert_eq!(Layer::of_profile(&profile), expected, "[MATCH-96] [PORT-13] [PORT-14]");
}

fn layers() -> impl Strategy<Value = Layer> {
    let maybe = || prop::option::of(prop::sample::select(vec!["", "x", "y"]));
    (maybe(), maybe(), maybe(), maybe()).prop_map(|(name, app, url, access)| Layer {
        name: name.map(str::to_owned),
        app: app.map(str::to_owned),
        portal_url: url.map(str::to_owned),
        internet: access.map(apn),
        ..Layer::default()
    })
}

proptest! {
    /// Nothing that is defined is lost: it counts, or it is shadowed and it is said why.
    #[test]
    fn what_is_defined_counts_or_is_shadowed(
        layers in prop::array::uniform4(layers()), host in prop::sample::select(ALL.to_vec()),
    ) {
        let defined = |of: fn(&Layer) -> bool| layers.iter().filter(|layer| of(layer)).count();
        let [provisioning, service_metadata, cosa_oem, cosa_base] = layers.clone();
        let sources =
            Sources { provisioning, service_metadata, cosa_oem, cosa_base, ..Sources::default() };
        let settings = resolve(&sources, host);
        let kept = |value: bool, shadowed: usize| usize::from(value) + shadowed;
        let name = &settings.name;
        prop_assert_eq!(kept(name.value.is_some(), name.shadowed.len()), defined(|l| l.name.is_some()));
        let app = &settings.app;
        let apps = defined(|l| l.app.as_ref().is_some_and(|app| !app.is_empty()));
        prop_assert_eq!(kept(app.value.is_some(), app.shadowed.len()), apps);
        let url = &settings.portal_url;
        prop_assert_eq!(kept(url.value.is_some(), url.shadowed.len()), defined(|l| l.portal_url.is_some()));
        let access = &settings.internet;
        // No version of Windows makes an exception of connections: the strongest source counts.
        prop_assert!(access.shadowed.iter().all(|s| Some(s.source) > access.source()), "[MATCH-04]");
        prop_assert_eq!(kept(access.value.is_some(), access.shadowed.len()), defined(|l| l.internet.is_some()));
    }
}
