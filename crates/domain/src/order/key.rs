//! The idempotency key of a transition: what tells an event from its repetition.
//!
//! It is derived from the event and the order that it happens to, so that the journal says of
//! each line which deed it was, whoever reported it and however often. Not here: keys of effects
//! ([`super::Effect::key`]).

use super::step::{next_deadline, tries};
use super::{Event, Order, PaymentId};

impl Event {
    /// Returns the key of this event for `order` as it stands before it: no two events that
    /// change an order have the same.
    #[must_use]
    pub fn key(&self, order: &Order) -> String {
        let attempt = order.attempt.as_ref().map_or(0, |attempt| attempt.number);
        let tries = tries(order);
        let payment = |what: &str, PaymentId { provider, reference }: &PaymentId| {
            format!("{what}/{provider}/{reference}")
        };
        match self {
            Self::PayRequested { .. } => format!("pay/{}", attempt.saturating_add(1)),
            Self::PaymentOpened { attempt, .. } => format!("opened/{attempt}"),
            // Of the attempt too: only its own session is charged.
            Self::PaymentAgreed { .. } => format!("agreed/{attempt}"),
            // Known, and to go back: what is new is that its attempt is over.
            Self::PaymentConfirmed { payment: id, .. } if order.refund(id).is_some() => {
                payment("confirmed-again", id)
            }
            Self::PaymentConfirmed { payment: id, .. } => payment("confirmed", id),
            Self::Redeemed { payment: id } => payment("redeemed", id),
            // Of the attempt, as its session may open a payment page.
            Self::PaymentDeclined { .. } => format!("declined/{attempt}"),
            Self::PaymentClosed { .. } => format!("closed/{attempt}"),
            Self::CancelRequested => "cancel".to_owned(),
            Self::ActivationAccepted { .. } => format!("accepted/{tries}"),
            Self::ActivationDone => format!("active/{tries}"),
            Self::ActivationFailed { attempt, .. } => format!("failed/{attempt}"),
            Self::RetryRequested => format!("retry/{}", tries.saturating_add(1)),
            Self::RefundRequested => "refund".to_owned(),
            Self::RefundDone { payment: id } => payment("refunded", id),
            Self::Tick => {
                let due = next_deadline(order).map_or(0, jiff::Timestamp::as_millisecond);
                format!("tick/{}/{due}", order.state.name())
            }
        }
    }
}
