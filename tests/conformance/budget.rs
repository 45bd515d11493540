//! The byte budget of [PORT-80], measured on what the server sends.

use e2e::server_under_test::ServerUnderTest;
use server::demo_sims::DEMO_SIMS;

/// Most bytes of the first HTML answer with its style, brotli.
const FIRST_HTML_MAX: usize = 20_000;
/// Most bytes of the WebAssembly, brotli (issue A).
const WASM_MAX: usize = 90_000;
/// Most bytes of the whole first view, brotli (issue A).
const FIRST_VIEW_MAX: usize = 110_000;

fn brotli_size(bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut std::io::Cursor::new(bytes), &mut out, &params).expect("memory");
    out.len()
}

#[tokio::test]
async fn the_first_view_keeps_its_budget() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let html = brotli_size(plans.html.as_bytes());
    let mut wasm = 0;
    let mut rest = 0;
    for part in plans.html.split('"').filter(|part| part.starts_with("/assets/")) {
        let file = visitor.bytes(part).await.expect("asset");
        let size = brotli_size(&file);
        println!("{part}: {size} bytes brotli");
        if part.ends_with(".wasm") { wasm += size } else { rest += size }
    }
    println!("first HTML answer: {html} bytes brotli; wasm: {wasm}; scripts: {rest}");
    assert!(wasm > 0, "the portal is built into the server: run `cargo xtask portal` first");
    assert!(html <= FIRST_HTML_MAX, "first HTML answer: {html} > {FIRST_HTML_MAX}");
    assert!(wasm <= WASM_MAX, "wasm: {wasm} > {WASM_MAX}");
    let view = html + wasm + rest;
    assert!(view <= FIRST_VIEW_MAX, "whole first view: {view} > {FIRST_VIEW_MAX}");
    // Nothing comes from elsewhere.
    for mark in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!plans.html.contains(mark), "the page asks another host: {mark}");
    }
    server.stop().await;
}
