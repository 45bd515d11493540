//! An order: its page, its payment, its document, and what Windows said to it.
//!
//! Only the session that placed an order may see it, and those that were admitted to it [PORT-24].
//! Not here: what the pages say ([`crate::pages::order`]).

use api::browser::{Alert, AlertKind, Document, Page, field};
use api::paths;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::brand::Brand;
use domain::code::OrderCode;
use domain::handover::{ProvisionResult, react};
use domain::order::{Event, State, Verdict};

use super::checkout::{ByVoucher, open_payment, pay_by_voucher, to_payment};
use super::customer::{Customer, Fields, FormBody};
use super::link;
use super::renewal;
use super::reply::{self, Outcome};
use crate::documents::Recipient;
use crate::engine::calls::{Calling, DONE};
use crate::engine::dispatch::payment_event;
use crate::entropy;
use crate::pages::order::{OrderView, order as order_view};
use crate::pages::problem::Problem;
use crate::pages::voucher;
use crate::payment::SessionStatus;
use crate::store::account::AccountCommand;
use crate::store::{Command, Delivery, Order, SignedDocument};
use crate::usage::account::Account;

/// Most hand-overs of one order: a customer needs a few, a loop in a page would need many.
const DELIVERIES_MAX: usize = 100;

/// Finds an order of this session and its brand.
pub(super) async fn own(customer: &Customer, code: &str) -> Result<(Order, Brand), Problem> {
    let session = customer.session.as_ref().ok_or(Problem::NoSession)?;
    let code = OrderCode::parse(code).ok_or(Problem::Missing)?;
    let record = customer.app.ledger.by_code(&code).await?.ok_or(Problem::ForeignOrder)?;
    // The same answer for an order of somebody else and for none: codes are not for guessing.
    if record.session != session.id_hash {
        let store = &customer.app.store;
        let admission = store.admission(record.order.id, session.id_hash.clone()).await?;
        admission.ok_or(Problem::ForeignOrder)?;
    }
    let brand = customer.app.brand(&record.order.terms.brand).ok_or(Problem::Missing)?;
    Ok((record, brand))
}

/// `GET /orders/{code}`
pub async fn page(customer: Customer, Path(code): Path<String>) -> Response {
    let result = show(&customer, &code).await;
    customer.answer(result.map(Outcome::from))
}

async fn show(customer: &Customer, code: &str) -> Result<Page, Problem> {
    let (record, brand) = own(customer, code).await?;
    page_of(customer, &record, &brand, None).await
}

/// Makes the page of an order, with the code of a voucher that was typed and what is wrong with it.
async fn page_of(
    customer: &Customer,
    record: &Order,
    brand: &Brand,
    typed: Option<(&str, &str)>,
) -> Result<Page, Problem> {
    let mut deliveries = customer.app.store.deliveries(record.order.id).await?;
    let offered_at = customer.app.store.visit(record.order.id).await?.offered_at;
    if let Some(offered_at) = offered_at {
        // What came of it before does not count any more.
        deliveries.retain(|delivery| delivery.at >= offered_at);
    }
    let now = customer.app.clock.now();
    let mut account = None;
    let runs_by = renewal::subscription_of(customer, record).await?;
    let extends = match runs_by == record.order.id {
        true => None,
        false => customer.app.store.order(runs_by).await?,
    };
    if record.order.state == State::Active && extends.is_none() {
        let store = customer.app.store.as_ref();
        account = Some(Account::load(store, record.order.id, now).await?);
    }
    let account = account.as_ref();
    let link = link::shown(customer, record.order.id).await?;
    let chain = renewal::chain(customer, record.clone()).await?;
    // What extends this plan is part of it.
    let next = chain.into_iter().skip(1).find(|next| next.order.extends().is_none());
    let view = OrderView {
        record,
        brand,
        deliveries: &deliveries,
        account,
        link: link.as_deref(),
        next: next.as_ref(),
        extends: extends.as_ref(),
        now,
    };
    let mut page = order_view(&customer.paper(), &view);
    // What is wrong is said at the field, even where there should be none.
    let is_field = typed.is_some() || customer.app.catalog().vouchers.contains(&brand.id);
    if is_field && State::PAYABLE.contains(&record.order.state) {
        let (value, error) = typed.unwrap_or_default();
        voucher::offer(&customer.paper(), &mut page, value, error);
    }
    let notice = customer.uri.query().and_then(|query| query.strip_prefix("notice="));
    let texts = customer.texts();
    let notice = match notice {
        Some("existing") => Some(("existing-title", "existing-text")),
        Some("paid") => Some(("paid-notice-title", "paid-notice-text")),
        Some("pending") if record.order.state == State::PaymentOpen => {
            Some(("pending-title", "pending-text"))
        }
        _ => None,
    };
    if let (Some((title, text)), None) = (notice, &page.alert) {
        let kind = AlertKind::Notice;
        page.alert = Some(Alert { kind, title: texts.get(title), text: texts.get(text) });
    }
    Ok(page)
}

/// `POST /orders/{code}/pay`
pub async fn pay(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = try_pay(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn try_pay(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (_, fields) = customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    pay_known(customer, &record, &fields).await
}

/// Pays an order that is there, as a form asks for it: by a voucher, or at the provider.
///
/// # Errors
/// The store does not answer, or the brand is not there any more.
pub(super) async fn pay_known(
    customer: &Customer,
    record: &Order,
    fields: &Fields,
) -> Result<Outcome, Problem> {
    let brand = customer.app.brand(&record.order.terms.brand).ok_or(Problem::Missing)?;
    match pay_by_voucher(customer, record, &brand, fields).await? {
        ByVoucher::NotAsked => {}
        ByVoucher::Done(outcome) => return Ok(outcome),
        ByVoucher::Wrong(why) => {
            let typed = fields.get(field::VOUCHER).map(String::as_str).unwrap_or_default();
            return page_of(customer, record, &brand, Some((typed, &why))).await.map(Outcome::from);
        }
    }
    let number = record.order.attempt.as_ref().map_or(0, |attempt| attempt.number);
    if is_outdated(fields, number) {
        return to_payment(customer, record.order.id).await;
    }
    open_payment(customer, record).await
}

/// Tells whether a form that asks for the next try was made before the latest one began: what it
/// asks for is done.
fn is_outdated(fields: &Fields, number: u32) -> bool {
    let seen = fields.get(field::TRIES).and_then(|tries| tries.parse::<u32>().ok());
    seen.is_some_and(|seen| seen < number)
}

/// `POST /orders/{code}/cancel`
pub async fn cancel(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = try_cancel(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn try_cancel(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let id = record.order.id;
    let applied = customer.app.ledger.apply(id, &Event::CancelRequested, "customer", &[]).await;
    let (record, verdict) = applied?;
    let page = paths::order::page(record.order.code.as_str());
    Ok(match verdict {
        Verdict::Accepted | Verdict::Ignored(_) => Outcome::See(page),
        Verdict::Rejected(_) => Outcome::See(format!("{page}?notice=paid")),
    })
}

/// `POST /orders/{code}/retry`: what the network did not activate.
pub async fn retry(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = mend(&customer, &code, &form.0, &Event::RetryRequested).await;
    customer.answer(result)
}

/// `POST /orders/{code}/refund`: for what the network did not activate.
pub async fn refund(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = mend(&customer, &code, &form.0, &Event::RefundRequested).await;
    customer.answer(result)
}

async fn mend(
    customer: &Customer,
    code: &str,
    body: &[u8],
    event: &Event,
) -> Result<Outcome, Problem> {
    let (_, fields) = customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let page = paths::order::page(record.order.code.as_str());
    if is_outdated(&fields, record.order.asked.map_or(0, |asked| asked.number)) {
        return Ok(Outcome::See(page));
    }
    // A plan that came to be active meanwhile stays: its page says so.
    let failed = [State::ActivationFailed];
    let ledger = &customer.app.ledger;
    ledger.request(record.order.id, event, "customer", &failed, &[]).await?;
    Ok(Outcome::See(page))
}

/// `GET /orders/{code}/return`: asks the provider, as the browser proves nothing.
pub async fn back(customer: Customer, Path(code): Path<String>) -> Response {
    let result = returned(&customer, &code).await;
    customer.answer(result)
}

async fn returned(customer: &Customer, code: &str) -> Result<Outcome, Problem> {
    let (record, _) = own(customer, code).await?;
    let page = paths::order::page(record.order.code.as_str());
    Ok(match ask_provider(customer, &record).await? {
        Some(SessionStatus::Pending) => Outcome::See(format!("{page}?notice=pending")),
        _ => Outcome::See(page),
    })
}

/// Asks the provider how the session of an unpaid order stands, and tells the ledger; nothing
/// where there is no answer now: its event will come, or the janitor will ask.
pub(super) async fn ask_provider(
    customer: &Customer,
    record: &Order,
) -> Result<Option<SessionStatus>, Problem> {
    let session = record.order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
    let (None, Some(session)) = (&record.order.payment, session) else { return Ok(None) };
    let provider = customer.app.payments.get(&session.provider).ok_or(Problem::Unavailable)?;
    let calling = Calling::begin(record.order.id, &session.provider, "retrieve");
    let status = match provider.retrieve(session.id.clone()).await {
        Ok(status) => status,
        Err(error) => {
            tracing::warn!(%error, "the provider was not asked");
            return Ok(None);
        }
    };
    if let Some(event) = payment_event(&session.provider, &session.id, status.clone()) {
        let noted = [calling.came_to(customer.app.clock.now(), DONE)];
        customer.app.ledger.apply(record.order.id, &event, "provider", &noted).await?;
    }
    Ok(Some(status))
}

/// `POST /orders/{code}/told`: the customer has read a notice [EVT-20].
pub async fn told(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = put_away(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn put_away(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (_, fields) = customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let seq = fields.get(field::TOLD).and_then(|told| told.parse().ok());
    let put_away = AccountCommand::PutAway {
        subscription: record.order.id,
        seq: seq.ok_or(Problem::BadInput)?,
        at: customer.app.clock.now(),
    };
    customer.app.store.commit(vec![Command::Account(put_away)]).await?;
    Ok(Outcome::See(paths::order::page(record.order.code.as_str())))
}

/// `GET /orders/{code}/document`: the signed document as a JSON string [PORT-50].
pub async fn document(customer: Customer, Path(code): Path<String>) -> Response {
    match deliver(&customer, &code, "bridge").await {
        Ok((delivery, document, _)) => {
            let body = Document { delivery: delivery.id, xml: document.xml };
            reply::json(StatusCode::OK, &body)
        }
        Err(problem) => customer.answer(Err(problem)),
    }
}

/// `GET /orders/{code}/provisioning.xml`: the signed file [PORT-79, way 5].
pub async fn file(customer: Customer, Path(code): Path<String>) -> Response {
    match deliver(&customer, &code, "file").await {
        Ok((_, document, brand)) => {
            let mut response = Response::new(Body::from(document.xml));
            let headers = response.headers_mut();
            let media_type = HeaderValue::from_static("application/xml; charset=utf-8");
            headers.insert(CONTENT_TYPE, media_type);
            let name = format!("attachment; filename=\"{}-provisioning.xml\"", brand.id);
            if let Ok(name) = HeaderValue::from_str(&name) {
                headers.insert(CONTENT_DISPOSITION, name);
            }
            response
        }
        Err(problem) => customer.answer(Err(problem)),
    }
}

async fn deliver(
    customer: &Customer,
    code: &str,
    channel: &str,
) -> Result<(Delivery, SignedDocument, Brand), Problem> {
    let (record, brand) = own(customer, code).await?;
    // A document handed over before the plan is active makes the reconnect fail [PORT-42].
    if record.order.state != State::Active {
        return Err(Problem::Missing);
    }
    let app = &customer.app;
    let (store, catalog, now) = (app.store.as_ref(), app.catalog(), app.clock.now());
    // What has not begun sets nothing up, and what extends a plan is in that plan's document.
    let begins_later = record.order.grant.is_some_and(|grant| grant.starts_at > now);
    if begins_later || renewal::subscription_of(customer, &record).await? != record.order.id {
        return Err(Problem::Missing);
    }
    let recipient = Recipient { store, catalog: &catalog, brand: &brand, order: &record, now };
    let offered_at = app.store.visit(record.order.id).await?.offered_at;
    let document = match offered_at {
        None => app.documents.first(&recipient).await,
        Some(offered_at) => app.documents.again(&recipient, offered_at).await,
    };
    let document = document.map_err(|error| {
        tracing::error!(order = record.order.code.as_str(), %error, "no document was signed");
        Problem::Unavailable
    })?;
    let now = app.clock.now();
    if app.store.deliveries(record.order.id).await?.len() >= DELIVERIES_MAX {
        tracing::warn!(order = record.order.code.as_str(), "too many deliveries of one order");
        return Err(Problem::Unavailable);
    }
    let delivery = Delivery {
        id: entropy::id(now).to_string(),
        order: record.order.id,
        variant: document.variant.clone(),
        channel: channel.to_owned(),
        sha256: document.sha256.clone(),
        at: now,
        result: None,
        result_at: None,
    };
    app.store.commit(vec![Command::InsertDelivery(delivery.clone())]).await?;
    Ok((delivery, document, brand))
}

/// `POST /orders/{code}/result`: the number that Windows returned.
pub async fn result(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = record_result(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn record_result(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (_, fields) = customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let delivery = fields.get(field::DELIVERY).ok_or(Problem::BadInput)?;
    let number = fields.get(field::RESULT).and_then(|text| text.parse::<u32>().ok());
    let result = ProvisionResult::from_number(number.ok_or(Problem::BadInput)?);
    let order = record.order.code.as_str();
    let deliveries = customer.app.store.deliveries(record.order.id).await?;
    let handed_over = deliveries.iter().find(|handed_over| handed_over.id == *delivery);
    let handed_over = handed_over.ok_or(Problem::BadInput)?;
    // The delivery is the key: what Windows returned for it does not change.
    match handed_over.result {
        None => {}
        Some(before) if before == result.number() => {
            return Ok(Outcome::See(paths::order::page(order)));
        }
        Some(_) => return Err(Problem::KeyReused),
    }
    let command = Command::RecordResult {
        delivery: delivery.clone(),
        order: record.order.id,
        result: result.number(),
        at: customer.app.clock.now(),
    };
    customer.app.store.commit(vec![command]).await?;
    customer.app.metrics.handover(result);
    let sha256 = handed_over.sha256.as_str();
    if react(result, &[]).is_operator_defect {
        let result = result.name();
        tracing::error!(order, result, sha256, "Windows refused the document: operator defect");
    } else {
        tracing::info!(order, result = result.name(), sha256, "Windows answered");
    }
    Ok(Outcome::See(paths::order::page(order)))
}
