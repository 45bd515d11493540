//! Answers and events that are lost: asked for again, and done once.

use std::time::Duration;

use domain::SignedDuration;
use e2e::stripe::{Call, Delivery};
use e2e::trouble::Trouble;

use super::bench::{ACTIVE, CARD, Shop, sim};
use crate::admin::operator;
use crate::purchase::first_plan;

/// The event never comes and the customer never comes back: the janitor asks.
#[tokio::test]
async fn a_payment_whose_event_is_lost_is_found() {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Held);
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// Paid in the last moment, and the window closes before anybody is told: it counts.
#[tokio::test]
async fn a_payment_in_the_last_moment_counts() {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Held);
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.stripe.break_next(Call::Retrieve, Trouble::Busy(2));
    shop.clock.advance(SignedDuration::from_mins(16));
    shop.until(&purchase, ACTIVE).await;
    assert!(shop.stripe.count(Call::Expire) >= 1, "it was to be closed");
    shop.close(&purchase, price).await;
}

/// The answer that names the session is lost, and the event comes before the next try: the order
/// is found by its code, and the session that is named later changes nothing.
#[tokio::test]
async fn an_event_that_comes_before_the_session_is_known_counts() {
    let shop = Shop::open().await;
    shop.stripe.break_next(Call::Create, Trouble::LostAfter);
    let visitor = shop.server.visitor().expect("visitor");
    let plans = visitor.open(&sim().launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    // The clock stands: there is no second try meanwhile.
    let slow = visitor.press(&review, "Pay", &[]).await.expect("the order");
    assert!(slow.html.contains("The payment page does not open yet"), "{}", slow.html);
    let purchase = shop.purchase(visitor, slow.path).expect("a session that is not known here");
    let price = purchase.session.units;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    for _ in 0..100 {
        if shop.stripe.count(Call::Create) == 2 {
            break;
        }
        shop.clock.advance(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(shop.stripe.count(Call::Create), 2, "asked again with the same key");
    assert_eq!(shop.stripe.sessions(&purchase.code).len(), 1);
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// Whatever goes wrong while the page is opened, it opens at the next try, once.
#[tokio::test]
async fn a_page_that_did_not_open_opens_later() {
    for trouble in [Trouble::Fails, Trouble::Busy(3), Trouble::LostBefore] {
        let shop = Shop::open().await;
        shop.stripe.break_next(Call::Create, trouble);
        let visitor = shop.server.visitor().expect("visitor");
        let plans = visitor.open(&sim().launch_path()).await.expect("launch");
        let plan = first_plan(&plans);
        let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
        let passing = async {
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                shop.clock.advance(SignedDuration::from_millis(500));
            }
        };
        let page = tokio::select! {
            page = visitor.press(&review, "Pay", &[]) => page.expect("the page"),
            () = passing => continue,
        };
        assert!(page.path.starts_with("/c/pay/"), "{trouble:?}: {}", page.path);
        let order = visitor.open(&sim().launch_path()).await.expect("the same visit");
        let purchase = shop.purchase(visitor, order.path).expect("a session");
        let price = purchase.session.units;
        shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
        shop.until(&purchase, ACTIVE).await;
        shop.close(&purchase, price).await;
    }
}

/// Support gives the money back and every answer is lost: it goes back once.
#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_made_once() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    for trouble in [Trouble::LostAfter, Trouble::Busy(2), Trouble::Locked] {
        shop.stripe.break_next(Call::Refund, trouble);
    }
    let (visitor, _) = operator(&shop.server).await.expect("signed in");
    let order = visitor.open(&format!("/orders/{}", purchase.code)).await.expect("the order");
    visitor.press(&order, "Give the money back", &[]).await.expect("done");
    shop.until(&purchase, "Your money was returned").await;
    assert_eq!(shop.stripe.count(Call::Refund), 4, "as often as it took");
    shop.close(&purchase, 0).await;
}
