//! When the next document is fetched.

use carrier::Timestamp;
use carrier::agent::refresh::{self, Cause, Next, Schedule, Situation, Spread};
use carrier::document::{DelayInDays, RefreshParameters, RefreshUrl};
use jiff::SignedDuration;
use jiff::tz::{Offset, offset};
use proptest::prelude::*;

use crate::fixture::{after, of, owner};

/// The documents of these tests were applied at that time.
const APPLIED: &str = "2026-03-01T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn parameters(days: Option<u32>) -> RefreshParameters {
    RefreshParameters {
        delay: days.map(|days| DelayInDays::new(days).expect("1 to 730")),
        url: RefreshUrl::parse("https://fjell.example/4711").expect("a URL"),
        user_name: None,
        password: None,
    }
}

/// A host in UTC, online and in use, with the shortest spread.
fn busy(now: Timestamp) -> Situation {
    Situation {
        now,
        offset: Offset::UTC,
        has_internet: true,
        is_idle: false,
        spread: Spread::default(),
    }
}

#[test]
fn no_attempt_is_made_before_the_delay_is_over() {
    // RF-1, [RFR-01], [RFR-03], [RFR-04]: the spread delays, it never brings forward.
    let schedule = Schedule::of(parameters(Some(14)), at(APPLIED));
    let due = at("2026-03-15T12:00:00Z");
    let six_hours = Spread::of(6 * 60 * 60);
    assert_eq!(six_hours.duration(), SignedDuration::from_hours(6));
    assert_eq!(Spread::of(6 * 60 * 60 + 1), Spread::default());
    for (now, spread, expected) in [
        ("2026-03-01T12:00:00Z", Spread::default(), Next::At(due)),
        ("2026-03-14T12:00:00Z", Spread::default(), Next::At(due)), // day 13
        ("2026-03-15T11:59:59Z", Spread::default(), Next::At(due)),
        ("2026-03-15T12:00:00Z", Spread::default(), Next::Fetch(Cause::Delay)),
        ("2026-03-15T12:00:00Z", six_hours, Next::At(at("2026-03-15T18:00:00Z"))),
        ("2026-03-15T18:00:00Z", six_hours, Next::Fetch(Cause::Delay)),
        ("2026-06-01T00:00:00Z", six_hours, Next::Fetch(Cause::Delay)),
    ] {
        // An idle host may be refreshed by a message at any hour, not by the delay.
        for is_idle in [false, true] {
            let situation = Situation { spread, is_idle, ..busy(at(now)) };
            assert_eq!(schedule.next(&situation), expected, "{now} {spread:?}");
        }
        let offline = Situation { spread, has_internet: false, ..busy(at(now)) };
        let expected = match expected {
            Next::Fetch(cause) => Next::WhenConnected(cause),
            waits => waits,
        };
        assert_eq!(schedule.next(&offline), expected, "{now} {spread:?}");
    }
    // [XML-158]
    let never = Schedule::of(parameters(None), at(APPLIED));
    assert_eq!(never.next(&busy(at("2036-01-01T00:00:00Z"))), Next::Never);
}

#[test]
fn a_message_waits_for_the_maintenance_window() {
    // [RFR-05]: idle or 02:00 to 06:00 local, at latest 24 h after the message.
    const NONE: bool = false;
    let fetch = Next::Fetch(Cause::Message);
    let (utc, plus, minus) = (Offset::UTC, offset(2), offset(-8));
    for (asked, now, zone, is_idle, expected) in [
        ("07T12:00:00Z", "07T12:00:00Z", utc, true, fetch),
        ("07T12:00:00Z", "07T12:00:00Z", utc, NONE, Next::At(at("2026-03-08T02:00:00Z"))),
        ("07T12:00:00Z", "08T01:59:59Z", utc, NONE, Next::At(at("2026-03-08T02:00:00Z"))),
        ("07T12:00:00Z", "08T02:00:00Z", utc, NONE, fetch),
        ("07T12:00:00Z", "08T05:59:59Z", utc, NONE, fetch),
        // The window passed without an attempt: a day after the message at the latest.
        ("07T12:00:00Z", "08T06:00:00Z", utc, NONE, Next::At(at("2026-03-08T12:00:00Z"))),
        ("07T12:00:00Z", "08T11:59:59Z", utc, NONE, Next::At(at("2026-03-08T12:00:00Z"))),
        ("07T12:00:00Z", "08T12:00:00Z", utc, NONE, fetch),
        // Local time counts.
        ("07T01:00:00Z", "07T01:00:00Z", plus, NONE, fetch),
        ("07T04:00:00Z", "07T04:00:00Z", plus, NONE, Next::At(at("2026-03-08T00:00:00Z"))),
        ("07T09:59:59Z", "07T09:59:59Z", minus, NONE, Next::At(at("2026-03-07T10:00:00Z"))),
        ("07T10:00:00Z", "07T10:00:00Z", minus, NONE, fetch),
    ] {
        let (asked, now) = (format!("2026-03-{asked}"), format!("2026-03-{now}"));
        let never = Schedule::of(parameters(None), at(APPLIED));
        let schedule = Schedule { asked_at: Some(at(&asked)), ..never };
        let situation = Situation { offset: zone, is_idle, ..busy(at(&now)) };
        assert_eq!(schedule.next(&situation), expected, "{asked} {now}");
        if expected == fetch {
            let offline = Situation { has_internet: false, ..situation };
            assert_eq!(schedule.next(&offline), Next::WhenConnected(Cause::Message));
        }
    }
}

/// The owner's schedule after these steps at these times; none where nothing changed.
fn steps(rows: &[(&str, &str)]) -> (Schedule, Vec<bool>) {
    let refresh = "<Provisioning><RefreshParameters><DelayInDays>14</DelayInDays>\
                   <RefreshURL>https://a/</RefreshURL></RefreshParameters></Provisioning>";
    let mut stored = after(&[refresh]);
    let mut changed = Vec::new();
    for (step, time) in rows {
        let now = at(time);
        let change = match *step {
            "message" => refresh::trigger(&stored, &owner(), now),
            "failed" => refresh::failed(&stored, &owner(), now),
            _ => refresh::rearm(&stored, &owner(), now),
        };
        changed.push(change.is_some());
        stored.apply(&change.unwrap_or_else(|| {
            let edit = carrier::agent::Edit::Messages(Vec::new());
            carrier::agent::Change { owner: owner(), edit }
        }));
    }
    (of(&stored).refresh.expect("a schedule"), changed)
}

#[test]
fn failures_are_followed_by_three_attempts_an_hour_apart_then_one_a_day() {
    // [RFR-04]
    let mut rows = Vec::new();
    for (time, next) in [
        ("2030-03-15T12:00:00Z", "2030-03-15T13:00:00Z"),
        ("2030-03-15T13:00:00Z", "2030-03-15T14:00:00Z"),
        ("2030-03-15T14:00:00Z", "2030-03-15T15:00:00Z"),
        ("2030-03-15T15:00:00Z", "2030-03-16T15:00:00Z"),
        ("2030-03-16T15:00:00Z", "2030-03-17T15:00:00Z"),
    ] {
        rows.push(("failed", time));
        let (schedule, _) = steps(&rows);
        assert_eq!(schedule.next(&busy(at(time))), Next::At(at(next)), "{time}");
        assert_eq!(schedule.next(&busy(at(next))), Next::Fetch(Cause::Retry), "{time}");
        // A pause is no delay of the document, so it is not spread.
        let spread = Situation { spread: Spread::of(3600), ..busy(at(next)) };
        assert_eq!(schedule.next(&spread), Next::Fetch(Cause::Retry), "{time}");
    }
    // 200, 204 and 304 all arm the schedule anew, with nothing left of the failures.
    rows.push(("answered", "2030-03-17T15:00:00Z"));
    let (schedule, _) = steps(&rows);
    assert_eq!((schedule.failures, schedule.due), (0, Some(at("2030-03-31T15:00:00Z"))));
}

#[test]
fn several_triggers_are_one_attempt() {
    // [RFR-05]
    let first = ("message", "2030-03-10T12:00:00Z");
    for (rows, expected) in [
        (vec![first], vec![true]),
        // The first one of several counts for the day that they may wait.
        (vec![first, ("message", "2030-03-10T13:00:00Z")], vec![true, false]),
        // Made: the next message is another one.
        (
            vec![first, ("answered", "2030-03-10T12:30:00Z"), ("message", "2030-03-10T13:00:00Z")],
            vec![true, true, true],
        ),
        // The attempt after a failure is for all of them.
        (
            vec![first, ("failed", "2030-03-10T12:30:00Z"), ("message", "2030-03-10T13:00:00Z")],
            vec![true, true, false],
        ),
        // The delay is over: an attempt comes anyway.
        (
            vec![("answered", "2030-03-10T00:00:00Z"), ("message", "2030-03-24T00:00:00Z")],
            vec![true, false],
        ),
    ] {
        let (schedule, changed) = steps(&rows);
        assert_eq!(changed, expected, "{rows:?}");
        if rows.len() < 3 && expected[0] && rows[0] == first {
            assert_eq!(schedule.asked_at, Some(at("2030-03-10T12:00:00Z")), "{rows:?}");
        }
    }
}

proptest! {
    /// [RFR-03], [RFR-04], [RFR-05]: whatever the host does, an attempt by the delay comes
    /// between its end and six hours later, one by a message within a day.
    #[test]
    fn attempts_come_in_their_time(
        days in 1_u32..=730,
        random: u32,
        hours in -18_i8..=18,
        asked_s in 0_i64..1_000_000,
        looks in prop::collection::vec(1_i64..100_000, 0..40),
    ) {
        let applied = at(APPLIED);
        let spread = Spread::of(random);
        let delayed = Schedule::of(parameters(Some(days)), applied);
        let due = delayed.due.expect("a delay");
        let asked_at = applied + SignedDuration::from_secs(asked_s);
        let never = Schedule::of(parameters(None), applied);
        let asked = Schedule { asked_at: Some(asked_at), ..never };
        let mut now = asked_at;
        for look in looks {
            let situation = Situation { spread, offset: offset(hours), ..busy(now) };
            match delayed.next(&situation) {
                Next::Fetch(cause) => prop_assert!(cause == Cause::Delay && now >= due),
                Next::At(next) => {
                    prop_assert!(now < next && due <= next);
                    prop_assert!(next <= due + SignedDuration::from_hours(6));
                }
                other => prop_assert!(false, "{other:?}"),
            }
            match asked.next(&situation) {
                Next::Fetch(cause) => prop_assert_eq!(cause, Cause::Message),
                Next::At(next) => {
                    prop_assert!(now < next && next <= asked_at + SignedDuration::from_hours(24));
                }
                other => prop_assert!(false, "{other:?}"),
            }
            now += SignedDuration::from_secs(look);
        }
    }
}
