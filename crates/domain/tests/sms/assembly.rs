//! Parts become messages [MSG-13].

use domain::sms::assemble::{Effect, HELD_MAX, Key, Message, PARTS_TIME, Verdict, step};
use domain::sms::{Assembly, Body, Class, Concatenation, Received, Reference};
use domain::{SignedDuration, Timestamp};

const SENDER: &str = "+4799000001";

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + seconds).expect("in range")
}

pub(crate) fn part(sender: &str, reference: u8, total: u8, number: u8, text: &str) -> Received {
    Received {
        sender: sender.to_owned(),
        class: Some(Class::Device),
        concatenation: Concatenation::new(Reference::Narrow(reference), total, number),
        body: Body::Units(text.encode_utf16().collect()),
    }
}

/// Steps through messages, each with its second; returns the effects and verdicts.
pub(crate) fn run(events: &[(i64, Option<Received>)]) -> (Assembly, Vec<Effect>, Vec<Verdict>) {
    let (mut state, mut effects, mut verdicts) = (Assembly::default(), Vec::new(), Vec::new());
    for (seconds, received) in events {
        let step = step(&state, received.as_ref(), at(*seconds));
        step.changes.iter().for_each(|change| state.apply(change));
        effects.extend(step.effects);
        verdicts.push(step.verdict);
    }
    (state, effects, verdicts)
}

fn texts(effects: &[Effect]) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Deliver(message) => message.text().expect("a text"),
        Effect::GiveUp { parts, .. } => format!("given up with {parts}"),
    };
    effects.iter().map(text).collect()
}

#[test]
fn a_single_message_is_delivered_at_once() {
    let mut single = part(SENDER, 1, 1, 1, "whole");
    let (state, effects, _) = run(&[(0, Some(single.clone()))]);
    assert_eq!((texts(&effects), state.held()), (vec!["whole".to_owned()], 0));
    single.concatenation = None;
    let (_, effects, _) = run(&[(0, Some(single.clone())), (1, Some(single))]);
    assert_eq!(effects.len(), 2, "two equal messages without parts are two messages");
}

/// [MSG-13]: any order, all parts in the order of their numbers.
#[test]
fn parts_are_joined_by_number() {
    let parts = [(3, "c"), (1, "a"), (2, "b")];
    let events: Vec<_> =
        (0..).zip(parts).map(|(s, (n, t))| (s, Some(part(SENDER, 9, 3, n, t)))).collect();
    let (state, effects, verdicts) = run(&events);
    let [Effect::Deliver(message)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(message.text().as_deref(), Some("abc"));
    assert_eq!((message.parts, message.octets().len()), (3, 6), "MessageDataSize is that of all");
    assert_eq!((message.since, message.class), (at(0), Some(Class::Device)));
    assert_eq!(message.reference, Some(Reference::Narrow(9)));
    assert_eq!(verdicts, [Verdict::Accepted; 3]);
    assert_eq!(state.held(), 1, "remembered, so that it is not delivered twice");
}

#[test]
fn what_comes_twice_is_delivered_once() {
    let event = |second, number, text| (second, Some(part(SENDER, 9, 2, number, text)));
    let (_, effects, verdicts) = run(&[
        event(0, 1, "a"),
        event(1, 1, "a"),
        event(2, 2, "b"),
        event(3, 2, "b"),
        event(4, 1, "a"),
    ]);
    assert_eq!(texts(&effects), ["ab"]);
    assert_eq!(
        verdicts,
        [
            Verdict::Accepted,
            Verdict::Duplicate,
            Verdict::Accepted,
            Verdict::Duplicate,
            Verdict::Duplicate
        ]
    );
}

/// [MSG-13]: ten minutes from the first part.
#[test]
fn parts_that_come_too_late_belong_to_another_message() {
    let event = |second, number, text| (second, Some(part(SENDER, 9, 2, number, text)));
    let (_, effects, _) = run(&[event(0, 1, "a"), event(600, 2, "b")]);
    assert_eq!(texts(&effects), ["ab"]);
    let (state, effects, _) = run(&[event(0, 1, "a"), event(601, 2, "b")]);
    assert_eq!((texts(&effects), state.held()), (vec!["given up with 1".to_owned()], 1));
    assert_eq!(PARTS_TIME, SignedDuration::from_secs(600));
}

#[test]
fn senders_references_and_totals_are_kept_apart() {
    let other = "+4799000002";
    let (_, effects, _) = run(&[
        (0, Some(part(SENDER, 9, 2, 1, "a"))),
        (0, Some(part(other, 9, 2, 2, "x"))),
        (0, Some(part(SENDER, 8, 2, 2, "x"))),
        (0, Some(part(SENDER, 9, 3, 2, "x"))),
        (
            0,
            Some(Received {
                concatenation: Concatenation::new(Reference::Wide(9), 2, 2),
                ..part(SENDER, 9, 2, 2, "x")
            }),
        ),
        (1, Some(part(SENDER, 9, 2, 2, "b"))),
    ]);
    assert_eq!(texts(&effects), ["ab"]);
}

#[test]
fn a_reference_that_is_used_again_begins_another_message() {
    let event = |second, number, text| (second, Some(part(SENDER, 9, 2, number, text)));
    let (_, effects, _) = run(&[
        event(0, 1, "a"),
        event(1, 1, "c"),
        event(2, 2, "d"),
        event(3, 1, "e"),
        event(4, 2, "f"),
    ]);
    assert_eq!(texts(&effects), ["given up with 1", "cd", "ef"]);
}

#[test]
fn time_alone_gives_up() {
    let first = part(SENDER, 9, 2, 1, "a");
    let (state, _, _) = run(&[(0, Some(first))]);
    let deadline = state.next_deadline().expect("a deadline");
    assert!(step(&state, None, at(600)).effects.is_empty());
    assert_eq!(step(&state, None, at(600)).verdict, Verdict::NotDue);
    let over = step(&state, None, deadline);
    let key = Key { sender: SENDER.to_owned(), reference: Reference::Narrow(9), total: 2 };
    assert_eq!(over.effects, [Effect::GiveUp { key, parts: 1 }]);
    assert_eq!(Assembly::default().next_deadline(), None);
}

#[test]
fn what_is_held_has_a_limit() {
    let events: Vec<_> =
        (0..=255).map(|n: u8| (i64::from(n), Some(part(SENDER, n, 2, 1, "a")))).collect();
    let (state, effects, _) = run(&events);
    assert_eq!(state.held(), HELD_MAX);
    assert_eq!(effects.len(), 256 - HELD_MAX, "nothing is given up in silence");
}

/// A sender may cut a letter between two parts, and may mix alphabets, which nobody should.
#[test]
fn any_parts_are_read() {
    let septets = |number, septets: &[u8]| Received {
        body: Body::Septets(septets.to_vec()),
        ..part(SENDER, 9, 2, number, "")
    };
    let units = |number, units: &[u16]| Received {
        body: Body::Units(units.to_vec()),
        ..part(SENDER, 9, 2, number, "")
    };
    let whole = |first: Received, second: Received| -> Message {
        let (_, effects, _) = run(&[(0, Some(second)), (0, Some(first))]);
        let [Effect::Deliver(message)] = effects.as_slice() else { panic!("{effects:?}") };
        message.clone()
    };
    let text = |message: Message| message.text();
    assert_eq!(text(whole(septets(1, &[0x1B]), septets(2, &[0x65]))).as_deref(), Some("€"));
    let emoji = whole(units(1, &[0xD83D]), units(2, &[0xDE00]));
    assert_eq!(text(emoji).as_deref(), Some("\u{1F600}"));
    assert_eq!(text(whole(septets(1, &[0x41]), units(2, &[0x42]))).as_deref(), Some("AB"));
    let octets =
        |number| Received { body: Body::Octets(vec![1]), ..part(SENDER, 9, 2, number, "") };
    assert_eq!(text(whole(octets(1), octets(2))), None);
    assert_eq!(text(whole(octets(1), units(2, &[0x42]))).as_deref(), Some("B"));
}

#[test]
fn senders_and_texts_are_not_printed() {
    let (state, effects, _) = run(&[(0, Some(part(SENDER, 9, 2, 1, "secret")))]);
    let single = Received { concatenation: None, ..part(SENDER, 9, 2, 1, "secret") };
    let printed =
        format!("{state:?} {effects:?} {single:?} {:?}", step(&state, Some(&single), at(1)));
    assert!(!printed.contains("4799000001") && !printed.contains("secret"), "{printed}");
}
