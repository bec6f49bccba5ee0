//! The state of the page and of editors, as plain data. Frames are frames of
//! the film, lines and columns count from 1, hashes name artefacts.

use serde::{Deserialize, Serialize};

use crate::cut::captions::Caption;
use crate::diagnostic::Severity;
use crate::shoot::history::Difference;
use crate::time::Rate;

/// The whole state.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PreviewState {
    /// The script's file name.
    pub script: String,
    /// The film; absent until the script was free of errors once.
    pub film: Option<Film>,
    /// Shot by shot.
    pub shots: Vec<PreviewShot>,
    /// Index of the shot at the cursor or at the last edit.
    pub focus: Option<usize>,
    /// Diagnostics of the current script.
    pub diagnostics: Vec<Message>,
    /// The script has errors now, so the film is that of an earlier save.
    pub outdated: bool,
    /// A failure of the build outside the script: disk, model, camera.
    pub failure: Option<String>,
}

/// A film that can be played.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Film {
    /// On one line.
    pub title: String,
    /// Frames per second.
    pub rate: Rate,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its length.
    pub frames: u32,
    /// Codec string for the browser: `avc1.64001f`.
    pub codec: String,
    /// The artefact of the initialization segment.
    pub header: String,
    /// All pieces of the film, in order.
    pub pieces: Vec<PreviewPiece>,
    /// Speech as subtitles, if the pictures do not show it.
    pub captions: Vec<Caption>,
}

/// A range of the film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewPiece {
    /// The artefact.
    pub hash: String,
    /// First frame.
    pub start: u32,
    /// Number of frames.
    pub frames: u32,
    /// Whether the server has it; a later state announces the others.
    pub ready: bool,
}

/// A shot of the film.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PreviewShot {
    /// `91.3`, or the written id.
    pub number: String,
    /// The scene's number.
    pub scene: String,
    /// First frame.
    pub start: u32,
    /// Number of frames.
    pub frames: u32,
    /// A short description: `CLOSE ON MARA`.
    pub shows: String,
    /// Who and what is in the picture, with a name or without: `MARA`, `two horses`.
    pub subjects: Vec<String>,
    /// Speech during the shot.
    pub words: Vec<String>,
    /// The state of its take.
    pub state: PreviewTakeState,
    /// What the film shows for it now.
    pub shown: PreviewPicture,
    /// A still of it.
    pub still: Option<String>,
    /// The prompt for the model.
    pub prompt: String,
    /// Pictures that fix looks.
    pub references: Vec<PreviewReference>,
    /// Why this session makes or made its take.
    pub why: Vec<Difference>,
    /// Why making its take failed.
    pub reason: Option<String>,
    /// The key of the take, in hexadecimal digits.
    pub key: Option<String>,
    /// Its place in the script.
    pub at: PreviewPlace,
    /// The text of these lines.
    pub lines: Vec<String>,
}

/// The state of a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewTakeState {
    /// A card or a plain colour: there is no take.
    Drawn,
    /// The vault had it when `watch` read the script.
    Cached,
    /// This session will make it.
    Waiting,
    /// The camera makes it, its preview take or its portrait.
    Rolling,
    /// This session has made it.
    Made,
    /// Making it failed.
    Failed,
}

/// What the film shows for a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewPicture {
    /// Its take, or the card it is.
    Final,
    /// Its preview take.
    Draft,
    /// The take it had before the edit.
    Earlier,
    /// A drawing of its blocking.
    Animatic,
}

/// A picture that fixes a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewReference {
    /// The name of the person or thing.
    pub name: String,
    /// The artefact; absent until the portrait is made.
    pub still: Option<String>,
}

/// A range of lines in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PreviewPlace {
    /// The file's name, as the script names it.
    pub file: String,
    /// First line.
    pub line: usize,
    /// Last line.
    pub end_line: usize,
}

/// A diagnostic of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The code, e.g. `unknown-move`.
    pub code: String,
    /// The severity.
    pub severity: Severity,
    /// The mistake.
    pub message: String,
    /// The label at the marked letters.
    pub label: Option<String>,
    /// The remedy.
    pub help: Option<String>,
    /// Its place; absent if it concerns a whole file.
    pub excerpt: Option<Excerpt>,
    /// The floor plan of what it is about, as SVG, if it is about continuity.
    pub plan: Option<String>,
}

/// Lines of a script with some letters marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The file.
    pub file: String,
    /// Line of the first marked letter.
    pub line: usize,
    /// Column of the first marked letter.
    pub column: usize,
    /// Number of the first line shown.
    pub first: usize,
    /// The lines, as runs of letters, each marked or not.
    pub lines: Vec<Vec<(String, bool)>>,
}

/// Progress of the camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewWork {
    /// Index of the shot; absent for portraits.
    pub shot: Option<usize>,
    /// `shot 2.1`, `portrait of MARA`.
    pub what: String,
    /// A preview take, not the take.
    #[serde(rename = "draft")]
    pub preview: bool,
    /// Finished denoising steps.
    pub done: u32,
    /// All denoising steps.
    pub steps: u32,
}

/// The cursor of an editor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The file, as an absolute path or by its name.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column; the line is enough to find a shot.
    #[serde(default)]
    pub column: Option<usize>,
}
