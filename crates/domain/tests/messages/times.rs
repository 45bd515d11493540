//! Times by their format: [MSG-20] and [MSG-21].

use domain::messages::{Format, Locale, TimeError};
use jiff::tz::TimeZone;

use super::support::at;

fn english() -> Locale {
    Locale::parse("en-US").expect("a locale")
}

#[track_caller]
fn check(format: &str, text: &str, expected: Result<&str, TimeError>) {
    let format = Format::parse(format, english(), None, None).expect(format);
    let found = format.read(text, at("2030-03-12T08:00:00Z"), &TimeZone::UTC);
    assert_eq!(found, expected.map(at), "{text}");
}

#[test]
fn identifiers_take_exactly_their_digits() {
    use TimeError::{Form, Value};
    let full = "%d.%m.%Y %H:%M:%S";
    check(full, "01.02.2030 03:04:05", Ok("2030-02-01T03:04:05Z"));
    for text in [
        "1.02.2030 03:04:05",
        "01.02.30 03:04:05",
        "01.02.2030  03:04:05",
        "01.02.2030\t03:04:05",
        "01.02.2030 03:04:5",
        "01.02.2030 03:04:05 ",
        " 01.02.2030 03:04:05",
        "01.02.2030 03:04",
        "01/02.2030 03:04:05",
        "0١.02.2030 03:04:05",
        "",
    ] {
        check(full, text, Err(Form));
    }
    for text in [
        "00.02.2030 03:04:05",
        "32.02.2030 03:04:05",
        "29.02.2030 03:04:05",
        "31.04.2030 03:04:05",
        "01.13.2030 03:04:05",
        "01.00.2030 03:04:05",
        "01.02.2030 24:04:05",
        "01.02.2030 03:60:05",
        "01.02.2030 03:04:60",
    ] {
        check(full, text, Err(Value));
    }
    check("%d.%m.%Y", "29.02.2028", Ok("2028-02-29T00:00:00Z"));
    check("%#d.%#m.%#Y", "1.2.2030", Ok("2030-02-01T00:00:00Z"));
    check("%#d.%#m.%#Y", "01.02.2030", Ok("2030-02-01T00:00:00Z"));
    check("%#d.%#m.%#Y", "001.2.2030", Err(Value));
    check("%#d.%#m.%#Y", "123.2.2030", Err(Form));
    check("%#H:%#M:%#S %d%m%y", "7:8:9 010230", Ok("2030-02-01T07:08:09Z"));
    check("%d/%m/%y", "01/02/00", Ok("2000-02-01T00:00:00Z"));
    check("%d/%m/%y", "01/02/99", Ok("2099-02-01T00:00:00Z"));
    check("%d/%m/%#y", "01/02/9", Ok("2009-02-01T00:00:00Z"));
    check("%d/%m/%Y", "01/02/0000", Ok("0000-02-01T00:00:00Z"));
    check("100%% %d.%m.%Y", "100% 01.02.2030", Ok("2030-02-01T00:00:00Z"));
}

#[test]
fn halves_of_a_day_have_words() {
    use TimeError::{Form, Value};
    let format = "%I:%M %p %d.%m.%Y";
    for (text, expected) in [
        ("12:00 AM 01.02.2030", Ok("2030-02-01T00:00:00Z")),
        ("12:30 PM 01.02.2030", Ok("2030-02-01T12:30:00Z")),
        ("01:00 am 01.02.2030", Ok("2030-02-01T01:00:00Z")),
        ("11:59 Pm 01.02.2030", Ok("2030-02-01T23:59:00Z")),
        ("00:00 AM 01.02.2030", Err(Value)),
        ("13:00 PM 01.02.2030", Err(Value)),
        ("1:00 PM 01.02.2030", Err(Form)),
        ("01:00 XM 01.02.2030", Err(Form)),
    ] {
        check(format, text, expected);
    }
    // Both hours may stand there if they agree.
    check("%H (%I %p) %d.%m.%Y", "15 (03 PM) 01.02.2030", Ok("2030-02-01T15:00:00Z"));
    check("%H (%I %p) %d.%m.%Y", "15 (03 AM) 01.02.2030", Err(Value));
    check("%d.%m.%Y, %d", "01.02.2030, 02", Err(Value));
    let format = |am, pm| Format::parse("%#I %p %d.%m.%Y", english(), Some(am), Some(pm));
    let (now, zone) = (at("2030-03-12T08:00:00Z"), TimeZone::UTC);
    for (am, pm, text, expected) in [
        ("fm", "em", "3 em 01.02.2030", Ok("2030-02-01T15:00:00Z")),
        ("fm", "em", "3 EM 01.02.2030", Err(Form)),
        ("fm", "em", "3 PM 01.02.2030", Err(Form)),
        ("m", "mm", "3 mm 01.02.2030", Ok("2030-02-01T15:00:00Z")),
        ("m", "mm", "3 m 01.02.2030", Ok("2030-02-01T03:00:00Z")),
    ] {
        let found = format(am, pm).expect("a format").read(text, now, &zone);
        assert_eq!(found, expected.map(at), "{text}");
    }
}

#[test]
fn months_have_the_names_of_the_locale() {
    // D10
    let (now, zone) = (at("2030-03-12T08:00:00Z"), TimeZone::UTC);
    for (locale, format, text, expected) in [
        ("en-US", "%d %b %Y", "07 Jan 2030", Ok("2030-01-07T00:00:00Z")),
        ("en-US", "%d %b %Y", "07 JAN 2030", Ok("2030-01-07T00:00:00Z")),
        ("en-US", "%d %b %Y", "07 January 2030", Err(TimeError::Form)),
        ("German_Germany.1252", "%d. %b %Y", "07. Mrz 2030", Ok("2030-03-07T00:00:00Z")),
        ("de-DE", "%d. %b %Y", "07. Mär. 2030", Ok("2030-03-07T00:00:00Z")),
        // The full stop is the format's, not the name's.
        ("nb-NO", "%d.%b.%Y", "07.des.2029", Ok("2029-12-07T00:00:00Z")),
        ("fr-FR", "%d %b %Y", "07 août 2029", Ok("2029-08-07T00:00:00Z")),
        ("fr-FR", "%d %b %Y", "07 Aug 2029", Err(TimeError::Form)),
    ] {
        let locale = Locale::parse(locale).expect(locale);
        let format = Format::parse(format, locale, None, None).expect(format);
        assert_eq!(format.read(text, now, &zone), expected.map(at), "{text}");
    }
}

#[test]
fn without_a_year_the_most_recent_date_is_meant() {
    let format = Format::parse("%d.%m %H:%M", english(), None, None).expect("a format");
    let tokyo = TimeZone::posix("JST-9").expect("a zone");
    for (text, now, zone, expected) in [
        ("28.12 10:00", "2030-03-12T08:00:00Z", &TimeZone::UTC, "2029-12-28T10:00:00Z"),
        ("12.03 07:00", "2030-03-12T08:00:00Z", &TimeZone::UTC, "2030-03-12T07:00:00Z"),
        // The date decides, not the hour: the clock of the host may be slow.
        ("12.03 21:00", "2030-03-12T08:00:00Z", &TimeZone::UTC, "2030-03-12T21:00:00Z"),
        ("13.03 00:00", "2030-03-12T08:00:00Z", &TimeZone::UTC, "2029-03-13T00:00:00Z"),
        ("29.02 00:00", "2030-03-12T08:00:00Z", &TimeZone::UTC, "2028-02-29T00:00:00Z"),
        // 2100 has no such day.
        ("29.02 00:00", "2103-03-12T08:00:00Z", &TimeZone::UTC, "2096-02-29T00:00:00Z"),
        // Today is the host's day.
        ("13.03 01:00", "2030-03-12T18:00:00Z", &tokyo, "2030-03-12T16:00:00Z"),
        ("13.03 01:00", "2030-03-12T14:00:00Z", &tokyo, "2029-03-12T16:00:00Z"),
    ] {
        assert_eq!(format.read(text, at(now), zone), Ok(at(expected)), "{text} {now}");
    }
    assert_eq!(
        format.read("30.02 00:00", at("2030-03-12T08:00:00Z"), &TimeZone::UTC),
        Err(TimeError::Value)
    );
}

#[test]
fn times_are_of_the_hosts_zone() {
    let oslo = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
    let format = Format::parse("%d.%m.%Y %H:%M", english(), None, None).expect("a format");
    for (text, expected) in [
        ("11.01.2030 21:05", "2030-01-11T20:05:00Z"),
        ("11.07.2030 21:05", "2030-07-11T19:05:00Z"),
        // Clocks go from 02:00 to 03:00: what is left out is counted on from before.
        ("31.03.2030 02:30", "2030-03-31T01:30:00Z"),
        ("31.03.2030 03:30", "2030-03-31T01:30:00Z"),
        // Clocks go from 03:00 back to 02:00: of two, the first.
        ("27.10.2030 02:30", "2030-10-27T00:30:00Z"),
        ("27.10.2030 03:00", "2030-10-27T02:00:00Z"),
    ] {
        assert_eq!(
            format.read(text, at("2030-11-01T00:00:00Z"), &oslo),
            Ok(at(expected)),
            "{text}"
        );
    }
}

#[test]
fn the_ends_of_time_are_values_too() {
    let format = Format::parse("%d.%m.%Y", english(), None, None).expect("a format");
    let west = TimeZone::fixed(jiff::tz::offset(-12));
    let found = format.read("31.12.9999", at("9999-12-30T00:00:00Z"), &west);
    assert_eq!(found, Err(TimeError::Value));
}
