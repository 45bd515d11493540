//! What goes wrong with requests to a fake, as a test says, and how many there were.
//!
//! Not here: what a fake answers when nothing goes wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does nothing and is never answered.
    LostBefore,
    /// It does what it says and is never answered.
    LostAfter,
    /// It does nothing; 500, which is kept for its key where the fake keeps such answers.
    Fails,
    /// It does what it says; 500, which is kept for its key where the fake keeps such answers.
    FailsAfter,
    /// It does nothing; 429 with so many seconds in `Retry-After`.
    Busy(u32),
    /// It does nothing; 409, as if another with its key were under way.
    Locked,
}

/// The troubles to come, by kind of request, and the requests that came.
pub(crate) struct Troubles<C> {
    next: Mutex<VecDeque<(C, Trouble)>>,
    came: Mutex<Vec<C>>,
}

impl<C> Default for Troubles<C> {
    fn default() -> Self {
        Self { next: Mutex::default(), came: Mutex::default() }
    }
}

impl<C: Copy + PartialEq> Troubles<C> {
    /// Lets the next request of a kind go wrong; several go wrong one after the other.
    pub(crate) fn add(&self, call: C, trouble: Trouble) {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).push_back((call, trouble));
    }

    /// Notes a request and says what goes wrong with it.
    pub(crate) fn meet(&self, call: C) -> Option<Trouble> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = next.iter().position(|(of, _)| *of == call)?;
        next.remove(at).map(|(_, trouble)| trouble)
    }

    /// Returns how many requests of a kind came.
    pub(crate) fn count(&self, call: C) -> usize {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.iter().filter(|known| **known == call).count()
    }
}
