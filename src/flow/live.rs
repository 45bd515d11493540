//! What moves on a page while it stands, as a value that components bind to.

use api::browser::{Alert, Page};

/// What moves on a page while it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Shown above the heading.
    pub alert: Option<Alert>,
    /// What takes no further click.
    pub busy: Busy,
    /// Seconds waited so far.
    pub elapsed_s: u32,
    /// Percent of the estimated wait, 0 to 99; unknown without an estimate.
    pub percent: Option<u8>,
    /// Whether the host can take a document [PORT-44].
    pub can_hand_over: bool,
}

/// What takes no further click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Nothing.
    No,
    /// The form of this index.
    Form(usize),
    /// The hand-over.
    Handover,
}

impl Live {
    /// A page as it comes from the server, before any script.
    #[must_use]
    pub fn of(page: &Page) -> Self {
        let wait = page.wait.as_ref();
        Self {
            alert: page.alert.clone(),
            busy: Busy::No,
            elapsed_s: wait.map_or(0, |wait| wait.elapsed_s),
            percent: wait.and_then(|wait| wait.percent),
            can_hand_over: false,
        }
    }

    /// Moves the wait on to `elapsed_ms` since it began.
    pub(super) fn progress(&mut self, page: &Page, elapsed_ms: u64) {
        let Some(wait) = &page.wait else { return };
        self.elapsed_s = u32::try_from(elapsed_ms / 1000).unwrap_or(u32::MAX);
        self.percent = match wait.estimate_s {
            Some(estimate_s) if estimate_s > 0 => {
                let percent = u64::from(self.elapsed_s) * 100 / u64::from(estimate_s);
                Some(u8::try_from(percent.min(99)).unwrap_or(99))
            }
            Some(_) | None => wait.percent,
        };
    }
}

/// Tells whether two pages show the same wait, further on.
pub(super) fn differs_in_progress_only(shown: &Page, next: &Page) -> bool {
    let (Some(shown_wait), Some(next_wait)) = (&shown.wait, &next.wait) else { return false };
    let mut like_shown = next.clone();
    let mut wait = shown_wait.clone();
    wait.estimate.clone_from(&next_wait.estimate);
    let is_estimate_kept = wait.estimate == shown_wait.estimate;
    like_shown.wait = Some(wait);
    // An alert moves on its own.
    like_shown.alert.clone_from(&shown.alert);
    is_estimate_kept && like_shown == *shown
}

/// Tells whether two pages show the same plan, used otherwise.
pub(super) fn differs_in_use_only(shown: &Page, next: &Page) -> bool {
    let mut like_shown = next.clone();
    like_shown.account.clone_from(&shown.account);
    like_shown.alert.clone_from(&shown.alert);
    shown.account.is_some() && next.account.is_some() && like_shown == *shown
}

/// Writes seconds as minutes and seconds, in digits that every language reads.
#[must_use]
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
