//! What holds for every document on every host.

use carrier::agent::{Decision, EffectKey, Host, Stored, Verdict, WlanService, finish};
use carrier::document::Document;
use carrier::hresult::Hresult;
use carrier::read::read;
use carrier::write::write;
use proptest::prelude::*;

use crate::fixture::{CARRIER, IMEI, SUBSCRIBER, after, fold, host, modem, of, owner, planned};
use crate::support::strategies;

/// Generated documents, for the one subscriber; some without the plans that they name.
fn documents() -> impl Strategy<Value = Document> {
    (strategies::document(), any::<bool>()).prop_map(|(document, has_plans)| {
        let text = write(&document).expect("legal values").as_str().to_owned();
        let (start, rest) = text.split_once("<Global>").expect("the start");
        let (_, rest) = rest.split_once("</Global>").expect("the end");
        let global = format!(
            "<Global><CarrierId>{CARRIER}</CarrierId><SubscriberId>{SUBSCRIBER}</SubscriberId>"
        );
        let rest = match (has_plans, rest.split_once("<Plans>"), rest.split_once("</Plans>")) {
            (false, Some((before, _)), Some((_, after))) => format!("{before}{after}"),
            _ => rest.to_owned(),
        };
        read(format!("{start}{global}</Global>{rest}").as_bytes()).expect("a document")
    })
}

fn hosts() -> impl Strategy<Value = Host> {
    let wlan = prop::sample::select(vec![
        WlanService::Running,
        WlanService::Running,
        WlanService::Stopped,
        WlanService::NoAdapter,
    ]);
    let modems = prop::sample::select(vec![
        vec![modem(1, IMEI, &[SUBSCRIBER])],
        vec![modem(1, IMEI, &["1"]), modem(2, "004999010640018", &[])],
        vec![modem(1, IMEI, &["1"])],
        vec![],
    ]);
    (wlan, modems).prop_map(|(wlan, modems)| Host { wlan, modems, ..host() })
}

fn is_tried(decision: &Decision) -> bool {
    matches!(decision.verdict, Verdict::Tried(_))
}

proptest! {
    #[test]
    fn applying_twice_is_applying_once_but_for_the_activation(
        earlier in documents(),
        document in documents(),
        host in hosts(),
    ) {
        let before = fold(&Stored::default(), &planned(&earlier, &host, &Stored::default()));
        let decision = planned(&document, &host, &before);
        prop_assert_eq!(&planned(&document, &host, &before), &decision, "deterministic");
        let once = fold(&before, &decision);
        let again = planned(&document, &host, &once);
        let twice = fold(&once, &again);
        prop_assert_eq!(of(&twice), of(&once)); // [XML-187]: all but the jobs.
        prop_assert_eq!(again.results(), decision.results());
        let numbers = |stored: &Stored| stored.jobs().map(|job| job.number()).max().unwrap_or(0);
        let has_job = document.activation().is_some() && !host.modems.is_empty();
        prop_assert_eq!(numbers(&twice) > numbers(&once), has_job);
        // A change that is applied twice is applied once: a crash may repeat it.
        prop_assert_eq!(&fold(&once, &decision), &once);
    }

    #[test]
    fn the_number_agrees_with_the_results(document in documents(), host in hosts()) {
        let decision = planned(&document, &host, &Stored::default());
        prop_assert!(is_tried(&decision));
        let results = decision.results();
        prop_assert_eq!(decision.number() == 0, results.all_elements_provisioned());
        prop_assert!(matches!(decision.number(), 0 | 1 | 6 | 7 | 8)); // [XML-199]
        let written = carrier::results::write(&results).expect("legal values");
        prop_assert_eq!(carrier::results::read(written.as_bytes()), Ok(results));
    }

    #[test]
    fn failed_effects_leave_what_they_would_have_changed(
        earlier in documents(),
        document in documents(),
        failing in prop::collection::vec(any::<bool>(), 16),
    ) {
        let before = fold(&Stored::default(), &planned(&earlier, &host(), &Stored::default()));
        let decision = planned(&document, &host(), &before);
        let all: Vec<_> =
            decision.effects.iter().map(|e| (e.key.clone(), Hresult::SUCCESS)).collect();
        prop_assert_eq!(&finish(decision.clone(), &all), &decision);
        prop_assert_eq!(&finish(decision.clone(), &[]), &decision);
        let failed: Vec<_> = all
            .iter()
            .zip(failing.iter().cycle())
            .filter(|(_, fails)| **fails)
            .map(|((key, _), _)| (key.clone(), Hresult(0x8007_0426)))
            .collect();
        let finished = finish(decision, &failed);
        let (old, new) = (of(&before), of(&fold(&before, &finished)));
        for (key, _) in &failed {
            match key {
                EffectKey::Profile { slot, .. } => {
                    prop_assert_eq!(new.profile(*slot), old.profile(*slot));
                }
                EffectKey::WlanProfile { name, .. } => {
                    let (new, old) = (new.wlan_profiles.get(name), old.wlan_profiles.get(name));
                    prop_assert_eq!(new, old);
                }
                EffectKey::Networks { .. }
                | EffectKey::NetworkSettings { .. }
                | EffectKey::Activation { .. } => {}
            }
        }
    }

    #[test]
    fn identifiers_never_print(document in documents(), host in hosts()) {
        let stored = after(&["<WLANProfiles/>"]);
        let decision = planned(&document, &host, &stored);
        let printed = format!("{decision:?} {:?} {:?}", fold(&stored, &decision), owner());
        prop_assert!(!printed.contains(SUBSCRIBER), "{}", printed);
    }
}
