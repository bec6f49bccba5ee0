//! What leaves Photoplay for other programs: the film's edit for editing systems, its
//! media, its pages.
//!
//! [`turnover::Turnover`] is the film as an editor receives it, in whole frames; every
//! writer turns it into one format and knows no other. Knows the edit list; does not know
//! networks, and reads no vault.

pub(crate) mod timecode;
pub mod turnover;

pub mod edl;
pub mod fcpxml;
pub mod mlt;
pub mod otio;
pub mod xmeml;

mod error;
pub mod fdx;
pub(crate) mod final_draft;
mod xml_tree;
pub mod manifest;
pub(crate) mod plain_fountain;
pub mod shot_table;
pub mod subtitles;

#[cfg(feature = "ffmpeg")]
pub(crate) mod burn_in;
#[cfg(feature = "ffmpeg")]
pub mod folder;
#[cfg(feature = "ffmpeg")]
pub(crate) mod pages;
#[cfg(feature = "ffmpeg")]
pub(crate) mod pdf;

pub use self::error::Error;
