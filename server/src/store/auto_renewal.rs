//! What the store keeps of plans that renew themselves: the customer's consent, and what was done.
//!
//! Not here: what is due when ([`domain::auto_renewal`]).

use domain::Timestamp;
use domain::amount::Money;
use domain::auto_renewal::Done;
use domain::code::OrderId;

use super::Reply;

/// A write about plans that renew themselves.
#[derive(Clone, Debug)]
pub enum AutoRenewalCommand {
    /// Records a customer's choice; one that is there already stays as it is.
    Agree(Box<AutoRenewal>),
    /// Records what was done, and when to look again.
    Record {
        /// The plan.
        order: OrderId,
        /// What was done.
        done: Done,
        /// When to look again.
        look_at: Timestamp,
    },
    /// Records which order is charged for the renewal; fails with [`super::StoreError::Missing`]
    /// when the choice was turned off, so that nothing of its transaction happens then.
    Charge {
        /// The plan.
        order: OrderId,
        /// The order that renews it.
        renewal: OrderId,
    },
    /// Lets go of an order that is charged for a renewal: its customer pays it by hand.
    Release {
        /// The order that renews a plan.
        renewal: OrderId,
    },
    /// Turns it off, unless it is off.
    TurnOff {
        /// The plan.
        order: OrderId,
        /// When.
        at: Timestamp,
        /// Why.
        why: Off,
    },
}

/// Why a plan does not renew itself any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// The customer wished so.
    Customer,
    /// Another order renews it.
    Renewed,
    /// Its order is over.
    Ended,
    /// The plan is not sold any more, or at another price.
    Changed,
    /// The payment provider cannot charge without the customer.
    Provider,
    /// No charge succeeded.
    Unpaid,
}

impl Off {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Customer, Self::Renewed, Self::Ended, Self::Changed, Self::Provider, Self::Unpaid];

    /// Returns the stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Renewed => "renewed",
            Self::Ended => "ended",
            Self::Changed => "changed",
            Self::Provider => "provider",
            Self::Unpaid => "unpaid",
        }
    }
}

/// A customer's choice that a plan renews itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoRenewal {
    /// The order that granted the plan.
    pub order: OrderId,
    /// What the customer agreed to be charged each time.
    pub price: Money,
    /// Hash of the cookie of the session that agreed.
    pub session: String,
    /// The version of the words that it agreed to.
    pub text: String,
    /// When it agreed.
    pub agreed_at: Timestamp,
    /// What was done.
    pub done: Done,
    /// The order that is charged for the renewal.
    pub renewal: Option<OrderId>,
    /// When it was turned off, and why.
    pub off: Option<(Timestamp, Off)>,
}

/// Reads what is kept of plans that renew themselves.
pub trait AutoRenewalStore: Send + Sync {
    /// Returns the choice for a plan, turned off or not.
    fn auto_renewal(&self, order: OrderId) -> Reply<'_, Option<AutoRenewal>>;
    /// Returns the plan for whose renewal an order is charged.
    fn charged_for(&self, renewal: OrderId) -> Reply<'_, Option<OrderId>>;
    /// Returns choices in force that are to be looked at, at most `limit`.
    fn due_auto_renewals(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<AutoRenewal>>;
}
