//! What an order remembers of money that goes back, of who was paid, and of tries, as columns
//! and back; rows from before these columns are read as what they stood for.
//!
//! Not here: the other columns of an order ([`super::rows`]).

use domain::amount::{Currency, Money, Tax};
use domain::code::Id;
use domain::order::{Asked, Order, Payment, PaymentId, Refund, Renewal, State};
use rusqlite::Row;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use super::rows::{column, corrupt, instant, ms, optional_instant};
use crate::store::StoreError;

/// The provider of orders that name none: it was the only one.
pub(super) const FIRST_PROVIDER: &str = "sandbox";

#[derive(Serialize, Deserialize)]
struct Stored {
    provider: String,
    reference: String,
    amount_minor: i64,
    currency: String,
    is_done: bool,
}

/// Returns the columns of this part of an order.
pub(super) fn columns(order: &Order) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let text = |text: Option<&String>| text.map_or(Value::Null, |text| Value::Text(text.clone()));
    let at = |at: Option<domain::Timestamp>| at.map_or(Value::Null, |at| Value::Integer(ms(at)));
    let attempt = order.attempt.as_ref();
    let session = attempt.and_then(|attempt| attempt.session.as_ref());
    let tax = order.terms.tax;
    let renews = order.terms.renews;
    let refunds: Vec<Stored> = order.refunds.iter().map(stored).collect();
    let refunds = serde_json::to_string(&refunds).map_err(|_| corrupt("refunds"))?;
    Ok(vec![
        ("tax_rate_bp", tax.map_or(Value::Null, |tax| Value::Integer(tax.rate_bp.into()))),
        ("tax_minor", tax.map_or(Value::Null, |tax| Value::Integer(tax.amount.minor))),
        ("renews", text(renews.map(|renewal| renewal.order.to_string()).as_ref())),
        ("renews_ends_at", at(renews.map(|renewal| renewal.ends_at))),
        ("attempt_provider", text(attempt.map(|attempt| &attempt.provider))),
        ("session_provider", text(session.map(|session| &session.provider))),
        ("payment_provider", text(order.payment.as_ref().map(|payment| &payment.id.provider))),
        ("refunds", Value::Text(refunds)),
        ("asked", order.asked.map_or(Value::Null, |asked| Value::Integer(asked.number.into()))),
        ("asked_at", at(order.asked.map(|asked| asked.at))),
        ("failed_at", at(order.failed_at)),
    ])
}

fn stored(refund: &Refund) -> Stored {
    Stored {
        provider: refund.payment.provider.clone(),
        reference: refund.payment.reference.clone(),
        amount_minor: refund.amount.minor,
        currency: refund.amount.currency.code().to_owned(),
        is_done: refund.is_done,
    }
}

/// Reads the name of a provider.
pub(super) fn provider(row: &Row<'_>, name: &str) -> Result<String, StoreError> {
    let named: Option<String> = column(row, name)?;
    Ok(named.unwrap_or_else(|| FIRST_PROVIDER.to_owned()))
}

/// Reads what of a price is tax.
pub(super) fn tax(row: &Row<'_>, currency: Currency) -> Result<Option<Tax>, StoreError> {
    let rate: Option<u32> = column(row, "tax_rate_bp")?;
    let minor: Option<i64> = column(row, "tax_minor")?;
    let tax = |(rate_bp, minor)| Tax { rate_bp, amount: Money { minor, currency } };
    Ok(rate.zip(minor).map(tax))
}

/// Reads what an order continues.
pub(super) fn renews(row: &Row<'_>) -> Result<Option<Renewal>, StoreError> {
    let Some(order) = column::<Option<String>>(row, "renews")? else { return Ok(None) };
    let order = Id::parse(&order).ok_or_else(|| corrupt("renews"))?;
    Ok(Some(Renewal { order, ends_at: instant(row, "renews_ends_at")? }))
}

/// Reads the payment that counts.
pub(super) fn payment(row: &Row<'_>) -> Result<Option<Payment>, StoreError> {
    let reference: Option<String> = column(row, "payment_reference")?;
    let provider = provider(row, "payment_provider")?;
    let payment = |(reference, at)| Payment { id: PaymentId { provider, reference }, at };
    Ok(reference.zip(optional_instant(row, "payment_at")?).map(payment))
}

/// Reads the payments that go back.
pub(super) fn refunds(
    row: &Row<'_>,
    state: State,
    price: Money,
    payment: Option<&Payment>,
) -> Result<Vec<Refund>, StoreError> {
    let Some(text) = column::<Option<String>>(row, "refunds")? else {
        let is_done = state == State::Refunded;
        let goes_back = is_done || state == State::RefundPending;
        let payment = payment.filter(|_| goes_back).map(|payment| payment.id.clone());
        let refund = payment.map(|payment| Refund { payment, amount: price, is_done });
        return Ok(refund.into_iter().collect());
    };
    let stored: Vec<Stored> = serde_json::from_str(&text).map_err(|_| corrupt("refunds"))?;
    let read = |stored: Stored| {
        let currency = Currency::parse(&stored.currency).ok_or_else(|| corrupt("refunds"))?;
        Ok(Refund {
            payment: PaymentId { provider: stored.provider, reference: stored.reference },
            amount: Money { minor: stored.amount_minor, currency },
            is_done: stored.is_done,
        })
    };
    stored.into_iter().map(read).collect()
}

/// Reads the latest try of the activation.
pub(super) fn asked(
    row: &Row<'_>,
    state: State,
    payment: Option<&Payment>,
) -> Result<Option<Asked>, StoreError> {
    let number: Option<u32> = column(row, "asked")?;
    if let Some((number, at)) = number.zip(optional_instant(row, "asked_at")?) {
        return Ok(Some(Asked { number, at }));
    }
    let is_asked =
        matches!(state, State::Paid | State::Activating | State::Active | State::ActivationFailed);
    Ok(payment.filter(|_| is_asked).map(|payment| Asked { number: 1, at: payment.at }))
}
