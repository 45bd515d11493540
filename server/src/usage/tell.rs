//! From what usage and the network report to the events that are told.
//!
//! A report goes through the engine of events, whose state is saved in the same transaction. Not
//! here: that engine ([`domain::events`]), numbering and delivery ([`crate::events`]).

use std::collections::BTreeMap;

use domain::code::OrderId;
use domain::events::{self, Effect, Event, Network, Raised, Registration, Settings, State};

use super::decision::{Report, ReportKind, Tell};
use crate::store::events::{EventState, EventsCommand};
use crate::store::{Command, Store, StoreError};

/// Makes the commands by which everything is told, in this order.
///
/// # Errors
/// As the store says.
pub(super) async fn commands(
    store: &dyn Store,
    settings: Settings,
    told: Vec<(OrderId, Tell)>,
) -> Result<Vec<Command>, StoreError> {
    let mut devices: BTreeMap<OrderId, EventState> = BTreeMap::new();
    let mut changed: BTreeMap<OrderId, EventState> = BTreeMap::new();
    let mut commands = Vec::new();
    for (subscription, tell) in told {
        match tell {
            Tell::Raised(raised) => commands.push(raise(subscription, raised)),
            Tell::Report(report) => {
                let known = match devices.remove(&subscription) {
                    Some(known) => known,
                    None => device(store, subscription).await?,
                };
                let mut next = known.clone();
                let raised = happen(&mut next.state, report, settings);
                commands.extend(raised.into_iter().map(|raised| raise(subscription, raised)));
                if next.state != known.state {
                    changed.insert(subscription, next.clone());
                }
                devices.insert(subscription, next);
            }
        }
    }
    commands.extend(changed.into_values().map(|device| {
        let version = device.version.saturating_add(1);
        Command::Events(EventsCommand::SaveState(Box::new(EventState { version, ..device })))
    }));
    Ok(commands)
}

fn raise(subscription: OrderId, raised: Raised) -> Command {
    Command::Events(EventsCommand::Raise { subscription, raised })
}

async fn device(store: &dyn Store, subscription: OrderId) -> Result<EventState, StoreError> {
    let known = store.event_state(subscription).await?;
    let state = State::default();
    Ok(known.unwrap_or(EventState { subscription, version: 0, interface: None, state }))
}

/// Lets a report happen; returns what it raises.
fn happen(state: &mut State, report: Report, settings: Settings) -> Vec<Raised> {
    let event = match report.event {
        ReportKind::Connected => Event::Connected,
        ReportKind::Disconnected => Event::Disconnected,
        ReportKind::Registered(Network::Home) => Event::Registration(Registration::Home),
        ReportKind::Registered(Network::Roaming) => Event::Registration(Registration::Roaming),
    };
    let step = events::step(state, &event, settings, report.at);
    events::apply(state, &step);
    let raised = step.effects.into_iter().filter_map(|effect| match effect {
        Effect::Raise(raised) => Some(raised),
        Effect::AnswerSharing { .. } => None,
    });
    raised.collect()
}
