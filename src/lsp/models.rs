//! The models that scripts name, each opened once.
//!
//! Knows names and folders; does not know scripts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::breakdown::prompts::advice::Adviser;
use crate::model::Model;

/// The models that scripts name, each opened once.
#[derive(Debug, Default)]
pub(super) struct Models(BTreeMap<Option<(PathBuf, String)>, Option<AdvisingModel>>);

/// A model, with the advice that it has given.
#[derive(Debug)]
pub(super) struct AdvisingModel {
    /// The model.
    pub model: Model,
    /// Advises on shots for the model.
    pub adviser: Adviser,
}

impl Models {
    /// Opens the model that a script in a folder names; without a name, the
    /// embedded model.
    pub(super) fn get(&mut self, name: Option<&str>, folder: &Path) -> Option<&mut AdvisingModel> {
        let open = || match name {
            None => Model::embedded().ok(),
            Some(name) => Model::named(name, folder)?.ok(),
        };
        let advised = || open().map(|model| AdvisingModel { model, adviser: Adviser::default() });
        self.0.entry(key(name, folder)).or_insert_with(advised).as_mut()
    }

    /// A model that is open.
    pub(super) fn known(&self, name: Option<&str>, folder: &Path) -> Option<&Model> {
        self.0.get(&key(name, folder))?.as_ref().map(|advised| &advised.model)
    }
}

/// A folder beside the script is a model, too: a name alone is not enough.
fn key(name: Option<&str>, folder: &Path) -> Option<(PathBuf, String)> {
    name.map(|name| (folder.to_owned(), name.to_owned()))
}
