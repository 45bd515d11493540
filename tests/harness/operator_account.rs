//! A fake of an operator's system that charges bills: the protocol of `docs/operations.md`, with a
//! book of its own.
//!
//! It knows nothing of the product. Tests break it on purpose ([`Trouble`]) and read its book.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use domain::SignedDuration;
use serde_json::{Value, json};
use server::config::OperatorAccountConfig;
use server::outgoing::IpNetwork;

use crate::trouble::{Trouble, Troubles};

const TOKEN: &str = "operator-token";

/// A request, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Authorises an amount.
    Authorise,
    /// Asks about an authorisation.
    Ask,
    /// Voids one.
    Void,
    /// Charges one.
    Charge,
    /// Gives a charge back.
    Refund,
}

/// What the operator says to a new authorisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// The bill may be charged.
    #[default]
    Yes,
    /// The bill may not be charged.
    No,
    /// Somebody else may hold the SIM.
    Prove,
    /// It may, and then it is not.
    YesButNo,
}

/// An authorisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// Its id.
    pub id: String,
    /// The code of the order.
    pub order: String,
    /// Whom the launch named.
    pub imsi: Option<String>,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// `authorised`, `charged`, `voided`, `declined` or `proof_required`.
    pub status: &'static str,
    /// How often the bill was charged for it.
    pub charged: u32,
    /// How much went back.
    pub refunded: i64,
}

#[derive(Default)]
struct Book {
    authorisations: BTreeMap<String, Authorisation>,
    /// What was answered to each key: path, body, status, answer.
    kept: BTreeMap<String, (String, String, u16, Value)>,
}

#[derive(Default)]
struct Shared {
    book: Mutex<Book>,
    word: Mutex<Word>,
    troubles: Troubles<Call>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An operator that listens.
pub struct Operator {
    shared: Arc<Shared>,
    url: String,
}

impl Operator {
    /// Listens.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/pay", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { shared, url })
    }

    /// Returns the configuration of a provider that talks to it, with its token in a folder.
    ///
    /// # Errors
    /// The token cannot be written.
    pub fn config(&self, folder: &Path) -> Result<OperatorAccountConfig> {
        let token = folder.join("operator-token");
        std::fs::write(&token, TOKEN)?;
        Ok(OperatorAccountConfig {
            url: self.url.clone(),
            token,
            timeout: SignedDuration::from_secs(1),
            networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        })
    }

    /// Says this to authorisations from here on.
    pub fn says(&self, word: Word) {
        *lock(&self.shared.word) = word;
    }

    /// Lets the next request of this kind go wrong; several go wrong one after the other.
    pub fn break_next(&self, call: Call, trouble: Trouble) {
        self.shared.troubles.add(call, trouble);
    }

    /// Returns how many requests of a kind came.
    #[must_use]
    pub fn count(&self, call: Call) -> usize {
        self.shared.troubles.count(call)
    }

    /// Returns the authorisations of an order, oldest first.
    #[must_use]
    pub fn authorisations(&self, order: &str) -> Vec<Authorisation> {
        let book = lock(&self.shared.book);
        book.authorisations.values().filter(|of| of.order == order).cloned().collect()
    }

    /// Returns how much more of an order's money was charged than went back.
    #[must_use]
    pub fn net(&self, order: &str) -> i64 {
        let net = |of: Authorisation| of.amount_minor * i64::from(of.charged) - of.refunded;
        self.authorisations(order).into_iter().map(net).sum()
    }
}

type Said = (u16, Value);

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return write(&error(401, "token"));
    }
    let path = uri.path().trim_start_matches("/pay").to_owned();
    let Some(call) = call(&method, &path) else { return write(&error(404, "path")) };
    let trouble = shared.troubles.meet(call);
    match trouble {
        Some(Trouble::LostBefore) => return std::future::pending().await,
        Some(Trouble::Fails) => return write(&error(500, "down")),
        Some(Trouble::Locked) => return write(&error(409, "under_way")),
        Some(Trouble::Busy(seconds)) => {
            let mut busy = write(&error(429, "busy"));
            busy.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return busy;
        }
        Some(Trouble::LostAfter | Trouble::FailsAfter) | None => {}
    }
    let sent = String::from_utf8_lossy(&body).into_owned();
    let said = once(&shared, call, &path, text("idempotency-key"), &sent);
    match trouble {
        Some(Trouble::LostAfter) => std::future::pending().await,
        Some(Trouble::FailsAfter) => write(&error(500, "down")),
        _ => write(&said),
    }
}

/// Does what a request says, once for each key.
fn once(shared: &Shared, call: Call, path: &str, key: Option<&str>, sent: &str) -> Said {
    let word = *lock(&shared.word);
    let mut book = lock(&shared.book);
    let Some(key) = key else {
        return match call {
            Call::Ask | Call::Void => perform(&mut book, word, call, path, sent),
            Call::Authorise | Call::Charge | Call::Refund => error(400, "no_key"),
        };
    };
    if let Some((of, body, status, said)) = book.kept.get(key) {
        let is_same = of == path && body == sent;
        return if is_same { (*status, said.clone()) } else { error(422, "other_body") };
    }
    let said = perform(&mut book, word, call, path, sent);
    book.kept.insert(key.to_owned(), (path.to_owned(), sent.to_owned(), said.0, said.1.clone()));
    said
}

fn call(method: &Method, path: &str) -> Option<Call> {
    let one = path.strip_prefix("/authorisations/");
    match (method.as_str(), path) {
        ("POST", "/authorisations") => Some(Call::Authorise),
        ("POST", "/charges") => Some(Call::Charge),
        ("POST", "/refunds") => Some(Call::Refund),
        ("POST", _) if one.is_some_and(|rest| rest.ends_with("/void")) => Some(Call::Void),
        ("GET", _) if one.is_some_and(|rest| !rest.contains('/')) => Some(Call::Ask),
        _ => None,
    }
}

fn write((status, body): &Said) -> Response {
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::IM_A_TEAPOT);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn error(status: u16, code: &str) -> Said {
    (status, json!({ "error": { "code": code } }))
}

fn show(of: &Authorisation) -> Said {
    let charge = (of.charged > 0).then(|| format!("c-{}", of.id));
    let said = json!({
        "id": of.id,
        "status": of.status,
        "charge": charge,
        "amount_minor": of.amount_minor,
        "currency": of.currency,
    });
    (200, said)
}

fn perform(book: &mut Book, word: Word, call: Call, path: &str, sent: &str) -> Said {
    let sent: Value = serde_json::from_str(sent).unwrap_or_default();
    let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
    let id = match call {
        Call::Authorise => return authorise(book, word, &sent),
        Call::Ask | Call::Void => {
            path.trim_start_matches("/authorisations/").trim_end_matches("/void").to_owned()
        }
        Call::Charge => text("authorisation"),
        Call::Refund => text("charge").trim_start_matches("c-").to_owned(),
    };
    let Some(of) = book.authorisations.get_mut(&id) else { return error(404, "unknown") };
    match (call, of.status) {
        (Call::Void, "authorised") => of.status = "voided",
        (Call::Charge, "authorised") if word == Word::YesButNo => of.status = "declined",
        (Call::Charge, "authorised") => {
            of.status = "charged";
            of.charged += 1;
        }
        (Call::Refund, "charged") => {
            let amount = sent["amount_minor"].as_i64().unwrap_or(0);
            let is_due = of.refunded == 0;
            if amount != of.amount_minor || text("currency") != of.currency {
                return error(422, "amount");
            }
            of.refunded += if is_due { amount } else { 0 };
            return (200, json!({ "status": "refunded" }));
        }
        (Call::Refund, _) => return error(422, "not_charged"),
        // What is over stays as it is.
        _ => {}
    }
    show(of)
}

fn authorise(book: &mut Book, word: Word, sent: &Value) -> Said {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let amount = sent["amount_minor"].as_i64().filter(|minor| *minor > 0);
    let (Some(amount_minor), false) = (amount, text(&sent["order"]).is_empty()) else {
        return error(422, "form");
    };
    let id = format!("a-{:04}", book.authorisations.len() + 1);
    let status = match word {
        Word::Yes | Word::YesButNo => "authorised",
        Word::No => "declined",
        Word::Prove => "proof_required",
    };
    let of = Authorisation {
        id: id.clone(),
        order: text(&sent["order"]),
        imsi: sent["subscriber"]["imsi"].as_str().map(str::to_owned),
        amount_minor,
        currency: text(&sent["currency"]),
        status,
        charged: 0,
        refunded: 0,
    };
    let said = show(&of);
    book.authorisations.insert(id, of);
    said
}
