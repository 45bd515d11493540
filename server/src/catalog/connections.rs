//! `[[cosa]]`: how a brand's SIMs connect, rows of its COSA/APN database.
//!
//! Keys that only the COSA database needs are checked here and kept by nobody yet. Not here:
//! which row a SIM uses.

use std::path::Path;

use carrier::document::Context;
use domain::brand::{AuthProtocol, Connection, Purpose};
use toml::de::DeValue;

use crate::config::Secret;
use crate::config::document::Section;
use crate::config::values::{self, Read};

use super::targets::{iccid_range, imsi_range};
use crate::documents::context;

/// Longest APN or dial string [XML-56].
const ACCESS_STRING_CHARS_MAX: usize = 99;
/// Longest user name and password [XML-56].
const CREDENTIAL_CHARS_MAX: usize = 255;
/// Longest friendly name, SPN, PNN or GID1 that a row may have.
const LABEL_CHARS_MAX: usize = 64;

/// The purposes that Windows has ([MATCH-101]), as catalogues spell them.
const PURPOSES: [(&str, Purpose); 9] = [
    ("internet", Purpose::Internet),
    ("purchase", Purpose::Purchase),
    ("mms", Purpose::Mms),
    ("ims", Purpose::Other),
    ("supl", Purpose::Other),
    ("esim-provisioning", Purpose::Other),
    ("administrative", Purpose::Other),
    ("application", Purpose::Other),
    ("lte-attach", Purpose::Other),
];

/// Reads the rows and asks for one that leads to the Internet.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Vec<Connection> {
    let mut purposes = Vec::new();
    let connections = section.tables("cosa", |row| {
        let (purpose, connection) = connection(row, folder);
        purposes.push(purpose);
        connection
    });
    // A row with an unreadable purpose may have been meant for it.
    let is_known = connections.is_some() && purposes.iter().all(Option::is_some);
    if is_known && !purposes.contains(&Some(Purpose::Internet)) {
        section.error("cosa", "needs a [[cosa]] row with purpose = \"internet\"");
    }
    connections.unwrap_or_default()
}

fn connection(row: &mut Section<'_>, folder: &Path) -> (Option<Purpose>, Option<Connection>) {
    let purpose = row.required("purpose", purpose);
    if let Some((name, Purpose::Other)) = &purpose
        && !PURPOSES.iter().any(|(known, _)| known == name)
    {
        row.warn("purpose", format!("{name:?} is no purpose that Windows has"));
    }
    let purpose = purpose.map(|(_, purpose)| purpose);
    check_cosa_keys(row);
    // Read even without a purpose, so that its errors are reported too.
    let connection = access(row, purpose.unwrap_or(Purpose::Other), folder);
    (purpose, connection.filter(|_| purpose.is_some()))
}

/// Reads the keys that say how to connect.
fn access(row: &mut Section<'_>, purpose: Purpose, folder: &Path) -> Option<Connection> {
    let access_string = row.required("access_string", values::line(ACCESS_STRING_CHARS_MAX));
    let user_name = row.optional("user_name", values::line(CREDENTIAL_CHARS_MAX));
    let password = row.optional("password_file", |value| password(value, folder));
    if row.has("password_file") && !row.has("user_name") {
        row.error("password_file", "needs `user_name` beside it");
    }
    let auth_protocol = row.optional("auth_protocol", auth_protocol);
    let compression = row.optional("compression", compression);
    Some(Connection {
        purpose,
        access_string: access_string?,
        user_name,
        password,
        auth_protocol,
        compression,
    })
}

/// Reads how a document's own contexts connect, with the keys of a row.
pub(super) fn document_context(row: &mut Section<'_>, folder: &Path) -> Option<Context> {
    let connection = access(row, Purpose::Other, folder)?;
    match context(&connection) {
        Ok(context) => Some(context),
        Err(message) => {
            row.error("access_string", message);
            None
        }
    }
}

/// Checks what issue C's COSA database will keep: how rows are chosen and shown [MATCH-100].
fn check_cosa_keys(row: &mut Section<'_>) {
    const IP_TYPES: &[(&str, ())] = &[("IPv4", ()), ("IPv6", ()), ("IPv4v6", ())];
    const SOURCES: &[(&str, ())] = &[("oem", ()), ("base", ())];
    row.optional("ip_type", values::one_of(IP_TYPES));
    // Counts from 1 for each set of identifiers [MATCH-102].
    row.optional("auto_connect_order", values::integer(1..=65_535));
    row.optional("friendly_name", values::line(LABEL_CHARS_MAX));
    row.optional("source", values::one_of(SOURCES));
    row.tables("targets", |target| {
        target.optional("plmn", values::formed(plmn, "the 5 or 6 digits of a network"));
        for key in ["spn", "pnn", "gid1"] {
            target.optional(key, values::line(LABEL_CHARS_MAX));
        }
        target.optional("imsi", imsi_range);
        target.optional("iccid", iccid_range);
        Some(())
    });
}

fn plmn(text: &str) -> Option<()> {
    (matches!(text.len(), 5 | 6) && text.bytes().all(|b| b.is_ascii_digit())).then_some(())
}

fn purpose(value: &DeValue<'_>) -> Read<(String, Purpose)> {
    let text = values::text(value)?;
    if !values::is_service_name(text) {
        let known: Vec<&str> = PURPOSES.iter().map(|(name, _)| *name).collect();
        return Err(format!("needs a purpose such as {}", known.join(", ")));
    }
    let known = PURPOSES.iter().find(|(name, _)| *name == text);
    Ok((text.to_owned(), known.map_or(Purpose::Other, |(_, purpose)| *purpose)))
}

/// Reads the protocol in any case: COSA and the document spell it differently.
fn auth_protocol(value: &DeValue<'_>) -> Read<AuthProtocol> {
    match values::text(value)?.to_ascii_lowercase().as_str() {
        "none" => Ok(AuthProtocol::None),
        "pap" => Ok(AuthProtocol::Pap),
        "chap" => Ok(AuthProtocol::Chap),
        "mschapv2" => Ok(AuthProtocol::MsChapV2),
        _ => Err("needs one of none, pap, chap, mschapv2".to_owned()),
    }
}

/// Reads a switch, which COSA spells in words.
fn compression(value: &DeValue<'_>) -> Read<bool> {
    let word = value.as_str().map(str::to_ascii_lowercase);
    match (value.as_bool(), word.as_deref()) {
        (Some(is_on), _) => Ok(is_on),
        (None, Some("enable")) => Ok(true),
        (None, Some("disable")) => Ok(false),
        (None, _) => Err("needs true or false".to_owned()),
    }
}

pub(super) fn password(value: &DeValue<'_>, folder: &Path) -> Read<String> {
    let secret = Secret::read_file(&folder.join(values::text(value)?))?;
    let count = secret.reveal().chars().count();
    if count > CREDENTIAL_CHARS_MAX {
        return Err(format!(
            "holds {count} characters; a password has {CREDENTIAL_CHARS_MAX} at most"
        ));
    }
    Ok(secret.reveal().to_owned())
}
