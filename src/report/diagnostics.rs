//! Diagnostics drawn by miette for people, and as JSON for machines.
//!
//! Knows sources and spans; does not know where diagnostics come from.

use std::fmt;
use std::fmt::Write as _;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use serde_json::{Value, json};

use super::style::{OutputStyle, plural};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Sources, Span};

/// The most diagnostics that are drawn; the report only counts the rest.
const MOST: usize = 100;

/// The longest line that is drawn, in letters; a line of a page has sixty.
const LONGEST_LINE: usize = 2000;

/// Draws diagnostics in the order of the script, with a count at the end.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    render_in(diagnostics, sources, OutputStyle::PLAIN)
}

/// As [`render`], in a style.
pub fn render_in(diagnostics: &[Diagnostic], sources: &Sources, style: OutputStyle) -> String {
    let theme = GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if style.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1);
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        let drawn = Drawn::new(diagnostic, sources);
        if handler.render_report(&mut text, &drawn).is_err() {
            writeln!(text, "{}: {}", severity(diagnostic.severity), diagnostic.message)
                .expect("a String takes everything");
        }
        text.push('\n');
    }
    if diagnostics.len() > MOST {
        writeln!(text, "and {} more", diagnostics.len() - MOST).expect("a String takes everything");
    }
    text
}

/// `2 errors, 1 warning`; empty without diagnostics.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")]
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, word)| plural(count(severity), word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Diagnostics as JSON; lines and columns count from 1.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let place = |span: &Span| {
        let source = sources.get(span.source);
        let ((line, column), (end_line, end_column)) =
            (source.line_column(span.start), source.line_column(span.end));
        json!({
            "file": source.path.display().to_string(),
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "start": span.start,
            "end": span.end,
        })
    };
    diagnostics
        .iter()
        .map(|diagnostic| {
            let Diagnostic { code, severity, message, span, label, related, help, fixes, .. } =
                diagnostic;
            let related: Vec<Value> = related
                .iter()
                .map(|(span, word)| json!({ "message": word, "at": place(span) }))
                .collect();
            let fixes: Vec<Value> = fixes
                .iter()
                .map(|fix| {
                    let edits: Vec<Value> = fix
                        .edits
                        .iter()
                        .map(|(span, with)| json!({ "at": place(span), "with": with }))
                        .collect();
                    json!({ "title": fix.title, "edits": edits })
                })
                .collect();
            json!({
                "code": code,
                "severity": severity,
                "message": message,
                "at": span.as_ref().map(place),
                "label": label,
                "related": related,
                "help": help,
                "fixes": fixes,
            })
        })
        .collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// A diagnostic with the interface of miette.
#[derive(Debug)]
struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    message: String,
    excerpt: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
}

impl<'a> Drawn<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let mut message = diagnostic.message.clone();
        let mut labels = Vec::new();
        let source = diagnostic.span.map(|span| sources.get(span.source));
        if let (Some(source), Some(span)) = (source, diagnostic.span) {
            labels.push(LabeledSpan::new_primary_with_span(
                diagnostic.label.clone(),
                within(source, span),
            ));
        }
        for (span, word) in &diagnostic.related {
            let (line, column) = sources.get(span.source).line_column(span.start);
            if source.is_some_and(|source| source.id == span.source) {
                let at = within(sources.get(span.source), *span);
                labels.push(LabeledSpan::new_with_span(Some(word.clone()), at));
            } else {
                let file = sources.get(span.source).path.display();
                write!(message, "\n{word}: {file}:{line}:{column}")
                    .expect("a String takes everything");
            }
        }
        let mut excerpt = source.map(|source| Excerpt { source });
        if let (Some(source), Some(span)) = (source, diagnostic.span)
            && labels.iter().any(|label| !drawable(source, label))
        {
            let (line, column) = source.line_column(span.start);
            write!(message, "\nat {}:{line}:{column}", source.path.display())
                .expect("a String takes everything");
            excerpt = None;
        }
        Self { diagnostic, message, excerpt, labels }
    }
}

/// A span cut to the source, at letter boundaries.
fn within(source: &Source, span: Span) -> SourceSpan {
    let floor = |byte: u32| {
        let mut byte = (byte as usize).min(source.text.len());
        while !source.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let (start, end) = (floor(span.start), floor(span.end));
    (start, end.saturating_sub(start)).into()
}

/// Whether the lines of a label are short enough to draw, and few enough for a
/// reader to see what it marks.
fn drawable(source: &Source, label: &LabeledSpan) -> bool {
    let (start, end) = (label.offset(), label.offset() + label.len());
    let before = source.text[..start].rfind('\n').map_or(0, |at| at + 1);
    let after = source.text[end..].find('\n').map_or(source.text.len(), |at| end + at);
    // miette draws one line of context on either side.
    let context_before = source.text[..before.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
    let context_after = source.text[(after + 1).min(source.text.len())..]
        .find('\n')
        .map_or(source.text.len(), |at| after + 1 + at);
    source.text.as_bytes()[context_before..context_after]
        .split(|byte| *byte == b'\n')
        .all(|line| line.len() <= LONGEST_LINE)
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A source under its file's name.
#[derive(Debug)]
struct Excerpt<'a> {
    source: &'a Source,
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let found = self.source.text.read_span(span, lines_before, lines_after)?;
        // miette counts bytes; people, editors and `--format json` count letters.
        let column = match found.column() {
            0 => 0,
            _ => self.source.line_column(span.offset() as u32).1 - 1,
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.source.path.display().to_string(),
            found.data(),
            *found.span(),
            found.line(),
            column,
            found.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::SourceId;

    fn film() -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let text = "INT. KITCHEN - DAY\n\n!! CLOSE ON MARA [[slow dolley in]]\n";
        let id = sources.add("mara.play", text);
        let at = text.find("slow").unwrap();
        let diagnostic = Diagnostic::error(
            Code::UnknownMove,
            Span::new(id, at, at + 14),
            "`slow dolley in` is not a camera move",
        )
        .label("did you mean `slow dolly in`?")
        .help("moves are listed by `photoplay check --help`");
        (sources, vec![diagnostic])
    }

    #[test]
    fn a_message_has_a_place_a_label_and_a_remedy() {
        let (sources, diagnostics) = film();
        let text = render(&diagnostics, &sources);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        unknown-move

          × `slow dolley in` is not a camera move
           ╭─[mara.play:3:20]
         2 │
         3 │ !! CLOSE ON MARA [[slow dolley in]]
           ·                    ───────┬──────
           ·                           ╰── did you mean `slow dolly in`?
           ╰────
          help: moves are listed by `photoplay check --help`
        ");
        assert_eq!(summary(&diagnostics), "1 error");
    }

    #[test]
    fn json_counts_from_one() {
        let (sources, diagnostics) = film();
        let at = &json(&diagnostics, &sources)[0]["at"];
        assert_eq!((&at["line"], &at["column"]), (&json!(3), &json!(20)));
    }

    #[test]
    fn columns_count_letters() {
        let mut sources = Sources::default();
        let text = "İÇ EV, GÜN: MARA";
        let id = sources.add("ev.play", text);
        let at = text.find("MARA").unwrap();
        let found = Diagnostic::hint(Code::SceneNumber, Span::new(id, at, at + 4), "odd");
        let drawn = render(std::slice::from_ref(&found), &sources);
        assert!(drawn.contains("[ev.play:1:13]"), "{drawn}");
        assert_eq!(json(&[found], &sources)[0]["at"]["column"], json!(13));
    }

    #[test]
    fn spans_that_lie_and_endless_lines_are_survived() {
        let mut sources = Sources::default();
        let id = sources.add("x.play", "é".repeat(3000));
        for span in [Span::new(id, 1, 3), Span::new(id, 9000, 9001), Span::new(SourceId(0), 5, 2)] {
            let text = render(&[Diagnostic::warning(Code::SceneNumber, span, "odd")], &sources);
            assert!(text.contains("x.play:1:") && text.len() < 500, "{text}");
        }
    }
}
