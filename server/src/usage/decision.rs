//! One subscription while a batch, an answer of billing or the clock is decided: the state moves
//! on in memory, and what is to be written and told is gathered.
//!
//! Pure: the time is a parameter. Not here: which records are believed ([`super::judge`]), and
//! what usage is ([`domain::usage`]).

use std::sync::Arc;

use domain::Timestamp;
use domain::code::OrderId;
use domain::events::{Network, Raised};
use domain::usage::{self, Effect, Event, Verdict};

use crate::store::usage::{BillingQuestion, LinkWrite, Metered, StateWrite};

/// What became of one subscription.
#[derive(Clone, Debug)]
pub struct Moving {
    /// The subscription as it stands after what was decided.
    pub metered: Arc<Metered>,
    /// Whether that differs from what is stored.
    is_changed: bool,
    has_new_terms: bool,
    /// When it is to be looked at by what is stored.
    deadline: Option<Timestamp>,
    is_settled: bool,
}

/// What is to be written and told besides states.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// What is told, in order, each of its subscription.
    pub told: Vec<(OrderId, Tell)>,
    /// What billing is asked.
    pub questions: Vec<BillingQuestion>,
    /// Connections that begin and end.
    pub links: Vec<LinkWrite>,
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// What usage raised.
    Raised(Raised),
    /// What the network reported, or what we do to a device.
    Report(Report),
}

impl Tell {
    /// Returns the name of what usage raised; none for a report, which the engine of events
    /// judges first.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Raised(raised) => Some(raised.cause.name()),
            Self::Report(_) => None,
        }
    }
}

/// What the network reported of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// What.
    pub event: ReportKind,
    /// When.
    pub at: Timestamp,
}

/// Kinds of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// The profile connected.
    Connected,
    /// It disconnected.
    Disconnected,
    /// The device registered.
    Registered(Network),
}

impl Moving {
    /// Begins with what is stored.
    #[must_use]
    pub fn new(metered: Arc<Metered>) -> Self {
        let deadline = usage::next_deadline(&metered.state, &metered.terms);
        Self { metered, is_changed: false, has_new_terms: false, deadline, is_settled: false }
    }

    /// Lets an event happen, and gathers what follows.
    pub fn happen(&mut self, event: &Event, now: Timestamp, gathered: &mut Gathered) -> Verdict {
        let metered = &self.metered;
        let step = usage::step(&metered.state, &metered.terms, event, now);
        if !step.changes.is_empty() {
            usage::apply(&mut self.changed().state, &step);
        }
        if let (Event::TermsChanged(terms), Verdict::Accepted) = (event, step.verdict) {
            self.changed().terms = terms.clone();
            self.has_new_terms = true;
        }
        for effect in step.effects {
            self.gather(effect, now, gathered);
        }
        step.verdict
    }

    fn gather(&mut self, effect: Effect, now: Timestamp, gathered: &mut Gathered) {
        let subscription = self.metered.subscription;
        let key = effect.key();
        match effect {
            Effect::Raise { raised, due: _ } => {
                gathered.told.push((subscription, Tell::Raised(raised)));
            }
            Effect::QueryBilling { .. } => gathered.questions.push(BillingQuestion {
                key: format!("{subscription}/{key}"),
                subscription,
                created_at: now,
                due_at: now,
                attempts: 0,
            }),
            Effect::Disconnect => {
                gathered.links.push(LinkWrite::Down { handle: self.metered.handle, at: now });
                let report = Report { event: ReportKind::Disconnected, at: now };
                gathered.told.push((subscription, Tell::Report(report)));
            }
            // That the plan is over is part of the state: no document names the profile then.
            Effect::DeleteProfile => {}
            Effect::UpdateDocument { revision } => {
                let metered = self.changed();
                metered.revision = revision;
                metered.revised_at = now;
            }
        }
    }

    /// Returns what is metered to be changed by hand, and marks it as changed.
    pub fn changed(&mut self) -> &mut Metered {
        self.is_changed = true;
        Arc::make_mut(&mut self.metered)
    }

    /// Has it written with its deadline, whatever happened.
    pub fn settle(&mut self) {
        self.is_changed = true;
        self.is_settled = true;
    }

    /// Returns what is to be written; none if nothing differs.
    #[must_use]
    pub fn finish(self) -> Option<StateWrite> {
        if !self.is_changed {
            return None;
        }
        let Self { mut metered, has_new_terms, deadline, is_settled, .. } = self;
        let moved = Arc::make_mut(&mut metered);
        moved.version = moved.version.saturating_add(1);
        moved.ends_at = moved.terms.end();
        let next_deadline = usage::next_deadline(&moved.state, &moved.terms);
        let has_new_deadline = is_settled || next_deadline != deadline;
        Some(StateWrite { metered, next_deadline, has_new_deadline, has_new_terms })
    }
}
