//! What every store keeps of refreshed documents, and whose plan it finds in force.

use std::sync::Arc;

use domain::SignedDuration;
use domain::identity::{Iccid, Imsi};
use domain::order::State;
use server::store::refresh::{CurrentDocument, RefreshAccess, RefreshCommand, Whose};
use server::store::sqlite::SqliteStore;
use server::store::{Command, Order, SignedDocument, Store, StoreError, Subscription};

use super::store::{an_order, now};

fn save(order: &Order, revision: u64, xml: &str) -> Vec<Command> {
    let document = CurrentDocument {
        order: order.order.id,
        variant: "full".into(),
        revision,
        made_from: format!("from {xml}"),
        xml: xml.into(),
        sha256: "0".into(),
        signed_at: now(),
    };
    vec![Command::Refresh(RefreshCommand::SaveDocument(document))]
}

fn first(order: &Order, hash: &str) -> Vec<Command> {
    let id = order.order.id;
    vec![
        Command::Refresh(RefreshCommand::InsertAccess(RefreshAccess {
            order: id,
            credentials_hash: hash.into(),
            made_from: "catalogue".into(),
            created_at: now(),
        })),
        Command::InsertDocument(SignedDocument {
            order: id,
            variant: "full".into(),
            xml: hash.into(),
            sha256: "0".into(),
            signed_at: now(),
        }),
    ]
}

/// The suite.
async fn conforms(store: Arc<dyn Store>) {
    let order = an_order("s", "k");
    let id = order.order.id;
    // A first document and its credentials come together; another pair leaves both as they are.
    assert_eq!(store.refresh_access(id).await, Ok(None));
    assert_eq!(store.commit(first(&order, "a")).await, Ok(()));
    assert_eq!(store.commit(first(&order, "b")).await, Err(StoreError::Duplicate));
    let access = store.refresh_access(id).await.expect("read").expect("access");
    let document = store.document(id, "full".into()).await.expect("read").expect("a document");
    assert_eq!((access.credentials_hash.as_str(), document.xml.as_str()), ("a", "a"));
    assert_eq!((access.made_from.as_str(), access.created_at), ("catalogue", now()));

    // Each revision takes the place of the one before it, once.
    let current = || store.current_document(id, "full".into());
    assert_eq!(current().await, Ok(None));
    for (revision, xml, expected) in [
        (2, "too early", Err(StoreError::Conflict)),
        (1, "one", Ok(())),
        (1, "also one", Err(StoreError::Conflict)),
        (2, "two", Ok(())),
        (4, "too early", Err(StoreError::Conflict)),
    ] {
        assert_eq!(store.commit(save(&order, revision, xml)).await, expected, "{revision} {xml}");
    }
    let kept = current().await.expect("read").expect("a document");
    assert_eq!((kept.revision, kept.xml.as_str(), kept.made_from.as_str()), (2, "two", "from two"));
    assert_eq!(store.current_document(id, "usage".into()).await, Ok(None));
}

/// Plans are found by subscription, IMSI and ICCID while they are in force.
async fn finds_plans(store: Arc<dyn Store>) {
    let (day, hour) = (SignedDuration::from_hours(24), SignedDuration::from_hours(1));
    let insert_of =
        async |session: &str, browser_key: &str, state: State, resets: bool, starts_at| {
            let mut order = an_order(session, browser_key);
            (order.order.state, order.order.terms.resets) = (state, resets);
            let subscription = Subscription {
                order: order.order.id,
                brand: order.order.terms.brand.clone(),
                plan: browser_key.to_owned(),
                subscriber: order.claims.subscriber.clone(),
                iccid: order.claims.iccid.clone(),
                starts_at,
                ends_at: starts_at + day,
            };
            let id = order.order.id;
            let batch = vec![
                Command::InsertOrder(Box::new(order)),
                Command::InsertSubscription(subscription),
            ];
            store.commit(batch).await.expect("inserted");
            id
        };
    let insert = async |browser_key: &str, state: State, resets: bool, starts_at| {
        insert_of("s", browser_key, state, resets, starts_at).await
    };
    let over = insert("over", State::Active, false, now()).await;
    insert("again", State::Active, true, now()).await;
    insert("later", State::Active, false, now() + hour).await;
    insert("refunded", State::Refunded, true, now()).await;
    // Another session claims the same SIM, and has it by the subscription's id only.
    let other = insert_of("other", "other", State::Active, true, now() + hour).await;
    let imsi = Whose::Imsi(Imsi::parse("001012345678901").expect("an IMSI"));
    let iccid = Whose::Iccid(Iccid::parse("89990112345678901234").expect("an ICCID"));
    let stranger = Whose::Imsi(Imsi::parse("001012345678902").expect("an IMSI"));
    for (whose, at, expected) in [
        (&imsi, now() - hour, vec![]),
        (&imsi, now(), vec!["again", "over"]),
        (&iccid, now() + hour, vec!["later", "again", "over"]),
        (&imsi, now() + day, vec!["later", "again"]),
        (&imsi, now() + day + day, vec!["again"]),
        (&Whose::Subscription(over), now(), vec!["over"]),
        (&Whose::Subscription(over), now() + day, vec![]),
        (&Whose::Subscription(other), now() + hour, vec!["other"]),
        (&stranger, now(), vec![]),
    ] {
        let found = store.plans_in_force(whose.clone(), at).await.expect("read");
        let mut plans: Vec<&str> = found.iter().map(|found| found.plan.as_str()).collect();
        // Of two that began at once, the ids decide.
        if plans.len() > 1 && expected.len() == plans.len() {
            plans.sort_by_key(|plan| expected.iter().position(|wanted| wanted == plan));
        }
        assert_eq!(plans, expected, "{at}");
    }
}

#[tokio::test]
async fn sqlite_keeps_refreshed_documents() {
    let folder = tempfile::tempdir().expect("folder");
    let open = |name: &str| Arc::new(SqliteStore::open(&folder.path().join(name)).expect("opens"));
    conforms(open("a")).await;
    finds_plans(open("b")).await;
}
