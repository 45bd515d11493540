//! The schema, brought up to date: numbered files, each run once, known by name and checksum.
//!
//! Not here: what the tables mean (the SQL files say).

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, TransactionBehavior};

use crate::entropy::hex;
use crate::store::StoreError;

use super::unavailable;

const MIGRATIONS: [(u32, &str, &str); 9] = [
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
    (11, "usage_indexes", include_str!("../../../migrations/sqlite/0011_usage_indexes.sql")),
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
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unavailable)?;
    transaction.execute_batch(SCHEMA_VERSION).map_err(unavailable)?;
    let newest: u32 = transaction
        .query_row("SELECT coalesce(max(version), 0) FROM schema_version", [], |row| row.get(0))
        .map_err(unavailable)?;
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    if newest > known {
        return Err(StoreError::Unavailable(format!(
            "its schema is version {newest}, this program knows {known}: use a newer broadgate"
        )));
    }
    for (version, name, sql) in MIGRATIONS {
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
    use super::*;

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
}
