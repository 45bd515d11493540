//! Laws of short messages: what is written is read again, and nothing from outside stops it.

use domain::sms::assemble::{Effect, HELD_MAX, Verdict, step};
use domain::sms::cdma::{self, Encoding};
use domain::sms::septets::{fill_bits, pack, pack_cdma, unpack, unpack_cdma};
use domain::sms::{Assembly, Coding, Received, UserData, alphabet, header, measure, segment, ussd};
use proptest::prelude::*;

use super::assembly::{at, part};

fn letters() -> impl Strategy<Value = String> {
    "[a-z0-9 @€{}\\[\\]|~^\\\\ÄñΔΩ\n\r]{0,700}"
}

/// Texts of either alphabet.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![letters(), "[ -~é€яж\u{1F600}-\u{1F610}]{0,320}"]
}

fn received(part: &domain::sms::OutgoingPart) -> Received {
    let data = UserData {
        coding: Coding::of_sms(part.scheme),
        has_header: part.has_header,
        length: part.length,
        octets: &part.octets,
    };
    let (body, concatenation) = data.read().expect("what was written");
    Received { sender: "4799000001".to_owned(), class: None, concatenation, body }
}

proptest! {
    #[test]
    fn septets_are_unpacked_as_they_were_packed(
        septets in prop::collection::vec(0_u8..128, 0..200),
        header in 0_usize..8,
    ) {
        let fill = fill_bits(header);
        prop_assert_eq!(unpack(&pack(&septets, fill), fill, septets.len()), &septets[..]);
        prop_assert_eq!(unpack_cdma(&pack_cdma(&septets), septets.len()), &septets[..]);
    }

    #[test]
    fn letters_are_read_as_they_were_written(text in letters()) {
        let septets = alphabet::encode(&text).expect("letters of the alphabet");
        prop_assert_eq!(alphabet::decode(&septets), text);
    }

    #[test]
    fn ussd_texts_are_read_as_they_were_written(text in "[a-z@€ ]{0,180}") {
        let packed = ussd::pack(&text).expect("letters of the alphabet");
        prop_assert_eq!(ussd::text(0x0F, &packed), Some(text));
    }

    #[test]
    fn cdma_texts_are_read_as_they_were_written(text in "[ -~]{0,160}|[ -~я]{0,70}") {
        let (encoding, count, octets) = cdma::encode(&text).expect("short");
        prop_assert_eq!(cdma::text(encoding, &octets, count), Some(text));
    }

    /// [MSG-13], [MSG-28]: whatever the order and however often each part comes, the message is
    /// delivered once, as it was written.
    #[test]
    fn parts_come_together_again(
        text in texts(),
        reference: u8,
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let parts = segment(&text, reference).expect("at most ten parts");
        prop_assert_eq!(parts.len(), measure(&text).parts);
        prop_assert!(parts.iter().all(|part| part.octets.len() <= 140 && part.length <= 160));
        prop_assert!(parts.iter().all(|part| part.scheme == parts[0].scheme));
        let mut arriving: Vec<_> = order.iter().map(|index| index.get(&parts)).collect();
        arriving.extend(parts.iter().rev());
        if parts.len() == 1 {
            arriving.truncate(1);
        }
        let (mut state, mut delivered) = (Assembly::default(), Vec::new());
        for part in arriving {
            let step = step(&state, Some(&received(part)), at(0));
            step.changes.iter().for_each(|change| state.apply(change));
            delivered.extend(step.effects);
        }
        let [Effect::Deliver(message)] = delivered.as_slice() else {
            return Err(TestCaseError::fail(format!("{delivered:?}")));
        };
        prop_assert_eq!(message.text(), Some(text));
        prop_assert_eq!(usize::from(message.parts), parts.len());
    }

    /// Any octets are read or refused, in no more letters than they can hold.
    #[test]
    fn any_octets_are_read(
        scheme: u8,
        has_header: bool,
        length: u8,
        octets in prop::collection::vec(any::<u8>(), 0..180),
    ) {
        let data = UserData { coding: Coding::of_sms(scheme), has_header, length, octets: &octets };
        if let Ok((body, _)) = data.read() {
            prop_assert!(body.octets().len() <= octets.len());
            prop_assert!(body.text().is_none_or(|text| text.chars().count() <= 255));
            prop_assert!(!body.as_app_sees().is_empty() || body.octets().is_empty());
        }
        let _ = header::read(&octets);
        let _ = ussd::text(scheme, &octets);
        if let Some(encoding) = Encoding::of(scheme % 16) {
            let _ = cdma::text(encoding, &octets, usize::from(length));
        }
    }

    /// State is the fold of its changes, holds no more than its limit, and the same part never
    /// counts twice; steps are the same when they are repeated.
    #[test]
    fn assembly_keeps_its_laws(
        events in prop::collection::vec(
            prop::option::weighted(0.9, (0_u8..6, 1_u8..4, 1_u8..4, 0_u8..3)), 0..120),
        pace in 0_i64..200,
    ) {
        let mut state = Assembly::default();
        for (count, event) in (0_i64..).zip(&events) {
            let received = event.map(|(reference, total, number, text)| {
                part("4799000001", reference, total, number, &text.to_string())
            });
            let now = at(count * pace);
            let first = step(&state, received.as_ref(), now);
            prop_assert_eq!(&step(&state, received.as_ref(), now), &first);
            if first.verdict == Verdict::NotDue {
                prop_assert!(first.changes.is_empty() && first.effects.is_empty());
            }
            first.changes.iter().for_each(|change| state.apply(change));
            prop_assert!(state.held() <= HELD_MAX);
            prop_assert!(state.next_deadline().is_none_or(|deadline| deadline > now));
            let concatenation = received.as_ref().and_then(|r| r.concatenation);
            let is_part = concatenation.is_some_and(|c| c.total > 1);
            if is_part {
                let again = step(&state, received.as_ref(), now);
                prop_assert_eq!(again.verdict, Verdict::Duplicate);
                prop_assert!(again.changes.is_empty() && again.effects.is_empty());
            }
        }
    }
}
