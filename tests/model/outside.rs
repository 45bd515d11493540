//! What is outside and survives every crash: a payment provider and a network, each with a book
//! of its own.
//!
//! Both fail as real ones do: they do not answer, or do what is asked and their answer is lost.
//! They keep to what their ports promise: the same key is the same deed. Not here: who pays when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use domain::amount::Money;
use domain::code::{OrderCode, OrderId};
use domain::order::PaymentSession;
use domain::{SignedDuration, Timestamp};
use server::activation::{
    self, Accepted, ActivationError, ActivationPort, ActivationStatus, Wanted,
};
use server::clock::{Clock, SettableClock};
use server::entropy;
use server::payment::{
    OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionEvent, SessionStatus,
    Whose,
};
use server::store::Order;

use super::seeded::{Seeded, pause};

/// The provider's name.
pub(super) const PROVIDER: &str = "book";
/// What only the provider can sign with.
const SECRET: &str = "a secret of the provider";
/// The header that carries the signature.
const SIGNATURE: &str = "book-signature";

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a call ends.
enum Fate {
    Done,
    NotDone,
    Lost,
}

/// How the world goes: a seed, until it is kind.
pub(super) struct Weather {
    seeded: Mutex<Seeded>,
    is_kind: Mutex<bool>,
}

impl Weather {
    pub(super) fn new(seeded: Seeded) -> Arc<Self> {
        Arc::new(Self { seeded: Mutex::new(seeded), is_kind: Mutex::new(false) })
    }

    /// From now on everybody answers.
    pub(super) fn be_kind(&self) {
        *lock(&self.is_kind) = true;
    }

    fn fate(&self) -> Fate {
        let drawn = lock(&self.seeded).below(100);
        match drawn {
            0..10 if !*lock(&self.is_kind) => Fate::NotDone,
            10..20 if !*lock(&self.is_kind) => Fate::Lost,
            _ => Fate::Done,
        }
    }
}

/// A session in the provider's book.
#[derive(Clone, Debug)]
pub(super) struct Paying {
    pub(super) order: OrderCode,
    pub(super) amount: Money,
    closes_at: Timestamp,
    is_closed: bool,
    is_declined: bool,
    /// The payment, and what was paid.
    pub(super) paid: Option<(String, Money)>,
}

impl Paying {
    fn status(&self, now: Timestamp) -> SessionStatus {
        match &self.paid {
            Some((reference, amount)) => {
                SessionStatus::Paid { reference: reference.clone(), amount: *amount }
            }
            None if self.is_closed || now >= self.closes_at => SessionStatus::Closed,
            None if self.is_declined => SessionStatus::Declined,
            None => SessionStatus::Open,
        }
    }
}

#[derive(Default)]
struct Book {
    sessions: BTreeMap<String, Paying>,
    by_key: BTreeMap<String, String>,
    refunded: BTreeMap<String, Money>,
}

/// The provider.
pub(super) struct Provider {
    book: Mutex<Book>,
    weather: Arc<Weather>,
    clock: Arc<SettableClock>,
}

impl Provider {
    pub(super) fn new(weather: Arc<Weather>, clock: Arc<SettableClock>) -> Self {
        Self { book: Mutex::default(), weather, clock }
    }

    /// Returns the sessions in which somebody may pay now.
    pub(super) fn payable(&self) -> Vec<String> {
        let now = self.clock.now();
        let book = lock(&self.book);
        let is_payable = |paying: &Paying| {
            matches!(paying.status(now), SessionStatus::Open | SessionStatus::Declined)
        };
        let found = book.sessions.iter().filter(|(_, paying)| is_payable(paying));
        found.map(|(session, _)| session.clone()).collect()
    }

    /// The customer pays this much in a session; returns the event of it.
    pub(super) fn pay(&self, session: &str, amount: Money) -> Option<Signed> {
        let now = self.clock.now();
        let mut book = lock(&self.book);
        let paying = book.sessions.get_mut(session)?;
        if !matches!(paying.status(now), SessionStatus::Open | SessionStatus::Declined) {
            return None;
        }
        paying.paid = Some((format!("pay_{session}"), amount));
        Some(Signed::of(session, "paid"))
    }

    /// The customer's card is refused; another one may be tried.
    pub(super) fn decline(&self, session: &str) -> Option<Signed> {
        let now = self.clock.now();
        let mut book = lock(&self.book);
        let paying = book.sessions.get_mut(session)?;
        if paying.status(now) != SessionStatus::Open {
            return None;
        }
        paying.is_declined = true;
        Some(Signed::of(session, "declined"))
    }

    /// Returns all sessions.
    pub(super) fn sessions(&self) -> Vec<Paying> {
        lock(&self.book).sessions.values().cloned().collect()
    }

    /// Returns what was given back, by the payment.
    pub(super) fn refunded(&self) -> BTreeMap<String, Money> {
        lock(&self.book).refunded.clone()
    }

    /// Does something with the book as the weather lets it.
    async fn answer<T: Send>(
        &self,
        deed: impl FnOnce(&mut Book, Timestamp) -> Result<T, PaymentError> + Send,
    ) -> Result<T, PaymentError> {
        let fate = self.weather.fate();
        pause().await;
        if matches!(fate, Fate::NotDone) {
            return Err(PaymentError::Unavailable("no answer".to_owned()));
        }
        let done = deed(&mut lock(&self.book), self.clock.now());
        pause().await;
        if matches!(fate, Fate::Lost) {
            return Err(PaymentError::Unavailable("the answer is lost".to_owned()));
        }
        done
    }
}

/// A signed event of the provider.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) body: String,
    signature: String,
}

impl Signed {
    fn of(session: &str, what: &str) -> Self {
        let body = format!("evt_{session}_{what} {session} {what}");
        let signature = entropy::fingerprint(&format!("{SECRET}{body}"));
        Self { body, signature }
    }

    /// Returns the headers that it comes with.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, self.signature.parse().expect("a header"));
        headers
    }

    /// What somebody writes who wants a plan for nothing.
    pub(super) fn forged(session: &str) -> Self {
        let Self { body, .. } = Self::of(session, "paid");
        Self { signature: entropy::fingerprint(&body), body }
    }
}

impl PaymentProvider for Provider {
    fn name(&self) -> &str {
        PROVIDER
    }

    fn origins(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, request: OpenRequest) -> Reply<'_, PaymentSession> {
        Box::pin(self.answer(move |book, _| {
            let number = book.sessions.len();
            let id = book.by_key.entry(request.key).or_insert_with(|| format!("s{number}")).clone();
            book.sessions.entry(id.clone()).or_insert_with(|| Paying {
                order: request.order,
                amount: request.amount,
                closes_at: request.closes_at,
                is_closed: false,
                is_declined: false,
                paid: None,
            });
            let url = format!("https://pay.example/{id}");
            Ok(PaymentSession { provider: PROVIDER.to_owned(), id, url })
        }))
    }

    fn close(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(self.answer(move |book, now| {
            let paying = book.sessions.get_mut(&session).ok_or(PaymentError::UnknownSession)?;
            paying.is_closed = true;
            Ok(paying.status(now))
        }))
    }

    fn retrieve(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(self.answer(move |book, now| {
            let paying = book.sessions.get(&session).ok_or(PaymentError::UnknownSession)?;
            Ok(paying.status(now))
        }))
    }

    fn refund(&self, _: String, reference: String, amount: Money) -> Reply<'_, ()> {
        Box::pin(self.answer(move |book, _| {
            book.refunded.entry(reference).or_insert(amount);
            Ok(())
        }))
    }

    fn verify_event(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError> {
        let body = std::str::from_utf8(body).map_err(|_| PaymentError::BadEvent)?;
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
        if signature != Some(entropy::fingerprint(&format!("{SECRET}{body}")).as_str()) {
            return Err(PaymentError::BadSignature);
        }
        let mut words = body.split(' ').map(str::to_owned);
        let (Some(id), Some(session), Some(what)) = (words.next(), words.next(), words.next())
        else {
            return Err(PaymentError::BadEvent);
        };
        let book = lock(&self.book);
        let paying = book.sessions.get(&session).ok_or(PaymentError::UnknownSession)?;
        // An event says what was so when it was made, however late it comes.
        let status = match what.as_str() {
            "declined" => SessionStatus::Declined,
            _ => paying.status(now),
        };
        let whose = Whose::Order(paying.order.clone());
        Ok(ProviderEvent::Session(SessionEvent { id, session, whose, status }))
    }
}

/// The network: what it takes a while for, and what it will not do.
pub(super) struct Network {
    /// Which plans it was asked for, since when, and how many before.
    asked: Mutex<BTreeMap<OrderId, (Timestamp, usize)>>,
    /// Plans that are not to be, or not any more.
    ended: Mutex<BTreeSet<OrderId>>,
    weather: Arc<Weather>,
    clock: Arc<SettableClock>,
}

impl Network {
    pub(super) fn new(weather: Arc<Weather>, clock: Arc<SettableClock>) -> Self {
        Self { asked: Mutex::default(), ended: Mutex::default(), weather, clock }
    }

    /// Returns where an order stands: one in five is refused, others take up to half an hour.
    pub(super) fn stands(&self, order: OrderId) -> ActivationStatus {
        let Some((since, number)) = lock(&self.asked).get(&order).copied() else {
            return ActivationStatus::Pending;
        };
        let takes = SignedDuration::from_mins(i64::try_from(number % 7).unwrap_or(0) * 5);
        match (self.clock.now().duration_since(since) >= takes, number % 5 == 4) {
            (false, _) => ActivationStatus::Pending,
            (true, true) => ActivationStatus::Failed(None),
            (true, false) => ActivationStatus::Active,
        }
    }

    /// Tells whether it was told that a plan is not to be, or not any more.
    pub(super) fn ended(&self, order: OrderId) -> bool {
        lock(&self.ended).contains(&order)
    }

    fn silent(why: &str) -> ActivationError {
        ActivationError { why: why.to_owned(), pause: None }
    }

    async fn answer<T>(&self, deed: impl FnOnce() -> T) -> Result<T, ActivationError> {
        let fate = self.weather.fate();
        pause().await;
        if matches!(fate, Fate::NotDone) {
            return Err(Self::silent("no answer"));
        }
        let done = deed();
        pause().await;
        match fate {
            Fate::Lost => Err(Self::silent("the answer is lost")),
            Fate::Done | Fate::NotDone => Ok(done),
        }
    }
}

impl ActivationPort for Network {
    fn request<'a>(
        &'a self,
        wanted: Wanted<'a>,
        now: Timestamp,
    ) -> activation::Reply<'a, Accepted> {
        let id = wanted.order.order.id;
        Box::pin(self.answer(move || {
            let mut asked = lock(&self.asked);
            let number = asked.len();
            asked.entry(id).or_insert((now, number));
            drop(asked);
            let estimate = Some(SignedDuration::from_mins(5));
            Accepted { estimate, margin: SignedDuration::ZERO, status: self.stands(id) }
        }))
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        _: Timestamp,
    ) -> activation::Reply<'a, ActivationStatus> {
        let id = order.order.id;
        Box::pin(self.answer(move || self.stands(id)))
    }

    fn deactivate<'a>(&'a self, _: &'a str, order: &'a Order) -> activation::Reply<'a, ()> {
        let id = order.order.id;
        Box::pin(self.answer(move || {
            lock(&self.ended).insert(id);
        }))
    }
}
