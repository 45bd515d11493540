//! What an order's page says of the next plan: what follows, what was added, what renews itself.
//!
//! Implements [PORT-85] as far as pages do. Not here: the rest of an order's page
//! ([`super::order`]).

use api::browser::{Form, Link, Page};
use api::paths;
use domain::Timestamp;

use super::order::{OrderView, begin, fact, order_facts, plan_name};
use super::{Paper, Step};
use crate::store::Order;

/// A renewal whose time has not come: there is nothing to set up.
#[must_use]
pub(super) fn upcoming(paper: &Paper<'_>, view: &OrderView<'_>, begins: Timestamp) -> Page {
    let mut page = begin(paper, view, "upcoming-title", Step::Done);
    let begins = paper.texts.instant(begins);
    let variables = [("plan", plan_name(view).into()), ("at", begins.into())];
    page.heading = paper.texts.get("upcoming-heading");
    page.lead = paper.texts.format("upcoming-lead", &variables);
    page.facts = order_facts(paper, view);
    if let Some(grant) = view.record.order.grant {
        let until = paper.texts.instant(grant.ends_at);
        page.facts.push(fact(paper, "active-valid-until", until));
    }
    auto_renewal(paper, view, &mut page);
    page
}

/// An order that extends a plan: that plan's account says how it is used.
#[must_use]
pub(super) fn topped_up(paper: &Paper<'_>, view: &OrderView<'_>, plan: &Order) -> Page {
    let mut page = begin(paper, view, "topped-up-title", Step::Done);
    let variables = [("plan", plan_name(view).into())];
    page.heading = paper.texts.get("topped-up-heading");
    page.lead = paper.texts.format("topped-up-lead", &variables);
    page.facts = order_facts(paper, view);
    let href = paths::order::page(plan.order.code.as_str());
    page.links.push(Link { href, label: paper.texts.get("topped-up-account") });
    page
}

/// Offers to renew a plan [PORT-85], or says what comes after it.
pub(super) fn offer(paper: &Paper<'_>, view: &OrderView<'_>, page: &mut Page) {
    if let Some(next) = view.next {
        let plan = &next.order.terms.plan;
        let name = view.brand.plan(plan).map_or_else(|| plan.to_string(), |plan| plan.name.clone());
        let said = match next.order.grant {
            Some(grant) => {
                let at = paper.texts.instant(grant.starts_at);
                let variables = [("plan", name.into()), ("at", at.into())];
                paper.texts.format("renewed-next", &variables)
            }
            None => paper.texts.format("renewed-waits", &[("plan", name.into())]),
        };
        page.facts.push(fact(paper, "renewed-then", said));
        let href = paths::order::page(next.order.code.as_str());
        page.links.push(Link { href, label: paper.texts.get("renewed-link") });
        if next.order.grant.is_none() {
            return;
        }
    }
    page.forms.push(Form {
        action: paths::order::renew(view.record.order.code.as_str()),
        hidden: vec![paper.token()],
        submit: paper.texts.get("renew-submit"),
        is_secondary: page.handover.is_some(),
        ..Form::default()
    });
}

/// Says that a plan renews itself, and how to end that.
pub(super) fn auto_renewal(paper: &Paper<'_>, view: &OrderView<'_>, page: &mut Page) {
    if let Some(auto) = view.auto {
        let price = [("price", paper.texts.money(auto.price).into())];
        page.facts.push(fact(paper, "auto-renewal", paper.texts.format("auto-renewal-on", &price)));
        page.forms.push(Form {
            action: paths::order::auto_renewal(view.record.order.code.as_str()),
            hidden: vec![paper.token()],
            submit: paper.texts.get("auto-renewal-off"),
            is_secondary: true,
            ..Form::default()
        });
    }
}
