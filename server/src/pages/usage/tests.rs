//! The account view from values: the cases of billing and counters, and their words.

use domain::amount::Period;
use domain::brand::PlanType;
use domain::usage::{self, Cycle, Event, OperatorUpdate, OperatorUsage, Traffic};

use super::*;
use crate::texts::Languages;

fn at(text: &str) -> Timestamp {
    let text = if text.len() == 5 { format!("2030-03-12T{text}:00Z") } else { text.to_owned() };
    text.parse().expect("an instant")
}

/// A plan of 500 MB that began at 08:00 on the first.
fn terms() -> Terms {
    let start = at("2030-03-01T08:00:00Z");
    let duration = Period::parse("P1M").expect("a period");
    Terms {
        plan_type: Some(PlanType::Fixed),
        limit: Some(Megabytes(500)),
        notifies: true,
        cycle: Some(Cycle { start, duration, resets: true }),
        ..Terms::default()
    }
}

fn billing(used_mb: u64, as_of: &str) -> Event {
    let used = Bytes(used_mb * 1_000_000);
    let usage = Some(OperatorUsage { used, as_of: at(as_of) });
    Event::Operator(OperatorUpdate { usage, ..OperatorUpdate::default() })
}

fn traffic(regime: Regime, sharing: Sharing, mb: u64, when: &str) -> Event {
    let (sent, received) = (Bytes(0), Bytes(mb * 1_000_000));
    Event::Traffic(Traffic { regime, sharing, sent, received, at: at(when) })
}

fn own(mb: u64, when: &str) -> Event {
    traffic(Regime::Home, Sharing::Own, mb, when)
}

fn over_limit(is_over: bool) -> Event {
    let is_over_limit = Some(is_over);
    Event::Operator(OperatorUpdate { is_over_limit, ..OperatorUpdate::default() })
}

/// What the engine makes of events, at 12:00 on the twelfth.
fn state_after(terms: &Terms, events: &[Event]) -> State {
    let mut state = State::new(terms);
    for event in events {
        let step = usage::step(&state, terms, event, at("12:00"));
        usage::apply(&mut state, &step);
    }
    state
}

fn see(terms: &Terms, events: &[Event], registered: Option<Regime>, counted: &[Counted]) -> Use {
    let languages = Languages::load().expect("message files");
    let paper = Paper { texts: languages.choose(None), brand: None, token: "t" };
    let state = state_after(terms, events);
    let starts_at = at("2030-03-01T08:00:00Z");
    let view = UsageView { terms, state: &state, registered, starts_at, counted, now: at("12:00") };
    let mut plan = use_of(&paper, &view);
    let plain = |text: &mut String| *text = text.replace('\u{a0}', " ");
    [&mut plan.used, &mut plan.left, &mut plan.source].into_iter().for_each(plain);
    plan.warnings.iter_mut().for_each(plain);
    plan.facts.iter_mut().for_each(|fact| plain(&mut fact.text));
    plan
}

fn percent_and_level(plan: &Use) -> Option<(u8, Level)> {
    plan.bar.as_ref().map(|bar| (bar.percent, bar.level))
}

fn fact<'u>(plan: &'u Use, term: &str) -> Option<&'u str> {
    plan.facts.iter().find(|fact| fact.term == term).map(|fact| fact.text.as_str())
}

/// BF-1 to BF-3: billing decides, counters bridge and are called an estimate [USE-01], [USE-02].
#[test]
fn billing_decides_and_counters_bridge() {
    let told =
        [billing(130, "10:00"), own(7, "10:03"), billing(140, "10:05"), billing(135, "10:02")];
    for (id, events, used, left, source) in [
        ("BF-1", &told[..2], "137 MB of 500 MB used", "363 MB left", "is an estimate: billing"),
        ("BF-2", &told[..3], "140 MB of 500 MB used", "360 MB left", "by your operator’s billing"),
        ("BF-3", &told[..4], "140 MB of 500 MB used", "360 MB left", "by your operator’s billing"),
    ] {
        let plan = see(&terms(), events, None, &[]);
        assert_eq!((plan.used.as_str(), plan.left.as_str()), (used, left), "{id}");
        assert!(plan.source.contains(source), "{id}: {}", plan.source);
    }
    let bridged = see(&terms(), &told[..2], None, &[]).source;
    for part in ["Last updated 12 March 2030, 10:03 UTC", "130 MB up to 12 March 2030, 10:00 UTC"] {
        assert!(bridged.contains(part), "{part} is not in {bridged}");
    }
}

/// [USE-01]: without billing everything is an estimate, and that is said.
#[test]
fn counters_alone_are_an_estimate() {
    let plan = see(&terms(), &[own(7, "10:03")], None, &[]);
    assert_eq!(plan.used, "7 MB of 500 MB used");
    let source = "Last updated 12 March 2030, 10:03 UTC. This is an estimate from the network’s \
                  counters: what you are billed may differ.";
    assert_eq!(plan.source, source);
}

#[test]
fn nothing_known_is_said_plainly() {
    let plan = see(&terms(), &[], None, &[]);
    assert_eq!(plan.used, "No use of this plan is known yet.");
    assert_eq!((plan.left.as_str(), plan.bar, plan.history), ("", None, None));
    assert_eq!(plan.facts.len(), 1, "the cycle's end is known: {:?}", plan.facts);
}

/// [USE-23]: a cycle begins with nothing used, which is known.
#[test]
fn new_cycle_begins_with_nothing_used() {
    let mut terms = terms();
    terms.cycle.as_mut().expect("a cycle").duration = Period::parse("P1D").expect("a period");
    let events = [own(7, "2030-03-11T10:03:00Z"), Event::Tick];
    let plan = see(&terms, &events, None, &[]);
    assert_eq!(plan.used, "0 MB of 500 MB used");
    assert_eq!(percent_and_level(&plan), Some((0, Level::Far)));
    let source = "It started anew on 12 March 2030, 08:00 UTC. Nothing was counted since.";
    assert_eq!(plan.source, source);
    assert_eq!(fact(&plan, "Starts anew"), Some("13 March 2030, 08:00 UTC"));
}

/// The bar is rounded down, and says how close the limit is [USE-10].
#[test]
fn bar_and_warnings_follow_the_limit() {
    let reached = "Your limit is reached.";
    for (events, bar, left, warning) in [
        (vec![billing(399, "10:00")], (79, Level::Far), "101 MB left", None),
        (
            vec![billing(400, "10:00")],
            (80, Level::Close),
            "100 MB left",
            Some("You are close to your limit: 80 % is used."),
        ),
        (
            vec![billing(499, "10:00"), own(1, "10:01")],
            (100, Level::Over),
            "Nothing left",
            Some(reached),
        ),
        (vec![billing(620, "10:00")], (100, Level::Over), "120 MB over the limit", Some(reached)),
        (
            vec![billing(10, "10:00"), over_limit(true)],
            (2, Level::Over),
            "490 MB left",
            Some(reached),
        ),
    ] {
        let plan = see(&terms(), &events, Some(Regime::Home), &[]);
        assert_eq!(percent_and_level(&plan), Some(bar), "{events:?}");
        assert_eq!(plan.left, left, "{events:?}");
        assert_eq!(plan.warnings.first().map(String::as_str), warning, "{events:?}");
    }
}

#[test]
fn roaming_and_pace_are_warned_of() {
    let plan = see(&terms(), &[own(1, "10:00")], Some(Regime::Roaming), &[]);
    assert_eq!(plan.warnings, ["You are roaming: this SIM uses another operator’s network."]);
    let plan = see(&terms(), &[own(200, "10:00")], Some(Regime::Home), &[]);
    let pace =
        "At the pace of the last days you will pass your limit before 1 April 2030, 08:00 UTC.";
    assert_eq!(plan.warnings, [pace]);
}

#[test]
fn plan_without_a_limit_has_no_bar() {
    let terms = Terms { limit: None, ..terms() };
    let plan = see(&terms, &[billing(1_234, "10:00")], None, &[]);
    assert_eq!((plan.used.as_str(), plan.left.as_str()), ("1.23 GB used", ""));
    assert_eq!(plan.bar, None);
}

/// A limit that gigabytes cannot say exactly is not rounded.
#[test]
fn limit_is_said_exactly() {
    let terms = Terms { limit: Some(Megabytes(1024)), ..terms() };
    let plan = see(&terms, &[billing(256, "10:00")], None, &[]);
    assert_eq!((plan.used.as_str(), plan.left.as_str()), ("256 MB of 1024 MB used", "768 MB left"));
}

/// [USE-25]: a cycle starts anew, a plan ends.
#[test]
fn end_is_said_by_its_kind() {
    let resets = see(&terms(), &[], None, &[]);
    assert_eq!(fact(&resets, "Starts anew"), Some("1 April 2030, 08:00 UTC"));
    assert_eq!(fact(&resets, "Ends"), None);
    let mut prepaid = terms();
    prepaid.cycle.as_mut().expect("a cycle").resets = false;
    let ends = see(&prepaid, &[], None, &[]);
    assert_eq!(fact(&ends, "Ends"), Some("1 April 2030, 08:00 UTC"));
    assert_eq!(fact(&ends, "Starts anew"), None);
    prepaid.expires_at = Some(at("11:00"));
    let ended = see(&prepaid, &[Event::Tick], None, &[]);
    assert_eq!(fact(&ended, "Ended"), Some("12 March 2030, 11:00 UTC"));
    assert_eq!(fact(&ended, "Ends"), None);
}

/// Own, shared and roaming traffic stand apart, for the cycle and for each day.
#[test]
fn kinds_of_traffic_stand_apart() {
    let hour = |when: &str, regime, sharing, mb: u64| Counted {
        at: at(when),
        regime,
        sharing,
        bytes: Bytes(mb * 1_000_000),
    };
    let counted = [
        // Before the cycle, yet of the last 14 days.
        hour("2030-02-28T07:00:00Z", Regime::Home, Sharing::Own, 900),
        hour("2030-03-01T08:00:00Z", Regime::Home, Sharing::Own, 20),
        hour("10:00", Regime::Home, Sharing::Own, 5),
        hour("10:00", Regime::Home, Sharing::Shared, 4),
        hour("11:00", Regime::Roaming, Sharing::Own, 2),
        hour("11:00", Regime::Roaming, Sharing::Shared, 1),
    ];
    let plan = see(&terms(), &[own(7, "10:03")], None, &counted);
    for (term, expected) in [
        ("This device", "25 MB"),
        ("Shared with other devices", "4 MB"),
        ("Roaming", "3 MB, of which 1 MB shared"),
        ("Counted by the network since", "1 March 2030, 08:00 UTC"),
    ] {
        assert_eq!(fact(&plan, term), Some(expected), "{term}");
    }
    let history = plan.history.expect("a history");
    assert_eq!(history.rows.len(), 14);
    assert_eq!(history.rows.first().map(|row| row[0].as_str()), Some("27 Feb"));
    let last: Vec<_> = history
        .rows
        .last()
        .expect("today")
        .iter()
        .map(|cell| cell.replace('\u{a0}', " "))
        .collect();
    assert_eq!(last, ["12 Mar", "5 MB", "4 MB", "3 MB", "12 MB"]);
    assert_eq!(history.picture.matches("<rect").count(), 5, "{}", history.picture);
}

/// [EVT-20]: each case has words of its own, and a form that puts just it away.
#[test]
fn each_notice_is_told_with_a_form() {
    let languages = Languages::load().expect("message files");
    let paper = Paper { texts: languages.choose(None), brand: None, token: "t-1" };
    let told = |seq: u64, notice| Told {
        seq,
        notice,
        at: at("10:00"),
        text: (notice == Notice::OperatorMessage).then(|| "Visit <us> & win".to_owned()),
    };
    let told: Vec<_> = (7..).zip(Notice::ALL).map(|(seq, notice)| told(seq, notice)).collect();
    let shown = account(&paper, "C0DE", None, &Tidings { told, latest: 11 });
    for part in [
        "Most of your data is used",
        "It ended on 12 March 2030, 10:00 UTC",
        "You are roaming",
        "You are back in the home network",
        "A message from Broadgate",
        "Visit &lt;us&gt; &amp; win",
        r#"<input type="hidden" name="told" value="11">"#,
        r#"<input type="hidden" name="token" value="t-1">"#,
    ] {
        assert!(shown.notices.contains(part), "{part} is not in {}", shown.notices);
    }
    assert_eq!(shown.notices.matches(r#"action="/orders/C0DE/told""#).count(), Notice::ALL.len());
    assert_eq!(shown.events, "/orders/C0DE/events?after=11");
    for name in ["DataPlanThresholdReached", "roaming_began", "limit_projected"] {
        assert!(shown.event_names.iter().any(|known| known == name), "{name}");
    }
}
