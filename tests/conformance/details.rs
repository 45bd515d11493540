//! What every store promises of what customers said: kept with the session until it ends, kept
//! with the order once.

use std::sync::Arc;

use domain::SignedDuration;
use domain::customer::CustomerData;
use server::store::details::DetailsCommand;
use server::store::sqlite::SqliteStore;
use server::store::{Command, Store};

use super::store::{an_order, now};

fn said(values: &[(&str, &str)]) -> CustomerData {
    CustomerData(values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

async fn conforms(store: Arc<dyn Store>) {
    let order = an_order("s", "customer");
    let id = order.order.id;
    let data = said(&[("name", "Kari \"K\" Łuk"), ("a", "second")]);
    let keep = |data: &CustomerData| {
        Command::Details(DetailsCommand::Keep { order: id, at: now(), data: data.clone() })
    };
    store.commit(vec![keep(&data)]).await.expect_err("an order that is not there");
    let insert = Command::InsertOrder(Box::new(order.clone()));
    store.commit(vec![insert, keep(&data)]).await.expect("kept");
    assert_eq!(store.customer_data(id).await, Ok(Some(data.clone())), "in its order");
    store.commit(vec![keep(&said(&[]))]).await.expect("kept already");
    assert_eq!(store.customer_data(id).await, Ok(Some(data.clone())), "what is there stays");
    let other = an_order("s", "other");
    assert_eq!(store.customer_data(other.order.id).await, Ok(None));

    let save = |session: &str, hours: i64, data: &CustomerData| {
        let expires_at = now() + SignedDuration::from_hours(hours);
        let (session, data) = (session.to_owned(), data.clone());
        Command::Details(DetailsCommand::SaveDraft { session, expires_at, data })
    };
    store.commit(vec![save("one", 1, &said(&[])), save("two", 3, &data)]).await.expect("saved");
    store.commit(vec![save("one", 1, &data)]).await.expect("saved again");
    let draft = |session: &str| store.customer_draft(session.to_owned());
    assert_eq!(draft("one").await, Ok(Some(data.clone())), "the latest");
    let before = now() + SignedDuration::from_hours(2);
    store.commit(vec![Command::Sweep { before }]).await.expect("swept");
    assert_eq!((draft("one").await, draft("two").await), (Ok(None), Ok(Some(data.clone()))));
    assert_eq!(store.customer_data(id).await, Ok(Some(data)), "the order's own stays");
}

#[tokio::test]
async fn sqlite_keeps_what_customers_said() {
    let folder = tempfile::tempdir().expect("folder");
    let store = SqliteStore::open(&folder.path().join("db.sqlite")).expect("opens");
    conforms(Arc::new(store)).await;
}
