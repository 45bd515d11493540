//! Which SIMs a profile is for, and how well it fits one [MATCH-97] to [MATCH-99].
//!
//! Not here: choosing among profiles ([`super::select`]).

use std::fmt;

use crate::brand::BrandId;
use crate::identity::{Iccid, Imsi};
use crate::matching::{Block, NumberRange};

/// A network: MCC of 3 and MNC of 2 or 3 digits, which are not the same [MATCH-100].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plmn(String);

impl Plmn {
    /// Reads 5 or 6 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plmn = matches!(text.len(), 5 | 6) && text.bytes().all(|b| b.is_ascii_digit());
        is_plmn.then(|| Self(text.to_owned()))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of a SIM when its profile is chosen [MATCH-10].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimFacts {
    /// The home network as the device tells it, which knows how long the MNC is. Absent = the
    /// beginning of the IMSI is compared.
    pub home_plmn: Option<Plmn>,
    /// IMSI.
    pub imsi: Option<Imsi>,
    /// ICCID.
    pub iccid: Option<Iccid>,
    /// Service provider name.
    pub spn: Option<String>,
    /// PLMN network name.
    pub pnn: Option<String>,
    /// Group identifier level 1.
    pub gid1: Option<String>,
    /// The brand that service metadata finds, for profiles without targets.
    pub brand: Option<BrandId>,
}

/// Identifiers that must all match [MATCH-99].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// MCC and MNC, which are two identifiers; absent with an ICCID range only [MATCH-100].
    pub plmn: Option<Plmn>,
    /// IMSI range; blank = the whole network.
    pub imsi: Option<NumberRange>,
    /// ICCID range.
    pub iccid: Option<NumberRange>,
    /// Service provider name, compared exactly.
    pub spn: Option<String>,
    /// PLMN network name, compared exactly.
    pub pnn: Option<String>,
    /// Group identifier level 1, hexadecimal in any case.
    pub gid1: Option<String>,
}

/// The four forms that a target may have [MATCH-97]; a GID1 may stand beside each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A network with blank IMSI range.
    Network,
    /// A network and an IMSI range.
    ImsiRange,
    /// An ICCID range, with its network or without.
    IccidRange,
    /// A network and a provider name: SPN, PNN or both.
    ProviderName,
}

/// Says why a target has none of the four forms [MATCH-97].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFault {
    /// No network, and no ICCID range that could do without.
    NoNetwork,
    /// An IMSI range and an ICCID range.
    TwoRanges,
    /// A provider name and a range.
    NameAndRange,
    /// The IMSI range is not of the network, or is not of IMSIs.
    ImsiRange,
    /// The ICCID range is not of ICCIDs.
    IccidRange,
}

impl fmt::Display for TargetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNetwork => "no network (MCC and MNC)",
            Self::TwoRanges => "an IMSI range and an ICCID range, where one is allowed",
            Self::NameAndRange => "a provider name and a range, where one is allowed",
            Self::ImsiRange => "an IMSI range that is not of the network",
            Self::IccidRange => "an ICCID range that is not of ICCIDs",
        })
    }
}

impl Target {
    /// Returns which of the four forms the target has [MATCH-97].
    ///
    /// # Errors
    /// It has none of them, or two.
    pub fn form(&self) -> Result<Form, TargetFault> {
        let has_name = self.spn.is_some() || self.pnn.is_some();
        match (&self.plmn, &self.imsi, &self.iccid) {
            (_, Some(_), Some(_)) => Err(TargetFault::TwoRanges),
            (_, Some(_), None) | (_, None, Some(_)) if has_name => Err(TargetFault::NameAndRange),
            (_, None, Some(iccids)) if !matches!(iccids.low().digits(), 19 | 20) => {
                Err(TargetFault::IccidRange)
            }
            (_, None, Some(_)) => Ok(Form::IccidRange),
            (None, ..) => Err(TargetFault::NoNetwork),
            (Some(plmn), Some(imsis), None) => {
                let ends = [imsis.start(), imsis.end()];
                let is_inside = ends.iter().all(|end| end.starts_with(plmn.as_str()));
                let is_of_imsis = imsis.low().digits() == 15;
                (is_inside && is_of_imsis).then_some(Form::ImsiRange).ok_or(TargetFault::ImsiRange)
            }
            (Some(_), None, None) if has_name => Ok(Form::ProviderName),
            (Some(_), None, None) => Ok(Form::Network),
        }
    }

    /// Returns the number of identifiers, 0 to 7, when all of them match [MATCH-98], [MATCH-99].
    #[must_use]
    pub fn score(&self, sim: &SimFacts) -> Option<u32> {
        let plmn = self.plmn.as_ref().map(|plmn| is_of(plmn, sim));
        let imsi = self.imsi.as_ref().map(|range| {
            sim.imsi.as_ref().is_some_and(|imsi| range.contains(Block::of_imsi(imsi)))
        });
        let iccid = self.iccid.as_ref().map(|range| {
            sim.iccid.as_ref().is_some_and(|iccid| range.contains(Block::of_iccid(iccid)))
        });
        let name = |wanted: &Option<String>, found: &Option<String>| {
            wanted.as_ref().map(|wanted| found.as_ref() == Some(wanted))
        };
        let gid1 = self.gid1.as_ref().map(|wanted| {
            sim.gid1.as_ref().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
        });
        let others = [imsi, iccid, name(&self.spn, &sim.spn), name(&self.pnn, &sim.pnn), gid1];
        let weighed = [(plmn, 2)].into_iter().chain(others.map(|matches| (matches, 1)));
        let mut score = 0_u32;
        for (matches, weight) in weighed {
            match matches {
                Some(true) => score = score.saturating_add(weight),
                Some(false) => return None,
                None => {}
            }
        }
        // A target that says nothing is no target.
        (score > 0).then_some(score)
    }

    /// Returns the number of blocks of the range; a target without range is the widest.
    #[must_use]
    pub fn width(&self) -> u64 {
        let widths = [&self.imsi, &self.iccid].into_iter().flatten().map(NumberRange::blocks);
        widths.min().unwrap_or(u64::MAX)
    }
}

fn is_of(plmn: &Plmn, sim: &SimFacts) -> bool {
    match (&sim.home_plmn, &sim.imsi) {
        (Some(home), _) => home == plmn,
        (None, Some(imsi)) => imsi.reveal().starts_with(plmn.as_str()),
        (None, None) => false,
    }
}
