//! The models that scripts name, each opened once.
//!
//! Knows names and folders; does not know scripts.

use std::collections::BTreeMap;
use std::path::Path;

use crate::breakdown::prompts::advice::Adviser;
use crate::model::Model;

/// The models that scripts name, each opened once.
#[derive(Debug, Default)]
pub(super) struct Models(BTreeMap<Option<String>, Option<AdvisingModel>>);

/// A model, with the advice that it has given.
#[derive(Debug)]
pub(super) struct AdvisingModel {
    /// The model.
    pub model: Model,
    /// Advises on shots for the model.
    pub adviser: Adviser,
}

impl Models {
    /// Opens the model with a name; without a name, the embedded model.
    pub(super) fn get(&mut self, name: Option<&str>, folder: &Path) -> Option<&mut AdvisingModel> {
        let open = || match name {
            None => Model::embedded().ok(),
            Some(name) => Model::named(name, folder)?.ok(),
        };
        let advised = || open().map(|model| AdvisingModel { model, adviser: Adviser::default() });
        self.0.entry(name.map(str::to_owned)).or_insert_with(advised).as_mut()
    }

    /// An open model.
    pub(super) fn known(&self, name: Option<&str>) -> Option<&Model> {
        self.0.get(&name.map(str::to_owned))?.as_ref().map(|advised| &advised.model)
    }
}
