//! Conversations with the language server, over standard input and output, as
//! an editor has them.

#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

mod addresses;
mod client;
mod conversation;
mod making;
mod robustness;
