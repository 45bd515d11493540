//! What Windows 8.1 added, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]).
//! Implements the reading side of [XML-160]…[XML-174].

use super::wwan::context;
use super::{ReadError, attribute, beyond, boolean, map, needed, number, text};
use crate::document::{
    AdditionalPdpContexts, AppId, CarrierNetworkMetadata, DataClass, DataClassFriendlyNames,
    DnsRetryCount, DnsRetryInterval, DnsRetrySettings, Extensions, ExtensionsV2, FriendlyName,
    LinkMtu, MaxDevices, MultiplePdpContextPolicies, NetworkSettings, PdpContextPolicy, PolicyName,
    ProfileName, SupportPhoneNumber, TetheringProfile, TetheringSettings,
};
use crate::xml::{Element, Foreign, Namespace};

const CC2: Namespace = Namespace::CarrierControlV2;

/// Reads the first `Extensions_v2` as such; all else is kept as it is.
pub(super) fn extensions(e: &Element<'_>) -> Result<Extensions, ReadError> {
    let first = e.child(CC2, "Extensions_v2");
    let others = e.elements().filter(|e| first.is_none_or(|first| first.span != e.span));
    Ok(Extensions { v2: map(first, v2)?, others: others.map(Foreign::from_element).collect() })
}

fn v2(e: &Element<'_>) -> Result<ExtensionsV2, ReadError> {
    Ok(ExtensionsV2 {
        network: map(e.child(CC2, "CarrierNetworkMetadata"), network)?,
        additional_contexts: map(e.child(CC2, "AdditionalPDPContexts"), |e| {
            Ok(AdditionalPdpContexts {
                policies: map(e.child(CC2, "MultiplePDPContextPolicies"), policies)?,
                tethering: map(e.child(CC2, "TetheringSettings"), tethering)?,
            })
        })?,
    })
}

fn network(e: &Element<'_>) -> Result<CarrierNetworkMetadata, ReadError> {
    let number = SupportPhoneNumber::parse;
    Ok(CarrierNetworkMetadata {
        settings: map(e.child(CC2, "NetworkSettings"), settings)?,
        data_class_names: map(e.child(CC2, "DataClassFriendlyNames"), data_class_names)?,
        support_phone_number: text(e, CC2, "CustomerSupportPhoneNumber", number)?,
    })
}

fn settings(e: &Element<'_>) -> Result<NetworkSettings, ReadError> {
    Ok(NetworkSettings {
        ipv4_link_mtu: text(e, CC2, "IPv4LinkMTU", number(LinkMtu::new))?,
        ipv6_link_mtu: text(e, CC2, "IPv6LinkMTU", number(LinkMtu::new))?,
        dns_retry: map(e.child(CC2, "DNSRetrySettings"), dns_retry)?,
    })
}

fn dns_retry(e: &Element<'_>) -> Result<DnsRetrySettings, ReadError> {
    let interval = "DNSRetryIntervalInSeconds";
    let count = "DNSRetryCount";
    Ok(DnsRetrySettings {
        interval: text(e, CC2, interval, number(DnsRetryInterval::new))?
            .ok_or_else(|| beyond(e, interval))?,
        count: text(e, CC2, count, number(DnsRetryCount::new))?.ok_or_else(|| beyond(e, count))?,
    })
}

fn data_class_names(e: &Element<'_>) -> Result<DataClassFriendlyNames, ReadError> {
    let mut names = DataClassFriendlyNames::default();
    for class in DataClass::ALL {
        if let Some(name) = text(e, CC2, class.as_str(), FriendlyName::parse)? {
            names.0.insert(class, name);
        }
    }
    Ok(names)
}

fn policies(e: &Element<'_>) -> Result<MultiplePdpContextPolicies, ReadError> {
    Ok(MultiplePdpContextPolicies {
        support: attribute(e, "MultiplePDPContextSupport", boolean)?,
        policies: e.elements().map(policy).collect::<Result<_, _>>()?,
    })
}

fn policy(e: &Element<'_>) -> Result<PdpContextPolicy, ReadError> {
    let app_id = |e: &Element<'_>| AppId::parse(&e.text()).map_err(|_| beyond(e, "AppID"));
    Ok(PdpContextPolicy {
        name: text(e, CC2, "Name", PolicyName::parse)?.ok_or_else(|| beyond(e, "Name"))?,
        context: context(needed(e, CC2, "Context")?, CC2)?,
        app_ids: needed(e, CC2, "AppIDList")?.elements().map(app_id).collect::<Result<_, _>>()?,
    })
}

fn tethering(e: &Element<'_>) -> Result<TetheringSettings, ReadError> {
    Ok(TetheringSettings {
        profile: map(e.child(CC2, "TetheringProfile"), |e| {
            Ok(TetheringProfile {
                name: text(e, CC2, "Name", ProfileName::parse)?.ok_or_else(|| beyond(e, "Name"))?,
                context: context(needed(e, CC2, "Context")?, CC2)?,
            })
        })?,
        max_devices: text(e, CC2, "MaxNumberOfDevices", number(MaxDevices::new))?,
    })
}
