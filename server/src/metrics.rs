//! What is counted, in Prometheus' text format.
//!
//! Labels come from closed sets (routes, states, results), never from what somebody sent. Not
//! here: logs.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use domain::handover::ProvisionResult;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::messages::patterns::Counters;
use crate::store::events::Backlog;
use crate::usage::metrics::UsageMetrics;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Launch {
    identified: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Handover {
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CatalogReload {
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Webhook {
    webhook: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    webhook: String,
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Orders {
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Signer {
    signer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refresh {
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PaymentEvent {
    provider: String,
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PutOff {
    effect: String,
    reason: String,
}

/// The counters of the process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    duration: Histogram,
    launches: Family<Launch, Counter>,
    handovers: Family<Handover, Counter>,
    orders: Family<Orders, Gauge>,
    signing_expiries: Family<Signer, Gauge>,
    catalog_reloads: Family<CatalogReload, Counter>,
    /// Counters of usage.
    pub usage: UsageMetrics,
    webhooks: Family<Webhook, Counter>,
    webhook_backlog: Family<Waiting, Gauge>,
    refreshes: Family<Refresh, Counter>,
    subscribers: Family<Outcome, Counter>,
    subscriber_files: Family<Outcome, Counter>,
    payment_events: Family<PaymentEvent, Counter>,
    put_off: Family<PutOff, Counter>,
    patterns: Counters,
    store_writable: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("broadgate");
        let requests = Family::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let duration = Histogram::new(exponential_buckets(0.000_5, 2.0, 16));
        let help = "Time to answer a request";
        registry.register_with_unit("http_duration", help, Unit::Seconds, duration.clone());
        let launches = Family::default();
        registry.register("launches", "Arrivals from Windows", launches.clone());
        let handovers = Family::default();
        registry.register("handovers", "Results of msProvisionNetworks", handovers.clone());
        let orders = Family::default();
        registry.register("orders", "Orders in each state", orders.clone());
        let signing_expiries = Family::default();
        let help = "End of the last signing certificate, seconds since 1970";
        let name = "signing_certificate_not_after";
        registry.register_with_unit(name, help, Unit::Seconds, signing_expiries.clone());
        let catalog_reloads = Family::default();
        let help = "Catalogues read anew, taken or refused";
        registry.register("catalog_reloads", help, catalog_reloads.clone());
        let usage = UsageMetrics::register(&mut registry);
        let webhooks = Family::default();
        let help = "Tries to deliver events, by what came of them";
        registry.register("webhook_tries", help, webhooks.clone());
        let webhook_backlog = Family::default();
        let help = "Events that are not delivered, open or dead";
        registry.register("webhook_backlog", help, webhook_backlog.clone());
        let refreshes = Family::default();
        registry.register("refreshes", "Requests for refreshed documents", refreshes.clone());
        let subscribers = Family::default();
        let help = "Look-ups of SIMs by what came of them: cold, warm, hot, unknown or failed";
        registry.register("subscriber_lookups", help, subscribers.clone());
        let subscriber_files = Family::default();
        let help = "Files of prepared SIMs read anew, taken or refused";
        registry.register("subscriber_files", help, subscriber_files.clone());
        let payment_events = Family::default();
        let help = "Events of payment providers, by what became of them";
        registry.register("payment_events", help, payment_events.clone());
        let put_off = Family::default();
        let help = "Tries of effects that did not succeed, by why";
        registry.register("effects_put_off", help, put_off.clone());
        let patterns = Counters::default();
        let help = "Matches of operators' patterns that were stopped after 50 ms";
        registry.register("pattern_overruns", help, patterns.overruns.clone());
        let help = "Operators' patterns that were set aside";
        registry.register("pattern_quarantines", help, patterns.quarantines.clone());
        let store_writable = Gauge::default();
        let help = "Whether the last write of the database succeeded, 0 or 1";
        registry.register("store_writable", help, store_writable.clone());
        Self {
            usage,
            registry,
            requests,
            duration,
            launches,
            handovers,
            orders,
            signing_expiries,
            catalog_reloads,
            webhooks,
            webhook_backlog,
            refreshes,
            subscribers,
            subscriber_files,
            payment_events,
            put_off,
            patterns,
            store_writable,
        }
    }
}

impl Metrics {
    /// Counts a request.
    pub fn request(&self, route: &str, status: u16, elapsed: Duration) {
        self.requests.get_or_create(&Request { route: route.to_owned(), status }).inc();
        self.duration.observe(elapsed.as_secs_f64());
    }

    /// Counts an arrival, with or without identifiers.
    pub fn launch(&self, is_identified: bool) {
        self.launches.get_or_create(&Launch { identified: is_identified.to_string() }).inc();
    }

    /// Counts what Windows returned.
    pub fn handover(&self, result: ProvisionResult) {
        self.handovers.get_or_create(&Handover { result: result.name().to_owned() }).inc();
    }

    /// Takes over whether the database can be written.
    pub fn store_writable(&self, is_writable: bool) {
        self.store_writable.set(i64::from(is_writable));
    }

    /// Takes over how many orders are in each state.
    pub fn orders(&self, counts: &[(String, u64)]) {
        self.orders.clear();
        for (state, count) in counts {
            let label = Orders { state: state.clone() };
            self.orders.get_or_create(&label).set(i64::try_from(*count).unwrap_or(i64::MAX));
        }
    }

    /// Takes over when the certificates of each signer end [SIG X7].
    pub fn signing_expiries(&self, expiries: &[(String, Timestamp)]) {
        self.signing_expiries.clear();
        for (signer, not_after) in expiries {
            let label = Signer { signer: signer.clone() };
            self.signing_expiries.get_or_create(&label).set(not_after.as_second());
        }
    }

    /// Counts a catalogue that was read anew.
    pub fn catalog_reload(&self, is_taken: bool) {
        let result = if is_taken { "taken" } else { "refused" };
        self.catalog_reloads.get_or_create(&CatalogReload { result: result.to_owned() }).inc();
    }

    /// Counts an event of a payment provider.
    pub fn payment_event(&self, provider: &str, result: &str) {
        let (provider, result) = (provider.to_owned(), result.to_owned());
        self.payment_events.get_or_create(&PaymentEvent { provider, result }).inc();
    }

    /// Counts a try of an effect that did not succeed: `failed`, or `refused` by who should do it.
    pub fn put_off(&self, effect: &str, reason: &str) {
        let (effect, reason) = (effect.to_owned(), reason.to_owned());
        self.put_off.get_or_create(&PutOff { effect, reason }).inc();
    }

    /// Counts a try to deliver an event: `delivered`, `failed` or `dead`.
    pub fn webhook(&self, name: &str, outcome: &str) {
        let label = Webhook { webhook: name.to_owned(), outcome: outcome.to_owned() };
        self.webhooks.get_or_create(&label).inc();
    }

    /// Takes over what waits at each endpoint.
    pub fn webhook_backlogs(&self, backlogs: &BTreeMap<String, Backlog>) {
        self.webhook_backlog.clear();
        for (name, backlog) in backlogs {
            for (state, count) in [("open", backlog.open), ("dead", backlog.dead)] {
                let label = Waiting { webhook: name.clone(), state: state.to_owned() };
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.webhook_backlog.get_or_create(&label).set(count);
            }
        }
    }

    /// Counts a request for a refreshed document by what became of it.
    pub fn refresh(&self, result: &'static str) {
        self.refreshes.get_or_create(&Refresh { result: result.to_owned() }).inc();
    }

    /// Counts a look-up of a SIM by what came of it.
    pub fn subscriber(&self, result: &'static str) {
        self.subscribers.get_or_create(&Outcome { result }).inc();
    }

    /// Counts a file of prepared SIMs that was read anew.
    pub fn subscriber_file(&self, is_taken: bool) {
        let result = if is_taken { "taken" } else { "refused" };
        self.subscriber_files.get_or_create(&Outcome { result }).inc();
    }

    /// Returns what the engines of operators' patterns count [MSG-11].
    #[must_use]
    pub fn patterns(&self) -> Counters {
        self.patterns.clone()
    }

    /// Writes everything in the text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut out, &self.registry);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_signing_certificates_is_a_gauge() {
        let metrics = Metrics::default();
        let end = |text: &str| text.parse::<Timestamp>().expect("a time");
        metrics.signing_expiries(&[("old".to_owned(), end("1970-01-02T00:00:00Z"))]);
        metrics.signing_expiries(&[("main".to_owned(), end("1970-01-03T00:00:00Z"))]);
        let text = metrics.text();
        let line = "broadgate_signing_certificate_not_after_seconds{signer=\"main\"} 172800\n";
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("signer=\"old\""), "{text}");
    }
}
