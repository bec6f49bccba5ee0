//! The words by which a sentence refers to the people and things of a picture: words
//! that a picture can show (`the old man`), or a name if there are none.
//!
//! Knows descriptions of subjects; does not know shots.

use indexmap::IndexMap;

use crate::breakdown::description::Face;
use crate::breakdown::language::grammar::{Grammar, NounPhraseWords, title};
use crate::breakdown::screenplay::{Character, Kind, Screenplay, Subject};

/// The words for each subject; no two are the same.
pub(crate) fn call_all(screenplay: &Screenplay, subjects: &[Subject]) -> IndexMap<Subject, String> {
    let mut called: IndexMap<Subject, String> = IndexMap::new();
    for who in subjects {
        called.entry(*who).or_default();
    }
    let alone: Vec<Subject> = called.keys().copied().collect();
    for level in 0..4 {
        let mut same: IndexMap<&str, usize> = IndexMap::new();
        for mine in called.values() {
            *same.entry(mine).or_default() += 1;
        }
        let several = |who: &Subject| level == 0 || same[called[who].as_str()] > 1;
        let unsettled: Vec<Subject> = alone.iter().copied().filter(several).collect();
        for who in unsettled {
            called.insert(who, call(screenplay, who, level));
        }
    }
    called
}

fn call(screenplay: &Screenplay, who: Subject, level: usize) -> String {
    let character = &screenplay.subjects[who];
    let grammar = &screenplay.vocabulary.grammar;
    let words = looks(screenplay, character);
    // Groups and things are named in plain words already, and sentences about
    // them agree with those (`THE CROWD parts`).
    let phrase = match character.kind {
        Kind::Group | Kind::Prop => None,
        _ => noun_phrase(words, grammar),
    };
    match phrase {
        Some(phrase) if level < 3 => {
            let noun = match level {
                0 => phrase.noun.rsplit(' ').next().unwrap_or(phrase.noun),
                1 => phrase.noun,
                _ => phrase.whole,
            };
            format!("{} {noun}", phrase.article)
        }
        _ => by_name(character, grammar),
    }
}

struct NounPhrase<'a> {
    /// `the`
    article: &'a str,
    /// `old man`
    noun: &'a str,
    /// `old man with a white beard`
    whole: &'a str,
}

/// The noun a description begins with: `a mammoth of gears` has `mammoth`.
/// A description without an article (`grey eyes`) has none.
fn noun_phrase<'a>(words: &'a str, grammar: &'a Grammar) -> Option<NounPhrase<'a>> {
    let NounPhraseWords { openers, after, participle_endings } = &grammar.noun_phrases;
    let phrase = words.split([',', ';', '(']).next()?.trim();
    let (first, whole) = phrase.split_once(' ')?;
    let article = openers.get(&first.to_lowercase())?;
    let mut end = whole.len();
    let mut at = 0;
    for word in whole.split(' ') {
        if at > 0 && after.has(word) {
            end = at - 1;
            break;
        }
        at += word.len() + 1;
    }
    let mut noun = whole[..end].trim();
    // `a scarecrow stuffed with straw`
    if let Some((before, last)) = noun.rsplit_once(' ')
        && end < whole.len()
        && last.len() > 4
        && participle_endings.ends(last)
    {
        noun = before;
    }
    let head = noun.rsplit(' ').next()?;
    (!head.is_empty() && head.chars().all(|c| c.is_alphabetic() || c == '-'))
        .then_some(NounPhrase { article, noun, whole })
}

/// The name of somebody without a noun, for a sentence; a generic name gets an article.
fn by_name(character: &Character, grammar: &Grammar) -> String {
    let name = &character.name;
    let in_a_sentence = grammar.in_a_sentence(name);
    let has_article =
        in_a_sentence.split_once(' ').is_some_and(|(first, _)| grammar.articles.contains(first));
    if has_article {
        return in_a_sentence;
    }
    if !matches!(character.kind, Kind::Cast) {
        return grammar.with_article(&in_a_sentence);
    }
    if name.chars().any(char::is_lowercase) {
        return name.clone();
    }
    name.split(' ').map(title).collect::<Vec<_>>().join(" ")
}

/// The visible properties of somebody that never change.
pub(crate) fn looks<'a>(screenplay: &'a Screenplay, character: &'a Character) -> &'a str {
    match character.same_as {
        _ if character.face == Face::Hidden => "",
        Some(same) if character.person.is_empty() => &screenplay.subjects[same].person,
        _ => &character.person,
    }
}

/// A text with a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
