//! A subscriber for tests: a state, terms, what is told of them, and a clock that only tests move.

use domain::amount::{Bytes, Megabytes, Period};
use domain::brand::PlanType;
use domain::events::Cause;
use domain::usage::{
    Cycle, DeliveryMode, Effect, Event, OperatorUpdate, OperatorUsage, Regime, Sharing, State,
    Step, Terms, Traffic, apply, step,
};
use domain::{SignedDuration, Timestamp};

pub(crate) struct Subscriber {
    pub(crate) state: State,
    pub(crate) terms: Terms,
    pub(crate) now: Timestamp,
    /// Every ordinal that was told, in order.
    pub(crate) ordinals: Vec<(u64, Regime, u64)>,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// A Fixed plan that tells thresholds of this limit in real time, without a cycle.
pub(crate) fn fixed(limit: Option<u32>) -> Terms {
    Terms {
        plan_type: Some(PlanType::Fixed),
        limit: limit.map(Megabytes),
        notifies: true,
        ..Terms::default()
    }
}

pub(crate) fn cycle(start: &str, duration: &str, resets: bool) -> Cycle {
    let duration = Period::parse(duration).expect(duration);
    Cycle { start: at(start), duration, resets }
}

pub(crate) fn said(used: u64, as_of: Timestamp) -> OperatorUpdate {
    let usage = OperatorUsage { used: Bytes(used), as_of };
    OperatorUpdate { usage: Some(usage), ..OperatorUpdate::default() }
}

/// The numbers of the events among effects; `d` and `p` are disconnecting and the profile.
pub(crate) fn kinds(step: &Step) -> Vec<String> {
    let kind = |effect: &Effect| match effect {
        Effect::Raise { raised, .. } => {
            raised.cause.message_type().map(|kind| kind.number().to_string())
        }
        Effect::Disconnect => Some("d".to_owned()),
        Effect::DeleteProfile => Some("p".to_owned()),
        Effect::QueryBilling { .. } | Effect::UpdateDocument { .. } => None,
    };
    step.effects.iter().filter_map(kind).collect()
}

impl Subscriber {
    pub(crate) fn new(terms: Terms) -> Self {
        let state = State::new(&terms);
        Self { state, terms, now: at("2030-01-01T00:00:00Z"), ordinals: Vec::new() }
    }

    pub(crate) fn per_minute(terms: &Terms) -> Self {
        Self::new(Terms { mode: DeliveryMode::PerMinute, ..terms.clone() })
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// Tells an event and applies what follows.
    pub(crate) fn says(&mut self, event: &Event) -> Step {
        let step = step(&self.state, &self.terms, event, self.now);
        apply(&mut self.state, &step);
        if let Event::TermsChanged(terms) = event {
            self.terms = terms.clone();
        }
        for effect in &step.effects {
            if let Effect::Raise { raised, .. } = effect
                && let Cause::Threshold { cycle, network, step, .. } = raised.cause
            {
                self.ordinals.push((cycle, network, step));
            }
        }
        step
    }

    pub(crate) fn tick(&mut self) -> Step {
        self.says(&Event::Tick)
    }

    pub(crate) fn uses(&mut self, regime: Regime, bytes: u64) -> Step {
        self.uses_at(regime, bytes, self.now)
    }

    pub(crate) fn uses_at(&mut self, regime: Regime, bytes: u64, at: Timestamp) -> Step {
        let (sent, received) = (Bytes(0), Bytes(bytes));
        let sharing = Sharing::Own;
        self.says(&Event::Traffic(Traffic { regime, sharing, sent, received, at }))
    }

    pub(crate) fn is_billed(&mut self, megabytes: u32, as_of: Timestamp) -> Step {
        self.says(&Event::Operator(said(Megabytes(megabytes).bytes().0, as_of)))
    }
}

/// How many threshold events a step told.
pub(crate) fn thresholds(step: &Step) -> usize {
    kinds(step).iter().filter(|kind| *kind == "3").count()
}
