//! Signed bytes → the signer, or a refusal with the code that Windows would give.
//!
//! The checks run in the order of [SIG-27] and the first failure wins; each is a step that
//! consumes the proof of the one before (`stages`), so that a skipped check does not compile.
//! What is asked depends on where the document comes from ([`Source`]): the operator's own app,
//! a web site, or the refresh of an earlier document [SIG-20]. Not here: fetching revocation
//! lists, remembering consent, and everything after trust.
//! Implements [SIG-20]…[SIG-31], [XML-189]…[XML-199].

mod refusal;
mod stages;

use jiff::Timestamp;

use crate::chain::{CertificateDer, CertificateFacts, Revocation, Thumbprint, TrustedName};
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

/// Says whether a known signer may do without the EV policy: `known_cert_without_ev` [SIG-23].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownWithoutEv {
    /// EV is required, known or not.
    #[default]
    Refuse,
    /// A known signer needs no EV policy; digitalSignature is needed all the same.
    Allow,
}

/// Holds the signers that are trusted without asking [SIG-21].
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Those that the user accepted before [SIG-23].
    pub thumbprints: &'a [Thumbprint],
    /// Those that COSA, service metadata or an earlier document name [SIG-24].
    pub names: &'a [TrustedName],
    /// What they may lack.
    pub without_ev: KnownWithoutEv,
}

/// Says where a document comes from, and so what its signature has to prove [SIG-20].
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The app of the operator whose SIM is present (T1): no signature needed, nobody asked
    /// [SIG-29]. A signature that is there must hold up to a trusted root.
    OperatorApp,
    /// A web site, or an app other than the operator's (T2, T3): EV; consent if unknown.
    WebSite {
        /// The signers that need no consent.
        known: Known<'a>,
        /// What the user answers for any other.
        consent: Consent,
    },
    /// The RefreshURL of an earlier document: EV and a known signer, as nobody can be asked
    /// [SIG-30], [SIG-31].
    Refresh {
        /// The only signers that are accepted.
        known: Known<'a>,
    },
}

/// Holds what a verification trusts.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The trusted roots; any certificate may be one, but it must be a CA.
    pub roots: &'a [CertificateDer],
    /// The moment for which all certificates must be valid.
    pub at: Timestamp,
    /// Where the document comes from.
    pub source: Source<'a>,
    /// What is known of revoked certificates.
    pub revocation: Revocation<'a>,
}

impl<'a> Trust<'a> {
    /// Returns the trust in a document of a web site whose signer nobody knows, without
    /// revocation lists.
    #[must_use]
    pub fn of_web_site(roots: &'a [CertificateDer], at: Timestamp, consent: Consent) -> Self {
        let source = Source::WebSite { known: Known::default(), consent };
        Self { roots, at, source, revocation: Revocation::default() }
    }
}

/// Says on what grounds a document was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// It comes from the operator's app and is not signed (T1).
    OperatorApp,
    /// It comes from the operator's app, whose signature holds too (T1).
    SignedOperatorApp(CertificateFacts),
    /// Its signer is known.
    Known(CertificateFacts),
    /// The user accepted its signer.
    Consent(CertificateFacts),
}

impl Grounds {
    /// Returns what the signer's certificate says; none for an unsigned document.
    #[must_use]
    pub const fn signer(&self) -> Option<&CertificateFacts> {
        match self {
            Self::OperatorApp => None,
            Self::SignedOperatorApp(signer) | Self::Known(signer) | Self::Consent(signer) => {
                Some(signer)
            }
        }
    }
}

/// Holds a document that passed every check of its source; only [`verify`] makes one.
///
/// It borrows from the octets that were verified.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    accepted: stages::Accepted,
    root: Element<'a>,
}

impl Verified<'_> {
    /// Returns on what grounds it was accepted.
    #[must_use]
    pub const fn grounds(&self) -> &Grounds {
        self.accepted.grounds()
    }

    /// Returns what the signer's certificate says; none for an unsigned document.
    #[must_use]
    pub const fn signer(&self) -> Option<&CertificateFacts> {
        self.grounds().signer()
    }

    /// Says whether the user's consent was needed; remember the thumbprint if so [SIG-23].
    #[must_use]
    pub const fn needed_consent(&self) -> bool {
        matches!(self.grounds(), Grounds::Consent(_))
    }

    /// Reads the document that was verified.
    ///
    /// # Errors
    /// The content is beyond the model; see [`ReadError`].
    pub fn document(&self) -> Result<Document, ReadError> {
        read::from_valid(&self.root)
    }
}

/// Verifies a document by the rules of its source.
///
/// # Errors
/// The first check that fails, in the order of [SIG-27].
pub fn verify<'a>(bytes: &'a [u8], trust: &Trust<'_>) -> Result<Verified<'a>, Refusal> {
    judge(stages::Parsed::new(bytes)?, trust)
}

/// Verifies a document as our agent does, which also takes a `Locale` such as `en-US` [MSG-21].
///
/// # Errors
/// As [`verify`].
pub fn verify_as_agent<'a>(bytes: &'a [u8], trust: &Trust<'_>) -> Result<Verified<'a>, Refusal> {
    judge(stages::Parsed::new_as_agent(bytes)?, trust)
}

fn judge<'a>(parsed: stages::Parsed<'a>, trust: &Trust<'_>) -> Result<Verified<'a>, Refusal> {
    let accepted = match parsed.unsigned(trust) {
        Some(accepted) => accepted,
        None => {
            parsed.leaf()?.signature_value()?.digest()?.chain(trust)?.usage(trust)?.grounds()?
        }
    };
    Ok(Verified { accepted, root: parsed.into_root() })
}

/// Returns what the leaf of a document says of itself, for messages; nothing of it is verified.
#[must_use]
pub fn claimed_signer(bytes: &[u8]) -> Option<CertificateFacts> {
    stages::Parsed::new(bytes).ok()?.claimed_signer()
}
