//! What happens when: the view-model of the portal, which knows no browser.
//!
//! [`PurchaseFlow::update`] turns an [`Event`] into [`Cmd`]s; `browser` carries them out and
//! sends what comes of them back in. At most one request or timer is awaited at a time: each
//! carries a [`Ticket`], and whatever arrives with an older one is ignored. Thus a double click,
//! a late answer and a stale timer have no effect [PORT-82].
//!
//! Implements [PORT-40] (poll), [PORT-49] (retry by itself), [PORT-50] (the document is passed
//! on untouched), [PORT-56] (asks again for as long as it takes). Not here: whether a step is
//! allowed, which the server decides.

mod event;
mod form;
mod live;

#[cfg(test)]
mod tests;

use api::browser::{Answer, Handover, Page, field};

pub use event::{Cmd, Event, Ticket};
pub use form::{keep, urlencoded};
pub use live::{Busy, Live, clock};

/// Milliseconds after which a request without an answer counts as failed.
pub const ANSWER_WITHIN_MS: u32 = 30_000;

/// Id of the element that holds what the customer is told.
pub const NOTICES: &str = "notices";
/// Id of the element that holds how the plan is used.
pub const ACCOUNT: &str = "account";

/// Longest pause between two attempts.
const PAUSE_MAX_MS: u32 = 15_000;
/// Failures in a row from which the customer is told.
const FAILURES_QUIET: u32 = 2;
/// The failure at which a document is given up, after 1, 2, 4, 8 and 3 × 15 s: 60 s in all.
const DOCUMENT_FAILURES_MAX: u32 = 8;
const TICK_MS: u32 = 1_000;

/// What is going on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Job {
    Idle,
    Sending(usize),
    Leaving(usize),
    Fetching,
    Polling,
    GettingDocument,
    InWindows { delivery: String },
    Reporting { delivery: String, result: u32 },
}

/// The purchase as one browser window sees it.
#[derive(Clone, Debug)]
pub struct PurchaseFlow {
    page: Page,
    live: Live,
    /// Path in the address bar.
    place: String,
    job: Job,
    ticket: Ticket,
    failures: u32,
    wait_began_ms: u64,
    is_ticking: bool,
    is_auto_due: bool,
    /// Where server-sent events come from; empty = from nowhere.
    listening: String,
    /// Whether something was pushed that the page does not show.
    is_stale: bool,
}

impl PurchaseFlow {
    /// Begins with the page that the server rendered at `place` (path and query).
    #[must_use]
    pub fn new(page: Page, place: String) -> Self {
        let live = Live::of(&page);
        Self {
            page,
            live,
            place,
            job: Job::Idle,
            ticket: 0,
            failures: 0,
            wait_began_ms: 0,
            is_ticking: false,
            is_auto_due: false,
            listening: String::new(),
            is_stale: false,
        }
    }

    /// The page to show.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What moves on it.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Says what follows from an event; `now_ms` is milliseconds of any clock that runs on while
    /// the PC sleeps.
    pub fn update(&mut self, event: Event, now_ms: u64) -> Vec<Cmd> {
        let mut cmds = Vec::new();
        if self.is_current(&event) {
            self.react(event, now_ms, &mut cmds);
        }
        self.live.busy = self.busy();
        self.live.progress(&self.page, now_ms.saturating_sub(self.wait_began_ms));
        cmds
    }

    fn is_current(&self, event: &Event) -> bool {
        match event {
            Event::Answered { ticket, .. }
            | Event::DocumentArrived { ticket, .. }
            | Event::Failed { ticket }
            | Event::Due { ticket }
            | Event::Provisioned { ticket, .. } => *ticket == self.ticket,
            Event::Started { .. }
            | Event::Submitted { .. }
            | Event::Ticked
            | Event::HandoverPressed
            | Event::Restored { .. }
            | Event::Resumed
            | Event::Returned
            | Event::Pushed => true,
        }
    }

    fn react(&mut self, event: Event, now_ms: u64, cmds: &mut Vec<Cmd>) {
        match event {
            Event::Started { can_hand_over } => {
                self.live.can_hand_over = can_hand_over;
                cmds.push(Cmd::Show);
                self.settle(now_ms, cmds);
            }
            Event::Submitted { form, pairs } => self.submit(form, &pairs, cmds),
            Event::Answered { status, answer, .. } => self.answered(status, answer, now_ms, cmds),
            Event::DocumentArrived { document, .. } => {
                self.job = Job::InWindows { delivery: document.delivery };
                cmds.push(Cmd::CallBridge { ticket: self.next(), xml: document.xml });
            }
            Event::Failed { .. } => self.failed(cmds),
            Event::Due { .. } => self.resume(cmds),
            Event::Ticked => self.tick(cmds),
            Event::HandoverPressed => self.press(cmds),
            Event::Provisioned { result, .. } => {
                if let Job::InWindows { delivery } = &self.job {
                    self.job = Job::Reporting { delivery: delivery.clone(), result };
                    self.failures = 0;
                    self.resume(cmds);
                }
            }
            Event::Restored { path } => {
                // A jump within the page is no other page.
                if path != self.place {
                    self.place = path;
                    self.fetch(cmds);
                }
            }
            Event::Resumed => {
                // Only what waits is woken: a first attempt under way is left alone.
                if self.failures > 0 {
                    self.resume(cmds);
                } else {
                    self.look_again(cmds);
                }
            }
            Event::Pushed => {
                self.is_stale = true;
                self.look_again(cmds);
            }
            Event::Returned => {
                if let Job::Leaving(_) = self.job {
                    self.fetch(cmds);
                }
            }
        }
    }

    fn submit(&mut self, form: usize, pairs: &[(String, String)], cmds: &mut Vec<Cmd>) {
        if !matches!(self.job, Job::Idle | Job::Polling) {
            return;
        }
        let Some(sent) = self.page.forms.get_mut(form) else { return };
        keep(sent, pairs);
        let action = sent.action.clone();
        self.job = Job::Sending(form);
        self.live.alert = self.page.alert.clone();
        cmds.push(Cmd::Post { ticket: self.next(), action, body: urlencoded(pairs) });
    }

    fn answered(&mut self, status: u16, answer: Answer, now_ms: u64, cmds: &mut Vec<Cmd>) {
        // What can be asked again without harm is, while the server is busy.
        if (status >= 500 || status == 429) && !matches!(self.job, Job::Sending(_)) {
            return self.failed(cmds);
        }
        match answer {
            Answer::Leave { location } => {
                let form = if let Job::Sending(form) = self.job { form } else { 0 };
                self.job = Job::Leaving(form);
                self.next();
                cmds.push(Cmd::Navigate(location));
            }
            Answer::Page(page) => self.turn_to(*page, status, now_ms, cmds),
        }
    }

    fn turn_to(&mut self, page: Page, status: u16, now_ms: u64, cmds: &mut Vec<Cmd>) {
        let is_same = self.job == Job::Polling
            && (live::differs_in_progress_only(&self.page, &page)
                || live::differs_in_use_only(&self.page, &page));
        let is_new_place = matches!(self.job, Job::Sending(_));
        let path = page.path.clone();
        if let (true, Some(shown), Some(next)) = (is_same, &self.page.account, &page.account) {
            let parts =
                [(NOTICES, &shown.notices, &next.notices), (ACCOUNT, &shown.plan, &next.plan)];
            for (id, shown, next) in parts {
                if shown != next {
                    cmds.push(Cmd::Fill { id, html: next.clone() });
                }
            }
        }
        self.page = page;
        self.live.alert = self.page.alert.clone();
        if !is_same {
            // A page that says what is wrong keeps the address where it can be tried again.
            if status < 400 && !path.is_empty() && path != self.place {
                self.place.clone_from(&path);
                cmds.push(if is_new_place { Cmd::PushPath(path) } else { Cmd::ReplacePath(path) });
            }
            cmds.push(Cmd::Show);
            cmds.push(Cmd::FocusHeading);
        }
        self.settle(now_ms, cmds);
    }

    /// Rests on the present page until something is due on it.
    fn settle(&mut self, now_ms: u64, cmds: &mut Vec<Cmd>) {
        // A page in place of a document is a refusal: asking again by itself would go round.
        let was_refused = self.job == Job::GettingDocument;
        // Nor does a page that was only looked at again repeat what was done on it.
        let was_polled = self.job == Job::Polling;
        self.job = Job::Idle;
        self.failures = 0;
        let ticket = self.next();
        let auto_retry_ms = self.page.handover.as_ref().and_then(|handover| handover.auto_retry_ms);
        self.is_auto_due =
            auto_retry_ms.is_some() && self.live.can_hand_over && !was_refused && !was_polled;
        if let Some(wait) = &self.page.wait {
            let ms = wait.poll_ms.max(TICK_MS);
            self.wait_began_ms = now_ms.saturating_sub(u64::from(wait.elapsed_s) * 1000);
            cmds.push(Cmd::WakeAfter { ticket, ms });
            if !self.is_ticking {
                self.is_ticking = true;
                cmds.push(Cmd::TickAfter(TICK_MS));
            }
        } else if let (true, Some(ms)) = (self.is_auto_due, auto_retry_ms) {
            cmds.push(Cmd::WakeAfter { ticket, ms });
        } else if let Some(account) = &self.page.account {
            cmds.push(Cmd::WakeAfter { ticket, ms: account.poll_ms.max(TICK_MS) });
        }
        let account = self.page.account.clone().unwrap_or_default();
        // Where it began to listen is said by the address, and later ones say later.
        let place = |events: &str| events.split('?').next().map(str::to_owned);
        if place(&self.listening) != place(&account.events) {
            self.listening.clone_from(&account.events);
            cmds.push(Cmd::Listen { path: account.events, names: account.event_names });
        }
        if self.is_stale {
            self.look_again(cmds);
        }
    }

    /// Whether the page changes while nobody does anything.
    fn moves(&self) -> bool {
        self.page.wait.is_some() || self.page.account.is_some()
    }

    /// Asks for the page once more, unless something else goes on or is about to.
    fn look_again(&mut self, cmds: &mut Vec<Cmd>) {
        if self.job == Job::Idle && self.moves() && !self.is_auto_due {
            self.poll(cmds);
        }
    }

    fn poll(&mut self, cmds: &mut Vec<Cmd>) {
        self.is_stale = false;
        self.job = Job::Polling;
        let path = self.page.path.clone();
        cmds.push(Cmd::Get { ticket: self.next(), path });
    }

    fn tick(&mut self, cmds: &mut Vec<Cmd>) {
        self.is_ticking = self.page.wait.is_some();
        if self.is_ticking {
            cmds.push(Cmd::TickAfter(TICK_MS));
        }
    }

    /// Does what is due, for the first time or again.
    fn resume(&mut self, cmds: &mut Vec<Cmd>) {
        match &self.job {
            Job::Idle if self.is_auto_due => self.press(cmds),
            Job::Idle | Job::Polling if self.moves() => self.poll(cmds),
            Job::Fetching => {
                let path = self.place.clone();
                cmds.push(Cmd::Get { ticket: self.next(), path });
            }
            Job::GettingDocument => {
                if let Some(path) = self.handover().map(|handover| handover.document.clone()) {
                    cmds.push(Cmd::GetDocument { ticket: self.next(), path });
                }
            }
            Job::Reporting { delivery, result } => {
                let Some(handover) = self.handover() else { return };
                let pairs = [
                    (field::TOKEN.to_owned(), handover.token.clone()),
                    (field::DELIVERY.to_owned(), delivery.clone()),
                    (field::RESULT.to_owned(), result.to_string()),
                ];
                let action = handover.report.clone();
                cmds.push(Cmd::Post { ticket: self.next(), action, body: urlencoded(&pairs) });
            }
            Job::Idle
            | Job::Polling
            | Job::Sending(_)
            | Job::Leaving(_)
            | Job::InWindows { .. } => {}
        }
    }

    fn fetch(&mut self, cmds: &mut Vec<Cmd>) {
        self.job = Job::Fetching;
        self.failures = 0;
        self.resume(cmds);
    }

    fn press(&mut self, cmds: &mut Vec<Cmd>) {
        let is_stuck = self.failures > FAILURES_QUIET;
        match self.job {
            Job::Idle if self.live.can_hand_over && self.handover().is_some() => {
                self.job = Job::GettingDocument;
                self.is_auto_due = false;
                self.failures = 0;
                self.live.alert = self.page.alert.clone();
                self.resume(cmds);
            }
            Job::GettingDocument | Job::Reporting { .. } if is_stuck => self.resume(cmds),
            Job::Idle
            | Job::Sending(_)
            | Job::Leaving(_)
            | Job::Fetching
            | Job::Polling
            | Job::GettingDocument
            | Job::InWindows { .. }
            | Job::Reporting { .. } => {}
        }
    }

    fn failed(&mut self, cmds: &mut Vec<Cmd>) {
        self.failures = self.failures.saturating_add(1);
        // An answer that still comes is too late.
        let ticket = self.next();
        let base_ms = match self.job {
            Job::Sending(_) => {
                self.tell_offline(cmds);
                self.job = Job::Idle;
                self.failures = 0;
                // The page may have been waiting for something else.
                match &self.page.wait {
                    Some(wait) => wait.poll_ms,
                    None => return,
                }
            }
            Job::GettingDocument if self.failures >= DOCUMENT_FAILURES_MAX => {
                self.job = Job::Idle;
                self.failures = 0;
                return;
            }
            Job::Polling => {
                self.job = Job::Idle;
                self.page.wait.as_ref().map_or(TICK_MS, |wait| wait.poll_ms)
            }
            Job::Fetching | Job::GettingDocument | Job::Reporting { .. } => TICK_MS,
            Job::Idle | Job::Leaving(_) | Job::InWindows { .. } => return,
        };
        if self.failures == FAILURES_QUIET + 1 {
            self.tell_offline(cmds);
        }
        let doublings = self.failures.saturating_sub(1).min(4);
        let ms = base_ms.saturating_mul(1 << doublings).min(PAUSE_MAX_MS);
        cmds.push(Cmd::WakeAfter { ticket, ms });
    }

    fn tell_offline(&mut self, cmds: &mut Vec<Cmd>) {
        self.live.alert = Some(self.page.frame.offline.clone());
        cmds.push(Cmd::RevealAlert);
    }

    fn handover(&self) -> Option<&Handover> {
        self.page.handover.as_ref()
    }

    fn busy(&self) -> Busy {
        match self.job {
            Job::Sending(form) | Job::Leaving(form) => Busy::Form(form),
            Job::InWindows { .. } => Busy::Handover,
            Job::GettingDocument | Job::Reporting { .. } if self.failures <= FAILURES_QUIET => {
                Busy::Handover
            }
            Job::GettingDocument | Job::Reporting { .. } => Busy::No,
            Job::Idle | Job::Fetching | Job::Polling => Busy::No,
        }
    }

    fn next(&mut self) -> Ticket {
        self.ticket = self.ticket.wrapping_add(1);
        self.ticket
    }
}
