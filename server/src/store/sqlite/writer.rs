//! The one writer: a thread that takes batches as they come and commits many at once.
//!
//! Each batch is a savepoint, so that one that fails leaves the others of its group alone; an
//! answer goes out only after the commit that holds its batch. A database that cannot be written
//! (a full disk, a read-only one) is tried again until it can. Not here: reads.

use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::code::Id;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{oneshot, watch};

use super::rows::{self, ms, order_columns};
use super::{unavailable, usage};
use crate::store::events::Latest;
use crate::store::{Command, JournalEntry, Order, StoreError};

/// Most batches that wait; a sender beyond them waits for a place.
const QUEUE: usize = 1024;
/// Most batches of one commit.
const GROUP: usize = 256;
/// How long after a failure it is found out whether the database can be written again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// A handle to the writer thread, which ends when the handle is dropped.
pub(super) struct Writer {
    queue: SyncSender<Job>,
    /// Changes after commits that raised something.
    pub(super) raised: watch::Sender<Latest>,
    /// Why the last write failed.
    failure: Failure,
}

/// Why the last write failed, if nothing was written since.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<String>>>);

impl Failure {
    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes how a write went; tells the log when that changes.
    fn note(&self, written: &Result<(), StoreError>) {
        let failed = match written {
            Err(StoreError::Unavailable(why)) => Some(why.clone()),
            Ok(()) => None,
            // What was refused says nothing of the disk.
            Err(
                StoreError::Conflict
                | StoreError::Duplicate
                | StoreError::Missing
                | StoreError::Corrupt(_),
            ) => return,
        };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (last.as_deref(), failed.as_deref()) {
            (None, Some(why)) => tracing::error!(why, "the database cannot be written"),
            (Some(_), None) => tracing::info!("the database can be written again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        *last = failed;
    }
}

struct Job {
    batch: Vec<Command>,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Writer {
    /// Starts the thread on its own connection.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let raised = watch::Sender::new(Latest::default());
        let latest = raised.clone();
        let failure = Failure::default();
        let noted = failure.clone();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(connection, &jobs, &latest, &noted))
            .map_err(unavailable)?;
        Ok(Self { queue, raised, failure })
    }

    /// Returns why the last write failed, if nothing was written since.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.get()
    }

    /// Commits a batch; returns once it is durable.
    pub(super) async fn commit(&self, batch: Vec<Command>) -> Result<(), StoreError> {
        let (answer, wait) = oneshot::channel();
        let gone = |_| StoreError::Unavailable("the writer has stopped".to_owned());
        let queue = self.queue.clone();
        let job = Job { batch, answer };
        // A full queue blocks, which must not block the runtime.
        match queue.try_send(job) {
            Ok(()) => {}
            Err(std::sync::mpsc::TrySendError::Full(job)) => {
                let sent = tokio::task::spawn_blocking(move || queue.send(job).map_err(drop));
                sent.await.map_err(unavailable)?.map_err(gone)?;
            }
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => return Err(gone(())),
        }
        wait.await.map_err(|_| gone(()))?
    }
}

fn run(
    mut connection: Connection,
    jobs: &Receiver<Job>,
    raised: &watch::Sender<Latest>,
    failure: &Failure,
) {
    while let Ok(first) = next(&connection, jobs, failure) {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        let commands = group.iter().flat_map(|job| &job.batch);
        let is_raising = commands.clone().any(is_raising);
        let subscriptions: Vec<_> = commands.filter_map(raised_of).collect();
        commit_group(&mut connection, group, failure);
        if is_raising {
            raised.send_modify(|latest| subscriptions.into_iter().for_each(|of| latest.add(of)));
        }
    }
}

/// Waits for work, and meanwhile for a database that can be written again.
fn next(
    connection: &Connection,
    jobs: &Receiver<Job>,
    failure: &Failure,
) -> Result<Job, RecvError> {
    while failure.get().is_some() {
        match jobs.recv_timeout(TRY_AGAIN) {
            Ok(job) => return Ok(job),
            Err(RecvTimeoutError::Timeout) => failure.note(&probe(connection)),
            Err(RecvTimeoutError::Disconnected) => return Err(RecvError),
        }
    }
    jobs.recv()
}

/// Writes what is there already, durably: a page of the file, and nothing of ours.
fn probe(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("PRAGMA user_version = 0").map_err(unavailable)
}

/// Tells whether a command makes work for those who read the log.
fn is_raising(command: &Command) -> bool {
    use crate::store::events::EventsCommand::{Raise, Replay};
    matches!(command, Command::Events(Raise { .. } | Replay { .. }))
}

/// Returns whose a notification is.
fn raised_of(command: &Command) -> Option<Id> {
    use crate::store::events::EventsCommand::Raise;
    match command {
        Command::Events(Raise { subscription, .. }) => Some(*subscription),
        _ => None,
    }
}

fn commit_group(connection: &mut Connection, group: Vec<Job>, failure: &Failure) {
    let committed = write_group(connection, &group);
    match &committed {
        Ok(results) => results.iter().for_each(|result| failure.note(result)),
        Err(error) => failure.note(&Err(error.clone())),
    }
    for (at, job) in group.into_iter().enumerate() {
        let result = match &committed {
            Ok(results) => results.get(at).cloned().unwrap_or(Err(StoreError::Missing)),
            Err(error) => Err(error.clone()),
        };
        // Nobody waits any more when the request was cut off; the commit stands.
        let _ = job.answer.send(result);
    }
}

fn write_group(
    connection: &mut Connection,
    group: &[Job],
) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let mut transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unavailable)?;
    if let [job] = group {
        // Without others there is nothing to keep when it fails: a savepoint would only copy each
        // page before it is changed.
        let result = job.batch.iter().try_for_each(|command| write(&transaction, command));
        if result.is_ok() {
            transaction.commit().map_err(unavailable)?;
        }
        return Ok(vec![result]);
    }
    let mut results = Vec::with_capacity(group.len());
    for job in group {
        let mut savepoint = transaction.savepoint().map_err(unavailable)?;
        let result = job.batch.iter().try_for_each(|command| write(&savepoint, command));
        match result {
            Ok(()) => savepoint.commit().map_err(unavailable)?,
            Err(_) => savepoint.rollback().map_err(unavailable)?,
        }
        results.push(result);
    }
    Transaction::commit(transaction).map_err(unavailable)?;
    Ok(results)
}

fn write(c: &Connection, command: &Command) -> Result<(), StoreError> {
    match command {
        Command::SaveSession(session) => rows::save_session(c, session),
        Command::InsertOrder(order) => insert_order(c, order),
        Command::UpdateOrder(order) => update_order(c, order),
        Command::AppendJournal(entry) => append_journal(c, entry),
        Command::AddEffect(entry) => rows::add_effect(c, entry),
        Command::FinishEffect { key, at } => run_sql(
            c,
            "UPDATE outbox SET done_at = ?2, last_error = NULL WHERE key = ?1 AND done_at IS NULL",
            params![key, ms(*at)],
        ),
        Command::PutOffEffect { key, due_at, error } => run_sql(
            c,
            "UPDATE outbox SET due_at = ?2, last_error = ?3, attempts = attempts + 1
             WHERE key = ?1 AND done_at IS NULL",
            params![key, ms(*due_at), error],
        ),
        Command::RememberPaymentEvent { provider, id, at } => run_sql(
            c,
            "INSERT INTO payment_event VALUES (?1, ?2, ?3)",
            params![provider, id, ms(*at)],
        ),
        Command::InsertSubscription(subscription) => rows::insert_subscription(c, subscription),
        Command::EndSubscription { order, at } => run_sql(
            c,
            "UPDATE subscription SET ends_at = min(ends_at, max(starts_at, ?2))
             WHERE order_id = ?1",
            params![order.to_string(), ms(*at)],
        ),
        Command::InsertDocument(document) => run_sql(
            c,
            "INSERT OR IGNORE INTO document VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                document.order.to_string(),
                document.variant,
                document.xml,
                document.sha256,
                ms(document.signed_at)
            ],
        ),
        Command::InsertDelivery(delivery) => rows::insert_delivery(c, delivery),
        Command::RecordResult { delivery, order, result, at } => {
            rows::record_result(c, delivery, *order, *result, *at)
        }
        Command::InsertSandboxSession(session) => rows::insert_sandbox_session(c, session),
        Command::MoveSandboxSession { id, status, reference } => {
            rows::move_sandbox_session(c, id, *status, reference.as_deref())
        }
        Command::RefundSandboxPayment { reference } => rows::refund_sandbox(c, reference),
        Command::RememberPaymentSession { provider, session, order } => run_sql(
            c,
            "INSERT OR IGNORE INTO payment_session (provider, session, order_id)
             VALUES (?1, ?2, ?3)",
            params![provider, session, order.to_string()],
        ),
        Command::Usage(command) => usage::write(c, command),
        Command::Books(command) => super::books::write(c, command),
        Command::Account(command) => super::account::write(c, command),
        Command::Customer(command) => super::customer::write(c, command),
        Command::Details(command) => super::details::write(c, command),
        Command::Messages(command) => super::messages::write(c, command),
        Command::Events(command) => super::events::write(c, command),
        Command::SavePackageRevision(revision) => rows::save_package_revision(c, revision),
        Command::Refresh(command) => super::refresh::write(c, command),
        Command::InsertAccount(_)
        | Command::InsertLogin(_)
        | Command::DeleteLogin { .. }
        | Command::InsertToken(_)
        | Command::Audit(_)
        | Command::Sweep { .. } => rows::write_access(c, command),
    }
}

fn append_journal(c: &Connection, entry: &JournalEntry) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT INTO journal (order_id, version, at, actor, event, state, key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            entry.order.to_string(),
            rows::count(entry.version),
            ms(entry.at),
            entry.actor,
            entry.event,
            entry.state.name(),
            entry.key
        ],
    )
}

pub(super) fn run_sql(
    c: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<(), StoreError> {
    changed(c, sql, values).map(drop)
}

/// Runs one statement and says how many rows it changed.
pub(super) fn changed(
    c: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<usize, StoreError> {
    let done = c.prepare_cached(sql).and_then(|mut statement| statement.execute(values));
    done.map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::Duplicate,
        _ => unavailable(error),
    })
}

fn insert_order(c: &Connection, order: &Order) -> Result<(), StoreError> {
    let columns = order_columns(order)?;
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let marks: Vec<_> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
    let sql = format!("INSERT INTO orders ({}) VALUES ({})", names.join(", "), marks.join(", "));
    run_sql(c, &sql, rusqlite::params_from_iter(columns.iter().map(|(_, value)| value)))
}

fn update_order(c: &Connection, order: &Order) -> Result<(), StoreError> {
    let columns = order_columns(order)?;
    let sets: Vec<_> =
        columns.iter().enumerate().map(|(at, (name, _))| format!("{name} = ?{}", at + 1)).collect();
    let sql = format!(
        "UPDATE orders SET {} WHERE id = ?1 AND version = ?{}",
        sets.join(", "),
        columns.len() + 1
    );
    let before = rusqlite::types::Value::Integer(rows::count(order.version.saturating_sub(1)));
    let values = columns.into_iter().map(|(_, value)| value).chain([before]);
    match changed(c, &sql, rusqlite::params_from_iter(values))? {
        0 => Err(StoreError::Conflict),
        _ => Ok(()),
    }
}
