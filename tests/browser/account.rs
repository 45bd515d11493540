//! The account page while somebody looks at it: what is used moves without a reload.

use anyhow::Result;
use e2e::browser::{Browser, Scripts};
use e2e::server_under_test::ServerUnderTest;
use e2e::visitor::Visitor;
use serde_json::json;
use server::demo_sims::DEMO_SIMS;

use super::buy;

/// The operator's systems: makes the first account, signs in, makes a token.
async fn machine(server: &ServerUnderTest) -> Result<(Visitor, String)> {
    let visitor = Visitor::trusting(&server.admin_origin(), server.running.tls_roots.as_deref())?;
    let secret = server.running.bootstrap.clone().unwrap_or_default();
    let (name, password) = (("name", "ada"), ("password", "correct horse battery"));
    let first = visitor.open("/").await?;
    let login = visitor.press(&first, "Make", &[("secret", &secret), name, password]).await?;
    visitor.press(&login, "Sign in", &[name, password]).await?;
    let tokens = visitor.open("/tokens").await?;
    let fields = [("name", "meter"), ("scopes", "usage:write")];
    let made = visitor.press(&tokens, "Make a token", &fields).await?;
    let token = made.html.split("bgt_").nth(1).unwrap_or_default();
    let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let token = format!("bgt_{}", token.chars().take_while(is_token).collect::<String>());
    Ok((visitor, token))
}

/// Sends what the SIM used, as its network would.
async fn used(machine: &(Visitor, String), sequence: u64, mb: u64) -> Result<()> {
    let received = mb * 1_000_000;
    let now = server::clock::Clock::now(&server::clock::SystemClock).to_string();
    let record = json!({ "sequence": sequence, "at": now, "imsi": DEMO_SIMS[1].imsi,
        "sent_bytes": 0, "received_bytes": received });
    let batch = json!({ "source": "meter", "records": [record] });
    let sent = machine.0.send("/api/usage", &batch, Some(&machine.1)).await?;
    anyhow::ensure!(sent.text.contains("\"accepted\":1"), "{}", sent.text);
    Ok(())
}

/// Waits until an element says something.
async fn says(browser: &Browser, selector: &str, wanted: &str) -> Result<()> {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let found = browser.text_of(selector).await.unwrap_or_default().replace('\u{a0}', " ");
        if found.contains(wanted) {
            return Ok(());
        }
        anyhow::ensure!(tokio::time::Instant::now() < end, "{wanted:?} is not in {found:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// [EVT-20]: an event of the server moves the bar and tells the notice; what the customer has
/// opened stays open, and what is put away stays away.
#[tokio::test]
async fn the_bar_moves_after_an_event() {
    let server = ServerUnderTest::start().await.expect("server");
    let machine = machine(&server).await.expect("a machine");
    let browser = Browser::start(Scripts::On).await.expect("browser");
    let launch = format!("{}{}", server.https_origin(), DEMO_SIMS[1].launch_path());
    browser.open(&launch).await.expect("launch");
    buy(&browser, "4242424242424242").await.expect("bought");
    browser.heading("Your plan is active").await.expect("active");
    browser.live().await.expect("WebAssembly");
    says(&browser, ".used", "No use of this plan is known yet.").await.expect("nothing is known");
    used(&machine, 1, 160).await.expect("taken");
    says(&browser, ".used", "160 MB of 1 GB used").await.expect("the page follows");
    let script = "document.querySelector('details').open = true; \
                  document.querySelector('summary').focus(); window.before = 'here'";
    browser.run(script).await.expect("opened");
    used(&machine, 2, 660).await.expect("taken");
    says(&browser, ".used", "820 MB of 1 GB used").await.expect("the page follows");
    says(&browser, "#notices", "Most of your data is used").await.expect("told");
    let script = "const meter = document.querySelector('meter'); return [window.before, \
                  meter.value, meter.className, document.querySelector('details').open, \
                  document.activeElement.tagName]";
    let found = browser.run(script).await.expect("the page");
    assert_eq!(found, json!(["here", 82, "close", true, "SUMMARY"]), "changed where it stands");
    browser.press("Got it").await.expect("put away");
    browser.live().await.expect("WebAssembly");
    used(&machine, 3, 60).await.expect("taken");
    says(&browser, ".used", "880 MB of 1 GB used").await.expect("the page follows");
    let notices = browser.text_of("#notices").await.unwrap_or_default();
    assert_eq!(notices, "", "told once");
    browser.quit().await.expect("quit");
    server.stop().await;
}

/// With scripts switched off the same is said whenever the page is loaded [PORT-78].
#[tokio::test]
async fn without_scripts_a_reload_shows_what_is_used() {
    let server = ServerUnderTest::start().await.expect("server");
    let machine = machine(&server).await.expect("a machine");
    let browser = Browser::start(Scripts::Off).await.expect("browser");
    let launch = format!("{}{}", server.https_origin(), DEMO_SIMS[1].launch_path());
    browser.open(&launch).await.expect("launch");
    buy(&browser, "4242424242424242").await.expect("bought");
    browser.heading("Your plan is active").await.expect("active");
    used(&machine, 1, 900).await.expect("taken");
    browser.driver.refresh().await.expect("loaded anew");
    says(&browser, ".used", "900 MB of 1 GB used").await.expect("used");
    says(&browser, "#notices", "Most of your data is used").await.expect("told");
    browser.press("Got it").await.expect("put away");
    says(&browser, ".used", "900 MB of 1 GB used").await.expect("the same page");
    browser.driver.refresh().await.expect("loaded anew");
    says(&browser, ".warnings", "90 % is used").await.expect("the warning stays");
    let notices = browser.text_of("#notices").await.unwrap_or_default();
    assert_eq!(notices, "", "told once");
    browser.quit().await.expect("quit");
    server.stop().await;
}
