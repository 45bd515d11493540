//! Letters to glyphs: shaping, the order of mixed directions (UAX #9), and lines of a width.
//!
//! Lengths are of an em, the size of the font, until a layout says which size. Not here: where a
//! line stands.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Face, Script, ShapePlan, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use super::{Direction, PdfError};

/// DejaVu Sans 2.37; its licence stands beside it.
const DEJAVU_SANS: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf");
/// What stands in the place of a letter that the font does not have.
const REPLACEMENT: char = '\u{FFFD}';

/// The embedded font.
pub(super) struct Font {
    /// As the file embeds it.
    pub(super) embedded: krilla::text::Font,
    /// How far letters reach above the line.
    pub(super) ascent: f32,
    face: Face<'static>,
    plans: RefCell<Vec<(rustybuzz::Direction, Script, Rc<ShapePlan>)>>,
}

/// A line of text: its runs, from left to right.
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// How long it is.
    pub(super) width: f32,
}

/// Text of one direction, as glyphs from left to right.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) width: f32,
}

/// Returns the first character of a text that the font does not have; it would be replaced.
///
/// # Errors
/// [`PdfError::Font`].
pub fn unprintable(text: &str) -> Result<Option<char>, PdfError> {
    let font = Font::load()?;
    Ok(text.chars().find(|c| font.printed(*c) == Some(REPLACEMENT)))
}

impl Font {
    /// Loads the embedded font.
    pub(super) fn load() -> Result<Self, PdfError> {
        let face = Face::from_slice(DEJAVU_SANS, 0).ok_or(PdfError::Font)?;
        let embedded = krilla::text::Font::new(DEJAVU_SANS.into(), 0).ok_or(PdfError::Font)?;
        let ascent = f32::from(face.ascender()) / embedded.units_per_em();
        Ok(Self { embedded, ascent, face, plans: RefCell::default() })
    }

    /// Says what is printed of a character: itself, a blank, a replacement, or nothing.
    fn printed(&self, c: char) -> Option<char> {
        match c {
            // Marks that direct, join or vary what is beside them, and no characters at all.
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => None,
            '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => None,
            c if c.is_control() => Some(' '),
            c if self.face.glyph_index(c).is_none() => Some(REPLACEMENT),
            c => Some(c),
        }
    }

    /// Makes one line of a text, however long.
    pub(super) fn line(&self, text: &str, direction: Direction) -> Line {
        let text: String = text.chars().filter_map(|c| self.printed(c)).collect();
        let level = match direction {
            Direction::LeftToRight => Level::ltr(),
            Direction::RightToLeft => Level::rtl(),
        };
        let bidi = BidiInfo::new(&text, Some(level));
        let mut runs = Vec::new();
        for paragraph in &bidi.paragraphs {
            let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for range in visual {
                let is_rtl = levels.get(range.start).is_some_and(Level::is_rtl);
                runs.push(self.run(text.get(range).unwrap_or_default(), is_rtl));
            }
        }
        let width = runs.iter().map(|run| run.width).sum();
        Line { runs, width }
    }

    fn run(&self, text: &str, is_rtl: bool) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(match is_rtl {
            true => rustybuzz::Direction::RightToLeft,
            false => rustybuzz::Direction::LeftToRight,
        });
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan(&buffer), buffer);
        let infos = shaped.glyph_infos();
        let clusters: Vec<usize> =
            infos.iter().map(|info| usize::try_from(info.cluster).unwrap_or(0)).collect();
        let em = self.embedded.units_per_em();
        let glyphs: Vec<_> = infos
            .iter()
            .zip(shaped.glyph_positions())
            .zip(&clusters)
            .map(|((info, at), start)| {
                let id = GlyphId::new(info.glyph_id);
                let length = |units: i32| units_to_em(units, em);
                KrillaGlyph::new(
                    id,
                    length(at.x_advance),
                    length(at.x_offset),
                    length(at.y_offset),
                    length(at.y_advance),
                    cluster(&clusters, *start, text.len()),
                    None,
                )
            })
            .collect();
        let width = shaped.glyph_positions().iter().map(|at| units_to_em(at.x_advance, em)).sum();
        Run { text: text.to_owned(), glyphs, width }
    }

    /// Returns what is to be done with letters of a script, which takes longer to find out than to
    /// do; it is found out once for each.
    fn plan(&self, buffer: &UnicodeBuffer) -> Rc<ShapePlan> {
        let (direction, script) = (buffer.direction(), buffer.script());
        let mut plans = self.plans.borrow_mut();
        if let Some((.., known)) = plans.iter().find(|(d, s, _)| (*d, *s) == (direction, script)) {
            return Rc::clone(known);
        }
        let plan = Rc::new(ShapePlan::new(&self.face, direction, Some(script), None, &[]));
        plans.push((direction, script, Rc::clone(&plan)));
        plan
    }

    /// Breaks a text into lines of a width at blanks; a word that is longer is broken anywhere.
    pub(super) fn wrap(&self, text: &str, width: f32, direction: Direction) -> Vec<Line> {
        let mut lines = Vec::new();
        let blank = self.advance(' ');
        for paragraph in text.lines() {
            let (mut line, mut length) = (String::new(), 0.0);
            for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let added = self.line(word, direction).width;
                if !line.is_empty() && length + blank + added <= width {
                    line.push(' ');
                    line.push_str(word);
                    length += blank + added;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(self.line(&line, direction));
                }
                (line, length) = match added <= width {
                    true => (word.to_owned(), added),
                    false => self.break_word(word, width, direction, &mut lines),
                };
            }
            lines.push(self.line(&line, direction));
        }
        lines
    }

    /// Breaks a word that is too long; returns what is left of it, and how long that is.
    fn break_word(
        &self,
        word: &str,
        width: f32,
        direction: Direction,
        lines: &mut Vec<Line>,
    ) -> (String, f32) {
        let (mut part, mut length) = (String::new(), 0.0);
        for c in word.chars() {
            let added = self.advance(c);
            if !part.is_empty() && length + added > width {
                lines.push(self.line(&part, direction));
                part.clear();
                length = 0.0;
            }
            part.push(c);
            length += added;
        }
        (part, length)
    }

    /// Returns how long a character is by itself.
    fn advance(&self, c: char) -> f32 {
        let printed = self.printed(c).and_then(|c| self.face.glyph_index(c));
        let units = printed.and_then(|glyph| self.face.glyph_hor_advance(glyph)).unwrap_or(0);
        f32::from(units) / self.embedded.units_per_em()
    }
}

fn units_to_em(units: i32, em: f32) -> f32 {
    // Advances of a font lie within 16 bits; whatever does not is no length.
    i16::try_from(units).map_or(0.0, f32::from) / em
}

/// Returns the text of the cluster that starts here: it ends where the next one in the text does.
fn cluster(clusters: &[usize], start: usize, end: usize) -> Range<usize> {
    let next = clusters.iter().copied().filter(|other| *other > start).min();
    start..next.unwrap_or(end)
}
