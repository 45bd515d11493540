//! Wi-Fi profiles: the worked examples as models, and small ones to start from.

use carrier::document::{
    Document, EapMethod, EapSim, HotspotAuthentication, HotspotPassword, HotspotProfile,
    HotspotSsid, HotspotSsids, HotspotUserName, Msm, OneX, Parts, Plan, PlanContent,
    PlanDescription, PlanName, PlanType, Priority, ProfileName, Security, SimIdentity, Ssid,
    SsidConfig, SsidPrefix, TrustedDomain, TrustedDomains, UserAgent, WlanProfile, WlanProfiles,
};

use super::global;

pub fn e4() -> Document {
    let plan = Plan {
        name: PlanName::parse("FjellWifi").expect("a name"),
        content: PlanContent::Description(PlanDescription::of_type(PlanType::Unrestricted), None),
    };
    let profiles = WlanProfiles(vec![fjell_spots(), fjell_secure()]);
    let parts = Parts { wlan_profiles: Some(profiles), plans: vec![plan], ..Parts::default() };
    Document::new(global(None), parts).expect("a document")
}

fn fjell_spots() -> WlanProfile {
    let mut ssid_config = SsidConfig::new(vec![
        ssid("Fjell-Kafe"),
        Ssid::parse_hex("466A656C6C2D486F74656C6C").expect("an SSID"),
    ])
    .expect("two SSIDs");
    ssid_config.v2_ssids.push(ssid("Fjell-Tog"));
    ssid_config.prefixes.push(SsidPrefix::parse_name("FjellFerge-").expect("a prefix"));
    WlanProfile {
        priority: Priority::new(6).ok(),
        associated_plan: PlanName::parse("FjellWifi").ok(),
        ssid_config,
        ..profile("Fjell Spots", Security::open_hotspot(hotspot()))
    }
}

fn fjell_secure() -> WlanProfile {
    WlanProfile {
        associated_plan: PlanName::parse("FjellWifi").ok(),
        ssid_config: SsidConfig::new(vec![ssid("FjellSecure")]).expect("one SSID"),
        ..profile("Fjell Secure", Security::wpa2_eap(eap_sim()))
    }
}

pub fn e8() -> Document {
    with(Vec::new()).expect("a document")
}

/// A document of these profiles and nothing else.
pub fn with(profiles: Vec<WlanProfile>) -> Result<Document, carrier::lint::Refused> {
    let wlan_profiles = Some(WlanProfiles(profiles));
    Document::new(global(None), Parts { wlan_profiles, ..Parts::default() })
}

/// A profile with one network.
pub fn profile(name: &str, security: Security) -> WlanProfile {
    WlanProfile {
        priority: None,
        name: ProfileName::parse(name).expect("a name"),
        associated_plan: None,
        ssid_config: SsidConfig::new(vec![ssid("Fjell")]).expect("one SSID"),
        msm: Some(Msm::secured(security)),
    }
}

pub fn ssid(name: &str) -> Ssid {
    Ssid::parse_name(name).expect("an SSID")
}

pub fn eap_sim() -> OneX {
    let identity = SimIdentity::derived();
    OneX(EapMethod::Sim(EapSim { use_strong_cipher_keys: None, identity }))
}

/// The one of example 14.4.
pub fn hotspot() -> HotspotProfile {
    let bris = SsidPrefix::parse_name("Bris-").expect("a prefix");
    let domains = ["login.fjell.example", ".spots.fjell.example"]
        .map(|domain| TrustedDomain::parse(domain).expect("a domain"));
    let authentication = HotspotAuthentication::Basic {
        user_name: HotspotUserName::parse("4711@fjell.example").expect("a name"),
        password: HotspotPassword::parse("wifi-Demo-1").expect("a password"),
        trusted_domains: TrustedDomains::new(domains.to_vec()).expect("two domains"),
    };
    HotspotProfile {
        user_agent: UserAgent::parse("FjellConnect/1.0").ok(),
        secondary_ssids: HotspotSsids::new(vec![HotspotSsid::Prefix(bris)]).ok(),
        ..HotspotProfile::new(authentication)
    }
}
