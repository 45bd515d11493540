//! Paying by voucher: the code of a form, and the order that it pays.
//!
//! A voucher is redeemed in the transaction that has its order paid, so that neither happens
//! without the other and the second of two redemptions fails with all that goes with it. Not
//! here: whether a voucher pays ([`domain::voucher`]) and what is said when it does not
//! ([`crate::pages::voucher`]).

use api::browser::field;
use api::paths;
use domain::Timestamp;
use domain::brand::{Brand, PlanId};
use domain::code::OrderId;
use domain::order::{Event, State};
use domain::voucher::{Refused, VoucherCode, judge};

use super::{Checkout, existing, in_flight};
use crate::http::customer::{Customer, Fields};
use crate::http::reply::Outcome;
use crate::pages::problem::Problem;
use crate::pages::voucher::{Wrong, wrong};
use crate::payment::voucher::payment;
use crate::store::vouchers::{CodeHash, VouchersCommand};
use crate::store::{Command, Order, StoreError};

/// A voucher that pays an order.
pub(super) struct Redemption {
    hash: CodeHash,
    order: OrderId,
    at: Timestamp,
}

impl Redemption {
    /// What happens to the order.
    pub(super) fn event(&self) -> Event {
        Event::Redeemed { payment: payment(self.order) }
    }

    /// What happens to the voucher.
    pub(super) fn command(&self) -> Command {
        let Self { hash, order, at } = *self;
        Command::Vouchers(VouchersCommand::Redeem { hash, order, at })
    }
}

/// What a form's voucher comes to.
enum Asked {
    /// The form has none.
    Nothing,
    /// It pays.
    Redeem(Redemption),
    /// It does not, and why.
    Wrong(String),
}

/// What a form's voucher did to an order.
pub enum ByVoucher {
    /// The form has none, or nothing is to pay any more.
    NotAsked,
    /// The order is paid, or its page says what it is.
    Done(Outcome),
    /// The order is as it was, and why.
    Wrong(String),
}

/// What a code is to pay.
struct Purpose<'a> {
    session: &'a str,
    brand: &'a Brand,
    plan: &'a PlanId,
    order: OrderId,
}

/// Reads the voucher of a review form; what is wrong with it is noted there.
pub(super) async fn of(
    customer: &Customer,
    checkout: &mut Checkout<'_>,
) -> Result<Option<Redemption>, Problem> {
    let purpose = Purpose {
        session: &checkout.session.id_hash,
        brand: checkout.brand,
        plan: &checkout.plan.id,
        order: checkout.order,
    };
    Ok(match asked(customer, &checkout.fields, &purpose).await? {
        Asked::Nothing => None,
        Asked::Redeem(redemption) => Some(redemption),
        Asked::Wrong(why) => {
            checkout.wrong.push((field::VOUCHER, why));
            None
        }
    })
}

/// Pays an order that is there by the voucher of a form.
///
/// # Errors
/// The store does not answer.
pub async fn pay_by_voucher(
    customer: &Customer,
    record: &Order,
    brand: &Brand,
    fields: &Fields,
) -> Result<ByVoucher, Problem> {
    let order = &record.order;
    if !State::PAYABLE.contains(&order.state) {
        return Ok(ByVoucher::NotAsked);
    }
    // Who pays need not be who placed it.
    let session = customer.session.as_ref().map_or(&record.session, |session| &session.id_hash);
    let plan = &order.terms.plan;
    let purpose = Purpose { session, brand, plan, order: order.id };
    let redemption = match asked(customer, fields, &purpose).await? {
        Asked::Nothing => return Ok(ByVoucher::NotAsked),
        Asked::Redeem(redemption) => redemption,
        Asked::Wrong(why) => return Ok(ByVoucher::Wrong(why)),
    };
    if let Some(other) = in_flight(customer, session, Some(record)).await? {
        return Ok(ByVoucher::Done(existing(&other)));
    }
    let (ledger, event, extra) = (&customer.app.ledger, redemption.event(), [redemption.command()]);
    match ledger.request(order.id, &event, "customer", &State::PAYABLE, &extra).await {
        // Paid or over meanwhile: its page says so, and the voucher is as it was.
        Ok((record, _)) => {
            let page = paths::order::page(record.order.code.as_str());
            Ok(ByVoucher::Done(Outcome::See(page)))
        }
        // Another order was faster by a moment, or the batch was withdrawn just then.
        Err(StoreError::Duplicate | StoreError::Missing) => {
            match asked(customer, fields, &purpose).await? {
                Asked::Wrong(why) => Ok(ByVoucher::Wrong(why)),
                Asked::Nothing | Asked::Redeem(_) => Err(Problem::Unavailable),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads the code of a form and asks what it is good for.
async fn asked(
    customer: &Customer,
    fields: &Fields,
    purpose: &Purpose<'_>,
) -> Result<Asked, Problem> {
    let typed = fields.get(field::VOUCHER).map(|typed| typed.trim()).unwrap_or_default();
    if typed.is_empty() {
        return Ok(Asked::Nothing);
    }
    let paper = customer.paper();
    let because = |why: &Wrong<'_>| Ok(Asked::Wrong(wrong(&paper, why)));
    let app = &customer.app;
    if !app.catalog().vouchers.contains(&purpose.brand.id) {
        return because(&Wrong::NotTaken);
    }
    // What is no code tells nothing, and is not counted.
    let Some(code) = VoucherCode::parse(typed) else { return because(&Wrong::Form) };
    let now = app.clock.now();
    if let Err(seconds) = app.vouchers.count_try(purpose.session, customer.client, now) {
        tracing::warn!("vouchers are tried too often");
        return because(&Wrong::TooOften(seconds));
    }
    let hash = app.vouchers.key.hash(&code);
    let found = app.store.voucher(hash).await?;
    match judge(found.as_ref(), &purpose.brand.id, purpose.plan, now) {
        Ok(()) => {}
        // The same form sent twice: the ledger knows that it is paid.
        Err(Refused::Used(order)) if order == purpose.order => {}
        Err(refused) => {
            tracing::info!(why = refused.name(), "a voucher was refused");
            if let Refused::Used(order) = refused
                && let Some(other) = app.store.order(order).await?
                && other.session == purpose.session
            {
                return because(&Wrong::Own(&other.order.code));
            }
            return because(&Wrong::Refused(&refused));
        }
    }
    Ok(Asked::Redeem(Redemption { hash, order: purpose.order, at: now }))
}
