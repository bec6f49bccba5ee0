//! The cutter's thread: draws the thumbnail of the shot in focus, encodes the urgent
//! pieces of the latest cut, draws the other thumbnails, encodes the other pieces and writes the film.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::mpsc::Sender;
use std::time::Duration;

use super::jobs::{Cut, Print};
use super::latest_job::LatestJob;
use super::messages::{CutterEvent, SessionEvent, SessionMessage};
use crate::cut::edl::PictureEvent;
use crate::cut::film_segments::{FilmSegments, SegmentStore};
use crate::cut::print::{self, in_use, print};
use crate::cut::thumbnails::Thumbnail;
use crate::diagnostic::chain;
use crate::project::outputs::check_outputs;
use crate::project::sounds::film_sound;
use crate::shoot::lock::Lock;

/// How long nobody must save before the cutter writes the film to its file.
const PAUSE: Duration = Duration::from_millis(800);

/// Does the latest cut until the session ends.
pub(crate) fn run_cutter(cuts: &LatestJob<Cut>, controller: Sender<SessionMessage>) {
    let emit = |event| {
        // Nobody receives this after the session has ended.
        let _ = controller.send(SessionMessage::Event(SessionEvent::Cutter(event)));
    };
    let mut unused = UnusedPieces::default();
    let mut done = 0;
    while let Some((number, cut)) = cuts.after(done) {
        done = number;
        match encode(&cut, cuts, number, &emit, &mut unused) {
            Ok(Some(printed)) => emit(CutterEvent::Done { number: cut.number, printed }),
            Ok(None) => {}
            Err(failure) => emit(CutterEvent::Failed(failure)),
        }
    }
}

/// Does one job; `None` if a newer one came meanwhile.
#[allow(clippy::option_option, reason = "a finished job may have written no film")]
fn encode(
    cut: &Cut,
    cuts: &LatestJob<Cut>,
    number: u64,
    emit: &dyn Fn(CutterEvent),
    unused: &mut UnusedPieces,
) -> Result<Option<Option<print::Printed>>, String> {
    let Cut { vault, size, thumbnails, pieces, missing, print: to_print, .. } = cut;
    let store = SegmentStore::of(vault);
    let latest = || cuts.is_latest(number);
    let mut flow = |piece: usize| {
        unused.made.insert(pieces.keys[piece].clone());
        emit(CutterEvent::Piece(pieces.keys[piece].clone()));
        if latest() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    // Shows the first thumbnail before it encodes a piece.
    let draw = |(key, thumbnail): &(String, Thumbnail)| {
        // Leaves out a thumbnail that it cannot draw.
        if let Ok(picture) = thumbnail.make(*size) {
            emit(CutterEvent::Thumbnail(key.clone(), picture));
        }
    };
    let (first, rest) = thumbnails.split_at(thumbnails.len().min(1));
    first.iter().for_each(draw);
    let (urgent, others) = missing.split_at(missing.len().min(3));
    let whole = pieces.encode(&store, urgent, &mut flow).map_err(|error| chain(&error))?;
    if !whole {
        return Ok(None);
    }
    for thumbnail in rest {
        draw(thumbnail);
        if !latest() {
            return Ok(None);
        }
    }
    let whole = pieces.encode(&store, others, &mut flow).map_err(|error| chain(&error))?;
    if !whole {
        return Ok(None);
    }
    // The preview shows the pieces: an author who goes on writing needs no film yet.
    if to_print.is_some() && !cuts.stays_latest(number, PAUSE) {
        return Ok(None);
    }
    let printed = to_print
        .as_ref()
        .map(|Print { script, edl, footage, film }| {
            check_outputs(script, film).map_err(|error| error.in_words())?;
            let before = in_use(vault);
            let footage =
                |event: &PictureEvent| footage[event.shot].clone().expect("every take exists");
            let files = script.sources.files();
            let lock = Lock::read(files, &script.folder).map_err(|why| chain(&why))?;
            // A build reports files that cannot be played.
            let sound = film_sound(script, &lock, &mut |_| ());
            let printed =
                print(&script.list, edl, &footage, sound.as_ref(), vault, film, &mut |_| {})
                    .map_err(|error| chain(&error))?;
            unused.made.extend(before);
            Ok::<_, String>(printed)
        })
        .transpose()?;
    unused.sweep(&store, pieces, &in_use(vault));
    Ok(Some(printed))
}

/// The pieces that this session encoded. Removes a piece that neither this film nor the one
/// before uses, so that a day of writing leaves no more files than a build.
#[derive(Default)]
struct UnusedPieces {
    made: BTreeSet<String>,
    before: BTreeSet<String>,
}

impl UnusedPieces {
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
