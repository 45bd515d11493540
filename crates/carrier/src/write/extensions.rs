//! What Windows 8.1 added, in the order of CarrierControlSchema_v2.xsd.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements the order of children of [XML-160]…[XML-174].

use super::wwan::context;
use super::{Attributes, Written, optional};
use crate::document::{
    AdditionalPdpContexts, CarrierNetworkMetadata, Extensions, MultiplePdpContextPolicies,
    NetworkSettings, PdpContextPolicy, TetheringSettings,
};
use crate::xml::{Namespace, Writer};

const CC2: Namespace = Namespace::CarrierControlV2;

pub(super) fn extensions(w: &mut Writer, extensions: &Extensions) -> Written {
    if let Some(v2) = &extensions.v2 {
        w.element(CC2, "Extensions_v2", &[], |w| {
            part(w, "CarrierNetworkMetadata", v2.network.as_ref(), network)?;
            part(w, "AdditionalPDPContexts", v2.additional_contexts.as_ref(), contexts)
        })?;
    }
    extensions.others.iter().try_for_each(|other| w.foreign(other))
}

/// Writes an element if there is something to put into it.
fn part<T>(
    w: &mut Writer,
    name: &'static str,
    part: Option<&T>,
    write: impl FnOnce(&mut Writer, &T) -> Written,
) -> Written {
    part.map_or(Ok(()), |part| w.element(CC2, name, &[], |w| write(w, part)))
}

fn network(w: &mut Writer, network: &CarrierNetworkMetadata) -> Written {
    part(w, "NetworkSettings", network.settings.as_ref(), settings)?;
    part(w, "DataClassFriendlyNames", network.data_class_names.as_ref(), |w, names| {
        names.0.iter().try_for_each(|(class, name)| w.leaf(CC2, class.as_str(), name.as_str()))
    })?;
    let number = network.support_phone_number.as_ref().map(|number| number.as_str());
    optional(w, CC2, "CustomerSupportPhoneNumber", number)
}

fn settings(w: &mut Writer, settings: &NetworkSettings) -> Written {
    let mtu = settings.ipv4_link_mtu.map(|mtu| mtu.number().to_string());
    optional(w, CC2, "IPv4LinkMTU", mtu.as_deref())?;
    let mtu = settings.ipv6_link_mtu.map(|mtu| mtu.number().to_string());
    optional(w, CC2, "IPv6LinkMTU", mtu.as_deref())?;
    part(w, "DNSRetrySettings", settings.dns_retry.as_ref(), |w, retry| {
        w.leaf(CC2, "DNSRetryIntervalInSeconds", &retry.interval.number().to_string())?;
        w.leaf(CC2, "DNSRetryCount", &retry.count.number().to_string())
    })
}

fn contexts(w: &mut Writer, contexts: &AdditionalPdpContexts) -> Written {
    if let Some(part) = &contexts.policies {
        policies(w, part)?;
    }
    part(w, "TetheringSettings", contexts.tethering.as_ref(), tethering)
}

fn policies(w: &mut Writer, policies: &MultiplePdpContextPolicies) -> Written {
    let attributes = Attributes::default().maybe("MultiplePDPContextSupport", policies.support);
    w.element(CC2, "MultiplePDPContextPolicies", &attributes.borrowed(), |w| {
        policies.policies.iter().try_for_each(|part| policy(w, part))
    })
}

fn policy(w: &mut Writer, policy: &PdpContextPolicy) -> Written {
    w.element(CC2, "PDPContextPolicy", &[], |w| {
        w.leaf(CC2, "Name", policy.name.as_str())?;
        context(w, CC2, &policy.context)?;
        w.element(CC2, "AppIDList", &[], |w| {
            policy.app_ids.iter().try_for_each(|id| w.leaf(CC2, "AppID", id.as_str()))
        })
    })
}

fn tethering(w: &mut Writer, tethering: &TetheringSettings) -> Written {
    part(w, "TetheringProfile", tethering.profile.as_ref(), |w, profile| {
        w.leaf(CC2, "Name", profile.name.as_str())?;
        context(w, CC2, &profile.context)
    })?;
    let devices = tethering.max_devices.map(|devices| devices.number().to_string());
    optional(w, CC2, "MaxNumberOfDevices", devices.as_deref())
}
