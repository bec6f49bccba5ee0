//! The seed of a take: from the film's seed and the setup, never from a position in the
//! film or from other shots. Shots that reach the network in the same words therefore share
//! one take, and an edit to one changes no other.
//!
//! Knows words and digests as the network gets them; does not know names.

use blake3::Hash;

use super::recipe::{FieldWriter, Hasher, Value};

/// The camera's position and the people in front of it, as the network gets them.
/// Shots of one setup share a seed, so that the singles of a conversation match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// The place in words.
    pub place: String,
    /// Shot size.
    pub size: String,
    /// The people in the picture, in words.
    pub subjects: Vec<String>,
    /// Their reference pictures.
    pub references: Vec<Hash>,
    /// Camera angle.
    pub angle: String,
    /// Lens and focus.
    pub lens: String,
}

/// What the takes of one shot share. Each has a seed of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slate {
    /// The film's seed.
    pub film: u64,
    /// The shot's setup.
    pub setup: Setup,
}

impl Slate {
    /// The seed of a take. Take 0 is the one that a build makes.
    pub fn seed(&self, take: u32) -> u64 {
        let Self { film, setup } = self;
        let Setup { place, size, subjects, references, angle, lens } = setup;
        let mut hasher = Hasher(blake3::Hasher::new_derive_key("photoplay seed 1"));
        hasher.field("film", Value::Number(*film));
        hasher.field("place", Value::Text(place));
        hasher.field("size", Value::Text(size));
        hasher.field("subjects", Value::Number(subjects.len() as u64));
        for subject in subjects {
            hasher.field("subject", Value::Text(subject));
        }
        hasher.field("references", Value::Number(references.len() as u64));
        for reference in references {
            hasher.field("reference", Value::Digest(reference.as_bytes()));
        }
        hasher.field("angle", Value::Text(angle));
        hasher.field("lens", Value::Text(lens));
        // Older versions counted equal shots; this is the field of those that were the
        // first.
        hasher.field("ordinal", Value::Number(0));
        hasher.field("take", Value::Number(take.into()));
        first_eight(hasher.0)
    }
}

/// The seed of a portrait: portraits of a person in different clothes begin with
/// the same noise. `ordinal` tells people apart whose descriptions are equal.
pub(crate) fn portrait_seed(film: u64, person: &str, ordinal: u32) -> u64 {
    let mut hasher = Hasher(blake3::Hasher::new_derive_key("photoplay portrait seed 1"));
    hasher.field("film", Value::Number(film));
    hasher.field("person", Value::Text(person));
    hasher.field("ordinal", Value::Number(ordinal.into()));
    first_eight(hasher.0)
}

/// 63 bits: a positive number in every language that stores signed integers.
fn first_eight(hasher: blake3::Hasher) -> u64 {
    let digest = hasher.finalize();
    let bytes = digest.as_bytes().first_chunk().expect("a digest has 32 bytes");
    u64::from_le_bytes(*bytes) >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setup_one_seed() {
        let seed = |film, place: &str, take| {
            let setup = Setup { place: place.to_owned(), ..Setup::default() };
            Slate { film, setup }.seed(take)
        };
        assert_eq!(seed(7, "kitchen", 0), seed(7, "kitchen", 0));
        let all = [
            seed(7, "kitchen", 0),
            seed(8, "kitchen", 0),
            seed(7, "street", 0),
            seed(7, "kitchen", 1),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
