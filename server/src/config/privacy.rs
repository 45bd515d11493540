//! The keys of `[privacy]`: how long it stays known whose an order was.
//!
//! Not here: what is erased then ([`crate::store::privacy`]).

use domain::SignedDuration;

use super::document::Section;
use super::values;

/// Longest time that identifiers may be kept: ten years.
const DAYS_MAX: i64 = 3_650;

/// What is kept of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivacyConfig {
    /// How long identifiers are kept after the end of their plan; absent = until somebody asks.
    pub keep: Option<SignedDuration>,
    /// The hour of the day, 0 to 23 in UTC, in which the files are cleaned of what was erased.
    pub clean_hour: i8,
}

impl Default for PrivacyConfig {
    fn default() -> Self {
        Self { keep: None, clean_hour: 2 }
    }
}

/// Reads `[privacy]`.
pub(super) fn privacy(section: &mut Section<'_>) -> PrivacyConfig {
    let days = section.optional("keep_identifiers_days", values::integer(1..=DAYS_MAX));
    let keep = days.map(|days| SignedDuration::from_hours(days.saturating_mul(24)));
    let hour = section.optional("clean_hour", |value| {
        let hour = values::integer(0..=23)(value)?;
        i8::try_from(hour).map_err(|error| error.to_string())
    });
    PrivacyConfig { keep, clean_hour: hour.unwrap_or(PrivacyConfig::default().clean_hour) }
}
