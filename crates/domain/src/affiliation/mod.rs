//! Whose customer is this, where service metadata knows the network only: option 7
//! [MATCH-54] to [MATCH-56].
//!
//! The operator's back end decides by rules of its own, with the same engine: first those that it
//! publishes nowhere ([`private`]), then the catalogue's index. Not here: the HTTP interface, and
//! the provisioning file itself.

pub mod private;

use std::collections::BTreeMap;

use crate::brand::{Brand, BrandId};
use crate::matching::{Index, NumberRange, Sim, brand_of};

pub use private::PrivateRule;

/// The rules of an operator: private, so that nothing of them may be learnt from answers.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What the operator publishes nowhere; decides first.
    pub private: Vec<PrivateRule>,
    /// Whose SIM is whose, as metadata says it.
    pub index: Index,
    /// The provisioning file of each brand.
    pub files: BTreeMap<BrandId, String>,
    /// Whose customers all others are: the network itself.
    pub generic: (BrandId, String),
}

/// The answer, of one shape for known and unknown SIMs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affiliation {
    /// The brand.
    pub brand: BrandId,
    /// Its provisioning file, which changes the branding.
    pub provisioning_file: String,
}

/// Decides whose customer a SIM's owner is; one of nobody's is the network's own.
///
/// A brand without a file is the network's own, too: there is nothing to apply. `gid1` is the
/// SIM's group identifier, where the app could read it. Every rule is looked at whatever the
/// SIM, so that the work tells nothing [MATCH-56].
#[must_use]
pub fn decide(rules: &Rules, sim: &Sim, gid1: Option<&str>) -> Affiliation {
    let public = brand_of(&rules.index, sim).and_then(|brand| rules.index.brand(brand));
    let brand = private::brand_of(&rules.private, sim, gid1).or(public);
    let known = brand.and_then(|brand| rules.files.get_key_value(brand));
    let (generic, generic_file) = &rules.generic;
    let (brand, file) = known.unwrap_or((generic, generic_file));
    Affiliation { brand: brand.clone(), provisioning_file: file.clone() }
}

/// Tells whether a brand's package is of the form that option 7 needs: the whole network by IMSI
/// and nothing else [MATCH-54].
#[must_use]
pub fn is_for_whole_network(brand: &Brand) -> bool {
    let targets = &brand.targets;
    let mut ranges = targets.imsi_ranges.iter();
    let is_whole = |(start, end)| {
        NumberRange::of_imsis(start, end).is_ok_and(|range| range.is_whole_network())
    };
    !targets.imsi_ranges.is_empty()
        && ranges.all(|(start, end)| is_whole((start, end)))
        && targets.iccid_ranges.is_empty()
        && targets.home_provider_names.is_empty()
}

/// What of the operator's app a customer sees [MATCH-55].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSurface {
    /// Everything inside it.
    Content,
    /// Its live tile.
    LiveTile,
    /// Its name.
    Name,
    /// The icon and the name in settings.
    SettingsEntry,
    /// Its description.
    Description,
}

impl AppSurface {
    /// Tells whether the app can change it once it knows the brand [MATCH-55].
    #[must_use]
    pub fn can_change(self) -> bool {
        match self {
            Self::Content | Self::LiveTile => true,
            Self::Name | Self::SettingsEntry | Self::Description => false,
        }
    }
}
