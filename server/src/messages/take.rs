//! A message of an operator reaches a subscriber: put together, compared with the rules of the
//! brand, and what follows in one transaction.
//!
//! What the operator says of usage is applied before the event is raised [MSG-25]. A report that
//! is sent again gets the answer that it got. A message that no rule matches is nobody's but the
//! subscriber's: nothing of it is kept or told. Not here: reading a report
//! ([`super::incoming`]), deciding ([`domain::messages`], [`domain::usage`]).
//! Implements [MSG-01], [MSG-09], [MSG-13], [MSG-25] and the server's side of [MSG-26].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use api::messages::{IncomingMessage, MessageTaken};
use domain::Timestamp;
use domain::amount::{Bytes, Megabytes};
use domain::brand::BrandId;
use domain::code::Id;
use domain::events::{self, Bearer, Raised};
use domain::messages::{
    AccountPlan, AddressKind, Classified, Context, Effect, Message, Overrun, Sender, Warning,
    classify, effects,
};
use domain::sms::Assembly;
use domain::sms::assemble::{self, Change, Effect as PartEffect, Key, Verdict, step};
use domain::usage::Event;
use serde_json::Value;
use tokio::sync::Mutex;

use super::batch::report;
use super::compiled::Compiled;
use super::incoming::{Content, Incoming, Whole, read};
use super::patterns::Counters;
use crate::app::App;
use crate::store::events::EventsCommand;
use crate::store::messages::{HeldPart, MessagesCommand};
use crate::store::{Command, StoreError};
use crate::usage::Besides;

/// Messages that are taken at the same time; those of one subscriber one after the other.
const GATES: usize = 32;

/// What became of a report.
pub type Taken = MessageTaken<Value>;

/// Takes messages of all subscribers.
pub struct Messages {
    compiled: Arc<Compiled>,
    gates: Vec<Mutex<()>>,
}

/// Why a message was not taken.
#[derive(Debug)]
pub enum Failure {
    /// The report is wrong, in words for its reporter.
    Refused(String),
    /// The store does not do it.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A message of one subscriber, while it is decided.
struct Case<'a> {
    app: &'a App,
    subscription: Id,
    id: &'a str,
    incoming: Incoming,
    now: Timestamp,
}

impl Messages {
    /// Knows no rules yet; `program` runs patterns that may never end, or this one does.
    #[must_use]
    pub fn new(counters: Counters, program: Option<PathBuf>) -> Self {
        let gates = (0..GATES).map(|_| Mutex::new(())).collect();
        Self { compiled: Arc::new(Compiled::new(counters, program)), gates }
    }

    /// Takes a message.
    ///
    /// # Errors
    /// See [`Failure`]; nothing was done then, and it may be reported again.
    pub async fn take(&self, app: &App, incoming: &IncomingMessage) -> Result<Taken, Failure> {
        let now = app.clock.now();
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let read = read(incoming, now).map_err(Failure::Refused)?;
        let subscription = match app.events.find(&incoming.subscription).await? {
            Some(id) => app.store.subscription(id).await?,
            None => None,
        };
        let needs = "subscription: needs the id of one, or the code of its order";
        let found = subscription.ok_or_else(|| Failure::Refused(needs.to_owned()))?;
        let case = Case { app, subscription: found.order, id: &incoming.id, incoming: read, now };
        let _gate = match self.gate(found.order) {
            Some(gate) => Some(gate.lock().await),
            None => None,
        };
        if let Some(answer) = case.answered().await? {
            return Ok(answer);
        }
        match self.decide(&case, &found.brand).await {
            // Somebody else was faster with the same report.
            Err(Failure::Store(StoreError::Duplicate)) => {
                Ok(case.answered().await?.ok_or(StoreError::Duplicate)?)
            }
            done => done,
        }
    }

    fn gate(&self, subscription: Id) -> Option<&Mutex<()>> {
        let name = subscription.to_string();
        let sum = name
            .bytes()
            .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        self.gates.get(sum.checked_rem(self.gates.len())?)
    }

    async fn decide(&self, case: &Case<'_>, brand: &BrandId) -> Result<Taken, Failure> {
        let (whole, parts) = match &case.incoming.content {
            Content::Whole(whole) => (whole.clone(), Vec::new()),
            Content::Sms(received, coding) => {
                let assembled = case.assemble(received).await?;
                match assembled.message {
                    Some(message) => {
                        let whole = Whole::of(&message, *coding).map_err(Failure::Refused)?;
                        (whole, assembled.commands)
                    }
                    None => {
                        let is_new = assembled.verdict == Verdict::Accepted;
                        let outcome = if is_new { "waiting" } else { "repeated" };
                        let taken = case.taken(outcome);
                        let mut commands = assembled.commands;
                        commands.push(case.answer(&taken)?);
                        case.app.store.commit(commands).await?;
                        return Ok(taken);
                    }
                }
            }
        };
        let metered = case.app.store.metered(case.subscription).await?;
        let limit = metered.as_ref().and_then(|metered| metered.state.limit(&metered.terms));
        let classified = self.classify(case, &whole, brand, limit.map(Megabytes::bytes)).await?;
        let is_unanswered = |warning: &Warning| {
            matches!(warning, Warning::Unanswered { overrun: Overrun::Unavailable, .. })
        };
        if classified.matched.is_none() && classified.warnings.iter().any(is_unanswered) {
            tracing::error!("a message could not be compared with the rules of its brand");
            return Ok(case.taken("unanswered"));
        }
        let plan = if metered.is_some() { AccountPlan::Present } else { AccountPlan::Absent };
        case.follow(whole, classified, plan, parts).await
    }

    /// Compares a message with the rules, on a thread that may block.
    async fn classify(
        &self,
        case: &Case<'_>,
        whole: &Whole,
        brand: &BrandId,
        stored_limit: Option<Bytes>,
    ) -> Result<Classified, Failure> {
        // What is no text meets no rule.
        let Some(text) = whole.text.clone() else { return Ok(Classified::default()) };
        let (compiled, catalog) = (Arc::clone(&self.compiled), case.app.catalog());
        let (brand, class) = (brand.clone(), whole.class);
        let Incoming { bearer, sender_kind, at, .. } = case.incoming;
        let (address, zone) = (case.incoming.sender.clone(), case.incoming.zone.clone());
        let work = move || {
            let rules = compiled.rules(&catalog, &brand)?;
            let kind = sender_kind.unwrap_or_else(|| AddressKind::of(&address));
            let is_said = bearer != Bearer::Ussd && !address.is_empty();
            let sender = is_said.then_some(Sender { address: &address, kind });
            let message = Message { bearer, sender, class, text: &text };
            let context = Context { received_at: at, zone: &zone, stored_limit };
            Ok(classify(&rules.book, &rules.patterns, &message, &context))
        };
        let unavailable = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let done = tokio::task::spawn_blocking(work).await;
        let done = done.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(done.map_err(unavailable)?)
    }
}

/// What came of a part.
struct Assembled {
    message: Option<assemble::Message>,
    verdict: Verdict,
    commands: Vec<Command>,
}

impl Case<'_> {
    async fn answered(&self) -> Result<Option<Taken>, StoreError> {
        let known = self.app.store.message_answer(self.subscription, self.id.to_owned()).await?;
        let read = |text: &str| serde_json::from_str(text);
        let corrupt = |_| StoreError::Corrupt("the answer to a message".to_owned());
        known.map(|known| read(&known.0)).transpose().map_err(corrupt)
    }

    fn taken(&self, outcome: &str) -> Taken {
        let (id, outcome) = (self.id.to_owned(), outcome.to_owned());
        Taken { id, outcome, report: None, refresh: false, connect: false }
    }

    fn answer(&self, taken: &Taken) -> Result<Command, StoreError> {
        let answer = serde_json::to_string(taken);
        Ok(Command::Messages(MessagesCommand::Answer {
            subscription: self.subscription,
            id: self.id.to_owned(),
            at: self.now,
            answer: answer.map_err(|error| StoreError::Unavailable(error.to_string()))?,
        }))
    }

    /// Puts a part to those that came [MSG-13].
    async fn assemble(&self, received: &domain::sms::Received) -> Result<Assembled, StoreError> {
        let subscription = self.subscription;
        let mut state = Assembly::default();
        let mut begun: BTreeMap<Key, (Timestamp, Option<domain::sms::Class>)> = BTreeMap::new();
        for part in self.app.store.message_parts(subscription).await? {
            let HeldPart { key, number, since, class, body } = part;
            if begun.insert(key.clone(), (since, class)).is_none() {
                state.apply(&Change::Began { key: key.clone(), since, class });
            }
            state.apply(&Change::Added { key, number, body });
        }
        let step = step(&state, Some(received), self.now);
        let mut commands = Vec::new();
        for change in step.changes {
            match change {
                Change::Began { key, since, class } => {
                    begun.insert(key, (since, class));
                }
                Change::Added { key, number, body } => {
                    let (since, class) = begun.get(&key).copied().unwrap_or((self.now, None));
                    let part = Box::new(HeldPart { key, number, since, class, body });
                    commands.push(MessagesCommand::Hold { subscription, part });
                }
                Change::Forgotten { key } => {
                    commands.push(MessagesCommand::Drop { subscription, key });
                }
            }
        }
        let mut message = None;
        for effect in step.effects {
            match effect {
                PartEffect::Deliver(whole) => message = Some(whole),
                PartEffect::GiveUp { key, parts } => {
                    let total = key.total;
                    tracing::warn!(%subscription, parts, total, "a message never became whole");
                }
            }
        }
        let commands = commands.into_iter().map(Command::Messages).collect();
        Ok(Assembled { message, verdict: step.verdict, commands })
    }

    /// Does what follows, all of it or nothing.
    async fn follow(
        &self,
        whole: Whole,
        classified: Classified,
        plan: AccountPlan,
        mut commands: Vec<Command>,
    ) -> Result<Taken, Failure> {
        let mut taken = self.taken("taken");
        let (mut update, mut private) = (None, None);
        for effect in effects(&classified, plan) {
            match effect {
                Effect::UpdateUsage(said) => update = Some(said),
                Effect::RaisePrivate { rule_id, .. } => private = Some(rule_id),
                // Told with the private event, or the subscriber's own affair.
                Effect::RaisePublic => {}
                Effect::QueueRefresh => taken.refresh = true,
                Effect::Connect => taken.connect = true,
            }
        }
        let is_public = classified.is_public();
        for warning in &classified.warnings {
            tracing::warn!(subscription = %self.subscription, %warning, "a message was read");
        }
        taken.report = Some(Box::new(report(classified, None)));
        commands.push(self.answer(&taken)?);
        if let Some(rule_id) = private {
            let message = events::Message {
                bearer: self.incoming.bearer,
                encoding: whole.encoding,
                alphabet: whole.alphabet,
                bytes: whole.bytes,
                text: whole.text.unwrap_or_default(),
                rule: Some(rule_id.unwrap_or_default()),
            };
            let raised = Raised::of_message(self.id, message, is_public, self.incoming.at);
            let subscription = self.subscription;
            commands.extend(
                raised
                    .into_iter()
                    .map(|raised| Command::Events(EventsCommand::Raise { subscription, raised })),
            );
        }
        match update {
            Some(update) => {
                let besides = Besides { commands, ..Besides::default() };
                let usage = &self.app.usage;
                usage.apply(self.subscription, &Event::Operator(update), besides).await?;
            }
            None => self.app.store.commit(commands).await?,
        }
        Ok(taken)
    }
}
