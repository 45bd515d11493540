//! Bytes → model, for documents whose content the model can hold.
//!
//! The document is held to the schema first. Not here: trust – [`crate::verify::Verified`] reads
//! what it verified. What the schema allows but the generator would not make (a name of 200
//! characters, a fraction of a second) and what is not modelled yet (an empty `WLANProfiles`,
//! which has a meaning) is an error, never dropped.
//! Implements the reading side of [XML-04], [XML-20]…[XML-58] and [XML-132]…[XML-150].

use std::fmt;

use crate::document::{
    AccessString, Activation, Attempts, AuthProtocol, BillingCycle, Compression, Context, Delay,
    Description, DeviceId, Document, DocumentError, Global, Guid, Kbps, MbnProfiles, MegabyteLimit,
    Megabytes, Parts, Password, Plan, PlanContent, PlanDescription, PlanName, PlanType, PlanUsage,
    Priority, Profile, ProfileName, RetryCount, RetryInterval, SubscriberId, UserLogon, UserName,
    UtcTime, XmlDuration, collapse,
};
use crate::schema::{self, SchemaError};
use crate::xml::{self, Element, Namespace, XmlError};

const CC: Namespace = Namespace::CarrierControl;
const WWAN: Namespace = Namespace::Wwan;
const PLANS: Namespace = Namespace::Plans;

/// Says why bytes are no document of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Not a document of the schema.
    Schema(SchemaError),
    /// An element or attribute that the schema allows but the model does not hold.
    Beyond {
        /// Offset in bytes of the element.
        at: usize,
        /// Its name or that of its attribute.
        name: &'static str,
    },
    /// Parts that do not fit together.
    Document(DocumentError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Xml(_) => f.write_str("not acceptable xml"),
            Self::Schema(_) => f.write_str("violates the schema"),
            Self::Beyond { at, name } => write!(f, "{name} at byte {at} is beyond the model"),
            Self::Document(_) => f.write_str("parts do not fit together"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Schema(source) => Some(source),
            Self::Beyond { .. } => None,
            Self::Document(source) => Some(source),
        }
    }
}

/// Reads a document; a signature is left aside, unjudged.
///
/// # Errors
/// See [`ReadError`].
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let root = xml::parse(bytes).map_err(ReadError::Xml)?;
    schema::validate(&root).map_err(ReadError::Schema)?;
    from_valid(&root)
}

/// Reads a tree that the schema has accepted.
pub(crate) fn from_valid(root: &Element) -> Result<Document, ReadError> {
    for name in ["WLANProfiles", "Provisioning", "Extensions"] {
        if let Some(part) = root.child(CC, name) {
            return Err(beyond(part, name));
        }
    }
    let parts = Parts {
        activation: map(root.child(CC, "Activation"), activation)?,
        mbn_profiles: map(root.child(CC, "MBNProfiles"), mbn_profiles)?,
        plans: match root.child(CC, "Plans") {
            Some(plans) => plans.elements().map(plan).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
    };
    Document::new(global(needed(root, CC, "Global")?)?, parts).map_err(ReadError::Document)
}

fn beyond(e: &Element, name: &'static str) -> ReadError {
    ReadError::Beyond { at: e.span.start, name }
}

fn map<T>(
    e: Option<&Element>,
    read: impl FnOnce(&Element) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    e.map(read).transpose()
}

/// Returns a child that the schema requires; its absence is an error, not a panic.
fn needed<'e>(
    e: &'e Element,
    namespace: Namespace,
    name: &'static str,
) -> Result<&'e Element, ReadError> {
    e.child(namespace, name).ok_or_else(|| beyond(e, name))
}

/// Reads the text of a child, if there is one.
fn text<T, E>(
    e: &Element,
    namespace: Namespace,
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, ReadError> {
    map(e.child(namespace, name), |child| parse(&child.text()).map_err(|_| beyond(child, name)))
}

/// Reads an attribute, if there is one.
fn attribute<T, E>(
    e: &Element,
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, ReadError> {
    e.attribute(name).map(parse).transpose().map_err(|_| beyond(e, name))
}

/// Ignores blanks around a value, as the schema does for all types but strings.
fn token<T, E>(parse: impl FnOnce(&str) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, E> {
    move |text| parse(&collapse(text))
}

fn number<T, E>(new: impl FnOnce(u32) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| {
        let number = schema::integer(text).and_then(|n| u32::try_from(n).ok()).ok_or(())?;
        new(number).map_err(|_| ())
    }
}

fn seconds<T, E>(new: impl FnOnce(u64) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| match XmlDuration::parse(&collapse(text)) {
        Ok(XmlDuration { months: 0, seconds }) => new(seconds).map_err(|_| ()),
        Ok(_) | Err(_) => Err(()),
    }
}

fn boolean(text: &str) -> Result<bool, ()> {
    schema::boolean(text).ok_or(())
}

fn one_of<T: Copy>(
    all: &[T],
    spelling: impl Fn(T) -> &'static str,
) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| all.iter().copied().find(|value| spelling(*value) == collapse(text)).ok_or(())
}

fn global(e: &Element) -> Result<Global, ReadError> {
    Ok(Global {
        carrier_id: text(e, CC, "CarrierId", token(Guid::parse))?
            .ok_or_else(|| beyond(e, "CarrierId"))?,
        subscriber_id: text(e, CC, "SubscriberId", token(SubscriberId::parse))?
            .ok_or_else(|| beyond(e, "SubscriberId"))?,
        device_id: text(e, CC, "DeviceId", token(DeviceId::parse))?,
    })
}

fn activation(e: &Element) -> Result<Activation, ReadError> {
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

fn mbn_profiles(e: &Element) -> Result<MbnProfiles, ReadError> {
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
        context: context(needed(e, WWAN, "Context")?)?,
    })
}

fn context(e: &Element) -> Result<Context, ReadError> {
    let compression = one_of(&Compression::ALL, Compression::as_str);
    let auth_protocol = one_of(&AuthProtocol::ALL, AuthProtocol::as_str);
    Ok(Context {
        access_string: text(e, WWAN, "AccessString", AccessString::parse)?
            .ok_or_else(|| beyond(e, "AccessString"))?,
        user_logon: map(e.child(WWAN, "UserLogonCred"), |e| {
            Ok(UserLogon {
                user_name: text(e, WWAN, "UserName", UserName::parse)?
                    .ok_or_else(|| beyond(e, "UserName"))?,
                password: text(e, WWAN, "Password", Password::parse)?,
            })
        })?,
        compression: text(e, WWAN, "Compression", compression)?,
        auth_protocol: text(e, WWAN, "AuthProtocol", auth_protocol)?,
    })
}

fn plan(e: &Element) -> Result<Plan, ReadError> {
    let name = attribute(e, "Name", PlanName::parse)?.ok_or_else(|| beyond(e, "Name"))?;
    let described = map(e.child(PLANS, "Description"), description)?;
    let content = match described {
        Some(described) => {
            PlanContent::Description(described, map(e.child(PLANS, "Usage"), usage)?)
        }
        None => PlanContent::Usage(usage(needed(e, PLANS, "Usage")?)?),
    };
    Ok(Plan { name, content })
}

fn description(e: &Element) -> Result<PlanDescription, ReadError> {
    Ok(PlanDescription {
        plan_type: attribute(e, "PlanType", one_of(&PlanType::ALL, PlanType::as_str))?
            .ok_or_else(|| beyond(e, "PlanType"))?,
        billing_cycle: map(e.child(PLANS, "BillingCycle"), billing_cycle)?,
        data_limit: text(e, PLANS, "DataLimitInMegabytes", number(MegabyteLimit::new))?,
        inbound_bandwidth: text(e, PLANS, "InboundBandwidthInKbps", number(Kbps::new))?,
        outbound_bandwidth: text(e, PLANS, "OutboundBandwidthInKbps", number(Kbps::new))?,
        max_transfer_size: text(
            e,
            PLANS,
            "MaxTransferSizeInMegabytes",
            number(MegabyteLimit::new),
        )?,
        security_updates_exempt: text(e, PLANS, "SecurityUpdatesExempt", boolean)?,
        data_usage_notifications: text(
            e,
            PLANS,
            "DataUsageInMobileOperatorNotificationEnabled",
            boolean,
        )?,
        user_sms: text(e, PLANS, "UserSMSEnabled", boolean)?,
    })
}

fn billing_cycle(e: &Element) -> Result<BillingCycle, ReadError> {
    let start = attribute(e, "StartDate", token(UtcTime::parse))?;
    let duration = attribute(e, "Duration", token(XmlDuration::parse))?;
    let resets = attribute(e, "Resets", boolean)?;
    let (Some(start), Some(duration)) = (start, duration) else {
        return Err(beyond(e, "BillingCycle"));
    };
    BillingCycle::new(start, duration, resets).map_err(|_| beyond(e, "BillingCycle"))
}

fn usage(e: &Element) -> Result<PlanUsage, ReadError> {
    let current = attribute(e, "CurrentUsage", number(|n| Ok::<_, ()>(Megabytes(n))))?;
    Ok(PlanUsage {
        over_limit: attribute(e, "OverLimit", boolean)?,
        congested: attribute(e, "Congested", boolean)?,
        current: current.ok_or_else(|| beyond(e, "CurrentUsage"))?,
        at: attribute(e, "UsageTimestamp", token(UtcTime::parse))?
            .ok_or_else(|| beyond(e, "UsageTimestamp"))?,
    })
}
