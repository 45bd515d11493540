//! What holds for every history of an order, however events are repeated, lost or late.

use std::collections::{BTreeMap, BTreeSet};

use domain::SignedDuration;
use domain::amount::Money;
use domain::order::{Change, Effect, Event, Order, PaymentId, State, Verdict, next_deadline, step};
use proptest::prelude::*;

use crate::history::{
    DAY, MARGIN, Told, WINDOW, an_order, card, confirmed, price, session, told, voucher,
};

/// No time between two events.
const AT_ONCE: SignedDuration = SignedDuration::ZERO;

/// An event, and how long after the one before it comes.
#[derive(Clone, Debug)]
struct Said {
    after: SignedDuration,
    event: Event,
}

impl Said {
    /// Has a payment be of the amount that goes with its reference.
    fn pay(&mut self, amounts: [Money; 3]) {
        if let Event::PaymentConfirmed { payment, amount, .. } = &mut self.event {
            let known =
                REFERENCES.iter().zip(amounts).find(|(known, _)| **known == payment.reference);
            *amount = known.map_or(*amount, |(_, amount)| amount);
        }
    }
}

/// The references of payments.
const REFERENCES: [&str; 3] = ["a", "b", "c"];

/// What each of [`REFERENCES`] pays, the price as a rule: the provider says of one payment the
/// same amount throughout.
fn amounts() -> impl Strategy<Value = [Money; 3]> {
    let more = prop_oneof![3 => Just(0_i64), 1 => -489..490_i64];
    let amount = more.prop_map(|more| Money { minor: price().minor + more, ..price() });
    prop::array::uniform3(amount)
}

fn events() -> impl Strategy<Value = Event> {
    let reference = || prop::sample::select(REFERENCES.to_vec());
    // Most orders have one attempt, and most messages are about it.
    let attempt = || prop::sample::select(vec![1_u32, 1, 1, 1, 2, 2, 3]);
    let estimate = prop::option::of((0..1200_i64).prop_map(SignedDuration::from_secs));
    prop_oneof![
        4 => (60..7200_i64).prop_map(pay_within),
        4 => attempt().prop_map(|n| Event::PaymentOpened { attempt: n, session: session(n) }),
        4 => reference().prop_map(|reference| confirmed(reference, price())),
        2 => attempt().prop_map(|n| Event::PaymentDeclined { session: session(n).id }),
        2 => attempt().prop_map(|n| Event::PaymentClosed { session: session(n).id }),
        1 => Just(Event::CancelRequested),
        2 => estimate.prop_map(|estimate| Event::ActivationAccepted { estimate, margin: MARGIN }),
        1 => Just(Event::ActivationDone),
        1 => attempt().prop_map(|attempt| Event::ActivationFailed { attempt, reason: None }),
        1 => Just(Event::RetryRequested),
        1 => Just(Event::RefundRequested),
        1 => Just(Event::Redeemed { payment: voucher() }),
        1 => Just(Event::RefundDone { payment: voucher() }),
        2 => reference().prop_map(|r| Event::RefundDone { payment: card(r) }),
        2 => Just(Event::Tick),
    ]
}

fn pay_within(seconds: i64) -> Event {
    let window = SignedDuration::from_secs(seconds);
    Event::PayRequested { provider: "card".to_owned(), window }
}

/// Histories in which the provider may say anything of a payment.
fn contradictory_histories() -> impl Strategy<Value = Vec<Said>> {
    let after = prop_oneof![3 => Just(0), 1 => 0..4000_i64].prop_map(SignedDuration::from_secs);
    let said = (after, events(), amounts()).prop_map(|(after, event, amounts)| {
        let mut said = Said { after, event };
        said.pay(amounts);
        said
    });
    prop::collection::vec(said, 0..25)
}

fn histories() -> impl Strategy<Value = Vec<Said>> {
    let after =
        prop_oneof![3 => Just(0), 3 => 0..60_i64, 3 => 0..4000_i64, 1 => 80_000..100_000_i64]
            .prop_map(SignedDuration::from_secs);
    let said = (after, events()).prop_map(|(after, event)| Said { after, event });
    let history = prop::collection::vec(said, 0..25);
    (amounts(), history).prop_map(|(amounts, mut history)| {
        history.iter_mut().for_each(|said| said.pay(amounts));
        history
    })
}

/// The events of a history that the order was told, with their verdicts.
fn live(history: &[Said], mut each: impl FnMut(&Told, &Event, Verdict)) -> Told {
    let mut told = told(an_order());
    for Said { after, event } in history {
        told.wait(*after);
        let step = told.tell(event, AT_ONCE);
        each(&told, event, step.verdict);
    }
    told
}

/// The arrows of the ledger; the picture in the module's header shows them too.
fn is_arrow(from: State, to: State) -> bool {
    use State::{
        Activating, ActivationFailed, Active, Cancelled, Created, Declined, Expired, Paid,
        PaymentOpen, RefundPending, Refunded,
    };
    let targets: &[State] = match from {
        Created => &[PaymentOpen, Paid, Cancelled],
        PaymentOpen => &[Paid, Declined, Expired, Cancelled],
        Declined => &[PaymentOpen, Paid, Cancelled],
        Expired => &[PaymentOpen, Paid, Cancelled, RefundPending],
        Cancelled => &[RefundPending],
        Paid => &[Activating, Active, ActivationFailed, RefundPending],
        Activating => &[Active, ActivationFailed, RefundPending],
        ActivationFailed => &[Paid, Active, RefundPending],
        Active => &[RefundPending],
        RefundPending => &[Refunded],
        Refunded => &[],
    };
    targets.contains(&to)
}

/// Returns the refunds asked for: which payment and how much.
fn refunds(effects: &BTreeMap<String, Effect>) -> Vec<(PaymentId, i64)> {
    let refund = |effect: &Effect| match effect {
        Effect::Refund { payment, amount } => Some((payment.clone(), amount.minor)),
        Effect::OpenPayment { .. }
        | Effect::ClosePayment { .. }
        | Effect::Activate { .. }
        | Effect::Deactivate { .. } => None,
    };
    effects.values().filter_map(refund).collect()
}

/// Returns the payment that is kept for the plan.
fn kept(order: &Order) -> Option<&PaymentId> {
    let is_given_back = matches!(order.state, State::RefundPending | State::Refunded);
    order.payment.as_ref().filter(|_| !is_given_back).map(|payment| &payment.id)
}

/// Does what an outbox and timers do until nothing is left: each effect gets an answer.
fn answered(mut told: Told) -> Told {
    let mut done = BTreeSet::new();
    for _ in 0..12 {
        let due: Vec<_> =
            told.effects.clone().into_iter().filter(|(k, _)| !done.contains(k)).collect();
        for (key, effect) in due {
            done.insert(key);
            let event = match effect {
                Effect::OpenPayment { attempt, .. } => {
                    Event::PaymentOpened { attempt, session: session(attempt) }
                }
                Effect::ClosePayment { session, .. } => Event::PaymentClosed { session },
                Effect::Activate { .. } => {
                    Event::ActivationAccepted { estimate: None, margin: MARGIN }
                }
                Effect::Deactivate { .. } => continue,
                Effect::Refund { payment, .. } => Event::RefundDone { payment },
            };
            told.tell(&event, AT_ONCE);
        }
        if let Some(deadline) = next_deadline(&told.order) {
            told.wait(deadline.duration_since(told.now()).max(SignedDuration::ZERO));
        }
        told.tell(&Event::Tick, AT_ONCE);
    }
    told
}

proptest! {
    #[test]
    fn an_order_is_the_fold_of_its_changes(history in histories()) {
        let told = live(&history, |_, _, _| ());
        let mut again = told.created.clone();
        told.changes.iter().for_each(|change| again.apply(change));
        prop_assert_eq!(again, told.order);
    }

    #[test]
    fn the_same_history_gives_the_same_order(history in histories()) {
        let (one, other) = (live(&history, |_, _, _| ()), live(&history, |_, _, _| ()));
        prop_assert_eq!(one.order, other.order);
        prop_assert_eq!(one.changes, other.changes);
        prop_assert_eq!(one.effects, other.effects);
    }

    #[test]
    fn an_event_that_comes_twice_counts_once(history in histories()) {
        live(&history, |told, event, _| {
            let again = step(&told.order, event, told.now());
            assert_eq!(again.changes, [], "{event:?} again");
            let mut keys = again.effects.iter().map(|effect| effect.key(told.order.id));
            assert!(keys.all(|key| told.effects.contains_key(&key)), "{event:?} again");
        });
    }

    /// The journal tells each deed from its repetitions by its key.
    #[test]
    fn every_transition_has_a_key_of_its_own(history in contradictory_histories()) {
        let mut told = told(an_order());
        let mut keys = BTreeSet::new();
        for Said { after, event } in &history {
            told.wait(*after);
            let key = event.key(&told.order);
            if !told.tell(event, AT_ONCE).changes.is_empty() {
                prop_assert!(keys.insert(key.clone()), "{} again by {:?}", key, event);
            }
        }
    }

    #[test]
    fn what_does_not_count_does_nothing(history in histories()) {
        let mut told = told(an_order());
        for Said { after, event } in &history {
            told.wait(*after);
            let before = told.order.clone();
            let step = told.tell(event, AT_ONCE);
            if step.verdict != Verdict::Accepted {
                prop_assert_eq!((step.changes.len(), step.effects.len()), (0, 0));
                prop_assert_eq!(&told.order, &before);
            }
        }
    }

    #[test]
    fn states_follow_the_arrows(history in histories()) {
        let told = live(&history, |_, _, _| ());
        let mut state = told.created.state;
        for change in &told.changes {
            if let Change::StateEntered(next) = change {
                prop_assert!(is_arrow(state, *next), "{:?} to {:?}", state, next);
                state = *next;
            }
        }
    }

    /// [PORT-82]: never charges twice.
    #[test]
    fn every_payment_is_kept_or_given_back_and_at_most_one_is_kept(history in histories()) {
        let mut payments = BTreeMap::new();
        live(&history, |told, event, verdict| {
            // A payment of the price that the provider was never asked for is refused.
            let is_known = !matches!(verdict, Verdict::Rejected(_));
            if let (true, Event::PaymentConfirmed { payment, amount, .. }) = (is_known, event) {
                payments.insert(payment.clone(), amount.minor);
            }
            if let (true, Event::Redeemed { payment }) = (is_known, event) {
                payments.insert(payment.clone(), price().minor);
            }
            // What is kept is the price; what goes back is what was paid.
            let kept = kept(&told.order).map(|payment| (payment.clone(), price().minor));
            let mut accounted: Vec<_> = refunds(&told.effects).into_iter().chain(kept).collect();
            accounted.sort();
            assert_eq!(accounted, payments.clone().into_iter().collect::<Vec<_>>());
        });
    }

    /// Whatever the provider says of a payment, it is not both kept and given back.
    #[test]
    fn one_payment_has_one_fate(history in contradictory_histories()) {
        live(&history, |told, _, _| {
            let refunds = refunds(&told.effects);
            let is_refunded = |id: &PaymentId| refunds.iter().any(|(refund, _)| refund == id);
            assert!(!kept(&told.order).is_some_and(is_refunded));
            let listed: BTreeSet<_> = told.order.refunds.iter().map(|r| &r.payment).collect();
            assert_eq!(listed.len(), told.order.refunds.len(), "each once");
            assert_eq!(listed.len(), refunds.len(), "each is asked for");
        });
    }

    #[test]
    fn refunds_give_back_what_was_paid_and_the_price_is_asked_for(history in histories()) {
        for effect in live(&history, |_, _, _| ()).effects.values() {
            if let Effect::OpenPayment { amount, .. } = effect {
                prop_assert_eq!(*amount, price());
            }
            if let Effect::Refund { payment, amount } = effect {
                let paid = confirmed(&payment.reference, *amount);
                let is_paid = history.iter().any(|said| said.event == paid);
                prop_assert!(is_paid || *payment == voucher(), "{:?}", effect);
            }
        }
    }

    /// Only the price buys: what else is paid never counts, and ends just its own attempt.
    #[test]
    fn a_wrong_amount_buys_nothing(history in histories()) {
        let mut before = an_order();
        live(&history, |told, event, verdict| {
            if let Event::PaymentConfirmed { session, amount, .. } = event
                && *amount != price()
            {
                assert_eq!(told.order.payment, before.payment);
                let open = before.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
                let is_its = open.is_some_and(|open| open.id == *session);
                let is_open = before.state == State::PaymentOpen && is_its;
                let counts = verdict == Verdict::Accepted;
                let expected = if is_open && counts { State::Declined } else { before.state };
                assert_eq!(told.order.state, expected);
            }
            before = told.order.clone();
        });
    }

    #[test]
    fn only_a_paid_order_is_active_and_it_is_granted_once(history in histories()) {
        let told = live(&history, |told, _, _| {
            let order = &told.order;
            assert_eq!(order.grant.is_some(), order.state == State::Active);
            let needs_money = matches!(
                order.state,
                State::Paid | State::Activating | State::Active | State::ActivationFailed
            );
            assert_eq!(kept(order).is_some(), needs_money);
            // The network is asked for what is paid, and told of what is not any more.
            let is_asked = told.effects.values().any(|e| matches!(e, Effect::Activate { .. }));
            let is_told = told.effects.values().any(|e| matches!(e, Effect::Deactivate { .. }));
            assert_eq!(is_asked, needs_money || is_told);
            assert!(!(needs_money && is_told));
        });
        let grants = told.changes.iter().filter(|change| matches!(change, Change::Granted(_)));
        prop_assert!(grants.count() <= 1);
        let payments = told.changes.iter();
        let payments = payments.filter(|change| matches!(change, Change::PaymentReceived(_)));
        prop_assert!(payments.count() <= 1);
    }

    #[test]
    fn attempts_are_numbered_one_by_one(history in histories()) {
        let told = live(&history, |_, _, _| ());
        let mut last = 0;
        for change in &told.changes {
            if let Change::AttemptBegan(attempt) = change {
                prop_assert_eq!(attempt.number, last + 1);
                last = attempt.number;
            }
        }
        let opened = told.effects.values().filter(|e| matches!(e, Effect::OpenPayment { .. }));
        prop_assert_eq!(u32::try_from(opened.count()), Ok(last));
    }

    /// [PORT-82]: a customer who gave up or pays anew finds no other page that takes money.
    #[test]
    fn a_session_that_is_left_is_closed(history in histories()) {
        let (mut opened, mut closed) = (BTreeSet::new(), BTreeSet::new());
        live(&history, |told, event, _| {
            let order = &told.order;
            let latest = order.attempt.as_ref().map_or(0, |attempt| attempt.number);
            if let Event::PaymentOpened { attempt, session } = event
                && *attempt <= latest
            {
                opened.insert(session.id.clone());
            }
            if let Event::PaymentClosed { session } = event {
                closed.insert(session.clone());
            }
            let current = session(latest).id;
            let may_stay = match order.state {
                State::PaymentOpen | State::Declined => Some(&current),
                State::Created | State::Expired | State::Cancelled => None,
                // What was paid is out of the customer's hands.
                State::Paid
                | State::Activating
                | State::Active
                | State::ActivationFailed
                | State::RefundPending
                | State::Refunded => return,
            };
            for id in opened.difference(&closed).filter(|id| Some(*id) != may_stay) {
                let provider = "card".to_owned();
                let close = Effect::ClosePayment { provider, session: id.clone() };
                let key = close.key(order.id);
                assert!(told.effects.contains_key(&key), "{id} is open when {:?}", order.state);
            }
        });
    }

    #[test]
    fn after_a_tick_the_next_deadline_lies_ahead(history in histories()) {
        live(&history, |told, _, _| {
            let mut order = told.order.clone();
            let due = step(&order, &Event::Tick, told.now());
            due.changes.iter().for_each(|change| order.apply(change));
            assert!(next_deadline(&order).is_none_or(|deadline| deadline > told.now()));
            let again = step(&order, &Event::Tick, told.now());
            assert_ne!(again.verdict, Verdict::Accepted, "not due before the deadline");
        });
    }

    #[test]
    fn a_deadline_that_has_come_is_kept(history in histories()) {
        let told = live(&history, |_, _, _| ());
        if let Some(deadline) = next_deadline(&told.order) {
            let due = step(&told.order, &Event::Tick, deadline.max(told.now()));
            prop_assert_eq!(due.verdict, Verdict::Accepted);
        }
    }

    #[test]
    fn with_time_and_answers_no_order_stays_in_flight(history in histories()) {
        let told = answered(live(&history, |_, _, _| ()));
        prop_assert!(!told.order.state.is_in_flight(), "{:?}", told.order.state);
        prop_assert_ne!(told.order.state, State::RefundPending);
        prop_assert_eq!(next_deadline(&told.order), None);
    }

    #[test]
    fn windows_and_margins_of_any_length_do_no_harm(
        window in any::<i64>(), margin in any::<i64>(), estimate in any::<i64>(),
    ) {
        let mut told = told(an_order());
        told.tell(&pay_within(window), AT_ONCE);
        told.tell(&confirmed("a", price()), AT_ONCE);
        let (margin, estimate) =
            (SignedDuration::from_secs(margin), Some(SignedDuration::from_secs(estimate)));
        told.tell(&Event::ActivationAccepted { estimate, margin }, AT_ONCE);
        prop_assert!(next_deadline(&told.order).is_some());
        prop_assert_eq!(told.order.state, State::Activating);
    }
}

#[test]
fn the_shortest_purchase_needs_five_events() {
    let mut told = told(an_order());
    let accepted = Event::ActivationAccepted { estimate: None, margin: MARGIN };
    for event in [
        pay_within(WINDOW.as_secs()),
        Event::PaymentOpened { attempt: 1, session: session(1) },
        confirmed("a", price()),
        accepted,
        Event::ActivationDone,
    ] {
        assert_eq!(told.tell(&event, AT_ONCE).verdict, Verdict::Accepted);
    }
    told.wait(DAY);
    assert_eq!((told.order.state, next_deadline(&told.order)), (State::Active, None));
    let id = told.order.id;
    let keys: Vec<&String> = told.effects.keys().collect();
    assert_eq!(keys, [&format!("{id}/activate"), &format!("{id}/open/1")]);
}
