//! What an operator says of itself: a brand is an MNO or an MVNO with its SIMs, profiles, plans.
//!
//! Not here: the TOML file that says it (the server reads catalogues) and the rules by which a
//! SIM finds its brand ([`crate::matching`]).

use std::fmt;

use crate::amount::{Currency, Megabytes, Money, Period, Tax};
use crate::identity::{Iccid, Imsi};

/// The stable name of a brand: 1 to 64 characters of `[a-z0-9-]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrandId(String);

/// The stable name of a plan within its brand, which is also `Plan/@Name` in the document.
///
/// 1 to 64 characters of `[A-Za-z0-9._-]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanId(String);

/// Longest [`BrandId`] and [`PlanId`], in characters.
pub const ID_CHARS_MAX: usize = 64;

impl BrandId {
    /// Reads an id; `None` unless it is 1 to 64 characters of `[a-z0-9-]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let is_id = !text.is_empty() && text.len() <= ID_CHARS_MAX && text.bytes().all(fits);
        is_id.then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PlanId {
    /// Reads an id; `None` unless it is 1 to 64 characters of `[A-Za-z0-9._-]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let is_id = !text.is_empty() && text.len() <= ID_CHARS_MAX && text.bytes().all(fits);
        is_id.then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BrandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which networks a brand serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// 3GPP only.
    Gsm,
    /// 3GPP2 only.
    Cdma,
    /// Both.
    Both,
}

/// Everything there is to say of a brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Stable id.
    pub id: BrandId,
    /// Name shown to customers and used as the profile's name.
    pub name: String,
    /// The `CarrierId` of its documents: a GUID in braces [XML-20].
    pub carrier_id: String,
    /// Which networks it serves.
    pub network: Network,
    /// Currency of its prices.
    pub currency: Currency,
    /// Whose SIMs are its own.
    pub targets: Targets,
    /// How its SIMs connect (rows of the COSA/APN database).
    pub connections: Vec<Connection>,
    /// How its pages look and whom a customer may ask.
    pub look: Look,
    /// What Windows must know to open the portal.
    pub portal: PortalSettings,
    /// What it sells.
    pub plans: Vec<Plan>,
    /// Whether Windows must reconnect after a purchase [PORT-29], [XML-35].
    pub reconnect_after_purchase: bool,
}

impl Brand {
    /// Returns the plan of that id.
    #[must_use]
    pub fn plan(&self, id: &PlanId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == *id)
    }

    /// Returns the connection profile for that purpose, the first when there are several.
    #[must_use]
    pub fn connection(&self, purpose: Purpose) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.purpose == purpose)
    }
}

/// The service-metadata targets of a brand [MATCH-08].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// GSM home provider names, compared exactly [MATCH-21].
    pub home_provider_names: Vec<String>,
    /// Inclusive ranges of ICCIDs, both ends of one length [MATCH-24].
    pub iccid_ranges: Vec<(Iccid, Iccid)>,
    /// Inclusive ranges of 15-digit IMSIs [MATCH-24].
    pub imsi_ranges: Vec<(Imsi, Imsi)>,
    /// CDMA system ids.
    pub sids: Vec<u16>,
    /// CDMA provider names, compared exactly [MATCH-58].
    pub provider_names: Vec<String>,
}

/// What a connection profile is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Everyday access.
    Internet,
    /// Reaching the operator to buy.
    Purchase,
    /// Multimedia messages.
    Mms,
    /// Something else that the operator names.
    Other,
}

/// PDP authentication [XML-55].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthProtocol {
    /// No authentication.
    None,
    /// PAP.
    Pap,
    /// CHAP.
    Chap,
    /// MS-CHAP version 2.
    MsChapV2,
}

/// A connection profile.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// What it is for.
    pub purpose: Purpose,
    /// APN or dial string, 1 to 99 characters [XML-56].
    pub access_string: String,
    /// Name to log on with.
    pub user_name: Option<String>,
    /// Password to log on with.
    pub password: Option<String>,
    /// Authentication, absent = none.
    pub auth_protocol: Option<AuthProtocol>,
    /// Header and data compression, absent = disabled [XML-58].
    pub compression: Option<bool>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("purpose", &self.purpose)
            .field("access_string", &self.access_string)
            .field("user_name", &self.user_name)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("auth_protocol", &self.auth_protocol)
            .field("compression", &self.compression)
            .finish()
    }
}

/// A colour of 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u32);

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6)?;
        let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(hex, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

/// How the pages of a brand look, and whom a customer may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colour of buttons and marks on light pages, with white text on it.
    pub accent: Colour,
    /// Colour of buttons and marks on dark pages, with black text on it.
    pub accent_dark: Colour,
    /// Telephone number of support, as it is to be shown.
    pub support_phone: Option<String>,
}

/// What Windows must know to open the portal [PORT-13…17].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortalSettings {
    /// The `AccountExperienceURL`.
    pub account_experience_url: Option<String>,
    /// `AppID`, which hides the portal where it is set [PORT-15].
    pub app_id: Option<String>,
    /// Origins that may embed the portal [PORT-61].
    pub allowed_origins: Vec<String>,
}

/// How a plan is charged [XML-134].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanType {
    /// No incremental cost.
    Unrestricted,
    /// A quota that is paid beforehand.
    Fixed,
    /// Paid by use.
    Variable,
}

/// A plan that a brand sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Stable id.
    pub id: PlanId,
    /// Name shown to customers.
    pub name: String,
    /// Price.
    pub price: Money,
    /// Whether the price has its tax in it.
    pub price_includes_tax: bool,
    /// The rate of its tax in basis points, where receipts are to name it.
    pub tax_rate_bp: Option<u32>,
    /// How it is charged.
    pub plan_type: PlanType,
    /// Allowance of a cycle; absent = none is set.
    pub data_limit: Option<Megabytes>,
    /// Validity, or the length of a cycle when it resets.
    pub duration: Period,
    /// Whether usage starts anew after each cycle [XML-137].
    pub resets: bool,
    /// Whether the customer may share the connection.
    pub tethering: bool,
    /// Whether Windows tells an operator's app of every step of usage:
    /// `DataUsageInMobileOperatorNotificationEnabled` [USE-15].
    pub usage_notifications: bool,
    /// When it begins if it renews another.
    pub renewal: RenewalKind,
    /// Whether the customer may choose that it renews itself.
    pub auto_renew: bool,
}

/// When a plan begins that renews one which still runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RenewalKind {
    /// When that one ends.
    #[default]
    After,
    /// At once: that one goes on with what is left of it, and has this one's allowance and time
    /// besides.
    AtOnce,
}

impl Plan {
    /// Returns what a customer pays, and what of it is tax where that is known.
    #[must_use]
    pub fn to_pay(&self) -> (Money, Option<Tax>) {
        match (self.tax_rate_bp, self.price_includes_tax) {
            (None, _) => (self.price, None),
            (Some(rate), true) => (self.price, Some(Tax::within(self.price, rate))),
            (Some(rate), false) => {
                let tax = Tax::on_top(self.price, rate);
                let minor = self.price.minor.saturating_add(tax.amount.minor);
                (Money { minor, ..self.price }, Some(tax))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_that_there_is_a_password_and_not_which() {
        let connection = Connection {
            purpose: Purpose::Internet,
            access_string: "internet.example".to_owned(),
            user_name: Some("u".to_owned()),
            password: Some("s3cret".to_owned()),
            auth_protocol: Some(AuthProtocol::Chap),
            compression: None,
        };
        let printed = format!("{connection:?} {:#?}", vec![&connection]);
        assert!(printed.contains("internet.example") && printed.contains('…'), "{printed}");
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
