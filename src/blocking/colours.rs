//! What colours somebody's clothes and hair have, if the script says.
//!
//! Knows the words of colours, and what they can be of; does not know how anything is
//! drawn.

use super::figure::FigureColours;
use super::lookup::Lookup;
use crate::breakdown::description::Depicted;

/// What a colour is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coloured {
    Coat,
    Hair,
    Small,
}

/// The colours of somebody or something: clothes go before what never changes.
pub(super) fn colours(lookup: &Lookup, depicted: &Depicted) -> FigureColours {
    let mut found = FigureColours::default();
    for words in [&depicted.outfit, &depicted.words, &depicted.called] {
        read(lookup, words, &mut found);
    }
    found
}

fn read(lookup: &Lookup, words: &str, found: &mut FigureColours) {
    let lower = words.to_lowercase();
    for phrase in lower.split([',', ';', '.', '(', ')']) {
        let words: Vec<&str> = phrase
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for (at, word) in words.iter().enumerate() {
            let Some(tone) = lookup.colours.get(*word) else { continue };
            let place = match of(lookup, &words, at) {
                Coloured::Coat => &mut found.coat,
                Coloured::Hair => &mut found.hair,
                Coloured::Small => continue,
            };
            *place = place.or(Some(*tone));
        }
    }
}

/// How many words from a colour its noun stands at most: `long silky hair`.
const NEAR: usize = 3;

/// What the colour at a place of a phrase is of.
fn of(lookup: &Lookup, words: &[&str], at: usize) -> Coloured {
    let near: Vec<&str> = if lookup.colours_behind {
        words[at.saturating_sub(NEAR)..at].iter().rev().copied().collect()
    } else {
        words[at + 1..].iter().take(NEAR).copied().collect()
    };
    let phrase = near.iter().take_while(|word| !lookup.after_noun.contains(word));
    let mut noun = phrase.filter_map(|word| match word {
        word if lookup.hair.contains(word) => Some(Coloured::Hair),
        word if lookup.small.contains(word) => Some(Coloured::Small),
        _ => None,
    });
    noun.next().unwrap_or(Coloured::Coat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_of_what_stands_beside_it() {
        let of = |language: &str, words: &str, outfit: &str| {
            let depicted = Depicted {
                words: words.to_owned(),
                outfit: outfit.to_owned(),
                ..Depicted::default()
            };
            let lookup = Lookup::of(language);
            let found = colours(lookup, &depicted);
            let name = |tone: Option<[u8; 3]>| {
                let tone = tone?;
                lookup
                    .colours
                    .iter()
                    .find(|(_, known)| **known == tone)
                    .map(|(word, _)| word.clone())
            };
            (name(found.coat), name(found.hair))
        };
        let is = |coat: &str, hair: &str| {
            let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
            (word(coat), word(hair))
        };
        let cases = [
            (
                "en",
                "a woman, copper curls, round glasses",
                "a bottle-green coat",
                is("green", "orange"),
            ),
            ("en", "an old man with a long white beard", "", is("", "white")),
            ("en", "a grey-haired clerk with blue eyes", "a black suit", is("black", "grey")),
            ("en", "a white horse", "", is("white", "")),
            ("en", "a girl with black hair and a red dress", "", is("red", "black")),
            ("en", "a mammoth of gears with glowing eyes", "", is("", "")),
            ("de", "eine frau mit schwarzen haaren", "ein roter mantel", is("rot", "schwarz")),
            ("fr", "une femme aux cheveux noirs", "une robe verte", is("vert", "noir")),
        ];
        for (language, words, outfit, expected) in cases {
            let (coat, hair) = of(language, words, outfit);
            let same = |one: &Option<String>, other: &Option<String>| {
                let tone = |word: &Option<String>| {
                    word.as_ref().and_then(|word| Lookup::of(language).colours.get(word).copied())
                };
                tone(one) == tone(other)
            };
            assert!(
                same(&coat, &expected.0) && same(&hair, &expected.1),
                "{words}: {coat:?} {hair:?}"
            );
        }
    }
}
