//! What devices and networks report, read strictly and applied one by one in their order.
//!
//! A report that is refused leaves those after it alone. Not here: what a report leads to
//! ([`super::Events::apply`]).

use api::events::{Report, ReportTaken, Reports, SharingAnswer};
use domain::Timestamp;
use domain::code::{Id, OrderCode};
use domain::cosa::Tethering;
use domain::entitlement::REASON_CHARS_MAX;
use domain::events::{Answer, Event, Ignored, Reach, Registration, Rejected, Sharing, Verdict};

use super::{Applied, Events, Happened, wire};
use crate::store::StoreError;

/// Most reports of one request.
pub const REPORTS_MAX: usize = 1000;
/// Longest name of a source or id of a report, in bytes.
const NAME_BYTES_MAX: usize = 128;

impl Events {
    /// Applies reports.
    ///
    /// # Errors
    /// The store does not do it; those before stay applied, and sending all again is harmless.
    pub async fn take(&self, reports: &Reports) -> Result<Vec<ReportTaken>, StoreError> {
        let mut results = Vec::with_capacity(reports.events.len());
        for report in &reports.events {
            let subscription = self.find(&report.subscription).await?;
            let now = self.clock.now();
            let result = match read(report, subscription, &reports.source, now) {
                Ok(happened) => described(&self.apply(&happened).await?),
                Err(why) => outcome("refused", Some(why)),
            };
            results.push(ReportTaken { id: report.id.clone(), ..result });
        }
        Ok(results)
    }

    /// Finds a subscription by its id or by the code of its order.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn find(&self, text: &str) -> Result<Option<Id>, StoreError> {
        if let Some(id) = Id::parse(text) {
            return Ok(Some(id));
        }
        let Some(code) = OrderCode::parse(text) else { return Ok(None) };
        Ok(self.store.order_by_code(code).await?.map(|record| record.order.id))
    }
}

/// Says what is wrong with a batch as a whole.
///
/// # Errors
/// What to write instead.
pub fn judge(reports: &Reports) -> Result<(), String> {
    if !is_name(&reports.source) {
        return Err(format!("source: needs 1 to {NAME_BYTES_MAX} plain characters"));
    }
    if reports.events.len() > REPORTS_MAX {
        return Err(format!("events: there may be {REPORTS_MAX} at once"));
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic())
}

fn outcome(outcome: &str, why: Option<String>) -> ReportTaken {
    ReportTaken { outcome: outcome.to_owned(), why, ..ReportTaken::default() }
}

fn described(applied: &Applied) -> ReportTaken {
    match applied {
        Applied::Repeated { check, sharing } => ReportTaken {
            check: *check,
            sharing: shared(*check, sharing.as_ref()),
            ..outcome("repeated", None)
        },
        Applied::UnknownSubscription => {
            outcome("refused", Some("subscription: there is no such subscription".to_owned()))
        }
        Applied::Decided { verdict, check, sharing } => {
            let (name, why) = match verdict {
                Verdict::Accepted => ("accepted", None),
                Verdict::Ignored(why) => ("ignored", Some(ignored(*why))),
                Verdict::Rejected(why) => ("rejected", Some(rejected(*why))),
            };
            let sharing = shared(*check, sharing.as_ref());
            ReportTaken { check: *check, sharing, ..outcome(name, why.map(str::to_owned)) }
        }
    }
}

/// Says how a wish to share stands, where there is one.
fn shared(check: Option<u64>, sharing: Option<&Sharing>) -> Option<SharingAnswer> {
    (check.is_some() || sharing.is_some()).then(|| wire::sharing(sharing))
}

fn ignored(why: Ignored) -> &'static str {
    match why {
        Ignored::Repeated => "it is already so",
        Ignored::Outdated => "the check is over",
        Ignored::NotWanted => "set `sharing_types = true` under [events] to have these",
        Ignored::NotDue => "nothing is due",
    }
}

fn rejected(why: Rejected) -> &'static str {
    match why {
        Rejected::NoCheck => "check: there never was such a check",
        Rejected::TooManyChecks => "too many checks wait for an answer",
        Rejected::LongReason => "reason: has more than 255 characters",
    }
}

fn read(
    report: &Report,
    subscription: Option<Id>,
    source: &str,
    now: Timestamp,
) -> Result<Happened, String> {
    if !is_name(&report.id) {
        return Err(format!("id: needs 1 to {NAME_BYTES_MAX} plain characters"));
    }
    let needs = "subscription: needs the id of one, or the code of its order";
    let subscription = subscription.ok_or(needs)?;
    let at = match &report.at {
        None => now,
        Some(text) => {
            let at: Timestamp = text.parse().map_err(|_| "at: needs a time of RFC 3339")?;
            at.min(now)
        }
    };
    let interface = match &report.interface {
        Some(text) if !is_guid(text) => return Err("interface: needs a GUID in braces".to_owned()),
        other => other.clone(),
    };
    let event = event(report)?;
    // The time for an answer runs by one clock.
    let is_timed = matches!(event, Event::SharingRequested { .. } | Event::SharingAnswered { .. });
    Ok(Happened {
        subscription,
        event,
        at: if is_timed { now } else { at },
        interface,
        report: Some((source.to_owned(), report.id.clone())),
    })
}

fn is_guid(text: &str) -> bool {
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    inner.is_some_and(|text| Id::parse(text).is_some())
}

/// Finds a word, and says which there are.
fn word<T: Copy>(key: &str, given: Option<&str>, words: &[(&str, T)]) -> Result<T, String> {
    let found = given.and_then(|given| words.iter().find(|(word, _)| *word == given));
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        format!("{key}: needs one of {}", all.join(", "))
    })
}

fn event(report: &Report) -> Result<Event, String> {
    let missing = |key: &str| format!("{key}: missing");
    Ok(match report.kind.as_str() {
        "connected" => Event::Connected,
        "disconnected" => Event::Disconnected,
        "handler_registered" => Event::HandlerRegistered,
        "hotspot_authentication" => Event::HotspotAsks,
        "registered" => {
            let states = [
                ("home", Registration::Home),
                ("roaming", Registration::Roaming),
                ("partner", Registration::Partner),
                ("none", Registration::None),
                ("deregistered", Registration::Deregistered),
                ("searching", Registration::Searching),
                ("denied", Registration::Denied),
            ];
            Event::Registration(word("state", report.state.as_deref(), &states)?)
        }
        "reach" => {
            let reaches = [Reach::None, Reach::Constrained, Reach::Internet];
            let words = reaches.map(|reach| (reach.name(), reach));
            Event::ReachFound(word("reach", report.reach.as_deref(), &words)?)
        }
        "sharing_requested" => {
            let required = "entitlement_check_required";
            let permissions = [
                ("always", Tethering::Always),
                ("never", Tethering::Never),
                (required, Tethering::EntitlementCheckRequired),
            ];
            let given = report.permission.as_deref().unwrap_or(required);
            Event::SharingRequested { permission: word("permission", Some(given), &permissions)? }
        }
        "sharing_answered" => Event::SharingAnswered {
            check: report.check.ok_or_else(|| missing("check"))?,
            answer: answer(report)?,
        },
        "sharing_changed" => {
            Event::SharingChanged { is_on: report.sharing.ok_or_else(|| missing("sharing"))? }
        }
        "clients_changed" => {
            Event::ClientsChanged { clients: report.clients.ok_or_else(|| missing("clients"))? }
        }
        other => return Err(format!("kind: there is no {:?}", shortened(other))),
    })
}

fn answer(report: &Report) -> Result<Answer, String> {
    match report.allow.ok_or("allow: missing")? {
        true => Ok(Answer::Allow),
        false => {
            let is_long = |text: &String| text.chars().count() > REASON_CHARS_MAX;
            if report.reason.as_ref().is_some_and(is_long) {
                return Err(format!("reason: has more than {REASON_CHARS_MAX} characters"));
            }
            Ok(Answer::Deny { reason: report.reason.clone() })
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(32).collect()
}
