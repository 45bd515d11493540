//! A device for tests: a state, the events told to it, and a clock that only tests move.

use domain::brand::BrandId;
use domain::identity::{Iccid, Imsi};
use domain::matching::{Rule, Sim};
use domain::sim::{Effect, Event, Internet, Radio, State, Step, apply, next_deadline, step};
use domain::{SignedDuration, Timestamp};

pub(crate) struct Device {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
}

/// A GSM SIM; an empty text is a number that is not there.
pub(crate) fn gsm(iccid: &str, imsi: &str) -> Sim {
    Sim { iccid: Iccid::parse(iccid).ok(), imsi: Imsi::parse(imsi).ok(), ..Sim::gsm() }
}

/// A GSM SIM whose IMSI a PIN hides.
pub(crate) fn locked(iccid: &str) -> Sim {
    Sim { pin_locked: true, ..gsm(iccid, "") }
}

/// A CDMA device; an empty name is one that is not reported.
pub(crate) fn cdma(sid: u16, name: &str) -> Sim {
    let provider_name = (!name.is_empty()).then(|| name.to_owned());
    Sim { sid: Some(sid), provider_name, ..Sim::cdma() }
}

impl Device {
    pub(crate) fn new(radio: Radio) -> Self {
        Self { state: State::new(radio), now: Timestamp::UNIX_EPOCH }
    }

    pub(crate) fn on_line(radio: Radio) -> Self {
        let mut device = Self::new(radio);
        device.says(&Event::InternetChanged(Internet::Present));
        device
    }

    /// Tells an event and applies what follows.
    pub(crate) fn says(&mut self, event: &Event) -> Step {
        let step = step(&self.state, event, self.now);
        apply(&mut self.state, &step);
        step
    }

    /// Answers the query that runs with a brand.
    pub(crate) fn answers(&mut self, brand: &str) -> Step {
        let account = self.state.active().expect("an account");
        let (account, lookup) = (account.number, account.lookups);
        let found = BrandId::parse(brand).map(|brand| (brand, Rule::Iccid));
        self.says(&Event::LookupSucceeded { account, lookup, found, random: 34_560 })
    }

    /// Fails the query that runs.
    pub(crate) fn fails(&mut self) -> Step {
        let account = self.state.active().expect("an account");
        let (account, lookup) = (account.number, account.lookups);
        self.says(&Event::LookupFailed { account, lookup })
    }

    /// Lets time pass.
    pub(crate) fn waits(&mut self, time: SignedDuration) -> Step {
        self.now += time;
        self.says(&Event::Tick)
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        next_deadline(&self.state)
    }

    /// Returns the brand of the package that reaches the device.
    pub(crate) fn package(&self) -> String {
        let package = self.state.active().and_then(|account| account.package.as_ref());
        package.map_or_else(|| "none".to_owned(), |(brand, _)| brand.to_string())
    }

    pub(crate) fn keys(&self, step: &Step) -> Vec<String> {
        step.effects.iter().map(Effect::key).collect()
    }

    /// Returns the SIM that a step asks for.
    pub(crate) fn asked(&self, step: &Step) -> Option<Sim> {
        step.effects.iter().find_map(|effect| match effect {
            Effect::LookUp { sim, .. } => Some((**sim).clone()),
            Effect::EvaluateCosa { .. } | Effect::RecreateProfiles { .. } => None,
        })
    }
}
