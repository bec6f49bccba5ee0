//! The command line, with the help that teaches it.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::shoot::circled::MOST;

/// A compiler from screenplays to films.
///
/// A script is a screenplay in Fountain; every Fountain file makes a film as
/// it is. Files end in `.play` (mistakes in what Photoplay adds are errors) or
/// `.fountain` (they are warnings).
///
/// Exit codes: 0 done, 1 the script or a file beside it has errors, 2 usage,
/// 3 a shot could not be made, 4 the film could not be put together,
/// 130 interrupted (everything finished is kept).
#[derive(Debug, Parser)]
#[command(
    name = "photoplay",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
begin with:
  photoplay new my-film && cd my-film
  photoplay build my-film.play"
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the film
    ///
    /// Generates the takes that are missing, cuts them together and writes the
    /// film beside the script. What has not changed since the last build is
    /// taken from the vault (`.photoplay/`). Ctrl-C keeps every finished take;
    /// the next build goes on from there.
    Build(BuildArgs),
    /// Find all mistakes in scripts; generate nothing
    ///
    /// Errors, warnings and hints, each with its place and a remedy, and the
    /// words that the model will not understand.
    Check(CheckArgs),
    /// Show the shot list
    ///
    /// Number, length, what each shot shows, its references and prompt, the key
    /// of its take, and whether that is `cached`, `to_shoot`, or waits for a
    /// portrait (`to_cast`). At the end an estimate of the memory, by the sizes of
    /// the model's tensors, and of the time, by takes that were made here before.
    /// Needs no network.
    Plan(PlanArgs),
    /// Say why a shot would be made again
    ///
    /// Compares the recipe of a shot with what was made before, field by field.
    Explain(ExplainArgs),
    /// Build again after every save, with a live preview
    ///
    /// Watches the script and everything it reads. After a save the film is
    /// shown at once with what is there: the takes that did not change, and for
    /// those that did the take they had before or a card with their words; then
    /// a draft in few steps; then the take. The shot that was edited comes
    /// first. A script with mistakes leaves the last good film playing.
    ///
    /// The preview is a page on this machine, at an address that only you are
    /// told; editors can drive it (docs/preview.md).
    Watch(WatchArgs),
    /// Show or make the portraits of the cast
    ///
    /// Every character described in words gets a portrait in `cast/`, made once,
    /// pinned in `photoplay.lock` and used as the reference of every shot they
    /// are in. Replace the file to choose another face; remove it to have it
    /// made again.
    Cast(CastArgs),
    /// Shoot more takes of a shot, to choose from
    ///
    /// A take is what the network makes of a shot from one noise; another take is
    /// the same shot from another. Shoots takes 1 to N of a shot, those that are
    /// there already excepted, and cuts all of them into one film to look at,
    /// `takes/SCRIPT SHOT.mp4`, each behind a card with its number. Take 0 is the
    /// one that the film had first. Without `-n` it lists the takes there are.
    ///
    /// Nothing is chosen by it: `photoplay circle` does that. Until the next build
    /// `photoplay vault clear` keeps the takes; circled ones it keeps for good.
    /// Ctrl-C keeps every finished take; the same command goes on from there.
    #[command(after_help = "\
example:
  photoplay takes film.play 3.2 -n 4    shoot four more takes of shot 3.2
  photoplay circle film.play 3.2 2      choose the second of them
  photoplay build film.play             cut it in")]
    Takes(TakesArgs),
    /// Choose a take of a shot
    ///
    /// Writes to `photoplay.lock` that the film uses another take of a shot than
    /// its first, which has the number 0. The choice belongs to what the shot
    /// shows and not to its place: it stays when shots are inserted, moved or
    /// renumbered, and is kept and offered again by `build` when the shot itself
    /// is edited. `photoplay vault clear` never removes a circled take.
    ///
    /// A shot that is cut back to, or is too long for the model to make at once,
    /// is one take all the same.
    #[command(after_help = "\
example:
  photoplay circle film.play 3.2 2      take 2 of shot 3.2
  photoplay circle film.play 3.2 0      back to the first")]
    Circle(CircleArgs),
    /// Format scripts
    ///
    /// Trims the ends of lines, spaces shot lines and directives one way and
    /// ends the file with a line break. Empty lines are the author's, and what a
    /// script means is not touched.
    Fmt(FmtArgs),
    /// Speak with an editor
    ///
    /// A language server over standard input and output: mistakes as you type,
    /// completion, hover, outline, renaming. Editors start it; see `editors/`.
    Lsp(LspArgs),
    /// Begin a film: a folder with a small script that builds
    New(NewArgs),
    /// Show what is stored, verify it, clear what no film uses
    Vault(VaultArgs),
    /// List, add, fetch and check models
    ///
    /// Models are folders in the diffusers layout, on a shelf that all films
    /// share or anywhere (docs/models.md). Nothing is ever fetched by `build`.
    Models(ModelsArgs),
    /// Say what works on this machine and what is missing
    Doctor(DoctorArgs),
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Text for people.
    #[default]
    Human,
    /// JSON for machines, on standard output.
    Json,
}

/// What takes are good enough for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Quality {
    /// To be looked at.
    Draft,
    /// To be shown.
    #[default]
    Full,
}

/// How a script is read.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ModelOptions {
    /// Folder of a model or its name on the shelf (docs/models.md), also with
    /// adapters: `NAME + lora FILE 0.8` [default: the script's, else the
    /// embedded Toy Theatre]
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Denoising steps [default: the model's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub steps: Option<u32>,
    /// `draft` spares passes of the network where their result would hardly
    /// differ from the step before; its takes are others than those in full
    #[arg(long, value_enum, default_value_t)]
    pub quality: Quality,
    /// Mistakes are errors, also in `.fountain` files
    #[arg(long, conflicts_with = "lenient")]
    pub strict: bool,
    /// Mistakes are warnings, also in `.play` files
    #[arg(long)]
    pub lenient: bool,
}

/// How takes are made.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DeviceOptions {
    /// Memory of the device to shoot within, like `8G` or `512M`: a transformer
    /// too large for it comes to the device block by block, a text encoder reads
    /// on the CPU. Changes the time that takes need, not the takes
    /// (docs/models.md) [default: all of it]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub vram: Option<u64>,
}

/// A film's name; no script, portrait or device has one, so that none is replaced.
fn film(written: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(written);
    match path.extension() {
        Some(end) if end.eq_ignore_ascii_case("mp4") => Ok(path),
        _ => Err(format!("a film is an MP4: name it `{}`", path.with_extension("mp4").display())),
    }
}

/// Bytes of a size as people write it.
fn size(written: &str) -> Result<u64, String> {
    let wrong = || format!("write a size like `8G`, `7.5G` or `512M`, not `{written}`");
    let upper = written.to_ascii_uppercase();
    let bare = upper.strip_suffix("IB").or_else(|| upper.strip_suffix('B')).unwrap_or(&upper);
    let (number, unit) = match bare.strip_suffix('G') {
        Some(number) => (number, 1u64 << 30),
        None => (bare.strip_suffix('M').ok_or_else(wrong)?, 1 << 20),
    };
    let decimal = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = number.parse::<f64>().ok().filter(|number| decimal && *number > 0.0);
    Ok((number.ok_or_else(wrong)? * unit as f64) as u64)
}

/// `photoplay build`
#[derive(Debug, Clone, clap::Args)]
pub struct BuildArgs {
    /// The script
    pub script: PathBuf,
    /// The film, an MP4 [default: the script's name with `.mp4`, beside it]
    #[arg(short, long, value_name = "FILM", value_parser = film)]
    pub output: Option<PathBuf>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Accept model files that differ from those in `photoplay.lock`
    #[arg(long)]
    pub accept_model: bool,
    /// Events as JSON, one a line; the last is `wrap`
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay check`
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArgs {
    /// Scripts
    #[arg(required = true)]
    pub scripts: Vec<PathBuf>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    /// For people or machines
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay plan`
#[derive(Debug, Clone, clap::Args)]
pub struct PlanArgs {
    /// The script
    pub script: PathBuf,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// For people or machines
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay explain`
#[derive(Debug, Clone, clap::Args)]
pub struct ExplainArgs {
    /// The script
    pub script: PathBuf,
    /// Number of the shot, as `plan` shows it: `3.2`
    pub shot: String,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    /// For people or machines
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay watch`
#[derive(Debug, Clone, clap::Args)]
pub struct WatchArgs {
    /// The script
    pub script: PathBuf,
    /// Open the preview in the browser
    #[arg(long)]
    pub open: bool,
    /// Port of the preview on this machine [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// The film, an MP4 [default: the script's name with `.mp4`, beside it]
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
pub struct CastArgs {
    /// The script
    pub script: PathBuf,
    /// Only these characters
    pub names: Vec<String>,
    /// Make the portraits that are missing
    #[arg(long)]
    pub make: bool,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// For people or machines
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay takes`
#[derive(Debug, Clone, clap::Args)]
pub struct TakesArgs {
    /// The script
    pub script: PathBuf,
    /// Number of the shot, as `plan` shows it: `3.2`
    pub shot: String,
    /// Shoot takes 1 to N
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST)))]
    pub number: Option<u32>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Events as JSON, one a line; the last is `takes`
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

/// `photoplay circle`
#[derive(Debug, Clone, clap::Args)]
pub struct CircleArgs {
    /// The script
    pub script: PathBuf,
    /// Number of the shot, as `plan` shows it: `3.2`
    pub shot: String,
    /// Number of the take; 0 is the first
    #[arg(value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    pub take: u32,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub options: ModelOptions,
}

/// `photoplay fmt`
#[derive(Debug, Clone, clap::Args)]
pub struct FmtArgs {
    /// Scripts; `-` formats standard input to standard output, for editors
    #[arg(required = true)]
    pub scripts: Vec<PathBuf>,
    /// Change nothing; exit with 1 if something would be changed
    #[arg(long)]
    pub check: bool,
}

/// `photoplay lsp`
#[derive(Debug, Clone, clap::Args)]
pub struct LspArgs {
    /// Over standard input and output; the only way, named because editors name it
    #[arg(long)]
    pub stdio: bool,
}

/// `photoplay new`
#[derive(Debug, Clone, clap::Args)]
pub struct NewArgs {
    /// The folder; made if need be
    pub folder: PathBuf,
}

/// `photoplay vault`
#[derive(Debug, Clone, clap::Args)]
pub struct VaultArgs {
    /// What to do
    #[command(subcommand)]
    pub action: Option<VaultAction>,
    /// The folder of the scripts
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    pub project: PathBuf,
    /// For people or machines
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: OutputFormat,
}

/// What can be done with a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum VaultAction {
    /// Show what is stored (also without a word)
    List,
    /// Remove what no film of this folder uses since it was last built, and what
    /// a large text encoder made of prompts; takes that are circled, or were shot
    /// since to choose from, stay
    Clear,
    /// Hash everything that is stored and name what is damaged
    Verify,
}

/// `photoplay models`
#[derive(Debug, Clone, clap::Args)]
pub struct ModelsArgs {
    /// What to do
    #[command(subcommand)]
    pub action: Option<ModelsAction>,
    /// For people or machines
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: OutputFormat,
}

/// What can be done with models.
#[derive(Debug, Clone, Subcommand)]
pub enum ModelsAction {
    /// Show the embedded model and those on the shelf (also without a word)
    List {
        /// Other model folders, or folders of them
        folders: Vec<PathBuf>,
    },
    /// Put a model on the shelf, so that scripts can name it
    ///
    /// The shelf gets a link to the folder, which must stay where it is; with
    /// `--copy` it gets the files.
    Add {
        /// The model's folder
        folder: PathBuf,
        /// What scripts call it [default: the folder's name]
        #[arg(long)]
        name: Option<String>,
        /// Copy the files instead of linking to the folder
        #[arg(long)]
        copy: bool,
    },
    /// Fetch a model from the hub to the shelf
    ///
    /// Fetches what is needed of a repository in the diffusers layout, and no
    /// pickled weights. What was cut goes on where it stopped; every file is
    /// held against its digest. `HF_ENDPOINT` names another hub, `HF_TOKEN` the
    /// token for models that not everybody may have.
    Pull {
        /// `owner/model`, for example `Wan-AI/Wan2.1-VACE-1.3B-diffusers`
        repository: String,
        /// Branch, tag or commit
        #[arg(long, default_value = "main")]
        revision: String,
        /// What scripts call it [default: the repository's name without owner]
        #[arg(long)]
        name: Option<String>,
    },
    /// Look through a model: configurations, tensors, digests
    Check {
        /// Its name or folder
        model: String,
    },
}

/// `photoplay doctor`
#[derive(Debug, Clone, clap::Args)]
pub struct DoctorArgs {
    /// The folder of the scripts
    #[arg(value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
    /// For people or machines
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

    #[test]
    fn a_film_takes_no_other_file_s_name() {
        for written in ["a.mp4", "b/A.MP4", "мой фильм.mp4"] {
            assert!(super::film(written).is_ok(), "{written}");
        }
        for written in ["s.play", "photoplay.lock", "cast/mara.png", "/dev/null", "s.srt", "."] {
            let error = super::film(written).expect_err(written);
            assert!(error.starts_with("a film is an MP4"), "{error}");
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |written| super::size(written).ok();
        for written in ["8G", "8g", "8GB", "8GiB", "8192M", "8.0G"] {
            assert_eq!(read(written), Some(8 << 30), "{written}");
        }
        assert_eq!(read("7.5G"), Some(15 << 29));
        for written in ["", "8", "G", "0G", "-1G", "8K", "8T", "infG", "1e3G", "8 Gi", "1.2.3G"] {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
