//! Asks payment providers how their open sessions stand, so that an event that was lost is found.
//!
//! A session is asked for a minute after it was first seen here, and once a minute from then on.
//! Not here: windows that are over ([`super::timers`] has them closed, which asks too).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::code::OrderId;
use domain::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::calls::{Calling, DONE};
use super::dispatch::{Dispatcher, payment_event};
use super::timers::note;
use crate::store::Order;

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a session is left alone before it is asked for again.
const ASK_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Most orders of one read.
const BATCH: u32 = 256;
/// Questions under way at once.
const AT_ONCE: usize = 8;
/// How long a provider has to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Asks for ever.
pub async fn run(dispatcher: Arc<Dispatcher>) {
    // The number of the attempt, and when its session was first seen or last asked for.
    let mut seen: BTreeMap<OrderId, (u32, Timestamp)> = BTreeMap::new();
    loop {
        let now = dispatcher.clock.now();
        let mut due = Vec::new();
        match open(&dispatcher).await {
            Ok(open) => {
                let ids: BTreeSet<OrderId> = open.iter().map(|record| record.order.id).collect();
                seen.retain(|id, _| ids.contains(id));
                due.extend(open.into_iter().filter(|record| is_due(&mut seen, record, now)));
            }
            Err(error) => tracing::error!(%error, "open payments were not read"),
        }
        ask_all(&dispatcher, due).await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn open(dispatcher: &Dispatcher) -> Result<Vec<Order>, crate::store::StoreError> {
    let mut open: Vec<Order> = Vec::new();
    loop {
        let after = open.last().map(|record| record.order.id);
        let mut found = dispatcher.store.open_payments(after, BATCH).await?;
        if found.is_empty() {
            return Ok(open);
        }
        open.append(&mut found);
    }
}

fn is_due(seen: &mut BTreeMap<OrderId, (u32, Timestamp)>, record: &Order, now: Timestamp) -> bool {
    let number = record.order.attempt.as_ref().map_or(0, |attempt| attempt.number);
    let (of, last) = *seen.entry(record.order.id).or_insert((number, now));
    let is_due = of == number && now.duration_since(last) >= ASK_EVERY;
    if is_due || of != number {
        seen.insert(record.order.id, (number, now));
    }
    is_due
}

async fn ask_all(dispatcher: &Arc<Dispatcher>, due: Vec<Order>) {
    let mut asking = JoinSet::new();
    for record in due {
        if asking.len() >= AT_ONCE {
            asking.join_next().await;
        }
        let dispatcher = Arc::clone(dispatcher);
        asking.spawn(async move { ask(&dispatcher, &record).await });
    }
    while asking.join_next().await.is_some() {}
}

/// Asks for the open session of one order, and records the answer.
pub async fn ask(dispatcher: &Dispatcher, record: &Order) {
    let code = record.order.code.as_str();
    let attempt = record.order.attempt.as_ref();
    let Some(session) = attempt.and_then(|attempt| attempt.session.as_ref()) else { return };
    let Some(provider) = dispatcher.payments.get(&session.provider) else {
        tracing::error!(order = code, provider = session.provider, "no such payment provider");
        return;
    };
    let calling = Calling::begin(record.order.id, &session.provider, "retrieve");
    let answer = tokio::time::timeout(ANSWER_WITHIN, provider.retrieve(session.id.clone())).await;
    let status = match answer {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            tracing::warn!(order = code, %error, "the provider was not asked");
            note(dispatcher, calling.came_to(dispatcher.clock.now(), &error.to_string())).await;
            return;
        }
        Err(_) => {
            tracing::warn!(order = code, "the provider does not answer in time");
            note(dispatcher, calling.came_to(dispatcher.clock.now(), "no answer in time")).await;
            return;
        }
    };
    let Some(event) = payment_event(&session.provider, &session.id, status) else { return };
    let noted = [calling.came_to(dispatcher.clock.now(), DONE)];
    if let Err(error) = dispatcher.ledger.apply(record.order.id, &event, "janitor", &noted).await {
        tracing::warn!(order = code, %error, "the provider's answer was not recorded");
    }
}
