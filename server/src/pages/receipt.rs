//! A receipt or a credit note as it was issued, on screen and on paper.
//!
//! Not here: when one is issued, and its number ([`domain::receipt`]).

use api::browser::{Fact, Link, Page};
use api::paths;
use domain::legal::Right;
use domain::receipt::{Kind, Receipt};

use super::Paper;
use crate::store::books::Issued;

/// What paper wants beside the portal's style: black on white, and no way to anywhere.
pub const STYLE: &str = "@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--text:#000;\
--soft:#333;--line:#999}body,main{background:#fff;color:#000}main{border:0;padding:0}\
.links,.skip{display:none}.facts div{break-inside:avoid}@page{margin:20mm}}";

/// Returns where a document of an order is.
#[must_use]
pub fn path(kind: Kind, code: &str) -> String {
    match kind {
        Kind::Receipt => paths::order::receipt(code),
        Kind::Credit => paths::order::credit_note(code),
    }
}

/// Returns the key of its name.
#[must_use]
pub fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Receipt => "receipt-title",
        Kind::Credit => "credit-title",
    }
}

/// Makes the page of a document.
#[must_use]
pub fn receipt(paper: &Paper<'_>, issued: &Issued) -> Page {
    let Issued { number, receipt } = issued;
    let code = receipt.code.as_str();
    let mut page = paper.page(&path(receipt.kind, code), title(receipt.kind), None);
    page.heading = paper.texts.get(title(receipt.kind));
    page.lead = number.clone();
    page.facts = facts(paper, issued);
    page.links.push(Link {
        href: paths::order::page(code),
        label: paper.texts.get("receipt-order-link"),
    });
    page
}

/// Says what a document says, in its order.
#[must_use]
pub fn facts(paper: &Paper<'_>, issued: &Issued) -> Vec<Fact> {
    let Issued { number, receipt } = issued;
    let fact =
        |term: &str, text: String| Fact { term: paper.texts.get(term), text, is_literal: false };
    let (numbered, paid_at) = match receipt.kind {
        Kind::Receipt => ("receipt-number", "receipt-paid-at"),
        Kind::Credit => ("credit-number", "credit-paid-at"),
    };
    let seller = &receipt.seller;
    let mut facts = vec![
        fact(numbered, number.clone()),
        fact("receipt-issued-at", paper.texts.instant(receipt.issued_at)),
    ];
    facts.extend(receipt.refers_to.clone().map(|number| fact("credit-refers-to", number)));
    facts.push(fact("receipt-seller", seller.name.clone()));
    facts.extend(seller.address.clone().map(|text| fact("receipt-address", text)));
    facts.extend(seller.tax_id.clone().map(|text| fact("receipt-tax-id", text)));
    facts.push(fact("active-order", receipt.code.to_string()));
    let plan = format!("{}, {}", receipt.brand_name, receipt.plan_name);
    facts.push(fact("review-plan", plan));
    facts.extend(taxes(paper, receipt));
    facts.push(fact("review-total", paper.texts.money(receipt.total)));
    let paid = format!("{} {}", receipt.paid.provider, receipt.paid.reference);
    facts.push(fact("receipt-paid-by", paid));
    facts.push(fact(paid_at, paper.texts.instant(receipt.paid.at)));
    if let Some(consent) = &receipt.consent {
        facts.push(fact("receipt-terms", consent.terms_version.clone()));
        facts.push(fact("receipt-privacy", consent.privacy_version.clone()));
        facts.extend(consent.withdrawal.map(|withdrawal| {
            let key = match withdrawal.right {
                Right::Kept => "receipt-withdrawal-kept",
                Right::Lost => "receipt-withdrawal-lost",
            };
            let days = [("days", withdrawal.days.into())];
            fact("receipt-withdrawal", paper.texts.format(key, &days))
        }));
    }
    facts
}

/// Says what of the total is tax, where that is known.
fn taxes(paper: &Paper<'_>, receipt: &Receipt) -> Vec<Fact> {
    let Some(tax) = receipt.tax else { return Vec::new() };
    // Basis points as a number of two decimals at most.
    let rate = f64::from(tax.rate_bp) / 100.0;
    let net = Fact {
        term: paper.texts.get("receipt-net"),
        text: paper.texts.money(receipt.net()),
        is_literal: false,
    };
    let tax = Fact {
        term: paper.texts.format("receipt-tax", &[("rate", rate.into())]),
        text: paper.texts.money(tax.amount),
        is_literal: false,
    };
    vec![net, tax]
}
