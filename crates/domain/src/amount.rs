//! Money, volumes and periods: amounts that are never bare numbers.
//!
//! Not here: how they are shown to people (the server's texts) or what a plan may contain
//! ([`crate::brand`]).

use std::fmt;

use jiff::{Span, Timestamp, ToSpan, tz::TimeZone};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// An ISO 4217 currency code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code of three capital ASCII letters; whether ISO has assigned it is not checked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// Returns the three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Returns how many digits of the minor unit are decimals (ISO 4217, table A.1).
    #[must_use]
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in integer minor units of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Minor units (cents for EUR, yen for JPY).
    pub minor: i64,
    /// The currency that the units belong to.
    pub currency: Currency,
}

impl Money {
    /// Returns the plain decimal form without grouping, such as `4.90`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let exponent = self.currency.exponent();
        let scale = 10_u64.saturating_pow(exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let units = self.minor.unsigned_abs();
        let whole = units.checked_div(scale).unwrap_or(units);
        if exponent == 0 {
            return format!("{sign}{whole}");
        }
        let part = units.checked_rem(scale).unwrap_or(0);
        let width = usize::try_from(exponent).unwrap_or(2);
        format!("{sign}{whole}.{part:0width$}")
    }
}

/// Bytes of a megabyte [XML-151].
pub const BYTES_PER_MEGABYTE: u64 = 1_000_000;
/// What of a price is tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tax {
    /// The rate in basis points: 1900 is 19 %.
    pub rate_bp: u32,
    /// The tax in the price's currency.
    pub amount: Money,
}

impl Tax {
    /// Returns the tax within a price that includes it, rounded half up to the minor unit.
    #[must_use]
    pub fn within(price: Money, rate_bp: u32) -> Self {
        let whole = 10_000_i128.saturating_add(rate_bp.into());
        Self { rate_bp, amount: share(price, rate_bp, whole) }
    }

    /// Returns the tax that comes on top of a price, rounded half up to the minor unit.
    #[must_use]
    pub fn on_top(price: Money, rate_bp: u32) -> Self {
        Self { rate_bp, amount: share(price, rate_bp, 10_000) }
    }
}

/// Returns the part of an amount that is not negative, rounded half up.
fn share(of: Money, part: u32, whole: i128) -> Money {
    let twice = i128::from(of.minor).saturating_mul(part.into()).saturating_mul(2);
    let rounded = twice.saturating_add(whole).checked_div(whole.saturating_mul(2)).unwrap_or(0);
    Money { minor: i64::try_from(rounded).unwrap_or(i64::MAX), currency: of.currency }
}

/// A volume in megabytes of 10^6 bytes [XML-151].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Megabytes(pub u32);

impl Megabytes {
    /// Returns the same volume in bytes; 32 bits of megabytes always fit.
    #[must_use]
    pub fn bytes(self) -> Bytes {
        Bytes(u64::from(self.0).saturating_mul(BYTES_PER_MEGABYTE))
    }
}

/// A volume in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Adds; absent where 64 bits are not enough.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Adds, and stays at the largest number where 64 bits are not enough.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Subtracts, and stays at zero where more is taken than there is.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the volume in megabytes, rounded half up [MSG-17]; at most 2^32 - 1 of them.
    #[must_use]
    pub fn megabytes(self) -> Megabytes {
        let rounded = self.0.saturating_add(BYTES_PER_MEGABYTE.div_euclid(2));
        let whole = rounded.checked_div(BYTES_PER_MEGABYTE).unwrap_or(0);
        Megabytes(u32::try_from(whole).unwrap_or(u32::MAX))
    }
}

/// Says why a text is not a [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// Not an ISO 8601 duration such as `P1D`, `P1M` or `PT12H`.
    Format,
    /// Zero or negative.
    NotPositive,
    /// Has parts of a second, which no plan needs and `xs:duration` readers differ on.
    Fraction,
    /// Longer than a hundred years.
    TooLong,
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "not an ISO 8601 duration such as P1D, P1M or PT12H",
            Self::NotPositive => "must be longer than zero",
            Self::Fraction => "must not have parts of a second",
            Self::TooLong => "longer than a hundred years",
        })
    }
}

impl std::error::Error for PeriodError {}

/// A positive calendar period: `P1M` is a month, however long that month is.
#[derive(Clone, Copy, Debug)]
pub struct Period(Span);

impl PartialEq for Period {
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

impl Eq for Period {}

impl Period {
    /// Reads an ISO 8601 duration in whole seconds, longer than zero, at most a hundred years.
    ///
    /// # Errors
    /// See [`PeriodError`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        static PARSER: jiff::fmt::temporal::SpanParser = jiff::fmt::temporal::SpanParser::new();
        if !text.starts_with('P') || text.bytes().any(|b| b.is_ascii_lowercase()) {
            return Err(PeriodError::Format);
        }
        let span = PARSER.parse_span(text).map_err(|_| PeriodError::Format)?;
        if span.get_milliseconds() != 0
            || span.get_microseconds() != 0
            || span.get_nanoseconds() != 0
        {
            return Err(PeriodError::Fraction);
        }
        if span.is_zero() || span.is_negative() {
            return Err(PeriodError::NotPositive);
        }
        let period = Self(span);
        let end = period.after(Timestamp::UNIX_EPOCH);
        let limit = Self(100.years()).after(Timestamp::UNIX_EPOCH);
        match (end, limit) {
            (Some(end), Some(limit)) if end <= limit => Ok(period),
            _ => Err(PeriodError::TooLong),
        }
    }

    /// Returns the period from an instant to a later one, in whole days or else in whole seconds;
    /// none where it is not longer than zero or longer than a hundred years.
    #[must_use]
    pub fn between(start: Timestamp, end: Timestamp) -> Option<Self> {
        let seconds = end.duration_since(start).as_secs();
        let text = match (seconds.checked_div(DAY_S), seconds.checked_rem(DAY_S)) {
            (Some(days), Some(0)) => format!("P{days}D"),
            _ => format!("PT{seconds}S"),
        };
        Self::parse(&text).ok()
    }

    /// Returns the instant one period after `start`, by the calendar in UTC.
    ///
    /// None beyond the range of timestamps (year 9999).
    #[must_use]
    pub fn after(&self, start: Timestamp) -> Option<Timestamp> {
        start.to_zoned(TimeZone::UTC).checked_add(self.0).ok().map(|zoned| zoned.timestamp())
    }

    /// Returns the instant `count` periods after `start`, computed from `start` by the calendar in
    /// UTC: a day that a month lacks becomes its last one, and the next month has it again
    /// [USE-26].
    ///
    /// None beyond the range of timestamps (year 9999).
    #[must_use]
    pub fn nth_after(&self, start: Timestamp, count: u64) -> Option<Timestamp> {
        let span = self.0.checked_mul(i64::try_from(count).ok()?).ok()?;
        start.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|zoned| zoned.timestamp())
    }

    /// Returns the whole days of the period when it has no shorter part and no months.
    #[must_use]
    pub fn as_days(&self) -> Option<i64> {
        let span = self.0;
        let only_days = span.get_years() == 0 && span.get_months() == 0 && !self.has_time();
        let weeks = i64::from(span.get_weeks()).checked_mul(7)?;
        only_days.then(|| weeks.checked_add(i64::from(span.get_days()))).flatten()
    }

    /// Returns the whole months of the period when it has nothing but years and months.
    #[must_use]
    pub fn as_months(&self) -> Option<i64> {
        let span = self.0;
        let only_months = span.get_weeks() == 0 && span.get_days() == 0 && !self.has_time();
        let years = i64::from(span.get_years()).checked_mul(12)?;
        only_months.then(|| years.checked_add(i64::from(span.get_months()))).flatten()
    }

    /// Returns the whole hours of the period when it has no calendar part and no shorter one.
    #[must_use]
    pub fn as_hours(&self) -> Option<i64> {
        let span = self.0;
        let calendar = span.get_years() != 0
            || span.get_months() != 0
            || span.get_weeks() != 0
            || span.get_days() != 0;
        let is_whole = span.get_minutes() == 0 && span.get_seconds() == 0;
        (!calendar && is_whole && span.get_hours() != 0).then(|| i64::from(span.get_hours()))
    }

    fn has_time(&self) -> bool {
        self.0.get_hours() != 0 || self.0.get_minutes() != 0 || self.0.get_seconds() != 0
    }
}

impl fmt::Display for Period {
    /// Writes the ISO 8601 form, which is also `xs:duration`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `xs:duration` has no weeks.
        let days = i64::from(self.0.get_weeks())
            .saturating_mul(7)
            .saturating_add(i64::from(self.0.get_days()));
        let span = self.0.weeks(0).try_days(days).unwrap_or(self.0);
        f.write_str(&jiff::fmt::temporal::SpanPrinter::new().span_to_string(&span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_by_its_exponent() {
        for (minor, code, expected) in [
            (490, "EUR", "4.90"),
            (5, "EUR", "0.05"),
            (-1999, "USD", "-19.99"),
            (300, "JPY", "300"),
            (1500, "KWD", "1.500"),
        ] {
            let currency = Currency::parse(code).expect(code);
            assert_eq!(Money { minor, currency }.decimal(), expected);
        }
        assert_eq!(Currency::parse("eur"), None);
        assert_eq!(Currency::parse("EURO"), None);
    }

    #[test]
    fn periods_are_calendar_periods() {
        let start: Timestamp = "2030-01-31T10:00:00Z".parse().expect("instant");
        for (text, end, shown) in [
            ("P1D", "2030-02-01T10:00:00Z", "P1D"),
            ("P1M", "2030-02-28T10:00:00Z", "P1M"),
            ("P2W", "2030-02-14T10:00:00Z", "P14D"),
            ("PT12H", "2030-01-31T22:00:00Z", "PT12H"),
            ("P1Y2M", "2031-03-31T10:00:00Z", "P1Y2M"),
        ] {
            let period = Period::parse(text).expect(text);
            assert_eq!(period.after(start).map(|t| t.to_string()), Some(end.into()), "{text}");
            assert_eq!(period.to_string(), shown);
        }
        for (text, error) in [
            ("", PeriodError::Format),
            ("1D", PeriodError::Format),
            ("p1d", PeriodError::Format),
            ("1 day", PeriodError::Format),
            ("P0D", PeriodError::NotPositive),
            ("-P1D", PeriodError::Format),
            ("PT0.5S", PeriodError::Fraction),
            ("P101Y", PeriodError::TooLong),
        ] {
            assert_eq!(Period::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn periods_name_their_natural_unit() {
        let of = |text| {
            let period = Period::parse(text).expect(text);
            (period.as_months(), period.as_days(), period.as_hours())
        };
        assert_eq!(of("P1D"), (None, Some(1), None));
        assert_eq!(of("P4W"), (None, Some(28), None));
        assert_eq!(of("P1Y"), (Some(12), None, None));
        assert_eq!(of("PT36H"), (None, None, Some(36)));
        assert_eq!(of("P1DT1H"), (None, None, None));
        assert_eq!(of("PT90M"), (None, None, None));
    }
}
