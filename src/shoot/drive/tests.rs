//! Tests of the driver with a camera in memory.

use super::*;
use crate::analysis::analyze;
use crate::breakdown::Strictness;
use crate::casting::looks;
use crate::model::{Conditioning, ControlSignal, ModelDefaults, ModelIndex};
use crate::shoot::plan::{Identity, ModelFingerprint, TakeChoices, plan};
use crate::shoot::progress::Cancel;
use crate::shoot::stills::circled_stills;
use crate::source::Sources;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

pub(in crate::shoot) const SCRIPT: &str = "\
EXT. FOREST - DAY

!! WIDE ON the trees [[2s]]

Wind in the trees.

!! CLOSE ON the trees [[continues, 2s]]

A leaf falls.

!! INSERT - a leaf [[2s]]

It lies on the ground.
";

pub(in crate::shoot) fn network(max_frames: u32) -> ModelFingerprint {
    let settings = ModelDefaults {
        name: "test".to_owned(),
        prompt_template: "wan".to_owned(),
        width: 32,
        height: 32,
        frame_rate: 12,
        max_frames,
        steps: 2,
        guidance_scale: 1.0,
        guidance_scale_2: None,
        scheduler: "unipc".to_owned(),
        shift: 3.0,
        text_length: 64,
        negative_prompt: String::new(),
        licence: "MIT".to_owned(),
        weights: BTreeMap::new(),
        adapters: Vec::new(),
        blocking: None,
        published: false,
        most_subjects: None,
        reel: None,
    };
    ModelFingerprint {
        settings,
        words: None,
        digests: Arc::default(),
        index: ModelIndex::default(),
        conditioning: Conditioning::Control,
        adapters: Arc::new([]),
        reuse: None,
        preview_decoder: None,
        control: None,
    }
}

fn planned(max_frames: u32) -> (ShotList, TakePlan) {
    plan_of(SCRIPT, max_frames, &BTreeMap::new())
}

pub(in crate::shoot) fn plan_of(
    script: &str,
    max_frames: u32,
    circled: &BTreeMap<Identity, u32>,
) -> (ShotList, TakePlan) {
    let mut sources = Sources::default();
    let id = sources.add("film.play", script);
    let list = analyze(&mut sources, id, Strictness::Lenient).list;
    let network = network(max_frames);
    let cast = looks(&list, None);
    let chosen = vec![None; cast.looks.len()];
    let (folder, mut digest) = (Path::new("."), |_: &Path| Ok(None));
    let stills = circled_stills(&list, &network, &cast, &chosen, circled).unwrap();
    let choices = TakeChoices { pictures: &chosen, circled, stills: &stills };
    let plan = plan(&list, &network, &cast, choices, folder, &mut digest).unwrap();
    (list, plan)
}

/// A take that follows its blocking has other words and another key; pieces follow their
/// own frames.
#[test]
fn a_controlled_take_is_not_told_what_it_sees() {
    let script = "EXT. ROAD - DAY\n\n!! WIDE [[slow push in, 4s]]\n\nA goat waits.\n";
    let planned = |script: &str, blocking: Option<ControlSignal>| {
        let mut sources = Sources::default();
        let id = sources.add("film.play", script);
        let list = analyze(&mut sources, id, Strictness::Lenient).list;
        let mut network = network(21);
        network.settings.blocking = blocking;
        let cast = looks(&list, None);
        let chosen = vec![None; cast.looks.len()];
        let (none, folder) = (BTreeMap::new(), Path::new("."));
        let mut digest = |_: &Path| Ok(None);
        let stills = vec![None; list.shots.len()];
        let choices = TakeChoices { pictures: &chosen, circled: &none, stills: &stills };
        let plan = plan(&list, &network, &cast, choices, folder, &mut digest).unwrap();
        plan.shots.into_iter().find(|shot| !shot.recipes.is_empty()).unwrap()
    };
    let (plain, blocked) = (planned(script, None), planned(script, Some(ControlSignal::Depth)));
    assert!(plain.prompt.contains("slow push in"), "{}", plain.prompt);
    assert!(!blocked.prompt.contains("push in"), "{}", blocked.prompt);
    assert!(blocked.prompt.contains("goat waits"), "{}", blocked.prompt);
    assert!(plain.recipes.iter().all(|piece| piece.control.is_none()));
    let scenes: Vec<_> = blocked.recipes.iter().map(|piece| piece.control.unwrap()).collect();
    assert!(scenes.len() > 1 && scenes[0].blocking != scenes[1].blocking);
    let off = script.replace("push in", "push in, control off");
    assert_eq!(planned(&off, Some(ControlSignal::Depth)).key, plain.key);
}

/// Writes the recipe's frames as text; fails on a chosen word.
#[derive(Default)]
struct Slate {
    shot: Vec<String>,
    fails: Option<&'static str>,
    cancels_after: Option<usize>,
    cancel: Cancel,
}

impl Camera for Slate {
    fn shoot(
        &mut self,
        request: &ShootRequest<'_>,
        temp: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<(), ShootFailure> {
        let prompt = &request.recipe.prompt;
        if self.fails.is_some_and(|word| prompt.contains(word)) {
            return Err(CameraError::new("out of memory").into());
        }
        if self.cancels_after == Some(self.shot.len()) {
            self.cancel.cancel();
        }
        if on_step(1, 2).is_break() {
            return Err(ShootFailure::Cancelled);
        }
        if let Some(preceding) = &request.recipe.preceding {
            let frames: u32 = request.preceding.iter().map(|(_, frames)| frames).sum();
            assert!(request.preceding.iter().all(|(path, _)| path.is_file()));
            assert!(preceding.first + preceding.frames <= frames);
        }
        fs::write(temp, format!("{} of {prompt}", request.recipe.stored_frames())).unwrap();
        self.shot.push(prompt.clone());
        Ok(())
    }

    fn device(&self) -> String {
        "slate".to_owned()
    }
}

#[derive(Default)]
struct EventList(RefCell<Vec<ProgressEvent>>);

impl Progress for EventList {
    fn report(&self, event: &ProgressEvent) {
        self.0.borrow_mut().push(event.clone());
    }
}

fn shoot(folder: &Path, max_frames: u32, camera: &mut Slate) -> (DriveOutcome, Vec<ProgressEvent>) {
    let (list, plan) = planned(max_frames);
    let vault = Vault::open(folder).unwrap();
    let (events, cancel) = (EventList::default(), camera.cancel.clone());
    let project = Path::new(".");
    let (list, plan, vault, progress, goals) = (&list, &plan, &vault, &events, &cancel);
    let inputs = DriveInputs { list, plan, chosen: &[], project, vault, progress, goals };
    let outcome = drive(inputs, camera).unwrap();
    (outcome, events.0.into_inner())
}

#[test]
fn a_film_is_shot_once() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = shoot(folder.path(), 81, &mut Slate::default());
    assert_eq!((outcome.made, outcome.cached), (3, 0));
    let mut idle = Slate::default();
    let (outcome, events) = shoot(folder.path(), 81, &mut idle);
    assert_eq!((outcome.made, outcome.cached), (0, 3));
    assert!(idle.shot.is_empty() && events.is_empty());
}

/// Each piece stores its own frames: together they are the frames of the
/// shot.
#[test]
fn a_long_shot_is_shot_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, events) = shoot(folder.path(), 13, &mut Slate::default());
    assert_eq!((outcome.made, outcome.spoiled.len()), (3, 0));
    let takes = events.iter().filter(|event| matches!(event, ProgressEvent::Take { .. }));
    assert_eq!(takes.count(), 3, "one event for each take, whatever its pieces");
    let (_, plan) = planned(13);
    let vault = Vault::open(folder.path()).unwrap();
    let mut lost = 0;
    for planned in plan.shots.iter().filter(|planned| planned.key.is_some()) {
        assert!(planned.recipes.len() > 2);
        let stored = planned.recipes.iter().map(|recipe| {
            let text = fs::read_to_string(vault.payload(&recipe.key())).unwrap();
            text.split(' ').next().unwrap().parse::<u32>().unwrap()
        });
        assert_eq!(stored.sum::<u32>(), 37, "2 s and two handles at 12 frames a second");
        vault.discard(&planned.recipes[1].key()).unwrap();
        lost += 1;
    }
    drop(vault);
    let survey = survey(&plan, &|key| vault::glance(folder.path(), key));
    assert_eq!((survey.to_make, survey.cached), (lost, 0));
    let mut camera = Slate::default();
    let (outcome, events) = shoot(folder.path(), 13, &mut camera);
    assert_eq!((outcome.made, outcome.cached, camera.shot.len()), (lost, 0, lost));
    let takes = events.iter().filter(|event| matches!(event, ProgressEvent::Take { .. }));
    assert_eq!(takes.count(), lost, "a take is complete with the piece that was lost");
    let (outcome, _) = shoot(folder.path(), 13, &mut Slate::default());
    assert_eq!((outcome.made, outcome.cached), (0, 3));
}

#[test]
fn a_spoiled_take_spoils_only_what_goes_on_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Slate { fails: Some("Wind"), ..Slate::default() };
    let (outcome, events) = shoot(folder.path(), 81, &mut camera);
    assert_eq!((outcome.made, outcome.spoiled.len()), (1, 2));
    let reasons = events.iter().filter_map(|event| match event {
        ProgressEvent::Spoiled { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    assert_eq!(reasons.collect::<Vec<_>>(), ["out of memory"]);
    let (outcome, _) = shoot(folder.path(), 81, &mut Slate::default());
    assert_eq!((outcome.made, outcome.cached), (2, 1));
}

#[test]
fn an_interruption_keeps_what_was_finished() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Slate { cancels_after: Some(1), ..Slate::default() };
    let (outcome, _) = shoot(folder.path(), 81, &mut camera);
    assert_eq!((outcome.made, outcome.cancelled), (1, true));
    let (outcome, _) = shoot(folder.path(), 81, &mut Slate::default());
    assert_eq!((outcome.made, outcome.cached), (2, 1));
}

/// Makes the take nearest to one shot first, and drops one take.
struct Nearest {
    to: usize,
    unwanted: Option<TakeKey>,
}

impl Goals for Nearest {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        ready.iter().copied().min_by_key(|shot| shot.abs_diff(self.to))
    }

    fn wants(&self, key: &TakeKey) -> bool {
        self.unwanted != Some(*key)
    }
}

#[test]
fn takes_are_made_as_directed_and_dropped_when_nobody_wants_them() {
    let folder = tempfile::tempdir().unwrap();
    let (list, plan) = planned(81);
    let vault = Vault::open(folder.path()).unwrap();
    let shot = |goals: &Nearest| {
        let (list, plan, vault, progress) = (&list, &plan, &vault, &EventList::default());
        let project = Path::new(".");
        let mut camera = Slate::default();
        let inputs = DriveInputs { list, plan, chosen: &[], project, vault, progress, goals };
        (drive(inputs, &mut camera).unwrap(), camera.shot.len())
    };
    let takes: Vec<usize> =
        (0..plan.shots.len()).filter(|shot| plan.shots[*shot].key.is_some()).collect();
    let last = *takes.last().unwrap();
    let unwanted = plan.shots[takes[0]].key;
    let (outcome, made) = shot(&Nearest { to: last, unwanted });
    assert!(outcome.cancelled);
    assert_eq!((outcome.made, made), (1, 1), "the last, then the first is dropped");
    assert!(vault.holds(&plan.shots[last].key.unwrap()).unwrap());
    let (outcome, _) = shot(&Nearest { to: 0, unwanted: None });
    assert_eq!((outcome.made, outcome.cached, outcome.cancelled), (2, 1, false));
}

#[test]
fn two_builds_at_once_make_each_take_once() {
    let folder = tempfile::tempdir().unwrap();
    let made: Vec<usize> = std::thread::scope(|scope| {
        let builds: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| shoot(folder.path(), 81, &mut Slate::default()).0.made))
            .collect();
        builds.into_iter().map(|build| build.join().unwrap()).collect()
    });
    assert_eq!(made.iter().sum::<usize>(), 3);
}
