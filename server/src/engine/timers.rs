//! What happens because time passes: deadlines, questions to the network, sweeping.
//!
//! Not here: what is due ([`domain::order::next_deadline`], [`domain::activation`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::SignedDuration;
use domain::Timestamp;
use domain::code::OrderId;
use domain::order::{Event, State};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::calls::{Calling, NETWORK};
use super::dispatch::Dispatcher;
use crate::activation::ActivationStatus;
use crate::store::{Command, Order, StoreError};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Most orders of one look.
const BATCH: u32 = 1024;
/// Questions under way at once.
const AT_ONCE: usize = 16;
/// How long the network has to answer a question.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long after its beginning an activation that took too long may still succeed.
const LATE_SUCCESS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Looks between two sweeps of ended sessions: about ten minutes.
const LOOKS_PER_SWEEP: u32 = 1200;

/// Lets time pass until `stop` says so.
pub async fn run(dispatcher: Arc<Dispatcher>, mut stop: watch::Receiver<bool>) {
    let mut asked: BTreeMap<OrderId, Timestamp> = BTreeMap::new();
    let mut looks: u32 = 0;
    while !*stop.borrow() {
        let now = dispatcher.clock.now();
        let mut asking = JoinSet::new();
        for record in to_ask(&dispatcher, &mut asked, now).await {
            if asking.len() >= AT_ONCE {
                asking.join_next().await;
            }
            let dispatcher = Arc::clone(&dispatcher);
            asking.spawn(async move { ask_network(&dispatcher, &record, now).await });
        }
        while asking.join_next().await.is_some() {}
        tick_due(&dispatcher, now).await;
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(LOOKS_PER_SWEEP) {
            let swept = dispatcher.store.commit(vec![Command::Sweep { before: now }]).await;
            logged(swept, "ended sessions were not swept");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Returns orders for which it is time to ask the network; `asked` remembers when it was.
pub async fn to_ask(
    dispatcher: &Dispatcher,
    asked: &mut BTreeMap<OrderId, Timestamp>,
    now: Timestamp,
) -> Vec<Order> {
    let since = now.checked_sub(LATE_SUCCESS_FOR).unwrap_or(now);
    let pending = dispatcher.store.unsettled_activations(since, BATCH).await;
    let mut pending = logged(pending, "activations were not read");
    asked.retain(|id, _| pending.iter().any(|record| record.order.id == *id));
    pending.retain(|record| is_due(record, now, asked.get(&record.order.id)));
    asked.extend(pending.iter().map(|record| (record.order.id, now)));
    pending
}

fn logged<T: Default>(result: Result<T, StoreError>, what: &str) -> T {
    result.unwrap_or_else(|error| {
        tracing::error!(%error, "{what}");
        T::default()
    })
}

/// Tells whether to ask the network again: at the intervals of [PORT-40], and once when the
/// operator's own estimate is over.
fn is_due(record: &Order, now: Timestamp, last: Option<&Timestamp>) -> bool {
    let Some(activation) = record.order.activation else { return false };
    let last = last.copied().unwrap_or(activation.requested_at);
    let expected = activation.estimate.and_then(|e| activation.requested_at.checked_add(e).ok());
    let is_expected = expected.is_some_and(|expected| last < expected && now >= expected);
    is_expected || now.duration_since(last) >= activation.poll_interval(now)
}

/// Asks the network and records its answer; says whether there was one.
pub async fn ask_network(dispatcher: &Dispatcher, record: &Order, now: Timestamp) -> bool {
    let code = record.order.code.as_str();
    let calling = Calling::begin(record.order.id, NETWORK, "status");
    let status = tokio::time::timeout(ANSWER_WITHIN, dispatcher.activation.status(record, now));
    let (event, outcome) = match status.await {
        Ok(Ok(ActivationStatus::Pending)) => return false,
        Ok(Ok(ActivationStatus::Active)) => (Event::ActivationDone, "active"),
        Ok(Ok(ActivationStatus::Failed(reason))) => {
            let attempt = record.order.asked.map_or(1, |asked| asked.number);
            (Event::ActivationFailed { attempt, reason }, "failed")
        }
        Ok(Err(error)) => {
            tracing::warn!(order = code, %error, "the network does not say");
            note(dispatcher, calling.came_to(now, &error.to_string())).await;
            return false;
        }
        Err(_) => {
            tracing::warn!(order = code, "the network does not answer in time");
            note(dispatcher, calling.came_to(now, "no answer in time")).await;
            return false;
        }
    };
    let noted = [calling.came_to(now, outcome)];
    let applied = dispatcher.ledger.apply(record.order.id, &event, "network", &noted).await;
    if let Err(error) = &applied {
        tracing::warn!(order = code, %error, "activation not recorded");
    }
    applied.is_ok()
}

/// Writes down a call that led to nothing.
pub(super) async fn note(dispatcher: &Dispatcher, noted: Command) {
    logged(dispatcher.store.commit(vec![noted]).await, "a call was not written down");
}

/// Lets deadlines happen that have come.
pub async fn tick_due(dispatcher: &Dispatcher, now: Timestamp) {
    let due = logged(dispatcher.store.due_orders(now, BATCH).await, "deadlines were not read");
    for id in due {
        // What became active in the last moment is active, not too late.
        if let Ok(Some(record)) = dispatcher.store.order(id).await
            && record.order.state == State::Activating
            && ask_network(dispatcher, &record, now).await
        {
            continue;
        }
        if let Err(error) = dispatcher.ledger.apply(id, &Event::Tick, "clock", &[]).await {
            tracing::warn!(%error, "a deadline was not recorded");
        }
    }
}
