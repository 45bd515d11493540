//! The one judge of signing certificates, on the test chain.

mod support;

use carrier::chain::{
    CertificateDer, CertificateError, ChainError, Curve, Examination, ExamineError, KeyFacts,
    Problem, examine, life_days_max,
};
use support::{certificates, moment, now, signer};

/// The test leaves live a century.
const CENTURY: Problem = Problem::LivesTooLong { days: 36_525, days_max: 398 };

fn examined(chain: &[&str], at: carrier::Timestamp) -> Examination {
    let roots = certificates(&["root"]);
    examine(&certificates(chain), None, Some(&roots), at).expect("certificates")
}

/// [SIG-11], [SIG-12], [SIG-19], [SIG-23], [SIG-26]
#[test]
fn each_fault_is_its_problem() {
    let end = moment("2025-01-01T00:00:00Z");
    let stranger = Problem::NoPath(ChainError::NoIssuer);
    for (id, chain, expected) in [
        ("good", &["leaf", "issuing"][..], vec![CENTURY]),
        ("X6", &["no_ev", "issuing"], vec![Problem::NoEvPolicy, Problem::NoServerAuth, CENTURY]),
        (
            "X6",
            &["no_digital_signature", "issuing"],
            vec![Problem::NoDigitalSignature, Problem::NoServerAuth, CENTURY],
        ),
        (
            "X2",
            &["ec", "issuing"],
            vec![Problem::NotRsa { key: KeyFacts::EllipticCurve(Curve::P256) }, CENTURY],
        ),
        ("SIG-12", &["small", "issuing"], vec![Problem::RsaLength { bits: 1024 }, CENTURY]),
        (
            "SIG-26",
            &["expired", "issuing"],
            vec![Problem::Expired { not_after: end }, Problem::NoPath(ChainError::Expired(end))],
        ),
        ("X5", &["leaf"], vec![CENTURY, Problem::NoIssuingCa, stranger]),
        ("SIG-11", &["leaf", "issuing", "root"], vec![CENTURY, Problem::RootInChain { index: 2 }]),
        (
            "SIG-11",
            &["leaf", "root", "issuing"],
            vec![
                CENTURY,
                Problem::ChainOrder { index: 0 },
                Problem::ChainOrder { index: 1 },
                Problem::RootInChain { index: 1 },
            ],
        ),
        (
            "SIG-11 leaf not first",
            &["issuing", "leaf"],
            vec![
                Problem::LeafIsCa,
                Problem::NoDigitalSignature,
                Problem::NoServerAuth,
                CENTURY,
                Problem::ChainOrder { index: 0 },
            ],
        ),
        ("SIG-19", &["self_signed"], vec![CENTURY, Problem::NoIssuingCa, stranger]),
    ] {
        let found = examined(chain, now());
        assert_eq!(found.problems, expected, "{id} {chain:?}");
        assert_eq!(found.chain_ok, Some(!expected.iter().any(|p| matches!(p, Problem::NoPath(_)))));
        assert_eq!(found.is_refused(), expected.iter().any(Problem::is_refusal), "{id}");
    }
    assert!(!examined(&["leaf", "issuing"], now()).is_refused(), "a long life is advice");
    assert!(examined(&["no_ev", "issuing"], now()).is_refused(), "SIG-23");
}

/// X7: the end is announced a month before, and nothing signs outside of validity.
#[test]
fn the_end_of_validity_is_announced() {
    let problems = |at: &str| {
        let found = examined(&["expired", "issuing"], moment(at));
        (found.days_left, found.problems, found.chain_ok)
    };
    let soon = |days_left| vec![Problem::EndsSoon { days_left }];
    assert_eq!(problems("2024-12-02T00:00:00Z"), (30, vec![], Some(true)));
    assert_eq!(problems("2024-12-02T00:00:01Z"), (29, soon(29), Some(true)));
    assert_eq!(problems("2025-01-01T00:00:00Z"), (0, soon(0), Some(true)));
    let end = moment("2025-01-01T00:00:00Z");
    let expired =
        vec![Problem::Expired { not_after: end }, Problem::NoPath(ChainError::Expired(end))];
    assert_eq!(problems("2025-01-01T00:00:01Z"), (-1, expired, Some(false)));
    let start = moment("2024-01-01T00:00:00Z");
    let (_, early, _) = problems("2023-12-31T23:59:59Z");
    assert_eq!(early.first(), Some(&Problem::NotYetValid { not_before: start }));
}

#[test]
fn key_and_roots_are_judged_when_they_are_there() {
    let chain = certificates(&["leaf", "issuing"]);
    let problems = |key: Option<&[u8]>, roots: Option<&[CertificateDer]>| {
        let found = examine(&chain, key, roots, now()).expect("certificates");
        (found.chain_ok, found.problems)
    };
    let leaf = signer(&["leaf", "issuing"]);
    let roots = certificates(&["root"]);
    assert_eq!(problems(None, None), (None, vec![CENTURY]));
    assert_eq!(problems(Some(leaf.public_key()), Some(&roots)), (Some(true), vec![CENTURY]));
    assert_eq!(problems(Some(&[]), None), (None, vec![CENTURY, Problem::KeyMismatch]));
    let no_path = |error| (Some(false), vec![CENTURY, Problem::NoPath(error)]);
    assert_eq!(problems(None, Some(&[])), no_path(ChainError::NoIssuer));
    assert_eq!(problems(None, Some(&certificates(&["stranger"]))), no_path(ChainError::Signature));
}

#[test]
fn what_is_no_certificate_is_said() {
    let examine = |chain: &[CertificateDer]| examine(chain, None, None, now()).map(|_| ());
    assert_eq!(examine(&[]), Err(ExamineError::NoCertificate));
    let [leaf, issuing] = ["leaf", "issuing"].map(support::certificate);
    let mut longer = issuing.as_bytes().to_vec();
    longer.push(0);
    let error = CertificateError::Trailing;
    let chain = [leaf, CertificateDer::new(longer)];
    assert_eq!(examine(&chain), Err(ExamineError::Certificate { index: 1, error }));
}

/// X7: ballot SC-081v3.
#[test]
fn life_limit_shrinks_on_the_ballots_days() {
    for (issued, expected) in [
        ("2026-03-14T23:59:59Z", 398),
        ("2026-03-15T00:00:00Z", 200),
        ("2027-03-14T23:59:59Z", 200),
        ("2027-03-15T00:00:00Z", 100),
        ("2029-03-14T23:59:59Z", 100),
        ("2029-03-15T00:00:00Z", 47),
    ] {
        assert_eq!(life_days_max(moment(issued)), expected, "{issued}");
    }
}

/// Without roots the chain itself must hold, or every signature would be refused by its own check.
#[test]
fn a_chain_that_cannot_hold_is_found_without_roots() {
    let judge = |chain: &[&str]| {
        let found = examine(&certificates(chain), None, None, now()).expect("certificates");
        assert_eq!(found.chain_ok, None, "{chain:?}: nobody's roots");
        found.problems.iter().any(|problem| matches!(problem, Problem::NoPath(_)))
    };
    assert!(!judge(&["leaf", "issuing"]));
    assert!(!judge(&["leaf", "issuing", "root"]));
    assert!(judge(&["leaf", "issuing", "stranger"]), "a root of the same name");
    assert!(!judge(&["leaf", "root"]), "the order says so already");
    assert!(!judge(&["expired", "issuing"]), "the leaf's own time says so already");
}
