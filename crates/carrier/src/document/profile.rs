//! Mobile broadband profiles: how the host connects.
//!
//! Not here: the rules for messages (a sibling module), the narrower limits of the generator
//! ([`crate::lint`]).
//! Implements [XML-13], [XML-19], [XML-41]…[XML-58] and [XML-89]…[XML-91].

use std::fmt;

use super::binary::Base64Binary;
use super::message::Message;
use super::text::{
    AccessString, BrandingName, Description, HomeProviderName, Password, PlanName, ProfileName,
    ProviderId, ProviderName, UserName,
};
use crate::xml::Foreign;

/// Says that a number is no priority, and carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityError(pub u32);

impl fmt::Display for PriorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "priority {} is not within 0 to 9", self.0)
    }
}

impl std::error::Error for PriorityError {}

/// Holds the preference of a profile among the operator's own: 0 to 9 [XML-13, XML-44].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priority(u32);

impl Priority {
    /// Makes a priority.
    ///
    /// # Errors
    /// More than 9.
    pub const fn new(number: u32) -> Result<Self, PriorityError> {
        if number <= 9 { Ok(Self(number)) } else { Err(PriorityError(number)) }
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Holds the profiles of one subscription and what belongs to them; an absent part leaves the
/// stored one [XML-43].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MbnProfiles {
    /// Connects to the home network without asking [XML-42].
    pub default_profile: Option<Profile>,
    /// Reaches the operator to buy [XML-42].
    pub purchase_profile: Option<Profile>,
    /// The rules for operator messages in their order; an empty list writes no `Messages`
    /// element, which would be illegal [XML-63].
    pub messages: Vec<Message>,
    /// How the operator looks in the list of networks [XML-92].
    pub branding: Option<Branding>,
}

/// Holds how the operator looks in the list of networks; ignored from Windows 10 1709 on [XML-92].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// An image of 32 × 32 points, BMP or PNG [XML-89].
    pub logo: Option<Base64Binary>,
    /// The operator's name as the user sees it [XML-90].
    pub name: Option<BrandingName>,
    /// Elements that the schemas declare in other namespaces [XML-91].
    pub others: Vec<Foreign>,
}

/// Holds one profile [XML-44]…[XML-49].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its preference; Windows takes 5 if absent [XML-44].
    pub priority: Option<Priority>,
    /// Its name, part of the name under which Windows stores it [XML-28].
    pub name: ProfileName,
    /// A few words about it.
    pub description: Option<Description>,
    /// The plan of this document that it is metered by [XML-47, XML-59].
    pub associated_plan: Option<PlanName>,
    /// The name of the home provider; Windows sets it for itself, so that only an operator who
    /// asks for it should have it written [XML-48, XML-56].
    pub home_provider_name: Option<HomeProviderName>,
    /// How to connect; the schema lets it be absent, the generator does not [XML-57].
    pub context: Option<Context>,
    /// The networks that are preferred while roaming, the best first; an empty list writes no
    /// `DataRoamingPartners` element, which would be illegal [XML-50].
    pub data_roaming_partners: Vec<Provider>,
    /// Elements of other namespaces, for future use [XML-51].
    pub extensions: Option<Vec<Foreign>>,
}

/// Names a network [XML-19, XML-50].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its number.
    pub id: ProviderId,
    /// Its name.
    pub name: ProviderName,
}

/// Holds the parameters of a data connection [XML-52]…[XML-55].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The APN, or the dial string on CDMA; the generator always emits it [XML-57].
    pub access_string: Option<AccessString>,
    /// Credentials of the connection.
    pub user_logon: Option<UserLogon>,
    /// Header and data compression; off if absent [XML-58].
    pub compression: Option<Compression>,
    /// How the credentials are presented; none if absent on GSM [XML-55].
    pub auth_protocol: Option<AuthProtocol>,
}

/// Holds the credentials of a connection [XML-53].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserLogon {
    /// The user name.
    pub user_name: UserName,
    /// The password.
    pub password: Option<Password>,
}

/// Says whether header and data are compressed [XML-54].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `DISABLE`.
    Disable,
    /// `ENABLE`.
    Enable,
}

impl Compression {
    /// All values, for reading.
    pub const ALL: [Self; 2] = [Self::Disable, Self::Enable];

    /// Returns the spelling of the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "DISABLE",
            Self::Enable => "ENABLE",
        }
    }
}

/// Names how credentials are presented [XML-55].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthProtocol {
    /// `NONE`.
    None,
    /// `PAP`.
    Pap,
    /// `CHAP`.
    Chap,
    /// `MsCHAPv2`.
    MsChapV2,
}

impl AuthProtocol {
    /// All values, for reading.
    pub const ALL: [Self; 4] = [Self::None, Self::Pap, Self::Chap, Self::MsChapV2];

    /// Returns the spelling of the schema, whose case matters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Pap => "PAP",
            Self::Chap => "CHAP",
            Self::MsChapV2 => "MsCHAPv2",
        }
    }
}
