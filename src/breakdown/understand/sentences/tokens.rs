//! A sentence as words and marks. What is quoted or in brackets shows nothing, so it
//! is left out, and so are the words of an idiom.
//!
//! Knows letters and idioms; does not know what a word means.

use std::ops::Range;

use crate::breakdown::language::nouns::{Phrases, SentenceWords};
use crate::breakdown::language::words::{is_capitals, is_dash};
use crate::breakdown::screenplay::Mention;

/// A word or a mark.
#[derive(Debug, Clone)]
pub(super) struct SentenceToken {
    pub(super) kind: TokenKind,
    /// In small letters, with straight apostrophes and without `'s`.
    pub(super) word: String,
    /// In the paragraph, without `'s`.
    pub(super) range: Range<usize>,
    /// Whether `'s` follows.
    pub(super) possessive: bool,
    /// A capital and small letters, not at the beginning of its sentence.
    pub(super) proper: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// A name, by its index among the mentions.
    Name(usize),
    Comma,
    /// A semicolon, a colon, a dash.
    Break,
    /// Quoted words, or those of an idiom: a picture shows none of them.
    Opaque,
}

impl SentenceToken {
    fn mark(kind: TokenKind, range: Range<usize>) -> Self {
        Self { kind, word: String::new(), range, possessive: false, proper: false }
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

/// The tokens of one sentence of a text.
pub(super) fn tokens(text: &str, sentence: Range<usize>, names: &[Mention]) -> Vec<SentenceToken> {
    let mut found: Vec<SentenceToken> = Vec::new();
    let mut at = sentence.start;
    while at < sentence.end {
        let Some(letter) = text[at..sentence.end].chars().next() else { break };
        let after = at + letter.len_utf8();
        if let Some(index) = names.iter().position(|name| name.start == at && name.end > at) {
            let end = names[index].end.min(sentence.end);
            let mut token = SentenceToken::mark(TokenKind::Name(index), at..end);
            at = end;
            if let Some(length) = genitive(&text[at..sentence.end]) {
                token.possessive = true;
                at += length;
            }
            found.push(token);
        } else if let Some(close) = closing(letter) {
            let rest = &text[after..sentence.end];
            let length = rest.find(close).map_or(rest.len(), |end| end + 1);
            let end = (after..=sentence.end)
                .find(|end| *end >= after + length && text.is_char_boundary(*end))
                .unwrap_or(sentence.end);
            if letter != '(' {
                found.push(SentenceToken::mark(TokenKind::Opaque, at..end));
            }
            at = end;
        } else if letter.is_alphanumeric() {
            let end = word_end(text, at, sentence.end);
            word(text, found.is_empty(), at..end, &mut found);
            at = end;
        } else {
            match letter {
                ',' => found.push(SentenceToken::mark(TokenKind::Comma, at..after)),
                ';' | ':' | '\n' => found.push(SentenceToken::mark(TokenKind::Break, at..after)),
                _ if is_dash(letter) => {
                    found.push(SentenceToken::mark(TokenKind::Break, at..after))
                }
                _ => {}
            }
            at = after;
        }
    }
    found
}

fn is_inside(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\'' | '’' | '-' | '‑')
}

fn word_end(text: &str, start: usize, end: usize) -> usize {
    let rest = &text[start..end];
    let length = rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len());
    start + rest[..length].trim_end_matches(['-', '‑']).len()
}

fn word(text: &str, first: bool, range: Range<usize>, found: &mut Vec<SentenceToken>) {
    let written = &text[range.clone()];
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let proper = capital && !first && !is_capitals(written);
    let bare = without_genitive(written);
    let end = range.start + bare.len();
    let token = SentenceToken {
        kind: TokenKind::Word,
        word: bare.to_lowercase().replace('’', "'").trim_matches('\'').to_owned(),
        range: range.start..end,
        possessive: bare.len() < written.len(),
        proper,
    };
    if token.possessive && SHORTENED.contains(&token.word.as_str()) {
        found.push(SentenceToken { possessive: false, ..token });
        let is = SentenceToken::mark(TokenKind::Word, end..range.end);
        found.push(SentenceToken { word: "is".to_owned(), ..is });
    } else {
        found.push(token);
    }
}

/// A word without `'s`, or without the apostrophe of `the dogs'`.
fn without_genitive(word: &str) -> &str {
    let short = |marks: &[&str]| marks.iter().find_map(|mark| word.strip_suffix(*mark));
    if let Some(bare) = short(&["'s", "’s", "'S", "’S"]).filter(|bare| !bare.is_empty()) {
        return bare;
    }
    match short(&["'", "’"]) {
        Some(bare) if bare.ends_with(['s', 'S']) => bare,
        _ => word,
    }
}

/// `it's` is `it is`, not what belongs to it.
const SHORTENED: [&str; 9] = ["it", "he", "she", "there", "that", "who", "what", "where", "here"];

/// The length of `'s` at the beginning of a text.
fn genitive(text: &str) -> Option<usize> {
    ["'s", "’s", "'S", "’S", "'", "’"]
        .iter()
        .find(|mark| text.starts_with(**mark))
        .map(|mark| mark.len())
}

fn closing(letter: char) -> Option<char> {
    match letter {
        '"' => Some('"'),
        '“' => Some('”'),
        '„' => Some('“'),
        '«' => Some('»'),
        '(' => Some(')'),
        _ => None,
    }
}

/// Hides the words of idioms, and tells whether one of the phrases was among them.
pub(super) fn hide(tokens: &mut [SentenceToken], phrases: &Phrases) -> bool {
    let mut hidden = false;
    for phrase in phrases.iter() {
        let length = phrase.len();
        for at in 0..(tokens.len() + 1).saturating_sub(length) {
            let stretch = &tokens[at..at + length];
            let fits = stretch
                .iter()
                .zip(phrase)
                .all(|(token, word)| token.is_word() && token.word == **word);
            if fits {
                hidden = true;
                for token in &mut tokens[at..at + length] {
                    token.kind = TokenKind::Opaque;
                }
            }
        }
    }
    hidden
}

/// Divides what an apostrophe joins: `l'homme`.
fn divided(text: &str, tokens: Vec<SentenceToken>, words: &SentenceWords) -> Vec<SentenceToken> {
    let mut divided = Vec::with_capacity(tokens.len());
    let joins = |start: &str| {
        words.determiners.is(start)
            || words.prepositions.has(start)
            || words.pronouns.is(start)
            || words.negations.has(start)
    };
    for token in tokens {
        let written = &text[token.range.clone()];
        let parts = token.word.split_once('\'').zip(written.find(['\'', '’']));
        match parts {
            Some(((start, rest), at)) if !rest.is_empty() && joins(&format!("{start}'")) => {
                let mark = written[at..].chars().next().map_or(0, char::len_utf8);
                let at = token.range.start + at + mark;
                let first = SentenceToken {
                    word: format!("{start}'"),
                    range: token.range.start..at,
                    possessive: false,
                    ..token.clone()
                };
                let second = rest.to_owned();
                divided.push(first);
                divided.push(SentenceToken { word: second, range: at..token.range.end, ..token });
            }
            _ => divided.push(token),
        }
    }
    divided
}

/// The tokens of a sentence without idioms, and whether it says that something is far.
pub(super) fn read(
    text: &str,
    sentence: Range<usize>,
    names: &[Mention],
    words: &SentenceWords,
) -> (Vec<SentenceToken>, bool) {
    let mut tokens = divided(text, tokens(text, sentence, names), words);
    hide(&mut tokens, &words.idioms);
    let far = hide(&mut tokens, &words.far_phrases)
        || tokens.iter().any(|token| token.is_word() && words.far.has(&token.word));
    (tokens, far)
}
