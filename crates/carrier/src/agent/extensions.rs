//! Network settings, further contexts, and who may open them.
//!
//! Not here: opening contexts and sharing a connection (the device side).
//! Implements step 12 of [XML-185]; [XML-162], [XML-175], [PDP-06] as far as the document decides
//! it, [PDP-07].

use super::NOT_FOUND;
use super::decision::Part;
use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::stored::Edit;
use crate::document::{
    AccessString, AdditionalPdpContexts, AppId, CarrierNetworkMetadata, PdpContextPolicy,
};
use crate::hresult::Hresult;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(v2) = draft.document.extensions().and_then(|extensions| extensions.v2.as_ref()) else {
        return;
    };
    // They are the subscription's, whatever SIM is in the modem; but they are a modem's.
    let code = if draft.host.modems.is_empty() { NOT_FOUND } else { Hresult::SUCCESS };
    if let Some(part) = &v2.network {
        network(draft, part, code);
    }
    if let Some(part) = &v2.additional_contexts {
        contexts(draft, part, code);
    }
}

fn network(draft: &mut Draft<'_>, network: &CarrierNetworkMetadata, code: Hresult) {
    draft.note(Part::CarrierNetworkMetadata, code);
    for (part, is_present) in [
        (Part::NetworkSettings, network.settings.is_some()),
        (Part::DataClassFriendlyNames, network.data_class_names.is_some()),
        (Part::CustomerSupportPhoneNumber, network.support_phone_number.is_some()),
    ] {
        if is_present {
            draft.note(part, code);
        }
    }
    if !code.is_success() {
        return;
    }
    draft.change(Edit::Network(Box::new(network.clone())));
    if let Some(settings) = network.settings {
        let key = EffectKey::NetworkSettings { owner: draft.owner.clone() };
        draft.perform(key, Action::ConfigureNetwork(settings));
    }
}

fn contexts(draft: &mut Draft<'_>, contexts: &AdditionalPdpContexts, code: Hresult) {
    draft.note(Part::AdditionalPdpContexts, code);
    let mut contexts = contexts.clone();
    if let Some(part) = &mut contexts.policies {
        part.policies = last_of_each_name(&part.policies);
        for policy in &part.policies {
            draft.note(Part::PdpContextPolicy(policy.name.clone()), code);
        }
    }
    let profile = contexts.tethering.as_ref().and_then(|tethering| tethering.profile.as_ref());
    if let Some(profile) = profile {
        draft.note(Part::TetheringProfile(profile.name.clone()), code);
    }
    if code.is_success() {
        draft.change(Edit::Contexts(Box::new(contexts)));
    }
}

/// A later policy replaces an earlier one of its name [PDP-07].
fn last_of_each_name(policies: &[PdpContextPolicy]) -> Vec<PdpContextPolicy> {
    let is_last = |(at, policy): &(usize, &PdpContextPolicy)| {
        let mut later = policies.iter().skip(at.saturating_add(1));
        !later.any(|other| other.name == policy.name)
    };
    policies.iter().enumerate().filter(is_last).map(|(_, policy)| policy.clone()).collect()
}

/// Says whether an app may open a further context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Allowed,
    /// A policy is for others alone.
    Denied,
    /// The network has no second context for anybody [XML-168].
    Unsupported,
}

/// Says whether an app may open the context of an access point, by what is stored [PDP-06].
///
/// Without a policy for it the context is open to all; an empty list of apps admits none
/// [XML-175]. Whether the context is that of the Internet, and how many a modem opens, is the
/// caller's to say.
#[must_use]
pub fn admission(
    contexts: Option<&AdditionalPdpContexts>,
    app: &AppId,
    access_string: &AccessString,
) -> Admission {
    let Some(part) = contexts.and_then(|contexts| contexts.policies.as_ref()) else {
        return Admission::Allowed;
    };
    if part.support == Some(false) {
        return Admission::Unsupported;
    }
    let is_for = |policy: &&PdpContextPolicy| {
        let own = policy.context.access_string.as_ref();
        own.is_some_and(|own| own.as_str().eq_ignore_ascii_case(access_string.as_str()))
    };
    let mut policies = part.policies.iter().filter(is_for).peekable();
    let is_open = policies.peek().is_none();
    if is_open || policies.any(|policy| policy.app_ids.contains(app)) {
        Admission::Allowed
    } else {
        Admission::Denied
    }
}
