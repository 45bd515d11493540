//! Orders under everything at once: customers who click twice and in two tabs, go back, cancel and
//! ask for their money; a provider that is late, says things twice, out of order or never, and is
//! forged; a network that fails; time that jumps; and a process that crashes between any two steps.
//!
//! In the end every order is over, money moved at most once for each, a plan is granted exactly
//! where money stayed, and the books of both sides agree. It is the ledger, the outbox, the timers
//! and SQLite as they are; only what is outside is played. A run is made by its seed:
//! `MODEL_SEED=N cargo test -p e2e --test model` plays one again, `MODEL_RUNS=N` plays more. Not
//! here: HTTP, and a process that is killed.

mod outside;
mod seeded;
mod world;

use std::time::{Duration, Instant};

use seeded::Seeded;
use world::World;

/// Runs, as far as they find time.
const RUNS: u64 = 60;
/// How long all runs may take, but for one that is under way.
const TIME: Duration = Duration::from_secs(30);
/// Fewer would prove nothing.
const RUNS_LEAST: u64 = 3;
/// Steps of a run, until the world is kind.
const STEPS: u32 = 800;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[test]
fn whatever_happens_money_moves_once_and_every_order_ends() {
    let one = number("MODEL_SEED");
    let wanted = number("MODEL_RUNS");
    let first = one.unwrap_or_else(|| u64::from_le_bytes(server::entropy::bytes()) >> 16);
    let runs = if one.is_some() { 1 } else { wanted.unwrap_or(RUNS) };
    let began = Instant::now();
    let mut all = world::Seen::default();
    let mut played = 0;
    for seed in first..first.saturating_add(runs) {
        let is_late = wanted.is_none() && began.elapsed() > TIME;
        if is_late && played >= RUNS_LEAST {
            break;
        }
        // Shown by the harness if the run fails.
        println!("MODEL_SEED={seed}");
        all.add(&run(seed));
        played += 1;
    }
    println!("{played} runs in {:?}: {all:?}", began.elapsed());
    if one.is_none() {
        all.is_enough();
    }
}

/// Plays one run; returns what there was in it.
fn run(seed: u64) -> world::Seen {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let guard = runtime.enter();
    let mut world = World::new(&runtime, Seeded::new(seed));
    for _ in 0..STEPS {
        world.step();
    }
    world.end();
    drop(guard);
    world.seen
}
