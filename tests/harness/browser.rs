//! Chromium through WebDriver, as a customer on Windows would use it.
//!
//! Starts chromedriver on a port of its own and a browser with a profile of its own. Not here:
//! what is looked for in a page.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use thirtyfour::prelude::*;
use tokio::process::{Child, Command};

/// Switches that make Chromium run without a display, without the network beyond loopback.
const SWITCHES: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-GB",
];
/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser that a test drives.
pub struct Browser {
    /// The WebDriver session.
    pub driver: WebDriver,
    process: Child,
    _profile: tempfile::TempDir,
}

/// Whether the browser runs scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// It does.
    On,
    /// It does not, as for a customer who switched them off.
    Off,
}

impl Browser {
    /// Starts chromedriver and a browser.
    ///
    /// # Errors
    /// Chromium or its driver is not there or does not start.
    pub async fn start(scripts: Scripts) -> Result<Self> {
        crate::visitor::install_tls();
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver does not start: install the package chromium-driver")?;
        let profile = tempfile::tempdir()?;
        let mut wishes = DesiredCapabilities::chrome();
        for switch in SWITCHES {
            wishes.add_arg(switch)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        wishes.accept_insecure_certs(true)?;
        let url = format!("http://127.0.0.1:{port}");
        let end = tokio::time::Instant::now() + PATIENCE;
        let driver = loop {
            match WebDriver::new(&url, wishes.clone()).await {
                Ok(driver) => break driver,
                Err(error) if tokio::time::Instant::now() > end => return Err(error.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        if scripts == Scripts::Off {
            let value = serde_json::json!({ "value": true });
            driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", value).await?;
        }
        Ok(Self { driver, process, _profile: profile })
    }

    /// Opens an address.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn open(&self, url: &str) -> Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    /// Waits until the heading of level 1 is this text.
    ///
    /// # Errors
    /// It does not come; says what is there instead.
    pub async fn heading(&self, wanted: &str) -> Result<()> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self.text_of("h1").await.unwrap_or_default();
            if found == wanted {
                return Ok(());
            }
            if tokio::time::Instant::now() > end {
                let url = self.driver.current_url().await?;
                let body = self.text_of("body").await.unwrap_or_default();
                bail!("heading {wanted:?} did not come; at {url} there is {found:?}:\n{body}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Returns the text of an element as soon as there is one: WebAssembly may be taking its place.
    ///
    /// # Errors
    /// It does not come.
    pub async fn text_soon(&self, selector: &str) -> Result<String> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(text) = self.text_of(selector).await {
                return Ok(text);
            }
            if tokio::time::Instant::now() > end {
                bail!("there is no {selector}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Returns the visible text of the first element that fits; none when there is none.
    pub async fn text_of(&self, selector: &str) -> Option<String> {
        let element = self.driver.find(By::Css(selector)).await.ok()?;
        element.text().await.ok()
    }

    /// Waits for a visible button whose text begins so, and presses it.
    ///
    /// # Errors
    /// There is none.
    pub async fn press(&self, button: &str) -> Result<()> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            for element in self.driver.find_all(By::Css("button")).await? {
                let text = element.text().await.unwrap_or_default();
                let is_there = element.is_displayed().await.unwrap_or(false);
                if text.starts_with(button) && is_there && element.click().await.is_ok() {
                    return Ok(());
                }
            }
            if tokio::time::Instant::now() > end {
                bail!("there is no button {button:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the field of this name.
    ///
    /// # Errors
    /// There is none.
    pub async fn type_into(&self, name: &str, text: &str) -> Result<()> {
        let element = self.driver.find(By::Name(name)).await?;
        element.clear().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Chooses the radio button of this value.
    ///
    /// # Errors
    /// There is none.
    pub async fn choose(&self, value: &str) -> Result<()> {
        let selector = format!("input[type=radio][value=\"{value}\"]");
        let element = self.driver.find(By::Css(&selector)).await?;
        // The label is what a person clicks; the input may lie under it.
        let id = element.id().await?.unwrap_or_default();
        match self.driver.find(By::Css(format!("label[for=\"{id}\"]"))).await {
            Ok(label) if !id.is_empty() => Ok(label.click().await?),
            _ => Ok(element.click().await?),
        }
    }

    /// Ticks every box that is not ticked yet.
    ///
    /// # Errors
    /// A box cannot be clicked.
    pub async fn tick_all(&self) -> Result<()> {
        for element in self.driver.find_all(By::Css("input[type=checkbox]")).await? {
            if !element.is_selected().await? {
                element.click().await?;
            }
        }
        Ok(())
    }

    /// Waits until WebAssembly has taken the page over.
    ///
    /// # Errors
    /// It does not.
    pub async fn live(&self) -> Result<()> {
        let end = tokio::time::Instant::now() + PATIENCE;
        while self.driver.find(By::Css("html[data-portal=live]")).await.is_err() {
            if tokio::time::Instant::now() > end {
                bail!("WebAssembly did not take over");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Runs a script and returns what it returns.
    ///
    /// # Errors
    /// The script fails.
    pub async fn run(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Ends browser and driver.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn quit(mut self) -> Result<()> {
        let done = self.driver.quit().await;
        let _ = self.process.kill().await;
        Ok(done?)
    }
}
