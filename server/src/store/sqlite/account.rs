//! Account pages in SQLite: the command and the queries of [`crate::store::account`].
//!
//! Not here: the log of notifications ([`super::events`]).

use domain::code::Id;
use domain::events::Notice;
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::events::counter;
use super::reads::{all, one};
use super::rows::{column, corrupt, count, instant, ms};
use super::writer::run_sql;
use crate::store::account::{
    AccountCommand, AccountStore, InQuarantine, NOTICES_MAX, Tidings, Told,
};
use crate::store::{Reply, StoreError};

/// Writes one command.
pub(super) fn write(c: &Connection, command: &AccountCommand) -> Result<(), StoreError> {
    let AccountCommand::PutAway { subscription, seq, at } = command;
    run_sql(
        c,
        "INSERT OR IGNORE INTO notice_put_away
         SELECT subscription, seq, ?3 FROM notification
         WHERE subscription = ?1 AND seq = ?2 AND kind = 'notice'",
        params![subscription.to_string(), count(*seq), ms(*at)],
    )
}

/// A message's notice and its text share their key but for its last part.
const NOTICES: &str = "SELECT n.seq, n.word, n.at, m.text FROM notification n
    LEFT JOIN notification m ON m.subscription = n.subscription AND n.word = 'operator_message'
        AND m.key = substr(n.key, 1, length(n.key) - length('notice')) || 'public'
    WHERE n.subscription = ?1 AND n.kind = 'notice' AND NOT EXISTS (
        SELECT 1 FROM notice_put_away p WHERE p.subscription = n.subscription AND p.seq = n.seq)
    ORDER BY n.seq DESC LIMIT ?2";

fn tidings(c: &Connection, subscription: Id) -> Result<Tidings, StoreError> {
    let id = subscription.to_string();
    let told = all(c, NOTICES, params![id, NOTICES_MAX], told)?;
    let latest = "SELECT coalesce(max(seq), 0) AS latest FROM notification WHERE subscription = ?1";
    let latest = one(c, latest, [id], |row| counter(row, "latest"))?;
    Ok(Tidings { told, latest: latest.unwrap_or(0) })
}

fn told(row: &Row<'_>) -> Result<Told, StoreError> {
    let word: String = column(row, "word")?;
    let notice = Notice::ALL.into_iter().find(|notice| notice.name() == word);
    Ok(Told {
        seq: counter(row, "seq")?,
        notice: notice.ok_or_else(|| corrupt("word"))?,
        at: instant(row, "at")?,
        text: column(row, "text")?,
    })
}

impl AccountStore for SqliteStore {
    fn tidings(&self, subscription: Id) -> Reply<'_, Tidings> {
        self.read(move |c| tidings(c, subscription))
    }

    fn in_quarantine(&self, subscription: Id) -> Reply<'_, InQuarantine> {
        let sql = "SELECT count(*) AS of_all, coalesce(sum(instr(record, ?1) > 0), 0) AS of_own
                   FROM usage_quarantine";
        self.read(move |c| {
            let read = |row: &Row<'_>| {
                Ok(InQuarantine { own: counter(row, "of_own")?, all: counter(row, "of_all")? })
            };
            Ok(one(c, sql, [subscription.to_string()], read)?.unwrap_or_default())
        })
    }
}
