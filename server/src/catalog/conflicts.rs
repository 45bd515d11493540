//! What is wrong between brands: numbers and names that two of them claim, and ranges that are
//! none.
//!
//! The index decides ([`domain::matching::Index`]); this module says where it stands in the
//! files. Implements the messages of [MATCH-13], [MATCH-20], [MATCH-23], [MATCH-24].

use std::collections::BTreeMap;

use api::machine::Finding;
use domain::brand::{Brand, BrandId, Targets};
use domain::identity::masked;
use domain::matching::{Conflict, Index, Rule};

use super::LoadedFile;
use crate::config::document::shorten;

/// Comparisons that finding the lines may cost; beyond it a finding has the line of its list.
const COMPARISONS_MAX: usize = 2_000_000;

/// Indexes the brands that could be read.
///
/// # Errors
/// Every conflict between them.
pub(super) fn index(files: &[LoadedFile]) -> Result<Index, Vec<Finding>> {
    let mut by_id: BTreeMap<&BrandId, &LoadedFile> = BTreeMap::new();
    for file in files {
        if let Some(brand) = file.brand() {
            // A repeated id is a finding of its own; its second file would conflict with itself.
            by_id.entry(&brand.id).or_insert(file);
        }
    }
    let brands = by_id.values().filter_map(|file| file.brand());
    Index::build(brands).map_err(|conflicts| {
        let mut locator = Locator { by_id, seen: BTreeMap::new(), left: COMPARISONS_MAX };
        let findings = conflicts.iter().filter_map(|conflict| locator.finding(conflict));
        let mut findings = findings.collect();
        shorten(&mut findings);
        findings
    })
}

/// Something that a brand claims.
#[derive(Clone, Copy)]
enum Claim<'t> {
    Name(&'t str),
    Sid(u16),
    Range(&'t str, &'t str),
}

impl Claim<'_> {
    /// Tells whether both cannot stand; digits of one length compare as text.
    fn meets(self, other: Claim<'_>) -> bool {
        match (self, other) {
            (Self::Name(one), Claim::Name(other)) => one == other,
            (Self::Sid(one), Claim::Sid(other)) => one == other,
            (Self::Range(low, high), Claim::Range(from, to)) => {
                low.len() == from.len() && low <= to && from <= high
            }
            _ => false,
        }
    }

    /// Tells whether a conflict names this claim so.
    fn is_called(self, value: &str) -> bool {
        match self {
            Self::Name(name) => name == value,
            Self::Sid(sid) => sid.to_string() == value,
            Self::Range(start, _) => value.ends_with(&masked(start)),
        }
    }
}

fn claims(targets: &Targets, rule: Rule) -> Vec<Claim<'_>> {
    match rule {
        Rule::HomeProviderName => names(&targets.home_provider_names),
        Rule::ProviderName => names(&targets.provider_names),
        Rule::Sid => targets.sids.iter().copied().map(Claim::Sid).collect(),
        Rule::Iccid => {
            let ranges = targets.iccid_ranges.iter();
            ranges.map(|(start, end)| Claim::Range(start.reveal(), end.reveal())).collect()
        }
        Rule::Imsi => {
            let ranges = targets.imsi_ranges.iter();
            ranges.map(|(start, end)| Claim::Range(start.reveal(), end.reveal())).collect()
        }
    }
}

fn names(names: &[String]) -> Vec<Claim<'_>> {
    names.iter().map(|name| Claim::Name(name)).collect()
}

/// Returns the key of the list that a rule compares.
fn list_key(rule: Rule) -> &'static str {
    match rule {
        Rule::HomeProviderName => "match.home_provider_names",
        Rule::Iccid => "match.iccid_ranges",
        Rule::Imsi => "match.imsi_ranges",
        Rule::Sid => "match.sids",
        Rule::ProviderName => "match.provider_names",
    }
}

/// Finds out which element of a list a conflict is about.
struct Locator<'f> {
    by_id: BTreeMap<&'f BrandId, &'f LoadedFile>,
    /// Conflicts that read the same come from different elements: how many were placed.
    seen: BTreeMap<String, usize>,
    left: usize,
}

impl Locator<'_> {
    fn finding(&mut self, conflict: &Conflict) -> Option<Finding> {
        let (at_fault, rule) = match conflict {
            Conflict::Range { brand, rule, .. } | Conflict::EmptyName { brand, rule } => {
                (brand, *rule)
            }
            Conflict::Overlap { second, rule, .. } => (second, *rule),
        };
        let file = *self.by_id.get(at_fault)?;
        let element = self.element(conflict, file.brand()?, rule);
        let key = match element {
            Some(at) => format!("{}[{at}]", list_key(rule)),
            None => list_key(rule).to_owned(),
        };
        let message = match conflict {
            Conflict::Range { .. } => conflict.to_string(),
            Conflict::EmptyName { .. } => format!("{conflict}; remove it"),
            Conflict::Overlap { first, .. } => {
                let other = self.by_id.get(first)?;
                format!("{conflict}; {} has it too, keep it in one of them", other.name)
            }
        };
        Some(file.finding(&key, message))
    }

    fn element(&mut self, conflict: &Conflict, brand: &Brand, rule: Rule) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        let own = claims(&brand.targets, rule);
        let rivals = match conflict {
            Conflict::Overlap { first, .. } => {
                claims(&self.by_id.get(first)?.brand()?.targets, rule)
            }
            Conflict::Range { .. } | Conflict::EmptyName { .. } => Vec::new(),
        };
        let cost = own.len().saturating_mul(rivals.len().saturating_add(1));
        let left = self.left.checked_sub(cost);
        // Once too dear, not even the lists are put together again.
        self.left = left.unwrap_or(0);
        left?;
        let is_it = |(at, claim): &(usize, &Claim<'_>)| match conflict {
            Conflict::Range { .. } => {
                let alone = Index::build([&only(brand, rule, *at)]).err().unwrap_or_default();
                alone.contains(conflict)
            }
            Conflict::EmptyName { .. } => {
                matches!(claim, Claim::Name(name) if name.trim().is_empty())
            }
            Conflict::Overlap { value, .. } => {
                claim.is_called(value) && rivals.iter().any(|rival| claim.meets(*rival))
            }
        };
        let skipped = self.seen.entry(conflict.to_string()).or_default();
        let skip = *skipped;
        *skipped = skipped.saturating_add(1);
        own.iter().enumerate().filter(is_it).nth(skip).map(|(at, _)| at)
    }
}

/// Returns the brand with a single range of its own.
fn only(brand: &Brand, rule: Rule, at: usize) -> Brand {
    let all = &brand.targets;
    let targets = match rule {
        Rule::Iccid => Targets {
            iccid_ranges: all.iccid_ranges.get(at).cloned().into_iter().collect(),
            ..Targets::default()
        },
        Rule::Imsi => Targets {
            imsi_ranges: all.imsi_ranges.get(at).cloned().into_iter().collect(),
            ..Targets::default()
        },
        Rule::HomeProviderName | Rule::Sid | Rule::ProviderName => Targets::default(),
    };
    Brand {
        id: brand.id.clone(),
        name: String::new(),
        carrier_id: String::new(),
        network: brand.network,
        currency: brand.currency,
        targets,
        connections: Vec::new(),
        look: brand.look.clone(),
        portal: domain::brand::PortalSettings::default(),
        plans: Vec::new(),
        reconnect_after_purchase: false,
    }
}

/// Warns of names that two brands spell alike but for the case [MATCH-75].
pub(super) fn near_names(files: &[LoadedFile]) -> Vec<Finding> {
    let mut spelled: BTreeMap<(&str, String), (&BrandId, &str)> = BTreeMap::new();
    let mut warnings = Vec::new();
    for file in files {
        let Some(brand) = file.brand() else { continue };
        for rule in [Rule::HomeProviderName, Rule::ProviderName] {
            let key = list_key(rule);
            for (at, claim) in claims(&brand.targets, rule).into_iter().enumerate() {
                let Claim::Name(name) = claim else { continue };
                let entry = spelled.entry((key, name.to_lowercase()));
                let (first, spelling) = *entry.or_insert((&brand.id, name));
                if *first != brand.id && spelling != name {
                    let message = format!("differs from {spelling:?} of {first} by case only");
                    warnings.push(file.finding(&format!("{key}[{at}]"), message));
                }
            }
        }
    }
    warnings
}
