//! The books in SQLite: the commands and queries of [`crate::store::books`].
//!
//! Not here: the orders themselves ([`super::rows`]).

use domain::code::{Id, OrderId};
use domain::legal::{Consent, Right, Withdrawal};
use rusqlite::{Connection, Row, params};

use super::reads::{all, one};
use super::rows::{column, corrupt, instant, ms};
use super::writer::run_sql;
use super::{SqliteStore, receipts};
use crate::store::books::{Accepted, BooksCommand, BooksStore, Issued};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &BooksCommand) -> Result<(), StoreError> {
    match command {
        BooksCommand::Accept { order, accepted } => accept(c, *order, accepted),
        BooksCommand::Issue(new) => receipts::issue(c, new),
        BooksCommand::Settle { order } => {
            run_sql(c, "DELETE FROM receipt_due WHERE order_id = ?1", [order.to_string()])
        }
    }
}

fn accept(c: &Connection, order: OrderId, accepted: &Accepted) -> Result<(), StoreError> {
    let Accepted { at, consent } = accepted;
    run_sql(
        c,
        "INSERT INTO consent VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            order.to_string(),
            ms(*at),
            consent.terms_version,
            consent.privacy_version,
            consent.withdrawal.map(|withdrawal| withdrawal.right.name()),
            consent.withdrawal.map(|withdrawal| withdrawal.days)
        ],
    )
}

fn accepted(row: &Row<'_>) -> Result<Accepted, StoreError> {
    let right: Option<String> = column(row, "withdrawal")?;
    let days: Option<u16> = column(row, "withdrawal_days")?;
    let withdrawal = match right.zip(days) {
        None => None,
        Some((right, days)) => {
            let right = Right::parse(&right).ok_or_else(|| corrupt("withdrawal"))?;
            Some(Withdrawal { right, days })
        }
    };
    let consent = Consent {
        terms_version: column(row, "terms_version")?,
        privacy_version: column(row, "privacy_version")?,
        withdrawal,
    };
    Ok(Accepted { at: instant(row, "at")?, consent })
}

impl BooksStore for SqliteStore {
    fn accepted(&self, order: OrderId) -> Reply<'_, Option<Accepted>> {
        let sql = "SELECT * FROM consent WHERE order_id = ?1";
        self.read(move |c| one(c, sql, [order.to_string()], accepted))
    }

    fn receipts(&self, order: OrderId) -> Reply<'_, Vec<Issued>> {
        // "receipt" comes after "credit_note".
        let sql = "SELECT * FROM receipt WHERE order_id = ?1 ORDER BY kind DESC";
        self.read(move |c| all(c, sql, [order.to_string()], receipts::read))
    }

    fn receipt_by_number(&self, number: String) -> Reply<'_, Option<Issued>> {
        let sql = "SELECT * FROM receipt WHERE number = ?1";
        self.read(move |c| one(c, sql, [number], receipts::read))
    }

    fn receipts_due(&self, limit: u32) -> Reply<'_, Vec<OrderId>> {
        let sql = "SELECT order_id FROM receipt_due ORDER BY order_id LIMIT ?1";
        self.read(move |c| {
            all(c, sql, [limit], |row| {
                let id: String = column(row, "order_id")?;
                Id::parse(&id).ok_or_else(|| corrupt("order_id"))
            })
        })
    }
}
