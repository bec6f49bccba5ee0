//! Every size, angle and lens shows its subject, and a head as large as the size says.

use photoplay::blocking::figure::Shape;
use photoplay::blocking::{head_range, head_share};

use super::{blocked, outlines, seen};

const SIZES: [&str; 9] = [
    "EXTREME WIDE",
    "WIDE",
    "FULL",
    "MEDIUM LONG",
    "MEDIUM",
    "MEDIUM CLOSE",
    "CLOSE",
    "EXTREME CLOSE",
    "INSERT",
];

const ANGLES: [&str; 12] = [
    "eye level",
    "low angle",
    "high angle",
    "overhead",
    "worm's eye",
    "aerial",
    "dutch angle",
    "profile",
    "from behind",
    "over the shoulder",
    "reverse angle",
    "point of view",
];

const LENSES: [&str; 9] = [
    "18mm",
    "35mm",
    "85mm",
    "200mm",
    "wide-angle lens",
    "telephoto lens",
    "macro lens",
    "fisheye lens",
    "shallow focus",
];

/// Every size from every angle through one lens, as shots of one scene.
fn all_framings(who: &str, lens: &str, does: &str) -> String {
    let mut script = String::from("EXT. FIELD - DAY\n\n");
    for size in SIZES {
        for angle in ANGLES {
            let shot = format!("!! {size} ON {who} [[{angle}, {lens}, 2s]]\n\n{who} {does}.\n\n");
            script.push_str(&shot);
        }
    }
    let (two, three) = ("MARA AND JONAS", "MARA, JONAS AND NELL");
    if who == "MARA" {
        for angle in ANGLES {
            for (size, people) in [("TWO SHOT", two), ("THREE SHOT", three)] {
                let shot =
                    format!("!! {size}, {people} [[{angle}, {lens}, 2s]]\n\nThey {does}.\n\n");
                script.push_str(&shot);
            }
        }
    }
    script
}

/// Those of some framings that do not show a subject, or not in its size.
fn wrong_framings(script: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (take, _, blocking) in blocked(script) {
        let camera = blocking.camera_at(1.0);
        let bodies = outlines(&blocking, 1.0);
        let [least, most] = take.technique.size.as_ref().and_then(head_range).unwrap();
        let mut tell = |what: String| {
            let shot = &take.description;
            wrong.push(format!("{}, {}, {}: {what}", shot.size, shot.angle, shot.lens));
        };
        for (figure, body) in blocking.figures.iter().zip(&bodies) {
            let person = matches!(figure.shape, Shape::Person | Shape::Child);
            let several = blocking.figures.len() > 1;
            let head = seen(&blocking, &camera, body.head);
            if !head.is_some_and(|head| head.is_inside(0.0)) {
                tell(format!("{} is outside: {head:?}", figure.name));
            }
            let share = head_share(&camera, body);
            let (least, most) = if several { (least * 0.5, most * 1.5) } else { (least, most) };
            if person && !(least..=most).contains(&share) {
                tell(format!("{}: {share:.3} is not in {least} to {most}", figure.name));
            }
        }
    }
    wrong
}

#[test]
fn every_size_angle_and_lens_keeps_its_head_height() {
    for lens in LENSES {
        let wrong = wrong_framings(&all_framings("MARA", lens, "wait"));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn every_kind_of_body_is_framed() {
    for who in ["NELL", "JONAS", "TUSK", "REX", "THE LAMP"] {
        for does in ["waits", "sits", "lies down"] {
            let wrong = wrong_framings(&all_framings(who, "50mm", does));
            assert!(wrong.is_empty(), "{who} {does}:\n{}", wrong.join("\n"));
        }
    }
}
