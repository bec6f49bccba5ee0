//! Text as coverage masks: shaped, wrapped and fitted, in the embedded fonts, so a card
//! looks the same everywhere. Fonts of the machine serve letters that those lack.
//!
//! Knows letters and pixels; does not know what they are for.

use std::sync::Arc;

use cosmic_text::{
    Align, Attrs, Buffer, Family, FontSystem, Metrics, Shaping, Style, SwashCache, Wrap,
};
use fontdb::FaceInfo;

use crate::fonts::{self, EMBEDDED};

/// For cards: a typeface from the years of silent films.
pub(crate) const DISPLAY: Family<'static> = Family::Name("Old Standard TT");
/// For small sizes.
pub(crate) const TEXT: Family<'static> = Family::Name("EB Garamond");

/// Most letters of a text; the rest is dropped.
const MOST: usize = 2_000;

/// Below this share of the size that they should have, words are broken to fit.
const WHOLE: f32 = 0.4;

/// Layout of a text. Lengths in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextLayout {
    pub family: Family<'static>,
    pub italic: bool,
    /// Size of the letters, or less if the text does not fit.
    pub size: f32,
    /// Distance between baselines, as a multiple of `size`.
    pub leading: f32,
    /// Space between letters, as a multiple of `size`.
    pub tracking: f32,
    pub align: Align,
    /// The box for the text.
    pub width: f32,
    pub height: f32,
}

/// A text in lines, ready to draw.
pub(crate) struct Block {
    buffer: Buffer,
    /// Index of its fonts.
    case: usize,
    /// Width of the widest line in pixels.
    pub width: f32,
    /// Height of all lines in pixels.
    pub height: f32,
}

/// A text, and how it is laid out.
#[derive(Clone, Copy)]
struct Form<'a> {
    text: &'a str,
    setting: TextLayout,
    /// Size of the letters.
    size: f32,
    wrap: Wrap,
    /// Index of its fonts.
    case: usize,
}

/// Letters' coverage of each pixel, 0 to 255.
#[derive(Clone)]
pub(crate) struct Mask {
    pub width: u32,
    pub height: u32,
    pub coverage: Vec<u8>,
}

/// Shapes and draws texts. One per thread: it caches glyphs.
pub(crate) struct Typesetter {
    /// The embedded fonts alone come first.
    cases: Vec<TypeCase>,
}

/// The fonts of a text, as the drawers of a typesetter.
struct TypeCase {
    /// Names of those that are not embedded.
    borrowed: Vec<String>,
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl TypeCase {
    fn new<'a>(borrowed: Vec<String>, fonts: impl Iterator<Item = &'a FaceInfo>) -> Self {
        let mut database = fontdb::Database::new();
        for font in EMBEDDED {
            database.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        for font in fonts {
            database.push_face_info(font.clone());
        }
        let fonts = FontSystem::new_with_locale_and_db("en-US".to_owned(), database);
        Self { borrowed, fonts, glyphs: SwashCache::new() }
    }
}

impl Typesetter {
    pub(crate) fn new() -> Self {
        Self { cases: vec![TypeCase::new(Vec::new(), std::iter::empty())] }
    }

    /// The index of the fonts for a text.
    fn case_for(&mut self, text: &str) -> usize {
        let needed = fonts::needed(text);
        let names = needed.names();
        self.cases.iter().position(|case| case.borrowed == names).unwrap_or_else(|| {
            self.cases.push(TypeCase::new(names, needed.fonts.into_iter()));
            self.cases.len() - 1
        })
    }

    /// Lays out a text as large as the layout allows, in lines of similar length.
    pub(crate) fn set(&mut self, text: &str, setting: TextLayout) -> Block {
        let text: String = text
            .chars()
            .filter(|letter| *letter == '\n' || !letter.is_control())
            .take(MOST)
            .collect();
        let case = self.case_for(&text);
        let mut size = setting.size.max(1.0);
        // Words stay whole as long as they are readable.
        let smallest_whole = WHOLE * size;
        loop {
            let wrap = if size > smallest_whole { Wrap::Word } else { Wrap::WordOrGlyph };
            let form = Form { text: &text, setting, size, wrap, case };
            let block = self.lay_out(form, setting.width);
            if size <= 4.0 || block.height <= setting.height && block.width <= setting.width + 1.0 {
                return self.balance(form, block);
            }
            size *= 0.92;
        }
    }

    /// Finds the narrowest box with the same number of lines.
    fn balance(&mut self, form: Form<'_>, block: Block) -> Block {
        let (mut narrow, mut wide) = (0.3 * block.width, form.setting.width);
        let mut best = block;
        for _ in 0..6 {
            let width = f32::midpoint(narrow, wide);
            let block = self.lay_out(form, width);
            if block.height <= best.height + 0.5 && block.width <= width + 1.0 {
                wide = width;
                best = block;
            } else {
                narrow = width;
            }
        }
        best
    }

    fn lay_out(&mut self, form: Form<'_>, width: f32) -> Block {
        let Form { text, setting, size, wrap, case } = form;
        let fonts = &mut self.cases[case].fonts;
        let metrics = Metrics::new(size, size * setting.leading);
        let style = if setting.italic { Style::Italic } else { Style::Normal };
        let attributes =
            Attrs::new().family(setting.family).style(style).letter_spacing(setting.tracking);
        let mut buffer = Buffer::new(fonts, metrics);
        buffer.set_wrap(wrap);
        buffer.set_size(Some(width), None);
        buffer.set_text(text, &attributes, Shaping::Advanced, Some(setting.align));
        buffer.shape_until_scroll(fonts, false);
        let (mut widest, mut height) = (0.0_f32, 0.0_f32);
        for run in buffer.layout_runs() {
            widest = widest.max(run.line_w);
            height = height.max(run.line_top + run.line_height);
        }
        Block { buffer, case, width: widest, height }
    }

    /// Draws a block into a mask, with its upper left corner at `x`, `y`. Centres
    /// the layout's box if its lines are centred.
    pub(crate) fn draw(&mut self, block: &Block, x: f32, y: f32, mask: &mut Mask) {
        let TypeCase { fonts, glyphs, .. } = &mut self.cases[block.case];
        for run in block.buffer.layout_runs() {
            for glyph in run.glyphs {
                let glyph = glyph.physical((x, y + run.line_y), 1.0);
                let white = cosmic_text::Color::rgb(255, 255, 255);
                glyphs.with_pixels(fonts, glyph.cache_key, white, |dx, dy, colour| {
                    mask.cover(glyph.x + dx, glyph.y + dy, engraved(colour));
                });
            }
        }
    }
}

/// How much of a pixel is covered. Pictures in a font, like emoji, have colours of their
/// own: what is bright in them is covered, as in an engraving.
fn engraved(colour: cosmic_text::Color) -> u8 {
    let [red, green, blue, alpha] = colour.as_rgba().map(u32::from);
    let bright = (2126 * red + 7152 * green + 722 * blue) / 10_000;
    (alpha * bright / 255) as u8
}

impl Block {
    /// Width of the box of its layout: centred lines are centred in it.
    pub(crate) fn measure(&self) -> f32 {
        self.buffer.size().0.unwrap_or(self.width)
    }
}

impl Mask {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height, coverage: vec![0; (width * height) as usize] }
    }

    fn cover(&mut self, x: i32, y: i32, coverage: u8) {
        if (0..self.width as i32).contains(&x) && (0..self.height as i32).contains(&y) {
            let at = y as usize * self.width as usize + x as usize;
            self.coverage[at] = self.coverage[at].max(coverage);
        }
    }

    /// A mask of everything within `radius` pixels of a letter, with a soft edge.
    pub(crate) fn spread(&self, radius: f32) -> Self {
        let reach = radius.ceil() as i32;
        let mut brush = Vec::new();
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let strength = (radius + 0.5 - f64::from(dx).hypot(f64::from(dy)) as f32).min(1.0);
                if strength > 0.0 {
                    brush.push((dx, dy, (strength * 256.0) as u32));
                }
            }
        }
        let mut spread = Self::new(self.width, self.height);
        for (at, coverage) in self.coverage.iter().enumerate() {
            if *coverage > 0 {
                let (x, y) = (at as i32 % self.width as i32, at as i32 / self.width as i32);
                for (dx, dy, strength) in &brush {
                    spread.cover(x + dx, y + dy, ((u32::from(*coverage) * strength) >> 8) as u8);
                }
            }
        }
        spread
    }

    /// The mask blurred by about `radius` pixels: three box filters are nearly a
    /// Gaussian.
    pub(crate) fn blur(mut self, radius: f32) -> Self {
        let half = (radius / 2.0).round().max(1.0) as usize;
        let (width, height) = (self.width as usize, self.height as usize);
        for _ in 0..3 {
            for y in 0..height {
                box_filter(&mut self.coverage, y * width, 1, width, half);
            }
            for x in 0..width {
                box_filter(&mut self.coverage, x, width, height, half);
            }
        }
        self
    }
}

/// The mean of `2 * half + 1` values along a row or column.
fn box_filter(values: &mut [u8], start: usize, step: usize, count: usize, half: usize) {
    let line: Vec<u32> = (0..count).map(|index| u32::from(values[start + index * step])).collect();
    let size = 2 * half as u32 + 1;
    let mut sum: u32 = line.iter().take(half).sum();
    for index in 0..count {
        sum += line.get(index + half).copied().unwrap_or(0);
        values[start + index * step] = (sum / size) as u8;
        sum -= if index >= half { line[index - half] } else { 0 };
    }
}
