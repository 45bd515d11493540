//! Properties of the engine: total, deterministic, a fold of its changes, never the same key.

use std::collections::BTreeSet;

use domain::SignedDuration;
use domain::cosa::Tethering;
use domain::events::sharing::CHECKS_MAX;
use domain::events::{
    Answer, Cause, Effect, Event, Network, Notice, Reach, Registration, Settings, State, apply,
    next_deadline, step,
};
use proptest::prelude::*;

use super::start;

fn event() -> impl Strategy<Value = Event> {
    let registrations = [
        Registration::None,
        Registration::Deregistered,
        Registration::Searching,
        Registration::Home,
        Registration::Roaming,
        Registration::Partner,
        Registration::Denied,
    ];
    let permissions = [Tethering::Always, Tethering::Never, Tethering::EntitlementCheckRequired];
    prop_oneof![
        Just(Event::HandlerRegistered),
        Just(Event::Connected),
        Just(Event::Disconnected),
        Just(Event::HotspotAsks),
        Just(Event::Tick),
        Just(Event::ReachFound(Reach::Internet)),
        prop::sample::select(registrations.to_vec()).prop_map(Event::Registration),
        prop::sample::select(permissions.to_vec())
            .prop_map(|permission| Event::SharingRequested { permission }),
        (0..12_u64).prop_map(|check| Event::SharingAnswered { check, answer: Answer::Allow }),
        any::<bool>().prop_map(|is_on| Event::SharingChanged { is_on }),
        any::<u8>().prop_map(|clients| Event::ClientsChanged { clients }),
    ]
}

proptest! {
    #[test]
    fn any_history_holds(history in prop::collection::vec((event(), 0..20_i64), 0..80)) {
        let settings = Settings::default();
        let (mut state, mut now) = (State::default(), start());
        let (mut keys, mut told) = (BTreeSet::new(), Vec::new());
        let (mut asked, mut answered) = (0_u64, BTreeSet::new());
        for (event, pause) in history {
            now += SignedDuration::from_secs(pause);
            let taken = step(&state, &event, settings, now);
            prop_assert_eq!(&taken, &step(&state, &event, settings, now), "deterministic");
            let mut folded = state.clone();
            for change in &taken.changes {
                folded.apply(change);
            }
            apply(&mut state, &taken);
            prop_assert_eq!(&folded, &state, "the state is the fold of its changes");
            for effect in taken.effects {
                match effect {
                    Effect::Raise(raised) => {
                        prop_assert!(keys.insert(raised.key), "a key is used once [EVT-17]");
                        if let Cause::Notice(notice) = raised.cause {
                            told.push(notice);
                        }
                        if let Cause::EntitlementCheck { check } = raised.cause {
                            asked += 1;
                            prop_assert_eq!(check, asked, "checks count from 1 [EVT-13]");
                        }
                    }
                    Effect::AnswerSharing { check: Some(check), .. } => {
                        prop_assert!(answered.insert(check), "one answer a check [EVT-15]");
                    }
                    Effect::AnswerSharing { check: None, .. } => {}
                }
            }
            prop_assert!(state.checks.len() <= CHECKS_MAX);
            prop_assert_eq!(state.raised, u64::try_from(keys.len()).expect("few"));
        }
        // Roaming begins, ends, begins …: never told twice in a row [EVT-18].
        for (at, notice) in told.iter().enumerate() {
            let begins = at.is_multiple_of(2);
            let expected = if begins { Notice::RoamingBegan } else { Notice::RoamingEnded };
            prop_assert_eq!(*notice, expected);
        }
        // Every check ends: by an answer, or by its time.
        while let Some(deadline) = next_deadline(&state) {
            let taken = step(&state, &Event::Tick, settings, deadline);
            apply(&mut state, &taken);
            answered.extend(taken.effects.iter().filter_map(|effect| match effect {
                Effect::AnswerSharing { check, .. } => *check,
                Effect::Raise(_) => None,
            }));
        }
        prop_assert_eq!(u64::try_from(answered.len()).expect("few"), asked, "[EVT-15]");
        prop_assert!(matches!(state.told, None | Some(Network::Home | Network::Roaming)));
    }
}
