//! The operator area and the machine interfaces, on a listener of their own.
//!
//! Nothing of it is reachable through the portal's listeners. People sign in with an account,
//! machines with a bearer token; every change is audited with its actor. Not here: what a
//! customer sees.
//!
//! - [`people`]: bootstrap secret, accounts, sign-in;
//! - [`subscription`]: what a subscription used, and its events;
//! - [`support`]: finds orders, has them tried again, gives money back;
//! - [`usage`]: records of use in, usage out, and what billing says;
//! - [`machines`]: tokens and scopes, orders as JSON;
//! - [`payments`]: events of payment providers;
//! - [`usage`]: records of use in, usage out, and what billing says;
//! - [`events`], [`webhooks`]: what is told of subscribers;
//! - [`messages`]: messages of the operator that reached a subscriber;
//! - [`activation`]: what the operator's system tells of an activation;
//! - [`views`]: the pages; [`matching`]: the integrator's, [`chart`]: its picture.
//! - [`documents`], [`entitlement`]: for the operator's app and its network;
//! - [`views`]: the pages; [`subscription`]: what a subscription used, and its events;
//! - [`matching`]: the integrator's page, [`chart`]: its picture, [`launch`]: URLs that are pasted
//!   there.

pub mod activation;
pub mod chart;
pub mod documents;
pub mod entitlement;
pub mod events;
pub mod launch;
pub mod machines;
pub mod matching;
pub mod messages;
pub mod payments;
pub mod people;
pub mod subscription;
pub mod support;
pub mod usage;
pub mod views;
pub mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::State;
use axum::http::Uri;
use axum::middleware;
use axum::routing::{get, post};
use serde_json::Value;

use crate::app::App;
use crate::http::{self, health, reply, routes::Routes};

/// Longest body that the area reads, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// What the area's routes share.
pub struct Admin {
    /// The application.
    pub app: Arc<App>,
    /// The secret by which the first account is made.
    pub bootstrap: people::Bootstrap,
    /// Failed sign-ins.
    pub attempts: people::Attempts,
}

/// Lists the routes of the area.
#[must_use]
pub fn routes() -> Routes<Arc<Admin>> {
    usage::routes(of_subscribers(Routes::new()))
        .add("GET", "/", "The latest orders", get(views::home))
        .add("GET", "/login", "Sign-in page", get(views::login_page))
        .add("POST", "/login", "Signs in", post(people::login))
        .add("POST", "/logout", "Signs out", post(people::logout))
        .add("GET", "/bootstrap", "Page that makes the first account", get(views::bootstrap_page))
        .add("POST", "/bootstrap", "Makes the first account", post(people::bootstrap))
        .add("GET", "/orders/{code}", "What happened to an order", get(views::order))
        .add("POST", "/orders/find", "Finds orders", post(support::find))
        .add("POST", "/orders/{code}/retry", "Tries an activation again", post(support::retry))
        .add("POST", "/orders/{code}/refund", "Gives the money back", post(support::refund))
        .add("GET", "/tokens", "Machine tokens", get(views::tokens))
        .add("POST", "/tokens", "Makes a machine token", post(machines::make_token))
        .add("GET", "/audit", "Who did what", get(views::audit))
        .add("GET", "/api/orders/{code}", "An order as JSON (orders:read)", get(machines::order))
        .add(
            "POST",
            "/api/payments/{provider}/events",
            "Signed events of a payment provider",
            post(payments::take_event),
        )
        .add(
            "POST",
            "/api/activations/{code}",
            "What the network says of an activation (activation:write)",
            post(activation::report),
        )
        .add("GET", "/matching", "Page for integrators", get(matching::page))
        .add("POST", "/matching", "Says whose a SIM is, and why", post(matching::ask))
        .add("POST", "/matching/launch", "Reads a launch URL", post(matching::launch))
        .add("POST", "/api/settings", "Settings of a SIM (matching:read)", post(matching::settings))
        .add("GET", "/api/openapi.json", "This description", get(openapi))
        .add("GET", "/metrics", "Prometheus text", get(metrics))
        .add("GET", "/healthz", "Answers while the process lives", get(health::healthz))
        .add("GET", "/readyz", "Answers once it can serve", get(readyz))
}

/// Adds the routes about subscribers: events, webhooks, documents, sharing.
fn of_subscribers(table: Routes<Arc<Admin>>) -> Routes<Arc<Admin>> {
    table
        .add(
            "GET",
            "/subscriptions/{id}",
            "What a subscription used, and its events",
            get(subscription::page),
        )
        .add("POST", "/api/events", "Reports of devices (events:write)", post(events::take))
        .add(
            "POST",
            "/api/messages",
            "A message of the operator (events:write)",
            post(messages::take),
        )
        .add("GET", "/api/events", "The log, or a stream of it (events:read)", get(events::log))
        .add(
            "GET",
            "/api/subscriptions/{id}/checks/{check}",
            "The answer to a sharing check (events:write)",
            get(events::check),
        )
        .add(
            "GET",
            "/api/events/{position}/deliveries",
            "What was delivered where (events:read)",
            get(events::deliveries),
        )
        .add("GET", "/webhooks", "What waits at webhooks", get(webhooks::list))
        .add("GET", "/webhooks/{name}", "Deliveries of a webhook", get(webhooks::page))
        .add("POST", "/webhooks/{name}/replay", "Sends dead ones again", post(webhooks::replay))
        .add(
            "POST",
            "/api/webhooks/{name}/replay",
            "Sends dead deliveries again (webhooks:replay)",
            post(webhooks::replay_api),
        )
        .add(
            "GET",
            "/api/subscriptions/{id}/document",
            "Current document (documents:read)",
            get(documents::document),
        )
        .add(
            "POST",
            api::paths::ENTITLEMENT_TETHERING,
            "Whether a customer may share the connection (entitlement:read)",
            post(entitlement::tethering),
        )
}

/// Makes the area's router.
pub fn router(admin: &Arc<Admin>) -> Router {
    routes()
        .router
        .with_state(Arc::clone(admin))
        .layer(middleware::from_fn_with_state(Arc::clone(&admin.app), reply::finish))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// `GET /api/openapi.json`: this listener's routes; with `?listener=portal`, the portal's.
async fn openapi(State(admin): State<Arc<Admin>>, uri: Uri) -> axum::Json<Value> {
    axum::Json(match uri.query() {
        Some("listener=portal") => {
            let is_demo = admin.app.portal.is_demo;
            http::routes::openapi("portal", &http::routes(is_demo).described)
        }
        _ => http::routes::openapi("operator area", &routes().described),
    })
}

/// `GET /metrics`
async fn metrics(State(admin): State<Arc<Admin>>) -> String {
    admin.app.metrics.store_writable(admin.app.store.write_failure().is_none());
    match admin.app.store.order_counts().await {
        Ok(counts) => admin.app.metrics.orders(&counts),
        Err(error) => tracing::warn!(%error, "orders were not counted"),
    }
    match crate::events::webhooks::backlogs(admin.app.store.as_ref()).await {
        Ok(backlogs) => admin.app.metrics.webhook_backlogs(&backlogs),
        Err(error) => tracing::warn!(%error, "webhooks were not counted"),
    }
    admin.app.metrics.text()
}

async fn readyz(State(admin): State<Arc<Admin>>) -> (axum::http::StatusCode, &'static str) {
    health::readyz(State(Arc::clone(&admin.app))).await
}
