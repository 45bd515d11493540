//! The ledger's state machine: from a chosen plan to an active one, or to money given back.
//!
//! `State` is the fold of [`Change`]s; an [`Effect`] is a value with an idempotency key derived
//! from state; impossible input is a [`Verdict`], not a panic. Not here: storing, paying,
//! activating, and what was handed to Windows ([`crate::handover`]).
//!
//! ```text
//! created ─► payment_open ─► paid ─► activating ─► active
//!    │        │  │   ▲  │                 └──────► activation_failed ─► active (late)
//!    ▼        ▼  ▼   │  ▼
//! cancelled  expired declined      a payment after cancel or expiry ─► refund_pending ─► refunded
//! ```
//!
//! A declined or expired order can be paid anew or cancelled; a declined one also be paid in its
//! session, until that is closed. A payment of an order that is paid already goes back by itself,
//! and so does one of another amount than the price: it buys nothing, and its attempt
//! counts as declined. A paid order that the network does not take in time fails (`paid ─►
//! activation_failed`); what the network says when it takes it later is recorded there.

mod step;

use jiff::{SignedDuration, Timestamp};

use crate::activation::Activation;
use crate::amount::{Megabytes, Money, Period};
use crate::brand::{BrandId, Plan, PlanId, PlanType};
use crate::code::{OrderCode, OrderId};

pub use step::{create, next_deadline, step};

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
}

impl Terms {
    /// Takes the terms of a plan as it is sold now.
    #[must_use]
    pub fn of(brand: &BrandId, plan: &Plan) -> Self {
        Self {
            brand: brand.clone(),
            plan: plan.id.clone(),
            price: plan.price,
            plan_type: plan.plan_type,
            data_limit: plan.data_limit,
            duration: plan.duration,
            resets: plan.resets,
            usage_notifications: plan.usage_notifications,
        }
    }
}

/// A payment attempt at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// 1 for the first.
    pub number: u32,
    /// When the window closes.
    pub closes_at: Timestamp,
    /// The provider's session, once it answered.
    pub session: Option<PaymentSession>,
    /// Whether the provider was asked to close it.
    pub is_closing: bool,
}

/// A session at the payment provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentSession {
    /// The provider's id of it.
    pub id: String,
    /// Where the customer pays.
    pub url: String,
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id of the payment.
    pub reference: String,
    /// When it was known here.
    pub at: Timestamp,
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
    /// The activation, once the network took it.
    pub activation: Option<Activation>,
    /// What was granted.
    pub grant: Option<Grant>,
}

/// Something that happened, or that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The customer goes to pay.
    PayRequested {
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
        /// The provider's id of the payment.
        reference: String,
        /// What was paid.
        amount: Money,
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
    ActivationFailed,
    /// The provider gave a payment back.
    RefundDone {
        /// The provider's id of the payment.
        reference: String,
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
    /// The network took the activation.
    ActivationBegan(Activation),
    /// The plan was granted.
    Granted(Grant),
}

/// Something to be done outside, at least once, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a session at the payment provider.
    OpenPayment {
        /// The attempt.
        attempt: u32,
        /// What is to be paid.
        amount: Money,
        /// When the window closes.
        closes_at: Timestamp,
    },
    /// Close a session at the payment provider.
    ClosePayment {
        /// The session's id.
        session: String,
    },
    /// Ask the network to activate the plan.
    Activate,
    /// Give a payment back.
    Refund {
        /// The provider's id of the payment.
        reference: String,
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
            Self::ClosePayment { session } => format!("{order}/close/{session}"),
            Self::Activate => format!("{order}/activate"),
            Self::Refund { reference, .. } => format!("{order}/refund/{reference}"),
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
    /// The provider names another amount or currency for the very payment that counts: a person
    /// must look. Any other payment of a wrong amount is given back.
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
            Change::ActivationBegan(activation) => self.activation = Some(*activation),
            Change::Granted(grant) => self.grant = Some(*grant),
        }
    }

    fn session_id(&self) -> Option<&str> {
        let session = self.attempt.as_ref()?.session.as_ref()?;
        Some(session.id.as_str())
    }
}
