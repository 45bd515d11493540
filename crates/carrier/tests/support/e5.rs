//! Example 14.5 of 02-provisioning-xml.md: trust, refresh and extensions.

use std::collections::BTreeMap;

use carrier::document::{
    AccessString, AdditionalPdpContexts, AppId, CarrierNetworkMetadata, CertificateName, Context,
    DataClass, DataClassFriendlyNames, DelayInDays, DnsRetryCount, DnsRetryInterval,
    DnsRetrySettings, Document, Extensions, ExtensionsV2, FriendlyName, LinkMtu, MaxDevices,
    MultiplePdpContextPolicies, NetworkSettings, Parts, PdpContextPolicy, PolicyName, ProfileName,
    Provisioning, RefreshParameters, RefreshPassword, RefreshUrl, RefreshUserName,
    SupportPhoneNumber, TetheringProfile, TetheringSettings, TrustedCertificate,
    TrustedCertificates,
};

/// Example 14.5, line ends LF.
pub const E5: &str = include_str!("../vectors/e5.xml");

pub fn e5() -> Document {
    let parts = Parts {
        provisioning: Some(provisioning()),
        extensions: Some(Extensions {
            v2: Some(ExtensionsV2 {
                network: Some(network()),
                additional_contexts: Some(contexts()),
            }),
            others: Vec::new(),
        }),
        ..Parts::default()
    };
    Document::new(super::global(None), parts).expect("a document")
}

fn provisioning() -> Provisioning {
    let name = |text| CertificateName::parse(text).expect("a name");
    let certificate = TrustedCertificate {
        subject_name: name("CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO"),
        issuer_name: name("CN=Example EV CA 3, O=Example Trust, C=NO"),
    };
    let url = "https://provision.fjell.example/refresh/4711";
    Provisioning {
        trusted_certificates: TrustedCertificates::new(vec![certificate]).ok(),
        refresh: Some(RefreshParameters {
            delay: DelayInDays::new(14).ok(),
            url: RefreshUrl::parse(url).expect("a URL"),
            user_name: RefreshUserName::parse("refresh-4711").ok(),
            password: RefreshPassword::parse("r3fresh-Demo").ok(),
        }),
    }
}

fn network() -> CarrierNetworkMetadata {
    let names = [(DataClass::Umts, "3G"), (DataClass::Hsdpa, "3G+"), (DataClass::Lte, "Fjell 4G")];
    let names: BTreeMap<_, _> = names
        .map(|(class, name)| (class, FriendlyName::parse(name).expect("a name")))
        .into_iter()
        .collect();
    CarrierNetworkMetadata {
        settings: Some(NetworkSettings {
            ipv4_link_mtu: LinkMtu::new(1430).ok(),
            ipv6_link_mtu: LinkMtu::new(1280).ok(),
            dns_retry: Some(DnsRetrySettings {
                interval: DnsRetryInterval::new(2).expect("an interval"),
                count: DnsRetryCount::new(3).expect("a count"),
            }),
        }),
        data_class_names: Some(DataClassFriendlyNames(names)),
        support_phone_number: SupportPhoneNumber::parse("+4700000000").ok(),
    }
}

fn contexts() -> AdditionalPdpContexts {
    let context = |text| Context {
        access_string: AccessString::parse(text).ok(),
        user_logon: None,
        compression: None,
        auth_protocol: None,
    };
    AdditionalPdpContexts {
        policies: Some(MultiplePdpContextPolicies {
            support: Some(true),
            policies: vec![PdpContextPolicy {
                name: PolicyName::parse("Fjell TV").expect("a name"),
                context: context("tv.fjell.example"),
                app_ids: vec![AppId::parse("FjellMobil.TV_8ab0cdefghjkm").expect("an id")],
            }],
        }),
        tethering: Some(TetheringSettings {
            profile: Some(TetheringProfile {
                name: ProfileName::parse("Fjell Deling").expect("a name"),
                context: context("share.fjell.example"),
            }),
            max_devices: MaxDevices::new(5).ok(),
        }),
    }
}
