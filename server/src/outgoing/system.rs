//! A system of the operator that is asked over HTTP: its address, its token, and sparing it while
//! it does not answer.
//!
//! Its answers are JSON; what they mean is for who asks ([`crate::usage::billing`],
//! [`crate::activation::http`]). Not here: when to ask again.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use domain::identity::CdmaDeviceKind;
use domain::launch::{Device, Subscriber};
use domain::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::breaker::Breaker;
use super::{Answer, Ask, Outgoing, Policy};
use crate::clock::Clock;
use crate::config::{Secret, SystemConfig};
use crate::store::Claims;

/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The header that names a request, so that it is done once however often it comes.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A system of the operator.
pub struct System {
    outgoing: Outgoing,
    url: String,
    token: Option<Secret>,
    breaker: Mutex<Breaker>,
}

/// A request to it.
#[derive(Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// What follows the system's address; holds nothing personal, as others log addresses.
    pub path: String,
    /// Its idempotency key.
    pub key: Option<String>,
    /// JSON to send.
    pub body: Option<Value>,
}

/// Why there is no answer, or none that settles anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It did not answer others lately and is spared until then.
    Held(Timestamp),
    /// It was asked.
    Failed {
        /// What went wrong, without personal data.
        error: String,
        /// When it wants to be asked again.
        retry_after: Option<SignedDuration>,
    },
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(until) => write!(f, "it did not answer lately and is spared until {until}"),
            Self::Failed { error, .. } => f.write_str(error),
        }
    }
}

impl std::error::Error for NoAnswer {}

impl NoAnswer {
    /// Says that an answer settles nothing.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        let error = format!("status {}", answer.status);
        Self::Failed { error, retry_after: retry_after(&answer.headers) }
    }

    /// Says that an answer cannot be understood.
    #[must_use]
    pub fn odd(error: &str) -> Self {
        Self::Failed { error: error.to_owned(), retry_after: None }
    }
}

impl System {
    /// Prepares the requests.
    ///
    /// # Errors
    /// The token cannot be read, or TLS cannot be set up.
    pub fn new(config: &SystemConfig) -> Result<Self, String> {
        let timeout = Duration::try_from(config.timeout).map_err(|error| error.to_string())?;
        let outgoing = Outgoing::new(Policy {
            allowed_networks: config.networks.clone(),
            has_plain_http: config.url.starts_with("http://"),
            connect_within: timeout,
            answer_within: timeout,
            response_bytes_max: ANSWER_BYTES_MAX,
            ..Policy::default()
        })?;
        let token = config.token.as_deref().map(Secret::read_file).transpose()?;
        Ok(Self { outgoing, url: config.url.clone(), token, breaker: Mutex::default() })
    }

    /// Returns what is known of how it does.
    pub fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, unless it is spared; an answer of 500 and more counts as none for sparing it.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask(&self, call: Call, clock: &dyn Clock) -> Result<Answer, NoAnswer> {
        self.breaker().ask(clock.now()).map_err(NoAnswer::Held)?;
        let answer = self.ask_anyway(call).await;
        match &answer {
            Ok(answer) if answer.status < 500 => self.breaker().succeeded(),
            _ => self.breaker().failed(clock.now()),
        }
        answer.map_err(|error| NoAnswer::Failed { error, retry_after: None })
    }

    /// Asks, spared or not: who asks like this tells [`Self::breaker`] what came of it.
    ///
    /// # Errors
    /// What went wrong, without personal data.
    pub async fn ask_anyway(&self, call: Call) -> Result<Answer, String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = &self.token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.reveal()));
            let mut bearer = bearer.map_err(|_| "the token is not for a header".to_owned())?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        if let Some(key) = &call.key {
            let key = HeaderValue::try_from(key).map_err(|_| "the key is not for a header")?;
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        let mut body = Vec::new();
        if let Some(value) = &call.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            body = value.to_string().into_bytes();
        }
        let url = format!("{}{}", self.url, call.path);
        let ask = Ask { method: call.method, url, headers, body };
        self.outgoing.ask(ask).await.map_err(|error| error.to_string())
    }
}

/// Reads the JSON of an answer.
///
/// # Errors
/// It is of another form; nothing of it is in the text.
pub fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, String> {
    serde_json::from_slice(&answer.body).map_err(|_| "no answer of the expected form".to_owned())
}

/// Returns what is known of a SIM and its device, as operators' systems are told it in bodies:
/// `imsi` or `min`, `iccid`, and `imei`, `esn` or `meid`.
#[must_use]
pub fn sim(claims: &Claims) -> Map<String, Value> {
    let subscriber = claims.subscriber.as_ref().map(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => ("imsi", imsi.reveal()),
        Subscriber::Min(min) => ("min", min.reveal()),
    });
    let iccid = claims.iccid.as_ref().map(|iccid| ("iccid", iccid.reveal()));
    let device = claims.device.as_ref().map(|device| match device {
        Device::Imei(imei) => ("imei", imei.reveal()),
        Device::Cdma(device) if device.kind() == CdmaDeviceKind::Esn => ("esn", device.reveal()),
        Device::Cdma(device) => ("meid", device.reveal()),
    });
    let known = [subscriber, iccid, device].into_iter().flatten();
    known.map(|(name, number)| (name.to_owned(), Value::from(number))).collect()
}

/// Reads `Retry-After` where it is a number of seconds (RFC 9110, section 10.2.3); a date is left
/// to our own pauses.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let seconds: u32 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds)))
}
