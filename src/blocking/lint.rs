//! Continuity of a film by its blocking: crossed lines, jump cuts, eyelines that do not
//! meet, somebody who left and is there, things that vanish, two people on one spot.
//!
//! Knows scenes and messages; says only what the author can change.

use std::ops::Range;
use std::sync::Arc;

use super::continuity::{Fault, FaultKind, check};
use super::floor_plan::{PlannedView, floor_plan};
use super::scenes::{SceneRange, scenes};
use crate::breakdown::screenplay::{Kind, Subject};
use crate::breakdown::shot::{CaptionLine, Picture, Shot, ShotList, TakeSpec};
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Rate;

/// The codes of the diagnostics of [`lint`].
pub const CODES: [Code; 6] = [
    Code::CrossedLine,
    Code::JumpCut,
    Code::Eyelines,
    Code::LeftAndThere,
    Code::SameSpot,
    Code::VanishedThing,
];

/// What an editor keeps of the continuity of scenes between two versions of a text.
#[derive(Debug, Default)]
pub struct ContinuityCache {
    film: FilmKey,
    scenes: Vec<KnownScene>,
}

/// What all scenes depend on. Somebody without a name is what their index says.
#[derive(Debug, Default, PartialEq)]
struct FilmKey {
    size: (u32, u32),
    rate: Option<Rate>,
    language: String,
    kinds: Vec<Kind>,
}

/// The faults of a scene with all that they depend on.
#[derive(Debug)]
struct KnownScene {
    takes: Vec<Option<(Arc<TakeSpec>, u32)>>,
    cuts: Vec<CutKind>,
    speech: Vec<Speech>,
    faults: Vec<Fault>,
}

/// How a shot follows the one before it, as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CutKind {
    straight: bool,
    covered: bool,
}

/// When somebody speaks, in frames of the scene.
#[derive(Debug, PartialEq)]
struct Speech {
    start: u32,
    end: u32,
    off_screen: bool,
    subjects: Arc<[Subject]>,
}

/// The faults of a film's continuity, with what an earlier version of it left in a cache.
pub fn lint(list: &ShotList, cache: Option<&mut ContinuityCache>) -> Vec<Diagnostic> {
    if !list.settings.blocking {
        return Vec::new();
    }
    let mut found = Vec::new();
    let Some(cache) = cache else {
        for scene in scenes(list) {
            let faults = check(list, &scene.starts(list)).faults;
            found.extend(faults.iter().map(|fault| diagnostic(list, &scene.shots, fault)));
        }
        return found;
    };
    let film = FilmKey::of(list);
    if cache.film != film {
        *cache = ContinuityCache { film, scenes: Vec::new() };
    }
    let mut known: Vec<Option<KnownScene>> =
        std::mem::take(&mut cache.scenes).into_iter().map(Some).collect();
    // Scenes before an edit are where they were; those after it have moved together.
    let mut next = 0;
    for scene in scenes(list) {
        let is = |at: usize| {
            known.get(at).and_then(Option::as_ref).is_some_and(|known| known.is(list, &scene))
        };
        let at = if is(next) { Some(next) } else { (0..known.len()).find(|at| is(*at)) };
        let checked = at.and_then(|at| known[at].take());
        let checked = checked.unwrap_or_else(|| KnownScene::new(list, &scene));
        next = at.unwrap_or(next) + 1;
        found.extend(checked.faults.iter().map(|fault| diagnostic(list, &scene.shots, fault)));
        cache.scenes.push(checked);
    }
    found
}

/// The floor plan of what a diagnostic of [`lint`] is about, as SVG: people where they are
/// when its shot begins, and the cameras of both shots. `None` for other diagnostics.
pub fn plan_of(list: &ShotList, found: &Diagnostic) -> Option<String> {
    let span = found.span.filter(|_| CODES.contains(&found.code))?;
    let here = |scene: &SceneRange<'_>| {
        list.shots[scene.shots.clone()].iter().any(|shot| shot.span == span)
    };
    let scene = scenes(list).into_iter().find(here)?;
    let checked = check(list, &scene.starts(list));
    let same = |fault: &&Fault| diagnostic(list, &scene.shots, fault).message == found.message;
    let fault = checked.faults.iter().find(same)?;
    let view = |place: usize, share: f64| {
        let blocking = checked.blockings.get(place)?.as_deref()?;
        let label = list.shots[scene.shots.start + place].number.as_str();
        Some(PlannedView { label, blocking, seconds: blocking.seconds * share })
    };
    let before = (fault.before != fault.shot).then_some(fault.before);
    let views = [before.and_then(|before| view(before, 1.0)), view(fault.shot, 0.0)];
    let plan = floor_plan(&views.into_iter().flatten().collect::<Vec<_>>());
    (!plan.is_empty()).then_some(plan)
}

impl FilmKey {
    fn of(list: &ShotList) -> Self {
        Self {
            size: (list.settings.width, list.settings.height),
            rate: Some(list.settings.rate),
            language: list.settings.language.clone(),
            kinds: list.subjects.named().iter().map(|character| character.kind).collect(),
        }
    }
}

impl KnownScene {
    fn new(list: &ShotList, scene: &SceneRange<'_>) -> Self {
        let shots = &list.shots[scene.shots.clone()];
        Self {
            takes: shots.iter().map(take_of).collect(),
            cuts: shots.iter().map(CutKind::of).collect(),
            speech: scene.lines.iter().map(|line| Speech::of(line, scene.start)).collect(),
            faults: check(list, &scene.starts(list)).faults,
        }
    }

    /// Whether a scene is this one.
    fn is(&self, list: &ShotList, scene: &SceneRange<'_>) -> bool {
        let shots = &list.shots[scene.shots.clone()];
        let same_take =
            |(shot, take): (&Shot, &Option<(Arc<TakeSpec>, u32)>)| match (&shot.picture, take) {
                (Picture::Take(one), Some((other, frames))) => {
                    shot.frames == *frames && (Arc::ptr_eq(one, other) || one == other)
                }
                (Picture::Take(_), None) | (_, Some(_)) => false,
                (_, None) => true,
            };
        self.takes.len() == shots.len()
            && self.speech.len() == scene.lines.len()
            && shots.iter().zip(&self.takes).all(same_take)
            && shots.iter().zip(&self.cuts).all(|(shot, cut)| CutKind::of(shot) == *cut)
            && scene.lines.iter().zip(&self.speech).all(|(line, said)| said.is(line, scene.start))
    }
}

impl CutKind {
    fn of(shot: &Shot) -> Self {
        Self { straight: shot.transition.is_none(), covered: shot.covered }
    }
}

impl Speech {
    fn of(line: &CaptionLine, scene: u32) -> Self {
        Self {
            start: line.start.saturating_sub(scene),
            end: line.end.saturating_sub(scene),
            off_screen: line.off_screen,
            subjects: Arc::clone(&line.subjects),
        }
    }

    fn is(&self, line: &CaptionLine, scene: u32) -> bool {
        self.start == line.start.saturating_sub(scene)
            && self.end == line.end.saturating_sub(scene)
            && self.off_screen == line.off_screen
            && self.subjects == line.subjects
    }
}

fn take_of(shot: &Shot) -> Option<(Arc<TakeSpec>, u32)> {
    match &shot.picture {
        Picture::Take(take) => Some((Arc::clone(take), shot.frames)),
        _ => None,
    }
}

fn diagnostic(list: &ShotList, shots: &Range<usize>, fault: &Fault) -> Diagnostic {
    let shot = |place: usize| &list.shots[shots.start + place];
    let (number, earlier) = (&shot(fault.shot).number, &shot(fault.before).number);
    let name = |who: Subject| list.subjects[who].name.as_str();
    let (code, message, help) = match &fault.kind {
        FaultKind::CrossedLine(one, two) => (
            Code::CrossedLine,
            format!(
                "shot {number} crosses the line: {} and {} change sides, and nobody has moved",
                name(*one),
                name(*two)
            ),
            "take the shot from the other side, or let somebody cross first: `[[block: MARA \
             crosses to TUSK]]`",
        ),
        FaultKind::JumpCut(who) => (
            Code::JumpCut,
            format!(
                "the cut to shot {number} jumps: {} is seen from nearly the same place before",
                name(*who)
            ),
            "change the size by two steps or the angle by 30°, or put another picture between",
        ),
        FaultKind::Eyelines(one, two, right) => (
            Code::Eyelines,
            format!(
                "{} and {} both look to the {}, so they do not look at each other",
                name(*one),
                name(*two),
                if *right { "right" } else { "left" }
            ),
            "take one of the two from the other side: leave out its angle, or move somebody \
             with `[[block: …]]`",
        ),
        FaultKind::LeftAndThere(who) => (
            Code::LeftAndThere,
            format!("{} left in shot {earlier} and is in the picture again", name(*who)),
            "let them come back, in the text or with `[[block: MARA enters left]]`",
        ),
        FaultKind::SameSpot(one, two) => (
            Code::SameSpot,
            format!("{} and {} stand on the same spot", name(*one), name(*two)),
            "give one of them another area of the stage: left, right, centre, near, far",
        ),
        FaultKind::Vanished(thing) => (
            Code::VanishedThing,
            format!(
                "`{thing}` of shot {earlier} is within this picture, and shot {number} does not \
                 show it"
            ),
            "name it in the action of this shot, or let somebody take it away",
        ),
    };
    let found = Diagnostic::hint(code, shot(fault.shot).span, message);
    let found = if fault.before == fault.shot {
        found
    } else {
        found.related(shot(fault.before).span, format!("shot {earlier}"))
    };
    found.help(help)
}
