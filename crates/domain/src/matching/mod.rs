//! Whose SIM is this: service-metadata matching on GSM and CDMA.
//!
//! A plain total function over an immutable index, with a trace that explains it. GSM compares
//! the home provider name, then ICCID, then IMSI [MATCH-18], [MATCH-19]; CDMA the SID, then the
//! provider name [MATCH-57]. Not here: hardware ids ([`crate::hwid`]), the COSA database
//! ([`crate::cosa`]), precedence of settings ([`crate::effective`]), and reading catalogues.

mod conflict;
mod index;
mod range;
pub mod report;
mod table;

use crate::brand::{BrandId, Network};
use crate::identity::{Iccid, Imsi, masked};

pub use conflict::Conflict;
pub use index::{BrandIndex, Index, OVERLAPS_MAX};
pub use range::{Block, NumberRange, RangeFault};

/// The family of networks in which a match is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 3GPP.
    Gsm,
    /// 3GPP2.
    Cdma,
}

impl Mode {
    /// Tells whether a brand of that kind takes part.
    #[must_use]
    pub fn serves(self, network: Network) -> bool {
        matches!(
            (self, network),
            (_, Network::Both) | (Self::Gsm, Network::Gsm) | (Self::Cdma, Network::Cdma)
        )
    }
}

impl Mode {
    /// Returns the rules of the mode, the first that matches decides [MATCH-18], [MATCH-57].
    #[must_use]
    pub fn rules(self) -> &'static [Rule] {
        match self {
            Self::Gsm => &[Rule::HomeProviderName, Rule::Iccid, Rule::Imsi],
            Self::Cdma => &[Rule::Sid, Rule::ProviderName],
        }
    }
}

/// What is known of a SIM or device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sim {
    /// The family of networks.
    pub mode: Mode,
    /// GSM home provider name, as read.
    pub home_provider_name: Option<String>,
    /// ICCID.
    pub iccid: Option<Iccid>,
    /// IMSI.
    pub imsi: Option<Imsi>,
    /// CDMA system id.
    pub sid: Option<u16>,
    /// CDMA provider name.
    pub provider_name: Option<String>,
    /// Whether a PIN hides what is not given [MATCH-09].
    pub pin_locked: bool,
}

impl Sim {
    /// Describes a GSM SIM of which nothing is known yet.
    #[must_use]
    pub fn gsm() -> Self {
        Self {
            mode: Mode::Gsm,
            home_provider_name: None,
            iccid: None,
            imsi: None,
            sid: None,
            provider_name: None,
            pin_locked: false,
        }
    }

    /// Describes a CDMA device of which nothing is known yet.
    #[must_use]
    pub fn cdma() -> Self {
        Self { mode: Mode::Cdma, ..Self::gsm() }
    }

    /// Tells whether a PIN hides the IMSI, so that nothing is looked up [MATCH-09].
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.mode == Mode::Gsm && self.pin_locked && self.imsi.is_none()
    }
}

/// A rule that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// GSM home provider name.
    HomeProviderName,
    /// ICCID range.
    Iccid,
    /// IMSI range.
    Imsi,
    /// CDMA system id.
    Sid,
    /// CDMA provider name.
    ProviderName,
}

impl Rule {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HomeProviderName => "home_provider_name",
            Self::Iccid => "iccid",
            Self::Imsi => "imsi",
            Self::Sid => "sid",
            Self::ProviderName => "provider_name",
        }
    }
}

impl Outcome {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoMatch => "no_match",
            Self::Matched => "matched",
            Self::Shadowed => "shadowed",
            Self::SkippedPin => "skipped_pin",
            Self::Invalid => "invalid",
        }
    }
}

/// What came of trying a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was no value to compare.
    Absent,
    /// No brand has this value.
    NoMatch,
    /// This rule decides.
    Matched,
    /// It would have matched, had an earlier rule not decided.
    Shadowed,
    /// A PIN hides the IMSI, so nothing is looked up [MATCH-09].
    SkippedPin,
    /// The value cannot be compared: an IMSI shorter than 15 digits [MATCH-79].
    Invalid,
}

/// What of a brand's targets a value met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name, as the index compares it.
    Name(String),
    /// A system id.
    Sid(u16),
    /// A range; those of one brand that meet are one.
    Range(NumberRange),
}

/// A rule tried, the value masked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// The rule.
    pub rule: Rule,
    /// The value compared, masked where it identifies somebody.
    pub value: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// The brand that has this value.
    pub brand: Option<BrandId>,
}

/// What is odd about a SIM and does not keep it from being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Its IMSI has not 15 digits, as ranges have [MATCH-79].
    ImsiLength {
        /// How many it has.
        digits: usize,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ImsiLength { digits } => {
                write!(f, "the IMSI has {digits} digits, ranges are of 15")
            }
        }
    }
}

/// The brand of a SIM, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The brand and the rule that decided; absent when nothing matched.
    pub found: Option<(BrandId, Rule)>,
    /// What of the brand's targets decided; absent when nothing matched.
    pub target: Option<Target>,
    /// Each rule of the mode, in order.
    pub trace: Vec<TraceLine>,
    /// What is odd about the SIM.
    pub warnings: Vec<Warning>,
}

/// Finds the brand of a SIM. Total and deterministic.
#[must_use]
pub fn find(index: &Index, sim: &Sim) -> Match {
    let rules = sim.mode.rules();
    let mut result = Match {
        found: None,
        target: None,
        trace: Vec::with_capacity(rules.len()),
        warnings: Vec::new(),
    };
    for &rule in rules {
        let (outcome, brand) = match probe(index, sim, rule) {
            _ if sim.is_hidden() => (Outcome::SkippedPin, None),
            Probe::Absent => (Outcome::Absent, None),
            Probe::Invalid { digits } => {
                result.warnings.push(Warning::ImsiLength { digits });
                (Outcome::Invalid, None)
            }
            Probe::Miss => (Outcome::NoMatch, None),
            Probe::Hit { brand, range } => {
                let brand = index.brand(brand).cloned();
                if result.found.is_none() {
                    result.found = brand.clone().map(|brand| (brand, rule));
                    result.target = range.map(Target::Range).or_else(|| named_target(sim, rule));
                    (Outcome::Matched, brand)
                } else {
                    (Outcome::Shadowed, brand)
                }
            }
        };
        result.trace.push(TraceLine { rule, value: shown(sim, rule), outcome, brand });
    }
    result
}

/// Finds the brand of a SIM as [`find`] does, without a word of explanation and without
/// allocating.
#[must_use]
pub fn brand_of(index: &Index, sim: &Sim) -> Option<BrandIndex> {
    if sim.is_hidden() {
        return None;
    }
    match sim.mode {
        Mode::Gsm => home_provider(sim)
            .and_then(|name| index.home_provider(name))
            .or_else(|| index.iccid_brand(Block::of_iccid(sim.iccid.as_ref()?)))
            .or_else(|| index.imsi_brand(Block::of_imsi(sim.imsi.as_ref()?))),
        Mode::Cdma => sim
            .sid
            .and_then(|sid| index.sid(sid))
            .or_else(|| index.provider_name(provider_name(sim)?)),
    }
}

/// What comparing one value with the index gives.
enum Probe {
    Absent,
    Invalid { digits: usize },
    Miss,
    Hit { brand: BrandIndex, range: Option<NumberRange> },
}

impl Probe {
    fn of_name(found: Option<BrandIndex>) -> Self {
        found.map_or(Self::Miss, |brand| Self::Hit { brand, range: None })
    }

    fn of_number(found: Option<index::Hit>) -> Self {
        found.map_or(Self::Miss, |hit| Self::Hit { brand: hit.brand, range: Some(hit.range) })
    }
}

fn probe(index: &Index, sim: &Sim, rule: Rule) -> Probe {
    let found = match rule {
        Rule::HomeProviderName => {
            home_provider(sim).map(|name| Probe::of_name(index.home_provider(name)))
        }
        Rule::Iccid => {
            let iccid = sim.iccid.as_ref();
            iccid.map(|iccid| Probe::of_number(index.iccid_block(Block::of_iccid(iccid))))
        }
        Rule::Imsi => sim.imsi.as_ref().map(|imsi| match imsi.reveal().len() {
            15 => Probe::of_number(index.imsi_block(Block::of_imsi(imsi))),
            digits => Probe::Invalid { digits },
        }),
        Rule::Sid => sim.sid.map(|sid| Probe::of_name(index.sid(sid))),
        Rule::ProviderName => {
            provider_name(sim).map(|name| Probe::of_name(index.provider_name(name)))
        }
    };
    found.unwrap_or(Probe::Absent)
}

fn home_provider(sim: &Sim) -> Option<&str> {
    let name = sim.home_provider_name.as_deref().map(index::without_padding);
    name.filter(|name| !name.is_empty())
}

fn provider_name(sim: &Sim) -> Option<&str> {
    sim.provider_name.as_deref().filter(|name| !name.is_empty())
}

/// Returns the value of a rule as a trace may show it.
fn shown(sim: &Sim, rule: Rule) -> Option<String> {
    match rule {
        Rule::HomeProviderName => home_provider(sim).map(str::to_owned),
        Rule::Iccid => sim.iccid.as_ref().map(|iccid| masked(iccid.reveal())),
        Rule::Imsi => sim.imsi.as_ref().map(|imsi| masked(imsi.reveal())),
        Rule::Sid => sim.sid.map(|sid| sid.to_string()),
        Rule::ProviderName => provider_name(sim).map(str::to_owned),
    }
}

fn named_target(sim: &Sim, rule: Rule) -> Option<Target> {
    match rule {
        Rule::Sid => sim.sid.map(Target::Sid),
        Rule::HomeProviderName => home_provider(sim).map(|name| Target::Name(name.to_owned())),
        Rule::ProviderName => provider_name(sim).map(|name| Target::Name(name.to_owned())),
        Rule::Iccid | Rule::Imsi => None,
    }
}
