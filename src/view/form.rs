//! A form with its fields and its button; it posts with or without scripts [PORT-78].

use api::browser::{Field, FieldKind, Form, field};
use leptos::prelude::*;

use super::plans::Plans;
use super::{Binding, Deed};
use crate::flow::Busy;

/// A form; `index` is its place among the forms of the page.
#[component]
pub(super) fn PageForm(index: usize, form: Form, binding: Binding) -> impl IntoView {
    let Form { action, hidden, fields, plans, note, submit, is_secondary } = form;
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let fields =
        fields.into_iter().map(|field| view! { <TextField form=index field /> }).collect_view();
    let class = if is_secondary { "button second" } else { "button" };
    let is_busy = move || binding.live.with(|live| live.busy == Busy::Form(index));
    view! {
        <form
            method="post"
            action=action
            novalidate
            on:submit=move |event| (binding.act)(Deed::Submit(index, event))
        >
            {hidden}
            {fields}
            {plans.map(|choice| view! { <Plans form=index choice /> })}
            {(!note.is_empty()).then(|| view! { <p class="note">{note}</p> })}
            <button
                type="submit"
                class=class
                id=format!("form-{index}-submit")
                aria-disabled=move || is_busy().then_some("true")
            >
                {submit}
            </button>
        </form>
    }
}

/// A field to type into, with its name, its hint and what is wrong with it.
#[component]
fn TextField(form: usize, field: Field) -> impl IntoView {
    let id = format!("form-{form}-{}", field.name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described: Vec<&str> = [(&field.hint, &hint_id), (&field.error, &error_id)]
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(_, id)| id.as_str())
        .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let (has_hint, is_wrong) = (!field.hint.is_empty(), !field.error.is_empty());
    let is_box = field.kind == FieldKind::Box;
    let is_ticked = is_box && !field.value.is_empty();
    let (kind, keys) = kind(field.kind);
    let value = if is_box { field::TICKED.to_owned() } else { field.value };
    let links = field.links.into_iter();
    let links = links.map(|link| view! { <a href=link.href>{link.label}</a>" " }).collect_view();
    let fills = if field.autocomplete.is_empty() { "off".to_owned() } else { field.autocomplete };
    view! {
        <div class=if is_box { "field box" } else { "field" }>
            <label for=id.clone()>{field.label}</label>
            {has_hint.then(|| view! { <p class="hint" id=hint_id>{field.hint}</p> })}
            {is_wrong.then(|| view! { <p class="wrong" id=error_id>{field.error}</p> })}
            <input
                id=id
                type=kind
                name=field.name
                value=value
                checked=is_ticked
                inputmode=keys
                maxlength=(field.max_chars > 0).then(|| field.max_chars.to_string())
                autocomplete=fills
                spellcheck="false"
                aria-describedby=described
                aria-invalid=is_wrong.then_some("true")
            />
            {links}
        </div>
    }
}

/// Returns the type of an input, and the keys to show for it [PORT-59].
fn kind(kind: FieldKind) -> (&'static str, Option<&'static str>) {
    match kind {
        FieldKind::Text => ("text", None),
        FieldKind::Digits => ("text", Some("numeric")),
        FieldKind::Secret => ("password", None),
        FieldKind::Email => ("email", None),
        FieldKind::Phone => ("tel", None),
        FieldKind::Date => ("date", None),
        FieldKind::Box => ("checkbox", None),
    }
}
