//! The state of a session, and what follows from each event: event in, orders
//! out.
//!
//! Knows the film and its takes; reads no file, starts no thread, asks no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::{BuildInputs, Cut, Print};
use super::messages::{CutterEvent, SessionEvent, SessionOrder};
use super::preview_film::PreviewFilm;
use super::view::{edited_line, message, shot_at};
use crate::cut::print::Printed;
use crate::cut::thumbnails::Thumbnail;
use crate::preview::state::{Message, PreviewWork};
use crate::project::CheckedScript;
use crate::project::portraits::uncast;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::history::Difference;
use crate::shoot::progress::ProgressEvent;
use crate::shoot::recipe::TakeKey;
use crate::source::SourceId;

/// The state of a session.
pub(crate) struct SessionState {
    pub(super) script: PathBuf,
    output: PathBuf,
    /// The text of the script as it was read last.
    text: String,
    pub(super) film: Option<PreviewFilm>,
    pub(super) messages: Vec<Message>,
    /// Whether the script has mistakes; then the film is that of an earlier version.
    pub(super) outdated: bool,
    pub(super) failure: Option<String>,
    /// The shot that the author works on.
    pub(super) focus: Option<usize>,
    pub(super) work: Option<PreviewWork>,
    pub(super) takes: TakeLog,
    pub(super) cut: CutLog,
}

/// What happened to the takes of a session.
#[derive(Default)]
pub(super) struct TakeLog {
    pub made: BTreeSet<TakeKey>,
    /// Preview takes, and pieces of them, that are still in the vault.
    pub previews: BTreeSet<TakeKey>,
    /// Why a take could not be made, by the number of its shot.
    pub failed: BTreeMap<String, String>,
    pub why: BTreeMap<TakeKey, Vec<Difference>>,
}

/// What the cutter has done.
#[derive(Default)]
pub(super) struct CutLog {
    /// The number of the latest cut.
    number: u64,
    /// Keys of the pieces in the store.
    pub ready: BTreeSet<String>,
    /// The hash and the JPEG of each thumbnail, by the key of the thumbnail.
    pub thumbnails: BTreeMap<String, (String, Arc<[u8]>)>,
    printed: Option<Printed>,
}

impl SessionState {
    /// A session that has read nothing yet. The film is written to `output`.
    pub(crate) fn new(script: PathBuf, output: PathBuf) -> Self {
        Self {
            script,
            output,
            text: String::new(),
            film: None,
            messages: Vec::new(),
            outdated: false,
            failure: None,
            focus: None,
            work: None,
            takes: TakeLog::default(),
            cut: CutLog::default(),
        }
    }

    /// Whether the script had any text when it was read last.
    pub(crate) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// The film that is shown.
    pub(crate) fn film(&self) -> Option<&PreviewFilm> {
        self.film.as_ref()
    }

    /// What the camera works on.
    pub(crate) fn work(&self) -> Option<&PreviewWork> {
        self.work.as_ref()
    }

    /// The film that was written last.
    pub(crate) fn printed(&self) -> Option<&Printed> {
        self.cut.printed.as_ref()
    }

    /// Whether the session has ordered everything that a plan needs, and nothing has
    /// failed.
    pub(crate) fn is_planned(&self, script: &CheckedScript, film_plan: &FilmPlan) -> bool {
        let film = self.film.as_ref().filter(|_| self.takes.failed.is_empty());
        film.is_some_and(|film| film.is_of(script, film_plan))
    }

    /// Applies an event; returns the orders that follow from it, in order.
    pub(crate) fn apply(&mut self, event: SessionEvent) -> Vec<SessionOrder> {
        match event {
            SessionEvent::ScriptRead(script) => self.replace_script(script),
            SessionEvent::Planned { film, why } => {
                self.takes.why.extend(why);
                self.takes.failed.clear();
                let inputs = Box::new(film.inputs.clone());
                self.film = Some(*film);
                vec![SessionOrder::FindPieces, SessionOrder::Shoot(inputs), SessionOrder::Show]
            }
            SessionEvent::TakesFound(takes) => {
                if let Some(film) = &mut self.film {
                    film.refresh(takes);
                }
                vec![SessionOrder::FindPieces]
            }
            SessionEvent::PiecesFound(found) => {
                self.cut.ready = found;
                self.cut().map(|cut| SessionOrder::Cut(Box::new(cut))).into_iter().collect()
            }
            SessionEvent::Discarded(key) => {
                self.takes.previews.remove(&key);
                Vec::new()
            }
            SessionEvent::Turned(shot) => self.focus_on(shot),
            SessionEvent::Failed(failure) => {
                self.failure = Some(failure);
                vec![SessionOrder::Show]
            }
            SessionEvent::Camera(event) => self.apply_progress(event),
            SessionEvent::CameraDone { failure } => self.end_work(failure),
            SessionEvent::Cutter(event) => self.apply_cutter(event),
        }
    }

    fn replace_script(&mut self, script: Arc<CheckedScript>) -> Vec<SessionOrder> {
        let text = script.sources.get(SourceId(0)).text.clone();
        let before = std::mem::replace(&mut self.text, text);
        self.failure = None;
        self.messages = script.diagnostics.iter().map(|found| message(found, &script)).collect();
        self.outdated = script.has_errors() && self.film.is_some();
        let mut orders = vec![SessionOrder::Show];
        if script.has_errors() {
            return orders;
        }
        if before != self.text && !before.is_empty() {
            let edited = shot_at(&script, SourceId(0), edited_line(&before, &self.text));
            orders.extend(edited.into_iter().flat_map(|shot| self.focus_on(shot)));
        }
        orders.push(SessionOrder::Plan(script));
        orders
    }

    fn focus_on(&mut self, shot: usize) -> Vec<SessionOrder> {
        let mut orders = vec![SessionOrder::FocusOn(shot)];
        if self.focus.replace(shot) != Some(shot) {
            orders.push(SessionOrder::Show);
        }
        orders
    }

    fn apply_progress(&mut self, event: ProgressEvent) -> Vec<SessionOrder> {
        let Some(film) = &self.film else { return Vec::new() };
        let BuildInputs { script, film_plan, .. } = &film.inputs;
        let plan = film_plan.work(&script.list).1;
        let mut orders = Vec::new();
        match event {
            ProgressEvent::Roll { number, shows, key, steps, .. } => {
                let shot = film.index(&number);
                let preview = !plan.piece_keys().contains(&key);
                let what = format!("shot {number}  {shows}");
                self.work = Some(PreviewWork { shot, what, preview, done: 0, steps });
            }
            ProgressEvent::Cast { name } => {
                self.work = Some(work_without_shot(format!("portrait of {name}")));
            }
            ProgressEvent::Load { model } => {
                self.work = Some(work_without_shot(format!("loading {model}")));
            }
            ProgressEvent::Step { done, steps } => {
                if let Some(work) = &mut self.work {
                    (work.done, work.steps) = (done, steps);
                }
                return vec![SessionOrder::ShowStep];
            }
            ProgressEvent::Take { number, key, .. } => {
                let preview = !plan.keys().contains(&key);
                let log = &mut self.takes;
                if preview { &mut log.previews } else { &mut log.made }.insert(key);
                self.work = None;
                if let Some(shot) = film.index(&number) {
                    orders.push(SessionOrder::ShowTake { number, preview });
                    self.focus.get_or_insert(shot);
                }
                orders.push(SessionOrder::FindTakes);
            }
            ProgressEvent::Spoiled { number, reason } => {
                self.takes.failed.insert(number, reason);
            }
            ProgressEvent::Portrait { .. } => {
                orders.push(SessionOrder::Plan(film.inputs.script.clone()));
            }
            ProgressEvent::Remark { message } | ProgressEvent::Note { message } => {
                orders.push(SessionOrder::ShowNote(message));
            }
            ProgressEvent::Part { key, .. } => {
                if !plan.piece_keys().contains(&key) {
                    self.takes.previews.insert(key);
                }
                return orders;
            }
            ProgressEvent::Plan { .. }
            | ProgressEvent::Speak { .. }
            | ProgressEvent::Print { .. }
            | ProgressEvent::Wrap { .. }
            | ProgressEvent::Takes { .. }
            | ProgressEvent::Failed { .. } => return orders,
        }
        orders.extend([SessionOrder::ShowWork, SessionOrder::Show]);
        orders
    }

    fn end_work(&mut self, failure: Option<String>) -> Vec<SessionOrder> {
        self.work = None;
        let mut orders = vec![SessionOrder::ShowWork];
        let inputs = self.film.as_ref().map(|film| &film.inputs);
        if failure.is_some() {
            self.failure = failure;
        } else if let Some(inputs) = inputs.filter(|inputs| !uncast(&inputs.film_plan).is_empty()) {
            // The portraits exist now, so the session can plan the takes.
            orders.push(SessionOrder::Plan(inputs.script.clone()));
        }
        orders.push(SessionOrder::Show);
        orders
    }

    fn apply_cutter(&mut self, event: CutterEvent) -> Vec<SessionOrder> {
        let mut orders = Vec::new();
        match event {
            CutterEvent::Piece(key) => {
                self.cut.ready.insert(key);
            }
            CutterEvent::Thumbnail(key, jpeg) => {
                let hash = blake3::hash(&jpeg).to_hex().to_string();
                self.cut.thumbnails.insert(key, (hash, jpeg.into()));
            }
            CutterEvent::Done { number, printed } if number == self.cut.number => {
                self.cut.printed = printed.or(self.cut.printed.take());
                orders = self.discard_unused();
            }
            // A newer cut has replaced that one.
            CutterEvent::Done { .. } => {}
            CutterEvent::Failed(failure) => self.failure = Some(failure),
        }
        orders.push(SessionOrder::Show);
        orders
    }

    /// The next job of the cutter: what the film lacks, nearest to the focus
    /// first.
    fn cut(&mut self) -> Option<Cut> {
        let film = self.film.as_ref()?;
        self.cut.number += 1;
        let keys = &film.pieces.keys;
        let mut seen = BTreeSet::new();
        let mut missing: Vec<usize> = (0..keys.len())
            .filter(|index| seen.insert(&keys[*index]) && !self.cut.ready.contains(&keys[*index]))
            .collect();
        let events = &film.edl.picture;
        let focus = self.focus.and_then(|shot| events.get(shot)).map_or(0, |event| event.record_in);
        let spans = film.spans();
        missing.sort_by_key(|index| {
            let (start, frames) = spans[*index];
            let here = (start..start + frames).contains(&focus);
            (!here, start.abs_diff(focus))
        });
        let here = self.focus.and_then(|shot| film.thumbnails.get(shot)?.as_ref());
        let here = here.map(|thumbnail| thumbnail.key(film.size()));
        let thumbnails = film.thumbnails().into_iter();
        let mut thumbnails: Vec<(String, Thumbnail)> = thumbnails
            .filter(|(key, _)| !self.cut.thumbnails.contains_key(key))
            .map(|(key, thumbnail)| (key, thumbnail.clone()))
            .collect();
        thumbnails.sort_by_key(|(key, _)| here.as_ref() != Some(key));
        let print = film.complete().then(|| Print {
            script: film.inputs.script.clone(),
            edl: film.edl.clone(),
            footage: film.footage(),
            film: self.output.clone(),
        });
        Some(Cut {
            number: self.cut.number,
            vault: vault_of(&film.inputs.script.folder),
            size: film.size(),
            thumbnails,
            pieces: film.pieces.clone(),
            missing,
            print,
        })
    }

    /// Drops thumbnails and preview takes that nothing shows any more.
    fn discard_unused(&mut self) -> Vec<SessionOrder> {
        let Some(film) = &self.film else { return Vec::new() };
        let thumbnails = film.thumbnails();
        self.cut.thumbnails.retain(|key, _| thumbnails.contains_key(key));
        let BuildInputs { script, film_plan, previews } = &film.inputs;
        let work = film_plan.work(&script.list).1;
        let plan = if film.complete() { work } else { previews };
        let (shown, wanted) = (film.shown(), plan.piece_keys());
        let unused = self.takes.previews.iter();
        let unused = unused.filter(|key| !shown.contains(key) && !wanted.contains(key));
        unused.copied().map(SessionOrder::Discard).collect()
    }
}

fn work_without_shot(what: String) -> PreviewWork {
    PreviewWork { shot: None, what, preview: false, done: 0, steps: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cut::conform::TakeFile;
    use crate::cut::footage::{Footage, animatic};
    use crate::preview::state::PreviewPicture;
    use crate::project::{Project, ProjectOptions};
    use crate::session::current_take::CurrentTake;
    use crate::shoot::preview_takes::preview_takes;
    use crate::shoot::recipe::KeyedRecipe;
    use crate::source::files::MemoryFiles;
    use crate::time::Rate;

    const TWO_SHOTS: &str =
        "EXT. QUAY - DAY\n\n!! WIDE [[1s]]\n\nRain.\n\n!! WIDE [[1s]]\n\nSnow.\n";
    const MISTAKE: &str = "EXT. QUAY - DAY\n\n!! CLOSE ON [[never]]\n\n[[take: x]]\n";

    fn state() -> SessionState {
        SessionState::new("film/a.play".into(), "film/a.mp4".into())
    }

    fn project(text: &str) -> Project {
        let files = Arc::new(MemoryFiles::new().with("film/a.play", text));
        let options = ProjectOptions { files, ..ProjectOptions::default() };
        Project::open("film/a.play").with_options(options)
    }

    fn script(text: &str) -> Arc<CheckedScript> {
        Arc::new(project(text).read().unwrap())
    }

    /// A film without takes.
    fn film(text: &str) -> PreviewFilm {
        let script = script(text);
        let film_plan = Arc::new(project(text).plan(&script).unwrap());
        let decoder = film_plan.fingerprint.preview_decoder;
        let previews = preview_takes(&film_plan.takes, decoder, &|_| false);
        let animatic = animatic(&script.list, &script.folder);
        let shots = script.list.shots.len();
        let inputs = BuildInputs { script, film_plan, previews };
        PreviewFilm::new(inputs, animatic, vec![None; shots], vec![None; shots]).unwrap()
    }

    /// The take of a shot, as if it were in the vault.
    fn take(film: &PreviewFilm, shot: usize) -> CurrentTake {
        let planned = &film.inputs.film_plan.takes.shots[shot];
        let recipe = planned.recipes.last().unwrap();
        let settings = &film.inputs.film_plan.fingerprint.settings;
        CurrentTake {
            shown: PreviewPicture::Final,
            number: film.inputs.script.list.shots[shot].number.clone(),
            keys: planned.recipes.iter().map(KeyedRecipe::key).collect(),
            recipe: recipe.explain(),
            blocking: None,
            footage: Footage::Take(TakeFile {
                files: vec![(PathBuf::from(format!("take {shot}")), recipe.stored_frames())],
                digest: format!("take {shot}"),
                rate: Rate { numerator: settings.frame_rate, denominator: 1 },
                width: recipe.width,
                height: recipe.height,
            }),
        }
    }

    /// A session that shows a film without takes.
    fn with_film(text: &str) -> SessionState {
        let mut state = state();
        state.apply(SessionEvent::ScriptRead(script(text)));
        state.apply(SessionEvent::Planned { film: Box::new(film(text)), why: BTreeMap::new() });
        state
    }

    fn cut_of(orders: Vec<SessionOrder>) -> Cut {
        let cuts = orders.into_iter().filter_map(|order| match order {
            SessionOrder::Cut(cut) => Some(*cut),
            _ => None,
        });
        cuts.last().expect("a cut was ordered")
    }

    #[test]
    fn a_script_is_planned_and_its_film_ordered() {
        let mut state = state();
        let orders = state.apply(SessionEvent::ScriptRead(script(TWO_SHOTS)));
        assert!(matches!(orders[..], [SessionOrder::Show, SessionOrder::Plan(_)]), "{orders:?}");
        let film = Box::new(film(TWO_SHOTS));
        let orders = state.apply(SessionEvent::Planned { film, why: BTreeMap::new() });
        assert!(matches!(orders[..2], [SessionOrder::FindPieces, SessionOrder::Shoot(_)]));
        let cut = cut_of(state.apply(SessionEvent::PiecesFound(BTreeSet::new())));
        assert!(cut.print.is_none(), "no film is written before its takes exist");
        assert!(!cut.missing.is_empty() && !cut.thumbnails.is_empty());
    }

    #[test]
    fn a_mistake_keeps_the_film_and_marks_it_outdated() {
        let mut state = with_film(TWO_SHOTS);
        let before = state.page().0.shots.len();
        let broken = script(MISTAKE);
        assert!(broken.has_errors(), "{:?}", broken.diagnostics);
        let orders = state.apply(SessionEvent::ScriptRead(broken));
        assert!(matches!(orders[..], [SessionOrder::Show]), "{orders:?}");
        let (page, _) = state.page();
        assert!(page.outdated && !page.diagnostics.is_empty());
        assert_eq!(page.shots.len(), before);
    }

    #[test]
    fn an_edit_turns_the_camera_to_its_shot() {
        let mut state = with_film(TWO_SHOTS);
        let edited = TWO_SHOTS.replace("Snow", "Hail");
        let orders = state.apply(SessionEvent::ScriptRead(script(&edited)));
        assert!(orders.iter().any(|order| matches!(order, SessionOrder::FocusOn(1))), "{orders:?}");
        assert_eq!(state.page().0.focus, Some(1));
        let again = state.apply(SessionEvent::Turned(1));
        assert!(matches!(again[..], [SessionOrder::FocusOn(1)]), "nothing new to show");
    }

    #[test]
    fn the_film_is_written_when_its_last_take_exists() {
        let mut state = with_film(TWO_SHOTS);
        let film = state.film().unwrap();
        let takes = vec![Some(take(film, 0)), Some(take(film, 1))];
        state.apply(SessionEvent::TakesFound(vec![takes[0].clone(), None]));
        let cut = cut_of(state.apply(SessionEvent::PiecesFound(BTreeSet::new())));
        assert!(cut.print.is_none());
        state.apply(SessionEvent::TakesFound(takes));
        let cut = cut_of(state.apply(SessionEvent::PiecesFound(BTreeSet::new())));
        assert_eq!(cut.print.unwrap().film, PathBuf::from("film/a.mp4"));
        let all: BTreeSet<String> = state.film().unwrap().pieces.keys.iter().cloned().collect();
        assert!(cut_of(state.apply(SessionEvent::PiecesFound(all))).missing.is_empty());
    }

    #[test]
    fn only_the_latest_cut_tidies_up() {
        let mut state = with_film(TWO_SHOTS);
        let first = cut_of(state.apply(SessionEvent::PiecesFound(BTreeSet::new()))).number;
        let second = cut_of(state.apply(SessionEvent::PiecesFound(BTreeSet::new()))).number;
        let unused = "0".repeat(64).parse().unwrap();
        state.takes.previews.insert(unused);
        let done = |number| SessionEvent::Cutter(CutterEvent::Done { number, printed: None });
        let discards = |orders: &[SessionOrder]| {
            orders.iter().any(|order| matches!(order, SessionOrder::Discard(key) if *key == unused))
        };
        assert!(!discards(&state.apply(done(first))));
        assert!(discards(&state.apply(done(second))));
        assert!(discards(&state.apply(done(second))), "it is tried again until it succeeds");
        state.apply(SessionEvent::Discarded(unused));
        assert!(!discards(&state.apply(done(second))));
    }

    #[test]
    fn a_spoiled_take_is_shown_and_planned_again() {
        let mut state = with_film(TWO_SHOTS);
        let (script, plan) = {
            let inputs = &state.film().unwrap().inputs;
            (inputs.script.clone(), inputs.film_plan.clone())
        };
        assert!(state.is_planned(&script, &plan));
        let (number, reason) = (script.list.shots[0].number.clone(), "out of memory".to_owned());
        state.apply(SessionEvent::Camera(ProgressEvent::Spoiled { number, reason }));
        assert_eq!(state.page().0.shots[0].reason.as_deref(), Some("out of memory"));
        assert!(!state.is_planned(&script, &plan), "the next save tries it again");
    }

    #[test]
    fn a_camera_that_fails_says_why_until_the_next_save() {
        let mut state = with_film(TWO_SHOTS);
        state.apply(SessionEvent::CameraDone { failure: Some("no camera".to_owned()) });
        assert_eq!(state.page().0.failure.as_deref(), Some("no camera"));
        state.apply(SessionEvent::ScriptRead(script(TWO_SHOTS)));
        assert_eq!(state.page().0.failure, None);
    }
}
