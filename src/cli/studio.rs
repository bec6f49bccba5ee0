//! What stands ready before anything is shot: the model, the lock file, the
//! cast with their pictures, and the plan of takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::Reading;
use super::project::Script;
use super::{Exit, Failure};
use crate::casting::{self, Cast, Chosen};
use crate::model::{Files, Model};
use crate::shoot::FOLDER;
use crate::shoot::lock::Lock;
use crate::shoot::plan::{Network, Plan, plan};
use crate::shoot::stamp::Digests;

/// Everything a plan needs.
#[derive(Debug)]
pub(super) struct Studio {
    /// The model.
    #[cfg(feature = "ffmpeg")]
    pub model: Model,
    /// The model as a recipe sees it.
    pub network: Network,
    /// What was chosen before.
    pub lock: Lock,
    /// Who appears how.
    pub cast: Cast,
    /// The picture of each look.
    pub chosen: Vec<Option<Chosen>>,
    /// The takes.
    pub plan: Plan,
    /// Digests of files outside the vault.
    pub digests: Digests,
}

impl Studio {
    /// Makes everything ready for a script without errors.
    pub(super) fn open(script: &Script, reading: &Reading) -> Result<Self, Failure> {
        let model = model(script, reading)?;
        let mut digests = Digests::open(vault_of(&script.folder).join("digests.json"));
        let network = network(&model, reading, &mut digests)?;
        let lock = Lock::read(&script.folder).map_err(|error| {
            let help = error.help();
            let failure = Failure::new(Exit::ScriptErrors, error);
            match help {
                Some(help) => failure.help(help),
                None => failure,
            }
        })?;
        let cast = network.cast(&script.list);
        let mut studio = Self {
            #[cfg(feature = "ffmpeg")]
            model,
            network,
            lock,
            cast,
            chosen: Vec::new(),
            plan: Plan::default(),
            digests,
        };
        studio.plan_again(script)?;
        Ok(studio)
    }

    /// Looks at the pictures again and plans the takes with them.
    pub(super) fn plan_again(&mut self, script: &Script) -> Result<(), Failure> {
        let Self { network, lock, cast, chosen, plan: planned, digests, .. } = self;
        let mut digest = |path: &Path| digests.of(path);
        *chosen = casting::choose(cast, &lock.portraits, &script.folder, &mut digest)
            .map_err(|error| Failure::new(Exit::ScriptErrors, error))?;
        *planned = plan(&script.list, network, cast, chosen, &script.folder, &mut digest)
            .map_err(|error| Failure::new(Exit::ScriptErrors, error))?;
        // A folder that cannot be written to is hashed again next time.
        let _ = digests.save();
        Ok(())
    }
}

/// The vault of a folder.
pub(super) fn vault_of(folder: &Path) -> PathBuf {
    folder.join(FOLDER)
}

/// The model that was asked for: by the command line, by the script, or the
/// embedded one.
pub(super) fn model(script: &Script, reading: &Reading) -> Result<Model, Failure> {
    let written = script.list.settings.model.as_ref().map(|name| name.value.as_str());
    let opened = match (&reading.model, written) {
        (Some(folder), _) => Model::open(folder),
        (None, None) => Model::embedded(),
        (None, Some(name)) => Model::named(name, &script.folder).ok_or_else(|| {
            let message = format!("there is no model `{name}`");
            Failure::new(Exit::ScriptErrors, message).help(
                "name a folder in the diffusers layout, or leave it out for the embedded Toy Theatre",
            )
        })?,
    };
    opened.map_err(|error| Failure::new(Exit::ShotFailed, error))
}

/// The model as a recipe sees it.
pub(super) fn network(
    model: &Model,
    reading: &Reading,
    digests: &mut Digests,
) -> Result<Network, Failure> {
    let failed = |error| Failure::new(Exit::ShotFailed, error);
    let mut files = BTreeMap::new();
    match &model.files {
        Files::Embedded => files = model.digests().map_err(failed)?,
        Files::Folder(folder) => {
            for file in model.list().map_err(failed)? {
                if !crate::model::means_pixels(&file) {
                    continue;
                }
                let path = folder.join(&file);
                let digest = digests.of(&path).map_err(|source| {
                    failed(crate::model::Error::Read { path: path.clone(), source })
                })?;
                files.extend(digest.map(|digest| (file, digest)));
            }
        }
    }
    let mut network =
        Network::new(model, files).map_err(|error| Failure::new(Exit::ShotFailed, error))?;
    if let Some(steps) = reading.steps {
        network.settings.steps = steps;
    }
    Ok(network)
}
