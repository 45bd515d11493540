//! What was used in windows of time, and when there was a connection [USE-03].
//!
//! History has the last 120 minutes by the minute and 60 days by the hour, in UTC: the start of a
//! window is moved back to that of its minute or hour. Use by app is known on a device only. Not
//! here: writing history ([`super::judge`]) and adding up ([`domain::usage::history`]).

use domain::amount::Bytes;
use domain::code::OrderId;
use domain::events::Network;
use domain::usage::history::{self, Entry, Filter, Granularity, MINUTES_MAX, Window, WindowError};
use domain::usage::{Counts, Sharing};
use domain::{SignedDuration, Timestamp};

use super::{HISTORY, Usage};
use crate::store::StoreError;
use crate::store::usage::{Bucket, Link};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The time.
    pub window: Window,
    /// How long the entries are.
    pub granularity: Granularity,
    /// Of which traffic.
    pub filter: Filter,
}

/// Why history does not answer.
#[derive(Debug)]
pub enum HistoryError {
    /// The window cannot be asked about.
    Window(WindowError),
    /// There is no such subscription.
    Unknown,
    /// The store does not answer.
    Store(StoreError),
}

impl From<StoreError> for HistoryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Usage {
    /// Returns what a subscription used, earliest entry first; entries without traffic are there
    /// too.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub async fn usage_history(
        &self,
        subscription: OrderId,
        asked: &Asked,
    ) -> Result<Vec<Entry>, HistoryError> {
        let now = self.now();
        let Asked { window, granularity, filter } = asked;
        window.check(*granularity, now).map_err(HistoryError::Window)?;
        let metered = self.store.metered(subscription).await?;
        let handle = metered.ok_or(HistoryError::Unknown)?.handle;
        let slot = slot(*window, *granularity, now);
        let from = window.start.as_second().div_euclid(slot);
        let to = window.end.min(now).as_second().div_euclid(slot).saturating_add(1);
        let buckets = match slot {
            MINUTE_S => self.store.usage_minutes(handle, from, to).await?,
            _ => self.store.usage_hours(handle, from, to).await?,
        };
        let links = self.store.links(handle, window.start, window.end).await?;
        // What was counted in this very instant is history too.
        let after = now.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        // Moved back to a whole slot, the start may be a little before what may be asked.
        let start = instant(from.saturating_mul(slot), window.start);
        let start = match (Window { start, ..*window }).check(*granularity, after) {
            Err(WindowError::TooEarly { earliest }) => earliest,
            Ok(_) | Err(WindowError::Empty) => start,
        };
        let window = Window { start, ..*window };
        let buckets: Vec<history::Bucket> =
            buckets.iter().map(|bucket| told(bucket, slot, start)).collect();
        let mut entries = history::usage(&buckets, window, *granularity, filter, after)
            .map_err(HistoryError::Window)?;
        for entry in &mut entries {
            entry.connected = connected(&links, entry.window, filter, now);
        }
        Ok(entries)
    }

    /// Returns when a subscription was connected in the last 60 days, in order; a connection that
    /// went on in another network is one. None for an unknown subscription.
    ///
    /// # Errors
    /// As the store says.
    pub async fn connections(&self, id: OrderId) -> Result<Option<Vec<Link>>, StoreError> {
        let Some(metered) = self.store.metered(id).await? else { return Ok(None) };
        let now = self.now();
        let from = now.checked_sub(HISTORY).unwrap_or(now);
        let to = now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let links = self.store.links(metered.handle, from, to).await?;
        Ok(Some(joined(links)))
    }
}

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3_600;

/// Returns the length of the slots that answer best, in seconds.
fn slot(window: Window, granularity: Granularity, now: Timestamp) -> i64 {
    let is_recent = now.duration_since(window.start) <= MINUTES_MAX;
    match granularity {
        Granularity::PerMinute => MINUTE_S,
        Granularity::Total if is_recent => MINUTE_S,
        Granularity::PerHour | Granularity::PerDay | Granularity::Total => HOUR_S,
    }
}

fn instant(second: i64, otherwise: Timestamp) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(otherwise)
}

fn told(bucket: &Bucket, slot: i64, start: Timestamp) -> history::Bucket {
    history::Bucket {
        at: instant(bucket.slot.saturating_mul(slot), start).max(start),
        profile: String::new(),
        regime: if bucket.kind.is_roaming { Network::Roaming } else { Network::Home },
        sharing: if bucket.kind.is_shared { Sharing::Shared } else { Sharing::Own },
        app: String::new(),
        counts: Counts {
            sent: Bytes(bucket.carried.sent),
            received: Bytes(bucket.carried.received),
        },
        connected: SignedDuration::ZERO,
    }
}

/// Returns how long there was a connection within a window.
fn connected(links: &[Link], window: Window, filter: &Filter, now: Timestamp) -> SignedDuration {
    let wanted = links.iter().filter(|link| {
        filter.regime.is_none_or(|network| (network == Network::Roaming) == link.is_roaming)
    });
    wanted.fold(SignedDuration::ZERO, |sum, link| {
        let end = link.ended_at.unwrap_or(now).min(window.end);
        let overlap = end.duration_since(link.started_at.max(window.start));
        sum.saturating_add(overlap.max(SignedDuration::ZERO))
    })
}

/// Joins what went on in another network without a gap.
fn joined(links: Vec<Link>) -> Vec<Link> {
    let mut out: Vec<Link> = Vec::new();
    for link in links {
        match out.last_mut() {
            Some(last) if last.ended_at == Some(link.started_at) => last.ended_at = link.ended_at,
            _ => out.push(link),
        }
    }
    out
}
