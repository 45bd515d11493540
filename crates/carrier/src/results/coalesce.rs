//! Codes move to the highest level at which they are true of everything beneath.
//!
//! Not here: how outcomes come about. Success moves up like an error does, to the root in the
//! end, as in example 14.9; an error never reaches the root, because the signature beside it
//! succeeded.
//! Implements [XML-204], [XML-205] and [XML-209].

use super::parts::{
    Container, Leaf, MbnProfiles, Named, NetworkMetadata, PartsV1, PartsV2, PdpContexts,
    ProvisioningV1, ProvisioningV2,
};
use super::{Content, Version};
use crate::hresult::Hresult;

/// Combines the outcomes of one item on several adapters [XML-205].
///
/// Success on any is success; otherwise the first code counts, in the order of the adapters.
/// None if there was no adapter.
pub fn combine(outcomes: impl IntoIterator<Item = Hresult>) -> Option<Hresult> {
    outcomes.into_iter().reduce(|first, next| if next.is_success() { next } else { first })
}

/// Moves codes up and omits what they make superfluous [XML-204], [XML-209].
///
/// A container whose items agree gets their code and loses them; an empty one, which asks to
/// remove everything, succeeds. A leaf that succeeded takes the first failure beneath it, and
/// what is beneath stays unless all of it agrees with the leaf. Doing it twice changes nothing.
#[must_use]
pub fn coalesce(mut content: Content) -> Content {
    let version = match &mut content {
        Content::Succeeded(version) => *version,
        Content::V1(parts) => {
            parts.mbn_profiles.coalesce();
            parts.wlan_profiles.coalesce();
            parts.provisioning.coalesce();
            Version::V1
        }
        Content::V2(parts) => {
            parts.mbn_profiles.coalesce();
            parts.wlan_profiles.coalesce();
            parts.provisioning.coalesce();
            parts.plans.coalesce();
            parts.network_metadata.coalesce();
            parts.pdp_contexts.coalesce();
            Version::V2
        }
    };
    if content.is_success() { Content::Succeeded(version) } else { content }
}

impl Content {
    /// Says whether no code in it is a failure.
    pub(super) fn is_success(&self) -> bool {
        match self {
            Self::Succeeded(_) => true,
            Self::V1(parts) => is_success(parts),
            Self::V2(parts) => is_success(parts.as_ref()),
        }
    }
}

fn is_success(outcome: &impl Outcome) -> bool {
    outcome.codes().iter().all(|code| code.is_success())
}

/// Something with codes in it.
trait Outcome {
    /// Returns all codes in document order.
    fn codes(&self) -> Vec<Hresult>;

    /// Moves codes up inside it.
    fn coalesce(&mut self) {}
}

impl Outcome for Hresult {
    fn codes(&self) -> Vec<Self> {
        vec![*self]
    }
}

impl Outcome for Named {
    fn codes(&self) -> Vec<Hresult> {
        vec![self.code]
    }
}

impl<T: Outcome> Outcome for Option<T> {
    fn codes(&self) -> Vec<Hresult> {
        self.as_ref().map(Outcome::codes).unwrap_or_default()
    }

    fn coalesce(&mut self) {
        if let Some(outcome) = self {
            outcome.coalesce();
        }
    }
}

impl<T: Outcome> Outcome for Vec<T> {
    fn codes(&self) -> Vec<Hresult> {
        self.iter().flat_map(Outcome::codes).collect()
    }
}

impl<T: Outcome> Outcome for Container<T> {
    fn codes(&self) -> Vec<Hresult> {
        match self {
            Self::All(code) => vec![*code],
            Self::Each(items) => items.codes(),
        }
    }

    fn coalesce(&mut self) {
        let Self::Each(items) = self else { return };
        items.coalesce();
        let codes = items.codes();
        let first = codes.first().copied().unwrap_or(Hresult::SUCCESS);
        if codes.iter().all(|code| *code == first) {
            *self = Self::All(first);
        }
    }
}

impl<T: Outcome + Default> Outcome for Leaf<T> {
    fn codes(&self) -> Vec<Hresult> {
        [vec![self.code], self.beneath.codes()].concat()
    }

    fn coalesce(&mut self) {
        let codes = self.codes();
        if self.code.is_success()
            && let Some(failure) = codes.iter().find(|code| !code.is_success())
        {
            self.code = *failure;
        }
        if self.beneath.codes().iter().all(|code| *code == self.code) {
            self.beneath = T::default();
        }
    }
}

impl<L: Outcome> Outcome for MbnProfiles<L> {
    fn codes(&self) -> Vec<Hresult> {
        [self.default_profile.codes(), self.purchase_profile.codes()].concat()
    }
}

impl Outcome for ProvisioningV1 {
    fn codes(&self) -> Vec<Hresult> {
        let Self { refresh_parameters, trusted_certificate, policy } = self;
        [refresh_parameters.codes(), trusted_certificate.codes(), policy.codes()].concat()
    }

    fn coalesce(&mut self) {
        self.refresh_parameters.coalesce();
    }
}

impl Outcome for ProvisioningV2 {
    fn codes(&self) -> Vec<Hresult> {
        [self.refresh_parameters.codes(), self.trusted_certificate.codes()].concat()
    }
}

impl Outcome for NetworkMetadata {
    fn codes(&self) -> Vec<Hresult> {
        let Self { network_settings, data_class_friendly_names, customer_support_phone_number } =
            self;
        [network_settings, data_class_friendly_names, customer_support_phone_number]
            .into_iter()
            .flat_map(Outcome::codes)
            .collect()
    }
}

impl Outcome for PdpContexts {
    fn codes(&self) -> Vec<Hresult> {
        [self.policies.codes(), self.tethering_profiles.codes()].concat()
    }
}

impl Outcome for PartsV1 {
    fn codes(&self) -> Vec<Hresult> {
        let Self { activation, mbn_profiles, wlan_profiles, provisioning } = self;
        [activation.codes(), mbn_profiles.codes(), wlan_profiles.codes(), provisioning.codes()]
            .concat()
    }
}

impl Outcome for PartsV2 {
    fn codes(&self) -> Vec<Hresult> {
        let Self {
            activation,
            mbn_profiles,
            wlan_profiles,
            provisioning,
            plans,
            network_metadata,
            pdp_contexts,
        } = self;
        [
            activation.codes(),
            mbn_profiles.codes(),
            wlan_profiles.codes(),
            provisioning.codes(),
            plans.codes(),
            network_metadata.codes(),
            pdp_contexts.codes(),
        ]
        .concat()
    }
}
