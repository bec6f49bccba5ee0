//! The controller: reads the script after every save, decides what the film is made
//! of meanwhile, orders what is missing, and shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::camera::CameraGoals;
use super::current_take::{earlier, of_history};
use super::cutter::{Cut, Print};
use super::display::Display;
use super::latest_job::LatestJob;
use super::messages::{BuildInputs, CutterEvent, SessionMessage};
use super::preview_film::PreviewFilm;
use super::view::{edited_line, message, shot_at};
use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::Picture;
use crate::casting::below;
use crate::cut::captions::captions;
use crate::cut::film_segments::SegmentStore;
use crate::cut::print::Printed;
use crate::cut::stills::Still;
use crate::media::fragmented::FragmentHeader;
use crate::preview::screen::{Artefact, Artefacts, Screen};
use crate::preview::state::{
    Cursor, Film, Message, PreviewPicture, PreviewPiece, PreviewReference, PreviewShot,
    PreviewState, PreviewTakeState, PreviewWork,
};
use crate::project::notes::notes;
use crate::project::pinning::{check_model, pin};
use crate::project::portraits::uncast;
use crate::project::{CheckedScript, Error, Project};
use crate::shoot::film_plan::vault_of;
use crate::shoot::history::{Difference, History, differences};
use crate::shoot::lock;
use crate::shoot::plan::history;
use crate::shoot::preview_takes::preview_takes;
use crate::shoot::progress::{Cancel, ProgressEvent};
use crate::shoot::recipe::{KeyedRecipe, TakeKey};
use crate::shoot::vault::Vault;
use crate::source::SourceId;
use crate::watch::{self, Watcher};

/// A script that is gone or empty is waited for so long: editors remove and
/// truncate before they write.
const VANISHED: Duration = Duration::from_millis(700);

/// How often one looks for it, and for a wish to stop.
const MOMENT: Duration = Duration::from_millis(50);

/// The controller of a session.
pub(crate) struct Controller<'a> {
    project: &'a Project,
    output: PathBuf,
    screen: &'a Screen,
    wanted: &'a CameraGoals,
    orders: &'a LatestJob<Cut>,
    watcher: Watcher,
    display: &'a mut dyn Display,
    vault: Option<Vault>,
    /// The script as it was read last.
    text: String,
    read: BTreeSet<PathBuf>,
    vanished: Option<Instant>,
    film: Option<PreviewFilm>,
    messages: Vec<Message>,
    outdated: bool,
    failure: Option<String>,
    focus: Option<usize>,
    work: Option<PreviewWork>,
    made: BTreeSet<TakeKey>,
    drafted: BTreeSet<TakeKey>,
    failed: BTreeMap<String, String>,
    why: BTreeMap<TakeKey, Vec<Difference>>,
    stills: BTreeMap<String, (String, Arc<[u8]>)>,
    ready: BTreeSet<String>,
    ordered: u64,
    printed: Option<Printed>,
}

impl<'a> Controller<'a> {
    pub(crate) fn new(
        project: &'a Project,
        output: PathBuf,
        screen: &'a Screen,
        wanted: &'a CameraGoals,
        orders: &'a LatestJob<Cut>,
        watcher: Watcher,
        display: &'a mut dyn Display,
    ) -> Self {
        Self {
            project,
            output,
            screen,
            wanted,
            orders,
            watcher,
            display,
            vault: None,
            text: String::new(),
            read: BTreeSet::from([project.path().to_owned()]),
            vanished: None,
            film: None,
            messages: Vec::new(),
            outdated: false,
            failure: None,
            focus: None,
            work: None,
            made: BTreeSet::new(),
            drafted: BTreeSet::new(),
            failed: BTreeMap::new(),
            why: BTreeMap::new(),
            stills: BTreeMap::new(),
            ready: BTreeSet::new(),
            ordered: 0,
            printed: None,
        }
    }

    /// Works until somebody asks to stop.
    pub(crate) fn run(
        &mut self,
        messages: &Receiver<SessionMessage>,
        interrupt: &Cancel,
    ) -> Result<(), watch::Error> {
        self.watch()?;
        self.read()?;
        while !interrupt.is_cancelled() {
            let now = Instant::now();
            let wait = self.watcher.due().saturating_duration_since(now).min(MOMENT);
            let mut next = messages.recv_timeout(wait).ok();
            let mut changed = false;
            while let Some(one) = next {
                changed |= self.apply(one);
                next = messages.try_recv().ok();
            }
            if self.watcher.changed() || self.vanished.is_some() {
                self.read()?;
            } else if changed {
                self.show();
            }
        }
        self.display.close();
        Ok(())
    }

    /// Applies a message. Returns whether what is shown changes.
    fn apply(&mut self, message: SessionMessage) -> bool {
        match message {
            SessionMessage::Stirred => false,
            SessionMessage::Cursor(cursor) => self.turn_to_cursor(&cursor),
            SessionMessage::Camera(event) => self.apply_progress(event),
            SessionMessage::CameraDone { failure } => {
                self.work = None;
                self.screen.roll(None);
                if failure.is_some() {
                    self.failure = failure;
                } else if self
                    .film
                    .as_ref()
                    .is_some_and(|film| !uncast(&film.inputs.film_plan).is_empty())
                {
                    // Portraits were made: now the takes can be planned.
                    self.plan_again();
                }
                true
            }
            SessionMessage::Cutter(CutterEvent::Piece(key)) => {
                self.ready.insert(key);
                true
            }
            SessionMessage::Cutter(CutterEvent::Still(key, jpeg)) => {
                let hash = blake3::hash(&jpeg).to_hex().to_string();
                self.stills.insert(key, (hash, jpeg.into()));
                true
            }
            SessionMessage::Cutter(CutterEvent::Done { number, printed }) => {
                if number == self.ordered {
                    self.printed = printed.or(self.printed.take());
                    self.tidy();
                }
                true
            }
            SessionMessage::Cutter(CutterEvent::Failed(failure)) => {
                self.failure = Some(failure);
                true
            }
        }
    }

    fn apply_progress(&mut self, event: ProgressEvent) -> bool {
        let Some(film) = &self.film else { return false };
        let plan = &film.inputs.film_plan.plan;
        match event {
            ProgressEvent::Roll { number, shows, key, steps, .. } => {
                let shot = film.index(&number);
                let draft = !plan.piece_keys().contains(&key);
                let what = format!("shot {number}  {shows}");
                self.work = Some(PreviewWork { shot, what, draft, done: 0, steps });
            }
            ProgressEvent::Cast { name } => {
                let what = format!("portrait of {name}");
                self.work = Some(PreviewWork { shot: None, what, draft: false, done: 0, steps: 0 });
            }
            ProgressEvent::Step { done, steps } => {
                if let Some(work) = &mut self.work {
                    (work.done, work.steps) = (done, steps);
                }
                self.screen.roll(self.work.as_ref());
                self.display.work(self.work.as_ref());
                return false;
            }
            ProgressEvent::Take { number, key, .. } => {
                let draft = !plan.keys().contains(&key);
                if draft {
                    self.drafted.insert(key);
                } else {
                    self.made.insert(key);
                }
                self.work = None;
                if let Some(shot) = film.index(&number) {
                    self.display.take(&number, draft);
                    self.focus.get_or_insert(shot);
                }
                self.assemble();
            }
            ProgressEvent::Spoiled { number, reason } => {
                self.failed.insert(number, reason);
            }
            ProgressEvent::Portrait { .. } => self.plan_again(),
            ProgressEvent::Remark { message } | ProgressEvent::Note { message } => {
                self.display.note(&message)
            }
            ProgressEvent::Load { model } => {
                let what = format!("loading {model}");
                self.work = Some(PreviewWork { shot: None, what, draft: false, done: 0, steps: 0 });
            }
            ProgressEvent::Plan { .. }
            | ProgressEvent::Part { .. }
            | ProgressEvent::Print { .. }
            | ProgressEvent::Wrap { .. }
            | ProgressEvent::Takes { .. } => {
                return false;
            }
        }
        self.screen.roll(self.work.as_ref());
        true
    }

    fn turn_to_cursor(&mut self, cursor: &Cursor) -> bool {
        let Some(film) = &self.film else { return false };
        let script = &film.inputs.script;
        let file = std::path::Path::new(&cursor.file);
        let source = script.sources.iter().find(|source| {
            let same = || source.path.canonicalize().ok() == file.canonicalize().ok();
            source.path.file_name() == file.file_name() && (file.is_relative() || same())
        });
        let Some(source) = source else { return false };
        let focus = shot_at(script, source.id, cursor.line);
        self.turn_to(focus)
    }

    fn turn_to(&mut self, focus: Option<usize>) -> bool {
        let Some(shot) = focus else { return false };
        self.wanted.turn_to(shot);
        self.focus.replace(shot) != Some(shot)
    }

    fn watch(&mut self) -> Result<(), watch::Error> {
        let files = self.read.iter().cloned();
        self.watcher.watch(files)
    }

    /// Reads everything again.
    fn read(&mut self) -> Result<(), watch::Error> {
        // A file that was not watched while it was read is read once more.
        for _ in 0..3 {
            let Some(script) = self.read_script() else { break };
            let mut files: BTreeSet<PathBuf> = files(&script).into_iter().collect();
            if let Some(film) = &self.film {
                files.extend(film.files());
            }
            let known = files.is_subset(&self.read);
            self.read = files;
            self.watch()?;
            if known {
                self.take_up(script);
                break;
            }
        }
        self.show();
        Ok(())
    }

    /// The script, unless it cannot be read or is just being written.
    fn read_script(&mut self) -> Option<CheckedScript> {
        let read = self.project.read();
        let text = read.as_ref().map(|script| script.sources.get(SourceId(0)).text.as_str());
        if text.map_or(true, |text| text.is_empty() && !self.text.is_empty()) {
            let since = *self.vanished.get_or_insert_with(Instant::now);
            if since.elapsed() < VANISHED && !self.text.is_empty() {
                return None;
            }
        }
        self.vanished = None;
        match read {
            Ok(script) => Some(script),
            Err(error) => {
                self.failure = Some(error.in_words());
                None
            }
        }
    }

    /// Takes up a script that was read.
    fn take_up(&mut self, script: CheckedScript) {
        let text = script.sources.get(SourceId(0)).text.clone();
        let before = std::mem::replace(&mut self.text, text);
        self.failure = None;
        self.messages =
            script.diagnostics.iter().map(|found| message(found, &script.sources)).collect();
        self.display.script(&script);
        if script.has_errors() {
            self.outdated = self.film.is_some();
            return;
        }
        self.outdated = false;
        if before != self.text && !before.is_empty() {
            let focus = shot_at(&script, SourceId(0), edited_line(&before, &self.text));
            self.turn_to(focus);
        }
        if let Err(error) = self.plan(Arc::new(script)) {
            self.failure = Some(error.in_words());
        }
    }

    fn plan_again(&mut self) {
        let Some(film) = &self.film else { return };
        let script = film.inputs.script.clone();
        if let Err(error) = self.plan(script) {
            self.failure = Some(error.in_words());
        }
    }

    /// Plans a film and orders what it needs, unless all that is ordered already.
    fn plan(&mut self, script: Arc<CheckedScript>) -> Result<(), Error> {
        let mut film_plan = self.project.plan(&script)?;
        if let Some(film) = &self.film
            && self.failed.is_empty()
            && film.is_of(&script, &film_plan)
        {
            return Ok(());
        }
        if let Some(note) = check_model(&film_plan, false)? {
            self.display.note(&note);
        }
        for note in notes(&script, &film_plan) {
            self.display.note(&note);
        }
        let root = vault_of(&script.folder);
        let vault = match &mut self.vault {
            Some(vault) => vault,
            none => none.insert(Vault::open(&root)?),
        };
        if uncast(&film_plan).is_empty() {
            pin(&script, &mut film_plan)?;
        }
        let rate = film_plan.network.settings.frame_rate;
        let past = History::read(&root, &script.path);
        // A take that the film still uses was not changed into another.
        let mut gone = past.clone();
        let kept = film_plan.plan.piece_keys();
        gone.takes.retain(|take| !kept.contains(&take.key));
        let mut held = BTreeSet::new();
        let mut missing = Vec::new();
        for (index, planned) in film_plan.plan.shots.iter().enumerate() {
            let number = script.list.shots[index].number.as_str();
            match planned.recipes.last() {
                Some(_) if planned.is_held(&|key| vault.glance(key)) => {
                    held.extend(planned.recipes.iter().map(KeyedRecipe::key));
                }
                Some(recipe) => {
                    missing.push((index, number));
                    let now = recipe.explain();
                    if let Some(past) = gone.nearest(number, &now) {
                        self.why.insert(recipe.key(), differences(&past.recipe, &now));
                    }
                }
                None if planned.take == Some(index) => missing.push((index, number)),
                None => {}
            }
        }
        let before = match &self.film {
            Some(film) => film.current_take.iter().flatten().cloned().collect(),
            None => of_history(&past, vault, rate),
        };
        let earlier = earlier(&before, &film_plan.plan, &missing);
        history(&script.list, &film_plan.plan)
            .write(&root, &script.path)
            .map_err(Error::History)?;
        let previews = preview_takes(&film_plan.plan, film_plan.network.preview_decoder, &|key| {
            held.contains(key)
        });
        self.failed.clear();
        let inputs = BuildInputs { script, film_plan: Arc::new(film_plan), previews };
        let film = PreviewFilm::new(inputs.clone(), earlier, vault)?;
        self.film = Some(film);
        self.assemble();
        self.wanted.want(inputs);
        Ok(())
    }

    /// Decides what stands in the film for each shot now, and orders what is
    /// missing of it.
    fn assemble(&mut self) {
        let (Some(film), Some(vault)) = (&mut self.film, &self.vault) else { return };
        film.refresh(vault);
        let store = SegmentStore::of(vault.root());
        let missing = film.pieces.missing(&store);
        let keys = film.pieces.keys.iter();
        self.ready = keys.filter(|key| store.has(key)).cloned().collect();
        let stills = film.stills().into_iter().filter(|(key, _)| !self.stills.contains_key(key));
        let stills = stills.map(|(key, still)| (key, still.clone())).collect();
        let events = &film.edl.picture;
        let focus = self.focus.and_then(|shot| events.get(shot)).map_or(0, |event| event.record_in);
        let spans = film.spans();
        let mut missing = missing;
        missing.sort_by_key(|index| {
            let (start, frames) = spans[*index];
            let here = (start..start + frames).contains(&focus);
            (!here, start.abs_diff(focus))
        });
        let print = film.complete().then(|| Print {
            script: film.inputs.script.clone(),
            edl: film.edl.clone(),
            takes: film
                .current_take
                .iter()
                .map(|one| one.as_ref().map(|one| one.file.clone()))
                .collect(),
            film: self.output.clone(),
        });
        self.ordered = self.orders.put(Cut {
            vault: vault.root().to_owned(),
            size: film.size(),
            stills,
            pieces: film.pieces.clone(),
            missing,
            print,
        });
    }

    /// Drafts that nobody looks at any more go.
    fn tidy(&mut self) {
        let (Some(film), Some(vault)) = (&self.film, &self.vault) else { return };
        let shown = film.shown();
        let BuildInputs { film_plan, previews, .. } = &film.inputs;
        let plan = if film.complete() { &film_plan.plan } else { previews };
        let wanted = plan.piece_keys();
        self.drafted.retain(|key| {
            let keep = shown.contains(key) || wanted.contains(key);
            // One that stays is cleared with the takes that no film uses.
            keep || vault.discard(key).is_err()
        });
        let stills = film.stills();
        self.stills.retain(|key, _| stills.contains_key(key));
    }

    /// Shows everything, on the page and in the terminal.
    fn show(&mut self) {
        let (state, artefacts) = self.state();
        self.display.state(&state, self.work.as_ref(), self.printed.as_ref(), &|hash| {
            match artefacts.get(hash) {
                Some(Artefact::Picture(jpeg)) => Some(jpeg.clone()),
                _ => None,
            }
        });
        self.screen.show(&state, artefacts);
    }

    fn state(&self) -> (PreviewState, Artefacts) {
        let mut artefacts = Artefacts::new();
        let name = self.project.path().file_name().unwrap_or_default();
        let mut state = PreviewState {
            script: name.to_string_lossy().into_owned(),
            focus: self.focus,
            diagnostics: self.messages.clone(),
            outdated: self.outdated,
            failure: self.failure.clone(),
            ..PreviewState::default()
        };
        let (Some(film), Some(vault)) = (&self.film, &self.vault) else {
            return (state, artefacts);
        };
        let list = &film.inputs.script.list;
        state.focus = self.focus.filter(|shot| *shot < list.shots.len());
        let size = film.size();
        let mut still = |still: &Option<Still>| {
            let (hash, jpeg) = self.stills.get(&still.as_ref()?.key(size))?;
            artefacts.insert(hash.clone(), Artefact::Picture(jpeg.clone()));
            Some(hash.clone())
        };
        let references: Vec<PreviewReference> = film
            .looks
            .iter()
            .zip(&film.inputs.film_plan.cast.looks)
            .map(|(picture, look)| PreviewReference {
                name: look.name.clone(),
                still: still(picture),
            })
            .collect();
        for (index, start) in list.starts().into_iter().enumerate() {
            let mut shot = self.shot(film, index, start, &references);
            shot.still = still(&film.stills[index]);
            state.shots.push(shot);
        }
        if let Some(FragmentHeader { codec, bytes }) = &film.header {
            let hash = blake3::hash(bytes).to_hex().to_string();
            artefacts.insert(hash.clone(), Artefact::Header(bytes.clone().into()));
            let store = SegmentStore::of(vault.root());
            let mut pieces = Vec::new();
            for (key, (start, frames)) in film.pieces.keys.iter().zip(film.spans()) {
                let ready = self.ready.contains(key);
                if ready {
                    let piece = Artefact::Piece { path: store.path(key), rate: film.edl.rate };
                    artefacts.insert(key.clone(), piece);
                }
                pieces.push(PreviewPiece { hash: key.clone(), start, frames, ready });
            }
            let shown = list.settings.captions == Captions::Track;
            state.film = Some(Film {
                title: list.title.title.join(" "),
                rate: film.edl.rate,
                width: size.0,
                height: size.1,
                frames: film.edl.frames,
                codec: codec.clone(),
                header: hash,
                pieces,
                captions: if shown { captions(&list.lines) } else { Vec::new() },
            });
        }
        (state, artefacts)
    }

    /// All but the still.
    fn shot(
        &self,
        film: &PreviewFilm,
        index: usize,
        start: u32,
        references: &[PreviewReference],
    ) -> PreviewShot {
        let BuildInputs { script, film_plan, .. } = &film.inputs;
        let shot = &script.list.shots[index];
        let owner = film_plan.plan.shots[index].take;
        let planned = &film_plan.plan.shots[owner.unwrap_or(index)];
        let key = film_plan.plan.key(index);
        let current_take = owner.and_then(|owner| film.current_take[owner].as_ref());
        let shown = match (owner, current_take) {
            (None, _) => PreviewPicture::Final,
            (Some(_), None) => PreviewPicture::Slate,
            (Some(_), Some(current_take)) => current_take.shown,
        };
        let number = &script.list.shots[owner.unwrap_or(index)].number;
        let reason = self.failed.get(number).cloned();
        let state = match owner {
            None => PreviewTakeState::Drawn,
            Some(_)
                if shown == PreviewPicture::Final
                    && key.is_some_and(|key| self.made.contains(&key)) =>
            {
                PreviewTakeState::Made
            }
            Some(_) if shown == PreviewPicture::Final => PreviewTakeState::Cached,
            Some(_) if reason.is_some() => PreviewTakeState::Failed,
            Some(_) if self.work.as_ref().is_some_and(|work| work.shot == owner) => {
                PreviewTakeState::Rolling
            }
            Some(_) => PreviewTakeState::Waiting,
        };
        let (at, lines) = film.writing.lines(script, shot);
        PreviewShot {
            number: shot.number.clone(),
            scene: shot.scene.to_string(),
            start,
            frames: shot.frames,
            shows: match &shot.picture {
                Picture::Card(card) => card.lines.join(" / "),
                _ => shot.shows.to_string(),
            },
            words: super::view::words(&script.list, start, shot.frames),
            state,
            shown,
            still: None,
            prompt: planned.prompt.clone(),
            references: planned.looks.iter().map(|look| references[*look].clone()).collect(),
            why: key.and_then(|key| self.why.get(&key).cloned()).unwrap_or_default(),
            reason,
            key: key.map(|key| key.to_string()),
            at,
            lines,
        }
    }
}

/// Every file whose change may change a script's film.
fn files(script: &CheckedScript) -> Vec<PathBuf> {
    let beside = ["cast.yaml", lock::FILE].map(|name| script.folder.join(name));
    std::iter::once(script.path.clone())
        .chain(script.list.files.iter().map(|file| below(&script.folder, file)))
        .chain(beside)
        .collect()
}
