//! `.photoplay/preview.json`: where editors find the preview while it runs.

use std::path::{Path, PathBuf};

use crate::source::write_whole;

/// The file with the preview's address. It goes when this is dropped: one that stays names
/// a process that is gone.
#[derive(Debug)]
pub(super) struct Address {
    path: PathBuf,
    text: String,
}

impl Address {
    pub(super) fn leave(vault: &Path, url: &str) -> Self {
        let text = serde_json::json!({ "url": url, "process": std::process::id() });
        let address = Self { path: vault.join("preview.json"), text: format!("{text}\n") };
        address.write();
        address
    }

    /// Leaves it again if it is gone, as when the folder was replaced.
    pub(super) fn renew(&self) {
        if !self.path.exists() {
            self.write();
        }
    }

    fn write(&self) {
        // An editor that does not find it is told by its user.
        let _ = write_whole(&self.path, self.text.as_bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The token is for this user.
            let _ = std::fs::set_permissions(&self.path, PermissionsExt::from_mode(0o600));
        }
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
