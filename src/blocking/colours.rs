//! What colours somebody's clothes and hair have, if the script says.
//!
//! Knows the words of colours, and what they can be of; does not know how anything is
//! drawn.

use super::figure::FigureColours;
use super::lookup::Lookup;
use crate::breakdown::description::Depicted;

/// The part that a colour word describes.
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
            let Some([coat, hair]) = lookup.colours.get(*word) else { continue };
            match of(lookup, &words, at) {
                Coloured::Coat => found.coat = found.coat.or(Some(*coat)),
                Coloured::Hair => found.hair = found.hair.or(Some(*hair)),
                Coloured::Small => {}
            }
        }
    }
}

/// How many words from a colour its noun stands at most: `long silky hair`.
const NEAR: usize = 3;

/// What the colour at a place of a phrase is of.
fn of(lookup: &Lookup, words: &[&str], at: usize) -> Coloured {
    let near: Vec<&str> = if lookup.colours_follow {
        words[at.saturating_sub(NEAR)..at].iter().rev().copied().collect()
    } else {
        words[at + 1..].iter().take(NEAR).copied().collect()
    };
    let phrase = near.iter().take_while(|word| !lookup.ends_noun(word));
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
            let found = colours(Lookup::of(language), &depicted);
            (found.coat, found.hair)
        };
        let is = |coat: &'static str, hair: &'static str| (coat, hair);
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
            let known = Lookup::of(language);
            let tone = |word: &str, which: usize| known.colours.get(word).map(|tones| tones[which]);
            let expected = (tone(expected.0, 0), tone(expected.1, 1));
            assert_eq!(of(language, words, outfit), expected, "{words}");
        }
    }
}
