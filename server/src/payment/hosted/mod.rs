//! The hosted page of Stripe Checkout, or of another provider that speaks the same API.
//!
//! The customer pays on the provider's own page; nothing of a card comes near this server. Of the
//! API only what a single payment needs is used: a Checkout Session is made, retrieved, expired,
//! and its PaymentIntent refunded (docs.stripe.com/api, version [`client::API_VERSION`]). Every
//! write carries an idempotency key or is harmless twice. Not here: what a payment does to an
//! order, and when a call is made again ([`crate::engine::dispatch`]).
//!
//! - [`client`]: requests, and what becomes of errors;
//! - [`forms`]: what is sent and what comes back;
//! - [`amounts`]: the provider's units of each currency;
//! - [`events`]: what it tells by itself.

pub mod amounts;
pub mod client;
pub mod events;
pub mod forms;

use axum::http::HeaderMap;
use domain::Timestamp;
use domain::amount::Money;
use domain::order::PaymentSession;
use ring::hmac;

use super::{
    OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionStatus, signature,
};
use crate::config::{HostedConfig, Secret};
use client::{Client, Failure};
use forms::{CheckoutSession, Refund, Refunds};

/// The header that carries the signature of an event.
pub const SIGNATURE_HEADER: &str = "stripe-signature";
/// What the API says when there is nothing left to give back.
const ALREADY_REFUNDED: &str = "charge_already_refunded";

/// A provider with a hosted page.
pub struct Hosted {
    name: String,
    client: Client,
    /// The secrets that sign events; two while they are changed over.
    keys: Vec<hmac::Key>,
    page_origin: String,
    methods: Vec<String>,
    /// The origin of our own links, by which sessions are known as ours.
    portal: String,
}

impl Hosted {
    /// Makes the provider that a table of the configuration describes; `portal` is the origin of
    /// our own links.
    ///
    /// # Errors
    /// A secret cannot be read, or TLS cannot be set up.
    pub fn new(name: &str, config: &HostedConfig, portal: &str) -> Result<Self, String> {
        let key = |file| Secret::read_file(file).map(|secret| signing_key(&secret));
        Ok(Self {
            name: name.to_owned(),
            client: Client::new(config)?,
            keys: config.webhook_secrets.iter().map(|file| key(file)).collect::<Result<_, _>>()?,
            page_origin: config.page_origin.clone(),
            methods: config.methods.clone(),
            portal: portal.to_owned(),
        })
    }

    async fn make(&self, request: OpenRequest) -> Result<PaymentSession, PaymentError> {
        let form = forms::new_session(&request, &self.methods, &self.portal)?;
        let made: CheckoutSession =
            self.client.post("/v1/checkout/sessions", form, Some(&request.key)).await?;
        let url = made.url.ok_or_else(|| refused("the session has no page"))?;
        // Our pages let forms lead there and nowhere else, and so do we.
        let is_there = url
            .strip_prefix(&self.page_origin)
            .is_some_and(|rest| rest.starts_with('/') && url.bytes().all(|b| b.is_ascii_graphic()));
        if !is_there {
            return Err(refused("its page is not at `page_origin`"));
        }
        if !forms::is_id(&made.id) {
            return Err(refused("the session has no usable id"));
        }
        Ok(PaymentSession { provider: self.name.clone(), id: made.id, url })
    }

    async fn ask(&self, session: &str) -> Result<SessionStatus, PaymentError> {
        if !forms::is_id(session) {
            return Err(PaymentError::UnknownSession);
        }
        // The payment says whether money that is not there yet may still come.
        let path = format!("/v1/checkout/sessions/{session}?expand[]=payment_intent");
        let found: CheckoutSession = self.client.get(&path).await?;
        found.standing()
    }

    async fn expire(&self, session: &str) -> Result<SessionStatus, PaymentError> {
        if !forms::is_id(session) {
            return Err(PaymentError::UnknownSession);
        }
        // Without a key: an expired session cannot expire twice, and the answer may have changed.
        let path = format!("/v1/checkout/sessions/{session}/expire");
        let expired = self.client.post::<CheckoutSession>(&path, String::new(), None).await;
        match expired {
            Ok(session) => session.standing(),
            // Only open sessions can be expired: this one was over before.
            Err(Failure::Said(said)) if said.status == 400 => match self.ask(session).await? {
                SessionStatus::Open => Err(PaymentError::Refused(said.to_string())),
                status => Ok(status),
            },
            Err(failure) => Err(failure.into()),
        }
    }

    async fn give_back(
        &self,
        key: &str,
        reference: &str,
        amount: Money,
    ) -> Result<(), PaymentError> {
        if amount.minor == 0 {
            // What cost nothing has no payment there.
            return Ok(());
        }
        let form = forms::new_refund(key, reference, amount)?;
        match self.client.post::<Refund>("/v1/refunds", form, Some(key)).await {
            Ok(refund) if refund.is_good() => Ok(()),
            Ok(_) => Err(refused("the refund failed")),
            Err(Failure::Said(said)) if said.code.as_deref() == Some(ALREADY_REFUNDED) => Ok(()),
            // Perhaps a refund that was not heard of took it all already.
            Err(Failure::Said(said)) if said.status == 400 && forms::is_id(reference) => {
                let path = format!("/v1/refunds?payment_intent={reference}&limit=100");
                let known: Refunds = self.client.get(&path).await?;
                if known.give_back(key, amount) {
                    Ok(())
                } else {
                    Err(PaymentError::Refused(said.to_string()))
                }
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Makes the key that a secret of the provider's dashboard stands for: its characters, `whsec_`
/// and all.
fn signing_key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes())
}

fn refused(why: &str) -> PaymentError {
    PaymentError::Refused(why.to_owned())
}

impl PaymentProvider for Hosted {
    fn name(&self) -> &str {
        &self.name
    }

    fn origins(&self) -> Vec<String> {
        vec![self.page_origin.clone()]
    }

    fn open(&self, request: OpenRequest) -> Reply<'_, PaymentSession> {
        Box::pin(self.make(request))
    }

    fn close(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move { self.expire(&session).await })
    }

    fn retrieve(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move { self.ask(&session).await })
    }

    fn refund(&self, key: String, reference: String, amount: Money) -> Reply<'_, ()> {
        Box::pin(async move { self.give_back(&key, &reference, amount).await })
    }

    fn verify_event(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError> {
        let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
        signature::verify(&self.keys, header.unwrap_or_default(), body, now)?;
        events::read(body, &self.portal)
    }
}
