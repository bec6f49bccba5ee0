//! What people and machines read: messages, progress, failures. Knows
//! terminals; decides nothing.

pub mod diagnostics;
pub mod failure;
pub mod live;
pub mod picture;
pub mod progress;
mod style;

pub use self::style::{OutputStyle, plural};
