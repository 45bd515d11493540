//! Moments of a document: `xs:dateTime`, always written in UTC with `Z`.
//!
//! Not here: the clock. Moments have whole seconds; the source asks for minutes at least.
//! Implements [XML-135], [XML-148] and [XML-150].

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

/// Midnight as the end of a day.
const END_OF_DAY: &str = "T24:00:00";

/// Says why something is no moment of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// Not in the form of `xs:dateTime`, or no such day or time.
    Form,
    /// Outside the years 1 to 9999.
    Range,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "not in the form of a date and time",
            Self::Range => "outside the years 1 to 9999",
        })
    }
}

impl std::error::Error for TimeError {}

/// Holds a moment of whole seconds in UTC within the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTime(DateTime);

impl UtcTime {
    /// Takes the whole second that `at` falls into.
    ///
    /// # Errors
    /// [`TimeError::Range`] before the year 1.
    pub fn new(at: Timestamp) -> Result<Self, TimeError> {
        let civil = Offset::UTC.to_datetime(at);
        if civil.year() < 1 {
            return Err(TimeError::Range);
        }
        civil.with().subsec_nanosecond(0).build().map(Self).map_err(|_| TimeError::Range)
    }

    /// Reads `YYYY-MM-DDThh:mm:ss`, with or without fraction and zone; without a zone the
    /// moment is in UTC [XML-150]. A fraction is dropped.
    ///
    /// # Errors
    /// See [`TimeError`].
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let (civil, rest) = text.split_at_checked(19).ok_or(TimeError::Form)?;
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                (rest.strip_suffix(zone).unwrap_or_default(), zone)
            }
            None => ("0", rest),
        };
        if fraction.is_empty() {
            return Err(TimeError::Form);
        }
        let civil = match civil.strip_suffix(END_OF_DAY) {
            // The schema type has this form of the next midnight, and no time after it.
            Some(date) if fraction.bytes().all(|b| b == b'0') => {
                let midnight = parse_civil(&format!("{date}T00:00:00"))?;
                midnight.checked_add(Span::new().days(1)).map_err(|_| TimeError::Range)?
            }
            Some(_) | None => parse_civil(civil)?,
        };
        let at = parse_zone(zone)?.to_timestamp(civil).map_err(|_| TimeError::Range)?;
        Self::new(at)
    }

    /// Returns the moment as a timestamp.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        // Years 1 to 9999 in UTC are all within the range of a timestamp but for the last day.
        Offset::UTC.to_timestamp(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// Writes `YYYY-MM-DDThh:mm:ssZ`.
impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())?;
        write!(f, "T{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second())
    }
}

/// Checks the form by itself: jiff reads many more.
fn parse_civil(text: &str) -> Result<DateTime, TimeError> {
    let form = "dddd-dd-ddTdd:dd:dd";
    let fits = text.bytes().zip(form.bytes()).all(|(found, expected)| match expected {
        b'd' => found.is_ascii_digit(),
        other => found == other,
    });
    // A leap second is no second of xs:dateTime, but jiff would take it for the one before.
    if !fits || text.ends_with("60") {
        return Err(TimeError::Form);
    }
    text.parse().map_err(|_| TimeError::Form)
}

fn parse_zone(text: &str) -> Result<Offset, TimeError> {
    if matches!(text, "" | "Z") {
        return Ok(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        Some(_) | None => return Err(TimeError::Form),
    };
    let number = |t: &str| match t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()) {
        true => t.parse::<i32>().map_err(|_| TimeError::Form),
        false => Err(TimeError::Form),
    };
    let (hours, minutes) = digits.split_once(':').ok_or(TimeError::Form)?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    // The schema type ends at 14:00.
    let total_minutes = hours.saturating_mul(60).saturating_add(minutes);
    if minutes > 59 || total_minutes > 14 * 60 {
        return Err(TimeError::Form);
    }
    Offset::from_seconds(total_minutes.saturating_mul(60).saturating_mul(sign))
        .map_err(|_| TimeError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    // [XML-135], [XML-148], [XML-150]
    #[test]
    fn moments_are_read_with_any_zone_and_written_in_utc() {
        for (text, expected) in [
            ("2030-03-01T00:00:00Z", Ok("2030-03-01T00:00:00Z")),
            ("2030-03-01T00:00:00", Ok("2030-03-01T00:00:00Z")),
            ("2030-03-01T00:00:00.999Z", Ok("2030-03-01T00:00:00Z")),
            ("2030-03-01T00:30:00+01:00", Ok("2030-02-28T23:30:00Z")),
            ("2030-03-01T00:30:00-14:00", Ok("2030-03-01T14:30:00Z")),
            ("0001-01-01T00:00:00Z", Ok("0001-01-01T00:00:00Z")),
            ("0001-01-01T00:00:00+01:00", Err(TimeError::Range)),
            ("2030-02-28T24:00:00Z", Ok("2030-03-01T00:00:00Z")),
            ("2030-02-28T24:00:00.00+01:00", Ok("2030-02-28T23:00:00Z")),
            ("9999-12-31T24:00:00Z", Err(TimeError::Range)),
            ("2030-02-28T24:00:00.1Z", Err(TimeError::Form)),
            ("2030-02-28T24:00:01Z", Err(TimeError::Form)),
            ("12030-03-01T00:00:00Z", Err(TimeError::Form)),
            ("-2030-03-01T00:00:00Z", Err(TimeError::Form)),
            ("2030-02-29T00:00:00Z", Err(TimeError::Form)),
            ("2030-03-01", Err(TimeError::Form)),
            ("2030-03-01 00:00:00Z", Err(TimeError::Form)),
            ("2030-03-01T00:00:60Z", Err(TimeError::Form)),
            ("2030-03-01T00:00:00.Z", Err(TimeError::Form)),
            ("2030-03-01T00:00:00+14:01", Err(TimeError::Form)),
            ("2030-03-01T00:00:00z", Err(TimeError::Form)),
            ("2030-03-01T00:00Z", Err(TimeError::Form)),
            ("2030-03-01T00:00:0ü", Err(TimeError::Form)),
        ] {
            let found = UtcTime::parse(text).map(|t| t.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn fractions_of_a_second_are_dropped() {
        let at = Timestamp::new(1_898_553_600, 999_999_999).expect("in range");
        let time = UtcTime::new(at).expect("in range");
        assert_eq!(time.to_string(), "2030-03-01T00:00:00Z");
        assert_eq!(time.timestamp().as_second(), 1_898_553_600);
    }
}
