//! The cutter's thread: small pictures, then the pieces of the latest cut,
//! then the film.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use super::latest_job::LatestJob;
use super::messages::{CutterEvent, SessionMessage};
use crate::cut::conform::TakeFile;
use crate::cut::edl::Edl;
use crate::cut::film_segments::{FilmSegments, SegmentStore};
use crate::cut::print::{self, in_use, print};
use crate::cut::stills::Still;
use crate::diagnostic::chain;
use crate::project::CheckedScript;

/// The film is written to its file when nothing was saved for so long.
const PAUSE: Duration = Duration::from_millis(800);

/// A film to be cut.
pub(crate) struct Cut {
    /// The vault.
    pub vault: PathBuf,
    /// Width and height of the film.
    pub size: (u32, u32),
    /// Stills nobody has yet, by key.
    pub stills: Vec<(String, Still)>,
    /// The film.
    pub pieces: Arc<FilmSegments>,
    /// Pieces nobody has yet, the most urgent first.
    pub missing: Vec<usize>,
    /// The film's file, when every take is there.
    pub print: Option<Print>,
}

/// A film to be written to a file.
pub(crate) struct Print {
    pub script: Arc<CheckedScript>,
    pub edl: Arc<Edl>,
    pub takes: Vec<Option<TakeFile>>,
    pub film: PathBuf,
}

/// Cuts until nothing will be ordered.
pub(crate) fn run_cutter(orders: &LatestJob<Cut>, controller: Sender<SessionMessage>) {
    let emit = |event| {
        // After the session has ended nobody receives this.
        let _ = controller.send(SessionMessage::Cutter(event));
    };
    let mut rubbish = Rubbish::default();
    let mut done = 0;
    while let Some((number, order)) = orders.after(done) {
        done = number;
        match one(&order, orders, number, &emit, &mut rubbish) {
            Ok(Some(printed)) => emit(CutterEvent::Done { number, printed }),
            Ok(None) => {}
            Err(failure) => emit(CutterEvent::Failed(failure)),
        }
    }
}

/// One order; `None` when a newer one came meanwhile.
#[allow(clippy::option_option, reason = "an order that was done may have printed nothing")]
fn one(
    order: &Cut,
    orders: &LatestJob<Cut>,
    number: u64,
    emit: &dyn Fn(CutterEvent),
    rubbish: &mut Rubbish,
) -> Result<Option<Option<print::Printed>>, String> {
    let Cut { vault, size, stills, pieces, missing, print: to_print } = order;
    let store = SegmentStore::of(vault);
    let latest = || orders.is_latest(number);
    let mut flow = |piece: usize| {
        rubbish.made.insert(pieces.keys[piece].clone());
        emit(CutterEvent::Piece(pieces.keys[piece].clone()));
        if latest() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let (urgent, others) = missing.split_at(missing.len().min(3));
    let whole = pieces.encode(&store, urgent, &mut flow).map_err(|error| chain(&error))?;
    if !whole {
        return Ok(None);
    }
    for (key, still) in stills {
        // A shot whose picture cannot be drawn is a shot without a picture.
        if let Ok(picture) = still.make(*size) {
            emit(CutterEvent::Still(key.clone(), picture));
        }
        if !latest() {
            return Ok(None);
        }
    }
    let whole = pieces.encode(&store, others, &mut flow).map_err(|error| chain(&error))?;
    if !whole {
        return Ok(None);
    }
    // The preview shows the pieces; whoever goes on writing needs no film yet.
    if to_print.is_some() && !orders.stays_latest(number, PAUSE) {
        return Ok(None);
    }
    let printed = to_print
        .as_ref()
        .map(|Print { script, edl, takes, film }| {
            let before = in_use(vault);
            let take = |shot: usize| takes[shot].clone().expect("every take is there");
            let printed = print(&script.list, edl, &take, vault, film, &mut |_| {})
                .map_err(|error| chain(&error))?;
            rubbish.made.extend(before);
            Ok::<_, String>(printed)
        })
        .transpose()?;
    rubbish.sweep(&store, pieces, &in_use(vault));
    Ok(Some(printed))
}

/// Pieces that this session had in hand. Those of the film before the last are
/// nobody's, and go: a day of writing leaves no more than a build does.
#[derive(Default)]
struct Rubbish {
    made: BTreeSet<String>,
    before: BTreeSet<String>,
}

impl Rubbish {
    fn sweep(&mut self, store: &SegmentStore, pieces: &FilmSegments, used: &BTreeSet<String>) {
        let now: BTreeSet<String> = pieces.keys.iter().cloned().collect();
        let kept =
            |key: &String| now.contains(key) || self.before.contains(key) || used.contains(key);
        self.made.iter().filter(|key| !kept(key)).for_each(|key| store.discard(key));
        let Self { made, before } = self;
        made.retain(|key| now.contains(key) || before.contains(key) || used.contains(key));
        *before = now;
    }
}
