//! The API of the fake: keys, idempotency, validation, errors.
//!
//! Not here: what is opened and paid ([`super::book`]).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::book::{Book, Form, Refund, Session};
use super::{Call, SECRET_KEY, Shared, Trouble, lock};

/// A status and a body.
type Said = (u16, Value);

/// Parameters that opening a session may have, here.
const CREATE: [&str; 11] = [
    "mode",
    "client_reference_id",
    "metadata[",
    "payment_intent_data[metadata][",
    "line_items[0][quantity]",
    "line_items[0][price_data][",
    "payment_method_types[",
    "success_url",
    "cancel_url",
    "expires_at",
    "locale",
];

pub(super) async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.let_time_pass();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("authorization") != Some(&format!("Bearer {SECRET_KEY}")) {
        return write(&error(401, "Invalid API Key provided.", None, None), false);
    }
    if text("stripe-version").is_none_or(|version| version.len() < 10) {
        return write(&error(400, "Invalid Stripe API version.", None, None), false);
    }
    let path = uri.path().to_owned();
    let Some(call) = call(&method, &path) else {
        return write(&error(404, "Unrecognized request URL.", None, None), false);
    };
    lock(&shared.calls).push(call);
    let trouble = trouble(&shared, call);
    match trouble {
        Some(Trouble::LostBefore) => return std::future::pending().await,
        Some(Trouble::Busy(seconds)) => {
            let mut busy =
                write(&error(429, "Too many requests.", Some("rate_limit"), None), false);
            busy.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return busy;
        }
        Some(Trouble::Locked) => {
            let code = Some("idempotency_key_in_use");
            return write(&error(409, "Another request has this key.", code, None), false);
        }
        _ => {}
    }
    let form_text = String::from_utf8_lossy(&body).into_owned();
    let key = text("idempotency-key").filter(|_| method == Method::POST).map(str::to_owned);
    if let Some(key) = &key
        && let Some((of, form, status, body)) = lock(&shared.book).kept.get(key)
    {
        if *of != path || *form != form_text {
            let message = "Keys for idempotent requests can only be used with the same parameters.";
            let mut said = error(400, message, None, None);
            said.1["error"]["type"] = json!("idempotency_error");
            return write(&said, false);
        }
        return write(&(*status, body.clone()), true);
    }
    let said = match trouble {
        Some(Trouble::Fails) => error(500, "Something went wrong.", None, None),
        _ => perform(&shared, call, &path, uri.query().unwrap_or_default(), &form_text),
    };
    let said = match trouble {
        Some(Trouble::FailsAfter) => error(500, "Something went wrong.", None, None),
        _ => said,
    };
    // What did not pass validation was not executed, and is not kept.
    let is_invalid = said.0 == 400 && !said.1["error"]["param"].is_null();
    if let Some(key) = key.filter(|_| !is_invalid) {
        lock(&shared.book).kept.insert(key, (path, form_text, said.0, said.1.clone()));
    }
    if trouble == Some(Trouble::LostAfter) {
        return std::future::pending().await;
    }
    write(&said, false)
}

fn call(method: &Method, path: &str) -> Option<Call> {
    let session = path.strip_prefix("/v1/checkout/sessions/");
    match (method.as_str(), path) {
        ("POST", "/v1/checkout/sessions") => Some(Call::Create),
        ("POST", "/v1/refunds") => Some(Call::Refund),
        ("GET", "/v1/refunds") => Some(Call::Refunds),
        ("POST", _) if session.is_some_and(|rest| rest.ends_with("/expire")) => Some(Call::Expire),
        ("GET", _) if session.is_some() => Some(Call::Retrieve),
        _ => None,
    }
}

fn trouble(shared: &Shared, call: Call) -> Option<Trouble> {
    let mut troubles = lock(&shared.troubles);
    let at = troubles.iter().position(|(of, _)| *of == call)?;
    troubles.remove(at).map(|(_, trouble)| trouble)
}

fn write((status, body): &Said, is_replayed: bool) -> Response {
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", header::HeaderValue::from_static("application/json"));
    if is_replayed {
        headers.insert("idempotent-replayed", header::HeaderValue::from_static("true"));
    }
    response
}

fn error(status: u16, message: &str, code: Option<&str>, param: Option<&str>) -> Said {
    let kind = if status >= 500 { "api_error" } else { "invalid_request_error" };
    let error = json!({ "type": kind, "message": message, "code": code, "param": param });
    (status, json!({ "error": error }))
}

fn fields(text: &str) -> Form {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn perform(shared: &Shared, call: Call, path: &str, query: &str, form: &str) -> Said {
    let query = fields(query);
    let id = path.trim_start_matches("/v1/checkout/sessions/").trim_end_matches("/expire");
    let mut book = lock(&shared.book);
    match call {
        Call::Create => create(&mut book, &fields(form), shared.now(), &shared.origin),
        Call::Retrieve => match book.sessions.get(id) {
            Some(session) => {
                let is_expanded = query.values().any(|value| value == "payment_intent");
                (200, book.show(session, is_expanded))
            }
            None => error(404, "No such session.", Some("resource_missing"), Some("id")),
        },
        Call::Expire => match (book.sessions.get(id).map(|found| found.status), book.expire(id)) {
            (None, _) => error(404, "No such session.", Some("resource_missing"), Some("id")),
            (Some(_), Some(session)) => {
                drop(book);
                shared.tell("checkout.session.expired", &session);
                (200, session)
            }
            (Some(status), None) => {
                let only = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
                error(400, &format!("{only} This Session has a status of {status}."), None, None)
            }
        },
        Call::Refund => refund(&mut book, &fields(form)),
        Call::Refunds => {
            let of = query.get("payment_intent");
            let is_its = |refund: &&Refund| of == Some(&refund.intent);
            let data: Vec<Value> = book.refunds.iter().filter(is_its).map(show_refund).collect();
            (200, json!({ "object": "list", "data": data, "has_more": false }))
        }
    }
}

fn create(book: &mut Book, form: &Form, now: i64, origin: &str) -> Said {
    let invalid = |param: &str| error(400, "Invalid.", None, Some(param));
    if let Some(unknown) =
        form.keys().find(|name| !CREATE.iter().any(|known| name.starts_with(known)))
    {
        return error(400, "Unknown parameter.", Some("parameter_unknown"), Some(unknown));
    }
    let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let price = |name: &str| text(&format!("line_items[0][price_data]{name}")).to_owned();
    if text("mode") != "payment" || text("line_items[0][quantity]") != "1" {
        return invalid("mode");
    }
    let currency = price("[currency]");
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
        return invalid("line_items[0][price_data][currency]");
    }
    let name = price("[product_data][name]");
    let Ok(units) = price("[unit_amount]").parse::<i64>() else {
        return invalid("line_items[0][price_data][unit_amount]");
    };
    let has_odd_digit = matches!(currency.as_str(), "bhd" | "jod" | "kwd" | "omr" | "tnd");
    if name.is_empty() || units < 0 || (has_odd_digit && units % 10 != 0) {
        return invalid("line_items[0][price_data][unit_amount]");
    }
    if (1..50).contains(&units) {
        return error(400, "The amount is too small.", Some("amount_too_small"), None);
    }
    let expires_at = text("expires_at").parse::<i64>().unwrap_or(now + 86_400);
    if !(now + 1_800..=now + 86_400).contains(&expires_at) {
        return invalid("expires_at");
    }
    let (success_url, cancel_url) = (text("success_url").to_owned(), text("cancel_url").to_owned());
    if !success_url.starts_with("https://") || !cancel_url.starts_with("https://") {
        return error(400, "Not a valid URL", Some("url_invalid"), Some("success_url"));
    }
    let id = book.id("cs");
    let inner = |name: &String, prefix: &str| {
        name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']')).map(str::to_owned)
    };
    let metadata = form
        .iter()
        .filter_map(|(name, value)| inner(name, "metadata[").map(|name| (name, value.clone())));
    let session = Session {
        url: format!("{origin}/c/pay/{id}"),
        id: id.clone(),
        status: "open",
        payment_status: "unpaid",
        units,
        currency,
        intent: None,
        success_url,
        cancel_url,
        expires_at,
        metadata: metadata.collect(),
        form: form.clone(),
    };
    let shown = book.show(&session, false);
    book.sessions.insert(id, session);
    (200, shown)
}

fn refund(book: &mut Book, form: &Form) -> Said {
    let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let id = book.id("re");
    let Some(intent) = book.intents.get_mut(text("payment_intent")) else {
        let param = Some("payment_intent");
        return error(400, "No such payment_intent.", Some("resource_missing"), param);
    };
    let Ok(units) = text("amount").parse::<i64>() else {
        return error(400, "Invalid integer.", Some("parameter_invalid_integer"), Some("amount"));
    };
    if intent.refunded == intent.units {
        let code = Some("charge_already_refunded");
        return error(400, "The charge has already been refunded.", code, None);
    }
    if intent.status != "succeeded" || units > intent.units - intent.refunded {
        return error(400, "The amount is greater than what is left.", None, Some("amount"));
    }
    intent.refunded += units;
    let currency = book.sessions.get(&intent.session).map(|session| session.currency.clone());
    let metadata = form.get("metadata[key]").map(|key| ("key".to_owned(), key.clone()));
    let refund = Refund {
        id,
        intent: intent.id.clone(),
        units,
        currency: currency.unwrap_or_default(),
        metadata: metadata.into_iter().collect(),
    };
    let shown = show_refund(&refund);
    book.refunds.push(refund);
    (200, shown)
}

fn show_refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "status": "succeeded",
        "amount": refund.units,
        "currency": refund.currency,
        "payment_intent": refund.intent,
        "metadata": refund.metadata,
    })
}
