//! A layout as the bytes of a PDF 1.7 that says what its parts mean (PDF/UA-1, ISO 14289-1).
//!
//! The writer refuses what a reader of screens could not read. Not here: what stands where.

use std::num::NonZeroU16;

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use super::font::Font;
use super::layout::{Block, Layout, Mark, Meaning, PAGE_HEIGHT, PAGE_WIDTH};
use super::{About, Direction, PdfError};

/// Width of a rule, in points.
const RULE: f32 = 0.6;
/// Dashes and blanks of a line to cut along, in points.
const DASHES: [f32; 2] = [3.0, 3.0];

/// Writes a layout.
pub(super) fn write(about: &About, layout: Layout) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::File(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(about));
    let Layout { font, pages, blocks, .. } = layout;
    let mut leaves = Leaves::of(&blocks);
    for marks in &pages {
        let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let mut page = document.start_page_with(size.ok_or(PdfError::Font)?);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, &font, mark, &mut leaves);
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(leaves.tree(&blocks, &about.lang));
    document.set_outline(outline(about));
    document.finish().map_err(|error| PdfError::File(format!("{error}: {error:?}")))
}

fn metadata(about: &About) -> Metadata {
    Metadata::new()
        .title(about.title.clone())
        .language(about.lang.clone())
        .text_direction(match about.direction {
            Direction::LeftToRight => TextDirection::LeftToRight,
            Direction::RightToLeft => TextDirection::RightToLeft,
        })
        .creation_date(date(about.made_at))
}

fn date(at: domain::Timestamp) -> DateTime {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The one entry that leads to the first page: readers of screens want an outline.
fn outline(about: &About) -> Outline {
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(about.title.clone(), top));
    outline
}

fn draw(surface: &mut Surface<'_>, font: &Font, mark: &Mark, leaves: &mut Leaves) {
    match mark {
        Mark::Text { line, x, baseline, size, block } => {
            let leaf = surface.start_tagged(match block {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            });
            let mut at = *x;
            for run in &line.runs {
                let start = Point::from_xy(at, *baseline);
                let embedded = font.embedded.clone();
                surface.draw_glyphs(start, &run.glyphs, embedded, &run.text, *size, false);
                at += run.width * size;
            }
            surface.end_tagged();
            if let Some(block) = block {
                leaves.add(block.0, leaf);
            }
        }
        Mark::Rule { from, to, is_cut } => {
            let kind = if *is_cut { ArtifactType::Page } else { ArtifactType::Layout };
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            if let Some(path) = path.finish() {
                let dash = is_cut.then(|| StrokeDash { array: DASHES.to_vec(), offset: 0.0 });
                let opacity = NormalizedF32::ONE;
                let stroke = Stroke { width: RULE, dash, opacity, ..Stroke::default() };
                surface.set_fill(None);
                surface.set_stroke(Some(stroke));
                surface.draw_path(&path);
                surface.set_stroke(None);
            }
            surface.end_tagged();
        }
    }
}

/// What belongs to each block: its marks, and the blocks within it.
struct Leaves {
    marks: Vec<Vec<Identifier>>,
    within: Vec<Vec<usize>>,
    roots: Vec<usize>,
}

impl Leaves {
    fn of(blocks: &[Block]) -> Self {
        let mut within = vec![Vec::new(); blocks.len()];
        let mut roots = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            match block.parent.and_then(|parent| within.get_mut(parent.0)) {
                Some(siblings) => siblings.push(at),
                None => roots.push(at),
            }
        }
        Self { marks: vec![Vec::new(); blocks.len()], within, roots }
    }

    fn add(&mut self, block: usize, leaf: Identifier) {
        if let Some(marks) = self.marks.get_mut(block) {
            marks.push(leaf);
        }
    }

    fn tree(&self, blocks: &[Block], lang: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(lang.to_owned()));
        for root in &self.roots {
            if let Some(node) = self.node(blocks, *root) {
                tree.push(node);
            }
        }
        tree
    }

    /// Blocks lie within blocks three deep at most.
    fn node(&self, blocks: &[Block], at: usize) -> Option<Node> {
        let mut group = group(&blocks.get(at)?.meaning);
        for leaf in self.marks.get(at)? {
            group.push(*leaf);
        }
        for child in self.within.get(at)? {
            if let Some(child) = self.node(blocks, *child) {
                group.push(child);
            }
        }
        Some(Node::Group(group))
    }
}

fn group(meaning: &Meaning) -> TagGroup {
    match meaning {
        Meaning::Heading(level, text) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(Tag::Hn(level, Some(text.clone())))
        }
        Meaning::Paragraph => TagGroup::new(Tag::P),
        Meaning::Section => TagGroup::new(Tag::Section),
        Meaning::Table => TagGroup::new(Tag::Table),
        Meaning::Row => TagGroup::new(Tag::TR),
        Meaning::RowHeader => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Meaning::ColumnHeader => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Meaning::Cell => TagGroup::new(Tag::TD),
    }
}
