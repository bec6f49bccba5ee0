//! Calls that fail, and processes that are killed before one.

use crate::film::{Place, Ran, SCRIPT, rounds, spread};
use crate::system::{Call, Fate, run};

/// Whether a failure hits a call, from the chosen one on.
type Hits = fn(&Call, usize) -> bool;

/// Ways in which a system fails: what it is called, its number, and the calls it hits.
const WAYS: [(&str, i32, Hits); 3] = [
    ("No space left on device", libc::ENOSPC, |call, from| call.number >= from),
    ("Input/output error", libc::EIO, |call, from| call.number == from),
    ("Permission denied", libc::EACCES, |call, from| {
        call.number >= from
            && ["openat", "mkdir", "rename"].iter().any(|it| call.name.starts_with(it))
    }),
];

/// The calls of an undisturbed build.
fn calls(place: &Place) -> usize {
    let mut calls = 0;
    let ran = run(&mut place.building("film.play"), place.folder(), &mut |call| {
        calls = call.number + 1;
        Fate::Goes
    });
    assert_eq!(ran.status.code(), Some(0), "{}", Ran::of(ran).told());
    place.is_whole("a build that is watched");
    calls
}

/// Whatever call fails, the build says which file and why or does without; the next
/// build makes the same film.
pub(crate) fn writes() {
    let calls = calls(&Place::new());
    assert!(calls > 100, "a build writes more than {calls} times");
    for (round, from) in spread(rounds(18), calls).into_iter().enumerate() {
        let (words, error, hits) = WAYS[round % WAYS.len()];
        let place = Place::new();
        let mut failed = Vec::new();
        let ran = Ran::of(run(&mut place.building("film.play"), place.folder(), &mut |call| {
            if !hits(call, from) {
                return Fate::Goes;
            }
            failed.push(format!("{} {}", call.name, call.path.display()));
            Fate::Fails(error)
        }));
        let first = failed.first().map_or("no call", String::as_str);
        let after = format!("`{words}` from call {from} of {calls} on ({first})");
        assert!(!ran.told().contains("panicked"), "{after}: {}", ran.told());
        if ran.code != Some(0) {
            assert!(matches!(ran.code, Some(1..=4)), "{after}: {}", ran.told());
            assert!(ran.told().contains(words), "{after}: {}", ran.told());
            let files = [".photoplay", "film.", "photoplay.lock", "cast/"];
            assert!(files.iter().any(|file| ran.told().contains(file)), "{after}: {}", ran.told());
        }
        place.has_no_half_film(&after);
        place.build();
        place.is_whole(&after);
    }
}

/// A project on a disk that cannot be written to is checked and planned, and a build says
/// why there is none.
pub(crate) fn read_only() {
    for (place, code) in [(Place::new(), Some(0)), (Place::built(), Some(0))] {
        let refused = &mut |_: &Call| Fate::Fails(libc::EROFS);
        for command in ["check", "plan"] {
            let ran = run(&mut place.command(&[command, "film.play"]), place.folder(), refused);
            assert_eq!(ran.status.code(), code, "{command}: {}", Ran::of(ran).told());
        }
        let ran = Ran::of(run(&mut place.building("film.play"), place.folder(), refused));
        assert!(matches!(ran.code, Some(2..=4)), "{}", ran.told());
        assert!(ran.told().to_lowercase().contains("read-only"), "{}", ran.told());
        assert!(ran.told().contains("help: "), "{}", ran.told());
    }
}

/// Whenever a build is killed, the next one makes the same film of what is left.
pub(crate) fn kills() {
    let edited = SCRIPT.replace("Wind in the trees.", "Rain in the trees.");
    let calls = calls(&Place::new());
    for (round, at) in spread(rounds(18), calls).into_iter().enumerate() {
        // Half of them had another film before.
        let place = if round % 2 == 0 {
            Place::new()
        } else {
            let place = Place::built();
            std::fs::write(place.path("film.play"), &edited).unwrap();
            place.build();
            std::fs::write(place.path("film.play"), SCRIPT).unwrap();
            place
        };
        let before = place.film();
        let mut killed = String::new();
        run(&mut place.building("film.play"), place.folder(), &mut |call| {
            if call.number != at {
                return Fate::Goes;
            }
            killed = format!(
                "killed before call {at} of {calls} ({} {})",
                call.name,
                call.path.display()
            );
            Fate::Dies
        });
        if round % 2 == 0 || place.film() != before {
            place.has_no_half_film(&killed);
        }
        place.build();
        place.is_whole(&killed);
    }
}
