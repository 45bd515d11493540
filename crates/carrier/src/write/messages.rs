//! Rules for operator messages, in the order of WWAN.xsd.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements [XML-11], [XML-88] and the order of children of [XML-63]…[XML-86].

use super::{Attributes, Extras, Written, optional};
use crate::document::{
    Bearers, BooleanField, DateTimeField, Fields, Message, NumberField, PercentField,
    PlanTypeField, SmsBearer, Units,
};
use crate::xml::{Namespace, Writer};

const WWAN: Namespace = Namespace::Wwan;

pub(super) fn message(w: &mut Writer, message: &Message, extras: Extras) -> Written {
    let attributes = Attributes::default()
        .maybe("Silent", message.silent)
        .maybe("RuleId", extras.keep(message.rule_id.as_ref()));
    w.element(WWAN, "Message", &attributes.borrowed(), |w| {
        bearers(w, &message.bearers)?;
        w.leaf(WWAN, "Pattern", message.pattern.as_str())?;
        optional(w, WWAN, "Locale", message.locale.as_ref().map(|locale| locale.as_str()))?;
        if let Some(part) = &message.units {
            units(w, part)?;
        }
        match &message.fields {
            Some(part) => w.element(WWAN, "Fields", &[], |w| fields(w, part, extras)),
            None => Ok(()),
        }
    })
}

fn bearers(w: &mut Writer, bearers: &Bearers) -> Written {
    bearers.sms().try_for_each(|bearer| sms_bearer(w, bearer))?;
    if bearers.has_ussd() { empty(w, "USSDBearer", &Attributes::default()) } else { Ok(()) }
}

fn sms_bearer(w: &mut Writer, bearer: &SmsBearer) -> Written {
    let attributes = Attributes::default()
        .maybe("Sender", bearer.sender.as_ref())
        .maybe("ClassZeroOnly", bearer.class_zero_only);
    empty(w, "SMSBearer", &attributes)
}

fn units(w: &mut Writer, units: &Units) -> Written {
    let attributes = units
        .lists()
        .into_iter()
        .fold(Attributes::default(), |all, (unit, list)| all.maybe(unit.as_str(), list));
    empty(w, "Units", &attributes)
}

fn fields(w: &mut Writer, f: &Fields, extras: Extras) -> Written {
    number(w, "Usage", f.usage.as_ref())?;
    percent(w, "UsagePercentage", f.usage_percentage.as_ref())?;
    if let Some(field) = &f.usage_timestamp {
        date_time(w, "UsageTimestamp", field, extras)?;
    }
    number(w, "UsageOverage", f.usage_overage.as_ref())?;
    percent(w, "UsageOveragePercentage", f.usage_overage_percentage.as_ref())?;
    number(w, "DataLimit", f.data_limit.as_ref())?;
    boolean(w, "OverDataLimit", f.over_data_limit.as_ref())?;
    boolean(w, "Congested", f.congested.as_ref())?;
    number(w, "InboundBandwidth", f.inbound_bandwidth.as_ref())?;
    number(w, "OutboundBandwidth", f.outbound_bandwidth.as_ref())?;
    if let Some(field) = &f.plan_type {
        plan_type(w, "PlanType", field)?;
    }
    boolean(w, "RefreshProvisioning", f.refresh_provisioning.as_ref())?;
    boolean(w, "ActivationComplete", f.activation_complete.as_ref())
}

fn number(w: &mut Writer, name: &'static str, field: Option<&NumberField>) -> Written {
    let Some(field) = field else {
        return Ok(());
    };
    let attributes = Attributes::default()
        .maybe("Group", Some(field.group.number()))
        .maybe("UnitGroup", field.unit_group.map(|group| group.number()))
        .maybe("DefaultUnit", field.default_unit.map(|unit| unit.as_str()));
    empty(w, name, &attributes)
}

fn percent(w: &mut Writer, name: &'static str, field: Option<&PercentField>) -> Written {
    let Some(field) = field else {
        return Ok(());
    };
    empty(w, name, &Attributes::default().maybe("Group", Some(field.group.number())))
}

fn date_time(w: &mut Writer, name: &'static str, field: &DateTimeField, extras: Extras) -> Written {
    let attributes = Attributes::default()
        .maybe("Format", Some(&field.format))
        .maybe("Group", Some(field.group.number()))
        .maybe("AmToken", extras.keep(field.am_token.as_ref()))
        .maybe("PmToken", extras.keep(field.pm_token.as_ref()));
    empty(w, name, &attributes)
}

fn boolean(w: &mut Writer, name: &'static str, field: Option<&BooleanField>) -> Written {
    let Some(field) = field else {
        return Ok(());
    };
    let attributes = Attributes::default()
        .maybe("TrueToken", field.true_token.as_ref())
        .maybe("FalseToken", field.false_token.as_ref())
        .maybe("Default", field.default)
        .maybe("Group", field.group.map(|group| group.number()));
    empty(w, name, &attributes)
}

fn plan_type(w: &mut Writer, name: &'static str, field: &PlanTypeField) -> Written {
    let attributes = Attributes::default()
        .maybe("Group", field.group.map(|group| group.number()))
        .maybe("Default", field.default.map(|value| value.as_str()))
        .maybe("UnrestrictedTokens", field.unrestricted_tokens.as_ref())
        .maybe("FixedTokens", field.fixed_tokens.as_ref())
        .maybe("VariableTokens", field.variable_tokens.as_ref());
    empty(w, name, &attributes)
}

fn empty(w: &mut Writer, name: &'static str, attributes: &Attributes) -> Written {
    w.element(WWAN, name, &attributes.borrowed(), |_| Ok(()))
}
