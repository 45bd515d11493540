//! Orders that are told events, and what was seen on the way.

use std::collections::BTreeMap;

use domain::amount::{Currency, Megabytes, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::code::{OrderCode, OrderId};
use domain::order::{
    Change, Effect, Event, Order, PaymentId, PaymentSession, Step, Terms, create, step,
};
use domain::{SignedDuration, Timestamp};

/// How long a payment window stays open.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_mins(30);
/// What the operator adds to the ten minutes.
pub(crate) const MARGIN: SignedDuration = SignedDuration::from_secs(30);
/// Longer than any window and any activation.
pub(crate) const LATE: SignedDuration = SignedDuration::from_hours(3);
/// Longer than anybody waits.
pub(crate) const DAY: SignedDuration = SignedDuration::from_hours(30);

/// Every event of the table, by name.
pub(crate) const EVENTS: &[&str] = &[
    "pay",
    "open-1",
    "open-2",
    "confirm-a",
    "confirm-b",
    "short",
    "foreign",
    "decline-1",
    "decline-2",
    "close-1",
    "close-2",
    "cancel",
    "accept",
    "done",
    "fail",
    "fail-2",
    "refund-a",
    "refund-b",
    "redeem",
    "retry",
    "back",
    "tick",
    "tick-late",
    "tick-day",
];

/// Returns the price in the terms of [`an_order`].
pub(crate) fn price() -> Money {
    Money { minor: 490, currency: Currency::parse("EUR").expect("a currency") }
}

/// Returns the session that the provider opens for an attempt.
pub(crate) fn session(attempt: u32) -> PaymentSession {
    let id = format!("s{attempt}");
    PaymentSession { provider: "card".to_owned(), url: format!("https://pay.example/{id}"), id }
}

/// Returns the provider's word that a payment came in: `a` in the session of the first attempt,
/// any other in that of the second.
pub(crate) fn confirmed(reference: &str, amount: Money) -> Event {
    let session = session(if reference == "a" { 1 } else { 2 }).id;
    Event::PaymentConfirmed { session, payment: card(reference), amount }
}

/// Returns a payment by card.
pub(crate) fn card(reference: &str) -> PaymentId {
    PaymentId { provider: "card".to_owned(), reference: reference.to_owned() }
}

/// Returns a voucher as a payment.
pub(crate) fn voucher() -> PaymentId {
    PaymentId { provider: "voucher".to_owned(), reference: "v".to_owned() }
}

/// Returns how long after the one before it the event of that name comes.
pub(crate) fn delay(name: &str) -> SignedDuration {
    match name {
        "tick-late" => LATE,
        "tick-day" => DAY,
        _ => SignedDuration::ZERO,
    }
}

/// Returns the event of that name.
pub(crate) fn event(name: &str) -> Event {
    let usd = Currency::parse("USD").expect("a currency");
    match name {
        "pay" => Event::PayRequested { provider: "card".to_owned(), window: WINDOW },
        "open-1" => Event::PaymentOpened { attempt: 1, session: session(1) },
        "open-2" => Event::PaymentOpened { attempt: 2, session: session(2) },
        "confirm-a" => confirmed("a", price()),
        "confirm-b" => confirmed("b", price()),
        "short" => confirmed("a", Money { minor: 489, ..price() }),
        "foreign" => confirmed("b", Money { currency: usd, ..price() }),
        "decline-1" => Event::PaymentDeclined { session: session(1).id },
        "decline-2" => Event::PaymentDeclined { session: session(2).id },
        "close-1" => Event::PaymentClosed { session: session(1).id },
        "close-2" => Event::PaymentClosed { session: session(2).id },
        "cancel" => Event::CancelRequested,
        "accept" => Event::ActivationAccepted { estimate: None, margin: MARGIN },
        "done" => Event::ActivationDone,
        "fail" => Event::ActivationFailed { attempt: 1, reason: None },
        "fail-2" => Event::ActivationFailed { attempt: 2, reason: None },
        "refund-a" => Event::RefundDone { payment: card("a") },
        "refund-b" => Event::RefundDone { payment: card("b") },
        "redeem" => Event::Redeemed { payment: voucher() },
        "retry" => Event::RetryRequested,
        "back" => Event::RefundRequested,
        "tick" | "tick-late" | "tick-day" => Event::Tick,
        other => unreachable!("{other} is in EVENTS"),
    }
}

/// Returns an order that was just created.
pub(crate) fn an_order() -> Order {
    let terms = Terms {
        brand: BrandId::parse("fjell").expect("a brand id"),
        plan: PlanId::parse("day").expect("a plan id"),
        price: price(),
        plan_type: PlanType::Fixed,
        data_limit: Some(Megabytes(1000)),
        duration: Period::parse("P1M").expect("a period"),
        resets: false,
        usage_notifications: true,
        tax: None,
        renews: None,
    };
    let now = "2030-01-31T10:00:00Z".parse().expect("an instant");
    create(OrderId::from_parts(0, [7; 10]), OrderCode::from_random([7; 6]), terms, now)
}

/// An order, what was said of it, and the clock.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The order as it stands.
    pub(crate) order: Order,
    /// As it was created.
    pub(crate) created: Order,
    /// Every change so far.
    pub(crate) changes: Vec<Change>,
    /// Every effect so far, by its key.
    pub(crate) effects: BTreeMap<String, Effect>,
    now: Timestamp,
}

/// Begins the history of an order.
pub(crate) fn told(order: Order) -> Told {
    let now = order.created_at;
    Told { created: order.clone(), order, changes: Vec::new(), effects: BTreeMap::new(), now }
}

impl Told {
    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, time: SignedDuration) {
        self.now += time;
    }

    /// Tells the order an event after a while, and records what it does.
    pub(crate) fn tell(&mut self, event: &Event, after: SignedDuration) -> Step {
        self.wait(after);
        let step = step(&self.order, event, self.now);
        for change in &step.changes {
            self.order.apply(change);
        }
        self.changes.extend(step.changes.iter().cloned());
        for effect in &step.effects {
            let key = effect.key(self.order.id);
            let known = self.effects.entry(key).or_insert_with(|| effect.clone());
            assert_eq!(known, effect, "one key, one effect");
        }
        step
    }
}
