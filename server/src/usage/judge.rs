//! Which records of a batch count, and what they come to.
//!
//! Pure: what is known is given, the time is a parameter. Records are taken in the order of their
//! times, whatever order they come in, and each number once. Nothing is dropped: what does not
//! count is told to the feed and goes into quarantine. Not here: reading and writing
//! ([`super::Usage`]). Implements the server's side of [USE-01], [USE-04] and [USE-07].

use std::collections::BTreeMap;

use domain::amount::Bytes;
use domain::events::Network;
use domain::usage::counter::Cumulative;
use domain::usage::{Counts, Event, Sharing, Verdict};
use domain::{SignedDuration, Timestamp};

use super::claim;
use super::decision::{Gathered, Moving, Report, ReportKind, Tell};
use super::record::{Entry, Reason, Record, Refusal, Traffic, What, Who};
use super::{HISTORY, MINUTES};
use crate::store::usage::{
    Bucket, CHUNK, Carried, Kind, LinkWrite, Quarantined, Seen, SessionValue, Taken, UsageKnown,
    UsageQuestion,
};

/// How far ahead of our clock a record's time may be.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);
/// What a device can carry at most: 10 Gbit/s, the peak of a 5G cell.
const BYTES_PER_SECOND_MAX: u64 = 1_250_000_000;
/// The time over which a record without a session, or the first of one, may have gathered.
const GATHERED_MAX: SignedDuration = SignedDuration::from_hours(24);
/// The least such time: clocks of feeds are coarse.
const GATHERED_MIN: SignedDuration = SignedDuration::from_mins(1);

/// Most events that a batch may tell of; more is no use of any device.
const TOLD_MAX: usize = 50_000;

/// What a batch comes to.
#[derive(Debug, Default)]
pub struct Judged {
    /// What is to be written.
    pub taken: Taken,
    /// What is to be told.
    pub gathered: Gathered,
    /// How many records count.
    pub accepted: u64,
    /// How many were taken before.
    pub duplicate: u64,
    /// Records that do not count, by their place in the batch.
    pub problems: Vec<(usize, u64, Refusal)>,
}

/// Says what has to be known to judge a batch.
#[must_use]
pub fn question(source: &str, entries: &[Entry]) -> UsageQuestion {
    let mut asked = UsageQuestion { source: source.to_owned(), ..UsageQuestion::default() };
    for entry in entries {
        asked.chunks.insert(entry.sequence / CHUNK);
        let Ok(record) = &entry.record else { continue };
        asked.who.insert(record.who.clone());
        if let What::Traffic(Traffic { session: Some(session), .. }) = &record.what
            && !asked.sessions.contains(session)
        {
            asked.sessions.insert(session.clone());
        }
    }
    asked
}

/// Judges a batch.
#[must_use]
pub fn judge(source: &str, entries: &[Entry], known: UsageKnown, now: Timestamp) -> Judged {
    let mut bench = Bench::new(source, known, now);
    let mut fresh: Vec<(Option<Timestamp>, usize)> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        match bench.is_new(entry.sequence) {
            true => fresh.push((entry.record.as_ref().ok().map(|record| record.at), index)),
            false => bench.judged.duplicate = bench.judged.duplicate.saturating_add(1),
        }
    }
    fresh.sort_unstable();
    for (_, index) in fresh {
        let Some(entry) = entries.get(index) else { continue };
        let taken = match &entry.record {
            Ok(record) => bench.take(record).map_err(|refusal| (refusal, format!("{record:?}"))),
            Err((refusal, shown)) => Err((refusal.clone(), shown.clone())),
        };
        match taken {
            Ok(()) => bench.judged.accepted = bench.judged.accepted.saturating_add(1),
            Err((refusal, shown)) => bench.refuse(index, entry.sequence, refusal, &shown),
        }
    }
    bench.finish()
}

/// What is known and decided while a batch is judged.
struct Bench {
    now: Timestamp,
    seen: BTreeMap<u64, Seen>,
    new: BTreeMap<u64, Seen>,
    sessions: BTreeMap<String, (SessionValue, bool)>,
    who: BTreeMap<Who, Vec<i64>>,
    ordered_by: BTreeMap<i64, String>,
    moving: BTreeMap<i64, Moving>,
    ticked: std::collections::BTreeSet<i64>,
    minutes: BTreeMap<(i64, i64, Kind), Carried>,
    hours: BTreeMap<(i64, i64, Kind), Carried>,
    judged: Judged,
}

impl Bench {
    fn new(source: &str, known: UsageKnown, now: Timestamp) -> Self {
        let sessions = known.sessions.into_iter();
        let taken = Taken { source: Some(source.to_owned()), at: now, ..Taken::default() };
        Self {
            now,
            seen: known.seen,
            new: BTreeMap::new(),
            sessions: sessions.map(|(name, value)| (name, (value, false))).collect(),
            who: known.who,
            ordered_by: known.ordered_by,
            moving: known.metered.into_iter().map(|(h, m)| (h, Moving::new(m))).collect(),
            ticked: std::collections::BTreeSet::new(),
            minutes: BTreeMap::new(),
            hours: BTreeMap::new(),
            judged: Judged { taken, ..Judged::default() },
        }
    }

    fn is_new(&mut self, sequence: u64) -> bool {
        let chunk = sequence / CHUNK;
        let is_known = self.seen.get(&chunk).is_some_and(|seen| seen.contains(sequence));
        !is_known && self.new.entry(chunk).or_default().insert(sequence)
    }

    fn refuse(&mut self, index: usize, sequence: u64, refusal: Refusal, record: &str) {
        let source = self.judged.taken.source.clone().unwrap_or_default();
        self.judged.taken.quarantine.push(Quarantined {
            id: 0,
            source,
            sequence,
            reason: refusal.reason.name().to_owned(),
            received_at: self.now,
            record: format!("{record} ({})", refusal.message),
        });
        self.judged.problems.push((index, sequence, refusal));
    }

    fn take(&mut self, record: &Record) -> Result<(), Refusal> {
        let now = self.now;
        if record.at > now.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX) {
            let message = format!("at: ahead of {now} by more than five minutes");
            return Err(Refusal::new(Reason::Early, message));
        }
        if self.judged.gathered.told.len() >= TOLD_MAX {
            let message = "the records before it in its batch tell of 50,000 events already";
            return Err(Refusal::new(Reason::Impossible, message));
        }
        let handle = self.find(&record.who, record.at)?;
        if self.ticked.insert(handle)
            && let Some(moving) = self.moving.get_mut(&handle)
        {
            // Boundaries first: they decide whether a record is late.
            moving.happen(&Event::Tick, now, &mut self.judged.gathered);
        }
        match &record.what {
            What::Traffic(traffic) => self.traffic(handle, record.at, traffic),
            What::Connected => self.report(handle, record.at, ReportKind::Connected),
            What::Disconnected => self.report(handle, record.at, ReportKind::Disconnected),
            What::Registered(network) => {
                self.report(handle, record.at, ReportKind::Registered(*network))
            }
        }
    }

    /// Finds the subscription that somebody had at that time.
    fn find(&self, who: &Who, at: Timestamp) -> Result<i64, Refusal> {
        let all = self.who.get(who).map(Vec::as_slice).unwrap_or_default();
        let all = all.iter().filter_map(|handle| self.moving.get(handle));
        let begun = all.map(|moving| &*moving.metered).filter(|metered| metered.starts_at <= at);
        let begun: Vec<_> = begun.collect();
        if let [metered] = begun.as_slice()
            && metered.covers(at)
        {
            return Ok(metered.handle);
        }
        match claim::choose(&begun, &self.ordered_by, at) {
            Some(metered) => Ok(metered.handle),
            None if begun.iter().any(|metered| metered.covers(at)) => {
                let message = "two customers claimed its SIM at the same time";
                Err(Refusal::new(Reason::Ambiguous, message))
            }
            None if begun.is_empty() => {
                let message = "nobody has such a subscription at that time";
                Err(Refusal::new(Reason::UnknownSubscriber, message))
            }
            None => Err(Refusal::new(Reason::PlanOver, "the plan was over at that time")),
        }
    }

    fn traffic(&mut self, handle: i64, at: Timestamp, traffic: &Traffic) -> Result<(), Refusal> {
        let Some(moving) = self.moving.get_mut(&handle) else { return Ok(()) };
        let started = moving.metered.starts_at;
        let last = traffic.session.as_ref().and_then(|session| self.sessions.get(session));
        let last = last.map(|(value, _)| *value);
        let carried = added(traffic, at, last, started)?;
        let late = is_late(moving, at, self.now);
        if late.is_none() && !moving.metered.profiles.admits(&traffic.profile) {
            let message = "the subscription has 16 profiles already";
            return Err(Refusal::new(Reason::TooManyProfiles, message));
        }
        let network = traffic.network.or(moving.metered.registered).unwrap_or(Network::Home);
        let sharing = if traffic.is_shared { Sharing::Shared } else { Sharing::Own };
        let event = Event::Traffic(domain::usage::Traffic {
            regime: network,
            sharing,
            sent: Bytes(carried.sent),
            received: Bytes(carried.received),
            at,
        });
        if late.is_none() {
            let verdict = moving.happen(&event, self.now, &mut self.judged.gathered);
            if let Verdict::Rejected(_) = verdict {
                let message = "more bytes than can be counted";
                return Err(Refusal::new(Reason::Impossible, message));
            }
        }
        if let Some(session) = &traffic.session {
            // Also of a late record: what it says was used then must not count later.
            let carried = Carried { sent: traffic.sent, received: traffic.received };
            let value = SessionValue { handle, carried, at };
            self.sessions.insert(session.clone(), (value, true));
        }
        if let Some(refusal) = late {
            return Err(refusal);
        }
        let kind = Kind { is_roaming: network == Network::Roaming, is_shared: traffic.is_shared };
        if carried != Carried::default() {
            moving.changed().profiles.add(&traffic.profile, kind, carried);
            self.bucket(handle, at, kind, carried);
        }
        Ok(())
    }

    fn bucket(&mut self, handle: i64, at: Timestamp, kind: Kind, carried: Carried) {
        let minute = minute_of(at.min(self.now));
        let is_recent = minute >= minute_of(self.now).saturating_sub(MINUTES);
        let (buckets, slot) = match is_recent {
            true => (&mut self.minutes, minute),
            false => (&mut self.hours, minute.div_euclid(60)),
        };
        let sum = buckets.entry((slot, handle, kind)).or_default();
        *sum = sum.plus(carried);
    }

    fn report(&mut self, handle: i64, at: Timestamp, event: ReportKind) -> Result<(), Refusal> {
        let Some(moving) = self.moving.get_mut(&handle) else { return Ok(()) };
        if let Some(refusal) = is_late(moving, at, self.now) {
            return Err(refusal);
        }
        let at = at.min(self.now);
        let links = &mut self.judged.gathered.links;
        match event {
            ReportKind::Connected => {
                let is_roaming = moving.metered.registered == Some(Network::Roaming);
                links.push(LinkWrite::Up { handle, at, is_roaming });
            }
            ReportKind::Disconnected => links.push(LinkWrite::Down { handle, at }),
            ReportKind::Registered(network) => {
                if moving.metered.registered != Some(network) {
                    moving.changed().registered = Some(network);
                    let is_roaming = network == Network::Roaming;
                    links.push(LinkWrite::Moved { handle, at, is_roaming });
                }
            }
        }
        let told = (moving.metered.subscription, Tell::Report(Report { event, at }));
        self.judged.gathered.told.push(told);
        Ok(())
    }

    fn finish(self) -> Judged {
        let mut judged = self.judged;
        let taken = &mut judged.taken;
        taken.seen = self.new.into_iter().filter(|(_, seen)| *seen != Seen::default()).collect();
        let changed = self.sessions.into_iter().filter(|(_, (_, is_changed))| *is_changed);
        taken.sessions = changed.map(|(session, (value, _))| (session, value)).collect();
        taken.states = self.moving.into_values().filter_map(Moving::finish).collect();
        taken.minutes = buckets(self.minutes);
        taken.hours = buckets(self.hours);
        judged.problems.sort_by_key(|(index, ..)| *index);
        judged
    }
}

fn buckets(sums: BTreeMap<(i64, i64, Kind), Carried>) -> Vec<Bucket> {
    let sums = sums.into_iter();
    sums.map(|((slot, handle, kind), carried)| Bucket { slot, handle, kind, carried }).collect()
}

/// Returns minutes since 1970.
pub(super) fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Says why a record is too late to count, if it is: its cycle is closed, its plan over, or its
/// time behind what history keeps.
fn is_late(moving: &Moving, at: Timestamp, now: Timestamp) -> Option<Refusal> {
    let state = &moving.metered.state;
    let late = |message: &str| Some(Refusal::new(Reason::Late, message));
    if state.cycle_from.is_some_and(|from| at < from) {
        late("at: of a billing cycle that is over")
    } else if state.ended_at.is_some() {
        late("the plan is over by now")
    } else if now.duration_since(at) > HISTORY {
        late("at: more than 60 days ago")
    } else {
        None
    }
}

fn counts(carried: Carried) -> Counts {
    Counts { sent: Bytes(carried.sent), received: Bytes(carried.received) }
}

/// Returns what a record adds to what was said before.
fn added(
    traffic: &Traffic,
    at: Timestamp,
    last: Option<SessionValue>,
    started: Timestamp,
) -> Result<Carried, Refusal> {
    let now = Carried { sent: traffic.sent, received: traffic.received };
    let (carried, since) = match last {
        None => {
            let earliest = at.checked_sub(GATHERED_MAX).unwrap_or(started);
            (now, started.max(earliest))
        }
        Some(last) => {
            let before = last.carried;
            let is_less = now.sent < before.sent || now.received < before.received;
            if at < last.at || (at == last.at && is_less) {
                let message = format!("at: its session has said more at {}", last.at);
                return Err(Refusal::new(Reason::OutOfOrder, message));
            }
            // A counter that begins anew adds nothing and is counted from there [USE-07].
            let (_, reading) = Cumulative { last: Some(counts(before)) }.read(counts(now));
            let counted = reading.counted;
            (Carried { sent: counted.sent.0, received: counted.received.0 }, last.at)
        }
    };
    let elapsed = at.duration_since(since).max(GATHERED_MIN).as_secs();
    let most = u64::try_from(elapsed).unwrap_or(0).saturating_mul(BYTES_PER_SECOND_MAX);
    match carried.total() <= most {
        true => Ok(carried),
        false => {
            let message = format!("more than 10 Gbit/s since {since}");
            Err(Refusal::new(Reason::Impossible, message))
        }
    }
}
