//! Usage on the server: records come in, billing is heard, time passes, people and programs read.
//!
//! One path changes a state: load it, let [`domain::usage`] decide, commit everything together
//! (states, sessions, numbers that were taken, history, what is told, what is asked). When
//! somebody else was faster, it is loaded again and decided anew. Not here: HTTP
//! ([`crate::admin`]) and what is kept ([`crate::store::usage`]).
//!
//! In suggested reading order:
//!
//! - [`record`]: what a feed says; [`claim`]: of which plan; [`judge`]: what of it counts;
//!   [`decision`]: what follows;
//! - [`cache`]: what need not be asked of the store;
//! - [`files`]: feeds that are files; [`manifest`]: what a file says of itself;
//! - [`billing`]: asking the operator's system;
//! - [`history`], [`view`], [`account`]: reading;
//! - [`timers`]: what happens because time passes; [`metrics`]: what is counted.

pub mod account;
pub mod billing;
pub mod cache;
pub mod claim;
pub mod decision;
pub mod files;
pub mod history;
pub mod judge;
pub mod manifest;
pub mod metrics;
pub mod record;
mod tell;
#[cfg(test)]
mod tests;
pub mod timers;
pub mod view;

use std::sync::Arc;

use domain::code::OrderId;
use domain::usage::{Event, Ignored, Verdict};
use domain::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify};

use crate::clock::Clock;
use crate::store::usage::{Metered, Taken, UsageCommand, UsageQuestion};
use crate::store::{Command, Store, StoreError};
use cache::{Cache, Kept};
use decision::{Gathered, Moving};
use metrics::UsageMetrics;
use record::{Entry, Refusal, Who};

/// Most records of a batch.
pub const RECORDS_MAX: usize = 10_000;
/// How far back history reaches [USE-03].
pub const HISTORY: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How many minutes history has by the minute [USE-03].
pub const MINUTES: i64 = 120;
/// Most subscriptions of one look at the clock.
const TICKS_MAX: u32 = 1024;
/// How often a decision is made anew when somebody else was faster.
const CONFLICT_TRIES: u32 = 8;

/// Usage of all subscriptions.
pub struct Usage {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// One change of usage at a time, so that none is decided twice; and what is known of late.
    gate: Mutex<Cache>,
    /// Rings when billing is to be asked.
    asked: Notify,
    settings: Settings,
    metrics: UsageMetrics,
}

/// How usage is set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether there is a billing system to ask.
    pub has_billing: bool,
    /// How reports of the network are decided.
    pub events: domain::events::Settings,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records that count.
    pub accepted: u64,
    /// Records that were taken before.
    pub duplicate: u64,
    /// Records in quarantine: place in the batch, number in the feed, why.
    pub problems: Vec<(usize, u64, Refusal)>,
}

/// What is to be done besides, in the same transaction.
#[derive(Default)]
pub struct Besides {
    /// Only this version will do.
    pub version: Option<u64>,
    /// More to write.
    pub commands: Vec<Command>,
    /// Questions to billing are answered.
    pub answered: Option<Answered>,
}

/// Which questions to billing are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Those decided until it was asked, whatever it said.
    Asked(Timestamp),
    /// It spoke of itself: those decided until the time that its word is of, if the engine takes
    /// it [USE-12].
    Said(Timestamp),
}

impl Answered {
    /// Returns until when questions are answered; absent = none is.
    fn until(self, verdict: Verdict, now: Timestamp) -> Option<Timestamp> {
        match (self, verdict) {
            (Self::Asked(at), _) => Some(at),
            (Self::Said(as_of), Verdict::Accepted | Verdict::Ignored(Ignored::Repeated)) => {
                Some(as_of.min(now))
            }
            (Self::Said(_), Verdict::Ignored(_) | Verdict::Rejected(_)) => None,
        }
    }
}

impl Usage {
    /// Makes it over a store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        metrics: UsageMetrics,
        settings: Settings,
    ) -> Self {
        let (gate, asked) = (Mutex::default(), Notify::new());
        Self { store, clock, gate, asked, settings, metrics }
    }

    /// Takes a batch of a feed: each number of it once, whatever is sent again.
    ///
    /// # Errors
    /// As the store says; nothing of the batch was taken then.
    pub async fn ingest(&self, source: &str, entries: &[Entry]) -> Result<Outcome, StoreError> {
        let mut cache = self.gate.lock().await;
        for _ in 0..CONFLICT_TRIES {
            let now = self.now();
            let known = cache.known(self.store.as_ref(), source, entries).await?;
            let judged = judge::judge(source, entries, known, now);
            let outcome = Outcome {
                accepted: judged.accepted,
                duplicate: judged.duplicate,
                problems: judged.problems,
            };
            if outcome.accepted == 0 && outcome.problems.is_empty() {
                self.metrics.outcome(&outcome);
                return Ok(outcome);
            }
            match self.commit(&mut cache, judged.taken, judged.gathered, Vec::new()).await {
                Ok(()) => {
                    self.metrics.outcome(&outcome);
                    return Ok(outcome);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Lets an event happen to a subscription; returns what the engine says, and how things are.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for an unknown subscription, [`StoreError::Conflict`] when it is of
    /// another version than asked for; else as the store says.
    pub async fn apply(
        &self,
        subscription: OrderId,
        event: &Event,
        besides: Besides,
    ) -> Result<(Verdict, Metered), StoreError> {
        let mut cache = self.gate.lock().await;
        for _ in 0..CONFLICT_TRIES {
            let now = self.now();
            let metered = self.store.metered(subscription).await?.ok_or(StoreError::Missing)?;
            if besides.version.is_some_and(|version| version != metered.version) {
                return Err(StoreError::Conflict);
            }
            let metered = Arc::new(metered);
            let mut moving = Moving::new(Arc::clone(&metered));
            let mut gathered = Gathered::default();
            let verdict = moving.happen(event, now, &mut gathered);
            let answered = besides.answered.and_then(|answered| answered.until(verdict, now));
            let answered = answered.map(|until| (subscription, until));
            let write = moving.finish();
            let after = write.as_ref().map_or(metered, |write| Arc::clone(&write.metered));
            let taken = Taken {
                at: now,
                states: write.into_iter().collect(),
                answered: answered.into_iter().collect(),
                ..Taken::default()
            };
            match self.commit(&mut cache, taken, gathered, besides.commands.clone()).await {
                Ok(()) => return Ok((verdict, Arc::unwrap_or_clone(after))),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Lets time pass for subscriptions whose deadline has come; returns for how many it did. One
    /// that cannot be read is told to the log and stops nobody else.
    ///
    /// # Errors
    /// As the store says; nothing was done then.
    pub async fn tick_due(&self) -> Result<usize, StoreError> {
        let mut cache = self.gate.lock().await;
        let now = self.now();
        let due = self.store.due_usage(now, TICKS_MAX).await?;
        match self.tick(&mut cache, &due, now).await {
            Err(StoreError::Corrupt(_)) => {}
            other => return other.map(|()| due.len()),
        }
        let mut count = 0_usize;
        for subscription in due {
            match self.tick(&mut cache, &[subscription], now).await {
                Ok(()) => count = count.saturating_add(1),
                Err(error) => {
                    tracing::error!(%subscription, %error, "a deadline of usage was passed over");
                }
            }
        }
        Ok(count)
    }

    async fn tick(
        &self,
        cache: &mut Cache,
        due: &[OrderId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if due.is_empty() {
            return Ok(());
        }
        let who = due.iter().copied().map(Who::Subscription).collect();
        let question = UsageQuestion { who, ..UsageQuestion::default() };
        let known = self.store.usage_known(question).await?;
        let mut gathered = Gathered::default();
        let mut states = Vec::new();
        for metered in known.metered.into_values() {
            let mut moving = Moving::new(metered);
            moving.happen(&Event::Tick, now, &mut gathered);
            // Whatever happened, so that its deadline moves on.
            moving.settle();
            states.extend(moving.finish());
        }
        let taken = Taken { at: now, states, ..Taken::default() };
        self.commit(cache, taken, gathered, Vec::new()).await
    }

    /// Returns the time in whole milliseconds, as states are stored.
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Commits what was decided, with what is told of it.
    async fn commit(
        &self,
        cache: &mut Cache,
        mut taken: Taken,
        gathered: Gathered,
        besides: Vec<Command>,
    ) -> Result<(), StoreError> {
        taken.links.extend(gathered.links);
        if self.settings.has_billing {
            taken.questions.extend(gathered.questions);
        }
        let has_questions = !taken.questions.is_empty();
        let kept = Kept::of(&taken);
        let mut batch = Vec::new();
        if !taken.is_empty() {
            batch.push(Command::Usage(UsageCommand::Take(Box::new(taken))));
        }
        let raised: Vec<_> = gathered.told.iter().filter_map(|(_, tell)| tell.name()).collect();
        batch.extend(
            tell::commands(self.store.as_ref(), self.settings.events, gathered.told).await?,
        );
        batch.extend(besides);
        if batch.is_empty() {
            return Ok(());
        }
        match self.store.commit(batch).await {
            Ok(()) => cache.keep(kept),
            Err(error) => {
                cache.clear();
                return Err(error);
            }
        }
        self.metrics.raised(&raised);
        if has_questions {
            self.asked.notify_one();
        }
        Ok(())
    }
}
