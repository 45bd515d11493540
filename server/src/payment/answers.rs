//! What an answer of a provider's API means, whoever the provider is: which statuses of HTTP
//! another try may change, and which texts of it may be used.
//!
//! Not here: the calls, and errors of one provider's own.

use axum::http::header::RETRY_AFTER;
use domain::SignedDuration;

use super::PaymentError;
use crate::outgoing::Answer;

/// Longest pause that is asked for and kept.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

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
    use axum::http::{HeaderMap, HeaderValue};

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
