//! Groups animals and vehicles by their build, so that a model without a mouse does not
//! show a mammoth instead.
//!
//! Knows nouns and their sizes; does not know what a model can show.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

/// Nouns by their build, and in each build by size, the smallest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Builds {
    /// The build and the size of a noun, by their indices. Of one size, those that stand
    /// near each other look most alike.
    nouns: IndexMap<Box<str>, (usize, usize), RandomState>,
}

impl Builds {
    /// Of several nouns the one of the same build that is nearest in size, at most a size apart.
    pub(crate) fn nearest<'a>(
        &self,
        noun: &str,
        others: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let (place, _, (build, size)) = self.nouns.get_full(noun)?;
        let apart = |other: &str| {
            let (other_place, _, (other_build, other_size)) = self.nouns.get_full(other)?;
            let distance = (size.abs_diff(*other_size), place.abs_diff(other_place));
            (build == other_build).then_some(distance)
        };
        let alike = others.filter_map(|other| Some((apart(other)?, other)));
        let ((sizes, _), nearest) = alike.min_by_key(|(distance, _)| *distance)?;
        (sizes < 2).then_some(nearest)
    }

    /// Whether one noun can stand for another in a picture: of one build, and at most a
    /// size apart. `None` if no table has one of the two.
    pub(crate) fn are_alike(&self, one: &str, other: &str) -> Option<bool> {
        let (build, size) = self.nouns.get(one)?;
        let (other_build, other_size) = self.nouns.get(other)?;
        Some(build == other_build && size.abs_diff(*other_size) < 2)
    }
}

impl<'de> Deserialize<'de> for Builds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let builds = IndexMap::<String, Vec<String>>::deserialize(deserializer)?;
        let mut nouns = IndexMap::default();
        for (build, sizes) in builds.values().enumerate() {
            for (size, words) in sizes.iter().enumerate() {
                let all = words.split_whitespace();
                nouns.extend(all.map(|word| (word.into(), (build, size))));
            }
        }
        Ok(Self { nouns })
    }
}
