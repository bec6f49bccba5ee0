//! The camera of a shot: what it must see, from where, and how it goes on.
//!
//! Knows one shot of a scene whose players have acted.

use super::body::share_of;
use super::camera::CameraPath;
use super::framing::{Framer, Target, head_share};
use super::geometry::{CameraPose, Point, wrap_degrees};
use super::individuals::individuals;
use super::moves::{Move, Shooting};
use super::outline::{Outline, head_of, outline};
use super::performance::Performance;
use super::players::Role;
use super::scene::StagedScene;
use super::viewpoint::Viewpoint;
use crate::breakdown::language::camera_rules::{CameraSide, Does, MoveDirection};

/// How the camera of a shot is set up.
pub(super) struct CameraPlan<'a> {
    acting: &'a [Performance],
    framer: Framer,
    pub(super) base: CameraPose,
    free: bool,
    targets: Vec<Target>,
    reveals: Vec<Target>,
    focus: Option<(Point, Point)>,
    main: Option<usize>,
    seconds: f64,
    seed: u64,
}

/// Whoever a shot is of.
struct Shown {
    /// Players in the picture, the main one first.
    players: Vec<usize>,
    /// The same and then those whom the camera reveals.
    all: Vec<usize>,
    targets: Vec<Target>,
    reveals: Vec<Target>,
    /// Over whose shoulder it is.
    over: Option<usize>,
}

impl Shown {
    fn new(
        scene: &StagedScene<'_>,
        shot: usize,
        framer: &Framer,
        sides: &[CameraSide],
        acting: &[Performance],
    ) -> Self {
        let staged = &scene.shots[shot];
        let (seen, reveal) = staged.roles.split_at(staged.subjects.min(staged.roles.len()));
        let mut back = seen.iter().zip(&staged.backs).filter(|(_, back)| **back);
        let over = back.next().map(|(role, _)| role.player());
        let over = over.filter(|_| sides.contains(&CameraSide::Over) && seen.len() > 1);
        // A part of somebody is what the shot is of.
        let is_part = |role: &Role| matches!(role, Role::Part(..));
        let parts = seen.iter().any(is_part) && framer.size.body.is_none();
        let (mut players, mut targets) = (Vec::new(), Vec::new());
        for role in seen.iter().filter(|role| !parts || is_part(role)) {
            if Some(role.player()) == over {
                continue;
            }
            if let Some(target) = target(scene, acting, role) {
                if !players.contains(&role.player()) {
                    players.push(role.player());
                }
                targets.push(target);
            }
        }
        if framer.size.body.is_none() && over.is_none() {
            keep_near(framer, &mut players, &mut targets);
        }
        let several = targets.len() > 1;
        for target in &mut targets {
            target.among = several;
        }
        let mut all = players.clone();
        all.extend(reveal.iter().map(Role::player).filter(|who| !players.contains(who)));
        let reveals = reveal.iter().filter_map(|role| target(scene, acting, role)).collect();
        Self { players, all, targets, reveals, over }
    }
}

/// How many widths of the picture from the first one anybody is whom a near picture shows.
const BESIDE: f64 = 2.2;

/// Leaves out of a near picture who is too far away from the one that it is of.
fn keep_near(framer: &Framer, players: &mut Vec<usize>, targets: &mut Vec<Target>) {
    let Some(first) = targets.first() else { return };
    let wide = framer.height(std::slice::from_ref(first)) * framer.aspect;
    let head = first.outline().head;
    let beside = |target: &Target| target.outline().head.floor_distance_to(head) < BESIDE * wide;
    // A part of somebody has no player of its own.
    if players.len() == targets.len() {
        let near: Vec<bool> = targets.iter().map(beside).collect();
        let mut at = near.iter();
        players.retain(|_| at.next().is_none_or(|near| *near));
        let mut at = near.iter();
        targets.retain(|_| at.next().is_none_or(|near| *near));
    }
}

impl<'a> CameraPlan<'a> {
    pub(super) fn new(
        scene: &StagedScene<'_>,
        shot: usize,
        mut framer: Framer,
        movement: &Move,
        acting: &'a [Performance],
    ) -> Self {
        let staged = &scene.shots[shot];
        let angles = &staged.take.technique.angles;
        let mut sides: Vec<CameraSide> =
            angles.iter().map(|angle| angle.properties.side()).collect();
        sides.retain(|side| *side != CameraSide::Front);
        let mut shown = Shown::new(scene, shot, &framer, &sides, acting);
        let viewpoint = Viewpoint { scene, shot, acting, shown: &shown.players };
        let side =
            sides.iter().find(|side| **side != CameraSide::View).copied().unwrap_or_default();
        let view = viewpoint.view(side);
        (framer.pan, framer.shift) = (view.pan, view.shift);
        let turns = matches!(movement.does, Does::Pan | Does::Whip);
        if shown.all.len() > shown.players.len() && side == CameraSide::Front && !turns {
            // It ends before all of them.
            framer.pan = Viewpoint { shown: &shown.all, ..viewpoint }.view(side).pan;
        }
        if let Some([width, _, high]) = scene.design.room.filter(|_| framer.size.body.is_some()) {
            framer.room = (width / framer.aspect).max(high) * 1.05;
        }
        let main = shown.players.first().copied();
        let walk = main
            .and_then(|main| acting.iter().find(|one| one.player == main && one.travels))
            .filter(|_| movement.follows())
            .map(|walk| walk.path.at(staged.seconds / 2.0).facing);
        direct(&mut framer, movement, &mut shown.targets, walk);
        framer.vista = movement.does == Does::Fly || shown.targets.is_empty();
        let place = stage_target(scene, &framer);
        let framed = if shown.targets.is_empty() {
            std::slice::from_ref(&place)
        } else {
            &shown.targets[..]
        };
        let behind = shown.over.and_then(|over| target(scene, acting, &Role::Player(over)));
        let eye = eye_of(scene, shot).filter(|eye| {
            let far = |target: &Target| target.outline().head.distance_to(*eye) > 0.6;
            sides.contains(&CameraSide::View) && framed.iter().all(far)
        });
        let (base, free) = match (behind, shown.targets.first(), shown.over, main, eye) {
            (Some(behind), Some(face), Some(over), Some(main), _) => {
                (framer.over(&behind, face, viewpoint.near_side(over, main)), false)
            }
            (.., Some(eye)) => (framer.view(eye, framed), false),
            _ => (framer.compose(framed, 1.0), true),
        };
        if shown.reveals.is_empty()
            && movement.does == Does::Push
            && let Some(to) = staged.take.leads_to.and_then(|to| staged.roles.get(to))
        {
            shown.reveals.extend(target(scene, acting, to));
        }
        Self {
            acting,
            framer,
            base,
            free,
            focus: racked(scene, shot, acting),
            targets: shown.targets,
            reveals: shown.reveals,
            main,
            seconds: staged.seconds,
            seed: seed(scene, shot),
        }
    }

    /// Whether everybody who walks stays in the picture.
    pub(super) fn holds(&self) -> bool {
        let height = self.framer.height(&self.targets);
        let [least, most] = self.framer.size.heads;
        let head = |target: &Target| head_share(&self.base, target.outline());
        let sized = self.targets.first().is_none_or(|target| {
            target.thing || target.height > 2.4 || (least..=most).contains(&head(target))
        });
        let alone = self.targets.len() == 1;
        (sized || !alone)
            && height > 0.0
            && (!self.free || self.framer.fits(&self.base, &self.targets))
    }

    pub(super) fn path(&self, movement: &Move) -> CameraPath {
        let walk = self
            .main
            .and_then(|main| self.acting.iter().find(|one| one.player == main && one.travels));
        let feet = walk.map(|walk| move |t: f64| walk.path.at(t).feet);
        let walks = feet.as_ref().map(|feet| feet as &dyn Fn(f64) -> Point);
        let shooting = Shooting {
            framer: &self.framer,
            base: self.base,
            free: self.free,
            targets: &self.targets,
            reveals: &self.reveals,
            focus: self.focus,
            walks,
            seconds: self.seconds,
            seed: self.seed,
        };
        shooting.path(movement)
    }
}

/// What things, flights and walks ask of a framing beside its words. `walk` is where
/// somebody goes with whom the camera goes.
fn direct(framer: &mut Framer, movement: &Move, targets: &mut [Target], walk: Option<f64>) {
    let things = !targets.is_empty() && targets.iter().all(|target| target.thing);
    if things && framer.size.body.is_none() && framer.up == 0.0 {
        // A thing on a table is seen from above, what lies from higher.
        framer.up = match targets[0].height {
            flat if flat < 0.06 => -52.0,
            small if small < 0.7 => -20.0,
            _ => 0.0,
        };
    }
    if movement.does == Does::Fly {
        framer.up = framer.up.min(-18.0);
        framer.at_least = framer.at_least.max(26.0);
    }
    let Some(walk) = walk else { return };
    match movement.direction {
        Some(MoveDirection::Forward) => framer.pan = walk,
        Some(MoveDirection::Backward) => framer.pan = wrap_degrees(walk + 180.0),
        _ => {}
    }
    // It is framed where it is in the middle of its walk.
    for target in targets {
        let middle = target.outlines.len() / 2;
        target.outlines = vec![target.outlines[middle]];
        target.facings = vec![target.facings[middle]];
    }
}

/// What tells the hands of one shot's operator from another's.
fn seed(scene: &StagedScene<'_>, shot: usize) -> u64 {
    let staged = &scene.shots[shot];
    let words =
        [staged.take.description.place.name.as_str(), &staged.take.description.action].concat();
    (share_of(&words) * 1e9) as u64 ^ shot as u64
}

/// Somebody or something as the camera must see it.
fn target(scene: &StagedScene<'_>, acting: &[Performance], role: &Role) -> Option<Target> {
    let (Role::Player(player) | Role::Part(player, _)) = role;
    let one = acting.iter().find(|one| one.player == *player)?;
    let body = &scene.players[*player].body;
    let mut outlines = Vec::new();
    let mut facings = Vec::new();
    for figure in individuals(scene, one, 0) {
        for hold in &one.holds {
            let pose = figure.path.at(*hold);
            let mut seen = outline(&figure, &pose);
            if let Role::Part(_, part) = role {
                let share = part.part.unwrap_or(0.9);
                let low = seen.foot.y + (seen.crown.y - seen.foot.y) * share - part.height / 2.0;
                let ahead = seen.head.toward(pose.facing, figure.length * 0.4);
                seen.crown = ahead.at_height(low + part.height);
                seen.foot = ahead.at_height(low);
                seen.head = ahead.at_height(low + part.height / 2.0);
                seen.head_height = part.height;
                seen.half_width = part.width / 2.0;
                seen.half_length = part.length / 2.0;
            }
            outlines.push(seen);
            facings.push(pose.facing);
        }
    }
    let (thing, height) = match role {
        Role::Part(_, part) => (true, part.height),
        Role::Player(_) => (head_of(body.shape).is_none(), body.height),
    };
    let lies = !thing
        && outlines.iter().all(|seen| seen.crown.y - seen.foot.y < 0.5 * height)
        && body.shape.is_person();
    let target = Target { outlines, facings, thing, height, among: false, lies };
    (!target.outlines.is_empty()).then_some(target)
}

/// A stand-in for a picture of a place without anybody.
fn stage_target(scene: &StagedScene<'_>, framer: &Framer) -> Target {
    let at = if framer.size.body.is_some() {
        Point::new(0.0, 0.0, if framer.up < -20.0 { 7.0 } else { 0.8 })
    } else {
        scene.design.table.map_or(Point::new(0.0, 0.0, 0.5), |table| {
            scene.design.pieces[table].base.at_height(0.75)
        })
    };
    let height = if framer.size.body.is_some() { 1.7 } else { 0.4 };
    let outline = Outline {
        crown: at + Point::new(0.0, height, 0.0),
        head: at + Point::new(0.0, height * 0.9, 0.0),
        foot: at,
        head_height: height * 0.13,
        half_width: 0.25,
        half_length: 0.15,
        looks: 180.0,
    };
    Target {
        outlines: vec![outline],
        facings: vec![180.0],
        thing: framer.size.body.is_none(),
        height,
        among: false,
        lies: false,
    }
}

/// The eyes of whose view a shot is.
fn eye_of(scene: &StagedScene<'_>, shot: usize) -> Option<Point> {
    let viewer = scene.shots[shot].take.viewer?;
    let player = scene.players.iter().find(|player| player.who == Some(viewer))?;
    let stand = player.stand_now();
    Some(stand.feet.at_height(stand.feet.y + stand.lift + player.body.height * 0.93))
}

/// From and to whom the focus goes: `rack focus from the girl to the mammoth`.
fn racked(scene: &StagedScene<'_>, shot: usize, acting: &[Performance]) -> Option<(Point, Point)> {
    let staged = &scene.shots[shot];
    let head = |role: usize| {
        let target = target(scene, acting, staged.roles.get(role)?)?;
        Some(target.outline().head)
    };
    let to = head(staged.take.leads_to?)?;
    Some((head(staged.take.leads_from.unwrap_or(0))?, to))
}
