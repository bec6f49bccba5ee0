//! What the page and editors are shown, as plain data. Frames are frames of
//! the film, lines and columns count from 1, artefacts are named by hash.

use serde::{Deserialize, Serialize};

use crate::cut::captions::Caption;
use crate::diagnostic::Severity;
use crate::shoot::history::Difference;
use crate::time::Rate;

/// Everything that is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PreviewState {
    /// The script's file name.
    pub script: String,
    /// The film; absent until a script without mistakes was read.
    pub film: Option<Film>,
    /// Shot by shot.
    pub shots: Vec<PreviewShot>,
    /// Index of the shot that is written at the cursor or the last edit.
    pub focus: Option<usize>,
    /// What is to be said about the script as it is now.
    pub diagnostics: Vec<Message>,
    /// The film is that of an earlier save: the script has mistakes now.
    pub outdated: bool,
    /// What the world did to the build.
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
    /// As a browser is asked for it: `avc1.64001f`.
    pub codec: String,
    /// The artefact that comes before every piece.
    pub header: String,
    /// In order; together they are the film.
    pub pieces: Vec<PreviewPiece>,
    /// What is said, when the pictures do not show it.
    pub captions: Vec<Caption>,
}

/// A stretch of the film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewPiece {
    /// The artefact.
    pub hash: String,
    /// First frame.
    pub start: u32,
    /// How many.
    pub frames: u32,
    /// Whether it can be fetched; one that cannot will be announced.
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
    /// How many.
    pub frames: u32,
    /// In a few words: `CLOSE ON MARA`.
    pub shows: String,
    /// What is said while it lasts.
    pub words: Vec<String>,
    /// Where its take stands.
    pub state: PreviewTakeState,
    /// What stands in the film for it now.
    pub shown: PreviewPicture,
    /// A picture of it.
    pub still: Option<String>,
    /// As the model reads it.
    pub prompt: String,
    /// Pictures that fix looks.
    pub references: Vec<PreviewReference>,
    /// Why its take is made, or was made in this session.
    pub why: Vec<Difference>,
    /// Why its take could not be made.
    pub reason: Option<String>,
    /// The take, in hexadecimal digits.
    pub key: Option<String>,
    /// Where it is written.
    pub at: PreviewPlace,
    /// The lines it is written in.
    pub lines: Vec<String>,
}

/// Where a take stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewTakeState {
    /// A card or a plain colour: there is no take.
    Drawn,
    /// It was in the vault when the script was read.
    Cached,
    /// It will be made.
    Waiting,
    /// It, its draft or its portrait is in the camera.
    Rolling,
    /// It was made in this session.
    Made,
    /// It could not be made.
    Failed,
}

/// What stands in the film for a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewPicture {
    /// Its take, or the card it is.
    Final,
    /// A draft of its take, in fewer steps.
    Draft,
    /// The take it had before the edit.
    Earlier,
    /// A card with its words.
    Slate,
}

/// A picture that fixes a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewReference {
    /// Whose.
    pub name: String,
    /// The artefact; absent while the portrait is to be made.
    pub still: Option<String>,
}

/// A stretch of lines in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PreviewPlace {
    /// As it was named.
    pub file: String,
    /// First line.
    pub line: usize,
    /// Last line.
    pub end_line: usize,
}

/// What there is to say about the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// A stable name in words.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Stands at the marked letters.
    pub label: Option<String>,
    /// The remedy.
    pub help: Option<String>,
    /// Where; absent when it concerns a file as a whole.
    pub excerpt: Option<Excerpt>,
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
    /// Lines shown, as runs of letters, each marked or not.
    pub lines: Vec<Vec<(String, bool)>>,
}

/// What the camera is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewWork {
    /// Index of the shot; absent for portraits.
    pub shot: Option<usize>,
    /// `shot 2.1`, `portrait of MARA`.
    pub what: String,
    /// A draft, not the take.
    pub draft: bool,
    /// Denoising steps that are done.
    pub done: u32,
    /// Denoising steps in all.
    pub steps: u32,
}

/// Where an editor's cursor is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The file, as an absolute path or by its name.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column; lines are enough to find a shot.
    #[serde(default)]
    pub column: Option<usize>,
}
