//! The storyboard on paper: six pictures to a page, each with the number of its shot, its
//! size and move, its length and its text.

use krilla::Document;
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;

use super::fonts::DocumentFonts;
use super::{INCH, PdfDocument, PdfError};
use crate::deliver::pages::break_lines;
use crate::fonts::EMBEDDED;

/// A picture of a storyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrintedBoard {
    /// The heading of a scene, above its first shot.
    pub heading: Option<String>,
    /// The shot and what it shows.
    pub caption: String,
    /// Its text, empty for the second picture of a shot.
    pub text: String,
    /// The picture, as JPEG.
    pub jpeg: Vec<u8>,
    /// Its width and height in pixels.
    pub size: (u32, u32),
}

/// Letter paper on its side, its margins, and the blank between pictures, in points.
const PAPER: (f32, f32) = (11.0 * INCH, 8.5 * INCH);
const MARGIN: f32 = 0.5 * INCH;
const GAP: f32 = 0.25 * INCH;

/// Pictures in a row, and rows on a page.
const COLUMNS: usize = 3;
const ROWS: usize = 2;

/// The height of a page's head and of the highest picture, in points.
const HEAD: f32 = 24.0;
const HIGHEST: f32 = 156.0;

/// The sizes of letters: heads of pages, captions, text; and how much higher a line is.
const HEAD_SIZE: f32 = 12.0;
const CAPTION_SIZE: f32 = 10.5;
const TEXT_SIZE: f32 = 9.0;
const LEADING: f32 = 1.2;

/// The styles of a board's words: upright and italic.
const UPRIGHT: usize = 0;
const ITALIC: usize = 1;

/// The storyboard of a film.
pub(crate) fn boards_pdf(title: &str, boards: &[PrintedBoard]) -> Result<PdfDocument, PdfError> {
    let mut text = title.to_owned();
    for board in boards {
        text.extend(board.heading.iter().map(String::as_str));
        text.push_str(&board.caption);
        text.push_str(&board.text);
    }
    text.push_str("0123456789…");
    let fonts = DocumentFonts::new(&[EMBEDDED[1], EMBEDDED[2]], &text);
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).creator("Photoplay".to_owned()));
    let paper = PageSettings::from_wh(PAPER.0, PAPER.1).expect("paper has a size");
    let width = (PAPER.0 - 2.0 * MARGIN - (COLUMNS - 1) as f32 * GAP) / COLUMNS as f32;
    let height = (PAPER.1 - 2.0 * MARGIN - HEAD) / ROWS as f32;
    let pages = boards.chunks(COLUMNS * ROWS);
    let count = pages.len();
    for (number, on_page) in pages.enumerate() {
        let mut page = document.start_page_with(paper.clone());
        let mut surface = page.surface();
        let base = MARGIN + HEAD_SIZE;
        fonts.set(&mut surface, (MARGIN, base), (UPRIGHT, HEAD_SIZE), title);
        let number = (number + 1).to_string();
        let right = PAPER.0 - MARGIN - fonts.width((UPRIGHT, HEAD_SIZE), &number);
        fonts.set(&mut surface, (right, base), (UPRIGHT, HEAD_SIZE), &number);
        for (index, board) in on_page.iter().enumerate() {
            let (column, row) = ((index % COLUMNS) as f32, (index / COLUMNS) as f32);
            let x = MARGIN + column * (width + GAP);
            let y = MARGIN + HEAD + row * height;
            draw(&mut surface, &fonts, board, (x, y), (width, height - GAP))?;
        }
        surface.finish();
        page.finish();
    }
    let bytes = document.finish()?;
    Ok(PdfDocument { bytes, pages: count, lacking: fonts.lacking })
}

/// Draws a board in a cell of the page.
fn draw(
    surface: &mut Surface<'_>,
    fonts: &DocumentFonts,
    board: &PrintedBoard,
    (x, y): (f32, f32),
    (width, height): (f32, f32),
) -> Result<(), PdfError> {
    let (wide, high) = (board.size.0.max(1) as f32, board.size.1.max(1) as f32);
    let scale = (width / wide).min(HIGHEST / high);
    let image = Image::from_jpeg(board.jpeg.clone().into(), true).map_err(PdfError)?;
    let size = Size::from_wh(wide * scale, high * scale)
        .ok_or_else(|| PdfError("a picture without a size".to_owned()))?;
    surface.push_transform(&Transform::from_translate(x, y));
    surface.draw_image(image, size);
    surface.pop();
    let mut words = Words { surface, fonts, x, y: y + high * scale + 4.0, end: y + height, width };
    if let Some(heading) = &board.heading {
        words.lines((ITALIC, CAPTION_SIZE), heading);
    }
    words.lines((UPRIGHT, CAPTION_SIZE), &board.caption);
    for paragraph in board.text.lines().filter(|line| !line.trim().is_empty()) {
        words.lines((UPRIGHT, TEXT_SIZE), paragraph.trim());
    }
    Ok(())
}

/// Words below a picture, as far as there is room.
struct Words<'a, 's> {
    surface: &'a mut Surface<'s>,
    fonts: &'a DocumentFonts,
    x: f32,
    y: f32,
    end: f32,
    width: f32,
}

impl Words<'_, '_> {
    fn lines(&mut self, (style, size): (usize, f32), text: &str) {
        let leading = size * LEADING;
        let fits = |line: &str| self.fonts.width((style, size), line) <= self.width;
        for line in break_lines(text, fits) {
            let is_last = self.y + 2.0 * leading > self.end;
            if self.y + leading > self.end {
                return;
            }
            let line = text[line].trim_end();
            self.y += leading;
            let place = (self.x, self.y);
            // The storyboard is not the script: a text too long for its cell ends open.
            let line = if is_last { format!("{line} …") } else { line.to_owned() };
            self.fonts.set(self.surface, place, (style, size), &line);
        }
    }
}
