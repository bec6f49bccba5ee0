//! Tree → screenplay: the passes in order.
//!
//! Whole-film things first (vocabulary, settings, entries, headings, who
//! arrives), since they hold wherever they are written; then the story.

pub(crate) mod errors;
pub(crate) mod names;
pub(crate) mod context;
pub(crate) mod files;
pub(crate) mod settings;
pub(crate) mod cast;
pub(crate) mod bible;
pub(crate) mod places;
pub(crate) mod shot_line;
pub(crate) mod state;
pub(crate) mod directives;
pub(crate) mod speech;
pub(crate) mod introductions;
pub(crate) mod events;
pub(crate) mod scenes;
pub(crate) mod lint;
pub(crate) mod action;
pub(crate) mod story;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexSet;
use memchr::memchr;

use self::context::{Context, Strictness};
use self::events::{EventKind, StoryEvent};
use self::introductions::FirstMention;
use self::names::NameTable;
use self::places::Sets;
use self::scenes::SceneHeader;
use crate::breakdown::incremental::PassCache;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{name_key, part};
use crate::breakdown::screenplay::{PlaceId, Screenplay};
use crate::diagnostic::Diagnostic;
use crate::script::tree::{Directive, DirectiveWord, ElementKind, Tree};
use crate::source::{Sources, Spanned};

/// Understands a script: everything that could be, and all its mistakes.
/// Vocabularies and `cast.yaml` are added to the sources.
pub fn understand(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
) -> (Screenplay, Vec<Diagnostic>) {
    understand_again(tree, sources, project, strictness, &mut PassCache::default())
}

/// Understands a script of which some lines may have been understood before.
pub fn understand_again(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
    memory: &mut PassCache,
) -> (Screenplay, Vec<Diagnostic>) {
    let mut vocabulary = Vocabulary::standard();
    let mut found = Vec::new();
    let mut told = Vec::new();
    for directive in directives(tree).filter(|directive| directive.word.value == DirectiveWord::Use)
    {
        let bare = directive.body.value.trim_matches(['"', '“', '”']).to_owned();
        let written = Spanned::new(bare, directive.body.span);
        let mut chain = Vec::new();
        files::vocabulary(
            sources,
            project,
            &written,
            &mut chain,
            Arc::make_mut(&mut vocabulary),
            &mut found,
            &mut told,
        );
    }
    let bible = bible::read(sources, project, &mut found, &mut told);
    let mut context = Context {
        sources,
        project,
        strictness,
        vocabulary,
        names: NameTable::default(),
        diagnostics: Vec::new(),
        files: found.into_iter().collect(),
        said: BTreeSet::new(),
        usages: Vec::new(),
        memory,
        uses_earlier_text: false,
    };
    for diagnostic in told {
        context.emit(diagnostic);
    }
    let mut film = settings::standard();
    let title = settings::title_page(&mut context, &tree.title_page, &mut film);
    for directive in
        directives(tree).filter(|directive| directive.word.value == DirectiveWord::Film)
    {
        settings::film(&mut context, directive, &mut film);
    }
    context.memory.begin(&context.vocabulary, &film.language, strictness);
    let mut entries = bible;
    for directive in directives(tree).filter(|directive| cast::is_entry(directive.word.value)) {
        entries.extend(cast::entry(&mut context, directive));
    }
    let places = cast::enter(&mut context, entries);
    let events = events::read(&mut context, tree, &film.language);
    let mut sets = Sets::default();
    for place in &places {
        for also in &place.also {
            sets.also(also, &place.name.value);
        }
    }
    let headers = scenes::scene_headers(&mut context, &events, &mut sets);
    for place in &places {
        let key = sets.resolve(&place.name.value);
        for set in 0..sets.places.len() {
            if sets.resolve(&sets.places[set].name) == key {
                place.words.clone_into(&mut sets.places[set].words);
                sets.places[set].entry = Some(place.name.span);
            }
        }
    }
    let first_mentions = arrive(&context, &events, &headers);
    introductions::enter(&mut context, &first_mentions);
    context.names.prepare();
    context.memory.meet(&context.names);
    let scenes = story::walk(&mut context, &events, headers, &mut sets);
    let mut usages = context.usages;
    usages.sort();
    usages.dedup_by_key(|usage| usage.span);
    let screenplay = Screenplay {
        settings: film,
        title,
        subjects: context.names.characters,
        places: sets.places,
        scenes,
        files: context.files.into_iter().collect(),
        usages,
        vocabulary: context.vocabulary,
    };
    let mut diagnostics = context.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    diagnostics.dedup();
    (screenplay, diagnostics)
}

fn directives(tree: &Tree) -> impl Iterator<Item = &Directive> {
    tree.elements.iter().filter_map(|element| match &element.kind {
        ElementKind::Directive(directive) => Some(directive),
        _ => None,
    })
}

/// Every cue and introduction, with its scene's place and time line.
fn arrive(
    context: &Context<'_>,
    events: &[StoryEvent<'_>],
    headers: &[SceneHeader],
) -> Vec<FirstMention> {
    let mut first_mentions: Vec<FirstMention> = Vec::new();
    let mut known: IndexSet<(String, Option<PlaceId>), RandomState> = IndexSet::default();
    let mut written: IndexSet<(&str, Option<PlaceId>), RandomState> = IndexSet::default();
    let mut next = 0;
    let mut at = introductions::place_of(None, "");
    for (index, event) in events.iter().enumerate() {
        if let Some(header) = headers.get(next)
            && header.first == index
        {
            at = introductions::place_of(Some(header.place), &header.timeline);
            next += 1;
        }
        match &event.kind {
            EventKind::Speech(speech) => {
                let name = &speech.name;
                if written.insert((name.value.as_str(), at.place))
                    && known.insert((name_key(&name.value), at.place))
                {
                    first_mentions.push(FirstMention {
                        name: name.clone(),
                        at: at.clone(),
                        words: None,
                    });
                }
            }
            EventKind::Action { lines, .. }
                if lines.iter().any(|line| memchr(b'(', line.as_bytes()).is_some()) =>
            {
                let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
                let paragraph = Spanned::new(text.clone(), event.span);
                for (range, words) in introductions::introductions(&text, &context.vocabulary) {
                    let name = part(&paragraph, range);
                    first_mentions.push(FirstMention { name, at: at.clone(), words: Some(words) });
                }
            }
            _ => {}
        }
    }
    first_mentions
}
