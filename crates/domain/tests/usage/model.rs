//! A second, naive engine: it keeps everything that was told, and counts anew each time.
//!
//! Its calendar, its steps and its usage share nothing with the engine's.

use domain::SignedDuration;
use domain::Timestamp;
use domain::amount::{Bytes, Megabytes, Period};
use domain::events::Cause;
use domain::usage::record;
use domain::usage::{
    Cycle, DeliveryMode, Effect, Event, Regime, Sharing, State, Terms, Traffic, apply, step,
};
use proptest::prelude::*;

use crate::subscriber::{at, said};

/// What is told: its number, and for number 3 whether at home, the ordinal and the usage.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heard {
    Threshold { is_home: bool, ordinal: u64, used: u64 },
    Reset,
    Deleted,
}

/// How long a cycle is.
#[derive(Clone, Copy, Debug)]
enum Length {
    Months(u64),
    Seconds(u64),
}

#[derive(Clone, Debug)]
struct Plan {
    limit_mb: Option<u64>,
    is_minute: bool,
    cycle: Option<(Length, bool)>,
    expires_after: Option<u64>,
}

const START: &str = "2030-01-31T09:30:00Z";

fn plus(at: Timestamp, seconds: u64) -> Timestamp {
    at + SignedDuration::from_secs(i64::try_from(seconds).expect("few"))
}

/// The k-th boundary, by the digits of the date.
fn boundary(length: Length, k: u64) -> Timestamp {
    match length {
        Length::Seconds(seconds) => plus(at(START), seconds * k),
        Length::Months(months) => {
            let (months, day) = (months * k, 31);
            let (year, month) = (2030 + months / 12, 1 + months % 12);
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                4 | 6 | 9 | 11 => 30,
                2 if is_leap => 29,
                2 => 28,
                _ => 31,
            };
            at(&format!("{year:04}-{month:02}-{:02}T09:30:00Z", day.min(last)))
        }
    }
}

struct Naive {
    plan: Plan,
    log: Vec<(Timestamp, u64)>,
    word: Option<(u64, Timestamp)>,
    last_words: Option<(u64, Timestamp)>,
    passed: u64,
    began: Option<Timestamp>,
    since: [u64; 2],
    ordinals: [u64; 2],
    minute: Option<Timestamp>,
    is_over: bool,
}

impl Naive {
    fn new(plan: &Plan) -> Self {
        Self {
            plan: plan.clone(),
            log: Vec::new(),
            word: None,
            last_words: None,
            passed: 0,
            began: None,
            since: [0; 2],
            ordinals: [0; 2],
            minute: None,
            is_over: false,
        }
    }

    fn used(&self) -> u64 {
        let is_new = |at: &Timestamp| {
            self.began.is_none_or(|began| *at >= began)
                && self.word.is_none_or(|(_, as_of)| *at > as_of)
        };
        let counted = self.log.iter().filter(|(at, _)| is_new(at)).map(|(_, bytes)| bytes);
        self.word.map_or(0, |(used, _)| used) + counted.sum::<u64>()
    }

    fn step(&self, regime: usize) -> u64 {
        match (regime, self.plan.limit_mb) {
            (1, _) => 5_000_000,
            (_, None) => 100_000_000,
            (_, Some(megabytes)) => megabytes * 50_000,
        }
    }

    fn time(&mut self, now: Timestamp) -> Vec<Heard> {
        let mut heard = Vec::new();
        if self.is_over {
            return heard;
        }
        let own_end = self.plan.expires_after.map(|seconds| plus(at(START), seconds));
        let end = match (own_end, self.plan.cycle) {
            (Some(end), _) => Some(end),
            (None, Some((length, false))) => Some(boundary(length, 1)),
            (None, _) => None,
        };
        if let Some((length, true)) = self.plan.cycle {
            let mut is_reset = false;
            loop {
                let next = boundary(length, self.passed + 1);
                if next > now || end.is_some_and(|end| next >= end) {
                    break;
                }
                self.passed += 1;
                self.began = Some(next);
                is_reset = true;
            }
            if is_reset {
                self.last_words = self.word.take().or(self.last_words);
                self.since = [0; 2];
                self.ordinals = [0; 2];
                heard.push(Heard::Reset);
            }
        }
        if end.is_some_and(|end| end <= now) {
            self.is_over = true;
            heard.push(Heard::Deleted);
        }
        heard
    }

    fn fire(&mut self, regime: usize) -> Heard {
        self.ordinals[regime] += 1;
        let (is_home, ordinal) = (regime == 0, self.ordinals[regime]);
        Heard::Threshold { is_home, ordinal, used: self.used() }
    }

    fn traffic(&mut self, regime: usize, bytes: u64, at: Timestamp) -> Vec<Heard> {
        self.log.push((at, bytes));
        let mut heard = Vec::new();
        if self.is_over || self.began.is_some_and(|began| at < began) {
            return heard;
        }
        self.since[regime] += bytes;
        while !self.plan.is_minute && self.since[regime] >= self.step(regime) {
            self.since[regime] -= self.step(regime);
            heard.push(self.fire(regime));
        }
        heard
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Heard> {
        let is_early = self.minute.is_some_and(|last| now < plus(last, 60));
        if self.is_over || !self.plan.is_minute || is_early {
            return Vec::new();
        }
        for regime in [0, 1] {
            if self.since[regime] >= self.step(regime) {
                while self.since[regime] >= self.step(regime) {
                    self.since[regime] -= self.step(regime);
                }
                self.minute = Some(now);
                return vec![self.fire(regime)];
            }
        }
        Vec::new()
    }

    fn billing(&mut self, used: u64, as_of: Timestamp, now: Timestamp) {
        let as_of = if as_of > plus(now, 300) { now } else { as_of };
        let is_old = match (self.word, self.began) {
            (Some((_, known)), _) => as_of < known,
            (None, Some(began)) if as_of < began => {
                // Only the operator's own, earlier reset explains a lower number.
                !self.last_words.is_some_and(|(before, at)| as_of >= at && used < before)
            }
            (None, _) => false,
        };
        if self.is_over || is_old || self.word == Some((used, as_of)) {
            return;
        }
        self.word = Some((used, as_of));
        self.since = [0; 2];
    }
}

#[derive(Clone, Debug)]
enum Told {
    Traffic { is_home: bool, is_own: bool, bytes: u64, ago: i64 },
    Billing { used: u64, ago: i64 },
    Tick,
}

fn told() -> impl Strategy<Value = (Told, i64, bool)> {
    let near = prop::sample::select(vec![
        1_u64,
        999_999,
        1_000_000,
        4_999_999,
        5_000_000,
        5_000_001,
        24_999_999,
        25_000_000,
        100_000_000,
        130_000_000,
    ]);
    let bytes = prop_oneof![3 => near, 2 => 0..30_000_000_u64];
    let ago = || prop_oneof![4 => Just(0_i64), 2 => 0..400_i64, 1 => -400..3_000_000_i64];
    let event = prop_oneof![
        6 => (any::<bool>(), any::<bool>(), bytes, ago()).prop_map(|(is_home, is_own, bytes, ago)| {
            Told::Traffic { is_home, is_own, bytes, ago }
        }),
        2 => (0..550_u64, ago()).prop_map(|(megabytes, ago)| {
            Told::Billing { used: megabytes * 1_000_000, ago }
        }),
        3 => Just(Told::Tick),
    ];
    let pause =
        prop_oneof![2 => Just(0_i64), 5 => 1..90_i64, 2 => 0..90_000_i64, 1 => 0..9_000_000_i64];
    (event, pause, prop::bool::weighted(0.2))
}

fn plan() -> impl Strategy<Value = Plan> {
    let limit_mb = prop::sample::select(vec![None, Some(20), Some(500)]);
    let length = prop_oneof![
        Just(Length::Months(1)),
        Just(Length::Months(3)),
        Just(Length::Seconds(2_592_000)),
        Just(Length::Seconds(86_400)),
    ];
    let cycle = prop::option::of((length, any::<bool>()));
    let expires_after = prop::option::weighted(0.3, 0..20_000_000_u64);
    (limit_mb, any::<bool>(), cycle, expires_after).prop_map(
        |(limit_mb, is_minute, cycle, expires_after)| Plan {
            limit_mb,
            is_minute,
            cycle,
            expires_after,
        },
    )
}

fn terms(plan: &Plan) -> Terms {
    let cycle = plan.cycle.map(|(length, resets)| {
        let text = match length {
            Length::Months(months) => format!("P{months}M"),
            Length::Seconds(seconds) => format!("PT{seconds}S"),
        };
        Cycle { start: at(START), duration: Period::parse(&text).expect("a period"), resets }
    });
    let limit = plan.limit_mb.map(|mb| Megabytes(u32::try_from(mb).expect("few")));
    let expires_at = plan.expires_after.map(|seconds| plus(at(START), seconds));
    let mode = if plan.is_minute { DeliveryMode::PerMinute } else { DeliveryMode::Realtime };
    Terms { plan_type: None, limit, notifies: true, cycle, expires_at, mode }
}

fn heard(effects: &[Effect]) -> Vec<Heard> {
    let heard = effects.iter().filter_map(|effect| match effect {
        Effect::Raise { raised, .. } => match raised.cause {
            Cause::Threshold { network, step, usage_bytes, .. } => Some(Heard::Threshold {
                is_home: network == Regime::Home,
                ordinal: step,
                used: usage_bytes,
            }),
            Cause::Reset { .. } => Some(Heard::Reset),
            Cause::PlanDeleted => Some(Heard::Deleted),
            _ => None,
        },
        _ => None,
    });
    heard.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// The engine and the naive model tell the same and know the same usage, however traffic,
    /// billing, jumps of time and restarts are mixed.
    #[test]
    fn the_engine_agrees_with_a_naive_model(
        plan in plan(), history in prop::collection::vec(told(), 1..16),
    ) {
        let terms = terms(&plan);
        let mut state = State::new(&terms);
        let mut naive = Naive::new(&plan);
        let mut now = at(START);
        for (told, pause, is_restarted) in history {
            now += SignedDuration::from_secs(pause);
            let mut expected = naive.time(now);
            let event = match told {
                Told::Traffic { is_home, is_own, bytes, ago } => {
                    let at = now - SignedDuration::from_secs(ago);
                    expected.extend(naive.traffic(usize::from(!is_home), bytes, at.min(now)));
                    let regime = if is_home { Regime::Home } else { Regime::Roaming };
                    let sharing = if is_own { Sharing::Own } else { Sharing::Shared };
                    let (sent, received) = (Bytes(bytes / 3), Bytes(bytes - bytes / 3));
                    Event::Traffic(Traffic { regime, sharing, sent, received, at })
                }
                Told::Billing { used, ago } => {
                    let as_of = now - SignedDuration::from_secs(ago);
                    naive.billing(used, as_of, now);
                    Event::Operator(said(used, as_of))
                }
                Told::Tick => {
                    expected.extend(naive.tick(now));
                    Event::Tick
                }
            };
            let done = step(&state, &terms, &event, now);
            apply(&mut state, &done);
            prop_assert_eq!(heard(&done.effects), expected, "{:?}", event);
            if state.ended_at.is_none() {
                prop_assert_eq!(state.used(), Bytes(naive.used()), "{:?}", event);
            }
            if is_restarted {
                state = record::read(&record::write(&state)).expect("what was written");
            }
        }
        let all = [Regime::Home, Regime::Roaming].into_iter().flat_map(|regime| {
            [Sharing::Own, Sharing::Shared].map(|sharing| state.counters.of(regime, sharing))
        });
        let counted: u64 = all.map(|counts| counts.sent.0 + counts.received.0).sum();
        prop_assert_eq!(counted, naive.log.iter().map(|(_, bytes)| bytes).sum::<u64>(), "P3");
    }
}
