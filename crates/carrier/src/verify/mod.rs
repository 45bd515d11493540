//! Signed bytes → the signer, or a refusal with the code that Windows would give.
//!
//! The checks run in the order of [SIG-27] and the first failure wins; each is a step that
//! consumes the proof of the one before (`stages`), so that a skipped check does not compile.
//! The rules are those of a web source (T2 and T3 of [SIG-20] as resolved by [SIG-23]): EV
//! always, consent for an unknown certificate. Not here: the operator's own app (T1), known
//! certificates by name [SIG-24], revocation, and everything after trust.
//! Implements [SIG-20]…[SIG-23] for web sources, [SIG-26], [SIG-27], [XML-189]…[XML-199].

mod refusal;
mod stages;

use jiff::Timestamp;

use crate::chain::{CertificateDer, CertificateFacts, Thumbprint};
use crate::document::Document;
use crate::read::{self, ReadError};
use crate::xml::Element;

pub use refusal::{Hresult, Refusal, SignatureFault, Stage, UsageFault};

/// Says what the user answers when asked whether to trust an unknown signer [SIG-21].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Given,
    /// No, or nobody could be asked.
    Refused,
}

/// Holds what a verification trusts.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The trusted roots; any certificate may be one, but it must be a CA.
    pub roots: &'a [CertificateDer],
    /// The moment for which all certificates must be valid.
    pub at: Timestamp,
    /// The signers that need no consent: those that the user accepted before [SIG-23].
    pub known: &'a [Thumbprint],
    /// What the user answers for a signer that is not known.
    pub consent: Consent,
}

/// Holds a document whose signature and signer passed every check; only [`verify`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    accepted: stages::Accepted,
    root: Element,
}

impl Verified {
    /// Returns what the signer's certificate says.
    #[must_use]
    pub const fn signer(&self) -> &CertificateFacts {
        self.accepted.signer()
    }

    /// Says whether the user's consent was needed; remember the thumbprint if so [SIG-23].
    #[must_use]
    pub const fn needed_consent(&self) -> bool {
        self.accepted.needed_consent()
    }

    /// Reads the document that was verified.
    ///
    /// # Errors
    /// The content is beyond the model; see [`ReadError`].
    pub fn document(&self) -> Result<Document, ReadError> {
        read::from_valid(&self.root)
    }
}

/// Verifies a document from a web source.
///
/// # Errors
/// The first check that fails, in the order of [SIG-27].
pub fn verify(bytes: &[u8], trust: &Trust<'_>) -> Result<Verified, Refusal> {
    let parsed = stages::Parsed::new(bytes)?;
    let accepted =
        parsed.leaf()?.signature_value()?.digest()?.chain(trust)?.usage()?.consent(trust)?;
    Ok(Verified { accepted, root: parsed.into_root() })
}
