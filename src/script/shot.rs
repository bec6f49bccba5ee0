//! Parses shot lines, tails and directives, phrase by phrase.
//!
//! Knows the shapes of phrases; does not know the vocabulary.

use std::ops::Range;

use pest::iterators::Pairs;

use super::grammar::{self, Rule};
use super::scan::{GapKind, Scan};
use super::tree::{Directive, DirectiveWord, Phrase, PhraseKind, ShotLine};
use crate::source::{SourceId, Span, Spanned};
use crate::time::Seconds;

/// The words of a note; a line end in it becomes a space.
pub(super) fn flat(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\r', '\n'], " ")
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..(range.start + part.trim_end().len()).max(start)
}

/// Parses phrases, heads and directives from one text of a file.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The text with boneyards blanked, or with notes blanked too.
    pub text: &'a str,
    pub source: SourceId,
}

impl Reader<'_> {
    fn spanned(self, range: Range<usize>) -> Spanned<String> {
        let range = trim(self.text, range);
        let span = Span::new(self.source, range.start, range.end);
        Spanned::new(flat(&self.text[range]), span)
    }

    /// The trimmed ranges between the separators of a rule.
    pub(super) fn split(self, rule: Rule, range: Range<usize>) -> Vec<Range<usize>> {
        let base = range.start;
        let text = &self.text[range.clone()];
        // Most lines have no separator.
        if !text.contains([',', '，', '|', '｜']) {
            return vec![trim(self.text, range)];
        }
        let Some(pairs) = grammar::read(rule, text) else {
            return vec![trim(self.text, range)];
        };
        pairs
            .filter(|pair| pair.as_rule() != Rule::EOI)
            .map(|pair| {
                let (start, end) = grammar::range(&pair, base);
                trim(self.text, start..end)
            })
            .collect()
    }

    /// A head and its phrases, separated by commas.
    pub(super) fn head_and_phrases(self, range: Range<usize>, shot: &mut ShotLine) {
        let mut parts = self.split(Rule::phrases, range).into_iter();
        let head = parts.next().unwrap_or_default();
        let text = &self.text[head.clone()];
        shot.head = match text.ends_with('#').then(|| grammar::read(Rule::head, text)).flatten() {
            Some(pairs) => {
                for pair in pairs.clone().filter(|pair| pair.as_rule() == Rule::number) {
                    shot.id.get_or_insert(self.number(pair.into_inner(), head.start));
                }
                let text = grammar::find(&pairs, Rule::head_text);
                let (start, end) =
                    text.map_or((head.start, head.end), |pair| grammar::range(&pair, head.start));
                self.spanned(start..end)
            }
            None => self.spanned(head.clone()),
        };
        // `!! from "rain.png", 3s`: technique in the place of the subject.
        let (start, mut first) = (head.start, Vec::new());
        self.phrase(head, &mut first, &mut None);
        let is_technique = |phrase: &Phrase| {
            use PhraseKind as Kind;
            let kind = &phrase.kind;
            matches!(
                kind,
                Kind::Duration(_) | Kind::Lens(_) | Kind::FromImage(_) | Kind::ToImage(_)
            )
        };
        if !first.is_empty() && first.iter().all(is_technique) {
            shot.head = self.spanned(start..start);
            shot.phrases.append(&mut first);
        }
        for part in parts {
            self.phrase(part, &mut shot.phrases, &mut shot.id);
        }
    }

    /// The phrases of a tail. A shot number in it goes to `id`.
    pub(super) fn tail(
        self,
        range: Range<usize>,
        phrases: &mut Vec<Phrase>,
        id: &mut Option<Spanned<String>>,
    ) {
        for part in self.split(Rule::phrases, range) {
            self.phrase(part, phrases, id);
        }
    }

    fn number(self, mut inner: Pairs<'_, Rule>, base: usize) -> Spanned<String> {
        let text = inner.next().expect("a number has a text between its signs");
        let (start, end) = grammar::range(&text, base);
        self.spanned(start..end)
    }

    fn phrase(
        self,
        range: Range<usize>,
        phrases: &mut Vec<Phrase>,
        id: &mut Option<Spanned<String>>,
    ) {
        if range.is_empty() {
            return;
        }
        let base = range.start;
        let Some(pairs) = grammar::read(Rule::phrase, &self.text[range.clone()]) else {
            let words = self.spanned(range);
            phrases.push(Phrase { kind: PhraseKind::Words(words.value), span: words.span });
            return;
        };
        for pair in pairs {
            let (start, end) = grammar::range(&pair, base);
            let written = self.spanned(start..end);
            let rule = pair.as_rule();
            let mut inner = pair.clone().into_inner();
            let time = || {
                grammar::find(&pair.clone().into_inner(), Rule::decimal)
                    .map(|pair| seconds(pair.as_str()))
            };
            let bad = || PhraseKind::BadDuration(written.value.clone());
            let timed = |make: fn(Seconds) -> PhraseKind| match time() {
                Some(Some(seconds)) => make(seconds),
                _ => bad(),
            };
            let maybe_timed = |make: fn(Option<Seconds>) -> PhraseKind| match time() {
                Some(Some(seconds)) => make(Some(seconds)),
                Some(None) => bad(),
                None => make(None),
            };
            let mut image = |make: fn(Spanned<String>) -> PhraseKind| {
                let quoted = inner.next().and_then(|quoted| quoted.into_inner().next());
                let (start, end) = quoted.map_or((start, end), |pair| grammar::range(&pair, base));
                make(self.spanned(start..end))
            };
            let kind = match rule {
                Rule::EOI => continue,
                Rule::number => {
                    id.get_or_insert(self.number(inner, base));
                    continue;
                }
                Rule::duration => timed(PhraseKind::Duration),
                Rule::exactly => timed(PhraseKind::Exactly),
                Rule::j_cut => timed(PhraseKind::JCut),
                Rule::l_cut => timed(PhraseKind::LCut),
                Rule::freeze => timed(PhraseKind::Freeze),
                Rule::fade_in => maybe_timed(PhraseKind::FadeIn),
                Rule::fade_out => maybe_timed(PhraseKind::FadeOut),
                Rule::slow_motion => PhraseKind::SlowMotion,
                Rule::bare_number => PhraseKind::BareNumber(written.value.clone()),
                Rule::bad_duration => bad(),
                Rule::lens => match inner.next().and_then(|number| number.as_str().parse().ok()) {
                    Some(millimetres) => PhraseKind::Lens(millimetres),
                    None => PhraseKind::Words(written.value.clone()),
                },
                Rule::continues => PhraseKind::Continues(
                    inner.next().map(|number| self.number(number.into_inner(), base)),
                ),
                Rule::from_image => image(PhraseKind::FromImage),
                Rule::to_image => image(PhraseKind::ToImage),
                Rule::wearing => {
                    let rest = inner.next().map_or((end, end), |pair| grammar::range(&pair, base));
                    PhraseKind::Wearing(self.spanned(rest.0..rest.1))
                }
                _ if written.value.is_empty() => continue,
                _ => PhraseKind::Words(written.value.clone()),
            };
            phrases.push(Phrase { kind, span: written.span });
        }
    }

    /// `word`, and the offset of the body after the colon.
    pub(super) fn note_word(self, content: Range<usize>) -> Option<(Spanned<String>, usize)> {
        let pairs = grammar::read(Rule::note, &self.text[content.clone()])?;
        let word = grammar::find(&pairs, Rule::note_word)?;
        let (start, end) = grammar::range(&word, content.start);
        let rest = grammar::find(&pairs, Rule::note_rest)?;
        Some((self.spanned(start..end), grammar::range(&rest, content.start).0))
    }

    /// The directive with a word and a body.
    pub(super) fn directive(
        self,
        word: Spanned<DirectiveWord>,
        rest: Range<usize>,
        span: Span,
    ) -> Directive {
        let mut parts = self.split(Rule::fields, rest).into_iter().map(|part| self.spanned(part));
        let body = parts.next().unwrap_or_default();
        Directive { word, body, fields: parts.collect(), span }
    }
}

/// The phrase that stands in the place of a head, if it has a shape of its own: `fade in 1s`.
pub(crate) fn technique(head: &Spanned<String>) -> Option<Phrase> {
    use PhraseKind as Kind;
    let reader = Reader { text: &head.value, source: head.span.source };
    let (mut phrases, mut number) = (Vec::new(), None);
    reader.phrase(0..head.value.len(), &mut phrases, &mut number);
    let [Phrase { kind, span }] = phrases.as_mut_slice() else { return None };
    match kind {
        Kind::Words(_) => return None,
        Kind::Wearing(words) | Kind::FromImage(words) | Kind::ToImage(words) => {
            words.span = words.span.moved(0, head.span);
        }
        _ => {}
    }
    *span = head.span;
    phrases.pop()
}

/// An exact time; `None` if the number is out of range.
fn seconds(decimal: &str) -> Option<Seconds> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let micros: i64 = micros.parse().ok()?;
    (whole < 1_000_000).then(|| Seconds::micros(whole * 1_000_000 + micros))
}

/// The tail of a line: its last note after `mark`, as an index among the gaps.
/// `[[note: …]]` is a remark, not a tail.
pub(super) fn tail_of(scan: &Scan<'_>, gaps: Range<usize>, mark: usize) -> Option<usize> {
    let last = gaps.rev().find(|gap| scan.gaps[*gap].kind == GapKind::Note)?;
    let gap = scan.gaps[last];
    let content = scan.text[gap.start + 2..gap.end - 2].trim_start();
    (gap.start > mark && !content.starts_with("note:")).then_some(last)
}
