//! When the next document is fetched.
//!
//! A schedule has two triggers, the delay of the document and a message of the operator
//! [RFR-01]; whoever drives it asks [`Schedule::next`] after every change of the schedule, of the
//! connection and of idleness, and at the time that it names. Not here: fetching
//! ([`super::fetch`]) and what an answer changes ([`super::refresh`]).
//! Implements [RFR-01], [RFR-03], [RFR-04], [RFR-05], [XML-155], [XML-158].

use jiff::civil::Time;
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};

use crate::document::RefreshParameters;

/// Local hours of the maintenance window: from the first up to the second [RFR-05].
const WINDOW_HOURS: (i8, i8) = (2, 6);
/// How long a message may wait for the window [RFR-05].
const MESSAGE_WAITS: SignedDuration = SignedDuration::from_hours(24);
/// Failures that are followed by another attempt soon [RFR-04].
const SOON_RETRIES: u32 = 3;
/// The pause before such an attempt [RFR-04].
const SOON: SignedDuration = SignedDuration::from_hours(1);
/// The pause before every other one [RFR-04].
const LATER: SignedDuration = SignedDuration::from_hours(24);

/// Holds how a document is kept up to date, and when the next attempt is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What the document says.
    pub parameters: RefreshParameters,
    /// When the delay is over, or the pause after a failure; absent without a delay [XML-158].
    pub due: Option<Timestamp>,
    /// When a message asked for an attempt that has not been made: the first of several.
    pub asked_at: Option<Timestamp>,
    /// How many attempts failed since the last one that did not.
    pub failures: u32,
}

/// Spreads the first attempts of many hosts: 0 to 6 hours after the delay [RFR-04].
///
/// Never before it, since no attempt is made before the delay is over [RFR-03].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread(SignedDuration);

impl Spread {
    /// The longest one, in seconds: 6 hours [RFR-04].
    const MAX_S: u32 = 6 * 60 * 60;

    /// Makes one of any random number; a host keeps it with its schedule.
    #[must_use]
    pub fn of(random: u32) -> Self {
        let seconds = random.checked_rem(Self::MAX_S.saturating_add(1)).unwrap_or(0);
        Self(SignedDuration::from_secs(i64::from(seconds)))
    }

    /// Returns how long it is.
    #[must_use]
    pub const fn duration(self) -> SignedDuration {
        self.0
    }
}

/// Holds what counts beside the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The moment.
    pub now: Timestamp,
    /// What local time is ahead of UTC.
    pub offset: Offset,
    /// Whether a connection reaches the Internet.
    pub has_internet: bool,
    /// Whether nobody uses the host.
    pub is_idle: bool,
    /// The host's own spread.
    pub spread: Spread,
}

/// Says why an attempt is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The delay is over.
    Delay,
    /// A message asked for it.
    Message,
    /// The one before failed.
    Retry,
}

/// Says what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// An attempt, at once.
    Fetch(Cause),
    /// An attempt, as soon as a connection reaches the Internet.
    WhenConnected(Cause),
    /// Nothing until then, unless the host becomes idle or another message comes.
    At(Timestamp),
    /// Nothing until a message comes.
    Never,
}

impl Schedule {
    /// Counts the delay from now; after it the first attempt is due [XML-155].
    #[must_use]
    pub fn of(parameters: RefreshParameters, now: Timestamp) -> Self {
        let due = parameters.delay.map(|delay| {
            let hours = i64::from(delay.days()).saturating_mul(24);
            after(now, SignedDuration::from_hours(hours))
        });
        Self { parameters, due, asked_at: None, failures: 0 }
    }

    /// Says whether the delay, or the pause after a failure, is over.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// Decides what comes next.
    #[must_use]
    pub fn next(&self, situation: &Situation) -> Next {
        let delay = self.due.map(|due| match self.failures {
            0 => (after(due, situation.spread.0), Cause::Delay),
            _ => (due, Cause::Retry),
        });
        let message = self.asked_at.map(|at| (window_of(at, situation), Cause::Message));
        let Some((at, cause)) = [delay, message].into_iter().flatten().min() else {
            return Next::Never;
        };
        match (at <= situation.now, situation.has_internet) {
            (true, true) => Next::Fetch(cause),
            (true, false) => Next::WhenConnected(cause),
            (false, _) => Next::At(at),
        }
    }

    /// Returns by when an attempt is due at the latest, the spread left out.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let message = self.asked_at.map(|at| after(at, MESSAGE_WAITS));
        [self.due, message].into_iter().flatten().min()
    }

    /// Notes that a message asked for an attempt, unless one is coming already.
    pub(super) fn asked(self, now: Timestamp) -> Option<Self> {
        let is_coming = self.asked_at.is_some() || self.failures > 0 || self.is_due(now);
        (!is_coming).then_some(Self { asked_at: Some(now), ..self })
    }

    /// Notes that an attempt failed, whatever asked for it.
    pub(super) fn failed(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let pause = if failures <= SOON_RETRIES { SOON } else { LATER };
        Self { due: Some(after(now, pause)), asked_at: None, failures, ..self }
    }
}

/// Returns when the attempt that a message asked for is made: at once on an idle host and in the
/// maintenance window, else when that begins, but not later than a day after the message.
fn window_of(asked_at: Timestamp, situation: &Situation) -> Timestamp {
    let now = situation.now;
    let latest = after(asked_at, MESSAGE_WAITS);
    let local = situation.offset.to_datetime(now);
    let (from, to) = WINDOW_HOURS;
    if situation.is_idle || (from <= local.hour() && local.hour() < to) || latest <= now {
        return now;
    }
    let is_past = local.hour() >= to;
    let day = match is_past {
        true => local.date().checked_add(Span::new().days(1)).ok(),
        false => Some(local.date()),
    };
    let begins = day
        .zip(Time::new(from, 0, 0, 0).ok())
        .and_then(|(day, time)| situation.offset.to_timestamp(day.to_datetime(time)).ok());
    begins.map_or(latest, |begins| begins.min(latest))
}

fn after(at: Timestamp, pause: SignedDuration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}
