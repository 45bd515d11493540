//! What became of each part, in the shape of the results document.
//!
//! Not here: moving codes up ([`crate::results::coalesce()`]).
//! Implements the content of [XML-201], [XML-202], [XML-208] and [XML-209].

use super::decision::{Part, Tried};
use crate::document::ProfileSlot;
use crate::hresult::Hresult;
use crate::results::{
    Container, Content, Leaf, MbnProfiles, Named, NetworkMetadata, PartsV1, PartsV2, PdpContexts,
    ProvisioningV1, ProvisioningV2, Version,
};

pub(super) fn content(tried: &Tried) -> Content {
    match tried.version {
        Version::V1 => Content::V1(PartsV1 {
            activation: tried.code(&Part::Activation),
            mbn_profiles: mbn_profiles(tried, |named| named.code),
            wlan_profiles: wlan_profiles(tried),
            provisioning: provisioning_v1(tried),
        }),
        Version::V2 => Content::V2(Box::new(PartsV2 {
            activation: tried.code(&Part::Activation),
            mbn_profiles: mbn_profiles(tried, |named| named),
            wlan_profiles: wlan_profiles(tried),
            provisioning: provisioning_v2(tried),
            plans: plans(tried),
            network_metadata: network_metadata(tried),
            pdp_contexts: pdp_contexts(tried),
        })),
    }
}

impl Tried {
    /// Returns the code of a part, if it was tried.
    fn code(&self, part: &Part) -> Option<Hresult> {
        self.outcomes.iter().find(|(known, _)| known == part).map(|(_, code)| *code)
    }

    /// Returns the codes of the parts that have a name, in the order in which they were tried.
    fn named(&self, name: impl Fn(&Part) -> Option<&str>) -> Vec<Named> {
        let outcomes = self.outcomes.iter();
        let named = outcomes.filter_map(|(part, code)| name(part).zip(Some(*code)));
        named.map(|(name, code)| Named { name: name.to_owned(), code }).collect()
    }
}

/// Messages and branding have no element of their own. Where no profile failed, a failure of
/// theirs is the section's (NV-22); otherwise the profiles say that something failed.
fn mbn_profiles<L>(tried: &Tried, leaf: impl Fn(Named) -> L) -> Option<Container<MbnProfiles<L>>> {
    tried.code(&Part::MbnProfiles)?;
    let profile = |wanted: ProfileSlot| {
        let named = tried.named(|part| {
            if let Part::Profile(slot, name) = part
                && *slot == wanted
            {
                Some(name.as_str())
            } else {
                None
            }
        });
        named.into_iter().next()
    };
    let (default, purchase) = (profile(ProfileSlot::Default), profile(ProfileSlot::Purchase));
    let has_failed = [&default, &purchase].into_iter().flatten().any(|p| !p.code.is_success());
    let others = [Part::Messages, Part::Branding].iter().filter_map(|part| tried.code(part));
    if let Some(code) = others.into_iter().find(|code| !code.is_success() && !has_failed) {
        return Some(Container::All(code));
    }
    let (default_profile, purchase_profile) = (default.map(&leaf), purchase.map(&leaf));
    Some(Container::Each(MbnProfiles { default_profile, purchase_profile }))
}

fn wlan_profiles(tried: &Tried) -> Option<Container<Vec<Named>>> {
    let code = tried.code(&Part::WlanProfiles)?;
    if !code.is_success() {
        return Some(Container::All(code));
    }
    Some(Container::Each(
        tried.named(
            |part| if let Part::WlanProfile(name) = part { Some(name.as_str()) } else { None },
        ),
    ))
}

fn provisioning_v1(tried: &Tried) -> Option<Container<ProvisioningV1>> {
    tried.code(&Part::Provisioning)?;
    let refresh = tried.code(&Part::RefreshParameters);
    Some(Container::Each(ProvisioningV1 {
        refresh_parameters: refresh.map(|code| Leaf { code, beneath: None }),
        trusted_certificate: tried.code(&Part::TrustedCertificates),
        policy: None,
    }))
}

fn provisioning_v2(tried: &Tried) -> Option<Container<ProvisioningV2>> {
    tried.code(&Part::Provisioning)?;
    Some(Container::Each(ProvisioningV2 {
        refresh_parameters: tried.code(&Part::RefreshParameters),
        trusted_certificate: tried.code(&Part::TrustedCertificates),
    }))
}

fn plans(tried: &Tried) -> Option<Container<Vec<Named>>> {
    let plans =
        tried.named(|part| if let Part::Plan(name) = part { Some(name.as_str()) } else { None });
    (!plans.is_empty()).then_some(Container::Each(plans))
}

fn network_metadata(tried: &Tried) -> Option<Leaf<NetworkMetadata>> {
    let code = tried.code(&Part::CarrierNetworkMetadata)?;
    let beneath = NetworkMetadata {
        network_settings: tried.code(&Part::NetworkSettings),
        data_class_friendly_names: tried.code(&Part::DataClassFriendlyNames),
        customer_support_phone_number: tried.code(&Part::CustomerSupportPhoneNumber),
    };
    Some(Leaf { code, beneath })
}

fn pdp_contexts(tried: &Tried) -> Option<Leaf<PdpContexts>> {
    let code = tried.code(&Part::AdditionalPdpContexts)?;
    let policies = tried.named(|part| {
        if let Part::PdpContextPolicy(name) = part { Some(name.as_str()) } else { None }
    });
    let tethering_profiles = tried.named(|part| {
        if let Part::TetheringProfile(name) = part { Some(name.as_str()) } else { None }
    });
    Some(Leaf { code, beneath: PdpContexts { policies, tethering_profiles } })
}
