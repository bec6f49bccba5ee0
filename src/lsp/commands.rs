//! What is done with a shot on command. The server shows what was made and says
//! why it would be made again; making it is the build's.

use lsp::{MessageType, ShowDocumentParams, ShowMessageParams, Uri};

use super::view::View;
use super::{lsp, uri};
use crate::diagnostic::did_you_mean;

/// Plays the take of a shot.
pub(super) const PLAY: &str = "photoplay.playShot";
/// Has a shot made.
pub(super) const SHOOT: &str = "photoplay.shootShot";
/// Says why a shot would be made again.
pub(super) const WHY: &str = "photoplay.why";

/// All of them.
pub(super) const COMMANDS: [&str; 3] = [PLAY, SHOOT, WHY];

/// What the editor is asked to do about a command.
#[derive(Debug)]
pub(super) enum Done {
    /// To show a file, in whatever program plays it.
    Shown(ShowDocumentParams),
    /// To say something.
    Said(ShowMessageParams),
}

/// Carries out a command on a shot, by its number; `None` for one that is not
/// known here.
pub(super) fn run(view: &View<'_>, command: &str, number: &str) -> Option<Done> {
    if !COMMANDS.contains(&command) {
        return None;
    }
    let shots = &view.analysis.list.shots;
    let Some(shot) = shots.iter().position(|shot| shot.number == number) else {
        let near = did_you_mean(number, shots.iter().map(|shot| shot.number.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        return Some(said(format!("there is no shot {number}{near}")));
    };
    let path = &view.analysis.source().path;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let build = format!("save and run `photoplay build {name}`: only what changed is made");
    Some(match command {
        PLAY => match view.takes().and_then(|takes| takes.take(shot)) {
            Some(take) => Done::Shown(ShowDocumentParams {
                uri: Uri(uri::of_path(&take)),
                external: Some(true),
                take_focus: Some(true),
                selection: None,
            }),
            None => said(format!("shot {number} is not made yet; {build}")),
        },
        WHY => said(match view.takes() {
            Some(takes) => takes.why(path, shot, number),
            None => format!("nothing was made of this script yet; {build}"),
        }),
        _ => said(match view.takes().and_then(|takes| takes.take(shot)) {
            Some(_) => format!("shot {number} is made already; another `seed` makes it anew"),
            None => format!("shooting needs a build; {build}"),
        }),
    })
}

fn said(message: String) -> Done {
    Done::Said(ShowMessageParams { kind: MessageType::Info, message })
}
