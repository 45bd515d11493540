//! The suite that every store passes; SQLite is the one there is.
//!
//! Not here: SQL.

use std::sync::Arc;

use domain::Timestamp;
use domain::amount::{Currency, Megabytes, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::code::Id;
use domain::launch::Technology;
use domain::order::{self, Effect, PaymentId, Terms};
use server::entropy;
use server::store::sqlite::SqliteStore;
use server::store::{
    Claims, Command, Delivery, Order, OutboxEntry, PackageRevision, Session, SignedDocument, Store,
    StoreError,
};

pub(super) fn now() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().expect("instant")
}

fn claims() -> Claims {
    let parsed = domain::launch::parse(
        "SubId=001012345678901&DevId=004999010640000&IccId=89990112345678901234",
        |_| true,
    );
    Claims::from(parsed.launch)
}

pub(super) fn an_order(session: &str, key: &str) -> Order {
    let terms = Terms {
        brand: BrandId::parse("fjell").expect("id"),
        plan: PlanId::parse("day").expect("id"),
        price: Money { minor: 490, currency: Currency::parse("EUR").expect("code") },
        plan_type: PlanType::Fixed,
        data_limit: Some(Megabytes(1000)),
        duration: Period::parse("P1D").expect("period"),
        resets: false,
        usage_notifications: false,
        tax: None,
        renews: None,
    };
    Order {
        order: order::create(entropy::id(now()), entropy::order_code(), terms, now()),
        version: 1,
        session: session.to_owned(),
        browser_key: key.to_owned(),
        claims: claims(),
    }
}

/// The suite.
async fn conforms(store: Arc<dyn Store>) {
    let order = an_order("s", "k");
    let id = order.order.id;
    let insert = |order: &Order| vec![Command::InsertOrder(Box::new(order.clone()))];
    assert_eq!(store.commit(insert(&order)).await, Ok(()));
    assert_eq!(store.order(id).await, Ok(Some(order.clone())), "reads back whole");
    assert_eq!(store.order_by_code(order.order.code.clone()).await, Ok(Some(order.clone())));
    assert_eq!(store.order(Id::from_parts(0, [0; 10])).await, Ok(None));

    // The same key again is a duplicate; nothing of its batch happens.
    let twin = an_order("s", "k");
    let mut batch = insert(&an_order("s", "other"));
    batch.extend(insert(&twin));
    assert_eq!(store.commit(batch).await, Err(StoreError::Duplicate));
    let known = store.order_by_key("s".into(), "other".into()).await;
    assert_eq!(known, Ok(None), "all or nothing");

    // A version is written once.
    let mut newer = order.clone();
    newer.version = 2;
    newer.order.state = order::State::Cancelled;
    let update = |order: &Order| vec![Command::UpdateOrder(Box::new(order.clone()))];
    assert_eq!(store.commit(update(&newer)).await, Ok(()));
    assert_eq!(store.commit(update(&newer)).await, Err(StoreError::Conflict));

    // An effect is there once, due in order, gone when done.
    let entry = OutboxEntry {
        key: "e".into(),
        order: id,
        effect: Effect::Refund {
            payment: PaymentId { provider: "p".into(), reference: "r".into() },
            amount: order.order.terms.price,
        },
        created_at: now(),
        due_at: now(),
        attempts: 0,
    };
    let add = || vec![Command::AddEffect(entry.clone())];
    assert_eq!(store.commit(add()).await, Ok(()));
    assert_eq!(store.commit(add()).await, Ok(()));
    assert_eq!(store.due_effects(now(), 10).await, Ok(vec![entry.clone()]));
    let finish = vec![Command::FinishEffect { key: "e".into(), at: now() }];
    assert_eq!(store.commit(finish).await, Ok(()));
    assert_eq!(store.commit(add()).await, Ok(()));
    assert_eq!(store.due_effects(now(), 10).await, Ok(vec![]), "done stays done");

    // A provider's event is taken once.
    let event = || {
        let (provider, id) = ("p".to_owned(), "1".to_owned());
        vec![Command::RememberPaymentEvent { provider, id, at: now() }]
    };
    assert_eq!(store.commit(event()).await, Ok(()));
    assert_eq!(store.commit(event()).await, Err(StoreError::Duplicate));

    deliveries(store.as_ref(), id).await;
    sessions(store.as_ref()).await;
    package_revisions(store.as_ref()).await;
}

/// A brand has one revision of its package, the one saved last [MATCH-83].
async fn package_revisions(store: &dyn Store) {
    let revision = |brand: &str, guid: &str| PackageRevision {
        brand: BrandId::parse(brand).expect("an id"),
        guid: guid.to_owned(),
        last_modified: "2026-03-01T00:00:00Z".parse().expect("a time"),
        sha256: "0".to_owned(),
    };
    let save = |revision| store.commit(vec![Command::SavePackageRevision(revision)]);
    assert_eq!(store.package_revisions().await, Ok(vec![]));
    for (brand, guid) in [("fjell", "1"), ("aurora", "2"), ("fjell", "3")] {
        assert_eq!(save(revision(brand, guid)).await, Ok(()));
    }
    let kept = vec![revision("aurora", "2"), revision("fjell", "3")];
    assert_eq!(store.package_revisions().await, Ok(kept));
}

async fn deliveries(store: &dyn Store, id: Id) {
    let document = |xml: &str| SignedDocument {
        order: id,
        variant: "full".into(),
        xml: xml.into(),
        sha256: "0".into(),
        signed_at: now(),
    };
    let insert = |xml: &str| vec![Command::InsertDocument(document(xml))];
    assert_eq!(store.commit(insert("<a/>")).await, Ok(()));
    assert_eq!(store.commit(insert("<b/>")).await, Ok(()));
    let kept = store.document(id, "full".into()).await;
    assert_eq!(kept, Ok(Some(document("<a/>"))), "what was signed first stays");
    let delivery = Delivery {
        id: "d".into(),
        order: id,
        variant: "full".into(),
        channel: "bridge".into(),
        sha256: "0".into(),
        at: now(),
        result: None,
        result_at: None,
    };
    assert_eq!(store.commit(vec![Command::InsertDelivery(delivery.clone())]).await, Ok(()));
    let record = |delivery: &str, result| {
        vec![Command::RecordResult { delivery: delivery.into(), order: id, result, at: now() }]
    };
    assert_eq!(store.commit(record("d", 5)).await, Ok(()));
    assert_eq!(store.commit(record("d", 0)).await, Ok(()));
    assert_eq!(store.commit(record("x", 0)).await, Err(StoreError::Missing));
    let kept = store.deliveries(id).await.expect("deliveries");
    assert_eq!(kept[0].result, Some(5), "the first answer stays");
}

async fn sessions(store: &dyn Store) {
    let nothing =
        Claims { subscriber: None, device: None, iccid: None, technology: Technology::Unknown };
    for claims in [claims(), nothing] {
        let session = Session {
            id_hash: "h".into(),
            token: "t".into(),
            created_at: now(),
            expires_at: now(),
            claims,
            brand: BrandId::parse("fjell"),
        };
        assert_eq!(store.commit(vec![Command::SaveSession(session.clone())]).await, Ok(()));
        assert_eq!(store.session("h".into()).await, Ok(Some(session)));
    }
    let later = now() + domain::SignedDuration::from_secs(1);
    assert_eq!(store.commit(vec![Command::Sweep { before: later }]).await, Ok(()));
    assert_eq!(store.session("h".into()).await, Ok(None));
}

#[tokio::test]
async fn sqlite_conforms() {
    let folder = tempfile::tempdir().expect("folder");
    let store = SqliteStore::open(&folder.path().join("db.sqlite")).expect("opens");
    conforms(Arc::new(store)).await;
}

#[tokio::test]
async fn many_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("db.sqlite");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path).expect("opens"));
    let mut tasks = Vec::new();
    for n in 0..200 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            let order = an_order("s", &n.to_string());
            store.commit(vec![Command::InsertOrder(Box::new(order))]).await
        }));
    }
    for task in tasks {
        assert_eq!(task.await.expect("task"), Ok(()));
    }
    drop(store);
    let store = SqliteStore::open(&path).expect("opens again");
    let counts = Store::order_counts(&store).await.expect("counts");
    assert_eq!(counts, vec![("created".to_owned(), 200)]);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("other");
    std::fs::write(&path, "no database at all, just text").expect("file");
    assert!(SqliteStore::open(&path).is_err());
    let kept = std::fs::read_to_string(&path).expect("file");
    assert_eq!(kept, "no database at all, just text", "it is left as it was");
}
