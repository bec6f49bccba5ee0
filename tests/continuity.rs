//! Continuity of a scene of thirty shots: without a fault nothing is found, and of twenty
//! planted faults every one, and none else.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;

use photoplay::analysis::{ScriptAnalysis, analyze};
use photoplay::blocking::lint::{CODES, plan_of};
use photoplay::breakdown::Strictness;
use photoplay::source::Sources;

/// After Edgar Allan Poe, The Purloined Letter (1844).
const SCENE: &str = include_str!("continuity/purloined-letter.play");

/// The edits that plant faults: `code`, the shot it is found in, what is replaced, and by
/// what.
const FAULTS: &str = include_str!("continuity/faults.txt");

fn analysis(script: &str) -> ScriptAnalysis {
    let mut sources = Sources::default();
    let id = sources.add("letter.play", script);
    analyze(&mut sources, id, Strictness::Strict)
}

/// The faults of continuity in a script: code and shot.
fn found(script: &str) -> BTreeSet<(String, String)> {
    let analysis = analysis(script);
    let faults = analysis.diagnostics.iter().filter(|found| CODES.contains(&found.code));
    faults
        .map(|fault| {
            let shot = analysis.list.shots.iter().find(|shot| Some(shot.span) == fault.span);
            (fault.code.to_string(), shot.unwrap().number.clone())
        })
        .collect()
}

/// The planted faults, each with its edit.
fn faults() -> Vec<((String, String), (String, String))> {
    let blocks = FAULTS.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks
        .map(|block| {
            let lines: Vec<String> = block.lines().map(|line| line.replace('¶', "\n")).collect();
            let [head, from, to] = &lines[..] else { panic!("three lines: {block}") };
            let (code, shot) = head.split_once(' ').unwrap();
            ((code.to_owned(), shot.to_owned()), (from.clone(), to.clone()))
        })
        .collect()
}

fn planted(edits: &[&(String, String)]) -> String {
    let mut script = SCENE.to_owned();
    for (from, to) in edits {
        assert_eq!(script.matches(from.as_str()).count(), 1, "{from}");
        script = script.replace(from.as_str(), to);
    }
    script
}

#[test]
fn a_scene_without_faults_has_none() {
    let shots = analysis(SCENE).list.shots;
    assert!(shots.iter().filter(|shot| !shot.scene.is_empty()).count() >= 30);
    assert_eq!(found(SCENE), BTreeSet::new());
}

#[test]
fn every_planted_fault_is_found_and_none_else() {
    let faults = faults();
    assert_eq!(faults.len(), 20);
    let all: Vec<&(String, String)> = faults.iter().map(|(_, edit)| edit).collect();
    let expected: BTreeSet<(String, String)> =
        faults.iter().map(|(fault, _)| fault.clone()).collect();
    assert_eq!(found(&planted(&all)), expected);
}

#[test]
fn each_fault_alone_is_found_alone() {
    for (fault, edit) in faults() {
        assert_eq!(found(&planted(&[&edit])), BTreeSet::from([fault.clone()]), "{edit:?}");
    }
}

#[test]
fn a_floor_plan_shows_who_a_fault_is_about() {
    let faults = faults();
    let all: Vec<&(String, String)> = faults.iter().map(|(_, edit)| edit).collect();
    let analysis = analysis(&planted(&all));
    let mut plans = 0;
    for found in &analysis.diagnostics {
        let Some(plan) = plan_of(&analysis.list, found) else { continue };
        plans += 1;
        assert!(plan.starts_with("<svg") && plan.ends_with("</svg>"), "{plan}");
        let names = ["DUPIN", "MINISTER"].iter().filter(|name| plan.contains(*name)).count();
        assert!(names > 0, "{}: {plan}", found.message);
        assert!(!plan.contains("NaN") && !plan.contains("inf"), "{plan}");
    }
    assert_eq!(plans, 20);
}
