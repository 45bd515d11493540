//! Activation and mobile broadband profiles, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]).
//! Implements the reading side of [XML-29]…[XML-55].

use super::{ReadError, attribute, beyond, map, needed, number, one_of, seconds, text};
use crate::document::{
    AccessString, Activation, Attempts, AuthProtocol, Compression, Context, Delay, Description,
    MbnProfiles, Password, PlanName, Priority, Profile, ProfileName, RetryCount, RetryInterval,
    UserLogon, UserName,
};
use crate::xml::{Element, Namespace};

const WWAN: Namespace = Namespace::Wwan;

pub(super) fn activation(e: &Element) -> Result<Activation, ReadError> {
    let attempts = |e: &Element| {
        Ok(Attempts {
            delay: attribute(e, "Delay", seconds(Delay::of_seconds))?,
            retry_count: attribute(e, "RetryCount", number(RetryCount::new))?,
            retry_interval: attribute(e, "RetryInterval", seconds(RetryInterval::of_seconds))?,
        })
    };
    match e.child(WWAN, "ReconnectToNetwork") {
        Some(directive) => Ok(Activation::ReconnectToNetwork(attempts(directive)?)),
        None => {
            let directive = needed(e, WWAN, "ReregisterToNetwork")?;
            Ok(Activation::ReregisterToNetwork(attempts(directive)?))
        }
    }
}

pub(super) fn mbn_profiles(e: &Element) -> Result<MbnProfiles, ReadError> {
    Ok(MbnProfiles {
        default_profile: map(e.child(WWAN, "DefaultProfile"), profile)?,
        purchase_profile: map(e.child(WWAN, "PurchaseProfile"), profile)?,
    })
}

fn profile(e: &Element) -> Result<Profile, ReadError> {
    Ok(Profile {
        priority: attribute(e, "Priority", number(Priority::new))?,
        name: text(e, WWAN, "Name", ProfileName::parse)?.ok_or_else(|| beyond(e, "Name"))?,
        description: text(e, WWAN, "Description", Description::parse)?,
        associated_plan: text(e, WWAN, "AssociatedPlan", PlanName::parse)?,
        context: map(e.child(WWAN, "Context"), |e| context(e, WWAN))?,
    })
}

/// Reads the parameters of a connection, which two schemas have alike [XML-174].
pub(super) fn context(e: &Element, namespace: Namespace) -> Result<Context, ReadError> {
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
