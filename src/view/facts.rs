//! Pairs of term and description, links, other ways to set a device up, alerts.

use api::browser::{AlertKind, Fact, Link, Ways};
use leptos::either::Either;
use leptos::prelude::*;

use super::Binding;

/// What went wrong or wants attention; announced when it appears.
#[component]
pub(super) fn Notice(binding: Binding) -> impl IntoView {
    move || {
        binding.live.with(|live| live.alert.clone()).map(|alert| {
            let (class, role) = match alert.kind {
                AlertKind::Error => ("alert error", "alert"),
                AlertKind::Notice => ("alert notice", "status"),
            };
            view! {
                <div class=class role=role>
                    <p class="alert-title">{alert.title}</p>
                    <p>{alert.text}</p>
                </div>
            }
        })
    }
}

/// Pairs of term and description.
#[component]
pub(super) fn Facts(facts: Vec<Fact>) -> impl IntoView {
    let rows = facts.into_iter().map(|fact| {
        // Copied character by character, so never reordered by the direction of the page.
        let text = match fact.is_literal {
            true => Either::Left(view! { <code dir="ltr">{fact.text}</code> }),
            false => Either::Right(fact.text),
        };
        view! { <div><dt>{fact.term}</dt><dd>{text}</dd></div> }
    });
    view! { <dl class="facts">{rows.collect_view()}</dl> }
}

/// Where else to go.
#[component]
pub(super) fn Links(links: Vec<Link>) -> impl IntoView {
    let items = links.into_iter().map(|link| view! { <li><a href=link.href>{link.label}</a></li> });
    view! { <ul class="links" role="list">{items.collect_view()}</ul> }
}

/// Other ways to set a device up [PORT-79].
#[component]
pub(super) fn WaysSection(ways: Ways) -> impl IntoView {
    let Ways { heading, lead, file, settings } = ways;
    view! {
        <section class="ways" aria-labelledby="ways">
            <h2 id="ways">{heading}</h2>
            <p>{lead}</p>
            {(!settings.is_empty()).then(|| view! { <Facts facts=settings /> })}
            {file.map(|file| view! {
                <p><a class="button second" href=file.href download="">{file.label}</a></p>
            })}
        </section>
    }
}
