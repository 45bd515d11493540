//! Usage in the store: numbers once, versions in order, all or nothing.
//!
//! Not here: SQL, and what counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Timestamp;
use domain::amount::Megabytes;
use domain::brand::BrandId;
use domain::code::{Id, OrderId};
use domain::identity::Imsi;
use domain::usage::Terms;
use server::store::sqlite::SqliteStore;
use server::store::usage::{
    Bucket, CHUNK, Carried, Kind, Metered, NewMetered, Quarantined, Seen, SessionValue, StateWrite,
    Taken, UsageCommand, UsageQuestion,
};
use server::store::{Command, Store, StoreError};
use server::usage::record::Who;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + second).expect("an instant")
}

fn id(number: i64) -> OrderId {
    Id::from_parts(number, [0; 10])
}

fn imsi() -> Imsi {
    Imsi::parse("001012345678901").expect("an IMSI")
}

fn open(number: i64, limit: u32) -> Command {
    Command::Usage(UsageCommand::Open(Box::new(NewMetered {
        subscription: id(number),
        brand: BrandId::parse("fjell").expect("an id"),
        plan: "day".to_owned(),
        imsi: Some(imsi()),
        iccid: None,
        starts_at: at(number),
        begun_at: at(number),
        terms: Terms { limit: Some(Megabytes(limit)), ..Terms::default() },
    })))
}

async fn opened() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("a store");
    let store: Arc<dyn Store> = Arc::new(store);
    store.commit(vec![open(1, 100), open(2, 200)]).await.expect("opened");
    (folder, store)
}

async fn metered(store: &dyn Store, number: i64) -> Metered {
    store.metered(id(number)).await.expect("read").expect("metered")
}

async fn take(store: &dyn Store, taken: &Taken) -> Result<(), StoreError> {
    store.commit(vec![Command::Usage(UsageCommand::Take(Box::new(taken.clone())))]).await
}

fn numbers(all: &[u64]) -> Vec<(u64, Seen)> {
    let chunks: BTreeSet<u64> = all.iter().map(|number| number / CHUNK).collect();
    let of = |chunk: u64| {
        let mut seen = Seen::default();
        for number in all.iter().filter(|number| *number / CHUNK == chunk) {
            assert!(seen.insert(*number));
        }
        (chunk, seen)
    };
    chunks.into_iter().map(of).collect()
}

/// The next version of a subscription, with a number to know it by.
fn next(metered: &Metered, revision: u64) -> StateWrite {
    let version = metered.version + 1;
    let metered = Metered { version, revision, ..metered.clone() };
    StateWrite {
        metered: Arc::new(metered),
        next_deadline: Some(at(60)),
        has_new_deadline: true,
        has_new_terms: false,
    }
}

fn batch(handle: i64, sequences: &[u64], states: Vec<StateWrite>) -> Taken {
    let carried = Carried { sent: 1, received: 2 };
    let kind = Kind { is_roaming: true, is_shared: false };
    Taken {
        source: Some("feed".to_owned()),
        at: at(5),
        seen: numbers(sequences),
        sessions: vec![("s".to_owned(), SessionValue { handle, carried, at: at(5) })],
        states,
        minutes: vec![Bucket { slot: 10, handle, kind, carried }],
        quarantine: vec![Quarantined {
            id: 0,
            source: "feed".to_owned(),
            sequence: 9,
            reason: "late".to_owned(),
            received_at: at(5),
            record: "masked".to_owned(),
        }],
        ..Taken::default()
    }
}

/// Everything that a batch writes, as it is read.
async fn all(store: &dyn Store) -> String {
    let question = UsageQuestion {
        source: "feed".to_owned(),
        chunks: (0..4).collect(),
        sessions: BTreeSet::from(["s".to_owned()]),
        who: BTreeSet::from([Who::Subscription(id(1)), Who::Subscription(id(2))]),
        ..UsageQuestion::default()
    };
    let known = store.usage_known(question).await.expect("read");
    let mut out = format!("{known:?}");
    for metered in known.metered.values() {
        let minutes = store.usage_minutes(metered.handle, 0, 20).await.expect("read");
        out.push_str(&format!("{minutes:?}"));
    }
    out.push_str(&format!("{:?}", store.quarantine(0, 10).await.expect("read")));
    out.push_str(&format!("{:?}", store.due_usage(at(60), 9).await.expect("read")));
    out
}

/// [USE-07]: a number is taken once; what comes again changes nothing, whatever is with it.
#[tokio::test]
async fn a_number_is_taken_once() {
    let (_folder, store) = opened().await;
    let store = store.as_ref();
    let one = metered(store, 1).await;
    let first = batch(one.handle, &[1, 1023, 1024], vec![next(&one, 7)]);
    assert_eq!(take(store, &first).await, Ok(()));
    let before = all(store).await;
    let one = metered(store, 1).await;
    assert_eq!((one.version, one.revision), (2, 7));
    assert_eq!(store.due_usage(at(60), 9).await, Ok(vec![id(1)]));
    for again in [1, 1023, 1024] {
        let again = batch(one.handle, &[2, again], vec![next(&one, 8)]);
        assert_eq!(take(store, &again).await, Err(StoreError::Conflict));
        assert_eq!(all(store).await, before, "all or nothing");
    }
    let mut other = batch(one.handle, &[1], vec![next(&one, 9)]);
    other.source = Some("another".to_owned());
    assert_eq!(take(store, &other).await, Ok(()), "numbers are of their feed");
}

#[tokio::test]
async fn a_state_is_replaced_by_its_next_version_only() {
    let (folder, store) = opened().await;
    let (one, two) = (metered(store.as_ref(), 1).await, metered(store.as_ref(), 2).await);
    let first = batch(one.handle, &[1], vec![next(&one, 7)]);
    assert_eq!(take(store.as_ref(), &first).await, Ok(()));
    let before = all(store.as_ref()).await;
    // The second of two states is old: the first is not written either.
    let stale = batch(two.handle, &[2], vec![next(&two, 7), next(&one, 8)]);
    assert_eq!(take(store.as_ref(), &stale).await, Err(StoreError::Conflict));
    // Nor what else is in the commit, before it and after it.
    let take_stale = Command::Usage(UsageCommand::Take(Box::new(stale)));
    let commands = vec![open(3, 300), take_stale, open(4, 400)];
    assert_eq!(store.commit(commands).await, Err(StoreError::Conflict));
    assert_eq!(all(store.as_ref()).await, before, "all or nothing");
    for number in [3, 4] {
        assert_eq!(store.metered(id(number)).await, Ok(None));
    }
    // Others at the same time are not held up by it, and nothing is forgotten.
    let states = vec![next(&metered(store.as_ref(), 1).await, 8), next(&two, 8)];
    let good = batch(two.handle, &[2], states);
    assert_eq!(take(store.as_ref(), &good).await, Ok(()));
    let after = all(store.as_ref()).await;
    drop(store);
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("opens again");
    assert_eq!(all(&store).await, after);
}

#[tokio::test]
async fn metering_begins_once_and_sims_find_their_subscriptions() {
    let (_folder, store) = opened().await;
    let one = metered(store.as_ref(), 1).await;
    assert_eq!(store.commit(vec![open(1, 999)]).await, Ok(()));
    assert_eq!(metered(store.as_ref(), 1).await, one, "the first stays");
    let two = metered(store.as_ref(), 2).await;
    let who = vec![Who::Imsi(imsi()), Who::Subscription(id(2)), Who::Subscription(id(3))];
    let claims = store.usage_claims(who.clone()).await.expect("read");
    let of = |at: usize| claims.who.get(&who[at]).cloned().unwrap_or_default();
    assert_eq!(of(0), [two.handle, one.handle], "the latest begin first");
    assert_eq!((of(1), of(2)), (vec![two.handle], vec![]));
    let question = UsageQuestion {
        handles: BTreeSet::from([one.handle, two.handle, 99]),
        ..UsageQuestion::default()
    };
    let known = store.usage_known(question).await.expect("read").metered;
    let found: Vec<&Metered> = known.values().map(AsRef::as_ref).collect();
    assert_eq!(found, [&one, &two]);
}

/// A plan that is taken back ends then, once, and whoever decided on what was before decides anew.
#[tokio::test]
async fn a_plan_ends_where_its_money_goes_back() {
    let (_folder, store) = opened().await;
    let before = metered(store.as_ref(), 1).await;
    let end = |second| {
        let end = UsageCommand::End { subscription: id(1), at: at(second) };
        store.commit(vec![Command::Usage(end)])
    };
    end(60).await.expect("ended");
    let ended = metered(store.as_ref(), 1).await;
    assert_eq!((ended.ends_at, ended.terms.end()), (Some(at(60)), Some(at(60))));
    assert!(ended.covers(at(59)) && !ended.covers(at(60)));
    assert_eq!(store.due_usage(at(60), 10).await, Ok(vec![id(1)]), "its end is told then");
    let stale = Taken { at: at(61), states: vec![next(&before, 1)], ..Taken::default() };
    assert_eq!(take(store.as_ref(), &stale).await, Err(StoreError::Conflict));
    end(90).await.expect("nothing to do");
    assert_eq!(metered(store.as_ref(), 1).await, ended, "it ended before");
    end(-90).await.expect("ended");
    assert_eq!(metered(store.as_ref(), 1).await.ends_at, Some(at(1)), "not before it began");
}
