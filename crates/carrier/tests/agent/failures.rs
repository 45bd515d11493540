//! What fails, how it is reported, and the worked examples of the results document.

use carrier::agent::{
    Caller, Decision, EffectKey, Host, Request, Stored, WlanService, finish, plan,
};
use carrier::document::{ProfileName, ProfileSlot};
use carrier::hresult::Hresult;
use carrier::results::{read, write};

use crate::fixture::{
    NOT_FOUND, STOPPED, WWAN, after, described, document, fold, host, mbn, now, of, owner, planned,
    plans, profile, signer, used, wlan,
};

fn written(decision: &Decision) -> String {
    write(&decision.results()).expect("legal values").as_str().to_owned()
}

fn wlan_key(name: &str) -> EffectKey {
    EffectKey::WlanProfile { owner: owner(), name: ProfileName::parse(name).expect("a name") }
}

fn two_wlan() -> String {
    wlan(&[("Fjell Spots", 6, ""), ("Fjell Secure", 5, "")])
}

#[test]
fn example_14_9_success_with_signer() {
    // [XML-203], [XML-204], [XML-209]
    let document = document(&format!("{}{}", mbn(&profile("DefaultProfile", "A", "")), two_wlan()));
    let request = Request { document: &document, signer: Some(signer()), caller: Caller::WebSite };
    let decision = plan(&request, &host(), &Stored::default(), now());
    let expected = read(include_bytes!("../vectors/results-success.xml"));
    assert_eq!(Ok(decision.results()), expected);
    assert_eq!(decision.number(), 0); // [XML-199]
}

#[test]
fn example_14_9_partial_failure() {
    // [XML-186], [XML-188]: the purchase profile names a plan that is nowhere.
    let profiles =
        [profile("DefaultProfile", "A", ""), profile("PurchaseProfile", "B", "P")].concat();
    let document = document(&format!("{}{}", mbn(&profiles), two_wlan()));
    let expected = read(include_bytes!("../vectors/results-partial.xml"));
    // The service is stopped already.
    let stopped = Host { wlan: WlanService::Stopped, ..host() };
    let decision = planned(&document, &stopped, &Stored::default());
    assert_eq!(Ok(decision.results()), expected);
    assert_eq!(decision.number(), 1);
    // The service stops before the effects are done.
    let decision = planned(&document, &host(), &Stored::default());
    let reports = [wlan_key("Fjell Spots"), wlan_key("Fjell Secure")].map(|key| (key, STOPPED));
    let decision = finish(decision, &reports);
    assert_eq!(Ok(decision.results()), expected);
    let stored = of(&fold(&Stored::default(), &decision));
    assert!(stored.wlan_profiles.is_empty() && stored.default_profile.is_some());
}

#[test]
fn what_an_effect_fails_to_do_is_not_stored() {
    // [XML-187], [XML-205]
    let stored = after(&[&wlan(&[("A", 1, ""), ("B", 1, "")])]);
    let document = document(&wlan(&[("A", 2, ""), ("C", 2, "")]));
    let ok = Hresult::SUCCESS;
    let names = |decision: &Decision| {
        let stored = of(&fold(&stored, decision));
        let priority = |(name, stored): (&ProfileName, &carrier::agent::StoredWlanProfile)| {
            (name.to_string(), stored.profile.priority.map_or(5, |p| p.number()))
        };
        stored.wlan_profiles.iter().map(priority).collect::<Vec<_>>()
    };
    let row = |name: &str, priority: u32| (name.to_owned(), priority);
    for (reports, expected, failing) in [
        (vec![], vec![row("A", 2), row("C", 2)], vec![]),
        (vec![("A", ok), ("B", ok), ("C", ok)], vec![row("A", 2), row("C", 2)], vec![]),
        (vec![("A", STOPPED)], vec![row("A", 1), row("C", 2)], vec!["A"]),
        (vec![("C", STOPPED)], vec![row("A", 2)], vec!["C"]),
        // What could not be deleted stays, is reported, and is tried again next time.
        (vec![("B", STOPPED)], vec![row("A", 2), row("B", 1), row("C", 2)], vec!["B"]),
        // One adapter is enough; if none succeeds, the first one's code counts [XML-205].
        (vec![("A", STOPPED), ("A", ok)], vec![row("A", 2), row("C", 2)], vec![]),
        (vec![("A", STOPPED), ("A", NOT_FOUND)], vec![row("A", 1), row("C", 2)], vec!["A"]),
        (vec![("X", STOPPED)], vec![row("A", 2), row("C", 2)], vec![]), // Nobody's.
    ] {
        let reports: Vec<_> = reports.iter().map(|(name, code)| (wlan_key(name), *code)).collect();
        let decision = finish(planned(&document, &host(), &stored), &reports);
        assert_eq!(names(&decision), expected, "{reports:?}");
        assert_eq!(decision.number(), u8::from(!failing.is_empty()), "{reports:?}");
        let results = written(&decision);
        for name in failing {
            let leaf = format!("<WLANProfile Name=\"{name}\" errorCode=\"{STOPPED}\">");
            let other = format!("<WLANProfile errorCode=\"{STOPPED}\" Name=\"{name}\">");
            assert!(results.contains(&leaf) || results.contains(&other), "{results}");
        }
    }
    let key = EffectKey::Profile { owner: owner(), slot: ProfileSlot::Default };
    let parts = mbn(&profile("DefaultProfile", "A", ""));
    let decision = planned(&crate::fixture::document(&parts), &host(), &Stored::default());
    let decision = finish(decision, &[(key, NOT_FOUND)]);
    assert!(decision.changes.is_empty());
    assert!(written(&decision).contains("<MBNProfiles errorCode=\"80070490\">"));
}

#[test]
fn missing_devices_have_numbers_of_their_own() {
    // [XML-185], step 5; [XML-199]
    let default = mbn(&profile("DefaultProfile", "A", ""));
    let messages = mbn(&format!(
        "<Messages {WWAN}><Message><USSDBearer/><Pattern>a</Pattern></Message></Messages>"
    ));
    let activation = format!("<Activation><ReconnectToNetwork {WWAN}/></Activation>");
    let plan = plans(&[described("P", "")]);
    for (parts, without_wlan, without_modem, without_both) in [
        (two_wlan(), 6, 0, 6),
        (default.clone(), 0, 7, 7),
        (messages, 0, 7, 7),
        (activation.clone(), 0, 7, 7),
        (format!("{activation}{default}{}", two_wlan()), 6, 7, 8),
        ("<WLANProfiles/>".to_owned(), 0, 0, 0),
        ("<MBNProfiles/>".to_owned(), 0, 0, 0),
        (plan, 0, 0, 0),
        // A missing device outweighs another failure.
        (format!("{}{}", two_wlan(), plans(&[used("Q", 1, "2030-03-01T08:00:00Z")])), 6, 1, 6),
    ] {
        let document = document(&parts);
        let with = |wlan, has_modem| {
            let modems = if has_modem { host().modems } else { Vec::new() };
            planned(&document, &Host { wlan, modems, ..host() }, &Stored::default()).number()
        };
        assert_eq!(with(WlanService::NoAdapter, true), without_wlan, "{parts}");
        assert_eq!(with(WlanService::Running, false), without_modem, "{parts}");
        assert_eq!(with(WlanService::NoAdapter, false), without_both, "{parts}");
    }
}

#[test]
fn sections_that_succeed_beside_a_failure_say_so_once() {
    // [XML-204], [XML-208], [XML-209]: plans ask for version 2, which names all profiles.
    let parts = format!(
        "{}{}{}",
        mbn(&[profile("DefaultProfile", "A", "P"), profile("PurchaseProfile", "B", "Q")].concat()),
        two_wlan(),
        plans(&[described("P", "")])
    );
    let decision = planned(&document(&parts), &host(), &Stored::default());
    let results = written(&decision);
    for part in [
        "CarrierControlResults/v2\"",
        "<DefaultProfile errorCode=\"00000000\" name=\"A\">",
        "<PurchaseProfile errorCode=\"80070490\" name=\"B\">",
        "<WLANProfiles errorCode=\"00000000\"></WLANProfiles>",
        "<Plans errorCode=\"00000000\"></Plans>",
    ] {
        assert!(results.contains(part), "{part}: {results}");
    }
    assert!(!results.contains("CarrierNetworkMetadata"), "{results}");
    let decision = planned(&document("<WLANProfiles/>"), &host(), &Stored::default());
    assert!(written(&decision).contains("CarrierControlResults/v1\""));
    assert!(decision.results().all_elements_provisioned());
}
