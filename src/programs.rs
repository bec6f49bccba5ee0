//! The three programs, for their binaries; and the other side of their connections,
//! for whatever stands in for an editor, the camera or the voice.
//!
//! Knows entry points; does nothing by itself.

use std::process::ExitCode;

/// The language server, over any connection.
pub use crate::lsp::{Error as LanguageServerError, converse as serve_editor};

/// Runs `photoplay` with the command line of the process.
pub fn photoplay() -> ExitCode {
    crate::cli::main().into()
}

/// Runs `photoplay-camera`: makes takes by the orders on standard input.
#[cfg(all(feature = "torch", feature = "ffmpeg"))]
pub fn photoplay_camera() -> ExitCode {
    crate::shoot::serve::serve(crate::cut::titles::on_paper)
}

/// Runs `photoplay-voice`: speaks lines by the orders on standard input.
#[cfg(feature = "voices")]
pub fn photoplay_voice() -> ExitCode {
    crate::sound::kokoro::serve::serve()
}

/// The protocol between `photoplay` and its voice: one JSON object on each line. Any
/// program that speaks it can be the voice.
pub mod voice {
    pub use crate::shoot::wire::{receive, send};
    pub use crate::sound::remote::VARIABLE;
    pub use crate::sound::wire::{VoiceOrder, VoiceReply};
}

/// The protocol between `photoplay` and its camera: one JSON object on each line.
/// Any program that speaks it can be the camera.
pub mod camera {
    #[cfg(all(feature = "torch", feature = "ffmpeg"))]
    pub use crate::shoot::camera::{DrawLettering, NetworkCamera};
    pub use crate::shoot::drive::ShootRequest;
    pub use crate::shoot::remote::VARIABLE;
    pub use crate::shoot::wire::{Order, Reply, receive, send};
}
