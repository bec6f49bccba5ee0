//! Recipes of takes, their keys, the vault that stores takes, and the driver that
//! makes those it lacks. Does not know how networks make a picture.

pub mod recipe;
pub(crate) mod seed;
pub(crate) mod digests;
pub mod circled;
mod git;
pub mod lock;
pub mod vault;
pub(crate) mod control;
mod pieces;
pub mod plan;
pub mod stills;
pub(crate) mod picks;
pub mod film_plan;
#[cfg(feature = "preview")]
pub(crate) mod preview_takes;
#[cfg_attr(not(feature = "ffmpeg"), allow(dead_code, reason = "only a build shoots takes"))]
pub(crate) mod estimate;
pub mod history;
#[cfg_attr(not(feature = "ffmpeg"), allow(dead_code, reason = "only a build shoots takes"))]
pub(crate) mod retakes;
pub mod progress;
mod jobs;
pub mod drive;
pub(crate) mod wire;
pub(crate) mod worker;
pub(crate) mod remote;
#[cfg(all(feature = "torch", feature = "ffmpeg"))]
pub(crate) mod camera;
#[cfg(all(feature = "torch", feature = "ffmpeg"))]
pub(crate) mod serve;

/// The folder beside a script for everything that Photoplay can make again.
pub const FOLDER: &str = ".photoplay";
