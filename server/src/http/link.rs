//! The link that opens an order in another browser: made, shown, withdrawn [PORT-82].
//!
//! An order has one link, of 128 random bits, of which the store keeps the hash alone. So that its
//! pages can show it again, each session that knows it keeps it sealed with its cookie, which is
//! not stored either: whoever reads the database has neither. A link opens nothing by being
//! looked at ([`super::resume`]). Not here: what the pages say ([`crate::pages::resume`]).

use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::code::OrderId;
use domain::{SignedDuration, Timestamp};

use super::customer::{Customer, FormBody};
use super::orders::own;
use super::reply::Outcome;
use crate::entropy;
use crate::pages::problem::Problem;
use crate::pages::resume;
use crate::store::customer::{Admission, CustomerCommand, ResumeLink};
use crate::store::{Command, StoreError};

/// How long a link opens its order.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Returns what makes the link of an order and shows it to this session; the one before opens
/// nothing any more.
pub(super) fn make(customer: &Customer, order: OrderId) -> Vec<Command> {
    let token = entropy::hex(&entropy::bytes::<16>());
    let now = customer.app.clock.now();
    let link = ResumeLink {
        order,
        token_hash: entropy::fingerprint(&token),
        created_at: now,
        expires_at: now.checked_add(LASTS).unwrap_or(Timestamp::MAX),
    };
    let mut commands = vec![Command::Customer(CustomerCommand::SaveLink(link))];
    commands.extend(admit(customer, order, Some(&token)));
    commands
}

/// Returns what lets this session see an order, and show its link where that is known.
pub(super) fn admit(customer: &Customer, order: OrderId, token: Option<&str>) -> Option<Command> {
    let session = customer.session.as_ref()?.id_hash.clone();
    let sealed =
        token.and_then(|token| customer.seal(&context(order, &entropy::fingerprint(token)), token));
    let at = customer.app.clock.now();
    let admission = Admission { order, session, sealed, at };
    Some(Command::Customer(CustomerCommand::Admit(admission)))
}

/// What a sealed link belongs to: nothing else is sealed with the same bits.
fn context(order: OrderId, token_hash: &str) -> String {
    format!("link/{order}/{token_hash}")
}

/// Returns the token of an order's link and when it ends, if it is in force and known to this
/// session.
///
/// # Errors
/// The store does not answer.
pub(super) async fn token(
    customer: &Customer,
    order: OrderId,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    let Some(session) = &customer.session else { return Ok(None) };
    let store = &customer.app.store;
    let Some(link) = store.link_of(order).await? else { return Ok(None) };
    if link.expires_at <= customer.app.clock.now() {
        return Ok(None);
    }
    let admission = store.admission(order, session.id_hash.clone()).await?;
    let sealed = admission.and_then(|admission| admission.sealed);
    let token =
        sealed.and_then(|sealed| customer.unseal(&context(order, &link.token_hash), &sealed));
    // What was sealed of a link that is withdrawn does not open as the one in force.
    let token = token.filter(|token| entropy::fingerprint(token) == link.token_hash);
    Ok(token.map(|token| (token, link.expires_at)))
}

/// Returns an order's link as it is copied and printed, if it is known to this session.
///
/// # Errors
/// The store does not answer.
pub(super) async fn shown(
    customer: &Customer,
    order: OrderId,
) -> Result<Option<String>, StoreError> {
    let token = token(customer, order).await?;
    Ok(token.map(|(token, _)| format!("{}{}", customer.origin(), paths::resume_link(&token))))
}

/// `GET /orders/{code}/link`: how to come back.
pub async fn page(customer: Customer, Path(code): Path<String>) -> Response {
    let result = show(&customer, &code).await;
    customer.answer(result)
}

async fn show(customer: &Customer, code: &str) -> Result<Outcome, Problem> {
    let (record, _) = own(customer, code).await?;
    let link = shown(customer, record.order.id).await?;
    let until = token(customer, record.order.id).await?.map(|(_, until)| until);
    let link = link.as_deref().zip(until);
    Ok(resume::link(&customer.paper(), &record, link).into())
}

/// `POST /orders/{code}/link`: a new link in place of the old one.
pub async fn renew(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = withdraw(&customer, &code, &form.0).await;
    customer.answer(result)
}

/// The old link opens nothing any more, and browsers that it let in are shut out; the browser
/// that placed the order stays.
async fn withdraw(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, _) = customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let (order, session) = (record.order.id, session.id_hash.clone());
    let mut batch = make(customer, order);
    batch.push(Command::Customer(CustomerCommand::ShutOthers { order, session }));
    customer.app.store.commit(batch).await?;
    tracing::info!(order = record.order.code.as_str(), "link replaced");
    Ok(Outcome::See(paths::order::link(record.order.code.as_str())))
}
