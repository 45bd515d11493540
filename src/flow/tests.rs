//! The purchase as one window sees it, event by event.

use api::browser::{Answer, Document, Field, FieldKind, Form, Page, field};

use super::{Busy, Cmd, Event, PurchaseFlow, clock, keep, urlencoded};
use crate::samples;

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A flow on `page` within a host that can take a document.
fn on(page: Page) -> PurchaseFlow {
    let place = page.path.clone();
    let mut flow = PurchaseFlow::new(page, place);
    flow.update(Event::Started { can_hand_over: true }, 0);
    flow
}

fn submitted() -> Event {
    Event::Submitted { form: 0, pairs: pairs(&[("token", "t-1"), ("plan", "Month")]) }
}

fn page(ticket: u32, page: Page) -> Event {
    Event::Answered { ticket, status: 200, answer: Answer::Page(Box::new(page)) }
}

/// The ticket of the one request among commands.
#[track_caller]
fn ticket(cmds: &[Cmd]) -> u32 {
    let mut tickets = cmds.iter().filter_map(|cmd| match cmd {
        Cmd::Post { ticket, .. }
        | Cmd::Get { ticket, .. }
        | Cmd::GetDocument { ticket, .. }
        | Cmd::CallBridge { ticket, .. }
        | Cmd::WakeAfter { ticket, .. } => Some(*ticket),
        Cmd::TickAfter(_)
        | Cmd::Show
        | Cmd::PushPath(_)
        | Cmd::ReplacePath(_)
        | Cmd::FocusHeading
        | Cmd::RevealAlert
        | Cmd::Navigate(_)
        | Cmd::Fill { .. }
        | Cmd::Listen { .. } => None,
    });
    let ticket = tickets.next().expect("awaits something");
    assert_eq!(tickets.next(), None, "awaits one thing at a time");
    ticket
}

#[track_caller]
fn wake(cmds: &[Cmd]) -> (u32, u32) {
    let wakes: Vec<(u32, u32)> = cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::WakeAfter { ticket, ms } => Some((*ticket, *ms)),
            _ => None,
        })
        .collect();
    assert_eq!(wakes.len(), 1, "{cmds:?}");
    wakes[0]
}

#[test]
fn take_over_shows_the_page_and_leaves_the_focus() {
    let mut flow = PurchaseFlow::new(samples::plans(), "/plans".to_owned());
    assert_eq!(flow.update(Event::Started { can_hand_over: false }, 0), [Cmd::Show]);
}

#[test]
fn submitting_posts_once_and_keeps_what_was_chosen() {
    let mut flow = on(samples::plans());
    let cmds = flow.update(submitted(), 0);
    let ticket = ticket(&cmds);
    let body = "token=t-1&plan=Month".to_owned();
    assert_eq!(cmds, [Cmd::Post { ticket, action: "/plans".to_owned(), body }]);
    assert_eq!(flow.live().busy, Busy::Form(0));
    assert!(flow.page().forms[0].plans.as_ref().is_some_and(|choice| choice.plans[1].is_chosen));
    assert_eq!(flow.update(submitted(), 1), [], "the second click of a double click");
}

#[test]
fn answered_page_is_shown_under_its_address_and_announced() {
    let mut flow = on(samples::plans());
    let ticket = ticket(&flow.update(submitted(), 0));
    let cmds = flow.update(page(ticket, samples::review()), 0);
    let path = "/review?plan=Month".to_owned();
    assert_eq!(cmds, [Cmd::PushPath(path), Cmd::Show, Cmd::FocusHeading]);
    assert_eq!(flow.page(), &samples::review());
    assert_eq!(flow.live().busy, Busy::No);
}

#[test]
fn page_of_a_refusal_keeps_the_address() {
    let mut flow = on(samples::plans());
    let ticket = ticket(&flow.update(submitted(), 0));
    let answer = Answer::Page(Box::new(samples::identify()));
    let cmds = flow.update(Event::Answered { ticket, status: 503, answer }, 0);
    assert_eq!(cmds, [Cmd::Show, Cmd::FocusHeading]);
}

#[test]
fn leaving_navigates_and_takes_no_further_click() {
    let mut flow = on(samples::review());
    let ticket = ticket(&flow.update(submitted(), 0));
    let answer = Answer::Leave { location: "https://pay.example/1".to_owned() };
    let cmds = flow.update(Event::Answered { ticket, status: 200, answer }, 0);
    assert_eq!(cmds, [Cmd::Navigate("https://pay.example/1".to_owned())]);
    assert_eq!(flow.live().busy, Busy::Form(0));
    assert_eq!(flow.update(submitted(), 1), []);
    assert_eq!(flow.update(Event::Failed { ticket }, 30_000), [], "the deadline of the request");
}

#[test]
fn a_payment_that_is_being_opened_is_waited_for_and_left_for() {
    let mut flow = on(samples::plans());
    let sent = ticket(&flow.update(submitted(), 0));
    let path = "/orders/7K2QXM4T9R/pay".to_owned();
    let opening = Page { path: path.clone(), ..samples::wait() };
    let answer = |ticket| {
        let answer = Answer::Page(Box::new(opening.clone()));
        Event::Answered { ticket, status: 409, answer }
    };
    let (waiting, _) = wake(&flow.update(answer(sent), 10));
    let cmds = flow.update(Event::Due { ticket: waiting }, 2_010);
    let asked = ticket(&cmds);
    assert_eq!(cmds, [Cmd::Get { ticket: asked, path: path.clone() }]);
    let (waiting, _) = wake(&flow.update(answer(asked), 2_020));
    let asked = ticket(&flow.update(Event::Due { ticket: waiting }, 4_020));
    let location = "https://pay.example/1".to_owned();
    let left = Answer::Leave { location: location.clone() };
    let cmds = flow.update(Event::Answered { ticket: asked, status: 200, answer: left }, 4_030);
    assert_eq!(cmds, [Cmd::Navigate(location)]);
}

#[test]
fn coming_back_from_the_provider_asks_for_the_page_anew() {
    let mut flow = on(samples::review());
    let first = ticket(&flow.update(submitted(), 0));
    let answer = Answer::Leave { location: "/pay".to_owned() };
    flow.update(Event::Answered { ticket: first, status: 200, answer }, 0);
    let cmds = flow.update(Event::Returned, 9);
    let path = "/review?plan=Month".to_owned();
    assert_eq!(cmds, [Cmd::Get { ticket: ticket(&cmds), path }]);
    assert_eq!(flow.live().busy, Busy::No);
}

#[test]
fn lost_network_keeps_what_was_typed_and_the_button() {
    let mut flow = on(samples::identify());
    let typed = pairs(&[("token", "t-1"), ("iccid", "8949 1")]);
    let first = ticket(&flow.update(Event::Submitted { form: 0, pairs: typed }, 0));
    assert_eq!(flow.update(Event::Failed { ticket: first }, 0), [Cmd::RevealAlert]);
    assert_eq!(flow.live().alert, Some(flow.page().frame.offline.clone()));
    assert_eq!(flow.live().busy, Busy::No);
    assert_eq!(flow.page().forms[0].fields[0].value, "8949 1");
    assert_eq!(flow.update(page(first, samples::plans()), 1), [], "the answer came too late");
    let again = ticket(&flow.update(submitted(), 2));
    assert!(again > first);
    assert_eq!(flow.live().alert, flow.page().alert, "the attempt takes the alert away");
}

#[test]
fn going_back_gets_the_page_but_a_jump_within_it_does_not() {
    let mut flow = on(samples::review());
    let here = "/review?plan=Month".to_owned();
    assert_eq!(flow.update(Event::Restored { path: here }, 0), []);
    let cmds = flow.update(Event::Restored { path: "/plans".to_owned() }, 0);
    let ticket = ticket(&cmds);
    assert_eq!(cmds, [Cmd::Get { ticket, path: "/plans".to_owned() }]);
    let cmds = flow.update(page(ticket, samples::plans()), 0);
    assert_eq!(cmds, [Cmd::Show, Cmd::FocusHeading]);
}

#[test]
fn going_back_to_a_page_that_leads_elsewhere_corrects_the_address() {
    let mut flow = on(samples::plans());
    let ticket = ticket(&flow.update(Event::Restored { path: "/review".to_owned() }, 0));
    let cmds = flow.update(page(ticket, samples::wait()), 0);
    assert_eq!(cmds[0], Cmd::ReplacePath("/orders/C0DE".to_owned()));
}

#[test]
fn wait_ticks_and_asks_and_shows_only_what_changes() {
    let mut flow = PurchaseFlow::new(samples::wait(), "/orders/C0DE".to_owned());
    let cmds = flow.update(Event::Started { can_hand_over: false }, 100_000);
    let due = ticket(&cmds);
    let wake = Cmd::WakeAfter { ticket: due, ms: 5000 };
    assert_eq!(cmds, [Cmd::Show, wake, Cmd::TickAfter(1000)]);
    assert_eq!(flow.update(Event::Ticked, 103_000), [Cmd::TickAfter(1000)]);
    assert_eq!((flow.live().elapsed_s, flow.live().percent), (68, Some(37)));

    let cmds = flow.update(Event::Due { ticket: due }, 105_000);
    let asked = ticket(&cmds);
    assert_eq!(cmds, [Cmd::Get { ticket: asked, path: "/orders/C0DE".to_owned() }]);
    let mut later = samples::wait();
    let wait = later.wait.as_mut().expect("waits");
    (wait.elapsed_s, wait.percent, wait.poll_ms) = (72, Some(40), 15_000);
    let cmds = flow.update(page(asked, later), 105_500);
    assert_eq!(cmds, [Cmd::WakeAfter { ticket: ticket(&cmds), ms: 15_000 }]);
    assert_eq!(flow.live().elapsed_s, 72);

    let asked = ticket(&flow.update(Event::Resumed, 106_000));
    let cmds = flow.update(page(asked, samples::review()), 107_000);
    let path = "/review?plan=Month".to_owned();
    assert_eq!(cmds, [Cmd::ReplacePath(path), Cmd::Show, Cmd::FocusHeading]);
    assert_eq!(flow.update(Event::Ticked, 108_000), [], "nothing ticks on a page without wait");
}

#[test]
fn wait_goes_on_asking_while_nobody_answers() {
    let mut flow = on(samples::wait());
    let mut waited_ms = 0;
    for failure in 1..=12 {
        let asked = ticket(&flow.update(Event::Resumed, 0));
        let status = 503;
        let answer = Answer::Page(Box::new(samples::identify()));
        let event = match failure % 2 {
            0 => Event::Answered { ticket: asked, status, answer },
            _ => Event::Failed { ticket: asked },
        };
        let cmds = flow.update(event, 0);
        assert_eq!(cmds.contains(&Cmd::RevealAlert), failure == 3);
        let (_, ms) = wake(&cmds);
        assert!((5000..=15_000).contains(&ms), "{ms}");
        waited_ms += ms;
    }
    assert!(waited_ms >= 60_000, "[PORT-56]");
    assert!(flow.page().wait.is_some(), "a busy server takes no page away");
}

#[test]
fn handover_calls_windows_once_and_reports_its_number() {
    let mut flow = on(samples::active());
    let cmds = flow.update(Event::HandoverPressed, 0);
    let path = "/orders/C0DE/document".to_owned();
    let asked = ticket(&cmds);
    assert_eq!(cmds, [Cmd::GetDocument { ticket: asked, path }]);
    assert_eq!(flow.live().busy, Busy::Handover);
    assert_eq!(flow.update(Event::HandoverPressed, 1), []);

    let xml = "<a>\r\n  é \u{1F600}</a>\n".to_owned();
    let document = Document { delivery: "d&1".to_owned(), xml: xml.clone() };
    let arrived = Event::DocumentArrived { ticket: asked, document };
    let cmds = flow.update(arrived.clone(), 2);
    let called = ticket(&cmds);
    assert_eq!(cmds, [Cmd::CallBridge { ticket: called, xml }]);
    assert_eq!(flow.update(arrived, 3), []);

    let cmds = flow.update(Event::Provisioned { ticket: called, result: 5 }, 4);
    let action = "/orders/C0DE/result".to_owned();
    let body = "token=t-1&delivery=d%261&result=5".to_owned();
    assert_eq!(cmds, [Cmd::Post { ticket: ticket(&cmds), action, body }]);
    let cmds = flow.update(page(ticket(&cmds), samples::review()), 5);
    assert!(cmds.contains(&Cmd::Show));
    assert_eq!(flow.live().busy, Busy::No);
}

#[test]
fn report_outlives_the_reconnect_without_a_second_call() {
    let mut flow = on(samples::active());
    let asked = ticket(&flow.update(Event::HandoverPressed, 0));
    let document = Document { delivery: "d".to_owned(), xml: "<x/>".to_owned() };
    let called = ticket(&flow.update(Event::DocumentArrived { ticket: asked, document }, 0));
    let mut cmds = flow.update(Event::Provisioned { ticket: called, result: 0 }, 0);
    let mut waited_ms = 0;
    for _ in 0..8 {
        assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Post { .. })), "{cmds:?}");
        let (due, ms) = wake(&flow.update(Event::Failed { ticket: ticket(&cmds) }, 0));
        waited_ms += ms;
        cmds = flow.update(Event::Due { ticket: due }, 0);
    }
    assert!(waited_ms >= 60_000, "[PORT-56]");
    assert_eq!(flow.live().busy, Busy::No, "the button can be pressed");
    let cmds = flow.update(Event::HandoverPressed, 0);
    assert!(matches!(&cmds[..], [Cmd::Post { .. }]), "it reports, it does not call: {cmds:?}");
}

#[test]
fn document_that_cannot_be_had_is_given_up_after_a_minute() {
    let mut flow = on(samples::active());
    let mut cmds = flow.update(Event::HandoverPressed, 0);
    let mut waited_ms = 0;
    for _ in 0..7 {
        let (due, ms) = wake(&flow.update(Event::Failed { ticket: ticket(&cmds) }, 0));
        waited_ms += ms;
        cmds = flow.update(Event::Due { ticket: due }, 0);
    }
    assert_eq!(flow.update(Event::Failed { ticket: ticket(&cmds) }, 0), []);
    assert_eq!(waited_ms, 60_000);
    assert_eq!(flow.live().alert, Some(flow.page().frame.offline.clone()));
    assert!(!flow.update(Event::HandoverPressed, 0).is_empty());
}

#[test]
fn refused_document_shows_the_page_that_says_why() {
    let mut flow = on(samples::active());
    let ticket = ticket(&flow.update(Event::HandoverPressed, 0));
    let answer = Answer::Page(Box::new(samples::wait()));
    let cmds = flow.update(Event::Answered { ticket, status: 409, answer }, 0);
    assert!(cmds.contains(&Cmd::Show), "{cmds:?}");
}

#[test]
fn refused_document_is_not_asked_for_again_by_itself() {
    let mut flow = on(samples::active());
    let ticket = ticket(&flow.update(Event::HandoverPressed, 0));
    let answer = Answer::Page(Box::new(samples::active()));
    let cmds = flow.update(Event::Answered { ticket, status: 409, answer }, 0);
    assert_eq!(cmds, [Cmd::Show, Cmd::FocusHeading]);
}

#[test]
fn result_1_is_tried_again_once_by_itself() {
    let mut flow = PurchaseFlow::new(samples::active(), "/orders/C0DE".to_owned());
    let cmds = flow.update(Event::Started { can_hand_over: true }, 0);
    let (due, ms) = wake(&cmds);
    assert_eq!(ms, 5000);
    let cmds = flow.update(Event::Due { ticket: due }, 5000);
    assert!(matches!(&cmds[..], [Cmd::GetDocument { .. }]), "{cmds:?}");
    assert_eq!(flow.update(Event::Due { ticket: due }, 5001), []);
}

#[test]
fn pressing_first_takes_the_place_of_the_retry() {
    let mut flow = PurchaseFlow::new(samples::active(), "/orders/C0DE".to_owned());
    let due = ticket(&flow.update(Event::Started { can_hand_over: true }, 0));
    flow.update(Event::HandoverPressed, 1000);
    assert_eq!(flow.update(Event::Due { ticket: due }, 5000), []);
}

#[test]
fn host_without_the_call_is_never_called() {
    let mut flow = PurchaseFlow::new(samples::active(), "/orders/C0DE".to_owned());
    let cmds = flow.update(Event::Started { can_hand_over: false }, 0);
    assert_eq!(cmds, [Cmd::Show]);
    assert_eq!(flow.update(Event::HandoverPressed, 0), []);
}

#[test]
fn form_that_is_not_there_is_not_sent() {
    let mut flow = on(samples::wait());
    assert_eq!(flow.update(submitted(), 0), []);
}

#[test]
fn typed_values_and_the_choice_are_kept() {
    let mut form = samples::plans().forms.remove(0);
    keep(&mut form, &pairs(&[("plan", "Day")]));
    let chosen: Vec<bool> =
        form.plans.iter().flat_map(|choice| &choice.plans).map(|plan| plan.is_chosen).collect();
    assert_eq!(chosen, [true, false, false]);
    assert_eq!(form.hidden, pairs(&[("token", "t-1")]), "what is hidden stays the server's");
}

#[test]
fn a_box_is_kept_as_it_was_left() {
    let ticked = Field {
        name: "terms".into(),
        kind: FieldKind::Box,
        value: field::TICKED.into(),
        ..Field::default()
    };
    let mut form = Form { fields: vec![ticked], ..Form::default() };
    keep(&mut form, &pairs(&[("terms", field::TICKED)]));
    assert_eq!(form.fields[0].value, field::TICKED);
    keep(&mut form, &pairs(&[("token", "t-1")]));
    assert_eq!(form.fields[0].value, "", "a box that is not ticked is not sent");
}

#[test]
fn bodies_are_encoded_as_forms_are() {
    for (value, expected) in [
        ("a b", "n=a+b"),
        ("a+b&c=d", "n=a%2Bb%26c%3Dd"),
        ("é€\u{1F600}", "n=%C3%A9%E2%82%AC%F0%9F%98%80"),
        ("*-._~", "n=*-._%7E"),
        ("\r\n", "n=%0D%0A"),
        ("", "n="),
    ] {
        assert_eq!(urlencoded(&pairs(&[("n", value)])), expected);
    }
    assert_eq!(urlencoded(&pairs(&[("a", "1"), ("b", "2")])), "a=1&b=2");
}

#[test]
fn clock_shows_minutes_and_seconds() {
    for (seconds, expected) in [(0, "0:00"), (59, "0:59"), (65, "1:05"), (601, "10:01")] {
        assert_eq!(clock(seconds), expected);
    }
}

fn listening(cmds: &[Cmd]) -> Vec<&str> {
    let paths = cmds.iter().filter_map(|cmd| match cmd {
        Cmd::Listen { path, .. } => Some(path.as_str()),
        _ => None,
    });
    paths.collect()
}

/// The account a moment later, with more used.
fn used_more() -> Page {
    let mut page = samples::account();
    let account = page.account.as_mut().expect("an account");
    account.plan = "<p>8 GB</p>".to_owned();
    account.events = "/orders/C0DE/events?after=4".to_owned();
    page
}

/// Commands without the timer that asks again in any case.
fn but_waking(cmds: Vec<Cmd>) -> Vec<Cmd> {
    cmds.into_iter().filter(|cmd| !matches!(cmd, Cmd::WakeAfter { ms: 60_000, .. })).collect()
}

#[test]
fn account_listens_and_a_push_changes_it_where_it_stands() {
    let mut flow = PurchaseFlow::new(samples::account(), "/orders/C0DE".to_owned());
    let cmds = flow.update(Event::Started { can_hand_over: false }, 0);
    assert_eq!(listening(&cmds), ["/orders/C0DE/events?after=3"]);
    let asked = ticket(&but_waking(flow.update(Event::Pushed, 0)));
    let cmds = flow.update(page(asked, used_more()), 0);
    let html = "<p>8 GB</p>".to_owned();
    let fill = Cmd::Fill { id: "account", html };
    assert_eq!(but_waking(cmds), [fill], "not shown anew, no focus moved, not heard twice");
}

#[test]
fn account_is_looked_at_again_though_nothing_is_pushed() {
    let mut flow = PurchaseFlow::new(samples::account(), "/orders/C0DE".to_owned());
    let (timer, ms) = wake(&flow.update(Event::Started { can_hand_over: false }, 0));
    assert_eq!(ms, 60_000);
    let asked = ticket(&flow.update(Event::Due { ticket: timer }, 0));
    let (again, ms) = wake(&flow.update(Event::Failed { ticket: asked }, 0));
    assert_eq!(ms, 1_000);
    let asked = ticket(&flow.update(Event::Due { ticket: again }, 0));
    assert_eq!(wake(&flow.update(page(asked, samples::account()), 0)).1, 60_000);
}

#[test]
fn push_during_an_answer_is_looked_at_afterwards() {
    let mut flow = on(samples::account());
    let first = ticket(&flow.update(Event::Pushed, 0));
    assert_eq!(flow.update(Event::Pushed, 0), [], "one request at a time");
    let second = ticket(&but_waking(flow.update(page(first, samples::account()), 0)));
    let cmds = but_waking(flow.update(page(second, used_more()), 0));
    assert!(matches!(cmds.as_slice(), [Cmd::Fill { .. }]), "{cmds:?}");
}

#[test]
fn push_without_an_account_is_nothing() {
    let mut flow = on(samples::plans());
    assert_eq!(flow.update(Event::Pushed, 0), []);
}

#[test]
fn push_does_not_hurry_a_retry_and_looking_again_makes_none() {
    let mut first = samples::active();
    first.account = samples::account().account;
    let mut flow = PurchaseFlow::new(first.clone(), first.path.clone());
    let (timer, _) = wake(&flow.update(Event::Started { can_hand_over: true }, 0));
    assert_eq!(flow.update(Event::Pushed, 0), [], "the retry is about to come");
    let mut refused = ticket(&flow.update(Event::Due { ticket: timer }, 0));
    for _ in 0..7 {
        let (timer, _) = wake(&flow.update(Event::Failed { ticket: refused }, 0));
        refused = ticket(&flow.update(Event::Due { ticket: timer }, 0));
    }
    flow.update(Event::Failed { ticket: refused }, 0);
    let looked = ticket(&flow.update(Event::Resumed, 0));
    assert_eq!(but_waking(flow.update(page(looked, first), 0)), [], "no retry by itself");
}

#[test]
fn leaving_the_account_stops_listening() {
    let mut flow = on(samples::account());
    let ticket = ticket(&flow.update(Event::Restored { path: "/plans".to_owned() }, 0));
    let cmds = flow.update(page(ticket, samples::plans()), 0);
    assert_eq!(listening(&cmds), [""]);
}
