//! Usage by windows of time, as `GetNetworkUsageAsync` and its relatives answer.
//!
//! The store keeps buckets of a minute or longer; these functions check a question and add them
//! up. Each context is a profile of its own [USE-04]. Not here: where buckets are kept and how
//! long. Implements [USE-03].

use jiff::{SignedDuration, Timestamp};

use super::{Counts, Regime, Sharing};

/// How far back usage can be asked for [USE-03].
pub const HISTORY_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How far back it can be asked for by the minute [USE-03].
pub const MINUTES_MAX: SignedDuration = SignedDuration::from_mins(120);

/// `DataUsageGranularity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// 0
    PerMinute,
    /// 1
    PerHour,
    /// 2
    PerDay,
    /// 3: the whole window.
    Total,
}

impl Granularity {
    /// Every granularity, in the order of its number.
    pub const ALL: [Self; 4] = [Self::PerMinute, Self::PerHour, Self::PerDay, Self::Total];

    /// Returns the number of the enumeration.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::PerMinute => 0,
            Self::PerHour => 1,
            Self::PerDay => 2,
            Self::Total => 3,
        }
    }

    /// Returns the stable name used in JSON and in queries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PerMinute => "minute",
            Self::PerHour => "hour",
            Self::PerDay => "day",
            Self::Total => "total",
        }
    }

    /// Reads what [`Self::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|granularity| granularity.name() == name)
    }

    /// Returns how long an entry is; absent = as long as the window.
    fn entry(self) -> Option<SignedDuration> {
        match self {
            Self::PerMinute => Some(SignedDuration::from_mins(1)),
            Self::PerHour => Some(SignedDuration::from_hours(1)),
            Self::PerDay => Some(SignedDuration::from_hours(24)),
            Self::Total => None,
        }
    }
}

/// The time that is asked about: from its start, up to but without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub start: Timestamp,
    /// The instant after the last.
    pub end: Timestamp,
}

/// Says why a window cannot be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowError {
    /// It ends before it begins, or when it begins.
    Empty,
    /// It begins more than 60 days back, or by the minute more than 120 minutes.
    TooEarly {
        /// The earliest start that is answered.
        earliest: Timestamp,
    },
}

impl std::fmt::Display for WindowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("the end must be after the start"),
            Self::TooEarly { earliest } => {
                write!(f, "the start must not be before {earliest}")
            }
        }
    }
}

impl std::error::Error for WindowError {}

impl Window {
    /// Checks a window against the present.
    ///
    /// # Errors
    /// See [`WindowError`].
    pub fn check(self, granularity: Granularity, now: Timestamp) -> Result<Self, WindowError> {
        if self.end <= self.start {
            return Err(WindowError::Empty);
        }
        let reach = if granularity == Granularity::PerMinute { MINUTES_MAX } else { HISTORY_MAX };
        let earliest = now.checked_sub(reach).unwrap_or(Timestamp::MIN);
        if self.start < earliest {
            return Err(WindowError::TooEarly { earliest });
        }
        Ok(self)
    }

    fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// What was counted in a short time, which begins at its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub at: Timestamp,
    /// The profile, one for each context [USE-04].
    pub profile: String,
    /// Where.
    pub regime: Regime,
    /// Whose.
    pub sharing: Sharing,
    /// The app; empty = the system [USE-03].
    pub app: String,
    /// How much.
    pub counts: Counts,
    /// How long it was connected.
    pub connected: SignedDuration,
}

/// `NetworkUsageStates`, and a profile: absent = do not care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this profile.
    pub profile: Option<String>,
    /// Only at home or only roaming.
    pub regime: Option<Regime>,
    /// Only own or only shared traffic [TET-19].
    pub sharing: Option<Sharing>,
}

impl Filter {
    fn admits(&self, bucket: &Bucket) -> bool {
        self.profile.as_ref().is_none_or(|profile| *profile == bucket.profile)
            && self.regime.is_none_or(|regime| regime == bucket.regime)
            && self.sharing.is_none_or(|sharing| sharing == bucket.sharing)
    }
}

/// `NetworkUsage`: an entry of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The time it is about; the last one ends with the window, however short it is.
    pub window: Window,
    /// How much.
    pub counts: Counts,
    /// How long it was connected, at most as long as the entry.
    pub connected: SignedDuration,
}

/// Adds buckets up by time, earliest entry first; entries without traffic are there too.
///
/// At most 1,441 entries. Buckets may be in any order.
///
/// # Errors
/// See [`WindowError`].
pub fn usage(
    buckets: &[Bucket],
    window: Window,
    granularity: Granularity,
    filter: &Filter,
    now: Timestamp,
) -> Result<Vec<Entry>, WindowError> {
    let window = window.check(granularity, now)?;
    let window = Window { end: window.end.min(now.max(window.start)), ..window };
    let mut entries = split(window, granularity);
    for bucket in buckets.iter().filter(|bucket| filter.admits(bucket)) {
        let after = entries.partition_point(|entry| entry.window.start <= bucket.at);
        let place = after.checked_sub(1).and_then(|place| entries.get_mut(place));
        if let Some(entry) = place.filter(|entry| entry.window.contains(bucket.at)) {
            entry.counts = entry.counts.plus(bucket.counts);
            let length = entry.window.end.duration_since(entry.window.start);
            entry.connected = entry.connected.saturating_add(bucket.connected).min(length);
        }
    }
    Ok(entries)
}

fn split(window: Window, granularity: Granularity) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut start = window.start;
    while start < window.end {
        let next = granularity.entry().and_then(|length| start.checked_add(length).ok());
        let end = next.map_or(window.end, |next| next.min(window.end));
        let window = Window { start, end };
        entries.push(Entry { window, counts: Counts::default(), connected: SignedDuration::ZERO });
        start = end;
    }
    entries
}

/// `AttributedNetworkUsage`: what one app used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributed {
    /// The app; empty = the system.
    pub app: String,
    /// How much.
    pub counts: Counts,
}

/// Adds buckets up by app, in the order of the apps' names, which puts the system first.
///
/// # Errors
/// See [`WindowError`].
pub fn attributed_usage(
    buckets: &[Bucket],
    window: Window,
    filter: &Filter,
    now: Timestamp,
) -> Result<Vec<Attributed>, WindowError> {
    let window = window.check(Granularity::Total, now)?;
    let mut apps: Vec<Attributed> = Vec::new();
    let admitted = buckets.iter().filter(|bucket| filter.admits(bucket));
    for bucket in admitted.filter(|bucket| window.contains(bucket.at)) {
        match apps.binary_search_by(|known| known.app.cmp(&bucket.app)) {
            Ok(place) => {
                if let Some(known) = apps.get_mut(place) {
                    known.counts = known.counts.plus(bucket.counts);
                }
            }
            Err(place) => {
                apps.insert(place, Attributed { app: bucket.app.clone(), counts: bucket.counts });
            }
        }
    }
    Ok(apps)
}

/// `ConnectivityInterval`: a time of being connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// When it began.
    pub start: Timestamp,
    /// How long it was.
    pub duration: SignedDuration,
}

/// Returns the parts of connections that are within a window, earliest first.
///
/// # Errors
/// See [`WindowError`].
pub fn connectivity(
    connections: &[Interval],
    window: Window,
    now: Timestamp,
) -> Result<Vec<Interval>, WindowError> {
    let window = window.check(Granularity::Total, now)?;
    let within = |connection: &Interval| {
        let end = connection.start.checked_add(connection.duration).unwrap_or(Timestamp::MAX);
        let start = connection.start.max(window.start);
        let duration = end.min(window.end).duration_since(start);
        duration.is_positive().then_some(Interval { start, duration })
    };
    let mut found: Vec<_> = connections.iter().filter_map(within).collect();
    found.sort_by_key(|interval| interval.start);
    Ok(found)
}
