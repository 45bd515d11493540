//! The pages by which a customer comes back to an order from elsewhere [PORT-82].
//!
//! They say nothing of the order until it is open. Not here: whether it is opened
//! ([`crate::http::resume`]).

use api::browser::{AlertKind, Fact, Field, FieldKind, Form, Link, Page, field};
use api::paths;
use domain::Timestamp;

use super::Paper;
use crate::store::Order;

/// Why an order was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// What was typed is no order code.
    Code,
    /// What was typed is not the end of a SIM's number.
    Sim,
    /// No order has this code and this SIM, or it was tried too often: one answer for all.
    Unfit,
    /// The link opens nothing.
    Link,
    /// This client tries too often.
    TooMany,
}

/// What was typed to open an order.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByCode<'a> {
    /// As the code.
    pub code: &'a str,
    /// As the SIM's number.
    pub sim: &'a str,
    /// Why it did not open.
    pub refused: Option<Refused>,
}

/// Makes the page that asks for order code and SIM.
#[must_use]
pub fn by_code(paper: &Paper<'_>, typed: &ByCode<'_>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let mut page = paper.page(paths::RESUME, "resume-title", None);
    page.heading = text("resume-heading");
    page.lead = text("resume-lead");
    let alert = |title, text| Some(paper.alert(AlertKind::Error, title, text));
    let (mut code_error, mut sim_error) = (String::new(), String::new());
    page.alert = match typed.refused {
        None => None,
        Some(Refused::Code) => {
            code_error = text("resume-error-code");
            alert("resume-error-title", "resume-error-code")
        }
        Some(Refused::Sim) => {
            sim_error = text("resume-error-sim");
            alert("resume-error-title", "resume-error-sim")
        }
        Some(Refused::Unfit) => alert("resume-error-title", "resume-error-unfit"),
        Some(Refused::Link) => alert("resume-error-link-title", "resume-error-link"),
        Some(Refused::TooMany) => alert("resume-error-title", "resume-error-many"),
    };
    page.forms.push(Form {
        action: paths::RESUME.to_owned(),
        hidden: vec![paper.token()],
        fields: vec![
            Field {
                name: field::CODE.to_owned(),
                label: text("active-order"),
                hint: text("resume-code-hint"),
                error: code_error,
                value: typed.code.to_owned(),
                max_chars: 32,
                ..Field::default()
            },
            Field {
                name: field::ICCID.to_owned(),
                label: text("resume-sim"),
                hint: text("resume-sim-hint"),
                error: sim_error,
                value: typed.sim.to_owned(),
                kind: FieldKind::Digits,
                max_chars: 32,
                ..Field::default()
            },
        ],
        submit: text("resume-submit"),
        ..Form::default()
    });
    page.links.push(Link { href: paths::LAUNCH.to_owned(), label: text("start-again") });
    page
}

/// Makes the page that a link leads to: it opens nothing until its button is pressed.
#[must_use]
pub fn landing(paper: &Paper<'_>, token: &str) -> Page {
    let mut page = paper.page(paths::RESUME, "resume-title", None);
    page.heading = paper.texts.get("resume-landing-heading");
    page.lead = paper.texts.get("resume-landing-lead");
    page.forms.push(Form {
        action: paths::RESUME.to_owned(),
        hidden: vec![paper.token(), (field::LINK.to_owned(), token.to_owned())],
        submit: paper.texts.get("resume-submit"),
        ..Form::default()
    });
    page
}

/// Makes the page that says how to come back to an order; without a link, this session does not
/// know it.
#[must_use]
pub fn link(paper: &Paper<'_>, record: &Order, link: Option<(&str, Timestamp)>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let code = record.order.code.as_str();
    let mut page = paper.page(&paths::order::link(code), "link-title", None);
    page.heading = text("link-heading");
    page.lead = text("link-lead");
    let literal = |term: &str, value: &str| Fact {
        term: text(term),
        text: value.to_owned(),
        is_literal: true,
    };
    page.facts.push(literal("active-order", &record.order.code.to_string()));
    let note = match link {
        Some((link, until)) => {
            page.facts.push(literal("link-link", link));
            let until = paper.texts.instant(until);
            page.facts.push(Fact { term: text("link-until"), text: until, is_literal: false });
            "link-note"
        }
        None => "link-note-unknown",
    };
    page.forms.push(Form {
        action: paths::order::link(code),
        hidden: vec![paper.token()],
        note: text(note),
        submit: text("link-submit"),
        is_secondary: true,
        ..Form::default()
    });
    page.links.push(Link { href: paths::order::page(code), label: text("link-back") });
    page
}
