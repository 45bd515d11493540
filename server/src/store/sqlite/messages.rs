//! Messages of operators in SQLite: the commands and queries of [`crate::store::messages`].
//!
//! Not here: the events that they lead to ([`super::events`]).

use domain::code::Id;
use domain::sms::assemble::{Key, PARTS_TIME};
use domain::sms::{Body, Class, Reference};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::reads::{all, one};
use super::rows::{column, corrupt, instant, ms};
use super::writer::run_sql;
use crate::store::messages::{Answered, HeldPart, MessagesCommand, MessagesStore};
use crate::store::{Reply, StoreError};

/// How long answers are known.
const KEPT_MS: i64 = 90 * 24 * 3_600_000;

/// Writes one command.
pub(super) fn write(c: &Connection, command: &MessagesCommand) -> Result<(), StoreError> {
    match command {
        MessagesCommand::Answer { subscription, id, at, answer } => {
            let sql = "DELETE FROM message_answer WHERE (subscription, id) IN
                (SELECT subscription, id FROM message_answer WHERE at < ?1 ORDER BY at LIMIT 100)";
            run_sql(c, sql, [ms(*at).saturating_sub(KEPT_MS)])?;
            let sql = "INSERT INTO message_answer VALUES (?1, ?2, ?3, ?4)";
            run_sql(c, sql, params![subscription.to_string(), id, ms(*at), answer])
        }
        MessagesCommand::Hold { subscription, part } => hold(c, *subscription, part),
        MessagesCommand::Drop { subscription, key } => {
            let (is_wide, reference) = reference(key.reference);
            run_sql(
                c,
                "DELETE FROM message_part WHERE subscription = ?1 AND sender = ?2
                 AND is_wide = ?3 AND reference = ?4 AND total = ?5",
                params![subscription.to_string(), key.sender, is_wide, reference, key.total],
            )
        }
    }
}

fn hold(c: &Connection, subscription: Id, part: &HeldPart) -> Result<(), StoreError> {
    // Twice the time: what is over of this subscriber, its next message says aloud.
    let time_ms = i64::try_from(PARTS_TIME.as_millis()).unwrap_or(i64::MAX).saturating_mul(2);
    let over = ms(part.since).saturating_sub(time_ms);
    run_sql(c, "DELETE FROM message_part WHERE since < ?1", [over])?;
    let (is_wide, reference) = reference(part.key.reference);
    let (alphabet, body) = match &part.body {
        Body::Septets(septets) => ("septets", septets.clone()),
        Body::Octets(octets) => ("octets", octets.clone()),
        Body::Units(units) => ("units", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
    };
    run_sql(
        c,
        "INSERT OR REPLACE INTO message_part VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            subscription.to_string(),
            part.key.sender,
            is_wide,
            reference,
            part.key.total,
            part.number,
            ms(part.since),
            part.class.map(Class::number),
            alphabet,
            body
        ],
    )
}

fn reference(reference: Reference) -> (bool, u16) {
    match reference {
        Reference::Narrow(number) => (false, u16::from(number)),
        Reference::Wide(number) => (true, number),
    }
}

fn part(row: &Row<'_>) -> Result<HeldPart, StoreError> {
    let number: u16 = column(row, "reference")?;
    let reference = match column::<bool>(row, "is_wide")? {
        true => Reference::Wide(number),
        false => Reference::Narrow(u8::try_from(number).map_err(|_| corrupt("reference"))?),
    };
    let class = match column::<Option<u8>>(row, "class")? {
        None => None,
        Some(0) => Some(Class::Flash),
        Some(1) => Some(Class::Device),
        Some(2) => Some(Class::Sim),
        Some(3) => Some(Class::Terminal),
        Some(_) => return Err(corrupt("class")),
    };
    let body: Vec<u8> = column(row, "body")?;
    let body = match column::<String>(row, "alphabet")?.as_str() {
        "septets" => Body::Septets(body),
        "octets" => Body::Octets(body),
        "units" => {
            let pairs = body.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
            Body::Units(pairs.map(u16::from_be_bytes).collect())
        }
        _ => return Err(corrupt("alphabet")),
    };
    Ok(HeldPart {
        key: Key { sender: column(row, "sender")?, reference, total: column(row, "total")? },
        number: column(row, "number")?,
        since: instant(row, "since")?,
        class,
        body,
    })
}

impl MessagesStore for SqliteStore {
    fn message_answer(&self, subscription: Id, id: String) -> Reply<'_, Option<Answered>> {
        self.read(move |c| {
            let sql = "SELECT answer FROM message_answer WHERE subscription = ?1 AND id = ?2";
            let read = |row: &Row<'_>| column(row, "answer").map(Answered);
            one(c, sql, params![subscription.to_string(), id], read)
        })
    }

    fn message_parts(&self, subscription: Id) -> Reply<'_, Vec<HeldPart>> {
        self.read(move |c| {
            let sql = "SELECT * FROM message_part WHERE subscription = ?1
                       ORDER BY since, sender, is_wide, reference, total, number";
            all(c, sql, [subscription.to_string()], part)
        })
    }
}
