//! `photoplay vault`: what is stored, verified, cleared.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(feature = "ffmpeg")]
use std::fs;
use std::path::Path;

use serde_json::json;

use super::args::{OutputFormat, VaultAction, VaultArgs};
use super::outcome::{CommandResult, Exit, Failure};
use super::output::{bytes, eprint, print};
use crate::project;
use crate::report::plural;
use crate::shoot::film_plan::{self, vault_of};
use crate::shoot::history;
use crate::shoot::lock::Lock;
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::{self, Error, Usage, Vault};
use crate::sound::voice_vault::VoiceVault;
use crate::source::files::DiskFiles;

pub(super) fn run(args: &VaultArgs) -> CommandResult {
    let root = vault_of(&args.project);
    if !root.is_dir() {
        match args.format {
            OutputFormat::Human => print("nothing is stored here\n"),
            OutputFormat::Json => print("{}\n"),
        }
        return Ok(Exit::Done);
    }
    match args.action.unwrap_or(VaultAction::List) {
        VaultAction::List => list(&root, &args.project, args.format),
        VaultAction::Clear => clear(&root, &args.project, args.format),
        VaultAction::Verify => verify(&root, args.format),
    }
}

fn failed(error: vault::Error) -> Failure {
    let busy = matches!(error, Error::Busy { .. });
    let failure = Failure::new(Exit::ShotFailed, error);
    if busy { failure.help("wait until the build is done") } else { failure }
}

/// Takes that some film of a folder uses, or that are circled.
fn used(root: &Path, project: &Path) -> Result<BTreeSet<TakeKey>, Failure> {
    let lock = Lock::read(&DiskFiles, project)
        .map_err(|error| project::Error::from(film_plan::Error::from(error)))?;
    let mut used = history::in_use(root, project);
    used.extend(lock.circled.iter().map(|choice| choice.key));
    Ok(used)
}

fn list(root: &Path, project: &Path, format: OutputFormat) -> CommandResult {
    let vault = Vault::open(root).map_err(failed)?;
    let sizes = vault.sizes().map_err(failed)?;
    let used = used(root, project)?;
    let mut unused = Usage::default();
    let spoken = VoiceVault::of(root).sizes();
    for (key, bytes) in vault.list().map_err(failed)?.into_iter().chain(spoken) {
        if !used.contains(&key) {
            unused.entries += 1;
            unused.bytes += bytes;
        }
    }
    match format {
        OutputFormat::Json => {
            print(&format!("{:#}\n", json!({ "stored": sizes, "unused_takes": unused })));
        }
        OutputFormat::Human => {
            for (what, size) in &sizes {
                print(&format!(
                    "{:>10}  {what} ({})\n",
                    bytes(size.bytes),
                    plural(size.entries, "file")
                ));
            }
            let total = sizes.values().map(|size| size.bytes).sum();
            print(&format!("{:>10}  in all\n", bytes(total)));
            if unused.entries > 0 {
                print(&format!(
                    "\n{} in {} that no film uses; `photoplay vault clear` removes them\n",
                    bytes(unused.bytes),
                    plural(unused.entries, "take")
                ));
            }
        }
    }
    Ok(Exit::Done)
}

fn clear(root: &Path, project: &Path, format: OutputFormat) -> CommandResult {
    let vault = Vault::open_alone(root).map_err(failed)?;
    let used = used(root, project)?;
    let mut cleared = BTreeMap::new();
    cleared.insert("takes", vault.sweep(&used).map_err(failed)?);
    cleared.insert("voices", VoiceVault::of(root).sweep(&used));
    #[cfg(feature = "ffmpeg")]
    for folder in ["segments", "mixes"] {
        cleared.insert(folder, clear_segments(root, folder));
    }
    match format {
        OutputFormat::Json => print(&format!("{:#}\n", json!(cleared))),
        OutputFormat::Human => {
            for (what, size) in &cleared {
                print(&format!("cleared {} of {what}\n", bytes(size.bytes)));
            }
        }
    }
    Ok(Exit::Done)
}

/// Removes segments of pictures, or of the mix, that no film at its place is joined from.
#[cfg(feature = "ffmpeg")]
fn clear_segments(root: &Path, folder: &str) -> Usage {
    let used = crate::cut::print::in_use(root);
    let mut cleared = Usage::default();
    let folders = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    for folder in folders {
        let start = folder.file_name().to_string_lossy().into_owned();
        for entry in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let key = format!("{start}{}", entry.file_name().to_string_lossy());
            let bytes = entry.metadata().map_or(0, |meta| meta.len());
            if !used.contains(&key) && fs::remove_file(entry.path()).is_ok() {
                cleared.entries += 1;
                cleared.bytes += bytes;
            }
        }
    }
    cleared
}

fn verify(root: &Path, format: OutputFormat) -> CommandResult {
    let vault = Vault::open(root).map_err(failed)?;
    let mut damaged = Vec::new();
    let mut incomplete = 0;
    let takes = vault.list().map_err(failed)?;
    for key in takes.keys() {
        match vault.verify(key) {
            Ok(true) => {}
            Ok(false) => incomplete += 1,
            Err(error @ Error::Damaged { .. }) => damaged.push((key, error.to_string())),
            Err(error) => return Err(failed(error)),
        }
    }
    let voices = VoiceVault::of(root);
    let spoken = voices.keys();
    for key in &spoken {
        if let Err(error) = voices.load(key) {
            damaged.push((key, error.to_string()));
        }
    }
    match format {
        OutputFormat::Json => {
            let damaged: Vec<_> =
                damaged.iter().map(|(key, what)| json!({ "key": key, "what": what })).collect();
            print(&format!(
                "{:#}\n",
                json!({
                    "takes": takes.len(),
                    "voices": spoken.len(),
                    "damaged": damaged,
                    "incomplete": incomplete,
                })
            ));
        }
        OutputFormat::Human => {
            for (_, what) in &damaged {
                eprint(&format!("{what}\n"));
            }
            let wrong = damaged.len() + incomplete;
            print(&format!(
                "{} verified, {} damaged, {incomplete} without a file{}\n",
                plural(takes.len() + spoken.len(), "take"),
                damaged.len(),
                if wrong == 0 { "" } else { "; a build makes those again that its film uses" }
            ));
        }
    }
    Ok(if damaged.is_empty() { Exit::Done } else { Exit::ScriptErrors })
}
