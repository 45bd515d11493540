//! The current document of a subscription: the first one until something in it changes, then its
//! latest revision.
//!
//! A revision is signed when somebody asks and what it is made from has changed: the usage, the
//! plan, the catalogue, the certificate. Not here: who may ask ([`crate::refresh`]).
//! Implements [RFR-06], [SIG-29].

use carrier::document::RefreshParameters;
use domain::Timestamp;

use super::{
    DocumentError, Documents, Draft, FULL, Need, Recipient, Sale, Wanted, draft, parts, sign_draft,
};
use crate::refresh::credentials::Credentials;
use crate::refresh::usage::usage_now;
use crate::store::refresh::{CurrentDocument, RefreshCommand};
use crate::store::{Command, SignedDocument, StoreError};

/// What a revision is made from, and what was there before it.
struct Begun {
    draft: Draft,
    first: SignedDocument,
    /// What the first document was made from, where that is known.
    first_made_from: Option<String>,
}

impl Documents {
    /// Returns the current document, signed; absent where there is nothing to tell.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub async fn current(
        &self,
        of: &Recipient<'_>,
        need: Need,
        operator: &str,
    ) -> Result<Option<CurrentDocument>, DocumentError> {
        let Some(Begun { draft, first, first_made_from }) = self.begin(of, need).await? else {
            return Ok(None);
        };
        let (id, made_from) = (of.order.order.id, draft.made_from.clone());
        if need == Need::Full && first_made_from.as_ref() == Some(&made_from) {
            return Ok(Some(revision_zero(first, made_from)));
        }
        let variant = need.name();
        let known = || async {
            let stored = of.store.current_document(id, variant.to_owned()).await;
            stored.map_err(DocumentError::Store)
        };
        let before = known().await?;
        let revision = match before {
            Some(document) if document.made_from == made_from => return Ok(Some(document)),
            Some(document) => document.revision.saturating_add(1),
            None => 1,
        };
        let signed = sign_draft(draft, of.order.order.code.as_str(), operator, of.now).await?;
        let document = CurrentDocument {
            order: id,
            variant: variant.to_owned(),
            revision,
            made_from,
            xml: signed.as_str().to_owned(),
            sha256: signed.sha256_hex(),
            signed_at: of.now,
        };
        let save = Command::Refresh(RefreshCommand::SaveDocument(document));
        match of.store.commit(vec![save]).await {
            // Somebody who asked at the same time was faster: theirs is the one.
            Ok(()) | Err(StoreError::Conflict) => known().await,
            Err(error) => Err(DocumentError::Store(error)),
        }
    }

    /// Returns the current document as the operator's own app may have it, without a signature
    /// [SIG-29]; absent where there is nothing to tell.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub async fn unsigned(
        &self,
        of: &Recipient<'_>,
        need: Need,
    ) -> Result<Option<String>, DocumentError> {
        let begun = self.begin(of, need).await?;
        Ok(begun.map(|begun| begun.draft.canonical.as_str().to_owned()))
    }

    /// Returns the document as it is handed over when support offers it again: signed anew, by the
    /// certificate of now, once for each offer.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub async fn again(
        &self,
        of: &Recipient<'_>,
        offered_at: Timestamp,
    ) -> Result<SignedDocument, DocumentError> {
        let (id, store) = (of.order.order.id, of.store);
        let variant = format!("{FULL}/{}", offered_at.as_millisecond());
        if let Some(known) = store.document(id, variant.clone()).await? {
            return Ok(known);
        }
        let first = self.first(of).await?;
        let own = match store.refresh_access(id).await? {
            Some(_) => self.own_refresh(of, &credentials(&first)?)?,
            None => None,
        };
        let used = usage_now(store, id).await?;
        let sale = Sale::of_order(of.order, of.brand, used, of.now);
        let sale = sale.map_err(DocumentError::Compose)?;
        let key = self.key(of)?;
        let draft = draft(of, &sale, &parts(of, own, &key), Wanted::FULL, key)?;
        let signed = sign_draft(draft, of.order.order.code.as_str(), "support", of.now).await?;
        let document = SignedDocument {
            order: id,
            variant: variant.clone(),
            xml: signed.as_str().to_owned(),
            sha256: signed.sha256_hex(),
            signed_at: of.now,
        };
        // Of two requests at once, the first that is stored is the one.
        store.commit(vec![Command::InsertDocument(document)]).await?;
        let stored = store.document(id, variant).await?;
        stored.ok_or(DocumentError::Store(StoreError::Missing))
    }

    async fn begin(&self, of: &Recipient<'_>, need: Need) -> Result<Option<Begun>, DocumentError> {
        let first = self.first(of).await?;
        let id = of.order.order.id;
        let used = usage_now(of.store, id).await?;
        if need == Need::Usage && used.is_none() {
            return Ok(None);
        }
        let access = of.store.refresh_access(id).await?;
        let own = match access {
            Some(_) => self.own_refresh(of, &credentials(&first)?)?,
            None => None,
        };
        // Where nothing was counted, the first document said so of its own time.
        let sale = Sale::of_order(of.order, of.brand, used, first.signed_at);
        let sale = sale.map_err(DocumentError::Compose)?;
        let key = self.key(of)?;
        let draft = draft(of, &sale, &parts(of, own, &key), need.wanted(), key)?;
        Ok(Some(Begun { draft, first, first_made_from: access.map(|access| access.made_from) }))
    }
}

fn revision_zero(first: SignedDocument, made_from: String) -> CurrentDocument {
    let SignedDocument { order, xml, sha256, signed_at, .. } = first;
    CurrentDocument {
        order,
        variant: FULL.to_owned(),
        revision: 0,
        made_from,
        xml,
        sha256,
        signed_at,
    }
}

/// Reads the credentials where their clear text is: in the first document.
fn credentials(first: &SignedDocument) -> Result<Credentials, DocumentError> {
    let corrupt = || DocumentError::Store(StoreError::Corrupt("a signed document".to_owned()));
    let document = carrier::read::read(first.xml.as_bytes()).map_err(|_| corrupt())?;
    let refresh = document.provisioning().and_then(|part| part.refresh.clone());
    let RefreshParameters { user_name, password, .. } = refresh.ok_or_else(corrupt)?;
    let user_name = user_name.ok_or_else(corrupt)?.reveal().to_owned();
    Ok(Credentials { user_name, password: password.ok_or_else(corrupt)?.reveal().to_owned() })
}
