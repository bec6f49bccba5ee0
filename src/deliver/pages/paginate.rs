//! Blocks on pages: what may stand last on a page, and where a speech is broken.

use super::layout::{PageBlock, PrintedSpeech, Row, SpeechRow, more, print, rows};
use super::paper::{PrintedLine, PrintedPage, ROWS};

/// Lines of a paragraph, and spoken lines, that a page holds at least on both sides of a
/// break.
const TOGETHER: usize = 2;

/// The extension of a cue whose speech began on the page before.
const CONTINUED: &str = "(CONT'D)";

/// The pages of some blocks, numbered from 1.
pub(super) fn paginate(blocks: &[PageBlock]) -> Vec<PrintedPage> {
    let mut pages = Pages::default();
    for (index, block) in blocks.iter().enumerate() {
        pages.add(block, &blocks[index + 1..]);
    }
    pages.turn();
    pages.done
}

#[derive(Default)]
struct Pages {
    done: Vec<PrintedPage>,
    current: Vec<PrintedLine>,
    /// Lines of the current page that are taken.
    taken: usize,
}

impl Pages {
    fn add(&mut self, block: &PageBlock, rest: &[PageBlock]) {
        match block {
            PageBlock::Heading(rows) => {
                if !self.holds(space(block) + rows.len() + least(rest)) {
                    self.turn();
                }
                self.paragraph(rows, space(block));
            }
            PageBlock::Paragraph(rows) => self.paragraph(rows, space(block)),
            PageBlock::Dual(rows) => {
                // Speeches that no page holds begin where they stand.
                if rows.len() <= ROWS && !self.holds(space(block) + rows.len()) {
                    self.turn();
                }
                self.paragraph(rows, space(block));
            }
            PageBlock::Speech(speech) => self.speech(speech, space(block)),
            PageBlock::NewPage => self.turn(),
        }
    }

    /// Whether the current page holds so many lines more.
    fn holds(&self, lines: usize) -> bool {
        self.taken == 0 || self.taken + lines <= ROWS
    }

    fn left(&self) -> usize {
        ROWS - self.taken
    }

    /// Ends the current page, unless nothing is on it.
    fn turn(&mut self) {
        if self.current.is_empty() {
            self.taken = 0;
            return;
        }
        let number = Some(self.done.len() + 1);
        self.done.push(PrintedPage { lines: std::mem::take(&mut self.current), number });
        self.taken = 0;
    }

    fn put(&mut self, rows: &[Row]) {
        print(rows, &mut self.current, &mut self.taken);
    }

    /// Leaves lines empty, except at the head of a page.
    fn skip(&mut self, lines: usize) {
        if self.taken > 0 {
            self.taken = (self.taken + lines).min(ROWS);
        }
    }

    fn paragraph(&mut self, rows: &[Row], space: usize) {
        let mut rows = rows;
        self.skip(space);
        while rows.len() > self.left() {
            let most = self.left().min(rows.len().saturating_sub(TOGETHER));
            if most >= TOGETHER {
                self.put(&rows[..most]);
                rows = &rows[most..];
            }
            self.turn();
        }
        self.put(rows);
    }

    fn speech(&mut self, speech: &PrintedSpeech, space: usize) {
        let mut body = speech.body.as_slice();
        let (mut cue, mut continues) = (speech.cue.clone(), speech.continues);
        self.skip(space);
        loop {
            let all = rows(&cue, body);
            if all.len() <= self.left() {
                return self.put(&all);
            }
            let heads = all.len() - body.len();
            match broken(body, self.left().saturating_sub(heads + 1)) {
                Some(first) => {
                    self.put(&all[..heads + first]);
                    self.put(&[more()]);
                    body = &body[first..];
                    if !std::mem::replace(&mut continues, true) {
                        cue = format!("{cue} {CONTINUED}");
                    }
                }
                // An empty page holds a part of every speech but of one whose cue fills it.
                None if self.taken == 0 => return self.paragraph(&all, 0),
                None => {}
            }
            self.turn();
        }
    }
}

/// Lines that a block leaves empty above itself.
fn space(block: &PageBlock) -> usize {
    match block {
        PageBlock::Heading(_) => 2,
        PageBlock::NewPage => 0,
        _ => 1,
    }
}

/// Lines of what follows that have to stand below a heading on its page: all headings in a
/// row, as far as a page holds them, and the beginning of what is below.
fn least(rest: &[PageBlock]) -> usize {
    let is_heading = |block: &&PageBlock| matches!(block, PageBlock::Heading(_));
    let row = rest.iter().take(ROWS).take_while(is_heading).count();
    let last = rest.get(row).filter(|block| !is_heading(block));
    rest[..row].iter().chain(last).map(least_of).sum()
}

/// Lines of a block that have to stand on the page where it begins.
fn least_of(block: &PageBlock) -> usize {
    let lines = match block {
        PageBlock::Dual(rows) if rows.len() > ROWS => 1 + TOGETHER,
        PageBlock::Paragraph(rows) if rows.len() >= 2 * TOGETHER => TOGETHER,
        PageBlock::Heading(rows) | PageBlock::Dual(rows) | PageBlock::Paragraph(rows) => rows.len(),
        PageBlock::Speech(speech) => {
            let all = rows(&speech.cue, &speech.body).len();
            let heads = all - speech.body.len();
            let first = (1..speech.body.len()).find(|at| may_break(&speech.body, *at));
            first.map_or(all, |first| heads + first + 1)
        }
        PageBlock::NewPage => return 0,
    };
    space(block) + lines
}

/// How many lines of a speech, at most `most`, stand before a break: up to the end of a
/// sentence, if one ends where the speech may be broken.
fn broken(body: &[SpeechRow], most: usize) -> Option<usize> {
    let ways = || (1..=most.min(body.len())).rev().filter(|at| may_break(body, *at));
    ways().find(|at| body[at - 1].ends_sentence).or_else(|| ways().next())
}

/// Whether a speech may be broken after so many lines: never after a direction, and with
/// enough spoken lines on both sides.
fn may_break(body: &[SpeechRow], at: usize) -> bool {
    let spoken = |lines: &[SpeechRow]| lines.iter().filter(|line| line.is_spoken).count();
    let (before, after) = body.split_at(at);
    before.last().is_some_and(|line| line.is_spoken)
        && spoken(before) >= TOGETHER
        && spoken(after) >= TOGETHER
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::paper::{PrintedPage, ROWS};
    use super::super::{PrintedRun, pages};
    use crate::script::parse;
    use crate::source::Sources;

    fn printed(script: &str) -> Vec<PrintedPage> {
        let mut sources = Sources::default();
        let id = sources.add("film.fountain", script);
        pages(&parse(&sources, id).0)
    }

    /// A page as its lines, at their columns.
    fn lines(page: &PrintedPage) -> Vec<String> {
        let mut lines = vec![String::new(); ROWS];
        for line in &page.lines {
            let written = &mut lines[line.row];
            written.push_str(&" ".repeat(line.column - written.chars().count()));
            line.runs.iter().for_each(|run| written.push_str(&run.text));
        }
        lines
    }

    #[test]
    fn a_long_speech_goes_on_after_a_sentence() {
        let action = "It rains.\n\n".repeat(23);
        let script = format!(
            "INT. MILL - DAY\n\n{action}IDA\n(softly)\nI counted them all. {} I knew them. {}\n",
            "Each had a name, and each of them fell where I had said it would.",
            "That was before the mill burned, and before the river came up to the step."
        );
        let printed = printed(&script);
        let (first, second) = (lines(&printed[0]), lines(&printed[1]));
        assert_eq!(first[ROWS - 6].trim(), "IDA");
        assert_eq!(first[ROWS - 2].trim(), "had said it would. I knew them.");
        assert_eq!(first[ROWS - 1], format!("{}(MORE)", " ".repeat(37)));
        assert_eq!(second[0], format!("{}IDA (CONT'D)", " ".repeat(37)));
        assert_eq!(second[1].trim(), "That was before the mill burned,");
    }

    /// Paragraphs of every kind.
    fn scripts() -> impl Strategy<Value = String> {
        let words =
            || prop::collection::vec("[a-z]{1,12}[.,]?", 1..60).prop_map(|words| words.join(" "));
        let paragraph = prop_oneof![
            Just("INT. A ROOM - DAY".to_owned()),
            words().prop_map(|words| format!("!{words}")),
            words().prop_map(|words| format!("IDA (V.O.)\n(aside)\n{words}")),
            (words(), words())
                .prop_map(|(left, right)| format!("IDA\n{left}\n\nJONAS ^\n(aside)\n{right}")),
            words().prop_map(|words| format!("> {words} <")),
            Just("> CUT TO:".to_owned()),
            Just("===".to_owned()),
        ];
        prop::collection::vec(paragraph, 1..60)
            .prop_map(|all| format!(".A\n\n{}\n", all.join("\n\n")))
    }

    proptest! {
        #[test]
        fn pages_hold_everything_once_and_break_where_they_may(script in scripts()) {
            let printed = printed(&script);
            let mut words = Vec::new();
            for (index, page) in printed.iter().enumerate() {
                let lines = lines(page);
                prop_assert!(!lines[0].is_empty(), "a page begins at its head");
                let last = lines.iter().rfind(|line| !line.is_empty()).expect("a page has lines");
                let goes_on = index + 1 < printed.len() && !script.contains("===");
                prop_assert!(!goes_on || !last.trim_start().starts_with("INT."), "a heading is last");
                prop_assert!(!last.trim_start().starts_with("IDA (V.O.)"), "a cue is last");
                prop_assert!(last.trim() != "(aside)" || last.len() > 45, "a direction is last");
                for line in &page.lines {
                    let width: usize = line.runs.iter().map(PrintedRun::width).sum();
                    prop_assert!(line.row < ROWS && line.column + width <= 78, "{line:?}");
                    let text: String = line.runs.iter().map(|run| run.text.as_str()).collect();
                    if text != "(MORE)" && !text.ends_with("(CONT'D)") {
                        words.extend(text.split_whitespace().map(str::to_lowercase));
                    }
                }
            }
            let mut wanted: Vec<String> = script.split(|letter: char| letter.is_whitespace())
                .map(|word| word.trim_matches(['!', '>', '<', '^', '.']).to_lowercase())
                .filter(|word| !word.is_empty() && word != "===")
                .collect();
            let mut words: Vec<String> =
                words.iter().map(|word| word.trim_matches('.').to_owned()).collect();
            // Two speeches at once are printed line by line.
            words.sort();
            wanted.sort();
            prop_assert_eq!(words, wanted);
        }
    }
}
