//! What every store promises of vouchers: each pays one order at a time, with the order or not at
//! all; and what the provider of that name makes of it.
//!
//! Not here: whether a voucher pays, which the domain decides, and SQL.

use std::sync::Arc;

use domain::Timestamp;
use domain::amount::{Currency, Money};
use domain::brand::{BrandId, PlanId};
use domain::code::Id;
use domain::voucher::{Terms, Voucher};
use server::clock::SettableClock;
use server::payment::voucher::VoucherPayments;
use server::payment::{PaymentError, PaymentProvider, Payments};
use server::store::sqlite::SqliteStore;
use server::store::vouchers::{Batch, CodeHash, Used, VouchersCommand};
use server::store::{Command, Store, StoreError};

use super::store::{an_order, now};

fn batch(number: i64) -> Batch {
    Batch {
        id: Id::from_parts(number, [0; 10]),
        terms: Terms {
            brand: BrandId::parse("fjell").expect("a brand"),
            plan: PlanId::parse("day").expect("a plan"),
            starts_at: None,
            ends_at: Some(at(3_600)),
        },
        count: 3,
        created_at: now(),
        withdrawn_at: None,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() + seconds).expect("an instant")
}

fn order(number: i64) -> Id {
    Id::from_parts(1_000 + number, [0; 10])
}

fn hash(number: u8) -> CodeHash {
    CodeHash([number; 32])
}

async fn write(store: &dyn Store, command: VouchersCommand) -> Result<(), StoreError> {
    store.commit(vec![Command::Vouchers(command)]).await
}

async fn create(store: &dyn Store, number: i64, hashes: [u8; 3]) -> Result<(), StoreError> {
    let hashes = hashes.map(hash).to_vec();
    write(store, VouchersCommand::Create { batch: batch(number), hashes }).await
}

fn redeem(voucher: u8, number: i64) -> VouchersCommand {
    VouchersCommand::Redeem { hash: hash(voucher), order: order(number), at: at(1) }
}

async fn read(store: &dyn Store, voucher: u8) -> Option<Voucher> {
    store.voucher(hash(voucher)).await.expect("readable")
}

async fn redeemed(store: &dyn Store) -> Vec<(Batch, u32)> {
    let batches = store.voucher_batches(9).await.expect("readable");
    batches.into_iter().map(|Used { batch, redeemed }| (batch, redeemed)).collect()
}

/// The suite.
async fn conforms(store: Arc<dyn Store>) {
    let store = store.as_ref();
    let unused =
        Voucher { terms: batch(1).terms, is_withdrawn: false, order: None, given_back_at: None };
    assert_eq!(read(store, 1).await, None);
    assert_eq!(create(store, 1, [1, 2, 3]).await, Ok(()));
    assert_eq!(create(store, 1, [4, 5, 6]).await, Err(StoreError::Duplicate), "the same batch");
    assert_eq!(create(store, 2, [4, 5, 1]).await, Err(StoreError::Duplicate), "the same code");
    assert_eq!(read(store, 4).await, None, "all of a batch or nothing");
    assert_eq!(create(store, 2, [4, 5, 6]).await, Ok(()));
    assert_eq!(read(store, 1).await, Some(unused.clone()));

    // One voucher, one order; one order, one voucher.
    assert_eq!(write(store, redeem(1, 1)).await, Ok(()));
    assert_eq!(write(store, redeem(1, 2)).await, Err(StoreError::Duplicate));
    assert_eq!(write(store, redeem(1, 1)).await, Err(StoreError::Duplicate));
    assert_eq!(write(store, redeem(2, 1)).await, Err(StoreError::Duplicate));
    assert_eq!(write(store, redeem(9, 3)).await, Err(StoreError::Missing));
    let used = Voucher { order: Some(order(1)), ..unused.clone() };
    assert_eq!(read(store, 1).await, Some(used));
    assert_eq!(redeemed(store).await, [(batch(2), 0), (batch(1), 1)], "newest first");
    assert_eq!(store.voucher_batches(1).await.expect("readable").len(), 1);

    // What goes with a redemption that fails does not happen.
    let record = an_order("voucher", "k");
    let insert = Command::InsertOrder(Box::new(record.clone()));
    let both = vec![insert, Command::Vouchers(redeem(1, 4))];
    assert_eq!(store.commit(both).await, Err(StoreError::Duplicate));
    assert_eq!(store.order(record.order.id).await, Ok(None));
    // And the other way round: without its order a voucher is not redeemed.
    let insert = || Command::InsertOrder(Box::new(record.clone()));
    assert_eq!(store.commit(vec![insert()]).await, Ok(()));
    let both = vec![Command::Vouchers(redeem(3, 4)), insert()];
    assert_eq!(store.commit(both).await, Err(StoreError::Duplicate));
    assert_eq!(read(store, 3).await, Some(unused.clone()));

    // Given back once; what pays another order since stays there.
    let give_back =
        |number, seconds| VouchersCommand::GiveBack { order: order(number), at: at(seconds) };
    assert_eq!(write(store, give_back(5, 9)).await, Err(StoreError::Missing));
    assert_eq!(write(store, give_back(1, 10)).await, Ok(()));
    let free = Voucher { given_back_at: Some(at(10)), ..unused.clone() };
    assert_eq!(read(store, 1).await, Some(free.clone()));
    assert_eq!(write(store, redeem(1, 1)).await, Err(StoreError::Duplicate), "the order is over");
    assert_eq!(write(store, redeem(1, 2)).await, Ok(()));
    assert_eq!(write(store, give_back(1, 20)).await, Ok(()), "told again");
    let again = Voucher { order: Some(order(2)), ..free };
    assert_eq!(read(store, 1).await, Some(again));

    let withdraw = |number| VouchersCommand::Withdraw { batch: batch(number).id, at: at(30) };
    assert_eq!(write(store, withdraw(3)).await, Err(StoreError::Missing));
    assert_eq!(write(store, withdraw(1)).await, Ok(()));
    assert_eq!(write(store, withdraw(1)).await, Err(StoreError::Duplicate));
    assert_eq!(write(store, redeem(2, 6)).await, Err(StoreError::Missing), "withdrawn");
    assert_eq!(read(store, 2).await, Some(Voucher { is_withdrawn: true, ..unused }));
    let withdrawn = Batch { withdrawn_at: Some(at(30)), ..batch(1) };
    assert_eq!(redeemed(store).await, [(batch(2), 0), (withdrawn, 1)], "what it paid stays paid");
}

#[tokio::test]
async fn sqlite_conforms_with_vouchers() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("opens");
    conforms(Arc::new(store)).await;
}

/// Of a hundred who redeem one voucher at once, through two connections, one does.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_redeem_a_voucher_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let open = || Arc::new(SqliteStore::open(&path).expect("opens"));
    let stores = [open(), open()];
    create(stores[0].as_ref(), 1, [1, 2, 3]).await.expect("a batch");
    let mut racing = tokio::task::JoinSet::new();
    for number in 0..100 {
        let store = Arc::clone(&stores[usize::from(number % 2 == 1)]);
        racing.spawn(async move { write(store.as_ref(), redeem(1, number)).await });
    }
    let came = racing.join_all().await;
    assert_eq!(came.iter().filter(|result| result.is_ok()).count(), 1, "{came:?}");
    assert!(came.iter().all(|result| matches!(result, Ok(()) | Err(StoreError::Duplicate))));
}

#[tokio::test]
async fn the_provider_of_vouchers_gives_back_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("opens");
    let store: Arc<dyn Store> = Arc::new(store);
    create(store.as_ref(), 1, [1, 2, 3]).await.expect("a batch");
    write(store.as_ref(), redeem(1, 1)).await.expect("redeemed");
    let clock = Arc::new(SettableClock::new(at(60)));
    let provider = VoucherPayments::new(Arc::clone(&store), clock.clone());
    let price = Money { minor: 490, currency: Currency::parse("EUR").expect("a currency") };
    let reference = server::payment::voucher::payment(order(1)).reference;
    let key = || "refund".to_owned();
    assert_eq!(provider.refund(key(), reference.clone(), price).await, Ok(()));
    clock.advance(domain::SignedDuration::from_secs(60));
    assert_eq!(provider.refund(key(), reference, price).await, Ok(()), "once however often");
    let given_back = read(store.as_ref(), 1).await.expect("a voucher");
    assert_eq!((given_back.order, given_back.given_back_at), (None, Some(at(60))));
    for unknown in [order(2).to_string(), "pay_1".to_owned()] {
        let refused = provider.refund(key(), unknown, price).await;
        assert_eq!(refused, Err(PaymentError::UnknownSession));
    }
    let headers = axum::http::HeaderMap::new();
    let signed = provider.verify_event(&headers, b"{}", at(0));
    assert_eq!(signed, Err(PaymentError::BadSignature));
    assert_eq!(provider.retrieve("s".to_owned()).await, Err(PaymentError::UnknownSession));
    assert_eq!(provider.close("s".to_owned()).await, Err(PaymentError::UnknownSession));
    assert!(provider.origins().is_empty());
    // A brand cannot name it: nobody could pay on its page.
    let named = [("voucher".to_owned(), Arc::new(provider) as Arc<dyn PaymentProvider>)];
    assert_eq!(Payments::new(named.into()).own_name(Some("voucher")), Payments::DEFAULT);
}
