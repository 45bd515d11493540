//! Which profile a SIM gets [MATCH-98], [MATCH-99].
//!
//! Not here: how well one target fits ([`super::target`]).

use std::cmp::Reverse;

use super::{Profile, SimFacts};

/// A profile that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'p> {
    /// The profile.
    pub profile: &'p Profile,
    /// How many identifiers match, 0 for a profile without targets.
    pub score: u32,
    /// How many blocks the narrowest of its best targets has.
    pub width: u64,
}

impl Candidate<'_> {
    /// What decides between two candidates, the least first [MATCH-99].
    fn rank(&self) -> impl Ord + use<> {
        let Self { profile, score, width } = self;
        (Reverse(*score), profile.origin, *width, Reverse(profile.added))
    }
}

/// What became of choosing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<'p> {
    /// No profile fits.
    Nothing,
    /// One is better than all others.
    One(Candidate<'p>),
    /// These are equally good: a person picks from this list, which is in its order [MATCH-99].
    Ask(Vec<Candidate<'p>>),
}

/// Chooses the profile of a SIM: most identifiers, then OEM before base, the narrower range, the
/// later addition [MATCH-99].
#[must_use]
pub fn select<'p>(
    profiles: impl IntoIterator<Item = &'p Profile>,
    sim: &SimFacts,
) -> Selection<'p> {
    let mut best: Vec<Candidate<'p>> = Vec::new();
    for candidate in profiles.into_iter().filter_map(|profile| candidate(profile, sim)) {
        match best.first() {
            Some(first) if candidate.rank() > first.rank() => {}
            Some(first) if candidate.rank() == first.rank() => best.push(candidate),
            Some(_) | None => best = vec![candidate],
        }
    }
    // Stable: what has no place in the list keeps the database's order.
    best.sort_by_key(|candidate| {
        let settings = &candidate.profile.settings;
        let order = settings.ui_order.unwrap_or(0);
        (settings.ui_name.is_none(), order, settings.ui_name.clone())
    });
    match best.as_slice() {
        [] => Selection::Nothing,
        [one] => Selection::One(*one),
        [_, _, ..] => Selection::Ask(best),
    }
}

fn candidate<'p>(profile: &'p Profile, sim: &SimFacts) -> Option<Candidate<'p>> {
    if profile.targets.is_empty() {
        let is_own = sim.brand.as_ref() == Some(&profile.brand);
        return is_own.then_some(Candidate { profile, score: 0, width: u64::MAX });
    }
    let fitting = profile.targets.iter().filter_map(|target| {
        Some(Candidate { profile, score: target.score(sim)?, width: target.width() })
    });
    fitting.min_by_key(|fit| (Reverse(fit.score), fit.width))
}
