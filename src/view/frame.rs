//! What stands around a page, and the order of what is on it.

use api::browser::{Frame, Page, StepMark, StepState};
use leptos::prelude::*;

use super::Binding;
use super::facts::{Facts, Links, Notice, WaysSection};
use super::form::PageForm;
use super::handover::HandoverSection;
use super::wait::WaitSection;
use crate::flow::{ACCOUNT, NOTICES};

/// Shows a page within its frame.
pub(super) fn frame(page: Page, binding: Binding) -> impl IntoView {
    let Frame { brand, steps, steps_label, support, .. } = page.frame.clone();
    view! {
        <header class="top">
            <p class="brand">{brand}</p>
            {(!steps.is_empty()).then(|| view! { <Steps steps label=steps_label /> })}
        </header>
        <main id="main" tabindex="-1">
            <Content page binding />
        </main>
        {(!support.is_empty()).then(|| view! { <footer><p>{support}</p></footer> })}
    }
}

/// The steps of the purchase, with where we are.
#[component]
fn Steps(steps: Vec<StepMark>, label: String) -> impl IntoView {
    let count = steps.len();
    let marks = steps.into_iter().zip(1..).map(|(step, number)| {
        // Where only the present step has room for its name, style shows this beside it.
        let of = format!("{number}/{count}");
        let (class, current) = match step.state {
            StepState::Done => ("done", None),
            StepState::Current => ("here", Some("step")),
            StepState::Ahead => ("ahead", None),
        };
        view! { <li class=class aria-current=current data-of=of><span>{step.label}</span></li> }
    });
    view! { <ol class="steps" role="list" aria-label=label>{marks.collect_view()}</ol> }
}

/// What is on a page, the most urgent first.
#[component]
fn Content(page: Page, binding: Binding) -> impl IntoView {
    let Page { heading, lead, wait, handover, account, facts, forms, ways, links, .. } = page;
    let (notices, plan) = account.map(|account| (account.notices, account.plan)).unzip();
    let forms = forms
        .into_iter()
        .enumerate()
        .map(|(index, form)| view! { <PageForm index form binding /> })
        .collect_view();
    view! {
        <Notice binding />
        {notices.map(|html| view! { <div id=NOTICES role="status" inner_html=html></div> })}
        <h1 tabindex="-1">{heading}</h1>
        {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        {wait.map(|wait| view! { <WaitSection wait binding /> })}
        {handover.map(|handover| view! { <HandoverSection handover binding /> })}
        {plan.map(|html| view! { <section id=ACCOUNT inner_html=html></section> })}
        {(!facts.is_empty()).then(|| view! { <Facts facts /> })}
        {forms}
        {ways.map(|ways| view! { <WaysSection ways /> })}
        {(!links.is_empty()).then(|| view! { <Links links /> })}
    }
}
