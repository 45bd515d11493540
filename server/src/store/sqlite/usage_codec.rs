//! Terms and states of usage as one line of text each: small, whole, and read back exactly.
//!
//! Fields stand in a fixed order between blanks, `-` for what is absent; the first one is the
//! form's number. Times are milliseconds, to which the server cuts what it takes. Not here:
//! tables.

use domain::Timestamp;
use domain::amount::{Bytes, Megabytes, Period};
use domain::brand::PlanType;
use domain::usage::{
    Counters, Counts, Cycle, Day, Days, DeliveryMode, Due, Local, Meter, Operator, OperatorUsage,
    State, Terms, Told,
};

const FORM: &str = "1";

/// Writes fields one after the other.
struct Line(String);

impl Line {
    fn new() -> Self {
        Self(FORM.to_owned())
    }

    fn put(&mut self, value: impl std::fmt::Display) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(self.0, " {value}");
    }

    fn maybe(&mut self, value: Option<impl std::fmt::Display>) {
        match value {
            Some(value) => self.put(value),
            None => self.put("-"),
        }
    }

    fn at(&mut self, at: Option<Timestamp>) {
        self.maybe(at.map(|at| at.as_millisecond()));
    }

    fn counts(&mut self, counts: Counts) {
        self.put(counts.sent.0);
        self.put(counts.received.0);
    }

    fn usage(&mut self, usage: Option<OperatorUsage>) {
        self.maybe(usage.map(|usage| usage.used.0));
        self.at(usage.map(|usage| usage.as_of));
    }
}

/// Reads them in the same order.
struct Fields<'t>(std::str::Split<'t, char>);

impl<'t> Fields<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let mut fields = text.split(' ');
        (fields.next()? == FORM).then_some(Self(fields))
    }

    fn get<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.0.next()?.parse().ok()
    }

    fn maybe<T: std::str::FromStr>(&mut self) -> Option<Option<T>> {
        match self.0.next()? {
            "-" => Some(None),
            text => text.parse().ok().map(Some),
        }
    }

    fn at(&mut self) -> Option<Option<Timestamp>> {
        match self.maybe()? {
            None => Some(None),
            Some(ms) => Timestamp::from_millisecond(ms).ok().map(Some),
        }
    }

    fn bytes(&mut self) -> Option<Bytes> {
        self.get().map(Bytes)
    }

    fn counts(&mut self) -> Option<Counts> {
        Some(Counts { sent: self.bytes()?, received: self.bytes()? })
    }

    fn meter(&mut self) -> Option<Meter> {
        Some(Meter { since: self.bytes()?, step: self.get()? })
    }

    fn usage(&mut self) -> Option<Option<OperatorUsage>> {
        let (used, as_of) = (self.maybe::<u64>()?, self.at()?);
        match (used, as_of) {
            (Some(used), Some(as_of)) => Some(Some(OperatorUsage { used: Bytes(used), as_of })),
            (None, None) => Some(None),
            _ => None,
        }
    }

    fn plan_type(&mut self) -> Option<Option<PlanType>> {
        Some(match self.0.next()? {
            "-" => None,
            "u" => Some(PlanType::Unrestricted),
            "f" => Some(PlanType::Fixed),
            "v" => Some(PlanType::Variable),
            _ => return None,
        })
    }

    fn end<T>(mut self, value: T) -> Option<T> {
        self.0.next().is_none().then_some(value)
    }
}

fn letter(plan_type: PlanType) -> &'static str {
    match plan_type {
        PlanType::Unrestricted => "u",
        PlanType::Fixed => "f",
        PlanType::Variable => "v",
    }
}

/// Writes terms.
pub(super) fn terms_text(terms: &Terms) -> String {
    let mut line = Line::new();
    line.maybe(terms.plan_type.map(letter));
    line.maybe(terms.limit.map(|limit| limit.0));
    line.put(terms.notifies);
    line.at(terms.cycle.map(|cycle| cycle.start));
    line.maybe(terms.cycle.map(|cycle| cycle.duration));
    line.maybe(terms.cycle.map(|cycle| cycle.resets));
    line.at(terms.expires_at);
    line.put(terms.mode == DeliveryMode::PerMinute);
    line.0
}

/// Reads what [`terms_text`] wrote.
pub(super) fn parse_terms(text: &str) -> Option<Terms> {
    let mut fields = Fields::of(text)?;
    let (plan_type, limit) = (fields.plan_type()?, fields.maybe()?.map(Megabytes));
    let notifies = fields.get()?;
    let (start, duration) = (fields.at()?, fields.maybe::<String>()?);
    let resets = fields.maybe()?;
    let cycle = match (start, duration, resets) {
        (Some(start), Some(duration), Some(resets)) => {
            Some(Cycle { start, duration: Period::parse(&duration).ok()?, resets })
        }
        _ => None,
    };
    let expires_at = fields.at()?;
    let mode = match fields.get()? {
        true => DeliveryMode::PerMinute,
        false => DeliveryMode::Realtime,
    };
    fields.end(Terms { plan_type, limit, notifies, cycle, expires_at, mode })
}

/// Writes a state.
pub(super) fn state_text(state: &State) -> String {
    let mut line = Line::new();
    let Counters { home_own, home_shared, roaming_own, roaming_shared } = state.counters;
    [home_own, home_shared, roaming_own, roaming_shared].into_iter().for_each(|c| line.counts(c));
    for meter in [state.home, state.roaming] {
        line.put(meter.since.0);
        line.put(meter.step);
    }
    line.put(state.cycle);
    line.at(state.cycle_from);
    line.at(state.due.reset);
    line.at(state.due.end);
    line.at(state.ended_at);
    let operator = &state.operator;
    line.usage(operator.usage);
    line.usage(operator.former);
    line.maybe(operator.limit.map(|limit| limit.0));
    line.maybe(operator.plan_type.map(letter));
    line.maybe(operator.is_over_limit);
    line.maybe(operator.is_congested);
    line.maybe(operator.inbound_kbps);
    line.maybe(operator.outbound_kbps);
    line.at(state.minute);
    line.put(state.told.approaching);
    line.put(state.told.projection);
    line.put(state.revision);
    line.put(state.days.list().len());
    for day in state.days.list() {
        line.put(day.number);
        line.put(day.bytes.0);
    }
    // Most of a line are these: each time is told by its distance to the one before.
    let mut before = 0_i64;
    for slice in state.local.slices() {
        let at = slice.at.as_millisecond();
        line.put(at.saturating_sub(before));
        line.put(slice.bytes.0);
        before = at;
    }
    line.0
}

/// Reads what [`state_text`] wrote.
pub(super) fn parse_state(text: &str) -> Option<State> {
    let mut fields = Fields::of(text)?;
    let counters = Counters {
        home_own: fields.counts()?,
        home_shared: fields.counts()?,
        roaming_own: fields.counts()?,
        roaming_shared: fields.counts()?,
    };
    let mut state = State {
        counters,
        home: fields.meter()?,
        roaming: fields.meter()?,
        cycle: fields.get()?,
        cycle_from: fields.at()?,
        due: Due { reset: fields.at()?, end: fields.at()? },
        ended_at: fields.at()?,
        operator: Operator {
            usage: fields.usage()?,
            former: fields.usage()?,
            limit: fields.maybe()?.map(Megabytes),
            plan_type: fields.plan_type()?,
            is_over_limit: fields.maybe()?,
            is_congested: fields.maybe()?,
            inbound_kbps: fields.maybe()?,
            outbound_kbps: fields.maybe()?,
        },
        minute: fields.at()?,
        told: Told { approaching: fields.get()?, projection: fields.get()? },
        revision: fields.get()?,
        ..State::default()
    };
    let days: usize = fields.get()?;
    let day = |fields: &mut Fields<'_>| Some(Day { number: fields.get()?, bytes: fields.bytes()? });
    let days: Vec<Day> = (0..days).map(|_| day(&mut fields)).collect::<Option<_>>()?;
    state.days = Days::of(&days);
    let mut local = Local::default();
    let mut before = 0_i64;
    while let Some(distance) = fields.0.next() {
        before = before.checked_add(distance.parse().ok()?)?;
        local.add(Timestamp::from_millisecond(before).ok()?, fields.bytes()?);
    }
    state.local = local;
    Some(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::events::Network;
    use domain::usage::{Event, OperatorUpdate, Sharing, Traffic, apply, step};

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn terms_and_states_read_back_exactly() {
        let start = instant("2030-01-31T00:00:00.123Z");
        let cycle = |resets| {
            let duration = Period::parse("P1M").expect("a period");
            Some(Cycle { start, duration, resets })
        };
        let whole = Terms {
            plan_type: Some(PlanType::Fixed),
            limit: Some(Megabytes(500)),
            notifies: true,
            cycle: cycle(true),
            expires_at: Some(instant("2031-01-01T00:00:00Z")),
            mode: DeliveryMode::PerMinute,
        };
        let once = Terms { cycle: cycle(false), ..Terms::default() };
        for terms in [&Terms::default(), &whole, &once] {
            assert_eq!(parse_terms(&terms_text(terms)).as_ref(), Some(terms));
        }
        let mut state = State::new(&whole);
        assert_eq!(parse_state(&state_text(&state)).as_ref(), Some(&state));
        for n in 0..195_u32 {
            let at = start + domain::SignedDuration::from_hours(i64::from(n) * 7);
            let traffic = Traffic {
                regime: if n % 3 == 0 { Network::Roaming } else { Network::Home },
                sharing: if n % 2 == 0 { Sharing::Own } else { Sharing::Shared },
                sent: Bytes(u64::from(n) * 1_000_003),
                received: Bytes(7),
                at,
            };
            let usage = OperatorUsage { used: Bytes(u64::from(n)), as_of: at };
            let event = match n % 50 {
                49 => Event::Operator(OperatorUpdate {
                    usage: Some(usage),
                    limit: Some(Megabytes(n)),
                    plan_type: Some(PlanType::Variable),
                    is_over_limit: Some(false),
                    is_congested: Some(true),
                    inbound_kbps: Some(1),
                    outbound_kbps: Some(2),
                }),
                _ => Event::Traffic(traffic),
            };
            let made = step(&state, &whole, &event, at);
            apply(&mut state, &made);
            assert_eq!(parse_state(&state_text(&state)).as_ref(), Some(&state), "{n}");
        }
        assert!(state.local.slices().len() > 1 && state.cycle > 0);
    }

    #[test]
    fn what_nothing_of_ours_wrote_is_refused() {
        let state = state_text(&State::default());
        let terms = terms_text(&Terms::default());
        for text in ["", "2", "1", &state[..state.len() - 2], &format!("{state} 7"), "1 x"] {
            assert_eq!(parse_state(text), None, "{text}");
            assert_eq!(parse_terms(text), None, "{text}");
        }
        assert_eq!(parse_terms(&format!("{terms} 7")), None);
    }
}
