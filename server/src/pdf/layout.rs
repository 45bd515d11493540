//! What stands where on which page, and what it means.
//!
//! Lengths are points (1/72 inch) from the upper left corner of an A4 page (ISO 216). A layout
//! has two trees: pages with marks, and blocks with a meaning, whose leaves are marks. A mark
//! without a block is an artifact that readers of screens pass over. Not here: what goes where.

use std::sync::Arc;

use super::Direction;
use super::font::{Font, Line};

/// Width of a page.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// Height of a page.
pub(super) const PAGE_HEIGHT: f32 = 841.89;

/// A block of the layout it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockId(pub(super) usize);

/// What a block is, in the words of PDF's structure (ISO 32000-1 §14.8.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A heading of a level from 1, with its text.
    Heading(u16, String),
    Paragraph,
    Section,
    Table,
    Row,
    /// A cell that names its row.
    RowHeader,
    /// A cell that names its column.
    ColumnHeader,
    Cell,
}

pub(super) struct Block {
    pub(super) meaning: Meaning,
    pub(super) parent: Option<BlockId>,
}

/// Something drawn.
pub(super) enum Mark {
    Text { line: Arc<Line>, x: f32, baseline: f32, size: f32, block: Option<BlockId> },
    Rule { from: (f32, f32), to: (f32, f32), is_cut: bool },
}

/// Where a line stands within its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Where lines begin.
    Start,
    /// Where lines end.
    End,
}

/// A column: how far from where lines begin, and how wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) start: f32,
    pub(super) width: f32,
}

/// A layout in the making.
pub(super) struct Layout {
    pub(super) font: Font,
    pub(super) direction: Direction,
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) blocks: Vec<Block>,
}

impl Layout {
    pub(super) fn new(font: Font, direction: Direction) -> Self {
        Self { font, direction, pages: Vec::new(), blocks: Vec::new() }
    }

    /// Begins a block within another one.
    pub(super) fn block(&mut self, meaning: Meaning, parent: Option<BlockId>) -> BlockId {
        self.blocks.push(Block { meaning, parent });
        BlockId(self.blocks.len().saturating_sub(1))
    }

    /// Draws on the last page.
    pub(super) fn mark(&mut self, mark: Mark) {
        if self.pages.is_empty() {
            self.pages.push(Vec::new());
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Makes a line in the direction of the document.
    pub(super) fn line(&self, text: &str) -> Arc<Line> {
        Arc::new(self.font.line(text, self.direction))
    }

    /// Breaks a text into lines of a size that fit a width.
    pub(super) fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<Arc<Line>> {
        let lines = self.font.wrap(text, width / size, self.direction);
        lines.into_iter().map(Arc::new).collect()
    }

    /// Returns where a line begins at its left.
    pub(super) fn left(&self, line: &Line, size: f32, column: Column, align: Align) -> f32 {
        let length = line.width * size;
        let (near, far) = (column.start, column.start + column.width - length);
        match (self.direction, align) {
            (Direction::LeftToRight, Align::Start) => near,
            (Direction::LeftToRight, Align::End) => far,
            (Direction::RightToLeft, Align::Start) => PAGE_WIDTH - near - length,
            (Direction::RightToLeft, Align::End) => PAGE_WIDTH - far - length,
        }
    }

    /// Returns how far below its upper edge a line of a size stands.
    pub(super) fn ascent(&self, size: f32) -> f32 {
        self.font.ascent * size
    }
}
