//! Events in SQLite: the commands and queries of [`crate::store::events`].
//!
//! Not here: how a cause lies in its row ([`super::causes`]).

use domain::Timestamp;
use domain::code::Id;
use domain::events::{Check, Network, Raised, Sharing, State, next_deadline};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tokio::sync::watch;

use super::reads::{all, one};
use super::rows::{column, corrupt, count, instant, ms, optional_instant};
use super::writer::{changed, run_sql};
use super::{SqliteStore, causes, unavailable};
use crate::store::events::{
    Asked, Backlog, DeliveryLine, Endpoint, EventState, EventsCommand, EventsStore, HookDelivery,
    Latest, Next, Notification, Try,
};
use crate::store::{Reply, StoreError};

/// Conditions in the words of the partial indexes, so that those are used.
const OPEN: &str = "d.state = 'open'";
const DEAD: &str = "d.state = 'dead'";

/// Writes one command.
pub(super) fn write(c: &Connection, command: &EventsCommand) -> Result<(), StoreError> {
    match command {
        EventsCommand::Raise { subscription, raised } => raise(c, *subscription, raised),
        EventsCommand::SaveState(state) => save_state(c, state),
        EventsCommand::TakeReport { source, id, at, check } => {
            let sql = "INSERT INTO event_report VALUES (?1, ?2, ?3, ?4)";
            run_sql(c, sql, params![source, id, ms(*at), check.map(count)])
        }
        EventsCommand::AnswerSharing { subscription, check, sharing, at } => {
            let (outcome, reason) = sharing_columns(sharing);
            run_sql(
                c,
                "INSERT OR IGNORE INTO sharing_answer VALUES (?1, ?2, ?3, ?4, ?5)",
                params![subscription.to_string(), count(*check), outcome, reason, ms(*at)],
            )
        }
        EventsCommand::AddEndpoint { name } => run_sql(
            c,
            "INSERT OR IGNORE INTO webhook_endpoint (name, cursor)
             VALUES (?1, (SELECT coalesce(max(id), 0) FROM notification))",
            [name],
        ),
        EventsCommand::Enqueue { endpoint, up_to, wanted, at } => {
            enqueue(c, endpoint, *up_to, wanted, *at)
        }
        EventsCommand::Settle(tried) => settle(c, tried),
        EventsCommand::Disable { endpoint, at, why } => run_sql(
            c,
            "UPDATE webhook_endpoint SET disabled_at = ?2, disabled_why = ?3 WHERE name = ?1",
            params![endpoint, ms(*at), why],
        ),
        EventsCommand::Replay { endpoint, notification, at } => {
            replay(c, endpoint, *notification, *at)
        }
        EventsCommand::Forget { before } => forget(c, ms(*before)),
        EventsCommand::Streamed { notifications, channel, at } => {
            notifications.iter().try_for_each(|id| log(c, *id, channel, *at, "streamed"))
        }
    }
}

fn raise(c: &Connection, subscription: Id, raised: &Raised) -> Result<(), StoreError> {
    let id = subscription.to_string();
    let brand: Option<String> = c
        .prepare_cached("SELECT brand FROM subscription WHERE order_id = ?1")
        .and_then(|mut found| found.query_row([&id], |row| row.get(0)).optional())
        .map_err(unavailable)?;
    let brand = brand.ok_or(StoreError::Missing)?;
    let fixed = [
        ("subscription", Value::Text(id)),
        ("key", Value::Text(raised.key.clone())),
        ("brand", Value::Text(brand)),
        ("at", Value::Integer(ms(raised.at))),
    ];
    let columns: Vec<_> = fixed.into_iter().chain(causes::columns(&raised.cause)).collect();
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let marks: Vec<_> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
    let sql = format!(
        "INSERT INTO notification (seq, interface, {}) VALUES (
            (SELECT coalesce(max(seq), 0) + 1 FROM notification WHERE subscription = ?1),
            (SELECT interface FROM event_state WHERE subscription = ?1), {})
         ON CONFLICT (subscription, key) DO NOTHING",
        names.join(", "),
        marks.join(", ")
    );
    run_sql(c, &sql, rusqlite::params_from_iter(columns.iter().map(|(_, value)| value)))
}

fn save_state(c: &Connection, record: &EventState) -> Result<(), StoreError> {
    let state = &record.state;
    let checks: Vec<_> = state
        .checks
        .iter()
        .map(|check| format!("{}:{}", check.number, ms(check.asked_at)))
        .collect();
    let done = changed(
        c,
        "INSERT INTO event_state VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (subscription) DO UPDATE SET version = ?2, interface = ?3, is_connected = ?4,
            registered = ?5, told = ?6, has_handler = ?7, raised = ?8, checks_made = ?9,
            checks = ?10, next_deadline = ?11 WHERE version = ?2 - 1",
        params![
            record.subscription.to_string(),
            count(record.version),
            record.interface,
            state.is_connected,
            state.registered.map(Network::name),
            state.told.map(Network::name),
            state.has_handler,
            count(state.raised),
            count(state.checks_made),
            checks.join(" "),
            next_deadline(state).map(ms),
        ],
    )?;
    if done == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

fn enqueue(
    c: &Connection,
    endpoint: &str,
    up_to: i64,
    wanted: &[(i64, Id)],
    at: Timestamp,
) -> Result<(), StoreError> {
    for (notification, subscription) in wanted {
        let subscription = subscription.to_string();
        run_sql(
            c,
            "INSERT OR IGNORE INTO webhook_delivery
                (endpoint, notification, subscription, state, queued_at)
             VALUES (?1, ?2, ?3, 'open', ?4)",
            params![endpoint, notification, subscription, ms(at)],
        )?;
        let queue = "INSERT OR IGNORE INTO webhook_queue VALUES (?1, ?2, ?3)";
        run_sql(c, queue, params![endpoint, subscription, ms(at)])?;
    }
    let cursor = "UPDATE webhook_endpoint SET cursor = max(cursor, ?2) WHERE name = ?1";
    run_sql(c, cursor, params![endpoint, up_to])
}

fn settle(c: &Connection, tried: &Try) -> Result<(), StoreError> {
    let Try { endpoint, notification, at, outcome, next } = tried;
    log(c, *notification, &format!("webhook {endpoint}"), *at, outcome)?;
    let (state, settled_at) = match next {
        Next::Done => ("done", Some(ms(*at))),
        Next::Later(_) => ("open", None),
        Next::Dead => ("dead", Some(ms(*at))),
    };
    run_sql(
        c,
        "UPDATE webhook_delivery
         SET state = ?3, settled_at = ?4, last_outcome = ?5, attempts = attempts + 1
         WHERE endpoint = ?1 AND notification = ?2",
        params![endpoint, notification, state, settled_at, outcome],
    )?;
    let due_at = match next {
        Next::Later(due_at) => *due_at,
        Next::Done | Next::Dead => *at,
    };
    // The queue lives as long as its subscriber has something open.
    run_sql(
        c,
        "UPDATE webhook_queue SET due_at = ?3 WHERE endpoint = ?1 AND subscription =
            (SELECT subscription FROM webhook_delivery WHERE endpoint = ?1 AND notification = ?2)",
        params![endpoint, notification, ms(due_at)],
    )?;
    run_sql(
        c,
        "DELETE FROM webhook_queue WHERE endpoint = ?1
            AND subscription = (SELECT subscription FROM webhook_delivery
                WHERE endpoint = ?1 AND notification = ?2)
            AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.state = 'open'
                AND d.endpoint = ?1 AND d.subscription = webhook_queue.subscription)",
        params![endpoint, notification],
    )
}

fn replay(
    c: &Connection,
    endpoint: &str,
    notification: Option<i64>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_endpoint SET disabled_at = NULL, disabled_why = NULL WHERE name = ?1";
    if changed(c, sql, [endpoint])? == 0 {
        return Err(StoreError::Missing);
    }
    run_sql(
        c,
        "INSERT INTO webhook_queue
         SELECT DISTINCT endpoint, subscription, ?3 FROM webhook_delivery
         WHERE endpoint = ?1 AND state = 'dead' AND (?2 IS NULL OR notification = ?2)
         ON CONFLICT (endpoint, subscription) DO UPDATE SET due_at = ?3",
        params![endpoint, notification, ms(at)],
    )?;
    let opened = changed(
        c,
        "UPDATE webhook_delivery
         SET state = 'open', attempts = 0, settled_at = NULL, queued_at = ?3
         WHERE endpoint = ?1 AND state = 'dead' AND (?2 IS NULL OR notification = ?2)",
        params![endpoint, notification, ms(at)],
    )?;
    if opened == 0 && notification.is_some() { Err(StoreError::Missing) } else { Ok(()) }
}

/// What grows old, with the column that says when it was.
const AGING: [(&str, &str); 4] = [
    ("event_report", "at"),
    ("sharing_answer", "at"),
    ("webhook_delivery", "queued_at"),
    ("event_delivery", "at"),
];
/// Rows of each table that are forgotten at once, so few that nobody waits long for it.
const FORGOTTEN_AT_ONCE: u32 = 1000;
/// A message that is still there, in the words of its partial index.
const MESSAGE: &str = "message <> x''";

/// Forgets old rows, oldest first.
fn forget(c: &Connection, before: i64) -> Result<(), StoreError> {
    let values = params![before, FORGOTTEN_AT_ONCE];
    for sql in [
        "DELETE FROM event_report WHERE (source, id) IN
            (SELECT source, id FROM event_report WHERE at < ?1 ORDER BY at LIMIT ?2)",
        "DELETE FROM sharing_answer WHERE (subscription, check_number) IN
            (SELECT subscription, check_number FROM sharing_answer
             WHERE at < ?1 ORDER BY at LIMIT ?2)",
        "DELETE FROM event_delivery WHERE id IN
            (SELECT id FROM event_delivery WHERE at < ?1 ORDER BY at LIMIT ?2)",
        // A queue lives as long as its subscriber has something open.
        "DELETE FROM webhook_queue WHERE (endpoint, subscription) IN
            (SELECT endpoint, subscription FROM webhook_delivery
             WHERE queued_at < ?1 ORDER BY queued_at LIMIT ?2)
            AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.state = 'open'
                AND d.endpoint = webhook_queue.endpoint
                AND d.subscription = webhook_queue.subscription AND d.queued_at >= ?1)",
        "DELETE FROM webhook_delivery WHERE (endpoint, notification) IN
            (SELECT endpoint, notification FROM webhook_delivery
             WHERE queued_at < ?1 ORDER BY queued_at LIMIT ?2)",
    ] {
        run_sql(c, sql, values)?;
    }
    let blank = format!(
        "UPDATE notification SET message = x'', text = '' WHERE id IN
            (SELECT id FROM notification WHERE at < ?1 AND {MESSAGE} ORDER BY at LIMIT ?2)"
    );
    run_sql(c, &blank, values)
}

fn is_forgetting(c: &Connection, before: i64) -> Result<bool, StoreError> {
    let conditions = AGING.map(|(table, at)| format!("SELECT 1 FROM {table} WHERE {at} < ?1"));
    let message = format!("SELECT 1 FROM notification WHERE at < ?1 AND {MESSAGE}");
    let conditions: Vec<_> =
        conditions.iter().chain([&message]).map(|sql| format!("EXISTS ({sql})")).collect();
    let sql = format!("SELECT {} AS is_left", conditions.join(" OR "));
    let found = one(c, &sql, [before], |row| column(row, "is_left"))?;
    Ok(found.unwrap_or_default())
}

fn log(
    c: &Connection,
    notification: i64,
    channel: &str,
    at: Timestamp,
    outcome: &str,
) -> Result<(), StoreError> {
    // Ignored is only what a stream was given before.
    let sql = "INSERT OR IGNORE INTO event_delivery (notification, channel, at, outcome)
               VALUES (?1, ?2, ?3, ?4)";
    run_sql(c, sql, params![notification, channel, ms(at), outcome])
}

fn sharing_columns(sharing: &Sharing) -> (&'static str, Option<&str>) {
    match sharing {
        Sharing::Allowed => ("allowed", None),
        Sharing::Disabled => ("disabled", None),
        Sharing::TimedOut => ("timed_out", None),
        Sharing::Denied { reason } => ("denied", reason.as_deref()),
    }
}

fn sharing(row: &Row<'_>) -> Result<Sharing, StoreError> {
    let outcome: String = column(row, "outcome")?;
    match outcome.as_str() {
        "allowed" => Ok(Sharing::Allowed),
        "disabled" => Ok(Sharing::Disabled),
        "timed_out" => Ok(Sharing::TimedOut),
        "denied" => Ok(Sharing::Denied { reason: column(row, "reason")? }),
        _ => Err(corrupt("outcome")),
    }
}

pub(super) fn id(row: &Row<'_>, name: &str) -> Result<Id, StoreError> {
    let text: String = column(row, name)?;
    Id::parse(&text).ok_or_else(|| corrupt(name))
}

pub(super) fn counter(row: &Row<'_>, name: &str) -> Result<u64, StoreError> {
    let value: i64 = column(row, name)?;
    u64::try_from(value).map_err(|_| corrupt(name))
}

fn network(row: &Row<'_>, name: &str) -> Result<Option<Network>, StoreError> {
    let text: Option<String> = column(row, name)?;
    text.map(|text| Network::from_name(&text).ok_or_else(|| corrupt(name))).transpose()
}

fn state(row: &Row<'_>) -> Result<EventState, StoreError> {
    let checks: String = column(row, "checks")?;
    let check = |text: &str| {
        let (number, at) = text.split_once(':')?;
        let asked_at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
        Some(Check { number: number.parse().ok()?, asked_at })
    };
    let checks: Option<Vec<Check>> = checks.split_whitespace().map(check).collect();
    Ok(EventState {
        subscription: id(row, "subscription")?,
        version: counter(row, "version")?,
        interface: column(row, "interface")?,
        state: State {
            is_connected: column(row, "is_connected")?,
            registered: network(row, "registered")?,
            told: network(row, "told")?,
            has_handler: column(row, "has_handler")?,
            raised: counter(row, "raised")?,
            checks_made: counter(row, "checks_made")?,
            checks: checks.ok_or_else(|| corrupt("checks"))?,
        },
    })
}

fn hook_delivery(row: &Row<'_>) -> Result<HookDelivery, StoreError> {
    Ok(HookDelivery {
        notification: causes::notification(row)?,
        state: column(row, "state")?,
        attempts: column(row, "attempts")?,
        settled_at: optional_instant(row, "settled_at")?,
        last_outcome: column(row, "last_outcome")?,
    })
}

impl EventsStore for SqliteStore {
    fn raised(&self) -> watch::Receiver<Latest> {
        self.writer.raised.subscribe()
    }

    fn event_state(&self, subscription: Id) -> Reply<'_, Option<EventState>> {
        let sql = "SELECT * FROM event_state WHERE subscription = ?1";
        self.read(move |c| one(c, sql, [subscription.to_string()], state))
    }

    fn due_event_states(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Id>> {
        let sql = "SELECT subscription FROM event_state WHERE next_deadline <= ?1
                   ORDER BY next_deadline LIMIT ?2";
        self.read(move |c| all(c, sql, params![ms(now), limit], |row| id(row, "subscription")))
    }

    fn sharing_answer(&self, subscription: Id, check: u64) -> Reply<'_, Option<Sharing>> {
        let sql = "SELECT * FROM sharing_answer WHERE subscription = ?1 AND check_number = ?2";
        self.read(move |c| one(c, sql, params![subscription.to_string(), count(check)], sharing))
    }

    fn report_check(&self, source: String, id: String) -> Reply<'_, Option<u64>> {
        let sql = "SELECT check_number FROM event_report
                   WHERE source = ?1 AND id = ?2 AND check_number IS NOT NULL";
        let number = |row: &Row<'_>| counter(row, "check_number");
        self.read(move |c| one(c, sql, [source, id], number))
    }

    fn is_forgetting(&self, before: Timestamp) -> Reply<'_, bool> {
        self.read(move |c| is_forgetting(c, ms(before)))
    }

    fn notifications(&self, asked: Asked) -> Reply<'_, Vec<Notification>> {
        self.read(move |c| match asked.subscription {
            None => {
                let sql = "SELECT * FROM notification WHERE id > ?1 ORDER BY id LIMIT ?2";
                all(c, sql, params![asked.after, asked.limit], causes::notification)
            }
            Some(subscription) => {
                let sql = "SELECT * FROM notification WHERE subscription = ?1 AND seq > ?2
                           ORDER BY seq LIMIT ?3";
                let values = params![subscription.to_string(), asked.after, asked.limit];
                all(c, sql, values, causes::notification)
            }
        })
    }

    fn endpoints(&self) -> Reply<'_, Vec<Endpoint>> {
        self.read(|c| {
            all(c, "SELECT * FROM webhook_endpoint ORDER BY name", [], |row| {
                let at = optional_instant(row, "disabled_at")?;
                let why: Option<String> = column(row, "disabled_why")?;
                Ok(Endpoint {
                    name: column(row, "name")?,
                    cursor: column(row, "cursor")?,
                    disabled: at.map(|at| (at, why.unwrap_or_default())),
                })
            })
        })
    }

    fn due_deliveries(
        &self,
        endpoint: String,
        now: Timestamp,
        limit: u32,
    ) -> Reply<'_, Vec<HookDelivery>> {
        let sql = "SELECT n.*, d.state, d.attempts, d.settled_at, d.last_outcome
            FROM (SELECT * FROM webhook_queue WHERE endpoint = ?1 AND due_at <= ?2
                  ORDER BY due_at LIMIT ?3) q
            JOIN webhook_delivery d ON d.endpoint = q.endpoint AND d.notification =
                (SELECT min(notification) FROM webhook_delivery o WHERE o.endpoint = q.endpoint
                 AND o.subscription = q.subscription AND o.state = 'open')
            JOIN notification n ON n.id = d.notification
            ORDER BY q.due_at, n.id";
        self.read(move |c| all(c, sql, params![endpoint, ms(now), limit], hook_delivery))
    }

    fn hook_deliveries(
        &self,
        endpoint: String,
        is_dead: bool,
        limit: u32,
    ) -> Reply<'_, Vec<HookDelivery>> {
        let sql = format!(
            "SELECT n.*, d.state, d.attempts, d.settled_at, d.last_outcome
             FROM webhook_delivery d JOIN notification n ON n.id = d.notification
             WHERE d.endpoint = ?1 AND {} ORDER BY d.notification DESC LIMIT ?2",
            if is_dead { DEAD } else { "1" }
        );
        self.read(move |c| all(c, &sql, params![endpoint, limit], hook_delivery))
    }

    fn backlog(&self, endpoint: String) -> Reply<'_, Backlog> {
        self.read(move |c| {
            let of = |condition: &str| {
                let sql = format!(
                    "SELECT count(*) AS number FROM webhook_delivery d
                     WHERE d.endpoint = ?1 AND {condition}"
                );
                let found = one(c, &sql, [endpoint.as_str()], |row| counter(row, "number"))?;
                Ok(found.unwrap_or_default())
            };
            Ok(Backlog { open: of(OPEN)?, dead: of(DEAD)? })
        })
    }

    fn delivery_lines(&self, notification: i64, limit: u32) -> Reply<'_, Vec<DeliveryLine>> {
        let sql = "SELECT * FROM (SELECT * FROM event_delivery WHERE notification = ?1
                   ORDER BY id DESC LIMIT ?2) ORDER BY id";
        self.read(move |c| {
            all(c, sql, params![notification, limit], |row| {
                Ok(DeliveryLine {
                    channel: column(row, "channel")?,
                    at: instant(row, "at")?,
                    outcome: column(row, "outcome")?,
                })
            })
        })
    }
}
