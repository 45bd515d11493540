//! Each kind of page as HTML: what works without scripts is there.

use api::browser::{Alert, AlertKind, Fact, FieldKind, Form, Link, Page, field};

use crate::account::{Bar, History, Level, Notice, Use};
use crate::{account, render, samples};

#[track_caller]
fn check(page: &Page, expected: &[&str]) {
    // Leptos separates adjacent texts with empty comments.
    let html = render(page).replace("<!>", "");
    for part in expected {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn frame_has_skip_link_steps_and_one_heading() {
    let page = samples::review();
    check(
        &page,
        &[
            r##"<a href="#main" class="skip">Skip to content</a><div id="portal">"##,
            r#"<li data-of="1/5" class="done"><span>Plan</span></li>"#,
            r#"<li aria-current="step" data-of="2/5" class="here"><span>Review</span></li>"#,
            r#"<main id="main" tabindex="-1">"#,
            r#"<h1 tabindex="-1">Review your order</h1>"#,
            "Support: +49 30 5550 0100",
        ],
    );
    assert_eq!(render(&page).matches("<h1").count(), 1);
}

#[test]
fn plans_are_a_radio_group_in_a_form_that_posts() {
    let mut page = samples::plans();
    let choice = page.forms[0].plans.as_mut().expect("has plans");
    choice.plans[1].is_chosen = true;
    check(
        &page,
        &[
            r#"<form method="post" action="/plans" novalidate"#,
            r#"<input type="hidden" name="token" value="t-1">"#,
            "<legend>Plans</legend>",
            r#"<input type="radio" id="form-0-plan-0" name="plan" value="Day">"#,
            r#"<input type="radio" id="form-0-plan-1" name="plan" value="Month" checked>"#,
            r#"<button type="submit" id="form-0-submit" class="button">Continue</button>"#,
        ],
    );
}

#[test]
fn field_names_its_hint_and_its_error() {
    check(
        &samples::identify(),
        &[
            r#"<label for="form-0-iccid">"#,
            r#"aria-describedby="form-0-iccid-hint form-0-iccid-error""#,
            r#"aria-invalid="true""#,
            r#"inputmode="numeric""#,
            r#"maxlength="32""#,
            r#"value="8949""#,
            r#"<p id="form-0-iccid-error" class="wrong">"#,
        ],
    );
}

#[test]
fn field_without_hint_and_error_describes_nothing() {
    let mut page = samples::identify();
    let field = &mut page.forms[0].fields[0];
    field.hint.clear();
    field.error.clear();
    field.kind = FieldKind::Secret;
    let html = render(&page);
    assert!(!html.contains("aria-describedby") && !html.contains("aria-invalid"), "{html}");
    assert!(html.contains(r#"type="password""#), "{html}");
}

#[test]
fn a_box_is_ticked_by_what_it_holds() {
    let mut page = samples::identify();
    let field = &mut page.forms[0].fields[0];
    field.kind = FieldKind::Box;
    field.links.push(Link { href: "/terms".into(), label: "Terms".into() });
    field.value.clear();
    let html = render(&page);
    let parts = [r#"type="checkbox""#, r#"value="yes""#, r#"<a href="/terms">Terms</a>"#];
    assert!(parts.iter().all(|part| html.contains(part)) && !html.contains("checked"), "{html}");
    page.forms[0].fields[0].value = field::TICKED.into();
    assert!(render(&page).contains(" checked"));
}

#[test]
fn what_a_browser_may_fill_in_is_named() {
    let mut page = samples::identify();
    let field = &mut page.forms[0].fields[0];
    (field.kind, field.autocomplete) = (FieldKind::Email, "email".into());
    check(&page, &[r#"type="email""#, r#"autocomplete="email""#]);
}

#[test]
fn alert_announces_itself_by_its_kind() {
    check(&samples::identify(), &[r#"<div role="alert" class="alert error">"#]);
    let notice = Alert { kind: AlertKind::Notice, ..Alert::default() };
    let page = Page { alert: Some(notice), ..samples::plans() };
    check(&page, &[r#"<div role="status" class="alert notice">"#]);
}

#[test]
fn wait_shows_progress_time_and_estimate() {
    check(
        &samples::wait(),
        &[
            r#"<progress max="100" value="36" aria-label="Activation">"#,
            r#"<span role="timer" class="clock">1:05</span>"#,
            "about 3 minutes",
            r#"data-poll="5000""#,
        ],
    );
}

#[test]
fn wait_without_estimate_claims_no_progress() {
    let mut page = samples::wait();
    page.wait.as_mut().expect("waits").percent = None;
    check(&page, &[r#"<progress max="100" aria-label="Activation">"#]);
}

#[test]
fn handover_stays_hidden_until_a_script_finds_the_host() {
    check(
        &samples::active(),
        &[
            r#"<section id="handover" hidden "#,
            r#"data-document="/orders/C0DE/document""#,
            r#"data-report="/orders/C0DE/result""#,
            r#"data-retry="5000""#,
            r#"<button type="button""#,
            r#"<code dir="ltr">internet.alder.example</code>"#,
            r#"href="/orders/C0DE/provisioning.xml" download"#,
        ],
    );
}

#[test]
fn text_is_escaped() {
    let mut page = samples::plans();
    page.heading = "<script>&".to_owned();
    page.forms[0].hidden[0].1 = r#""><b>"#.to_owned();
    check(&page, &["&lt;script&gt;&amp;", r#"value="&quot;&gt;&lt;b&gt;""#]);
}

#[test]
fn account_stands_where_a_push_can_fill_it() {
    check(
        &samples::account(),
        &[
            r#"<main id="main" tabindex="-1"><div id="notices" role="status"><div class="alert"#,
            r#"<section id="account"><p>7.34 GB of 20 GB used</p></section>"#,
        ],
    );
    assert!(!render(&samples::active()).contains(r#"id="account""#));
}

fn plan() -> Use {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let fact = Fact { term: "Starts anew".into(), text: "1 April".into(), is_literal: false };
    Use {
        heading: "Your data".into(),
        used: "7.34 GB of 20 GB used".into(),
        left: "12.66 GB left".into(),
        bar: Some(Bar { label: "Data used".into(), percent: 36, level: Level::Close }),
        source: "By your operator's bill of 10:20 & later".into(),
        warnings: vec!["Close to your limit".into()],
        facts: vec![fact],
        history: Some(History {
            heading: "The last days".into(),
            picture: "<svg></svg>".into(),
            summary: "Show as a table".into(),
            heads: row(["Day", "This device", "Shared"]),
            rows: vec![row(["1 Mar", "1 GB", "0 MB"]), row(["2 Mar", "2 GB", "3 MB"])],
        }),
    }
}

#[test]
fn use_is_said_in_words_beside_what_is_drawn() {
    let html = account::render(&[], &plan()).plan;
    for part in [
        "<h2>Your data</h2>",
        "<strong>7.34 GB of 20 GB used</strong>",
        "<span>12.66 GB left</span>",
        r#"<meter max="100" value="36" aria-label="Data used" class="close"></meter>"#,
        "<li>Close to your limit</li>",
        "bill of 10:20 &amp; later",
        "<dt>Starts anew</dt><dd>1 April</dd>",
        r#"<div class="days"><svg></svg></div><details><summary>Show as a table</summary>"#,
        r#"<th scope="col">Shared</th>"#,
        r#"<tr><th scope="row">2 Mar</th><td>2 GB</td><td>3 MB</td></tr>"#,
    ] {
        assert!(html.replace("<!>", "").contains(part), "{part} is not in {html}");
    }
}

#[test]
fn plan_without_limit_and_without_history_draws_nothing() {
    let plan = Use { bar: None, history: None, warnings: Vec::new(), ..plan() };
    let html = account::render(&[], &plan).plan;
    for part in ["<meter", "<svg", "<details", "<ul"] {
        assert!(!html.contains(part), "{part} is in {html}");
    }
}

/// [EVT-20]: what is told is put away by a form that needs no scripts.
#[test]
fn notice_is_a_form_of_its_own() {
    let form = Form {
        action: "/orders/C0DE/told".into(),
        hidden: vec![("told".into(), "notice/0/\"x".into())],
        submit: "Got it".into(),
        ..Form::default()
    };
    let notice = Notice { title: "Most is used".into(), text: "4 GB are left.".into(), form };
    let html = account::render(&[notice.clone(), notice], &plan()).notices;
    assert_eq!(html.matches(r#"<form method="post" action="/orders/C0DE/told">"#).count(), 2);
    let hidden = r#"<input type="hidden" name="told" value="notice/0/&quot;x">"#;
    assert!(html.contains(hidden), "{html}");
}
