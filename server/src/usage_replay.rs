//! A plan and a trace, read strictly, and the events that they lead to.
//!
//! Not here: what follows from what ([`domain::usage`], [`domain::events`]), and files
//! ([`crate::cli`]). Implements the command contract over [USE-15] to [USE-27] and [EVT-10] to
//! [EVT-13].

use std::fmt;

use api::replay::ReplayedEvent;
use domain::Timestamp;
use domain::amount::{Bytes, Megabytes, Period};
use domain::brand::PlanType;
use domain::cosa::Tethering;
use domain::events::{self, Answer, Cause, Registration, Settings};
use domain::usage::{
    self, Cycle, DeliveryMode, Effect, Event, Ignored, Local, OperatorUpdate, OperatorUsage,
    Regime, Sharing, State, Terms, Traffic, Verdict,
};
use serde_json::{Map, Value};

use crate::lines::LINE_BYTES_MAX;

/// How many lines of traffic between two answers of billing are told apart; of more, the oldest
/// are joined.
const SLICES_MAX: usize = 65_536;

const PLAN_KEYS: &[&str] = &[
    "plan_type",
    "data_limit_mb",
    "notifications_enabled",
    "billing_cycle",
    "expires_at",
    "delivery",
    "allow_tethering",
];
const CYCLE_KEYS: &[&str] = &["start", "duration", "resets"];
const KINDS: &[(&str, &[&str])] = &[
    ("connected", &[]),
    ("disconnected", &[]),
    ("registered", &["roaming"]),
    ("traffic", &["sent_bytes", "received_bytes", "shared"]),
    ("billing", &["usage_mb", "as_of"]),
    ("tethering_request", &[]),
    ("tick", &[]),
];

/// Says why a plan or a line is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The line is too long.
    TooLong,
    /// It is no JSON.
    Json,
    /// It is no object.
    Object,
    /// A key is missing.
    Missing(&'static str),
    /// A key that is unknown.
    Key {
        /// It.
        key: String,
        /// What may stand there.
        known: &'static [&'static str],
    },
    /// The value of a key is of another type or form.
    Value {
        /// The key.
        key: &'static str,
        /// What it needs.
        wanted: &'static str,
    },
    /// The line is earlier than the one before.
    Order {
        /// When that one was.
        before: Timestamp,
    },
    /// More bytes than 64 bits count.
    TooManyBytes,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "longer than {LINE_BYTES_MAX} bytes"),
            Self::Json => f.write_str("not JSON in UTF-8"),
            Self::Object => f.write_str("not a JSON object"),
            Self::Missing(key) => write!(f, "the key \"{key}\" is missing"),
            Self::Key { key, known } => {
                write!(f, "the key {key:?} is unknown; here may stand: {}", known.join(", "))
            }
            Self::Value { key, wanted } => write!(f, "{key} needs {wanted}"),
            Self::Order { before } => {
                write!(f, "earlier than the line before ({before}): sort the trace by time")
            }
            Self::TooManyBytes => {
                f.write_str("more traffic in total than 64 bits can count: check the bytes")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// What a plan says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    terms: Terms,
    tethering: Tethering,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn read(text: &[u8]) -> Result<Self, Refusal> {
        let plan = object(text)?;
        let fields = Fields { map: &plan };
        fields.only(PLAN_KEYS)?;
        let limit = fields.number("data_limit_mb", "megabytes, 0 to 4294967295, or null")?;
        let notifies = fields.truth("notifications_enabled")?.unwrap_or(false);
        let expires_at = fields.time("expires_at")?;
        let cycle = match plan.get("billing_cycle") {
            None | Some(Value::Null) => None,
            Some(Value::Object(map)) => Some(cycle(&Fields { map })?),
            Some(_) => {
                let wanted = "an object with start, duration and resets, or null";
                return Err(Refusal::Value { key: "billing_cycle", wanted });
            }
        };
        let plan_type =
            Some(match fields.text("plan_type")?.ok_or(Refusal::Missing("plan_type"))? {
                "Unrestricted" => PlanType::Unrestricted,
                "Fixed" => PlanType::Fixed,
                "Variable" => PlanType::Variable,
                _ => {
                    let wanted = "Unrestricted, Fixed or Variable";
                    return Err(Refusal::Value { key: "plan_type", wanted });
                }
            });
        let mode = match fields.text("delivery")? {
            None | Some("realtime") => DeliveryMode::Realtime,
            Some("per_minute") => DeliveryMode::PerMinute,
            Some(_) => {
                return Err(Refusal::Value { key: "delivery", wanted: "realtime or per_minute" });
            }
        };
        let tethering = match fields.text("allow_tethering")? {
            None | Some("EntitlementCheckRequired") => Tethering::EntitlementCheckRequired,
            Some("Always") => Tethering::Always,
            Some("Never") => Tethering::Never,
            Some(_) => {
                let wanted = "Always, Never or EntitlementCheckRequired";
                return Err(Refusal::Value { key: "allow_tethering", wanted });
            }
        };
        let limit = limit.map(Megabytes);
        let terms = Terms { plan_type, limit, notifies, cycle, expires_at, mode };
        Ok(Self { terms, tethering })
    }
}

fn cycle(fields: &Fields<'_>) -> Result<Cycle, Refusal> {
    fields.only(CYCLE_KEYS)?;
    let start = fields.time("start")?.ok_or(Refusal::Missing("start"))?;
    let duration = fields.text("duration")?.ok_or(Refusal::Missing("duration"))?;
    let wanted = "an ISO 8601 duration such as P1M, P30D or PT12H, longer than zero, at most a \
        hundred years, in whole seconds";
    let duration =
        Period::parse(duration).map_err(|_| Refusal::Value { key: "duration", wanted })?;
    // As in the document [XML-137].
    let resets = fields.truth("resets")?.unwrap_or(true);
    Ok(Cycle { start, duration, resets })
}

/// What a line of a trace led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The events, in order.
    pub events: Vec<ReplayedEvent>,
    /// What is odd about the line.
    pub warnings: Vec<String>,
}

/// A subscription and its device, as far as a trace has told.
#[derive(Clone, Debug)]
pub struct Replay {
    plan: Plan,
    usage: State,
    device: events::State,
    regime: Regime,
    now: Option<Timestamp>,
}

impl Replay {
    /// Begins with a plan under which nothing happened yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let begun = State::new(&plan.terms);
        let usage = State { local: Local::with_room(SLICES_MAX), ..begun };
        let device = events::State::default();
        Self { plan, usage, device, regime: Regime::Home, now: None }
    }

    /// Replays a line; absent = one that was too long. A blank line is nothing.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn line(&mut self, bytes: Option<&[u8]>) -> Result<Told, Refusal> {
        let bytes = bytes.ok_or(Refusal::TooLong)?;
        let mut told = Told::default();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(told);
        }
        let line = object(bytes)?;
        let fields = Fields { map: &line };
        let now = fields.time("at")?.ok_or(Refusal::Missing("at"))?;
        if let Some(before) = self.now.filter(|before| now < *before) {
            return Err(Refusal::Order { before });
        }
        let kind = fields.text("kind")?.ok_or(Refusal::Missing("kind"))?;
        let (_, keys) = KINDS.iter().find(|(name, _)| *name == kind).ok_or(Refusal::Value {
            key: "kind",
            wanted: "connected, disconnected, registered, traffic, billing, tethering_request or \
                tick",
        })?;
        let is_known = |key: &str| ["at", "kind"].contains(&key) || keys.contains(&key);
        for key in line.keys().filter(|key| !is_known(key)) {
            told.warnings.push(format!("the key {key:?} is unknown and was passed over"));
        }
        self.now = Some(now);
        self.pass_time(now, &mut told);
        self.happened(kind, &fields, now, &mut told)?;
        Ok(told)
    }

    /// Deals with boundaries and expiry, before the line itself.
    fn pass_time(&mut self, now: Timestamp, told: &mut Told) {
        let step = usage::pass_time(&self.usage, &self.plan.terms, now);
        usage::apply(&mut self.usage, &step);
        let ended = self.usage.ended_at;
        for effect in step.effects {
            match effect {
                Effect::Raise { raised, due } => self.tell(&raised.cause, due, now, told),
                // Event 7 is raised only where something was connected [USE-27].
                Effect::Disconnect => {
                    self.device_did(&events::Event::Disconnected, ended, now, told);
                }
                Effect::DeleteProfile
                | Effect::QueryBilling { .. }
                | Effect::UpdateDocument { .. } => {}
            }
        }
    }

    fn happened(
        &mut self,
        kind: &str,
        fields: &Fields<'_>,
        now: Timestamp,
        told: &mut Told,
    ) -> Result<(), Refusal> {
        match kind {
            "connected" => self.linked(&events::Event::Connected, now, told),
            "disconnected" => self.linked(&events::Event::Disconnected, now, told),
            "registered" => {
                let is_roaming = fields.truth("roaming")?.ok_or(Refusal::Missing("roaming"))?;
                let (regime, registration) = if is_roaming {
                    (Regime::Roaming, Registration::Roaming)
                } else {
                    (Regime::Home, Registration::Home)
                };
                self.regime = regime;
                self.device_did(&events::Event::Registration(registration), None, now, told);
            }
            "traffic" => {
                let traffic = traffic(fields, self.regime, now)?;
                self.used(&Event::Traffic(traffic), now, told)?;
            }
            "billing" => self.used(&Event::Operator(billing(fields)?), now, told)?,
            "tethering_request" => self.shares(now, told),
            _ => self.used(&Event::Tick, now, told)?,
        }
        Ok(())
    }

    /// Once the plan is over there is no profile to connect by [USE-24].
    fn linked(&mut self, event: &events::Event, now: Timestamp, told: &mut Told) {
        if self.usage.ended_at.is_some() {
            told.warnings.push("the plan is over and its profile deleted: no event".to_owned());
        } else {
            self.device_did(event, None, now, told);
        }
    }

    /// Each request is a check of its own; it is answered at once, as a trace has no answers.
    fn shares(&mut self, now: Timestamp, told: &mut Told) {
        let permission = self.plan.tethering;
        self.device_did(&events::Event::SharingRequested { permission }, None, now, told);
        let check = self.device.checks_made;
        let answer = events::Event::SharingAnswered { check, answer: Answer::Allow };
        self.device_did(&answer, None, now, told);
    }

    fn used(&mut self, event: &Event, now: Timestamp, told: &mut Told) -> Result<(), Refusal> {
        let step = usage::step(&self.usage, &self.plan.terms, event, now);
        usage::apply(&mut self.usage, &step);
        match step.verdict {
            Verdict::Rejected(usage::Rejected::TooManyBytes) => return Err(Refusal::TooManyBytes),
            Verdict::Ignored(Ignored::Outdated { known }) => {
                told.warnings
                    .push(format!("billing is older than what is known ({known}): passed over"));
            }
            Verdict::Ignored(Ignored::Ended) => {
                told.warnings.push("the plan is over: passed over".to_owned());
            }
            Verdict::Accepted | Verdict::Ignored(Ignored::Repeated | Ignored::NotDue) => {}
        }
        for effect in &step.effects {
            if let Effect::Raise { raised, due } = effect {
                self.tell(&raised.cause, *due, now, told);
            }
        }
        Ok(())
    }

    fn device_did(
        &mut self,
        event: &events::Event,
        due: Option<Timestamp>,
        now: Timestamp,
        told: &mut Told,
    ) {
        let step = events::step(&self.device, event, Settings::default(), now);
        events::apply(&mut self.device, &step);
        for effect in &step.effects {
            if let events::Effect::Raise(raised) = effect {
                self.tell(&raised.cause, due, now, told);
            }
        }
    }

    /// Tells what has a message type; the rest is not for the operator's app.
    fn tell(&self, cause: &Cause, due: Option<Timestamp>, now: Timestamp, told: &mut Told) {
        let Some(message_type) = cause.message_type() else { return };
        let (regime, step) = match cause {
            Cause::Threshold { network, step, .. } => {
                (Some(network.name().to_owned()), Some(*step))
            }
            _ => (None, None),
        };
        told.events.push(ReplayedEvent {
            at: now.to_string(),
            message_type: message_type.number(),
            name: message_type.name().to_owned(),
            usage_bytes: self.usage.used().0,
            due: due.map(|due| due.to_string()),
            cycle: self.usage.cycle,
            regime,
            step,
        });
    }
}

fn traffic(fields: &Fields<'_>, regime: Regime, at: Timestamp) -> Result<Traffic, Refusal> {
    let bytes = |key| {
        let wanted = "bytes, a whole number from 0 to 18446744073709551615";
        let bytes = fields.number::<u64>(key, wanted)?;
        bytes.map(Bytes).ok_or(Refusal::Missing(key))
    };
    let is_shared = fields.truth("shared")?.unwrap_or(false);
    let sharing = if is_shared { Sharing::Shared } else { Sharing::Own };
    let (sent, received) = (bytes("sent_bytes")?, bytes("received_bytes")?);
    Ok(Traffic { regime, sharing, sent, received, at })
}

fn billing(fields: &Fields<'_>) -> Result<OperatorUpdate, Refusal> {
    let wanted = "megabytes, a whole number from 0 to 4294967295";
    let used = fields.number("usage_mb", wanted)?.ok_or(Refusal::Missing("usage_mb"))?;
    let as_of = fields.time("as_of")?.ok_or(Refusal::Missing("as_of"))?;
    let usage = OperatorUsage { used: Megabytes(used).bytes(), as_of };
    Ok(OperatorUpdate { usage: Some(usage), ..OperatorUpdate::default() })
}

fn object(text: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::Object),
        Err(_) => Err(Refusal::Json),
    }
}

/// The fields of an object; null is absent.
struct Fields<'m> {
    map: &'m Map<String, Value>,
}

impl<'m> Fields<'m> {
    fn only(&self, known: &'static [&'static str]) -> Result<(), Refusal> {
        let unknown = self.map.keys().find(|key| !known.contains(&key.as_str()));
        unknown.map_or(Ok(()), |key| Err(Refusal::Key { key: key.clone(), known }))
    }

    fn value(&self, key: &str) -> Option<&'m Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &'static str) -> Result<Option<&'m str>, Refusal> {
        let wrong = Refusal::Value { key, wanted: "text in quotes" };
        self.value(key).map(|value| value.as_str().ok_or(wrong)).transpose()
    }

    fn truth(&self, key: &'static str) -> Result<Option<bool>, Refusal> {
        let wrong = Refusal::Value { key, wanted: "true or false" };
        self.value(key).map(|value| value.as_bool().ok_or(wrong)).transpose()
    }

    fn number<N: TryFrom<u64>>(
        &self,
        key: &'static str,
        wanted: &'static str,
    ) -> Result<Option<N>, Refusal> {
        let read = |value: &Value| value.as_u64().and_then(|number| N::try_from(number).ok());
        let wrong = Refusal::Value { key, wanted };
        self.value(key).map(|value| read(value).ok_or(wrong)).transpose()
    }

    fn time(&self, key: &'static str) -> Result<Option<Timestamp>, Refusal> {
        let wrong = Refusal::Value { key, wanted: "a time such as \"2026-01-01T00:00:00Z\"" };
        let text = self.text(key).map_err(|_| wrong.clone())?;
        text.map(|text| text.parse().map_err(|_| wrong)).transpose()
    }
}
