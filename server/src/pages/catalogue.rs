//! The pages before an order: identify, choose.
//!
//! Implements [PORT-07] (unknown is a page, never an error), [PORT-37]. Not here: the review before
//! paying ([`super::review`]).

use api::browser::{AlertKind, Field, FieldKind, Form, Page, PlanChoice, PlanOption, field};
use api::paths;
use domain::brand::{Brand, Plan, PlanId};

use super::{Paper, Step};
use crate::store::Claims;

/// Why the identification page is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyProblem {
    /// What was typed is no ICCID.
    Form,
    /// No brand of ours has this SIM.
    Unknown,
}

/// Makes the manual identification page [PORT-07, "unknown"].
#[must_use]
pub fn identify(paper: &Paper<'_>, typed: &str, problem: Option<IdentifyProblem>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let mut page = paper.page(paths::IDENTIFY, "identify-title", None);
    page.heading = text("identify-heading");
    page.lead = text("identify-lead");
    page.alert = match problem {
        None => None,
        Some(IdentifyProblem::Form) => {
            let mut alert = paper.alert(AlertKind::Error, "input-heading", "identify-error-form");
            alert.title = text("identify-iccid");
            Some(alert)
        }
        Some(IdentifyProblem::Unknown) => Some(paper.alert(
            AlertKind::Error,
            "identify-error-unknown-title",
            "identify-error-unknown",
        )),
    };
    let error = match problem {
        Some(IdentifyProblem::Form) => text("identify-error-form"),
        Some(IdentifyProblem::Unknown) | None => String::new(),
    };
    page.forms.push(Form {
        action: paths::IDENTIFY.to_owned(),
        hidden: vec![paper.token()],
        fields: vec![Field {
            name: field::ICCID.to_owned(),
            label: text("identify-iccid"),
            hint: text("identify-iccid-hint"),
            error,
            value: typed.to_owned(),
            kind: FieldKind::Digits,
            max_chars: 32,
            ..Field::default()
        }],
        submit: text("identify-submit"),
        ..Form::default()
    });
    page.links.push(paper.resume());
    page
}

/// Why the catalogue is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlansProblem {
    /// Nothing was chosen.
    NoneChosen,
    /// What was chosen is not sold.
    Gone,
}

/// Makes the plan catalogue.
#[must_use]
pub fn plans(
    paper: &Paper<'_>,
    brand: &Brand,
    claims: &Claims,
    chosen: Option<&PlanId>,
    problem: Option<PlansProblem>,
) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let mut page = paper.page(paths::PLANS, "plans-title", Some(Step::Plan));
    page.heading = text("plans-heading");
    page.lead = match &claims.iccid {
        Some(iccid) => {
            let variables = [("brand", brand.name.as_str().into()), ("sim", iccid.masked().into())];
            paper.texts.format("plans-lead", &variables)
        }
        None => paper.texts.format("plans-lead-plain", &[("brand", brand.name.as_str().into())]),
    };
    page.alert = problem.map(|problem| match problem {
        PlansProblem::NoneChosen => {
            paper.alert(AlertKind::Error, "plans-error-title", "plans-error-none")
        }
        PlansProblem::Gone => {
            paper.alert(AlertKind::Error, "plans-error-title", "plans-error-gone")
        }
    });
    if brand.plans.is_empty() {
        page.alert = Some(paper.alert(AlertKind::Notice, "plans-empty-title", "plans-empty"));
        return page;
    }
    let options = brand.plans.iter().map(|plan| option(paper, plan, chosen)).collect();
    page.forms.push(Form {
        action: paths::PLANS.to_owned(),
        hidden: vec![paper.token()],
        plans: Some(PlanChoice { legend: text("plans-legend"), plans: options }),
        // For every SIM: whether a plan runs on this one is not for whoever knows its number.
        note: text("plans-note"),
        submit: text("plans-submit"),
        ..Form::default()
    });
    // Offered to everybody: that a SIM has an order is nobody's but its customer's to know.
    page.links.push(paper.resume());
    page
}

fn option(paper: &Paper<'_>, plan: &Plan, chosen: Option<&PlanId>) -> PlanOption {
    let text = |key: &str| paper.texts.get(key);
    let sharing = if plan.tethering { "plan-tethering" } else { "plan-no-tethering" };
    PlanOption {
        id: plan.id.to_string(),
        name: plan.name.clone(),
        price: paper.texts.money(plan.to_pay().0),
        price_note: tax_note(paper, plan),
        allowance: paper.allowance(plan.data_limit),
        validity: paper.validity(plan.duration),
        notes: vec![text(sharing), paper.renewal(plan)],
        is_chosen: chosen == Some(&plan.id),
    }
}

/// Says what of a price is tax.
pub(super) fn tax_note(paper: &Paper<'_>, plan: &Plan) -> String {
    match plan.to_pay().1 {
        Some(tax) => paper.tax(&tax),
        None if plan.price_includes_tax => paper.texts.get("price-with-tax"),
        None => paper.texts.get("price-without-tax"),
    }
}
