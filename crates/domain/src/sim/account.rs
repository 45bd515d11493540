//! Devices, what makes a SIM itself, and the account that is made of it.
//!
//! Not here: what happens to them ([`super::step`]).

use std::fmt;

use crate::brand::{BrandId, Network};
use crate::identity::{Iccid, Imsi, masked};
use crate::matching::{Mode, Rule, Sim};

use super::recheck::Recheck;

/// What a device can do and whom it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radio {
    /// One mode, one subscription [MATCH-92].
    SingleMode(Mode),
    /// Several modes, one subscription: reports GSM [MATCH-93].
    MultiMode,
    /// One mode at a time, several subscriptions: reports the active one's mode [MATCH-94].
    MultiSubscription,
}

impl Radio {
    /// Tells whether the device may report that mode.
    #[must_use]
    pub fn reports(self, mode: Mode) -> bool {
        match self {
            Self::SingleMode(own) => own == mode,
            Self::MultiMode => mode == Mode::Gsm,
            Self::MultiSubscription => true,
        }
    }

    /// Returns for which networks an operator makes metadata for such devices; for both means one
    /// each.
    #[must_use]
    pub fn metadata(self) -> Network {
        match self {
            Self::SingleMode(Mode::Gsm) | Self::MultiMode => Network::Gsm,
            Self::SingleMode(Mode::Cdma) => Network::Cdma,
            Self::MultiSubscription => Network::Both,
        }
    }
}

/// What makes a SIM itself: of GSM the ICCID where there is one [MATCH-87].
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// GSM, by its ICCID.
    Iccid(Iccid),
    /// GSM without a readable ICCID, by its IMSI.
    Imsi(Imsi),
    /// GSM without either, by its home provider name.
    HomeProvider(String),
    /// CDMA, by what the device reports.
    Cdma {
        /// System id.
        sid: Option<u16>,
        /// Provider name.
        provider_name: Option<String>,
    },
}

impl Identity {
    /// Returns the identity of a SIM; absent where a PIN hides it or nothing is known.
    #[must_use]
    pub fn of(sim: &Sim) -> Option<Self> {
        if sim.is_hidden() {
            return None;
        }
        match sim.mode {
            Mode::Gsm => {
                let iccid = sim.iccid.clone().map(Self::Iccid);
                let imsi = || sim.imsi.clone().map(Self::Imsi);
                iccid
                    .or_else(imsi)
                    .or_else(|| sim.home_provider_name.clone().map(Self::HomeProvider))
            }
            Mode::Cdma => {
                let (sid, provider_name) = (sim.sid, sim.provider_name.clone());
                let is_known = sid.is_some() || provider_name.is_some();
                is_known.then_some(Self::Cdma { sid, provider_name })
            }
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iccid(iccid) => iccid.fmt(f),
            Self::Imsi(imsi) => imsi.fmt(f),
            Self::HomeProvider(name) => write!(f, "HomeProvider({})", masked(name)),
            Self::Cdma { sid, provider_name } => write!(f, "Cdma({sid:?}, {provider_name:?})"),
        }
    }
}

/// An account: a SIM that was recognised, and what was found for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number, which identifies nobody.
    pub number: u32,
    /// What makes it itself.
    pub identity: Identity,
    /// The SIM as it was when it was new; what is asked for stays so while the ICCID does
    /// [MATCH-88].
    pub sim: Sim,
    /// The package that is installed for it, and by which rule it was found.
    pub package: Option<(BrandId, Rule)>,
    /// How many queries were begun.
    pub lookups: u32,
    /// Whether the last of them still runs.
    pub is_asking: bool,
    /// When the next one is due.
    pub recheck: Recheck,
}
