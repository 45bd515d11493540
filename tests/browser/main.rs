//! The product in real Chromium: with WebAssembly, without scripts, and with every answer that
//! Windows may give.
//!
//! Windows is played by the lab, whose fake host has each document verified by the server before
//! it returns the code of the test. Not here: what needs no browser (the scenarios).

mod account;
mod handover;
mod old_engine;
mod purchase;

use e2e::browser::Browser;

/// Buys the first plan, from the page of plans to the page of the order.
async fn buy(browser: &Browser, card: &str) -> anyhow::Result<()> {
    browser.heading("Choose a plan").await?;
    let first = browser.driver.find(thirtyfour::By::Css("input[name=plan]")).await?;
    let plan = first.value().await?.unwrap_or_default();
    browser.choose(&plan).await?;
    browser.press("Continue").await?;
    browser.heading("Review your order").await?;
    browser.tick_all().await?;
    browser.press("Pay").await?;
    pay(browser, card).await
}

/// Fills in the sandbox's page.
async fn pay(browser: &Browser, card: &str) -> anyhow::Result<()> {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while browser.driver.find(thirtyfour::By::Name("card")).await.is_err() {
        anyhow::ensure!(tokio::time::Instant::now() < end, "the payment page did not come");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    browser.type_into("card", card).await?;
    browser.type_into("expiry", "12/39").await?;
    browser.type_into("cvc", "123").await?;
    browser.press("Pay").await
}
