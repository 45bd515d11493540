//! What an operator must know of a customer before it can activate a SIM: which fields, and
//! whether what was typed will do.
//!
//! A value that will do is kept as it is sent: trimmed, in one form. Not here: where it is kept,
//! and whether it is true. Implements the fields of [PORT-36] for the cold SIMs of [PORT-07].

use std::fmt;

use jiff::civil::Date;

use crate::subscriber::SimState;

/// Longest value of any field, in characters.
pub const VALUE_CHARS_MAX: u32 = 256;
/// Longest e-mail address [RFC 5321, section 4.5.3.1.3, without the angle brackets].
pub const EMAIL_CHARS_MAX: u32 = 254;
/// Longest telephone number as it is typed: 15 digits (E.164) with as many separators.
pub const TELEPHONE_CHARS_MAX: u32 = 32;

/// The countries [ISO 3166-1 alpha-2, 2026].
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
    BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY \
    CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN \
    GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL \
    PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN \
    VU WF WS YE YT ZA ZM ZW";

/// Which SIMs a field is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeededFor {
    /// Those of no subscriber.
    Cold,
    /// Every SIM.
    All,
}

/// Which characters a text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chars {
    /// Any that can be shown.
    Any,
    /// Letters of any script, with blanks, apostrophes, full stops and hyphens: a name.
    Letters,
    /// `0` to `9`.
    Digits,
    /// Letters and digits, with blanks and hyphens: the number of a document, a post code.
    Alphanumeric,
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text of these characters.
    Text(Chars),
    /// An e-mail address.
    Email,
    /// A telephone number; kept as `+` and digits, or digits alone.
    Telephone,
    /// A day, `YYYY-MM-DD`, from 1900 to 2099.
    Date,
    /// A country, by its two letters [ISO 3166-1].
    Country,
}

/// A field that an operator asks a customer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerField {
    /// Its stable name: 1 to 32 characters of `a-z`, `0-9` and `_`.
    pub name: String,
    /// What customers read beside it.
    pub label: String,
    /// What is typed into it.
    pub kind: Kind,
    /// Whether it must be filled.
    pub is_required: bool,
    /// Most characters, 1 to [`VALUE_CHARS_MAX`].
    pub chars_max: u32,
    /// Which SIMs it is asked for.
    pub needed_for: NeededFor,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is empty.
    Missing,
    /// It has more than so many characters.
    TooLong(u32),
    /// It has others than these characters.
    Characters(Chars),
    /// It is no e-mail address.
    Email,
    /// It is no telephone number.
    Telephone,
    /// It is no day of 1900 to 2099.
    Date,
    /// There is no such country.
    Country,
}

/// What a customer said: names and values, in the order of the fields, without those left empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CustomerData(pub Vec<(String, String)>);

impl fmt::Debug for CustomerData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerData({} values)", self.0.len())
    }
}

impl CustomerData {
    /// Returns the value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// Returns the fields that a SIM in this state is asked for [PORT-07].
#[must_use]
pub fn needed(fields: &[CustomerField], state: SimState) -> Vec<&CustomerField> {
    let is_needed = |field: &&CustomerField| match field.needed_for {
        NeededFor::All => true,
        NeededFor::Cold => state == SimState::Cold,
    };
    fields.iter().filter(is_needed).collect()
}

/// Reads what was typed into these fields.
///
/// # Errors
/// What is wrong, by the names of fields; all of it.
pub fn read<'t>(
    fields: &[&CustomerField],
    typed: impl Fn(&str) -> Option<&'t str>,
) -> Result<CustomerData, Vec<(String, Wrong)>> {
    let (mut values, mut wrong) = (Vec::new(), Vec::new());
    for field in fields {
        match value(field, typed(&field.name).unwrap_or_default()) {
            Ok(Some(value)) => values.push((field.name.clone(), value)),
            Ok(None) => {}
            Err(what) => wrong.push((field.name.clone(), what)),
        }
    }
    if wrong.is_empty() { Ok(CustomerData(values)) } else { Err(wrong) }
}

/// Reads what was typed into a field; nothing if it was left empty and may be.
///
/// # Errors
/// What is wrong with it.
pub fn value(field: &CustomerField, typed: &str) -> Result<Option<String>, Wrong> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if typed.is_empty() {
        return if field.is_required { Err(Wrong::Missing) } else { Ok(None) };
    }
    let count = u32::try_from(typed.chars().count()).unwrap_or(u32::MAX);
    if count > field.chars_max {
        return Err(Wrong::TooLong(field.chars_max));
    }
    if typed.chars().any(is_unseen) {
        return Err(Wrong::Characters(Chars::Any));
    }
    match field.kind {
        Kind::Text(chars) if typed.chars().all(|c| has(chars, c)) => Ok(typed),
        Kind::Text(chars) => Err(Wrong::Characters(chars)),
        Kind::Email if is_email(&typed) => Ok(typed),
        Kind::Email => Err(Wrong::Email),
        Kind::Telephone => telephone(&typed).ok_or(Wrong::Telephone),
        Kind::Date => day(&typed).ok_or(Wrong::Date),
        Kind::Country => country(&typed).ok_or(Wrong::Country),
    }
    .map(Some)
}

/// Tells whether a character is not seen, or turns what is beside it: it would show another value
/// than the one that is sent.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

fn has(chars: Chars, c: char) -> bool {
    match chars {
        Chars::Any => true,
        // Combining marks are no letters to `char`; names of several scripts need them.
        Chars::Letters => {
            c.is_alphabetic() || is_mark(c) || matches!(c, ' ' | '\'' | '\u{2019}' | '.' | '-')
        }
        Chars::Digits => c.is_ascii_digit(),
        Chars::Alphanumeric => c.is_alphanumeric() || is_mark(c) || matches!(c, ' ' | '-'),
    }
}

fn is_mark(c: char) -> bool {
    ('\u{0300}'..='\u{036f}').contains(&c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{094d}')
}

/// Tells whether a text has the form of an address: whether it is one, only a message shows.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !"@,;:<>()[]\\\"".contains(c);
    let is_label = |label: &str| {
        let fits = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(fits) && !label.starts_with('-')
    };
    (1..=64).contains(&local.len())
        && local.chars().all(is_plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && host.contains('.')
        && host.split('.').all(is_label)
}

/// Returns `+` and digits, or digits alone, of 6 to 15 digits (E.164).
fn telephone(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", text),
    };
    let is_separator = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')');
    let digits: String = rest.chars().filter(|c| !is_separator(*c)).collect();
    let is_number = (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{sign}{digits}"))
}

fn day(text: &str) -> Option<String> {
    let date: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    (1900..=2099).contains(&date.year()).then(|| date.to_string())
}

fn country(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    let is_one = code.len() == 2 && COUNTRIES.split_ascii_whitespace().any(|known| known == code);
    is_one.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_field(kind: Kind) -> CustomerField {
        CustomerField {
            name: "field".to_owned(),
            label: "Field".to_owned(),
            kind,
            is_required: true,
            chars_max: 40,
            needed_for: NeededFor::Cold,
        }
    }

    /// [PORT-36]: what is typed is kept in one form, or refused for a reason.
    #[test]
    fn values_are_kept_in_one_form_or_refused() {
        let letters = Kind::Text(Chars::Letters);
        let wrong = |chars| Err(Wrong::Characters(chars));
        let rows: &[(Kind, &str, Result<&str, Wrong>)] = &[
            (letters, "  Kari   Nordmann ", Ok("Kari Nordmann")),
            (letters, "Seán O’Brien-Łuk Jr.", Ok("Seán O’Brien-Łuk Jr.")),
            (letters, "محمد", Ok("محمد")),
            (letters, "", Err(Wrong::Missing)),
            (letters, " \t ", Err(Wrong::Missing)),
            (letters, "R2D2", wrong(Chars::Letters)),
            (letters, "Kari\u{202e}", wrong(Chars::Any)),
            (letters, "Kari\0", wrong(Chars::Any)),
            (
                letters,
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                Ok("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ),
            (letters, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Err(Wrong::TooLong(40))),
            (Kind::Text(Chars::Any), "Storgata 1 <b>", Ok("Storgata 1 <b>")),
            (Kind::Text(Chars::Digits), "0150", Ok("0150")),
            (Kind::Text(Chars::Digits), "01 50", wrong(Chars::Digits)),
            (Kind::Text(Chars::Digits), "٠١", wrong(Chars::Digits)),
            (Kind::Text(Chars::Alphanumeric), "SW1A 2AA", Ok("SW1A 2AA")),
            (Kind::Text(Chars::Alphanumeric), "AB/1", wrong(Chars::Alphanumeric)),
            (Kind::Email, " kari@example.no ", Ok("kari@example.no")),
            (Kind::Email, "kari+sim@mail.example.no", Ok("kari+sim@mail.example.no")),
            (Kind::Email, "kari@example", Err(Wrong::Email)),
            (Kind::Email, "kari@.no", Err(Wrong::Email)),
            (Kind::Email, "kari.@example.no", Err(Wrong::Email)),
            (Kind::Email, "kari nordmann@example.no", Err(Wrong::Email)),
            (Kind::Email, "a@b@example.no", Err(Wrong::Email)),
            (Kind::Telephone, "+47 800-00 (100)", Ok("+4780000100")),
            (Kind::Telephone, "22 33 44 55", Ok("22334455")),
            (Kind::Telephone, "12345", Err(Wrong::Telephone)),
            (Kind::Telephone, "+1234567890123456", Err(Wrong::Telephone)),
            (Kind::Telephone, "call me", Err(Wrong::Telephone)),
            (Kind::Date, "1990-02-28", Ok("1990-02-28")),
            (Kind::Date, "1990-02-30", Err(Wrong::Date)),
            (Kind::Date, "1899-12-31", Err(Wrong::Date)),
            (Kind::Date, "2100-01-01", Err(Wrong::Date)),
            (Kind::Date, "28.02.1990", Err(Wrong::Date)),
            (Kind::Country, "no", Ok("NO")),
            (Kind::Country, "XX", Err(Wrong::Country)),
            (Kind::Country, "Norway", Err(Wrong::Country)),
        ];
        for (kind, typed, expected) in rows {
            let found = value(&a_field(*kind), typed);
            let expected = expected.map(|value| Some(value.to_owned()));
            assert_eq!(found, expected, "{kind:?} {typed:?}");
            // What is kept is kept again.
            if let Ok(Some(kept)) = found {
                assert_eq!(value(&a_field(*kind), &kept), Ok(Some(kept)), "{typed:?}");
            }
        }
        let optional = CustomerField { is_required: false, ..a_field(Kind::Date) };
        assert_eq!(value(&optional, " "), Ok(None));
        assert_eq!(value(&optional, "x"), Err(Wrong::Date));
    }

    /// [PORT-07]: a cold SIM is asked for what the operator needs, the others for what it needs of
    /// everybody.
    #[test]
    fn fields_are_asked_for_by_the_state_of_the_sim() {
        let named = |name: &str, needed_for| CustomerField {
            name: name.to_owned(),
            needed_for,
            ..a_field(Kind::Text(Chars::Any))
        };
        let fields = [named("name", NeededFor::Cold), named("email", NeededFor::All)];
        for (state, expected) in [
            (SimState::Cold, &["name", "email"][..]),
            (SimState::Warm, &["email"]),
            (SimState::Hot, &["email"]),
        ] {
            let needed = needed(&fields, state);
            let names: Vec<&str> = needed.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names, expected, "{state:?}");
        }
        let all = needed(&fields, SimState::Cold);
        let typed = |name: &str| (name == "email").then_some("x");
        assert_eq!(read(&all, typed), Err(vec![("name".to_owned(), Wrong::Missing)]));
        let data = read(&all, |_| Some(" Kari ")).expect("right");
        assert_eq!((data.get("name"), data.get("other")), (Some("Kari"), None));
        assert_eq!(format!("{data:?}"), "CustomerData(2 values)");
    }
}
