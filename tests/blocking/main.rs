//! Blocking of generated and written scenes: who a shot is of is in its picture and as
//! large as its size says, nobody jumps or stands in a set piece, everybody is where the
//! shot before left them, and every move moves the picture the right way.

#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use photoplay::analysis::analyze;
use photoplay::blocking::figure::Posture;
use photoplay::blocking::geometry::{CameraPose, Point, ProjectedPoint, wrap_degrees};
use photoplay::blocking::outline::{Outline, outline};
use photoplay::blocking::set::Falling;
use photoplay::blocking::staged::Blocking;
use photoplay::blocking::{block, head_share};
use photoplay::breakdown::Strictness;
use photoplay::breakdown::shot::{Picture, ShotList, TakeSpec};
use photoplay::source::Sources;

mod framings;
mod scenes;

const CAST: &str = "\n\n[[cast: MARA, a woman with black hair]]\n[[cast: JONAS, a man in a \
                    coat]]\n[[cast: NELL, a little girl]]\n[[cast: TUSK, a mammoth of gears]]\n\
                    [[cast: REX, a dog]]\n[[prop: THE LAMP, a brass lamp]]\n";

fn list(script: &str) -> ShotList {
    let mut sources = Sources::default();
    let id = sources.add("film.play", [script, CAST].concat());
    analyze(&mut sources, id, Strictness::Strict).list
}

/// The blocked shots of a script.
fn blocked(script: &str) -> Vec<(Arc<TakeSpec>, Arc<str>, Arc<Blocking>)> {
    let list = list(script);
    let blockings = block(&list);
    let shots = list.shots.into_iter().zip(blockings);
    shots
        .filter_map(|(shot, blocking)| match (shot.picture, blocking) {
            (Picture::Take(take), Some(blocking)) => Some((take, shot.scene, blocking)),
            _ => None,
        })
        .collect()
}

fn outlines(blocking: &Blocking, seconds: f64) -> Vec<Outline> {
    let poses = blocking.figures_at(seconds);
    blocking.figures.iter().zip(&poses).map(|(figure, pose)| outline(figure, pose)).collect()
}

fn seen(blocking: &Blocking, camera: &CameraPose, point: Point) -> Option<ProjectedPoint> {
    camera.project(point, blocking.aspect)
}

/// A scene with one shot that has a size, a tail and an action.
fn shot(line: &str, action: &str) -> (Arc<TakeSpec>, Arc<Blocking>) {
    let script = format!("EXT. FIELD - DAY\n\n!! {line}\n\n{action}");
    let (take, _, blocking) = blocked(&script).into_iter().next().unwrap();
    (take, blocking)
}

#[test]
fn weather_is_that_of_its_scene() {
    let script = "EXT. QUAY - NIGHT - RAIN\n\n!! WIDE ON MARA\n\nMARA waits.\n\n\
                  INT. INN - NIGHT\n\n!! WIDE ON MARA\n\nMARA sits.\n\n\
                  EXT. QUAY - NIGHT\n\n!! WIDE ON MARA\n\nMARA waits.\n\n\
                  !! CLOSE ON MARA\n\nSnow falls. MARA looks up.\n\n\
                  !! WIDE ON MARA\n\nMARA leaves.\n";
    let shots = blocked(script);
    let falls: Vec<Option<Falling>> =
        shots.iter().map(|(_, _, blocking)| blocking.weather.falls).collect();
    let (rain, snow) = (Some(Falling::Rain), Some(Falling::Snow));
    assert_eq!(falls, [rain, None, None, snow, snow]);
    let place = |shot: usize| &shots[shot].0.description.place.name;
    assert_eq!((place(0), &*shots[0].0.description.time), (place(2), "night"));
}

#[test]
fn every_angle_sees_its_subject_from_its_side() {
    let angle = |tail: &str| {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        let (camera, body) = (blocking.camera_at(1.0), outlines(&blocking, 1.0)[0]);
        let seen = seen(&blocking, &camera, body.head).unwrap();
        assert!(seen.is_inside(0.0), "{tail}: {seen:?}");
        // Where the camera is, from the face: 0 is before it.
        let from = wrap_degrees(body.head.direction_to(camera.position) - body.looks);
        (camera.tilt, camera.roll, from.abs())
    };
    assert!(angle("eye level").0.abs() < 8.0);
    assert!(angle("low angle").0 > 8.0);
    assert!(angle("high angle").0 < -20.0);
    assert!(angle("overhead").0 < -70.0);
    assert!(angle("worm's eye").0 > 25.0);
    assert!(angle("aerial").0 < -25.0);
    assert!(angle("dutch angle").1.abs() > 8.0);
    let side = angle("profile").2;
    assert!((75.0..=105.0).contains(&side), "{side}");
    assert!(angle("from behind").2 > 140.0);
    assert!(angle("eye level").2 < 45.0);
    assert!(angle("reverse angle").2 > 130.0);
}

#[test]
fn lenses_are_as_long_as_they_say() {
    let field = |tail: &str| {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        blocking.camera_at(0.0).field_of_view
    };
    assert!((field("50mm") - 22.9).abs() < 0.2, "{}", field("50mm"));
    assert!(field("wide-angle lens") > field("normal lens"));
    assert!(field("normal lens") > field("85mm"));
    assert!(field("85mm") > field("telephoto lens"));
}

/// How a point of the place far behind the subject moves through the picture of a move.
fn drift(tail: &str) -> (f64, f64, f64, f64) {
    let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
    let (first, last) = (blocking.camera_at(0.0), blocking.camera_at(4.0));
    let body = outlines(&blocking, 0.0)[0];
    // Two points on the view of the middle of the shot, behind the subject.
    let middle = blocking.camera_at(2.0);
    let ahead = |metres: f64, up: f64| {
        middle.position.toward(middle.pan, metres).at_height(middle.position.y + up)
    };
    let (low, high) = (ahead(9.0, 0.0), ahead(9.0, 0.6));
    let at = |camera: &CameraPose, point: Point| seen(&blocking, camera, point).unwrap();
    let across = at(&last, low).x - at(&first, low).x;
    let down = at(&last, low).y - at(&first, low).y;
    let tall = |camera: &CameraPose| at(camera, high).y - at(camera, low).y;
    let larger = tall(&last) / tall(&first);
    let subject = head_share(&last, &body) / head_share(&first, &body);
    (across, down, larger, subject)
}

#[test]
fn every_move_moves_the_picture_its_way() {
    assert!(drift("static").0.abs() < 1e-9);
    assert!(drift("pan right").0 < -0.1 && drift("pan left").0 > 0.1);
    assert!(drift("tilt up").1 > 0.1 && drift("tilt down").1 < -0.1);
    assert!(drift("truck right").0 < -0.02 && drift("truck left").0 > 0.02);
    assert!(drift("dolly right").0 < -0.02 && drift("dolly left").0 > 0.02);
    assert!(drift("push in").2 > 1.02 && drift("push in").3 > 1.15);
    assert!(drift("pull back").2 < 0.98 && drift("pull back").3 < 0.87);
    assert!(drift("zoom in").2 > 1.15 && drift("zoom out").2 < 0.87);
    assert!(drift("crash zoom in").2 > 1.2);
    let (.., larger, subject) = drift("dolly zoom");
    assert!((subject - 1.0).abs() < 0.05 && (larger - 1.0).abs() > 0.1, "{subject} {larger}");
    assert!(drift("whip pan right").0 < -0.3 || seen_after_whip());
    let rise = |tail: &str| {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        blocking.camera_at(4.0).position.y - blocking.camera_at(0.0).position.y
    };
    assert!(rise("crane up") > 0.4 && rise("crane down") < -0.4);
    let roll = |tail: &str| {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        blocking.camera_at(4.0).roll - blocking.camera_at(0.0).roll
    };
    assert!(roll("roll clockwise") > 5.0 && roll("roll anticlockwise") < -5.0);
    let aside = |tail: &str| {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        let (first, last) = (blocking.camera_at(0.0), blocking.camera_at(4.0));
        (first.seen_from(last.position).x, last.position.distance_to(Point::default()))
    };
    assert!(aside("arc right").0 > 0.3 && aside("arc left").0 < -0.3);
    let (_, fly) = shot("WIDE [[flyover, 4s]]", "It is quiet.");
    assert!(fly.camera_at(0.0).seen_from(fly.camera_at(4.0).position).z > 5.0);
}

/// A whip pan begins so far away that a point may be behind the camera.
fn seen_after_whip() -> bool {
    let (_, blocking) = shot("MEDIUM ON MARA [[whip pan right, 4s]]", "MARA waits.");
    let pan = blocking.camera_at(0.0).pan - blocking.camera_at(4.0).pan;
    pan < -20.0
}

#[test]
fn a_camera_in_hands_moves_a_little_and_smoothly() {
    for manner in ["handheld", "steadicam"] {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{manner}, 4s]]"), "MARA waits.");
        let poses: Vec<CameraPose> =
            (0..96).map(|frame| blocking.camera_at(f64::from(frame) / 24.0)).collect();
        let moved = poses.iter().any(|pose| (pose.pan - poses[0].pan).abs() > 0.05);
        let most = poses.windows(2).map(|two| (two[1].pan - two[0].pan).abs()).fold(0.0, f64::max);
        assert!(moved && most < 0.3, "{manner}: {most}");
    }
}

#[test]
fn a_tracking_camera_keeps_whoever_walks_where_they_are() {
    for tail in [
        "tracking with MARA",
        "tracking right",
        "tracking backward",
        "tracking with MARA, from behind",
    ] {
        let (_, blocking) = shot(&format!("FULL ON MARA [[{tail}, 4s]]"), "MARA walks.");
        let place = |t: f64| {
            let camera = blocking.camera_at(t);
            seen(&blocking, &camera, outlines(&blocking, t)[0].head).unwrap()
        };
        let (first, last) = (place(0.5), place(3.5));
        assert!(
            (first.x - last.x).abs() < 0.08 && first.is_inside(0.0),
            "{tail}: {first:?} {last:?}"
        );
        let way = blocking.camera_at(0.0).position.distance_to(blocking.camera_at(4.0).position);
        assert!(way > 2.0, "{tail}: {way}");
    }
}

#[test]
fn what_a_move_goes_to_is_in_the_picture_at_its_end() {
    for tail in
        ["pan right to TUSK", "whip pan to TUSK", "pull back to reveal TUSK", "push in to TUSK"]
    {
        let (_, blocking) = shot(&format!("MEDIUM ON MARA [[{tail}, 4s]]"), "MARA waits.");
        let camera = blocking.camera_at(4.0);
        let tusk = blocking.figures.iter().position(|figure| figure.name == "TUSK").unwrap();
        let head = seen(&blocking, &camera, outlines(&blocking, 4.0)[tusk].head).unwrap();
        assert!(head.is_inside(0.0), "{tail}: {head:?}");
    }
    let (_, blocking) =
        shot("TWO SHOT, MARA AND TUSK [[rack focus from MARA to TUSK, 4s]]", "MARA waits.");
    let depth =
        |t: f64, who: usize| blocking.camera_at(t).seen_from(outlines(&blocking, t)[who].head).z;
    assert!((blocking.camera_at(0.0).focus - depth(0.0, 0)).abs() < 0.4);
    assert!((blocking.camera_at(4.0).focus - depth(4.0, 1)).abs() < 0.4);
}

const TALK: &str = "INT. KITCHEN - DAY\n\n!! TWO SHOT, MARA AND JONAS\n\nMARA and JONAS \
                    wait.\n\n!! CLOSE ON MARA\n\nMARA\nYou came.\n\n!! CLOSE ON JONAS\n\n\
                    JONAS\nI did.\n\n!! OVER MARA ON JONAS\n\nJONAS\nAnd you?\n\n!! OVER JONAS ON \
                    MARA\n\nMARA\nI stayed.";

#[test]
fn two_who_talk_face_each_other_and_their_singles_mirror() {
    let shots = blocked(TALK);
    let two = &shots[0].2;
    let [mara, jonas] = [0, 1].map(|who| outlines(two, 1.0)[who]);
    let apart = mara.head.distance_to(jonas.head);
    assert!((1.2..=2.0).contains(&apart), "{apart}");
    for (one, other) in [(&mara, &jonas), (&jonas, &mara)] {
        let off = wrap_degrees(one.head.direction_to(other.head) - one.looks).abs();
        assert!(off < 30.0, "{off}");
    }
    let single = |index: usize| {
        let blocking = &shots[index].2;
        let (camera, body) = (blocking.camera_at(0.5), outlines(blocking, 0.5)[0]);
        let at = seen(blocking, &camera, body.head).unwrap();
        let looks = wrap_degrees(body.looks - camera.pan);
        (camera, at, looks, head_share(&camera, &body))
    };
    let (one, other) = (single(1), single(2));
    // They match in size, look opposite ways, and each has room before the face.
    assert!((one.3 - other.3).abs() < 0.03, "{} {}", one.3, other.3);
    assert!(one.2 * other.2 < 0.0, "{} {}", one.2, other.2);
    for (_, at, looks, _) in [&one, &other] {
        assert!((at.x - 0.5) * looks.signum() < -0.02, "{at:?} {looks}");
    }
    // All cameras are on one side of the line.
    for (_, _, blocking) in &shots {
        assert!(blocking.camera_at(0.0).position.z < 0.0);
    }
    // A shoulder is near and at the side, the face behind it.
    for (index, left) in [(3, true), (4, false)] {
        let blocking = &shots[index].2;
        let camera = blocking.camera_at(0.5);
        let face = seen(blocking, &camera, outlines(blocking, 0.5)[0].head).unwrap();
        let back = seen(blocking, &camera, outlines(blocking, 0.5)[1].head).unwrap();
        assert!(back.depth < face.depth && (back.x < face.x) == left, "{back:?} {face:?}");
        assert!((-0.1..=1.1).contains(&back.x) && face.is_inside(0.05), "{back:?} {face:?}");
    }
}

#[test]
fn who_speaks_opens_the_mouth_while_it_is_heard() {
    let shots = blocked(TALK);
    let blocking = &shots[1].2;
    let mouths: Vec<f64> = (0..48)
        .map(|frame| blocking.figures_at(blocking.seconds * f64::from(frame) / 48.0)[0].mouth)
        .collect();
    assert!(mouths.iter().any(|mouth| *mouth > 0.4) && mouths.iter().any(|mouth| *mouth < 0.1));
    assert!(shots[0].2.figures_at(1.0).iter().all(|pose| pose.mouth == 0.0));
}

#[test]
fn people_enter_leave_approach_and_sit() {
    let one = |action: &str| {
        let script = format!(
            "INT. KITCHEN - DAY\n\n!! WIDE\n\nMARA and JONAS wait.\n\n!! FULL ON MARA [[4s]]\n\n{action}"
        );
        Arc::clone(&blocked(&script)[1].2)
    };
    let at = |blocking: &Blocking, t: f64| blocking.figures_at(t)[0];
    let inside = |blocking: &Blocking, t: f64| {
        let head = seen(blocking, &blocking.camera_at(t), outlines(blocking, t)[0].head);
        head.is_some_and(|head| head.is_inside(0.0))
    };
    let leaves = one("MARA leaves.");
    assert!(inside(&leaves, 0.0) && !inside(&leaves, 4.4), "leaves");
    let sits = one("MARA sits down.");
    assert_eq!((at(&sits, 0.0).posture_share, at(&sits, 4.0).posture), (1.0, Posture::Sitting));
    let goes = one("MARA walks to JONAS.");
    let far = |t: f64| {
        let heads = outlines(&goes, t);
        heads[0].head.distance_to(heads[heads.len() - 1].head)
    };
    assert!(far(4.0) <= far(0.0) + 1e-6);
    let (_, enters) = shot("FULL ON MARA [[4s]]", "MARA enters.");
    assert!(!inside(&enters, 0.0) && inside(&enters, 3.9), "enters");
    let falls = one("MARA falls.");
    assert_eq!(at(&falls, 4.0).posture, Posture::Lying);
    let jumps = one("MARA jumps.");
    assert!((0..96).any(|frame| at(&jumps, f64::from(frame) / 24.0).lift > 0.3));
}

#[test]
fn the_author_directs_who_goes_where() {
    let script = "INT. HALL - DAY\n\n[[block: JONAS enters left | TUSK right, far]]\n\n!! WIDE [[5s]]\n\n\
                  JONAS and TUSK wait.\n\n!! WIDE [[JONAS crosses to TUSK, 5s]]\n\nIt is late.\n\n\
                  !! WIDE [[blocking off, 3s]]\n\nIt is late.";
    let list = list(script);
    let blockings = block(&list);
    let shots: Vec<_> = blockings.iter().flatten().collect();
    assert_eq!(shots.len(), 2, "the third shot is not blocked");
    let feet = |shot: usize, name: &str, t: f64| {
        let figure = shots[shot].figures.iter().find(|figure| figure.name == name).unwrap();
        figure.path.at(t).feet
    };
    assert!(feet(0, "TUSK", 0.0).x > 0.0 && feet(0, "TUSK", 0.0).z > 1.0);
    let (first, last) = (feet(0, "JONAS", 0.0), feet(0, "JONAS", 5.0));
    assert!(first.x + 1.0 < last.x, "{first:?} {last:?}");
    let far = |t: f64| feet(1, "JONAS", t).distance_to(feet(1, "TUSK", t));
    assert!(far(5.0) < far(0.0));
}

#[test]
fn the_blocking_of_a_scene_depends_on_this_scene_alone() {
    let alone = blocked(TALK);
    let after = blocked(&format!("EXT. ROAD - DAY\n\n!! WIDE ON JONAS\n\nJONAS runs.\n\n{TALK}"));
    for (one, other) in alone.iter().zip(&after[1..]) {
        assert_eq!(one.2, other.2);
    }
}
