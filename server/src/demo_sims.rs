//! Fixed SIMs of the demo: what Windows would say of them, and what is expected of us.
//!
//! The numbers are fictional: PLMN 001 01 is for tests (3GPP TS 23.122, annex A). Not here: real
//! subscribers, who come from the operator's systems.

use domain::subscriber::SimState;

/// A SIM in a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoSim {
    /// The SIM's IMSI.
    pub imsi: &'static str,
    /// The device's IMEI.
    pub imei: &'static str,
    /// The SIM's ICCID.
    pub iccid: &'static str,
    /// The home provider name, which no launch carries.
    pub home_provider_name: Option<&'static str>,
    /// How far it is on its way to a plan.
    pub state: SimState,
    /// The brand of the demo catalogue that it belongs to.
    pub brand: &'static str,
}

impl DemoSim {
    /// Returns path and query as Windows appends them to the portal's address [PORT-18].
    #[must_use]
    pub fn launch_path(&self) -> String {
        format!("/?SubId={}&DevId={}&IccId={}", self.imsi, self.imei, self.iccid)
    }
}

/// The demo's SIMs; the first is that of the specification's examples [PORT-25].
pub const DEMO_SIMS: &[DemoSim] = &[
    DemoSim {
        imsi: "001012345678901",
        imei: "004999010640000",
        iccid: "89990112345678901234",
        home_provider_name: None,
        state: SimState::Warm,
        brand: "fjell",
    },
    DemoSim {
        imsi: "001012600000042",
        imei: "004999010640018",
        iccid: "89990135000000000042",
        home_provider_name: None,
        state: SimState::Warm,
        brand: "aurora",
    },
    DemoSim {
        imsi: "001013300000017",
        imei: "004999010640026",
        iccid: "89990120000000000017",
        home_provider_name: Some("Bris"),
        state: SimState::Cold,
        brand: "bris",
    },
    DemoSim {
        imsi: "001017800000099",
        imei: "004999010640034",
        iccid: "89990160000000000099",
        home_provider_name: Some("Fjell Mobil"),
        state: SimState::Hot,
        brand: "fjell",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use domain::identity::{Iccid, Imei, Imsi};
    use domain::launch;
    use domain::matching::{self, Sim};

    #[test]
    fn each_demo_sim_finds_its_brand() {
        let catalog = Catalog::demo();
        for demo in DEMO_SIMS {
            let sim = Sim {
                home_provider_name: demo.home_provider_name.map(str::to_owned),
                iccid: Some(Iccid::parse(demo.iccid).expect("iccid")),
                imsi: Some(Imsi::parse(demo.imsi).expect("imsi")),
                ..Sim::gsm()
            };
            let found = matching::find(&catalog.index, &sim).found;
            assert_eq!(found.map(|(brand, _)| brand.to_string()).as_deref(), Some(demo.brand));
        }
        for state in [SimState::Cold, SimState::Warm, SimState::Hot] {
            assert!(DEMO_SIMS.iter().any(|sim| sim.state == state), "{state:?}");
        }
    }

    #[test]
    fn each_demo_sim_is_a_launch_without_warnings() {
        for demo in DEMO_SIMS {
            let path = demo.launch_path();
            let query = path.strip_prefix("/?").expect("query");
            let parsed = launch::parse(query, |_| false);
            assert!(parsed.warnings.is_empty(), "{path}: {:?}", parsed.warnings);
            assert!(!parsed.launch.is_empty());
        }
    }

    #[test]
    fn device_numbers_have_their_check_digit() {
        for demo in DEMO_SIMS {
            assert!(Imei::parse(demo.imei).is_ok());
            let sum: u32 = demo.imei.bytes().enumerate().fold(0, |sum, (at, digit)| {
                let digit = u32::from(digit - b'0');
                let doubled = if at % 2 == 1 { digit * 2 } else { digit };
                sum + doubled / 10 + doubled % 10
            });
            assert_eq!(sum % 10, 0, "{}", demo.imei);
        }
    }
}
