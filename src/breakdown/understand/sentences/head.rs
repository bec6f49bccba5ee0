//! What a description says somebody or something is: `two old fire engines with ladders`
//! are fire engines.
//!
//! Knows one description; does not know whose it is.

use super::phrases::{PhraseReader, may_be_many};
use super::tokens;
use crate::breakdown::description::HeadNoun;
use crate::breakdown::language::nouns::SentenceWords;

/// How many phrases deep one is read: `a pair of shoes of a troupe of dancers`.
const DEEPEST: u32 = 2;

/// The noun that a description begins with, in a language (its tag) or in English.
pub(crate) fn head_noun(description: &str, language: &str) -> Option<HeadNoun> {
    let (own, english) = (SentenceWords::of(language), SentenceWords::of("en"));
    let english = english.filter(|english| own.is_none_or(|own| !std::ptr::eq(own, *english)));
    let mut read =
        [own, english].into_iter().flatten().filter_map(|words| read(description, words));
    let first = read.next()?;
    if first.class.is_some() {
        return Some(first);
    }
    Some(read.find(|other| other.class.is_some()).unwrap_or(first))
}

/// The noun that a description in one language begins with.
pub(crate) fn read(description: &str, words: &SentenceWords) -> Option<HeadNoun> {
    let text = description.split([';', '(', '.', ':']).next().unwrap_or_default();
    let (tokens, _) = tokens::read(text, 0..text.len(), &[], words);
    let reader = PhraseReader {
        described: true,
        joined: false,
        may_act: false,
        waiting: false,
        many_wait: false,
        governed: false,
        fronted: false,
        earlier: None,
        text,
        tokens: &tokens,
        words,
    };
    reader.head_noun(0, DEEPEST)
}

impl PhraseReader<'_> {
    fn head_noun(&self, at: usize, deep: u32) -> Option<HeadNoun> {
        let behind = |at: usize| deep.checked_sub(1).and_then(|deep| self.head_noun(at, deep));
        let (determiner, count, next) = self.determiners(at);
        if let Some((many, whole)) = self.quantity(next)
            && let Some(whole) = behind(whole)
        {
            // `a herd of cows`, but `a pair of spectacles`
            let pair = whole.base.last().is_some_and(|base| self.words.pairs.has(base));
            let count = whole.count.or(count.filter(|count| *count > 1)).unwrap_or(many);
            return Some(HeadNoun { count: Some(count).filter(|_| !pair), ..whole });
        }
        let run = self.run(next, determiner, count);
        // `a pair`, and a noun that no table has: `a gribbler`
        let last = || {
            let known = if run.end > run.first { run.end - 1 } else { run.first };
            let word = [Some(known), known.checked_sub(1)].into_iter().flatten();
            word.into_iter().find(|at| self.word(*at).is_some())
        };
        let (head, noun) = run.head.clone().or_else(|| Some((last()?, None)))?;
        let first = run.first.min(head);
        let words = self.tokens.get(first..=head)?.iter().filter(|token| token.is_word());
        let written: Vec<String> = words.map(|token| token.word.clone()).collect();
        let many = noun.as_ref().is_none_or(may_be_many);
        let mut base = written.clone();
        if let Some(noun) = &noun {
            base.truncate(written.len().saturating_sub(noun.base.split(' ').count()));
            base.extend(noun.base.split(' ').map(str::to_lowercase));
        }
        let of =
            self.is(head + 1, |word| self.words.of.has(word)).then(|| behind(head + 2)).flatten();
        Some(HeadNoun {
            written,
            base,
            class: noun.as_ref().map(|noun| noun.class),
            plural: noun.is_some_and(|noun| noun.plural && !self.words.pairs.has(&noun.base)),
            count: run.count.filter(|count| many && *count > 1 && head >= run.first),
            of: of.filter(|of| of.class.is_some()).map(Box::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_begins_with_its_noun() {
        let said = |noun: &HeadNoun| {
            let many = if noun.plural { "+" } else { "" };
            let count = noun.count.map_or_else(String::new, |count| format!(" {count}"));
            format!("{}{many}{count}", noun.base.join(" "))
        };
        let cases = [
            ("en", "a mammoth of gears and metal plates", "mammoth, of gear+"),
            ("en", "a couple of salsa dancers", "salsa dancer+ 2"),
            ("en", "a herd of cows", "cow+ 8"),
            ("en", "two old fire engines with ladders", "old fire engine+ 2"),
            ("en", "a dozen gulls", "gull+ 12"),
            ("en", "horses", "horse+"),
            ("en", "an old ship with torn sails", "old ship"),
            ("en", "a tall, grumpy clerk in black", "tall grumpy clerk"),
            ("en", "an old sports car", "old sports car"),
            ("en", "a man of 40", "man"),
            ("en", "30 year old woman", "year old woman"),
            ("en", "12 sailors", "sailor+ 12"),
            ("en", "the judge's nose", "nose"),
            ("en", "a pair of glasses", "glasses"),
            ("en", "30", "30"),
            ("en", "a gribbler", "gribbler"),
            ("en", "a pair", "pair"),
            ("de", "zwei Pferde", "pferd+ 2"),
            ("de", "ein alter Mann mit Bart", "alter mann"),
            ("de", "a mammoth of gears", "mammoth, of gear+"),
            ("fr", "deux chevaux blancs", "cheval+ 2"),
            ("zh", "a fox", "fox"),
        ];
        for (language, description, expected) in cases {
            let found = head_noun(description, language).map_or_else(String::new, |noun| {
                let of =
                    noun.of.as_ref().map_or_else(String::new, |of| format!(", of {}", said(of)));
                said(&noun) + &of
            });
            assert_eq!(found, expected, "{description}");
        }
    }
}
