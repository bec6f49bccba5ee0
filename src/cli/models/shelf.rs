//! Where a new model goes on the shelf.

use std::path::PathBuf;

use super::super::outcome::{Exit, Failure};
use crate::model::{is_below, shelf};
use crate::report::shell_word;

/// The path of a new model on the shelf. Fails if there is no shelf, if the name
/// cannot be a folder in it, or if the name is taken.
pub(super) fn place(name: &str) -> Result<PathBuf, Failure> {
    let failed = |message: String| Failure::new(Exit::ShotFailed, message);
    let shelf = shelf().ok_or_else(|| {
        failed("there is no shelf for models".to_owned()).help("set PHOTOPLAY_MODELS to a folder")
    })?;
    if !is_below(name) || name.contains('/') || name.starts_with('.') {
        return Err(failed(format!("`{name}` cannot be the name of a model")));
    }
    let place = shelf.join(name);
    if place.symlink_metadata().is_ok() {
        let message = format!("there is a model `{name}` on the shelf ({})", place.display());
        let help = format!(
            "`photoplay models check {}` looks whether it is whole; `--name` gives another name",
            shell_word(name)
        );
        return Err(failed(message).help(help));
    }
    Ok(place)
}
