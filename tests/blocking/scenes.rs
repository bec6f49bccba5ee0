//! Properties of scenes that have been put together at random.

use photoplay::blocking::figure::{Figure, Gesture, Posture, Shape};
use photoplay::blocking::geometry::Point;
use photoplay::blocking::set::SetRole;
use photoplay::blocking::staged::Blocking;
use photoplay::blocking::{block, head_range, head_share};
use proptest::prelude::*;

use super::{blocked, list, outlines, seen, shot};

/// A script of one scene that has been put together at random.
fn scene() -> impl Strategy<Value = String> {
    let place = prop::sample::select(vec![
        "EXT. FOREST - DAY",
        "INT. KITCHEN - NIGHT",
        "EXT. STREET - DUSK",
        "INT. THRONE ROOM - DAY",
        "EXT. BEACH - DAWN",
        "INT. CORRIDOR - DAY",
        "EXT. JUNKYARD - DAY",
    ]);
    let who = prop::sample::select(vec!["MARA", "JONAS", "NELL", "TUSK", "REX"]);
    let size = prop::sample::select(vec![
        "WIDE",
        "FULL",
        "MEDIUM",
        "MEDIUM CLOSE",
        "CLOSE",
        "MEDIUM LONG",
        "EXTREME WIDE",
    ]);
    let does = prop::sample::select(vec![
        "waits",
        "walks",
        "runs",
        "sits down",
        "stands up",
        "dances",
        "jumps",
        "turns",
        "kneels",
        "falls",
        "walks to JONAS",
        "follows MARA",
        "walks around MARA",
        "waves",
        "looks at TUSK",
        "creeps across the floor",
        "sits",
        "lies down",
        "walks away from TUSK",
    ]);
    let tail = prop::sample::select(vec![
        "",
        " [[3s]]",
        " [[low angle, 5s]]",
        " [[2s]]",
        " [[high angle]]",
    ]);
    let one = (size, who.clone(), tail, does, who, any::<bool>()).prop_map(
        |(size, who, tail, does, other, talks)| {
            let speech =
                if talks { format!("\n\n{other}\nYou are still here.") } else { String::new() };
            format!("!! {size} ON {who}{tail}\n\n{who} {does}.{speech}\n\n")
        },
    );
    (place, prop::collection::vec(one, 1..7))
        .prop_map(|(place, shots)| format!("{place}\n\n{}", shots.concat()))
}

/// The moments of a shot, with its handles.
fn moments(blocking: &Blocking) -> impl Iterator<Item = f64> {
    let frames = ((blocking.seconds + 1.0) * 24.0) as u32;
    (0..=frames).map(|frame| f64::from(frame) / 24.0 - 0.5)
}

fn name(figure: &Figure) -> (String, u32) {
    (figure.name.clone(), figure.individual)
}

/// As many as the environment asks for, else few.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn whom_a_shot_is_of_is_in_its_picture(script in scene()) {
        for (take, _, blocking) in blocked(&script) {
            if take.description.action.contains("away") {
                continue;
            }
            for share in [0.1, 0.5, 0.9] {
                let t = blocking.seconds * share;
                let (camera, body) = (blocking.camera_at(t), outlines(&blocking, t)[0]);
                let head = seen(&blocking, &camera, body.head);
                prop_assert!(
                    head.is_some_and(|head| head.is_inside(0.0)),
                    "{:?} at {t}: {head:?}\n{script}", take.description
                );
                let person = matches!(blocking.figures[0].shape, Shape::Person | Shape::Child);
                let keys = &blocking.figures[0].path.keys;
                let changes = keys.iter().any(|key| key.posture != keys[0].posture);
                if person && !changes && share == 0.5 && take.description.subjects.len() == 1 {
                    let [least, most] = take.technique.size.as_ref().and_then(head_range).unwrap();
                    let tall = head_share(&camera, &body);
                    prop_assert!(
                        (least * 0.9..=most * 1.1).contains(&tall),
                        "{tall} is not in {least} to {most}: {:?}\n{script}", take.description
                    );
                }
            }
        }
    }

    #[test]
    fn nobody_jumps_or_stands_in_a_set_piece(script in scene()) {
        for (take, _, blocking) in blocked(&script) {
            for figure in &blocking.figures {
                let mut last: Option<Point> = None;
                for t in moments(&blocking) {
                    let pose = figure.path.at(t);
                    if let Some(last) = last {
                        let way = pose.feet.distance_to(last);
                        prop_assert!(way < 0.3, "{} {way} at {t}: {:?}\n{script}", figure.name, take.description.action);
                    }
                    last = Some(pose.feet);
                    let hit = blocking.set.iter().find(|piece| {
                        piece.role == SetRole::Solid && piece.height > 0.1 && piece.base.y < 1.0
                            && piece.distance_from(pose.feet) < 0.0
                    });
                    prop_assert!(hit.is_none(), "{} is in {hit:?} at {t}\n{script}", figure.name);
                }
            }
        }
    }

    #[test]
    fn everybody_is_where_the_shot_before_left_them(script in scene()) {
        let shots = blocked(&script);
        for pair in 0..shots.len() {
            for figure in &shots[pair].2.figures {
                let before = shots[..pair].iter().rev().find_map(|(.., blocking)| {
                    let same = blocking.figures.iter().find(|one| name(one) == name(figure))?;
                    Some(same.path.at(blocking.seconds))
                });
                let Some(before) = before else { continue };
                let now = figure.path.at(0.0);
                let away = before.feet.distance_to(now.feet);
                let left = shots[..pair].iter().any(|(take, ..)| take.description.action.contains("away"));
                prop_assert!(away < 0.35 || left, "{} is {away} m away\n{script}", figure.name);
            }
        }
    }

    #[test]
    fn the_same_script_is_blocked_the_same(script in scene()) {
        prop_assert_eq!(block(&list(&script)), block(&list(&script)));
    }
}

#[test]
fn riders_crews_and_swimmers_are_where_they_are_carried() {
    let poses = |script: &str| {
        let (_, _, blocking) = blocked(script).into_iter().next().unwrap();
        let poses = [0.5, 2.5].map(|t| blocking.figures_at(t));
        (blocking, poses)
    };
    let (ride, [first, last]) =
        poses("EXT. MEADOW - DAY\n\n!! WIDE [[3s]]\n\nA woman rides a white horse.");
    let horse = ride.figures.iter().position(|figure| figure.shape == Shape::Quadruped).unwrap();
    let woman = 1 - horse;
    for pose in [&first, &last] {
        assert_eq!(pose[woman].posture, Posture::Riding);
        assert!(pose[woman].feet.floor_distance_to(pose[horse].feet) < 0.1);
        assert!(pose[woman].feet.y > 1.0);
    }
    assert!(first[horse].feet.distance_to(last[horse].feet) > 1.0, "the horse goes");
    assert_eq!(ride.figures[horse].colours.coat, Some([226, 224, 218]));

    let (_, [first, last]) = poses("EXT. SEA - DAY\n\n!! WIDE [[3s]]\n\nTwo sailors row a boat.");
    assert!(first.iter().all(|pose| pose.feet.y >= 0.0));
    let way = |who: usize| last[who].feet - first[who].feet;
    assert!((0..2).all(|sailor| way(sailor).distance_to(way(2)) < 0.4), "{first:?} {last:?}");
    assert_eq!(first[0].posture, Posture::Sitting);

    let (_, [first, _]) = poses("EXT. SEA - DAY\n\n!! MEDIUM [[3s]]\n\nA man swims.");
    assert_eq!((first[0].posture, first[0].feet.y), (Posture::Swimming, 0.0));
    let (bank, [first, _]) = poses("EXT. RIVER - DAY\n\n!! MEDIUM [[3s]]\n\nA man waits.");
    assert!(first[0].feet.y == 0.0 && bank.set.iter().any(|piece| piece.name == "water"));
}

/// Where two figures of a shot are at a moment.
fn feet(blocking: &Blocking, names: [&str; 2], t: f64) -> [Point; 2] {
    let poses = blocking.figures_at(t);
    names.map(|name| {
        let named = |figure: &Figure| figure.name.eq_ignore_ascii_case(name);
        poses[blocking.figures.iter().position(named).unwrap()].feet
    })
}

#[test]
fn two_who_embrace_or_dance_come_together_and_both_do_it() {
    for (does, gesture, apart) in [
        ("MARA embraces JONAS.", Gesture::Embrace, 0.3..0.45),
        ("MARA and JONAS embrace.", Gesture::Embrace, 0.3..0.45),
        ("MARA and JONAS dance.", Gesture::Dance, 0.4..0.8),
        ("They dance.", Gesture::Dance, 0.4..0.8),
    ] {
        let script = format!(
            "EXT. FIELD - DAY\n\n!! TWO SHOT, MARA AND JONAS [[2s]]\n\nMARA and JONAS wait.\n\n\
             !! TWO SHOT, MARA AND JONAS [[5s]]\n\n{does}"
        );
        let blocking = &blocked(&script)[1].2;
        let [mara, jonas] = feet(blocking, ["MARA", "JONAS"], 4.0);
        assert!(apart.contains(&mara.distance_to(jonas)), "{does}: {mara:?} {jonas:?}");
        let poses = blocking.figures_at(4.0);
        assert!(poses.iter().all(|pose| pose.gesture == Some(gesture)), "{does}: {poses:?}");
    }
}

#[test]
fn who_follows_goes_the_same_way_behind() {
    for does in ["JONAS walks. NELL follows JONAS.", "NELL follows JONAS. JONAS walks."] {
        let (_, blocking) = shot("WIDE ON JONAS AND NELL [[4s]]", does);
        let at = |t: f64| feet(&blocking, ["JONAS", "NELL"], t);
        let [jonas, nell] = at(4.0);
        let apart = jonas.distance_to(nell);
        assert!((0.6..2.5).contains(&apart), "{does}: {apart}");
        let way = (0..60).map(|step| at(f64::from(step) / 15.0)[0]);
        let off = way.map(|on_it| on_it.distance_to(nell)).fold(f64::MAX, f64::min);
        assert!(off < 0.7, "{does}: {off} m off the way");
    }
    let script = "INT. HALL - DAY\n\n!! WIDE [[3s]]\n\nMARA and JONAS wait.\n\n!! WIDE [[5s]]\n\n\
                  MARA leaves. JONAS follows her.";
    let blocking = &blocked(script)[1].2;
    let [mara, jonas] = feet(blocking, ["MARA", "JONAS"], 5.0);
    let [first, _] = feet(blocking, ["MARA", "JONAS"], 0.0);
    assert!((mara.x - first.x) * (jonas.x - first.x) > 0.0, "{mara:?} {jonas:?}");
}

#[test]
fn crews_are_in_their_own_boats_and_drivers_in_their_cars() {
    let shots = blocked(
        "EXT. LAKE - DAY\n\n!! WIDE [[3s]]\n\nMARA rows a boat.\n\n!! WIDE [[3s]]\n\nA fisherman \
         stands in another boat.\n\n!! WIDE [[3s]]\n\nA girl swims.",
    );
    let [mara, boat] = feet(&shots[0].2, ["MARA", "boat"], 1.0);
    assert!(mara.floor_distance_to(boat) < 0.5, "{mara:?} {boat:?}");
    let [fisherman, other] = feet(&shots[1].2, ["fisherman", "other boat"], 1.0);
    assert!(fisherman.floor_distance_to(other) < 0.5, "{fisherman:?} {other:?}");
    let [girl, _] = feet(&shots[2].2, ["girl", "girl"], 1.0);
    assert!(girl.y == 0.0, "{girl:?}");

    let shots = blocked(
        "EXT. STREET - DAY\n\n!! WIDE [[3s]]\n\nMARA drives a car.\n\n!! FULL ON MARA [[3s]]\n\n\
         MARA waits.",
    );
    let [mara, car] = feet(&shots[0].2, ["MARA", "car"], 2.0);
    assert!(mara.floor_distance_to(car) < 0.5, "{mara:?} {car:?}");
    let pose = shots[1].2.figures_at(1.0)[0];
    assert_eq!((pose.posture, pose.feet.y), (Posture::Standing, 0.0));
}

#[test]
fn a_letter_that_is_left_moves_nobody() {
    let (_, blocking) = shot("FULL ON MARA [[4s]]", "MARA leaves a letter on the table.");
    let way = |t: f64| blocking.figures_at(t)[0].feet;
    assert!(way(0.0).distance_to(way(4.0)) < 0.3);
}

#[test]
fn here_moves_people_when_it_says_another_side() {
    let script = "EXT. MEADOW - DAY\n\n[[here: MARA left, JONAS right]]\n\n!! TWO SHOT, MARA AND JONAS\n\n\
                  They wait.\n\n[[here: JONAS left, MARA right]]\n\n!! TWO SHOT, MARA AND JONAS\n\nThey wait.";
    let sides: Vec<bool> = blocked(script)
        .iter()
        .map(|(_, _, blocking)| {
            let x = |name: &str| {
                let who = blocking.figures.iter().position(|figure| figure.name == name).unwrap();
                let camera = blocking.camera_at(1.0);
                seen(blocking, &camera, outlines(blocking, 1.0)[who].head).unwrap().x
            };
            x("MARA") < x("JONAS")
        })
        .collect();
    assert_eq!(sides, [true, false]);
}

/// Directions and lenses that no author means.
fn nonsense() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "MARA",
        "TUSK",
        "enters",
        "leaves",
        "crosses",
        "to",
        "left",
        "right",
        "far",
        "near",
        "|",
        ",",
        "circles",
        "falls",
        "999999mm",
        "0mm",
        "-5mm",
        "9999s",
        "0.0001s",
        "é",
        "𝕏",
        "sits",
        "rides",
        "approaches",
        "MARA MARA",
        "a",
        "[",
        "blocking off",
        "overhead",
        "worm's eye",
        "fast",
    ]);
    let words = prop::collection::vec(word, 0..9).prop_map(|words| words.join(" "));
    (words.clone(), words.clone(), words).prop_map(|(block, tail, action)| {
        format!(
            "EXT. SEA - NIGHT\n\n[[block: {block}]]\n\n!! WIDE [[{tail}]]\n\nMARA {action}.\n\n\
             !! CLOSE ON MARA [[{tail}, push in]]\n\nMARA rides TUSK.\n"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn nonsense_is_blocked_without_a_panic_and_in_numbers(script in nonsense()) {
        for blocking in block(&list(&script)).iter().flatten() {
            for share in [0.0, 0.5, 1.0] {
                let moment = blocking.at(blocking.seconds * share);
                let camera = moment.camera;
                let numbers = [camera.position.x, camera.position.y, camera.position.z, camera.pan,
                    camera.tilt, camera.field_of_view, camera.focus];
                prop_assert!(numbers.iter().all(|number| number.is_finite()), "{camera:?}\n{script}");
                prop_assert!(
                    moment.figures.iter().all(|pose| pose.feet.distance_to(Point::default()).is_finite()),
                    "{script}"
                );
            }
        }
    }
}
