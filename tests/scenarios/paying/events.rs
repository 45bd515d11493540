//! Events of the provider: twice, out of order, old, forged, and of nobody here.

use domain::SignedDuration;
use e2e::stripe::{Delivery, Event};
use server::clock::Clock as _;

use super::bench::{ACTIVE, CARD, PORTAL, Purchase, Shop};

async fn paid_and_held() -> (Shop, Purchase, Event) {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Held);
    let purchase = shop.begin().await;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    let [event] = shop.stripe.held().try_into().expect("one event");
    (shop, purchase, event)
}

/// Signed by somebody else, too long ago, or changed on the way: it is no event.
#[tokio::test]
async fn forged_old_and_changed_events_do_nothing() {
    let (shop, purchase, event) = paid_and_held().await;
    let now = shop.clock.now().as_second();
    let send = |event: &Event, at, secret| {
        let event = event.clone();
        let stripe = &shop.stripe;
        async move { stripe.send_as(&event, at, secret).await.expect("an answer") }
    };
    assert_eq!(send(&event, now, "whsec_guess").await, 400);
    assert_eq!(send(&event, now - 301, "whsec_new").await, 400);
    assert_eq!(send(&event, now + 301, "whsec_new").await, 400);
    let garbage = Event { kind: event.kind.clone(), body: "{".to_owned() };
    assert_eq!(send(&garbage, now, "whsec_new").await, 400);
    assert!(shop.counted("refused").await);
    let order = purchase.visitor.open(&purchase.path).await.expect("the order");
    assert_eq!(order.heading(), "Continue to payment");
    // Signed with the secret from before the change-over, at the edge of what is allowed.
    assert_eq!(send(&event, now - 300, "whsec_old").await, 200);
    shop.until(&purchase, ACTIVE).await;
    let price = purchase.session.units;
    shop.close(&purchase, price).await;
}

/// An event counts once, whether it comes twice, ten times at once, or after the asking.
#[tokio::test]
async fn a_repeated_event_counts_once() {
    let (shop, purchase, event) = paid_and_held().await;
    let send = || shop.stripe.send(&event);
    let answers = tokio::join!(send(), send(), send(), send());
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.expect("an answer"), 200);
    }
    shop.until(&purchase, ACTIVE).await;
    assert_eq!(shop.stripe.send(&event).await.expect("an answer"), 200);
    assert!(shop.counted("taken").await && shop.counted("repeated").await);
    let history = shop.history(&purchase).await;
    assert_eq!(history.matches("payment_confirmed").count(), 1, "{history}");
    let price = purchase.session.units;
    shop.close(&purchase, price).await;
}

/// A payment that took days: the word that it is there overtakes the word that it began.
#[tokio::test]
async fn events_may_come_in_any_order() {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Held);
    let purchase = shop.begin().await;
    shop.stripe.pay(&purchase.session.url, "delayed").await.expect("an answer");
    shop.stripe.settle(&purchase.session.id, true).expect("settled");
    let events = shop.stripe.held();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["checkout.session.completed", "checkout.session.async_payment_succeeded"]);
    for event in events.iter().rev() {
        assert_eq!(shop.stripe.send(event).await.expect("an answer"), 200);
    }
    shop.until(&purchase, ACTIVE).await;
    let price = purchase.session.units;
    shop.close(&purchase, price).await;
}

/// Sent twice by the provider itself, and of types that nobody asked for.
#[tokio::test]
async fn events_of_no_use_are_answered() {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Twice);
    let purchase = shop.begin().await;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    let event = |body: serde_json::Value| Event { kind: String::new(), body: body.to_string() };
    let other = serde_json::json!({
        "id": "evt_other", "type": "customer.created", "data": { "object": {} },
    });
    assert_eq!(shop.stripe.send(&event(other)).await.expect("an answer"), 200);
    assert!(shop.counted("unused").await);
    let failed = serde_json::json!({
        "id": "evt_failed", "type": "refund.failed",
        "data": { "object": { "payment_intent": "pi_1", "status": "failed" } },
    });
    assert_eq!(shop.stripe.send(&event(failed)).await.expect("an answer"), 200);
    assert!(shop.counted("refund_failed").await);
    let price = purchase.session.units;
    shop.close(&purchase, price).await;
}

/// Of somebody else who uses the account: none of our business. Of an order that is not here:
/// to be sent again, for the order may be on its way.
#[tokio::test]
async fn events_of_unknown_orders_are_told_apart() {
    let (shop, purchase, event) = paid_and_held().await;
    let changed = |portal: &str, order: &str| {
        let mut body: serde_json::Value = serde_json::from_str(&event.body).expect("an event");
        let object = &mut body["data"]["object"];
        object["id"] = "cs_elsewhere".into();
        object["metadata"] = serde_json::json!({ "portal": portal, "order": order });
        Event { kind: event.kind.clone(), body: body.to_string() }
    };
    let unknown = "0000000000";
    for (portal, order, expected, counted) in [
        ("https://shop.example", purchase.code.as_str(), 200, "foreign"),
        (PORTAL, unknown, 404, "unknown_order"),
        (PORTAL, "no code", 404, "unknown_order"),
    ] {
        let sent = shop.stripe.send(&changed(portal, order)).await.expect("an answer");
        assert_eq!(sent, expected, "{portal} {order}");
        assert!(shop.counted(counted).await, "{counted}");
    }
    let order = purchase.visitor.open(&purchase.path).await.expect("the order");
    assert_eq!(order.heading(), "Continue to payment");
    shop.clock.advance(SignedDuration::from_mins(2));
    shop.until(&purchase, ACTIVE).await;
    let price = purchase.session.units;
    shop.close(&purchase, price).await;
}
