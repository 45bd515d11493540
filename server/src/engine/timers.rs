//! What happens because time passes: deadlines, questions to the network, sweeping.
//!
//! Not here: what is due ([`domain::order::next_deadline`], [`domain::activation`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::code::OrderId;
use domain::order::Event;
use tokio::sync::watch;

use super::dispatch::Dispatcher;
use crate::activation::ActivationStatus;
use crate::store::{Command, Order};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Most orders of one look.
const BATCH: u32 = 1024;
/// Looks between two sweeps of ended sessions: about ten minutes.
const LOOKS_PER_SWEEP: u32 = 1200;

/// Lets time pass until `stop` says so.
pub async fn run(dispatcher: Arc<Dispatcher>, mut stop: watch::Receiver<bool>) {
    let mut asked: BTreeMap<OrderId, Timestamp> = BTreeMap::new();
    let mut looks: u32 = 0;
    while !*stop.borrow() {
        let now = dispatcher.clock.now();
        let pending = dispatcher.store.activating_orders(BATCH).await.unwrap_or_default();
        asked.retain(|id, _| pending.iter().any(|record| record.order.id == *id));
        for record in &pending {
            ask_network(&dispatcher, record, now, &mut asked).await;
        }
        tick_due(&dispatcher, now).await;
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(LOOKS_PER_SWEEP) {
            let swept = dispatcher.store.commit(vec![Command::Sweep { before: now }]).await;
            if let Err(error) = swept {
                tracing::warn!(%error, "ended sessions were not swept");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn ask_network(
    dispatcher: &Dispatcher,
    record: &Order,
    now: Timestamp,
    asked: &mut BTreeMap<OrderId, Timestamp>,
) {
    let (id, Some(activation)) = (record.order.id, record.order.activation) else { return };
    let last = asked.get(&id).copied().unwrap_or(activation.requested_at);
    let is_due = now.duration_since(last) >= activation.poll_interval(now);
    if !is_due {
        return;
    }
    asked.insert(id, now);
    let event = match dispatcher.activation.status(record, now).await {
        Ok(ActivationStatus::Pending) => return,
        Ok(ActivationStatus::Active) => Event::ActivationDone,
        Ok(ActivationStatus::Failed) => Event::ActivationFailed,
        Err(error) => {
            tracing::warn!(order = record.order.code.as_str(), %error, "network was not asked");
            return;
        }
    };
    if let Err(error) = dispatcher.ledger.apply(id, &event, "network", &[]).await {
        tracing::warn!(order = record.order.code.as_str(), %error, "activation not recorded");
    }
}

async fn tick_due(dispatcher: &Dispatcher, now: Timestamp) {
    let due = dispatcher.store.due_orders(now, BATCH).await.unwrap_or_default();
    for id in due {
        if let Err(error) = dispatcher.ledger.apply(id, &Event::Tick, "clock", &[]).await {
            tracing::warn!(%error, "a deadline was not recorded");
        }
    }
}
