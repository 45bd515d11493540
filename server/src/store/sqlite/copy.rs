//! A copy of a database while it is in use, by SQLite's own means.
//!
//! Not here: where copies lie, and whether they are whole ([`crate::backup`]).

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{BUSY_TIMEOUT, unavailable};
use crate::store::StoreError;

/// How often a locked database is tried again.
const TRIES: u32 = 100;
/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Copies a database as it is at one instant into an empty file, which needs no other file
/// beside it then. Blocks. Who writes meanwhile is not kept waiting, and is not in the copy.
///
/// # Errors
/// Either file cannot be read or written, or the database stayed locked.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).map_err(unavailable)?;
    source.busy_timeout(BUSY_TIMEOUT).map_err(unavailable)?;
    let mut target = Connection::open(to).map_err(unavailable)?;
    let backup = Backup::new(&source, &mut target).map_err(unavailable)?;
    // All pages in one step, so that no write of another process makes it begin anew.
    let mut tries = 0_u32;
    while backup.step(-1).map_err(unavailable)? != StepResult::Done {
        tries = tries.saturating_add(1);
        if tries > TRIES {
            return Err(StoreError::Unavailable("it stays locked".to_owned()));
        }
        std::thread::sleep(PAUSE);
    }
    drop(backup);
    let mode: String = target
        .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))
        .map_err(unavailable)?;
    match mode.as_str() {
        "delete" => Ok(()),
        _ => Err(StoreError::Unavailable(format!("its journal mode stays {mode}"))),
    }
}
