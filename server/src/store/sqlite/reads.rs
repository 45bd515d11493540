//! The queries.
//!
//! Not here: how a row becomes a value ([`super::rows`]).

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::{Id, OrderId};
use domain::order::State;
use rusqlite::{Connection, Params, Row, params};

use super::rows::{self, column, corrupt, instant, ms, optional_instant};
use super::unavailable;
use crate::store::{
    Account, ApiToken, AuditEntry, Delivery, JournalEntry, Login, Order, OutboxEntry,
    PackageRevision, SandboxSession, Session, SignedDocument, StoreError, Subscription,
};

pub(super) fn all<T>(
    c: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = c.prepare_cached(sql).map_err(unavailable)?;
    let mut found = statement.query(values).map_err(unavailable)?;
    let mut out = Vec::new();
    while let Some(row) = found.next().map_err(unavailable)? {
        out.push(read(row)?);
    }
    Ok(out)
}

pub(super) fn one<T>(
    c: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    all(c, sql, values, read).map(|found| found.into_iter().next())
}

pub(super) fn session(c: &Connection, id_hash: &str) -> Result<Option<Session>, StoreError> {
    one(c, "SELECT * FROM session WHERE id_hash = ?1", [id_hash], rows::session)
}

pub(super) fn order(
    c: &Connection,
    condition: &'static str,
    values: impl Params,
) -> Result<Option<Order>, StoreError> {
    orders(c, condition, values).map(|found| found.into_iter().next())
}

pub(super) fn orders(
    c: &Connection,
    condition: &'static str,
    values: impl Params,
) -> Result<Vec<Order>, StoreError> {
    all(c, &format!("SELECT * FROM orders WHERE {condition}"), values, rows::order)
}

pub(super) fn journal(c: &Connection, order: OrderId) -> Result<Vec<JournalEntry>, StoreError> {
    let sql = "SELECT * FROM journal WHERE order_id = ?1 ORDER BY version";
    all(c, sql, [order.to_string()], |row| {
        let version: i64 = column(row, "version")?;
        let state: String = column(row, "state")?;
        Ok(JournalEntry {
            order,
            version: u64::try_from(version).map_err(|_| corrupt("version"))?,
            at: instant(row, "at")?,
            actor: column(row, "actor")?,
            event: column(row, "event")?,
            key: column(row, "key")?,
            state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
        })
    })
}

pub(super) fn due_effects(
    c: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let sql = "SELECT * FROM outbox WHERE done_at IS NULL AND due_at <= ?1
               ORDER BY due_at, key LIMIT ?2";
    all(c, sql, params![ms(now), limit], rows::effect)
}

pub(super) fn due_orders(
    c: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT id FROM orders WHERE next_deadline IS NOT NULL AND next_deadline <= ?1
               ORDER BY next_deadline LIMIT ?2";
    all(c, sql, params![ms(now), limit], |row| {
        let id: String = column(row, "id")?;
        Id::parse(&id).ok_or_else(|| corrupt("id"))
    })
}

pub(super) fn subscription(
    c: &Connection,
    order: OrderId,
) -> Result<Option<Subscription>, StoreError> {
    let sql = "SELECT * FROM subscription WHERE order_id = ?1";
    one(c, sql, [order.to_string()], rows::subscription)
}

pub(super) fn document(
    c: &Connection,
    order: OrderId,
    variant: &str,
) -> Result<Option<SignedDocument>, StoreError> {
    let sql = "SELECT * FROM document WHERE order_id = ?1 AND variant = ?2";
    one(c, sql, params![order.to_string(), variant], |row| {
        Ok(SignedDocument {
            order,
            variant: column(row, "variant")?,
            xml: column(row, "xml")?,
            sha256: column(row, "sha256")?,
            signed_at: instant(row, "signed_at")?,
        })
    })
}

pub(super) fn deliveries(c: &Connection, order: OrderId) -> Result<Vec<Delivery>, StoreError> {
    let sql = "SELECT * FROM delivery WHERE order_id = ?1 ORDER BY at, id";
    all(c, sql, [order.to_string()], |row| {
        Ok(Delivery {
            id: column(row, "id")?,
            order,
            variant: column(row, "variant")?,
            channel: column(row, "channel")?,
            sha256: column(row, "sha256")?,
            at: instant(row, "at")?,
            result: column(row, "result")?,
            result_at: optional_instant(row, "result_at")?,
        })
    })
}

pub(super) fn sandbox_session(
    c: &Connection,
    by: &'static str,
    value: &str,
) -> Result<Option<SandboxSession>, StoreError> {
    let sql = format!("SELECT * FROM sandbox_session WHERE {by} = ?1");
    one(c, &sql, [value], rows::sandbox_session)
}

pub(super) fn account(c: &Connection, name: &str) -> Result<Option<Account>, StoreError> {
    one(c, "SELECT * FROM account WHERE name = ?1", [name], |row| {
        Ok(Account {
            name: column(row, "name")?,
            role: column(row, "role")?,
            password_hash: column(row, "password_hash")?,
            created_at: instant(row, "created_at")?,
        })
    })
}

pub(super) fn account_count(c: &Connection) -> Result<u64, StoreError> {
    let found = one(c, "SELECT count(*) AS n FROM account", [], |row| column::<i64>(row, "n"))?;
    Ok(found.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

pub(super) fn login(c: &Connection, id_hash: &str) -> Result<Option<Login>, StoreError> {
    one(c, "SELECT * FROM login WHERE id_hash = ?1", [id_hash], |row| {
        Ok(Login {
            id_hash: column(row, "id_hash")?,
            account: column(row, "account")?,
            token: column(row, "token")?,
            expires_at: instant(row, "expires_at")?,
        })
    })
}

pub(super) fn tokens(c: &Connection, hash: Option<&str>) -> Result<Vec<ApiToken>, StoreError> {
    let sql = "SELECT * FROM api_token WHERE ?1 IS NULL OR hash = ?1 ORDER BY name";
    all(c, sql, [hash], |row| {
        let scopes: String = column(row, "scopes")?;
        Ok(ApiToken {
            hash: column(row, "hash")?,
            name: column(row, "name")?,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: instant(row, "created_at")?,
        })
    })
}

pub(super) fn package_revisions(c: &Connection) -> Result<Vec<PackageRevision>, StoreError> {
    all(c, "SELECT * FROM package_revision ORDER BY brand", [], |row| {
        let brand: String = column(row, "brand")?;
        Ok(PackageRevision {
            brand: BrandId::parse(&brand).ok_or_else(|| corrupt("brand"))?,
            guid: column(row, "guid")?,
            last_modified: instant(row, "last_modified")?,
            sha256: column(row, "sha256")?,
        })
    })
}

pub(super) fn audit(c: &Connection, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    all(c, "SELECT * FROM audit ORDER BY id DESC LIMIT ?1", [limit], |row| {
        Ok(AuditEntry {
            at: instant(row, "at")?,
            actor: column(row, "actor")?,
            action: column(row, "action")?,
            object: column(row, "object")?,
        })
    })
}

pub(super) fn order_counts(c: &Connection) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "SELECT state, count(*) AS n FROM orders GROUP BY state ORDER BY state";
    all(c, sql, [], |row| {
        let n: i64 = column(row, "n")?;
        Ok((column(row, "state")?, u64::try_from(n).unwrap_or(0)))
    })
}
