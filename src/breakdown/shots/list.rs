//! Screenplay → shot list: written shots and coverage laid one after the
//! other on a reel, described, and conformed.
//!
//! Knows no model and no pixels.

use std::sync::Arc;

use super::captions::TimedSpeech;
use super::contents::Content;
use super::coverage::planner::CoveragePlanner;
use super::coverage::stretch::CoveredPiece;
use super::framing::Framing;
use super::number::{conform, lettering};
use super::planned::{PlannedPicture, PlannedShot, voice_of};
use super::rules::Rules;
use super::timeline::{PlanWarning, Timeline};
use super::timing::Timing;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::screenplay::{
    Item, ItemKind, PictureKind, Screenplay, ShotSpec, Speech, Subject, Voice,
};
use crate::breakdown::shot::{Card, CardKind, ShotList};
use crate::breakdown::shots::framing;
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::time::Seconds;

/// Plans the whole film. The list exists for every screenplay; what is wrong
/// in it is told beside it.
pub fn shot_list(screenplay: &Screenplay) -> (ShotList, Vec<Diagnostic>) {
    let timing = Timing::new(&screenplay.settings.language, screenplay.settings.pace);
    let mut planner = Planner {
        screenplay,
        timing: &timing,
        reel: Timeline::default(),
        diagnostics: Vec::new(),
        matched: None,
    };
    planner.title();
    let mut stay: Vec<Subject> = Vec::new();
    for (index, scene) in screenplay.scenes.iter().enumerate() {
        let present = if scene.new_set { Vec::new() } else { std::mem::take(&mut stay) };
        stay = planner.scene(index, present);
    }
    planner.end();
    planner.finish()
}

struct Planner<'a> {
    screenplay: &'a Screenplay,
    timing: &'a Timing,
    reel: Timeline,
    diagnostics: Vec<Diagnostic>,
    /// Size of the shot before a match cut, until the next shot.
    matched: Option<ShotSize>,
}

impl<'a> Planner<'a> {
    fn card(&self, scene: Option<usize>, item: Option<&Item>, card: Card) -> PlannedShot {
        let blank =
            Item { kind: ItemKind::BackToScene, span: Span::default(), state: Arc::default() };
        let mut draft =
            PlannedShot::new(0, item.unwrap_or(&blank), Framing::default(), self.timing);
        draft.scene = scene;
        draft.length = self.timing.card(card.lines.iter().map(String::as_str));
        draft.picture = PlannedPicture::Card(card);
        draft
    }

    fn title(&mut self) {
        let title = &self.screenplay.title;
        if !self.screenplay.settings.cards || title.title.is_empty() {
            return;
        }
        let mut lines = title.title.clone();
        lines.extend(title.credit.iter().cloned());
        lines.extend(title.authors.iter().cloned());
        let mut draft = self.card(None, None, Card { kind: CardKind::Title, lines });
        draft.length = draft.length.max(self.timing.paced(self.timing.constants.title_at_least));
        draft.covered = false;
        self.reel.push(draft);
    }

    fn end(&mut self) {
        if !self.screenplay.settings.cards || self.reel.drafts.is_empty() {
            return;
        }
        let words = Rules::stdlib().end_card(&self.screenplay.settings.language).to_owned();
        let mut draft = self.card(None, None, Card { kind: CardKind::End, lines: vec![words] });
        draft.length = self.timing.paced(self.timing.constants.end);
        draft.covered = false;
        draft.transition = self.reel.pending.take();
        self.reel.push(draft);
    }

    /// Plans one scene; gives who is present at its end.
    fn scene(&mut self, index: usize, present: Vec<Subject>) -> Vec<Subject> {
        let items: Vec<&Item> = self.screenplay.scenes[index].items.iter().collect();
        let mut scene = CoveragePlanner::new(self.screenplay, self.timing, index, present);
        let mut at = 0;
        let mut before_first_shot = true;
        let mut prefix: Vec<&Item> = Vec::new();
        while at < items.len() {
            let item = items[at];
            match &item.kind {
                ItemKind::Shot(spec) if spec.picture == PictureKind::Card => {
                    let Some(ItemKind::Card { lines }) = items.get(at + 1).map(|item| &item.kind)
                    else {
                        self.diagnostics.push(
                            Diagnostic::warning(
                                Code::CardWithoutWords,
                                item.span,
                                "this card has no words",
                            )
                            .help(
                                "write them centred under it, after an empty line: `> THE WORDS <`",
                            ),
                        );
                        at += 1;
                        continue;
                    };
                    self.written_card(index, item, Some(spec), lines);
                    scene.shown = None;
                    at += 2;
                }
                ItemKind::Shot(spec) => {
                    let end = at + 1 + items[at + 1..].iter().take_while(is_owned).count();
                    let mut owned = std::mem::take(&mut prefix);
                    owned.extend(&items[at + 1..end]);
                    self.written(&mut scene, item, spec, &owned);
                    before_first_shot = false;
                    at = end;
                }
                ItemKind::BackToScene => at += 1,
                ItemKind::Card { lines } => {
                    self.written_card(index, item, None, lines);
                    scene.shown = None;
                    at += 1;
                }
                ItemKind::Transition(transition) => {
                    self.transition(transition);
                    at += 1;
                }
                _ => {
                    let end = at + items[at..].iter().take_while(is_owned).count();
                    let stretch = &items[at..end];
                    let shot_follows = matches!(
                        items.get(end).map(|item| &item.kind),
                        Some(ItemKind::Shot(spec)) if spec.picture == PictureKind::Take
                    );
                    if before_first_shot && shot_follows && self.is_set_dressing(stretch) {
                        prefix = stretch.to_vec();
                    } else {
                        let ends = items[end..]
                            .iter()
                            .all(|item| matches!(item.kind, ItemKind::Transition(_)));
                        self.covered(&mut scene, stretch, ends);
                    }
                    at = end;
                }
            }
        }
        scene.present
    }

    /// Text before the first shot that names nobody and in which nobody speaks.
    fn is_set_dressing(&self, items: &[&Item]) -> bool {
        items.iter().all(|item| match &item.kind {
            ItemKind::Action(action) => action
                .names
                .iter()
                .all(|mention| !framing::is_person(self.screenplay, mention.subject)),
            ItemKind::Super { .. } => true,
            _ => false,
        })
    }

    fn written_card(
        &mut self,
        scene: usize,
        item: &Item,
        spec: Option<&Arc<ShotSpec>>,
        lines: &[String],
    ) {
        let card = Card { kind: CardKind::Text, lines: lines.to_vec() };
        let mut draft = self.card(Some(scene), Some(item), card);
        let natural = draft.length;
        draft.spec = spec.cloned();
        draft.covered = spec.is_none();
        draft.at_least = natural;
        self.lay(draft);
    }

    fn transition(&mut self, transition: &Transition) {
        match transition.kind {
            TransitionKind::Cut => {
                if transition.match_cut {
                    self.matched =
                        self.reel.drafts.last().and_then(|last| last.framing.size.clone());
                }
            }
            TransitionKind::FadeOut(_) => {
                if let Some(last) = self.reel.drafts.last_mut() {
                    last.fade_out = Some(transition.clone());
                }
            }
            _ => self.reel.pending = Some(transition.clone()),
        }
    }

    fn lay(&mut self, draft: PlannedShot) {
        let (screenplay, timing) = (self.screenplay, self.timing);
        self.reel.lay(draft, timing, |spec, base| {
            let mut draft = base.clone();
            draft.spec = Some(Arc::clone(spec));
            draft.covered = false;
            draft.contents = Vec::new();
            draft.fixed = None;
            draft.continues = None;
            draft.resumes = None;
            draft.fade_out = None;
            draft.picture = picture(spec);
            draft.framing = Arc::new(framing::frame(screenplay, spec, &[], &base.state, &[]));
            draft
        });
    }

    fn written(
        &mut self,
        scene: &mut CoveragePlanner<'a>,
        item: &Item,
        spec: &Arc<ShotSpec>,
        owned: &[&Item],
    ) {
        scene.note(item);
        let index = self.reel.drafts.len();
        let mut contents: Vec<Content> = Vec::new();
        for (at, owned_item) in owned.iter().enumerate() {
            scene.note(owned_item);
            match &owned_item.kind {
                ItemKind::Action(action) if !action.furniture => {
                    contents.push(Content::whole(action));
                }
                ItemKind::Speech(speech) => {
                    let (speech, span) = (Arc::clone(speech), owned_item.span);
                    contents.push(match voice_of(self.screenplay, owned, at) {
                        Voice::Narration => Content::Voice { speech, span },
                        voice => Content::Speech { speech, voice, span },
                    });
                }
                ItemKind::Super { text } => {
                    contents.push(Content::Super { text: text.clone() });
                }
                _ => {}
            }
        }
        let mut framing =
            framing::frame(self.screenplay, spec, &contents, &item.state, &scene.present);
        if let Some(before) = self.matched.take() {
            match &spec.size {
                None => framing.size = Some(before),
                Some(size) if *size != before => self.diagnostics.push(
                    Diagnostic::hint(
                        Code::MatchCutSizes,
                        item.span,
                        format!("a match cut from {before} to {size}"),
                    )
                    .help("a match cut keeps the framing: give both shots the same size"),
                ),
                Some(_) => {}
            }
        }
        let mut draft = PlannedShot::new(scene.index, item, framing, self.timing);
        draft.covered = false;
        draft.spec = Some(Arc::clone(spec));
        draft.picture = picture(spec);
        draft.contents = contents;
        draft.continues = self.continues(scene.index, item, spec);
        let lettering = lettering(&draft);
        if !lettering.is_empty() {
            let needs = self.timing.letter(lettering.iter().map(String::as_str));
            draft.at_least = needs;
            if spec.duration.is_some_and(|time| time < needs) {
                self.reel.notes.push(PlanWarning::Unread { draft: index, needs });
            }
        }
        scene.wrote(&draft.framing);
        self.lay(draft);
    }

    /// The draft a shot continues from, if it may.
    fn continues(&mut self, scene: usize, item: &Item, spec: &ShotSpec) -> Option<usize> {
        let wanted = spec.continues.as_ref()?;
        let screenplay = self.screenplay;
        let place = |scene: usize| screenplay.scenes[scene].place;
        let name = |scene: usize| screenplay.places[place(scene).0].name.as_str();
        let fault = |label: String, help: &str| {
            Diagnostic::error(
                Code::CannotContinue,
                item.span,
                "this shot cannot continue the one before",
            )
            .label(label)
            .help(help)
        };
        const MATCH: &str = "remove `continues`; to match the framing, use `> MATCH CUT TO:`";
        let found = if let Some(id) = wanted {
            let with_id = |draft: &PlannedShot| {
                draft.spec.as_ref().is_some_and(|spec| spec.id.as_ref() == Some(id))
            };
            match self.reel.drafts.iter().rposition(with_id) {
                Some(found) => found,
                None => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            Code::CannotContinue,
                            item.span,
                            format!("no earlier shot is #{id}#"),
                        )
                        .help("give the shot it continues this number in its line"),
                    );
                    return None;
                }
            }
        } else {
            match self.reel.drafts.len().checked_sub(1) {
                Some(last) if self.reel.drafts[last].scene.is_some() => last,
                _ => {
                    self.diagnostics.push(fault(
                        "the film's first shot".to_owned(),
                        "remove `continues`: there is nothing to continue",
                    ));
                    return None;
                }
            }
        };
        let last = &self.reel.drafts[found];
        let from = last.scene.unwrap_or(scene);
        let transition =
            wanted.is_none() && (self.reel.pending.is_some() || last.fade_out.is_some());
        let label = if last.covered {
            self.diagnostics.push(fault(
                "the shot before was chosen by coverage and may change".to_owned(),
                "write the shot before as a `!!` line first",
            ));
            return None;
        } else if last.picture != PlannedPicture::Take {
            "the picture before is no shot".to_owned()
        } else if place(from) != place(scene) {
            format!("begins in {}, the shot before ended in {}", name(scene), name(from))
        } else if transition {
            "a transition lies between".to_owned()
        } else {
            return Some(found);
        };
        self.diagnostics.push(fault(label, MATCH));
        None
    }

    fn covered(&mut self, scene: &mut CoveragePlanner<'a>, items: &[&Item], ends: bool) {
        if let Some(matched) = self.matched.take()
            && scene.shown.is_none()
        {
            scene.shown = Some(Arc::new(Framing { size: Some(matched), ..Framing::default() }));
        }
        let planned = scene.cover(items, ends);
        let first = self.reel.drafts.len();
        let mut voice: Option<&Item> = None;
        for next in planned {
            match next {
                CoveredPiece::Voice(speech, item) => {
                    voice = Some(item);
                    self.narrate(&speech, item);
                }
                CoveredPiece::Shot(draft) => {
                    if draft.contents.iter().any(|content| content.speech().is_some()) {
                        self.fill(scene, voice, first);
                    }
                    self.lay(draft);
                }
            }
        }
        if ends {
            self.fill(scene, voice, first);
        }
    }

    /// Narration begins where the last picture ended.
    fn narrate(&mut self, speech: &Arc<Speech>, item: &Item) {
        let lead = self.timing.paced(self.timing.constants.shot.lead);
        let start = (self.reel.now + lead).max(self.reel.voice_until);
        let end = start + self.timing.speech(speech);
        self.reel.voice_until = end;
        let place = (item.span, self.reel.drafts.len());
        let heard = TimedSpeech::new(speech, Voice::Narration, (start, end), place, self.timing);
        self.reel.heard.push(heard);
    }

    /// Pictures for what is left of a narration before somebody speaks.
    fn fill(&mut self, scene: &mut CoveragePlanner<'a>, voice: Option<&Item>, first: usize) {
        let Some(item) = voice else { return };
        let left = self.reel.voice_until - self.reel.now;
        if left <= Seconds::ZERO {
            return;
        }
        let short = self.timing.paced(self.timing.constants.shot.at_least);
        if left < short
            && self.reel.drafts.len() > first
            && let Some(last) = self.reel.drafts.last_mut()
        {
            last.length = last.length + left;
            self.reel.now = self.reel.now + left;
            return;
        }
        for draft in scene.filler(item, left) {
            scene.shown = Some(Arc::clone(&draft.framing));
            scene.established = true;
            self.lay(draft);
        }
    }

    fn finish(mut self) -> (ShotList, Vec<Diagnostic>) {
        let mut reel = std::mem::take(&mut self.reel);
        let list = conform(self.screenplay, self.timing, &mut reel, &mut self.diagnostics);
        (list, self.diagnostics)
    }
}

/// What a written shot or a stretch of coverage may hold.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape `take_while` calls")]
fn is_owned(item: &&&Item) -> bool {
    matches!(item.kind, ItemKind::Action(_) | ItemKind::Speech(_) | ItemKind::Super { .. })
}

fn picture(spec: &ShotSpec) -> PlannedPicture {
    match spec.picture {
        PictureKind::Black | PictureKind::Card => PlannedPicture::Black,
        PictureKind::White => PlannedPicture::White,
        PictureKind::Take => PlannedPicture::Take,
    }
}
