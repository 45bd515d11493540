//! What goes wrong with a database, for tests: full disks and rows that nobody can read.

use std::path::Path;

use domain::code::Id;
use rusqlite::{Connection, params};

/// Lets every change of a question to billing fail, as a full disk does.
pub fn refuse_questions(path: &Path) {
    let c = Connection::open(path).expect("opens");
    let sql = "CREATE TRIGGER full BEFORE UPDATE ON usage_outbox
               BEGIN SELECT raise(ABORT, 'the disk is full'); END";
    c.execute_batch(sql).expect("made");
}

/// Changes rows behind the store's back.
pub fn change(path: &Path, sql: &str) {
    Connection::open(path).expect("opens").execute_batch(sql).expect("changed");
}

/// Makes the usage of a subscription unreadable.
pub fn corrupt_usage(path: &Path, subscription: Id) {
    let c = Connection::open(path).expect("opens");
    let sql = "UPDATE usage_state SET state = x'3f'
               WHERE id = (SELECT id FROM usage WHERE subscription = ?1)";
    assert_eq!(c.execute(sql, params![subscription.to_string()]).expect("spoiled"), 1);
}
