//! The child process that runs patterns which may never end, and what is said to it.
//!
//! It reads a question from its standard input, answers on its standard output, and knows
//! nothing else. It is killed when it takes too long ([`super::pool`]), and ends by itself when
//! nobody can ask any more.
//!
//! A message is its length in four bytes, little end first, and so many bytes. The first message
//! of the child is empty: it is ready. A question is the length of the pattern in four bytes, the
//! pattern in its plain spelling, and the text. An answer is one byte (see [`Answer`])
//! and, of a match, two numbers of four bytes for each group.

use std::io::{ErrorKind, Read, Result, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::backtracking::{self, Span};

/// Most bytes of a message: a pattern of 2,048 classes in its plain spelling has 300,000.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// Longest time of a question when nobody kills the child: the process that started it may have
/// been killed itself.
const ORPHAN_TIME_MAX: Duration = Duration::from_secs(60);

/// Is what the child answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The text does not match.
    NoMatch,
    /// It does, with these groups.
    Match(Vec<Span>),
    /// The engine does not take the pattern, or the question made no sense.
    Refused,
}

/// Stands for the place of a group that took no part.
const ABSENT: u32 = u32::MAX;

/// Answers questions until there are no more.
///
/// # Errors
/// A broken pipe, or a message that is too long.
pub(crate) fn serve(mut input: impl Read, mut output: impl Write) -> Result<()> {
    let (begins_or_ends, told) = channel();
    std::thread::spawn(move || watch(&told));
    send(&mut output, &[])?;
    loop {
        let question = match receive(&mut input) {
            Ok(question) => question,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        // The watcher is gone only when the process ends.
        let _ = begins_or_ends.send(());
        let answer = answer(&question);
        let _ = begins_or_ends.send(());
        send(&mut output, &answer.to_bytes())?;
    }
}

/// Ends the process when a question takes too long.
fn watch(told: &Receiver<()>) {
    while told.recv().is_ok() {
        if told.recv_timeout(ORPHAN_TIME_MAX) == Err(RecvTimeoutError::Timeout) {
            std::process::exit(1);
        }
    }
}

fn answer(question: &[u8]) -> Answer {
    let parts = split(question).and_then(|(pattern, text)| {
        Some((std::str::from_utf8(pattern).ok()?, std::str::from_utf8(text).ok()?))
    });
    match parts.map(|(pattern, text)| backtracking::run(pattern, text)) {
        Some(Ok(None)) => Answer::NoMatch,
        Some(Ok(Some(groups))) => Answer::Match(groups),
        Some(Err(backtracking::Refused)) | None => Answer::Refused,
    }
}

fn split(question: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = question.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// Puts a question together; the text is written as in [`super::halves`].
pub(super) fn question(pattern: &str, text: &str) -> Vec<u8> {
    let length = u32::try_from(pattern.len()).unwrap_or(u32::MAX);
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend_from_slice(pattern.as_bytes());
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

impl Answer {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::NoMatch => vec![0],
            Self::Match(groups) => {
                let places = groups.iter().map(|group| group.unwrap_or((ABSENT, ABSENT)));
                let numbers = places.flat_map(|(start, end)| [start, end]);
                [1].into_iter().chain(numbers.flat_map(u32::to_le_bytes)).collect()
            }
            Self::Refused => vec![2],
        }
    }

    /// Reads an answer; nonsense is a refusal.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        match bytes.split_first() {
            Some((0, [])) => Self::NoMatch,
            Some((1, places)) if places.len() % 8 == 0 => {
                let number = |bytes: &[u8]| bytes.try_into().map_or(ABSENT, u32::from_le_bytes);
                let group = |place: &[u8]| {
                    let (start, end) = place.split_at(4);
                    let (start, end) = (number(start), number(end));
                    (start != ABSENT).then_some((start, end))
                };
                Self::Match(places.chunks_exact(8).map(group).collect())
            }
            _ => Self::Refused,
        }
    }
}

/// Writes a message.
///
/// # Errors
/// A broken pipe, or a message that is too long.
pub(super) fn send(output: &mut impl Write, bytes: &[u8]) -> Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= MESSAGE_BYTES_MAX);
    let length = length.ok_or(ErrorKind::InvalidInput)?;
    let mut message = length.to_le_bytes().to_vec();
    message.extend_from_slice(bytes);
    output.write_all(&message)?;
    output.flush()
}

/// Reads a message.
///
/// # Errors
/// The end of the input, a broken pipe, or a message that is too long.
pub(super) fn receive(input: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MESSAGE_BYTES_MAX {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(questions: &[Vec<u8>]) -> Vec<Answer> {
        let mut input = Vec::new();
        for question in questions {
            send(&mut input, question).unwrap();
        }
        let mut output = Vec::new();
        serve(input.as_slice(), &mut output).unwrap();
        let mut output = output.as_slice();
        assert_eq!(receive(&mut output).unwrap(), Vec::<u8>::new(), "ready");
        questions.iter().map(|_| Answer::from_bytes(&receive(&mut output).unwrap())).collect()
    }

    #[test]
    fn questions_are_answered_in_order() {
        let questions = [
            question("^(?:(a)(b)?)$", "a"),
            question("^(?:b)$", "a"),
            question("^(?:(?:)$", "a"),
            question("^(?:(.)(.))$", "aé"),
        ];
        let expected = [
            Answer::Match(vec![Some((0, 1)), None]),
            Answer::NoMatch,
            Answer::Refused,
            Answer::Match(vec![Some((0, 1)), Some((1, 3))]),
        ];
        assert_eq!(asked(&questions), expected);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(asked(&[vec![], vec![1, 2], vec![255; 9]]), vec![Answer::Refused; 3]);
        for bytes in [&[][..], &[9], &[0, 0], &[1, 2, 3]] {
            assert_eq!(Answer::from_bytes(bytes), Answer::Refused);
        }
        let mut too_long = u32::MAX.to_le_bytes().to_vec();
        too_long.extend_from_slice(&[0; 8]);
        assert!(serve(too_long.as_slice(), Vec::new()).is_err());
    }
}
