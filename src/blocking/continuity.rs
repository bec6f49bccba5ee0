//! The rules of continuity: what two shots of a scene show that no camera and no people
//! could.
//!
//! Knows blocked shots of one scene; does not know how faults are told.

use std::sync::Arc;

use super::block::{Returned, block_scene};
use super::figure::Figure;
use super::framing::head_share;
use super::geometry::{CameraPose, wrap_degrees};
use super::lookup::Lookup;
use super::outline::{Outline, outline};
use super::rules::BlockingRules;
use super::scenes::BegunDirections;
use super::staged::Blocking;
use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{Kind, Subject};
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::breakdown::stage_direction::{StageArea, StageDirection};

/// A fault between two shots of a scene, by their places in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) shot: usize,
    pub(super) before: usize,
}

/// What is wrong, and who it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FaultKind {
    /// Two change sides.
    CrossedLine(Subject, Subject),
    /// Somebody is seen from nearly the same place before.
    JumpCut(Subject),
    /// Two both look to the same side: the right, or else the left.
    Eyelines(Subject, Subject, bool),
    /// Somebody has left and is there.
    LeftAndThere(Subject),
    /// Two stand in one area of the stage.
    SameSpot(Subject, Subject),
    /// A thing is no longer where it was.
    Vanished(String),
}

/// A scene with its faults.
pub(super) struct CheckedScene {
    pub(super) faults: Vec<Fault>,
    /// Of each of its shots.
    pub(super) blockings: Vec<Option<Arc<Blocking>>>,
}

/// A shot of a scene as it is checked.
struct CheckedShot<'a> {
    nth: usize,
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
        let [start, end] = [0.0, self.blocking.seconds].map(|at| self.blocking.figures_at(at));
        start.iter().zip(&end).any(|(start, end)| start.feet.distance_to(end.feet) > 0.3)
    }
}

/// Looks for the faults of a scene. `shots` are its shots, with the frame at which each
/// begins.
pub(super) fn check(list: &ShotList, shots: &[(usize, u32)]) -> CheckedScene {
    // A scene of one shot has no cut.
    if shots.len() < 2 {
        return CheckedScene { faults: Vec::new(), blockings: vec![None; shots.len()] };
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
            Some(CheckedShot { nth: place, shot, take, blocking: blockings[*index].as_deref()? })
        })
        .collect();
    let mut faults: Vec<Fault> = Vec::new();
    for two in checked.windows(2) {
        let (before, after) = (&two[0], &two[1]);
        let joined = before.nth + 1 == after.nth && after.shot.transition.is_none();
        let goes_on = after.take.continues.is_some() || after.take.resumes.is_some();
        if joined && !goes_on && !(before.shot.covered && after.shot.covered) {
            faults.extend(jump_cut(before, after));
            faults.extend(eyelines(before, after));
        }
    }
    let lookup = Lookup::of(&list.settings.language);
    let mut directions = BegunDirections::default();
    for (nth, after) in checked.iter().enumerate() {
        faults.extend(crossed_line(&checked[..nth], after));
        faults.extend(same_spot(after, directions.next(after.take)));
        faults.extend(vanished(lookup, &checked[..nth], after));
    }
    faults.extend(returned.iter().filter_map(|one| there_again(list, shots, one)));
    let blockings = shots.iter().map(|(index, _)| blockings[*index].clone()).collect();
    CheckedScene { faults, blockings }
}

/// Two pictures of one subject of nearly one size from nearly one side.
fn jump_cut(before: &CheckedShot<'_>, after: &CheckedShot<'_>) -> Option<Fault> {
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
    (turned < 30.0 && (1.0 / step..step).contains(&larger)).then_some(Fault {
        kind: FaultKind::JumpCut(who),
        shot: after.nth,
        before: before.nth,
    })
}

/// Two who look at each other, both to the same side.
fn eyelines(before: &CheckedShot<'_>, after: &CheckedShot<'_>) -> Option<Fault> {
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
    (first.abs() > 0.25 && second.abs() > 0.25 && first * second > 0.0).then_some(Fault {
        kind: FaultKind::Eyelines(one, two, first > 0.0),
        shot: after.nth,
        before: before.nth,
    })
}

/// Two people change sides in the picture, and neither has gone anywhere.
fn crossed_line(earlier: &[CheckedShot<'_>], after: &CheckedShot<'_>) -> Option<Fault> {
    let sides = |shot: &CheckedShot<'_>| -> Option<[(Subject, f64); 2]> {
        let lives = |who: &Subject| {
            let mut figures = shot.blocking.figures.iter();
            figures.any(|figure| figure.who == Some(*who) && figure.shape.is_alive())
        };
        let people = shot.take.subjects.iter().map(|(who, _)| *who).filter(lives);
        let people: Vec<Subject> = people.collect();
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
    let told = |shot: &CheckedShot<'_>| {
        let figure = shot.blocking.figures.iter().find(|figure| figure.who == Some(one))?;
        shot.take.description.subjects.get(figure.subject)?.side
    };
    let put = before.take.directed != after.take.directed;
    let moved = moved || put || told(before) != told(after);
    let turned = [before, after]
        .iter()
        .any(|shot| wrap_degrees(shot.camera(0.0).pan - shot.camera(1.0).pan).abs() > 25.0);
    (order(&now) != order(&then) && !moved && !turned).then_some(Fault {
        kind: FaultKind::CrossedLine(one, two),
        shot: after.nth,
        before: before.nth,
    })
}

/// Two people who are to stand in the same area, one of them by a `new` direction.
fn same_spot(shot: &CheckedShot<'_>, new: &[StageDirection]) -> Option<Fault> {
    let told = &shot.take.directed;
    let sorted = |areas: &[StageArea]| {
        let mut all = areas.to_vec();
        all.sort_by_key(|area| *area as u8);
        all
    };
    let stands = |who: Subject| {
        told.iter().rev().find(|one| one.who == who).filter(|one| one.motion.is_none())
    };
    for one in new {
        let Some(mine) = stands(one.who) else { continue };
        let other = told.iter().find(|two| {
            two.who != one.who
                && stands(two.who)
                    .is_some_and(|theirs| sorted(&theirs.areas) == sorted(&mine.areas))
        });
        if let Some(other) = other {
            return Some(Fault {
                kind: FaultKind::SameSpot(other.who, one.who),
                shot: shot.nth,
                before: shot.nth,
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
    Some(Fault { kind: FaultKind::LeftAndThere(who), shot, before })
}

/// The least height of a thing that one misses, as a share of the picture's height.
const MISSED: f64 = 0.03;

/// A thing that an earlier shot shows stands in this picture, nobody has touched it, and
/// the shot does not show it.
fn vanished(
    lookup: &Lookup,
    earlier: &[CheckedShot<'_>],
    after: &CheckedShot<'_>,
) -> Option<Fault> {
    // Over a shoulder one sees what the other sees.
    let over = after.take.subjects.iter().any(|(_, face)| *face == Face::Back);
    if after.shot.covered || over {
        return None;
    }
    // A thing of a shot line has no place in the story.
    let is = |one: &Figure, other: &Figure| {
        let known = one.who.is_some() && other.who.is_some();
        one.name == other.name && (one.who == other.who || !known)
    };
    for (nth, before) in earlier.iter().enumerate().rev() {
        for figure in &before.blocking.figures {
            let again = |shot: &CheckedShot<'_>| {
                shot.blocking.figures.iter().any(|other| is(figure, other))
            };
            let known = figure.shape.is_alive()
                || figure.individual > 0
                || again(after)
                || earlier[nth + 1..].iter().any(again);
            // It is told once until it is there again.
            let told = || earlier[nth + 1..].iter().any(|shot| is_missed(figure, before, shot));
            if known || earlier.iter().any(|shot| handles(lookup, shot, figure)) {
                continue;
            }
            if is_missed(figure, before, after) && !told() {
                let kind = FaultKind::Vanished(figure.name.clone());
                return Some(Fault { kind, shot: after.nth, before: before.nth });
            }
        }
    }
    None
}

/// Whether somebody has a thing in hand in a shot, or it goes somewhere.
fn handles(lookup: &Lookup, shot: &CheckedShot<'_>, thing: &Figure) -> bool {
    let motions = &BlockingRules::stdlib().motions.motions;
    let mut same = shot.blocking.figures.iter().filter(|other| other.name == thing.name);
    same.any(|figure| {
        let with = shot.take.acts.iter().filter(|act| act.object == Some(figure.subject));
        let mut verbs = with.map(|act| lookup.verb(&[act.verb.as_str()]));
        // A verb without a motion may do anything with it.
        let held = |motion: usize| motions[motion].gesture.is_some();
        verbs.any(|verb| verb.is_none_or(|(motion, _)| held(motion))) || figure.path.keys.len() > 1
    })
}

/// Whether a thing is where a shot's camera sees it, large enough and behind nobody.
fn is_missed(thing: &Figure, before: &CheckedShot<'_>, after: &CheckedShot<'_>) -> bool {
    let pose = thing.path.at(before.blocking.begins + before.blocking.seconds);
    let body = outline(thing, &pose);
    let aspect = after.blocking.aspect;
    [0.0, 1.0].iter().all(|share| {
        let camera = after.camera(*share);
        let at = |point| camera.project(point, aspect);
        let (Some(top), Some(foot)) = (at(body.crown), at(body.foot)) else { return false };
        let inside = top.is_inside(0.05) && foot.is_inside(0.05);
        let hidden = after.blocking.figures.iter().any(|other| {
            let seconds = after.blocking.begins + after.blocking.seconds * share;
            let other = outline(other, &other.path.at(seconds));
            at(other.head).is_some_and(|head| {
                let wide = other.half_width.max(other.half_length) / head.depth;
                head.depth < top.depth + 0.2 && (head.x - top.x).abs() < wide * 0.8 + 0.01
            })
        });
        inside && !hidden && foot.y - top.y > MISSED
    })
}
