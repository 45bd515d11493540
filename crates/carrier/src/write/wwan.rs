//! Activation, mobile broadband profiles and branding, in the order of WWAN.xsd.
//!
//! Not here: what the values mean ([`crate::document`]); messages ([`super::messages`]).
//! Implements [XML-08] and the order of children of [XML-29]…[XML-55] and [XML-89]…[XML-91].

use super::{Attributes, Extras, Written, messages, optional};
use crate::document::{Activation, Attempts, Branding, Context, MbnProfiles, Profile, Provider};
use crate::xml::{Namespace, Writer};

const WWAN: Namespace = Namespace::Wwan;
const BASE: Namespace = Namespace::Base;

pub(super) fn activation(w: &mut Writer, activation: &Activation) -> Written {
    let (name, attempts, data) = match activation {
        Activation::ReconnectToNetwork(attempts) => ("ReconnectToNetwork", attempts, None),
        Activation::ReregisterToNetwork(attempts) => ("ReregisterToNetwork", attempts, None),
        Activation::ServiceActivation { attempts, carrier_specific_data } => {
            ("ServiceActivation", attempts, Some(carrier_specific_data.base64()))
        }
    };
    let Attempts { delay, retry_count, retry_interval } = *attempts;
    let attributes = Attributes::default()
        .maybe("Delay", delay.map(|d| d.duration()))
        .maybe("RetryCount", retry_count.map(|n| n.count()))
        .maybe("RetryInterval", retry_interval.map(|d| d.duration()));
    w.element(WWAN, name, &attributes.borrowed(), |w| {
        optional(w, WWAN, "CarrierSpecificData", data.as_deref())
    })
}

pub(super) fn mbn_profiles(w: &mut Writer, profiles: &MbnProfiles, extras: Extras) -> Written {
    if let Some(part) = &profiles.default_profile {
        profile(w, "DefaultProfile", part)?;
    }
    if let Some(part) = &profiles.purchase_profile {
        profile(w, "PurchaseProfile", part)?;
    }
    if !profiles.messages.is_empty() {
        w.element(WWAN, "Messages", &[], |w| {
            profiles.messages.iter().try_for_each(|part| messages::message(w, part, extras))
        })?;
    }
    match &profiles.branding {
        Some(part) => w.element(WWAN, "Branding", &[], |w| branding(w, part)),
        None => Ok(()),
    }
}

fn branding(w: &mut Writer, branding: &Branding) -> Written {
    optional(w, WWAN, "Logo", branding.logo.as_ref().map(|logo| logo.base64()).as_deref())?;
    optional(w, WWAN, "Name", branding.name.as_ref().map(|name| name.as_str()))?;
    branding.others.iter().try_for_each(|other| w.foreign(other))
}

fn profile(w: &mut Writer, name: &'static str, profile: &Profile) -> Written {
    let attributes = Attributes::default().maybe("Priority", profile.priority.map(|p| p.number()));
    w.element(WWAN, name, &attributes.borrowed(), |w| {
        w.leaf(WWAN, "Name", profile.name.as_str())?;
        optional(w, WWAN, "Description", profile.description.as_ref().map(|d| d.as_str()))?;
        let plan = profile.associated_plan.as_ref().map(|name| name.as_str());
        optional(w, WWAN, "AssociatedPlan", plan)?;
        let home_provider = profile.home_provider_name.as_ref().map(|name| name.as_str());
        optional(w, WWAN, "HomeProviderName", home_provider)?;
        if let Some(part) = &profile.context {
            w.element(WWAN, "Context", &[], |w| context(w, part))?;
        }
        let partners = &profile.data_roaming_partners;
        if !partners.is_empty() {
            w.element(WWAN, "DataRoamingPartners", &[], |w| {
                partners.iter().try_for_each(|part| provider(w, part))
            })?;
        }
        match &profile.extensions {
            Some(parts) => w.element(WWAN, "Extensions", &[], |w| {
                parts.iter().try_for_each(|part| w.foreign(part))
            }),
            None => Ok(()),
        }
    })
}

/// The children are in the namespace of their type [XML-08].
fn provider(w: &mut Writer, provider: &Provider) -> Written {
    w.element_declaring(WWAN, "Provider", &[], &[("b", BASE)], |w| {
        w.leaf(BASE, "ProviderID", provider.id.as_str())?;
        w.leaf(BASE, "ProviderName", provider.name.as_str())
    })
}

fn context(w: &mut Writer, context: &Context) -> Written {
    optional(w, WWAN, "AccessString", context.access_string.as_ref().map(|t| t.as_str()))?;
    if let Some(logon) = &context.user_logon {
        w.element(WWAN, "UserLogonCred", &[], |w| {
            w.leaf(WWAN, "UserName", logon.user_name.reveal())?;
            optional(w, WWAN, "Password", logon.password.as_ref().map(|p| p.reveal()))
        })?;
    }
    optional(w, WWAN, "Compression", context.compression.map(|c| c.as_str()))?;
    optional(w, WWAN, "AuthProtocol", context.auth_protocol.map(|a| a.as_str()))
}
