//! Activation and mobile broadband profiles, in the order of WWAN.xsd.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements the order of children of [XML-29]…[XML-55].

use super::{Attributes, Written, optional};
use crate::document::{Activation, Attempts, Context, MbnProfiles, Profile};
use crate::xml::{Namespace, Writer};

const WWAN: Namespace = Namespace::Wwan;

pub(super) fn activation(w: &mut Writer, activation: &Activation) -> Written {
    let (name, Attempts { delay, retry_count, retry_interval }) = match *activation {
        Activation::ReconnectToNetwork(attempts) => ("ReconnectToNetwork", attempts),
        Activation::ReregisterToNetwork(attempts) => ("ReregisterToNetwork", attempts),
    };
    let attributes = Attributes::default()
        .maybe("Delay", delay.map(|d| d.duration()))
        .maybe("RetryCount", retry_count.map(|n| n.count()))
        .maybe("RetryInterval", retry_interval.map(|d| d.duration()));
    w.element(WWAN, name, &attributes.borrowed(), |_| Ok(()))
}

pub(super) fn mbn_profiles(w: &mut Writer, profiles: &MbnProfiles) -> Written {
    if let Some(part) = &profiles.default_profile {
        profile(w, "DefaultProfile", part)?;
    }
    if let Some(part) = &profiles.purchase_profile {
        profile(w, "PurchaseProfile", part)?;
    }
    Ok(())
}

fn profile(w: &mut Writer, name: &'static str, profile: &Profile) -> Written {
    let attributes = Attributes::default().maybe("Priority", profile.priority.map(|p| p.number()));
    w.element(WWAN, name, &attributes.borrowed(), |w| {
        w.leaf(WWAN, "Name", profile.name.as_str())?;
        optional(w, WWAN, "Description", profile.description.as_ref().map(|d| d.as_str()))?;
        let plan = profile.associated_plan.as_ref().map(|name| name.as_str());
        optional(w, WWAN, "AssociatedPlan", plan)?;
        match &profile.context {
            Some(part) => context(w, WWAN, part),
            None => Ok(()),
        }
    })
}

/// Writes the parameters of a connection, which two schemas have alike [XML-174].
pub(super) fn context(w: &mut Writer, namespace: Namespace, context: &Context) -> Written {
    let optional = |w: &mut Writer, name, text: Option<&str>| optional(w, namespace, name, text);
    w.element(namespace, "Context", &[], |w| {
        optional(w, "AccessString", context.access_string.as_ref().map(|t| t.as_str()))?;
        if let Some(logon) = &context.user_logon {
            w.element(namespace, "UserLogonCred", &[], |w| {
                w.leaf(namespace, "UserName", logon.user_name.reveal())?;
                optional(w, "Password", logon.password.as_ref().map(|p| p.reveal()))
            })?;
        }
        optional(w, "Compression", context.compression.map(|c| c.as_str()))?;
        optional(w, "AuthProtocol", context.auth_protocol.map(|a| a.as_str()))
    })
}
