//! Which take of a still a story reel shows if the author has circled none: the best of
//! several. The vault stores it; without that file Photoplay finds the same takes again.
//!
//! Knows identities and numbers; does not know what makes a still good.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::plan::Identity;
use crate::source::write_whole;

/// The numbers of the best takes, by still. 0 means that Photoplay found nothing better
/// than the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Picks(pub(crate) BTreeMap<Identity, u32>);

impl Picks {
    /// The picks of a vault; none if they cannot be read.
    pub(crate) fn read(vault: &Path) -> Self {
        let text = fs::read(file(vault)).unwrap_or_default();
        Self(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// Keeps them.
    pub(crate) fn write(&self, vault: &Path) -> io::Result<()> {
        write_whole(&file(vault), &serde_json::to_vec(&self.0)?)
    }
}

fn file(vault: &Path) -> PathBuf {
    vault.join("picks.json")
}
