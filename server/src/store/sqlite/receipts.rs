//! A receipt as a row: its number, what is summed up, and the rest as JSON, as it was issued.
//!
//! Not here: when one is issued ([`crate::engine::books`]).

use domain::Timestamp;
use domain::amount::{Currency, Money, Tax};
use domain::brand::{BrandId, PlanId};
use domain::code::{Id, OrderCode};
use domain::legal::{Consent, Right, Seller, Withdrawal};
use domain::receipt::{Kind, Paid, Receipt};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::rows::{column, corrupt, count, instant, money, ms};
use super::unavailable;
use super::writer::run_sql;
use crate::store::StoreError;
use crate::store::books::{Issued, NewReceipt};

/// What is not in columns; names stay as they are, for rows are never rewritten.
#[derive(Serialize, Deserialize)]
struct Body {
    code: String,
    brand: String,
    brand_name: String,
    seller: String,
    seller_address: Option<String>,
    seller_tax_id: Option<String>,
    plan: String,
    plan_name: String,
    tax: Option<TaxBody>,
    provider: String,
    reference: String,
    paid_at_ms: i64,
    consent: Option<ConsentBody>,
    refers_to: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TaxBody {
    rate_bp: u32,
    minor: i64,
}

#[derive(Serialize, Deserialize)]
struct ConsentBody {
    terms_version: String,
    privacy_version: String,
    withdrawal: Option<(String, u16)>,
}

impl Body {
    fn of(receipt: &Receipt) -> Self {
        let consent = receipt.consent.as_ref().map(|consent| ConsentBody {
            terms_version: consent.terms_version.clone(),
            privacy_version: consent.privacy_version.clone(),
            withdrawal: consent.withdrawal.map(|w| (w.right.name().to_owned(), w.days)),
        });
        Self {
            code: receipt.code.as_str().to_owned(),
            brand: receipt.brand.to_string(),
            brand_name: receipt.brand_name.clone(),
            seller: receipt.seller.name.clone(),
            seller_address: receipt.seller.address.clone(),
            seller_tax_id: receipt.seller.tax_id.clone(),
            plan: receipt.plan.to_string(),
            plan_name: receipt.plan_name.clone(),
            tax: receipt.tax.map(|tax| TaxBody { rate_bp: tax.rate_bp, minor: tax.amount.minor }),
            provider: receipt.paid.provider.clone(),
            reference: receipt.paid.reference.clone(),
            paid_at_ms: ms(receipt.paid.at),
            consent,
            refers_to: receipt.refers_to.clone(),
        }
    }
}

/// Writes a receipt under the next of its numbers, unless its order has one of this kind.
pub(super) fn issue(c: &Connection, new: &NewReceipt) -> Result<(), StoreError> {
    let NewReceipt { numbers, receipt } = new;
    let (order, kind) = (receipt.order.to_string(), receipt.kind.name());
    let sql = "SELECT 1 FROM receipt WHERE order_id = ?1 AND kind = ?2";
    let mut known = c.prepare_cached(sql).map_err(unavailable)?;
    let known = known.query_row(params![order, kind], |_| Ok(())).optional();
    if known.map_err(unavailable)?.is_some() {
        return Ok(());
    }
    let sql = "SELECT coalesce(max(ordinal), 0) + 1 FROM receipt WHERE series = ?1";
    let mut next = c.prepare_cached(sql).map_err(unavailable)?;
    let next: i64 = next.query_row([&numbers.before], |row| row.get(0)).map_err(unavailable)?;
    let ordinal = u64::try_from(next).map_err(|_| corrupt("ordinal"))?;
    let body = serde_json::to_string(&Body::of(receipt)).map_err(|_| corrupt("receipt.body"))?;
    run_sql(
        c,
        "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            numbers.before,
            count(ordinal),
            numbers.write(ordinal),
            kind,
            order,
            ms(receipt.issued_at),
            receipt.total.minor,
            receipt.total.currency.code(),
            body
        ],
    )
}

/// Reads a receipt.
pub(super) fn read(row: &Row<'_>) -> Result<Issued, StoreError> {
    let bad = || corrupt("receipt.body");
    let body: String = column(row, "body")?;
    let body: Body = serde_json::from_str(&body).map_err(|_| bad())?;
    let total = money(row, "amount_minor")?;
    let order: String = column(row, "order_id")?;
    let kind: String = column(row, "kind")?;
    let consent = body.consent.map(|consent| {
        let withdrawal = consent.withdrawal.map(|(right, days)| {
            Right::parse(&right).map(|right| Withdrawal { right, days }).ok_or_else(bad)
        });
        Ok::<_, StoreError>(Consent {
            terms_version: consent.terms_version,
            privacy_version: consent.privacy_version,
            withdrawal: withdrawal.transpose()?,
        })
    });
    let receipt = Receipt {
        kind: Kind::parse(&kind).ok_or_else(|| corrupt("kind"))?,
        order: Id::parse(&order).ok_or_else(|| corrupt("order_id"))?,
        code: OrderCode::parse(&body.code).ok_or_else(bad)?,
        brand: BrandId::parse(&body.brand).ok_or_else(bad)?,
        brand_name: body.brand_name,
        seller: Seller {
            name: body.seller,
            address: body.seller_address,
            tax_id: body.seller_tax_id,
        },
        plan: PlanId::parse(&body.plan).ok_or_else(bad)?,
        plan_name: body.plan_name,
        total,
        tax: body.tax.map(|tax| tax_of(&tax, total.currency)),
        paid: Paid {
            provider: body.provider,
            reference: body.reference,
            at: Timestamp::from_millisecond(body.paid_at_ms).map_err(|_| bad())?,
        },
        issued_at: instant(row, "issued_at")?,
        consent: consent.transpose()?,
        refers_to: body.refers_to,
    };
    Ok(Issued { number: column(row, "number")?, receipt })
}

fn tax_of(tax: &TaxBody, currency: Currency) -> Tax {
    Tax { rate_bp: tax.rate_bp, amount: Money { minor: tax.minor, currency } }
}
