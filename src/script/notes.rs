//! Classifies notes: directives, cuts inside speeches, and remarks.
//!
//! Knows the words of the language; does not know the place of a note.

use std::ops::Range;
use std::sync::LazyLock;

use super::dialect::Dialect;
use super::scan::{GapKind, Scan, SourceLine};
use super::shot::{Reader, flat};
use super::tree::{Directive, DirectiveWord, Note, ShotLine};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::quotes;
use crate::source::{SourceId, Span, Spanned};

/// Reads the notes of a script by their index among the gaps.
#[derive(Clone, Copy)]
pub(super) struct Notes<'a> {
    pub scan: &'a Scan<'a>,
    pub source: SourceId,
    pub dialect: Dialect,
}

impl<'a> Notes<'a> {
    fn reader(self) -> Reader<'a> {
        Reader { text: &self.scan.text, source: self.source }
    }

    fn content(self, gap: usize) -> Range<usize> {
        let gap = self.scan.gaps[gap];
        gap.start + 2..gap.end - 2
    }

    pub(super) fn span(self, gap: usize) -> Span {
        let gap = self.scan.gaps[gap];
        Span::new(self.source, gap.start, gap.end)
    }

    /// The notes of a line.
    pub(super) fn of(self, line: &SourceLine) -> impl Iterator<Item = usize> + use<'a> {
        line.gaps.clone().filter(move |gap| self.scan.gaps[*gap].kind == GapKind::Note)
    }

    /// The directive of a note at a place that allows directives.
    pub(super) fn directive(self, gap: usize) -> Option<Directive> {
        let content = self.content(gap);
        let (written, rest) = self.reader().note_word(content.clone())?;
        let word = DirectiveWord::of(&written.value)?;
        let rest = rest..content.end;
        // docs/rules.md#d17: in a `.fountain` script `[[sound: period bell?]]`
        // is a question.
        if self.dialect == Dialect::Fountain
            && self.scan.text[rest.clone()].trim_end().ends_with(['?', '？'])
        {
            return None;
        }
        Some(self.reader().directive(Spanned::new(word, written.span), rest, self.span(gap)))
    }

    /// Whether a line has a directive among its notes.
    pub(super) fn hold_directive(self, line: &SourceLine) -> bool {
        self.of(line).any(|gap| self.directive(gap).is_some())
    }

    /// `[[cut: …]]` inside a speech.
    pub(super) fn cut(self, gap: usize) -> Option<Note> {
        let directive = self.directive(gap)?;
        if directive.word.value != DirectiveWord::Cut {
            return None;
        }
        let content = self.content(gap);
        if directive.body.value.eq_ignore_ascii_case("back") && directive.fields.is_empty() {
            return Some(Note::CutBack(self.span(gap)));
        }
        let span = Span::new(self.source, content.start, content.end);
        let mut shot = ShotLine { span, ..ShotLine::default() };
        let body = directive.body.span.start as usize..content.end;
        self.reader().head_and_phrases(body, &mut shot);
        Some(Note::Cut(Box::new(shot)))
    }

    pub(super) fn remark(self, gap: usize) -> Note {
        let content = self.scan.trimmed_text(self.content(gap));
        let words = self.scan.text[content.clone()].replace("\r\n", "\n").replace('\r', "\n");
        Note::Remark(Spanned::new(words, Span::new(self.source, content.start, content.end)))
    }

    /// Warns about a remark that looks like a misplaced or misspelt directive.
    pub(super) fn objection(self, gap: usize) -> Option<Diagnostic> {
        match self.directive(gap) {
            // An effect may be heard at a word.
            Some(Directive { word, body, .. })
                if word.value == DirectiveWord::Sound && body.value.starts_with(quotes::opens) =>
            {
                None
            }
            Some(directive) => Some(misplaced(&directive)),
            None => self.misspelt(gap),
        }
    }

    /// Warns about `[[ware: …]]`, `[[Wear: …]]` and a reserved word.
    fn misspelt(self, gap: usize) -> Option<Diagnostic> {
        let content = self.content(gap);
        let (written, rest) = self.reader().note_word(content.clone())?;
        let wrong = &written.value;
        if wrong == "include" {
            let message =
                "`[[include: …]]` is reserved for a later edition, so nothing is included";
            let warning = Diagnostic::warning(Code::Reserved, written.span, message);
            return Some(warning.help("keep the film in one file"));
        }
        if DirectiveWord::of(wrong).is_some() || is_known_remark(wrong) {
            return None;
        }
        let words = DirectiveWord::ALL.iter().map(|word| word.as_str());
        let meant = did_you_mean(wrong, words)?;
        let body = flat(&self.scan.text[rest..content.end]);
        let body = match body.trim().split_once([',', '|', '=']) {
            Some((start, _)) => format!("{}, …", start.trim_end()),
            None => body.trim().to_owned(),
        };
        let message = format!("`[[{wrong}: {body}]]` is an ordinary note, so nothing changes");
        let help = format!("did you mean `[[{meant}: {body}]]`? `[[note: …]]` silences this");
        Some(
            Diagnostic::warning(Code::MisspeltDirective, written.span, message)
                .label(format!("did you mean `{meant}`?"))
                .help(help)
                .fix(format!("write `{meant}`"), written.span, meant),
        )
    }
}

fn misplaced(directive: &Directive) -> Diagnostic {
    let word = directive.word.value.as_str();
    let (message, help) = if directive.word.value == DirectiveWord::Cut {
        (
            format!("`[[{word}: …]]` is only read inside a speech, so nothing is cut here"),
            "write a shot on its own line: `!! CLOSE ON …`",
        )
    } else {
        (
            format!("`[[{word}: …]]` does not stand alone on its line, so nothing changes"),
            "write it on a line of its own, outside of speeches",
        )
    };
    Diagnostic::warning(Code::MisplacedDirective, directive.span, message).help(help)
}

/// `stdlib/remarks.yaml`.
static REMARKS: LazyLock<Vec<String>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/remarks.yaml"))
        .expect("stdlib/remarks.yaml is embedded and tested")
});

/// Whether a word before a colon begins a remark.
fn is_known_remark(word: &str) -> bool {
    REMARKS.contains(&word.to_lowercase())
}
