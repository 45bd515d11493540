//! A server that is killed while vouchers are redeemed.
//!
//! Not here: what is redeemed without that ([`super::redeem`]).

use std::net::Ipv4Addr;

use e2e::process::Process;
use e2e::server_under_test::ServerUnderTest;
use e2e::visitor::Visitor;
use server::store::books::BooksStore as _;

use super::{first_plan_of, make, review, said_list, typed};

/// Killed at any moment, each voucher that is used pays an order, and each order that a voucher
/// paid has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_leaves_no_voucher_without_its_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 60, &[]).await;
    let data = server.stop().await;
    for codes in made.codes.chunks(20) {
        let process = Process::start(data.path(), &[]).await.expect("it serves");
        let mut ready = Vec::new();
        for (number, code) in (0..).zip(codes) {
            let address = Ipv4Addr::new(127, 0, 0, 2 + number);
            let visitor = Visitor::from_address(&process.origin, address.into()).expect("visitor");
            let page = review(&visitor).await;
            ready.push((visitor, page, code.clone()));
        }
        let mut racing = tokio::task::JoinSet::new();
        for (visitor, page, code) in ready {
            racing.spawn(async move {
                // No answer is what most of them get.
                visitor.press(&page, "Pay", &typed(&page, &code)).await.is_ok()
            });
        }
        while let Some(answered) = racing.join_next().await {
            if answered.expect("a redemption") {
                break;
            }
        }
        process.kill().await.expect("killed");
    }
    let store = server::store::sqlite::SqliteStore::open(&data.path().join("broadgate.sqlite"));
    let store = store.expect("opens");
    let orders = server::store::Store::latest_orders(&store, 200).await.expect("orders");
    let is_paid = |order: &&server::store::Order| order.order.payment.is_some();
    assert_eq!(orders.iter().filter(is_paid).count(), orders.len(), "none without its voucher");
    for order in &orders {
        let receipts = store.receipts(order.order.id).await.expect("readable");
        let consent = receipts.first().and_then(|issued| issued.receipt.consent.as_ref());
        assert!(receipts.len() == 1 && consent.is_some(), "one receipt, with what was agreed to");
    }
    let batches = said_list(data.path()).await;
    assert_eq!(batches[0]["redeemed"], orders.len(), "{batches:?}");
    assert!(orders.len() >= 3, "each round had an answer");
}
