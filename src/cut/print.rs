//! Prints the film: encodes missing segments, joins all of them by copy, and
//! writes subtitles beside it.
//!
//! Knows keys and files; does not know pixels. Encodes nothing twice, and does not touch a
//! film that is up to date.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::captions::{Caption, captions, srt};
use super::edl::{Edl, PictureEvent};
use super::film_segments::{FilmSegments, SegmentStore};
use super::footage::Footage;
use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::ShotList;
use crate::media::encoded::Encoded;
use crate::media::film::{FilmDescription, Subtitle, join};
use crate::media::h264::parameter_sets;
use crate::media::{self, sound};
use crate::sound::mix::{self, FilmSound, sample};
use crate::source::write_whole;

/// Raise it when equal segments join into a different file.
const REVISION: u32 = 1;

/// Why a film could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Pictures or sound could not be read, encoded or written.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// The sound could not be mixed.
    #[error(transparent)]
    Mix(#[from] mix::Error),
    /// A file could not be read or written.
    #[error("{}: {doing} failed", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The operation that failed.
        doing: &'static str,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The film has no frames.
    #[error("the film has no frames; write a scene, or give a shot a duration")]
    Empty,
}

/// A step of printing a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintEvent {
    /// The number of segments is known.
    Planned {
        /// Segments that an earlier print encoded.
        reused: usize,
        /// Segments to encode.
        to_encode: usize,
    },
    /// Another segment is encoded and stored.
    Encoded {
        /// Number of segments encoded so far.
        done: usize,
        /// Number of segments to encode.
        of: usize,
    },
    /// All segments are encoded; joining begins.
    Joining,
}

/// Result of printing a film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Length in frames.
    pub frames: u32,
    /// Segments that this print encoded.
    pub segments_encoded: usize,
    /// Segments that an earlier print encoded.
    pub segments_reused: usize,
    /// The file of subtitles beside the film.
    pub subtitles: PathBuf,
}

/// What an earlier print wrote, to find out whether the film is up to date.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PrintRecord {
    film: PathBuf,
    key: String,
    /// The digest of the file of subtitles.
    #[serde(default)]
    subtitles: String,
    stat: Vec<Stat>,
    /// Keys of all stored segments of the film, including the sound.
    segments: Vec<String>,
}

/// Metadata that change when a file changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stat {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

/// Prints a film to `out`. `footage` gives what a picture event shows, unless it is a
/// card or a colour; without `sound` the film is silent. Stores segments in `vault`.
pub fn print(
    shots: &ShotList,
    edl: &Edl,
    footage: &dyn Fn(&PictureEvent) -> Footage,
    sound: Option<&FilmSound>,
    vault: &Path,
    out: &Path,
    on_event: &mut dyn FnMut(PrintEvent),
) -> Result<Printed, Error> {
    if edl.frames == 0 || edl.picture.is_empty() {
        return Err(Error::Empty);
    }
    let captions = captions(&shots.lines);
    let segments = FilmSegments::of(shots, edl, &captions, footage);
    let FilmSegments { picture, keys, .. } = &segments;
    let store = SegmentStore::of(vault);
    let samples = sample(edl.frames, edl.rate) as u32;
    let sound_key = match sound {
        None => key(&("silence", samples, sound::SETTINGS, media::versions())),
        Some(mix) => {
            let meaning = mix.meaning(u64::from(samples));
            key(&("mix", meaning, samples, sound::SETTINGS, media::versions()))
        }
    };
    let mixes = sound.map(|mix| mix.keys(u64::from(samples))).unwrap_or_default();
    let description =
        FilmDescription { made_by: segments.made_by(), ..describe(shots, edl.frames, &captions) };
    let subtitles = out.with_extension("srt");
    let srt = srt(&captions, edl.rate);

    let record = vault.join("prints").join(format!("{}.json", key(&absolute(out))));
    let mut printed =
        Printed { frames: edl.frames, segments_encoded: 0, segments_reused: 0, subtitles };
    let now = PrintRecord {
        film: absolute(out),
        key: key(&(REVISION, keys, &sound_key, &description, &srt)),
        subtitles: digest(srt.as_bytes()),
        stat: stats(&[out, &printed.subtitles]),
        segments: keys.iter().chain([&sound_key]).chain(&mixes).cloned().collect(),
    };
    if now.stat.len() == 2 && read_record(&record).is_some_and(|before| before == now) {
        printed.segments_reused = keys.len();
        return Ok(printed);
    }

    let missing = segments.missing(&store);
    printed.segments_encoded = missing.len();
    let reused = keys.len() - missing.len();
    on_event(PrintEvent::Planned { reused, to_encode: missing.len() });
    let mut done = 0;
    segments.encode(&store, &missing, &mut |_| {
        done += 1;
        on_event(PrintEvent::Encoded { done, of: missing.len() });
        ControlFlow::Continue(())
    })?;

    on_event(PrintEvent::Joining);
    let heard = match (Encoded::load(&store.path(&sound_key)), sound) {
        (Ok(heard), _) => heard,
        (Err(_), None) => store.keep(&sound_key, sound::encode(samples, &mut |_, _| ())?)?,
        (Err(_), Some(mix)) => store.keep(&sound_key, mix.encode(samples)?.0)?,
    };
    let expected = parameter_sets(*picture)?;
    let mut mended = 0;
    let load = |index| segments.load(&store, index, &expected, &mut mended).map_err(Error::from);
    join(out, *picture, edl.frames, &description, &heard, keys.len(), load)?;
    printed.segments_encoded += mended;
    printed.segments_reused = keys.len().saturating_sub(printed.segments_encoded);
    replace(&printed.subtitles, srt.as_bytes())?;
    let stat = stats(&[out, &printed.subtitles]);
    let text = serde_json::to_vec(&PrintRecord { stat, ..now }).expect("plain data becomes JSON");
    replace(&record, &text)?;
    mix::sweep(vault, &in_use(vault));
    Ok(printed)
}

/// Keys of all stored segments of films that still exist.
pub fn in_use(vault: &Path) -> BTreeSet<String> {
    records(vault)
        .filter(|record| record.film.exists())
        .flat_map(|record| record.segments)
        .collect()
}

/// Whether a print wrote these subtitles.
pub(crate) fn wrote_subtitles(vault: &Path, subtitles: &[u8]) -> bool {
    let digest = digest(subtitles);
    records(vault).any(|record| record.subtitles == digest)
}

fn records(vault: &Path) -> impl Iterator<Item = PrintRecord> {
    let files = fs::read_dir(vault.join("prints")).into_iter().flatten().flatten();
    files.filter_map(|entry| read_record(&entry.path()))
}

fn describe(shots: &ShotList, frames: u32, captions: &[Caption]) -> FilmDescription {
    let mut chapters: Vec<(u32, String)> = shots.chapters.clone();
    chapters.retain(|(start, _)| *start < frames);
    FilmDescription {
        title: shots.title.title.join(" "),
        authors: shots.title.authors.clone(),
        language: shots.settings.language.clone(),
        chapters,
        subtitles: captions
            .iter()
            .map(|caption| Subtitle {
                start: caption.start,
                end: caption.end,
                text: caption.text.clone(),
                italic: caption.italic,
            })
            .collect(),
        subtitles_shown: shots.settings.captions == Captions::Track,
        ..FilmDescription::default()
    }
}

fn key(meaning: &impl Serialize) -> String {
    digest(&serde_json::to_vec(meaning).expect("plain data becomes JSON"))
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Does not ask the file system whether the path exists, because the film may not exist
/// yet.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn read_record(path: &Path) -> Option<PrintRecord> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn stats(paths: &[&Path]) -> Vec<Stat> {
    paths.iter().filter_map(|path| Stat::of(path)).collect()
}

impl Stat {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let found = fs::metadata(path).ok()?;
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Some(Self {
            size: found.len(),
            modified: nanos(found.mtime(), found.mtime_nsec()),
            changed: nanos(found.ctime(), found.ctime_nsec()),
            inode: found.ino(),
        })
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        let modified = found.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(Self {
            size: found.len(),
            modified: modified.as_nanos() as i128,
            changed: 0,
            inode: 0,
        })
    }
}

/// Replaces a file atomically.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_whole(path, bytes).map_err(|source| Error::File {
        path: path.to_owned(),
        doing: "writing",
        source,
    })
}
