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

use self::context::{Reading, Strictness};
use self::events::{Step, StepKind};
use self::introductions::Arrival;
use self::names::Roster;
use self::places::Sets;
use self::scenes::Layout;
use crate::breakdown::incremental::Memory;
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
    understand_again(tree, sources, project, strictness, &mut Memory::default())
}

/// Understands a script of which some lines may have been understood before.
pub fn understand_again(
    tree: &Tree,
    sources: &mut Sources,
    project: &Path,
    strictness: Strictness,
    memory: &mut Memory,
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
    let mut reading = Reading {
        sources,
        project,
        strictness,
        vocabulary,
        roster: Roster::default(),
        diagnostics: Vec::new(),
        files: found.into_iter().collect(),
        said: BTreeSet::new(),
        usages: Vec::new(),
        memory,
        depends: false,
    };
    for diagnostic in told {
        reading.tell(diagnostic);
    }
    let mut film = settings::standard();
    let title = settings::title_page(&mut reading, &tree.title_page, &mut film);
    for directive in
        directives(tree).filter(|directive| directive.word.value == DirectiveWord::Film)
    {
        settings::film(&mut reading, directive, &mut film);
    }
    reading.memory.begin(&reading.vocabulary, &film.language, strictness);
    let mut entries = bible;
    for directive in directives(tree).filter(|directive| cast::is_entry(directive.word.value)) {
        entries.extend(cast::entry(&mut reading, directive));
    }
    let places = cast::enter(&mut reading, entries);
    let steps = events::read(&mut reading, tree, &film.language);
    let mut sets = Sets::default();
    for place in &places {
        for also in &place.also {
            sets.also(also, &place.name.value);
        }
    }
    let layouts = scenes::lay_out(&mut reading, &steps, &mut sets);
    for place in &places {
        let key = sets.resolve(&place.name.value);
        for set in 0..sets.places.len() {
            if sets.resolve(&sets.places[set].name) == key {
                place.words.clone_into(&mut sets.places[set].words);
                sets.places[set].entry = Some(place.name.span);
            }
        }
    }
    let arrivals = arrive(&reading, &steps, &layouts);
    introductions::enter(&mut reading, &arrivals);
    reading.roster.prepare();
    reading.memory.meet(&reading.roster);
    let scenes = story::tell(&mut reading, &steps, layouts, &mut sets);
    let mut usages = reading.usages;
    usages.sort();
    usages.dedup_by_key(|usage| usage.span);
    let screenplay = Screenplay {
        settings: film,
        title,
        subjects: reading.roster.characters,
        places: sets.places,
        scenes,
        files: reading.files.into_iter().collect(),
        usages,
        vocabulary: reading.vocabulary,
    };
    let mut diagnostics = reading.diagnostics;
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
fn arrive(reading: &Reading<'_>, steps: &[Step<'_>], layouts: &[Layout]) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    let mut known: IndexSet<(String, Option<PlaceId>), RandomState> = IndexSet::default();
    let mut written: IndexSet<(&str, Option<PlaceId>), RandomState> = IndexSet::default();
    let mut next = 0;
    let mut at = introductions::place_of(None, "");
    for (index, step) in steps.iter().enumerate() {
        if let Some(layout) = layouts.get(next)
            && layout.first == index
        {
            at = introductions::place_of(Some(layout.place), &layout.timeline);
            next += 1;
        }
        match &step.kind {
            StepKind::Speech(speech) => {
                let name = &speech.name;
                if written.insert((name.value.as_str(), at.place))
                    && known.insert((name_key(&name.value), at.place))
                {
                    arrivals.push(Arrival { name: name.clone(), at: at.clone(), words: None });
                }
            }
            StepKind::Action { lines, .. }
                if lines.iter().any(|line| memchr(b'(', line.as_bytes()).is_some()) =>
            {
                let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
                let paragraph = Spanned::new(text.clone(), step.span);
                for (range, words) in introductions::introductions(&text, &reading.vocabulary) {
                    let name = part(&paragraph, range);
                    arrivals.push(Arrival { name, at: at.clone(), words: Some(words) });
                }
            }
            _ => {}
        }
    }
    arrivals
}
