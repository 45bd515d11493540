//! Boundaries, ends, billing in between, and what history keeps.

use domain::amount::Bytes;
use domain::events::Network;
use domain::usage::history::{Filter, Granularity, Window};
use domain::usage::{Ignored, OperatorUpdate, OperatorUsage};

use super::*;
use crate::store::sqlite::spoil;
use crate::usage::history::{Asked, HistoryError};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn said(used: u64, as_of: Timestamp) -> Event {
    let usage = Some(OperatorUsage { used: Bytes(used), as_of });
    Event::Operator(OperatorUpdate { usage, ..OperatorUpdate::default() })
}

/// [USE-23], [USE-26]: a host that slept over three boundaries tells of one reset.
#[tokio::test]
async fn boundaries_missed_give_one_reset() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    bench.take(&[traffic(1, 1, bench.clock.now(), 20_000_000)]).await;
    assert_eq!(bench.usage.tick_due().await, Ok(0));
    bench.advance(DAY * 95);
    assert_eq!(bench.usage.tick_due().await, Ok(1));
    assert_eq!(bench.usage.tick_due().await, Ok(0));
    let metered = bench.metered(id).await;
    assert_eq!((metered.state.cycle, metered.state.used()), (1, Bytes(0)));
    assert_eq!(bench.names(id).await, ["DataPlanReset"]);
    // What was counted since the baseline is of the cycle before.
    bench.take(&[traffic(2, 1, bench.clock.now(), 20_000_000)]).await;
    assert_eq!(bench.names(id).await.len(), 1);
}

/// [USE-24], [USE-27]: disconnected, then deleted, then told; nothing counts any more.
#[tokio::test]
async fn the_end_of_a_plan_disconnects_first() {
    let bench = Bench::new();
    let id = bench
        .subscribe_to(1, |terms| {
            terms.cycle = terms.cycle.map(|cycle| Cycle { resets: false, ..cycle });
        })
        .await;
    bench.take(&[report(1, 1, bench.clock.now(), What::Connected)]).await;
    bench.advance(DAY * 31);
    assert_eq!(bench.usage.tick_due().await, Ok(1));
    let expected = ["ProfileConnected", "ProfileDisconnected", "DataPlanDeleted", "plan_expired"];
    assert_eq!(bench.names(id).await, expected);
    let links = bench.usage.connections(id).await.expect("read").expect("known");
    assert_eq!(links[0].ended_at, Some(bench.clock.now()));
    bench.advance(DAY * 300);
    assert_eq!(bench.usage.tick_due().await, Ok(0));
    let view = bench.usage.usage_of(id).await.expect("read").expect("known");
    assert!(view.expired);
}

/// BF-1, BF-2, BF-3: billing is authoritative, counters bridge [USE-02], [USE-12], [USE-14].
#[tokio::test]
async fn billing_counts_and_counters_bridge() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    bench.advance(SignedDuration::from_hours(10));
    let ten = bench.clock.now();
    bench.take(&[traffic(1, 1, ten, 120_000_000)]).await;
    let due = bench.store.due_questions(ten, 10).await.expect("read");
    assert_eq!(due.len(), 1, "a threshold asks billing once: {due:?}");
    let answered = |at| Besides { answered: Some(Answered::Said(at)), ..Besides::default() };
    // A word of a time before the threshold, or that is not taken, answers nothing [USE-12].
    let nine = ten - SignedDuration::from_hours(1);
    bench.usage.apply(id, &said(0, nine), answered(nine)).await.expect("applied");
    let older = nine - SignedDuration::from_hours(1);
    bench.usage.apply(id, &said(0, older), answered(ten)).await.expect("applied");
    assert_eq!(bench.store.due_questions(ten, 10).await.map(|due| due.len()), Ok(1));
    bench.usage.apply(id, &said(130_000_000, ten), answered(ten)).await.expect("applied");
    assert_eq!(bench.store.due_questions(ten, 10).await, Ok(vec![]));
    bench.advance(SignedDuration::from_mins(1));
    bench.take(&[traffic(2, 1, bench.clock.now(), 7_000_000)]).await;
    let view = bench.usage.usage_of(id).await.expect("read").expect("known");
    assert_eq!((view.usage_bytes, view.source.as_str()), (137_000_000, "estimate"));
    bench.advance(SignedDuration::from_mins(4));
    let five_past = bench.clock.now();
    bench
        .usage
        .apply(id, &said(140_000_000, five_past), Besides::default())
        .await
        .expect("applied");
    let view = bench.usage.usage_of(id).await.expect("read").expect("known");
    assert_eq!((view.usage_bytes, view.source.as_str()), (140_000_000, "billing"));
    let late = said(135_000_000, five_past - SignedDuration::from_mins(3));
    let (verdict, metered) = bench.usage.apply(id, &late, Besides::default()).await.expect("ok");
    assert!(matches!(verdict, Verdict::Ignored(Ignored::Outdated { .. })), "{verdict:?}");
    assert_eq!(metered.state.used(), Bytes(140_000_000));
    assert_eq!(metered.revision, 3, "documents are older twice");
    assert_eq!(metered.revised_at, five_past);
    // The same word again is no change, so that what is asked again can be sent again.
    let again = said(140_000_000, five_past);
    let (verdict, _) = bench.usage.apply(id, &again, Besides::default()).await.expect("ok");
    assert_eq!(verdict, Verdict::Ignored(Ignored::Repeated));
}

async fn total(bench: &Bench, id: OrderId, days: i32, filter: Filter) -> u64 {
    let end = bench.clock.now() + SignedDuration::from_secs(1);
    let window = Window { start: bench.clock.now() - DAY * days, end };
    let asked = Asked { window, granularity: Granularity::Total, filter };
    let entries = bench.usage.usage_history(id, &asked).await.expect("answered");
    entries.iter().map(|entry| entry.counts.sent.0 + entry.counts.received.0).sum()
}

/// [USE-03]: by the minute for 120 minutes, by the hour for 60 days, however often it is swept.
#[tokio::test]
async fn history_goes_from_minutes_to_hours_to_nothing() {
    let bench = Bench::new();
    let id = bench.subscribe_to(1, |terms| terms.cycle = None).await;
    bench.advance(DAY * 2);
    let now = bench.clock.now();
    let minute = SignedDuration::from_mins(1);
    bench
        .take(&[
            traffic(1, 1, now - minute * 30, 1),
            traffic(2, 1, now - minute * 29, 20),
            changed(traffic(3, 1, now - minute * 29, 300), |t| t.is_shared = true),
            changed(traffic(4, 1, now - minute * 5, 4_000), |t| t.network = Some(Network::Roaming)),
            traffic(5, 1, now - DAY, 50_000),
        ])
        .await;
    let by_minute = |from: SignedDuration| Asked {
        window: Window { start: now - from, end: now + minute },
        granularity: Granularity::PerMinute,
        filter: Filter::default(),
    };
    let entries = bench.usage.usage_history(id, &by_minute(minute * 31)).await.expect("answered");
    let bytes: Vec<u64> = entries.iter().map(|entry| entry.counts.received.0).collect();
    assert_eq!(&bytes[..4], [0, 1, 320, 0]);
    assert_eq!(bytes.iter().sum::<u64>(), 4_321);
    let refused = bench.usage.usage_history(id, &by_minute(minute * 121)).await;
    assert!(matches!(refused, Err(HistoryError::Window(_))));
    let unknown = bench.usage.usage_history(subscription(9), &by_minute(minute)).await;
    assert!(matches!(unknown, Err(HistoryError::Unknown)));
    let shared = Filter { sharing: Some(domain::usage::Sharing::Shared), ..Filter::default() };
    let roaming = Filter { regime: Some(Network::Roaming), ..Filter::default() };
    for _ in 0..3 {
        assert_eq!(total(&bench, id, 2, Filter::default()).await, 54_321);
        assert_eq!(total(&bench, id, 2, shared.clone()).await, 300);
        assert_eq!(total(&bench, id, 2, roaming.clone()).await, 4_000);
        bench.advance(SignedDuration::from_mins(118));
        bench.usage.roll_up().await.expect("rolled up");
        bench.usage.sweep().await.expect("swept");
        bench.advance(SignedDuration::from_mins(-118));
    }
    bench.advance(DAY * 61);
    bench.usage.sweep().await.expect("swept");
    assert_eq!(total(&bench, id, 59, Filter::default()).await, 0);
}

/// Numbers, sessions and quarantine are forgotten with history, and not before.
#[tokio::test]
async fn what_is_old_is_forgotten() {
    let bench = Bench::new();
    bench.subscribe_to(1, |terms| terms.cycle = None).await;
    let start = bench.clock.now();
    let batch = [session(1, 1, start, "a", 10), traffic(2, 9, start, 1)];
    assert_eq!(bench.take(&batch).await.problems.len(), 1);
    bench.advance(DAY * 59);
    bench.usage.sweep().await.expect("swept");
    assert_eq!(bench.take(&batch).await.duplicate, 2);
    assert_eq!(bench.store.quarantine(0, 10).await.map(|all| all.len()), Ok(1));
    bench.advance(DAY * 2);
    bench.usage.sweep().await.expect("swept");
    assert_eq!(bench.store.quarantine(0, 10).await, Ok(vec![]));
    // Even then an old record does not count twice: it is too late.
    let outcome = bench.take(&batch[..1]).await;
    assert_eq!(outcome.problems[0].2.reason.name(), "late");
}

/// [USE-20], UV-10: another limit counts from the change on, and is kept.
#[tokio::test]
async fn new_terms_count_from_the_change_on_and_are_kept() {
    let mut bench = Bench::new();
    let id = bench.subscribe(1).await;
    bench.take(&[traffic(1, 1, bench.clock.now(), 20_000_000)]).await;
    let terms = Terms { limit: Some(Megabytes(1_000)), ..bench.metered(id).await.terms };
    let event = Event::TermsChanged(terms.clone());
    let (verdict, _) = bench.usage.apply(id, &event, Besides::default()).await.expect("applied");
    assert_eq!(verdict, Verdict::Accepted);
    bench.restart();
    assert_eq!(bench.metered(id).await.terms, terms);
    bench.take(&[traffic(2, 1, bench.clock.now(), 49_999_999)]).await;
    assert!(!bench.names(id).await.contains(&"DataPlanThresholdReached"));
    bench.take(&[traffic(3, 1, bench.clock.now(), 1)]).await;
    assert!(bench.names(id).await.contains(&"DataPlanThresholdReached"));
}

/// What cannot be read of one subscription keeps no other from its reset.
#[tokio::test]
async fn a_row_that_cannot_be_read_stops_nobody_else() {
    let bench = Bench::new();
    let (one, other) = (bench.subscribe(1).await, bench.subscribe(2).await);
    bench.take(&[traffic(1, 2, bench.clock.now(), 20_000_000)]).await;
    spoil::corrupt_usage(&bench.folder.path().join("usage.sqlite"), one);
    bench.advance(DAY * 35);
    assert_eq!(bench.usage.tick_due().await, Ok(1));
    assert_eq!(bench.names(other).await, ["DataPlanReset"]);
    assert_eq!(bench.usage.tick_due().await, Ok(0), "the spoiled one is not looped over");
}

/// A session that was silent for longer than history reaches goes on where it was, unless its
/// plan is over [USE-07].
#[tokio::test]
async fn sessions_are_kept_while_their_plan_runs() {
    let bench = Bench::new();
    let id = bench.subscribe_to(1, |terms| terms.cycle = None).await;
    bench
        .subscribe_to(2, |terms| {
            terms.cycle = terms.cycle.map(|cycle| Cycle { resets: false, ..cycle });
        })
        .await;
    let start = bench.clock.now();
    let batch = [session(1, 1, start, "a", 100), session(2, 2, start, "b", 100)];
    assert_eq!(bench.take(&batch).await.accepted, 2);
    bench.advance(DAY * 100);
    bench.usage.sweep().await.expect("swept");
    let batch = [session(3, 1, bench.clock.now(), "a", 150)];
    assert_eq!(bench.take(&batch).await.accepted, 1);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(150));
    let sessions = ["a", "b"].map(str::to_owned).into_iter().collect();
    let source = "bss".to_owned();
    let question = UsageQuestion { source, sessions, ..UsageQuestion::default() };
    let known = bench.store.usage_known(question).await.expect("read");
    assert_eq!(known.sessions.into_keys().collect::<Vec<_>>(), ["a"]);
}
