//! How long an activation may take and when to ask again [PORT-39], [PORT-40].
//!
//! Also why a network refused. Not here: asking (the server's activation port) and what the answer does to an order
//! ([`crate::order`]).

use jiff::{SignedDuration, Timestamp};

/// Time between two questions during the first minute [PORT-40].
pub const POLL_EARLY: SignedDuration = SignedDuration::from_secs(5);
/// Time between two questions afterwards [PORT-40].
pub const POLL_LATE: SignedDuration = SignedDuration::from_secs(15);
/// How long questions come early [PORT-40].
pub const EARLY_FOR: SignedDuration = SignedDuration::from_secs(60);
/// How long an activation may take, before the operator's margin [PORT-39], [PORT-40].
pub const TIMEOUT: SignedDuration = SignedDuration::from_mins(10);

/// An activation that the network works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// How long the operator expects it to take; absent = not said.
    pub estimate: Option<SignedDuration>,
    /// What the operator adds to the ten minutes.
    pub margin: SignedDuration,
}

impl Activation {
    /// Returns the time since it was asked for, never negative.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.requested_at).max(SignedDuration::ZERO)
    }

    /// Returns when it counts as timed out.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        let allowed = TIMEOUT.saturating_add(self.margin);
        self.requested_at.checked_add(allowed).unwrap_or(Timestamp::MAX)
    }

    /// Tells whether the deadline has come: at it, not before it.
    #[must_use]
    pub fn is_timed_out(&self, now: Timestamp) -> bool {
        now >= self.deadline()
    }

    /// Returns the interval at which to ask [PORT-40].
    #[must_use]
    pub fn poll_interval(&self, now: Timestamp) -> SignedDuration {
        if self.elapsed(now) < EARLY_FOR { POLL_EARLY } else { POLL_LATE }
    }

    /// Returns how far along it is, in percent of the estimate: 0 to 99, as only the network
    /// knows that it is done. Absent without an estimate.
    #[must_use]
    pub fn percent(&self, now: Timestamp) -> Option<u8> {
        let estimate = self.estimate.filter(|estimate| estimate.is_positive())?;
        let share = self.elapsed(now).as_millis().checked_mul(100)?;
        let percent = share.checked_div(estimate.as_millis())?;
        u8::try_from(percent.clamp(0, 99)).ok()
    }
}

/// Why a network refused an activation: a code of the operator's own.
///
/// 1 to 40 characters of `a-z`, `0-9`, `_` and `-`, of which four digits at most, so that no
/// number of a subscriber fits in: it stands in journals and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl Refusal {
    /// Reads a code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_code = (1..=40).contains(&text.len()) && text.bytes().all(fits) && digits <= 4;
        is_code.then(|| Self(text.to_owned()))
    }

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_code_that_no_identifier_fits_in() {
        let long = "x".repeat(41);
        for (text, is_code) in [
            ("unknown_sim", true),
            ("e-1234", true),
            (&long[..40], true),
            ("", false),
            (&long, false),
            ("Unknown", false),
            ("no such sim", false),
            ("e-12345", false),
            ("imsi_001012345678901", false),
        ] {
            let found = Refusal::parse(text);
            assert_eq!(found.as_ref().map(Refusal::as_str), is_code.then_some(text), "{text}");
        }
    }

    fn check(elapsed: SignedDuration, margin_s: i64) -> (bool, i64) {
        let requested_at = Timestamp::UNIX_EPOCH;
        let margin = SignedDuration::from_secs(margin_s);
        let activation = Activation { requested_at, estimate: None, margin };
        let now = requested_at + elapsed;
        (activation.is_timed_out(now), activation.poll_interval(now).as_secs())
    }

    /// The delays of [PORT-40].
    #[test]
    fn delays_of_port_40() {
        for (elapsed_s, margin_s, timed_out, interval_s) in [
            (0, 0, false, 5),
            (59, 0, false, 5),
            (60, 0, false, 15),
            (9 * 60 + 59, 0, false, 15),
            (10 * 60, 0, true, 15),
            (10 * 60 + 1, 0, true, 15),
            (10 * 60 + 1, 30, false, 15),
            (10 * 60 + 30, 30, true, 15),
        ] {
            let elapsed = SignedDuration::from_secs(elapsed_s);
            assert_eq!(check(elapsed, margin_s), (timed_out, interval_s), "{elapsed_s} s");
        }
    }

    #[test]
    fn percent_never_claims_to_be_done() {
        let estimate = Some(SignedDuration::from_secs(8));
        let requested_at = Timestamp::UNIX_EPOCH;
        let activation = Activation { requested_at, estimate, margin: SignedDuration::ZERO };
        for (elapsed_ms, percent) in [(0, 0), (4000, 50), (8000, 99), (80_000, 99), (-500, 0)] {
            let now = requested_at + SignedDuration::from_millis(elapsed_ms);
            assert_eq!(activation.percent(now), Some(percent), "{elapsed_ms} ms");
        }
        let unknown = Activation { estimate: None, ..activation };
        assert_eq!(unknown.percent(requested_at), None);
    }
}
