//! The page of the fake: where a customer pays, is declined, or goes back.
//!
//! Cards are Stripe's own test cards; `delayed` stands for a way to pay that takes days.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header::LOCATION};
use axum::response::{Html, IntoResponse as _, Response};

use super::{Shared, lock};

pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    shared.let_time_pass();
    let session = lock(&shared.book).sessions.get(&id).cloned();
    match session {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(session) if session.status != "open" => {
            Html("<h1>This page is closed</h1>".to_owned()).into_response()
        }
        Some(session) => {
            let price = format!("{} {}", session.units, session.currency);
            let back = &session.cancel_url;
            let text = format!("<h1>Pay {price}</h1><a href=\"{back}\">Back</a>");
            Html(text).into_response()
        }
    }
}

pub(super) async fn pay(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    shared.let_time_pass();
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let card = fields.iter().find(|(name, _)| name == "card").map(|(_, card)| card.as_str());
    let takes_days = match card {
        Some("4242424242424242") => false,
        Some("delayed") => true,
        // The session stays open: the customer may try another card.
        _ => return Html("<h1>Your card was declined</h1>".to_owned()).into_response(),
    };
    let paid = lock(&shared.book).pay(&id, takes_days);
    let Some(object) = paid else { return show(State(shared), Path(id)).await };
    let to = object["success_url"].as_str().unwrap_or_default().to_owned();
    shared.tell("checkout.session.completed", &object);
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}
