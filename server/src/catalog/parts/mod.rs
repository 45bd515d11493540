//! What a brand's documents say beside the profile and the plan.
//!
//! Values go straight into the document's own types, so that what they refuse is an error of the
//! file. Not here: what depends on an order ([`crate::documents`]).

pub(super) mod denials;
mod hotspots;
mod messages;
mod network;
mod trust;

use std::path::Path;

use carrier::document::{
    Activation, Attempts, Branding, Delay, ExtensionsV2, Message, RetryCount, RetryInterval,
    TrustedCertificate, WlanProfile,
};
use carrier::write::Extras;

use crate::config::document::Section;
use crate::config::values;
pub use trust::Refresh;

/// Attempts after a failed first reconnect [PORT-42].
const RECONNECT_RETRIES: u32 = 10;
/// Seconds between two attempts [PORT-42].
const RECONNECT_EVERY_S: u64 = 60;

/// What the documents of a brand say beside profile and plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentParts {
    /// What Windows does with its connection afterwards.
    pub activation: Option<Activation>,
    /// Rules for messages of the operator.
    pub messages: Vec<Message>,
    /// Name and logo, for hosts before Windows 10 1709 [XML-92].
    pub branding: Option<Branding>,
    /// Wi-Fi profiles.
    pub hotspots: Vec<Hotspot>,
    /// Signers of future documents.
    pub trusted_certificates: Vec<TrustedCertificate>,
    /// Where the host fetches its next document.
    pub refresh: Option<Refresh>,
    /// Network settings, contexts and sharing.
    pub extensions: Option<ExtensionsV2>,
    /// Whether what the published schemas lack is left out [XML-11].
    pub is_strict_xsd: bool,
}

impl DocumentParts {
    /// Says whether the documented extras are written [XML-11].
    #[must_use]
    pub const fn extras(&self) -> Extras {
        if self.is_strict_xsd { Extras::Omitted } else { Extras::Written }
    }
}

/// A Wi-Fi profile of a brand.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotspot {
    /// The profile, without a plan.
    pub profile: WlanProfile,
    /// Whether it is metered by the plan that was bought.
    pub uses_plan: bool,
}

/// Reads the parts; files of secrets and images count from `folder`.
pub(super) fn read(
    section: &mut Section<'_>,
    folder: &Path,
    reconnects_after_purchase: bool,
) -> DocumentParts {
    let activation = section.table("activation", activation).flatten();
    if activation.is_some() && reconnects_after_purchase {
        section.error("activation", "says what `reconnect_after_purchase` says; keep one");
    }
    DocumentParts {
        activation: activation.or_else(|| reconnects_after_purchase.then(reconnect).flatten()),
        messages: messages::read(section),
        branding: trust::branding(section, folder),
        hotspots: hotspots::read(section, folder),
        trusted_certificates: trust::certificates(section),
        refresh: trust::refresh(section, folder),
        extensions: network::read(section, folder),
        is_strict_xsd: section.optional("strict_xsd", values::boolean).unwrap_or(false),
    }
}

fn reconnect() -> Option<Activation> {
    Some(Activation::ReconnectToNetwork(Attempts {
        delay: None,
        retry_count: RetryCount::new(RECONNECT_RETRIES).ok(),
        retry_interval: RetryInterval::of_seconds(RECONNECT_EVERY_S).ok(),
    }))
}

/// How the host connects again.
#[derive(Clone, Copy)]
enum Directive {
    Reconnect,
    Reregister,
}

fn activation(table: &mut Section<'_>) -> Option<Activation> {
    const DIRECTIVES: &[(&str, Directive)] =
        &[("reconnect", Directive::Reconnect), ("reregister", Directive::Reregister)];
    let directive = table.required("directive", values::one_of(DIRECTIVES));
    let attempts = Attempts {
        delay: table.optional("delay_s", number(Delay::of_seconds)),
        retry_count: table.optional("retries", number(|n| RetryCount::new(small(n)))),
        retry_interval: table.optional("retry_interval_s", number(RetryInterval::of_seconds)),
    };
    Some(match directive? {
        Directive::Reconnect => Activation::ReconnectToNetwork(attempts),
        Directive::Reregister => Activation::ReregisterToNetwork(attempts),
    })
}

/// Reads a number by a type of the document that knows its range.
fn number<T, E: std::fmt::Display>(
    new: impl Fn(u64) -> Result<T, E>,
) -> impl Fn(&toml::de::DeValue<'_>) -> values::Read<T> {
    move |value| {
        let number = values::integer(0..=i64::from(u32::MAX))(value)?;
        new(number.unsigned_abs()).map_err(|error| error.to_string())
    }
}

/// Narrows what [`number`] read, which fits.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
