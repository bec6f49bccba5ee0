//! Which font sets which letter of a document.

use std::collections::{BTreeMap, BTreeSet};

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::fonts::{self, EMBEDDED};

/// A font of a document.
struct DocumentFont {
    font: Font,
    /// The widths of the text's letters that it has, in ems.
    widths: BTreeMap<char, f32>,
}

impl DocumentFont {
    /// `None` if the file is no font that can be embedded.
    fn new(file: &[u8], font: Option<Font>, index: u32, letters: &BTreeSet<char>) -> Option<Self> {
        let face = Face::parse(file, index).ok()?;
        let em = f32::from(face.units_per_em());
        let width = |letter: char| {
            let glyph = face.glyph_index(letter).filter(|glyph| glyph.0 != 0)?;
            Some((letter, f32::from(face.glyph_hor_advance(glyph)?) / em))
        };
        let widths = letters.iter().copied().filter_map(width).collect();
        Some(Self { font: font?, widths })
    }

    fn width(&self, words: &str) -> f32 {
        words.chars().filter_map(|letter| self.widths.get(&letter)).sum()
    }
}

/// The fonts of a document: its own styles, then those for letters that these lack.
pub(super) struct DocumentFonts {
    own: Vec<DocumentFont>,
    others: Vec<DocumentFont>,
    /// The letters that no font has.
    pub(super) lacking: BTreeSet<char>,
}

impl DocumentFonts {
    /// The fonts for a text. `own` are the files of the document's styles.
    pub(super) fn new(own: &[&'static [u8]], text: &str) -> Self {
        let letters: BTreeSet<char> = text.chars().collect();
        let embedded = |file: &&'static [u8]| {
            DocumentFont::new(file, Font::new((*file).into(), 0), 0, &letters)
        };
        let own: Vec<_> = own.iter().filter_map(embedded).collect();
        let mut others: Vec<_> = EMBEDDED.iter().filter_map(embedded).collect();
        let needed = fonts::needed(text);
        for face in needed.fonts {
            let read = fonts::file_of(face).and_then(|(file, index)| {
                let font = Font::new(file.clone().into(), index);
                DocumentFont::new(&file, font, index, &letters)
            });
            others.extend(read);
        }
        Self { own, others, lacking: needed.lacking }
    }

    /// Words in parts, each set by one font.
    fn parts<'a>(&self, style: usize, words: &'a str) -> Vec<(&DocumentFont, &'a str)> {
        let own = &self.own[style];
        let has = |font: &&DocumentFont, letter: char| font.widths.contains_key(&letter);
        let mut parts: Vec<(&DocumentFont, &str)> = Vec::new();
        let mut start = 0;
        for (at, grapheme) in words.grapheme_indices(true) {
            let letter = grapheme.chars().next().unwrap_or(' ');
            let mut fonts = std::iter::once(own).chain(&self.others);
            let font = fonts.find(|font| has(font, letter)).unwrap_or(own);
            let end = at + grapheme.len();
            match parts.last_mut() {
                Some((last, part)) if std::ptr::eq(*last, font) => *part = &words[start..end],
                _ => {
                    start = at;
                    parts.push((font, grapheme));
                }
            }
        }
        parts
    }

    /// How wide words are in one of the document's styles, in points.
    pub(super) fn width(&self, (style, size): (usize, f32), words: &str) -> f32 {
        self.parts(style, words).iter().map(|(font, part)| font.width(part) * size).sum()
    }

    /// Sets words of one direction in one of the document's styles from `(x, y)` on, in
    /// points; `y` is that of the base line. Returns their width.
    pub(super) fn set(
        &self,
        surface: &mut Surface<'_>,
        (x, y): (f32, f32),
        (style, size): (usize, f32),
        words: &str,
    ) -> f32 {
        let mut at = x;
        let bidi = BidiInfo::new(words, None);
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let is_rtl = levels[run.start].is_rtl();
                let mut parts = self.parts(style, &words[run]);
                if is_rtl {
                    parts.reverse();
                }
                let direction =
                    if is_rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
                for (font, part) in parts {
                    let (start, face) = (Point::from_xy(at, y), font.font.clone());
                    surface.draw_text(start, face, size, part, false, direction);
                    at += font.width(part) * size;
                }
            }
        }
        at - x
    }
}
