//! What was made of a film: portraits, takes and the stills of them, and why a
//! shot would be made again. From the vault, if there is one.
//!
//! Knows keys and files; makes nothing.

use std::path::{Path, PathBuf};

use super::analysis::Analysis;
use crate::breakdown::screenplay::Subject;
use crate::casting::below;
use crate::diagnostic::Severity;
use crate::model::Model;
use crate::shoot::film_plan::{FilmPlan, digests_of, vault_of};
use crate::shoot::history::{History, differences};
use crate::shoot::plan::ModelFingerprint;
use crate::shoot::recipe::TakeKey;
use crate::shoot::retakes::made;
use crate::shoot::vault::glance;

/// The takes of a film and the pictures of its cast.
#[derive(Debug)]
pub(super) struct FilmTakes {
    folder: PathBuf,
    vault: PathBuf,
    studio: FilmPlan,
}

impl FilmTakes {
    /// Looks at what is there. `None` when nothing was made yet, when no film
    /// can be made of the script, or when it would take long to find out.
    pub(super) fn look(analysis: &Analysis, model: &Model) -> Option<Self> {
        let folder = analysis.folder.clone();
        let vault = vault_of(&folder);
        let failed = analysis.diagnostics.iter().any(|said| said.severity == Severity::Error);
        if failed || !vault.is_dir() {
            return None;
        }
        let digests = digests_of(&folder);
        let network =
            ModelFingerprint::new(model, digests.of_model(model)?, &digests.of_adapters(model)?)
                .ok()?;
        let studio =
            FilmPlan::open(model.clone(), network, digests, &analysis.list, &folder).ok()?;
        Some(Self { folder, vault, studio })
    }

    /// The picture of somebody.
    pub(super) fn portrait(&self, subject: Subject) -> Option<PathBuf> {
        let look = self.studio.cast.looks.iter().position(|look| look.subject == subject)?;
        let chosen = self.studio.chosen[look].as_ref()?;
        Some(below(&self.folder, &chosen.file))
    }

    /// The prompt of a shot, as the model reads it.
    pub(super) fn prompt(&self, shot: usize) -> &str {
        let planned = &self.studio.plan.shots[shot];
        let owner = planned.take.unwrap_or(shot);
        &self.studio.plan.shots[owner].prompt
    }

    /// The names and pictures that fix the looks in a shot.
    pub(super) fn references(&self, shot: usize) -> Vec<(&str, Option<PathBuf>)> {
        let owner = self.studio.plan.shots[shot].take.unwrap_or(shot);
        let looks = self.studio.plan.shots[owner].looks.iter();
        looks
            .map(|look| {
                let chosen = self.studio.chosen[*look].as_ref();
                let picture = chosen.map(|chosen| below(&self.folder, &chosen.file));
                (self.studio.cast.looks[*look].name.as_str(), picture)
            })
            .collect()
    }

    fn key(&self, shot: usize) -> Option<TakeKey> {
        self.studio.plan.key(shot).filter(|key| glance(&self.vault, key))
    }

    /// The file of a shot's take, if it was made.
    pub(super) fn take(&self, shot: usize) -> Option<PathBuf> {
        Some(crate::shoot::vault::payload(&self.vault, &self.key(shot)?))
    }

    /// The highest number of a shot's takes that were made.
    pub(super) fn most(&self, shot: usize) -> u32 {
        let plan = &self.studio.plan;
        let takes = made(&plan.shots[plan.shots[shot].take.unwrap_or(shot)], &self.vault);
        takes.last().map_or(0, |(number, _)| *number)
    }

    /// A still of a shot's take, if there is one.
    pub(super) fn still(&self, shot: usize) -> Option<PathBuf> {
        let key = self.key(shot)?;
        let still = self.vault.join("stills").join(format!("{key}.png"));
        if still.is_file() {
            return Some(still);
        }
        #[cfg(feature = "ffmpeg")]
        if let Some(recipe) =
            self.studio.plan.shots[self.studio.plan.shots[shot].take?].recipes.last()
            && draw(&crate::shoot::vault::payload(&self.vault, &key), recipe, &still).is_some()
        {
            return Some(still);
        }
        None
    }

    /// Why a shot would be made again, in sentences.
    pub(super) fn why(&self, script: &Path, shot: usize, number: &str) -> String {
        let Some(owner) = self.studio.plan.shots[shot].take else {
            return format!("shot {number} is a card or a plain colour: nothing is made for it");
        };
        let planned = &self.studio.plan.shots[owner];
        let Some(recipe) = planned.recipes.last() else {
            let missing = planned.looks.iter().filter(|look| self.studio.chosen[**look].is_none());
            let names: Vec<&str> =
                missing.map(|look| self.studio.cast.looks[*look].name.as_str()).collect();
            return match names.as_slice() {
                [] => format!("shot {number} goes on from a shot that waits for a portrait"),
                names => format!("shot {number} waits for a portrait of {}", names.join(" and ")),
            };
        };
        if self.key(shot).is_some() {
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

/// Draws the middle picture of a take into a file.
#[cfg(feature = "ffmpeg")]
fn draw(take: &Path, recipe: &crate::shoot::recipe::Recipe, still: &Path) -> Option<()> {
    let frames = crate::shoot::plan::payload_frames(recipe);
    let reader = crate::media::take::TakeReader::open(take, recipe.width, recipe.height, frames);
    let mut reader = reader.ok()?;
    reader.skip_frames(frames / 2).ok()?;
    let picture = reader.next()?.ok()?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).ok()?;
    crate::source::write_whole(still, &bytes.into_inner()).ok()
}
