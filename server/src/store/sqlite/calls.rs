//! Calls to the outside in SQLite: the command and the query of [`crate::store::calls`].
//!
//! Not here: what is called ([`crate::engine::dispatch`]).

use domain::code::OrderId;
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::reads::all;
use super::rows::{column, corrupt, count, instant, ms};
use super::writer::{changed, run_sql};
use crate::store::calls::{CALLS_MAX, Call, Calls, CallsCommand, CallsStore};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &CallsCommand) -> Result<(), StoreError> {
    match command {
        CallsCommand::Note { order, call } => note(c, *order, call),
    }
}

fn note(c: &Connection, order: OrderId, call: &Call) -> Result<(), StoreError> {
    let order = order.to_string();
    let values =
        params![order, ms(call.at), call.whom, call.what, call.outcome, count(call.elapsed_ms)];
    let again = changed(
        c,
        "UPDATE call SET last_at = ?2, count = count + 1, elapsed_ms = ?6
         WHERE id = (SELECT max(id) FROM call WHERE order_id = ?1)
         AND whom = ?3 AND what = ?4 AND outcome = ?5",
        values,
    )?;
    if again > 0 {
        return Ok(());
    }
    run_sql(
        c,
        "INSERT INTO call (order_id, first_at, last_at, count, whom, what, outcome, elapsed_ms)
         VALUES (?1, ?2, ?2, 1, ?3, ?4, ?5, ?6)",
        values,
    )?;
    run_sql(
        c,
        "DELETE FROM call WHERE order_id = ?1 AND id <=
             (SELECT id FROM call WHERE order_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![order, CALLS_MAX],
    )
}

impl CallsStore for SqliteStore {
    fn calls(&self, order: OrderId) -> Reply<'_, Vec<Calls>> {
        let sql = "SELECT * FROM call WHERE order_id = ?1 ORDER BY id";
        let number = |value: i64| u64::try_from(value).map_err(|_| corrupt("count"));
        self.read(move |c| {
            all(c, sql, [order.to_string()], |row| {
                let last = Call {
                    at: instant(row, "last_at")?,
                    whom: column(row, "whom")?,
                    what: column(row, "what")?,
                    outcome: column(row, "outcome")?,
                    elapsed_ms: number(column(row, "elapsed_ms")?)?,
                };
                let first_at = instant(row, "first_at")?;
                Ok(Calls { first_at, last, count: number(column(row, "count")?)? })
            })
        })
    }
}
