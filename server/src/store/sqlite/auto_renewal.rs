//! Plans that renew themselves in SQLite: the commands and queries of
//! [`crate::store::auto_renewal`].
//!
//! Not here: the orders that renew them ([`super::customer`]).

use domain::Timestamp;
use domain::auto_renewal::Done;
use domain::code::{Id, OrderId};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::{all, one};
use super::rows::{column, corrupt, instant, money, ms, optional_instant};
use super::writer::{changed, run_sql};
use crate::store::auto_renewal::{AutoRenewal, AutoRenewalCommand, AutoRenewalStore, Off};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &AutoRenewalCommand) -> Result<(), StoreError> {
    match command {
        AutoRenewalCommand::Agree(agreed) => run_sql(
            c,
            "INSERT OR IGNORE INTO auto_renewal (order_id, price_minor, currency, session, text,
                 agreed_at, look_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
            params![
                agreed.order.to_string(),
                agreed.price.minor,
                agreed.price.currency.code(),
                agreed.session,
                agreed.text,
                ms(agreed.agreed_at)
            ],
        ),
        AutoRenewalCommand::Record { order, done, look_at } => run_sql(
            c,
            "UPDATE auto_renewal SET reminder = ?2, reminded_at = ?3, charge = ?4, look_at = ?5
             WHERE order_id = ?1",
            params![
                order.to_string(),
                done.reminder,
                done.reminded_at.map(ms),
                done.charge,
                ms(*look_at)
            ],
        ),
        AutoRenewalCommand::Charge { order, renewal } => {
            let sql = "UPDATE auto_renewal SET renewal = ?2 WHERE order_id = ?1 AND off_at IS NULL";
            match changed(c, sql, params![order.to_string(), renewal.to_string()])? {
                0 => Err(StoreError::Missing),
                _ => Ok(()),
            }
        }
        AutoRenewalCommand::Release { renewal } => run_sql(
            c,
            "UPDATE auto_renewal SET renewal = NULL WHERE renewal = ?1",
            params![renewal.to_string()],
        ),
        AutoRenewalCommand::TurnOff { order, at, why } => run_sql(
            c,
            "UPDATE auto_renewal SET off_at = ?2, off_why = ?3
             WHERE order_id = ?1 AND off_at IS NULL",
            params![order.to_string(), ms(*at), why.name()],
        ),
    }
}

fn id(row: &Row<'_>, name: &str) -> Result<OrderId, StoreError> {
    let id: String = column(row, name)?;
    Id::parse(&id).ok_or_else(|| corrupt(name))
}

fn auto_renewal(row: &Row<'_>) -> Result<AutoRenewal, StoreError> {
    let renewal: Option<String> = column(row, "renewal")?;
    let renewal = renewal.map(|id| Id::parse(&id).ok_or_else(|| corrupt("renewal")));
    let why: Option<String> = column(row, "off_why")?;
    let why = why.map(|why| {
        let found = Off::ALL.into_iter().find(|off| off.name() == why);
        found.ok_or_else(|| corrupt("off_why"))
    });
    Ok(AutoRenewal {
        order: id(row, "order_id")?,
        price: money(row, "price_minor")?,
        session: column(row, "session")?,
        text: column(row, "text")?,
        agreed_at: instant(row, "agreed_at")?,
        done: Done {
            reminder: column(row, "reminder")?,
            reminded_at: optional_instant(row, "reminded_at")?,
            charge: column(row, "charge")?,
        },
        renewal: renewal.transpose()?,
        off: optional_instant(row, "off_at")?.zip(why.transpose()?),
    })
}

impl AutoRenewalStore for SqliteStore {
    fn auto_renewal(&self, order: OrderId) -> Reply<'_, Option<AutoRenewal>> {
        let sql = "SELECT * FROM auto_renewal WHERE order_id = ?1";
        self.read(move |c| one(c, sql, [order.to_string()], auto_renewal))
    }

    fn charged_for(&self, renewal: OrderId) -> Reply<'_, Option<OrderId>> {
        let sql = "SELECT order_id FROM auto_renewal WHERE renewal = ?1";
        self.read(move |c| one(c, sql, [renewal.to_string()], |row| id(row, "order_id")))
    }

    fn due_auto_renewals(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<AutoRenewal>> {
        let sql = "SELECT * FROM auto_renewal WHERE off_at IS NULL AND look_at <= ?1
                   ORDER BY look_at LIMIT ?2";
        self.read(move |c| all(c, sql, params![ms(now), limit], auto_renewal))
    }
}
