//! Mobile broadband profiles, messages and branding.

use carrier::agent::{Action, Change, Host, HostProfile, ModemId, Stored, Warning};
use carrier::document::{Document, ProfileSlot};

use crate::fixture::{
    CARRIER, CC2, IMEI, INVALID, MODEM, NOT_FOUND, OK, SUBSCRIBER, WWAN, after, code, document,
    document_for, fold, host, keys, mbn, modem, of, planned, profile,
};

#[test]
fn what_is_present_replaces_and_what_is_absent_stays() {
    // [XML-43]
    let both = [profile("DefaultProfile", "A", ""), profile("PurchaseProfile", "B", "")].concat();
    let stored = after(&[&mbn(&format!("{both}{}{}", messages("a"), branding("Fjell")))]);
    let name = |stored: &Stored, slot| of(stored).profile(slot).map(|p| p.name.to_string());
    assert_eq!(name(&stored, ProfileSlot::Default).as_deref(), Some("A"));
    assert_eq!(fold(&stored, &planned(&document("<MBNProfiles/>"), &host(), &stored)), stored);
    assert_eq!(fold(&stored, &planned(&document(""), &host(), &stored)), stored);

    let decision = planned(&document(&mbn(&profile("DefaultProfile", "C", ""))), &host(), &stored);
    let later = fold(&stored, &decision);
    assert_eq!(name(&later, ProfileSlot::Default).as_deref(), Some("C"));
    assert_eq!(name(&later, ProfileSlot::Purchase).as_deref(), Some("B"));
    assert_eq!(of(&later).messages, of(&stored).messages);
    assert_eq!(of(&later).branding, of(&stored).branding);
    let before = stored;
    let Some(Action::StoreProfile { modems, profile: stored, replaces }) =
        decision.effects.first().map(|effect| &effect.action)
    else {
        panic!("no profile is stored: {decision:?}");
    };
    assert_eq!(*modems, [MODEM]);
    assert_eq!(stored.name.as_str(), "C");
    assert_eq!(replaces.as_ref().map(|name| name.as_str()), Some("A"));

    let again = planned(&document(&mbn(&profile("DefaultProfile", "A", ""))), &host(), &before);
    let action = again.effects.first().map(|effect| &effect.action);
    assert!(matches!(action, Some(Action::StoreProfile { replaces: None, .. })), "{action:?}");

    let later = after(&[&mbn(&messages("a")), &mbn(&messages("b"))]);
    let patterns: Vec<String> =
        of(&later).messages.iter().map(|m| m.pattern.as_str().to_owned()).collect();
    assert_eq!(patterns, ["b"], "all messages are replaced");
}

fn messages(pattern: &str) -> String {
    message(&format!("<Pattern>{pattern}</Pattern>"))
}

fn message(inner: &str) -> String {
    format!("<Messages {WWAN}><Message Silent=\"true\"><USSDBearer/>{inner}</Message></Messages>")
}

fn branding(name: &str) -> String {
    format!("<Branding {WWAN}><Name>{name}</Name></Branding>")
}

/// Everything that belongs to a SIM, and a plan, which does not.
fn whole(device: &str) -> Document {
    let profiles = profile("DefaultProfile", "A", "P");
    let mbn = mbn(&format!("{profiles}{}{}", messages("a"), branding("Fjell")));
    let activation = format!("<Activation><ReconnectToNetwork {WWAN}/></Activation>");
    let plans = crate::fixture::plans(&[crate::fixture::described("P", "")]);
    document_for(CARRIER, SUBSCRIBER, device, &format!("{activation}{mbn}{plans}"))
}

#[test]
fn profiles_belong_to_the_sim_and_the_device_of_the_document() {
    // [XML-26]
    let device = |id: &str| format!("<DeviceId>{id}</DeviceId>");
    let with = |modems: &[(&str, &[&str])]| Host {
        modems: (1..).zip(modems).map(|(id, (imei, sims))| modem(id, imei, sims)).collect(),
        ..host()
    };
    let mac = "00:1A:2b:3c:4D:5e";
    let mut with_mac = host();
    with_mac.other_device_ids.extend(carrier::document::DeviceId::parse(&mac.to_lowercase()));
    let iccid = "89470000000000000001";
    let (other, other_imei) = ("001011111111111", "004999010640018");
    for (host, device, of_sim, of_activation) in [
        (with(&[(IMEI, &[SUBSCRIBER, iccid])]), String::new(), OK, OK),
        (with(&[(IMEI, &[other, SUBSCRIBER])]), String::new(), OK, OK),
        (with(&[(IMEI, &[])]), String::new(), OK, OK), // No SIM is bound.
        (with(&[(IMEI, &[other, iccid])]), String::new(), NOT_FOUND, OK), // The rest is applied.
        (with(&[(IMEI, &[SUBSCRIBER])]), device(IMEI), OK, OK),
        (with(&[(IMEI, &[SUBSCRIBER])]), device(other_imei), NOT_FOUND, NOT_FOUND),
        (with(&[(other_imei, &[other]), (IMEI, &[SUBSCRIBER])]), device(IMEI), OK, OK),
        (with(&[(other_imei, &[SUBSCRIBER]), (IMEI, &[other])]), device(IMEI), NOT_FOUND, OK),
        (with_mac, device(mac), OK, OK), // [XML-22]: another device of the host.
        (with(&[(IMEI, &[SUBSCRIBER])]), device(mac), NOT_FOUND, NOT_FOUND),
    ] {
        let decision = planned(&whole(&device), &host, &Stored::default());
        for part in ["Profile(Default", "Messages", "Branding"] {
            assert_eq!(code(&decision, part), Some(of_sim), "{part}, {host:?}, {device}");
        }
        assert_eq!(code(&decision, "Activation"), Some(of_activation), "{host:?}, {device}");
        assert_eq!(code(&decision, "Plan("), Some(OK), "the rest is applied");
        assert_eq!(decision.number(), u8::from(!of_sim.is_success()));
        let stored = of(&fold(&Stored::default(), &decision));
        assert_eq!(stored.default_profile.is_some(), of_sim.is_success());
        assert_eq!(stored.messages.is_empty(), !of_sim.is_success());
        assert_eq!(stored.plans.len(), 1);
    }
}

#[test]
fn a_profile_goes_to_every_modem_of_its_sim() {
    let mut host = host();
    host.modems.push(modem(2, "004999010640018", &["001011111111111"]));
    host.modems.push(modem(3, "004999010640026", &[SUBSCRIBER]));
    assert_eq!(host.modems_for(whole("").global()), [ModemId(1), ModemId(3)]);
}

#[test]
fn rules_that_a_host_cannot_follow_are_not_stored() {
    // NV-22, [XML-87]
    let usage = "<Fields><Usage Group=\"1\"/></Fields>";
    let timestamp = "<Fields><UsageTimestamp Group=\"1\" Format=\"%d.%m.\"/></Fields>";
    let both =
        "<Fields><Usage Group=\"1\"/><UsageTimestamp Group=\"2\" Format=\"%d.%m.\"/></Fields>";
    for (fields, expected) in [(usage, INVALID), (timestamp, INVALID), (both, OK), ("", OK)] {
        let rejected = message(&format!("<Pattern>(a)(b)</Pattern>{fields}"));
        let two = rejected.replace("</Messages>", "")
            + &messages("c").replace(&format!("<Messages {WWAN}>"), "");
        let document = document(&mbn(&two));
        let decision = planned(&document, &host(), &Stored::default());
        assert_eq!(code(&decision, "Messages"), Some(expected), "{fields}");
        let stored = of(&fold(&Stored::default(), &decision)).messages;
        let is_rejected = !expected.is_success();
        assert_eq!(stored.len(), if is_rejected { 1 } else { 2 }, "the other rule is stored");
        let warnings =
            if is_rejected { vec![Warning::MessageRejected(1, "XML-87")] } else { vec![] };
        assert_eq!(decision.warnings, warnings);
        assert_eq!(decision.number(), u8::from(is_rejected));
        let results = carrier::results::write(&decision.results()).expect("legal values");
        let section = "<MBNProfiles errorCode=\"82170002\"></MBNProfiles>";
        assert_eq!(results.as_str().contains(section), is_rejected, "{}", results.as_str());
    }
}

#[test]
fn a_profile_that_fails_speaks_for_its_section() {
    // [XML-204]: no results document has a place for messages.
    let rejected = message("<Pattern>(a)</Pattern><Fields><Usage Group=\"1\"/></Fields>");
    let (a, b) = (profile("DefaultProfile", "A", "P"), profile("PurchaseProfile", "B", ""));
    for (profiles, expected) in [
        (b.clone(), "<MBNProfiles errorCode=\"82170002\"></MBNProfiles>"),
        (a.clone(), "<MBNProfiles errorCode=\"80070490\"></MBNProfiles>"),
        (a + &b, "<MBNProfiles><DefaultProfile errorCode=\"80070490\"></DefaultProfile>"),
    ] {
        let document = document(&mbn(&format!("{profiles}{rejected}")));
        let decision = planned(&document, &host(), &Stored::default());
        let results = carrier::results::write(&decision.results()).expect("legal values");
        assert!(results.as_str().contains(expected), "{}", results.as_str());
    }
}

#[test]
fn branding_is_ignored_from_1709_on() {
    // [XML-92]
    for (version, is_stored) in [(0, true), (1703, true), (1709, false), (2004, false)] {
        let host = Host { profile: HostProfile(version), ..host() };
        let document = document(&mbn(&branding("Fjell")));
        let decision = planned(&document, &host, &Stored::default());
        assert_eq!(decision.number(), 0, "{version}");
        assert_eq!(code(&decision, "Branding"), Some(OK));
        let stored = of(&fold(&Stored::default(), &decision)).branding;
        assert_eq!(stored.is_some(), is_stored, "{version}");
        assert_eq!(decision.warnings == [Warning::BrandingIgnored], !is_stored);
    }
}

#[test]
fn work_is_done_in_its_order() {
    // [XML-185], steps 6 to 14; [XML-35].
    let usage = crate::fixture::usage(1, "2030-03-01T08:00:00Z");
    let text = format!(
        "<Activation><ReconnectToNetwork {WWAN}/></Activation>{}{}{}\
         <Provisioning><RefreshParameters><RefreshURL>https://a</RefreshURL></RefreshParameters>\
         </Provisioning><Extensions><Extensions_v2 {CC2}><CarrierNetworkMetadata>\
         <NetworkSettings/></CarrierNetworkMetadata></Extensions_v2></Extensions>",
        mbn(&format!("{}{}{}", profile("DefaultProfile", "A", "P"), messages("a"), branding("F"))),
        crate::fixture::wlan(&[("W", 5, "P")]),
        crate::fixture::plans(&[crate::fixture::described("P", &usage)]),
    );
    let decision = planned(&document(&text), &host(), &Stored::default());
    let name = |change: &Change| {
        let edit = format!("{:?}", change.edit);
        edit.split('(').next().map(str::to_owned).unwrap_or_default()
    };
    let order: Vec<String> = decision.changes.iter().map(name).collect();
    assert_eq!(
        order.join(" "),
        "Refresh PlanDescribed ProfileStored WlanProfileStored Messages Branding Network PlanUsed \
         Activation"
    );
    assert_eq!(
        keys(&decision),
        [
            "Profile { slot: Default }",
            "WlanProfile { name: ProfileName(\"W\") }",
            "NetworkSettings { }",
            "Networks { }",
            "Activation { modem: ModemId(1), job: 1 }"
        ]
    );
}
