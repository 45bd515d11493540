//! The routes of the portal: requests in, application functions called, pages out.
//!
//! No decision is made here: handlers read, call, and choose the page. Not here: the operator
//! area ([`crate::admin`]).
//!
//! - [`routes`]: a table of routes that is also the API's description;
//! - [`reply`]: page or JSON, headers, cookies;
//! - [`customer`]: sessions behind an opaque cookie;
//! - [`launch`], [`catalogue`], [`checkout`], [`orders`]: the way of a purchase;
//! - [`legal`]: what a customer is asked to read; [`receipts`]: what one paid;
//! - [`link`], [`resume`]: the way back to it, from any browser;
//! - [`events`]: a customer's own events, as a stream;
//! - [`sandbox`]: the sandbox provider's page; [`lab`]: a page that plays Windows;
//! - [`metadata`]: packages and affiliation, for programs; [`refresh`]: documents, for devices;
//! - [`assets`]: the portal's files; [`health`]: liveness and readiness.

pub mod assets;
pub mod catalogue;
pub mod checkout;
pub mod customer;
pub mod events;
pub mod health;
pub mod lab;
pub mod launch;
pub mod legal;
pub mod link;
pub mod metadata;
pub mod orders;
pub mod receipts;
pub mod refresh;
pub mod reply;
pub mod resume;
pub mod routes;
pub mod sandbox;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use domain::SignedDuration;

use crate::app::App;
use routes::Routes;

/// Longest body that the portal reads, in bytes: a form of a few short fields.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Which listener a request came through, which decides the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// HTTPS.
    Https,
    /// Plain HTTP on loopback.
    Http,
}

/// What the portal's routes need besides the application.
#[derive(Clone, Copy, Debug)]
pub struct PortalSettings {
    /// How long a session lasts.
    pub session_lifetime: SignedDuration,
    /// How long a payment window stays open.
    pub payment_window: SignedDuration,
    /// Whether the lab is offered.
    pub is_demo: bool,
}

/// Lists the routes of the portal.
#[must_use]
pub fn routes(is_demo: bool) -> Routes<Arc<App>> {
    let table = Routes::new()
        .add("GET", "/", "Where Windows arrives with SubId, DevId and IccId", get(launch::launch))
        .add("GET", "/identify", "Manual identification", get(launch::identify_page))
        .add("POST", "/identify", "Finds the brand of a typed ICCID", post(launch::identify))
        .add("GET", "/plans", "Plan catalogue", get(catalogue::plans_page))
        .add("POST", "/plans", "Chooses a plan", post(catalogue::choose))
        .add("GET", "/details", "What the operator must know", get(checkout::details::page))
        .add("POST", "/details", "Takes what the customer says", post(checkout::details::say))
        .add("GET", "/review", "Review before paying", get(checkout::review_page))
        .add("POST", "/review", "Places the order and opens the payment", post(checkout::place))
        .add("GET", "/legal/{brand}/{text}", "Terms or privacy notice", get(legal::text))
        .add("GET", "/orders/{code}", "An order, whatever its state", get(orders::page))
        .add("GET", "/orders/{code}/pay", "Leads to the payment", get(checkout::payment))
        .add("POST", "/orders/{code}/pay", "Opens another payment", post(orders::pay))
        .add("POST", "/orders/{code}/cancel", "Gives the order up", post(orders::cancel))
        .add("POST", "/orders/{code}/retry", "Tries the activation again", post(orders::retry))
        .add("POST", "/orders/{code}/refund", "Asks for the money back", post(orders::refund))
        .add("GET", "/orders/{code}/receipt", "What was paid", get(receipts::receipt))
        .add("GET", "/orders/{code}/credit-note", "What went back", get(receipts::credit_note))
        .add("GET", "/orders/{code}/return", "Back from the provider", get(orders::back))
        .add("GET", "/orders/{code}/document", "Signed document for Windows", get(orders::document))
        .add("GET", "/orders/{code}/provisioning.xml", "Signed file", get(orders::file))
        .add("POST", "/orders/{code}/result", "What Windows returned", post(orders::result))
        .add("POST", "/orders/{code}/told", "Puts a notice away", post(orders::told))
        .add("GET", "/orders/{code}/events", "Events of a plan (SSE)", get(events::stream))
        .add("GET", "/orders/{code}/link", "How to come back to an order", get(link::page))
        .add("POST", "/orders/{code}/link", "Makes a new link to an order", post(link::renew))
        .add("GET", "/resume", "Asks for order code and SIM", get(resume::page))
        .add("GET", "/resume/{token}", "What a link leads to", get(resume::landing_page))
        .add("POST", "/resume", "Opens an order in this browser", post(resume::resume))
        .add("GET", "/assets/{name}", "Files of the portal", get(assets::asset))
        .add("POST", "/api/metadata", "Service metadata by identity", post(metadata::metadata))
        .add("POST", "/api/affiliation", "Whose customer it is", post(metadata::affiliation))
        .add("GET", "/refresh/{subscription}", "Document for its device", get(refresh::document))
        .add("GET", "/healthz", "Answers while the process lives", get(health::healthz))
        .add("GET", "/readyz", "Answers once it can serve", get(health::readyz))
        .add("GET", "/sandbox/pay/{id}", "The sandbox provider's page", get(sandbox::page))
        .add("POST", "/sandbox/pay/{id}", "Takes a test card", post(sandbox::pay))
        .add("POST", "/sandbox/pay/{id}/confirm", "Confirms a payment", post(sandbox::confirm));
    if !is_demo {
        return table;
    }
    table
        .add("GET", "/lab/msprovision", "A page that plays Windows", get(lab::page))
        .add("POST", "/lab/msprovision", "Opens the portal as Windows would", post(lab::open))
        .add("POST", "/lab/verify", "Verifies a document as Windows would", post(lab::verify))
        .add("GET", "/lab/host.js", "The fake host of the lab", get(lab::script))
}

/// Makes the portal's router for a listener.
pub fn router(app: &Arc<App>, listener: Listener) -> Router {
    routes(app.portal.is_demo)
        .router
        .fallback(reply::missing)
        .method_not_allowed_fallback(reply::missing)
        .layer(middleware::from_fn_with_state(Arc::clone(app), reply::finish))
        .layer(axum::Extension(listener))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::clone(app))
}
