//! Counters that somebody else keeps [USE-04], [USE-07].

use domain::amount::Bytes;
use domain::usage::counter::Cumulative;
use domain::usage::{Counts, Event, Regime, Sharing, Traffic};
use proptest::prelude::*;

use crate::subscriber::{Subscriber, fixed, thresholds};

fn counts(sent: u64, received: u64) -> Counts {
    Counts { sent: Bytes(sent), received: Bytes(received) }
}

/// Sums sent and received, what they add, and whether a counter fell.
type Read = (u64, u64, u64, u64, bool);

/// What is read one after the other [USE-07].
const READINGS: &[(&str, &[Read])] = &[
    ("the first counts in full", &[(10, 20, 10, 20, false)]),
    ("told again", &[(10, 20, 10, 20, false), (10, 20, 0, 0, false), (11, 20, 1, 0, false)]),
    ("reset", &[(10, 20, 10, 20, false), (3, 4, 0, 0, true), (5, 9, 2, 5, false)]),
    ("reset to zero", &[(10, 20, 10, 20, false), (0, 0, 0, 0, true), (5, 9, 5, 9, false)]),
    ("one of both fell", &[(10, 20, 10, 20, false), (3, 25, 0, 5, true)]),
    ("the largest", &[(u64::MAX, 0, u64::MAX, 0, false), (0, u64::MAX, 0, u64::MAX, true)]),
];

#[test]
fn a_counter_that_falls_adds_nothing() {
    for (id, readings) in READINGS {
        let mut counter = Cumulative::default();
        for (sent, received, more_sent, more_received, has_fallen) in *readings {
            let (next, reading) = counter.read(counts(*sent, *received));
            counter = next;
            assert_eq!(reading.counted, counts(*more_sent, *more_received), "USE-07: {id}");
            assert_eq!(reading.has_fallen, *has_fallen, "USE-07: {id}");
        }
    }
}

/// Each context counts for itself; the threshold is measured on all of them [USE-04], [USE-21].
#[test]
fn contexts_count_apart_and_reach_the_threshold_together() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    let mut contexts = [Cumulative::default(); 2];
    let mut told = Vec::new();
    for (context, received) in [(0, 10_000_000), (1, 9_000_000), (0, 14_000_000), (1, 11_000_000)] {
        let (next, reading) = contexts[context].read(counts(0, received));
        contexts[context] = next;
        assert!(!reading.has_fallen, "USE-04: a lower sum of another context is no reset");
        let Counts { sent, received } = reading.counted;
        let (regime, sharing, at) = (Regime::Home, Sharing::Own, subscriber.now);
        let traffic = Traffic { regime, sharing, sent, received, at };
        told.push(thresholds(&subscriber.says(&Event::Traffic(traffic))));
    }
    assert_eq!(told, [0, 0, 0, 1], "USE-04, USE-21");
}

proptest! {
    /// P3: what is counted is the sum of the positive differences, and telling a sum again adds
    /// nothing (P1).
    #[test]
    fn counted_bytes_are_the_positive_differences(
        sums in prop::collection::vec((0..1_000_u64, 0..1_000_u64, 1..3_usize), 0..40),
    ) {
        let mut counter = Cumulative::default();
        let mut counted = Counts::default();
        for (sent, received, times) in &sums {
            for _ in 0..*times {
                let (next, reading) = counter.read(counts(*sent, *received));
                counter = next;
                counted = counted.plus(reading.counted);
            }
        }
        let positive = |of: fn(&(u64, u64, usize)) -> u64| {
            let mut last = 0;
            sums.iter().map(|sum| {
                let more = of(sum).saturating_sub(last);
                last = of(sum);
                more
            }).sum::<u64>()
        };
        prop_assert_eq!(counted, counts(positive(|sum| sum.0), positive(|sum| sum.1)), "P3");
    }

    /// P1: the samples of a cycle may come in any order; counters, usage and the events of each
    /// regime are the same.
    #[test]
    fn order_within_a_cycle_changes_nothing(
        samples in prop::collection::vec(
            (any::<bool>(), any::<bool>(), 0..60_000_000_u64, 0..3_600_i64), 1..20),
        seed in any::<prop::sample::Index>(),
    ) {
        let replay = |samples: &[(bool, bool, u64, i64)]| {
            let mut subscriber = Subscriber::new(fixed(Some(500)));
            let start = subscriber.now;
            subscriber.wait(3_600);
            for (is_home, is_own, bytes, second) in samples {
                let regime = if *is_home { Regime::Home } else { Regime::Roaming };
                let sharing = if *is_own { Sharing::Own } else { Sharing::Shared };
                let at = start + domain::SignedDuration::from_secs(*second);
                let (sent, received) = (Bytes(*bytes), Bytes(0));
                let traffic = Traffic { regime, sharing, sent, received, at };
                subscriber.says(&Event::Traffic(traffic));
            }
            let mut ordinals = subscriber.ordinals.clone();
            ordinals.sort_unstable();
            (subscriber.state, ordinals)
        };
        let mut other = samples.clone();
        other.rotate_left(seed.index(samples.len()));
        let middle = other.len() / 2;
        other[..middle].reverse();
        prop_assert_eq!(replay(&samples), replay(&other), "P1");
    }
}
