//! What happens to usage because time passes: cycle boundaries, ends of plans, minutes that
//! become hours, forgetting.
//!
//! Not here: what is due ([`domain::usage::next_deadline`]).

use std::sync::Arc;
use std::time::Duration;

use super::judge::minute_of;
use super::{HISTORY, MINUTES, Usage};
use crate::store::usage::{Limits, UsageCommand};
use crate::store::{Command, StoreError};

/// How often the clock is looked at [USE-26].
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks between two additions of minutes to hours: about a minute.
const LOOKS_PER_ROLL_UP: u64 = 120;
/// Looks between two sweeps, each of which forgets a bounded number: about a minute.
const LOOKS_PER_SWEEP: u64 = 120;

/// Lets time pass, for ever.
pub async fn run(usage: Arc<Usage>) {
    for look in 0_u64.. {
        if look.is_multiple_of(LOOKS_PER_ROLL_UP) {
            logged("minutes were not added to hours", usage.roll_up().await);
        }
        if look.is_multiple_of(LOOKS_PER_SWEEP) {
            logged("usage was not swept", usage.sweep().await);
        }
        match usage.tick_due().await {
            // There may be more.
            Ok(count) if count > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "deadlines of usage were not looked at"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn logged(what: &str, result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::error!(%error, "{what}");
    }
}

impl Usage {
    /// Adds minutes that history no longer has by the minute to their hours.
    ///
    /// # Errors
    /// As the store says.
    pub async fn roll_up(&self) -> Result<(), StoreError> {
        let minutes_before = minute_of(self.now()).saturating_sub(MINUTES);
        let command = Command::Usage(UsageCommand::RollUp { minutes_before });
        self.store.commit(vec![command]).await
    }

    /// Forgets what is older than history: hours, connections, numbers, sessions, quarantine.
    ///
    /// # Errors
    /// As the store says.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.now();
        let before = now.checked_sub(HISTORY).unwrap_or(now);
        let hours_before = minute_of(before).div_euclid(60);
        let limits = Limits { hours_before, before };
        self.store.commit(vec![Command::Usage(UsageCommand::Sweep(limits))]).await
    }
}
