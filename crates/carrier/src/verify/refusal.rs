//! Why a document is refused, in our words, Windows' HRESULT and msProvisionNetworks' number.
//!
//! Not here: refusals after trust (device presence, partial failures), whose numbers 1 and 6 to
//! 8 [XML-199] no signature check can give.
//! Implements [XML-189]…[XML-199].

use std::fmt;

use crate::chain::ChainError;
pub use crate::hresult::Hresult;
use crate::schema::SchemaError;
use crate::xml::XmlError;

/// Names the check that refused, in the order of [SIG-27].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// XML and grammar.
    Schema,
    /// Presence of signature and leaf, and the SignatureValue.
    Signature,
    /// The digest over the document.
    Digest,
    /// The certificates up to a root.
    Chain,
    /// What the leaf may be used for.
    Usage,
    /// Whether the user wants this signer.
    Trust,
}

/// Says why a SignatureValue is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// SignatureMethod or DigestMethod is not accepted; HMAC never is [SIG-27].
    Algorithm,
    /// The leaf cannot be read, or its key is not RSA of 2048 to 8192 bits [SIG-12].
    Key,
    /// The value does not fit SignedInfo and the leaf's key.
    Value,
}

/// Says what the leaf lacks [XML-197].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageFault {
    /// The EV policy.
    NotEv,
    /// digitalSignature in keyUsage.
    NoDigitalSignature,
}

/// Says why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not acceptable XML.
    Malformed(XmlError),
    /// Violates the schema, that of the signature included.
    Invalid(SchemaError),
    /// Not signed.
    Unsigned,
    /// Signed, but without a certificate.
    NoLeaf,
    /// The signature is not believed.
    Signature(SignatureFault),
    /// The document is not the one that was signed.
    Digest,
    /// The signer does not chain to a trusted root.
    Chain(ChainError),
    /// The signer's certificate is not for this use.
    Usage(UsageFault),
    /// The user does not accept this signer.
    ConsentRefused,
    /// A refresh brought a signer that is not known; silent, as nobody can be asked [SIG-31].
    UnknownSigner,
}

impl Refusal {
    /// Returns the check that refused.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Malformed(_) | Self::Invalid(_) => Stage::Schema,
            Self::Unsigned | Self::NoLeaf | Self::Signature(_) => Stage::Signature,
            Self::Digest => Stage::Digest,
            Self::Chain(_) => Stage::Chain,
            Self::Usage(_) => Stage::Usage,
            Self::ConsentRefused | Self::UnknownSigner => Stage::Trust,
        }
    }

    /// Returns the code that Windows gives [XML-190]…[XML-198].
    #[must_use]
    pub const fn hresult(&self) -> Hresult {
        Hresult(match self {
            Self::Malformed(_) => 0x8217_0001,
            Self::Invalid(_) => 0x8217_0002,
            Self::Signature(_) => 0x8217_0003,
            Self::Chain(_) => 0x8217_0004,
            Self::Digest => 0x8217_0005,
            Self::ConsentRefused | Self::UnknownSigner => 0x8217_0006,
            Self::NoLeaf => 0x8217_0007,
            Self::Usage(_) => 0x8217_000d,
            Self::Unsigned => 0x8217_000e,
        })
    }

    /// Returns the number that `msProvisionNetworks` gives: 2, 3, 4 or 5 [XML-199].
    #[must_use]
    pub const fn result(&self) -> u8 {
        self.hresult().result()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(_) => "not acceptable xml",
            Self::Invalid(_) => "violates the schema",
            Self::Unsigned => "not signed",
            Self::NoLeaf => "no certificate in the signature",
            Self::Signature(SignatureFault::Algorithm) => "signature algorithm is not accepted",
            Self::Signature(SignatureFault::Key) => "key of the signer is not accepted",
            Self::Signature(SignatureFault::Value) => "signature value does not hold",
            Self::Digest => "document was changed after signing",
            Self::Chain(_) => "signer does not chain to a trusted root",
            Self::Usage(UsageFault::NotEv) => "certificate of the signer is not ev",
            Self::Usage(UsageFault::NoDigitalSignature) => {
                "certificate of the signer is not for digital signatures"
            }
            Self::ConsentRefused => "signer was not accepted",
            Self::UnknownSigner => "signer of the refresh is not known",
        })
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(source) => Some(source),
            Self::Invalid(source) => Some(source),
            Self::Chain(source) => Some(source),
            Self::Unsigned
            | Self::NoLeaf
            | Self::Signature(_)
            | Self::Digest
            | Self::Usage(_)
            | Self::ConsentRefused
            | Self::UnknownSigner => None,
        }
    }
}
