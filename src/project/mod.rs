//! The library's door: a script and the folder it is in, which can be checked,
//! planned, built and watched.
//!
//! Knows files and models; does not know terminals.
//!
//! A script is checked without a model on disk, a GPU or a network:
//!
//! ```
//! use std::sync::Arc;
//! use photoplay::source::files::MemoryFiles;
//! use photoplay::{Project, ProjectOptions};
//!
//! let script = "INT. KITCHEN - NIGHT\n\n!! WIDE [[3s]]\n\nA kettle boils.\n";
//! let files = Arc::new(MemoryFiles::new().with("film/tea.play", script));
//! let options = ProjectOptions { files, ..ProjectOptions::default() };
//! let project = Project::open("film/tea.play").with_options(options);
//!
//! let checked = project.check()?;
//! assert!(!checked.has_errors());
//! assert_eq!(checked.list.shots[0].number, "1.1");
//!
//! let film_plan = project.plan(&checked)?;
//! assert!(film_plan.key(0).is_some(), "the first take has a key before it is made");
//! # Ok::<(), photoplay::project::Error>(())
//! ```
//!
//! A film needs the program `photoplay-camera`, which holds the networks. docs.rs
//! shows the library without `ffmpeg`; `cargo doc` shows `build` and `watch`, too:
//!
//! ```no_run
//! # #[cfg(feature = "ffmpeg")] {
//! use photoplay::project::BuildOutcome;
//! use photoplay::shoot::progress::{Cancel, Progress, ProgressEvent};
//! use photoplay::Project;
//!
//! struct Lines;
//!
//! impl Progress for Lines {
//!     fn report(&self, event: &ProgressEvent) {
//!         println!("{event:?}");
//!     }
//! }
//!
//! let project = Project::open("film.play");
//! let checked = project.check()?;
//! match project.build(&checked, &project.film(), &Lines, &Cancel::default())? {
//!     BuildOutcome::Finished(film) => println!("{} frames", film.frames),
//!     BuildOutcome::Interrupted => println!("every finished take is kept"),
//! }
//! # }
//! # Ok::<(), photoplay::project::Error>(())
//! ```
//!
//! [`Project`]`::watch` builds again after every save. Its session has a screen,
//! which a server shows as the preview page, and a display, for example a terminal:
//!
//! ```no_run
//! # #[cfg(feature = "preview")]
//! # fn watch(display: &mut dyn photoplay::session::Display) -> Result<(), Box<dyn std::error::Error>> {
//! use photoplay::Project;
//! use photoplay::preview::server::serve;
//! use photoplay::shoot::progress::Cancel;
//!
//! let project = Project::open("film.play");
//! let session = project.watch(project.film());
//! let server = serve(session.screen(), 0)?;
//! println!("the preview is at {}", server.url);
//! session.run(display, &Cancel::default())?;
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "ffmpeg")]
mod boards;
pub(crate) mod circles;
mod error;
pub(crate) mod hearing;
#[cfg(feature = "ffmpeg")]
mod export;
#[cfg(feature = "ffmpeg")]
pub(crate) mod film;
mod model_choice;
#[cfg(feature = "ffmpeg")]
pub(crate) mod notes;
mod options;
#[cfg(feature = "ffmpeg")]
pub(crate) mod outputs;
#[cfg(feature = "ffmpeg")]
mod picks;
#[cfg(feature = "ffmpeg")]
pub(crate) mod pinning;
pub(crate) mod plan;
#[cfg(feature = "ffmpeg")]
pub(crate) mod portraits;
mod script;
#[cfg(feature = "ffmpeg")]
pub(crate) mod shooting;
#[cfg(feature = "ffmpeg")]
pub(crate) mod sounds;
pub(crate) mod takes;
#[cfg(feature = "ffmpeg")]
pub(crate) mod voices;

use std::path::{Path, PathBuf};

use crate::breakdown::prompts::advice::{advise, no_model};
use crate::diagnostic::chain;
use crate::shoot::film_plan::FilmPlan;
#[cfg(feature = "ffmpeg")]
use crate::shoot::progress::{Cancel, Progress};

#[cfg(feature = "ffmpeg")]
pub use self::boards::DrawnBoards;
pub use self::error::{Error, ErrorClass};
#[cfg(feature = "ffmpeg")]
pub use self::export::{ExportOptions, ExportedFilm};
#[cfg(feature = "ffmpeg")]
pub use self::film::{BuildOutcome, BuiltFilm};
pub use self::options::{ProjectOptions, TakeQuality};
pub use self::script::CheckedScript;

/// A script and the folder it is in. Every method reads what is there at the
/// time of the call.
///
/// Its files are those of [`ProjectOptions::files`]: the script and what it uses,
/// `photoplay.lock`, pictures. Models and takes are on the disk, and so are all
/// files of a project that is built or watched.
///
/// [`check`](Self::check), [`plan`](Self::plan), `build` and `watch` are what one
/// does with it; the last two need the features `ffmpeg` and `preview`.
#[derive(Debug, Clone)]
pub struct Project {
    path: PathBuf,
    options: ProjectOptions,
}

impl Project {
    /// The project of a script.
    pub fn open(script: impl Into<PathBuf>) -> Self {
        Self { path: script.into(), options: ProjectOptions::default() }
    }

    /// With other options than [`ProjectOptions::default`].
    #[must_use]
    pub fn with_options(self, options: ProjectOptions) -> Self {
        Self { options, ..self }
    }

    /// The script.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it is read.
    pub fn options(&self) -> &ProjectOptions {
        &self.options
    }

    /// Where its film is written if nobody says otherwise.
    pub fn film(&self) -> PathBuf {
        self.path.with_extension("mp4")
    }

    /// Where its story reel is written if nobody says otherwise.
    pub fn reel_film(&self) -> PathBuf {
        self.path.with_extension("reel.mp4")
    }

    /// Where its animatic is written if nobody says otherwise.
    pub fn animatic_film(&self) -> PathBuf {
        self.path.with_extension("animatic.mp4")
    }

    /// The folder its boards are written to if nobody says otherwise.
    pub fn boards_folder(&self) -> PathBuf {
        self.path.with_extension("boards")
    }

    /// Reads the script: what is understood of it, and all messages except the
    /// advice of a model. What was spoken of it lasts as long as it was heard. A script
    /// with mistakes is still `Ok`.
    ///
    /// # Errors
    ///
    /// If the script cannot be read.
    pub fn read(&self) -> Result<CheckedScript, Error> {
        let mut script = script::read(&self.path, &self.options, |_, _| Vec::new())?;
        let diagnostics = hearing::listen(&mut script);
        script.diagnostics.extend(diagnostics);
        Ok(script)
    }

    /// Reads the script, with advice on what its model does not understand.
    ///
    /// # Errors
    ///
    /// If the script or the model cannot be read.
    pub fn check(&self) -> Result<CheckedScript, Error> {
        let mut failed = None;
        let script = script::read(&self.path, &self.options, |list, folder| {
            match model_choice::model(list, folder, &self.options) {
                Ok(model) => advise(list, &model),
                // A model that the script names is one of its mistakes.
                Err(error) if self.options.model.is_none() => {
                    let advice = no_model(list, &chain(&error), error.help().as_deref());
                    failed = advice.is_none().then_some(error);
                    advice.into_iter().collect()
                }
                Err(error) => {
                    failed = Some(error);
                    Vec::new()
                }
            }
        })?;
        failed.map_or(Ok(script), Err)
    }

    /// Plans the takes of a script: recipes, keys, who appears how. Makes none.
    ///
    /// # Errors
    ///
    /// If the script has mistakes, or if the model, the lock file or a picture
    /// cannot be used.
    pub fn plan(&self, script: &CheckedScript) -> Result<FilmPlan, Error> {
        plan::plan(script, &self.options)
    }

    /// Makes the portraits and takes that are missing and writes the film to
    /// `output`.
    ///
    /// # Errors
    ///
    /// If the script has mistakes, if a shot cannot be made, or if the film
    /// cannot be put together. Every finished take is kept. The film and the subtitles
    /// beside it replace only what Photoplay wrote.
    #[cfg(feature = "ffmpeg")]
    pub fn build(
        &self,
        script: &CheckedScript,
        output: &Path,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<BuildOutcome, Error> {
        film::build(script, output, &self.options, progress, cancel)
    }

    /// Draws the animatic of the script and writes it to `output`. Uses no model.
    ///
    /// # Errors
    ///
    /// If the script has mistakes, or if the film cannot be put together. It replaces
    /// what [`build`](Self::build) replaces.
    #[cfg(feature = "ffmpeg")]
    pub fn build_animatic(
        &self,
        script: &CheckedScript,
        output: &Path,
        progress: &dyn Progress,
    ) -> Result<BuiltFilm, Error> {
        film::animatic(script, output, progress)
    }

    /// Writes the sound of a film that was built into a folder as 48 kHz WAV: dialogue,
    /// music and effects. Their sum is the film's mix before its last gain. Returns the
    /// files; none of a silent film.
    ///
    /// # Errors
    ///
    /// If the lock file or a voice take cannot be read, or a file cannot be written.
    #[cfg(feature = "ffmpeg")]
    pub fn write_stems(
        &self,
        script: &CheckedScript,
        folder: &Path,
    ) -> Result<Vec<PathBuf>, Error> {
        sounds::write_stems(script, folder)
    }

    /// Draws the boards of the script, pictures of its shots, into a folder, with a page
    /// that shows them. Uses no model.
    ///
    /// # Errors
    ///
    /// If the script has mistakes or no frames, if a file cannot be written, if a file
    /// that is not a board is in the way, or if the folder has the boards of another
    /// script.
    #[cfg(feature = "ffmpeg")]
    pub fn draw_boards(&self, script: &CheckedScript, folder: &Path) -> Result<DrawnBoards, Error> {
        boards::draw(script, folder)
    }

    /// Hands the film over to an editing system: writes its edit, its media and its
    /// subtitles into a folder. Makes no take.
    ///
    /// # Errors
    ///
    /// If the script has mistakes, if takes are not made yet, or if the folder has files
    /// that Photoplay did not write.
    #[cfg(feature = "ffmpeg")]
    pub fn export(
        &self,
        script: &CheckedScript,
        folder: &Path,
        options: ExportOptions,
        on_event: &(dyn Fn(crate::deliver::folder::DeliveryEvent) + Sync),
    ) -> Result<ExportedFilm, Error> {
        export::export(script, folder, &self.options, options, on_event)
    }
}
