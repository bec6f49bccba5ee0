//! The preview: a page that shows the film while it is written, and the JSON
//! by which editors drive it (`docs/preview.md`).
//!
//! Knows what is to be shown and how it travels; does not know how a film
//! comes about.

pub mod screen;
pub mod server;
pub mod state;
