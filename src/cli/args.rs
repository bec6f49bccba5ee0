//! The command line and its help texts.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::convert_args::ConvertArgs;
use super::export_args::ExportArgs;
use super::options::{DeviceOptions, ModelOptions, StrictnessOptions};
use super::values::film;
use crate::shoot::circled::MOST;

/// A compiler from screenplays to films.
///
/// A script is a screenplay in Fountain, and every Fountain file makes a film
/// unchanged. Photoplay adds shot lines and directives to Fountain. In a `.play`
/// file a mistake in them is an error; in a `.fountain` file it is a warning.
///
/// Exit codes: 0 success, 1 errors in the script or in a file beside it,
/// 2 wrong usage, 3 a shot failed, 4 writing the film failed, 130 interrupted
/// (every finished take is kept).
#[derive(Debug, Parser)]
#[command(
    name = "photoplay",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
first film:
  photoplay new my-film && cd my-film
  photoplay build my-film.play

environment variables:
  PHOTOPLAY_MODELS    the shelf of models [default: photoplay/models in the
                      user's data folder]
  PHOTOPLAY_CAMERA    the program that runs the model [default: photoplay-camera
                      beside photoplay]
  PHOTOPLAY_VOICE     the program that speaks [default: photoplay-voice beside
                      photoplay]
  PHOTOPLAY_VOICES    the folder of the voices [default: photoplay/voices-1 in
                      the user's data folder]
  PHOTOPLAY_ENGINES   the folder of your own engines that speak [default:
                      photoplay/engines in the user's data folder]
  HF_ENDPOINT         the hub that `models pull` downloads from
  HF_TOKEN            the token for gated models on the hub
  NO_COLOR            set to anything: no colours"
)]
pub(crate) struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the film
    ///
    /// Generates the missing takes, cuts all takes together and writes the film
    /// beside the script. Takes that did not change since the last build come
    /// from the vault (`.photoplay/`). Ctrl-C keeps every finished take, and the
    /// next build continues from there.
    ///
    /// `--animatic` makes a film of drawings instead, in seconds: figures that
    /// stand and move where the script puts them, seen by a camera that makes the
    /// film's moves, with the cuts, transitions, cards and captions of the film.
    Build(BuildArgs),
    /// Draw the boards: pictures of every shot, without a model
    ///
    /// Writes one picture of each shot as PNG, or its first and its last frame if
    /// somebody or the camera moves, named by the number of the shot, and
    /// `index.html`, a page with all of them, what the script says of each shot and
    /// how long it lasts; and `boards.pdf`, the same to print, six to a page. Replaces and removes only files that it wrote. `photoplay
    /// build --animatic` shows the same as a film.
    Boards(BoardsArgs),
    /// Find all mistakes in scripts, without making anything
    ///
    /// Prints errors, warnings and hints, each with its place and a remedy. Names
    /// the words that the model does not understand.
    Check(CheckArgs),
    /// Show the shot list
    ///
    /// Prints for each shot its number, its length, what it shows, its references,
    /// its prompt, the key of its take, and the state of the take: `cached`,
    /// `to_shoot`, or `to_cast` if it waits for a portrait. Then estimates the
    /// memory, from the sizes of the model's tensors, and the time, from earlier
    /// takes on this machine. Does not run the model.
    Plan(PlanArgs),
    /// Say why the next build would shoot a shot again
    ///
    /// Compares the recipe of a shot with the recipe of its last take, field by
    /// field.
    Explain(ExplainArgs),
    /// Write a script in another form
    ///
    /// Reads and writes Photoplay scripts (`.play`), Fountain (`.fountain`) and Final
    /// Draft (`.fdx`); the endings of the names say which. Fountain gets no shot lines
    /// and no directives, Final Draft gets them as shots and script notes. Lists
    /// what a Final Draft document has and a script has no place for. Never replaces a
    /// file.
    #[command(after_help = "\
example:
  photoplay convert film.fdx film.play    begin a film from a Final Draft script
  photoplay convert film.play film.fdx    and back
  photoplay convert film.play film.pdf    the screenplay in pages, to print")]
    Convert(ConvertArgs),
    /// Hand the film over to an editing system
    ///
    /// Writes a folder that editors can open: the edit as OpenTimelineIO, FCPXML,
    /// Final Cut Pro 7 XML (Premiere), EDL and MLT; a media file for every shot and
    /// card, with handles, timecode and reel; subtitles; the script as Fountain, for
    /// Final Draft and as a PDF; shots.csv; the film with its timecode in the picture;
    /// and MANIFEST.json, which says what every picture is made of
    /// (docs/delivery.md). Makes no takes: run `photoplay build` first.
    ///
    /// A second export into the same folder writes only what changed, and replaces only
    /// files that an export wrote.
    #[command(after_help = "\
example:
  photoplay build film.play
  photoplay export film.play --to edit
  photoplay circle film.play 3.2 4      another take, after a while
  photoplay build film.play
  photoplay export film.play --to edit --replace    under the name of the old one")]
    Export(ExportArgs),
    /// Build again after every save, with a live preview
    ///
    /// Watches the script and every file it reads. After a save the preview shows
    /// the whole film at once: each unchanged shot with its take, each changed shot
    /// with its earlier take or as the animatic draws it. Then each changed shot gets
    /// a preview take of few steps, and at last its take. The edited shot comes first. If the script has errors, the last good film
    /// keeps playing.
    ///
    /// The preview is a web page on this machine at a secret address. Editors can
    /// control it (docs/preview.md).
    Watch(WatchArgs),
    /// Show or make the portraits and voices of the cast
    ///
    /// Every character that the script describes gets a portrait in `cast/`. It is
    /// made once, pinned in `photoplay.lock`, and used as the reference in every
    /// shot of the character. Replace the file to choose another face. Delete it
    /// to have it made again.
    ///
    /// Everybody who speaks has a voice; `.photoplay/samples/` has one spoken line of
    /// each. `voice: NAME` in an entry of the cast chooses another voice.
    Cast(CastArgs),
    /// Shoot more takes of a shot, to choose from
    ///
    /// A take is one rendering of a shot. Takes of a shot differ only in the noise
    /// they start from; take 0 is the film's first. This command shoots takes 1 to
    /// N, except those already made, and cuts them into one film to compare,
    /// `takes/SCRIPT SHOT.mp4`, each behind a card with its number. Without `-n` it
    /// lists the takes.
    ///
    /// `photoplay circle` chooses a take. `photoplay vault clear` keeps new takes
    /// until the next build, and circled takes for good. Ctrl-C keeps every
    /// finished take, and the same command continues from there.
    #[command(after_help = "\
example:
  photoplay takes film.play 3.2 -n 4    shoot takes 1 to 4 of shot 3.2
  photoplay circle film.play 3.2 2      choose the second of them
  photoplay build film.play             cut it in")]
    Takes(TakesArgs),
    /// Choose a take of a shot
    ///
    /// Records in `photoplay.lock` which take of a shot the film uses. Take 0 is
    /// the first. The choice belongs to what the shot shows, not to its number: it
    /// survives when you insert, move or renumber shots. When you edit the shot
    /// itself, `build` keeps the choice and offers it again. `photoplay vault clear`
    /// never removes a circled take.
    ///
    /// A shot that the film cuts back to is one take, and so is a shot that the
    /// model makes in several pieces.
    #[command(after_help = "\
example:
  photoplay circle film.play 3.2 2      take 2 of shot 3.2
  photoplay circle film.play 3.2 0      back to the first")]
    Circle(CircleArgs),
    /// Format scripts
    ///
    /// Trims the ends of lines, puts the same spaces into every shot line and
    /// directive, and ends the file with a line break. Keeps empty lines and the
    /// meaning of the script.
    Fmt(FmtArgs),
    /// Serve an editor
    ///
    /// Runs a language server on standard input and output: diagnostics as you
    /// type, completion, hover, outline and renaming. Editors start it; see
    /// `editors/`.
    Lsp(LspArgs),
    /// Create a folder with a small script that builds
    New(NewArgs),
    /// List, verify or clear the stored takes
    ///
    /// The vault is the folder `.photoplay/` beside the scripts. It holds takes,
    /// their recipes and the encoded segments of films.
    Vault(VaultArgs),
    /// List, add, fetch and check models
    ///
    /// A model is a folder in the diffusers layout, on the shelf that all films
    /// share or anywhere else (docs/models.md). Only `models pull` downloads
    /// anything.
    Models(ModelsArgs),
    /// Check this machine and say what is missing
    ///
    /// Checks the camera program with libtorch and the GPU, FFmpeg, the embedded
    /// model, the voices, and that the folder of the scripts is writable. A film
    /// without voices is silent; without any other of these there is no film.
    Doctor(DoctorArgs),
}

/// The form of the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Text for people.
    #[default]
    Human,
    /// JSON for programs, on standard output.
    Json,
}

/// `photoplay build`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BuildArgs {
    /// The script
    pub script: PathBuf,
    /// The MP4 file to write [default: the script's name with `.mp4`, beside it]
    #[arg(short, long, value_name = "FILM", value_parser = film)]
    pub output: Option<PathBuf>,
    /// Draw the film instead of shooting it: `NAME.animatic.mp4`, without a model
    #[arg(long, conflicts_with_all = ["model", "steps", "quality", "control", "vram", "accept_model"])]
    pub animatic: bool,
    /// Make a story reel: `NAME.reel.mp4`, stills of the model that the blocking moves
    #[arg(long, conflicts_with = "animatic")]
    pub reel: bool,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Accept model files that differ from those pinned in `photoplay.lock`
    #[arg(long)]
    pub accept_model: bool,
    /// Write `dialogue.wav`, `music.wav` and `effects.wav` into a folder, too
    #[arg(long, value_name = "DIR")]
    pub stems: Option<PathBuf>,
    /// `json` prints one event per line; the last is `wrap` or `failed`
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay boards`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BoardsArgs {
    /// The script
    pub script: PathBuf,
    /// The folder to write to [default: the script's name with `.boards`, beside it]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub strictness: StrictnessOptions,
}

/// `photoplay check`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CheckArgs {
    /// The scripts
    #[arg(required = true)]
    pub scripts: Vec<PathBuf>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay plan`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PlanArgs {
    /// The script
    pub script: PathBuf,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay explain`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The script
    pub script: PathBuf,
    /// The shot's number in `photoplay plan`, like `3.2`
    pub shot: String,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay watch`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WatchArgs {
    /// The script
    pub script: PathBuf,
    /// Open the preview in the browser
    #[arg(long)]
    pub open: bool,
    /// Port of the preview on this machine [default: any free port]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// The MP4 file to write [default: the script's name with `.mp4`, beside it]
    #[arg(short, long, value_name = "FILM", value_parser = film)]
    pub output: Option<PathBuf>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
}

/// `photoplay cast`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CastArgs {
    /// The script
    pub script: PathBuf,
    /// Only these characters
    pub names: Vec<String>,
    /// Make the missing portraits
    #[arg(long)]
    pub make: bool,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay takes`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TakesArgs {
    /// The script
    pub script: PathBuf,
    /// The shot's number in `photoplay plan`, like `3.2`
    pub shot: String,
    /// Shoot takes 1 to N; 0 shoots none and cuts those that there are into one film
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST)))]
    pub number: Option<u32>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// `json` prints one event per line; the last is `takes` or `failed`
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay circle`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CircleArgs {
    /// The script
    pub script: PathBuf,
    /// The shot's number in `photoplay plan`, like `3.2`
    pub shot: String,
    /// The take's number; 0 is the first
    #[arg(value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    pub take: u32,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
}

/// `photoplay fmt`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FmtArgs {
    /// The scripts; `-` reads standard input and writes standard output
    #[arg(required = true)]
    pub scripts: Vec<PathBuf>,
    /// Change no file; exit with 1 if one is not formatted
    #[arg(long)]
    pub check: bool,
}

/// `photoplay lsp`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LspArgs {
    /// Use standard input and output: the default, for editors that pass this option
    #[arg(long)]
    pub stdio: bool,
}

/// `photoplay new`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NewArgs {
    /// The folder to create
    pub folder: PathBuf,
}

/// `photoplay vault`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct VaultArgs {
    /// The command
    #[command(subcommand)]
    pub action: Option<VaultAction>,
    /// The folder with the scripts
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    pub project: PathBuf,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: OutputFormat,
}

/// The commands for the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum VaultAction {
    /// Show the stored takes (the default)
    List,
    /// Remove what no film of this folder uses
    ///
    /// Removes takes that the last builds did not use, and cached embeddings of
    /// prompts. Keeps circled takes, and takes shot by `photoplay takes` since the
    /// last build.
    Clear,
    /// Hash every stored file and name the damaged ones
    Verify,
}

/// `photoplay models`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ModelsArgs {
    /// The command
    #[command(subcommand)]
    pub action: Option<ModelsAction>,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: OutputFormat,
}

/// The commands for models.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ModelsAction {
    /// Show the embedded model and the shelf (the default)
    List {
        /// More model folders, or folders of model folders
        folders: Vec<PathBuf>,
    },
    /// Put a model on the shelf, so that scripts can name it
    ///
    /// Links to the folder, which must stay where it is, or copies it with
    /// `--copy`.
    Add {
        /// The model's folder
        folder: PathBuf,
        /// The name that scripts use [default: the folder's name]
        #[arg(long)]
        name: Option<String>,
        /// Copy the files instead of linking to the folder
        #[arg(long)]
        copy: bool,
    },
    /// Download a model from the hub to the shelf
    ///
    /// Downloads the files that Photoplay needs from a repository in the diffusers
    /// layout, and never pickled weights. Resumes interrupted downloads and checks
    /// every file against its digest. `HF_ENDPOINT` names another hub; `HF_TOKEN`
    /// is the token for gated models.
    Pull {
        /// `owner/model`, for example `Wan-AI/Wan2.1-VACE-1.3B-diffusers`
        repository: String,
        /// Branch, tag or commit
        #[arg(long, default_value = "main")]
        revision: String,
        /// The name that scripts use [default: the repository's name without owner]
        #[arg(long)]
        name: Option<String>,
    },
    /// Check a model's configurations, tensors and digests
    Check {
        /// The model's name or folder
        model: String,
    },
}

/// `photoplay doctor`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DoctorArgs {
    /// The folder with the scripts
    #[arg(value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
