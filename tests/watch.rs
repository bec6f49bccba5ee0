//! `photoplay watch` as a process, with a camera that needs no network: what a
//! save costs, what it stops, what it leaves behind.
//!
//! The camera is this test program itself: started by `photoplay` with
//! `SLATE` set, it paints each take in a colour of its own and writes down what
//! it was asked for.

#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]
#![allow(clippy::print_stdout, reason = "tells which test runs")]

fn main() {
    #[cfg(all(feature = "preview", unix))]
    slate::main();
}

#[cfg(all(feature = "preview", unix))]
mod slate {
    use std::fs;
    use std::io::{self, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::{Duration, Instant};

    use image::{Rgb, RgbImage};
    use photoplay::media::take::TakeWriter;
    use photoplay::shoot::drive::ShootRequest;
    use photoplay::shoot::remote::VARIABLE;
    use photoplay::shoot::wire::{Order, Reply, hear, say};
    use photoplay::time::Rate;
    use serde_json::Value;
    use tempfile::TempDir;

    /// Milliseconds of a step; its presence makes this program a camera.
    const PACE: &str = "SLATE_PACE";
    /// Where the camera writes down what it was asked for.
    const LOG: &str = "SLATE_LOG";

    pub(super) fn main() {
        if let Ok(pace) = std::env::var(PACE) {
            camera(Duration::from_millis(pace.parse().unwrap()));
            return;
        }
        let tests: [(&str, fn()); 9] = [
            ("a draft comes before its take and never passes for it", drafts),
            ("a save stops only takes that nobody wants", stops),
            ("the shot that is written comes first", nearest),
            ("finished takes are kept", kept),
            ("mistakes leave the film as it is", mistakes),
            ("a save without a change builds nothing", unchanged),
            ("every way of saving is one build", dances),
            ("a storm of events is one build of the last state", storm),
            ("a thousand saves leave nothing behind", thousand),
        ];
        let wanted: Vec<String> =
            std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
        let list = std::env::args().any(|word| word == "--list");
        for (name, test) in tests {
            if list
                || !(wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())))
            {
                continue;
            }
            let since = Instant::now();
            test();
            println!("test {name} ... ok ({:.1} s)", since.elapsed().as_secs_f64());
        }
    }

    /// The camera: as many frames as are wanted, all of one colour.
    fn camera(pace: Duration) {
        let (orders, heard) = channel();
        std::thread::spawn(move || {
            let mut stdin = BufReader::new(io::stdin());
            while let Ok(Some(order)) = hear::<Order<'static>>(&mut stdin) {
                if orders.send(order).is_err() {
                    return;
                }
            }
        });
        let mut stdout = io::stdout();
        while let Ok(order) = heard.recv() {
            let reply = match order {
                Order::Open { .. } => Reply::Ready { device: "a slate".to_owned() },
                Order::Shoot { call, draft } => take(&call, &draft, pace, &heard, &mut stdout),
                Order::Check { .. } | Order::Stop => continue,
            };
            say(&mut stdout, &reply).unwrap();
        }
    }

    fn take(
        call: &ShootRequest<'_>,
        draft: &Path,
        pace: Duration,
        heard: &Receiver<Order<'static>>,
        stdout: &mut io::Stdout,
    ) -> Reply {
        let recipe = &call.recipe;
        let log = |end: &str| {
            let path = std::env::var(LOG).unwrap();
            let mut log = fs::File::options().append(true).create(true).open(path).unwrap();
            writeln!(log, "{end} {} {}", recipe.steps, recipe.prompt).unwrap();
        };
        for done in 1..=recipe.steps {
            std::thread::sleep(pace);
            say(stdout, &Reply::Step { done, steps: recipe.steps }).unwrap();
            while let Ok(order) = heard.try_recv() {
                if matches!(order, Order::Stop) {
                    log("stopped");
                    return Reply::Cancelled;
                }
            }
        }
        let [red, green, blue, ..] = recipe.key().0;
        let colour = RgbImage::from_pixel(recipe.width, recipe.height, Rgb([red, green, blue]));
        let rate = Rate { numerator: 12, denominator: 1 };
        let mut writer = TakeWriter::create(draft, recipe.width, recipe.height, rate).unwrap();
        for _ in 0..recipe.stored_frames() {
            writer.write(&colour).unwrap();
        }
        writer.finish().unwrap();
        log("made");
        Reply::Made
    }

    const SCRIPT: &str = "\
Title: A Small Film

[[film: format 16:9 | style storybook | seed 3]]

EXT. FOREST - DAY

!! WIDE ON the trees [[static, 1s]]

Wind in the trees.

!! INSERT - a leaf [[push in, 1s]]

A leaf falls.

> DISSOLVE TO: [[0.5s]]

EXT. RIVER - NIGHT

!! WIDE ON the water [[pan left, 1s]]

The water is still.
";

    /// Ends with the test, however that ends.
    struct Running(Child);

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    struct Watch {
        folder: TempDir,
        process: Running,
        port: u16,
        path: String,
    }

    impl Watch {
        fn start(pace: u32) -> Self {
            Self::on(tempfile::tempdir().unwrap(), pace)
        }

        fn on(folder: TempDir, pace: u32) -> Self {
            let script = folder.path().join("film.play");
            if !script.exists() {
                fs::write(script, SCRIPT).unwrap();
            }
            let process = Command::new(env!("CARGO_BIN_EXE_photoplay"))
                .args(["watch", "film.play", "--steps", "8"])
                .current_dir(folder.path())
                .env(VARIABLE, std::env::current_exe().unwrap())
                .env(PACE, pace.to_string())
                .env(LOG, folder.path().join("slate.log"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(fs::File::create(folder.path().join("words.log")).unwrap())
                .spawn()
                .unwrap();
            let address = folder.path().join(".photoplay/preview.json");
            wait("an address", || address.is_file());
            let address: Value = serde_json::from_slice(&fs::read(address).unwrap()).unwrap();
            let url = address["url"].as_str().unwrap().to_owned();
            let rest = url.strip_prefix("http://127.0.0.1:").unwrap();
            let (port, path) = rest.split_once('/').unwrap();
            let (port, path) = (port.parse().unwrap(), format!("/{path}"));
            Self { folder, process: Running(process), port, path }
        }

        fn script(&self) -> PathBuf {
            self.folder.path().join("film.play")
        }

        fn text(&self) -> String {
            fs::read_to_string(self.script()).unwrap()
        }

        fn edit(&self, from: &str, to: &str) {
            let text = self.text();
            assert!(text.contains(from), "{from}");
            fs::write(self.script(), text.replace(from, to)).unwrap();
        }

        fn ask(&self, request: &str, body: &str) -> String {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            let Self { port, path, .. } = self;
            let (method, name) = request.split_once(' ').unwrap();
            write!(
                stream,
                "{method} {path}{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            let answer = String::from_utf8(answer).unwrap();
            answer.split_once("\r\n\r\n").unwrap().1.to_owned()
        }

        fn state(&self) -> Value {
            serde_json::from_str(&self.ask("GET state", "")).unwrap()
        }

        /// Waits until the state is as it should be.
        fn shows(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
            let mut state = Value::Null;
            let since = Instant::now();
            while !holds(&state) {
                let words = || fs::read_to_string(self.folder.path().join("words.log")).unwrap();
                let late = since.elapsed() > Duration::from_secs(90);
                assert!(!late, "waited for {what}\n{state:#}\n{}", words());
                std::thread::sleep(Duration::from_millis(15));
                state = self.state();
            }
            state
        }

        /// Waits until every take is made and the film is written.
        fn made(&self) -> Value {
            let state = self.shows("every take", |state| {
                let pieces = state["film"]["pieces"].as_array();
                takes(state).iter().all(|state| state == "made" || state == "cached")
                    && !takes(state).is_empty()
                    && pieces.is_some_and(|all| all.iter().all(|piece| piece["ready"] == true))
            });
            let film = self.folder.path().join("film.mp4");
            wait("the film", || film.is_file());
            state
        }

        /// What the camera did, one line each.
        fn log(&self) -> Vec<String> {
            let log = fs::read_to_string(self.folder.path().join("slate.log")).unwrap_or_default();
            log.lines().map(str::to_owned).collect()
        }

        fn stop(mut self) -> TempDir {
            let pid = self.process.0.id().to_string();
            assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
            assert_eq!(self.process.0.wait().unwrap().code(), Some(130));
            self.folder
        }

        /// Kilobytes of memory in use.
        fn memory(&self) -> u64 {
            let status =
                fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap();
            let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        }

        fn files(&self) -> Vec<String> {
            files(&self.folder.path().join(".photoplay"))
        }
    }

    /// States of the shots that have takes.
    fn takes(state: &Value) -> Vec<String> {
        let shots = state["shots"].as_array().into_iter().flatten();
        let states = shots.map(|shot| shot["state"].as_str().unwrap().to_owned());
        states.filter(|state| state != "drawn").collect()
    }

    /// Files below a folder that a watch is at work in: one that goes meanwhile
    /// holds nothing.
    fn files(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                found.extend(files(&entry.path()));
            } else {
                found.push(entry.path().to_string_lossy().into_owned());
            }
        }
        found.sort();
        found
    }

    fn wait(what: &str, holds: impl Fn() -> bool) {
        let since = Instant::now();
        while !holds() {
            assert!(since.elapsed() < Duration::from_mins(1), "waited for {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn drafts() {
        let watch = Watch::start(30);
        let first = watch.shows("an animatic", |state| state["film"]["frames"].is_u64());
        assert!(takes(&first).iter().all(|state| state == "waiting" || state == "rolling"));
        let shown = |state: &Value, word: &str| {
            let mut shots = state["shots"].as_array().into_iter().flatten();
            shots.any(|shot| shot["shown"] == word)
        };
        assert!(shown(&first, "slate"), "{first:#}");
        watch.shows("a draft", |state| shown(state, "draft"));
        assert!(!watch.folder.path().join("film.mp4").exists(), "no film of drafts");
        let last = watch.made();
        assert_eq!(first["film"]["frames"], last["film"]["frames"], "the right length at once");
        let made: Vec<bool> = watch.log().iter().map(|line| line.starts_with("made 3 ")).collect();
        assert_eq!(made, [true, true, true, false, false, false], "{:?}", watch.log());
        // Nothing of the drafts stays, and a build finds every take.
        wait("the drafts to go", || {
            watch.files().iter().filter(|file| file.contains(".mkv")).count() == 3
        });
        let folder = watch.stop();
        let built = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["build", "film.play", "--steps", "8", "--format", "json"])
            .current_dir(folder.path())
            .env(VARIABLE, "/nonexistent")
            .output()
            .unwrap();
        let out = String::from_utf8(built.stdout).unwrap();
        let wrap: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        assert_eq!((&wrap["takes_made"], &wrap["segments_encoded"]), (&0.into(), &0.into()));
    }

    fn stops() {
        let watch = Watch::start(2);
        watch.made();
        let folder = watch.stop();
        let watch = Watch::on(folder, 400);
        watch.made();
        let rolls = |shot: usize| {
            move |state: &Value| takes(state).get(shot).is_some_and(|state| state == "rolling")
        };
        watch.edit("[[push in", "[[pull back");
        watch.shows("the leaf to roll", rolls(1));
        // Another shot is edited: the leaf is still wanted.
        watch.edit("[[pan left", "[[pan right");
        watch.shows("the water", |state| state["focus"] == 3);
        watch.shows("the water to roll", rolls(2));
        assert!(!watch.log().iter().any(|line| line.starts_with("stopped")), "{:?}", watch.log());
        // The water is edited again while it rolls: nobody wants it as it was.
        watch.edit("[[pan right", "[[tilt up");
        watch.made();
        let log = watch.log();
        let stopped: Vec<&String> = log.iter().filter(|line| line.starts_with("stopped")).collect();
        assert_eq!(stopped.len(), 1, "{log:?}");
        assert!(stopped[0].contains("pan right"), "{log:?}");
        watch.stop();
    }

    fn nearest() {
        let watch = Watch::start(40);
        watch.shows("an animatic", |state| state["film"]["frames"].is_u64());
        watch.ask("POST cursor", r#"{"file": "film.play", "line": 21}"#);
        watch.shows("the cursor's shot", |state| state["focus"] == 3);
        watch.made();
        let log = watch.log();
        let takes: Vec<&String> = log.iter().filter(|line| line.starts_with("made 8 ")).collect();
        assert!(takes[0].contains("pan left"), "{log:?}");
        watch.stop();
    }

    fn kept() {
        let watch = Watch::start(2);
        watch.made();
        let before = watch.log().len();
        watch.edit("[[push in", "[[pull back");
        let is = |state: &Value, move_: &str| {
            let line = state["shots"][2]["lines"][0].as_str();
            line.is_some_and(|line| line.contains(move_))
        };
        watch.shows("the edit", |state| is(state, "pull back"));
        watch.made();
        assert_eq!(watch.log().len(), before + 2, "a draft and a take: {:?}", watch.log());
        let why = watch.state()["shots"][2]["why"].clone();
        assert_eq!(why[0]["field"], "prompt", "{why}");
        watch.edit("[[pull back", "[[push in");
        let state = watch.shows("the leaf as before", |state| is(state, "push in"));
        assert_eq!(takes(&state), ["made", "made", "made"]);
        watch.edit("[[0.5s]]", "[[0.8s]]");
        watch.edit("A Small Film", "A Smaller Film");
        watch.shows("the title", |state| state["film"]["title"] == "A Smaller Film");
        watch.made();
        assert_eq!(watch.log().len(), before + 2, "{:?}", watch.log());
        watch.stop();
    }

    fn mistakes() {
        let watch = Watch::start(2);
        let before = watch.made();
        watch.edit("[[push in", "[[psuh in");
        let broken =
            watch.shows("the mistake", |state| state["diagnostics"][0]["severity"] == "error");
        assert_eq!(broken["outdated"], true);
        assert_eq!(broken["film"], before["film"]);
        assert_eq!(broken["diagnostics"][0]["excerpt"]["line"], 11);
        watch.edit("[[psuh in", "[[push in");
        let mended = watch.shows("the mend", |state| state["outdated"] == false);
        assert_eq!(mended["film"], before["film"]);
        assert_eq!(mended["diagnostics"], before["diagnostics"]);
        watch.stop();
    }

    fn unchanged() {
        let watch = Watch::start(2);
        let before = watch.made();
        let film = watch.folder.path().join("film.mp4");
        let stamp = fs::metadata(&film).unwrap().modified().unwrap();
        for _ in 0..5 {
            fs::write(watch.script(), watch.text()).unwrap();
            std::thread::sleep(Duration::from_millis(120));
        }
        assert_eq!(watch.state(), before);
        assert_eq!(fs::metadata(&film).unwrap().modified().unwrap(), stamp);
        watch.stop();
    }

    /// Saves by the system calls and programs that editors use.
    fn dances() {
        let watch = Watch::start(2);
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
        type Dance<'a> = (&'a str, Box<dyn Fn(u32) + 'a>);
        let dances: Vec<Dance<'_>> = vec![
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
        for (number, (who, dance)) in dances.iter().enumerate() {
            let number = number as u32 + 1;
            dance(number);
            let state = watch.shows(&format!("the save of {who}"), |state| {
                state["film"]["title"] == title(number).as_str()
            });
            assert_eq!(
                (&state["failure"], &state["outdated"]),
                (&Value::Null, &false.into()),
                "{who}"
            );
        }
        drop(dances);
        watch.stop();
    }

    fn storm() {
        let watch = Watch::start(2);
        watch.made();
        // What a second build needs, every later one has.
        fs::write(watch.script(), SCRIPT.replace("A Small Film", "The Second")).unwrap();
        watch.shows("the second build", |state| state["film"]["title"] == "The Second");
        watch.made();
        let builds = || {
            let words = fs::read_to_string(watch.folder.path().join("words.log")).unwrap();
            words.lines().filter(|line| line.contains("frames")).count()
        };
        let (memory, before) = (watch.memory(), builds());
        let since = Instant::now();
        let other = watch.folder.path().join("noise.txt");
        for number in 0..10_000 {
            fs::write(&other, number.to_string()).unwrap();
            if number % 1000 == 0 {
                fs::write(
                    watch.script(),
                    SCRIPT.replace("A Small Film", &format!("Film {number}")),
                )
                .unwrap();
            }
        }
        fs::write(watch.script(), SCRIPT.replace("A Small Film", "The Last")).unwrap();
        let storm = since.elapsed();
        watch.shows("the last state", |state| state["film"]["title"] == "The Last");
        watch.made();
        let after = watch.memory();
        assert!(after < memory + 20_000, "{memory} kB, after the storm {after} kB");
        // One look in half a second at most while it lasts, and one after.
        let builds = builds() - before;
        assert!(builds <= 2 + storm.as_millis() as usize / 400, "{builds} builds in {storm:?}");
        watch.stop();
    }

    fn thousand() {
        let watch = Watch::start(0);
        watch.made();
        let save = |number: u32| {
            let title = format!("Film {number}");
            fs::write(watch.script(), SCRIPT.replace("A Small Film", &title)).unwrap();
            watch.shows("the title", |state| state["film"]["title"] == title.as_str());
        };
        for number in 0..50 {
            save(number);
        }
        let (memory, files) = (watch.memory(), watch.files().len());
        let saves = std::env::var("SAVES").ok().and_then(|saves| saves.parse().ok());
        for number in 50..saves.unwrap_or(1000) {
            save(number);
        }
        watch.made();
        // The cutter sweeps when the film is written.
        wait("what nobody uses to go", || watch.files().len() <= files + 4);
        let after = watch.memory();
        assert!(after < memory + 20_000, "{memory} kB, after 1,000 saves {after} kB");
        watch.stop();
    }
}
