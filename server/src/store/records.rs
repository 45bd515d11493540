//! What the store keeps, as values.
//!
//! Not here: how it is kept ([`super::sqlite`]).

use std::fmt;

use domain::code::OrderId;
use domain::identity::{Iccid, masked};
use domain::launch::{Device, Launch, Subscriber, Technology};
use domain::{Timestamp, brand::BrandId, order};

/// What a launch claimed about subscriber, device and SIM [PORT-24].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `SubId`.
    pub subscriber: Option<Subscriber>,
    /// `DevId`.
    pub device: Option<Device>,
    /// `IccId`.
    pub iccid: Option<Iccid>,
    /// What the values imply.
    pub technology: Technology,
}

impl From<Launch> for Claims {
    fn from(launch: Launch) -> Self {
        let Launch { subscriber, device, iccid, technology } = launch;
        Self { subscriber, device, iccid, technology }
    }
}

/// A customer's session, behind an opaque cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of the cookie.
    pub id_hash: String,
    /// The token that its forms carry.
    pub token: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the launch claimed.
    pub claims: Claims,
    /// The brand that was found.
    pub brand: Option<BrandId>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?}, {:?})", self.brand, self.claims)
    }
}

/// An order with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The ledger's order.
    pub order: order::Order,
    /// Counts its changes, from 1.
    pub version: u64,
    /// Hash of the cookie of the session that made it.
    pub session: String,
    /// The key that the browser gave it.
    pub browser_key: String,
    /// For whom.
    pub claims: Claims,
}

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// The order.
    pub order: OrderId,
    /// The version that it led to.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Who or what: `customer`, `provider`, `network`, `clock`, an account.
    pub actor: String,
    /// What.
    pub event: String,
    /// Its idempotency key ([`order::Event::key`]); absent in old entries.
    pub key: Option<String>,
    /// The state afterwards.
    pub state: order::State,
}

/// An effect that waits to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its idempotency key.
    pub key: String,
    /// The order.
    pub order: OrderId,
    /// What is to be done.
    pub effect: order::Effect,
    /// When it was decided.
    pub created_at: Timestamp,
    /// When to do it.
    pub due_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// A plan that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The order that granted it.
    pub order: OrderId,
    /// The brand.
    pub brand: BrandId,
    /// The plan's id.
    pub plan: String,
    /// For whom.
    pub subscriber: Option<Subscriber>,
    /// The SIM.
    pub iccid: Option<Iccid>,
    /// When it began.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// A signed document, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDocument {
    /// The order that it is for.
    pub order: OrderId,
    /// Which parts it has.
    pub variant: String,
    /// The document.
    pub xml: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

impl fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedDocument({}, {}, {})", self.order, self.variant, self.sha256)
    }
}

/// A document handed to Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// The order.
    pub order: OrderId,
    /// Which document.
    pub variant: String,
    /// How: `bridge` or `file`.
    pub channel: String,
    /// SHA-256 of the document.
    pub sha256: String,
    /// When it was fetched.
    pub at: Timestamp,
    /// What Windows returned.
    pub result: Option<u32>,
    /// When it did.
    pub result_at: Option<Timestamp>,
}

/// Where a session of the sandbox provider stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxStatus {
    /// Waits for a card.
    Open,
    /// Waits for the customer to confirm to the bank.
    Confirming,
    /// Paid.
    Paid,
    /// The card was declined.
    Declined,
    /// Closed unpaid.
    Closed,
}

/// A session of the sandbox provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSession {
    /// Its id.
    pub id: String,
    /// The idempotency key that it was opened with.
    pub key: String,
    /// What is bought.
    pub description: String,
    /// What it costs.
    pub amount: domain::amount::Money,
    /// Where the customer goes afterwards.
    pub return_url: String,
    /// When it closes.
    pub closes_at: Timestamp,
    /// Where it stands.
    pub status: SandboxStatus,
    /// The payment's reference, once paid.
    pub reference: Option<String>,
    /// Whether the payment was given back.
    pub is_refunded: bool,
}

/// A person's account in the operator area.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// `support`, `operator` or `auditor`.
    pub role: String,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}, {})", self.name, self.role)
    }
}

/// A person's log-in.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Hash of its cookie.
    pub id_hash: String,
    /// The account.
    pub account: String,
    /// The token that its forms carry.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login({})", self.account)
    }
}

/// A machine's token.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Hash of the token.
    pub hash: String,
    /// Its name.
    pub name: String,
    /// What it may do, such as `usage:write`.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken({}, {:?})", self.name, self.scopes)
    }
}

/// Who did what, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: an account, `token:NAME`, or `bootstrap`.
    pub actor: String,
    /// What, such as `account.create`.
    pub action: String,
    /// To what.
    pub object: String,
}

impl Claims {
    /// Returns the subscriber masked for people and logs.
    #[must_use]
    pub fn masked_subscriber(&self) -> Option<String> {
        match &self.subscriber {
            Some(Subscriber::Imsi(imsi)) => Some(imsi.masked()),
            Some(Subscriber::Min(min)) => Some(masked(min.reveal())),
            None => self.iccid.as_ref().map(Iccid::masked),
        }
    }
}

/// The service metadata package of a brand as it was last served [MATCH-83].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRevision {
    /// The brand, which may be gone from the catalogue.
    pub brand: BrandId,
    /// The GUID that names the package's file, without braces.
    pub guid: String,
    /// Its `LastModifiedDate`, a whole second.
    pub last_modified: Timestamp,
    /// SHA-256 of what it says besides, lower-case hexadecimal.
    pub sha256: String,
}
