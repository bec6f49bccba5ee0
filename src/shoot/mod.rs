//! Recipes of takes, their keys, the vault that stores takes, and the driver that
//! makes those it lacks. Does not know how networks make a picture.

pub mod recipe;
pub mod seed;
pub mod digests;
pub mod circled;
pub mod lock;
pub mod vault;
pub mod plan;
pub mod film_plan;
pub mod preview_takes;
pub mod estimate;
pub mod history;
pub mod retakes;
pub mod progress;
mod jobs;
pub mod drive;
pub mod wire;
pub mod remote;
#[cfg(all(feature = "torch", feature = "ffmpeg"))]
pub mod camera;
#[cfg(all(feature = "torch", feature = "ffmpeg"))]
pub mod serve;

/// The folder beside a script for everything that Photoplay can make again.
pub const FOLDER: &str = ".photoplay";
