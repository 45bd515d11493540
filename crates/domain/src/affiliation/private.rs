//! Rules about SIMs that an operator publishes in no metadata [MATCH-56].
//!
//! Each is a list of identifiers that must all match. They rank as the engine compares: the
//! provider name before the ICCID [MATCH-18], the ICCID before what tells the subscriber
//! [MATCH-19]; a group identifier narrows a network, and more identifiers go before fewer. Two
//! brands may not have rules of one rank that a SIM could match both [MATCH-23]. Not here: the
//! catalogue's keys.

use std::collections::BTreeMap;
use std::fmt;

use crate::brand::BrandId;
use crate::cosa::{Plmn, SimFacts, Target};
use crate::identity::Imsi;
use crate::matching::{NumberRange, Sim};

/// Most rules of a catalogue: each question looks at all of them.
pub const RULES_MAX: usize = 100_000;

/// Digits of an IMSI.
const IMSI_DIGITS: usize = 15;

/// A rule of an operator; its Debug names no number.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateRule {
    /// Whose the SIMs are.
    pub brand: BrandId,
    /// The identifiers, of which a PLMN network name is none: no app can send it.
    pub target: Target,
}

impl fmt::Debug for PrivateRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [spn, iccid, gid1, imsi, plmn] = rank(&self.target);
        write!(f, "PrivateRule({}", self.brand)?;
        let names =
            [(spn, "spn"), (iccid, "iccid"), (gid1, "gid1"), (imsi, "imsi"), (plmn, "plmn")];
        names.iter().filter(|(has, _)| *has).try_for_each(|(_, name)| write!(f, " {name}"))?;
        f.write_str(")")
    }
}

/// Says why a single rule can decide nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFault {
    /// It has no identifier.
    Empty,
    /// Its IMSI range is not of its network, so that no SIM matches both.
    Network,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "names no SIM; give plmn, imsi, iccid, spn or gid1",
            Self::Network => "has an IMSI range that is not of its network, so no SIM matches",
        })
    }
}

impl PrivateRule {
    /// Checks the rule alone.
    ///
    /// # Errors
    /// It can decide nothing.
    pub fn check(&self) -> Result<(), RuleFault> {
        let Target { plmn, imsi, .. } = &self.target;
        if rank(&self.target) == [false; 5] {
            return Err(RuleFault::Empty);
        }
        match (imsi, whole(plmn.as_ref().map(Plmn::as_str))) {
            (Some(imsis), Some(network)) if !holds(&network, imsis) => Err(RuleFault::Network),
            _ => Ok(()),
        }
    }
}

/// Finds the brand that the rules give a SIM; the highest rank that matches decides. Looks at
/// every rule, whatever is found.
#[must_use]
pub fn brand_of<'r>(
    rules: &'r [PrivateRule],
    sim: &Sim,
    gid1: Option<&str>,
) -> Option<&'r BrandId> {
    let name = sim.home_provider_name.as_deref().unwrap_or_default();
    // As a SIM's name is compared [MATCH-21].
    let name = name.trim_end_matches([' ', '\0']);
    let facts = SimFacts {
        imsi: sim.imsi.clone(),
        iccid: sim.iccid.clone(),
        spn: (!name.is_empty()).then(|| name.to_owned()),
        gid1: gid1.filter(|gid1| !gid1.is_empty()).map(str::to_owned),
        ..SimFacts::default()
    };
    let mut best: Option<([bool; 5], &BrandId)> = None;
    for rule in rules {
        let is_better = best.is_none_or(|(rank_so_far, _)| rank(&rule.target) > rank_so_far);
        if rule.target.score(&facts).is_some() && is_better {
            best = Some((rank(&rule.target), &rule.brand));
        }
    }
    best.map(|(_, brand)| brand).filter(|_| !sim.is_hidden())
}

/// What is wrong between rules, by their places in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFindings {
    /// The later one of two brands' rules of one rank that a SIM could match both, and the
    /// earlier one; one pair for each rule at most.
    pub conflicts: Vec<(usize, usize)>,
    /// A rule that never decides, and the one that always decides before it or as it would.
    pub idle: Vec<(usize, usize)>,
}

/// Compares rules with each other; those that [`PrivateRule::check`] refuses are left out.
#[must_use]
pub fn compare(rules: &[PrivateRule]) -> RuleFindings {
    let mut findings = RuleFindings::default();
    // Only rules with the same names and the same kinds of numbers can meet at one rank.
    let mut groups: BTreeMap<_, Vec<Claim<'_>>> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.check().is_ok()) {
        let Target { spn, gid1, iccid, .. } = &rule.target;
        let numbers = numbers(&rule.target);
        let gid1 = gid1.as_ref().map(|gid1| gid1.to_ascii_lowercase());
        let key = (spn.as_deref(), gid1, iccid.is_some(), numbers.is_some());
        let claim = Claim { at, rule, rank: rank(&rule.target), iccids: *iccid, imsis: numbers };
        groups.entry(key).or_default().push(claim);
    }
    for mut group in groups.into_values() {
        // Whatever holds another one comes before it.
        group.sort_by(|one, other| {
            let key = |claim: &Claim<'_>| claim.line().map(|range| range.low());
            let end = |claim: &Claim<'_>| claim.line().map(|range| range.high());
            key(one)
                .cmp(&key(other))
                .then_with(|| end(other).cmp(&end(one)))
                .then_with(|| other.rank.cmp(&one.rank))
                .then_with(|| one.at.cmp(&other.at))
        });
        sweep(&group, &mut findings);
    }
    findings.conflicts.sort_unstable();
    findings.idle.sort_unstable();
    findings
}

fn sweep(group: &[Claim<'_>], findings: &mut RuleFindings) {
    let mut open: Vec<&Claim<'_>> = Vec::new();
    for claim in group {
        open.retain(|earlier| match (earlier.line(), claim.line()) {
            (Some(earlier), Some(line)) => earlier.high() >= line.low(),
            _ => true,
        });
        let decides_before = |other: &&&Claim<'_>| {
            let is_same = other.rank == claim.rank && other.rule.brand == claim.rule.brand;
            (other.rank > claim.rank || is_same) && other.holds(claim)
        };
        // Whatever meets a rule that never decides meets the one before it, or is no matter.
        if let Some(other) = open.iter().find(decides_before) {
            findings.idle.push((claim.at, other.at));
            continue;
        }
        let is_rival = |other: &&&Claim<'_>| {
            other.rank == claim.rank && other.rule.brand != claim.rule.brand && other.meets(claim)
        };
        if let Some(rival) = open.iter().find(is_rival) {
            let (first, second) = (claim.at.min(rival.at), claim.at.max(rival.at));
            findings.conflicts.push((second, first));
        }
        open.push(claim);
    }
}

/// A rule with its numbers as ranges.
struct Claim<'r> {
    at: usize,
    rule: &'r PrivateRule,
    rank: [bool; 5],
    iccids: Option<NumberRange>,
    imsis: Option<NumberRange>,
}

impl Claim<'_> {
    /// The range along which a group is walked.
    fn line(&self) -> Option<NumberRange> {
        self.iccids.or(self.imsis)
    }

    fn meets(&self, other: &Self) -> bool {
        let meet = |one: Option<NumberRange>, other: Option<NumberRange>| match (one, other) {
            (Some(one), Some(other)) => one.meets(&other),
            _ => true,
        };
        meet(self.iccids, other.iccids) && meet(self.imsis, other.imsis)
    }

    fn holds(&self, other: &Self) -> bool {
        let is_inside = |one: Option<NumberRange>, other: Option<NumberRange>| match (one, other) {
            (Some(one), Some(other)) => holds(&one, &other),
            _ => true,
        };
        is_inside(self.iccids, other.iccids) && is_inside(self.imsis, other.imsis)
    }
}

fn holds(range: &NumberRange, other: &NumberRange) -> bool {
    range.contains(other.low()) && range.contains(other.high())
}

/// Which identifiers a rule has, the strongest first: greater decides.
fn rank(target: &Target) -> [bool; 5] {
    let Target { plmn, imsi, iccid, spn, gid1, .. } = target;
    [spn.is_some(), iccid.is_some(), gid1.is_some(), imsi.is_some(), plmn.is_some()]
}

/// Returns the IMSIs of a rule: its range, or its whole network [MATCH-22].
fn numbers(target: &Target) -> Option<NumberRange> {
    target.imsi.or_else(|| whole(target.plmn.as_ref().map(Plmn::as_str)))
}

fn whole(plmn: Option<&str>) -> Option<NumberRange> {
    let plmn = plmn?;
    let rest = IMSI_DIGITS.saturating_sub(plmn.len());
    let end = |digit: &str| Imsi::parse(&format!("{plmn}{}", digit.repeat(rest))).ok();
    NumberRange::of_imsis(&end("0")?, &end("9")?).ok()
}
