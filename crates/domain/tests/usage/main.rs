//! The usage engine: the vectors of 05-usage-and-notifications as rows, the values that programs
//! read, and laws that hold for any history.

mod billing;
mod counters;
mod cycles;
mod history;
mod laws;
mod model;
mod subscriber;
mod values;

use domain::amount::{Bytes, Megabytes};
use domain::usage::cost::step_bytes;
use domain::usage::{
    EVENTS_PER_SAMPLE_MAX, Effect, Event, Regime, Sharing, Terms, Traffic, Verdict,
};
use subscriber::{Subscriber, fixed, kinds, thresholds};

/// Id, plan, what happens, each with the events that follow.
///
/// Plans: the limit in MB or `none`, `minute` for delivery once a minute, `off` for a flag that
/// is false. `sum` and `roam-sum` are counters, the rest are additions: at home `own` and
/// `shared`, `split` into sent and received, `roam`. `bill` is the operator's word, `limit` a new
/// description.
const VECTORS: &[(&str, &str, &str)] = &[
    ("UV-1", "500", "sum 24999999:0, sum 25000000:1, sum 26000000:0"),
    ("UV-2", "500", "sum 130000000:5, sum 149999999:0, sum 150000000:1"),
    (
        "UV-3",
        "500 minute",
        "sum 130000000:0, tick:1, wait 60, sum 149999999:0, tick:0, wait 60, sum 150000000:0, \
         tick:1",
    ),
    ("UV-4", "500 off", "sum 500000000:0"),
    ("UV-5", "none", "sum 99999999:0, sum 100000000:1, sum 200000000:1"),
    ("UV-6", "500", "roam-sum 4999999:0, roam-sum 5000000:1, roam-sum 10000000:1"),
    ("UV-7", "500", "own 20000000:0, roam 4000000:0, own 5000000:1"),
    ("UV-8", "500", "sum 20000000:0, bill 20, own 24999999:0, own 1:1"),
    (
        "UV-9",
        "500 minute",
        "wait 20, roam 3000000:0, wait 20, roam 3000000:0, wait 20, roam 3000000:0, tick:1, \
         wait 20, roam 3000000:0, wait 20, roam 3000000:0, wait 20, roam 3000000:0, tick:1",
    ),
    ("UV-10", "500", "sum 20000000:0, limit 1000, own 49999999:0, own 1:1"),
    ("UV-10, at once", "500", "sum 20000000:0, limit 1000, own 50000000:1"),
    ("UV-11", "500", "sum 60000000:2, bill 10, own 24999999:0, own 1:1"),
    ("UV-12", "none", "own 100000000:1"),
    ("UV-13, roaming", "500 off", "roam 50000000:0"),
    ("UV-13, no limit", "none off", "own 500000000:0"),
    ("UV-14", "500", "split 10000000 15000000:1"),
    ("UV-15", "500", "own 15000000:0, shared 10000000:1"),
    // What the vectors leave open.
    (
        "USE-18, both regimes",
        "500 minute",
        "own 25000000:0, roam 5000000:0, tick:1, tick:0, \
      wait 59, tick:0, wait 1, tick:1, wait 60, tick:0",
    ),
    (
        "USE-20, word sets both",
        "500",
        "own 24000000:0, roam 4000000:0, bill 10, own 1000000:0, \
      roam 1000000:0, own 24000000:1, roam 4000000:1",
    ),
    ("USE-20, remainders stay", "500", "own 40000000:1, own 10000000:1"),
    ("USE-20, the same description", "500", "own 24000000:0, limit 500, own 1000000:1"),
    ("USE-21, a step of one byte", "0", "own 3:3, own 0:0"),
];

fn terms(plan: &str) -> Terms {
    let limit = plan.split(' ').next().and_then(|limit| limit.parse().ok());
    Terms { notifies: !plan.contains("off"), ..fixed(limit) }
}

fn traffic(subscriber: &Subscriber, words: &[&str]) -> Traffic {
    let number = |place: usize| words[place].parse::<u64>().expect("a number");
    let counted = |regime| {
        let of = |sharing| subscriber.state.counters.of(regime, sharing).total().expect("little");
        of(Sharing::Own).0 + of(Sharing::Shared).0
    };
    let (regime, sharing, sent, received) = match words[0] {
        "sum" => (Regime::Home, Sharing::Own, 0, number(1) - counted(Regime::Home)),
        "roam-sum" => (Regime::Roaming, Sharing::Own, 0, number(1) - counted(Regime::Roaming)),
        "own" => (Regime::Home, Sharing::Own, number(1), 0),
        "shared" => (Regime::Home, Sharing::Shared, number(1), 0),
        "roam" => (Regime::Roaming, Sharing::Own, number(1), 0),
        "split" => (Regime::Home, Sharing::Own, number(1), number(2)),
        word => unreachable!("{word}"),
    };
    let at = subscriber.now;
    Traffic { regime, sharing, sent: Bytes(sent), received: Bytes(received), at }
}

#[test]
fn thresholds_fire_as_the_vectors_say() {
    for (id, plan, script) in VECTORS {
        let terms = terms(plan);
        let is_minute = plan.contains("minute");
        let mut subscriber =
            if is_minute { Subscriber::per_minute(&terms) } else { Subscriber::new(terms) };
        for line in script.split(',') {
            let (line, expected) = line.trim().split_once(':').unwrap_or((line.trim(), "0"));
            let words: Vec<&str> = line.split_whitespace().collect();
            let event = match words[0] {
                "wait" => {
                    subscriber.wait(words[1].parse().expect("seconds"));
                    continue;
                }
                "tick" => Event::Tick,
                "bill" => {
                    let used = Megabytes(words[1].parse().expect("megabytes"));
                    Event::Operator(subscriber::said(used.bytes().0, subscriber.now))
                }
                "limit" => {
                    let limit = words[1].parse().ok().map(Megabytes);
                    Event::TermsChanged(Terms { limit, ..subscriber.terms.clone() })
                }
                _ => Event::Traffic(traffic(&subscriber, &words)),
            };
            let step = subscriber.says(&event);
            assert_eq!(thresholds(&step).to_string(), expected, "{id}: {line}");
        }
        for regime in [Regime::Home, Regime::Roaming] {
            let told: Vec<u64> =
                subscriber.ordinals.iter().filter(|o| o.1 == regime).map(|o| o.2).collect();
            let expected: Vec<u64> = (1..).take(told.len()).collect();
            assert_eq!(told, expected, "{id}: ordinals without gap and none twice [USE-21]");
        }
    }
}

#[test]
fn a_step_is_five_percent_or_what_has_no_limit() {
    for (id, regime, limit, expected) in [
        ("USE-16", Regime::Home, Some(500), 25_000_000),
        ("USE-16", Regime::Home, Some(1), 50_000),
        ("USE-16", Regime::Home, Some(u32::MAX), 214_748_364_750_000),
        ("USE-17", Regime::Home, None, 100_000_000),
        ("USE-17", Regime::Roaming, None, 5_000_000),
        ("USE-17", Regime::Roaming, Some(500), 5_000_000),
        ("USE-17", Regime::Roaming, Some(0), 5_000_000),
        ("USE-21", Regime::Home, Some(0), 1),
    ] {
        assert_eq!(step_bytes(regime, limit.map(Megabytes)), Bytes(expected), "{id} {limit:?}");
    }
}

/// Who has no description has no flag, and is told nothing [USE-22]; a limit counts whatever the
/// plan type.
#[test]
fn the_limit_counts_for_every_plan_type() {
    use domain::brand::PlanType;
    for plan_type in [None, Some(PlanType::Unrestricted), Some(PlanType::Variable)] {
        let mut subscriber = Subscriber::new(Terms { plan_type, ..fixed(Some(500)) });
        assert_eq!(
            thresholds(&subscriber.uses(Regime::Home, 25_000_000)),
            1,
            "USE-22 {plan_type:?}"
        );
    }
    let mut nobody = Subscriber::new(Terms::default());
    assert_eq!(thresholds(&nobody.uses(Regime::Home, 500_000_000)), 0, "USE-15, USE-22");
    assert_eq!(thresholds(&nobody.uses(Regime::Roaming, 500_000_000)), 0, "USE-15");
}

/// D1, D2: both the last event and the last word of the operator are baselines, and a step that
/// is reached exactly is reached.
#[test]
fn a_threshold_is_reached_by_its_last_byte() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 24_999_999)), 0, "USE-19, D2");
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 1)), 1, "USE-19, D2");
    subscriber.uses(Regime::Home, 24_000_000);
    let now = subscriber.now;
    subscriber.is_billed(49, now);
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 24_000_000)), 0, "USE-20, D1");
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 1_000_000)), 1, "USE-20, D1");
}

/// Billing is asked once for a sample, however many steps it crosses [USE-12].
#[test]
fn a_threshold_asks_billing_once() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    let step = subscriber.uses(Regime::Home, 130_000_000);
    let asked: Vec<_> = step
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::QueryBilling { .. }))
        .collect();
    let expected = Effect::QueryBilling { cycle: 0, regime: Regime::Home, step: 5 };
    assert_eq!(asked, [&expected], "USE-12");
    // While the answer is awaited the counters fill the gap, and then its word counts.
    subscriber.wait(30);
    subscriber.uses(Regime::Home, 7_000_000);
    assert_eq!(subscriber.state.used(), Bytes(137_000_000), "USE-12");
    let as_of = subscriber.now - domain::SignedDuration::from_secs(10);
    let step = subscriber.is_billed(131, as_of);
    assert_eq!(step.verdict, Verdict::Accepted);
    assert!(step.effects.contains(&Effect::UpdateDocument { revision: 1 }), "USE-12");
    assert_eq!(subscriber.state.used(), Bytes(138_000_000), "USE-12");
}

/// A jump beyond all measure tells a bounded number of events and leaves nothing behind.
#[test]
fn a_huge_sample_is_bounded() {
    let mut subscriber = Subscriber::new(fixed(Some(1)));
    let step = subscriber.uses(Regime::Home, 1 << 60);
    let told = u64::try_from(thresholds(&step)).expect("few");
    assert_eq!(told, EVENTS_PER_SAMPLE_MAX);
    assert!(subscriber.state.home.since < Bytes(50_000));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 50_000)), 1);
    let last = subscriber.ordinals.last().map(|(_, _, step)| *step);
    assert_eq!(last, Some(EVENTS_PER_SAMPLE_MAX + 1), "USE-21: ordinals without a gap");
    let before = subscriber.state.clone();
    let step = subscriber.uses(Regime::Home, u64::MAX);
    assert!(matches!(step.verdict, Verdict::Rejected(_)));
    assert_eq!((before, kinds(&step)), (subscriber.state, Vec::new()));
}
