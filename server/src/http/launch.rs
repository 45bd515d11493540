//! Where Windows arrives, and the page that asks by hand.
//!
//! The identifiers go into a session and out of the URL before anything else happens [PORT-24];
//! a launch is never an error [PORT-07].

use std::sync::Arc;

use api::browser::field;
use api::paths;
use axum::extract::State;
use axum::response::Response;
use domain::identity::Iccid;
use domain::launch::{self, Launch, Technology};
use domain::order;

use super::customer::{Customer, FormBody};
use super::reply::Outcome;
use crate::app::App;
use crate::pages::catalogue::{IdentifyProblem, identify as identify_view};
use crate::pages::problem::Problem;
use crate::store::{Claims, Order, Session};

/// Longest ICCID that is looked at, in characters, blanks included.
const TYPED_CHARS_MAX: usize = 64;

/// `GET /`: takes the identifiers and goes on without them.
pub async fn launch(State(app): State<Arc<App>>, mut customer: Customer) -> Response {
    let query = customer.uri.query().unwrap_or_default().to_owned();
    let index = Arc::clone(&app.catalog());
    let parsed = launch::parse(&query, |digits| index.index.has_imsi_prefix(digits));
    for warning in &parsed.warnings {
        tracing::warn!(?warning, "launch parameter mended or dropped");
    }
    app.metrics.launch(!parsed.launch.is_empty());
    let result = arrive(&mut customer, parsed.launch).await;
    customer.answer(result)
}

async fn arrive(customer: &mut Customer, launch: Launch) -> Result<Outcome, Problem> {
    // Windows may open the page again; the visit and its order go on.
    let known = customer.session.as_ref().map(|session| &session.claims);
    if !known.is_some_and(|known| is_same_visit(known, &launch)) {
        customer.begin(Claims::from(launch)).await?;
    }
    Ok(Outcome::See(next_path(customer).await?))
}

/// A launch goes on with a visit when it contradicts nothing and repeats something of it;
/// Windows leaves out what a device does not tell [PORT-18].
fn is_same_visit(known: &Claims, launch: &Launch) -> bool {
    fn agree<T: PartialEq>(known: &Option<T>, new: &Option<T>) -> Option<bool> {
        Some(known.as_ref()? == new.as_ref()?)
    }
    let compared = [
        agree(&known.subscriber, &launch.subscriber),
        agree(&known.device, &launch.device),
        agree(&known.iccid, &launch.iccid),
    ];
    launch.is_empty() || (compared.contains(&Some(true)) && !compared.contains(&Some(false)))
}

/// Says where a session goes on: to its order, its plans, or to identify itself.
async fn next_path(customer: &Customer) -> Result<String, Problem> {
    let Some(session) = &customer.session else { return Ok(paths::IDENTIFY.to_owned()) };
    let orders = customer.app.store.orders_of_session(session.id_hash.clone()).await?;
    let is_over = |state| matches!(state, order::State::Cancelled | order::State::Refunded);
    // A renewal that has not begun, or is part of another plan, says nothing of what is used now
    // [PORT-85].
    let now = customer.app.clock.now();
    let is_beside = |record: &Order| {
        let begins_later = record.order.grant.is_some_and(|grant| grant.starts_at > now);
        begins_later || record.order.extends().is_some()
    };
    // Of two that were sent at once, the one that is being paid goes on.
    let is_going_on = |record: &&Order| !is_beside(record) && record.order.state.is_in_flight();
    let going_on = orders.iter().find(is_going_on);
    let latest = going_on.or(orders.iter().find(|record| !is_beside(record))).or(orders.first());
    if let Some(record) = latest.filter(|record| !is_over(record.order.state)) {
        return Ok(paths::order::page(record.order.code.as_str()));
    }
    Ok(match customer.brand {
        Some(_) => paths::PLANS.to_owned(),
        None => paths::IDENTIFY.to_owned(),
    })
}

/// `GET /identify`
pub async fn identify_page(mut customer: Customer) -> Response {
    let nothing =
        Claims { subscriber: None, device: None, iccid: None, technology: Technology::Unknown };
    let result = match customer.session {
        Some(_) => Ok(()),
        None => customer.begin(nothing).await,
    };
    let result = result
        .map(|()| Outcome::from(identify_view(&customer.paper(), "", None)))
        .map_err(Problem::from);
    customer.answer(result)
}

/// `POST /identify`
pub async fn identify(mut customer: Customer, FormBody(body): FormBody) -> Response {
    let result = find(&mut customer, &body).await;
    customer.answer(result)
}

async fn find(customer: &mut Customer, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let session = session.clone();
    let typed = fields.get(field::ICCID).map(String::as_str).unwrap_or_default();
    if typed.chars().count() > TYPED_CHARS_MAX {
        return Err(Problem::BadInput);
    }
    let compact: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let Ok((iccid, _)) = Iccid::parse_with_filler(&compact) else {
        let problem = Some(IdentifyProblem::Form);
        return Ok(identify_view(&customer.paper(), typed, problem).into());
    };
    let claims = Claims { iccid: Some(iccid), ..session.claims.clone() };
    match customer.app.find_brand(&claims).found {
        Some((brand, _)) => {
            customer.save(Session { claims, brand: Some(brand), ..session }).await?;
            Ok(Outcome::See(paths::PLANS.to_owned()))
        }
        None => {
            let problem = Some(IdentifyProblem::Unknown);
            Ok(identify_view(&customer.paper(), typed, problem).into())
        }
    }
}
