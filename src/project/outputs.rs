//! What a film and the subtitles beside it may replace: nothing that the film is made
//! from, and only what Photoplay wrote.
//!
//! Knows files and their marks; does not know how a film is made.

use std::fs;
use std::path::Path;

use super::error::Error;
use super::script::CheckedScript;
use crate::cut::captions::{captions, srt};
use crate::cut::print::wrote_subtitles;
use crate::media::provenance::is_photoplays;
use crate::shoot::film_plan::vault_of;

/// Refuses a film whose file, or whose subtitles, would destroy somebody's work. To be
/// asked before anything is made.
pub(crate) fn check_outputs(script: &CheckedScript, film: &Path) -> Result<(), Error> {
    let subtitles = film.with_extension("srt");
    let read: Vec<_> =
        script.files().iter().filter_map(|file| fs::canonicalize(file).ok()).collect();
    for (part, file) in [("film", film), ("subtitles", &subtitles)] {
        if fs::canonicalize(file).is_ok_and(|file| read.contains(&file)) {
            return Err(Error::ReplacesItself { part, file: file.to_owned() });
        }
    }
    if in_use(film) && !is_photoplays(film) {
        return Err(Error::ForeignFilm { file: film.to_owned() });
    }
    if in_use(&subtitles) && !are_ours(script, &subtitles) {
        return Err(Error::ForeignSubtitles { file: subtitles });
    }
    Ok(())
}

/// Whether something is there that could be lost: an empty file is nothing.
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
