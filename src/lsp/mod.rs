//! `photoplay lsp`: scripts in an editor. Mistakes as you type, completion,
//! outline, hover, renaming and the rest of the language server protocol, over
//! standard input and output.
//!
//! Four files speak the protocol (`wire`, `server`, `greeting`, `answers`), one
//! keeps what is open (`session`), one understands a script with the library's
//! own parser and breakdown (`analysis`). Every other file answers one question
//! from what is understood, and is named after it. Does not know terminals or
//! networks.

mod page;
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

pub use server::{Error, converse, serve};
