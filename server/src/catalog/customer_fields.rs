//! `[[customer_fields]]`: what a brand must know of a customer before it can activate a SIM.
//!
//! Not here: whether what is typed will do ([`domain::customer`]).

use domain::customer::{
    Chars, CustomerField, EMAIL_CHARS_MAX, Kind, NeededFor, TELEPHONE_CHARS_MAX, VALUE_CHARS_MAX,
};
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::{self, Read};

/// Most fields of a brand: a form that is short enough to be filled.
const FIELDS_MAX: usize = 16;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 64;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 32;
/// Most characters of a text whose row does not say.
const TEXT_CHARS: u32 = 64;

/// The kinds, texts as of any characters.
const KINDS: &[(&str, Kind)] = &[
    ("text", Kind::Text(Chars::Any)),
    ("email", Kind::Email),
    ("tel", Kind::Telephone),
    ("date", Kind::Date),
    ("country", Kind::Country),
];
const CHARS: &[(&str, Chars)] = &[
    ("any", Chars::Any),
    ("letters", Chars::Letters),
    ("digits", Chars::Digits),
    ("alphanumeric", Chars::Alphanumeric),
];
const NEEDED_FOR: &[(&str, NeededFor)] = &[("cold", NeededFor::Cold), ("all", NeededFor::All)];

/// Reads the fields of a brand.
pub(super) fn read(section: &mut Section<'_>) -> Vec<CustomerField> {
    let mut names: Vec<String> = Vec::new();
    let fields = section.tables("customer_fields", |row| field(row, &mut names));
    let fields = fields.unwrap_or_default();
    if fields.len() > FIELDS_MAX {
        section.error("customer_fields", format!("there may be {FIELDS_MAX}; ask for less"));
    }
    fields
}

fn field(row: &mut Section<'_>, names: &mut Vec<String>) -> Option<CustomerField> {
    let name = row.required("name", name);
    if let Some(name) = &name {
        if names.contains(name) {
            row.error("name", format!("another field has the name {name} already"));
        }
        names.push(name.clone());
    }
    let label = row.required("label", values::line(LABEL_CHARS_MAX));
    let kind = row.required("kind", values::one_of(KINDS));
    let chars = row.optional("chars", values::one_of(CHARS));
    let kind = match (kind, chars) {
        (Some(Kind::Text(_)), Some(chars)) => Some(Kind::Text(chars)),
        (Some(_), Some(_)) => {
            row.error("chars", "only for kind = \"text\"; remove it");
            None
        }
        (kind, None) => kind,
        (None, Some(_)) => None,
    };
    let is_required = row.optional("required", values::boolean);
    let most = i64::from(VALUE_CHARS_MAX);
    let chars_max = row.optional("max_chars", values::integer(1..=most));
    let needed_for = row.optional("needed_for", values::one_of(NEEDED_FOR));
    let kind = kind?;
    Some(CustomerField {
        name: name?,
        label: label?,
        kind,
        is_required: is_required.unwrap_or(true),
        chars_max: chars_max.and_then(|n| u32::try_from(n).ok()).unwrap_or(match kind {
            Kind::Text(_) => TEXT_CHARS,
            Kind::Email => EMAIL_CHARS_MAX,
            Kind::Telephone => TELEPHONE_CHARS_MAX,
            Kind::Date => 10,
            Kind::Country => 2,
        }),
        needed_for: needed_for.unwrap_or(NeededFor::Cold),
    })
}

/// Reads a name, under which the value is sent.
fn name(value: &DeValue<'_>) -> Read<String> {
    let text = values::text(value)?;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let is_name = (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits);
    let wanted = || format!("needs 1 to {NAME_CHARS_MAX} characters of a-z, 0-9 and _");
    is_name.then(|| text.to_owned()).ok_or_else(wanted)
}
