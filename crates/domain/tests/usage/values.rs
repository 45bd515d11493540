//! What other programs read: cost of the connection and status of the plan [USE-06], [USE-08] to
//! [USE-11].

use domain::amount::{Bytes, Megabytes};
use domain::brand::PlanType;
use domain::usage::cost::{
    AutomaticUpdates, ConnectionCost, CostType, Media, ProfileAddress, Surroundings,
    automatic_updates, connection_cost, plan_status, shows_estimate, usage,
};
use domain::usage::{
    DeliveryMode, Event, OperatorUpdate, Regime, Sharing, Terms, Traffic, Verdict,
};

use crate::subscriber::{Subscriber, at, cycle, fixed, said, thresholds};

/// Counters estimate: what is used elsewhere is invisible until billing says so [USE-01].
#[test]
fn what_is_counted_here_is_an_estimate() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    subscriber.uses(Regime::Home, 3_000_000);
    let shown = usage(&subscriber.state);
    assert_eq!((shown.used, shown.is_estimate), (Bytes(3_000_000), true), "USE-01");
    let now = subscriber.now;
    subscriber.is_billed(80, now);
    let shown = usage(&subscriber.state);
    assert_eq!((shown.used, shown.is_estimate), (Bytes(80_000_000), false), "USE-01, USE-02");
}

/// Sent and received bytes of both regimes, own and shared, are counted apart [USE-01], [USE-07].
#[test]
fn counters_are_kept_apart_and_summed_for_the_threshold() {
    let mut subscriber = Subscriber::new(fixed(Some(500)));
    let mut number = 0;
    for regime in [Regime::Home, Regime::Roaming] {
        for sharing in [Sharing::Own, Sharing::Shared] {
            number += 1;
            let (sent, received) = (Bytes(number), Bytes(number * 100));
            let at = subscriber.now;
            subscriber.says(&Event::Traffic(Traffic { regime, sharing, sent, received, at }));
        }
    }
    let of = |regime, sharing| {
        let counts = subscriber.state.counters.of(regime, sharing);
        (counts.sent.0, counts.received.0)
    };
    assert_eq!(of(Regime::Home, Sharing::Own), (1, 100), "USE-01, USE-07");
    assert_eq!(of(Regime::Home, Sharing::Shared), (2, 200), "USE-07");
    assert_eq!(of(Regime::Roaming, Sharing::Own), (3, 300), "USE-07");
    assert_eq!(of(Regime::Roaming, Sharing::Shared), (4, 400), "USE-07");
    assert_eq!(subscriber.state.home.since, Bytes(303), "USE-21");
    assert_eq!(subscriber.state.roaming.since, Bytes(707), "USE-21");
}

/// Windows 8 looks once a minute, later ones at once [USE-05], [USE-18].
#[test]
fn each_windows_has_its_cadence() {
    for (mode, at_once, at_the_minute) in
        [(DeliveryMode::Realtime, 5, 0), (DeliveryMode::PerMinute, 0, 1)]
    {
        let mut subscriber = Subscriber::new(Terms { mode, ..fixed(Some(500)) });
        let step = subscriber.uses(Regime::Home, 130_000_000);
        assert_eq!(thresholds(&step), at_once, "USE-05, USE-18");
        subscriber.wait(60);
        assert_eq!(thresholds(&subscriber.tick()), at_the_minute, "USE-05, USE-18");
    }
}

/// Name, plan type, limit, used, the operator's flag; approaching, over.
type Flags = (&'static str, Option<PlanType>, Option<u32>, u64, Option<bool>, bool, bool);

/// What follows from the estimate [USE-10].
const FLAGS: &[Flags] = &[
    ("below", Some(PlanType::Fixed), Some(500), 399_999_999, None, false, false),
    ("at 80 %", Some(PlanType::Fixed), Some(500), 400_000_000, None, true, false),
    ("a byte less", Some(PlanType::Fixed), Some(500), 499_999_999, None, true, false),
    ("at the limit", Some(PlanType::Fixed), Some(500), 500_000_000, None, true, true),
    ("operator says no", Some(PlanType::Fixed), Some(500), 600_000_000, Some(false), true, false),
    ("operator says yes", Some(PlanType::Fixed), Some(500), 1, Some(true), false, true),
    ("Fixed only", Some(PlanType::Variable), Some(500), 600_000_000, None, true, false),
    ("unless said", Some(PlanType::Variable), Some(500), 600_000_000, Some(true), true, true),
    ("no limit", Some(PlanType::Unrestricted), None, u64::MAX / 2, None, false, false),
    ("the largest", Some(PlanType::Fixed), Some(u32::MAX), u64::MAX / 2, None, true, true),
    ("no allowance", Some(PlanType::Fixed), Some(0), 0, None, true, true),
    ("unknown type", None, Some(500), 600_000_000, None, true, false),
];

#[test]
fn flags_follow_from_the_estimate() {
    for (id, plan_type, limit, used, over, is_approaching, is_over) in FLAGS {
        let limit = limit.map(Megabytes);
        let terms = Terms { plan_type: *plan_type, limit, ..Terms::default() };
        let mut subscriber = Subscriber::new(terms);
        // Half of it is the operator's word, half is counted since.
        let said_before = OperatorUpdate { is_over_limit: *over, ..said(used / 2, subscriber.now) };
        subscriber.says(&Event::Operator(said_before));
        subscriber.wait(1);
        subscriber.uses(Regime::Roaming, used - used / 2);
        let around = Surroundings { regime: Some(Regime::Home), ..Surroundings::default() };
        let cost = connection_cost(&subscriber.state, &subscriber.terms, &around);
        assert_eq!(cost.is_approaching_data_limit, *is_approaching, "USE-10: {id}");
        assert_eq!(cost.is_over_data_limit, *is_over, "USE-10: {id}");
    }
}

/// The values of `ConnectionCost` and `DataPlanStatus` [USE-08], [USE-09].
#[test]
fn every_value_is_exposed() {
    let numbers = [0, 1, 2, 3];
    assert_eq!(CostType::ALL.map(CostType::number), numbers, "USE-09");
    for (plan_type, number) in [
        (None, 0),
        (Some(PlanType::Unrestricted), 1),
        (Some(PlanType::Fixed), 2),
        (Some(PlanType::Variable), 3),
    ] {
        assert_eq!(CostType::of(plan_type).number(), number, "USE-09");
    }
    let cycle = Some(cycle("2030-01-01T00:00:00Z", "P1M", true));
    let mut subscriber = Subscriber::new(Terms { cycle, ..fixed(Some(500)) });
    let around = Surroundings {
        regime: Some(Regime::Roaming),
        restricts_background: true,
        inbound_kbps: Some(2_000),
        outbound_kbps: Some(384),
        max_transfer: Some(Megabytes(100)),
    };
    let cost = connection_cost(&subscriber.state, &subscriber.terms, &around);
    let expected = ConnectionCost {
        cost_type: CostType::Fixed,
        is_approaching_data_limit: false,
        is_over_data_limit: false,
        is_roaming: true,
        is_background_restricted: true,
    };
    assert_eq!(cost, expected, "USE-09");
    // It is the operator's document that changes what everybody reads.
    let now = subscriber.now;
    assert_eq!(subscriber.is_billed(450, now).verdict, Verdict::Accepted);
    let cost = connection_cost(&subscriber.state, &subscriber.terms, &around);
    assert!(cost.is_approaching_data_limit, "USE-08");
    let status = plan_status(&subscriber.state, &subscriber.terms, &around);
    assert_eq!(status.limit, Some(Megabytes(500)), "USE-09");
    assert_eq!(status.usage.used.megabytes(), Megabytes(450), "USE-09");
    assert_eq!(status.usage.as_of, Some(now), "USE-09: last sync time");
    let kbps = (status.inbound_kbps, status.outbound_kbps);
    assert_eq!(kbps, (Some(2_000), Some(384)), "USE-09");
    assert_eq!(status.max_transfer, Some(Megabytes(100)), "USE-09");
    assert_eq!(status.next_cycle, Some(at("2030-02-01T00:00:00Z")), "USE-09");
}

#[test]
fn a_metered_host_fetches_what_cannot_wait() {
    let cost = |cost_type| ConnectionCost {
        cost_type,
        is_approaching_data_limit: false,
        is_over_data_limit: false,
        is_roaming: false,
        is_background_restricted: false,
    };
    let roaming = ConnectionCost { is_roaming: true, ..cost(CostType::Unrestricted) };
    for (cost, is_exempt, expected) in [
        (cost(CostType::Unrestricted), false, AutomaticUpdates::All),
        (cost(CostType::Unknown), false, AutomaticUpdates::All),
        (cost(CostType::Fixed), false, AutomaticUpdates::Critical),
        (cost(CostType::Variable), false, AutomaticUpdates::Critical),
        (cost(CostType::Fixed), true, AutomaticUpdates::Security),
        (roaming, false, AutomaticUpdates::Critical),
    ] {
        assert_eq!(automatic_updates(&cost, is_exempt), expected, "USE-11 {cost:?}");
    }
}

#[test]
fn the_estimate_is_shown_unless_the_operator_has_an_app() {
    for (media, has_app, choice, expected) in [
        (Media::Wwan, false, None, true),
        (Media::Wwan, true, None, false),
        (Media::Wlan, false, None, false),
        (Media::Wwan, true, Some(true), true),
        (Media::Wlan, false, Some(true), true),
        (Media::Wwan, false, Some(false), false),
    ] {
        let shown = shows_estimate(media, has_app, choice);
        assert_eq!(shown, expected, "USE-06 {media:?} {has_app} {choice:?}");
    }
}

/// A profile is addressed by kind of network and name [USE-13].
#[test]
fn profiles_have_an_address() {
    assert_eq!((Media::Wlan.number(), Media::Wwan.number()), (0, 1), "USE-13");
    assert_eq!(Media::from_number(1), Some(Media::Wwan), "USE-13");
    assert_eq!(Media::from_number(2), None);
    let name = "Aurora Mobile".to_owned();
    let address = ProfileAddress { media: Media::Wwan, name };
    assert_ne!(address, ProfileAddress { media: Media::Wlan, ..address.clone() }, "USE-13");
}

#[test]
fn bytes_and_megabytes_are_ten_to_the_six_apart() {
    for (bytes, megabytes) in [
        (0, 0),
        (499_999, 0),
        (500_000, 1),
        (1_499_999, 1),
        (536_870_912, 537),
        (u64::MAX, u32::MAX),
    ] {
        assert_eq!(Bytes(bytes).megabytes(), Megabytes(megabytes), "{bytes}");
    }
    assert_eq!(Megabytes(u32::MAX).bytes(), Bytes(4_294_967_295_000_000));
}
