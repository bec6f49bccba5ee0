//! Saves: the builds and the files that they cause, for every way of saving.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::film::{SCRIPT, Watch, wait};

pub(crate) fn unchanged() {
    let watch = Watch::start();
    let before = watch.made();
    let film = watch.folder.path().join("film.mp4");
    let stamp = || fs::metadata(&film).unwrap().modified().unwrap();
    let (written, takes) = (stamp(), watch.log());
    let events = watch.events();
    for _ in 0..5 {
        watch.save("A Small Film");
        events.script_is_read();
    }
    // A build of these saves would come before the mistake is seen.
    watch.edit("[[push in", "[[psuh in");
    let broken = watch.shows("the mistake", |state| state["outdated"] == true);
    assert_eq!(broken["film"], before["film"]);
    assert_eq!((stamp(), watch.log()), (written, takes));
    assert_eq!(events.reads_and_films().1, 0, "nothing was built");
    watch.stop();
}

/// Editors find the preview again after its folder was cleared or replaced.
pub(crate) fn address() {
    let watch = Watch::start();
    watch.made();
    let address = watch.folder.path().join(".photoplay/preview.json");
    let before = fs::read(&address).unwrap();
    fs::remove_file(&address).unwrap();
    watch.retitle("Another Film");
    wait("the address", || fs::read(&address).is_ok_and(|again| again == before));
    watch.stop();
}

/// Saves by the system calls and programs that editors use.
#[expect(clippy::too_many_lines, reason = "a table of the ways in which editors save")]
pub(crate) fn editors() {
    let watch = Watch::start();
    watch.made();
    let script = watch.script();
    let beside = |name: &str| script.with_file_name(name);
    let shell = |command: &str| {
        let status =
            Command::new("sh").args(["-ec", command]).current_dir(watch.folder.path()).status();
        assert!(status.unwrap().success(), "{command}");
    };
    let title = |number: u32| format!("Film Number {number}");
    let text = |number: u32| SCRIPT.replace("A Small Film", &title(number));
    let write = |path: &Path, text: &str| fs::write(path, text).unwrap();
    type Way<'a> = (&'a str, Box<dyn Fn(u32) + 'a>);
    let ways: Vec<Way<'_>> = vec![
        (
            "vim",
            Box::new(|number| {
                write(&beside("4913"), "");
                fs::remove_file(beside("4913")).unwrap();
                fs::rename(&script, beside("film.play~")).unwrap();
                write(&script, &text(number));
                fs::remove_file(beside("film.play~")).unwrap();
            }),
        ),
        (
            "vim, backupcopy=yes",
            Box::new(|number| {
                fs::copy(&script, beside("film.play~")).unwrap();
                let mut file =
                    fs::File::options().write(true).truncate(true).open(&script).unwrap();
                file.write_all(text(number).as_bytes()).unwrap();
                file.sync_all().unwrap();
                fs::remove_file(beside("film.play~")).unwrap();
            }),
        ),
        (
            "VS Code",
            Box::new(|number| {
                let mut file =
                    fs::File::options().write(true).truncate(true).open(&script).unwrap();
                std::thread::sleep(Duration::from_millis(150));
                file.write_all(text(number).as_bytes()).unwrap();
            }),
        ),
        (
            "emacs",
            Box::new(|number| {
                symlink("ida@host.1:1", beside(".#film.play")).unwrap();
                fs::rename(&script, beside("film.play~")).unwrap();
                write(&script, &text(number));
                fs::remove_file(beside(".#film.play")).unwrap();
            }),
        ),
        (
            "removed and made again",
            Box::new(|number| {
                fs::remove_file(&script).unwrap();
                std::thread::sleep(Duration::from_millis(200));
                write(&script, &text(number));
            }),
        ),
        (
            "a link swapped over it",
            Box::new(|number| {
                write(&beside("elsewhere.play"), &text(number));
                symlink("elsewhere.play", beside("link")).unwrap();
                fs::rename(beside("link"), &script).unwrap();
            }),
        ),
        (
            "what the link points to",
            Box::new(|number| {
                write(&beside("elsewhere.play"), &text(number));
            }),
        ),
        (
            "sed -i",
            Box::new(|number| {
                shell(&format!("sed -i 's/^Title: .*/Title: {}/' film.play", title(number)));
            }),
        ),
        (
            "sed -i twice",
            Box::new(|number| {
                shell(&format!(
                    "sed -i 's/^Title: .*/Title: x/' film.play; sed -i 's/^Title: .*/Title: {}/' film.play",
                    title(number)
                ));
            }),
        ),
        (
            "git checkout",
            Box::new(|number| {
                let git = "git -c user.name=t -c user.email=t@t -c init.defaultBranch=main";
                shell(&format!(
                    "rm -rf .git; {git} init -q; {git} add film.play; {git} commit -qm a; \
                 {git} checkout -qb b; sed -i 's/^Title: .*/Title: {}/' film.play; \
                 {git} commit -qam b; {git} checkout -q main; sleep 0.3; {git} checkout -q b",
                    title(number)
                ));
            }),
        ),
    ];
    for (number, (who, way)) in ways.iter().enumerate() {
        let number = number as u32 + 1;
        way(number);
        let state = watch.shows(&format!("the save of {who}"), |state| {
            state["film"]["title"] == title(number).as_str()
        });
        assert_eq!((&state["failure"], &state["outdated"]), (&Value::Null, &false.into()), "{who}");
    }
    drop(ways);
    watch.stop();
}

pub(crate) fn storm() {
    let watch = Watch::start();
    watch.made();
    // A second build opens files that every later one keeps open.
    let events = watch.events();
    watch.build_with_title("The Second");
    let (reads, films) = events.reads_and_films();
    assert!(reads > 0 && films == 1, "{reads} reads, {films} films");
    let ((threads, files), takes) = (watch.held(), watch.log());

    // Other files in the folder cause no builds.
    let other = watch.folder.path().join("noise.txt");
    let noise = |number: u32| fs::write(&other, number.to_string()).unwrap();
    let events = watch.events();
    (0..10_000).for_each(noise);
    watch.build_with_title("The Third");
    let (more, films) = events.reads_and_films();
    assert_eq!(films, 1);
    assert!(more <= 2 * reads, "{more} reads instead of {reads}");

    // Among them, each save causes at most one build, and the last state is built.
    let events = watch.events();
    for number in 0..10_000 {
        noise(number);
        if number % 1000 == 0 {
            watch.save(&format!("Film {number}"));
        }
    }
    watch.build_with_title("The Last");
    let (more, films) = events.reads_and_films();
    assert!((1..=11).contains(&films), "{films} films");
    assert!(more <= 11 * reads, "{more} reads instead of {reads} for each save");
    assert_eq!(watch.log(), takes, "titles need no takes");
    watch.holds_no_more_than(threads, files);
    watch.stop();
}

pub(crate) fn thousand() {
    let watch = Watch::start();
    watch.made();
    for number in 0..50 {
        watch.retitle(&format!("Film {number}"));
    }
    let ((threads, open), files) = (watch.held(), watch.files().len());
    let saves = std::env::var("SAVES").ok().and_then(|saves| saves.parse().ok());
    for number in 50..saves.unwrap_or(1000) {
        watch.retitle(&format!("Film {number}"));
    }
    watch.made();
    // The cutter removes unused files when it has written the film.
    wait("unused files to go", || watch.files().len() <= files + 4);
    watch.holds_no_more_than(threads, open);
    watch.stop();
}
