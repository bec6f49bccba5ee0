//! Shot lines: a head of size and subject, then phrases of the vocabulary and
//! names (docs/rules.md#d4). Only the subject is free text.
//!
//! Knows one line at a time; does not know the lines before it.

mod control;
mod head;
mod movement;
mod subjects;
mod tail;
mod viewpoint;

use std::sync::Arc;

use self::head::read_head;
pub(crate) use self::subjects::joined;
use self::tail::{read_phrases, read_technique};
use self::viewpoint::is_pov;
use super::context::{Context, RelativeUsages};
use super::names::NameScope;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{Token, canonical, is_capitals, tokens};
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::errors;
use crate::memo::Memo;
use crate::script::tree::ShotLine;

/// What a shot line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParsedShotLine {
    /// A shot.
    Shot(Arc<ShotSpec>),
    /// `BACK TO SCENE`.
    BackToScene,
}

/// Shot lines by their text.
pub(crate) type ShotLineCache = Memo<Box<str>, (Arc<ShotSpec>, Arc<RelativeUsages>)>;

/// Reads a shot line as it stands in the script.
pub(crate) fn read(
    context: &mut Context<'_>,
    line: &ShotLine,
    at: &NameScope,
    cache: &mut ShotLineCache,
) -> ParsedShotLine {
    if !cache.is_active() {
        return read_anew(context, line, at);
    }
    let key = context.shot_line_key(line.span, at);
    if let Some((spec, usages)) = cache.get(&*key) {
        context.replay_usages(&usages, line.span);
        return ParsedShotLine::Shot(spec);
    }
    let (parsed, usages) = context.read_line(line.span, |context| read_anew(context, line, at));
    if let (ParsedShotLine::Shot(spec), Some(usages)) = (&parsed, usages) {
        cache.keep(key, (Arc::clone(spec), Arc::new(usages)));
    }
    parsed
}

/// Reads a shot line whose words may stand elsewhere.
pub(crate) fn read_anew(
    context: &mut Context<'_>,
    line: &ShotLine,
    at: &NameScope,
) -> ParsedShotLine {
    let head = canonical(&line.head.value);
    let Vocabulary { coverage, coverage_lines, .. } = &*context.vocabulary;
    if coverage.contains(&head) || coverage_lines.contains(&head) {
        return ParsedShotLine::BackToScene;
    }
    let mut spec = ShotSpec { head: line.head.value.clone(), ..ShotSpec::default() };
    spec.id = line.id.as_ref().map(|id| id.value.clone());
    if head.is_empty() && line.phrases.is_empty() {
        context.emit(errors::empty_shot(line.span));
    }
    if !read_technique(context, line, &mut spec, at) {
        read_head(context, &line.head, &mut spec, at);
    }
    read_phrases(context, line, &mut spec, at);
    ParsedShotLine::Shot(Arc::new(spec))
}

/// How many bytes of a text are the size and connector of a shot as other
/// screenplays write it (`CLOSE ON`, `INSERT:`, `ANGLE ON`), if it is one.
pub(crate) fn implied(text: &str, vocabulary: &Vocabulary) -> Option<usize> {
    let all = tokens(text);
    let first = all.first()?;
    let grammar = &vocabulary.grammar;
    let is_pov = |token: &Token| is_pov(token, grammar);
    if vocabulary.coverage.contains(&canonical(text)) {
        return Some(text.len());
    }
    if all.last().is_some_and(is_pov) && all.len() > 1 && is_capitals(text) {
        return Some(text.len());
    }
    let size = vocabulary.size(&all).map(|size| size.taken);
    let opener = grammar.openers.taken(&all);
    let strict = size.is_none();
    let taken = size.or(opener).or_else(|| is_pov(first).then_some(1))?;
    let is_insert = grammar.shot_lines.insert.contains(&first.word);
    let whole_word = |index: usize| all[..index].last().map_or(0, |token| token.range.end);
    match all.get(taken) {
        // A size alone (`WIDE SHOT`) is a shot; `DETAIL` and `FULL` are words.
        None => (!strict && (taken > 1 || text.chars().count() <= 3 || is_insert))
            .then(|| whole_word(taken)),
        Some(next) if next.is_mark() => (!strict || is_pov(first)).then(|| whole_word(taken)),
        Some(next) if grammar.shot_lines.named.contains(&next.word) && all.len() > taken + 1 => {
            Some(whole_word(taken + 1))
        }
        Some(_) if is_pov(first) || (is_insert && taken == 1) => Some(whole_word(taken)),
        Some(_) => None,
    }
}
