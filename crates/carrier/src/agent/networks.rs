//! Where the operator's networks stand in the host's list, and in which order.
//!
//! The list itself is the host's: users add to it and move what is in it [WCM-07]. Not here: that,
//! and connecting to the best network.
//! Implements [XML-60], [XML-61] and with them [WCM-08], [WCM-09].

use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::stored::{Edit, Owner, Subscription};
use crate::document::{Medium, ProfileName, ProfileSlot, Rank, preference};

/// Names a network of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// One that an operator provided.
    Provided {
        /// Which operator, to whom.
        owner: Owner,
        /// What it connects with.
        medium: Medium,
        /// The name of its profile.
        name: ProfileName,
    },
    /// One of the user's own.
    OfUser(String),
}

impl Network {
    fn is_of(&self, wanted: &Owner) -> bool {
        match self {
            Self::Provided { owner, .. } => owner == wanted,
            Self::OfUser(_) => false,
        }
    }
}

/// Says where the operator's networks go [XML-60].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Before all others: the first time, with a document that has Wi-Fi alone.
    Top,
    /// Behind all others: with mobile broadband, and every later time.
    Bottom,
}

/// Lists the networks of a subscription, the most preferred one first [XML-61].
///
/// The purchase profile is none: nothing connects with it by itself [XML-42].
#[must_use]
pub fn order(owner: &Owner, subscription: &Subscription) -> Vec<Network> {
    let mbn = subscription.default_profile.as_ref().map(|profile| {
        let rank = Rank { priority: profile.priority, medium: Medium::Mbn, position: 0 };
        (rank, &profile.name)
    });
    let wlan = subscription.wlan_profiles.values().map(|stored| {
        let (priority, position) = (stored.profile.priority, stored.position);
        (Rank { priority, medium: Medium::Wlan, position }, &stored.profile.name)
    });
    let mut ranked: Vec<_> = mbn.into_iter().chain(wlan).collect();
    ranked.sort_by(|(one, _), (other, _)| preference(one, other));
    let network = |(rank, name): (Rank, &ProfileName)| Network::Provided {
        owner: owner.clone(),
        medium: rank.medium,
        name: name.clone(),
    };
    ranked.into_iter().map(network).collect()
}

/// Returns the list with the operator's networks in their new places; all others keep their
/// order [XML-60].
#[must_use]
pub fn place(
    list: &[Network],
    owner: &Owner,
    networks: &[Network],
    placement: Placement,
) -> Vec<Network> {
    let others = list.iter().filter(|network| !network.is_of(owner));
    match placement {
        Placement::Top => networks.iter().chain(others).cloned().collect(),
        Placement::Bottom => others.chain(networks).cloned().collect(),
    }
}

/// Orders the list anew if a network was stored or deleted.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let is_network = |edit: &Edit| {
        matches!(
            edit,
            Edit::ProfileStored(ProfileSlot::Default, _)
                | Edit::WlanProfileStored(_)
                | Edit::WlanProfileDeleted(_)
        )
    };
    if !draft.edits().any(is_network) {
        return;
    }
    let before = draft.before.subscription(&draft.owner);
    let is_first = before.is_none_or(|before| order(&draft.owner, before).is_empty());
    let has_mbn = draft.document.profiles().any(|(slot, _)| slot == ProfileSlot::Default);
    let placement = if is_first && !has_mbn { Placement::Top } else { Placement::Bottom };
    let networks = order(&draft.owner, &draft.subscription);
    let key = EffectKey::Networks { owner: draft.owner.clone() };
    draft.perform(key, Action::OrderNetworks { networks, placement });
}
