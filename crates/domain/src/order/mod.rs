//! The ledger's state machine: from a chosen plan to an active one, or to money given back.
//!
//! `State` is the fold of [`Change`]s; an [`Effect`] is a value with an idempotency key derived
//! from state; impossible input is a [`Verdict`], not a panic. Not here: storing, paying,
//! activating, and what was handed to Windows ([`crate::handover`]).
//!
//! ```text
//! created ─► payment_open ─► paid ─► activating ─► active
//!    │        │  │   ▲  │      ▲          └──────► activation_failed ─► active (late)
//!    ▼        ▼  ▼   │  ▼      └── tried again ────────────┘
//! cancelled  expired declined      a payment after cancel or expiry ─► refund_pending ─► refunded
//! ```
//!
//! A declined or expired order can be paid anew or cancelled; a declined one also be paid in its
//! session, until that is closed; what is left alone for a day is cancelled. A voucher pays at
//! once, with no page of a provider. A payment of an order that is paid already goes back by
//! itself, and so does one of another amount than the price: it buys nothing, and its attempt
//! counts as declined.
//!
//! A paid order that the network does not take in time fails (`paid ─► activation_failed`); what
//! the network says when it takes it later is recorded there. It can be tried again; a day after
//! it failed the money goes back. Money also goes back when somebody who may asks for it, of
//! whatever state behind `paid`: the plan ends then, and the network is told.

mod key;
mod step;

use jiff::{SignedDuration, Timestamp};

use crate::activation::{Activation, Refusal};
use crate::amount::{Megabytes, Money, Period, Tax};
use crate::brand::{BrandId, Plan, PlanId, PlanType};
use crate::code::{OrderCode, OrderId};

pub use step::{ABANDONED_AFTER, GIVEN_UP_AFTER, create, next_deadline, step};

/// Where an order stands; the names are those of the ledger and of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Reviewed and confirmed by the customer.
    Created,
    /// The provider's page is, or is about to be, open for it.
    PaymentOpen,
    /// The money is there, activation is not asked for yet.
    Paid,
    /// The provider refused, or another amount was paid; another attempt may follow.
    Declined,
    /// The payment window closed; another attempt may follow.
    Expired,
    /// The customer gave up.
    Cancelled,
    /// The network works on it.
    Activating,
    /// The plan is active.
    Active,
    /// The network refused or took too long.
    ActivationFailed,
    /// Money is to be given back.
    RefundPending,
    /// Money was given back.
    Refunded,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::PaymentOpen,
        Self::Paid,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::Activating,
        Self::Active,
        Self::ActivationFailed,
        Self::RefundPending,
        Self::Refunded,
    ];

    /// Returns the stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::PaymentOpen => "payment_open",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Activating => "activating",
            Self::Active => "active",
            Self::ActivationFailed => "activation_failed",
            Self::RefundPending => "refund_pending",
            Self::Refunded => "refunded",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Tells whether money is, or may come to be, on its way: a second order of the same
    /// customer must wait.
    #[must_use]
    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::PaymentOpen | Self::Paid | Self::Activating)
    }
}

/// What an order is for, fixed when it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whose plan.
    pub brand: BrandId,
    /// Which plan.
    pub plan: PlanId,
    /// Its price when the customer confirmed it.
    pub price: Money,
    /// How the plan is charged.
    pub plan_type: PlanType,
    /// Its allowance; absent = none is set.
    pub data_limit: Option<Megabytes>,
    /// How long it runs once active.
    pub duration: Period,
    /// Whether usage starts anew after each cycle.
    pub resets: bool,
    /// Whether Windows tells an operator's app of every step of usage [USE-15].
    pub usage_notifications: bool,
    /// What of the price is tax, where the plan says so.
    pub tax: Option<Tax>,
    /// What it continues, when it renews a plan that still runs.
    pub renews: Option<Renewal>,
}

/// A subscription that an order continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The order that granted it.
    pub order: OrderId,
    /// When it ends: what is bought begins then, or when it is active if that is later.
    pub ends_at: Timestamp,
}

impl Terms {
    /// Takes the terms of a plan as it is sold now: the price is what is to be paid, tax and all.
    #[must_use]
    pub fn of(brand: &BrandId, plan: &Plan) -> Self {
        let (price, tax) = plan.to_pay();
        Self {
            brand: brand.clone(),
            plan: plan.id.clone(),
            price,
            plan_type: plan.plan_type,
            data_limit: plan.data_limit,
            duration: plan.duration,
            resets: plan.resets,
            usage_notifications: plan.usage_notifications,
            tax,
            renews: None,
        }
    }
}

/// A payment attempt at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// 1 for the first.
    pub number: u32,
    /// The name of the provider that the customer chose.
    pub provider: String,
    /// When the window closes.
    pub closes_at: Timestamp,
    /// The provider's session, once it answered.
    pub session: Option<PaymentSession>,
    /// Whether the provider was asked to close it.
    pub is_closing: bool,
}

/// A session at a payment provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentSession {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of it.
    pub id: String,
    /// Where the customer pays.
    pub url: String,
}

/// A payment at a provider, by the names that both know it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PaymentId {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of the payment.
    pub reference: String,
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Which payment.
    pub id: PaymentId,
    /// When it was known here.
    pub at: Timestamp,
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The payment that is given back.
    pub payment: PaymentId,
    /// How much: all that was paid.
    pub amount: Money,
    /// Whether the provider gave it back.
    pub is_done: bool,
}

/// The time for which a plan was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// When the plan became active.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// An order of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its code for people.
    pub code: OrderCode,
    /// What it is for.
    pub terms: Terms,
    /// Where it stands.
    pub state: State,
    /// When it was created.
    pub created_at: Timestamp,
    /// The latest payment attempt.
    pub attempt: Option<PaymentAttempt>,
    /// The first payment of the price: it counts, or goes back if the order was over when it came.
    pub payment: Option<Payment>,
    /// Every payment that goes back, or went.
    pub refunds: Vec<Refund>,
    /// The latest try of its activation.
    pub asked: Option<Asked>,
    /// The activation, once the network took it.
    pub activation: Option<Activation>,
    /// When the activation failed, while it counts as failed.
    pub failed_at: Option<Timestamp>,
    /// What was granted, as long as it is not taken back.
    pub grant: Option<Grant>,
}

/// A try of an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// 1 for the first.
    pub number: u32,
    /// When it was decided.
    pub at: Timestamp,
}

/// Something that happened, or that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The customer goes to pay.
    PayRequested {
        /// The name of the provider that was chosen.
        provider: String,
        /// How long the payment window stays open; longer than zero.
        window: SignedDuration,
    },
    /// The provider opened a session for an attempt.
    PaymentOpened {
        /// The attempt that it was opened for.
        attempt: u32,
        /// The session.
        session: PaymentSession,
    },
    /// The provider confirms a payment.
    PaymentConfirmed {
        /// The id of the session in which it was paid.
        session: String,
        /// Which payment.
        payment: PaymentId,
        /// What was paid.
        amount: Money,
    },
    /// A voucher for the plan was redeemed, which is to be recorded together with this.
    Redeemed {
        /// The voucher, as a payment.
        payment: PaymentId,
    },
    /// The provider refused a payment in a session, where the customer may try another card.
    PaymentDeclined {
        /// The session's id.
        session: String,
    },
    /// The provider closed a session unpaid.
    PaymentClosed {
        /// The session's id.
        session: String,
    },
    /// The customer gives up.
    CancelRequested,
    /// The network took the activation.
    ActivationAccepted {
        /// How long it expects to take.
        estimate: Option<SignedDuration>,
        /// What the operator adds to the ten minutes.
        margin: SignedDuration,
    },
    /// The plan is active in the network.
    ActivationDone,
    /// The network will not activate it.
    ActivationFailed {
        /// The try that it speaks of, 1 for the first.
        attempt: u32,
        /// Why, where it says so; for the journal alone.
        reason: Option<Refusal>,
    },
    /// The activation that failed is to be tried again.
    RetryRequested,
    /// The money is to go back, and the plan with it.
    RefundRequested,
    /// The provider gave a payment back.
    RefundDone {
        /// Which payment.
        payment: PaymentId,
    },
    /// Time passed.
    Tick,
}

/// One thing that becomes different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The state.
    StateEntered(State),
    /// A payment attempt began.
    AttemptBegan(PaymentAttempt),
    /// The provider named its session.
    SessionOpened(PaymentSession),
    /// The provider is asked to close the session.
    ClosingBegan,
    /// The first payment of the price came in.
    PaymentReceived(Payment),
    /// A payment is to go back.
    RefundBegan(Refund),
    /// A payment went back.
    RefundEnded(PaymentId),
    /// The network is asked to activate.
    ActivationAsked(Asked),
    /// The network took the activation.
    ActivationBegan(Activation),
    /// The activation failed.
    ActivationFailed {
        /// When.
        at: Timestamp,
    },
    /// The plan was granted.
    Granted(Grant),
    /// The plan was taken back.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// Something to be done outside, at least once, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a session at the payment provider.
    OpenPayment {
        /// The attempt.
        attempt: u32,
        /// The provider's name.
        provider: String,
        /// What is to be paid.
        amount: Money,
        /// When the window closes.
        closes_at: Timestamp,
    },
    /// Close a session at the payment provider.
    ClosePayment {
        /// The provider's name.
        provider: String,
        /// The session's id.
        session: String,
    },
    /// Ask the network to activate the plan.
    Activate {
        /// Which try it is, 1 for the first.
        number: u32,
    },
    /// Tell the network that the plan is not to be, or not any more.
    Deactivate {
        /// How many tries there were.
        number: u32,
        /// Whether the network activated it after it had been told.
        is_late: bool,
    },
    /// Give a payment back.
    Refund {
        /// Which payment.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
}

impl Effect {
    /// Returns the idempotency key: the same for the same effect of the same order, always.
    #[must_use]
    pub fn key(&self, order: OrderId) -> String {
        match self {
            Self::OpenPayment { attempt, .. } => format!("{order}/open/{attempt}"),
            Self::ClosePayment { session, .. } => format!("{order}/close/{session}"),
            Self::Activate { number: 1 } => format!("{order}/activate"),
            Self::Activate { number } => format!("{order}/activate/{number}"),
            Self::Deactivate { number, is_late: false } => format!("{order}/deactivate/{number}"),
            Self::Deactivate { number, is_late: true } => {
                format!("{order}/deactivate/{number}/late")
            }
            // References of two providers may be equal.
            Self::Refund { payment: PaymentId { provider, reference }, .. } => {
                format!("{order}/refund/{provider}/{reference}")
            }
        }
    }
}

/// What the ledger says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts: something changes, or at least is to be done.
    Accepted,
    /// It changes nothing and harms nothing.
    Ignored(Ignored),
    /// It cannot be.
    Rejected(Rejected),
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// It is already so.
    Repeated,
    /// It concerns an attempt or session that is over.
    Outdated,
    /// Nothing is due.
    NotDue,
}

/// Why an event cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The order is not in a state for it.
    State(State),
    /// The provider names another amount or currency for a payment than it did before: a person
    /// must look. A payment of a wrong amount by itself is given back.
    Amount,
}

/// What is to become of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What becomes different, in order.
    pub changes: Vec<Change>,
    /// What is to be done once the changes are committed.
    pub effects: Vec<Effect>,
    /// What the ledger says.
    pub verdict: Verdict,
}

impl Order {
    /// Applies a change. `step` decides; this only records.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::StateEntered(state) => self.state = *state,
            Change::AttemptBegan(attempt) => self.attempt = Some(attempt.clone()),
            Change::SessionOpened(session) => {
                if let Some(attempt) = &mut self.attempt {
                    attempt.session = Some(session.clone());
                }
            }
            Change::ClosingBegan => {
                if let Some(attempt) = &mut self.attempt {
                    attempt.is_closing = true;
                }
            }
            Change::PaymentReceived(payment) => self.payment = Some(payment.clone()),
            Change::RefundBegan(refund) => self.refunds.push(refund.clone()),
            Change::RefundEnded(payment) => {
                for refund in self.refunds.iter_mut().filter(|r| r.payment == *payment) {
                    refund.is_done = true;
                }
            }
            Change::ActivationAsked(asked) => {
                self.asked = Some(*asked);
                (self.activation, self.failed_at) = (None, None);
            }
            Change::ActivationBegan(activation) => self.activation = Some(*activation),
            Change::ActivationFailed { at } => self.failed_at = Some(*at),
            Change::Granted(grant) => (self.grant, self.failed_at) = (Some(*grant), None),
            Change::Revoked { .. } => self.grant = None,
        }
    }

    fn session(&self) -> Option<&PaymentSession> {
        self.attempt.as_ref()?.session.as_ref()
    }

    fn session_id(&self) -> Option<&str> {
        self.session().map(|session| session.id.as_str())
    }

    /// Returns the payment that goes back, or went.
    fn refund(&self, payment: &PaymentId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.payment == *payment)
    }
}
