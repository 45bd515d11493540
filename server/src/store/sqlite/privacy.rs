//! Erasure in SQLite: the tables that hold something of a person, and the cleaning of the files.
//!
//! `secure_delete` overwrites what is deleted, but a page that was split may still hold what has
//! moved; only writing the database anew takes that away. Not here: the order's own row, which
//! its ledger writes.

use domain::Timestamp;
use domain::code::{Id, OrderId};
use domain::identity::Iccid;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::reads::{all, one, orders};
use super::rows::{column, corrupt, instant, ms, subscriber_columns};
use super::writer::run_sql;
use super::{SqliteStore, unavailable};
use crate::store::privacy::{Erasure, PrivacyCommand, PrivacyStore};
use crate::store::{Claims, Order, Reply, StoreError};

/// What each table forgets of an order: `?1` is its id. A table that holds something of a person
/// has a line here.
const OF_ORDER: &[&str] = &[
    "UPDATE subscription SET sub_kind = NULL, sub_id = NULL, icc_id = NULL WHERE order_id = ?1",
    "UPDATE usage SET imsi = NULL, iccid = NULL WHERE subscription = ?1",
    "DELETE FROM usage_session WHERE usage = (SELECT id FROM usage WHERE subscription = ?1)",
    "DELETE FROM customer_data WHERE order_id = ?1",
    "DELETE FROM order_access WHERE order_id = ?1",
    "DELETE FROM resume_link WHERE order_id = ?1",
    "DELETE FROM document WHERE order_id = ?1",
    "DELETE FROM current_document WHERE order_id = ?1",
    "DELETE FROM refresh_access WHERE order_id = ?1",
    "UPDATE event_state SET interface = NULL WHERE subscription = ?1",
    "UPDATE notification SET interface = NULL, message = iif(message IS NULL, NULL, x''),
         text = iif(text IS NULL, NULL, '') WHERE subscription = ?1",
    "DELETE FROM message_answer WHERE subscription = ?1",
    "DELETE FROM message_part WHERE subscription = ?1",
];

/// The condition of the partial index `orders_identified`.
const IDENTIFIED: &str = "(sub_id IS NOT NULL OR dev_id IS NOT NULL OR icc_id IS NOT NULL)
      AND NOT (resets AND state = 'active')";

/// Writes one command.
pub(super) fn write(c: &Connection, command: &PrivacyCommand) -> Result<(), StoreError> {
    match command {
        PrivacyCommand::Erase(erasure) => erase(c, erasure),
    }
}

fn erase(c: &Connection, erasure: &Erasure) -> Result<(), StoreError> {
    let order = erasure.order.to_string();
    let sql = "SELECT 1 FROM outbox WHERE order_id = ?1 AND done_at IS NULL";
    let mut waiting = c.prepare_cached(sql).map_err(unavailable)?;
    if waiting.exists([&order]).map_err(unavailable)? {
        return Err(StoreError::Conflict);
    }
    OF_ORDER.iter().try_for_each(|sql| run_sql(c, sql, [&order]))?;
    run_sql(c, "DELETE FROM customer_draft WHERE session = ?1", [&erasure.session])?;
    // Another order of the same visit may still need it.
    run_sql(
        c,
        "DELETE FROM session WHERE id_hash = ?1
         AND NOT EXISTS (SELECT 1 FROM orders WHERE session = ?1)",
        [&erasure.session],
    )?;
    run_sql(
        c,
        "INSERT INTO erasure VALUES (?1, ?2, ?3, 0)",
        params![order, ms(erasure.at), erasure.actor],
    )
}

/// Writes the database anew and empties the log beside it. Blocks the writer.
pub(super) fn scrub(c: &Connection) -> Result<(), StoreError> {
    c.execute_batch("VACUUM").map_err(unavailable)?;
    let is_busy: bool = c
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(unavailable)?;
    if is_busy {
        return Err(StoreError::Unavailable("a reader holds the log".to_owned()));
    }
    run_sql(c, "UPDATE erasure SET is_scrubbed = 1 WHERE is_scrubbed = 0", [])
}

impl PrivacyStore for SqliteStore {
    fn erased(&self, order: OrderId) -> Reply<'_, Option<(Timestamp, String)>> {
        let sql = "SELECT * FROM erasure WHERE order_id = ?1";
        self.read(move |c| {
            one(c, sql, [order.to_string()], |row| Ok((instant(row, "at")?, column(row, "actor")?)))
        })
    }

    fn identified(
        &self,
        before: Timestamp,
        after: Option<OrderId>,
        limit: u32,
    ) -> Reply<'_, Vec<OrderId>> {
        let sql = format!(
            "SELECT id FROM orders WHERE {IDENTIFIED} AND coalesce(grant_to, created_at) < ?1
             AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT ?3"
        );
        let after = after.map(|id| id.to_string());
        self.read(move |c| {
            all(c, &sql, params![ms(before), after, limit], |row| {
                let id: String = column(row, "id")?;
                Id::parse(&id).ok_or_else(|| corrupt("id"))
            })
        })
    }

    fn orders_of(&self, claims: Claims, limit: u32) -> Reply<'_, Vec<Order>> {
        let (kind, id) = subscriber_columns(claims.subscriber.as_ref());
        let iccid = claims.iccid.as_ref().map(|iccid: &Iccid| iccid.reveal().to_owned());
        let condition = "(sub_kind = ?1 AND sub_id = ?2) OR icc_id = ?3 ORDER BY id DESC LIMIT ?4";
        self.read(move |c| orders(c, condition, params![kind, id, iccid, limit]))
    }

    fn needs_scrub(&self) -> Reply<'_, bool> {
        self.read(|c| {
            let sql = "SELECT 1 FROM erasure WHERE is_scrubbed = 0 LIMIT 1";
            let found = c.query_row(sql, [], |_| Ok(())).optional().map_err(unavailable)?;
            Ok(found.is_some())
        })
    }

    fn scrub(&self) -> Reply<'_, ()> {
        Box::pin(self.writer.scrub())
    }
}
