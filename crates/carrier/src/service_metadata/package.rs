//! A package: the parts, and the files that they are in.
//!
//! Paths have `/` between folders here and are compared without regard to case, as Windows does.
//! A part that PackageInfo does not list is looked for where the source's example has it. Not
//! here: the cabinet around the files.
//! Implements [MATCH-108] and the reading side of [MATCH-111].

use std::collections::BTreeMap;
use std::fmt;

use super::mobile_broadband_info::MobileBroadbandInfo;
use super::package_info::PackageInfo;
use super::place::PartError;
use super::service_info::ServiceInfo;
use super::software_info::SoftwareInfo;
use super::text::{FileName, LanguageTag, PlainGuid};
use crate::xml::{Namespace, WriteError};

/// What the name of a package's file ends in [MATCH-108].
const EXTENSION: &str = ".devicemetadata-ms";
/// Most files of a package, ours: five parts in every language that Windows has.
const FILES_MAX: usize = 1_000;

/// Names a part of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// For whom the package is, and where its parts are.
    PackageInfo,
    /// Who the operator is.
    ServiceInfo,
    /// The operator's app.
    SoftwareInfo,
    /// Profiles and trusted certificates.
    MobileBroadbandInfo,
    /// What Windows opens on the device; passed on as it is.
    WindowsInfo,
}

impl Part {
    /// Returns the namespace of the part, by which PackageInfo lists it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PackageInfo => Namespace::PackageInfo.uri(),
            Self::ServiceInfo => Namespace::ServiceInfo.uri(),
            Self::SoftwareInfo => Namespace::SoftwareInfo.uri(),
            Self::MobileBroadbandInfo => Namespace::MobileBroadbandInfo.uri(),
            Self::WindowsInfo => {
                "http://schemas.microsoft.com/windows/DeviceMetadata/WindowsInfo/2007/11/"
            }
        }
    }

    /// Returns the name of the part's file; that of MobileBroadbandInfo is what ServiceInfo says.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::PackageInfo => "PackageInfo.xml",
            Self::ServiceInfo => "ServiceInfo.xml",
            Self::SoftwareInfo => "SoftwareInfo.xml",
            Self::MobileBroadbandInfo => "MobileBroadbandInfo.xml",
            Self::WindowsInfo => "WindowsInfo.xml",
        }
    }

    /// Returns the folder that the source's example has; PackageInfo is in none.
    #[must_use]
    pub const fn usual_place(self) -> &'static str {
        match self {
            Self::PackageInfo => "PackageInfo.xml",
            Self::ServiceInfo | Self::MobileBroadbandInfo => "ServiceInformation",
            Self::SoftwareInfo => "SoftwareInformation",
            Self::WindowsInfo => "WindowsInformation",
        }
    }
}

/// Holds a file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its folders and its name, `/` or `\` between them.
    pub path: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Holds a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Names this revision; every change needs another [MATCH-83, MATCH-108].
    pub guid: PlainGuid,
    /// For whom the package is.
    pub package_info: PackageInfo,
    /// Who the operator is, whatever the language.
    pub service_info: ServiceInfo,
    /// Who the operator is, by language [MATCH-112].
    pub localized: Vec<(LanguageTag, ServiceInfo)>,
    /// The operator's app.
    pub software_info: SoftwareInfo,
    /// Profiles and trusted certificates.
    pub mobile_broadband_info: MobileBroadbandInfo,
    /// What Windows opens on the device, as it is.
    pub windows_info: Option<Vec<u8>>,
    /// All other files by path: icons, profiles.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Says why files are no package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageError {
    /// The name is not a GUID without braces and `.devicemetadata-ms` [MATCH-108].
    Name,
    /// A path that leads out of the package, or two that differ in case alone.
    Path(String),
    /// More than a thousand files.
    Files(usize),
    /// A part that every package has is absent [MATCH-111].
    Missing(Part),
    /// A part is not what it should be; the path of its file.
    Part(Part, String, PartError),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("not named by a guid and .devicemetadata-ms"),
            Self::Path(path) => write!(f, "illegal path {path}"),
            Self::Files(found) => write!(f, "{found} files where {FILES_MAX} are allowed"),
            Self::Missing(part) => write!(f, "{} is absent", part.file_name()),
            Self::Part(_, path, _) => write!(f, "{path} is not what it should be"),
        }
    }
}

impl std::error::Error for PackageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Part(_, _, source) => Some(source),
            Self::Name | Self::Path(_) | Self::Files(_) | Self::Missing(_) => None,
        }
    }
}

impl Package {
    /// Returns the name of the cabinet file: `<GUID>.devicemetadata-ms` [MATCH-108].
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}{EXTENSION}", self.guid)
    }

    /// Reads a package from the name of its cabinet file and what is in it.
    ///
    /// # Errors
    /// See [`PackageError`].
    pub fn read(file_name: &str, files: &[File]) -> Result<Self, PackageError> {
        let guid = file_name.strip_suffix(EXTENSION).ok_or(PackageError::Name)?;
        let guid = PlainGuid::parse(guid).map_err(|_| PackageError::Name)?;
        let mut folder = Folder::new(files)?;
        let package_info =
            folder.part(Part::PackageInfo, Part::PackageInfo.file_name(), PackageInfo::read)?;
        let place = |part: Part| place_of(&package_info, part);
        let services = place(Part::ServiceInfo);
        let file = |folder: &str, name: &str| format!("{folder}/{name}");
        let service_name = Part::ServiceInfo.file_name();
        let path = file(&services, service_name);
        let service_info = folder.part(Part::ServiceInfo, &path, ServiceInfo::read)?;
        let path = file(&services, mobile_broadband_file(&service_info));
        let part = Part::MobileBroadbandInfo;
        let mobile_broadband_info = folder.part(part, &path, MobileBroadbandInfo::read)?;
        let part = Part::SoftwareInfo;
        let path = file(&place(part), part.file_name());
        let software_info = folder.part(part, &path, SoftwareInfo::read)?;
        let part = Part::WindowsInfo;
        let windows_info = folder.take(&file(&place(part), part.file_name()));
        let mut localized = Vec::new();
        for tag in folder.languages(&services, service_name) {
            let path = file(&file(&services, tag.as_str()), service_name);
            let service = folder.part(Part::ServiceInfo, &path, ServiceInfo::read)?;
            localized.push((tag, service));
        }
        Ok(Self {
            guid,
            package_info,
            service_info,
            localized,
            software_info,
            mobile_broadband_info,
            windows_info,
            files: folder.files,
        })
    }

    /// Writes the files of the package, in the order of their paths.
    ///
    /// # Errors
    /// A text holds a character that XML cannot carry.
    pub fn write(&self) -> Result<Vec<File>, WriteError> {
        let services = self.place_of(Part::ServiceInfo);
        let mut files = self.files.clone();
        let mut add = |path: String, text: String| files.insert(path, text.into_bytes());
        add(Part::PackageInfo.file_name().to_owned(), self.package_info.write()?);
        let service_name = Part::ServiceInfo.file_name();
        add(format!("{services}/{service_name}"), self.service_info.write()?);
        for (tag, service) in &self.localized {
            add(format!("{services}/{tag}/{service_name}"), service.write()?);
        }
        let name = mobile_broadband_file(&self.service_info);
        add(format!("{services}/{name}"), self.mobile_broadband_info.write()?);
        let part = Part::SoftwareInfo;
        let path = format!("{}/{}", self.place_of(part), part.file_name());
        add(path, self.software_info.write()?);
        if let Some(content) = &self.windows_info {
            let part = Part::WindowsInfo;
            let path = format!("{}/{}", self.place_of(part), part.file_name());
            files.insert(path, content.clone());
        }
        Ok(files.into_iter().map(|(path, content)| File { path, content }).collect())
    }

    /// Returns the folder of a part.
    pub(super) fn place_of(&self, part: Part) -> String {
        place_of(&self.package_info, part)
    }

    /// Says whether there is another file of this name in the folder of ServiceInfo, or in the
    /// folder of a language in it.
    pub(super) fn has_file(&self, language: Option<&LanguageTag>, name: &str) -> bool {
        let services = self.place_of(Part::ServiceInfo);
        let path = match language {
            Some(tag) => format!("{services}/{tag}/{name}"),
            None => format!("{services}/{name}"),
        };
        self.files.keys().any(|key| key.eq_ignore_ascii_case(&path))
    }
}

fn place_of(info: &PackageInfo, part: Part) -> String {
    let listed = info.structure.place_of(part.id()).map(FileName::as_str);
    listed.unwrap_or(part.usual_place()).to_owned()
}

fn mobile_broadband_file(service: &ServiceInfo) -> &str {
    let named = service.extension.as_ref().map(|extension| extension.file.as_str());
    named.unwrap_or(Part::MobileBroadbandInfo.file_name())
}

/// The files that no part has taken yet.
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    fn new(files: &[File]) -> Result<Self, PackageError> {
        if files.len() > FILES_MAX {
            return Err(PackageError::Files(files.len()));
        }
        let mut folder = Self { files: BTreeMap::new() };
        for File { path, content } in files {
            let path = path.replace('\\', "/");
            let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(':');
            if !path.split('/').all(is_name) || folder.key(&path).is_some() {
                return Err(PackageError::Path(path));
            }
            folder.files.insert(path, content.clone());
        }
        Ok(folder)
    }

    fn key(&self, path: &str) -> Option<String> {
        self.files.keys().find(|key| key.eq_ignore_ascii_case(path)).cloned()
    }

    fn take(&mut self, path: &str) -> Option<Vec<u8>> {
        let key = self.key(path)?;
        self.files.remove(&key)
    }

    fn part<T>(
        &mut self,
        part: Part,
        path: &str,
        read: impl FnOnce(&[u8]) -> Result<T, PartError>,
    ) -> Result<T, PackageError> {
        let content = self.take(path).ok_or(PackageError::Missing(part))?;
        read(&content).map_err(|error| PackageError::Part(part, path.to_owned(), error))
    }

    /// Returns the languages that have a folder with this file in it.
    fn languages(&self, folder: &str, file: &str) -> Vec<LanguageTag> {
        let tag = |path: &String| {
            let mut steps = path.rsplitn(3, '/');
            let (name, tag, parent) = (steps.next()?, steps.next()?, steps.next()?);
            let fits = name.eq_ignore_ascii_case(file) && parent.eq_ignore_ascii_case(folder);
            fits.then(|| LanguageTag::parse(tag).ok()).flatten()
        };
        self.files.keys().filter_map(tag).collect()
    }
}
