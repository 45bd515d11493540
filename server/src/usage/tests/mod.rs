//! Usage over a real store: what counts, what does not, what is told, what is kept.
//!
//! Not here: HTTP (the scenarios) and the engine's own vectors (`crates/domain/tests`).

mod feeds;
mod model;
mod time;

use std::path::Path;

use domain::amount::{Megabytes, Period};
use domain::brand::{BrandId, PlanType};
use domain::code::Id;
use domain::identity::{Iccid, Imsi};
use domain::usage::{Cycle, Terms};
use tempfile::TempDir;

use super::record::{Entry, Record, Traffic, What};
use super::*;
use crate::clock::SettableClock;
use crate::store::Subscription;
use crate::store::events::{Asked, Notification};
use crate::store::sqlite::SqliteStore;
use crate::store::usage::NewMetered;

const BEGIN: &str = "2030-01-01T00:00:00Z";

pub(super) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A store with its usage and a clock that tests set.
pub(super) struct Bench {
    pub(super) folder: TempDir,
    pub(super) clock: Arc<SettableClock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) usage: Arc<Usage>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(SettableClock::new(instant(BEGIN)));
        let (store, usage) = open(folder.path(), &clock);
        Self { folder, clock, store, usage }
    }

    /// Opens the same store anew, as after a crash: nothing of the process before is left.
    pub(super) fn restart(&mut self) {
        (self.store, self.usage) = open(self.folder.path(), &self.clock);
    }

    pub(super) fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Makes a subscription of 500 MB a month that begins with the bench.
    pub(super) async fn subscribe(&self, n: u8) -> OrderId {
        self.subscribe_to(n, |_| {}).await
    }

    pub(super) async fn subscribe_to(&self, n: u8, change: impl FnOnce(&mut Terms)) -> OrderId {
        let id = subscription(n);
        let mut terms = Terms {
            plan_type: Some(PlanType::Fixed),
            limit: Some(Megabytes(500)),
            notifies: true,
            cycle: Some(Cycle {
                start: instant(BEGIN),
                duration: Period::parse("P1M").expect("a period"),
                resets: true,
            }),
            ..Terms::default()
        };
        change(&mut terms);
        let iccid = Some(Iccid::parse(&format!("8999011234567890{n:04}")).expect("an ICCID"));
        let brand = BrandId::parse("fjell").expect("an id");
        let starts_at = instant(BEGIN);
        let granted = Subscription {
            order: id,
            brand: brand.clone(),
            plan: "month".to_owned(),
            subscriber: None,
            iccid: iccid.clone(),
            starts_at,
            ends_at: terms.end().unwrap_or(Timestamp::MAX),
        };
        let imsi = Some(imsi(n));
        let plan = granted.plan.clone();
        let new = NewMetered {
            begun_at: starts_at,
            subscription: id,
            brand,
            plan,
            imsi,
            iccid,
            starts_at,
            terms,
        };
        let open = Command::Usage(UsageCommand::Open(Box::new(new)));
        let batch = vec![Command::InsertSubscription(granted), open];
        self.store.commit(batch).await.expect("stored");
        id
    }

    pub(super) async fn metered(&self, id: OrderId) -> Metered {
        self.store.metered(id).await.expect("read").expect("metered")
    }

    pub(super) async fn told(&self, id: OrderId) -> Vec<Notification> {
        let asked = Asked { subscription: Some(id), after: 0, limit: 100_000 };
        self.store.notifications(asked).await.expect("read")
    }

    /// Names what was told, in order.
    pub(super) async fn names(&self, id: OrderId) -> Vec<&'static str> {
        self.told(id).await.iter().map(|told| told.raised.cause.name()).collect()
    }

    pub(super) async fn take(&self, entries: &[Entry]) -> Outcome {
        self.usage.ingest("bss", entries).await.expect("taken")
    }

    /// Takes one record and returns the reason of its quarantine.
    pub(super) async fn reason(&self, entry: Entry) -> Option<&'static str> {
        let outcome = self.take(&[entry]).await;
        outcome.problems.first().map(|(_, _, refusal)| refusal.reason.name())
    }
}

fn open(folder: &Path, clock: &Arc<SettableClock>) -> (Arc<dyn Store>, Arc<Usage>) {
    let store = SqliteStore::open(&folder.join("usage.sqlite")).expect("opens");
    let store: Arc<dyn Store> = Arc::new(store);
    let settings = Settings { has_billing: true, ..Settings::default() };
    let metrics = UsageMetrics::default();
    let usage = Usage::new(Arc::clone(&store), Arc::clone(clock) as _, metrics, settings);
    (store, Arc::new(usage))
}

pub(super) fn subscription(n: u8) -> OrderId {
    Id::from_parts(1, [n; 10])
}

pub(super) fn imsi(n: u8) -> Imsi {
    Imsi::parse(&format!("00101234567{n:04}")).expect("an IMSI")
}

/// A record of traffic that tests change as they need it.
pub(super) fn traffic(sequence: u64, n: u8, at: Timestamp, bytes: u64) -> Entry {
    let what = What::Traffic(Traffic {
        session: None,
        sent: 0,
        received: bytes,
        network: None,
        is_shared: false,
        profile: "internet".to_owned(),
    });
    Entry { sequence, record: Ok(Record { at, who: Who::Imsi(imsi(n)), what }) }
}

pub(super) fn changed(mut entry: Entry, change: impl FnOnce(&mut Traffic)) -> Entry {
    if let Ok(Record { what: What::Traffic(traffic), .. }) = &mut entry.record {
        change(traffic);
    }
    entry
}

/// A record that says what a session came to.
pub(super) fn session(sequence: u64, n: u8, at: Timestamp, name: &str, bytes: u64) -> Entry {
    changed(traffic(sequence, n, at, bytes), |traffic| traffic.session = Some(name.to_owned()))
}

pub(super) fn report(sequence: u64, n: u8, at: Timestamp, what: What) -> Entry {
    Entry { sequence, record: Ok(Record { at, who: Who::Imsi(imsi(n)), what }) }
}
