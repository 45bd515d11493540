//! Paying on a hosted page: paid once whatever is clicked, lost, sent twice or forged, and what
//! cannot count goes back by itself. Each test reads the provider's own book at its end.
//!
//! Not here: a payment whose provider cannot be reached ([`lost`]), events ([`events`]), and the
//! operator's bill ([`billed`]).

mod bench;
mod billed;
mod events;
mod lost;

use domain::SignedDuration;
use e2e::stripe::{Call, Delivery};
use e2e::trouble::Trouble;
use server::demo_sims::DEMO_SIMS;

use crate::purchase::to_payment;
use bench::{ACTIVE, CARD, PORTAL, Shop, sim};

/// [PORT-28]: the way to the provider's page and back; what is bought, its price and tax stand there.
#[tokio::test]
async fn a_plan_is_paid_on_the_hosted_page() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    let form = &purchase.session.form;
    let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    assert_eq!(text("client_reference_id"), purchase.code);
    assert!(text("line_items[0][price_data][product_data][name]").contains(": "), "{form:?}");
    assert_eq!(text("line_items[0][price_data][unit_amount]"), price.to_string());
    let plans = purchase.visitor.raw("/plans").await.expect("a page");
    let policy = plans.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let origin = purchase.session.url.split("/c/").next().expect("an origin");
    assert!(policy.contains(&format!("form-action 'self' {origin};")), "{policy}");

    let back = shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    assert_eq!(back, Some(format!("{PORTAL}{}/return", purchase.path)));
    purchase.come_back().await;
    shop.until(&purchase, ACTIVE).await;
    assert_eq!(shop.stripe.count(Call::Create), 1);
    shop.close(&purchase, price).await;
}

/// The customer comes back before the event does: the provider is asked.
#[tokio::test]
async fn who_comes_back_first_need_not_wait_for_the_event() {
    let shop = Shop::open().await;
    shop.stripe.set_delivery(Delivery::Held);
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    purchase.come_back().await;
    assert_eq!(shop.stripe.count(Call::Retrieve), 1);
    shop.until(&purchase, ACTIVE).await;
    let [event] = shop.stripe.held().try_into().expect("one event");
    assert_eq!(shop.stripe.send(&event).await.expect("an answer"), 200);
    shop.close(&purchase, price).await;
}

/// A declined card leaves the session open, where another one pays.
#[tokio::test]
async fn a_declined_card_is_followed_by_another() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    let declined = shop.stripe.pay(&purchase.session.url, "4000000000000002").await;
    assert_eq!(declined.expect("an answer"), None, "the customer stays there");
    let back = purchase.come_back().await;
    assert_eq!(back.heading(), "Continue to payment");
    purchase.visitor.press(&back, "Go to payment", &[]).await.expect("the page again");
    assert_eq!(shop.stripe.count(Call::Create), 1, "the session that is open serves");
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// The window is a lease: what is abandoned expires there and here, and can be paid anew.
#[tokio::test]
async fn an_abandoned_checkout_expires_there_and_here() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.clock.advance(SignedDuration::from_mins(16));
    let expired = shop.until(&purchase, "The payment window has closed").await;
    let there = shop.stripe.sessions(&purchase.code);
    assert_eq!(there.iter().map(|session| session.status).collect::<Vec<_>>(), ["expired"]);
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    assert_eq!(shop.stripe.net(&purchase.code), 0, "nobody pays there any more");
    purchase.visitor.press(&expired, "Pay now", &[]).await.expect("another page");
    let again = shop.stripe.sessions(&purchase.code).pop().expect("another session");
    assert_ne!(again.id, purchase.session.id);
    shop.stripe.pay(&again.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// Cancelled while the provider could not be told: the payment that came all the same goes back.
#[tokio::test]
async fn what_is_paid_after_the_order_was_cancelled_goes_back() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.stripe.break_next(Call::Expire, Trouble::Locked);
    let order = purchase.visitor.open(&purchase.path).await.expect("the order");
    let cancelled = purchase.visitor.press(&order, "Cancel this order", &[]).await;
    assert_eq!(cancelled.expect("answer").heading(), "Your order is cancelled");
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    let told = shop.until(&purchase, "Your money was returned").await;
    assert!(told.html.contains("arrived after the order had ended"), "{}", told.html);
    shop.close(&purchase, 0).await;
}

/// A provider that takes money for what it said had expired: it goes back.
#[tokio::test]
async fn what_is_paid_after_the_order_expired_goes_back() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    shop.clock.advance(SignedDuration::from_mins(16));
    shop.until(&purchase, "The payment window has closed").await;
    shop.stripe.pay_late(&purchase.session.id).expect("paid");
    shop.until(&purchase, "Your money was returned").await;
    shop.close(&purchase, 0).await;
}

/// The same, while the customer has paid anew: the plan stays, the payment too many goes back,
/// and the page says so.
#[tokio::test]
async fn a_second_payment_of_an_order_goes_back() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.clock.advance(SignedDuration::from_mins(16));
    let expired = shop.until(&purchase, "The payment window has closed").await;
    purchase.visitor.press(&expired, "Pay now", &[]).await.expect("another page");
    let again = shop.stripe.sessions(&purchase.code).pop().expect("another session");
    shop.stripe.pay(&again.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    shop.stripe.pay_late(&purchase.session.id).expect("paid");
    shop.until_net(&purchase, price).await;
    let mut page = shop.until(&purchase, ACTIVE).await;
    for _ in 0..100 {
        if page.html.contains("Returned to you") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        page = shop.until(&purchase, ACTIVE).await;
    }
    assert!(page.html.contains("Returned to you"), "{}", page.html);
    shop.close(&purchase, price).await;
}

/// Another amount than the price buys nothing: it goes back, and the price can be paid.
#[tokio::test]
async fn a_payment_of_another_amount_goes_back() {
    let shop = Shop::open().await;
    let purchase = shop.begin().await;
    let price = purchase.session.units;
    shop.stripe.misprice(&purchase.session.id, price - 1);
    shop.stripe.pay(&purchase.session.url, CARD).await.expect("an answer");
    let wrong = shop.until(&purchase, "The payment did not match").await;
    assert!(wrong.alert().contains("Payment returned"), "{}", wrong.alert());
    shop.until_net(&purchase, 0).await;
    purchase.visitor.press(&wrong, "Pay again", &[]).await.expect("another page");
    let again = shop.stripe.sessions(&purchase.code).pop().expect("another session");
    shop.stripe.pay(&again.url, CARD).await.expect("an answer");
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// [PORT-82]: several tabs and clicks are one session there, paid once.
#[tokio::test]
async fn two_tabs_are_one_session() {
    let shop = Shop::open().await;
    let visitor = shop.server.visitor().expect("visitor");
    let plans = visitor.open(&sim().launch_path()).await.expect("launch");
    let plan = crate::purchase::first_plan(&plans);
    let chosen = [("plan", plan.as_str())];
    let choose = || visitor.press(&plans, "Continue", &chosen);
    let (one, two) = (choose().await.expect("review"), choose().await.expect("review"));
    let (first, second, third) = tokio::join!(
        visitor.press(&one, "Pay", &[]),
        visitor.press(&one, "Pay", &[]),
        visitor.press(&two, "Pay", &[]),
    );
    let seen = [first, second, third].map(|seen| seen.expect("an answer"));
    let is_away = |path: &str| path.starts_with("/c/pay/");
    let away: Vec<&str> = seen.iter().map(|s| s.path.as_str()).filter(|p| is_away(p)).collect();
    assert!(!away.is_empty() && away.iter().all(|path| *path == away[0]), "{away:?}");
    assert_eq!(shop.stripe.count(Call::Create), 1);
    let order = visitor.open(&sim().launch_path()).await.expect("the same visit");
    let purchase = shop.purchase(visitor, order.path).expect("a session");
    let price = purchase.session.units;
    let pay = || shop.stripe.pay(&purchase.session.url, CARD);
    let (one, two) = tokio::join!(pay(), pay());
    assert!(one.is_ok() && two.is_ok());
    let (one, two) = tokio::join!(purchase.come_back(), purchase.come_back());
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    shop.until(&purchase, ACTIVE).await;
    shop.close(&purchase, price).await;
}

/// A way to pay that takes days: the customer is told to wait, and its end counts.
#[tokio::test]
async fn a_payment_that_takes_days_is_waited_for() {
    for is_paid in [true, false] {
        let shop = Shop::open().await;
        let purchase = shop.begin().await;
        let price = purchase.session.units;
        shop.stripe.pay(&purchase.session.url, "delayed").await.expect("an answer");
        let back = purchase.come_back().await;
        assert_eq!(back.heading(), "Continue to payment");
        assert!(back.html.contains("Your payment is under way"), "{}", back.html);
        // The window closes, and nobody knows yet.
        shop.clock.advance(SignedDuration::from_mins(20));
        shop.stripe.settle(&purchase.session.id, is_paid).expect("settled");
        let heading = if is_paid { ACTIVE } else { "The payment was declined" };
        shop.until(&purchase, heading).await;
        shop.close(&purchase, if is_paid { price } else { 0 }).await;
    }
}

/// The brand's own provider is used; a brand that names none has the sandbox.
#[tokio::test]
async fn each_brand_has_its_own_provider() {
    let shop = Shop::open().await;
    let other = DEMO_SIMS.iter().find(|other| other.brand != sim().brand).expect("another brand");
    let visitor = shop.server.visitor().expect("visitor");
    let page = to_payment(&visitor, &other.launch_path()).await;
    assert!(page.path.starts_with("/sandbox/pay/"), "{}", page.path);
    assert_eq!(shop.stripe.count(Call::Create), 0);
    let purchase = shop.begin().await;
    assert_eq!(shop.stripe.count(Call::Create), 1);
    shop.close(&purchase, 0).await;
}
