//! A film as far as it exists: the take that each shot shows, the pieces the
//! film is cut into, and a thumbnail of each shot.
//!
//! Knows plans and takes; reads no files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::current_take::CurrentTake;
use super::jobs::BuildInputs;
use crate::breakdown::shot::Picture;
use crate::breakdown::transition::Colour;
use crate::casting::{Chosen, below};
use crate::cut::assemble::assemble;
use crate::cut::captions::captions;
use crate::cut::edl::{Edl, PictureEvent};
use crate::cut::film_segments::FilmSegments;
use crate::cut::footage::Footage;
use crate::cut::thumbnails::Thumbnail;
use crate::media::Error;
use crate::media::fragmented::{FragmentHeader, header};
use crate::media::h264::parameter_sets;
use crate::model::Files;
use crate::preview::state::PreviewPicture;
use crate::project::CheckedScript;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::recipe::TakeKey;

/// A film as far as it exists.
#[derive(Debug)]
pub(crate) struct PreviewFilm {
    pub inputs: BuildInputs,
    pub edl: Arc<Edl>,
    /// What each shot shows while it has no take.
    pub animatic: Vec<Option<Footage>>,
    /// The take that each shot shows now, for each shot with a take of its own.
    pub current_takes: Vec<Option<CurrentTake>>,
    /// What each shot shows while neither its take nor its preview take exists.
    pub earlier: Vec<Option<CurrentTake>>,
    pub pieces: Arc<FilmSegments>,
    pub header: Option<FragmentHeader>,
    /// A picture of each shot.
    pub thumbnails: Vec<Option<Thumbnail>>,
    /// The picture of each look.
    pub looks: Vec<Option<Thumbnail>>,
}

impl PreviewFilm {
    pub(crate) fn new(
        inputs: BuildInputs,
        animatic: Vec<Option<Footage>>,
        earlier: Vec<Option<CurrentTake>>,
        current_takes: Vec<Option<CurrentTake>>,
    ) -> Result<Self, Error> {
        let BuildInputs { script, film_plan, .. } = &inputs;
        let edl = Arc::new(assemble(&script.list));
        let looks = film_plan.chosen.iter().map(|chosen| {
            let thumbnail = |chosen: &Chosen| {
                Thumbnail::File(below(&script.folder, &chosen.file), chosen.digest)
            };
            chosen.as_ref().map(thumbnail)
        });
        let looks = looks.collect();
        let (pieces, thumbnails) = cut(&inputs, &edl, &animatic, &current_takes);
        let header = header(pieces.picture, &parameter_sets(pieces.picture)?);
        let pieces = Arc::new(pieces);
        Ok(Self {
            inputs,
            edl,
            animatic,
            current_takes,
            earlier,
            pieces,
            header,
            thumbnails,
            looks,
        })
    }

    /// Shows other takes, as far as they exist now.
    pub(crate) fn refresh(&mut self, current_takes: Vec<Option<CurrentTake>>) {
        self.current_takes = current_takes;
        let (pieces, thumbnails) =
            cut(&self.inputs, &self.edl, &self.animatic, &self.current_takes);
        (self.pieces, self.thumbnails) = (Arc::new(pieces), thumbnails);
    }

    /// Whether this is the film of a script and its plan.
    pub(crate) fn is_of(&self, script: &CheckedScript, film_plan: &FilmPlan) -> bool {
        let texts = |script: &CheckedScript| -> Vec<String> {
            script.sources.iter().map(|source| source.text.clone()).collect()
        };
        let keys = |film_plan: &FilmPlan| -> Vec<Option<TakeKey>> {
            film_plan.takes.shots.iter().map(|planned| planned.key).collect()
        };
        let BuildInputs { script: before, film_plan: planned, .. } = &self.inputs;
        texts(before) == texts(script)
            && keys(planned) == keys(film_plan)
            && planned.chosen == film_plan.chosen
            && before.heard == script.heard
    }

    /// The shot of a number.
    pub(crate) fn index(&self, number: &str) -> Option<usize> {
        let shots = &self.inputs.script.list.shots;
        shots.iter().position(|shot| shot.number == number)
    }

    /// The files that planning read besides the script and the files it names.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let BuildInputs { script, film_plan, .. } = &self.inputs;
        let pictures = film_plan.chosen.iter().flatten();
        let pictures = pictures.map(|chosen| below(&script.folder, &chosen.file));
        let weights = match &film_plan.model.files {
            Files::Embedded => Vec::new(),
            Files::Folder(folder) => {
                film_plan.fingerprint.digests.keys().map(|file| folder.join(file)).collect()
            }
        };
        pictures.chain(weights).collect()
    }

    /// What each shot shows now, if it is filmed and something exists.
    pub(crate) fn footage(&self) -> Vec<Option<Footage>> {
        let owner = |shot| self.inputs.film_plan.owner(shot);
        let shots = 0..self.current_takes.len();
        shots.map(|shot| Some(self.current_takes[owner(shot)?].as_ref()?.footage.clone())).collect()
    }

    /// Whether every take of the film exists.
    pub(crate) fn complete(&self) -> bool {
        self.current_takes.iter().enumerate().all(|(index, take)| {
            let made = take.as_ref().is_some_and(|take| take.shown == PreviewPicture::Final);
            self.inputs.film_plan.owner(index) != Some(index) || made
        })
    }

    /// The first frame of each piece, and its length in frames.
    pub(crate) fn spans(&self) -> Vec<(u32, u32)> {
        let mut at = 0;
        let lengths = self.pieces.lengths();
        lengths
            .map(|frames| {
                at += frames;
                (at - frames, frames)
            })
            .collect()
    }

    /// The takes that the film shows now, and those that it would show if others got lost.
    pub(crate) fn shown(&self) -> BTreeSet<TakeKey> {
        let takes = self.current_takes.iter().chain(&self.earlier).flatten();
        takes.flat_map(|take| take.keys.iter().copied()).collect()
    }

    /// The thumbnails of the film by key.
    pub(crate) fn thumbnails(&self) -> BTreeMap<String, &Thumbnail> {
        let thumbnails = self.thumbnails.iter().chain(&self.looks).flatten();
        thumbnails.map(|thumbnail| (thumbnail.key(self.size()), thumbnail)).collect()
    }

    /// Width and height of the film.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.pieces.picture.width, self.pieces.picture.height)
    }
}

/// Cuts the film from the takes that exist; the animatic draws the other shots.
fn cut(
    inputs: &BuildInputs,
    edl: &Edl,
    animatic: &[Option<Footage>],
    current_takes: &[Option<CurrentTake>],
) -> (FilmSegments, Vec<Option<Thumbnail>>) {
    let BuildInputs { script, film_plan, .. } = inputs;
    let list = &script.list;
    let footage = |event: &PictureEvent| {
        let owner = film_plan.owner(event.shot).unwrap_or(event.shot);
        match (&current_takes[owner], &animatic[event.shot]) {
            (Some(take), _) => take.footage.clone(),
            (None, drawn) => drawn.clone().expect("a shot that is filmed is drawn"),
        }
    };
    let pieces = FilmSegments::of(list, edl, &captions(&list.lines), &footage);
    let thumbnails = edl.picture.iter().map(|event| {
        let frames = event.record_out - event.record_in;
        Some(match &list.shots[event.shot].picture {
            Picture::Take(_) => match footage(event) {
                Footage::Take(file) => {
                    Thumbnail::Take(file, (event.source_in + frames / 2).into(), edl.rate)
                }
                Footage::Animatic(shot) => Thumbnail::Animatic(shot),
                Footage::Card(card) => Thumbnail::Card(card),
                Footage::Paper(lines) => Thumbnail::Paper(lines),
                Footage::File(path, digest) => Thumbnail::File(path, digest),
                Footage::Reel(footage) => Thumbnail::Reel(footage),
            },
            Picture::Card(card) => Thumbnail::Card(card.clone()),
            Picture::Black => Thumbnail::Colour(Colour::default()),
            Picture::White => Thumbnail::Colour(Colour { red: 255, green: 255, blue: 255 }),
        })
    });
    let thumbnails = thumbnails.collect();
    (pieces, thumbnails)
}
