//! What a seed decides: numbers, and which of many futures goes on next.
//!
//! A future is polled once and then waited for until it could go on, so that which one does is
//! the seed's choice alone and never a thread's. Dropping the futures between two polls is what a
//! crash does to a process: a commit was made or not, and nobody heard. Not here: what the futures
//! do.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// How long a future may wait for something that another thread does.
const STUCK_AFTER: Duration = Duration::from_secs(60);

/// Numbers of a seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Seeded(u64);

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Makes another row of numbers that depends on this one's seed alone.
    pub(super) fn split(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Draws a number below another one.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Says yes so many times in a hundred.
    pub(super) fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    /// Draws one of a list.
    pub(super) fn of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        all.get(self.below(all.len()))
    }
}

/// Something under way.
pub(super) type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Woken(Mutex<bool>, Condvar);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.1.notify_all();
    }
}

/// Everything under way.
#[derive(Default)]
pub(super) struct UnderWay(Vec<(&'static str, Doing)>);

impl UnderWay {
    pub(super) fn begin(&mut self, name: &'static str, doing: Doing) {
        self.0.push((name, doing));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a crash leaves of it.
    pub(super) fn crash(&mut self) {
        self.0.clear();
    }

    /// Lets one of them go on to where it waits next.
    ///
    /// What it reads is read once it waits, as the only thread that reads is held until then: else
    /// it would sometimes not wait. A commit takes so long that it always does, unless the machine
    /// is very busy: a seed that does not play the same is worth another try.
    pub(super) fn go_on(&mut self, seeded: &mut Seeded) {
        if self.0.is_empty() {
            return;
        }
        let at = seeded.below(self.0.len());
        let Some((name, doing)) = self.0.get_mut(at) else { return };
        if poll(name, doing).is_ready() {
            drop(self.0.swap_remove(at));
        }
    }
}

fn poll(name: &str, doing: &mut Doing) -> Poll<()> {
    let woken = Arc::new(Woken(Mutex::new(false), Condvar::new()));
    let waker = Waker::from(Arc::clone(&woken));
    let (held, hold) = std::sync::mpsc::channel::<()>();
    drop(tokio::task::spawn_blocking(move || hold.recv().is_ok()));
    let polled = doing.as_mut().poll(&mut Context::from_waker(&waker));
    drop(held);
    if polled.is_ready() {
        return Poll::Ready(());
    }
    let is_woken = woken.0.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = woken.1.wait_timeout_while(is_woken, STUCK_AFTER, |is_woken| !*is_woken);
    let limit = waited.unwrap_or_else(PoisonError::into_inner).1;
    assert!(!limit.timed_out(), "{name} waits for what never comes");
    Poll::Pending
}

/// Lets others go first, once.
pub(super) async fn pause() {
    let mut is_first = true;
    std::future::poll_fn(|context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}
