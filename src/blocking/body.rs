//! What body somebody or something of a shot has, by the words of its description.
//!
//! Knows nouns; does not know where anybody stands.

use super::figure::Shape;
use super::lookup::Lookup;
use super::rules::{BlockingRules, Rests};
use crate::breakdown::description::Depicted;
use crate::breakdown::screenplay::Kind;

/// A body, or several of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body {
    pub(super) shape: Shape,
    pub(super) height: f64,
    pub(super) width: f64,
    pub(super) length: f64,
    pub(super) count: u32,
    pub(super) rests: Rests,
    /// A part of somebody: where it is, as a share of their height.
    pub(super) part: Option<f64>,
}

impl Body {
    /// A thing that somebody can use: it rests, and does not go by itself.
    pub(super) fn is_thing(&self) -> bool {
        !self.shape.is_alive()
    }

    /// A thing that somebody can carry.
    pub(super) fn is_carried(&self) -> bool {
        matches!(self.shape, Shape::Thing | Shape::Flat) && self.height < 0.7
    }

    /// How much room it needs to each side, in metres.
    pub(super) fn half(&self) -> f64 {
        self.width.max(self.length) / 2.0
    }
}

/// The body of somebody or something. `kind` is that of the script's name, if it has one.
pub(super) fn body(lookup: &Lookup, depicted: &Depicted, kind: Option<Kind>) -> Body {
    let kinds = &BlockingRules::stdlib().kinds;
    let described = noun(lookup, &depicted.words);
    let found = if described.kind.is_some() || depicted.named {
        described
    } else {
        noun(lookup, &depicted.called)
    };
    // `grey eyes` are somebody's, unless the shot is of eyes.
    let whole = !matches!(kind, Some(Kind::Prop) | None);
    let known = found.kind.filter(|kind| !whole || kinds.kinds[*kind].part.is_none());
    let index = known.unwrap_or_else(|| {
        let unknown = match kind {
            Some(Kind::Prop) | None => &kinds.unknown.thing,
            Some(Kind::Group) => &kinds.unknown.group,
            Some(_) => &kinds.unknown.person,
        };
        kinds.kinds.get_index_of(unknown).unwrap_or_default()
    });
    let rule = &kinds.kinds[index];
    let group = kind == Some(Kind::Group);
    let few = if group { kinds.kinds[&kinds.unknown.group].count } else { 3 };
    let many = if found.plural || (group && rule.count == 1) { few } else { 1 };
    let written = (depicted.count > 1).then_some(depicted.count);
    // `ANNA (30)` is one woman.
    let said = found.number.filter(|_| group || found.kind.is_some());
    // Nobody is as tall as the next one.
    let tall = if rule.shape.is_person() { 0.96 + 0.08 * share_of(&depicted.called) } else { 1.0 };
    Body {
        shape: rule.shape,
        height: rule.height * tall,
        width: rule.width,
        length: rule.length,
        count: written.or(said).unwrap_or(rule.count.max(many)).clamp(1, kinds.most),
        rests: rule.rests,
        part: rule.part,
    }
}

/// What the beginning of a description names.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Noun {
    kind: Option<usize>,
    number: Option<u32>,
    plural: bool,
}

fn noun(lookup: &Lookup, description: &str) -> Noun {
    let kinds = &BlockingRules::stdlib().kinds.kinds;
    let phrase = description.split([',', ';', '(', '.', ':']).next().unwrap_or_default();
    let phrase = phrase.to_lowercase();
    let words: Vec<&str> = phrase.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let mut parts = words.split(|word| lookup.after_noun.contains(word));
    let first = parts.next().unwrap_or_default();
    // `a scarecrow stuffed`, `a ship under sail`: the noun is the last known word.
    let named = (0..first.len()).rev().find_map(|end| lookup.noun(&first[..=end]));
    // `12 sailors` are many, `a man of 40` is one.
    let many = named.is_some_and(|(_, plural)| plural);
    let counts = |word: &&&str| many || !word.starts_with(|letter: char| letter.is_ascii_digit());
    let number = first.iter().filter(counts).find_map(|word| lookup.number(word));
    let number = number.filter(|number| *number > 0);
    let made_of = words.get(first.len()).is_some_and(|word| lookup.made_of.contains(word));
    let of = made_of.then(|| parts.next()).flatten().and_then(|part| lookup.noun(part));
    let single = words.first().is_some_and(|word| lookup.single.contains(word));
    match (named, of) {
        // `a couple of dancers`, `a herd of cows`
        (Some((many, _)), Some((kind, plural))) if kinds[many].count > 1 => {
            let number = number.or(Some(kinds[many].count));
            Noun { kind: Some(kind), number, plural }
        }
        (None, Some((kind, plural))) => Noun { kind: Some(kind), number, plural },
        (Some((kind, plural)), _) => Noun { kind: Some(kind), number, plural: plural && !single },
        (None, None) => Noun { number, ..Noun::default() },
    }
}

/// A share from 0 to 1 that follows from a text.
pub(super) fn share_of(text: &str) -> f64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str, kind: Kind) -> (Shape, f64, u32) {
        let depicted = Depicted { words: words.to_owned(), ..Depicted::default() };
        let body = body(Lookup::of("en"), &depicted, Some(kind));
        (body.shape, (body.height * 10.0).round() / 10.0, body.count)
    }

    #[test]
    fn a_description_begins_with_its_noun() {
        let cases = [
            ("a mammoth of gears and metal plates", Shape::Quadruped, 3.2, 1),
            ("a couple of salsa dancers", Shape::Person, 1.7, 2),
            ("a herd of cows", Shape::Quadruped, 1.7, 8),
            ("two horses", Shape::Quadruped, 2.1, 2),
            ("a dozen gulls", Shape::Bird, 0.4, 12),
            ("horses", Shape::Quadruped, 2.1, 3),
            ("an old ship with torn sails", Shape::Boat, 22.0, 1),
            ("the crowd", Shape::Person, 1.7, 16),
        ];
        for (words, shape, height, count) in cases {
            let (found, tall, many) = of(words, Kind::Cast);
            assert_eq!((found, many), (shape, count), "{words}");
            assert!((tall - height).abs() < 0.2, "{words}: {tall}");
        }
    }

    #[test]
    fn without_a_noun_a_name_is_a_person_and_a_prop_a_thing() {
        assert_eq!(of("grey eyes", Kind::Extra).0, Shape::Person);
        assert_eq!(of("calm", Kind::Cast).0, Shape::Person);
        for age in
            ["30", "thirty", "30, red hair", "a man of 40", "12 years old", "30 year old woman"]
        {
            assert_eq!(of(age, Kind::Cast).2, 1, "{age}");
        }
        assert_eq!(of("12 sailors", Kind::Group).2, 12);
        assert_eq!(of("calm", Kind::Prop).0, Shape::Thing);
        assert_eq!(of("calm", Kind::Group).2, 6);
    }
}
