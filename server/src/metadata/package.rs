//! The service metadata package of a brand, made from the catalogue.
//!
//! What `[service_metadata]` says goes before what the rest of the file implies. Not here: its
//! GUID and date ([`super::Metadata`]), and what packages are ([`carrier::service_metadata`]).
//! Implements [MATCH-108]…[MATCH-112].

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use carrier::document::UtcTime;
use carrier::service_metadata::{
    Application, Categories, Category, CompanionPackage, Companions, EVENT_ID, Extension, FileName,
    HardwareId, HardwareIds, IconFile, LanguageTag, Locale, Metadata, MetadataKey,
    MobileBroadbandInfo, NetworkConfiguration, NotificationHandler, NotificationHandlers, Package,
    PackageInfo, PackageStructure, Part, PlainGuid, Privileged, PrivilegedPackage,
    ProvisioningEngine, ServiceInfo, ServiceProvider, SoftwareInfo, Tethering, TrustedCertificate,
    TrustedCertificates,
};
use domain::Timestamp;
use domain::brand::{Brand, Network};
use domain::hwid::{Identity, Kind};
use domain::matching::Mode;

use super::icon;
use crate::catalog::{CompanionApp, DocumentParts, ServiceMetadata};

/// Longest name that Windows shows [MATCH-109].
const PROVIDER_CHARS_MAX: usize = 20;
/// Most hardware ids that a package lists; the server finds it by number all the same.
const IDS_MAX: usize = 1_000;
/// The icon beside ServiceInfo.
const ICON: &str = "operator.ico";
/// The language of the one content, which is the default everywhere [MATCH-112].
const LANGUAGE: &str = "en-US";
/// Largest icon: five sizes fit many times.
const ICON_BYTES_MAX: u64 = 1 << 20;

/// Makes a brand's package; `None` when no SIM could find it.
///
/// # Errors
/// What of the brand a package cannot say, without identifiers; that its icon cannot be read.
pub fn compose(
    brand: &Brand,
    parts: &DocumentParts,
    own: Option<&ServiceMetadata>,
    guid: &str,
    last_modified: Timestamp,
) -> Result<Option<Package>, String> {
    let opaque = own.map(|own| own.hardware_ids.clone()).filter(|ids| !ids.is_empty());
    let ids = opaque.unwrap_or_else(|| hardware_ids(brand));
    let Some(hardware_ids) = HardwareIds::new(ids) else { return Ok(None) };
    let fault = |what: &'static str| move |error| format!("{what}: {error}");
    let time = UtcTime::new(last_modified).map_err(|error| format!("date: {error}"))?;
    let locale = match own.and_then(|own| own.locale.clone()) {
        Some(locale) => locale,
        None => LanguageTag::parse(LANGUAGE).map_err(fault("language"))?,
    };
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
    let service_info = service_info(brand, own)?;
    let (icon_name, icon) = match own.and_then(|own| own.icon.as_ref()) {
        Some((name, path)) => (name.as_str(), read_icon(path)?),
        None => (ICON, icon::square(brand.look.accent)),
    };
    let icon_path = format!("{}/{icon_name}", Part::ServiceInfo.usual_place());
    Ok(Some(Package {
        guid: PlainGuid::parse(guid).map_err(fault("guid"))?,
        package_info,
        service_info,
        localized: Vec::new(),
        software_info: software_info(own),
        mobile_broadband_info: mobile_broadband_info(brand, parts, own)?,
        windows_info: None,
        files: BTreeMap::from([(icon_path, icon)]),
    }))
}

fn read_icon(path: &Path) -> Result<Vec<u8>, String> {
    let fault = |error| format!("icon {}: {error}", path.display());
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(fault)?.take(ICON_BYTES_MAX.saturating_add(1));
    let count = file.read_to_end(&mut bytes).map_err(fault)?;
    if u64::try_from(count).is_ok_and(|count| count <= ICON_BYTES_MAX) {
        Ok(bytes)
    } else {
        Err(format!("icon {} is larger than {ICON_BYTES_MAX} bytes", path.display()))
    }
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

fn service_info(brand: &Brand, own: Option<&ServiceMetadata>) -> Result<ServiceInfo, String> {
    let name: String = brand.name.chars().take(PROVIDER_CHARS_MAX).collect();
    let file = Part::MobileBroadbandInfo.file_name();
    let primary = match brand.network {
        Network::Gsm => Category::Gsm,
        Network::Cdma => Category::Cdma,
        Network::Both => Category::MobileBroadband,
    };
    let number = match own {
        Some(own) => own.service_number.clone(),
        None => PlainGuid::parse(brand.carrier_id.trim_matches(['{', '}']))
            .map_err(|error| format!("carrier_id: {error}"))?,
    };
    let provider = match own.and_then(|own| own.provider.clone()) {
        Some(provider) => provider,
        None => {
            ServiceProvider::parse(name.trim_end()).map_err(|error| format!("name: {error}"))?
        }
    };
    let icon = match own.and_then(|own| own.icon.as_ref()) {
        Some((name, _)) => name.clone(),
        None => IconFile::parse(ICON).map_err(|error| format!("icon: {error}"))?,
    };
    Ok(ServiceInfo {
        categories: Categories { primary, further: Vec::new(), others: Vec::new() },
        name: None,
        description_1: own.and_then(|own| own.description.clone()),
        description_2: None,
        number,
        provider,
        icon: Some(icon),
        extension: Some(Extension {
            namespace: Part::MobileBroadbandInfo.id().to_owned(),
            file: FileName::parse(file).map_err(|error| format!("file: {error}"))?,
        }),
        others: Vec::new(),
    })
}

/// The app first: it must be among those that may use the interfaces [MATCH-110].
fn software_info(own: Option<&ServiceMetadata>) -> SoftwareInfo {
    let app = own.and_then(|own| own.app.as_ref());
    let others = own.map(|own| own.privileged.as_slice()).unwrap_or_default();
    let mut privileged: Vec<PrivilegedPackage> = Vec::new();
    for identity in app.map(|app| &app.identity).into_iter().chain(others) {
        if privileged.iter().all(|listed| listed.identity != *identity) {
            privileged.push(PrivilegedPackage {
                identity: identity.clone(),
                access_custom_driver: None,
                others: Vec::new(),
            });
        }
    }
    let privileged = Privileged::Packages(privileged);
    match app {
        None => SoftwareInfo::PrivilegedOnly(privileged),
        Some(app) => SoftwareInfo::Companion {
            companions: Box::new(companions(app)),
            privileged: Some(privileged),
            others: Vec::new(),
        },
    }
}

fn companions(app: &CompanionApp) -> Companions {
    let handler = app.event_asset.as_ref().map(|event_asset| NotificationHandler {
        event_id: EVENT_ID.to_owned(),
        event_asset: event_asset.clone(),
    });
    let application = Application {
        id: app.id.clone(),
        handlers: NotificationHandlers::new(handler.into_iter().collect(), Vec::new()),
        others: Vec::new(),
    };
    let package = CompanionPackage {
        identity: app.identity.clone(),
        application,
        ignored: Vec::new(),
        application_others: Vec::new(),
        others: Vec::new(),
    };
    Companions { package, ignored: Vec::new(), others: Vec::new() }
}

fn mobile_broadband_info(
    brand: &Brand,
    parts: &DocumentParts,
    own: Option<&ServiceMetadata>,
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
    let allowed = own.and_then(|own| own.tethering).or_else(|| tethering(brand));
    let network = allowed.map(|allowed| NetworkConfiguration {
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
            let own = catalog.service_metadata.get(id);
            let package = compose(brand, &catalog.parts[id], own, guid, at).expect("legal");
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
        let made = compose(&brand, &DocumentParts::default(), None, "", Timestamp::UNIX_EPOCH);
        assert_eq!(made, Ok(None));
    }
}
