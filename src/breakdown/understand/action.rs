//! A paragraph of action by itself: its words, its lettering and whom it names.
//!
//! Knows one paragraph; does not know what happens around it.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::context::{Context, RelativeUsages};
use super::errors;
use super::extras;
use super::names::NameScope;
use super::pronouns;
use super::sentences::{self, Reading, ShownNoun};
use super::unentered;
use crate::breakdown::description::Sex;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::language::sexes;
use crate::breakdown::language::words::retrace;
use crate::breakdown::screenplay::{Action, NameUsage, Subject};
use crate::memo::Memo;
use crate::source::Span;
use crate::source::quotes::{self, is_quote, unquoted};

/// Paragraphs by their text. Reading one takes a hundred times as long as finding it.
pub(crate) type ActionCache = Memo<Box<str>, (Arc<ParsedAction>, Arc<RelativeUsages>)>;

/// A paragraph with its names.
#[derive(Debug)]
pub(crate) struct ParsedAction {
    pub(crate) action: Action,
    /// Who is in it without a name.
    pub(crate) reading: Reading,
    /// The only character it names, if its pronouns say whether that is a woman or a man.
    pub(crate) sex: Option<(Subject, Sex)>,
}

/// A paragraph as it stands in the script.
#[derive(Debug)]
pub(crate) struct WrittenAction<'a> {
    pub(crate) lines: &'a [String],
    pub(crate) span: Span,
    /// Whether the span contains nothing but the lines.
    pub(crate) whole: bool,
    /// Whether the shot shows a thing: names on paper are not people.
    pub(crate) on_paper: bool,
    pub(crate) at: &'a NameScope,
}

/// Reads a paragraph; `None` when it has no words.
pub(crate) fn read(
    context: &mut Context<'_>,
    written: &WrittenAction<'_>,
    cache: &mut ActionCache,
) -> Option<Arc<ParsedAction>> {
    let cacheable = cache.is_active() && written.whole && !written.on_paper;
    let key = cacheable.then(|| context.cache_key(written.span, written.at));
    if let Some((parsed, usages)) = key.as_ref().and_then(|key| cache.get(&**key)) {
        context.replay_usages(&usages, written.span);
        return Some(parsed);
    }
    let (parsed, usages) = context.read_line(written.span, |context| parsed(context, written));
    let parsed = Arc::new(parsed?);
    if let (Some(key), Some(usages)) = (key, usages) {
        cache.keep(key, (Arc::clone(&parsed), Arc::new(usages)));
    }
    Some(parsed)
}

fn parsed(context: &mut Context<'_>, written: &WrittenAction<'_>) -> Option<ParsedAction> {
    let mut action = parse(context, written)?;
    let mut reading = Reading::default();
    if let Some(words) = context.sentence_words {
        let grammar = &context.vocabulary.grammar;
        let read = sentences::read(&action.text, &action.names, words, grammar);
        for (name, present) in action.names.iter_mut().zip(&read.named) {
            name.present &= present;
        }
        // What is on paper shows nobody.
        if action.lettering.is_empty() {
            reading = read;
        }
    }
    for phrase in &mut reading.phrases {
        phrase.by_name = extras::by_name(phrase, &context.names, written.at, &context.vocabulary);
    }
    unentered::lint(context, &action, written.span);
    let sex = sex(&action, &reading, &context.vocabulary.grammar);
    Some(ParsedAction { action, reading, sex })
}

fn parse(context: &mut Context<'_>, written: &WrittenAction<'_>) -> Option<Action> {
    let WrittenAction { lines, span, on_paper, at, .. } = *written;
    let (text, lettering) = paragraph(lines);
    if text.is_empty() {
        return None;
    }
    let mut action = Action { text, lettering, ..Action::default() };
    let all_on_paper = !action.lettering.is_empty() && action.lettering.len() == lines.len();
    if !(on_paper && all_on_paper) {
        let mut doubtful = Vec::new();
        action.names = context.names.mentions(&action.text, at, &context.vocabulary, &mut doubtful);
        for (range, name) in doubtful {
            context.depends_on_more = true;
            let taken = action.names.iter().find(|mention| mention.start == range.start);
            if let Some(taken) = taken.map(|mention| mention.subject) {
                let taken = context.names.get(taken).clone();
                context.emit(errors::doubtful_name(span, &name, &taken));
            }
        }
    }
    record_usages(context, &action, span);
    let grammar = &context.vocabulary.grammar;
    action.everybody = pronouns::concerns_everybody(&action.text, grammar);
    action.pronoun = pronouns::begins_with_pronoun(&action.text, grammar);
    Some(action)
}

/// The only character whom a paragraph names, if the noun before the name or its pronouns say what
/// they are. Pronouns may mean somebody without a name instead.
fn sex(action: &Action, reading: &Reading, grammar: &Grammar) -> Option<(Subject, Sex)> {
    let noun_before = reading.apposed.iter().find_map(|(name, noun)| {
        let who = action.names.get(*name)?.subject;
        Some((who, sexes::of_description(noun, grammar)?))
    });
    let named = action.names.iter().map(|mention| mention.subject);
    let cued = reading.phrases.iter().filter_map(|phrase| phrase.by_name);
    let mut who = named.chain(cued);
    let first = who.next()?;
    let nameless = |phrase: &ShownNoun| {
        phrase.present && phrase.class == NounClass::Person && phrase.by_name.is_none()
    };
    if noun_before.is_some()
        || who.any(|other| other != first)
        || reading.phrases.iter().any(nameless)
    {
        return noun_before;
    }
    let (mut woman, mut man) = (false, false);
    for word in action.text.unicode_words() {
        woman |= grammar.pronouns.woman.has(word);
        man |= grammar.pronouns.man.has(word);
    }
    match (woman, man) {
        (true, false) => Some((first, Sex::Woman)),
        (false, true) => Some((first, Sex::Man)),
        _ => None,
    }
}

/// Records where a paragraph names somebody.
fn record_usages(context: &mut Context<'_>, action: &Action, span: Span) {
    if action.names.is_empty() {
        return;
    }
    let ranges: Vec<_> = action.names.iter().map(|mention| mention.start..mention.end).collect();
    let written = context.sources.get(span.source).slice(span);
    for (place, mention) in retrace(&action.text, &ranges, written).zip(&action.names) {
        let Some(place) = place else { continue };
        let start = span.start as usize;
        let span = Span::new(span.source, start + place.start, start + place.end);
        context.usages.push(NameUsage { span, subject: mention.subject });
    }
}

/// A paragraph's words on one line, indented lines on their own, and the
/// lettering in it.
fn paragraph(lines: &[String]) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut lettering = Vec::new();
    for line in lines {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            continue;
        }
        let indented = line.starts_with("    ") || line.starts_with('\t');
        let quoted = words.chars().count() > 2
            && words.starts_with(quotes::opens)
            && words.ends_with(is_quote);
        if indented || quoted {
            lettering.push(unquoted(&words).to_owned());
        }
        if !text.is_empty() {
            text.push(if indented { '\n' } else { ' ' });
        }
        text.push_str(&words);
    }
    (text, lettering)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_and_quoted_lines_are_lettering() {
        let lines = |text: &str| paragraph(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            lines("          Nell --\n          Do not wind it."),
            (
                "Nell --\nDo not wind it.".to_owned(),
                vec!["Nell --".to_owned(), "Do not wind it.".to_owned()]
            )
        );
        assert_eq!(
            lines("A note:\n“Come.”"),
            ("A note: “Come.”".to_owned(), vec!["Come.".to_owned()])
        );
        assert_eq!(lines("One\ntwo"), ("One two".to_owned(), Vec::new()));
    }
}
