//! Portraits, takes and stills of a film, read from the vault; and why a build
//! would shoot a shot again.
//!
//! Knows keys and files; makes nothing.

use std::path::{Path, PathBuf};

use super::analysis::Analysis;
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shots::list::heard_shot_list;
use crate::casting::below;
use crate::diagnostic::has_errors;
use crate::model::Model;
use crate::project::hearing::heard_speeches;
use crate::shoot::film_plan::{FilmPlan, digests_of, vault_of};
use crate::shoot::history::{History, differences};
use crate::shoot::plan::{ModelFingerprint, ShotTakes};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::glance;

/// The takes of a film and the pictures of its cast.
#[derive(Debug)]
pub(super) struct FilmTakes {
    folder: PathBuf,
    vault: PathBuf,
    film_plan: FilmPlan,
}

/// The film of a shot that somebody can play.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Playable {
    /// A file is its take.
    File(PathBuf),
    /// Moving stills, or a take in several files: a film must be cut from them first.
    Parts,
}

impl FilmTakes {
    /// Reads the vault. `None` if there is no vault, if the script has errors,
    /// or if reading would take long.
    pub(super) fn look(analysis: &Analysis, model: &Model) -> Option<Self> {
        let folder = analysis.folder.clone();
        let vault = vault_of(&folder);
        if has_errors(&analysis.diagnostics) || !vault.is_dir() {
            return None;
        }
        let (files, digests) = (analysis.sources.files(), digests_of(&folder));
        let fingerprint =
            ModelFingerprint::new(model, digests.of_model(model)?, &digests.of_adapters(model)?)
                .ok()?;
        let heard = heard_speeches(&analysis.list, files, &folder);
        let spoken = (!heard.is_empty()).then(|| heard_shot_list(&analysis.screenplay, &heard).0);
        let film_plan = FilmPlan::open(
            model.clone(),
            fingerprint,
            digests,
            spoken.as_ref().unwrap_or(&analysis.list),
            files,
            &folder,
            analysis.list.settings.motion,
        )
        .ok()?;
        Some(Self { folder, vault, film_plan })
    }

    /// The portrait of a person or thing.
    pub(super) fn portrait(&self, subject: Subject) -> Option<PathBuf> {
        let look = self.film_plan.cast.looks.iter().position(|look| look.subject == subject)?;
        let chosen = self.film_plan.chosen[look].as_ref()?;
        Some(below(&self.folder, &chosen.file))
    }

    /// The prompt of a shot, as the model reads it; in a story reel, those of its stills.
    pub(super) fn prompt(&self, shot: usize) -> String {
        self.film_plan.prompt(shot)
    }

    /// The names and reference pictures of a shot.
    pub(super) fn references(&self, shot: usize) -> Vec<(&str, Option<PathBuf>)> {
        let owner = self.film_plan.takes.shots[shot].take.unwrap_or(shot);
        let looks = self.film_plan.takes.shots[owner].looks.iter();
        looks
            .map(|look| {
                let chosen = self.film_plan.chosen[*look].as_ref();
                let picture = chosen.map(|chosen| below(&self.folder, &chosen.file));
                (self.film_plan.cast.looks[*look].name.as_str(), picture)
            })
            .collect()
    }

    fn held(&self) -> impl Fn(&TakeKey) -> bool {
        |key| glance(&self.vault, key)
    }

    /// A shot's take if it exists; in a story reel, the still planned last, if all of them
    /// exist.
    fn made(&self, shot: usize) -> Option<&ShotTakes> {
        let held = self.held();
        self.film_plan.waiting(shot, &held).filter(|part| part.is_held(&held))
    }

    /// The film of a shot, if it exists.
    pub(super) fn playable(&self, shot: usize) -> Option<Playable> {
        let made = self.made(shot)?;
        Some(match made.recipes.as_slice() {
            [alone] if self.film_plan.reel.is_none() => {
                Playable::File(crate::shoot::vault::payload(&self.vault, &alone.key()))
            }
            _ => Playable::Parts,
        })
    }

    /// The highest take number of a shot in the vault.
    pub(super) fn most(&self, shot: usize) -> u32 {
        let owner = self.film_plan.owner(shot).unwrap_or(shot);
        self.film_plan.made(owner, &self.vault).last().map_or(0, |(number, _)| *number)
    }

    /// A still of a shot's take, if it exists.
    pub(super) fn still(&self, shot: usize) -> Option<PathBuf> {
        let made = self.made(shot)?;
        let still = self.vault.join("stills").join(format!("{}.png", made.key?));
        if still.is_file() {
            return Some(still);
        }
        #[cfg(feature = "ffmpeg")]
        if draw(&self.vault, &made.recipes, &still).is_some() {
            return Some(still);
        }
        None
    }

    /// Why a build would shoot a shot again, in sentences.
    pub(super) fn why(&self, script: &Path, shot: usize, number: &str) -> String {
        let Some(planned) = self.film_plan.waiting(shot, &self.held()) else {
            return format!("shot {number} is a card or a plain colour: nothing is made for it");
        };
        let Some(recipe) = planned.recipes.last() else {
            let missing =
                planned.looks.iter().filter(|look| self.film_plan.chosen[**look].is_none());
            let names: Vec<&str> =
                missing.map(|look| self.film_plan.cast.looks[*look].name.as_str()).collect();
            return match names.as_slice() {
                [] => format!("shot {number} continues a shot that waits for a portrait"),
                names => format!("shot {number} waits for a portrait of {}", names.join(" and ")),
            };
        };
        if self.made(shot).is_some() {
            return format!("shot {number} is made; it would not be made again");
        }
        let now = recipe.explain();
        let history = History::read(&self.vault, script);
        let Some(past) = history.nearest(number, &now) else {
            return format!("shot {number} was never made");
        };
        let quoted = |words: Option<String>| {
            words.map_or_else(|| "nothing".to_owned(), |words| format!("`{words}`"))
        };
        let changes: Vec<String> = differences(&past.recipe, &now)
            .into_iter()
            .map(|change| {
                format!("{}: {} is now {}", change.field, quoted(change.before), quoted(change.now))
            })
            .collect();
        if changes.is_empty() {
            return format!("the take of shot {number} is no longer in the vault");
        }
        format!(
            "shot {number} would be made again; compared with shot {} of the last build:\n{}",
            past.number,
            changes.join("\n")
        )
    }
}

/// Writes the middle frame of a take to a file.
#[cfg(feature = "ffmpeg")]
fn draw(vault: &Path, pieces: &[crate::shoot::recipe::KeyedRecipe], still: &Path) -> Option<()> {
    let file = |piece: &crate::shoot::recipe::KeyedRecipe| {
        (crate::shoot::vault::payload(vault, &piece.key()), piece.stored_frames())
    };
    let files: Vec<(PathBuf, u32)> = pieces.iter().map(file).collect();
    let frames: u32 = files.iter().map(|(_, frames)| frames).sum();
    let (width, height) = pieces.first().map(|piece| (piece.width, piece.height))?;
    let mut reader = crate::media::take::PiecesReader::new(files, width, height);
    reader.skip_frames(frames / 2).ok()?;
    let picture = reader.next()?.ok()?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).ok()?;
    crate::source::write_whole(still, &bytes.into_inner()).ok()
}
