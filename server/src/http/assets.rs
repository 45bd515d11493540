//! The portal's files, embedded at build time under names that hold a hash of their content.
//!
//! Not here: making them (`cargo xtask portal`). Without them every page works as a plain form.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

/// A file of the portal.
pub(crate) struct Asset {
    /// Its name with the hash.
    name: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

fn logical(name: &str) -> Option<&'static str> {
    LOGICAL.iter().find(|(logical, _)| *logical == name).map(|(_, file)| *file)
}

/// Tells whether the portal's WebAssembly was built into this binary.
#[must_use]
pub fn has_portal() -> bool {
    logical("portal.wasm").is_some()
}

/// Returns the script elements of a page, with those of WebAssembly or without.
#[must_use]
pub fn script_tags(lab: bool, has_wasm: bool) -> String {
    let mut tags = String::new();
    if lab {
        tags.push_str("<script src=\"/lab/host.js\"></script>");
    }
    if let Some(bridge) = logical("bridge.js") {
        tags.push_str(&format!("<script defer src=\"/assets/{bridge}\"></script>"));
    }
    let portal = logical("portal.js").zip(logical("portal.wasm")).filter(|_| has_wasm);
    if let Some((script, wasm)) = portal {
        tags.push_str(&format!(
            "<script defer src=\"/assets/{script}\" data-wasm=\"/assets/{wasm}\"></script>"
        ));
    }
    tags
}

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |coding: &str| {
        accepted.is_some_and(|list| {
            list.split(',').any(|part| {
                let (name, weight) = part.split_once(';').unwrap_or((part, ""));
                name.trim() == coding && weight.trim() != "q=0"
            })
        })
    };
    let (body, coding) = match (asset.brotli, asset.gzip) {
        (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
        _ => (asset.plain, None),
    };
    let mut response = Response::new(Body::from(body));
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    // The name changes with the content.
    out.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
