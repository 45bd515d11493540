//! What follows from a message, in the order in which it is done.
//!
//! Not here: doing it; whether an update is older than what is stored, which the usage engine
//! decides ([`crate::usage`], [USE-14]); when the maintenance window is [RFR-05].
//! Implements [MSG-01], [MSG-09], [MSG-24] to [MSG-26].

use super::classify::{Classified, Matched};
use super::readings::Readings;
use crate::events::MessageType;
use crate::usage::{OperatorUpdate, OperatorUsage};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The usage engine is told what the operator said, before anybody hears of the message
    /// [MSG-01, MSG-25].
    UpdateUsage(OperatorUpdate),
    /// The operator's app is told.
    RaisePrivate {
        /// 0, 1 or 2.
        message_type: MessageType,
        /// The id of the rule [MSG-14].
        rule_id: Option<String>,
    },
    /// Everybody who reads SMS or USSD is told [MSG-01, MSG-09].
    RaisePublic,
    /// A new document is fetched in the next maintenance window [MSG-26].
    QueueRefresh,
    /// A connection is attempted at once, as the subscription is active [MSG-26].
    Connect,
}

/// The plan that a message updates: the one associated with the default profile of the account
/// whose interface received it [MSG-25].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountPlan {
    /// There is one.
    Present,
    /// There is none: the event is raised, and usage is nobody's.
    Absent,
}

/// Returns what follows.
#[must_use]
pub fn effects(classified: &Classified, plan: AccountPlan) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(matched) = &classified.matched {
        effects.extend(private(matched, plan));
    }
    if classified.is_public() {
        // Behind the private event [MSG-09].
        effects.push(Effect::RaisePublic);
    }
    if let Some(matched) = &classified.matched {
        if matched.readings.refresh_provisioning == Some(true) {
            effects.push(Effect::QueueRefresh);
        }
        if matched.readings.activation_complete == Some(true) {
            effects.push(Effect::Connect);
        }
    }
    effects
}

fn private(matched: &Matched, plan: AccountPlan) -> impl Iterator<Item = Effect> {
    let update = match plan {
        AccountPlan::Present => matched.readings.update(),
        AccountPlan::Absent => OperatorUpdate::default(),
    };
    let is_update = update != OperatorUpdate::default();
    let raise = Effect::RaisePrivate {
        message_type: matched.message_type,
        rule_id: matched.rule_id.clone(),
    };
    is_update.then_some(Effect::UpdateUsage(update)).into_iter().chain([raise])
}

impl Readings {
    /// Returns what the operator says of the plan; the limit in whole megabytes, rounded half up,
    /// as it is stored [MSG-17, MSG-24].
    ///
    /// A limit of less than half a megabyte is none: no plan has it [XML-138].
    #[must_use]
    pub fn update(&self) -> OperatorUpdate {
        let usage = self.usage.zip(self.usage_timestamp);
        let limit = self.data_limit.map(|bytes| bytes.megabytes());
        OperatorUpdate {
            usage: usage.map(|(used, as_of)| OperatorUsage { used, as_of }),
            limit: limit.filter(|limit| limit.0 > 0),
            plan_type: self.plan_type,
            is_over_limit: self.over_data_limit,
            is_congested: self.congested,
            inbound_kbps: self.inbound_bandwidth.map(|bandwidth| bandwidth.kbps()),
            outbound_kbps: self.outbound_bandwidth.map(|bandwidth| bandwidth.kbps()),
        }
    }
}
