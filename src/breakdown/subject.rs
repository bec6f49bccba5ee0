//! Who is who in a film.
//!
//! A number only; the screenplay knows whom it means.

use serde::Serialize;

/// Index into the subjects of a screenplay.
///
/// The index of a subject with a name is its place in the order of the film. That of a
/// subject without a name is a digest of what a scene says about it: the fox of one scene
/// has the same index whatever other scenes show, so an edit to one scene does not change
/// the others.
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
