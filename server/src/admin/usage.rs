//! The machine interface of usage: records in, usage and history out, and what billing says.
//!
//! Not here: what counts ([`crate::usage`]).

use std::sync::Arc;

use api::usage::{
    BillingTaken, BillingUpdate, Connection, Connections, Quarantine, QuarantinedRecord,
    UsageBatch, UsageHistory, UsageSpan, UsageTaken,
};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post, put};
use domain::Timestamp;
use domain::code::OrderId;
use domain::events::Network;
use domain::usage::history::{Entry, Filter, Granularity, Window};
use domain::usage::{Event, Ignored, Sharing, Verdict};
use serde::Deserialize;

use super::Admin;
use super::machines::{authorised, store_failed};
use super::people::audit;
use crate::config::is_service_name;
use crate::http::metadata::{read, refuse};
use crate::http::reply::json;
use crate::http::routes::Routes;
use crate::store::usage::{Link, Metered};
use crate::store::{Command, StoreError};
use crate::usage::billing::read_update;
use crate::usage::files::problem;
use crate::usage::history::{Asked, HistoryError};
use crate::usage::view::describe;
use crate::usage::{Answered, Besides, Outcome, RECORDS_MAX, record};

/// Longest batch, in bytes: 10,000 records of 400.
const BATCH_BYTES_MAX: usize = 4_000_000;
/// Longest word of a billing system, in bytes.
const BILLING_BYTES_MAX: usize = 4 * 1024;
/// Records of quarantine in one answer.
const QUARANTINE_MAX: u32 = 1_000;

/// Adds the routes of usage to a table.
pub(super) fn routes(table: Routes<Arc<Admin>>) -> Routes<Arc<Admin>> {
    table
        .add(
            "POST",
            "/api/usage",
            "Takes a batch of records of use (usage:write)",
            post(take).layer(DefaultBodyLimit::max(BATCH_BYTES_MAX)),
        )
        .add(
            "GET",
            "/api/usage/quarantine",
            "Records that do not count, and why (usage:read)",
            get(quarantine),
        )
        .add(
            "GET",
            "/api/subscriptions/{id}/usage",
            "What a subscription used in its cycle (usage:read)",
            get(usage),
        )
        .add(
            "GET",
            "/api/subscriptions/{id}/usage/history",
            "What it used by windows of time (usage:read)",
            get(history),
        )
        .add(
            "GET",
            "/api/subscriptions/{id}/connections",
            "When it was connected (usage:read)",
            get(connections),
        )
        .add(
            "PUT",
            "/api/subscriptions/{id}/billing",
            "What the billing system says of it (billing:write)",
            put(billing),
        )
}

fn bad(code: &str, message: &str) -> Response {
    refuse(StatusCode::BAD_REQUEST, code, message)
}

fn unknown() -> Response {
    refuse(StatusCode::NOT_FOUND, "missing", "there is no such subscription")
}

/// `POST /api/usage`
pub async fn take(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "usage:write").await {
        return response;
    }
    let batch: UsageBatch = match read(body, BATCH_BYTES_MAX) {
        Ok(batch) => batch,
        Err(response) => return *response,
    };
    if !is_service_name(&batch.source) {
        return bad("source", "source: needs 1 to 64 characters of a-z, 0-9 and -");
    }
    if batch.records.len() > RECORDS_MAX {
        return bad("records", "records: at most 10,000; send them in several batches");
    }
    if batch.records.iter().any(|record| i64::try_from(record.sequence).is_err()) {
        return bad("records", "sequence: at most 2^63 - 1");
    }
    let entries: Vec<_> = batch.records.iter().map(record::Entry::of_api).collect();
    match admin.app.usage.ingest(&batch.source, &entries).await {
        Ok(outcome) => json(StatusCode::OK, &taken(&outcome)),
        Err(error) => store_failed(&error),
    }
}

fn taken(outcome: &Outcome) -> UsageTaken {
    UsageTaken {
        accepted: outcome.accepted,
        duplicate: outcome.duplicate,
        quarantined: u64::try_from(outcome.problems.len()).unwrap_or(u64::MAX),
        problems: outcome.problems.iter().map(problem).collect(),
    }
}

/// What `GET /api/usage/quarantine` is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// The number behind which to begin.
    #[serde(default)]
    after: u64,
}

/// `GET /api/usage/quarantine`
pub async fn quarantine(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    asked: Result<Query<Behind>, QueryRejection>,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "usage:read").await {
        return response;
    }
    let Ok(Query(Behind { after })) = asked else {
        return bad(
            "query",
            "after: needs the number of the last record that you have, or nothing",
        );
    };
    let found = match admin.app.store.quarantine(after, QUARANTINE_MAX).await {
        Ok(found) => found,
        Err(error) => return store_failed(&error),
    };
    let shown = found.into_iter().map(|record| QuarantinedRecord {
        id: record.id,
        source: record.source,
        sequence: record.sequence,
        reason: record.reason,
        received_at: record.received_at.to_string(),
        record: record.record,
    });
    json(StatusCode::OK, &Quarantine { records: shown.collect() })
}

/// Finds a subscription by its id or by the code of its order.
async fn find(admin: &Admin, text: &str) -> Result<OrderId, Response> {
    match admin.app.events.find(text).await {
        Ok(Some(id)) => Ok(id),
        Ok(None) => Err(unknown()),
        Err(error) => Err(store_failed(&error)),
    }
}

fn with_version(mut response: Response, version: u64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// `GET /api/subscriptions/{id}/usage`
pub async fn usage(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "usage:read").await {
        return response;
    }
    let id = match find(&admin, &id).await {
        Ok(id) => id,
        Err(response) => return response,
    };
    match admin.app.usage.usage_of(id).await {
        Ok(Some(usage)) => with_version(json(StatusCode::OK, &usage), usage.version),
        Ok(None) => unknown(),
        Err(error) => store_failed(&error),
    }
}

/// What `GET /api/subscriptions/{id}/usage/history` is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    from: String,
    to: String,
    #[serde(default)]
    granularity: Option<String>,
    #[serde(default)]
    roaming: Option<bool>,
    #[serde(default)]
    shared: Option<bool>,
}

impl HistoryQuery {
    fn read(&self) -> Result<Asked, &'static str> {
        let at = |text: &str| text.parse::<Timestamp>().ok();
        let start = at(&self.from).ok_or("from: needs a time such as 2030-01-31T00:00:00Z")?;
        let end = at(&self.to).ok_or("to: needs a time such as 2030-01-31T00:00:00Z")?;
        let name = self.granularity.as_deref().unwrap_or("total");
        let granularity =
            Granularity::from_name(name).ok_or("granularity: one of minute, hour, day, total")?;
        let network = |is| if is { Network::Roaming } else { Network::Home };
        let sharing = |is| if is { Sharing::Shared } else { Sharing::Own };
        let filter = Filter {
            profile: None,
            regime: self.roaming.map(network),
            sharing: self.shared.map(sharing),
        };
        Ok(Asked { window: Window { start, end }, granularity, filter })
    }
}

/// `GET /api/subscriptions/{id}/usage/history`
pub async fn history(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    asked: Result<Query<HistoryQuery>, QueryRejection>,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "usage:read").await {
        return response;
    }
    let id = match find(&admin, &id).await {
        Ok(id) => id,
        Err(response) => return response,
    };
    let Ok(Query(asked)) = asked else {
        let message = "from and to are needed; granularity, roaming=true|false and \
                       shared=true|false may be added";
        return bad("query", message);
    };
    let asked = match asked.read() {
        Ok(asked) => asked,
        Err(message) => return bad("query", message),
    };
    match admin.app.usage.usage_history(id, &asked).await {
        Ok(entries) => {
            let granularity = asked.granularity.name().to_owned();
            let spans = entries.iter().map(span).collect();
            json(StatusCode::OK, &UsageHistory { granularity, spans })
        }
        Err(HistoryError::Window(error)) => bad("window", &error.to_string()),
        Err(HistoryError::Unknown) => unknown(),
        Err(HistoryError::Store(error)) => store_failed(&error),
    }
}

fn span(entry: &Entry) -> UsageSpan {
    UsageSpan {
        from: entry.window.start.to_string(),
        to: entry.window.end.to_string(),
        sent_bytes: entry.counts.sent.0,
        received_bytes: entry.counts.received.0,
        connected_s: u64::try_from(entry.connected.as_secs()).unwrap_or(0),
    }
}

/// `GET /api/subscriptions/{id}/connections`
pub async fn connections(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "usage:read").await {
        return response;
    }
    let id = match find(&admin, &id).await {
        Ok(id) => id,
        Err(response) => return response,
    };
    let now = admin.app.clock.now();
    let shown = |link: Link| Connection {
        started_at: link.started_at.to_string(),
        duration_s: {
            let end = link.ended_at.unwrap_or(now);
            u64::try_from(end.duration_since(link.started_at).as_secs()).unwrap_or(0)
        },
        open: link.ended_at.is_none(),
    };
    match admin.app.usage.connections(id).await {
        Ok(Some(links)) => {
            let connections = links.into_iter().map(shown).collect();
            json(StatusCode::OK, &Connections { connections })
        }
        Ok(None) => unknown(),
        Err(error) => store_failed(&error),
    }
}

/// `PUT /api/subscriptions/{id}/billing`: sent again, it changes nothing; with `If-Match`, only
/// the version that was read will do.
pub async fn billing(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let token = match authorised(&admin, &headers, "billing:write").await {
        Ok(token) => token,
        Err(response) => return response,
    };
    let id = match find(&admin, &id).await {
        Ok(id) => id,
        Err(response) => return response,
    };
    let sent: BillingUpdate = match read(body, BILLING_BYTES_MAX) {
        Ok(sent) => sent,
        Err(response) => return *response,
    };
    let update = match read_update(&sent) {
        Ok(update) => update,
        Err(message) => return bad("billing", &message),
    };
    let version = match headers.get(IF_MATCH).map(version) {
        None => None,
        Some(Some(version)) => Some(version),
        Some(None) => return bad("if_match", "If-Match: needs the ETag of a GET of its usage"),
    };
    let answered = update.usage.map(|usage| Answered::Said(usage.as_of));
    let actor = format!("token:{}", token.name);
    let entry = audit(admin.app.clock.now(), &actor, "billing.said", &id.to_string());
    let besides = Besides { version, answered, commands: vec![Command::Audit(entry)] };
    match admin.app.usage.apply(id, &Event::Operator(update), besides).await {
        Ok((verdict, metered)) => heard(verdict, &metered),
        Err(StoreError::Missing) => unknown(),
        Err(StoreError::Conflict) => {
            let message = "the subscription changed since; read it again";
            refuse(StatusCode::PRECONDITION_FAILED, "version", message)
        }
        Err(error) => store_failed(&error),
    }
}

fn version(tag: &HeaderValue) -> Option<u64> {
    tag.to_str().ok()?.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

fn heard(verdict: Verdict, metered: &Metered) -> Response {
    let warning = match verdict {
        Verdict::Accepted | Verdict::Ignored(Ignored::Repeated) => None,
        Verdict::Ignored(Ignored::Outdated { .. }) => Some("older_than_stored"),
        Verdict::Ignored(Ignored::Ended | Ignored::NotDue) => Some("plan_over"),
        Verdict::Rejected(_) => Some("impossible"),
    };
    let taken = BillingTaken {
        applied: warning.is_none(),
        warning: warning.map(str::to_owned),
        usage: describe(metered),
    };
    with_version(json(StatusCode::OK, &taken), metered.version)
}
