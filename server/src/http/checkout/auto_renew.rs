//! The choice on a review form that a plan renews itself: a box of its own, never ticked for
//! anybody, whose words, time and price are recorded with the order.
//!
//! Not here: what follows from it ([`crate::engine::auto_renewals`]).

use api::browser::{Field, FieldKind, field};
use domain::auto_renewal::Done;

use super::Checkout;
use crate::http::customer::Customer;
use crate::store::Command;
use crate::store::auto_renewal::{AutoRenewal, AutoRenewalCommand};
use crate::texts::Texts;

/// The version of the words that a customer agrees to: another for other words.
const TEXT: &str = "review-auto-renew/1";

/// Tells whether the choice is offered: the plan allows it, and its provider can charge again.
fn is_offered(customer: &Customer, checkout: &Checkout<'_>) -> bool {
    let provider = customer.app.payment_of(&checkout.brand.id);
    checkout.plan.auto_renew && customer.app.payments.can_charge_again(&provider)
}

/// Records the choice with the order, where it was made.
pub(super) fn read(customer: &Customer, checkout: &mut Checkout<'_>) {
    let is_ticked =
        checkout.fields.get(field::AUTO_RENEW).is_some_and(|value| value == field::TICKED);
    if !is_ticked || !is_offered(customer, checkout) {
        return;
    }
    let agreed = AutoRenewal {
        order: checkout.order,
        price: checkout.terms.price,
        session: checkout.session.id_hash.clone(),
        text: TEXT.to_owned(),
        agreed_at: customer.app.clock.now(),
        done: Done::default(),
        renewal: None,
        off: None,
    };
    checkout.with.push(Command::AutoRenewal(AutoRenewalCommand::Agree(Box::new(agreed))));
}

/// Returns the box, where it is offered.
pub(super) fn fields(customer: &Customer, checkout: &Checkout<'_>, texts: &Texts) -> Vec<Field> {
    if !is_offered(customer, checkout) {
        return Vec::new();
    }
    let price = [("price", texts.money(checkout.terms.price).into())];
    vec![Field {
        name: field::AUTO_RENEW.to_owned(),
        label: texts.format("review-auto-renew", &price),
        hint: texts.get("review-auto-renew-hint"),
        value: checkout.fields.get(field::AUTO_RENEW).cloned().unwrap_or_default(),
        kind: FieldKind::Box,
        ..Field::default()
    }]
}
