//! The review before paying: what is bought, for how much, and what is asked for besides.
//!
//! Implements [PORT-59]. Not here: the order that follows ([`super::order`]).

use api::browser::{AlertKind, Fact, Field, FieldKind, Form, Link, Page, field};
use api::paths;
use domain::brand::{Brand, Plan};

use super::catalogue::tax_note;
use super::{Paper, Step, legal};
use crate::catalog::Legal;
use crate::http::checkout::consent;
use crate::http::customer::Fields;
use crate::store::Claims;

/// What is reviewed.
pub struct Review<'a> {
    /// Whose plan.
    pub brand: &'a Brand,
    /// Which plan.
    pub plan: &'a Plan,
    /// What the brand asks customers to agree to.
    pub legal: Option<&'a Legal>,
    /// For whom.
    pub claims: &'a Claims,
    /// The idempotency key of the order to be.
    pub key: &'a str,
    /// Fingerprint of the terms that are shown.
    pub terms: &'a str,
    /// What the form held when it was sent.
    pub fields: &'a Fields,
    /// What is wrong with it, by the names of fields.
    pub wrong: &'a [(&'static str, String)],
    /// Whether the form that was sent said other terms.
    pub has_changed: bool,
}

impl Review<'_> {
    /// Makes a field of the form, as it was filled and with what is wrong with it.
    #[must_use]
    pub fn field(&self, name: &'static str, label: String, kind: FieldKind) -> Field {
        let wrong = self.wrong.iter().find(|(of, _)| *of == name);
        Field {
            name: name.to_owned(),
            label,
            error: wrong.map(|(_, what)| what.clone()).unwrap_or_default(),
            value: self.fields.get(name).cloned().unwrap_or_default(),
            kind,
            ..Field::default()
        }
    }
}

/// Makes the review page.
#[must_use]
pub fn review(paper: &Paper<'_>, review: &Review<'_>) -> Page {
    let Review { plan, claims, key, .. } = *review;
    let text = |key: &str| paper.texts.get(key);
    let price = paper.texts.money(plan.to_pay().0);
    let path = format!("{}?{}={}", paths::REVIEW, field::PLAN, plan.id);
    let mut page = paper.page(&path, "review-title", Some(Step::Review));
    page.heading = text("review-heading");
    page.lead = text("review-lead");
    if !review.wrong.is_empty() {
        page.alert = Some(paper.alert(AlertKind::Error, "review-wrong-title", "review-wrong-text"));
    }
    if review.has_changed {
        let (title, text) = ("review-changed-title", "review-changed-text");
        page.alert = Some(paper.alert(AlertKind::Error, title, text));
    }
    let mut facts = vec![
        ("review-plan", plan.name.clone()),
        ("review-allowance", paper.allowance(plan.data_limit)),
        ("review-validity", paper.validity(plan.duration)),
        ("review-renewal", paper.renewal(plan)),
    ];
    if let Some(iccid) = &claims.iccid {
        facts.push(("review-sim", iccid.masked()));
    }
    facts.push(("review-total", format!("{price} {}", tax_note(paper, plan))));
    page.facts = facts
        .into_iter()
        .map(|(term, value)| Fact { term: text(term), text: value, is_literal: false })
        .collect();
    let mut hidden = vec![
        paper.token(),
        (field::PLAN.to_owned(), plan.id.to_string()),
        (field::KEY.to_owned(), key.to_owned()),
        (field::OFFER.to_owned(), review.terms.to_owned()),
    ];
    hidden.extend(review.legal.map(|legal| (field::LEGAL.to_owned(), consent::shown(legal))));
    page.forms.push(Form {
        action: paths::REVIEW.to_owned(),
        hidden,
        fields: legal::boxes(paper, review),
        note: text("review-note"),
        submit: paper.texts.format("review-submit", &[("price", price.into())]),
        ..Form::default()
    });
    page.links.push(Link {
        href: format!("{}?{}={}", paths::PLANS, field::PLAN, plan.id),
        label: text("review-change"),
    });
    page
}
