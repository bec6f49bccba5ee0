//! `photoplay new`: a folder with a small script that builds.

use std::fs;

use super::args::NewArgs;
use super::outcome::{CommandResult, Exit, Failure};
use super::output::print;
use crate::casting::names::slug;
use crate::report::shell_path;
use crate::source::write_whole;

const SCRIPT: &str = include_str!("../../stdlib/new.play");

/// What is not to be committed.
const IGNORED: &str = ".photoplay/\n*.mp4\n*.srt\n";

pub(super) fn run(args: &NewArgs) -> CommandResult {
    let folder = &args.folder;
    let failed = |path: &std::path::Path, source: std::io::Error| {
        Failure::unwritable(Exit::Usage, path, source)
    };
    let absolute = std::path::absolute(folder).map_err(|error| failed(folder, error))?;
    let name = absolute
        .file_name()
        .map_or_else(|| "film".to_owned(), |name| slug(&name.to_string_lossy()));
    let script = folder.join(format!("{name}.play"));
    // A film has a folder to itself: `new` never adds to what is there.
    if folder.exists() && fs::read_dir(folder).map_or(true, |mut files| files.next().is_some()) {
        let message = format!("`{}` is already there, with something in it", folder.display());
        return Err(Failure::new(Exit::Usage, message)
            .help("name a folder that is new or empty: `photoplay new my-film`"));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let title = title(&name);
    write_whole(&script, SCRIPT.replace("TITLE", &title).as_bytes())
        .map_err(|error| failed(&script, error))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        write_whole(&ignore, IGNORED.as_bytes()).map_err(|error| failed(&ignore, error))?;
    }
    let typed = shell_path(&script);
    print(&format!(
        "wrote {}\n\n  photoplay build {typed}\n  photoplay watch {typed}\n",
        script.display()
    ));
    Ok(Exit::Done)
}

/// `my-film` → `My Film`.
fn title(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>());
        first.unwrap_or_default() + letters.as_str()
    };
    name.split('-').map(capital).collect::<Vec<_>>().join(" ")
}
