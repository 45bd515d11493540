//! The typed model of a CarrierProvisioning document.
//!
//! Every value is a type that checks itself when it is made, with the limits of the schema, so a
//! document that the schema refuses cannot be built, and every one that it accepts can be held.
//! Not here: bytes ([`crate::write`], [`crate::read`]), the grammar for documents of others
//! ([`crate::schema`]), the rules beyond the schema ([`crate::lint`]), and what Windows does
//! with the content ([`crate::agent`]).
//! Implements [XML-04], [XML-20]…[XML-24], [XML-41] and, in its modules, the rest of §2–§9.

mod activation;
mod binary;
mod duration;
mod hotspot;
mod locale;
mod message;
mod one_x;
mod extensions;
mod plan;
mod preference;
mod profile;
mod security;
mod ssid;
mod provisioning;
mod text;
mod time;
mod wlan;
mod wlan_text;

use crate::lint;
use crate::xml::Foreign;

pub use activation::{Activation, ActivationError, Attempts, Delay, RetryCount, RetryInterval};
pub use binary::{Base64Binary, BinaryError};
pub(crate) use duration::Lexical as DurationLexical;
pub use duration::{DurationError, XmlDuration};
pub use extensions::{
    AdditionalPdpContexts, AppId, CarrierNetworkMetadata, DataClass, DataClassFriendlyNames,
    DnsRetryCount, DnsRetryInterval, DnsRetrySettings, Extensions, ExtensionsError, ExtensionsV2,
    FriendlyName, LinkMtu, MaxDevices, MultiplePdpContextPolicies, NetworkSettings,
    PdpContextPolicy, PolicyName, SupportPhoneNumber, TetheringProfile, TetheringSettings,
};
pub use hotspot::{
    HotspotAuthentication, HotspotProfile, HotspotSsid, HotspotSsids, TrustedDomains,
};
pub use locale::Locale;
pub use message::{
    Bearers, BooleanField, DateTimeField, Fields, Group, GroupError, Message, NumberField,
    PercentField, PlanTypeField, SmsBearer, Unit, Units,
};
pub use one_x::{
    EapAkaPrime, EapMethod, EapSim, EapTtls, OneX, Phase1Identity, Phase2, Realm, ServerValidation,
    SimIdentity,
};
pub use plan::{
    BillingCycle, Kbps, MegabyteLimit, Megabytes, Plan, PlanContent, PlanDescription, PlanError,
    PlanType, PlanUsage,
};
pub use preference::{Medium, Rank, preference};
pub use profile::{
    AuthProtocol, Branding, Compression, Context, MbnProfiles, Priority, PriorityError, Profile,
    Provider, UserLogon,
};
pub use provisioning::{
    CertificateName, DelayInDays, Provisioning, ProvisioningError, RefreshParameters,
    RefreshPassword, RefreshUrl, RefreshUserName, TrustedCertificate, TrustedCertificates,
};
pub use security::{
    AuthEncryption, Authentication, Encryption, KeyIndex, KeyType, PmkCacheSize, PmkCacheTtl,
    PreAuthThrottle, RangeError, Security, SharedKey, Switch, Within,
};
pub(crate) use ssid::{SSID_MAX, hex, octets_of_hex};
pub use ssid::{Ssid, SsidAtLeast, SsidError, SsidForm, SsidPrefix};
pub(crate) use text::collapse;
pub use text::{
    AccessString, BrandingName, Description, DeviceId, Guid, HomeProviderName, Password, Pattern,
    PlanName, ProfileName, ProviderId, ProviderName, SubscriberId, TextError, TimestampFormat,
    Token, TokenList, UserName,
};
pub use time::{TimeError, UtcTime};
pub use wlan::{CountError, Msm, SsidConfig, WlanProfile, WlanProfiles};
pub use wlan_text::{
    AnonymousIdentity, ExtensionId, HotspotPassword, HotspotUserName, KeyMaterial, RealmName,
    ServerNames, SimProviderName, TrustedDomain, UserAgent,
};

/// Says for whom a document is; the only part that every document has [XML-24].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// The organisation that authored the document [XML-20].
    pub carrier_id: Guid,
    /// The customer: IMSI or ICCID, SID on CDMA [XML-21, XML-25].
    pub subscriber_id: SubscriberId,
    /// The device, if the document is for one alone [XML-22].
    pub device_id: Option<DeviceId>,
    /// Elements of other namespaces that a schema declares; the generator makes none [XML-23].
    pub others: Vec<Foreign>,
}

/// Holds what a document may have beside [`Global`]; absent parts leave the host's unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What the host does with its connection afterwards; nothing if absent [XML-30].
    pub activation: Option<Activation>,
    /// The mobile broadband profiles [XML-41].
    pub mbn_profiles: Option<MbnProfiles>,
    /// All Wi-Fi profiles of the operator; an empty list deletes them [XML-93].
    pub wlan_profiles: Option<WlanProfiles>,
    /// The plans; an empty list writes no `Plans` element, which would be illegal [XML-132].
    pub plans: Vec<Plan>,
    /// Trust and refresh [XML-152].
    pub provisioning: Option<Provisioning>,
    /// What later schemas added [XML-160].
    pub extensions: Option<Extensions>,
}

/// Names a profile's place in the document [XML-42].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileSlot {
    /// `DefaultProfile`: connects to the home network.
    Default,
    /// `PurchaseProfile`: reaches the operator to buy.
    Purchase,
}

impl ProfileSlot {
    /// Returns the name of the element.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "DefaultProfile",
            Self::Purchase => "PurchaseProfile",
        }
    }
}

/// Holds a whole document.
///
/// The reader makes one of every document that the schema accepts; [`Document::new`], for
/// documents of ours, is narrower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    global: Global,
    parts: Parts,
}

impl Document {
    /// Puts a document of ours together.
    ///
    /// # Errors
    /// The findings of [`crate::lint`] that stand against it: parts that do not fit together
    /// [XML-178], and what the schema allows but the generator does not make [XML-56].
    pub fn new(global: Global, parts: Parts) -> Result<Self, lint::Refused> {
        let document = Self { global, parts };
        match lint::Refused::of(&document) {
            Some(refused) => Err(refused),
            None => Ok(document),
        }
    }

    /// Holds what the schema accepted, whatever the rules beyond it say.
    pub(crate) const fn of_valid(global: Global, parts: Parts) -> Self {
        Self { global, parts }
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

    /// Returns the Wi-Fi profiles.
    #[must_use]
    pub const fn wlan_profiles(&self) -> Option<&WlanProfiles> {
        self.parts.wlan_profiles.as_ref()
    }

    /// Returns the plans in document order; empty if there is no `Plans` element.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.parts.plans
    }

    /// Returns trust and refresh.
    #[must_use]
    pub const fn provisioning(&self) -> Option<&Provisioning> {
        self.parts.provisioning.as_ref()
    }

    /// Returns what later schemas added.
    #[must_use]
    pub const fn extensions(&self) -> Option<&Extensions> {
        self.parts.extensions.as_ref()
    }

    /// Iterates over the profiles in document order.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileSlot, &Profile)> {
        let profiles = self.parts.mbn_profiles.as_ref();
        let default = profiles.and_then(|p| p.default_profile.as_ref());
        let purchase = profiles.and_then(|p| p.purchase_profile.as_ref());
        let default = default.map(|p| (ProfileSlot::Default, p));
        default.into_iter().chain(purchase.map(|p| (ProfileSlot::Purchase, p)))
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
            others: Vec::new(),
        }
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
