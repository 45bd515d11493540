//! The parts of a results document, per version.
//!
//! Containers carry a code or what is beneath them, leaves always a code. An absent part was not
//! in the input. Not here: when codes move up ([`super::coalesce()`]).
//! Implements the shapes of [XML-200]…[XML-202].

use crate::hresult::Hresult;

/// Holds the outcome of a container: one code for everything, or one for each item [XML-204].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container<T> {
    /// One code for everything beneath, which is not listed.
    All(Hresult),
    /// Everything beneath, successes included, without a code above.
    Each(T),
}

/// Holds the outcome of a leaf that may have others beneath it; its code is required [XML-200].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf<T> {
    /// The code of the leaf.
    pub code: Hresult,
    /// What is beneath; empty where the code is for everything.
    pub beneath: T,
}

/// Holds the outcome of an item that its name tells from its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name that the input gives it.
    pub name: String,
    /// The code.
    pub code: Hresult,
}

/// Holds the outcomes of the profiles; `L` is [`Hresult`] in v1 and [`Named`] in v2 [XML-202].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MbnProfiles<L> {
    /// `DefaultProfile`.
    pub default_profile: Option<L>,
    /// `PurchaseProfile`.
    pub purchase_profile: Option<L>,
}

/// Holds the outcomes of trust and refresh in v1 [XML-201].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvisioningV1 {
    /// `RefreshParameters`, beneath it `NotificationSignatureKey`, which only Windows gives: no
    /// document has an element of that name.
    pub refresh_parameters: Option<Leaf<Option<Hresult>>>,
    /// `TrustedCertificate`.
    pub trusted_certificate: Option<Hresult>,
    /// `Policy`.
    pub policy: Option<Hresult>,
}

/// Holds the outcomes of trust and refresh in v2 [XML-202].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvisioningV2 {
    /// `RefreshParameters`.
    pub refresh_parameters: Option<Hresult>,
    /// `TrustedCertificate`.
    pub trusted_certificate: Option<Hresult>,
}

/// Holds the outcomes beneath `CarrierNetworkMetadata` [XML-202].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkMetadata {
    /// `NetworkSettings`.
    pub network_settings: Option<Hresult>,
    /// `DataClassFriendlyNames`.
    pub data_class_friendly_names: Option<Hresult>,
    /// `CustomerSupportPhoneNumber`.
    pub customer_support_phone_number: Option<Hresult>,
}

/// Holds the outcomes beneath `AdditionalPDPContexts`; an empty list has no element [XML-202].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdpContexts {
    /// Each `PDPContextPolicy` of `MultiplePDPContextPolicies`.
    pub policies: Vec<Named>,
    /// Each `TetheringProfile` of `TetheringSettings`.
    pub tethering_profiles: Vec<Named>,
}

/// Holds the parts of version 1 [XML-201].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartsV1 {
    /// `Activation`.
    pub activation: Option<Hresult>,
    /// `MBNProfiles`.
    pub mbn_profiles: Option<Container<MbnProfiles<Hresult>>>,
    /// `WLANProfiles`.
    pub wlan_profiles: Option<Container<Vec<Named>>>,
    /// `Provisioning`.
    pub provisioning: Option<Container<ProvisioningV1>>,
}

/// Holds the parts of version 2 [XML-202].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartsV2 {
    /// `Activation`.
    pub activation: Option<Hresult>,
    /// `MBNProfiles`.
    pub mbn_profiles: Option<Container<MbnProfiles<Named>>>,
    /// `WLANProfiles`.
    pub wlan_profiles: Option<Container<Vec<Named>>>,
    /// `Provisioning`.
    pub provisioning: Option<Container<ProvisioningV2>>,
    /// `Plans`.
    pub plans: Option<Container<Vec<Named>>>,
    /// `CarrierNetworkMetadata`; only if the input has it [XML-208].
    pub network_metadata: Option<Leaf<NetworkMetadata>>,
    /// `AdditionalPDPContexts`; only if the input has it [XML-208].
    pub pdp_contexts: Option<Leaf<PdpContexts>>,
}
