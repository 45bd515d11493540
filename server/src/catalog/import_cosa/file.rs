//! The text of an operator's file, made of its lines.
//!
//! Not here: what the lines must be ([`super::rows`]). Implements the catalogue's side of
//! [MATCH-96] and [MATCH-100].

use std::collections::BTreeSet;

use domain::cosa::{PurposeGroup, Target};
use domain::matching::NumberRange;

use super::rows::Row;
use super::{CosaImportSummary, IMSI_DIGITS, RowFinding};
use crate::catalog::export_cosa::{ISSUER, SUBJECT};
use crate::catalog::gnome::quoted;

/// Writes an operator's file, and those of its passwords before it.
pub(super) fn write(
    id: &str,
    operator: &str,
    rows: &[Row],
    own: &[NumberRange],
    summary: &mut CosaImportSummary,
) -> Vec<(String, String)> {
    let mut lines = vec![
        "# From a COSA spreadsheet. To sell, add carrier_id, currency and [[plans]].".to_owned(),
        format!("id = {}", quoted(id)),
        format!("name = {}", quoted(operator)),
        "network = \"gsm\"".to_owned(),
        String::new(),
        "[match]".to_owned(),
        format!("imsi_ranges = [{}]", ranges(own, true)),
        format!("iccid_ranges = [{}]", ranges(own, false)),
    ];
    let url = only(rows, "AccountExperienceURL", &mut summary.errors);
    let app_id = only(rows, "AppID", &mut summary.errors);
    if url.is_some() || app_id.is_some() {
        lines.extend([String::new(), "[portal]".to_owned()]);
        lines.extend(url.map(|url| format!("account_experience_url = {}", quoted(url))));
        lines.extend(app_id.map(|app_id| format!("app_id = {}", quoted(app_id))));
    }
    let branding = rows
        .iter()
        .filter(|row| row.values.get("BrandingName").is_some_and(|name| name != operator));
    summary.notes.extend(branding.take(1).map(|row| RowFinding {
        line: row.line,
        column: Some("BrandingName".to_owned()),
        message: "differs from Operator; the brand is named as the operator".to_owned(),
    }));
    let mut files = Vec::new();
    for (connection, targets) in connections(id, rows, &mut files) {
        lines.push(String::new());
        lines.extend(connection);
        lines.push(format!("targets = [{}]", targets.join(", ")));
    }
    let certificates: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| Some((row.values.get(SUBJECT)?, row.values.get(ISSUER)?)))
        .collect();
    for (subject, issuer) in certificates {
        lines.extend([String::new(), "[[trusted_certificates]]".to_owned()]);
        lines.push(format!("subject = {}", quoted(subject)));
        lines.push(format!("issuer = {}", quoted(issuer)));
    }
    lines.push(String::new());
    files.push((format!("{id}.toml"), lines.join("\n")));
    files
}

/// Returns the one value that an operator's lines have; a brand has one portal.
fn only<'r>(rows: &'r [Row], column: &str, errors: &mut Vec<RowFinding>) -> Option<&'r str> {
    let mut values = rows.iter().filter_map(|row| Some((row.line, row.values.get(column)?)));
    let (line, first) = values.next()?;
    if let Some((other, _)) = values.find(|(_, value)| *value != first) {
        errors.push(RowFinding {
            line: other,
            column: Some(column.to_owned()),
            message: format!("differs from line {line}; a brand has one, split the operator"),
        });
    }
    Some(first)
}

fn ranges(own: &[NumberRange], is_imsi: bool) -> String {
    let its = own.iter().filter(|r| (usize::from(r.low().digits()) == IMSI_DIGITS) == is_imsi);
    its.map(pair).collect::<Vec<_>>().join(", ")
}

fn pair(range: &NumberRange) -> String {
    format!("[\"{}\", \"{}\"]", range.start(), range.end())
}

/// Returns each way to connect once, with all its targets, in the spreadsheet's order.
fn connections(
    id: &str,
    rows: &[Row],
    files: &mut Vec<(String, String)>,
) -> Vec<(Vec<String>, Vec<String>)> {
    let mut connections: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for row in rows {
        for (at, purpose) in row.purposes.iter().enumerate() {
            let text = connection(id, row, *purpose, at == 0, files);
            let target = target(&row.target);
            match connections.iter_mut().find(|(known, _)| *known == text) {
                Some((_, targets)) if targets.contains(&target) => {}
                Some((_, targets)) => targets.push(target),
                None => connections.push((text, vec![target])),
            }
        }
    }
    connections
}

/// Writes a way to connect; its place in the order is that of its first purpose, as each place is
/// there once [MATCH-102].
fn connection(
    id: &str,
    row: &Row,
    purpose: PurposeGroup,
    is_first: bool,
    files: &mut Vec<(String, String)>,
) -> Vec<String> {
    let get = |name: &str| row.values.get(name).map(String::as_str);
    let mut lines = vec!["[[cosa]]".to_owned(), format!("purpose = {}", quoted(purpose.name()))];
    let mut text = |key: &str, value: Option<&str>| {
        lines.extend(value.map(|value| format!("{key} = {}", quoted(value))));
    };
    text("access_string", get("AccessString"));
    text("user_name", get("UserName"));
    if let (Some(password), Some(_)) = (get("Password"), get("UserName")) {
        let known = files.iter().find(|(_, content)| content == password);
        let name = known.map(|(name, _)| name.clone()).unwrap_or_else(|| {
            let name = format!("{id}-{}.password", files.len().saturating_add(1));
            files.push((name.clone(), password.to_owned()));
            name
        });
        text("password_file", Some(&name));
    }
    let lower = |name| get(name).map(str::to_ascii_lowercase);
    text("auth_protocol", lower("AuthProtocol").as_deref());
    text("compression", lower("Compression").as_deref());
    text("friendly_name", get("FriendlyName"));
    let ip_type = lower("IPType").map(|ip_type| match ip_type.as_str() {
        "ipv6" => "IPv6",
        "ipv4v6" => "IPv4v6",
        _ => "IPv4",
    });
    text("ip_type", ip_type);
    let order = get("AutoConnectOrder").filter(|_| is_first);
    lines.extend(
        order.map(|order| format!("auto_connect_order = {}", order.trim_start_matches('0'))),
    );
    if lower("AlwaysOn").as_deref() == Some("false") {
        lines.push("always_on = false".to_owned());
    }
    lines
}

fn target(target: &Target) -> String {
    let Target { plmn, imsi, iccid, spn, pnn, gid1 } = target;
    let mut keys = Vec::new();
    keys.extend(plmn.as_ref().map(|plmn| format!("plmn = {}", quoted(plmn.as_str()))));
    keys.extend(imsi.as_ref().map(|range| format!("imsi = {}", pair(range))));
    keys.extend(iccid.as_ref().map(|range| format!("iccid = {}", pair(range))));
    for (key, value) in [("spn", spn), ("pnn", pnn), ("gid1", gid1)] {
        keys.extend(value.as_ref().map(|value| format!("{key} = {}", quoted(value))));
    }
    format!("{{ {} }}", keys.join(", "))
}
