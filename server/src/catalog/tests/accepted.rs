//! Files that are valid, whose every value arrives, and files that are anything at all.

use domain::amount::Currency;
use domain::brand::{AuthProtocol, Colour, Network, PlanType, Purpose};
use domain::cosa::{IpType, Origin, Profile};
use domain::identity::{Iccid, Imsi};

use super::*;

/// The base with every optional key in it.
fn full() -> String {
    let row = "user_name = 'u'\npassword_file = 'password'\nauth_protocol = 'MsCHAPv2'\n\
               compression = true\nip_type = 'IPv4v6'\nauto_connect_order = 1\n\
               friendly_name = 'A'\nsource = 'oem'\n\
               targets = [{ plmn = '00101', spn = 'A' }, { plmn = '00101', \
               imsi = ['001010000000000', '001010000000099'] }]\n";
    let portal = "[portal]\napp_id = ''\nallowed_origins = ['https://shop.example/']";
    let head = "signing = 'ev'\npayment = 'card'\nreconnect_after_purchase = true\ncurrency";
    let plan = "P1D\"\ntethering = true\nresets = true\nprice_includes_tax = false\n\
                tax_rate_bp = 2500";
    BASE.replace("currency", head)
        .replace("[portal]", &format!("{row}{portal}"))
        .replace("P1D\"", plan)
}

#[test]
fn every_value_arrives() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("password"), "hunter2\n").expect("written");
    std::fs::write(folder.path().join("a.toml"), full()).expect("written");
    let catalog = Catalog::load(folder.path()).expect("valid");
    assert_eq!(catalog.warnings, []);
    let id = BrandId::parse("a").expect("id");
    assert_eq!(catalog.signing.get(&id).map(String::as_str), Some("ev"));
    assert_eq!(catalog.payment.get(&id).map(String::as_str), Some("card"));
    let brand = catalog.brands.get(&id).expect("brand");
    let iccid = |text| Iccid::parse(text).expect("iccid");
    let imsi = |text| Imsi::parse(text).expect("imsi");
    assert_eq!(
        *brand,
        Brand {
            id: id.clone(),
            name: "A".to_owned(),
            carrier_id: "{00000000-0000-4000-8000-00000000000a}".to_owned(),
            network: Network::Both,
            currency: Currency::parse("EUR").expect("currency"),
            targets: domain::brand::Targets {
                home_provider_names: vec!["A".to_owned()],
                iccid_ranges: vec![(iccid("89990100000000000000"), iccid("89990112999999999999"))],
                imsi_ranges: vec![(imsi("001010000000000"), imsi("001010000000099"))],
                sids: vec![4101],
                provider_names: vec!["ACDMA".to_owned()],
            },
            connections: vec![domain::brand::Connection {
                purpose: Purpose::Internet,
                access_string: "internet.a.example".to_owned(),
                user_name: Some("u".to_owned()),
                password: Some("hunter2".to_owned()),
                auth_protocol: Some(AuthProtocol::MsChapV2),
                compression: Some(true),
            }],
            look: domain::brand::Look {
                accent: Colour(0x001c_54a8),
                accent_dark: Colour(0x008a_b8ff),
                support_phone: Some("+47 800".to_owned()),
            },
            portal: domain::brand::PortalSettings {
                account_experience_url: Some("https://portal.a.example/".to_owned()),
                app_id: None,
                allowed_origins: vec!["https://shop.example".to_owned()],
            },
            plans: vec![domain::brand::Plan {
                id: domain::brand::PlanId::parse("day").expect("id"),
                name: "A day".to_owned(),
                price: domain::amount::Money {
                    minor: 490,
                    currency: Currency::parse("EUR").expect("currency"),
                },
                price_includes_tax: false,
                tax_rate_bp: Some(2500),
                plan_type: PlanType::Fixed,
                data_limit: Some(domain::amount::Megabytes(1000)),
                duration: domain::amount::Period::parse("P1D").expect("period"),
                resets: true,
                tethering: true,
                usage_notifications: true,
                renewal: domain::brand::RenewalKind::After,
                auto_renew: false,
            }],
            reconnect_after_purchase: true,
        }
    );
    assert_eq!(catalog.index.by_sid(4101), Some(&id));
}

/// How a plan may go on.
#[test]
fn renewals_are_read() {
    use domain::brand::RenewalKind::{After, AtOnce};
    for (keys, renewal, auto_renew) in [
        ("", After, false),
        ("renewal = 'after'\nauto_renew = false", After, false),
        ("renewal = 'at_once'", AtOnce, false),
        ("auto_renew = true", After, true),
    ] {
        let text = format!("{}{keys}\n", BASE.replace("P1D", "P7D"));
        let catalog = read(&[("a.toml", &text)]).expect("valid");
        let brand = catalog.brands.values().next().expect("the brand");
        let plan = &brand.plans[0];
        assert_eq!((plan.renewal, plan.auto_renew), (renewal, auto_renew), "{keys}");
    }
}

#[test]
fn the_demo_has_no_findings() {
    let demo = Catalog::demo();
    assert_eq!(demo.warnings, []);
    let ids: Vec<&str> = demo.brands.keys().map(BrandId::as_str).collect();
    assert_eq!(ids, ["aurora", "bris", "fjell"]);
    for brand in demo.brands.values() {
        assert_eq!(brand.plans.len(), 3, "{}", brand.id);
        assert!(brand.plans.iter().any(|plan| plan.plan_type == PlanType::Unrestricted));
        assert!(brand.look.support_phone.is_some());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/catalog");
    let loaded = Catalog::load(&folder).expect("valid");
    assert_eq!(loaded.brands, demo.brands);
}

/// The example of the contract, section 2, with `signing` and `payment`.
#[test]
fn the_contracts_example_is_valid() {
    let text = r##"
id = "mvno-a"                     # stable, [a-z0-9-]+
name = "Aurora Mobile"
carrier_id = "{2c85b76b-f859-47c4-8122-721fe8b6c25f}"
network = "gsm"                   # gsm | cdma | both
currency = "EUR"

[match]
home_provider_names = ["Aurora"]
iccid_ranges = [["89990100000000000000", "89990112999999999999"]]
imsi_ranges  = [["001012600000000", "001013199999999"]]
sids = [4102]
provider_names = ["AuroraCDMA"]   # CDMA

[[cosa]]
purpose = "internet"
access_string = "internet.aurora.example"

[portal]
account_experience_url = "https://portal.aurora.example/"

[[plans]]
id = "day-1gb"
name = "1 GB for a day"
price_minor = 490
type = "Fixed"
data_limit_mb = 1024
duration = "P1D"
tethering = true
resets = false
price_includes_tax = true
"##;
    let catalog = read(&[("mvno-a.toml", text)]).expect("valid");
    let keys: Vec<_> = catalog.warnings.iter().filter_map(|f| f.key.as_deref()).collect();
    assert_eq!(keys, ["match.sids", "match.provider_names"]);
}

/// Cuts, doubles and changes the demo files by every small edit of a fixed list: whatever comes
/// of it is a catalogue or findings with lines, never a panic.
#[test]
fn no_mutation_of_the_demo_stops_the_reader() {
    const PIECES: [&str; 14] = [
        "",
        "[",
        "]",
        "\"",
        "=",
        "\n",
        "[[plans]]",
        "-1",
        "99999999999999999999",
        "'é\u{0}'",
        "{}",
        "1979-05-27",
        "\u{feff}",
        "\\",
    ];
    let mut runs = 0_usize;
    for (name, text) in DEMO {
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(7).collect();
        for (turn, at) in cuts.iter().enumerate() {
            let (head, tail) = text.split_at(*at);
            let piece = PIECES[turn % PIECES.len()];
            let skipped: String = tail.chars().skip(turn % 5).collect();
            for mutant in
                [format!("{head}{piece}{tail}"), format!("{head}{piece}{skipped}"), head.to_owned()]
            {
                runs += 1;
                if let Err(findings) = read(&[(name, &mutant)]) {
                    let last = mutant.matches('\n').count() + 1;
                    let is_placed = |f: &Finding| f.line.is_some_and(|l| (1..=last).contains(&l));
                    assert!(findings.iter().all(is_placed), "{mutant}\n{findings:#?}");
                }
            }
        }
    }
    assert!(runs > 1000, "{runs}");
}

#[test]
fn rows_are_profiles_by_source_and_targets() {
    let row = |purpose: &str, more: &str| {
        format!("[[cosa]]\npurpose = {purpose:?}\naccess_string = 'apn'\n{more}\n")
    };
    let target = "targets = [{ plmn = '00101', gid1 = 'A1' }]";
    let rows = [
        row("purchase", "auto_connect_order = 2\nalways_on = false"),
        row("mms", target),
        row("own", "source = 'oem'\nfriendly_name = 'Ours'\nip_type = 'IPv6'"),
        row("ims", target),
    ];
    let text = BASE.replace("[portal]", &format!("{}[portal]", rows.concat()));
    let catalog = read(&[("a.toml", &text)]).expect("valid");
    let [(id, profiles)] = catalog.cosa.iter().collect::<Vec<_>>()[..] else { panic!("one brand") };
    assert_eq!(id.as_str(), "a");
    let names =
        |profile: &Profile| profile.connections.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    let found: Vec<_> =
        profiles.iter().map(|p| (p.origin, p.added, p.targets.len(), names(p))).collect();
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let expected = [
        (Origin::Base, 0, 0, own(&["internet-1", "purchase-2"])),
        (Origin::Base, 1, 1, own(&["mms-1", "ims-2"])),
        (Origin::Oem, 2, 0, own(&["other-1"])),
    ];
    assert_eq!(found, expected, "[MATCH-96]");
    let purchase = &profiles[0].connections[1];
    assert_eq!((purchase.auto_connect_order, purchase.always_on), (Some(2), false));
    let oem = &profiles[2].connections[0];
    assert_eq!((oem.friendly_name.as_deref(), oem.ip_type), (Some("Ours"), IpType::V6));
    assert!(oem.purposes.is_empty(), "Windows has no such purpose");
    let url = profiles[0].settings.account_experience_url.as_deref();
    assert_eq!(url, Some("https://portal.a.example/"), "[PORT-14]");
}

/// Findings count elements in this order.
#[test]
fn ranges_of_a_file_come_behind_those_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    let listed = "network = 'gsm'\n[match]\nimsi_ranges = [['001010000000000', '001010000000099']]";
    write("a.toml", &format!("id = 'a'\n{listed}\nranges_file = 'a.csv'\n"));
    write("a.csv", "imsi,001010000000300,001010000000399\nimsi,001010000000100,001010000000199\n");
    let catalog = Catalog::load_to_match(folder.path()).expect("usable");
    let brand = catalog.brands.values().next().expect("a brand");
    let starts = brand.targets.imsi_ranges.iter().map(|(start, _)| start.reveal());
    let starts: Vec<&str> = starts.collect();
    assert_eq!(starts, ["001010000000000", "001010000000300", "001010000000100"], "[MATCH-08]");
    let imsi = Imsi::parse("001010000000342").expect("an IMSI");
    assert_eq!(catalog.index.by_imsi(&imsi), Some(&brand.id), "[MATCH-20]");
}
