//! Tree → shot list: names, cast, places, state, coverage, timing, prompts,
//! continuity lint. Does not know pixels.

pub mod description;
pub mod screenplay;
pub mod shot;
pub mod vocabulary;
pub mod glossary;
mod words;
mod errors;
mod names;
mod memory;
mod reading;
mod files;
mod settings;
mod cast;
mod bible;
mod places;
mod phrases;
mod shot_line;
mod state;
mod directives;
mod speech;
mod arrivals;
mod steps;
mod scenes;
mod lint;
mod action;
mod tellings;
mod story;
mod understand;
pub mod timing;
mod draft;
mod written;
mod coverage;
mod depict;
mod lines;
mod plans;
mod conform;
pub mod list;
pub mod dump;
pub mod related;
pub mod prompt;
pub mod advice;
pub mod allow;

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::script::tree::Tree;
use crate::source::Sources;

pub use memory::Memory;
pub use reading::Strictness;
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
    let (shots, more) = list::shot_list(&screenplay);
    diagnostics.extend(strictness.soften(more));
    let mut diagnostics = allow::allow(tree, diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    (shots, diagnostics)
}
