//! A notification's cause as columns and back.
//!
//! Not here: the other columns of the log ([`super::events`]).

use domain::brand::BrandId;
use domain::events::{Alphabet, Bearer, Cause, Message, Network, Notice, Raised, Reach};
use rusqlite::Row;
use rusqlite::types::Value;

use super::events::{counter, id};
use super::rows::{column, corrupt, count, instant};
use crate::store::StoreError;
use crate::store::events::Notification;

const BEARERS: [(Bearer, &str); 3] =
    [(Bearer::GsmSms, "gsm_sms"), (Bearer::CdmaSms, "cdma_sms"), (Bearer::Ussd, "ussd")];
const REACHES: [Reach; 3] = [Reach::None, Reach::Constrained, Reach::Internet];

/// Returns the columns of a cause.
pub(super) fn columns(cause: &Cause) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |number: u64| Value::Integer(count(number));
    let message_type = cause.message_type().map(|known| i64::from(known.number()));
    let mut out = vec![
        ("name", text(cause.name())),
        ("message_type", message_type.map_or(Value::Null, Value::Integer)),
        ("kind", text(kind(cause))),
    ];
    match cause {
        Cause::OperatorMessage(message) | Cause::PublicMessage(message) => {
            out.extend(message_columns(message));
        }
        Cause::Threshold { cycle, network, step, usage_bytes } => out.extend([
            ("cycle", number(*cycle)),
            ("word", text(network.name())),
            ("step", number(*step)),
            ("amount", number(*usage_bytes)),
        ]),
        Cause::Reset { cycle } => out.push(("cycle", number(*cycle))),
        Cause::LimitProjected { cycle, projected_bytes } => {
            out.extend([("cycle", number(*cycle)), ("amount", number(*projected_bytes))]);
        }
        Cause::Registered(network) => out.push(("word", text(network.name()))),
        Cause::EntitlementCheck { check } => out.push(("amount", number(*check))),
        Cause::SharingChanged { is_on } => out.push(("amount", number((*is_on).into()))),
        Cause::ClientsChanged { clients } => out.push(("amount", number((*clients).into()))),
        Cause::NetworkStatus(reach) => out.push(("word", text(reach.name()))),
        Cause::Notice(notice) => out.push(("word", text(notice.name()))),
        Cause::PlanDeleted
        | Cause::Connected
        | Cause::Disconnected
        | Cause::HotspotAuthentication => {}
    }
    out
}

fn message_columns(message: &Message) -> [(&'static str, Value); 6] {
    let bearer = BEARERS.iter().find(|(bearer, _)| *bearer == message.bearer);
    [
        ("bearer", Value::Text(bearer.map(|(_, name)| *name).unwrap_or_default().to_owned())),
        ("encoding", Value::Integer(message.encoding.into())),
        ("is_unicode", Value::Integer((message.alphabet == Alphabet::Unicode).into())),
        ("message", Value::Blob(message.bytes.clone())),
        ("text", Value::Text(message.text.clone())),
        ("rule", message.rule.clone().map_or(Value::Null, Value::Text)),
    ]
}

fn kind(cause: &Cause) -> &'static str {
    match cause {
        Cause::OperatorMessage(_) => "operator_message",
        Cause::PublicMessage(_) => "public_message",
        Cause::Threshold { .. } => "threshold",
        Cause::Reset { .. } => "reset",
        Cause::PlanDeleted => "plan_deleted",
        Cause::LimitProjected { .. } => "limit_projected",
        Cause::Connected => "connected",
        Cause::Disconnected => "disconnected",
        Cause::Registered(_) => "registered",
        Cause::EntitlementCheck { .. } => "entitlement_check",
        Cause::SharingChanged { .. } => "sharing_changed",
        Cause::ClientsChanged { .. } => "clients_changed",
        Cause::NetworkStatus(_) => "network_status",
        Cause::HotspotAuthentication => "hotspot_authentication",
        Cause::Notice(_) => "notice",
    }
}

/// Reads a row of the log.
pub(super) fn notification(row: &Row<'_>) -> Result<Notification, StoreError> {
    let brand: String = column(row, "brand")?;
    Ok(Notification {
        id: column(row, "id")?,
        subscription: id(row, "subscription")?,
        seq: counter(row, "seq")?,
        brand: BrandId::parse(&brand).ok_or_else(|| corrupt("brand"))?,
        interface: column(row, "interface")?,
        raised: Raised { key: column(row, "key")?, cause: cause(row)?, at: instant(row, "at")? },
    })
}

fn cause(row: &Row<'_>) -> Result<Cause, StoreError> {
    let kind: String = column(row, "kind")?;
    let small = |name| u8::try_from(counter(row, name)?).map_err(|_| corrupt(name));
    Ok(match kind.as_str() {
        "operator_message" => Cause::OperatorMessage(message(row)?),
        "public_message" => Cause::PublicMessage(message(row)?),
        "threshold" => Cause::Threshold {
            cycle: counter(row, "cycle")?,
            network: network(row)?,
            step: counter(row, "step")?,
            usage_bytes: counter(row, "amount")?,
        },
        "reset" => Cause::Reset { cycle: counter(row, "cycle")? },
        "plan_deleted" => Cause::PlanDeleted,
        "limit_projected" => Cause::LimitProjected {
            cycle: counter(row, "cycle")?,
            projected_bytes: counter(row, "amount")?,
        },
        "connected" => Cause::Connected,
        "disconnected" => Cause::Disconnected,
        "registered" => Cause::Registered(network(row)?),
        "entitlement_check" => Cause::EntitlementCheck { check: counter(row, "amount")? },
        "sharing_changed" => Cause::SharingChanged { is_on: counter(row, "amount")? != 0 },
        "clients_changed" => Cause::ClientsChanged { clients: small("amount")? },
        "network_status" => Cause::NetworkStatus(word(row, &REACHES, |reach| reach.name())?),
        "hotspot_authentication" => Cause::HotspotAuthentication,
        "notice" => Cause::Notice(word(row, &Notice::ALL, |notice| notice.name())?),
        _ => return Err(corrupt("kind")),
    })
}

fn word<T: Copy>(
    row: &Row<'_>,
    among: &[T],
    name: impl Fn(&T) -> &'static str,
) -> Result<T, StoreError> {
    let found: String = column(row, "word")?;
    among.iter().find(|known| name(known) == found).copied().ok_or_else(|| corrupt("word"))
}

fn network(row: &Row<'_>) -> Result<Network, StoreError> {
    word(row, &[Network::Home, Network::Roaming], |network| network.name())
}

fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    let bearer: String = column(row, "bearer")?;
    let found = BEARERS.iter().find(|(_, name)| *name == bearer);
    let encoding = u8::try_from(counter(row, "encoding")?).map_err(|_| corrupt("encoding"))?;
    let is_unicode: bool = column(row, "is_unicode")?;
    Ok(Message {
        bearer: found.map(|(bearer, _)| *bearer).ok_or_else(|| corrupt("bearer"))?,
        encoding,
        alphabet: if is_unicode { Alphabet::Unicode } else { Alphabet::Other },
        bytes: column(row, "message")?,
        text: column(row, "text")?,
        rule: column(row, "rule")?,
    })
}
