//! When metadata is asked for again, and which revision counts: [MATCH-81] to [MATCH-83].

use domain::matching::Mode;
use domain::sim::recheck::{INTERVAL, JITTER_MAX, RETRY_INTERVAL, Recheck, Revision, newest};
use domain::sim::{Effect, Event, Ignored, Radio, Rejected, Verdict};
use domain::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::device::{Device, gsm};

const EPOCH: Timestamp = Timestamp::UNIX_EPOCH;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn asking() -> Device {
    let mut device = Device::on_line(Radio::SingleMode(Mode::Gsm));
    let sim = gsm("89990112000000000042", "001010000000001");
    device.says(&Event::Arrived { sim: Some(sim) });
    device
}

#[test]
fn a_successful_query_is_repeated_after_eight_days_give_or_take_a_twentieth() {
    let days = |hours: i64, random| {
        let due = Recheck::succeeded(EPOCH, random).due.expect("a time");
        assert_eq!(due, EPOCH + SignedDuration::from_secs(hours), "[MATCH-82] {random}");
    };
    assert_eq!((INTERVAL.as_secs(), JITTER_MAX.as_secs()), (691_200, 34_560), "[MATCH-81]");
    days(691_200 - 34_560, 0);
    days(691_200, 34_560);
    days(691_200 + 34_560, 69_120);
    days(691_200 - 34_560, 69_121);
    let last = Recheck::succeeded(Timestamp::MAX, 0);
    assert_eq!(last.due, Some(Timestamp::MAX), "[MATCH-82]");
}

#[test]
fn a_query_is_due_at_its_time_and_not_before() {
    let mut device = asking();
    device.answers("a");
    assert_eq!(device.deadline(), Some(EPOCH + INTERVAL), "[MATCH-81]");
    let early = device.waits(INTERVAL - SignedDuration::from_secs(1));
    assert_eq!(early.verdict, Verdict::Ignored(Ignored::NotDue), "[MATCH-81]");
    let step = device.waits(SignedDuration::from_secs(1));
    assert_eq!(device.keys(&step), ["account/1/look-up/2"], "[MATCH-81]");
    assert_eq!(device.deadline(), None, "[MATCH-82]");
    // Nothing found: what is installed stays. Something else: it is installed silently.
    device.answers("");
    assert_eq!(device.package(), "a", "[MATCH-81]");
    device.waits(INTERVAL);
    device.answers("b");
    assert_eq!(device.package(), "b", "[MATCH-81]");
    assert_eq!(device.state.accounts[0].recheck.last_success, Some(device.now), "[MATCH-82]");
}

#[test]
fn a_failed_query_is_retried_four_times_a_day() {
    let mut device = asking();
    let mut asked = vec![device.now];
    for _ in 0..20 {
        device.fails();
        let due = device.deadline().expect("a retry");
        assert_eq!(due, device.now + RETRY_INTERVAL, "[MATCH-82]");
        // Restless ticks do not hurry it.
        assert_eq!(device.waits(HOUR).effects, [], "[MATCH-82]");
        device.now = due;
        assert_eq!(device.waits(SignedDuration::ZERO).effects.len(), 1, "[MATCH-82]");
        asked.push(device.now);
    }
    let day = SignedDuration::from_hours(24);
    for start in &asked {
        let within = asked.iter().filter(|at| start < *at && **at <= *start + day).count();
        assert!(within <= 4, "[MATCH-82] {within}");
    }
    device.answers("a");
    assert_eq!(device.deadline(), Some(device.now + INTERVAL), "[MATCH-82]");
}

#[test]
fn a_refresh_is_made_on_demand() {
    let mut device = asking();
    let running = device.says(&Event::RefreshRequested);
    assert_eq!(running.verdict, Verdict::Ignored(Ignored::Repeated), "[MATCH-82]");
    device.answers("a");
    let step = device.says(&Event::RefreshRequested);
    assert_eq!(device.keys(&step), ["account/1/look-up/2"], "[MATCH-82]");
    device.fails();
    let step = device.says(&Event::RefreshRequested);
    assert_eq!(device.keys(&step), ["account/1/look-up/3"], "[MATCH-82]");
    device.says(&Event::Removed);
    let step = device.says(&Event::RefreshRequested);
    assert_eq!(step.verdict, Verdict::Rejected(Rejected::NoAccount), "[MATCH-82]");
}

#[test]
fn an_answer_to_an_earlier_query_is_outdated() {
    let mut device = asking();
    let late = Event::LookupFailed { account: 1, lookup: 1 };
    device.answers("a");
    let step = device.says(&late);
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Outdated), "[MATCH-82]");
    device.says(&Event::RefreshRequested);
    let step = device.says(&late);
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Outdated), "[MATCH-82]");
    let step = device.says(&Event::LookupFailed { account: 7, lookup: 1 });
    assert_eq!(step.verdict, Verdict::Rejected(Rejected::NoAccount), "[MATCH-82]");
    // An answer for a SIM that is gone is kept for its return.
    device.says(&Event::Removed);
    let found = domain::brand::BrandId::parse("b").map(|b| (b, domain::matching::Rule::Iccid));
    device.says(&Event::LookupSucceeded { account: 1, lookup: 2, found, random: 0 });
    let sim = gsm("89990112000000000042", "001010000000001");
    let step = device.says(&Event::Inserted { sim });
    assert!(!step.effects.iter().any(|e| matches!(e, Effect::LookUp { .. })), "[MATCH-95]");
    assert_eq!(device.package(), "b", "[MATCH-95]");
}

#[test]
fn a_revision_has_a_new_guid_and_a_later_date() {
    let (one, other) =
        ("2c85b76b-f859-47c4-8122-721fe8b6c25f", "3D96C87C-F859-47C4-8122-721FE8B6C25F");
    let revision = |guid: &str, second| {
        let at = Timestamp::from_second(second).expect("a time");
        Revision::parse(&format!("{guid}.devicemetadata-ms"), at).expect("a file name")
    };
    let installed = revision(one, 10);
    for (offered, expected) in [
        (revision(other, 11), true),
        (revision(other, 10), false),
        (revision(other, 9), false),
        (revision(one, 11), false),
        (revision(&one.to_uppercase(), 11), false),
    ] {
        assert_eq!(offered.replaces(&installed), expected, "[MATCH-83] {offered:?}");
    }
    let newer = [revision(other, 11), revision(&other.replace('3', "4"), 13), revision(one, 99)];
    assert_eq!(newest(&installed, &newer), &newer[1], "[MATCH-83]");
    assert_eq!(newest(&installed, &newer[2..]), &installed, "[MATCH-83]");
    for bad in [
        "{2c85b76b-f859-47c4-8122-721fe8b6c25f}.devicemetadata-ms",
        "2c85b76b-f859-47c4-8122-721fe8b6c25f.cab",
        "2c85b76bf85947c48122721fe8b6c25f.devicemetadata-ms",
        "2c85b76b-f859-47c4-8122-721fe8b6c25g.devicemetadata-ms",
        "2c85b76b-f859-47c4-8122-721fe8b6c2é.devicemetadata-ms",
        ".devicemetadata-ms",
    ] {
        assert_eq!(Revision::parse(bad, EPOCH), None, "[MATCH-83] {bad}");
    }
}

proptest! {
    #[test]
    fn jitter_is_a_twentieth_at_most(random in any::<u32>()) {
        let due = Recheck::succeeded(EPOCH, random).due.expect("a time");
        let away = due.duration_since(EPOCH + INTERVAL);
        prop_assert!(away.abs() <= JITTER_MAX, "[MATCH-82] {}", away);
    }
}
