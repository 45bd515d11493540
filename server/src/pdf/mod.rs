//! Printed matter: documents and voucher cards as PDF, tagged for readers of screens (PDF/UA-1).
//!
//! A document is a value in finished words, of which [`Document::write`] makes the same bytes
//! each time. Text of Latin, Greek, Cyrillic, Hebrew and Arabic letters is shaped and ordered; of
//! the font only what is used is embedded. Not here: what the documents say.
//!
//! - [`document`]: headings, paragraphs, facts and tables that flow over pages;
//! - [`cards`]: sheets of cards to cut apart;
//! - [`font`]: letters to glyphs, and lines; [`layout`]: what stands where, and its meaning;
//! - [`file`]: a layout as the bytes of a PDF.

mod cards;
mod document;
mod file;
mod font;
mod layout;
#[cfg(test)]
mod tests;

use std::fmt;

use domain::Timestamp;

pub use cards::{Card, Cards};
pub use document::{Document, Part, Table};
pub use font::unprintable;

/// What every document is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The title, which readers show in place of the file's name.
    pub title: String,
    /// The BCP 47 tag of its language.
    pub lang: String,
    /// Which way its lines run.
    pub direction: Direction,
    /// When it was made: the same document made again has the same bytes.
    pub made_at: Timestamp,
}

/// Which way lines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left: columns stand the other way round, too.
    RightToLeft,
}

impl Direction {
    /// Reads the direction of a language as HTML's `dir` spells it.
    #[must_use]
    pub fn of(dir: &str) -> Self {
        if dir == "rtl" { Self::RightToLeft } else { Self::LeftToRight }
    }
}

/// Why there is no PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PdfError {
    /// The embedded font cannot be used.
    Font,
    /// The file would not be one that every reader can read; what the writer says of it.
    File(String),
}

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font => f.write_str("the embedded font cannot be used"),
            Self::File(what) => write!(f, "the PDF cannot be made: {what}"),
        }
    }
}

impl std::error::Error for PdfError {}
