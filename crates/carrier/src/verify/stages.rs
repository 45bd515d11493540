//! The checks as a chain of proofs: each type can only be had from the one before.
//!
//! Not here: the order's meaning and the trust policy ([`super`]). Fields are private to this
//! file; a new check is a new type between two others.
//! Implements the order of [SIG-27].

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::X509Certificate;

use super::{Consent, Refusal, SignatureFault, Trust, UsageFault};
use crate::chain::{self, CertificateFacts, ChainError};
use crate::dsig::{self, Algorithm};
use crate::schema;
use crate::xml::{self, Element};

/// A document that the reader and the schema accept, the profile of its signature included.
pub(super) struct Parsed {
    root: Element,
    signature: Option<dsig::Parts>,
}

/// Its signature comes with a leaf certificate that can be read.
pub(super) struct WithLeaf<'p> {
    parts: &'p dsig::Parts,
    leaf: X509Certificate<'p>,
    facts: CertificateFacts,
    /// The other certificates of the document, not read yet.
    others: &'p [Vec<u8>],
}

/// The leaf's key signed SignedInfo.
pub(super) struct Signed<'p>(WithLeaf<'p>);

/// SignedInfo speaks of this document.
pub(super) struct Unchanged<'p>(Signed<'p>);

/// The leaf chains to a trusted root at the given moment.
pub(super) struct Chained<'p>(Unchanged<'p>);

/// The leaf may sign documents.
pub(super) struct Usable<'p>(Chained<'p>);

/// The signer is known or the user accepts it: the last proof.
#[derive(Clone, Debug)]
pub(super) struct Accepted {
    signer: CertificateFacts,
    needed_consent: bool,
}

impl Parsed {
    pub(super) fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        let tree = xml::parse_tree(bytes).map_err(Refusal::Malformed)?;
        schema::validate(&tree.root).map_err(Refusal::Invalid)?;
        let signature = dsig::parts(&tree);
        Ok(Self { root: tree.root, signature })
    }

    pub(super) fn leaf(&self) -> Result<WithLeaf<'_>, Refusal> {
        let parts = self.signature.as_ref().ok_or(Refusal::Unsigned)?;
        let (der, others) = parts.certificates.split_first().ok_or(Refusal::NoLeaf)?;
        let unreadable = |_| Refusal::Signature(SignatureFault::Key);
        let leaf = chain::decode(der).map_err(unreadable)?;
        let facts = chain::facts(&leaf).map_err(unreadable)?;
        Ok(WithLeaf { parts, leaf, facts, others })
    }

    pub(super) fn into_root(self) -> Element {
        self.root
    }
}

impl<'p> WithLeaf<'p> {
    pub(super) fn signature_value(self) -> Result<Signed<'p>, Refusal> {
        let refused = |fault| Err(Refusal::Signature(fault));
        let Some(algorithm) = Algorithm::of_signature(&self.parts.signature_method) else {
            return refused(SignatureFault::Algorithm);
        };
        if Algorithm::of_digest(&self.parts.digest_method).is_none() {
            return refused(SignatureFault::Algorithm);
        }
        if !self.facts.key.can_sign() {
            return refused(SignatureFault::Key);
        }
        let algorithm: &dyn VerificationAlgorithm = match algorithm {
            Algorithm::RsaSha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Algorithm::RsaSha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        };
        let key = self.leaf.public_key().subject_public_key.data.as_ref();
        let signed = UnparsedPublicKey::new(algorithm, key)
            .verify(self.parts.signed_info.as_bytes(), &self.parts.value);
        match signed {
            Ok(()) => Ok(Signed(self)),
            Err(_) => refused(SignatureFault::Value),
        }
    }
}

impl<'p> Signed<'p> {
    pub(super) fn digest(self) -> Result<Unchanged<'p>, Refusal> {
        let parts = self.0.parts;
        let found = Algorithm::of_digest(&parts.digest_method)
            .map(|algorithm| algorithm.digest(parts.content.as_bytes()));
        if found.as_ref() == Some(&parts.digest) {
            Ok(Unchanged(self))
        } else {
            Err(Refusal::Digest)
        }
    }
}

impl<'p> Unchanged<'p> {
    pub(super) fn chain(self, trust: &Trust<'_>) -> Result<Chained<'p>, Refusal> {
        let with_leaf = &self.0.0;
        let malformed = |_| Refusal::Chain(ChainError::Malformed);
        let others = with_leaf.others.iter().map(|der| chain::decode(der));
        let others = others.collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let roots = trust.roots.iter().map(|root| chain::decode(root.as_bytes()));
        let roots = roots.collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        chain::hold(&with_leaf.leaf, &others, &roots, trust.at).map_err(Refusal::Chain)?;
        Ok(Chained(self))
    }
}

impl<'p> Chained<'p> {
    pub(super) fn usage(self) -> Result<Usable<'p>, Refusal> {
        let facts = &self.0.0.0.facts;
        if facts.ev_policies.is_empty() {
            return Err(Refusal::Usage(UsageFault::NotEv));
        }
        if !facts.digital_signature {
            return Err(Refusal::Usage(UsageFault::NoDigitalSignature));
        }
        Ok(Usable(self))
    }
}

impl Usable<'_> {
    pub(super) fn consent(self, trust: &Trust<'_>) -> Result<Accepted, Refusal> {
        let signer = self.0.0.0.0.facts;
        let needed_consent = !trust.known.contains(&signer.thumbprint);
        match trust.consent {
            Consent::Refused if needed_consent => Err(Refusal::ConsentRefused),
            Consent::Refused | Consent::Given => Ok(Accepted { signer, needed_consent }),
        }
    }
}

impl Accepted {
    pub(super) const fn signer(&self) -> &CertificateFacts {
        &self.signer
    }

    pub(super) const fn needed_consent(&self) -> bool {
        self.needed_consent
    }
}
