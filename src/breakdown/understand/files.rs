//! Files that a script names: pictures, sounds and vocabularies. Each lies below the project
//! folder; its content is checked, and its path recorded for `watch`.

use std::path::{Path, PathBuf};

use super::context::Context;
use crate::breakdown::language::own_words::{self, WordFault, WordFaultKind};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::understand::errors;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::files::ProjectFiles;
use crate::source::{self, Sources, Span, Spanned, pictures};

/// The largest vocabulary or cast file; a larger one is an error.
const MAX_YAML_BYTES: u64 = 1 << 20;

/// The most vocabularies that one script reads.
const MAX_VOCABULARIES: usize = 256;

/// A picture, if the file is there and is one.
pub(crate) fn picture(
    context: &mut Context<'_>,
    written: &Spanned<String>,
) -> Option<Spanned<PathBuf>> {
    context.depends_on_more = true;
    const HELP: &str = "a picture is a PNG, JPEG or WebP file below the script's folder";
    let path = inside(context, written, HELP)?;
    if !context.sources.files().exists(&path) {
        let near = nearest_file(context.sources.files(), context.project, &written.value);
        let message = format!("there is no file `{}`", written.value);
        context.emit(errors::file(written, Code::MissingFile, message, near, HELP));
        // `watch` waits for it.
        context.files.insert(path);
        return None;
    }
    context.files.insert(path.clone());
    if let Err(why) = pictures::examine(context.sources.files(), &path) {
        let message = format!("`{}` {why}", written.value);
        context.emit(errors::file(written, Code::NotAPicture, message, None, HELP));
        return None;
    }
    Some(Spanned::new(path, written.span))
}

/// Reports a missing sound file.
pub(crate) fn sound(context: &mut Context<'_>, written: &Spanned<String>) {
    context.depends_on_more = true;
    const HELP: &str = "a sound is a file below the script's folder, as WAV, FLAC, Ogg or MP3";
    let Some(path) = inside(context, written, HELP) else { return };
    if !context.sources.files().exists(&path) {
        let near = nearest_file(context.sources.files(), context.project, &written.value);
        context.emit(no_sound(written, near));
    }
    // `watch` waits for it.
    context.files.insert(path);
}

/// The path of a file of the project, whether it is there or not.
fn inside(
    context: &mut Context<'_>,
    written: &Spanned<String>,
    help: &'static str,
) -> Option<PathBuf> {
    match source::inside(context.sources.files(), context.project, &written.value) {
        Ok(path) => Some(path),
        Err(error) => {
            let message = error.to_string();
            context.emit(errors::file(written, Code::OutsideProject, message, None, help));
            None
        }
    }
}

pub(crate) fn sound_in_words(span: Span) -> Diagnostic {
    Diagnostic::hint(Code::NoSound, span, "nobody makes a sound of words: the film leaves it out")
        .help("record it, and give its file in quotes: `[[sound: \"audio/bell.wav\"]]`")
}

fn no_sound(written: &Spanned<String>, near: Option<String>) -> Diagnostic {
    let message = format!("there is no file `{}`: the film leaves this sound out", written.value);
    let found = Diagnostic::hint(Code::NoSound, written.span, message);
    match near {
        Some(near) => {
            let write = format!("write `{near}`");
            found.label(format!("did you mean `{near}`?")).fix(write, written.span, near)
        }
        None => found.help("put the file below the script's folder, as WAV, FLAC, Ogg or MP3"),
    }
}

/// The file in the same folder with the most similar name.
fn nearest_file(files: &dyn ProjectFiles, project: &Path, written: &str) -> Option<String> {
    let (folder, name) = match written.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), written),
    };
    let mut names = files.names(&project.join(&folder), 10_000);
    names.sort_unstable();
    let near = did_you_mean(name, names.iter().map(String::as_str))?;
    Some(format!("{folder}{near}"))
}

/// Reads a YAML file of the project into the sources.
pub(crate) fn yaml(
    sources: &mut Sources,
    path: &Path,
) -> Result<crate::source::SourceId, source::Error> {
    let text = source::read_utf8(sources.files(), path, MAX_YAML_BYTES)?;
    Ok(sources.add(path, text))
}

/// A vocabulary named by `use`, and those it uses itself, in order.
pub(crate) fn vocabulary(
    sources: &mut Sources,
    project: &Path,
    written: &Spanned<String>,
    chain: &mut Vec<String>,
    into: &mut Vocabulary,
    files: &mut Vec<PathBuf>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    const HELP: &str =
        "`[[use: my-vocabulary.yaml]]` names a file below the script's folder, of at most 1 MiB";
    let path = match source::inside(sources.files(), project, &written.value) {
        Ok(path) => path,
        Err(error) => {
            diagnostics.push(errors::file(
                written,
                Code::OutsideProject,
                error.to_string(),
                None,
                HELP,
            ));
            return;
        }
    };
    let name: PathBuf = Path::new(&written.value).components().collect();
    let name = name.display().to_string();
    if chain.contains(&name) {
        chain.push(name);
        diagnostics.push(errors::recursive_use(written.span, chain));
        chain.pop();
        return;
    }
    if files.contains(&path) || files.len() >= MAX_VOCABULARIES {
        return;
    }
    files.push(path.clone());
    if !sources.files().exists(&path) {
        let near = nearest_file(sources.files(), project, &written.value);
        let message = format!("there is no file `{}`", written.value);
        diagnostics.push(errors::file(written, Code::MissingFile, message, near, HELP));
        return;
    }
    let id = match yaml(sources, &path) {
        Ok(id) => id,
        Err(error) => {
            diagnostics.push(errors::file(
                written,
                Code::UnreadableFile,
                error.to_string(),
                None,
                HELP,
            ));
            return;
        }
    };
    let parsed: Result<Vocabulary, _> = serde_yaml::from_str(&sources.get(id).text);
    match parsed {
        Ok(mut parsed) => {
            chain.push(name);
            for next in std::mem::take(&mut parsed.uses) {
                let next = Spanned::new(next, written.span);
                vocabulary(sources, project, &next, chain, into, files, diagnostics);
            }
            chain.pop();
            let faults = own_words::faults(&mut parsed, into);
            diagnostics.extend(faults.iter().map(|fault| own_word(written.span, fault)));
            into.merge(parsed);
        }
        Err(error) => diagnostics.push(errors::not_vocabulary(
            written.span,
            &written.value,
            &error.to_string(),
        )),
    }
}

/// A word of an author's own that a blocking cannot show.
fn own_word(span: Span, fault: &WordFault) -> Diagnostic {
    let WordFault { table, word, kind } = fault;
    let like = |like: &str| format!("write `{}: {{ {word}: {{ like: {like} }} }}`", table.key);
    match kind {
        WordFaultKind::Numbers => {
            let message = format!(
                "the {} `{word}` has numbers under `blocking`, which only our own words have",
                table.noun
            );
            Diagnostic::error(Code::BadVocabulary, span, message).help(like(table.example))
        }
        WordFaultKind::UnknownLike(other, near) => {
            let message =
                format!("the {} `{word}` is like `{other}`, which is not known", table.noun);
            let help = near.as_deref().unwrap_or(table.example);
            Diagnostic::error(Code::BadVocabulary, span, message).help(like(help))
        }
        WordFaultKind::Unblocked => {
            let message = format!(
                "the animatic, the story reel and control pictures show nothing of the {} `{word}`",
                table.noun
            );
            let help = format!("{}, with the word of ours that is nearest", like(table.example));
            Diagnostic::warning(Code::UnblockedWord, span, message).help(help)
        }
    }
}
