//! The last step of a document: connecting anew, with delay and retries.
//!
//! A [`Job`] is a value; [`step`] moves it on, and the device side makes the attempts and says
//! what became of them. A modem has one job at a time: a newer document replaces it [XML-40], and
//! reports for the older one find no job. Not here: timers and modems. An attempt that never
//! answers is reported as failed by whoever made it.
//! Implements step 14 of [XML-185] and [XML-34]…[XML-40].

use jiff::{SignedDuration, Timestamp};

use super::NOT_FOUND;
use super::decision::Part;
use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::host::ModemId;
use super::stored::{Edit, Stored};
use crate::document::{Activation, Attempts, Base64Binary, XmlDuration};
use crate::hresult::Hresult;
use crate::results::Failure;

/// The pause between attempts where the document says none [XML-33].
const RETRY_INTERVAL_DEFAULT: SignedDuration = SignedDuration::from_mins(1);

/// Says what an attempt does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Closes the context and opens it with the default profile as it is stored by then
    /// [XML-35].
    Reconnect,
    /// Switches the radio off and on, then connects with the default profile [XML-36].
    CycleRadio,
    /// Connects with the default profile: the radio came back in an earlier attempt [XML-36].
    Connect,
    /// Hands the octets to the modem as they are [XML-37].
    Send(Base64Binary),
}

/// Names an attempt of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptId {
    /// The number of the job.
    pub job: u64,
    /// The number of the attempt, from 1.
    pub attempt: u32,
}

/// Holds an attempt to make; its id is its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its name, which its reports carry.
    pub id: AttemptId,
    /// What to do.
    pub method: Method,
}

/// Says how far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The next attempt is due at this moment.
    Waiting(Timestamp),
    /// An attempt is being made.
    Trying,
    /// An attempt succeeded.
    Succeeded,
    /// The last attempt failed, with this code.
    Failed(Failure),
}

/// Holds the activation that a document asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    number: u64,
    modem: ModemId,
    /// What the next attempt does.
    method: Method,
    has_delay: bool,
    retries: u32,
    retry_interval: SignedDuration,
    /// Attempts begun.
    attempts: u32,
    state: State,
}

impl Job {
    /// Schedules an activation: the first attempt is due after the delay [XML-31].
    #[must_use]
    pub fn new(number: u64, modem: ModemId, activation: &Activation, now: Timestamp) -> Self {
        let (attempts, method) = match activation {
            Activation::ReconnectToNetwork(attempts) => (attempts, Method::Reconnect),
            Activation::ReregisterToNetwork(attempts) => (attempts, Method::CycleRadio),
            Activation::ServiceActivation { attempts, carrier_specific_data } => {
                (attempts, Method::Send(carrier_specific_data.clone()))
            }
        };
        let Attempts { delay, retry_count, retry_interval } = attempts;
        let delay = delay.map_or(SignedDuration::ZERO, |delay| signed(delay.duration()));
        Self {
            number,
            modem,
            method,
            has_delay: !delay.is_zero(),
            retries: retry_count.map_or(0, |retries| retries.count()),
            retry_interval: retry_interval
                .map_or(RETRY_INTERVAL_DEFAULT, |interval| signed(interval.duration())),
            attempts: 0,
            state: State::Waiting(after(now, delay)),
        }
    }

    /// Returns its number, which no other job of the host has.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns where it runs.
    #[must_use]
    pub const fn modem(&self) -> ModemId {
        self.modem
    }

    /// Returns how far it is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Says whether the results document waits for the first attempt: nothing comes before it and
    /// nothing after. All other jobs are reported as accepted [XML-39].
    #[must_use]
    pub const fn is_answered_by_first_attempt(&self) -> bool {
        !self.has_delay && self.retries == 0
    }

    const fn attempt_id(&self) -> AttemptId {
        AttemptId { job: self.number, attempt: self.attempts }
    }
}

/// Says what happened. Connectivity beyond the context is none of these [XML-38].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Time has passed.
    Tick,
    /// The radio is on again.
    RadioBack(AttemptId),
    /// The context is active: what a connection wants [XML-38].
    ContextActive(AttemptId),
    /// The modem took the octets: what a service activation wants [XML-38].
    BlobAccepted(AttemptId),
    /// The attempt failed.
    Failed(AttemptId, Failure),
}

/// Says what became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It moved the job.
    Accepted,
    /// Nothing is due yet, or ever.
    NotDue,
    /// It is about an attempt that is over, or of another job.
    Late,
    /// It says nothing about the success of this sort of attempt [XML-38].
    Unrelated,
}

/// Holds the job after an event, and the attempt to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The job from now on.
    pub job: Job,
    /// What the device side does next.
    pub attempt: Option<Attempt>,
    /// What became of the event.
    pub outcome: Outcome,
}

/// Decides what an event does to a job; never acts. Total and deterministic.
#[must_use]
pub fn step(job: &Job, event: Event, now: Timestamp) -> Step {
    match event {
        Event::Tick => tick(job, now),
        Event::RadioBack(id) => told(job, id, |job| match job.method {
            // Later attempts only connect.
            Method::CycleRadio => {
                job.method = Method::Connect;
                Outcome::Accepted
            }
            Method::Reconnect | Method::Connect | Method::Send(_) => Outcome::Unrelated,
        }),
        Event::ContextActive(id) => told(job, id, |job| match job.method {
            Method::Reconnect | Method::CycleRadio | Method::Connect => succeed(job),
            Method::Send(_) => Outcome::Unrelated,
        }),
        Event::BlobAccepted(id) => told(job, id, |job| match job.method {
            Method::Send(_) => succeed(job),
            Method::Reconnect | Method::CycleRadio | Method::Connect => Outcome::Unrelated,
        }),
        Event::Failed(id, failure) => told(job, id, |job| {
            // The first attempt is none of the retries [XML-34].
            job.state = if job.attempts <= job.retries {
                State::Waiting(after(now, job.retry_interval))
            } else {
                State::Failed(failure)
            };
            Outcome::Accepted
        }),
    }
}

/// Returns when the job wants a [`Event::Tick`]; absent when time changes nothing.
#[must_use]
pub const fn next_deadline(job: &Job) -> Option<Timestamp> {
    match job.state {
        State::Waiting(at) => Some(at),
        State::Trying | State::Succeeded | State::Failed(_) => None,
    }
}

fn tick(job: &Job, now: Timestamp) -> Step {
    let mut job = job.clone();
    if next_deadline(&job).is_none_or(|at| now < at) {
        return Step { job, attempt: None, outcome: Outcome::NotDue };
    }
    job.attempts = job.attempts.saturating_add(1);
    job.state = State::Trying;
    let attempt = Attempt { id: job.attempt_id(), method: job.method.clone() };
    Step { job, attempt: Some(attempt), outcome: Outcome::Accepted }
}

/// Takes what the device side says of an attempt, if it is the one being made.
fn told(job: &Job, id: AttemptId, take: impl FnOnce(&mut Job) -> Outcome) -> Step {
    let mut job = job.clone();
    let is_current = job.state == State::Trying && id == job.attempt_id();
    let outcome = if is_current { take(&mut job) } else { Outcome::Late };
    Step { job, attempt: None, outcome }
}

fn succeed(job: &mut Job) -> Outcome {
    job.state = State::Succeeded;
    Outcome::Accepted
}

/// Delays and pauses are whole seconds below two hours.
fn signed(duration: XmlDuration) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(duration.seconds).unwrap_or(i64::MAX))
}

fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Schedules the activation, behind everything that it is to use [XML-35].
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(activation) = draft.document.activation() else {
        return;
    };
    // Without the document's SIM its profiles fail and the rest is applied [XML-26].
    let devices = draft.host.devices_for(draft.document.global());
    let devices: Vec<ModemId> = devices.map(|modem| modem.id).collect();
    let modems = draft.modems().unwrap_or(devices);
    let code = if modems.is_empty() { NOT_FOUND } else { Hresult::SUCCESS };
    let first = draft.before.next_job_number();
    for (number, modem) in (first..).zip(modems) {
        let job = Box::new(Job::new(number, modem, activation, draft.now));
        draft.change(Edit::Activation(job.clone()));
        let key = EffectKey::Activation { modem, job: number };
        draft.perform(key, Action::StartActivation(job));
    }
    draft.note(Part::Activation, code);
}

/// Returns when the first job of any modem is due, and where; absent when none waits.
#[must_use]
pub fn next_job(stored: &Stored) -> Option<(Timestamp, ModemId)> {
    stored.jobs().filter_map(|job| next_deadline(job).map(|at| (at, job.modem))).min()
}
