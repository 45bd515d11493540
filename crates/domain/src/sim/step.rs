//! The decisions about SIMs: which event does what in which state.
//!
//! Total and deterministic. Not here: the types ([`super`]).

use jiff::Timestamp;

use crate::matching::Sim;

use super::recheck::Recheck;
use super::{
    Account, Change, Effect, Event, Identity, Ignored, Internet, Radio, Rejected, State, Step,
    Verdict, due,
};

/// Decides what an event does; never acts.
#[must_use]
pub fn step(state: &State, event: &Event, now: Timestamp) -> Step {
    let mut draft = Draft::new(state);
    let verdict = match event {
        Event::Arrived { sim } => arrived(&mut draft, sim.as_ref()),
        Event::Inserted { sim } | Event::EsimReconfigured { sim } | Event::Unlocked { sim } => {
            inserted(&mut draft, sim)
        }
        Event::Removed => removed(&mut draft),
        Event::RewrittenSilently => Verdict::Ignored(Ignored::NotReported),
        Event::ModeSwitched { sim } => mode_switched(&mut draft, sim),
        Event::InternetChanged(internet) => internet_changed(&mut draft, *internet),
        Event::CosaUpdated => cosa_updated(&mut draft),
        Event::RefreshRequested => refresh_requested(&mut draft),
        Event::LookupSucceeded { account, lookup, found, random } => {
            let ended = lookup_ended(&draft.state, *account, *lookup);
            ended.map_or_else(
                |verdict| verdict,
                |known| {
                    if let Some((brand, rule)) = found.clone().filter(|_| known.package != *found) {
                        draft.push(Change::PackageFound { account: *account, brand, rule });
                    }
                    let recheck = Recheck::succeeded(now, *random);
                    draft.push(Change::LookupEnded { account: *account, recheck });
                    Verdict::Accepted
                },
            )
        }
        Event::LookupFailed { account, lookup } => {
            let ended = lookup_ended(&draft.state, *account, *lookup);
            ended.map_or_else(
                |verdict| verdict,
                |known| {
                    let recheck = known.recheck.failed(now);
                    draft.push(Change::LookupEnded { account: *account, recheck });
                    Verdict::Accepted
                },
            )
        }
        Event::Tick => Verdict::Ignored(Ignored::NotDue),
    };
    draft.finish(verdict, now)
}

/// Returns when the state wants a [`Event::Tick`]; absent when time changes nothing [MATCH-82].
#[must_use]
pub fn next_deadline(state: &State) -> Option<Timestamp> {
    due(state)
}

/// A step in the making, and the state that it leads to.
struct Draft {
    state: State,
    changes: Vec<Change>,
    effects: Vec<Effect>,
}

impl Draft {
    fn new(state: &State) -> Self {
        Self { state: state.clone(), changes: Vec::new(), effects: Vec::new() }
    }

    fn push(&mut self, change: Change) {
        self.state.apply(&change);
        self.changes.push(change);
    }

    /// Evaluates the database [MATCH-84].
    fn evaluate_cosa(&mut self) -> u32 {
        let number = self.state.evaluations.saturating_add(1);
        self.push(Change::CosaEvaluated { number });
        self.effects.push(Effect::EvaluateCosa { number, account: self.state.active });
        number
    }

    /// Begins the query that is due, if one is [MATCH-80].
    fn look_up(&mut self, now: Timestamp) {
        if self.state.internet == Internet::Absent {
            return;
        }
        let Some(account) = self.state.active().filter(|account| !account.is_asking) else {
            return;
        };
        if account.recheck.is_due(now) {
            let (sim, lookup) = (account.sim.clone(), account.lookups.saturating_add(1));
            let account = account.number;
            self.push(Change::LookupBegan { account, lookup });
            self.effects.push(Effect::LookUp { account, lookup, sim: Box::new(sim) });
        }
    }

    fn finish(mut self, verdict: Verdict, now: Timestamp) -> Step {
        if !matches!(verdict, Verdict::Rejected(_)) {
            self.look_up(now);
        }
        // What is due counts, whatever brought it up.
        let is_idle = self.changes.is_empty() && self.effects.is_empty();
        let verdict = match verdict {
            Verdict::Ignored(_) if !is_idle => Verdict::Accepted,
            Verdict::Accepted | Verdict::Ignored(_) | Verdict::Rejected(_) => verdict,
        };
        Step { changes: self.changes, effects: self.effects, verdict }
    }
}

/// What the device reads has been looked at.
enum Seen {
    /// Another account than before, or none.
    Other,
    Same,
    Locked,
}

/// Makes the account of a SIM the active one; that of no SIM or a locked one is none.
fn see(draft: &mut Draft, sim: Option<&Sim>) -> Seen {
    let identity = sim.and_then(Identity::of);
    let before = draft.state.active().map(|account| (account.number, account.identity.clone()));
    match (&before, &identity) {
        (Some((_, known)), Some(identity)) if known == identity => return Seen::Same,
        (Some((account, _)), _) => draft.push(Change::Deactivated { account: *account }),
        (None, _) => {}
    }
    if let (Some(identity), Some(sim)) = (identity, sim) {
        let account = account_of(draft, identity, sim);
        draft.push(Change::Activated { account });
        return Seen::Other;
    }
    match (before, sim) {
        (Some(_), _) => Seen::Other,
        (None, Some(_)) => Seen::Locked,
        (None, None) => Seen::Same,
    }
}

/// Returns the number of the account of an identity, which is made if it is new [MATCH-87].
fn account_of(draft: &mut Draft, identity: Identity, sim: &Sim) -> u32 {
    let mut known = draft.state.accounts.iter();
    let is_it = |account: &&Account| account.identity == identity && account.sim.mode == sim.mode;
    if let Some(account) = known.find(is_it) {
        return account.number;
    }
    let number = draft.state.accounts_made.saturating_add(1);
    let account = Account {
        number,
        identity,
        sim: sim.clone(),
        package: None,
        lookups: 0,
        is_asking: false,
        recheck: Recheck::default(),
    };
    draft.push(Change::Recognised { account: Box::new(account) });
    number
}

fn is_reported(state: &State, sim: Option<&Sim>) -> bool {
    sim.is_none_or(|sim| state.radio.reports(sim.mode))
}

/// A start evaluates the database in any case, and is what an update of it waits for [MATCH-84],
/// [MATCH-85].
fn arrived(draft: &mut Draft, sim: Option<&Sim>) -> Verdict {
    if !is_reported(&draft.state, sim) {
        return Verdict::Rejected(Rejected::Mode);
    }
    see(draft, sim);
    let number = draft.evaluate_cosa();
    if draft.state.is_cosa_updated {
        draft.push(Change::ProfilesRecreated);
        draft.effects.push(Effect::RecreateProfiles { number });
    }
    Verdict::Accepted
}

fn inserted(draft: &mut Draft, sim: &Sim) -> Verdict {
    if !is_reported(&draft.state, Some(sim)) {
        return Verdict::Rejected(Rejected::Mode);
    }
    match see(draft, Some(sim)) {
        Seen::Other => {
            draft.evaluate_cosa();
            Verdict::Accepted
        }
        Seen::Same => Verdict::Ignored(Ignored::SameSim),
        Seen::Locked => Verdict::Ignored(Ignored::Locked),
    }
}

fn removed(draft: &mut Draft) -> Verdict {
    match see(draft, None) {
        Seen::Other => {
            draft.evaluate_cosa();
            Verdict::Accepted
        }
        Seen::Same | Seen::Locked => Verdict::Ignored(Ignored::Repeated),
    }
}

/// The old account goes and the new one comes, with whatever was found for it before [MATCH-95].
fn mode_switched(draft: &mut Draft, sim: &Sim) -> Verdict {
    match draft.state.radio {
        Radio::SingleMode(_) | Radio::MultiMode => Verdict::Rejected(Rejected::Mode),
        Radio::MultiSubscription => inserted(draft, sim),
    }
}

fn internet_changed(draft: &mut Draft, internet: Internet) -> Verdict {
    if draft.state.internet == internet {
        return Verdict::Ignored(Ignored::Repeated);
    }
    draft.push(Change::InternetBecame(internet));
    Verdict::Accepted
}

fn cosa_updated(draft: &mut Draft) -> Verdict {
    if draft.state.is_cosa_updated {
        return Verdict::Ignored(Ignored::Repeated);
    }
    draft.push(Change::CosaUpdated);
    Verdict::Accepted
}

fn refresh_requested(draft: &mut Draft) -> Verdict {
    let Some(account) = draft.state.active() else {
        return Verdict::Rejected(Rejected::NoAccount);
    };
    // The query that runs serves.
    if account.is_asking {
        return Verdict::Ignored(Ignored::Repeated);
    }
    let account = account.number;
    draft.push(Change::LookupDemanded { account });
    Verdict::Accepted
}

/// Returns the account whose query ended, where it is the one that runs.
fn lookup_ended(state: &State, number: u32, lookup: u32) -> Result<Account, Verdict> {
    let account = state.accounts.iter().find(|account| account.number == number);
    let account = account.ok_or(Verdict::Rejected(Rejected::NoAccount))?;
    if account.is_asking && account.lookups == lookup {
        Ok(account.clone())
    } else {
        Err(Verdict::Ignored(Ignored::Outdated))
    }
}
