//! Understands one script again and again as it is edited, and reuses what did not
//! change: lines and headings by their text while names are found, then whole scenes
//! (`understand::story_cache`), as long as every name means the same.
//!
//! Composes the caches of the passes and knows when they are stale; does not know
//! what they hold.

use std::path::Path;
use std::sync::Arc;

use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::screenplay::Screenplay;
use crate::breakdown::understand::FilmPass;
use crate::breakdown::understand::context::Strictness;
use crate::breakdown::understand::events::EventCache;
use crate::breakdown::understand::names::NameTable;
use crate::breakdown::understand::scenes::HeadingCache;
use crate::breakdown::understand::story_cache::StoryCache;
use crate::diagnostic::Diagnostic;
use crate::script::tree::Tree;
use crate::source::Sources;

/// The caches of the passes over one script, from one version of it to the next.
#[derive(Debug, Default)]
pub(crate) struct PassCache {
    /// Everything below depends on these.
    language: Option<(Arc<Vocabulary>, String, Strictness)>,
    events: EventCache,
    headings: HeadingCache,
    /// The story depends on these too.
    names: NameTable,
    story: StoryCache,
}

/// Understands a script like [`understand`](super::understand), and reuses the
/// lines that an earlier version of it has in the cache.
pub(crate) fn understand_again(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
    cache: &mut PassCache,
) -> (Screenplay, Vec<Diagnostic>) {
    let film = FilmPass::read(tree, sources, project, strictness);
    cache.begin(film.vocabulary(), film.language(), strictness);
    let story = film.find_names(&mut cache.events, &mut cache.headings);
    cache.compare_names(story.names());
    story.walk(&mut cache.story)
}

impl PassCache {
    /// Begins a pass. Another vocabulary, language or strictness makes everything
    /// stale.
    fn begin(&mut self, vocabulary: &Arc<Vocabulary>, language: &str, strictness: Strictness) {
        let same = self.language.as_ref().is_some_and(|(last, last_language, last_strictness)| {
            *last_strictness == strictness
                && last_language == language
                && (Arc::ptr_eq(last, vocabulary) || last == vocabulary)
        });
        if !same {
            *self = Self::default();
            self.language = Some((Arc::clone(vocabulary), language.to_owned(), strictness));
        }
        self.events.begin();
        self.headings.begin();
        self.story.begin();
    }

    /// Other names make the story stale.
    fn compare_names(&mut self, names: &NameTable) {
        if !self.names.answers_like(names) {
            self.story.invalidate();
            self.names = names.clone();
        }
    }
}
