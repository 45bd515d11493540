//! A subscription in the operator area: what is used, what was counted, what was told and where.
//!
//! Identifiers are masked, and the text of messages is not shown. Not here: the customer's own
//! view ([`crate::http::orders`]), though both say usage with the same words.

use std::sync::Arc;

use api::browser::{Fact, Link};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::amount::Bytes;
use domain::code::{Id, OrderId};
use domain::events::{Cause, Message};
use domain::launch::Subscriber;
use domain::usage::{Regime, Sharing, cost};
use portal::account::Use;

use super::people::person;
use super::{Admin, views};
use crate::http::reply::{self, Extra, escape, see};
use crate::pages::Paper;
use crate::pages::problem::Problem;
use crate::pages::usage::use_of;
use crate::store::account::InQuarantine;
use crate::store::events::{Asked, DeliveryLine, Notification};
use crate::store::usage::Metered;
use crate::store::{Order, StoreError, Subscription};
use crate::texts::Texts;
use crate::usage::account::Account;

/// Most events of the timeline.
const TIMELINE_MAX: u32 = 50;
/// Most deliveries of one event that are shown.
const LINES_MAX: u32 = 20;
/// The page's style beside the portal's.
pub(super) const STYLE: &str = "#portal{max-width:60rem}.lists>*+*{margin-top:1.5rem}.scroll{overflow-x:auto}\
table{border-collapse:collapse;width:100%;font-size:.9375rem}\
caption{text-align:start;font-weight:650;padding-bottom:.375rem}\
th,td{text-align:start;vertical-align:top;padding:.5rem 1rem .5rem 0;\
border-bottom:1px solid var(--line)}th{font-weight:650;color:var(--soft)}\
.timeline td:first-child{white-space:nowrap}td{font-variant-numeric:tabular-nums}td:nth-child(2){white-space:nowrap}";

/// What the page is made from.
struct Shown {
    subscription: Subscription,
    order: Option<Order>,
    account: Account,
    quarantine: InQuarantine,
    /// The latest first, each with where it was delivered.
    timeline: Vec<(Notification, Vec<DeliveryLine>)>,
}

/// `GET /subscriptions/{id}`
pub async fn page(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match person(&admin, &headers).await {
        Ok(Some(_)) => {}
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    }
    let Some(id) = Id::parse(&id) else {
        return views::problem(&admin, &headers, Problem::Missing);
    };
    match load(&admin, id).await {
        Ok(Some(shown)) => show(&admin, &headers, &shown),
        Ok(None) => views::problem(&admin, &headers, Problem::Missing),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

async fn load(admin: &Admin, id: OrderId) -> Result<Option<Shown>, StoreError> {
    let store = admin.app.store.as_ref();
    let Some(subscription) = store.subscription(id).await? else { return Ok(None) };
    let account = Account::load(store, id, admin.app.clock.now()).await?;
    let latest = i64::try_from(account.tidings.latest).unwrap_or(i64::MAX);
    let after = latest.saturating_sub(TIMELINE_MAX.into());
    let asked = Asked { subscription: Some(id), after, limit: TIMELINE_MAX };
    let mut timeline = Vec::new();
    for notification in store.notifications(asked).await?.into_iter().rev() {
        let lines = store.delivery_lines(notification.id, LINES_MAX).await?;
        timeline.push((notification, lines));
    }
    let (order, quarantine) = (store.order(id).await?, store.in_quarantine(id).await?);
    Ok(Some(Shown { subscription, order, account, quarantine, timeline }))
}

fn show(admin: &Admin, headers: &HeaderMap, shown: &Shown) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let subscription = &shown.subscription;
    let variables = [
        ("plan", subscription.plan.as_str().into()),
        ("brand", subscription.brand.as_str().into()),
    ];
    let heading = texts.format("admin-subscription-heading", &variables);
    let lead = texts.format("admin-subscription-lead", &variables);
    let mut page = views::begin(texts, heading, lead);
    page.facts = facts(texts, shown);
    if let Some(order) = &shown.order {
        let code = &order.order.code;
        page.links.push(Link {
            href: format!("/orders/{}", code.as_str()),
            label: texts.format("admin-subscription-order", &[("code", code.to_string().into())]),
        });
    }
    page.links.push(Link { href: "/".to_owned(), label: texts.get("admin-orders-link") });
    let now = admin.app.clock.now();
    let mut html = String::from("<div class=\"lists\">");
    match (shown.account.view(now), &shown.account.metered) {
        (Some(view), Some(metered)) => {
            let paper = Paper { texts, brand: None, token: "" };
            let heading = texts.get("admin-subscription-seen");
            let used = Use { heading, ..use_of(&paper, &view) };
            let used = portal::account::render(&[], &used).plan;
            html.push_str(&format!("<section id=\"account\">{used}</section>"));
            html.push_str(&counters(texts, metered));
            html.push_str(&thresholds(texts, metered));
        }
        _ => add_paragraph(&mut html, &texts.get("admin-subscription-none")),
    }
    html.push_str(&timeline(texts, &shown.timeline));
    html.push_str("</div>");
    views::answer_with(admin, headers, &page, &Extra { style: STYLE, html })
}

fn add_paragraph(html: &mut String, text: &str) {
    html.push_str(&format!("<p>{}</p>", escape(text)));
}

fn facts(texts: &Texts, shown: &Shown) -> Vec<Fact> {
    let Shown { subscription, account, quarantine, .. } = shown;
    let fact = |term: &str, text: String, is_literal: bool| Fact {
        term: texts.get(term),
        text,
        is_literal,
    };
    let subscriber = subscription.subscriber.as_ref().map(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => imsi.masked(),
        Subscriber::Min(min) => min.masked(),
    });
    let sim = subscription.iccid.as_ref().map(|iccid| iccid.masked());
    let counts = [("own", quarantine.own.into()), ("all", quarantine.all.into())];
    let quarantined = texts.format("admin-subscription-quarantined", &counts);
    let mut facts = vec![
        fact("admin-subscription-id", subscription.order.to_string(), true),
        fact("admin-subscription-starts", texts.instant(subscription.starts_at), false),
    ];
    facts.extend(subscriber.map(|text| fact("admin-subscription-subscriber", text, true)));
    facts.extend(sim.map(|text| fact("admin-subscription-sim", text, true)));
    if let Some(metered) = &account.metered {
        let network = metered.registered.map(|network| match network {
            Regime::Home => texts.get("admin-subscription-home"),
            Regime::Roaming => texts.get("admin-subscription-abroad"),
        });
        facts.extend(network.map(|text| fact("admin-subscription-network", text, false)));
        facts.push(fact("admin-subscription-cycle", metered.state.cycle.to_string(), false));
        facts.push(fact("admin-subscription-revision", metered.version.to_string(), false));
    }
    facts.push(fact("admin-subscription-quarantine", quarantined, false));
    facts
}

fn regime(texts: &Texts, regime: Regime) -> String {
    texts.get(match regime {
        Regime::Home => "admin-subscription-regime-home",
        Regime::Roaming => "admin-subscription-regime-roaming",
    })
}

fn counters(texts: &Texts, metered: &Metered) -> String {
    let kinds = [
        (Regime::Home, Sharing::Own),
        (Regime::Home, Sharing::Shared),
        (Regime::Roaming, Sharing::Own),
        (Regime::Roaming, Sharing::Shared),
    ];
    let row = |(network, sharing): (Regime, Sharing)| {
        let counts = metered.state.counters.of(network, sharing);
        let whom = match sharing {
            Sharing::Own => "use-own",
            Sharing::Shared => "use-shared",
        };
        vec![
            regime(texts, network),
            texts.get(whom),
            texts.bytes(counts.sent),
            texts.bytes(counts.received),
        ]
    };
    let heads = [
        "admin-subscription-regime",
        "admin-subscription-sharing",
        "admin-subscription-sent",
        "admin-subscription-received",
    ];
    table(texts, "admin-subscription-counters", &heads, kinds.map(row).to_vec())
}

fn thresholds(texts: &Texts, metered: &Metered) -> String {
    let row = |network: Regime| {
        let meter = metered.state.meter(network);
        let step = cost::step_bytes(network, metered.state.limit(&metered.terms));
        vec![
            regime(texts, network),
            meter.step.to_string(),
            texts.bytes(meter.since),
            texts.bytes(step.minus(meter.since)),
        ]
    };
    let heads = [
        "admin-subscription-regime",
        "admin-subscription-passed",
        "admin-subscription-since",
        "admin-subscription-step",
    ];
    let rows = [Regime::Home, Regime::Roaming].map(row).to_vec();
    table(texts, "admin-subscription-thresholds", &heads, rows)
}

fn timeline(texts: &Texts, events: &[(Notification, Vec<DeliveryLine>)]) -> String {
    if events.is_empty() {
        let mut html = String::new();
        add_paragraph(&mut html, &texts.get("admin-subscription-no-events"));
        return html;
    }
    let row = |(notification, lines): &(Notification, Vec<DeliveryLine>)| {
        let raised = &notification.raised;
        let lines =
            lines.iter().map(|line| format!("{} {}: {}", line.at, line.channel, line.outcome));
        let delivered: Vec<_> = lines.collect();
        vec![
            notification.seq.to_string(),
            raised.at.to_string(),
            raised.cause.name().to_owned(),
            detail(texts, &raised.cause),
            match delivered.is_empty() {
                true => texts.get("admin-subscription-nowhere"),
                false => delivered.join("; "),
            },
        ]
    };
    let heads = [
        "admin-subscription-number",
        "admin-subscription-time",
        "admin-subscription-event",
        "admin-subscription-detail",
        "admin-subscription-delivered",
    ];
    let rows = events.iter().map(row).collect();
    table(texts, "admin-subscription-timeline", &heads, rows)
}

/// What an event says besides its name, for those who know the terms; no text of messages.
fn detail(texts: &Texts, cause: &Cause) -> String {
    match cause {
        Cause::OperatorMessage(message) | Cause::PublicMessage(message) => described(message),
        Cause::Threshold { cycle, network, step, usage_bytes } => {
            let used = texts.bytes(Bytes(*usage_bytes));
            format!("{}, cycle {cycle}, step {step}, {used}", network.name())
        }
        Cause::Reset { cycle } => format!("cycle {cycle}"),
        Cause::LimitProjected { cycle, projected_bytes } => {
            format!("cycle {cycle}, {}", texts.bytes(Bytes(*projected_bytes)))
        }
        Cause::Registered(network) => network.name().to_owned(),
        Cause::EntitlementCheck { check } => format!("check {check}"),
        Cause::SharingChanged { is_on } => (if *is_on { "on" } else { "off" }).to_owned(),
        Cause::ClientsChanged { clients } => clients.to_string(),
        Cause::NetworkStatus(reach) => reach.name().to_owned(),
        Cause::PlanDeleted
        | Cause::Connected
        | Cause::Disconnected
        | Cause::HotspotAuthentication
        | Cause::Notice(_) => String::new(),
    }
}

fn described(message: &Message) -> String {
    let size = message.bytes.len();
    match &message.rule {
        Some(rule) => format!("{size} bytes, rule {rule}"),
        None => format!("{size} bytes"),
    }
}

pub(super) fn table(
    texts: &Texts,
    caption: &str,
    heads: &[&str],
    rows: Vec<Vec<String>>,
) -> String {
    let caption = escape(&texts.get(caption));
    let heads: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{}</th>", escape(&texts.get(head))))
        .collect();
    let rows: String = rows
        .into_iter()
        .map(|cells| {
            let cells: String =
                cells.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\
         <caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\
         </div>"
    )
}
