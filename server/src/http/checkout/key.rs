//! One key, one order: what a review form asked for, so that its key asks for nothing else.
//!
//! The same key with the same form is answered as the first time; with another form it is
//! refused. Not here: placing the order ([`super`]), in whose transaction the key is remembered.

use api::browser::field;
use domain::order::Terms;

use super::Checkout;
use crate::entropy;
use crate::http::customer::{Customer, Fields};
use crate::pages::problem::Problem;
use crate::store::Order;
use crate::store::customer::Asked;

/// Returns what a form asks for with its key.
pub(super) fn asked(customer: &Customer, checkout: &Checkout<'_>) -> Asked {
    Asked {
        session: checkout.session.id_hash.clone(),
        key: checkout.key.clone(),
        fingerprint: of_form(&checkout.fields),
        at: customer.app.clock.now(),
    }
}

/// Returns the order that the session placed with this key.
///
/// # Errors
/// It was placed with another form; the store does not answer.
pub(super) async fn known(customer: &Customer, asked: &Asked) -> Result<Option<Order>, Problem> {
    let store = &customer.app.store;
    let (session, key) = (asked.session.clone(), asked.key.clone());
    let Some(record) = store.order_by_key(session.clone(), key.clone()).await? else {
        return Ok(None);
    };
    // Orders from before forms were remembered have no fingerprint to compare.
    match store.asked(session, key).await? {
        Some(before) if before != asked.fingerprint => Err(Problem::KeyReused),
        _ => Ok(Some(record)),
    }
}

/// Fingerprint of all that a form holds but the session's token. Its key is 256 random bits, so
/// that nobody finds what was typed by trying.
fn of_form(fields: &Fields) -> String {
    let mut text = String::new();
    for (name, value) in fields.iter().filter(|(name, _)| *name != field::TOKEN) {
        text.push_str(&format!("{}:{name}{}:{value}", name.len(), value.len()));
    }
    entropy::fingerprint(&text)
}

/// Fingerprint of the terms on which a plan is sold.
pub(super) fn of_terms(terms: &Terms) -> String {
    entropy::fingerprint(&format!("{terms:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Fields {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn forms_that_hold_the_same_have_one_fingerprint_and_no_others() {
        let first = of_form(&form(&[("key", "k"), ("plan", "day"), ("token", "t")]));
        for (other, is_same) in [
            (form(&[("plan", "day"), ("key", "k"), ("token", "u")]), true),
            (form(&[("plan", "day"), ("key", "k")]), true),
            (form(&[("plan", "week"), ("key", "k")]), false),
            (form(&[("plan", "day"), ("key", "l")]), false),
            (form(&[("plan", "day"), ("key", "k"), ("box", "yes")]), false),
            (form(&[("plan", "day"), ("key", "k"), ("box", "")]), false),
            (form(&[("plan", "day3:key1:k")]), false),
        ] {
            assert_eq!(of_form(&other) == first, is_same, "{other:?}");
        }
    }
}
