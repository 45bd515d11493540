//! Network settings, policies for further contexts, and sharing.

use carrier::agent::{Action, Admission, Host, Stored, admission};
use carrier::document::{AccessString, AppId};

use crate::fixture::{CC2, NOT_FOUND, OK, after, code, document, fold, host, keys, of, planned};

fn v2(inner: &str) -> String {
    format!("<Extensions><Extensions_v2 {CC2}>{inner}</Extensions_v2></Extensions>")
}

fn settings(mtu: u32) -> String {
    format!("<NetworkSettings><IPv4LinkMTU>{mtu}</IPv4LinkMTU></NetworkSettings>")
}

fn network(inner: &str) -> String {
    format!("<CarrierNetworkMetadata>{inner}</CarrierNetworkMetadata>")
}

fn policy(name: &str, access_string: &str, apps: &[&str]) -> String {
    let apps: String = apps.iter().map(|app| format!("<AppID>{app}</AppID>")).collect();
    format!(
        "<PDPContextPolicy><Name>{name}</Name><Context><AccessString>{access_string}</AccessString>\
         </Context><AppIDList>{apps}</AppIDList></PDPContextPolicy>"
    )
}

fn policies(attributes: &str, inner: &str) -> String {
    format!(
        "<AdditionalPDPContexts><MultiplePDPContextPolicies{attributes}>{inner}\
         </MultiplePDPContextPolicies></AdditionalPDPContexts>"
    )
}

const SHARING: &str = "<AdditionalPDPContexts><TetheringSettings><TetheringProfile>\
    <Name>Share</Name><Context><AccessString>share.fjell.example</AccessString></Context>\
    </TetheringProfile><MaxNumberOfDevices>5</MaxNumberOfDevices></TetheringSettings>\
    </AdditionalPDPContexts>";

#[test]
fn settings_are_for_all_profiles_of_the_subscription() {
    // [XML-162]
    let parts = v2(&network(&format!(
        "{}<CustomerSupportPhoneNumber>+47</CustomerSupportPhoneNumber>",
        settings(1430)
    )));
    let decision = planned(&document(&parts), &host(), &Stored::default());
    assert_eq!(keys(&decision), ["NetworkSettings { }"]);
    let mtu = decision.effects.iter().find_map(|effect| match &effect.action {
        Action::ConfigureNetwork(settings) => settings.ipv4_link_mtu,
        action => panic!("another effect: {action:?}"),
    });
    assert_eq!(mtu.map(|mtu| mtu.number()), Some(1430));
    for part in ["CarrierNetworkMetadata", "NetworkSettings", "CustomerSupportPhoneNumber"] {
        assert_eq!(code(&decision, part), Some(OK), "{part}");
    }
    assert_eq!(code(&decision, "DataClassFriendlyNames"), None);
    // What is present replaces, what is absent stays.
    let stored = after(&[&parts, &v2(SHARING)]);
    assert!(of(&stored).network.is_some_and(|network| network.support_phone_number.is_some()));
    let later = fold(&stored, &planned(&document(&v2(&network(""))), &host(), &stored));
    assert!(of(&later).network.is_some_and(|network| network.settings.is_none()));
    assert_eq!(of(&later).contexts, of(&stored).contexts);
    let tethering = of(&later).contexts.and_then(|contexts| contexts.tethering).expect("settings");
    let access = tethering.profile.and_then(|profile| profile.context.access_string);
    assert_eq!(access.as_ref().map(AccessString::as_str), Some("share.fjell.example"));
}

#[test]
fn extensions_need_a_modem_whatever_its_sim() {
    // [XML-26], [XML-199]
    let parts = v2(&format!("{}{SHARING}", network(&settings(1430))));
    let other = crate::fixture::modem(1, crate::fixture::IMEI, &["1"]);
    for (modems, expected, number) in [(vec![other], OK, 0), (vec![], NOT_FOUND, 7)] {
        let host = Host { modems, ..host() };
        let decision = planned(&document(&parts), &host, &Stored::default());
        for part in ["NetworkSettings", "TetheringProfile", "AdditionalPdpContexts"] {
            assert_eq!(code(&decision, part), Some(expected), "{part}");
        }
        assert_eq!(decision.number(), number);
        assert_eq!(decision.changes.is_empty(), !expected.is_success());
    }
    let nothing = Host { modems: Vec::new(), ..host() };
    for parts in ["<Extensions/>", &v2("")] {
        assert_eq!(planned(&document(parts), &nothing, &Stored::default()).number(), 0);
    }
}

#[test]
fn apps_open_contexts_by_policy() {
    // DV-1 to DV-5 and DV-8; [XML-175].
    let tv = policy("TV", "tv.fjell.example", &["Fjell.TV"]);
    let nobody = policy("N", "n.fjell.example", &[]);
    let more = policy("TV 2", "TV.fjell.example", &["Other.TV"]);
    let all = policies("", &[tv.as_str(), &nobody, &more].concat());
    let off = policies(" MultiplePDPContextSupport=\"false\"", &tv);
    let on = policies(" MultiplePDPContextSupport=\"true\"", &tv);
    for (id, parts, app, access_string, expected) in [
        ("DV-1", &all, "Fjell.TV", "tv.fjell.example", Admission::Allowed),
        ("DV-2", &all, "Fjell.Radio", "tv.fjell.example", Admission::Denied),
        ("case of an app counts", &all, "fjell.tv", "tv.fjell.example", Admission::Denied),
        ("union of the lists", &all, "Other.TV", "tv.fjell.example", Admission::Allowed),
        ("DV-3 [XML-175]", &all, "Fjell.Radio", "rcs.fjell.example", Admission::Allowed),
        ("DV-4", &off, "Fjell.TV", "tv.fjell.example", Admission::Unsupported),
        ("DV-4", &off, "Fjell.TV", "rcs.fjell.example", Admission::Unsupported),
        ("DV-5", &on, "Fjell.TV", "tv.fjell.example", Admission::Allowed),
        ("DV-8 [XML-175]", &all, "Fjell.TV", "n.fjell.example", Admission::Denied),
        ("sharing alone", &SHARING.to_owned(), "Fjell.TV", "x", Admission::Allowed),
    ] {
        let contexts = of(&after(&[&v2(parts)])).contexts;
        let app = AppId::parse(app).expect("an id");
        let access_string = AccessString::parse(access_string).expect("an APN");
        assert_eq!(admission(contexts.as_ref(), &app, &access_string), expected, "{id}");
        assert_eq!(admission(None, &app, &access_string), Admission::Allowed);
    }
}

#[test]
fn a_later_policy_replaces_an_earlier_one_of_its_name() {
    // [PDP-07]
    let parts = v2(&policies("", &[policy("P", "a", &["A"]), policy("P", "b", &["B"])].concat()));
    let decision = planned(&document(&parts), &host(), &Stored::default());
    let contexts = of(&fold(&Stored::default(), &decision)).contexts.expect("contexts");
    let policies = contexts.policies.expect("policies").policies;
    let [policy] = policies.as_slice() else {
        panic!("one policy: {policies:?}");
    };
    let access_string = policy.context.access_string.as_ref();
    assert_eq!(access_string.map(AccessString::as_str), Some("b"));
}
