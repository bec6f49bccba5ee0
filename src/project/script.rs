//! A script, read and analyzed, and the folder it is in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::options::ProjectOptions;
use crate::analysis::{ScriptAnalysis, analyze_with};
use crate::breakdown::Strictness;
use crate::breakdown::screenplay::Screenplay;
#[cfg(feature = "ffmpeg")]
use crate::breakdown::shot::Shot;
use crate::breakdown::shot::ShotList;
use crate::breakdown::shots::heard::HeardSpeeches;
#[cfg(feature = "ffmpeg")]
use crate::casting::below;
use crate::diagnostic::{Diagnostic, did_you_mean, has_errors};
use crate::script::Dialect;
#[cfg(feature = "ffmpeg")]
use crate::script::tree::ElementKind;
use crate::script::tree::Tree;
#[cfg(feature = "ffmpeg")]
use crate::shoot::lock;
use crate::source::files::ProjectFiles;
use crate::source::{self, Sources, folder_of, read_text};
#[cfg(feature = "ffmpeg")]
use crate::source::{SourceId, Span};

/// How many names to look at in a folder that somebody named in place of a script.
const MOST_NAMES: usize = 10_000;

/// A script after all stages up to the shot list. It exists for every script
/// that can be read; a film is only made of one without errors.
#[derive(Debug, Clone)]
pub struct CheckedScript {
    /// The folder the script is in.
    pub folder: PathBuf,
    /// The script's path, as the caller named it.
    pub path: PathBuf,
    /// Its text, and the texts that it uses.
    pub sources: Sources,
    /// The elements of the script.
    pub tree: Tree,
    /// The film, shot by shot.
    pub list: ShotList,
    /// All messages, in the order of the script.
    pub diagnostics: Vec<Diagnostic>,
    /// What the shot list comes from: the meaning of the elements, and the lengths of
    /// spoken lines.
    pub(crate) screenplay: Screenplay,
    pub(crate) heard: Arc<HeardSpeeches>,
}

/// Reads and analyzes a script, with advice on its shots; `advice` is given the
/// shots and the folder of the script.
pub(crate) fn read(
    path: &Path,
    options: &ProjectOptions,
    advice: impl FnOnce(&ShotList, &Path) -> Vec<Diagnostic>,
) -> Result<CheckedScript, Error> {
    let files = &*options.files;
    let text = read_text(files, path).map_err(|error| match error {
        source::Error::NotAFile { path } => match script_in(files, &path) {
            Some(script) => Error::Folder { folder: path, script },
            None => Error::Read(source::Error::NotAFile { path }),
        },
        error => Error::Read(error),
    })?;
    let mut sources = Sources::new(options.files.clone());
    let id = sources.add(path, text);
    let folder = folder_of(path);
    let strictness = options.strictness.unwrap_or_else(|| Strictness::of(path));
    let advice = |list: &ShotList| advice(list, &folder);
    let analysis = analyze_with(&mut sources, id, strictness, None, advice);
    let ScriptAnalysis { tree, screenplay, list, diagnostics } = analysis;
    let (path, heard) = (path.to_owned(), Arc::default());
    Ok(CheckedScript { folder, path, sources, tree, list, diagnostics, screenplay, heard })
}

impl CheckedScript {
    /// Whether it has errors, so that no film can be made of it.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// The title of the film, or the name of the script's file.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn title(&self) -> String {
        let title = self.list.title.title.join(" ");
        if title.trim().is_empty() {
            self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
        } else {
            title
        }
    }

    /// Refuses a script from which Photoplay cannot make a film: one in memory, or one with
    /// errors.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn check_makeable(&self) -> Result<(), Error> {
        if !self.sources.files().is_disk() {
            return Err(Error::NotOnDisk { script: self.path.clone() });
        }
        if self.has_errors() {
            return Err(Error::Mistakes { script: self.path.clone() });
        }
        Ok(())
    }

    /// Every file that may change the film, whether it is there or not.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let beside = ["cast.yaml", lock::FILE].map(|name| self.folder.join(name));
        std::iter::once(self.path.clone())
            .chain(self.list.files.iter().map(|file| below(&self.folder, file)))
            .chain(beside)
            .collect()
    }

    /// Everything that belongs to a shot, from where it is written.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn span_of(&self, shot: &Shot) -> Span {
        // Only the script itself has elements.
        if shot.span.source != SourceId(0) {
            return shot.span;
        }
        let Self { tree, list, .. } = self;
        let next = list
            .shots
            .iter()
            .filter(|other| other.span.source == shot.span.source)
            .map(|other| other.span.start)
            .filter(|start| *start > shot.span.start)
            .min()
            .unwrap_or(u32::MAX);
        let mut span = shot.span;
        let inside = tree.elements.iter().filter(|element| element.span.start >= shot.span.start);
        for element in inside {
            let first = element.span.start == shot.span.start;
            let other = matches!(
                element.kind,
                ElementKind::Heading { .. }
                    | ElementKind::Transition { .. }
                    | ElementKind::Section { .. }
                    | ElementKind::Directive(_)
                    | ElementKind::Shot(_)
            );
            if !first && (other || element.span.start >= next) {
                break;
            }
            span.end = span.end.max(element.span.end);
        }
        span
    }

    /// The index of the shot of a number, as `photoplay plan` shows it: `3.2`.
    pub fn shot(&self, number: &str) -> Result<usize, Error> {
        let shots = &self.list.shots;
        shots.iter().position(|shot| shot.number == number).ok_or_else(|| {
            let near = did_you_mean(number, shots.iter().map(|shot| shot.number.as_str()));
            Error::NoShot { number: number.to_owned(), near: near.map(str::to_owned) }
        })
    }
}

/// The script that somebody probably meant who named a folder.
fn script_in(files: &dyn ProjectFiles, folder: &Path) -> Option<PathBuf> {
    let mut names = files.names(folder, MOST_NAMES);
    names.retain(|name| Dialect::is_script(Path::new(name)));
    names.sort();
    names.first().map(|name| folder.join(name))
}
