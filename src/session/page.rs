//! The preview page of a session's state.
//!
//! Knows the state and the page; reads no files.

use super::jobs::BuildInputs;
use super::preview_film::PreviewFilm;
use super::state::SessionState;
use super::view::{lines, words};
use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::{Picture, Shot, ShotList};
use crate::cut::captions::captions;
use crate::cut::film_segments::SegmentStore;
use crate::cut::thumbnails::Thumbnail;
use crate::media::fragmented::FragmentHeader;
use crate::preview::screen::{Artefact, Artefacts};
use crate::preview::state::{
    Film, PreviewPicture, PreviewPiece, PreviewReference, PreviewShot, PreviewState,
    PreviewTakeState,
};
use crate::shoot::film_plan::vault_of;

impl SessionState {
    /// The page, and the artefacts it names.
    pub(crate) fn page(&self) -> (PreviewState, Artefacts) {
        let mut artefacts = Artefacts::new();
        let name = self.script.file_name().unwrap_or_default();
        let mut state = PreviewState {
            script: name.to_string_lossy().into_owned(),
            focus: self.focus,
            diagnostics: self.messages.clone(),
            outdated: self.outdated,
            failure: self.failure.clone(),
            ..PreviewState::default()
        };
        let Some(film) = &self.film else {
            return (state, artefacts);
        };
        let list = &film.inputs.script.list;
        state.focus = self.focus.filter(|shot| *shot < list.shots.len());
        let size = film.size();
        let mut thumbnail = |thumbnail: &Option<Thumbnail>| {
            let (hash, jpeg) = self.cut.thumbnails.get(&thumbnail.as_ref()?.key(size))?;
            artefacts.insert(hash.clone(), Artefact::Picture(jpeg.clone()));
            Some(hash.clone())
        };
        let references: Vec<PreviewReference> = film
            .looks
            .iter()
            .zip(&film.inputs.film_plan.cast.looks)
            .map(|(picture, look)| PreviewReference {
                name: look.name.clone(),
                still: thumbnail(picture),
            })
            .collect();
        for (index, start) in list.starts().into_iter().enumerate() {
            let mut shot = self.shot(film, index, start, &references);
            shot.still = thumbnail(&film.thumbnails[index]);
            state.shots.push(shot);
        }
        if let Some(FragmentHeader { codec, bytes }) = &film.header {
            let hash = blake3::hash(bytes).to_hex().to_string();
            artefacts.insert(hash.clone(), Artefact::Header(bytes.clone().into()));
            let store = SegmentStore::of(&vault_of(&film.inputs.script.folder));
            let mut pieces = Vec::new();
            for (key, (start, frames)) in film.pieces.keys.iter().zip(film.spans()) {
                let ready = self.cut.ready.contains(key);
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

    /// A shot of the page, without its thumbnail.
    fn shot(
        &self,
        film: &PreviewFilm,
        index: usize,
        start: u32,
        references: &[PreviewReference],
    ) -> PreviewShot {
        let BuildInputs { script, film_plan, .. } = &film.inputs;
        let shot = &script.list.shots[index];
        let owner = film_plan.owner(index);
        let planned = &film_plan.takes.shots[owner.unwrap_or(index)];
        let keys = film_plan.keys_of(index);
        let current_take = owner.and_then(|owner| film.current_takes[owner].as_ref());
        let shown = match (owner, current_take) {
            (None, _) => PreviewPicture::Final,
            (Some(_), None) => PreviewPicture::Animatic,
            (Some(_), Some(current_take)) => current_take.shown,
        };
        let number = &script.list.shots[owner.unwrap_or(index)].number;
        let reason = self.takes.failed.get(number).cloned();
        let state = match owner {
            None => PreviewTakeState::Drawn,
            Some(_)
                if shown == PreviewPicture::Final
                    && keys.iter().any(|key| self.takes.made.contains(key)) =>
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
        let (at, lines) = lines(script, shot);
        PreviewShot {
            number: shot.number.clone(),
            scene: shot.scene.to_string(),
            start,
            frames: shot.frames,
            shows: match &shot.picture {
                Picture::Card(card) => card.lines.join(" / "),
                _ => shot.shows.to_string(),
            },
            subjects: subjects(&script.list, shot),
            words: words(&script.list, start, shot.frames),
            state,
            shown,
            still: None,
            prompt: film_plan.prompt(index),
            references: planned.looks.iter().map(|look| references[*look].clone()).collect(),
            why: keys.iter().find_map(|key| self.takes.why.get(key).cloned()).unwrap_or_default(),
            reason,
            key: film_plan
                .key(index)
                .filter(|_| film_plan.reel.is_none())
                .map(|key| key.to_string()),
            at,
            lines,
        }
    }
}

/// The names of everybody in the picture; for those without a name, their noun.
fn subjects(list: &ShotList, shot: &Shot) -> Vec<String> {
    let Picture::Take(take) = &shot.picture else { return Vec::new() };
    take.subjects.iter().map(|(who, _)| list.subjects[*who].name.clone()).collect()
}
