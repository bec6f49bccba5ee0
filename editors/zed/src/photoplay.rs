//! Photoplay in Zed: starts the language server, `photoplay lsp`.

use zed_extension_api::{self as zed, LanguageServerId, Result, settings::LspSettings};

struct Photoplay;

impl zed::Extension for Photoplay {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<zed::Command> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree)?;
        let written = settings.binary.and_then(|binary| binary.path);
        let command = written.or_else(|| worktree.which("photoplay")).ok_or(
            "`photoplay` is not on the PATH: install it with `cargo install --path .` in its \
             repository, or set `lsp.photoplay.binary.path`",
        )?;
        Ok(zed::Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Photoplay);
