//! Option 7 of an operator: whose customer a SIM's owner is, and the document that says so.
//!
//! The operator's private rules decide, then the catalogue's own index, with the network itself
//! for all others. Not here: limits and padding ([`crate::http::metadata`]). Implements
//! [MATCH-54], [MATCH-56].

use std::collections::BTreeMap;

use api::matching::AffiliationAnswer;
use carrier::document::{Branding, BrandingName, SubscriberId};
use domain::Timestamp;
use domain::affiliation::{Rules, decide, is_for_whole_network};
use domain::brand::{Brand, BrandId, PlanType};
use domain::identity::Imsi;
use domain::matching::{NumberRange, Sim};

use crate::catalog::{Catalog, DocumentParts};
use crate::documents::{Part, Sale, Wanted, compose};

/// The rules and what the documents are made from.
pub struct Affiliations {
    rules: Rules,
    brands: BTreeMap<BrandId, (Brand, DocumentParts)>,
}

impl Affiliations {
    /// Takes the rules out of a catalogue; `None` where no brand has a whole network.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Option<Self> {
        let has_network = |brand: &&Brand| !brand.targets.imsi_ranges.is_empty();
        let networks = catalog.brands.values().filter(has_network);
        let generic = networks.clone().find(|brand| is_for_whole_network(brand));
        let generic = generic.or_else(|| networks.clone().find(|brand| has_whole(brand)))?;
        // The engine chooses; the document is written for the subscriber who asks.
        let file = |id: &BrandId| (id.clone(), id.to_string());
        let rules = Rules {
            private: catalog.affiliation.clone(),
            index: catalog.index.clone(),
            files: catalog.brands.keys().map(file).collect(),
            generic: file(&generic.id),
        };
        let brands = catalog.brands.iter().map(|(id, brand)| {
            let mut parts = catalog.parts.get(id).cloned().unwrap_or_default();
            parts.branding = parts.branding.or_else(|| {
                let name = BrandingName::parse(&brand.name).ok();
                Some(Branding { logo: None, name, others: Vec::new() })
            });
            (id.clone(), (brand.clone(), parts))
        });
        let brands = brands.collect();
        Some(Self { rules, brands })
    }

    /// Answers for a SIM, with its group identifier where the app read one; the same work for a
    /// known and an unknown one.
    ///
    /// # Errors
    /// What the document cannot say, in words for the log; never an identifier.
    pub fn answer(
        &self,
        sim: &Sim,
        imsi: &Imsi,
        gid1: Option<&str>,
    ) -> Result<AffiliationAnswer, String> {
        let affiliation = decide(&self.rules, sim, gid1);
        let (brand, parts) = self.brands.get(&affiliation.brand).ok_or("no such brand")?;
        let plan = brand.plans.first().ok_or("the brand has no plan")?;
        // Nothing was sold: of the document only subscriber and branding are wanted.
        let nothing_sold = Sale {
            subscriber_id: SubscriberId::parse(imsi.reveal()).map_err(|e| e.to_string())?,
            device_id: None,
            plan: plan.id.clone(),
            plan_type: PlanType::Unrestricted,
            data_limit: None,
            duration: plan.duration,
            resets: false,
            usage_notifications: false,
            starts_at: Timestamp::UNIX_EPOCH,
            usage: 0,
            as_of: Timestamp::UNIX_EPOCH,
            over_limit: None,
            congested: None,
        };
        let document = compose(&nothing_sold, brand, parts, Wanted::of([Part::Branding]))?;
        let text = carrier::write::write(&document).map_err(|error| error.to_string())?;
        Ok(AffiliationAnswer {
            brand: affiliation.brand.to_string(),
            provisioning_file: text.as_str().to_owned(),
        })
    }
}

/// Tells whether one of a brand's IMSI ranges is a whole network [MATCH-22].
pub(crate) fn has_whole(brand: &Brand) -> bool {
    let mut ranges = brand.targets.imsi_ranges.iter();
    ranges.any(|(start, end)| {
        NumberRange::of_imsis(start, end).is_ok_and(|range| range.is_whole_network())
    })
}

#[cfg(test)]
mod tests {
    use domain::identity::Iccid;

    use super::*;

    /// [MATCH-54], [MATCH-56]
    #[test]
    fn unknown_sims_are_the_networks_own_and_the_document_says_whose() {
        let affiliations = Affiliations::of(&Catalog::demo()).expect("fjell has a network");
        for (iccid, imsi, name, expected) in [
            ("89990132000000000002", "001012200000000", "", "aurora"),
            ("89990199000000000002", "001012200000000", "", "fjell"),
            ("89990199000000000002", "999992200000000", "Nobody", "fjell"),
        ] {
            let imsi = Imsi::parse(imsi).expect("an IMSI");
            let sim = Sim {
                iccid: Some(Iccid::parse(iccid).expect("an ICCID")),
                imsi: Some(imsi.clone()),
                home_provider_name: Some(name.to_owned()),
                ..Sim::gsm()
            };
            let answer = affiliations.answer(&sim, &imsi, None).expect("an answer");
            assert_eq!(answer.brand, expected, "{imsi:?}");
            let text = &answer.provisioning_file;
            assert!(text.contains("<Branding ") && text.contains(imsi.reveal()), "{text}");
            assert!(carrier::read::read(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn without_a_network_there_is_no_option_7() {
        let mut catalog = Catalog::demo();
        catalog.brands.retain(|id, _| id.as_str() != "fjell");
        assert!(Affiliations::of(&catalog).is_none());
    }
}
