//! Usage as rows: the writes of one batch, and the sweeping of what is old.
//!
//! Many records of one batch become few writes: a state, a session, a minute each. Statements are
//! prepared once. Not here: the queries ([`super::usage_reads`]) and how terms and states lie in
//! their columns ([`super::usage_codec`], [`super::usage_state`]).

use domain::Timestamp;
use domain::code::OrderId;
use domain::events::Network;
use domain::usage::Due;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

use super::rows::{count, ms};
use super::unavailable;
use super::usage_codec::terms_text;
use super::usage_reads;
use super::usage_state;
use super::writer::{changed, run_sql};
use crate::store::StoreError;
use crate::store::usage::{
    Bucket, Limits, LinkWrite, NewMetered, Seen, SessionValue, StateWrite, Taken, UsageCommand,
};
use crate::usage::decision::{Report, ReportKind};

/// Rows of history that one statement adds to.
const BUCKETS_AT_ONCE: usize = 32;

/// Does one write of usage.
pub(super) fn write(c: &Connection, command: &UsageCommand) -> Result<(), StoreError> {
    match command {
        UsageCommand::Open(new) => open(c, new),
        UsageCommand::Take(taken) => take(c, taken),
        UsageCommand::End { subscription, at } => end(c, *subscription, *at),
        UsageCommand::Report { subscription, report } => take_report(c, *subscription, *report),
        UsageCommand::PutOffQuestion { key, due_at, error } => run_sql(
            c,
            "UPDATE usage_outbox SET due_at = ?2, last_error = ?3, attempts = attempts + 1
             WHERE key = ?1 AND done_at IS NULL",
            params![key, ms(*due_at), error],
        ),
        UsageCommand::RollUp { minutes_before } => roll_up(c, *minutes_before),
        UsageCommand::Sweep(limits) => sweep(c, limits),
    }
}

fn open(c: &Connection, new: &NewMetered) -> Result<(), StoreError> {
    let state = domain::usage::State::begun(&new.terms, new.begun_at);
    let deadline = domain::usage::next_deadline(&state, &new.terms);
    let is_new = changed(
        c,
        "INSERT OR IGNORE INTO usage (subscription, brand, plan, imsi, iccid, starts_at, ends_at,
             terms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.subscription.to_string(),
            new.brand.as_str(),
            new.plan,
            new.imsi.as_ref().map(|imsi| imsi.reveal()),
            new.iccid.as_ref().map(|iccid| iccid.reveal()),
            ms(new.starts_at),
            new.terms.end().map(ms),
            terms_text(&new.terms),
        ],
    )?;
    if is_new == 0 {
        return Ok(());
    }
    run_sql(
        c,
        "INSERT INTO usage_state VALUES (last_insert_rowid(), 1, ?1, ?2)",
        params![deadline.map(ms), usage_state::begun(&state, new.starts_at)],
    )
}

/// Counts nothing of a plan from here on, unless it ended before; the engine tells its end when it
/// looks at the clock next.
fn end(c: &Connection, subscription: OrderId, at: Timestamp) -> Result<(), StoreError> {
    let Some(mut metered) = usage_reads::metered(c, subscription)? else { return Ok(()) };
    let end = at.max(metered.starts_at);
    if metered.ends_at.is_some_and(|known| known <= end) {
        return Ok(());
    }
    metered.terms.expires_at = Some(end);
    metered.state.due = Due::after(&metered.terms, end);
    let deadline = domain::usage::next_deadline(&metered.state, &metered.terms);
    let mut state = Vec::new();
    usage_state::write(&mut state, &metered);
    run_sql(
        c,
        "UPDATE usage SET terms = ?2, ends_at = ?3 WHERE id = ?1",
        params![metered.handle, terms_text(&metered.terms), ms(end)],
    )?;
    // Whoever decided on the version before decides anew.
    run_sql(
        c,
        "UPDATE usage_state SET version = version + 1, state = ?2, next_deadline = ?3 WHERE id = ?1",
        params![metered.handle, state, deadline.map(ms)],
    )
}

fn take(c: &Connection, taken: &Taken) -> Result<(), StoreError> {
    if let Some(source) = &taken.source {
        let source = source_number(c, source)?;
        for (chunk, seen) in &taken.seen {
            take_numbers(c, source, *chunk, seen, ms(taken.at))?;
        }
        save_sessions(c, source, &taken.sessions)?;
    }
    save_states(c, &taken.states)?;
    add_buckets(c, "usage_minute", &taken.minutes)?;
    add_buckets(c, "usage_hour", &taken.hours)?;
    taken.links.iter().try_for_each(|link| save_link(c, *link))?;
    for record in &taken.quarantine {
        run_sql(
            c,
            "INSERT INTO usage_quarantine (source, sequence, reason, received_at, record)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                record.source,
                count(record.sequence),
                record.reason,
                ms(record.received_at),
                record.record
            ],
        )?;
    }
    for question in &taken.questions {
        run_sql(
            c,
            "INSERT OR IGNORE INTO usage_outbox (key, subscription, created_at, due_at)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                question.key,
                question.subscription.to_string(),
                ms(question.created_at),
                ms(question.due_at)
            ],
        )?;
    }
    for (subscription, until) in &taken.answered {
        run_sql(
            c,
            "UPDATE usage_outbox SET done_at = ?3, last_error = NULL
             WHERE subscription = ?1 AND created_at <= ?2 AND done_at IS NULL",
            params![subscription.to_string(), ms(*until), ms(taken.at)],
        )?;
    }
    Ok(())
}

fn source_number(c: &Connection, name: &str) -> Result<i64, StoreError> {
    run_sql(c, "INSERT OR IGNORE INTO usage_source (name) VALUES (?1)", [name])?;
    let mut statement =
        c.prepare_cached("SELECT id FROM usage_source WHERE name = ?1").map_err(unavailable)?;
    statement.query_row([name], |row| row.get(0)).map_err(unavailable)
}

/// A number that is taken already means that the batch was decided on old knowledge.
fn take_numbers(
    c: &Connection,
    source: i64,
    chunk: u64,
    new: &Seen,
    at: i64,
) -> Result<(), StoreError> {
    let chunk = count(chunk);
    let sql = "SELECT bits FROM usage_seen WHERE source = ?1 AND chunk = ?2";
    let mut statement = c.prepare_cached(sql).map_err(unavailable)?;
    let known: Option<Vec<u8>> = statement
        .query_row(params![source, chunk], |row| row.get(0))
        .optional()
        .map_err(unavailable)?;
    let known = match known {
        Some(bytes) => Seen::parse(&bytes).ok_or_else(|| super::rows::corrupt("bits"))?,
        None => Seen::default(),
    };
    let all = known.merged(new).ok_or(StoreError::Conflict)?;
    run_sql(
        c,
        "INSERT INTO usage_seen VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET bits = excluded.bits, at = excluded.at",
        params![source, chunk, all.bytes(), at],
    )
}

fn save_sessions(
    c: &Connection,
    source: i64,
    sessions: &[(String, SessionValue)],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO usage_session VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE
               SET usage = excluded.usage, sent = excluded.sent, received = excluded.received,
                   at = excluded.at";
    let mut statement = c.prepare_cached(sql).map_err(unavailable)?;
    for (session, value) in sessions {
        let carried = value.carried;
        let (sent, received) = (count(carried.sent), count(carried.received));
        let values = params![source, session, value.handle, sent, received, ms(value.at)];
        statement.execute(values).map_err(unavailable)?;
    }
    Ok(())
}

fn save_states(c: &Connection, writes: &[StateWrite]) -> Result<(), StoreError> {
    let prepared = |sql| c.prepare_cached(sql).map_err(unavailable);
    // Most deadlines stay: the index is spared then.
    let mut still = prepared(
        "UPDATE usage_state SET version = ?2, state = ?3 WHERE id = ?1 AND version = ?2 - 1",
    )?;
    let mut moved = prepared(
        "UPDATE usage_state SET version = ?2, state = ?3, next_deadline = ?4
         WHERE id = ?1 AND version = ?2 - 1",
    )?;
    let mut room = Vec::new();
    for write in writes {
        let metered = &write.metered;
        if write.has_new_terms {
            run_sql(
                c,
                "UPDATE usage SET terms = ?2, ends_at = ?3 WHERE id = ?1",
                params![metered.handle, terms_text(&metered.terms), metered.ends_at.map(ms)],
            )?;
        }
        usage_state::write(&mut room, metered);
        let (handle, version) = (metered.handle, count(metered.version));
        let changed = match write.has_new_deadline {
            true => moved.execute(params![handle, version, room, write.next_deadline.map(ms)]),
            false => still.execute(params![handle, version, room]),
        };
        if changed.map_err(unavailable)? == 0 {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// Many rows take one statement, which is a third less work than one each.
fn add_buckets(c: &Connection, table: &str, buckets: &[Bucket]) -> Result<(), StoreError> {
    let (many, rest) = buckets.as_chunks::<BUCKETS_AT_ONCE>();
    for (buckets, rows) in many
        .iter()
        .map(|chunk| (chunk.as_slice(), BUCKETS_AT_ONCE))
        .chain(rest.iter().map(|bucket| (std::slice::from_ref(bucket), 1)))
    {
        let marks = vec!["(?, ?, ?, ?, ?)"; rows].join(", ");
        let sql = format!(
            "INSERT INTO {table} VALUES {marks} ON CONFLICT DO UPDATE
             SET sent = sent + excluded.sent, received = received + excluded.received"
        );
        let values = buckets.iter().flat_map(|bucket| {
            let Bucket { slot, handle, kind, carried } = *bucket;
            [slot, handle, kind.number().into(), count(carried.sent), count(carried.received)]
        });
        let mut statement = c.prepare_cached(&sql).map_err(unavailable)?;
        statement.execute(params_from_iter(values)).map_err(unavailable)?;
    }
    Ok(())
}

fn save_link(c: &Connection, link: LinkWrite) -> Result<(), StoreError> {
    match link {
        LinkWrite::Up { handle, at, is_roaming } => run_sql(
            c,
            "INSERT OR IGNORE INTO usage_connection SELECT ?1, ?2, NULL, ?3
             WHERE NOT EXISTS (SELECT 1 FROM usage_connection
                 WHERE usage = ?1 AND ended_at IS NULL)",
            params![handle, ms(at), is_roaming],
        ),
        LinkWrite::Down { handle, at } => run_sql(
            c,
            "UPDATE usage_connection SET ended_at = max(?2, started_at)
             WHERE usage = ?1 AND ended_at IS NULL",
            params![handle, ms(at)],
        ),
        LinkWrite::Moved { handle, at, is_roaming } => {
            let was_open = changed(
                c,
                "UPDATE usage_connection SET ended_at = max(?2, started_at)
                 WHERE usage = ?1 AND ended_at IS NULL AND roaming <> ?3",
                params![handle, ms(at), is_roaming],
            )?;
            match was_open {
                0 => Ok(()),
                _ => save_link(c, LinkWrite::Up { handle, at, is_roaming }),
            }
        }
    }
}

fn take_report(c: &Connection, subscription: OrderId, report: Report) -> Result<(), StoreError> {
    let Report { event, at } = report;
    let Some(mut metered) = usage_reads::metered(c, subscription)? else { return Ok(()) };
    if metered.ends_at.is_some_and(|ends_at| ends_at <= at) {
        return Ok(());
    }
    let (handle, registered) = (metered.handle, metered.registered);
    match event {
        ReportKind::Connected => {
            let is_roaming = registered == Some(Network::Roaming);
            save_link(c, LinkWrite::Up { handle, at, is_roaming })
        }
        ReportKind::Disconnected => save_link(c, LinkWrite::Down { handle, at }),
        ReportKind::Registered(network) if registered == Some(network) => Ok(()),
        ReportKind::Registered(network) => {
            metered.registered = Some(network);
            let mut state = Vec::new();
            usage_state::write(&mut state, &metered);
            run_sql(
                c,
                "UPDATE usage_state SET version = version + 1, state = ?2 WHERE id = ?1",
                params![handle, state],
            )?;
            save_link(c, LinkWrite::Moved { handle, at, is_roaming: network == Network::Roaming })
        }
    }
}

fn roll_up(c: &Connection, minutes_before: i64) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT INTO usage_hour
         SELECT minute / 60, usage, kind, sum(sent), sum(received) FROM usage_minute
         WHERE minute < ?1 GROUP BY 1, 2, 3 ON CONFLICT DO UPDATE
         SET sent = sent + excluded.sent, received = received + excluded.received",
        [minutes_before],
    )?;
    run_sql(c, "DELETE FROM usage_minute WHERE minute < ?1", [minutes_before])
}

/// Most rows of a table that one sweep forgets, so that it keeps no writer waiting.
const SWEPT_MAX: u32 = 50_000;
/// How long after it has to go the sessions of a plan are looked for: a server that stood still
/// for longer leaves rows behind, which nobody asks for.
const LOOKED_FOR_MS: i64 = 30 * 24 * 3_600_000;

fn sweep(c: &Connection, limits: &Limits) -> Result<(), StoreError> {
    let Limits { hours_before, before } = *limits;
    let hour_ms: i64 = 3_600_000;
    let before = ms(before);
    let all = [
        (
            "DELETE FROM usage_hour WHERE (hour, usage, kind) IN
                 (SELECT hour, usage, kind FROM usage_hour WHERE hour < ?1 LIMIT ?2)",
            hours_before,
        ),
        (
            "DELETE FROM usage_connection WHERE (usage, started_at) IN
                 (SELECT usage, started_at FROM usage_connection WHERE ended_at < ?1 LIMIT ?2)",
            hours_before.saturating_mul(hour_ms),
        ),
        (
            "DELETE FROM usage_seen WHERE (source, chunk) IN
                 (SELECT source, chunk FROM usage_seen WHERE at < ?1 LIMIT ?2)",
            before,
        ),
        (
            "DELETE FROM usage_quarantine WHERE id IN
                 (SELECT id FROM usage_quarantine WHERE received_at < ?1 LIMIT ?2)",
            before,
        ),
        (
            "DELETE FROM usage_outbox WHERE key IN
                 (SELECT key FROM usage_outbox WHERE done_at < ?1 LIMIT ?2)",
            before,
        ),
    ];
    for (sql, before) in all {
        run_sql(c, sql, params![before, SWEPT_MAX])?;
    }
    // While a plan runs, a session that was silent for long must not count in full again.
    run_sql(
        c,
        "DELETE FROM usage_session WHERE (source, session) IN
             (SELECT s.source, s.session FROM usage u JOIN usage_session s ON s.usage = u.id
              WHERE u.ends_at < ?1 AND u.ends_at >= ?3 AND s.at < ?1 LIMIT ?2)",
        params![before, SWEPT_MAX, before.saturating_sub(LOOKED_FOR_MS)],
    )
}
