//! Options that several commands share.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::values::{control, size};
use crate::breakdown::Strictness;
use crate::breakdown::control::TakeControl;
use crate::project::{Project, ProjectOptions, TakeQuality};

/// The quality of takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum QualityName {
    /// Faster, a little less exact.
    Draft,
    /// Every pass of the model.
    #[default]
    Full,
}

/// How a script is compiled.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ModelOptions {
    /// Folder of a model, or its name on the shelf (docs/models.md). Adapters may
    /// follow: `NAME + lora FILE 0.8` [default: the model that the script names,
    /// or else the embedded Toy Theatre]
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Denoising steps [default: the model's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub steps: Option<u32>,
    /// `draft` skips passes of the model that would change little. Draft takes
    /// are separate from full-quality ones
    #[arg(long, value_enum, default_value_t)]
    pub quality: QualityName,
    /// What takes follow besides their prompts: with `depth` or `depth 0.7` the model
    /// sees the blocking, with `off` it does not [default: what the script says, or
    /// else what the model does]
    #[arg(long, value_name = "CONTROL", value_parser = control)]
    pub control: Option<TakeControl>,
    #[allow(missing_docs, reason = "documented where it is declared")]
    #[command(flatten)]
    pub strictness: StrictnessOptions,
}

/// How mistakes are taken.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct StrictnessOptions {
    /// Treat mistakes as errors in `.fountain` files too
    #[arg(long, conflicts_with = "lenient")]
    pub strict: bool,
    /// Treat mistakes as warnings in `.play` files too
    #[arg(long)]
    pub lenient: bool,
}

impl StrictnessOptions {
    /// The same for the library; `None` if the name of the script decides.
    pub(crate) fn strictness(self) -> Option<Strictness> {
        match (self.strict, self.lenient) {
            (true, _) => Some(Strictness::Strict),
            (false, true) => Some(Strictness::Lenient),
            (false, false) => None,
        }
    }
}

impl ModelOptions {
    /// The project of a script with these options.
    pub(crate) fn project(&self, script: &Path) -> Project {
        self.project_on(script, &DeviceOptions::default())
    }

    /// The project of a script with these options, filmed on a device.
    pub(crate) fn project_on(&self, script: &Path, device: &DeviceOptions) -> Project {
        Project::open(script).with_options(self.project_options(device))
    }

    /// The same for the library.
    pub(crate) fn project_options(&self, device: &DeviceOptions) -> ProjectOptions {
        ProjectOptions {
            model: self.model.clone(),
            steps: self.steps,
            quality: match self.quality {
                QualityName::Draft => TakeQuality::Draft,
                QualityName::Full => TakeQuality::Full,
            },
            strictness: self.strictness.strictness(),
            vram: device.vram,
            control: self.control,
            ..ProjectOptions::default()
        }
    }
}

/// How takes are made.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct DeviceOptions {
    /// GPU memory limit, like `8G` or `512M`. A transformer that exceeds it is
    /// loaded block by block; a text encoder that exceeds it runs on the CPU.
    /// Changes how long takes take to make, not how they look (docs/models.md)
    /// [default: all memory]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub vram: Option<u64>,
}
