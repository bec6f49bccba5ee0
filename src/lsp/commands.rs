//! Commands on a shot. The server shows takes and gives reasons; it starts a
//! build to make takes.

use std::path::Path;

use gen_lsp_types as lsp;
use lsp::{MessageType, ShowDocumentParams, ShowMessageParams};

use super::process::{Invocation, shown};
use super::takes::Playable;
use super::view::View;
use crate::diagnostic::{did_you_mean, has_errors};
use crate::report::shell_path;
use crate::shoot::circled::MOST;
use crate::source::files::DiskFiles;
use crate::source::read_text;

/// Plays the take of a shot.
pub(super) const PLAY: &str = "photoplay.playShot";
/// Builds the film, with this shot and everything else that has changed.
pub(super) const SHOOT: &str = "photoplay.shootShot";
/// Shoots more takes of a shot, to choose from.
pub(super) const MORE: &str = "photoplay.moreTakes";
/// Gives the reason why a build would shoot a shot again.
pub(super) const WHY: &str = "photoplay.why";

/// All of them.
pub(super) const COMMANDS: [&str; 4] = [PLAY, SHOOT, MORE, WHY];

/// How many takes `MORE` adds.
const ADDED_TAKES: u32 = 4;

/// What the editor does for a command.
#[derive(Debug)]
pub(super) enum CommandEffect {
    /// Opens a file in the program that plays it.
    ShowDocument(ShowDocumentParams),
    /// Shows a message.
    ShowMessage(ShowMessageParams),
    /// Waits for a build.
    Start(Invocation),
}

/// Runs a command on the shot with a number; `None` if the command is unknown.
pub(super) fn run(view: &View<'_>, command: &str, number: &str) -> Option<CommandEffect> {
    if !COMMANDS.contains(&command) {
        return None;
    }
    let shots = &view.analysis.list.shots;
    let Some(shot) = shots.iter().position(|shot| shot.number == number) else {
        let near = did_you_mean(number, shots.iter().map(|shot| shot.number.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        return Some(message(format!("there is no shot {number}{near}")));
    };
    let path = &view.analysis.source().path;
    let name = shell_path(Path::new(path.file_name().unwrap_or_default()));
    let build = format!("save and run `photoplay build {name}`: only what changed is made");
    Some(match command {
        PLAY => match view.takes().and_then(|takes| takes.playable(shot)) {
            Some(Playable::File(take)) => CommandEffect::ShowDocument(shown(&take)),
            Some(Playable::Parts) => match unready(view) {
                Some(why) => message(why),
                None => CommandEffect::Start(dailies(view, number)),
            },
            None => message(format!("shot {number} is not made yet; {build}")),
        },
        WHY => message(match view.takes() {
            Some(takes) => takes.why(path, shot, number),
            None => format!("nothing was made of this script yet; {build}"),
        }),
        _ => match unready(view) {
            Some(why) => message(why),
            None => CommandEffect::Start(invocation(view, command == MORE, shot, number)),
        },
    })
}

/// Why nobody can build the script on disk.
fn unready(view: &View<'_>) -> Option<String> {
    let source = view.analysis.source();
    let path = source.path.display();
    // Reads the disk and not the analysis's files, because the process that builds sees
    // only the disk.
    let saved = read_text(&DiskFiles, &source.path).unwrap_or_default();
    if !saved.trim_start_matches('\u{feff}').lines().eq(view.document.as_str().lines()) {
        return Some(format!("`{path}` has changes that are not saved; save it, then shoot"));
    }
    has_errors(&view.analysis.diagnostics)
        .then(|| format!("`{path}` has errors; nothing can be shot before they are mended"))
}

/// Arguments that cut the existing takes of a shot into one film to show.
fn dailies(view: &View<'_>, number: &str) -> Invocation {
    let name = view.analysis.source().path.file_name().unwrap_or_default().to_owned();
    Invocation {
        title: format!("cutting shot {number}"),
        arguments: vec!["takes".into(), name, number.into(), "-n".into(), "0".into()],
        folder: view.analysis.folder.clone(),
        shows: true,
    }
}

/// Arguments that build the film, or shoot the next takes of one of its shots.
fn invocation(view: &View<'_>, more: bool, shot: usize, number: &str) -> Invocation {
    let path = &view.analysis.source().path;
    let name = path.file_name().unwrap_or_default();
    let mut arguments = vec![if more { "takes" } else { "build" }.into(), name.to_owned()];
    let mut title = format!("shooting {}", name.to_string_lossy());
    if more {
        let most =
            view.takes().map_or(0, |takes| takes.most(shot)).saturating_add(ADDED_TAKES).min(MOST);
        arguments.extend([number.into(), "-n".into(), most.to_string().into()]);
        title = format!("more takes of shot {number}");
    }
    Invocation { title, arguments, folder: view.analysis.folder.clone(), shows: false }
}

fn message(text: String) -> CommandEffect {
    CommandEffect::ShowMessage(ShowMessageParams { kind: MessageType::Info, message: text })
}
