//! `photoplay lsp`: speaks with an editor until it says goodbye.

use super::args::LspArgs;
use super::outcome::{CommandResult, Exit, Failure};
use crate::lsp::serve;

pub(super) fn run(_: &LspArgs) -> CommandResult {
    serve().map(|()| Exit::Done).map_err(|error| {
        Failure::new(Exit::Usage, error)
            .help("editors start this by themselves; `photoplay check` finds mistakes by hand")
    })
}
