//! The elements of a script as blocks of lines, each with the indents of its kind.

use super::paper::{LEFT, PrintedLine, RIGHT};
use super::wrap::{PrintedRun, width, wrap, written_lines};
use crate::breakdown::language::entries::VoiceSense;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::script::tree::{Element, ElementKind, SpeechElement, SpeechLine, Style, Text, Tree};

/// Words in a line of the page, with the column where they begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub column: usize,
    pub runs: Vec<PrintedRun>,
}

/// Everything in one line of the page.
pub(super) type Row = Vec<Placed>;

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageBlock {
    /// A heading: never the last of a page.
    Heading(Vec<Row>),
    /// A paragraph: a page holds two lines of it, or all.
    Paragraph(Vec<Row>),
    /// Somebody speaks.
    Speech(PrintedSpeech),
    /// Two speak at once: on one page, if a page holds them.
    Dual(Vec<Row>),
    /// What follows begins a new page.
    NewPage,
}

/// A speech as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrintedSpeech {
    /// Who speaks, with extensions.
    pub cue: String,
    /// The cue says that the speech goes on.
    pub continues: bool,
    pub body: Vec<SpeechRow>,
}

/// A line of a speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpeechRow {
    pub row: Row,
    /// It is spoken or sung; directions are not.
    pub is_spoken: bool,
    /// A sentence ends with it.
    pub ends_sentence: bool,
}

/// Where the parts of a speech begin, and how wide they are, in letters.
#[derive(Debug, Clone, Copy)]
struct SpeechMeasures {
    cue: usize,
    direction: (usize, usize),
    words: (usize, usize),
}

const ALONE: SpeechMeasures = SpeechMeasures { cue: 37, direction: (31, 25), words: (25, 35) };
const DUAL: [SpeechMeasures; 2] = [
    SpeechMeasures { cue: 25, direction: (18, 22), words: (15, 28) },
    SpeechMeasures { cue: 57, direction: (50, 22), words: (47, 28) },
];

/// Blank letters between a scene number and the text.
const NUMBER_GAP: usize = 3;

/// Prints rows from the line `at` of a page on, and moves it below them.
pub(super) fn print(rows: &[Row], page: &mut Vec<PrintedLine>, at: &mut usize) {
    for row in rows {
        let lines = row.iter().map(|placed| PrintedLine {
            row: *at,
            column: placed.column,
            runs: placed.runs.clone(),
        });
        page.extend(lines);
        *at += 1;
    }
}

/// The blocks of a script in order.
pub(super) fn blocks(tree: &Tree) -> Vec<PageBlock> {
    let mut blocks = Vec::new();
    let mut elements = tree.elements.iter().peekable();
    while let Some(element) = elements.next() {
        let next = elements.peek().map(|next| &next.kind);
        match (&element.kind, next) {
            (ElementKind::Speech(left), Some(ElementKind::Speech(right))) if right.dual => {
                blocks.push(PageBlock::Dual(side_by_side(left, right)));
                elements.next();
            }
            _ => blocks.extend(block(element)),
        }
    }
    blocks
}

fn block(element: &Element) -> Option<PageBlock> {
    Some(match &element.kind {
        ElementKind::Heading { text, number, .. } => {
            let number = number.as_ref().map(|number| number.value.as_str());
            PageBlock::Heading(heading(&text.value.to_uppercase(), number))
        }
        ElementKind::Action { text, .. } => {
            PageBlock::Paragraph(indented(text, LEFT, RIGHT - LEFT))
        }
        ElementKind::Shot(shot) => {
            let words = [PrintedRun::plain(shot.head.value.trim())];
            PageBlock::Paragraph(placed(wrap(&words, RIGHT - LEFT), LEFT))
        }
        ElementKind::Centered { text } => PageBlock::Paragraph(centred(written_lines(text))),
        ElementKind::Lyrics { text } => {
            let (column, most) = ALONE.words;
            PageBlock::Paragraph(indented(&sung(text), column, most))
        }
        ElementKind::Transition { text, .. } => {
            let words = [PrintedRun::plain(text.value.trim().to_uppercase())];
            let lines = wrap(&words, RIGHT - LEFT).into_iter();
            let line = |runs: Vec<PrintedRun>| vec![Placed { column: RIGHT - width(&runs), runs }];
            PageBlock::Paragraph(lines.map(line).collect())
        }
        ElementKind::Speech(speech) => PageBlock::Speech(printed(speech, ALONE)),
        ElementKind::PageBreak => PageBlock::NewPage,
        ElementKind::Section { .. }
        | ElementKind::Synopsis { .. }
        | ElementKind::Note(_)
        | ElementKind::Directive(_) => return None,
    })
}

/// A heading with its number in both margins.
fn heading(words: &str, number: Option<&str>) -> Vec<Row> {
    let mut rows = placed(wrap(&[PrintedRun::plain(words)], RIGHT - LEFT), LEFT);
    if let (Some(number), Some(first)) = (number, rows.first_mut()) {
        let runs = vec![PrintedRun::plain(number)];
        let column = (LEFT - NUMBER_GAP).saturating_sub(width(&runs));
        first.insert(0, Placed { column, runs: runs.clone() });
        first.push(Placed { column: RIGHT + NUMBER_GAP - 1, runs });
    }
    rows
}

/// Lines in the middle of the page's text.
pub(super) fn centred(lines: Vec<Vec<PrintedRun>>) -> Vec<Row> {
    let lines = lines.into_iter().flat_map(|line| wrap(&line, RIGHT - LEFT));
    let line = |runs: Vec<PrintedRun>| {
        let column = LEFT + (RIGHT - LEFT).saturating_sub(width(&runs)) / 2;
        vec![Placed { column, runs }]
    };
    lines.map(line).collect()
}

fn placed(lines: Vec<Vec<PrintedRun>>, column: usize) -> Vec<Row> {
    lines.into_iter().map(|runs| vec![Placed { column, runs }]).collect()
}

/// The lines of a text, each wrapped.
fn indented(text: &Text, column: usize, most: usize) -> Vec<Row> {
    let lines = written_lines(text).into_iter().flat_map(|line| wrap(&line, most));
    placed(lines.collect(), column)
}

/// A text in italics, as what is sung is printed.
fn sung(text: &Text) -> Text {
    let mut text = text.clone();
    for piece in &mut text.pieces {
        if let crate::script::tree::Piece::Words { style, .. } = piece {
            *style = Style { italic: true, ..*style };
        }
    }
    text
}

fn printed(speech: &SpeechElement, measures: SpeechMeasures) -> PrintedSpeech {
    let name = &speech.name.value;
    let mut cue = if speech.forced { name.clone() } else { name.to_uppercase() };
    for extension in &speech.extensions {
        cue.push_str(&format!(" ({})", extension.value));
    }
    let sense = |words: &str| Vocabulary::standard().voice_sense(words);
    let mut extensions = speech.extensions.iter();
    let continues = extensions.any(|it| sense(&it.value) == Some(VoiceSense::Ignored));
    let mut body = Vec::new();
    for line in &speech.lines {
        match line {
            SpeechLine::Parenthetical(direction) => {
                let (column, most) = measures.direction;
                let lines = wrap(&[PrintedRun::plain(format!("({})", direction.value))], most);
                for (index, runs) in lines.into_iter().enumerate() {
                    // The lines below the first stand under its first letter.
                    let row = vec![Placed { column: column + usize::from(index > 0), runs }];
                    body.push(SpeechRow { row, is_spoken: false, ends_sentence: false });
                }
            }
            SpeechLine::Words(text) => body.extend(spoken(text, measures)),
            SpeechLine::Lyrics(text) => body.extend(spoken(&sung(text), measures)),
        }
    }
    PrintedSpeech { cue, continues, body }
}

fn spoken(text: &Text, measures: SpeechMeasures) -> Vec<SpeechRow> {
    let (column, most) = measures.words;
    let rows = indented(text, column, most).into_iter().map(|row| {
        let last = row.last().and_then(|placed| placed.runs.last());
        let text = last.map_or("", |run| run.text.trim_end_matches(['"', '”', '’', '\'', ')']));
        let ends_sentence = text.ends_with(['.', '!', '?', '…', '。', '！', '？']);
        SpeechRow { row, is_spoken: true, ends_sentence }
    });
    rows.collect()
}

/// The line of a cue.
pub(super) fn cue_row(cue: &str, column: usize) -> Vec<Row> {
    placed(wrap(&[PrintedRun::plain(cue)], RIGHT + NUMBER_GAP - column), column)
}

/// The lines of a speech from its cue on.
pub(super) fn rows(cue: &str, body: &[SpeechRow]) -> Vec<Row> {
    let mut rows = cue_row(cue, ALONE.cue);
    rows.extend(body.iter().map(|line| line.row.clone()));
    rows
}

/// The line that says that a speech goes on.
pub(super) fn more() -> Row {
    vec![Placed { column: ALONE.cue, runs: vec![PrintedRun::plain("(MORE)")] }]
}

fn side_by_side(left: &SpeechElement, right: &SpeechElement) -> Vec<Row> {
    let mut sides = [left, right].into_iter().zip(DUAL).map(|(speech, measures)| {
        let PrintedSpeech { cue, body, .. } = printed(speech, measures);
        let (column, most) = measures.words;
        let mut rows =
            placed(wrap(&[PrintedRun::plain(cue)], column + most - measures.cue), measures.cue);
        rows.extend(body.into_iter().map(|line| line.row));
        rows
    });
    let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
    let side = |rows: &[Row], at: usize| rows.get(at).cloned().unwrap_or_default();
    let rows = (0..left.len().max(right.len())).map(|at| {
        let mut row = side(&left, at);
        row.extend(side(&right, at));
        row
    });
    rows.collect()
}
