//! Calls to a payment provider's API, and which of their failures may be tried again.
//!
//! What all providers share: a bearer secret, an idempotency key, a deadline, and the meaning of
//! the statuses of HTTP. Not here: bodies, and errors of one provider's own.

use std::path::Path;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use domain::SignedDuration;

use super::PaymentError;
use crate::config::Secret;
use crate::outgoing::{Answer, Ask, IpNetwork, Outgoing, OutgoingError, Policy};

/// Longest answer, in bytes: a session of Stripe with its payment has some ten thousand.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Longest pause that is asked for and kept.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Where an API is and how it is called.
pub struct Place<'a> {
    /// The address before each path.
    pub base: &'a str,
    /// The file of the bearer secret.
    pub secret: &'a Path,
    /// How long an answer may take.
    pub timeout: SignedDuration,
    /// Networks beside the public Internet where it may be.
    pub networks: &'a [IpNetwork],
}

/// Makes calls to one API.
pub struct Caller {
    outgoing: Outgoing,
    base: String,
    bearer: HeaderValue,
}

/// A call.
pub struct Call<'a> {
    /// The method.
    pub method: Method,
    /// The path, with its query.
    pub path: &'a str,
    /// The media type of the body.
    pub media_type: &'static str,
    /// The body; empty without one.
    pub body: String,
    /// Under which key it is done once.
    pub key: Option<&'a str>,
    /// Headers beside these.
    pub headers: HeaderMap,
}

impl Caller {
    /// Prepares calls.
    ///
    /// # Errors
    /// The secret cannot be read, or TLS cannot be set up.
    pub fn new(place: &Place<'_>) -> Result<Self, String> {
        let timeout = Duration::try_from(place.timeout).map_err(|error| error.to_string())?;
        let outgoing = Outgoing::new(Policy {
            allowed_networks: place.networks.to_vec(),
            has_plain_http: place.base.starts_with("http://"),
            connect_within: timeout,
            answer_within: timeout,
            response_bytes_max: ANSWER_BYTES_MAX,
            ..Policy::default()
        })?;
        let secret = Secret::read_file(place.secret)?;
        let bearer = HeaderValue::try_from(format!("Bearer {}", secret.reveal()));
        let mut bearer = bearer.map_err(|_| "the secret is not for a header".to_owned())?;
        bearer.set_sensitive(true);
        Ok(Self { outgoing, base: place.base.to_owned(), bearer })
    }

    /// Makes a call.
    ///
    /// # Errors
    /// Nobody answers, which another try may mend, or nobody can be called.
    pub async fn make(&self, call: Call<'_>) -> Result<Answer, PaymentError> {
        let Call { method, path, media_type, body, key, mut headers } = call;
        headers.insert(AUTHORIZATION, self.bearer.clone());
        if method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(key) = key {
            let why = "the idempotency key is not for a header".to_owned();
            let key = HeaderValue::try_from(key).map_err(|_| PaymentError::Refused(why))?;
            headers.insert("idempotency-key", key);
        }
        let url = format!("{}{path}", self.base);
        let ask = Ask { method, url, headers, body: body.into_bytes() };
        self.outgoing.ask(ask).await.map_err(|error| match error {
            OutgoingError::Url(_) | OutgoingError::Refused(_) | OutgoingError::TooLong(_) => {
                PaymentError::Refused(error.to_string())
            }
            OutgoingError::Unresolved
            | OutgoingError::Unreachable
            | OutgoingError::TimedOut
            | OutgoingError::Broken => PaymentError::Unavailable(error.to_string()),
        })
    }
}

/// Returns what an answer says that another try may change: 409, as another try with the same key
/// is under way; 429, as there are too many; 5xx, as the provider failed.
#[must_use]
pub fn for_later(answer: &Answer) -> Option<PaymentError> {
    match answer.status {
        429 => {
            let seconds = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let seconds = seconds.and_then(|text| text.trim().parse().ok()).unwrap_or(1_i64);
            let pause = SignedDuration::from_secs(seconds.max(1)).min(PAUSE_MAX);
            Some(PaymentError::Busy(pause))
        }
        status @ (409 | 500..) => Some(PaymentError::Unavailable(format!("status {status}"))),
        _ => None,
    }
}

/// Returns the error of an answer that has not the expected form.
#[must_use]
pub fn unreadable() -> PaymentError {
    PaymentError::Unavailable("no answer of the expected form".to_owned())
}

/// Tells whether a text may be an id of a provider: it stands in paths.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    !text.is_empty() && text.len() <= 255 && text.bytes().all(fits)
}

/// Tells whether a text of an error is one of the API's own words, and not a quotation.
#[must_use]
pub fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_[]".contains(&b);
    !text.is_empty() && text.len() <= 100 && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_nothing_that_a_path_could_trip_over() {
        for (text, is_good) in [
            ("cs_test_a1B2", true),
            ("a-1", true),
            ("", false),
            ("../x", false),
            ("cs?x", false),
            ("cs 1", false),
        ] {
            assert_eq!(is_id(text), is_good, "{text}");
        }
    }

    #[test]
    fn answers_say_whether_another_try_may_help() {
        let busy = |seconds| Some(PaymentError::Busy(SignedDuration::from_secs(seconds)));
        let down = |status| Some(PaymentError::Unavailable(format!("status {status}")));
        for (status, retry_after, expected) in [
            (200, None, None),
            (400, None, None),
            (404, None, None),
            (409, None, down(409)),
            (429, Some("7"), busy(7)),
            (429, Some("soon"), busy(1)),
            (429, Some("-5"), busy(1)),
            (429, Some("9999"), busy(300)),
            (429, None, busy(1)),
            (500, None, down(500)),
            (503, Some("7"), down(503)),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(seconds) = retry_after {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
            }
            let answer = Answer { status, headers, body: Vec::new() };
            assert_eq!(for_later(&answer), expected, "{status} {retry_after:?}");
        }
    }
}
