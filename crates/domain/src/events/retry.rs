//! When a delivery that failed is tried again, and when it is given up.
//!
//! Ten tries over about 75 hours, the pauses of the Standard Webhooks 1.0 example. Not here:
//! sending. Randomness is a parameter.

use jiff::SignedDuration;

/// How often something is sent before it is given up.
pub const TRIES_MAX: u32 = 10;

/// Pauses after the first, second … ninth try, in seconds: 75 h 35 min 5 s together.
const PAUSES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// A pause becomes longer by up to a tenth, so that receivers are not called all at once.
const JITTER_PARTS: i64 = 10;

/// What a receiver's status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// 2xx: it has it.
    Delivered,
    /// 410: it wants nothing more.
    Gone,
    /// Anything else, redirects included.
    Failed,
}

impl Response {
    /// Reads a status of HTTP.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Delivered,
            410 => Self::Gone,
            _ => Self::Failed,
        }
    }
}

/// Returns the pause after `tries` failed tries; absent = it is given up. `random` lengthens it
/// by up to a tenth.
#[must_use]
pub fn pause_after(tries: u32, random: u32) -> Option<SignedDuration> {
    let at = usize::try_from(tries.checked_sub(1)?).ok()?;
    let pause = PAUSES_S.get(at).copied()?;
    let most = pause.checked_mul(1_000)?.checked_div(JITTER_PARTS)?;
    let jitter = i64::from(random).checked_rem(most.saturating_add(1))?;
    SignedDuration::from_secs(pause).checked_add(SignedDuration::from_millis(jitter))
}
