//! What the tests share: the test chain, the worked examples as models, and hand-made signatures.
#![expect(
    dead_code,
    unreachable_pub,
    reason = "every test binary compiles this file and uses a part of it"
)]

pub mod e5;
pub mod strategies;
pub mod wlan;
pub mod wwan;
pub mod violations;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carrier::Timestamp;
use carrier::chain::{CertificateDer, CrlDer};
use carrier::document::{
    AccessString, Activation, Attempts, AuthProtocol, BillingCycle, Compression, Context, Delay,
    Description, DeviceId, Document, Global, Guid, Kbps, MbnProfiles, MegabyteLimit, Megabytes,
    Parts, Password, Plan, PlanContent, PlanDescription, PlanName, PlanType, PlanUsage, Priority,
    Profile, ProfileName, RetryCount, RetryInterval, SubscriberId, UserLogon, UserName, UtcTime,
    XmlDuration,
};
use carrier::sign::{Algorithm, RsaSigner, Signer};

/// Example 14.1 of 02-provisioning-xml.md, line ends LF: the base document of all SV vectors.
pub const E1: &str = include_str!("../vectors/e1.xml");
/// Example 14.2.
pub const E2: &str = include_str!("../vectors/e2.xml");
/// Example 14.3.
pub const E3: &str = include_str!("../vectors/e3.xml");
/// Example 14.4.
pub const E4: &str = include_str!("../vectors/e4.xml");
/// Example 14.8.
pub const E8: &str = include_str!("../vectors/e8.xml");
/// The canonical SignedInfo of SV-3.
pub const SIGNED_INFO: &str = include_str!("../vectors/sv3-signed-info.xml");
/// The end tag of the root.
pub const END: &str = "</CarrierProvisioning>";

fn pem(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a file of tests/keys");
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).expect("base64")
}

pub fn certificate(name: &str) -> CertificateDer {
    CertificateDer::new(pem(name))
}

pub fn certificates(names: &[&str]) -> Vec<CertificateDer> {
    names.iter().map(|name| certificate(name)).collect()
}

/// A list of `keys/revocation`.
pub fn crl(name: &str) -> CrlDer {
    CrlDer::new(pem(&format!("revocation/{name}.crl")))
}

/// Signs with the key that all leaves but `ec` and `small` have.
pub fn signer(chain: &[&str]) -> RsaSigner {
    RsaSigner::from_pkcs8_der(&pem("leaf.key"), certificates(chain)).expect("key of the leaf")
}

pub fn key_der(name: &str) -> Vec<u8> {
    pem(&format!("{name}.key"))
}

pub fn moment(text: &str) -> Timestamp {
    UtcTime::parse(text).expect("a time").timestamp()
}

/// A moment inside the validity of every certificate but the expired one.
pub fn now() -> Timestamp {
    moment("2030-03-01T08:15:00Z")
}

/// Signs example 14.1 as printed, independently of `carrier::sign`: `change` alters SignedInfo
/// before it is signed, `chain` fills X509Data.
pub fn signed_e1(chain: &[&str], change: impl Fn(&str) -> String) -> String {
    let info = change(SIGNED_INFO);
    let key = signer(&["leaf", "issuing"]);
    let value = key.sign(Algorithm::RsaSha256, info.as_bytes()).expect("a signature");
    let bare = info.replacen(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
    let data: String = certificates(chain)
        .iter()
        .map(|c| format!("<X509Certificate>{}</X509Certificate>", STANDARD.encode(c.as_bytes())))
        .collect();
    let signature = format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{bare}\
         <SignatureValue>{}</SignatureValue>\
         <KeyInfo><X509Data>{data}</X509Data></KeyInfo></Signature>",
        STANDARD.encode(value)
    );
    replace_once(E1, END, &format!("{signature}{END}"))
}

/// Replaces the one occurrence; a vector that replaces nothing would prove nothing.
#[track_caller]
pub fn replace_once(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} occurs once");
    text.replace(from, to)
}

pub fn e1() -> Document {
    Document::new(global(None), Parts::default()).expect("a document")
}

pub fn global(device_id: Option<&str>) -> Global {
    Global {
        carrier_id: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
        subscriber_id: SubscriberId::parse("001019876543210").expect("an id"),
        device_id: device_id.map(|id| DeviceId::parse(id).expect("an id")),
        others: Vec::new(),
    }
}

fn time(text: &str) -> UtcTime {
    UtcTime::parse(text).expect("a time")
}

pub fn e2() -> Document {
    let attempts = Attempts {
        delay: Delay::of_seconds(20).ok(),
        retry_count: RetryCount::new(4).ok(),
        retry_interval: RetryInterval::of_seconds(120).ok(),
    };
    let parts = Parts {
        activation: Some(Activation::ReconnectToNetwork(attempts)),
        mbn_profiles: Some(MbnProfiles {
            default_profile: Some(fjell_internet()),
            ..MbnProfiles::default()
        }),
        plans: vec![fjell20()],
        ..Parts::default()
    };
    Document::new(global(Some("004999010640000")), parts).expect("a document")
}

fn fjell_internet() -> Profile {
    Profile {
        priority: Priority::new(5).ok(),
        name: ProfileName::parse("Fjell Internet").expect("a name"),
        description: Description::parse("Fjell Mobil data line").ok(),
        associated_plan: PlanName::parse("Fjell20").ok(),
        home_provider_name: None,
        context: Some(Context {
            access_string: AccessString::parse("data.fjell.example").ok(),
            user_logon: Some(UserLogon {
                user_name: UserName::parse("line-4711").expect("a name"),
                password: Password::parse("s3cret-Demo").ok(),
            }),
            compression: Some(Compression::Disable),
            auth_protocol: Some(AuthProtocol::Chap),
        }),
        data_roaming_partners: Vec::new(),
        extensions: None,
    }
}

fn fjell20() -> Plan {
    let month = XmlDuration { months: 1, seconds: 0 };
    let description = PlanDescription {
        plan_type: PlanType::Fixed,
        billing_cycle: BillingCycle::new(time("2030-03-01T00:00:00Z"), month, Some(true)).ok(),
        data_limit: MegabyteLimit::new(20_000).ok(),
        inbound_bandwidth: Some(Kbps(50_000)),
        outbound_bandwidth: Some(Kbps(10_000)),
        max_transfer_size: MegabyteLimit::new(100).ok(),
        security_updates_exempt: Some(true),
        data_usage_notifications: Some(true),
        user_sms: Some(false),
    };
    let usage = PlanUsage {
        over_limit: Some(false),
        congested: Some(false),
        current: Megabytes(0),
        at: time("2030-03-01T08:15:00Z"),
    };
    Plan {
        name: PlanName::parse("Fjell20").expect("a name"),
        content: PlanContent::Description(description, Some(usage)),
    }
}

pub fn e3() -> Document {
    let usage = PlanUsage {
        over_limit: None,
        congested: None,
        current: Megabytes(7340),
        at: time("2030-03-11T21:05:00Z"),
    };
    let name = PlanName::parse("Fjell20").expect("a name");
    let plans = vec![Plan { name, content: PlanContent::Usage(usage) }];
    Document::new(global(None), Parts { plans, ..Parts::default() }).expect("a document")
}
