//! Blocking: from a shot as data to where everybody stands, how they move, and where
//! the camera is. Metres, degrees and seconds; every rule is data in `stdlib/blocking/`.
//!
//! Knows the shot list; does not know pixels, networks or scripts.

pub mod geometry;
pub mod figure;
pub mod camera;
pub mod control;
pub mod set;
pub mod outline;
pub mod staged;
pub mod aboard;
mod rules;
mod lookup;
mod body;
mod colours;
mod acts;
pub mod weather;
mod set_design;
mod players;
mod marks;
mod scenes;
mod scene;
mod travel;
mod trip;
mod performance;
mod walks;
mod pairs;
mod individuals;
mod viewpoint;
mod framing;
mod moves;
mod camera_plan;
mod block;
mod continuity;
pub mod floor_plan;
pub mod lint;

pub use block::block;
pub use framing::{head_range, head_share};
