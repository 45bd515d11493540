//! When service metadata is asked for again [MATCH-80] to [MATCH-83].
//!
//! Pure arithmetic over persisted times; chance is a parameter. Not here: what makes a SIM new
//! ([`super::step`]).

use jiff::{SignedDuration, Timestamp};

/// Time between two successful queries, before jitter [MATCH-81].
pub const INTERVAL: SignedDuration = SignedDuration::from_hours(8 * 24);
/// The most that jitter adds or takes: 5 % of [`INTERVAL`] [MATCH-82].
pub const JITTER_MAX: SignedDuration = SignedDuration::from_secs(8 * 24 * 3600 / 20);
/// Time between two tries after a failed one: four a day [MATCH-82].
pub const RETRY_INTERVAL: SignedDuration = SignedDuration::from_hours(6);

/// What is persisted of the queries for one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recheck {
    /// The last successful query.
    pub last_success: Option<Timestamp>,
    /// When the next query is due; absent = at once.
    pub due: Option<Timestamp>,
}

impl Recheck {
    /// Returns what a successful query leaves: due again in 8 days ± 5 %, as 32 random bits say
    /// [MATCH-82].
    #[must_use]
    pub fn succeeded(now: Timestamp, random: u32) -> Self {
        let due = now.checked_add(INTERVAL).and_then(|due| due.checked_add(jitter(random)));
        Self { last_success: Some(now), due: Some(due.unwrap_or(Timestamp::MAX)) }
    }

    /// Returns what a failed query leaves: due again in six hours.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Self {
        Self { due: Some(now.checked_add(RETRY_INTERVAL).unwrap_or(Timestamp::MAX)), ..self }
    }

    /// Returns what a demand leaves: due at once [MATCH-82].
    #[must_use]
    pub fn forced(self) -> Self {
        Self { due: None, ..self }
    }

    /// Tells whether a query is due: at its time, not before it.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_none_or(|due| now >= due)
    }
}

/// Returns −5 % to +5 % of the interval, in whole seconds.
fn jitter(random: u32) -> SignedDuration {
    let most = JITTER_MAX.as_secs();
    let places = most.saturating_mul(2).saturating_add(1);
    let place = i64::from(random).checked_rem(places).unwrap_or(0);
    SignedDuration::from_secs(place.saturating_sub(most))
}

/// A revision of a package [MATCH-83].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The file's GUID, lower case.
    guid: String,
    /// `LastModifiedDate`.
    pub modified_at: Timestamp,
}

impl Revision {
    /// Reads a file name `<GUID>.devicemetadata-ms`, without braces; `None` for another one.
    #[must_use]
    pub fn parse(file_name: &str, modified_at: Timestamp) -> Option<Self> {
        let guid = file_name.strip_suffix(".devicemetadata-ms")?;
        let groups: Vec<&str> = guid.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let is_hex = groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()));
        let is_guid = is_hex && lengths == [8, 4, 4, 4, 12];
        is_guid.then(|| Self { guid: guid.to_ascii_lowercase(), modified_at })
    }

    /// Tells whether this is taken in the place of an installed revision: a new GUID and a later
    /// date [MATCH-83].
    #[must_use]
    pub fn replaces(&self, installed: &Self) -> bool {
        self.guid != installed.guid && self.modified_at > installed.modified_at
    }
}

/// Returns the revision that counts: the newest of those that replace the installed one, else the
/// installed one [MATCH-83]. Of equally new ones the first counts.
#[must_use]
pub fn newest<'r>(installed: &'r Revision, offered: &'r [Revision]) -> &'r Revision {
    offered.iter().fold(installed, |best, next| {
        if next.replaces(installed) && next.modified_at > best.modified_at { next } else { best }
    })
}
