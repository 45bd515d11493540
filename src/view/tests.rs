//! Each kind of page as HTML: what works without scripts is there.

use api::browser::{Alert, AlertKind, Page};

use crate::{render, samples};

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
    field.is_secret = true;
    let html = render(&page);
    assert!(!html.contains("aria-describedby") && !html.contains("aria-invalid"), "{html}");
    assert!(html.contains(r#"type="password""#), "{html}");
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
