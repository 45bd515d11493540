//! What customers said of themselves in SQLite: the commands and queries of
//! [`crate::store::details`].

use domain::Timestamp;
use domain::code::OrderId;
use domain::customer::CustomerData;
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::one;
use super::rows::{column, corrupt, ms};
use super::writer::run_sql;
use crate::store::details::{DetailsCommand, DetailsStore};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &DetailsCommand) -> Result<(), StoreError> {
    match command {
        DetailsCommand::SaveDraft { session, expires_at, data } => run_sql(
            c,
            "INSERT OR REPLACE INTO customer_draft VALUES (?1, ?2, ?3)",
            params![session, ms(*expires_at), text(data)?],
        ),
        DetailsCommand::Keep { order, at, data } => run_sql(
            c,
            "INSERT OR IGNORE INTO customer_data VALUES (?1, ?2, ?3)",
            params![order.to_string(), ms(*at), text(data)?],
        ),
    }
}

/// Forgets what was said in sessions that ended before.
pub(super) fn sweep(c: &Connection, before: Timestamp) -> Result<(), StoreError> {
    run_sql(c, "DELETE FROM customer_draft WHERE expires_at < ?1", [ms(before)])
}

/// Writes names and values as JSON, in their order.
fn text(data: &CustomerData) -> Result<String, StoreError> {
    serde_json::to_string(&data.0).map_err(|_| corrupt("customer data"))
}

fn data(row: &Row<'_>) -> Result<CustomerData, StoreError> {
    let text: String = column(row, "data")?;
    serde_json::from_str(&text).map(CustomerData).map_err(|_| corrupt("customer data"))
}

impl DetailsStore for SqliteStore {
    fn customer_draft(&self, session: String) -> Reply<'_, Option<CustomerData>> {
        self.read(move |c| {
            one(c, "SELECT data FROM customer_draft WHERE session = ?1", [session], data)
        })
    }

    fn customer_data(&self, order: OrderId) -> Reply<'_, Option<CustomerData>> {
        self.read(move |c| {
            let sql = "SELECT data FROM customer_data WHERE order_id = ?1";
            one(c, sql, [order.to_string()], data)
        })
    }
}
