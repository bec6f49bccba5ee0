//! Tree → shot list: names, cast, places, state, coverage, timing, prompts,
//! continuity lint. Does not know pixels.

pub mod screenplay;
pub mod transition;
pub mod description;
pub mod shot;
pub mod language;
mod understand;
pub mod shots;
pub mod prompts;
mod incremental;
pub mod dump;
pub mod allow;

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::script::tree::Tree;
use crate::source::Sources;

pub use incremental::PassCache;
pub use understand::context::Strictness;
pub use understand::{understand, understand_again};

/// Breaks a script down into shots: everything that could be understood, and
/// all its mistakes. A film is only made of a script without errors.
pub fn break_down(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
) -> (shot::ShotList, Vec<Diagnostic>) {
    let (screenplay, mut diagnostics) = understand(tree, sources, project, strictness);
    let (shots, more) = shots::list::shot_list(&screenplay);
    diagnostics.extend(strictness.soften(more));
    let mut diagnostics = allow::allow(tree, diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    (shots, diagnostics)
}
