//! The decisions about events: what is raised when a device reports something.
//!
//! Total and deterministic. Not here: the types ([`super`]).

use jiff::Timestamp;

use crate::cosa::Tethering;
use crate::entitlement::REASON_CHARS_MAX;

use super::sharing::CHECKS_MAX;
use super::{
    Answer, Cause, Change, Check, Effect, Event, Ignored, Network, Notice, Raised, Registration,
    Rejected, Settings, Sharing, State, Step, Verdict,
};

/// Decides what an event leads to; never acts.
#[must_use]
pub fn step(state: &State, event: &Event, settings: Settings, now: Timestamp) -> Step {
    let mut draft = Draft::new(state, now);
    let verdict = match event {
        Event::HandlerRegistered => handler_registered(&mut draft),
        Event::Connected => connected(&mut draft),
        Event::Disconnected => disconnected(&mut draft),
        Event::Registration(registration) => registered(&mut draft, *registration, settings),
        Event::ReachFound(reach) => draft.raise(Cause::NetworkStatus(*reach)),
        Event::HotspotAsks => draft.raise(Cause::HotspotAuthentication),
        Event::SharingRequested { permission } => sharing_requested(&mut draft, *permission),
        Event::SharingAnswered { check, answer } => sharing_answered(&mut draft, *check, answer),
        Event::SharingChanged { is_on } => {
            extension(&mut draft, settings, Cause::SharingChanged { is_on: *is_on })
        }
        Event::ClientsChanged { clients } => {
            extension(&mut draft, settings, Cause::ClientsChanged { clients: *clients })
        }
        Event::Tick => tick(&mut draft),
    };
    Step { changes: draft.changes, effects: draft.effects, verdict }
}

/// Returns when the state wants an [`Event::Tick`]; absent when time changes nothing.
#[must_use]
pub fn next_deadline(state: &State) -> Option<Timestamp> {
    state.checks.iter().map(Check::deadline).min()
}

/// A step in the making, and the state that it leads to.
struct Draft {
    state: State,
    changes: Vec<Change>,
    effects: Vec<Effect>,
    now: Timestamp,
}

impl Draft {
    fn new(state: &State, now: Timestamp) -> Self {
        Self { state: state.clone(), changes: Vec::new(), effects: Vec::new(), now }
    }

    fn push(&mut self, change: Change) {
        self.state.apply(&change);
        self.changes.push(change);
    }

    /// Raises an event under the next number of this subscriber.
    fn raise(&mut self, cause: Cause) -> Verdict {
        let raised = self.state.raised.saturating_add(1);
        self.push(Change::Counted { raised });
        let key = format!("device/{raised}");
        self.effects.push(Effect::Raise(Raised { key, cause, at: self.now }));
        Verdict::Accepted
    }

    fn answer(&mut self, check: Option<u64>, sharing: Sharing) -> Verdict {
        self.effects.push(Effect::AnswerSharing { check, sharing });
        Verdict::Accepted
    }
}

/// What is already so is raised at once: registration first, as it comes first [EVT-07].
fn handler_registered(draft: &mut Draft) -> Verdict {
    if !draft.state.has_handler {
        draft.push(Change::HandlerKnown);
    }
    if let Some(network) = draft.state.registered {
        draft.raise(Cause::Registered(network));
    }
    if draft.state.is_connected {
        draft.raise(Cause::Connected);
    }
    Verdict::Accepted
}

/// Each connect counts, also one whose disconnect nobody reported [EVT-10].
fn connected(draft: &mut Draft) -> Verdict {
    if !draft.state.is_connected {
        draft.push(Change::Linked { is_connected: true });
    }
    draft.raise(Cause::Connected)
}

fn disconnected(draft: &mut Draft) -> Verdict {
    if !draft.state.is_connected {
        return Verdict::Ignored(Ignored::Repeated);
    }
    draft.push(Change::Linked { is_connected: false });
    draft.raise(Cause::Disconnected)
}

/// Each registration is an event [EVT-11]; the customer is told of roaming once when it begins
/// and once when it ends [EVT-18].
fn registered(draft: &mut Draft, registration: Registration, settings: Settings) -> Verdict {
    let network = settings.network(registration);
    let before = draft.state.registered;
    if before != network {
        draft.push(Change::RegisteredAt(network));
    }
    let Some(network) = network else {
        let is_same = before.is_none();
        return if is_same { Verdict::Ignored(Ignored::Repeated) } else { Verdict::Accepted };
    };
    draft.raise(Cause::Registered(network));
    let told = draft.state.told;
    if told != Some(network) {
        draft.push(Change::Told(network));
    }
    match (network, told) {
        (Network::Roaming, Some(Network::Home) | None) => {
            draft.raise(Cause::Notice(Notice::RoamingBegan))
        }
        (Network::Home, Some(Network::Roaming)) => draft.raise(Cause::Notice(Notice::RoamingEnded)),
        (Network::Home, Some(Network::Home) | None)
        | (Network::Roaming, Some(Network::Roaming)) => Verdict::Accepted,
    }
}

/// Each attempt is a check of its own, where one is required [EVT-13].
fn sharing_requested(draft: &mut Draft, permission: Tethering) -> Verdict {
    match permission {
        Tethering::Always => draft.answer(None, Sharing::Allowed),
        Tethering::Never => draft.answer(None, Sharing::Disabled),
        Tethering::EntitlementCheckRequired => {
            if draft.state.checks.len() >= CHECKS_MAX {
                return Verdict::Rejected(Rejected::TooManyChecks);
            }
            let number = draft.state.checks_made.saturating_add(1);
            draft.push(Change::CheckBegan(Check { number, asked_at: draft.now }));
            draft.raise(Cause::EntitlementCheck { check: number })
        }
    }
}

fn sharing_answered(draft: &mut Draft, number: u64, answer: &Answer) -> Verdict {
    let Some(check) = draft.state.checks.iter().find(|check| check.number == number).copied()
    else {
        let was_made = (1..=draft.state.checks_made).contains(&number);
        let outdated = Verdict::Ignored(Ignored::Outdated);
        return if was_made { outdated } else { Verdict::Rejected(Rejected::NoCheck) };
    };
    let sharing = match answer {
        // Too late, whether or not a tick has said so already [EVT-15].
        _ if draft.now >= check.deadline() => Sharing::TimedOut,
        Answer::Deny { reason: Some(text) } if text.chars().count() > REASON_CHARS_MAX => {
            return Verdict::Rejected(Rejected::LongReason);
        }
        Answer::Allow => Sharing::Allowed,
        Answer::Deny { reason } => Sharing::Denied { reason: reason.clone() },
    };
    draft.push(Change::CheckEnded { number });
    draft.answer(Some(number), sharing)
}

fn extension(draft: &mut Draft, settings: Settings, cause: Cause) -> Verdict {
    if settings.has_sharing_types {
        draft.raise(cause)
    } else {
        Verdict::Ignored(Ignored::NotWanted)
    }
}

/// Checks without an answer fail [EVT-15].
fn tick(draft: &mut Draft) -> Verdict {
    let late = |check: &&Check| draft.now >= check.deadline();
    let due: Vec<u64> = draft.state.checks.iter().filter(late).map(|check| check.number).collect();
    if due.is_empty() {
        return Verdict::Ignored(Ignored::NotDue);
    }
    for number in due {
        draft.push(Change::CheckEnded { number });
        draft.answer(Some(number), Sharing::TimedOut);
    }
    Verdict::Accepted
}
