//! `[legal]`: what arrives of it, and what is refused.

use domain::legal::{Consent, Right, Withdrawal};

use super::*;
use crate::catalog::legal::Place;

const LEGAL: &str = "[legal]
seller = 'A GmbH'
address = 'Street 1, Town'
tax_id = 'DE1'
terms_version = '7'
terms = 'Be kind.'
privacy_version = '2'
privacy_url = 'https://a.example/privacy?v=2'
withdrawal = 'lost'
";

fn with(legal: &str) -> Result<Catalog, Vec<Finding>> {
    read(&[("a.toml", &format!("{BASE}{legal}"))])
}

#[test]
fn what_is_agreed_to_arrives() {
    let catalog = with(LEGAL).expect("valid");
    let legal = catalog.legal.values().next().expect("the brand's");
    assert_eq!(legal.seller.name, "A GmbH");
    assert_eq!(legal.seller.address.as_deref(), Some("Street 1, Town"));
    assert_eq!(legal.seller.tax_id.as_deref(), Some("DE1"));
    assert_eq!(legal.terms.place, Place::Here("Be kind.".to_owned()));
    let there = "https://a.example/privacy?v=2".to_owned();
    assert_eq!(legal.privacy.place, Place::There(there));
    let consent = Consent {
        terms_version: "7".to_owned(),
        privacy_version: "2".to_owned(),
        withdrawal: Some(Withdrawal { right: Right::Lost, days: 14 }),
    };
    assert_eq!(legal.consent(), consent);
    assert!(with("").expect("valid").legal.is_empty(), "a brand may say nothing");
}

/// A line of the table, what it becomes, key, and how the message begins.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("seller = 'A GmbH'", "", "legal.seller", "missing; it is required here"),
    ("address = 'Street 1, Town'", "", "legal.address", "missing"),
    ("terms_version = '7'", "", "legal.terms_version", "missing"),
    ("terms = 'Be kind.'", "", "legal.terms", "missing; give `terms`, `terms_file` or `terms_url`"),
    ("terms = 'Be kind.'", "terms = ' '", "legal.terms", "empty; write the text"),
    (
        "terms = 'Be kind.'",
        "terms_file = 'none.txt'",
        "legal.terms_file",
        "/nowhere/none.txt cannot be",
    ),
    ("tax_id = 'DE1'", "terms_url = 'https://a.example'", "legal.terms", "give one of `terms`"),
    (
        "'https://a.example/privacy?v=2'",
        "'http://a.example'",
        "legal.privacy_url",
        "must begin with",
    ),
    ("'lost'", "'gone'", "legal.withdrawal", "needs one of kept, lost"),
    ("withdrawal = 'lost'", "withdrawal_days = 3", "legal.withdrawal_days", "needs `withdrawal`"),
    ("tax_id", "vat", "legal.vat", "unknown key"),
];

#[test]
fn what_is_wrong_is_said_with_its_key() {
    for (line, to, key, message) in REFUSED {
        let findings = with(&LEGAL.replace(line, to)).expect_err(to);
        let finding = one(&findings, to);
        assert_eq!(finding.key.as_deref(), Some(*key), "{finding:?}");
        assert!(finding.message.starts_with(message), "{finding:?}");
        assert!(finding.line.is_some_and(|line| line > BASE.lines().count()), "{finding:?}");
    }
}

#[test]
fn series_arrive_and_belong_to_one_seller() {
    let receipts = |series: &str| format!("[receipts]\nseries = '{series}'\n");
    let catalog = with(&receipts("A-{number:3}")).expect("valid");
    let numbering = catalog.numbering.values().next().expect("the brand's");
    assert_eq!(numbering.receipts.as_ref().map(ToString::to_string), Some("A-{number:3}".into()));
    assert_eq!(numbering.credits, None);
    let findings = with(&receipts("A-{year}")).expect_err("no number");
    assert_eq!(one(&findings, "").message, "must end in {number:N}, with N digits from 1 to 12");
    // Companies may not share numbers; brands of one company may.
    let file = |base: &str, legal: &str| format!("{base}{}{legal}", receipts("S-{number:3}"));
    let (one_seller, two) = (LEGAL.to_owned(), LEGAL.replace("A GmbH", "B GmbH"));
    let read_both = |legal: &str| {
        let (a, b) = (file(BASE, &one_seller), file(&other("b"), legal));
        read(&[("a.toml", &a), ("b.toml", &b)])
    };
    assert!(read_both(&one_seller).is_ok());
    for legal in [two.as_str(), ""] {
        let findings = read_both(legal).expect_err("shared");
        let finding = one(&findings, legal);
        assert_eq!(finding.key.as_deref(), Some("receipts.series"));
        assert!(finding.message.starts_with("a.toml of another seller"), "{finding:?}");
    }
}
