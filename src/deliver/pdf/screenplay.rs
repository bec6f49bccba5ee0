//! The pages of a screenplay on Letter paper.

use krilla::Document;
use krilla::geom::PathBuilder;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;

use super::fonts::DocumentFonts;
use super::{INCH, PdfDocument, PdfError};
use crate::deliver::pages::{PrintedLine, PrintedPage, PrintedRun, RIGHT, pages, title_entry};
use crate::script::tree::{Style, Tree};

/// Courier Prime under the SIL Open Font License: plain, bold, italic, both.
const COURIER: [&[u8]; 4] = [
    include_bytes!("../../../assets/fonts/CourierPrime-Regular.otf"),
    include_bytes!("../../../assets/fonts/CourierPrime-Bold.otf"),
    include_bytes!("../../../assets/fonts/CourierPrime-Italic.otf"),
    include_bytes!("../../../assets/fonts/CourierPrime-BoldItalic.otf"),
];

/// Letter paper, in points.
const PAPER: (f32, f32) = (8.5 * INCH, 11.0 * INCH);

/// The size of the letters, and the height of a line, in points.
const SIZE: f32 = 12.0;

/// The width of a letter, in points.
const LETTER: f32 = INCH / 10.0;

/// The lines of the paper above the text, and the line of a page's number.
const TOP_ROWS: f32 = 6.0;
const NUMBER_ROW: f32 = 3.0;

/// The base line of a line, and its rule, in points below its upper edge.
const BASE: f32 = 9.0;
const RULE: f32 = 10.5;

/// A screenplay as it is printed.
pub(crate) fn screenplay_pdf(tree: &Tree) -> Result<PdfDocument, PdfError> {
    let pages = pages(tree);
    let lines = pages.iter().flat_map(|page| &page.lines);
    let text: String = lines.flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect();
    let fonts = DocumentFonts::new(&COURIER, &text);
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(title_entry(tree, "title").join(" "))
            .authors(title_entry(tree, "author"))
            .creator("Photoplay".to_owned()),
    );
    let paper = PageSettings::from_wh(PAPER.0, PAPER.1).expect("paper has a size");
    for printed in &pages {
        let mut page = document.start_page_with(paper.clone());
        let mut surface = page.surface();
        draw(&mut surface, &fonts, printed);
        surface.finish();
        page.finish();
    }
    let bytes = document.finish()?;
    Ok(PdfDocument { bytes, pages: pages.len(), lacking: fonts.lacking })
}

fn draw(surface: &mut Surface<'_>, fonts: &DocumentFonts, page: &PrintedPage) {
    // The first page of the text has no number.
    if let Some(number) = page.number.filter(|number| *number > 1) {
        let words = format!("{number}.");
        let x = (RIGHT - words.len()) as f32 * LETTER;
        let run = PrintedRun { text: words, style: Style::default() };
        set(surface, fonts, (x, NUMBER_ROW), &run);
    }
    for PrintedLine { row, column, runs } in &page.lines {
        let mut x = *column as f32 * LETTER;
        for run in runs {
            x += set(surface, fonts, (x, TOP_ROWS + *row as f32), run);
        }
    }
}

/// Sets words from a place on, in points and lines of the paper, and returns their width.
fn set(
    surface: &mut Surface<'_>,
    fonts: &DocumentFonts,
    (x, row): (f32, f32),
    run: &PrintedRun,
) -> f32 {
    let style = usize::from(run.style.bold) + 2 * usize::from(run.style.italic);
    let y = row * SIZE;
    let width = fonts.set(surface, (x, y + BASE), (style, SIZE), &run.text);
    if run.style.underline {
        let mut path = PathBuilder::new();
        path.move_to(x, y + RULE);
        path.line_to(x + width, y + RULE);
        surface.set_stroke(Some(Stroke { width: 0.6, ..Stroke::default() }));
        surface.draw_path(&path.finish().expect("a line has two ends"));
        surface.set_stroke(None);
    }
    width
}
