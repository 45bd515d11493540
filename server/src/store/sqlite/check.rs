//! Whether a database is whole: its pages, its schema, and what its rows say of each other.
//!
//! Damage means that SQLite cannot trust the file: nothing may be served from it. A contradiction
//! means that rows of ours disagree: the file can be served, and somebody has to look. Not here:
//! what follows from either ([`crate::data_folder`], [`crate::backup`]).

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{BUSY_TIMEOUT, migrations};
use crate::store::StoreError;
use crate::store::health::{Contradiction, Depth, Inspection};

/// Most findings of one kind that are listed.
const FINDINGS_MAX: u32 = 10;

/// What rows of ours must never say: the name of the contradiction, and a query for the orders or
/// subscriptions that it is about.
const CONTRADICTIONS: [(&str, &str); 10] = [
    (
        "granted_without_subscription",
        "SELECT code FROM orders WHERE grant_from IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM subscription WHERE order_id = id)",
    ),
    (
        "active_without_grant",
        "SELECT code FROM orders WHERE state = 'active' AND grant_from IS NULL",
    ),
    (
        "subscription_without_grant",
        "SELECT order_id FROM subscription WHERE NOT EXISTS
         (SELECT 1 FROM orders WHERE id = order_id AND grant_from IS NOT NULL)",
    ),
    (
        "journal_with_gaps",
        "SELECT order_id FROM journal GROUP BY order_id
         HAVING min(version) <> 1 OR max(version) <> count(*)",
    ),
    (
        "journal_behind_order",
        "SELECT code FROM orders WHERE version IS NOT
         (SELECT max(version) FROM journal WHERE order_id = id)",
    ),
    (
        "journal_of_another_state",
        "SELECT code FROM orders JOIN journal ON order_id = id AND journal.version = orders.version
         WHERE journal.state <> orders.state",
    ),
    (
        "journal_without_order",
        "SELECT DISTINCT order_id FROM journal
         WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = order_id)",
    ),
    (
        "effect_without_order",
        "SELECT DISTINCT order_id FROM outbox
         WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = order_id)",
    ),
    (
        "payment_of_two_orders",
        "SELECT min(code) FROM orders WHERE payment_reference IS NOT NULL
         GROUP BY coalesce(payment_provider, 'sandbox'), payment_reference HAVING count(*) > 1",
    ),
    (
        "usage_without_state",
        "SELECT subscription FROM usage
         WHERE NOT EXISTS (SELECT 1 FROM usage_state WHERE usage_state.id = usage.id)",
    ),
];

/// Tables whose rows a backup counts.
const COUNTED: [(&str, &str); 9] = [
    ("orders", "SELECT count(*) FROM orders"),
    ("journal", "SELECT count(*) FROM journal"),
    ("outbox", "SELECT count(*) FROM outbox"),
    ("subscriptions", "SELECT count(*) FROM subscription"),
    ("documents", "SELECT count(*) FROM document"),
    ("usage", "SELECT count(*) FROM usage"),
    ("events", "SELECT count(*) FROM notification"),
    ("accounts", "SELECT count(*) FROM account"),
    ("audit", "SELECT count(*) FROM audit"),
];

/// Looks a database through. Blocks, for long where it is large. What was not yet folded into the
/// file after a crash is read, as the server would.
///
/// # Errors
/// The file cannot be opened or read, or is of a newer program. That its content is wrong is no
/// error but what the inspection says.
pub fn inspect(path: &Path, depth: Depth) -> Result<Inspection, StoreError> {
    let mut inspection = Inspection::default();
    match look(path, depth, &mut inspection) {
        Ok(()) => Ok(inspection),
        Err(Failure::Sqlite(error)) if is_damage(&error) => {
            inspection.damage.push(error.to_string());
            Ok(inspection)
        }
        Err(Failure::Sqlite(error)) => Err(super::unavailable(error)),
        Err(Failure::Schema(StoreError::Corrupt(what))) => {
            inspection.damage.push(what);
            Ok(inspection)
        }
        Err(Failure::Schema(error)) => Err(error),
    }
}

enum Failure {
    Sqlite(rusqlite::Error),
    Schema(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn look(path: &Path, depth: Depth, found: &mut Inspection) -> Result<(), Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let c = Connection::open_with_flags(path, flags)?;
    c.busy_timeout(BUSY_TIMEOUT)?;
    let check = match depth {
        Depth::Quick => format!("PRAGMA quick_check({FINDINGS_MAX})"),
        Depth::Whole => format!("PRAGMA integrity_check({FINDINGS_MAX})"),
    };
    found.damage = texts(&c, &check)?;
    found.damage.retain(|line| line != "ok");
    found.damage.extend(texts(&c, "PRAGMA foreign_key_check")?);
    if !found.damage.is_empty() {
        return Ok(());
    }
    found.schema_version = migrations::version(&c).map_err(Failure::Schema)?;
    if found.schema_version < migrations::newest() {
        // Its rows are brought up to date before anybody asks what they say.
        return Ok(());
    }
    for (name, sql) in CONTRADICTIONS {
        let about = texts(&c, &format!("{sql} LIMIT {FINDINGS_MAX}"))?;
        if !about.is_empty() {
            found.contradictions.push(Contradiction { name, about });
        }
    }
    for (name, sql) in COUNTED {
        let rows: i64 = c.query_row(sql, [], |row| row.get(0))?;
        found.rows.insert(name, u64::try_from(rows).unwrap_or(0));
    }
    Ok(())
}

/// Returns the first column of each row as text.
fn texts(c: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = c.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{SqliteStore, spoil};

    /// An order as it is when its plan is active, with all that belongs to it.
    const ORDER: &str = "
        INSERT INTO orders (id, code, version, session, browser_key, brand, plan, price_minor,
            currency, plan_type, duration, resets, state, created_at, payment_reference, grant_from,
            grant_to)
        VALUES ('o', 'C', 2, 's', 'k', 'fjell', 'day', 490, 'EUR', 'fixed', 'P1D', 0, 'active', 0,
            'p', 0, 1);
        INSERT INTO journal VALUES ('o', 1, 0, 'customer', 'placed', 'created', NULL),
            ('o', 2, 0, 'network', 'done', 'active', NULL);
        INSERT INTO subscription (order_id, brand, plan, starts_at, ends_at)
        VALUES ('o', 'fjell', 'day', 0, 1);
        INSERT INTO outbox (key, order_id, kind, body, created_at, due_at)
        VALUES ('e', 'o', 'activate', '', 0, 0);";

    fn found(change: &str) -> Inspection {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db.sqlite");
        drop(SqliteStore::open(&path).expect("made"));
        spoil::change(&path, &format!("{ORDER} {change}"));
        inspect(&path, Depth::Whole).expect("looked through")
    }

    #[test]
    fn rows_that_contradict_each_other_are_named() {
        let whole = found("");
        assert_eq!((whole.damage, whole.contradictions), (vec![], vec![]));
        assert_eq!(whole.schema_version, migrations::newest());
        assert_eq!((whole.rows["orders"], whole.rows["journal"]), (1, 2));
        for (change, expected) in [
            ("DELETE FROM subscription", vec![("granted_without_subscription", "C")]),
            (
                "UPDATE orders SET grant_from = NULL",
                vec![("active_without_grant", "C"), ("subscription_without_grant", "o")],
            ),
            ("DELETE FROM journal WHERE version = 1", vec![("journal_with_gaps", "o")]),
            ("DELETE FROM journal WHERE version = 2", vec![("journal_behind_order", "C")]),
            ("UPDATE journal SET state = 'paid'", vec![("journal_of_another_state", "C")]),
            (
                "INSERT INTO journal VALUES ('x', 1, 0, '', '', 'created', NULL)",
                vec![("journal_without_order", "x")],
            ),
            ("UPDATE outbox SET order_id = 'x'", vec![("effect_without_order", "x")]),
            (
                "INSERT INTO orders (id, code, version, session, browser_key, brand, plan,
                     price_minor, currency, plan_type, duration, resets, state, created_at,
                     payment_reference)
                 VALUES ('q', 'D', 1, 's', 'l', 'fjell', 'day', 490, 'EUR', 'fixed', 'P1D', 0,
                     'refunded', 0, 'p');
                 INSERT INTO journal VALUES ('q', 1, 0, 'customer', 'placed', 'refunded', NULL)",
                vec![("payment_of_two_orders", "C")],
            ),
            (
                "INSERT INTO usage (subscription, brand, plan, starts_at, terms)
                 VALUES ('o', 'fjell', 'day', 0, '')",
                vec![("usage_without_state", "o")],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(name, about)| Contradiction { name, about: vec![about.to_owned()] })
                .collect();
            assert_eq!(found(change).contradictions, expected, "{change}");
        }
    }

    #[test]
    fn a_schema_that_is_not_ours_is_told_apart() {
        let changed = found("UPDATE schema_version SET checksum = '' WHERE version = 2");
        assert_eq!(changed.damage.len(), 1, "{changed:?}");
        let older = found("DELETE FROM schema_version WHERE version > 9");
        assert_eq!((older.schema_version, older.rows.len()), (9, 0), "{older:?}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db.sqlite");
        drop(SqliteStore::open(&path).expect("made"));
        spoil::change(&path, "INSERT INTO schema_version VALUES (99, 'later', '')");
        let newer = inspect(&path, Depth::Quick);
        assert!(matches!(newer, Err(StoreError::Unavailable(_))), "{newer:?}");
        let none = folder.path().join("none");
        std::fs::write(&none, "no database, but long enough to be looked at").expect("written");
        let none = inspect(&none, Depth::Quick).expect("looked at");
        assert_eq!(none.damage.len(), 1, "{none:?}");
    }
}
