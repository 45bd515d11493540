//! Reports about catalogues: [MATCH-23], [MATCH-75], CO-5 and CO-6.

use std::collections::BTreeSet;

use domain::amount::{Currency, Money, Period};
use domain::brand::{Brand, BrandId, Connection, Plan, PlanId, PlanType, Purpose};
use domain::matching::report::{Coverage, Finding, Severity, coverage, lint};
use domain::matching::{Conflict, Index, Sim, Target};

use crate::catalogue::{a_brand, f1, f3, f5, f6, f7, f8, f9};
use crate::{cdma, gsm};

/// Compares code, brand and text of all findings.
#[track_caller]
fn check(id: &str, brands: &[Brand], expected: &[&str]) {
    let findings = lint(brands, &BTreeSet::from([BrandId::parse("hashed").expect("an id")]));
    let line = |finding: &Finding| {
        let mark = match finding.severity() {
            Severity::Error => "E",
            Severity::Warning => "W",
        };
        format!("{mark} {} {}: {finding}", finding.code(), finding.brand())
    };
    let found: Vec<String> = findings.iter().map(line).collect();
    assert_eq!(found, expected, "{id}");
}

#[test]
fn overlaps_name_both_brands_and_their_ranges() {
    let a = a_brand("a").imsis("001010000000000", "001010000000999");
    let b = a_brand("b").imsis("001010000000100", "001010000000599");
    let c = a_brand("c").imsis("001010000000200", "001010000000399");
    check(
        "[MATCH-23]",
        &[a.build(), b.build(), c.build()],
        &[
            "E overlap b: the imsi ranges 001010000000000–001010000000999 of a and \
             001010000000100–001010000000599 of b meet",
            "E overlap c: the imsi ranges 001010000000000–001010000000999 of a and \
             001010000000200–001010000000399 of c meet",
            "E overlap c: the imsi ranges 001010000000100–001010000000599 of b and \
             001010000000200–001010000000399 of c meet",
        ],
    );
    let twice = [f5(), vec![a_brand("x").hpns(&["Bris"]).build()]].concat();
    let text = "E duplicate x: mvno-b and x both claim the home_provider_name Bris";
    check("[MATCH-20] [MATCH-74]", &twice, &[text]);
    let text = "E granularity a: a: the imsi range from 001010…01 must start with a number that \
                ends in 00";
    let bad = a_brand("a").imsis("001010000000001", "001010000000099").build();
    check("[MATCH-13] [MATCH-72]", &[bad], &[text]);
}

#[test]
fn names_that_differ_by_case_are_warned_of() {
    let near = [f5(), vec![a_brand("x").hpns(&["bris"]).build()]].concat();
    let text = "W near_names x: the home_provider_name \"bris\" of x is \"Bris\" of mvno-b but for \
                its case";
    check("[MATCH-75]", &near, &[text]);
    // All spellings of one's own name are wanted, and lists are apart.
    check("[MATCH-58]", &[a_brand("x").names(&["BRIS", "Bris"]).build()], &[]);
    let apart = [a_brand("x").hpns(&["BRIS"]).build(), a_brand("y").names(&["Bris"]).build()];
    check("[MATCH-75]", &apart, &[]);
}

#[test]
fn a_name_beside_sids_of_others_is_warned_of() {
    let warning = |brand| {
        format!(
            "W name_behind_sids {brand}: {brand}: known by name only; a SID of other wins where \
             both match"
        )
    };
    let expected = ["mno", "mvno-a", "mvno-b"].map(warning);
    check("[MATCH-59] CO-5", &f9(), &expected.each_ref().map(String::as_str));
    check("[MATCH-59] CO-5", &f8(), &[]);
    // And seen in real devices:
    let index = Index::build(&f9()).expect("no conflicts");
    let seen = |sims: &[Sim]| {
        let pairs = coverage(&index, sims).names_behind_sids.into_iter();
        pairs.map(|(sid, name)| format!("{sid} before {name}")).collect::<Vec<_>>()
    };
    assert_eq!(seen(&[cdma(5200, "BrisCDMA")]), ["other before mvno-b"], "[MATCH-57] CO-5");
    assert!(seen(&[cdma(4103, "BrisCDMA"), cdma(5200, "OtherTel")]).is_empty(), "CO-5");
}

#[test]
fn coverage_lists_sims_and_targets_that_lost_each_other() {
    let index = Index::build(&f6()).expect("no conflicts");
    let locked = Sim { pin_locked: true, ..gsm("Aurora", "", "") };
    let sims = [
        gsm("Aurora", "", "001011111111100"),
        gsm("Ukjent", "", "001012222222200"),
        gsm("Ukjent", "", "002012222222200"),
        locked,
    ];
    let report = coverage(&index, &sims);
    let never: Vec<_> = report.never_matched.iter().map(|(b, _, t)| (b.as_str(), t)).collect();
    assert_eq!(never, [("mvno-b", &Target::Name("Bris".to_owned()))], "CO-6");
    let expected = Coverage {
        by_catch_all: vec![1],
        by_nothing: vec![2],
        hidden: vec![3],
        never_matched: report.never_matched.clone(),
        names_behind_sids: BTreeSet::new(),
    };
    assert_eq!(report, expected, "[MATCH-50] CO-6");

    // A part of a network is no catch-all; a range that is only shadowed never matched.
    let index = Index::build(&f1()).expect("no conflicts");
    let report = coverage(&index, &[gsm("", "", "001011200000042")]);
    assert!(report.by_catch_all.is_empty(), "[MATCH-22] CO-6");
    assert_eq!(report.never_matched.len(), 6, "CO-6");
    let index = Index::build(&f3()).expect("no conflicts");
    let report = coverage(&index, &[gsm("", "89990132000000000002", "001012200000000")]);
    let never = |id: &str| report.never_matched.iter().filter(|(b, ..)| b.as_str() == id).count();
    assert_eq!((never("mno"), never("mvno-b"), never("mvno-a")), (1, 1, 3), "CO-6");
    // Six digits make a network, too, seven do not.
    for (start, end, expected) in [
        ("123456000000000", "123456999999999", 1),
        ("123450000000000", "123459999999999", 1),
        ("123456700000000", "123456799999999", 0),
        ("123456000000000", "123457999999999", 0),
    ] {
        let index = Index::build(&[a_brand("a").imsis(start, end).build()]).expect("no conflicts");
        let found = coverage(&index, &[gsm("", "", start)]).by_catch_all.len();
        assert_eq!(found, expected, "[MATCH-22] {start}");
    }
}

fn selling(purposes: &[Purpose]) -> Brand {
    let mut brand = a_brand("a").hpns(&["Aurora"]).build();
    let connection = |purpose: &Purpose| Connection {
        purpose: *purpose,
        access_string: "internet.example".to_owned(),
        user_name: None,
        password: None,
        auth_protocol: None,
        compression: None,
    };
    brand.connections = purposes.iter().map(connection).collect();
    brand.plans = vec![Plan {
        id: PlanId::parse("day").expect("an id"),
        name: "Day".to_owned(),
        price: Money { minor: 490, currency: Currency::parse("EUR").expect("a currency") },
        price_includes_tax: true,
        tax_rate_bp: None,
        plan_type: PlanType::Fixed,
        data_limit: None,
        duration: Period::parse("P1D").expect("a period"),
        resets: false,
        tethering: true,
        usage_notifications: true,
        renewal: domain::brand::RenewalKind::After,
        auto_renew: false,
    }];
    brand.portal.account_experience_url = Some("https://portal.example/".to_owned());
    brand
}

#[test]
fn plans_without_profiles_and_brands_without_sims_are_reported() {
    let both = [Purpose::Internet, Purpose::Purchase];
    check("[MATCH-104]", &[selling(&both)], &[]);
    let text = "W no_purchase_profile a: a: no purchase profile";
    check("[MATCH-104]", &[selling(&[Purpose::Internet])], &[text]);
    let text = "E unreachable_plans a: a: no internet profile for 1 plans";
    check("[MATCH-104]", &[selling(&[Purpose::Purchase])], &[text]);
    let mut hidden = selling(&both);
    hidden.portal.app_id = Some("Contoso_x!App".to_owned());
    let text = "W portal_hidden a: a: app_id hides the portal on Windows 10 1803 and later";
    check("[PORT-15]", &[hidden.clone()], &[text]);
    hidden.portal = domain::brand::PortalSettings::default();
    let text = "W no_portal a: a: plans but no account_experience_url";
    check("[PORT-14]", &[hidden], &[text]);

    let text = "W no_targets a: a: no SIM can match it";
    check("[MATCH-08]", &[a_brand("a").build()], &[text]);
    let hpn_only = a_brand("a").hpns(&["Aurora"]).network(domain::brand::Network::Cdma).build();
    check("[MATCH-08]", &[hpn_only], &[text]);
    let whole = a_brand("hashed").imsis("001010000000000", "001019999999999").build();
    let text = "E hash_blocks hashed: hashed: 100000000 blocks to hash, 1000000 are allowed";
    check("[MATCH-17]", &[whole], &[text]);
    check("[MATCH-54]", &f7(), &[]);
}

/// What costs nothing to report twice must not cost everything to report once.
#[test]
fn a_flood_of_overlaps_is_cut_short() {
    let many = (0..200).map(|n| {
        let brand = a_brand(&format!("b{n}"));
        brand.imsis("001010000000000", "001019999999999").build()
    });
    let brands: Vec<Brand> = many.collect();
    let conflicts = Index::build(&brands).err().unwrap_or_default();
    assert_eq!(conflicts.len(), domain::matching::OVERLAPS_MAX, "[MATCH-23]");
    assert!(conflicts.iter().all(|c| matches!(c, Conflict::Overlap { ranges: Some(_), .. })));
    // One brand that repeats itself claims nothing twice.
    let mut one = a_brand("one");
    for _ in 0..5_000 {
        one = one.imsis("001010000000000", "001019999999999");
    }
    assert!(Index::build(&[one.build()]).is_ok(), "[MATCH-68]");
}
