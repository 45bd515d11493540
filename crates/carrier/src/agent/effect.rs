//! What the devices of a host have to do.
//!
//! An effect sets a place, its key, to a value: doing it twice is doing it once. An activation
//! has the number of its job in its key, so that a second one is another. Not here: doing it.
//! Implements [XML-28] for the places.

use super::activation::Job;
use super::decision::Part;
use super::host::ModemId;
use super::networks::{Network, Placement};
use super::stored::Owner;
use crate::document::{NetworkSettings, Profile, ProfileName, ProfileSlot, WlanProfile};

/// Names the place that an effect sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectKey {
    /// A mobile broadband profile.
    Profile {
        /// Whose it is.
        owner: Owner,
        /// Which of the two.
        slot: ProfileSlot,
    },
    /// A Wi-Fi profile.
    WlanProfile {
        /// Whose it is.
        owner: Owner,
        /// Its name in the document.
        name: ProfileName,
    },
    /// The operator's part of the list of networks.
    Networks {
        /// Whose part it is.
        owner: Owner,
    },
    /// The settings of all profiles of the subscription [XML-162].
    NetworkSettings {
        /// Whose profiles.
        owner: Owner,
    },
    /// An activation [XML-40].
    Activation {
        /// Where it runs.
        modem: ModemId,
        /// The number of its job.
        job: u64,
    },
}

/// Says what is done at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Stores a mobile broadband profile under [`Owner::stored_name`].
    StoreProfile {
        /// Where; success on any counts [XML-205].
        modems: Vec<ModemId>,
        /// The profile.
        profile: Box<Profile>,
        /// The name of the profile that it replaces, if that was another.
        replaces: Option<ProfileName>,
    },
    /// Stores a Wi-Fi profile, or replaces the one of its name, on all adapters [XML-93].
    StoreWlanProfile(Box<WlanProfile>),
    /// Deletes a Wi-Fi profile from all adapters [XML-93].
    DeleteWlanProfile,
    /// Moves the operator's networks within the list: [`super::networks::place`].
    OrderNetworks {
        /// The operator's networks, the most preferred one first.
        networks: Vec<Network>,
        /// Where they go.
        placement: Placement,
    },
    /// Sets what all profiles of the subscription share [XML-162]…[XML-164].
    ConfigureNetwork(NetworkSettings),
    /// Replaces the modem's job and runs this one by [`super::activation::step`] [XML-40].
    StartActivation(Box<Job>),
}

/// Holds one thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The place; what the outcome is reported for.
    pub key: EffectKey,
    /// What is done there.
    pub action: Action,
}

impl Effect {
    /// Returns the part whose outcome the effect's is; none if no part stands for it.
    pub(super) fn part(&self) -> Option<Part> {
        match (&self.key, &self.action) {
            (EffectKey::Profile { slot, .. }, Action::StoreProfile { profile, .. }) => {
                Some(Part::Profile(*slot, profile.name.clone()))
            }
            (EffectKey::WlanProfile { name, .. }, _) => Some(Part::WlanProfile(name.clone())),
            (EffectKey::NetworkSettings { .. }, _) => Some(Part::NetworkSettings),
            (_, Action::StartActivation(job)) if job.is_answered_by_first_attempt() => {
                Some(Part::Activation)
            }
            (
                EffectKey::Profile { .. }
                | EffectKey::Networks { .. }
                | EffectKey::Activation { .. },
                _,
            ) => None,
        }
    }
}
