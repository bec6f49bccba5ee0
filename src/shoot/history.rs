//! The last plan of each script: `vault clear` keeps its takes, `explain`
//! compares with it.
//!
//! Knows keys and recipes in words; does not know shot lists.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::recipe::TakeKey;
use crate::source::write_whole;

/// An earlier plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Every take of the film, and the takes that these continue.
    pub takes: Vec<PastTake>,
    /// Other takes of its shots, made for the author to choose from.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alternatives: BTreeSet<TakeKey>,
}

/// A take of an earlier plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTake {
    /// Number of its shot at that time.
    pub number: String,
    /// The take.
    pub key: TakeKey,
    /// Its recipe in words.
    pub recipe: IndexMap<String, String>,
}

/// A field of a recipe that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name.
    pub field: String,
    /// The earlier value; `None` if there was none.
    pub before: Option<String>,
    /// The present value; `None` if there is none.
    pub now: Option<String>,
}

fn file(vault: &Path, script: &Path) -> PathBuf {
    let name = script.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    vault.join("plans").join(format!("{name}.json"))
}

impl History {
    /// The last plan of a script; empty if none is stored, or none that can be
    /// read.
    pub fn read(vault: &Path, script: &Path) -> Self {
        fs::read(file(vault, script))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Stores the plan, unless it has not changed.
    pub fn write(&self, vault: &Path, script: &Path) -> io::Result<()> {
        let file = file(vault, script);
        let text = serde_json::to_vec(self)?;
        if fs::read(&file).is_ok_and(|there| there == text) {
            return Ok(());
        }
        write_whole(&file, &text)
    }

    /// The take most like a recipe: the one with the fewest different fields and,
    /// among equals, the one with the same shot number.
    pub fn nearest(&self, number: &str, recipe: &IndexMap<String, String>) -> Option<&PastTake> {
        self.takes
            .iter()
            .min_by_key(|past| (differences(&past.recipe, recipe).len(), past.number != number))
    }
}

/// Every take in the last plans of those scripts that still exist, and the
/// alternatives made for them.
pub fn in_use(vault: &Path, folder: &Path) -> BTreeSet<TakeKey> {
    let plans = fs::read_dir(vault.join("plans")).into_iter().flatten().flatten();
    plans
        .filter(|plan| {
            let name = plan.file_name();
            let script = Path::new(&name).file_stem();
            script.is_some_and(|script| folder.join(script).is_file())
        })
        .filter_map(|plan| serde_json::from_slice::<History>(&fs::read(plan.path()).ok()?).ok())
        .flat_map(|History { takes, alternatives }| {
            takes.into_iter().map(|past| past.key).chain(alternatives)
        })
        .collect()
}

/// The different fields of two recipes, in order.
pub fn differences(
    before: &IndexMap<String, String>,
    now: &IndexMap<String, String>,
) -> Vec<Difference> {
    let gone = before.keys().filter(|field| !now.contains_key(*field));
    now.keys()
        .chain(gone)
        .filter(|field| before.get(*field) != now.get(*field))
        .map(|field| Difference {
            field: field.clone(),
            before: before.get(field).cloned(),
            now: now.get(field).cloned(),
        })
        .collect()
}
