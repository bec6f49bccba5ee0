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

/// Whether a folder is a model.
pub fn is_model(folder: &Path) -> bool {
    ["model_index.json", "photoplay.json"].iter().any(|file| folder.join(file).is_file())
}
