//! The log's notifications in the form in which they are told: [EVT-05] with our additions.
//!
//! Not here: the form itself ([`api::events`]).

use api::events::{Event, SharingAnswer};
use domain::events::{Cause, Message, Sharing};

use crate::store::events::Notification;

/// The largest number that every reader of JSON keeps exact.
const NUMBER_MAX: u64 = 1 << 53;

/// Writes a notification in its wire form.
#[must_use]
pub fn event(notification: &Notification) -> Event {
    let cause = &notification.raised.cause;
    let subscription = notification.subscription.to_string();
    let mut out = Event {
        message_type: cause.message_type().map(domain::events::MessageType::number),
        interface: notification.interface.clone(),
        network_account_id: format!("{{{}}}", subscription.to_uppercase()),
        time: notification.raised.at.to_string(),
        name: cause.name().to_owned(),
        subscription,
        sequence: notification.seq,
        brand: notification.brand.to_string(),
        ..Event::default()
    };
    let number = |number: u64| Some(number.min(NUMBER_MAX));
    match cause {
        Cause::OperatorMessage(message) => message_keys(&mut out, message),
        Cause::PublicMessage(message) => out.text = Some(message.text.clone()),
        Cause::Threshold { cycle, network, step, usage_bytes } => {
            out.regime = Some(network.name().to_owned());
            out.cycle = number(*cycle);
            out.step = number(*step);
            out.usage_bytes = number(*usage_bytes);
        }
        Cause::Reset { cycle } => out.cycle = number(*cycle),
        Cause::LimitProjected { cycle, projected_bytes } => {
            out.cycle = number(*cycle);
            out.projected_bytes = number(*projected_bytes);
        }
        Cause::Registered(network) => out.regime = Some(network.name().to_owned()),
        Cause::EntitlementCheck { check } => out.check = number(*check),
        Cause::SharingChanged { is_on } => out.sharing = Some(*is_on),
        Cause::ClientsChanged { clients } => out.clients = Some(*clients),
        Cause::NetworkStatus(reach) => out.reach = Some(reach.name().to_owned()),
        Cause::PlanDeleted
        | Cause::Connected
        | Cause::Disconnected
        | Cause::HotspotAuthentication
        | Cause::Notice(_) => {}
    }
    out
}

fn message_keys(out: &mut Event, message: &Message) {
    // A rule may have no id.
    out.rule_id = message.rule.clone().filter(|rule| !rule.is_empty());
    out.encoding_type = Some(message.encoding);
    out.message_data_size = u32::try_from(message.bytes.len()).ok();
    out.message = Some(message.hex());
    out.text = Some(message.text.clone());
}

/// Writes what is known of a wish to share; absent = it waits.
#[must_use]
pub fn sharing(sharing: Option<&Sharing>) -> SharingAnswer {
    let (outcome, reason) = match sharing {
        None => ("waiting", None),
        Some(Sharing::Allowed) => ("allowed", None),
        Some(Sharing::Disabled) => ("disabled", None),
        Some(Sharing::TimedOut) => ("timed_out", None),
        Some(Sharing::Denied { reason }) => ("denied", reason.clone()),
    };
    SharingAnswer { outcome: outcome.to_owned(), status: sharing.and_then(Sharing::status), reason }
}

#[cfg(test)]
mod tests {
    use domain::brand::BrandId;
    use domain::code::Id;
    use domain::events::{Alphabet, Bearer, Network, Raised};

    use super::*;

    fn told(cause: Cause) -> serde_json::Value {
        let at = "2030-03-12T08:00:00Z".parse().expect("a time");
        let notification = Notification {
            id: 9,
            subscription: Id::from_parts(1, [0; 10]),
            seq: 7,
            brand: BrandId::parse("aurora").expect("a brand"),
            interface: None,
            raised: Raised { key: String::new(), cause, at },
        };
        serde_json::to_value(event(&notification)).expect("JSON")
    }

    /// [EVT-01], [EVT-05]: only messages have the message keys.
    #[test]
    fn each_type_has_its_keys_and_no_others() {
        let message = || Message {
            bearer: Bearer::Ussd,
            encoding: 15,
            alphabet: Alphabet::Other,
            bytes: vec![0xC8, 0x34],
            text: "Hi".to_owned(),
            rule: Some("A".to_owned()),
        };
        let (network, usage_bytes) = (Network::Roaming, u64::MAX);
        let common =
            ["brand", "name", "network_account_id", "sequence", "subscription", "time"].as_slice();
        let message_keys =
            ["encoding_type", "message", "message_data_size", "message_type", "rule_id", "text"];
        for (cause, number, own) in [
            (Cause::OperatorMessage(message()), Some(2), message_keys.as_slice()),
            (Cause::PublicMessage(message()), None, &["text"]),
            (
                Cause::Threshold { cycle: 1, network, step: 2, usage_bytes },
                Some(3),
                &["cycle", "message_type", "regime", "step", "usage_bytes"],
            ),
            (Cause::Reset { cycle: 1 }, Some(4), &["cycle", "message_type"]),
            (Cause::PlanDeleted, Some(5), &["message_type"]),
            (Cause::Connected, Some(6), &["message_type"]),
            (Cause::Registered(network), Some(8), &["message_type", "regime"]),
            (Cause::EntitlementCheck { check: 3 }, Some(10), &["check", "message_type"]),
        ] {
            let told = told(cause);
            let keys: Vec<_> = told.as_object().expect("an object").keys().cloned().collect();
            let mut expected: Vec<_> =
                common.iter().chain(own).map(|key| (*key).to_owned()).collect();
            expected.sort();
            let mut found = keys;
            found.sort();
            assert_eq!(found, expected, "{told}");
            assert_eq!(told["message_type"].as_u64(), number, "{told}");
        }
        let told = told(Cause::OperatorMessage(message()));
        assert_eq!((&told["message"], &told["message_data_size"]), (&"C834".into(), &2.into()));
        assert_eq!(told["network_account_id"], "{00000000-0001-7000-8000-000000000000}");
    }
}
