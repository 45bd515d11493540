//! The typed model of a CarrierProvisioning document.
//!
//! Every value is a type that checks itself when it is made, so an illegal document cannot be
//! built. Limits are those of a generator [XML-56], narrower than the schema's. Not here: bytes
//! ([`crate::write`], [`crate::read`]), the grammar for documents of others ([`crate::schema`]),
//! and what Windows does with the content. Messages, branding, Wi-Fi profiles, trust, refresh
//! and extensions are further modules of this folder when their issue comes.
//! Implements [XML-04], [XML-20]…[XML-22], [XML-41], [XML-178] and, in its modules, [XML-12]…
//! [XML-15], [XML-29]…[XML-33], [XML-44]…[XML-58], [XML-132]…[XML-150].

mod activation;
mod duration;
mod plan;
mod profile;
mod text;
mod time;

use std::fmt;

pub use activation::{Activation, ActivationError, Attempts, Delay, RetryCount, RetryInterval};
pub(crate) use duration::Lexical as DurationLexical;
pub use duration::{DurationError, XmlDuration};
pub use plan::{
    BillingCycle, Kbps, MegabyteLimit, Megabytes, Plan, PlanContent, PlanDescription, PlanError,
    PlanType, PlanUsage,
};
pub use profile::{
    AuthProtocol, Compression, Context, MbnProfiles, Priority, PriorityError, Profile, UserLogon,
};
pub(crate) use text::collapse;
pub use text::{
    AccessString, Description, DeviceId, Guid, Password, PlanName, ProfileName, SubscriberId,
    TextError, UserName,
};
pub use time::{TimeError, UtcTime};

/// Says for whom a document is; the only part that every document has [XML-24].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// The organisation that authored the document [XML-20].
    pub carrier_id: Guid,
    /// The customer: IMSI or ICCID, SID on CDMA [XML-21, XML-25].
    pub subscriber_id: SubscriberId,
    /// The device, if the document is for one alone [XML-22].
    pub device_id: Option<DeviceId>,
}

/// Holds what a document may have beside [`Global`]; absent parts leave the host's unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What the host does with its connection afterwards; nothing if absent [XML-30].
    pub activation: Option<Activation>,
    /// The mobile broadband profiles [XML-41].
    pub mbn_profiles: Option<MbnProfiles>,
    /// The plans; an empty list writes no `Plans` element, which would be illegal [XML-132].
    pub plans: Vec<Plan>,
}

/// Names a profile's place in the document [XML-42].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileSlot {
    /// `DefaultProfile`: connects to the home network.
    Default,
    /// `PurchaseProfile`: reaches the operator to buy.
    Purchase,
}

impl fmt::Display for ProfileSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default profile",
            Self::Purchase => "purchase profile",
        })
    }
}

/// Says why parts that are legal alone make no document together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// A profile names a plan that the document does not hold [XML-178].
    DanglingPlan {
        /// The profile.
        profile: ProfileSlot,
        /// The plan that it names.
        plan: PlanName,
    },
    /// Two plans have one name, so that a profile could mean either.
    DuplicatePlan {
        /// Their name.
        plan: PlanName,
    },
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DanglingPlan { profile, plan } => {
                write!(f, "{profile} names the plan \"{plan}\", which the document lacks")
            }
            Self::DuplicatePlan { plan } => write!(f, "two plans are named \"{plan}\""),
        }
    }
}

impl std::error::Error for DocumentError {}

/// Holds a whole document whose parts fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    global: Global,
    parts: Parts,
}

impl Document {
    /// Puts a document together.
    ///
    /// # Errors
    /// A profile names a plan that is not among the plans, or two plans have one name.
    pub fn new(global: Global, parts: Parts) -> Result<Self, DocumentError> {
        let document = Self { global, parts };
        let plans = document.plans();
        for (index, plan) in plans.iter().enumerate() {
            if plans.iter().take(index).any(|earlier| earlier.name == plan.name) {
                let plan = plan.name.clone();
                return Err(DocumentError::DuplicatePlan { plan });
            }
        }
        for (slot, profile) in document.profiles() {
            if let Some(name) = &profile.associated_plan
                && !plans.iter().any(|plan| plan.name == *name)
            {
                let plan = name.clone();
                return Err(DocumentError::DanglingPlan { profile: slot, plan });
            }
        }
        Ok(document)
    }

    /// Returns for whom the document is.
    #[must_use]
    pub const fn global(&self) -> &Global {
        &self.global
    }

    /// Returns what the host does with its connection afterwards.
    #[must_use]
    pub const fn activation(&self) -> Option<&Activation> {
        self.parts.activation.as_ref()
    }

    /// Returns the mobile broadband profiles.
    #[must_use]
    pub const fn mbn_profiles(&self) -> Option<&MbnProfiles> {
        self.parts.mbn_profiles.as_ref()
    }

    /// Returns the plans in document order; empty if there is no `Plans` element.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.parts.plans
    }

    /// Iterates over the profiles in document order.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileSlot, &Profile)> {
        let profiles = self.parts.mbn_profiles.as_ref();
        let default = profiles.and_then(|p| p.default_profile.as_ref());
        let purchase = profiles.and_then(|p| p.purchase_profile.as_ref());
        let default = default.map(|p| (ProfileSlot::Default, p));
        default.into_iter().chain(purchase.map(|p| (ProfileSlot::Purchase, p)))
    }

    /// Returns the plans that no profile names although there are profiles: a warning [XML-178].
    #[must_use]
    pub fn unreferenced_plans(&self) -> Vec<&PlanName> {
        if self.profiles().next().is_none() {
            return Vec::new();
        }
        let is_named = |name: &PlanName| {
            self.profiles().any(|(_, p)| p.associated_plan.as_ref() == Some(name))
        };
        self.plans().iter().map(|plan| &plan.name).filter(|name| !is_named(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn global() -> Global {
        Global {
            carrier_id: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
            subscriber_id: SubscriberId::parse("001019876543210").expect("an id"),
            device_id: None,
        }
    }

    fn name(text: &str) -> PlanName {
        PlanName::parse(text).expect("a name")
    }

    fn plan(text: &str) -> Plan {
        let at = UtcTime::parse("2030-03-01T00:00:00Z").expect("a time");
        let usage = PlanUsage { over_limit: None, congested: None, current: Megabytes(0), at };
        Plan { name: name(text), content: PlanContent::Usage(usage) }
    }

    fn profile(of_plan: Option<&str>) -> Profile {
        Profile {
            priority: None,
            name: ProfileName::parse("Fjell Internet").expect("a name"),
            description: None,
            associated_plan: of_plan.map(name),
            context: Context {
                access_string: AccessString::parse("data.fjell.example").expect("an APN"),
                user_logon: None,
                compression: None,
                auth_protocol: None,
            },
        }
    }

    #[track_caller]
    fn check(of_plan: Option<&str>, plans: &[&str], expected: Result<&[&str], DocumentError>) {
        let parts = Parts {
            activation: None,
            mbn_profiles: Some(MbnProfiles {
                default_profile: None,
                purchase_profile: Some(profile(of_plan)),
            }),
            plans: plans.iter().map(|p| plan(p)).collect(),
        };
        let found = Document::new(global(), parts);
        let unreferenced = |d: Document| -> Vec<String> {
            d.unreferenced_plans().into_iter().map(ToString::to_string).collect()
        };
        let expected = expected.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(found.map(unreferenced), expected);
    }

    #[test]
    fn a_profile_names_a_plan_of_its_document() {
        check(None, &[], Ok(&[]));
        check(Some("A"), &["A"], Ok(&[]));
        check(Some("A"), &["A", "B"], Ok(&["B"]));
        let dangling =
            DocumentError::DanglingPlan { profile: ProfileSlot::Purchase, plan: name("a") };
        check(Some("a"), &["A"], Err(dangling));
        check(None, &["A", "A"], Err(DocumentError::DuplicatePlan { plan: name("A") }));
    }

    #[test]
    fn subscriber_ids_and_passwords_do_not_print() {
        let printed = format!("{:?}", global());
        assert!(printed.contains("001019…10"), "{printed}");
        assert!(!printed.contains("9876543"), "{printed}");
        let password = Password::parse("s3cret-Demo").expect("a password");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }
}
