//! The results document: what became of each part of a provisioning document.
//!
//! The types hold the three forms that exist: the call failed, the signature failed, or every
//! part was tried. Both versions are here; what only one has, only its parts have. Not here: the
//! host that applies documents, and `Messages`, which neither version has a place for.
//! Implements [XML-200]…[XML-209]. "Asking for results when no file was submitted" [XML-206] is
//! the caller's: there is no document to write then.

mod coalesce;
mod parts;
mod place;
mod read;
mod write;

use crate::chain::Thumbprint;
use crate::document::{Guid, SubscriberId};
use crate::hresult::Hresult;
use crate::verify::Refusal;
use crate::xml::Namespace;

pub use coalesce::{coalesce, combine};
pub use parts::{
    Container, Leaf, MbnProfiles, Named, NetworkMetadata, PartsV1, PartsV2, PdpContexts,
    ProvisioningV1, ProvisioningV2,
};
pub use read::{ResultsError, ResultsFault, StructureError, read};
pub use write::{CanonicalResults, write};

/// Names the version of a results document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Windows 8 [XML-201].
    V1,
    /// Windows 8.1 and later [XML-202].
    V2,
}

impl Version {
    /// Returns the version for a document: v1 cannot speak of plans and extensions [XML-208].
    #[must_use]
    pub const fn for_input(has_plans_or_extensions_v2: bool) -> Self {
        if has_plans_or_extensions_v2 { Self::V2 } else { Self::V1 }
    }

    const fn namespace(self) -> Namespace {
        match self {
            Self::V1 => Namespace::ResultsV1,
            Self::V2 => Namespace::ResultsV2,
        }
    }
}

/// Holds a code that is not success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(Hresult);

impl Failure {
    /// Takes a code; none for success.
    #[must_use]
    pub const fn new(code: Hresult) -> Option<Self> {
        if code.is_success() { None } else { Some(Self(code)) }
    }

    /// Returns the code.
    #[must_use]
    pub const fn code(self) -> Hresult {
        self.0
    }
}

/// Takes the code of a refusal, which is never success.
impl From<&Refusal> for Failure {
    fn from(refusal: &Refusal) -> Self {
        Self(refusal.hresult())
    }
}

/// Repeats for whom the document was [XML-203].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// `Issuer`: the document's `CarrierId`.
    pub issuer: Guid,
    /// `Subscriber`: the document's `SubscriberId`. Prints masked.
    pub subscriber: SubscriberId,
}

/// Names who signed the document; both or nothing [XML-201].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The subject of the certificate, as [`crate::chain::CertificateFacts::subject`] has it.
    pub subject: String,
    /// The SHA-1 thumbprint of the certificate [XML-207].
    pub thumbprint: Thumbprint,
}

/// Says what is reported of a signature that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Nothing; only in documents of others: v2 has no such page [XML-202], and the samples of
    /// the sources leave it out.
    Absent,
    /// Success, without the signer.
    Unnamed,
    /// Success, with the signer.
    By(Signer),
}

/// Holds what became of the parts of a document whose signature did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Everything succeeded: success on the root, no parts beneath it.
    Succeeded(Version),
    /// The parts of version 1.
    V1(PartsV1),
    /// The parts of version 2.
    V2(Box<PartsV2>),
}

/// Holds a results document.
///
/// Ours always name the recipient; those of others may not [XML-206].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Results {
    /// The whole call failed: the code is on the root and nothing beneath it [XML-206].
    CallFailed {
        /// The version of this document.
        version: Version,
        /// Why.
        failure: Failure,
    },
    /// The signature failed: nothing else is reported [XML-206], [XML-207].
    SignatureFailed {
        /// The version of this document.
        version: Version,
        /// For whom the document was; none only in documents of others.
        recipient: Option<Recipient>,
        /// Why.
        failure: Failure,
        /// Who signed, if a certificate could be read.
        signer: Option<Signer>,
    },
    /// Every part was tried.
    Tried {
        /// For whom the document was; none only in documents of others.
        recipient: Option<Recipient>,
        /// What is said of the signature.
        signature: Signature,
        /// What became of the parts.
        content: Content,
    },
}

impl Results {
    /// Reports what became of every part, coalesced [XML-204].
    #[must_use]
    pub fn tried(recipient: Recipient, signer: Option<Signer>, content: Content) -> Self {
        Self::Tried {
            recipient: Some(recipient),
            signature: signer.map_or(Signature::Unnamed, Signature::By),
            content: coalesce(content),
        }
    }

    /// Returns the version.
    #[must_use]
    pub const fn version(&self) -> Version {
        match self {
            Self::CallFailed { version, .. } | Self::SignatureFailed { version, .. } => *version,
            Self::Tried { content, .. } => match content {
                Content::Succeeded(version) => *version,
                Content::V1(_) => Version::V1,
                Content::V2(_) => Version::V2,
            },
        }
    }

    /// Says whether everything could be applied: `AllElementsProvisioned` [XML-206].
    #[must_use]
    pub fn all_elements_provisioned(&self) -> bool {
        match self {
            Self::CallFailed { .. } | Self::SignatureFailed { .. } => false,
            Self::Tried { content, .. } => content.is_success(),
        }
    }
}
