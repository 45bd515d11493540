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

use super::calls::{Calling, DONE};
use super::ledger::{Ledger, subscribe};
use crate::activation::{ActivationError, ActivationPort, ActivationStatus, Wanted};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::payment::{OpenRequest, PaymentError, PaymentProvider, Payments, SessionStatus};
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

/// What came of what nobody wants any more: nobody is asked.
const NOT_WANTED: &str = "not_wanted";
/// What came of one that the network did not even take.
const FAILED: &str = "failed";

/// Says what a provider is told of an order.
pub type Describe = Box<dyn Fn(&Order) -> Described + Send + Sync>;

/// What a provider is told of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What is bought, as the customer reads it.
    pub what: String,
    /// What of the price is tax, as the customer reads it, where that is known.
    pub tax: Option<String>,
    /// Where the provider's page sends the customer back.
    pub return_url: String,
}

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
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// Why an effect is not done.
struct Undone {
    error: String,
    /// Whether it was refused, so that another try will hardly help.
    is_refused: bool,
    /// How long to leave them alone who should do it, if they said so.
    pause: SignedDuration,
}

impl From<String> for Undone {
    fn from(error: String) -> Self {
        Self { error, is_refused: false, pause: SignedDuration::ZERO }
    }
}

impl From<&str> for Undone {
    fn from(error: &str) -> Self {
        error.to_owned().into()
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        error.to_string().into()
    }
}

impl From<ActivationError> for Undone {
    fn from(error: ActivationError) -> Self {
        let pause = error.pause.unwrap_or(SignedDuration::ZERO);
        Self { pause, ..error.to_string().into() }
    }
}

impl From<PaymentError> for Undone {
    fn from(error: PaymentError) -> Self {
        let text = error.to_string();
        match error {
            PaymentError::Unavailable(_) => text.into(),
            PaymentError::Busy(pause) => Self { pause, ..text.into() },
            PaymentError::Refused(_)
            | PaymentError::UnknownSession
            | PaymentError::BadSignature
            | PaymentError::BadEvent => Self { error: text, is_refused: true, pause: PAUSE_MAX },
        }
    }
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
    /// Does one effect at its port and records what came of it; one that fails is put off.
    pub async fn perform(&self, entry: &OutboxEntry) {
        let calling = Calling::of(entry);
        let done = tokio::time::timeout(ANSWER_WITHIN, self.try_perform(entry, &calling)).await;
        let Err(undone) = done.unwrap_or_else(|_| Err("no answer in time".into())) else { return };
        let Undone { error, is_refused, pause } = undone;
        let pause = pause_after(entry.attempts).max(pause).min(PAUSE_MAX);
        let due_at = self.clock.now().checked_add(pause).unwrap_or(entry.due_at);
        let (effect, attempt) = (kind(&entry.effect), entry.attempts);
        self.metrics.put_off(effect, if is_refused { "refused" } else { "failed" });
        if is_refused {
            tracing::error!(effect, attempt, error, "effect refused, a person must look");
        } else if attempt >= TRIES_BEFORE_ALARM {
            tracing::error!(effect, attempt, error, "effect still not done");
        } else {
            tracing::warn!(effect, attempt, error, "effect put off");
        }
        let noted = calling.came_to(self.clock.now(), &error);
        let put_off = Command::PutOffEffect { key: entry.key.clone(), due_at, error };
        if let Err(error) = self.store.commit(vec![put_off, noted]).await {
            tracing::error!(effect, %error, "effect cannot be put off");
        }
    }

    async fn try_perform(&self, entry: &OutboxEntry, calling: &Calling) -> Result<(), Undone> {
        let record = self.store.order(entry.order).await?.ok_or("its order is missing")?;
        let (event, actor) = match &entry.effect {
            Effect::OpenPayment { attempt, provider, amount, closes_at } => {
                let Described { what, tax, return_url } = (self.describe)(&record);
                let request = OpenRequest {
                    key: entry.key.clone(),
                    order: record.order.code.clone(),
                    claims: record.claims.clone(),
                    description: what,
                    amount: *amount,
                    tax,
                    return_url,
                    decided_at: entry.created_at,
                    closes_at: *closes_at,
                };
                if let Some(first) = self.store.charged_for(entry.order).await? {
                    let charged = (provider.as_str(), first);
                    return self.charge_again(entry, *attempt, request, charged, calling).await;
                }
                match self.provider(provider)?.open(request).await {
                    Ok(session) => {
                        (Some(Event::PaymentOpened { attempt: *attempt, session }), "provider")
                    }
                    // What was refused is not there, and nobody waits for it any more.
                    Err(PaymentError::Refused(_)) if !is_awaited(&record, *attempt) => {
                        (None, "provider")
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            // Its window is over: whoever closes it hears whether it was charged before.
            Effect::ChargePayment { session, .. } if !is_open(&record, session) => {
                let noted = calling.came_to(self.clock.now(), NOT_WANTED);
                return Ok(self.finish(entry, None, "provider", noted).await?);
            }
            Effect::ChargePayment { provider, session } => {
                let (key, of) = (entry.key.clone(), session.clone());
                let status = self.provider(provider)?.charge(key, of).await?;
                let event = payment_event(provider, session, status);
                (Some(event.ok_or("nobody knows yet whether the session is paid")?), "provider")
            }
            Effect::ClosePayment { provider, session } => {
                let status = self.provider(provider)?.close(session.clone()).await?;
                let event = payment_event(provider, session, status);
                (Some(event.ok_or("nobody knows yet whether the session is paid")?), "provider")
            }
            Effect::Activate { number } if is_wanted(&record, *number) => {
                return self.activate(entry, &record, calling).await;
            }
            // What was paid goes back, or another try took its place.
            Effect::Activate { .. } => {
                let noted = calling.came_to(self.clock.now(), NOT_WANTED);
                return Ok(self.finish(entry, None, "network", noted).await?);
            }
            Effect::Deactivate { .. } => {
                let done = self.activation.deactivate(&entry.key, &record).await;
                done?;
                (None, "network")
            }
            Effect::Extend { subscription, .. } => {
                return Ok(self.extend(entry, *subscription).await?);
            }
            Effect::Refund { payment, amount } => {
                let provider = self.provider(&payment.provider)?;
                let (key, reference) = (entry.key.clone(), payment.reference.clone());
                provider.refund(key, reference, *amount).await?;
                (Some(Event::RefundDone { payment: payment.clone() }), "provider")
            }
        };
        let noted = calling.came_to(self.clock.now(), DONE);
        Ok(self.finish(entry, event, actor, noted).await?)
    }

    fn provider(&self, name: &str) -> Result<&dyn PaymentProvider, String> {
        let found = self.payments.get(name);
        found.ok_or_else(|| format!("there is no payment provider {name} in the configuration"))
    }

    async fn activate(
        &self,
        entry: &OutboxEntry,
        record: &Order,
        calling: &Calling,
    ) -> Result<(), Undone> {
        let now = self.clock.now();
        let customer = self.store.customer_data(entry.order).await;
        let customer = customer.map_err(|error| error.to_string())?;
        let wanted = Wanted { key: &entry.key, order: record, customer: customer.as_ref() };
        let accepted = self.activation.request(wanted, now).await?;
        if let ActivationStatus::Failed(reason) = accepted.status {
            let attempt = record.order.asked.map_or(1, |asked| asked.number);
            let event = Event::ActivationFailed { attempt, reason };
            let noted = calling.came_to(self.clock.now(), FAILED);
            return Ok(self.finish(entry, Some(event), "network", noted).await?);
        }
        let (estimate, margin) = (accepted.estimate, accepted.margin);
        let event = Event::ActivationAccepted { estimate, margin };
        let noted = calling.came_to(self.clock.now(), accepted.status.name());
        self.finish(entry, Some(event), "network", noted).await?;
        if accepted.status == ActivationStatus::Active {
            // Not lost when this fails: the timers ask the network again.
            let event = Event::ActivationDone;
            let applied = self.ledger.apply(entry.order, &event, "network", &[]).await;
            applied.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Charges whoever paid the order that granted a plan; how that ended is asked at once, and by
    /// the janitor if this is cut off.
    async fn charge_again(
        &self,
        entry: &OutboxEntry,
        attempt: u32,
        request: OpenRequest,
        (provider, first): (&str, OrderId),
        calling: &Calling,
    ) -> Result<(), Undone> {
        let paid = self.store.order(first).await?;
        let paid = paid.and_then(|record| record.order.payment).ok_or("nothing was paid before")?;
        let charging = self.provider(provider)?;
        let session = charging.charge_again(request, paid.id.reference).await?;
        let id = session.id.clone();
        let opened = Event::PaymentOpened { attempt, session };
        let noted = calling.came_to(self.clock.now(), DONE);
        self.finish(entry, Some(opened), "provider", noted).await?;
        let status = charging.retrieve(id.clone()).await?;
        if let Some(event) = payment_event(provider, &id, status) {
            self.ledger.apply(entry.order, &event, "provider", &[]).await?;
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
        noted: Command,
    ) -> Result<(), String> {
        let done = vec![self.done(entry), noted];
        let finished: Result<(), StoreError> = match event {
            Some(event) => self.ledger.apply(entry.order, &event, actor, &done).await.map(drop),
            None => self.store.commit(done).await,
        };
        finished.map_err(|error| error.to_string())
    }
}

/// Tells whether the network is still to be asked for a try: what it takes too late counts too.
fn is_wanted(record: &Order, number: u32) -> bool {
    let is_waiting = matches!(record.order.state, State::Paid | State::ActivationFailed);
    is_waiting && record.order.asked.is_some_and(|asked| asked.number == number)
}

/// Tells whether the session of an attempt is still waited for.
fn is_awaited(record: &Order, attempt: u32) -> bool {
    let is_latest = record.order.attempt.as_ref().is_some_and(|latest| latest.number == attempt);
    is_latest && record.order.state == State::PaymentOpen
}

/// Tells whether a session is the one in which the order is being paid.
fn is_open(record: &Order, session: &str) -> bool {
    let known = record.order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
    record.order.state == State::PaymentOpen && known.is_some_and(|known| known.id == session)
}

/// Names an effect for logs: its key may hold a session that opens a payment page.
fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::OpenPayment { .. } => "open_payment",
        Effect::ChargePayment { .. } => "charge_payment",
        Effect::ClosePayment { .. } => "close_payment",
        Effect::Activate { .. } => "activate",
        Effect::Deactivate { .. } => "deactivate",
        Effect::Extend { .. } => "extend",
        Effect::Refund { .. } => "refund",
    }
}

/// Returns the ledger event of a provider's answer; none while nobody knows how it ends.
#[must_use]
pub fn payment_event(provider: &str, session: &str, status: SessionStatus) -> Option<Event> {
    match status {
        SessionStatus::Open | SessionStatus::Pending => None,
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
