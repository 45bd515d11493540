//! `[network_settings]`, `[[contexts]]` and `[sharing]`: the extensions of Windows 8.1 [XML-160].
//!
//! Not here: whether a customer may share (the plan says it).
//! Implements the catalogue's side of [XML-161]…[XML-175].

use std::collections::BTreeMap;
use std::path::Path;

use carrier::document::{
    AdditionalPdpContexts, AppId, CarrierNetworkMetadata, Context, DataClass,
    DataClassFriendlyNames, DnsRetryCount, DnsRetryInterval, DnsRetrySettings, ExtensionsV2,
    FriendlyName, LinkMtu, MaxDevices, MultiplePdpContextPolicies, NetworkSettings,
    PdpContextPolicy, PolicyName, ProfileName, SupportPhoneNumber, TetheringProfile,
    TetheringSettings,
};

use super::{number, small};
use crate::catalog::connections::document_context;
use crate::config::document::Section;
use crate::config::values;

/// Reads the three; none of them means no extensions at all.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Option<ExtensionsV2> {
    let network = section.table("network_settings", metadata);
    let policies = section.tables("contexts", |row| policy(row, folder)).unwrap_or_default();
    let tethering = section.table("sharing", |table| sharing(table, folder));
    let has_contexts = !policies.is_empty() || tethering.is_some();
    let additional_contexts = has_contexts.then(|| AdditionalPdpContexts {
        policies: (!policies.is_empty())
            .then_some(MultiplePdpContextPolicies { support: Some(true), policies }),
        tethering,
    });
    (network.is_some() || additional_contexts.is_some())
        .then_some(ExtensionsV2 { network, additional_contexts })
}

fn metadata(table: &mut Section<'_>) -> CarrierNetworkMetadata {
    let mtu =
        |table: &mut Section<'_>, key| table.optional(key, number(|n| LinkMtu::new(small(n))));
    let ipv4_link_mtu = mtu(table, "ipv4_link_mtu");
    let ipv6_link_mtu = mtu(table, "ipv6_link_mtu");
    let dns_retry = table.table("dns_retry", dns_retry).flatten();
    let settings = NetworkSettings { ipv4_link_mtu, ipv6_link_mtu, dns_retry };
    let has_settings = settings != NetworkSettings::default();
    CarrierNetworkMetadata {
        settings: has_settings.then_some(settings),
        data_class_names: table.table("data_class_names", data_class_names),
        support_phone_number: table
            .optional("support_phone", values::parsed(SupportPhoneNumber::parse)),
    }
}

/// Both numbers or neither [XML-164].
fn dns_retry(table: &mut Section<'_>) -> Option<DnsRetrySettings> {
    let interval = table.required("interval_s", number(|n| DnsRetryInterval::new(small(n))));
    let count = table.required("count", number(|n| DnsRetryCount::new(small(n))));
    Some(DnsRetrySettings { interval: interval?, count: count? })
}

fn data_class_names(table: &mut Section<'_>) -> DataClassFriendlyNames {
    let mut names = BTreeMap::new();
    for class in DataClass::ALL {
        let name = table.optional(class.as_str(), values::parsed(FriendlyName::parse));
        names.extend(name.map(|name| (class, name)));
    }
    DataClassFriendlyNames(names)
}

fn policy(row: &mut Section<'_>, folder: &Path) -> Option<PdpContextPolicy> {
    let name = row.required("name", values::parsed(PolicyName::parse));
    let app_ids = row.list("app_ids", values::parsed(AppId::parse));
    let context = document_context(row, folder);
    Some(PdpContextPolicy { name: name?, context: context?, app_ids: app_ids? })
}

fn sharing(table: &mut Section<'_>, folder: &Path) -> TetheringSettings {
    let max_devices = table.optional("max_devices", number(|n| MaxDevices::new(small(n))));
    let profile = table.table("profile", |table| {
        let name = table.required("name", values::parsed(ProfileName::parse));
        let context: Option<Context> = document_context(table, folder);
        Some(TetheringProfile { name: name?, context: context? })
    });
    TetheringSettings { profile: profile.flatten(), max_devices }
}
