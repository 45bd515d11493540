//! Paying by the operator's bill: the page on which the customer agrees, and the wait after it.
//!
//! Not here: an order's other pages ([`super::order`]).

use api::browser::{Form, Link, Page};
use api::paths;

use super::order::{OrderView, begin, order_facts, plain};
use super::{Paper, Step};

/// The operator is charging the bill: there is nothing to click, lest it seems to be needed.
pub(super) fn charging(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let mut page = plain(paper, view, "charging-heading", "charging-lead");
    let href = paths::order::page(view.record.order.code.as_str());
    page.links.push(Link { href, label: paper.texts.get("charging-look") });
    page
}

/// Makes the page on which the customer agrees that the operator's bill is charged.
#[must_use]
pub fn bill(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let code = view.record.order.code.as_str();
    let price = paper.texts.money(view.record.order.terms.price);
    let mut page = begin(paper, view, "bill-title", Step::Pay);
    page.path = paths::order::bill(code);
    page.heading = text("bill-heading");
    page.lead = text("bill-lead");
    page.facts = order_facts(paper, view);
    page.forms.push(Form {
        action: paths::order::bill(code),
        hidden: vec![paper.token()],
        submit: paper.texts.format("bill-submit", &[("price", price.into())]),
        ..Form::default()
    });
    page.forms.push(Form {
        action: paths::order::cancel(code),
        hidden: vec![paper.token()],
        submit: text("pay-cancel"),
        is_secondary: true,
        ..Form::default()
    });
    page
}

/// Tells whether the latest attempt was on the operator's bill: its page is ours.
pub(super) fn is_billed(view: &OrderView<'_>) -> bool {
    let order = &view.record.order;
    let session = order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
    session.is_some_and(|session| session.url == paths::order::bill(order.code.as_str()))
}
