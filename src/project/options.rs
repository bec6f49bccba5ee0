//! How a project is read and which model films it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::breakdown::Strictness;
use crate::breakdown::control::TakeControl;
use crate::breakdown::screenplay::PictureMotion;
use crate::source::files::{DiskFiles, ProjectFiles};

/// The quality of takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TakeQuality {
    /// Skips passes of the model that would change little.
    Draft,
    /// Every pass of the model.
    #[default]
    Full,
}

/// How a project is read and which model films it.
#[derive(Debug, Clone)]
pub struct ProjectOptions {
    /// Where the script and the files it names are read from.
    pub files: Arc<dyn ProjectFiles>,
    /// Folder of a model or its name on the shelf; without one the model that
    /// the script names, or else the embedded one.
    pub model: Option<PathBuf>,
    /// Denoising steps; without a number the model's.
    pub steps: Option<u32>,
    /// The quality of takes.
    pub quality: TakeQuality,
    /// How mistakes are taken; without a value the name of the script decides.
    pub strictness: Option<Strictness>,
    /// Bytes of GPU memory to use; without a number all of it.
    pub vram: Option<u64>,
    /// What moves the film's pictures; without a value the script decides.
    pub motion: Option<PictureMotion>,
    /// What controls takes; without a value the script decides.
    pub control: Option<TakeControl>,
    /// Whether model files may differ from those in `photoplay.lock`.
    pub accept_model: bool,
}

impl Default for ProjectOptions {
    fn default() -> Self {
        Self {
            files: Arc::new(DiskFiles),
            model: None,
            steps: None,
            quality: TakeQuality::default(),
            strictness: None,
            vram: None,
            motion: None,
            control: None,
            accept_model: false,
        }
    }
}
