//! Random interleavings of records, billing, time, crashes and restarts against a naive model.
//!
//! The model keeps every record that counts in a list and adds up from the start each time. It
//! knows the rules, not the engine: what is used, how many steps of which cycle and network were
//! told, what history has. Not here: joined slices of time, which need more records than a run
//! has between two words of billing.

use std::collections::{BTreeMap, BTreeSet};

use domain::amount::Bytes;
use domain::events::{Cause, Network};
use domain::usage::history::{Filter, Granularity, Window};
use domain::usage::{OperatorUpdate, OperatorUsage};
use proptest::prelude::*;

use super::*;
use crate::usage::history::Asked;

const SUBSCRIPTIONS: u8 = 3;
const STEP_HOME: u64 = 25_000_000;
const STEP_ROAMING: u64 = 5_000_000;

#[derive(Clone, Debug)]
struct Sent {
    sequence: u64,
    who: u8,
    minutes_ago: i64,
    session: Option<u8>,
    bytes: u64,
    is_roaming: bool,
    is_shared: bool,
}

#[derive(Clone, Debug)]
enum Op {
    /// A batch comes.
    Batch(Vec<Sent>),
    /// The last batch comes again, as its answer was lost.
    Again,
    /// Billing says so much, as of so many minutes ago.
    Billing { who: u8, used: u64, minutes_ago: i64 },
    /// Time passes, and is looked at.
    Hours(i64),
    /// The process is killed after reading, before writing; then it starts anew.
    Crash,
    /// Minutes become hours.
    Sweep,
}

fn sent() -> impl Strategy<Value = Sent> {
    (
        0_u64..400,
        0..=SUBSCRIPTIONS,
        prop_oneof![4 => 0_i64..200, 1 => -20_i64..0, 1 => 0_i64..100_000],
        proptest::option::of(0_u8..3),
        prop_oneof![4 => 0_u64..9_000_000, 1 => 0_u64..90_000_000],
        proptest::bool::weighted(0.3),
        any::<bool>(),
    )
        .prop_map(|(sequence, who, minutes_ago, session, bytes, is_roaming, is_shared)| Sent {
            sequence,
            who,
            minutes_ago,
            session,
            bytes,
            is_roaming,
            is_shared,
        })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => proptest::collection::vec(sent(), 1..12).prop_map(Op::Batch),
        1 => Just(Op::Again),
        2 => (0..SUBSCRIPTIONS, 0_u64..600_000_000, -10_i64..500)
            .prop_map(|(who, used, minutes_ago)| Op::Billing { who, used, minutes_ago }),
        2 => (1_i64..100).prop_map(Op::Hours),
        1 => (500_i64..2_000).prop_map(Op::Hours),
        1 => Just(Op::Crash),
        1 => Just(Op::Sweep),
    ]
}

/// A record that counts.
#[derive(Clone, Debug)]
struct Counted {
    at: Timestamp,
    bytes: u64,
    is_shared: bool,
}

/// One subscription of the model.
#[derive(Clone, Debug, Default)]
struct One {
    counted: Vec<Counted>,
    cycle: u64,
    cycle_from: Option<Timestamp>,
    billed: Option<(u64, Timestamp)>,
    former: Option<(u64, Timestamp)>,
    since: BTreeMap<bool, u64>,
    /// Steps that were told, by cycle and network.
    steps: BTreeMap<(u64, bool), u64>,
    resets: u64,
}

impl One {
    /// Passes the last month's begin that has come.
    fn pass(&mut self, now: Timestamp) {
        let begin = instant(BEGIN);
        let month = Period::parse("P1M").expect("a period");
        let boundaries = (1..).map_while(|k| month.nth_after(begin, k));
        let last = boundaries.take_while(|boundary| *boundary <= now).last();
        if last != self.cycle_from && last.is_some() {
            self.cycle += 1;
            self.cycle_from = last;
            self.former = self.billed.take().or(self.former);
            self.since.clear();
            self.resets += 1;
        }
    }

    fn used(&self) -> u64 {
        let of_cycle = self.counted.iter().filter(|c| self.cycle_from.is_none_or(|f| c.at >= f));
        let billed = self.billed.map(|(_, as_of)| as_of);
        let bridging = of_cycle.filter(|c| billed.is_none_or(|as_of| c.at > as_of));
        self.billed.map_or(0, |(used, _)| used) + bridging.map(|c| c.bytes).sum::<u64>()
    }

    fn count(&mut self, at: Timestamp, sent: &Sent, bytes: u64) {
        if bytes == 0 {
            return;
        }
        self.counted.push(Counted { at, bytes, is_shared: sent.is_shared });
        let since = self.since.entry(sent.is_roaming).or_default();
        *since += bytes;
        let step = if sent.is_roaming { STEP_ROAMING } else { STEP_HOME };
        *self.steps.entry((self.cycle, sent.is_roaming)).or_default() += *since / step;
        *since %= step;
    }

    fn bill(&mut self, used: u64, as_of: Timestamp, now: Timestamp) {
        let as_of = if as_of > now + SignedDuration::from_mins(5) { now } else { as_of };
        let is_older = match (self.billed, self.cycle_from) {
            (Some((_, known)), _) => as_of < known,
            (None, Some(from)) => {
                as_of < from && !self.former.is_some_and(|(u, at)| as_of >= at && used < u)
            }
            (None, None) => false,
        };
        if is_older || self.billed == Some((used, as_of)) {
            return;
        }
        self.billed = Some((used, as_of));
        self.since.clear();
    }
}

/// The whole model.
#[derive(Clone, Debug, Default)]
struct Model {
    seen: BTreeSet<u64>,
    sessions: BTreeMap<u8, (u64, Timestamp)>,
    ones: [One; SUBSCRIPTIONS as usize],
}

impl Model {
    /// Returns how many count, were taken before, do not count.
    fn take(&mut self, batch: &[Sent], now: Timestamp) -> (u64, u64, u64) {
        let (mut accepted, mut duplicate, mut refused) = (0, 0, 0);
        let mut fresh: Vec<&Sent> = Vec::new();
        for sent in batch {
            match self.seen.insert(sent.sequence) {
                true => fresh.push(sent),
                false => duplicate += 1,
            }
        }
        fresh.sort_by_key(|sent| time(sent, now));
        for sent in fresh {
            match self.take_one(sent, now) {
                true => accepted += 1,
                false => refused += 1,
            }
        }
        (accepted, duplicate, refused)
    }

    fn take_one(&mut self, sent: &Sent, now: Timestamp) -> bool {
        let at = time(sent, now);
        let is_early = at > now + SignedDuration::from_mins(5);
        let Some(one) = self.ones.get_mut(usize::from(sent.who)) else { return false };
        if is_early || at < instant(BEGIN) {
            return false;
        }
        one.pass(now);
        let mut bytes = sent.bytes;
        if let Some(session) = sent.session {
            let last = self.sessions.get(&session).copied();
            if last.is_some_and(|(b, t)| at < t || (at == t && bytes < b)) {
                return false;
            }
            self.sessions.insert(session, (bytes, at));
            bytes = bytes.saturating_sub(last.map_or(0, |(b, _)| b));
        }
        let is_old = now.duration_since(at) > SignedDuration::from_hours(24 * 60);
        if is_old || one.cycle_from.is_some_and(|from| at < from) {
            return false;
        }
        one.count(at.min(now), sent, bytes);
        true
    }
}

fn time(sent: &Sent, now: Timestamp) -> Timestamp {
    now - SignedDuration::from_mins(sent.minutes_ago)
}

fn entry(sent: &Sent, now: Timestamp) -> Entry {
    let made = traffic(sent.sequence, sent.who, time(sent, now), sent.bytes);
    changed(made, |traffic| {
        traffic.session = sent.session.map(|name| name.to_string());
        traffic.network = Some(if sent.is_roaming { Network::Roaming } else { Network::Home });
        traffic.is_shared = sent.is_shared;
    })
}

async fn run(ops: Vec<Op>) {
    let mut bench = Bench::new();
    for n in 0..SUBSCRIPTIONS {
        bench.subscribe(n).await;
    }
    let (mut model, mut last) = (Model::default(), Vec::new());
    let mut accepted = 0;
    for op in ops {
        let now = bench.clock.now();
        match op {
            Op::Batch(batch) => {
                let entries: Vec<Entry> = batch.iter().map(|sent| entry(sent, now)).collect();
                let outcome = bench.take(&entries).await;
                let refused = u64::try_from(outcome.problems.len()).expect("a count");
                let found = (outcome.accepted, outcome.duplicate, refused);
                assert_eq!(found, model.take(&batch, now), "{:?}", outcome.problems);
                accepted += outcome.accepted;
                last = entries;
            }
            Op::Again => {
                let count = u64::try_from(last.len()).expect("a count");
                assert_eq!(bench.take(&last).await.duplicate, count);
            }
            Op::Billing { who, used, minutes_ago } => {
                let as_of = now - SignedDuration::from_mins(minutes_ago);
                let usage = Some(OperatorUsage { used: Bytes(used), as_of });
                let said = OperatorUpdate { usage, ..OperatorUpdate::default() };
                let besides = Besides::default();
                let id = subscription(who);
                bench.usage.apply(id, &Event::Operator(said), besides).await.expect("applied");
                let one = &mut model.ones[usize::from(who)];
                one.pass(now);
                one.bill(used, as_of, now);
            }
            Op::Hours(hours) => {
                bench.advance(SignedDuration::from_hours(hours));
                bench.usage.tick_due().await.expect("ticked");
                model.ones.iter_mut().for_each(|one| one.pass(bench.clock.now()));
            }
            Op::Crash => {
                let known = bench.store.usage_known(judge::question("bss", &last)).await;
                drop(judge::judge("bss", &last, known.expect("read"), now));
                bench.restart();
            }
            Op::Sweep => bench.usage.roll_up().await.expect("rolled up"),
        }
        for n in 0..SUBSCRIPTIONS {
            compare(&bench, n, &model.ones[usize::from(n)]).await;
        }
    }
    let kept = bench.store.quarantine(0, 10_000).await.expect("read").len();
    let counted = usize::try_from(accepted).expect("a count");
    assert_eq!(counted + kept, model.seen.len(), "each number is counted or kept, once");
}

async fn compare(bench: &Bench, n: u8, one: &One) {
    let id = subscription(n);
    let metered = bench.metered(id).await;
    let state = &metered.state;
    assert_eq!(state.cycle, one.cycle, "cycle of {n}");
    assert_eq!(state.used().0, one.used(), "used of {n}: {state:?} {one:?}");
    // The sum of counted bytes is the sum of positive differences.
    let view = view::describe(&metered);
    let sum = |is_shared| {
        let of = one.counted.iter().filter(|counted| counted.is_shared == is_shared);
        of.map(|counted| counted.bytes).sum::<u64>()
    };
    assert_eq!((view.own_bytes, view.shared_bytes), (sum(false), sum(true)));
    let by_profile = metered.profiles.0.values().map(|carried| carried.total()).sum::<u64>();
    assert_eq!(by_profile, sum(false) + sum(true));
    compare_history(bench, id, one).await;
    // No ordinal twice, none missing, in each cycle and network.
    let mut steps: BTreeMap<(u64, bool), Vec<u64>> = BTreeMap::new();
    let mut resets = 0;
    for told in bench.told(id).await {
        match told.raised.cause {
            Cause::Threshold { cycle, network, step, .. } => {
                steps.entry((cycle, network == Network::Roaming)).or_default().push(step);
            }
            Cause::Reset { .. } => resets += 1,
            _ => {}
        }
    }
    assert_eq!(resets, one.resets);
    for (key, count) in &one.steps {
        let found = steps.remove(key).unwrap_or_default();
        assert_eq!(found, (1..=*count).collect::<Vec<u64>>(), "{n}, {key:?}");
    }
    assert!(steps.is_empty(), "{steps:?}");
}

async fn compare_history(bench: &Bench, id: OrderId, one: &One) {
    let now = bench.clock.now();
    let start = now - SignedDuration::from_hours(24 * 50);
    let window = Window { start, end: now + SignedDuration::from_hours(1) };
    let granularity = Granularity::PerHour;
    let asked = Asked { window, granularity, filter: Filter::default() };
    let entries = bench.usage.usage_history(id, &asked).await.expect("answered");
    let found: u64 = entries.iter().map(|entry| entry.counts.received.0).sum();
    let first = entries.first().map(|entry| entry.window.start).expect("an entry");
    let since = one.counted.iter().filter(|counted| counted.at >= first);
    assert_eq!(found, since.map(|counted| counted.bytes).sum::<u64>(), "history");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_naive_model_says_the_same(ops in proptest::collection::vec(op(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(run(ops));
    }
}
