//! Whose SIM is this: the fixtures of 04-matching §4.1 and the vectors [MATCH-16] to [MATCH-79],
//! as far as they need no catalogue file. What a catalogue is refused for is in `load`.

mod affiliation;
mod catalogue;
mod hwid;
mod load;
mod model;
mod options;
mod private;
mod report;
mod tables;

use catalogue::{a_brand, f1, f2, f3, f4, f5, f6, f7, f8, f9};
use domain::brand::{Brand, BrandId};
use domain::identity::{Iccid, Imsi};
use domain::matching::{Index, NumberRange, Outcome, Rule, Sim, Target, TraceLine, Warning, find};

/// Describes a GSM SIM; an empty text is a value that is not there.
fn gsm(name: &str, iccid: &str, imsi: &str) -> Sim {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Sim {
        home_provider_name: given(name),
        iccid: given(iccid).map(|text| Iccid::parse(&text).expect("an ICCID")),
        imsi: given(imsi).map(|text| Imsi::parse(&text).expect("an IMSI")),
        ..Sim::gsm()
    }
}

/// Describes a CDMA device; an empty name is one that is not reported.
fn cdma(sid: u16, name: &str) -> Sim {
    let provider_name = (!name.is_empty()).then(|| name.to_owned());
    Sim { sid: Some(sid), provider_name, ..Sim::cdma() }
}

/// Compares the result, as `brand by rule` or `none`, and the trace's account of it.
#[track_caller]
fn check(id: &str, brands: &[Brand], sim: &Sim, expected: &str) {
    let index = Index::build(brands).expect("a fixture has no conflicts");
    let result = find(&index, sim);
    let found = match &result.found {
        Some((brand, rule)) => format!("{brand} by {}", rule.name()),
        None => "none".to_owned(),
    };
    assert_eq!(found, expected, "{id} {sim:?}");
    let decided = result.trace.iter().filter(|line| line.outcome == Outcome::Matched);
    let decided: Vec<_> = decided.filter_map(|l| Some((l.brand.clone()?, l.rule))).collect();
    assert_eq!(decided, result.found.into_iter().collect::<Vec<_>>(), "{id}");
}

#[test]
fn the_numbered_gsm_computers_find_their_package() {
    let rows = [
        ("[MATCH-25]", f1(), "", "89990150000000000001", "001011200000042", "mno by imsi"),
        ("[MATCH-26]", f1(), "", "89990150000000000002", "001019500000000", "none"),
        ("[MATCH-27]", f1(), "", "89990150000000000003", "001017250000017", "mvno-a by imsi"),
        ("[MATCH-28]", f2(), "", "89990112000000000042", "001010000000001", "mno by iccid"),
        ("[MATCH-29]", f2(), "", "89990193000000000000", "001010000000002", "none"),
        ("[MATCH-30]", f2(), "", "89990163500000000017", "001010000000003", "mvno-a by iccid"),
        ("[MATCH-31]", f3(), "", "89990120000000000001", "001010000000777", "mno by imsi"),
        ("[MATCH-32]", f3(), "", "89990132000000000002", "001012200000000", "mvno-b by iccid"),
        ("[MATCH-33]", f3(), "", "89990195000000000003", "001019300000000", "mvno-a by iccid"),
        ("[MATCH-34]", f3(), "", "89990165000000000004", "001016600000000", "mno by imsi"),
        ("[MATCH-35]", f4(), "", "89990120000000000001", "001011000000000", "mno by imsi"),
        ("[MATCH-36]", f4(), "", "89990132000000000002", "001012200000000", "mvno-b by iccid"),
        ("[MATCH-37]", f4(), "", "89990195000000000003", "001019300000000", "mvno-a by iccid"),
        ("[MATCH-38]", f4(), "", "89990165000000000004", "001016600000000", "mno by imsi"),
        ("[MATCH-39]", f4(), "", "89990150000000000005", "001015500000000", "mvno-c by imsi"),
        ("[MATCH-54]", f7(), "Aurora", "89990132000000000002", "001012200000000", "mno by imsi"),
        ("[MATCH-54]", f7(), "Aurora", "89990132000000000002", "001022200000000", "none"),
        ("[MATCH-69]", f3(), "", "89990142999999999999", "001010000000500", "mvno-b by iccid"),
        ("[MATCH-69]", f3(), "", "89990143000000000000", "001010000000500", "mno by imsi"),
        ("[MATCH-78]", f2(), "", "", "001010000000001", "none"),
        ("[MATCH-79]", f1(), "", "", "00101120000004", "none"),
    ];
    for (id, brands, name, iccid, imsi, expected) in rows {
        check(id, &brands, &gsm(name, iccid, imsi), expected);
    }
}

/// "Any" of the specification's table: no number, numbers of nobody, numbers of somebody.
#[test]
fn home_provider_names_match_whatever_the_numbers_are() {
    let numbers = [
        ("", ""),
        ("89990150000000000001", "001011200000042"),
        ("89990132000000000002", "999999999999999"),
    ];
    let rows = [
        ("[MATCH-40]", "Fjell Mobil", "mno by home_provider_name"),
        ("[MATCH-41]", "Ukjent", "none"),
        ("[MATCH-42]", "Aurora", "mvno-a by home_provider_name"),
        ("[MATCH-43]", "Bris", "mvno-b by home_provider_name"),
    ];
    for (id, name, expected) in rows {
        for (iccid, imsi) in numbers {
            check(id, &f5(), &gsm(name, iccid, imsi), expected);
        }
    }
    let rows = [
        ("[MATCH-44]", "Aurora", "001011111111100", "mvno-a by home_provider_name"),
        ("[MATCH-45]", "Fjell Mobil", "001012222222200", "mno by imsi"),
        ("[MATCH-46]", "Bris", "001013333333300", "mvno-b by home_provider_name"),
        ("[MATCH-47]", "Ukjent", "001014444444400", "mno by imsi"),
    ];
    for (id, name, imsi, expected) in rows {
        for (iccid, _) in numbers {
            check(id, &f6(), &gsm(name, iccid, imsi), expected);
        }
    }
}

#[test]
fn the_numbered_cdma_computers_find_their_package() {
    let rows = [
        ("[MATCH-60]", f8(), 4101, "", "mno by sid"),
        ("[MATCH-61]", f8(), 9999, "Ukjent", "none"),
        ("[MATCH-62]", f8(), 5200, "", "other by sid"),
        ("[MATCH-63]", f8(), 4103, "", "mvno-b by sid"),
        ("[MATCH-64]", f9(), 4101, "FjellCDMA", "mno by provider_name"),
        ("[MATCH-65]", f9(), 9999, "Ukjent", "none"),
        ("[MATCH-66]", f9(), 5200, "OtherTel", "other by sid"),
        ("[MATCH-67]", f9(), 4103, "BrisCDMA", "mvno-b by provider_name"),
        ("[MATCH-70]", f9(), 9999, "bRiSCDMA", "none"),
        ("[MATCH-70]", f9(), 9999, "BrisCDMA", "mvno-b by provider_name"),
        ("[MATCH-58]", f9(), 9999, "BrisCDMA ", "none"),
    ];
    for (id, brands, sid, name, expected) in rows {
        check(id, &brands, &cdma(sid, name), expected);
    }
}

/// What each option's identifiers can tell apart, and what they cannot.
#[test]
fn each_option_decides_by_its_own_identifiers() {
    let (mvno_b, mvno_a) = ("89990132000000000002", "89990195000000000003");
    for (id, brands, name, iccid, imsi, expected) in [
        // No ICCID range: whatever the ICCID, the IMSI decides; and the other way round.
        ("[MATCH-48]", f1(), "", mvno_a, "001012200000000", "mvno-b by imsi"),
        ("[MATCH-48]", f1(), "", mvno_b, "001012200000000", "mvno-b by imsi"),
        ("[MATCH-49]", f2(), "", "89990163500000000017", "001019999999999", "mvno-a by iccid"),
        ("[MATCH-49]", f2(), "", "89990163500000000017", "", "mvno-a by iccid"),
        // A mixture: the ICCID first, for an MVNO known by IMSI only the gap between ICCIDs.
        ("[MATCH-51] C1", f4(), "", mvno_b, "001015500000000", "mvno-b by iccid"),
        ("[MATCH-51]", f4(), "", "", "001015500000000", "mvno-c by imsi"),
        // A device that reports another name is lost to the MVNO: to nobody, or to the MNO.
        ("[MATCH-52]", f5(), "Aurora", "", "", "mvno-a by home_provider_name"),
        ("[MATCH-52]", f5(), "Aurora 5G", "", "001010000000000", "none"),
        ("[MATCH-53]", f6(), "Aurora 5G", "", "001010000000000", "mno by imsi"),
        ("CO-4", f6(), "Bris", mvno_a, "001010000000000", "mvno-b by home_provider_name"),
    ] {
        check(id, &brands, &gsm(name, iccid, imsi), expected);
    }
    // The four identifiers that an operator registers; a provider id is a whole network.
    let all = a_brand("a").hpns(&["Fjell"]).sids(&[4101]).names(&["FjellCDMA"]);
    let all = [all.imsis("123450000000000", "123459999999999").build()];
    for (sim, expected) in [
        (gsm("", "", "123456000000000"), "a by imsi"),
        (gsm("Fjell", "", ""), "a by home_provider_name"),
        (cdma(4101, ""), "a by sid"),
        (cdma(1, "FjellCDMA"), "a by provider_name"),
    ] {
        check("[MATCH-11]", &all, &sim, expected);
    }
}

/// Brands of one id add up: equal ranges of one brand are one.
#[test]
fn rules_keep_their_order_in_merged_fixtures() {
    let gsm_all = [f6(), f3()].concat();
    let iccid = "89990132000000000002";
    for (name, iccid, expected) in [
        ("Aurora", iccid, "mvno-a by home_provider_name"),
        ("Ukjent", iccid, "mvno-b by iccid"),
        ("Ukjent", "", "mno by imsi"),
    ] {
        check("[MATCH-68]", &gsm_all, &gsm(name, iccid, "001012200000000"), expected);
    }
    let cdma_all = [f8(), f9()].concat();
    for (sid, expected) in [(4102, "mvno-a by sid"), (9999, "mvno-b by provider_name")] {
        check("[MATCH-71]", &cdma_all, &cdma(sid, "BrisCDMA"), expected);
    }
}

#[test]
fn names_are_compared_exactly_but_for_padding() {
    let by_name = "mvno-b by home_provider_name";
    for (name, expected) in [
        ("Bris", by_name),
        ("Bris  ", by_name),
        ("Bris\0\0", by_name),
        ("Bris \0 ", by_name),
        (" Bris", "none"),
        ("bris", "none"),
        ("Bris\u{a0}", "none"),
        ("", "none"),
        ("  ", "none"),
        ("\0", "none"),
    ] {
        check("[MATCH-21]", &f5(), &gsm(name, "", ""), expected);
    }
    let padded = [a_brand("mvno-b").hpns(&["Bris  "]).build()];
    check("[MATCH-21]", &padded, &gsm("Bris", "", ""), by_name);
    check("[MATCH-21]", &padded, &gsm("Bris ", "", ""), by_name);
}

#[test]
fn numbers_match_in_blocks_of_a_hundred_of_their_own_length() {
    let imsis = [a_brand("a").imsis("001011234567800", "001011234567899").build()];
    for (imsi, expected) in [
        ("001011234567799", "none"),
        ("001011234567800", "a by imsi"),
        ("001011234567899", "a by imsi"),
        ("001011234567900", "none"),
        ("01011234567800", "none"),
        ("101011234567800", "none"),
    ] {
        check("[MATCH-16]", &imsis, &gsm("", "", imsi), expected);
    }
    let of_19 = a_brand("of-19").iccids("8999011000000000000", "8999011999999999999");
    let of_20 = a_brand("of-20").iccids("89990110000000000000", "89990110000000000099");
    let iccids = [of_19.build(), of_20.build()];
    for (iccid, expected) in [
        ("8999011000000000000", "of-19 by iccid"),
        ("8999011999999999999", "of-19 by iccid"),
        ("8999012000000000000", "none"),
        ("08999011000000000000", "none"),
        ("89990110000000000000", "of-20 by iccid"),
        ("89990110000000000100", "none"),
    ] {
        check("[MATCH-16]", &iccids, &gsm("", iccid, ""), expected);
    }
    // The greatest number of 20 digits.
    let last = [a_brand("a").iccids("89999999999999999900", "89999999999999999999").build()];
    check("[MATCH-16]", &last, &gsm("", "89999999999999999999", ""), "a by iccid");
}

#[test]
fn nothing_is_looked_up_while_a_pin_hides_the_imsi() {
    let locked = |sim: Sim| Sim { pin_locked: true, ..sim };
    check("[MATCH-76]", &f1(), &locked(gsm("", "", "")), "none");
    check("[MATCH-76]", &f1(), &gsm("", "", "001011200000042"), "mno by imsi");
    let iccid = "89990132000000000002";
    check("[MATCH-77]", &f3(), &locked(gsm("", iccid, "")), "none");
    check("[MATCH-77]", &f3(), &gsm("", iccid, ""), "mvno-b by iccid");
    check("[MATCH-09]", &f5(), &locked(gsm("Aurora", "", "")), "none");
    check("[MATCH-09]", &f3(), &locked(gsm("", iccid, "001010000000500")), "mvno-b by iccid");
    check("[MATCH-09]", &f8(), &locked(cdma(4101, "")), "mno by sid");

    let index = Index::build(&f3()).expect("no conflicts");
    let result = find(&index, &locked(gsm("", iccid, "")));
    assert!(result.trace.iter().all(|line| line.outcome == Outcome::SkippedPin), "[MATCH-77]");
}

#[test]
fn only_the_values_of_the_mode_count() {
    let both = [f5(), f8()].concat();
    let sim = Sim { sid: Some(4102), ..gsm("Bris", "", "") };
    check("[MATCH-93]", &both, &sim, "mvno-b by home_provider_name");
    let sim = Sim { home_provider_name: Some("Bris".to_owned()), ..cdma(4102, "") };
    check("[MATCH-94]", &both, &sim, "mvno-a by sid");
}

#[test]
fn a_trace_explains_every_rule_with_masked_numbers() {
    let index = Index::build(&[f6(), f3()].concat()).expect("no conflicts");
    let line = |rule, value: &str, outcome, brand: &str| TraceLine {
        rule,
        value: (!value.is_empty()).then(|| value.to_owned()),
        outcome,
        brand: BrandId::parse(brand),
    };
    let result = find(&index, &gsm("Ukjent", "89990132000000000002", "001012200000000"));
    assert_eq!(
        result.trace,
        [
            line(Rule::HomeProviderName, "Ukjent", Outcome::NoMatch, ""),
            line(Rule::Iccid, "899901…02", Outcome::Matched, "mvno-b"),
            line(Rule::Imsi, "001012…00", Outcome::Shadowed, "mno"),
        ]
    );
    assert!(result.warnings.is_empty(), "[MATCH-79]");
    let result = find(&index, &gsm("", "", "00101120000004"));
    assert_eq!(
        result.trace,
        [
            line(Rule::HomeProviderName, "", Outcome::Absent, ""),
            line(Rule::Iccid, "", Outcome::Absent, ""),
            line(Rule::Imsi, "001011…04", Outcome::Invalid, ""),
        ]
    );
    assert_eq!(result.warnings, [Warning::ImsiLength { digits: 14 }], "[MATCH-79]");
    let outcomes: Vec<&str> = result.trace.iter().map(|line| line.outcome.name()).collect();
    assert_eq!(outcomes, ["absent", "absent", "invalid"], "[MATCH-79]");
}

/// The target is what the brand's file says, not what the SIM says.
#[test]
fn a_match_names_the_target_that_decided() {
    let index = Index::build(&[f6(), f3(), f8(), f9()].concat()).expect("no conflicts");
    let target = |sim: &Sim| find(&index, sim).target;
    let name = |text: &str| Some(Target::Name(text.to_owned()));
    assert_eq!(target(&gsm("Aurora ", "", "")), name("Aurora"), "[MATCH-40]");
    assert_eq!(target(&cdma(4101, "BrisCDMA")), Some(Target::Sid(4101)), "[MATCH-57]");
    assert_eq!(target(&cdma(1, "BrisCDMA")), name("BrisCDMA"), "[MATCH-67]");
    assert_eq!(target(&gsm("", "", "")), None, "[MATCH-78]");
    let text = |sim: &Sim| match target(sim) {
        Some(Target::Range(range)) => format!("{}–{}", range.start(), range.end()),
        other => format!("{other:?}"),
    };
    let iccid = "89990132000000000002";
    let expected = "89990130000000000000–89990142999999999999";
    assert_eq!(text(&gsm("", iccid, "")), expected, "[MATCH-32]");
    let expected = "001010000000000–001019999999999";
    assert_eq!(text(&gsm("", "", "001012222222200")), expected, "[MATCH-45]");
    let imsi = |text: &str| Imsi::parse(text).expect("an IMSI");
    let range = NumberRange::of_imsis(&imsi("000010000000000"), &imsi("000010000000199"));
    let range = range.expect("a range");
    assert_eq!((range.start().as_str(), range.blocks()), ("000010000000000", 2), "[MATCH-16]");
}

#[test]
fn a_brand_may_repeat_itself() {
    let twice = a_brand("a").hpns(&["Bris", "Bris"]).names(&["x", "x"]).sids(&[1, 1]);
    let twice = twice.imsis("001010000000000", "001010000000299");
    let twice = twice.imsis("001010000000000", "001010000000099");
    let twice = [twice.imsis("001010000000200", "001010000000399").build()];
    for imsi in ["001010000000000", "001010000000250", "001010000000399"] {
        check("[MATCH-68]", &twice, &gsm("", "", imsi), "a by imsi");
    }
    check("[MATCH-68]", &twice, &gsm("", "", "001010000000400"), "none");
}

#[test]
fn ten_digits_begin_an_imsi_range_where_one_holds_such_numbers() {
    let brands = [a_brand("a").imsis("001011234500000", "001011234599999").build()];
    let index = Index::build(&brands).expect("no conflicts");
    for (digits, expected) in [
        ("0010112345", true),
        ("0010112344", false),
        ("0010112346", false),
        ("00101", true),
        ("00102", false),
        ("001011234567", true),
        ("001011234567890", true),
        ("001011234600000", false),
        ("0010112345000000", false),
        ("+010112345", false),
        ("00101é", false),
        ("", true),
    ] {
        assert_eq!(index.has_imsi_prefix(digits), expected, "[PORT-22] {digits}");
    }
    let positive = [a_brand("a").imsis("010112345000000", "010112345999999").build()];
    let index = Index::build(&positive).expect("no conflicts");
    assert!(!index.has_imsi_prefix("+010112345"), "[PORT-22] a sign is no digit");
    assert!(!Index::default().has_imsi_prefix("0010112345"), "[PORT-22] an empty catalogue");
}
