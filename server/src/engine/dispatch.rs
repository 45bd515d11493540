//! The outbox: does each effect at its port, at least once, and feeds the answer back.
//!
//! An effect is marked done in the transaction that records its answer. Not here: decisions.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::SignedDuration;
use domain::code::OrderId;
use domain::order::{Effect, Event, PaymentId, State, extended};
use domain::usage::{self, Terms};
use tokio::sync::{Semaphore, watch};

use super::ledger::{Ledger, subscribe};
use crate::activation::{ActivationPort, ActivationStatus};
use crate::clock::Clock;
use crate::payment::{OpenRequest, PaymentProvider, Payments, SessionStatus};
use crate::store::customer::CustomerCommand;
use crate::store::{Command, Order, OutboxEntry, Store, StoreError};
use crate::usage::{Besides, Usage};

/// Effects under way at once.
const AT_ONCE: usize = 32;
/// Effects read from the outbox at once.
const BATCH: u32 = 128;
/// How often the outbox is looked at when nothing rings.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a port has to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Tries after which an effect is a matter for people.
const TRIES_BEFORE_ALARM: u32 = 5;
/// Longest pause between two tries of an effect.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Says what a customer reads on the provider's page, and where it sends the customer back.
pub type Describe = Box<dyn Fn(&Order) -> (String, String) + Send + Sync>;

/// Does the effects of the ledger.
pub struct Dispatcher {
    /// The ledger that the answers go to.
    pub ledger: Arc<Ledger>,
    /// The outbox.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where money comes from.
    pub payments: Arc<Payments>,
    /// Where plans become active.
    pub activation: Arc<dyn ActivationPort>,
    /// What subscriptions use.
    pub usage: Arc<Usage>,
    /// What the provider is told of an order.
    pub describe: Describe,
}

/// Does effects until `stop` says so, then waits for those under way.
pub async fn run(dispatcher: Arc<Dispatcher>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let under_way = Arc::new(Mutex::new(HashSet::new()));
    while !*stop.borrow() {
        let due = dispatcher.store.due_effects(dispatcher.clock.now(), BATCH).await;
        let due = due.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox cannot be read");
            Vec::new()
        });
        for entry in due {
            let is_new = lock(&under_way).insert(entry.key.clone());
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            if !is_new {
                continue;
            }
            let (dispatcher, under_way) = (Arc::clone(&dispatcher), Arc::clone(&under_way));
            let mark = UnderWay { key: entry.key.clone(), keys: under_way };
            tokio::spawn(async move {
                dispatcher.perform(&entry).await;
                drop((mark, place));
            });
        }
        tokio::select! {
            () = dispatcher.ledger.work.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    // Every place free again means that nothing is under way.
    let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
}

/// An effect that is being done; it is not any more when this is dropped, panic or not.
struct UnderWay {
    key: String,
    keys: Arc<Mutex<HashSet<String>>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.keys).remove(&self.key);
    }
}

fn lock(keys: &Mutex<HashSet<String>>) -> std::sync::MutexGuard<'_, HashSet<String>> {
    keys.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Dispatcher {
    async fn perform(&self, entry: &OutboxEntry) {
        let done = tokio::time::timeout(ANSWER_WITHIN, self.try_perform(entry)).await;
        let done = done.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        if let Err(error) = done {
            let pause = pause_after(entry.attempts);
            let due_at = self.clock.now().checked_add(pause).unwrap_or(entry.due_at);
            let (effect, attempt) = (kind(&entry.effect), entry.attempts);
            if attempt >= TRIES_BEFORE_ALARM {
                tracing::error!(effect, attempt, error, "effect still not done");
            } else {
                tracing::warn!(effect, attempt, error, "effect put off");
            }
            let put_off = Command::PutOffEffect { key: entry.key.clone(), due_at, error };
            if let Err(error) = self.store.commit(vec![put_off]).await {
                tracing::error!(effect, %error, "effect cannot be put off");
            }
        }
    }

    async fn try_perform(&self, entry: &OutboxEntry) -> Result<(), String> {
        let record = self.store.order(entry.order).await.map_err(|e| e.to_string())?;
        let record = record.ok_or("its order is missing")?;
        let (event, actor) = match &entry.effect {
            Effect::OpenPayment { attempt, provider, amount, closes_at } => {
                let (description, return_url) = (self.describe)(&record);
                let request = OpenRequest {
                    key: entry.key.clone(),
                    description,
                    amount: *amount,
                    return_url,
                    closes_at: *closes_at,
                };
                let again = self.store.charged_for(entry.order).await.map_err(|e| e.to_string())?;
                if let Some(first) = again {
                    return self.charge_again(entry, *attempt, request, (provider, first)).await;
                }
                let session =
                    self.provider(provider)?.open(request).await.map_err(|e| e.to_string())?;
                (Some(Event::PaymentOpened { attempt: *attempt, session }), "provider")
            }
            Effect::ClosePayment { provider, session } => {
                let status = self.provider(provider)?.close(session.clone()).await;
                let status = status.map_err(|e| e.to_string())?;
                let event = payment_event(provider, session, status);
                (Some(event.ok_or("the session is still open")?), "provider")
            }
            Effect::Activate { number } if is_wanted(&record, *number) => {
                return self.activate(entry, &record).await;
            }
            // What was paid goes back, or another try took its place.
            Effect::Activate { .. } => (None, "network"),
            Effect::Deactivate { .. } => {
                let done = self.activation.deactivate(&entry.key, &record).await;
                done.map_err(|e| e.to_string())?;
                (None, "network")
            }
            Effect::Extend { subscription, .. } => return self.extend(entry, *subscription).await,
            Effect::Refund { payment, amount } => {
                let provider = self.provider(&payment.provider)?;
                let refunded = provider.refund(payment.reference.clone(), *amount).await;
                refunded.map_err(|e| e.to_string())?;
                (Some(Event::RefundDone { payment: payment.clone() }), "provider")
            }
        };
        self.finish(entry, event, actor).await
    }

    fn provider(&self, name: &str) -> Result<&dyn PaymentProvider, String> {
        let found = self.payments.get(name);
        found.ok_or_else(|| format!("there is no payment provider {name} in the configuration"))
    }

    async fn activate(&self, entry: &OutboxEntry, record: &Order) -> Result<(), String> {
        let now = self.clock.now();
        let accepted = self.activation.request(&entry.key, record, now).await;
        let accepted = accepted.map_err(|error| error.to_string())?;
        let (estimate, margin) = (accepted.estimate, accepted.margin);
        let event = Event::ActivationAccepted { estimate, margin };
        self.finish(entry, Some(event), "network").await?;
        let event = match accepted.status {
            ActivationStatus::Pending => return Ok(()),
            ActivationStatus::Active => Event::ActivationDone,
            ActivationStatus::Failed => Event::ActivationFailed,
        };
        // Not lost when this fails: the timers ask the network again.
        let applied = self.ledger.apply(entry.order, &event, "network", &[]).await;
        applied.map(drop).map_err(|error| error.to_string())
    }

    /// Charges whoever paid the order that granted a plan; how that ended is asked at once, and by
    /// the janitor if this is cut off.
    async fn charge_again(
        &self,
        entry: &OutboxEntry,
        attempt: u32,
        request: OpenRequest,
        (provider, first): (&str, OrderId),
    ) -> Result<(), String> {
        let paid = self.store.order(first).await.map_err(|error| error.to_string())?;
        let paid = paid.and_then(|record| record.order.payment).ok_or("nothing was paid before")?;
        let charging = self.provider(provider)?;
        let session = charging.charge_again(request, paid.id.reference).await;
        let session = session.map_err(|error| error.to_string())?;
        let id = session.id.clone();
        let opened = Event::PaymentOpened { attempt, session };
        self.finish(entry, Some(opened), "provider").await?;
        let status = charging.retrieve(id.clone()).await.map_err(|error| error.to_string())?;
        if let Some(event) = payment_event(provider, &id, status) {
            let applied = self.ledger.apply(entry.order, &event, "provider", &[]).await;
            applied.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Brings a subscription to what it comes to with its extensions. What it comes to is worked
    /// out in full, so that doing it twice is doing it once.
    async fn extend(&self, entry: &OutboxEntry, subscription: OrderId) -> Result<(), String> {
        let said = |error: StoreError| error.to_string();
        // Read before the orders: what changes after it changes its version.
        let metered = self.store.metered(subscription).await.map_err(said)?;
        let first = self.store.order(subscription).await.map_err(said)?;
        let with = self.store.extensions_of(subscription).await.map_err(said)?;
        let (metered, first) = metered.zip(first).ok_or("its subscription is missing")?;
        let orders: Vec<_> = with.iter().map(|record| record.order.clone()).collect();
        let Some(whole) = extended(&first.order, &orders) else {
            return self.begin_anew(entry, &with).await;
        };
        let (limit, expires_at) = (whole.limit, Some(whole.ends_at));
        let terms = Terms { limit, expires_at, ..metered.terms };
        let version = Some(metered.version);
        let besides = Besides { version, commands: Vec::new(), answered: None };
        let event = usage::Event::TermsChanged(terms);
        let (verdict, _) = self.usage.apply(subscription, &event, besides).await.map_err(said)?;
        if verdict == usage::Verdict::Ignored(usage::Ignored::Ended) {
            return self.begin_anew(entry, &with).await;
        }
        let move_end = CustomerCommand::MoveEnd { subscription, ends_at: whole.ends_at };
        let batch = vec![self.done(entry), Command::Customer(move_end)];
        self.store.commit(batch).await.map_err(said)
    }

    /// A plan that has ended by now is not extended: what was bought begins by itself.
    async fn begin_anew(&self, entry: &OutboxEntry, with: &[Order]) -> Result<(), String> {
        let mut batch = vec![self.done(entry)];
        let own = with.iter().find(|record| record.order.id == entry.order);
        if let Some((record, grant)) = own.and_then(|own| Some((own, own.order.grant?))) {
            batch.extend(subscribe(record, &grant, self.clock.now()));
        }
        self.store.commit(batch).await.map_err(|error| error.to_string())
    }

    fn done(&self, entry: &OutboxEntry) -> Command {
        Command::FinishEffect { key: entry.key.clone(), at: self.clock.now() }
    }

    async fn finish(
        &self,
        entry: &OutboxEntry,
        event: Option<Event>,
        actor: &str,
    ) -> Result<(), String> {
        let done = self.done(entry);
        let finished: Result<(), StoreError> = match event {
            Some(event) => self.ledger.apply(entry.order, &event, actor, &[done]).await.map(drop),
            None => self.store.commit(vec![done]).await,
        };
        finished.map_err(|error| error.to_string())
    }
}

/// Tells whether the network is still to be asked for a try: what it takes too late counts too.
fn is_wanted(record: &Order, number: u32) -> bool {
    let is_waiting = matches!(record.order.state, State::Paid | State::ActivationFailed);
    is_waiting && record.order.asked.is_some_and(|asked| asked.number == number)
}

/// Names an effect for logs: its key may hold a session that opens a payment page.
fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::OpenPayment { .. } => "open_payment",
        Effect::ClosePayment { .. } => "close_payment",
        Effect::Activate { .. } => "activate",
        Effect::Deactivate { .. } => "deactivate",
        Effect::Extend { .. } => "extend",
        Effect::Refund { .. } => "refund",
    }
}

/// Returns the ledger event of a provider's answer; none while the session is open.
#[must_use]
pub fn payment_event(provider: &str, session: &str, status: SessionStatus) -> Option<Event> {
    match status {
        SessionStatus::Open => None,
        SessionStatus::Paid { reference, amount } => {
            let payment = PaymentId { provider: provider.to_owned(), reference };
            Some(Event::PaymentConfirmed { session: session.to_owned(), payment, amount })
        }
        SessionStatus::Declined => Some(Event::PaymentDeclined { session: session.to_owned() }),
        SessionStatus::Closed => Some(Event::PaymentClosed { session: session.to_owned() }),
    }
}

/// One second, doubled with each try, at most five minutes.
fn pause_after(attempts: u32) -> SignedDuration {
    let seconds = 1_i64.checked_shl(attempts.min(16)).unwrap_or(i64::MAX);
    SignedDuration::from_secs(seconds).min(PAUSE_MAX)
}
