//! What a feed says, in words of the domain, or why it cannot be read.
//!
//! The interface that every feed ends in: the machine interface, files, modems, RADIUS. Not here:
//! whether a record can be ([`super::judge`]) and what follows from it.

use std::fmt;

use api::usage::UsageRecord;
use domain::Timestamp;
use domain::code::{Id, OrderId};
use domain::events::Network;
use domain::identity::{Iccid, Imsi, masked};

/// The profile of records that name none.
pub const DEFAULT_PROFILE: &str = "internet";
/// Longest name of a profile: an access point name has at most as many characters [XML-56].
const PROFILE_CHARS_MAX: usize = 99;
/// Longest name of a session: RADIUS' `Acct-Session-Id` fits.
const SESSION_BYTES_MAX: usize = 253;
/// Largest number that our JSON carries exactly.
const NUMBER_MAX: u64 = 1 << 53;

/// Whose record it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A subscription by its id.
    Subscription(OrderId),
    /// The subscription that a SIM's subscriber has at that time.
    Imsi(Imsi),
    /// The subscription that a SIM has at that time.
    Iccid(Iccid),
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscription(id) => write!(f, "subscription={id}"),
            Self::Imsi(imsi) => write!(f, "imsi={}", imsi.masked()),
            Self::Iccid(iccid) => write!(f, "iccid={}", iccid.masked()),
        }
    }
}

/// Bytes that were carried.
#[derive(Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The session since whose begin the values count; absent = since the record before.
    pub session: Option<String>,
    /// Bytes sent by the device.
    pub sent: u64,
    /// Bytes received by it.
    pub received: u64,
    /// Whose network carried them; absent = where the device was last registered.
    pub network: Option<Network>,
    /// Whether the device shared its connection.
    pub is_shared: bool,
    /// The profile (PDP context) [USE-04].
    pub profile: String,
}

/// What a record says.
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// Bytes were carried.
    Traffic(Traffic),
    /// The profile connected.
    Connected,
    /// It disconnected.
    Disconnected,
    /// The device registered with a network.
    Registered(Network),
}

/// A record that can be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was so.
    pub at: Timestamp,
    /// Whose it is.
    pub who: Who,
    /// What it says.
    pub what: What,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at={} {:?} {:?}", self.at, self.who, self.what)
    }
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traffic(traffic) => {
                let Traffic { session, sent, received, network, is_shared, profile } = traffic;
                let network = network.map_or("", Network::name);
                let session = session.as_deref().map_or("…".to_owned(), masked);
                write!(f, "traffic session={session} sent={sent} received={received} ")?;
                write!(f, "network={network} shared={is_shared} profile={}", guarded(profile))
            }
            Self::Connected => f.write_str("connected"),
            Self::Disconnected => f.write_str("disconnected"),
            Self::Registered(network) => write!(f, "registered network={}", network.name()),
        }
    }
}

/// Why a record does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It cannot be read: a wrong time, name or number, or nobody named.
    Malformed,
    /// A number of bytes below zero.
    Negative,
    /// Nobody has such a subscription at that time.
    UnknownSubscriber,
    /// Its time has not come.
    Early,
    /// It belongs to a cycle that is over, or is older than history reaches.
    Late,
    /// The plan was over by then.
    PlanOver,
    /// More bytes than any network carries in that time.
    Impossible,
    /// Older than what its session said before.
    OutOfOrder,
    /// The subscription has as many profiles as it may have.
    TooManyProfiles,
    /// Two customers claimed its SIM at the same time.
    Ambiguous,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Malformed,
        Self::Negative,
        Self::UnknownSubscriber,
        Self::Early,
        Self::Late,
        Self::PlanOver,
        Self::Impossible,
        Self::OutOfOrder,
        Self::TooManyProfiles,
        Self::Ambiguous,
    ];

    /// Returns the stable name used in JSON, metrics and the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Negative => "negative",
            Self::UnknownSubscriber => "unknown_subscriber",
            Self::Early => "early",
            Self::Late => "late",
            Self::PlanOver => "plan_over",
            Self::Impossible => "impossible",
            Self::OutOfOrder => "out_of_order",
            Self::TooManyProfiles => "too_many_profiles",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// A refusal of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What was wrong, for people; never an identifier.
    pub message: String,
}

impl Refusal {
    /// Makes a refusal.
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// A record as it came, by its number in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number.
    pub sequence: u64,
    /// The record, or why it cannot be read and what could be read of it, masked.
    pub record: Result<Record, (Refusal, String)>,
}

impl Entry {
    /// Reads a record of the machine interface.
    #[must_use]
    pub fn of_api(sent: &UsageRecord) -> Self {
        let sequence = sent.sequence;
        let record = match read(sent) {
            Ok(record) => Ok(record),
            Err(refusal) => Err((refusal, shown(sent))),
        };
        Self { sequence, record }
    }
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::Malformed, message)
}

fn read(sent: &UsageRecord) -> Result<Record, Refusal> {
    let at = instant(&sent.at)?;
    let who = who(sent)?;
    let network = sent.roaming.map(|is_roaming| match is_roaming {
        true => Network::Roaming,
        false => Network::Home,
    });
    let kind = sent.kind.as_deref().unwrap_or("traffic");
    let what = match kind {
        "traffic" => What::Traffic(traffic(sent, network)?),
        "connected" | "disconnected" | "registered" => {
            if sent.sent_bytes.is_some() || sent.received_bytes.is_some() {
                return Err(malformed("sent_bytes, received_bytes: go with traffic only"));
            }
            match (kind, network) {
                ("connected", _) => What::Connected,
                ("disconnected", _) => What::Disconnected,
                (_, Some(network)) => What::Registered(network),
                (_, None) => return Err(malformed("roaming: missing; registered needs it")),
            }
        }
        _ => {
            let message = "kind: one of traffic, connected, disconnected, registered";
            return Err(malformed(message));
        }
    };
    Ok(Record { at, who, what })
}

/// Reads a time, cut to milliseconds as states are stored.
fn instant(text: &str) -> Result<Timestamp, Refusal> {
    let at = text.parse().ok().map(|at: Timestamp| at.as_millisecond());
    let at = at.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.ok_or_else(|| malformed("at: needs a time such as 2030-01-31T00:00:00Z"))
}

fn who(sent: &UsageRecord) -> Result<Who, Refusal> {
    match (&sent.subscription, &sent.imsi, &sent.iccid) {
        (Some(id), None, None) => Id::parse(id)
            .map(Who::Subscription)
            .ok_or_else(|| malformed("subscription: no such id")),
        (None, Some(imsi), None) => {
            Imsi::parse(imsi).map(Who::Imsi).map_err(|error| malformed(format!("imsi: {error}")))
        }
        (None, None, Some(iccid)) => Iccid::parse(iccid)
            .map(Who::Iccid)
            .map_err(|error| malformed(format!("iccid: {error}"))),
        (None, None, None) => Err(malformed("subscription, imsi or iccid: one is needed")),
        _ => Err(malformed("subscription, imsi and iccid: send one of them")),
    }
}

fn traffic(sent: &UsageRecord, network: Option<Network>) -> Result<Traffic, Refusal> {
    if sent.sent_bytes.is_none() && sent.received_bytes.is_none() {
        return Err(malformed("sent_bytes, received_bytes: one is needed at least"));
    }
    let session = sent.session.clone();
    if session.as_ref().is_some_and(|s| s.is_empty() || s.len() > SESSION_BYTES_MAX) {
        return Err(malformed(format!("session: needs 1 to {SESSION_BYTES_MAX} bytes")));
    }
    let profile = sent.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    if !is_profile(profile) {
        let message = "profile: needs 1 to 99 characters of A-Z, a-z, 0-9, '.', '_' and '-'";
        return Err(malformed(message));
    }
    Ok(Traffic {
        session,
        sent: bytes("sent_bytes", sent.sent_bytes)?,
        received: bytes("received_bytes", sent.received_bytes)?,
        network,
        is_shared: sent.shared.unwrap_or(false),
        profile: profile.to_owned(),
    })
}

/// Tells whether a profile may be called so: the characters of an access point name, none of
/// which the store's own form needs.
#[must_use]
pub fn is_profile(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= PROFILE_CHARS_MAX && name.bytes().all(fits)
}

fn bytes(key: &str, sent: Option<i64>) -> Result<u64, Refusal> {
    let value = u64::try_from(sent.unwrap_or(0));
    let value = value.map_err(|_| Refusal::new(Reason::Negative, format!("{key}: below zero")))?;
    match value <= NUMBER_MAX {
        true => Ok(value),
        false => Err(Refusal::new(Reason::Impossible, format!("{key}: more than 2^53"))),
    }
}

/// Longest part of a record that cannot be read which is kept.
const SHOWN_CHARS_MAX: usize = 64;

/// Digits in a row from which a text may hold an identifier: a short IMSI has as many.
const DIGITS_MIN: usize = 6;

/// Masks what may be an identifier in a field that is for something else.
fn guarded(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(digit) = rest.chars().next().map(|c| c.is_ascii_digit()) {
        let end = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match digit && run.len() >= DIGITS_MIN {
            true => shown.push_str(&masked(run)),
            false => shown.push_str(run),
        }
        rest = after;
    }
    shown
}

/// Says what could be read of a record that cannot be; identifiers masked.
fn shown(sent: &UsageRecord) -> String {
    let cut = |text: &str| text.chars().take(SHOWN_CHARS_MAX).collect::<String>();
    let at = if instant(&sent.at).is_ok() { cut(&sent.at) } else { guarded(&cut(&sent.at)) };
    let mut parts = vec![format!("at={at}")];
    let mut add = |name: &str, value: Option<String>| {
        parts.extend(value.map(|value| format!("{name}={value}")));
    };
    add("kind", sent.kind.as_deref().map(|text| guarded(&cut(text))));
    let id = sent.subscription.as_deref().map(|text| match Id::parse(text) {
        Some(id) => id.to_string(),
        None => guarded(&cut(text)),
    });
    add("subscription", id);
    add("imsi", sent.imsi.as_deref().map(|text| masked(&cut(text))));
    add("iccid", sent.iccid.as_deref().map(|text| masked(&cut(text))));
    add("session", sent.session.as_deref().map(|text| masked(&cut(text))));
    add("sent", sent.sent_bytes.map(|n| n.to_string()));
    add("received", sent.received_bytes.map(|n| n.to_string()));
    add("roaming", sent.roaming.map(|is| is.to_string()));
    add("shared", sent.shared.map(|is| is.to_string()));
    add("profile", sent.profile.as_deref().map(|text| guarded(&cut(text))));
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> UsageRecord {
        UsageRecord {
            sequence: 7,
            at: "2030-01-01T00:00:00Z".to_owned(),
            imsi: Some("001012345678901".to_owned()),
            sent_bytes: Some(1),
            received_bytes: Some(2),
            ..UsageRecord::default()
        }
    }

    #[test]
    fn what_can_be_read_is_read_and_shown_masked() {
        let entry = Entry::of_api(&good());
        let record = entry.record.expect("can be read");
        assert_eq!(entry.sequence, 7);
        let shown = format!("{record:?}");
        assert!(shown.contains("imsi=001012…01 traffic"), "{shown}");
        assert!(shown.contains("sent=1 received=2") && shown.contains("internet"), "{shown}");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        type Spoil = fn(&mut UsageRecord);
        let rows: [(Spoil, Reason, &str); 15] = [
            (|r| r.at = "yesterday".into(), Reason::Malformed, "at: "),
            (|r| r.imsi = None, Reason::Malformed, "subscription, imsi or iccid"),
            (|r| r.iccid = Some("8999".into()), Reason::Malformed, "subscription, imsi and iccid"),
            (|r| r.imsi = Some("12x".into()), Reason::Malformed, "imsi: unexpected"),
            (|r| r.kind = Some("voice".into()), Reason::Malformed, "kind: one of"),
            (|r| r.sent_bytes = Some(-1), Reason::Negative, "sent_bytes: below zero"),
            (|r| r.received_bytes = Some(-1), Reason::Negative, "received_bytes: below"),
            (|r| r.sent_bytes = Some(i64::MAX), Reason::Impossible, "sent_bytes: more"),
            (|r| r.session = Some(String::new()), Reason::Malformed, "session: needs"),
            (|r| r.session = Some("x".repeat(254)), Reason::Malformed, "session: needs"),
            (|r| r.profile = Some("a:b".into()), Reason::Malformed, "profile: needs"),
            (|r| r.kind = Some("connected".into()), Reason::Malformed, "sent_bytes, received"),
            (
                |r| (r.sent_bytes, r.received_bytes) = (None, None),
                Reason::Malformed,
                "sent_bytes, received_bytes: one",
            ),
            (
                |r| {
                    r.kind = Some("registered".into());
                    (r.sent_bytes, r.received_bytes) = (None, None);
                },
                Reason::Malformed,
                "roaming: missing",
            ),
            (
                |r| (r.imsi, r.subscription) = (None, Some("7".into())),
                Reason::Malformed,
                "subscription: no such id",
            ),
        ];
        for (spoil, reason, message) in rows {
            let mut sent = good();
            spoil(&mut sent);
            let (refusal, shown) = Entry::of_api(&sent).record.expect_err(message);
            assert_eq!(refusal.reason, reason, "{refusal:?}");
            assert!(refusal.message.starts_with(message), "{refusal:?}");
            assert!(!shown.contains("001012345678901"), "{shown}");
        }
    }

    #[test]
    fn identifiers_in_other_fields_are_masked_too() {
        let id = Id::from_parts(1, [7; 10]).to_string();
        let number = "001012345678901";
        type Spoil = fn(&mut UsageRecord, String);
        let spoils: [Spoil; 4] = [
            |r, text| r.at = text,
            |r, text| r.kind = Some(text),
            |r, text| r.profile = Some(text),
            |r, text| (r.imsi, r.subscription) = (None, Some(text)),
        ];
        for spoil in spoils {
            let mut sent = UsageRecord { sent_bytes: Some(-1), ..good() };
            spoil(&mut sent, format!("x{number}y"));
            let (_, shown) = Entry::of_api(&sent).record.expect_err("spoiled");
            assert!(shown.contains("x001012…01y") && !shown.contains(number), "{shown}");
        }
        let subscription = Some(id.clone());
        let sent = UsageRecord { imsi: None, subscription, sent_bytes: Some(-1), ..good() };
        let (_, shown) = Entry::of_api(&sent).record.expect_err("negative");
        assert!(shown.contains(&id) && shown.contains("at=2030-01-01T00:00:00Z"), "{shown}");
        assert_eq!(guarded("a12345b"), "a12345b");
        let sent = UsageRecord { profile: Some(number.to_owned()), ..good() };
        let shown = format!("{:?}", Entry::of_api(&sent).record.expect("can be read"));
        assert!(!shown.contains(number), "{shown}");
    }

    #[test]
    fn events_of_the_network_carry_no_bytes() {
        for (kind, roaming, expected) in [
            ("connected", None, What::Connected),
            ("disconnected", None, What::Disconnected),
            ("registered", Some(true), What::Registered(Network::Roaming)),
            ("registered", Some(false), What::Registered(Network::Home)),
        ] {
            let kind = Some(kind.to_owned());
            let sent =
                UsageRecord { kind, roaming, sent_bytes: None, received_bytes: None, ..good() };
            assert_eq!(Entry::of_api(&sent).record.expect("can be read").what, expected);
        }
    }
}
