//! The operator's system as a source of knowledge of SIMs (the protocol: `docs/operations.md`).
//!
//! A page waits for the answer, so it has little time; what was learned holds for a minute. Not
//! here: what it is used for ([`super::Subscribers`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;
use domain::brand::PlanId;
use domain::subscriber::{SimState, Standing};
use domain::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{LookUpError, Reply, SubscriberPort};
use crate::clock::Clock;
use crate::config::SystemConfig;
use crate::outgoing::Answer;
use crate::outgoing::system::{Call, NoAnswer, System, read, sim};
use crate::store::Claims;

/// How long an answer holds.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(1);
/// Most answers that are kept.
const KEPT_MAX: usize = 16_384;
/// Most plans of an answer.
const PLANS_MAX: usize = 256;

/// The operator's system for subscribers.
pub struct HttpSubscribers(Arc<Shared>);

struct Shared {
    system: System,
    clock: Arc<dyn Clock>,
    /// By what was asked; when it was learned.
    kept: Mutex<BTreeMap<String, (Timestamp, Option<Standing>)>>,
}

/// What the system says of a SIM.
#[derive(Deserialize)]
struct Said {
    state: String,
    plans: Option<Vec<String>>,
}

impl HttpSubscribers {
    /// Prepares the questions.
    ///
    /// # Errors
    /// The token cannot be read, or TLS cannot be set up.
    pub fn new(config: &SystemConfig, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let system = System::new(config)?;
        Ok(Self(Arc::new(Shared { system, clock, kept: Mutex::default() })))
    }
}

impl SubscriberPort for HttpSubscribers {
    fn look_up<'a>(&'a self, claims: &'a Claims) -> Reply<'a> {
        let asked = sim(claims);
        if asked.is_empty() {
            return Box::pin(async { Ok(None) });
        }
        let shared = Arc::clone(&self.0);
        // A task of its own: what was asked is learned even if the customer has left.
        let task = tokio::spawn(async move { shared.look_up(Value::Object(asked)).await });
        Box::pin(async { task.await.map_err(|error| LookUpError(error.to_string()))? })
    }
}

impl Shared {
    async fn look_up(&self, asked: Value) -> Result<Option<Standing>, LookUpError> {
        let key = asked.to_string();
        let now = self.clock.now();
        if let Some((at, standing)) = self.kept().get(&key)
            && now.duration_since(*at) < KEPT_FOR
        {
            return Ok(standing.clone());
        }
        let path = "/subscribers/status".to_owned();
        let call = Call { method: Method::POST, path, key: None, body: Some(asked) };
        let answer = self.system.ask(call, self.clock.as_ref()).await;
        let standing = answer.and_then(|answer| standing(&answer));
        let standing = standing.map_err(|error| LookUpError(error.to_string()))?;
        let mut kept = self.kept();
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, (at, _)| now.duration_since(*at) < KEPT_FOR);
        }
        if kept.len() < KEPT_MAX {
            kept.insert(key, (now, standing.clone()));
        }
        Ok(standing)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, (Timestamp, Option<Standing>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn standing(answer: &Answer) -> Result<Option<Standing>, NoAnswer> {
    match answer.status {
        200 => {}
        404 => return Ok(None),
        _ => return Err(NoAnswer::of(answer)),
    }
    let said: Said = read(answer).map_err(|error| NoAnswer::odd(&error))?;
    let state = SimState::parse(&said.state).ok_or_else(|| NoAnswer::odd("no known state"))?;
    let Some(ids) = said.plans else { return Ok(Some(Standing { state, plans: None })) };
    if ids.len() > PLANS_MAX {
        return Err(NoAnswer::odd("too many plans"));
    }
    let plans: Option<BTreeSet<PlanId>> = ids.iter().map(|id| PlanId::parse(id)).collect();
    let plans = plans.ok_or_else(|| NoAnswer::odd("a plan with an impossible id"))?;
    Ok(Some(Standing { state, plans: Some(plans) }))
}
