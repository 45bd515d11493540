//! Rules of documents and of the catalogue, in the words of the engine.
//!
//! Not here: what makes a rule invalid, and what it decides ([`domain::messages`]); patterns
//! ([`super::patterns`]). Implements the defaults of [MSG-06], [MSG-08], [MSG-16], [MSG-18].

use carrier::document::{self, Document, Group, Message, PlanContent, TokenList};
use domain::amount::Megabytes;
use domain::brand::PlanType;
use domain::messages::{
    BooleanField, Fields, NumberField, PlanTypeField, Rule, SmsBearer, TimeField, Unit,
};

use crate::catalog::MessageRule;

/// Returns the rules of a document in their order.
#[must_use]
pub fn of_document(document: &Document) -> Vec<Rule> {
    let profiles = document.mbn_profiles();
    profiles.map(|profiles| profiles.messages.iter().map(rule).collect()).unwrap_or_default()
}

/// Returns the rules of a brand in their order.
#[must_use]
pub fn of_catalog(rules: &[MessageRule]) -> Vec<Rule> {
    let tolerant =
        |of: &MessageRule| Rule { is_sender_tolerant: of.is_sender_tolerant, ..rule(&of.message) };
    rules.iter().map(tolerant).collect()
}

/// Returns the limit of the plan that messages update: the one that the default profile names
/// [MSG-25].
#[must_use]
pub fn stored_limit(document: &Document) -> Option<Megabytes> {
    let default = document.mbn_profiles()?.default_profile.as_ref()?;
    let name = default.associated_plan.as_ref()?;
    let plan = document.plans().iter().find(|plan| plan.name == *name)?;
    match &plan.content {
        PlanContent::Description(description, _) => {
            description.data_limit.map(|limit| Megabytes(limit.megabytes()))
        }
        PlanContent::Usage(_) => None,
    }
}

fn rule(message: &Message) -> Rule {
    let sms = message.bearers.sms().map(|bearer| SmsBearer {
        sender: bearer.sender.as_ref().map(|sender| sender.as_str().to_owned()),
        // The schema's default, not the page's [MSG-06].
        class_zero_only: bearer.class_zero_only.unwrap_or(true),
    });
    let units = message.units.iter().flat_map(document::Units::lists);
    Rule {
        id: message.rule_id.as_ref().map(|id| id.as_str().to_owned()),
        is_silent: message.silent.unwrap_or(true),
        sms: sms.collect(),
        has_ussd: message.bearers.has_ussd(),
        is_sender_tolerant: false,
        pattern: message.pattern.as_str().to_owned(),
        locale: message.locale.as_ref().map(|locale| locale.as_str().to_owned()),
        units: units.map(|(multiple, list)| (unit(multiple), words(list))).collect(),
        fields: message.fields.as_ref().map(fields),
    }
}

fn words(list: Option<&TokenList>) -> Vec<String> {
    list.into_iter().flat_map(TokenList::tokens).map(str::to_owned).collect()
}

const fn unit(unit: document::Unit) -> Unit {
    match unit {
        document::Unit::None => Unit::None,
        document::Unit::K => Unit::K,
        document::Unit::M => Unit::M,
        document::Unit::G => Unit::G,
        document::Unit::T => Unit::T,
        document::Unit::Ki => Unit::Ki,
        document::Unit::Mi => Unit::Mi,
        document::Unit::Gi => Unit::Gi,
        document::Unit::Ti => Unit::Ti,
    }
}

const fn plan_type(plan_type: document::PlanType) -> PlanType {
    match plan_type {
        document::PlanType::Unrestricted => PlanType::Unrestricted,
        document::PlanType::Fixed => PlanType::Fixed,
        document::PlanType::Variable => PlanType::Variable,
    }
}

fn fields(fields: &document::Fields) -> Fields {
    Fields {
        usage: fields.usage.map(number),
        usage_percentage: fields.usage_percentage.map(|field| field.group.number()),
        usage_timestamp: fields.usage_timestamp.as_ref().map(time),
        usage_overage: fields.usage_overage.map(number),
        usage_overage_percentage: fields.usage_overage_percentage.map(|field| field.group.number()),
        data_limit: fields.data_limit.map(number),
        over_data_limit: fields.over_data_limit.as_ref().map(boolean),
        congested: fields.congested.as_ref().map(boolean),
        inbound_bandwidth: fields.inbound_bandwidth.map(number),
        outbound_bandwidth: fields.outbound_bandwidth.map(number),
        plan_type: fields.plan_type.as_ref().map(plan_types),
        refresh_provisioning: fields.refresh_provisioning.as_ref().map(boolean),
        activation_complete: fields.activation_complete.as_ref().map(boolean),
    }
}

fn number(field: document::NumberField) -> NumberField {
    NumberField {
        group: field.group.number(),
        unit_group: field.unit_group.map(Group::number),
        default_unit: field.default_unit.map_or(Unit::None, unit),
    }
}

fn time(field: &document::DateTimeField) -> TimeField {
    let token = |token: &Option<document::Token>| token.as_ref().map(|t| t.as_str().to_owned());
    TimeField {
        group: field.group.number(),
        format: field.format.as_str().to_owned(),
        am_token: token(&field.am_token),
        pm_token: token(&field.pm_token),
    }
}

fn boolean(field: &document::BooleanField) -> BooleanField {
    BooleanField {
        group: field.group.map(Group::number),
        true_tokens: words(field.true_token.as_ref()),
        false_tokens: words(field.false_token.as_ref()),
        default: field.default.unwrap_or(false),
    }
}

fn plan_types(field: &document::PlanTypeField) -> PlanTypeField {
    let tokens = [
        (PlanType::Fixed, &field.fixed_tokens),
        (PlanType::Unrestricted, &field.unrestricted_tokens),
        (PlanType::Variable, &field.variable_tokens),
    ];
    PlanTypeField {
        group: field.group.map(Group::number),
        tokens: tokens.into_iter().map(|(of, list)| (of, words(list.as_ref()))).collect(),
        default: field.default.map(plan_type),
    }
}
