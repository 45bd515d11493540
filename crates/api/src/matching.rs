//! What programs ask about a SIM, and the answers: packages, affiliation, settings.
//!
//! Questions name people, so they have no `Debug`. Not here: matching itself.

use serde::{Deserialize, Serialize};

/// Most values of [`MetadataRequest::identities`].
pub const IDENTITIES_MAX: usize = 16;
/// Most values of [`MetadataRequest::hwids`].
pub const HWIDS_MAX: usize = 64;

/// The body of `POST /api/metadata`: identities, or hardware ids for brands that take no other.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetadataRequest {
    /// What the client read, numbers without their last two digits [MATCH-12].
    pub identities: Vec<SentIdentity>,
    /// Hashes of the same.
    pub hwids: Vec<String>,
    /// The GUID of the package that the client has, whose files it does not need again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
}

/// A value that the client read from SIM or device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentIdentity {
    /// `gsm-hpn`, `gsm-iccid`, `gsm-imsi`, `cdma-sid` or `cdma-name`.
    pub kind: String,
    /// Of a number, its digits without the last two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// Of anything else, the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A service metadata package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataPackage {
    /// The brand.
    pub brand: String,
    /// The rule that found it.
    pub matched_by: String,
    /// The GUID of this revision, without braces; another revision has another [MATCH-83].
    pub guid: String,
    /// The name of the cabinet file that the files make.
    pub file_name: String,
    /// When the package was changed last (RFC 3339); greater is newer.
    pub last_modified: String,
    /// The files, absent where the client has this revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<PackageFile>>,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFile {
    /// Its path in the package, with `/`.
    pub path: String,
    /// Its bytes in base64.
    pub base64: String,
}

/// The body of `POST /api/affiliation` [MATCH-56].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AffiliationRequest {
    /// The SIM's number.
    pub iccid: String,
    /// The subscriber's number.
    pub imsi: String,
    /// The home provider's name, as the device tells it; may be empty.
    pub home_provider: String,
    /// The SIM's group identifier level 1, in hexadecimal digits, where the app can read it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub gid1: String,
}

/// Whose customer it is [MATCH-56]; of one shape for known and unknown SIMs. Has no
/// Debug, as the document names the subscriber.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffiliationAnswer {
    /// The brand.
    pub brand: String,
    /// The document that changes the branding, as text.
    pub provisioning_file: String,
}

/// The body of `POST /api/settings`: what is known of a SIM, and which Windows asks.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimQuestion {
    /// `gsm` or `cdma`; empty = `gsm`.
    pub mode: String,
    /// The SIM's number.
    pub iccid: String,
    /// The subscriber's number.
    pub imsi: String,
    /// The home provider's name.
    pub home_provider: String,
    /// The system id, CDMA.
    pub sid: String,
    /// The provider's name, CDMA.
    pub provider_name: String,
    /// Whether a PIN hides what is not given.
    pub pin_locked: bool,
    /// Whether a document of a purchase was applied.
    pub provisioned: bool,
    /// A Windows, such as `win10_1803`, which an empty one is.
    pub host: String,
}

/// What holds for a SIM, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsAnswer {
    /// The Windows that was asked about.
    pub host: String,
    /// The brand, when one was found.
    pub brand: Option<String>,
    /// The rule that found it.
    pub matched_by: Option<String>,
    /// Each rule, in order.
    pub trace: Vec<TraceStep>,
    /// What is odd about the SIM.
    pub warnings: Vec<String>,
    /// Each setting.
    pub settings: Vec<Setting>,
    /// Whether this Windows asks service metadata for an app.
    pub needs_app_lookup: bool,
    /// Who may sign documents without a question.
    pub certificates: Vec<Certificate>,
}

/// A rule tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// The rule.
    pub rule: String,
    /// The value compared, masked.
    pub value: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// The brand that has this value.
    pub brand: Option<String>,
}

/// A setting as it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// What it says; absent where nothing defines it.
    pub value: Option<String>,
    /// Where that is from.
    pub source: Option<String>,
    /// What else is defined, strongest source first.
    pub shadowed: Vec<ShadowedSetting>,
}

/// A setting that is defined and does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowedSetting {
    /// Where it is defined.
    pub source: String,
    /// What it says.
    pub value: String,
    /// Why it does not count.
    pub why: String,
}

/// A certificate, by its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Where it is defined.
    pub source: String,
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
}
