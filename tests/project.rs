//! A project that lives only in memory is checked and planned as the same project
//! on the disk: the same messages, the same takes, the same keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use photoplay::project::{CheckedScript, Error};
use photoplay::shoot::circled::Circled;
use photoplay::shoot::film_plan::FilmPlan;
use photoplay::shoot::lock::{Error as LockError, Lock};
use photoplay::shoot::recipe::TakeKey;
use photoplay::source::files::{DiskFiles, MemoryFiles, ProjectFiles};
use photoplay::{Project, ProjectOptions};

const SCRIPT: &str = r#"[[use: "house.yaml"]]

INT. WORKSHOP - NIGHT

!! CLOSE ON MARA [[2s]]

MARA winds a clock.

!! WIDE ON JONAS [[from "rain.png", 2s]]

JONAS opens the door.

!! WIDE [[2s]]

Rain.

[[cast: JONAS, a tall man with a grey beard, wearing a black oilskin | reference: "cast/sailor.png"]]
[[style: a sunny day]]
"#;

const BIBLE: &str = "\
cast:
  MARA:
    person: a watchmaker, copper curls
    wearing: a bottle-green coat
";

const VOCABULARY: &str = "sizes: {}\n";

fn picture(grey: u8) -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([grey; 3]));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("a picture becomes PNG");
    png.into_inner()
}

/// The files of the project besides its lock file.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("film.play", SCRIPT.into()),
        ("cast.yaml", BIBLE.into()),
        ("house.yaml", VOCABULARY.into()),
        ("rain.png", picture(10)),
        ("cast/sailor.png", picture(20)),
        ("cast/mara.png", picture(30)),
    ]
}

fn messages(script: &CheckedScript) -> Vec<String> {
    let place = |found: &photoplay::diagnostic::Diagnostic| {
        found.span.map(|span| {
            let source = script.sources.get(span.source);
            (source.path.file_name().map(PathBuf::from), source.line_column(span.start))
        })
    };
    let messages = script.diagnostics.iter();
    messages.map(|found| format!("{:?} {} {}", place(found), found.code, found.message)).collect()
}

fn planned(project: &Project) -> (Vec<String>, FilmPlan) {
    let checked = project.check().expect("the script can be read");
    let messages = messages(&checked);
    assert!(!checked.has_errors(), "{messages:?}");
    (messages, project.plan(&checked).expect("the film can be planned"))
}

/// What the takes of a film depend on.
fn described(plan: &FilmPlan) -> Vec<String> {
    let takes = plan.takes.shots.iter().map(|shot| format!("{:?} {}", shot.key, shot.prompt));
    let pictures = plan.chosen.iter().map(|chosen| match chosen {
        Some(chosen) => {
            format!("{:?} {} {:?}", chosen.file.file_name(), chosen.digest, chosen.note)
        }
        None => "to be made".to_owned(),
    });
    takes.chain(pictures).collect()
}

#[test]
fn a_project_in_memory_is_planned_as_on_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("cast")).expect("a folder");
    for (name, content) in files() {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    let disk = Project::open(folder.path().join("film.play"));
    let (_, first) = planned(&disk);
    let circled = Circled {
        script: "film.play".to_owned(),
        shot: "1.3".to_owned(),
        shows: "WIDE".to_owned(),
        model: first.fingerprint.settings.name.clone(),
        take: 2,
        identity: first.takes.shots[2].identity.expect("the shot can be planned"),
        key: first.key(2).expect("the shot can be planned"),
        again: 0,
    };
    let choose = |lock: &mut Lock| -> Result<(), LockError> {
        lock.circled.push(circled);
        Ok(())
    };
    Lock::change(folder.path(), choose).expect("the lock file is written");
    let (messages_on_disk, on_disk) = planned(&disk);
    assert_ne!(on_disk.key(2), first.key(2), "the circled take counts");

    let mut memory = MemoryFiles::new();
    for (name, content) in files() {
        memory.insert(Path::new("no such folder").join(name), content);
    }
    let lock = fs::read(folder.path().join("photoplay.lock")).expect("the lock file is there");
    memory.insert("no such folder/photoplay.lock", lock);
    let project = in_memory(memory.clone());
    let (messages_in_memory, in_memory_plan) = planned(&project);
    assert_eq!(messages_in_memory, messages_on_disk);
    assert_eq!(described(&in_memory_plan), described(&on_disk));
    assert_eq!(in_memory_plan.lock, on_disk.lock);
    let pictures = in_memory_plan.chosen.iter().flatten().count();
    assert_eq!(pictures, 2, "a reference and a portrait: {:?}", in_memory_plan.chosen);

    // Each file counts.
    for (name, content) in [
        ("rain.png", picture(40)),
        ("cast/sailor.png", picture(40)),
        ("cast/mara.png", picture(40)),
        ("cast.yaml", BIBLE.replace("green", "red").into()),
    ] {
        let other = memory.clone().with(Path::new("no such folder").join(name), content);
        let (_, changed) = planned(&in_memory(other));
        assert_ne!(described(&changed), described(&in_memory_plan), "{name}");
    }
    assert!(!Path::new("no such folder").exists(), "nothing is written");
}

fn in_memory(files: MemoryFiles) -> Project {
    assert!(!files.is_disk());
    let options = ProjectOptions { files: Arc::new(files), ..ProjectOptions::default() };
    Project::open("no such folder/film.play").with_options(options)
}

/// Two people circle takes of different shots, each on a branch: git merges them.
#[test]
fn choices_of_two_people_merge() {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let settings = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        let ran = Command::new("git")
            .args(settings)
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("git is there");
        assert!(ran.status.success(), "{arguments:?}: {ran:?}");
    };
    let circle = |shot: u8, take: u32| {
        let choose = |lock: &mut Lock| -> Result<(), LockError> {
            lock.circled.retain(|choice| choice.identity != TakeKey([shot; 32]));
            lock.circled.push(Circled {
                script: "film.play".to_owned(),
                shot: format!("1.{shot}"),
                shows: "WIDE".to_owned(),
                model: "Toy Theatre".to_owned(),
                take,
                identity: TakeKey([shot; 32]),
                key: TakeKey([shot; 32]),
                again: u32::from(take > 1 && shot == 5),
            });
            Ok(())
        };
        Lock::change(folder.path(), choose).expect("the lock file is written");
    };
    let commit = || {
        git(&["add", ".gitattributes", "photoplay.lock"]);
        git(&["commit", "-q", "-m", "choose"]);
    };
    git(&["init", "-q", "-b", "main"]);
    circle(5, 1);
    commit();
    for (branch, shots) in [("ida", [1, 5]), ("jonas", [2, 3])] {
        git(&["checkout", "-q", "-b", branch, "main"]);
        for shot in shots {
            circle(shot, 2);
        }
        commit();
    }
    git(&["merge", "-q", "ida", "-m", "merge"]);
    let merged = Lock::read(&DiskFiles, folder.path()).expect("the lock file is whole");
    let mut choices: Vec<(u8, u32)> =
        merged.circled.iter().map(|choice| (choice.identity.0[0], choice.take)).collect();
    choices.sort_unstable();
    assert_eq!(choices, [(1, 2), (2, 2), (3, 2), (5, 2)]);
}

#[test]
fn a_missing_reference_in_memory_is_missing() {
    let files = files().into_iter().filter(|(name, _)| *name != "cast/sailor.png");
    let memory = files.fold(MemoryFiles::new(), |memory, (name, content)| {
        memory.with(Path::new("no such folder").join(name), content)
    });
    let project = in_memory(memory);
    let checked = project.check().expect("the script can be read");
    let outcome = project.plan(&checked);
    assert!(matches!(outcome, Err(Error::Mistakes { .. } | Error::Plan(_))), "{outcome:?}");
}

#[cfg(feature = "ffmpeg")]
#[test]
fn only_a_project_on_the_disk_is_built() {
    use photoplay::shoot::progress::{Cancel, Progress, ProgressEvent};

    struct Silent;

    impl Progress for Silent {
        fn report(&self, _: &ProgressEvent) {}
    }

    let script = "EXT. ROAD - DAY\n\n!! WIDE [[1s]]\n\nIt rains.\n";
    let project = in_memory(MemoryFiles::new().with("no such folder/film.play", script));
    let checked = project.check().expect("the script can be read");
    let outcome = project.build(&checked, &project.film(), &Silent, &Cancel::default());
    assert!(matches!(outcome, Err(Error::NotOnDisk { .. })), "{outcome:?}");
}
