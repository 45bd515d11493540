//! What an operator should know of a catalogue: what is wrong, what is suspicious, and which
//! SIMs and ranges have lost each other.
//!
//! Pure reports. Not here: where it stands in which file (the server's catalogue), and what a
//! catalogue file may say. Implements [MATCH-23], [MATCH-24], [MATCH-75] and the rows CO-5 and
//! CO-6 of 04-matching §7.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::brand::{Brand, BrandId, Network, Purpose};
use crate::hwid;

use super::{Conflict, Index, Mode, Outcome, Rule, Sim, Target, find};

/// Whether a catalogue may be used in spite of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It may not.
    Error,
    /// It may, and somebody should look.
    Warning,
}

/// Something to know of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It cannot be indexed.
    Conflict(Conflict),
    /// A brand matched by hash only has too many blocks [MATCH-17].
    HashBlocks {
        /// The brand.
        brand: BrandId,
        /// How many it has.
        found: u64,
    },
    /// A brand sells plans that nobody can use: it has no profile for the Internet.
    UnreachablePlans {
        /// The brand.
        brand: BrandId,
        /// How many plans.
        plans: usize,
    },
    /// Two names are distinct by their case only [MATCH-75].
    NearNames {
        /// The brand met first, and its spelling.
        first: (BrandId, String),
        /// The other brand, and its spelling.
        second: (BrandId, String),
        /// Which list they are in.
        rule: Rule,
    },
    /// A brand is known by CDMA names only, while others have SIDs: where its devices report one
    /// of those the SID wins [MATCH-57], CO-5.
    NameBehindSids {
        /// The brand known by name.
        brand: BrandId,
        /// The brands that have SIDs.
        rivals: Vec<BrandId>,
    },
    /// No SIM finds this brand: it has no target for the networks it serves.
    NoTargets {
        /// The brand.
        brand: BrandId,
    },
    /// A brand that sells has no profile for purchase, so its portal is reached over the
    /// Internet profile or not at all [MATCH-104].
    NoPurchaseProfile {
        /// The brand.
        brand: BrandId,
    },
    /// A brand that sells has no `AccountExperienceURL`, so Windows opens nothing [PORT-14].
    NoPortal {
        /// The brand.
        brand: BrandId,
    },
    /// An `AppID` hides the portal from Windows 10 version 1803 on [PORT-15].
    PortalHidden {
        /// The brand.
        brand: BrandId,
    },
}

impl Finding {
    /// Returns the word by which programs know it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict(conflict) => conflict.code(),
            Self::HashBlocks { .. } => "hash_blocks",
            Self::UnreachablePlans { .. } => "unreachable_plans",
            Self::NearNames { .. } => "near_names",
            Self::NameBehindSids { .. } => "name_behind_sids",
            Self::NoTargets { .. } => "no_targets",
            Self::NoPurchaseProfile { .. } => "no_purchase_profile",
            Self::NoPortal { .. } => "no_portal",
            Self::PortalHidden { .. } => "portal_hidden",
        }
    }

    /// Returns how bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Conflict(_) | Self::HashBlocks { .. } | Self::UnreachablePlans { .. } => {
                Severity::Error
            }
            Self::NearNames { .. }
            | Self::NameBehindSids { .. }
            | Self::NoTargets { .. }
            | Self::NoPurchaseProfile { .. }
            | Self::NoPortal { .. }
            | Self::PortalHidden { .. } => Severity::Warning,
        }
    }

    /// Returns the brand whose file should change; of two the later one.
    #[must_use]
    pub fn brand(&self) -> &BrandId {
        match self {
            Self::Conflict(
                Conflict::Range { brand, .. }
                | Conflict::EmptyName { brand, .. }
                | Conflict::Overlap { second: brand, .. },
            )
            | Self::NearNames { second: (brand, _), .. }
            | Self::HashBlocks { brand, .. }
            | Self::UnreachablePlans { brand, .. }
            | Self::NameBehindSids { brand, .. }
            | Self::NoTargets { brand }
            | Self::NoPurchaseProfile { brand }
            | Self::NoPortal { brand }
            | Self::PortalHidden { brand } => brand,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Ranges are the operators' own and identify nobody.
            Self::Conflict(Conflict::Overlap {
                first,
                second,
                rule,
                ranges: Some((one, other)),
                ..
            }) => write!(
                f,
                "the {} ranges {}–{} of {first} and {}–{} of {second} meet",
                rule.name(),
                one.start(),
                one.end(),
                other.start(),
                other.end()
            ),
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::HashBlocks { brand, found } => {
                write!(f, "{brand}: {found} blocks to hash, {} are allowed", hwid::BLOCKS_MAX)
            }
            Self::UnreachablePlans { brand, plans } => {
                write!(f, "{brand}: no internet profile for {plans} plans")
            }
            Self::NearNames { first: (first, one), second: (second, other), rule } => {
                let rule = rule.name();
                write!(f, "the {rule} {other:?} of {second} is {one:?} of {first} but for its case")
            }
            Self::NameBehindSids { brand, rivals } => {
                let rivals: Vec<&str> = rivals.iter().map(BrandId::as_str).collect();
                let rivals = rivals.join(", ");
                write!(f, "{brand}: known by name only; a SID of {rivals} wins where both match")
            }
            Self::NoTargets { brand } => write!(f, "{brand}: no SIM can match it"),
            Self::NoPurchaseProfile { brand } => write!(f, "{brand}: no purchase profile"),
            Self::NoPortal { brand } => write!(f, "{brand}: plans but no account_experience_url"),
            Self::PortalHidden { brand } => {
                write!(f, "{brand}: app_id hides the portal on Windows 10 1803 and later")
            }
        }
    }
}

/// Goes through a catalogue; errors come first. `hash_only` are the brands that are matched by
/// hash only.
#[must_use]
pub fn lint(brands: &[Brand], hash_only: &BTreeSet<BrandId>) -> Vec<Finding> {
    let conflicts = Index::build(brands).err().unwrap_or_default();
    let mut findings: Vec<Finding> = conflicts.into_iter().map(Finding::Conflict).collect();
    near_names(brands, &mut findings);
    names_behind_sids(brands, &mut findings);
    for brand in brands {
        lint_brand(brand, hash_only.contains(&brand.id), &mut findings);
    }
    findings.sort_by_key(Finding::severity);
    findings
}

fn lint_brand(brand: &Brand, is_hash_only: bool, findings: &mut Vec<Finding>) {
    let id = || brand.id.clone();
    let found = hwid::blocks(brand);
    if is_hash_only && found > hwid::BLOCKS_MAX {
        findings.push(Finding::HashBlocks { brand: id(), found });
    }
    let targets = &brand.targets;
    let has_gsm = !(targets.home_provider_names.is_empty()
        && targets.iccid_ranges.is_empty()
        && targets.imsi_ranges.is_empty());
    let has_cdma = !(targets.sids.is_empty() && targets.provider_names.is_empty());
    let is_matched = match brand.network {
        Network::Gsm => has_gsm,
        Network::Cdma => has_cdma,
        Network::Both => has_gsm || has_cdma,
    };
    if !is_matched {
        findings.push(Finding::NoTargets { brand: id() });
    }
    if brand.plans.is_empty() {
        return;
    }
    if brand.connection(Purpose::Internet).is_none() {
        findings.push(Finding::UnreachablePlans { brand: id(), plans: brand.plans.len() });
    }
    if brand.connection(Purpose::Purchase).is_none() {
        findings.push(Finding::NoPurchaseProfile { brand: id() });
    }
    match (&brand.portal.app_id, &brand.portal.account_experience_url) {
        (Some(_), _) => findings.push(Finding::PortalHidden { brand: id() }),
        (None, None) => findings.push(Finding::NoPortal { brand: id() }),
        (None, Some(_)) => {}
    }
}

fn near_names(brands: &[Brand], findings: &mut Vec<Finding>) {
    let mut spelled: BTreeMap<(&str, String), (&BrandId, &str)> = BTreeMap::new();
    for brand in brands {
        let hpns = brand.targets.home_provider_names.iter();
        let names = brand.targets.provider_names.iter();
        let hpns = hpns.map(|name| (Rule::HomeProviderName, Mode::Gsm, name));
        let names = names.map(|name| (Rule::ProviderName, Mode::Cdma, name));
        for (rule, mode, name) in hpns.chain(names) {
            if !mode.serves(brand.network) {
                continue;
            }
            let entry = spelled.entry((rule.name(), name.to_lowercase()));
            let (first, spelling) = *entry.or_insert((&brand.id, name));
            // A brand may list its own spellings [MATCH-58].
            if *first != brand.id && spelling != name {
                let first = (first.clone(), spelling.to_owned());
                let second = (brand.id.clone(), name.clone());
                findings.push(Finding::NearNames { first, second, rule });
            }
        }
    }
}

fn names_behind_sids(brands: &[Brand], findings: &mut Vec<Finding>) {
    let cdma = || brands.iter().filter(|brand| Mode::Cdma.serves(brand.network));
    let with_sids: BTreeSet<&BrandId> =
        cdma().filter(|brand| !brand.targets.sids.is_empty()).map(|brand| &brand.id).collect();
    if with_sids.is_empty() {
        return;
    }
    let by_name = cdma().filter(|brand| !brand.targets.provider_names.is_empty());
    for brand in by_name.filter(|brand| !with_sids.contains(&brand.id)) {
        let rivals = with_sids.iter().map(|rival| (*rival).clone()).collect();
        findings.push(Finding::NameBehindSids { brand: brand.id.clone(), rivals });
    }
}

/// How a catalogue and real SIMs go together, CO-6. SIMs are named by their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// SIMs that only a range of a whole network matched [MATCH-50].
    pub by_catch_all: Vec<usize>,
    /// SIMs that nothing matched.
    pub by_nothing: Vec<usize>,
    /// SIMs whose IMSI a PIN hides, so that nothing was looked up.
    pub hidden: Vec<usize>,
    /// Targets that decided for none of the SIMs.
    pub never_matched: Vec<(BrandId, Rule, Target)>,
    /// The brand of a SID that decided, and the brand whose name it shadowed, CO-5.
    pub names_behind_sids: BTreeSet<(BrandId, BrandId)>,
}

/// Tells how a catalogue and these SIMs go together.
#[must_use]
pub fn coverage(index: &Index, sims: &[Sim]) -> Coverage {
    let mut coverage = Coverage::default();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (at, sim) in sims.iter().enumerate() {
        let result = find(index, sim);
        match &result.target {
            None if sim.is_hidden() => coverage.hidden.push(at),
            None => coverage.by_nothing.push(at),
            Some(Target::Range(range)) if range.is_whole_network() => {
                coverage.by_catch_all.push(at);
            }
            Some(Target::Name(_) | Target::Sid(_) | Target::Range(_)) => {}
        }
        let Some((brand, rule)) = result.found else { continue };
        used.extend(result.target.as_ref().map(|target| target_key(rule, target)));
        let shadowed = result.trace.into_iter().filter(|line| line.outcome == Outcome::Shadowed);
        let shadowed = shadowed.filter(|line| line.rule == Rule::ProviderName);
        for other in shadowed.filter_map(|line| line.brand).filter(|other| *other != brand) {
            coverage.names_behind_sids.insert((brand.clone(), other));
        }
    }
    let idle = |(_, rule, target): &(BrandId, Rule, Target)| {
        !used.contains(target_key(*rule, target).as_str())
    };
    coverage.never_matched = targets(index).into_iter().filter(idle).collect();
    coverage
}

fn target_key(rule: Rule, target: &Target) -> String {
    match target {
        Target::Name(name) => format!("{} {name}", rule.name()),
        Target::Sid(sid) => format!("{} {sid}", rule.name()),
        Target::Range(range) => format!("{} {}", rule.name(), range.start()),
    }
}

/// Lists every target of an index.
fn targets(index: &Index) -> Vec<(BrandId, Rule, Target)> {
    let named = |rule| {
        index.names(rule).map(move |(name, brand)| (rule, brand, Target::Name(name.to_owned())))
    };
    let ranges = index.ranges().map(|(rule, hit)| (rule, hit.brand, Target::Range(hit.range)));
    let sids = index.all_sids().map(|(sid, brand)| (Rule::Sid, brand, Target::Sid(sid)));
    let all = named(Rule::HomeProviderName).chain(ranges).chain(sids);
    let all = all.chain(named(Rule::ProviderName));
    all.filter_map(|(rule, brand, target)| Some((index.brand(brand)?.clone(), rule, target)))
        .collect()
}
