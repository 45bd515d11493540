//! `[[affiliation]]`: rules about SIMs that an operator publishes nowhere [MATCH-56].
//!
//! They answer `POST /api/affiliation` and nothing else: no package, document or submission has
//! them. Not here: which rule decides ([`domain::affiliation::private`]).

use api::machine::{CatalogFinding, Finding};
use domain::affiliation::private::{PrivateRule, RULES_MAX, RuleFindings, compare};
use domain::brand::BrandId;
use domain::cosa::Target;

use super::LoadedFile;
use super::connections::identifiers;
use crate::config::document::{Section, shorten};

/// A row, and its place in the file.
pub(super) type Row = (usize, Target);

/// Reads the rows, each error of each.
pub(super) fn read(section: &mut Section<'_>, id: Option<&BrandId>) -> Vec<Row> {
    let mut at = 0_usize;
    let rows = section.tables("affiliation", |row| {
        let place = at;
        at = at.saturating_add(1);
        let has_any = ["plmn", "imsi", "iccid", "spn", "gid1"].map(|key| row.has(key));
        let target = identifiers(row);
        // Where a key was not read, it has an error of its own.
        if has_any != present(&target) {
            return None;
        }
        // Without an id the file has an error, and its rules are nobody's.
        let rule = PrivateRule { brand: id?.clone(), target };
        match rule.check() {
            Ok(()) => Some((place, rule.target)),
            Err(fault) => {
                row.error("", fault.to_string());
                None
            }
        }
    });
    rows.unwrap_or_default()
}

fn present(target: &Target) -> [bool; 5] {
    let Target { plmn, imsi, iccid, spn, gid1, .. } = target;
    [plmn.is_some(), imsi.is_some(), iccid.is_some(), spn.is_some(), gid1.is_some()]
}

/// The rules of a catalogue, and where each stands.
pub(super) struct Rules<'f> {
    rules: Vec<PrivateRule>,
    places: Vec<(&'f LoadedFile, usize)>,
}

impl<'f> Rules<'f> {
    /// Gathers the rules of all files.
    pub(super) fn of(files: &'f [LoadedFile]) -> Self {
        let mut all = Self { rules: Vec::new(), places: Vec::new() };
        for file in files {
            let Some(read) = &file.reading.value else { continue };
            let Some(id) = &read.id else { continue };
            for (place, target) in &read.affiliation {
                all.rules.push(PrivateRule { brand: id.clone(), target: target.clone() });
                all.places.push((file, *place));
            }
        }
        all
    }

    /// Returns what is wrong between them: errors, and then what is odd.
    pub(super) fn findings(&self) -> (Vec<Finding>, Vec<Finding>) {
        if let Some((file, _)) = self.places.get(RULES_MAX) {
            let message = format!("more than {RULES_MAX} rows in all; make ranges of them");
            return (vec![file.finding("affiliation", message)], Vec::new());
        }
        let RuleFindings { conflicts, idle } = compare(&self.rules);
        let conflict = |(at, with): &(usize, usize)| {
            let message = |brand: &BrandId, place: String| {
                format!(
                    "a SIM could be {brand}'s by {place} as well, and neither goes first; keep \
                     it in one of them, or add an identifier"
                )
            };
            self.finding(*at, *with, message)
        };
        let needless = |(at, by): &(usize, usize)| {
            let message = |brand: &BrandId, place: String| {
                format!("never decides: {place} of {brand} has all its SIMs; remove one of them")
            };
            self.finding(*at, *by, message)
        };
        let mut errors: Vec<Finding> = conflicts.iter().filter_map(conflict).collect();
        let mut warnings: Vec<Finding> = idle.iter().filter_map(needless).collect();
        shorten(&mut errors);
        shorten(&mut warnings);
        (errors, warnings)
    }

    fn finding(
        &self,
        at: usize,
        other: usize,
        message: impl FnOnce(&BrandId, String) -> String,
    ) -> Option<Finding> {
        let ((file, place), rule) = (self.places.get(at)?, self.rules.get(other)?);
        let (other, other_place) = self.places.get(other)?;
        let key = format!("affiliation[{other_place}]");
        let line = other.reading.lines.get(&key).map(|line| format!(":{line}")).unwrap_or_default();
        let text = message(&rule.brand, format!("{key} ({}{line})", other.name));
        Some(file.finding(&format!("affiliation[{place}]"), text))
    }

    /// Returns the rules.
    pub(super) fn into_rules(self) -> Vec<PrivateRule> {
        self.rules
    }
}

/// Adds what is wrong between the rules; `has_network` tells whether a brand has a whole network,
/// without which nobody asks [MATCH-54].
pub(super) fn lint(
    files: &[LoadedFile],
    has_network: bool,
    errors: &mut Vec<CatalogFinding>,
    warnings: &mut Vec<CatalogFinding>,
) {
    let of = |code: &str, found: &Finding| {
        let file = files.iter().find(|file| file.name == found.file);
        super::lint::of_file(file.and_then(LoadedFile::brand).map(|brand| &brand.id), found, code)
    };
    let rules = Rules::of(files);
    let (conflicts, idle) = rules.findings();
    errors.extend(conflicts.iter().map(|found| of("affiliation_overlap", found)));
    warnings.extend(idle.iter().map(|found| of("affiliation_idle", found)));
    for file in files.iter().filter(|_| !has_network) {
        if file.reading.value.as_ref().is_some_and(|read| !read.affiliation.is_empty()) {
            let message = "never decide: no brand has a whole network in its imsi_ranges, so \
                           POST /api/affiliation is not offered";
            let found = file.finding("affiliation", message.to_owned());
            warnings.push(of("affiliation_unused", &found));
        }
    }
}
