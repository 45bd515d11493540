//! What commands and machine interfaces print; not part of the portal's WebAssembly.

use serde::{Deserialize, Serialize};

/// The envelope of every error that a machine interface answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// A stable name for programs.
    pub code: String,
    /// A sentence for people: what was wrong and what to do.
    pub message: String,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Integer minor units.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// A finding of `config check` and `catalog lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The file that it is in.
    pub file: String,
    /// Its line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The key that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

/// What `config check` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What stops `serve`.
    pub errors: Vec<Finding>,
    /// What does not.
    pub warnings: Vec<Finding>,
}

/// An order as the ledger has it; identifiers masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its code, ten characters.
    pub code: String,
    /// Its brand.
    pub brand: String,
    /// Its plan.
    pub plan: String,
    /// Its price.
    pub price: Money,
    /// Its state.
    pub state: String,
    /// When it was created.
    pub created_at: String,
    /// Masked subscriber, when known.
    pub subscriber: Option<String>,
    /// The subscription that it granted, once it is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Payments of it that go back, or went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Its receipt, then its credit note, as far as they were issued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// What the customer said for it, masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customer: Vec<CustomerValue>,
    /// What happened to it, in order.
    pub events: Vec<OrderEvent>,
    /// Deliveries to Windows, in order.
    pub deliveries: Vec<Delivery>,
}

/// A payment that goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The name of the provider.
    pub provider: String,
    /// The provider's id of the payment.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Whether the provider gave it back.
    pub is_done: bool,
}

/// A receipt or a credit note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `receipt` or `credit_note`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued_at: String,
    /// How much.
    pub amount: Money,
}

/// Something that a customer said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerValue {
    /// The name of the field.
    pub name: String,
    /// The first character of the value, and `…`.
    pub value: String,
}

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// When.
    pub at: String,
    /// Who or what did it.
    pub actor: String,
    /// What it was.
    pub event: String,
    /// Its idempotency key; absent in entries from before there was one.
    #[serde(default)]
    pub key: Option<String>,
    /// The state afterwards.
    pub state: String,
}

/// A document handed to Windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// When it was fetched.
    pub at: String,
    /// SHA-256 of the document, lower-case hexadecimal.
    pub sha256: String,
    /// What Windows returned, when it did.
    pub result: Option<u32>,
}

/// What `provision build` is asked for; has no Debug for the identifiers' sake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisionOrder {
    /// The brand's id.
    pub brand: String,
    /// The plan's id.
    pub plan: String,
    /// IMSI, SID or whatever the operator knows the customer by; empty for the ICCID.
    #[serde(default)]
    pub subscriber_id: String,
    /// IMEI or MAC address.
    #[serde(default)]
    pub device_id: Option<String>,
    /// The SIM's number.
    #[serde(default)]
    pub iccid: Option<String>,
    /// When the plan started (RFC 3339).
    pub activated_at: String,
    /// MB used since; none if absent.
    #[serde(default)]
    pub usage_mb: Option<u32>,
    /// The parts to write; all that the brand has if absent.
    #[serde(default)]
    pub parts: Option<Vec<String>>,
}

/// What `provision verify` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionVerdict {
    /// What `msProvisionNetworks` would return, 0 to 8.
    pub result: u8,
    /// Its meaning, in `snake_case`.
    pub result_name: String,
    /// The check that refused; absent on success.
    pub stage: Option<String>,
    /// Windows' code, eight lower-case hexadecimal digits.
    pub hresult: String,
    /// Who signed, as far as it could be read.
    pub signer: Option<ProvisionSigner>,
    /// Why it was refused, for people.
    pub message: Option<String>,
}

/// The certificate that signed a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionSigner {
    /// Its subject, most specific part first.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// SHA-1 of the certificate in lower-case hexadecimal digits.
    pub thumbprint: String,
    /// The end of its validity (RFC 3339).
    pub not_after: String,
    /// Whether it carries an EV policy.
    pub ev: bool,
}

/// What `provision lint` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionFindings {
    /// What a host refuses.
    pub errors: Vec<ProvisionFinding>,
    /// What is legal and perhaps not meant.
    pub warnings: Vec<ProvisionFinding>,
}

/// One finding of `provision lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionFinding {
    /// A stable name for programs.
    pub code: String,
    /// The elements from the root.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The requirement behind it.
    pub requirement: String,
}

/// What `catalog lint` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogFindings {
    /// What stops the catalogue's use.
    pub errors: Vec<CatalogFinding>,
    /// What does not.
    pub warnings: Vec<CatalogFinding>,
}

/// One finding of `catalog lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogFinding {
    /// The file that should change.
    pub file: String,
    /// Its brand, where it could be read.
    pub brand: Option<String>,
    /// A stable name for programs.
    pub code: String,
    /// What is wrong and what to do, with its line and key where they are known.
    pub message: String,
}

/// The answer to one request of `match`; `Id` is whatever the request is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MatchAnswer<Id> {
    /// The request could be read.
    Report(MatchReport<Id>),
    /// It could not.
    Refused(BatchError<Id>),
}

impl<Id> MatchAnswer<Id> {
    /// Tells whether the request could not be read.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// Whose SIM it is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchReport<Id> {
    /// What the request calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The brand; null when nothing matches.
    pub brand: Option<String>,
    /// The rule that decided.
    pub matched_by: Option<String>,
    /// What of the brand's lists decided.
    pub target: Option<MatchTarget>,
    /// Each rule of the mode, in order.
    pub trace: Vec<MatchTrace>,
    /// What is odd about the request.
    pub warnings: Vec<String>,
}

/// What of a brand's lists a value met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MatchTarget {
    /// A name.
    Name(String),
    /// A system id.
    Sid(u16),
    /// Start and end of a range.
    Range([String; 2]),
}

/// A rule that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchTrace {
    /// The rule.
    pub rule: String,
    /// The value, masked where it identifies somebody.
    pub value: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// The brand that has the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
}

/// Stands in the place of the answer to a request that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchError<Id> {
    /// What went wrong.
    pub error: ErrorDetail,
    /// The line of the batch, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What the request calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// What `catalog import gnome` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Countries read.
    pub countries: usize,
    /// Providers read.
    pub providers: usize,
    /// Access points read.
    pub apns: usize,
    /// Networks read, each once.
    pub networks: usize,
    /// System ids read, each once.
    pub sids: usize,
    /// Brands written.
    pub brands: usize,
    /// Providers that were not, as they have no access points.
    pub without_apns: usize,
    /// IMSI ranges written, each a whole network.
    pub imsi_ranges: usize,
    /// What more than one provider claims; written for none of them.
    pub conflicts: Vec<ImportConflict>,
    /// What was unusual about the input.
    pub notices: Vec<String>,
}

/// A number that more than one provider claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportConflict {
    /// `plmn` or `sid`.
    pub kind: String,
    /// The number.
    pub value: String,
    /// Who claims it, or a network that shares IMSIs with it.
    pub claims: Vec<ImportClaim>,
}

/// A provider that claims something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportClaim {
    /// Code of its country.
    pub country: String,
    /// Its name.
    pub provider: String,
    /// Whether the networks are its own, where the input says.
    pub primary: Option<bool>,
}
