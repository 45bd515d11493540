//! A subscription's usage as programs and pages read it.
//!
//! Not here: HTTP ([`crate::admin`]) and words for people.

use api::usage::{BillingFigure, ProfileCounter, SubscriptionUsage};
use domain::amount::Bytes;
use domain::brand::PlanType;
use domain::code::OrderId;
use domain::usage::cost::{self, Surroundings};
use domain::usage::{Counts, Regime, Sharing};

use super::Usage;
use crate::store::StoreError;
use crate::store::usage::Metered;

impl Usage {
    /// Returns what a subscription used, and how things are [USE-08], [USE-09]; none for an
    /// unknown one.
    ///
    /// # Errors
    /// As the store says.
    pub async fn usage_of(&self, id: OrderId) -> Result<Option<SubscriptionUsage>, StoreError> {
        Ok(self.store.metered(id).await?.as_ref().map(describe))
    }

    /// Returns what is metered of a subscription; none for an unknown one.
    ///
    /// # Errors
    /// As the store says.
    pub async fn metered(&self, id: OrderId) -> Result<Option<Metered>, StoreError> {
        self.store.metered(id).await
    }
}

/// Describes what is metered.
#[must_use]
pub fn describe(metered: &Metered) -> SubscriptionUsage {
    let Metered { terms, state, .. } = metered;
    let around = Surroundings { regime: metered.registered, ..Surroundings::default() };
    let cost = cost::connection_cost(state, terms, &around);
    let plan = cost::plan_status(state, terms, &around);
    let counted = state.local.slices().last().map(|slice| slice.at);
    let of = |sharing| {
        let both = [Regime::Home, Regime::Roaming].map(|r| state.counters.of(r, sharing));
        both.into_iter()
            .fold(Bytes(0), |sum, Counts { sent, received }| sum.plus(sent).plus(received))
    };
    SubscriptionUsage {
        subscription: metered.subscription.to_string(),
        version: metered.version,
        brand: metered.brand.to_string(),
        plan: metered.plan.clone(),
        plan_type: state.plan_type(terms).map_or("Unknown", plan_type_name).to_owned(),
        usage_bytes: plan.usage.used.0,
        source: if plan.usage.is_estimate { "estimate" } else { "billing" }.to_owned(),
        as_of: plan.usage.as_of.max(counted).map(|at| at.to_string()),
        billing: state.operator.usage.map(|usage| BillingFigure {
            used_bytes: usage.used.0,
            as_of: usage.as_of.to_string(),
        }),
        limit_bytes: plan.limit.map(|limit| limit.bytes().0),
        cycle: state.cycle,
        cycle_ends_at: plan.next_cycle.map(|at| at.to_string()),
        expires_at: terms.end().map(|at| at.to_string()),
        approaching_limit: cost.is_approaching_data_limit,
        over_limit: cost.is_over_data_limit,
        roaming: cost.is_roaming,
        expired: state.ended_at.is_some(),
        own_bytes: of(Sharing::Own).0,
        shared_bytes: of(Sharing::Shared).0,
        profiles: profiles(metered),
    }
}

fn plan_type_name(plan_type: PlanType) -> &'static str {
    match plan_type {
        PlanType::Unrestricted => "Unrestricted",
        PlanType::Fixed => "Fixed",
        PlanType::Variable => "Variable",
    }
}

fn profiles(metered: &Metered) -> Vec<ProfileCounter> {
    let counters = metered.profiles.0.iter();
    let one = counters.map(|((profile, kind), carried)| ProfileCounter {
        profile: profile.clone(),
        roaming: kind.is_roaming,
        shared: kind.is_shared,
        sent_bytes: carried.sent,
        received_bytes: carried.received,
    });
    one.collect()
}
