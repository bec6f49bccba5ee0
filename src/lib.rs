//! Photoplay is a compiler from screenplays to films.
//!
//! ```text
//! Source ─parse→ Tree ─break down→ ShotList ─┬─ assemble → Edl ──────────────┐
//!  (script/)      (script/)  (breakdown/)    │ (cut/)                        ├─ print → film.mp4
//!                                            └─ recipe → TakeKey → shoot → Take
//!                               casting/ → reference embeddings ┘  (shoot/, diffusion/)
//! ```
//!
//! [`Project`] is the door: it checks a script, plans its takes and builds its
//! film. The [`project`] module shows how, in examples. [`analysis::analyze`]
//! is the compiler alone, from a text to a list of shots with all messages:
//!
//! ```
//! use photoplay::analysis::analyze;
//! use photoplay::breakdown::Strictness;
//! use photoplay::source::Sources;
//!
//! let mut sources = Sources::default();
//! let id = sources.add("film.play", "EXT. ROAD - DAY\n\n!! WIDE\n\nIt rains.\n");
//! let film = analyze(&mut sources, id, Strictness::Strict);
//! assert_eq!(film.list.shots[0].number, "1.1");
//! ```
//!
//! The modules stand in the order of that pipeline; each may use only those
//! above it. Three programs are made of them: `photoplay`; `photoplay-camera`, which
//! alone links libtorch and is started when there is a take to make; `photoplay-voice`,
//! which alone loads ONNX Runtime and is started when there is a line to speak.

pub mod source;
pub mod diagnostic;
pub mod time;
mod memo;
mod markup;
mod fonts;
#[cfg(feature = "ffmpeg")]
mod lettering;
pub mod model;
#[cfg(feature = "hub")]
pub(crate) mod hub;
#[cfg(feature = "ffmpeg")]
pub mod media;
pub mod script;
pub mod breakdown;
pub mod blocking;
#[cfg(feature = "ffmpeg")]
pub mod animatic;
pub mod reel;
mod letters;
mod narrow;
pub mod analysis;
#[cfg(feature = "torch")]
pub mod diffusion;
pub mod casting;
pub mod shoot;
pub mod sound;
pub mod cut;
pub mod deliver;
pub mod report;
#[cfg(feature = "preview")]
mod watch;
pub mod project;
#[cfg(feature = "preview")]
pub mod preview;
#[cfg(feature = "preview")]
pub mod session;
mod lsp;
mod cli;
pub mod programs;

pub use project::{Project, ProjectOptions};
