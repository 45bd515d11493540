//! The `xs:duration` of the schema: months and seconds, which do not compare with one another.
//!
//! Not here: negative durations and fractions of a second, which no document of ours needs (the
//! schema check accepts fractions where the published schema does), and the ranges of single
//! attributes ([`super::Delay`] and its siblings).
//! Implements the type behind [XML-31], [XML-33] and [XML-136].

use std::fmt;

/// Says why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Not in the form `PnYnMnDTnHnMnS`.
    Form,
    /// Longer than the type holds: 2³² − 1 months, 2⁶⁴ − 1 seconds.
    TooLong,
    /// Below zero, or with a fraction of a second.
    NotWhole,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "not in the form of a duration",
            Self::TooLong => "duration too long",
            Self::NotWhole => "negative duration or fraction of a second",
        })
    }
}

impl std::error::Error for DurationError {}

/// Holds a length of time of whole months and whole seconds, zero or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlDuration {
    /// Whole months; twelve are a year.
    pub months: u32,
    /// Whole seconds; a day has 86,400.
    pub seconds: u64,
}

const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 60 * MINUTE_S;
const DAY_S: u64 = 24 * HOUR_S;

impl XmlDuration {
    /// Makes a duration of whole seconds.
    #[must_use]
    pub const fn of_seconds(seconds: u64) -> Self {
        Self { months: 0, seconds }
    }

    /// Reads the lexical form of `xs:duration`.
    ///
    /// # Errors
    /// See [`DurationError`].
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        let lexical = Lexical::parse(text)?;
        if lexical.is_negative && !lexical.is_zero() || lexical.has_fraction {
            return Err(DurationError::NotWhole);
        }
        Ok(lexical.whole)
    }
}

/// Writes the shortest form: `PT0S`, `PT20S`, `PT2M`, `P1M`, `P30D`.
impl fmt::Display for XmlDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::of_seconds(0) {
            return f.write_str("PT0S");
        }
        let seconds = self.seconds;
        let date = [
            (u64::from(self.months) / 12, 'Y'),
            (u64::from(self.months) % 12, 'M'),
            (seconds / DAY_S, 'D'),
        ];
        let time = [
            (seconds % DAY_S / HOUR_S, 'H'),
            (seconds % HOUR_S / MINUTE_S, 'M'),
            (seconds % MINUTE_S, 'S'),
        ];
        let write = |f: &mut fmt::Formatter<'_>, fields: [(u64, char); 3]| {
            let mut shown = fields.into_iter().filter(|(number, _)| *number > 0);
            shown.try_for_each(|(number, unit)| write!(f, "{number}{unit}"))
        };
        f.write_str("P")?;
        write(f, date)?;
        if time.iter().any(|(number, _)| *number > 0) {
            f.write_str("T")?;
            write(f, time)?;
        }
        Ok(())
    }
}

/// An `xs:duration` as written; also what the schema check compares with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lexical {
    pub(crate) is_negative: bool,
    pub(crate) whole: XmlDuration,
    /// Whether a fraction of a second above zero is added.
    pub(crate) has_fraction: bool,
}

impl Lexical {
    pub(crate) fn parse(text: &str) -> Result<Self, DurationError> {
        let unsigned = text.strip_prefix('-');
        let body = unsigned.unwrap_or(text).strip_prefix('P').ok_or(DurationError::Form)?;
        let (date, time) = match body.split_once('T') {
            Some((_, "")) => return Err(DurationError::Form),
            Some((date, time)) => (date, time),
            None if body.is_empty() => return Err(DurationError::Form),
            None => (body, ""),
        };
        let mut fraction = false;
        let [years, months, days] = fields(date, ['Y', 'M', 'D'], &mut None)?;
        let [hours, minutes, seconds] = fields(time, ['H', 'M', 'S'], &mut Some(&mut fraction))?;
        let months = years.checked_mul(12).and_then(|m| m.checked_add(months));
        let seconds = [(days, DAY_S), (hours, HOUR_S), (minutes, MINUTE_S), (seconds, 1)]
            .into_iter()
            .try_fold(0_u64, |sum, (n, unit)| sum.checked_add(n.checked_mul(unit)?));
        let months = months.and_then(|m| u32::try_from(m).ok()).ok_or(DurationError::TooLong)?;
        let seconds = seconds.ok_or(DurationError::TooLong)?;
        let whole = XmlDuration { months, seconds };
        Ok(Self { is_negative: unsigned.is_some(), whole, has_fraction: fraction })
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.whole == XmlDuration::of_seconds(0) && !self.has_fraction
    }
}

/// Reads `n` before each unit, units in order, each at most once; where `fraction` is given the
/// last may have decimals.
fn fields(
    text: &str,
    units: [char; 3],
    fraction: &mut Option<&mut bool>,
) -> Result<[u64; 3], DurationError> {
    let mut found = [0; 3];
    let mut rest = text;
    for (slot, unit) in found.iter_mut().zip(units) {
        let Some((number, after)) = rest.split_once(unit) else {
            continue;
        };
        let number = match (number.split_once('.'), fraction.as_mut()) {
            (Some((whole, decimals)), Some(seen)) if unit == 'S' && is_digits(decimals) => {
                **seen = decimals.bytes().any(|b| b != b'0');
                whole
            }
            (Some(_), _) => return Err(DurationError::Form),
            (None, _) => number,
        };
        if !is_digits(number) {
            return Err(DurationError::Form);
        }
        *slot = number.parse().map_err(|_| DurationError::TooLong)?;
        rest = after;
    }
    if rest.is_empty() { Ok(found) } else { Err(DurationError::Form) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(u32, u64, &str), DurationError>) {
        let found = XmlDuration::parse(text);
        let written = found.map(|d| d.to_string());
        let values = expected.map(|(months, seconds, _)| XmlDuration { months, seconds });
        assert_eq!(found, values, "{text}");
        assert_eq!(written, expected.map(|(_, _, w)| w.to_owned()), "{text}");
    }

    #[test]
    fn durations_are_read_and_written_in_their_shortest_form() {
        for (text, months, seconds, written) in [
            ("PT0S", 0, 0, "PT0S"),
            ("P0M", 0, 0, "PT0S"),
            ("-PT0S", 0, 0, "PT0S"),
            ("PT20S", 0, 20, "PT20S"),
            ("PT2M", 0, 120, "PT2M"),
            ("PT59M59S", 0, 3_599, "PT59M59S"),
            ("PT60M", 0, 3_600, "PT1H"),
            ("P1M", 1, 0, "P1M"),
            ("P1Y2M3DT4H5M6S", 14, 273_906, "P1Y2M3DT4H5M6S"),
            ("PT720H", 0, 2_592_000, "P30D"),
            ("PT1.000S", 0, 1, "PT1S"),
        ] {
            check(text, Ok((months, seconds, written)));
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "P", "PT", "P1", "1M", "P1MT", "P1S", "PT1D", "P1D1M", "PT1M1M", "P-1D", "PT.5S",
            "PT1.S", "P1.5D", "pt1s", "PT1S ", "P١D",
        ] {
            check(text, Err(DurationError::Form));
        }
        check("-PT1S", Err(DurationError::NotWhole));
        check("PT0.5S", Err(DurationError::NotWhole));
        check("PT99999999999999999999S", Err(DurationError::TooLong));
        check("P4294967296M", Err(DurationError::TooLong));
    }
}
