//! The schema, brought up to date: numbered files, each run once, known by name and checksum.
//!
//! Not here: what the tables mean (the SQL files say).

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, TransactionBehavior};

use crate::entropy::hex;
use crate::store::StoreError;

use super::unavailable;

type Migration = (u32, &'static str, &'static str);

pub(super) const MIGRATIONS: [Migration; 14] = [
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
    (14, "customer", include_str!("../../../migrations/sqlite/0014_customer.sql")),
    (16, "journal_keys", include_str!("../../../migrations/sqlite/0016_journal_keys.sql")),
    (19, "renewals", include_str!("../../../migrations/sqlite/0019_renewals.sql")),
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
    bring(connection, &MIGRATIONS)
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
    let newest: u32 = transaction
        .query_row("SELECT coalesce(max(version), 0) FROM schema_version", [], |row| row.get(0))
        .map_err(unavailable)?;
    let known = migrations.last().map_or(0, |(version, ..)| *version);
    if newest > known {
        return Err(StoreError::Unavailable(format!(
            "its schema is version {newest}, this program knows {known}: use a newer broadgate"
        )));
    }
    for (version, name, sql) in migrations {
        let checksum = hex(digest(&SHA256, sql.as_bytes()).as_ref());
        let ran: Option<String> = transaction
            .query_row("SELECT checksum FROM schema_version WHERE version = ?1", [version], |row| {
                row.get(0)
            })
            .map(Some)
            .or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(None),
                other => Err(unavailable(other)),
            })?;
        match ran {
            Some(ran) if ran == checksum => {}
            Some(_) => {
                return Err(StoreError::Corrupt(format!(
                    "migration {version} ({name}) is not the one that made this database"
                )));
            }
            None => {
                transaction.execute_batch(sql).map_err(unavailable)?;
                transaction
                    .execute(
                        "INSERT INTO schema_version VALUES (?1, ?2, ?3)",
                        rusqlite::params![version, name, checksum],
                    )
                    .map_err(unavailable)?;
            }
        }
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
            let checksum = hex(digest(&SHA256, sql.as_bytes()).as_ref());
            let row = rusqlite::params![version, name, checksum];
            let sql = "INSERT INTO schema_version VALUES (?1, ?2, ?3)";
            connection.execute(sql, row).expect("noted");
        }
        connection.execute_batch(rows).expect("inserted");
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
