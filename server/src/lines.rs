//! Lines of a stream, one at a time and none longer than a limit, so that memory does not grow
//! with the input.
//!
//! Not here: what a line says.

use std::io::{self, BufRead, Read as _};

/// Longest line that is read: requests and records have a few hundred bytes.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Reads lines.
#[derive(Debug, Default)]
pub struct Lines {
    count: usize,
    line: Vec<u8>,
}

/// A line, without what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Its bytes; absent = it is longer than [`LINE_BYTES_MAX`] and was passed over.
    pub bytes: Option<&'a [u8]>,
}

impl Lines {
    /// Reads the next line; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next(&mut self, input: &mut impl BufRead) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        if input.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.count = self.count.saturating_add(1);
        let number = self.count;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > LINE_BYTES_MAX {
            skip(input)?;
            return Ok(Some(Line { number, bytes: None }));
        }
        Ok(Some(Line { number, bytes: Some(&self.line) }))
    }
}

/// Drops the rest of a line.
fn skip(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (used, is_done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at.saturating_add(1), true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if is_done {
            return Ok(());
        }
    }
}
