//! `catalog lint`: what an operator should mend before the catalogue is used.
//!
//! What single files say wrong, what brands do to each other, what Windows cannot use. Not here:
//! the rules about matching ([`domain::matching::report`]), and the COSA database's own
//! ([`domain::cosa`]). Implements [MATCH-23], [MATCH-24], [MATCH-72]…[MATCH-75], row CO-5 of
//! 04-matching §7, and [PORT-13]…[PORT-17].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use api::machine::{CatalogFinding, CatalogFindings, Finding};
use carrier::chain::{CertificateFacts, DistinguishedName};
use carrier::document::TrustedCertificate;
use domain::brand::{Brand, BrandId, Purpose, Targets};
use domain::cosa::{Profile, ProfileFault};
use domain::matching::report::{self, Severity};

use super::{BrandFile, LoadedFile, affiliation, read_files};
use crate::messages::{lint::Linter, rules};

/// The leaf of each `[signing.NAME]` of a configuration.
pub type Signers = BTreeMap<String, CertificateFacts>;

/// Reads every file of a folder and lists what stands against it. With the configuration's
/// signers, certificates are compared too [PORT-16].
#[must_use]
pub fn lint(folder: &Path, signers: Option<&Signers>) -> CatalogFindings {
    let mut findings = CatalogFindings { errors: Vec::new(), warnings: Vec::new() };
    let (files, unreadable) = read_files(folder).unwrap_or_else(|errors| (Vec::new(), errors));
    findings.errors.extend(unreadable.iter().map(|error| of_file(None, error, code(error))));
    for file in &files {
        let id = file.reading.value.as_ref().and_then(|read| read.id.as_ref());
        findings
            .errors
            .extend(file.reading.errors.iter().map(|error| of_file(id, error, code(error))));
        let warnings = file.reading.warnings.iter().filter(|warning| !is_reported(warning));
        findings.warnings.extend(warnings.map(|warning| of_file(id, warning, code(warning))));
    }
    for repeated in super::repeated(&files) {
        let id = files.iter().find(|file| file.name == repeated.file).and_then(LoadedFile::brand);
        let id = id.map(|brand| &brand.id);
        findings.errors.push(of_file(id, &repeated, "repeated_id"));
    }
    for shared in super::shared_series(&files) {
        findings.errors.push(of_file(None, &shared, "series"));
    }
    between(&files, &mut findings);
    let mut brands = files.iter().filter_map(LoadedFile::brand);
    let has_network = brands.any(crate::metadata::affiliation::has_whole);
    let CatalogFindings { errors, warnings } = &mut findings;
    affiliation::lint(&files, has_network, errors, warnings);
    let linter = Linter::default();
    for file in &files {
        if let (Some(read), Some(brand)) = (&file.reading.value, file.brand()) {
            let mut warn = |code: &str, message: String| {
                findings.warnings.push(finding(file, &brand.id, code, message));
            };
            lint_shop(read, brand, &mut warn);
            lint_portal(read, brand, signers, &mut warn);
            lint_database(read, &mut warn);
            let wrong = read.cosa.iter().flat_map(Profile::faults).filter(is_of_target);
            findings.errors.extend(
                wrong.map(|fault| finding(file, &brand.id, "cosa_target", fault.to_string())),
            );
            lint_messages(&linter, read, |code, is_error, message| {
                let found = finding(file, &brand.id, code, message);
                if is_error { &mut findings.errors } else { &mut findings.warnings }.push(found);
            });
        }
    }
    findings
}

/// What the rules about matching report under codes of their own.
fn is_reported(warning: &Finding) -> bool {
    warning.key.as_deref().is_some_and(|key| {
        matches!(key, "match" | "portal" | "portal.account_experience_url" | "portal.app_id")
            || (key.starts_with("cosa[") && key.contains("].targets["))
    })
}

/// Makes a finding of the catalogue of one of a file.
pub(super) fn of_file(brand: Option<&BrandId>, found: &Finding, code: &str) -> CatalogFinding {
    let place = match (found.line, &found.key) {
        (Some(line), Some(key)) => format!("line {line}, {key}: "),
        (Some(line), None) => format!("line {line}: "),
        (None, Some(key)) => format!("{key}: "),
        (None, None) => String::new(),
    };
    CatalogFinding {
        file: found.file.clone(),
        brand: brand.map(BrandId::to_string),
        code: code.to_owned(),
        message: format!("{place}{}", found.message),
    }
}

fn code(found: &Finding) -> &'static str {
    match found.key.as_deref() {
        None => "file",
        // [PORT-17]
        Some("portal.account_experience_url") => "portal_url",
        Some(_) if found.message.starts_with("unknown key") => "unknown_key",
        Some(_) if found.message.starts_with("missing") => "missing",
        Some(_) => "value",
    }
}

fn finding(file: &LoadedFile, brand: &BrandId, code: &str, message: String) -> CatalogFinding {
    CatalogFinding {
        file: file.name.clone(),
        brand: Some(brand.to_string()),
        code: code.to_owned(),
        message,
    }
}

/// Adds what the rules about matching find, the later file of two being at fault.
fn between(files: &[LoadedFile], findings: &mut CatalogFindings) {
    let mut by_id: BTreeMap<&BrandId, &LoadedFile> = BTreeMap::new();
    let mut brands = Vec::new();
    let mut hash_only = BTreeSet::new();
    for file in files {
        let Some(brand) = file.brand() else { continue };
        // The second file of an id is a finding of its own.
        if by_id.insert(&brand.id, file).is_none() {
            brands.push(brand.clone());
        }
        if file.reading.value.as_ref().is_some_and(|read| read.hash_only) {
            hash_only.insert(brand.id.clone());
        }
    }
    for found in report::lint(&brands, &hash_only) {
        let Some(file) = by_id.get(found.brand()) else { continue };
        let list = match found.severity() {
            Severity::Error => &mut findings.errors,
            Severity::Warning => &mut findings.warnings,
        };
        list.push(finding(file, found.brand(), found.code(), found.to_string()));
    }
}

/// What is missing to sell, where nothing is sold; a brand with plans has errors for it.
fn lint_shop(read: &BrandFile, brand: &Brand, warn: &mut impl FnMut(&str, String)) {
    for (key, message) in &read.unsellable {
        match *key {
            "plans" => warn("no_plans", "no [[plans]] row: there is nothing to sell".to_owned()),
            "cosa" if brand.plans.is_empty() => {
                warn("no_internet_profile", format!("{key}: {message}"));
            }
            "cosa" => {}
            _ => warn("missing", format!("{key}: {message} to sell anything")),
        }
    }
    let has_purchase = brand.connection(Purpose::Purchase).is_some();
    if brand.plans.is_empty() && !has_purchase {
        warn("no_purchase_profile", format!("{}: no purchase profile", brand.id));
    }
}

/// [PORT-13], [PORT-16]; the URL itself is read strictly, and the other rules report it.
fn lint_portal(
    read: &BrandFile,
    brand: &Brand,
    signers: Option<&Signers>,
    warn: &mut impl FnMut(&str, String),
) {
    if brand.portal.account_experience_url.is_none() {
        return;
    }
    if brand.connections.is_empty() {
        warn("no_apn", "an account_experience_url without [[cosa]]: no APN leads to it".to_owned());
    }
    let Some(leaf) = signers.and_then(|signers| signers.get(read.signing.as_deref()?)) else {
        return;
    };
    let trusted = &read.parts.trusted_certificates;
    let is_leaf = |entry: &TrustedCertificate| {
        is_same(entry.subject_name.as_str(), &leaf.subject)
            && is_same(entry.issuer_name.as_str(), &leaf.issuer)
    };
    if !trusted.iter().any(is_leaf) {
        let (subject, issuer) = (&leaf.subject, &leaf.issuer);
        let message = format!(
            "[[trusted_certificates]] lacks the one that signs: subject {subject:?}, issuer \
             {issuer:?}; register it with the account_experience_url"
        );
        warn("certificate_data", message);
    }
}

/// Compares names as hosts do [SIG-24].
pub(super) fn is_same(one: &str, other: &str) -> bool {
    match (DistinguishedName::parse(one), DistinguishedName::parse(other)) {
        (Ok(one), Ok(other)) => one.matches(&other),
        _ => false,
    }
}

/// [MATCH-97]
fn is_of_target(fault: &ProfileFault) -> bool {
    matches!(fault, ProfileFault::Target { .. })
}

/// [MSG-10], [MSG-12], [MSG-17], [MSG-21]
fn lint_messages(linter: &Linter, read: &BrandFile, mut say: impl FnMut(&str, bool, String)) {
    for found in linter.lint(rules::of_catalog(&read.parts.messages)) {
        let message = format!("messages[{}]: {}", found.number, found.message);
        say(&found.code.replace('-', "_"), found.is_error(), message);
    }
}

/// [MATCH-102], [MATCH-105]; and brands that only a tool of others can find.
fn lint_database(read: &BrandFile, warn: &mut impl FnMut(&str, String)) {
    let faults = read.cosa.iter().flat_map(Profile::faults);
    for fault in faults.filter(|fault| !is_of_target(fault)) {
        warn("cosa_profile", fault.to_string());
    }
    if read.hash_only {
        let message = "matched by hardware ids only; no device that sends numbers finds it";
        warn("hash_only", message.to_owned());
    }
    let foreign = read.service_metadata.as_ref().map_or(0, |own| own.hardware_ids.len());
    let targets = read.brand.as_ref().map(|brand| &brand.targets);
    if foreign > 0 && targets == Some(&Targets::default()) {
        let message = format!("{foreign} opaque hardware ids and no [match]: only WMIS can match");
        warn("hwid_only", message);
    }
}
