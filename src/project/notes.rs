//! What an author should know about a film before it is made.

use super::circles::{disputed, offers};
use super::script::CheckedScript;
use crate::casting::PortraitChange;
use crate::shoot::film_plan::FilmPlan;

/// What the author should know about the chosen pictures.
pub(crate) fn notes(script: &CheckedScript, film_plan: &FilmPlan) -> Vec<String> {
    let looks = film_plan.cast.looks.iter().zip(&film_plan.chosen);
    let pictures = looks.filter_map(|(look, chosen)| {
        let chosen = chosen.as_ref()?;
        let (file, name) = (chosen.file.display(), &look.name);
        Some(match chosen.note? {
            PortraitChange::Replaced => {
                format!("`{file}` was changed since it was chosen; shots with {name} follow it")
            }
            PortraitChange::TakenUp => format!("`{file}` is now the portrait of {name}"),
        })
    });
    pictures.chain(disputed(script, film_plan)).chain(offers(script, film_plan)).collect()
}
