//! The server as a process, killed at any moment while customers buy, and started again.
//!
//! What a customer was told stays true: a plan that was active is active. In the end every order
//! that was paid has its plan, each payment in the provider's book is for one order, and no order
//! was paid twice. `cargo test -p e2e --test kills` kills 200 times, with `-- --full` 1,000 times.
//! Not here: a disk that fails (`tests/faults`), and what is decided at each step (`tests/model`).
#![expect(clippy::print_stdout, reason = "what it found is for people to read")]

mod customer;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use customer::Customer;
use domain::order::{Effect, State};
use e2e::fast_folder;
use e2e::process::Process;
use server::store::health::Depth;
use server::store::sqlite::{SqliteStore, inspect};
use server::store::{Order, SandboxStatus, Store as _};
use tokio::task::JoinSet;

/// Kills of a run, and of a full one.
const KILLS: [usize; 2] = [200, 1_000];
/// Servers that are killed beside each other, each with its own database.
const LANES: usize = 4;
/// Customers of a server at once.
const CUSTOMERS: usize = 4;
/// The longest that a server lives once it serves, in milliseconds.
const LIFE_MAX_MS: u16 = 500;
/// How long the last server has to bring everything to its end.
const END_WITHIN: Duration = Duration::from_secs(60);
/// Most orders that are read in the end.
const ORDERS_MAX: u32 = 1_000_000;

fn main() -> ExitCode {
    let is_full = std::env::args().any(|word| word == "--full");
    let began = Instant::now();
    match play(KILLS[usize::from(is_full)]) {
        Ok(counts) => {
            println!("{counts:?} in {:?}", began.elapsed());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kills: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn play(kills: usize) -> Result<BTreeMap<String, usize>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let left = Arc::new(AtomicUsize::new(kills));
        let mut lanes = JoinSet::new();
        for _ in 0..LANES {
            lanes.spawn(lane(Arc::clone(&left)));
        }
        let mut all = BTreeMap::new();
        while let Some(done) = lanes.join_next().await {
            for (name, count) in done?? {
                *all.entry(name).or_default() += count;
            }
        }
        ensure!(all.get("kills") == Some(&kills), "{all:?}");
        ensure!(all.contains_key("active"), "nobody bought anything: {all:?}");
        Ok(all)
    })
}

/// One database, whose server is killed as long as kills are left.
async fn lane(left: Arc<AtomicUsize>) -> Result<BTreeMap<String, usize>> {
    let data = fast_folder()?;
    let mut customers: Vec<Customer> = (0..CUSTOMERS).map(|_| Customer::default()).collect();
    let mut kills = 0;
    let take = |left: usize| left.checked_sub(1);
    while left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
        let process = Process::start(data.path(), &[]).await?;
        let mut under_way = JoinSet::new();
        for mut customer in customers.drain(..) {
            customer.arrive(&process.origin);
            under_way.spawn(async move {
                let end = customer.go_on().await;
                (customer, end)
            });
        }
        let moment = u16::from_le_bytes(server::entropy::bytes()) % LIFE_MAX_MS;
        tokio::time::sleep(Duration::from_millis(moment.into())).await;
        process.kill().await?;
        kills += 1;
        while let Some(done) = under_way.join_next().await {
            let (customer, end) = done?;
            end.with_context(|| format!("after {kills} kills"))?;
            customers.push(customer);
        }
    }
    let ends = to_the_end(data.path(), customers).await?;
    let mut counts = books(data.path(), ends).await?;
    counts.insert("kills".to_owned(), kills);
    Ok(counts)
}

/// Lets customers go on with a server that lives, until each has a plan; returns the paths of
/// orders that were shown as active.
async fn to_the_end(data: &Path, customers: Vec<Customer>) -> Result<Vec<String>> {
    let process = Process::start(data, &[]).await?;
    let end = Instant::now() + END_WITHIN;
    let mut active = Vec::new();
    for mut customer in customers {
        customer.arrive(&process.origin);
        customer.is_last = true;
        while !customer.is_done() {
            ensure!(Instant::now() < end, "no end: {customer:?}");
            customer.step().await.with_context(|| format!("{customer:?}"))?;
        }
        active.extend(customer.all_still_active().await?);
    }
    process.stop().await?;
    Ok(active)
}

/// What both books say: ours, and that of the sandbox provider.
async fn books(data: &Path, active: Vec<String>) -> Result<BTreeMap<String, usize>> {
    let path = data.join("broadgate.sqlite");
    let found = inspect(&path, Depth::Whole)?;
    ensure!(found.damage.is_empty() && found.contradictions.is_empty(), "{found:?}");
    let store = SqliteStore::open(&path)?;
    let mut counts = BTreeMap::new();
    let mut codes = std::collections::BTreeSet::new();
    for record in store.latest_orders(ORDERS_MAX).await? {
        let paid = paid_for(&store, &record).await?;
        let state = record.order.state;
        let expected = match state {
            State::Active => 1,
            State::PaymentOpen | State::Declined | State::Created | State::Expired => 0,
            State::Cancelled => 0,
            State::Paid
            | State::Activating
            | State::ActivationFailed
            | State::RefundPending
            | State::Refunded => anyhow::bail!("not at its end: {record:?}"),
        };
        ensure!(paid.len() == expected, "paid {paid:?}, but {record:?}");
        let known = record.order.payment.as_ref().map(|payment| &payment.id.reference);
        ensure!(known == paid.first(), "both books: {paid:?}, {record:?}");
        let subscription = store.subscription(record.order.id).await?;
        ensure!(subscription.is_some() == (state == State::Active), "{record:?}");
        if state == State::Active {
            codes.insert(record.order.code.as_str().to_owned());
        }
        *counts.entry(state.name().to_owned()).or_default() += 1;
    }
    for path in active {
        let code = path.rsplit('/').next().unwrap_or_default();
        ensure!(codes.contains(code), "{path} was active");
    }
    Ok(counts)
}

/// Returns the payments of an order in the provider's book that were not given back.
async fn paid_for(store: &SqliteStore, record: &Order) -> Result<Vec<String>> {
    let last = record.order.attempt.as_ref().map_or(0, |attempt| attempt.number);
    let mut paid = Vec::new();
    for attempt in 1..=last {
        let open = Effect::OpenPayment {
            attempt,
            provider: String::new(),
            amount: record.order.terms.price,
            closes_at: record.order.created_at,
        };
        let Some(session) = store.sandbox_session_by_key(open.key(record.order.id)).await? else {
            continue;
        };
        ensure!(session.amount == record.order.terms.price, "another amount: {session:?}");
        if session.status == SandboxStatus::Paid && !session.is_refunded {
            paid.extend(session.reference);
        }
    }
    Ok(paid)
}
