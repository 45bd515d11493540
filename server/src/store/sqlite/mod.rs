//! The store in SQLite: WAL, `synchronous=FULL`, one writer thread with group commit, readers
//! in a pool.
//!
//! The only SQL of the product is below this module. Not here: what a batch means
//! ([`super::Command`]).

mod account;
mod books;
mod causes;
mod customer;
mod details;
mod check;
mod copy;
mod events;
mod messages;
mod migrations;
mod reads;
mod receipts;
mod refresh;
mod refunds;
mod rows;
#[cfg(test)]
pub mod spoil;
mod usage;
mod usage_codec;
mod usage_reads;
mod usage_state;
mod writer;

pub use check::inspect;
pub use copy::copy;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Timestamp;
use domain::code::{OrderCode, OrderId};
use rusqlite::{Connection, OpenFlags};

use super::health::StoreHealth;
use super::{
    Account, ApiToken, AuditEntry, Command, Delivery, JournalEntry, Login, Order, OutboxEntry,
    PackageRevision, Reply, SandboxSession, Session, SignedDocument, Store, StoreError,
    Subscription,
};

/// Readers kept open between reads; more are opened when all are busy.
const READERS_KEPT: usize = 8;
/// Prepared statements that a connection keeps.
const STATEMENTS_KEPT: usize = 128;
/// How long a reader waits for a lock, which in WAL mode is only at a checkpoint.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// The SQLite store.
pub struct SqliteStore {
    writer: writer::Writer,
    readers: Arc<Readers>,
}

struct Readers {
    path: std::path::PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens or makes the database file and brings its schema up to date. Blocks.
    ///
    /// # Errors
    /// The file cannot be opened or written, or its schema is not one of ours.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path).map_err(unavailable)?;
        prepare(&connection)?;
        migrations::run(&mut connection)?;
        let readers = Readers { path: path.to_owned(), idle: Mutex::default() };
        Ok(Self { writer: writer::Writer::start(connection)?, readers: Arc::new(readers) })
    }

    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Reply<'_, T> {
        let readers = Arc::clone(&self.readers);
        Box::pin(async move {
            let task = tokio::task::spawn_blocking(move || {
                let connection = readers.take()?;
                let answer = work(&connection);
                readers.give_back(connection);
                answer
            });
            task.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
        })
    }
}

impl Readers {
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(unavailable)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(unavailable)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS_KEPT {
            idle.push(connection);
        }
    }
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(unavailable)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(unavailable)?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!("journal mode is {mode}, not wal")));
    }
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        .map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

impl StoreHealth for SqliteStore {
    fn write_failure(&self) -> Option<String> {
        self.writer.failure()
    }
}

impl Store for SqliteStore {
    fn commit(&self, batch: Vec<Command>) -> Reply<'_, ()> {
        Box::pin(self.writer.commit(batch))
    }

    fn session(&self, id_hash: String) -> Reply<'_, Option<Session>> {
        self.read(move |c| reads::session(c, &id_hash))
    }

    fn order(&self, id: OrderId) -> Reply<'_, Option<Order>> {
        self.read(move |c| reads::order(c, "id = ?1", [id.to_string()]))
    }

    fn order_by_code(&self, code: OrderCode) -> Reply<'_, Option<Order>> {
        self.read(move |c| reads::order(c, "code = ?1", [code.as_str()]))
    }

    fn order_by_key(&self, session: String, browser_key: String) -> Reply<'_, Option<Order>> {
        self.read(move |c| {
            reads::order(c, "session = ?1 AND browser_key = ?2", [session, browser_key])
        })
    }

    fn order_by_payment_session(
        &self,
        provider: String,
        session: String,
    ) -> Reply<'_, Option<Order>> {
        let condition = "id = (SELECT order_id FROM payment_session
                               WHERE provider = ?1 AND session = ?2)";
        self.read(move |c| reads::order(c, condition, [provider, session]))
    }

    fn open_payments(&self, after: Option<OrderId>, limit: u32) -> Reply<'_, Vec<Order>> {
        let condition = "state = 'payment_open' AND session_id IS NOT NULL
                         AND (?1 IS NULL OR id > ?1) ORDER BY id LIMIT ?2";
        let after = after.map(|id| id.to_string());
        self.read(move |c| reads::orders(c, condition, rusqlite::params![after, limit]))
    }

    fn orders_by_iccid_end(&self, digits: String, limit: u32) -> Reply<'_, Vec<Order>> {
        let condition = "substr(icc_id, -4) = substr(?1, -4)
                         AND substr(icc_id, -length(?1)) = ?1 ORDER BY id DESC LIMIT ?2";
        self.read(move |c| reads::orders(c, condition, rusqlite::params![digits, limit]))
    }

    fn orders_of_session(&self, session: String) -> Reply<'_, Vec<Order>> {
        self.read(move |c| {
            let condition = "session = ?1 OR id IN
                 (SELECT order_id FROM order_access WHERE session = ?1)
                 ORDER BY id DESC LIMIT 20";
            reads::orders(c, condition, rusqlite::params![session])
        })
    }

    fn journal(&self, order: OrderId) -> Reply<'_, Vec<JournalEntry>> {
        self.read(move |c| reads::journal(c, order))
    }

    fn due_effects(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OutboxEntry>> {
        self.read(move |c| reads::due_effects(c, now, limit))
    }

    fn due_orders(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>> {
        self.read(move |c| reads::due_orders(c, now, limit))
    }

    fn unsettled_activations(&self, since: Timestamp, limit: u32) -> Reply<'_, Vec<Order>> {
        self.read(move |c| {
            let condition = "state IN ('activating', 'activation_failed') AND activation_at >= ?1
                             ORDER BY activation_at LIMIT ?2";
            reads::orders(c, condition, rusqlite::params![since.as_millisecond(), limit])
        })
    }

    fn subscription(&self, order: OrderId) -> Reply<'_, Option<Subscription>> {
        self.read(move |c| reads::subscription(c, order))
    }

    fn document(&self, order: OrderId, variant: String) -> Reply<'_, Option<SignedDocument>> {
        self.read(move |c| reads::document(c, order, &variant))
    }

    fn deliveries(&self, order: OrderId) -> Reply<'_, Vec<Delivery>> {
        self.read(move |c| reads::deliveries(c, order))
    }

    fn sandbox_session(&self, id: String) -> Reply<'_, Option<SandboxSession>> {
        self.read(move |c| reads::sandbox_session(c, "id", &id))
    }

    fn sandbox_session_by_key(&self, key: String) -> Reply<'_, Option<SandboxSession>> {
        self.read(move |c| reads::sandbox_session(c, "key", &key))
    }

    fn sandbox_session_by_reference(&self, reference: String) -> Reply<'_, Option<SandboxSession>> {
        self.read(move |c| reads::sandbox_session(c, "reference", &reference))
    }

    fn account(&self, name: String) -> Reply<'_, Option<Account>> {
        self.read(move |c| reads::account(c, &name))
    }

    fn account_count(&self) -> Reply<'_, u64> {
        self.read(reads::account_count)
    }

    fn login(&self, id_hash: String) -> Reply<'_, Option<Login>> {
        self.read(move |c| reads::login(c, &id_hash))
    }

    fn token(&self, hash: String) -> Reply<'_, Option<ApiToken>> {
        self.read(move |c| reads::tokens(c, Some(&hash)).map(|mut found| found.pop()))
    }

    fn tokens(&self) -> Reply<'_, Vec<ApiToken>> {
        self.read(|c| reads::tokens(c, None))
    }

    fn package_revisions(&self) -> Reply<'_, Vec<PackageRevision>> {
        self.read(reads::package_revisions)
    }

    fn audit(&self, limit: u32) -> Reply<'_, Vec<AuditEntry>> {
        self.read(move |c| reads::audit(c, limit))
    }

    fn latest_orders(&self, limit: u32) -> Reply<'_, Vec<Order>> {
        self.read(move |c| {
            reads::orders(c, "1 ORDER BY id DESC LIMIT ?1", rusqlite::params![limit])
        })
    }

    fn order_counts(&self) -> Reply<'_, Vec<(String, u64)>> {
        self.read(reads::order_counts)
    }
}
