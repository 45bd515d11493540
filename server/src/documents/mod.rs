//! Signed documents: composed for an order, signed once, kept byte for byte.
//!
//! Composing is a pure translation from the ledger's words to the document's; signing happens
//! once per order and revision, and what was signed is never encoded again. The first document
//! of an order is handed over by the portal; the current one, in `current`, is for whoever
//! refreshes it. Not here: XML ([`carrier`]) and handing over ([`crate::http::orders`],
//! [`crate::http::refresh`]).

mod compose;
mod current;
mod need;
mod wanted;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use carrier::chain::{CertificateDer, inspect};
use carrier::document::{
    CertificateName, Document, RefreshParameters, RefreshPassword, RefreshUrl, RefreshUserName,
    TextError, TrustedCertificate,
};
use carrier::dsig::Algorithm;
use carrier::sign::sign;
use carrier::verify::{Consent, Trust, verify};
use carrier::write::CanonicalDocument;
use domain::Timestamp;
use domain::brand::Brand;
use ring::digest::{Context, SHA256};

use crate::catalog::{Catalog, DocumentParts, Refresh};
use crate::entropy::hex;
use crate::keys::SigningKey;
use crate::refresh::credentials::Credentials;
use crate::refresh::usage::usage_now;
use crate::store::refresh::{RefreshAccess, RefreshCommand};
use crate::store::{Command, Order, SignedDocument, Store, StoreError};
pub(crate) use compose::{Sale, compose, context};
pub use need::Need;
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
    /// The `https` origin of this server in documents, once it is known.
    pub origin: OnceLock<String>,
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

impl From<StoreError> for DocumentError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// For whom a document is made.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    /// Where documents are kept.
    pub store: &'a dyn Store,
    /// The catalogue of this moment.
    pub catalog: &'a Catalog,
    /// The order's brand in it.
    pub brand: &'a Brand,
    /// The order, which is active.
    pub order: &'a Order,
    /// The moment.
    pub now: Timestamp,
}

/// A document before its signature.
struct Draft {
    composed: Document,
    canonical: CanonicalDocument,
    key: SigningKey,
    /// Fingerprint of all that it was made from.
    made_from: String,
}

impl Documents {
    /// Returns the signed document of an active order, signing it the first time.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub async fn first(&self, of: &Recipient<'_>) -> Result<SignedDocument, DocumentError> {
        let (id, store) = (of.order.order.id, of.store);
        let known = store.document(id, FULL.to_owned()).await?;
        if let Some(document) = known {
            return Ok(document);
        }
        // The store keeps milliseconds, and what is made from them again must be the same.
        let now = Timestamp::from_millisecond(of.now.as_millisecond()).unwrap_or(of.now);
        let used = usage_now(store, id).await?;
        let sale = Sale::of_order(of.order, of.brand, used, now).map_err(DocumentError::Compose)?;
        let key = self.key(of)?;
        let credentials = Credentials::make();
        let own = self.own_refresh(of, &credentials)?;
        let access = own.is_some();
        let draft = draft(of, &sale, &parts(of, own, &key), Wanted::FULL, key)?;
        let made_from = draft.made_from.clone();
        let signed = sign_draft(draft, of.order.order.code.as_str(), "portal", now).await?;
        let mut batch = Vec::new();
        if access {
            batch.push(Command::Refresh(RefreshCommand::InsertAccess(RefreshAccess {
                order: id,
                credentials_hash: credentials.hash(id),
                made_from,
                created_at: now,
            })));
        }
        batch.push(Command::InsertDocument(SignedDocument {
            order: id,
            variant: FULL.to_owned(),
            xml: signed.as_str().to_owned(),
            sha256: signed.sha256_hex(),
            signed_at: now,
        }));
        // Of two requests at once, the first that is stored is the one: its document is kept
        // together with its credentials, or neither is.
        match store.commit(batch).await {
            Ok(()) | Err(StoreError::Duplicate) => {}
            Err(error) => return Err(DocumentError::Store(error)),
        }
        let stored = store.document(id, FULL.to_owned()).await?;
        stored.ok_or(DocumentError::Store(StoreError::Missing))
    }

    /// Returns the key that signs for a brand.
    fn key(&self, of: &Recipient<'_>) -> Result<SigningKey, DocumentError> {
        let name = of.catalog.signing.get(&of.brand.id).unwrap_or(&self.default_signer);
        (self.signers)(name, of.now).map_err(DocumentError::Sign)
    }

    /// Says where a subscription's document is refreshed, where this server does that.
    fn own_refresh(
        &self,
        of: &Recipient<'_>,
        credentials: &Credentials,
    ) -> Result<Option<RefreshParameters>, DocumentError> {
        let asked = of.catalog.parts.get(&of.brand.id).and_then(|parts| parts.refresh.as_ref());
        let (Some(Refresh::Here(delay)), Some(origin)) = (asked, self.origin.get()) else {
            return Ok(None);
        };
        let url = format!("{origin}{}", api::paths::refresh(&of.order.order.id.to_string()));
        let wrong = |error: TextError| DocumentError::Compose(format!("refresh: {error}"));
        Ok(Some(RefreshParameters {
            delay: *delay,
            url: RefreshUrl::parse(&url).map_err(wrong)?,
            user_name: Some(RefreshUserName::parse(&credentials.user_name).map_err(wrong)?),
            password: Some(RefreshPassword::parse(&credentials.password).map_err(wrong)?),
        }))
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

/// Returns what a brand's documents say, with what is the subscription's own.
///
/// A refreshed document is believed only when an earlier one names its signer [SIG-30], so the
/// names of the certificate that signs are among those that are trusted.
fn parts(of: &Recipient<'_>, own: Option<RefreshParameters>, key: &SigningKey) -> DocumentParts {
    let mut parts = of.catalog.parts.get(&of.brand.id).cloned().unwrap_or_default();
    let Some(own) = own else { return parts };
    parts.refresh = Some(Refresh::Elsewhere(own));
    let leaf = key.signer.chain().first().and_then(|leaf| inspect(leaf.as_bytes()).ok());
    let named = leaf.and_then(|leaf| {
        Some(TrustedCertificate {
            subject_name: CertificateName::parse(&leaf.subject).ok()?,
            issuer_name: CertificateName::parse(&leaf.issuer).ok()?,
        })
    });
    if let Some(named) = named.filter(|named| !parts.trusted_certificates.contains(named)) {
        parts.trusted_certificates.push(named);
    }
    parts
}

/// Composes a document and puts it into its one form.
fn draft(
    of: &Recipient<'_>,
    sale: &Sale,
    parts: &DocumentParts,
    wanted: Wanted,
    key: SigningKey,
) -> Result<Draft, DocumentError> {
    let composed = compose(sale, of.brand, parts, wanted).map_err(DocumentError::Compose)?;
    let canonical = carrier::write::write_with(&composed, parts.extras())
        .map_err(|error| DocumentError::Compose(error.to_string()))?;
    let mut hash = Context::new(&SHA256);
    hash.update(key.algorithm.signature_uri().as_bytes());
    for certificate in key.signer.chain() {
        hash.update(certificate.as_bytes());
    }
    hash.update(canonical.as_bytes());
    let made_from = hex(hash.finish().as_ref());
    Ok(Draft { composed, canonical, key, made_from })
}

/// Signs a document; a token may take its time.
async fn sign_draft(
    draft: Draft,
    order: &str,
    operator: &str,
    now: Timestamp,
) -> Result<carrier::sign::SignedDocument, DocumentError> {
    let Draft { composed, canonical, key, .. } = draft;
    let signed = tokio::task::spawn_blocking(move || {
        sign(&canonical, key.signer.as_ref(), key.algorithm, now)
    });
    let signed = tokio::time::timeout(SIGN_WITHIN, signed)
        .await
        .map_err(|_| DocumentError::Sign("the signer does not answer in time".to_owned()))?
        .map_err(|error| DocumentError::Sign(error.to_string()))?
        .map_err(|error| DocumentError::Sign(format!("{:#}", anyhow::Error::from(error))))?;
    log_signature(&composed, &signed, order, operator, now);
    Ok(signed)
}

/// Logs a signature, whether or not the document is the one that is stored in the end [SIG-17].
///
/// The subscriber's number appears as a hash, to find its documents by; whoever can try all
/// numbers can undo it, so the log is no place to publish. The operator of a paid order is the
/// portal, which signs without anybody's doing.
pub(crate) fn log_signature(
    document: &Document,
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
