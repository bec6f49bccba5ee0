//! Shot list → edit decision list → segments → film: transitions, titles, sound;
//! all in whole frames. Does not know networks.

pub mod captions;
pub mod assemble;
pub(crate) mod plan_report;
pub mod edl;
pub mod transition;

#[cfg(feature = "ffmpeg")]
pub(crate) mod clips;
#[cfg(feature = "ffmpeg")]
pub mod conform;
pub mod dailies;
#[cfg(feature = "ffmpeg")]
pub(crate) mod film_segments;
#[cfg(feature = "ffmpeg")]
pub mod footage;
#[cfg(feature = "ffmpeg")]
pub mod print;
#[cfg(feature = "ffmpeg")]
pub(crate) mod segments;
#[cfg(feature = "ffmpeg")]
pub(crate) mod thumbnails;
#[cfg(feature = "ffmpeg")]
pub(crate) mod titles;
