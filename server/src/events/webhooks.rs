//! Webhooks: events sent to receivers, signed, until they have them.
//!
//! Each endpoint has a worker, so that a slow or dead one delays nobody else. A worker moves its
//! cursor over the log and puts what its endpoint wants into queues, one for each subscriber;
//! of a queue only the first is sent, so that the order of a subscriber is kept [EVT-17]. Ten
//! tries over 75 hours, then a delivery is dead until somebody replays it. A redirect is a
//! failure, 410 ends the endpoint. Everything is in the store: a restart goes on where it was.
//! Not here: addresses ([`crate::outgoing`]) and pauses ([`domain::events::retry`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method};
use domain::events::retry::{Response, pause_after};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::signing::Key;
use super::wire;
use crate::clock::Clock;
use crate::config::{Secret, WebhookConfig};
use crate::entropy;
use crate::metrics::Metrics;
use crate::outgoing::{Ask, Outgoing, Policy};
use crate::store::events::{Asked, Endpoint, EventsCommand, HookDelivery, Next, Notification, Try};
use crate::store::{Command, Store, StoreError};

/// How often queues are looked at when nothing is raised.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Deliveries of one endpoint under way at once, each of another subscriber.
const AT_ONCE: u32 = 16;
/// Notifications that are looked at for an endpoint at once.
const BATCH: u32 = 512;
/// First pause after the store fails; it doubles with every failure in a row.
const REST: Duration = Duration::from_secs(1);
/// Longest pause after the store fails.
const REST_MAX: Duration = Duration::from_mins(5);
/// How long what is under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Sends to one endpoint.
pub struct Worker {
    config: WebhookConfig,
    outgoing: Outgoing,
    keys: Mutex<Vec<Key>>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

impl Worker {
    /// Prepares for an endpoint. Reads its files, so it blocks.
    ///
    /// # Errors
    /// What is wrong with a file, and which.
    pub fn new(
        config: WebhookConfig,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, String> {
        let name = config.name.as_str();
        let named = |error: String| format!("webhook {name}: {error}");
        let keys = Mutex::new(read_keys(&config).map_err(named)?);
        let roots = config.roots_file.as_ref().map(|file| {
            let read = std::fs::read(file);
            read.map_err(|error| named(format!("{} cannot be read: {error}", file.display())))
        });
        let policy = Policy {
            allowed_networks: config.networks.clone(),
            has_plain_http: config.has_plain_http,
            roots_pem: roots.transpose()?,
            ..Policy::default()
        };
        let outgoing = Outgoing::new(policy).map_err(named)?;
        Ok(Self { config, outgoing, keys, store, clock, metrics })
    }

    /// Sends until `stop` says so. What is under way then has a moment to end; cut off, it is
    /// sent again after the next start.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut raised = self.store.raised();
        let mut failures: u32 = 0;
        while !*stop.borrow() {
            let mut late = stop.clone();
            let too_late = async move {
                let _ = late.wait_for(|stop| *stop).await;
                tokio::time::sleep(GRACE).await;
            };
            let round = tokio::select! { done = self.round() => done, () = too_late => return };
            let is_busy = match round {
                Ok(is_busy) => is_busy,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    tracing::error!(webhook = self.config.name, %error, failures, "store fails");
                    // What was sent and not settled is sent again, so not at once.
                    tokio::select! {
                        () = tokio::time::sleep(rest_after(failures)) => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
            };
            failures = 0;
            if is_busy {
                continue;
            }
            tokio::select! {
                changed = raised.changed() => {
                    // A store that has ended raises nothing more.
                    if changed.is_err() {
                        tokio::time::sleep(LOOK_EVERY).await;
                    }
                }
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Queues what is new and sends what is due; tells whether there may be more.
    async fn round(self: &Arc<Self>) -> Result<bool, StoreError> {
        let name = self.config.name.clone();
        let endpoints = self.store.endpoints().await?;
        let Some(endpoint) = endpoints.into_iter().find(|known| known.name == name) else {
            self.commit(EventsCommand::AddEndpoint { name }).await?;
            return Ok(true);
        };
        if endpoint.disabled.is_some() {
            return Ok(false);
        }
        let is_behind = self.queue(&endpoint).await?;
        let due = self.store.due_deliveries(name, self.clock.now(), AT_ONCE).await?;
        let is_busy = is_behind || !due.is_empty();
        self.reload_keys().await;
        let mut under_way = JoinSet::new();
        for delivery in due {
            let worker = Arc::clone(self);
            under_way.spawn(async move { worker.deliver(&delivery).await });
        }
        let mut failed = None;
        // Those that remain go on where one could not be settled.
        while let Some(done) = under_way.join_next().await {
            if let Ok(Err(error)) = done {
                failed = Some(error);
            }
        }
        failed.map_or(Ok(is_busy), Err)
    }

    async fn commit(&self, command: EventsCommand) -> Result<(), StoreError> {
        self.store.commit(vec![Command::Events(command)]).await
    }

    /// Moves the cursor over what is new; tells whether there is more.
    async fn queue(&self, endpoint: &Endpoint) -> Result<bool, StoreError> {
        let asked = Asked { subscription: None, after: endpoint.cursor, limit: BATCH };
        let new = self.store.notifications(asked).await?;
        let Some(last) = new.last() else { return Ok(false) };
        let wanted = new.iter().filter(|notification| self.wants(notification));
        let command = EventsCommand::Enqueue {
            endpoint: endpoint.name.clone(),
            up_to: last.id,
            wanted: wanted.map(|wanted| (wanted.id, wanted.subscription)).collect(),
            at: self.clock.now(),
        };
        self.commit(command).await?;
        Ok(u32::try_from(new.len()).is_ok_and(|count| count >= BATCH))
    }

    fn wants(&self, notification: &Notification) -> bool {
        let WebhookConfig { types, brands, .. } = &self.config;
        let name = notification.raised.cause.name();
        let is_type = types.is_empty() || types.contains(name);
        is_type && (brands.is_empty() || brands.contains(&notification.brand))
    }

    /// Takes over secrets that changed; those that cannot be read leave the ones before in use.
    async fn reload_keys(self: &Arc<Self>) {
        let worker = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || read_keys(&worker.config)).await;
        match read {
            Ok(Ok(keys)) => *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys,
            Ok(Err(error)) => {
                tracing::warn!(webhook = self.config.name, error, "secret not read again");
            }
            Err(error) => tracing::error!(%error, "secrets were not read"),
        }
    }

    /// Sends one and records what came of it.
    async fn deliver(&self, delivery: &HookDelivery) -> Result<(), StoreError> {
        let answer = self.send(&delivery.notification).await;
        let (response, outcome) = match answer {
            Ok(status) => (Response::of_status(status), format!("status {status}")),
            Err(error) => (Response::Failed, error),
        };
        let (name, notification) = (self.config.name.as_str(), delivery.notification.id);
        let at = self.clock.now();
        let tries = delivery.attempts.saturating_add(1);
        let next = match response {
            Response::Delivered => Next::Done,
            Response::Gone => Next::Dead,
            Response::Failed => {
                let random = u32::from_be_bytes(entropy::bytes());
                let pause = pause_after(tries, random);
                pause.and_then(|pause| at.checked_add(pause).ok()).map_or(Next::Dead, Next::Later)
            }
        };
        let said = match next {
            Next::Done => "delivered",
            Next::Later(_) => "failed",
            Next::Dead => "dead",
        };
        self.metrics.webhook(name, said);
        let endpoint = name.to_owned();
        let tried =
            Try { endpoint: endpoint.clone(), notification, at, outcome: outcome.clone(), next };
        let mut batch = vec![Command::Events(EventsCommand::Settle(Box::new(tried)))];
        match next {
            Next::Done => {}
            Next::Later(_) => {
                tracing::warn!(webhook = name, notification, tries, outcome, "delivery put off");
            }
            Next::Dead if response == Response::Gone => {
                let why = "the receiver answered 410".to_owned();
                batch.push(Command::Events(EventsCommand::Disable { endpoint, at, why }));
                tracing::error!(webhook = name, "webhook disabled: its receiver answered 410");
            }
            Next::Dead => {
                tracing::error!(webhook = name, notification, outcome, "delivery given up");
            }
        }
        self.store.commit(batch).await
    }

    async fn send(&self, notification: &Notification) -> Result<u16, String> {
        let body = serde_json::to_vec(&wire::event(notification)).map_err(|e| e.to_string())?;
        // The same for every try, so that a receiver knows what it has.
        let id = format!("evt-{}-{}", notification.subscription, notification.seq);
        let timestamp_s = self.clock.now().as_second();
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let signatures: Vec<_> = keys.iter().map(|key| key.sign(&id, timestamp_s, &body)).collect();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp_s.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ] {
            headers.insert(name, HeaderValue::from_str(&value).map_err(|e| e.to_string())?);
        }
        let ask = Ask { method: Method::POST, url: self.config.url.clone(), headers, body };
        // The receiver has it once it says so, whatever the body of its answer.
        self.outgoing.tell(ask).await.map_err(|error| error.to_string())
    }
}

/// Returns the pause after so many failures of the store in a row.
fn rest_after(failures: u32) -> Duration {
    let doubled = REST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(REST_MAX)
}

/// Reads the secrets of an endpoint, the first one first.
fn read_keys(config: &WebhookConfig) -> Result<Vec<Key>, String> {
    let files = [Some(&config.secret_file), config.other_secret_file.as_ref()];
    files.into_iter().flatten().map(|file| Key::parse(&Secret::read_file(file)?)).collect()
}

/// Returns what waits at each endpoint, for the metrics.
///
/// # Errors
/// The store does not answer.
pub async fn backlogs(
    store: &dyn Store,
) -> Result<BTreeMap<String, crate::store::events::Backlog>, StoreError> {
    let mut found = BTreeMap::new();
    for endpoint in store.endpoints().await? {
        let backlog = store.backlog(endpoint.name.clone()).await?;
        found.insert(endpoint.name, backlog);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_fails_is_left_alone_for_longer_and_longer() {
        for (failures, expected_s) in [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (u32::MAX, 300)]
        {
            assert_eq!(rest_after(failures), Duration::from_secs(expected_s), "{failures}");
        }
    }
}
