//! The simple types of the schema: does this text belong to it?
//!
//! Not here: the types of the model, which are narrower ([`crate::document`]). Where the schema
//! speaks of Unicode digits only ASCII is accepted, and `\w` means letters and digits plus the
//! symbols of ASCII; years are 1 to 9999; no document in the field has others.
//! Implements [XML-12]…[XML-18], [XML-22], [XML-31]…[XML-33], [XML-52]…[XML-55], [XML-70],
//! [XML-134]…[XML-148], [XML-155], [XML-156], [XML-162]…[XML-166], [XML-173] as checks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::document::{
    AuthProtocol, Compression, DeviceId, DurationLexical, FriendlyName, Guid, Locale, PlanType,
    ProviderId, RefreshUrl, SupportPhoneNumber, Unit, UtcTime, XmlDuration, collapse,
};
use crate::xml::is_nc_name;

pub(super) fn any(_: &str) -> bool {
    true
}

pub(super) fn name(text: &str) -> bool {
    (1..=255).contains(&collapse(text).chars().count())
}

pub(super) fn provider_name(text: &str) -> bool {
    (1..=20).contains(&collapse(text).chars().count())
}

pub(super) fn provider_id(text: &str) -> bool {
    ProviderId::parse(text).is_ok()
}

pub(super) fn branding_name(text: &str) -> bool {
    text.chars().count() <= 20
}

/// The form of a locale, or nothing, for which the schema has a default.
pub(super) fn locale(text: &str) -> bool {
    text.is_empty() || Locale::parse(text).is_ok()
}

/// The form that an agent takes although the schema lacks it [MSG-21].
pub(super) fn locale_of_agent(text: &str) -> bool {
    Locale::parse_as_agent(text).is_ok()
}

pub(super) fn unit(text: &str) -> bool {
    Unit::ALL.iter().any(|value| value.as_str() == collapse(text))
}

pub(super) fn guid(text: &str) -> bool {
    Guid::parse(&collapse(text)).is_ok()
}

pub(super) fn subscriber(text: &str) -> bool {
    let text = collapse(text);
    let is_word = |c: char| c.is_alphanumeric() || "$+<=>^`|~".contains(c);
    (1..=20).contains(&text.chars().count()) && text.chars().all(is_word)
}

pub(super) fn device(text: &str) -> bool {
    DeviceId::parse(&collapse(text)).is_ok()
}

pub(super) fn access_string(text: &str) -> bool {
    (1..=100).contains(&collapse(text).chars().count())
}

pub(super) fn compression(text: &str) -> bool {
    Compression::ALL.iter().any(|value| value.as_str() == collapse(text))
}

pub(super) fn auth_protocol(text: &str) -> bool {
    AuthProtocol::ALL.iter().any(|value| value.as_str() == collapse(text))
}

pub(super) fn plan_type(text: &str) -> bool {
    PlanType::ALL.iter().any(|value| value.as_str() == text)
}

/// Reads `xs:boolean`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match &*collapse(text) {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

pub(super) fn is_boolean(text: &str) -> bool {
    boolean(text).is_some()
}

/// `xs:boolean` of an element with a default, which it has when it is empty.
pub(super) fn defaulted_boolean(text: &str) -> bool {
    text.is_empty() || is_boolean(text)
}

/// Reads `xs:nonNegativeInteger`; what exceeds 2⁶⁴ − 1 is given as that.
pub(crate) fn integer(text: &str) -> Option<u64> {
    let text = collapse(text);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().unwrap_or(u64::MAX);
    (number == 0 || !is_negative).then_some(number)
}

pub(super) fn non_negative(text: &str) -> bool {
    integer(text).is_some()
}

pub(super) fn positive(text: &str) -> bool {
    integer(text).is_some_and(|number| number > 0)
}

pub(super) fn priority(text: &str) -> bool {
    integer(text).is_some_and(|number| number < 10)
}

pub(super) fn retry_count(text: &str) -> bool {
    integer(text).is_some_and(|number| number <= 10)
}

pub(super) fn delay_in_days(text: &str) -> bool {
    integer(text).is_some_and(|days| (1..=730).contains(&days))
}

pub(super) fn refresh_url(text: &str) -> bool {
    RefreshUrl::parse(text).is_ok()
}

pub(super) fn link_mtu(text: &str) -> bool {
    integer(text).is_some_and(|octets| (1280..=1500).contains(&octets))
}

pub(super) fn dns_retry(text: &str) -> bool {
    integer(text).is_some_and(|number| (1..=4).contains(&number))
}

pub(super) fn max_devices(text: &str) -> bool {
    integer(text).is_some_and(|number| (3..=10).contains(&number))
}

pub(super) fn friendly_name(text: &str) -> bool {
    FriendlyName::parse(text).is_ok()
}

pub(super) fn phone_number(text: &str) -> bool {
    SupportPhoneNumber::parse(text).is_ok()
}

pub(super) fn any_integer(text: &str) -> bool {
    let text = collapse(text);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `PT0S` ≤ d < `PT1H`; a fraction below the bound stays below it.
pub(super) fn delay(text: &str) -> bool {
    DurationLexical::parse(&collapse(text)).is_ok_and(|d| {
        d.is_zero() || !d.is_negative && d.whole.months == 0 && d.whole.seconds < 3600
    })
}

/// `PT1M` ≤ d ≤ `PT1H`.
pub(super) fn retry_interval(text: &str) -> bool {
    DurationLexical::parse(&collapse(text)).is_ok_and(|d| {
        let XmlDuration { months, seconds } = d.whole;
        let is_below_end = seconds < 3600 || seconds == 3600 && !d.has_fraction;
        !d.is_negative && months == 0 && seconds >= 60 && is_below_end
    })
}

/// d > `PT0S`.
pub(super) fn cycle(text: &str) -> bool {
    DurationLexical::parse(&collapse(text)).is_ok_and(|d| !d.is_negative && !d.is_zero())
}

pub(super) fn date_time(text: &str) -> bool {
    UtcTime::parse(&collapse(text)).is_ok()
}

pub(super) fn id(text: &str) -> bool {
    is_nc_name(&collapse(text))
}

pub(super) fn empty(text: &str) -> bool {
    collapse(text).is_empty()
}

/// Reads `xs:base64Binary`, white space anywhere.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let without_white_space = || text.split([' ', '\t', '\n', '\r']).collect::<String>();
    STANDARD.decode(text).or_else(|_| STANDARD.decode(without_white_space())).ok()
}

pub(super) fn is_base64(text: &str) -> bool {
    base64(text).is_some()
}
