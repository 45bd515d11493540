//! Activation by the operator's own system, over HTTP (the protocol: `docs/operations.md`).
//!
//! An order is activated at most once however often it is asked for: each request carries the
//! key of its effect, and the code of the order names the activation. Numbers of the subscriber
//! are in bodies only. Not here: what the system tells by itself ([`crate::admin::activation`]).

use std::sync::Arc;

use axum::http::Method;
use domain::activation::Refusal;
use domain::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Accepted, ActivationError, ActivationPort, ActivationStatus, Reply, Wanted};
use crate::clock::Clock;
use crate::config::SystemConfig;
use crate::outgoing::Answer;
use crate::outgoing::system::{Call, NoAnswer, System, read, sim};
use crate::store::Order;

/// Longest estimate or margin that counts, in seconds; longer ones count as this: a day.
const SECONDS_MAX: u32 = 86_400;

/// The operator's system for activations.
pub struct HttpActivation {
    system: System,
    clock: Arc<dyn Clock>,
    margin: SignedDuration,
}

/// What the system says of an activation.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    status: Option<String>,
    attempt: Option<u32>,
    estimate_s: Option<u32>,
    margin_s: Option<u32>,
    reason: Option<String>,
}

impl Said {
    fn status(&self) -> Option<ActivationStatus> {
        match self.status.as_deref()? {
            "pending" => Some(ActivationStatus::Pending),
            "active" => Some(ActivationStatus::Active),
            "failed" => Some(ActivationStatus::Failed(self.refusal())),
            _ => None,
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        Refusal::parse(self.reason.as_deref()?)
    }
}

fn seconds(count: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count.min(SECONDS_MAX)))
}

impl From<NoAnswer> for ActivationError {
    fn from(error: NoAnswer) -> Self {
        let why = error.to_string();
        match error {
            NoAnswer::Held(_) => Self { why, pause: None },
            NoAnswer::Failed { retry_after, .. } => Self { why, pause: retry_after },
        }
    }
}

impl HttpActivation {
    /// Prepares the requests; `margin` is what the operator adds to the ten minutes where the
    /// system itself does not say it.
    ///
    /// # Errors
    /// The token cannot be read, or TLS cannot be set up.
    pub fn new(
        config: &SystemConfig,
        margin: SignedDuration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        Ok(Self { system: System::new(config)?, clock, margin })
    }

    async fn ask(&self, call: Call) -> Result<Answer, NoAnswer> {
        self.system.ask(call, self.clock.as_ref()).await
    }

    /// What an answer to a request comes to.
    fn requested(&self, answer: &Answer) -> Result<Accepted, NoAnswer> {
        match answer.status {
            200..=202 => {
                let said: Said = match answer.body.is_empty() {
                    true => Said { status: Some("pending".to_owned()), ..Said::default() },
                    false => read(answer).map_err(|error| NoAnswer::odd(&error))?,
                };
                let status = said.status().ok_or_else(|| NoAnswer::odd("no known status"))?;
                Ok(Accepted {
                    estimate: said.estimate_s.map(seconds),
                    margin: said.margin_s.map_or(self.margin, seconds),
                    status,
                })
            }
            // What may be another time: who we are, that it is in work, that it is too much.
            401 | 403 | 408 | 409 | 425 | 429 => Err(NoAnswer::of(answer)),
            400..=499 => {
                let said: Said = read(answer).unwrap_or_default();
                let refusal = said.refusal().ok_or_else(|| NoAnswer::of(answer))?;
                let status = ActivationStatus::Failed(Some(refusal));
                Ok(Accepted { estimate: None, margin: self.margin, status })
            }
            _ => Err(NoAnswer::of(answer)),
        }
    }
}

impl ActivationPort for HttpActivation {
    fn request<'a>(&'a self, wanted: Wanted<'a>, _: Timestamp) -> Reply<'a, Accepted> {
        Box::pin(async move {
            let call = Call {
                method: Method::POST,
                path: "/activations".to_owned(),
                key: Some(wanted.key.to_owned()),
                body: Some(body(wanted)),
            };
            Ok(self.requested(&self.ask(call).await?)?)
        })
    }

    fn status<'a>(&'a self, order: &'a Order, _: Timestamp) -> Reply<'a, ActivationStatus> {
        Box::pin(async move {
            let call = Call { method: Method::GET, path: path(order), key: None, body: None };
            let answer = self.ask(call).await?;
            if answer.status != 200 {
                return Err(NoAnswer::of(&answer).into());
            }
            let said: Said = read(&answer).map_err(|error| NoAnswer::odd(&error))?;
            let status = said.status().ok_or_else(|| NoAnswer::odd("no known status"))?;
            let is_of_another = said.attempt.is_some_and(|attempt| attempt != number(order));
            Ok(match status {
                // The try before failed; this one has not come there yet.
                ActivationStatus::Failed(_) if is_of_another => ActivationStatus::Pending,
                status => status,
            })
        })
    }

    fn deactivate<'a>(&'a self, key: &'a str, order: &'a Order) -> Reply<'a, ()> {
        Box::pin(async move {
            let (path, key) = (path(order), Some(key.to_owned()));
            let answer = self.ask(Call { method: Method::DELETE, path, key, body: None }).await?;
            match answer.status {
                200..=299 | 404 | 410 => Ok(()),
                _ => Err(NoAnswer::of(&answer).into()),
            }
        })
    }
}

fn path(order: &Order) -> String {
    format!("/activations/{}", order.order.code.as_str())
}

fn number(order: &Order) -> u32 {
    order.order.asked.map_or(1, |asked| asked.number)
}

/// What is to be activated, for whom.
fn body(Wanted { order, customer, .. }: Wanted<'_>) -> Value {
    let terms = &order.order.terms;
    let mut wanted = Map::new();
    wanted.insert("order".to_owned(), order.order.code.as_str().into());
    wanted.insert("attempt".to_owned(), number(order).into());
    wanted.insert("brand".to_owned(), terms.brand.to_string().into());
    wanted.insert("plan".to_owned(), terms.plan.to_string().into());
    wanted.append(&mut sim(&order.claims));
    if let Some(renewal) = terms.renews {
        wanted.insert("not_before".to_owned(), renewal.ends_at.to_string().into());
    }
    if let Some(said) = customer {
        let said = said.0.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        wanted.insert("customer".to_owned(), Value::Object(said.collect()));
    }
    Value::Object(wanted)
}
