//! Golden plans: the film of a whole script, shot by shot, as a table for people. The
//! prompts are for a model that reads free text. Keys depend on weights and are left
//! out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::prompts::lower;
use photoplay::breakdown::shot::{Picture, ShotList};
use photoplay::cut::assemble::assemble;
use photoplay::diagnostic::Diagnostic;
use photoplay::source::Sources;

/// The shot list of a script, and its diagnostics.
fn film(path: &Path, text: &str) -> (ShotList, Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let analysis = analyze(&mut sources, id, Strictness::of(path));
    (analysis.list, sources, analysis.diagnostics)
}

/// The shot list as a table, then the sound, then the diagnostics.
fn plan(path: &Path, text: &str) -> String {
    let (list, sources, diagnostics) = film(path, text);
    let mut out = table(&list);
    for diagnostic in &diagnostics {
        let at =
            diagnostic.span.map_or((0, 0), |span| sources.get(span.source).line_column(span.start));
        let (severity, message) = (diagnostic.severity, &diagnostic.message);
        writeln!(out, "{severity:?} {}:{} {message}", at.0, at.1).expect("a string");
    }
    out
}

fn table(list: &ShotList) -> String {
    let mut out = String::new();
    let edl = assemble(list);
    for (shot, event) in list.shots.iter().zip(&edl.picture) {
        let how = if shot.covered { "covered" } else { "written" };
        writeln!(out, "{} | {} frames | {how} | {}", shot.number, shot.frames, shot.shows)
            .expect("a string");
        if let Some(transition) = &event.transition {
            let (before, after) = (transition.before, transition.after);
            writeln!(out, "    from {:?} {before}+{after}", transition.kind).expect("a string");
        }
        if let Some(fade) = &event.fade_out {
            writeln!(out, "    to {:?} {}", fade.kind, fade.before).expect("a string");
        }
        let Picture::Take(take) = &shot.picture else { continue };
        let who: Vec<String> = take
            .subjects
            .iter()
            .map(|(who, face)| format!("{} {face:?}", list.subjects[*who].name))
            .collect();
        write!(out, "    {}", take.description.size).expect("a string");
        if !take.description.angle.is_empty() {
            write!(out, ", {}", take.description.angle).expect("a string");
        }
        if !take.technique.movement.is_empty() {
            write!(out, ", {}", take.technique.movement).expect("a string");
        }
        writeln!(out, ": {}", who.join(", ")).expect("a string");
        if let Some(from) = take.continues {
            writeln!(out, "    continues {}", list.shots[from].number).expect("a string");
        }
        if let Some((base, passed)) = take.resumes {
            writeln!(out, "    resumes {} after {passed}", list.shots[base].number)
                .expect("a string");
        } else {
            let prompt = lower::lower("wan", &take.description, None, &list.vocabulary.grammar);
            let words = prompt.expect("the template renders");
            writeln!(out, "    > {words}").expect("a string");
        }
        if !take.lettering.is_empty() {
            writeln!(out, "    on paper: {}", take.lettering.join(" / ")).expect("a string");
        }
    }
    writeln!(out, "{} frames", edl.frames).expect("a string");
    for line in &list.lines {
        let off = if line.off_screen { " (off)" } else { "" };
        writeln!(out, "{:>5} {:>5} {}{off}: {}", line.start, line.end, line.speaker, line.text)
            .expect("a string");
    }
    for words in &list.supers {
        writeln!(out, "{:>5} {:>5} over the picture: {}", words.start, words.end, words.text)
            .expect("a string");
    }
    for (at, chapter) in &list.chapters {
        writeln!(out, "{at:>5} chapter {chapter}").expect("a string");
    }
    out
}

fn example(script: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(script);
    let text = std::fs::read_to_string(&path).expect("the script is there");
    (path, text)
}

fn snapshot(name: &str, plan: &str) {
    insta::with_settings!({
        snapshot_path => "plans",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, plan);
    });
}

#[test]
fn whole_scripts_are_planned() {
    for script in
        ["tide-clerk/tide-clerk.play", "trailer/salt-clock.play", "plain/the-orchard-let.fountain"]
    {
        let (path, text) = example(script);
        snapshot(script.rsplit('/').next().expect("a file"), &plan(&path, &text));
    }
}

#[test]
fn small_scripts_are_planned() {
    for script in [
        "lengthened.play",
        "continues.play",
        "sound.play",
        "german.play",
        "owners.play",
        "extras.play",
        "told.play",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans").join(script);
        let text = std::fs::read_to_string(&path).expect("the script is there");
        snapshot(script, &plan(&path, &text));
    }
}

/// The content of a take and its length on film: two shots with equal ones need one
/// take.
fn takes(list: &ShotList) -> Vec<String> {
    let take = |shot: &photoplay::breakdown::shot::Shot| match &shot.picture {
        Picture::Take(take) => {
            Some(format!("{} {:?} {:?}", shot.frames, take.description, take.lettering))
        }
        _ => None,
    };
    list.shots.iter().filter_map(take).collect()
}

fn new_takes(before: &[String], after: &[String]) -> usize {
    let mut left = before.to_vec();
    let mut new = 0;
    for take in after {
        match left.iter().position(|old| old == take) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => new += 1,
        }
    }
    new
}

#[test]
fn one_edit_of_a_plain_script_stays_one_edit() {
    let (path, text) = example("plain/the-orchard-let.fountain");
    let before = takes(&film(&path, &text).0);
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let mut counts: Vec<usize> = Vec::new();
    let mut measure = |edited: Vec<String>| {
        let after = takes(&film(&path, &edited.join("\n\n")).0);
        counts.push(new_takes(&before, &after));
    };
    // the title page and the last paragraph stay as they are
    for at in 1..paragraphs.len() - 1 {
        let owned: Vec<String> = paragraphs.iter().map(|text| (*text).to_owned()).collect();
        let heading =
            |at: usize| ["INT", "EXT"].iter().any(|start| paragraphs[at].starts_with(start));
        // the paragraph under a heading describes its place
        if !heading(at) && !heading(at - 1) {
            let mut word = owned.clone();
            word[at].push_str(" Slowly now.");
            measure(word);
        }
        // before anybody is there it would describe the place
        if at > 2 {
            let mut action = owned.clone();
            action.insert(at + 1, "A clock strikes somewhere in the house.".to_owned());
            measure(action);
        }
        // a line for whoever spoke before this speech
        let cue = |at: usize| {
            let line = paragraphs[at].lines().next().unwrap_or("");
            let is_cue = paragraphs[at].contains('\n') && line.to_uppercase() == line;
            is_cue.then_some(line).filter(|line| !line.contains('('))
        };
        if let Some(speaker) = cue(at)
            && let Some(other) =
                (1..at).rev().find_map(|at| cue(at).filter(|other| *other != speaker))
        {
            let mut speech = owned;
            speech.insert(at + 1, format!("{other}\nThe samovar is cold, and so are we."));
            measure(speech);
        }
    }
    let (edits, sum) = (counts.len(), counts.iter().sum::<usize>());
    let worst = counts.iter().max().copied().unwrap_or(0);
    assert!(sum <= 2 * edits, "{sum} new takes after {edits} edits");
    assert!(worst <= 6, "an edit made {worst} new takes");
}

#[test]
fn a_new_name_changes_no_picture() {
    let (path, text) = example("tide-clerk/tide-clerk.play");
    let before = takes(&film(&path, &text).0);
    let renamed = text.replace("JONAS", "ANDERS").replace("Jonas", "Anders");
    let after = takes(&film(&path, &renamed).0);
    assert_eq!(new_takes(&before, &after), 0);
}
