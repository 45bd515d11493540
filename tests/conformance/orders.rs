//! What an order remembers of payments and tries, in every store; and orders of a database that
//! was made before it had the columns for that.
//!
//! Not here: the rest of the suite ([`super::store`]).

use std::sync::Arc;

use domain::SignedDuration;
use domain::amount::Tax;
use domain::code::Id;
use domain::order::{
    Asked, Change, Effect, Payment, PaymentAttempt, PaymentId, PaymentSession, Refund, Renewal,
    State,
};
use server::store::sqlite::SqliteStore;
use server::store::{Command, Order, OutboxEntry, Store, Subscription};

use super::store::{an_order, now};

fn payment(provider: &str) -> PaymentId {
    PaymentId { provider: provider.to_owned(), reference: "r".to_owned() }
}

/// An order of which every part is there.
fn whole(session: &str, state: State) -> Order {
    let mut record = an_order(session, "whole");
    let price = record.order.terms.price;
    record.order.terms.tax = Some(Tax::within(price, 1900));
    // A plan has one renewal: each of these renews one of its own.
    let order = record.order.id;
    record.order.terms.renews = Some(Renewal { order, ends_at: now(), extends: Some(order) });
    let opened = PaymentSession {
        provider: "card".to_owned(),
        id: format!("s-{session}"),
        url: "/pay".to_owned(),
    };
    let refund =
        |provider: &str, is_done| Refund { payment: payment(provider), amount: price, is_done };
    for change in [
        Change::AttemptBegan(PaymentAttempt {
            number: 2,
            provider: "card".to_owned(),
            closes_at: now(),
            session: None,
            agreed_at: None,
            is_closing: false,
        }),
        Change::SessionOpened(opened),
        Change::ChargeAgreed { at: now() },
        Change::PaymentReceived(Payment { id: payment("voucher"), at: now() }),
        Change::ActivationAsked(Asked { number: 3, at: now() }),
        Change::RefundBegan(refund("card", true)),
        Change::RefundBegan(refund("voucher", false)),
        Change::ActivationFailed { at: now() },
        Change::StateEntered(state),
    ] {
        record.order.apply(&change);
    }
    record
}

fn entry(order: Id, effect: Effect) -> OutboxEntry {
    let key = effect.key(order);
    OutboxEntry { key, order, effect, created_at: now(), due_at: now(), attempts: 0 }
}

async fn conforms(store: Arc<dyn Store>) {
    let record = whole("s", State::ActivationFailed);
    let id = record.order.id;
    store.commit(vec![Command::InsertOrder(Box::new(record.clone()))]).await.expect("inserted");
    assert_eq!(store.order(id).await, Ok(Some(record.clone())), "reads back whole");

    let amount = record.order.terms.price;
    let card = || "card".to_owned();
    let effects = [
        Effect::OpenPayment { attempt: 1, provider: card(), amount, closes_at: now() },
        Effect::ChargePayment { provider: card(), session: "s".to_owned() },
        Effect::ClosePayment { provider: card(), session: "s".to_owned() },
        Effect::Activate { number: 3 },
        Effect::Deactivate { number: 3, is_late: true },
        Effect::Extend { subscription: id, is_undone: true },
        Effect::Refund { payment: payment("card"), amount },
    ];
    let entries: Vec<_> = effects.into_iter().map(|effect| entry(id, effect)).collect();
    let add = entries.iter().cloned().map(Command::AddEffect).collect();
    store.commit(add).await.expect("added");
    let mut due = store.due_effects(now(), 10).await.expect("read");
    for entry in entries {
        let at = due.iter().position(|found| *found == entry).expect("reads back whole");
        due.remove(at);
    }
    assert_eq!(due, []);

    // A session is known by its provider too.
    let (provider, session) = (card(), "s-s".to_owned());
    let remember = Command::RememberPaymentSession { provider, session, order: id };
    store.commit(vec![remember]).await.expect("remembered");
    let of = |provider: &str| store.order_by_payment_session(provider.into(), "s-s".into());
    assert_eq!(of("card").await, Ok(Some(record.clone())));
    assert_eq!(of("other").await, Ok(None), "a provider speaks of its own sessions only");

    open_payments(store.as_ref()).await;
    by_iccid(store.as_ref(), &record).await;
    ends(store.as_ref(), id).await;
}

async fn open_payments(store: &dyn Store) {
    let open = [whole("t", State::PaymentOpen), whole("u", State::PaymentOpen)];
    let insert = open.iter().map(|record| Command::InsertOrder(Box::new(record.clone())));
    store.commit(insert.collect()).await.expect("inserted");
    let mut expected: Vec<Id> = open.iter().map(|record| record.order.id).collect();
    expected.sort_by_key(ToString::to_string);
    let mut found = Vec::new();
    loop {
        let after = found.last().copied();
        let page = store.open_payments(after, 1).await.expect("read");
        let Some(record) = page.first() else { break };
        found.push(record.order.id);
    }
    assert_eq!(found, expected, "page by page");
}

async fn by_iccid(store: &dyn Store, record: &Order) {
    let iccid = record.claims.iccid.as_ref().expect("an ICCID").reveal().to_owned();
    for (digits, is_found) in [
        (&iccid[iccid.len() - 4..], true),
        (&iccid[iccid.len() - 7..], true),
        (iccid.as_str(), true),
        (&iccid[..4], false),
        ("0000", false),
    ] {
        let found = store.orders_by_iccid_end(digits.to_owned(), 10).await.expect("read");
        let is_there = found.iter().any(|found| found.order.id == record.order.id);
        assert_eq!(is_there, is_found, "{digits}");
    }
}

/// A subscription ends when it is taken back, and never later than it would have.
async fn ends(store: &dyn Store, order: Id) {
    let hours = SignedDuration::from_hours;
    let ends_at = now() + hours(24);
    let brand = domain::brand::BrandId::parse("fjell").expect("id");
    let (plan, starts_at) = ("day".to_owned(), now());
    let (subscriber, iccid) = (None, None);
    let granted = Subscription { order, brand, plan, subscriber, iccid, starts_at, ends_at };
    store.commit(vec![Command::InsertSubscription(granted)]).await.expect("inserted");
    for (at, expected) in [
        (ends_at + hours(1), ends_at),
        (now() + hours(2), now() + hours(2)),
        (now() - hours(1), now()),
    ] {
        store.commit(vec![Command::EndSubscription { order, at }]).await.expect("ended");
        let kept = store.subscription(order).await.expect("read").expect("there");
        assert_eq!(kept.ends_at, expected);
    }
}

#[tokio::test]
async fn sqlite_keeps_all_of_an_order() {
    let folder = tempfile::tempdir().expect("folder");
    let store = SqliteStore::open(&folder.path().join("db.sqlite")).expect("opens");
    conforms(Arc::new(store)).await;
}
