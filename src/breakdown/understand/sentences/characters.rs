//! Makes a character of a noun phrase.
//!
//! Knows one phrase; does not know the scene it enters.

use std::sync::Arc;

use super::reading::ShownNoun;
use crate::breakdown::description::Face;
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::screenplay::{Character, Kind, Subject};
use crate::source::Span;

/// The character of a phrase that brings somebody in; `ordinal` counts those of one
/// noun in a scene.
pub(crate) fn enter(
    phrase: &ShownNoun,
    ordinal: usize,
    words: &SentenceWords,
) -> (Subject, Arc<Character>) {
    let character = character(phrase, ordinal, words);
    let mut hasher = blake3::Hasher::new_derive_key("photoplay extra 1");
    let Character { name, kind, count, person, outfit, .. } = &character;
    for text in [name.as_str(), person, outfit] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(&[*kind as u8]);
    hasher.update(&count.to_le_bytes());
    let digest = hasher.finalize();
    let bytes = digest.as_bytes().first_chunk().expect("a digest has 32 bytes");
    (Subject::unnamed(u64::from_le_bytes(*bytes)), Arc::new(character))
}

fn character(phrase: &ShownNoun, ordinal: usize, words: &SentenceWords) -> Character {
    let kind = match phrase.class {
        NounClass::Group => Kind::Group,
        class if class.is_being() && phrase.count > 2 => Kind::Group,
        class if class.is_being() => Kind::Extra,
        _ => Kind::Prop,
    };
    let name = match ordinal {
        0 | 1 => phrase.name.clone(),
        2 => format!("{} {}", words.other_name, phrase.name),
        more => format!("{} #{more}", phrase.name),
    };
    let described = *phrase.words != *phrase.noun && phrase.count == 1;
    let vowel = phrase.words.starts_with(['a', 'e', 'i', 'o', 'u']);
    let article = if vowel { &words.article_before_vowel } else { &words.article };
    let person = match (described, article.is_empty()) {
        (false, _) => String::new(),
        (true, true) => phrase.words.to_string(),
        (true, false) => format!("{article} {}", phrase.words),
    };
    Character {
        name,
        also: Vec::new(),
        kind,
        noun: Some((phrase.noun.to_string(), phrase.class)),
        count: phrase.count,
        person,
        outfit: phrase.outfit.clone(),
        reference: None,
        sex: None,
        face: Face::Seen,
        same_as: None,
        of: None,
        voice: None,
        say: None,
        origin: Span::default(),
    }
}
