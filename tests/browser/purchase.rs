//! The whole purchase, with and without scripts.

use domain::SignedDuration;
use e2e::browser::{Browser, Scripts};
use e2e::judges;
use e2e::server_under_test::{ServerUnderTest, Wish};
use server::demo_sims::DEMO_SIMS;

use super::buy;

const CARD: &str = "4242 4242 4242 4242";

/// From the launch URL to result 0, with WebAssembly; the document that the page hands to
/// Windows verifies with xmlsec1 byte for byte [PORT-44], [PORT-50].
#[tokio::test]
async fn with_webassembly_from_launch_to_result_0() {
    let wish = Wish { activation_delay: SignedDuration::from_secs(2), ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    browser.open(&format!("{}/lab/msprovision", server.https_origin())).await.expect("lab");
    browser.choose("verifier").await.expect("what the verifier says");
    browser.press("Open the portal").await.expect("opened");
    browser.live().await.expect("WebAssembly");
    let url = browser.driver.current_url().await.expect("address");
    assert!(!url.as_str().contains("SubId"), "{url}");
    buy(&browser, CARD).await.expect("bought");
    browser.heading("We are activating your plan").await.expect("the wait");
    browser.text_soon("[role=progressbar], progress").await.expect("progress");
    browser.heading("Your plan is active").await.expect("active");
    browser.live().await.expect("WebAssembly");
    browser.press("Set up this PC").await.expect("handed over");
    browser.heading("Set-up complete").await.expect("result 0");
    let lab = browser.run("return window.broadgateLab").await.expect("what Windows got");
    assert_eq!(lab["calls"], 1, "called once");
    assert_eq!(lab["verified"], 0, "the verifier accepts it");
    let document = lab["xml"].as_str().expect("a document");
    judges::xmlsec1(document, &server.running.signing_roots).expect("xmlsec1 verifies it");
    let order = ledger_state(&server).await;
    assert_eq!(order, vec![("active".to_owned(), vec![Some(0)])]);
    browser.quit().await.expect("quit");
    server.stop().await;
}

/// What the ledger has: state and the results of hand-overs of each order.
pub(crate) async fn ledger_state(server: &ServerUnderTest) -> Vec<(String, Vec<Option<u32>>)> {
    let store =
        server::store::sqlite::SqliteStore::open(&server.data.path().join("broadgate.sqlite"));
    let store = store.expect("the ledger");
    let mut found = Vec::new();
    for record in server::store::Store::latest_orders(&store, 10).await.expect("orders") {
        let id = record.order.id;
        let deliveries = server::store::Store::deliveries(&store, id).await.expect("deliveries");
        let results = deliveries.iter().map(|delivery| delivery.result).collect();
        found.push((record.order.state.name().to_owned(), results));
    }
    found
}

/// With scripts switched off: the same pages, up to the hand-over [PORT-78].
#[tokio::test]
async fn without_scripts_up_to_the_hand_over() {
    let wish = Wish { activation_delay: SignedDuration::from_secs(2), ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let browser = Browser::start(Scripts::Off).await.expect("browser");
    let launch = format!("{}{}", server.https_origin(), DEMO_SIMS[0].launch_path());
    browser.open(&launch).await.expect("launch");
    buy(&browser, CARD).await.expect("bought");
    browser.heading("Your plan is active").await.expect("the page refreshes by itself");
    assert!(browser.driver.find(thirtyfour::By::Css("html[data-portal=live]")).await.is_err());
    let body = browser.text_of("body").await.expect("text");
    assert!(body.contains("Download the signed settings file"), "{body}");
    assert!(body.contains("Access point name"), "{body}");
    assert!(!body.contains("Set up this PC"), "no button that could not work:\n{body}");
    browser.quit().await.expect("quit");
    server.stop().await;
}

/// On today's Windows there is no bridge: the plan is active, and there are other ways [PORT-51].
#[tokio::test]
async fn without_the_bridge_the_page_still_finishes() {
    let server = ServerUnderTest::start().await.expect("server");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    let launch = format!("{}{}", server.https_origin(), DEMO_SIMS[1].launch_path());
    browser.open(&launch).await.expect("launch");
    browser.live().await.expect("WebAssembly");
    buy(&browser, CARD).await.expect("bought");
    browser.heading("Your plan is active").await.expect("active");
    browser.live().await.expect("WebAssembly");
    let body = browser.text_of("body").await.expect("text");
    assert!(body.contains("Download the signed settings file"), "{body}");
    assert!(!body.contains("Set up this PC"), "no button that could not work:\n{body}");
    browser.quit().await.expect("quit");
    server.stop().await;
}

/// Back and forward lose nothing, a declined card is told where it happened.
#[tokio::test]
async fn back_decline_and_another_card() {
    let server = ServerUnderTest::start().await.expect("server");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    let launch = format!("{}{}", server.https_origin(), DEMO_SIMS[0].launch_path());
    browser.open(&launch).await.expect("launch");
    browser.live().await.expect("WebAssembly");
    browser.press("Continue").await.expect("pressed");
    browser.text_soon("[role=alert]").await.expect("nothing chosen is told");
    buy(&browser, "4000 0000 0000 0002").await.expect("to the payment");
    browser.heading("The payment was declined").await.expect("declined");
    let alert = browser.text_soon("[role=alert]").await.expect("an alert");
    assert!(alert.contains("Nothing was charged"), "{alert}");
    browser.live().await.expect("WebAssembly");
    browser.press("Try another card").await.expect("again");
    super::pay(&browser, CARD).await.expect("paid");
    browser.heading("Your plan is active").await.expect("active");
    browser.driver.back().await.expect("back");
    browser.driver.forward().await.expect("forward");
    browser.heading("Your plan is active").await.expect("still active");
    assert_eq!(ledger_state(&server).await.len(), 1, "one order");
    browser.quit().await.expect("quit");
    server.stop().await;
}
