//! What a subscription used, as far as a document says it.
//!
//! Not here: counting ([`crate::usage`]).

use domain::Timestamp;
use domain::amount::Megabytes;
use domain::brand::PlanType;
use domain::code::OrderId;
use domain::usage::cost::{Surroundings, connection_cost, plan_status};

use crate::store::usage::Metered;
use crate::store::{Store, StoreError};

/// What was used of the running cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageNow {
    /// How much: what billing said, with what was counted since.
    pub used: Megabytes,
    /// When that was so.
    pub as_of: Timestamp,
    /// The quota of today, which billing may have changed; absent = none.
    pub limit: Option<Megabytes>,
    /// How use is charged today; absent = as it was sold.
    pub plan_type: Option<PlanType>,
    /// When the plan ends, where that is not as it was sold.
    pub ends_at: Option<Timestamp>,
    /// Whether the quota is used up.
    pub is_over_limit: bool,
    /// Whether the network is congested.
    pub is_congested: bool,
}

impl UsageNow {
    /// Takes it out of what is metered; absent where nothing was counted or told yet.
    #[must_use]
    pub fn of(metered: &Metered) -> Option<Self> {
        let Metered { terms, state, .. } = metered;
        let around = Surroundings::default();
        let plan = plan_status(state, terms, &around);
        let counted = state.local.slices().last().map(|slice| slice.at);
        // A cycle that began anew has neither, but is news all the same.
        let revised = (metered.revision > 0).then_some(metered.revised_at);
        Some(Self {
            used: plan.usage.used.megabytes(),
            as_of: plan.usage.as_of.max(counted).or(revised)?,
            limit: plan.limit,
            plan_type: state.plan_type(terms),
            ends_at: terms.expires_at,
            is_over_limit: connection_cost(state, terms, &around).is_over_data_limit,
            is_congested: state.operator.is_congested.unwrap_or(false),
        })
    }
}

/// Returns what a subscription used; absent where nothing was counted or told yet.
///
/// # Errors
/// As the store says.
pub async fn usage_now(store: &dyn Store, order: OrderId) -> Result<Option<UsageNow>, StoreError> {
    Ok(store.metered(order).await?.as_ref().and_then(UsageNow::of))
}
