//! Sharing the connection: permission, check, answer, time-out.

use domain::SignedDuration;
use domain::cosa::Tethering;
use domain::entitlement::REASON_CHARS_MAX;
use domain::events::sharing::{CHECKS_MAX, Capability, CapabilityFacts, capability};
use domain::events::{
    Answer, Effect, Event, Ignored, Rejected, Settings, Sharing, State, Step, Verdict, apply,
    next_deadline, step,
};

use super::start;

/// Steps `after` seconds from the start.
fn at(state: &mut State, event: &Event, after: i64) -> Step {
    let now = start() + SignedDuration::from_secs(after);
    let step = step(state, event, Settings::default(), now);
    apply(state, &step);
    step
}

fn asks(permission: Tethering) -> Event {
    Event::SharingRequested { permission }
}

fn answers(check: u64, answer: Answer) -> Event {
    Event::SharingAnswered { check, answer }
}

fn sharing(step: &Step) -> Option<(Option<u64>, Sharing)> {
    step.effects.iter().find_map(|effect| match effect {
        Effect::AnswerSharing { check, sharing } => Some((*check, sharing.clone())),
        Effect::Raise(_) => None,
    })
}

#[test]
fn without_a_check_the_answer_is_there_at_once() {
    for (permission, expected, status) in [
        (Tethering::Always, Sharing::Allowed, Some(0)),
        (Tethering::Never, Sharing::Disabled, None),
    ] {
        let step = at(&mut State::default(), &asks(permission), 0);
        assert_eq!(sharing(&step), Some((None, expected.clone())), "[EVT-13]");
        assert_eq!(expected.status(), status);
    }
}

#[test]
fn a_check_is_answered_in_time_or_fails() {
    let no = |reason: Option<&str>| Answer::Deny { reason: reason.map(str::to_owned) };
    for (id, answer, after, expected, status, name) in [
        ("[EVT-13]", Answer::Allow, 29, Sharing::Allowed, 0, "Success"),
        (
            "[EVT-14] [EVT-15]",
            no(Some("Not in your plan")),
            29,
            Sharing::Denied { reason: Some("Not in your plan".to_owned()) },
            5,
            "EntitlementCheckFailure",
        ),
        ("[EVT-14]", no(None), 0, Sharing::Denied { reason: None }, 5, "EntitlementCheckFailure"),
        ("[EVT-15]", Answer::Allow, 30, Sharing::TimedOut, 4, "EntitlementCheckTimeout"),
        ("[EVT-15]", no(None), 31, Sharing::TimedOut, 4, "EntitlementCheckTimeout"),
    ] {
        let mut state = State::default();
        at(&mut state, &asks(Tethering::EntitlementCheckRequired), 0);
        let step = at(&mut state, &answers(1, answer.clone()), after);
        assert_eq!(sharing(&step), Some((Some(1), expected.clone())), "{id}");
        assert_eq!((expected.status(), expected.name()), (Some(status), name), "{id}");
        let again = at(&mut state, &answers(1, answer), after);
        assert_eq!(again.verdict, Verdict::Ignored(Ignored::Outdated), "{id}");
    }
}

#[test]
fn silence_is_a_failure_after_thirty_seconds() {
    let mut state = State::default();
    at(&mut state, &asks(Tethering::EntitlementCheckRequired), 0);
    at(&mut state, &asks(Tethering::EntitlementCheckRequired), 10);
    assert_eq!(next_deadline(&state), Some(start() + SignedDuration::from_secs(30)), "[EVT-15]");
    let early = at(&mut state, &Event::Tick, 29);
    assert_eq!(early.verdict, Verdict::Ignored(Ignored::NotDue), "[EVT-15]");
    let step = at(&mut state, &Event::Tick, 30);
    assert_eq!(sharing(&step), Some((Some(1), Sharing::TimedOut)), "[EVT-15]");
    assert_eq!(next_deadline(&state), Some(start() + SignedDuration::from_secs(40)), "[EVT-15]");
    // The other check goes its own way.
    let step = at(&mut state, &answers(2, Answer::Allow), 39);
    assert_eq!(sharing(&step), Some((Some(2), Sharing::Allowed)), "EV-6");
    assert_eq!(next_deadline(&state), None);
}

#[test]
fn impossible_answers_are_rejected() {
    let mut state = State::default();
    let verdict = at(&mut state, &answers(1, Answer::Allow), 0).verdict;
    assert_eq!(verdict, Verdict::Rejected(Rejected::NoCheck));
    for _ in 0..CHECKS_MAX {
        at(&mut state, &asks(Tethering::EntitlementCheckRequired), 0);
    }
    let verdict = at(&mut state, &asks(Tethering::EntitlementCheckRequired), 0).verdict;
    assert_eq!(verdict, Verdict::Rejected(Rejected::TooManyChecks));
    for (chars, expected) in [
        (REASON_CHARS_MAX, Verdict::Accepted),
        (REASON_CHARS_MAX + 1, Verdict::Rejected(Rejected::LongReason)),
    ] {
        let check = state.checks[0].number;
        let reason = Some("é".repeat(chars));
        let verdict = at(&mut state, &answers(check, Answer::Deny { reason }), 1).verdict;
        assert_eq!(verdict, expected, "[TET-08]");
    }
}

/// The order 7, 1, 4, 2, 3, 5, 0: each fact is taken away in turn.
#[test]
fn the_capability_is_the_first_that_fails() {
    let all = CapabilityFacts {
        is_caller_entitled: Some(false),
        is_forbidden_by_policy: Some(true),
        has_edition: Some(false),
        has_hardware: Some(false),
        permission: Tethering::Never,
        has_handler: false,
    };
    let entitled = CapabilityFacts { is_caller_entitled: Some(true), ..all };
    let allowed = CapabilityFacts { is_forbidden_by_policy: Some(false), ..entitled };
    let edition = CapabilityFacts { has_edition: Some(true), ..allowed };
    let hardware = CapabilityFacts { has_hardware: Some(true), ..edition };
    let checked = CapabilityFacts { permission: Tethering::EntitlementCheckRequired, ..hardware };
    let handled = CapabilityFacts { has_handler: true, ..checked };
    let always = CapabilityFacts { permission: Tethering::Always, ..hardware };
    let unknown = CapabilityFacts { has_edition: None, ..allowed };
    for (facts, expected) in [
        (all, Capability::DisabledBySystemCapability),
        (entitled, Capability::DisabledByGroupPolicy),
        (allowed, Capability::DisabledBySku),
        (edition, Capability::DisabledByHardwareLimitation),
        (hardware, Capability::DisabledByOperator),
        (checked, Capability::DisabledByRequiredAppNotInstalled),
        (handled, Capability::Enabled),
        (always, Capability::Enabled),
        (unknown, Capability::DisabledDueToUnknownCause),
    ] {
        assert_eq!(capability(&facts), expected, "[TET-07] {facts:?}");
    }
}
