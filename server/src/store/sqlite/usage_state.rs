//! What changes of a subscription with every batch, as few bytes: small, whole, and read back
//! exactly.
//!
//! Fields stand in a fixed order; the first byte is the form's number. Numbers take seven bits a
//! byte, the lowest first, with the eighth bit on all but the last; signed ones alternate around
//! zero. Times are milliseconds, to which the server cuts what it takes. Not here: tables, and
//! what seldom changes ([`super::usage_codec`]).

use domain::Timestamp;
use domain::amount::{Bytes, Megabytes};
use domain::brand::PlanType;
use domain::events::Network;
use domain::usage::{
    Counters, Counts, Day, Days, Due, Local, Meter, Operator, OperatorUsage, State, Told,
};

use crate::store::usage::{Carried, Kind, Metered, Profiles};

const FORM: u8 = 1;

/// What changes of a subscription with every batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// The engine's state.
    pub state: State,
    /// Where the device was last registered.
    pub registered: Option<Network>,
    /// Counters apart by profile.
    pub profiles: Profiles,
    /// Counts what makes documents older.
    pub revision: u64,
    /// When that was last.
    pub revised_at: Timestamp,
}

/// Writes fields one after the other.
struct Out<'b>(&'b mut Vec<u8>);

impl Out<'_> {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.byte((value & 0x7F) | 0x80);
            value >>= 7;
        }
        self.byte(value);
    }

    /// Writes the lowest eight bits.
    fn byte(&mut self, value: u64) {
        self.0.push(value.to_le_bytes()[0]);
    }

    fn signed(&mut self, value: i64) {
        self.number(value.wrapping_shl(1).cast_unsigned() ^ (value >> 63).cast_unsigned());
    }

    fn count(&mut self, value: usize) {
        self.number(u64::try_from(value).unwrap_or(u64::MAX));
    }

    fn maybe<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        self.byte(u64::from(value.is_some()));
        if let Some(value) = value {
            put(self, value);
        }
    }

    fn at(&mut self, at: Option<Timestamp>) {
        self.maybe(at, |out, at| out.signed(at.as_millisecond()));
    }

    fn counts(&mut self, counts: Counts) {
        self.number(counts.sent.0);
        self.number(counts.received.0);
    }

    fn usage(&mut self, usage: Option<OperatorUsage>) {
        self.maybe(usage, |out, usage| {
            out.number(usage.used.0);
            out.signed(usage.as_of.as_millisecond());
        });
    }

    fn operator(&mut self, operator: &Operator) {
        self.usage(operator.usage);
        self.usage(operator.former);
        self.maybe(operator.limit, |out, limit| out.number(u64::from(limit.0)));
        self.maybe(operator.plan_type, |out, plan_type| out.number(type_number(plan_type)));
        for flag in [operator.is_over_limit, operator.is_congested] {
            self.maybe(flag, |out, flag| out.number(u64::from(flag)));
        }
        for speed in [operator.inbound_kbps, operator.outbound_kbps] {
            self.maybe(speed, |out, speed| out.number(u64::from(speed)));
        }
    }

    fn state(&mut self, state: &State) {
        let Counters { home_own, home_shared, roaming_own, roaming_shared } = state.counters;
        let all = [home_own, home_shared, roaming_own, roaming_shared];
        all.into_iter().for_each(|counts| self.counts(counts));
        for meter in [state.home, state.roaming] {
            self.number(meter.since.0);
            self.number(meter.step);
        }
        self.number(state.cycle);
        let Due { reset, end } = state.due;
        let times = [state.cycle_from, reset, end, state.ended_at, state.minute];
        times.into_iter().for_each(|at| self.at(at));
        self.operator(&state.operator);
        self.number(u64::from(state.told.approaching));
        self.number(u64::from(state.told.projection));
        self.number(state.revision);
        self.count(state.days.list().len());
        for day in state.days.list() {
            self.signed(day.number);
            self.number(day.bytes.0);
        }
        self.count(state.local.slices().len());
        // Most of all bytes are these: each time is told by its distance to the one before.
        let mut before = 0_i64;
        for slice in state.local.slices() {
            let at = slice.at.as_millisecond();
            self.signed(at.saturating_sub(before));
            self.number(slice.bytes.0);
            before = at;
        }
    }

    fn profiles(&mut self, profiles: &Profiles) {
        self.count(profiles.0.len());
        for ((name, kind), carried) in &profiles.0 {
            self.count(name.len());
            self.0.extend_from_slice(name.as_bytes());
            self.number(u64::from(kind.number()));
            self.number(carried.sent);
            self.number(carried.received);
        }
    }
}

/// Writes what changes of a subscription, in place of what the room held.
pub(super) fn write(room: &mut Vec<u8>, metered: &Metered) {
    let Metered { state, registered, profiles, revision, revised_at, .. } = metered;
    write_parts(room, state, profiles, (*registered, *revision, *revised_at));
}

/// Writes the state of a subscription that begins.
pub(super) fn begun(state: &State, at: Timestamp) -> Vec<u8> {
    let mut room = Vec::new();
    write_parts(&mut room, state, &Profiles::default(), (None, 0, at));
    room
}

fn write_parts(
    room: &mut Vec<u8>,
    state: &State,
    profiles: &Profiles,
    (registered, revision, revised_at): (Option<Network>, u64, Timestamp),
) {
    room.clear();
    let mut out = Out(room);
    out.byte(u64::from(FORM));
    out.state(state);
    out.byte(network_number(registered));
    out.profiles(profiles);
    out.number(revision);
    out.signed(revised_at.as_millisecond());
}

fn network_number(network: Option<Network>) -> u64 {
    match network {
        None => 0,
        Some(Network::Home) => 1,
        Some(Network::Roaming) => 2,
    }
}

fn type_number(plan_type: PlanType) -> u64 {
    match plan_type {
        PlanType::Unrestricted => 0,
        PlanType::Fixed => 1,
        PlanType::Variable => 2,
    }
}

/// Reads fields in the same order.
struct In<'b>(&'b [u8]);

impl In<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for place in 0..10 {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            let moved = bits << (7 * place);
            if moved >> (7 * place) != bits {
                return None;
            }
            value |= moved;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1).cast_signed() ^ (value & 1).cast_signed().wrapping_neg())
    }

    fn count(&mut self) -> Option<usize> {
        // No list is longer than what is left.
        self.number()?.try_into().ok().filter(|count| *count <= self.0.len())
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn maybe<T>(&mut self, get: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.flag()? {
            false => Some(None),
            true => get(self).map(Some),
        }
    }

    fn instant(&mut self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.signed()?).ok()
    }

    fn at(&mut self) -> Option<Option<Timestamp>> {
        self.maybe(Self::instant)
    }

    fn bytes(&mut self) -> Option<Bytes> {
        self.number().map(Bytes)
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn counts(&mut self) -> Option<Counts> {
        Some(Counts { sent: self.bytes()?, received: self.bytes()? })
    }

    fn meter(&mut self) -> Option<Meter> {
        Some(Meter { since: self.bytes()?, step: self.number()? })
    }

    fn usage(&mut self) -> Option<Option<OperatorUsage>> {
        self.maybe(|fields| Some(OperatorUsage { used: fields.bytes()?, as_of: fields.instant()? }))
    }

    fn plan_type(&mut self) -> Option<PlanType> {
        match self.byte()? {
            0 => Some(PlanType::Unrestricted),
            1 => Some(PlanType::Fixed),
            2 => Some(PlanType::Variable),
            _ => None,
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        Some(Operator {
            usage: self.usage()?,
            former: self.usage()?,
            limit: self.maybe(Self::small)?.map(Megabytes),
            plan_type: self.maybe(Self::plan_type)?,
            is_over_limit: self.maybe(Self::flag)?,
            is_congested: self.maybe(Self::flag)?,
            inbound_kbps: self.maybe(Self::small)?,
            outbound_kbps: self.maybe(Self::small)?,
        })
    }

    fn state(&mut self) -> Option<State> {
        let mut state = State {
            counters: Counters {
                home_own: self.counts()?,
                home_shared: self.counts()?,
                roaming_own: self.counts()?,
                roaming_shared: self.counts()?,
            },
            home: self.meter()?,
            roaming: self.meter()?,
            cycle: self.number()?,
            cycle_from: self.at()?,
            due: Due { reset: self.at()?, end: self.at()? },
            ended_at: self.at()?,
            minute: self.at()?,
            operator: self.operator()?,
            told: Told { approaching: self.flag()?, projection: self.flag()? },
            revision: self.number()?,
            ..State::default()
        };
        let days = self.count()?;
        let day = |_| Some(Day { number: self.signed()?, bytes: self.bytes()? });
        let days: Vec<Day> = (0..days).map(day).collect::<Option<_>>()?;
        state.days = Days::of(&days);
        let mut local = Local::default();
        let mut before = 0_i64;
        for _ in 0..self.count()? {
            before = before.checked_add(self.signed()?)?;
            local.add(Timestamp::from_millisecond(before).ok()?, self.bytes()?);
        }
        state.local = local;
        Some(state)
    }

    fn profiles(&mut self) -> Option<Profiles> {
        let mut profiles = Profiles::default();
        for _ in 0..self.count()? {
            let length = self.count()?;
            let (name, rest) = self.0.split_at_checked(length)?;
            self.0 = rest;
            let name = std::str::from_utf8(name).ok()?.to_owned();
            let kind = Kind::from_number(self.byte()?)?;
            let carried = Carried { sent: self.number()?, received: self.number()? };
            profiles.0.insert((name, kind), carried);
        }
        Some(profiles)
    }
}

/// Reads what [`write`] wrote.
pub(super) fn parse(bytes: &[u8]) -> Option<Moved> {
    let mut fields = In(bytes);
    if fields.byte()? != FORM {
        return None;
    }
    let moved = Moved {
        state: fields.state()?,
        registered: match fields.byte()? {
            0 => None,
            1 => Some(Network::Home),
            2 => Some(Network::Roaming),
            _ => return None,
        },
        profiles: fields.profiles()?,
        revision: fields.number()?,
        revised_at: fields.instant()?,
    };
    fields.0.is_empty().then_some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SignedDuration;
    use domain::amount::Period;
    use domain::usage::{
        Cycle, DeliveryMode, Event, OperatorUpdate, Sharing, Terms, Traffic, apply, step,
    };

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn terms() -> Terms {
        let duration = Period::parse("P1M").expect("a period");
        Terms {
            plan_type: Some(PlanType::Fixed),
            limit: Some(Megabytes(500)),
            notifies: true,
            cycle: Some(Cycle {
                start: instant("2030-01-31T00:00:00.123Z"),
                duration,
                resets: true,
            }),
            expires_at: Some(instant("2031-01-01T00:00:00Z")),
            mode: DeliveryMode::PerMinute,
        }
    }

    fn bytes(moved: &Moved) -> Vec<u8> {
        let Moved { state, registered, profiles, revision, revised_at } = moved;
        let mut room = vec![1, 2, 3];
        write_parts(&mut room, state, profiles, (*registered, *revision, *revised_at));
        room
    }

    fn read_back(moved: &Moved) {
        let bytes = bytes(moved);
        assert_eq!(parse(&bytes).as_ref(), Some(moved));
        for end in 0..bytes.len() {
            assert_eq!(parse(&bytes[..end]), None, "cut off at {end}");
        }
        assert_eq!(parse(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn what_changes_reads_back_exactly() {
        let terms = terms();
        let start = terms.cycle.as_ref().map(|cycle| cycle.start).expect("a cycle");
        let mut profiles = Profiles::default();
        let mut state = State::new(&terms);
        let mut moved = Moved { state: state.clone(), ..Moved::default() };
        read_back(&moved);
        for n in 0..195_u32 {
            let at = start + SignedDuration::from_hours(i64::from(n) * 7);
            let traffic = Traffic {
                regime: if n % 3 == 0 { Network::Roaming } else { Network::Home },
                sharing: if n % 2 == 0 { Sharing::Own } else { Sharing::Shared },
                sent: Bytes(u64::from(n) * 1_000_003),
                received: Bytes(7),
                at,
            };
            let usage = OperatorUsage { used: Bytes(u64::from(n)), as_of: at };
            let event = match n % 50 {
                49 => Event::Operator(OperatorUpdate {
                    usage: Some(usage),
                    limit: Some(Megabytes(n)),
                    plan_type: Some(PlanType::Variable),
                    is_over_limit: Some(false),
                    is_congested: Some(true),
                    inbound_kbps: Some(1),
                    outbound_kbps: Some(2),
                }),
                _ => Event::Traffic(traffic),
            };
            let made = step(&state, &terms, &event, at);
            apply(&mut state, &made);
            let kind = Kind { is_roaming: n % 3 == 0, is_shared: n % 2 == 0 };
            let name = if n % 5 == 0 { "mms.example" } else { "internet" };
            profiles.add(name, kind, Carried { sent: u64::MAX, received: u64::from(n) });
            moved = Moved {
                state: state.clone(),
                registered: match n % 3 {
                    0 => None,
                    1 => Some(Network::Home),
                    _ => Some(Network::Roaming),
                },
                profiles: profiles.clone(),
                revision: u64::from(n),
                revised_at: at,
            };
            assert_eq!(parse(&bytes(&moved)).as_ref(), Some(&moved), "{n}");
        }
        assert!(moved.state.local.slices().len() > 1 && moved.state.cycle > 0);
        read_back(&moved);
    }

    #[test]
    fn numbers_read_back_and_others_are_refused() {
        for value in [0, 1, 127, 128, 1 << 53, u64::MAX] {
            let mut room = Vec::new();
            Out(&mut room).number(value);
            assert_eq!(In(&room).number(), Some(value));
            room.clear();
            Out(&mut room).signed(value.cast_signed());
            assert_eq!(In(&room).signed(), Some(value.cast_signed()));
        }
        let most = [&[0xFF; 9][..], &[1]].concat();
        assert_eq!(In(&most).number(), Some(u64::MAX));
        let more = [&[0xFF; 9][..], &[2]].concat();
        assert_eq!(In(&more).number(), None);
        assert_eq!(In(&[0xFF; 11]).number(), None);
        assert_eq!(In(&[0x80]).number(), None);
        for wrong in [&[][..], &[2], &[FORM]] {
            assert_eq!(parse(wrong), None);
        }
    }
}
