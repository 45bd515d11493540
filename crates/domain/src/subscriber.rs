//! What the operator's systems know of a SIM: whether a plan belongs to it, and which it may have.
//!
//! Not here: asking (the server's subscriber port), and whose SIM it is ([`crate::matching`]).

use std::collections::BTreeSet;

use crate::brand::PlanId;

/// How far a SIM is on its way to a plan [PORT-06].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SimState {
    /// No plan belongs to it and no subscriber record exists.
    Cold,
    /// It is prepared and ready to accept a plan.
    Warm,
    /// It is active with a plan.
    Hot,
}

impl SimState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Cold, Self::Warm, Self::Hot];

    /// Returns the stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
            Self::Hot => "hot",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is known of a SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far it is.
    pub state: SimState,
    /// The plans that it may have [PORT-37]; absent = all of its brand.
    pub plans: Option<BTreeSet<PlanId>>,
}

impl Standing {
    /// Returns what counts for a SIM of which nothing is known, or nothing could be learned
    /// [PORT-07].
    #[must_use]
    pub fn unknown() -> Self {
        Self { state: SimState::Cold, plans: None }
    }

    /// Tells whether a plan is available for it.
    #[must_use]
    pub fn may_have(&self, plan: &PlanId) -> bool {
        self.plans.as_ref().is_none_or(|plans| plans.contains(plan))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [PORT-07]: what nobody knows is cold, and may have every plan.
    #[test]
    fn a_sim_may_have_what_is_listed_or_all() {
        let plan = |id: &str| PlanId::parse(id).expect("an id");
        let listed = |ids: &[&str]| Some(ids.iter().map(|id| plan(id)).collect());
        for (plans, is_available) in [
            (None, true),
            (listed(&["day", "week"]), true),
            (listed(&["week"]), false),
            (listed(&[]), false),
        ] {
            let standing = Standing { plans, ..Standing::unknown() };
            assert_eq!(standing.may_have(&plan("day")), is_available, "{standing:?}");
        }
        for state in SimState::ALL {
            assert_eq!(SimState::parse(state.name()), Some(state));
        }
        assert_eq!(SimState::parse("Cold"), None);
    }
}
