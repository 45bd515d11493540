//! What the store keeps of customers' browsers: a key asks once, an order has one link, and all of
//! it goes with the session.
//!
//! Not here: SQL, and what is made of it.

use domain::auto_renewal::Done;
use domain::order::{Grant, Renewal, State};
use domain::{SignedDuration, Timestamp};
use server::store::auto_renewal::{AutoRenewal, AutoRenewalCommand, AutoRenewalStore as _, Off};
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

/// A plan has one renewal that counts; one that was cancelled or paid back makes room for another.
#[tokio::test]
async fn a_plan_has_one_renewal() {
    let (_folder, store, order) = with_order().await;
    let id = order.order.id;
    let renewal = |key: &str, state: State| {
        let mut record = an_order("mine", key);
        record.order.terms.renews = Some(Renewal { order: id, ends_at: later(1), extends: None });
        record.order.state = state;
        record
    };
    let insert = |record: &Order| vec![Command::InsertOrder(Box::new(record.clone()))];
    let found = async || store.renewal_of(id).await.expect("read").map(|record| record.browser_key);
    assert_eq!(found().await, None);
    let mut first = renewal("first", State::Created);
    store.commit(insert(&first)).await.expect("placed");
    assert_eq!(found().await.as_deref(), Some("first"));
    for state in State::ALL {
        let second = store.commit(insert(&renewal("second", state))).await;
        let is_over = matches!(state, State::Cancelled | State::RefundPending | State::Refunded);
        let expected = if is_over { Ok(()) } else { Err(StoreError::Duplicate) };
        assert_eq!(second, expected, "{state:?}");
        if is_over {
            break;
        }
    }
    assert_eq!(found().await.as_deref(), Some("first"));
    first.order.state = State::Cancelled;
    first.version += 1;
    store.commit(vec![Command::UpdateOrder(Box::new(first))]).await.expect("cancelled");
    assert_eq!(found().await, None);
    store.commit(insert(&renewal("third", State::Created))).await.expect("placed");
    assert_eq!(found().await.as_deref(), Some("third"));
}

/// The orders that extend a subscription are those in force, in the order in which they began.
#[tokio::test]
async fn extensions_are_those_in_force() {
    let (_folder, store, order) = with_order().await;
    let id = order.order.id;
    for (key, begins_h, state, extends) in [
        ("late", 2, State::Active, Some(id)),
        ("early", 1, State::Active, Some(id)),
        ("follows", 3, State::Active, Some(id)),
        ("back", 1, State::RefundPending, Some(id)),
        ("waits", 1, State::Paid, Some(id)),
        ("other", 1, State::Active, Some(an_order("x", "x").order.id)),
        ("after", 1, State::Active, None),
    ] {
        let mut record = an_order("mine", key);
        // Of another plan each, as a plan has one renewal.
        let renewed = an_order("x", key).order.id;
        let ends_at = later(3);
        record.order.terms.renews = Some(Renewal { order: renewed, ends_at, extends });
        record.order.state = state;
        record.order.grant = Some(Grant { starts_at: later(begins_h), ends_at: later(9) });
        store.commit(vec![Command::InsertOrder(Box::new(record))]).await.expect("placed");
    }
    let found = store.extensions_of(id).await.expect("read");
    let keys: Vec<_> = found.iter().map(|record| record.browser_key.as_str()).collect();
    assert_eq!(keys, ["early", "late"]);
    assert!(found.iter().all(|record| record.order.extends() == Some(id)));
}

/// Who was admitted to a plan is to its renewal.
#[tokio::test]
async fn admissions_are_handed_on() {
    let (_folder, store, order) = with_order().await;
    let next = an_order("mine", "next");
    let (id, like) = (next.order.id, order.order.id);
    let hand_on = Command::Customer(CustomerCommand::AdmitLike { order: id, like, at: now() });
    let batch = vec![
        admit(&order, "one", Some("sealed")),
        admit(&order, "two", None),
        admit(&next, "two", Some("own")),
        hand_on,
    ];
    store.commit(batch).await.expect("handed on");
    for (session, expected) in [
        ("one", Some(admission(&next, "one", None))),
        ("two", Some(admission(&next, "two", Some("own")))),
        ("three", None),
    ] {
        assert_eq!(store.admission(id, session.to_owned()).await, Ok(expected), "{session}");
    }
}

/// A choice is recorded once, is looked at when it is due, and stays when it is turned off.
#[tokio::test]
async fn a_choice_to_renew_is_kept() {
    let (_folder, store, order) = with_order().await;
    let id = order.order.id;
    let renewal = an_order("mine", "next").order.id;
    let agreed = AutoRenewal {
        order: id,
        price: order.order.terms.price,
        session: "mine".to_owned(),
        text: "words/1".to_owned(),
        agreed_at: now(),
        done: Done::default(),
        renewal: None,
        off: None,
    };
    let write = async |command: AutoRenewalCommand| {
        store.commit(vec![Command::AutoRenewal(command)]).await.expect("written");
    };
    let read = async || store.auto_renewal(id).await.expect("read").expect("there");
    assert_eq!(store.auto_renewal(id).await, Ok(None));
    write(AutoRenewalCommand::Agree(Box::new(agreed.clone()))).await;
    let other = AutoRenewal { text: "words/2".to_owned(), ..agreed.clone() };
    write(AutoRenewalCommand::Agree(Box::new(other))).await;
    assert_eq!(read().await, agreed, "the first stays");
    assert_eq!(store.due_auto_renewals(now(), 9).await, Ok(vec![agreed.clone()]));
    let done = Done { reminder: 2, reminded_at: Some(later(1)), charge: 3 };
    write(AutoRenewalCommand::Record { order: id, done, look_at: later(2) }).await;
    write(AutoRenewalCommand::Charge { order: id, renewal }).await;
    let charged = AutoRenewal { done, renewal: Some(renewal), ..agreed };
    assert_eq!(read().await, charged);
    assert_eq!(store.charged_for(renewal).await, Ok(Some(id)));
    assert_eq!(store.due_auto_renewals(later(1), 9).await, Ok(Vec::new()));
    assert_eq!(store.due_auto_renewals(later(2), 9).await, Ok(vec![charged.clone()]));
    write(AutoRenewalCommand::Release { renewal }).await;
    assert_eq!(store.charged_for(renewal).await, Ok(None));
    for (at, why) in [(later(3), Off::Unpaid), (later(4), Off::Customer)] {
        write(AutoRenewalCommand::TurnOff { order: id, at, why }).await;
    }
    let charge = Command::AutoRenewal(AutoRenewalCommand::Charge { order: id, renewal });
    assert_eq!(store.commit(vec![charge]).await, Err(StoreError::Missing), "nobody wishes it");
    let off = Some((later(3), Off::Unpaid));
    assert_eq!(read().await, AutoRenewal { renewal: None, off, ..charged }, "the first counts");
    assert_eq!(store.due_auto_renewals(later(9), 9).await, Ok(Vec::new()));
}
