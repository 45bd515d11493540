//! SIMs that come, go and change, and the accounts that Windows makes of them.
//!
//! The ICCID makes a SIM new, not the IMSI [MATCH-87]; what was found is kept for each mode and
//! identity [MATCH-95]. Not here: the match itself ([`crate::matching`]) and the choice of a
//! profile ([`crate::cosa`]), which are effects of this engine. Implements [MATCH-80] to
//! [MATCH-95].

mod account;
pub mod recheck;
mod step;

use jiff::Timestamp;

use crate::brand::BrandId;
use crate::matching::{Rule, Sim};

use recheck::Recheck;

pub use account::{Account, Identity, Radio};
pub use step::{next_deadline, step};

/// The most accounts that are kept; the one whose number is lowest goes first.
pub const ACCOUNTS_MAX: usize = 64;

/// Whether any Internet connection exists, of whatever kind [MATCH-80].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Internet {
    /// None.
    Absent,
    /// One.
    Present,
}

/// What is known of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it can do.
    pub radio: Radio,
    /// Whether metadata can be asked for.
    pub internet: Internet,
    /// The accounts, by number; at most [`ACCOUNTS_MAX`].
    pub accounts: Vec<Account>,
    /// The number of the account that is there.
    pub active: Option<u32>,
    /// How many accounts there have been.
    pub accounts_made: u32,
    /// How often the database was evaluated.
    pub evaluations: u32,
    /// Whether an update of the database waits for the next start [MATCH-85].
    pub is_cosa_updated: bool,
}

impl State {
    /// Begins with a device of which nothing was read yet.
    #[must_use]
    pub fn new(radio: Radio) -> Self {
        Self {
            radio,
            internet: Internet::Absent,
            accounts: Vec::new(),
            active: None,
            accounts_made: 0,
            evaluations: 0,
            is_cosa_updated: false,
        }
    }

    /// Returns the account that is there; packages of others do not reach the device [MATCH-94].
    #[must_use]
    pub fn active(&self) -> Option<&Account> {
        self.accounts.iter().find(|account| Some(account.number) == self.active)
    }

    /// Applies a change. `step` decides; this only records.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Recognised { account } => {
                self.accounts.push((**account).clone());
                self.accounts_made = account.number;
                if self.accounts.len() > ACCOUNTS_MAX {
                    self.accounts.remove(0);
                }
            }
            Change::Activated { account } => self.active = Some(*account),
            Change::Deactivated { .. } => self.active = None,
            Change::LookupBegan { account, lookup } => self.with(*account, |account| {
                account.lookups = *lookup;
                account.is_asking = true;
            }),
            Change::LookupEnded { account, recheck } => self.with(*account, |account| {
                account.is_asking = false;
                account.recheck = *recheck;
            }),
            Change::LookupDemanded { account } => {
                self.with(*account, |account| account.recheck = account.recheck.forced());
            }
            Change::PackageFound { account, brand, rule } => {
                self.with(*account, |account| account.package = Some((brand.clone(), *rule)));
            }
            Change::InternetBecame(internet) => self.internet = *internet,
            Change::CosaUpdated => self.is_cosa_updated = true,
            Change::ProfilesRecreated => self.is_cosa_updated = false,
            Change::CosaEvaluated { number } => self.evaluations = *number,
        }
    }

    fn with(&mut self, number: u32, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.iter_mut().find(|account| account.number == number) {
            change(account);
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The device arrived or the computer started; what it reads may differ from before.
    Arrived {
        /// What it reads; absent = no SIM.
        sim: Option<Sim>,
    },
    /// A SIM was inserted, or a rewritten one announced by the hot-swap sequence [MATCH-86].
    Inserted {
        /// What it reads.
        sim: Sim,
    },
    /// The SIM was removed.
    Removed,
    /// A SIM was rewritten and nothing announced it [MATCH-91].
    RewrittenSilently,
    /// An eSIM changed its profile [MATCH-84].
    EsimReconfigured {
        /// What it reads.
        sim: Sim,
    },
    /// The PIN was entered [MATCH-76].
    Unlocked {
        /// What it reads.
        sim: Sim,
    },
    /// Another subscription of the device became active [MATCH-95].
    ModeSwitched {
        /// What it reads.
        sim: Sim,
    },
    /// The Internet came or went.
    InternetChanged(Internet),
    /// The COSA database was updated [MATCH-85].
    CosaUpdated,
    /// Somebody wants the metadata now [MATCH-82].
    RefreshRequested,
    /// A query was answered.
    LookupSucceeded {
        /// The account that it was for.
        account: u32,
        /// Which query of that account.
        lookup: u32,
        /// What was found.
        found: Option<(BrandId, Rule)>,
        /// 32 random bits for the next one's time.
        random: u32,
    },
    /// A query was not answered.
    LookupFailed {
        /// The account that it was for.
        account: u32,
        /// Which query of that account.
        lookup: u32,
    },
    /// Time passed.
    Tick,
}

/// One thing that becomes different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A SIM is new: an account is made.
    Recognised {
        /// The account.
        account: Box<Account>,
    },
    /// An account is there.
    Activated {
        /// Its number.
        account: u32,
    },
    /// The account is there no longer; it is kept [MATCH-95].
    Deactivated {
        /// Its number.
        account: u32,
    },
    /// A query begins.
    LookupBegan {
        /// The account.
        account: u32,
        /// Which query of it, from 1.
        lookup: u32,
    },
    /// A query is over.
    LookupEnded {
        /// The account.
        account: u32,
        /// When the next one is due.
        recheck: Recheck,
    },
    /// A query is due at once.
    LookupDemanded {
        /// The account.
        account: u32,
    },
    /// A package was found, which is installed silently [MATCH-81].
    PackageFound {
        /// The account.
        account: u32,
        /// Whose package.
        brand: BrandId,
        /// What it was found by.
        rule: Rule,
    },
    /// The Internet came or went.
    InternetBecame(Internet),
    /// An update of the database waits for the next start.
    CosaUpdated,
    /// The database's profiles are made anew; what the user set is reset [MATCH-85].
    ProfilesRecreated,
    /// The database is evaluated once more.
    CosaEvaluated {
        /// How often, this time included.
        number: u32,
    },
}

/// Something to be done outside, at least once, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask for the package of this SIM.
    LookUp {
        /// The account.
        account: u32,
        /// Which query of it.
        lookup: u32,
        /// What to ask for.
        sim: Box<Sim>,
    },
    /// Evaluate the COSA database [MATCH-84].
    EvaluateCosa {
        /// How often, this time included.
        number: u32,
        /// For whom; absent = the SIM is gone.
        account: Option<u32>,
    },
    /// Delete and make the database's profiles; those of people stay [MATCH-03], [MATCH-85].
    RecreateProfiles {
        /// Of which evaluation.
        number: u32,
    },
}

impl Effect {
    /// Returns the idempotency key: the same for the same effect of the same device, always.
    /// Names nobody.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::LookUp { account, lookup, .. } => format!("account/{account}/look-up/{lookup}"),
            Self::EvaluateCosa { number, .. } => format!("cosa/{number}/evaluate"),
            Self::RecreateProfiles { number } => format!("cosa/{number}/recreate"),
        }
    }
}

/// What the engine says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It changes nothing and harms nothing.
    Ignored(Ignored),
    /// It cannot be.
    Rejected(Rejected),
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// It is already so.
    Repeated,
    /// The ICCID is the same: not a new SIM, whatever the IMSI is [MATCH-88].
    SameSim,
    /// A PIN hides the SIM [MATCH-09].
    Locked,
    /// Nothing told the computer: it will be read at the next arrival [MATCH-91].
    NotReported,
    /// It concerns a query that is over.
    Outdated,
    /// Nothing is due.
    NotDue,
}

/// Why an event cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Such a device does not report this mode, or does not switch.
    Mode,
    /// There is no account for it.
    NoAccount,
}

/// What is to become of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What becomes different, in order.
    pub changes: Vec<Change>,
    /// What is to be done once the changes are committed.
    pub effects: Vec<Effect>,
    /// What the engine says.
    pub verdict: Verdict,
}

/// Applies a step's changes.
pub fn apply(state: &mut State, step: &Step) {
    for change in &step.changes {
        state.apply(change);
    }
}

/// Returns the time at which a query of the active account is due; only for [`next_deadline`].
fn due(state: &State) -> Option<Timestamp> {
    let account = state.active().filter(|account| !account.is_asking)?;
    (state.internet == Internet::Present).then_some(account.recheck.due)?
}
