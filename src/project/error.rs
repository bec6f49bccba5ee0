//! Why a project cannot be read, planned or built, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::chain;
use crate::report::shell_path;
use crate::source::world;
#[cfg(feature = "ffmpeg")]
use crate::{cut, media};
use crate::{deliver, model, shoot, source};

/// Which part of the work an error ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The script, or a file beside it, cannot be used.
    Script,
    /// What was asked for does not exist.
    Request,
    /// A shot cannot be made.
    Shot,
    /// The film cannot be put together.
    Film,
}

/// Why a project cannot be read, planned or built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The script cannot be read.
    #[error(transparent)]
    Read(#[from] source::Error),
    /// A folder was named in place of a script; there is a script in it.
    #[error("`{}` is not a file", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// A script in it.
        script: PathBuf,
    },
    /// The script has mistakes: no film can be made of it.
    #[error("`{}` has mistakes", script.display())]
    Mistakes {
        /// The script.
        script: PathBuf,
    },
    /// The project is not on the disk, where the camera reads its pictures and
    /// the film is written.
    #[error("`{}` is not on the disk: it can be checked and planned, but not built", script.display())]
    NotOnDisk {
        /// The script.
        script: PathBuf,
    },
    /// The takes cannot be planned.
    #[error(transparent)]
    Plan(Box<shoot::film_plan::Error>),
    /// The script names a model that is not there.
    #[error("there is no model `{0}`")]
    NoModel(String),
    /// No model is called what was asked for.
    #[error("there is no model `{0}`: no folder, and none on the shelf")]
    UnknownModel(String),
    /// The script, its folder or the film has a name that is no UTF-8, which the camera and
    /// the records of films cannot tell.
    #[error("`{}` cannot be filmed: its path is not UTF-8", file.display())]
    OddName {
        /// The file.
        file: PathBuf,
    },
    /// Takes are to follow their blocking, and the model cannot follow one.
    #[error("`{0}` does not understand a blocking")]
    NoControl(String),
    /// The model cannot be used.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// The model cannot be described to recipes.
    #[error(transparent)]
    Fingerprint(#[from] shoot::plan::Error),
    /// A file of the model was changed since the film was made with it.
    #[error("`{}` is not the file that this film was made with ({})", file.display(), shoot::lock::FILE)]
    ModelChanged {
        /// The file.
        file: PathBuf,
    },
    /// No shot has this number.
    #[error("there is no shot `{number}`")]
    NoShot {
        /// The number.
        number: String,
        /// The number that was probably meant.
        near: Option<String>,
    },
    /// Nothing is shot for this shot.
    #[error("shot {0} is a card or a plain colour: nothing is shot for it")]
    NoTake(String),
    /// A shot cannot be planned before a portrait is made.
    #[error("shot {shot} waits for a portrait")]
    NotCast {
        /// Number of the shot.
        shot: String,
        /// The script.
        script: PathBuf,
    },
    /// The lock file cannot be read or written while takes are made.
    #[error(transparent)]
    Lock(#[from] shoot::lock::Error),
    /// The vault cannot be used.
    #[error(transparent)]
    Vault(#[from] shoot::vault::Error),
    /// The record of builds cannot be written.
    #[error(transparent)]
    History(io::Error),
    /// A portrait cannot be written.
    #[error("cannot write `{}`", file.display())]
    Portrait {
        /// Its file.
        file: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// The camera cannot be started, or cannot make a portrait.
    #[error(transparent)]
    Camera(#[from] shoot::drive::CameraError),
    /// So many shots or takes could not be made.
    #[error("{0} could not be made")]
    Spoiled(String),
    /// A film, its subtitles or its boards would take the place of what the film is made from.
    #[error("the {part} would replace `{}`, which the film is made from", file.display())]
    ReplacesItself {
        /// `film`, `subtitles` or `boards`.
        part: &'static str,
        /// The file.
        file: PathBuf,
    },
    /// A film would take the place of a file that is none of Photoplay's films.
    #[error("`{}` is in the way: it is not a film that Photoplay made", file.display())]
    ForeignFilm {
        /// The file.
        file: PathBuf,
    },
    /// Subtitles would take the place of subtitles that Photoplay did not write so.
    #[error("`{}` is in the way: Photoplay did not write it, or it was edited since", file.display())]
    ForeignSubtitles {
        /// The file.
        file: PathBuf,
    },
    /// A folder for a film cannot be made.
    #[error("cannot make `{}`", folder.display())]
    MakeFolder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// A file is in the place of a board and is none.
    #[error("`{}` is in the way: it is not one of Photoplay's boards", file.display())]
    ForeignBoard {
        /// The file.
        file: PathBuf,
    },
    /// The output is the film of another script.
    #[error("`{}` is the film of `{}`", file.display(), script.display())]
    OtherFilm {
        /// The film.
        file: PathBuf,
        /// The other script.
        script: PathBuf,
    },
    /// The output is a link to nothing.
    #[error("`{}` is a link that leads nowhere", file.display())]
    DeadLink {
        /// The link.
        file: PathBuf,
    },
    /// The film cannot be written where it was asked for.
    #[error("`{}` cannot be written: {why}", file.display())]
    Unwritable {
        /// The film.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The folder has the boards of another script.
    #[error("`{}` has the boards of another script, `{script}`", folder.display())]
    OtherBoards {
        /// The folder.
        folder: PathBuf,
        /// The name of the other script.
        script: String,
    },
    /// A board cannot be written or removed.
    #[error("cannot {doing} `{}`", file.display())]
    Board {
        /// Its file.
        file: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// A take cannot be read.
    #[cfg(feature = "ffmpeg")]
    #[error(transparent)]
    Media(#[from] media::Error),
    /// The film cannot be put together.
    #[cfg(feature = "ffmpeg")]
    #[error(transparent)]
    Print(#[from] cut::print::Error),
    /// The film cannot be handed over.
    #[error(transparent)]
    Deliver(#[from] deliver::Error),
}

impl From<shoot::film_plan::Error> for Error {
    fn from(error: shoot::film_plan::Error) -> Self {
        Self::Plan(Box::new(error))
    }
}

/// What to do about a model that follows no blocking.
const NO_CONTROL: &str = "leave out `--control`, or film with a VACE checkpoint; one with a `photoplay.json` says there that it was trained on depth, `\"blocking\": \"depth\"`";

impl Error {
    /// Which part of the work it ends.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Read(_)
            | Self::Folder { .. }
            | Self::Mistakes { .. }
            | Self::Plan(_)
            | Self::NoModel(_)
            | Self::NoControl(_) => ErrorClass::Script,
            Self::NoShot { .. }
            | Self::NoTake(_)
            | Self::UnknownModel(_)
            | Self::OddName { .. }
            | Self::NotOnDisk { .. }
            | Self::ReplacesItself { .. }
            | Self::OtherBoards { .. }
            | Self::OtherFilm { .. }
            | Self::DeadLink { .. }
            | Self::Unwritable { .. }
            | Self::ForeignFilm { .. }
            | Self::ForeignSubtitles { .. } => ErrorClass::Request,
            Self::Model(_)
            | Self::Fingerprint(_)
            | Self::ModelChanged { .. }
            | Self::NotCast { .. }
            | Self::Lock(_)
            | Self::Vault(_)
            | Self::History(_)
            | Self::Portrait { .. }
            | Self::Camera(_)
            | Self::Spoiled(_) => ErrorClass::Shot,
            Self::MakeFolder { .. } | Self::ForeignBoard { .. } | Self::Board { .. } => {
                ErrorClass::Film
            }
            Self::Deliver(error) => match error {
                deliver::Error::Unmade(_) => ErrorClass::Shot,
                deliver::Error::Foreign { .. }
                | deliver::Error::Earlier { .. }
                | deliver::Error::OtherTurnover { .. } => ErrorClass::Request,
                _ => ErrorClass::Film,
            },
            #[cfg(feature = "ffmpeg")]
            Self::Media(_) => ErrorClass::Shot,
            #[cfg(feature = "ffmpeg")]
            Self::Print(_) => ErrorClass::Film,
        }
    }

    /// The remedy, if there is one.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Read(error) => return error.help().map(str::to_owned),
            Self::Folder { script, .. } => format!("name a script in it: `{}`", script.display()),
            Self::Mistakes { script } => {
                format!("`photoplay check {}` shows them", shell_path(script))
            }
            Self::NotOnDisk { .. } => "save its files; a film is made on the disk".to_owned(),
            Self::Plan(error) => return error.help().map(str::to_owned),
            Self::NoModel(_) => {
                "name a folder in the diffusers layout, or leave it out for the embedded Toy Theatre"
                    .to_owned()
            }
            Self::UnknownModel(_) => {
                "`photoplay models list` shows those of the shelf; or name a folder in the diffusers layout"
                    .to_owned()
            }
            Self::OddName { .. } => {
                "give the file and its folders names in letters of UTF-8".to_owned()
            }
            Self::Model(model::Error::Missing { .. }) => {
                "a model is a folder in the diffusers layout; `photoplay models check FOLDER` says what one lacks"
                    .to_owned()
            }
            Self::Model(model::Error::Gone { .. }) => {
                "put the folder back; or remove the link, and `photoplay models add` the folder where it is now"
                    .to_owned()
            }
            Self::NoControl(_) => NO_CONTROL.to_owned(),
            Self::ModelChanged { .. } => {
                "put the original back; or build with `--accept-model` to shoot the film with the new one"
                    .to_owned()
            }
            Self::NoShot { near: None, .. } => "`photoplay plan` lists the shots".to_owned(),
            Self::NoShot { near: Some(near), .. } => {
                format!("did you mean `{near}`? `photoplay plan` lists the shots")
            }
            Self::NoTake(_) => "`photoplay plan` shows which shots have a prompt".to_owned(),
            Self::NotCast { script, .. } => {
                format!("`photoplay cast {} --make` makes it", shell_path(script))
            }
            Self::ReplacesItself { .. } => {
                "name another place with `-o`, or rename that file".to_owned()
            }
            Self::ForeignFilm { .. } | Self::ForeignSubtitles { .. } => {
                "rename it or move it away; `build` and `watch` give the film another name with `-o NAME.mp4`"
                    .to_owned()
            }
            Self::OtherFilm { .. } => {
                "name another film with `-o NAME.mp4`, or delete that one".to_owned()
            }
            Self::DeadLink { .. } => {
                "remove the link, or make the file that it leads to".to_owned()
            }
            Self::Unwritable { why, .. } if why.kind() != io::ErrorKind::PermissionDenied => {
                return world::of_kind(why.kind()).map(str::to_owned);
            }
            Self::Unwritable { .. } => {
                "name a folder that is there and can be written, with `-o FOLDER/NAME.mp4`"
                    .to_owned()
            }
            Self::ForeignBoard { .. } => "name another folder with `-o`".to_owned(),
            Self::OtherBoards { .. } => {
                "name another folder with `-o`; or delete its `index.html` to draw these boards over the others"
                    .to_owned()
            }
            Self::Lock(error) => {
                return error.help().or_else(|| world::remedy(error)).map(str::to_owned);
            }
            Self::Camera(error) => return error.help().map(str::to_owned),
            Self::Deliver(error) => return error.help().map(str::to_owned),
            Self::Spoiled(_) => {
                "every finished take is kept; `photoplay doctor` looks at this machine".to_owned()
            }
            _ => return world::remedy(self).map(str::to_owned),
        })
    }

    /// The error, its causes and its remedy on one line.
    pub fn in_words(&self) -> String {
        let words = chain(self);
        self.help().map_or_else(|| words.clone(), |help| format!("{words}; {help}"))
    }
}
