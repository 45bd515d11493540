//! The service metadata package of a brand, made from the catalogue.
//!
//! Not here: its GUID and date ([`super::Metadata`]), and what packages are
//! ([`carrier::service_metadata`]). Implements [MATCH-108]…[MATCH-112].

use std::collections::BTreeMap;

use carrier::document::UtcTime;
use carrier::service_metadata::{
    Categories, Category, Extension, FileName, HardwareId, HardwareIds, IconFile, LanguageTag,
    Locale, Metadata, MetadataKey, MobileBroadbandInfo, NetworkConfiguration, Package, PackageInfo,
    PackageStructure, Part, PlainGuid, Privileged, ProvisioningEngine, ServiceInfo,
    ServiceProvider, SoftwareInfo, Tethering, TrustedCertificate, TrustedCertificates,
};
use domain::Timestamp;
use domain::brand::{Brand, Network};
use domain::hwid::{Identity, Kind};
use domain::matching::Mode;

use super::icon;
use crate::catalog::DocumentParts;

/// Longest name that Windows shows [MATCH-109].
const PROVIDER_CHARS_MAX: usize = 20;
/// Most hardware ids that a package lists; the server finds it by number all the same.
const IDS_MAX: usize = 1_000;
/// The icon beside ServiceInfo.
const ICON: &str = "operator.ico";
/// The language of the one content, which is the default everywhere [MATCH-112].
const LANGUAGE: &str = "en-US";

/// Makes a brand's package; `None` when no SIM could find it.
///
/// # Errors
/// What of the brand a package cannot say, without identifiers.
pub fn compose(
    brand: &Brand,
    parts: &DocumentParts,
    guid: &str,
    last_modified: Timestamp,
) -> Result<Option<Package>, String> {
    let Some(hardware_ids) = HardwareIds::new(hardware_ids(brand)) else { return Ok(None) };
    let fault = |what: &'static str| move |error| format!("{what}: {error}");
    let time = UtcTime::new(last_modified).map_err(|error| format!("date: {error}"))?;
    let locale = LanguageTag::parse(LANGUAGE).map_err(fault("language"))?;
    let package_info = PackageInfo {
        key: MetadataKey {
            hardware_ids,
            locale: Locale { tag: locale, is_default: true },
            last_modified: time,
            multiple_locale: Some(false),
            others: Vec::new(),
        },
        structure: structure()?,
        relationships: None,
        builder: None,
        others: Vec::new(),
    };
    let icon_path = format!("{}/{ICON}", Part::ServiceInfo.usual_place());
    Ok(Some(Package {
        guid: PlainGuid::parse(guid).map_err(fault("guid"))?,
        package_info,
        service_info: service_info(brand)?,
        localized: Vec::new(),
        software_info: SoftwareInfo::PrivilegedOnly(Privileged::Packages(Vec::new())),
        mobile_broadband_info: mobile_broadband_info(brand, parts)?,
        windows_info: None,
        files: BTreeMap::from([(icon_path, icon::square(brand.look.accent))]),
    }))
}

/// One id of each name and of each end of a range: the ids of a whole network are too many
/// [MATCH-17].
fn hardware_ids(brand: &Brand) -> Vec<HardwareId> {
    let targets = &brand.targets;
    let mut values: Vec<(Kind, String)> = Vec::new();
    let mut add = |kind, text: &str| values.push((kind, text.to_owned()));
    if Mode::Gsm.serves(brand.network) {
        targets.home_provider_names.iter().for_each(|name| add(Kind::GsmHpn, name));
        for (start, end) in &targets.iccid_ranges {
            add(Kind::GsmIccid, start.reveal());
            add(Kind::GsmIccid, end.reveal());
        }
        for (start, end) in &targets.imsi_ranges {
            add(Kind::GsmImsi, start.reveal());
            add(Kind::GsmImsi, end.reveal());
        }
    }
    if Mode::Cdma.serves(brand.network) {
        targets.sids.iter().for_each(|sid| add(Kind::CdmaSid, &sid.to_string()));
        targets.provider_names.iter().for_each(|name| add(Kind::CdmaName, name));
    }
    let id = |(kind, text): &(Kind, String)| {
        let hwid = Identity::of_value(*kind, text).ok()?.hwid();
        HardwareId::parse(&format!("DOID:{hwid}")).ok()
    };
    let mut ids: Vec<HardwareId> = values.iter().take(IDS_MAX).filter_map(id).collect();
    ids.dedup();
    ids
}

fn structure() -> Result<PackageStructure, String> {
    let listed =
        [Part::PackageInfo, Part::ServiceInfo, Part::SoftwareInfo, Part::MobileBroadbandInfo];
    let entry = |part: Part| {
        let place = FileName::parse(part.usual_place()).map_err(|error| error.to_string())?;
        Ok::<_, String>(Metadata { id: part.id().to_owned(), place })
    };
    let parts = listed.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    PackageStructure::new(parts, Vec::new()).ok_or_else(|| "no parts".to_owned())
}

fn service_info(brand: &Brand) -> Result<ServiceInfo, String> {
    let name: String = brand.name.chars().take(PROVIDER_CHARS_MAX).collect();
    let file = Part::MobileBroadbandInfo.file_name();
    let primary = match brand.network {
        Network::Gsm => Category::Gsm,
        Network::Cdma => Category::Cdma,
        Network::Both => Category::MobileBroadband,
    };
    let number = brand.carrier_id.trim_matches(['{', '}']);
    Ok(ServiceInfo {
        categories: Categories { primary, further: Vec::new(), others: Vec::new() },
        name: None,
        description_1: None,
        description_2: None,
        number: PlainGuid::parse(number).map_err(|error| format!("carrier_id: {error}"))?,
        provider: ServiceProvider::parse(name.trim_end())
            .map_err(|error| format!("name: {error}"))?,
        icon: Some(IconFile::parse(ICON).map_err(|error| format!("icon: {error}"))?),
        extension: Some(Extension {
            namespace: Part::MobileBroadbandInfo.id().to_owned(),
            file: FileName::parse(file).map_err(|error| format!("file: {error}"))?,
        }),
        others: Vec::new(),
    })
}

fn mobile_broadband_info(
    brand: &Brand,
    parts: &DocumentParts,
) -> Result<MobileBroadbandInfo, String> {
    let trusted = parts.trusted_certificates.iter().map(|certificate| TrustedCertificate {
        subject: certificate.subject_name.as_str().to_owned(),
        issuer: certificate.issuer_name.as_str().to_owned(),
        others: Vec::new(),
    });
    let trusted: Vec<_> = trusted.collect();
    let provisioning = match trusted.is_empty() {
        true => None,
        false => Some(ProvisioningEngine {
            trusted: Some(
                TrustedCertificates::new(trusted, Vec::new()).ok_or("too many certificates")?,
            ),
            others: Vec::new(),
        }),
    };
    // The database's access points are used where a package has none [MATCH-106].
    let network = tethering(brand).map(|allowed| NetworkConfiguration {
        allow_tethering: Some(allowed),
        ..NetworkConfiguration::default()
    });
    Ok(MobileBroadbandInfo { network, provisioning, others: Vec::new() })
}

/// What holds for all plans, or else the operator is asked.
fn tethering(brand: &Brand) -> Option<Tethering> {
    let (mut some, mut all) = (false, true);
    for plan in &brand.plans {
        some |= plan.tethering;
        all &= plan.tethering;
    }
    match (brand.plans.is_empty(), some, all) {
        (true, ..) => None,
        (_, _, true) => Some(Tethering::Always),
        (_, false, _) => Some(Tethering::Never),
        (_, true, false) => Some(Tethering::EntitlementCheckRequired),
    }
}

#[cfg(test)]
mod tests {
    use carrier::document::Guid;
    use carrier::lint::Severity;

    use super::*;
    use crate::catalog::Catalog;

    /// [MATCH-108], [MATCH-109], [MATCH-110], [MATCH-111], [MATCH-112], [MATCH-15]
    #[test]
    fn packages_of_the_demo_are_read_back_and_nothing_stands_against_them() {
        let catalog = Catalog::demo();
        let guid = "12345678-9abc-4def-8123-456789abcdef";
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().expect("a time");
        for (id, brand) in &catalog.brands {
            let package = compose(brand, &catalog.parts[id], guid, at).expect("legal");
            let package = package.expect("somebody finds it");
            assert_eq!(package.file_name(), format!("{guid}.devicemetadata-ms"));
            let files = package.write().expect("writes");
            let read = Package::read(&package.file_name(), &files).expect("reads");
            assert_eq!(read, package, "{id}");
            let carrier_id = Guid::parse(&brand.carrier_id).expect("a GUID");
            let findings = package.check(&carrier_id);
            assert!(findings.iter().all(|f| f.severity != Severity::Error), "{findings:?}");
            assert!(package.package_info.key.locale.is_default);
        }
    }

    #[test]
    fn a_brand_that_no_sim_finds_has_no_package() {
        let catalog = Catalog::demo();
        let mut brand = catalog.brands.into_values().next().expect("a brand");
        brand.targets = domain::brand::Targets::default();
        let made = compose(&brand, &DocumentParts::default(), "", Timestamp::UNIX_EPOCH);
        assert_eq!(made, Ok(None));
    }
}
