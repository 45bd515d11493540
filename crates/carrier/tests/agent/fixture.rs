//! A host, documents by their parts, and a subscriber that documents are applied for.

use carrier::Timestamp;
use carrier::agent::{
    Caller, Decision, Effect, Host, HostProfile, Modem, ModemId, Owner, Part, Request, Stored,
    Subscription, Verdict, WlanService, plan,
};
use carrier::document::{DeviceId, Document, Guid, SubscriberId};
use carrier::hresult::Hresult;
use carrier::read::read;
use carrier::results::Signer;

use crate::support;

pub(crate) const OK: Hresult = Hresult::SUCCESS;
pub(crate) const NOT_FOUND: Hresult = Hresult(0x8007_0490);
pub(crate) const STOPPED: Hresult = Hresult(0x8007_0426);
pub(crate) const INVALID: Hresult = Hresult(0x8217_0002);

pub(crate) const CARRIER: &str = "{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}";
pub(crate) const OTHER_CARRIER: &str = "{11111111-0b7e-4c39-9a51-2f0c8be41d77}";
pub(crate) const SUBSCRIBER: &str = "001019876543210";
pub(crate) const IMEI: &str = "004999010640000";
pub(crate) const MODEM: ModemId = ModemId(1);

pub(crate) const WWAN: &str =
    "xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\"";
pub(crate) const WLAN: &str =
    "xmlns=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v1\"";
pub(crate) const PLANS: &str =
    "xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\"";
pub(crate) const CC2: &str = "xmlns=\"http://www.microsoft.com/networking/CarrierControl/v2\"";

pub(crate) fn guid(text: &str) -> Guid {
    Guid::parse(text).expect("a GUID")
}

pub(crate) fn owner() -> Owner {
    Owner::new(&guid(CARRIER), SubscriberId::parse(SUBSCRIBER).expect("an id"))
}

/// A document for the subscriber, with these parts.
#[track_caller]
pub(crate) fn document(parts: &str) -> Document {
    document_for(CARRIER, SUBSCRIBER, "", parts)
}

#[track_caller]
pub(crate) fn document_for(carrier: &str, subscriber: &str, device: &str, parts: &str) -> Document {
    let text = format!(
        "<CarrierProvisioning xmlns=\"http://www.microsoft.com/networking/CarrierControl/v1\">\
         <Global><CarrierId>{carrier}</CarrierId><SubscriberId>{subscriber}</SubscriberId>\
         {device}</Global>{parts}</CarrierProvisioning>"
    );
    read(text.as_bytes()).expect("a document")
}

/// The inner elements of the section of mobile broadband.
pub(crate) fn mbn(inner: &str) -> String {
    format!("<MBNProfiles>{inner}</MBNProfiles>")
}

/// A mobile broadband profile of this element; without a plan if it is empty.
pub(crate) fn profile(element: &str, name: &str, plan: &str) -> String {
    format!("<{element} {WWAN}><Name>{name}</Name>{}</{element}>", associated(plan))
}

fn associated(plan: &str) -> String {
    match plan {
        "" => String::new(),
        plan => format!("<AssociatedPlan>{plan}</AssociatedPlan>"),
    }
}

/// A section of Wi-Fi profiles: names, their priorities, and their plans, which may be empty.
pub(crate) fn wlan(profiles: &[(&str, u8, &str)]) -> String {
    let profile = |(name, priority, plan): &(&str, u8, &str)| {
        format!(
            "<WLANProfile {WLAN} Priority=\"{priority}\"><name>{name}</name>{}\
             <SSIDConfig><SSID><name>Fjell</name></SSID></SSIDConfig></WLANProfile>",
            associated(plan)
        )
    };
    let profiles: String = profiles.iter().map(profile).collect();
    format!("<WLANProfiles>{profiles}</WLANProfiles>")
}

/// A plan that is described, with its usage if there is one.
pub(crate) fn described(name: &str, usage: &str) -> String {
    format!("<Plan {PLANS} Name=\"{name}\"><Description PlanType=\"Fixed\"/>{usage}</Plan>")
}

pub(crate) fn usage(megabytes: u32, at: &str) -> String {
    format!("<Usage CurrentUsage=\"{megabytes}\" UsageTimestamp=\"{at}\"/>")
}

pub(crate) fn used(name: &str, megabytes: u32, at: &str) -> String {
    format!("<Plan {PLANS} Name=\"{name}\">{}</Plan>", usage(megabytes, at))
}

pub(crate) fn plans(plans: &[String]) -> String {
    format!("<Plans>{}</Plans>", plans.concat())
}

/// A host with one modem, whose SIM is the subscriber's, and with Wi-Fi.
pub(crate) fn host() -> Host {
    Host {
        profile: HostProfile(0),
        wlan: WlanService::Running,
        modems: vec![modem(1, IMEI, &[SUBSCRIBER])],
        other_device_ids: Vec::new(),
    }
}

pub(crate) fn modem(id: u32, device: &str, subscribers: &[&str]) -> Modem {
    let subscriber = |text: &&str| SubscriberId::parse(text).expect("an id");
    Modem {
        id: ModemId(id),
        device_ids: vec![DeviceId::parse(device).expect("an id")],
        subscriber_ids: subscribers.iter().map(subscriber).collect(),
    }
}

pub(crate) fn now() -> Timestamp {
    support::now()
}

/// Plans a document of the operator's app.
pub(crate) fn planned(document: &Document, host: &Host, stored: &Stored) -> Decision {
    planned_at(document, host, stored, now())
}

pub(crate) fn planned_at(
    document: &Document,
    host: &Host,
    stored: &Stored,
    now: Timestamp,
) -> Decision {
    let service_number = document.global().carrier_id.clone();
    let caller = Caller::OperatorApp { service_number };
    plan(&Request { document, signer: None, caller }, host, stored, now)
}

pub(crate) fn fold(stored: &Stored, decision: &Decision) -> Stored {
    let mut stored = stored.clone();
    decision.changes.iter().for_each(|change| stored.apply(change));
    stored
}

/// What is stored after these documents, one after the other, on [`host`].
pub(crate) fn after(documents: &[&str]) -> Stored {
    documents.iter().fold(Stored::default(), |stored, parts| {
        fold(&stored, &planned(&document(parts), &host(), &stored))
    })
}

/// What is stored for the subscriber.
pub(crate) fn of(stored: &Stored) -> Subscription {
    stored.subscription(&owner()).cloned().unwrap_or_default()
}

/// The code of one part.
pub(crate) fn code(decision: &Decision, wanted: &str) -> Option<Hresult> {
    let outcomes = outcomes(decision);
    outcomes.iter().find(|(part, _)| format!("{part:?}").contains(wanted)).map(|(_, code)| *code)
}

/// The codes of all parts; none if they were not tried.
pub(crate) fn outcomes(decision: &Decision) -> Vec<(Part, Hresult)> {
    match &decision.verdict {
        Verdict::Tried(tried) => tried.outcomes().to_vec(),
        Verdict::CallFailed { .. } | Verdict::SignatureFailed { .. } => Vec::new(),
    }
}

/// The keys of the effects, in the order in which they are done.
pub(crate) fn keys(decision: &Decision) -> Vec<String> {
    let name = |effect: &Effect| {
        let text = format!("{:?}", effect.key);
        let owner = format!("owner: {:?}", owner());
        text.replace(&format!("{owner}, "), "").replace(&owner, "").replace("  ", " ")
    };
    decision.effects.iter().map(name).collect()
}

pub(crate) fn signer() -> Signer {
    let bytes = [0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xBA, 0xBE, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    let thumbprint = [&bytes[..], &[10, 11, 12]].concat().try_into().expect("20 octets");
    Signer {
        subject: "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO".to_owned(),
        thumbprint: carrier::chain::Thumbprint(thumbprint),
    }
}
