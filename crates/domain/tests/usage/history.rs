//! Queries by windows of time [USE-03], [USE-04].

use domain::amount::Bytes;
use domain::usage::history::{
    Attributed, Bucket, Entry, Filter, Granularity, Interval, Window, WindowError,
    attributed_usage, connectivity, usage,
};
use domain::usage::{Counts, Regime, Sharing};
use domain::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::subscriber::at;

const NOW: &str = "2030-03-15T12:00:30Z";

fn window(start: &str, end: &str) -> Window {
    Window { start: at(start), end: at(end) }
}

fn bucket(at_text: &str, received: u64) -> Bucket {
    Bucket {
        at: at(at_text),
        profile: "internet".to_owned(),
        regime: Regime::Home,
        sharing: Sharing::Own,
        app: String::new(),
        counts: Counts { sent: Bytes(1), received: Bytes(received) },
        connected: SignedDuration::from_secs(60),
    }
}

fn received(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.counts.received.0).collect()
}

/// Start, end, granularity, whether it is answered [USE-03].
#[test]
fn a_window_has_bounds() {
    use Granularity::{PerDay, PerHour, PerMinute, Total};
    let sixty_days = at("2030-01-14T12:00:30Z");
    let two_hours = at("2030-03-15T10:00:30Z");
    let early = |earliest| Err(WindowError::TooEarly { earliest });
    for (start, end, granularity, expected) in [
        ("2030-03-15T11:00:00Z", "2030-03-15T12:00:00Z", Total, Ok(1)),
        ("2030-03-15T12:00:00Z", "2030-03-15T12:00:00Z", Total, Err(WindowError::Empty)),
        ("2030-03-15T12:00:00Z", "2030-03-15T11:00:00Z", PerDay, Err(WindowError::Empty)),
        ("2030-01-14T12:00:30Z", "2030-03-15T12:00:30Z", PerDay, Ok(60)),
        ("2030-01-14T12:00:30Z", "2030-03-15T12:00:30Z", PerHour, Ok(1_440)),
        ("2030-01-14T12:00:29Z", "2030-03-15T12:00:30Z", PerDay, early(sixty_days)),
        ("2030-03-15T10:00:30Z", "2030-03-15T12:00:30Z", PerMinute, Ok(120)),
        ("2030-03-15T10:00:29Z", "2030-03-15T12:00:30Z", PerMinute, early(two_hours)),
        ("2030-03-15T10:00:29Z", "2030-03-15T12:00:30Z", PerHour, Ok(3)),
    ] {
        let answered = usage(&[], window(start, end), granularity, &Filter::default(), at(NOW));
        assert_eq!(
            answered.map(|entries| entries.len()),
            expected,
            "USE-03: {start} {granularity:?}"
        );
    }
    let numbers = Granularity::ALL.map(Granularity::number);
    assert_eq!(numbers, [0, 1, 2, 3], "USE-03");
    for granularity in Granularity::ALL {
        assert_eq!(Granularity::from_name(granularity.name()), Some(granularity));
    }
}

/// Entries are in order, those without traffic too, and the last one is partial [USE-03].
#[test]
fn entries_are_in_order_and_the_last_is_partial() {
    let buckets = [
        bucket("2030-03-15T11:59:00Z", 8),
        bucket("2030-03-15T09:00:00Z", 1),
        bucket("2030-03-15T09:59:00Z", 2),
        bucket("2030-03-15T12:00:00Z", 16),
        bucket("2030-03-15T08:59:00Z", 64),
    ];
    let all = window("2030-03-15T09:00:00Z", "2030-03-15T18:00:00Z");
    let entries =
        usage(&buckets, all, Granularity::PerHour, &Filter::default(), at(NOW)).expect("in bounds");
    assert_eq!(received(&entries), [3, 0, 8, 16], "USE-03");
    let last = entries.last().expect("four").window;
    assert_eq!(last, window("2030-03-15T12:00:00Z", NOW), "USE-03: partial, as time is");
    let connected: Vec<_> = entries.iter().map(|entry| entry.connected.as_secs()).collect();
    assert_eq!(connected, [120, 0, 60, 30], "USE-03: not longer than its time");
    let cut = window("2030-03-15T09:30:00Z", "2030-03-15T11:00:00Z");
    let entries =
        usage(&buckets, cut, Granularity::PerHour, &Filter::default(), at(NOW)).expect("in bounds");
    assert_eq!(received(&entries), [2, 0], "USE-03");
    assert_eq!(entries[1].window, window("2030-03-15T10:30:00Z", "2030-03-15T11:00:00Z"));
}

/// By regime, by sharing, by profile, which each context has of its own [USE-03], [USE-04].
#[test]
fn filters_choose_traffic() {
    let buckets = [
        bucket(NOW, 1),
        Bucket { regime: Regime::Roaming, ..bucket(NOW, 2) },
        Bucket { sharing: Sharing::Shared, ..bucket(NOW, 4) },
        Bucket { profile: "mms".to_owned(), ..bucket(NOW, 8) },
    ];
    let now = at(NOW) + SignedDuration::from_secs(60);
    let filter = Filter::default();
    for (filter, expected) in [
        (filter.clone(), 15),
        (Filter { regime: Some(Regime::Home), ..filter.clone() }, 13),
        (Filter { regime: Some(Regime::Roaming), ..filter.clone() }, 2),
        (Filter { sharing: Some(Sharing::Shared), ..filter.clone() }, 4),
        (Filter { sharing: Some(Sharing::Own), ..filter.clone() }, 11),
        (Filter { profile: Some("mms".to_owned()), ..filter.clone() }, 8),
        (Filter { profile: Some("internet".to_owned()), ..filter }, 7),
    ] {
        let all = Window { start: at(NOW), end: now };
        let entries = usage(&buckets, all, Granularity::Total, &filter, now).expect("in bounds");
        assert_eq!(received(&entries), [expected], "USE-03, USE-04: {filter:?}");
    }
}

/// Per app, the system without a name [USE-03].
#[test]
fn usage_is_attributed_to_apps() {
    let app = |name: &str, received| Bucket { app: name.to_owned(), ..bucket(NOW, received) };
    let buckets = [app("mail", 1), app("", 2), app("mail", 4), app("browser", 8)];
    let now = at(NOW) + SignedDuration::from_secs(60);
    let all = Window { start: at(NOW), end: now };
    let apps = attributed_usage(&buckets, all, &Filter::default(), now).expect("in bounds");
    let counts = |sent, received| Counts { sent: Bytes(sent), received: Bytes(received) };
    let of = |app: &str, counts| Attributed { app: app.to_owned(), counts };
    let expected = [of("", counts(1, 2)), of("browser", counts(1, 8)), of("mail", counts(2, 5))];
    assert_eq!(apps, expected, "USE-03");
    let early = Window { start: at("2029-03-15T12:00:30Z"), ..all };
    assert!(attributed_usage(&buckets, early, &Filter::default(), now).is_err(), "USE-03");
}

/// Connections as intervals, cut to the window [USE-03].
#[test]
fn connections_are_intervals() {
    let of = |start: &str, seconds| Interval {
        start: at(start),
        duration: SignedDuration::from_secs(seconds),
    };
    let connections = [
        of("2030-03-15T11:30:00Z", 3_600),
        of("2030-03-15T08:00:00Z", 7_200),
        of("2030-03-15T10:00:00Z", 60),
        of("2030-03-15T06:00:00Z", 60),
    ];
    let asked = window("2030-03-15T09:00:00Z", "2030-03-15T12:00:00Z");
    let found = connectivity(&connections, asked, at(NOW)).expect("in bounds");
    let expected = [
        of("2030-03-15T09:00:00Z", 3_600),
        of("2030-03-15T10:00:00Z", 60),
        of("2030-03-15T11:30:00Z", 1_800),
    ];
    assert_eq!(found, expected, "USE-03");
    let early = window("2029-03-15T09:00:00Z", "2030-03-15T12:00:00Z");
    assert!(connectivity(&connections, early, at(NOW)).is_err(), "USE-03");
}

proptest! {
    /// However a window is split, its entries follow each other without a gap and add up to the
    /// whole.
    #[test]
    fn entries_add_up(
        minutes in prop::collection::vec(0..119_u64, 0..50), from in 0..119_i64, long in 1..200_i64,
    ) {
        let now = at(NOW);
        let first = now - SignedDuration::from_mins(120);
        let place = |minute: u64| {
            let minute = i64::try_from(minute).expect("few");
            let at: Timestamp = first + SignedDuration::from_mins(minute);
            at.to_string()
        };
        let bucket = |minute: &u64| bucket(&place(*minute), 1 + minute);
        let buckets: Vec<_> = minutes.iter().map(bucket).collect();
        let start = first + SignedDuration::from_mins(from);
        let asked = Window { start, end: start + SignedDuration::from_mins(long) };
        let filter = Filter::default();
        let total = usage(&buckets, asked, Granularity::Total, &filter, now).expect("in bounds");
        for granularity in Granularity::ALL {
            let entries = usage(&buckets, asked, granularity, &filter, now).expect("in bounds");
            let sum: u64 = received(&entries).iter().sum();
            prop_assert_eq!(sum, received(&total)[0], "USE-03");
            prop_assert_eq!(entries[0].window.start, asked.start);
            prop_assert!(entries.windows(2).all(|pair| pair[0].window.end == pair[1].window.start));
            let last = entries[entries.len() - 1].window.end;
            prop_assert_eq!(last, asked.end.min(now));
        }
    }
}
