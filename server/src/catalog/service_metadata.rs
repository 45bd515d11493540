//! `[service_metadata]`: what of a brand's service metadata package the rest of its file does not
//! say.
//!
//! Values go straight into the package's own types. Not here: the package itself
//! ([`super::package`]), and the certificates that it trusts (`[[trusted_certificates]]`).
//! Implements the catalogue's side of [MATCH-109] and [MATCH-110].

use std::path::{Path, PathBuf};

use carrier::service_metadata::{
    ApplicationId, HardwareId, IconFile, Identity, LanguageTag, PackageName, PlainGuid, Publisher,
    ServiceDescription, ServiceProvider, Tethering,
};
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::{self, Read};

/// Longest name of a script or runtime class.
const ASSET_CHARS_MAX: usize = 255;

const TETHERING: &[(&str, Tethering)] = &[
    ("Never", Tethering::Never),
    ("Always", Tethering::Always),
    ("EntitlementCheckRequired", Tethering::EntitlementCheckRequired),
];

/// What a brand says of its package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMetadata {
    /// The GUID of the service; the `CarrierId` unless the file says another [MATCH-109].
    pub service_number: PlainGuid,
    /// The name on the home network; the brand's name where that is short enough.
    pub provider: Option<ServiceProvider>,
    /// Describes the service.
    pub description: Option<ServiceDescription>,
    /// The language of the content; `en-US` if absent.
    pub locale: Option<LanguageTag>,
    /// The logo: its name in the package, and where it is.
    pub icon: Option<(IconFile, PathBuf)>,
    /// Hardware ids as somebody else's tool made them; absent = ids of our own scheme.
    pub hardware_ids: Vec<HardwareId>,
    /// The operator's app.
    pub app: Option<CompanionApp>,
    /// Other packages that may use the interfaces of mobile broadband.
    pub privileged: Vec<Identity>,
    /// Who may share the connection, on hosts before Windows 10 1803.
    pub tethering: Option<Tethering>,
}

/// The operator's app [MATCH-110].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanionApp {
    /// The package that it is in.
    pub identity: Identity,
    /// Which app of the package.
    pub id: ApplicationId,
    /// The script or runtime class that runs on a message of the network.
    pub event_asset: Option<String>,
}

/// What the rest of the file says.
pub(super) struct Defaults<'f> {
    /// The GUID in braces; empty when there is none.
    pub(super) carrier_id: &'f str,
    /// The brand's name.
    pub(super) name: &'f str,
    /// Files count from here.
    pub(super) folder: &'f Path,
}

/// Reads the table; without it, the package is made of the rest of the file.
pub(super) fn read(section: &mut Section<'_>, defaults: &Defaults<'_>) -> Option<ServiceMetadata> {
    let carrier_id = defaults.carrier_id.trim_matches(['{', '}']);
    let number = PlainGuid::parse(carrier_id).ok();
    let provider = ServiceProvider::parse(defaults.name).ok();
    let read = section.table("service_metadata", |table| {
        let own_number = table.optional("service_number", values::parsed(PlainGuid::parse));
        if let (Some(own), Some(carrier_id)) = (&own_number, &number)
            && !own.is_same(carrier_id)
        {
            table.error("service_number", "must equal `carrier_id` without its braces [MATCH-109]");
        }
        let own = table.optional("provider", values::parsed(ServiceProvider::parse));
        if own.is_none() && provider.is_none() && !table.has("provider") {
            let message = "missing; the brand's name has more than 20 characters [MATCH-109]";
            table.error("provider", message);
        }
        let icon = |value: &DeValue<'_>| icon(value, defaults.folder);
        Some(ServiceMetadata {
            provider: own.or_else(|| provider.clone()),
            description: table.optional("description", values::parsed(ServiceDescription::parse)),
            locale: table.optional("locale", values::parsed(LanguageTag::parse)),
            icon: table.optional("icon_file", icon),
            hardware_ids: table.list("hwids", values::parsed(hardware_id)).unwrap_or_default(),
            app: table.table("app", app).flatten(),
            privileged: table.tables("privileged", identity).unwrap_or_default(),
            tethering: table.optional("tethering", values::one_of(TETHERING)),
            service_number: own_number.or_else(|| number.clone())?,
        })
    });
    read.unwrap_or_else(|| {
        Some(ServiceMetadata {
            service_number: number?,
            provider,
            description: None,
            locale: None,
            icon: None,
            hardware_ids: Vec::new(),
            app: None,
            privileged: Vec::new(),
            tethering: None,
        })
    })
}

/// Reads an id with or without the prefix that packages put before it [MATCH-14].
fn hardware_id(text: &str) -> Result<HardwareId, String> {
    let prefixed = if text.starts_with("DOID:") { text.to_owned() } else { format!("DOID:{text}") };
    HardwareId::parse(&prefixed).map_err(|error| error.to_string())
}

fn icon(value: &DeValue<'_>, folder: &Path) -> Read<(IconFile, PathBuf)> {
    let path = folder.join(values::text(value)?);
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = IconFile::parse(name).map_err(|error| error.to_string())?;
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Ok((name, path)),
        Ok(_) => Err(format!("{} is no file", path.display())),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

fn identity(table: &mut Section<'_>) -> Option<Identity> {
    let name = table.required("package", values::parsed(PackageName::parse));
    let publisher = table.required("publisher", values::parsed(Publisher::parse));
    Some(Identity { name: name?, publisher: publisher? })
}

fn app(table: &mut Section<'_>) -> Option<CompanionApp> {
    let identity = identity(table);
    let id = table.required("id", values::parsed(ApplicationId::parse));
    let event_asset = table.optional("event_asset", values::line(ASSET_CHARS_MAX));
    Some(CompanionApp { identity: identity?, id: id?, event_asset })
}
