//! Lines of a batch, one at a time, so that memory does not grow with it.

use std::io::{self, BufRead, Read as _};

/// Longest line: a request has a few hundred bytes, the longest message with every character
/// escaped some twenty thousand.
pub(crate) const LINE_BYTES_MAX: usize = 64 * 1024;

/// Reads the lines of a batch.
#[derive(Default)]
pub(crate) struct Lines {
    count: usize,
    line: Vec<u8>,
}

/// A line without its end.
pub(crate) enum Line<'l> {
    /// What it says.
    Bytes(&'l [u8]),
    /// It has more than [`LINE_BYTES_MAX`] bytes and was skipped.
    TooLong,
}

impl Lines {
    /// Reads the next line and returns it with its number, from 1; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub(crate) fn next(
        &mut self,
        input: &mut impl BufRead,
    ) -> io::Result<Option<(usize, Line<'_>)>> {
        self.line.clear();
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        if input.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.count = self.count.saturating_add(1);
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > LINE_BYTES_MAX {
            skip_line(input)?;
            return Ok(Some((self.count, Line::TooLong)));
        }
        Ok(Some((self.count, Line::Bytes(&self.line))))
    }
}

/// Drops the rest of a line.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
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
