//! One run: what happens next, how it ends, and what must hold then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use domain::amount::{Currency, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::code::{OrderCode, OrderId};
use domain::launch::Technology;
use domain::order::{Event, State, Terms};
use domain::{SignedDuration, Timestamp};
use server::activation::ActivationStatus;
use server::clock::{Clock, SettableClock};
use server::engine::dispatch::{self, Described, Dispatcher};
use server::engine::ledger::{Ledger, NewOrder};
use server::engine::{janitor, timers};
use server::metrics::Metrics;
use server::payment::{PaymentProvider as _, Payments, ProviderEvent, Whose};
use server::store::health::Depth;
use server::store::sqlite::{SqliteStore, inspect};
use server::store::{Claims, Command, Order, OutboxEntry, Store};
use server::usage::{Settings, Usage};
use tokio::runtime::Runtime;

use super::outside::{Network, PROVIDER, Provider, Signed, Weather};
use super::seeded::{Seeded, UnderWay};

/// Customers' sessions of a run.
const SESSIONS: usize = 4;
/// Orders that each of them may place.
const KEYS: usize = 4;
/// How long a payment window stays open.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Rounds of a kind world in which everything must come to its end.
const ROUNDS: u32 = 400;

/// What there was in runs, so that they prove something.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    orders: usize,
    crashes: usize,
    payments: usize,
    refunds: usize,
    forged: usize,
    ends: BTreeMap<&'static str, usize>,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.crashes += other.crashes;
        self.payments += other.payments;
        self.refunds += other.refunds;
        self.forged += other.forged;
        for (end, count) in &other.ends {
            *self.ends.entry(end).or_default() += count;
        }
    }

    /// Runs without payments, refunds and crashes would prove nothing.
    pub(super) fn is_enough(&self) {
        let Self { orders, crashes, payments, refunds, forged, ends } = self;
        for count in [orders, crashes, payments, refunds, forged] {
            assert!(*count > 0, "{self:?}");
        }
        for end in ["active", "cancelled", "refunded"] {
            assert!(ends.contains_key(end), "{self:?}");
        }
    }
}

/// What a process holds, and a crash takes away.
struct Process {
    store: Arc<dyn Store>,
    ledger: Arc<Ledger>,
    dispatcher: Dispatcher,
    provider: Arc<Provider>,
    clock: Arc<SettableClock>,
    under_way: Mutex<BTreeSet<String>>,
    asked: tokio::sync::Mutex<BTreeMap<OrderId, Timestamp>>,
}

/// A run.
pub(super) struct World<'r> {
    runtime: &'r Runtime,
    seeded: Seeded,
    path: PathBuf,
    _folder: tempfile::TempDir,
    clock: Arc<SettableClock>,
    weather: Arc<Weather>,
    provider: Arc<Provider>,
    network: Arc<Network>,
    process: Arc<Process>,
    doing: UnderWay,
    /// Events of the provider that may come, also again.
    events: Vec<Signed>,
    pub(super) seen: Seen,
}

fn price() -> Money {
    Money { minor: 490, currency: Currency::parse("EUR").expect("a currency") }
}

fn open(
    path: &std::path::Path,
    clock: &Arc<SettableClock>,
    provider: &Arc<Provider>,
    network: &Arc<Network>,
) -> Arc<Process> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).expect("opens"));
    let as_port = Arc::clone(clock) as Arc<dyn Clock>;
    let ledger = Arc::new(Ledger::new(Arc::clone(&store), Arc::clone(&as_port)));
    let named = (PROVIDER.to_owned(), Arc::clone(provider) as _);
    let metrics = Metrics::default();
    let counted = metrics.usage.clone();
    let usage = Usage::new(Arc::clone(&store), Arc::clone(&as_port), counted, Settings::default());
    let dispatcher = Dispatcher {
        ledger: Arc::clone(&ledger),
        store: Arc::clone(&store),
        clock: as_port,
        payments: Arc::new(Payments::new(BTreeMap::from([named]))),
        activation: Arc::clone(network) as _,
        describe: Box::new(|_| Described {
            what: String::new(),
            tax: None,
            return_url: String::new(),
        }),
        usage: Arc::new(usage),
        metrics: Arc::new(metrics),
    };
    Arc::new(Process {
        store,
        ledger,
        dispatcher,
        provider: Arc::clone(provider),
        clock: Arc::clone(clock),
        under_way: Mutex::default(),
        asked: tokio::sync::Mutex::default(),
    })
}

impl<'r> World<'r> {
    pub(super) fn new(runtime: &'r Runtime, mut seeded: Seeded) -> Self {
        let folder = e2e::fast_folder().expect("a folder");
        let path = folder.path().join("model.sqlite");
        let begin = "2030-01-01T00:00:00Z".parse().expect("an instant");
        let clock = Arc::new(SettableClock::new(begin));
        let weather = Weather::new(seeded.split());
        let provider = Arc::new(Provider::new(Arc::clone(&weather), Arc::clone(&clock)));
        let network = Arc::new(Network::new(Arc::clone(&weather), Arc::clone(&clock)));
        let process = open(&path, &clock, &provider, &network);
        Self {
            runtime,
            seeded,
            path,
            _folder: folder,
            clock,
            weather,
            provider,
            network,
            process,
            doing: UnderWay::default(),
            events: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Lets one thing happen.
    pub(super) fn step(&mut self) {
        // Ids are of a millisecond, and so in the order in which orders were placed.
        self.clock.advance(SignedDuration::from_millis(1));
        match self.seeded.below(200) {
            0..130 => self.doing.go_on(&mut self.seeded),
            130..142 => self.customer(),
            142..170 => self.payer(),
            170..180 => self.event(),
            180..196 => self.loops(),
            196..198 => self.time_jumps(),
            _ => self.crash(),
        }
    }

    fn crash(&mut self) {
        self.doing.crash();
        self.seen.crashes += 1;
        // The old one first: its writer ends, and what it had begun to commit is committed.
        let (path, clock) = (self.path.clone(), Arc::clone(&self.clock));
        let (provider, network) = (Arc::clone(&self.provider), Arc::clone(&self.network));
        self.process = open(&path, &clock, &provider, &network);
    }

    fn time_jumps(&mut self) {
        let minutes = [1, 1, 1, 5, 5, 10, 16, 60, 25 * 60];
        let minutes = self.seeded.of(&minutes).copied().unwrap_or(1);
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    fn orders(&self) -> Vec<Order> {
        let found = self.runtime.block_on(self.process.store.latest_orders(1_000));
        let mut found = found.expect("read");
        found.reverse();
        found
    }

    /// A customer does something, often what was just done.
    fn customer(&mut self) {
        let session = format!("session-{}", self.seeded.below(SESSIONS));
        let process = Arc::clone(&self.process);
        let orders = self.orders();
        let own: Vec<&Order> = orders.iter().filter(|order| order.session == session).collect();
        let order = self.seeded.of(&own).map(|order| order.order.id);
        let drawn = self.seeded.below(100);
        let (name, doing): (_, super::seeded::Doing) = match (drawn, order) {
            (0..40, _) | (_, None) => {
                let key = format!("{session}-{}", self.seeded.below(KEYS));
                ("submit", Box::pin(async move { process.submit(session, key).await }))
            }
            (40..55, Some(id)) => ("pay", Box::pin(async move { process.pay(id).await })),
            (55..70, Some(id)) => ("back", Box::pin(async move { process.back(id).await })),
            (70..80, Some(id)) => {
                let event = Event::CancelRequested;
                ("cancel", Box::pin(async move { process.happen(id, event).await }))
            }
            (80..90, Some(id)) => {
                let event = Event::RetryRequested;
                ("retry", Box::pin(async move { process.mend(id, event).await }))
            }
            (_, Some(id)) => {
                let event = Event::RefundRequested;
                ("refund", Box::pin(async move { process.mend(id, event).await }))
            }
        };
        self.doing.begin(name, doing);
    }

    /// Somebody stands at the provider's page.
    fn payer(&mut self) {
        let payable = self.provider.payable();
        let Some(session) = self.seeded.of(&payable).cloned() else { return };
        let made = match self.seeded.below(100) {
            0..70 => self.provider.pay(&session, price()),
            70..75 => self.provider.pay(&session, Money { minor: 1, ..price() }),
            75..90 => self.provider.decline(&session),
            _ => {
                self.seen.forged += 1;
                Some(Signed::forged(&session))
            }
        };
        self.events.extend(made);
    }

    /// An event arrives: any one, in any order, also one that came before.
    fn event(&mut self) {
        let Some(signed) = self.seeded.of(&self.events).cloned() else { return };
        let process = Arc::clone(&self.process);
        self.doing.begin("event", Box::pin(async move { process.deliver(signed).await }));
    }

    /// The loops of the server look.
    fn loops(&mut self) {
        self.outbox();
        let process = Arc::clone(&self.process);
        match self.seeded.percent(60) {
            true => self.doing.begin("timers", Box::pin(async move { process.timers().await })),
            false => self.janitor(),
        }
    }

    fn outbox(&mut self) {
        let now = self.clock.now();
        let due = self.runtime.block_on(self.process.store.due_effects(now, 128)).expect("read");
        for entry in due {
            let under_way = &self.process.under_way;
            let mut under_way = under_way.lock().unwrap_or_else(PoisonError::into_inner);
            if under_way.insert(entry.key.clone()) {
                drop(under_way);
                let process = Arc::clone(&self.process);
                self.doing.begin("effect", Box::pin(async move { process.perform(entry).await }));
            }
        }
    }

    fn janitor(&mut self) {
        for order in self.orders() {
            let is_open = order.order.state == State::PaymentOpen;
            if is_open && order.order.attempt.as_ref().is_some_and(|a| a.session.is_some()) {
                let process = Arc::clone(&self.process);
                let asking = async move { janitor::ask(&process.dispatcher, &order).await };
                self.doing.begin("janitor", Box::pin(asking));
            }
        }
    }

    fn settle(&mut self) {
        while !self.doing.is_empty() {
            self.doing.go_on(&mut self.seeded);
        }
    }

    /// From now on everybody answers and nobody does anything new: what must hold holds in the end.
    pub(super) fn end(&mut self) {
        self.weather.be_kind();
        self.crash();
        for round in 0..ROUNDS {
            self.clock.advance(SignedDuration::from_mins(if round < 60 { 1 } else { 60 }));
            self.outbox();
            self.janitor();
            let process = Arc::clone(&self.process);
            self.doing.begin("timers", Box::pin(async move { process.timers().await }));
            self.settle();
            let is_over = |order: &Order| {
                matches!(order.order.state, State::Active | State::Cancelled | State::Refunded)
            };
            // Not before the last window closed: a payment may still be on its way.
            let due = self.runtime.block_on(self.process.store.due_effects(Timestamp::MAX, 1));
            if round > 40 && due.expect("read").is_empty() && self.orders().iter().all(is_over) {
                break;
            }
        }
        // Events may come a year late.
        for signed in self.events.clone() {
            let process = Arc::clone(&self.process);
            self.doing.begin("event", Box::pin(async move { process.deliver(signed).await }));
        }
        self.settle();
        for _ in 0..20 {
            self.clock.advance(SignedDuration::from_mins(6));
            self.outbox();
            self.settle();
        }
        self.must_hold();
    }

    fn must_hold(&mut self) {
        let orders = self.orders();
        let keys: BTreeSet<_> =
            orders.iter().map(|order| (&order.session, &order.browser_key)).collect();
        assert_eq!(keys.len(), orders.len(), "one order for each submit");
        let left = self.runtime.block_on(self.process.store.due_effects(Timestamp::MAX, 10));
        assert_eq!(left, Ok(vec![]), "nothing is left to do");
        assert_eq!(self.provider.payable(), Vec::<String>::new(), "nobody may pay any more");
        let (sessions, refunded) = (self.provider.sessions(), self.provider.refunded());
        let mut paid_for: BTreeMap<OrderCode, Vec<(String, Money)>> = BTreeMap::new();
        for paying in sessions {
            assert_eq!(paying.amount, price(), "asked for the price");
            paid_for.entry(paying.order).or_default().extend(paying.paid);
        }
        let mut known: BTreeSet<String> = BTreeSet::new();
        for order in &orders {
            let paid = paid_for.get(&order.order.code).cloned().unwrap_or_default();
            self.one_order(order, &paid, &refunded);
            known.extend(paid.into_iter().map(|(reference, _)| reference));
        }
        assert!(refunded.keys().all(|reference| known.contains(reference)), "nothing else back");
        let found = inspect(&self.path, Depth::Whole).expect("looked through");
        assert!(found.damage.is_empty() && found.contradictions.is_empty(), "{found:?}");
        self.seen.orders += orders.len();
        self.seen.payments += known.len();
        self.seen.refunds += refunded.len();
    }

    /// What both sides say of an order agrees, and no money but the price of a plan stays.
    fn one_order(
        &mut self,
        order: &Order,
        paid: &[(String, Money)],
        refunded: &BTreeMap<String, Money>,
    ) {
        let (id, state) = (order.order.id, order.order.state);
        let shown = || format!("{order:#?}\npaid {paid:?}\nrefunded {refunded:?}");
        *self.seen.ends.entry(state.name()).or_default() += 1;
        let is_over = matches!(state, State::Active | State::Cancelled | State::Refunded);
        assert!(is_over, "every order ends: {}", shown());
        let kept: Vec<_> =
            paid.iter().filter(|(reference, _)| !refunded.contains_key(reference)).collect();
        let is_active = state == State::Active;
        assert_eq!(kept.len(), usize::from(is_active), "a plan for its money: {}", shown());
        assert!(kept.iter().all(|(_, amount)| *amount == price()), "{}", shown());
        for (reference, amount) in paid {
            let back = refunded.get(reference);
            assert!(back.is_none_or(|back| back == amount), "what was paid: {}", shown());
        }
        assert_eq!(order.order.grant.is_some(), is_active, "{}", shown());
        let mut ours: BTreeSet<&str> =
            order.order.refunds.iter().map(|refund| refund.payment.reference.as_str()).collect();
        assert!(order.order.refunds.iter().all(|refund| refund.is_done), "{}", shown());
        ours.extend(order.order.payment.as_ref().map(|payment| payment.id.reference.as_str()));
        let theirs: BTreeSet<&str> = paid.iter().map(|(reference, _)| reference.as_str()).collect();
        assert_eq!(ours, theirs, "both books: {}", shown());
        let issued = self.runtime.block_on(self.process.store.receipts(id)).expect("read").len();
        let expected = usize::from(is_active) + 2 * usize::from(state == State::Refunded);
        assert_eq!(
            issued,
            expected,
            "a receipt, and a credit note for what went back: {}",
            shown()
        );
        let is_on = self.network.stands(id) == ActivationStatus::Active;
        let is_ended = self.network.ended(id);
        assert!(!is_active || is_on && !is_ended, "the network has it: {}", shown());
        assert!(is_active || !is_on || is_ended, "the network ended it: {}", shown());
    }
}

impl Process {
    /// As the route that places an order does; errors are those of a store that somebody else was
    /// faster at, which a customer sees as a page.
    async fn submit(&self, session: String, key: String) {
        let known = self.store.order_by_key(session.clone(), key.clone()).await.expect("read");
        if known.is_none() && self.in_flight(&session, None).await {
            return;
        }
        let new = NewOrder {
            id: server::entropy::id(self.clock.now()),
            with: Vec::new(),
            session,
            browser_key: key,
            terms: Terms {
                brand: BrandId::parse("fjell").expect("an id"),
                plan: PlanId::parse("day").expect("an id"),
                price: price(),
                plan_type: PlanType::Fixed,
                data_limit: None,
                duration: Period::parse("P1D").expect("a period"),
                resets: false,
                usage_notifications: false,
                tax: None,
                renews: None,
            },
            claims: Claims {
                subscriber: None,
                device: None,
                iccid: None,
                technology: Technology::Unknown,
            },
        };
        let record = self.ledger.place(new).await.expect("placed");
        self.pay(record.order.id).await;
    }

    async fn in_flight(&self, session: &str, other_than: Option<OrderId>) -> bool {
        let orders = self.store.orders_of_session(session.to_owned()).await.expect("read");
        let mut others = orders.iter().filter(|record| Some(record.order.id) != other_than);
        others.any(|record| record.order.state.is_in_flight())
    }

    async fn pay(&self, id: OrderId) {
        let record = self.store.order(id).await.expect("read").expect("an order");
        if !self.in_flight(&record.session, Some(id)).await {
            let event = Event::PayRequested { provider: PROVIDER.to_owned(), window: WINDOW };
            self.happen(id, event).await;
        }
    }

    async fn happen(&self, id: OrderId, event: Event) {
        // Another window of the session may be open: the store allows one.
        let _ = self.ledger.apply(id, &event, "customer", &[]).await;
    }

    async fn mend(&self, id: OrderId, event: Event) {
        let failed = [State::ActivationFailed];
        let _ = self.ledger.request(id, &event, "customer", &failed, &[]).await;
    }

    async fn back(&self, id: OrderId) {
        let record = self.store.order(id).await.expect("read").expect("an order");
        let session = record.order.attempt.as_ref().and_then(|attempt| attempt.session.clone());
        let Some(session) = session else { return };
        let Ok(status) = self.provider.retrieve(session.id.clone()).await else { return };
        if let Some(event) = dispatch::payment_event(PROVIDER, &session.id, status) {
            let _ = self.ledger.apply(id, &event, "provider", &[]).await;
        }
    }

    async fn deliver(&self, signed: Signed) {
        let now = self.clock.now();
        let read = self.provider.verify_event(&signed.headers(), signed.body.as_bytes(), now);
        let Ok(ProviderEvent::Session(event)) = read else { return };
        let (provider, session) = (PROVIDER.to_owned(), event.session.clone());
        let known = self.store.order_by_payment_session(provider.clone(), session).await;
        let record = match (known.expect("read"), &event.whose) {
            (None, Whose::Order(code)) => self.ledger.by_code(code).await.expect("read"),
            (known, _) => known,
        };
        let Some(record) = record else { return };
        let Some(happened) = dispatch::payment_event(PROVIDER, &event.session, event.status) else {
            return;
        };
        let remember = Command::RememberPaymentEvent { provider, id: event.id, at: now };
        let _ = self.ledger.apply(record.order.id, &happened, "provider", &[remember]).await;
    }

    async fn perform(&self, entry: OutboxEntry) {
        self.dispatcher.perform(&entry).await;
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.remove(&entry.key);
    }

    async fn timers(&self) {
        // One look at a time, as in the server.
        let Ok(mut asked) = self.asked.try_lock() else { return };
        let now = self.clock.now();
        for record in timers::to_ask(&self.dispatcher, &mut asked, now).await {
            timers::ask_network(&self.dispatcher, &record, now).await;
        }
        timers::tick_due(&self.dispatcher, now).await;
    }
}
