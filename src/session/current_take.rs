//! Chooses what the preview shows for each shot: its take or its shot of the story reel,
//! else its preview take, else the take from before the edit if that plays the same
//! blocking, else nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::jobs::BuildInputs;
use crate::blocking::staged::Blocking;
use crate::cut::conform::TakeFile;
use crate::cut::footage::{Footage, ReelFootage};
use crate::preview::state::PreviewPicture;
use crate::project::shooting;
use crate::shoot::history::{History, PastTake, differences};
use crate::shoot::plan::{ShotTakes, TakePlan};
use crate::shoot::recipe::{KeyedRecipe, TakeKey};
use crate::shoot::stills::ReelPlan;
use crate::shoot::vault::Vault;
use crate::time::Rate;

/// A take that can be shown.
#[derive(Debug, Clone)]
pub(crate) struct CurrentTake {
    pub shown: PreviewPicture,
    pub number: String,
    /// The keys of its pieces.
    pub keys: Vec<TakeKey>,
    /// The recipe of its last piece.
    pub recipe: IndexMap<String, String>,
    /// The blocking that it plays; `None` for a take of an earlier session.
    pub blocking: Option<Arc<Blocking>>,
    pub footage: Footage,
}

impl CurrentTake {
    /// Whether its files still exist.
    pub(crate) fn is_there(&self) -> bool {
        let is_there = |file: &TakeFile| file.files.iter().all(|(path, _)| path.is_file());
        match &self.footage {
            Footage::Take(file) => is_there(file),
            Footage::Reel(reel) => reel.stills.iter().all(is_there),
            Footage::File(path, _) => path.is_file(),
            Footage::Animatic(_) | Footage::Card(_) | Footage::Paper(_) => true,
        }
    }

    /// Whether it can stand in for a shot of this blocking until the shot has its take.
    fn plays(&self, drawn: Option<&Footage>) -> bool {
        match (&self.blocking, drawn.and_then(blocking)) {
            (Some(before), Some(now)) => before == now,
            _ => true,
        }
    }
}

/// The blocking that an animatic draws.
fn blocking(drawn: &Footage) -> Option<&Arc<Blocking>> {
    match drawn {
        Footage::Animatic(shot) => Some(&shot.blocking),
        _ => None,
    }
}

/// A take of the vault as the cut uses it; `None` if a piece of it is missing.
pub(crate) fn take_file(vault: &Vault, planned: &ShotTakes, frame_rate: u32) -> Option<TakeFile> {
    let held = planned.is_held(&|key| vault.glance(key));
    held.then(|| shooting::take_file(vault, &planned.recipes, frame_rate))
}

/// The best picture that exists for each take. `animatic` is the drawing of each shot.
pub(crate) fn current_takes(
    inputs: &BuildInputs,
    animatic: &[Option<Footage>],
    earlier: &[Option<CurrentTake>],
    vault: &Vault,
) -> Vec<Option<CurrentTake>> {
    let BuildInputs { script, film_plan, previews } = inputs;
    let rate = film_plan.fingerprint.settings.frame_rate;
    let of = |plan: &TakePlan, shot: usize, shown| {
        let planned = &plan.shots[shot];
        let file = take_file(vault, planned, rate)?;
        let keys = planned.recipes.iter().map(KeyedRecipe::key).collect();
        let number = script.list.shots[shot].number.clone();
        let recipe = planned.recipes.last()?.explain();
        let blocking = animatic[shot].as_ref().and_then(blocking).cloned();
        Some(CurrentTake { shown, number, keys, recipe, blocking, footage: Footage::Take(file) })
    };
    if let Some(reel) = &film_plan.reel {
        return (0..reel.shots.len()).map(|shot| reel_shot(inputs, reel, shot, vault)).collect();
    }
    (0..film_plan.takes.shots.len())
        .map(|shot| {
            of(&film_plan.takes, shot, PreviewPicture::Final)
                .or_else(|| of(previews, shot, PreviewPicture::Draft))
                .or_else(|| earlier[shot].clone().filter(CurrentTake::is_there))
        })
        .collect()
}

/// A shot of the story reel, if each of its stills or a preview of it exists.
fn reel_shot(
    inputs: &BuildInputs,
    reel: &ReelPlan,
    shot: usize,
    vault: &Vault,
) -> Option<CurrentTake> {
    let rate = inputs.film_plan.fingerprint.settings.frame_rate;
    let planned = reel.shots[shot].as_ref()?;
    let mut shown = PreviewPicture::Final;
    let (mut keys, mut stills) = (Vec::new(), Vec::new());
    for still in &planned.stills {
        let (takes, previews) = (&reel.takes.shots[*still], &inputs.previews.shots[*still]);
        let made = take_file(vault, takes, rate);
        if made.is_none() {
            shown = PreviewPicture::Draft;
        }
        keys.extend(if made.is_some() { takes.key } else { previews.key });
        stills.push(made.or_else(|| take_file(vault, previews, rate))?);
    }
    let last = reel.takes.shots[*planned.stills.last()?].recipes.last()?;
    Some(CurrentTake {
        shown,
        number: inputs.script.list.shots[shot].number.clone(),
        keys,
        recipe: last.explain(),
        blocking: None,
        footage: Footage::Reel(ReelFootage { shot: planned.shot.clone(), stills }),
    })
}

/// The takes of the last build that still exist. A session begins with them if
/// the script was edited since.
pub(crate) fn of_history(history: &History, vault: &Vault, frame_rate: u32) -> Vec<CurrentTake> {
    let by_key: BTreeMap<TakeKey, &PastTake> =
        history.takes.iter().map(|past| (past.key, past)).collect();
    let before = |past: &PastTake| -> Option<TakeKey> {
        let piece = past.recipe.get("continues whole").is_some_and(|whole| whole == "1");
        past.recipe.get("continues").filter(|_| piece)?.parse().ok()
    };
    let continued: BTreeSet<TakeKey> = history.takes.iter().filter_map(before).collect();
    let current_take = |last: &PastTake| {
        let number = |recipe: &IndexMap<String, String>, field: &str| -> Option<u32> {
            recipe.get(field)?.parse().ok()
        };
        let mut pieces = vec![last];
        while let Some(key) = before(pieces[pieces.len() - 1]) {
            pieces.push(by_key.get(&key).filter(|_| pieces.len() < history.takes.len())?);
        }
        pieces.reverse();
        let mut files = Vec::with_capacity(pieces.len());
        let mut digests = Vec::with_capacity(pieces.len());
        for piece in &pieces {
            vault.glance(&piece.key).then_some(())?;
            // Older versions stored in a piece also the frames of the pieces before it.
            let shared = match before(piece) {
                Some(_) => number(&piece.recipe, "stored from frame")?,
                None => 0,
            };
            let frames = number(&piece.recipe, "frames")?.checked_sub(shared)?;
            files.push((vault.payload(&piece.key), frames));
            digests.push(vault.payload_digest(&piece.key)?);
        }
        let file = TakeFile {
            files,
            digest: digests.join(" "),
            rate: Rate { numerator: frame_rate, denominator: 1 },
            width: number(&last.recipe, "width")?,
            height: number(&last.recipe, "height")?,
        };
        let keys = pieces.iter().map(|piece| piece.key).collect();
        let (number, recipe) = (last.number.clone(), last.recipe.clone());
        let footage = Footage::Take(file);
        let shown = PreviewPicture::Earlier;
        Some(CurrentTake { shown, number, keys, recipe, blocking: None, footage })
    };
    let ends = history.takes.iter().filter(|past| !continued.contains(&past.key));
    ends.filter_map(current_take).collect()
}

/// Gives each missing take the take that it most likely replaces: among the takes that were
/// shown and are no longer wanted, the one whose recipe differs least. Uses each once. A
/// shot with another blocking gets none: its animatic shows the edit.
pub(crate) fn earlier(
    before: &[CurrentTake],
    plan: &TakePlan,
    animatic: &[Option<Footage>],
    missing: &[(usize, &str)],
) -> Vec<Option<CurrentTake>> {
    let wanted: BTreeSet<TakeKey> = plan.piece_keys();
    let free: Vec<&CurrentTake> =
        before.iter().filter(|past| !past.keys.iter().all(|key| wanted.contains(key))).collect();
    let mut pairs = Vec::new();
    for (shot, number) in missing {
        let now = plan.shots[*shot].recipes.last().map(|recipe| recipe.explain());
        for (index, past) in free.iter().enumerate() {
            // A shot that waits for a portrait has no recipe yet; its number identifies it.
            let apart = now.as_ref().map(|now| differences(&past.recipe, now).len());
            let renumbered = past.number != *number;
            match apart {
                Some(apart) => pairs.push((apart, renumbered, *shot, index)),
                None if !renumbered => pairs.push((usize::MAX, false, *shot, index)),
                None => {}
            }
        }
    }
    pairs.sort_unstable();
    let mut found: Vec<Option<CurrentTake>> = vec![None; plan.shots.len()];
    let mut used = BTreeSet::new();
    for (_, _, shot, index) in pairs {
        if found[shot].is_none() && used.insert(index) {
            found[shot] =
                Some(CurrentTake { shown: PreviewPicture::Earlier, ..free[index].clone() });
        }
    }
    for (take, drawn) in found.iter_mut().zip(animatic) {
        take.take_if(|take| !take.plays(drawn.as_ref()));
    }
    found
}
