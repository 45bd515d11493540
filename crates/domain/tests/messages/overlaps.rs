//! Rules that can both match: the check of [MSG-10] and [MSG-12].

use domain::messages::{Overlap, Proof, Rule, overlaps};

use super::support::{Host, from, rule, rule_a};

#[track_caller]
fn check(rules: Vec<Rule>, expected: &[(usize, usize)]) {
    let host = Host::new(rules);
    let found = overlaps(&host.book, &host.matcher);
    let pairs: Vec<_> = found.iter().map(|overlap| (overlap.first, overlap.second)).collect();
    assert_eq!(pairs, expected, "{found:?}");
    for overlap in found {
        if let Proof::Text(text) = overlap.proof {
            for number in [overlap.first, overlap.second] {
                let matched = domain::messages::Matcher::matches(&host.matcher, number, &text);
                assert_eq!(matched, Ok(true), "{text:?} is no proof for {number}");
            }
        }
    }
}

#[test]
fn overlaps_are_found_between_rules_that_share_a_bearer() {
    let by = |sender: &str, pattern: &str| Rule { sms: from(sender, true), ..rule(pattern) };
    let ussd = |pattern: &str| Rule { sms: Vec::new(), has_ussd: true, ..rule(pattern) };
    check(vec![rule("a"), rule("a")], &[(0, 1)]);
    check(vec![rule("a"), rule("b")], &[]);
    check(vec![rule("a"), rule("[^]*")], &[(0, 1)]);
    check(vec![rule(r"[\s\S]*"), rule(r"PLAN (\w+) SPEED ([0-9]+)(k|M)bit")], &[(0, 1)]);
    check(vec![by("4799000001", "[^]*"), by("4799000002", "[^]*")], &[]);
    check(vec![by("4799000001", "[^]*"), by("+4799000001", "a")], &[(0, 1)]);
    check(vec![by("4799000001", "[^]*"), rule("a")], &[(0, 1)]);
    check(vec![ussd("[^]*"), rule("a")], &[]);
    check(vec![ussd("[^]*"), Rule { has_ussd: true, ..rule("a") }], &[(0, 1)]);
    check(vec![rule(r"USED (\d+) MB"), rule("USED [0-9]+ (kB|MB|GB)")], &[(0, 1)]);
    check(vec![rule("NEWS"), rule("NEW[A-Z]"), rule(r"\w+")], &[(0, 1), (0, 2), (1, 2)]);
    check(
        vec![rule_a(), Rule { sms: from("4799000001", true), ..rule("USED .* AT .*") }],
        &[(0, 1)],
    );
    // A rule that is rejected overlaps with nothing.
    check(vec![rule("("), rule("[^]*")], &[]);
}

#[test]
fn the_same_pattern_needs_no_text() {
    let host = Host::new(vec![rule(r"(?=x)\b"), rule(r"(?=x)\b")]);
    let expected = [Overlap { first: 0, second: 1, proof: Proof::SamePattern }];
    assert_eq!(overlaps(&host.book, &host.matcher), expected);
}
