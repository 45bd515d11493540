//! What belongs to customers' browsers in SQLite: the commands and queries of
//! [`crate::store::customer`].
//!
//! Not here: sessions ([`super::rows`]).

use domain::Timestamp;
use domain::code::{Id, OrderId};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::one;
use super::rows::{column, corrupt, instant, ms};
use super::writer::run_sql;
use crate::store::customer::{Admission, Asked, CustomerCommand, CustomerStore, ResumeLink};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &CustomerCommand) -> Result<(), StoreError> {
    match command {
        CustomerCommand::Ask(Asked { session, key, fingerprint, at }) => run_sql(
            c,
            "INSERT INTO asked_with_key VALUES (?1, ?2, ?3, ?4)",
            params![session, key, fingerprint, ms(*at)],
        ),
        CustomerCommand::Admit(Admission { order, session, sealed, at }) => run_sql(
            c,
            "INSERT INTO order_access VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET sealed = coalesce(excluded.sealed, sealed)",
            params![session, order.to_string(), sealed, ms(*at)],
        ),
        CustomerCommand::SaveLink(link) => run_sql(
            c,
            "INSERT OR REPLACE INTO resume_link VALUES (?1, ?2, ?3, ?4)",
            params![
                link.order.to_string(),
                link.token_hash,
                ms(link.created_at),
                ms(link.expires_at)
            ],
        ),
        CustomerCommand::ShutOthers { order, session } => run_sql(
            c,
            "DELETE FROM order_access WHERE order_id = ?1 AND session <> ?2",
            params![order.to_string(), session],
        ),
    }
}

/// Forgets what belongs to sessions that are about to go.
pub(super) fn sweep(c: &Connection, before: Timestamp) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM asked_with_key WHERE session IN
         (SELECT id_hash FROM session WHERE expires_at < ?1)",
        "DELETE FROM order_access WHERE session IN
         (SELECT id_hash FROM session WHERE expires_at < ?1)",
    ] {
        run_sql(c, sql, [ms(before)])?;
    }
    run_sql(c, "DELETE FROM resume_link WHERE expires_at < ?1", [ms(before)])
}

fn order_id(row: &Row<'_>) -> Result<OrderId, StoreError> {
    let id: String = column(row, "order_id")?;
    Id::parse(&id).ok_or_else(|| corrupt("order_id"))
}

fn admission(row: &Row<'_>) -> Result<Admission, StoreError> {
    Ok(Admission {
        order: order_id(row)?,
        session: column(row, "session")?,
        sealed: column(row, "sealed")?,
        at: instant(row, "at")?,
    })
}

fn link(row: &Row<'_>) -> Result<ResumeLink, StoreError> {
    Ok(ResumeLink {
        order: order_id(row)?,
        token_hash: column(row, "token_hash")?,
        created_at: instant(row, "created_at")?,
        expires_at: instant(row, "expires_at")?,
    })
}

impl CustomerStore for SqliteStore {
    fn asked(&self, session: String, key: String) -> Reply<'_, Option<String>> {
        let sql = "SELECT fingerprint FROM asked_with_key WHERE session = ?1 AND key = ?2";
        self.read(move |c| one(c, sql, params![session, key], |row| column(row, "fingerprint")))
    }

    fn admission(&self, order: OrderId, session: String) -> Reply<'_, Option<Admission>> {
        let sql = "SELECT * FROM order_access WHERE session = ?1 AND order_id = ?2";
        self.read(move |c| one(c, sql, params![session, order.to_string()], admission))
    }

    fn link_of(&self, order: OrderId) -> Reply<'_, Option<ResumeLink>> {
        let sql = "SELECT * FROM resume_link WHERE order_id = ?1";
        self.read(move |c| one(c, sql, [order.to_string()], link))
    }

    fn link(&self, token_hash: String) -> Reply<'_, Option<ResumeLink>> {
        let sql = "SELECT * FROM resume_link WHERE token_hash = ?1";
        self.read(move |c| one(c, sql, [token_hash], link))
    }
}
