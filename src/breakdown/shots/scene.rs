//! Plans one scene: its written shots, and coverage for the rest.
//!
//! Knows one scene and its start. Reads the film before it only where the script
//! refers to it: `continues`, a J-cut, an L-cut, a pre-lap, a transition before the
//! first shot.

use std::sync::Arc;

use super::captions::TimedSpeech;
use super::contents::Content;
use super::continues::{Earlier, continued};
use super::coverage::planner::CoveragePlanner;
use super::coverage::stretch::{CoveredPiece, Follows};
use super::describe::{DescribedShot, lettering};
use super::duration::{Length, NarrationRest};
use super::framing::{Framing, frame, is_person};
use super::planned::{PlannedPicture, PlannedShot};
use super::timed_film::{ChangesBefore, PlanWarning, PlanWarningKind, TimedFilm};
use super::timing::Timing;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::screenplay::{
    Item, ItemKind, PictureKind, Screenplay, ShotSpec, Subject, Voice,
};
use crate::breakdown::shot::{Card, CardKind};
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::time::Seconds;

/// The start of a scene: everything that its plan takes from the scenes before,
/// unless the script refers to them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SceneStart {
    /// The people who stay from the scene before in the same set.
    pub present: Vec<Subject>,
    /// The transition into the scene.
    pub pending: Option<Transition>,
    /// The size of the shot before a match cut, until the next shot.
    pub matched: Option<ShotSize>,
    /// The time that a narration still runs.
    pub narration: Seconds,
}

/// A planned scene.
#[derive(Debug, Clone)]
pub(crate) struct ScenePlan {
    /// Where its heading stood.
    pub heading: u32,
    /// The plan of the scene as if the film began with it.
    pub planned: TimedFilm,
    /// The people present at its end.
    pub present: Vec<Subject>,
    /// The size before a match cut at its end.
    pub matched: Option<ShotSize>,
    /// The changes to the film before it.
    pub changes: ChangesBefore,
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the plan depends on the film before the scene.
    pub reads_film_before: bool,
}

/// How the rule fills the rests of narrations, in order. The same pictures fill them when
/// the narrations are spoken.
pub(crate) type FilledRests = std::vec::IntoIter<Option<NarrationRest>>;

/// Plans a scene after a film. The plan depends on the scene and its start, on the film
/// only where the script refers to it, and on `by_rule` for a spoken film.
pub(crate) fn plan_scene(
    screenplay: &Screenplay,
    timing: &Timing,
    scene: usize,
    start: SceneStart,
    film: &TimedFilm,
    by_rule: Option<&mut FilledRests>,
) -> ScenePlan {
    let planned = TimedFilm {
        pending: start.pending,
        narration_until: start.narration,
        ..TimedFilm::default()
    };
    let mut planner = ScenePlanner {
        screenplay,
        timing,
        film,
        coverage: CoveragePlanner::new(screenplay, timing, scene, start.present),
        planned,
        matched: start.matched,
        changes: ChangesBefore::default(),
        diagnostics: Vec::new(),
        reads_film_before: false,
        by_rule,
    };
    planner.plan();
    ScenePlan {
        heading: screenplay.scenes[scene].heading.span.start,
        planned: planner.planned,
        present: planner.coverage.present,
        matched: planner.matched,
        changes: planner.changes,
        diagnostics: planner.diagnostics,
        reads_film_before: planner.reads_film_before,
    }
}

impl ScenePlan {
    /// Appends the scene to a film, whose scene `index` it is; its heading stands at
    /// `heading` now.
    pub(crate) fn append_to(&self, film: &mut TimedFilm, index: usize, heading: Span) {
        let Self { planned: scene, changes, .. } = self;
        let moved = |span: Span| span.moved(self.heading, heading);
        if let (Some(last), Some(fade_out)) = (film.shots.last_mut(), &changes.fade_out) {
            last.fade_out = Some(fade_out.clone());
        }
        if let Some(last) = film.speeches.last_mut() {
            let later = changes.speech_later;
            (last.start, last.end) = (last.start + later, last.end + later);
        }
        let (base, now) = (film.shots.len(), film.now);
        film.shots.extend(scene.shots.iter().map(|shot| DescribedShot {
            scene: Some(index),
            span: moved(shot.span),
            ..shot.clone()
        }));
        film.speeches.extend(scene.speeches.iter().map(|speech| TimedSpeech {
            shot: base + speech.shot,
            start: (now + speech.start).max(Seconds::ZERO),
            end: now + speech.end,
            span: moved(speech.span),
            ..speech.clone()
        }));
        let supers = scene.supers.iter();
        film.supers
            .extend(supers.map(|(text, start, end)| (text.clone(), now + *start, now + *end)));
        let warnings = scene.warnings.iter().cloned();
        film.warnings
            .extend(warnings.map(|warning| PlanWarning { shot: base + warning.shot, ..warning }));
        film.rests.extend(scene.rests.iter().copied());
        film.now = now + scene.now;
        film.narration_until = now + scene.narration_until;
        film.pending.clone_from(&scene.pending);
    }
}

struct ScenePlanner<'a> {
    screenplay: &'a Screenplay,
    timing: &'a Timing,
    /// The film before the scene.
    film: &'a TimedFilm,
    coverage: CoveragePlanner<'a>,
    planned: TimedFilm,
    matched: Option<ShotSize>,
    changes: ChangesBefore,
    diagnostics: Vec<Diagnostic>,
    reads_film_before: bool,
    by_rule: Option<&'a mut FilledRests>,
}

impl ScenePlanner<'_> {
    fn plan(&mut self) {
        let screenplay = self.screenplay;
        let items: Vec<&Item> = screenplay.scenes[self.coverage.index].items.iter().collect();
        let mut at = 0;
        let mut before_first_shot = true;
        // The text before the first shot, if that shot shows it.
        let mut dressing: &[&Item] = &[];
        while at < items.len() {
            let item = items[at];
            match &item.kind {
                ItemKind::Shot(spec) if spec.picture == PictureKind::Card => {
                    if let Some(ItemKind::Card { lines }) = items.get(at + 1).map(|item| &item.kind)
                    {
                        self.card(item, Some(spec), lines);
                        at += 2;
                    } else {
                        self.diagnostics.push(card_without_words(item));
                        at += 1;
                    }
                }
                ItemKind::Shot(spec) => {
                    let end = at + 1 + owned(&items[at + 1..]);
                    let mut shown = std::mem::take(&mut dressing).to_vec();
                    shown.extend(&items[at + 1..end]);
                    self.written(item, spec, &shown);
                    before_first_shot = false;
                    at = end;
                }
                ItemKind::BackToScene => at += 1,
                ItemKind::Card { lines } => {
                    self.card(item, None, lines);
                    at += 1;
                }
                ItemKind::Transition(transition) => {
                    self.transition(transition);
                    at += 1;
                }
                ItemKind::Action(_) | ItemKind::Speech(_) | ItemKind::Super { .. } => {
                    let end = at + owned(&items[at..]);
                    let stretch = &items[at..end];
                    let shot_follows = matches!(
                        items.get(end).map(|item| &item.kind),
                        Some(ItemKind::Shot(spec)) if spec.picture == PictureKind::Take
                    );
                    if before_first_shot && shot_follows && self.is_set_dressing(stretch) {
                        dressing = stretch;
                    } else {
                        self.covered(stretch, Follows::of(&items[end..]));
                    }
                    at = end;
                }
            }
        }
    }

    /// Whether a text names nobody and nobody speaks in it.
    fn is_set_dressing(&self, items: &[&Item]) -> bool {
        items.iter().all(|item| match &item.kind {
            ItemKind::Action(action) => action.names.iter().all(|mention| {
                !(mention.present || mention.by_name)
                    || !is_person(self.screenplay, mention.subject)
            }),
            ItemKind::Super { .. } => true,
            _ => false,
        })
    }

    fn card(&mut self, item: &Item, spec: Option<&Arc<ShotSpec>>, lines: &[String]) {
        let card = Card { kind: CardKind::Text, lines: lines.to_vec() };
        let shot = PlannedShot {
            covered: spec.is_none(),
            spec: spec.cloned(),
            length: Length::of_card(lines, self.timing),
            picture: PlannedPicture::Card(card),
            ..self.shot(item, Framing::default())
        };
        self.append(&shot);
        self.coverage.last_framing = None;
    }

    fn shot(&self, item: &Item, framing: Framing) -> PlannedShot {
        PlannedShot::new(self.coverage.index, item, framing, self.timing)
    }

    fn transition(&mut self, transition: &Transition) {
        match transition.kind {
            TransitionKind::Cut => {
                if transition.match_cut {
                    self.matched = self.last_shot().and_then(|last| last.size.clone());
                }
            }
            TransitionKind::FadeOut(_) => match self.planned.shots.last_mut() {
                Some(last) => last.fade_out = Some(transition.clone()),
                None => self.changes.fade_out = Some(transition.clone()),
            },
            _ => self.planned.pending = Some(transition.clone()),
        }
    }

    /// The last shot of the scene, or of the film before it.
    fn last_shot(&mut self) -> Option<&DescribedShot> {
        self.reads_film_before |= self.planned.shots.is_empty();
        self.planned.shots.last().or_else(|| self.film.shots.last())
    }

    fn append(&mut self, shot: &PlannedShot) {
        if let Some(by) = shot.spec.as_ref().and_then(|spec| spec.l_cut) {
            self.l_cut(by);
        }
        let last = if shot.begins_before_its_picture() {
            self.last_shot().map_or(Seconds::ZERO, |last| last.length)
        } else {
            Seconds::ZERO
        };
        let (screenplay, timing) = (self.screenplay, self.timing);
        self.planned.append(screenplay, timing, shot, last, |spec, base| PlannedShot {
            spec: Some(Arc::clone(spec)),
            covered: false,
            contents: Vec::new(),
            continues: None,
            picture: picture(spec),
            framing: Arc::new(frame(screenplay, spec, &[], &base.state, &[])),
            ..base.clone()
        });
    }

    /// Lets the last speech run on into the next shot for a time, if it belongs to the shot
    /// before.
    fn l_cut(&mut self, by: Seconds) {
        let until = self.planned.now + by;
        let later = |end: Seconds| (until - end).max(Seconds::ZERO);
        if let Some(last) = self.planned.speeches.last_mut() {
            if last.shot + 1 == self.planned.shots.len() {
                let later = later(last.end);
                (last.start, last.end) = (last.start + later, last.end + later);
            }
            return;
        }
        self.reads_film_before = true;
        if let Some(last) = self.film.speeches.last()
            && last.shot + 1 == self.film.shots.len() + self.planned.shots.len()
        {
            let end = last.end + self.changes.speech_later - self.film.now;
            self.changes.speech_later = self.changes.speech_later + later(end);
        }
    }

    fn written(&mut self, item: &Item, spec: &Arc<ShotSpec>, owned: &[&Item]) {
        self.coverage.update_present(item);
        for item in owned {
            self.coverage.update_present(item);
        }
        let contents = contents(owned);
        let mut framing =
            frame(self.screenplay, spec, &contents, &item.state, &self.coverage.present);
        if let Some(before) = self.matched.take() {
            match &spec.size {
                None => framing.size = Some(before),
                Some(size) if *size != before => {
                    self.diagnostics.push(match_cut_sizes(item, &before, size));
                }
                Some(_) => {}
            }
        }
        let mut shot = PlannedShot {
            covered: false,
            spec: Some(Arc::clone(spec)),
            picture: picture(spec),
            contents,
            continues: self.continues(item, spec),
            ..self.shot(item, framing)
        };
        if shot.picture != PlannedPicture::Take {
            shot.length = Length::of_colour(self.timing);
        }
        let lettering = lettering(&shot);
        if !lettering.is_empty() {
            let needs = self.timing.letter(lettering.iter().map(String::as_str));
            shot.length = shot.length.reading(needs);
            if spec.duration.is_some_and(|time| time < needs) {
                let (shot, kind) =
                    (self.planned.shots.len(), PlanWarningKind::UnreadLetter { needs });
                self.planned.warnings.push(PlanWarning { shot, kind });
            }
        }
        self.coverage.record_framing(&shot.framing);
        self.append(&shot);
    }

    /// The distance, in shots, back to the shot that a shot continues, if it may.
    fn continues(&mut self, item: &Item, spec: &ShotSpec) -> Option<usize> {
        let wanted = spec.continues.as_ref()?;
        self.reads_film_before = true;
        let earlier = Earlier {
            film: &self.film.shots,
            scene: &self.planned.shots,
            transition: self.planned.pending.is_some()
                || (self.planned.shots.is_empty() && self.changes.fade_out.is_some()),
        };
        continued(self.screenplay, self.coverage.index, item.span, wanted.as_deref(), &earlier)
            .map_err(|mistake| self.diagnostics.push(*mistake))
            .ok()
    }

    fn covered(&mut self, items: &[&Item], follows: Follows) {
        if let Some(size) = self.matched.take()
            && self.coverage.last_framing.is_none()
        {
            self.coverage.last_framing =
                Some(Arc::new(Framing { size: Some(size), ..Framing::default() }));
        }
        let first = self.planned.shots.len();
        let mut voice: Option<&Item> = None;
        for piece in self.coverage.cover(items, follows) {
            match piece {
                CoveredPiece::Voice(speech, item) => {
                    voice = Some(item);
                    self.planned.narrate(&speech, item.span, self.timing);
                }
                CoveredPiece::Shot(shot) => {
                    if shot.contents.iter().any(|content| content.speech().is_some()) {
                        self.fill(voice, first);
                    }
                    self.append(&shot);
                }
            }
        }
        if follows == Follows::Nothing {
            self.fill(voice, first);
        }
    }

    /// Pictures for the rest of a narration before somebody speaks. `first` is
    /// the first shot of the stretch that it began in.
    fn fill(&mut self, voice: Option<&Item>, first: usize) {
        let Some(item) = voice else { return };
        let rest = self.planned.narration_until - self.planned.now;
        let last = self.planned.shots[first..].last().map(|shot| shot.length);
        let filled = match &mut self.by_rule {
            None => NarrationRest::of(rest, last, self.timing),
            Some(by_rule) => {
                NarrationRest::heard(by_rule.next().flatten(), rest, last, self.timing)
            }
        };
        self.planned.rests.push(filled);
        match filled {
            None => {}
            Some(NarrationRest::Last(length)) => self.planned.set_last_length(length),
            Some(NarrationRest::Pictures(count, length)) => {
                for shot in self.coverage.fillers(item, count, length) {
                    self.coverage.record_framing(&shot.framing);
                    self.append(&shot);
                }
            }
        }
    }
}

/// The most items of a shot line or of a stretch of coverage, from the first on.
fn owned(items: &[&Item]) -> usize {
    let holds = |item: &&Item| {
        matches!(item.kind, ItemKind::Action(_) | ItemKind::Speech(_) | ItemKind::Super { .. })
    };
    items.iter().position(|item| !holds(item)).unwrap_or(items.len())
}

/// The contents of a written shot: the items under its line that it films.
fn contents(owned: &[&Item]) -> Vec<Content> {
    let mut contents = Vec::new();
    for item in owned {
        match &item.kind {
            ItemKind::Action(action) if !action.furniture => {
                contents.push(Content::whole(action));
            }
            ItemKind::Speech(speech) => {
                let (speech, span) = (Arc::clone(speech), item.span);
                contents.push(match speech.voice {
                    Voice::Narration => Content::Voice { speech, span },
                    voice => Content::Speech { speech, voice, span },
                });
            }
            ItemKind::Super { text } => contents.push(Content::Super { text: text.clone() }),
            _ => {}
        }
    }
    contents
}

fn picture(spec: &ShotSpec) -> PlannedPicture {
    match spec.picture {
        PictureKind::Black | PictureKind::Card => PlannedPicture::Black,
        PictureKind::White => PlannedPicture::White,
        PictureKind::Take => PlannedPicture::Take,
    }
}

fn card_without_words(item: &Item) -> Diagnostic {
    Diagnostic::warning(Code::CardWithoutWords, item.span, "this card has no words")
        .help("write them centred under it, after an empty line: `> THE WORDS <`")
}

fn match_cut_sizes(item: &Item, from: &ShotSize, to: &ShotSize) -> Diagnostic {
    let message = format!("a match cut from {from} to {to}");
    Diagnostic::hint(Code::MatchCutSizes, item.span, message)
        .help("a match cut keeps the framing: give both shots the same size")
}
