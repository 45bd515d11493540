//! Brands for tests: a builder, and the fixtures F1 to F9 of 04-matching §4.1 as data.

use domain::amount::Currency;
use domain::brand::{Brand, BrandId, Colour, Look, Network, PortalSettings, Targets};
use domain::identity::{Iccid, Imsi};

/// A brand in the making; each test names only what matters.
pub(crate) struct BrandBuilder(Brand);

/// Begins a GSM and CDMA brand without targets.
pub(crate) fn a_brand(id: &str) -> BrandBuilder {
    BrandBuilder(Brand {
        id: BrandId::parse(id).expect("a brand id"),
        name: id.to_owned(),
        carrier_id: "{00000000-0000-0000-0000-000000000001}".to_owned(),
        network: Network::Both,
        currency: Currency::parse("EUR").expect("a currency"),
        targets: Targets::default(),
        connections: Vec::new(),
        look: Look { accent: Colour(0), accent_dark: Colour(0), support_phone: None },
        portal: PortalSettings::default(),
        plans: Vec::new(),
        reconnect_after_purchase: false,
    })
}

impl BrandBuilder {
    /// Limits the brand to a family of networks.
    pub(crate) fn network(mut self, network: Network) -> Self {
        self.0.network = network;
        self
    }

    /// Adds GSM home provider names.
    pub(crate) fn hpns(mut self, names: &[&str]) -> Self {
        self.0.targets.home_provider_names.extend(names.iter().map(|&n| n.to_owned()));
        self
    }

    /// Adds CDMA provider names.
    pub(crate) fn names(mut self, names: &[&str]) -> Self {
        self.0.targets.provider_names.extend(names.iter().map(|&n| n.to_owned()));
        self
    }

    /// Adds CDMA system ids.
    pub(crate) fn sids(mut self, sids: &[u16]) -> Self {
        self.0.targets.sids.extend_from_slice(sids);
        self
    }

    /// Adds a range of IMSIs, written in full.
    pub(crate) fn imsis(mut self, start: &str, end: &str) -> Self {
        let imsi = |text: &str| Imsi::parse(text).expect("an IMSI");
        self.0.targets.imsi_ranges.push((imsi(start), imsi(end)));
        self
    }

    /// Adds a range of ICCIDs, written in full.
    pub(crate) fn iccids(mut self, start: &str, end: &str) -> Self {
        let iccid = |text: &str| Iccid::parse(text).expect("an ICCID");
        self.0.targets.iccid_ranges.push((iccid(start), iccid(end)));
        self
    }

    /// Adds ranges in the specification's notation `I[a–b]`: PLMN 001 01 and ten digits.
    fn i(self, ranges: &[(&str, &str)]) -> Self {
        let full = |digits: &str| format!("00101{digits}");
        ranges.iter().fold(self, |brand, (start, end)| brand.imsis(&full(start), &full(end)))
    }

    /// Adds ranges in the specification's notation `C[aa–bb]`: whole buckets below 899901.
    fn c(self, buckets: &[(u8, u8)]) -> Self {
        buckets.iter().fold(self, |brand, (first, last)| {
            let start = format!("899901{first:02}{}", "0".repeat(12));
            brand.iccids(&start, &format!("899901{last:02}{}", "9".repeat(12)))
        })
    }

    /// Returns the brand.
    pub(crate) fn build(self) -> Brand {
        self.0
    }
}

/// Option 1: IMSI ranges only.
pub(crate) fn f1() -> Vec<Brand> {
    vec![
        a_brand("mno")
            .i(&[("0000000000", "1999999999"), ("4000000000", "7199999999")])
            .i(&[("7800000000", "8799999999")])
            .build(),
        a_brand("mvno-a").i(&[("2600000000", "3199999999"), ("7200000000", "7799999999")]).build(),
        a_brand("mvno-b").i(&[("2000000000", "2599999999"), ("3200000000", "3999999999")]).build(),
    ]
}

/// Option 2: ICCID ranges only.
pub(crate) fn f2() -> Vec<Brand> {
    vec![
        a_brand("mno").c(&[(0, 13), (27, 40), (47, 60), (74, 87)]).build(),
        a_brand("mvno-b").c(&[(14, 26)]).build(),
        a_brand("mvno-a").c(&[(41, 46), (61, 73)]).build(),
    ]
}

/// Option 3: ICCID ranges for the MVNOs, the whole network for the MNO.
pub(crate) fn f3() -> Vec<Brand> {
    vec![
        a_brand("mvno-a").c(&[(0, 12), (58, 63), (94, 99)]).build(),
        a_brand("mvno-b").c(&[(30, 42), (68, 89)]).build(),
        a_brand("mno").i(&[("0000000000", "9999999999")]).build(),
    ]
}

/// Option 4: a mixture.
pub(crate) fn f4() -> Vec<Brand> {
    vec![
        a_brand("mvno-a").c(&[(0, 12), (58, 63), (94, 99)]).build(),
        a_brand("mvno-b").c(&[(30, 42), (68, 89)]).build(),
        a_brand("mno").i(&[("0000000000", "4299999999"), ("5800000000", "9999999999")]).build(),
        a_brand("mvno-c").i(&[("4300000000", "5799999999")]).build(),
    ]
}

/// Option 5: names only.
pub(crate) fn f5() -> Vec<Brand> {
    vec![
        a_brand("mno").hpns(&["Fjell Mobil"]).build(),
        a_brand("mvno-a").hpns(&["Aurora"]).build(),
        a_brand("mvno-b").hpns(&["Bris"]).build(),
    ]
}

/// Option 6: names for the MVNOs, the whole network for the MNO.
pub(crate) fn f6() -> Vec<Brand> {
    vec![
        a_brand("mvno-a").hpns(&["Aurora"]).build(),
        a_brand("mvno-b").hpns(&["Bris"]).build(),
        a_brand("mno").i(&[("0000000000", "9999999999")]).build(),
    ]
}

/// Option 7 [MATCH-54]: one package for the whole network.
pub(crate) fn f7() -> Vec<Brand> {
    vec![a_brand("mno").i(&[("0000000000", "9999999999")]).build()]
}

/// CDMA option 1: a SID each.
pub(crate) fn f8() -> Vec<Brand> {
    vec![
        a_brand("mno").sids(&[4101]).build(),
        a_brand("mvno-a").sids(&[4102]).build(),
        a_brand("mvno-b").sids(&[4103]).build(),
        a_brand("other").sids(&[5200]).names(&["OtherTel"]).build(),
    ]
}

/// CDMA option 2: a name each, no packages for the SIDs 4101 to 4103.
pub(crate) fn f9() -> Vec<Brand> {
    vec![
        a_brand("mno").names(&["FjellCDMA"]).build(),
        a_brand("mvno-a").names(&["AuroraCDMA"]).build(),
        a_brand("mvno-b").names(&["BrisCDMA"]).build(),
        a_brand("other").sids(&[5200]).names(&["OtherTel"]).build(),
    ]
}
