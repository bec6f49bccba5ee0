//! A script and the folder it stands in, read as far as it can be understood.

use std::path::{Path, PathBuf};

use crate::breakdown;
use crate::breakdown::shot::ShotList;
use crate::cli::args::ModelOptions;
use crate::cli::{Exit, Failure, tell};
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::report::OutputStyle;
use crate::report::diagnostics::{render_in, summary};
use crate::script;
use crate::script::tree::Tree;
use crate::source::{self, SourceId, Sources};

/// A script, understood.
#[derive(Debug)]
pub(crate) struct Script {
    /// The folder the script stands in.
    pub folder: PathBuf,
    /// The script as it was named.
    pub path: PathBuf,
    /// Its text and that of what it uses.
    pub sources: Sources,
    /// Its elements.
    pub tree: Tree,
    /// The film, shot by shot.
    pub list: ShotList,
    /// Everything there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and breaks down a script.
pub(crate) fn read(path: &Path, options: &ModelOptions) -> Result<Script, Failure> {
    let text = source::read_text(path).map_err(|error| {
        let help = match &error {
            source::Error::NotAFile { path } if path.is_dir() => scripts_in(path),
            _ => None,
        };
        let failure = Failure::new(Exit::ScriptErrors, error);
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    })?;
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let folder = folder_of(path);
    let (tree, list, diagnostics) = break_down(&mut sources, id, &folder, options);
    Ok(Script { folder, path: path.to_owned(), sources, tree, list, diagnostics })
}

/// Reads a script of which something is to be made; `None` when it has errors,
/// which are told.
pub(crate) fn read_valid(
    path: &Path,
    options: &ModelOptions,
    style: OutputStyle,
) -> Result<Option<Script>, Failure> {
    let script = read(path, options)?;
    if script.has_errors() {
        script.tell_all(style);
        return Ok(None);
    }
    Ok(Some(script))
}

impl Script {
    /// Whether no film can be made of it.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    /// The shot of a number.
    pub(crate) fn shot(&self, number: &str) -> Result<usize, Failure> {
        let shots = &self.list.shots;
        shots.iter().position(|shot| shot.number == number).ok_or_else(|| {
            let near = did_you_mean(number, shots.iter().map(|shot| shot.number.as_str()));
            let help = near.map_or_else(
                || "`photoplay plan` lists the shots".to_owned(),
                |near| format!("did you mean `{near}`? `photoplay plan` lists the shots"),
            );
            Failure::new(Exit::Usage, format!("there is no shot `{number}`")).help(help)
        })
    }

    /// Draws what there is to say, then how much it is.
    pub(crate) fn tell_all(&self, style: OutputStyle) {
        tell(&render_in(&self.diagnostics, &self.sources, style));
        let summary = summary(&self.diagnostics);
        if !summary.is_empty() {
            tell(&format!("{}: {summary}\n", self.path.display()));
        }
    }
}

/// The folder a file stands in; `.` for a bare name.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// What was probably meant by naming a folder.
fn scripts_in(folder: &Path) -> Option<String> {
    let mut scripts: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let name = Path::new(name);
            name.extension().is_some_and(|end| end == "play" || end == "fountain")
        })
        .collect();
    scripts.sort();
    scripts.first().map(|name| format!("name a script in it: `{}`", folder.join(name).display()))
}

/// Text → tree → screenplay → shot list, with everything there is to say.
fn break_down(
    sources: &mut Sources,
    id: SourceId,
    folder: &Path,
    options: &ModelOptions,
) -> (Tree, ShotList, Vec<Diagnostic>) {
    let (tree, mut diagnostics) = script::parse(sources, id);
    let strictness = if options.strict {
        breakdown::Strictness::Strict
    } else if options.lenient {
        breakdown::Strictness::Lenient
    } else {
        breakdown::Strictness::of(&sources.get(id).path)
    };
    let (list, broken_down) = breakdown::break_down(&tree, sources, folder, strictness);
    diagnostics.extend(broken_down);
    diagnostics.sort_by_key(|found| (found.span, std::cmp::Reverse(found.severity)));
    (tree, list, diagnostics)
}
