//! The text of an operator's file, made of its lines.
//!
//! Not here: what the lines must be ([`super::rows`]). Implements the catalogue's side of
//! [MATCH-96] and [MATCH-100].

use std::collections::{BTreeMap, BTreeSet};

use domain::cosa::{PurposeGroup, Target};
use domain::matching::NumberRange;

use super::rows::Row;
use super::{CosaImportSummary, IMSI_DIGITS, RowFinding};
use crate::catalog::export_cosa::{ISSUER, SUBJECT};
use crate::catalog::gnome::quoted;
use crate::catalog::sim_settings::{HOTSPOTS, REACHES, ROAMINGS};

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
    let mut files = Vec::new();
    for profile in profiles(id, rows, &mut files, summary) {
        let targets = profile.targets.join(", ");
        let mut settings = profile.settings;
        for connection in profile.connections {
            lines.push(String::new());
            lines.extend(connection);
            // Of a profile's rows, the first one says them.
            lines.append(&mut settings);
            lines.push(format!("targets = [{targets}]"));
        }
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

/// A profile of the database: its targets share settings and connections [MATCH-96].
struct Profile {
    targets: Vec<String>,
    settings: Vec<String>,
    connections: Vec<Vec<String>>,
}

/// What the lines of one target say.
struct OfTarget<'r> {
    target: String,
    settings: BTreeMap<&'static str, (u64, &'r str)>,
    connections: Vec<Vec<String>>,
}

/// Returns the profiles in the spreadsheet's order: each SIM finds all its lines in one.
fn profiles(
    id: &str,
    rows: &[Row],
    files: &mut Vec<(String, String)>,
    summary: &mut CosaImportSummary,
) -> Vec<Profile> {
    let mut all: Vec<OfTarget<'_>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let target = target(&row.target);
        let at = *places.entry(target.clone()).or_insert_with(|| {
            all.push(OfTarget { target, settings: BTreeMap::new(), connections: Vec::new() });
            all.len().saturating_sub(1)
        });
        let Some(its) = all.get_mut(at) else { continue };
        for name in SETTINGS_OF_SIM {
            let Some(value) = row.values.get(name) else { continue };
            let (line, first) = *its.settings.entry(name).or_insert((row.line, value));
            let is_word = !matches!(name, "BrandingName" | "BrandingIcon" | "UIName");
            if first != value && !(is_word && first.eq_ignore_ascii_case(value)) {
                let message = format!("differs from line {line}, whose SIMs are the same");
                let column = Some(name.to_owned());
                summary.errors.push(RowFinding { line: row.line, column, message });
            }
        }
        for (at, purpose) in row.purposes.iter().enumerate() {
            let text = connection(id, row, *purpose, at == 0, files);
            if !its.connections.contains(&text) {
                its.connections.push(text);
            }
        }
    }
    let mut profiles: Vec<Profile> = Vec::new();
    let mut places: BTreeMap<(Vec<String>, Vec<Vec<String>>), usize> = BTreeMap::new();
    let operator = rows.first().map(|row| row.operator.as_str()).unwrap_or_default();
    for its in all {
        let settings = settings(operator, &its);
        let key = (settings.clone(), its.connections.clone());
        let at = *places.entry(key).or_insert(profiles.len());
        match profiles.get_mut(at) {
            Some(profile) => profile.targets.push(its.target),
            None => profiles.push(Profile {
                targets: vec![its.target],
                settings,
                connections: its.connections,
            }),
        }
        tell_esim(rows, profiles.get(at), &its.settings, summary);
    }
    profiles
}

/// `ESIM_PROV` says what the purposes say; where it does not, they are kept.
fn tell_esim(
    rows: &[Row],
    profile: Option<&Profile>,
    settings: &BTreeMap<&'static str, (u64, &str)>,
    summary: &mut CosaImportSummary,
) {
    let Some((line, value)) = settings.get("ESIM_PROV") else { return };
    let purpose = format!("purpose = {}", quoted(PurposeGroup::EsimProvisioning.name()));
    let mut connections = profile.into_iter().flat_map(|profile| &profile.connections);
    let has_purpose = connections.any(|lines| lines.contains(&purpose));
    let is_said = value.eq_ignore_ascii_case("true");
    if is_said != has_purpose && rows.iter().any(|row| row.line == *line) {
        let message = "says otherwise than PurposeGroups, which is kept";
        let column = Some("ESIM_PROV".to_owned());
        summary.notes.push(RowFinding { line: *line, column, message: message.to_owned() });
    }
}

/// Columns of which the lines of a target have one value [MATCH-96].
const SETTINGS_OF_SIM: [&str; 11] = [
    "BrandingName",
    "BrandingIcon",
    "UseBrandingNameOnRoaming",
    "Hotspot",
    "UIName",
    "UIOrder",
    "Roaming",
    "SupportDataMarketplace",
    "DataMarketplaceRoamingUIEnabled",
    "EnableAutoSlotSwitch",
    "ESIM_PROV",
];

/// Writes the settings of a SIM; a brand that is named as its operator needs no other name.
fn settings(operator: &str, its: &OfTarget<'_>) -> Vec<String> {
    let get = |name: &str| its.settings.get(name).map(|(_, value)| *value);
    let mut lines = Vec::new();
    let mut put = |key: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{key} = {value}")));
    };
    put("branding_name", get("BrandingName").filter(|name| *name != operator).map(quoted));
    put("branding_icon", get("BrandingIcon").map(quoted));
    let reach = get("UseBrandingNameOnRoaming").and_then(|number| word(REACHES, number));
    put("branding_name_reach", reach);
    let hotspot = |name: &str| HOTSPOTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    put("hotspot", get("Hotspot").and_then(hotspot).map(|(name, _)| quoted(name)));
    put("ui_name", get("UIName").map(quoted));
    put("ui_order", get("UIOrder").and_then(|n| n.parse::<u16>().ok()).map(|n| n.to_string()));
    put("roaming", get("Roaming").and_then(|number| word(ROAMINGS, number)));
    for (key, column) in [
        ("data_marketplace", "SupportDataMarketplace"),
        ("data_marketplace_roaming_ui", "DataMarketplaceRoamingUIEnabled"),
        ("auto_slot_switch", "EnableAutoSlotSwitch"),
    ] {
        let is_on = |value: &str| value == "1" || value.eq_ignore_ascii_case("true");
        put(key, get(column).map(|value| is_on(value).to_string()));
    }
    lines
}

/// Returns the catalogue's word for a number of the spreadsheet.
fn word<T>(words: &[(&str, T)], number: &str) -> Option<String> {
    words.get(number.parse::<usize>().ok()?).map(|(word, _)| quoted(word))
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
