//! What a service metadata package of somebody else says, for the operator to compare and copy.
//!
//! Not here: the parts' syntax ([`carrier::service_metadata`]), and a catalogue made of it: a
//! package says less than a brand's file. Implements the reading side of [MATCH-108]…[MATCH-112].

use carrier::document::Guid;
use carrier::lint::Severity;
use carrier::service_metadata::{
    File, Identity, Package, PackageError, PlainGuid, PrivilegedPackage, Tethering, check_update,
};
use serde::Serialize;

use super::export::PackageFinding;

/// What a cabinet's name ends in.
const EXTENSION: &str = ".devicemetadata-ms";

/// An app or a package of apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct App {
    /// The package's name.
    pub package: String,
    /// Its publisher.
    pub publisher: String,
    /// The app in it, of companion apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What runs on a message of the network.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_assets: Vec<String>,
}

/// A certificate that a package trusts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
}

/// What `catalog import service-metadata` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageContents {
    /// The package's GUID, without braces.
    pub guid: String,
    /// `LastModifiedDate`.
    pub last_modified: String,
    /// The language of the content.
    pub locale: String,
    /// Hardware ids without `DOID:`.
    pub hwids: Vec<String>,
    /// The service's GUID, which is the `CarrierId`.
    pub service_number: String,
    /// The name on the home network.
    pub provider: String,
    /// The first description.
    pub description: Option<String>,
    /// The name of the icon's file.
    pub icon: Option<String>,
    /// The operator's app.
    pub app: Option<App>,
    /// Who may use the interfaces of mobile broadband.
    pub privileged: Vec<App>,
    /// Who may share the connection.
    pub tethering: Option<&'static str>,
    /// Whose provisioning documents are trusted.
    pub trusted_certificates: Vec<Certificate>,
    /// Files that are no parts.
    pub files: Vec<String>,
    /// What stands against it, by itself and as an update.
    pub findings: Vec<PackageFinding>,
}

impl PackageContents {
    /// Tells whether anything keeps the package from being used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == "error")
    }
}

/// Reads the files of a folder named by its package's GUID, with or without the ending of the
/// cabinet.
///
/// # Errors
/// The name is no GUID, or the files are no package.
pub fn read_package(folder: &str, files: &[File]) -> Result<Package, PackageError> {
    let guid = folder.strip_suffix(EXTENSION).unwrap_or(folder);
    Package::read(&format!("{guid}{EXTENSION}"), files)
}

/// Lists what a package says, and what stands against it: by itself and after another.
#[must_use]
pub fn service_metadata(package: &Package, previous: Option<&Package>) -> PackageContents {
    let Package { guid, package_info, service_info, software_info, .. } = package;
    let own = own_number(&service_info.number);
    let mut findings = own.map(|own| package.check(&own)).unwrap_or_default();
    let mut updates: Vec<_> =
        previous.into_iter().flat_map(|before| check_update(before, package)).collect();
    // Whoever publishes can still list the predecessor beside the new one.
    for dropped in updates.iter_mut().filter(|finding| finding.code == "event-asset-dropped") {
        dropped.severity = Severity::Error;
    }
    findings.append(&mut updates);
    let info = &package.mobile_broadband_info;
    let trusted = info.provisioning.as_ref().and_then(|engine| engine.trusted.as_ref());
    let trusted = trusted.map(|trusted| trusted.as_slice()).unwrap_or_default();
    let privileged = software_info.privileged().map(|p| p.packages()).unwrap_or_default();
    let tethering = info.network.as_ref().and_then(|network| network.allow_tethering);
    PackageContents {
        guid: guid.to_string(),
        last_modified: package_info.key.last_modified.to_string(),
        locale: package_info.key.locale.tag.to_string(),
        hwids: package_info.key.hardware_ids.as_slice().iter().map(|h| h.id().to_owned()).collect(),
        service_number: service_info.number.to_string(),
        provider: service_info.provider.to_string(),
        description: service_info.description_1.as_ref().map(ToString::to_string),
        icon: service_info.icon.as_ref().map(ToString::to_string),
        app: companion(package),
        privileged: privileged
            .iter()
            .map(|PrivilegedPackage { identity, .. }| app_of(identity))
            .collect(),
        tethering: tethering.map(tethering_name),
        trusted_certificates: trusted
            .iter()
            .map(|c| Certificate { subject: c.subject.clone(), issuer: c.issuer.clone() })
            .collect(),
        files: package.files.keys().cloned().collect(),
        findings: findings.into_iter().map(PackageFinding::from).collect(),
    }
}

/// No catalogue to compare with: the package is checked against itself.
fn own_number(number: &PlainGuid) -> Option<Guid> {
    Guid::parse(&format!("{{{number}}}")).ok()
}

fn tethering_name(tethering: Tethering) -> &'static str {
    match tethering {
        Tethering::Never => "Never",
        Tethering::Always => "Always",
        Tethering::EntitlementCheckRequired => "EntitlementCheckRequired",
    }
}

fn companion(package: &Package) -> Option<App> {
    let companion = &package.software_info.companions()?.package;
    let handlers = package.software_info.handlers().iter();
    Some(App {
        id: Some(companion.application.id.to_string()),
        event_assets: handlers.map(|handler| handler.event_asset.clone()).collect(),
        ..app_of(&companion.identity)
    })
}

fn app_of(identity: &Identity) -> App {
    App {
        package: identity.name.to_string(),
        publisher: identity.publisher.to_string(),
        id: None,
        event_assets: Vec::new(),
    }
}
