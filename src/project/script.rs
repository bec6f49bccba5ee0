//! A script and the folder it stands in, read as far as it can be understood.

use std::path::{Path, PathBuf};

use crate::analysis::{ScriptAnalysis, analyze_with};
use crate::breakdown::Strictness;
use crate::breakdown::shot::ShotList;
use crate::cli::args::ModelOptions;
use crate::cli::{Exit, Failure, tell};
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::report::OutputStyle;
use crate::report::diagnostics::{render_in, summary};
use crate::source::files::DiskFiles;
use crate::source::{self, Sources, folder_of};

/// A script, understood.
#[derive(Debug)]
pub(crate) struct Script {
    /// The folder the script stands in.
    pub folder: PathBuf,
    /// The script as it was named.
    pub path: PathBuf,
    /// Its text and that of what it uses.
    pub sources: Sources,
    /// The film, shot by shot.
    pub list: ShotList,
    /// Everything there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and analyzes a script.
pub(crate) fn read(path: &Path, options: &ModelOptions) -> Result<Script, Failure> {
    read_with(path, options, |_, _| Vec::new())
}

/// Reads and analyzes a script, with advice on its shots; `advice` is given the
/// shots and the folder of the script.
pub(crate) fn read_with(
    path: &Path,
    options: &ModelOptions,
    advice: impl FnOnce(&ShotList, &Path) -> Vec<Diagnostic>,
) -> Result<Script, Failure> {
    let text = source::read_text(&DiskFiles, path).map_err(|error| {
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
    let strictness = if options.strict {
        Strictness::Strict
    } else if options.lenient {
        Strictness::Lenient
    } else {
        Strictness::of(path)
    };
    let advice = |list: &ShotList| advice(list, &folder);
    let analysis = analyze_with(&mut sources, id, strictness, None, advice);
    let ScriptAnalysis { list, diagnostics, .. } = analysis;
    Ok(Script { folder, path: path.to_owned(), sources, list, diagnostics })
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
