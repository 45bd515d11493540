//! What was decided about a document, and what became of it.
//!
//! Not here: how it is decided (the modules of the parts), the document that says it
//! ([`crate::results`]).
//! Implements [XML-187], [XML-188], [XML-199], [XML-204], [XML-205].

use std::fmt;

use super::effect::{Effect, EffectKey};
use super::report;
use super::stored::Change;
use crate::document::{Document, PlanName, PolicyName, ProfileName, ProfileSlot};
use crate::hresult::Hresult;
use crate::results::{Failure, Recipient, Results, Signer, Version, combine};

/// Names a part of a document that succeeds or fails by itself [XML-187].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The activation.
    Activation,
    /// The section of mobile broadband, whatever is in it.
    MbnProfiles,
    /// A mobile broadband profile.
    Profile(ProfileSlot, ProfileName),
    /// The rules for messages; no results document has a place for them.
    Messages,
    /// The branding; likewise.
    Branding,
    /// The Wi-Fi section, whatever is in it.
    WlanProfiles,
    /// A Wi-Fi profile, one that had to be deleted included.
    WlanProfile(ProfileName),
    /// The section of trust and refresh, whatever is in it.
    Provisioning,
    /// The list of trusted certificates.
    TrustedCertificates,
    /// The refresh.
    RefreshParameters,
    /// A plan.
    Plan(PlanName),
    /// What is known about the network, whatever is in it.
    CarrierNetworkMetadata,
    /// The settings of the network.
    NetworkSettings,
    /// What data classes are called.
    DataClassFriendlyNames,
    /// The number of the operator's support.
    CustomerSupportPhoneNumber,
    /// The further contexts, whatever is in them.
    AdditionalPdpContexts,
    /// A policy for one of them.
    PdpContextPolicy(PolicyName),
    /// The context of shared traffic.
    TetheringProfile(ProfileName),
}

/// Says what is probably not meant; logged, and no failure [XML-182].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The profile's plan is not in the document, but stored [XML-182].
    PlanOnlyStored(PlanName),
    /// No profile of the document names the plan [XML-178].
    PlanNotNamed(PlanName),
    /// The document has no profiles, and no stored one names the plan [XML-179].
    PlanWithoutProfile(PlanName),
    /// The usage is older than the stored one, which stays [USE-14].
    UsageOutdated(PlanName),
    /// The usage is of the future, and taken for one of now [USE-14].
    UsageInFuture(PlanName),
    /// A later Wi-Fi profile of the same name replaces this one.
    WlanProfileRepeated(ProfileName),
    /// The rule for messages of this number, counted from 1, is not stored; with the requirement
    /// that it breaks [XML-87].
    MessageRejected(usize, &'static str),
    /// Branding comes from elsewhere on this host [XML-92].
    BrandingIgnored,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlanOnlyStored(name) => {
                write!(f, "plan \"{name}\" is stored, but not in the document")
            }
            Self::PlanNotNamed(name) => write!(f, "no profile names the plan \"{name}\""),
            Self::PlanWithoutProfile(name) => {
                write!(f, "no stored profile names the plan \"{name}\"")
            }
            Self::UsageOutdated(name) => {
                write!(f, "usage of the plan \"{name}\" is older than what is stored")
            }
            Self::UsageInFuture(name) => {
                write!(f, "usage of the plan \"{name}\" is of the future; taken for one of now")
            }
            Self::WlanProfileRepeated(name) => {
                write!(f, "wi-fi profile \"{name}\" occurs again; the later one counts")
            }
            Self::MessageRejected(number, requirement) => {
                write!(f, "message rule {number} is rejected [{requirement}]")
            }
            Self::BrandingIgnored => f.write_str("this host takes no branding from documents"),
        }
    }
}

/// Says which devices a document needs that the host does not have: step 5 of [XML-185].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) modem: bool,
    pub(super) wlan: bool,
}

/// Holds what became of every part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub(super) recipient: Recipient,
    pub(super) signer: Option<Signer>,
    pub(super) version: Version,
    pub(super) outcomes: Vec<(Part, Hresult)>,
    pub(super) missing: Missing,
}

impl Tried {
    /// Returns the code of every part, in the order in which they were tried.
    #[must_use]
    pub fn outcomes(&self) -> &[(Part, Hresult)] {
        &self.outcomes
    }

    pub(super) fn set(&mut self, part: Part, code: Hresult) {
        match self.outcomes.iter_mut().find(|(known, _)| *known == part) {
            Some((_, place)) => *place = code,
            None => self.outcomes.push((part, code)),
        }
    }
}

/// Says how far a document came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not to its parts: the call failed [XML-188].
    CallFailed {
        /// Why.
        failure: Failure,
        /// What `msProvisionNetworks` returns.
        number: u8,
        /// The version that can express the document [XML-208].
        version: Version,
    },
    /// Not to its parts: the signature is not accepted.
    SignatureFailed {
        /// Why.
        failure: Failure,
        /// What `msProvisionNetworks` returns.
        number: u8,
        /// For whom the document is, if it could be read.
        recipient: Option<Recipient>,
        /// The version that can express the document [XML-208].
        version: Version,
    },
    /// Every part was tried [XML-186].
    Tried(Box<Tried>),
}

/// Holds what was decided about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the host stores if the effects succeed, in the order of [XML-185].
    pub changes: Vec<Change>,
    /// What the devices have to do, in this order.
    pub effects: Vec<Effect>,
    /// What is probably not meant.
    pub warnings: Vec<Warning>,
    /// How far the document came.
    pub verdict: Verdict,
}

impl Decision {
    pub(super) const fn refused(verdict: Verdict, changes: Vec<Change>) -> Self {
        Self { changes, effects: Vec::new(), warnings: Vec::new(), verdict }
    }

    /// Returns the results document.
    #[must_use]
    pub fn results(&self) -> Results {
        match &self.verdict {
            Verdict::CallFailed { failure, version, .. } => {
                Results::CallFailed { version: *version, failure: *failure }
            }
            Verdict::SignatureFailed { failure, recipient, version, .. } => {
                Results::SignatureFailed {
                    version: *version,
                    recipient: recipient.clone(),
                    failure: *failure,
                    // Nobody is known to have signed it (example 14.9).
                    signer: None,
                }
            }
            Verdict::Tried(tried) => {
                let (recipient, signer) = (tried.recipient.clone(), tried.signer.clone());
                Results::tried(recipient, signer, report::content(tried))
            }
        }
    }

    /// Returns what `msProvisionNetworks` returns: 0 to 8 [XML-199].
    ///
    /// A missing device outweighs every other failure of a part.
    #[must_use]
    pub fn number(&self) -> u8 {
        match &self.verdict {
            Verdict::CallFailed { number, .. } | Verdict::SignatureFailed { number, .. } => *number,
            Verdict::Tried(tried) => match tried.missing {
                Missing { wlan: true, modem: true } => 8,
                Missing { wlan: false, modem: true } => 7,
                Missing { wlan: true, modem: false } => 6,
                Missing { wlan: false, modem: false } => {
                    u8::from(tried.outcomes.iter().any(|(_, code)| !code.is_success()))
                }
            },
        }
    }
}

/// Takes the reports of the devices into a decision: what was tried becomes what happened.
///
/// An effect without a report counts as done. Of several reports for one part, one for each
/// adapter, any success counts, otherwise the first [XML-205]. What an effect failed to do is not
/// stored: its change is dropped [XML-187]. The outcome of an activation counts only if nothing
/// comes after its first attempt [XML-39].
#[must_use]
pub fn finish(mut decision: Decision, reports: &[(EffectKey, Hresult)]) -> Decision {
    let Verdict::Tried(tried) = &mut decision.verdict else {
        return decision;
    };
    let outcome = |effect: &Effect| {
        let codes = reports.iter().filter(|(key, _)| *key == effect.key).map(|(_, code)| *code);
        combine(codes).unwrap_or(Hresult::SUCCESS)
    };
    for effect in &decision.effects {
        let Some(part) = effect.part() else { continue };
        let alike = decision.effects.iter().filter(|other| other.part().as_ref() == Some(&part));
        if let Some(failure) = combine(alike.map(outcome)).filter(|code| !code.is_success()) {
            tried.set(part, failure);
            decision.changes.retain(|change| change.effect_key().as_ref() != Some(&effect.key));
        }
    }
    decision
}

pub(super) fn recipient_of(document: &Document) -> Recipient {
    let global = document.global();
    Recipient { issuer: global.carrier_id.clone(), subscriber: global.subscriber_id.clone() }
}

/// Returns the version that can express a document [XML-208].
pub(super) fn version_of(document: &Document) -> Version {
    let extensions = document.extensions();
    let has_v2 = extensions.is_some_and(|extensions| extensions.v2.is_some());
    Version::for_input(has_v2 || !document.plans().is_empty())
}
