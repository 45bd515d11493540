//! The operator's word: BF-1 to BF-3, the guard of [USE-14], and what it changes.

use domain::SignedDuration;
use domain::amount::{Bytes, Megabytes};
use domain::brand::PlanType;
use domain::usage::cost::{self, DirectUpdate, Surroundings};
use domain::usage::{
    Effect, Event, Ignored, Local, OperatorUpdate, Regime, SLICES_MAX, State, Terms, Verdict,
};

use crate::subscriber::{Subscriber, at, cycle, fixed, kinds, thresholds};

/// BF-1 to BF-3 in one story.
#[test]
fn billing_counts_and_counters_bridge() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    subscriber.now = at("2030-01-01T09:59:00Z");
    subscriber.uses(Regime::Home, 90_000_000);
    subscriber.now = at("2030-01-01T10:03:00Z");
    subscriber.uses(Regime::Home, 7_000_000);
    let ten = at("2030-01-01T10:00:00Z");
    subscriber.is_billed(130, ten);
    let usage = cost::usage(&subscriber.state);
    assert_eq!(usage.used, Bytes(137_000_000), "BF-1, USE-02");
    assert!(usage.is_estimate, "BF-1, USE-01");
    assert_eq!(usage.as_of, Some(ten), "BF-1");

    subscriber.now = at("2030-01-01T10:05:30Z");
    let five_past = at("2030-01-01T10:05:00Z");
    subscriber.is_billed(140, five_past);
    let usage = cost::usage(&subscriber.state);
    assert_eq!((usage.used, usage.is_estimate), (Bytes(140_000_000), false), "BF-2, USE-02");

    let before = subscriber.state.clone();
    let step = subscriber.is_billed(135, at("2030-01-01T10:02:00Z"));
    let outdated = Verdict::Ignored(Ignored::Outdated { known: five_past });
    assert_eq!(step.verdict, outdated, "BF-3, USE-14");
    assert_eq!((&before, step.effects.len()), (&subscriber.state, 0), "BF-3");
}

/// What the operator says, and up to when; what was known; what counts then [USE-14].
#[test]
fn an_older_word_does_not_count() {
    let now = at("2030-01-01T12:00:00Z");
    let minutes = SignedDuration::from_mins;
    let known = now - minutes(10);
    for (id, as_of, used, expected) in [
        ("older", known - minutes(1), 200, Err(known)),
        ("older and lower, without a reset", known - minutes(1), 20, Err(known)),
        ("of the same time, another number", known, 101, Ok(known)),
        ("newer", known + minutes(1), 200, Ok(known + minutes(1))),
        ("newer and lower", known + minutes(1), 20, Ok(known + minutes(1))),
        ("five minutes ahead", now + minutes(5), 200, Ok(now + minutes(5))),
        ("more than five minutes ahead", now + SignedDuration::from_secs(301), 200, Ok(now)),
        ("a year ahead", now + minutes(525_600), 200, Ok(now)),
    ] {
        let mut subscriber = Subscriber::new(fixed(Some(500)));
        subscriber.now = now;
        subscriber.is_billed(100, known);
        let step = subscriber.is_billed(used, as_of);
        let usage = subscriber.state.operator.usage.expect("it was said");
        match expected {
            Ok(stored) => {
                assert_eq!(step.verdict, Verdict::Accepted, "USE-14: {id}");
                assert_eq!(usage.as_of, stored, "USE-14: {id}");
                assert_eq!(usage.used, Megabytes(used).bytes(), "USE-14: {id}");
            }
            Err(known) => {
                let outdated = Verdict::Ignored(Ignored::Outdated { known });
                assert_eq!(step.verdict, outdated, "USE-14: {id}");
                assert_eq!(usage.used, Bytes(100_000_000), "USE-14: {id}");
            }
        }
    }
}

/// After a reset an older timestamp counts if the number is lower for the operator's own reset
/// came first [USE-14].
#[test]
fn a_lower_word_after_a_reset_counts() {
    for (id, as_of, used, is_taken) in [
        ("the operator reset earlier", "2030-01-31T23:30:00Z", 2, true),
        ("a late word on the last cycle", "2030-01-31T23:30:00Z", 455, false),
        ("late, lower and older than the last word", "2030-01-31T20:00:00Z", 440, false),
        ("of the boundary", "2030-02-01T00:00:00Z", 3, true),
        ("after the boundary", "2030-02-01T00:04:00Z", 460, true),
    ] {
        let cycle = Some(cycle("2030-01-01T00:00:00Z", "P1M", true));
        let mut subscriber = Subscriber::new(Terms { cycle, ..fixed(Some(500)) });
        subscriber.now = at("2030-01-31T21:00:00Z");
        subscriber.is_billed(450, subscriber.now);
        subscriber.now = at("2030-02-01T00:05:00Z");
        assert_eq!(kinds(&subscriber.tick()), ["4"], "USE-14: {id}");
        let verdict = subscriber.is_billed(used, at(as_of)).verdict;
        assert_eq!(verdict == Verdict::Accepted, is_taken, "USE-14: {id}");
        let expected = if is_taken { Megabytes(used).bytes() } else { Bytes(0) };
        assert_eq!(subscriber.state.used(), expected, "USE-14: {id}");
    }
}

/// What is told twice changes nothing the second time.
#[test]
fn the_same_word_twice_is_one() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    let now = subscriber.now;
    subscriber.is_billed(100, now);
    subscriber.wait(1);
    subscriber.uses(Regime::Home, 24_999_999);
    let step = subscriber.is_billed(100, now);
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Repeated));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 1)), 1, "its baseline is where it was");
}

/// What the operator says of limit and type counts until the plan says something else; a new
/// limit sets the baselines, its usage as well [USE-20], [USE-22].
#[test]
fn the_operators_description_counts_until_the_plan_changes() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    subscriber.uses(Regime::Home, 20_000_000);
    let update = OperatorUpdate {
        limit: Some(Megabytes(1_000)),
        plan_type: Some(PlanType::Variable),
        is_congested: Some(true),
        inbound_kbps: Some(384),
        ..OperatorUpdate::default()
    };
    subscriber.says(&Event::Operator(update));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 49_999_999)), 0, "USE-20");
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 1)), 1, "USE-20");
    let around = Surroundings { inbound_kbps: Some(2_000), ..Surroundings::default() };
    let (state, terms) = (&subscriber.state, &subscriber.terms);
    let status = cost::plan_status(state, terms, &around);
    assert_eq!((status.limit, status.inbound_kbps), (Some(Megabytes(1_000)), Some(384)));
    assert_eq!(cost::connection_cost(state, terms, &around).cost_type.number(), 3);
    // Only congestion, which is nothing that a threshold is measured by.
    subscriber.uses(Regime::Home, 40_000_000);
    let calm = OperatorUpdate { is_congested: Some(false), ..OperatorUpdate::default() };
    subscriber.says(&Event::Operator(calm));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 10_000_000)), 1, "USE-20");
    let terms = fixed(Some(200));
    subscriber.says(&Event::TermsChanged(terms));
    assert_eq!(subscriber.state.limit(&subscriber.terms), Some(Megabytes(200)));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 10_000_000)), 1, "USE-20");
}

/// Events begin when they are wanted: what was used before is not told.
#[test]
fn switching_events_on_tells_nothing_of_the_past() {
    let quiet = Terms { notifies: false, ..fixed(Some(500)) };
    let mut subscriber = Subscriber::new(quiet);
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 300_000_000)), 0, "USE-15");
    subscriber.says(&Event::TermsChanged(fixed(Some(500))));
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 24_999_999)), 0, "USE-15");
    assert_eq!(thresholds(&subscriber.uses(Regime::Home, 1)), 1, "USE-15");
}

/// The operator's app may set cost and usage directly [USE-13].
#[test]
fn an_app_updates_directly() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    subscriber.uses(Regime::Home, 3_000_000);
    let cost = DirectUpdate::Cost(PlanType::Variable).update();
    subscriber.says(&Event::Operator(cost));
    let usage = DirectUpdate::Usage { used: Megabytes(42), last_sync: subscriber.now };
    subscriber.says(&Event::Operator(usage.update()));
    assert_eq!(subscriber.state.used(), Bytes(42_000_000), "USE-13");
    assert_eq!(subscriber.state.plan_type(&subscriber.terms), Some(PlanType::Variable), "USE-13");
}

/// The customer is told once a cycle that the limit is near, whoever says so [USE-10].
#[test]
fn a_near_limit_is_told_once_a_cycle() {
    let cycle = Some(cycle("2030-01-01T00:00:00Z", "P1M", true));
    let mut subscriber = Subscriber::new(Terms { cycle, ..fixed(Some(500)) });
    let told = |step: &domain::usage::Step| {
        let is_near = |effect: &&Effect| effect.key().ends_with("approaching_limit");
        step.effects.iter().filter(is_near).count()
    };
    assert_eq!(told(&subscriber.uses(Regime::Home, 399_999_999)), 0);
    assert_eq!(told(&subscriber.uses(Regime::Home, 1)), 1);
    assert_eq!(told(&subscriber.is_billed(10, subscriber.now)), 0);
    subscriber.wait(1);
    assert_eq!(told(&subscriber.is_billed(450, subscriber.now)), 0, "once");
    subscriber.now = at("2030-02-01T00:00:00Z");
    assert_eq!(told(&subscriber.is_billed(410, subscriber.now)), 1, "and once in the next");
}

/// Of more samples than there is room for, the older are joined: what billing has counted up to
/// the middle of a join stays until billing is past it, which is never much beside what came after,
/// and nothing is lost.
#[test]
fn local_traffic_has_a_bound_and_loses_nothing() {
    let mut local = Local::default();
    let start = at("2030-01-01T00:00:00Z");
    let second = |n: i64| start + SignedDuration::from_secs(n);
    for n in 1..=1_000 {
        local.add(second(n), Bytes(1));
        assert!(local.slices().len() <= SLICES_MAX);
    }
    assert_eq!(local.total(), Bytes(1_000));
    let newest: Vec<_> = local.slices().iter().rev().take(32).map(|slice| slice.bytes.0).collect();
    assert_eq!(newest, [1; 32], "the newest are told apart");
    for until in (0..1_000).rev() {
        let mut local = local.clone();
        local.drop_until(second(until));
        let (left, right) = (local.total().0, 1_000 - u64::try_from(until).expect("few"));
        assert!((right..=right * 5 / 2).contains(&left), "{until}: {left}");
    }
    local.drop_until(second(999));
    assert_eq!(local.total(), Bytes(1));
    local.add(second(998), Bytes(5));
    local.add(second(1_000), Bytes(5));
    assert_eq!(local.slices().len(), 2);
    local.drop_until(second(1_000));
    assert_eq!((local.total(), local.slices().len()), (Bytes(0), 0));
    assert_eq!(local, State::default().local);
}
