//! Activation: delay, retries, what repeats, and who is answered when.

use carrier::agent::activation::{
    Attempt, AttemptId, Event, Job, Method, Outcome, State, next_deadline, next_job, step,
};
use carrier::agent::{Action, Decision, EffectKey, ModemId, Stored, finish};
use carrier::hresult::Hresult;
use carrier::results::Failure;
use proptest::prelude::*;

use crate::fixture::{
    MODEM, NOT_FOUND, OK, SUBSCRIBER, WWAN, code, document, fold, host, modem, now, planned,
};

fn parts(directive: &str) -> String {
    match directive.split_once(' ') {
        Some(("ServiceActivation", attributes)) => format!(
            "<Activation><ServiceActivation {WWAN} {attributes}>\
             <CarrierSpecificData>KjIyOA==</CarrierSpecificData></ServiceActivation></Activation>"
        ),
        _ => format!("<Activation><{directive} {WWAN}/></Activation>"),
    }
}

fn decided(directive: &str, stored: &Stored) -> Decision {
    planned(&document(&parts(directive)), &host(), stored)
}

fn job(directive: &str) -> Job {
    let stored = fold(&Stored::default(), &decided(directive, &Stored::default()));
    stored.job(MODEM).cloned().expect("a job")
}

fn failure() -> Failure {
    Failure::new(Hresult(0x8007_0426)).expect("a failure")
}

fn at(seconds: i64) -> carrier::Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

/// Makes the next attempt when it is due, and tells how many seconds after the start that is.
#[track_caller]
fn attempt(job: &mut Job) -> (i64, Attempt) {
    let due = next_deadline(job).expect("an attempt that waits");
    let early = step(job, Event::Tick, due - jiff::SignedDuration::from_millis(1));
    assert_eq!((early.outcome, early.attempt, &early.job), (Outcome::NotDue, None, &*job));
    let next = step(job, Event::Tick, due);
    *job = next.job;
    assert_eq!(job.state(), State::Trying);
    (due.as_second() - now().as_second(), next.attempt.expect("an attempt"))
}

/// Tells what became of the current attempt, `seconds` after the start.
#[track_caller]
fn tell(job: &mut Job, event: Event, seconds: i64) {
    let next = step(job, event, at(seconds));
    assert_eq!((next.outcome, next.attempt), (Outcome::Accepted, None), "{event:?}");
    *job = next.job;
}

#[test]
fn a_count_of_retries_gives_one_attempt_more() {
    // [XML-34], with the delay and the interval of example 14.2 and those of NV-9.
    for (directive, expected) in [
        ("ReconnectToNetwork", vec![0]),
        ("ReconnectToNetwork RetryCount=\"0\"", vec![0]),
        ("ReconnectToNetwork RetryCount=\"1\"", vec![0, 70]),
        (
            "ReconnectToNetwork Delay=\"PT20S\" RetryCount=\"4\" RetryInterval=\"PT2M\"",
            vec![20, 150, 280, 410, 540],
        ),
        ("ReregisterToNetwork Delay=\"PT59M59S\" RetryInterval=\"PT1H\"", vec![3599]),
    ] {
        let mut job = job(directive);
        let mut times = Vec::new();
        while next_deadline(&job).is_some() {
            let (seconds, attempt) = attempt(&mut job);
            times.push(seconds);
            // Every attempt takes ten seconds; the pause follows it.
            tell(&mut job, Event::Failed(attempt.id, failure()), seconds + 10);
        }
        assert_eq!(times, expected, "{directive}");
        assert_eq!(job.state(), State::Failed(failure()));
    }
    let (mut ten, mut attempts) = (job("ReconnectToNetwork RetryCount=\"10\""), 0);
    while next_deadline(&ten).is_some() {
        let (seconds, attempt) = attempt(&mut ten);
        attempts += 1;
        tell(&mut ten, Event::Failed(attempt.id, failure()), seconds);
    }
    assert_eq!(attempts, 11);
}

#[test]
fn the_radio_is_switched_until_it_comes_back() {
    // [XML-36]
    let mut job = job("ReregisterToNetwork RetryCount=\"3\"");
    let (_, first) = attempt(&mut job);
    assert_eq!(first.method, Method::CycleRadio);
    tell(&mut job, Event::Failed(first.id, failure()), 1);
    let (_, second) = attempt(&mut job);
    assert_eq!(second.method, Method::CycleRadio, "the radio did not come back");
    tell(&mut job, Event::RadioBack(second.id), 100);
    tell(&mut job, Event::Failed(second.id, failure()), 101);
    let (_, third) = attempt(&mut job);
    assert_eq!(third.method, Method::Connect, "only the connection is repeated");
    tell(&mut job, Event::Failed(third.id, failure()), 200);
    let (_, fourth) = attempt(&mut job);
    assert_eq!(fourth.method, Method::Connect);
    tell(&mut job, Event::ContextActive(fourth.id), 300);
    assert_eq!((job.state(), next_deadline(&job)), (State::Succeeded, None));
}

#[test]
fn success_is_what_the_directive_wants() {
    // [XML-35], [XML-37], [XML-38]
    let service = "ServiceActivation RetryCount=\"0\"";
    for (directive, is_service) in
        [("ReconnectToNetwork", false), ("ReregisterToNetwork", false), (service, true)]
    {
        let mut job = job(directive);
        let (_, attempt) = attempt(&mut job);
        match &attempt.method {
            Method::Send(data) => assert_eq!(data.as_bytes(), b"*228"),
            method => assert_eq!(*method == Method::Reconnect, directive.starts_with("Reconn")),
        }
        let active = step(&job, Event::ContextActive(attempt.id), at(1));
        let accepted = step(&job, Event::BlobAccepted(attempt.id), at(1));
        let (right, wrong) = if is_service { (accepted, active) } else { (active, accepted) };
        assert_eq!((right.outcome, right.job.state()), (Outcome::Accepted, State::Succeeded));
        assert_eq!((wrong.outcome, wrong.job), (Outcome::Unrelated, job.clone()));
        if directive != "ReregisterToNetwork" {
            let radio = step(&job, Event::RadioBack(attempt.id), at(1));
            assert_eq!(radio.outcome, Outcome::Unrelated);
        }
    }
}

#[test]
fn a_newer_document_replaces_the_job() {
    // [XML-40]
    let decision = decided("ReconnectToNetwork RetryCount=\"1\"", &Stored::default());
    let stored = fold(&Stored::default(), &decision);
    let mut old = stored.job(MODEM).cloned().expect("a job");
    let (_, attempt) = attempt(&mut old);
    let decision = decided("ReregisterToNetwork Delay=\"PT9S\"", &stored);
    let later = fold(&stored, &decision);
    assert_eq!(later.jobs().count(), 1);
    let new = later.job(MODEM).cloned().expect("a job");
    assert_eq!((old.number(), new.number()), (1, 2));
    assert_eq!(next_job(&later), Some((at(9), MODEM)));
    // What is said of the older job comes too late, even while the newer one tries.
    let (late, event) = (Outcome::Late, Event::ContextActive(attempt.id));
    assert_eq!(step(&new, event, at(1)).outcome, late);
    let trying = step(&new, Event::Tick, at(9)).job;
    assert_eq!(step(&trying, event, at(9)).outcome, late);
    // A document without Activation leaves the job [XML-30].
    let decision = planned(&document(""), &host(), &later);
    assert_eq!(fold(&later, &decision), later);
}

#[test]
fn every_modem_of_the_subscription_has_its_job() {
    let mut host = host();
    host.modems.push(modem(2, "004999010640018", &[SUBSCRIBER]));
    host.modems.push(modem(3, "004999010640026", &["001011111111111"]));
    let decision = planned(&document(&parts("ReconnectToNetwork")), &host, &Stored::default());
    let stored = fold(&Stored::default(), &decision);
    let jobs: Vec<(ModemId, u64)> = stored.jobs().map(|job| (job.modem(), job.number())).collect();
    assert_eq!(jobs, [(ModemId(1), 1), (ModemId(2), 2)]);
    // [XML-205]: one success is enough, whichever modem it is on.
    let key = |id| EffectKey::Activation { modem: ModemId(id), job: id.into() };
    for (first, second, expected) in
        [(OK, NOT_FOUND, OK), (NOT_FOUND, OK, OK), (NOT_FOUND, failure().code(), NOT_FOUND)]
    {
        let reports = [(key(1), first), (key(2), second)];
        let finished = finish(decision.clone(), &reports);
        assert_eq!(code(&finished, "Activation"), Some(expected));
    }
}

#[test]
fn the_first_attempt_is_reported_only_where_nothing_surrounds_it() {
    // [XML-39]
    let service = "ServiceActivation RetryCount=\"0\"";
    for (directive, is_reported) in [
        ("ReconnectToNetwork", true),
        ("ReconnectToNetwork Delay=\"PT0S\" RetryInterval=\"PT1H\"", true),
        (service, true),
        ("ReconnectToNetwork Delay=\"PT1S\"", false),
        ("ReregisterToNetwork RetryCount=\"1\"", false),
    ] {
        let decision = decided(directive, &Stored::default());
        assert_eq!(code(&decision, "Activation"), Some(OK), "{directive}");
        let [effect] = decision.effects.as_slice() else {
            panic!("one effect: {decision:?}");
        };
        assert!(matches!(effect.action, Action::StartActivation(_)));
        assert_eq!(effect.key, EffectKey::Activation { modem: MODEM, job: 1 });
        let reports = [(effect.key.clone(), NOT_FOUND)];
        let finished = finish(decision.clone(), &reports);
        let expected = if is_reported { NOT_FOUND } else { OK };
        assert_eq!(code(&finished, "Activation"), Some(expected), "{directive}");
        assert_eq!(finished.number(), u8::from(is_reported));
        assert_eq!(finished.changes, decision.changes, "the job keeps its own record");
    }
}

/// What can happen to a job; attempts are named rightly or wrongly.
fn events() -> impl Strategy<Value = (i64, Event)> {
    let id = (1..3_u64, 0..4_u32).prop_map(|(job, attempt)| AttemptId { job, attempt });
    let event = prop_oneof![
        3 => Just(Event::Tick),
        1 => id.clone().prop_map(Event::RadioBack),
        1 => id.clone().prop_map(Event::ContextActive),
        1 => id.clone().prop_map(Event::BlobAccepted),
        3 => id.prop_map(|id| Event::Failed(id, failure())),
    ];
    (0..90_i64, event)
}

proptest! {
    #[test]
    fn attempts_are_numbered_and_bounded_and_ends_are_final(
        retries in 0..3_u32,
        history in prop::collection::vec(events(), 0..40),
    ) {
        let mut job = job(&format!("ReregisterToNetwork RetryCount=\"{retries}\""));
        let (mut seconds, mut attempts, mut has_radio) = (0, Vec::new(), false);
        for (after, event) in history {
            seconds += after;
            let next = step(&job, event, at(seconds));
            prop_assert_eq!(&next, &step(&job, event, at(seconds)), "deterministic");
            if next.outcome != Outcome::Accepted {
                prop_assert_eq!(&next.job, &job, "what is not accepted changes nothing");
                prop_assert_eq!(&next.attempt, &None);
            }
            if matches!(job.state(), State::Succeeded | State::Failed(_)) {
                prop_assert_ne!(next.outcome, Outcome::Accepted, "an end is final");
            }
            if let (Event::RadioBack(_), Outcome::Accepted) = (event, next.outcome) {
                has_radio = true;
            }
            if let Some(attempt) = next.attempt {
                prop_assert_eq!(attempt.method == Method::Connect, has_radio);
                attempts.push(attempt.id.attempt);
            }
            job = next.job;
        }
        let expected: Vec<u32> = (1..).take(attempts.len()).collect();
        prop_assert_eq!(&attempts, &expected, "each once");
        prop_assert!(attempts.len() <= usize::try_from(retries).expect("few") + 1);
    }
}
