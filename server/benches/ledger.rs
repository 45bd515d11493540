//! How many transitions of orders the store takes a second, each durable, with many clients at
//! once: place, pay, open, confirm, accept, done, through the ledger as the server has it.
//!
//! Each client lets its own orders go their way, one transition after the other; an answer comes
//! after the commit, so that clients wait together for one sync. The rate of fsync stands beside.
//! `cargo bench -p server --bench ledger`; numbers that were seen are in docs/benchmarks.md. Not
//! here: HTTP (`tests/load`).

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::SignedDuration;
use domain::amount::{Currency, Megabytes, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::launch::Technology;
use domain::order::{Event, PaymentId, PaymentSession, Terms, Verdict};
use server::clock::{Clock, SystemClock};
use server::engine::ledger::{Ledger, NewOrder};
use server::store::sqlite::SqliteStore;
use server::store::{Claims, Store};
use tokio::task::JoinSet;

/// Clients at once.
const CLIENTS: [u32; 3] = [1, 8, 64];
/// Orders of all clients together.
const ORDERS: u32 = 3_200;
/// Transitions of an order, its placing included.
const TRANSITIONS: u32 = 6;

fn new_order(key: String) -> NewOrder {
    let price = Money { minor: 490, currency: Currency::parse("EUR").expect("a currency") };
    NewOrder {
        id: server::entropy::id(SystemClock.now()),
        with: Vec::new(),
        session: format!("session-{key}"),
        browser_key: key,
        terms: Terms {
            brand: BrandId::parse("fjell").expect("an id"),
            plan: PlanId::parse("day").expect("an id"),
            price,
            plan_type: PlanType::Fixed,
            data_limit: Some(Megabytes(1_000)),
            duration: Period::parse("P1D").expect("a period"),
            resets: false,
            usage_notifications: false,
            tax: None,
            renews: None,
        },
        claims: Claims {
            subscriber: None,
            device: None,
            iccid: None,
            technology: Technology::Unknown,
        },
    }
}

/// One order from its placing to its plan.
async fn purchase(ledger: &Ledger, key: String) {
    let provider = "p".to_owned();
    let session = PaymentSession { provider: provider.clone(), id: key.clone(), url: key.clone() };
    let payment = PaymentId { provider: provider.clone(), reference: key.clone() };
    let record = ledger.place(new_order(key)).await.expect("placed");
    let amount = record.order.terms.price;
    let window = SignedDuration::from_mins(15);
    let id = session.id.clone();
    for event in [
        Event::PayRequested { provider, window },
        Event::PaymentOpened { attempt: 1, session },
        Event::PaymentConfirmed { session: id, payment, amount },
        Event::ActivationAccepted { estimate: None, margin: SignedDuration::ZERO },
        Event::ActivationDone,
    ] {
        let applied = ledger.apply(record.order.id, &event, "bench", &[]).await.expect("applied");
        assert_eq!(applied.1, Verdict::Accepted, "{event:?}");
    }
}

async fn run(folder: &Path, clients: u32) -> (Duration, Vec<Duration>) {
    let path = folder.join(format!("{clients}.sqlite"));
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path).expect("opens"));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ledger = Arc::new(Ledger::new(store, clock));
    let began = Instant::now();
    let mut all = JoinSet::new();
    // One client waits for each commit alone: fewer orders say the same.
    let each = if clients == 1 { 200 } else { ORDERS / clients };
    for client in 0..clients {
        let ledger = Arc::clone(&ledger);
        all.spawn(async move {
            let mut took = Vec::new();
            for number in 0..each {
                let began = Instant::now();
                purchase(&ledger, format!("{client}-{number}")).await;
                took.push(began.elapsed());
            }
            took
        });
    }
    let took = all.join_all().await.into_iter().flatten().collect();
    (began.elapsed(), took)
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

#[expect(clippy::print_stdout, reason = "the numbers are what it is for")]
fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    println!("fsyncs a second: {}", fsyncs_a_second(folder.path()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    for clients in CLIENTS {
        let (took, mut each) = runtime.block_on(run(folder.path(), clients));
        each.sort();
        let count = u64::try_from(each.len()).unwrap_or(u64::MAX);
        let transitions = rate(count * u64::from(TRANSITIONS), took);
        let (median, most) = (each[each.len() / 2], each[each.len() * 99 / 100]);
        println!(
            "{clients} clients: {transitions} transitions/s; a purchase of {TRANSITIONS}: median \
             {median:?}, 99 % within {most:?}"
        );
    }
}
