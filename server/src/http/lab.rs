//! The lab: a page that plays Windows, in the demo only.
//!
//! It opens the portal as Windows would and gives it a fake `window.external` that has each
//! document verified by the server's verifier and returns the code that was chosen. Not here:
//! the portal, which cannot tell the lab from Windows.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use domain::identity::masked;
use serde_json::{Value, json};

use super::customer::{LAB_COOKIE, cookie};
use super::reply::see;
use crate::app::App;
use crate::demo_sims::DEMO_SIMS;
use crate::entropy;

const PAGE: &str = include_str!("../../demo/lab.html");
const STYLE: &str = include_str!("../../../static/portal.css");
const HOST: &str = include_str!("../../demo/host.js");
/// The choice that returns what the verifier says.
const HONEST: &str = "verifier";

/// `GET /lab/msprovision`
pub async fn page() -> Response {
    let nonce = entropy::secret();
    let sims: String = DEMO_SIMS
        .iter()
        .enumerate()
        .map(|(at, sim)| {
            let checked = if at == 0 { " checked" } else { "" };
            format!(
                "<label class=\"choice\"><input type=\"radio\" name=\"sim\" value=\"sim-{at}\"{checked}> \
                 <span>{} – SIM {}</span></label>",
                sim.brand,
                masked(sim.iccid)
            )
        })
        .collect();
    let body =
        PAGE.replace("{{nonce}}", &nonce).replace("{{style}}", STYLE).replace("{{sims}}", &sims);
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// `POST /lab/msprovision`: remembers the code and opens the portal as Windows would.
pub async fn open(body: Bytes) -> Response {
    let fields: Vec<_> = form_urlencoded::parse(&body).take(8).collect();
    let field =
        |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_ref());
    let sim = field("sim")
        .and_then(|at| at.strip_prefix("sim-")?.parse::<usize>().ok())
        .and_then(|at| DEMO_SIMS.get(at));
    let code = field("code").filter(|code| is_code(code)).unwrap_or(HONEST);
    let location = sim.map_or_else(|| "/".to_owned(), |sim| sim.launch_path());
    let mut response = see(&location);
    let set = format!("{LAB_COOKIE}={code}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(set) = HeaderValue::from_str(&set) {
        response.headers_mut().append(SET_COOKIE, set);
    }
    response
}

fn is_code(code: &str) -> bool {
    code == HONEST || matches!(code.as_bytes(), [b'0'..=b'8'])
}

/// `GET /lab/host.js`: the fake host, with the chosen code in it.
pub async fn script(headers: HeaderMap) -> Response {
    let code = cookie(&headers, LAB_COOKIE).filter(|code| is_code(code)).unwrap_or(HONEST);
    let code = if code == HONEST { "null" } else { code };
    let mut response = Response::new(Body::from(HOST.replace("__CODE__", code)));
    let media_type = HeaderValue::from_static("text/javascript; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// `POST /lab/verify`: what Windows would return for a document from a web site.
pub async fn verify(State(app): State<Arc<App>>, body: Bytes) -> Json<Value> {
    let (result, message) = match app.documents.verify(&body, app.clock.now()) {
        Ok(()) => (0, String::new()),
        Err(refusal) => refusal,
    };
    Json(json!({ "result": result, "message": message }))
}
