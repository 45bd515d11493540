//! What was used in windows of time, and when there was a connection [USE-03].
//!
//! History has the last 120 minutes by the minute and 60 days by the hour, in UTC: the begin of a
//! window is moved back to the begin of its minute or hour. Use by app is known on a device only.
//! Not here: writing history ([`super::judge`]).

use domain::code::OrderId;
use domain::{SignedDuration, Timestamp};

use super::{HISTORY, MINUTES, Usage};
use crate::store::StoreError;
use crate::store::usage::{Bucket, Carried, Link, Metered};

/// Most spans of one answer: 60 days by the hour, both ends open.
const SPANS_MAX: usize = 1_442;

/// How long the spans of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// `PerMinute` (0).
    Minute,
    /// `PerHour` (1).
    Hour,
    /// `PerDay` (2): 24 hours each.
    Day,
    /// `Total` (3): the whole window.
    Total,
}

impl Granularity {
    /// Every one, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Total];

    /// Returns the stable name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Total => "total",
        }
    }

    fn seconds(self) -> Option<i64> {
        match self {
            Self::Minute => Some(60),
            Self::Hour => Some(3_600),
            Self::Day => Some(86_400),
            Self::Total => None,
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The begin.
    pub from: Timestamp,
    /// The end, which is not part of it.
    pub to: Timestamp,
    /// How long the spans are.
    pub granularity: Granularity,
    /// Roaming alone, or home alone; absent = both.
    pub is_roaming: Option<bool>,
    /// Shared traffic alone, or own alone; absent = both.
    pub is_shared: Option<bool>,
}

/// What was used in a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The begin.
    pub from: Timestamp,
    /// The end, which is not part of it.
    pub to: Timestamp,
    /// Bytes.
    pub carried: Carried,
    /// How long there was a connection.
    pub connected: SignedDuration,
}

impl Window {
    /// Tells whether history can answer.
    ///
    /// # Errors
    /// What to ask instead.
    pub fn check(&self, now: Timestamp) -> Result<(), &'static str> {
        let minutes = SignedDuration::from_mins(MINUTES);
        if self.to <= self.from {
            Err("to: needs a time after `from`")
        } else if now.duration_since(self.from) > HISTORY {
            Err("from: history reaches 60 days back")
        } else if self.granularity == Granularity::Minute
            && now.duration_since(self.from) > minutes
        {
            Err("from: history by the minute reaches 120 minutes back")
        } else {
            Ok(())
        }
    }

    /// Returns the length of the slots that answer it, in seconds.
    fn slot(&self, now: Timestamp) -> i64 {
        let is_recent = now.duration_since(self.from) <= SignedDuration::from_mins(MINUTES);
        match self.granularity {
            Granularity::Minute => 60,
            Granularity::Total if is_recent => 60,
            Granularity::Hour | Granularity::Day | Granularity::Total => 3_600,
        }
    }

    fn spans(&self, slot: i64, buckets: &[Bucket], links: &[Link], now: Timestamp) -> Vec<Span> {
        let (end, mut start) = (self.to.as_second(), floor(self.from.as_second(), slot));
        let mut spans = Vec::new();
        while start < end && spans.len() < SPANS_MAX {
            let length = self.granularity.seconds().unwrap_or(i64::MAX);
            let stop = start.saturating_add(length).min(end);
            let instant = |second| Timestamp::from_second(second).unwrap_or(self.to);
            let (from, to) = (instant(start), instant(stop));
            let within = buckets.iter().filter(|bucket| {
                let at = bucket.slot.saturating_mul(slot);
                start <= at && at < stop && self.wants(bucket)
            });
            let carried = within.fold(Carried::default(), |sum, b| sum.plus(b.carried));
            spans.push(Span { from, to, carried, connected: self.connected(links, from, to, now) });
            start = stop;
        }
        spans
    }

    fn wants(&self, bucket: &Bucket) -> bool {
        self.is_roaming.is_none_or(|is| is == bucket.kind.is_roaming)
            && self.is_shared.is_none_or(|is| is == bucket.kind.is_shared)
    }

    fn connected(
        &self,
        links: &[Link],
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> SignedDuration {
        let wanted = links.iter().filter(|l| self.is_roaming.is_none_or(|is| is == l.is_roaming));
        wanted.fold(SignedDuration::ZERO, |sum, link| {
            let end = link.ended_at.unwrap_or(now).min(to);
            let overlap = end.duration_since(link.started_at.max(from));
            sum.saturating_add(overlap.max(SignedDuration::ZERO))
        })
    }
}

fn floor(second: i64, slot: i64) -> i64 {
    second.div_euclid(slot).saturating_mul(slot)
}

impl Usage {
    /// Returns what a subscription used in a window that [`Window::check`] has passed.
    ///
    /// # Errors
    /// As the store says.
    pub async fn history(&self, metered: &Metered, window: Window) -> Result<Vec<Span>, StoreError> {
        let now = self.now();
        let slot = window.slot(now);
        let (from, to) = (window.from.as_second().div_euclid(slot), window.to.as_second());
        let end = to.saturating_add(slot.saturating_sub(1)).div_euclid(slot);
        let handle = metered.handle;
        let buckets = match slot {
            60 => self.store.usage_minutes(handle, from, end).await?,
            _ => self.store.usage_hours(handle, from, end).await?,
        };
        let links = self.store.links(handle, window.from, window.to).await?;
        Ok(window.spans(slot, &buckets, &links, now))
    }

    /// Returns a subscription's history by its id; none for an unknown one.
    ///
    /// # Errors
    /// As the store says.
    pub async fn usage_history(
        &self,
        subscription: OrderId,
        window: Window,
    ) -> Result<Option<Vec<Span>>, StoreError> {
        match self.store.metered(subscription).await? {
            Some(metered) => self.history(&metered, window).await.map(Some),
            None => Ok(None),
        }
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
