//! Child processes that run patterns which may never end: a few, each killed when it takes too
//! long.
//!
//! A question waits for a free child, then has [`MATCH_TIME_MAX`]. A child that has not answered
//! by then is killed, and another started in its place, which is ready before the next question
//! as a rule. Nothing of the process leaves but the pattern and the text: a child has no
//! environment and no other files.
//!
//! Asking blocks the thread: async code asks on a thread that may block.
//! Implements the time of [MSG-11].

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Counters;
use super::worker::{self, Answer};

/// Time of one match [MSG-11].
pub const MATCH_TIME_MAX: Duration = Duration::from_millis(50);

/// Time in which a child must be ready, beside its first match.
const START_TIME_MAX: Duration = Duration::from_secs(5);

/// Longest wait for a free child.
const FREE_TIME_MAX: Duration = Duration::from_secs(2);

/// Children of the pool of a server.
pub const CHILDREN: usize = 2;

/// The hidden subcommand by which the binary becomes a child.
pub(crate) const SUBCOMMAND: &str = "regex-worker";

/// Says why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// The time was over, or the child died of the question.
    Time,
    /// There is no child to ask.
    Unavailable,
}

/// Names the program whose hidden subcommand is the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(PathBuf);

impl Program {
    /// Takes the program that this process runs, also after its file was replaced.
    ///
    /// # Errors
    /// When the system does not say which that is.
    pub fn own() -> std::io::Result<Self> {
        let own = PathBuf::from("/proc/self/exe");
        if own.exists() { Ok(Self(own)) } else { std::env::current_exe().map(Self) }
    }

    /// Takes a program `broadgate`.
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }
}

/// Holds the children.
#[derive(Debug)]
pub struct Pool {
    children: Arc<Children>,
    counters: Counters,
    match_time: Duration,
}

/// Is what the threads share that start children anew.
#[derive(Debug)]
struct Children {
    program: Program,
    free: Mutex<Places>,
    freed: Condvar,
}

/// Counts what is not in use.
#[derive(Debug)]
struct Places {
    /// Children that wait for a question.
    children: Vec<Worker>,
    /// Children that may be started yet.
    unused: usize,
}

/// Is a child, killed when dropped.
#[derive(Debug)]
struct Worker {
    child: Child,
    stream: UnixStream,
    is_ready: bool,
}

impl Pool {
    /// Makes a pool of at most so many children, the first of which is started.
    #[must_use]
    pub fn new(program: Program, children: usize, counters: Counters) -> Self {
        let first: Vec<Worker> = Worker::start(&program).into_iter().collect();
        let unused = children.max(1) - first.len();
        let free = Mutex::new(Places { children: first, unused });
        let children = Arc::new(Children { program, free, freed: Condvar::new() });
        Self { children, counters, match_time: MATCH_TIME_MAX }
    }

    /// Gives a match another time than [`MATCH_TIME_MAX`]: judges who compare answers are not
    /// interested in how busy their machine is.
    #[must_use]
    pub const fn with_match_time(mut self, time: Duration) -> Self {
        self.match_time = time;
        self
    }

    /// Returns what is counted.
    pub(super) const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Asks a child whether the whole text matches a pattern in its plain spelling.
    ///
    /// # Errors
    /// When it does not say so in time.
    pub(super) fn ask(&self, pattern: &str, text: &str) -> Result<Answer, NoAnswer> {
        let question = worker::question(pattern, text);
        let answer = self.ask_one(&question);
        // A child may have died while nobody asked it; the next is new.
        if answer == Err(NoAnswer::Unavailable) { self.ask_one(&question) } else { answer }
    }

    fn ask_one(&self, question: &[u8]) -> Result<Answer, NoAnswer> {
        let mut worker = self.children.take()?;
        let answer = worker.ask(question, self.match_time);
        match answer {
            Ok(_) => self.children.give_back(Some(worker)),
            Err(_) => self.children.replace(worker),
        }
        answer
    }
}

impl Children {
    /// Kills a child and starts another, while the one who asked goes on.
    fn replace(self: &Arc<Self>, worker: Worker) {
        let children = Arc::clone(self);
        let replace = move || {
            drop(worker);
            children.give_back(Worker::start(&children.program).ok());
        };
        // Without a thread the closure is dropped, and the child with it.
        if std::thread::Builder::new().spawn(replace).is_err() {
            self.give_back(None);
        }
    }

    fn take(&self) -> Result<Worker, NoAnswer> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let is_none = |places: &mut Places| places.children.is_empty() && places.unused == 0;
        let waited = self.freed.wait_timeout_while(free, FREE_TIME_MAX, is_none);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = free.children.pop() {
            return Ok(worker);
        }
        if free.unused == 0 {
            return Err(NoAnswer::Unavailable);
        }
        free.unused -= 1;
        drop(free);
        Worker::start(&self.program).map_err(|_| {
            self.give_back(None);
            NoAnswer::Unavailable
        })
    }

    /// Returns a place, with the child that is in it.
    fn give_back(&self, worker: Option<Worker>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        match worker {
            Some(worker) => free.children.push(worker),
            None => free.unused += 1,
        }
        drop(free);
        self.freed.notify_one();
    }
}

impl Worker {
    fn start(program: &Program) -> std::io::Result<Self> {
        let (stream, childs) = UnixStream::pair()?;
        let child = Command::new(&program.0)
            .arg(SUBCOMMAND)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(childs.try_clone()?)))
            .stdout(Stdio::from(OwnedFd::from(childs)))
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { child, stream, is_ready: false })
    }

    fn ask(&mut self, question: &[u8], time: Duration) -> Result<Answer, NoAnswer> {
        if !self.is_ready {
            let hello = self.receive(Instant::now() + START_TIME_MAX);
            self.is_ready = hello.is_ok_and(|hello| hello.is_empty());
        }
        if !self.is_ready {
            return Err(NoAnswer::Unavailable);
        }
        let deadline = Instant::now() + time;
        let mut stream = Timed { stream: &self.stream, deadline };
        worker::send(&mut stream, question).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => NoAnswer::Unavailable,
            _ => NoAnswer::Time,
        })?;
        let answer = self.receive(deadline).map_err(|_| NoAnswer::Time)?;
        Ok(Answer::from_bytes(&answer))
    }

    fn receive(&self, deadline: Instant) -> std::io::Result<Vec<u8>> {
        worker::receive(&mut Timed { stream: &self.stream, deadline })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads and writes until a deadline.
struct Timed<'a> {
    stream: &'a UnixStream,
    deadline: Instant,
}

impl Timed<'_> {
    fn left(&self) -> std::io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl std::io::Read for Timed<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        std::io::Read::read(&mut self.stream, bytes)
    }
}

impl std::io::Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        std::io::Write::write(&mut self.stream, bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::Write::flush(&mut self.stream)
    }
}
