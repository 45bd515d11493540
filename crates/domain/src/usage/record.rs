//! A state as a line of text, for stores that keep it whole.
//!
//! `1 cycle=3 home=2500,1 …`: a version, then a field for each part, absent parts left out. What
//! a later version adds is an error to this one, so that nothing is lost by being read. Not here:
//! how much room [`Local`] has, which whoever reads decides.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use crate::amount::{Bytes, Megabytes};
use crate::brand::PlanType;

use super::{Counts, Day, Days, Meter, Operator, OperatorUsage, State};

/// The version that is written.
const VERSION: &str = "1";

/// Says why a text is not a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// Of another version, or no record at all.
    Version,
    /// A field that is unknown, is there twice, or has another form.
    Field(String),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => write!(f, "not a usage record of version {VERSION}"),
            Self::Field(field) => write!(f, "the field {field:?} of a usage record is wrong"),
        }
    }
}

impl std::error::Error for RecordError {}

/// Writes a state.
#[must_use]
pub fn write(state: &State) -> String {
    let mut out = Writer(VERSION.to_owned());
    let counters = &state.counters;
    out.put("home_own", counts(counters.home_own));
    out.put("home_shared", counts(counters.home_shared));
    out.put("roaming_own", counts(counters.roaming_own));
    out.put("roaming_shared", counts(counters.roaming_shared));
    out.put("home", meter(state.home));
    out.put("roaming", meter(state.roaming));
    out.put("cycle", Some(state.cycle).filter(|cycle| *cycle > 0));
    out.put("cycle_from", state.cycle_from);
    out.put("reset", state.due.reset);
    out.put("end", state.due.end);
    out.put("ended_at", state.ended_at);
    let operator = &state.operator;
    out.put("said", operator.usage.map(said));
    out.put("former", operator.former.map(said));
    out.put("limit_mb", operator.limit.map(|limit| limit.0));
    out.put("plan_type", operator.plan_type.map(plan_type));
    out.put("over_limit", operator.is_over_limit);
    out.put("congested", operator.is_congested);
    out.put("inbound_kbps", operator.inbound_kbps);
    out.put("outbound_kbps", operator.outbound_kbps);
    let slices = state.local.slices().iter().map(|slice| (slice.at, slice.bytes.0));
    out.put("local", list(slices));
    let days = state.days.list().iter().map(|day| (day.number, day.bytes.0));
    out.put("days", list(days));
    out.put("minute", state.minute);
    out.put("told_approaching", state.told.approaching.then_some(true));
    out.put("told_projection", state.told.projection.then_some(true));
    out.put("revision", Some(state.revision).filter(|revision| *revision > 0));
    out.0
}

/// Reads what [`write`] wrote; slices are added to the state's local traffic as it is.
///
/// # Errors
/// See [`RecordError`].
pub fn read(text: &str) -> Result<State, RecordError> {
    let mut words = text.split(' ');
    if words.next() != Some(VERSION) {
        return Err(RecordError::Version);
    }
    let mut state = State::default();
    let mut seen: Vec<&str> = Vec::new();
    for word in words {
        let read = word.split_once('=').filter(|(name, _)| !seen.contains(name));
        let (name, value) = read.ok_or_else(|| RecordError::Field(word.to_owned()))?;
        seen.push(name);
        field(&mut state, name, value).ok_or_else(|| RecordError::Field(name.to_owned()))?;
    }
    Ok(state)
}

/// Reads one field into a state; absent when it is unknown or wrong.
fn field(state: &mut State, name: &str, value: &str) -> Option<()> {
    let State { counters, due, operator, told, .. } = state;
    match name {
        "cycle" => state.cycle = parse(value)?,
        "cycle_from" => state.cycle_from = Some(parse(value)?),
        "ended_at" => state.ended_at = Some(parse(value)?),
        "minute" => state.minute = Some(parse(value)?),
        "revision" => state.revision = parse(value)?,
        "home" => state.home = read_meter(value)?,
        "roaming" => state.roaming = read_meter(value)?,
        "local" => {
            for pair in value.split(';') {
                let (at, bytes) = read_pair(pair)?;
                state.local.add(at, Bytes(bytes));
            }
        }
        "days" => {
            let days = value.split(';').map(|pair| {
                let (number, bytes) = read_pair(pair)?;
                Some(Day { number, bytes: Bytes(bytes) })
            });
            state.days = Days::of(&days.collect::<Option<Vec<_>>>()?);
        }
        "reset" => due.reset = Some(parse(value)?),
        "end" => due.end = Some(parse(value)?),
        "told_approaching" => told.approaching = parse(value)?,
        "told_projection" => told.projection = parse(value)?,
        "home_own" => counters.home_own = read_counts(value)?,
        "home_shared" => counters.home_shared = read_counts(value)?,
        "roaming_own" => counters.roaming_own = read_counts(value)?,
        "roaming_shared" => counters.roaming_shared = read_counts(value)?,
        _ => return operator_field(operator, name, value),
    }
    Some(())
}

fn operator_field(operator: &mut Operator, name: &str, value: &str) -> Option<()> {
    match name {
        "said" => operator.usage = Some(read_said(value)?),
        "former" => operator.former = Some(read_said(value)?),
        "limit_mb" => operator.limit = Some(Megabytes(parse(value)?)),
        "plan_type" => operator.plan_type = Some(read_plan_type(value)?),
        "over_limit" => operator.is_over_limit = Some(parse(value)?),
        "congested" => operator.is_congested = Some(parse(value)?),
        "inbound_kbps" => operator.inbound_kbps = Some(parse(value)?),
        "outbound_kbps" => operator.outbound_kbps = Some(parse(value)?),
        _ => return None,
    }
    Some(())
}

/// The text in the making.
struct Writer(String);

impl Writer {
    fn put(&mut self, name: &str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = write!(self.0, " {name}={value}");
        }
    }
}

fn parse<T: FromStr>(value: &str) -> Option<T> {
    value.parse().ok()
}

fn read_pair<A: FromStr>(pair: &str) -> Option<(A, u64)> {
    let (first, second) = pair.split_once(',')?;
    Some((parse(first)?, parse(second)?))
}

fn list<A: fmt::Display>(pairs: impl Iterator<Item = (A, u64)>) -> Option<String> {
    let texts: Vec<_> = pairs.map(|(first, second)| format!("{first},{second}")).collect();
    (!texts.is_empty()).then(|| texts.join(";"))
}

fn counts(counts: Counts) -> Option<String> {
    let is_any = counts != Counts::default();
    is_any.then(|| format!("{},{}", counts.sent.0, counts.received.0))
}

fn read_counts(value: &str) -> Option<Counts> {
    let (sent, received) = read_pair(value)?;
    Some(Counts { sent: Bytes(sent), received: Bytes(received) })
}

fn meter(meter: Meter) -> Option<String> {
    (meter != Meter::default()).then(|| format!("{},{}", meter.since.0, meter.step))
}

fn read_meter(value: &str) -> Option<Meter> {
    let (since, step) = read_pair(value)?;
    Some(Meter { since: Bytes(since), step })
}

fn said(usage: OperatorUsage) -> String {
    format!("{},{}", usage.as_of, usage.used.0)
}

fn read_said(value: &str) -> Option<OperatorUsage> {
    let (as_of, used) = read_pair(value)?;
    Some(OperatorUsage { used: Bytes(used), as_of })
}

fn plan_type(plan_type: PlanType) -> &'static str {
    match plan_type {
        PlanType::Unrestricted => "unrestricted",
        PlanType::Fixed => "fixed",
        PlanType::Variable => "variable",
    }
}

fn read_plan_type(name: &str) -> Option<PlanType> {
    let all = [PlanType::Unrestricted, PlanType::Fixed, PlanType::Variable];
    all.into_iter().find(|known| plan_type(*known) == name)
}
