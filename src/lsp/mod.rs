//! `photoplay lsp`: a language server over standard input and output. It
//! publishes diagnostics and answers completion, outline, hover, renaming and
//! other requests.
//!
//! Four files speak the protocol (`wire`, `server`, `greeting`, `answers`),
//! `session` holds the open documents, and `analysis` reads a script with the
//! parser and breakdown of this library. Every other file answers one request
//! from the analysis, and has the name of the request. Does not know terminals
//! or networks.

mod document_text;
mod uri;
mod models;
mod analysis;
mod client;
mod view;
mod diagnostics;
mod symbols;
mod folding;
mod tokens;
mod formatting;
mod cursor;
mod hover;
mod navigation;
mod rename;
mod completion;
mod actions;
mod hints;
mod links;
mod typing;
mod takes;
mod process;
mod commands;
mod lenses;
mod workspace;
mod session;
mod greeting;
mod answers;
mod wire;
mod server;

pub(crate) use server::serve;
pub use server::{Error, converse};
