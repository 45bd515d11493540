//! `[[cosa]]`: how a brand's SIMs connect, rows of its COSA/APN database.
//!
//! Not here: how rows become profiles of the database ([`super::cosa`]), and which row a SIM
//! uses.

use std::path::Path;

use carrier::document::Context;
use domain::brand::{AuthProtocol, Connection, Purpose};
use domain::cosa::{IpType, Origin, Plmn, PurposeGroup, SimSettings, Target};
use domain::matching::NumberRange;
use toml::de::DeValue;

use crate::config::Secret;
use crate::config::document::Section;
use crate::config::values::{self, Read};

use super::sim_settings;
use super::targets::{iccid_range, imsi_range};
use crate::documents::context;

/// Longest APN or dial string [XML-56].
const ACCESS_STRING_CHARS_MAX: usize = 99;
/// Longest user name and password [XML-56].
const CREDENTIAL_CHARS_MAX: usize = 255;
/// Longest friendly name, SPN, PNN or GID1 that a row may have.
const LABEL_CHARS_MAX: usize = 64;

/// The purposes that a message may name, the usual ones first [MATCH-101].
const PURPOSES: [PurposeGroup; 3] =
    [PurposeGroup::Internet, PurposeGroup::Purchase, PurposeGroup::Mms];
const IP_TYPES: &[(&str, IpType)] =
    &[("IPv4", IpType::V4), ("IPv6", IpType::V6), ("IPv4v6", IpType::V4V6)];
const ORIGINS: &[(&str, Origin)] = &[("oem", Origin::Oem), ("base", Origin::Base)];

/// A row of the database: how to connect, and how the row is chosen and shown [MATCH-100].
pub(super) struct Row {
    /// Access string and credentials.
    pub(super) access: Connection,
    /// What it is for; absent = an operator's own purpose, which Windows has not.
    pub(super) purpose: Option<PurposeGroup>,
    /// Versions of IP.
    pub(super) ip_type: IpType,
    /// Place among the rows of one set of identifiers, from 1 [MATCH-102].
    pub(super) auto_connect_order: Option<u16>,
    /// Shown when Windows cannot connect by itself.
    pub(super) friendly_name: Option<String>,
    /// Whose extension it is in [MATCH-03].
    pub(super) origin: Origin,
    /// Whether Windows connects by itself.
    pub(super) always_on: bool,
    /// The SIMs it is for; none = every SIM of the brand.
    pub(super) targets: Vec<Target>,
    /// What it says of the profile's one block of settings [MATCH-96].
    pub(super) settings: SimSettings,
}

/// The rows of a brand.
pub(super) struct Rows {
    /// Those without errors, in their order.
    pub(super) rows: Vec<Row>,
    /// Whether none leads to the Internet. A row with an unreadable purpose may have been meant
    /// for it.
    pub(super) lacks_internet: bool,
}

/// Reads the rows.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Rows {
    let mut purposes = Vec::new();
    let mut profiles = Vec::new();
    let rows = section.tables("cosa", |row| {
        let (purpose, connection) = row_of(row, folder);
        purposes.push(purpose);
        if let Some(connection) = &connection {
            refuse_second_settings(row, connection, &mut profiles);
        }
        connection
    });
    let is_known = rows.is_some() && purposes.iter().all(Option::is_some);
    let lacks_internet = is_known && !purposes.contains(&Some(Purpose::Internet));
    Rows { rows: rows.unwrap_or_default(), lacks_internet }
}

/// Reports what a row says otherwise than an earlier one of its profile [MATCH-96].
fn refuse_second_settings(
    section: &mut Section<'_>,
    row: &Row,
    profiles: &mut Vec<(Origin, Vec<Target>, SimSettings)>,
) {
    let is_its = |(origin, targets, _): &&mut (Origin, Vec<Target>, SimSettings)| {
        *origin == row.origin && *targets == row.targets
    };
    match profiles.iter_mut().find(is_its) {
        Some((.., settings)) => {
            for key in sim_settings::add(settings, row.settings.clone()) {
                let message = "differs from an earlier row of the same source and targets; they \
                               are one profile, which has one";
                section.error(key, message);
            }
        }
        None => profiles.push((row.origin, row.targets.clone(), row.settings.clone())),
    }
}

fn row_of(row: &mut Section<'_>, folder: &Path) -> (Option<Purpose>, Option<Row>) {
    let named = row.required("purpose", purpose);
    let group = named.as_ref().and_then(|(name, _)| PurposeGroup::parse(name));
    if let (Some((name, _)), None) = (&named, group) {
        row.warn("purpose", format!("{name:?} is no purpose that Windows has"));
    }
    let purpose = named.map(|(_, purpose)| purpose);
    let ip_type = row.optional("ip_type", values::one_of(IP_TYPES));
    // Counts from 1 for each set of identifiers [MATCH-102].
    let order = row.optional("auto_connect_order", |value| {
        let order = values::integer(1..=65_535)(value)?;
        u16::try_from(order).map_err(|error| error.to_string())
    });
    let friendly_name = row.optional("friendly_name", values::line(LABEL_CHARS_MAX));
    let origin = row.optional("source", values::one_of(ORIGINS));
    let always_on = row.optional("always_on", values::boolean);
    let targets = row.tables("targets", target);
    let settings = sim_settings::read(row, folder);
    // Read even without a purpose, so that its errors are reported too.
    let access = access(row, purpose.unwrap_or(Purpose::Other), folder);
    let read = access.filter(|_| purpose.is_some()).map(|access| Row {
        access,
        purpose: group,
        ip_type: ip_type.unwrap_or_default(),
        auto_connect_order: order,
        friendly_name,
        origin: origin.unwrap_or(Origin::Base),
        always_on: always_on.unwrap_or(true),
        targets: targets.unwrap_or_default(),
        settings,
    });
    (purpose, read)
}

/// Reads identifiers that must all match. Windows knows four forms of them [MATCH-97]; another
/// is an error of `catalog lint` and does not keep SIMs from being recognised.
fn target(row: &mut Section<'_>) -> Option<Target> {
    let pnn = row.optional("pnn", values::line(LABEL_CHARS_MAX));
    let target = Target { pnn, ..identifiers(row) };
    // Where nothing of it was read, its keys have errors of their own.
    if let Err(fault) = target.form()
        && target != Target::default()
    {
        row.warn("", format!("has {fault}; Windows takes no such target [MATCH-97]"));
    }
    Some(target)
}

/// Reads the identifiers that an app can read from a SIM as well.
pub(super) fn identifiers(row: &mut Section<'_>) -> Target {
    let plmn = row.optional("plmn", values::formed(Plmn::parse, "the 5 or 6 digits of a network"));
    let mut label = |key| row.optional(key, values::line(LABEL_CHARS_MAX));
    let (spn, gid1) = (label("spn"), label("gid1"));
    let imsi = row.optional("imsi", |value| {
        let (start, end) = imsi_range(value)?;
        NumberRange::of_imsis(&start, &end).map_err(|fault| fault.to_string())
    });
    let iccid = row.optional("iccid", |value| {
        let (start, end) = iccid_range(value)?;
        NumberRange::of_iccids(&start, &end).map_err(|fault| fault.to_string())
    });
    Target { plmn, imsi, iccid, spn, pnn: None, gid1 }
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

fn purpose(value: &DeValue<'_>) -> Read<(String, Purpose)> {
    let text = values::text(value)?;
    if !values::is_service_name(text) {
        let known: Vec<&str> = PURPOSES.iter().map(|purpose| purpose.name()).collect();
        return Err(format!("needs a purpose such as {}", known.join(", ")));
    }
    let purpose = match PurposeGroup::parse(text) {
        Some(PurposeGroup::Internet) => Purpose::Internet,
        Some(PurposeGroup::Purchase) => Purpose::Purchase,
        Some(PurposeGroup::Mms) => Purpose::Mms,
        Some(
            PurposeGroup::Ims
            | PurposeGroup::Supl
            | PurposeGroup::EsimProvisioning
            | PurposeGroup::Administrative
            | PurposeGroup::Application
            | PurposeGroup::LteAttach,
        )
        | None => Purpose::Other,
    };
    Ok((text.to_owned(), purpose))
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
