//! What is counted about usage, in Prometheus' text format.
//!
//! Not here: the counters of the rest ([`crate::metrics`]).

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Outcome;
use super::record::Reason;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Records {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Events {
    event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Results {
    result: &'static str,
}

/// The counters of usage.
#[derive(Clone, Default)]
pub struct UsageMetrics {
    records: Family<Records, Counter>,
    events: Family<Events, Counter>,
    files: Family<Results, Counter>,
    billing: Family<Results, Counter>,
    billing_held: Gauge,
}

impl UsageMetrics {
    /// Makes the counters and shows them; every reason of quarantine is there from the start.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let made = Self::default();
        for result in ["accepted", "duplicate"].into_iter().chain(Reason::ALL.map(Reason::name)) {
            drop(made.records.get_or_create(&Records { result }));
        }
        let help = "Records of use by what became of them: accepted, duplicate, or the reason of \
                    their quarantine";
        registry.register("usage_records", help, made.records.clone());
        registry.register("usage_events", "Events that usage raised", made.events.clone());
        registry.register("usage_files", "Files of records, done or refused", made.files.clone());
        let help = "Questions to the billing system by what became of them";
        registry.register("billing_questions", help, made.billing.clone());
        let help = "1 while the billing system does not answer and is spared";
        registry.register("billing_held", help, made.billing_held.clone());
        made
    }

    /// Counts a batch.
    pub(super) fn outcome(&self, outcome: &Outcome) {
        let add = |result, count| self.records.get_or_create(&Records { result }).inc_by(count);
        add("accepted", outcome.accepted);
        add("duplicate", outcome.duplicate);
        for (_, _, refusal) in &outcome.problems {
            add(refusal.reason.name(), 1);
        }
    }

    /// Counts what was raised.
    pub(super) fn raised(&self, names: &[&'static str]) {
        for event in names {
            self.events.get_or_create(&Events { event }).inc();
        }
    }

    /// Counts a file.
    pub(super) fn file(&self, is_done: bool) {
        let result = if is_done { "done" } else { "refused" };
        self.files.get_or_create(&Results { result }).inc();
    }

    /// Counts a question to billing.
    pub(super) fn billing(&self, result: &'static str) {
        self.billing.get_or_create(&Results { result }).inc();
    }

    /// Shows whether billing is spared.
    pub(super) fn billing_held(&self, is_held: bool) {
        self.billing_held.set(i64::from(is_held));
    }
}
