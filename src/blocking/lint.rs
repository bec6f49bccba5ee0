//! Continuity of a film by its blocking: crossed lines, jump cuts, eyelines that do not
//! meet, somebody who left and is there, things that vanish, two people on one spot.
//!
//! Knows blocked shots; says only what the author can change.

use std::sync::Arc;

use super::block::{Returned, block_scene, scenes};
use super::framing::head_share;
use super::geometry::{CameraPose, wrap_degrees};
use super::outline::{Outline, outline};
use super::staged::Blocking;
use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{Kind, StageMark, Subject};
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::diagnostic::{Code, Diagnostic};

/// What an editor keeps of the continuity of scenes between two versions of a text.
#[derive(Debug, Default)]
pub struct ContinuityCache {
    scenes: Vec<CheckedScene>,
}

/// The faults of a scene with all that they depend on.
#[derive(Debug)]
struct CheckedScene {
    takes: Vec<Option<(Arc<TakeSpec>, u32)>>,
    faults: Vec<Fault>,
}

/// A fault between two shots of a scene, by their places in it.
#[derive(Debug, Clone)]
struct Fault {
    code: Code,
    shot: usize,
    before: usize,
    message: String,
    help: &'static str,
}

/// The faults of a film's continuity, with what an earlier version of it left in a cache.
pub fn lint(list: &ShotList, cache: Option<&mut ContinuityCache>) -> Vec<Diagnostic> {
    if !list.settings.blocking {
        return Vec::new();
    }
    let mut checked = Vec::new();
    let mut found = Vec::new();
    let mut cache = cache;
    for shots in scenes(list) {
        let takes: Vec<_> = shots.iter().map(|(shot, _)| take_of(&list.shots[*shot])).collect();
        let same = |scene: &CheckedScene| same_takes(&scene.takes, &takes);
        let known = cache.as_mut().and_then(|cache| {
            let at = cache.scenes.iter().position(same)?;
            Some(cache.scenes.swap_remove(at))
        });
        let scene = known.unwrap_or_else(|| {
            let faults = check(list, &shots);
            CheckedScene { takes, faults }
        });
        found.extend(scene.faults.iter().map(|fault| diagnostic(list, &shots, fault)));
        checked.push(scene);
    }
    if let Some(cache) = cache {
        cache.scenes = checked;
    }
    found
}

fn take_of(shot: &Shot) -> Option<(Arc<TakeSpec>, u32)> {
    match &shot.picture {
        Picture::Take(take) => Some((Arc::clone(take), shot.frames)),
        _ => None,
    }
}

fn same_takes(one: &[Option<(Arc<TakeSpec>, u32)>], two: &[Option<(Arc<TakeSpec>, u32)>]) -> bool {
    one.len() == two.len()
        && one.iter().zip(two).all(|(one, two)| match (one, two) {
            (Some((one, frames)), Some((two, others))) => {
                frames == others && (Arc::ptr_eq(one, two) || one == two)
            }
            (None, None) => true,
            _ => false,
        })
}

fn diagnostic(list: &ShotList, shots: &[(usize, u32)], fault: &Fault) -> Diagnostic {
    let shot = |place: usize| &list.shots[shots[place].0];
    let found = Diagnostic::hint(fault.code, shot(fault.shot).span, fault.message.clone());
    let found = if fault.before == fault.shot {
        found
    } else {
        let words = format!("shot {}", shot(fault.before).number);
        found.related(shot(fault.before).span, words)
    };
    found.help(fault.help)
}

/// A shot of a scene as it is checked.
struct CheckedShot<'a> {
    place: usize,
    shot: &'a Shot,
    take: &'a TakeSpec,
    blocking: &'a Blocking,
}

impl CheckedShot<'_> {
    /// The camera at the beginning or the end.
    fn camera(&self, share: f64) -> CameraPose {
        self.blocking.camera_at(self.blocking.seconds * share)
    }

    /// The outline of the first figure of somebody.
    fn outline(&self, who: Subject, share: f64) -> Option<Outline> {
        let figure = self.blocking.figures.iter().find(|figure| figure.who == Some(who))?;
        let seconds = self.blocking.begins + self.blocking.seconds * share;
        Some(outline(figure, &figure.path.at(seconds)))
    }

    /// The only subject, if there is one with a face.
    fn single(&self) -> Option<Subject> {
        match &self.take.subjects[..] {
            // Several figures are framed as a group, whatever the size.
            [_] if self.blocking.figures.len() > 1 => None,
            [(who, face)] if self.take.description.subjects.len() == 1 && *face != Face::Back => {
                Some(*who)
            }
            _ => None,
        }
    }

    fn walks(&self) -> bool {
        self.blocking.figures.iter().any(|figure| {
            let at = |t: f64| figure.path.at(t).feet;
            at(0.0).distance_to(at(self.blocking.seconds)) > 0.3
        })
    }
}

fn check(list: &ShotList, shots: &[(usize, u32)]) -> Vec<Fault> {
    // A scene of one shot has no cut.
    if shots.len() < 2 {
        return Vec::new();
    }
    let mut blockings = vec![None; list.shots.len()];
    let mut returned = Vec::new();
    block_scene(list, shots, &mut blockings, &mut returned);
    let checked: Vec<CheckedShot<'_>> = shots
        .iter()
        .enumerate()
        .filter_map(|(place, (index, _))| {
            let shot = &list.shots[*index];
            let Picture::Take(take) = &shot.picture else { return None };
            Some(CheckedShot { place, shot, take, blocking: blockings[*index].as_deref()? })
        })
        .collect();
    let mut faults: Vec<Fault> = Vec::new();
    for two in checked.windows(2) {
        let (before, after) = (&two[0], &two[1]);
        let joined = before.place + 1 == after.place && after.shot.transition.is_none();
        let goes_on = after.take.continues.is_some() || after.take.resumes.is_some();
        if joined && !goes_on && !(before.shot.covered && after.shot.covered) {
            faults.extend(jump_cut(list, before, after));
            faults.extend(eyelines(list, before, after));
        }
    }
    let mut begun = 0;
    for (nth, after) in checked.iter().enumerate() {
        faults.extend(crossed_line(list, &checked[..nth], after));
        faults.extend(same_spot(list, after, begun));
        begun = begun.max(after.take.directed.len() - after.take.directed_here);
    }
    faults.extend(returned.iter().filter_map(|one| there_again(list, shots, one)));
    faults
}

fn name(list: &ShotList, who: Subject) -> &str {
    &list.subjects[who].name
}

/// Two pictures of one subject of nearly one size from nearly one side.
fn jump_cut(list: &ShotList, before: &CheckedShot<'_>, after: &CheckedShot<'_>) -> Option<Fault> {
    let who = before.single().filter(|who| after.single() == Some(*who))?;
    if before.walks() || after.walks() {
        return None;
    }
    let (first, second) = (before.camera(1.0), after.camera(0.0));
    let (one, two) = (before.outline(who, 1.0)?, after.outline(who, 0.0)?);
    let turned = wrap_degrees(first.pan - second.pan).abs().max((first.tilt - second.tilt).abs());
    let larger = head_share(&second, &two) / head_share(&first, &one);
    // One step from size to size is a factor of 1.4 to 1.65.
    let step = 1.7;
    (turned < 30.0 && (1.0 / step..step).contains(&larger)).then(|| Fault {
        code: Code::JumpCut,
        shot: after.place,
        before: before.place,
        message: format!(
            "the cut to shot {} jumps: {} is seen from nearly the same place before",
            after.shot.number,
            name(list, who)
        ),
        help: "change the size by two steps or the angle by 30°, or put another picture between",
    })
}

/// Two who look at each other, both to the same side.
fn eyelines(list: &ShotList, before: &CheckedShot<'_>, after: &CheckedShot<'_>) -> Option<Fault> {
    let (one, two) = (before.single()?, after.single()?);
    let talk = |shot: &CheckedShot<'_>| {
        shot.blocking.figures.first().is_some_and(|figure| !figure.path.speaks.is_empty())
    };
    if one == two || !talk(before) || !talk(after) || before.walks() || after.walks() {
        return None;
    }
    let side = |shot: &CheckedShot<'_>, who: Subject, share: f64| {
        let turned = wrap_degrees(shot.outline(who, share)?.looks - shot.camera(share).pan);
        Some(turned.to_radians().sin())
    };
    // On the stage they look at each other: only then must their eyes meet.
    let (here, there) = (before.outline(one, 0.7)?, after.outline(two, 0.7)?);
    let meets = |from: &Outline, to: &Outline| {
        wrap_degrees(from.head.direction_to(to.head) - from.looks).abs() < 60.0
    };
    if !meets(&here, &there) || !meets(&there, &here) {
        return None;
    }
    let (first, second) = (side(before, one, 0.7)?, side(after, two, 0.7)?);
    (first.abs() > 0.25 && second.abs() > 0.25 && first * second > 0.0).then(|| Fault {
        code: Code::Eyelines,
        shot: after.place,
        before: before.place,
        message: format!("{} and {} both look to the {}, so they do not look at each other", name(list, one), name(list, two), if first > 0.0 { "right" } else { "left" }),
        help: "take one of the two from the other side: leave out its angle, or move somebody with `[[block: …]]`",
    })
}

/// Two people change sides in the picture, and neither has gone anywhere.
fn crossed_line(
    list: &ShotList,
    earlier: &[CheckedShot<'_>],
    after: &CheckedShot<'_>,
) -> Option<Fault> {
    let sides = |shot: &CheckedShot<'_>| -> Option<[(Subject, f64); 2]> {
        let people: Vec<Subject> = shot.take.subjects.iter().map(|(who, _)| *who).collect();
        let [one, two] = people[..] else { return None };
        let across = |who: Subject| {
            let head = shot.outline(who, 0.5)?.head;
            Some(shot.camera(0.5).project(head, shot.blocking.aspect)?.x)
        };
        let (left, right) = (across(one)?, across(two)?);
        ((left - right).abs() > 0.12).then_some([(one, left), (two, right)])
    };
    let now = sides(after)?;
    let last = earlier.iter().enumerate().rev().find_map(|(nth, shot)| {
        let then = sides(shot)?;
        let same = then.iter().all(|(who, _)| now.iter().any(|(one, _)| one == who));
        same.then_some((nth, shot, then))
    });
    let (nth, before, then) = last?;
    let place = |all: &[(Subject, f64); 2], who: Subject| {
        all.iter().find(|(one, _)| *one == who).map(|(_, x)| *x)
    };
    let (one, two) = (now[0].0, now[1].0);
    let order = |all: &[(Subject, f64); 2]| Some(place(all, one)? < place(all, two)?);
    let moved = earlier[nth..].iter().chain(std::iter::once(after)).any(CheckedShot::walks);
    let turned = [before, after]
        .iter()
        .any(|shot| wrap_degrees(shot.camera(0.0).pan - shot.camera(1.0).pan).abs() > 25.0);
    (order(&now) != order(&then) && !moved && !turned).then(|| Fault {
        code: Code::CrossedLine,
        shot: after.place,
        before: before.place,
        message: format!("shot {} crosses the line: {} and {} change sides, and nobody has moved", after.shot.number, name(list, one), name(list, two)),
        help: "take the shot from the other side, or let somebody cross first: `[[block: MARA crosses to TUSK]]`",
    })
}

/// Two people who are told to stand on the same mark. `begun` counts what the scene has
/// told before.
fn same_spot(list: &ShotList, shot: &CheckedShot<'_>, begun: usize) -> Option<Fault> {
    let told = &shot.take.directed;
    let marks = |marks: &[StageMark]| {
        let mut all = marks.to_vec();
        all.sort_by_key(|mark| *mark as u8);
        all
    };
    let stands = |who: Subject| {
        told.iter().rev().find(|one| one.who == who).filter(|one| one.motion.is_none())
    };
    for one in told.get(begun..).unwrap_or_default() {
        let Some(mine) = stands(one.who) else { continue };
        let other = told.iter().find(|two| {
            two.who != one.who
                && stands(two.who).is_some_and(|theirs| marks(&theirs.marks) == marks(&mine.marks))
        });
        if let Some(other) = other {
            return Some(Fault {
                code: Code::SameSpot,
                shot: shot.place,
                before: shot.place,
                message: format!(
                    "{} and {} stand on the same spot",
                    name(list, other.who),
                    name(list, one.who)
                ),
                help: "give one of them another mark: left, right, centre, near, far",
            });
        }
    }
    None
}

/// Somebody who has left is in the picture and has not come back.
fn there_again(list: &ShotList, shots: &[(usize, u32)], one: &Returned) -> Option<Fault> {
    let place = |index: usize| shots.iter().position(|(shot, _)| *shot == index);
    let (shot, before) = (place(one.shot)?, place(one.left)?);
    let who = one.who.filter(|who| list.subjects[*who].kind != Kind::Prop)?;
    let number = &list.shots[one.left].number;
    Some(Fault {
        code: Code::LeftAndThere,
        shot,
        before,
        message: format!("{} left in shot {number} and is in the picture again", name(list, who)),
        help: "let them come back, in the text or with `[[block: MARA enters left]]`",
    })
}
