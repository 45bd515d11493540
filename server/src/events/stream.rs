//! Server-sent events: the log read as it grows, from where a reader left off.
//!
//! A stream asks the store, never a queue in memory: a slow reader costs nothing but its place,
//! and one that comes back with `Last-Event-ID` misses nothing [EVT-17]. A stream ends after a
//! quarter of an hour: its reader comes back by itself, if it still may. Not here: who may read
//! what.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event as Line, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::{SignedDuration, Timestamp};
use futures_core::Stream;
use tokio::sync::{mpsc, watch};

use super::{Events, wire};
use crate::clock::Clock;
use crate::store::events::{Asked, EventsCommand, Notification};
use crate::store::{Command, Store, StoreError};

/// Events that wait for a reader; beyond them the log waits.
const WAITING_MAX: usize = 32;
/// Notifications read of the log at once.
const BATCH: u32 = 128;
/// How often a line is sent that says nothing but that the connection lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream lasts; that long a reader goes on who has signed out.
const LASTS: SignedDuration = SignedDuration::from_mins(15);
/// How often it is looked whether a stream is over.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Most streams at once.
const STREAMS_MAX: u32 = 1000;
/// Most streams of one reader at once: a few tabs.
const STREAMS_OF_ONE: u32 = 4;

/// The streams that are open.
pub struct Streams {
    open: Arc<Mutex<BTreeMap<String, u32>>>,
    closed: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { open: Arc::default(), closed: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Ends all streams: a server that stops does not wait for readers who stay.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Takes a place for a reader; absent = there is none left.
    fn enter(&self, reader: &str) -> Option<Place> {
        let mut open = lock(&self.open);
        let all = open.values().copied().fold(0, u32::saturating_add);
        let own = open.get(reader).copied().unwrap_or_default();
        if all >= STREAMS_MAX || own >= STREAMS_OF_ONE {
            return None;
        }
        open.insert(reader.to_owned(), own.saturating_add(1));
        Some(Place { reader: reader.to_owned(), open: Arc::clone(&self.open) })
    }
}

fn lock(open: &Mutex<BTreeMap<String, u32>>) -> std::sync::MutexGuard<'_, BTreeMap<String, u32>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place that a reader has until this is dropped.
struct Place {
    reader: String,
    open: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        match open.get_mut(&self.reader) {
            Some(count) if *count > 1 => *count = count.saturating_sub(1),
            _ => {
                open.remove(&self.reader);
            }
        }
    }
}

/// What a stream carries.
pub struct Wanted {
    /// Who reads: the key of its limit.
    pub reader: String,
    /// What is written into the log of deliveries.
    pub channel: &'static str,
    /// Where to begin, and of whom.
    pub asked: Asked,
    /// What is told; the others are passed over.
    pub filter: fn(&Notification) -> bool,
}

/// The lines of a stream.
struct Lines(mpsc::Receiver<Line>);

impl Stream for Lines {
    type Item = Result<Line, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|line| line.map(Ok))
    }
}

/// Returns where a reader left off, as its browser says.
#[must_use]
pub fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get("last-event-id")?.to_str().ok()?;
    text.parse().ok().filter(|id: &i64| *id >= 0)
}

impl Events {
    /// Opens a stream; absent = the reader has too many already.
    #[must_use]
    pub fn stream(&self, wanted: Wanted) -> Option<Response> {
        let place = self.streams.enter(&wanted.reader)?;
        let (sender, lines) = mpsc::channel(WAITING_MAX);
        let feeder = Feeder {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            closed: self.streams.closed.subscribe(),
            wanted,
            sender,
        };
        tokio::spawn(async move {
            if let Err(error) = feeder.run().await {
                tracing::warn!(%error, "a stream of events ended early");
            }
            drop(place);
        });
        let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("");
        Some(Sse::new(Lines(lines)).keep_alive(heartbeat).into_response())
    }
}

/// Reads the log for one stream.
struct Feeder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    closed: watch::Receiver<bool>,
    wanted: Wanted,
    sender: mpsc::Sender<Line>,
}

impl Feeder {
    async fn run(self) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        let ends_at = clock.now().checked_add(LASTS).unwrap_or(Timestamp::MAX);
        tokio::select! {
            done = self.feed() => done,
            () = until(clock.as_ref(), ends_at) => Ok(()),
        }
    }

    async fn feed(mut self) -> Result<(), StoreError> {
        let mut raised = self.store.raised();
        loop {
            // Marked as seen before the log is read, so that nothing falls between.
            let mut seen = raised.borrow_and_update().count();
            let found = self.store.notifications(self.wanted.asked).await?;
            let is_more = u32::try_from(found.len()).is_ok_and(|n| n >= self.wanted.asked.limit);
            if !self.tell(&found).await? {
                return Ok(());
            }
            if is_more {
                continue;
            }
            loop {
                tokio::select! {
                    changed = raised.changed() => if changed.is_err() { return Ok(()) },
                    _ = self.closed.wait_for(|closed| *closed) => return Ok(()),
                    () = self.sender.closed() => return Ok(()),
                }
                let latest = raised.borrow_and_update();
                let of = self.wanted.asked.subscription;
                if of.is_none_or(|subscription| latest.may_have(subscription, seen)) {
                    break;
                }
                // What came is for others.
                seen = latest.count();
            }
        }
    }

    /// Tells what was found; says whether the reader is still there.
    async fn tell(&mut self, found: &[Notification]) -> Result<bool, StoreError> {
        let is_one_subscriber = self.wanted.asked.subscription.is_some();
        let mut told = Vec::new();
        let mut is_there = true;
        for notification in found {
            let place = match is_one_subscriber {
                true => i64::try_from(notification.seq).unwrap_or(i64::MAX),
                false => notification.id,
            };
            if (self.wanted.filter)(notification) {
                let event = wire::event(notification);
                let line = Line::default().id(place.to_string()).event(event.name.clone());
                let Ok(line) = line.json_data(event) else { continue };
                tokio::select! {
                    sent = self.sender.send(line) => is_there = sent.is_ok(),
                    _ = self.closed.wait_for(|closed| *closed) => is_there = false,
                }
                if !is_there {
                    break;
                }
                told.push(notification.id);
            }
            self.wanted.asked.after = place;
        }
        if !told.is_empty() {
            let (channel, at) = (self.wanted.channel.to_owned(), self.clock.now());
            let streamed = EventsCommand::Streamed { notifications: told, channel, at };
            self.store.commit(vec![Command::Events(streamed)]).await?;
        }
        Ok(is_there)
    }
}

/// Waits until the clock says so.
async fn until(clock: &dyn Clock, end: Timestamp) {
    while clock.now() < end {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Begins to ask the log for a stream.
#[must_use]
pub fn asked(subscription: Option<domain::code::Id>, after: i64) -> Asked {
    Asked { subscription, after, limit: BATCH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_a_few_places_and_gives_them_back() {
        let streams = Streams::default();
        let mut places: Vec<_> = (0..STREAMS_OF_ONE).map(|_| streams.enter("a")).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(streams.enter("a").is_none());
        assert!(streams.enter("b").is_some());
        places.pop();
        assert!(streams.enter("a").is_some());
        drop(places);
        assert_eq!(lock(&streams.open).len(), 0);
    }
}
