//! Conversations with the language server, over standard input and output, as
//! an editor has them.

mod client;
mod conversation;
mod robustness;
