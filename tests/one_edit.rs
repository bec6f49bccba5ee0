//! One edit stays one edit: an edit of one shot changes the take of no other, however
//! alike they are, but of those that go on from it; what is inserted, removed or moved
//! shoots only what is new. `PROPTEST_CASES=10000` tries more scripts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::shot::{Picture, ShotList};
use photoplay::casting::{Chosen, looks};
use photoplay::model::{Conditioning, Model, ModelDefaults, ModelIndex, ModelWords};
use photoplay::shoot::plan::{ModelFingerprint, TakeChoices, TakePlan, plan};
use photoplay::shoot::recipe::TakeKey;
use photoplay::source::Sources;
use proptest::prelude::*;

/// A model that reads free text, or one with a table of words.
fn fingerprint(words: Option<ModelWords>) -> ModelFingerprint {
    let toy = Model::embedded().expect("the embedded model is whole");
    let prompt_template = if words.is_some() { toy.defaults.prompt_template } else { "wan".into() };
    let settings = ModelDefaults { prompt_template, reel: None, ..toy.defaults };
    ModelFingerprint {
        settings,
        words,
        digests: Arc::default(),
        index: ModelIndex::default(),
        conditioning: Conditioning::Control,
        adapters: Arc::new([]),
        reuse: None,
        preview_decoder: None,
        control: None,
    }
}

/// The takes of a script; everybody has a portrait.
fn planned(script: &str, model: &ModelFingerprint) -> (ShotList, TakePlan) {
    let mut sources = Sources::default();
    let id = sources.add("film.play", script);
    let list = analyze(&mut sources, id, Strictness::Strict).list;
    let cast = looks(&list, model.words.as_ref());
    let portrait = |look: &photoplay::casting::Look| {
        let words = format!("{} / {}", look.words, look.outfit);
        Some(Chosen {
            file: format!("{}.png", look.name).into(),
            digest: blake3::hash(words.as_bytes()),
            note: None,
        })
    };
    let chosen: Vec<Option<Chosen>> = cast.looks.iter().map(portrait).collect();
    let (none, folder, mut digest) = (BTreeMap::new(), Path::new("."), |_: &Path| Ok(None));
    let stills = vec![None; list.shots.len()];
    let choices = TakeChoices { pictures: &chosen, circled: &none, stills: &stills };
    let plan = plan(&list, model, &cast, choices, folder, &mut digest);
    (list, plan.expect("a film can be planned"))
}

/// The key of each shot that has a take.
fn keys(takes: &TakePlan) -> Vec<TakeKey> {
    let shots = takes.shots.iter().filter(|shot| shot.take.is_some());
    shots.map(|shot| shot.key.expect("everybody has a portrait")).collect()
}

const CAST: &str = "\
[[film: cards off]]

[[cast: RED, a girl with red hair, wearing a green coat]]
[[cast: OLD, an old man with a white beard]]

";

fn script(scenes: &[Vec<String>]) -> String {
    let places = ["INT. KITCHEN - DAY", "EXT. FOREST - DAY", "INT. MILL - NIGHT"];
    let scene = |(place, shots): (&&str, &Vec<String>)| format!("{place}\n\n{}", shots.concat());
    CAST.to_owned() + &places.iter().zip(scenes).map(scene).collect::<String>()
}

/// A shot out of so few that most scripts have equal ones.
fn shot() -> impl Strategy<Value = String> {
    let size = prop::sample::select(vec!["MEDIUM", "CLOSE"]);
    let who = prop::sample::select(vec!["RED", "OLD"]);
    let does = prop::sample::select(vec!["stands", "waits", "sits down"]);
    let says = prop::sample::select(vec!["", "", "Come in.", "Sit down, please."]);
    let tail = prop::sample::select(vec!["", "", ", slow push in", ", continues"]);
    (size, who, does, says, tail).prop_map(|(size, who, does, says, tail)| {
        let speech = if says.is_empty() { String::new() } else { format!("{who}\n{says}\n\n") };
        format!("!! {size} ON {who} [[2s{tail}]]\n\n{who} {does}.\n\n{speech}")
    })
}

fn scenes() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(shot(), 1..7), 3)
}

/// Whether a shot goes on from another, at once or by others.
fn goes_on_from(list: &ShotList, shot: usize, first: usize) -> bool {
    match &list.shots[shot].picture {
        Picture::Take(take) => take
            .continues
            .is_some_and(|before| before == first || goes_on_from(list, before, first)),
        _ => false,
    }
}

/// Models that tell their shots' words in different ways.
fn models() -> [ModelFingerprint; 2] {
    let words = Model::embedded().expect("the embedded model is whole").words;
    [fingerprint(None), fingerprint(words)]
}

/// As many as the environment asks for, else few.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn an_edit_changes_no_other_take(
        scenes in scenes(), (scene, at) in (0..3_usize, 0..6_usize), new in shot()
    ) {
        let at = at % scenes[scene].len();
        let mut edited = scenes.clone();
        edited[scene][at] = new;
        let edited_shot = scenes[..scene].iter().map(Vec::len).sum::<usize>() + at;
        for model in models() {
            let (list, before) = planned(&script(&scenes), &model);
            let (edited_list, after) = planned(&script(&edited), &model);
            prop_assert_eq!(before.shots.len(), after.shots.len());
            for shot in 0..after.shots.len() {
                let follows = shot == edited_shot
                    || goes_on_from(&list, shot, edited_shot)
                    || goes_on_from(&edited_list, shot, edited_shot);
                prop_assert!(
                    follows || before.key(shot) == after.key(shot),
                    "shot {shot} after an edit of {edited_shot}:\n{}", script(&edited)
                );
            }
        }
    }

    #[test]
    fn what_moves_is_not_shot_again(
        scenes in scenes(), (scene, from, to) in (0..3_usize, 0..6_usize, 0..6_usize), new in shot()
    ) {
        let scenes: Vec<Vec<String>> = scenes
            .into_iter()
            .map(|scene| scene.into_iter().map(|shot| shot.replace(", continues", "")).collect())
            .collect();
        let new = new.replace(", continues", "");
        let (from, to) = (from % scenes[scene].len(), to % scenes[scene].len());
        let mut moved = scenes.clone();
        let shot = moved[scene].remove(from);
        let removed = moved.clone();
        moved[scene].insert(to, shot);
        let mut inserted = scenes.clone();
        inserted[scene].insert(to, new);
        for model in models() {
            let takes = |scenes: &[Vec<String>]| keys(&planned(&script(scenes), &model).1);
            let set = |scenes: &[Vec<String>]| -> BTreeSet<TakeKey> {
                takes(scenes).into_iter().collect()
            };
            let before = takes(&scenes);
            let all: BTreeSet<TakeKey> = before.iter().copied().collect();
            prop_assert_eq!(set(&moved), all.clone(), "{}", script(&moved));
            prop_assert!(set(&removed).is_subset(&all), "{}", script(&removed));
            let new = scenes[..scene].iter().map(Vec::len).sum::<usize>() + to;
            let mut grown = takes(&inserted);
            grown.remove(new);
            prop_assert_eq!(grown, before, "{}", script(&inserted));
        }
    }
}

/// What tells equal shots apart is what they show: five equal singles are one take.
#[test]
fn what_shows_the_same_is_one_take() {
    let single = |who: &str| format!("!! MEDIUM ON {who} [[2s]]\n\n{who} stands.\n\n");
    let shots: Vec<String> = ["RED", "OLD", "RED", "OLD", "RED"].map(single).into();
    let model = fingerprint(None);
    let takes = keys(&planned(&script(std::slice::from_ref(&shots)), &model).1);
    assert_eq!(takes.len(), 5);
    assert_eq!(takes.iter().collect::<BTreeSet<_>>().len(), 2);
    let mut edited = shots;
    edited[0] = edited[0].replace("stands", "dances");
    let after = keys(&planned(&script(&[edited]), &model).1);
    assert_ne!(after[0], takes[0]);
    assert_eq!(after[1..], takes[1..]);
}
