//! What is served about operators by identity: packages, affiliation, settings.
//!
//! Made anew from each catalogue and swapped with it. Nothing of a question is stored or logged.
//! Not here: HTTP ([`crate::http::metadata`]) and the engines ([`domain::matching`],
//! [`domain::affiliation`], [`domain::effective`]).
//!
//! - [`package`]: a brand's package, [`icon`]: its icon;
//! - [`affiliation`]: option 7 of an operator;
//! - [`settings`]: effective settings of a SIM;
//! - [`limits`]: how often somebody may ask.

pub mod affiliation;
pub mod icon;
pub mod limits;
pub mod package;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use api::matching::{MetadataPackage, PackageFile};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carrier::service_metadata::{File, Package};
use domain::brand::BrandId;
use domain::hwid::{self, Hwid, HwidConflict, HwidIndex, Identity};
use domain::matching::Rule;
use domain::{SignedDuration, Timestamp};

use crate::catalog::Catalog;
use crate::entropy;
use crate::store::{Command, PackageRevision};

/// What a package is hashed with in the place of its GUID, which the hash decides.
const NO_GUID: &str = "00000000-0000-0000-0000-000000000000";

/// What is served of one catalogue.
#[derive(Default)]
pub struct Metadata {
    packages: BTreeMap<BrandId, Served>,
    hash_only: BTreeSet<BrandId>,
    hwids: HwidIndex,
    /// The rules of option 7, where an operator of the catalogue has them.
    pub affiliation: Option<affiliation::Affiliations>,
}

/// A package as it is served.
struct Served {
    package: Package,
    revision: PackageRevision,
    files: Vec<PackageFile>,
}

impl Metadata {
    /// Makes what is served of a catalogue, and the revisions to store before it is served: a
    /// package that says what it said keeps GUID and date, any other gets a new GUID and a later
    /// date [MATCH-83]. Takes a while for a large catalogue.
    ///
    /// # Errors
    /// Why the catalogue cannot be served, in words for the log.
    pub fn make(
        catalog: &Catalog,
        known: &[PackageRevision],
        now: Timestamp,
    ) -> Result<(Self, Vec<Command>), String> {
        let known: BTreeMap<&BrandId, &PackageRevision> =
            known.iter().map(|revision| (&revision.brand, revision)).collect();
        let hashed = catalog.brands.values().filter(|b| catalog.hash_only.contains(&b.id));
        let hwids = HwidIndex::build(hashed).map_err(|conflicts| {
            let all: Vec<String> = conflicts.iter().map(HwidConflict::to_string).collect();
            all.join("; ")
        })?;
        let mut metadata = Self {
            packages: BTreeMap::new(),
            hash_only: catalog.hash_only.clone(),
            hwids,
            affiliation: affiliation::Affiliations::of(catalog),
        };
        let mut commands = Vec::new();
        for (id, brand) in &catalog.brands {
            let parts = catalog.parts.get(id).cloned().unwrap_or_default();
            let fault = |error: String| format!("the package of {id} cannot be made: {error}");
            let own = catalog.service_metadata.get(id);
            let compose =
                |guid: &str, at| package::compose(brand, &parts, own, guid, at).map_err(fault);
            let Some(draft) = compose(NO_GUID, Timestamp::UNIX_EPOCH)? else { continue };
            let sha256 = digest(&files(&draft)?);
            let kept = known.get(id).filter(|revision| revision.sha256 == sha256);
            let revision = match kept {
                Some(revision) => (*revision).clone(),
                None => {
                    let before = known.get(id).map(|revision| revision.last_modified);
                    let last_modified = later(now, before);
                    let guid = guid();
                    let revision =
                        PackageRevision { brand: id.clone(), guid, last_modified, sha256 };
                    commands.push(Command::SavePackageRevision(revision.clone()));
                    revision
                }
            };
            let made = compose(&revision.guid, revision.last_modified)?;
            let Some(package) = made else { continue };
            let encoded = files(&package)?.into_iter().map(encode).collect();
            metadata.packages.insert(id.clone(), Served { package, revision, files: encoded });
        }
        Ok((metadata, commands))
    }

    /// Finds the package of what a client sent, by the rules' order; a brand that is matched by
    /// hash only is not found by numbers [MATCH-17].
    #[must_use]
    pub fn by_identities(&self, catalog: &Catalog, sent: &[Identity]) -> Option<(BrandId, Rule)> {
        let (brand, rule, _) = hwid::find(&catalog.index, sent)?;
        (!self.hash_only.contains(&brand)).then_some((brand, rule))
    }

    /// Finds the package of hashes, among the brands that are matched by hash only [MATCH-17].
    #[must_use]
    pub fn by_hwids(&self, sent: &[Hwid]) -> Option<(BrandId, Rule)> {
        self.hwids.find(sent).map(|(brand, rule)| (brand.clone(), rule))
    }

    /// Returns a brand's package as programs get it, without its files where `known` is its GUID.
    #[must_use]
    pub fn answer(
        &self,
        brand: &BrandId,
        rule: Rule,
        known: Option<&str>,
    ) -> Option<MetadataPackage> {
        let Served { package, revision, files } = self.packages.get(brand)?;
        let is_known = known.is_some_and(|known| known.eq_ignore_ascii_case(&revision.guid));
        Some(MetadataPackage {
            brand: brand.to_string(),
            matched_by: rule.name().to_owned(),
            guid: revision.guid.clone(),
            file_name: package.file_name(),
            last_modified: revision.last_modified.to_string(),
            files: (!is_known).then(|| files.clone()),
        })
    }

    /// Returns a brand's package.
    #[must_use]
    pub fn package(&self, brand: &BrandId) -> Option<&Package> {
        self.packages.get(brand).map(|served| &served.package)
    }
}

fn files(package: &Package) -> Result<Vec<File>, String> {
    package.write().map_err(|error| format!("a package cannot be written: {error}"))
}

fn encode(file: File) -> PackageFile {
    PackageFile { path: file.path, base64: STANDARD.encode(file.content) }
}

/// Hashes paths and contents, each with its length before it.
fn digest(files: &[File]) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for File { path, content } in files {
        for bytes in [path.as_bytes(), content] {
            context.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
            context.update(bytes);
        }
    }
    entropy::hex(context.finish().as_ref())
}

/// Returns the whole second of `now`, or of clocks that went back the second after the date
/// before.
fn later(now: Timestamp, before: Option<Timestamp>) -> Timestamp {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let next = before.and_then(|at| at.checked_add(SignedDuration::from_secs(1)).ok());
    next.map_or(now, |next| next.max(now))
}

/// Draws a GUID of version 4 [RFC 9562 §5.4].
pub(crate) fn guid() -> String {
    let [a, b, c, d, e, f, version, h, variant, rest @ ..] = entropy::bytes::<16>();
    let version = version & 0x0f | 0x40;
    let variant = variant & 0x3f | 0x80;
    let hex = entropy::hex;
    let [i, node @ ..] = rest;
    format!(
        "{}-{}-{}-{}-{}",
        hex(&[a, b, c, d]),
        hex(&[e, f]),
        hex(&[version, h]),
        hex(&[variant, i]),
        hex(&node)
    )
}

#[cfg(test)]
mod tests {
    use carrier::service_metadata::ServiceProvider;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn revisions(commands: Vec<Command>) -> Vec<PackageRevision> {
        let revision = |command| match command {
            Command::SavePackageRevision(revision) => Some(revision),
            _ => None,
        };
        commands.into_iter().filter_map(revision).collect()
    }

    /// [MATCH-83]
    #[test]
    fn a_change_makes_a_new_guid_and_a_later_date_and_nothing_else_does() {
        let mut catalog = Catalog::demo();
        let (_, commands) =
            Metadata::make(&catalog, &[], at("2026-03-01T10:00:00.5Z")).expect("made");
        let first = revisions(commands);
        assert_eq!(first.len(), catalog.brands.len(), "each is new");
        assert!(first.iter().all(|r| r.last_modified == at("2026-03-01T10:00:00Z")));
        let (_, commands) = Metadata::make(&catalog, &first, at("2027-01-01T00:00:00Z")).expect("");
        assert_eq!(revisions(commands), [], "nothing changed");
        let aurora = BrandId::parse("aurora").expect("an id");
        let own = catalog.service_metadata.get_mut(&aurora).expect("a brand");
        own.provider = ServiceProvider::parse("Aurora Nova").ok();
        // The clock went back: the date must be later all the same.
        let (metadata, commands) =
            Metadata::make(&catalog, &first, at("2020-01-01T00:00:00Z")).expect("made");
        let changed = revisions(commands);
        let [changed] = changed.as_slice() else { panic!("one brand: {changed:?}") };
        let before = first.iter().find(|r| r.brand == aurora).expect("known");
        assert_eq!(changed.brand, aurora);
        assert_ne!(changed.guid, before.guid);
        assert_eq!(changed.last_modified, at("2026-03-01T10:00:01Z"));
        let answer = metadata.answer(&aurora, Rule::Iccid, Some(&before.guid)).expect("served");
        assert!(answer.files.is_some_and(|files| files.len() >= 5), "the old one is not this one");
        let answer = metadata.answer(&aurora, Rule::Iccid, Some(&changed.guid)).expect("served");
        assert_eq!(answer.files, None);
        assert_eq!(answer.file_name, format!("{}.devicemetadata-ms", changed.guid));
    }

    /// [MATCH-17], [MATCH-12]
    #[test]
    fn a_brand_that_is_matched_by_hash_only_is_found_by_hash_only() {
        let mut catalog = Catalog::demo();
        let aurora = BrandId::parse("aurora").expect("an id");
        let range = &mut catalog.brands.get_mut(&aurora).expect("a brand").targets.iccid_ranges;
        let parse = |text| domain::identity::Iccid::parse(text).expect("an ICCID");
        *range = vec![(parse("89990130000000000000"), parse("89990130000000000199"))];
        let index = domain::matching::Index::build(catalog.brands.values());
        catalog.index = index.expect("no conflict");
        let sent = [Identity::of_sent(hwid::Kind::GsmIccid, "899901300000000001").expect("")];
        let hwids = [sent[0].hwid()];
        let now = at("2026-03-01T10:00:00Z");
        let (open, _) = Metadata::make(&catalog, &[], now).expect("made");
        assert_eq!(open.by_identities(&catalog, &sent), Some((aurora.clone(), Rule::Iccid)));
        assert_eq!(open.by_hwids(&hwids), None);
        catalog.hash_only.insert(aurora.clone());
        let (hashed, _) = Metadata::make(&catalog, &[], now).expect("made");
        assert_eq!(hashed.by_identities(&catalog, &sent), None);
        assert_eq!(hashed.by_hwids(&hwids), Some((aurora, Rule::Iccid)));
    }
}
