//! Shot list → blockings, scene by scene: first everybody acts, then the camera is put
//! where it sees that.
//!
//! Knows the order of decisions; does not know how each is made.

use std::sync::Arc;

use super::aboard::moored;
use super::camera::CameraPath;
use super::camera_plan::CameraPlan;
use super::colours::colours;
use super::figure::{Figure, Shape};
use super::framing::Framer;
use super::geometry::{CameraPose, Point, smooth, wrap_degrees};
use super::individuals::individuals;
use super::moves::{Move, RATE, mix};
use super::outline::head_of;
use super::performance::{Performance, PictureReach, perform};
use super::players::{Player, Role, Stand};
use super::scene::{StagedScene, seconds};
use super::scenes::scenes;
use super::set::{SetPiece, SetRole};
use super::set_design::light;
use super::staged::{Blocking, HANDLE};
use super::weather::{Weather, weather};
use crate::breakdown::description::Side;
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shot::ShotList;

/// The blocking of every shot of a film, in its order; `None` for cards and colours, and
/// where the author wants none.
/// That of a scene depends on its own shots alone.
pub fn block(list: &ShotList) -> Vec<Option<Arc<Blocking>>> {
    let mut blockings: Vec<Option<Arc<Blocking>>> = vec![None; list.shots.len()];
    for scene in scenes(list) {
        block_scene(list, &scene.starts(list), &mut blockings, &mut Vec::new());
    }
    blockings
}

/// Somebody is in a shot who had left, and did not come back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Returned {
    /// Indices into the shot list: where they are, and where they left.
    pub(super) shot: usize,
    pub(super) left: usize,
    pub(super) who: Option<Subject>,
}

/// Blocks a scene, and notes who is there again.
pub(super) fn block_scene(
    list: &ShotList,
    shots: &[(usize, u32)],
    blockings: &mut [Option<Arc<Blocking>>],
    returned: &mut Vec<Returned>,
) {
    let mut left: Vec<(usize, usize)> = Vec::new();
    let mut scene = StagedScene::new(list, shots);
    extend_resumed(list, &mut scene);
    let aspect = f64::from(list.settings.width) / f64::from(list.settings.height.max(1));
    let (mut last_pair, mut sky) = (None, None);
    for shot in 0..scene.shots.len() {
        last_pair = change_sides(&mut scene, shot, last_pair);
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
        // A take of another scene may go on here; its camera does not.
        let here = |before: &usize| shots.iter().any(|(index, _)| index == before);
        let before = take.continues.filter(here).and_then(|before| blockings[before].as_ref());
        let starts_at = before.map(|before| before.camera_at(before.seconds));
        let (mut blocking, acting) = block_shot(&scene, shot, aspect, starts_at);
        blocking.seconds = own;
        // What one picture of a scene has said, the next ones show.
        sky = weather(&take.description).or(sky);
        blocking.weather = sky.unwrap_or_default();
        blockings[index] = (!take.unblocked).then(|| Arc::new(blocking));
        let end = scene.shots[shot].seconds;
        carry(&mut scene.players, &acting, end);
        for one in acting {
            let player = &mut scene.players[one.player];
            let pose = one.path.at(end);
            let key = one.path.keys[one.path.keys.len() - 1];
            let way = one.path.at(end).feet.x - one.path.at(-HANDLE).feet.x;
            if one.travels && way.abs() > 0.3 {
                player.heading = way.signum();
            }
            let who = player.who;
            let since = left.iter().position(|(who, _)| *who == one.player);
            if let Some((_, left)) = since.map(|since| left.swap_remove(since))
                && !one.enters
            {
                returned.push(Returned { shot: index, left, who });
            }
            if one.leaves {
                left.push((one.player, index));
            }
            player.gone = one.leaves;
            player.aboard = player.aboard.filter(|_| !one.afoot);
            let facing = wrap_degrees(pose.facing + pose.look * 0.5);
            // Whoever has walked away from the cameras has turned round when seen next.
            let away = one.travels && facing.abs() < AWAY && player.body.shape.is_person();
            let facing = if away { ROUND.copysign(facing) } else { facing };
            player.stand = Some(Stand {
                feet: pose.feet,
                facing,
                posture: pose.posture,
                lift: if pose.posture == key.posture { key.lift } else { 0.0 },
            });
        }
    }
}

/// Who looks within so many degrees of the view of the cameras shows only the back.
const AWAY: f64 = 70.0;
/// Where somebody looks who has turned round to them, in degrees.
const ROUND: f64 = 118.0;

/// Whoever is in a boat and not in the picture goes with it, too.
fn carry(players: &mut [Player], acting: &[Performance], end: f64) {
    for one in acting.iter().filter(|one| one.travels) {
        let by = one.path.at(end).feet - players[one.player].stand_now().feet;
        for (index, player) in players.iter_mut().enumerate() {
            if player.aboard == Some(one.player) && acting.iter().all(|one| one.player != index) {
                let stand = player.stand_now();
                player.stand = Some(Stand { feet: stand.feet + by, ..stand });
            }
        }
    }
}

/// Two who change their sides between two of their pictures, because the script says
/// so, change their places. Returns who was on the left and on the right last.
fn change_sides(
    scene: &mut StagedScene<'_>,
    shot: usize,
    last: Option<[usize; 2]>,
) -> Option<[usize; 2]> {
    let staged = &scene.shots[shot];
    let on = |side: Side| {
        let mut shown = staged.roles.iter().zip(&staged.take.description.subjects);
        shown.find(|(_, depicted)| depicted.side == Some(side)).map(|(role, _)| role.player())
    };
    let (Some(left), Some(right)) = (on(Side::Left), on(Side::Right)) else { return last };
    let [one, two] = [left, right].map(|player| &scene.players[player]);
    if last == Some([right, left]) && one.stand_now().feet.x > two.stand_now().feet.x {
        let (stand, mark, seat) = (one.stand, one.mark, one.seat);
        let other = (two.stand, two.mark, two.seat);
        (scene.players[left].stand, scene.players[left].mark, scene.players[left].seat) = other;
        scene.players[right].stand = stand;
        scene.players[right].mark = mark;
        scene.players[right].seat = seat;
    }
    Some([left, right])
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
const SHARES: [f64; 6] = [1.0, 0.7, 0.45, 0.25, 0.1, 0.04];

fn block_shot(
    scene: &StagedScene<'_>,
    shot: usize,
    aspect: f64,
    starts_at: Option<CameraPose>,
) -> (Blocking, Vec<Performance>) {
    let staged = &scene.shots[shot];
    let movement = Move::new(&staged.take.technique.movement);
    let framer = Framer::new(&staged.take.technique, aspect);
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
    let mut set = in_view(&scene.design.pieces, &camera, staged.seconds, base.focus);
    make_way(&mut set, &acting, staged.seconds);
    let boats = acting.iter().filter_map(|one| scene.players[one.player].aboard);
    let boats = boats.filter(|boat| scene.players[*boat].body.shape == Shape::Boat);
    let mut boats: Vec<usize> =
        boats.filter(|boat| acting.iter().all(|one| one.player != *boat)).collect();
    boats.sort_unstable();
    boats.dedup();
    set.extend(boats.into_iter().map(|boat| moored(&scene.players[boat])));
    let blocking = Blocking {
        figures,
        set,
        ground: scene.design.ground,
        camera,
        light: light(staged.take),
        weather: Weather::default(),
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
    let (share, _) = head_of(body.shape).unwrap_or((1.0, 0.0));
    let height = match (framer.size.head, framer.size.body) {
        (Some(head), _) if !body.is_thing() => body.height * share / head,
        (None, Some(size)) => body.height / size,
        _ => body.height / framer.size.thing,
    };
    height * framer.aspect / 2.0
}

/// The camera of a shot that continues another starts where that one ended.
fn going_on(start: CameraPose, camera: CameraPath, length: f64) -> CameraPath {
    let over = (length * 0.6).clamp(0.2, 1.6);
    let steps = ((length + 2.0 * HANDLE) * RATE).ceil() as u32;
    let steady = CameraPath { shake: None, ..camera.clone() };
    let mut poses: Vec<CameraPose> = Vec::new();
    for step in 0..=steps {
        let t = f64::from(step) / RATE - HANDLE;
        let mut pose = mix(start, steady.at(t), smooth(t / over));
        if let Some(last) = poses.last() {
            pose.pan = last.pan + wrap_degrees(pose.pan - last.pan);
        }
        poses.push(pose);
    }
    CameraPath { first: -HANDLE, step: 1.0 / RATE, poses, shake: camera.shake }
}

fn figures(scene: &StagedScene<'_>, shot: usize, acting: &[Performance]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut known: Vec<usize> = Vec::new();
    let description = &scene.shots[shot].take.description;
    let shown: Vec<_> = description.subjects.iter().chain(&description.reveals).collect();
    for (subject, role) in scene.shots[shot].roles.iter().enumerate() {
        let (Role::Player(player) | Role::Part(player, _)) = role;
        if known.contains(player) {
            continue;
        }
        known.push(*player);
        if let Some(one) = acting.iter().find(|one| one.player == *player) {
            let colours = shown.get(subject).map(|depicted| colours(scene.lookup, depicted));
            let colours = colours.unwrap_or_default();
            let all = individuals(scene, one, subject).into_iter();
            figures.extend(all.map(|figure| Figure { colours, ..figure }));
        }
    }
    figures
}

/// Takes away what somebody would walk through or stand in.
fn make_way(set: &mut Vec<SetPiece>, acting: &[Performance], seconds: f64) {
    for one in acting {
        let moments = (0..=((seconds + 2.0 * HANDLE) * 8.0) as u32)
            .map(|step| f64::from(step) / 8.0 - HANDLE);
        let feet: Vec<_> = moments.map(|t| one.path.at(t).feet).collect();
        let bound = |of: fn(&Point) -> f64| {
            let values = feet.iter().map(of);
            values
                .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ((left, right), (near, far)) = (bound(|point| point.x), bound(|point| point.z));
        set.retain(|piece| {
            let wide = piece.width.max(piece.depth);
            piece.role != SetRole::Solid
                || piece.height < 0.1
                || piece.base.x < left - wide
                || piece.base.x > right + wide
                || piece.base.z < near - wide
                || piece.base.z > far + wide
                || feet.iter().all(|feet| piece.distance_from(*feet) > 0.08)
        });
    }
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
            let aim = pose.position.y + pose.tilt.to_radians().tan() * pose.focus;
            let hides = piece.role == SetRole::Solid || piece.base.y + piece.height > aim + 0.1;
            let near = hides && away - half < focus - 0.9;
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
