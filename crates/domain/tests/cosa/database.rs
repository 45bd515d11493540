//! Profiles for tests; each test names only what matters.

use domain::brand::{self, BrandId, Purpose};
use domain::cosa::{
    Connection, IpType, Origin, Plmn, Profile, PurposeGroup, SimFacts, SimSettings, Target,
};
use domain::identity::{Iccid, Imsi};
use domain::matching::NumberRange;

pub(crate) fn plmn(digits: &str) -> Plmn {
    Plmn::parse(digits).expect("a network")
}

/// A target of a whole network.
pub(crate) fn a_target(network: &str) -> Target {
    Target { plmn: Some(plmn(network)), ..Target::default() }
}

/// A range of IMSIs of the network 001 01, ten digits each.
pub(crate) fn imsis(start: &str, end: &str) -> NumberRange {
    let imsi = |digits: &str| Imsi::parse(&format!("00101{digits}")).expect("an IMSI");
    NumberRange::of_imsis(&imsi(start), &imsi(end)).expect("a range")
}

/// A range of 20-digit ICCIDs, by the beginnings of its ends.
pub(crate) fn iccids(start: &str, end: &str) -> NumberRange {
    let iccid = |digits: String| Iccid::parse(&digits).expect("an ICCID");
    let range =
        NumberRange::of_iccids(&iccid(format!("{start:0<20}")), &iccid(format!("{end:9<20}")));
    range.expect("a range")
}

/// A SIM of that network with a service provider name.
pub(crate) fn sim() -> SimFacts {
    SimFacts {
        imsi: Imsi::parse("001012345678901").ok(),
        iccid: Iccid::parse("89990112000000000042").ok(),
        spn: Some("Aurora".to_owned()),
        ..SimFacts::default()
    }
}

/// A profile of Microsoft's database, without connections.
pub(crate) fn a_profile(brand: &str, target: Target) -> Profile {
    Profile {
        brand: BrandId::parse(brand).expect("a brand id"),
        origin: Origin::Base,
        added: 1,
        targets: vec![target],
        settings: SimSettings::default(),
        connections: Vec::new(),
    }
}

/// A connection to the Internet without an order.
pub(crate) fn connection(name: &str) -> Connection {
    Connection {
        name: name.to_owned(),
        friendly_name: None,
        purposes: [PurposeGroup::Internet].into(),
        access: brand::Connection {
            purpose: Purpose::Internet,
            access_string: format!("{name}.example"),
            user_name: None,
            password: None,
            auth_protocol: None,
            compression: None,
        },
        ip_type: IpType::V4,
        always_on: true,
        auto_connect_order: None,
    }
}

/// A connection to the Internet with an order.
pub(crate) fn ordered(name: &str, order: u16) -> Connection {
    Connection { auto_connect_order: Some(order), ..connection(name) }
}
