//! Records of feeds: counted once, in quarantine with a reason, or files of them.

use api::events::Reports;
use domain::amount::Bytes;
use domain::events::Network;
use domain::usage::{OperatorUpdate, OperatorUsage, Sharing};

use super::*;
use crate::events::Events;
use crate::store::usage::{Kind, Quarantined};
use crate::usage::files::Files;
use crate::usage::record::{Reason, Refusal};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// [USE-01], [USE-04], [USE-07]: both directions, own and shared, home and roaming, by profile.
#[tokio::test]
async fn bytes_are_counted_by_network_sharing_and_profile() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let now = bench.clock.now();
    let batch = [
        changed(traffic(1, 1, now, 7), |t| t.sent = 3),
        changed(traffic(2, 1, now, 20), |t| t.is_shared = true),
        changed(traffic(3, 1, now, 300), |t| t.network = Some(Network::Roaming)),
        changed(traffic(4, 1, now, 4_000), |t| t.profile = "mms".to_owned()),
    ];
    assert_eq!(bench.take(&batch).await, Outcome { accepted: 4, ..Outcome::default() });
    let metered = bench.metered(id).await;
    let counters = metered.state.counters;
    assert_eq!(counters.of(Network::Home, Sharing::Own).sent, Bytes(3));
    assert_eq!(counters.of(Network::Home, Sharing::Own).received, Bytes(4_007));
    assert_eq!(counters.of(Network::Home, Sharing::Shared).received, Bytes(20));
    assert_eq!(counters.of(Network::Roaming, Sharing::Own).received, Bytes(300));
    assert_eq!(metered.state.used(), Bytes(4_330));
    let home = Kind { is_roaming: false, is_shared: false };
    let of = |name: &str| metered.profiles.0.get(&(name.to_owned(), home)).map(|c| c.total());
    assert_eq!((of("internet"), of("mms")), (Some(10), Some(4_000)));
}

/// Duplicates change nothing, within a batch, over batches and over a restart.
#[tokio::test]
async fn a_number_counts_once_whatever_is_sent_again() {
    let mut bench = Bench::new();
    let id = bench.subscribe(1).await;
    let now = bench.clock.now();
    let batch = [traffic(5, 1, now, 10), traffic(5, 1, now, 10), traffic(6, 1, now, 1)];
    let first = bench.take(&batch).await;
    assert_eq!((first.accepted, first.duplicate), (2, 1));
    let before = bench.metered(id).await;
    assert_eq!(bench.take(&batch).await.duplicate, 3);
    bench.restart();
    assert_eq!(bench.take(&batch).await.duplicate, 3);
    assert_eq!(bench.metered(id).await, before);
    assert_eq!(before.state.used(), Bytes(11));
    // The same number of another feed is another record.
    let other = bench.usage.ingest("other", &batch[2..]).await.expect("taken");
    assert_eq!(other.accepted, 1);
}

/// Sums of sessions add what they grew by; one that falls begins anew [USE-07].
#[tokio::test]
async fn sessions_add_what_they_grew_by() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let start = bench.clock.now();
    let at = |n: i64| start + MINUTE * i32::try_from(n).expect("small");
    bench.advance(SignedDuration::from_hours(1));
    // The batch is in no order: records are taken by their times.
    let batch = [
        session(3, 1, at(3), "a", 700),
        session(1, 1, at(1), "a", 100),
        session(2, 1, at(2), "b", 1_000),
    ];
    assert_eq!(bench.take(&batch).await.accepted, 3);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(1_700));
    // The counter began anew: nothing is added, and it counts from there.
    assert_eq!(bench.reason(session(4, 1, at(4), "a", 50)).await, None);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(1_700));
    assert_eq!(bench.reason(session(5, 1, at(5), "a", 60)).await, None);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(1_710));
    // What is older than what the session said is in there already.
    assert_eq!(bench.reason(session(6, 1, at(2), "a", 400)).await, Some("out_of_order"));
    assert_eq!(bench.metered(id).await.state.used(), Bytes(1_710));
}

/// Nothing is dropped silently: each reason, with the record in quarantine.
#[tokio::test]
async fn what_does_not_count_is_kept_with_its_reason() {
    let bench = Bench::new();
    bench.subscribe(1).await;
    bench
        .subscribe_to(2, |terms| {
            let cycle = terms.cycle.map(|cycle| Cycle { resets: false, ..cycle });
            terms.cycle = cycle;
        })
        .await;
    bench.subscribe_to(3, |terms| terms.cycle = None).await;
    bench.advance(SignedDuration::from_hours(24 * 32));
    let now = bench.clock.now();
    let hour = SignedDuration::from_hours(1);
    for n in 0..16 {
        let entry = changed(traffic(100 + n, 3, now, 1), |t| t.profile = format!("p{n}"));
        assert_eq!(bench.reason(entry).await, None);
    }
    let malformed = Entry {
        sequence: 9,
        record: Err((Refusal::new(Reason::Malformed, "at: "), "at=x".to_owned())),
    };
    let rows = [
        (traffic(1, 9, now, 1), Some("unknown_subscriber")),
        (traffic(2, 1, instant(BEGIN) - hour, 1), Some("unknown_subscriber")),
        (traffic(3, 1, now + SignedDuration::from_secs(301), 1), Some("early")),
        (traffic(4, 1, now + SignedDuration::from_secs(300), 1), None),
        (traffic(5, 1, now - hour * 48, 1), Some("late")),
        (traffic(6, 2, now, 1), Some("plan_over")),
        (traffic(7, 2, now - hour * 48, 1), Some("late")),
        (traffic(8, 1, now, 108_000_000_000_001), Some("impossible")),
        (malformed, Some("malformed")),
        (traffic(10, 1, now, u64::MAX), Some("impossible")),
        (changed(traffic(11, 3, now, 1), |t| t.profile = "q".into()), Some("too_many_profiles")),
        (traffic(12, 1, now - SignedDuration::from_hours(24 * 61), 1), Some("unknown_subscriber")),
    ];
    let mut kept = Vec::new();
    for (entry, expected) in rows {
        let sequence = entry.sequence;
        assert_eq!(bench.reason(entry).await, expected, "{sequence}");
        kept.extend(expected.map(|reason| (sequence, reason.to_owned())));
    }
    let found = bench.store.quarantine(0, 100).await.expect("read");
    let of = |record: &Quarantined| (record.sequence, record.reason.clone());
    assert_eq!(found.iter().map(of).collect::<Vec<_>>(), kept);
    let whole = |record: &Quarantined| !record.record.contains("00101234567");
    assert!(found.iter().all(whole), "identifiers are masked: {found:?}");
    let behind = bench.store.quarantine(found[1].id, 2).await.expect("read");
    assert_eq!(behind, found[2..4].to_vec());
    assert_eq!(bench.metered(subscription(1)).await.state.used(), Bytes(1));
}

/// What a session did before the reset does not count after it.
#[tokio::test]
async fn a_late_record_moves_its_session_on() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    bench.advance(SignedDuration::from_hours(24 * 31 - 2));
    let before = bench.clock.now();
    bench.take(&[session(1, 1, before, "a", 100)]).await;
    bench.advance(SignedDuration::from_hours(3));
    let late = session(2, 1, before + SignedDuration::from_hours(1), "a", 150);
    assert_eq!(bench.reason(late).await, Some("late"));
    assert_eq!(bench.reason(session(3, 1, bench.clock.now(), "a", 180)).await, None);
    let state = bench.metered(id).await.state;
    assert_eq!((state.used(), state.cycle), (Bytes(30), 1));
    assert_eq!(bench.names(id).await, ["DataPlanReset"]);
}

/// Connections and registrations are told, and history knows them.
#[tokio::test]
async fn reports_of_the_network_are_told_in_order() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let start = bench.clock.now();
    bench.advance(SignedDuration::from_hours(1));
    let at = |n: i32| start + MINUTE * n;
    let batch = [
        report(1, 1, at(1), What::Registered(Network::Home)),
        report(2, 1, at(2), What::Connected),
        report(3, 1, at(10), What::Registered(Network::Roaming)),
        traffic(4, 1, at(11), 5_000_000),
        report(5, 1, at(20), What::Disconnected),
    ];
    assert_eq!(bench.take(&batch).await.accepted, 5);
    let names = bench.names(id).await;
    let expected = [
        "RegisteredHome",
        "ProfileConnected",
        "RegisteredRoaming",
        "roaming_began",
        "DataPlanThresholdReached",
        "ProfileDisconnected",
    ];
    assert_eq!(names, expected);
    let counters = bench.metered(id).await.state.counters;
    let roaming = counters.of(Network::Roaming, Sharing::Own);
    assert_eq!(roaming.received, Bytes(5_000_000), "the last registration says where");
    let links = bench.usage.connections(id).await.expect("read").expect("known");
    let ends: Vec<_> = links.iter().map(|link| (link.started_at, link.ended_at)).collect();
    assert_eq!(ends, [(at(2), Some(at(20)))]);
}

/// What is known of late is never believed against the store [USE-07]: behind the back of one,
/// another counts on the same store, and the first then decides anew.
#[tokio::test]
async fn an_old_copy_of_a_subscription_costs_a_second_decision_only() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let now = bench.clock.now();
    let clock = Arc::clone(&bench.clock) as Arc<dyn Clock>;
    let (store, metrics) = (Arc::clone(&bench.store), UsageMetrics::default());
    let other = Usage::new(store, clock, metrics, Settings::default());
    for (turn, sum) in (1..).zip([10, 25, 30, 34, 40_u64]) {
        let usage = if turn % 2 == 1 { bench.usage.as_ref() } else { &other };
        let entries = [session(turn, 1, now, "s", sum), traffic(turn + 100, 1, now, 1_000)];
        let outcome = usage.ingest("bss", &entries).await.expect("taken");
        assert_eq!(outcome.accepted, 2, "{:?}", outcome.problems);
        assert_eq!(bench.metered(id).await.state.used(), Bytes(sum + turn * 1_000));
    }
}

/// Two changes on the same knowledge: the second is decided anew or refused, never lost.
#[tokio::test]
async fn what_was_decided_on_old_knowledge_is_refused() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let entries = [traffic(1, 1, bench.clock.now(), 1)];
    let known = bench.store.usage_known(judge::question("bss", &entries)).await.expect("read");
    let taken = judge::judge("bss", &entries, known, bench.clock.now()).taken;
    let write = || vec![Command::Usage(UsageCommand::Take(Box::new(taken.clone())))];
    assert_eq!(bench.store.commit(write()).await, Ok(()));
    assert_eq!(bench.store.commit(write()).await, Err(StoreError::Conflict), "number and version");
    let mut states_only = taken.clone();
    states_only.seen.clear();
    let write = vec![Command::Usage(UsageCommand::Take(Box::new(states_only)))];
    assert_eq!(bench.store.commit(write).await, Err(StoreError::Conflict), "version");
    let old = Besides { version: Some(1), ..Besides::default() };
    let said = OperatorUsage { used: Bytes(1), as_of: bench.clock.now() };
    let event = Event::Operator(OperatorUpdate { usage: Some(said), ..OperatorUpdate::default() });
    assert_eq!(bench.usage.apply(id, &event, old).await.map(drop), Err(StoreError::Conflict));
    assert_eq!(bench.metered(id).await.state.used(), Bytes(1));
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join("incoming").join(name), text).expect("written");
}

fn manifest(file: &str, text: &str, rows: u64, first: u64) -> String {
    let hash = crate::entropy::fingerprint(text);
    format!(
        "file = '{file}'\nsha256 = '{hash}'\nrows = {rows}\nsource = 'cdr'\n\
         first_sequence = {first}\n"
    )
}

fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[tokio::test]
async fn files_count_once_their_manifest_agrees() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let folder = bench.folder.path().join("feed");
    let mut files = Files::new(Arc::clone(&bench.usage), &folder).expect("folders");
    let text = format!(
        "at,imsi,sent_bytes,received_bytes,shared\n{BEGIN},{imsi},5,10,\n{BEGIN},{imsi},x,10,\n\
         {BEGIN},{imsi},,1\n{BEGIN},{imsi},,100,true\n{BEGIN},1,,100,true\n",
        imsi = imsi(1).reveal()
    );
    write(&folder, "day.csv", &text[..40]);
    assert_eq!(files.look().await.expect("looked"), 0, "no manifest yet");
    write(&folder, "day.manifest.toml", &manifest("day.csv", &text, 5, 1));
    assert_eq!(files.look().await.expect("looked"), 0, "half of it may be on its way");
    write(&folder, "day.csv", &text);
    assert_eq!(files.look().await.expect("looked"), 1);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(115));
    for name in ["done/day.csv", "done/day.manifest.toml", "done/day.report.json"] {
        assert!(exists(&folder, name), "{name}");
    }
    let report = std::fs::read_to_string(folder.join("done/day.report.json")).expect("a report");
    let report: api::usage::FileReport = serde_json::from_str(&report).expect("a report");
    assert_eq!((report.accepted, report.duplicate, report.quarantined), (2, 0, 3));
    let problems: Vec<_> = report.problems.iter().map(|p| (p.sequence, p.index)).collect();
    assert_eq!(problems, [(2, 1), (3, 2), (5, 4)]);

    // A crash after the file was moved, and one before: the same again changes nothing.
    write(&folder, "day.manifest.toml", &manifest("day.csv", &text, 5, 1));
    assert_eq!(files.look().await.expect("looked"), 1);
    assert!(!exists(&folder, "incoming/day.manifest.toml"));
    write(&folder, "day.csv", &text);
    write(&folder, "day.manifest.toml", &manifest("day.csv", &text, 5, 1));
    assert_eq!(files.look().await.expect("looked"), 1);
    assert_eq!(bench.metered(id).await.state.used(), Bytes(115));
}

#[tokio::test]
async fn files_that_do_not_agree_are_refused_whole() {
    let bench = Bench::new();
    let id = bench.subscribe(1).await;
    let folder = bench.folder.path().join("feed");
    let mut files = Files::new(Arc::clone(&bench.usage), &folder).expect("folders");
    let good = format!("at,imsi,received_bytes\n{BEGIN},{},1\n", imsi(1).reveal());
    let rows = [
        ("count", good.clone(), manifest("count.csv", &good, 2, 1), "rows: "),
        ("hash", good.clone(), manifest("hash.csv", "other", 1, 1), "sha256: "),
        ("bad", good.clone(), "file = 1".to_owned(), "manifest: "),
        ("column", good.replace("imsi", "imei"), String::new(), "header: no column"),
        ("twice", good.replace("imsi", "at"), String::new(), "header: the column at"),
    ];
    for (name, text, said, _) in &rows {
        let file = format!("{name}.csv");
        let said = if said.is_empty() { manifest(&file, text, 1, 1) } else { said.clone() };
        write(&folder, &file, text);
        write(&folder, &format!("{name}.manifest.toml"), &said);
    }
    write(&folder, "none.manifest.toml", &manifest("none.csv", &good, 1, 1));
    assert_eq!(files.look().await.expect("looked"), 4);
    // Other bytes may be on their way, until they stay as they are.
    assert_eq!(files.look().await.expect("looked"), 1);
    assert_eq!(files.look().await.expect("looked"), 0, "a file that is not there may come");
    for (name, _, _, expected) in rows {
        let path = folder.join("refused").join(format!("{name}.report.json"));
        let report = std::fs::read_to_string(path).expect(name);
        let report: api::usage::FileReport = serde_json::from_str(&report).expect("a report");
        let error = report.error.unwrap_or_default();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(bench.metered(id).await.state.used(), Bytes(0));
}

/// What a network reports as an event holds for records of usage too, and its connections are in
/// the list.
#[tokio::test]
async fn usage_knows_what_was_reported_as_an_event() {
    let bench = Bench::new();
    let id = bench
        .subscribe_to(1, |terms| {
            terms.cycle = terms.cycle.map(|cycle| Cycle { resets: false, ..cycle });
        })
        .await;
    let events = Events::new(
        Arc::clone(&bench.store),
        Arc::clone(&bench.clock) as _,
        domain::events::Settings::default(),
    );
    let report = |number: u8, kind: &str, state: Option<&str>| Reports {
        source: "hlr".to_owned(),
        events: vec![api::events::Report {
            id: number.to_string(),
            subscription: id.to_string(),
            kind: kind.to_owned(),
            state: state.map(str::to_owned),
            ..api::events::Report::default()
        }],
    };
    let before = bench.metered(id).await.version;
    for sent in [report(1, "connected", None), report(2, "registered", Some("roaming"))] {
        bench.advance(MINUTE);
        let taken = events.take(&sent).await.expect("taken");
        assert_eq!(taken[0].outcome, "accepted", "{taken:?}");
    }
    let metered = bench.metered(id).await;
    assert_eq!((metered.registered, metered.version), (Some(Network::Roaming), before + 1));
    bench.take(&[traffic(1, 1, bench.clock.now(), 300)]).await;
    let counters = bench.metered(id).await.state.counters;
    assert_eq!(counters.of(Network::Roaming, Sharing::Own).received, Bytes(300));
    bench.advance(MINUTE);
    events.take(&report(3, "disconnected", None)).await.expect("taken");
    let known = bench.usage.connections(id).await.expect("read").expect("known");
    assert_eq!(known.len(), 1, "one connection, at home and then roaming: {known:?}");
    let (from, to) = (known[0].started_at, bench.clock.now());
    assert_eq!(known[0].ended_at, Some(to));
    let links = bench.store.links(metered.handle, from, to).await.expect("read");
    let parts: Vec<_> = links.iter().map(|link| (link.started_at, link.is_roaming)).collect();
    assert_eq!(parts, [(from, false), (from + MINUTE, true)]);
}

/// However much a batch says, it leads to a bounded number of events.
#[tokio::test]
async fn a_batch_tells_of_a_bounded_number_of_events() {
    let bench = Bench::new();
    bench.subscribe_to(1, |terms| terms.limit = Some(Megabytes(1))).await;
    bench.advance(SignedDuration::from_hours(1));
    let now = bench.clock.now();
    let batch: Vec<_> = (0..300).map(|n| traffic(n, 1, now, 1_000_000_000)).collect();
    let Ok(known) = bench.store.usage_known(judge::question("bss", &batch)).await else {
        panic!("read")
    };
    let judged = judge::judge("bss", &batch, known, now);
    assert!((50_000..50_300).contains(&judged.gathered.told.len()), "{}", judged.accepted);
    let reason = judged.problems.first().map(|(_, _, refusal)| refusal.reason);
    assert_eq!(reason, Some(Reason::Impossible));
}

/// A thousand manifests whose files do not come keep nobody waiting for ever.
#[tokio::test]
async fn manifests_without_files_starve_nobody() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Files::new(Arc::clone(&bench.usage), folder.path()).expect("folders");
    for n in 0..1_000 {
        let waits = manifest(&format!("missing-{n}.csv"), "", 0, 1);
        write(folder.path(), &format!("a{n:04}.manifest.toml"), &waits);
    }
    let text = "at,imsi,received_bytes\n";
    write(folder.path(), "z.csv", text);
    write(folder.path(), "z.manifest.toml", &manifest("z.csv", text, 0, 1));
    assert_eq!(files.look().await.expect("looked"), 0);
    assert_eq!(files.look().await.expect("looked"), 1);
    assert!(exists(folder.path(), "done/z.csv"));
}
