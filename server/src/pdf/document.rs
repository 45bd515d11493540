//! A document of parts that flow down A4 pages.
//!
//! Not here: what the parts say.

use super::font::Font;
use super::layout::{Align, BlockId, Column, Layout, Mark, Meaning, PAGE_HEIGHT, PAGE_WIDTH};
use super::{About, PdfError, file};

/// Blank edges of a page, in points: 2 cm.
const MARGIN: f32 = 56.7;
/// Where parts end, in points: the footer stands below.
const BOTTOM: f32 = PAGE_HEIGHT - MARGIN - 30.0;
/// Height of a line, in sizes of its letters.
const LEADING: f32 = 1.4;
/// Sizes of letters, in points.
const TITLE: f32 = 20.0;
const HEADING: f32 = 13.0;
const BODY: f32 = 10.0;
const FOOTER: f32 = 8.0;
/// Share of the width that the terms of facts take.
const TERMS: f32 = 0.34;
/// Blank between columns, in points.
const GAP: f32 = 12.0;
/// Most of the width that the columns behind the first take together.
const AMOUNTS: f32 = 0.7;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is known by; its title stands at its head.
    pub about: About,
    /// What it says.
    pub parts: Vec<Part>,
    /// What stands at the foot of each page; empty = nothing.
    pub footer: String,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// A paragraph; a line break in it is kept.
    Paragraph(String),
    /// Terms and what they are.
    Facts(Vec<(String, String)>),
    /// Lines of items with amounts.
    Table(Table),
}

/// Lines of items: the first column takes what is left, the others stand at the line's end.
///
/// Each row has as many cells as the head has; cells that are missing are empty, those beyond
/// are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub head: Vec<String>,
    /// The items.
    pub rows: Vec<Vec<String>>,
    /// What they come to, below a rule.
    pub totals: Vec<Vec<String>>,
}

impl Document {
    /// Makes the PDF.
    ///
    /// # Errors
    /// [`PdfError`]; not for what is said, however long or in whatever letters.
    pub fn write(&self) -> Result<Vec<u8>, PdfError> {
        let mut flow = Flow { layout: Layout::new(Font::load()?, self.about.direction), y: MARGIN };
        flow.layout.pages.push(Vec::new());
        let title = Meaning::Heading(1, self.about.title.clone());
        flow.lines(&self.about.title, TITLE, title);
        for part in &self.parts {
            flow.part(part);
        }
        flow.feet(&self.footer);
        file::write(&self.about, flow.layout)
    }
}

/// A layout with the place that the next part stands at.
struct Flow {
    layout: Layout,
    y: f32,
}

/// Cells of a row: text, meaning and column.
type Cells<'a> = Vec<(&'a str, Meaning, Column, Align)>;

impl Flow {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Heading(text) => {
                self.y += HEADING;
                // A heading does not stand alone at the foot of a page.
                self.make_room(HEADING * LEADING + 2.0 * BODY * LEADING);
                self.lines(text, HEADING, Meaning::Heading(2, text.clone()));
            }
            Part::Paragraph(text) => {
                self.y += BODY * 0.5;
                self.lines(text, BODY, Meaning::Paragraph);
            }
            Part::Facts(facts) => self.facts(facts),
            Part::Table(table) => self.table(table),
        }
    }

    /// Begins a page unless there is this much room.
    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.layout.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn lines(&mut self, text: &str, size: f32, meaning: Meaning) {
        let column = Column { start: MARGIN, width: PAGE_WIDTH - 2.0 * MARGIN };
        let block = self.layout.block(meaning, None);
        for line in self.layout.wrap(text, size, column.width) {
            self.make_room(size * LEADING);
            let x = self.layout.left(&line, size, column, Align::Start);
            let baseline = self.y + self.layout.ascent(size);
            self.layout.mark(Mark::Text { line, x, baseline, size, block: Some(block) });
            self.y += size * LEADING;
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let width = PAGE_WIDTH - 2.0 * MARGIN;
        let term = Column { start: MARGIN, width: width * TERMS - GAP };
        let text = Column { start: MARGIN + width * TERMS, width: width * (1.0 - TERMS) };
        let table = self.layout.block(Meaning::Table, None);
        self.y += BODY * 0.5;
        for (name, said) in facts {
            let cells = vec![
                (name.as_str(), Meaning::RowHeader, term, Align::Start),
                (said.as_str(), Meaning::Cell, text, Align::Start),
            ];
            self.row(table, cells);
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = self.columns(table);
        let block = self.layout.block(Meaning::Table, None);
        self.y += BODY * 0.5;
        self.row(
            block,
            cells(&columns, &table.head, &Meaning::ColumnHeader, &Meaning::ColumnHeader),
        );
        self.rule();
        for row in &table.rows {
            self.row(block, cells(&columns, row, &Meaning::RowHeader, &Meaning::Cell));
        }
        if !table.totals.is_empty() {
            self.make_room(BODY * LEADING * 2.0);
            self.rule();
        }
        for row in &table.totals {
            self.row(block, cells(&columns, row, &Meaning::RowHeader, &Meaning::Cell));
        }
    }

    /// Gives each column behind the first the width of its longest cell, and the first the rest.
    fn columns(&self, table: &Table) -> Vec<Column> {
        let all = || std::iter::once(&table.head).chain(&table.rows).chain(&table.totals);
        let count = table.head.len().max(1);
        let whole = PAGE_WIDTH - 2.0 * MARGIN;
        let most = whole * AMOUNTS / f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let mut widths = Vec::new();
        for at in 1..count {
            let texts = all().filter_map(|row| row.get(at));
            let longest = texts.map(|text| self.layout.line(text).width * BODY);
            widths.push(longest.fold(0.0, f32::max).min(most) + GAP);
        }
        let first = whole - widths.iter().sum::<f32>();
        let mut columns = vec![Column { start: MARGIN, width: first }];
        let mut start = MARGIN + first;
        for width in widths {
            columns.push(Column { start: start + GAP, width: width - GAP });
            start += width;
        }
        columns
    }

    /// Draws a row, which stays on one page as far as it fits one.
    fn row(&mut self, table: BlockId, cells: Cells<'_>) {
        let row = self.layout.block(Meaning::Row, Some(table));
        let mut written = Vec::new();
        for (text, meaning, column, align) in cells {
            let block = self.layout.block(meaning, Some(row));
            let mut lines = self.layout.wrap(text, BODY, column.width);
            if lines.is_empty() {
                // An empty cell is a cell: the others of its row stand in their columns.
                lines.push(self.layout.line(""));
            }
            written.push((block, lines, column, align));
        }
        let count = written.iter().map(|(_, lines, ..)| lines.len()).max().unwrap_or(0);
        let height = BODY * LEADING * f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        if height <= BOTTOM - MARGIN {
            self.make_room(height);
        }
        for at in 0..count {
            self.make_room(BODY * LEADING);
            for (block, lines, column, align) in &written {
                let Some(line) = lines.get(at) else { continue };
                let x = self.layout.left(line, BODY, *column, *align);
                let baseline = self.y + self.layout.ascent(BODY);
                let (line, block) = (std::sync::Arc::clone(line), Some(*block));
                self.layout.mark(Mark::Text { line, x, baseline, size: BODY, block });
            }
            self.y += BODY * LEADING;
        }
        self.y += BODY * 0.2;
    }

    fn rule(&mut self) {
        let (from, to) = ((MARGIN, self.y), (PAGE_WIDTH - MARGIN, self.y));
        self.layout.mark(Mark::Rule { from, to, is_cut: false });
        self.y += BODY * 0.4;
    }

    /// Writes the foot of each page. Its text is read aloud once, on the first page.
    fn feet(&mut self, footer: &str) {
        let column = Column { start: MARGIN, width: PAGE_WIDTH - 2.0 * MARGIN - 60.0 };
        let lines = self.layout.wrap(footer, FOOTER, column.width);
        let block = (!lines.is_empty()).then(|| self.layout.block(Meaning::Paragraph, None));
        let count = self.layout.pages.len();
        let top = PAGE_HEIGHT - MARGIN - FOOTER;
        for (number, page) in std::mem::take(&mut self.layout.pages).into_iter().enumerate() {
            self.layout.pages.push(page);
            let mut baseline = top;
            for line in &lines {
                let x = self.layout.left(line, FOOTER, column, Align::Start);
                let (line, block) = (std::sync::Arc::clone(line), block.filter(|_| number == 0));
                self.layout.mark(Mark::Text { line, x, baseline, size: FOOTER, block });
                baseline += FOOTER * LEADING;
            }
            if count > 1 {
                let line = self.layout.line(&format!("{} / {count}", number.saturating_add(1)));
                let whole = Column { start: MARGIN, width: PAGE_WIDTH - 2.0 * MARGIN };
                let x = self.layout.left(&line, FOOTER, whole, Align::End);
                let (size, block) = (FOOTER, None);
                self.layout.mark(Mark::Text { line, x, baseline: top, size, block });
            }
        }
    }
}

/// Puts a row's cells into columns; the first one begins the line, the others end it.
fn cells<'a>(
    columns: &[Column],
    row: &'a [String],
    first: &Meaning,
    others: &Meaning,
) -> Cells<'a> {
    let cell = |(at, column): (usize, &Column)| {
        let text = row.get(at).map(String::as_str).unwrap_or_default();
        let (meaning, align) = if at == 0 { (first, Align::Start) } else { (others, Align::End) };
        (text, meaning.clone(), *column, align)
    };
    columns.iter().enumerate().map(cell).collect()
}
