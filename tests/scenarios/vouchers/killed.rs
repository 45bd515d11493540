//! A server that is killed while vouchers are redeemed.
//!
//! Not here: what is redeemed without that ([`super::redeem`]).

use std::net::Ipv4Addr;
use std::path::Path;

use api::browser::field;
use e2e::server_under_test::{ServerUnderTest, binary};
use e2e::visitor::Visitor;

use super::{first_plan_of, make, review, said_list};

/// Starts the binary on a data folder and waits until it serves.
async fn serve(data: &Path) -> (tokio::process::Child, String) {
    use tokio::io::AsyncBufReadExt as _;
    let mut child = tokio::process::Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0"])
        .args(["--admin-listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = tokio::io::BufReader::new(child.stdout.take().expect("stdout")).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let address = line.trim().strip_prefix("http://localhost:");
        if let Some((port, _)) = address.and_then(|rest| rest.split_once('/')) {
            // Whoever reads no more of it would stop it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, format!("http://localhost:{port}"));
        }
    }
    unreachable!("it stopped before it served");
}

/// Killed at any moment, each voucher that is used pays an order, and each order that a voucher
/// paid has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_leaves_no_voucher_without_its_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 60, &[]).await;
    let data = server.stop().await;
    for codes in made.codes.chunks(20) {
        let (mut child, origin) = serve(data.path()).await;
        let mut ready = Vec::new();
        for (number, code) in (0..).zip(codes) {
            let address = Ipv4Addr::new(127, 0, 0, 2 + number);
            let visitor = Visitor::from_address(&origin, address.into()).expect("visitor");
            let page = review(&visitor).await;
            ready.push((visitor, page, code.clone()));
        }
        let mut racing = tokio::task::JoinSet::new();
        for (visitor, page, code) in ready {
            racing.spawn(async move {
                let typed = [(field::VOUCHER, code.as_str())];
                // No answer is what most of them get.
                visitor.press(&page, "Pay", &typed).await.is_ok()
            });
        }
        while let Some(answered) = racing.join_next().await {
            if answered.expect("a redemption") {
                break;
            }
        }
        child.start_kill().expect("killed");
        child.wait().await.expect("it ends");
    }
    let store = server::store::sqlite::SqliteStore::open(&data.path().join("broadgate.sqlite"));
    let store = store.expect("opens");
    let orders = server::store::Store::latest_orders(&store, 200).await.expect("orders");
    let is_paid = |order: &&server::store::Order| order.order.payment.is_some();
    assert_eq!(orders.iter().filter(is_paid).count(), orders.len(), "none without its voucher");
    let batches = said_list(data.path()).await;
    assert_eq!(batches[0]["redeemed"], orders.len(), "{batches:?}");
    assert!(orders.len() >= 3, "each round had an answer");
}
