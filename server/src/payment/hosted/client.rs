//! Requests to Stripe's API, and what becomes of its errors.
//!
//! Bodies are forms with bracketed names, answers are JSON, the key of a write is sent as
//! `Idempotency-Key` (docs.stripe.com/api/idempotent_requests). An error that no other try mends
//! comes back in the API's own words without its message, which may quote what was sent. Not
//! here: which requests there are.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::HostedConfig;
use crate::outgoing::Answer;
use crate::payment::PaymentError;
use crate::payment::calls::{Call, Caller, Place, for_later, is_word, unreadable};

/// The version of the API that is spoken, whatever the account's default is.
pub const API_VERSION: &str = "2024-06-20";
/// Most keys of one write. An answer of 500 is kept for its key like any other, so that the write
/// goes on under the next one; a session that nobody was told of cannot be paid, and a payment
/// cannot be refunded twice.
const KEYS_MAX: u32 = 4;

/// Makes requests to the API of one account.
pub struct Client(Caller);

/// Why a request did not do what it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no answer of use, for this reason.
    Call(PaymentError),
    /// The API refuses it.
    Said(Said),
}

/// An error of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The status.
    pub status: u16,
    /// The error's type.
    pub kind: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// The parameter that it is about.
    pub param: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: Error,
}

#[derive(Default, Deserialize)]
struct Error {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        if matches!(self.status, 401 | 403) {
            f.write_str(" (look at the secret key)")?;
        }
        let parts = [("type", &self.kind), ("code", &self.code), ("parameter", &self.param)];
        for (name, part) in parts {
            if let Some(part) = part {
                write!(f, ", {name} {part}")?;
            }
        }
        Ok(())
    }
}

impl From<Failure> for PaymentError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Call(error) => error,
            Failure::Said(said) if said.status == 404 => Self::UnknownSession,
            Failure::Said(said) => Self::Refused(said.to_string()),
        }
    }
}

impl Client {
    /// Prepares requests.
    ///
    /// # Errors
    /// The secret key cannot be read, or TLS cannot be set up.
    pub fn new(config: &HostedConfig) -> Result<Self, String> {
        let HostedConfig { secret_key, base_url, timeout, networks, .. } = config;
        let place = Place { base: base_url, secret: secret_key, timeout: *timeout, networks };
        Caller::new(&place).map(Self)
    }

    /// Reads something.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        judge(&self.send(Method::GET, path, String::new(), None).await?)
    }

    /// Writes something; the same key is the same write.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: String,
        key: Option<&str>,
    ) -> Result<T, Failure> {
        let Some(key) = key else {
            return judge(&self.send(Method::POST, path, form, None).await?);
        };
        let mut answer = self.send(Method::POST, path, form.clone(), Some(key)).await?;
        for number in 2..=KEYS_MAX {
            if !is_kept_failure(&answer) {
                break;
            }
            let key = format!("{key}/{number}");
            answer = self.send(Method::POST, path, form.clone(), Some(&key)).await?;
        }
        judge(&answer)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: String,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
        let media_type = "application/x-www-form-urlencoded";
        let call = Call { method, path, media_type, body, key, headers };
        self.0.make(call).await.map_err(Failure::Call)
    }
}

/// Tells whether an answer is the failure of an earlier try, which every other try gets too.
fn is_kept_failure(answer: &Answer) -> bool {
    let replayed = answer.headers.get("idempotent-replayed");
    answer.status >= 500 && replayed.is_some_and(|value| value == "true")
}

fn judge<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    if answer.is_success() {
        return serde_json::from_slice(&answer.body).map_err(|_| Failure::Call(unreadable()));
    }
    if let Some(error) = for_later(answer) {
        return Err(Failure::Call(error));
    }
    let body: Option<ErrorBody> = serde_json::from_slice(&answer.body).ok();
    let Error { kind, code, param } = body.map(|body| body.error).unwrap_or_default();
    let [kind, code, param] = [kind, code, param].map(|text| text.filter(|text| is_word(text)));
    Err(Failure::Said(Said { status: answer.status, kind, code, param }))
}
