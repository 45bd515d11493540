//! The checks as a chain of proofs: each type can only be had from the one before.
//!
//! Not here: the order's meaning and the trust policy ([`super`]). Fields are private to this
//! file; a new check is a new type between two others.
//! Implements the order of [SIG-27].

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::X509Certificate;

use super::{
    Consent, Grounds, Known, KnownWithoutEv, Refusal, SignatureFault, Source, Trust, UsageFault,
};
use crate::chain::{self, CertificateFacts, ChainError, Ground};
use crate::dsig::{self, Algorithm};
use crate::schema::{self, SchemaError};
use crate::xml::{self, Element};

/// A document that the reader and the schema accept, the profile of its signature included.
pub(super) struct Parsed<'a> {
    root: Element<'a>,
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

/// The leaf may sign documents of this source.
pub(super) struct Usable<'p> {
    chained: Chained<'p>,
    standing: Standing,
}

/// What the source says of a signer.
enum Standing {
    OperatorApp,
    Known,
    Unknown(Consent),
    UnknownToRefresh,
}

/// The source accepts the document: the last proof.
#[derive(Clone, Debug)]
pub(super) struct Accepted(Grounds);

impl<'a> Parsed<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        Self::of(bytes, schema::validate)
    }

    pub(super) fn new_as_agent(bytes: &'a [u8]) -> Result<Self, Refusal> {
        Self::of(bytes, schema::validate_as_agent)
    }

    fn of(
        bytes: &'a [u8],
        validate: fn(&Element<'_>) -> Result<(), SchemaError>,
    ) -> Result<Self, Refusal> {
        let tree = xml::parse_tree(bytes).map_err(Refusal::Malformed)?;
        validate(&tree.root).map_err(Refusal::Invalid)?;
        let signature = dsig::parts(&tree);
        Ok(Self { root: tree.root, signature })
    }

    /// Accepts a document without a signature where its source needs none [SIG-29].
    pub(super) fn unsigned(&self, trust: &Trust<'_>) -> Option<Accepted> {
        match (&self.signature, trust.source) {
            (None, Source::OperatorApp) => Some(Accepted(Grounds::OperatorApp)),
            (Some(_), Source::OperatorApp)
            | (_, Source::WebSite { .. } | Source::Refresh { .. }) => None,
        }
    }

    pub(super) fn leaf(&self) -> Result<WithLeaf<'_>, Refusal> {
        let parts = self.signature.as_ref().ok_or(Refusal::Unsigned)?;
        let (der, others) = parts.certificates.split_first().ok_or(Refusal::NoLeaf)?;
        let unreadable = |_| Refusal::Signature(SignatureFault::Key);
        let leaf = chain::decode(der).map_err(unreadable)?;
        let facts = chain::facts(&leaf).map_err(unreadable)?;
        Ok(WithLeaf { parts, leaf, facts, others })
    }

    pub(super) fn claimed_signer(&self) -> Option<CertificateFacts> {
        let leaf = self.signature.as_ref()?.certificates.first()?;
        chain::inspect(leaf).ok()
    }

    pub(super) fn into_root(self) -> Element<'a> {
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
        if !self.facts.key.can_be_verified() {
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
        // A heap to search: what cannot be read is no issuer, and no reason to refuse.
        let others = with_leaf.others.iter().filter_map(|der| chain::decode(der).ok());
        let others: Vec<_> = others.collect();
        let roots = trust.roots.iter().map(|root| chain::decode(root.as_bytes()));
        let roots = roots.collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let crls = trust.revocation.read();
        let policy = trust.revocation.policy;
        let ground = Ground { roots: &roots, crls: &crls, policy, at: trust.at };
        chain::hold(&with_leaf.leaf, &others, &ground).map_err(Refusal::Chain)?;
        Ok(Chained(self))
    }
}

impl<'p> Chained<'p> {
    pub(super) fn usage(self, trust: &Trust<'_>) -> Result<Usable<'p>, Refusal> {
        let (standing, needs_ev) = match trust.source {
            Source::OperatorApp => {
                return Ok(Usable { chained: self, standing: Standing::OperatorApp });
            }
            Source::WebSite { known, .. } | Source::Refresh { known } if self.is_in(&known) => {
                (Standing::Known, known.without_ev == KnownWithoutEv::Refuse)
            }
            Source::WebSite { consent, .. } => (Standing::Unknown(consent), true),
            Source::Refresh { .. } => (Standing::UnknownToRefresh, true),
        };
        let facts = &self.0.0.0.facts;
        if needs_ev && facts.ev_policies.is_empty() {
            return Err(Refusal::Usage(UsageFault::NotEv));
        }
        if !facts.digital_signature {
            return Err(Refusal::Usage(UsageFault::NoDigitalSignature));
        }
        Ok(Usable { chained: self, standing })
    }

    fn is_in(&self, known: &Known<'_>) -> bool {
        let WithLeaf { leaf, facts, .. } = &self.0.0.0;
        known.thumbprints.contains(&facts.thumbprint)
            || known.names.iter().any(|name| name.is_of(leaf))
    }
}

impl Usable<'_> {
    pub(super) fn grounds(self) -> Result<Accepted, Refusal> {
        let signer = self.chained.0.0.0.facts;
        match self.standing {
            Standing::OperatorApp => Ok(Accepted(Grounds::SignedOperatorApp(signer))),
            Standing::Known => Ok(Accepted(Grounds::Known(signer))),
            Standing::Unknown(Consent::Given) => Ok(Accepted(Grounds::Consent(signer))),
            Standing::Unknown(Consent::Refused) => Err(Refusal::ConsentRefused),
            Standing::UnknownToRefresh => Err(Refusal::UnknownSigner),
        }
    }
}

impl Accepted {
    pub(super) const fn grounds(&self) -> &Grounds {
        &self.0
    }
}
