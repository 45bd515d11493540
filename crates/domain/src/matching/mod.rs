//! Whose SIM is this: service-metadata matching on GSM and CDMA.
//!
//! A plain total function over an immutable index, with a trace that explains it. GSM compares
//! the home provider name, then ICCID, then IMSI [MATCH-18], [MATCH-19]; CDMA the SID, then the
//! provider name [MATCH-57]. Not here: the COSA database, hardware ids and precedence of
//! settings, and reading catalogues.

mod index;

use crate::brand::{BrandId, Network};
use crate::identity::{Iccid, Imsi, masked};

pub use index::{Conflict, Index, RangeFault};

/// The family of networks in which a match is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 3GPP.
    Gsm,
    /// 3GPP2.
    Cdma,
}

impl Mode {
    fn serves(self, network: Network) -> bool {
        matches!(
            (self, network),
            (_, Network::Both) | (Self::Gsm, Network::Gsm) | (Self::Cdma, Network::Cdma)
        )
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

/// The brand of a SIM, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The brand and the rule that decided; absent when nothing matched.
    pub found: Option<(BrandId, Rule)>,
    /// Each rule of the mode, in order.
    pub trace: Vec<TraceLine>,
}

/// Finds the brand of a SIM. Total and deterministic.
#[must_use]
pub fn find(index: &Index, sim: &Sim) -> Match {
    let is_hidden = sim.mode == Mode::Gsm && sim.pin_locked && sim.imsi.is_none();
    let candidates = match sim.mode {
        Mode::Gsm => gsm_candidates(index, sim),
        Mode::Cdma => cdma_candidates(index, sim),
    };
    let mut found: Option<(BrandId, Rule)> = None;
    let mut trace = Vec::with_capacity(candidates.len());
    for Candidate { rule, value, hit } in candidates {
        let (outcome, brand) = match (is_hidden, hit) {
            (true, _) => (Outcome::SkippedPin, None),
            (false, Hit::Absent) => (Outcome::Absent, None),
            (false, Hit::Invalid) => (Outcome::Invalid, None),
            (false, Hit::Compared(None)) => (Outcome::NoMatch, None),
            (false, Hit::Compared(Some(brand))) if found.is_some() => {
                (Outcome::Shadowed, Some(brand.clone()))
            }
            (false, Hit::Compared(Some(brand))) => {
                found = Some((brand.clone(), rule));
                (Outcome::Matched, Some(brand.clone()))
            }
        };
        trace.push(TraceLine { rule, value, outcome, brand });
    }
    Match { found, trace }
}

struct Candidate<'i> {
    rule: Rule,
    value: Option<String>,
    hit: Hit<'i>,
}

enum Hit<'i> {
    Absent,
    Invalid,
    Compared(Option<&'i BrandId>),
}

fn gsm_candidates<'i>(index: &'i Index, sim: &Sim) -> Vec<Candidate<'i>> {
    let name = sim.home_provider_name.as_deref().map(index::without_padding);
    let name = name.filter(|name| !name.is_empty());
    let imsi = match &sim.imsi {
        None => Hit::Absent,
        Some(imsi) if imsi.reveal().len() != 15 => Hit::Invalid,
        Some(imsi) => Hit::Compared(index.by_imsi(imsi)),
    };
    vec![
        Candidate {
            rule: Rule::HomeProviderName,
            value: name.map(str::to_owned),
            hit: name.map_or(Hit::Absent, |name| Hit::Compared(index.by_home_provider(name))),
        },
        Candidate {
            rule: Rule::Iccid,
            value: sim.iccid.as_ref().map(Iccid::masked),
            hit: sim.iccid.as_ref().map_or(Hit::Absent, |i| Hit::Compared(index.by_iccid(i))),
        },
        Candidate {
            rule: Rule::Imsi,
            value: sim.imsi.as_ref().map(|i| masked(i.reveal())),
            hit: imsi,
        },
    ]
}

fn cdma_candidates<'i>(index: &'i Index, sim: &Sim) -> Vec<Candidate<'i>> {
    let name = sim.provider_name.as_deref().filter(|name| !name.is_empty());
    vec![
        Candidate {
            rule: Rule::Sid,
            value: sim.sid.map(|sid| sid.to_string()),
            hit: sim.sid.map_or(Hit::Absent, |sid| Hit::Compared(index.by_sid(sid))),
        },
        Candidate {
            rule: Rule::ProviderName,
            value: name.map(str::to_owned),
            hit: name.map_or(Hit::Absent, |name| Hit::Compared(index.by_provider_name(name))),
        },
    ]
}
