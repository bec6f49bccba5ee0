//! Photoplay's screenplays for tree-sitter: Fountain with shots and directives.
//!
//! ```no_run
//! # use tree_sitter_language::LanguageFn;
//! let language: LanguageFn = tree_sitter_photoplay::LANGUAGE;
//! ```

use tree_sitter_language::LanguageFn;

#[allow(unsafe_code, reason = "the parser is C, written by tree-sitter")]
mod parser {
    unsafe extern "C" {
        pub(crate) fn tree_sitter_photoplay() -> *const ();
    }
}

/// The language.
#[allow(unsafe_code, reason = "the parser is C, written by tree-sitter")]
// SAFETY: tree-sitter generates the function to return its static language.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(parser::tree_sitter_photoplay) };

/// The query for highlighting.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");
/// The query for folding.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");
/// The query for definitions of characters, places and props, and for references.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");
