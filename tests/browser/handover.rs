//! What each answer of Windows leads to: the table of [PORT-49], in a browser.

use e2e::browser::{Browser, Scripts};
use e2e::server_under_test::ServerUnderTest;

use super::buy;
use super::purchase::ledger_state;

/// Number, heading, words of the alert, and the button that offers a retry.
const ANSWERS: [(u32, &str, &str, Option<&str>); 9] = [
    (0, "Set-up complete", "", None),
    (1, "Your plan is active", "Windows could not finish", Some("Try again")),
    (2, "Your plan is active", "was not accepted", None),
    (3, "Your plan is active", "not properly signed", None),
    (4, "Your plan is active", "not valid", None),
    (5, "Your plan is active", "You cancelled", Some("Try again")),
    (6, "Your plan is active", "no Wi-Fi", Some("Try again")),
    (7, "Your plan is active", "No modem", Some("Try again")),
    (8, "Your plan is active", "Neither modem nor Wi-Fi", Some("Try again")),
];

async fn check(browser: &Browser, server: &ServerUnderTest, row: (u32, &str, &str, Option<&str>)) {
    let (code, heading, words, retry) = row;
    browser.driver.delete_all_cookies().await.expect("a new visit");
    browser.open(&format!("{}/lab/msprovision", server.https_origin())).await.expect("lab");
    browser.choose(&code.to_string()).await.expect("the code");
    browser.press("Open the portal").await.expect("opened");
    browser.live().await.expect("WebAssembly");
    buy(browser, "4242424242424242").await.expect("bought");
    browser.heading("Your plan is active").await.expect("active");
    browser.live().await.expect("WebAssembly");
    browser.press("Set up this PC").await.expect("handed over");
    browser.heading(heading).await.expect("its page");
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    let mut alert = String::new();
    while !words.is_empty() && !alert.contains(words) {
        assert!(tokio::time::Instant::now() < end, "{code}: {words:?} is not in {alert:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        alert = browser.text_of("[role=alert]").await.unwrap_or_default();
    }
    let body = browser.text_of("body").await.expect("text");
    assert_eq!(retry.is_some(), body.contains("Try again"), "{code}:\n{body}");
    if code == 1 {
        // Tried once more by itself after five seconds, then it is for the customer.
        let end = tokio::time::Instant::now() + std::time::Duration::from_secs(15);
        while ledger_state(server).await[0].1.len() < 2 {
            assert!(tokio::time::Instant::now() < end, "no second attempt by itself");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        tokio::time::sleep(std::time::Duration::from_secs(6)).await;
        assert_eq!(ledger_state(server).await[0].1, vec![Some(1), Some(1)], "just once");
        return;
    }
    assert_eq!(ledger_state(server).await[0].1, vec![Some(code)], "kept on the order");
}

/// [PORT-46], [PORT-49]
#[tokio::test]
async fn each_answer_of_windows_has_its_page() {
    let server = ServerUnderTest::start().await.expect("server");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    for row in ANSWERS {
        check(&browser, &server, row).await;
    }
    browser.quit().await.expect("quit");
    server.stop().await;
}

/// The bridge alone, without WebAssembly, as in Internet Explorer [PORT-78].
#[tokio::test]
async fn the_bridge_alone_hands_over() {
    let server = ServerUnderTest::start().await.expect("server");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    let source = serde_json::json!({ "source": "delete window.WebAssembly;" });
    let tools = browser.driver.cdp();
    tools.send_raw("Page.addScriptToEvaluateOnNewDocument", source).await.expect("no WebAssembly");
    browser.open(&format!("{}/lab/msprovision", server.https_origin())).await.expect("lab");
    browser.press("Open the portal").await.expect("opened");
    buy(&browser, "4242424242424242").await.expect("bought");
    browser.heading("Your plan is active").await.expect("active");
    browser.press("Set up this PC").await.expect("handed over");
    browser.heading("Set-up complete").await.expect("result 0");
    assert_eq!(ledger_state(&server).await[0].1, vec![Some(0)]);
    browser.quit().await.expect("quit");
    server.stop().await;
}
