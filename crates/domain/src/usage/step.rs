//! The decisions about usage: what is due, what is counted, what is told.
//!
//! Total and deterministic. Time comes first: boundaries and the end of the plan that are due are
//! dealt with before the event, by the terms that held until then. Not here: the types
//! ([`super`]).

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::amount::{Bytes, Megabytes};
use crate::events::{Cause, Raised};

use super::cost::{is_approaching, step_bytes};
use super::{
    AHEAD_MAX, Change, DeliveryMode, Due, EVENTS_PER_SAMPLE_MAX, Effect, Event, Ignored, MINUTE,
    OperatorUpdate, OperatorUsage, Regime, Rejected, State, Step, Terms, Traffic, Verdict,
};

/// Decides what an event does; never acts.
///
/// `terms` are those that the state was begun with, or that replaced them since.
#[must_use]
pub fn step(state: &State, terms: &Terms, event: &Event, now: Timestamp) -> Step {
    let mut draft = Draft { state: Cow::Borrowed(state), changes: Vec::new(), effects: Vec::new() };
    let is_due = time_passed(&mut draft, terms, now);
    let verdict = match event {
        Event::Traffic(traffic) => traffic_counted(&mut draft, terms, *traffic, now),
        Event::Operator(update) => operator_said(&mut draft, terms, *update, now),
        Event::TermsChanged(new) => terms_changed(&mut draft, terms, new, now),
        Event::Tick => tick(&mut draft, terms, is_due, now),
    };
    Step { changes: draft.changes, effects: draft.effects, verdict }
}

/// Deals with what is due, and nothing else: what every step does before its event.
#[must_use]
pub fn pass_time(state: &State, terms: &Terms, now: Timestamp) -> Step {
    let mut draft = Draft { state: Cow::Borrowed(state), changes: Vec::new(), effects: Vec::new() };
    let is_due = time_passed(&mut draft, terms, now);
    let not_due = Verdict::Ignored(Ignored::NotDue);
    let verdict = if is_due { Verdict::Accepted } else { not_due };
    Step { changes: draft.changes, effects: draft.effects, verdict }
}

/// Returns when the state wants an [`Event::Tick`]; absent when time changes nothing.
///
/// It is the next boundary or the end of the plan; with delivery once a minute, also the end of
/// the minute for which an event waits. A time that is past means at once.
#[must_use]
pub fn next_deadline(state: &State, terms: &Terms) -> Option<Timestamp> {
    if state.ended_at.is_some() {
        return None;
    }
    let waits = terms.mode == DeliveryMode::PerMinute
        && [Regime::Home, Regime::Roaming].into_iter().any(|r| steps(state, terms, r).count > 0);
    let free = state.minute.map_or(Timestamp::MIN, |last| later(last, MINUTE));
    [state.due.reset, state.due.end, waits.then_some(free)].into_iter().flatten().min()
}

/// A step in the making, and the state that it leads to; copied only when something is due, as
/// traffic is counted often.
struct Draft<'a> {
    state: Cow<'a, State>,
    changes: Vec<Change>,
    effects: Vec<Effect>,
}

impl Draft<'_> {
    /// Records a change that what follows depends on.
    fn push(&mut self, change: Change) {
        self.state.to_mut().apply(&change);
        self.changes.push(change);
    }

    fn raise(&mut self, cause: Cause, due: Option<Timestamp>, now: Timestamp) {
        self.effects.push(Effect::Raise { raised: Raised::of_usage(cause, now), due });
    }

    fn revise(&mut self) {
        self.push(Change::Revised);
        self.effects.push(Effect::UpdateDocument { revision: self.state.revision });
    }
}

/// Resets usage at the last boundary that was passed, however many were [USE-26], and ends the
/// plan when its time is over. A boundary at that very instant or later begins nothing.
fn time_passed(draft: &mut Draft<'_>, terms: &Terms, now: Timestamp) -> bool {
    if draft.state.ended_at.is_some() {
        return false;
    }
    let due = draft.state.due;
    let end = due.end.filter(|end| *end <= now);
    let until = end.map_or(now, |end| later(end, SignedDuration::from_nanos(-1)));
    let is_reset = due.reset.is_some_and(|reset| reset <= until);
    let from = terms.resetting().filter(|_| is_reset).and_then(|cycle| cycle.latest(until));
    if let Some(from) = from {
        let next = terms.resetting().and_then(|cycle| cycle.next(from));
        draft.push(Change::CycleBegan { from, next });
        draft.revise();
        let cycle = draft.state.cycle;
        draft.raise(Cause::Reset { cycle }, Some(from), now);
    }
    if let Some(end) = end {
        draft.push(Change::Ended(end));
        draft.effects.extend([Effect::Disconnect, Effect::DeleteProfile]);
        draft.raise(Cause::PlanDeleted, Some(end), now);
        draft.effects.push(Effect::Raise { raised: Raised::plan_expired(now), due: Some(end) });
    }
    from.is_some() || end.is_some()
}

fn traffic_counted(
    draft: &mut Draft<'_>,
    terms: &Terms,
    traffic: Traffic,
    now: Timestamp,
) -> Verdict {
    let counted = draft.state.counters.of(traffic.regime, traffic.sharing);
    let Some(sum) = counted.checked_add(traffic.counts()) else {
        return Verdict::Rejected(Rejected::TooManyBytes);
    };
    if sum == counted {
        return Verdict::Ignored(Ignored::Repeated);
    }
    let traffic = Traffic { at: traffic.at.min(now), ..traffic };
    let state = &draft.state;
    // What was used before the boundary and is told after it moves nothing of the new cycle.
    let is_of_cycle =
        state.ended_at.is_none() && state.cycle_from.is_none_or(|from| traffic.at >= from);
    let change = Change::Counted { traffic, is_of_cycle };
    if !is_of_cycle {
        draft.changes.push(change);
        return Verdict::Accepted;
    }
    let outcome = Counted::of(state, terms, traffic, now);
    draft.changes.push(change);
    let cycle = draft.state.cycle;
    if let Some(steps) = outcome.steps {
        threshold_reached(draft, traffic.regime, steps, outcome.used, now);
    }
    if outcome.is_approaching {
        draft.changes.push(Change::ToldApproaching);
        let raised = Raised::approaching_limit(cycle, now);
        draft.effects.push(Effect::Raise { raised, due: None });
    }
    if let Some(projected) = outcome.projected {
        draft.changes.push(Change::ToldProjection);
        let projected_bytes = u64::try_from(projected).unwrap_or(u64::MAX);
        draft.raise(Cause::LimitProjected { cycle, projected_bytes }, None, now);
    }
    Verdict::Accepted
}

/// What follows from a sample, found without copying the state.
struct Counted {
    used: Bytes,
    steps: Option<Steps>,
    is_approaching: bool,
    projected: Option<u128>,
}

impl Counted {
    fn of(state: &State, terms: &Terms, traffic: Traffic, now: Timestamp) -> Self {
        let bytes = traffic.sent.plus(traffic.received);
        let is_billed = state.is_billed(traffic.at);
        let used = if is_billed { state.used() } else { state.used().plus(bytes) };
        let meter = state.meter(traffic.regime);
        let since = meter.since.plus(bytes);
        let all = Steps::within(since, traffic.regime, state.limit(terms));
        let steps = (terms.mode == DeliveryMode::Realtime && terms.notifies && all.count > 0)
            .then_some(Steps { before: meter.step, ..all });
        let limit = state.limit(terms);
        let is_approaching =
            !state.told.approaching && limit.is_some_and(|limit| is_approaching(used, limit));
        let projected = limit
            .filter(|_| !state.told.projection)
            .and_then(|limit| projected(state, terms, (traffic.at, bytes), used, limit, now));
        Self { used, steps, is_approaching, projected }
    }
}

/// Returns what the cycle comes to, if that is more than half above the limit.
fn projected(
    state: &State,
    terms: &Terms,
    (at, bytes): (Timestamp, Bytes),
    used: Bytes,
    limit: Megabytes,
    now: Timestamp,
) -> Option<u128> {
    let end = [state.due.reset, state.due.end].into_iter().flatten().min()?;
    let from = state.cycle_from.or_else(|| terms.cycle.map(|cycle| cycle.start));
    let projected = state.days.project_with((at, bytes), used, from, end, now);
    let limit = u128::from(limit.bytes().0);
    (projected.saturating_mul(2) > limit.saturating_mul(3)).then_some(projected)
}

/// Whole steps since a baseline.
#[derive(Clone, Copy)]
struct Steps {
    /// How many.
    count: u64,
    /// How much they are together.
    bytes: Bytes,
    /// The ordinal of the last event before them.
    before: u64,
}

impl Steps {
    fn within(since: Bytes, regime: Regime, limit: Option<Megabytes>) -> Self {
        let step = step_bytes(regime, limit);
        let count = since.0.checked_div(step.0).unwrap_or(0);
        Self { count, bytes: Bytes(count.saturating_mul(step.0)), before: 0 }
    }
}

/// Returns the steps that wait for their event.
fn steps(state: &State, terms: &Terms, regime: Regime) -> Steps {
    let meter = state.meter(regime);
    let all = Steps::within(meter.since, regime, state.limit(terms));
    let count = if terms.notifies { all.count } else { 0 };
    Steps { count, before: meter.step, ..all }
}

/// Raises an event for each step, up to a number, and asks billing once [USE-12], [USE-21].
fn threshold_reached(
    draft: &mut Draft<'_>,
    regime: Regime,
    steps: Steps,
    used: Bytes,
    now: Timestamp,
) {
    let events = steps.count.min(EVENTS_PER_SAMPLE_MAX);
    draft.changes.push(Change::StepsPassed { regime, bytes: steps.bytes, events });
    let cycle = draft.state.cycle;
    let last = steps.before.saturating_add(events);
    for step in steps.before.saturating_add(1)..=last {
        let usage_bytes = used.0;
        draft.raise(Cause::Threshold { cycle, network: regime, step, usage_bytes }, None, now);
    }
    draft.effects.push(Effect::QueryBilling { cycle, regime, step: last });
}

/// What waits for a minute is told, one event for all steps of a regime; in real time nothing
/// waits but what another mode has left.
fn tick(draft: &mut Draft<'_>, terms: &Terms, is_due: bool, now: Timestamp) -> Verdict {
    let idle = if is_due { Verdict::Accepted } else { Verdict::Ignored(Ignored::NotDue) };
    if draft.state.ended_at.is_some() {
        return idle;
    }
    let is_minute = terms.mode == DeliveryMode::PerMinute;
    let is_free = draft.state.minute.is_none_or(|last| later(last, MINUTE) <= now);
    if is_minute && !is_free {
        return idle;
    }
    let used = draft.state.used();
    let mut verdict = idle;
    for regime in [Regime::Home, Regime::Roaming] {
        let waiting = steps(&draft.state, terms, regime);
        if waiting.count == 0 {
            continue;
        }
        verdict = Verdict::Accepted;
        if is_minute {
            let one = Steps { count: 1, ..waiting };
            threshold_reached(draft, regime, one, used, now);
            draft.changes.push(Change::MinuteUsed(now));
            // At most one in all cases [USE-18]; the other regime's waits for the next minute.
            break;
        }
        threshold_reached(draft, regime, waiting, used, now);
    }
    verdict
}

fn operator_said(
    draft: &mut Draft<'_>,
    terms: &Terms,
    update: OperatorUpdate,
    now: Timestamp,
) -> Verdict {
    if draft.state.ended_at.is_some() {
        return Verdict::Ignored(Ignored::Ended);
    }
    let usage = update.usage.map(|usage| OperatorUsage { as_of: clamp(usage.as_of, now), ..usage });
    let update = OperatorUpdate { usage, ..update };
    if let Some(known) = usage.and_then(|usage| known_beyond(&draft.state, usage)) {
        return Verdict::Ignored(Ignored::Outdated { known });
    }
    if draft.state.operator.hearing(&update) == draft.state.operator {
        return Verdict::Ignored(Ignored::Repeated);
    }
    let before = (draft.state.limit(terms), draft.state.plan_type(terms));
    draft.push(Change::OperatorSaid(update));
    let is_redescribed = (draft.state.limit(terms), draft.state.plan_type(terms)) != before;
    if usage.is_some() || is_redescribed {
        draft.push(Change::BaselinesSet);
    }
    tell_approaching(draft, terms, now);
    draft.revise();
    Verdict::Accepted
}

/// An instant too far ahead of the clock is taken as the present [USE-14].
fn clamp(as_of: Timestamp, now: Timestamp) -> Timestamp {
    if as_of > later(now, AHEAD_MAX) { now } else { as_of }
}

/// Returns up to when usage is known, if that is beyond what is said: an older word does not
/// count [USE-14].
///
/// A word from before the reset counts when it is the operator's newest and yet lower than the
/// one before: then the operator has begun its cycle earlier than we.
fn known_beyond(state: &State, said: OperatorUsage) -> Option<Timestamp> {
    if let Some(known) = state.operator.usage {
        return (said.as_of < known.as_of).then_some(known.as_of);
    }
    let from = state.cycle_from.filter(|from| said.as_of < *from)?;
    let former = state.operator.former;
    let is_reset = former.is_some_and(|f| said.as_of >= f.as_of && said.used < f.used);
    (!is_reset).then_some(from)
}

/// A new description of limit or type sets the baselines, and so does one from which on events
/// are wanted: what was used before it is not told [USE-20].
fn terms_changed(draft: &mut Draft<'_>, terms: &Terms, new: &Terms, now: Timestamp) -> Verdict {
    if draft.state.ended_at.is_some() {
        return Verdict::Ignored(Ignored::Ended);
    }
    if terms == new {
        return Verdict::Ignored(Ignored::Repeated);
    }
    let is_redescribed = terms.limit != new.limit || terms.plan_type != new.plan_type;
    let is_switched_on = new.notifies && !terms.notifies;
    draft.push(Change::TermsReplaced { due: Due::after(new, now), is_redescribed });
    if is_redescribed || is_switched_on {
        draft.push(Change::BaselinesSet);
    }
    tell_approaching(draft, new, now);
    draft.revise();
    Verdict::Accepted
}

/// The customer is told once a cycle that the limit is near [EVT-20].
fn tell_approaching(draft: &mut Draft<'_>, terms: &Terms, now: Timestamp) {
    let state = &draft.state;
    let is_near = state.limit(terms).is_some_and(|limit| is_approaching(state.used(), limit));
    if is_near && !state.told.approaching {
        let raised = Raised::approaching_limit(state.cycle, now);
        draft.push(Change::ToldApproaching);
        draft.effects.push(Effect::Raise { raised, due: None });
    }
}

/// Adds, and stays within the range of timestamps.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    let bound = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    at.checked_add(by).unwrap_or(bound)
}
