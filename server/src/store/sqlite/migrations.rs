//! The schema, brought up to date: numbered files, each run once, known by name and checksum.
//!
//! Not here: what the tables mean (the SQL files say).

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::entropy::hex;
use crate::store::StoreError;

use super::unavailable;

type Migration = (u32, &'static str, &'static str);

pub(super) const MIGRATIONS: &[Migration] = &[
    (1, "ledger", include_str!("../../../migrations/sqlite/0001_ledger.sql")),
    (2, "sandbox", include_str!("../../../migrations/sqlite/0002_sandbox.sql")),
    (
        3,
        "people_and_machines",
        include_str!("../../../migrations/sqlite/0003_people_and_machines.sql"),
    ),
    (4, "package_revisions", include_str!("../../../migrations/sqlite/0004_package_revisions.sql")),
    (5, "usage", include_str!("../../../migrations/sqlite/0005_usage.sql")),
    (6, "events", include_str!("../../../migrations/sqlite/0006_events.sql")),
    (7, "refresh", include_str!("../../../migrations/sqlite/0007_refresh.sql")),
    (8, "account", include_str!("../../../migrations/sqlite/0008_account.sql")),
    (9, "orders", include_str!("../../../migrations/sqlite/0009_orders.sql")),
    (10, "messages", include_str!("../../../migrations/sqlite/0010_messages.sql")),
    (11, "usage_indexes", include_str!("../../../migrations/sqlite/0011_usage_indexes.sql")),
    (12, "payments", include_str!("../../../migrations/sqlite/0012_payments.sql")),
    (13, "customer_data", include_str!("../../../migrations/sqlite/0013_customer_data.sql")),
    (14, "customer", include_str!("../../../migrations/sqlite/0014_customer.sql")),
    (15, "books", include_str!("../../../migrations/sqlite/0015_books.sql")),
    (16, "journal_keys", include_str!("../../../migrations/sqlite/0016_journal_keys.sql")),
    (17, "vouchers", include_str!("../../../migrations/sqlite/0017_vouchers.sql")),
    (18, "calls", include_str!("../../../migrations/sqlite/0018_calls.sql")),
    (19, "auto_renewals", include_str!("../../../migrations/sqlite/0019_auto_renewals.sql")),
];

const SCHEMA_VERSION: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    version  INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT";

/// Runs what has not run yet, all of it or nothing.
///
/// # Errors
/// The database cannot be written, a file that ran was changed since, or the database is newer
/// than this program.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    bring(connection, MIGRATIONS)
}

/// Returns the number of the newest migration that this program knows.
pub(super) fn newest() -> u32 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}

/// Returns the number of the last migration that a database ran; 0 = it is none of ours.
///
/// # Errors
/// [`StoreError::Corrupt`] when one that ran is not the one that this program knows,
/// [`StoreError::Unavailable`] when the database is newer than this program.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    let is_ours: bool = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'", [], |row| {
            row.get(0)
        })
        .map_err(unavailable)?;
    if !is_ours {
        return Ok(0);
    }
    let last = last_run(connection, newest())?;
    for migration in MIGRATIONS.iter().filter(|(version, ..)| *version <= last) {
        if !has_run(connection, migration)? {
            let version = migration.0;
            return Err(StoreError::Corrupt(format!("migration {version} did not run")));
        }
    }
    Ok(last)
}

/// Returns the number of the last migration that ran, unless this program knows less.
fn last_run(connection: &Connection, known: u32) -> Result<u32, StoreError> {
    let newest: u32 = connection
        .query_row("SELECT coalesce(max(version), 0) FROM schema_version", [], |row| row.get(0))
        .map_err(unavailable)?;
    if newest > known {
        return Err(StoreError::Unavailable(format!(
            "its schema is version {newest}, this program knows {known}: use a newer broadgate"
        )));
    }
    Ok(newest)
}

/// Tells whether a migration ran, and that it was this one.
fn has_run(connection: &Connection, migration: &Migration) -> Result<bool, StoreError> {
    let (version, name, sql) = migration;
    let ran: Option<String> = connection
        .query_row("SELECT checksum FROM schema_version WHERE version = ?1", [version], |row| {
            row.get(0)
        })
        .optional()
        .map_err(unavailable)?;
    match ran {
        Some(ran) if ran == checksum(sql) => Ok(true),
        Some(_) => Err(StoreError::Corrupt(format!(
            "migration {version} ({name}) is not the one that made this database"
        ))),
        None => Ok(false),
    }
}

fn checksum(sql: &str) -> String {
    hex(digest(&SHA256, sql.as_bytes()).as_ref())
}

/// Runs those of these that have not run yet.
pub(super) fn bring(
    connection: &mut Connection,
    migrations: &[Migration],
) -> Result<(), StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unavailable)?;
    transaction.execute_batch(SCHEMA_VERSION).map_err(unavailable)?;
    last_run(&transaction, migrations.last().map_or(0, |(version, ..)| *version))?;
    for migration in migrations {
        if has_run(&transaction, migration)? {
            continue;
        }
        let (version, name, sql) = migration;
        transaction.execute_batch(sql).map_err(unavailable)?;
        transaction
            .execute(
                "INSERT INTO schema_version VALUES (?1, ?2, ?3)",
                rusqlite::params![version, name, checksum(sql)],
            )
            .map_err(unavailable)?;
    }
    transaction.commit().map_err(unavailable)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::amount::Megabytes;
    use domain::identity::Imsi;

    use super::*;
    use crate::clock::{Clock, SettableClock};
    use crate::engine::ledger::Ledger;
    use crate::store::Store;
    use crate::usage::record::Who;

    fn after(change: &str) -> Result<(), StoreError> {
        let mut connection = Connection::open_in_memory().expect("a database");
        run(&mut connection).expect("made");
        run(&mut connection).expect("nothing is left to do");
        connection.execute_batch(change).expect("changed");
        run(&mut connection)
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let refused = after("INSERT INTO schema_version VALUES (99, 'later', '')");
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }

    #[test]
    fn a_migration_that_was_changed_since_is_noticed() {
        let refused = after("UPDATE schema_version SET checksum = '' WHERE version = 1");
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
    }

    /// Makes a database as a program left it that knew so many migrations.
    fn left_behind(path: &std::path::Path, known: usize, rows: &str) {
        let connection = Connection::open(path).expect("opens");
        connection.execute_batch(SCHEMA_VERSION).expect("made");
        for (version, name, sql) in MIGRATIONS.iter().take(known) {
            connection.execute_batch(sql).expect("made");
            let row = rusqlite::params![version, name, checksum(sql)];
            let sql = "INSERT INTO schema_version VALUES (?1, ?2, ?3)";
            connection.execute(sql, row).expect("noted");
        }
        connection.execute_batch(rows).expect("inserted");
    }

    /// What was paid before there were receipts gets one at the next start, and once.
    #[tokio::test]
    async fn paid_orders_of_an_older_program_get_receipts() {
        let now: domain::Timestamp = "2030-01-20T00:00:00Z".parse().expect("an instant");
        // Ids of one instant have no order.
        let order = |second: i64, state: &str, payment: Option<&str>| {
            let placed_at = now + domain::SignedDuration::from_secs(second);
            let (id, code) = (crate::entropy::id(placed_at), crate::entropy::order_code());
            let payment = payment.map_or("NULL".to_owned(), |payment| format!("'{payment}'"));
            let sql = format!(
                "INSERT INTO orders (id, code, version, session, browser_key, brand, plan,
                     price_minor, currency, plan_type, duration, resets, state, created_at,
                     payment_reference, payment_at)
                 VALUES ('{id}', '{}', 5, '{id}', 'k', 'fjell', 'day', 990, 'EUR', 'fixed', 'P1D',
                     0, '{state}', 0, {payment}, 1000);",
                code.as_str()
            );
            (id, sql)
        };
        let (active, one) = order(1, "active", Some("pay_1"));
        let (refunded, two) = order(2, "refunded", Some("pay_2"));
        let (cancelled, three) = order(3, "cancelled", None);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db.sqlite");
        left_behind(&path, 8, &[one, two, three].concat());
        let store: Arc<dyn Store> =
            Arc::new(super::super::SqliteStore::open(&path).expect("brought up to date"));
        let clock: Arc<dyn Clock> = Arc::new(SettableClock::new(now));
        let ledger = Ledger::new(Arc::clone(&store), clock);
        for _ in 0..2 {
            ledger.books.issue_missing(now).await.expect("issued");
        }
        let mut numbers = Vec::new();
        for id in [active, refunded, cancelled] {
            let issued = store.receipts(id).await.expect("read");
            numbers.push(issued.into_iter().map(|issued| issued.number).collect::<Vec<_>>());
        }
        let expected = [
            vec!["R-FJELL-2030-000001"],
            vec!["R-FJELL-2030-000002", "C-FJELL-2030-000001"],
            vec![],
        ];
        assert_eq!(numbers, expected);
    }

    /// What was granted before usage was counted is metered from then on [USE-01].
    #[tokio::test]
    async fn subscriptions_of_an_older_program_are_metered() {
        let now: domain::Timestamp = "2030-01-20T00:00:00Z".parse().expect("an instant");
        let day = domain::SignedDuration::from_hours(24);
        let (starts_at, ends_at) = (now - day * 10, now + day * 20);
        let id = crate::entropy::id(now);
        let code = crate::entropy::order_code();
        let (from, to) = (starts_at.as_millisecond(), ends_at.as_millisecond());
        let rows = format!(
            "INSERT INTO orders (id, code, version, session, browser_key, brand, plan,
                 price_minor, currency, plan_type, data_limit_mb, duration, resets, sub_kind,
                 sub_id, state, created_at, grant_from, grant_to)
             VALUES ('{id}', '{}', 5, 's', 'k', 'fjell', 'month', 990, 'EUR', 'fixed', 500,
                 'P1M', 0, 'imsi', '001012345678901', 'active', {from}, {from}, {to});
             INSERT INTO subscription VALUES ('{id}', 'fjell', 'month', 'imsi',
                 '001012345678901', NULL, {from}, {to});",
            code.as_str()
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db.sqlite");
        left_behind(&path, 4, &rows);
        let store = super::super::SqliteStore::open(&path).expect("brought up to date");
        let store: Arc<dyn Store> = Arc::new(store);
        let clock: Arc<dyn Clock> = Arc::new(SettableClock::new(now));
        let ledger = Ledger::new(Arc::clone(&store), clock);
        assert_eq!(store.metered(id).await.expect("read"), None);
        ledger.meter_missing().await.expect("opened");
        let metered = store.metered(id).await.expect("read").expect("metered");
        let terms = &metered.terms;
        assert_eq!((metered.starts_at, terms.limit), (starts_at, Some(Megabytes(500))));
        assert!(terms.notifies, "as plans are unless they say otherwise");
        assert_eq!((metered.version, metered.state.used().0), (1, 0), "from now on");
        let imsi = Imsi::parse("001012345678901").expect("an IMSI");
        let claims = store.usage_claims(vec![Who::Imsi(imsi.clone())]).await.expect("read");
        assert_eq!(claims.who.get(&Who::Imsi(imsi)), Some(&vec![metered.handle]));
        ledger.meter_missing().await.expect("nothing is left to do");
        assert_eq!(store.metered(id).await.expect("read"), Some(metered));
    }
}
