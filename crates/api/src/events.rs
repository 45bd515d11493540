//! What receivers of events are sent, and what devices and networks report.
//!
//! The wire form of [EVT-05] in snake case, with what the log adds. Not part of the portal's
//! WebAssembly.

use serde::{Deserialize, Serialize};

/// An event as webhooks, streams and pages of the log carry it [EVT-05]. Keys that do not
/// belong to its type are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The number of the `MobileOperatorNotification`, 0 to 12; absent = another kind of event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<u8>,
    /// GUID of the physical interface, in braces; absent = the device did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// GUID of the account, in braces: the subscription's id.
    pub network_account_id: String,
    /// The rule that matched a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// The data-coding scheme of a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding_type: Option<u8>,
    /// Size of a message in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_data_size: Option<u32>,
    /// The message as it came, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The message decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When it happened, RFC 3339.
    pub time: String,
    /// What it is: Windows' name of the message type, else one in snake case.
    pub name: String,
    /// The subscription.
    pub subscription: String,
    /// Counts the events of the subscription, from 1, without gaps.
    pub sequence: u64,
    /// The brand of the subscription.
    pub brand: String,
    /// `home` or `roaming`: where the device is, or where the bytes were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// The billing cycle, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<u64>,
    /// The ordinal of a usage step in its cycle and regime, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Effective usage of the cycle, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_bytes: Option<u64>,
    /// What the cycle will come to at the present pace, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projected_bytes: Option<u64>,
    /// The entitlement check to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<u64>,
    /// Whether the connection is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<bool>,
    /// How many devices share the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<u8>,
    /// `none`, `constrained` or `internet`: how far the device reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
}

/// An event at its place in the log of all subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedEvent {
    /// Its place in the log of all subscribers, by which deliveries are looked up and replayed.
    pub position: i64,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    /// The events, in their order.
    pub events: Vec<LoggedEvent>,
    /// What to ask for next: `after` of the next page, of the same subscription or of all.
    pub next: i64,
}

/// A line of the log of what was delivered where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLine {
    /// `webhook NAME`, `portal` or `api`.
    pub channel: String,
    /// When, RFC 3339.
    pub at: String,
    /// `streamed`, a status of the receiver, or why there is none.
    pub outcome: String,
}

/// What was delivered where of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLines {
    /// Each try, oldest first.
    pub deliveries: Vec<DeliveryLine>,
}

/// What a device or a network reports, many at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Who reports; with a report's `id`, what makes sending it again harmless.
    pub source: String,
    /// The reports, in the order of their happening.
    pub events: Vec<Report>,
}

/// One report. Which of the other keys it needs, its kind says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The reporter's own id of it.
    pub id: String,
    /// The subscription: its id, or the code of its order.
    pub subscription: String,
    /// When it happened, RFC 3339; absent or later than the server's clock = as it arrives.
    pub at: Option<String>,
    /// GUID of the physical interface, in braces.
    pub interface: Option<String>,
    /// `connected`, `disconnected`, `registered`, `handler_registered`, `reach`,
    /// `hotspot_authentication`, `sharing_requested`, `sharing_answered`, `sharing_changed` or
    /// `clients_changed`.
    pub kind: String,
    /// Of `registered`: `home`, `roaming`, `partner`, `none`, `deregistered`, `searching` or
    /// `denied`.
    pub state: Option<String>,
    /// Of `reach`: `none`, `constrained` or `internet`.
    pub reach: Option<String>,
    /// Of `sharing_requested`: `always`, `never` or `entitlement_check_required`, which is also
    /// what its absence means.
    pub permission: Option<String>,
    /// Of `sharing_answered`: which check.
    pub check: Option<u64>,
    /// Of `sharing_answered`: the answer.
    pub allow: Option<bool>,
    /// Of `sharing_answered`: what the customer is told of a denial, at most 255 characters.
    pub reason: Option<String>,
    /// Of `sharing_changed`: whether the connection is shared.
    pub sharing: Option<bool>,
    /// Of `clients_changed`: how many share it.
    pub clients: Option<u8>,
}

/// What became of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportsTaken {
    /// One for each report, in their order.
    pub results: Vec<ReportTaken>,
}

/// What became of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTaken {
    /// The reporter's id of it.
    pub id: String,
    /// `accepted`, `repeated`, `ignored`, `rejected` or `refused`.
    pub outcome: String,
    /// Why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The check that waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<u64>,
    /// What is known already of the wish to share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<SharingAnswer>,
}

/// What a device that wants to share its connection is told [EVT-14], [EVT-15].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingAnswer {
    /// `waiting`, `allowed`, `disabled`, `denied` or `timed_out`.
    pub outcome: String,
    /// `TetheringOperationStatus`: 0, 4 or 5; absent where no operation began or none ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u8>,
    /// What the customer is told of a denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a replay is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The place in the log of the one to send again; absent = all that were given up.
    pub position: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &Event, expected: &str) {
        let written = serde_json::to_string(event).expect("JSON");
        assert_eq!(written, expected);
        assert_eq!(&serde_json::from_str::<Event>(&written).expect("read"), event);
    }

    fn event() -> Event {
        Event {
            interface: Some("{0B13D3C8-6F5B-4C9E-9A70-2D6F1B1F8A11}".to_owned()),
            network_account_id: "{0193A1B2-0000-7000-8000-000000000001}".to_owned(),
            time: "2030-03-12T08:00:00Z".to_owned(),
            subscription: "0193a1b2-0000-7000-8000-000000000001".to_owned(),
            sequence: 7,
            brand: "aurora".to_owned(),
            ..Event::default()
        }
    }

    /// [EVT-05], golden: the message keys come with types 0 to 2 only.
    #[test]
    fn the_wire_form_is_this_to_the_byte() {
        check(
            &Event {
                message_type: Some(0),
                rule_id: Some("Sample1".to_owned()),
                encoding_type: Some(8),
                message_data_size: Some(4),
                message: Some("00480069".to_owned()),
                text: Some("Hi".to_owned()),
                name: "GsmSms".to_owned(),
                ..event()
            },
            "{\"message_type\":0,\"interface\":\"{0B13D3C8-6F5B-4C9E-9A70-2D6F1B1F8A11}\",\
             \"network_account_id\":\"{0193A1B2-0000-7000-8000-000000000001}\",\
             \"rule_id\":\"Sample1\",\"encoding_type\":8,\"message_data_size\":4,\
             \"message\":\"00480069\",\"text\":\"Hi\",\"time\":\"2030-03-12T08:00:00Z\",\
             \"name\":\"GsmSms\",\"subscription\":\"0193a1b2-0000-7000-8000-000000000001\",\
             \"sequence\":7,\"brand\":\"aurora\"}",
        );
        check(
            &Event {
                message_type: Some(3),
                name: "DataPlanThresholdReached".to_owned(),
                regime: Some("home".to_owned()),
                cycle: Some(2),
                step: Some(5),
                usage_bytes: Some(130_000_000),
                ..event()
            },
            "{\"message_type\":3,\"interface\":\"{0B13D3C8-6F5B-4C9E-9A70-2D6F1B1F8A11}\",\
             \"network_account_id\":\"{0193A1B2-0000-7000-8000-000000000001}\",\
             \"time\":\"2030-03-12T08:00:00Z\",\"name\":\"DataPlanThresholdReached\",\
             \"subscription\":\"0193a1b2-0000-7000-8000-000000000001\",\"sequence\":7,\
             \"brand\":\"aurora\",\"regime\":\"home\",\"cycle\":2,\"step\":5,\
             \"usage_bytes\":130000000}",
        );
    }
}
