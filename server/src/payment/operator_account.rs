//! The operator's account: what is bought goes onto the bill of the subscriber.
//!
//! There is no page of a provider: the customer agrees on a page of ours ([`crate::http::bill`]).
//! `open` has the operator authorise the amount, `charge` charges it once the customer agreed,
//! `close` voids it, and a question says how it stands; the protocol is small, of ours, and
//! described in `docs/operations.md`. Whose account it is, the operator decides by what a launch
//! claimed, which proves nothing: it may demand proof, and must look who is on its own network.
//! Not here: events, of which there are none.

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use domain::Timestamp;
use domain::amount::{Currency, Money};
use domain::order::PaymentSession;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answers::{for_later, is_id, is_word, unreadable};
use super::{OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionStatus};
use crate::clock::Clock;
use crate::config::SystemConfig;
use crate::outgoing::system::{Call, NoAnswer, System, sim};

/// Charges the bills of an operator's subscribers.
pub struct OperatorAccount {
    name: String,
    system: System,
    clock: Arc<dyn Clock>,
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
    pub fn new(name: &str, config: &SystemConfig, clock: Arc<dyn Clock>) -> Result<Self, String> {
        Ok(Self { name: name.to_owned(), system: System::new(config)?, clock })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: String,
        key: Option<&str>,
        body: Option<Value>,
    ) -> Result<T, PaymentError> {
        let call = Call { method, path, key: key.map(str::to_owned), body };
        let answer = self.system.ask(call, self.clock.as_ref()).await;
        let answer = answer.map_err(|error| match error {
            NoAnswer::Held(until) => PaymentError::Busy(until.duration_since(self.clock.now())),
            NoAnswer::Failed { error, .. } => PaymentError::Unavailable(error),
        })?;
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
        self.call::<Authorisation>(method, path, None, None).await?.standing()
    }

    async fn authorise(&self, request: OpenRequest) -> Result<PaymentSession, PaymentError> {
        let mut body = sim(&request.claims);
        let fields = [
            ("order", request.order.as_str().into()),
            ("description", request.description.into()),
            ("amount_minor", request.amount.minor.into()),
            ("currency", request.amount.currency.code().into()),
            ("closes_at", request.closes_at.to_string().into()),
        ];
        body.extend(fields.map(|(name, value)| (name.to_owned(), value)));
        body.extend(request.tax.map(|tax| ("tax".to_owned(), tax.into())));
        let (path, body) = ("/authorisations".to_owned(), Some(body.into()));
        let made: Authorisation = self.call(Method::POST, path, Some(&request.key), body).await?;
        if !is_id(&made.id) {
            return Err(PaymentError::Refused("the authorisation has no usable id".to_owned()));
        }
        // Whether it is authorised shows on the page, which asks.
        let url = api::paths::order::bill(request.order.as_str());
        Ok(PaymentSession { provider: self.name.clone(), id: made.id, url })
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
            let body = Some(json!({ "authorisation": session }));
            let charged = self.call(Method::POST, "/charges".to_owned(), Some(&key), body).await;
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
        Box::pin(async move {
            let (amount_minor, currency) = (amount.minor, amount.currency.code());
            let body = json!({
                "charge": reference, "amount_minor": amount_minor, "currency": currency,
            });
            let path = "/refunds".to_owned();
            let Refunded { status: RefundStatus::Refunded } =
                self.call(Method::POST, path, Some(&key), Some(body)).await?;
            Ok(())
        })
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
