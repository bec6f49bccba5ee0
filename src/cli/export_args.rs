//! The command line of `photoplay export`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::options::ModelOptions;

/// The encoding of media for an editing system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MediaName {
    /// `DNxHR` HQX in .mov: Resolve, Premiere, Avid, on every system.
    #[default]
    Dnxhr,
    /// `ProRes` 422 HQ in .mov: Final Cut; takes four times as long.
    Prores,
    /// FFV1 in .mkv: an archive without loss; Shotcut and Kdenlive read it.
    Ffv1,
}

/// `photoplay export`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExportArgs {
    /// The script
    pub script: PathBuf,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// How the media are encoded
    #[arg(long, value_enum, default_value_t)]
    pub media: MediaName,
    /// Give new versions of shots the names of the old ones, so that an open project
    /// shows them
    #[arg(long)]
    pub replace: bool,
    /// Hand over the drawings of the animatic instead of the film
    #[arg(long, conflicts_with_all = ["model", "steps", "quality", "control"])]
    pub animatic: bool,
    /// Hand over the story reel instead of the film
    #[arg(long, conflicts_with = "animatic")]
    pub reel: bool,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
}
