//! Signed documents: composed for an order, signed once, kept byte for byte.
//!
//! Composing is a pure translation from the ledger's words to the document's; signing happens
//! once per order and variant, and what was signed is never encoded again. Not here: XML
//! ([`carrier`]) and handing over ([`crate::http::orders`]).

mod compose;

use std::fmt;
use std::sync::Arc;

use carrier::chain::CertificateDer;
use carrier::dsig::Algorithm;
use carrier::sign::{RsaSigner, sign};
use carrier::verify::{Consent, Trust, verify};
use domain::Timestamp;
use domain::brand::Brand;

use crate::store::{Command, Order, SignedDocument, Store, StoreError};
use compose::compose;

/// The variant with every part.
pub const FULL: &str = "full";

/// Where signatures come from, by the name that a brand gives.
pub type SignerSource =
    Box<dyn Fn(&str, Timestamp) -> Result<Arc<RsaSigner>, String> + Send + Sync>;

/// Composes, signs and verifies documents.
pub struct Documents {
    /// Signers by name.
    pub signers: SignerSource,
    /// The signer's name of each brand.
    pub signer_of: Box<dyn Fn(&Brand) -> String + Send + Sync>,
    /// Certificates that the lab's Windows trusts, in DER.
    pub roots: Vec<CertificateDer>,
}

/// Why there is no signed document.
#[derive(Debug)]
pub enum DocumentError {
    /// The order lacks something or holds something that a document cannot carry.
    Compose(String),
    /// There is no signer, or it does not sign.
    Sign(String),
    /// The store does not answer.
    Store(StoreError),
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compose(what) => write!(f, "the document cannot be composed: {what}"),
            Self::Sign(what) => write!(f, "the document cannot be signed: {what}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DocumentError {}

impl Documents {
    /// Returns the signed document of an active order, signing it the first time.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub async fn for_order(
        &self,
        store: &dyn Store,
        record: &Order,
        brand: &Brand,
        variant: &str,
        now: Timestamp,
    ) -> Result<SignedDocument, DocumentError> {
        let id = record.order.id;
        let known = store.document(id, variant.to_owned()).await.map_err(DocumentError::Store)?;
        if let Some(document) = known {
            return Ok(document);
        }
        let composed = compose(record, brand, now).map_err(DocumentError::Compose)?;
        let canonical = carrier::write::write(&composed)
            .map_err(|error| DocumentError::Compose(error.to_string()))?;
        let signer = (self.signers)(&(self.signer_of)(brand), now).map_err(DocumentError::Sign)?;
        let signed = sign(&canonical, signer.as_ref(), Algorithm::RsaSha256, now)
            .map_err(|error| DocumentError::Sign(format!("{:#}", anyhow::Error::from(error))))?;
        let document = SignedDocument {
            order: id,
            variant: variant.to_owned(),
            xml: signed.as_str().to_owned(),
            sha256: signed.sha256_hex(),
            signed_at: now,
        };
        // Two requests at once sign the same bytes; the first that is stored is the one.
        let insert = vec![Command::InsertDocument(document)];
        store.commit(insert).await.map_err(DocumentError::Store)?;
        let stored = store.document(id, variant.to_owned()).await.map_err(DocumentError::Store)?;
        let stored = stored.ok_or(DocumentError::Store(StoreError::Missing))?;
        tracing::info!(
            order = record.order.code.as_str(),
            carrier_id = brand.carrier_id,
            sha256 = stored.sha256,
            "document signed"
        );
        Ok(stored)
    }

    /// Says what Windows would return for a document from a web site, with the reason.
    ///
    /// # Errors
    /// The number of [PORT-46] and the reason.
    pub fn verify(&self, bytes: &[u8], now: Timestamp) -> Result<(), (u32, String)> {
        let trust = Trust { roots: &self.roots, at: now, known: &[], consent: Consent::Given };
        verify(bytes, &trust)
            .map(drop)
            .map_err(|refusal| (u32::from(refusal.result()), refusal.to_string()))
    }
}
