//! What a brand must know of a customer, and what it may not ask for.

use domain::customer::{Chars, Kind, NeededFor};

use super::*;

fn with(rows: &str) -> Result<Vec<CustomerField>, Vec<Finding>> {
    let text = format!("{BASE}{rows}");
    let catalog = read(&[("a.toml", &text)])?;
    let id = BrandId::parse("a").expect("an id");
    Ok(catalog.customer_fields.get(&id).cloned().unwrap_or_default())
}

#[test]
fn fields_arrive_with_what_holds_where_nothing_is_said() {
    let rows = "
        [[customer_fields]]
        name = 'name'
        label = 'Full name'
        kind = 'text'
        chars = 'letters'
        max_chars = 80
        required = false
        needed_for = 'all'
        [[customer_fields]]
        name = 'born_2'
        label = 'Date of birth'
        kind = 'date'
    ";
    let field = |name: &str, label: &str, kind, chars_max| CustomerField {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        is_required: true,
        chars_max,
        needed_for: NeededFor::Cold,
    };
    let (is_required, needed_for) = (false, NeededFor::All);
    let name = field("name", "Full name", Kind::Text(Chars::Letters), 80);
    let expected = vec![
        CustomerField { is_required, needed_for, ..name },
        field("born_2", "Date of birth", Kind::Date, 10),
    ];
    assert_eq!(with(rows), Ok(expected));
    assert_eq!(with(""), Ok(Vec::new()));
    for (kind, chars_max) in [("text", 64), ("email", 254), ("tel", 32), ("country", 2)] {
        let rows = format!("[[customer_fields]]\nname='a'\nlabel='A'\nkind='{kind}'\n");
        let found = with(&rows).expect(kind);
        assert_eq!(found.first().map(|field| field.chars_max), Some(chars_max), "{kind}");
    }
}

#[test]
fn what_cannot_be_asked_is_told_with_its_line() {
    let first = BASE.lines().count() + 1;
    for (row, line, key, message) in [
        ("name = 'Name'", 2, "customer_fields[0].name", "needs 1 to 32 characters of a-z, 0-9 and"),
        ("name = ''", 2, "customer_fields[0].name", "needs 1 to 32 characters"),
        ("label = ' '", 3, "customer_fields[0].label", "empty; write something"),
        ("kind = 'photo'", 4, "customer_fields[0].kind", "needs one of text, email, tel, date"),
        ("chars = 'hex'", 5, "customer_fields[0].chars", "needs one of any, letters, digits"),
        (
            "max_chars = 257",
            5,
            "customer_fields[0].max_chars",
            "needs a whole number from 1 to 256",
        ),
        ("needed_for = 'hot'", 5, "customer_fields[0].needed_for", "needs one of cold, all"),
        ("pattern = '.*'", 5, "customer_fields[0].pattern", "unknown key"),
    ] {
        let key_of = |row: &str| row.split(' ').next().map(str::to_owned);
        let base = ["name = 'name'", "label = 'Name'", "kind = 'text'"];
        let mut rows: Vec<&str> = base.to_vec();
        match rows.iter().position(|base| key_of(base) == key_of(row)) {
            Some(at) => rows[at] = row,
            None => rows.push(row),
        }
        let findings = with(&format!("[[customer_fields]]\n{}\n", rows.join("\n"))).expect_err(row);
        let finding = one(&findings, row);
        let found = (finding.line, finding.key.as_deref());
        assert_eq!(found, (Some(first + line - 1), Some(key)), "{finding:?}");
        assert!(finding.message.starts_with(message), "{finding:?}");
    }
    let date = "[[customer_fields]]\nname = 'd'\nlabel = 'D'\nkind = 'date'\n";
    let findings = with(&format!("{date}chars = 'digits'\n")).expect_err("chars");
    assert!(one(&findings, "chars").message.starts_with("only for kind = \"text\""));
    let findings = with(&format!("{date}{date}")).expect_err("twice");
    assert!(one(&findings, "twice").message.contains("has the name d already"), "{findings:?}");
    let many: String = (0..17).map(|n| date.replace("'d'", &format!("'d{n}'"))).collect();
    let findings = with(&many).expect_err("too many");
    assert!(one(&findings, "too many").message.starts_with("there may be 16"), "{findings:?}");
}
