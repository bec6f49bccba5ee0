//! What a film and the subtitles beside it may replace: nothing that the film is made
//! from, and only what Photoplay wrote.
//!
//! Knows files and their marks; does not know how a film is made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::script::CheckedScript;
use crate::cut::captions::{captions, srt};
use crate::cut::print::wrote_subtitles;
use crate::media::provenance::is_photoplays;
use crate::script::Dialect;
use crate::shoot::film_plan::vault_of;
use crate::source::unfinished::Unfinished;
use crate::source::{folder_of, write_whole};

/// Refuses a film whose file, or whose subtitles, would destroy somebody's work. To be
/// asked before anything is made.
pub(crate) fn check_outputs(script: &CheckedScript, film: &Path) -> Result<(), Error> {
    for file in [&script.path, film] {
        check_name(file)?;
    }
    let subtitles = film.with_extension("srt");
    let read: Vec<_> =
        script.files().iter().filter_map(|file| fs::canonicalize(file).ok()).collect();
    for (part, file) in [("film", film), ("subtitles", &subtitles)] {
        if fs::canonicalize(file).is_ok_and(|file| read.contains(&file)) {
            return Err(Error::ReplacesItself { part, file: file.to_owned() });
        }
    }
    let leads_nowhere = fs::symlink_metadata(film).is_ok_and(|found| found.is_symlink());
    if leads_nowhere && !film.exists() {
        return Err(Error::DeadLink { file: film.to_owned() });
    }
    if let Some(other) = other_script(script, film) {
        return Err(Error::OtherFilm { file: film.to_owned(), script: other });
    }
    // Photoplay creates a missing folder in the nearest one that exists.
    let absolute = std::path::absolute(folder_of(film)).unwrap_or_else(|_| folder_of(film));
    let folder = absolute.ancestors().find(|folder| folder.exists()).unwrap_or(&absolute);
    if let Err(why) = Unfinished::begin(folder, "") {
        return Err(Error::Unwritable { file: film.to_owned(), why });
    }
    if in_use(film) && !is_photoplays(film) {
        return Err(Error::ForeignFilm { file: film.to_owned() });
    }
    if in_use(&subtitles) && !are_ours(script, &subtitles) {
        return Err(Error::ForeignSubtitles { file: subtitles });
    }
    Ok(())
}

/// Refuses a file whose path the camera cannot be told.
pub(crate) fn check_name(file: &Path) -> Result<(), Error> {
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    match whole.to_str() {
        Some(_) => Ok(()),
        None => Err(Error::OddName { file: file.to_owned() }),
    }
}

/// The script that a film belongs to, if it is another one: the one whose film has this
/// name, or the one that was last filmed into this file.
fn other_script(script: &CheckedScript, film: &Path) -> Option<PathBuf> {
    if !in_use(film) {
        return None;
    }
    let own = fs::canonicalize(&script.path).ok();
    let is_other = |path: &PathBuf| path.is_file() && fs::canonicalize(path).ok() != own;
    let mut named = Dialect::endings().map(|ending| film.with_extension(ending));
    let filmed = read_filmed(script).remove(&name(film)?).map(|name| script.folder.join(name));
    // What was filmed last counts more than a name.
    match filmed {
        Some(filmed) => Some(filmed).filter(is_other),
        None => named.find(is_other).filter(|_| !named_by(script, film)),
    }
}

/// Whether the name of a film is that of the script.
fn named_by(script: &CheckedScript, film: &Path) -> bool {
    film.file_stem() == script.path.file_stem() && folder_of(film) == script.folder
}

/// Records which script was filmed into a file.
pub(crate) fn record(script: &CheckedScript, film: &Path) {
    let (Some(film), Some(file)) = (name(film), script.path.file_name()) else { return };
    let mut filmed = read_filmed(script);
    let file = file.to_string_lossy().into_owned();
    if filmed.insert(film, file.clone()).as_ref() == Some(&file) {
        return;
    }
    let text = serde_json::to_vec(&filmed).expect("names become JSON");
    // Without the record the next build of another script cannot warn.
    let _ = write_whole(&filmed_file(script), &text);
}

/// The scripts of the folder by the films that were made of them.
fn read_filmed(script: &CheckedScript) -> BTreeMap<String, String> {
    let text = fs::read(filmed_file(script)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn filmed_file(script: &CheckedScript) -> PathBuf {
    vault_of(&script.folder).join("films.json")
}

/// The whole path of a film, by which it is known.
fn name(film: &Path) -> Option<String> {
    Some(std::path::absolute(film).ok()?.to_string_lossy().into_owned())
}

/// Whether a path holds something that could get lost; an empty file does not.
fn in_use(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() || found.len() > 0)
}

/// Whether subtitles are those of the film as it is now, or were written by a print and
/// not edited since.
fn are_ours(script: &CheckedScript, path: &Path) -> bool {
    let Ok(there) = fs::read(path) else { return false };
    let list = &script.list;
    there == srt(&captions(&list.lines), list.settings.rate).as_bytes()
        || wrote_subtitles(&vault_of(&script.folder), &there)
}
