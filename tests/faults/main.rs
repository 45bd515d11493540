//! SQLite on a disk that fails: each write and each sync of a commit in turn.
//!
//! What was answered with success is there; what was answered with an error is there wholly or not
//! at all; and once the disk is well again, the same process goes on, without a restart. The
//! program starts itself anew on a faulty disk. Not here: what customers see of it (the scenario of
//! the full disk).
#![expect(clippy::print_stdout, reason = "what it found is for people to read")]

use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use domain::amount::{Currency, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::launch::Technology;
use domain::order::{self, Effect, State, Terms};
use domain::{SignedDuration, Timestamp};
use e2e::fast_folder;
use e2e::faulty_disk::{Calls, EIO, ENOSPC, Fault, FaultyDisk, Switch};
use server::entropy;
use server::store::health::{Depth, StoreHealth as _};
use server::store::sqlite::{SqliteStore, inspect};
use server::store::{Claims, Command, JournalEntry, Order, OutboxEntry, Store as _, StoreError};

/// More calls than any commit makes.
const CALLS_MAX: i32 = 5_000;
/// How long a store may take to find out that it can be written again.
const WELL_WITHIN: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let done = match Switch::own() {
        Ok(Some(switch)) => play(&switch),
        Ok(None) => start_anew(),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Starts this program on a faulty disk.
fn start_anew() -> Result<()> {
    let disk = FaultyDisk::make()?;
    let status = Process::new(std::env::current_exe()?).envs(disk.variables()).status()?;
    ensure!(status.success(), "on the faulty disk: {status}");
    Ok(())
}

fn play(switch: &Switch) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let bench = Bench::make(&runtime)?;
    for calls in [Calls::Writes, Calls::Syncs] {
        // A medium fails here and there, a full disk until there is room.
        for (error, count) in [(EIO, 1), (ENOSPC, CALLS_MAX)] {
            let played = bench.each_call(&runtime, switch, (calls, error, count))?;
            println!("{calls:?}, errno {error}, {count} in a row: {played} places");
            ensure!(played > 1, "nothing was played");
        }
    }
    runtime.block_on(slow_syncs(switch))
}

/// A database whose next commit folds the log into the file, so that every kind of write is met.
struct Bench {
    folder: tempfile::TempDir,
}

/// What is committed together: an order, its journal and an effect.
struct Placed {
    order: Order,
    entry: JournalEntry,
    effect: OutboxEntry,
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 60)
}

impl Placed {
    fn new(key: &str) -> Result<Self> {
        let price = Money { minor: 490, currency: Currency::parse("EUR").context("a currency")? };
        let terms = Terms {
            brand: BrandId::parse("fjell").context("an id")?,
            plan: PlanId::parse("day").context("an id")?,
            price,
            plan_type: PlanType::Fixed,
            data_limit: None,
            duration: Period::parse("P1D").ok().context("a period")?,
            resets: false,
            usage_notifications: false,
            tax: None,
            renews: None,
        };
        let order = Order {
            order: order::create(entropy::id(now()), entropy::order_code(), terms, now()),
            version: 1,
            session: "s".to_owned(),
            browser_key: key.to_owned(),
            claims: Claims {
                subscriber: None,
                device: None,
                iccid: None,
                technology: Technology::Unknown,
            },
        };
        let id = order.order.id;
        let entry = JournalEntry {
            order: id,
            version: 1,
            at: now(),
            actor: "customer".to_owned(),
            event: "placed".to_owned(),
            key: Some(format!("placed/{id}")),
            state: State::Created,
        };
        let effect = OutboxEntry {
            key: format!("e-{id}"),
            order: id,
            effect: Effect::OpenPayment {
                attempt: 1,
                provider: "p".to_owned(),
                amount: price,
                closes_at: now(),
            },
            created_at: now(),
            due_at: now(),
            attempts: 0,
        };
        Ok(Self { order, entry, effect })
    }

    fn batch(&self) -> Vec<Command> {
        vec![
            Command::InsertOrder(Box::new(self.order.clone())),
            Command::AppendJournal(self.entry.clone()),
            Command::AddEffect(self.effect.clone()),
        ]
    }

    /// Tells whether it is there; an error if only a part of it is.
    async fn is_there(&self, store: &SqliteStore) -> Result<bool> {
        let id = self.order.order.id;
        let order = store.order(id).await?;
        let journal = store.journal(id).await?;
        let effects = store.due_effects(now(), u32::MAX).await?;
        let parts = [
            order.as_ref() == Some(&self.order),
            journal.contains(&self.entry),
            effects.contains(&self.effect),
        ];
        ensure!(parts == [parts[0]; 3], "half done: {parts:?}");
        Ok(parts[0])
    }
}

impl Bench {
    fn make(runtime: &tokio::runtime::Runtime) -> Result<Self> {
        let bench = Self { folder: fast_folder()? };
        let path = bench.folder.path().join("full.sqlite");
        let store = SqliteStore::open(&path)?;
        let log = path.with_file_name("full.sqlite-wal");
        // SQLite folds the log at 1,000 pages of 4 KiB.
        let mut number = 0_u32;
        while std::fs::metadata(&log)?.len() < 994 * (4096 + 24) {
            runtime.block_on(store.commit(Placed::new(&format!("b{number}"))?.batch()))?;
            number += 1;
        }
        copy(&path, &bench.template())?;
        Ok(bench)
    }

    fn template(&self) -> PathBuf {
        self.folder.path().join("template.sqlite")
    }

    /// Lets each call fail in turn until a commit makes fewer; returns how many did.
    fn each_call(
        &self,
        runtime: &tokio::runtime::Runtime,
        switch: &Switch,
        (calls, error, count): (Calls, i32, i32),
    ) -> Result<i32> {
        for skip in 0..CALLS_MAX {
            let fault = Fault { calls, error, skip, count, pause_ms: 0 };
            let work = fast_folder()?;
            let path = work.path().join("work.sqlite");
            copy(&self.template(), &path)?;
            let played = runtime.block_on(one_fault(&path, switch, fault));
            let seen = played.with_context(|| format!("{fault:?}"))?;
            if seen <= skip {
                return Ok(skip);
            }
        }
        anyhow::bail!("more than {CALLS_MAX} calls in a commit")
    }
}

/// Copies a database as a process leaves it that is killed: the file and its log.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for end in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        if name(from).exists() {
            std::fs::copy(name(from), name(to))?;
        }
    }
    Ok(())
}

/// Commits three batches while something goes wrong, one and then two together; returns how many
/// calls they made until the fault was over.
async fn one_fault(path: &Path, switch: &Switch, fault: Fault) -> Result<i32> {
    let store = SqliteStore::open(path)?;
    let placed = [Placed::new("one")?, Placed::new("two")?, Placed::new("three")?];
    switch.fail(fault)?;
    let [one, two, three] = &placed;
    let answers = tokio::join!(
        store.commit(one.batch()),
        store.commit(two.batch()),
        store.commit(three.batch())
    );
    let seen = switch.mend()?;
    let answers = [answers.0, answers.1, answers.2];
    // What a crash at this moment leaves.
    let crashed = path.with_file_name("crashed.sqlite");
    copy(path, &crashed)?;
    for (placed, answer) in placed.iter().zip(&answers) {
        let is_there = placed.is_there(&store).await?;
        ensure!(is_there == answer.is_ok(), "answered {answer:?}, but there: {is_there}");
        if let Err(error) = answer {
            ensure!(matches!(error, StoreError::Unavailable(_)), "{error}");
        }
    }
    is_well(&store).await?;
    for placed in &placed {
        let again = store.commit(placed.batch()).await;
        ensure!(matches!(again, Ok(()) | Err(StoreError::Duplicate)), "again: {again:?}");
        ensure!(placed.is_there(&store).await?, "not there at last");
    }
    drop(store);
    is_whole(path, &placed, &[Ok(()), Ok(()), Ok(())]).await?;
    is_whole(&crashed, &placed, &answers).await?;
    Ok(seen)
}

/// Waits until the store says that it can be written.
async fn is_well(store: &SqliteStore) -> Result<()> {
    let end = Instant::now() + WELL_WITHIN;
    while let Some(why) = store.write_failure() {
        ensure!(Instant::now() < end, "still not well: {why}");
        tokio::task::yield_now().await;
        // A write that succeeds is what makes it well; so does waiting.
        let nothing = Command::Sweep { before: Timestamp::MIN };
        store.commit(vec![nothing]).await?;
    }
    Ok(())
}

/// Opens a database anew: it is whole, has all that was answered with success, and nothing by half.
async fn is_whole(
    path: &Path,
    placed: &[Placed],
    answers: &[Result<(), StoreError>],
) -> Result<()> {
    let store = SqliteStore::open(path)?;
    for (placed, answer) in placed.iter().zip(answers) {
        let is_there = placed.is_there(&store).await?;
        ensure!(is_there || answer.is_err(), "answered with success and lost");
    }
    drop(store);
    let found = inspect(path, Depth::Whole)?;
    ensure!(found.damage.is_empty() && found.contradictions.is_empty(), "{found:?}");
    Ok(())
}

/// A disk that takes 100 ms for each sync: commits wait together, and none is lost.
async fn slow_syncs(switch: &Switch) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("slow.sqlite");
    let store = std::sync::Arc::new(SqliteStore::open(&path)?);
    let pause_ms = 100;
    switch.fail(Fault { calls: Calls::Syncs, error: 0, skip: 0, count: 0, pause_ms })?;
    let mut under_way = tokio::task::JoinSet::new();
    let mut placed = Vec::new();
    for number in 0..100 {
        let new = Placed::new(&format!("n{number}"))?;
        let (store, batch) = (std::sync::Arc::clone(&store), new.batch());
        under_way.spawn(async move { store.commit(batch).await });
        placed.push(new);
    }
    while let Some(answer) = under_way.join_next().await {
        answer??;
    }
    let seen = switch.mend()?;
    println!("100 commits on a slow disk: {seen} syncs");
    ensure!((1..=20).contains(&seen), "{seen} syncs: commits do not wait together");
    drop(store);
    let answers = vec![Ok(()); placed.len()];
    is_whole(&path, &placed, &answers).await
}
