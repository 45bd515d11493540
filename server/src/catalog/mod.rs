//! The catalogue: a folder of TOML files, one per brand, read strictly and as a whole.
//!
//! Every error of every file is reported at once, and a catalogue with an error is none. Not
//! here: matching itself ([`domain::matching`]), what a brand is ([`domain::brand`]), and rules
//! that need more than one look at a file (`catalog lint`).

mod affiliation;
mod brand_file;
mod conflicts;
mod connections;
mod cosa;
mod customer_fields;
pub mod export;
pub mod export_cosa;
pub mod gnome;
pub mod import;
pub mod import_cosa;
pub mod lint;
pub mod legal;
mod look;
mod parts;
mod plans;
mod ranges;
mod service_metadata;
mod sim_settings;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::affiliation::PrivateRule;
use domain::brand::{Brand, BrandId};
use domain::cosa::Profile;
use domain::customer::CustomerField;
use domain::matching::Index;

use crate::config::document::{Document, Reading};
use brand_file::BrandFile;
pub use legal::{Legal, Numbering};
pub use parts::denials::Denials;
pub use parts::{DocumentParts, Hotspot, MessageRule, Refresh};
pub use service_metadata::{CompanionApp, ServiceMetadata};
pub(crate) use sim_settings::{REACHES, ROAMINGS};

/// Most brands of a catalogue.
pub const BRANDS_MAX: usize = 10_000;

/// The demo operators, which are part of the binary.
const DEMO: [(&str, &str); 3] = [
    ("demo/catalog/aurora.toml", include_str!("../../demo/catalog/aurora.toml")),
    ("demo/catalog/bris.toml", include_str!("../../demo/catalog/bris.toml")),
    ("demo/catalog/fjell.toml", include_str!("../../demo/catalog/fjell.toml")),
];

/// All brands, and whose SIM is whose.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The brands.
    pub brands: BTreeMap<BrandId, Brand>,
    /// Finds the brand of a SIM.
    pub index: Index,
    /// What the documents of a brand say beside profile and plan.
    pub parts: BTreeMap<BrandId, DocumentParts>,
    /// The `[signing.NAME]` that a brand names.
    pub signing: BTreeMap<BrandId, String>,
    /// The `[payment.NAME]` that a brand names.
    pub payment: BTreeMap<BrandId, String>,
    /// Their profiles of the COSA/APN database [MATCH-96].
    pub cosa: BTreeMap<BrandId, Vec<Profile>>,
    /// The brands whose devices are recognised by hardware ids only [MATCH-17].
    pub hash_only: BTreeSet<BrandId>,
    /// What they say of their service metadata packages; absent = they have none.
    pub service_metadata: BTreeMap<BrandId, ServiceMetadata>,
    /// What they tell customers who may not share the connection; absent = what all tell.
    pub denials: BTreeMap<BrandId, Denials>,
    /// Who sells, and what customers agree to; absent = the brand does not say.
    pub legal: BTreeMap<BrandId, Legal>,
    /// How its receipts are numbered.
    pub numbering: BTreeMap<BrandId, Numbering>,
    /// What they must know of a customer; absent = nothing.
    pub customer_fields: BTreeMap<BrandId, Vec<CustomerField>>,
    /// Rules about SIMs that are published nowhere [MATCH-56].
    pub affiliation: Vec<PrivateRule>,
    /// What is odd about the files without stopping their use.
    pub warnings: Vec<Finding>,
    /// Where each brand comes from.
    pub origins: BTreeMap<BrandId, BrandOrigin>,
}

/// The file of a brand, for findings that only show beside the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandOrigin {
    /// The file.
    pub file: String,
    signing_line: Option<usize>,
    payment_line: Option<usize>,
}

impl BrandOrigin {
    /// Describes something about a key of the brand's file.
    #[must_use]
    pub fn finding(&self, key: &str, message: String) -> Finding {
        let line = match key {
            "signing" => self.signing_line,
            "payment" => self.payment_line,
            _ => None,
        };
        Finding { file: self.file.clone(), line, key: Some(key.to_owned()), message }
    }
}

impl Catalog {
    /// Reads every `*.toml` of a folder, and the files that they name, for a shop: each brand has
    /// something to sell and a way to the Internet.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn load(folder: &Path) -> Result<Self, Vec<Finding>> {
        let (files, errors) = read_files(folder)?;
        Self::assemble(files, errors, Use::Sell)
    }

    /// Reads what [`Self::load`] reads, to recognise SIMs alone: a brand needs no more than an id
    /// and a network.
    ///
    /// # Errors
    /// Everything else that is wrong with any of them.
    pub fn load_to_match(folder: &Path) -> Result<Self, Vec<Finding>> {
        let (files, errors) = read_files(folder)?;
        Self::assemble(files, errors, Use::Match)
    }

    /// Returns the demo operators.
    ///
    /// # Panics
    /// Never: what is embedded is constant, and a test reads it.
    #[must_use]
    pub fn demo() -> Self {
        let files = DEMO
            .map(|(file, text)| LoadedFile::read(&Document::embedded(file, text), Path::new("")));
        let catalog = Self::assemble(files.into(), Vec::new(), Use::Sell);
        catalog.expect("the embedded catalogue has no errors")
    }

    fn assemble(
        mut files: Vec<LoadedFile>,
        mut errors: Vec<Finding>,
        purpose: Use,
    ) -> Result<Self, Vec<Finding>> {
        for file in &mut files {
            let mut own = std::mem::take(&mut file.reading.errors);
            if purpose == Use::Sell {
                own.extend(file.unsellable());
                own.sort_by_key(|finding| finding.line);
            }
            errors.append(&mut own);
        }
        errors.extend(repeated(&files));
        errors.extend(shared_series(&files));
        let index = conflicts::index(&files).unwrap_or_else(|found| {
            errors.extend(found);
            Index::default()
        });
        let rules = affiliation::Rules::of(&files);
        let (conflicts, idle) = rules.findings();
        errors.extend(conflicts);
        if !errors.is_empty() {
            return Err(errors);
        }
        let affiliation = rules.into_rules();
        let mut warnings = conflicts::near_names(&files);
        warnings.extend(idle);
        let mut catalog = Self { warnings, index, affiliation, ..Self::default() };
        for file in files {
            catalog.warnings.extend(file.reading.warnings);
            let Some(mut read) = file.reading.value else { continue };
            let Some(brand) = read.brand.take() else { continue };
            let line = |key: &str| file.reading.lines.get(key).copied();
            let origin = BrandOrigin {
                signing_line: line("signing"),
                payment_line: line("payment"),
                file: file.name,
            };
            let id = brand.id.clone();
            catalog.add(&id, read);
            catalog.origins.insert(id.clone(), origin);
            catalog.brands.insert(id, brand);
        }
        Ok(catalog)
    }

    fn add(&mut self, id: &BrandId, file: BrandFile) {
        let of_brand = || id.clone();
        self.signing.extend(file.signing.map(|name| (of_brand(), name)));
        self.payment.extend(file.payment.map(|name| (of_brand(), name)));
        self.parts.insert(of_brand(), file.parts);
        self.cosa.insert(of_brand(), file.cosa);
        self.hash_only.extend(file.hash_only.then(of_brand));
        self.numbering.insert(of_brand(), file.numbering);
        self.legal.extend(file.legal.map(|legal| (of_brand(), legal)));
        if !file.customer_fields.is_empty() {
            self.customer_fields.extend([(of_brand(), file.customer_fields)]);
        }
        self.denials.extend(file.denials.map(|texts| (of_brand(), texts)));
        self.service_metadata.extend(file.service_metadata.map(|own| (of_brand(), own)));
    }
}

/// What a catalogue is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Selling: what a shop cannot do without is an error.
    Sell,
    /// Recognising SIMs.
    Match,
}

/// Reads the files of a folder, and what of them cannot be read at all.
fn read_files(folder: &Path) -> Result<(Vec<LoadedFile>, Vec<Finding>), Vec<Finding>> {
    let mut errors = Vec::new();
    let mut files = Vec::new();
    for path in toml_files(folder).map_err(|finding| vec![finding])? {
        match Document::open(&path) {
            Ok(document) => files.push(LoadedFile::read(&document, folder)),
            Err(finding) => errors.push(finding),
        }
    }
    Ok((files, errors))
}

/// A file that was read, whatever came of it.
struct LoadedFile {
    name: String,
    reading: Reading<BrandFile>,
}

impl LoadedFile {
    fn read(document: &Document, folder: &Path) -> Self {
        Self {
            name: document.file().to_owned(),
            reading: document.read(|section| brand_file::read(section, folder)),
        }
    }

    fn brand(&self) -> Option<&Brand> {
        self.reading.value.as_ref()?.brand.as_ref()
    }

    fn finding(&self, key: &str, message: String) -> Finding {
        let line = self.reading.lines.get(key).copied();
        Finding { file: self.name.clone(), line, key: Some(key.to_owned()), message }
    }

    /// Returns what keeps the brand from selling; a key that is absent is missed on line 1.
    fn unsellable(&self) -> Vec<Finding> {
        let missed = self.reading.value.iter().flat_map(|read| &read.unsellable);
        let finding = |(key, message): &(&str, &str)| {
            let found = self.finding(key, (*message).to_owned());
            Finding { line: found.line.or(Some(1)), ..found }
        };
        missed.map(finding).collect()
    }
}

/// Lists the files of a catalogue by name, so that findings have one order everywhere.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Finding> {
    let fault =
        |message| Finding { file: folder.display().to_string(), line: None, key: None, message };
    let unreadable = |error| fault(format!("cannot be read: {error}"));
    let mut paths = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.insert(path);
        }
        if paths.len() > BRANDS_MAX {
            return Err(fault(format!("has more than {BRANDS_MAX} brands; split it")));
        }
    }
    if paths.is_empty() {
        return Err(fault("has no *.toml file; write one for each brand".to_owned()));
    }
    Ok(paths.into_iter().collect())
}

/// Finds series of receipts that brands of several sellers share: each would have gaps.
fn shared_series(files: &[LoadedFile]) -> Vec<Finding> {
    let mut first: BTreeMap<String, (&LoadedFile, Option<&str>)> = BTreeMap::new();
    let mut findings = Vec::new();
    for file in files {
        let Some(read) = &file.reading.value else { continue };
        let seller = read.legal.as_ref().map(|legal| legal.seller.name.as_str());
        for (key, series) in read.numbering.all() {
            let (known, by) = *first.entry(series.to_string()).or_insert((file, seller));
            if !std::ptr::eq(known, file) && (by.is_none() || by != seller) {
                let message = format!(
                    "{} of another seller has this series too; numbers of each need their own",
                    known.name
                );
                findings.push(file.finding(key, message));
            }
        }
    }
    findings
}

/// Finds ids and GUIDs that more than one file has.
fn repeated(files: &[LoadedFile]) -> Vec<Finding> {
    let mut ids: BTreeMap<&BrandId, &LoadedFile> = BTreeMap::new();
    let mut guids: BTreeMap<String, &LoadedFile> = BTreeMap::new();
    let mut findings = Vec::new();
    for file in files {
        let Some(read) = &file.reading.value else { continue };
        if let Some(id) = &read.id {
            if let Some(first) = ids.get(id) {
                let message =
                    format!("{} has the id {id} too; every brand needs its own", first.name);
                findings.push(file.finding("id", message));
            } else {
                ids.insert(id, file);
            }
        }
        if let Some(guid) = &read.carrier_id {
            let guid = guid.to_ascii_lowercase();
            if let Some(first) = guids.get(&guid) {
                let message =
                    format!("{} has this GUID too; every brand needs its own", first.name);
                findings.push(file.finding("carrier_id", message));
            } else {
                guids.insert(guid, file);
            }
        }
    }
    findings
}
