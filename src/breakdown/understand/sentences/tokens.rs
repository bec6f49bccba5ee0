//! A sentence as words and marks. What is quoted or in brackets shows nothing, so it
//! is left out, and so are the words of an idiom.
//!
//! Knows letters and idioms; does not know what a word means.

use std::ops::Range;

use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::set_phrases::Phrases;
use crate::breakdown::language::words::{is_capitals, is_dash};
use crate::breakdown::screenplay::Mention;
use crate::source::quotes;

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
    /// `used to`, `years ago`: it was so once.
    Past,
}

impl SentenceToken {
    fn mark(kind: TokenKind, range: Range<usize>) -> Self {
        Self { kind, word: String::new(), range, possessive: false, proper: false }
    }

    /// Whether a name stands in a quotation: a picture does not show it.
    pub(super) fn hides(&self, name: &Mention) -> bool {
        self.kind == TokenKind::Opaque
            && self.range.start <= name.start
            && name.start < self.range.end
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// The word, if it is one.
    fn plain(&self) -> Option<&str> {
        self.is_word().then_some(self.word.as_str())
    }
}

/// The tokens of one sentence of a text.
fn tokens(
    text: &str,
    sentence: Range<usize>,
    names: &[Mention],
    words: &SentenceWords,
) -> Vec<SentenceToken> {
    let mut found: Vec<SentenceToken> = Vec::new();
    let mut at = sentence.start;
    while at < sentence.end {
        let Some(letter) = text[at..sentence.end].chars().next() else { break };
        let after = at + letter.len_utf8();
        if let Some(index) = names.iter().position(|name| name.start == at && name.end > at) {
            let end = names[index].end.min(sentence.end);
            let mut token = SentenceToken::mark(TokenKind::Name(index), at..end);
            at = end;
            if let Some(length) = genitive(&text[at..sentence.end], words) {
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
            word(text, found.is_empty(), at..end, words, &mut found);
            at = end;
        } else {
            match letter {
                ',' => found.push(SentenceToken::mark(TokenKind::Comma, at..after)),
                ';' | ':' | '\n' => found.push(SentenceToken::mark(TokenKind::Break, at..after)),
                _ if is_dash(letter) => {
                    found.push(SentenceToken::mark(TokenKind::Break, at..after));
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

fn word(
    text: &str,
    first: bool,
    range: Range<usize>,
    words: &SentenceWords,
    found: &mut Vec<SentenceToken>,
) {
    let written = &text[range.clone()];
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let proper = capital && !first && !is_capitals(written);
    let bare = without_genitive(written, words);
    let end = range.start + bare.len();
    let token = SentenceToken {
        kind: TokenKind::Word,
        word: bare.to_lowercase().replace('’', "'").trim_matches('\'').to_owned(),
        range: range.start..end,
        possessive: bare.len() < written.len(),
        proper,
    };
    if token.possessive && words.shortened.has(&token.word) {
        found.push(SentenceToken { possessive: false, ..token });
        let is = SentenceToken::mark(TokenKind::Word, end..range.end);
        found.push(SentenceToken { word: words.shortened_verb.to_string(), ..is });
    } else {
        found.push(token);
    }
}

/// A word without `'s`, or without the apostrophe of `the dogs'`.
fn without_genitive<'a>(word: &'a str, words: &SentenceWords) -> &'a str {
    let ending = words.owner_endings.iter().find(|ending| {
        let start = word.len().checked_sub(ending.len());
        let written = start.and_then(|start| word.get(start..));
        written.is_some_and(|written| written.eq_ignore_ascii_case(ending))
    });
    if let Some(ending) = ending.filter(|ending| ending.len() < word.len()) {
        return &word[..word.len() - ending.len()];
    }
    match word.strip_suffix(['\'', '’']) {
        Some(bare) if bare.ends_with(['s', 'S']) => bare,
        _ => word,
    }
}

/// The length of `'s` at the beginning of a text.
fn genitive(text: &str, words: &SentenceWords) -> Option<usize> {
    let starts = |ending: &&str| {
        text.get(..ending.len()).is_some_and(|start| start.eq_ignore_ascii_case(ending))
    };
    let alone = || text.chars().next().filter(|mark| matches!(mark, '\'' | '’'));
    words.owner_endings.iter().find(starts).map(str::len).or_else(|| alone().map(char::len_utf8))
}

/// The mark that closes a quotation or a parenthesis.
fn closing(letter: char) -> Option<char> {
    if letter == '(' { Some(')') } else { quotes::closing(letter) }
}

/// Hides the words of idioms, and tells whether one of the phrases was among them.
pub(super) fn hide(tokens: &mut [SentenceToken], phrases: &Phrases) -> bool {
    hide_as(tokens, phrases, TokenKind::Opaque, |_, _| false)
}

/// Hides the words of phrases but those that the sentence means otherwise; the first word
/// of each becomes a token of a kind.
fn hide_as(
    tokens: &mut [SentenceToken],
    phrases: &Phrases,
    kind: TokenKind,
    excepts: impl Fn(&[SentenceToken], usize) -> bool,
) -> bool {
    let (mut hidden, mut at) = (false, 0);
    while at < tokens.len() {
        let next = |distance: usize| tokens.get(at + distance).and_then(SentenceToken::plain);
        let length = tokens[at].plain().and_then(|first| phrases.length_at(first, next));
        let Some(length) = length.filter(|_| !excepts(tokens, at)) else {
            at += 1;
            continue;
        };
        hidden = true;
        for token in &mut tokens[at..at + length] {
            token.kind = TokenKind::Opaque;
        }
        tokens[at].kind = kind;
        at += length;
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
            || words.told.has(start)
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

/// What a sentence says of all that it tells.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances {
    /// It is far away: whoever makes a sound is only heard.
    pub(super) far: bool,
    /// It is out of the picture.
    pub(super) hidden: bool,
    /// Somebody asks for it.
    pub(super) asked: bool,
}

impl Circumstances {
    /// Whether nothing of the sentence is in the picture.
    pub(super) fn is_only_told(self) -> bool {
        self.hidden || self.asked
    }
}

/// The tokens of a sentence without idioms, and what it says of all that it tells.
pub(super) fn read(
    text: &str,
    sentence: Range<usize>,
    names: &[Mention],
    words: &SentenceWords,
) -> (Vec<SentenceToken>, Circumstances) {
    let asked = text[sentence.clone()]
        .trim_end_matches(|letter: char| letter.is_whitespace() || quotes::is_quote(letter))
        .ends_with('?');
    let mut tokens = divided(text, tokens(text, sentence, names, words), words);
    let first = tokens.iter().find(|token| token.is_word());
    let begins_hidden = first.is_some_and(|first| words.hidden_first.has(&first.word));
    // `more than a dozen`
    if hide(&mut tokens, &words.roughly_phrases) {
        tokens.retain(|token| token.kind != TokenKind::Opaque || token.word.is_empty());
    }
    hide(&mut tokens, &words.idioms);
    let hidden = hide(&mut tokens, &words.hidden_phrases) || begins_hidden;
    // `as a child`, but `as soundly as a child`
    let compares = |tokens: &[SentenceToken], at: usize| {
        let same =
            |back: usize| at.checked_sub(back).is_some_and(|it| tokens[it].word == tokens[at].word);
        words.compares.has(&tokens[at].word) && (same(2) || same(3))
    };
    hide_as(&mut tokens, &words.remembered_phrases, TokenKind::Past, compares);
    // `No sooner has the butler left than a burglar climbs in.`
    if hide(&mut tokens, &words.sooner_phrases)
        && let Some(than) = tokens.iter_mut().find(|token| words.than.has(&token.word))
    {
        than.kind = TokenKind::Break;
    }
    let far = hide(&mut tokens, &words.far_phrases)
        || tokens.iter().any(|token| token.is_word() && words.far.has(&token.word))
        // `a piano plays upstairs`, but not `carries the baby downstairs`
        || tokens.windows(2).any(|pair| {
            pair[1].is_word()
                && words.far_behind.has(&pair[1].word)
                && words.verb(&pair[0].word).is_some_and(|(base, _)| words.heard.has(&base))
        });
    (tokens, Circumstances { far, hidden, asked })
}

/// Whether a quotation goes on behind a text.
pub(super) fn is_open(text: &str) -> bool {
    let mut open = None;
    for letter in text.chars() {
        match open {
            Some(close) if letter == close => open = None,
            Some(_) => {}
            None => open = closing(letter).filter(|close| *close != ')'),
        }
    }
    open.is_some()
}
