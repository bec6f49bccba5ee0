//! The desk: reads the script after every save, decides what the film is made
//! of meanwhile, orders what is missing, and shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::camera::Wanted;
use super::cutter::{Cut, Print, Told};
use super::latest::Latest;
use super::reel::Reel;
use super::standing::{earlier, of_history, take_file};
use super::terminal::Terminal;
use super::view::{edited_line, message, shot_at};
use super::{Heard, Production};
use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::Picture;
use crate::casting::below;
use crate::cli::args::Watch;
use crate::cli::film::{check_model, film_of, notes, pin, uncast};
use crate::cli::project::{self, Script};
use crate::cli::studio;
use crate::cli::{Exit, Failure, Outcome};
use crate::cut::captions::captions;
use crate::cut::pieces::Store;
use crate::cut::print::Printed;
use crate::cut::stills::Still;
use crate::media::fragmented::FragmentHeader;
use crate::preview::screen::{Artefact, Artefacts, Screen};
use crate::preview::state::{
    Cursor, Film, Message, PreviewPicture, PreviewPiece, PreviewReference, PreviewShot,
    PreviewState, PreviewTakeState, PreviewWork,
};
use crate::shoot::film_plan::vault_of;
use crate::shoot::history::{Difference, History, differences};
use crate::shoot::lock;
use crate::shoot::plan::history;
use crate::shoot::preview_takes::preview_takes;
use crate::shoot::progress::{Cancel, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::Vault;
use crate::source::SourceId;
use crate::watch::Watcher;

/// A script that is gone or empty is waited for so long: editors remove and
/// truncate before they write.
const VANISHED: Duration = Duration::from_millis(700);

/// How often one looks for it, and for a wish to stop.
const MOMENT: Duration = Duration::from_millis(50);

/// The desk of a watch.
pub(super) struct Desk<'a> {
    args: &'a Watch,
    screen: &'a Screen,
    wanted: &'a Wanted,
    orders: &'a Latest<Cut>,
    watcher: Watcher,
    terminal: Terminal,
    vault: Option<Vault>,
    /// The script as it was read last.
    text: String,
    read: BTreeSet<PathBuf>,
    vanished: Option<Instant>,
    reel: Option<Reel>,
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

impl<'a> Desk<'a> {
    pub(super) fn new(
        args: &'a Watch,
        screen: &'a Screen,
        wanted: &'a Wanted,
        orders: &'a Latest<Cut>,
        watcher: Watcher,
        terminal: Terminal,
    ) -> Self {
        Self {
            args,
            screen,
            wanted,
            orders,
            watcher,
            terminal,
            vault: None,
            text: String::new(),
            read: BTreeSet::from([args.script.clone()]),
            vanished: None,
            reel: None,
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
    pub(super) fn work(&mut self, heard: &Receiver<Heard>, interrupt: &Cancel) -> Outcome {
        self.watch()?;
        self.read()?;
        while !interrupt.is_cancelled() {
            let now = Instant::now();
            let wait = self.watcher.due().saturating_duration_since(now).min(MOMENT);
            let mut news = heard.recv_timeout(wait).ok();
            let mut changed = false;
            while let Some(one) = news {
                changed |= self.hear(one);
                news = heard.try_recv().ok();
            }
            if self.watcher.changed() || self.vanished.is_some() {
                self.read()?;
            } else if changed {
                self.show();
            }
        }
        self.terminal.close();
        Ok(Exit::Interrupted)
    }

    /// Takes up news; whether they change what is shown.
    fn hear(&mut self, news: Heard) -> bool {
        match news {
            Heard::Stirred => false,
            Heard::Cursor(cursor) => self.turn_to_cursor(&cursor),
            Heard::Camera(event) => self.hear_camera(event),
            Heard::Rolled { failure } => {
                self.work = None;
                self.screen.roll(None);
                if failure.is_some() {
                    self.failure = failure;
                } else if self
                    .reel
                    .as_ref()
                    .is_some_and(|reel| !uncast(&reel.production.studio).is_empty())
                {
                    // Portraits were made: now the takes can be planned.
                    self.plan_again();
                }
                true
            }
            Heard::Cutter(Told::Piece(key)) => {
                self.ready.insert(key);
                true
            }
            Heard::Cutter(Told::Still(key, jpeg)) => {
                let hash = blake3::hash(&jpeg).to_hex().to_string();
                self.stills.insert(key, (hash, jpeg.into()));
                true
            }
            Heard::Cutter(Told::Done { number, printed }) => {
                if number == self.ordered {
                    self.printed = printed.or(self.printed.take());
                    self.tidy();
                }
                true
            }
            Heard::Cutter(Told::Failed(failure)) => {
                self.failure = Some(failure);
                true
            }
        }
    }

    fn hear_camera(&mut self, event: ProgressEvent) -> bool {
        let Some(reel) = &self.reel else { return false };
        let plan = &reel.production.studio.plan;
        match event {
            ProgressEvent::Roll { number, shows, key, steps, .. } => {
                let shot = reel.index(&number);
                let draft = !plan.keys().contains(&key);
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
                self.terminal.roll(self.work.as_ref());
                return false;
            }
            ProgressEvent::Take { number, key, .. } => {
                let draft = !plan.keys().contains(&key);
                if draft {
                    self.drafted.insert(key)
                } else {
                    self.made.insert(key)
                };
                self.work = None;
                if let Some(shot) = reel.index(&number) {
                    self.terminal.take(&number, draft);
                    self.focus.get_or_insert(shot);
                }
                self.assemble();
            }
            ProgressEvent::Spoiled { number, reason } => {
                self.failed.insert(number, reason);
            }
            ProgressEvent::Portrait { .. } => self.plan_again(),
            ProgressEvent::Remark { message } | ProgressEvent::Note { message } => {
                self.terminal.note(&message)
            }
            ProgressEvent::Load { model } => {
                let what = format!("loading {model}");
                self.work = Some(PreviewWork { shot: None, what, draft: false, done: 0, steps: 0 });
            }
            ProgressEvent::Plan { .. }
            | ProgressEvent::Part { .. }
            | ProgressEvent::Print { .. }
            | ProgressEvent::Wrap { .. } => {
                return false;
            }
        }
        self.screen.roll(self.work.as_ref());
        true
    }

    fn turn_to_cursor(&mut self, cursor: &Cursor) -> bool {
        let Some(reel) = &self.reel else { return false };
        let script = &reel.production.script;
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

    fn watch(&mut self) -> Result<(), Failure> {
        let files = self.read.iter().cloned();
        self.watcher.watch(files).map_err(|error| Failure::new(Exit::Usage, error))
    }

    /// Reads everything again.
    fn read(&mut self) -> Result<(), Failure> {
        // A file that was not watched while it was read is read once more.
        for _ in 0..3 {
            let Some(script) = self.read_script() else { break };
            let mut files: BTreeSet<PathBuf> = files(&script).into_iter().collect();
            if let Some(reel) = &self.reel {
                files.extend(reel.files());
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
    fn read_script(&mut self) -> Option<Script> {
        let read = project::read(&self.args.script, &self.args.reading);
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
            Err(failure) => {
                self.failure = Some(failure.words());
                None
            }
        }
    }

    /// Takes up a script that was read.
    fn take_up(&mut self, script: Script) {
        let text = script.sources.get(SourceId(0)).text.clone();
        let before = std::mem::replace(&mut self.text, text);
        self.failure = None;
        self.messages =
            script.diagnostics.iter().map(|found| message(found, &script.sources)).collect();
        self.terminal.mistakes(&script);
        if script.has_errors() {
            self.outdated = self.reel.is_some();
            return;
        }
        self.outdated = false;
        if before != self.text && !before.is_empty() {
            let focus = shot_at(&script, SourceId(0), edited_line(&before, &self.text));
            self.turn_to(focus);
        }
        if let Err(failure) = self.plan(Arc::new(script)) {
            self.failure = Some(failure.words());
        }
    }

    fn plan_again(&mut self) {
        let Some(reel) = &self.reel else { return };
        let script = reel.production.script.clone();
        if let Err(failure) = self.plan(script) {
            self.failure = Some(failure.words());
        }
    }

    /// Plans a film and orders what it needs, unless all that is ordered already.
    fn plan(&mut self, script: Arc<Script>) -> Result<(), Failure> {
        let mut studio = studio::open(&script, &self.args.reading)?;
        if let Some(reel) = &self.reel
            && self.failed.is_empty()
            && reel.is_of(&script, &studio)
        {
            return Ok(());
        }
        if let Some(note) = check_model(&studio, false)? {
            self.terminal.note(&note);
        }
        for note in notes(&script, &studio) {
            self.terminal.note(&note);
        }
        let failed = |error| Failure::new(Exit::ShotFailed, error);
        let root = vault_of(&script.folder);
        let vault = match &mut self.vault {
            Some(vault) => vault,
            none => none.insert(Vault::open(&root).map_err(failed)?),
        };
        if uncast(&studio).is_empty() {
            pin(&script, &mut studio)?;
        }
        let rate = studio.network.settings.frame_rate;
        let past = History::read(&root, &script.path);
        // A take that the film still uses was not changed into another.
        let mut gone = past.clone();
        let kept = studio.plan.keys();
        gone.takes.retain(|take| !kept.contains(&take.key));
        let mut held = BTreeSet::new();
        let mut missing = Vec::new();
        for (index, planned) in studio.plan.shots.iter().enumerate() {
            let number = script.list.shots[index].number.as_str();
            match planned.recipes.last() {
                Some(recipe) if take_file(vault, recipe, rate).is_some() => {
                    held.insert(recipe.key());
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
        let before = match &self.reel {
            Some(reel) => reel.standing.iter().flatten().cloned().collect(),
            None => of_history(&past, vault, rate),
        };
        let earlier = earlier(&before, &studio.plan, &missing);
        history(&script.list, &studio.plan)
            .write(&root, &script.path)
            .map_err(|error| Failure::new(Exit::ShotFailed, error))?;
        let drafts =
            preview_takes(&studio.plan, studio.network.preview_decoder, &|key| held.contains(key));
        self.failed.clear();
        let production = Production { script, studio: Arc::new(studio), drafts };
        let reel = Reel::new(production.clone(), earlier, vault)
            .map_err(|error| Failure::new(Exit::FilmFailed, error))?;
        self.reel = Some(reel);
        self.assemble();
        self.wanted.want(production);
        Ok(())
    }

    /// Decides what stands in the film for each shot now, and orders what is
    /// missing of it.
    fn assemble(&mut self) {
        let (Some(reel), Some(vault)) = (&mut self.reel, &self.vault) else { return };
        reel.refresh(vault);
        let store = Store::of(vault.root());
        let missing = reel.pieces.missing(&store);
        let keys = reel.pieces.keys.iter();
        self.ready = keys.filter(|key| store.has(key)).cloned().collect();
        let stills = reel.stills().into_iter().filter(|(key, _)| !self.stills.contains_key(key));
        let stills = stills.map(|(key, still)| (key, still.clone())).collect();
        let events = &reel.edl.picture;
        let focus = self.focus.and_then(|shot| events.get(shot)).map_or(0, |event| event.record_in);
        let spans = reel.spans();
        let mut missing = missing;
        missing.sort_by_key(|index| {
            let (start, frames) = spans[*index];
            let here = (start..start + frames).contains(&focus);
            (!here, start.abs_diff(focus))
        });
        let print = reel.complete().then(|| Print {
            script: reel.production.script.clone(),
            edl: reel.edl.clone(),
            takes: reel
                .standing
                .iter()
                .map(|one| one.as_ref().map(|one| one.file.clone()))
                .collect(),
            film: self.args.output.clone().unwrap_or_else(|| film_of(&reel.production.script)),
        });
        self.ordered = self.orders.put(Cut {
            vault: vault.root().to_owned(),
            size: reel.size(),
            stills,
            pieces: reel.pieces.clone(),
            missing,
            print,
        });
    }

    /// Drafts that nobody looks at any more go.
    fn tidy(&mut self) {
        let (Some(reel), Some(vault)) = (&self.reel, &self.vault) else { return };
        let shown = reel.shown();
        let Production { studio, drafts, .. } = &reel.production;
        let wanted = if reel.complete() { studio.plan.keys() } else { drafts.keys() };
        self.drafted.retain(|key| {
            let keep = shown.contains(key) || wanted.contains(key);
            // One that stays is cleared with the takes that no film uses.
            keep || vault.discard(key).is_err()
        });
        let stills = reel.stills();
        self.stills.retain(|key, _| stills.contains_key(key));
    }

    /// Shows everything, on the page and in the terminal.
    fn show(&mut self) {
        let (state, artefacts) = self.state();
        self.terminal.show(&state, self.work.as_ref(), self.printed.as_ref(), &|hash| {
            match artefacts.get(hash) {
                Some(Artefact::Picture(jpeg)) => Some(jpeg.clone()),
                _ => None,
            }
        });
        self.screen.show(&state, artefacts);
    }

    fn state(&self) -> (PreviewState, Artefacts) {
        let mut artefacts = Artefacts::new();
        let name = self.args.script.file_name().unwrap_or_default();
        let mut state = PreviewState {
            script: name.to_string_lossy().into_owned(),
            focus: self.focus,
            diagnostics: self.messages.clone(),
            outdated: self.outdated,
            failure: self.failure.clone(),
            ..PreviewState::default()
        };
        let (Some(reel), Some(vault)) = (&self.reel, &self.vault) else {
            return (state, artefacts);
        };
        let list = &reel.production.script.list;
        state.focus = self.focus.filter(|shot| *shot < list.shots.len());
        let size = reel.size();
        let mut still = |still: &Option<Still>| {
            let (hash, jpeg) = self.stills.get(&still.as_ref()?.key(size))?;
            artefacts.insert(hash.clone(), Artefact::Picture(jpeg.clone()));
            Some(hash.clone())
        };
        let references: Vec<PreviewReference> = reel
            .looks
            .iter()
            .zip(&reel.production.studio.cast.looks)
            .map(|(picture, look)| PreviewReference {
                name: look.name.clone(),
                still: still(picture),
            })
            .collect();
        for (index, start) in list.starts().into_iter().enumerate() {
            let mut shot = self.shot(reel, index, start, &references);
            shot.still = still(&reel.stills[index]);
            state.shots.push(shot);
        }
        if let Some(FragmentHeader { codec, bytes }) = &reel.header {
            let hash = blake3::hash(bytes).to_hex().to_string();
            artefacts.insert(hash.clone(), Artefact::Header(bytes.clone().into()));
            let store = Store::of(vault.root());
            let mut pieces = Vec::new();
            for (key, (start, frames)) in reel.pieces.keys.iter().zip(reel.spans()) {
                let ready = self.ready.contains(key);
                if ready {
                    let piece = Artefact::Piece { path: store.path(key), rate: reel.edl.rate };
                    artefacts.insert(key.clone(), piece);
                }
                pieces.push(PreviewPiece { hash: key.clone(), start, frames, ready });
            }
            let shown = list.settings.captions == Captions::Track;
            state.film = Some(Film {
                title: list.title.title.join(" "),
                rate: reel.edl.rate,
                width: size.0,
                height: size.1,
                frames: reel.edl.frames,
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
        reel: &Reel,
        index: usize,
        start: u32,
        references: &[PreviewReference],
    ) -> PreviewShot {
        let Production { script, studio, .. } = &reel.production;
        let shot = &script.list.shots[index];
        let owner = studio.plan.shots[index].take;
        let planned = &studio.plan.shots[owner.unwrap_or(index)];
        let key = studio.plan.key(index);
        let standing = owner.and_then(|owner| reel.standing[owner].as_ref());
        let shown = match (owner, standing) {
            (None, _) => PreviewPicture::Final,
            (Some(_), None) => PreviewPicture::Slate,
            (Some(_), Some(standing)) => standing.shown,
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
        let (at, lines) = reel.writing.lines(script, shot);
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
fn files(script: &Script) -> Vec<PathBuf> {
    let beside = ["cast.yaml", lock::FILE].map(|name| script.folder.join(name));
    std::iter::once(script.path.clone())
        .chain(script.list.files.iter().map(|file| below(&script.folder, file)))
        .chain(beside)
        .collect()
}
