//! What holds for every history, however traffic, billing, plans and time are told.

use std::collections::BTreeSet;

use domain::SignedDuration;
use domain::amount::Bytes;
use domain::usage::{
    DeliveryMode, Effect, Event, OperatorUpdate, Regime, Sharing, State, Terms, Traffic, Verdict,
    next_deadline, step,
};
use proptest::prelude::*;

use crate::subscriber::{Subscriber, at, cycle, fixed, kinds, restored, said, thresholds};

fn traffic() -> impl Strategy<Value = (bool, bool, u64, u64, i64)> {
    let bytes = prop_oneof![4 => 0..30_000_000_u64, 1 => 0..2_000_000_000_u64, 1 => Just(0)];
    (any::<bool>(), any::<bool>(), bytes, 0..5_000_000_u64, -5_000..60_i64)
}

fn plan() -> impl Strategy<Value = Terms> {
    let limit = prop::sample::select(vec![None, Some(1), Some(500), Some(20_000)]);
    let length = prop::sample::select(vec!["P1M", "P30D", "PT24H", "PT1H"]);
    let mode = prop::sample::select(vec![DeliveryMode::Realtime, DeliveryMode::PerMinute]);
    let days = prop::option::of(0..100_i64);
    (limit, prop::option::of((length, any::<bool>())), mode, days, any::<bool>()).prop_map(
        |(limit, of_cycle, mode, days, notifies)| {
            let start = "2029-12-31T12:00:00Z";
            let cycle = of_cycle.map(|(length, resets)| cycle(start, length, resets));
            let expires_at = days.map(|days| at(start) + SignedDuration::from_hours(24 * days));
            Terms { cycle, expires_at, mode, notifies, ..fixed(limit) }
        },
    )
}

#[derive(Clone, Debug)]
enum Told {
    Traffic((bool, bool, u64, u64, i64)),
    Billing(u64, i64),
    Flag(bool),
    Terms(Terms),
    Tick,
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        6 => traffic().prop_map(Told::Traffic),
        2 => (0..600_000_000_u64, -5_000..600_i64).prop_map(|(used, ago)| Told::Billing(used, ago)),
        1 => any::<bool>().prop_map(Told::Flag),
        1 => plan().prop_map(Told::Terms),
        3 => Just(Told::Tick),
    ]
}

fn event(told: &Told, subscriber: &Subscriber) -> Event {
    let shift = |seconds| subscriber.now + SignedDuration::from_secs(seconds);
    match told {
        Told::Traffic((is_home, is_own, sent, received, ago)) => Event::Traffic(Traffic {
            regime: if *is_home { Regime::Home } else { Regime::Roaming },
            sharing: if *is_own { Sharing::Own } else { Sharing::Shared },
            sent: Bytes(*sent),
            received: Bytes(*received),
            at: shift(*ago),
        }),
        Told::Billing(used, ago) => Event::Operator(said(*used, shift(*ago))),
        Told::Flag(is_over) => Event::Operator(OperatorUpdate {
            is_over_limit: Some(*is_over),
            ..OperatorUpdate::default()
        }),
        Told::Terms(terms) => Event::TermsChanged(terms.clone()),
        Told::Tick => Event::Tick,
    }
}

fn pauses() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 0..90_i64, 2 => 0..90_000_i64, 1 => 0..8_000_000_i64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_history_keeps_its_promises(
        terms in plan(), history in prop::collection::vec((told(), pauses()), 1..40),
    ) {
        let mut subscriber = Subscriber::new(terms);
        let mut keys = BTreeSet::new();
        let mut folded = subscriber.state.clone();
        let mut ends = 0;
        for (told, pause) in history {
            subscriber.wait(pause);
            let event = event(&told, &subscriber);
            let before = subscriber.state.clone();
            let once = step(&before, &subscriber.terms, &event, subscriber.now);
            let twice = step(&before, &subscriber.terms, &event, subscriber.now);
            prop_assert_eq!(&once, &twice, "deterministic");
            let done = subscriber.says(&event);
            // P8: the state is the fold of the changes.
            done.changes.iter().for_each(|change| folded.apply(change));
            prop_assert_eq!(&folded, &subscriber.state, "P8");
            for effect in &done.effects {
                prop_assert!(keys.insert(effect.key()), "{} twice", effect.key());
            }
            prop_assert!(done.effects.is_empty() || !done.changes.is_empty(), "{:?}", done);
            let of_kind = |kind: &str| kinds(&done).iter().filter(|k| *k == kind).count();
            prop_assert!(of_kind("4") <= 1 && of_kind("5") <= 1, "P4, USE-26");
            ends += of_kind("5");
            prop_assert!(ends <= 1, "USE-25");
            let is_minute = subscriber.terms.mode == DeliveryMode::PerMinute;
            if is_minute {
                prop_assert!(thresholds(&done) <= usize::from(event == Event::Tick), "USE-18");
            }
            // Counters never fall [USE-07], and grow by what was told and nothing else (P3).
            for regime in [Regime::Home, Regime::Roaming] {
                for sharing in [Sharing::Own, Sharing::Shared] {
                    let was = before.counters.of(regime, sharing);
                    let is = subscriber.state.counters.of(regime, sharing);
                    let more = match &event {
                        Event::Traffic(traffic)
                            if (traffic.regime, traffic.sharing) == (regime, sharing) =>
                        {
                            traffic.counts()
                        }
                        _ => Default::default(),
                    };
                    prop_assert_eq!(Some(is), was.checked_add(more), "P3, USE-07");
                }
            }
            // P7: a regime's traffic leaves the other's baseline alone.
            if let Event::Traffic(traffic) = &event
                && subscriber.state.cycle == before.cycle
            {
                let other = match traffic.regime {
                    Regime::Home => Regime::Roaming,
                    Regime::Roaming => Regime::Home,
                };
                prop_assert_eq!(subscriber.state.meter(other), before.meter(other), "P7");
            }
            // No boundary is left in the past, and a tick at once finds nothing more.
            if done.verdict != Verdict::Ignored(domain::usage::Ignored::Ended) {
                let due = [subscriber.state.due.reset, subscriber.state.due.end];
                let is_late = |due: &domain::Timestamp| *due <= subscriber.now;
                let is_new = matches!(event, Event::TermsChanged(_));
                let has_ended = subscriber.state.ended_at.is_some();
                prop_assert!(is_new || has_ended || !due.iter().flatten().any(is_late), "USE-26");
            }
            prop_assert_eq!(&restored(&subscriber.state), &subscriber.state);
        }
        // P2: no ordinal twice, none missing, in each cycle and regime, whatever billing said.
        let mut next = std::collections::BTreeMap::new();
        for (cycle, regime, ordinal) in &subscriber.ordinals {
            let expected = next.entry((*cycle, *regime)).or_insert(1_u64);
            prop_assert_eq!(*ordinal, *expected, "P2, USE-21");
            *expected += 1;
        }
    }

    /// P4: however many boundaries were slept over, one event 4 is told, and the state is as if
    /// it had been awake.
    #[test]
    fn sleeping_over_boundaries_resets_once(
        months in 1..40_u64, seconds in 0..2_000_000_i64, length in prop::sample::select(
            vec!["P1M", "P7D", "PT5H", "P1M3DT2H"]),
    ) {
        let terms = Terms {
            cycle: Some(cycle("2030-01-31T00:00:00Z", length, true)), ..fixed(Some(500))
        };
        let anchor = terms.cycle.expect("a cycle");
        let wakes = anchor.boundary(months).expect("near") + SignedDuration::from_secs(seconds);
        let mut asleep = Subscriber::new(terms.clone());
        asleep.uses(Regime::Home, 60_000_000);
        asleep.now = wakes;
        prop_assert_eq!(kinds(&asleep.tick()), ["4"], "P4, USE-26");
        prop_assert_eq!(asleep.state.cycle, 1);
        let mut awake = Subscriber::new(terms);
        awake.uses(Regime::Home, 60_000_000);
        let mut resets = 0;
        for k in 1.. {
            let boundary = anchor.boundary(k).expect("near");
            if boundary > wakes {
                break;
            }
            awake.now = boundary;
            resets += kinds(&awake.tick()).len();
        }
        prop_assert!(resets >= usize::try_from(months).expect("few"));
        let due = |s: &Subscriber| (s.state.cycle_from, s.state.due, s.state.used());
        prop_assert_eq!(due(&asleep), due(&awake), "P5, USE-26");
    }

    /// P6: what is told late of a cycle that is over tells nothing.
    #[test]
    fn late_traffic_tells_nothing(
        late in prop::collection::vec((traffic(), 1..86_400_i64), 1..20),
    ) {
        let cycle = Some(cycle("2030-01-01T00:00:00Z", "P1M", true));
        let mut subscriber = Subscriber::new(Terms { cycle, ..fixed(Some(500)) });
        subscriber.now = at("2030-02-01T12:00:00Z");
        subscriber.tick();
        let fresh = subscriber.state.clone();
        for (told, ago) in late {
            let Event::Traffic(traffic) = event(&Told::Traffic(told), &subscriber) else {
                continue;
            };
            let at = at("2030-02-01T00:00:00Z") - SignedDuration::from_secs(ago);
            let done = subscriber.says(&Event::Traffic(Traffic { at, ..traffic }));
            prop_assert!(done.effects.is_empty(), "P6");
        }
        let counters = subscriber.state.counters;
        prop_assert_eq!(subscriber.state, State { counters, ..fresh }, "P6");
    }
}

#[test]
fn effects_have_keys() {
    let keys = [
        Effect::Disconnect.key(),
        Effect::DeleteProfile.key(),
        Effect::UpdateDocument { revision: 3 }.key(),
        Effect::QueryBilling { cycle: 1, regime: Regime::Roaming, step: 2 }.key(),
    ];
    let expected = [
        "usage/disconnect",
        "usage/delete-profile",
        "usage/document/3",
        "usage/1/roaming/2/billing",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_plan_without_an_end_has_no_deadline() {
    let terms = fixed(Some(500));
    assert_eq!(next_deadline(&State::new(&terms), &terms), None);
}
