//! From a page to a response: HTML or JSON, with the headers that keep it safe.
//!
//! A request that accepts JSON gets an [`Answer`]; any other gets HTML that works without
//! scripts. Not here: which page.

use std::sync::Arc;
use std::time::Instant;

use api::browser::{Answer, Page};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, USER_AGENT, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use domain::brand::Brand;

use crate::app::App;
use crate::entropy;
use crate::http::assets;
use crate::pages::Paper;
use crate::pages::problem::{Problem, problem};
use crate::store::StoreError;
use crate::texts::Texts;

/// The shell of every page; Trunk builds the portal from the same file.
const SHELL: &str = include_str!("../../../index.html");
/// The style of every page, sent with it so that the first answer is complete [PORT-80].
const STYLE: &str = include_str!("../../../static/portal.css");

/// Seconds after which a program asks again for what is being done.
const BUSY_S: u32 = 2;
/// After how many seconds to come back when the answer is 503 and its handler says nothing else.
const RETRY_AFTER_S: &str = "30";

/// What a handler comes to.
pub enum Outcome {
    /// Show this page.
    Page(Box<Page>),
    /// Go to this path of ours.
    See(String),
    /// Leave for the payment provider, or for the way there.
    Leave(String),
    /// Show this page until what it waits for is done; a program is told to ask again.
    Busy(Box<Page>),
    /// It was tried too often: show this page, and say after how many seconds to try again.
    TooMany(Box<Page>, u32),
    /// It cannot be.
    Problem(Problem),
}

impl From<Page> for Outcome {
    fn from(page: Page) -> Self {
        Self::Page(Box::new(page))
    }
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not do it");
        Self::Unavailable
    }
}

/// What a response is made from besides its outcome.
pub struct Manner<'a> {
    /// The messages of the customer's language.
    pub texts: &'a Texts,
    /// The brand, for colours and name.
    pub brand: Option<&'a Brand>,
    /// Path of the request, without its query.
    pub path: &'a str,
    /// Whether JSON is wanted.
    pub is_json: bool,
    /// Which scripts the page takes along.
    pub scripts: Scripts,
    /// Origins besides ours to which a form of the page may lead.
    pub form_origins: Vec<String>,
}

/// What a browser makes of WebAssembly, as far as its user agent tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// It runs it under `'wasm-unsafe-eval'`.
    Current,
    /// It wants `'unsafe-eval'` for it: Chromium before 95.
    NeedsEval,
    /// It cannot parse the glue: Internet Explorer, which the bridge alone serves [PORT-78].
    Es5,
}

/// Which scripts a page takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// None.
    None,
    /// The portal's.
    Portal {
        /// What the browser makes of WebAssembly.
        engine: Engine,
        /// Whether the lab plays Windows.
        lab: bool,
    },
}

/// Tells whether a request asks for JSON.
#[must_use]
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

/// Chooses the messages for a request.
#[must_use]
pub fn texts<'a>(app: &'a App, headers: &HeaderMap) -> &'a Texts {
    let accept = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    app.languages.choose(accept)
}

/// Tells the engine by the user agent; an unknown one counts as current.
#[must_use]
pub fn engine(headers: &HeaderMap) -> Engine {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if agent.contains("Trident/") || agent.contains("MSIE ") {
        return Engine::Es5;
    }
    let version = agent.split("Chrome/").nth(1).and_then(|rest| rest.split('.').next());
    match version.and_then(|version| version.parse::<u32>().ok()) {
        Some(version) if version < 95 => Engine::NeedsEval,
        _ => Engine::Current,
    }
}

/// Makes the response of an outcome.
#[must_use]
pub fn respond(manner: &Manner<'_>, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Page(page) => show(manner, StatusCode::OK, *page),
        Outcome::See(path) => see(&path),
        Outcome::Leave(location) if manner.is_json => {
            json(StatusCode::OK, &Answer::Leave { location })
        }
        Outcome::Leave(location) => see(&location),
        Outcome::Busy(page) if manner.is_json => {
            let mut response = show(manner, StatusCode::CONFLICT, *page);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(BUSY_S));
            response
        }
        Outcome::Busy(page) => show(manner, StatusCode::OK, *page),
        Outcome::TooMany(page, wait_s) => {
            let mut response = show(manner, StatusCode::TOO_MANY_REQUESTS, *page);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
            response
        }
        Outcome::Problem(kind) => {
            let paper = Paper { texts: manner.texts, brand: manner.brand, token: "" };
            let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::BAD_REQUEST);
            show(manner, status, problem(&paper, manner.path, kind))
        }
    }
}

fn show(manner: &Manner<'_>, status: StatusCode, page: Page) -> Response {
    if manner.is_json {
        return json(status, &Answer::Page(Box::new(page)));
    }
    html(manner, status, &page, None)
}

/// What a page shows beside what every page has: finished HTML before its links, and its style.
#[derive(Default)]
pub struct Extra {
    /// Rules of CSS.
    pub style: &'static str,
    /// HTML, everything in it escaped.
    pub html: String,
}

/// Makes the response of a page with more than every page has.
#[must_use]
pub fn show_with(manner: &Manner<'_>, page: &Page, extra: &Extra) -> Response {
    html(manner, StatusCode::OK, page, Some(extra))
}

/// Makes a redirect that turns a POST into a GET.
#[must_use]
pub fn see(location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Makes a JSON response.
#[must_use]
pub fn json<T: serde::Serialize>(status: StatusCode, value: &T) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn html(manner: &Manner<'_>, status: StatusCode, page: &Page, extra: Option<&Extra>) -> Response {
    let nonce = entropy::secret();
    let body = document(manner, page, extra, &nonce);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = policy(manner, &nonce);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn policy(manner: &Manner<'_>, nonce: &str) -> String {
    // Chromium holds also the redirect after a form to this list.
    let forms: String = manner.form_origins.iter().map(|origin| format!(" {origin}")).collect();
    let scripts = match manner.scripts {
        Scripts::None => "'none'",
        Scripts::Portal { engine: Engine::Current, .. } => "'self' 'wasm-unsafe-eval'",
        Scripts::Portal { engine: Engine::NeedsEval, .. } => "'self' 'unsafe-eval'",
        Scripts::Portal { engine: Engine::Es5, .. } => "'self'",
    };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'nonce-{nonce}'; img-src 'self'; \
         connect-src 'self'; form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn document(manner: &Manner<'_>, page: &Page, extra: Option<&Extra>, nonce: &str) -> String {
    let own = extra.map_or("", |extra| extra.style);
    let colours = colours(manner.brand);
    let mut head = format!("<style nonce=\"{nonce}\">{colours}{STYLE}{own}</style>");
    if let Some(wait) = &page.wait {
        let seconds = wait.poll_ms.div_ceil(1000);
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">");
        // With scripts the page asks by itself and must not lose its place.
        match manner.scripts {
            Scripts::None => head.push_str(&refresh),
            Scripts::Portal { .. } => head.push_str(&format!("<noscript>{refresh}</noscript>")),
        }
    }
    let mut body = portal::render(page);
    if let Some(extra) = extra {
        // Texts are escaped, so these are the elements' own; where to go next stays last.
        let links = body.find(" class=\"links\"").and_then(|at| body.get(..at)?.rfind("<ul"));
        if let Some(at) = links.or_else(|| body.find("</main>")) {
            body.insert_str(at, &extra.html);
        }
    }
    if let Scripts::Portal { lab, engine } = manner.scripts {
        head.push_str(&assets::script_tags(lab, engine != Engine::Es5));
        // `<` would end the script element; JSON may escape it.
        let data = serde_json::to_string(page).unwrap_or_default().replace('<', "\\u003c");
        body.push_str(&format!("<script type=\"application/json\" id=\"page\">{data}</script>"));
    }
    let shell: String = SHELL.lines().filter(|line| !line.contains("data-trunk")).collect();
    // The body comes last: what it says must not be taken for a mark.
    shell
        .replace("{{lang}}", &escape(&page.lang))
        .replace("{{dir}}", &escape(&page.dir))
        .replace("{{title}}", &escape(&page.title))
        .replace("{{head}}", &head)
        .replace("{{body}}", &body)
}

fn colours(brand: Option<&Brand>) -> String {
    let Some(brand) = brand else { return String::new() };
    let (light, dark) = (brand.look.accent, brand.look.accent_dark);
    format!(":root{{--accent:{light};--accent-dark:{dark}}}")
}

/// Writes a text so that it is no HTML, in elements and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Answers an address that leads nowhere.
pub async fn missing(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers();
    let manner = Manner {
        texts: texts(&app, headers),
        brand: None,
        path: request.uri().path(),
        is_json: wants_json(headers),
        scripts: Scripts::None,
        form_origins: Vec::new(),
    };
    respond(&manner, Problem::Missing.into())
}

/// Logs and counts a request without its query, and adds what every response needs.
pub async fn finish(
    State(app): State<Arc<App>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = matched.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(&route, status, elapsed);
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, elapsed_ms, "request answered");
    let headers = response.headers_mut();
    if status == StatusCode::SERVICE_UNAVAILABLE.as_u16() {
        headers.entry(RETRY_AFTER).or_insert_with(|| HeaderValue::from_static(RETRY_AFTER_S));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // `no-referrer` would make Chromium send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert_with(|| HeaderValue::from_static("no-store"));
    headers
        .entry(VARY)
        .or_insert_with(|| HeaderValue::from_static("accept, accept-language, cookie"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_told_by_their_user_agent() {
        for (agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", Engine::Es5),
            ("Mozilla/5.0 Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", Engine::NeedsEval),
            ("Mozilla/5.0 Chrome/94.0.1 Safari/537.36", Engine::NeedsEval),
            ("Mozilla/5.0 Chrome/95.0.1 Safari/537.36", Engine::Current),
            ("Mozilla/5.0 Gecko/20100101 Firefox/140.0", Engine::Current),
            ("", Engine::Current),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_static(agent));
            assert_eq!(engine(&headers), expected, "{agent}");
        }
    }
}
