//! The analysis of an open script; every answer to the editor comes from it.
//! Incomplete text has one, too.
//!
//! Knows the library's parser and breakdown; knows no protocol.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::models::AdvisingModel;
use crate::analysis::{AnalysisCache, ScriptAnalysis, analyze_with};
use crate::breakdown::Strictness;
use crate::breakdown::screenplay::{Character, NameUsage, Scene, Screenplay, Subject};
use crate::breakdown::shot::{Shot, ShotList};
use crate::diagnostic::Diagnostic;
use crate::script::tree::{Element, ElementKind, Tree};
use crate::source::{Source, SourceId, Sources, Span, folder_of};
use crate::time::Seconds;

/// The analysis of a script.
#[derive(Debug)]
pub(super) struct Analysis {
    /// The folder of the script.
    pub folder: PathBuf,
    /// Its text and that of what it uses.
    pub sources: Sources,
    /// The script among them.
    pub id: SourceId,
    /// Its elements.
    pub tree: Tree,
    /// What they mean.
    pub screenplay: Screenplay,
    /// The film, shot by shot.
    pub list: ShotList,
    /// All messages, in the order of the script.
    pub diagnostics: Vec<Diagnostic>,
    /// The byte each shot of a scene is written at, in order, and the shot.
    places: Vec<(u32, usize)>,
    /// The first shot of each scene, by its number, and frames in all.
    scenes: BTreeMap<Arc<str>, (usize, u32)>,
}

impl Analysis {
    /// Analyzes a script. `model` is asked for the model the script names.
    pub(super) fn of<'a>(
        path: &Path,
        text: &str,
        mut sources: Sources,
        cache: &mut AnalysisCache,
        model: impl FnOnce(Option<&str>, &Path) -> Option<&'a mut AdvisingModel>,
    ) -> Self {
        let folder = folder_of(path);
        let id = sources.add(path, text);
        let strictness = Strictness::of(path);
        let advice = |list: &ShotList| {
            let named = list.settings.model.as_ref().map(|name| name.value.as_str());
            model(named, &folder)
                .map(|AdvisingModel { model, adviser }| adviser.advise(list, model))
                .unwrap_or_default()
        };
        let analysis = analyze_with(&mut sources, id, strictness, Some(cache), advice);
        let ScriptAnalysis { tree, screenplay, list, diagnostics } = analysis;
        let (places, scenes) = (places(&list, id), scenes(&list));
        Self { folder, sources, id, tree, screenplay, list, diagnostics, places, scenes }
    }

    /// The script.
    pub(super) fn source(&self) -> &Source {
        self.sources.get(self.id)
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.source().text
    }

    /// The words of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.sources.get(span.source).slice(span)
    }

    /// The element at a byte; at a border it is the one that ends there.
    pub(super) fn element_at(&self, byte: usize) -> Option<&Element> {
        let elements = &self.tree.elements;
        let next = elements.partition_point(|element| (element.span.end as usize) < byte);
        elements.get(next).filter(|element| element.span.start as usize <= byte)
    }

    /// The last element that begins before a byte.
    pub(super) fn elements_before(&self, byte: usize) -> &[Element] {
        let elements = &self.tree.elements;
        &elements[..elements.partition_point(|element| (element.span.start as usize) < byte)]
    }

    /// The scene that a byte is in.
    pub(super) fn scene_at(&self, byte: usize) -> Option<&Scene> {
        let scenes = &self.screenplay.scenes;
        let after = scenes.partition_point(|scene| scene.heading.span.start as usize <= byte);
        after.checked_sub(1).map(|at| &scenes[at])
    }

    /// Who is named at a byte.
    pub(super) fn usage_at(&self, byte: usize) -> Option<NameUsage> {
        let at = |usage: &&NameUsage| {
            usage.span.source == self.id
                && usage.span.start as usize <= byte
                && byte <= usage.span.end as usize
        };
        let usages = &self.screenplay.usages;
        let after = usages.partition_point(|usage| {
            usage.span.source < self.id
                || (usage.span.source == self.id && usage.span.start as usize <= byte)
        });
        // Names do not overlap, but a short one may stand behind a long one.
        usages[after.saturating_sub(2)..after].iter().rev().find(at).copied()
    }

    /// Somebody or something with a name.
    pub(super) fn subject(&self, subject: Subject) -> &Character {
        &self.screenplay.subjects[subject]
    }

    /// Whether two are one person: alter egos, ages, disguises.
    pub(super) fn same_person(&self, one: Subject, other: Subject) -> bool {
        self.person(one) == self.person(other)
    }

    /// The person that a look is of.
    pub(super) fn person(&self, subject: Subject) -> Subject {
        let mut at = subject;
        for _ in self.screenplay.subjects.named() {
            match self.subject(at).same_as {
                Some(base) => at = base,
                None => break,
            }
        }
        at
    }

    /// The scene whose heading is at a span.
    pub(super) fn scene_of(&self, heading: Span) -> Option<&Scene> {
        self.scene_at(heading.start as usize).filter(|scene| scene.heading.span == heading)
    }

    /// The shots that a stretch of the script became.
    pub(super) fn shots_in(&self, span: Span) -> impl Iterator<Item = (usize, &Shot)> {
        let first = self.places.partition_point(|(start, _)| *start < span.start);
        let inside = self.places[first..].iter().take_while(move |(start, _)| *start < span.end);
        inside.map(|(_, shot)| (*shot, &self.list.shots[*shot]))
    }

    /// The shot that was written or planned at a byte. What is under a shot line
    /// belongs to it.
    pub(super) fn shot_at(&self, byte: usize) -> Option<(usize, &Shot)> {
        let scene = self.scene_at(byte)?;
        let shots = self.list.shots.iter().enumerate();
        let mut before = shots.filter(|(_, shot)| {
            shot.scene == scene.number
                && shot.span.start as usize <= byte
                && shot.span.end > shot.span.start
        });
        let exact = before.clone().find(|(_, shot)| byte <= shot.span.end as usize);
        exact.or_else(|| before.by_ref().last())
    }

    /// How long the shots of some list last.
    pub(super) fn length<'a>(&self, shots: impl Iterator<Item = &'a Shot>) -> Seconds {
        self.list.settings.rate.duration(shots.map(|shot| shot.frames).sum())
    }

    /// How long a scene lasts.
    pub(super) fn running_time(&self, scene: &str) -> Seconds {
        let frames = self.scenes.get(scene).map_or(0, |(_, frames)| *frames);
        self.list.settings.rate.duration(frames)
    }

    /// The first shot of a scene.
    pub(super) fn first_shot(&self, scene: &str) -> Option<usize> {
        self.scenes.get(scene).map(|(first, _)| *first)
    }

    /// Headings, sections and shots, with the byte each ends at: the next of
    /// its own rank or above, or the end of the script.
    pub(super) fn outline(&self) -> Vec<(&Element, usize)> {
        let marks: Vec<(&Element, u16)> = self
            .tree
            .elements
            .iter()
            .filter_map(|element| {
                let rank = match &element.kind {
                    ElementKind::Section { level, .. } => u16::from(*level),
                    ElementKind::Heading { .. } => 300,
                    ElementKind::Shot(_) => 301,
                    _ => return None,
                };
                Some((element, rank))
            })
            .collect();
        // From the end, the nearest mark of each rank or above.
        let mut open: Vec<(u16, usize)> = Vec::new();
        let mut found: Vec<(&Element, usize)> = Vec::with_capacity(marks.len());
        for (element, rank) in marks.iter().rev() {
            while open.last().is_some_and(|(below, _)| below > rank) {
                open.pop();
            }
            let end = open.last().map_or(self.text().len(), |(_, start)| *start);
            open.push((*rank, element.span.start as usize));
            found.push((element, end));
        }
        found.reverse();
        found
    }
}

fn places(list: &ShotList, script: SourceId) -> Vec<(u32, usize)> {
    let shots = list.shots.iter().enumerate();
    let written = |shot: &Shot| !shot.scene.is_empty() && shot.span.source == script;
    let mut places: Vec<(u32, usize)> = shots
        .filter(|(_, shot)| written(shot))
        .map(|(index, shot)| (shot.span.start, index))
        .collect();
    places.sort_unstable();
    places
}

fn scenes(list: &ShotList) -> BTreeMap<Arc<str>, (usize, u32)> {
    let mut first = 0;
    let scenes = list.shots.chunk_by(|one, next| one.scene == next.scene);
    let scenes = scenes.map(|shots| {
        let scene = (shots[0].scene.clone(), (first, shots.iter().map(|shot| shot.frames).sum()));
        first += shots.len();
        scene
    });
    scenes.collect()
}
