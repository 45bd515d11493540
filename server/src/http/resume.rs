//! An order brought back in another browser, on any connection: by its link, or by its code and
//! its SIM [PORT-82].
//!
//! An order code alone opens nothing: it stands on receipts, and support reads it aloud. Looking
//! at a link changes nothing, so that what previews and prefetches addresses opens no order; the
//! button does. Whoever opens an order gets a new session, so that nobody waits in the old one.
//! Not here: making links ([`super::link`]).

use std::sync::Arc;
use std::time::Duration;

use api::browser::field;
use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::code::OrderCode;
use domain::identity::Iccid;
use domain::launch::Technology;
use tokio::time::Instant;

use super::customer::{Customer, Fields, FormBody, fields};
use super::link;
use super::reply::Outcome;
use crate::app::App;
use crate::entropy;
use crate::metadata::limits::RateLimit;
use crate::pages::problem::Problem;
use crate::pages::resume::{ByCode, Refused, by_code, landing};
use crate::store::{Claims, Command, Order, StoreError};

/// Tries of one client in a minute.
const TRIES_OF_CLIENT: u32 = 20;
/// Tries of all clients in a minute.
const TRIES_OF_ALL: u32 = 600;
/// Tries for one order in a day, right ones included.
const TRIES_OF_ORDER: u32 = 10;
/// Digits of the SIM's number that go with an order code, from its end.
const SIM_DIGITS: usize = 8;
/// Longest code or number that is looked at, in characters, blanks included.
const TYPED_CHARS_MAX: usize = 64;
/// The least time that a try by code takes, well above what the work needs, so that it says
/// nothing of what was wrong.
const TRY_TAKES: Duration = Duration::from_millis(100);

/// How often somebody may try to open an order.
pub struct Tries {
    clients: RateLimit,
    orders: RateLimit<String>,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            clients: RateLimit::new(TRIES_OF_CLIENT, TRIES_OF_ALL),
            orders: RateLimit::daily(TRIES_OF_ORDER, u32::MAX),
        }
    }
}

/// `GET /resume`: asks for code and SIM.
pub async fn page(mut customer: Customer) -> Response {
    let result = visit(&mut customer).await;
    let page = |()| Outcome::from(by_code(&customer.paper(), &ByCode::default()));
    customer.answer(result.map(page))
}

/// `GET /resume/{token}`: what a link leads to, whatever it opens.
pub async fn landing_page(mut customer: Customer, Path(token): Path<String>) -> Response {
    let result = visit(&mut customer).await;
    let page = |()| Outcome::from(landing(&customer.paper(), &token));
    customer.answer(result.map(page))
}

/// A browser that was never here gets a session, as its form needs one.
async fn visit(customer: &mut Customer) -> Result<(), Problem> {
    let nothing =
        Claims { subscriber: None, device: None, iccid: None, technology: Technology::Unknown };
    match customer.session {
        Some(_) => Ok(()),
        None => Ok(customer.begin(nothing).await?),
    }
}

/// `POST /resume`: opens an order.
pub async fn resume(mut customer: Customer, FormBody(body): FormBody) -> Response {
    let result = resumed(&mut customer, &body).await;
    customer.answer(result)
}

async fn resumed(customer: &mut Customer, body: &[u8]) -> Result<Outcome, Problem> {
    let app = Arc::clone(&customer.app);
    // A second click comes with the session that the first one began: it has what it wants.
    if let Some(order) = opened(customer, &fields(body)?).await? {
        return Ok(Outcome::See(order));
    }
    let (_, fields) = customer.form(body)?;
    if let Err(wait_s) = app.tries.clients.take(customer.client, app.clock.now()) {
        let tried = ByCode { refused: Some(Refused::TooMany), ..typed(&fields) };
        return Ok(Outcome::TooMany(Box::new(by_code(&customer.paper(), &tried)), wait_s));
    }
    let Some(token) = fields.get(field::LINK) else { return with_code(customer, &fields).await };
    match of_link(&app, token).await? {
        Some(record) => open(customer, record, Some(token)).await,
        None => {
            let tried = ByCode { refused: Some(Refused::Link), ..ByCode::default() };
            Ok(by_code(&customer.paper(), &tried).into())
        }
    }
}

/// Returns where the order of a link is, if this session may see it already.
async fn opened(customer: &Customer, fields: &Fields) -> Result<Option<String>, StoreError> {
    let (Some(session), Some(token)) = (&customer.session, fields.get(field::LINK)) else {
        return Ok(None);
    };
    let Some(record) = of_link(&customer.app, token).await? else { return Ok(None) };
    let admission = customer.app.store.admission(record.order.id, session.id_hash.clone()).await?;
    Ok(admission.map(|_| paths::order::page(record.order.code.as_str())))
}

/// Finds the order that a link opens now.
async fn of_link(app: &App, token: &str) -> Result<Option<Order>, StoreError> {
    let link = app.store.link(entropy::fingerprint(token)).await?;
    match link.filter(|link| link.expires_at > app.clock.now()) {
        Some(link) => app.store.order(link.order).await,
        None => Ok(None),
    }
}

fn typed(fields: &Fields) -> ByCode<'_> {
    let text = |name: &str| {
        let text = fields.get(name).map(String::as_str).unwrap_or_default();
        if text.chars().count() > TYPED_CHARS_MAX { "" } else { text }
    };
    ByCode { code: text(field::CODE), sim: text(field::ICCID), refused: None }
}

async fn with_code(customer: &mut Customer, fields: &Fields) -> Result<Outcome, Problem> {
    let began = Instant::now();
    let typed = typed(fields);
    let digits: String = typed.sim.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    let end = last_digits(&digits).filter(|_| is_number);
    let refused = match (OrderCode::parse(typed.code), end) {
        (None, _) => Refused::Code,
        (Some(_), None) => Refused::Sim,
        (Some(code), Some(end)) => {
            let found = of_code(&customer.app, &code, end).await;
            // Whatever the work took, nobody learns it.
            tokio::time::sleep_until(began + TRY_TAKES).await;
            match found? {
                Some(record) => return open(customer, record, None).await,
                None => Refused::Unfit,
            }
        }
    };
    let tried = ByCode { refused: Some(refused), ..typed };
    Ok(by_code(&customer.paper(), &tried).into())
}

fn last_digits(number: &str) -> Option<&str> {
    number.get(number.len().checked_sub(SIM_DIGITS)?..)
}

/// Finds the order of a code if its SIM's number ends so, and it was not tried too often.
async fn of_code(app: &App, code: &OrderCode, end: &str) -> Result<Option<Order>, StoreError> {
    let Some(record) = app.store.order_by_code(code.clone()).await? else { return Ok(None) };
    // Only orders that exist are counted, so that nobody fills the table with others.
    if app.tries.orders.take_of(Some(code.as_str().to_owned()), app.clock.now()).is_err() {
        tracing::warn!(order = code.as_str(), "too many tries to open an order by its code");
        return Ok(None);
    }
    let own = record.claims.iccid.as_ref().map(Iccid::reveal).and_then(last_digits);
    // Hashes are compared, so that the time taken says nothing of the digits.
    let is_it = own.is_some_and(|own| entropy::fingerprint(own) == entropy::fingerprint(end));
    Ok(is_it.then_some(record))
}

/// Lets a new session of this browser see an order, and what the one before it saw.
async fn open(
    customer: &mut Customer,
    record: Order,
    token: Option<&str>,
) -> Result<Outcome, Problem> {
    let page = paths::order::page(record.order.code.as_str());
    let before = match &customer.session {
        Some(session) => customer.app.store.orders_of_session(session.id_hash.clone()).await?,
        None => Vec::new(),
    };
    if before.iter().any(|known| known.order.id == record.order.id) {
        return Ok(Outcome::See(page));
    }
    let mut orders = Vec::new();
    for known in before {
        let id = known.order.id;
        orders.push((id, link::token(customer, id).await?.map(|(token, _)| token)));
    }
    orders.push((record.order.id, token.map(str::to_owned)));
    let admit = |customer: &Customer| -> Vec<Command> {
        let admit =
            |(id, token): &(_, Option<String>)| link::admit(customer, *id, token.as_deref());
        orders.iter().filter_map(admit).collect()
    };
    customer.enter(record.claims, Some(record.order.terms.brand.clone()), admit).await?;
    tracing::info!(order = record.order.code.as_str(), by_link = token.is_some(), "order resumed");
    Ok(Outcome::See(page))
}
