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
    let extends = renews.and_then(|renewal| renewal.extends);
    let refunds: Vec<Stored> = order.refunds.iter().map(stored).collect();
    let refunds = serde_json::to_string(&refunds).map_err(|_| corrupt("refunds"))?;
    Ok(vec![
        ("tax_rate_bp", tax.map_or(Value::Null, |tax| Value::Integer(tax.rate_bp.into()))),
        ("tax_minor", tax.map_or(Value::Null, |tax| Value::Integer(tax.amount.minor))),
        ("renews", text(renews.map(|renewal| renewal.order.to_string()).as_ref())),
        ("renews_ends_at", at(renews.map(|renewal| renewal.ends_at))),
        ("renews_extends", text(extends.map(|id| id.to_string()).as_ref())),
        ("attempt_provider", text(attempt.map(|attempt| &attempt.provider))),
        ("agreed_at", at(attempt.and_then(|attempt| attempt.agreed_at))),
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
    let extends: Option<String> = column(row, "renews_extends")?;
    let extends = extends.map(|id| Id::parse(&id).ok_or_else(|| corrupt("renews_extends")));
    let ends_at = instant(row, "renews_ends_at")?;
    Ok(Some(Renewal { order, ends_at, extends: extends.transpose()? }))
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

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params};

    use super::*;
    use crate::store::sqlite::migrations::{MIGRATIONS, bring, run};
    use crate::store::sqlite::{reads, rows};

    const ID: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    /// A database as it was before these columns, with one order and one effect.
    fn old(state: &str, is_paid: bool, effect: &str) -> Connection {
        let mut connection = Connection::open_in_memory().expect("a database");
        bring(&mut connection, &MIGRATIONS[..8]).expect("made");
        let paid = is_paid.then_some(("pay_1", 1_000));
        connection
            .execute(
                "INSERT INTO orders (id, code, version, session, browser_key, brand, plan,
                     price_minor, currency, plan_type, data_limit_mb, duration, resets,
                     usage_notifications, state, created_at, attempt, attempt_closes_at,
                     attempt_closing, session_id, session_url, payment_reference, payment_at)
                 VALUES (?1, ?2, 3, 's', 'k', 'fjell', 'day', 490, 'EUR', 'fixed', 1000, 'P1D',
                     0, 1, ?3, 500, 1, 900, 0, 'ses', '/pay', ?4, ?5)",
                params![
                    ID,
                    domain::code::OrderCode::from_random([1; 6]).as_str(),
                    state,
                    paid.map(|paid| paid.0),
                    paid.map(|paid| paid.1)
                ],
            )
            .expect("an order");
        connection
            .execute(
                "INSERT INTO outbox (key, order_id, kind, body, created_at, due_at)
                 VALUES ('k', ?1, 'kind', ?2, 0, 0)",
                params![ID, effect],
            )
            .expect("an effect");
        run(&mut connection).expect("brought up to date");
        connection
    }

    #[test]
    fn an_order_from_before_reads_as_what_it_stood_for() {
        let effect = r#"{"kind":"activate"}"#;
        for (state, is_paid, tries, refund) in [
            ("payment_open", false, None, None),
            ("activating", true, Some(1), None),
            ("active", true, Some(1), None),
            ("activation_failed", true, Some(1), None),
            ("cancelled", false, None, None),
            ("refund_pending", true, None, Some(false)),
            ("refunded", true, None, Some(true)),
        ] {
            let connection = old(state, is_paid, effect);
            let read = reads::order(&connection, "id = ?1", [ID]).expect("readable");
            let order = read.expect("there").order;
            let attempt = order.attempt.expect("an attempt");
            assert_eq!(attempt.provider, "sandbox", "{state}");
            assert_eq!(attempt.session.expect("a session").provider, "sandbox", "{state}");
            let at = jiff::Timestamp::from_millisecond(1_000).expect("an instant");
            let payment = Payment { id: sandbox("pay_1"), at };
            assert_eq!(order.payment, is_paid.then_some(payment), "{state}");
            let asked = tries.map(|number| Asked { number, at });
            assert_eq!(order.asked, asked, "{state}");
            let kept =
                Refund { payment: sandbox("pay_1"), amount: order.terms.price, is_done: false };
            let expected = refund.map(|is_done| Refund { is_done, ..kept });
            assert_eq!(order.refunds, Vec::from_iter(expected), "{state}");
            assert_eq!((order.terms.tax, order.terms.renews, order.failed_at), (None, None, None));
        }
    }

    fn sandbox(reference: &str) -> PaymentId {
        PaymentId { provider: "sandbox".to_owned(), reference: reference.to_owned() }
    }

    #[test]
    fn an_effect_from_before_is_done_at_the_provider_there_was() {
        use domain::order::Effect;
        let currency = Currency::parse("EUR").expect("a currency");
        let amount = Money { minor: 490, currency };
        let (provider, session) = ("sandbox".to_owned(), "ses".to_owned());
        for (body, effect) in [
            (r#"{"kind":"activate"}"#, Effect::Activate { number: 1 }),
            (
                r#"{"kind":"close_payment","session":"ses"}"#,
                Effect::ClosePayment { provider, session },
            ),
            (
                r#"{"kind":"refund","reference":"pay_1","amount_minor":490,"currency":"EUR"}"#,
                Effect::Refund { payment: sandbox("pay_1"), amount },
            ),
        ] {
            let connection = old("paid", true, body);
            let read = reads::all(&connection, "SELECT * FROM outbox", [], rows::effect);
            let read: Vec<_> = read.expect("readable").into_iter().map(|e| e.effect).collect();
            assert_eq!(read, [effect], "{body}");
        }
    }
}
