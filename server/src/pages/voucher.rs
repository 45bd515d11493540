//! What is said of vouchers: the field for a code, why one does not pay, and printed cards.
//!
//! Not here: whether it pays ([`domain::voucher`]), and making codes ([`crate::vouchers`]).

use api::browser::{Alert, AlertKind, Field, Page, field};
use domain::SignedDuration;
use domain::Timestamp;
use domain::brand::{Brand, Plan};
use domain::code::OrderCode;
use domain::voucher::{Refused, VoucherCode};

use super::Paper;
use crate::pdf::{About, Card, Cards, Direction};
use crate::store::vouchers::Batch;
use crate::texts::Texts;

/// Most characters of the field: a code with blanks and hyphens between all of its characters.
const FIELD_CHARS_MAX: u32 = 64;

/// Why a voucher is not taken, as far as its holder may know.
pub enum Wrong<'a> {
    /// What was typed is no code.
    Form,
    /// The brand takes none.
    NotTaken,
    /// It does not pay; who else uses it is nobody's business.
    Refused(&'a Refused),
    /// It pays another order of the same customer.
    Own(&'a OrderCode),
    /// Codes were tried too often; seconds to wait.
    TooOften(u32),
}

/// Makes the field for a code.
#[must_use]
pub fn code_field(paper: &Paper<'_>, value: &str, error: &str) -> Field {
    Field {
        name: field::VOUCHER.to_owned(),
        label: paper.texts.get("voucher-label"),
        hint: paper.texts.get("voucher-hint"),
        error: error.to_owned(),
        value: value.to_owned(),
        max_chars: FIELD_CHARS_MAX,
        ..Field::default()
    }
}

/// Puts the field for a code into the first form of a page, which pays; says so above the page
/// where something is wrong with the code.
pub fn offer(paper: &Paper<'_>, page: &mut Page, value: &str, error: &str) {
    if let Some(form) = page.forms.first_mut() {
        form.fields.push(code_field(paper, value, error));
    }
    if !error.is_empty() {
        page.alert = Some(alert(paper));
    }
}

/// Says that a voucher was not taken; why stands at the field.
#[must_use]
pub fn alert(paper: &Paper<'_>) -> Alert {
    paper.alert(AlertKind::Error, "voucher-wrong-title", "voucher-wrong-text")
}

/// Says why a voucher is not taken, and what to do.
#[must_use]
pub fn wrong(paper: &Paper<'_>, wrong: &Wrong<'_>) -> String {
    let texts = paper.texts;
    match wrong {
        Wrong::Form => texts.get("voucher-form"),
        Wrong::NotTaken => texts.get("voucher-not-taken"),
        Wrong::Own(order) => texts.format("voucher-own", &[("order", order.to_string().into())]),
        Wrong::TooOften(seconds) => {
            texts.format("voucher-too-often", &[("seconds", (*seconds).into())])
        }
        // The same words, so that nobody learns which codes there are.
        Wrong::Refused(Refused::Unknown | Refused::Used(_)) => texts.get("voucher-unknown"),
        Wrong::Refused(Refused::Withdrawn) => texts.get("voucher-withdrawn"),
        Wrong::Refused(Refused::NotYet(at)) => {
            texts.format("voucher-not-yet", &[("day", texts.date(*at).into())])
        }
        Wrong::Refused(Refused::Ended(at)) => {
            texts.format("voucher-ended", &[("day", texts.date(last_day(*at)).into())])
        }
        Wrong::Refused(Refused::OtherPlan(plan)) => {
            let named = paper.brand.and_then(|brand| brand.plan(plan));
            let name = named.map_or_else(|| plan.to_string(), |plan| plan.name.clone());
            texts.format("voucher-other-plan", &[("plan", name.into())])
        }
    }
}

/// Returns an instant of the last day before an end.
fn last_day(end: Timestamp) -> Timestamp {
    end.checked_sub(SignedDuration::from_millis(1)).unwrap_or(end)
}

/// Makes the cards of a batch, with codes in the order of their numbers.
#[must_use]
pub fn cards(
    texts: &Texts,
    (brand, plan): (&Brand, &Plan),
    batch: &Batch,
    codes: &[VoucherCode],
) -> Cards {
    let paper = Paper { texts, brand: Some(brand), token: "" };
    let (allowance, validity) = (paper.allowance(plan.data_limit), paper.validity(plan.duration));
    let day = |key: &str, at| texts.format(key, &[("day", texts.date(at).into())]);
    let mut worth = vec![plan.name.clone(), format!("{allowance} · {validity}")];
    worth.extend(batch.terms.starts_at.map(|at| day("voucher-card-from", at)));
    worth.extend(batch.terms.ends_at.map(|at| day("voucher-card-until", last_day(at))));
    let address = brand.portal.account_experience_url.as_deref();
    let address =
        address.map(|address| texts.format("voucher-card-address", &[("address", address.into())]));
    let usage = std::iter::once(texts.get("voucher-card-usage")).chain(address).collect();
    let number = |number: u32| {
        let (batch, count) = (batch.id.to_string().into(), batch.count.into());
        let variables = [("batch", batch), ("number", number.into()), ("count", count)];
        texts.format("voucher-card-number", &variables)
    };
    let card = |(n, code): (u32, &VoucherCode)| Card { code: code.in_groups(), number: number(n) };
    Cards {
        about: About {
            title: texts.format("voucher-card-title", &[("brand", brand.name.as_str().into())]),
            lang: texts.lang().to_owned(),
            direction: Direction::of(texts.dir()),
            made_at: batch.created_at,
        },
        name: brand.name.clone(),
        worth,
        code_label: texts.get("voucher-card-code"),
        usage,
        cards: (1..).zip(codes).map(card).collect(),
    }
}
