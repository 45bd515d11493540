//! The books in SQLite: the commands and queries of [`crate::store::books`].
//!
//! Not here: the orders themselves ([`super::rows`]).

use domain::code::OrderId;
use domain::legal::{Consent, Right, Withdrawal};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::one;
use super::rows::{column, corrupt, instant, ms};
use super::writer::run_sql;
use crate::store::books::{Accepted, BooksCommand, BooksStore};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &BooksCommand) -> Result<(), StoreError> {
    match command {
        BooksCommand::Accept { order, accepted } => accept(c, *order, accepted),
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
}
