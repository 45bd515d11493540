//! The pages of the sandbox payment provider.
//!
//! They have the same shape as ours but none of our session: a provider knows only its own.

use api::browser::{Alert, AlertKind, Fact, Field, FieldKind, Form, Link, Page};

use super::Paper;
use crate::store::SandboxSession;

/// Names of the fields of the card form.
pub mod card {
    /// The card number.
    pub const NUMBER: &str = "card";
    /// The expiry date.
    pub const EXPIRY: &str = "expiry";
    /// The security code.
    pub const CODE: &str = "cvc";
    /// The answer to a further confirmation: `yes` or `no`.
    pub const CONFIRM: &str = "confirm";
}

/// What is wrong with a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardErrors {
    /// The number is none that the sandbox knows.
    pub number: bool,
    /// The date is no date in the future.
    pub expiry: bool,
    /// The code is not three digits.
    pub code: bool,
}

impl CardErrors {
    /// Tells whether something is wrong.
    #[must_use]
    pub fn any(self) -> bool {
        self.number || self.expiry || self.code
    }
}

/// Where the page of a session is.
#[must_use]
pub fn path(session: &SandboxSession) -> String {
    format!("/sandbox/pay/{}", session.id)
}

fn begin(paper: &Paper<'_>, session: &SandboxSession) -> Page {
    let mut page = paper.page(&path(session), "pay-page-title", None);
    page.frame.brand = paper.texts.get("pay-page-title");
    page.frame.support = String::new();
    page
}

/// Makes the page that takes a card; a security code is never shown again.
#[must_use]
pub fn pay(
    paper: &Paper<'_>,
    session: &SandboxSession,
    typed: (&str, &str),
    errors: CardErrors,
) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let price = paper.texts.money(session.amount);
    let with_price = |key: &str| paper.texts.format(key, &[("price", price.as_str().into())]);
    let mut page = begin(paper, session);
    page.heading = with_price("pay-page-heading");
    page.lead = text("pay-page-lead");
    if errors.any() {
        page.alert = Some(Alert {
            kind: AlertKind::Error,
            title: text("pay-page-error-title"),
            text: [
                (errors.number, "pay-page-error-card"),
                (errors.expiry, "pay-page-error-expiry"),
                (errors.code, "pay-page-error-cvc"),
            ]
            .into_iter()
            .filter(|(is_wrong, _)| *is_wrong)
            .map(|(_, key)| text(key))
            .collect::<Vec<_>>()
            .join(" "),
        });
    }
    page.facts.push(Fact {
        term: text("pay-page-for"),
        text: session.description.clone(),
        is_literal: false,
    });
    page.forms.push(Form {
        action: path(session),
        fields: card_fields(paper, typed, errors),
        submit: with_price("pay-page-submit"),
        ..Form::default()
    });
    page.links.push(Link { href: session.return_url.clone(), label: text("pay-page-back") });
    page
}

fn card_fields(paper: &Paper<'_>, typed: (&str, &str), errors: CardErrors) -> Vec<Field> {
    let text = |key: &str| if key.is_empty() { String::new() } else { paper.texts.get(key) };
    let rows = [
        (card::NUMBER, "pay-page-card", "pay-page-card-hint", typed.0, 23, errors.number),
        (card::EXPIRY, "pay-page-expiry", "", typed.1, 7, errors.expiry),
        (card::CODE, "pay-page-cvc", "pay-page-cvc-hint", "", 3, errors.code),
    ];
    let wrong = ["pay-page-error-card", "pay-page-error-expiry", "pay-page-error-cvc"];
    let mut fields = Vec::with_capacity(rows.len());
    for ((name, label, hint, value, max_chars, is_wrong), error) in rows.into_iter().zip(wrong) {
        fields.push(Field {
            name: name.to_owned(),
            label: text(label),
            hint: text(hint),
            error: if is_wrong { text(error) } else { String::new() },
            value: value.to_owned(),
            kind: FieldKind::Digits,
            max_chars,
            ..Field::default()
        });
    }
    fields
}

/// Makes the page that asks for a further confirmation.
#[must_use]
pub fn confirm(paper: &Paper<'_>, session: &SandboxSession) -> Page {
    let mut page = begin(paper, session);
    page.heading = paper.texts.get("pay-confirm-heading");
    page.lead = paper.texts.get("pay-confirm-lead");
    for (answer, submit, is_secondary) in
        [("yes", "pay-confirm-submit", false), ("no", "pay-confirm-refuse", true)]
    {
        page.forms.push(Form {
            action: format!("{}/confirm", path(session)),
            hidden: vec![(card::CONFIRM.to_owned(), answer.to_owned())],
            submit: paper.texts.get(submit),
            is_secondary,
            ..Form::default()
        });
    }
    page
}

/// Makes the page of a session that is over.
#[must_use]
pub fn closed(paper: &Paper<'_>, session: &SandboxSession) -> Page {
    let mut page = begin(paper, session);
    page.heading = paper.texts.get("pay-page-closed-heading");
    page.lead = paper.texts.get("pay-page-closed-lead");
    let label = paper.texts.get("pay-page-closed-back");
    page.links.push(Link { href: session.return_url.clone(), label });
    page
}
