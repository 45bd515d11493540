//! The demo's SIMs as a source of knowledge: the embedded default of the subscriber port.
//!
//! Not here: the SIMs ([`crate::demo_sims`]).

use domain::identity::Iccid;
use domain::subscriber::Standing;

use super::{Reply, SubscriberPort};
use crate::demo_sims::{DEMO_SIMS, DemoSim};
use crate::store::Claims;

/// The demo's SIMs.
#[derive(Clone, Copy, Debug)]
pub struct DemoSubscribers;

impl SubscriberPort for DemoSubscribers {
    fn look_up<'a>(&'a self, claims: &'a Claims) -> Reply<'a> {
        let found = find(claims).map(|sim| Standing { state: sim.state, plans: None });
        Box::pin(async move { Ok(found) })
    }
}

/// Finds the SIM that a launch claims.
pub(super) fn find(claims: &Claims) -> Option<&'static DemoSim> {
    let iccid = claims.iccid.as_ref().map(Iccid::reveal)?;
    DEMO_SIMS.iter().find(|sim| sim.iccid == iccid)
}
