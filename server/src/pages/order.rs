//! An order's page in each of its states, and the hand-over to Windows.
//!
//! Implements [PORT-39…41] (the wait) and [PORT-49], [PORT-79] (what follows from the result of
//! a hand-over, and the other ways).

use api::browser::{Alert, AlertKind, Fact, Form, Handover, Link, Page, Wait, Ways, field};
use api::paths;
use domain::Timestamp;
use domain::brand::{AuthProtocol, Brand, Connection, Purpose};
use domain::handover::{ProvisionResult, RETRY_AFTER_MS, Retry, react};
use domain::order::{State, next_deadline};
use domain::receipt::Kind;

use super::{Paper, Step, bill, receipt, renewal, usage};
use crate::store::auto_renewal::AutoRenewal;
use crate::store::{Delivery, Order};
use crate::usage::account::Account;

/// Milliseconds until a page asks again whether the provider has named its own.
const OPENING_POLL_MS: u32 = 2_000;

/// What an order's page is made from.
pub struct OrderView<'a> {
    /// The order.
    pub record: &'a Order,
    /// Its brand.
    pub brand: &'a Brand,
    /// Hand-overs so far, oldest first.
    pub deliveries: &'a [Delivery],
    /// How the plan is used, once there is one.
    pub account: Option<&'a Account>,
    /// The customer's choice that its plan renews itself, in force.
    pub auto: Option<&'a AutoRenewal>,
    /// The order of the plan that follows its own.
    pub next: Option<&'a Order>,
    /// The order of the plan that it extends.
    pub extends: Option<&'a Order>,
    /// The link that opens it elsewhere, where this session knows it.
    pub link: Option<&'a str>,
    /// The present instant.
    pub now: Timestamp,
}

/// Makes the page of an order.
#[must_use]
pub fn order(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let mut page = match view.record.order.state {
        State::Created | State::PaymentOpen => pay(paper, view),
        State::Declined => declined(paper, view),
        State::Expired => unpaid(paper, view, "expired-heading", "expired-lead", "expired-submit"),
        State::Cancelled => cancelled(paper, view),
        State::Paid | State::Activating => wait(paper, view),
        State::Active => active(paper, view),
        State::ActivationFailed => failed(paper, view),
        // A payment of an order that was over never got as far as the network.
        State::RefundPending => match view.record.order.asked {
            None => plain(paper, view, "refund-heading", "refund-lead"),
            Some(_) if is_by_voucher(view) => {
                plain(paper, view, "refund-voucher-heading", "refund-voucher-lead")
            }
            Some(_) => plain(paper, view, "refund-heading", "refund-wanted-lead"),
        },
        State::Refunded => match view.record.order.asked {
            None => plain(paper, view, "refunded-heading", "refunded-lead"),
            Some(_) if is_by_voucher(view) => {
                plain(paper, view, "refunded-voucher-heading", "refunded-voucher-lead")
            }
            Some(_) => plain(paper, view, "refunded-heading", "refunded-wanted-lead"),
        },
    };
    page.facts.extend(receipt::returned(paper, &view.record.order));
    if matches!(view.record.order.state, State::RefundPending | State::Refunded) {
        let label = paper.texts.get("again-plans");
        page.links.push(Link { href: paths::PLANS.to_owned(), label });
    }
    page.links.extend(receipts(paper, view));
    let code = fact(paper, "active-order", view.record.order.code.to_string());
    page.facts.push(Fact { is_literal: true, ..code });
    if let Some(link) = view.link {
        let link = fact(paper, "link-link", link.to_owned());
        page.facts.push(Fact { is_literal: true, ..link });
    }
    let href = paths::order::link(view.record.order.code.as_str());
    page.links.push(Link { href, label: paper.texts.get("link-heading") });
    page
}

fn is_by_voucher(view: &OrderView<'_>) -> bool {
    let payment = view.record.order.payment.as_ref();
    payment.is_some_and(|payment| payment.id.provider == domain::voucher::PROVIDER)
}

/// Links to what was issued: a receipt with the payment that counts, a credit note when it went
/// back.
fn receipts(paper: &Paper<'_>, view: &OrderView<'_>) -> Vec<Link> {
    let order = &view.record.order;
    let Some(payment) = &order.payment else { return Vec::new() };
    let mut refunds = order.refunds.iter();
    let is_back = refunds.any(|refund| refund.is_done && refund.payment == payment.id);
    let kinds = [Kind::Receipt].into_iter().chain(is_back.then_some(Kind::Credit));
    let link = |kind| Link {
        href: receipt::path(kind, order.code.as_str()),
        label: paper.texts.get(receipt::title(kind)),
    };
    kinds.map(link).collect()
}

pub(super) fn fact(paper: &Paper<'_>, term: &str, text: String) -> Fact {
    Fact { term: paper.texts.get(term), text, is_literal: false }
}

pub(super) fn begin(paper: &Paper<'_>, view: &OrderView<'_>, title: &str, step: Step) -> Page {
    paper.page(&paths::order::page(view.record.order.code.as_str()), title, Some(step))
}

pub(super) fn plan_name(view: &OrderView<'_>) -> String {
    let id = &view.record.order.terms.plan;
    view.brand.plan(id).map_or_else(|| id.to_string(), |plan| plan.name.clone())
}

pub(super) fn order_facts(paper: &Paper<'_>, view: &OrderView<'_>) -> Vec<Fact> {
    let terms = &view.record.order.terms;
    let price = paper.price(terms.price, terms.tax.as_ref());
    vec![fact(paper, "review-plan", plan_name(view)), fact(paper, "review-total", price)]
}

fn unpaid(
    paper: &Paper<'_>,
    view: &OrderView<'_>,
    heading: &str,
    lead: &str,
    submit: &str,
) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let code = view.record.order.code.as_str();
    let mut page = begin(paper, view, "pay-title", Step::Pay);
    page.heading = text(heading);
    page.lead = text(lead);
    page.facts = order_facts(paper, view);
    let attempt = view.record.order.attempt.as_ref();
    page.forms.push(Form {
        action: paths::order::pay(code),
        hidden: vec![paper.token(), tries(attempt.map(|attempt| attempt.number))],
        submit: text(submit),
        ..Form::default()
    });
    page.forms.push(Form {
        action: paths::order::cancel(code),
        hidden: vec![paper.token()],
        submit: text("pay-cancel"),
        is_secondary: true,
        ..Form::default()
    });
    page
}

/// How often something was tried, for the form that tries it once more.
fn tries(number: Option<u32>) -> (String, String) {
    (field::TRIES.to_owned(), number.unwrap_or(0).to_string())
}

/// Makes the page that waits until the provider has named its own.
#[must_use]
pub fn opening(paper: &Paper<'_>, record: &Order) -> Page {
    let path = paths::order::pay(record.order.code.as_str());
    let mut page = paper.page(&path, "pay-title", Some(Step::Pay));
    page.heading = paper.texts.get("opening-heading");
    page.lead = paper.texts.get("opening-lead");
    page.wait = Some(Wait {
        label: paper.texts.get("opening-label"),
        elapsed_label: paper.texts.get("wait-elapsed"),
        estimate: paper.texts.get("opening-estimate"),
        poll_ms: OPENING_POLL_MS,
        ..Wait::default()
    });
    page
}

fn pay(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    if view.record.order.attempt.as_ref().is_some_and(|attempt| attempt.agreed_at.is_some()) {
        return bill::charging(paper, view);
    }
    unpaid(paper, view, "pay-heading", "pay-lead", "pay-submit")
}

fn declined(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let order = &view.record.order;
    // The bank took the money, but not as much as the plan costs, or more.
    if order.refunds.iter().any(|refund| refund.amount != order.terms.price) {
        let mut page = unpaid(paper, view, "wrong-heading", "wrong-lead", "wrong-submit");
        page.alert = Some(paper.alert(AlertKind::Error, "wrong-alert-title", "wrong-alert-text"));
        return page;
    }
    if bill::is_billed(view) {
        let mut page = unpaid(paper, view, "unbilled-heading", "unbilled-lead", "unbilled-submit");
        let (title, text) = ("unbilled-alert-title", "unbilled-alert-text");
        page.alert = Some(paper.alert(AlertKind::Error, title, text));
        return page;
    }
    let mut page = unpaid(paper, view, "declined-heading", "declined-lead", "declined-submit");
    page.alert = Some(paper.alert(AlertKind::Error, "declined-alert-title", "declined-alert-text"));
    page
}

fn cancelled(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let mut page = plain(paper, view, "cancelled-heading", "cancelled-lead");
    let label = paper.texts.get("cancelled-again");
    page.links.push(Link { href: paths::PLANS.to_owned(), label });
    page
}

/// What the network did not activate is tried again, or paid back.
fn failed(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let code = view.record.order.code.as_str();
    let (lead, refund) = match is_by_voucher(view) {
        true => ("failed-voucher-lead", "failed-voucher-refund"),
        false => ("failed-lead", "failed-refund"),
    };
    let mut page = plain(paper, view, "failed-heading", lead);
    if let Some(at) = next_deadline(&view.record.order) {
        let until = paper.texts.instant(at);
        page.facts.push(fact(paper, "failed-until", until));
    }
    page.forms.push(Form {
        action: paths::order::retry(code),
        hidden: vec![paper.token(), tries(view.record.order.asked.map(|asked| asked.number))],
        submit: paper.texts.get("failed-retry"),
        ..Form::default()
    });
    page.forms.push(Form {
        action: paths::order::refund(code),
        hidden: vec![paper.token()],
        submit: paper.texts.get(refund),
        is_secondary: true,
        ..Form::default()
    });
    page
}

pub(super) fn plain(paper: &Paper<'_>, view: &OrderView<'_>, heading: &str, lead: &str) -> Page {
    let step = match view.record.order.state {
        State::ActivationFailed => Step::Activate,
        _ => Step::Pay,
    };
    let title = if step == Step::Activate { "failed-title" } else { "pay-title" };
    let mut page = begin(paper, view, title, step);
    page.heading = paper.texts.get(heading);
    page.lead = paper.texts.get(lead);
    page.facts = order_facts(paper, view);
    page
}

fn wait(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let text = |key: &str| paper.texts.get(key);
    let activation = view.record.order.activation;
    let seconds = |span: domain::SignedDuration| u32::try_from(span.as_secs()).unwrap_or(0);
    let elapsed_s = activation.map_or(0, |a| seconds(a.elapsed(view.now)));
    let estimate_s = activation.and_then(|a| a.estimate).map(seconds);
    let poll = activation.map(|a| a.poll_interval(view.now));
    // Before the network took it there is nothing to ask but the ledger.
    let poll_ms = poll.and_then(|p| u32::try_from(p.as_millis()).ok()).unwrap_or(1_000);
    let mut page = begin(paper, view, "wait-title", Step::Activate);
    page.heading = text("wait-heading");
    page.lead = text("wait-lead");
    page.wait = Some(Wait {
        elapsed_s,
        estimate_s,
        percent: activation.and_then(|a| a.percent(view.now)),
        label: text("wait-label"),
        elapsed_label: text("wait-elapsed"),
        estimate: match estimate_s {
            None => text("wait-estimate-none"),
            Some(s) if s >= 90 => {
                let minutes = s.div_ceil(60);
                paper.texts.format("wait-estimate-minutes", &[("minutes", minutes.into())])
            }
            Some(s) => paper.texts.format("wait-estimate", &[("seconds", s.into())]),
        },
        poll_ms,
    });
    page.facts = order_facts(paper, view);
    page
}

fn active(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    if let Some(plan) = view.extends {
        return renewal::topped_up(paper, view, plan);
    }
    let begins = view.record.order.grant.map(|grant| grant.starts_at);
    if let Some(begins) = begins.filter(|begins| *begins > view.now) {
        return renewal::upcoming(paper, view, begins);
    }
    let mut page = running(paper, view);
    renewal::offer(paper, view, &mut page);
    renewal::auto_renewal(paper, view, &mut page);
    page
}

fn running(paper: &Paper<'_>, view: &OrderView<'_>) -> Page {
    let results: Vec<ProvisionResult> = view
        .deliveries
        .iter()
        .filter_map(|delivery| delivery.result.map(ProvisionResult::from_number))
        .collect();
    let plan = plan_name(view);
    let terms = &view.record.order.terms;
    let paid = match is_by_voucher(view) {
        true => paper.texts.get("active-paid-by-voucher"),
        false => paper.price(terms.price, terms.tax.as_ref()),
    };
    let mut page = begin(paper, view, "active-title", Step::Done);
    page.heading = paper.texts.get("active-heading");
    page.lead = paper.texts.format("active-lead", &[("plan", plan.clone().into())]);
    page.facts = vec![fact(paper, "review-plan", plan), fact(paper, "active-paid", paid)];
    let used = view.account.and_then(|account| account.view(view.now));
    match (&used, view.record.order.grant) {
        // The account part says when the plan ends, or starts anew.
        (Some(_), _) | (None, None) => {}
        (None, Some(grant)) => {
            let until = paper.texts.instant(grant.ends_at);
            page.facts.push(fact(paper, "active-valid-until", until));
        }
    }
    if let Some(account) = view.account {
        let code = view.record.order.code.as_str();
        page.account = Some(usage::account(paper, code, used.as_ref(), &account.tidings));
    }
    if used.is_some_and(|used| used.is_ended()) {
        return ended(paper, view, page);
    }
    match results.split_last() {
        None => page.handover = Some(handover(paper, view, "handover-submit", None)),
        Some((ProvisionResult::Success, _)) => {
            let brand = [("brand", view.brand.name.as_str().into())];
            page.title = format!("{} – {}", paper.texts.get("result-0-title"), view.brand.name);
            page.heading = paper.texts.get("result-0-heading");
            page.lead = paper.texts.format("result-0-lead", &brand);
            return page;
        }
        Some((latest, earlier)) => after_failure(paper, view, *latest, earlier, &mut page),
    }
    page.ways = Some(ways(paper, view));
    page
}

/// A plan that is over: there is nothing to set up any more.
fn ended(paper: &Paper<'_>, view: &OrderView<'_>, page: Page) -> Page {
    let label = paper.texts.get("again-plans");
    Page {
        title: format!("{} – {}", paper.texts.get("ended-title"), view.brand.name),
        heading: paper.texts.get("ended-heading"),
        lead: paper.texts.format("ended-lead", &[("plan", plan_name(view).into())]),
        links: vec![Link { href: paths::PLANS.to_owned(), label }],
        ..page
    }
}

/// Says what went wrong at Windows and offers the retry of [PORT-49].
fn after_failure(
    paper: &Paper<'_>,
    view: &OrderView<'_>,
    latest: ProvisionResult,
    earlier: &[ProvisionResult],
    page: &mut Page,
) {
    let reaction = react(latest, earlier);
    let number = latest.number();
    let text = match (latest, reaction.retry) {
        (ProvisionResult::GeneralFailure, Retry::ByCustomer) => "result-1-text-again".to_owned(),
        _ => format!("result-{number}-text"),
    };
    page.alert = Some(Alert {
        kind: AlertKind::Error,
        title: paper.texts.get(&format!("result-{number}-title")),
        text: paper.texts.get(&text),
    });
    let auto_retry_ms = match reaction.retry {
        Retry::Never => return,
        Retry::OnceByItself => Some(RETRY_AFTER_MS),
        Retry::ByCustomer => None,
    };
    page.handover = Some(handover(paper, view, "handover-retry", auto_retry_ms));
}

fn handover(
    paper: &Paper<'_>,
    view: &OrderView<'_>,
    submit: &str,
    auto_retry_ms: Option<u32>,
) -> Handover {
    let code = view.record.order.code.as_str();
    let brand = [("brand", view.brand.name.as_str().into())];
    Handover {
        document: paths::order::document(code),
        report: paths::order::result(code),
        token: paper.token.to_owned(),
        submit: paper.texts.get(submit),
        busy: paper.texts.get("handover-busy"),
        note: paper.texts.format("handover-note", &brand),
        auto_retry_ms,
    }
}

fn ways(paper: &Paper<'_>, view: &OrderView<'_>) -> Ways {
    let code = view.record.order.code.as_str();
    let connection = view.brand.connection(Purpose::Internet);
    Ways {
        heading: paper.texts.get("ways-heading"),
        lead: paper.texts.get("ways-lead"),
        file: Some(Link { href: paths::order::file(code), label: paper.texts.get("ways-file") }),
        settings: connection.map(|c| settings(paper, c)).unwrap_or_default(),
    }
}

/// The settings to type, character by character [PORT-79, way 6].
fn settings(paper: &Paper<'_>, connection: &Connection) -> Vec<Fact> {
    let auth = connection.auth_protocol.map(|auth| match auth {
        AuthProtocol::None => "NONE",
        AuthProtocol::Pap => "PAP",
        AuthProtocol::Chap => "CHAP",
        AuthProtocol::MsChapV2 => "MsCHAPv2",
    });
    [
        ("settings-apn", Some(connection.access_string.as_str())),
        ("settings-user", connection.user_name.as_deref()),
        ("settings-password", connection.password.as_deref()),
        ("settings-auth", auth),
    ]
    .into_iter()
    .filter_map(|(term, value)| {
        value.map(|value| Fact { is_literal: true, ..fact(paper, term, value.to_owned()) })
    })
    .collect()
}
