//! Where a project lies, what its clock says, and who reads what a command says.

use std::fs::{self, File, FileTimes};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::film::{Place, copy_all, files};

/// The film is the same in folders of any name, and every command is at home there.
pub(crate) fn names() {
    for name in ["a b", "it's \"here\"", "two\nlines", "Grüße 小美 🦊", "#1 & $HOME; -x", "-o"]
    {
        let place = Place::named(name);
        place.build();
        place.is_whole(name);
        let verified = place.command(&["vault", "verify"]).output().unwrap();
        assert_eq!(verified.status.code(), Some(0), "{name}");
    }
}

/// A project that has another place is the same project.
pub(crate) fn moved() {
    let mut place = Place::built();
    place.rename("moved elsewhere");
    let built = place.build();
    assert_eq!(built.count("takes_made") + built.count("segments_encoded"), 0);
    place.is_whole("a move");

    let copy = Place::named("copy");
    copy_all(place.folder(), copy.folder());
    let built = copy.build();
    assert_eq!(built.count("takes_made") + built.count("segments_encoded"), 0);
    copy.is_whole("a copy");
}

/// Files that seem to come from the past or the future are what they are.
pub(crate) fn times() {
    let now = SystemTime::now();
    let year = Duration::from_hours(366 * 24);
    for time in [SystemTime::UNIX_EPOCH, now - year, now + year] {
        let place = Place::built();
        for file in files(place.folder()) {
            let file = File::options().append(true).open(file).unwrap();
            file.set_times(FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
        }
        let built = place.build();
        assert_eq!(built.count("takes_made") + built.count("segments_encoded"), 0, "{time:?}");
        place.is_whole("a clock that jumped");
        // A script with an old time and other words is another script.
        let text = fs::read_to_string(place.path("film.play")).unwrap();
        fs::write(place.path("film.play"), text.replace("Wind in", "Rain on")).unwrap();
        let script = File::options().append(true).open(place.path("film.play")).unwrap();
        script.set_times(FileTimes::new().set_modified(time)).unwrap();
        assert_eq!(place.build().count("takes_made"), 1, "{time:?}");
    }
}

/// What is piped into `head` ends without a word, and what is built is built.
pub(crate) fn closed_pipes() {
    let commands: [(&[&str], i32); 7] = [
        (&["plan", "film.play"], 0),
        (&["plan", "film.play", "--format", "json"], 0),
        (&["check", "film.play", "--format", "json"], 0),
        (&["cast", "film.play"], 0),
        (&["vault", "list"], 0),
        (&["models"], 0),
        (&["build", "film.play", "--steps", "2"], 0),
    ];
    for (arguments, code) in commands {
        let place = Place::built();
        fs::remove_file(place.path("film.mp4")).unwrap();
        let closed = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            Stdio::from(writer)
        };
        let said = place.command(arguments).stdout(closed()).output().unwrap();
        let err = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(code), "{arguments:?}: {err}");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
        let unheard = place.command(arguments).stdout(closed()).stderr(closed()).status().unwrap();
        assert_eq!(unheard.code(), Some(code), "{arguments:?}");
        if arguments[0] == "build" {
            place.is_whole("a build that nobody hears");
        }
    }
}
