//! Who is who in a film.
//!
//! A number only; the screenplay knows whom it means.

use serde::Serialize;

/// Index into the subjects of a screenplay.
///
/// Somebody with a name has a place in the order of the film. Somebody without one has
/// the digest of what a scene says of them: the fox of one scene has the same index
/// whatever other scenes show, so an edit to one scene leaves the others as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Subject(pub usize);

impl Subject {
    /// The least index of somebody without a name.
    const UNNAMED: usize = 1 << 20;

    /// The index of somebody without a name, from a digest of what is known of them.
    pub(crate) fn unnamed(digest: u64) -> Self {
        // Below 2^53, so that every reader of JSON can hold it.
        Self(Self::UNNAMED + (digest >> 12) as usize)
    }

    /// Whether the script gives a name.
    pub fn is_named(self) -> bool {
        self.0 < Self::UNNAMED
    }
}
