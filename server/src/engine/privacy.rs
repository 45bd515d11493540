//! What is forgotten because time passes: identifiers that were kept long enough, and what is left
//! of erased ones in the database's files.
//!
//! Not here: what may be erased ([`domain::erasure`]) and what an erasure takes
//! ([`crate::store::privacy`]).

use std::sync::Arc;
use std::time::Duration;

use domain::order::Order;
use domain::{SignedDuration, Timestamp};
use jiff::tz::TimeZone;

use super::ledger::Ledger;
use crate::clock::Clock;
use crate::config::PrivacyConfig;
use crate::store::{Store, StoreError};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked for what was kept long enough.
const ERASE_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The least time between two cleanings of the files, which keep every writer waiting.
const SCRUB_EVERY: SignedDuration = SignedDuration::from_hours(12);
/// How long after a cleaning that failed the next one is tried.
const SCRUB_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// Most orders of one read.
const BATCH: u32 = 256;
/// Who erases what was kept long enough.
const ACTOR: &str = "clock";

/// Forgets what is due.
pub struct Forgetter {
    /// Where orders are erased.
    pub ledger: Arc<Ledger>,
    /// What is due, and the files.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long identifiers are kept, and when the files are cleaned.
    pub privacy: PrivacyConfig,
}

impl Forgetter {
    /// Looks at the clock, for ever.
    pub async fn run(self) {
        let (mut erase_from, mut scrub_from) = (Timestamp::MIN, Timestamp::MIN);
        loop {
            let now = self.clock.now();
            if now >= erase_from {
                if let Err(error) = self.erase_due(now).await {
                    tracing::error!(%error, "identifiers that are due were not erased");
                }
                erase_from = now.checked_add(ERASE_EVERY).unwrap_or(Timestamp::MAX);
            }
            if now >= scrub_from && self.is_hour(now) {
                let pause = match self.scrub().await {
                    Ok(false) => SignedDuration::ZERO,
                    Ok(true) => SCRUB_EVERY,
                    Err(error) => {
                        tracing::warn!(%error, "the database was not cleaned of erased data");
                        SCRUB_AGAIN
                    }
                };
                scrub_from = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Tells whether writers may be kept waiting.
    fn is_hour(&self, now: Timestamp) -> bool {
        now.to_zoned(TimeZone::UTC).hour() == self.privacy.clean_hour
    }

    /// Erases what was kept long enough.
    ///
    /// # Errors
    /// As the store says.
    async fn erase_due(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(keep) = self.privacy.keep else { return Ok(()) };
        let Ok(before) = now.checked_sub(keep) else { return Ok(()) };
        let mut after = None;
        loop {
            let found = self.store.identified(before, after, BATCH).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some(*last);
            for id in found {
                let Some(record) = self.store.order(id).await? else { continue };
                if self.ended_at(&record.order).await? < before {
                    self.ledger.erase(id, ACTOR, &[]).await?;
                }
            }
        }
    }

    /// Returns when nothing more happened to an order: the end of its plan, or its last change.
    async fn ended_at(&self, order: &Order) -> Result<Timestamp, StoreError> {
        if let Some(grant) = order.grant {
            return Ok(grant.ends_at);
        }
        let journal = self.store.journal(order.id).await?;
        Ok(journal.last().map_or(order.created_at, |entry| entry.at))
    }

    /// Cleans the files if something was erased since the last time.
    async fn scrub(&self) -> Result<bool, StoreError> {
        if !self.store.needs_scrub().await? {
            return Ok(false);
        }
        self.store.scrub().await?;
        tracing::info!("the database was cleaned of erased data");
        Ok(true)
    }
}
