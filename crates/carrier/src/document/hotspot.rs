//! Hotspots: credentials for WISPr, and the networks that take them.
//!
//! Not here: the WISPr exchange itself, which is the host's.
//! Implements [XML-124]…[XML-129].

use super::ssid::{Ssid, SsidPrefix};
use super::wlan::CountError;
use super::wlan_text::{ExtensionId, HotspotPassword, HotspotUserName, TrustedDomain, UserAgent};
use crate::xml::Foreign;

/// Says how a host logs on at hotspots with an open network [XML-124].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotspotProfile {
    /// Where the credentials come from.
    pub authentication: HotspotAuthentication,
    /// The HTTP user agent of the log-on [XML-128].
    pub user_agent: Option<UserAgent>,
    /// Networks to which the host connects only after the user did once [XML-129].
    pub secondary_ssids: Option<HotspotSsids>,
    /// Elements of other namespaces.
    pub others: Vec<Foreign>,
}

impl HotspotProfile {
    /// Makes a profile that says no more than where credentials come from.
    #[must_use]
    pub const fn new(authentication: HotspotAuthentication) -> Self {
        Self { authentication, user_agent: None, secondary_ssids: None, others: Vec::new() }
    }
}

/// Says where credentials come from: from the document, or from an app [XML-124].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HotspotAuthentication {
    /// `BasicAuth`: the same each time, for these domains only [XML-125].
    Basic {
        /// The user name.
        user_name: HotspotUserName,
        /// The password.
        password: HotspotPassword,
        /// Who may see them; required, unlike for an app.
        trusted_domains: TrustedDomains,
    },
    /// `ExtAuth`: from an app on the host [XML-126].
    Extension {
        /// The app.
        extension_id: ExtensionId,
        /// Who may see its credentials; the app decides if absent.
        trusted_domains: Option<TrustedDomains>,
    },
}

impl HotspotAuthentication {
    /// Returns who may see the credentials; empty if nobody is named.
    #[must_use]
    pub fn trusted_domains(&self) -> &[TrustedDomain] {
        match self {
            Self::Basic { trusted_domains, .. } => trusted_domains.as_slice(),
            Self::Extension { trusted_domains, .. } => {
                trusted_domains.as_ref().map_or(&[], TrustedDomains::as_slice)
            }
        }
    }
}

/// Lists who may see credentials: one or more [XML-127].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDomains(Vec<TrustedDomain>);

impl TrustedDomains {
    /// Makes a list.
    ///
    /// # Errors
    /// None at all.
    pub fn new(domains: Vec<TrustedDomain>) -> Result<Self, CountError> {
        CountError::check(domains.len(), 1, usize::MAX)?;
        Ok(Self(domains))
    }

    /// Returns the domains in document order.
    #[must_use]
    pub fn as_slice(&self) -> &[TrustedDomain] {
        &self.0
    }
}

/// Lists secondary networks: 1 to 250 [XML-129].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotspotSsids(Vec<HotspotSsid>);

impl HotspotSsids {
    /// Makes a list.
    ///
    /// # Errors
    /// None at all, or more than 250.
    pub fn new(ssids: Vec<HotspotSsid>) -> Result<Self, CountError> {
        CountError::check(ssids.len(), 1, 250)?;
        Ok(Self(ssids))
    }

    /// Returns the networks in document order.
    #[must_use]
    pub fn as_slice(&self) -> &[HotspotSsid] {
        &self.0
    }
}

/// Identifies one secondary network, or all that start alike [XML-129].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HotspotSsid {
    /// `hex` or `name`.
    Whole(Ssid),
    /// `hexPrefix` or `namePrefix`.
    Prefix(SsidPrefix),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_a_hotspot_are_bounded() {
        let domain = TrustedDomain::parse("login.fjell.example").expect("a domain");
        assert!(TrustedDomains::new(vec![domain]).is_ok()); // [XML-127]
        let none = CountError { found: 0, min: 1, max: usize::MAX };
        assert_eq!(TrustedDomains::new(Vec::new()), Err(none));
        let ssid = HotspotSsid::Whole(Ssid::parse_name("Bris").expect("an SSID"));
        assert!(HotspotSsids::new(vec![ssid.clone(); 250]).is_ok()); // [XML-129]
        let error = |found| Err(CountError { found, min: 1, max: 250 });
        assert_eq!(HotspotSsids::new(vec![ssid; 251]), error(251));
        assert_eq!(HotspotSsids::new(Vec::new()), error(0));
    }
}
