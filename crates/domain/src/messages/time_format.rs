//! Times as the format of a rule says that they are written.
//!
//! A format is read once, with its rule; a time is read by it from the start of the text to the
//! end, greedily and without a second try. Not here: which group holds the time, and what a wrong
//! one leads to ([`super::fields`]). Implements [MSG-20] and [MSG-21].

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::DateTime};

use super::locale::Locale;

/// Most characters of a format; the longest sensible one has about 40.
pub const FORMAT_CHARS_MAX: usize = 256;

/// How many years a date without a year is looked for: from one 29 February to the next one,
/// past a year such as 2100.
const YEARS_BACK_MAX: i16 = 8;

/// Says why a format rejects its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// More than [`FORMAT_CHARS_MAX`] characters.
    TooLong,
    /// `%` before something that is no identifier, or at the end [MSG-21].
    UnknownIdentifier(Option<char>),
    /// No day or no month [MSG-20].
    NoDate,
    /// `%I` without `%p` [MSG-21].
    HourWithoutHalf,
    /// `%b` in a locale whose months are not known.
    UnknownMonths,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "has more than {FORMAT_CHARS_MAX} characters; shorten it"),
            Self::UnknownIdentifier(Some(c)) => {
                write!(f, "has the unknown identifier {c:?} after %; use a listed one")
            }
            Self::UnknownIdentifier(None) => {
                f.write_str("ends with %; write %% for a percent sign")
            }
            Self::NoDate => f.write_str("lacks the day or the month; add %d and %m"),
            Self::HourWithoutHalf => f.write_str("has %I without %p; add it or use %H"),
            Self::UnknownMonths => {
                f.write_str("has %b in a locale whose months are not known; use %m")
            }
        }
    }
}

impl std::error::Error for FormatError {}

/// Says why a text is no time of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// Not written as the format says.
    Form,
    /// No such day or hour, such as 31 February, or one that two identifiers disagree about.
    Value,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "is not written as its format says",
            Self::Value => "is no time that exists",
        })
    }
}

impl std::error::Error for TimeError {}

/// A part of a time that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    /// Four digits.
    Year,
    /// Two digits, of the years from 2000.
    ShortYear,
    Hour,
    /// 1 to 12.
    HourOfHalf,
    Minute,
    Second,
}

impl Part {
    const fn of(identifier: char) -> Option<Self> {
        Some(match identifier {
            'd' => Self::Day,
            'm' => Self::Month,
            'Y' => Self::Year,
            'y' => Self::ShortYear,
            'H' => Self::Hour,
            'I' => Self::HourOfHalf,
            'M' => Self::Minute,
            'S' => Self::Second,
            _ => return None,
        })
    }

    const fn digits(self) -> usize {
        match self {
            Self::Year => 4,
            Self::Day
            | Self::Month
            | Self::ShortYear
            | Self::Hour
            | Self::HourOfHalf
            | Self::Minute
            | Self::Second => 2,
        }
    }

    const fn range(self) -> (i16, i16) {
        match self {
            Self::Day => (1, 31),
            Self::Month | Self::HourOfHalf => (1, 12),
            Self::Year => (0, 9999),
            Self::ShortYear => (0, 99),
            Self::Hour => (0, 23),
            Self::Minute | Self::Second => (0, 59),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// Exactly this character; a blank is one blank.
    Literal(char),
    /// A number; with leading zeros unless `%#` stands for it.
    Number { part: Part, is_padded: bool },
    /// `%b`
    MonthName,
    /// `%p`
    Half,
}

/// How times are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    items: Vec<Item>,
    locale: Locale,
    am: Option<String>,
    pm: Option<String>,
}

/// What was read of a time so far.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    day: Option<i16>,
    month: Option<i16>,
    year: Option<i16>,
    hour: Option<i16>,
    hour_of_half: Option<i16>,
    is_afternoon: Option<bool>,
    minute: Option<i16>,
    second: Option<i16>,
}

impl Format {
    /// Reads a format. `am` and `pm` are the words for `%p`; without them `AM` and `PM` in any
    /// case.
    ///
    /// # Errors
    /// See [`FormatError`]; each rejects the rule.
    pub fn parse(
        text: &str,
        locale: Locale,
        am: Option<&str>,
        pm: Option<&str>,
    ) -> Result<Self, FormatError> {
        if text.chars().count() > FORMAT_CHARS_MAX {
            return Err(FormatError::TooLong);
        }
        let mut items = Vec::new();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            items.push(if c == '%' { identifier(&mut rest)? } else { Item::Literal(c) });
        }
        let has = |wanted: Part| {
            let is = |item: &Item| matches!(item, Item::Number { part, .. } if *part == wanted);
            items.iter().any(is)
        };
        let has_name = items.contains(&Item::MonthName);
        if !has(Part::Day) || !(has(Part::Month) || has_name) {
            return Err(FormatError::NoDate);
        }
        if has(Part::HourOfHalf) && !items.contains(&Item::Half) {
            return Err(FormatError::HourWithoutHalf);
        }
        if has_name && !locale.has_months() {
            return Err(FormatError::UnknownMonths);
        }
        Ok(Self { items, locale, am: am.map(str::to_owned), pm: pm.map(str::to_owned) })
    }

    /// Reads a time that is wholly written as the format says.
    ///
    /// `zone` is the host's, in which the time is meant. Where clocks go forward and leave the
    /// time out, the time is counted on from before; where they go back and it comes twice,
    /// the first is meant. Without a year the date is the most recent one that is not after the
    /// day of `now`, today included.
    ///
    /// # Errors
    /// See [`TimeError`].
    pub fn read(
        &self,
        text: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Timestamp, TimeError> {
        let mut found = Found::default();
        let mut rest = text;
        for (at, item) in self.items.iter().enumerate() {
            rest = match item {
                Item::Literal(c) => rest.strip_prefix(*c).ok_or(TimeError::Form)?,
                Item::Number { part, is_padded } => found.number(rest, *part, *is_padded)?,
                Item::Half => self.half(rest, &mut found)?,
                Item::MonthName => {
                    let (month, rest) = self.locale.month(rest).ok_or(TimeError::Form)?;
                    keep(&mut found.month, i16::from(month))?;
                    // Many languages write a full stop, which is part of the name.
                    let is_next = self.items.get(at.saturating_add(1)) == Some(&Item::Literal('.'));
                    let stopped = rest.strip_prefix('.').filter(|_| !is_next);
                    stopped.unwrap_or(rest)
                }
            };
        }
        if !rest.is_empty() {
            return Err(TimeError::Form);
        }
        let date = found.date(zone.to_datetime(now).date()).ok_or(TimeError::Value)?;
        let time = found.time().ok_or(TimeError::Value)?;
        let local = DateTime::from_parts(date, time);
        zone.to_ambiguous_timestamp(local).compatible().map_err(|_| TimeError::Value)
    }

    fn half<'t>(&self, text: &'t str, found: &mut Found) -> Result<&'t str, TimeError> {
        let given = |token: Option<&String>, default| match token {
            Some(token) => text.strip_prefix(token.as_str()),
            None => strip_ascii(text, default),
        };
        let am = given(self.am.as_ref(), "AM").map(|rest| (false, rest));
        let pm = given(self.pm.as_ref(), "PM").map(|rest| (true, rest));
        // One word may begin with the other: the longer one counts.
        let half = [am, pm].into_iter().flatten().min_by_key(|(_, rest)| rest.len());
        let (is_afternoon, rest) = half.ok_or(TimeError::Form)?;
        keep(&mut found.is_afternoon, is_afternoon)?;
        Ok(rest)
    }
}

fn identifier(rest: &mut std::str::Chars<'_>) -> Result<Item, FormatError> {
    let first = rest.next();
    if first == Some('#') {
        let identifier = rest.next();
        let part = identifier.and_then(Part::of);
        let part = part.ok_or(FormatError::UnknownIdentifier(identifier))?;
        return Ok(Item::Number { part, is_padded: false });
    }
    match first {
        Some('b') => Ok(Item::MonthName),
        Some('p') => Ok(Item::Half),
        Some('%') => Ok(Item::Literal('%')),
        other => {
            let part = other.and_then(Part::of).ok_or(FormatError::UnknownIdentifier(other))?;
            Ok(Item::Number { part, is_padded: true })
        }
    }
}

/// Takes a value that must not disagree with what was found before.
fn keep<T: PartialEq + Copy>(place: &mut Option<T>, value: T) -> Result<(), TimeError> {
    match place.replace(value) {
        Some(before) if before != value => Err(TimeError::Value),
        Some(_) | None => Ok(()),
    }
}

/// Returns what follows a word of ASCII, whatever its case.
fn strip_ascii<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

impl Found {
    /// Reads a number from the start of a text and returns what follows.
    fn number<'t>(
        &mut self,
        text: &'t str,
        part: Part,
        is_padded: bool,
    ) -> Result<&'t str, TimeError> {
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let count = text.bytes().take(part.digits()).take_while(is_digit).count();
        if count == 0 || (is_padded && count < part.digits()) {
            return Err(TimeError::Form);
        }
        let (digits, rest) = text.split_at_checked(count).ok_or(TimeError::Form)?;
        let value: i16 = digits.parse().map_err(|_| TimeError::Form)?;
        let (min, max) = part.range();
        if !(min..=max).contains(&value) {
            return Err(TimeError::Value);
        }
        match part {
            Part::Day => keep(&mut self.day, value)?,
            Part::Month => keep(&mut self.month, value)?,
            Part::Year => keep(&mut self.year, value)?,
            Part::ShortYear => keep(&mut self.year, value.saturating_add(2000))?,
            Part::Hour => keep(&mut self.hour, value)?,
            Part::HourOfHalf => keep(&mut self.hour_of_half, value)?,
            Part::Minute => keep(&mut self.minute, value)?,
            Part::Second => keep(&mut self.second, value)?,
        }
        Ok(rest)
    }

    fn date(&self, today: Date) -> Option<Date> {
        let day = i8::try_from(self.day?).ok()?;
        let month = i8::try_from(self.month?).ok()?;
        if let Some(year) = self.year {
            return Date::new(year, month, day).ok();
        }
        let years = (0..=YEARS_BACK_MAX).map_while(|back| today.year().checked_sub(back));
        let mut dates = years.filter_map(|year| Date::new(year, month, day).ok());
        dates.find(|date| *date <= today)
    }

    fn time(&self) -> Option<Time> {
        let of_half = match (self.hour_of_half, self.is_afternoon) {
            (Some(hour), Some(is_afternoon)) => {
                let hour = if hour == 12 { 0 } else { hour };
                Some(if is_afternoon { hour.saturating_add(12) } else { hour })
            }
            (None, _) | (_, None) => None,
        };
        if let (Some(hour), Some(of_half)) = (self.hour, of_half)
            && hour != of_half
        {
            return None;
        }
        let hour = self.hour.or(of_half).unwrap_or(0);
        let [hour, minute, second] =
            [hour, self.minute.unwrap_or(0), self.second.unwrap_or(0)].map(i8::try_from);
        Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()
    }
}
