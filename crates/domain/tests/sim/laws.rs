//! What holds for every history of a device, however SIMs, answers and the Internet come and go.

use std::collections::BTreeSet;

use domain::SignedDuration;
use domain::brand::BrandId;
use domain::matching::{Rule, Sim};
use domain::sim::{ACCOUNTS_MAX, Effect, Event, Internet, Radio, Verdict, step};
use proptest::prelude::*;

use crate::device::{Device, cdma, gsm, locked};

fn sims() -> impl Strategy<Value = Sim> {
    let iccids = vec!["89990112000000000042", "89990132000000000002", ""];
    let imsis = vec!["001010000000001", "001012200000000", ""];
    prop_oneof![
        6 => (prop::sample::select(iccids), prop::sample::select(imsis)).prop_map(|(i, m)| gsm(i, m)),
        1 => Just(locked("89990112000000000042")),
        2 => (4101..4103_u16).prop_map(|sid| cdma(sid, "FjellCDMA")),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let brand = prop::option::of(prop::sample::select(vec!["a", "b"]));
    let found = brand.prop_map(|brand| Some((BrandId::parse(brand?)?, Rule::Iccid)));
    let query = || (1..4_u32, 1..5_u32);
    prop_oneof![
        2 => prop::option::of(sims()).prop_map(|sim| Event::Arrived { sim }),
        3 => sims().prop_map(|sim| Event::Inserted { sim }),
        1 => Just(Event::Removed),
        1 => Just(Event::RewrittenSilently),
        1 => sims().prop_map(|sim| Event::EsimReconfigured { sim }),
        1 => sims().prop_map(|sim| Event::Unlocked { sim }),
        2 => sims().prop_map(|sim| Event::ModeSwitched { sim }),
        1 => Just(Event::InternetChanged(Internet::Absent)),
        3 => Just(Event::InternetChanged(Internet::Present)),
        1 => Just(Event::CosaUpdated),
        1 => Just(Event::RefreshRequested),
        4 => (query(), found, any::<u32>()).prop_map(|((account, lookup), found, random)| {
            Event::LookupSucceeded { account, lookup, found, random }
        }),
        3 => query().prop_map(|(account, lookup)| Event::LookupFailed { account, lookup }),
        3 => Just(Event::Tick),
    ]
}

fn radios() -> impl Strategy<Value = Radio> {
    use domain::matching::Mode;
    let single = [Radio::SingleMode(Mode::Gsm), Radio::SingleMode(Mode::Cdma)];
    prop::sample::select([&single[..], &[Radio::MultiMode, Radio::MultiSubscription]].concat())
}

proptest! {
    #[test]
    fn a_history_keeps_its_promises(
        radio in radios(), history in prop::collection::vec((events(), 0..40_i64), 1..60),
    ) {
        let mut device = Device::new(radio);
        let mut keys = BTreeSet::new();
        for (event, hours) in history {
            device.now += SignedDuration::from_hours(hours);
            let before = device.state.clone();
            let once = step(&before, &event, device.now);
            prop_assert_eq!(&once, &step(&before, &event, device.now), "deterministic");
            let done = device.says(&event);
            let is_idle = done.changes.is_empty() && done.effects.is_empty();
            // Only what counts changes anything, and effects come with a change that records them.
            prop_assert_eq!(is_idle, done.verdict != Verdict::Accepted, "{:?}", done);
            for effect in &done.effects {
                prop_assert!(keys.insert(effect.key()), "{} twice", effect.key());
                if let Effect::LookUp { account, sim, .. } = effect {
                    let active = device.state.active().expect("a query is for who is there");
                    prop_assert!(active.number == *account && active.is_asking, "[MATCH-94]");
                    prop_assert_eq!(device.state.internet, Internet::Present, "[MATCH-80]");
                    prop_assert!(!sim.is_hidden() && radio.reports(sim.mode), "[MATCH-09]");
                }
            }
            prop_assert!(device.state.accounts.len() <= ACCOUNTS_MAX);
            // No deadline is left in the past: a tick would already have served it.
            if !matches!(done.verdict, Verdict::Rejected(_)) {
                prop_assert!(device.deadline().is_none_or(|due| due > device.now), "[MATCH-82]");
            }
            let accounts = &device.state.accounts;
            let same = |a: usize, b: usize| accounts[a].identity == accounts[b].identity;
            let twice = (0..accounts.len()).any(|a| (0..a).any(|b| same(a, b)));
            prop_assert!(!twice, "[MATCH-95] one account an identity");
        }
    }
}
