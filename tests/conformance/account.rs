//! Notices in the store: told until they are put away, and then never again.
//!
//! Not here: SQL, and what a page makes of them.

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::Id;
use domain::events::{Alphabet, Bearer, Message, Notice, Raised};
use server::store::account::{AccountCommand, AccountStore as _, NOTICES_MAX, Tidings};
use server::store::events::EventsCommand;
use server::store::sqlite::SqliteStore;
use server::store::{Command, Store as _, Subscription};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + second).expect("an instant")
}

fn id(number: i64) -> Id {
    Id::from_parts(number, [0; 10])
}

async fn subscribe(store: &SqliteStore, order: Id) {
    let subscription = Subscription {
        order,
        brand: BrandId::parse("fjell").expect("a brand"),
        plan: "day".to_owned(),
        subscriber: None,
        iccid: None,
        starts_at: at(0),
        ends_at: at(86_400),
    };
    store.commit(vec![Command::InsertSubscription(subscription)]).await.expect("inserted");
}

async fn raise(store: &SqliteStore, subscription: Id, raised: Vec<Raised>) {
    let raise = |raised| Command::Events(EventsCommand::Raise { subscription, raised });
    store.commit(raised.into_iter().map(raise).collect()).await.expect("raised");
}

async fn put_away(store: &SqliteStore, subscription: Id, seq: u64) {
    let put_away = AccountCommand::PutAway { subscription, seq, at: at(9) };
    store.commit(vec![Command::Account(put_away)]).await.expect("put away");
}

fn seen(tidings: &Tidings) -> Vec<(u64, Notice, Option<&str>)> {
    let told = tidings.told.iter();
    told.map(|told| (told.seq, told.notice, told.text.as_deref())).collect()
}

/// [EVT-20]: each case once; a message comes with its text; nobody sees another's.
#[tokio::test]
async fn notices_are_told_until_they_are_put_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path).expect("a store");
    let (mine, other) = (id(1), id(2));
    subscribe(&store, mine).await;
    subscribe(&store, other).await;
    let message = Message {
        bearer: Bearer::GsmSms,
        encoding: 0,
        alphabet: Alphabet::Other,
        bytes: vec![1],
        text: "Half price".to_owned(),
        rule: Some("A".to_owned()),
    };
    raise(&store, mine, vec![Raised::approaching_limit(0, at(1))]).await;
    raise(&store, mine, Raised::of_message("m1", message, true, at(2))).await;
    raise(&store, other, vec![Raised::plan_expired(at(3))]).await;
    // The same case of the same cycle is no second notice.
    raise(&store, mine, vec![Raised::approaching_limit(0, at(4))]).await;
    let tidings = store.tidings(mine).await.expect("tidings");
    let (limit, sms) = ((1, Notice::ApproachingLimit, None), (4, Notice::OperatorMessage));
    let expected = vec![(sms.0, sms.1, Some("Half price")), limit];
    assert_eq!((seen(&tidings), tidings.latest), (expected, 4));
    assert!(!format!("{tidings:?}").contains("Half price"), "no text in a log");
    // A number that is no notice's, and one of another subscriber.
    put_away(&store, mine, 2).await;
    put_away(&store, other, 4).await;
    assert_eq!(seen(&store.tidings(mine).await.expect("tidings")).len(), 2);
    put_away(&store, mine, 4).await;
    put_away(&store, mine, 4).await;
    assert_eq!(seen(&store.tidings(mine).await.expect("tidings")), [limit]);
    drop(store);
    let store = SqliteStore::open(&path).expect("the store again");
    assert_eq!(seen(&store.tidings(mine).await.expect("tidings")), [limit], "after a restart");
    let theirs = store.tidings(other).await.expect("tidings");
    assert_eq!(seen(&theirs), [(1, Notice::PlanExpired, None)]);
    for cycle in 1..=u64::from(NOTICES_MAX) + 2 {
        raise(&store, mine, vec![Raised::approaching_limit(cycle, at(5))]).await;
    }
    let many = store.tidings(mine).await.expect("tidings");
    assert_eq!((many.told.len(), many.told[0].seq), (5, many.latest), "the latest ones");
    let nobody = store.tidings(id(3)).await.expect("tidings");
    assert_eq!(nobody, Tidings::default());
}
