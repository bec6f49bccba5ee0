//! The preview: a page that shows the film while the author writes, and the
//! JSON that editors use to drive it (`docs/preview.md`).
//!
//! Knows the shown state and its transport; does not know how films are made.

pub mod screen;
pub mod server;
pub mod state;
