//! The decisions of the order ledger: which event does what in which state.
//!
//! Total and deterministic. Not here: the types ([`super`]).

use jiff::{SignedDuration, Timestamp};

use crate::activation::{Activation, TIMEOUT};
use crate::amount::Money;
use crate::code::{OrderCode, OrderId};

use super::{
    Asked, Change, Effect, Event, Grant, Ignored, Order, Payment, PaymentAttempt, PaymentId,
    PaymentSession, Refund, Rejected, State, Step, Terms, Verdict,
};

/// How long an order waits for a customer who does nothing, before it is cancelled.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long after it failed an activation may still succeed or be tried again, before the money
/// goes back.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);

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
        refunds: Vec::new(),
        asked: None,
        activation: None,
        failed_at: None,
        grant: None,
    }
}

/// Decides what an event does to an order; never acts.
#[must_use]
pub fn step(order: &Order, event: &Event, now: Timestamp) -> Step {
    match event {
        Event::PayRequested { provider, window } => pay_requested(order, provider, *window, now),
        Event::PaymentOpened { attempt, session } => payment_opened(order, *attempt, session),
        Event::PaymentAgreed { session } => payment_agreed(order, session, now),
        Event::PaymentConfirmed { session, payment, amount } => {
            payment_confirmed(order, session, payment, *amount, now)
        }
        Event::Redeemed { payment } => redeemed(order, payment, now),
        Event::PaymentDeclined { session } => payment_ended(order, session, State::Declined),
        Event::PaymentClosed { session } => payment_ended(order, session, State::Expired),
        Event::CancelRequested => cancel_requested(order),
        Event::ActivationAccepted { estimate, margin } => {
            activation_accepted(order, *estimate, *margin, now)
        }
        Event::ActivationDone => activation_done(order, now),
        Event::ActivationFailed { attempt, reason: _ } => activation_failed(order, *attempt, now),
        Event::RetryRequested => retry_requested(order, now),
        Event::RefundRequested => refund_requested(order, now),
        Event::RefundDone { payment } => refund_done(order, payment),
        Event::Tick => tick(order, now),
    }
}

/// Returns when the order wants a [`Event::Tick`]; absent when time changes nothing.
///
/// It is when the payment window closes; when the network has had its time, counted from the
/// decision to ask it until it takes the activation, from then on by [`Activation::deadline`];
/// when a failed activation is given up; and when a customer has done nothing for too long.
#[must_use]
pub fn next_deadline(order: &Order) -> Option<Timestamp> {
    let after =
        |at: Option<Timestamp>, time| at.map(|at| at.checked_add(time).unwrap_or(Timestamp::MAX));
    let closes_at = order.attempt.as_ref().map(|attempt| attempt.closes_at);
    match order.state {
        State::PaymentOpen => closes_at.filter(|_| !is_closing(order)),
        State::Activating => order.activation.as_ref().map(Activation::deadline),
        // The network may never take it; the customer's ten minutes run all the same.
        State::Paid => after(order.asked.map(|asked| asked.at), TIMEOUT),
        State::ActivationFailed => after(order.failed_at, GIVEN_UP_AFTER),
        State::Created => after(Some(order.created_at), ABANDONED_AFTER),
        State::Declined | State::Expired => after(closes_at, ABANDONED_AFTER),
        State::Cancelled | State::Active | State::RefundPending | State::Refunded => None,
    }
}

fn after(at: Option<Timestamp>, time: SignedDuration) -> Option<Timestamp> {
    at.map(|at| at.checked_add(time).unwrap_or(Timestamp::MAX))
}

fn is_closing(order: &Order) -> bool {
    order.attempt.as_ref().is_some_and(|attempt| attempt.is_closing)
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

fn pay_requested(order: &Order, provider: &str, window: SignedDuration, now: Timestamp) -> Step {
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
    let provider = provider.to_owned();
    let open = Effect::OpenPayment {
        attempt: number,
        provider: provider.clone(),
        amount: order.terms.price,
        closes_at,
    };
    let attempt = PaymentAttempt {
        number,
        provider,
        closes_at,
        session: None,
        agreed_at: None,
        is_closing: false,
    };
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
        return accepted(Vec::new(), vec![close(session)]);
    }
    match (order.state, &attempt.session) {
        (_, Some(_)) => ignored(Ignored::Repeated),
        (State::PaymentOpen, None) if !attempt.is_closing => {
            accepted(vec![Change::SessionOpened(session.clone())], Vec::new())
        }
        // The attempt ended while the provider was still opening, or the order was paid in another
        // way, such as in the session of an earlier attempt. Known, so that a payment in it that is
        // faster than the closing is found and goes back.
        (
            State::PaymentOpen
            | State::Cancelled
            | State::Expired
            | State::Paid
            | State::Activating
            | State::Active
            | State::ActivationFailed
            | State::RefundPending
            | State::Refunded,
            None,
        ) => accepted(vec![Change::SessionOpened(session.clone())], vec![close(session)]),
        (State::Created | State::Declined, None) => ignored(Ignored::Outdated),
    }
}

/// Only the session of an open window is charged, once.
fn payment_agreed(order: &Order, session: &str, now: Timestamp) -> Step {
    let attempt = order.attempt.as_ref().filter(|_| order.state == State::PaymentOpen);
    let named = attempt.and_then(|attempt| {
        attempt.session.as_ref().filter(|known| known.id == session).map(|known| (attempt, known))
    });
    match named {
        Some((attempt, _)) if attempt.agreed_at.is_some() => ignored(Ignored::Repeated),
        Some((attempt, session)) if !attempt.is_closing => {
            let (provider, session) = (session.provider.clone(), session.id.clone());
            accepted(
                vec![Change::ChargeAgreed { at: now }],
                vec![Effect::ChargePayment { provider, session }],
            )
        }
        Some(_) | None => ignored(Ignored::Outdated),
    }
}

fn payment_confirmed(
    order: &Order,
    session: &str,
    id: &PaymentId,
    amount: Money,
    now: Timestamp,
) -> Step {
    let counted =
        order.payment.as_ref().filter(|payment| payment.id == *id).map(|_| order.terms.price);
    let returned = order.refund(id).map(|refund| refund.amount);
    match counted.or(returned) {
        Some(known) if known == amount => return known_payment(order, session),
        // One payment has one amount: what was decided on the first stands.
        Some(_) => return rejected(Rejected::Amount),
        None => {}
    }
    if amount != order.terms.price {
        return wrong_amount(order, session, id, amount);
    }
    match order.state {
        // A second payment of one order goes back; the first one counts.
        _ if order.payment.is_some() => give_back(id, amount),
        // A decline is not the provider's last word: the customer may try another card there.
        State::PaymentOpen | State::Declined => {
            // Paid in the session of an earlier attempt: the open one must not be paid too.
            let is_its = order.session_id() == Some(session);
            paid(order, id, if is_its { Vec::new() } else { close_session(order) }, now)
        }
        State::Cancelled | State::Expired => {
            let received = Change::PaymentReceived(Payment { id: id.clone(), at: now });
            let Step { mut changes, effects, verdict } = give_back(id, amount);
            changes.insert(0, received);
            changes.push(Change::StateEntered(State::RefundPending));
            Step { changes, effects, verdict }
        }
        State::Created
        | State::Paid
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

/// The payment of the price: the network is asked next, once `effects` are listed.
fn paid(order: &Order, id: &PaymentId, effects: Vec<Effect>, now: Timestamp) -> Step {
    let received = Change::PaymentReceived(Payment { id: id.clone(), at: now });
    let (asked, activate) = ask(order, now);
    let changes = vec![received, asked, Change::StateEntered(State::Paid)];
    accepted(changes, [vec![activate], effects].concat())
}

/// Begins the next try of the activation.
fn ask(order: &Order, now: Timestamp) -> (Change, Effect) {
    let number = tries(order).saturating_add(1);
    (Change::ActivationAsked(Asked { number, at: now }), Effect::Activate { number })
}

/// Returns how often the network was asked.
pub(super) fn tries(order: &Order) -> u32 {
    order.asked.map_or(0, |asked| asked.number)
}

/// A voucher is worth its plan: whoever redeems it has paid, and may not pay anywhere else.
fn redeemed(order: &Order, id: &PaymentId, now: Timestamp) -> Step {
    if order.payment.as_ref().is_some_and(|payment| payment.id == *id) {
        return ignored(Ignored::Repeated);
    }
    match order.state {
        State::Created | State::PaymentOpen | State::Declined | State::Expired => {
            paid(order, id, close_session(order), now)
        }
        State::Cancelled
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
fn wrong_amount(order: &Order, session: &str, id: &PaymentId, amount: Money) -> Step {
    let mut step = give_back(id, amount);
    if order.state == State::PaymentOpen && order.session_id() == Some(session) {
        step.changes.push(Change::StateEntered(State::Declined));
    }
    step
}

/// A payment that is known changes nothing, but for one that bought nothing and came before its
/// session was known: its attempt is over as soon as it is.
fn known_payment(order: &Order, session: &str) -> Step {
    if order.state == State::PaymentOpen && order.session_id() == Some(session) {
        accepted(vec![Change::StateEntered(State::Declined)], Vec::new())
    } else {
        ignored(Ignored::Repeated)
    }
}

fn give_back(id: &PaymentId, amount: Money) -> Step {
    let refund = Refund { payment: id.clone(), amount, is_done: false };
    accepted(
        vec![Change::RefundBegan(refund)],
        vec![Effect::Refund { payment: id.clone(), amount }],
    )
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
    order.session().filter(|_| is_payable).map(close).into_iter().collect()
}

fn close(session: &PaymentSession) -> Effect {
    Effect::ClosePayment { provider: session.provider.clone(), session: session.id.clone() }
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
        State::RefundPending | State::Refunded if order.asked.is_some() => {
            ignored(Ignored::Outdated)
        }
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
            let (grant, extended) = granted(order, now);
            let extend = |subscription| Effect::Extend { subscription, is_undone: false };
            accepted(
                vec![Change::Granted(grant), Change::StateEntered(State::Active)],
                extended.map(extend).into_iter().collect(),
            )
        }
        State::Active => ignored(Ignored::Repeated),
        // The money goes back: the network must not give what is not paid for.
        State::RefundPending | State::Refunded if order.asked.is_some() => {
            let late = Effect::Deactivate { number: tries(order), is_late: true };
            accepted(Vec::new(), vec![late])
        }
        State::Created
        | State::PaymentOpen
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

/// Returns the time that is granted, and which subscription it extends.
fn granted(order: &Order, now: Timestamp) -> (Grant, Option<OrderId>) {
    let renewed = order.terms.renews.map_or(now, |renewal| renewal.ends_at);
    let runs_on = now.max(renewed);
    let ends_at = order.terms.duration.after(runs_on).unwrap_or(Timestamp::MAX);
    // A plan that is over cannot be extended: what is bought begins by itself.
    let extended = order.terms.renews.and_then(|renewal| renewal.extends);
    match extended.filter(|_| now < renewed) {
        Some(subscription) => (Grant { starts_at: now, ends_at }, Some(subscription)),
        None => (Grant { starts_at: runs_on, ends_at }, None),
    }
}

fn activation_failed(order: &Order, attempt: u32, now: Timestamp) -> Step {
    match order.asked {
        // Another try took its place.
        Some(asked) if attempt < asked.number => return ignored(Ignored::Outdated),
        // A try that never was.
        Some(asked) if attempt > asked.number => return rejected(Rejected::State(order.state)),
        Some(_) | None => {}
    }
    match order.state {
        State::Paid | State::Activating => failed(now),
        State::ActivationFailed => ignored(Ignored::Repeated),
        State::RefundPending | State::Refunded if order.asked.is_some() => {
            ignored(Ignored::Outdated)
        }
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

fn failed(now: Timestamp) -> Step {
    let at = Change::ActivationFailed { at: now };
    accepted(vec![at, Change::StateEntered(State::ActivationFailed)], Vec::new())
}

fn retry_requested(order: &Order, now: Timestamp) -> Step {
    match order.state {
        State::ActivationFailed => {
            let (asked, activate) = ask(order, now);
            accepted(vec![asked, Change::StateEntered(State::Paid)], vec![activate])
        }
        State::Paid | State::Activating | State::Active => ignored(Ignored::Repeated),
        State::Created
        | State::PaymentOpen
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::RefundPending
        | State::Refunded => rejected(Rejected::State(order.state)),
    }
}

fn refund_requested(order: &Order, now: Timestamp) -> Step {
    match (order.state, &order.payment) {
        (
            State::Paid | State::Activating | State::ActivationFailed | State::Active,
            Some(payment),
        ) => {
            let mut step = give_back(&payment.id, order.terms.price);
            if order.grant.is_some() {
                step.changes.push(Change::Revoked { at: now });
            }
            step.changes.push(Change::StateEntered(State::RefundPending));
            // Whether the network took it or not, it must not be active from here on.
            step.effects.push(Effect::Deactivate { number: tries(order), is_late: false });
            let undo = |subscription| Effect::Extend { subscription, is_undone: true };
            step.effects.extend(order.extends().map(undo));
            step
        }
        (State::RefundPending | State::Refunded, _) => ignored(Ignored::Repeated),
        (
            State::Created
            | State::PaymentOpen
            | State::Declined
            | State::Expired
            | State::Cancelled
            | State::Paid
            | State::Activating
            | State::ActivationFailed
            | State::Active,
            _,
        ) => rejected(Rejected::State(order.state)),
    }
}

fn refund_done(order: &Order, id: &PaymentId) -> Step {
    match order.refund(id) {
        None => ignored(Ignored::Outdated),
        Some(refund) if refund.is_done => ignored(Ignored::Repeated),
        Some(_) => {
            let mut changes = vec![Change::RefundEnded(id.clone())];
            let is_ours = order.payment.as_ref().is_some_and(|payment| payment.id == *id);
            // The refund of a second payment, or of a wrong amount, leaves the order as it is.
            if is_ours && order.state == State::RefundPending {
                changes.push(Change::StateEntered(State::Refunded));
            }
            accepted(changes, Vec::new())
        }
    }
}

fn tick(order: &Order, now: Timestamp) -> Step {
    let is_due = next_deadline(order).is_some_and(|deadline| now >= deadline);
    if !is_due {
        return ignored(Ignored::NotDue);
    }
    match order.state {
        State::Paid | State::Activating => failed(now),
        State::ActivationFailed => refund_requested(order, now),
        State::Created | State::Declined | State::Expired => cancel_requested(order),
        // The provider has the last word on an open session: it may have been paid just then.
        State::PaymentOpen => {
            let effects = close_session(order);
            let mut changes = vec![Change::ClosingBegan];
            if effects.is_empty() {
                let closes_at = order.attempt.as_ref().map(|attempt| attempt.closes_at);
                let is_abandoned = after(closes_at, ABANDONED_AFTER).is_some_and(|at| now >= at);
                let end = if is_abandoned { State::Cancelled } else { State::Expired };
                changes.push(Change::StateEntered(end));
            }
            accepted(changes, effects)
        }
        State::Cancelled | State::Active | State::RefundPending | State::Refunded => {
            ignored(Ignored::NotDue)
        }
    }
}
