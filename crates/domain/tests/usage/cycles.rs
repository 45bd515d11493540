//! Boundaries of cycles, reset and expiry: BV-1 to BV-4, [USE-23] to [USE-27].

use domain::amount::Bytes;
use domain::events::Cause;
use domain::usage::{Effect, Event, Ignored, Regime, State, Terms, Verdict, next_deadline};
use domain::{SignedDuration, Timestamp};

use crate::subscriber::{Subscriber, at, cycle, fixed, kinds, said};

fn due(step: &domain::usage::Step) -> Vec<Timestamp> {
    let dues = step.effects.iter().filter_map(|effect| match effect {
        Effect::Raise { raised, due } => raised.cause.message_type().and(*due),
        _ => None,
    });
    dues.collect()
}

fn with_cycle(start: &str, duration: &str, resets: bool) -> Subscriber {
    let cycle = Some(cycle(start, duration, resets));
    Subscriber::new(Terms { cycle, ..fixed(Some(500)) })
}

/// Instants with the events of a tick then.
type Ticks = &'static [(&'static str, &'static str)];

/// Id, start, duration, resets, ticks.
const BOUNDARIES: &[(&str, &str, &str, bool, Ticks)] = &[
    (
        "BV-1",
        "2030-01-31T00:00:00Z",
        "P1M",
        true,
        &[
            ("2030-02-27T23:59:59Z", ""),
            ("2030-02-28T00:00:00Z", "4"),
            ("2030-03-30T23:59:59Z", ""),
            ("2030-03-31T00:00:00Z", "4"),
            ("2030-04-29T23:59:59Z", ""),
            ("2030-04-30T00:00:00Z", "4"),
        ],
    ),
    (
        "BV-2",
        "2030-05-01T12:00:00Z",
        "P30D",
        false,
        &[
            ("2030-05-31T11:59:59Z", ""),
            ("2030-05-31T12:00:00Z", "d p 5"),
            ("2030-06-30T12:00:00Z", ""),
        ],
    ),
    (
        "BV-3",
        "2030-03-01T00:00:00Z",
        "PT24H",
        true,
        &[
            ("2030-03-01T00:00:00Z", ""),
            ("2030-03-02T00:00:00Z", "4"),
            ("2030-03-03T00:00:00Z", "4"),
            ("2030-03-03T23:59:59Z", ""),
            ("2030-03-04T00:00:00Z", "4"),
        ],
    ),
    (
        "BV-4",
        "2031-01-01T00:00:00Z",
        "P1M",
        true,
        &[
            ("2030-06-01T00:00:00Z", ""),
            ("2031-01-31T23:59:59Z", ""),
            ("2031-02-01T00:00:00Z", "4"),
        ],
    ),
    (
        "USE-26, leap day",
        "2028-02-29T06:00:00Z",
        "P1Y",
        true,
        &[
            ("2029-02-28T06:00:00Z", "4"),
            ("2030-02-28T06:00:00Z", "4"),
            ("2032-02-28T06:00:00Z", "4"),
            ("2032-02-29T06:00:00Z", "4"),
        ],
    ),
    (
        "USE-26, slept over three boundaries",
        "2030-01-31T00:00:00Z",
        "P1M",
        true,
        &[
            ("2030-05-15T00:00:00Z", "4"),
            ("2030-05-30T00:00:00Z", ""),
            ("2030-05-31T00:00:00Z", "4"),
        ],
    ),
    (
        "USE-26, a second each, slept a century",
        "2030-01-01T00:00:00Z",
        "PT1S",
        true,
        &[
            ("2130-01-01T00:00:00Z", "4"),
            ("2130-01-01T00:00:00Z", ""),
            ("2130-01-01T00:00:01Z", "4"),
        ],
    ),
];

#[test]
fn boundaries_are_where_the_anchor_puts_them() {
    for (id, start, duration, resets, instants) in BOUNDARIES {
        let mut subscriber = with_cycle(start, duration, *resets);
        for (instant, expected) in *instants {
            subscriber.now = at(instant);
            assert_eq!(kinds(&subscriber.tick()).join(" "), *expected, "{id}: {instant}");
            let deadline = next_deadline(&subscriber.state, &subscriber.terms);
            assert!(deadline.is_none_or(|due| due > subscriber.now), "{id}: {instant}");
        }
    }
}

/// At a boundary usage, baselines and the operator's flag are zero before event 4 is told
/// [USE-23], [USE-27].
#[test]
fn a_reset_starts_anew() {
    let mut subscriber = with_cycle("2030-01-01T00:00:00Z", "P1M", true);
    subscriber.uses(Regime::Home, 24_000_000);
    subscriber.uses(Regime::Roaming, 4_000_000);
    let now = subscriber.now;
    let mut update = said(480_000_000, now);
    update.is_over_limit = Some(true);
    subscriber.says(&Event::Operator(update));
    subscriber.uses(Regime::Home, 20_000_000);
    subscriber.uses(Regime::Home, 20_000_000);
    let counted = subscriber.state.counters;
    assert!(subscriber.state.home.step > 0);
    subscriber.now = at("2030-02-01T00:00:30Z");
    let step = subscriber.tick();
    assert_eq!(kinds(&step), ["4"], "USE-23");
    assert_eq!(due(&step), [at("2030-02-01T00:00:00Z")], "USE-26");
    let state = &subscriber.state;
    assert_eq!(state.used(), Bytes(0), "USE-23, USE-27");
    assert_eq!((state.home, state.roaming), Default::default(), "USE-20, USE-27");
    assert_eq!(state.operator.is_over_limit, None, "USE-27");
    assert_eq!(state.counters, counted, "USE-07: counters never fall");
    let reset =
        step.changes.iter().position(|c| matches!(c, domain::usage::Change::CycleBegan { .. }));
    assert_eq!(reset, Some(0), "USE-27: zero first, then the event");
    // The whole step is needed again, and its ordinal begins at 1 in the new cycle.
    assert_eq!(kinds(&subscriber.uses(Regime::Home, 24_999_999)), [""; 0], "USE-20");
    assert_eq!(kinds(&subscriber.uses(Regime::Home, 1)), ["3"], "USE-20");
    assert_eq!(subscriber.ordinals.last(), Some(&(1, Regime::Home, 1)), "USE-21");
}

/// At expiry: disconnect, delete the profile, then event 5, each once [USE-24], [USE-27].
#[test]
fn expiry_deletes_the_profile_once() {
    let mut subscriber = with_cycle("2030-01-01T00:00:00Z", "P30D", false);
    subscriber.uses(Regime::Home, 24_999_999);
    subscriber.now = at("2030-02-15T00:00:00Z");
    let step = subscriber.uses(Regime::Home, 1);
    let effects: Vec<_> = step.effects.iter().take(2).collect();
    assert_eq!(effects, [&Effect::Disconnect, &Effect::DeleteProfile], "USE-27");
    assert_eq!(kinds(&step), ["d", "p", "5"], "USE-24, USE-27");
    assert_eq!(due(&step), [at("2030-01-31T00:00:00Z")]);
    assert_eq!(subscriber.state.ended_at, Some(at("2030-01-31T00:00:00Z")));
    // After the end nothing is told any more, though it is counted.
    let step = subscriber.uses(Regime::Home, 500_000_000);
    assert_eq!((kinds(&step).len(), step.verdict), (0, Verdict::Accepted), "USE-24");
    let now = subscriber.now;
    assert_eq!(subscriber.is_billed(7, now).verdict, Verdict::Ignored(Ignored::Ended));
    let other = Event::TermsChanged(fixed(Some(7)));
    assert_eq!(subscriber.says(&other).verdict, Verdict::Ignored(Ignored::Ended));
    subscriber.terms = fixed(Some(500));
    assert_eq!(next_deadline(&subscriber.state, &subscriber.terms), None);
    assert_eq!(kinds(&subscriber.tick()).len(), 0, "USE-25: once");
}

/// Name, whether there is a cycle that resets, expiry, when it is looked at, the events.
type Expiry = (&'static str, Option<bool>, Option<&'static str>, &'static str, &'static str);

/// What ends when [USE-25].
const EXPIRIES: &[Expiry] = &[
    ("no cycle, no expiry: neither", None, None, "2040-01-01T00:00:00Z", ""),
    ("expiry without a cycle", None, Some("2030-01-10T00:00:00Z"), "2030-01-10T00:00:00Z", "d p 5"),
    ("cycle that does not reset", Some(false), None, "2030-01-31T00:00:00Z", "d p 5"),
    ("expiry wins: later", Some(false), Some("2030-03-01T00:00:00Z"), "2030-02-15T00:00:00Z", ""),
    (
        "expiry wins: earlier",
        Some(false),
        Some("2030-01-10T00:00:00Z"),
        "2030-01-10T00:00:00Z",
        "d p 5",
    ),
    (
        "expiry of a cycle that resets",
        Some(true),
        Some("2030-01-10T00:00:00Z"),
        "2030-01-10T00:00:00Z",
        "d p 5",
    ),
    (
        "slept over resets and expiry: one of each kind",
        Some(true),
        Some("2030-04-15T00:00:00Z"),
        "2030-08-01T00:00:00Z",
        "4 d p 5",
    ),
    (
        "a reset at the very end begins nothing",
        Some(true),
        Some("2030-01-31T00:00:00Z"),
        "2030-01-31T00:00:00Z",
        "d p 5",
    ),
];

#[test]
fn an_expiry_of_its_own_wins() {
    for (id, resets, expires_at, now, expected) in EXPIRIES {
        let cycle = resets.map(|resets| cycle("2030-01-01T00:00:00Z", "P30D", resets));
        let expires_at = expires_at.map(at);
        let mut subscriber = Subscriber::new(Terms { cycle, expires_at, ..fixed(Some(500)) });
        subscriber.now = at(now);
        assert_eq!(kinds(&subscriber.tick()).join(" "), *expected, "USE-25: {id}");
        assert_eq!(kinds(&subscriber.tick()).len(), 0, "USE-25, once: {id}");
    }
}

/// What was used before the boundary and is told after it fires nothing in the new cycle.
#[test]
fn the_last_cycle_fires_nothing_in_the_new_one() {
    let mut subscriber = with_cycle("2030-01-01T00:00:00Z", "P1M", true);
    subscriber.uses(Regime::Home, 20_000_000);
    subscriber.now = at("2030-02-01T00:01:00Z");
    let step = subscriber.uses_at(Regime::Home, 400_000_000, at("2030-01-31T23:59:59Z"));
    assert_eq!(kinds(&step), ["4"], "P6");
    assert_eq!(subscriber.state.used(), Bytes(0), "P6");
    assert_eq!(subscriber.state.home.since, Bytes(0), "P6");
    let all = subscriber.state.counters.home_own.total();
    assert_eq!(all, Some(Bytes(420_000_000)), "USE-07: it is counted all the same");
    let late = subscriber.is_billed(480, at("2030-01-31T23:00:00Z"));
    let known = at("2030-02-01T00:00:00Z");
    assert_eq!(late.verdict, Verdict::Ignored(Ignored::Outdated { known }), "P6, USE-14");
    assert_eq!(subscriber.state.used(), Bytes(0));
}

/// A state that begins in the middle of a cycle has no boundaries behind it.
#[test]
fn a_state_may_begin_in_the_middle() {
    let terms =
        Terms { cycle: Some(cycle("2029-01-31T00:00:00Z", "P1M", true)), ..fixed(Some(500)) };
    let mut subscriber = Subscriber::new(terms);
    subscriber.now = at("2030-03-15T00:00:00Z");
    subscriber.state = State::begun(&subscriber.terms, subscriber.now);
    assert_eq!(kinds(&subscriber.tick()).len(), 0);
    assert_eq!(subscriber.state.cycle_from, Some(at("2030-02-28T00:00:00Z")));
    assert_eq!(
        next_deadline(&subscriber.state, &subscriber.terms),
        Some(at("2030-03-31T00:00:00Z"))
    );
}

/// Another anchor moves the next boundary and nothing else.
#[test]
fn new_terms_have_their_own_boundaries() {
    let mut subscriber = with_cycle("2030-01-01T00:00:00Z", "P1M", true);
    subscriber.now = at("2030-01-20T00:00:00Z");
    subscriber.uses(Regime::Home, 3_000_000);
    let moved = Terms {
        cycle: Some(cycle("2030-01-15T00:00:00Z", "P1M", true)),
        ..subscriber.terms.clone()
    };
    subscriber.says(&Event::TermsChanged(moved));
    assert_eq!(subscriber.state.used(), Bytes(3_000_000));
    assert_eq!(
        subscriber.state.home.since,
        Bytes(3_000_000),
        "USE-20: limit and type are the same"
    );
    subscriber.now = at("2030-02-02T00:00:00Z");
    assert_eq!(kinds(&subscriber.tick()).len(), 0);
    subscriber.now = at("2030-02-15T00:00:00Z");
    assert_eq!(kinds(&subscriber.tick()), ["4"]);
}

/// The pace of four days, drawn out to the end of the cycle, is told once a cycle when it is more
/// than half above the limit.
#[test]
fn a_pace_far_above_the_limit_is_told_once_a_cycle() {
    let mut subscriber = with_cycle("2030-01-01T00:00:00Z", "P30D", true);
    let mut told = Vec::new();
    let mut is_told = |step: &domain::usage::Step, now: Timestamp| {
        for effect in &step.effects {
            if let Effect::Raise { raised, .. } = effect
                && let Cause::LimitProjected { projected_bytes, .. } = raised.cause
            {
                told.push((now.to_string(), projected_bytes));
            }
        }
    };
    // 25 MB a day for 30 days is exactly 150 % of 500 MB, and not more.
    for day in 1..=10 {
        subscriber.now = at("2030-01-01T00:00:00Z") + SignedDuration::from_hours(24 * day);
        let step = subscriber.uses_at(
            Regime::Home,
            25_000_000,
            subscriber.now - SignedDuration::from_secs(1),
        );
        is_told(&step, subscriber.now);
    }
    let step = subscriber.uses(Regime::Home, 60_000_000);
    is_told(&step, subscriber.now);
    let step = subscriber.uses(Regime::Home, 60_000_000);
    is_told(&step, subscriber.now);
    subscriber.now = at("2030-01-31T00:00:00Z");
    subscriber.tick();
    subscriber.now = at("2030-02-02T00:00:00Z");
    let step = subscriber.uses(Regime::Home, 60_000_000);
    is_told(&step, subscriber.now);
    let days: Vec<_> = told.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(days, ["2030-01-11T00:00:00Z", "2030-02-02T00:00:00Z"]);
    assert!(told.iter().all(|(_, projected)| *projected > 750_000_000), "{told:?}");
}
