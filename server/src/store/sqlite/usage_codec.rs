//! Terms of usage as one line of text: small, whole, and read back exactly.
//!
//! Fields stand in a fixed order between blanks, `-` for what is absent; the first one is the
//! form's number. Times are milliseconds, to which the server cuts what it takes. Not here:
//! tables, and what changes with every batch ([`super::usage_state`]).

use domain::Timestamp;
use domain::amount::{Megabytes, Period};
use domain::brand::PlanType;
use domain::usage::{Cycle, DeliveryMode, Terms};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn terms_read_back_exactly() {
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
    }

    #[test]
    fn what_nothing_of_ours_wrote_is_refused() {
        let terms = terms_text(&Terms::default());
        for text in ["", "2", "1", &terms[..terms.len() - 2], "1 x"] {
            assert_eq!(parse_terms(text), None, "{text}");
        }
        assert_eq!(parse_terms(&format!("{terms} 7")), None);
    }
}
