//! Activation, mobile broadband profiles and branding, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]); messages ([`super::messages`]).
//! Implements the reading side of [XML-29]…[XML-55] and [XML-89]…[XML-91].

use super::{
    ReadError, attribute, beyond, binary, map, messages, needed, number, one_of, seconds, text,
};
use crate::document::{
    AccessString, Activation, Attempts, AuthProtocol, Branding, BrandingName, Compression, Context,
    Delay, Description, HomeProviderName, MbnProfiles, Password, PlanName, Priority, Profile,
    ProfileName, Provider, ProviderId, ProviderName, RetryCount, RetryInterval, UserLogon,
    UserName,
};
use crate::xml::{Element, Foreign, Namespace};

const WWAN: Namespace = Namespace::Wwan;
const BASE: Namespace = Namespace::Base;

pub(super) fn activation(e: &Element<'_>) -> Result<Activation, ReadError> {
    let attempts = |e: &Element<'_>| {
        Ok(Attempts {
            delay: attribute(e, "Delay", seconds(Delay::of_seconds))?,
            retry_count: attribute(e, "RetryCount", number(RetryCount::new))?,
            retry_interval: attribute(e, "RetryInterval", seconds(RetryInterval::of_seconds))?,
        })
    };
    if let Some(directive) = e.child(WWAN, "ReconnectToNetwork") {
        return Ok(Activation::ReconnectToNetwork(attempts(directive)?));
    }
    if let Some(directive) = e.child(WWAN, "ServiceActivation") {
        let data = text(directive, WWAN, "CarrierSpecificData", binary)?;
        return Ok(Activation::ServiceActivation {
            attempts: attempts(directive)?,
            carrier_specific_data: data.ok_or_else(|| beyond(directive, "CarrierSpecificData"))?,
        });
    }
    let directive = needed(e, WWAN, "ReregisterToNetwork")?;
    Ok(Activation::ReregisterToNetwork(attempts(directive)?))
}

pub(super) fn mbn_profiles(e: &Element<'_>) -> Result<MbnProfiles, ReadError> {
    Ok(MbnProfiles {
        default_profile: map(e.child(WWAN, "DefaultProfile"), profile)?,
        purchase_profile: map(e.child(WWAN, "PurchaseProfile"), profile)?,
        messages: match e.child(WWAN, "Messages") {
            Some(all) => all.elements().map(messages::message).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        branding: map(e.child(WWAN, "Branding"), branding)?,
    })
}

fn branding(e: &Element<'_>) -> Result<Branding, ReadError> {
    Ok(Branding {
        logo: text(e, WWAN, "Logo", binary)?,
        name: text(e, WWAN, "Name", BrandingName::parse)?,
        others: others(e),
    })
}

/// Takes the children of other namespaces, whose places the schema has judged.
fn others(e: &Element<'_>) -> Vec<Foreign> {
    let is_own = |child: &&Element<'_>| child.namespace.as_deref() == Some(WWAN.uri());
    e.elements().filter(|child| !is_own(child)).map(Foreign::from_element).collect()
}

fn profile(e: &Element<'_>) -> Result<Profile, ReadError> {
    Ok(Profile {
        priority: attribute(e, "Priority", number(Priority::new))?,
        name: text(e, WWAN, "Name", ProfileName::parse)?.ok_or_else(|| beyond(e, "Name"))?,
        description: text(e, WWAN, "Description", Description::parse)?,
        associated_plan: text(e, WWAN, "AssociatedPlan", PlanName::parse)?,
        home_provider_name: text(e, WWAN, "HomeProviderName", HomeProviderName::parse)?,
        context: map(e.child(WWAN, "Context"), |e| context(e, WWAN))?,
        data_roaming_partners: match e.child(WWAN, "DataRoamingPartners") {
            Some(all) => all.elements().map(provider).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        extensions: e.child(WWAN, "Extensions").map(others),
    })
}

fn provider(e: &Element<'_>) -> Result<Provider, ReadError> {
    Ok(Provider {
        id: text(e, BASE, "ProviderID", ProviderId::parse)?
            .ok_or_else(|| beyond(e, "ProviderID"))?,
        name: text(e, BASE, "ProviderName", ProviderName::parse)?
            .ok_or_else(|| beyond(e, "ProviderName"))?,
    })
}

/// Reads the parameters of a connection, which two schemas have alike [XML-174].
pub(super) fn context(e: &Element<'_>, namespace: Namespace) -> Result<Context, ReadError> {
    let compression = one_of(&Compression::ALL, Compression::as_str);
    let auth_protocol = one_of(&AuthProtocol::ALL, AuthProtocol::as_str);
    Ok(Context {
        access_string: text(e, namespace, "AccessString", AccessString::parse)?,
        user_logon: map(e.child(namespace, "UserLogonCred"), |e| {
            Ok(UserLogon {
                user_name: text(e, namespace, "UserName", UserName::parse)?
                    .ok_or_else(|| beyond(e, "UserName"))?,
                password: text(e, namespace, "Password", Password::parse)?,
            })
        })?,
        compression: text(e, namespace, "Compression", compression)?,
        auth_protocol: text(e, namespace, "AuthProtocol", auth_protocol)?,
    })
}
