//! Queries of usage.
//!
//! Not here: writes ([`super::usage`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::{Id, OrderId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::reads::all;
use super::rows::{column, corrupt, count, instant, ms, optional_instant};
use super::usage_codec::parse_terms;
use super::usage_state::{self, Moved};
use super::{SqliteStore, unavailable};
use crate::store::usage::{
    BillingQuestion, Bucket, Carried, Kind, Link, Metered, Quarantined, Seen, SessionValue,
    UsageClaims, UsageKnown, UsageQuestion, UsageStore,
};
use crate::store::{Reply, StoreError};
use crate::usage::record::Who;

/// Most subscriptions of one SIM that are looked at: the latest ones.
const SUBSCRIPTIONS_OF_SIM: u32 = 16;
/// Most connections of one answer.
const LINKS_MAX: u32 = 10_000;

fn number(row: &Row<'_>, name: &str) -> Result<u64, StoreError> {
    u64::try_from(column::<i64>(row, name)?).map_err(|_| corrupt(name))
}

fn carried(row: &Row<'_>) -> Result<Carried, StoreError> {
    Ok(Carried { sent: number(row, "sent")?, received: number(row, "received")? })
}

fn known(c: &Connection, question: &UsageQuestion) -> Result<UsageKnown, StoreError> {
    // One snapshot for all of it.
    let c = c.unchecked_transaction().map_err(unavailable)?;
    let mut known = UsageKnown::default();
    let source: Option<i64> = c
        .prepare_cached("SELECT id FROM usage_source WHERE name = ?1")
        .map_err(unavailable)?
        .query_row([&question.source], |row| row.get(0))
        .optional()
        .map_err(unavailable)?;
    if let Some(source) = source {
        known.seen = seen(&c, source, question)?;
        known.sessions = sessions(&c, source, question)?;
    }
    for who in &question.who {
        let found = claims_of(&c, who)?;
        known.who.insert(who.clone(), found.iter().map(|(handle, _)| *handle).collect());
        let ordered = found.into_iter().filter_map(|(handle, by)| Some((handle, by?)));
        known.ordered_by.extend(ordered);
    }
    let named = known.who.values().flatten().copied();
    let handles: BTreeSet<i64> = named.chain(question.handles.iter().copied()).collect();
    for handle in handles {
        let found = all(&c, &metered_sql("id = ?1"), [handle], metered_row)?;
        known.metered.extend(found.into_iter().map(|one| (one.handle, Arc::new(one))));
    }
    Ok(known)
}

fn seen(
    c: &Connection,
    source: i64,
    question: &UsageQuestion,
) -> Result<BTreeMap<u64, Seen>, StoreError> {
    let sql = "SELECT bits FROM usage_seen WHERE source = ?1 AND chunk = ?2";
    let mut statement = c.prepare_cached(sql).map_err(unavailable)?;
    let mut found = BTreeMap::new();
    for chunk in &question.chunks {
        let bytes: Option<Vec<u8>> = statement
            .query_row(params![source, count(*chunk)], |row| row.get(0))
            .optional()
            .map_err(unavailable)?;
        if let Some(bytes) = bytes {
            found.insert(*chunk, Seen::parse(&bytes).ok_or_else(|| corrupt("bits"))?);
        }
    }
    Ok(found)
}

fn sessions(
    c: &Connection,
    source: i64,
    question: &UsageQuestion,
) -> Result<BTreeMap<String, SessionValue>, StoreError> {
    let sql = "SELECT usage, sent, received, at FROM usage_session
               WHERE source = ?1 AND session = ?2";
    let mut found = BTreeMap::new();
    for session in &question.sessions {
        let values = all(c, sql, params![source, session], |row| {
            let (handle, at) = (column(row, "usage")?, instant(row, "at")?);
            Ok(SessionValue { handle, carried: carried(row)?, at })
        })?;
        found.extend(values.into_iter().map(|value| (session.clone(), value)));
    }
    Ok(found)
}

/// A subscription that records may be of, and the session that ordered it, where that matters.
type Claim = (i64, Option<String>);

fn claims_of(c: &Connection, who: &Who) -> Result<Vec<Claim>, StoreError> {
    match who {
        Who::Subscription(id) => {
            let sql = "SELECT id FROM usage WHERE subscription = ?1";
            all(c, sql, [id.to_string()], |row| Ok((column(row, "id")?, None)))
        }
        Who::Imsi(imsi) => claims_of_sim(c, "imsi", imsi.reveal()),
        Who::Iccid(iccid) => claims_of_sim(c, "iccid", iccid.reveal()),
    }
}

/// The subscriptions that claim a SIM, the latest begin first, and the session that ordered each.
///
/// Whoever orders many plans in a SIM's name must not push out the one that runs: those before
/// that ran when the first of the latest began are there too, the first ones.
fn claims_of_sim(c: &Connection, sim: &str, value: &str) -> Result<Vec<Claim>, StoreError> {
    let select = format!(
        "SELECT usage.id, usage.starts_at, orders.session FROM usage
         LEFT JOIN orders ON orders.id = usage.subscription WHERE usage.{sim} = ?1"
    );
    let claim = |row: &Row<'_>| {
        let session: Option<String> = column(row, "session")?;
        let starts_at: i64 = column(row, "starts_at")?;
        Ok((column(row, "id")?, starts_at, session))
    };
    let sql = format!("{select} ORDER BY usage.starts_at DESC LIMIT ?2");
    let mut found = all(c, &sql, params![value, SUBSCRIPTIONS_OF_SIM], claim)?;
    let is_full = u32::try_from(found.len()).is_ok_and(|len| len >= SUBSCRIPTIONS_OF_SIM);
    if let Some((_, first, _)) = found.last().filter(|_| is_full) {
        let sql = format!(
            "{select} AND usage.starts_at < ?3 AND (usage.ends_at IS NULL OR usage.ends_at > ?3)
             ORDER BY usage.starts_at LIMIT ?2"
        );
        let before = all(c, &sql, params![value, SUBSCRIPTIONS_OF_SIM, first], claim)?;
        found.extend(before.into_iter().rev());
    }
    Ok(found.into_iter().map(|(handle, _, session)| (handle, session)).collect())
}

fn metered_sql(condition: &str) -> String {
    format!("SELECT * FROM usage JOIN usage_state USING (id) WHERE {condition}")
}

fn claims(c: &Connection, who: Vec<Who>) -> Result<UsageClaims, StoreError> {
    // One snapshot for all of it.
    let c = c.unchecked_transaction().map_err(unavailable)?;
    let mut claims = UsageClaims::default();
    for who in who {
        let found = claims_of(&c, &who)?;
        let handles = found.iter().map(|(handle, _)| *handle).collect();
        claims.who.insert(who, handles);
        let ordered = found.into_iter().filter_map(|(handle, by)| Some((handle, by?)));
        claims.ordered_by.extend(ordered);
    }
    Ok(claims)
}

fn metered_row(row: &Row<'_>) -> Result<Metered, StoreError> {
    let text = |name: &str| -> Result<String, StoreError> { column(row, name) };
    let subscription = Id::parse(&text("subscription")?).ok_or_else(|| corrupt("subscription"))?;
    let state: Vec<u8> = column(row, "state")?;
    let moved = usage_state::parse(&state).ok_or_else(|| corrupt("state"))?;
    let Moved { state, registered, profiles, revision, revised_at } = moved;
    Ok(Metered {
        handle: column(row, "id")?,
        subscription,
        version: number(row, "version")?,
        brand: BrandId::parse(&text("brand")?).ok_or_else(|| corrupt("brand"))?,
        plan: text("plan")?,
        starts_at: instant(row, "starts_at")?,
        ends_at: optional_instant(row, "ends_at")?,
        terms: parse_terms(&text("terms")?).ok_or_else(|| corrupt("terms"))?,
        state,
        registered,
        profiles,
        revision,
        revised_at,
    })
}

pub(super) fn metered(c: &Connection, id: OrderId) -> Result<Option<Metered>, StoreError> {
    let sql = metered_sql("subscription = ?1");
    all(c, &sql, [id.to_string()], metered_row).map(|found| found.into_iter().next())
}

fn due(c: &Connection, now: Timestamp, limit: u32) -> Result<Vec<OrderId>, StoreError> {
    let sql =
        "SELECT subscription FROM usage_state JOIN usage USING (id) WHERE next_deadline IS NOT NULL
               AND next_deadline <= ?1 ORDER BY next_deadline LIMIT ?2";
    all(c, sql, params![ms(now), limit], |row| {
        let id: String = column(row, "subscription")?;
        Id::parse(&id).ok_or_else(|| corrupt("subscription"))
    })
}

fn unmetered(c: &Connection, now: Timestamp, limit: u32) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT order_id FROM subscription JOIN orders ON orders.id = order_id
               WHERE (resets OR ends_at > ?1) AND grant_to IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM usage WHERE subscription = order_id) LIMIT ?2";
    all(c, sql, params![ms(now), limit], |row| {
        let id: String = column(row, "order_id")?;
        Id::parse(&id).ok_or_else(|| corrupt("order_id"))
    })
}

fn bucket(row: &Row<'_>) -> Result<Bucket, StoreError> {
    Ok(Bucket {
        slot: column(row, "slot")?,
        handle: column(row, "usage")?,
        kind: Kind::from_number(column(row, "kind")?).ok_or_else(|| corrupt("kind"))?,
        carried: carried(row)?,
    })
}

/// The slots between as a table: the key of the buckets begins with the slot, and a query by
/// slot and subscription jumps from one to the next.
const SLOTS: &str = "WITH RECURSIVE slots (slot) AS (
    SELECT ?2 WHERE ?2 < ?3 UNION ALL SELECT slot + 1 FROM slots WHERE slot + 1 < ?3)";

fn minutes(c: &Connection, handle: i64, from: i64, to: i64) -> Result<Vec<Bucket>, StoreError> {
    let sql = format!(
        "{SLOTS} SELECT slot, usage, kind, sent, received FROM slots CROSS JOIN usage_minute
         ON minute = slot AND usage = ?1 ORDER BY slot, kind"
    );
    all(c, &sql, params![handle, from, to], bucket)
}

fn hours(c: &Connection, handle: i64, from: i64, to: i64) -> Result<Vec<Bucket>, StoreError> {
    let c = c.unchecked_transaction().map_err(unavailable)?;
    let sql = format!(
        "{SLOTS} SELECT slot, usage, kind, sent, received FROM slots CROSS JOIN usage_hour
         ON hour = slot AND usage = ?1 ORDER BY slot, kind"
    );
    let mut found = all(&c, &sql, params![handle, from, to], bucket)?;
    // Minutes that are left lie in the last hours; before them there are none to look for.
    let first: Option<i64> = c
        .query_row("SELECT min(minute) FROM usage_minute", [], |row| row.get(0))
        .map_err(unavailable)?;
    let last: Option<i64> = c
        .query_row("SELECT max(minute) FROM usage_minute", [], |row| row.get(0))
        .map_err(unavailable)?;
    if let (Some(first), Some(last)) = (first, last) {
        let first = first.max(from.saturating_mul(60));
        let end = last.saturating_add(1).min(to.saturating_mul(60));
        let minutes = minutes(&c, handle, first, end)?;
        found.extend(minutes.into_iter().map(|b| Bucket { slot: b.slot.div_euclid(60), ..b }));
    }
    let mut sums: BTreeMap<(i64, Kind), Carried> = BTreeMap::new();
    for bucket in found {
        let sum = sums.entry((bucket.slot, bucket.kind)).or_default();
        *sum = sum.plus(bucket.carried);
    }
    let buckets = sums.into_iter();
    Ok(buckets.map(|((slot, kind), carried)| Bucket { slot, handle, kind, carried }).collect())
}

fn links(
    c: &Connection,
    handle: i64,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Link>, StoreError> {
    let sql = "SELECT started_at, ended_at, roaming FROM usage_connection
               WHERE usage = ?1 AND started_at < ?3 AND (ended_at IS NULL OR ended_at > ?2)
               ORDER BY started_at LIMIT ?4";
    all(c, sql, params![handle, ms(from), ms(to), LINKS_MAX], |row| {
        Ok(Link {
            started_at: instant(row, "started_at")?,
            ended_at: optional_instant(row, "ended_at")?,
            is_roaming: column(row, "roaming")?,
        })
    })
}

fn due_questions(
    c: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<BillingQuestion>, StoreError> {
    let sql = "SELECT * FROM usage_outbox WHERE done_at IS NULL AND due_at <= ?1
               ORDER BY due_at, key LIMIT ?2";
    all(c, sql, params![ms(now), limit], |row| {
        let subscription: String = column(row, "subscription")?;
        Ok(BillingQuestion {
            key: column(row, "key")?,
            subscription: Id::parse(&subscription).ok_or_else(|| corrupt("subscription"))?,
            created_at: instant(row, "created_at")?,
            due_at: instant(row, "due_at")?,
            attempts: column(row, "attempts")?,
        })
    })
}

fn quarantine(c: &Connection, after: u64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
    let sql = "SELECT * FROM usage_quarantine WHERE id > ?1 ORDER BY id LIMIT ?2";
    all(c, sql, params![count(after), limit], |row| {
        Ok(Quarantined {
            id: number(row, "id")?,
            source: column(row, "source")?,
            sequence: number(row, "sequence")?,
            reason: column(row, "reason")?,
            received_at: instant(row, "received_at")?,
            record: column(row, "record")?,
        })
    })
}

impl UsageStore for SqliteStore {
    fn usage_known(&self, question: UsageQuestion) -> Reply<'_, UsageKnown> {
        self.read(move |c| known(c, &question))
    }

    fn usage_claims(&self, who: Vec<Who>) -> Reply<'_, UsageClaims> {
        self.read(move |c| claims(c, who))
    }

    fn metered(&self, subscription: OrderId) -> Reply<'_, Option<Metered>> {
        self.read(move |c| metered(c, subscription))
    }

    fn unmetered(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>> {
        self.read(move |c| unmetered(c, now, limit))
    }

    fn due_usage(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>> {
        self.read(move |c| due(c, now, limit))
    }

    fn usage_minutes(&self, handle: i64, from: i64, to: i64) -> Reply<'_, Vec<Bucket>> {
        self.read(move |c| minutes(c, handle, from, to))
    }

    fn usage_hours(&self, handle: i64, from: i64, to: i64) -> Reply<'_, Vec<Bucket>> {
        self.read(move |c| hours(c, handle, from, to))
    }

    fn links(&self, handle: i64, from: Timestamp, to: Timestamp) -> Reply<'_, Vec<Link>> {
        self.read(move |c| links(c, handle, from, to))
    }

    fn due_questions(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<BillingQuestion>> {
        self.read(move |c| due_questions(c, now, limit))
    }

    fn quarantine(&self, after: u64, limit: u32) -> Reply<'_, Vec<Quarantined>> {
        self.read(move |c| quarantine(c, after, limit))
    }
}
