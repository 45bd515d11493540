//! PackageInfo: for which devices a package is, since when, in which language, and its parts.
//!
//! `ModelIDList`, which the schema has for devices, is refused: a service has no model. Not here:
//! whether the parts that it lists are there ([`super::Package::check`]).
//! Implements [MATCH-14], [MATCH-109] and [MATCH-112].

use super::hardware_id::HardwareId;
use super::place::{self, PartError, PartFault, Place, Read, boolean, file_name, verbatim};
use super::text::{BuilderText, FileName, LanguageTag, PlainGuid};
use crate::document::{UtcTime, collapse};
use crate::xml::{Foreign, Namespace, Policy, WriteError, Writer, limits};

const N: Namespace = Namespace::PackageInfo;
/// Most hardware ids of a package, ours: ten million SIMs. Packages of more are matched by their
/// ranges alone [MATCH-17].
pub const HARDWARE_IDS_MAX: usize = 100_000;
/// Room for that many ids of our own scheme, each on an indented line.
const POLICY: Policy = Policy {
    bytes_max: 128 * HARDWARE_IDS_MAX + limits::BYTES_MAX,
    nodes_max: HARDWARE_IDS_MAX + limits::NODES_MAX,
    ..Policy::STRICT
};

/// Holds the part PackageInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageInfo {
    /// For whom the package is.
    pub key: MetadataKey,
    /// Where its parts are.
    pub structure: PackageStructure,
    /// What it belongs to.
    pub relationships: Option<Relationships>,
    /// What made it.
    pub builder: Option<BuilderInformation>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Says for whom a package is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataKey {
    /// What it is matched by.
    pub hardware_ids: HardwareIds,
    /// Its language.
    pub locale: Locale,
    /// When it was changed; the newest of a service wins [MATCH-83].
    pub last_modified: UtcTime,
    /// Says whether there may be folders of other languages; see
    /// [`Self::has_multiple_locales`].
    pub multiple_locale: Option<bool>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl MetadataKey {
    /// Says whether there may be folders of other languages: so if it does not say [MATCH-109].
    #[must_use]
    pub fn has_multiple_locales(&self) -> bool {
        self.multiple_locale.unwrap_or(true)
    }
}

/// Holds one to [`HARDWARE_IDS_MAX`] hardware ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardwareIds(Vec<HardwareId>);

impl HardwareIds {
    /// Takes the ids; nothing if there are none or too many.
    #[must_use]
    pub fn new(ids: Vec<HardwareId>) -> Option<Self> {
        (1..=HARDWARE_IDS_MAX).contains(&ids.len()).then_some(Self(ids))
    }

    /// Returns the ids.
    #[must_use]
    pub fn as_slice(&self) -> &[HardwareId] {
        &self.0
    }
}

/// Names the language of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The language, perhaps with a region.
    pub tag: LanguageTag,
    /// Says whether the package serves where none of the service fits; one package of a service
    /// at most [MATCH-112].
    pub is_default: bool,
}

/// Lists where the parts are; two at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageStructure {
    parts: Vec<Metadata>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Says where a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The namespace of the part.
    pub id: String,
    /// Its folder; for PackageInfo, its file.
    pub place: FileName,
}

impl PackageStructure {
    /// Takes the parts; nothing if there are fewer than two, as the schema wants.
    #[must_use]
    pub fn new(parts: Vec<Metadata>, others: Vec<Foreign>) -> Option<Self> {
        (parts.len() >= 2).then_some(Self { parts, others })
    }

    /// Returns the parts in document order.
    #[must_use]
    pub fn parts(&self) -> &[Metadata] {
        &self.parts
    }

    /// Returns where the part of this namespace is; the samples of the source leave the slash at
    /// its end out.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<&FileName> {
        let bare = |id: &str| id.trim_end_matches('/').to_owned();
        let found = self.parts.iter().find(|part| bare(&collapse(&part.id)) == bare(id));
        found.map(|part| &part.place)
    }
}

/// Says what a package belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationships {
    /// The same for all revisions and languages.
    pub experience_id: Option<PlainGuid>,
    /// The same for all languages.
    pub language_neutral_id: Option<PlainGuid>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Names the program that made a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuilderInformation {
    /// Its name.
    pub application: BuilderText,
    /// Its version.
    pub version: BuilderText,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl PackageInfo {
    /// Reads the part.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        place::part(bytes, &POLICY, (N, "PackageInfo"), package_info)
    }

    /// Writes the part, in canonical form.
    ///
    /// # Errors
    /// A text holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        let v2 = [("v2", Namespace::PackageInfoV2)];
        w.element_declaring(N, "PackageInfo", &[], &v2, |w| {
            self.key.write(w)?;
            w.element(N, "PackageStructure", &[], |w| {
                for Metadata { id, place } in &self.structure.parts {
                    w.element(N, "Metadata", &[("MetadataID", id)], |w| w.text(place.as_str()))?;
                }
                foreign(w, &self.structure.others)
            })?;
            if let Some(relationships) = &self.relationships {
                w.element(N, "Relationships", &[], |w| {
                    leaf(w, "ExperienceID", relationships.experience_id.as_ref())?;
                    leaf(
                        w,
                        "LanguageNeutralIdentifier",
                        relationships.language_neutral_id.as_ref(),
                    )?;
                    foreign(w, &relationships.others)
                })?;
            }
            if let Some(builder) = &self.builder {
                w.element(N, "MetadataBuilderInformation", &[], |w| {
                    w.leaf(N, "Application", builder.application.as_str())?;
                    w.leaf(N, "Version", builder.version.as_str())?;
                    foreign(w, &builder.others)
                })?;
            }
            foreign(w, &self.others)
        })?;
        Ok(w.finish())
    }
}

impl MetadataKey {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        w.element(N, "MetadataKey", &[], |w| {
            w.element(N, "HardwareIDList", &[], |w| {
                self.hardware_ids.0.iter().try_for_each(|id| w.leaf(N, "HardwareID", id.as_str()))
            })?;
            let default = self.locale.is_default.to_string();
            let attributes = [("default", default.as_str())];
            w.element(N, "Locale", &attributes, |w| w.text(self.locale.tag.as_str()))?;
            w.leaf(N, "LastModifiedDate", &self.last_modified.to_string())?;
            if let Some(multiple) = self.multiple_locale {
                w.leaf(Namespace::PackageInfoV2, "MultipleLocale", &multiple.to_string())?;
            }
            foreign(w, &self.others)
        })
    }
}

fn leaf(w: &mut Writer, name: &'static str, guid: Option<&PlainGuid>) -> Result<(), WriteError> {
    guid.map_or(Ok(()), |guid| w.leaf(N, name, guid.as_str()))
}

/// Writes elements of others.
pub(super) fn foreign(w: &mut Writer, others: &[Foreign]) -> Result<(), WriteError> {
    others.iter().try_for_each(|other| w.foreign(other))
}

fn package_info(place: &Place<'_>) -> Read<PackageInfo> {
    let mut children = place.sequence()?;
    Ok(PackageInfo {
        key: key(&children.required("MetadataKey")?)?,
        structure: structure(&children.required("PackageStructure")?)?,
        relationships: children.maybe("Relationships", |place| {
            let mut children = place.sequence()?;
            Ok(Relationships {
                experience_id: children.maybe("ExperienceID", guid)?,
                language_neutral_id: children.maybe("LanguageNeutralIdentifier", guid)?,
                others: children.others()?,
            })
        })?,
        builder: children.maybe("MetadataBuilderInformation", |place| {
            let mut children = place.sequence()?;
            Ok(BuilderInformation {
                application: children.required("Application")?.plain(BuilderText::parse)?,
                version: children.required("Version")?.plain(BuilderText::parse)?,
                others: children.others()?,
            })
        })?,
        others: children.others()?,
    })
}

fn guid(place: &Place<'_>) -> Read<PlainGuid> {
    place.plain(|text| PlainGuid::parse(&collapse(text)))
}

fn key(place: &Place<'_>) -> Read<MetadataKey> {
    let mut children = place.sequence()?;
    let list = children.required("HardwareIDList")?;
    let mut ids = list.sequence()?;
    let hardware_ids =
        ids.one_or_more("HardwareID", |place| place.plain(|t| HardwareId::parse(&collapse(t))))?;
    ids.end()?;
    Ok(MetadataKey {
        hardware_ids: HardwareIds::new(hardware_ids)
            .ok_or_else(|| list.error(PartFault::UnexpectedElement))?,
        locale: locale(&children.required("Locale")?)?,
        last_modified: children
            .required("LastModifiedDate")?
            .plain(|text| UtcTime::parse(&collapse(text)))?,
        multiple_locale: children
            .next_in(Namespace::PackageInfoV2, "MultipleLocale")
            .map(|place| place.plain(boolean))
            .transpose()?,
        others: children.others()?,
    })
}

fn locale(place: &Place<'_>) -> Read<Locale> {
    place.only(&["default"])?;
    Ok(Locale {
        tag: place.text(|text| LanguageTag::parse(&collapse(text)))?,
        is_default: place.required("default", boolean)?,
    })
}

fn structure(place: &Place<'_>) -> Read<PackageStructure> {
    let mut children = place.sequence()?;
    let parts = children.one_or_more("Metadata", |place| {
        place.only(&["MetadataID"])?;
        Ok(Metadata { id: place.required("MetadataID", verbatim)?, place: place.text(file_name)? })
    })?;
    PackageStructure::new(parts, children.others()?)
        .ok_or_else(|| place.error(PartFault::MissingElement("Metadata")))
}
