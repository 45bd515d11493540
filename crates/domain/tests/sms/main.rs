//! Short messages as bytes: vectors of 3GPP and of the field, and laws.

mod assembly;
mod laws;

use domain::sms::alphabet;
use domain::sms::cdma::{self, Encoding};
use domain::sms::coding::Prefix;
use domain::sms::segment::TooLong;
use domain::sms::septets::{fill_bits, header_septets, pack, unpack};
use domain::sms::{
    Alphabet, Body, Class, Coding, Concatenation, Measure, Recipient, Reference, UserData, header,
    measure, recipient, segment, ussd,
};

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|digit| *digit != ' ').collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hex"))
        .collect()
}

/// Texts and their packed octets, as other implementations publish them.
#[test]
fn texts_are_packed_as_others_pack_them() {
    for (text, packed) in [
        ("hellohello", "E8329BFD4697D9EC37"),
        ("How are you?", "C8F71D14969741F977FD07"),
        ("*100#", "AA180C3602"),
        ("Hello", "C8329BFD06"),
        ("€", "9B32"),
        ("@", "00"),
        ("", ""),
    ] {
        let septets = alphabet::encode(text).expect(text);
        assert_eq!(pack(&septets, 0), octets(packed), "{text}");
        assert_eq!(unpack(&octets(packed), 0, septets.len()), septets, "{text}");
        assert_eq!(alphabet::decode(&septets), text);
    }
}

/// The table of 23.038, 6.2.1, by rows of 16, and its extension.
#[test]
fn alphabet_is_that_of_23_038() {
    let rows = [
        "@£$¥èéùìòÇ\nØø\rÅå",
        "Δ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ",
        " !\"#¤%&'()*+,-./",
        "0123456789:;<=>?",
        "¡ABCDEFGHIJKLMNO",
        "PQRSTUVWXYZÄÖÑÜ§",
        "¿abcdefghijklmno",
        "pqrstuvwxyzäöñüà",
    ];
    for (row, text) in (0_u8..).zip(rows) {
        for (column, letter) in (0_u8..).zip(text.chars()) {
            let septet = 16 * row + column;
            if septet != alphabet::ESCAPE {
                assert_eq!(alphabet::decode(&[septet]), letter.to_string(), "{septet:#x}");
                assert_eq!(alphabet::encode(&letter.to_string()), Some(vec![septet]));
            }
        }
    }
    let extension = [
        (0x0A, "\u{0C}"),
        (0x14, "^"),
        (0x28, "{"),
        (0x29, "}"),
        (0x2F, "\\"),
        (0x3C, "["),
        (0x3D, "~"),
        (0x3E, "]"),
        (0x40, "|"),
        (0x65, "€"),
    ];
    for (septet, letter) in extension {
        assert_eq!(alphabet::encode(letter), Some(vec![alphabet::ESCAPE, septet]));
        assert_eq!(alphabet::decode(&[alphabet::ESCAPE, septet]), letter);
    }
    for foreign in ["ç", "Ж", "\u{1F600}", "`", "\t"] {
        assert_eq!(alphabet::encode(foreign), None, "{foreign}");
    }
}

#[test]
fn unknown_escapes_are_read_without_the_escape() {
    for (septets, text) in [
        (&[0x1B, 0x41][..], "A"),
        (&[0x1B, 0x1B, 0x41], " A"),
        (&[0x41, 0x1B], "A "),
        (&[0xC1], "A"),
    ] {
        assert_eq!(alphabet::decode(septets), text);
    }
}

/// 23.038, 4; the class decides which rules may see a message (MSG-06).
#[test]
fn schemes_of_sms_name_alphabet_and_class() {
    use Alphabet::{Gsm7, Octets, Ucs2};
    use Class::{Device, Flash, Sim, Terminal};
    for (scheme, alphabet, class) in [
        (0x00, Gsm7, None),
        (0x04, Octets, None),
        (0x08, Ucs2, None),
        (0x0C, Gsm7, None),
        (0x10, Gsm7, Some(Flash)),
        (0x11, Gsm7, Some(Device)),
        (0x16, Octets, Some(Sim)),
        (0x1B, Ucs2, Some(Terminal)),
        (0x48, Ucs2, None),
        (0x58, Ucs2, Some(Flash)),
        (0x80, Gsm7, None),
        (0xC8, Gsm7, None),
        (0xD9, Gsm7, None),
        (0xE8, Ucs2, None),
        (0xF0, Gsm7, Some(Flash)),
        (0xF6, Octets, Some(Sim)),
    ] {
        let coding = Coding::of_sms(scheme);
        assert_eq!((coding.alphabet, coding.class), (alphabet, class), "{scheme:#04x}");
        assert_eq!((coding.is_compressed, coding.prefix), (false, Prefix::None));
    }
    assert!(Coding::of_sms(0x20).is_compressed && Coding::of_sms(0x60).is_compressed);
    for alphabet in [Gsm7, Octets, Ucs2] {
        for class in [None, Some(Flash), Some(Device), Some(Sim), Some(Terminal)] {
            let read = Coding::of_sms(Coding::scheme(alphabet, class));
            assert_eq!((read.alphabet, read.class), (alphabet, class));
        }
    }
}

/// 23.038, 5 and 6.1.2.3.
#[test]
fn ussd_strings_are_read_by_their_scheme() {
    for (scheme, string, text) in [
        (0x0F, "AA180C3602", Some("*100#")),
        // Seven letters and the filling that is no `@`.
        (0x0F, "31D98C56B3DD1A", Some("1234567")),
        (0x0F, "31D98C56B3DD70", Some("12345678")),
        (0x00, "C8329BFD06", Some("Hello")),
        (0x44, "0102", None),
        (0x48, "00480069", Some("Hi")),
        (0x58, "004800", Some("H")),
        // A language before the text.
        (0x11, "6537 0048 0069", Some("Hi")),
        (0x60, "C8329BFD06", None),
        (0x9A, "00480069", Some("Hi")),
        (0xF0, "C8329BFD06", Some("Hello")),
        (0xF4, "C8", None),
        (0x48, "", Some("")),
        (0x11, "65", Some("")),
    ] {
        let found = ussd::text(scheme, &octets(string));
        assert_eq!(found.as_deref(), text, "{scheme:#04x} {string}");
    }
    assert_eq!(ussd::pack("*100#"), Some(octets("AA180C3602")));
    assert_eq!(ussd::pack("1234567"), Some(octets("31D98C56B3DD1A")));
    assert_eq!(ussd::pack("Ж"), None);
}

#[test]
fn language_before_a_ussd_text_is_left_out() {
    let mut septets = alphabet::encode("en\rBalance 5").expect("letters");
    assert_eq!(ussd::text(0x10, &pack(&septets, 0)).as_deref(), Some("Balance 5"));
    septets.remove(2);
    assert_eq!(ussd::text(0x10, &pack(&septets, 0)).as_deref(), Some("enBalance 5"));
}

/// 23.040, 9.2.3.24.
#[test]
fn headers_say_the_place_of_a_part() {
    let narrow = Concatenation::new(Reference::Narrow(0xA5), 3, 1);
    let wide = Concatenation::new(Reference::Wide(0x1234), 2, 2);
    for (data, taken, place) in [
        ("050003A50301", 6, narrow),
        ("06080412340202", 7, wide),
        // Ports before it.
        ("0B05040B8423F00003A50301", 12, narrow),
        // Of two the last counts.
        ("0B 0804 1234 0202 0003 A50301", 12, narrow),
        // Numbers that are none: 0, more than the total, of 0.
        ("050003A50300", 6, None),
        ("050003A50304", 6, None),
        ("050003A50000", 6, None),
        // Elements of another length, or longer than the header.
        ("040002A503", 5, None),
        ("050004A50301", 6, None),
        ("00", 1, None),
        ("0100", 2, None),
    ] {
        let found = header::read(&octets(data)).expect(data);
        assert_eq!((found.octets, found.concatenation), (taken, place), "{data}");
    }
    for data in ["", "05", "050003A503"] {
        assert_eq!(header::read(&octets(data)), None, "{data}");
    }
    for place in [narrow, wide].into_iter().flatten() {
        assert_eq!(header::read(&place.to_header()).expect("a header").concatenation, Some(place));
    }
}

#[test]
fn text_behind_a_header_begins_with_a_whole_septet() {
    for (header, fill, septets) in
        [(0, 0, 0), (1, 6, 2), (5, 2, 6), (6, 1, 7), (7, 0, 8), (8, 6, 10), (12, 2, 14)]
    {
        assert_eq!((fill_bits(header), header_septets(header)), (fill, septets), "{header}");
    }
    // A is 0x41, behind one bit 0x82.
    let data = octets("050003A5020182");
    let part = UserData { coding: Coding::GSM7, has_header: true, length: 8, octets: &data };
    let place = Concatenation::new(Reference::Narrow(0xA5), 2, 1);
    assert_eq!(part.read(), Ok((Body::Septets(vec![0x41]), place)));
}

#[test]
fn user_data_that_lie_are_refused() {
    use domain::sms::body::UserDataError::{Compressed, Header, Short};
    let data = |scheme, has_header, length, hex: &str| {
        let octets = octets(hex);
        UserData { coding: Coding::of_sms(scheme), has_header, length, octets: &octets }.read()
    };
    assert_eq!(data(0x00, false, 3, "C832"), Err(Short));
    assert_eq!(data(0x08, false, 3, "0048"), Err(Short));
    assert_eq!(data(0x00, true, 2, "0500"), Err(Header));
    assert_eq!(data(0x20, false, 0, ""), Err(Compressed));
    assert_eq!(data(0x08, false, 3, "004800"), Ok((Body::Units(vec![0x48]), None)));
    assert_eq!(data(0x00, false, 0, "C8"), Ok((Body::Septets(vec![]), None)));
    // The length ends within the header's last octet: no letter is left.
    assert_eq!(data(0x00, true, 2, "0100"), Ok((Body::Septets(vec![]), None)));
}

/// [EVT-04]: text if the scheme is Unicode, else the bytes in hexadecimal.
#[test]
fn an_app_sees_text_only_of_unicode() {
    for (body, seen) in [
        (Body::Units(vec![0x48, 0x69]), "Hi"),
        (Body::Septets(alphabet::encode("Hello").expect("letters")), "C8329BFD06"),
        (Body::Octets(vec![0, 0xAB]), "00AB"),
    ] {
        assert_eq!(body.as_app_sees(), seen);
    }
}

/// [MSG-28]: room of a message and of a part; one letter decides the alphabet of all.
#[test]
fn room_is_160_and_153_or_70_and_67() {
    use Alphabet::{Gsm7, Ucs2};
    let row = |text: &str, count| text.repeat(count);
    for (text, alphabet, parts, left) in [
        (String::new(), Gsm7, 1, 160),
        (row("a", 160), Gsm7, 1, 0),
        (row("a", 161), Gsm7, 2, 145),
        (row("a", 306), Gsm7, 2, 0),
        (row("a", 307), Gsm7, 3, 152),
        (row("€", 80), Gsm7, 1, 0),
        // 153 is odd: an escape is never the last septet of a part.
        (row("€", 81), Gsm7, 2, 143),
        (row("a", 1530), Gsm7, 10, 0),
        (row("a", 1531), Gsm7, 11, 152),
        (row("я", 70), Ucs2, 1, 0),
        (row("я", 71), Ucs2, 2, 63),
        (row("a", 70) + "я", Ucs2, 2, 63),
        // 67 is odd: no character is cut into its halves.
        (row("\u{1F600}", 35), Ucs2, 1, 0),
        (row("\u{1F600}", 36), Ucs2, 2, 61),
        (row("я", 670), Ucs2, 10, 0),
    ] {
        assert_eq!(measure(&text), Measure { alphabet, parts, left }, "{}", text.len());
    }
}

/// [MSG-28]: more than ten parts are refused, not cut off.
#[test]
fn a_text_of_more_than_ten_parts_is_refused() {
    assert_eq!(segment(&"a".repeat(1530), 7).map(|parts| parts.len()), Ok(10));
    assert_eq!(segment(&"a".repeat(1531), 7), Err(TooLong { parts: 11 }));
    assert_eq!(segment(&"я".repeat(671), 7), Err(TooLong { parts: 11 }));
}

/// [MSG-28]: what is sent, octet by octet.
#[test]
fn parts_say_their_place_and_fit_140_octets() {
    let single = segment("hellohello", 7).expect("short");
    assert_eq!(single.len(), 1);
    assert_eq!((single[0].scheme, single[0].has_header, single[0].length), (0, false, 10));
    assert_eq!(single[0].octets, octets("E8329BFD4697D9EC37"));
    let unicode = segment("я", 7).expect("short");
    assert_eq!((unicode[0].scheme, unicode[0].length), (8, 2));
    assert_eq!(unicode[0].octets, octets("044F"));
    let parts = segment(&"a".repeat(161), 0xA5).expect("two parts");
    let lengths: Vec<_> = parts.iter().map(|part| (part.length, part.octets.len())).collect();
    assert_eq!(lengths, [(160, 140), (15, 14)]);
    assert_eq!(parts[0].octets[..7], octets("050003A50201C2"));
    assert_eq!(parts[1].octets[..7], octets("050003A50202C2"));
    let parts = segment(&"я".repeat(71), 0xA5).expect("two parts");
    assert!(parts.iter().all(|part| part.scheme == 8), "one alphabet for all parts");
    assert_eq!(parts.iter().map(|part| part.length).collect::<Vec<_>>(), [140, 14]);
}

/// [MSG-28]: CDMA has room for 160 letters of ASCII or 70 of Unicode.
#[test]
fn cdma_packs_from_the_highest_bit() {
    let (encoding, count, packed) = cdma::encode("Hi").expect("short");
    assert_eq!((encoding, count, packed.clone()), (Encoding::Ascii, 2, octets("91A4")));
    assert_eq!(cdma::text(encoding, &packed, count).as_deref(), Some("Hi"));
    let (encoding, count, packed) = cdma::encode("я").expect("short");
    assert_eq!((encoding, count, packed), (Encoding::Unicode, 1, octets("044F")));
    assert!(cdma::encode(&"a".repeat(160)).is_some() && cdma::encode(&"a".repeat(161)).is_none());
    assert!(cdma::encode(&"я".repeat(70)).is_some() && cdma::encode(&"я".repeat(71)).is_none());
    for (number, packed, count, text) in [
        (0, "48", 1, None),
        (3, "91A4", 2, Some("Hi")),
        (8, "48E9", 2, Some("Hé")),
        (9, "C8329BFD06", 5, Some("Hello")),
        (4, "00480069", 1, Some("H")),
        (2, "91A4", 200, Some("Hi")),
    ] {
        let encoding = Encoding::of(number).expect("known");
        assert_eq!(cdma::text(encoding, &octets(packed), count).as_deref(), text, "{number}");
    }
    assert_eq!(Encoding::of(5), None);
}

/// [MSG-30]: E.164, and short codes of four to six digits.
#[test]
fn recipients_are_of_e164_or_short_codes() {
    use recipient::RecipientError::{Character, Length, National};
    for (text, dialled) in [
        ("+4799000001", Ok("+4799000001")),
        ("4799000001", Ok("+4799000001")),
        ("1234", Ok("1234")),
        ("123456", Ok("123456")),
        ("0800", Ok("0800")),
        ("+123456789012345", Ok("+123456789012345")),
        ("123", Err(Length)),
        ("+1234", Err(Length)),
        ("1234567890123456", Err(Length)),
        ("", Err(Length)),
        ("+", Err(Length)),
        ("004799000001", Err(National)),
        ("47 99000001", Err(Character)),
        ("++4799000001", Err(Character)),
        ("Fjell", Err(Character)),
    ] {
        let found = Recipient::parse(text).map(|found| found.reveal());
        assert_eq!(found, dialled.map(str::to_owned), "{text}");
    }
}

#[test]
fn nothing_private_is_printed() {
    let recipient = Recipient::parse("+4799000001").expect("a number");
    assert_eq!(format!("{recipient:?}"), "International(479900…01)");
    let parts = segment("secret", 1).expect("short");
    assert_eq!(format!("{:?}", Body::Units(vec![0x73; 6])), "Units(6)");
    assert!(!format!("{parts:?}").contains("octets"));
}
