//! The plan of a film: its takes with the model that was chosen.

use super::error::Error;
use super::model_choice::{fingerprint, model};
use super::options::ProjectOptions;
use super::script::CheckedScript;
use crate::shoot::digests::Digests;
use crate::shoot::film_plan::{FilmPlan, digests_of};

/// Plans the film of a script without errors.
pub(crate) fn plan(script: &CheckedScript, options: &ProjectOptions) -> Result<FilmPlan, Error> {
    if script.has_errors() {
        return Err(Error::Mistakes { script: script.path.clone() });
    }
    let model = model(&script.list, &script.folder, options)?;
    let files = script.sources.files();
    // A project in memory stores no digests on the disk.
    let mut digests = if files.is_disk() { digests_of(&script.folder) } else { Digests::default() };
    let fingerprint = fingerprint(&model, options, &mut digests)?;
    let motion = options.motion.or(script.list.settings.motion);
    let (list, folder) = (&script.list, &script.folder);
    let mut plan = FilmPlan::open(model, fingerprint, digests, list, files, folder, motion)?;
    save_digests(&mut plan);
    Ok(plan)
}

/// Looks at the pictures again and plans the takes with them.
pub(crate) fn plan_again(plan: &mut FilmPlan, script: &CheckedScript) -> Result<(), Error> {
    plan.plan_again(&script.list, script.sources.files(), &script.folder)?;
    save_digests(plan);
    Ok(())
}

/// If the folder is read-only, the next build hashes the files again.
fn save_digests(plan: &mut FilmPlan) {
    let _ = plan.digests.save();
}
