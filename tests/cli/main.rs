//! The command line: help texts, exit codes, data on standard output and everything
//! else on standard error.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", "80")
        .output()
        .expect("the binary was built for this test")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("we write UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("we write UTF-8")
}

/// The whole help of every command, so that a change of its text is reviewed.
#[test]
fn help_reads_as_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 25] = [
        &[],
        &["build"],
        &["boards"],
        &["check"],
        &["plan"],
        &["explain"],
        &["convert"],
        &["export"],
        &["watch"],
        &["cast"],
        &["takes"],
        &["circle"],
        &["fmt"],
        &["lsp"],
        &["new"],
        &["vault"],
        &["vault", "list"],
        &["vault", "clear"],
        &["vault", "verify"],
        &["models"],
        &["models", "list"],
        &["models", "add"],
        &["models", "pull"],
        &["models", "check"],
        &["doctor"],
    ];
    for command in commands {
        let help = run(folder.path(), &[command, &["--help"]].concat());
        assert_eq!(help.status.code(), Some(0), "{}", err(&help));
        let name = [&["help"], command].concat().join("-");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, out(&help));
        });
        for subcommand in subcommands(&out(&help)) {
            let whole = [command, &[&*subcommand]].concat();
            assert!(commands.contains(&&*whole), "{whole:?} has no snapshot");
        }
    }
}

/// The commands that a help lists.
fn subcommands(help: &str) -> Vec<String> {
    let list = help.split_once("Commands:\n").map_or("", |(_, list)| list);
    let list = list.split("\n\n").next().unwrap_or_default();
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    lines
        .filter_map(|line| line.split(' ').next())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn exit_codes_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("good.play", b"EXT. FOREST - DAY\n\nA fox walks.\n");
    write("bad.play", b"EXT. FOREST - DAY\n\n!! CLOSE ON A FOX [[slow dolley in]]\n\nIt runs.\n");
    write("nul.play", b"EXT. FOREST\0");
    fs::create_dir(folder.path().join("folder.play")).unwrap();
    let cases: [(&[&str], i32); 12] = [
        (&["check", "good.play"], 0),
        (&["check", "bad.play"], 1),
        (&["check", "good.play", "bad.play"], 1),
        (&["check", "bad.play", "--lenient"], 0),
        (&["check", "nul.play"], 1),
        (&["check", "folder.play"], 1),
        (&["check", "missing.play"], 1),
        (&["plan", "bad.play"], 1),
        (&["check"], 2),
        (&["explain", "good.play", "99.9"], 2),
        (&["check", "good.play", "--model", "nope"], 2),
        (&["plan", "good.play", "--model", "nope"], 2),
    ];
    for (arguments, code) in cases {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        if code != 0 {
            assert!(!err(&output).is_empty() && out(&output).is_empty(), "{arguments:?}");
        }
    }
}

/// What a command says when the world or the author's request is in its way ends with
/// what to do about it.
#[test]
fn failures_of_the_world_have_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("film.play"), "INT. ROOM - DAY\n\n!! WIDE,3s\n\nA fox waits.\n").unwrap();
    let utf16: Vec<u8> = "INT. ROOM".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(path("utf16.play"), utf16).unwrap();
    // A file in the place of a folder denies everything below it.
    let cases: [(&[&str], &str); 5] = [
        (&["plan", "film.play", "--model", "nope"], "models list"),
        (&["plan", "nothere.play"], "a slip in the name"),
        (&["check", "."], "./film.play"),
        (&["check", "utf16.play"], "UTF-16"),
        (&["new", "/"], "photoplay new my-film"),
    ];
    for (arguments, remedy) in cases {
        let told = err(&run(folder.path(), arguments));
        assert!(told.contains(remedy) && told.contains("help: "), "{arguments:?}: {told}");
    }
}

/// A disk that is full loses nobody's script.
#[cfg(target_os = "linux")]
#[test]
fn data_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("film.play");
    fs::write(&script, "INT. ROOM - DAY\n\nA fox waits.\n").unwrap();
    for arguments in [&["fmt", "-"][..], &["check", "film.play", "--format", "json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(arguments)
            .current_dir(folder.path())
            .stdin(fs::File::open(&script).unwrap())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains("standard output"), "{arguments:?}: {}", err(&output));
    }
}

/// A name with a byte that is no UTF-8: read and formatted, and a build says why not.
#[cfg(target_os = "linux")]
#[test]
fn odd_names_are_read_and_refused_by_a_build() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let odd = OsStr::from_bytes(b"b\xe9.play");
    fs::write(folder.path().join(odd), "INT. ROOM - DAY\n\n!! WIDE, 3s\n\nA fox.\n").unwrap();
    let run = |arguments: &[&OsStr]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_photoplay"));
        command.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    for command in ["check", "plan", "fmt"] {
        let output = run(&[command.as_ref(), odd]);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", err(&output));
    }
    if cfg!(feature = "ffmpeg") {
        for arguments in [["build", "--animatic"], ["cast", "--make"]] {
            let output = run(&[arguments[0].as_ref(), odd, arguments[1].as_ref()]);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            assert!(err(&output).contains("not UTF-8") && err(&output).contains("help: "));
        }
        let drawn = run(&["boards".as_ref(), odd]);
        assert_eq!(drawn.status.code(), Some(0), "{}", err(&drawn));
    }
}

#[test]
fn data_is_json_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let script = "EXT. FOREST - DAY\n\n!! CLOSE ON A FOX [[slow dolley in]]\n\nIt runs.\n";
    fs::write(folder.path().join("bad.play"), script).unwrap();
    let output = run(folder.path(), &["check", "bad.play", "--format", "json"]);
    let checked: Value = serde_json::from_str(&out(&output)).unwrap();
    let found = &checked[0]["diagnostics"];
    let errors = found.as_array().unwrap().iter().filter(|found| found["severity"] == "error");
    let lines: Vec<_> = errors.map(|found| found["at"]["line"].as_u64()).collect();
    assert_eq!(lines, [Some(3)]);
    let output = run(folder.path(), &["models", "--format", "json"]);
    assert!(serde_json::from_str::<Value>(&out(&output)).unwrap().is_array());
}

#[test]
fn a_new_project_has_no_mistakes_and_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["new", "my-film"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let project = folder.path().join("my-film");
    assert_eq!(run(&project, &["fmt", "--check", "my-film.play"]).status.code(), Some(0));
    let checked = run(&project, &["check", "my-film.play"]);
    assert_eq!(err(&checked), "my-film.play: no mistakes\n");
    let again = run(folder.path(), &["new", "my-film"]);
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn a_plan_is_the_whole_film_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "my-film"]);
    let project = folder.path().join("my-film");
    let before = fs::read_dir(&project).unwrap().count();
    let output = run(&project, &["plan", "my-film.play", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let plan: Value = serde_json::from_str(&out(&output)).unwrap();
    let shots = plan["shots"].as_array().unwrap();
    let frames: u64 = shots.iter().map(|shot| shot["frames"].as_u64().unwrap()).sum();
    assert_eq!(plan["format"]["frames"].as_u64(), Some(frames));
    let mara = shots.iter().find(|shot| shot["subjects"] == serde_json::json!(["MARA"])).unwrap();
    assert_eq!((&mara["key"], &mara["state"]), (&Value::Null, &Value::from("to_cast")));
    assert_eq!(mara["references"], serde_json::json!(["cast/mara.png"]));
    assert_eq!(fs::read_dir(&project).unwrap().count(), before);
}

/// The number and the key of every shot that has a take.
fn keys(folder: &Path) -> Vec<(String, String)> {
    let output = run(folder, &["plan", "film.play", "--format", "json"]);
    let plan: Value = serde_json::from_str(&out(&output)).expect("a plan is JSON");
    let word = |shot: &Value, name: &str| shot[name].as_str().map(str::to_owned);
    let shots = plan["shots"].as_array().expect("a plan has shots").iter();
    shots.filter_map(|shot| Some((word(shot, "number")?, word(shot, "key")?))).collect()
}

const TWO_SHOTS: &str = "[[film: motion network]]\n\nEXT. FOREST - DAY\n\n!! WIDE [[2s]]\n\nOld trees.\n\n!! INSERT - a leaf [[1s]]\n\nIt falls.\n";

#[test]
fn a_take_is_circled_and_what_is_circled_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("film.play"), TWO_SHOTS).unwrap();
    let circle = |shot: &str, take: &str| run(folder.path(), &["circle", "film.play", shot, take]);
    let before = keys(folder.path());
    let circled = circle("1.1", "2");
    assert_eq!(circled.status.code(), Some(0), "{}", err(&circled));
    let told = out(&circled);
    assert!(told.starts_with("shot 1.1: take 2 is circled; it is not shot yet"), "{told}");
    let after = keys(folder.path());
    assert!(before[0] != after[0] && before[1..] == after[1..], "{before:?} {after:?}");

    // It is not of the last build, but stays.
    let key = &after[0].1;
    let store = |key: &str| {
        let path = path(&format!(".photoplay/takes/{}/{key}.mkv", &key[..2]));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"every pixel of it").unwrap();
        path
    };
    let (kept, cleared) = (store(key), store(&"0".repeat(64)));
    assert_eq!(run(folder.path(), &["vault", "clear"]).status.code(), Some(0));
    assert!(kept.is_file() && !cleared.exists());

    let moved = TWO_SHOTS.replace("!! WIDE", "!! CLOSE ON a path [[1s]]\n\nMud.\n\n!! WIDE");
    fs::write(path("film.play"), &moved).unwrap();
    assert!(keys(folder.path()).contains(&("1.2".to_owned(), key.clone())));
    assert!(out(&circle("1.2", "2")).contains("used already"));
    assert_eq!(circle("1.2", "0").status.code(), Some(0));
    fs::write(path("film.play"), TWO_SHOTS).unwrap();
    assert_eq!(keys(folder.path()), before);

    let unknown = circle("1.11", "2");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `1.1`?"), "{}", err(&unknown));
    assert_eq!(circle("1.1", "100").status.code(), Some(2));
}

#[test]
fn in_a_reel_a_choice_is_that_of_those_who_are_in_the_shot() {
    let folder = tempfile::tempdir().unwrap();
    let script = "EXT. FOREST - DAY\n\n!! WIDE [[2s]]\n\nOld trees.\n\n\
                  !! FULL ON A FOX [[2s]]\n\nA fox waits.\n\n\
                  !! WIDE ON THE FOX [[2s]]\n\nThe fox runs.\n\n\
                  !! FULL ON AN OWL [[2s]]\n\nAn owl waits.\n";
    fs::write(folder.path().join("film.play"), script).unwrap();
    let stills = || -> Vec<Vec<(String, String)>> {
        let output = run(folder.path(), &["plan", "film.play", "--format", "json"]);
        let plan: Value = serde_json::from_str(&out(&output)).expect("a plan is JSON");
        let word = |still: &Value, name: &str| still[name].as_str().unwrap().to_owned();
        let of = |shot: &Value| {
            let all = shot["stills"].as_array().into_iter().flatten();
            all.map(|still| (word(still, "shows"), word(still, "key"))).collect()
        };
        plan["shots"].as_array().unwrap().iter().map(of).collect()
    };
    let before = stills();
    let told = out(&run(folder.path(), &["circle", "film.play", "1.2", "2"]));
    assert!(told.starts_with("shot 1.2: take 2 of the fox is circled"), "{told}");
    assert!(told.contains("1 other shot shows the same and changes too"), "{told}");
    let after = stills();
    for (before, after) in before.iter().flatten().zip(after.iter().flatten()) {
        assert_eq!(before.0.contains("fox"), before.1 != after.1, "{before:?} {after:?}");
    }
    // The set is chosen where nobody is.
    let told = out(&run(folder.path(), &["circle", "film.play", "1.1", "1"]));
    assert!(told.starts_with("shot 1.1: take 1 of the set forest is circled"), "{told}");
    let now = stills();
    let sets = now.iter().zip(&after).filter(|(now, _)| !now.is_empty());
    assert!(sets.into_iter().all(|(now, then)| now[0].1 != then[0].1));
}

#[test]
#[cfg(not(feature = "ffmpeg"))]
fn a_bare_binary_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("film.play"), "EXT. FOREST - DAY\n\nA fox walks.\n").unwrap();
    for command in ["build", "watch"] {
        let output = run(folder.path(), &[command, "film.play"]);
        assert_eq!(output.status.code(), Some(3));
        assert!(err(&output).contains("was built without") && err(&output).contains("help:"));
    }
}

#[test]
fn fmt_tidies_checks_and_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let untidy = "EXT. FOREST - DAY  \n\n!!  WIDE [[3s ,pan left]] /* later */\n\nA fox walks.";
    let tidy = "EXT. FOREST - DAY\n\n!! WIDE [[3s ,pan left]] /* later */\n\nA fox walks.\n";
    fs::write(folder.path().join("a.play"), untidy).unwrap();
    let checked = run(folder.path(), &["fmt", "--check", "a.play"]);
    assert_eq!((checked.status.code(), &*out(&checked)), (Some(1), "a.play\n"));
    assert_eq!(fs::read_to_string(folder.path().join("a.play")).unwrap(), untidy);

    let mut piped = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(untidy.as_bytes()).unwrap();
    assert_eq!(out(&piped.wait_with_output().unwrap()), tidy);

    assert_eq!(run(folder.path(), &["fmt", "a.play"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.path().join("a.play")).unwrap(), tidy);
    let again = run(folder.path(), &["fmt", "--check", "a.play"]);
    assert_eq!((again.status.code(), &*out(&again)), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn fmt_follows_links_and_keeps_permissions() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("mine.play"), "EXT. FOREST - DAY  \n\nA fox walks.").unwrap();
    fs::set_permissions(path("mine.play"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("mine.play", path("link.play")).unwrap();
    assert_eq!(run(folder.path(), &["fmt", "link.play"]).status.code(), Some(0));
    assert!(fs::symlink_metadata(path("link.play")).unwrap().is_symlink());
    let text = fs::read_to_string(path("mine.play")).unwrap();
    assert_eq!(text, "EXT. FOREST - DAY\n\nA fox walks.\n");
    assert_eq!(fs::metadata(path("mine.play")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_suggested_command_can_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let suggested = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        let told = out(&output);
        let command = told.lines().find_map(|line| line.strip_prefix("  photoplay build "));
        command.expect("a build is suggested").to_owned()
    };
    assert_eq!(suggested(&["new", "The Ferry"]), "'The Ferry/the-ferry.play'");
    assert_eq!(suggested(&["new", "--", "-x"]), "./-x/x.play");
    assert_eq!(suggested(&["new", "plain"]), "plain/plain.play");
}

#[cfg(feature = "ffmpeg")]
const SPOKEN: &str = "EXT. FOREST - DAY\n\n!! WIDE ON MARA [[1s]]\n\nMARA\nHere.\n\n# Cast\n\n[[cast: MARA, a girl]]\n";

#[cfg(feature = "ffmpeg")]
#[test]
fn a_film_takes_the_place_of_nobodys_work() {
    // What is there, the script first; what is typed; the file that is in the way.
    let cases: [(&[&str], &[&str], &str); 8] = [
        (&["y.srt"], &["build", "y.srt"], "y.srt"),
        (&["w.srt"], &["build", "-o", "w.mp4", "w.srt"], "w.srt"),
        (&["x.mp4"], &["build", "x.mp4"], "x.mp4"),
        (
            &["z.animatic.srt"],
            &["build", "--animatic", "-o", "z.animatic.mp4", "z.animatic.srt"],
            "z.animatic.srt",
        ),
        (&["v.srt"], &["build", "--animatic", "-o", "./v.mp4", "v.srt"], "./v.srt"),
        (&["p.play", "p.srt"], &["build", "p.play"], "p.srt"),
        (&["p.play", "other.mp4"], &["build", "-o", "other.mp4", "p.play"], "other.mp4"),
        (&["p.play", "p.animatic.mp4"], &["build", "--animatic", "p.play"], "p.animatic.mp4"),
    ];
    for (files, arguments, in_the_way) in cases {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), SPOKEN).unwrap();
        }
        let refused = run(folder.path(), arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", err(&refused));
        let told = err(&refused);
        assert!(told.contains(&format!("`{in_the_way}`")) && told.contains("help:"), "{told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), files.len(), "{arguments:?}");
        for file in files {
            assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), SPOKEN, "{file}");
        }
    }
}

#[cfg(feature = "ffmpeg")]
#[test]
fn a_film_takes_the_place_of_itself_until_somebody_edits_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let build = || {
        let output = run(folder.path(), &["build", "--animatic", "p.play"]);
        (output.status.code(), err(&output))
    };
    fs::write(path("p.play"), SPOKEN).unwrap();
    // An empty file, as `mktemp` makes it, is nobody's work.
    fs::write(path("p.animatic.mp4"), "").unwrap();
    let built = build();
    assert_eq!(built.0, Some(0), "{}", built.1);
    let subtitles = path("p.animatic.srt");
    assert!(fs::read_to_string(&subtitles).unwrap().contains("Here."));

    fs::write(path("p.play"), SPOKEN.replace("Here.", "There.")).unwrap();
    assert_eq!(build().0, Some(0));
    let written = fs::read_to_string(&subtitles).unwrap();
    assert!(written.contains("There."));
    fs::write(&subtitles, written.replace("There.", "Over there.")).unwrap();
    assert_eq!(build().0, Some(2));
    assert!(fs::read_to_string(&subtitles).unwrap().contains("Over there."));

    // What the film would write anyway may be replaced, whoever wrote it.
    fs::write(&subtitles, written).unwrap();
    fs::remove_dir_all(path(".photoplay")).unwrap();
    assert_eq!(build().0, Some(0));
}

#[cfg(feature = "ffmpeg")]
#[test]
fn boards_remove_only_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let boards = |script: &str| run(folder.path(), &["boards", "-o", "shared", script]);
    let one = "EXT. ROAD - DAY\n\n!! WIDE [[static, 1s]]\n\nDust.\n";
    fs::write(path("one.play"), format!("{one}\n!! CLOSE ON A STONE [[static, 1s]]\n\nIt lies.\n"))
        .unwrap();
    fs::write(path("two.play"), one).unwrap();
    assert_eq!(boards("one.play").status.code(), Some(0));
    fs::copy(path("shared/1.1.png"), path("shared/my favourite.png")).unwrap();

    // Another film's boards are not replaced.
    let refused = boards("two.play");
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("another script, `one.play`"), "{}", err(&refused));

    // The board of a shot that is gone goes; copies stay, whatever mark they have.
    assert!(path("shared/1.2.png").is_file());
    fs::write(path("one.play"), one).unwrap();
    assert_eq!(boards("one.play").status.code(), Some(0));
    assert!(!path("shared/1.2.png").exists());
    assert!(path("shared/my favourite.png").is_file());

    // Whoever painted on a board, or wrote on the page, finds it again.
    for (name, paint) in [("1.1.png", true), ("index.html", false), ("boards.pdf", false)] {
        let (file, before) =
            (path("shared").join(name), fs::read(path("shared").join(name)).unwrap());
        if paint {
            let mut board = image::open(&file).unwrap().to_rgb8();
            board.put_pixel(3, 3, image::Rgb([255, 0, 0]));
            board.save(&file).unwrap();
        } else {
            fs::write(&file, [before.as_slice(), b"<!-- mine -->"].concat()).unwrap();
        }
        let refused = boards("one.play");
        assert_eq!(refused.status.code(), Some(4), "{name}");
        assert!(err(&refused).contains(name), "{}", err(&refused));
        fs::write(&file, before).unwrap();
    }
    // Boards without their page, after an interruption, are drawn again.
    fs::remove_file(path("shared/index.html")).unwrap();
    assert_eq!(boards("one.play").status.code(), Some(0));

    // A film may be drawn from a board, which stays.
    let from = one.replace("[[static", "[[from \"shared/1.1.png\", static");
    fs::write(path("one.play"), from).unwrap();
    let refused = boards("one.play");
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(err(&refused).contains("which the film is made from"), "{}", err(&refused));

    fs::write(path("empty.play"), "= Nothing yet.\n").unwrap();
    for command in ["check", "boards", "build"] {
        let refused = run(folder.path(), &[command, "empty.play"]);
        assert!(err(&refused).contains("nothing can be filmed"), "{}", err(&refused));
        assert_eq!(refused.status.code(), Some(1));
    }
    assert!(!path("empty.boards").exists());
}
