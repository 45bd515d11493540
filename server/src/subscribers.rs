//! What is known of SIMs beside what a launch says.
//!
//! A launch names no home provider; the device bridge or the operator's system knows it. Until
//! they are attached, the demo's fixed identities stand in for them. Not here: whose SIM it is
//! ([`domain::matching`]).

use domain::identity::Iccid;

use crate::demo_sims::{DEMO_SIMS, DemoSim};
use crate::store::Claims;

/// Where knowledge of SIMs comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribers {
    /// Nothing is known.
    Unknown,
    /// The demo's fixed identities.
    Demo,
}

impl Subscribers {
    /// Returns the home provider name of the SIM, where it is known.
    #[must_use]
    pub fn home_provider_name(self, claims: &Claims) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Demo => {
                let iccid = claims.iccid.as_ref().map(Iccid::reveal)?;
                let sim = DEMO_SIMS.iter().find(|sim: &&DemoSim| sim.iccid == iccid)?;
                sim.home_provider_name.map(str::to_owned)
            }
        }
    }
}
