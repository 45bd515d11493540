//! What a customer agrees to before an order: asked for, stored with it, readable from the garden.
//!
//! Implements the terms and the privacy policy of [PORT-67].

use api::browser::Field;
use domain::SignedDuration;
use domain::code::OrderCode;
use domain::legal::{Right, Withdrawal};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Seen;
use server::demo_sims::DEMO_SIMS;
use server::store::books::{Accepted, BooksStore as _};
use server::store::sqlite::SqliteStore;
use server::store::{Order, Store as _};

use super::purchase::{after_wait, first_plan, pay_with, ticked};

const REVIEW: &str = "Review your order";

fn book(server: &ServerUnderTest) -> SqliteStore {
    SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store")
}

async fn orders(server: &ServerUnderTest) -> Vec<Order> {
    book(server).latest_orders(10).await.expect("orders")
}

fn fields(review: &Seen) -> &[Field] {
    &review.page.as_ref().expect("a page of ours").forms[0].fields
}

/// How many boxes of a review are ticked as the page comes.
fn ticked_beforehand(review: &Seen) -> usize {
    fields(review).iter().filter(|field| !field.value.is_empty()).count()
}

/// [PORT-67]: nothing is ordered before every box is ticked, and what was ticked is on record.
#[tokio::test]
async fn an_order_needs_every_box_and_records_what_was_agreed_to() {
    let server = ServerUnderTest::start_with(Wish { is_clock_set: true, ..Wish::default() });
    let server = server.await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let all = ticked(&review);
    assert_eq!(all.len(), 3);
    assert_eq!(ticked_beforehand(&review), 0, "{}", review.html);
    for some in [&[][..], &all[..1], &all[1..]] {
        let again = visitor.press(&review, "Pay", some).await.expect("the review again");
        assert_eq!(again.heading(), REVIEW);
        assert!(again.alert().contains("Something is missing"), "{}", again.alert());
        let wrong = fields(&again).iter().filter(|field| !field.error.is_empty()).count();
        assert_eq!(wrong, 3 - some.len());
        assert_eq!(ticked_beforehand(&again), some.len(), "what was ticked is kept");
    }
    // A value that no box sends is no tick.
    let odd = all.iter().map(|(name, _)| (*name, "no")).collect::<Vec<_>>();
    let again = visitor.press(&review, "Pay", &odd).await.expect("the review again");
    assert_eq!(again.heading(), REVIEW);
    assert_eq!(orders(&server).await, [], "nothing was ordered");

    let now = server.clock.as_ref().expect("a clock");
    let placed_at = server::clock::Clock::now(now.as_ref());
    let payment = visitor.press(&again, "Pay", &all).await.expect("payment");
    let back = pay_with(&visitor, &payment, "4242424242424242").await;
    let active = after_wait(&visitor, back).await;
    let code = OrderCode::parse(active.path.trim_start_matches("/orders/")).expect("a code");
    let record = book(&server).order_by_code(code).await.expect("read").expect("the order");
    let Accepted { at, consent } =
        book(&server).accepted(record.order.id).await.expect("read").expect("on record");
    assert_eq!(at.as_millisecond(), placed_at.as_millisecond());
    assert_eq!(
        (consent.terms_version.as_str(), consent.privacy_version.as_str()),
        ("2030-01", "2030-01")
    );
    assert_eq!(consent.withdrawal, Some(Withdrawal { right: Right::Lost, days: 14 }));
    server.stop().await;
}

/// [PORT-28], [PORT-67]: the texts are pages of the portal, which anybody in the garden reaches.
#[tokio::test]
async fn the_texts_are_read_without_a_visit() {
    let catalog = tempfile::tempdir().expect("folder");
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/demo/catalog/fjell.toml");
    let text = std::fs::read_to_string(demo).expect("the demo's file");
    let (head, rest) = text.split_once("terms = \"\"\"").expect("terms");
    let (_, rest) = rest.split_once("\"\"\"").expect("their end");
    let (between, rest) = rest.split_once("privacy = \"\"\"").expect("the notice");
    let (_, rest) = rest.split_once("\"\"\"").expect("its end");
    let file = "terms_file = \"fjell.txt\"";
    let url = "privacy_url = \"https://fjell.example/privacy\"";
    let changed = format!("{head}{file}{between}{url}{rest}");
    std::fs::write(catalog.path().join("fjell.toml"), changed).expect("written");
    std::fs::write(catalog.path().join("fjell.txt"), "# One\n\nA & <b>").expect("written");
    let wish = Wish { catalog: Some(catalog.path().to_owned()), ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let terms = visitor.open("/legal/fjell/terms").await.expect("the terms");
    assert_eq!((terms.status.as_u16(), terms.heading().as_str()), (200, "Terms"));
    assert!(terms.html.contains("<h2>One</h2><p>A &amp; &lt;b&gt;</p>"), "{}", terms.html);
    let privacy = visitor.raw("/legal/fjell/privacy").await.expect("elsewhere");
    assert_eq!(privacy.headers()["location"], "https://fjell.example/privacy");
    for path in ["/legal/fjell/other", "/legal/none/terms"] {
        assert_eq!(visitor.open(path).await.expect("answer").status, 404, "{path}");
    }
    server.stop().await;
}

/// A form that was shown other texts asks again, and no tick is taken over.
#[tokio::test]
async fn texts_that_changed_meanwhile_are_asked_for_anew() {
    let catalog = tempfile::tempdir().expect("folder");
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/demo/catalog/fjell.toml");
    let text = std::fs::read_to_string(demo).expect("the demo's file");
    let path = catalog.path().join("fjell.toml");
    std::fs::write(&path, &text).expect("written");
    let wish = Wish {
        catalog: Some(catalog.path().to_owned()),
        catalog_look_every: Some(SignedDuration::from_millis(20)),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let changed = text.replace("terms_version = \"2030-01\"", "terms_version = \"2030-02\"");
    std::fs::write(&path, changed).expect("written");
    for _ in 0..200 {
        let terms = visitor.open("/legal/fjell/terms").await.expect("the terms");
        if terms.html.contains("2030-02") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let again = visitor.press(&review, "Pay", &ticked(&review)).await.expect("answer");
    assert_eq!(again.heading(), REVIEW);
    assert!(again.html.contains("This text changed while you were looking"), "{}", again.html);
    assert_eq!(ticked_beforehand(&again), 0);
    let payment = visitor.press(&again, "Pay", &ticked(&again)).await.expect("payment");
    assert!(payment.heading().starts_with("Pay "), "{}", payment.html);
    let order = &orders(&server).await[0].order;
    let accepted = book(&server).accepted(order.id).await.expect("read").expect("on record");
    assert_eq!(accepted.consent.terms_version, "2030-02");
    server.stop().await;
}
