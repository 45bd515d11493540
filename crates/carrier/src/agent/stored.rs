//! What earlier documents left on a host, and the changes that it is the fold of.
//!
//! Not here: where it is kept, and encrypting the passwords in it [XML-157].
//! Implements [XML-28], [XML-43], [XML-94], [XML-133].

use std::collections::BTreeMap;
use std::fmt;

use super::activation::Job;
use super::effect::EffectKey;
use super::host::ModemId;
use super::refresh::Schedule;
use crate::document::{
    AdditionalPdpContexts, Branding, CarrierNetworkMetadata, Global, Guid, Message,
    PlanDescription, PlanName, PlanUsage, Profile, ProfileName, ProfileSlot, SubscriberId,
    TrustedCertificate, WlanProfile,
};

/// Names the subscription that stored things belong to; nothing of another is ever touched
/// [XML-28, XML-94].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// In lower case, since the case of a GUID means nothing [XML-14].
    carrier_id: String,
    subscriber_id: SubscriberId,
}

impl Owner {
    /// Returns the owner of what an operator provides to a customer.
    #[must_use]
    pub fn new(carrier_id: &Guid, subscriber_id: SubscriberId) -> Self {
        Self { carrier_id: carrier_id.as_str().to_ascii_lowercase(), subscriber_id }
    }

    /// Returns the owner of what a document provides.
    #[must_use]
    pub fn of(global: &Global) -> Self {
        Self::new(&global.carrier_id, global.subscriber_id.clone())
    }

    /// Returns the name under which a host stores a profile: issuer, customer and name [XML-28].
    /// It holds the subscriber id: for storing, not for printing.
    #[must_use]
    pub fn stored_name(&self, name: &ProfileName) -> String {
        format!("{}-{}-{}", self.carrier_id, self.subscriber_id.reveal(), name)
    }
}

/// Prints the subscriber masked.
impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({}, {:?})", self.carrier_id, self.subscriber_id)
    }
}

/// Holds a plan: both parts come and change by themselves [XML-133].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredPlan {
    /// What changes slowly.
    pub description: Option<PlanDescription>,
    /// What changes often.
    pub usage: Option<PlanUsage>,
}

/// Holds a Wi-Fi profile and its place in the document [XML-61].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWlanProfile {
    /// How many profiles stand before it.
    pub position: usize,
    /// The profile.
    pub profile: WlanProfile,
}

/// Holds what is stored for one subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Connects to the home network.
    pub default_profile: Option<Profile>,
    /// Reaches the operator to buy.
    pub purchase_profile: Option<Profile>,
    /// The Wi-Fi profiles by name.
    pub wlan_profiles: BTreeMap<ProfileName, StoredWlanProfile>,
    /// The plans by name.
    pub plans: BTreeMap<PlanName, StoredPlan>,
    /// The rules for operator messages, in their order.
    pub messages: Vec<Message>,
    /// How the operator looks; service metadata if absent [XML-92].
    pub branding: Option<Branding>,
    /// Whose signatures are trusted on future documents [XML-152].
    pub trusted_certificates: Vec<TrustedCertificate>,
    /// How the document is kept up to date.
    pub refresh: Option<Schedule>,
    /// What the host knows about the network [XML-161].
    pub network: Option<CarrierNetworkMetadata>,
    /// The contexts beside that of the Internet [XML-167].
    pub contexts: Option<AdditionalPdpContexts>,
}

impl Subscription {
    /// Returns the mobile broadband profile of a slot.
    #[must_use]
    pub const fn profile(&self, slot: ProfileSlot) -> Option<&Profile> {
        match slot {
            ProfileSlot::Default => self.default_profile.as_ref(),
            ProfileSlot::Purchase => self.purchase_profile.as_ref(),
        }
    }

    /// Returns the plan that a profile is metered by; none for a profile without one [XML-59].
    #[must_use]
    pub fn plan_of(&self, associated_plan: Option<&PlanName>) -> Option<&StoredPlan> {
        self.plans.get(associated_plan?)
    }

    /// Says whether a stored profile names the plan [XML-179].
    #[must_use]
    pub fn uses_plan(&self, name: &PlanName) -> bool {
        let mbn = [&self.default_profile, &self.purchase_profile].into_iter().flatten();
        let wlan = self.wlan_profiles.values();
        mbn.map(|p| &p.associated_plan)
            .chain(wlan.map(|stored| &stored.profile.associated_plan))
            .any(|plan| plan.as_ref() == Some(name))
    }
}

/// Says what changes in a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The list of trusted certificates is replaced [XML-152].
    TrustedCertificates(Vec<TrustedCertificate>),
    /// The refresh is set up anew, or its next attempt [XML-154].
    Refresh(Box<Schedule>),
    /// A plan is described.
    PlanDescribed(PlanName, PlanDescription),
    /// The usage of a plan is known.
    PlanUsed(PlanName, PlanUsage),
    /// A mobile broadband profile is stored or replaced [XML-43].
    ProfileStored(ProfileSlot, Box<Profile>),
    /// A Wi-Fi profile is stored or replaced [XML-93].
    WlanProfileStored(Box<StoredWlanProfile>),
    /// A Wi-Fi profile is deleted [XML-93].
    WlanProfileDeleted(ProfileName),
    /// All rules for messages are replaced [XML-43].
    Messages(Vec<Message>),
    /// The branding is replaced [XML-43].
    Branding(Box<Branding>),
    /// What is known about the network is replaced.
    Network(Box<CarrierNetworkMetadata>),
    /// The further contexts are replaced.
    Contexts(Box<AdditionalPdpContexts>),
    /// The modem's job is this one from now on, as it stands [XML-40].
    Activation(Box<Job>),
}

/// Holds a change of one subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub owner: Owner,
    /// What.
    pub edit: Edit,
}

impl Change {
    /// Returns the effect without which the change does not hold; none for what only Stored has.
    pub(super) fn effect_key(&self) -> Option<EffectKey> {
        let owner = self.owner.clone();
        match &self.edit {
            Edit::ProfileStored(slot, _) => Some(EffectKey::Profile { owner, slot: *slot }),
            Edit::WlanProfileStored(stored) => {
                Some(EffectKey::WlanProfile { owner, name: stored.profile.name.clone() })
            }
            Edit::WlanProfileDeleted(name) => {
                Some(EffectKey::WlanProfile { owner, name: name.clone() })
            }
            // A job records its own failures; settings are known even if a device refuses them.
            Edit::TrustedCertificates(_)
            | Edit::Refresh(_)
            | Edit::PlanDescribed(..)
            | Edit::PlanUsed(..)
            | Edit::Messages(_)
            | Edit::Branding(_)
            | Edit::Network(_)
            | Edit::Contexts(_)
            | Edit::Activation(_) => None,
        }
    }
}

/// Holds what earlier documents left: the fold of all [`Change`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    subscriptions: BTreeMap<Owner, Subscription>,
    jobs: BTreeMap<ModemId, Job>,
}

impl Stored {
    /// Returns what is stored for a subscription, if a document ever stored something.
    #[must_use]
    pub fn subscription(&self, owner: &Owner) -> Option<&Subscription> {
        self.subscriptions.get(owner)
    }

    /// Iterates over all subscriptions.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Owner, &Subscription)> {
        self.subscriptions.iter()
    }

    /// Returns the one job of a modem, running or over [XML-40].
    #[must_use]
    pub fn job(&self, modem: ModemId) -> Option<&Job> {
        self.jobs.get(&modem)
    }

    /// Iterates over the jobs, one for each modem that ever had one.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// Returns a number that no job of this host had.
    pub(super) fn next_job_number(&self) -> u64 {
        self.jobs.values().map(Job::number).max().unwrap_or(0).saturating_add(1)
    }

    /// Applies a change.
    pub fn apply(&mut self, change: &Change) {
        if let Edit::Activation(job) = &change.edit {
            self.jobs.insert(job.modem(), (**job).clone());
            return;
        }
        self.subscriptions.entry(change.owner.clone()).or_default().apply(&change.edit);
    }
}

impl Subscription {
    pub(super) fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::TrustedCertificates(list) => self.trusted_certificates.clone_from(list),
            Edit::Refresh(schedule) => self.refresh = Some((**schedule).clone()),
            Edit::PlanDescribed(name, description) => {
                self.plans.entry(name.clone()).or_default().description = Some(*description);
            }
            Edit::PlanUsed(name, usage) => {
                self.plans.entry(name.clone()).or_default().usage = Some(*usage);
            }
            Edit::ProfileStored(slot, profile) => {
                let place = match slot {
                    ProfileSlot::Default => &mut self.default_profile,
                    ProfileSlot::Purchase => &mut self.purchase_profile,
                };
                *place = Some((**profile).clone());
            }
            Edit::WlanProfileStored(stored) => {
                self.wlan_profiles.insert(stored.profile.name.clone(), (**stored).clone());
            }
            Edit::WlanProfileDeleted(name) => {
                self.wlan_profiles.remove(name);
            }
            Edit::Messages(messages) => self.messages.clone_from(messages),
            Edit::Branding(branding) => self.branding = Some((**branding).clone()),
            Edit::Network(network) => self.network = Some((**network).clone()),
            Edit::Contexts(contexts) => self.contexts = Some((**contexts).clone()),
            // A job is the modem's, not the subscription's.
            Edit::Activation(_) => {}
        }
    }
}
