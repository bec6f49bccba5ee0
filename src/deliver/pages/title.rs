//! The title page: the title and its authors in the middle, everything else at the foot.

use super::layout::{Placed, Row, centred, print};
use super::paper::{LEFT, PrintedPage, RIGHT, ROWS};
use super::wrap::{PrintedRun, wrap};
use crate::script::tree::{Style, TitleEntry, Tree};
use crate::script::{title_key, unstyled};

/// The line of the title.
const TITLE_ROW: usize = 16;

/// The keys that stand in the middle, in this order, and the lines left empty above each.
const MIDDLE: [(&str, usize); 4] = [("title", 0), ("credit", 3), ("author", 1), ("source", 2)];

/// The title page of a script that has one.
pub(super) fn title_page(tree: &Tree) -> Option<PrintedPage> {
    let filled = |entry: &&TitleEntry| !words(entry).is_empty();
    let entries: Vec<&TitleEntry> = tree.title_page.iter().filter(filled).collect();
    if entries.is_empty() {
        return None;
    }
    let mut page = PrintedPage::default();
    let mut row = TITLE_ROW;
    for (wanted, space) in MIDDLE {
        let style = Style { underline: wanted == "title", ..Style::default() };
        let of_key = entries.iter().filter(|entry| key(entry) == Some(wanted));
        let lines = of_key.flat_map(|entry| words(entry));
        let lines: Vec<Vec<PrintedRun>> =
            lines.map(|text| vec![PrintedRun { text, style }]).collect();
        if !lines.is_empty() {
            row += space;
            print(&centred(lines), &mut page.lines, &mut row);
        }
    }
    let in_the_middle = |entry: &TitleEntry| MIDDLE.iter().any(|(it, _)| key(entry) == Some(*it));
    let rest = entries.iter().filter(|entry| !in_the_middle(entry));
    let mut foot = Vec::new();
    for entry in rest {
        let mut lines = words(entry);
        // What a usual key holds says by itself what it is: an address, a date.
        if key(entry).is_none() {
            lines[0] = format!("{}: {}", entry.key.value.trim(), lines[0]);
        }
        for line in lines {
            foot.extend(wrap(&[PrintedRun::plain(line)], RIGHT - LEFT));
        }
    }
    let rows: Vec<Row> = foot.into_iter().map(|runs| vec![Placed { column: LEFT, runs }]).collect();
    row = (row + 2).max(ROWS.saturating_sub(rows.len()));
    print(&rows, &mut page.lines, &mut row);
    Some(page)
}

/// The lines under a usual key of the title page.
pub(crate) fn entry(tree: &Tree, wanted: &str) -> Vec<String> {
    let entries = tree.title_page.iter().filter(|entry| key(entry) == Some(wanted));
    entries.flat_map(words).collect()
}

/// The usual key of an entry.
fn key(entry: &TitleEntry) -> Option<&'static str> {
    title_key(entry.key.value.trim())
}

/// The lines of an entry, without the marks of emphasis.
fn words(entry: &TitleEntry) -> Vec<String> {
    let lines = entry.values.iter().map(|line| unstyled(line.value.trim()).trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}
