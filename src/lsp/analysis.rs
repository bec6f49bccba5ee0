//! A script, understood: what every answer to an editor is taken from. It
//! exists for every text, half-typed ones too.
//!
//! Knows the library's parser and breakdown; knows no protocol.

use std::path::{Path, PathBuf};

use super::session::Advised;
use crate::breakdown::allow::allow;
use crate::breakdown::list::shot_list;
use crate::breakdown::screenplay::{Character, Scene, Screenplay, Subject, Usage};
use crate::breakdown::shot::{Shot, ShotList};
use crate::breakdown::{Strictness, understand};
use crate::diagnostic::Diagnostic;
use crate::script::parse;
use crate::script::tree::{Element, ElementKind, Tree};
use crate::source::{Source, SourceId, Sources, Span};
use crate::time::Seconds;

/// A script, understood.
#[derive(Debug)]
pub(super) struct Analysis {
    /// The folder the script stands in.
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
    /// Everything there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Understands a script. `model` is asked for the model the script names.
    pub(super) fn of<'a>(
        path: &Path,
        text: &str,
        mut sources: Sources,
        model: impl FnOnce(Option<&str>, &Path) -> Option<&'a mut Advised>,
    ) -> Self {
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        let id = sources.add(path, text);
        let strictness = Strictness::of(path);
        let (tree, mut diagnostics) = parse(&sources, id);
        let (screenplay, told) = understand(&tree, &mut sources, &folder, strictness);
        diagnostics.extend(told);
        let (list, told) = shot_list(&screenplay);
        diagnostics.extend(strictness.soften(told));
        let named = list.settings.model.as_ref().map(|name| name.value.as_str());
        if let Some(Advised { model, adviser }) = model(named, &folder) {
            diagnostics.extend(adviser.advise(&list, &model.settings, model.words.as_ref()));
        }
        let mut diagnostics = allow(&tree, diagnostics);
        diagnostics.sort_by_key(|found| (found.span, std::cmp::Reverse(found.severity)));
        Self { folder, sources, id, tree, screenplay, list, diagnostics }
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

    /// The scene a byte stands in.
    pub(super) fn scene_at(&self, byte: usize) -> Option<&Scene> {
        let scenes = &self.screenplay.scenes;
        let after = scenes.partition_point(|scene| scene.heading.span.start as usize <= byte);
        after.checked_sub(1).map(|at| &scenes[at])
    }

    /// Who is named at a byte.
    pub(super) fn usage_at(&self, byte: usize) -> Option<Usage> {
        let at = |usage: &&Usage| {
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
        &self.screenplay.subjects[subject.0]
    }

    /// Whether two are one person: alter egos, ages, disguises.
    pub(super) fn same_person(&self, one: Subject, other: Subject) -> bool {
        self.person(one) == self.person(other)
    }

    /// The person that a look is of.
    pub(super) fn person(&self, subject: Subject) -> Subject {
        let mut at = subject;
        for _ in &self.screenplay.subjects {
            match self.subject(at).same_as {
                Some(base) => at = base,
                None => break,
            }
        }
        at
    }

    /// The shots that a stretch of the script became, with the frame of the
    /// film each begins at.
    pub(super) fn shots_in(&self, span: Span) -> impl Iterator<Item = (usize, &Shot)> {
        self.list.shots.iter().enumerate().filter(move |(_, shot)| {
            shot.span.source == span.source
                && span.start <= shot.span.start
                && shot.span.start < span.end
                && !shot.scene.is_empty()
        })
    }

    /// The shot that was written or planned at a byte: with what stands under
    /// a shot line belonging to it.
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
        self.length(self.list.shots.iter().filter(|shot| shot.scene == scene))
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
