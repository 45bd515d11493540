//! Printed documents as other programs read them: qpdf finds nothing wrong, poppler finds the text
//! and what it means.
//!
//! Not here: the writer's own promises (its unit tests).

use e2e::judges;
use server::pdf::{About, Direction, Document, Part, Table};

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn receipt(direction: Direction, lang: &str, words: [&str; 3]) -> Document {
    let [title, thanks, item] = words;
    Document {
        about: About {
            title: title.to_owned(),
            lang: lang.to_owned(),
            direction,
            made_at: "2030-03-01T12:00:00Z".parse().expect("an instant"),
        },
        parts: vec![
            Part::Paragraph(thanks.to_owned()),
            Part::Facts(vec![("Order".to_owned(), "7K2-QXM-4T9-R".to_owned())]),
            Part::Heading(thanks.to_owned()),
            Part::Table(Table {
                head: row(&[item, "Net", "Sum"]),
                rows: vec![row(&["1 GB", "€4.12", "€4.90"]), row(&["2 GB", "€8.24", "€9.80"])],
                totals: vec![row(&["Total", "€12.36", "€14.70"])],
            }),
        ],
        footer: "Aurora Mobile, Oslo".to_owned(),
    }
}

#[test]
fn documents_are_read_in_every_script() {
    for (direction, lang, words) in [
        (Direction::LeftToRight, "en", ["Receipt", "Thank you, Zoë – naïve façade.", "Item"]),
        (Direction::LeftToRight, "de", ["Rechnung", "Größe: für Sie übermäßig schön", "Posten"]),
        (Direction::LeftToRight, "ru", ["Квитанция", "Спасибо за покупку", "Товар"]),
        (Direction::LeftToRight, "el", ["Απόδειξη", "Ευχαριστούμε πολύ", "Είδος"]),
        (Direction::RightToLeft, "ar", ["إيصال", "شكرا لك", "الباقة"]),
        (Direction::RightToLeft, "he", ["קבלה", "תודה רבה", "פריט"]),
    ] {
        let pdf = receipt(direction, lang, words).write().expect("written");
        let printed = judges::pdf(&pdf).unwrap_or_else(|error| unreachable!("{lang}: {error:#}"));
        // Letters that run to the left stand as they are seen; poppler turns them in the text only.
        let read = match direction {
            Direction::LeftToRight => &printed.structure,
            Direction::RightToLeft => &printed.text,
        };
        let others = ["7K2-QXM-4T9-R", "€14.70", "Aurora Mobile, Oslo"];
        for expected in words.into_iter().chain(others) {
            assert!(read.contains(expected), "{lang}: {expected} in {read}");
        }
        let kinds: Vec<&str> = printed
            .structure
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('"'))
            .collect();
        let is = |kind: &str| {
            kinds.iter().filter(|line| line.split([' ', ':']).next() == Some(kind)).count()
        };
        let expected = [("H1", 1), ("H2", 1), ("Table", 2), ("TR", 5), ("TH", 7), ("TD", 7)];
        for (kind, count) in expected {
            assert_eq!(is(kind), count, "{lang}: {kind} in {}", printed.structure);
        }
    }
}
