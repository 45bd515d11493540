//! How a plan is used: what the customer is told, bar and words, the last days [EVT-20].

use api::browser::Form;
use leptos::prelude::*;

use super::facts::Facts;
use crate::account::{Bar, History, Level, Notice, Use};

/// Renders what the customer is told, and the plan.
pub(crate) fn html(notices: &[Notice], plan: &Use) -> (String, String) {
    Owner::new().with(|| {
        let notices = notices.iter().cloned().map(told).collect_view();
        (notices.to_html(), used(plan.clone()).to_html())
    })
}

/// A notice; its form is sent without scripts, for the page that follows has one notice less.
fn told(notice: Notice) -> impl IntoView {
    let Notice { title, text, form } = notice;
    let Form { action, hidden, submit, .. } = form;
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <div class="alert notice told">
            <p class="alert-title">{title}</p>
            <p>{text}</p>
            <form method="post" action=action>
                {hidden}
                <button type="submit" class="button second">{submit}</button>
            </form>
        </div>
    }
}

fn used(plan: Use) -> impl IntoView {
    let Use { heading, used, left, bar, source, warnings, facts, history } = plan;
    let warnings = warnings.into_iter().map(|warning| view! { <li>{warning}</li> });
    let warnings = warnings.collect_view();
    view! {
        <h2>{heading}</h2>
        <p class="used">
            <strong>{used}</strong>
            {(!left.is_empty()).then(|| view! { " "<span>{left}</span> })}
        </p>
        {bar.map(drawn)}
        {(!warnings.is_empty()).then(|| view! {
            <ul class="warnings" role="list">{warnings}</ul>
        })}
        <p class="hint">{source}</p>
        {(!facts.is_empty()).then(|| view! { <Facts facts /> })}
        {history.map(last_days)}
    }
}

fn drawn(bar: Bar) -> impl IntoView {
    let Bar { label, percent, level } = bar;
    let class = match level {
        Level::Far => "far",
        Level::Close => "close",
        Level::Over => "over",
    };
    view! { <meter class=class max="100" value=percent.to_string() aria-label=label></meter> }
}

/// The last days as a picture, and as the table behind it.
fn last_days(history: History) -> impl IntoView {
    let History { heading, picture, summary, heads, rows } = history;
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> });
    let rows = rows.into_iter().map(|row| {
        let mut cells = row.into_iter();
        let name = cells.next();
        let cells = cells.map(|cell| view! { <td>{cell}</td> });
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <h3>{heading}</h3>
        <div class="days" inner_html=picture></div>
        <details>
            <summary>{summary}</summary>
            <table>
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}
