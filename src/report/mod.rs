//! What people and machines read: messages, progress, failures. Knows
//! terminals; decides nothing.

pub mod diagnostics;
pub(crate) mod failure;
pub mod live;
pub mod picture;
pub(crate) mod progress;
mod shell;
mod style;

pub use self::shell::{shell_path, shell_word};
pub use self::style::{OutputStyle, plural};
