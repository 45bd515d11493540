//! The order ledger: loads an order, lets the domain decide, commits what it decided.
//!
//! Not here: doing the effects ([`super::dispatch`]) and showing anything.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::code::{OrderCode, OrderId};
use domain::launch::Subscriber;
use domain::order::{self, Change, Event, Rejected, State, Step, Terms, Verdict};
use domain::usage;
use tokio::sync::{Notify, watch};

use super::books::Books;
use crate::clock::Clock;
use crate::entropy;
use crate::store::usage::{NewMetered, UsageCommand};
use crate::store::{
    Claims, Command, JournalEntry, Order, OutboxEntry, Store, StoreError, Subscription,
};

/// How often a decision is made anew when somebody else was faster.
const CONFLICT_TRIES: u32 = 8;

/// Most subscriptions of one transaction that starts metering.
const METERED_AT_ONCE: u32 = 256;

/// The order ledger.
pub struct Ledger {
    store: Arc<dyn Store>,
    /// What is written down beside it.
    pub books: Books,
    clock: Arc<dyn Clock>,
    /// Rings when effects are waiting.
    pub(super) work: Notify,
    /// Counts commits, so that a page can wait for the next.
    revision: watch::Sender<u64>,
}

/// An order to place.
pub struct NewOrder {
    /// Its id to be.
    pub id: OrderId,
    /// Hash of the cookie of the session that places it.
    pub session: String,
    /// The key that its form carries.
    pub browser_key: String,
    /// What it is for.
    pub terms: Terms,
    /// For whom.
    pub claims: Claims,
    /// What is written in the same transaction, if the order is a new one.
    pub with: Vec<Command>,
}

impl Ledger {
    /// Makes the ledger over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let books = Books::new(Arc::clone(&store));
        Self { store, books, clock, work: Notify::new(), revision: watch::Sender::new(0) }
    }

    /// Places an order, or returns the one that this session placed with this key.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn place(&self, new: NewOrder) -> Result<Order, StoreError> {
        let now = self.clock.now();
        let placed = order::create(new.id, entropy::order_code(), new.terms, now);
        let record = Order {
            order: placed,
            version: 1,
            session: new.session.clone(),
            browser_key: new.browser_key.clone(),
            claims: new.claims,
        };
        let key = format!("placed/{}", record.order.id);
        let entry = journal(&record, now, "customer", ("placed".to_owned(), key));
        let mut batch =
            vec![Command::InsertOrder(Box::new(record.clone())), Command::AppendJournal(entry)];
        batch.extend(new.with);
        match self.commit(batch).await {
            Ok(()) => Ok(record),
            Err(StoreError::Duplicate) => {
                let known = self.store.order_by_key(new.session, new.browser_key).await?;
                known.ok_or(StoreError::Duplicate)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets an event happen to an order, with `extra` commands in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for an unknown order; else as the store says.
    pub async fn apply(
        &self,
        id: OrderId,
        event: &Event,
        actor: &str,
        extra: &[Command],
    ) -> Result<(Order, Verdict), StoreError> {
        self.happen(id, event, actor, None, extra).await
    }

    /// Lets a person's wish happen to an order that is in one of these states, with `extra`
    /// commands in the same transaction if it counts; in another state it is rejected.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for an unknown order; else as the store says.
    pub async fn request(
        &self,
        id: OrderId,
        event: &Event,
        actor: &str,
        states: &[State],
        extra: &[Command],
    ) -> Result<(Order, Verdict), StoreError> {
        self.happen(id, event, actor, Some(states), extra).await
    }

    /// With `states`, only there; and `extra` only if it counts.
    async fn happen(
        &self,
        id: OrderId,
        event: &Event,
        actor: &str,
        states: Option<&[State]>,
        extra: &[Command],
    ) -> Result<(Order, Verdict), StoreError> {
        for _ in 0..CONFLICT_TRIES {
            let record = self.store.order(id).await?.ok_or(StoreError::Missing)?;
            let now = self.clock.now();
            let state = record.order.state;
            if states.is_some_and(|states| !states.contains(&state)) {
                let verdict = Verdict::Rejected(Rejected::State(state));
                log(&record, event, actor, verdict);
                return Ok((record, verdict));
            }
            let step = order::step(&record.order, event, now);
            let (verdict, changes) = (step.verdict, step.changes.clone());
            let (record, mut batch) = write_down(record, step, event, actor, now);
            batch.extend(self.books.entries(&record, &changes, now).await?);
            if states.is_none() || verdict == Verdict::Accepted {
                batch.extend_from_slice(extra);
            }
            match self.commit(batch).await {
                Ok(()) => {
                    log(&record, event, actor, verdict);
                    return Ok((record, verdict));
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn commit(&self, batch: Vec<Command>) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.store.commit(batch).await?;
        self.revision.send_modify(|revision| *revision = revision.wrapping_add(1));
        self.work.notify_one();
        Ok(())
    }

    /// Returns an order as soon as it is `ready`, or as it stands when `limit` is over.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for an unknown order; else as the store says.
    pub async fn wait(
        &self,
        id: OrderId,
        limit: Duration,
        ready: impl Fn(&Order) -> bool,
    ) -> Result<Order, StoreError> {
        let mut changes = self.revision.subscribe();
        let end = tokio::time::Instant::now() + limit;
        loop {
            changes.mark_unchanged();
            let record = self.store.order(id).await?.ok_or(StoreError::Missing)?;
            if ready(&record) {
                return Ok(record);
            }
            match tokio::time::timeout_at(end, changes.changed()).await {
                Ok(Ok(())) => {}
                _ => return Ok(record),
            }
        }
    }

    /// Starts metering subscriptions that were granted before there was any.
    ///
    /// # Errors
    /// As the store says.
    pub async fn meter_missing(&self) -> Result<(), StoreError> {
        loop {
            let now = self.clock.now();
            let mut batch = Vec::new();
            for id in self.store.unmetered(now, METERED_AT_ONCE).await? {
                let record = self.store.order(id).await?.ok_or(StoreError::Missing)?;
                if let Some(grant) = &record.order.grant {
                    let open = UsageCommand::Open(Box::new(metered(&record, grant, now)));
                    batch.push(Command::Usage(open));
                }
            }
            if batch.is_empty() {
                return Ok(());
            }
            self.store.commit(batch).await?;
        }
    }

    /// Returns the order of a code.
    ///
    /// # Errors
    /// As the store says.
    pub async fn by_code(&self, code: &OrderCode) -> Result<Option<Order>, StoreError> {
        self.store.order_by_code(code.clone()).await
    }
}

/// Turns a step into the commands that record it.
fn write_down(
    mut record: Order,
    step: Step,
    event: &Event,
    actor: &str,
    now: Timestamp,
) -> (Order, Vec<Command>) {
    let mut batch = Vec::new();
    if !step.changes.is_empty() {
        let happened = (described(event), event.key(&record.order));
        step.changes.iter().for_each(|change| record.order.apply(change));
        record.version = record.version.saturating_add(1);
        batch.push(Command::UpdateOrder(Box::new(record.clone())));
        batch.push(Command::AppendJournal(journal(&record, now, actor, happened)));
    }
    for change in &step.changes {
        if let Change::SessionOpened(session) = change {
            batch.push(Command::RememberPaymentSession {
                provider: session.provider.clone(),
                session: session.id.clone(),
                order: record.order.id,
            });
        }
        if let Change::Revoked { at } = change {
            batch.push(Command::EndSubscription { order: record.order.id, at: *at });
        }
        if let Change::Granted(grant) = change {
            batch.push(Command::InsertSubscription(Subscription {
                order: record.order.id,
                brand: record.order.terms.brand.clone(),
                plan: record.order.terms.plan.to_string(),
                subscriber: record.claims.subscriber.clone(),
                iccid: record.claims.iccid.clone(),
                starts_at: grant.starts_at,
                ends_at: grant.ends_at,
            }));
            batch.push(Command::Usage(UsageCommand::Open(Box::new(metered(&record, grant, now)))));
        }
    }
    batch.extend(step.effects.into_iter().map(|effect| {
        Command::AddEffect(OutboxEntry {
            key: effect.key(record.order.id),
            order: record.order.id,
            effect,
            created_at: now,
            due_at: now,
            attempts: 0,
        })
    }));
    (record, batch)
}

/// What the usage engine is to know of a subscription: terms as they were sold.
fn metered(record: &Order, grant: &order::Grant, now: Timestamp) -> NewMetered {
    let terms = &record.order.terms;
    let imsi = match &record.claims.subscriber {
        Some(Subscriber::Imsi(imsi)) => Some(imsi.clone()),
        Some(Subscriber::Min(_)) | None => None,
    };
    let start = Timestamp::from_millisecond(grant.starts_at.as_millisecond());
    let starts_at = start.unwrap_or(grant.starts_at);
    NewMetered {
        subscription: record.order.id,
        brand: terms.brand.clone(),
        plan: terms.plan.to_string(),
        imsi,
        iccid: record.claims.iccid.clone(),
        starts_at,
        begun_at: now,
        terms: usage::Terms {
            plan_type: Some(terms.plan_type),
            limit: terms.data_limit,
            notifies: terms.usage_notifications,
            cycle: Some(usage::Cycle {
                start: starts_at,
                duration: terms.duration,
                resets: terms.resets,
            }),
            ..usage::Terms::default()
        },
    }
}

fn journal(
    record: &Order,
    at: Timestamp,
    actor: &str,
    (event, key): (String, String),
) -> JournalEntry {
    JournalEntry {
        order: record.order.id,
        version: record.version,
        at,
        actor: actor.to_owned(),
        event,
        key: Some(key),
        state: record.order.state,
    }
}

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::PayRequested { .. } => "pay_requested",
        Event::PaymentOpened { .. } => "payment_opened",
        Event::PaymentConfirmed { .. } => "payment_confirmed",
        Event::Redeemed { .. } => "redeemed",
        Event::PaymentDeclined { .. } => "payment_declined",
        Event::PaymentClosed { .. } => "payment_closed",
        Event::CancelRequested => "cancel_requested",
        Event::ActivationAccepted { .. } => "activation_accepted",
        Event::ActivationDone => "activation_done",
        Event::ActivationFailed { .. } => "activation_failed",
        Event::RetryRequested => "retry_requested",
        Event::RefundRequested => "refund_requested",
        Event::RefundDone { .. } => "refund_done",
        Event::Tick => "tick",
    }
}

/// Names an event for journal and log, with the network's reason where it gave one.
fn described(event: &Event) -> String {
    let name = event_name(event);
    match event {
        Event::ActivationFailed { reason: Some(reason), .. } => {
            format!("{name}: {}", reason.as_str())
        }
        _ => name.to_owned(),
    }
}

fn log(record: &Order, event: &Event, actor: &str, verdict: Verdict) {
    let (code, state) = (record.order.code.as_str(), record.order.state.name());
    let event = described(event);
    match verdict {
        Verdict::Accepted => tracing::info!(order = code, event, actor, state, "order changed"),
        Verdict::Ignored(why) => {
            tracing::debug!(order = code, event, actor, state, ?why, "order event ignored");
        }
        Verdict::Rejected(why) => {
            tracing::warn!(order = code, event, actor, state, ?why, "order event rejected");
        }
    }
}
