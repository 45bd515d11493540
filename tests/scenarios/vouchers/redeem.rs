//! Redeeming: one order for each voucher, given back, and refused with a reason.
//!
//! Not here: making vouchers ([`super::issue`]).

use std::net::Ipv4Addr;

use api::browser::field;
use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Visitor;

use super::super::purchase::{after_wait, pay_with};
use super::{
    ACTIVE, REVIEW, UNKNOWN, at_field, first_plan_of, make, redeem, refused as refuse, review, said,
};

#[tokio::test]
async fn a_voucher_pays_once_and_nothing_else_is_paid() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 2, &[]).await;
    let visitor = server.visitor().expect("visitor");
    let (page, other_tab) = (review(&visitor).await, review(&visitor).await);
    // As people type it.
    let typed = made.codes[0].to_lowercase().replace('-', " ");
    let paid = redeem(&visitor, &page, &typed).await;
    assert!(paid.path.starts_with("/orders/"), "no payment page: {}", paid.path);
    let twice = redeem(&visitor, &page, &typed).await;
    assert_eq!(twice.path, paid.path, "the form sent twice is one order");
    let active = after_wait(&visitor, paid).await;
    assert_eq!(active.heading(), ACTIVE);
    assert!(active.html.contains("By voucher"), "{}", active.html);
    // The same customer, on another form, is told where it went.
    let again = redeem(&visitor, &other_tab, &made.codes[0]).await;
    assert!(at_field(&again).1.contains("for your order"), "{:?}", at_field(&again));

    // Somebody else learns no more than of a code that never was.
    let other = server.visitor().expect("visitor");
    let page = review(&other).await;
    let used = redeem(&other, &page, &made.codes[0]).await;
    assert_eq!((used.heading().as_str(), used.status.as_u16()), (REVIEW, 200));
    assert!(used.alert().contains("The voucher was not taken"), "{}", used.alert());
    let (value, error) = at_field(&used);
    assert_eq!(value, made.codes[0], "what was typed is kept");
    assert!(error.starts_with(UNKNOWN), "{error}");
    let unknown = redeem(&other, &used, "0000-0000-0000-0000").await;
    assert_eq!(at_field(&unknown).1, error);
    // The field cleared, the payment page follows.
    let payment = redeem(&other, &unknown, " ").await;
    let back = pay_with(&other, &payment, "4242 4242 4242 4242").await;
    assert_eq!(after_wait(&other, back).await.heading(), ACTIVE);
    let batches = said(server.data.path(), &["list"]).await;
    assert_eq!(batches["batches"][0]["redeemed"], 1, "{batches}");
    server.stop().await;
}

#[tokio::test]
async fn a_declined_order_is_paid_by_voucher() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 1, &[]).await;
    let visitor = server.visitor().expect("visitor");
    let payment = redeem(&visitor, &review(&visitor).await, "").await;
    let declined = pay_with(&visitor, &payment, "4000 0000 0000 0002").await;
    assert_eq!(declined.heading(), "The payment was declined");
    let typed = [(field::VOUCHER, "1234")];
    let wrong = visitor.press(&declined, "Try another card", &typed).await.expect("answer");
    let (value, error) = at_field(&wrong);
    assert_eq!((value.as_str(), error.starts_with("This is no voucher code")), ("1234", true));
    assert!(wrong.alert().contains("Nothing was paid"), "{}", wrong.alert());
    let typed = [(field::VOUCHER, made.codes[0].as_str())];
    let paid = visitor.press(&wrong, "Try another card", &typed).await.expect("answer");
    let again = visitor.press(&wrong, "Try another card", &typed).await.expect("clicked twice");
    assert_eq!((&paid.path, &again.path), (&declined.path, &declined.path));
    let active = after_wait(&visitor, paid).await;
    assert_eq!(active.heading(), ACTIVE);
    // The session at the provider is closed: it cannot be paid as well.
    let late = pay_with(&visitor, &payment, "4242 4242 4242 4242").await;
    assert_ne!(late.heading(), "Payment", "{}", late.html);
    assert_eq!(visitor.open(&active.path).await.expect("page").heading(), ACTIVE);
    server.stop().await;
}

/// Back from the payment page, the same form is sent again with a voucher: it pays the order that
/// the form placed, and the page that was open cannot be paid any more.
#[tokio::test]
async fn a_form_that_is_sent_again_with_a_voucher_pays_its_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 1, &[]).await;
    let visitor = server.visitor().expect("visitor");
    let page = review(&visitor).await;
    let payment = redeem(&visitor, &page, "").await;
    let wrong = redeem(&visitor, &page, "0000 0000 0000 0000").await;
    assert!(at_field(&wrong).1.starts_with(UNKNOWN), "{:?}", at_field(&wrong));
    // The order is there: its page says what is wrong, and what was typed.
    assert_eq!(wrong.heading(), "Continue to payment");
    let typed = [(field::VOUCHER, made.codes[0].as_str())];
    let paid = visitor.press(&wrong, "Go to payment", &typed).await.expect("answer");
    assert!(paid.path.starts_with("/orders/"), "{}", paid.path);
    assert_eq!(after_wait(&visitor, paid).await.heading(), ACTIVE);
    let mut closed = visitor.open(&payment.path).await.expect("the payment page");
    for _ in 0..300 {
        if !closed.html.contains("name=\"card\"") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        closed = visitor.open(&payment.path).await.expect("the payment page");
    }
    assert!(!closed.html.contains("name=\"card\""), "{}", closed.html);
    server.stop().await;
}

/// A brand that takes no vouchers has no field for them, and says so to a form from before.
#[tokio::test]
async fn a_brand_takes_vouchers_only_if_its_file_says_so() {
    let brand = include_str!("../../../server/demo/catalog/fjell.toml");
    let folder = tempfile::tempdir().expect("a folder");
    let without = brand.replace("vouchers = true\n", "");
    assert_ne!(without, brand);
    std::fs::write(folder.path().join("fjell.toml"), without).expect("a catalogue");
    let catalog = Some(folder.path().to_owned());
    let wish = Wish { catalog, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let page = review(&visitor).await;
    assert!(!page.html.contains("Voucher code"), "no field");
    let refused = redeem(&visitor, &page, "0000-0000-0000-0000").await;
    let error = at_field(&refused).1;
    assert!(error.starts_with("Vouchers are not taken here any more."), "{error}");
    let payment = redeem(&visitor, &refused, "").await;
    let declined = pay_with(&visitor, &payment, "4000 0000 0000 0002").await;
    assert!(!declined.html.contains("Voucher code"), "no field");
    let typed = [(field::VOUCHER, "0000-0000-0000-0000")];
    let refused = visitor.press(&declined, "Try another card", &typed).await.expect("answer");
    assert_eq!(at_field(&refused).1, error);

    let catalog = folder.path().to_str().expect("a path");
    let out = folder.path().join("codes.csv");
    let fixed = ["create", "--brand", "fjell", "--plan", "day-1gb", "--count", "1"];
    let more = ["--catalog", catalog, "--out", out.to_str().expect("a path")];
    let (code, why) = refuse(server.data.path(), &[&fixed[..], &more[..]].concat()).await;
    assert_eq!(code, Some(1));
    assert!(why.contains("brand fjell takes no vouchers: set `vouchers = true`"), "{why}");
    server.stop().await;
}

#[tokio::test]
async fn each_reason_is_said_with_what_to_do() {
    let session_lifetime = Some(SignedDuration::from_hours(240));
    let wish = Wish { is_clock_set: true, session_lifetime, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let plan = first_plan_of(&server).await;
    let day = |days: i64| {
        use server::clock::Clock as _;
        let at = clock.now().checked_add(SignedDuration::from_hours(24 * days)).expect("a day");
        at.to_string().split('T').next().expect("a date").to_owned()
    };
    let later = make(&server, &plan, 1, &["--valid-from", &day(3)]).await;
    let ended = make(&server, &plan, 1, &["--valid-until", &day(0)]).await;
    let withdrawn = make(&server, &plan, 1, &[]).await;
    said(server.data.path(), &["withdraw", &withdrawn.batch]).await;
    let plans = server::catalog::Catalog::demo();
    let fjell = domain::brand::BrandId::parse("fjell").expect("a brand");
    let other = plans.brands[&fjell].plans.iter().find(|other| other.id.as_str() != plan);
    let other = other.expect("another plan");
    let elsewhere = make(&server, other.id.as_str(), 1, &[]).await;
    clock.advance(SignedDuration::from_hours(24));
    let visitor = server.visitor().expect("visitor");
    let page = review(&visitor).await;
    for (code, expected) in [
        (later.codes[0].as_str(), "This voucher can be used from "),
        (&ended.codes[0], "This voucher could be used until "),
        (&withdrawn.codes[0], "This voucher was withdrawn."),
        (&elsewhere.codes[0], other.name.as_str()),
        ("0000-0000-0000-0001", "This is no voucher code."),
        (&"9".repeat(500), "This is no voucher code."),
    ] {
        let seen = redeem(&visitor, &page, code).await;
        let (value, error) = at_field(&seen);
        assert_eq!(value, code);
        assert!(error.contains(expected), "{expected}: {error}");
    }
    clock.advance(SignedDuration::from_hours(48));
    let paid = redeem(&visitor, &page, &later.codes[0]).await;
    assert!(paid.path.starts_with("/orders/"), "its day has come: {:?}", at_field(&paid));
    server.stop().await;
}

/// A person who tries many codes waits; the code that was typed is kept.
#[tokio::test]
async fn codes_cannot_be_guessed() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let made = make(&server, &first_plan_of(&server).await, 1, &[]).await;
    // A window of a minute begins.
    let left = 60 - server::clock::Clock::now(clock.as_ref()).as_second().rem_euclid(60);
    clock.advance(SignedDuration::from_secs(left));
    let visitor = server.visitor().expect("visitor");
    let page = review(&visitor).await;
    for _ in 0..server::vouchers::OF_SESSION {
        let seen = redeem(&visitor, &page, "0000000000000000").await;
        assert!(at_field(&seen).1.starts_with(UNKNOWN), "{:?}", at_field(&seen));
    }
    let wait = redeem(&visitor, &page, &made.codes[0]).await;
    assert!(at_field(&wait).1.starts_with("Too many codes were tried."), "{:?}", at_field(&wait));
    assert_eq!(at_field(&wait).0, made.codes[0]);
    // New sessions of one address come to its own limit.
    let mut tried = server::vouchers::OF_SESSION;
    'sessions: loop {
        let visitor = server.visitor().expect("visitor");
        let page = review(&visitor).await;
        for _ in 0..server::vouchers::OF_SESSION {
            let seen = redeem(&visitor, &page, "0000000000000000").await;
            if !at_field(&seen).1.starts_with(UNKNOWN) {
                break 'sessions;
            }
            tried += 1;
        }
    }
    assert_eq!(tried, server::vouchers::OF_ADDRESS);
    clock.advance(SignedDuration::from_secs(60));
    let paid = redeem(&visitor, &wait, &made.codes[0]).await;
    assert_eq!(after_wait(&visitor, paid).await.heading(), ACTIVE);
    server.stop().await;
}

/// A hundred customers, and a customer's tabs, send one code at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_redemptions_at_once_are_one_order() {
    let server = ServerUnderTest::start().await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 1, &[]).await;
    let mut ready = Vec::new();
    for number in 0..50_u8 {
        // Addresses of their own, as one may try only so often.
        let address = Ipv4Addr::new(127, 0, 0, 2 + number / 5);
        let visitor = Visitor::from_address(&server.origin(), address.into()).expect("visitor");
        // Two tabs each, so that sessions race with themselves as well.
        let tabs = [review(&visitor).await, review(&visitor).await];
        let visitor = std::sync::Arc::new(visitor);
        ready.extend(tabs.map(|tab| (std::sync::Arc::clone(&visitor), tab)));
    }
    let mut racing = tokio::task::JoinSet::new();
    for (visitor, tab) in ready {
        let code = made.codes[0].clone();
        racing.spawn(async move {
            let seen = redeem(&visitor, &tab, &code).await;
            (seen.path.clone(), at_field(&seen).1)
        });
    }
    let came = racing.join_all().await;
    let paid: std::collections::BTreeSet<_> = came
        .iter()
        .filter(|(path, _)| path.starts_with("/orders/"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(paid.len(), 1, "{came:?}");
    let others = came.iter().filter(|(path, _)| !path.starts_with("/orders/"));
    for (_, error) in others {
        assert!(error.starts_with(UNKNOWN) || error.contains("for your order"), "{error}");
    }
    let batches = said(server.data.path(), &["list"]).await;
    assert_eq!(batches["batches"][0]["redeemed"], 1, "{batches}");
    let data = server.stop().await;
    let store = server::store::sqlite::SqliteStore::open(&data.path().join("broadgate.sqlite"));
    let store = store.expect("opens");
    let orders = server::store::Store::latest_orders(&store, 200).await.expect("orders");
    assert_eq!(orders.len(), 1, "what was refused left no order behind");
}

/// What the network did not activate gives the voucher back, once, and it can be used again.
#[tokio::test]
async fn a_refund_gives_the_voucher_back() {
    let wish = Wish { activation_fails: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let made = make(&server, &first_plan_of(&server).await, 1, &[]).await;
    let visitor = server.visitor().expect("visitor");
    let paid = redeem(&visitor, &review(&visitor).await, &made.codes[0]).await;
    let failed = after_wait(&visitor, paid).await;
    assert_eq!(failed.heading(), "The network could not activate your plan");
    assert!(failed.html.contains("Your voucher is safe"), "{}", failed.html);
    let button = "Get your voucher back";
    visitor.press(&failed, button, &[]).await.expect("asked");
    visitor.press(&failed, button, &[]).await.expect("clicked twice");
    let path = failed.path.clone();
    let mut seen = visitor.open(&path).await.expect("page");
    for _ in 0..300 {
        if seen.heading() == "Your voucher can be used again" {
            break;
        }
        assert_eq!(seen.heading(), "Your voucher is on its way back");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        seen = visitor.open(&path).await.expect("page");
    }
    assert_eq!(seen.heading(), "Your voucher can be used again");
    let other = server.visitor().expect("visitor");
    let paid = redeem(&other, &review(&other).await, &made.codes[0]).await;
    assert!(paid.path.starts_with("/orders/"), "{:?}", at_field(&paid));
    let third = server.visitor().expect("visitor");
    let refused = redeem(&third, &review(&third).await, &made.codes[0]).await;
    assert!(at_field(&refused).1.starts_with(UNKNOWN), "taken again");
    server.stop().await;
}
