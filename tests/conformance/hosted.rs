//! The hosted page when its API fails: a write that is made again is made once.
//!
//! Not here: what every provider does ([`super::payments`]).

use std::future::Future;

use domain::SignedDuration;
use domain::amount::{Currency, Money};
use e2e::stripe::{Call, Stripe, Trouble};
use server::clock::{Clock as _, SystemClock};
use server::config::HostedConfig;
use server::payment::hosted::Hosted;
use server::payment::{OpenRequest, PaymentError, PaymentProvider as _, SessionStatus};
use tempfile::TempDir;

use super::payments::{PORTAL, request};

struct Bench {
    stripe: Stripe,
    hosted: Hosted,
    config: HostedConfig,
    _folder: TempDir,
}

async fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let stripe = Stripe::start().await.expect("Stripe");
    let config = stripe.config(folder.path()).expect("a configuration");
    let hosted = Hosted::new("card", &config, PORTAL).expect("a provider");
    Bench { stripe, hosted, config, _folder: folder }
}

const TROUBLES: [Trouble; 6] = [
    Trouble::LostBefore,
    Trouble::LostAfter,
    Trouble::Fails,
    Trouble::FailsAfter,
    Trouble::Busy(7),
    Trouble::Locked,
];

/// Makes a call until it succeeds, as the outbox does; the first try must fail as something that
/// may be tried again.
async fn again<T, F: Future<Output = Result<T, PaymentError>>>(
    trouble: Trouble,
    call: impl Fn() -> F,
) -> T {
    match (trouble, call().await) {
        (Trouble::Busy(seconds), Err(PaymentError::Busy(pause))) => {
            assert_eq!(pause, SignedDuration::from_secs(seconds.into()));
        }
        (_, Err(PaymentError::Unavailable(_))) => {}
        (_, Err(error)) => panic!("{trouble:?}: {error}"),
        (_, Ok(_)) => panic!("{trouble:?} went unnoticed"),
    }
    match call().await {
        Ok(done) => done,
        Err(error) => panic!("{trouble:?}, the second try: {error}"),
    }
}

#[tokio::test]
async fn a_session_is_opened_once_whatever_goes_wrong() {
    let Bench { stripe, hosted, .. } = bench().await;
    for trouble in TROUBLES {
        let request = request(&format!("{trouble:?}"), SystemClock.now());
        stripe.break_next(Call::Create, trouble);
        let open = || hosted.open(request.clone());
        let session = again(trouble, open).await;
        assert_eq!(open().await, Ok(session.clone()), "{trouble:?}");
        let known = stripe.sessions(request.order.as_str());
        // Of the one that an error was said of nobody has the address.
        let expected = if trouble == Trouble::FailsAfter { 2 } else { 1 };
        assert_eq!(known.len(), expected, "{trouble:?}");
        assert!(known.iter().any(|known| known.id == session.id), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_payment_goes_back_once_whatever_goes_wrong() {
    let Bench { stripe, hosted, .. } = bench().await;
    for trouble in TROUBLES {
        let request = request(&format!("{trouble:?}"), SystemClock.now());
        let session = hosted.open(request.clone()).await.expect("opened");
        stripe.pay(&session.url, "4242424242424242").await.expect("an answer");
        let payment = stripe.payments(request.order.as_str()).remove(0);
        stripe.break_next(Call::Refund, trouble);
        let key = format!("{trouble:?}/refund");
        let refund = || hosted.refund(key.clone(), payment.id.clone(), request.amount);
        again(trouble, refund).await;
        assert_eq!(refund().await, Ok(()), "{trouble:?}");
        let payment = stripe.payments(request.order.as_str()).remove(0);
        assert_eq!(payment.refunded, 490, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_session_is_closed_and_asked_whatever_goes_wrong() {
    let Bench { stripe, hosted, .. } = bench().await;
    for trouble in TROUBLES {
        let request = request(&format!("{trouble:?}"), SystemClock.now());
        let session = hosted.open(request).await.expect("opened").id;
        stripe.break_next(Call::Retrieve, trouble);
        let status = again(trouble, || hosted.retrieve(session.clone())).await;
        assert_eq!(status, SessionStatus::Open, "{trouble:?}");
        stripe.break_next(Call::Expire, trouble);
        let status = again(trouble, || hosted.close(session.clone())).await;
        assert_eq!(status, SessionStatus::Closed, "{trouble:?}");
    }
}

/// Ways to pay that take days: nobody can pay twice meanwhile, and the end is found by asking.
#[tokio::test]
async fn a_payment_that_takes_days_is_waited_for() {
    let Bench { stripe, hosted, .. } = bench().await;
    for is_paid in [true, false] {
        let request = request(&format!("{is_paid}"), SystemClock.now());
        let session = hosted.open(request.clone()).await.expect("opened");
        stripe.pay(&session.url, "delayed").await.expect("an answer");
        let id = || session.id.clone();
        assert_eq!(hosted.retrieve(id()).await, Ok(SessionStatus::Pending));
        assert_eq!(hosted.close(id()).await, Ok(SessionStatus::Pending));
        stripe.settle(&session.id, is_paid).expect("settled");
        let status = hosted.close(id()).await.expect("an answer");
        let expected = match is_paid {
            true => SessionStatus::Paid {
                reference: stripe.payments(request.order.as_str()).remove(0).id,
                amount: request.amount,
            },
            false => SessionStatus::Declined,
        };
        assert_eq!(status, expected);
        assert_eq!(hosted.retrieve(id()).await, Ok(expected));
    }
}

/// What no other try mends is said to be so, without what was sent.
#[tokio::test]
async fn what_will_never_succeed_is_refused() {
    let Bench { stripe, hosted, config, _folder } = bench().await;
    let now = SystemClock.now();
    let good = request("good", now);
    hosted.open(good.clone()).await.expect("opened");
    let money = |minor, code| Money { minor, currency: Currency::parse(code).expect("a code") };
    let costing = |key: &str, amount| OpenRequest { amount, ..request(key, now) };
    let changed = request("good", now);
    let small = costing("small", money(10, "EUR"));
    let odd = costing("odd", money(5_124, "KWD"));
    let mut late = request("late", now);
    late.closes_at = now - SignedDuration::from_hours(1);
    for (request, expected) in [
        (changed, "type idempotency_error"),
        (small, "code amount_too_small"),
        (odd, "has a third decimal"),
        (late, "parameter expires_at"),
    ] {
        let Err(PaymentError::Refused(why)) = hosted.open(request).await else {
            panic!("opened: {expected}");
        };
        assert!(why.contains(expected), "{why}");
        assert!(!why.contains("Fjell"), "{why}");
    }
    let free = costing("free", money(0, "EUR"));
    let session = hosted.open(free).await.expect("what costs nothing can be had");
    stripe.pay(&session.url, "4242424242424242").await.expect("an answer");
    let paid = SessionStatus::Paid { reference: session.id.clone(), amount: money(0, "EUR") };
    assert_eq!(hosted.retrieve(session.id.clone()).await, Ok(paid));
    let nothing = hosted.refund("free".to_owned(), session.id, money(0, "EUR")).await;
    assert_eq!(nothing, Ok(()));

    let elsewhere =
        HostedConfig { page_origin: "https://pay.example".to_owned(), ..config.clone() };
    let elsewhere = Hosted::new("card", &elsewhere, PORTAL).expect("a provider");
    let opened = elsewhere.open(request("elsewhere", now)).await;
    let why = "its page is not at `page_origin`".to_owned();
    assert_eq!(opened, Err(PaymentError::Refused(why)));
    std::fs::write(&config.secret_key, "sk_test_wrong").expect("written");
    let wrong = Hosted::new("card", &config, PORTAL).expect("a provider");
    let Err(PaymentError::Refused(why)) = wrong.open(request("wrong", now)).await else {
        panic!("opened with a wrong key");
    };
    assert!(why.contains("look at the secret key") && !why.contains("sk_test"), "{why}");
}
