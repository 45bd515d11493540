//! The purchase in Chromium 72, an engine of the time of EdgeHTML 18, with the same build.
//!
//! Not here: the driving, which only old puppeteer can do (`old-chromium.js`).

use std::path::{Path, PathBuf};

use e2e::server_under_test::ServerUnderTest;
use e2e::skips::skip;

fn cache() -> PathBuf {
    let tools = std::env::var_os("BROADGATE_TOOLS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools"));
    tools.join("node")
}

/// [PORT-78]: one build for every engine.
#[tokio::test]
async fn the_purchase_completes_in_chromium_72() {
    let cache = cache();
    if !cache.join("node_modules/chrome-aws-lambda").exists() {
        skip("old-chromium", "not in .tools/node");
        return;
    }
    let server = ServerUnderTest::start().await.expect("server");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/old-chromium.js");
    let mut node = tokio::process::Command::new("node");
    let output = node.arg(script).arg(cache).arg(server.origin()).output().await;
    let output = output.expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{why}");
    let said: serde_json::Value = serde_json::from_str(said.trim()).expect("a line of JSON");
    assert_eq!(said["heading"], "Set-up complete");
    assert_eq!(said["live"], true, "WebAssembly took over in {}", said["engine"]);
    server.stop().await;
}
