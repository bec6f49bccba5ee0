//! A script and the folder it stands in: reads it, plans its takes, makes its
//! film.
//!
//! Knows files and models; does not know terminals.

#[cfg(feature = "ffmpeg")]
pub(crate) mod film;
pub(crate) mod model_choice;
pub(crate) mod plan;
pub(crate) mod script;
