//! Signed documents: composed for an order, signed once, kept byte for byte.
//!
//! Composing is a pure translation from the ledger's words to the document's; signing happens
//! once per order and variant, and what was signed is never encoded again. Not here: XML
//! ([`carrier`]) and handing over ([`crate::http::orders`]).

mod compose;
mod wanted;

use std::fmt;
use std::time::Duration;

use carrier::chain::CertificateDer;
use carrier::dsig::Algorithm;
use carrier::sign::sign;
use carrier::verify::{Consent, Trust, verify};
use domain::Timestamp;
use domain::brand::Brand;

use crate::catalog::{Catalog, DocumentParts};
use crate::keys::SigningKey;
use crate::store::{Command, Order, SignedDocument, Store, StoreError};
pub(crate) use compose::{Sale, compose, context};
pub(crate) use wanted::{Part, Wanted};

/// The variant with every part.
pub const FULL: &str = "full";

/// How long a signature may take; a token in the network is the slowest to give one.
const SIGN_WITHIN: Duration = Duration::from_secs(10);

/// Where signatures come from, by the name that a brand gives.
pub type SignerSource = Box<dyn Fn(&str, Timestamp) -> Result<SigningKey, String> + Send + Sync>;

/// Composes, signs and verifies documents.
pub struct Documents {
    /// Signers by name.
    pub signers: SignerSource,
    /// The signer of brands that name none.
    pub default_signer: String,
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
        catalog: &Catalog,
        brand: &Brand,
        variant: &str,
        now: Timestamp,
    ) -> Result<SignedDocument, DocumentError> {
        let id = record.order.id;
        let known = store.document(id, variant.to_owned()).await.map_err(DocumentError::Store)?;
        if let Some(document) = known {
            return Ok(document);
        }
        let sale = Sale::of_order(record, brand, now).map_err(DocumentError::Compose)?;
        let none = DocumentParts::default();
        let parts = catalog.parts.get(&brand.id).unwrap_or(&none);
        let composed =
            compose(&sale, brand, parts, Wanted::FULL).map_err(DocumentError::Compose)?;
        let canonical = carrier::write::write_with(&composed, parts.extras())
            .map_err(|error| DocumentError::Compose(error.to_string()))?;
        let signer = catalog.signing.get(&brand.id).unwrap_or(&self.default_signer);
        let key = (self.signers)(signer, now).map_err(DocumentError::Sign)?;
        // A token may take its time.
        let signed = tokio::task::spawn_blocking(move || {
            sign(&canonical, key.signer.as_ref(), key.algorithm, now)
        });
        let signed = tokio::time::timeout(SIGN_WITHIN, signed)
            .await
            .map_err(|_| DocumentError::Sign("the signer does not answer in time".to_owned()))?
            .map_err(|error| DocumentError::Sign(error.to_string()))?
            .map_err(|error| DocumentError::Sign(format!("{:#}", anyhow::Error::from(error))))?;
        log_signature(&composed, &signed, record.order.code.as_str(), "portal", now);
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
        Ok(stored)
    }

    /// Says what Windows would return for a document from a web site, with the reason.
    ///
    /// # Errors
    /// The number of [PORT-46] and the reason.
    pub fn verify(&self, bytes: &[u8], now: Timestamp) -> Result<(), (u32, String)> {
        let trust = Trust::of_web_site(&self.roots, now, Consent::Given);
        verify(bytes, &trust)
            .map(drop)
            .map_err(|refusal| (u32::from(refusal.result()), refusal.to_string()))
    }
}

/// Logs a signature, whether or not the document is the one that is stored in the end [SIG-17].
///
/// The subscriber's number appears as a hash, to find its documents by; whoever can try all
/// numbers can undo it, so the log is no place to publish. The operator of a paid order is the
/// portal, which signs without anybody's doing.
pub(crate) fn log_signature(
    document: &carrier::document::Document,
    signed: &carrier::sign::SignedDocument,
    order: &str,
    operator: &str,
    now: Timestamp,
) {
    let global = document.global();
    let subscriber = Algorithm::RsaSha256.digest(global.subscriber_id.reveal().as_bytes());
    let subscriber: String = subscriber.iter().map(|octet| format!("{octet:02x}")).collect();
    tracing::info!(
        order,
        carrier_id = %global.carrier_id,
        subscriber_sha256 = subscriber,
        sha256 = signed.sha256_hex(),
        operator,
        signed_at = %now,
        "document signed"
    );
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    use carrier::document::{Document, Global, Guid, Parts, SubscriberId};

    use super::*;
    use crate::keys::{KeyFiles, load_signer};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("a lock").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// [SIG-17]
    #[test]
    fn every_signature_is_logged_without_the_subscriber() {
        let global = Global {
            carrier_id: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
            subscriber_id: SubscriberId::parse("001019876543210").expect("an id"),
            device_id: None,
            others: Vec::new(),
        };
        let document = Document::new(global, Parts::default()).expect("a document");
        let canonical = carrier::write::write(&document).expect("legal values");
        let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/carrier/tests/keys");
        let folder = tempfile::tempdir().expect("a folder");
        let read = |name| std::fs::read_to_string(keys.join(name)).expect("a certificate");
        let chain = folder.path().join("chain.pem");
        let pem = format!("{}{}", read("leaf.pem"), read("issuing.pem"));
        std::fs::write(&chain, pem).expect("written");
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let place = KeyFiles { chain, key: keys.join("leaf.key.pem") }.place();
        let signer = load_signer(&place, Algorithm::RsaSha256, now).expect("a signer");
        let signed = sign(&canonical, signer.as_ref(), Algorithm::RsaSha256, now).expect("signed");

        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(log, || {
            log_signature(&document, &signed, "ABC123", "portal", now);
        });
        let log = String::from_utf8(kept.0.lock().expect("a lock").clone()).expect("UTF-8");
        // SHA-256 of the fifteen digits.
        let subscriber = "091045b3a7be29d48c6b0b5f4e126d500d05d5a037e1141bb135a1d466b8cfc3";
        for part in [
            "document signed",
            "ABC123",
            &signed.sha256_hex(),
            "{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}",
            subscriber,
            "portal",
            "2026-11-21T12:00:00Z",
        ] {
            assert!(log.contains(part), "{part} is missing in {log}");
        }
        assert!(!log.contains("001019876543210"), "{log}");
    }
}
