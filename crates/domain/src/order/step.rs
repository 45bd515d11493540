//! The decisions of the order ledger: which event does what in which state.
//!
//! Total and deterministic. Not here: the types ([`super`]).

use jiff::{SignedDuration, Timestamp};

use crate::activation::{Activation, TIMEOUT};
use crate::amount::Money;
use crate::code::{OrderCode, OrderId};

use super::{
    Change, Effect, Event, Grant, Ignored, Order, Payment, PaymentAttempt, PaymentSession,
    Rejected, State, Step, Terms, Verdict,
};

/// Creates an order in state [`State::Created`].
#[must_use]
pub fn create(id: OrderId, code: OrderCode, terms: Terms, now: Timestamp) -> Order {
    Order {
        id,
        code,
        terms,
        state: State::Created,
        created_at: now,
        attempt: None,
        payment: None,
        activation: None,
        grant: None,
    }
}

/// Decides what an event does to an order; never acts.
#[must_use]
pub fn step(order: &Order, event: &Event, now: Timestamp) -> Step {
    match event {
        Event::PayRequested { window } => pay_requested(order, *window, now),
        Event::PaymentOpened { attempt, session } => payment_opened(order, *attempt, session),
        Event::PaymentConfirmed { session, reference, amount } => {
            payment_confirmed(order, session, reference, *amount, now)
        }
        Event::PaymentDeclined { session } => payment_ended(order, session, State::Declined),
        Event::PaymentClosed { session } => payment_ended(order, session, State::Expired),
        Event::CancelRequested => cancel_requested(order),
        Event::ActivationAccepted { estimate, margin } => {
            activation_accepted(order, *estimate, *margin, now)
        }
        Event::ActivationDone => activation_done(order, now),
        Event::ActivationFailed => activation_failed(order),
        Event::RefundDone { reference } => refund_done(order, reference),
        Event::Tick => tick(order, now),
    }
}

/// Returns when the order wants a [`Event::Tick`]; absent when time changes nothing.
///
/// It is when the payment window closes, or when the network has had its time: counted from the
/// payment until it takes the activation, from then on by [`Activation::deadline`].
#[must_use]
pub fn next_deadline(order: &Order) -> Option<Timestamp> {
    match order.state {
        State::PaymentOpen => {
            order.attempt.as_ref().filter(|a| !a.is_closing).map(|attempt| attempt.closes_at)
        }
        State::Activating => order.activation.as_ref().map(Activation::deadline),
        // The network may never take it; the customer's ten minutes run all the same.
        State::Paid => {
            let paid = order.payment.as_ref();
            paid.map(|paid| paid.at.checked_add(TIMEOUT).unwrap_or(Timestamp::MAX))
        }
        State::Created
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => None,
    }
}

fn accepted(changes: Vec<Change>, effects: Vec<Effect>) -> Step {
    Step { changes, effects, verdict: Verdict::Accepted }
}

fn ignored(why: Ignored) -> Step {
    Step { changes: Vec::new(), effects: Vec::new(), verdict: Verdict::Ignored(why) }
}

fn rejected(why: Rejected) -> Step {
    Step { changes: Vec::new(), effects: Vec::new(), verdict: Verdict::Rejected(why) }
}

fn pay_requested(order: &Order, window: SignedDuration, now: Timestamp) -> Step {
    match order.state {
        State::Created | State::Declined | State::Expired => {}
        // The window that is open serves: a second one could be paid twice.
        State::PaymentOpen | State::Paid | State::Activating | State::Active => {
            return ignored(Ignored::Repeated);
        }
        State::Cancelled | State::ActivationFailed | State::RefundPending | State::Refunded => {
            return rejected(Rejected::State(order.state));
        }
    }
    let number = order.attempt.as_ref().map_or(1, |attempt| attempt.number.saturating_add(1));
    let closes_at = now.checked_add(window).unwrap_or(Timestamp::MAX);
    let attempt = PaymentAttempt { number, closes_at, session: None, is_closing: false };
    let open = Effect::OpenPayment { attempt: number, amount: order.terms.price, closes_at };
    let mut effects = vec![open];
    effects.append(&mut close_session(order));
    accepted(vec![Change::AttemptBegan(attempt), Change::StateEntered(State::PaymentOpen)], effects)
}

fn payment_opened(order: &Order, number: u32, session: &PaymentSession) -> Step {
    let Some(attempt) = order.attempt.as_ref().filter(|attempt| number <= attempt.number) else {
        return ignored(Ignored::Outdated);
    };
    if number < attempt.number {
        // An earlier attempt's session, named late: nobody may pay there any more.
        return accepted(Vec::new(), vec![Effect::ClosePayment { session: session.id.clone() }]);
    }
    match (order.state, &attempt.session) {
        (_, Some(_)) => ignored(Ignored::Repeated),
        (State::PaymentOpen, None) if !attempt.is_closing => {
            accepted(vec![Change::SessionOpened(session.clone())], Vec::new())
        }
        // The attempt ended while the provider was still opening.
        (State::PaymentOpen | State::Cancelled | State::Expired, None) => accepted(
            vec![Change::SessionOpened(session.clone())],
            vec![Effect::ClosePayment { session: session.id.clone() }],
        ),
        (
            State::Created
            | State::Paid
            | State::Declined
            | State::Activating
            | State::Active
            | State::ActivationFailed
            | State::RefundPending
            | State::Refunded,
            None,
        ) => ignored(Ignored::Outdated),
    }
}

fn payment_confirmed(
    order: &Order,
    session: &str,
    reference: &str,
    amount: Money,
    now: Timestamp,
) -> Step {
    if amount != order.terms.price {
        return wrong_amount(order, session, reference, amount);
    }
    if let Some(payment) = &order.payment {
        if payment.reference == reference {
            return ignored(Ignored::Repeated);
        }
        // A second payment of one order goes back; the first one counts.
        let reference = reference.to_owned();
        return accepted(Vec::new(), vec![Effect::Refund { reference, amount }]);
    }
    let payment = Payment { reference: reference.to_owned(), at: now };
    let received = Change::PaymentReceived(payment);
    match order.state {
        // A decline is not the provider's last word: the customer may try another card there.
        State::PaymentOpen | State::Declined => {
            let mut effects = vec![Effect::Activate];
            // Paid in the session of an earlier attempt: the one that is open must not be paid too.
            if order.session_id() != Some(session) {
                effects.append(&mut close_session(order));
            }
            accepted(vec![received, Change::StateEntered(State::Paid)], effects)
        }
        State::Cancelled | State::Expired => accepted(
            vec![received, Change::StateEntered(State::RefundPending)],
            vec![Effect::Refund { reference: reference.to_owned(), amount }],
        ),
        State::Created
        | State::Paid
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

/// A payment of another amount buys nothing and goes back; the attempt in whose session it was
/// made is over then.
fn wrong_amount(order: &Order, session: &str, reference: &str, amount: Money) -> Step {
    let is_counted = order.payment.as_ref().is_some_and(|payment| payment.reference == reference);
    if is_counted {
        return rejected(Rejected::Amount);
    }
    let is_open = order.state == State::PaymentOpen && order.session_id() == Some(session);
    let ended = is_open.then_some(Change::StateEntered(State::Declined));
    let refund = Effect::Refund { reference: reference.to_owned(), amount };
    accepted(ended.into_iter().collect(), vec![refund])
}

fn payment_ended(order: &Order, session: &str, end: State) -> Step {
    if order.session_id() != Some(session) {
        return ignored(Ignored::Outdated);
    }
    match order.state {
        State::PaymentOpen => accepted(vec![Change::StateEntered(end)], Vec::new()),
        State::Created
        | State::Paid
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => ignored(Ignored::Outdated),
    }
}

fn cancel_requested(order: &Order) -> Step {
    match order.state {
        State::Created | State::PaymentOpen | State::Declined | State::Expired => {
            accepted(vec![Change::StateEntered(State::Cancelled)], close_session(order))
        }
        State::Cancelled => ignored(Ignored::Repeated),
        State::Paid
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

/// Closes the session in which the order can still be paid: an open one, and a declined one,
/// where the provider lets the customer try another card.
fn close_session(order: &Order) -> Vec<Effect> {
    let is_payable = matches!(order.state, State::PaymentOpen | State::Declined);
    let session = order.session_id().filter(|_| is_payable);
    session.map(|id| Effect::ClosePayment { session: id.to_owned() }).into_iter().collect()
}

fn activation_accepted(
    order: &Order,
    estimate: Option<SignedDuration>,
    margin: SignedDuration,
    now: Timestamp,
) -> Step {
    match order.state {
        State::Paid => {
            let activation = Activation { requested_at: now, estimate, margin };
            accepted(
                vec![Change::ActivationBegan(activation), Change::StateEntered(State::Activating)],
                Vec::new(),
            )
        }
        // Taken too late: what it says is kept, so that the network is asked and may succeed.
        State::ActivationFailed if order.activation.is_none() => {
            let activation = Activation { requested_at: now, estimate, margin };
            accepted(vec![Change::ActivationBegan(activation)], Vec::new())
        }
        State::Activating | State::Active | State::ActivationFailed => ignored(Ignored::Repeated),
        State::Created
        | State::PaymentOpen
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

fn activation_done(order: &Order, now: Timestamp) -> Step {
    match order.state {
        // An activation that is done late is done: the customer has what was paid for.
        State::Paid | State::Activating | State::ActivationFailed => {
            let ends_at = order.terms.duration.after(now).unwrap_or(Timestamp::MAX);
            let grant = Grant { starts_at: now, ends_at };
            accepted(vec![Change::Granted(grant), Change::StateEntered(State::Active)], Vec::new())
        }
        State::Active => ignored(Ignored::Repeated),
        State::Created
        | State::PaymentOpen
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

fn activation_failed(order: &Order) -> Step {
    match order.state {
        State::Paid | State::Activating => {
            accepted(vec![Change::StateEntered(State::ActivationFailed)], Vec::new())
        }
        State::ActivationFailed => ignored(Ignored::Repeated),
        State::Created
        | State::PaymentOpen
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Active
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

fn refund_done(order: &Order, reference: &str) -> Step {
    let is_ours = order.payment.as_ref().is_some_and(|payment| payment.reference == reference);
    match order.state {
        State::RefundPending if is_ours => {
            accepted(vec![Change::StateEntered(State::Refunded)], Vec::new())
        }
        State::Refunded if is_ours => ignored(Ignored::Repeated),
        // The refund of a second payment, or of a wrong amount, leaves the order as it is.
        State::Created
        | State::PaymentOpen
        | State::Paid
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => ignored(Ignored::Outdated),
    }
}

fn tick(order: &Order, now: Timestamp) -> Step {
    let is_due = next_deadline(order).is_some_and(|deadline| now >= deadline);
    if !is_due {
        return ignored(Ignored::NotDue);
    }
    match order.state {
        State::Paid | State::Activating => {
            accepted(vec![Change::StateEntered(State::ActivationFailed)], Vec::new())
        }
        // The provider has the last word on an open session: it may have been paid just then.
        State::PaymentOpen => {
            let effects = close_session(order);
            let mut changes = vec![Change::ClosingBegan];
            if effects.is_empty() {
                changes.push(Change::StateEntered(State::Expired));
            }
            accepted(changes, effects)
        }
        State::Created
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => ignored(Ignored::NotDue),
    }
}
