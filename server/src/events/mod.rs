//! Events of subscribers: taking reports, telling receivers, the only user of
//! [`domain::events`].
//!
//! A report changes what is known of a device and raises its events in one transaction; what is
//! raised stands in the log with a sequence number before anybody is told [EVT-17]. Receivers
//! read the log: webhooks by a cursor of their own each, streams from where they left off.
//!
//! - [`report`]: what devices and networks report;
//! - [`wire`]: the form in which events are told; [`signing`]: how webhooks are signed;
//! - [`webhooks`]: endpoints, each with a worker; [`stream`]: server-sent events.

pub mod report;
pub mod signing;
pub mod stream;
pub mod webhooks;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use domain::code::Id;
use domain::events::{Cause, Effect, Event, Settings, Sharing, State, Verdict, apply, step};
use domain::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::store::events::{EventState, EventsCommand};
use crate::store::usage::UsageCommand;
use crate::store::{Command, Store, StoreError};
use crate::usage::decision::{Report, ReportKind};

/// How often overdue checks are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks between two times that old things are looked for: about ten minutes. As long as there
/// are some, each look forgets a few, and the store has its time for others between.
const LOOKS_PER_SWEEP: u32 = 1200;
/// How long it is known what was delivered, reported, and said by messages.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Most overdue checks of one look.
const BATCH: u32 = 256;
/// How often a report is decided anew when another was faster.
const TRIES_MAX: u32 = 16;

/// What requests and loops share about events.
pub struct Events {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    /// What is read as streams.
    pub streams: stream::Streams,
}

/// Something that happened to one subscriber's device.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The subscription.
    pub subscription: Id,
    /// What.
    pub event: Event,
    /// When.
    pub at: Timestamp,
    /// The interface, where the device said.
    pub interface: Option<String>,
    /// Who reports it under which id; absent = nobody sends it twice.
    pub report: Option<(String, String)>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The engine decided.
    Decided {
        /// What it said.
        verdict: Verdict,
        /// The check that waits for an answer.
        check: Option<u64>,
        /// What is answered to the device.
        sharing: Option<Sharing>,
    },
    /// It was taken before.
    Repeated {
        /// The check that it led to.
        check: Option<u64>,
        /// What is answered to the device, unless the check still waits.
        sharing: Option<Sharing>,
    },
    /// There is no such subscription.
    UnknownSubscription,
}

/// Returns what usage is to know of an event: connections, and where a device is registered.
fn reported(event: &Event, settings: Settings) -> Option<ReportKind> {
    match event {
        Event::Connected => Some(ReportKind::Connected),
        Event::Disconnected => Some(ReportKind::Disconnected),
        Event::Registration(registration) => {
            settings.network(*registration).map(ReportKind::Registered)
        }
        _ => None,
    }
}

impl Events {
    /// Prepares for a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let streams = stream::Streams::default();
        Self { store, clock, settings, streams }
    }

    /// Decides what something leads to, and commits it with what it raises.
    ///
    /// # Errors
    /// The store does not do it.
    pub async fn apply(&self, happened: &Happened) -> Result<Applied, StoreError> {
        if self.store.subscription(happened.subscription).await?.is_none() {
            return Ok(Applied::UnknownSubscription);
        }
        let mut tries = 0;
        loop {
            match self.try_apply(happened).await {
                Err(StoreError::Conflict) if tries < TRIES_MAX => tries += 1,
                Err(StoreError::Duplicate) => return self.repeated(happened).await,
                done => return done,
            }
        }
    }

    /// Says again what a report led to: its answer may have been lost on the way.
    async fn repeated(&self, happened: &Happened) -> Result<Applied, StoreError> {
        let Happened { subscription, event, at, report, .. } = happened;
        let check = match report {
            Some((source, id)) => self.store.report_check(source.clone(), id.clone()).await?,
            None => None,
        };
        let sharing = match check {
            Some(check) => self.store.sharing_answer(*subscription, check).await?,
            // Where nobody is asked, the answer does not depend on what was before.
            None => step(&State::default(), event, self.settings, *at)
                .effects
                .into_iter()
                .find_map(|effect| match effect {
                    Effect::AnswerSharing { check: None, sharing } => Some(sharing),
                    _ => None,
                }),
        };
        Ok(Applied::Repeated { check, sharing })
    }

    async fn try_apply(&self, happened: &Happened) -> Result<Applied, StoreError> {
        let Happened { subscription, event, at, interface, report } = happened;
        let known = self.store.event_state(*subscription).await?.unwrap_or(EventState {
            subscription: *subscription,
            version: 0,
            interface: None,
            state: State::default(),
        });
        let taken = step(&known.state, event, self.settings, *at);
        let mut next = known.clone();
        apply(&mut next.state, &taken);
        if interface.is_some() {
            next.interface.clone_from(interface);
        }
        let mut batch = Vec::new();
        let check = taken.effects.iter().find_map(|effect| match effect {
            Effect::Raise(raised) => match raised.cause {
                Cause::EntitlementCheck { check } => Some(check),
                _ => None,
            },
            Effect::AnswerSharing { .. } => None,
        });
        let is_rejected = matches!(taken.verdict, Verdict::Rejected(_));
        if let Some((source, id)) = report
            && !is_rejected
        {
            let (source, id) = (source.clone(), id.clone());
            let at = self.clock.now();
            batch.push(EventsCommand::TakeReport { source, id, at, check });
        }
        if next != known && !is_rejected {
            next.version = known.version.saturating_add(1);
            batch.push(EventsCommand::SaveState(Box::new(next)));
        }
        let mut sharing = None;
        for effect in taken.effects {
            match effect {
                Effect::Raise(raised) => {
                    batch.push(EventsCommand::Raise { subscription: *subscription, raised });
                }
                Effect::AnswerSharing { check, sharing: answer } => {
                    sharing = Some(answer.clone());
                    let (subscription, at) = (*subscription, *at);
                    let answered = check.map(|check| EventsCommand::AnswerSharing {
                        subscription,
                        check,
                        sharing: answer,
                        at,
                    });
                    batch.extend(answered);
                }
            }
        }
        let mut batch: Vec<_> = batch.into_iter().map(Command::Events).collect();
        if let Some(event) = reported(event, self.settings).filter(|_| !is_rejected) {
            let (subscription, report) = (*subscription, Report { event, at: *at });
            batch.push(Command::Usage(UsageCommand::Report { subscription, report }));
        }
        if !batch.is_empty() {
            self.store.commit(batch).await?;
        }
        Ok(Applied::Decided { verdict: taken.verdict, check, sharing })
    }

    /// Lets checks fail that nobody answers, until `stop` says so [EVT-15].
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut looks: u32 = 0;
        let mut is_behind = false;
        while !*stop.borrow() {
            if let Err(error) = self.tick().await {
                tracing::error!(%error, "overdue sharing checks were not settled");
            }
            looks = looks.wrapping_add(1);
            if is_behind || looks.is_multiple_of(LOOKS_PER_SWEEP) {
                is_behind = self.forget().await.unwrap_or_else(|error| {
                    tracing::error!(%error, "old deliveries were not forgotten");
                    false
                });
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Forgets some of what is old; tells whether there is more.
    async fn forget(&self) -> Result<bool, StoreError> {
        let Ok(before) = self.clock.now().checked_sub(KEPT_FOR) else { return Ok(false) };
        if !self.store.is_forgetting(before).await? {
            return Ok(false);
        }
        let forget = Command::Events(EventsCommand::Forget { before });
        self.store.commit(vec![forget]).await?;
        Ok(true)
    }

    async fn tick(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        for subscription in self.store.due_event_states(now, BATCH).await? {
            let event = Event::Tick;
            let (interface, report) = (None, None);
            let happened = Happened { subscription, event, at: now, interface, report };
            // One that cannot be read stops nobody else.
            if let Err(error) = self.apply(&happened).await {
                tracing::error!(%subscription, %error, "an overdue sharing check was passed over");
            }
        }
        Ok(())
    }
}
