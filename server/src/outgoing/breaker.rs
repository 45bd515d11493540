//! A circuit breaker: spares a system that does not answer, and tries it again by itself.
//!
//! Pure: the time is a parameter. Not here: the calls ([`super::system`]), and the pause of a
//! single question, which is its asker's.

use domain::{SignedDuration, Timestamp};

/// Failures in a row that open it.
const FAILURES_MAX: u32 = 5;
/// How long it stays open the first time.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// How long it stays open at most.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// After how long a call that tries counts as lost: longer than any call may take.
const TRY_MAX: SignedDuration = SignedDuration::from_mins(2);

/// Whether calls are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// They are; so many failed in a row.
    Closed { failures: u32 },
    /// They are not, until then; it opened so many times in a row.
    Open { until: Timestamp, times: u32 },
    /// One is under way, whose outcome decides; if there is none until then, another may.
    Trying { until: Timestamp, times: u32 },
}

/// A circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker(State);

impl Default for Breaker {
    fn default() -> Self {
        Self(State::Closed { failures: 0 })
    }
}

impl Breaker {
    /// Tells whether a call may be made, which then must be followed by [`Self::succeeded`] or
    /// [`Self::failed`]; else, until when to wait.
    ///
    /// # Errors
    /// When to ask again, never before `now`.
    pub fn ask(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.0 {
            State::Closed { .. } => Ok(()),
            State::Open { until, times } | State::Trying { until, times } if until <= now => {
                self.0 = State::Trying { until: later(now, TRY_MAX), times };
                Ok(())
            }
            State::Open { until, .. } | State::Trying { until, .. } => Err(until),
        }
    }

    /// Records that a call was answered, whatever the answer says.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Records that a call was not answered.
    pub fn failed(&mut self, now: Timestamp) {
        self.0 = match self.0 {
            State::Closed { failures } if failures.saturating_add(1) < FAILURES_MAX => {
                State::Closed { failures: failures.saturating_add(1) }
            }
            State::Closed { .. } => State::Open { until: later(now, PAUSE), times: 1 },
            State::Trying { times, .. } => {
                let factor = 1_i32.checked_shl(times.min(16)).unwrap_or(i32::MAX);
                let pause = PAUSE.checked_mul(factor).unwrap_or(PAUSE_MAX).min(PAUSE_MAX);
                State::Open { until: later(now, pause), times: times.saturating_add(1) }
            }
            // A call from before it opened says nothing new.
            open @ State::Open { .. } => open,
        };
    }

    /// Returns until when calls are held back; none if one may be made.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Option<Timestamp> {
        match self.0 {
            State::Open { until, .. } => Some(until).filter(|until| *until > now),
            State::Closed { .. } | State::Trying { .. } => None,
        }
    }

    /// Tells whether calls are held back, or one is trying.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.0, State::Closed { .. })
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("an instant")
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES_MAX {
            assert_eq!(breaker.ask(at(0)), Ok(()));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_success_starts_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            for _ in 1..FAILURES_MAX {
                breaker.failed(at(0));
                assert!(!breaker.is_open());
            }
            breaker.succeeded();
        }
        assert_eq!(opened().ask(at(9)), Err(at(10)));
        assert!(opened().is_open());
    }

    #[test]
    fn one_call_tries_after_the_pause_and_decides() {
        let mut breaker = opened();
        assert_eq!(breaker.ask(at(10)), Ok(()));
        assert_eq!(breaker.ask(at(10)), Err(at(130)), "one at a time");
        let mut lost = breaker;
        assert_eq!(lost.ask(at(130)), Ok(()), "the first one never came back");
        breaker.succeeded();
        assert_eq!(breaker.ask(at(10)), Ok(()));
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let mut breaker = opened();
        let (mut now, mut pauses) = (10, Vec::new());
        for _ in 0..7 {
            assert_eq!(breaker.ask(at(now)), Ok(()));
            breaker.failed(at(now));
            breaker.failed(at(now));
            let until = breaker.ask(at(now)).expect_err("open").as_second();
            pauses.push(until - now);
            now = until;
        }
        assert_eq!(pauses, [20, 40, 80, 160, 300, 300, 300]);
    }
}
