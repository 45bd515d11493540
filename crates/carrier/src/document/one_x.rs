//! 802.1X: which EAP method a network wants, and how it is set up.
//!
//! Typed are the methods of operators: EAP-SIM, EAP-AKA, EAP-AKA' and EAP-TTLS with a user name
//! and password inside. A `OneX` element of any other shape is kept as [`crate::xml::Foreign`].
//! Credentials are no part of a profile: the SIM holds them, or the host asks the user. Not here:
//! identities derived from the SIM [HOT-50], a supplicant [HOT-54].
//! Implements [XML-130], [XML-131], [HOT-48], [HOT-49]; the shapes are those of the open
//! specification MS-GPWL, 2.2.3.2.9 to 2.2.3.2.12, with the spelling that Windows itself writes:
//! `EapTtls`, `TrustedRootCAHash`.

use super::wlan_text::{AnonymousIdentity, RealmName, ServerNames, SimProviderName};

/// Holds `OneX`: one EAP method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneX(pub EapMethod);

/// Names an EAP method and how it is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EapMethod {
    /// EAP-SIM, for SIMs of GSM [XML-130].
    Sim(EapSim),
    /// EAP-AKA, for USIMs [XML-131].
    Aka(SimIdentity),
    /// EAP-AKA', which binds keys to the name of the network.
    AkaPrime(EapAkaPrime),
    /// EAP-TTLS with a user name and password inside the tunnel.
    Ttls(EapTtls),
}

impl EapMethod {
    /// The author of all four methods on Windows [XML-130].
    pub const AUTHOR_ID: u32 = 311;

    /// Returns the number of the method [XML-130, XML-131].
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Sim(_) => 18,
            Self::Aka(_) => 23,
            Self::AkaPrime(_) => 50,
            Self::Ttls(_) => 21,
        }
    }

    /// Says whether the method authenticates the SIM.
    #[must_use]
    pub const fn uses_sim(&self) -> bool {
        match self {
            Self::Sim(_) | Self::Aka(_) | Self::AkaPrime(_) => true,
            Self::Ttls(_) => false,
        }
    }
}

/// Sets EAP-SIM up [HOT-49].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EapSim {
    /// Whether only three random numbers are accepted; two or three if absent.
    pub use_strong_cipher_keys: Option<bool>,
    /// Which identity is shown.
    pub identity: SimIdentity,
}

/// Sets EAP-AKA' up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EapAkaPrime {
    /// Whether the network may name itself otherwise than expected; it may if absent.
    pub ignore_network_name_mismatch: Option<bool>,
    /// Whether a shorter exchange may follow the first; not if absent.
    pub enable_fast_reauth: Option<bool>,
    /// Which identity is shown.
    pub identity: SimIdentity,
}

/// Says which identity a SIM shows; all that EAP-AKA has [HOT-49].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimIdentity {
    /// Whether the permanent identity stays hidden while there is a pseudonym; it does if absent.
    pub dont_reveal_permanent_id: Option<bool>,
    /// Whose SIMs may authenticate; any if absent.
    pub provider_name: Option<SimProviderName>,
    /// What follows the `@`.
    pub realm: Realm,
}

impl SimIdentity {
    /// Makes an identity whose realm is derived from the SIM [HOT-49].
    #[must_use]
    pub const fn derived() -> Self {
        let realm = Realm { is_enabled: true, name: RealmName::empty() };
        Self { dont_reveal_permanent_id: None, provider_name: None, realm }
    }
}

/// Says what follows the `@` of an identity [HOT-49].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    /// Whether there is a realm at all; if not, `name` is not used.
    pub is_enabled: bool,
    /// The realm; empty stands for the one derived from the SIM.
    pub name: RealmName,
}

/// Sets EAP-TTLS up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EapTtls {
    /// Which servers are accepted.
    pub server_validation: Option<ServerValidation>,
    /// How the user authenticates inside the tunnel.
    pub phase2: Option<Phase2>,
    /// Which identity is shown outside the tunnel.
    pub phase1_identity: Option<Phase1Identity>,
}

/// Says which servers a client accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerValidation {
    /// Their names; any if absent.
    pub server_names: Option<ServerNames>,
    /// SHA-1 of the roots that may have issued their certificates.
    pub trusted_root_ca_hashes: Vec<[u8; 20]>,
    /// Whether others are refused without asking the user; the user is asked if absent.
    pub disable_prompt: Option<bool>,
}

/// Names how a user authenticates inside the tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase2 {
    /// `PAPAuthentication`.
    Pap,
    /// `CHAPAuthentication`.
    Chap,
    /// `MSCHAPAuthentication`.
    MsChap,
    /// `MSCHAPv2Authentication`.
    MsChapV2 {
        /// Whether the account of the host is used without asking; not if absent.
        use_winlogon_credentials: Option<bool>,
    },
}

/// Says which identity is shown outside the tunnel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase1Identity {
    /// Whether the true identity stays hidden; it does if absent.
    pub identity_privacy: Option<bool>,
    /// What is shown instead.
    pub anonymous_identity: Option<AnonymousIdentity>,
}
