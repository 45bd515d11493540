//! What a customer agrees to before an order: boxes to tick, stored with the order.
//!
//! No box is ticked beforehand, and a form that was shown other texts than those of now asks
//! again. Not here: how the boxes read ([`crate::pages::legal`]).

use api::browser::field;
use domain::Timestamp;

use super::Checkout;
use crate::catalog::Legal;
use crate::entropy::fingerprint;
use crate::store::Command;
use crate::store::books::{Accepted, BooksCommand};
use crate::texts::Texts;

/// Names the boxes of a brand's review.
#[must_use]
pub fn boxes(legal: &Legal) -> Vec<&'static str> {
    let withdrawal = legal.withdrawal.map(|_| field::WITHDRAWAL);
    [field::TERMS, field::PRIVACY].into_iter().chain(withdrawal).collect()
}

/// Names the texts of a moment, so that a form can say which ones it was shown with.
#[must_use]
pub fn shown(legal: &Legal) -> String {
    fingerprint(&format!("{legal:?}"))
}

/// Reads the boxes of a form: what is not ticked is wrong, and what is goes with the order.
pub fn read(checkout: &mut Checkout<'_>, texts: &Texts, now: Timestamp) {
    let Some(legal) = checkout.legal.clone() else { return };
    if checkout.fields.get(field::LEGAL) != Some(&shown(&legal)) {
        for name in boxes(&legal) {
            checkout.fields.remove(name);
            checkout.wrong.push((name, texts.get("consent-changed")));
        }
        return;
    }
    for name in boxes(&legal) {
        if checkout.fields.get(name).map(String::as_str) != Some(field::TICKED) {
            checkout.fields.remove(name);
            checkout.wrong.push((name, texts.get("consent-missing")));
        }
    }
    let accepted = Accepted { at: now, consent: legal.consent() };
    let order = checkout.order;
    checkout.with.push(Command::Books(BooksCommand::Accept { order, accepted }));
}
