//! The integrator's page: what a SIM matches and why, and the settings that it gets.
//!
//! What is typed comes in the body of a form and goes nowhere but into its answer; the machine
//! interface answers the same. Not here: the answer itself ([`crate::metadata::settings`]).
//! Shows [MATCH-04], [MATCH-05], [MATCH-06].

use std::collections::BTreeMap;
use std::sync::Arc;

use api::browser::{Link, field};
use api::matching::{SettingsAnswer, SimQuestion};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::brand::{Brand, BrandId};
use domain::effective::HostProfile;
use domain::launch::Property;
use domain::matching::{Block, Rule, Sim};

use super::launch::{self, Pasted, URL_BYTES_MAX};
use super::people::{author, fields, person};
use super::{Admin, chart, machines, views};
use crate::app::Serving;
use crate::http::metadata::{read, refuse};
use crate::http::reply::{self, Extra, escape, json, see};
use crate::metadata::settings::{BadQuestion, Question, answer};
use crate::texts::Texts;

/// Longest question of a machine, in bytes.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// The page's style beside the portal's.
const STYLE: &str = "#portal{max-width:60rem}\
.ask{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:0 1.25rem}\
.ask .field{margin:0 0 1rem}.ask select{display:block;width:100%;max-width:24rem;\
min-height:3rem;margin-top:.375rem;padding:.5rem .75rem;font:inherit;color:inherit;\
background:var(--card);border:1px solid var(--edge);border-radius:.5rem}\
.checks input{display:inline;width:auto;min-height:0;margin:0 .375rem 0 0}\
.checks label{display:flex;align-items:baseline;padding:.25rem 0;font-weight:400}\
.paste{margin-bottom:1.5rem;padding-bottom:1.5rem;border-bottom:1px solid var(--line)}\
textarea{display:block;width:100%;box-sizing:border-box;margin-top:.375rem;\
padding:.5rem .75rem;font:inherit;color:inherit;background:var(--card);\
border:1px solid var(--edge);border-radius:.5rem;resize:vertical;overflow-wrap:anywhere}\
.odd{border-inline-start:.25rem solid var(--a);padding-inline-start:.75rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9375rem}\
caption{text-align:start;font-weight:650;padding-bottom:.375rem}\
th,td{text-align:start;vertical-align:top;padding:.5rem 1rem .5rem 0;\
border-bottom:1px solid var(--line)}th{font-weight:650;color:var(--soft)}\
td{font-variant-numeric:tabular-nums}td:last-child{min-width:9rem;padding-inline-end:0}\
.decides td{font-weight:650}\
.ranges{display:block;width:100%;min-width:26rem;margin:.5rem 0;font-size:14px}\
.ranges text{fill:var(--text)}.bar{fill:var(--edge);stroke:var(--card)}.hit{fill:var(--a)}\
.lane{stroke:var(--line);fill:none}.mark{stroke:var(--bad);stroke-width:2;fill:none}\
.result{margin-top:1.75rem}.result>*+*{margin-top:1.125rem}";

/// `POST /api/settings`
pub async fn settings(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Err(response) = machines::authorised(&admin, &headers, "matching:read").await {
        return response;
    }
    let asked: SimQuestion = match read(body, BODY_BYTES_MAX) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    match Question::read(&asked) {
        Ok(question) => {
            let now = admin.app.serving();
            json(StatusCode::OK, &answer(&now.catalog, &now.metadata, &question))
        }
        Err(bad) => {
            let all: Vec<String> = bad.iter().map(BadQuestion::to_string).collect();
            refuse(StatusCode::BAD_REQUEST, "question", &all.join("; "))
        }
    }
}

/// `GET /matching`
pub async fn page(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    match person(&admin, &headers).await {
        Ok(Some(person)) => {
            let texts = reply::texts(&admin.app, &headers);
            let forms = forms(texts, &person.token, &SimQuestion::default(), &[]);
            show(&admin, &headers, texts, forms)
        }
        Ok(None) => see("/login"),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

/// `POST /matching`
pub async fn ask(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&body);
    let person = match author(&admin, &headers, &fields).await {
        Ok(Some(person)) => person,
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let texts = reply::texts(&admin.app, &headers);
    let asked = typed(&fields);
    let html = match Question::read(&asked) {
        Ok(question) => {
            let now = admin.app.serving();
            let answer = answer(&now.catalog, &now.metadata, &question);
            let result = result(texts, &now, &question.sim, &answer);
            format!("{}{result}", forms(texts, &person.token, &asked, &[]))
        }
        Err(bad) => forms(texts, &person.token, &asked, &bad),
    };
    show(&admin, &headers, texts, html)
}

/// `POST /matching/launch`: reads a URL that Windows opened. The URL does not come back; what was
/// read of it stands in the form, where it can be changed.
pub async fn launch(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&body);
    let person = match author(&admin, &headers, &fields).await {
        Ok(Some(person)) => person,
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let texts = reply::texts(&admin.app, &headers);
    let host = fields.get("host").map(String::as_str).unwrap_or_default();
    let pasted = Pasted::read(&admin.app, launch::pasted(&fields), host);
    let html = match Question::read(&pasted.asked) {
        Ok(question) => {
            let now = admin.app.serving();
            let answer = answer(&now.catalog, &now.metadata, &question);
            let found = answer.brand.as_deref().and_then(BrandId::parse);
            let brand = found.as_ref().and_then(|id| now.catalog.brands.get(id));
            format!(
                "{}<section class=\"result\">{}</section>{}",
                forms(texts, &person.token, &pasted.asked, &[]),
                said(texts, &pasted, brand),
                result(texts, &now, &question.sim, &answer)
            )
        }
        Err(bad) => forms(texts, &person.token, &pasted.asked, &bad),
    };
    show(&admin, &headers, texts, html)
}

/// What a URL said, property by property, and what is odd about it.
fn said(texts: &Texts, pasted: &Pasted, brand: Option<&Brand>) -> String {
    let dash = || "–".to_owned();
    let rows = [Property::SubId, Property::DevId, Property::IccId].map(|property| {
        let remarks = pasted.remarks(texts, property);
        let cells = vec![
            property.name().to_owned(),
            pasted.value(property).unwrap_or_else(dash),
            if remarks.is_empty() { dash() } else { remarks.join("; ") },
        ];
        (false, cells)
    });
    let mut html = format!("<h2>{}</h2>", escape(&texts.get("admin-launch-said")));
    html.push_str(&table(texts, "launch", &["property", "value", "odd"], rows.into()));
    for oddity in pasted.oddities(texts, brand) {
        html.push_str(&format!("<p class=\"odd\">{}</p>", escape(&oddity)));
    }
    html
}

fn typed(fields: &BTreeMap<String, String>) -> SimQuestion {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    SimQuestion {
        mode: text("mode"),
        iccid: text("iccid"),
        imsi: text("imsi"),
        home_provider: text("home_provider"),
        sid: text("sid"),
        provider_name: text("provider_name"),
        pin_locked: fields.contains_key("pin_locked"),
        provisioned: fields.contains_key("provisioned"),
        host: text("host"),
    }
}

fn show(admin: &Admin, headers: &HeaderMap, texts: &Texts, html: String) -> Response {
    let (heading, lead) = (texts.get("admin-match-heading"), texts.get("admin-match-lead"));
    let mut page = views::begin(texts, heading, lead);
    page.links.push(Link { href: "/".to_owned(), label: texts.get("admin-orders-link") });
    views::answer_with(admin, headers, &page, &Extra { style: STYLE, html })
}

/// The two ways to ask: a URL, or what is known of a SIM.
fn forms(texts: &Texts, token: &str, asked: &SimQuestion, bad: &[BadQuestion]) -> String {
    format!("{}{}", launch_form(texts, token, &asked.host), form(texts, token, asked, bad))
}

fn launch_form(texts: &Texts, token: &str, host: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/matching/launch\" class=\"paste\" novalidate>\
         <input type=\"hidden\" name=\"{}\" value=\"{}\">\
         <input type=\"hidden\" name=\"host\" value=\"{}\">\
         <div class=\"field\"><label for=\"url\">{}</label>\
         <p class=\"hint\" id=\"url-hint\">{}</p>\
         <textarea id=\"url\" name=\"url\" rows=\"2\" maxlength=\"{URL_BYTES_MAX}\" \
         autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"url-hint\"></textarea></div>\
         <button type=\"submit\" class=\"button\">{}</button></form>",
        field::TOKEN,
        escape(token),
        escape(host),
        escape(&texts.get("admin-launch-url")),
        escape(&texts.get("admin-launch-hint")),
        escape(&texts.get("admin-launch-submit")),
    )
}

fn form(texts: &Texts, token: &str, asked: &SimQuestion, bad: &[BadQuestion]) -> String {
    let mut html = format!(
        "<form method=\"post\" action=\"/matching\" novalidate>\
         <input type=\"hidden\" name=\"{}\" value=\"{}\"><div class=\"ask\">",
        field::TOKEN,
        escape(token)
    );
    for (name, value) in [
        ("iccid", &asked.iccid),
        ("imsi", &asked.imsi),
        ("home_provider", &asked.home_provider),
        ("sid", &asked.sid),
        ("provider_name", &asked.provider_name),
    ] {
        html.push_str(&input(texts, name, value, bad));
    }
    let modes = [("gsm", texts.get("admin-match-gsm")), ("cdma", texts.get("admin-match-cdma"))];
    html.push_str(&select(texts, "mode", &asked.mode, &modes));
    let hosts = HostProfile::ALL.map(|host| (host.name(), host_label(host).to_owned()));
    let chosen = if asked.host.is_empty() { HostProfile::default().name() } else { &asked.host };
    html.push_str(&select(texts, "host", chosen, &hosts));
    html.push_str("<div class=\"field checks\">");
    for (name, is_on) in [("pin_locked", asked.pin_locked), ("provisioned", asked.provisioned)] {
        let checked = if is_on { " checked" } else { "" };
        let label = label(texts, name);
        html.push_str(&format!(
            "<label><input type=\"checkbox\" name=\"{name}\" value=\"1\"{checked}> {label}</label>"
        ));
    }
    let submit = escape(&texts.get("admin-match-submit"));
    html.push_str(&format!(
        "</div></div><button type=\"submit\" class=\"button\">{submit}</button></form>"
    ));
    html
}

fn label(texts: &Texts, name: &str) -> String {
    escape(&texts.get(&format!("admin-match-{}", name.replace('_', "-"))))
}

fn input(texts: &Texts, name: &str, value: &str, bad: &[BadQuestion]) -> String {
    let wrong = bad.iter().find(|bad| bad.field == name).map(|bad| bad.needs);
    let (note, mark) = match wrong {
        Some(needs) => (
            format!("<p class=\"wrong\" id=\"{name}-wrong\">{}</p>", escape(needs)),
            format!(" aria-invalid=\"true\" aria-describedby=\"{name}-wrong\""),
        ),
        None => (String::new(), String::new()),
    };
    format!(
        "<div class=\"field\"><label for=\"{name}\">{}</label>{note}<input id=\"{name}\" \
         name=\"{name}\" value=\"{}\" maxlength=\"64\" autocomplete=\"off\" \
         spellcheck=\"false\"{mark}></div>",
        label(texts, name),
        escape(value)
    )
}

fn select(texts: &Texts, name: &str, chosen: &str, options: &[(&str, String)]) -> String {
    let option = |(value, text): &(&str, String)| {
        let mark = if *value == chosen { " selected" } else { "" };
        format!("<option value=\"{value}\"{mark}>{}</option>", escape(text))
    };
    let options: String = options.iter().map(option).collect();
    format!(
        "<div class=\"field\"><label for=\"{name}\">{}</label>\
         <select id=\"{name}\" name=\"{name}\">{options}</select></div>",
        label(texts, name)
    )
}

fn host_label(host: HostProfile) -> &'static str {
    match host {
        HostProfile::Win8 => "Windows 8",
        HostProfile::Win8_1 => "Windows 8.1",
        HostProfile::Win10Pre1703 => "Windows 10 before 1703",
        HostProfile::Win10V1703 => "Windows 10 1703",
        HostProfile::Win10V1709 => "Windows 10 1709",
        HostProfile::Win10V1803 => "Windows 10 1803 and later",
        HostProfile::Win11 => "Windows 11",
    }
}

/// What came of a question: verdict, trace, overlaps, ranges, settings.
fn result(texts: &Texts, now: &Serving, sim: &Sim, answer: &SettingsAnswer) -> String {
    let verdict = match (&answer.brand, &answer.matched_by) {
        (Some(brand), Some(rule)) => {
            let variables = [("brand", brand.as_str().into()), ("rule", rule_label(rule).into())];
            texts.format("admin-match-found", &variables)
        }
        _ if sim.is_hidden() => texts.get("admin-match-hidden"),
        _ => texts.get("admin-match-nothing"),
    };
    let mut html = format!("<section class=\"result\"><h2>{}</h2>", escape(&verdict));
    for warning in &answer.warnings {
        html.push_str(&format!("<p class=\"wrong\">{}</p>", escape(warning)));
    }
    html.push_str(&trace(texts, answer));
    html.push_str(&overlaps(texts, answer));
    let blocks = [
        (Rule::Iccid, sim.iccid.as_ref().map(Block::of_iccid)),
        (Rule::Imsi, sim.imsi.as_ref().map(Block::of_imsi)),
    ];
    for (rule, block) in blocks {
        // Of a hidden SIM nothing is looked up.
        if let Some(block) = block.filter(|_| !sim.is_hidden()) {
            html.push_str(&ranges(texts, now, rule, block));
        }
    }
    html.push_str(&settings_table(texts, answer));
    html.push_str("</section>");
    html
}

fn trace(texts: &Texts, answer: &SettingsAnswer) -> String {
    let dash = || "–".to_owned();
    let rows = answer.trace.iter().map(|step| {
        let cells = vec![
            rule_label(&step.rule).to_owned(),
            step.value.clone().unwrap_or_else(dash),
            texts.get(&format!("admin-match-{}", step.outcome.replace('_', "-"))),
            step.brand.clone().unwrap_or_else(dash),
        ];
        (step.outcome == "matched", cells)
    });
    let heads = ["rule", "value", "outcome", "brand"];
    table(texts, "trace", &heads, rows.collect())
}

/// Says of each rule that would have decided why it does not.
fn overlaps(texts: &Texts, answer: &SettingsAnswer) -> String {
    let decides = answer.matched_by.as_deref().map(rule_label).unwrap_or_default();
    let shadowed = answer.trace.iter().filter(|step| step.outcome == "shadowed");
    let rival = shadowed.filter(|step| step.brand != answer.brand).map(|step| {
        let variables = [
            ("rule", rule_label(&step.rule).into()),
            ("brand", step.brand.as_deref().unwrap_or_default().into()),
            ("decides", decides.into()),
        ];
        format!("<p>{}</p>", escape(&texts.format("admin-match-overlap", &variables)))
    });
    rival.collect()
}

fn ranges(texts: &Texts, now: &Serving, rule: Rule, block: Block) -> String {
    let bars = chart::around(&now.catalog.brands, rule, block);
    let variables = [("rule", rule_label(rule.name()).into())];
    let title = texts.format("admin-match-ranges", &variables);
    if bars.is_empty() {
        let none = texts.format("admin-match-no-ranges", &variables);
        return format!("<p>{}</p>", escape(&none));
    }
    let rows = bars.iter().map(|bar| {
        let is_hit = bar.range.contains(block);
        let holds = if is_hit { "admin-match-holds" } else { "admin-match-holds-not" };
        let cells =
            vec![bar.brand.to_string(), bar.range.start(), bar.range.end(), texts.get(holds)];
        (is_hit, cells)
    });
    let picture = chart::svg(&title, &bars, block);
    let heads = ["brand", "from", "to", "this-number"];
    let rows = table_of(texts, &title, &heads, rows.collect());
    // The picture stands between the caption and the rows that say the same.
    rows.replacen("</caption>", &format!("{picture}</caption>"), 1)
}

fn settings_table(texts: &Texts, answer: &SettingsAnswer) -> String {
    let text = |kind: &str, name: &str| {
        texts.get(&format!("admin-match-{kind}-{}", name.replace('_', "-")))
    };
    let value = |setting: &str, value: &str| match setting {
        "tethering" => text("sharing", value),
        "name_reach" => text("reach", value),
        "roaming" => text("roaming", value),
        _ => value.to_owned(),
    };
    let rows = answer.settings.iter().map(|setting| {
        let shadowed = setting.shadowed.iter().map(|shadowed| {
            let (source, why) = (text("source", &shadowed.source), text("why", &shadowed.why));
            format!("{source}: {} ({why})", value(&setting.name, &shadowed.value))
        });
        let shadowed: Vec<String> = shadowed.collect();
        let source = setting.source.as_deref().map(|source| text("source", source));
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let cells = vec![
            text("setting", &setting.name),
            or_dash(setting.value.as_deref().map(|shown| value(&setting.name, shown))),
            or_dash(source),
            if shadowed.is_empty() { "–".to_owned() } else { shadowed.join("; ") },
        ];
        (false, cells)
    });
    table(texts, "settings", &["setting", "value", "source", "shadows"], rows.collect())
}

fn table(texts: &Texts, name: &str, heads: &[&str], rows: Vec<(bool, Vec<String>)>) -> String {
    table_of(texts, &texts.get(&format!("admin-match-{name}")), heads, rows)
}

fn table_of(
    texts: &Texts,
    caption: &str,
    heads: &[&str],
    rows: Vec<(bool, Vec<String>)>,
) -> String {
    let head = |name: &&str| {
        let text = texts.get(&format!("admin-match-head-{name}"));
        format!("<th scope=\"col\">{}</th>", escape(&text))
    };
    let row = |(is_marked, cells): (bool, Vec<String>)| {
        let class = if is_marked { " class=\"decides\"" } else { "" };
        let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
        format!("<tr{class}>{cells}</tr>")
    };
    let caption = escape(caption);
    let heads: String = heads.iter().map(head).collect();
    let rows: String = rows.into_iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\
         <caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\
         </div>"
    )
}

fn rule_label(rule: &str) -> &'static str {
    match rule {
        "home_provider_name" => "home provider name",
        "iccid" => "ICCID",
        "imsi" => "IMSI",
        "sid" => "SID",
        _ => "provider name",
    }
}
