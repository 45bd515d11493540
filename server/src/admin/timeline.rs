//! All that happened to an order in one table, from the launch to what Windows returned, with
//! each call to the outside. Identifiers are masked.
//!
//! Not here: what may be done about it ([`super::support`], [`super::privacy`]).

use domain::Timestamp;
use domain::code::OrderId;
use domain::customer::CustomerData;
use domain::handover::ProvisionResult;
use domain::identity::masked;
use domain::launch::Device;

use super::subscription::table;
use crate::documents::FULL;
use crate::store::books::{Accepted, Issued, Visit};
use crate::store::calls::Calls;
use crate::store::events::{Asked, Notification};
use crate::store::refresh::CurrentDocument;
use crate::store::{Claims, Delivery, JournalEntry, Order, Store, StoreError};
use crate::texts::Texts;

/// Most events of the plan that are shown, the latest.
const EVENTS_MAX: u32 = 50;

/// What the timeline of an order is made from.
pub struct Timeline {
    /// What the customer said.
    pub(super) customer: CustomerData,
    record: Order,
    visit: Visit,
    journal: Vec<JournalEntry>,
    accepted: Option<Accepted>,
    receipts: Vec<Issued>,
    calls: Vec<Calls>,
    deliveries: Vec<Delivery>,
    current: Option<CurrentDocument>,
    events: Vec<Notification>,
}

/// A line: when, who, what, and what else there is to say.
struct Line {
    at: Timestamp,
    who: String,
    what: String,
    detail: String,
}

impl Timeline {
    /// Reads everything that is known of an order.
    ///
    /// # Errors
    /// As the store says.
    pub async fn load(store: &dyn Store, record: Order) -> Result<Self, StoreError> {
        let id = record.order.id;
        Ok(Self {
            customer: store.customer_data(id).await?.unwrap_or_default(),
            visit: store.visit(id).await?,
            journal: store.journal(id).await?,
            accepted: store.accepted(id).await?,
            receipts: store.receipts(id).await?,
            calls: store.calls(id).await?,
            deliveries: store.deliveries(id).await?,
            current: store.current_document(id, FULL.to_owned()).await?,
            events: latest_events(store, id).await?,
            record,
        })
    }

    /// Returns the table, finished and escaped; the oldest line first.
    #[must_use]
    pub fn html(&self, texts: &Texts) -> String {
        let mut lines = self.lines(texts);
        lines.sort_by_key(|line| line.at);
        let heads = [
            "admin-subscription-time",
            "admin-timeline-who",
            "admin-subscription-event",
            "admin-subscription-detail",
        ];
        let row = |line: Line| vec![line.at.to_string(), line.who, line.what, line.detail];
        table(texts, "admin-timeline", &heads, lines.into_iter().map(row).collect())
    }

    fn lines(&self, texts: &Texts) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |at: Timestamp, who: &str, what: String, detail: String| {
            lines.push(Line { at, who: who.to_owned(), what, detail });
        };
        let customer = texts.get("admin-timeline-customer");
        if let Some(at) = self.visit.began_at {
            add(at, &customer, texts.get("admin-timeline-launch"), claimed(&self.record.claims));
        }
        if let Some(Accepted { at, consent }) = &self.accepted {
            let versions = [
                ("terms", consent.terms_version.as_str().into()),
                ("privacy", consent.privacy_version.as_str().into()),
            ];
            let detail = texts.format("admin-timeline-consent-detail", &versions);
            add(*at, &customer, texts.get("admin-timeline-consent"), detail);
        }
        for entry in &self.journal {
            let what = format!("{} ({})", entry.event, entry.actor);
            add(entry.at, &entry.actor, what, format!("→ {}", entry.state.name()));
        }
        for Issued { number, receipt } in &self.receipts {
            let what = texts.get(crate::pages::receipt::title(receipt.kind));
            let paid = format!("{} {}", receipt.paid.provider, receipt.paid.reference);
            let detail = format!("{number}: {}, {paid}", texts.money(receipt.total));
            add(receipt.issued_at, &texts.get("admin-timeline-books"), what, detail);
        }
        for Calls { last, count, first_at } in &self.calls {
            let variables = [("count", (*count).into()), ("first", first_at.to_string().into())];
            let times = match count {
                1 => String::new(),
                _ => texts.format("admin-timeline-times", &variables),
            };
            let detail = format!("→ {} ({} ms){times}", last.outcome, last.elapsed_ms);
            let what = texts.format("admin-timeline-call", &[("what", last.what.as_str().into())]);
            add(last.at, &last.whom, what, detail);
        }
        if let Some(at) = self.visit.offered_at {
            add(
                at,
                &texts.get("admin-timeline-support"),
                texts.get("admin-timeline-offered"),
                String::new(),
            );
        }
        for delivery in &self.deliveries {
            let sha256 = delivery.sha256.get(..12).unwrap_or_default();
            let what = texts.get("admin-timeline-handed-over");
            add(delivery.at, &customer, what, format!("{}, {sha256}…", delivery.channel));
            if let (Some(at), Some(result)) = (delivery.result_at, delivery.result) {
                let name = ProvisionResult::from_number(result).name();
                let detail = format!("msProvisionNetworks {sha256}… → {result} ({name})");
                add(at, "Windows", texts.get("admin-timeline-result"), detail);
            }
        }
        if let Some(current) = &self.current {
            let sha256 = current.sha256.get(..12).unwrap_or_default();
            let detail = format!("{}, {sha256}…", current.revision);
            let who = texts.get("admin-timeline-device");
            add(current.signed_at, &who, texts.get("admin-timeline-refreshed"), detail);
        }
        for notification in &self.events {
            let raised = &notification.raised;
            let what = texts.get("admin-timeline-told");
            add(raised.at, &texts.get("admin-timeline-plan"), what, raised.cause.name().to_owned());
        }
        lines
    }
}

async fn latest_events(store: &dyn Store, id: OrderId) -> Result<Vec<Notification>, StoreError> {
    let latest = store.tidings(id).await?.latest;
    let after = i64::try_from(latest).unwrap_or(i64::MAX).saturating_sub(EVENTS_MAX.into());
    store.notifications(Asked { subscription: Some(id), after, limit: EVENTS_MAX }).await
}

/// Says what a launch claimed, masked.
fn claimed(claims: &Claims) -> String {
    let subscriber = claims.subscriber.as_ref().and_then(|_| claims.masked_subscriber());
    let device = claims.device.as_ref().map(|device| match device {
        Device::Imei(imei) => imei.masked(),
        Device::Cdma(device) => masked(device.reveal()),
    });
    let sim = claims.iccid.as_ref().map(|iccid| iccid.masked());
    let named = [("SubId", subscriber), ("DevId", device), ("IccId", sim)];
    let parts = named.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?)));
    parts.collect::<Vec<_>>().join(", ")
}
