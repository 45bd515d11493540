//! How many steps of the usage engine a core takes: `step` and `apply` for a sample of traffic.
//!
//! A state as it is after a while: a monthly plan, the operator's word, a full room of local
//! traffic. `cargo bench -p domain --bench usage`. Numbers that were seen are in
//! docs/benchmarks.md.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::amount::{Bytes, Megabytes, Period};
use domain::brand::PlanType;
use domain::usage::{
    Cycle, Event, OperatorUpdate, OperatorUsage, Regime, SLICES_MAX, Sharing, State, Terms,
    Traffic, apply, record, step,
};
use domain::{SignedDuration, Timestamp};

/// Samples of a round, a second apart: a round does not reach the next boundary.
const SAMPLES: u32 = 10_000;

fn start() -> Timestamp {
    "2030-01-31T00:00:00Z".parse().expect("an instant")
}

fn terms() -> Terms {
    let duration = Period::parse("P1M").expect("a month");
    Terms {
        plan_type: Some(PlanType::Fixed),
        limit: Some(Megabytes(20_000)),
        notifies: true,
        cycle: Some(Cycle { start: start(), duration, resets: true }),
        ..Terms::default()
    }
}

fn sample(bytes: u64, at: Timestamp) -> Event {
    Event::Traffic(Traffic {
        regime: Regime::Home,
        sharing: Sharing::Own,
        sent: Bytes(bytes / 10),
        received: Bytes(bytes - bytes / 10),
        at,
    })
}

/// A state in its thirteenth cycle with as many slices as there is room for.
fn warm(terms: &Terms) -> (State, Timestamp) {
    let mut now = start() + SignedDuration::from_hours(400 * 24);
    let mut state = State::begun(terms, now);
    let usage = Some(OperatorUsage { used: Bytes(3_000_000_000), as_of: now });
    let said = Event::Operator(OperatorUpdate { usage, ..OperatorUpdate::default() });
    let done = step(&state, terms, &said, now);
    apply(&mut state, &done);
    for _ in 0..SLICES_MAX {
        now += SignedDuration::from_secs(1);
        let done = step(&state, terms, &sample(1_000, now), now);
        apply(&mut state, &done);
    }
    (state, now)
}

fn steps(c: &mut Criterion) {
    let terms = terms();
    let (state, now) = warm(&terms);
    let mut group = c.benchmark_group("steps");
    group.throughput(Throughput::Elements(u64::from(SAMPLES)));
    // A step is 1 GB: none is reached, one in a hundred samples, every sample.
    for (name, bytes) in
        [("no event", 10_000), ("an event in 100", 10_000_000), ("each an event", 1_000_000_000)]
    {
        group.bench_function(name, |b| {
            b.iter(|| {
                let (mut state, mut now) = (state.clone(), now);
                for _ in 0..SAMPLES {
                    now += SignedDuration::from_secs(1);
                    let done = step(&state, &terms, &sample(bytes, now), now);
                    apply(&mut state, black_box(&done));
                }
                state
            });
        });
    }
    group.finish();
}

fn records(c: &mut Criterion) {
    let (state, _) = warm(&terms());
    let text = record::write(&state);
    c.bench_function("write a record", |b| b.iter(|| record::write(black_box(&state))));
    c.bench_function("read a record", |b| b.iter(|| record::read(black_box(&text))));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = steps, records
}
criterion_main!(benches);
