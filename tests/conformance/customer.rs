//! What the store keeps of customers' browsers: a key asks once, an order has one link, and all of
//! it goes with the session.
//!
//! Not here: SQL, and what is made of it.

use domain::{SignedDuration, Timestamp};
use server::store::customer::{Admission, Asked, CustomerCommand, CustomerStore as _, ResumeLink};
use server::store::sqlite::SqliteStore;
use server::store::{Command, Order, Session, Store as _, StoreError};

use super::store::{an_order, now};

fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn session(id_hash: &str, expires_at: Timestamp) -> Command {
    let order = an_order(id_hash, "");
    Command::SaveSession(Session {
        id_hash: id_hash.to_owned(),
        token: String::new(),
        created_at: now(),
        expires_at,
        claims: order.claims,
        brand: None,
    })
}

fn ask(session: &str, key: &str, fingerprint: &str) -> Command {
    let text = str::to_owned;
    let (session, key, fingerprint) = (text(session), text(key), text(fingerprint));
    Command::Customer(CustomerCommand::Ask(Asked { session, key, fingerprint, at: now() }))
}

fn admission(order: &Order, session: &str, sealed: Option<&str>) -> Admission {
    let sealed = sealed.map(str::to_owned);
    Admission { order: order.order.id, session: session.to_owned(), sealed, at: now() }
}

fn admit(order: &Order, session: &str, sealed: Option<&str>) -> Command {
    Command::Customer(CustomerCommand::Admit(admission(order, session, sealed)))
}

fn link(order: &Order, token_hash: &str) -> ResumeLink {
    let (created_at, expires_at) = (now(), later(48));
    ResumeLink { order: order.order.id, token_hash: token_hash.to_owned(), created_at, expires_at }
}

fn save(link: &ResumeLink) -> Command {
    Command::Customer(CustomerCommand::SaveLink(link.clone()))
}

async fn with_order() -> (tempfile::TempDir, SqliteStore, Order) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("a store");
    let order = an_order("mine", "k");
    let placed = vec![Command::InsertOrder(Box::new(order.clone()))];
    store.commit(placed).await.expect("placed");
    (folder, store, order)
}

/// A key asks for one thing, together with what was written for it; then it goes with its session.
#[tokio::test]
async fn a_key_asks_once_and_goes_with_its_session() {
    let (_folder, store, _) = with_order().await;
    let asked = async |session: &str, key: &str| {
        store.asked(session.to_owned(), key.to_owned()).await.expect("read")
    };
    let batch = vec![session("mine", later(1)), session("long", later(3)), ask("mine", "a", "1")];
    store.commit(batch).await.expect("asked");
    let another = Command::InsertOrder(Box::new(an_order("mine", "second")));
    let again = store.commit(vec![another, ask("mine", "a", "2")]).await;
    assert_eq!(again, Err(StoreError::Duplicate));
    let second = store.order_by_key("mine".to_owned(), "second".to_owned()).await;
    assert_eq!(second.expect("read"), None, "all or nothing");
    store.commit(vec![ask("mine", "b", "2"), ask("long", "a", "3")]).await.expect("asked");
    for (of, key, expected) in
        [("mine", "a", Some("1")), ("mine", "b", Some("2")), ("long", "a", Some("3"))]
    {
        assert_eq!(asked(of, key).await.as_deref(), expected, "{of} {key}");
    }
    assert_eq!(asked("long", "b").await, None);
    store.commit(vec![Command::Sweep { before: later(2) }]).await.expect("swept");
    assert_eq!((asked("mine", "a").await, asked("mine", "b").await), (None, None));
    assert_eq!(asked("long", "a").await.as_deref(), Some("3"));
}

/// [PORT-82]: who is admitted finds the order among its own, until it is shut out again.
#[tokio::test]
async fn an_order_is_open_to_those_who_were_admitted() {
    let (_folder, store, order) = with_order().await;
    let id = order.order.id;
    let of = async |session: &str| {
        let orders = store.orders_of_session(session.to_owned()).await.expect("read");
        orders.into_iter().map(|record| record.order.id).collect::<Vec<_>>()
    };
    let admitted = async |session: &str| store.admission(id, session.to_owned()).await;
    assert_eq!((of("mine").await, of("other").await), (vec![id], Vec::new()));
    assert_eq!(admitted("other").await, Ok(None));
    let batch = vec![
        session("mine", later(9)),
        session("other", later(1)),
        session("third", later(9)),
        admit(&order, "mine", Some("m")),
        admit(&order, "other", None),
        admit(&order, "third", Some("t")),
    ];
    store.commit(batch).await.expect("admitted");
    assert_eq!((of("mine").await, of("other").await), (vec![id], vec![id]), "each once");
    assert_eq!(admitted("other").await, Ok(Some(admission(&order, "other", None))));
    // A link that is known stays so, and a new one takes its place.
    store.commit(vec![admit(&order, "third", None)]).await.expect("again");
    assert_eq!(admitted("third").await, Ok(Some(admission(&order, "third", Some("t")))));
    store.commit(vec![admit(&order, "third", Some("u"))]).await.expect("again");
    assert_eq!(admitted("third").await, Ok(Some(admission(&order, "third", Some("u")))));
    store.commit(vec![Command::Sweep { before: later(2) }]).await.expect("swept");
    assert_eq!(of("other").await, Vec::new(), "gone with its session");
    let (order, session) = (id, "mine".to_owned());
    let shut = CustomerCommand::ShutOthers { order, session };
    store.commit(vec![Command::Customer(shut)]).await.expect("shut");
    assert_eq!((of("mine").await, of("third").await), (vec![id], Vec::new()));
    assert!(admitted("mine").await.expect("read").is_some());
}

/// An order has one link: a new one withdraws the one before, and its end takes it away.
#[tokio::test]
async fn an_order_has_one_link() {
    let (_folder, store, order) = with_order().await;
    let id = order.order.id;
    let (first, second) = (link(&order, "first"), link(&order, "second"));
    let by = async |token_hash: &str| store.link(token_hash.to_owned()).await.expect("read");
    store.commit(vec![save(&first)]).await.expect("made");
    assert_eq!((by("first").await, by("second").await), (Some(first), None));
    store.commit(vec![save(&second)]).await.expect("made");
    assert_eq!((by("first").await, by("second").await), (None, Some(second.clone())));
    assert_eq!(store.link_of(id).await, Ok(Some(second)));
    store.commit(vec![Command::Sweep { before: later(72) }]).await.expect("swept");
    assert_eq!((by("second").await, store.link_of(id).await), (None, Ok(None)));
}
