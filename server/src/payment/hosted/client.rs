//! Requests to Stripe's API, and what becomes of its errors.
//!
//! Bodies are forms with bracketed names, answers are JSON, the key of a write is sent as
//! `Idempotency-Key` (docs.stripe.com/api/idempotent_requests). An error that no other try mends
//! comes back in the API's own words without its message, which may quote what was sent. Not
//! here: which requests there are.

use std::fmt;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::{HostedConfig, Secret};
use crate::outgoing::{Answer, Ask, Outgoing, OutgoingError, Policy};
use crate::payment::PaymentError;
use crate::payment::answers::{for_later, is_word, unreadable};

/// The version of the API that is spoken, whatever the account's default is.
pub const API_VERSION: &str = "2024-06-20";
/// Longest answer, in bytes: a session with its payment has some ten thousand.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Most keys of one write. An answer of 500 is kept for its key like any other, so that the write
/// goes on under the next one; a session that nobody was told of cannot be paid, and a payment
/// cannot be refunded twice.
const KEYS_MAX: u32 = 4;

/// Makes requests to the API of one account.
pub struct Client {
    outgoing: Outgoing,
    base: String,
    bearer: HeaderValue,
}

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
        let timeout = Duration::try_from(config.timeout).map_err(|error| error.to_string())?;
        let outgoing = Outgoing::new(Policy {
            allowed_networks: config.networks.clone(),
            has_plain_http: config.base_url.starts_with("http://"),
            connect_within: timeout,
            answer_within: timeout,
            response_bytes_max: ANSWER_BYTES_MAX,
            ..Policy::default()
        })?;
        let secret = Secret::read_file(&config.secret_key)?;
        let bearer = HeaderValue::try_from(format!("Bearer {}", secret.reveal()));
        let mut bearer = bearer.map_err(|_| "the secret key is not for a header".to_owned())?;
        bearer.set_sensitive(true);
        Ok(Self { outgoing, base: config.base_url.clone(), bearer })
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
        form: String,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.bearer.clone());
        headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
        if method == Method::POST {
            let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, media_type);
        }
        if let Some(key) = key {
            let why = "the idempotency key is not for a header".to_owned();
            let key = HeaderValue::try_from(key);
            let key = key.map_err(|_| Failure::Call(PaymentError::Refused(why)))?;
            headers.insert("idempotency-key", key);
        }
        let url = format!("{}{path}", self.base);
        let ask = Ask { method, url, headers, body: form.into_bytes() };
        self.outgoing.ask(ask).await.map_err(|error| {
            Failure::Call(match error {
                OutgoingError::Url(_) | OutgoingError::Refused(_) | OutgoingError::TooLong(_) => {
                    PaymentError::Refused(error.to_string())
                }
                OutgoingError::Unresolved
                | OutgoingError::Unreachable
                | OutgoingError::TimedOut
                | OutgoingError::Broken => PaymentError::Unavailable(error.to_string()),
            })
        })
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
