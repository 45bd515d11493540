//! Parts become a message: a step machine without a clock [MSG-13].
//!
//! Parts of one sender, reference and total belong together if they come within ten minutes of
//! the first. They may come in any order and more than once. What is complete is remembered for
//! the same ten minutes, so that a network that repeats itself does not deliver twice. There is a
//! limit to everything: of what is held too long or beyond the limit the oldest is given up, aloud.
//!
//! Not here: where the parts come from, and reading them ([`super::body`]).

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::body::Body;
use super::coding::Class;
use super::header::{Concatenation, Reference};
use crate::identity::masked;

/// Time in which all parts must come [MSG-13].
pub const PARTS_TIME: SignedDuration = SignedDuration::from_mins(10);

/// Most messages that are held, complete or not.
pub const HELD_MAX: usize = 64;

/// Is a message, or a part of one, as it was read from the network.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// The sender as the network says it.
    pub sender: String,
    /// The class, if one was said.
    pub class: Option<Class>,
    /// The place in a message of several parts.
    pub concatenation: Option<Concatenation>,
    /// The content.
    pub body: Body,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("sender", &masked(&self.sender))
            .field("class", &self.class)
            .field("concatenation", &self.concatenation)
            .field("body", &self.body)
            .finish()
    }
}

/// Tells the messages apart that are being put together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The sender as the network says it.
    pub sender: String,
    /// The reference that the sender chose.
    pub reference: Reference,
    /// How many parts there are.
    pub total: u8,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {:?}, {})", masked(&self.sender), self.reference, self.total)
    }
}

/// Is a message that is being put together, or was lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// When the first part came.
    pub since: Timestamp,
    /// The class of the part that came first.
    pub class: Option<Class>,
    /// The parts by number.
    pub parts: BTreeMap<u8, Body>,
}

impl Held {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) > PARTS_TIME
    }

    fn is_complete(&self, key: &Key) -> bool {
        self.parts.len() == usize::from(key.total)
    }
}

/// Holds what is being put together; equal to the fold of its changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    held: BTreeMap<Key, Held>,
}

/// Says what changes in an [`Assembly`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The first part of a message came.
    Began {
        /// Of which message.
        key: Key,
        /// When.
        since: Timestamp,
        /// Its class.
        class: Option<Class>,
    },
    /// A part was added.
    Added {
        /// To which message.
        key: Key,
        /// Which part.
        number: u8,
        /// Its content.
        body: Body,
    },
    /// A message is not held any more.
    Forgotten {
        /// Which.
        key: Key,
    },
}

/// Is a whole message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The sender as the network says it.
    pub sender: String,
    /// The class of the part that came first.
    pub class: Option<Class>,
    /// The bodies of all parts in order; neighbours of one alphabet are joined.
    pub bodies: Vec<Body>,
    /// How many parts it had.
    pub parts: u8,
    /// When the first part came; with sender and reference, it tells the message from all others.
    pub since: Timestamp,
    /// The reference, of a message of several parts.
    pub reference: Option<Reference>,
}

impl Message {
    fn new(sender: String, class: Option<Class>, since: Timestamp) -> Self {
        Self { sender, class, bodies: Vec::new(), parts: 0, since, reference: None }
    }

    fn append(&mut self, body: Body) {
        self.parts = self.parts.saturating_add(1);
        let rest = match self.bodies.last_mut() {
            Some(last) => last.append(body),
            None => Err(body),
        };
        if let Err(body) = rest {
            self.bodies.push(body);
        }
    }

    /// Returns the text of all parts, which rules are matched with; `None` if none is a text.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let texts: Vec<String> = self.bodies.iter().filter_map(Body::text).collect();
        (!texts.is_empty()).then(|| texts.concat())
    }

    /// Returns the bytes of all parts in order, without headers: the Message of an event, whose
    /// number is its MessageDataSize [MSG-13].
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        self.bodies.iter().flat_map(Body::octets).collect()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("sender", &masked(&self.sender))
            .field("class", &self.class)
            .field("bodies", &self.bodies)
            .field("parts", &self.parts)
            .field("since", &self.since)
            .field("reference", &self.reference)
            .finish()
    }
}

/// Says what happens because of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A message is whole: it is handled once.
    Deliver(Message),
    /// A message is given up before it was whole.
    GiveUp {
        /// Which.
        key: Key,
        /// Parts that had come.
        parts: usize,
    },
}

/// Says what a step did with what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// The same part came before.
    Duplicate,
    /// Nothing came, or nothing was due.
    NotDue,
}

/// Is what follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What changes, in order.
    pub changes: Vec<Change>,
    /// What happens, in order.
    pub effects: Vec<Effect>,
    /// What became of the event.
    pub verdict: Verdict,
}

impl Assembly {
    /// Makes one change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Began { key, since, class } => {
                let held = Held { since: *since, class: *class, parts: BTreeMap::new() };
                self.held.insert(key.clone(), held);
            }
            Change::Added { key, number, body } => {
                if let Some(held) = self.held.get_mut(key) {
                    held.parts.insert(*number, body.clone());
                }
            }
            Change::Forgotten { key } => {
                self.held.remove(key);
            }
        }
    }

    /// Returns when the state wants a [`step`] without a message.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let first = self.held.values().map(|held| held.since).min()?;
        first.checked_add(PARTS_TIME).and_then(|at| at.checked_add(TICK)).ok()
    }

    /// Returns how many messages are held, complete or not.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }
}

/// The smallest time that is later.
const TICK: SignedDuration = SignedDuration::from_nanos(1);

/// A step in the making.
struct Draft {
    state: Assembly,
    changes: Vec<Change>,
    effects: Vec<Effect>,
}

impl Draft {
    fn push(&mut self, change: Change) {
        self.state.apply(&change);
        self.changes.push(change);
    }

    /// Stops holding a message; says so if it was not whole.
    fn forget(&mut self, key: &Key) {
        let Some(held) = self.state.held.get(key) else { return };
        if !held.is_complete(key) {
            self.effects.push(Effect::GiveUp { key: key.clone(), parts: held.parts.len() });
        }
        self.push(Change::Forgotten { key: key.clone() });
    }

    fn forget_what_is_over(&mut self, now: Timestamp) {
        let over = self.state.held.iter().filter(|(_, held)| held.is_over(now));
        for key in over.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.forget(&key);
        }
    }

    fn make_room(&mut self) {
        while self.state.held.len() >= HELD_MAX {
            // What is whole was delivered: it is only remembered.
            let oldest =
                self.state.held.iter().min_by_key(|(key, h)| (!h.is_complete(key), h.since));
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            self.forget(&key);
        }
    }
}

/// Decides what a message or part does, or, with none, what the time does.
#[must_use]
pub fn step(state: &Assembly, received: Option<&Received>, now: Timestamp) -> Step {
    let mut draft = Draft { state: state.clone(), changes: Vec::new(), effects: Vec::new() };
    draft.forget_what_is_over(now);
    let verdict = match received {
        None if draft.changes.is_empty() => Verdict::NotDue,
        None => Verdict::Accepted,
        Some(received) => match received.concatenation.filter(|place| place.total > 1) {
            None => {
                let mut message = Message::new(received.sender.clone(), received.class, now);
                message.append(received.body.clone());
                draft.effects.push(Effect::Deliver(message));
                Verdict::Accepted
            }
            Some(place) => part(&mut draft, received, place, now),
        },
    };
    Step { changes: draft.changes, effects: draft.effects, verdict }
}

fn part(draft: &mut Draft, received: &Received, place: Concatenation, now: Timestamp) -> Verdict {
    let Concatenation { reference, total, number } = place;
    let key = Key { sender: received.sender.clone(), reference, total };
    let before = draft.state.held.get(&key).and_then(|held| held.parts.get(&number));
    match before {
        Some(before) if *before == received.body => return Verdict::Duplicate,
        // The reference is in use again, for another message.
        Some(_) => draft.forget(&key),
        None => {}
    }
    if !draft.state.held.contains_key(&key) {
        draft.make_room();
        draft.push(Change::Began { key: key.clone(), since: now, class: received.class });
    }
    draft.push(Change::Added { key: key.clone(), number, body: received.body.clone() });
    if let Some(held) = draft.state.held.get(&key).filter(|held| held.is_complete(&key)) {
        let mut message = Message::new(key.sender.clone(), held.class, held.since);
        for body in held.parts.values() {
            message.append(body.clone());
        }
        message.reference = Some(reference);
        draft.effects.push(Effect::Deliver(message));
    }
    Verdict::Accepted
}
