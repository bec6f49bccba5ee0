//! Text → tree, never fails. Does not know meaning.

pub mod tree;
