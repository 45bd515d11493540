//! From the ledger's words to the document's: pure translation, no signing.
//!
//! Global, the default profile, the plan with its usage, and the reconnect where the brand asks
//! for it [PORT-07, warm], [PORT-29]. Not here: parts that no brand can say yet.

use carrier::document::{
    AccessString, Activation, Attempts, AuthProtocol, BillingCycle, Compression, Context, DeviceId,
    Document, Global, Guid, MbnProfiles, MegabyteLimit, Megabytes, Parts, Password, Plan,
    PlanContent, PlanDescription, PlanName, PlanType, PlanUsage, Profile, ProfileName, RetryCount,
    RetryInterval, SubscriberId, UserLogon, UserName, UtcTime, XmlDuration,
};
use domain::Timestamp;
use domain::brand::{self, Brand, Connection, Purpose};
use domain::identity::Iccid;
use domain::launch::{Device, Subscriber};
use domain::order::Terms;

use crate::store::{Claims, Order};

/// Attempts after a failed first reconnect [PORT-42].
const RECONNECT_RETRIES: u32 = 10;
/// Seconds between two attempts [PORT-42].
const RECONNECT_EVERY_S: u64 = 60;

/// Composes the document of an active order.
///
/// # Errors
/// What the document cannot say, in words for the log; never an identifier.
pub(super) fn compose(record: &Order, brand: &Brand, now: Timestamp) -> Result<Document, String> {
    let terms = &record.order.terms;
    let connection =
        brand.connection(Purpose::Internet).ok_or("the brand has no internet connection")?;
    let starts_at = record.order.grant.map_or(now, |grant| grant.starts_at);
    let name = PlanName::parse(terms.plan.as_str()).map_err(|e| format!("plan id: {e}"))?;
    let mbn_profiles = MbnProfiles {
        default_profile: Some(profile(brand, connection, name.clone())?),
        ..MbnProfiles::default()
    };
    let parts = Parts {
        activation: if brand.reconnect_after_purchase { Some(reconnect()?) } else { None },
        mbn_profiles: Some(mbn_profiles),
        plans: vec![Plan { name, content: content(terms, starts_at, now)? }],
        ..Parts::default()
    };
    let global = Global {
        carrier_id: Guid::parse(&brand.carrier_id).map_err(|e| format!("carrier_id: {e}"))?,
        subscriber_id: subscriber_id(&record.claims, brand)?,
        device_id: device_id(&record.claims),
    };
    Document::new(global, parts).map_err(|error| error.to_string())
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

fn reconnect() -> Result<Activation, String> {
    let wrong = |error: carrier::document::ActivationError| error.to_string();
    Ok(Activation::ReconnectToNetwork(Attempts {
        delay: None,
        retry_count: Some(RetryCount::new(RECONNECT_RETRIES).map_err(wrong)?),
        retry_interval: Some(RetryInterval::of_seconds(RECONNECT_EVERY_S).map_err(wrong)?),
    }))
}

fn profile(brand: &Brand, connection: &Connection, plan: PlanName) -> Result<Profile, String> {
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
    Ok(Profile {
        priority: None,
        name: ProfileName::parse(&brand.name).map_err(|e| format!("brand name: {e}"))?,
        description: None,
        associated_plan: Some(plan),
        home_provider_name: None,
        context: Some(Context {
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
        }),
        data_roaming_partners: Vec::new(),
        extensions: None,
    })
}

/// What was sold, whatever the catalogue says today.
fn content(terms: &Terms, starts_at: Timestamp, now: Timestamp) -> Result<PlanContent, String> {
    let time = |at| UtcTime::new(at).map_err(|error| format!("time: {error}"));
    let duration = XmlDuration::parse(&terms.duration.to_string());
    let duration = duration.map_err(|error| format!("duration: {error}"))?;
    let cycle = BillingCycle::new(time(starts_at)?, duration, Some(terms.resets));
    let plan_type = match terms.plan_type {
        brand::PlanType::Unrestricted => PlanType::Unrestricted,
        brand::PlanType::Fixed => PlanType::Fixed,
        brand::PlanType::Variable => PlanType::Variable,
    };
    let data_limit = match terms.data_limit {
        None => None,
        Some(limit) => {
            Some(MegabyteLimit::new(limit.0).map_err(|error| format!("data limit: {error}"))?)
        }
    };
    let description = PlanDescription {
        billing_cycle: Some(cycle.map_err(|error| error.to_string())?),
        data_limit,
        data_usage_notifications: Some(true),
        ..PlanDescription::of_type(plan_type)
    };
    let usage = PlanUsage {
        over_limit: Some(false),
        congested: Some(false),
        current: Megabytes(0),
        at: time(now)?,
    };
    Ok(PlanContent::Description(description, Some(usage)))
}
