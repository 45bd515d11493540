//! The vectors AV of 07-modem-bridge §7, as far as they are decided here; the radio itself
//! (AV-11) is the device's.

use carrier::agent::activation::{Event, Job, Method, State, next_deadline, step};
use carrier::agent::{Action, Stored};
use carrier::hresult::Hresult;
use carrier::results::Failure;
use carrier::schema::validate;
use carrier::xml::parse;

use crate::fixture::{MODEM, WWAN, document, fold, host, mbn, now, planned, profile};

/// What the modem does with an attempt.
#[derive(Clone, Copy, Debug)]
enum Modem {
    /// It connects, or takes the octets.
    Succeeds,
    /// The radio comes back, and it connects.
    CyclesAndConnects,
    /// The radio comes back, and it does not connect.
    CyclesAndFails,
    /// It fails.
    Fails,
}

use Modem::{CyclesAndConnects, CyclesAndFails, Fails, Succeeds};

/// Seconds that an attempt takes (AV-3).
const ATTEMPT_S: i64 = 5;

fn job(directive: &str) -> Job {
    let stored =
        fold(&Stored::default(), &planned(&document(directive), &host(), &Stored::default()));
    stored.job(MODEM).cloned().expect("a job")
}

fn at(seconds: i64) -> carrier::Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

/// Runs a job against a script; returns when each attempt began and what it did.
fn run(mut job: Job, script: &[Modem]) -> (Vec<(i64, &'static str)>, State) {
    let mut primitives = Vec::new();
    for modem in script {
        let due = next_deadline(&job).expect("an attempt that waits");
        let seconds = due.as_second() - now().as_second();
        let next = step(&job, Event::Tick, due);
        let attempt = next.attempt.expect("an attempt");
        job = next.job;
        primitives.push((
            seconds,
            match &attempt.method {
                Method::Reconnect => "deactivate, activate",
                Method::CycleRadio => "off, on, connect",
                Method::Connect => "connect",
                Method::Send(data) if data.as_bytes() == [0x2a, 0x32, 0x32, 0x38] => "write *228",
                Method::Send(_) => "write",
            },
        ));
        let failed = Event::Failed(attempt.id, failure());
        let done = match attempt.method {
            Method::Send(_) => Event::BlobAccepted(attempt.id),
            Method::Reconnect | Method::CycleRadio | Method::Connect => {
                Event::ContextActive(attempt.id)
            }
        };
        let events = match modem {
            Succeeds => vec![done],
            CyclesAndConnects => vec![Event::RadioBack(attempt.id), done],
            CyclesAndFails => vec![Event::RadioBack(attempt.id), failed],
            Fails => vec![failed],
        };
        for event in events {
            job = step(&job, event, at(seconds + ATTEMPT_S)).job;
        }
    }
    assert_eq!(next_deadline(&job), None, "the script is the whole story");
    (primitives, job.state())
}

fn failure() -> Failure {
    Failure::new(Hresult(0x8007_0426)).expect("a failure")
}

/// An activation of one directive without content.
fn of(directive: &str) -> String {
    format!("<Activation><{directive} {WWAN}/></Activation>")
}

#[test]
fn av_1_to_av_7_directives_and_their_attempts() {
    let both = "deactivate, activate";
    let service = format!(
        "<Activation><ServiceActivation {WWAN}><CarrierSpecificData>KjIyOA==\
         </CarrierSpecificData></ServiceActivation></Activation>"
    );
    let reregister = "ReregisterToNetwork RetryCount=\"3\" Delay=\"PT30S\" RetryInterval=\"PT1M\"";
    let (done, failed) = (State::Succeeded, State::Failed(failure()));
    for (id, directive, script, expected, end) in [
        ("AV-1", of("ReconnectToNetwork"), vec![Succeeds], vec![(0, both)], done),
        ("AV-2", of("ReconnectToNetwork Delay=\"PT30S\""), vec![Succeeds], vec![(30, both)], done),
        (
            "AV-3",
            of("ReconnectToNetwork RetryCount=\"2\" RetryInterval=\"PT1M\""),
            vec![Fails, Fails, Succeeds],
            vec![(0, both), (65, both), (130, both)],
            done,
        ),
        ("AV-4", of("ReconnectToNetwork RetryCount=\"0\""), vec![Fails], vec![(0, both)], failed),
        (
            "AV-5",
            of(reregister),
            vec![CyclesAndFails, Fails, Succeeds],
            vec![(30, "off, on, connect"), (95, "connect"), (160, "connect")],
            done,
        ),
        (
            "AV-6",
            of("ReregisterToNetwork RetryCount=\"1\""),
            vec![Fails, CyclesAndConnects],
            vec![(0, "off, on, connect"), (65, "off, on, connect")],
            done,
        ),
        ("AV-7", service, vec![Succeeds], vec![(0, "write *228")], done),
    ] {
        let (primitives, state) = run(job(&directive), &script);
        assert_eq!((primitives, state), (expected, end), "{id}");
    }
}

/// AV-8, [XML-35]: the profile is stored before the activation that uses it starts.
#[test]
fn av_8_a_reconnect_uses_the_profile_of_its_own_document() {
    let parts =
        format!("{}{}", of("ReconnectToNetwork"), mbn(&profile("DefaultProfile", "Fjell", "")));
    let decision = planned(&document(&parts), &host(), &Stored::default());
    let place = |is: fn(&Action) -> bool| decision.effects.iter().position(|e| is(&e.action));
    let stored = place(|action| matches!(action, Action::StoreProfile { .. }));
    let started = place(|action| matches!(action, Action::StartActivation(_)));
    assert!(stored.is_some() && stored < started, "{:?}", decision.effects);
}

/// AV-9, NV-8: nothing of such a document reaches the modem.
#[test]
fn av_9_values_out_of_range_are_no_document() {
    for (attribute, is_legal) in [
        ("Delay=\"PT1H\"", false),
        ("RetryCount=\"11\"", false),
        ("Delay=\"PT59M59S\" RetryCount=\"10\"", true),
    ] {
        let text = crate::support::replace_once(
            crate::support::E1,
            crate::support::END,
            &format!("{}{}", of(&format!("ReconnectToNetwork {attribute}")), crate::support::END),
        );
        let root = parse(text.as_bytes()).expect("well-formed");
        assert_eq!(validate(&root).is_ok(), is_legal, "{attribute}");
    }
}

/// AV-10, [XML-40]
#[test]
fn av_10_a_second_document_cancels_the_job_that_waits() {
    let plan = |directive: &str, stored: &Stored| {
        fold(stored, &planned(&document(&of(directive)), &host(), stored))
    };
    let first = plan("ReconnectToNetwork Delay=\"PT10M\"", &Stored::default());
    let second = plan("ReconnectToNetwork", &first);
    assert_eq!(second.jobs().count(), 1);
    let job = second.job(MODEM).cloned().expect("a job");
    assert_eq!(run(job, &[Succeeds]).0, [(0, "deactivate, activate")]);
}
