//! How many records of use the store takes a second, beside a raw loop over the same records in
//! the same run: insert the event unless it is there, and add to its counter.
//!
//! The raw loop is what one would write by hand for the same promise, each record once and
//! durably: a transaction of 1,000 records, prepared statements, an event row with the unique key
//! (source, sequence), and the counter of the subscription, which is found by the id that the
//! record names. Where records say sums of sessions, it also keeps the last sum of each. It has
//! no history, thresholds or times; a second one has history by the minute. Both sides have WAL and `synchronous=FULL`, and all
//! subscriptions in their tables from the start. Turns alternate, so that a busy machine disturbs
//! both. The rate of fsync stands beside, as it bounds what transactions there can be. `cargo
//! bench -p server`; numbers that were seen are in docs/benchmarks.md.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::amount::Megabytes;
use domain::brand::{BrandId, PlanType};
use domain::code::{Id, OrderId};
use domain::usage::Terms;
use domain::{SignedDuration, Timestamp};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};
use server::clock::{Clock, SettableClock};
use server::store::sqlite::SqliteStore;
use server::store::usage::{NewMetered, UsageCommand};
use server::store::{Command, Store};
use server::usage::cache::{Cache, Kept};
use server::usage::metrics::UsageMetrics;
use server::usage::record::{Entry, Record, Traffic, What, Who};
use server::usage::{Settings, Usage, judge};

/// Records of a transaction.
const BATCH: u64 = 1_000;
/// Turns of each side.
const TURNS: u64 = 120;

/// How subscriptions are drawn.
#[derive(Clone, Copy)]
struct Load {
    name: &'static str,
    subscriptions: u64,
    /// Whether records say the sum of their session, or what was used since the one before.
    has_sessions: bool,
}

impl Load {
    fn received(self, n: u64) -> u64 {
        if self.has_sessions { n * 1_000 } else { 1_000 }
    }
}

const SPREADS: [(&str, u64); 3] = [
    ("100 subscriptions, 10 records each a batch", 100),
    ("1,000 subscriptions, one record each a batch", 1_000),
    ("20,000 subscriptions, another 1,000 each batch", 20_000),
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

/// A record as the raw loop gets it, in the words of the feed as ours does.
struct Line {
    sequence: i64,
    subscription: String,
    session: Option<String>,
    received: i64,
    at: i64,
}

/// The raw loop: what one would write by hand for the same promise.
struct Raw {
    c: Connection,
    /// Whether it also keeps what each minute carried, as history needs it.
    has_history: bool,
}

impl Raw {
    fn open(path: &Path, load: Load, has_history: bool) -> Self {
        let mut c = Connection::open(path).expect("opens");
        c.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE event (source INTEGER, sequence INTEGER, subscription TEXT,
                 received INTEGER, at INTEGER, PRIMARY KEY (source, sequence)) WITHOUT ROWID;
             CREATE TABLE session (source INTEGER, session TEXT, received INTEGER,
                 PRIMARY KEY (source, session)) WITHOUT ROWID;
             CREATE TABLE minute (minute INTEGER, subscription TEXT, received INTEGER NOT NULL,
                 PRIMARY KEY (minute, subscription)) WITHOUT ROWID;
             CREATE TABLE counter (subscription TEXT PRIMARY KEY, received INTEGER NOT NULL)
                 WITHOUT ROWID;",
        )
        .expect("tables");
        let transaction = c.transaction().expect("begins");
        for n in 0..load.subscriptions {
            let row = params![subscription(n).to_string()];
            transaction.execute("INSERT INTO counter VALUES (?1, 0)", row).expect("a counter");
        }
        transaction.commit().expect("committed");
        Self { c, has_history }
    }

    fn lines(load: Load, turn: u64) -> Vec<Line> {
        let one = |n: u64| {
            let who = drawn(load, n);
            Line {
                sequence: i64::try_from(n).expect("small"),
                subscription: subscription(who).to_string(),
                session: load.has_sessions.then(|| format!("s{who}")),
                received: i64::try_from(load.received(n)).expect("small"),
                at: i64::try_from(turn).expect("small") * 10_000,
            }
        };
        (turn * BATCH..(turn + 1) * BATCH).map(one).collect()
    }

    fn take(&mut self, lines: &[Line]) {
        let transaction = self.c.transaction().expect("begins");
        let mut statements = Statements::prepare(&transaction).expect("prepared");
        for line in lines {
            statements.take(line, self.has_history).expect("written");
        }
        drop(statements);
        transaction.commit().expect("committed");
    }
}

struct Statements<'c> {
    insert: CachedStatement<'c>,
    last: CachedStatement<'c>,
    save: CachedStatement<'c>,
    add: CachedStatement<'c>,
    minute: CachedStatement<'c>,
}

impl<'c> Statements<'c> {
    fn prepare(c: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            insert: c.prepare_cached("INSERT OR IGNORE INTO event VALUES (1, ?1, ?2, ?3, ?4)")?,
            last: c
                .prepare_cached("SELECT received FROM session WHERE source = 1 AND session = ?1")?,
            save: c.prepare_cached(
                "INSERT INTO session VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET received = excluded.received",
            )?,
            add: c.prepare_cached(
                "UPDATE counter SET received = received + ?2 WHERE subscription = ?1",
            )?,
            minute: c.prepare_cached(
                "INSERT INTO minute VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET received = received + excluded.received",
            )?,
        })
    }

    fn take(&mut self, line: &Line, has_history: bool) -> rusqlite::Result<()> {
        let Line { sequence, subscription, session, received, at } = line;
        if self.insert.execute(params![sequence, subscription, received, at])? == 0 {
            return Ok(());
        }
        let mut added = *received;
        if let Some(session) = session {
            let last = self.last.query_row([session], |row| row.get::<_, i64>(0)).optional()?;
            added -= last.unwrap_or(0);
            self.save.execute(params![session, received])?;
        }
        if has_history {
            self.minute.execute(params![at / 60_000, subscription, added])?;
        }
        self.add.execute(params![subscription, added]).map(drop)
    }
}

/// Ours.
struct Ours {
    store: Arc<dyn Store>,
    clock: Arc<SettableClock>,
    usage: Usage,
    cache: Cache,
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
        Self { store, clock, usage, cache: Cache::default(), runtime }
    }

    fn entries(&self, load: Load, turn: u64) -> Vec<Entry> {
        self.clock.advance(SignedDuration::from_secs(10));
        let at = self.clock.now();
        let one = |n: u64| {
            let who = drawn(load, n);
            let what = What::Traffic(Traffic {
                session: load.has_sessions.then(|| format!("s{who}")),
                sent: 0,
                received: load.received(n),
                network: None,
                is_shared: false,
                profile: "internet".to_owned(),
            });
            let record = Record { at, who: Who::Subscription(subscription(who)), what };
            Entry { sequence: n, record: Ok(record) }
        };
        (turn * BATCH..(turn + 1) * BATCH).map(one).collect()
    }

    /// Takes a batch; returns how long knowing and writing took, without deciding.
    fn take(&mut self, load: Load, turn: u64) -> Duration {
        let entries = self.entries(load, turn);
        let began = Instant::now();
        let known = self.cache.known(self.store.as_ref(), "b", &entries);
        let known = self.runtime.block_on(known).expect("read");
        let read = began.elapsed();
        let judged = judge::judge("b", &entries, known, self.clock.now());
        assert_eq!(judged.accepted, BATCH, "{:?}", judged.problems.first());
        let began = Instant::now();
        let kept = Kept::of(&judged.taken);
        let take = Command::Usage(UsageCommand::Take(Box::new(judged.taken)));
        self.runtime.block_on(self.store.commit(vec![take])).expect("committed");
        self.cache.keep(kept);
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
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    for (name, subscriptions) in SPREADS {
        if wanted.as_deref().is_some_and(|wanted| !name.contains(wanted)) {
            continue;
        }
        for has_sessions in [false, true] {
            compare(Load { name, subscriptions, has_sessions }, folder.path());
        }
    }
}

#[expect(clippy::print_stdout, reason = "the numbers are what it is for")]
fn compare(load: Load, folder: &Path) {
    let kind = if load.has_sessions { "sums of sessions" } else { "increments" };
    let path = |side: &str| folder.join(format!("{side}-{}-{kind}", load.subscriptions));
    let mut raw = Raw::open(&path("raw"), load, false);
    let mut history = Raw::open(&path("history"), load, true);
    let mut store = Ours::open(&path("store"), load);
    let whole = Ours::open(&path("whole"), load);
    let (mut raws, mut histories) = (Vec::new(), Vec::new());
    let (mut stores, mut wholes) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let lines = Raw::lines(load, turn);
        let began = Instant::now();
        raw.take(&lines);
        raws.push(began.elapsed());
        let began = Instant::now();
        history.take(&lines);
        histories.push(began.elapsed());
        stores.push(store.take(load, turn));
        wholes.push(whole.ingest(load, turn));
    }
    let (raw, history) = (rate(BATCH, median(raws)), rate(BATCH, median(histories)));
    let (store, whole) = (rate(BATCH, median(stores)), rate(BATCH, median(wholes)));
    println!(
        "{}, {kind}: raw {raw}/s, with history {history}/s; store {store}/s ({} %, {} %), whole \
         ingest {whole}/s ({} %, {} %)",
        load.name,
        store * 100 / raw,
        store * 100 / history,
        whole * 100 / raw,
        whole * 100 / history,
    );
}
