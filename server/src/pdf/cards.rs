//! Sheets of ten cards, two beside each other, with lines to cut along.
//!
//! Not here: what the cards say, and their codes.

use std::sync::Arc;

use super::font::{Font, Line};
use super::layout::{Align, BlockId, Column, Layout, Mark, Meaning, PAGE_HEIGHT, PAGE_WIDTH};
use super::{About, PdfError, file};

/// Cards beside each other, and below each other.
const ACROSS: u16 = 2;
const DOWN: u16 = 5;
/// Blank edges of a sheet, in points: most printers leave 5 mm white.
const MARGIN: f32 = 28.35;
/// Blank edges of a card, in points.
const PADDING: f32 = 12.0;
/// Height of a line, in sizes of its letters.
const LEADING: f32 = 1.3;
/// Sizes of letters, in points.
const NAME: f32 = 13.0;
const BODY: f32 = 8.0;
const CODE: f32 = 16.0;
const SMALL: f32 = 6.8;
/// Most lines of what a card is worth, and of how it is used: what is longer is left out, so that
/// a card keeps its size and its code.
const LINES_MAX: usize = 4;

/// Sheets of cards that differ in their codes.
#[derive(Clone, PartialEq, Eq)]
pub struct Cards {
    /// What the file is known by.
    pub about: About,
    /// Whose cards they are.
    pub name: String,
    /// What each is good for, a line each.
    pub worth: Vec<String>,
    /// What stands before the code.
    pub code_label: String,
    /// How a card is used, a paragraph each.
    pub usage: Vec<String>,
    /// The cards.
    pub cards: Vec<Card>,
}

/// What is of one card only. It has no `Debug`: a code is money.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// The code as people read it.
    pub code: String,
    /// Which card it is.
    pub number: String,
}

impl Cards {
    /// Makes the PDF.
    ///
    /// # Errors
    /// [`PdfError`]; not for what is said, however long or in whatever letters.
    pub fn write(&self) -> Result<Vec<u8>, PdfError> {
        let mut layout = Layout::new(Font::load()?, self.about.direction);
        let width = card_width() - 2.0 * PADDING;
        let wrapped = |text: &str, size| {
            let lines = layout.wrap(text, size, width);
            lines.into_iter().take(LINES_MAX).collect::<Vec<_>>()
        };
        let same = Same {
            name: wrapped(&self.name, NAME).into_iter().take(1).collect(),
            worth: self.worth.iter().flat_map(|text| wrapped(text, BODY)).take(LINES_MAX).collect(),
            code_label: wrapped(&self.code_label, SMALL).into_iter().take(1).collect(),
            usage: self
                .usage
                .iter()
                .flat_map(|text| wrapped(text, SMALL))
                .take(LINES_MAX)
                .collect(),
        };
        let a_sheet = usize::from(ACROSS * DOWN);
        for sheet in self.cards.chunks(a_sheet) {
            layout.pages.push(Vec::new());
            cut_lines(&mut layout);
            for (at, card) in sheet.iter().enumerate() {
                let at = u16::try_from(at).unwrap_or(0);
                same.draw(&mut layout, card, at % ACROSS, at / ACROSS);
            }
        }
        file::write(&self.about, layout)
    }
}

fn card_width() -> f32 {
    (PAGE_WIDTH - 2.0 * MARGIN) / f32::from(ACROSS)
}

fn card_height() -> f32 {
    (PAGE_HEIGHT - 2.0 * MARGIN) / f32::from(DOWN)
}

fn cut_lines(layout: &mut Layout) {
    let (right, bottom) = (PAGE_WIDTH - MARGIN, PAGE_HEIGHT - MARGIN);
    for at in 0..=ACROSS {
        let x = MARGIN + card_width() * f32::from(at);
        layout.mark(Mark::Rule { from: (x, MARGIN), to: (x, bottom), is_cut: true });
    }
    for at in 0..=DOWN {
        let y = MARGIN + card_height() * f32::from(at);
        layout.mark(Mark::Rule { from: (MARGIN, y), to: (right, y), is_cut: true });
    }
}

/// What all cards have, as lines.
struct Same {
    name: Vec<Arc<Line>>,
    worth: Vec<Arc<Line>>,
    code_label: Vec<Arc<Line>>,
    usage: Vec<Arc<Line>>,
}

impl Same {
    fn draw(&self, layout: &mut Layout, card: &Card, across: u16, down: u16) {
        let start = MARGIN + card_width() * f32::from(across) + PADDING;
        let column = Column { start, width: card_width() - 2.0 * PADDING };
        let top = MARGIN + card_height() * f32::from(down) + PADDING;
        let section = layout.block(Meaning::Section, None);
        let mut pen = Pen { layout, section, column, y: top };
        pen.lines(&self.name, NAME);
        pen.lines(&self.worth, BODY);
        pen.y += BODY * 0.4;
        pen.lines(&self.code_label, SMALL);
        let code = pen.layout.line(&card.code);
        pen.lines(&[code], CODE);
        pen.y += SMALL * 0.2;
        pen.lines(&self.usage, SMALL);
        let number = pen.layout.line(&card.number);
        pen.y = top + card_height() - 2.0 * PADDING - SMALL;
        pen.lines(&[number], SMALL);
    }
}

struct Pen<'l> {
    layout: &'l mut Layout,
    section: BlockId,
    column: Column,
    y: f32,
}

impl Pen<'_> {
    /// Writes a paragraph; a line that is too long is made smaller.
    fn lines(&mut self, lines: &[Arc<Line>], size: f32) {
        if lines.is_empty() {
            return;
        }
        let block = self.layout.block(Meaning::Paragraph, Some(self.section));
        for line in lines {
            let length = line.width * size;
            let size =
                if length > self.column.width { size * self.column.width / length } else { size };
            let x = self.layout.left(line, size, self.column, Align::Start);
            let baseline = self.y + self.layout.ascent(size);
            let (line, block) = (Arc::clone(line), Some(block));
            self.layout.mark(Mark::Text { line, x, baseline, size, block });
            self.y += size * LEADING;
        }
    }
}
