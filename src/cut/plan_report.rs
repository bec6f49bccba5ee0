//! What `photoplay plan` prints: the shot list and the edit decision list as
//! one record for machines and people.
//!
//! Knows no vault: references, keys and states are given to it.

use serde::Serialize;

use super::edl::{Edl, PictureEvent, SoundEvent};
use crate::breakdown::shot::{Picture, Shot, ShotList};
use crate::time::Rate;

/// A film before it is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanReport {
    /// Of the whole film.
    pub format: FilmFormat,
    /// Shot by shot.
    pub shots: Vec<ShotReport>,
    /// Picture events, then sound events.
    pub edl: Vec<EdlEvent>,
}

/// Size, rate and length of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FilmFormat {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Frames per second.
    pub rate: Rate,
    /// Length of the film.
    pub frames: u32,
}

/// One shot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShotReport {
    /// `91.3`, or the written id.
    pub number: String,
    /// The scene's number.
    pub scene: String,
    /// Length in frames of the film.
    pub frames: u32,
    /// Canonical size; empty for cards and plain colours.
    pub size: String,
    /// Canonical camera move; empty for static.
    #[serde(rename = "move")]
    pub movement: String,
    /// In a few words: `CLOSE ON MARA`.
    pub shows: String,
    /// Names of those expected in the picture.
    pub subjects: Vec<String>,
    /// Pictures that fix their looks, below the project folder.
    pub references: Vec<String>,
    /// As the model reads it; empty where no take is made.
    pub prompt: String,
    /// Of its take; `null` while a portrait is to be made, and for cards.
    pub key: Option<String>,
    /// Whether its take is there.
    pub state: TakeState,
}

/// Whether a take is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeState {
    /// In the vault.
    Cached,
    /// To be made.
    #[default]
    ToShoot,
    /// To be made, after a portrait.
    ToCast,
    /// A card or a plain colour: no take.
    Drawn,
}

/// What is known of a shot's take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeReport {
    /// Pictures that fix looks, below the project folder.
    pub references: Vec<String>,
    /// As the model reads it.
    pub prompt: String,
    /// Of the take.
    pub key: Option<String>,
    /// Whether it is there.
    pub state: TakeState,
}

/// One event of the edit decision list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "track", rename_all = "snake_case")]
pub enum EdlEvent {
    /// On the picture track.
    Picture(PictureEvent),
    /// On the sound track.
    Sound(SoundEvent),
}

/// Writes a plan down. `take` gives what is known of the take of a shot, by
/// its index in the list; it is asked for shots that show one.
pub fn plan_report(
    list: &ShotList,
    edl: &Edl,
    mut take: impl FnMut(usize, &Shot) -> TakeReport,
) -> PlanReport {
    let shots = list.shots.iter().enumerate().map(|(index, shot)| {
        let (size, movement, subjects, known) = match &shot.picture {
            Picture::Take(spec) => {
                let names = spec.subjects.iter().map(|(who, _)| list.subjects[who.0].name.clone());
                let size = spec.description.size.clone();
                (size, spec.movement.clone(), names.collect(), take(index, shot))
            }
            _ => {
                let drawn = TakeReport { state: TakeState::Drawn, ..TakeReport::default() };
                (String::new(), String::new(), Vec::new(), drawn)
            }
        };
        ShotReport {
            number: shot.number.clone(),
            scene: shot.scene.to_string(),
            frames: shot.frames,
            size,
            movement,
            shows: shot.shows.to_string(),
            subjects,
            references: known.references,
            prompt: known.prompt,
            key: known.key,
            state: known.state,
        }
    });
    let settings = &list.settings;
    PlanReport {
        format: FilmFormat {
            width: settings.width,
            height: settings.height,
            rate: settings.rate,
            frames: edl.frames,
        },
        shots: shots.collect(),
        edl: edl
            .picture
            .iter()
            .cloned()
            .map(EdlEvent::Picture)
            .chain(edl.sound.iter().cloned().map(EdlEvent::Sound))
            .collect(),
    }
}
