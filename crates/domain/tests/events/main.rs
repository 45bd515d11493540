//! What is raised of what devices report: [EVT-01] to [EVT-20] as far as they are decisions.

mod laws;
mod sharing;

use domain::cosa::Tethering;
use domain::events::{
    Alphabet, Bearer, Cause, Effect, Event, Family, Ignored, Message, MessageType, Network, Notice,
    Raised, Reach, Registration, Settings, State, Step, Verdict, apply, retry, step,
};
use domain::{SignedDuration, Timestamp};

/// The instant at which the tests begin.
fn start() -> Timestamp {
    "2030-03-12T08:00:00Z".parse().expect("a time")
}

/// A device, and all that was raised of it.
#[derive(Default)]
struct Device {
    state: State,
    settings: Settings,
    raised: Vec<Raised>,
}

impl Device {
    fn says(&mut self, event: &Event) -> Step {
        let step = step(&self.state, event, self.settings, start());
        apply(&mut self.state, &step);
        for effect in &step.effects {
            match effect {
                Effect::Raise(raised) => self.raised.push(raised.clone()),
                Effect::AnswerSharing { .. } => {}
            }
        }
        step
    }

    fn says_all(&mut self, events: &[Event]) {
        for event in events {
            self.says(event);
        }
    }

    /// The numbers of what was raised, as the vectors have them.
    fn numbers(&self) -> Vec<u8> {
        let number = |raised: &Raised| raised.cause.message_type().map(MessageType::number);
        self.raised.iter().filter_map(number).collect()
    }

    /// What the customer was told.
    fn notices(&self) -> Vec<Notice> {
        let notice = |raised: &Raised| match &raised.cause {
            Cause::Notice(notice) => Some(*notice),
            _ => None,
        };
        self.raised.iter().filter_map(notice).collect()
    }
}

const HOME: Event = Event::Registration(Registration::Home);
const ROAMING: Event = Event::Registration(Registration::Roaming);

/// EV-1, EV-2, EV-3, EV-5, EV-6: stimulus and numbers.
#[test]
fn vectors_of_events() {
    let asks = |permission| Event::SharingRequested { permission };
    let required = || asks(Tethering::EntitlementCheckRequired);
    for (id, stimulus, expected) in [
        ("EV-1", vec![Event::Connected], vec![6]),
        (
            "EV-2",
            // The link is lost at sleep and made again at resume.
            vec![Event::Connected, Event::Disconnected, Event::Connected, Event::Disconnected],
            vec![6, 7, 6, 7],
        ),
        ("EV-5", vec![required()], vec![10]),
        ("EV-5", vec![asks(Tethering::Always)], vec![]),
        ("EV-5", vec![asks(Tethering::Never)], vec![]),
        ("EV-6", vec![required(), required()], vec![10, 10]),
    ] {
        let mut device = Device::default();
        device.says_all(&stimulus);
        assert_eq!(device.numbers(), expected, "{id}");
    }
}

#[test]
fn a_handler_is_told_at_once_what_is_already_so() {
    for (id, before, expected) in [
        ("EV-3 [EVT-07]", vec![HOME, Event::Connected], vec![9, 6]),
        ("[EVT-07] [EVT-10]", vec![Event::Connected], vec![6]),
        ("[EVT-07] [EVT-11]", vec![ROAMING], vec![8]),
        ("[EVT-07]", vec![HOME, Event::Registration(Registration::Searching)], vec![]),
        ("[EVT-07]", vec![], vec![]),
    ] {
        let mut device = Device::default();
        device.says_all(&before);
        device.raised.clear();
        device.says(&Event::HandlerRegistered);
        assert_eq!(device.numbers(), expected, "{id}");
        // Registered anew, as after an update, it is told again.
        device.says(&Event::HandlerRegistered);
        assert_eq!(device.numbers(), [expected.clone(), expected].concat(), "{id}");
    }
}

#[test]
fn every_registration_is_raised_and_the_customer_told_once() {
    use Notice::{RoamingBegan, RoamingEnded};
    for (id, stimulus, numbers, notices) in [
        (
            "EV-4",
            vec![HOME, ROAMING, ROAMING, HOME],
            vec![9, 8, 8, 9],
            vec![RoamingBegan, RoamingEnded],
        ),
        ("[EVT-18] first ever 9", vec![HOME, HOME], vec![9, 9], vec![]),
        ("[EVT-18] first ever 8", vec![ROAMING], vec![8], vec![RoamingBegan]),
        (
            "[EVT-11] lost and found abroad",
            vec![ROAMING, Event::Registration(Registration::Searching), ROAMING],
            vec![8, 8],
            vec![RoamingBegan],
        ),
        (
            "[EVT-20] each time it begins and ends",
            vec![ROAMING, HOME, ROAMING, HOME],
            vec![8, 9, 8, 9],
            vec![RoamingBegan, RoamingEnded, RoamingBegan, RoamingEnded],
        ),
    ] {
        let mut device = Device::default();
        device.says_all(&stimulus);
        assert_eq!(device.numbers(), numbers, "{id}");
        assert_eq!(device.notices(), notices, "{id}");
    }
}

#[test]
fn registrations_count_as_the_operator_says() {
    let partner_home = Settings { partner: Network::Home, ..Settings::default() };
    for (registration, settings, expected) in [
        (Registration::Home, Settings::default(), vec![9]),
        (Registration::Roaming, Settings::default(), vec![8]),
        (Registration::Partner, Settings::default(), vec![8]),
        (Registration::Partner, partner_home, vec![9]),
        (Registration::None, Settings::default(), vec![]),
        (Registration::Deregistered, Settings::default(), vec![]),
        (Registration::Searching, Settings::default(), vec![]),
        (Registration::Denied, Settings::default(), vec![]),
    ] {
        let mut device = Device { settings, ..Device::default() };
        device.says(&Event::Registration(registration));
        assert_eq!(device.numbers(), expected, "[EVT-12] {registration:?}");
    }
}

/// EV-7: 6 comes with layer 2, the verdict later and apart.
#[test]
fn the_reach_comes_after_the_connection_and_apart() {
    let mut device = Device::default();
    device.says_all(&[Event::Connected, Event::ReachFound(Reach::Constrained)]);
    assert_eq!(device.numbers(), [6], "EV-7 [EVT-10]");
    let causes: Vec<_> = device.raised.iter().map(|raised| raised.cause.clone()).collect();
    assert_eq!(causes, [Cause::Connected, Cause::NetworkStatus(Reach::Constrained)], "EV-7");
}

#[test]
fn connects_and_registrations_are_never_put_together() {
    let mut device = Device::default();
    for _ in 0..3 {
        device.says_all(&[Event::Connected, HOME, Event::Disconnected]);
    }
    assert_eq!(device.numbers(), [6, 9, 7, 6, 9, 7, 6, 9, 7], "[EVT-17]");
    let keys: std::collections::BTreeSet<_> = device.raised.iter().map(|r| &r.key).collect();
    assert_eq!(keys.len(), device.raised.len(), "[EVT-17]");
    // A connect whose disconnect nobody reported is one more; a disconnect of nothing is none.
    device.raised.clear();
    device.says_all(&[Event::Connected, Event::Connected, Event::Disconnected]);
    let step = device.says(&Event::Disconnected);
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Repeated));
    assert_eq!(device.numbers(), [6, 6, 7], "[EVT-10]");
}

#[test]
fn types_have_the_numbers_and_names_of_windows() {
    for (number, name) in [
        (0, "GsmSms"),
        (1, "CdmaSms"),
        (2, "Ussd"),
        (3, "DataPlanThresholdReached"),
        (4, "DataPlanReset"),
        (5, "DataPlanDeleted"),
        (6, "ProfileConnected"),
        (7, "ProfileDisconnected"),
        (8, "RegisteredRoaming"),
        (9, "RegisteredHome"),
        (10, "TetheringEntitlementCheck"),
        (11, "TetheringOperationalStateChanged"),
        (12, "TetheringNumberOfClientsChanged"),
    ] {
        let found = MessageType::from_number(number).expect("a type");
        assert_eq!((found.number(), found.name()), (number, name), "[EVT-02] [EVT-03]");
        assert_eq!(found.to_string(), name);
        assert_eq!(found.carries_message(), number <= 2, "[EVT-01]");
    }
    assert_eq!(MessageType::from_number(13), None, "[EVT-02]");
}

#[test]
fn the_extension_is_raised_only_where_it_is_wanted() {
    let wanted = Settings { has_sharing_types: true, ..Settings::default() };
    for (settings, expected) in [(Settings::default(), vec![]), (wanted, vec![11, 12])] {
        let mut device = Device { settings, ..Device::default() };
        device.says_all(&[
            Event::SharingChanged { is_on: true },
            Event::ClientsChanged { clients: 2 },
        ]);
        assert_eq!(device.numbers(), expected, "[EVT-03]");
    }
}

fn message(bearer: Bearer, alphabet: Alphabet, rule: Option<&str>) -> Message {
    Message {
        bearer,
        encoding: if alphabet == Alphabet::Unicode { 8 } else { 0 },
        alphabet,
        bytes: vec![0x00, 0xe5],
        text: "å".to_owned(),
        rule: rule.map(str::to_owned),
    }
}

#[test]
fn messages_are_shown_as_an_app_sees_them() {
    let unicode = message(Bearer::GsmSms, Alphabet::Unicode, Some("A"));
    assert_eq!(unicode.shown(), "å", "[EVT-04]");
    let other = message(Bearer::GsmSms, Alphabet::Other, Some("A"));
    assert_eq!(other.shown(), "00E5", "[EVT-04]");
    let shown = format!("{other:?}");
    assert!(!shown.contains('å') && !shown.contains("E5"), "{shown}");
}

#[test]
fn a_message_is_raised_as_its_rule_says() {
    use Family::{Customer, OperatorNotification, PublicSms, PublicUssd};
    for (bearer, rule, is_public, numbers, families) in [
        (Bearer::GsmSms, Some("A"), false, vec![0], vec![OperatorNotification]),
        (Bearer::CdmaSms, Some("A"), false, vec![1], vec![OperatorNotification]),
        (Bearer::Ussd, Some("A"), false, vec![2], vec![OperatorNotification]),
        // Meant to be seen: private first, then public, and the customer is told [EVT-20].
        (Bearer::GsmSms, Some("B"), true, vec![0], vec![OperatorNotification, PublicSms, Customer]),
        (Bearer::Ussd, Some("B"), true, vec![2], vec![OperatorNotification, PublicUssd, Customer]),
        (Bearer::GsmSms, None, true, vec![], vec![PublicSms]),
        (Bearer::Ussd, None, true, vec![], vec![PublicUssd]),
    ] {
        let message = message(bearer, Alphabet::Other, rule);
        let raised = Raised::of_message("m1", message, is_public, start());
        let device = Device { raised: raised.clone(), ..Device::default() };
        assert_eq!(device.numbers(), numbers, "[EVT-02]");
        let found: Vec<_> = raised.iter().map(|raised| raised.cause.family()).collect();
        assert_eq!(found, families, "[EVT-06]");
    }
}

#[test]
fn everything_belongs_to_an_event_of_the_broker() {
    let threshold =
        Cause::Threshold { cycle: 0, network: Network::Home, step: 1, usage_bytes: 25_000_000 };
    for (cause, family, name) in [
        (Cause::Connected, Family::NetworkStatus, "ProfileConnected"),
        (Cause::Registered(Network::Home), Family::NetworkStatus, "RegisteredHome"),
        (Cause::NetworkStatus(Reach::None), Family::NetworkStatus, "network_status"),
        (threshold, Family::AccountStatus, "DataPlanThresholdReached"),
        (Cause::Reset { cycle: 1 }, Family::AccountStatus, "DataPlanReset"),
        (Cause::PlanDeleted, Family::AccountStatus, "DataPlanDeleted"),
        (Cause::HotspotAuthentication, Family::HotspotAuthentication, "hotspot_authentication"),
        (Cause::EntitlementCheck { check: 1 }, Family::Sharing, "TetheringEntitlementCheck"),
    ] {
        assert_eq!(cause.family(), family, "[EVT-06] {name}");
        assert_eq!(cause.name(), name);
        assert!(Cause::names().contains(&name), "{name}");
    }
}

#[test]
fn keys_of_usage_say_what_happens_once() {
    let threshold =
        |cycle, network, step| Cause::Threshold { cycle, network, step, usage_bytes: 1 };
    let key = |cause| Raised::of_usage(cause, start()).key;
    for (cause, expected) in [
        (threshold(2, Network::Home, 5), "usage/2/home/5"),
        (threshold(2, Network::Roaming, 5), "usage/2/roaming/5"),
        (Cause::Reset { cycle: 3 }, "usage/3/DataPlanReset"),
        (Cause::PlanDeleted, "usage/DataPlanDeleted"),
        (Cause::LimitProjected { cycle: 1, projected_bytes: 9 }, "usage/1/limit_projected"),
    ] {
        assert_eq!(key(cause), expected, "[USE-21] [EVT-17]");
    }
    assert_eq!(Raised::approaching_limit(1, start()).key, "notice/1/approaching_limit", "[EVT-20]");
    assert_eq!(Raised::plan_expired(start()).key, "notice/plan_expired", "[EVT-20]");
}

#[test]
fn ten_tries_take_about_75_hours() {
    let mut all = SignedDuration::ZERO;
    for tries in 1..retry::TRIES_MAX {
        let pause = retry::pause_after(tries, 0).expect("a pause");
        let longest = retry::pause_after(tries, u32::MAX).expect("a pause");
        assert!(pause <= longest && longest <= pause * 11 / 10, "{tries}");
        all += pause;
    }
    assert_eq!(all, SignedDuration::from_secs(75 * 3600 + 35 * 60 + 5));
    assert_eq!(retry::pause_after(retry::TRIES_MAX, 0), None);
    for (status, expected) in [
        (200, retry::Response::Delivered),
        (204, retry::Response::Delivered),
        (301, retry::Response::Failed),
        (307, retry::Response::Failed),
        (404, retry::Response::Failed),
        (410, retry::Response::Gone),
        (503, retry::Response::Failed),
    ] {
        assert_eq!(retry::Response::of_status(status), expected, "{status}");
    }
}
