//! Where models are kept on this machine, and which folders are models.

use std::path::{Path, PathBuf};

/// Where models are kept for all films: `$PHOTOPLAY_MODELS`, or a folder of
/// the user's data.
pub fn shelf() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("PHOTOPLAY_MODELS") {
        return Some(PathBuf::from(folder));
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")));
    data.map(|data| data.join("photoplay/models"))
}

/// Where a link leads whose folder is gone.
pub(super) fn gone(folder: &Path) -> Option<PathBuf> {
    std::fs::read_link(folder).ok().filter(|_| !folder.exists())
}

/// Whether a folder is a model, or a link to one that is gone.
pub fn is_model(folder: &Path) -> bool {
    gone(folder).is_some() || has_model(folder)
}

/// Whether a folder is a model.
fn has_model(folder: &Path) -> bool {
    ["model_index.json", "photoplay.json"].iter().any(|file| folder.join(file).is_file())
}
