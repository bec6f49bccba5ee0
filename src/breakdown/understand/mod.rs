//! Tree → screenplay: the passes in order.
//!
//! First what holds for the whole film wherever it is written: vocabulary,
//! settings, entries, headings and names. Then the story.
//!
//! Knows the order of the passes; does not know who compiles one script twice.

pub(crate) mod errors;
mod described;
pub(crate) mod sexes;
pub(crate) mod names;
pub(crate) mod context;
pub(crate) mod files;
pub(crate) mod settings;
pub(crate) mod cast;
pub(crate) mod bible;
pub(crate) mod places;
pub(crate) mod shot_line;
pub(crate) mod stage_directions;
mod state;
pub(crate) mod directives;
pub(crate) mod speech;
pub(crate) mod voices;
pub(crate) mod introductions;
mod transitions;
pub(crate) mod events;
pub(crate) mod scenes;
pub(crate) mod lint;
mod unentered;
pub(crate) mod pronouns;
pub(crate) mod action;
pub(crate) mod sentences;
pub(crate) mod extras;
pub(crate) mod story_cache;
pub(crate) mod story;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexSet;
use memchr::memchr;

use self::context::{Context, Strictness};
use self::events::{EventCache, EventKind, StoryEvent};
use self::extras::Extras;
use self::introductions::FirstMention;
use self::names::NameTable;
use self::places::Sets;
use self::scenes::{HeadingCache, SceneHeader};
use self::story_cache::StoryCache;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{name_key, part};
use crate::breakdown::screenplay::{FilmSettings, PlaceId, Screenplay, Subjects, Title};
use crate::diagnostic::{Code, Diagnostic};
use crate::script::tree::{Directive, DirectiveWord, ElementKind, Tree};
use crate::source::quotes::unquoted;
use crate::source::{Sources, Spanned};

/// Understands a script as far as it can and reports every mistake. Adds
/// vocabularies and `cast.yaml` to the sources.
pub fn understand(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
) -> (Screenplay, Vec<Diagnostic>) {
    FilmPass::read(tree, sources, project, strictness)
        .find_names(&mut EventCache::default(), &mut HeadingCache::default())
        .walk(&mut StoryCache::default())
}

/// A script with its vocabulary and settings.
#[derive(Debug)]
pub(crate) struct FilmPass<'a> {
    context: Context<'a>,
    tree: &'a Tree,
    settings: FilmSettings,
    title: Title,
    /// The entries of `cast.yaml`.
    bible: Vec<cast::Entry>,
}

/// A script with its names and scenes.
#[derive(Debug)]
pub(crate) struct StoryPass<'a> {
    context: Context<'a>,
    settings: FilmSettings,
    title: Title,
    events: Vec<StoryEvent<'a>>,
    headers: Vec<SceneHeader>,
    sets: Sets,
}

impl<'a> FilmPass<'a> {
    /// Reads the vocabularies, `cast.yaml` and the settings.
    pub(crate) fn read(
        tree: &'a Tree,
        sources: &'a mut Sources,
        project: &'a Path,
        strictness: Strictness,
    ) -> Self {
        let mut vocabulary = Vocabulary::standard();
        let mut found = Vec::new();
        let mut diagnostics = Vec::new();
        for directive in directives(tree, |word| word == DirectiveWord::Use) {
            let bare = unquoted(&directive.body.value).to_owned();
            let written = Spanned::new(bare, directive.body.span);
            let mut chain = Vec::new();
            files::vocabulary(
                sources,
                project,
                &written,
                &mut chain,
                Arc::make_mut(&mut vocabulary),
                &mut found,
                &mut diagnostics,
            );
        }
        let bible = bible::read(sources, project, &mut found, &mut diagnostics);
        let mut context = Context {
            sources,
            project,
            strictness,
            vocabulary,
            sentence_words: None,
            names: NameTable::default(),
            extras: Extras::default(),
            diagnostics: strictness.soften(diagnostics),
            files: found.into_iter().collect(),
            usages: Vec::new(),
            depends_on_more: false,
        };
        let mut settings = settings::standard();
        let mut given = settings::Given::default();
        let title = settings::title_page(&mut context, &tree.title_page, &mut settings, &mut given);
        for directive in directives(tree, |word| word == DirectiveWord::Film) {
            settings::film(&mut context, directive, &mut settings, &mut given);
        }
        context.sentence_words = SentenceWords::of(&settings.language);
        Self { context, tree, settings, title, bible }
    }

    /// The vocabulary of the script.
    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.context.vocabulary
    }

    /// The language of the script.
    pub(crate) fn language(&self) -> &str {
        &self.settings.language
    }

    /// Reads the entries, headings, cues and introductions.
    pub(crate) fn find_names(
        self,
        event_cache: &mut EventCache,
        heading_cache: &mut HeadingCache,
    ) -> StoryPass<'a> {
        let Self { mut context, tree, settings, title, bible: mut entries } = self;
        for entry in &mut entries {
            entry.find_outfit(&context.vocabulary.grammar);
        }
        for directive in directives(tree, cast::is_entry) {
            entries.extend(cast::entry(&mut context, directive));
        }
        let places = cast::enter(&mut context, entries);
        let events = events::read(&mut context, tree, &settings.language, event_cache);
        let mut sets = Sets::default();
        for place in &places {
            for also in &place.also {
                sets.also(also, &place.name.value);
            }
        }
        let headers = scenes::scene_headers(&mut context, &events, &mut sets, heading_cache);
        for place in &places {
            let key = sets.resolve(&place.name.value);
            for set in 0..sets.places.len() {
                if sets.resolve(&sets.places[set].name) == key {
                    place.words.clone_into(&mut sets.places[set].words);
                    sets.places[set].entry = Some(place.name.span);
                }
            }
        }
        let first_mentions = first_mentions(&context, &events, &headers);
        introductions::enter(&mut context, &first_mentions);
        context.names.prepare(&context.vocabulary.grammar);
        StoryPass { context, settings, title, events, headers, sets }
    }
}

impl StoryPass<'_> {
    /// Everybody's names.
    pub(crate) fn names(&self) -> &NameTable {
        &self.context.names
    }

    /// Walks the story.
    pub(crate) fn walk(self, cache: &mut StoryCache) -> (Screenplay, Vec<Diagnostic>) {
        let Self { mut context, settings, title, events, headers, mut sets } = self;
        let (scenes, extras) = story::walk(&mut context, &events, headers, &mut sets, cache);
        let Context { mut usages, mut diagnostics, names, files, vocabulary, .. } = context;
        usages.sort();
        usages.dedup_by_key(|usage| usage.span);
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        diagnostics.dedup();
        keep_first_of_each_name(&mut diagnostics);
        let screenplay = Screenplay {
            settings,
            title,
            subjects: Subjects::new(names.into_characters(&vocabulary.grammar), extras),
            places: sets.places,
            scenes,
            files: files.into_iter().collect(),
            usages,
            vocabulary,
        };
        (screenplay, diagnostics)
    }
}

/// The directives of some words, in order.
fn directives(
    tree: &Tree,
    is_meant: impl Fn(DirectiveWord) -> bool,
) -> impl Iterator<Item = &Directive> {
    tree.elements.iter().filter_map(move |element| match &element.kind {
        ElementKind::Directive(directive) if is_meant(directive.word.value) => Some(directive),
        _ => None,
    })
}

/// Every cue and introduction, with its scene's place and time line.
fn first_mentions(
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

/// Leaves the first of equal messages about a name. A scene emits all of its own, so that
/// what it means depends on no other scene.
fn keep_first_of_each_name(diagnostics: &mut Vec<Diagnostic>) {
    let mut messages = BTreeSet::new();
    diagnostics.retain(|found| match found.code {
        Code::UnenteredName | Code::AmbiguousName | Code::UndeclaredThing | Code::NoSound => {
            messages.insert(found.message.clone())
        }
        _ => true,
    });
}
