//! How many records of use the store takes a second, beside a raw loop over the same numbers in
//! the same run: insert the event unless it is there, and add to its counter.
//!
//! Both write to SQLite with `synchronous=FULL`, 1,000 records a transaction, every record of a
//! session of its own subscription. Turns alternate, so that a busy machine disturbs both. The
//! rate of fsync stands beside, as it bounds what transactions there can be. `cargo bench -p
//! server`; numbers that were seen are in docs/benchmarks.md.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::amount::Megabytes;
use domain::brand::{BrandId, PlanType};
use domain::code::{Id, OrderId};
use domain::usage::Terms;
use domain::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use server::clock::{Clock, SettableClock};
use server::store::sqlite::SqliteStore;
use server::store::usage::{NewMetered, UsageCommand};
use server::store::{Command, Store};
use server::usage::metrics::UsageMetrics;
use server::usage::record::{Entry, Record, Traffic, What, Who};
use server::usage::{Settings, Usage, judge};

/// Records of a transaction.
const BATCH: u64 = 1_000;
/// Turns of each side.
const TURNS: u64 = 60;

/// How subscriptions are drawn.
#[derive(Clone, Copy)]
struct Load {
    name: &'static str,
    subscriptions: u64,
}

const LOADS: [Load; 3] = [
    Load { name: "100 subscriptions, 10 records each a batch", subscriptions: 100 },
    Load { name: "1,000 subscriptions, one record each a batch", subscriptions: 1_000 },
    Load { name: "20,000 subscriptions, another 1,000 each batch", subscriptions: 20_000 },
];

fn subscription(n: u64) -> OrderId {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&n.to_be_bytes());
    Id::from_parts(1, bytes)
}

/// The subscription of the n-th record.
fn drawn(load: Load, n: u64) -> u64 {
    n.wrapping_mul(7_919) % load.subscriptions
}

fn begin() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().expect("an instant")
}

/// The raw loop.
struct Raw(Connection);

impl Raw {
    fn open(path: &Path, load: Load) -> Self {
        let c = Connection::open(path).expect("opens");
        c.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE event (source INTEGER, sequence INTEGER, counter INTEGER,
                 bytes INTEGER, at INTEGER, PRIMARY KEY (source, sequence)) WITHOUT ROWID;
             CREATE TABLE counter (id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);",
        )
        .expect("tables");
        for n in 0..load.subscriptions {
            let row = params![i64::try_from(n).expect("small")];
            c.execute("INSERT INTO counter VALUES (?1, 0)", row).expect("a counter");
        }
        Self(c)
    }

    fn take(&mut self, load: Load, turn: u64) {
        let transaction = self.0.transaction().expect("begins");
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO event VALUES (1, ?1, ?2, ?3, ?4)")
                .expect("a statement");
            let mut add = transaction
                .prepare_cached("UPDATE counter SET bytes = bytes + ?2 WHERE id = ?1")
                .expect("a statement");
            for n in turn * BATCH..(turn + 1) * BATCH {
                let id = i64::try_from(drawn(load, n)).expect("small");
                let sequence = i64::try_from(n).expect("small");
                let done = insert.execute(params![sequence, id, 1_000, sequence]);
                if done.expect("inserted") == 1 {
                    add.execute(params![id, 1_000]).expect("added");
                }
            }
        }
        transaction.commit().expect("committed");
    }
}

/// Ours.
struct Ours {
    store: Arc<dyn Store>,
    clock: Arc<SettableClock>,
    usage: Usage,
    runtime: tokio::runtime::Runtime,
}

impl Ours {
    fn open(path: &Path, load: Load) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).expect("opens"));
        let clock = Arc::new(SettableClock::new(begin()));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
        let runtime = runtime.expect("a runtime");
        let open = |n| {
            Command::Usage(UsageCommand::Open(Box::new(NewMetered {
                subscription: subscription(n),
                brand: BrandId::parse("fjell").expect("an id"),
                plan: "month".to_owned(),
                imsi: None,
                iccid: None,
                starts_at: begin(),
                begun_at: begin(),
                terms: Terms {
                    plan_type: Some(PlanType::Fixed),
                    limit: Some(Megabytes(4_000_000)),
                    ..Terms::default()
                },
            })))
        };
        let all = (0..load.subscriptions).map(open).collect();
        runtime.block_on(store.commit(all)).expect("stored");
        let clock_port = Arc::clone(&clock) as Arc<dyn Clock>;
        let metrics = UsageMetrics::default();
        let usage = Usage::new(Arc::clone(&store), clock_port, metrics, Settings::default());
        Self { store, clock, usage, runtime }
    }

    fn entries(&self, load: Load, turn: u64) -> Vec<Entry> {
        self.clock.advance(SignedDuration::from_secs(10));
        let at = self.clock.now();
        let one = |n: u64| {
            let who = drawn(load, n);
            let what = What::Traffic(Traffic {
                session: Some(format!("s{who}")),
                sent: 0,
                received: n * 1_000,
                network: None,
                is_shared: false,
                profile: "internet".to_owned(),
            });
            let record = Record { at, who: Who::Subscription(subscription(who)), what };
            Entry { sequence: n, record: Ok(record) }
        };
        (turn * BATCH..(turn + 1) * BATCH).map(one).collect()
    }

    /// Takes a batch; returns how long the store took of it.
    fn take(&self, load: Load, turn: u64) -> Duration {
        let entries = self.entries(load, turn);
        let began = Instant::now();
        let known = self.runtime.block_on(self.store.usage_known(judge::question("b", &entries)));
        let known = known.expect("read");
        let read = began.elapsed();
        let judged = judge::judge("b", &entries, known, self.clock.now());
        assert_eq!(judged.accepted, BATCH, "{:?}", judged.problems.first());
        let began = Instant::now();
        let take = Command::Usage(UsageCommand::Take(Box::new(judged.taken)));
        self.runtime.block_on(self.store.commit(vec![take])).expect("committed");
        read + began.elapsed()
    }

    /// Takes a batch by the whole path of ingest.
    fn ingest(&self, load: Load, turn: u64) -> Duration {
        let entries = self.entries(load, turn);
        let began = Instant::now();
        let outcome = self.runtime.block_on(self.usage.ingest("b", &entries)).expect("taken");
        assert_eq!(outcome.accepted, BATCH);
        began.elapsed()
    }
}

fn fsyncs_a_second(folder: &Path) -> u64 {
    let mut file = std::fs::File::create(folder.join("fsync")).expect("a file");
    let began = Instant::now();
    for _ in 0..200 {
        file.write_all(&[0; 4096]).expect("written");
        file.sync_data().expect("synced");
    }
    rate(200, began.elapsed())
}

fn rate(count: u64, took: Duration) -> u64 {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000_000) / micros
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

#[expect(clippy::print_stdout, reason = "the numbers are what it is for")]
fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    println!("fsyncs a second: {}", fsyncs_a_second(folder.path()));
    for load in LOADS {
        let path = |side: &str| folder.path().join(format!("{side}-{}", load.subscriptions));
        let mut raw = Raw::open(&path("raw"), load);
        let ours = Ours::open(&path("ours"), load);
        let (mut raws, mut stores, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..TURNS {
            let began = Instant::now();
            raw.take(load, turn);
            raws.push(began.elapsed());
            stores.push(ours.take(load, turn * 2));
            wholes.push(ours.ingest(load, turn * 2 + 1));
        }
        let (raw, store) = (rate(BATCH, median(raws)), rate(BATCH, median(stores)));
        let whole = rate(BATCH, median(wholes));
        println!(
            "{}: raw {raw}/s, store {store}/s ({} % of raw), whole ingest {whole}/s",
            load.name,
            store * 100 / raw
        );
    }
}
