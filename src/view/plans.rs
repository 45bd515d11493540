//! The plans as a radio group: each card is one label, clickable as a whole [PORT-58].

use api::browser::{PlanChoice, PlanOption, field};
use leptos::prelude::*;

/// The plans to choose from; `form` is the place of their form on the page.
#[component]
pub(super) fn Plans(form: usize, choice: PlanChoice) -> impl IntoView {
    let cards = choice
        .plans
        .into_iter()
        .enumerate()
        .map(|(index, plan)| view! { <PlanCard id=format!("form-{form}-plan-{index}") plan /> })
        .collect_view();
    view! {
        <fieldset class="plans">
            <legend>{choice.legend}</legend>
            {cards}
        </fieldset>
    }
}

#[component]
fn PlanCard(id: String, plan: PlanOption) -> impl IntoView {
    let PlanOption { id: value, name, price, price_note, allowance, validity, notes, is_chosen } =
        plan;
    let notes = notes
        .into_iter()
        .filter(|note| !note.is_empty())
        .map(|note| view! { <span class="plan-note">{note}" "</span> })
        .collect_view();
    // The card follows its radio button, so that style alone can show which one is chosen.
    view! {
        <label class="plan">
            <input type="radio" id=id name=field::PLAN value=value checked=is_chosen />
            <span class="plan-card">
                <span class="plan-name">{name}" "</span>
                <span class="plan-price">{price}" "<small>{price_note}</small>" "</span>
                <span class="plan-what">
                    <span>{allowance}" "</span>
                    <span>{validity}" "</span>
                </span>
                <span class="plan-notes">{notes}</span>
            </span>
        </label>
    }
}
