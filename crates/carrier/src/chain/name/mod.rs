//! Distinguished names as text.
//!
//! Not here: comparing names of trusted entries [SIG-25]. The form is the one that Windows and
//! the results document show: most specific part first, `, ` between parts (field fact X8).

use x509_parser::der_parser::oid::Oid;
use x509_parser::x509::X509Name;

/// Short names of attribute types (RFC 4519, RFC 2985, CA/Browser Forum for the two of EV).
const SHORT_NAMES: [(&str, &str); 11] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "S"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.17", "PostalCode"),
    ("1.2.840.113549.1.9.1", "E"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

/// Writes a name; a type without a short name is written as `OID.n.n`, a value that is no text
/// as `?`, and a value with a separator or a control character is quoted.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_attributes()
        .map(|part| {
            let value = part.as_str().unwrap_or("?");
            format!("{}={}", short_name(part.attr_type()), quoted(value))
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

fn short_name(oid: &Oid<'_>) -> String {
    let id = oid.to_id_string();
    match SHORT_NAMES.iter().find(|(known, _)| *known == id) {
        Some((_, short)) => (*short).to_owned(),
        None => format!("OID.{id}"),
    }
}

fn quoted(value: &str) -> String {
    let plain: String = value.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let has_edge_blank = plain.starts_with(' ') || plain.ends_with(' ');
    if has_edge_blank || plain.contains([',', '+', '=', '"', '<', '>', ';', '#']) {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_that_could_mislead_are_quoted() {
        for (value, expected) in [
            ("Fjell Mobil AS", "Fjell Mobil AS"),
            ("Fjell, Mobil", "\"Fjell, Mobil\""),
            ("a\"b", "\"a\"\"b\""),
            (" a", "\" a\""),
            ("a\nb", "a?b"),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
