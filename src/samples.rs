//! A page of each kind, for tests.

use api::browser::{
    Account, Alert, AlertKind, Fact, Field, FieldKind, Form, Frame, Handover, Link, Page,
    PlanChoice, PlanOption, StepMark, StepState, Wait, Ways,
};
use api::paths;

fn text(text: &str) -> String {
    text.to_owned()
}

fn alert(kind: AlertKind, title: &str, body: &str) -> Alert {
    Alert { kind, title: text(title), text: text(body) }
}

fn fact(term: &str, value: &str) -> Fact {
    Fact { term: text(term), text: text(value), is_literal: false }
}

fn literal(term: &str, value: &str) -> Fact {
    Fact { is_literal: true, ..fact(term, value) }
}

/// An empty page at `path`, at this step of five.
pub(crate) fn blank(path: &str, step: usize) -> Page {
    let mark = |(index, label): (usize, &str)| StepMark {
        label: text(label),
        state: match index.cmp(&step) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::Ahead,
        },
    };
    let steps = ["Plan", "Review", "Pay", "Activate", "Done"].into_iter().enumerate().map(mark);
    Page {
        path: text(path),
        lang: text("en"),
        dir: text("ltr"),
        title: text("A page – Alder Mobile"),
        frame: Frame {
            brand: text("Alder Mobile"),
            skip: text("Skip to content"),
            steps: steps.collect(),
            steps_label: text("Steps of your purchase"),
            support: text("Support: +49 30 5550 0100"),
            offline: alert(
                AlertKind::Error,
                "No answer from the network",
                "What you entered is kept. Check the connection and try again.",
            ),
        },
        heading: text("A page"),
        ..Page::default()
    }
}

fn plan(id: &str, price: &str, allowance: &str, validity: &str) -> PlanOption {
    PlanOption {
        id: text(id),
        name: text(id),
        price: text(price),
        price_note: text("including tax"),
        allowance: text(allowance),
        validity: text(validity),
        notes: vec![text("Sharing with other devices allowed"), text("Does not renew by itself")],
        is_chosen: false,
    }
}

/// The plan catalogue.
pub(crate) fn plans() -> Page {
    let plans = vec![
        plan("Day", "€2.90", "1 GB data", "Valid for 1 day"),
        plan("Month", "€14.90", "20 GB data", "Valid for 30 days"),
        plan("Unlimited", "€29.90", "Unlimited data", "Valid for 30 days"),
    ];
    Page {
        heading: text("Choose a plan"),
        lead: text("Alder Mobile for this SIM ending in 1234. Pick a plan to get online."),
        forms: vec![Form {
            action: text(paths::PLANS),
            hidden: vec![(text("token"), text("t-1"))],
            plans: Some(PlanChoice { legend: text("Plans"), plans }),
            submit: text("Continue"),
            ..Form::default()
        }],
        ..blank(paths::PLANS, 0)
    }
}

/// The identification page, after something else was typed.
pub(crate) fn identify() -> Page {
    Page {
        alert: Some(alert(AlertKind::Error, "Check the number", "It has 19 or 20 digits.")),
        heading: text("Which SIM is in this PC?"),
        lead: text(
            "We could not recognise your SIM by itself. Enter the number printed on it, and we \
             will show the plans that fit.",
        ),
        forms: vec![Form {
            action: text(paths::IDENTIFY),
            hidden: vec![(text("token"), text("t-1"))],
            fields: vec![Field {
                name: text("iccid"),
                label: text("SIM card number (ICCID)"),
                hint: text("19 or 20 digits, printed on the SIM and on its packaging."),
                error: text("This is not a SIM card number: it has 19 or 20 digits."),
                value: text("8949"),
                kind: FieldKind::Digits,
                max_chars: 32,
                ..Field::default()
            }],
            submit: text("Find my plans"),
            ..Form::default()
        }],
        ..blank(paths::IDENTIFY, 0)
    }
}

/// The review, with a lesser action beside it.
pub(crate) fn review() -> Page {
    Page {
        heading: text("Review your order"),
        lead: text("Nothing is paid yet. The next page is the payment provider's."),
        facts: vec![
            fact("Plan", "Month"),
            fact("Allowance", "20 GB data"),
            fact("Validity", "Valid for 30 days"),
            fact("SIM", "… 1234"),
            fact("Total", "€14.90 including tax"),
        ],
        forms: vec![
            Form {
                action: text(paths::REVIEW),
                hidden: vec![(text("token"), text("t-1")), (text("key"), text("k-1"))],
                note: text("By continuing you order this plan and agree to pay the total."),
                submit: text("Pay €14.90"),
                ..Form::default()
            },
            Form {
                action: paths::order::cancel("C0DE"),
                submit: text("Cancel this order"),
                is_secondary: true,
                ..Form::default()
            },
        ],
        links: vec![Link { href: text("/plans?plan=Month"), label: text("Choose another plan") }],
        ..blank("/review?plan=Month", 1)
    }
}

/// The wait for an activation.
pub(crate) fn wait() -> Page {
    Page {
        heading: text("We are activating your plan"),
        lead: text(
            "The payment is complete. You may close this page: the activation goes on, and this \
             address brings you back.",
        ),
        wait: Some(Wait {
            elapsed_s: 65,
            estimate_s: Some(180),
            percent: Some(36),
            label: text("Activation"),
            elapsed_label: text("Time so far"),
            estimate: text("This usually takes about 3 minutes. At most ten minutes."),
            poll_ms: 5000,
        }),
        facts: vec![fact("Plan", "Month"), literal("Order code", "K7QM2-X9RTA")],
        ..blank("/orders/C0DE", 3)
    }
}

/// An active order after a failed hand-over.
pub(crate) fn active() -> Page {
    Page {
        alert: Some(alert(
            AlertKind::Notice,
            "Windows could not finish the set-up",
            "Your plan is active and paid. We will try again in a moment.",
        )),
        heading: text("Your plan is active"),
        lead: text(
            "Month is paid and active. If this PC is online already, there is nothing else to do.",
        ),
        handover: Some(Handover {
            document: paths::order::document("C0DE"),
            report: paths::order::result("C0DE"),
            token: text("t-1"),
            submit: text("Set up this PC"),
            busy: text("Windows is setting up your connection…"),
            note: text("Windows will ask whether it may use Alder Mobile's settings."),
            auto_retry_ms: Some(5000),
        }),
        facts: vec![
            fact("Plan", "Month"),
            fact("Paid", "€14.90"),
            fact("Valid until", "1 March 2026, 10:20"),
            literal("Order code", "K7QM2-X9RTA"),
        ],
        ways: Some(Ways {
            heading: text("Set up by hand"),
            lead: text(
                "If the connection does not come up by itself, use the signed file or type these \
                 settings exactly as they stand.",
            ),
            file: Some(Link {
                href: paths::order::file("C0DE"),
                label: text("Download the signed settings file"),
            }),
            settings: vec![
                literal("Access point name (APN)", "internet.alder.example"),
                literal("Authentication", "PAP"),
            ],
        }),
        ..blank("/orders/C0DE", 4)
    }
}

/// An active order of which most is used.
pub(crate) fn account() -> Page {
    let account = Account {
        notices: text("<div class=\"alert notice told\"><p>Most of your data is used</p></div>"),
        plan: text("<p>7.34 GB of 20 GB used</p>"),
        events: paths::order::events("C0DE", 3),
        event_names: vec![text("DataPlanThresholdReached")],
        poll_ms: 60_000,
    };
    Page { account: Some(account), handover: None, alert: None, ..active() }
}
