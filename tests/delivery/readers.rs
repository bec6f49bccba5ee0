//! Readers of other people, and what they must understand.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use photoplay::deliver::edl::edl;
use photoplay::deliver::fcpxml::fcpxml;
use photoplay::deliver::mlt::mlt;
use photoplay::deliver::otio::otio;
use photoplay::deliver::turnover::Turnover;
use photoplay::deliver::xmeml::xmeml;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::edits::{RATES, turnovers};

/// Edits of each rate.
const EDITS: usize = 200;

/// The Python that `tools/setup.sh tests` set up, and where Apple's DTDs lie.
const PYTHON: &str = "PHOTOPLAY_READERS";
const DTDS: &str = "PHOTOPLAY_FCPXML_DTD";

fn write(folder: &Path, turnover: &Turnover) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in [
        ("film.otio", otio(turnover)),
        ("film.edl", edl(turnover)),
        ("film.fcpxml", fcpxml(turnover)),
        ("film.xml", xmeml(turnover, "file://localhost/films/")),
        ("film.mlt", mlt(turnover)),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn file(turnover: &Turnover, media: usize) -> String {
    let media = &turnover.media[media];
    format!("{}.{}", media.name, media.ending)
}

/// Spaces as a line of an EDL and an attribute keep them.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a reader that keeps cuts where they are must find.
fn cut_lines(turnover: &Turnover) -> Vec<String> {
    let mut lines = Vec::new();
    for event in &turnover.events {
        let (at, frames) = (event.record_in, event.frames());
        if let Some(dissolve) = &event.dissolve {
            lines.push(format!("dissolve {at} {} {}", dissolve.before, dissolve.after));
        }
        if let Some(fade) = event.fade_in {
            lines.push(format!("fade-in {at} {}", fade.frames));
        }
        let source = turnover.media[event.media].timecode + event.source_in;
        let file = file(turnover, event.media);
        lines.push(format!("clip {}\t{file} {source} {at} {frames}", event.name));
        if let Some(fade) = event.fade_out {
            lines.push(format!("fade-out {} {}", event.record_out, fade.frames));
        }
    }
    lines
}

/// What is found in an EDL: dissolves begin with their second event, nothing stands for a
/// shot that is all dissolve, and the reader drops what a dissolve leads from.
fn edl_lines(turnover: &Turnover) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, event) in turnover.events.iter().enumerate() {
        let before = event.dissolve.as_ref().map_or(0, |dissolve| dissolve.before);
        let fade_out = event.fade_out.map_or(0, |fade| fade.frames);
        let start = event.record_in - before;
        let end = event.record_out - turnover.shared_end(index) - fade_out;
        if let Some(dissolve) = &event.dissolve {
            if lines.is_empty() {
                let left = &turnover.events[index - 1];
                let source = turnover.media[left.media].timecode + left.source_in;
                lines.push(format!("clip {}\t {source} 0 0", plain(&left.name)));
            }
            lines.push(format!("blend {start} {}", dissolve.frames()));
        }
        if let Some(fade) = event.fade_in {
            lines.push(format!("blend {start} {}", fade.frames));
        }
        if start < end || event.dissolve.is_some() || event.fade_in.is_some() {
            let source = turnover.media[event.media].timecode + event.source_in - before;
            let name = plain(&event.name);
            lines.push(format!("clip {name}\t {source} {start} {}", end - start));
        }
        if fade_out > 0 {
            if lines.is_empty() {
                let source = turnover.media[event.media].timecode + event.source_in;
                lines.push(format!("clip {}\t {source} 0 0", plain(&event.name)));
            }
            lines.push(format!("blend {end} {fade_out}"));
        }
    }
    lines
}

/// What MLT must play, in stretches.
fn mlt_lines(turnover: &Turnover) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, event) in turnover.events.iter().enumerate() {
        let name = file(turnover, event.media);
        let (fade_in, fade_out) = (
            event.fade_in.map_or(0, |fade| fade.frames),
            event.fade_out.map_or(0, |fade| fade.frames),
        );
        let source = |record: u32| event.source_in + record - event.record_in;
        if let Some(dissolve) = &event.dissolve {
            let left = &turnover.events[index - 1];
            let out = left.source_in + left.frames() - dissolve.before;
            let (from, start) = (file(turnover, left.media), event.record_in - dissolve.before);
            let into = event.source_in - dissolve.before;
            let frames = dissolve.frames();
            lines.push(format!("blend {from} {out} {name} {into} {start} {frames}"));
        }
        if fade_in > 0 {
            let (at, first) = (event.record_in, event.source_in);
            lines.push(format!("blend #ff000000 0 {name} {first} {at} {fade_in}"));
        }
        let alone = turnover.alone(index);
        let (start, end) = (alone.start + fade_in, alone.end - fade_out);
        if start < end {
            lines.push(format!("show {name} {} {start} {}", source(start), end - start));
        }
        if fade_out > 0 {
            lines.push(format!("blend {name} {} #ff000000 0 {end} {fade_out}", source(end)));
        }
    }
    lines
}

/// Lines without the file, which the EDL's reader does not know.
fn without_files(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .map(|line| match line.split_once('\t') {
            Some((name, rest)) => {
                let (_, numbers) = rest.split_once(' ').unwrap();
                format!("{}\t {numbers}", plain(name))
            }
            None => line,
        })
        .collect()
}

/// XML makes one space of what stands in an attribute or around a text.
fn with_plain_names(lines: &[String]) -> Vec<String> {
    let names = lines.iter().map(|line| match line.split_once('\t') {
        Some((name, rest)) => format!("{}\t{rest}", plain(name)),
        None => line.clone(),
    });
    names.collect()
}

#[test]
#[ignore = "needs the readers of `make delivery-test`"]
fn readers_of_other_people_understand_every_edit() {
    let python = std::env::var(PYTHON).expect("`make delivery-test` says where Python is");
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let mut films: Vec<(PathBuf, Turnover)> = Vec::new();
    for (index, rate) in RATES.into_iter().enumerate() {
        for edit in 0..EDITS {
            let turnover = turnovers(rate).new_tree(&mut runner).unwrap().current();
            let folder = folder.path().join(format!("{index}-{edit}"));
            write(&folder, &turnover);
            films.push((folder, turnover));
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/delivery/readers.py");
    let lines = films.iter().map(|(folder, turnover)| {
        let rate = turnover.rate;
        format!("{}\t{}\t{}", folder.display(), rate.numerator, rate.denominator)
    });
    let list = lines.collect::<Vec<_>>().join("\n") + "\n";
    let mut reader = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(list.as_bytes()));
    let output = reader.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the readers failed");
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), films.len());
    let mut transitions = 0;
    for (answer, (folder, turnover)) in answers.lines().zip(&films) {
        let found: BTreeMap<String, Vec<String>> = serde_json::from_str(answer).unwrap();
        let cuts = cut_lines(turnover);
        transitions += cuts.iter().filter(|line| !line.starts_with("clip")).count();
        let place = folder.display();
        for format in ["film.otio", "film.fcpxml", "film.xml"] {
            assert_eq!(
                with_plain_names(&found[format]),
                with_plain_names(&cuts),
                "{place} {format}"
            );
        }
        let edl = edl_lines(turnover);
        assert_eq!(without_files(found["film.edl"].clone()), edl, "{place} film.edl");
        assert_eq!(found["film.mlt"], mlt_lines(turnover), "{place} film.mlt");
    }
    assert!(transitions > films.len(), "{transitions} transitions say little");
}

#[test]
#[ignore = "needs the readers of `make delivery-test`"]
fn fcpxml_is_valid() {
    let Some(dtds) = std::env::var_os(DTDS) else {
        eprintln!("{DTDS} names no folder with Apple's DTDs");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let mut versions = 0;
    for dtd in fs::read_dir(dtds).unwrap().flatten().map(|entry| entry.path()) {
        let name = dtd.file_stem().unwrap().to_string_lossy().into_owned();
        let Some((_, minor)) = name.rsplit_once(['.', '_']) else { continue };
        if !minor.parse::<u32>().is_ok_and(|minor| minor >= 9) {
            continue;
        }
        versions += 1;
        for rate in RATES {
            let turnover = turnovers(rate).new_tree(&mut runner).unwrap().current();
            let text = fcpxml(&turnover);
            let text = text.replace("version=\"1.10\"", &format!("version=\"1.{minor}\""));
            let film = folder.path().join("film.fcpxml");
            fs::write(&film, text).unwrap();
            let checked = Command::new("xmllint")
                .args(["--noout", "--dtdvalid"])
                .args([&dtd, &film])
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success(), "1.{minor}: {said}");
        }
    }
    assert!(versions > 0, "no DTD from 1.9 on");
}
