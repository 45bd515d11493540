//! What the writer promises: the same bytes, pages that break, letters that stay readable.
//!
//! Judged from outside in the scenarios, where other programs read the files.

use super::*;

fn about(direction: Direction) -> About {
    About {
        title: "Receipt".to_owned(),
        lang: "en".to_owned(),
        direction,
        made_at: "2026-03-01T12:00:00Z".parse().expect("a time"),
    }
}

fn document(parts: Vec<Part>) -> Document {
    Document { about: about(Direction::LeftToRight), parts, footer: "Aurora Mobile".to_owned() }
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count()
}

#[test]
fn the_same_document_is_the_same_file() {
    let parts = || vec![Part::Paragraph("Thank you.".to_owned())];
    assert_eq!(document(parts()).write(), document(parts()).write());
}

#[test]
fn letters_of_many_scripts_are_printed_and_others_are_replaced() {
    for text in ["Ærlig ñandú €", "Привет", "Ελλάδα", "שלום", "مرحبا 123 abc", ""]
    {
        assert_eq!(unprintable(text), Ok(None), "{text}");
    }
    assert_eq!(unprintable("abc 漢"), Ok(Some('漢')));
    let odd = "漢字 \u{0} \u{202e}abc\u{fffe}\u{feff}\n\n\u{1F600} \u{1b}[0m";
    document(vec![Part::Heading(odd.to_owned()), Part::Paragraph(odd.to_owned())])
        .write()
        .expect("written all the same");
}

#[test]
fn long_parts_flow_over_pages() {
    let rows = (0..200).map(|n| row(&[&format!("Item {n}"), "1.00", "0.19", "1.19"])).collect();
    let table = Table {
        head: row(&["Item", "Net", "Tax", "Sum"]),
        rows,
        totals: vec![row(&["Total", "200.00", "38.00", "238.00"])],
    };
    let long = "word ".repeat(2_000) + &"x".repeat(3_000);
    let parts = vec![
        Part::Facts(vec![("Name".to_owned(), long.clone())]),
        Part::Heading("Items".to_owned()),
        Part::Table(table),
        Part::Paragraph(long),
    ];
    let mut written = document(parts);
    let pdf = written.write().expect("written");
    assert!(pages(&pdf) > 8, "{} pages", pages(&pdf));
    written.about.direction = Direction::RightToLeft;
    written.write().expect("written the other way round");
}

#[test]
fn an_empty_document_and_uneven_rows_are_written() {
    document(Vec::new()).write().expect("an empty one");
    let uneven = Table {
        head: row(&["a", "b"]),
        rows: vec![Vec::new(), row(&["1", "2", "3"])],
        totals: Vec::new(),
    };
    document(vec![Part::Table(uneven), Part::Table(Table::default()), Part::Facts(Vec::new())])
        .write()
        .expect("uneven rows");
}

#[test]
fn ten_cards_are_a_sheet() {
    let card = |n: usize| Card { code: "0123-4567-89AB-CDEF".to_owned(), number: n.to_string() };
    let cards = |count| Cards {
        about: about(Direction::LeftToRight),
        name: "Aurora Mobile".to_owned(),
        worth: row(&["1 GB for a day", "Valid until 1 March 2027"]),
        code_label: "Voucher code".to_owned(),
        usage: row(&["Type the code before paying."]),
        cards: (1..=count).map(card).collect(),
    };
    for (count, sheets) in [(1, 1), (10, 1), (11, 2)] {
        assert_eq!(pages(&cards(count).write().expect("written")), sheets, "{count} cards");
    }
}
