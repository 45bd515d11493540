//! Vouchers in SQLite: the commands and queries of [`crate::store::vouchers`].
//!
//! Not here: the order that a voucher pays ([`super::writer`]).

use domain::brand::{BrandId, PlanId};
use domain::code::Id;
use domain::voucher::{Terms, Voucher};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::{all, one};
use super::rows::{column, corrupt, instant, ms, optional_instant};
use super::writer::{changed, run_sql};
use crate::store::vouchers::{Batch, CodeHash, Used, VouchersCommand, VouchersStore};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &VouchersCommand) -> Result<(), StoreError> {
    match command {
        VouchersCommand::Create { batch, hashes } => create(c, batch, hashes),
        VouchersCommand::Redeem { hash, order, at } => {
            let sql = "INSERT INTO voucher_redemption
                SELECT ?2, voucher.batch, voucher.number, ?3, NULL
                FROM voucher JOIN voucher_batch ON voucher_batch.id = voucher.batch
                WHERE voucher.hash = ?1 AND voucher_batch.withdrawn_at IS NULL";
            match changed(c, sql, params![hash.0, order.to_string(), ms(*at)])? {
                0 => Err(StoreError::Missing),
                _ => Ok(()),
            }
        }
        VouchersCommand::GiveBack { order, at } => {
            // What was given back stays so from the first time on.
            let sql = "UPDATE voucher_redemption SET given_back_at = coalesce(given_back_at, ?2)
                WHERE order_id = ?1";
            match changed(c, sql, params![order.to_string(), ms(*at)])? {
                0 => Err(StoreError::Missing),
                _ => Ok(()),
            }
        }
        VouchersCommand::Withdraw { batch, at } => {
            let sql = "UPDATE voucher_batch SET withdrawn_at = ?2
                WHERE id = ?1 AND withdrawn_at IS NULL";
            match changed(c, sql, params![batch.to_string(), ms(*at)])? {
                0 if is_batch(c, *batch)? => Err(StoreError::Duplicate),
                0 => Err(StoreError::Missing),
                _ => Ok(()),
            }
        }
    }
}

fn create(c: &Connection, batch: &Batch, hashes: &[CodeHash]) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT INTO voucher_batch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            batch.id.to_string(),
            batch.terms.brand.as_str(),
            batch.terms.plan.as_str(),
            batch.count,
            batch.terms.starts_at.map(ms),
            batch.terms.ends_at.map(ms),
            ms(batch.created_at),
            batch.withdrawn_at.map(ms)
        ],
    )?;
    let id = batch.id.to_string();
    for (number, hash) in (1_u32..).zip(hashes) {
        run_sql(c, "INSERT INTO voucher VALUES (?1, ?2, ?3)", params![hash.0, id, number])?;
    }
    Ok(())
}

fn is_batch(c: &Connection, id: Id) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM voucher_batch WHERE id = ?1";
    one(c, sql, [id.to_string()], |_| Ok(())).map(|found| found.is_some())
}

fn terms(row: &Row<'_>) -> Result<Terms, StoreError> {
    let (brand, plan): (String, String) = (column(row, "brand")?, column(row, "plan")?);
    Ok(Terms {
        brand: BrandId::parse(&brand).ok_or_else(|| corrupt("brand"))?,
        plan: PlanId::parse(&plan).ok_or_else(|| corrupt("plan"))?,
        starts_at: optional_instant(row, "starts_at")?,
        ends_at: optional_instant(row, "ends_at")?,
    })
}

fn voucher(row: &Row<'_>) -> Result<Voucher, StoreError> {
    let order: Option<String> = column(row, "order_id")?;
    let order = order.map(|order| Id::parse(&order).ok_or_else(|| corrupt("order_id")));
    Ok(Voucher {
        terms: terms(row)?,
        is_withdrawn: optional_instant(row, "withdrawn_at")?.is_some(),
        order: order.transpose()?,
        given_back_at: optional_instant(row, "given_back_at")?,
    })
}

fn used(row: &Row<'_>) -> Result<Used, StoreError> {
    let id: String = column(row, "id")?;
    let batch = Batch {
        id: Id::parse(&id).ok_or_else(|| corrupt("id"))?,
        terms: terms(row)?,
        count: column(row, "count")?,
        created_at: instant(row, "created_at")?,
        withdrawn_at: optional_instant(row, "withdrawn_at")?,
    };
    Ok(Used { batch, redeemed: column(row, "redeemed")? })
}

impl VouchersStore for SqliteStore {
    fn voucher(&self, hash: CodeHash) -> Reply<'_, Option<Voucher>> {
        let sql = "SELECT b.brand, b.plan, b.starts_at, b.ends_at, b.withdrawn_at, r.order_id,
                (SELECT max(g.given_back_at) FROM voucher_redemption g WHERE g.batch = v.batch
                    AND g.number = v.number AND g.given_back_at IS NOT NULL) AS given_back_at
            FROM voucher v JOIN voucher_batch b ON b.id = v.batch
            LEFT JOIN voucher_redemption r ON r.batch = v.batch AND r.number = v.number
                AND r.given_back_at IS NULL
            WHERE v.hash = ?1";
        self.read(move |c| one(c, sql, params![hash.0], voucher))
    }

    fn voucher_batches(&self, limit: u32) -> Reply<'_, Vec<Used>> {
        let sql = "SELECT b.*, (SELECT count(*) FROM voucher_redemption r WHERE r.batch = b.id
                AND r.given_back_at IS NULL) AS redeemed
            FROM voucher_batch b ORDER BY b.id DESC LIMIT ?1";
        self.read(move |c| all(c, sql, [limit], used))
    }
}
