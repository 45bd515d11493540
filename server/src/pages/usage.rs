//! How a plan is used, in words: for its customer and for the operator's staff.
//!
//! Made from values alone: what the usage engine knows, what was counted by the hour, what the
//! customer is to be told. Says of every figure who says so and when: billing is authoritative,
//! counters are an estimate [USE-01], [USE-02]. Implements [EVT-20] as far as the page tells it.
//! Not here: what counts as used ([`domain::usage`]), the picture ([`super::chart`]).

use api::browser::{Account, Fact, Form};
use api::{browser::field, paths};
use domain::amount::{Bytes, Megabytes};
use domain::events::{Cause, Family, Notice};
use domain::usage::cost::{self, ConnectionCost, Surroundings};
use domain::usage::{Regime, Sharing, State, Terms};
use domain::{SignedDuration, Timestamp};
use portal::account::{self, Bar, History, Level, Use};

use super::Paper;
use super::chart::{self, DayBar, Words};
use crate::store::account::{Tidings, Told};

/// How many days the history shows.
const DAYS: i64 = 14;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// How far back counted bytes are kept [USE-03].
const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Milliseconds until a page asks again though nothing was pushed.
const POLL_MS: u32 = 60_000;
/// Longest text of a message that a notice shows, in characters.
const TEXT_CHARS_MAX: usize = 480;

/// What is known of the use of a plan.
pub struct UsageView<'a> {
    /// What the plan says.
    pub terms: &'a Terms,
    /// What the engine knows.
    pub state: &'a State,
    /// Where the device was registered last.
    pub registered: Option<Regime>,
    /// When the plan began.
    pub starts_at: Timestamp,
    /// What was counted, by the hour, of the time that [`first_hour`] says.
    pub counted: &'a [Counted],
    /// The present instant.
    pub now: Timestamp,
}

/// Bytes that were counted in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// When the hour begins.
    pub at: Timestamp,
    /// Where.
    pub regime: Regime,
    /// Whose.
    pub sharing: Sharing,
    /// How many.
    pub bytes: Bytes,
}

/// Where and for whom bytes were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    own: Bytes,
    shared: Bytes,
    roaming_own: Bytes,
    roaming_shared: Bytes,
}

impl Sums {
    fn of<'c>(counted: impl Iterator<Item = &'c Counted>) -> Self {
        let mut sums = Self::default();
        for hour in counted {
            let sum = match (hour.regime, hour.sharing) {
                (Regime::Home, Sharing::Own) => &mut sums.own,
                (Regime::Home, Sharing::Shared) => &mut sums.shared,
                (Regime::Roaming, Sharing::Own) => &mut sums.roaming_own,
                (Regime::Roaming, Sharing::Shared) => &mut sums.roaming_shared,
            };
            *sum = sum.plus(hour.bytes);
        }
        sums
    }

    fn parts(&self) -> [Bytes; 3] {
        [self.own, self.shared, self.roaming_own.plus(self.roaming_shared)]
    }

    fn total(&self) -> Bytes {
        self.parts().into_iter().fold(Bytes(0), Bytes::plus)
    }
}

/// Returns since when counted bytes are shown: the begin of the cycle or of the history, whichever
/// is earlier, as far as they are kept.
#[must_use]
pub fn first_hour(state: &State, starts_at: Timestamp, now: Timestamp) -> Timestamp {
    let days = SignedDuration::from_hours(24 * DAYS);
    let history = now.checked_sub(days).unwrap_or(Timestamp::MIN);
    cycle_from(state, starts_at, now).min(history)
}

/// Returns the begin of the cycle, as far as what was counted since is kept.
fn cycle_from(state: &State, starts_at: Timestamp, now: Timestamp) -> Timestamp {
    let kept = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    state.cycle_from.unwrap_or(starts_at).max(kept)
}

impl UsageView<'_> {
    fn cost(&self) -> ConnectionCost {
        let around = Surroundings { regime: self.registered, ..Surroundings::default() };
        cost::connection_cost(self.state, self.terms, &around)
    }

    fn limit(&self) -> Option<Megabytes> {
        self.state.limit(self.terms)
    }

    /// When the network's counters last counted something that billing has not.
    fn counted_at(&self) -> Option<Timestamp> {
        self.state.local.slices().last().map(|slice| slice.at)
    }

    /// Whether anybody has said anything of this cycle, or of one before, after which it began
    /// with nothing used [USE-23].
    fn is_known(&self) -> bool {
        let is_anew = self.state.cycle > 0;
        self.state.operator.usage.is_some() || self.state.local.total() > Bytes(0) || is_anew
    }

    /// Whether the plan is over.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.state.ended_at.is_some()
    }

    fn since(&self) -> Timestamp {
        cycle_from(self.state, self.starts_at, self.now)
    }

    fn cycle_sums(&self) -> Sums {
        // An hour that the cycle begins in counts: it may hold minutes of the cycle before.
        let hour = self.since().as_second().div_euclid(3_600).saturating_mul(3_600);
        Sums::of(self.counted.iter().filter(|counted| counted.at.as_second() >= hour))
    }
}

/// Shows a customer the use of a plan; absent = nothing is metered.
#[must_use]
pub fn account(
    paper: &Paper<'_>,
    code: &str,
    view: Option<&UsageView<'_>>,
    tidings: &Tidings,
) -> Account {
    let notices: Vec<_> = tidings.told.iter().map(|told| notice(paper, code, told)).collect();
    let plan = view.map_or_else(|| unknown(paper), |view| use_of(paper, view));
    Account {
        events: paths::order::events(code, tidings.latest),
        event_names: event_names(),
        poll_ms: POLL_MS,
        ..account::render(&notices, &plan)
    }
}

/// The names of events that change something on the page.
fn event_names() -> Vec<String> {
    let is_shown = |cause: &Cause| {
        matches!(cause.family(), Family::AccountStatus | Family::NetworkStatus | Family::Customer)
    };
    let cycle = 0;
    let causes = [
        Cause::Threshold { cycle, network: Regime::Home, step: 0, usage_bytes: 0 },
        Cause::Reset { cycle },
        Cause::PlanDeleted,
        Cause::LimitProjected { cycle, projected_bytes: 0 },
        Cause::Registered(Regime::Home),
        Cause::Registered(Regime::Roaming),
    ];
    let causes = causes.into_iter().chain(Notice::ALL.map(Cause::Notice));
    causes.filter(is_shown).map(|cause| cause.name().to_owned()).collect()
}

fn unknown(paper: &Paper<'_>) -> Use {
    Use {
        heading: paper.texts.get("use-heading"),
        used: paper.texts.get("use-unknown"),
        source: paper.texts.get("use-unknown-text"),
        ..Use::default()
    }
}

/// Says how a plan is used.
#[must_use]
pub fn use_of(paper: &Paper<'_>, view: &UsageView<'_>) -> Use {
    let mut plan = unknown(paper);
    plan.facts = facts(paper, view);
    plan.history = history(paper, view);
    if !view.is_known() {
        return plan;
    }
    let used = view.state.used();
    plan.used = match view.limit() {
        Some(limit) => paper.texts.format(
            "use-of",
            &[
                ("used", paper.texts.bytes(used).into()),
                ("limit", paper.texts.megabytes(limit).into()),
            ],
        ),
        None => paper.texts.format("use-only", &[("used", paper.texts.bytes(used).into())]),
    };
    plan.left = view.limit().map(|limit| left(paper, used, limit)).unwrap_or_default();
    plan.bar = view.limit().map(|limit| bar(paper, view, limit));
    plan.source = source(paper, view);
    plan.warnings = warnings(paper, view);
    plan
}

fn left(paper: &Paper<'_>, used: Bytes, limit: Megabytes) -> String {
    let bytes = |key: &str, name: &str, bytes: Bytes| {
        paper.texts.format(key, &[(name, paper.texts.bytes(bytes).into())])
    };
    match used.cmp(&limit.bytes()) {
        std::cmp::Ordering::Less => bytes("use-left", "left", limit.bytes().minus(used)),
        std::cmp::Ordering::Equal => paper.texts.get("use-none-left"),
        std::cmp::Ordering::Greater => bytes("use-beyond", "beyond", used.minus(limit.bytes())),
    }
}

/// Percent of a limit, rounded down, at most 100.
fn percent(used: Bytes, limit: Megabytes) -> u8 {
    let scaled = u128::from(used.0).saturating_mul(100);
    let percent = scaled.checked_div(u128::from(limit.bytes().0)).unwrap_or(100);
    u8::try_from(percent.min(100)).unwrap_or(100)
}

fn bar(paper: &Paper<'_>, view: &UsageView<'_>, limit: Megabytes) -> Bar {
    let cost = view.cost();
    let level = match (cost.is_over_data_limit, cost.is_approaching_data_limit) {
        (true, _) => Level::Over,
        (false, true) => Level::Close,
        (false, false) => Level::Far,
    };
    Bar { label: paper.texts.get("use-bar"), percent: percent(view.state.used(), limit), level }
}

/// Says who says so, and when.
fn source(paper: &Paper<'_>, view: &UsageView<'_>) -> String {
    let at = |at: Timestamp| paper.texts.instant(at);
    let billed = view.state.operator.usage;
    match (billed, view.counted_at().filter(|_| cost::usage(view.state).is_estimate)) {
        (None, None) => {
            let from = at(view.since());
            paper.texts.format("use-anew", &[("at", from.into())])
        }
        (Some(billed), None) => {
            paper.texts.format("use-billed", &[("at", at(billed.as_of).into())])
        }
        (None, Some(counted)) => paper.texts.format("use-counted", &[("at", at(counted).into())]),
        (Some(billed), Some(counted)) => paper.texts.format(
            "use-billed-and-counted",
            &[
                ("at", at(counted).into()),
                ("billed", paper.texts.bytes(billed.used).into()),
                ("billed_at", at(billed.as_of).into()),
            ],
        ),
    }
}

/// Says what to look out for.
fn warnings(paper: &Paper<'_>, view: &UsageView<'_>) -> Vec<String> {
    let cost = view.cost();
    let mut warnings = Vec::new();
    if cost.is_over_data_limit {
        warnings.push(paper.texts.get("use-warning-over"));
    } else if let (true, Some(limit)) = (cost.is_approaching_data_limit, view.limit()) {
        let percent = percent(view.state.used(), limit);
        warnings.push(paper.texts.format("use-warning-close", &[("percent", percent.into())]));
    }
    let end = view.state.due.reset.or(view.state.due.end);
    if let (true, false, Some(end)) = (view.state.told.projection, cost.is_over_data_limit, end) {
        let end = paper.texts.instant(end);
        warnings.push(paper.texts.format("use-warning-pace", &[("end", end.into())]));
    }
    if cost.is_roaming {
        warnings.push(paper.texts.get("use-warning-roaming"));
    }
    warnings
}

fn facts(paper: &Paper<'_>, view: &UsageView<'_>) -> Vec<Fact> {
    let fact =
        |term: &str, text: String| Fact { term: paper.texts.get(term), text, is_literal: false };
    let at = |at: Timestamp| paper.texts.instant(at);
    let mut facts = Vec::new();
    let due = view.state.due;
    match (view.state.ended_at, due.reset, due.end) {
        (Some(ended), ..) => facts.push(fact("use-ended", at(ended))),
        (None, reset, end) => {
            let before_end = |reset: &Timestamp| end.is_none_or(|end| *reset < end);
            facts.extend(reset.filter(before_end).map(|on| fact("use-starts-anew", at(on))));
            facts.extend(end.map(|on| fact("use-ends", at(on))));
        }
    }
    let sums = view.cycle_sums();
    if sums.total() > Bytes(0) {
        let bytes = |bytes: Bytes| paper.texts.bytes(bytes);
        let roaming = sums.roaming_own.plus(sums.roaming_shared);
        let roaming = match sums.roaming_shared {
            Bytes(0) => bytes(roaming),
            shared => paper.texts.format(
                "use-roaming-shared",
                &[("all", bytes(roaming).into()), ("shared", bytes(shared).into())],
            ),
        };
        facts.push(fact("use-own", bytes(sums.own)));
        facts.push(fact("use-shared", bytes(sums.shared)));
        facts.push(fact("use-roaming", roaming));
        facts.push(fact("use-counted-since", at(view.since())));
    }
    facts
}

/// Shows the last days; nothing where nothing was counted in them.
fn history(paper: &Paper<'_>, view: &UsageView<'_>) -> Option<History> {
    let text = |key: &str| paper.texts.get(key);
    let today = view.now.as_second().div_euclid(DAY_S);
    let first = today.saturating_sub(DAYS.saturating_sub(1));
    let (mut days, mut rows) = (Vec::new(), Vec::new());
    for number in first..=today {
        let of_day = |counted: &&Counted| counted.at.as_second().div_euclid(DAY_S) == number;
        let sums = Sums::of(view.counted.iter().filter(of_day));
        let begin = Timestamp::from_second(number.saturating_mul(DAY_S)).unwrap_or(view.now);
        let (name, said) = (paper.texts.day(begin), paper.texts.bytes(sums.total()));
        let parts = sums.parts();
        let [own, shared, roaming] = parts.map(|part| paper.texts.bytes(part));
        rows.push(vec![name.clone(), own, shared, roaming, said.clone()]);
        days.push(DayBar { name, said, parts });
    }
    let [title, own, shared, roaming] =
        ["use-history", "use-own", "use-shared", "use-roaming"].map(text);
    let highest = |bytes: Bytes| {
        paper.texts.format("use-history-highest", &[("bytes", paper.texts.bytes(bytes).into())])
    };
    let words = Words { title: &title, kinds: [&own, &shared, &roaming], highest: &highest };
    let picture = chart::days(&words, &days);
    (!picture.is_empty()).then(|| History {
        picture,
        summary: text("use-history-table"),
        heads: vec![text("use-history-day"), own, shared, roaming, text("use-history-all")],
        rows,
        heading: title,
    })
}

/// Tells something, with the form by which it is put away.
fn notice(paper: &Paper<'_>, code: &str, told: &Told) -> account::Notice {
    let (title, text) = match told.notice {
        Notice::ApproachingLimit => ("told-approaching-title", "told-approaching-text"),
        Notice::PlanExpired => ("told-expired-title", "told-expired-text"),
        Notice::RoamingBegan => ("told-roaming-title", "told-roaming-text"),
        Notice::RoamingEnded => ("told-home-title", "told-home-text"),
        Notice::OperatorMessage => ("told-message-title", "told-message-text"),
        Notice::RenewalSoon => ("told-renewal-soon-title", "told-renewal-soon-text"),
        Notice::RenewalFailed => ("told-renewal-failed-title", "told-renewal-failed-text"),
        Notice::RenewalOff => ("told-renewal-off-title", "told-renewal-off-text"),
    };
    let variables =
        [("at", paper.texts.instant(told.at).into()), ("brand", paper.brand_name().into())];
    let said = paper.texts.format(text, &variables);
    let message = told.text.as_ref().map(|text| text.chars().take(TEXT_CHARS_MAX).collect());
    account::Notice {
        title: paper.texts.format(title, &variables),
        text: message.unwrap_or(said),
        form: Form {
            action: paths::order::told(code),
            hidden: vec![paper.token(), (field::TOLD.to_owned(), told.seq.to_string())],
            submit: paper.texts.get("told-submit"),
            ..Form::default()
        },
    }
}

#[cfg(test)]
mod tests;
