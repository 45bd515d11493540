//! From the words of a sale to those of a document: pure translation, no signing.
//!
//! A sale is what an order became, or what an operator asks the command line for. Not here: XML
//! and the rules of documents ([`carrier`]).
//!
//! A document of ours never has a `PurchaseProfile` [XML-42]: a host must reach the operator
//! before it has any document, so the COSA/APN database brings that profile [MATCH-01],
//! [MATCH-104], and one in the document would only hide what the database is updated to
//! [MATCH-04].
//! Implements the generator's side of [XML-25], [XML-178], [PORT-07, warm] and [PORT-29].

use carrier::document::{
    AccessString, AuthProtocol, BillingCycle, Compression, Context, DeviceId, Document, Extensions,
    Global, Guid, MbnProfiles, MegabyteLimit, Megabytes, Parts, Password, Plan, PlanContent,
    PlanDescription, PlanName, PlanType, PlanUsage, Profile, ProfileName, Provisioning,
    SubscriberId, TrustedCertificates, UserLogon, UserName, UtcTime, WlanProfile, WlanProfiles,
    XmlDuration,
};
use domain::Timestamp;
use domain::amount::{self, Period};
use domain::brand::{self, Brand, Connection, PlanId, Purpose};
use domain::identity::Iccid;
use domain::launch::{Device, Subscriber};

use super::wanted::{Part, Wanted};
use crate::catalog::{DocumentParts, Refresh};
use crate::refresh::usage::UsageNow;
use crate::store::{Claims, Order};

/// A customer, and what was sold to them, whatever the catalogue says today.
#[derive(Clone, Debug)]
pub(crate) struct Sale {
    /// Whose document it is.
    pub(crate) subscriber_id: SubscriberId,
    /// The device that it is for, if it is for one alone.
    pub(crate) device_id: Option<DeviceId>,
    /// The plan.
    pub(crate) plan: PlanId,
    /// What its use costs.
    pub(crate) plan_type: brand::PlanType,
    /// Its quota.
    pub(crate) data_limit: Option<amount::Megabytes>,
    /// Its length.
    pub(crate) duration: Period,
    /// Whether it starts anew after that.
    pub(crate) resets: bool,
    /// Whether Windows tells of every step of usage.
    pub(crate) usage_notifications: bool,
    /// When it started.
    pub(crate) starts_at: Timestamp,
    /// What was used since.
    pub(crate) usage: u32,
    /// When that was so.
    pub(crate) as_of: Timestamp,
    /// Whether the quota is used up, where somebody said so; else the numbers say it.
    pub(crate) over_limit: Option<bool>,
    /// Whether the network is congested.
    pub(crate) congested: bool,
}

impl Sale {
    /// Takes the sale out of an active order, with what was used since; nothing was used until
    /// `now` where that is not known.
    ///
    /// # Errors
    /// The order names nobody that a document can name.
    pub(super) fn of_order(
        record: &Order,
        brand: &Brand,
        used: Option<UsageNow>,
        now: Timestamp,
    ) -> Result<Self, String> {
        let terms = &record.order.terms;
        let starts_at = record.order.grant.map_or(now, |grant| grant.starts_at);
        // An extended plan is as long as it came to be.
        let ends_at = used.and_then(|used| used.ends_at);
        let duration = ends_at.and_then(|end| Period::between(starts_at, end));
        Ok(Self {
            subscriber_id: subscriber_id(&record.claims, brand)?,
            device_id: device_id(&record.claims),
            plan: terms.plan.clone(),
            plan_type: used.and_then(|used| used.plan_type).unwrap_or(terms.plan_type),
            data_limit: used.map_or(terms.data_limit, |used| used.limit),
            duration: duration.unwrap_or(terms.duration),
            resets: terms.resets,
            usage_notifications: terms.usage_notifications,
            starts_at,
            usage: used.map_or(0, |used| used.used.0),
            as_of: used.map_or(now, |used| used.as_of),
            over_limit: used.map(|used| used.is_over_limit),
            congested: used.is_some_and(|used| used.is_congested),
        })
    }
}

/// Composes the document of a sale.
///
/// # Errors
/// What the document cannot say, in words for the log; never an identifier.
pub(crate) fn compose(
    sale: &Sale,
    brand: &Brand,
    parts: &DocumentParts,
    wanted: Wanted,
) -> Result<Document, String> {
    let plan = PlanName::parse(sale.plan.as_str()).map_err(|e| format!("plan id: {e}"))?;
    let plan_of_profiles = wanted.has(Part::Plans).then(|| plan.clone());
    let plans = match (wanted.has(Part::Plans), wanted.has_usage_alone()) {
        (true, _) => {
            let content = PlanContent::Description(description(sale)?, Some(usage(sale)?));
            vec![Plan { name: plan, content }]
        }
        (false, true) => vec![Plan { name: plan, content: PlanContent::Usage(usage(sale)?) }],
        (false, false) => Vec::new(),
    };
    let global = Global {
        carrier_id: Guid::parse(&brand.carrier_id).map_err(|e| format!("carrier_id: {e}"))?,
        subscriber_id: sale.subscriber_id.clone(),
        device_id: sale.device_id.clone(),
        others: Vec::new(),
    };
    let document_parts = Parts {
        activation: parts.activation.clone().filter(|_| wanted.has(Part::Activation)),
        mbn_profiles: mbn_profiles(brand, parts, wanted, plan_of_profiles.as_ref())?,
        wlan_profiles: wlan_profiles(parts, wanted, plan_of_profiles.as_ref()),
        plans,
        provisioning: provisioning(parts, wanted),
        extensions: parts
            .extensions
            .clone()
            .filter(|_| wanted.has(Part::Extensions))
            .map(|v2| Extensions { v2: Some(v2), others: Vec::new() }),
    };
    Document::new(global, document_parts).map_err(|refused| refused.to_string())
}

fn mbn_profiles(
    brand: &Brand,
    parts: &DocumentParts,
    wanted: Wanted,
    plan: Option<&PlanName>,
) -> Result<Option<MbnProfiles>, String> {
    let default_profile = match wanted.has(Part::Profiles) {
        true => {
            let connection = brand
                .connection(Purpose::Internet)
                .ok_or("the brand has no internet connection")?;
            Some(profile(brand, connection, plan.cloned())?)
        }
        false => None,
    };
    let profiles = MbnProfiles {
        default_profile,
        purchase_profile: None,
        messages: match wanted.has(Part::Messages) {
            true => parts.messages.iter().map(|rule| rule.message.clone()).collect(),
            false => Vec::new(),
        },
        branding: parts.branding.clone().filter(|_| wanted.has(Part::Branding)),
    };
    Ok((profiles != MbnProfiles::default()).then_some(profiles))
}

/// All of them or no section at all: those that a section does not name are deleted [XML-93].
fn wlan_profiles(
    parts: &DocumentParts,
    wanted: Wanted,
    plan: Option<&PlanName>,
) -> Option<WlanProfiles> {
    if parts.hotspots.is_empty() || !wanted.has(Part::Wlan) {
        return None;
    }
    let profiles = parts.hotspots.iter().map(|hotspot| WlanProfile {
        associated_plan: plan.filter(|_| hotspot.uses_plan).cloned(),
        ..hotspot.profile.clone()
    });
    Some(WlanProfiles(profiles.collect()))
}

fn provisioning(parts: &DocumentParts, wanted: Wanted) -> Option<Provisioning> {
    let certificates = match wanted.has(Part::Trust) {
        true => TrustedCertificates::new(parts.trusted_certificates.clone()).ok(),
        false => None,
    };
    let refresh = match &parts.refresh {
        Some(Refresh::Elsewhere(parameters)) if wanted.has(Part::Refresh) => {
            Some(parameters.clone())
        }
        // What this server serves has parameters of each subscription's own.
        Some(Refresh::Elsewhere(_) | Refresh::Here(_)) | None => None,
    };
    (certificates.is_some() || refresh.is_some())
        .then_some(Provisioning { trusted_certificates: certificates, refresh })
}

/// GSM: the IMSI, else the ICCID; CDMA: the SID [XML-25].
fn subscriber_id(claims: &Claims, brand: &Brand) -> Result<SubscriberId, String> {
    let sid = brand.targets.sids.first().map(ToString::to_string);
    let text = match (&claims.subscriber, &claims.iccid) {
        (Some(Subscriber::Imsi(imsi)), _) => imsi.reveal().to_owned(),
        (Some(Subscriber::Min(_)), _) => sid.ok_or("a CDMA brand needs a SID")?,
        (None, Some(iccid)) => Iccid::reveal(iccid).to_owned(),
        (None, None) => return Err("the order names no subscriber and no SIM".to_owned()),
    };
    SubscriberId::parse(&text).map_err(|error| format!("subscriber: {error}"))
}

/// A device number that has a form here; ESN and MEID have none [XML-22].
fn device_id(claims: &Claims) -> Option<DeviceId> {
    match &claims.device {
        Some(Device::Imei(imei)) => DeviceId::parse(imei.reveal()).ok(),
        Some(Device::Cdma(_)) | None => None,
    }
}

fn profile(
    brand: &Brand,
    connection: &Connection,
    plan: Option<PlanName>,
) -> Result<Profile, String> {
    Ok(Profile {
        priority: None,
        name: ProfileName::parse(&brand.name).map_err(|e| format!("brand name: {e}"))?,
        description: None,
        associated_plan: plan,
        home_provider_name: None,
        context: Some(context(connection)?),
        data_roaming_partners: Vec::new(),
        extensions: None,
    })
}

/// Says how to connect as a document says it.
///
/// # Errors
/// What a document cannot say.
pub(crate) fn context(connection: &Connection) -> Result<Context, String> {
    let user_logon = match &connection.user_name {
        None => None,
        Some(user_name) => Some(UserLogon {
            user_name: UserName::parse(user_name).map_err(|e| format!("user name: {e}"))?,
            password: match &connection.password {
                None => None,
                Some(text) => Some(Password::parse(text).map_err(|e| format!("password: {e}"))?),
            },
        }),
    };
    let access_string = AccessString::parse(&connection.access_string);
    Ok(Context {
        access_string: Some(access_string.map_err(|e| format!("access string: {e}"))?),
        user_logon,
        compression: connection.compression.map(|is_on| match is_on {
            true => Compression::Enable,
            false => Compression::Disable,
        }),
        auth_protocol: connection.auth_protocol.map(|auth| match auth {
            brand::AuthProtocol::None => AuthProtocol::None,
            brand::AuthProtocol::Pap => AuthProtocol::Pap,
            brand::AuthProtocol::Chap => AuthProtocol::Chap,
            brand::AuthProtocol::MsChapV2 => AuthProtocol::MsChapV2,
        }),
    })
}

fn time(at: Timestamp) -> Result<UtcTime, String> {
    UtcTime::new(at).map_err(|error| format!("time: {error}"))
}

fn description(sale: &Sale) -> Result<PlanDescription, String> {
    let duration = XmlDuration::parse(&sale.duration.to_string());
    let duration = duration.map_err(|error| format!("duration: {error}"))?;
    let cycle = BillingCycle::new(time(sale.starts_at)?, duration, Some(sale.resets));
    let plan_type = match sale.plan_type {
        brand::PlanType::Unrestricted => PlanType::Unrestricted,
        brand::PlanType::Fixed => PlanType::Fixed,
        brand::PlanType::Variable => PlanType::Variable,
    };
    let data_limit = match sale.data_limit {
        None => None,
        Some(limit) => {
            Some(MegabyteLimit::new(limit.0).map_err(|error| format!("data limit: {error}"))?)
        }
    };
    Ok(PlanDescription {
        billing_cycle: Some(cycle.map_err(|error| error.to_string())?),
        data_limit,
        data_usage_notifications: Some(sale.usage_notifications),
        ..PlanDescription::of_type(plan_type)
    })
}

fn usage(sale: &Sale) -> Result<PlanUsage, String> {
    let is_over = sale.data_limit.is_some_and(|limit| sale.usage > limit.0);
    Ok(PlanUsage {
        over_limit: Some(sale.over_limit.unwrap_or(is_over)),
        congested: Some(sale.congested),
        current: Megabytes(sale.usage),
        at: time(sale.as_of)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::documents::Need;

    fn sale(usage: u32, over_limit: Option<bool>) -> Sale {
        let catalog = Catalog::demo();
        let brand = catalog.brands.values().find(|brand| brand.id.as_str() == "fjell");
        let plan = brand.expect("the demo's brand").plans.first().expect("a plan").clone();
        Sale {
            subscriber_id: SubscriberId::parse("001019876543210").expect("an id"),
            device_id: None,
            plan: plan.id,
            plan_type: plan.plan_type,
            data_limit: plan.data_limit,
            duration: plan.duration,
            resets: plan.resets,
            usage_notifications: true,
            starts_at: "2030-03-01T00:00:00Z".parse().expect("a time"),
            usage,
            as_of: "2030-03-01T08:00:00Z".parse().expect("a time"),
            over_limit,
            congested: false,
        }
    }

    /// [XML-133], [RFR-06]: the two numbers and the usage are a whole update of the usage; other
    /// needs take their own parts.
    #[test]
    fn a_need_takes_its_parts_and_nothing_else() {
        let catalog = Catalog::demo();
        let (id, brand) =
            catalog.brands.iter().find(|(id, _)| id.as_str() == "fjell").expect("the demo's brand");
        let mut parts = catalog.parts.get(id).cloned().expect("its parts");
        parts.activation = parts.activation.or_else(|| {
            Some(carrier::document::Activation::ReconnectToNetwork(Default::default()))
        });
        for (need, has_usage, has_plan, has_profile) in [
            (Need::Usage, true, false, false),
            (Need::Plans, true, true, false),
            (Need::Branding, false, false, false),
            (Need::Full, true, true, true),
        ] {
            let document = compose(&sale(120, None), brand, &parts, need.wanted());
            let document = document.expect("legal values");
            let text = carrier::write::write(&document).expect("legal values");
            let read = carrier::read::read(text.as_bytes()).expect("the schema holds");
            let text = text.as_str();
            for (part, expected) in [
                ("<SubscriberId>001019876543210<", true),
                ("CurrentUsage=\"120\"", has_usage),
                ("BillingCycle", has_plan),
                ("DefaultProfile", has_profile),
                ("CarrierNetworkMetadata", has_profile),
                ("<Activation", false),
            ] {
                assert_eq!(text.contains(part), expected, "{need:?}: {part} in {text}");
            }
            assert_eq!(read.plans().len(), usize::from(has_usage), "{need:?}");
        }
    }

    /// What billing says of the quota counts, else the numbers do.
    #[test]
    fn the_quota_is_used_up_when_somebody_says_so() {
        for (used, said, expected) in [
            (999, None, false),
            (1000, None, false),
            (1001, None, true),
            (1, Some(true), true),
            (5000, Some(false), false),
        ] {
            let usage = usage(&sale(used, said)).expect("legal values");
            assert_eq!(usage.over_limit, Some(expected), "{used} {said:?}");
        }
    }
}
