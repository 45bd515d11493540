//! What a cycle will come to at the pace of the last days.
//!
//! An event of our own; Windows has none. The pace is that of today and the three days before,
//! as far as they are of the cycle, counted as at least a day; it is drawn out in a straight line
//! to the end of the cycle.

use jiff::{SignedDuration, Timestamp};

use crate::amount::Bytes;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// How many days make the pace, the present one included.
const DAYS: i64 = 4;

/// Bytes of a day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub number: i64,
    /// How much was counted.
    pub bytes: Bytes,
}

/// Bytes of the last days of the cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(Vec<Day>);

impl Days {
    /// Restores what [`Self::list`] returned.
    #[must_use]
    pub fn of(days: &[Day]) -> Self {
        let mut restored = Self::default();
        for day in days {
            restored.put(day.number, day.bytes);
        }
        restored
    }

    /// Returns the days with traffic, earliest first: at most four.
    #[must_use]
    pub fn list(&self) -> &[Day] {
        &self.0
    }

    /// Adds what was counted at an instant.
    pub fn add(&mut self, at: Timestamp, bytes: Bytes) {
        self.put(number(at), bytes);
    }

    fn put(&mut self, number: i64, bytes: Bytes) {
        let place = self.0.partition_point(|day| day.number < number);
        match self.0.get_mut(place) {
            Some(day) if day.number == number => day.bytes = day.bytes.plus(bytes),
            Some(_) | None => self.0.insert(place, Day { number, bytes }),
        }
        let newest = self.0.last().map_or(number, |day| day.number);
        self.0.retain(|day| day.number > newest.saturating_sub(DAYS));
    }

    /// Returns what the cycle comes to if the pace lasts, a further sample included; 128 bits, as
    /// a day's pace may be drawn out over a century.
    ///
    /// `used` is the effective usage, `from` the first instant of the cycle, as far as it is
    /// known, and `end` its last.
    #[must_use]
    pub fn project_with(
        &self,
        sample: (Timestamp, Bytes),
        used: Bytes,
        from: Option<Timestamp>,
        end: Timestamp,
        now: Timestamp,
    ) -> u128 {
        let first = number(now).saturating_sub(DAYS.saturating_sub(1));
        let recent = self.0.iter().filter(|day| day.number >= first);
        let last = Some(sample).filter(|(at, _)| number(*at) >= first);
        let last = last.map_or(0, |(_, bytes)| u128::from(bytes.0));
        let bytes = recent.fold(last, |sum, day| sum.saturating_add(u128::from(day.bytes.0)));
        let window = now.as_second().saturating_sub(first.saturating_mul(DAY));
        let of_cycle = from.map(|from| now.as_second().saturating_sub(from.as_second()));
        let elapsed = of_cycle.map_or(window, |seconds| window.min(seconds)).max(DAY);
        let remaining = end.duration_since(now).max(SignedDuration::ZERO).as_secs();
        let seconds = |count: i64| u128::try_from(count).unwrap_or(0);
        let drawn = bytes.saturating_mul(seconds(remaining)).checked_div(seconds(elapsed));
        u128::from(used.0).saturating_add(drawn.unwrap_or(0))
    }
}

fn number(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY)
}
