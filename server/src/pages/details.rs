//! The page that asks a customer what the operator must know before it can activate the SIM.
//!
//! Implements the form of [PORT-36] and [PORT-59]. Not here: which fields those are and whether a
//! value will do ([`domain::customer`]).

use api::browser::{AlertKind, Field, FieldKind, Form, Link, Page, field};
use api::paths;
use domain::brand::{Brand, PlanId};
use domain::customer::{Chars, CustomerField, Kind, Wrong};

use super::{Paper, Step};

/// What is asked.
pub struct Asked<'a> {
    /// By whom.
    pub brand: &'a Brand,
    /// On the way to which plan.
    pub plan: &'a PlanId,
    /// The fields.
    pub fields: &'a [&'a CustomerField],
    /// What was typed into the field of a name.
    pub typed: &'a dyn Fn(&str) -> String,
    /// What is wrong with it, by the names of fields.
    pub wrong: &'a [(String, Wrong)],
}

/// Returns the name that a field has in the form, beside the form's own.
#[must_use]
pub fn form_name(name: &str) -> String {
    format!("customer.{name}")
}

/// Makes the page.
#[must_use]
pub fn details(paper: &Paper<'_>, asked: &Asked<'_>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let path = format!("{}?{}={}", paths::DETAILS, field::PLAN, asked.plan);
    let mut page = paper.page(&path, "details-title", Some(Step::Review));
    page.heading = text("details-heading");
    let brand = [("brand", asked.brand.name.as_str().into())];
    page.lead = paper.texts.format("details-lead", &brand);
    if !asked.wrong.is_empty() {
        page.alert =
            Some(paper.alert(AlertKind::Error, "details-wrong-title", "details-wrong-text"));
    }
    page.forms.push(Form {
        action: paths::DETAILS.to_owned(),
        hidden: vec![paper.token(), (field::PLAN.to_owned(), asked.plan.to_string())],
        fields: asked.fields.iter().map(|field| input(paper, asked, field)).collect(),
        submit: text("details-submit"),
        ..Form::default()
    });
    page.links.push(Link {
        href: format!("{}?{}={}", paths::PLANS, field::PLAN, asked.plan),
        label: text("review-change"),
    });
    page
}

fn input(paper: &Paper<'_>, asked: &Asked<'_>, field: &CustomerField) -> Field {
    let wrong = asked.wrong.iter().find(|(name, _)| *name == field.name);
    let hint = match field.kind {
        Kind::Date => "details-hint-date",
        Kind::Country => "details-hint-country",
        Kind::Text(_) | Kind::Email | Kind::Telephone => "",
    };
    let optional = if field.is_required { "" } else { "details-optional" };
    let hints = [optional, hint].into_iter().filter(|key| !key.is_empty());
    Field {
        name: form_name(&field.name),
        label: field.label.clone(),
        hint: hints.map(|key| paper.texts.get(key)).collect::<Vec<_>>().join(" "),
        error: wrong.map(|(_, wrong)| why(paper, *wrong)).unwrap_or_default(),
        value: (asked.typed)(&field.name),
        kind: match field.kind {
            Kind::Text(Chars::Digits) => FieldKind::Digits,
            Kind::Text(_) | Kind::Country => FieldKind::Text,
            Kind::Email => FieldKind::Email,
            Kind::Telephone => FieldKind::Phone,
            Kind::Date => FieldKind::Date,
        },
        autocomplete: autocomplete(field).to_owned(),
        max_chars: field.chars_max,
        ..Field::default()
    }
}

/// Returns what a browser may fill in (HTML, section 4.10.18.7.1), by kind and by usual names.
fn autocomplete(field: &CustomerField) -> &'static str {
    match (field.kind, field.name.as_str()) {
        (Kind::Email, _) => "email",
        (Kind::Telephone, _) => "tel",
        (Kind::Country, "country") => "country",
        (Kind::Date, "birth_date") => "bday",
        (Kind::Text(_), "name") => "name",
        (Kind::Text(_), "given_name") => "given-name",
        (Kind::Text(_), "family_name") => "family-name",
        (Kind::Text(_), "street") => "street-address",
        (Kind::Text(_), "postal_code") => "postal-code",
        (Kind::Text(_), "city") => "address-level2",
        (Kind::Country | Kind::Date | Kind::Text(_), _) => "",
    }
}

fn why(paper: &Paper<'_>, wrong: Wrong) -> String {
    let key = match wrong {
        Wrong::TooLong(max) => {
            return paper.texts.format("details-wrong-long", &[("max", max.into())]);
        }
        Wrong::Missing => "details-wrong-missing",
        Wrong::Characters(Chars::Any) => "details-wrong-characters",
        Wrong::Characters(Chars::Letters) => "details-wrong-letters",
        Wrong::Characters(Chars::Digits) => "details-wrong-digits",
        Wrong::Characters(Chars::Alphanumeric) => "details-wrong-alphanumeric",
        Wrong::Email => "details-wrong-email",
        Wrong::Telephone => "details-wrong-telephone",
        Wrong::Date => "details-wrong-date",
        Wrong::Country => "details-wrong-country",
    };
    paper.texts.get(key)
}
