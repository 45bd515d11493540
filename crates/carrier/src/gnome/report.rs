//! What a database amounts to, for the person who imports it.
//!
//! Not here: what is done about providers that share a network; the operator decides.

use std::collections::BTreeMap;

use super::model::{NetworkId, ServiceProviders, Sid};

/// Names a provider that claims something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The code of the country.
    pub country: &'a str,
    /// The name of the provider.
    pub provider: &'a str,
    /// Says whether the network is its own, where the file says.
    pub is_primary: Option<bool>,
}

/// Names what more than one provider claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared<'a, Id> {
    /// What is claimed.
    pub id: Id,
    /// The providers, each once, at least two, in the order of the file.
    pub claims: Vec<Claim<'a>>,
}

/// Counts what a database holds, and lists what it leaves undecided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// Countries.
    pub countries: usize,
    /// Providers.
    pub providers: usize,
    /// Access points.
    pub apns: usize,
    /// Networks that are claimed, each once.
    pub networks: usize,
    /// System ids that are claimed, each once.
    pub sids: usize,
    /// The networks that more than one provider claims, in the order of their codes: an IMSI
    /// alone does not tell these providers apart.
    pub shared_networks: Vec<Shared<'a, NetworkId>>,
    /// The system ids that more than one provider claims, in ascending order.
    pub shared_sids: Vec<Shared<'a, Sid>>,
}

/// Finds what is claimed more than once; `index` tells providers of one name apart.
struct Claims<'a, Id>(BTreeMap<Id, Vec<(usize, Claim<'a>)>>);

impl<'a, Id: Ord> Claims<'a, Id> {
    fn add(&mut self, id: Id, index: usize, claim: &Claim<'a>) {
        let claims = self.0.entry(id).or_default();
        if claims.last().is_none_or(|(last, _)| *last != index) {
            claims.push((index, claim.clone()));
        }
    }

    fn shared(self) -> Vec<Shared<'a, Id>> {
        let shared = self.0.into_iter().filter(|(_, claims)| claims.len() > 1);
        shared
            .map(|(id, claims)| Shared { id, claims: claims.into_iter().map(|(_, c)| c).collect() })
            .collect()
    }
}

impl ServiceProviders {
    /// Counts what the database holds, and finds what more than one provider claims.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        let mut networks = Claims(BTreeMap::new());
        let mut sids = Claims(BTreeMap::new());
        let all = self.countries.iter().flat_map(|c| c.providers.iter().map(move |p| (c, p)));
        let (mut providers, mut apns) = (0_usize, 0_usize);
        for (index, (country, provider)) in all.enumerate() {
            providers = index.saturating_add(1);
            let claim = Claim {
                country: &country.code,
                provider: provider.name(),
                is_primary: provider.is_primary,
            };
            if let Some(gsm) = &provider.gsm {
                apns = apns.saturating_add(gsm.apns.len());
                gsm.network_ids.iter().for_each(|id| networks.add(id.clone(), index, &claim));
            }
            if let Some(cdma) = &provider.cdma {
                cdma.sids.iter().for_each(|sid| sids.add(*sid, index, &claim));
            }
        }
        Report {
            countries: self.countries.len(),
            providers,
            apns,
            networks: networks.0.len(),
            sids: sids.0.len(),
            shared_networks: networks.shared(),
            shared_sids: sids.shared(),
        }
    }
}
