//! Requests to Stripe's API, and what becomes of its errors.
//!
//! Bodies are forms with bracketed names, answers are JSON, the key of a write is sent as
//! `Idempotency-Key` (docs.stripe.com/api/idempotent_requests). What may be asked again comes back
//! as [`PaymentError::Unavailable`] or [`PaymentError::Busy`]; what may not, in the provider's own
//! words without its message, which may quote what was sent. Not here: which requests there are.

use std::fmt;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use domain::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::{HostedConfig, Secret};
use crate::outgoing::{Answer, Ask, Outgoing, OutgoingError, Policy};
use crate::payment::PaymentError;

/// The version of the API that is spoken, whatever the account's default is.
pub const API_VERSION: &str = "2024-06-20";
/// Longest answer, in bytes: a session with its payment has some ten thousand.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Most keys of one write. An answer of 500 is kept for its key like any other, so that the write
/// goes on under the next one; a session that nobody was told of cannot be paid, and a payment
/// cannot be refunded twice.
const KEYS_MAX: u32 = 4;
/// Longest pause that is asked for and kept.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

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
        let answer = self.send(Method::GET, path, String::new(), None).await?;
        judge(&answer)
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
            let key = HeaderValue::try_from(key);
            let key = key.map_err(|_| refused("the idempotency key is not for a header"))?;
            headers.insert("idempotency-key", key);
        }
        let url = format!("{}{path}", self.base);
        let ask = Ask { method, url, headers, body: form.into_bytes() };
        self.outgoing.ask(ask).await.map_err(|error| match error {
            OutgoingError::Url(_) | OutgoingError::Refused(_) | OutgoingError::TooLong(_) => {
                refused(&error.to_string())
            }
            OutgoingError::Unresolved
            | OutgoingError::Unreachable
            | OutgoingError::TimedOut
            | OutgoingError::Broken => unavailable(error.to_string()),
        })
    }
}

fn refused(why: &str) -> Failure {
    Failure::Call(PaymentError::Refused(why.to_owned()))
}

fn unavailable(what: String) -> Failure {
    Failure::Call(PaymentError::Unavailable(what))
}

/// Tells whether an answer is the failure of an earlier try, which every other try gets too.
fn is_kept_failure(answer: &Answer) -> bool {
    let replayed = answer.headers.get("idempotent-replayed");
    answer.status >= 500 && replayed.is_some_and(|value| value == "true")
}

fn judge<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    match answer.status {
        200..=299 => serde_json::from_slice(&answer.body)
            .map_err(|_| unavailable("no answer of the expected form".to_owned())),
        429 => {
            let seconds = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let seconds = seconds.and_then(|text| text.trim().parse().ok()).unwrap_or(1_i64);
            let pause = SignedDuration::from_secs(seconds.max(1)).min(PAUSE_MAX);
            Err(Failure::Call(PaymentError::Busy(pause)))
        }
        // Another try with the same key is under way, or something there is locked.
        409 | 500.. => Err(unavailable(format!("status {}", answer.status))),
        status => {
            let body: Option<ErrorBody> = serde_json::from_slice(&answer.body).ok();
            let Error { kind, code, param } = body.map(|body| body.error).unwrap_or_default();
            let [kind, code, param] = [kind, code, param].map(|text| text.filter(|t| is_word(t)));
            Err(Failure::Said(Said { status, kind, code, param }))
        }
    }
}

/// Tells whether a text of an error is one of the API's own words, and not a quotation.
fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_[]".contains(&b);
    !text.is_empty() && text.len() <= 100 && text.bytes().all(fits)
}
