//! Receipts and credit notes: issued with the payment and the refund, kept as they were issued.

use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Seen;
use server::demo_sims::DEMO_SIMS;
use tempfile::TempDir;

use super::admin::operator;
use super::mending::paid_back;
use super::purchase::buy;

/// The catalogue of one brand, with a series and a tax, sold by this company.
fn write(catalog: &TempDir, seller: &str) {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/demo/catalog/fjell.toml");
    let text = std::fs::read_to_string(demo).expect("the demo's file");
    let text = text.replace("Fjell Mobil AS (demo)", seller);
    let text = text.replacen("price_minor = 290\n", "price_minor = 290\ntax_rate_bp = 2500\n", 1);
    let series =
        "[receipts]\nseries = \"FJ-{year}-{number:4}\"\ncredit_series = \"FJC-{number:4}\"\n";
    let text = text.replace("[legal]\n", &format!("{series}\n[legal]\n"));
    std::fs::write(catalog.path().join("fjell.toml"), text).expect("written");
}

fn fact<'s>(seen: &'s Seen, term: &str) -> Option<&'s str> {
    let facts = &seen.page.as_ref().expect("a page of ours").facts;
    facts.iter().find(|fact| fact.term == term).map(|fact| fact.text.as_str())
}

fn link(seen: &Seen, label: &str) -> Option<String> {
    let links = &seen.page.as_ref().expect("a page of ours").links;
    links.iter().find(|link| link.label == label).map(|link| link.href.clone())
}

/// A receipt says what was sold when it was paid, whatever the catalogue says later; the refund
/// has a credit note of its own.
#[tokio::test]
async fn a_receipt_stays_as_it_was_issued_and_a_refund_has_a_credit_note() {
    let catalog = tempfile::tempdir().expect("folder");
    write(&catalog, "Fjell One AS");
    let wish = Wish {
        catalog: Some(catalog.path().to_owned()),
        catalog_look_every: Some(SignedDuration::from_millis(20)),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let active = buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let href = link(&active, "Receipt").expect("a link to the receipt");
    assert_eq!(link(&active, "Credit note"), None, "nothing went back");
    let receipt = visitor.open(&href).await.expect("the receipt");
    assert_eq!(receipt.heading(), "Receipt");
    let number = fact(&receipt, "Receipt number").expect("a number").to_owned();
    assert!(number.starts_with("FJ-20") && number.ends_with("-0001"), "{number}");
    for (term, expected) in [
        ("Seller", "Fjell One AS"),
        ("Tax number", "NO 000 000 001 MVA"),
        ("Plan", "Fjell Mobil, 1 GB for a day"),
        ("Net", "€2.32"),
        ("Tax, 25 %", "€0.58"),
        ("Total", "€2.90"),
        ("Terms accepted, version", "2030-01"),
    ] {
        assert_eq!(fact(&receipt, term), Some(expected), "{term}");
    }
    assert!(fact(&receipt, "Payment").is_some_and(|paid| paid.starts_with("sandbox pay_")));
    assert!(receipt.html.contains("@media print"), "it can be printed");
    let missing = visitor.open(&format!("{}/credit-note", active.path)).await.expect("answer");
    assert_eq!(missing.status, 404);
    let other = server.visitor().expect("visitor");
    other.open(&DEMO_SIMS[0].launch_path()).await.expect("another visit");
    assert_eq!(other.open(&href).await.expect("answer").status, 404, "not somebody else's");

    write(&catalog, "Fjell Two AS");
    for _ in 0..200 {
        if visitor.open("/legal/fjell/terms").await.expect("terms").html.contains("Fjell Two") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let again = visitor.open(&href).await.expect("the receipt");
    assert_eq!(fact(&again, "Seller"), Some("Fjell One AS"), "as it was issued");

    let (support, _) = operator(&server).await.expect("signed in");
    let order = support.open(&format!("/orders/{code}")).await.expect("the order");
    support.press(&order, "Give the money back", &[]).await.expect("done");
    paid_back(&support, &code).await;
    let back = visitor.open(&active.path).await.expect("the order's page");
    let credit = link(&back, "Credit note").expect("a link to the credit note");
    let credit = visitor.open(&credit).await.expect("the credit note");
    assert_eq!(fact(&credit, "Credit note number"), Some("FJC-0001"));
    assert_eq!(fact(&credit, "Takes back receipt"), Some(number.as_str()));
    assert_eq!(fact(&credit, "Seller"), Some("Fjell Two AS"));
    server.stop().await;
}
