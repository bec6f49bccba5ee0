//! How people enter a story without an entry: by a cue, and by an introduction
//! in action, `NAME (30s, copper curls, wearing a green coat)` (docs/rules.md#d7).
//!
//! Knows how screenwriters introduce people; does not know what they do.

use std::ops::Range;
use std::sync::Arc;

use super::cast::outfit_of;
use super::context::Context;
use super::names::{NameMatch, NameScope};
use crate::breakdown::description::Face;
use crate::breakdown::language::grammar::{AgeWords, Grammar};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::word_set::WordSet;
use crate::breakdown::language::words::{canonical, is_capitals, name_key, tokens};
use crate::breakdown::screenplay::{Character, Kind, PlaceId, Subject};
use crate::breakdown::understand::errors;
use crate::breakdown::understand::speech;
use crate::source::{Span, Spanned};

/// Somebody's first cue or introduction, with where it is.
#[derive(Debug, Clone)]
pub(crate) struct FirstMention {
    pub(crate) name: Spanned<String>,
    pub(crate) at: NameScope,
    /// `(30s, copper curls)`: what an introduction says.
    pub(crate) words: Option<String>,
}

/// Adds a character for every first mention whose name nobody has yet.
pub(crate) fn enter(context: &mut Context<'_>, first_mentions: &[FirstMention]) {
    let mut people: Vec<(&FirstMention, Spanned<String>)> = Vec::new();
    for mention in first_mentions {
        // `IDA AND JONAS` are two people if each has an entry or a cue.
        let known = |name: &str| {
            !matches!(context.names.find(name, &mention.at, &context.vocabulary), NameMatch::None)
                || (name != mention.name.value
                    && first_mentions
                        .iter()
                        .any(|other| name_key(&other.name.value) == name_key(name)))
        };
        people.extend(
            speech::names(&mention.name, &context.vocabulary.grammar, known)
                .into_iter()
                .map(|name| (mention, name)),
        );
    }
    // A name that somebody has already adds nobody.
    people.retain(|(mention, name)| {
        let found = context.names.find(&name.value, &mention.at, &context.vocabulary);
        matches!(found, NameMatch::None)
    });
    // Full names first, so that short forms find them; then looks of others.
    let turn = |name: &str| match class(name, &context.vocabulary) {
        Class::Person if aged(name, &context.vocabulary).is_some() => 2,
        Class::Person if tokens(name).len() > 1 => 0,
        _ => 1,
    };
    let turns: Vec<usize> = people.iter().map(|(_, name)| turn(&name.value)).collect();
    for pass in 0..3 {
        for ((mention, name), _) in people.iter().zip(&turns).filter(|(_, turn)| **turn == pass) {
            let as_what = if pass == 2 { EnterAs::Look } else { EnterAs::Person };
            enter_one(context, name, &mention.at, as_what);
        }
    }
    for mention in first_mentions {
        if let Some(words) = &mention.words {
            describe(context, mention, words);
        }
    }
}

/// What kind of name a cue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Person,
    Group,
    Extra,
}

fn class(name: &str, vocabulary: &Vocabulary) -> Class {
    let all = tokens(name);
    let Some(first) = all.first() else { return Class::Person };
    let groups = |word: &str| vocabulary.groups.iter().any(|group| group == word);
    let whole = canonical(name);
    if groups(&whole) {
        return Class::Group;
    }
    let numbered = name.contains('#')
        || all.last().is_some_and(|last| last.word.bytes().all(|b| b.is_ascii_digit()));
    let noun = all.iter().find(|token| !vocabulary.qualifiers.contains(&token.word));
    let Some(noun) = noun else { return Class::Person };
    // `MAN IN THE CROWD` is one man.
    if vocabulary.people.contains(&noun.word) {
        return Class::Extra;
    }
    // `THE SAILORS`, `THE CROWD`.
    let grammar = &vocabulary.grammar;
    let known = grammar.definite.contains(&first.word);
    if known || all.len() == 1 {
        let last = all.last().map_or("", |last| last.word.as_str());
        let plural = last.len() > 3
            && grammar.plural_endings.ends(last)
            && !grammar.singular_endings.ends(last);
        if groups(last) || (known && plural) {
            return Class::Group;
        }
    }
    let mut singulars =
        grammar.plural_endings.iter().filter_map(|ending| noun.word.strip_suffix(ending));
    if singulars.any(|singular| vocabulary.people.iter().any(|person| person == singular)) {
        return Class::Group;
    }
    let unnamed = numbered || grammar.indefinite.contains(&first.word);
    if unnamed { Class::Extra } else { Class::Person }
}

/// `YOUNG IDA`: the name an age stands before.
fn aged<'a>(name: &'a str, vocabulary: &Vocabulary) -> Option<&'a str> {
    let all = tokens(name);
    let first = all.first()?;
    let rest = all.get(1)?;
    vocabulary.ages.contains(&first.word).then(|| &name[rest.range.start..])
}

/// What a new name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnterAs {
    /// Somebody.
    Person,
    /// Somebody at another age: `YOUNG IDA`.
    Look,
}

fn enter_one(context: &mut Context<'_>, name: &Spanned<String>, at: &NameScope, as_what: EnterAs) {
    if !matches!(context.names.find(&name.value, at, &context.vocabulary), NameMatch::None) {
        return;
    }
    let (kind, of) = match class(&name.value, &context.vocabulary) {
        Class::Group => (Kind::Group, None),
        Class::Extra => (Kind::Extra, at.place),
        Class::Person => (Kind::Cast, None),
    };
    let mut same_as = None;
    let mut person = String::new();
    if as_what == EnterAs::Look
        && let Some(base) = aged(&name.value, &context.vocabulary)
        && let NameMatch::One(base) =
            context.names.find(base, &NameScope::default(), &context.vocabulary)
    {
        same_as = Some(base);
        // The age is all that we know of the face.
        person = canonical(&name.value).split(' ').next().unwrap_or_default().to_owned();
    }
    let character = Character {
        name: name.value.split_whitespace().collect::<Vec<_>>().join(" "),
        also: Vec::new(),
        kind,
        noun: None,
        count: 1,
        person,
        outfit: String::new(),
        reference: None,
        sex: None,
        face: Face::Seen,
        same_as,
        of,
        voice: None,
        say: None,
        origin: name.span,
    };
    context.names.add(character, &context.vocabulary);
}

/// What an introduction in brackets says of somebody.
fn describe(context: &mut Context<'_>, mention: &FirstMention, words: &str) {
    let NameMatch::One(subject) =
        context.names.find(&mention.name.value, &mention.at, &context.vocabulary)
    else {
        return;
    };
    let (person, outfit) = outfit_of(words, &context.vocabulary.grammar);
    let known = context.names.get(subject);
    if known.person.is_empty() && known.outfit.is_empty() {
        context.names.describe(subject, person, outfit);
        context.names.set_origin(subject, mention.name.span);
        return;
    }
    // An age stated for a known name in another time line is another look.
    let aged = begins_with_age(&person, &context.vocabulary.grammar);
    if !mention.at.timeline.is_empty() && aged && known.kind == Kind::Cast {
        let name = format!("{} ({})", known.name, mention.at.timeline);
        let look = Character {
            name,
            also: Vec::new(),
            person,
            outfit,
            same_as: Some(subject),
            origin: mention.name.span,
            reference: None,
            ..known.clone()
        };
        let look = context.names.add(look, &context.vocabulary);
        context.names.look(&mention.at.timeline, subject, look);
    }
}

fn begins_with_age(words: &str, grammar: &Grammar) -> bool {
    let AgeWords { before, about, words: ages, .. } = &grammar.age;
    let plain = canonical(words);
    let after = |list: &WordSet, words| -> Option<&str> {
        let (first, rest) = str::split_once(words, ' ')?;
        list.contains(first).then_some(rest)
    };
    let plain = after(before, &plain).unwrap_or(&plain);
    plain.starts_with(|letter: char| letter.is_ascii_digit())
        || after(about, plain).is_some()
        || ages.iter().any(|age| plain.starts_with(age))
}

/// `NAME (30s, copper curls)` in a paragraph: the name and what is said.
pub(crate) fn introductions(text: &str, vocabulary: &Vocabulary) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('(') {
        let Some(close) = text[open..].find(')').map(|at| open + at) else { break };
        let words = text[open + 1..close].trim();
        let Some(name) = capitals_before(text, open) else { continue };
        if is_description(words, vocabulary) && !words.is_empty() {
            found.push((name, words.to_owned()));
        }
    }
    found
}

/// The run of words in capitals that ends before a byte.
fn capitals_before(text: &str, end: usize) -> Option<Range<usize>> {
    let trimmed = text[..end].trim_end();
    if end - trimmed.len() > 1 {
        return None;
    }
    let mut start = trimmed.len();
    let mut letters = 0;
    for word in trimmed.rsplit(' ') {
        let fits = word.chars().any(char::is_alphanumeric)
            && !word.chars().any(char::is_lowercase)
            && !word.ends_with([',', '.', ';', ':', '!', '?', '"', ')'])
            && !word.starts_with(['(', '"'])
            || word.ends_with('.') && word.len() <= 4 && is_capitals(word);
        if !fits {
            break;
        }
        letters += word.chars().filter(|letter| letter.is_alphabetic()).count();
        start = start.saturating_sub(word.len() + usize::from(start < trimmed.len()));
    }
    let name = trimmed.get(start..)?;
    let start = start + (name.len() - name.trim_start().len());
    (letters > 1).then_some(start..trimmed.len())
}

/// Whether brackets describe a person rather than a voice (`V.O.`).
fn is_description(words: &str, vocabulary: &Vocabulary) -> bool {
    let plain = canonical(words);
    let heard = vocabulary.voices.values().any(|all| all.contains(&plain));
    if heard || speech::pause(words, vocabulary).is_some() {
        return false;
    }
    let first = plain.split(' ').next().unwrap_or_default();
    let Grammar { age, introductions, .. } = &vocabulary.grammar;
    begins_with_age(words, &vocabulary.grammar)
        || words.contains(',')
        || introductions.brackets.contains(first)
        || plain.split(' ').any(|word| age.words.contains(word) || age.units.ends(word))
}

/// `VARYA, twenty-four, keys at her belt, comes in`: the appositions of
/// somebody who is known by a cue only describe them.
pub(crate) fn comma_introduction(
    context: &mut Context<'_>,
    text: &str,
    subject: Subject,
    name: Range<usize>,
    span: Span,
) {
    let known = context.names.get(subject);
    if !text[name.end..].starts_with(',')
        || known.kind != Kind::Cast
        || known.same_as.is_some()
        || !is_capitals(&text[name.clone()])
    {
        return;
    }
    let vocabulary = Arc::clone(&context.vocabulary);
    let grammar = &vocabulary.grammar;
    let end = grammar
        .sentences(text)
        .into_iter()
        .find(|sentence| sentence.start <= name.start && name.start < sentence.end)
        .map_or(text.len(), |sentence| sentence.end);
    let Some(after) = text.get(name.end..end).and_then(|after| after.strip_prefix(',')) else {
        return;
    };
    let parts: Vec<&str> =
        after.trim_end_matches(['.', '!', '?']).split(',').map(str::trim).collect();
    let [said @ .., _] = parts.as_slice() else { return };
    // `IDA, in oilskins now, walks`: an aside is no person.
    let describes = said.first().is_some_and(|first| {
        let opener = first.split_once(' ').map(|(opener, _)| opener);
        begins_with_age(first, grammar)
            || opener.is_some_and(|opener| grammar.introductions.commas.has(opener))
    });
    if !describes {
        return;
    }
    let known = context.names.get(subject);
    if !known.person.is_empty() || !known.outfit.is_empty() {
        return;
    }
    let (person, outfit) = outfit_of(&said.join(", "), grammar);
    let name = known.name.clone();
    context.emit(errors::comma_introduction(span, &name, &person, &outfit));
    context.names.describe(subject, person, outfit);
}

/// The scope of the names in a cue or an introduction.
pub(crate) fn place_of(place: Option<PlaceId>, timeline: &str) -> NameScope {
    NameScope { place, timeline: timeline.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_after_capitals_introduce() {
        let vocabulary = Vocabulary::standard();
        let read = |text: &str| {
            introductions(text, &vocabulary)
                .into_iter()
                .map(|(name, words)| format!("{}={words}", &text[name]))
                .collect::<Vec<_>>()
                .join("; ")
        };
        let cases = [
            ("MARA (30s, copper curls) enters.", "MARA=30s, copper curls"),
            ("Her brother MADAME RANSKY (50s) and FIRS (87).", "MADAME RANSKY=50s; FIRS=87"),
            ("The BELL RINGS (loudly).", ""),
            ("IDA (V.O.) speaks.", ""),
            ("A dog (old) sleeps.", ""),
            ("Suddenly, DR. X. LEE (a surgeon) runs.", "DR. X. LEE=a surgeon"),
            ("BOOM (", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn cues_have_classes() {
        let vocabulary = Vocabulary::standard();
        let cases = [
            ("MARA", Class::Person),
            ("THE KEEPER", Class::Person),
            ("THE TIN WOODMAN", Class::Person),
            ("MAN", Class::Extra),
            ("MAN IN THE CROWD", Class::Extra),
            ("GUARD #2", Class::Extra),
            ("OLD WOMAN", Class::Extra),
            ("THE CROWD", Class::Group),
            ("THE SAILORS", Class::Group),
            ("GUARDS", Class::Group),
            ("ALL", Class::Group),
            ("JAMES", Class::Person),
        ];
        for (name, expected) in cases {
            assert_eq!(class(name, &vocabulary), expected, "{name}");
        }
    }
}
