//! The operator's account: what is bought goes onto the bill of the subscriber.
//!
//! There is no page of a provider: the customer agrees on a page of ours ([`crate::http::bill`]).
//! `open` has the operator authorise the amount, `charge` charges it once the customer agreed,
//! `close` voids it, and a question says how it stands; the protocol is small, of ours, and
//! described in `docs/operations.md`. Whose account it is, the operator decides by what a launch
//! claimed, which proves nothing: it may demand proof, and must look who is on its own network.
//! Not here: events, of which there are none.

use axum::http::{HeaderMap, Method};
use domain::Timestamp;
use domain::amount::{Currency, Money};
use domain::launch::Subscriber;
use domain::order::PaymentSession;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::calls::{Call, Caller, Place, for_later, is_id, is_word, unreadable};
use super::{OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionStatus};
use crate::config::OperatorAccountConfig;
use crate::store::Claims;

/// Charges the bills of an operator's subscribers.
pub struct OperatorAccount {
    name: String,
    caller: Caller,
}

/// `POST /authorisations`
#[derive(Serialize)]
struct NewAuthorisation<'a> {
    order: &'a str,
    subscriber: Hints<'a>,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<&'a str>,
    amount_minor: i64,
    currency: &'a str,
    closes_at: String,
}

/// What a launch claimed: hints, never proof.
#[derive(Serialize)]
struct Hints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    imsi: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iccid: Option<&'a str>,
}

/// `POST /charges`
#[derive(Serialize)]
struct NewCharge<'a> {
    authorisation: &'a str,
}

/// `POST /refunds`
#[derive(Serialize)]
struct NewRefund<'a> {
    charge: &'a str,
    amount_minor: i64,
    currency: &'a str,
}

/// What the operator says of an authorisation.
#[derive(Deserialize)]
struct Authorisation {
    id: String,
    status: Status,
    charge: Option<String>,
    amount_minor: i64,
    currency: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Authorised,
    Charged,
    Voided,
    Declined,
    ProofRequired,
}

/// What the operator says of a refund.
#[derive(Deserialize)]
struct Refunded {
    status: RefundStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundStatus {
    Refunded,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    code: String,
}

impl<'a> Hints<'a> {
    fn of(claims: &'a Claims) -> Self {
        let (imsi, min) = match &claims.subscriber {
            Some(Subscriber::Imsi(imsi)) => (Some(imsi.reveal()), None),
            Some(Subscriber::Min(min)) => (None, Some(min.reveal())),
            None => (None, None),
        };
        Self { imsi, min, iccid: claims.iccid.as_ref().map(|iccid| iccid.reveal()) }
    }
}

impl Authorisation {
    fn standing(self) -> Result<SessionStatus, PaymentError> {
        match self.status {
            Status::Authorised => Ok(SessionStatus::Open),
            Status::Voided => Ok(SessionStatus::Closed),
            Status::Declined | Status::ProofRequired => Ok(SessionStatus::Declined),
            Status::Charged => {
                let reference = self.charge.filter(|charge| is_id(charge));
                let reference = reference.ok_or_else(unreadable)?;
                let currency = Currency::parse(&self.currency).ok_or_else(unreadable)?;
                let amount = Money { minor: self.amount_minor, currency };
                Ok(SessionStatus::Paid { reference, amount })
            }
        }
    }
}

impl OperatorAccount {
    /// Makes the provider that a table of the configuration describes.
    ///
    /// # Errors
    /// The token cannot be read, or TLS cannot be set up.
    pub fn new(name: &str, config: &OperatorAccountConfig) -> Result<Self, String> {
        let OperatorAccountConfig { url, token, timeout, networks } = config;
        let place = Place { base: url, secret: token, timeout: *timeout, networks };
        Ok(Self { name: name.to_owned(), caller: Caller::new(&place)? })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        key: Option<&str>,
    ) -> Result<T, PaymentError> {
        let is_read = method == Method::GET;
        let body = serde_json::to_string(body).map_err(|_| unreadable())?;
        let body = if is_read { String::new() } else { body };
        let media_type = "application/json";
        let headers = HeaderMap::new();
        let answer =
            self.caller.make(Call { method, path, media_type, body, key, headers }).await?;
        if answer.is_success() {
            return serde_json::from_slice(&answer.body).map_err(|_| unreadable());
        }
        if let Some(error) = for_later(&answer) {
            return Err(error);
        }
        if answer.status == 404 {
            return Err(PaymentError::UnknownSession);
        }
        let said: Option<ErrorBody> = serde_json::from_slice(&answer.body).ok();
        let code = said.map(|said| said.error.code).filter(|code| is_word(code));
        let code = code.unwrap_or_else(|| "none".to_owned());
        Err(PaymentError::Refused(format!("status {}, code {code}", answer.status)))
    }

    /// Asks or tells about an authorisation, by a path behind its own.
    async fn about(
        &self,
        method: Method,
        session: &str,
        rest: &str,
    ) -> Result<SessionStatus, PaymentError> {
        if !is_id(session) {
            return Err(PaymentError::UnknownSession);
        }
        let path = format!("/authorisations/{session}{rest}");
        self.call::<Authorisation>(method, &path, &(), None).await?.standing()
    }

    async fn authorise(&self, request: OpenRequest) -> Result<PaymentSession, PaymentError> {
        let body = NewAuthorisation {
            order: request.order.as_str(),
            subscriber: Hints::of(&request.claims),
            description: &request.description,
            tax: request.tax.as_deref(),
            amount_minor: request.amount.minor,
            currency: request.amount.currency.code(),
            closes_at: request.closes_at.to_string(),
        };
        let key = Some(request.key.as_str());
        let made: Authorisation = self.call(Method::POST, "/authorisations", &body, key).await?;
        if !is_id(&made.id) {
            return Err(PaymentError::Refused("the authorisation has no usable id".to_owned()));
        }
        // Whether it is authorised shows on the page, which asks.
        let url = api::paths::order::bill(request.order.as_str());
        Ok(PaymentSession { provider: self.name.clone(), id: made.id, url })
    }

    async fn give_back(
        &self,
        key: &str,
        reference: &str,
        amount: Money,
    ) -> Result<(), PaymentError> {
        let (amount_minor, currency) = (amount.minor, amount.currency.code());
        let body = NewRefund { charge: reference, amount_minor, currency };
        let Refunded { status: RefundStatus::Refunded } =
            self.call(Method::POST, "/refunds", &body, Some(key)).await?;
        Ok(())
    }
}

impl PaymentProvider for OperatorAccount {
    fn name(&self) -> &str {
        &self.name
    }

    fn origins(&self) -> Vec<String> {
        // Its page is one of ours.
        Vec::new()
    }

    fn open(&self, request: OpenRequest) -> Reply<'_, PaymentSession> {
        Box::pin(self.authorise(request))
    }

    fn charge(&self, key: String, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move {
            let body = NewCharge { authorisation: &session };
            let charged = self.call(Method::POST, "/charges", &body, Some(&key)).await;
            charged.and_then(Authorisation::standing)
        })
    }

    fn close(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move { self.about(Method::POST, &session, "/void").await })
    }

    fn retrieve(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move { self.about(Method::GET, &session, "").await })
    }

    fn refund(&self, key: String, reference: String, amount: Money) -> Reply<'_, ()> {
        Box::pin(async move { self.give_back(&key, &reference, amount).await })
    }

    fn verify_event(
        &self,
        _headers: &HeaderMap,
        _body: &[u8],
        _now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError> {
        // It tells nothing by itself, so whoever claims to be it is not.
        Err(PaymentError::BadSignature)
    }
}
