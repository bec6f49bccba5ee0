//! The film plan of a script: its takes with the model that was chosen.

use super::model_choice::{fingerprint, model};
use super::script::Script;
use crate::cli::args::ModelOptions;
use crate::cli::{Exit, Failure};
use crate::shoot::film_plan::{self, FilmPlan, digests_of};

/// Makes everything ready for a script without errors.
pub(crate) fn open(script: &Script, options: &ModelOptions) -> Result<FilmPlan, Failure> {
    let model = model(&script.list, &script.folder, options)?;
    let mut digests = digests_of(&script.folder);
    let network = fingerprint(&model, options, &mut digests)?;
    let mut studio =
        FilmPlan::open(model, network, digests, &script.list, &script.folder).map_err(failure)?;
    save_digests(&mut studio);
    Ok(studio)
}

/// Looks at the pictures again and plans the takes with them.
pub(crate) fn plan_again(studio: &mut FilmPlan, script: &Script) -> Result<(), Failure> {
    studio.plan_again(&script.list, &script.folder).map_err(failure)?;
    save_digests(studio);
    Ok(())
}

/// If the folder is read-only, the next build hashes the files again.
fn save_digests(studio: &mut FilmPlan) {
    let _ = studio.digests.save();
}

pub(crate) fn failure(error: film_plan::Error) -> Failure {
    let help = error.help();
    let failure = Failure::new(Exit::ScriptErrors, error);
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}
