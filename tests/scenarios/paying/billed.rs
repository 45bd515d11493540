//! Paying by the operator's bill: agreed to on our own page, charged once, and voided, refused or
//! given back where it must be. Each test reads the operator's own book at its end.

use std::sync::Arc;
use std::time::Duration;

use domain::SignedDuration;
use e2e::operator_account::{Call, Operator, Word};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::trouble::Trouble;
use e2e::visitor::{Seen, Visitor};
use server::clock::SettableClock;
use server::config::PaymentConfig;
use tempfile::TempDir;

use super::bench::{ACTIVE, catalogue, sim};
use crate::admin::operator as signed_in;
use crate::mending::until;
use crate::purchase::to_payment;

const UNBILLED: &str = "Your bill was not charged";

struct Shop {
    server: ServerUnderTest,
    operator: Operator,
    folder: TempDir,
}

struct Purchase {
    visitor: Visitor,
    /// The page on which the customer agrees.
    bill: Seen,
    code: String,
    path: String,
    price: i64,
}

impl Shop {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let operator = Operator::start().await.expect("an operator");
        catalogue(folder.path(), "bill");
        let wish = wish(&operator, &folder);
        let server = ServerUnderTest::start_with(wish).await.expect("server");
        Self { server, operator, folder }
    }

    fn clock(&self) -> Arc<SettableClock> {
        self.server.clock.clone().expect("a clock to set")
    }

    /// Goes as far as the page on which the customer agrees.
    async fn begin(&self) -> Purchase {
        let visitor = self.server.visitor().expect("visitor");
        let bill = to_payment(&visitor, &sim().launch_path()).await;
        let code = bill.path.split('/').nth(2).expect("a code").to_owned();
        let path = format!("/orders/{code}");
        let price = self.operator.authorisations(&code)[0].amount_minor;
        Purchase { visitor, bill, code, path, price }
    }

    /// Has the customer agree while time passes.
    async fn agree(&self, purchase: &Purchase) -> Seen {
        let clock = self.clock();
        let passing = async {
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                clock.advance(SignedDuration::from_millis(500));
            }
        };
        tokio::select! {
            seen = purchase.visitor.press(&purchase.bill, "Put ", &[]) => seen.expect("an answer"),
            () = passing => unreachable!("time passes for ever"),
        }
    }

    async fn until(&self, purchase: &Purchase, heading: &str) -> Seen {
        let clock = self.clock();
        let step = || clock.advance(SignedDuration::from_secs(1));
        until(&purchase.visitor, &purchase.path, heading, step).await
    }

    /// Closes the shop: of the order's money, `net` stayed, and no bill was charged twice for one
    /// word of its customer.
    async fn close(self, purchase: &Purchase, net: i64) {
        assert_eq!(self.operator.net(&purchase.code), net, "what stayed");
        let authorisations = self.operator.authorisations(&purchase.code);
        assert!(authorisations.iter().all(|of| of.charged <= 1), "{authorisations:?}");
        self.server.stop().await;
    }
}

fn wish(operator: &Operator, folder: &TempDir) -> Wish {
    let account = operator.config(folder.path()).expect("a token");
    Wish {
        payment: [("bill".to_owned(), PaymentConfig::OperatorAccount(account))].into(),
        catalog: Some(folder.path().join("catalogue")),
        session_lifetime: Some(SignedDuration::from_hours(72)),
        is_clock_set: true,
        ..Wish::default()
    }
}

/// Authorised before the customer agrees, charged after; who agreed and when is on record.
#[tokio::test]
async fn a_plan_goes_onto_the_bill() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    assert_eq!(purchase.bill.heading(), "Pay by your mobile bill");
    let [authorised] = shop.operator.authorisations(&purchase.code).try_into().expect("one");
    assert_eq!((authorised.status, authorised.imsi.as_deref()), ("authorised", Some(sim().imsi)));
    assert_eq!(shop.operator.net(&purchase.code), 0, "nothing is charged yet");
    // The way back to the page is the order's own.
    let order = purchase.visitor.open(&purchase.path).await.expect("the order");
    let again = purchase.visitor.press(&order, "Go to payment", &[]).await.expect("the page");
    assert_eq!(again.path, purchase.bill.path);
    shop.agree(&purchase).await;
    shop.until(&purchase, ACTIVE).await;
    let (visitor, _) = signed_in(&shop.server).await.expect("signed in");
    let history = visitor.open(&purchase.path).await.expect("the order").html;
    assert!(history.contains("payment_agreed (customer)"), "{history}");
    let price = purchase.price;
    shop.close(&purchase, price).await;
}

/// [PORT-82]: clicks, tabs and reloads charge once.
#[tokio::test]
async fn several_clicks_charge_once() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let click = || shop.agree(&purchase);
    let seen = tokio::join!(click(), click(), click());
    for seen in [seen.0, seen.1, seen.2] {
        assert_eq!(seen.path, purchase.path);
    }
    shop.until(&purchase, ACTIVE).await;
    let late = shop.agree(&purchase).await;
    assert_eq!(late.heading(), ACTIVE);
    let page = purchase.visitor.open(&purchase.bill.path).await.expect("the page");
    assert_eq!(page.path, purchase.path, "there is nothing to agree to");
    assert_eq!(shop.operator.count(Call::Charge), 1);
    let price = purchase.price;
    shop.close(&purchase, price).await;
}

/// Refused, to be proven, or refused after all: the customer is told to pay another way.
#[tokio::test]
async fn what_the_operator_does_not_charge_is_told() {
    for word in [Word::Prove, Word::No, Word::YesButNo] {
        let shop = Shop::open().await;
        shop.operator.says(word);
        let purchase = shop.begin().await;
        if word == Word::YesButNo {
            shop.agree(&purchase).await;
        } else {
            assert_eq!(purchase.bill.heading(), UNBILLED, "{word:?}: told at once");
        }
        let told = shop.until(&purchase, UNBILLED).await;
        assert!(told.html.contains("Pay another way"), "{}", told.html);
        assert_eq!(shop.operator.net(&purchase.code), 0, "{word:?}");
        shop.operator.says(Word::Yes);
        let bill = purchase.visitor.press(&told, "Try again", &[]).await.expect("the page again");
        let purchase = Purchase { bill, ..purchase };
        shop.agree(&purchase).await;
        shop.until(&purchase, ACTIVE).await;
        let price = purchase.price;
        shop.close(&purchase, price).await;
    }
}

/// Whatever goes wrong with the charge, it is made once.
#[tokio::test]
async fn a_charge_that_goes_wrong_is_made_once() {
    let troubles = [
        Trouble::LostBefore,
        Trouble::LostAfter,
        Trouble::Fails,
        Trouble::FailsAfter,
        Trouble::Busy(2),
        Trouble::Locked,
    ];
    for trouble in troubles {
        let shop = Shop::open().await;
        let purchase = shop.begin().await;
        shop.operator.break_next(Call::Charge, trouble);
        shop.agree(&purchase).await;
        shop.until(&purchase, ACTIVE).await;
        let price = purchase.price;
        shop.close(&purchase, price).await;
    }
}

/// The server ends between the charge and its record: after a restart nothing is charged anew.
#[tokio::test]
async fn a_restart_between_charge_and_record_charges_once() {
    let shop = Shop::open().await;
    let mut purchase = shop.begin().await;
    shop.operator.break_next(Call::Charge, Trouble::LostAfter);
    let charged = async {
        while shop.operator.net(&purchase.code) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        seen = purchase.visitor.press(&purchase.bill, "Put ", &[]) => drop(seen),
        () = charged => {}
    }
    let Shop { server, operator, folder } = shop;
    let data = server.stop().await;
    let wish = wish(&operator, &folder);
    let server = ServerUnderTest::start_in(data, wish).await.expect("server");
    purchase.visitor.origin = server.origin();
    let shop = Shop { server, operator, folder };
    shop.until(&purchase, ACTIVE).await;
    let price = purchase.price;
    shop.close(&purchase, price).await;
}

/// What nobody agrees to is voided with the window, and cannot be charged any more.
#[tokio::test]
async fn an_abandoned_authorisation_is_voided() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.clock().advance(SignedDuration::from_mins(16));
    shop.until(&purchase, "The payment window has closed").await;
    assert_eq!(shop.operator.authorisations(&purchase.code)[0].status, "voided");
    let late = shop.agree(&purchase).await;
    assert_eq!(late.heading(), "The payment window has closed");
    assert_eq!(shop.operator.count(Call::Charge), 0);
    shop.close(&purchase, 0).await;
}

/// Cancelled in another tab while the charge is under way: it goes back.
#[tokio::test]
async fn a_charge_of_a_cancelled_order_goes_back() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.operator.break_next(Call::Charge, Trouble::LostAfter);
    let cancelled = async {
        while shop.operator.net(&purchase.code) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let charging = purchase.visitor.open(&purchase.path).await.expect("the order");
        assert_eq!(charging.heading(), "Your operator is charging your bill");
        purchase.visitor.press(&purchase.bill, "Cancel this order", &[]).await.expect("an answer");
    };
    // The clock stands, so that the charge is not asked for again before.
    let (seen, ()) = tokio::join!(purchase.visitor.press(&purchase.bill, "Put ", &[]), cancelled);
    seen.expect("an answer");
    shop.until(&purchase, "Your money was returned").await;
    shop.close(&purchase, 0).await;
}

/// Cancelled before the operator took the charge: it is not made any more.
#[tokio::test]
async fn a_cancelled_order_is_not_charged() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.operator.break_next(Call::Charge, Trouble::Locked);
    let cancelled = async {
        while shop.operator.count(Call::Charge) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        purchase.visitor.press(&purchase.bill, "Cancel this order", &[]).await.expect("an answer");
    };
    let (seen, ()) = tokio::join!(purchase.visitor.press(&purchase.bill, "Put ", &[]), cancelled);
    seen.expect("an answer");
    for _ in 0..100 {
        shop.clock().advance(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.operator.authorisations(&purchase.code)[0].status, "voided");
    assert_eq!(shop.operator.count(Call::Charge), 1, "not asked again");
    shop.close(&purchase, 0).await;
}

/// Nobody agrees for somebody else.
#[tokio::test]
async fn only_the_customer_agrees() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let stranger = shop.server.visitor().expect("visitor");
    stranger.open(&sim().launch_path()).await.expect("launch");
    let seen = stranger.open(&purchase.bill.path).await.expect("an answer");
    assert_eq!(seen.status, 404);
    let pressed = stranger.press(&purchase.bill, "Put ", &[]).await.expect("an answer");
    assert_eq!(pressed.status, 403);
    let bare = purchase.visitor.post(&purchase.bill.path, &[]).await.expect("an answer");
    assert_eq!(bare.status, 403, "no form of ours");
    assert_eq!(shop.operator.count(Call::Charge), 0);
    shop.close(&purchase, 0).await;
}
