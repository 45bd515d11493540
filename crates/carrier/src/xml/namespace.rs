//! The namespaces that documents and results are made of.
//!
//! A closed list, so that the writer cannot be made to write any other as its own. Not here:
//! namespaces of vendors inside the open places of the schema ([`super::Foreign`] [XML-07]) and
//! the one that nothing here writes (`dusm`).
//! Implements [XML-02] and the namespaces of the 802.1X payload of section 6.2.

/// Names a namespace that this crate writes [XML-02].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// The document skeleton (`cc`).
    CarrierControl,
    /// Extensions of Windows 8.1 (`cc2`).
    CarrierControlV2,
    /// Shared types and the children of two of them (`base`) [XML-08].
    Base,
    /// Mobile broadband profiles, activation, messages and branding (`wwan`).
    Wwan,
    /// Wi-Fi profiles (`wlan`).
    Wlan,
    /// More SSIDs and SSID prefixes (`wlan2`).
    WlanV2,
    /// Credentials of hotspots (`hs`).
    Hotspot,
    /// Plans and usage (`plans`).
    Plans,
    /// XML-DSig (`ds`) [SIG-01].
    Signature,
    /// Results, version 1 (`res1`).
    ResultsV1,
    /// Results, version 2 (`res2`).
    ResultsV2,
    /// 802.1X in a Wi-Fi profile.
    OneX,
    /// The frame around an EAP method.
    EapHost,
    /// The number of an EAP method.
    EapCommon,
    /// EAP-SIM.
    EapSim,
    /// EAP-AKA.
    EapAka,
    /// EAP-AKA'.
    EapAkaPrime,
    /// EAP-TTLS.
    EapTtls,
    /// The part of a service metadata package that says for whom it is [MATCH-109].
    PackageInfo,
    /// Its addition of Windows 8: several locales in one package.
    PackageInfoV2,
    /// The part that names the service [MATCH-109].
    ServiceInfo,
    /// The part that names the operator's apps [MATCH-110].
    SoftwareInfo,
    /// The part that configures mobile broadband (`mbae`) [XML-177].
    MobileBroadbandInfo,
}

impl Namespace {
    /// Returns the URI; always `http://`, never `https://` [XML-02].
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::CarrierControl => "http://www.microsoft.com/networking/CarrierControl/v1",
            Self::CarrierControlV2 => "http://www.microsoft.com/networking/CarrierControl/v2",
            Self::Base => "http://www.microsoft.com/networking/CarrierControl/Base/v1",
            Self::Wwan => "http://www.microsoft.com/networking/CarrierControl/WWAN/v1",
            Self::Wlan => "http://www.microsoft.com/networking/CarrierControl/WLAN/v1",
            Self::WlanV2 => "http://www.microsoft.com/networking/CarrierControl/WLAN/v2",
            Self::Hotspot => "http://www.microsoft.com/networking/WLAN/HotspotProfile/v1",
            Self::Plans => "http://www.microsoft.com/networking/CarrierControl/Plans/v1",
            Self::Signature => "http://www.w3.org/2000/09/xmldsig#",
            Self::ResultsV1 => "http://www.microsoft.com/networking/CarrierControlResults/v1",
            Self::ResultsV2 => "http://www.microsoft.com/networking/CarrierControlResults/v2",
            Self::OneX => "http://www.microsoft.com/networking/OneX/v1",
            Self::EapHost => "http://www.microsoft.com/provisioning/EapHostConfig",
            Self::EapCommon => "http://www.microsoft.com/provisioning/EapCommon",
            Self::EapSim => "http://www.microsoft.com/provisioning/EapSimConnectionPropertiesV1",
            Self::EapAka => "http://www.microsoft.com/provisioning/EapAkaConnectionPropertiesV1",
            Self::EapAkaPrime => {
                "http://www.microsoft.com/provisioning/EapAkaPrimeConnectionPropertiesV1"
            }
            Self::EapTtls => "http://www.microsoft.com/provisioning/EapTtlsConnectionPropertiesV1",
            Self::PackageInfo => {
                "http://schemas.microsoft.com/windows/DeviceMetadata/PackageInfo/2007/11/"
            }
            Self::PackageInfoV2 => {
                "http://schemas.microsoft.com/windows/2010/08/DeviceMetadata/PackageInfov2"
            }
            Self::ServiceInfo => {
                "http://schemas.microsoft.com/windows/2010/05/DeviceMetadata/ServiceInfo"
            }
            Self::SoftwareInfo => {
                "http://schemas.microsoft.com/windows/2010/08/DeviceMetadata/SoftwareInfo"
            }
            Self::MobileBroadbandInfo => {
                "http://schemas.microsoft.com/windows/2010/12/DeviceMetadata/MobileBroadbandInfo"
            }
        }
    }
}
