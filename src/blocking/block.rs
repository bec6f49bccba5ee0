//! Shot list → blockings, scene by scene: first everybody acts, then the camera is put
//! where it sees that.
//!
//! Knows the order of decisions; does not know how each is made.

use std::sync::Arc;

use super::camera::CameraPath;
use super::figure::Figure;
use super::framing::{Framer, Target, angle_rules};
use super::geometry::{CameraPose, Point, smooth, wrap_degrees};
use super::individuals::individuals;
use super::moves::{Move, Shooting, mix};
use super::outline::outline;
use super::performance::{Performance, PictureReach, perform};
use super::rules::{CameraSide, Does};
use super::scene::{Role, StagedScene, Stand, seconds};
use super::set::{SetPiece, SetRole};
use super::set_design::light;
use super::staged::Blocking;
use super::viewpoint::Viewpoint;
use crate::breakdown::shot::ShotList;

/// The blocking of every shot of a film, in its order; `None` for cards and colours.
/// That of a scene depends on its own shots alone.
pub fn block(list: &ShotList) -> Vec<Option<Arc<Blocking>>> {
    let mut blockings: Vec<Option<Arc<Blocking>>> = vec![None; list.shots.len()];
    let starts = list.starts();
    let mut from = 0;
    while from < list.shots.len() {
        let scene = &list.shots[from].scene;
        let same = list.shots[from..].iter().take_while(|shot| shot.scene == *scene).count();
        let shots: Vec<(usize, u32)> =
            (from..from + same).map(|shot| (shot, starts[shot])).collect();
        block_scene(list, &shots, &mut blockings);
        from += same;
    }
    blockings
}

fn block_scene(list: &ShotList, shots: &[(usize, u32)], blockings: &mut [Option<Arc<Blocking>>]) {
    let mut scene = StagedScene::new(list, shots);
    extend_resumed(list, &mut scene);
    let aspect = f64::from(list.settings.width) / f64::from(list.settings.height.max(1));
    for shot in 0..scene.shots.len() {
        let (index, take) = (scene.shots[shot].index, scene.shots[shot].take);
        let own = seconds(list, list.shots[index].frames);
        if let Some((whole, passed)) = take.resumes
            && let Some(Some(first)) = blockings.get(whole)
        {
            let resumed =
                Blocking { begins: seconds(list, passed), seconds: own, ..(**first).clone() };
            blockings[index] = Some(Arc::new(resumed));
            continue;
        }
        let before = take.continues.and_then(|before| blockings.get(before)?.as_ref());
        let starts_at = before.map(|before| before.camera_at(before.seconds));
        let (mut blocking, acting) = block_shot(&scene, shot, aspect, starts_at);
        blocking.seconds = own;
        blockings[index] = Some(Arc::new(blocking));
        let end = scene.shots[shot].seconds;
        for one in acting {
            let player = &mut scene.players[one.player];
            let pose = one.path.at(end);
            let key = one.path.keys[one.path.keys.len() - 1];
            let way = one.path.at(end).feet.x - one.path.at(-0.5).feet.x;
            if one.travels && way.abs() > 0.3 {
                player.heading = way.signum();
            }
            player.gone = one.leaves;
            player.stand = Some(Stand {
                feet: pose.feet,
                facing: wrap_degrees(pose.facing + pose.look * 0.5),
                posture: pose.posture,
                lift: if pose.posture == key.posture { key.lift } else { 0.0 },
            });
        }
    }
}

/// A shot that is interrupted acts on until it is seen again.
fn extend_resumed(list: &ShotList, scene: &mut StagedScene<'_>) {
    for later in 0..scene.shots.len() {
        let Some((whole, passed)) = scene.shots[later].take.resumes else { continue };
        let passed = seconds(list, passed);
        let until = passed + scene.shots[later].seconds;
        let spoken: Vec<_> = scene.shots[later]
            .speaks
            .iter()
            .map(|(who, from, to)| (*who, from + passed, to + passed))
            .collect();
        if let Some(first) = scene.shots.iter_mut().find(|shot| shot.index == whole) {
            first.seconds = first.seconds.max(until);
            first.speaks.extend(spoken);
        }
    }
}

/// Shares of their way that walks are tried at, until the camera holds them.
const SHARES: [f64; 5] = [1.0, 0.7, 0.45, 0.25, 0.1];

fn block_shot(
    scene: &StagedScene<'_>,
    shot: usize,
    aspect: f64,
    starts_at: Option<CameraPose>,
) -> (Blocking, Vec<Performance>) {
    let staged = &scene.shots[shot];
    let description = &staged.take.description;
    let movement = Move::new(&staged.take.movement);
    let framer = Framer::new(&description.size, &description.angle, &description.lens, aspect);
    let reach = PictureReach {
        half: reach_of(scene, shot, &framer),
        follows: movement.follows(),
        direction: movement.sideways(),
        share: 1.0,
    };
    let mut acting = Vec::new();
    for share in SHARES {
        acting = perform(scene, shot, PictureReach { share, ..reach });
        let walks = acting.iter().any(|one| one.travels && !one.leaves);
        if movement.follows() || !walks {
            break;
        }
        if CameraPlan::new(scene, shot, framer.clone(), &movement, &acting).holds() {
            break;
        }
    }
    let plan = CameraPlan::new(scene, shot, framer, &movement, &acting);
    let (mut camera, base) = (plan.path(&movement), plan.base);
    if let Some(start) = starts_at {
        camera = going_on(start, camera, staged.seconds);
    }
    let figures = figures(scene, shot, &acting);
    let set = in_view(&scene.design.pieces, &camera, staged.seconds, base.focus);
    let blocking = Blocking {
        figures,
        set,
        ground: scene.design.ground,
        camera,
        light: light(description),
        seconds: staged.seconds,
        begins: 0.0,
        aspect,
    };
    (blocking, acting)
}

/// Half the width of the picture where the main subject stands, before anybody acts.
fn reach_of(scene: &StagedScene<'_>, shot: usize, framer: &Framer) -> f64 {
    let body = scene.shots[shot].roles.first().map(|role| match role {
        Role::Player(player) | Role::Part(player, _) => &scene.players[*player].body,
    });
    let Some(body) = body else { return 3.0 };
    let (share, _) = super::outline::head_of(body.shape).unwrap_or((1.0, 0.0));
    let height = match (framer.size.head, framer.size.body) {
        (Some(head), _) if !body.is_thing() => body.height * share / head,
        (None, Some(size)) => body.height / size,
        _ => body.height / framer.size.thing,
    };
    height * framer.aspect / 2.0
}

/// The camera of a shot that continues another starts where that one ended.
fn going_on(start: CameraPose, camera: CameraPath, length: f64) -> CameraPath {
    const RATE: f64 = 12.0;
    let over = (length * 0.6).clamp(0.2, 1.6);
    let steps = ((length + 1.0) * RATE).ceil() as u32;
    let still = CameraPath { shake: None, ..camera.clone() };
    let mut poses: Vec<CameraPose> = Vec::new();
    for step in 0..=steps {
        let t = f64::from(step) / RATE - 0.5;
        let mut pose = mix(start, still.at(t), smooth(t / over));
        if let Some(last) = poses.last() {
            pose.pan = last.pan + wrap_degrees(pose.pan - last.pan);
        }
        poses.push(pose);
    }
    CameraPath { first: -0.5, step: 1.0 / RATE, poses, shake: camera.shake }
}

/// How the camera of a shot is set up.
struct CameraPlan<'a> {
    acting: &'a [Performance],
    framer: Framer,
    base: CameraPose,
    free: bool,
    targets: Vec<Target>,
    reveals: Vec<Target>,
    focus: Option<(Point, Point)>,
    main: Option<usize>,
    seconds: f64,
    seed: u64,
}

impl<'a> CameraPlan<'a> {
    fn new(
        scene: &StagedScene<'_>,
        shot: usize,
        mut framer: Framer,
        movement: &Move,
        acting: &'a [Performance],
    ) -> Self {
        let staged = &scene.shots[shot];
        let description = &staged.take.description;
        let mut sides: Vec<CameraSide> =
            angle_rules(&description.angle).map(|rule| rule.side).collect();
        sides.retain(|side| *side != CameraSide::Front);
        let player = |role: &Role| match role {
            Role::Player(player) | Role::Part(player, _) => *player,
        };
        let (seen, reveal) = staged.roles.split_at(staged.subjects.min(staged.roles.len()));
        let back =
            seen.iter().zip(&staged.backs).find(|(_, back)| **back).map(|(role, _)| player(role));
        let over = sides.contains(&CameraSide::Over).then_some(back).flatten();
        // A part of somebody is what the shot is of.
        let parts = seen.iter().any(|role| matches!(role, Role::Part(..)));
        let mut shown: Vec<usize> = Vec::new();
        let mut targets = Vec::new();
        for role in seen {
            let is_part = matches!(role, Role::Part(..));
            if (parts && framer.size.body.is_none() && !is_part) || Some(player(role)) == over {
                continue;
            }
            if let Some(target) = target(scene, acting, role) {
                if !shown.contains(&player(role)) {
                    shown.push(player(role));
                }
                targets.push(target);
            }
        }
        let viewpoint = Viewpoint { scene, shot, acting, shown: &shown };
        let mut all = shown.clone();
        all.extend(reveal.iter().map(player).filter(|who| !shown.contains(who)));
        let side = sides
            .iter()
            .find(|side| !matches!(side, CameraSide::View))
            .copied()
            .unwrap_or(CameraSide::Front);
        let view = viewpoint.view(side);
        (framer.pan, framer.shift) = (view.pan, view.shift);
        if all.len() > shown.len()
            && side == CameraSide::Front
            && !matches!(movement.does, Does::Pan | Does::Whip)
        {
            // It ends before all of them.
            framer.pan = Viewpoint { shown: &all, ..viewpoint }.view(side).pan;
        }
        if targets.iter().all(|target| target.thing)
            && framer.size.body.is_none()
            && framer.up == 0.0
            && !targets.is_empty()
        {
            // A thing on a table is seen from above.
            let flat = targets[0].height < 0.06;
            framer.up = if flat {
                -52.0
            } else if targets[0].height < 0.7 {
                -20.0
            } else {
                0.0
            };
        }
        if movement.does == Does::Fly {
            framer.up = framer.up.min(-18.0);
            framer.at_least = framer.at_least.max(26.0);
        }
        let main = shown.first().copied();
        if movement.follows()
            && let Some(walk) =
                main.and_then(|main| acting.iter().find(|one| one.player == main && one.travels))
        {
            let pose = walk.path.at(staged.seconds / 2.0);
            match movement.direction.as_str() {
                "forward" => framer.pan = pose.facing,
                "backward" => framer.pan = wrap_degrees(pose.facing + 180.0),
                _ => {}
            }
            // It is framed where it is in the middle of its walk.
            for target in &mut targets {
                let middle = target.outlines.len() / 2;
                target.outlines = vec![target.outlines[middle]];
                target.facings = vec![target.facings[middle]];
            }
        }
        if let Some([width, _, high]) = scene.design.room.filter(|_| framer.size.body.is_some()) {
            framer.room = (width / framer.aspect).max(high) * 1.05;
        }
        let place = stage_target(scene, &framer);
        let framed = if targets.is_empty() { std::slice::from_ref(&place) } else { &targets[..] };
        let mut free = true;
        let mut base = framer.compose(framed, 1.0);
        if let (Some(back), Some(face)) = (over, targets.first()) {
            let role = Role::Player(back);
            if let Some(behind) = target(scene, acting, &role) {
                base = framer.over(&behind, face, viewpoint.near_side(back, shown[0]));
                free = false;
            }
        } else if sides.contains(&CameraSide::View)
            && let Some(eye) = eye_of(scene, shot)
            && framed.iter().all(|target| target.outline().head.distance_to(eye) > 0.6)
        {
            base = framer.view(eye, framed);
            free = false;
        }
        let focus = racked(&description.movement, scene, shot, acting);
        let mut reveals: Vec<Target> =
            reveal.iter().filter_map(|role| target(scene, acting, role)).collect();
        if reveals.is_empty()
            && movement.does == Does::Push
            && let Some(named) = named_after(&description.movement, " to ", scene, shot)
        {
            reveals.extend(target(scene, acting, &named));
        }
        Self {
            acting,
            framer,
            base,
            free,
            targets,
            reveals,
            focus,
            main,
            seconds: staged.seconds,
            seed: seed(scene, shot),
        }
    }

    /// Whether everybody who walks stays in the picture.
    fn holds(&self) -> bool {
        let height = self.framer.height(&self.targets);
        let [least, most] = self.framer.size.heads;
        let head = |target: &Target| self.framer.head_share(&self.base, target.outline());
        let sized = self.targets.first().is_none_or(|target| {
            target.thing || target.height > 2.4 || (least..=most).contains(&head(target))
        });
        sized && height > 0.0 && (!self.free || self.framer.fits(&self.base, &self.targets))
    }

    fn path(&self, movement: &Move) -> CameraPath {
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

/// What tells the hands of one shot's operator from another's.
fn seed(scene: &StagedScene<'_>, shot: usize) -> u64 {
    let staged = &scene.shots[shot];
    let words =
        [staged.take.description.place.name.as_str(), &staged.take.description.action].concat();
    (super::body::share_of(&words) * 1e9) as u64 ^ shot as u64
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
        Role::Player(_) => (super::outline::head_of(body.shape).is_none(), body.height),
    };
    (!outlines.is_empty()).then_some(Target { outlines, facings, thing, height })
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
    let outline = super::outline::Outline {
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
    }
}

/// The eyes of whose view a shot is.
fn eye_of(scene: &StagedScene<'_>, shot: usize) -> Option<Point> {
    let viewer = scene.shots[shot].take.viewer?;
    let player = scene.players.iter().find(|player| player.who == Some(viewer))?;
    let stand = player.place();
    Some(stand.feet.at_height(stand.feet.y + stand.lift + player.body.height * 0.93))
}

/// From and to whom the focus goes: `rack focus from the girl to the mammoth`.
fn racked(
    movement: &str,
    scene: &StagedScene<'_>,
    shot: usize,
    acting: &[Performance],
) -> Option<(Point, Point)> {
    let head = |role: Role| target(scene, acting, &role).map(|target| target.outline().head);
    let to = named_after(movement, " to ", scene, shot).and_then(head)?;
    let from = named_after(movement, " from ", scene, shot).and_then(head).or_else(|| {
        let first = scene.shots[shot].roles.first().cloned()?;
        head(first)
    })?;
    Some((from, to))
}

/// Whom a phrase of a move names behind a word.
fn named_after(movement: &str, word: &str, scene: &StagedScene<'_>, shot: usize) -> Option<Role> {
    let behind = &movement[movement.find(word)? + word.len()..];
    let staged = &scene.shots[shot];
    let shown = staged.take.description.subjects.iter().chain(&staged.take.description.reveals);
    let found = staged.roles.iter().zip(shown).find(|(_, depicted)| {
        !depicted.called.is_empty()
            && behind.to_lowercase().starts_with(&depicted.called.to_lowercase())
    });
    found.map(|(role, _)| role.clone())
}

fn figures(scene: &StagedScene<'_>, shot: usize, acting: &[Performance]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut known: Vec<usize> = Vec::new();
    for (subject, role) in scene.shots[shot].roles.iter().enumerate() {
        let (Role::Player(player) | Role::Part(player, _)) = role;
        if known.contains(player) {
            continue;
        }
        known.push(*player);
        if let Some(one) = acting.iter().find(|one| one.player == *player) {
            figures.extend(individuals(scene, one, subject));
        }
    }
    figures
}

/// The pieces of a set without those that stand in the camera's way, as on a stage whose
/// walls are wild.
fn in_view(pieces: &[SetPiece], camera: &CameraPath, seconds: f64, focus: f64) -> Vec<SetPiece> {
    let moments = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| camera.at(seconds * share));
    let count = if camera.poses.len() == 1 { 1 } else { moments.len() };
    let in_the_way = |piece: &SetPiece| {
        if piece.role == SetRole::Wall || piece.height < 0.1 || piece.base.y > 2.0 {
            return false;
        }
        let half = piece.width.hypot(piece.depth) / 2.0;
        moments[..count].iter().any(|pose| {
            let away = pose.position.floor_distance_to(piece.base);
            if away < half + 0.5 && pose.position.y < piece.base.y + piece.height + 0.3 {
                return true;
            }
            let near = piece.role == SetRole::Solid && away - half < focus - 0.9;
            let line = pose.focus.min(focus);
            let high = pose.position.y
                + (pose.tilt.to_radians().tan() - (pose.field_of_view / 2.0).to_radians().tan())
                    * away;
            let off = wrap_degrees(pose.position.direction_to(piece.base) - pose.pan).abs();
            let wide = (half / away.max(half)).asin().to_degrees();
            near && line > 0.0
                && off - wide < pose.field_of_view * 0.75
                && piece.base.y + piece.height > high
        })
    };
    pieces.iter().filter(|piece| !in_the_way(piece)).cloned().collect()
}
