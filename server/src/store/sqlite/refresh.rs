//! Refreshed documents, and whose plan is in force.
//!
//! Not here: what the tables mean (`0007_refresh.sql`).

use domain::Timestamp;
use domain::code::OrderId;
use rusqlite::{Connection, params};

use super::rows::{column, corrupt, instant, ms};
use super::writer::{changed, run_sql};
use super::{SqliteStore, reads, rows};
use crate::store::refresh::{
    CurrentDocument, PLANS_MAX, RefreshAccess, RefreshCommand, RefreshStore, Whose,
};
use crate::store::{Reply, StoreError, Subscription};

impl RefreshStore for SqliteStore {
    fn refresh_access(&self, order: OrderId) -> Reply<'_, Option<RefreshAccess>> {
        self.read(move |c| access(c, order))
    }

    fn current_document(
        &self,
        order: OrderId,
        variant: String,
    ) -> Reply<'_, Option<CurrentDocument>> {
        self.read(move |c| document(c, order, &variant))
    }

    fn plans_in_force(&self, whose: Whose, now: Timestamp) -> Reply<'_, Vec<Subscription>> {
        self.read(move |c| plans_in_force(c, &whose, now))
    }
}

/// Does a write.
pub(super) fn write(c: &Connection, command: &RefreshCommand) -> Result<(), StoreError> {
    match command {
        RefreshCommand::InsertAccess(access) => run_sql(
            c,
            "INSERT INTO refresh_access VALUES (?1, ?2, ?3, ?4)",
            params![
                access.order.to_string(),
                access.credentials_hash,
                access.made_from,
                ms(access.created_at)
            ],
        ),
        RefreshCommand::SaveDocument(document) => save(c, document),
    }
}

fn save(c: &Connection, document: &CurrentDocument) -> Result<(), StoreError> {
    let revision = rows::count(document.revision);
    let sql = "INSERT INTO current_document SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
               WHERE ?3 = 1 + coalesce((SELECT revision FROM current_document
                                        WHERE order_id = ?1 AND variant = ?2), 0)
               AND NOT EXISTS (SELECT 1 FROM erasure WHERE order_id = ?1)
               ON CONFLICT (order_id, variant) DO UPDATE SET
                   revision = excluded.revision, made_from = excluded.made_from,
                   xml = excluded.xml, sha256 = excluded.sha256, signed_at = excluded.signed_at";
    let values = params![
        document.order.to_string(),
        document.variant,
        revision,
        document.made_from,
        document.xml,
        document.sha256,
        ms(document.signed_at)
    ];
    match changed(c, sql, values)? {
        0 => Err(StoreError::Conflict),
        _ => Ok(()),
    }
}

fn access(c: &Connection, order: OrderId) -> Result<Option<RefreshAccess>, StoreError> {
    reads::one(c, "SELECT * FROM refresh_access WHERE order_id = ?1", [order.to_string()], |row| {
        Ok(RefreshAccess {
            order,
            credentials_hash: column(row, "credentials_hash")?,
            made_from: column(row, "made_from")?,
            created_at: instant(row, "created_at")?,
        })
    })
}

fn document(
    c: &Connection,
    order: OrderId,
    variant: &str,
) -> Result<Option<CurrentDocument>, StoreError> {
    let sql = "SELECT * FROM current_document WHERE order_id = ?1 AND variant = ?2";
    reads::one(c, sql, params![order.to_string(), variant], |row| {
        let revision: i64 = column(row, "revision")?;
        Ok(CurrentDocument {
            order,
            variant: column(row, "variant")?,
            revision: u64::try_from(revision).map_err(|_| corrupt("revision"))?,
            made_from: column(row, "made_from")?,
            xml: column(row, "xml")?,
            sha256: column(row, "sha256")?,
            signed_at: instant(row, "signed_at")?,
        })
    })
}

fn plans_in_force(
    c: &Connection,
    whose: &Whose,
    now: Timestamp,
) -> Result<Vec<Subscription>, StoreError> {
    let (of, value) = match whose {
        Whose::Subscription(order) => ("subscription.order_id = ?1", order.to_string()),
        Whose::Imsi(imsi) => {
            ("subscription.sub_kind = 'imsi' AND subscription.sub_id = ?1", imsi.reveal().into())
        }
        Whose::Iccid(iccid) => ("subscription.icc_id = ?1", iccid.reveal().into()),
    };
    let in_force = format!(
        "FROM subscription JOIN orders ON orders.id = subscription.order_id
         WHERE {of} AND orders.state = 'active' AND starts_at <= ?2
               AND (orders.resets OR ends_at > ?2)"
    );
    // Who claims a SIM proves nothing: it is of the session whose plan began first.
    let sql = format!(
        "SELECT subscription.* {in_force} AND orders.session =
             (SELECT orders.session {in_force} ORDER BY starts_at, order_id LIMIT 1)
         ORDER BY starts_at DESC, order_id DESC LIMIT ?3"
    );
    reads::all(c, &sql, params![value, ms(now), PLANS_MAX], rows::subscription)
}
