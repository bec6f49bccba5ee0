//! The folder of a turnover: its media, its documents, its manifest.
//!
//! Knows files and footage; does not know how a film is planned. Replaces only files that
//! its own manifest lists and that nobody has changed. Keeps media that are right, so a
//! second turnover writes only what changed.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use super::error::Error;
use super::manifest::{MANIFEST, Manifest, ManifestMedia, TakeFacts, digest};
use super::timecode::timecode;
use super::turnover::{MediaFile, Turnover};
use crate::cut::clips::{ClipSource, Painter};
use crate::media;
use crate::media::mastering::{MasterCodec, MasterFormat, MasterWriter};
use crate::source::unfinished::{self, Unfinished};
use crate::source::write_whole;

/// A step of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// What there is to write.
    Planned {
        /// Media files of the film.
        media: usize,
        /// Of these, files to write.
        to_write: usize,
    },
    /// A media file is written.
    Media {
        /// Its path in the folder.
        file: String,
        /// Files written so far.
        done: usize,
        /// Files to write.
        of: usize,
    },
    /// The reference film is being written.
    Reference,
}

/// A film on its way into a folder.
pub(crate) struct TurnoverFolder<'a> {
    folder: &'a Path,
    codec: MasterCodec,
    replace: bool,
    turnover: Turnover,
    /// What each media file is made from.
    sources: Vec<ClipSource>,
    /// The manifest's entry of each media file, before the file is written.
    entries: Vec<ManifestMedia>,
    before: Manifest,
    manifest: Mutex<Manifest>,
}

impl<'a> TurnoverFolder<'a> {
    /// A delivery of a turnover. `sources` and `facts` are those of its media; `manifest`
    /// says what it is a film of.
    pub(crate) fn new(
        folder: &'a Path,
        (codec, replace): (MasterCodec, bool),
        mut turnover: Turnover,
        sources: Vec<ClipSource>,
        facts: &[TakeFacts],
        manifest: Manifest,
    ) -> Result<Self, Error> {
        let before = Manifest::read(folder);
        if let Some(other) = before.as_ref().filter(|before| before.way != manifest.way) {
            let script = other.script.clone();
            return Err(Error::OtherTurnover { folder: folder.to_owned(), script });
        }
        let before = before.unwrap_or_default();
        if replace {
            keep_names(&mut turnover, &before);
        }
        let shape = (turnover.width, turnover.height, turnover.rate);
        let entries = turnover.media.iter().zip(&sources).zip(facts);
        let entries = entries.map(|((media, source), facts)| {
            let event = &turnover.events[media.event];
            let made = serde_json::to_vec(&(
                (source, media.first, media.frames, media.timecode, &media.reel),
                (shape, codec.settings(), media::versions()),
            ));
            let made_of = blake3::hash(&made.expect("plain data becomes JSON"));
            ManifestMedia {
                file: media.path(),
                shots: media.shots.clone(),
                shows: event.name.clone(),
                take: media.take,
                reel: media.reel.clone(),
                timecode: timecode(media.timecode, turnover.rate),
                frames: media.frames,
                head: media.head,
                tail: media.tail,
                frozen_head: media.frozen_head,
                frozen_tail: media.frozen_tail,
                still: media.still,
                made_by: source.maker().source_type().to_owned(),
                prompt: facts.prompt.clone(),
                seeds: facts.seeds.clone(),
                takes: facts.takes.clone(),
                made_of: made_of.to_hex().to_string(),
                digest: String::new(),
            }
        });
        let entries: Vec<ManifestMedia> = entries.collect();
        let names: BTreeSet<&str> = entries.iter().map(|entry| entry.file.as_str()).collect();
        let earlier = before.media.iter().chain(&before.earlier);
        let earlier = earlier.filter(|entry| !names.contains(entry.file.as_str()));
        let manifest = Manifest {
            earlier: earlier.cloned().collect(),
            files: before.files.clone(),
            ..manifest
        };
        let manifest = Mutex::new(manifest);
        Ok(Self { folder, codec, replace, turnover, sources, entries, before, manifest })
    }

    /// The turnover, with the names that its media have in the folder.
    pub(crate) fn turnover(&self) -> &Turnover {
        &self.turnover
    }

    /// Refuses to replace a file that Photoplay did not write. Call it before writing
    /// anything; `documents` are the names of all other files.
    pub(crate) fn check(&self, documents: &[String]) -> Result<(), Error> {
        for name in documents.iter().map(String::as_str).chain([MANIFEST]) {
            let file = self.folder.join(name);
            let ours = name == MANIFEST && Manifest::read(self.folder).is_some();
            let written = self.before.digest_of(name);
            if file.exists() && !ours && digest(&file).as_deref() != written {
                return Err(Error::Foreign { file });
            }
        }
        for entry in &self.entries {
            let file = self.folder.join(&entry.file);
            if !file.exists() || self.is_kept(entry) {
                continue;
            }
            if digest(&file).as_deref() != self.before.digest_of(&entry.file) {
                return Err(Error::Foreign { file });
            }
            if !self.replace {
                let shot = entry.shots.join(", ");
                return Err(Error::Earlier { file, shot });
            }
        }
        Ok(())
    }

    /// Whether a media file is in the folder as it is to be.
    fn is_kept(&self, entry: &ManifestMedia) -> bool {
        let before = self.before.media.iter().chain(&self.before.earlier);
        let before = before.filter(|before| before.file == entry.file);
        before.filter(|before| before.made_of == entry.made_of).any(|before| {
            digest(&self.folder.join(&entry.file)).is_some_and(|digest| digest == before.digest)
        })
    }

    /// Writes the media that are missing, in parallel; each is whole or absent.
    pub(crate) fn write_media(
        &self,
        on_event: &(dyn Fn(DeliveryEvent) + Sync),
    ) -> Result<usize, Error> {
        let mut to_write = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if self.is_kept(entry) {
                let digest = digest(&self.folder.join(&entry.file)).unwrap_or_default();
                self.enter(ManifestMedia { digest, ..entry.clone() });
            } else {
                to_write.push(index);
            }
        }
        let (media, of) = (self.entries.len(), to_write.len());
        on_event(DeliveryEvent::Planned { media, to_write: of });
        let next = Mutex::new(to_write.into_iter().enumerate());
        let take = || next.lock().ok().and_then(|mut next| next.next());
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(of.max(1));
        let work = || {
            let size = (self.turnover.width, self.turnover.height);
            let mut painter = Painter::new(size, self.turnover.rate);
            while let Some((done, index)) = take() {
                self.write_one(index, &mut painter)?;
                let file = self.entries[index].file.clone();
                on_event(DeliveryEvent::Media { file, done: done + 1, of });
            }
            Ok::<(), Error>(())
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })?;
        Ok(of)
    }

    fn write_one(&self, index: usize, painter: &mut Painter) -> Result<(), Error> {
        let (media, entry) = (&self.turnover.media[index], &self.entries[index]);
        let path = self.folder.join(&entry.file);
        let folder = path.parent().unwrap_or(self.folder);
        let failed = |why| Error::Write { file: path.clone(), why };
        fs::create_dir_all(folder).map_err(failed)?;
        unfinished::remove_abandoned_in(folder);
        let temporary = Unfinished::begin(folder, &format!(".{}", media.ending)).map_err(failed)?;
        self.encode(media, entry, &self.sources[index], painter, temporary.path())?;
        temporary.finish(&path).map_err(failed)?;
        let digest = digest(&path).unwrap_or_default();
        self.enter(ManifestMedia { digest, ..entry.clone() });
        // Recorded at once, even if a later file fails.
        self.write_manifest()
    }

    fn encode(
        &self,
        media: &MediaFile,
        entry: &ManifestMedia,
        source: &ClipSource,
        painter: &mut Painter,
        path: &Path,
    ) -> Result<(), Error> {
        let comment = format!("shot {}; {}", entry.shots.join(", "), entry.made_by);
        let format = MasterFormat {
            codec: self.codec,
            width: self.turnover.width,
            height: self.turnover.height,
            rate: self.turnover.rate,
            timecode: &entry.timecode,
            reel: &media.reel,
            comment: &comment,
        };
        let mut writer = MasterWriter::create(path, &format)?;
        let mut reader = painter.open(source)?;
        for frame in 0..media.frames {
            writer.write(&painter.frame(&mut reader, media.first + i64::from(frame))?)?;
        }
        writer.finish()?;
        Ok(())
    }

    /// Writes a document.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let file = self.folder.join(name);
        write_whole(&file, bytes).map_err(|why| Error::Write { file, why })?;
        self.note_file(name)
    }

    /// Lists a file that is written.
    pub(crate) fn note_file(&self, name: &str) -> Result<(), Error> {
        let digest = digest(&self.folder.join(name)).unwrap_or_default();
        let mut manifest = self.manifest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        manifest.files.insert(name.to_owned(), digest);
        drop(manifest);
        self.write_manifest()
    }

    /// Removes documents of the last turnover that this one has not, unless they were
    /// changed.
    pub(crate) fn remove_old(&self, documents: &[String]) -> Result<(), Error> {
        let mut manifest = self.manifest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        manifest.files.retain(|name, written| {
            let path = self.folder.join(name);
            let plain = Path::new(name).components().count() == 1;
            let old = !documents.contains(name);
            if old && plain && digest(&path).as_ref() == Some(written) {
                // If this fails, the document stays in the list.
                return fs::remove_file(&path).is_err();
            }
            !old
        });
        drop(manifest);
        self.write_manifest()
    }

    fn enter(&self, entry: ManifestMedia) {
        let mut manifest = self.manifest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        manifest.media.push(entry);
        let place = |entry: &ManifestMedia| {
            self.entries.iter().position(|planned| planned.file == entry.file)
        };
        manifest.media.sort_by_key(place);
    }

    fn write_manifest(&self) -> Result<(), Error> {
        let file = self.folder.join(MANIFEST);
        let manifest = self.manifest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        write_whole(&file, manifest.to_json().as_bytes()).map_err(|why| Error::Write { file, why })
    }
}

/// Gives media of shots that the folder has already the names they have there.
fn keep_names(turnover: &mut Turnover, before: &Manifest) {
    let stem = |name: &str| {
        let take = name.rsplit_once("_t").filter(|(_, take)| take.parse::<u32>().is_ok());
        take.map_or(name, |(stem, _)| stem).to_owned()
    };
    for media in &mut turnover.media {
        let same = before.media.iter().find_map(|entry| {
            let name = entry.file.strip_prefix("media/")?;
            let name = name.strip_suffix(media.ending)?.strip_suffix('.')?;
            (stem(name) == stem(&media.name)).then(|| (name.to_owned(), entry.reel.clone()))
        });
        if let Some((name, reel)) = same {
            (media.name, media.reel) = (name, reel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_take_has_the_name_of_the_old_one() {
        let media = |name: &str, reel: &str| MediaFile {
            name: name.to_owned(),
            ending: "mov",
            reel: reel.to_owned(),
            timecode: 0,
            frames: 1,
            head: 0,
            tail: 0,
            frozen_head: 0,
            frozen_tail: 0,
            still: false,
            first: 0,
            event: 0,
            take: Some(4),
            shots: Vec::new(),
        };
        let mut turnover = Turnover {
            title: String::new(),
            rate: crate::time::Rate::FILM,
            width: 2,
            height: 2,
            start: 0,
            frames: 0,
            media: vec![media("s001_a_t04", "S001AT04"), media("s001_b_t00", "S001BT00")],
            events: Vec::new(),
            markers: Vec::new(),
        };
        let entry = |file: &str, reel: &str| ManifestMedia {
            file: file.to_owned(),
            reel: reel.to_owned(),
            ..ManifestMedia::default()
        };
        let before = Manifest {
            media: vec![
                entry("media/s001_a_t03.mov", "S001AT03"),
                entry("media/s001_b_t00.mkv", "X"),
            ],
            ..Manifest::default()
        };
        keep_names(&mut turnover, &before);
        let names: Vec<_> =
            turnover.media.iter().map(|media| (&*media.name, &*media.reel)).collect();
        assert_eq!(names, [("s001_a_t03", "S001AT03"), ("s001_b_t00", "S001BT00")]);
    }
}
