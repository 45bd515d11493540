//! Wi-Fi profiles: which networks there are, and how to join them.
//!
//! Not here: SSIDs ([`super::ssid`]), security ([`super::security`]), how many profiles and SSIDs
//! a host takes beyond the schema ([`crate::lint`]).
//! Implements [XML-93], [XML-95]…[XML-103], [XML-119], [XML-123].

use std::fmt;

use super::profile::Priority;
use super::security::Security;
use super::ssid::{Ssid, SsidPrefix};
use super::text::{PlanName, ProfileName};
use crate::xml::Foreign;

/// Says that a list has too few or too many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountError {
    /// Entries found.
    pub found: usize,
    /// Fewest allowed.
    pub min: usize,
    /// Most allowed.
    pub max: usize,
}

impl CountError {
    pub(super) const fn check(found: usize, min: usize, max: usize) -> Result<(), Self> {
        if min <= found && found <= max { Ok(()) } else { Err(Self { found, min, max }) }
    }
}

impl fmt::Display for CountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { found, min, max: usize::MAX } => {
                write!(f, "{found} entries where {min} or more are needed")
            }
            Self { found, min, max } => {
                write!(f, "{found} entries where {min} to {max} are needed")
            }
        }
    }
}

impl std::error::Error for CountError {}

/// Lists *all* Wi-Fi profiles of the operator: those not named are deleted, with an empty list all
/// of them [XML-93].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WlanProfiles(pub Vec<WlanProfile>);

/// Holds one Wi-Fi profile [XML-96]…[XML-103].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WlanProfile {
    /// Its preference; Windows takes 5 if absent [XML-96].
    pub priority: Option<Priority>,
    /// Its name; case matters [XML-97].
    pub name: ProfileName,
    /// The plan of this document that it is metered by [XML-98].
    pub associated_plan: Option<PlanName>,
    /// The networks.
    pub ssid_config: SsidConfig,
    /// How to join them.
    pub msm: Option<Msm>,
}

/// Lists the networks of a profile [XML-99].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsidConfig {
    ssids: Vec<Ssid>,
    /// More SSIDs, for Windows 8.1 and later: up to 10,000 in all [XML-101, XML-119].
    pub v2_ssids: Vec<Ssid>,
    /// What SSIDs may start with: up to 32, for Windows 8.1 and later [XML-102, XML-119].
    pub prefixes: Vec<SsidPrefix>,
    /// Elements of other namespaces.
    pub others: Vec<Foreign>,
}

impl SsidConfig {
    /// Lists the networks that every host knows; 1 to 25 [XML-100].
    ///
    /// # Errors
    /// None at all, or more than 25.
    pub fn new(ssids: Vec<Ssid>) -> Result<Self, CountError> {
        CountError::check(ssids.len(), 1, 25)?;
        Ok(Self { ssids, v2_ssids: Vec::new(), prefixes: Vec::new(), others: Vec::new() })
    }

    /// Returns the networks that every host knows, in document order.
    #[must_use]
    pub fn ssids(&self) -> &[Ssid] {
        &self.ssids
    }

    /// Iterates over the networks of both versions, in document order.
    pub fn all_ssids(&self) -> impl Iterator<Item = &Ssid> {
        self.ssids.iter().chain(&self.v2_ssids)
    }
}

/// Says how to join the networks [XML-103].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Msm {
    /// What keeps others out; the host's defaults if absent.
    pub security: Option<Security>,
    /// Elements of other namespaces, such as those of the ordinary Windows WLAN profile [XML-123].
    pub others: Vec<Foreign>,
}

impl Msm {
    /// Says no more than what keeps others out.
    #[must_use]
    pub const fn secured(security: Security) -> Self {
        Self { security: Some(security), others: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_1_to_25_ssids_of_the_first_version() {
        let ssid = Ssid::parse_name("Fjell").expect("an SSID");
        let config = SsidConfig::new(vec![ssid.clone(); 25]).expect("a list"); // [XML-99]
        assert_eq!(config.ssids().len(), 25);
        let error = |found| Err(CountError { found, min: 1, max: 25 });
        assert_eq!(SsidConfig::new(vec![ssid; 26]), error(26)); // [XML-100]
        assert_eq!(SsidConfig::new(Vec::new()), error(0)); // [XML-119]
    }

    #[test]
    fn count_errors_say_how_many_are_needed() {
        let error = CountError { found: 26, min: 1, max: 25 };
        assert_eq!(error.to_string(), "26 entries where 1 to 25 are needed");
        let error = CountError { found: 0, min: 1, max: usize::MAX };
        assert_eq!(error.to_string(), "0 entries where 1 or more are needed");
    }
}
