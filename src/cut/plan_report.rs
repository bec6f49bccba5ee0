//! The output of `photoplay plan`: the shot list and the edit decision list as
//! one record for machines and people.
//!
//! Does not know the vault: callers supply references, keys and states.

use serde::Serialize;

use super::edl::{Edl, PictureEvent, SoundEvent};
use crate::breakdown::shot::{Picture, Shot, ShotList};
use crate::time::Rate;

/// A film before it is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PlanReport {
    /// Size, rate and length of the film.
    pub format: FilmFormat,
    /// One entry for each shot.
    pub shots: Vec<ShotReport>,
    /// Picture events, then sound events.
    pub edl: Vec<EdlEvent>,
}

/// Size, rate and length of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct FilmFormat {
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
pub(crate) struct ShotReport {
    /// `91.3`, or the id from the script.
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
    /// Short description: `CLOSE ON MARA`.
    pub shows: String,
    /// Names of the subjects in the picture.
    pub subjects: Vec<String>,
    /// Reference pictures of their looks, below the project folder.
    pub references: Vec<String>,
    /// The prompt for the text encoder; empty for a shot without a take.
    pub prompt: String,
    /// Key of its take; `null` for cards, and until all portraits exist.
    pub key: Option<String>,
    /// Whether the take exists; in a story reel, whether its stills do.
    pub state: TakeState,
    /// What controls the take besides the prompt: `depth 0.7`; nothing in most films.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// Key of the circled still that the take begins with; nothing in most films.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_still: Option<String>,
    /// What a shot of a story reel is made of; nothing in other films.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stills: Vec<StillReport>,
}

/// A still of a story reel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StillReport {
    /// Whom or what it shows.
    pub shows: String,
    /// The prompt for the text encoder.
    pub prompt: String,
    /// Key of its take; `null` until its portrait exists.
    pub key: Option<String>,
    /// Whether it exists.
    pub state: TakeState,
}

/// Whether a take exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TakeState {
    /// In the vault.
    Cached,
    /// Still to make.
    #[default]
    ToShoot,
    /// Still to make, after a portrait.
    ToCast,
    /// A card or a plain colour: no take.
    Drawn,
}

/// The facts about a shot's take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TakeReport {
    /// Reference pictures of looks, below the project folder.
    pub references: Vec<String>,
    /// The prompt for the text encoder.
    pub prompt: String,
    /// Key of the take.
    pub key: Option<String>,
    /// Whether the take exists.
    pub state: TakeState,
    /// What controls it besides the prompt.
    pub control: Option<String>,
    /// Key of the circled still that it begins with.
    pub first_still: Option<String>,
    /// Its stills in a story reel.
    pub stills: Vec<StillReport>,
}

/// One event of the edit decision list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "track", rename_all = "snake_case")]
pub(crate) enum EdlEvent {
    /// On the picture track.
    Picture(PictureEvent),
    /// On the sound track.
    Sound(SoundEvent),
}

/// Makes the report. `take` gives the facts about the take of a shot, by the
/// shot's index in the list, for shots that show one.
pub(crate) fn plan_report(
    list: &ShotList,
    edl: &Edl,
    mut take: impl FnMut(usize, &Shot) -> TakeReport,
) -> PlanReport {
    let shots = list.shots.iter().enumerate().map(|(index, shot)| {
        let (size, movement, subjects, known) = match &shot.picture {
            Picture::Take(spec) => {
                let names = spec.subjects.iter().map(|(who, _)| list.subjects[*who].name.clone());
                let size = spec.description.size.clone();
                (size, spec.technique.movement.to_string(), names.collect(), take(index, shot))
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
            control: known.control,
            first_still: known.first_still,
            stills: known.stills,
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
